/* SPDX-License-Identifier: MIT */
/* Parts of tensors: splitting, slicing, choosing. */
#include "op/rules.h"

static const AttrSpec split_attrs[] = {
    {.name = "sizes", .aliases = "split split_size split_sizes size_splits", .kind = ATTR_INTS, .positional = true,
     .help = "size of each part; equal parts where nothing is said"},
    ATTR_AXIS(NULL, "axis that is cut; the channels or features where none is given"),
    {.name = "parts", .aliases = "num_outputs chunks num_split sections", .kind = ATTR_INT, .help = "how many parts"},
};

static const AttrSpec slice_attrs[] = {
    {.name = "start", .aliases = "starts begin", .kind = ATTR_INTS, .fallback = "0", .positional = true,
     .help = "first index, one an axis"},
    {.name = "end", .aliases = "ends stop", .kind = ATTR_INTS, .positional = true,
     .help = "index behind the last, one an axis"},
    {.name = "axes", .aliases = "axis dim dims", .kind = ATTR_INTS, .help = "which axes; from the sample's first on"},
    {.name = "step", .aliases = "steps strides", .kind = ATTR_INTS, .fallback = "1", .help = "every how many"},
};

static const AttrSpec select_attrs[] = {
    {.name = "index", .aliases = "indices", .kind = ATTR_TEXT, .fallback = "0", .positional = true,
     .help = "which one"},
    {.name = "axis", .aliases = "dim", .kind = ATTR_INT, .help = "axis that is taken out; the sample's first"},
};

static const AttrSpec gather_attrs[] = {
    ATTR_AXIS("0", "axis in which the indices point"),
};

static const AttrSpec best_attrs[] = {
    {.name = "k", .kind = ATTR_INT, .fallback = "1", .positional = true, .help = "how many"},
    ATTR_AXIS("-1", "axis along which is chosen"),
};

/* Equal parts; where they cannot be equal the last is smaller (torch.chunk, ONNX Split). */
static Dim equal_part(OpCall *call, Dim whole, uint32_t index, uint32_t count)
{
    Dim each = dim_div_up(call->arena, whole, dim_int(count));
    if (index + 1 < count)
        return each;
    return dim_sub(call->arena, whole, dim_mul(call->arena, each, dim_int((int64_t)count - 1)));
}

static bool shape_split(OpCall *call)
{
    Shape in = rule_input(call, 0);
    uint32_t axis, count = call->layer->output_count, numbers = rule_numbers(call->layer, "sizes");
    Dim parts = attr_int(call->arena, call->layer, "parts"), sum = dim_int(0);
    if (!in.known)
        return true;
    if (in.rank == 0)
        return rule_fail(call, 0, "cannot split a scalar");
    if (!rule_axis_or(call, "axis", in.rank, rule_feature_axis(call, in), &axis))
        return false;
    if (count == 1 && parts.kind == DIM_INT && parts.n > 0 && parts.n < UINT32_MAX)
        count = (uint32_t)parts.n; /* only the first part is used */
    for (uint32_t i = 0; i < call->layer->output_count; i++) {
        Dim said = attr_axis(call->arena, call->layer, "sizes", i);
        Dim part = numbers ? said : equal_part(call, in.dims[axis], i, count);
        sum = dim_add(call->arena, sum, part);
        call->outputs[i] = rule_with(call, in, axis, part);
    }
    if (numbers == call->layer->output_count && numbers > 1 && dim_known_different(sum, in.dims[axis]))
        return rule_fail(call, 0, "the parts add up to %s, but axis %u of %s has %s", rule_dim_text(call, sum), axis,
                         rule_text(call, in), rule_dim_text(call, in.dims[axis]));
    return true;
}

/* An index counted from behind where negative, kept inside: numpy's rule. Symbolic ends are taken as they are. */
static Dim place(const OpCall *call, Dim index, Dim size)
{
    if (index.kind != DIM_INT)
        return index;
    if (index.n < 0) {
        Dim moved = dim_add(call->arena, size, index);
        return moved.kind == DIM_INT && moved.n < 0 ? dim_int(0) : moved;
    }
    bool beyond = size.kind == DIM_INT ? index.n > size.n : index.n >= INT32_MAX;
    return beyond ? size : index;
}

static Dim sliced(const OpCall *call, uint32_t number, Dim size)
{
    Dim start = attr_axis(call->arena, call->layer, "start", number);
    Dim end = attr_axis(call->arena, call->layer, "end", number);
    Dim step = attr_axis(call->arena, call->layer, "step", number);
    if (step.kind != DIM_INT || step.n < 1)
        return dim_is(step, -1) && !dim_is(size, 0) && !attr_given(call->layer, "start") ? size : DIM_NONE;
    Dim to = attr_given(call->layer, "end") ? place(call, end, size) : size;
    Dim length = dim_sub(call->arena, to, place(call, start, size));
    if (length.kind == DIM_INT && length.n < 0)
        length = dim_int(0);
    return dim_div_up(call->arena, length, step);
}

static bool shape_slice(OpCall *call)
{
    Shape in = rule_input(call, 0);
    uint32_t axes = rule_numbers(call->layer, "axes"), ends = rule_numbers(call->layer, "end");
    uint32_t starts = rule_numbers(call->layer, "start"), numbers = axes ? axes : ends > starts ? ends : starts;
    if (!in.known)
        return true;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    for (uint32_t i = 0; i < numbers; i++) {
        uint32_t axis;
        Dim said = axes ? attr_axis(call->arena, call->layer, "axes", i) : dim_int((int64_t)call->batch_axes + i);
        if (!rule_axis(call, said, in.rank, &axis))
            return false;
        out.dims[axis] = sliced(call, i, in.dims[axis]);
        if (dim_is(out.dims[axis], 0) && call->batch_axes == 0)
            return rule_fail(call, 0, "this slice leaves nothing of %s", rule_text(call, in));
    }
    rule_set(call, out);
    return true;
}

static bool shape_select(OpCall *call)
{
    Shape in = rule_input(call, 0);
    uint32_t axis;
    if (!in.known)
        return true;
    if (call->batch_axes >= in.rank)
        return rule_fail(call, 0, "cannot select from %s", rule_text(call, in));
    if (!rule_axis_or(call, "axis", in.rank, call->batch_axes, &axis))
        return false;
    rule_set(call, rule_without(call, in, axis));
    return true;
}

/* The axis is replaced by the axes of the indices (numpy.take). */
static bool shape_gather(OpCall *call)
{
    Shape in = rule_input(call, 0), indices = rule_input(call, 1);
    Dim dims[SHAPE_MAX_RANK];
    uint32_t axis, rank = 0;
    if (!in.known || !indices.known || in.rank + indices.rank > SHAPE_MAX_RANK)
        return true;
    if (!rule_axis_or(call, "axis", in.rank, 0, &axis))
        return false;
    for (uint32_t i = 0; i < in.rank; i++) {
        for (uint32_t k = 0; i == axis && k < indices.rank; k++)
            dims[rank++] = indices.dims[k];
        if (i != axis)
            dims[rank++] = in.dims[i];
    }
    rule_set(call, shape_of(call->arena, rank, dims));
    return true;
}

static bool shape_best(OpCall *call)
{
    Shape in = rule_input(call, 0);
    uint32_t axis;
    if (!in.known)
        return true;
    if (!rule_axis_or(call, "axis", in.rank, 0, &axis))
        return false;
    rule_set(call, rule_with(call, in, axis, attr_int(call->arena, call->layer, "k")));
    return true;
}

/* The sizes themselves, as a vector. */
static bool shape_of_shape(OpCall *call)
{
    Dim rank = dim_int(rule_input(call, 0).rank);
    if (rule_input(call, 0).known)
        rule_set(call, shape_of(call->arena, 1, &rank));
    return true;
}

#define SELECT(attr_table, least, most, shape_rule)                                                                    \
    .style = STYLE_RESHAPE, OP_ATTRS(attr_table), .min_inputs = (least), .max_inputs = (most), .shape = (shape_rule)

static const Op rows[] = {
    {.name = "split", .aliases = "Split SplitV chunk SPLIT SPLIT_V unbind", .title = "split",
     .help = "cuts along one axis; several outputs",
     SELECT(split_attrs, 1, 2, shape_split)},
    {.name = "slice", .aliases = "Slice StridedSlice STRIDED_SLICE SLICE narrow", .title = "slice",
     .help = "a range of indices",
     SELECT(slice_attrs, 1, 5, shape_slice)},
    {.name = "select", .aliases = "index take", .title = "select", .help = "one index of an axis, which goes away",
     SELECT(select_attrs, 1, 1, shape_select)},
    {.name = "gather", .aliases = "Gather GatherV2 GATHER", .title = "gather",
     .help = "what the second input's indices point at",
     SELECT(gather_attrs, 2, 2, shape_gather)},
    {.name = "topk", .aliases = "TopK TopKV2 top_k TOPK_V2", .title = "top-k",
     .help = "the largest ones and where they are",
     SELECT(best_attrs, 1, 2, shape_best)},
    {.name = "shape", .aliases = "Shape SHAPE", .title = "shape", .help = "the sizes of a tensor", .style = STYLE_OTHER,
     .min_inputs = 1, .max_inputs = 1, .shape = shape_of_shape},
};

OpFamily op_family_select(void)
{
    return OP_ROWS(rows);
}
