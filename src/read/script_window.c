/* SPDX-License-Identifier: MIT */
/* Convolutions, pooling, norms, dense and recurrent layers of torch in TorchScript archives. */
#include "read/script_rule.h"

enum { MOST_AXES = 3 };

/* A list of as many numbers as there are axes; one number holds for all. False where it is not there, or empty. */
static bool list_of(const OnnxCall *call, const char *attr, uint32_t axes, int64_t list[2 * MOST_AXES])
{
    int64_t *ints, one;
    uint32_t count;
    one = lower_int(call, attr, INT64_MIN);
    if (!lower_ints(call, attr, &ints, &count)) {
        ints = &one;
        count = one != INT64_MIN;
    }
    for (uint32_t i = 0; i < axes && count; i++)
        list[i] = ints[i < count ? i : count - 1];
    return count > 0 && axes > 0 && axes <= MOST_AXES;
}

static uint32_t axes_of(const OnnxCall *call)
{
    Shape w = onnx_in(call, 1), in = onnx_in(call, 0);
    uint32_t rank = w.known && w.rank > 2 ? w.rank : in.known ? in.rank : 0;
    return rank > 2 && rank <= MOST_AXES + 2 ? rank - 2 : 0;
}

static void give_list(OnnxCall *call, const char *attr, const char *name, uint32_t axes)
{
    int64_t list[2 * MOST_AXES];
    if (list_of(call, attr, axes, list))
        onnx_give_ints(call, name, list, axes);
}

/* Both sides get the same. */
static void give_pads(OnnxCall *call, uint32_t axes)
{
    int64_t list[2 * MOST_AXES];
    Str word = lower_text(call, "padding");
    if (str_equal(word, STR("same")))
        onnx_give_text(call, "auto_pad", STR("SAME_UPPER"));
    if (!list_of(call, "padding", axes, list))
        return;
    for (uint32_t i = 0; i < axes; i++)
        list[axes + i] = list[i];
    onnx_give_ints(call, "pads", list, 2 * axes);
}

void script_conv_transpose(OnnxCall *call)
{
    uint32_t axes = axes_of(call);
    onnx_be(call, "ConvTranspose");
    give_list(call, "stride", "strides", axes);
    give_list(call, "dilation", "dilations", axes);
    give_list(call, "output_padding", "output_padding", axes);
    give_pads(call, axes);
    onnx_give_int(call, "group", lower_int(call, "groups", 1));
}

void script_conv(OnnxCall *call)
{
    uint32_t axes = axes_of(call);
    if (lower_int(call, "transposed", 0)) {
        script_conv_transpose(call);
        return;
    }
    give_list(call, "stride", "strides", axes);
    give_list(call, "dilation", "dilations", axes);
    give_pads(call, axes);
    onnx_give_int(call, "group", lower_int(call, "groups", 1));
}

/* An empty stride is the kernel. The axes are told by the name: max_pool2d. */
void script_pool(OnnxCall *call)
{
    Str name = call->source->op;
    uint32_t axes = 0;
    for (size_t i = 0; i + 1 < name.size; i++)
        if (name.at[i] >= '1' && name.at[i] <= '3' && name.at[i + 1] == 'd')
            axes = (uint32_t)(name.at[i] - '0');
    int64_t unused[2 * MOST_AXES];
    give_list(call, "kernel_size", "kernel_shape", axes);
    give_list(call, list_of(call, "stride", axes, unused) ? "stride" : "kernel_size", "strides", axes);
    give_list(call, "dilation", "dilations", axes);
    give_pads(call, axes);
    onnx_give_int(call, "ceil_mode", lower_int(call, "ceil_mode", 0));
}

/* ---- pooling to a size, and to another one -------------------------------- */

void script_adaptive(OnnxCall *call)
{
    int64_t *sizes;
    uint32_t count;
    bool maximum = str_starts(call->source->op, STR("adaptive_max")), one = true;
    if (!lower_ints(call, "output_size", &sizes, &count) || !count)
        return;
    for (uint32_t i = 0; i < count; i++)
        one = one && sizes[i] == 1;
    if (one)
        onnx_be(call, maximum ? "GlobalMaxPool" : "GlobalAveragePool");
    else
        onnx_give_ints(call, "output_size", sizes, count);
}

void script_shape_adaptive(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    int64_t *sizes;
    uint32_t count;
    if (!in.known || !lower_ints(call, "output_size", &sizes, &count) || count > in.rank)
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    for (uint32_t i = 0; i < count; i++)
        out.dims[in.rank - count + i] = dim_int(sizes[i]);
    onnx_out(call, 0, out);
}

/* Inputs: map, sizes or nothing, factors or nothing. */
void script_upsample(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    const OnnxNumbers *sizes = onnx_in_numbers(call, 1), *factors = onnx_in_numbers(call, 2);
    const OnnxNumbers *said = sizes ? sizes : factors;
    if (!in.known || in.rank < 3)
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    for (uint32_t i = 2; i < in.rank; i++) {
        out.dims[i] = DIM_NONE;
        if (!said || said->count != in.rank - 2)
            continue;
        OnnxNumber number = said->at[i - 2];
        out.dims[i] = sizes ? onnx_number_floor(call->arena, number)
                            : dim_div(call->arena, dim_mul(call->arena, in.dims[i], number.over), dim_int(number.under));
    }
    onnx_out(call, 0, out);
}

/* ---- norms and products -------------------------------- */

void script_layernorm(OnnxCall *call)
{
    int64_t *sizes;
    uint32_t count;
    if (lower_ints(call, "normalized_shape", &sizes, &count) && count)
        onnx_give_int(call, "axis", -(int64_t)count);
}

void script_groupnorm(OnnxCall *call)
{
    onnx_give_int(call, "num_groups", lower_int(call, "num_groups", 1));
}

void script_addmm(OnnxCall *call)
{
    onnx_pick(call, (const int[]){1, 2, 0}, 3);
}

/* x times W of out×in, transposed; of an input of unknown rank the last size is known. */
void script_shape_linear(OnnxCall *call)
{
    Shape in = onnx_in(call, 0), w = onnx_in(call, 1);
    call->macs = DIM_NONE;
    if (!in.known || !in.rank || !w.known || w.rank != 2)
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    out.dims[in.rank - 1] = w.dims[0];
    onnx_out(call, 0, out);
    call->macs = dim_mul(call->arena, onnx_product(call->arena, out.dims, out.rank), w.dims[1]);
}

/* ---- fused attention -------------------------------- */

void script_heads(OnnxCall *call)
{
    onnx_give_int(call, "num_heads", lower_int(call, "num_head", 1));
    if (call->in_count > 2 && call->in[0] == call->in[1] && call->in[0] == call->in[2])
        call->in[1] = call->in[2] = NULL; /* a sequence with itself */
}

/* Four projections of D×D, queries times keys, weights times values, for `rows` of B·T positions that see T each. */
static Dim attention_macs(OnnxCall *call, Shape x, Dim keys)
{
    Arena *arena = call->arena;
    Dim rows = dim_mul(arena, x.dims[0], x.dims[1]), others = dim_mul(arena, x.dims[0], keys), d = x.dims[2];
    Dim projections = dim_mul(arena, dim_mul(arena, d, d), dim_mul(arena, dim_int(2), dim_add(arena, rows, others)));
    return dim_add(arena, projections, dim_mul(arena, dim_mul(arena, rows, keys), dim_mul(arena, dim_int(2), d)));
}

void script_shape_attention(OnnxCall *call)
{
    Shape query = onnx_in(call, 0), key = call->in_count > 1 && call->in[1] ? onnx_in(call, 1) : query;
    call->macs = DIM_NONE;
    onnx_out(call, 0, query);
    if (query.known && query.rank == 3 && key.known && key.rank == 3)
        call->macs = attention_macs(call, query, key.dims[1]);
}

/* Inputs: the sequence, weights of the attention (2 matrices), of the norms, and of the dense layers (input 9: hidden×D). */
void script_shape_encoder(OnnxCall *call)
{
    Shape in = onnx_in(call, 0), hidden = onnx_in(call, 9);
    Arena *arena = call->arena;
    call->macs = DIM_NONE;
    onnx_out(call, 0, in);
    if (!in.known || in.rank != 3 || !hidden.known || hidden.rank != 2)
        return;
    Dim rows = dim_mul(arena, in.dims[0], in.dims[1]);
    Dim dense = dim_mul(arena, dim_mul(arena, dim_int(2), rows), onnx_product(arena, hidden.dims, 2));
    call->macs = dim_add(arena, attention_macs(call, in, in.dims[1]), dense);
}

/* ---- recurrent layers -------------------------------- */

static const OnnxWeight *weights_of(const OnnxCall *call)
{
    return call->in_count > 1 && call->in[1] ? call->in[1]->weight : NULL;
}

/* As many matrices and vectors as layers and directions: what the first recurrent one holds is gates · state · size. */
void script_recurrent(OnnxCall *call)
{
    onnx_give_int(call, "num_layers", lower_int(call, "num_layers", 1));
    onnx_give_int(call, "bidirectional", lower_int(call, "bidirectional", 0));
    onnx_give_int(call, "bias", lower_int(call, "has_biases", 1));
    onnx_give_int(call, "hidden_size", lower_int(call, "hidden_size", 0));
    onnx_give_int(call, "input_size", lower_int(call, "input_size", 0));
    onnx_give_int(call, "proj_size", lower_int(call, "proj_size", 0));
    onnx_give_text(call, "form", STR("plain"));
}

void script_shape_recurrent(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    const OnnxWeight *weights = weights_of(call);
    Arena *arena = call->arena;
    int64_t hidden = lower_int(call, "hidden_size", 0), projected = lower_int(call, "proj_size", 0);
    int64_t directions = lower_int(call, "bidirectional", 0) ? 2 : 1, layers = lower_int(call, "num_layers", 1);
    Dim matrices = dim_int(0);
    call->macs = DIM_NONE;
    if (!in.known || in.rank < 2 || hidden < 1 || projected < 0 || layers < 1 || layers > 10000 || hidden > INT32_MAX)
        return;
    Shape out = shape_of(arena, in.rank, in.dims);
    out.dims[in.rank - 1] = dim_mul(arena, dim_int(projected ? projected : hidden), dim_int(directions));
    onnx_out(call, 0, out);
    Dim batch = in.rank == 3 ? in.dims[lower_int(call, "batch_first", 0) ? 0 : 1] : DIM_NONE;
    Dim states[] = {dim_int(layers * directions), batch, dim_int(projected ? projected : hidden)};
    onnx_out(call, 1, in.rank == 3 ? shape_of(arena, 3, states) : shape_unknown());
    states[2] = dim_int(hidden);
    onnx_out(call, 2, in.rank == 3 ? shape_of(arena, 3, states) : shape_unknown());
    for (uint32_t i = 0; weights && i < weights->part_count; i++)
        if (weights->parts[i]->rank == 2)
            matrices = dim_add(arena, matrices, weights->parts[i]->count);
    call->macs = dim_mul(arena, matrices, onnx_product(arena, in.dims, in.rank - 1));
}
