/* SPDX-License-Identifier: MIT */
/* The order of layers by scope, and small questions that several steps of the outline ask. */
#include "pass/plan.h"

#include "pass/batch.h"

#include "op/op.h"

#include <string.h>

/* Sizes from the leaves up: children stand behind their parents in Graph.scopes. */
static void measure(Plan *plan, uint32_t *own)
{
    const Graph *graph = plan->graph;
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        own[graph->layers[i]->scope->index]++;
        plan_scope(plan, graph->layers[i]->scope)->last = i;
    }
    for (uint32_t i = graph->scope_count; i-- > 0;) {
        const Scope *scope = graph->scopes[i];
        plan->scopes[i].layers.size += own[i];
        plan->scopes[i].scopes.size += 1;
        if (!scope->parent)
            continue;
        ScopePlan *above = plan_scope(plan, scope->parent);
        above->layers.size += plan->scopes[i].layers.size;
        above->scopes.size += plan->scopes[i].scopes.size;
        if (above->last < plan->scopes[i].last)
            above->last = plan->scopes[i].last;
    }
}

/* Starts from the root down: a scope's own layers first, then its children one after the other. */
static void lay_out(Plan *plan, const uint32_t *own)
{
    for (uint32_t i = 0; i < plan->graph->scope_count; i++) {
        const Scope *scope = plan->graph->scopes[i];
        uint32_t layer = plan->scopes[i].layers.start + own[i], place = plan->scopes[i].scopes.start;
        plan->scope_order[place++] = i;
        for (const Scope *child = scope->first; child; child = child->next) {
            ScopePlan *below = plan_scope(plan, child);
            below->layers.start = layer;
            below->scopes.start = place;
            layer += below->layers.size;
            place += below->scopes.size;
        }
    }
}

void plan_order(Plan *plan)
{
    const Graph *graph = plan->graph;
    plan->layer_order = ARENA_ARRAY(plan->scratch, graph->layer_count, uint32_t);
    plan->scope_order = ARENA_ARRAY(plan->scratch, graph->scope_count, uint32_t);
    uint32_t *own = ARENA_ARRAY(plan->scratch, graph->scope_count, uint32_t);
    uint32_t *filled = ARENA_ARRAY(plan->scratch, graph->scope_count, uint32_t);
    measure(plan, own);
    lay_out(plan, own);
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        const Layer *layer = graph->layers[i];
        uint32_t scope = layer->scope->index;
        plan->layers[i].position = plan->scopes[scope].layers.start + filled[scope]++;
        plan->layer_order[plan->layers[i].position] = i;
    }
    for (uint32_t i = 0; i < graph->output_count; i++)
        plan_layer(plan, graph->outputs[i].layer)->leaves = true;
    for (uint32_t i = 0; i < graph->layer_count; i++)
        plan->layers[i].inside = plan_holds(plan, plan->top, graph->layers[i]);
}

uint32_t plan_uses(const Plan *plan, const Layer *layer)
{
    uint32_t readers = plan->users.first[layer->index + 1] - plan->users.first[layer->index];
    return readers + plan_layer(plan, layer)->leaves;
}

const Layer *plan_only_input(const Layer *layer)
{
    return layer->input_count == 1 ? layer->inputs[0].layer : NULL;
}

const Layer *plan_cropped(const Plan *plan, const Layer *layer)
{
    bool crops = layer->op->style == STYLE_RESHAPE && (layer->input_count == 1 || plan_is_op(layer, "crop"));
    return crops && layer->input_count && plan_uses(plan, layer) == 1 ? layer->inputs[0].layer : NULL;
}

bool plan_is_dressed(const Layer *layer)
{
    return layer->label.size || layer->note.size || layer->style.size || layer->placing || layer->units;
}

bool plan_stops(const Plan *plan, const Layer *layer)
{
    View view = plan->figure->view;
    return !plan->brief && view != VIEW_TENSORS && view != VIEW_UNITS && plan_is_op(layer, "stop_gradient");
}

bool plan_is_softmax(const Layer *layer)
{
    return plan_is_op(layer, "softmax") || plan_is_op(layer, "log_softmax");
}

bool plan_says_result(const Plan *plan, const Layer *layer)
{
    if (plan_is_softmax(layer))
        return true;
    bool bounded = plan_is_op(layer, "sigmoid") || plan_is_op(layer, "tanh");
    uint32_t first = plan->users.first[layer->index], end = plan->users.first[layer->index + 1];
    bool marked = end - first == 1 && plan->users.list[first]->op->style == STYLE_DATA;
    return bounded && (plan_layer(plan, layer)->leaves || marked);
}

bool plan_is_op(const Layer *layer, const char *name)
{
    return str_equal(str_from(layer->op->name), str_from(name));
}

/* Each turn leaves a repetition for what it repeats, which is outside of it: at most as many turns as scopes nest. */
const Layer *plan_drawn(const Plan *plan, const Layer *layer)
{
    for (const Scope *gone; (gone = plan_scope(plan, layer->scope)->gone);) {
        const ScopePlan *from = plan_scope(plan, gone), *to = plan_scope(plan, from->like);
        uint32_t offset = plan_layer(plan, layer)->position - from->layers.start;
        layer = plan->graph->layers[from->aligned ? plan->layer_order[to->layers.start + offset] : to->last];
    }
    return layer;
}

Node *plan_node(const Plan *plan, const Layer *layer)
{
    layer = plan_drawn(plan, layer);
    const Scope *closed = plan_scope(plan, layer->scope)->closed;
    if (closed)
        return plan_scope(plan, closed)->node;
    layer = plan_layer(plan, layer)->head;
    return layer ? plan_layer(plan, layer)->node : NULL;
}

static Shape without_batch(const Plan *plan, Shape shape)
{
    uint32_t batch = plan->graph->batch_axes, axis = 0;
    if (!batch || !shape.known || shape.rank < batch)
        return shape;
    if (batch == 1)
        axis = batch_axis(plan->arena, plan->batch, shape);
    if (axis == 0)
        return (Shape){true, shape.rank - batch, shape.dims + batch};
    Shape rest = shape_of(plan->arena, shape.rank - 1, shape.dims);
    memcpy(rest.dims + axis, shape.dims + axis + 1, (rest.rank - axis) * sizeof *rest.dims);
    return rest;
}

Shape plan_shape(const Plan *plan, Port port)
{
    bool there = port.layer && port.output < port.layer->output_count;
    return there ? without_batch(plan, port.layer->outputs[port.output]) : shape_unknown();
}

Shape plan_output(const Plan *plan, const Layer *layer)
{
    return without_batch(plan, layer->outputs[0]);
}
