/* SPDX-License-Identifier: MIT */
/* Convolutions: plain, grouped, depthwise, separable, transposed and unshared, in one to three dimensions. */
#include "op/window.h"

#define ATTR_OUT(needed)                                                                                               \
    {.name = "out", .aliases = "out_channels filters num_output channels num_filter nb_filter features",         \
     .kind = ATTR_INT, .required = (needed), .positional = true, .help = "channels of the output"}
#define ATTR_IN                                                                                                        \
    {.name = "in", .aliases = "in_channels", .kind = ATTR_INT, .help = "channels of the input, where it does not say"}
#define ATTR_GROUPS                                                                                                    \
    {.name = "groups", .aliases = "group num_group cardinality", .kind = ATTR_INT, .fallback = "1",                    \
     .help = "channels are cut into that many groups, each convolved on its own"}
#define ATTR_MULTIPLIER                                                                                                \
    {.name = "multiplier", .aliases = "depth_multiplier", .kind = ATTR_INT, .fallback = "1",                           \
     .help = "outputs for each input channel"}

static const AttrSpec conv_attrs[] = {
    ATTR_OUT(true),
    ATTR_KERNEL(true, NULL, "size of the kernel: one number, or one for each axis"),
    ATTR_STRIDE("1"),
    ATTR_PADDING("same"),
    ATTR_DILATION,
    ATTR_GROUPS,
    ATTR_USE_BIAS,
    ATTR_IN,
};

static const AttrSpec depthwise_attrs[] = {
    ATTR_KERNEL(true, NULL, "size of the kernel: one number, or one for each axis"),
    ATTR_STRIDE("1"),
    ATTR_PADDING("same"),
    ATTR_DILATION,
    ATTR_MULTIPLIER,
    ATTR_USE_BIAS,
    ATTR_IN,
};

static const AttrSpec separable_attrs[] = {
    ATTR_OUT(true),
    ATTR_KERNEL(true, NULL, "size of the depthwise kernel: one number, or one for each axis"),
    ATTR_STRIDE("1"),
    ATTR_PADDING("same"),
    ATTR_DILATION,
    ATTR_MULTIPLIER,
    ATTR_USE_BIAS,
    ATTR_IN,
};

static const AttrSpec transposed_attrs[] = {
    ATTR_OUT(true),
    ATTR_KERNEL(true, NULL, "size of the kernel: one number, or one for each axis"),
    ATTR_STRIDE("2"),
    ATTR_PADDING("same"),
    ATTR_DILATION,
    ATTR_GROUPS,
    ATTR_USE_BIAS,
    ATTR_IN,
    {.name = "output_padding", .aliases = "adj target_padding", .kind = ATTR_INTS, .fallback = "0",
     .help = "rows and columns added behind"},
    {.name = "size", .aliases = "output_shape target_shape", .kind = ATTR_INTS,
     .help = "the spatial size of the output itself"},
};

/* What a convolution of any kind is made of. */
typedef struct Conv {
    Map map;       /* its input; axes is 0 where its rank is unknown */
    Dim in, out;   /* channels */
    Dim groups;    /* as said; of a depthwise convolution its channels */
    Dim volume;    /* points of the kernel */
    Dim positions; /* spatial positions of the output */
} Conv;

static Dim input_channels(const OpCall *call, Shape shape)
{
    Dim given = attr_int(call->arena, call->layer, "in");
    bool last = call->layer->layout == LAYOUT_CHANNELS_LAST;
    if (!shape.known || rule_rank(call, shape) < 2)
        return given;
    return rule_or(shape.dims[last ? shape.rank - 1 : call->batch_axes], given);
}

/* Channels of the output: said, or the input's times the multiplier. */
static Dim output_channels(const OpCall *call, Dim in)
{
    if (rule_has(call, "out"))
        return attr_int(call->arena, call->layer, "out");
    return dim_mul(call->arena, in, attr_int(call->arena, call->layer, "multiplier"));
}

static bool divides(Dim groups, Dim channels)
{
    return groups.kind != DIM_INT || channels.kind != DIM_INT || (groups.n > 0 && channels.n % groups.n == 0);
}

static bool check_channels(OpCall *call, const Map *map)
{
    Dim actual = map->shape.dims[map->channel], said = attr_int(call->arena, call->layer, "in");
    Dim out = output_channels(call, actual), groups = attr_int(call->arena, call->layer, "groups");
    if (!rule_expects(call, 0, "channels", said, actual))
        return false;
    if (out.kind == DIM_INT && out.n < 1)
        return rule_fail(call, 0, "%s output channels are impossible", rule_dim_text(call, out));
    if (!divides(groups, actual) || !divides(groups, out))
        return rule_fail(call, 0, "%s groups do not divide both %s input and %s output channels",
                         rule_dim_text(call, groups), rule_dim_text(call, actual), rule_dim_text(call, out));
    return true;
}

typedef bool (*Slide)(OpCall *call, const Map *map, Shape *out);

static bool shape_by(OpCall *call, Slide slide)
{
    Map map;
    Shape out;
    if (!rule_map(call, 0, &map))
        return call->error.size == 0;
    if (!check_channels(call, &map) || !slide(call, &map, &out))
        return false;
    out.dims[map.channel] = output_channels(call, map.shape.dims[map.channel]);
    rule_set(call, out);
    return true;
}

static bool shape_conv(OpCall *call)
{
    return shape_by(call, window_slide);
}

static bool shape_transposed(OpCall *call)
{
    return shape_by(call, window_spread);
}

static Conv conv_of(const OpCall *call)
{
    Conv conv = {.map = {.shape = rule_input(call, 0)}};
    conv.in = input_channels(call, conv.map.shape);
    conv.out = output_channels(call, conv.in);
    conv.groups = rule_has(call, "groups") ? attr_int(call->arena, call->layer, "groups") : dim_int(1);
    conv.volume = window_volume(call, window_axes(call));
    conv.positions = rule_positions(call, call->outputs[0]);
    return conv;
}

/* Adds a bias for each output channel. */
static void set_params(OpCall *call, Dim weights, Dim biases)
{
    call->params = attr_bool(call->layer, "bias") ? dim_add(call->arena, weights, biases) : weights;
}

/* Products at one position times positions, for the batch that the model fixes. */
static void set_macs(OpCall *call, Dim products, Dim positions)
{
    Dim once = dim_mul(call->arena, products, positions);
    call->macs = dim_mul(call->arena, once, rule_batch(call, rule_input(call, 0)));
}

/* in / groups · out · kernel weights (torch.nn.Conv2d), each used once at every output position. */
static void count_conv(OpCall *call)
{
    Conv conv = conv_of(call);
    Dim depth = dim_div_exact(call->arena, conv.in, conv.groups);
    Dim weights = dim_mul(call->arena, dim_mul(call->arena, depth, conv.out), conv.volume);
    set_params(call, weights, conv.out);
    set_macs(call, weights, conv.positions);
}

/* The same weights (torch.nn.ConvTranspose2d), each used once at every *input* position. */
static void count_transposed(OpCall *call)
{
    count_conv(call);
    Conv conv = conv_of(call);
    Dim depth = dim_div_exact(call->arena, conv.out, conv.groups);
    Dim weights = dim_mul(call->arena, dim_mul(call->arena, depth, conv.in), conv.volume);
    set_macs(call, weights, rule_positions(call, rule_input(call, 0)));
}

/* One kernel for each input channel and multiple (Chollet 2017, keras.layers.DepthwiseConv2D). */
static void count_depthwise(OpCall *call)
{
    Conv conv = conv_of(call);
    Dim weights = dim_mul(call->arena, conv.out, conv.volume);
    set_params(call, weights, conv.out);
    set_macs(call, weights, conv.positions);
}

/* Depthwise without bias, then 1×1 with bias, at the output's positions (keras.layers.SeparableConv2D). */
static void count_separable(OpCall *call)
{
    Conv conv = conv_of(call);
    Dim middle = dim_mul(call->arena, conv.in, attr_int(call->arena, call->layer, "multiplier"));
    Dim depthwise = dim_mul(call->arena, middle, conv.volume), pointwise = dim_mul(call->arena, middle, conv.out);
    Dim weights = dim_add(call->arena, depthwise, pointwise);
    set_params(call, weights, conv.out);
    set_macs(call, weights, conv.positions);
}

/* A kernel and a bias of its own at every output position (keras.layers.LocallyConnected2D; Taigman et al. 2014). */
static void count_local(OpCall *call)
{
    count_conv(call);
    Conv conv = conv_of(call);
    Dim depth = dim_div_exact(call->arena, conv.in, conv.groups);
    Dim weights = dim_mul(call->arena, dim_mul(call->arena, depth, conv.out), conv.volume);
    set_params(call, dim_mul(call->arena, weights, conv.positions), dim_mul(call->arena, conv.out, conv.positions));
}

/* "3×3 conv"; with one axis "conv 3", as "3 conv" reads like three of them. */
static void label_title(const OpCall *call, Text *text)
{
    Text kernel = text_in(call->arena);
    window_label_kernel(call, &kernel);
    bool flat = window_axes(call) == 1;
    if (kernel.size && !flat)
        text_add_format(text, "%.*s ", STR_ARGS(text_str(&kernel)));
    text_add(text, str_from(call->op->title));
    if (kernel.size && flat)
        text_add_format(text, " %.*s", STR_ARGS(text_str(&kernel)));
}

static void label_rest(const OpCall *call, Text *text, const char *stride_sign)
{
    window_label_stride(call, text, stride_sign);
    label_unless(call, text, "dilation", 1, "dilation %s");
    if (rule_has(call, "groups"))
        label_unless(call, text, "groups", 1, "groups %s");
}

static void label_conv(const OpCall *call, Text *text)
{
    label_title(call, text);
    label_int(call, text, "out", "%s");
    label_rest(call, text, "/");
}

static void label_transposed(const OpCall *call, Text *text)
{
    label_title(call, text);
    label_int(call, text, "out", "%s");
    label_rest(call, text, "×");
}

static void label_depthwise(const OpCall *call, Text *text)
{
    text_add_format(text, "%s ", call->op->title);
    window_label_kernel(call, text);
    label_rest(call, text, "/");
}

static const Op rows[] = {
    {.name = "conv",
     .aliases = "conv1d conv2d conv3d Conv Conv1d Conv2d Conv3d Conv1D Conv2D Conv3D convolution Convolution "
                "convolutional "
                "Convolution1D Convolution2D Convolution3D ConvInteger QLinearConv CONV_2D CONV_3D conv_1d conv_2d "
                "conv_3d "
                "LazyConv2d AtrousConvolution2D ConvND atrous_conv dilated_conv",
     .title = "conv", .help = "convolution in one, two or three dimensions, by the rank of its input",
     .style = STYLE_CONV, OP_ATTRS(conv_attrs), .min_inputs = 1, .max_inputs = 3,
     .shape = shape_conv, .count = count_conv, .label = label_conv},
    {.name = "dwconv",
     .aliases = "depthwise depthwise_conv DepthwiseConv DepthwiseConv1D DepthwiseConv2D DepthwiseConv2d "
                "DepthwiseConv2dNative DepthwiseConvolution DEPTHWISE_CONV_2D ConvolutionDepthwise "
                "ConvolutionDepthWise",
     .title = "dw conv", .help = "depthwise convolution: each channel is convolved on its own",
     .style = STYLE_CONV, OP_ATTRS(depthwise_attrs), .min_inputs = 1, .max_inputs = 3,
     .shape = shape_conv, .count = count_depthwise, .label = label_depthwise},
    {.name = "sepconv",
     .aliases = "separable separable_conv SeparableConv SeparableConv1D SeparableConv2D SeparableConvolution2D",
     .title = "sep conv", .help = "depthwise convolution, then a 1x1 convolution",
     .style = STYLE_CONV, OP_ATTRS(separable_attrs), .min_inputs = 1, .max_inputs = 4,
     .shape = shape_conv, .count = count_separable, .label = label_conv},
    {.name = "upconv",
     .aliases = "up_conv deconv deconvolution Deconvolution deconvolutional transposed_conv conv_transpose tconv "
                "convtrans "
                "ConvTranspose ConvTranspose1d ConvTranspose2d ConvTranspose3d Conv1DTranspose Conv2DTranspose "
                "Conv3DTranspose Deconvolution2D TRANSPOSE_CONV Conv2DBackpropInput Conv2dTranspose",
     .title = "up-conv", .help = "transposed convolution; doubles the size where no stride is given",
     .style = STYLE_CONV, OP_ATTRS(transposed_attrs), .min_inputs = 1, .max_inputs = 3,
     .shape = shape_transposed, .count = count_transposed, .label = label_transposed},
    {.name = "localconv",
     .aliases = "local locally_connected LocallyConnected LocallyConnected1D LocallyConnected2D unshared_conv",
     .title = "local conv", .help = "convolution with weights of its own at every position",
     .style = STYLE_CONV, OP_ATTRS(conv_attrs), .min_inputs = 1, .max_inputs = 1,
     .shape = shape_conv, .count = count_local, .label = label_conv},
};

OpFamily op_family_conv(void)
{
    return OP_ROWS(rows);
}
