/* SPDX-License-Identifier: MIT */
/* Operations that join several inputs. */
#include "op/rules.h"

static const AttrSpec concat_attrs[] = {
    ATTR_AXIS(NULL, "axis along which the inputs are joined; the channels or features where none is given"),
};

static const AttrSpec stack_attrs[] = {
    ATTR_AXIS(NULL, "place of the new axis; the first of the sample where none is given"),
};

/* All inputs laid over each other, whose sizes agree but for one axis; error where they do not. */
static bool join_but(OpCall *call, uint32_t axis, Shape *all)
{
    *all = shape_unknown();
    for (uint32_t i = 0; i < call->input_count; i++) {
        Shape in = rule_with(call, call->inputs[i], axis, DIM_NONE);
        bool has_axis = !call->inputs[i].known || axis < call->inputs[i].rank;
        if (!has_axis || !rule_join(all, in)) {
            rule_hint(call, "all sizes but that of axis %u must be equal", axis);
            return rule_fail(call, i, "cannot concatenate %s and %s along axis %u", rule_text(call, call->inputs[0]),
                             rule_text(call, call->inputs[i]), axis);
        }
    }
    return true;
}

static Shape first_known(const OpCall *call)
{
    for (uint32_t i = 0; i < call->input_count; i++)
        if (call->inputs[i].known)
            return call->inputs[i];
    return shape_unknown();
}

static bool agree_but(OpCall *call, uint32_t axis)
{
    Shape all;
    Str error = call->error, hint = call->hint;
    bool agree = join_but(call, axis, &all);
    call->error = error;
    call->hint = hint;
    return agree;
}

/*
 * The axis that is said, else that of the channels or features; of two matrices the one along which they can be
 * joined at all, where that is only one: T×64 and T×32 join to T×96 whatever the layout.
 */
static bool concat_axis(OpCall *call, Shape first, uint32_t *axis)
{
    *axis = rule_feature_axis(call, first);
    if (attr_given(call->layer, "axis"))
        return rule_axis_or(call, "axis", first.rank, *axis, axis);
    uint32_t other = first.rank == 0 ? 0 : call->batch_axes + first.rank - 1 - *axis;
    if (rule_rank(call, first) == 2 && !agree_but(call, *axis) && agree_but(call, other))
        *axis = other;
    return true;
}

static bool shape_concat(OpCall *call)
{
    Shape first = first_known(call), all;
    uint32_t axis;
    if (!first.known)
        return true;
    if (first.rank == 0)
        return rule_fail(call, 0, "cannot concatenate scalars");
    if (!concat_axis(call, first, &axis) || !join_but(call, axis, &all))
        return false;
    Dim total = dim_int(0);
    for (uint32_t i = 0; i < call->input_count; i++)
        total = dim_add(call->arena, total, call->inputs[i].known ? call->inputs[i].dims[axis] : DIM_NONE);
    rule_set(call, rule_with(call, all, axis, total));
    return true;
}

static bool shape_stack(OpCall *call)
{
    Shape all = shape_unknown();
    uint32_t axis;
    for (uint32_t i = 0; i < call->input_count; i++) {
        Shape before = all;
        if (all.known)
            all = shape_of(call->arena, all.rank, all.dims);
        if (!rule_join(&all, call->inputs[i]))
            return rule_fail(call, i, "cannot stack %s and %s", rule_text(call, before), rule_text(call,
                             call->inputs[i]));
    }
    if (!all.known || !rule_axis_or(call, "axis", all.rank + 1, call->batch_axes, &axis))
        return call->error.size == 0;
    rule_set(call, rule_inserted(call, all, axis, dim_int(call->input_count)));
    return true;
}

#define POINTWISE(name_, aliases_, title_, symbol_, help_)                                                             \
    {.name = (name_), .aliases = (aliases_), .title = (title_), .help = (help_), .style = STYLE_MERGE,                 \
     .symbol = (symbol_), .min_inputs = 2, .max_inputs = OP_ANY_INPUTS, .shape = rule_broadcast_all}

static const Op rows[] = {
    POINTWISE("add", "Add add_n AddN AddV2 Sum sum plus elementwise_add Addition", "add", "+", "sum of its inputs"),
    POINTWISE("sub", "Sub Subtract subtract minus Subtraction", "sub", "−", "first input minus the second"),
    POINTWISE("mul", "Mul Multiply multiply product hadamard gate Multiplication elementwise_mul", "mul", "×",
              "elementwise product of its inputs"),
    POINTWISE("div", "Div Divide divide RealDiv TrueDivide FloorDiv", "div", "÷", "first input divided by the second"),
    POINTWISE("max", "Max Maximum maximum", "max", NULL, "elementwise maximum of its inputs"),
    POINTWISE("min", "Min Minimum minimum", "min", NULL, "elementwise minimum of its inputs"),
    POINTWISE("average", "Average Mean mean avg", "average", NULL, "elementwise mean of its inputs"),
    POINTWISE("where", "Where SelectV2", "where", NULL, "second or third input, as the first says"),
    {.name = "concat", .title = "concat", .help = "its inputs side by side, along the channels or features",
     .aliases = "Concat Concatenate concatenate cat ConcatV2 CONCATENATION DepthConcat depth_concat Concatenation "
                "route",
     .style = STYLE_MERGE, OP_ATTRS(concat_attrs), .min_inputs = 1, .max_inputs = OP_ANY_INPUTS, .shape = shape_concat},
    {.name = "stack", .title = "stack", .help = "its inputs along a new axis",
     .aliases = "Stack Pack pack ConcatFromSequence",
     .style = STYLE_MERGE, OP_ATTRS(stack_attrs), .min_inputs = 1, .max_inputs = OP_ANY_INPUTS, .shape = shape_stack},
};

OpFamily op_family_merge(void)
{
    return OP_ROWS(rows);
}
