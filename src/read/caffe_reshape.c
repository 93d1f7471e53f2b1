/* SPDX-License-Identifier: MIT */
/* Caffe's layers that arrange the same numbers in another way, take parts of them, or sum along axes. */
#include "read/caffe.h"

/* ---- Reshape ---------------------------------------------------------------------------------------------------- */

static void cannot_reshape(CaffeCall *call, Shape in)
{
    caffe_fail(call, caffe_field(call->param, "shape"), "cannot reshape %.*s so: the numbers of elements differ",
               STR_ARGS(shape_text(call->arena, in, "x")));
    caffe_fail_inputs(call);
}

/* The axes that are replaced: `num_axes` from `axis` on, all where nothing is said. */
static bool replaced_axes(CaffeCall *call, Shape in, uint32_t *from, uint32_t *to)
{
    int64_t axis = caffe_int(call, "axis", 0), axes = caffe_int(call, "num_axes", -1), rank = in.rank;
    axis = axis < 0 ? axis + rank + 1 : axis;
    if (axis < 0 || axis > rank || axes < -1 || (axes >= 0 && axis + axes > rank)) {
        caffe_fail(call, caffe_field(call->param, "axis"), "there are no such axes in %.*s",
                   STR_ARGS(shape_text(call->arena, in, "x")));
        return false;
    }
    *from = (uint32_t)axis;
    *to = (uint32_t)(axes < 0 ? rank : axis + axes);
    return true;
}

/* One size of the new shape: 0 copies, -1 (returned as unknown, `*open`) is what remains. False after a report. */
static bool new_size(CaffeCall *call, const Value *field, Shape in, uint32_t at, Dim *size, bool *open)
{
    int64_t n = 0;
    if (!caffe_int_in(call->reader, field, &n))
        return false;
    *open = n == -1;
    *size = n > 0 ? dim_int(n) : DIM_NONE;
    if (n == 0 && at < in.rank)
        *size = in.dims[at];
    if (n >= -1 && (n != 0 || at < in.rank))
        return true;
    caffe_fail(call, field, n == 0 ? "there is no size to copy from" : "a size of %lld is impossible", (long long)n);
    return false;
}

/* Fills the size that is left open, or checks that the elements are as many. */
static bool balance(CaffeCall *call, Shape in, Shape out, uint32_t open)
{
    Dim have = caffe_product(call, in, 0, in.rank), rest = dim_int(1);
    for (uint32_t i = 0; i < out.rank; i++)
        if (i != open)
            rest = dim_mul(call->arena, rest, out.dims[i]);
    if (open < out.rank)
        out.dims[open] = dim_div_exact(call->arena, have, rest);
    bool fails = open < out.rank ? have.kind == DIM_INT && rest.kind == DIM_INT && out.dims[open].kind == DIM_UNKNOWN
                                 : dim_known_different(have, rest);
    if (fails)
        cannot_reshape(call, in);
    return !fails;
}

void caffe_reshape(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    uint32_t from, to, rank = 0, open = SHAPE_MAX_RANK;
    Dim dims[SHAPE_MAX_RANK];
    const Value *shape = caffe_field(call->param, "shape");
    if (!in.known || !replaced_axes(call, in, &from, &to))
        return;
    for (; rank < from; rank++)
        dims[rank] = in.dims[rank];
    for (const Value *field = caffe_field(shape, "dim"); field; field = caffe_next(field), rank++) {
        bool is_open = false;
        if (rank + (in.rank - to) >= SHAPE_MAX_RANK) {
            caffe_fail(call, field, "a shape has %d sizes at most", SHAPE_MAX_RANK);
            return;
        }
        if (!new_size(call, field, in, rank, &dims[rank], &is_open))
            return;
        if (is_open)
            open = rank;
    }
    for (uint32_t i = to; i < in.rank; i++)
        dims[rank++] = in.dims[i];
    Shape out = shape_of(call->arena, rank, dims);
    if (!balance(call, in, out, open))
        return;
    caffe_out(call, 0, out);
    caffe_set(call, "shape", out.dims, out.rank);
}

/* All axes from `axis` (1) to `end_axis` (the last) become one. */
void caffe_flatten(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    uint32_t from, to, rank = 0;
    Dim dims[SHAPE_MAX_RANK];
    if (!in.known || !caffe_axis(call, "axis", 1, in, &from) || !caffe_axis(call, "end_axis", -1, in, &to))
        return;
    for (uint32_t i = 0; i < in.rank; i++) {
        bool merged = i > from && i <= to;
        dims[merged ? rank - 1 : rank] = merged ? dim_mul(call->arena, dims[rank - 1], in.dims[i]) : in.dims[i];
        rank += !merged;
    }
    caffe_out(call, 0, shape_of(call->arena, rank, dims));
}

/* ---- parts ------------------------------------------------------------------------------------------------------ */

/* The size of a part: up to its slice point, or an equal share. */
static Dim part_size(CaffeCall *call, Dim whole, const Value **point, int64_t *before, bool last)
{
    if (!*point && *before == 0)
        return dim_div_exact(call->arena, whole, dim_int(call->out_count));
    int64_t n = *before;
    Dim size = dim_sub(call->arena, whole, dim_int(*before));
    if (!last && *point && caffe_int_in(call->reader, *point, &n))
        size = dim_int(n - *before);
    *before = n;
    *point = *point ? caffe_next(*point) : NULL;
    return size;
}

/* One output for each part; slice points are where the parts behind the first begin (slice_layer.cpp). */
void caffe_slice(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    uint32_t axis;
    int64_t before = 0;
    const Value *point = caffe_field(call->param, "slice_point");
    const char *name = caffe_has(call, "slice_dim") ? "slice_dim" : "axis";
    if (!in.known || !caffe_axis(call, name, 1, in, &axis))
        return;
    Dim *sizes = ARENA_ARRAY(call->arena, call->out_count, Dim);
    for (uint32_t i = 0; i < call->out_count; i++) {
        sizes[i] = part_size(call, in.dims[axis], &point, &before, i + 1 == call->out_count);
        if (in.dims[axis].kind == DIM_INT && (sizes[i].kind != DIM_INT || sizes[i].n < 1)) {
            caffe_fail(call, caffe_field(call->param, "slice_point"),
                       "axis %u of %.*s cannot be cut into %u parts so", axis,
                       STR_ARGS(shape_text(call->arena, in, "x")), call->out_count);
            caffe_fail_inputs(call);
            return;
        }
        Shape out = shape_of(call->arena, in.rank, in.dims);
        out.dims[axis] = sizes[i];
        caffe_out(call, i, out);
    }
    caffe_set(call, "sizes", sizes, call->out_count);
    caffe_set_int(call, "axis", axis);
}

/* ---- order and copies ------------------------------------------------------------------------------------------- */

/* Axes that are not named follow in their old order (SSD, permute_layer.cpp). */
void caffe_permute(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    Dim order[SHAPE_MAX_RANK], dims[SHAPE_MAX_RANK];
    uint32_t rank = 0, seen = 0;
    if (!in.known)
        return;
    for (const Value *field = caffe_field(call->param, "order"); field; field = caffe_next(field)) {
        int64_t axis = 0;
        if (!caffe_int_in(call->reader, field, &axis))
            return;
        if (axis < 0 || axis >= (int64_t)in.rank || (seen & 1u << axis)) {
            caffe_fail(call, field, "this is no order of the %u axes of %.*s", in.rank,
                       STR_ARGS(shape_text(call->arena, in, "x")));
            return;
        }
        seen |= 1u << axis;
        order[rank++] = dim_int(axis);
    }
    for (uint32_t i = 0; i < in.rank; i++)
        if (!(seen & 1u << i))
            order[rank++] = dim_int(i);
    for (uint32_t i = 0; i < in.rank; i++)
        dims[i] = in.dims[order[i].n];
    caffe_set(call, "order", order, in.rank);
    caffe_out(call, 0, shape_of(call->arena, in.rank, dims));
}

void caffe_tile(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    uint32_t axis;
    Dim times = dim_int(caffe_int(call, "tiles", 0)), all[SHAPE_MAX_RANK];
    if (dim_is(times, 0)) {
        caffe_missing(call, "tiles");
        return;
    }
    if (!in.known || !caffe_axis(call, "axis", 1, in, &axis))
        return;
    for (uint32_t i = 0; i < in.rank; i++)
        all[i] = i == axis ? times : dim_int(1);
    caffe_set(call, "times", all, in.rank);
    Shape out = shape_of(call->arena, in.rank, in.dims);
    out.dims[axis] = dim_mul(call->arena, in.dims[axis], times);
    caffe_out(call, 0, out);
}

/* ---- along axes ------------------------------------------------------------------------------------------------- */

static const char *reduction_op(Str kind)
{
    if (str_equal_nocase(kind, STR("MEAN")) || str_equal(kind, STR("4")))
        return "reduce_mean";
    bool norm = str_equal_nocase(kind, STR("ASUM")) || str_equal_nocase(kind, STR("SUMSQ"));
    return norm || str_equal(kind, STR("2")) || str_equal(kind, STR("3")) ? "reduce_norm" : "reduce_sum";
}

/* All axes from `axis` on go away (reduction_layer.cpp). */
void caffe_reduction(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    uint32_t axis;
    Dim axes[SHAPE_MAX_RANK];
    caffe_become(call, reduction_op(caffe_word(call, "operation")));
    if (!in.known || !caffe_axis(call, "axis", 0, in, &axis))
        return;
    for (uint32_t i = axis; i < in.rank; i++)
        axes[i - axis] = dim_int(i);
    caffe_set(call, "axes", axes, in.rank - axis);
    caffe_out(call, 0, shape_of(call->arena, axis, in.dims));
}

/* With an axis it holds the best k; without, N×(values too: 2)×k, with at least three axes (argmax_layer.cpp). */
void caffe_argmax(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    uint32_t axis = 0;
    Dim best = dim_int(caffe_int(call, "top_k", 1)), dims[SHAPE_MAX_RANK];
    if (!in.known || !in.rank)
        return;
    if (caffe_has(call, "axis")) {
        if (!caffe_axis(call, "axis", 0, in, &axis))
            return;
        Shape out = shape_of(call->arena, in.rank, in.dims);
        out.dims[axis] = best;
        caffe_out(call, 0, out);
        return;
    }
    uint32_t rank = in.rank < 3 ? 3 : in.rank;
    for (uint32_t i = 0; i < rank; i++)
        dims[i] = dim_int(1);
    dims[0] = in.dims[0];
    dims[2] = best;
    if (caffe_bool(call, "out_max_val", false))
        dims[1] = dim_int(2);
    caffe_out(call, 0, shape_of(call->arena, rank, dims));
}
