/* SPDX-License-Identifier: MIT */
/* Towers: branches that run in parallel as rows of solids, with what crosses between them; the rest stands half-way. */
#include "view/solid.h"

enum { TOWERS_LIKE = 3 }; /* branches of more paths are no towers unless asked for */

static const Scope *scope_of(const Node *node)
{
    return node->kind == NODE_GROUP && node->scope ? node->scope : node->layer ? node->layer->scope : NULL;
}

/* The outermost path that a node stands on, or NULL. */
static const Scope *path_of(const Node *node)
{
    const Scope *path = NULL;
    for (const Scope *scope = scope_of(node); scope; scope = scope->parent)
        path = scope->kind == SCOPE_PATH ? scope : path;
    return path;
}

/* Which path of its branch it is, from 1; *count: how many there are. */
static uint32_t number_of(const Scope *path, uint32_t *count)
{
    uint32_t number = 0;
    *count = 0;
    for (const Scope *scope = path->parent ? path->parent->first : NULL; scope; scope = scope->next) {
        *count += scope->kind == SCOPE_PATH;
        number = scope == path ? *count : number;
    }
    return number;
}

static uint32_t tower_of(const SolidPlan *plan, const Node *node)
{
    return plan->node_towers[node->index];
}

/* Each node of a later path has its like at the same place of the first: nodes of a path follow each other. */
static bool are_alike(const SolidPlan *plan)
{
    const Outline *outline = plan->outline;
    const Scope *branch = NULL;
    uint32_t start = 0, first_size = 0, number = 0, at = 0;
    for (uint32_t i = 0; i < outline->node_count; i++) {
        const Node *node = &outline->nodes[i];
        const Scope *path = path_of(node);
        if (!path)
            continue;
        uint32_t tower = tower_of(plan, node);
        if (path->parent != branch) {
            if (tower != 1 || (branch && at != first_size))
                return false;
            branch = path->parent;
            start = i;
            first_size = 0;
            number = 1;
            at = 0;
        } else if (tower != number) {
            if (tower != number + 1 || at != first_size)
                return false;
            number = tower;
            at = 0;
        }
        first_size += tower == 1;
        const Node *like = &outline->nodes[start + at++];
        if (at > first_size || like->cells[0].style != node->cells[0].style || !shape_equal(like->shape, node->shape))
            return false;
    }
    return branch && at == first_size;
}

/* How many towers all branches have, 0: they differ, or there is none. Notes for each node which one it is in. */
static uint32_t find_common(SolidPlan *plan)
{
    const Outline *outline = plan->outline;
    uint32_t common = 0;
    bool differ = false;
    plan->node_towers = ARENA_ARRAY(plan->arena, outline->node_count, uint32_t);
    for (uint32_t i = 0; i < outline->node_count; i++) {
        uint32_t count = 0;
        const Scope *path = path_of(&outline->nodes[i]);
        if (!path)
            continue;
        plan->node_towers[i] = number_of(path, &count);
        differ = differ || (common && count != common);
        common = count;
    }
    return differ ? 0 : common;
}

void solids_find_towers(SolidPlan *plan)
{
    SpineForm asked = plan->figure->spine;
    if (asked != SPINE_AUTO && asked != SPINE_TOWERS)
        return;
    uint32_t count = find_common(plan);
    bool fit = count > 1 && count <= TOWERS_LIKE && are_alike(plan);
    if (fit || (asked == SPINE_TOWERS && count > 1 && count <= FEED_MOST)) {
        plan->towers = count;
    } else if (asked == SPINE_TOWERS) {
        diag_warning(plan->diags, plan->figure->place, "there are no towers: no branches, or not all of the same number of paths");
        diag_hint(plan->diags, "towers are the paths of `branch`; all branches have the same number of them, up to %d",
                  FEED_MOST);
    }
}

/* The order of drawing: between what stands half-way all of the first tower, then all of the second … */
const Node **solids_tower_order(const SolidPlan *plan, uint32_t *count)
{
    const Outline *outline = plan->outline;
    const Node **order = ARENA_ARRAY(plan->arena, outline->node_count, const Node *);
    uint32_t begin = 0, size = 0;
    *count = outline->node_count;
    for (uint32_t i = 0; i <= outline->node_count; i++) {
        const Node *node = i < outline->node_count ? &outline->nodes[i] : NULL;
        if (node && (tower_of(plan, node) || !solid_is_drawn(plan, node)))
            continue;
        for (uint32_t tower = 1; tower <= plan->towers; tower++)
            for (uint32_t k = begin; k < i; k++)
                if (tower_of(plan, &outline->nodes[k]) == tower)
                    order[size++] = &outline->nodes[k];
        for (uint32_t k = begin; k < i; k++)
            if (!tower_of(plan, &outline->nodes[k]))
                order[size++] = &outline->nodes[k];
        if (node)
            order[size++] = node;
        begin = i + 1;
    }
    return order;
}

/* What stands together in a tower, once all solids are known. */
void solids_join_towers(SolidPlan *plan)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        Solid *solid = &plan->solids[i];
        solid->tower = tower_of(plan, solid->node);
        bool behind = i && solid->tower == solid[-1].tower;
        solid->joined = behind;
        solid->opens = !behind || !solid_belongs_together(solid - 1, solid);
    }
}

static void feed_add(Feed *feed, uint32_t solid)
{
    for (uint32_t i = 0; i < feed->count; i++)
        if (feed->sources[i] == solid)
            return;
    if (feed->count < FEED_MOST)
        feed->sources[feed->count++] = solid;
}

/* What each node reads among the solids, through whatever is not drawn; pooling that is not drawn is told. */
void solids_find_feeds(SolidPlan *plan)
{
    const Outline *outline = plan->outline;
    plan->feeds = ARENA_ARRAY(plan->arena, outline->node_count, Feed);
    for (uint32_t i = 0; i < outline->link_count; i++) {
        const Link *link = &outline->links[i];
        Feed *feed = &plan->feeds[link->to->index];
        const Feed *from = &plan->feeds[link->from->index];
        uint32_t carrier = plan->carriers[link->from->index];
        bool drawn = carrier != NOBODY && plan->solids[carrier].node == link->from;
        if (drawn) {
            feed_add(feed, carrier);
            continue;
        }
        for (uint32_t k = 0; k < from->count; k++)
            feed_add(feed, from->sources[k]);
        Str told = solid_is_told(plan, link->from) ? solid_told_text(plan, link->from) : from->told;
        feed->told = told.size ? told : feed->told;
    }
}

/* ---- The scene ---- */

/* The solid of the first tower at the same place between what stands half-way, or NOBODY. */
static uint32_t partner_of(const SolidPlan *plan, uint32_t index)
{
    uint32_t first = index, place = 0;
    while (first && plan->solids[first - 1].tower == plan->solids[index].tower)
        first--;
    place = index - first;
    uint32_t begin = first;
    while (begin && plan->solids[begin - 1].tower)
        begin--;
    uint32_t partner = begin + place;
    return partner < first && plan->solids[partner].tower == 1 ? partner : NOBODY;
}

/* The row that a solid begins, if it does; half-way between the towers what is in none. */
bool solid_add_tower_row(const SolidPlan *plan, Scene *scene, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    uint32_t partner = solid->tower > 1 ? partner_of(plan, index) : NOBODY;
    bool same = index && solid[-1].tower == solid->tower;
    if (same && partner == NOBODY)
        return false;
    SceneItem *row = scene_add_item(scene, ITEM_ROW);
    int64_t twice = solid->tower ? 2 * (int64_t)solid->tower : (int64_t)plan->towers + 1;
    row->a = twice / 2;
    row->b = twice % 2;
    row->name2 = partner != NOBODY ? plan->solids[partner].node->name : index ? STR("+") : STR("");
    return true;
}

static void add_from(const SolidPlan *plan, Scene *scene, uint32_t from, uint32_t to)
{
    const Solid *a = &plan->solids[from], *b = &plan->solids[to];
    if (solid_wants_kernels(plan) && solid_add_window(plan, scene, from, to, !a->tower || a->tower == b->tower))
        return;
    if (plan->figure->arrows != TOGGLE_NO)
        scene_add_edge(scene, a->node->name, b->node->name, "flow");
}

/* From each solid that another one reads a pyramid or an arrow. */
void solids_add_tower_links(const SolidPlan *plan, Scene *scene)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const Feed *feed = &plan->feeds[plan->solids[i].maker->index];
        for (uint32_t k = 0; k < feed->count; k++)
            if (feed->sources[k] != i)
                add_from(plan, scene, feed->sources[k], i);
    }
}
