/* SPDX-License-Identifier: MIT */
/* Decides which groups and blocks are open and which are drawn as one node. */
#include "pass/plan.h"

enum { ROOM = 40 }; /* nodes that a figure of one column still shows legibly */

/* Branches, residuals and paths are structure; a group around one box says nothing that the box does not. */
static bool is_level(const Plan *plan, const Scope *scope)
{
    if (scope == plan->top)
        return false;
    return scope->kind == SCOPE_BLOCK || (scope->kind == SCOPE_GROUP && plan_scope(plan, scope)->boxes > 1);
}

static uint32_t find_levels(Plan *plan)
{
    Range below = plan_scope(plan, plan->top)->scopes;
    uint32_t deepest = 0;
    for (uint32_t i = 0; i < below.size; i++) {
        const Scope *scope = plan->graph->scopes[plan->scope_order[below.start + i]];
        ScopePlan *planned = plan_scope(plan, scope);
        planned->level = scope == plan->top ? 0 : plan_scope(plan, scope->parent)->level + is_level(plan, scope);
        if (planned->level > deepest)
            deepest = planned->level;
    }
    return deepest;
}

/* The greatest depth at which the figure stays legible. */
static int64_t choose_depth(Plan *plan, uint32_t deepest)
{
    uint32_t *boxes = ARENA_ARRAY(plan->arena, (size_t)deepest + 2, uint32_t);  /* on each level */
    uint32_t *groups = ARENA_ARRAY(plan->arena, (size_t)deepest + 2, uint32_t); /* likewise, if they are closed */
    for (uint32_t i = 0; i < plan->graph->layer_count; i++) {
        const Layer *layer = plan->graph->layers[i];
        const ScopePlan *scope = plan_scope(plan, layer->scope);
        if (plan->layers[i].inside && plan->layers[i].head == layer && !scope->gone)
            boxes[scope->level]++;
    }
    Range below = plan_scope(plan, plan->top)->scopes;
    for (uint32_t i = 0; i < below.size; i++) {
        const Scope *scope = plan->graph->scopes[plan->scope_order[below.start + i]];
        if (is_level(plan, scope) && !plan_scope(plan, scope)->gone && plan_scope(plan, scope)->boxes)
            groups[plan_scope(plan, scope)->level]++;
    }
    int64_t depth = 0;
    uint32_t open = 0;
    for (uint32_t level = 0; level <= deepest; level++) {
        open += boxes[level];
        if (open + groups[level + 1] <= ROOM)
            depth = level;
    }
    return depth;
}

void plan_close(Plan *plan)
{
    uint32_t deepest = find_levels(plan);
    int64_t depth = plan->depth;
    if (depth < 0)
        depth = plan->figure->explicit_ ? deepest : choose_depth(plan, deepest);
    Range below = plan_scope(plan, plan->top)->scopes;
    for (uint32_t i = 0; i < below.size; i++) {
        const Scope *scope = plan->graph->scopes[plan->scope_order[below.start + i]];
        ScopePlan *planned = plan_scope(plan, scope);
        planned->closed = scope == plan->top ? NULL : plan_scope(plan, scope->parent)->closed;
        if (!planned->closed && planned->level > depth && is_level(plan, scope) && !planned->keep_open)
            planned->closed = scope;
    }
}
