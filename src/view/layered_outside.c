/* SPDX-License-Identifier: MIT */
/* In a very large drawing the longest edges run outside of everything, on lanes of their own, rather than through every rank. */
#include "view/layered.h"

/* Ranks that edges may pass in all: so many at least, so many a node, so many at most. */
enum { PASSES_LEAST = 24000, PASSES_A_NODE = 8, PASSES_MOST = 150000 };

static uint32_t length_of(const Bus *bus)
{
    return bus->last + 1 - bus->first;
}

static uint32_t spine_length(const Region *region)
{
    return region->last + 1 - region->first;
}

/* The longest bus or spine that may remain so that all passes are within bounds; LAYERED_NONE where all may. */
static uint32_t longest_inside(const Layered *layered)
{
    uint64_t most = PASSES_LEAST + PASSES_A_NODE * (uint64_t)layered->node_count, passes = 0;
    uint32_t *count = ARENA_ARRAY(layered->arena, (size_t)layered->rank_count + 1, uint32_t);

    most = most < PASSES_MOST ? most : PASSES_MOST;
    for (uint32_t b = 0; b < layered->bus_count; b++) {
        count[length_of(&layered->buses[b])]++;
    }
    for (uint32_t i = 0; i < layered->region_count; i++) {
        count[spine_length(&layered->regions[i])]++;
    }
    for (uint32_t length = 1; length <= layered->rank_count; length++) {
        passes += (uint64_t)count[length] * length;
        if (passes > most) {
            return length > 2 ? length - 1 : 2;
        }
    }
    return LAYERED_NONE;
}

/* A sweep over the ranks. */
typedef struct Sweep {
    Layered *layered;
    uint32_t *spare;            /* lanes that are free again */
    uint32_t spare_count;
    uint32_t active, lanes;     /* ways at hand, lanes taken since there was none */
    uint32_t peak;              /* rank where the latest lane was added: ways on all of them pass there */
    uint32_t *rank, *lane;      /* pairs for Layered.outer */
    uint32_t pair_count;
} Sweep;

static void name_lane(Sweep *sweep, uint32_t rank, uint32_t lane)
{
    sweep->rank[sweep->pair_count] = rank;
    sweep->lane[sweep->pair_count++] = lane;
}

/* Ways that overlap get different lanes, as few as can be. */
static void begin_ways(Sweep *sweep, const Lists *begin, uint32_t rank)
{
    for (uint32_t i = begin->first[rank]; i < begin->first[rank + 1]; i++) {
        Outside *way = &sweep->layered->outsides[begin->list[i]];
        sweep->peak = sweep->spare_count ? sweep->peak : rank;
        way->lane = sweep->spare_count ? sweep->spare[--sweep->spare_count] : sweep->lanes++;
        sweep->active++;
    }
}

static void end_ways(Sweep *sweep, const Lists *end, uint32_t rank)
{
    if (sweep->active) {
        name_lane(sweep, rank, 0);
    }
    for (uint32_t i = end->first[rank]; i < end->first[rank + 1]; i++) {
        sweep->spare[sweep->spare_count++] = sweep->layered->outsides[end->list[i]].lane;
        if (--sweep->active) {
            continue;
        }
        for (uint32_t lane = 1; lane < sweep->lanes; lane++) {
            name_lane(sweep, sweep->peak, lane);
        }
        Layered *layered = sweep->layered;
        layered->outer_lanes = sweep->lanes > layered->outer_lanes ? sweep->lanes : layered->outer_lanes;
        sweep->spare_count = sweep->lanes = 0;
    }
}

static void give_outer_lanes(Layered *layered)
{
    Arena *arena = layered->arena;
    uint32_t count = layered->outside_count, *first = ARENA_ARRAY(arena, (size_t)count + 1, uint32_t);
    uint32_t *last = ARENA_ARRAY(arena, (size_t)count + 1, uint32_t);
    size_t pairs = (size_t)count + layered->rank_count + 1;
    Sweep sweep = {.layered = layered, .spare = ARENA_ARRAY(arena, (size_t)count + 1, uint32_t),
                   .rank = ARENA_ARRAY(arena, pairs, uint32_t), .lane = ARENA_ARRAY(arena, pairs, uint32_t)};

    for (uint32_t i = 0; i < count; i++) {
        first[i] = layered->outsides[i].first;
        last[i] = layered->outsides[i].last;
    }
    Lists begin = layered_lists(arena, layered->rank_count, count, first, NULL);
    Lists end = layered_lists(arena, layered->rank_count, count, last, NULL);
    for (uint32_t r = 0; r < layered->rank_count; r++) {
        begin_ways(&sweep, &begin, r);
        end_ways(&sweep, &end, r);
    }
    layered->outer = layered_lists(arena, layered->rank_count, sweep.pair_count, sweep.rank, sweep.lane);
}

/* Strands whose bus runs outside take that way; the others' buses have new numbers. */
static void renumber_strands(Layered *layered, const uint32_t *number, const bool *outside)
{
    for (uint32_t i = 0; i < layered->strand_count; i++) {
        Strand *strand = &layered->strands[i];
        if (strand->bus == LAYERED_NONE) {
            continue;
        }
        if (outside[strand->bus]) {
            strand->outside = number[strand->bus];
            strand->bus = LAYERED_NONE;
        } else {
            strand->bus = number[strand->bus];
        }
    }
}

void layered_send_outside(Layered *layered)
{
    uint32_t longest = longest_inside(layered), kept = 0;
    uint32_t *number = ARENA_ARRAY(layered->arena, (size_t)layered->bus_count + 1, uint32_t);
    bool *outside = ARENA_ARRAY(layered->arena, (size_t)layered->bus_count + 1, bool);

    if (longest == LAYERED_NONE) {
        return;
    }
    layered->outsides = ARENA_ARRAY(layered->arena, (size_t)layered->bus_count + 1, Outside);
    for (uint32_t b = 0; b < layered->bus_count; b++) {
        const Bus *bus = &layered->buses[b];
        outside[b] = length_of(bus) > longest;
        number[b] = outside[b] ? layered->outside_count++ : kept;
        if (outside[b]) {
            layered->outsides[number[b]] = (Outside){bus->first, bus->last, LAYERED_NONE};
        } else {
            layered->buses[kept++] = *bus;
        }
    }
    layered->bus_count = kept;
    for (uint32_t i = 0; i < layered->region_count; i++) {
        Region *region = &layered->regions[i];
        region->last = spine_length(region) > longest ? region->first - 1 : region->last;
    }
    renumber_strands(layered, number, outside);
    give_outer_lanes(layered);
}

void layered_outer_lanes(Layered *layered)
{
    uint32_t base = layered->lane_count + 1;

    for (uint32_t i = 0; i < layered->outside_count; i++) {
        layered->outsides[i].lane += base;
    }
    for (uint32_t i = 0; layered->outside_count && i < layered->outer.first[layered->rank_count]; i++) {
        layered->outer.list[i] += base;
    }
    layered->lane_count += layered->outer_lanes;
}
