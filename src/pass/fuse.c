/* SPDX-License-Identifier: MIT */
/* Puts norms and activations into the box of the layer they follow. */
#include "op/op.h"
#include "pass/plan.h"

/* Scopes that hold one drawn layer say nothing: model files have one around each. */
static void find_homes(Plan *plan)
{
    const Graph *graph = plan->graph;
    uint32_t *drawn = ARENA_ARRAY(plan->scratch, graph->scope_count, uint32_t);
    for (uint32_t i = 0; i < graph->layer_count; i++)
        if (!plan->layers[i].hidden)
            drawn[graph->layers[i]->scope->index]++;
    for (uint32_t i = graph->scope_count; i-- > 0;)
        if (graph->scopes[i]->parent)
            drawn[graph->scopes[i]->parent->index] += drawn[i];
    const Scope **home = ARENA_ARRAY(plan->scratch, graph->scope_count, const Scope *);
    for (uint32_t i = 0; i < graph->scope_count; i++) {
        const Scope *scope = graph->scopes[i];
        bool trivial = scope->kind == SCOPE_GROUP && drawn[i] <= 1 && scope->parent;
        home[i] = trivial ? home[scope->parent->index] : scope;
    }
    for (uint32_t i = 0; i < graph->layer_count; i++)
        plan->layers[i].home = home[graph->layers[i]->scope->index];
}

/* What only adjusts the numbers before it. A normalisation across neighbours (LRN) is a step of its own. */
static bool is_suffix(const Layer *layer)
{
    if (plan_is_op(layer, "lrn") || plan_is_op(layer, "l2norm"))
        return false;
    return layer->op->style == STYLE_NORM || layer->op->style == STYLE_ACTIVATION;
}

/* The operation of all activations of the network but those that say what comes out; NULL where there are several. */
static const Op *only_activation(const Plan *plan)
{
    const Op *only = NULL;
    for (uint32_t i = 0; i < plan->graph->layer_count; i++) {
        const Layer *layer = plan->graph->layers[i];
        if (layer->op->style != STYLE_ACTIVATION || plan->layers[i].hidden || plan_says_result(plan, layer))
            continue;
        if (only && only != layer->op)
            return NULL;
        only = layer->op;
    }
    return only;
}

/* Whether a norm or activation may join the box of `head`; an operator circle takes what goes without saying. */
static bool takes(const Layer *head, const Layer *layer, const Op *unsaid)
{
    return head->op->style == STYLE_CONV || head->op->style == STYLE_DENSE ||
           (head->op->symbol && head->op->style == STYLE_MERGE && layer->op == unsaid);
}

/* Whether a layer stands in the part of the network in which `head` does, or ends a residual or branch of it. */
static bool stand_together(const Plan *plan, const Layer *head, const Layer *layer)
{
    const Scope *home = plan_layer(plan, head)->home, *other = plan_layer(plan, layer)->home;
    while (head->op->symbol && home != other && (home->kind == SCOPE_RESIDUAL || home->kind == SCOPE_BRANCH))
        home = home->parent;
    return home == other;
}

/* The box that a norm or activation joins although its reader did not say so; NULL: none. */
static const Layer *box_before(const Plan *plan, const Layer *layer, const Op *unsaid)
{
    if (!is_suffix(layer) || plan_is_dressed(layer) || plan_layer(plan, layer)->roles)
        return NULL;
    const Layer *before = plan_only_input(layer);
    while (before && plan_layer(plan, before)->passes && plan_uses(plan, before) == 1)
        before = plan_only_input(before);
    if (!before || plan_layer(plan, before)->hidden || plan_uses(plan, before) != 1)
        return NULL;
    const Layer *head = plan_layer(plan, before)->head;
    bool last = plan_layer(plan, head)->tail == before;
    return takes(head, layer, unsaid) && last && stand_together(plan, head, layer) ? head : NULL;
}

/* The box that its reader put it in; NULL: none. */
static const Layer *box_said(const Plan *plan, const Layer *layer)
{
    if (!layer->cell_of || layer->cell_of->index >= layer->index || plan_layer(plan, layer->cell_of)->hidden)
        return NULL;
    return plan_layer(plan, layer->cell_of)->head;
}

static void count_boxes(Plan *plan)
{
    const Graph *graph = plan->graph;
    for (uint32_t i = 0; i < graph->layer_count; i++)
        if (plan->layers[i].head == graph->layers[i])
            plan_scope(plan, graph->layers[i]->scope)->boxes++;
    for (uint32_t i = graph->scope_count; i-- > 0;)
        if (graph->scopes[i]->parent)
            plan_scope(plan, graph->scopes[i]->parent)->boxes += plan->scopes[i].boxes;
}

void plan_fuse(Plan *plan)
{
    bool fuses = !plan->figure->explicit_ && plan->figure->fuse != TOGGLE_NO;
    const Op *unsaid = fuses && plan->figure->fuse == TOGGLE_AUTO ? only_activation(plan) : NULL;
    find_homes(plan);
    for (uint32_t i = 0; i < plan->graph->layer_count; i++) {
        const Layer *layer = plan->graph->layers[i];
        LayerPlan *planned = &plan->layers[i];
        if (planned->hidden)
            continue;
        const Layer *head = fuses ? box_said(plan, layer) : NULL;
        if (!head && fuses)
            head = box_before(plan, layer, unsaid);
        planned->head = head ? head : layer;
        if (head) {
            plan_layer(plan, plan_layer(plan, head)->tail)->next_cell = layer;
            plan_layer(plan, head)->tail = layer;
        } else {
            planned->tail = layer;
        }
    }
    count_boxes(plan);
}
