/* SPDX-License-Identifier: MIT */
/* Operations of torch in TorchScript archives that rearrange, join, cut and reduce tensors. */
#include "read/script_rule.h"

static Dim number_at(const OnnxNumbers *numbers, uint32_t index)
{
    return numbers && index < numbers->count && numbers->at[index].under == 1 ? numbers->at[index].over : DIM_NONE;
}

static bool axis_of(const OnnxCall *call, const char *attr, int64_t otherwise, uint32_t rank, uint32_t *axis)
{
    return onnx_axis(lower_int(call, attr, otherwise), rank, axis);
}

/* ---- elementwise -------------------------------- */

void script_hardtanh(OnnxCall *call)
{
    double low = lower_int(call, "min_val", -1) == 0 ? 0 : -1, high = (double)lower_int(call, "max_val", 1);
    onnx_attr_float(call->source, "min_val", &low);
    onnx_attr_float(call->source, "max_val", &high);
    if (low == 0 && high == 6)
        onnx_be(call, "relu6");
}

void script_softmax(OnnxCall *call)
{
    onnx_give_int(call, "axis", lower_int(call, "dim", -1));
}

void script_shape_glu(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    uint32_t axis;
    if (!in.known || !axis_of(call, "dim", -1, in.rank, &axis))
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    out.dims[axis] = dim_div_exact(call->arena, in.dims[axis], dim_int(2));
    onnx_out(call, 0, out);
}

/* ---- joining -------------------------------- */

void script_concat(OnnxCall *call)
{
    onnx_give_int(call, "axis", lower_int(call, "dim", 0));
}

/* Each gets an axis of size 1, along which they are joined. */
void script_stack(OnnxCall *call)
{
    int64_t axis = lower_int(call, "dim", 0);
    onnx_give_int(call, "axis", axis);
    onnx_show(call, "stack");
    for (uint32_t i = 0; i < call->in_count; i++) {
        Shape in = onnx_in(call, i);
        Dim dims[ONNX_MOST_DIMS];
        uint32_t at;
        bool known = in.known && in.rank < ONNX_MOST_DIMS && onnx_axis(axis, in.rank + 1, &at);
        for (uint32_t k = 0; known && k <= in.rank; k++)
            dims[k] = k < at ? in.dims[k] : k == at ? dim_int(1) : in.dims[k - 1];
        onnx_see(call, i, known ? shape_of(call->arena, in.rank + 1, dims) : shape_unknown());
    }
}

/* ---- forms -------------------------------- */

void script_reshape(OnnxCall *call)
{
    onnx_give_int(call, "allowzero", 1);
}

static void give_order(OnnxCall *call, const uint32_t *order, uint32_t count)
{
    int64_t perm[ONNX_MOST_DIMS];
    for (uint32_t i = 0; i < count; i++)
        perm[i] = order[i];
    onnx_give_ints(call, "perm", perm, count);
}

void script_permute(OnnxCall *call)
{
    int64_t *dims;
    uint32_t count, order[ONNX_MOST_DIMS];
    if (!lower_ints(call, "dims", &dims, &count) || count > ONNX_MOST_DIMS) {
        lower_open(call);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        if (!onnx_axis(dims[i], count, &order[i]))
            return;
    give_order(call, order, count);
}

void script_transpose(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    uint32_t a, b, order[ONNX_MOST_DIMS];
    if (!in.known || !axis_of(call, "dim0", 0, in.rank, &a) || !axis_of(call, "dim1", 1, in.rank, &b)) {
        lower_open(call);
        return;
    }
    for (uint32_t i = 0; i < in.rank; i++)
        order[i] = i == a ? b : i == b ? a : i;
    give_order(call, order, in.rank);
}

void script_turn(OnnxCall *call)
{
    give_order(call, (const uint32_t[]){1, 0}, 2);
}

static void give_axes(OnnxCall *call)
{
    int64_t *dims, one = lower_int(call, "dim", INT64_MIN);
    uint32_t count;
    if (lower_ints(call, "dim", &dims, &count) && count)
        onnx_give_ints(call, "axes", dims, count);
    else if (one != INT64_MIN)
        onnx_give_ints(call, "axes", &one, 1);
}

void script_squeeze(OnnxCall *call)
{
    give_axes(call);
}

void script_unsqueeze(OnnxCall *call)
{
    give_axes(call);
}

/* Axes without a number are all. */
void script_reduce(OnnxCall *call)
{
    give_axes(call);
    onnx_give_int(call, "keepdims", lower_int(call, "keepdim", 0));
}

void script_einsum(OnnxCall *call)
{
    onnx_give_text(call, "equation", lower_text(call, "equation"));
}

void script_shuffle(OnnxCall *call)
{
    int64_t factor = lower_int(call, "upscale_factor", lower_int(call, "downscale_factor", 1));
    onnx_give_int(call, "blocksize", factor);
    onnx_give_text(call, "mode", STR("CRD"));
}

/* Pairs, the last axis first. */
void script_pad(OnnxCall *call)
{
    int64_t *pairs, pads[2 * ONNX_MOST_DIMS] = {0};
    uint32_t count;
    Shape in = onnx_in(call, 0);
    if (!in.known || !lower_ints(call, "pad", &pairs, &count) || count % 2 || count / 2 > in.rank) {
        lower_open(call);
        return;
    }
    for (uint32_t i = 0; i < count / 2; i++) {
        pads[in.rank - 1 - i] = pairs[2 * i];
        pads[2 * in.rank - 1 - i] = pairs[2 * i + 1];
    }
    onnx_give_ints(call, "pads", pads, 2 * in.rank);
}

void script_shape_flatten(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    Dim dims[ONNX_MOST_DIMS];
    uint32_t from, to, rank = 0;
    if (!in.known || !in.rank || !axis_of(call, "start_dim", 0, in.rank, &from) || !axis_of(call, "end_dim", -1, in.rank, &to) ||
        from > to)
        return;
    for (uint32_t i = 0; i < in.rank; i++) {
        if (i <= from || i > to)
            dims[rank++] = in.dims[i];
        else
            dims[rank - 1] = dim_mul(call->arena, dims[rank - 1], in.dims[i]);
    }
    onnx_out(call, 0, shape_of(call->arena, rank, dims));
}

/* -1 keeps a size. */
void script_shape_expand(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    const OnnxNumbers *sizes = onnx_in_numbers(call, 1);
    Dim dims[ONNX_MOST_DIMS];
    if (!in.known || !sizes || sizes->count < in.rank || sizes->count > ONNX_MOST_DIMS)
        return;
    for (uint32_t i = 0; i < sizes->count; i++) {
        Dim said = number_at(sizes, i);
        dims[i] = !dim_is(said, -1) ? said : i + in.rank >= sizes->count ? in.dims[i + in.rank - sizes->count] : DIM_NONE;
    }
    onnx_out(call, 0, shape_of(call->arena, sizes->count, dims));
}

void script_shape_expand_as(OnnxCall *call)
{
    onnx_out(call, 0, onnx_in(call, 1));
}

void script_shape_repeat(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    const OnnxNumbers *times = onnx_in_numbers(call, 1);
    Dim dims[ONNX_MOST_DIMS];
    if (!in.known || !times || times->count < in.rank || times->count > ONNX_MOST_DIMS)
        return;
    uint32_t fresh = times->count - in.rank;
    for (uint32_t i = 0; i < times->count; i++)
        dims[i] = dim_mul(call->arena, number_at(times, i), i < fresh ? dim_int(1) : in.dims[i - fresh]);
    onnx_out(call, 0, shape_of(call->arena, times->count, dims));
}

/* ---- cutting -------------------------------- */

static Dim bound(Arena *arena, Dim at, Dim size)
{
    if (at.kind == DIM_INT && at.n < 0)
        at = dim_add(arena, at, size);
    if (at.kind == DIM_INT && at.n < 0)
        return dim_int(0);
    return at.kind == DIM_INT && (size.kind == DIM_INT ? at.n > size.n : at.n > INT32_MAX) ? size : at;
}

/* `x[:, 0]` is a slice of all rows, then an index: what takes all hands its input on. */
void script_slice(OnnxCall *call)
{
    Dim from = number_at(onnx_in_numbers(call, 1), 0), to = number_at(onnx_in_numbers(call, 2), 0),
        step = number_at(onnx_in_numbers(call, 3), 0);
    bool whole = (call->in_count < 2 || !call->in[1] || dim_is(from, 0)) &&
                 (call->in_count < 3 || !call->in[2] || (to.kind == DIM_INT && to.n > INT32_MAX)) &&
                 (call->in_count < 4 || !call->in[3] || dim_is(step, 1));
    if (whole)
        onnx_show(call, "identity");
}

/* Inputs: tensor, start, end, step; the axis is an attribute. */
void script_shape_slice(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    uint32_t axis;
    if (!in.known || !axis_of(call, "dim", 0, in.rank, &axis))
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    Dim size = in.dims[axis];
    bool from_said = call->in_count > 1 && call->in[1], to_said = call->in_count > 2 && call->in[2], step_said = call->in_count > 3 && call->in[3];
    Dim from = from_said ? bound(call->arena, number_at(onnx_in_numbers(call, 1), 0), size) : dim_int(0);
    Dim to = to_said ? bound(call->arena, number_at(onnx_in_numbers(call, 2), 0), size) : size;
    Dim step = step_said ? number_at(onnx_in_numbers(call, 3), 0) : dim_int(1);
    Dim many = step.kind == DIM_INT && step.n > 0 ? dim_div_up(call->arena, dim_sub(call->arena, to, from), step) : DIM_NONE;
    out.dims[axis] = many.kind == DIM_INT && many.n < 0 ? dim_int(0) : many;
    onnx_out(call, 0, out);
}

void script_gather(OnnxCall *call)
{
    onnx_give_int(call, "axis", lower_int(call, "dim", 0));
}

void script_select(OnnxCall *call)
{
    script_gather(call);
    onnx_show(call, "select");
}

void script_embedding(OnnxCall *call)
{
    onnx_show(call, "embedding");
    onnx_give_int(call, "axis", 0);
    onnx_train(call, 1);
}

void script_split(OnnxCall *call)
{
    onnx_give_int(call, "axis", lower_int(call, "dim", 0));
    onnx_pick(call, (const int[]){0}, 1);
}

/* What each piece is along the axis. */
static void cut(OnnxCall *call, Dim each)
{
    Shape in = onnx_in(call, 0);
    uint32_t axis;
    if (!in.known || !axis_of(call, "dim", 0, in.rank, &axis))
        return;
    Dim left = in.dims[axis];
    for (uint32_t i = 0; i < call->out_count; i++) {
        Shape out = shape_of(call->arena, in.rank, in.dims);
        bool last = i + 1 == call->out_count;
        out.dims[axis] = last ? left : each;
        left = dim_sub(call->arena, left, each);
        onnx_out(call, i, out);
    }
}

void script_shape_chunk(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    uint32_t axis;
    int64_t chunks = lower_int(call, "chunks", 1);
    if (in.known && axis_of(call, "dim", 0, in.rank, &axis) && chunks > 0)
        cut(call, dim_div_up(call->arena, in.dims[axis], dim_int(chunks)));
}

void script_shape_split(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    int64_t *sizes, size = lower_int(call, "split_size", 0);
    uint32_t count, axis;
    if (size > 0) {
        cut(call, dim_int(size));
        return;
    }
    if (!in.known || !axis_of(call, "dim", 0, in.rank, &axis) || !lower_ints(call, "split_size", &sizes, &count))
        return;
    for (uint32_t i = 0; i < call->out_count && i < count; i++) {
        Shape out = shape_of(call->arena, in.rank, in.dims);
        out.dims[axis] = dim_int(sizes[i]);
        onnx_out(call, i, out);
    }
}

void script_unbind(OnnxCall *call)
{
    onnx_give_int(call, "axis", lower_int(call, "dim", 0));
}

void script_shape_unbind(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    Dim dims[ONNX_MOST_DIMS];
    uint32_t axis, rank = 0;
    if (!in.known || !axis_of(call, "dim", 0, in.rank, &axis))
        return;
    for (uint32_t i = 0; i < in.rank; i++)
        if (i != axis)
            dims[rank++] = in.dims[i];
    for (uint32_t i = 0; i < call->out_count; i++)
        onnx_out(call, i, shape_of(call->arena, rank, dims));
}

/* ---- new tensors -------------------------------- */

void script_shape_filled(OnnxCall *call)
{
    const OnnxNumbers *sizes = onnx_in_numbers(call, 0);
    Dim dims[ONNX_MOST_DIMS];
    if (!sizes || sizes->count > ONNX_MOST_DIMS)
        return;
    for (uint32_t i = 0; i < sizes->count; i++)
        dims[i] = number_at(sizes, i);
    onnx_out(call, 0, shape_of(call->arena, sizes->count, dims));
}

void script_shape_index(OnnxCall *call)
{
    Shape in = onnx_in(call, 0), index = shape_unknown();
    Dim dims[2 * ONNX_MOST_DIMS];
    uint32_t axis = 0, given = 0, rank = 0;
    for (uint32_t i = 1; i < call->in_count; i++)
        if (call->in[i]) {
            given++;
            axis = i - 1;
            index = call->in[i]->type == ONNX_BOOL ? shape_unknown() : onnx_in(call, i);
        }
    if (!in.known || !index.known || given != 1 || axis >= in.rank || in.rank + index.rank > ONNX_MOST_DIMS)
        return;
    for (uint32_t i = 0; i < in.rank; i++) {
        for (uint32_t k = 0; i == axis && k < index.rank; k++)
            dims[rank++] = index.dims[k];
        if (i != axis)
            dims[rank++] = in.dims[i];
    }
    onnx_out(call, 0, shape_of(call->arena, rank, dims));
}

void script_shape_vector(OnnxCall *call)
{
    onnx_out(call, 0, shape_of(call->arena, 1, (Dim[]){DIM_NONE}));
}
