/* SPDX-License-Identifier: MIT */
/* Arrows between solids: along the spine between groups, over the top for whatever does not go to the next solid. */
#include "view/solid.h"

#include <stdlib.h>

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
    case LINK_CONTROL:
    case LINK_FLOW:
        break;
    }
    return "flow";
}

static bool wants_arrow(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    if (plan->operations && index && solid->joined)
        return true;
    if (plan->levels && index && solid->level != solid[-1].level)
        return solid->joined;
    if (!index || !solid->joined || plan->figure->arrows == TOGGLE_NO || plan->solids[index - 1].slab)
        return false;
    if (solid_window_before(plan, index))
        return false;
    return solid_stands_apart(plan, index);
}

bool solid_is_crossed(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    bool asked = plan->figure->dense == DENSE_CROSSED && !plan->levels && !plan->towers && solid->form == FORM_VECTOR;
    return asked && solid->maker->kind == NODE_BOX && solid->maker->layer && solid->maker->layer->op->style == STYLE_DENSE;
}

/* What belongs to training alone, or has nothing to do, says so on the arrows at both of its ends. */
static const char *spine_role(const SolidPlan *plan, uint32_t index)
{
    const Node *from = plan->solids[index - 1].last, *to = plan->solids[index].maker;
    if (plan->operations)
        return solid_operation(plan, index).class;
    return from->idle || to->idle ? "idle" : from->training || to->training ? "training" : "flow";
}

static void add_arrows(const SolidPlan *plan, Scene *scene)
{
    for (uint32_t i = 1; i < plan->count; i++) {
        if (!wants_arrow(plan, i))
            continue;
        SceneEdge *edge = scene_add_edge(scene, plan->solids[i - 1].node->name, plan->solids[i].node->name, spine_role(plan, i));
        edge->label = solid_arrow_label(plan, i);
        edge->crossed = solid_is_crossed(plan, i);
    }
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
static void collect(SolidPlan *plan)
{
    const Outline *outline = plan->outline;
    for (uint32_t i = 0; i < outline->link_count && plan->skip_count < SKIPS_MOST; i++) {
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
        *ARENA_PUSH(plan->arena, plan->skips, plan->skip_count, plan->skip_room) = (Skip){from, to, role};
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

void solids_find_skips(SolidPlan *plan)
{
    collect(plan);
    if (plan->skip_count)
        qsort(plan->skips, plan->skip_count, sizeof *plan->skips, compare_skips);
}

const Solid *solid_crop_to(const SolidPlan *plan, uint32_t index)
{
    const Solid *from = &plan->solids[index];
    for (uint32_t i = 0; i < plan->skip_count; i++) {
        const Skip *skip = &plan->skips[i];
        const Solid *to = &plan->solids[skip->to];
        bool copy = skip->from == index && skip->role == LINK_COPY && solid_is_face(from) && from->form == to->form;
        if (copy && to->height.n <= from->height.n && to->width.n <= from->width.n && !solid_same_resolution(from, to))
            return to;
    }
    return NULL;
}

/* One level further out than whatever lies below on the same row. */
static uint32_t take_level(const SolidPlan *plan, uint32_t *tops, const Skip *skip)
{
    uint32_t level = 0;
    int64_t row = plan->solids[skip->from].level;
    for (uint32_t gap = skip->from; gap < skip->to; gap++)
        level = plan->solids[gap].level == row && tops[gap] > level ? tops[gap] : level;
    for (uint32_t gap = skip->from; gap < skip->to; gap++)
        tops[gap] = level + 1;
    return level + 1;
}

static void warn_of_slanted(const SolidPlan *plan, uint32_t slanted)
{
    if (!slanted)
        return;
    diag_warning(plan->diags, plan->figure->place, "%u arrow%s from level to level %s left out", slanted,
                 slanted == 1 ? "" : "s", slanted == 1 ? "is" : "are");
    diag_hint(plan->diags, "`spine: straight` draws them over the top");
}

/* In levels a copy runs straight across where nothing stands between, else over the top of its row. */
void solids_add_links(const SolidPlan *plan, Scene *scene)
{
    uint32_t *tops = ARENA_ARRAY(plan->arena, plan->count, uint32_t), slanted = 0;
    if (plan->figure->dense == DENSE_CROSSED && (plan->towers || plan->levels))
        diag_warning(plan->diags, plan->figure->place, "`dense` has no effect on solids that stand in levels or towers");
    if (plan->towers) {
        solids_add_tower_links(plan, scene);
        return;
    }
    add_arrows(plan, scene);
    for (uint32_t i = 0; i < plan->skip_count; i++) {
        const Skip *skip = &plan->skips[i];
        if (i && skip[-1].from == skip->from && skip[-1].to == skip->to)
            continue;
        if (plan->levels && plan->solids[skip->from].level != plan->solids[skip->to].level) {
            slanted++;
            continue;
        }
        SceneEdge *edge = scene_add_edge(scene, plan->solids[skip->from].node->name, plan->solids[skip->to].node->name,
                                         role_name(skip->role));
        if (!plan->levels || solid_before_on_level(plan, skip->to) != skip->from)
            edge->level = take_level(plan, tops, skip);
    }
    warn_of_slanted(plan, slanted);
}
