/* SPDX-License-Identifier: MIT */
/* Shape rules of ONNX operators that make tensors and rearrange them. */
#include "read/onnx_rule.h"

/* The shape that the numbers of an input are; unknown ones stay open. */
static Shape shape_from_numbers(OnnxCall *call, uint32_t input)
{
    const OnnxNumbers *numbers = onnx_in_numbers(call, input);
    Shape list = onnx_in(call, input);
    Dim dims[ONNX_MOST_DIMS];
    if (!numbers && list.known && list.rank == 1 && list.dims[0].kind == DIM_INT && list.dims[0].n <= ONNX_MOST_DIMS) {
        for (int64_t i = 0; i < list.dims[0].n; i++)
            dims[i] = DIM_NONE;
        return shape_of(call->arena, (uint32_t)list.dims[0].n, dims);
    }
    if (!numbers || numbers->count > ONNX_MOST_DIMS)
        return shape_unknown();
    for (uint32_t i = 0; i < numbers->count; i++)
        dims[i] = numbers->at[i].under == 1 ? numbers->at[i].over : DIM_NONE;
    return shape_of(call->arena, numbers->count, dims);
}

/* `value` and its short forms since opset 12. */
void onnx_shape_constant(OnnxCall *call)
{
    static const char *const lists[] = {"value_ints", "value_floats"}, *const scalars[] = {"value_int", "value_float",
                                                                                           "value_string"};
    OnnxValue *out = call->out_count ? call->out[0] : NULL;
    OnnxTensor *tensor = ARENA_NEW(call->arena, OnnxTensor);
    int64_t *ints;
    uint32_t count;
    if (!out)
        return;
    if (onnx_attr_tensor(call->node, "value", tensor)) {
        out->shape = onnx_tensor_shape(call->arena, tensor);
        out->type = tensor->type;
        out->tensor = tensor;
        out->weight = onnx_weight_new(call->reader, out->shape, tensor->type, false);
        out->direct = true;
        return;
    }
    for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++)
        if (onnx_attr(call->node, scalars[i]))
            out->shape = shape_of(call->arena, 0, NULL);
    if (onnx_attr_ints(call->arena, call->node, lists[0], &ints, &count))
        out->shape = shape_of(call->arena, 1, (Dim[]){dim_int(count)});
    else if (onnx_attr(call->node, lists[1]))
        out->shape = shape_of(call->arena, 1, (Dim[]){dim_int((int64_t)onnx_attr_floats(call->node, lists[1]))});
}

/* Weights whose numbers were taken out of a file often come from here. */
void onnx_shape_filled(OnnxCall *call)
{
    OnnxTensor value = {.type = ONNX_FLOAT};
    OnnxValue *out = call->out_count ? call->out[0] : NULL;
    if (!out)
        return;
    onnx_attr_tensor(call->node, "value", &value);
    out->shape = shape_from_numbers(call, 0);
    out->type = value.type;
    if (!out->flows)
        out->weight = onnx_weight_new(call->reader, out->shape, value.type, false);
    out->direct = true;
}

/* Shape takes a part of the dimensions since opset 15. */
void onnx_shape_shape(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    int64_t rank = in.rank, start = onnx_attr_int(call->node, "start", 0), end = onnx_attr_int(call->node, "end", rank);
    Dim count = DIM_NONE;
    start = start < 0 ? start + rank : start;
    end = end < 0 ? end + rank : end;
    start = start < 0 ? 0 : start;
    end = end > rank ? rank : end;
    if (in.known)
        count = dim_int(end > start ? end - start : 0);
    onnx_out(call, 0, shape_of(call->arena, 1, &count));
}

/* 0 copies a dimension, -1 takes what is left. */
static void infer_reshape(OnnxCall *call, Shape in, Shape out)
{
    bool zero_stays = onnx_attr_int(call->node, "allowzero", 0) != 0;
    int open = -1;
    for (uint32_t i = 0; i < out.rank; i++) {
        if (dim_is(out.dims[i], 0) && !zero_stays)
            out.dims[i] = in.known && i < in.rank ? in.dims[i] : DIM_NONE;
        else if (dim_is(out.dims[i], -1) && open < 0)
            open = (int)i;
    }
    if (open < 0)
        return;
    Dim others = dim_int(1), all = in.known ? dim_int(1) : DIM_NONE;
    bool left_out[ONNX_MOST_DIMS] = {false};
    for (uint32_t i = 0; i < out.rank; i++) {
        /* A dimension that stays as it is need not be known. */
        bool stays = (int)i != open && in.known && i < in.rank && out.dims[i].kind == DIM_UNKNOWN &&
                     in.dims[i].kind == DIM_UNKNOWN;
        if (i < ONNX_MOST_DIMS)
            left_out[i] = stays;
        if ((int)i != open && !stays)
            others = dim_mul(call->arena, others, out.dims[i]);
    }
    for (uint32_t i = 0; in.known && i < in.rank; i++)
        if (!left_out[i])
            all = dim_mul(call->arena, all, in.dims[i]);
    out.dims[open] = dim_is(others, 0) ? DIM_NONE : dim_div_exact(call->arena, all, others);
}

/* The sizes are an input, or an attribute before opset 5. */
void onnx_shape_reshape(OnnxCall *call)
{
    Shape in = onnx_in(call, 0), out = shape_from_numbers(call, 1);
    int64_t *sizes;
    uint32_t count;
    if (call->in_count < 2 && onnx_attr_ints(call->arena, call->node, "shape", &sizes, &count) &&
        count <= ONNX_MOST_DIMS) {
        Dim dims[ONNX_MOST_DIMS];
        for (uint32_t i = 0; i < count; i++)
            dims[i] = dim_int(sizes[i]);
        out = shape_of(call->arena, count, dims);
    }
    if (!out.known)
        return;
    infer_reshape(call, in, out);
    uint32_t unknown = 0, last = 0;
    for (uint32_t i = 0; i < out.rank; i++)
        if (out.dims[i].kind == DIM_UNKNOWN) {
            unknown++;
            last = i;
        }
    /* The only unknown size is what the others leave. */
    if (unknown == 1 && in.known) {
        Dim others = dim_int(1);
        for (uint32_t i = 0; i < out.rank; i++)
            if (i != last)
                others = dim_mul(call->arena, others, out.dims[i]);
        if (!dim_is(others, 0))
            out.dims[last] = dim_div_exact(call->arena, onnx_product(call->arena, in.dims, in.rank), others);
    }
    onnx_out(call, 0, out);
}

void onnx_shape_flatten(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    int64_t axis = onnx_attr_int(call->node, "axis", 1);
    if (!in.known)
        return;
    axis = axis < 0 ? axis + (int64_t)in.rank : axis;
    if (axis < 0 || axis > (int64_t)in.rank)
        return;
    Dim rows = onnx_product(call->arena, in.dims, (uint32_t)axis);
    Dim columns = onnx_product(call->arena, in.dims + axis, in.rank - (uint32_t)axis);
    onnx_out(call, 0, shape_of(call->arena, 2, (Dim[]){rows, columns}));
}

/* Without axes all sizes 1 go, if it is known which ones are 1. */
void onnx_shape_squeeze(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    bool gone[ONNX_MOST_DIMS] = {false};
    int64_t *axes = NULL;
    uint32_t count = 0, axis, rank = 0;
    Dim dims[ONNX_MOST_DIMS];
    if (!in.known)
        return;
    bool said = onnx_ints(call, "axes", 1, &axes, &count);
    if (!said && call->in_count > 1 && call->in[1])
        return;
    for (uint32_t i = 0; i < count; i++)
        if (onnx_axis(axes[i], in.rank, &axis))
            gone[axis] = true;
    for (uint32_t i = 0; i < in.rank && !said; i++) {
        if (in.dims[i].kind != DIM_INT)
            return;
        gone[i] = in.dims[i].n == 1;
    }
    for (uint32_t i = 0; i < in.rank; i++)
        if (!gone[i])
            dims[rank++] = in.dims[i];
    onnx_out(call, 0, shape_of(call->arena, rank, dims));
}

void onnx_shape_unsqueeze(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    bool fresh[ONNX_MOST_DIMS] = {false};
    int64_t *axes = NULL;
    uint32_t count = 0, axis, from = 0;
    Dim dims[ONNX_MOST_DIMS];
    if (!in.known || !onnx_ints(call, "axes", 1, &axes, &count) || in.rank + count > ONNX_MOST_DIMS)
        return;
    for (uint32_t i = 0; i < count; i++)
        if (onnx_axis(axes[i], in.rank + count, &axis))
            fresh[axis] = true;
    for (uint32_t i = 0; i < in.rank + count; i++)
        dims[i] = fresh[i] ? dim_int(1) : from < in.rank ? in.dims[from++] : DIM_NONE;
    onnx_out(call, 0, shape_of(call->arena, in.rank + count, dims));
}

void onnx_shape_transpose(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    int64_t *order = NULL;
    uint32_t count = 0, axis;
    Dim dims[ONNX_MOST_DIMS];
    if (!in.known)
        return;
    bool said = onnx_attr_ints(call->arena, call->node, "perm", &order, &count) && count == in.rank;
    for (uint32_t i = 0; i < in.rank; i++)
        dims[i] = !said ? in.dims[in.rank - 1 - i] : onnx_axis(order[i], in.rank, &axis) ? in.dims[axis] : DIM_NONE;
    onnx_out(call, 0, shape_of(call->arena, in.rank, dims));
}

void onnx_shape_expand(OnnxCall *call)
{
    Shape out;
    if (onnx_broadcast(call->arena, onnx_in(call, 0), shape_from_numbers(call, 1), &out))
        onnx_out(call, 0, out);
}

void onnx_shape_tile(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    const OnnxNumbers *times = onnx_in_numbers(call, 1);
    if (!in.known)
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    for (uint32_t i = 0; i < in.rank; i++) {
        bool known = times && i < times->count && times->at[i].under == 1;
        out.dims[i] = known ? dim_mul(call->arena, in.dims[i], times->at[i].over) : DIM_NONE;
    }
    onnx_out(call, 0, out);
}

/* ceil((limit - start) / delta), at least 0. */
void onnx_shape_range(OnnxCall *call)
{
    const OnnxNumbers *start = onnx_in_numbers(call, 0), *limit = onnx_in_numbers(call, 1),
                      *delta = onnx_in_numbers(call, 2);
    Dim count = DIM_NONE;
    bool known = start && limit && delta && start->count == 1 && limit->count == 1 && delta->count == 1;
    if (known && start->at[0].under == 1 && limit->at[0].under == 1 && delta->at[0].under == 1 &&
        !dim_is(delta->at[0].over, 0))
        count = dim_div_up(call->arena, dim_sub(call->arena, limit->at[0].over, start->at[0].over), delta->at[0].over);
    if (count.kind == DIM_INT && count.n < 0)
        count = dim_int(0);
    onnx_out(call, 0, shape_of(call->arena, 1, &count));
}

static bool block_of(const OnnxCall *call, Shape in, Dim *block)
{
    int64_t size = onnx_attr_int(call->node, "blocksize", 0);
    *block = dim_int(size);
    return in.known && in.rank == 4 && size > 0 && size < 65536;
}

void onnx_shape_space_to_depth(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    Dim block;
    if (!block_of(call, in, &block))
        return;
    Dim area = dim_mul(call->arena, block, block);
    Dim dims[] = {in.dims[0], dim_mul(call->arena, in.dims[1], area), dim_div(call->arena, in.dims[2], block),
                  dim_div(call->arena, in.dims[3], block)};
    onnx_out(call, 0, shape_of(call->arena, 4, dims));
}

void onnx_shape_depth_to_space(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    Dim block;
    if (!block_of(call, in, &block))
        return;
    Dim area = dim_mul(call->arena, block, block);
    Dim dims[] = {in.dims[0], dim_div(call->arena, in.dims[1], area), dim_mul(call->arena, in.dims[2], block),
                  dim_mul(call->arena, in.dims[3], block)};
    onnx_out(call, 0, shape_of(call->arena, 4, dims));
}
