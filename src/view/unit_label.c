/* SPDX-License-Identifier: MIT */
/* What stands at a layer of units: what it is, and the space that its values are in. */
#include "view/unit.h"

static const Label nothing = {LABEL_TEXT, {NULL, 0}};

/* How often a layer in folded frames is repeated. */
static int64_t repeats(const Node *node)
{
    int64_t times = node->times;
    for (const Frame *frame = node->frame; frame; frame = frame->parent)
        times = times * frame->times < 1000000 ? times * frame->times : 1000000;
    return times;
}

/* "Input layer", "Hidden layer", "LSTM layer"; what is no layer of neurons goes by its operation. */
static Label kind_label(const UnitPlan *plan, const UnitLayer *layer)
{
    const Node *node = layer->node;
    StyleClass style = node->layer->op->style;
    if (node->kind == NODE_GROUP)
        return node->cells[0].label;
    if (node->layer->label.size)
        return (Label){LABEL_TEX, node->layer->label};
    if (plan->figure->names == TOGGLE_YES)
        return (Label){LABEL_TEXT, node->layer->name};
    if (node->kind == NODE_INPUT && str_equal(node->layer->name, STR("input")))
        return (Label){LABEL_TEXT, STR("Input layer")};
    if (node->kind == NODE_INPUT)
        return (Label){LABEL_TEXT, node->layer->name};
    if (style == STYLE_RECURRENT)
        return (Label){LABEL_TEXT, str_format(plan->arena, "%s layer", node->layer->op->title)};
    if (style == STYLE_DENSE)
        return (Label){LABEL_TEXT, layer->feeds ? STR("Hidden layer") : STR("Output layer")};
    return (Label){LABEL_TEXT, node->layer->op->title ? str_from(node->layer->op->title) : node->layer->op_name};
}

/* What is fused into the layer and does not go without saying. */
Label units_fused_label(const UnitPlan *plan, const UnitLayer *layer)
{
    const Node *node = layer->node;
    Text text = text_in(plan->arena);
    for (uint32_t i = 1; i < node->cell_count; i++)
        if (node->cells[i].label.kind == LABEL_TEXT)
            text_add_format(&text, "%s%.*s", text.size ? ", " : "", STR_ARGS(node->cells[i].label.text));
    return plan->figure->names == TOGGLE_NO ? nothing : (Label){LABEL_TEXT, text_str(&text)};
}

bool units_are_crowded(const UnitPlan *plan)
{
    return plan->direction == DIRECTION_RIGHT && plan->ranks > UNITS_NAMED && plan->figure->names == TOGGLE_AUTO;
}

Label units_label(const UnitPlan *plan, const UnitLayer *layer)
{
    const Node *node = layer->node;
    if (plan->figure->names == TOGGLE_NO || (units_are_crowded(plan) && !node->layer->label.size))
        return nothing;
    Label label = kind_label(plan, layer);
    int64_t times = repeats(node);
    if (label.kind != LABEL_TEXT)
        return label;
    if (times > 1)
        label.text = str_format(plan->arena, "%.*s ×%lld", STR_ARGS(label.text), (long long)times);
    return label;
}

Label units_size_label(const UnitPlan *plan, const UnitLayer *layer)
{
    const Node *node = layer->node;
    bool changes = plan->figure->shapes != SHAPES_CHANGES || node->shape_changes || node->kind == NODE_INPUT;
    if (plan->figure->shapes == SHAPES_NONE || !changes || !node->shape.rank)
        return nothing;
    return (Label){LABEL_MATH, shape_text(plan->arena, node->shape, "×")};
}
