/* SPDX-License-Identifier: MIT */
/* Other arrangements of the same elements. */
#include "op/rules.h"

static const AttrSpec flatten_attrs[] = {
    {.name = "axis", .aliases = "start_dim start", .kind = ATTR_INT,
     .help = "first axis that is merged; the sample's first"},
    {.name = "end", .aliases = "end_dim end_axis", .kind = ATTR_INT, .fallback = "-1",
     .help = "last axis that is merged"},
};

static const AttrSpec reshape_attrs[] = {
    {.name = "shape", .aliases = "target_shape size dims", .kind = ATTR_SHAPE, .positional = true,
     .help = "the new shape; -1 is worked out, 0 stands for the size that was there"},
};

static const AttrSpec permute_attrs[] = {
    {.name = "order", .aliases = "perm dims permutation axes", .kind = ATTR_INTS, .positional = true,
     .help = "old axes in their new order, from 0; two that change places; backwards where nothing is said"},
};

static const AttrSpec axes_attrs[] = {
    {.name = "axes", .aliases = "axis dim", .kind = ATTR_INTS, .positional = true, .help = "which axes"},
};

static const AttrSpec expand_attrs[] = {
    {.name = "shape", .aliases = "sizes size", .kind = ATTR_SHAPE, .positional = true, .help = "shape to broadcast to"},
};

static const AttrSpec tile_attrs[] = {
    {.name = "times", .aliases = "repeats multiples reps", .kind = ATTR_INTS, .required = true, .positional = true,
     .help = "how often, one number for each axis from the last one on"},
};

static const AttrSpec repeat_attrs[] = {
    {.name = "times", .aliases = "n repeats", .kind = ATTR_INT, .required = true, .positional = true,
     .help = "how often"},
};

/* All axes of the sample become one, or those from `axis` to `end`. */
static bool shape_flatten(OpCall *call)
{
    Shape in = rule_input(call, 0);
    uint32_t from, to, rank = 0;
    Dim dims[SHAPE_MAX_RANK];
    if (!in.known || in.rank == 0)
        return rule_same(call);
    if (!rule_axis_or(call, "axis", in.rank, call->batch_axes < in.rank ? call->batch_axes : in.rank - 1, &from) ||
        !rule_axis_or(call, "end", in.rank, in.rank - 1, &to))
        return false;
    for (uint32_t i = 0; i < in.rank; i++) {
        bool merged = i > from && i <= to;
        dims[merged ? rank - 1 : rank] = merged ? dim_mul(call->arena, dims[rank - 1], in.dims[i]) : in.dims[i];
        rank += !merged;
    }
    rule_set(call, shape_of(call->arena, rank, dims));
    return true;
}

static bool cannot_reshape(OpCall *call, Shape in, Shape out)
{
    return rule_fail(call, 0, "cannot reshape %s (%s elements) to %s", rule_text(call, in),
                     rule_dim_text(call, shape_elements(call->arena, in)), rule_text(call, out));
}

/*
 * As ONNX Reshape: 0 copies the size of that axis, -1 is what remains. Copied axes are left out of the division, so
 * that an unknown batch does no harm.
 */
static bool shape_reshape(OpCall *call)
{
    Shape in = rule_input(call, 0), said = rule_shape_of(call, "shape");
    Arena *arena = call->arena;
    Dim all = dim_int(1), rest = dim_int(1);
    uint32_t open = SHAPE_MAX_RANK;
    Shape out = shape_of(arena, said.rank, said.dims);
    out.known = said.known;
    for (uint32_t i = 0; i < out.rank; i++) {
        if (dim_is(out.dims[i], 0))
            out.dims[i] = i < in.rank ? in.dims[i] : DIM_NONE;
        else if (dim_is(out.dims[i], -1))
            open = i;
        else
            rest = dim_mul(arena, rest, out.dims[i]);
    }
    for (uint32_t i = 0; i < in.rank; i++)
        if (i >= said.rank || !dim_is(said.dims[i], 0))
            all = dim_mul(arena, all, in.dims[i]);
    if (open < SHAPE_MAX_RANK) {
        out.dims[open] = in.known ? dim_div_exact(arena, all, rest) : DIM_NONE;
        if (in.known && out.dims[open].kind == DIM_UNKNOWN && all.kind == DIM_INT && rest.kind == DIM_INT)
            return cannot_reshape(call, in, said);
    } else if (in.known && said.known && dim_known_different(all, rest)) {
        return cannot_reshape(call, in, said);
    }
    rule_set(call, out);
    return true;
}

/* Where the axis comes from that stands at `at`: as numpy.transpose, or torch.transpose where two change places. */
static Dim source_axis(const OpCall *call, uint32_t at, uint32_t rank)
{
    uint32_t numbers = rule_numbers(call->layer, "order");
    if (numbers == 0)
        return dim_int((int64_t)rank - 1 - at);
    const Dim *order = rule_attr(call->layer, "order")->dims;
    if (numbers == rank)
        return order[at];
    for (uint32_t i = 0; numbers == 2 && i < 2; i++)
        if (dim_is(order[i], at) || dim_is(order[i], (int64_t)at - rank))
            return order[1 - i];
    return numbers == 2 ? dim_int(at) : DIM_NONE;
}

static bool shape_permute(OpCall *call)
{
    Shape in = rule_input(call, 0);
    Dim dims[SHAPE_MAX_RANK];
    uint32_t seen = 0, from = 0;
    if (!in.known)
        return true;
    for (uint32_t i = 0; i < in.rank; i++) {
        Dim source = source_axis(call, i, in.rank);
        bool fits = source.kind == DIM_INT && source.n >= -(int64_t)in.rank && source.n < (int64_t)in.rank;
        from = fits ? (uint32_t)(source.n < 0 ? source.n + in.rank : source.n) : 0;
        if (!fits || (seen & 1u << from))
            return rule_fail(call, 0, "this is no order of the %u axes of %s", in.rank, rule_text(call, in));
        seen |= 1u << from;
        dims[i] = in.dims[from];
    }
    rule_set(call, shape_of(call->arena, in.rank, dims));
    return true;
}

/* Whether an axis is among those that are said, counted in a tensor of that rank. */
static bool is_said(const OpCall *call, uint32_t axis, uint32_t rank)
{
    const Attr *axes = rule_attr(call->layer, "axes");
    for (uint32_t i = 0; axes && i < axes->count; i++)
        if (dim_is(axes->dims[i], axis) || dim_is(axes->dims[i], (int64_t)axis - rank))
            return true;
    return false;
}

/* Takes out the axes that are said, or all of the sample that are 1. */
static bool shape_squeeze(OpCall *call)
{
    Shape in = rule_input(call, 0);
    Dim dims[SHAPE_MAX_RANK];
    uint32_t rank = 0;
    if (!in.known)
        return true;
    for (uint32_t i = 0; i < in.rank; i++) {
        bool said = is_said(call, i, in.rank);
        if (said && dim_known_different(in.dims[i], dim_int(1)))
            return rule_fail(call, 0, "cannot squeeze axis %u of %s: it is not 1", i, rule_text(call, in));
        if (!said && (rule_numbers(call->layer, "axes") || i < call->batch_axes || !dim_is(in.dims[i], 1)))
            dims[rank++] = in.dims[i];
    }
    rule_set(call, shape_of(call->arena, rank, dims));
    return true;
}

/* Puts in axes of 1 where the result has them (ONNX Unsqueeze). */
static bool shape_unsqueeze(OpCall *call)
{
    Shape in = rule_input(call, 0);
    uint32_t added = rule_numbers(call->layer, "axes"), rank = in.rank + added, from = 0;
    Dim dims[SHAPE_MAX_RANK];
    if (!in.known || added == 0 || rank > SHAPE_MAX_RANK)
        return true;
    for (uint32_t i = 0; i < rank; i++) {
        bool said = is_said(call, i, rank);
        if (!said && from == in.rank)
            return rule_fail(call, 0, "there are no such places for new axes in %s", rule_text(call, in));
        dims[i] = said ? dim_int(1) : in.dims[from++];
    }
    rule_set(call, shape_of(call->arena, from == in.rank ? rank : 0, dims));
    return true;
}

static bool shape_expand(OpCall *call)
{
    Shape in = rule_input(call, 0), said = rule_shape_of(call, "shape"), out;
    for (uint32_t i = 0; i < said.rank; i++) /* torch.Tensor.expand: -1 keeps the size */
        if (dim_is(said.dims[i], -1))
            said.dims[i] = dim_int(1);
    if (!rule_broadcast(call, in, said, &out))
        return rule_fail(call, 0, "cannot expand %s to %s", rule_text(call, in), rule_text(call, said));
    rule_set(call, out);
    return true;
}

static bool shape_tile(OpCall *call)
{
    Shape in = rule_input(call, 0);
    const Attr *times = rule_attr(call->layer, "times");
    if (!in.known || !times)
        return true;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    for (uint32_t i = 0; i < times->count && i < in.rank; i++) {
        Dim *size = &out.dims[in.rank - 1 - i];
        *size = dim_mul(call->arena, *size, times->dims[times->count - 1 - i]);
    }
    rule_set(call, out);
    return true;
}

/* d becomes n×d (keras.layers.RepeatVector). */
static bool shape_repeat(OpCall *call)
{
    Shape in = rule_input(call, 0);
    rule_set(call, rule_inserted(call, in, call->batch_axes, attr_int(call->arena, call->layer, "times")));
    return true;
}

static void label_reshape(const OpCall *call, Text *text)
{
    Shape said = rule_shape_of(call, "shape");
    text_add(text, str_from(call->op->title));
    if (said.known)
        label_part(text, "%.*s", STR_ARGS(shape_text(call->arena, said, "×")));
}

#define RESHAPE(attr_table, shape_rule)                                                                                \
    .style = STYLE_RESHAPE, OP_ATTRS(attr_table), .min_inputs = 1, .max_inputs = 2, .shape = (shape_rule)

static const Op rows[] = {
    {.name = "flatten", .aliases = "Flatten", .title = "flatten", .help = "all axes of a sample become one",
     RESHAPE(flatten_attrs, shape_flatten)},
    {.name = "reshape", .aliases = "Reshape View view RESHAPE Unflatten unflatten DynamicReshape", .title = "reshape",
     .help = "the same elements in another shape", RESHAPE(reshape_attrs, shape_reshape), .label = label_reshape},
    {.name = "permute", .aliases = "transpose Permute Transpose TRANSPOSE", .title = "permute",
     .help = "axes in another order", RESHAPE(permute_attrs, shape_permute)},
    {.name = "squeeze", .aliases = "Squeeze SQUEEZE", .title = "squeeze", .help = "takes out axes of size 1",
     RESHAPE(axes_attrs, shape_squeeze)},
    {.name = "unsqueeze", .aliases = "Unsqueeze ExpandDims expand_dims EXPAND_DIMS", .title = "unsqueeze",
     .help = "puts in axes of size 1", RESHAPE(axes_attrs, shape_unsqueeze)},
    {.name = "expand", .aliases = "Expand BroadcastTo broadcast_to broadcast BROADCAST_TO", .title = "expand",
     .help = "repeats axes of size 1", RESHAPE(expand_attrs, shape_expand)},
    {.name = "tile", .aliases = "Tile TILE", .title = "tile", .help = "repeats the tensor", RESHAPE(tile_attrs,
     shape_tile)},
    {.name = "repeat_vector", .aliases = "RepeatVector repeat", .title = "repeat",
     .help = "the same vector at every step",
     RESHAPE(repeat_attrs, shape_repeat)},
};

OpFamily op_family_reshape(void)
{
    return OP_ROWS(rows);
}
