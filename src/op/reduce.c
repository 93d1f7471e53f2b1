/* SPDX-License-Identifier: MIT */
/* Reductions along axes. */
#include "op/rules.h"

static const AttrSpec reduce_attrs[] = {
    {.name = "axes", .aliases = "axis dim dims reduction_indices", .kind = ATTR_INTS, .positional = true,
     .help = "axes that are reduced, from 0; all of the sample where none is given"},
    {.name = "keep", .aliases = "keepdims keepdim keep_dims", .kind = ATTR_BOOL, .fallback = "false",
     .help = "whether they stay, as 1"},
};

/* Bits of the axes that are reduced. */
static bool reduced_axes(OpCall *call, Shape in, uint32_t *set)
{
    uint32_t numbers = rule_numbers(call->layer, "axes"), axis;
    *set = 0;
    for (uint32_t i = 0; i < numbers; i++) {
        if (!rule_axis(call, rule_attr(call->layer, "axes")->dims[i], in.rank, &axis))
            return false;
        *set |= 1u << axis;
    }
    for (uint32_t i = call->batch_axes; numbers == 0 && i < in.rank; i++)
        *set |= 1u << i;
    return true;
}

static bool shape_reduce(OpCall *call)
{
    Shape in = rule_input(call, 0);
    Dim dims[SHAPE_MAX_RANK];
    uint32_t set, rank = 0;
    bool keep = attr_bool(call->layer, "keep");
    if (!in.known)
        return true;
    if (!reduced_axes(call, in, &set))
        return false;
    for (uint32_t i = 0; i < in.rank; i++) {
        bool reduced = set & 1u << i;
        if (!reduced || keep)
            dims[rank++] = reduced ? dim_int(1) : in.dims[i];
    }
    rule_set(call, shape_of(call->arena, rank, dims));
    return true;
}

#define REDUCE(name_, aliases_, title_, help_)                                                                         \
    {.name = (name_), .aliases = (aliases_), .title = (title_), .help = (help_), .style = STYLE_RESHAPE,               \
     OP_ATTRS(reduce_attrs), .min_inputs = 1, .max_inputs = 2, .shape = shape_reduce}

static const Op rows[] = {
    REDUCE("reduce_mean", "ReduceMean mean_over mean_over_time", "mean", "mean along axes"),
    REDUCE("reduce_sum", "ReduceSum Reduction", "sum", "sum along axes"),
    REDUCE("reduce_max", "ReduceMax REDUCE_MAX", "max", "maximum along axes"),
    REDUCE("reduce_min", "ReduceMin REDUCE_MIN", "min", "minimum along axes"),
    REDUCE("reduce_prod", "ReduceProd REDUCE_PROD", "product", "product along axes"),
    REDUCE("reduce_norm", "ReduceL1 ReduceL2 ReduceSumSquare", "norm", "norm along axes"),
    REDUCE("logsumexp", "ReduceLogSumExp ReduceLogSum", "logsumexp", "logarithm of the sum of exponentials along axes"),
    REDUCE("argmax", "ArgMax ARG_MAX", "argmax", "where the maximum along an axis is"),
    REDUCE("argmin", "ArgMin ARG_MIN", "argmin", "where the minimum along an axis is"),
};

OpFamily op_family_reduce(void)
{
    return OP_ROWS(rows);
}
