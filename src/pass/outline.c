/* SPDX-License-Identifier: MIT */
/* From a network to what a figure of it shows: the steps, in order. */
#include "pass/batch.h"
#include "pass/pass.h"
#include "pass/plan.h"

/* The scope of that path, the network itself for the empty one; NULL after a report. */
static const Scope *find_scope(Arena *arena, Diags *diags, const Graph *graph, const Figure *figure)
{
    if (!figure->only.size)
        return graph->root;
    Str *paths = ARENA_ARRAY(arena, graph->scope_count, Str);
    for (uint32_t i = 0; i < graph->scope_count; i++) {
        if (str_equal(graph->scopes[i]->path, figure->only))
            return graph->scopes[i];
        paths[i] = graph->scopes[i]->path;
    }
    diag_error(diags, figure->place, "there is no group or block `%.*s` to draw", STR_ARGS(figure->only));
    Str nearest = names_nearest(arena, figure->only, paths, graph->scope_count);
    if (nearest.size)
        diag_hint(diags, "did you mean `%.*s`", STR_ARGS(nearest));
    return NULL;
}

/*
 * Closing or folding may tie the figure into a circle where data leave a group and come back; then what is on the circle
 * is opened and the steps are taken again. Rare, and bounded: the last attempt draws everything open.
 */
static void draw_up(Plan *plan)
{
    enum { ATTEMPTS = 16 };
    for (int attempt = 0;; attempt++) {
        plan_fold(plan);
        plan_close(plan);
        plan_nodes(plan);
        if (plan_links(plan))
            return;
        for (uint32_t i = 0; i < plan->graph->scope_count && attempt == ATTEMPTS; i++)
            plan->scopes[i].keep_open = plan->scopes[i].keep_apart = true;
    }
}

Outline *pass_outline(Arena *arena, Diags *diags, const Graph *graph, const Figure *figure, int64_t depth)
{
    Arena *scratch = arena_scratch(arena);
    Plan plan = {
        .arena = arena,
        .scratch = scratch,
        .graph = graph,
        .figure = figure,
        .depth = depth,
        .batch = batch_of(graph),
        .brief = figure->brief == TOGGLE_YES || (graph->imported && figure->brief != TOGGLE_NO),
        .top = find_scope(arena, diags, graph, figure),
        .users = graph_users(scratch, graph),
        .layers = ARENA_ARRAY(scratch, graph->layer_count, LayerPlan),
        .scopes = ARENA_ARRAY(scratch, graph->scope_count, ScopePlan),
        .outline = ARENA_NEW(arena, Outline),
    };
    if (!plan.top)
        return NULL;
    *plan.outline = (Outline){.arena = arena, .graph = graph, .brief = plan.brief};
    plan_order(&plan);
    plan_roles(&plan);
    plan_hide(&plan);
    plan_fuse(&plan);
    draw_up(&plan);
    plan_cells(&plan);
    plan_marks(&plan);
    arena_free(scratch);
    if (plan.outline->node_count)
        return plan.outline;
    diag_error(diags, figure->place, "there is nothing to draw: every layer is one that figures leave out");
    diag_hint(diags, "`explicit: yes` shows them");
    return NULL;
}
