/* SPDX-License-Identifier: MIT */
/* Shape rules of ONNX operators that join tensors, cut them, or pick from them. */
#include "read/onnx_rule.h"

/* Lays what is known of all inputs over each other, but for the axis along which they are joined. */
void onnx_shape_concat(OnnxCall *call)
{
    Shape all = shape_unknown();
    uint32_t axis = 0;
    Dim total = dim_int(0);
    for (uint32_t i = 0; i < call->in_count; i++) {
        Shape in = onnx_in(call, i);
        if (!in.known) {
            total = DIM_NONE;
            continue;
        }
        if (!all.known) {
            all = shape_of(call->arena, in.rank, in.dims);
            if (!onnx_axis(onnx_attr_int(call->node, "axis", 1), in.rank, &axis))
                return;
        }
        if (in.rank != all.rank)
            return;
        for (uint32_t k = 0; k < in.rank; k++)
            if (k != axis &&
                (all.dims[k].kind == DIM_UNKNOWN || (all.dims[k].kind == DIM_SYMBOLIC && in.dims[k].kind == DIM_INT)))
                all.dims[k] = in.dims[k];
        total = dim_add(call->arena, total, in.dims[axis]);
    }
    if (!all.known)
        return;
    all.dims[axis] = total;
    onnx_out(call, 0, all);
}

/* Sizes are an input, an attribute, or equal parts (the last one smaller where they do not divide). */
void onnx_shape_split(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    int64_t *sizes = NULL;
    uint32_t count = 0, axis;
    if (!in.known || !call->out_count || !onnx_axis(onnx_attr_int(call->node, "axis", 0), in.rank, &axis))
        return;
    bool said = onnx_ints(call, "split", 1, &sizes, &count);
    bool open = !said && call->in_count > 1 && call->in[1];
    Dim parts = dim_int(onnx_attr_int(call->node, "num_outputs", call->out_count));
    Dim size = dim_is(parts, 0) ? DIM_NONE : dim_div_up(call->arena, in.dims[axis], parts), rest = in.dims[axis];
    for (uint32_t i = 0; i < call->out_count; i++) {
        Shape out = shape_of(call->arena, in.rank, in.dims);
        bool last = i + 1 == call->out_count;
        out.dims[axis] = open ? DIM_NONE : !said ? last ? rest : size : i < count ? dim_int(sizes[i]) : DIM_NONE;
        rest = dim_sub(call->arena, rest, size);
        onnx_out(call, i, out);
    }
}

/* ---- Slice -------------------------------- */

/* From the front, within [low, high]; a symbolic size allows for the usual ends. */
static Dim clamp(Arena *arena, Dim index, Dim size, int64_t low, Dim high)
{
    if (index.kind == DIM_INT && index.n < 0)
        index = index.n <= -INT32_MAX ? dim_int(low) : dim_add(arena, index, size);
    if (index.kind == DIM_INT && index.n >= INT32_MAX)
        return high;
    if (index.kind == DIM_INT && index.n < low)
        return dim_int(low);
    if (index.kind == DIM_INT && high.kind == DIM_INT && index.n > high.n)
        return high;
    return index;
}

static void cut_axis(Arena *arena, Dim size, Dim start, Dim end, Dim step, OnnxCut *cut)
{
    *cut = (OnnxCut){.cut = true, .size = DIM_NONE};
    if (step.kind != DIM_INT || step.n == 0 || step.n < -INT32_MAX)
        return;
    bool back = step.n < 0;
    Dim last = dim_sub(arena, size, dim_int(1));
    Dim from = clamp(arena, start, size, 0, back ? last : size),
        to = clamp(arena, end, size, back ? -1 : 0, back ? last : size);
    Dim distance = back ? dim_sub(arena, from, to) : dim_sub(arena, to, from);
    cut->size = dim_div_up(arena, distance, dim_int(back ? -step.n : step.n));
    if (cut->size.kind == DIM_INT && cut->size.n < 0)
        cut->size = dim_int(0);
    /* The first thousand of however many boxes there are may be fewer. */
    if (size.kind == DIM_UNKNOWN && !dim_is(cut->size, 0))
        cut->size = DIM_NONE;
    cut->known = from.kind == DIM_INT && cut->size.kind == DIM_INT;
    cut->from = from.kind == DIM_INT ? from.n : 0;
    cut->step = step.n;
}

/* The index-th bound: an attribute before opset 10, an input since. */
static Dim bound_at(OnnxCall *call, const char *attr, uint32_t input, uint32_t index, int64_t otherwise)
{
    const OnnxNumbers *numbers = onnx_in_numbers(call, input);
    int64_t *ints;
    uint32_t count;
    if (numbers)
        return index < numbers->count && numbers->at[index].under == 1 ? numbers->at[index].over : DIM_NONE;
    if (input < call->in_count && call->in[input])
        return DIM_NONE;
    if (onnx_attr_ints(call->arena, call->node, attr, &ints, &count))
        return index < count ? dim_int(ints[index]) : DIM_NONE;
    return dim_int(otherwise);
}

static uint32_t bound_count(OnnxCall *call)
{
    int64_t *ints;
    uint32_t count;
    Shape list = onnx_in(call, 1);
    if (call->in_count > 1)
        return list.known && list.rank == 1 && list.dims[0].kind == DIM_INT && list.dims[0].n <= ONNX_MOST_DIMS
                   ? (uint32_t)list.dims[0].n : UINT32_MAX;
    return onnx_attr_ints(call->arena, call->node, "starts", &ints, &count) ? count : UINT32_MAX;
}

bool onnx_cuts(OnnxCall *call, Shape in, OnnxCut *cuts)
{
    uint32_t count = bound_count(call), axis;
    if (!in.known || count > in.rank)
        return false;
    for (uint32_t i = 0; i < in.rank; i++)
        cuts[i] = (OnnxCut){.known = in.dims[i].kind == DIM_INT, .from = 0, .step = 1, .size = in.dims[i]};
    for (uint32_t i = 0; i < count; i++) {
        Dim at = bound_at(call, "axes", 3, i, i);
        if (at.kind != DIM_INT || !onnx_axis(at.n, in.rank, &axis))
            return false;
        Dim start = bound_at(call, "starts", 1, i, 0), end = bound_at(call, "ends", 2, i, INT64_MAX);
        cut_axis(call->arena, in.dims[axis], start, end, bound_at(call, "steps", 4, i, 1), &cuts[axis]);
    }
    return true;
}

void onnx_shape_slice(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    OnnxCut cuts[ONNX_MOST_DIMS];
    if (!in.known)
        return;
    bool known = onnx_cuts(call, in, cuts);
    Shape out = shape_of(call->arena, in.rank, in.dims);
    for (uint32_t i = 0; i < in.rank; i++)
        out.dims[i] = known ? cuts[i].size : DIM_NONE;
    onnx_out(call, 0, out);
}

/* ---- picking -------------------------------- */

/* The axis is replaced by the axes of the indices. */
void onnx_shape_gather(OnnxCall *call)
{
    Shape data = onnx_in(call, 0), indices = onnx_in(call, 1);
    uint32_t axis, rank = 0;
    Dim dims[ONNX_MOST_DIMS];
    if (!data.known || !indices.known || data.rank + indices.rank > ONNX_MOST_DIMS ||
        !onnx_axis(onnx_attr_int(call->node, "axis", 0), data.rank, &axis))
        return;
    for (uint32_t i = 0; i < axis; i++)
        dims[rank++] = data.dims[i];
    for (uint32_t i = 0; i < indices.rank; i++)
        dims[rank++] = indices.dims[i];
    for (uint32_t i = axis + 1; i < data.rank; i++)
        dims[rank++] = data.dims[i];
    onnx_out(call, 0, shape_of(call->arena, rank, dims));
}

void onnx_shape_gather_elements(OnnxCall *call)
{
    onnx_out(call, 0, onnx_in(call, 1));
}

/* Indices of length k pick what the axes behind the first k (and the batch axes) hold. */
void onnx_shape_gather_nd(OnnxCall *call)
{
    Shape data = onnx_in(call, 0), indices = onnx_in(call, 1);
    int64_t batch = onnx_attr_int(call->node, "batch_dims", 0);
    uint32_t rank = 0;
    Dim dims[2 * ONNX_MOST_DIMS];
    if (!data.known || !indices.known || indices.rank == 0 || batch < 0 || batch > (int64_t)data.rank)
        return;
    Dim length = indices.dims[indices.rank - 1];
    if (length.kind != DIM_INT || length.n < 0 || length.n > (int64_t)data.rank - batch)
        return;
    for (uint32_t i = 0; i + 1 < indices.rank; i++)
        dims[rank++] = indices.dims[i];
    for (uint32_t i = (uint32_t)(batch + length.n); i < data.rank; i++)
        dims[rank++] = data.dims[i];
    if (rank <= ONNX_MOST_DIMS)
        onnx_out(call, 0, shape_of(call->arena, rank, dims));
}

/* Begins of all axes, then ends; `axes` (opset 18) names the axes, `paddings` is the name of opset 1. */
void onnx_shape_pad(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    const OnnxNumbers *numbers = onnx_in_numbers(call, 1);
    const char *attr = onnx_attr(call->node, "pads") ? "pads" : "paddings";
    int64_t *ints = NULL;
    uint32_t listed = 0, axis;
    if (!in.known)
        return;
    onnx_attr_ints(call->arena, call->node, attr, &ints, &listed);
    uint32_t count = (numbers ? numbers->count : listed) / 2;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    bool known = numbers || (call->in_count < 2 && ints);
    const OnnxNumbers *axes = onnx_in_numbers(call, 3);
    for (uint32_t i = 0; i < in.rank && !known; i++)
        out.dims[i] = DIM_NONE;
    for (uint32_t i = 0; i < count && known; i++) {
        int64_t at = i;
        if ((axes && !onnx_number_int(axes, i, &at)) || !onnx_axis(at, in.rank, &axis))
            return;
        Dim before = numbers ? numbers->at[i].over : dim_int(ints[i]),
            after = numbers ? numbers->at[count + i].over : dim_int(ints[count + i]);
        out.dims[axis] = dim_add(call->arena, in.dims[axis], dim_add(call->arena, before, after));
    }
    onnx_out(call, 0, out);
}

void onnx_shape_compress(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    uint32_t axis;
    if (!onnx_attr(call->node, "axis")) {
        onnx_out(call, 0, shape_of(call->arena, 1, (Dim[]){DIM_NONE}));
        return;
    }
    if (!in.known || !onnx_axis(onnx_attr_int(call->node, "axis", 0), in.rank, &axis))
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    out.dims[axis] = DIM_NONE;
    onnx_out(call, 0, out);
}
