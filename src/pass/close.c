/* SPDX-License-Identifier: MIT */
/* Decides which groups and blocks are open and which are drawn as one node. */
#include "pass/plan.h"

/*
 * What a figure that fills a page still shows: boxes one under the other, solids one behind the other, boxes in all. A
 * brief figure, as of a model file, whose groups nobody has made for it, may fill two columns where it is narrow.
 */
enum { MOST_RANKS = 28, MOST_FOLDED_RANKS = 54, MOST_SOLIDS = 60, MOST_BOXES = 80, MOST_TALL = 33 };

/* Branches, residuals and paths are structure; a group around one box says nothing that the box does not. */
static bool is_level(const Plan *plan, const Scope *scope)
{
    if (scope == plan->top || plan_scope(plan, scope)->unit)
        return false;
    if (scope->kind == SCOPE_BLOCK && !plan->brief)
        return true;
    return plan_is_module(scope) && plan_scope(plan, scope)->boxes > 1;
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

/* What a scope is made of: its operations in order. */
static Str kind_of(const Plan *plan, const Scope *scope)
{
    Text text = text_in(plan->arena);
    Range range = plan_scope(plan, scope)->layers;
    for (uint32_t i = 0; i < range.size; i++) {
        const Layer *layer = plan->graph->layers[plan->layer_order[range.start + i]];
        if (!plan_layer(plan, layer)->hidden)
            text_add_format(&text, "%.*s ", STR_ARGS(layer->op_name));
    }
    return text_str(&text);
}

/* Scopes deeper than `depth` become nodes; those inside of them go with them. */
static void close_below(Plan *plan, int64_t depth)
{
    Range below = plan_scope(plan, plan->top)->scopes;
    for (uint32_t i = 0; i < below.size; i++) {
        const Scope *scope = plan->graph->scopes[plan->scope_order[below.start + i]];
        ScopePlan *planned = plan_scope(plan, scope);
        planned->closed = scope == plan->top ? NULL : plan_scope(plan, scope->parent)->closed;
        if (!planned->closed && planned->level > depth && is_level(plan, scope) && !planned->keep_open && !planned->sample)
            planned->closed = scope;
    }
}

/* What a layer is drawn as: equal for all layers of a closed scope and of a box; NULL where it is not drawn. */
static const void *drawn_as(const Plan *plan, const Layer *layer)
{
    const ScopePlan *scope = plan_scope(plan, layer->scope);
    if (!plan_layer(plan, layer)->inside || scope->gone || plan_layer(plan, layer)->hidden)
        return NULL;
    return scope->closed ? (const void *)scope->closed : plan_layer(plan, layer)->head;
}

/* Frames that are open now; each needs room for its title and its borders, as much as a box. */
static uint32_t count_frames(const Plan *plan)
{
    Range below = plan_scope(plan, plan->top)->scopes;
    uint32_t count = 0;
    for (uint32_t i = 0; i < below.size; i++) {
        const Scope *scope = plan->graph->scopes[plan->scope_order[below.start + i]];
        const ScopePlan *planned = plan_scope(plan, scope);
        count += !planned->closed && !planned->gone && is_level(plan, scope);
    }
    return count;
}

/* Whether the figure fits as the scopes are closed now: its longest path and all its boxes. *tall: only in two columns. */
static bool fits(const Plan *plan, uint32_t *ranks, bool *tall)
{
    uint32_t boxes = 0, highest = 0;
    *tall = false;
    uint32_t most = plan->figure->view == VIEW_TENSORS ? MOST_SOLIDS
                    : plan->brief                      ? MOST_FOLDED_RANKS
                                                       : MOST_RANKS;
    for (uint32_t i = 0; i < plan->graph->layer_count; i++) {
        const Layer *layer = plan->graph->layers[i];
        const void *drawn = drawn_as(plan, layer);
        uint32_t rank = drawn ? 1 : 0;
        for (uint32_t k = 0; k < layer->input_count; k++) {
            const Layer *from = layer->inputs[k].layer;
            uint32_t step = from && drawn && drawn != drawn_as(plan, from) ? 1 : 0;
            if (from && ranks[from->index] + step > rank)
                rank = ranks[from->index] + step;
        }
        ranks[i] = rank;
        boxes += drawn == layer;
        highest = rank > highest ? rank : highest;
        if (rank > most || boxes > MOST_BOXES)
            return false;
    }
    if (plan->figure->view == VIEW_TENSORS)
        return true;
    /* Two columns of a page are as wide as one box and what runs beside it. */
    *tall = highest > MOST_RANKS || (plan->brief && highest + count_frames(plan) > MOST_TALL);
    return !*tall || 4 * boxes <= 5 * highest;
}

/* Scopes of one kind. */
typedef struct Kind {
    ScopePlan *first;
    uint32_t count;
} Kind;

static void forget_samples(Plan *plan)
{
    for (uint32_t i = 0; i < plan->graph->scope_count; i++)
        plan->scopes[i].sample = false;
}

/* The kinds of the scopes just below `depth`, by their first. */
static Names *find_kinds(const Plan *plan, int64_t depth)
{
    Range below = plan_scope(plan, plan->top)->scopes;
    Names *kinds = names_new(plan->scratch);
    for (uint32_t i = 0; i < below.size; i++) {
        const Scope *scope = plan->graph->scopes[plan->scope_order[below.start + i]];
        ScopePlan *planned = plan_scope(plan, scope);
        if (planned->closed != scope || planned->gone || planned->level != depth + 1)
            continue;
        Str text = kind_of(plan, scope);
        Kind *kind = names_get(kinds, text);
        if (!kind) {
            kind = ARENA_NEW(plan->scratch, Kind);
            kind->first = planned;
            names_put(kinds, text, kind);
        }
        kind->count++;
    }
    return kinds;
}

/* Opens one of each kind of the scopes that `depth` closes, the frequent ones first, as far as the figure still fits as it did. */
static void open_samples(Plan *plan, int64_t depth, uint32_t *ranks)
{
    enum { MOST_KINDS = 8 };
    bool tall, taller;
    close_below(plan, depth);
    Names *kinds = find_kinds(plan, depth);
    (void)fits(plan, ranks, &tall);
    for (size_t turn = 0; turn < names_count(kinds) && names_count(kinds) <= MOST_KINDS; turn++) {
        Kind *next = NULL;
        for (size_t i = 0; i < names_count(kinds); i++) {
            Kind *kind = names_thing(kinds, i);
            next = kind->count && (!next || kind->count > next->count) ? kind : next;
        }
        next->count = 0;
        next->first->sample = true;
        close_below(plan, depth);
        next->first->sample = fits(plan, ranks, &taller) && (tall || !taller);
    }
}

/* The greatest depth at which the figure fits; of the level below, a brief figure shows one of each kind where that fits. */
static int64_t choose_depth(Plan *plan, uint32_t deepest)
{
    uint32_t *ranks = ARENA_ARRAY(plan->scratch, plan->graph->layer_count, uint32_t);
    int64_t depth = 0;
    for (uint32_t level = 1; level <= deepest; level++) {
        close_below(plan, level);
        bool tall;
        if (!fits(plan, ranks, &tall))
            break;
        depth = level;
    }
    if (depth < deepest && plan->brief)
        open_samples(plan, depth, ranks);
    return depth;
}

/* What an author has placed is meant to be seen. */
static bool is_placed(const Plan *plan)
{
    for (uint32_t i = 0; i < plan->graph->layer_count; i++)
        if (plan->graph->layers[i]->placing)
            return true;
    return false;
}

void plan_close(Plan *plan)
{
    uint32_t deepest = find_levels(plan);
    forget_samples(plan);
    int64_t depth = plan->depth;
    if (depth < 0)
        depth = plan->figure->explicit_ || is_placed(plan) ? deepest : choose_depth(plan, deepest);
    close_below(plan, depth);
}
