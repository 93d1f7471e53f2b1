/* SPDX-License-Identifier: MIT */
/* The spine: the line of nodes that an outline is drawn along, found by walking back from its ends. */
#include "view/solid.h"

/* Further heads are drawn behind the main line while they are no longer than this together. */
enum { HEADS_MOST = 6 };

/* A way of at most so many nodes that at least so many read steers the line: it is no part of it. */
enum { CONDITION_MOST = 2, CONDITION_READERS = 4 };

typedef struct Walk {
    Spine *spine;
    uint32_t *depths; /* node → links on the longest way to it */
    bool *beside;     /* node → known to hang off the spine */
    bool *steering;   /* node → on the way of a condition */
    uint32_t *next;   /* node → the one behind it on the spine, or NOBODY */
    uint32_t *before; /* node → the one before it on the spine, or NOBODY */
    uint32_t head;    /* first on the spine, or NOBODY */
    uint32_t tail;    /* last on the spine, or NOBODY */
    uint32_t heads;   /* nodes of further heads so far */
} Walk;

static Walk start_walk(Arena *arena, const Outline *outline)
{
    uint32_t count = outline->node_count;
    Spine *spine = ARENA_NEW(arena, Spine);
    *spine = (Spine){.arena = arena, .outline = outline};
    spine->nodes = ARENA_ARRAY(arena, count, const Node *);
    spine->mains = ARENA_ARRAY(arena, count, const Node *);
    spine->anchors = ARENA_ARRAY(arena, count, const Node *);
    spine->on = ARENA_ARRAY(arena, count, bool);
    spine->first = ARENA_ARRAY(arena, (size_t)count + 1, uint32_t);
    spine->users = ARENA_ARRAY(arena, count, uint32_t);
    Walk walk = {.spine = spine, .head = NOBODY, .tail = NOBODY};
    walk.depths = ARENA_ARRAY(arena, count, uint32_t);
    walk.beside = ARENA_ARRAY(arena, count, bool);
    walk.steering = ARENA_ARRAY(arena, count, bool);
    spine->conditions = ARENA_ARRAY(arena, count, const Node *);
    walk.next = ARENA_ARRAY(arena, count, uint32_t);
    walk.before = ARENA_ARRAY(arena, count, uint32_t);
    for (uint32_t i = 0; i < outline->link_count; i++) {
        spine->first[outline->links[i].to->index + 1] = i + 1;
        spine->users[outline->links[i].from->index]++;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (spine->first[i + 1] < spine->first[i])
            spine->first[i + 1] = spine->first[i];
        walk.next[i] = walk.before[i] = NOBODY;
    }
    return walk;
}

/* Whether `a` is rather the one that a node continues than `b`: flow before skips, the same shape, the longer way. */
static bool is_better_main(const Walk *walk, const Link *a, const Link *b)
{
    bool flow_a = a->role == LINK_FLOW, flow_b = b->role == LINK_FLOW;
    if (flow_a != flow_b)
        return flow_a;
    bool same_a = shape_equal(a->from->shape, a->to->shape), same_b = shape_equal(b->from->shape, b->to->shape);
    if (same_a != same_b)
        return same_a;
    return walk->depths[a->from->index] > walk->depths[b->from->index];
}

static void find_mains(Walk *walk)
{
    const Outline *outline = walk->spine->outline;
    for (uint32_t i = 0; i < outline->node_count; i++) {
        const Link *best = NULL;
        for (uint32_t k = walk->spine->first[i]; k < walk->spine->first[i + 1]; k++) {
            const Link *link = &outline->links[k];
            uint32_t depth = walk->depths[link->from->index] + 1;
            if (depth > walk->depths[i])
                walk->depths[i] = depth;
            if (!best || is_better_main(walk, link, best))
                best = link;
        }
        walk->spine->mains[i] = best ? best->from : NULL;
    }
}

/* Walks back from `end` to the spine or to a source; the nodes on the way are counted. Returns where it stopped. */
static const Node *walk_back(const Walk *walk, const Node *end, uint32_t *steps)
{
    const Node *at = end;
    *steps = 0;
    while (at && !walk->spine->on[at->index] && !walk->beside[at->index]) {
        at = walk->spine->mains[at->index];
        (*steps)++;
    }
    return at;
}

/* Makes `b` follow `a` on the spine; NOBODY stands for its ends. */
static void put_behind(Walk *walk, uint32_t a, uint32_t b)
{
    *(a == NOBODY ? &walk->head : &walk->next[a]) = b;
    *(b == NOBODY ? &walk->tail : &walk->before[b]) = a;
}

/* Puts the way that ends at `end` into the spine before `before` (NOBODY: at its end). */
static void put_way(Walk *walk, const Node *end, uint32_t before)
{
    Spine *spine = walk->spine;
    uint32_t after = before == NOBODY ? walk->tail : walk->before[before];
    for (const Node *at = end; at && !spine->on[at->index]; at = spine->mains[at->index]) {
        spine->on[at->index] = true;
        put_behind(walk, at->index, before);
        before = at->index;
    }
    put_behind(walk, after, before);
}

/* The longest way through the network. */
static void put_main_line(Walk *walk)
{
    const Outline *outline = walk->spine->outline;
    const Node *end = NULL;
    for (uint32_t i = 0; i < outline->node_count; i++)
        if (!walk->spine->users[i] && (!end || walk->depths[i] > walk->depths[end->index]))
            end = &outline->nodes[i];
    if (end)
        put_way(walk, end, NOBODY);
}

static void mark_beside(Walk *walk, const Node *end, uint32_t steps)
{
    for (const Node *at = end; steps-- > 0; at = walk->spine->mains[at->index])
        walk->beside[at->index] = true;
}

/* A timestep, a text that all blocks attend to: read all along the line. */
static bool is_condition(const Walk *walk, const Node *end, uint32_t steps)
{
    return steps <= CONDITION_MOST && walk->spine->users[end->index] >= CONDITION_READERS;
}

static void mark_condition(Walk *walk, const Node *end, uint32_t steps)
{
    mark_beside(walk, end, steps);
    for (const Node *at = end; steps-- > 0; at = walk->spine->mains[at->index])
        walk->steering[at->index] = true;
    walk->spine->conditions[walk->spine->condition_count++] = end;
}

/* Whether its author calls something on the way by a name of its own: then it is to be seen. */
static bool is_labelled(const Walk *walk, const Node *end, uint32_t steps)
{
    bool labelled = false;
    for (const Node *at = end; steps-- > 0; at = walk->spine->mains[at->index])
        labelled = labelled || (at->kind == NODE_BOX && at->layer && at->layer->label.size);
    return labelled;
}

/* Ways with an input of their own, and labelled ones, stand before the node where they join; the others hang off the spine. */
static void put_inlets(Walk *walk)
{
    const Outline *outline = walk->spine->outline;
    for (uint32_t i = outline->node_count; i-- > 0;) {
        if (!walk->spine->on[i])
            continue;
        for (uint32_t k = walk->spine->first[i]; k < walk->spine->first[i + 1]; k++) {
            const Node *from = outline->links[k].from;
            uint32_t steps;
            if (walk->spine->on[from->index] || walk->beside[from->index])
                continue;
            const Node *root = walk_back(walk, from, &steps);
            if (root && !is_labelled(walk, from, steps))
                mark_beside(walk, from, steps);
            else if (!root && is_condition(walk, from, steps))
                mark_condition(walk, from, steps);
            else
                put_way(walk, from, i);
        }
    }
}

/* Further ends: short heads and networks that hang together with nothing else. */
static void put_heads(Walk *walk)
{
    const Outline *outline = walk->spine->outline;
    for (uint32_t i = 0; i < outline->node_count; i++) {
        if (walk->spine->on[i] || walk->spine->users[i])
            continue;
        uint32_t steps;
        const Node *root = walk_back(walk, &outline->nodes[i], &steps);
        if (root && (!walk->spine->on[root->index] || walk->heads + steps > HEADS_MOST)) {
            mark_beside(walk, &outline->nodes[i], steps);
            continue;
        }
        walk->heads += root ? steps : 0;
        put_way(walk, &outline->nodes[i], NOBODY);
    }
}

/* Whether an arrow over the top says all that there is to say about a node beside the spine. */
static bool is_said_by_arrow(const Walk *walk, const Node *node, const bool *roles)
{
    if (roles[node->index] || !walk->spine->mains[node->index])
        return true;
    int style = node->cells[0].style;
    return style == STYLE_NORM || style == STYLE_ACTIVATION || style == STYLE_REGULAR || style == STYLE_RESHAPE ||
           node->kind == NODE_CIRCLE;
}

static void find_anchors(Walk *walk)
{
    Spine *spine = walk->spine;
    const Outline *outline = spine->outline;
    bool *said = ARENA_ARRAY(spine->arena, outline->node_count, bool);
    for (uint32_t i = 0; i < outline->link_count; i++) {
        const Link *link = &outline->links[i];
        bool alone = spine->users[link->from->index] == 1 && link->to->kind == NODE_CIRCLE;
        if (link->role != LINK_FLOW || alone)
            said[link->from->index] = true;
    }
    for (uint32_t i = 0; i < outline->node_count; i++) {
        const Node *main = spine->mains[i];
        if (spine->on[i] || walk->steering[i])
            continue;
        spine->anchors[i] = !main || spine->on[main->index] ? main : spine->anchors[main->index];
        if (is_said_by_arrow(walk, &outline->nodes[i], said))
            continue;
        spine->example = spine->left_out++ ? spine->example : &outline->nodes[i];
    }
}

Spine *solids_spine(Arena *arena, const Outline *outline)
{
    Walk walk = start_walk(arena, outline);
    find_mains(&walk);
    put_main_line(&walk);
    put_inlets(&walk);
    put_heads(&walk);
    find_anchors(&walk);
    for (uint32_t at = walk.head; at != NOBODY; at = walk.next[at])
        walk.spine->nodes[walk.spine->count++] = &outline->nodes[at];
    return walk.spine;
}
