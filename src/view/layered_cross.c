/* SPDX-License-Identifier: MIT */
/* Fewer crossings: weighted medians and exchanges of neighbours, sweeping down and up; the best order is kept. */
#include "view/layered.h"

#include <string.h>

/* Gansner, Koutsofios, North and Vo (1993), section 3; crossings are counted as in Barth, Jünger and Mutzel (2002). */
enum { SWEEPS_MOST = 40, ROUNDS_MOST = 10, IDLE_MOST = 3, IDLE_LEAST = 3, SWEEP_WORK = 50000, SCALE = 1024, SORTED_MOST = 64, PIECE = 8, FEW = 16 };

typedef struct Unit {
    uint32_t first, count; /* slots in the rank */
    uint32_t frame;        /* LAYERED_NONE: a vertex of its own */
    int64_t key;
} Unit;

typedef struct Uncross {
    Layered *layered;
    uint32_t *fill, *sorted; /* scratch: arcs by upper vertex, in the order of the lower ones */
    uint32_t *tree;          /* accumulator over the places of a rank */
    int64_t *key;            /* vertex → wanted place */
    uint32_t *near;          /* scratch: places of neighbours */
    Unit *units, *units_spare;
    uint32_t *slots_spare;
    uint32_t *stale;                    /* rank → round in which it is to be looked at again */
    uint32_t *frame_rank, *frame_place; /* frame → rank in which it was last met, and where there */
} Uncross;

static uint32_t rank_size(const Layered *layered, uint32_t rank)
{
    return layered->rank_first[rank + 1] - layered->rank_first[rank];
}

static uint64_t count_gap(Uncross *uncross, uint32_t rank)
{
    const Layered *layered = uncross->layered;
    const uint32_t *upper = layered->slots + layered->rank_first[rank], *lower = layered->slots + layered->rank_first[rank + 1];
    uint32_t upper_count = rank_size(layered, rank), lower_count = rank_size(layered, rank + 1);
    uint32_t arcs = 0, entered = 0;
    uint64_t crossings = 0;

    for (uint32_t i = 0; i < upper_count; i++) {
        uncross->fill[i] = arcs;
        arcs += layered->down.first[upper[i] + 1] - layered->down.first[upper[i]];
    }
    for (uint32_t i = 0; i < lower_count; i++) {
        uncross->tree[i + 1] = 0;
        for (uint32_t j = layered->up.first[lower[i]]; j < layered->up.first[lower[i] + 1]; j++) {
            uncross->sorted[uncross->fill[layered->vertices[layered->up.list[j]].place]++] = i;
        }
    }
    for (uint32_t i = 0; i < arcs; i++) {
        uint32_t at_most = 0;
        for (uint32_t k = uncross->sorted[i] + 1; k; k &= k - 1) {
            at_most += uncross->tree[k];
        }
        crossings += entered++ - at_most;
        for (uint32_t k = uncross->sorted[i] + 1; k <= lower_count; k += k & (~k + 1)) {
            uncross->tree[k]++;
        }
    }
    return crossings;
}

static uint64_t count_all(Uncross *uncross)
{
    uint64_t crossings = 0;

    for (uint32_t r = 0; r + 1 < uncross->layered->rank_count; r++) {
        crossings += count_gap(uncross, r);
    }
    return crossings;
}

/* Places of the neighbours in the fixed rank, ascending; insertion is best as they are few and nearly sorted. */
static uint32_t neighbours(Uncross *uncross, uint32_t v, bool down)
{
    const Layered *layered = uncross->layered;
    const Lists *lists = down ? &layered->up : &layered->down;
    uint32_t count = lists->first[v + 1] - lists->first[v];

    count = count < SORTED_MOST ? count : SORTED_MOST;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t place = layered->vertices[lists->list[lists->first[v] + i]].place, j = i;
        for (; j && uncross->near[j - 1] > place; j--) {
            uncross->near[j] = uncross->near[j - 1];
        }
        uncross->near[j] = place;
    }
    return count;
}

static uint32_t degree(const Uncross *uncross, uint32_t v, bool down)
{
    const Lists *lists = down ? &uncross->layered->up : &uncross->layered->down;

    return lists->first[v + 1] - lists->first[v];
}

/* The mean of the neighbours' places, for vertices with more of them than are worth sorting. */
static int64_t mean(const Uncross *uncross, uint32_t v, bool down)
{
    const Layered *layered = uncross->layered;
    const Lists *lists = down ? &layered->up : &layered->down;
    int64_t sum = 0;

    for (uint32_t i = lists->first[v]; i < lists->first[v + 1]; i++) {
        sum += layered->vertices[lists->list[i]].place;
    }
    return sum * SCALE / (int64_t)degree(uncross, v, down);
}

/* The place of the only neighbour: most vertices are passes. */
static uint32_t only_place(const Uncross *uncross, uint32_t v, bool down)
{
    const Lists *lists = down ? &uncross->layered->up : &uncross->layered->down;

    return uncross->layered->vertices[lists->list[lists->first[v]]].place;
}

/* The weighted median of the neighbours' places; -1 without neighbours. */
static int64_t median(Uncross *uncross, uint32_t v, bool down)
{
    if (degree(uncross, v, down) == 1) {
        return (int64_t)only_place(uncross, v, down) * SCALE;
    }
    if (degree(uncross, v, down) > SORTED_MOST) {
        return mean(uncross, v, down);
    }
    uint32_t count = neighbours(uncross, v, down), middle = count / 2;
    const uint32_t *near = uncross->near;

    if (!count) {
        return -1;
    }
    if (count % 2) {
        return (int64_t)near[middle] * SCALE;
    }
    if (count == 2) {
        return ((int64_t)near[0] + near[1]) * SCALE / 2;
    }
    int64_t left = (int64_t)near[middle - 1] - near[0], right = (int64_t)near[count - 1] - near[middle];
    if (left + right == 0) {
        return ((int64_t)near[middle - 1] + near[middle]) * SCALE / 2;
    }
    return (near[middle - 1] * right + near[middle] * left) * SCALE / (left + right);
}

/* Stable insertion. */
static void insert_units(Unit *units, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        Unit unit = units[i];
        uint32_t j = i;
        for (; j && units[j - 1].key > unit.key; j--) {
            units[j] = units[j - 1];
        }
        units[j] = unit;
    }
}

/* Stable merge sort of units by key, of pieces that insertion has sorted. */
static void sort_units(Unit *units, Unit *spare, uint32_t count)
{
    for (uint32_t at = 0; at < count; at += PIECE) {
        insert_units(units + at, count - at < PIECE ? count - at : PIECE);
    }
    for (uint32_t width = PIECE; width < count; width *= 2) {
        for (uint32_t at = 0; at < count; at += 2 * width) {
            uint32_t middle = at + width < count ? at + width : count;
            uint32_t end = at + 2 * width < count ? at + 2 * width : count;
            for (uint32_t i = at, j = middle, k = at; k < end; k++) {
                bool left = i < middle && (j >= end || units[i].key <= units[j].key);
                spare[k] = left ? units[i++] : units[j++];
            }
        }
        memcpy(units, spare, count * sizeof *units);
    }
}

static uint32_t frame_at_depth(const Layered *layered, uint32_t frame, uint32_t depth)
{
    while (frame != LAYERED_NONE && layered->frames[frame].depth > depth) {
        frame = layered->frames[frame].up;
    }
    return frame != LAYERED_NONE && layered->frames[frame].depth == depth ? frame : LAYERED_NONE;
}

/* Cuts a stretch of a rank into frames at this depth and single vertices. */
static uint32_t cut_units(Uncross *uncross, uint32_t first, uint32_t count, uint32_t depth, Unit *units)
{
    const Layered *layered = uncross->layered;
    uint32_t found = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t v = layered->slots[first + i];
        uint32_t frame = frame_at_depth(layered, layered->vertices[v].frame, depth);
        if (frame != LAYERED_NONE && found && units[found - 1].frame == frame) {
            units[found - 1].count++;
            units[found - 1].key += uncross->key[v];
        } else {
            units[found++] = (Unit){first + i, 1, frame, uncross->key[v]};
        }
    }
    for (uint32_t i = 0; i < found; i++) {
        units[i].key = units[i].count > 1 ? units[i].key / units[i].count : units[i].key;
    }
    return found;
}

/* Frames that the fixed rank has too keep the order that they have there: else their borders would cross. */
static void keep_frames(Uncross *uncross, Unit *units, uint32_t count, uint32_t fixed)
{
    Unit *kept = uncross->units_spare;
    uint32_t found = 0;

    for (uint32_t i = 0; i < count; i++) {
        if (units[i].frame != LAYERED_NONE && uncross->frame_rank[units[i].frame] == fixed) {
            kept[found] = units[i];
            kept[found++].key = uncross->frame_place[units[i].frame];
        }
    }
    if (found < 2) {
        return;
    }
    sort_units(kept, kept + found, found);
    for (uint32_t i = 0, next = 0; i < count; i++) {
        if (units[i].frame != LAYERED_NONE && uncross->frame_rank[units[i].frame] == fixed) {
            units[i] = kept[next++];
        }
    }
}

/* Sorts a stretch of a rank, then the inside of each frame in it; recurses as deep as frames nest, which readers bound. */
static void sort_stretch(Uncross *uncross, uint32_t first, uint32_t count, uint32_t depth, uint32_t fixed)
{
    Layered *layered = uncross->layered;
    Unit *units = uncross->units + first;
    uint32_t found = cut_units(uncross, first, count, depth, units), at = first;
    bool frames = false;

    sort_units(units, uncross->units_spare, found);
    keep_frames(uncross, units, found, fixed);
    for (uint32_t i = 0; i < found; i++) {
        for (uint32_t j = 0; j < units[i].count; j++) {
            uncross->slots_spare[at++] = layered->slots[units[i].first + j];
        }
        frames = frames || units[i].frame != LAYERED_NONE;
    }
    for (uint32_t i = first; i < first + count; i++) {
        layered->slots[i] = uncross->slots_spare[i];
    }
    for (uint32_t i = first; frames && i < first + count;) {
        uint32_t frame = frame_at_depth(layered, layered->vertices[layered->slots[i]].frame, depth), end = i + 1;
        while (frame != LAYERED_NONE && end < first + count
               && frame_at_depth(layered, layered->vertices[layered->slots[end]].frame, depth) == frame) {
            end++;
        }
        if (frame != LAYERED_NONE) {
            sort_stretch(uncross, i, end - i, depth + 1, fixed);
        }
        i = end;
    }
}

static void note_frames(Uncross *uncross, uint32_t rank)
{
    const Layered *layered = uncross->layered;

    for (uint32_t i = layered->rank_first[rank]; i < layered->rank_first[rank + 1]; i++) {
        uint32_t f = layered->vertices[layered->slots[i]].frame;
        for (; f != LAYERED_NONE && uncross->frame_rank[f] != rank; f = layered->frames[f].up) {
            uncross->frame_rank[f] = rank;
            uncross->frame_place[f] = i - layered->rank_first[rank];
        }
    }
}

static void renumber(Layered *layered, uint32_t rank)
{
    for (uint32_t i = layered->rank_first[rank]; i < layered->rank_first[rank + 1]; i++) {
        layered->vertices[layered->slots[i]].place = i - layered->rank_first[rank];
    }
}

static void sweep(Uncross *uncross, bool down)
{
    Layered *layered = uncross->layered;

    for (uint32_t f = 0; f < layered->outline->frame_count; f++) {
        uncross->frame_rank[f] = LAYERED_NONE;
    }
    for (uint32_t step = 1; step < layered->rank_count; step++) {
        uint32_t rank = down ? step : layered->rank_count - 1 - step, fixed = down ? rank - 1 : rank + 1;
        int64_t carried = 0;
        note_frames(uncross, fixed);
        for (uint32_t i = layered->rank_first[rank]; i < layered->rank_first[rank + 1]; i++) {
            int64_t wanted = median(uncross, layered->slots[i], down);
            carried = wanted < 0 ? carried : wanted;
            uncross->key[layered->slots[i]] = carried;
        }
        sort_stretch(uncross, layered->rank_first[rank], rank_size(layered, rank), 0, fixed);
        renumber(layered, rank);
    }
}

/* Crossings between the arcs of two vertices to one side, and what they were if the two changed places. */
static int64_t gain(Uncross *uncross, uint32_t left, uint32_t right, bool down)
{
    if (degree(uncross, left, down) == 1 && degree(uncross, right, down) == 1) {
        uint32_t a = only_place(uncross, left, down), b = only_place(uncross, right, down);
        return (a > b) - (a < b);
    }
    uint32_t count = neighbours(uncross, left, down), *mine = uncross->slots_spare;
    int64_t difference = 0;

    for (uint32_t i = 0; i < count; i++) {
        mine[i] = uncross->near[i];
    }
    uint32_t others = neighbours(uncross, right, down);
    uint32_t below = 0, up_to = 0;
    for (uint32_t i = 0; i < count; i++) {
        while (below < others && uncross->near[below] < mine[i]) {
            below++;
        }
        while (up_to < others && uncross->near[up_to] <= mine[i]) {
            up_to++;
        }
        difference += (int64_t)below - (int64_t)(others - up_to);
    }
    return difference;
}

static bool is_small(const Uncross *uncross, uint32_t v)
{
    return degree(uncross, v, true) <= SORTED_MOST && degree(uncross, v, false) <= SORTED_MOST;
}

/* Whether neighbours in a rank gain so much by changing places; in two frames they may not. */
static bool may_exchange(Uncross *uncross, uint32_t left, uint32_t right, int64_t least)
{
    const Layered *layered = uncross->layered;

    return layered->vertices[left].frame == layered->vertices[right].frame && is_small(uncross, left)
        && is_small(uncross, right) && gain(uncross, left, right, true) + gain(uncross, left, right, false) >= least;
}

static bool exchange_rank(Uncross *uncross, uint32_t rank, int64_t least)
{
    Layered *layered = uncross->layered;
    bool better = false;

    for (uint32_t i = layered->rank_first[rank]; i + 1 < layered->rank_first[rank + 1]; i++) {
        uint32_t left = layered->slots[i], right = layered->slots[i + 1];
        if (may_exchange(uncross, left, right, least)) {
            layered->slots[i] = right;
            layered->slots[i + 1] = left;
            layered->vertices[left].place++;
            layered->vertices[right].place--;
            better = true;
        }
    }
    return better;
}

/*
 * Neighbours that gain at least so much change places; where they need gain nothing, orders are tried that medians alone do not
 * lead to. Ranks beside which nothing has changed since they were looked at are not looked at again.
 */
static void exchange(Uncross *uncross, int64_t least, uint32_t rounds)
{
    uint32_t ranks = uncross->layered->rank_count, *stale = uncross->stale, waiting = ranks;

    for (uint32_t r = 0; r < ranks; r++) {
        stale[r] = 1;
    }
    for (uint32_t round = 1; waiting && round <= rounds; round++) {
        waiting = 0;
        for (uint32_t r = 0; r < ranks; r++) {
            if (stale[r] >= round && exchange_rank(uncross, r, least)) {
                stale[r ? r - 1 : r] = stale[r] = stale[r + 1 < ranks ? r + 1 : r] = round + 1;
                waiting++;
            }
        }
    }
}

static uint32_t *room_for_arcs(const Layered *layered)
{
    return ARENA_ARRAY(layered->arena, layered->down.first[layered->vertex_count] + (size_t)1, uint32_t);
}

static Uncross uncross_new(Layered *layered)
{
    Arena *arena = layered->arena;
    size_t vertices = (size_t)layered->vertex_count + SORTED_MOST + 1;
    size_t frames = (size_t)layered->outline->frame_count + 1;
    Uncross uncross = {.layered = layered};

    uncross.fill = ARENA_ARRAY(arena, vertices, uint32_t);
    uncross.sorted = room_for_arcs(layered);
    uncross.tree = ARENA_ARRAY(arena, vertices, uint32_t);
    uncross.key = ARENA_ARRAY(arena, vertices, int64_t);
    uncross.near = ARENA_ARRAY(arena, SORTED_MOST + 1, uint32_t);
    uncross.units = ARENA_ARRAY(arena, vertices, Unit);
    uncross.units_spare = ARENA_ARRAY(arena, 2 * vertices, Unit);
    uncross.slots_spare = ARENA_ARRAY(arena, vertices, uint32_t);
    uncross.stale = ARENA_ARRAY(arena, (size_t)layered->rank_count + 1, uint32_t);
    uncross.frame_rank = ARENA_ARRAY(arena, frames, uint32_t);
    uncross.frame_place = ARENA_ARRAY(arena, frames, uint32_t);
    return uncross;
}

static void put_order(Layered *layered, const uint32_t *slots)
{
    memcpy(layered->slots, slots, layered->vertex_count * sizeof *slots);
    for (uint32_t r = 0; r < layered->rank_count; r++) {
        renumber(layered, r);
    }
}

/*
 * Sweeps, exchanges, lines put elsewhere; the crossings that remain of so many. Where they are few, the even order that
 * sweeps make is worth more than one or two of them. A plain order (see layered_uncross) that hardly gets better stays.
 */
static uint64_t reduce(Uncross *uncross, uint64_t best, bool plain)
{
    Layered *layered = uncross->layered;
    size_t size = layered->vertex_count * sizeof *layered->slots;
    uint32_t *kept = ARENA_ARRAY(layered->arena, (size_t)layered->vertex_count + 1, uint32_t);
    uint32_t arcs = layered->down.first[layered->vertex_count] + 1, idle = 0;
    uint32_t sweeps = SWEEP_WORK / arcs < SWEEPS_MOST ? SWEEP_WORK / arcs : SWEEPS_MOST;

    uint64_t most = plain ? best / 4 * 3 : best;

    memcpy(kept, layered->slots, size);
    for (uint32_t i = 0; best && i < sweeps + 2 && idle < (best > most ? IDLE_LEAST : IDLE_MOST); i++) {
        if (i) {
            sweep(uncross, i % 2 == 1);
        }
        if (i % 4 > 1) {
            exchange(uncross, 0, sweeps / 2);
        }
        exchange(uncross, 1, ROUNDS_MOST);
        uint64_t now = count_all(uncross);
        idle++;
        if (now < best) {
            best = now;
            memcpy(kept, layered->slots, size);
            idle = 0;
        }
    }
    put_order(layered, kept);
    if (!best || best > most) {
        return best;
    }
    layered_reroute(layered);
    uint64_t left = count_all(uncross);
    if (best <= FEW && left > best / 2) {
        put_order(layered, kept);
        return best;
    }
    return left;
}

/*
 * Where nothing crosses but what enters at the side, it is the author's order that counts, of branches and of what stands
 * on which side, unless there are many of these crossings and half of them can be spared.
 */
void layered_uncross(Layered *layered)
{
    Uncross uncross = uncross_new(layered);
    bool plain = !count_all(&uncross);
    size_t size = layered->vertex_count * sizeof *layered->slots;
    uint32_t *given = ARENA_ARRAY(layered->arena, (size_t)layered->vertex_count + 1, uint32_t);

    memcpy(given, layered->slots, size);
    layered_arcs(layered, true);
    uncross.sorted = room_for_arcs(layered);
    uint64_t crossings = count_all(&uncross);
    if (crossings > (plain ? FEW : 0) && reduce(&uncross, crossings, plain) > crossings / 2 && plain) {
        put_order(layered, given);
    }
}
