/* SPDX-License-Identifier: MIT */
/* Keras layers on maps: convolution, pooling, padding, cropping, resizing. */
#include "read/keras.h"

#define KERNEL_KEYS "kernel_size filter_length pool_size pool_length"
#define STRIDE_KEYS "strides subsample subsample_length stride"
#define PADDING_KEYS "padding border_mode"
#define DILATION_KEYS "dilation_rate atrous_rate"

/* Keras 1 says rows and columns on their own. */
static void copy_kernel(KerasCall *call)
{
    static const char *const axes[] = {"kernel_dim1", "kernel_dim2", "kernel_dim3"};
    Dim sizes[3] = {keras_number(call->config, "nb_row"), keras_number(call->config, "nb_col"), DIM_NONE};
    uint32_t count = 2;
    keras_copy_ints(call, "kernel", KERNEL_KEYS);
    for (uint32_t i = 0; sizes[0].kind == DIM_UNKNOWN && i < 3; i++)
        sizes[i] = keras_number(call->config, axes[i]);
    if (sizes[2].kind != DIM_UNKNOWN)
        count = 3;
    if (sizes[0].kind != DIM_UNKNOWN)
        keras_set_dims(call, "kernel", sizes, count);
}

static bool read_window(KerasCall *call)
{
    copy_kernel(call);
    keras_copy_ints(call, "stride", STRIDE_KEYS);
    keras_copy_ints(call, "dilation", DILATION_KEYS);
    Str padding = keras_word(call->config, PADDING_KEYS);
    keras_set_text(call, "padding", padding.size ? padding : STR("valid"));
    return true;
}

/* Our defaults are those of papers: stride 2 of a transposed convolution, padding `same`. */
static bool read_conv(KerasCall *call)
{
    read_window(call);
    if (!keras_get(call->config, STRIDE_KEYS))
        keras_set_int(call, "stride", dim_int(1));
    keras_copy_int(call, "out", "filters nb_filter");
    keras_copy_int(call, "groups", "groups");
    keras_copy_int(call, "multiplier", "depth_multiplier");
    keras_copy_ints(call, "output_padding", "output_padding");
    keras_set_bool(call, "bias", keras_is(call->config, "use_bias bias", true));
    call->activation = keras_get(call->config, "activation");
    return true;
}

static bool read_global_pool(KerasCall *call)
{
    keras_set_bool(call, "keep", keras_is(call->config, "keepdims", false));
    return true;
}

/* ---- sides ------------------------------------------------------------------------------------------------------- */

enum { MOST_AXES = 3 };

/* Amounts before and behind each spatial axis. */
typedef struct Sides {
    Dim before[MOST_AXES];
    Dim behind[MOST_AXES];
} Sides;

/* One number, one an axis, [before, behind] of each, or (one axis, or two in Keras 1) all of them in a row. */
static bool read_sides(const Value *value, uint32_t axes, Sides *sides)
{
    const Value *item = value && value->kind == VALUE_LIST ? value->first : value;
    bool flat = item != value && item && item->kind == VALUE_SCALAR && value->count == 2 * axes;
    for (uint32_t i = 0; i < axes; i++) {
        const Value *first = item && item->kind == VALUE_LIST ? item->first : item;
        const Value *second = item && item->kind == VALUE_LIST && first ? first->next
                              : flat && first                           ? first->next
                                                                        : first;
        sides->before[i] = keras_dim(first);
        sides->behind[i] = keras_dim(second);
        if (sides->before[i].kind == DIM_UNKNOWN || sides->behind[i].kind == DIM_UNKNOWN)
            return false;
        if (item != value)
            item = flat ? second->next : item->next;
    }
    return true;
}

/* `ZeroPadding2D` has two axes. */
static uint32_t axes_of(const KerasCall *call)
{
    for (uint32_t axes = 1; axes <= MOST_AXES; axes++)
        if (str_find(call->class_name, (char)('0' + axes)) < call->class_name.size)
            return axes;
    return 2;
}

static bool read_amount(KerasCall *call)
{
    uint32_t axes = axes_of(call);
    Sides sides;
    Dim amounts[2 * MOST_AXES];
    if (!read_sides(keras_get(call->config, "padding cropping"), axes, &sides))
        return keras_error(call, "the amounts of `%.*s` are no numbers", STR_ARGS(call->entry->name));
    for (uint32_t i = 0; i < axes; i++) {
        amounts[i] = sides.before[i];
        amounts[axes + i] = sides.behind[i];
    }
    keras_set_dims(call, "amount", amounts, 2 * axes);
    return true;
}

/* ---- resizing ---------------------------------------------------------------------------------------------------- */

static bool read_upsample(KerasCall *call)
{
    keras_copy_ints(call, "factor", "size length");
    keras_copy_text(call, "mode", "interpolation");
    return true;
}

static bool read_size(KerasCall *call)
{
    Dim size[2] = {keras_number(call->config, "height"), keras_number(call->config, "width")};
    keras_set_dims(call, "size", size, 2);
    keras_copy_text(call, "mode", "interpolation");
    return true;
}

/* Maps get another size; a map without a batch has its rows first. */
static void finish_size(KerasCall *call)
{
    Shape in = keras_in(call, 0);
    if (in.known && in.rank == 3 && call->layer->layout == LAYOUT_CHANNELS_LAST) {
        call->out[0] = keras_with(call->arena, in, 0, keras_number(call->config, "height"));
        call->out[0] = keras_with(call->arena, call->out[0], 1, keras_number(call->config, "width"));
    }
}

/* ---- convolutions over time -------------------------------------------------------------------------------------- */

/*
 * keras.layers.ConvLSTM2D: four gates, each a convolution of the input and one of the state, whose padding is `same`:
 * 4·f·(k·c + k·f) weights, 4·f biases.
 */
static void finish_convlstm(KerasCall *call)
{
    Arena *arena = call->arena;
    Shape in = keras_in(call, 0), map = keras_without(arena, in, 1);
    Dim steps = in.known && in.rank > 1 ? in.dims[1] : DIM_NONE, filters = keras_number(call->config, "filters");
    OpCall rules = {.arena = arena, .layer = call->layer, .op = call->layer->op, .batch_axes = 1, .inputs = &map,
                    .input_count = 1, .outputs = call->out};
    Dim volume = dim_int(1);
    call->layer->output_count = 1;
    if (!map.known || !op_infer(&rules)) {
        call->settled = true;
        return;
    }
    bool last = call->layer->layout == LAYOUT_CHANNELS_LAST;
    Dim channels = map.dims[last ? map.rank - 1 : 1], gates = dim_mul(arena, dim_int(4), filters);
    for (uint32_t i = 0; i + 2 < map.rank; i++)
        volume = dim_mul(arena, volume, attr_axis(arena, call->layer, "kernel", i));
    Dim weights = dim_mul(arena, dim_mul(arena, gates, volume), dim_add(arena, channels, filters));
    bool bias = attr_bool(call->layer, "bias");
    call->params = bias ? dim_add(arena, weights, gates) : weights;
    Dim positions = dim_div_exact(arena, keras_product(arena, call->out[0], 1), filters);
    call->macs = dim_mul(arena, dim_mul(arena, weights, positions), steps);
    Shape state = call->out[0];
    if (keras_is(call->config, "return_sequences", false))
        call->out[0] = keras_inserted(arena, state, 1, steps);
    if (keras_is(call->config, "return_state", false)) {
        call->out_count = 3;
        call->out[1] = call->out[2] = state;
    }
}

/* Read as a convolution for its sizes, then called what it is. */
static bool read_convlstm(KerasCall *call)
{
    keras_begin(call, "conv");
    read_conv(call);
    call->activation = NULL;
    finish_convlstm(call);
    keras_custom(call);
    call->settled = true;
    return true;
}

static const KerasRow rows[] = {
    {.classes =
         "Conv1D Conv2D Conv3D Convolution1D Convolution2D Convolution3D AtrousConvolution1D AtrousConvolution2D",
     .op = "conv",
     .read = read_conv},
    {.classes = "DepthwiseConv1D DepthwiseConv2D", .op = "dwconv", .read = read_conv},
    {.classes = "SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D",
     .op = "sepconv",
     .read = read_conv},
    {.classes =
         "Conv1DTranspose Conv2DTranspose Conv3DTranspose Deconvolution2D Deconvolution3D Convolution1DTranspose "
         "Convolution2DTranspose Convolution3DTranspose",
     .op = "upconv",
     .read = read_conv},
    {.classes = "LocallyConnected1D LocallyConnected2D", .op = "localconv", .read = read_conv},
    {.classes = "ConvLSTM1D ConvLSTM2D ConvLSTM3D", .read = read_convlstm},
    {.classes = "MaxPooling1D MaxPooling2D MaxPooling3D MaxPool1D MaxPool2D MaxPool3D",
     .op = "maxpool",
     .read = read_window},
    {.classes = "AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D",
     .op = "avgpool",
     .read = read_window},
    {.classes =
         "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D",
     .op = "global_maxpool",
     .read = read_global_pool},
    {.classes = "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D "
                "GlobalAvgPool3D",
     .op = "global_avgpool",
     .read = read_global_pool},
    {.classes = "ZeroPadding1D ZeroPadding2D ZeroPadding3D", .op = "pad", .read = read_amount},
    {.classes = "Cropping1D Cropping2D Cropping3D", .op = "crop", .read = read_amount},
    {.classes = "UpSampling1D UpSampling2D UpSampling3D", .op = "upsample", .read = read_upsample},
    {.classes = "Resizing", .op = "upsample", .read = read_size, .finish = finish_size},
    {.classes = "CenterCrop RandomCrop", .op = "crop", .read = read_size, .finish = finish_size},
};

KerasRows keras_window_rows(void)
{
    return KERAS_ROWS(rows);
}
