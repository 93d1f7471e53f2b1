/* SPDX-License-Identifier: MIT */
/* The first order in each rank: the author's order of branches, skips at the far side, frames in one piece. */
#include "view/layered.h"

/* A walk down the arcs, each vertex before what it leads to. */
typedef struct Walk {
    Layered *layered;
    bool *seen;
    uint32_t *found; /* vertices in the order of the walk */
    uint32_t found_count;
    uint32_t *stack, *cursor;
} Walk;

static void walk_from(Walk *walk, uint32_t start)
{
    const Layered *layered = walk->layered;
    uint32_t depth = 0;

    if (walk->seen[start]) {
        return;
    }
    walk->seen[start] = true;
    walk->found[walk->found_count++] = start;
    walk->stack[depth++] = start;
    while (depth) {
        uint32_t v = walk->stack[depth - 1];
        if (layered->down.first[v] + walk->cursor[v] == layered->down.first[v + 1]) {
            depth--;
            continue;
        }
        uint32_t next = layered->down.list[layered->down.first[v] + walk->cursor[v]++];
        if (!walk->seen[next]) {
            walk->seen[next] = true;
            walk->found[walk->found_count++] = next;
            walk->stack[depth++] = next;
        }
    }
}

/* Inputs in the author's order, the line before a merge of inputs among them, then what hangs on the side. */
static void walk_all(Walk *walk)
{
    Layered *layered = walk->layered;
    const Region *outer = NULL;

    for (uint32_t i = 0; i < layered->region_count && !outer; i++) {
        outer = layered->regions[i].start == LAYERED_NONE ? &layered->regions[i] : NULL;
    }
    for (uint32_t v = 0; v < layered->node_count; v++) {
        if (layered->in.first[v + 1] != layered->in.first[v] || !layered->core[v]) {
            continue;
        }
        if (outer && outer->before == v && outer->first <= outer->last) {
            walk_from(walk, outer->vertex);
        }
        walk_from(walk, v);
    }
    for (uint32_t v = 0; v < layered->vertex_count; v++) {
        if (layered->up.first[v + 1] == layered->up.first[v]) {
            walk_from(walk, v);
        }
    }
}

/* Frames and vertices as a tree; children in the order in which the walk met them. */
typedef struct Nest {
    Layered *layered;
    uint32_t *first, *last, *next; /* frame (one more: outside) → children; frames count behind the vertices */
    bool *there;
    uint32_t outside;
} Nest;

static void nest_add(Nest *nest, uint32_t thing, uint32_t frame)
{
    uint32_t f = frame == LAYERED_NONE ? nest->outside : frame;

    if (nest->first[f] == LAYERED_NONE) {
        nest->first[f] = thing;
    } else {
        nest->next[nest->last[f]] = thing;
    }
    nest->last[f] = thing;
    nest->next[thing] = LAYERED_NONE;
}

static void nest_frame(Nest *nest, uint32_t frame)
{
    while (frame != LAYERED_NONE && !nest->there[frame]) {
        nest->there[frame] = true;
        nest_add(nest, nest->layered->vertex_count + frame, nest->layered->frames[frame].up);
        frame = nest->layered->frames[frame].up;
    }
}

/* Vertices in one order for all ranks in which no frame is interrupted. */
static uint32_t *nested_order(Layered *layered, const Walk *walk)
{
    uint32_t frames = layered->outline->frame_count, count = 0, depth = 0;
    Nest nest = {.layered = layered, .outside = frames};
    uint32_t *order = ARENA_ARRAY(layered->arena, (size_t)layered->vertex_count + 1, uint32_t);
    uint32_t *stack = ARENA_ARRAY(layered->arena, (size_t)frames + 2, uint32_t);

    nest.first = ARENA_ARRAY(layered->arena, (size_t)frames + 1, uint32_t);
    nest.last = ARENA_ARRAY(layered->arena, (size_t)frames + 1, uint32_t);
    nest.next = ARENA_ARRAY(layered->arena, (size_t)layered->vertex_count + frames + 1, uint32_t);
    nest.there = ARENA_ARRAY(layered->arena, (size_t)frames + 1, bool);
    for (uint32_t f = 0; f <= frames; f++) {
        nest.first[f] = LAYERED_NONE;
    }
    for (uint32_t i = 0; i < walk->found_count; i++) {
        uint32_t v = walk->found[i];
        nest_frame(&nest, layered->vertices[v].frame);
        nest_add(&nest, v, layered->vertices[v].frame);
    }
    stack[depth++] = nest.first[nest.outside];
    while (depth) {
        uint32_t thing = stack[depth - 1];
        if (thing == LAYERED_NONE) {
            depth--;
            continue;
        }
        stack[depth - 1] = nest.next[thing];
        if (thing < layered->vertex_count) {
            order[count++] = thing;
        } else {
            stack[depth++] = nest.first[thing - layered->vertex_count];
        }
    }
    return order;
}

/* Holds frames open in ranks where nothing of them stands. */
static void fill_frames(Layered *layered)
{
    uint32_t frames = layered->outline->frame_count, room = layered->vertex_count, before = layered->vertex_count;
    uint32_t *start = ARENA_ARRAY(layered->arena, (size_t)frames + 1, uint32_t), total = 0;
    for (uint32_t f = 0; f < frames; f++) {
        const FramePlace *place = &layered->frames[f];
        start[f] = total;
        total += place->first == LAYERED_NONE ? 0 : place->last - place->first + 1;
    }
    bool *held = ARENA_ARRAY(layered->arena, (size_t)total + 1, bool);
    for (uint32_t v = 0; v < before; v++) {
        uint32_t rank = layered->vertices[v].rank, f = layered->vertices[v].frame;
        for (; f != LAYERED_NONE && !held[start[f] + rank - layered->frames[f].first]; f = layered->frames[f].up) {
            held[start[f] + rank - layered->frames[f].first] = true;
        }
    }
    for (uint32_t f = frames; f-- > 0;) {
        const FramePlace *place = &layered->frames[f];
        for (uint32_t r = place->first; place->first != LAYERED_NONE && r <= place->last; r++) {
            if (held[start[f] + r - place->first]) {
                continue;
            }
            Vertex fill = {.kind = VERTEX_FILL, .rank = r, .frame = f, .above = LAYERED_NONE, .below = LAYERED_NONE};
            *ARENA_PUSH(layered->arena, layered->vertices, layered->vertex_count, room) = fill;
            for (uint32_t up = f; up != LAYERED_NONE; up = layered->frames[up].up) {
                held[start[up] + r - layered->frames[up].first] = true;
            }
        }
    }
    /* Fillings have no arcs; their lists are empty. */
    for (int side = 0; side < 2; side++) {
        Lists *lists = side ? &layered->up : &layered->down;
        lists->first = arena_grow(layered->arena, lists->first, (size_t)before + 1, (size_t)layered->vertex_count + 1,
                                  sizeof *lists->first);
        for (uint32_t v = before; v < layered->vertex_count; v++) {
            lists->first[v + 1] = lists->first[before];
        }
    }
}

void layered_order(Layered *layered)
{
    fill_frames(layered);

    uint32_t count = layered->vertex_count;
    Walk walk = {.layered = layered,
                 .seen = ARENA_ARRAY(layered->arena, (size_t)count + 1, bool),
                 .found = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t),
                 .stack = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t),
                 .cursor = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t)};
    walk_all(&walk);

    uint32_t *order = nested_order(layered, &walk), *rank = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t);
    for (uint32_t i = 0; i < count; i++) {
        rank[i] = layered->vertices[order[i]].rank;
    }
    Lists lists = layered_lists(layered->arena, layered->rank_count, count, rank, order);
    layered->rank_first = lists.first;
    layered->slots = lists.list;
    for (uint32_t r = 0; r < layered->rank_count; r++) {
        for (uint32_t i = lists.first[r]; i < lists.first[r + 1]; i++) {
            layered->vertices[lists.list[i]].place = i - lists.first[r];
        }
    }
}
