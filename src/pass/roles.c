/* SPDX-License-Identifier: MIT */
/* Finds shortcuts, projections and copies in networks whose reader did not say them. */
#include "op/op.h"
#include "pass/plan.h"

/* A chain of layers that only feed each other, walked against the flow. */
typedef struct Walk {
    const Layer *fork;   /* where it ends: a layer that others read too, or that reads several */
    uint32_t convolutions, others; /* layers on the way */
    bool dressed;        /* the author has said how one of them is to look */
} Walk;

enum { MOST_GATES = 4 };

/* x of x × g(x), where nothing else reads x: a squeeze and excitation is one step. NULL for anything else. */
static const Layer *gated_by(const Plan *plan, const Layer *layer)
{
    const LinkRole *roles = plan_layer(plan, layer)->roles;
    if (!roles || !plan_is_op(layer, "mul") || layer->input_count != 2)
        return NULL;
    const Layer *x = layer->inputs[roles[0] == LINK_SHORTCUT ? 0 : 1].layer;
    return x && plan_uses(plan, x) == 2 && plan_only_input(x) ? x : NULL;
}

/* Every layer on the way is read once, gates excepted, so all walks of a network together are linear. */
static Walk walk_back(const Plan *plan, const Layer *layer)
{
    Walk walk = {layer, 0, 0, false};
    for (int gates = 0; walk.fork && plan_uses(plan, walk.fork) == 1;) {
        const Layer *gated = gates < MOST_GATES ? gated_by(plan, walk.fork) : NULL;
        if (gated) {
            gates++;
            walk.others++;
            walk.fork = gated;
        } else if (!plan_only_input(walk.fork)) {
            break;
        }
        StyleClass style = walk.fork->op->style;
        walk.dressed = walk.dressed || plan_is_dressed(walk.fork);
        if (style == STYLE_CONV || style == STYLE_DENSE)
            walk.convolutions++;
        else if (style != STYLE_NORM && style != STYLE_POOL)
            walk.others++;
        walk.fork = plan_only_input(walk.fork);
    }
    return walk;
}

static void set_role(Plan *plan, const Layer *layer, uint32_t input, LinkRole role)
{
    LayerPlan *planned = plan_layer(plan, layer);
    if (!planned->roles)
        planned->roles = ARENA_ARRAY(plan->scratch, layer->input_count, LinkRole);
    planned->roles[input] = role;
}

/* x + f(x): the input that others read too is the identity; of two such the one that is older. */
static bool find_shortcut(Plan *plan, const Layer *sum)
{
    const Layer *a = sum->inputs[0].layer, *b = sum->inputs[1].layer;
    bool a_forks = plan_uses(plan, a) > 1, b_forks = plan_uses(plan, b) > 1;
    if (a == b || (!a_forks && !b_forks))
        return false;
    bool first = a_forks && (!b_forks || a->index < b->index);
    set_role(plan, sum, first ? 0 : 1, LINK_SHORTCUT);
    return true;
}

/* g(x) + f(x), where g is one convolution and at most a norm and a pooling: a projection, unless its author wants it seen. */
static void find_projection(Plan *plan, const Layer *sum)
{
    Walk walks[2] = {walk_back(plan, sum->inputs[0].layer), walk_back(plan, sum->inputs[1].layer)};
    if (!walks[0].fork || walks[0].fork != walks[1].fork)
        return;
    for (uint32_t i = 2; i-- > 0;)
        if (walks[i].convolutions == 1 && walks[i].others == 0 && !walks[i].dressed &&
            walks[1 - i].convolutions + walks[1 - i].others > 1) {
            set_role(plan, sum, i, LINK_PROJECTION);
            return;
        }
}

/* x beside f(x), where f is a chain: the layer of a dense block. */
static void find_passed_on(Plan *plan, const Layer *join)
{
    for (uint32_t i = 0; i < 2; i++) {
        const Layer *x = join->inputs[i].layer, *other = join->inputs[1 - i].layer;
        if (!x || !other || x == other || plan_uses(plan, x) < 2 || walk_back(plan, other).fork != x)
            continue;
        set_role(plan, join, i, LINK_SHORTCUT);
        return;
    }
}

static Dim last_spatial(const Layer *layer)
{
    Shape shape = layer->outputs[0];
    uint32_t behind = layer->layout == LAYOUT_CHANNELS_LAST ? 2 : 1;
    return shape.known && shape.rank >= behind ? shape.dims[shape.rank - behind] : DIM_NONE;
}

static bool find_pooling(const Plan *plan, const Layer *layer)
{
    Dim before = last_spatial(layer);
    for (uint32_t i = plan->users.first[layer->index]; i < plan->users.first[layer->index + 1]; i++) {
        const Layer *user = plan->users.list[i];
        Dim after = last_spatial(user);
        if (user->op->style != STYLE_POOL && user->op->style != STYLE_CONV)
            continue;
        if (before.kind == DIM_INT && after.kind == DIM_INT ? after.n < before.n
                                                            : after.kind == DIM_SYMBOLIC && !dim_equal(before, after))
            return true;
    }
    return false;
}

/* Whether something that reads `layer` makes its maps smaller; asked once of each, however many joins read it. */
static bool is_pooled(const Plan *plan, const Layer *layer)
{
    LayerPlan *planned = plan_layer(plan, layer);
    if (planned->pooled == POOLED_UNASKED)
        planned->pooled = find_pooling(plan, layer) ? POOLED_YES : POOLED_NO;
    return planned->pooled == POOLED_YES;
}

/* What was pooled away comes back beside what was scaled up: the grey arrow of a U-Net, with the crop on its way. */
static void find_copies(Plan *plan, const Layer *join)
{
    for (uint32_t i = 0; i < join->input_count; i++) {
        const Layer *from = join->inputs[i].layer;
        while (from && plan_cropped(plan, from))
            from = plan_cropped(plan, from);
        if (from && plan_uses(plan, from) > 1 && is_pooled(plan, from))
            set_role(plan, join, i, LINK_COPY);
    }
}

void plan_roles(Plan *plan)
{
    for (uint32_t i = 0; i < plan->graph->layer_count; i++) {
        const Layer *layer = plan->graph->layers[i];
        plan->layers[i].roles = layer->roles;
        bool concat = plan_is_op(layer, "concat");
        if (layer->input_count < 2 || layer->op->style != STYLE_MERGE || (layer->roles && !(concat && plan->brief)))
            continue;
        if (concat) {
            plan->layers[i].roles = NULL; /* a brief figure tells copies from shortcuts by itself */
            find_copies(plan, layer);
            if (plan->brief && !plan_layer(plan, layer)->roles && layer->input_count == 2)
                find_passed_on(plan, layer);
        }
        else if (plan->brief && plan_is_op(layer, "mul") && layer->input_count == 2 && layer->inputs[0].layer && layer->inputs[1].layer)
            find_shortcut(plan, layer);
        else if (plan_is_op(layer, "add") && layer->input_count == 2 && layer->inputs[0].layer &&
                 layer->inputs[1].layer && !find_shortcut(plan, layer))
            find_projection(plan, layer);
    }
}
