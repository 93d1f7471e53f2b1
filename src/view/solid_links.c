/* SPDX-License-Identifier: MIT */
/* Arrows between solids: along the spine between groups, over the top for whatever does not go to the next solid. */
#include "view/solid.h"

#include <stdlib.h>

/* An arrow over the top. */
typedef struct Skip {
    uint32_t from, to; /* solids, from < to */
    LinkRole role;
} Skip;

typedef struct Skips {
    Skip *list;
    uint32_t count, room;
} Skips;

enum { SKIPS_MOST = 4000 };

static const char *role_name(LinkRole role)
{
    switch (role) {
    case LINK_SHORTCUT:
        return "shortcut";
    case LINK_PROJECTION:
        return "projection";
    case LINK_COPY:
        return "copy";
    case LINK_FLOW:
        break;
    }
    return "flow";
}

static bool wants_arrow(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    if (!index || !solid->joined || plan->figure->arrows == TOGGLE_NO || plan->solids[index - 1].slab)
        return false;
    if (solid_window_before(plan, index))
        return false;
    return solid_stands_apart(plan, index);
}

static void add_arrows(const SolidPlan *plan, Scene *scene)
{
    for (uint32_t i = 1; i < plan->count; i++)
        if (wants_arrow(plan, i))
            scene_add_edge(scene, plan->solids[i - 1].node->name, plan->solids[i].node->name, "flow");
}

/* The solid that a link begins at: through what hangs beside the spine back to the spine. */
static uint32_t begin_of(const SolidPlan *plan, const Link *link, LinkRole *role)
{
    const Spine *spine = plan->spine;
    const Node *from = link->from;
    *role = link->role;
    if (!spine->on[from->index]) {
        if (link->role == LINK_FLOW && link->to->kind == NODE_CIRCLE && shape_equal(link->to->shape, link->to->input))
            *role = LINK_PROJECTION;
        uint32_t to = plan->carriers[link->to->index];
        if (link->role == LINK_FLOW && to != NOBODY && plan->solids[to].copied)
            *role = LINK_COPY;
        from = spine->anchors[from->index];
    }
    return from ? plan->carriers[from->index] : NOBODY;
}

/* What goes to the next solid is the spine's own arrow, unless it is a shortcut around something that is not drawn. */
static void collect(const SolidPlan *plan, Skips *skips)
{
    const Outline *outline = plan->outline;
    for (uint32_t i = 0; i < outline->link_count && skips->count < SKIPS_MOST; i++) {
        const Link *link = &outline->links[i];
        LinkRole role;
        if (!plan->spine->on[link->to->index])
            continue;
        uint32_t from = begin_of(plan, link, &role), to = plan->carriers[link->to->index];
        if (from == NOBODY || to == NOBODY || from >= to)
            continue;
        bool spines = plan->spine->mains[link->to->index] == link->from || role == LINK_FLOW;
        if (from + 1 == to && plan->solids[to].joined && spines)
            continue;
        *ARENA_PUSH(plan->arena, skips->list, skips->count, skips->room) = (Skip){from, to, role};
    }
}

/* Short ones first; the rest of the order only makes it the same on every machine. */
static int compare_skips(const void *left, const void *right)
{
    const Skip *a = left, *b = right;
    uint32_t length_a = a->to - a->from, length_b = b->to - b->from;
    if (length_a != length_b)
        return length_a < length_b ? -1 : 1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->role > b->role) - (a->role < b->role);
}

/* One level further out than whatever lies below. */
static uint32_t take_level(uint32_t *tops, const Skip *skip)
{
    uint32_t level = 0;
    for (uint32_t gap = skip->from; gap < skip->to; gap++)
        level = tops[gap] > level ? tops[gap] : level;
    for (uint32_t gap = skip->from; gap < skip->to; gap++)
        tops[gap] = level + 1;
    return level + 1;
}

bool solids_have_skips(const SolidPlan *plan)
{
    Skips skips = {NULL, 0, 0};
    collect(plan, &skips);
    return skips.count > 0;
}

void solids_add_links(const SolidPlan *plan, Scene *scene)
{
    Skips skips = {NULL, 0, 0};
    add_arrows(plan, scene);
    collect(plan, &skips);
    if (!skips.count)
        return;
    qsort(skips.list, skips.count, sizeof *skips.list, compare_skips);
    uint32_t *tops = ARENA_ARRAY(plan->arena, plan->count, uint32_t);
    for (uint32_t i = 0; i < skips.count; i++) {
        const Skip *skip = &skips.list[i];
        if (i && skip[-1].from == skip->from && skip[-1].to == skip->to)
            continue;
        SceneEdge *edge = scene_add_edge(scene, plan->solids[skip->from].node->name, plan->solids[skip->to].node->name,
                                         role_name(skip->role));
        edge->level = take_level(tops, skip);
    }
}
