/* SPDX-License-Identifier: MIT */
/* Convolutions, pooling, dense layers of TensorFlow and TensorFlow Lite: channels last, weights in other orders. */
#include "read/lower.h"

enum { MOST_AXES = 3 }; /* of windows */

static void find_layout(OnnxCall *call)
{
    Str format = lower_text(call, "data_format");
    call->channels_last = !str_starts(format, STR("NC"));
}

/* Of a list for all axes those of the positions: 1×h×w×1 becomes h×w. */
static void give_spatial(OnnxCall *call, const char *attr, const char *name)
{
    int64_t *ints;
    uint32_t count, first = call->channels_last ? 1 : 2;
    if (lower_ints(call, attr, &ints, &count) && count > 2 && count <= MOST_AXES + 2)
        onnx_give_ints(call, name, ints + first, count - 2);
}

/* Pairs of all axes become those before the positions, then those behind. */
static void give_pads(OnnxCall *call)
{
    int64_t *ints, pads[2 * MOST_AXES];
    uint32_t count, first = call->channels_last ? 1 : 2;
    if (!lower_ints(call, "explicit_paddings", &ints, &count) || count < 6 || count > 2 * (MOST_AXES + 2))
        return;
    uint32_t axes = count / 2 - 2;
    for (uint32_t i = 0; i < axes; i++) {
        pads[i] = ints[2 * (first + i)];
        pads[axes + i] = ints[2 * (first + i) + 1];
    }
    onnx_give_ints(call, "pads", pads, 2 * axes);
}

static void give_window(OnnxCall *call)
{
    Str padding = lower_text(call, "padding");
    find_layout(call);
    give_spatial(call, "strides", "strides");
    give_spatial(call, "dilations", "dilations");
    if (str_equal(padding, STR("SAME")))
        onnx_give_text(call, "auto_pad", STR("SAME_UPPER"));
    else if (str_equal(padding, STR("VALID")))
        onnx_give_text(call, "auto_pad", STR("VALID"));
    else
        give_pads(call);
}

static Dim channels_of(const OnnxCall *call, uint32_t input)
{
    Shape in = onnx_in(call, input);
    return !in.known || in.rank < 3 ? DIM_NONE : in.dims[call->channels_last ? in.rank - 1 : 1];
}

/* The weights with out first, and in behind or second, as the layout of the data has it. */
static void see_weights(OnnxCall *call, uint32_t rank, Dim out, Dim in, const Dim *spatial)
{
    Dim dims[MOST_AXES + 2];
    dims[0] = out;
    dims[call->channels_last ? rank - 1 : 1] = in;
    for (uint32_t i = 0; i + 2 < rank; i++)
        dims[(call->channels_last ? 1 : 2) + i] = spatial[i];
    onnx_see(call, 1, shape_of(call->arena, rank, dims));
}

static bool is_kernel(Shape w)
{
    return w.known && w.rank > 2 && w.rank <= MOST_AXES + 2;
}

static void give_groups(OnnxCall *call, Dim channels, Dim of_each)
{
    Dim groups = dim_div_exact(call->arena, channels, of_each);
    if (groups.kind == DIM_INT && groups.n > 1)
        onnx_give_int(call, "group", groups.n);
}

void lower_conv(OnnxCall *call)
{
    Shape w = onnx_in(call, 1);
    give_window(call);
    lower_activation(call);
    if (!is_kernel(w))
        return;
    give_groups(call, channels_of(call, 0), w.dims[w.rank - 2]);
    see_weights(call, w.rank, w.dims[w.rank - 1], w.dims[w.rank - 2], w.dims);
}

void lower_conv_ohwi(OnnxCall *call)
{
    Shape w = onnx_in(call, 1);
    give_window(call);
    lower_activation(call);
    if (!is_kernel(w))
        return;
    give_groups(call, channels_of(call, 0), w.dims[w.rank - 1]);
    see_weights(call, w.rank, w.dims[0], w.dims[w.rank - 1], w.dims + 1);
}

void lower_depthwise(OnnxCall *call)
{
    Shape w = onnx_in(call, 1);
    give_window(call);
    lower_activation(call);
    if (!is_kernel(w))
        return;
    give_groups(call, w.dims[w.rank - 2], dim_int(1));
    see_weights(call, w.rank, dim_mul(call->arena, w.dims[w.rank - 2], w.dims[w.rank - 1]), dim_int(1), w.dims);
}

void lower_depthwise_ohwi(OnnxCall *call)
{
    Shape w = onnx_in(call, 1);
    give_window(call);
    lower_activation(call);
    if (!is_kernel(w))
        return;
    give_groups(call, channels_of(call, 0), dim_int(1));
    see_weights(call, w.rank, w.dims[w.rank - 1], dim_int(1), w.dims + 1);
}

/* ONNX has I×O×h×w, and the sizes of the output as an attribute. */
static void transpose_conv(OnnxCall *call, Dim out, Dim in, const Dim *spatial, uint32_t rank)
{
    int64_t kernel[MOST_AXES], *sizes;
    uint32_t count;
    bool known = true;
    if (lower_numbers(call, 0, &sizes, &count) && count == rank)
        onnx_give_ints(call, "output_shape", sizes, count);
    Dim dims[MOST_AXES + 2] = {in, out};
    for (uint32_t i = 0; i + 2 < rank; i++) {
        dims[i + 2] = spatial[i];
        known = known && spatial[i].kind == DIM_INT;
        kernel[i] = spatial[i].n;
    }
    if (known)
        onnx_give_ints(call, "kernel_shape", kernel, rank - 2);
    onnx_see(call, 1, shape_of(call->arena, rank, dims));
    onnx_pick(call, (const int[]){2, 1, 3}, 3);
}

void lower_conv_transpose(OnnxCall *call)
{
    Shape w = onnx_in(call, 1);
    give_window(call);
    if (is_kernel(w))
        transpose_conv(call, w.dims[w.rank - 2], w.dims[w.rank - 1], w.dims, w.rank);
}

void lower_conv_transpose_ohwi(OnnxCall *call)
{
    Shape w = onnx_in(call, 1);
    give_window(call);
    lower_activation(call);
    if (is_kernel(w))
        transpose_conv(call, w.dims[0], w.dims[w.rank - 1], w.dims + 1, w.rank);
}

void lower_pool(OnnxCall *call)
{
    give_window(call);
    give_spatial(call, "ksize", "kernel_shape");
    lower_activation(call);
    /* Some read their window from inputs: MaxPoolV2. */
    if (call->in_count > 1)
        lower_open(call);
}

void lower_norm(OnnxCall *call)
{
    find_layout(call);
    lower_activation(call);
}

/* ---- activations that are written into an operator -------------------------------- */

static const char *activation(Str name)
{
    static const struct {
        const char *name, *op;
    } rows[] = {{"RELU", "Relu"}, {"RELU6", "relu6"}, {"TANH", "Tanh"}, {"RELU_N1_TO_1", "hard_tanh"},
                {"ELU", "Elu"}, {"LEAKYRELU", "LeakyRelu"}, {"SIGMOID", "Sigmoid"}, {"PRELU", "PRelu"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_equal_nocase(name, str_from(rows[i].name)))
            return rows[i].op;
    return NULL;
}

void lower_activation(OnnxCall *call)
{
    call->follow = activation(lower_text(call, "fused_activation_function"));
}

/* `fused_ops`: a bias, an activation, joined by blanks; inputs behind the second belong to them. */
static void follow_fused(OnnxCall *call)
{
    Str rest = lower_text(call, "fused_ops"), word;
    bool bias = false;
    while (str_cut(&rest, ' ', &word)) {
        bias = bias || str_equal(word, STR("BiasAdd"));
        call->follow = activation(word) ? activation(word) : call->follow;
    }
    /* A PRelu's slopes would be the fourth. */
    if (bias && call->in_count > 2)
        onnx_train(call, 6);
    else if (call->in_count > 2)
        call->macs = DIM_NONE;
}

void lower_fused_conv(OnnxCall *call)
{
    lower_conv(call);
    follow_fused(call);
}

void lower_fused_depthwise(OnnxCall *call)
{
    lower_depthwise(call);
    follow_fused(call);
}

/* ---- products -------------------------------- */

/* Along the channels, which need not be the last axis. */
void lower_bias(OnnxCall *call)
{
    Shape in = onnx_in(call, 0), bias = onnx_in(call, 1);
    find_layout(call);
    onnx_show(call, "bias");
    if (call->channels_last || !in.known || in.rank < 3 || !bias.known || bias.rank != 1 || in.rank > ONNX_MOST_DIMS)
        return;
    Dim dims[ONNX_MOST_DIMS];
    for (uint32_t i = 1; i < in.rank; i++)
        dims[i - 1] = i == 1 ? bias.dims[0] : dim_int(1);
    onnx_see(call, 1, shape_of(call->arena, in.rank - 1, dims));
}

static void transpose_input(OnnxCall *call, uint32_t input)
{
    Shape in = onnx_in(call, input);
    if (!in.known || in.rank < 2)
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    out.dims[in.rank - 1] = in.dims[in.rank - 2];
    out.dims[in.rank - 2] = in.dims[in.rank - 1];
    onnx_see(call, input, out);
}

void lower_matmul(OnnxCall *call)
{
    if (lower_int(call, "transpose_a", 0) || lower_int(call, "adj_x", 0))
        transpose_input(call, 0);
    if (lower_int(call, "transpose_b", 0) || lower_int(call, "adj_y", 0))
        transpose_input(call, 1);
    lower_activation(call);
}

void lower_fused_matmul(OnnxCall *call)
{
    lower_matmul(call);
    follow_fused(call);
}

void lower_shape_dense(OnnxCall *call)
{
    Shape in = onnx_in(call, 0), w = onnx_in(call, 1);
    Arena *arena = call->arena;
    call->macs = DIM_NONE;
    if (!w.known || w.rank != 2)
        return;
    Dim rows = in.known ? dim_div_exact(arena, onnx_product(arena, in.dims, in.rank), w.dims[1]) : DIM_NONE;
    if (lower_int(call, "keep_num_dims", 0) && in.known && in.rank) {
        Shape out = shape_of(arena, in.rank, in.dims);
        out.dims[in.rank - 1] = w.dims[0];
        onnx_out(call, 0, out);
    } else if (!lower_int(call, "keep_num_dims", 0)) {
        onnx_out(call, 0, shape_of(arena, 2, (Dim[]){rows, w.dims[0]}));
    }
    call->macs = dim_mul(arena, rows, dim_mul(arena, w.dims[0], w.dims[1]));
}

/* ---- maps that change their size -------------------------------- */

static Dim number_dim(const OnnxNumbers *numbers, uint32_t index)
{
    return numbers && index < numbers->count && numbers->at[index].under == 1 ? numbers->at[index].over : DIM_NONE;
}

void lower_shape_resize(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    const OnnxNumbers *size = onnx_in_numbers(call, 1);
    if (!in.known || in.rank != 4)
        return;
    Dim dims[] = {in.dims[0], number_dim(size, 0), number_dim(size, 1), in.dims[3]};
    call->channels_last = true;
    onnx_out(call, 0, shape_of(call->arena, 4, dims));
}

/* Inputs: data, sizes of blocks, pairs of what is added to (or taken from) both sides. */
static void move_to_batch(OnnxCall *call, bool back)
{
    Shape in = onnx_in(call, 0), list = onnx_in(call, 1);
    const OnnxNumbers *blocks = onnx_in_numbers(call, 1), *sides = onnx_in_numbers(call, 2);
    Arena *arena = call->arena;
    if (!in.known || !list.known || list.rank != 1 || list.dims[0].kind != DIM_INT || list.dims[0].n >= (int64_t)in.rank ||
        list.dims[0].n < 0)
        return;
    Shape out = shape_of(arena, in.rank, in.dims);
    Dim area = dim_int(1);
    for (uint32_t i = 0; i < (uint32_t)list.dims[0].n; i++) {
        Dim block = number_dim(blocks, i),
            more = dim_add(arena, number_dim(sides, 2 * i), number_dim(sides, 2 * i + 1));
        bool fits = block.kind == DIM_INT && block.n > 0;
        Dim size = in.dims[i + 1];
        if (back)
            size = dim_sub(arena, dim_mul(arena, size, block), more);
        else
            size = fits ? dim_div_exact(arena, dim_add(arena, size, more), block) : DIM_NONE;
        out.dims[i + 1] = size;
        area = fits ? dim_mul(arena, area, block) : DIM_NONE;
    }
    out.dims[0] = back ? dim_div_exact(arena, in.dims[0], area) : dim_mul(arena, in.dims[0], area);
    onnx_out(call, 0, out);
}

void lower_shape_space_to_batch(OnnxCall *call)
{
    move_to_batch(call, false);
}

void lower_shape_batch_to_space(OnnxCall *call)
{
    move_to_batch(call, true);
}

static void move_to_depth(OnnxCall *call, bool back)
{
    Shape in = onnx_in(call, 0);
    int64_t size = lower_int(call, "block_size", 0);
    Arena *arena = call->arena;
    find_layout(call);
    if (!in.known || in.rank != 4 || size < 1 || size > 65535)
        return;
    Shape out = shape_of(arena, 4, in.dims);
    uint32_t channel = call->channels_last ? 3 : 1, first = call->channels_last ? 1 : 2;
    Dim side = dim_int(size), area = dim_int(size * size);
    out.dims[channel] = back ? dim_div_exact(arena, in.dims[channel], area) : dim_mul(arena, in.dims[channel], area);
    for (uint32_t i = first; i < first + 2; i++)
        out.dims[i] = back ? dim_mul(arena, in.dims[i], side) : dim_div_exact(arena, in.dims[i], side);
    onnx_out(call, 0, out);
}

void lower_shape_space_to_depth(OnnxCall *call)
{
    move_to_depth(call, false);
}

void lower_shape_depth_to_space(OnnxCall *call)
{
    move_to_depth(call, true);
}
