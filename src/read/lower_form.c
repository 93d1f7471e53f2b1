/* SPDX-License-Identifier: MIT */
/* Operators of TensorFlow and TensorFlow Lite that rearrange, join, cut and reduce tensors. */
#include "read/lower.h"

void lower_reduce(OnnxCall *call)
{
    onnx_give_int(call, "keepdims", lower_int(call, "keep_dims", 0));
    lower_norm(call);
}

void lower_arg(OnnxCall *call)
{
    int64_t axis = 0;
    onnx_give_int(call, "keepdims", 0);
    if (call->in_count > 1 && !lower_number(call, 1, &axis))
        lower_open(call);
    onnx_give_int(call, "axis", axis);
    onnx_pick(call, (const int[]){0}, 1);
}

/* A size of 0 is one; TensorFlow Lite may have the sizes as an attribute too. */
void lower_reshape(OnnxCall *call)
{
    int64_t *sizes;
    uint32_t count;
    onnx_give_int(call, "allowzero", 1);
    if (lower_ints(call, "shape", &sizes, &count))
        onnx_give_ints(call, "shape", sizes, count);
}

void lower_squeeze(OnnxCall *call)
{
    int64_t *axes;
    uint32_t count;
    if (lower_ints(call, "squeeze_dims", &axes, &count) && count)
        onnx_give_ints(call, "axes", axes, count);
}

/* Another axis order that is not known still keeps the rank. */
void lower_transpose(OnnxCall *call)
{
    int64_t *order;
    uint32_t count;
    Shape in = onnx_in(call, 0);
    if (lower_numbers(call, 1, &order, &count)) {
        onnx_give_ints(call, "perm", order, count);
        return;
    }
    lower_open(call);
    if (!in.known)
        return;
    Dim dims[ONNX_MOST_DIMS];
    for (uint32_t i = 0; i < in.rank; i++)
        dims[i] = DIM_NONE;
    onnx_out(call, 0, shape_of(call->arena, in.rank, dims));
}

/* ---- joining -------------------------------- */

static void concat(OnnxCall *call, uint32_t first, uint32_t count, bool known, int64_t axis)
{
    OnnxValue **in = ARENA_ARRAY(call->arena, count, OnnxValue *);
    for (uint32_t i = 0; i < count; i++)
        in[i] = call->in[first + i];
    call->in = in;
    call->in_count = count;
    onnx_give_int(call, "axis", axis);
    if (!known)
        lower_open(call);
}

void lower_concat(OnnxCall *call)
{
    int64_t axis = 0;
    uint32_t values = call->in_count ? call->in_count - 1 : 0;
    bool known = lower_number(call, values, &axis);
    concat(call, 0, values, known, axis);
    lower_norm(call);
}

void lower_concat_first(OnnxCall *call)
{
    int64_t axis = 0;
    bool known = lower_number(call, 0, &axis);
    concat(call, 1, call->in_count ? call->in_count - 1 : 0, known, axis);
}

void lower_concat_attr(OnnxCall *call)
{
    onnx_give_int(call, "axis", lower_int(call, "axis", 0));
    lower_norm(call);
}

static bool insert(Arena *arena, Shape in, int64_t axis, Shape *out)
{
    Dim dims[ONNX_MOST_DIMS];
    uint32_t at;
    if (!in.known || in.rank >= ONNX_MOST_DIMS || !onnx_axis(axis, in.rank + 1, &at))
        return false;
    for (uint32_t i = 0; i <= in.rank; i++)
        dims[i] = i < at ? in.dims[i] : i == at ? dim_int(1) : in.dims[i - 1];
    *out = shape_of(arena, in.rank + 1, dims);
    return true;
}

/* Each gets an axis of size 1, along which they are joined. */
void lower_pack(OnnxCall *call)
{
    int64_t axis = lower_int(call, "axis", 0);
    onnx_give_int(call, "axis", axis);
    onnx_show(call, "stack");
    for (uint32_t i = 0; i < call->in_count; i++) {
        Shape out = shape_unknown();
        insert(call->arena, onnx_in(call, i), axis, &out);
        onnx_see(call, i, out);
    }
}

/* ---- cutting -------------------------------- */

static void split(OnnxCall *call, const int *inputs, uint32_t count, bool known, int64_t axis)
{
    onnx_pick(call, inputs, count);
    onnx_give_int(call, "axis", axis);
    onnx_give_int(call, "num_outputs", lower_int(call, "num_split", call->out_count));
    if (!known)
        lower_open(call);
}

void lower_split(OnnxCall *call)
{
    int64_t axis = 0;
    bool known = lower_number(call, 0, &axis);
    split(call, (const int[]){1}, 1, known, axis);
}

void lower_split_sizes(OnnxCall *call)
{
    int64_t axis = 0;
    bool known = lower_number(call, 2, &axis);
    split(call, (const int[]){0, 1}, 2, known, axis);
}

void lower_shape_unpack(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    const OnnxNumbers *numbers = onnx_in_numbers(call, 0);
    Dim dims[ONNX_MOST_DIMS];
    uint32_t axis, rank = 0;
    if (!in.known || !onnx_axis(lower_int(call, "axis", 0), in.rank, &axis))
        return;
    for (uint32_t i = 0; i < in.rank; i++)
        if (i != axis)
            dims[rank++] = in.dims[i];
    for (uint32_t i = 0; i < call->out_count; i++) {
        onnx_out(call, i, shape_of(call->arena, rank, dims));
        if (numbers && rank == 0 && i < numbers->count)
            onnx_set_numbers(call, i, &numbers->at[i], 1);
    }
}

/* The index-th number of an input: NULL where it is not known. */
static const OnnxNumber *number_at(const OnnxNumbers *numbers, uint32_t index)
{
    bool whole = numbers && index < numbers->count && numbers->at[index].under == 1;
    return whole && numbers->at[index].over.kind != DIM_UNKNOWN ? &numbers->at[index] : NULL;
}

void lower_shape_slice(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    const OnnxNumbers *begin = onnx_in_numbers(call, 1), *size = onnx_in_numbers(call, 2);
    if (!in.known)
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    for (uint32_t i = 0; i < in.rank; i++) {
        const OnnxNumber *from = number_at(begin, i), *many = number_at(size, i);
        out.dims[i] = !many                   ? DIM_NONE
                      : !dim_is(many->over, -1) ? many->over
                      : from                  ? dim_sub(call->arena, in.dims[i], from->over)
                                              : DIM_NONE;
    }
    onnx_out(call, 0, out);
}

/* Of vectors, which is all that shapes need. */
void lower_fold_slice(OnnxCall *call)
{
    const OnnxNumbers *in = onnx_in_numbers(call, 0);
    Shape out = call->out_count ? call->out[0]->shape : shape_unknown();
    int64_t from;
    if (!in || !lower_number(call, 1, &from) || !out.known || out.rank != 1 || out.dims[0].kind != DIM_INT || from < 0 ||
        from > (int64_t)in->count || out.dims[0].n < 0 || out.dims[0].n > (int64_t)in->count - from)
        return;
    onnx_set_numbers(call, 0, in->at + from, (uint32_t)out.dims[0].n);
}

/* ---- StridedSlice -------------------------------- */

/* What it takes of an axis. */
typedef struct Cut {
    Dim from, size;
    int64_t step;
    bool gone; /* the axis goes away */
} Cut;

typedef struct Strided {
    Cut cuts[ONNX_MOST_DIMS];        /* of each axis of the input */
    uint32_t new_at[2 * ONNX_MOST_DIMS], new_count; /* axis of the input before which each new one stands */
} Strided;

static Dim clamped(Arena *arena, Dim index, Dim size, int64_t low, Dim high)
{
    if (index.kind == DIM_INT && index.n < 0)
        index = dim_add(arena, index, size);
    if (index.kind == DIM_INT && index.n < low)
        return dim_int(low);
    return index.kind == DIM_INT && high.kind == DIM_INT && index.n > high.n ? high : index;
}

/* Symbols are taken to be large enough for the numbers that cut them. */
static Cut cut_axis(Arena *arena, Dim size, const OnnxNumber *begin, const OnnxNumber *end, int64_t step, bool open_begin,
                    bool open_end)
{
    Dim last = dim_sub(arena, size, dim_int(1));
    Dim from = open_begin ? step > 0 ? dim_int(0) : last
               : begin    ? clamped(arena, begin->over, size, 0, step > 0 ? size : last)
                          : DIM_NONE;
    Dim to = open_end ? step > 0 ? size : dim_int(-1)
             : end    ? clamped(arena, end->over, size, step > 0 ? 0 : -1, step > 0 ? size : last)
                      : DIM_NONE;
    Dim distance = step > 0 ? dim_sub(arena, to, from) : dim_sub(arena, from, to);
    Dim many = dim_div_up(arena, distance, dim_int(step > 0 ? step : -step));
    if (many.kind == DIM_INT && many.n < 0)
        many = dim_int(0);
    return (Cut){from, many, step, false};
}

static bool bit(int64_t mask, uint32_t index)
{
    return index < 32 && (mask >> index & 1);
}

/* How many entries of the lists stand for axes of the input. */
static uint32_t listed_axes(uint32_t count, int64_t ellipsis, int64_t fresh)
{
    uint32_t axes = 0;
    for (uint32_t i = 0; i < count; i++)
        axes += !bit(fresh, i) && !bit(ellipsis, i);
    return axes;
}

static bool read_strided(OnnxCall *call, Strided *strided)
{
    Shape in = onnx_in(call, 0), list = onnx_in(call, 1);
    const OnnxNumbers *begin = onnx_in_numbers(call, 1), *end = onnx_in_numbers(call, 2);
    int64_t ellipsis = lower_int(call, "ellipsis_mask", 0), fresh = lower_int(call, "new_axis_mask", 0) & ~ellipsis,
            open_begin = lower_int(call, "begin_mask", 0), open_end = lower_int(call, "end_mask", 0),
            gone = lower_int(call, "shrink_axis_mask", 0);
    if (!in.known || !list.known || list.rank != 1 || list.dims[0].kind != DIM_INT || list.dims[0].n > ONNX_MOST_DIMS)
        return false;
    uint32_t count = (uint32_t)list.dims[0].n, axis = 0, axes = listed_axes(count, ellipsis, fresh);
    if (axes > in.rank)
        return false;
    strided->new_count = 0;
    for (uint32_t i = 0; i < in.rank; i++)
        strided->cuts[i] = (Cut){dim_int(0), in.dims[i], 1, false};
    for (uint32_t i = 0; i < count; i++) {
        int64_t step = 1;
        if (bit(ellipsis, i)) {
            axis += in.rank - axes;
            axes = in.rank;
        } else if (bit(fresh, i)) {
            strided->new_at[strided->new_count++] = axis;
        } else {
            bool known = onnx_number_int(onnx_in_numbers(call, 3), i, &step) && step != 0 && step > -INT32_MAX;
            if (axis >= in.rank)
                return false;
            strided->cuts[axis] = cut_axis(call->arena, in.dims[axis], number_at(begin, i), number_at(end, i),
                                           known ? step : 1, bit(open_begin, i), bit(open_end, i));
            if (!known)
                strided->cuts[axis].size = strided->cuts[axis].from = DIM_NONE;
            strided->cuts[axis++].gone = bit(gone, i);
        }
    }
    return true;
}

void lower_shape_strided(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    Strided strided;
    Dim dims[3 * ONNX_MOST_DIMS];
    uint32_t rank = 0, fresh = 0;
    if (!read_strided(call, &strided))
        return;
    for (uint32_t i = 0; i <= in.rank; i++) {
        for (; fresh < strided.new_count && strided.new_at[fresh] == i; fresh++)
            dims[rank++] = dim_int(1);
        if (i < in.rank && !strided.cuts[i].gone)
            dims[rank++] = strided.cuts[i].size;
    }
    if (rank <= ONNX_MOST_DIMS)
        onnx_out(call, 0, shape_of(call->arena, rank, dims));
}

/* Of vectors. */
void lower_fold_strided(OnnxCall *call)
{
    const OnnxNumbers *in = onnx_in_numbers(call, 0);
    Strided strided;
    if (!in || onnx_in(call, 0).rank != 1 || !read_strided(call, &strided) || strided.cuts[0].from.kind != DIM_INT)
        return;
    const Cut *cut = &strided.cuts[0];
    int64_t count = cut->gone ? 1 : cut->size.kind == DIM_INT ? cut->size.n : -1, from = cut->from.n;
    if (count < 0 || count > (int64_t)in->count)
        return;
    OnnxNumber *at = ARENA_ARRAY(call->arena, (size_t)count, OnnxNumber);
    for (int64_t i = 0; i < count; i++, from += cut->step) {
        if (from < 0 || from >= (int64_t)in->count)
            return;
        at[i] = in->at[from];
    }
    onnx_set_numbers(call, 0, at, (uint32_t)count);
}

/* ---- others -------------------------------- */

/* A row for each axis: before, behind. */
void lower_pad(OnnxCall *call)
{
    int64_t *pairs, pads[2 * ONNX_MOST_DIMS];
    uint32_t count;
    Shape in = onnx_in(call, 0);
    if (!lower_numbers(call, 1, &pairs, &count) || count > 2 * ONNX_MOST_DIMS || (in.known && count != 2 * in.rank)) {
        /* The rank stays, which ONNX' rule knows where the numbers are not. */
        if (onnx_in_numbers(call, 1))
            lower_open(call);
        onnx_pick(call, (const int[]){0, 1}, 2);
        return;
    }
    for (uint32_t i = 0; i < count / 2; i++) {
        pads[i] = pairs[2 * i];
        pads[count / 2 + i] = pairs[2 * i + 1];
    }
    onnx_give_ints(call, "pads", pads, count);
    onnx_pick(call, (const int[]){0}, 1);
}

/* A table of vectors is an embedding, even where it is a constant; whole numbers are shapes and indices. */
static void train_table(OnnxCall *call)
{
    const OnnxValue *table = call->in_count > 1 ? call->in[0] : NULL;
    bool whole = table && (table->type == ONNX_INT32 || table->type == ONNX_INT64);
    if (table && !table->flows && table->shape.known && table->shape.rank > 1 && !whole)
        onnx_train(call, 1);
}

void lower_gather(OnnxCall *call)
{
    int64_t axis = lower_int(call, "axis", 0);
    bool known = call->in_count < 3 || lower_number(call, 2, &axis);
    onnx_give_int(call, "axis", axis);
    onnx_pick(call, (const int[]){0, 1}, 2);
    train_table(call);
    if (!known || lower_int(call, "batch_dims", 0))
        lower_open(call);
}

void lower_lookup(OnnxCall *call)
{
    onnx_give_int(call, "axis", 0);
    onnx_pick(call, (const int[]){1, 0}, 2);
    train_table(call);
}

void lower_cast(OnnxCall *call)
{
    onnx_give_int(call, "to", lower_int(call, "to", 0));
}

void lower_axis(OnnxCall *call)
{
    onnx_give_int(call, "axis", lower_int(call, "axis", -1));
}

void lower_equation(OnnxCall *call)
{
    onnx_give_text(call, "equation", lower_text(call, "equation"));
}

void lower_shape_rank(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    onnx_out(call, 0, shape_of(call->arena, 0, NULL));
    for (uint32_t i = 0; i < call->out_count; i++)
        call->out[i]->flows = false;
    if (in.known)
        onnx_set_numbers(call, 0, onnx_numbers_of_ints(call->arena, (int64_t[]){in.rank}, 1)->at, 1);
}
