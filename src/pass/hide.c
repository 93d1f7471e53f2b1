/* SPDX-License-Identifier: MIT */
/* Leaves out what does not help: auxiliary layers, dropout, identities, the inside of projections. */
#include "op/op.h"
#include "pass/plan.h"

/* Operations that give what they read, but for its form. */
static bool changes_nothing(const Layer *layer)
{
    static const char *const names[] = {"identity", "cast", "quantize", "flatten", "squeeze", "unsqueeze"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (plan_is_op(layer, names[i]))
            return true;
    return false;
}

/* What specs say because it is meant to be seen, and brief figures leave out. */
static bool is_by_the_way(const Layer *layer)
{
    static const char *const names[] = {"stop_gradient", "reshape", "permute", "expand"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (plan_is_op(layer, names[i]))
            return true;
    return false;
}

static bool is_unseen(const Plan *plan, const Layer *layer)
{
    return changes_nothing(layer) || (plan->brief && is_by_the_way(layer));
}

/* Caffe's batch norm has its scale and shift in a layer behind it: together they are what others call batch norm. */
static bool completes_norm(const Layer *layer)
{
    const Layer *before = plan_is_op(layer, "scale") ? plan_only_input(layer) : NULL;
    return before && before->op->style == STYLE_NORM;
}

static void hide(Plan *plan, const Layer *layer, bool passes)
{
    plan_layer(plan, layer)->hidden = true;
    plan_layer(plan, layer)->passes = passes;
}

/* The chain from `layer` back to the fork that it shares with the body of its residual. */
static void hide_chain(Plan *plan, const Layer *merge, const Layer *layer)
{
    while (layer && plan_uses(plan, layer) == 1 && plan_only_input(layer) && !plan_is_dressed(layer) &&
           plan_holds(plan, merge->scope, layer)) {
        hide(plan, layer, true);
        layer = plan_only_input(layer);
    }
}

/* A crop that only feeds a copy is part of its arrow: "copy and crop". */
static void hide_crops(Plan *plan, const Layer *layer)
{
    while (layer && plan_cropped(plan, layer) && !plan_is_dressed(layer)) {
        hide(plan, layer, true);
        layer = plan_cropped(plan, layer);
    }
}

static void hide_by_role(Plan *plan, const Layer *layer)
{
    const LinkRole *roles = layer->input_count > 1 ? plan_layer(plan, layer)->roles : NULL;
    for (uint32_t i = 0; roles && i < layer->input_count; i++) {
        if (roles[i] == LINK_PROJECTION)
            hide_chain(plan, layer, layer->inputs[i].layer);
        else if (roles[i] == LINK_COPY)
            hide_crops(plan, layer->inputs[i].layer);
    }
}

static void hide_by_kind(Plan *plan, const Layer *layer)
{
    if (plan_is_dressed(layer))
        return;
    bool passes = is_unseen(plan, layer) || plan_stops(plan, layer) || completes_norm(layer) || layer->op->style == STYLE_REGULAR;
    if (layer->auxiliary || (passes && layer->input_count > 0))
        hide(plan, layer, passes);
}

/* In topological order, so that what a layer reads is settled before it. */
static void find_origins(Plan *plan)
{
    for (uint32_t i = 0; i < plan->graph->layer_count; i++) {
        const Layer *layer = plan->graph->layers[i];
        LayerPlan *planned = &plan->layers[i];
        if (!planned->hidden)
            planned->origin = layer;
        else if (planned->passes && layer->input_count && layer->inputs[0].layer) {
            const LayerPlan *before = plan_layer(plan, layer->inputs[0].layer);
            planned->origin = before->origin;
            planned->stopped = before->stopped || plan_stops(plan, layer);
        }
    }
}

void plan_hide(Plan *plan)
{
    for (uint32_t i = 0; i < plan->graph->layer_count && !plan->figure->explicit_; i++) {
        hide_by_kind(plan, plan->graph->layers[i]);
        hide_by_role(plan, plan->graph->layers[i]);
    }
    find_origins(plan);
}
