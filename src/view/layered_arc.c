/* SPDX-License-Identifier: MIT */
/* Arcs between vertices of neighbouring ranks, those of a vertex in the order in which they are to stand. */
#include "view/layered.h"

/* In which order the strands of a node are looked at: branches, shortcuts with boxes, skips, side outputs. */
enum { TURN_BRANCH, TURN_SIDE, TURN_RAIL, TURN_MINOR, TURN_COUNT };

typedef struct Arcs {
    Layered *layered;
    bool with_entries;
    uint32_t *from, *to;
    uint32_t count, room, to_room;
    uint32_t *region_of; /* node → region with a spine that starts there, or LAYERED_NONE */
} Arcs;

static void add_arc(Arcs *arcs, uint32_t from, uint32_t to)
{
    Arena *arena = arcs->layered->arena;

    *ARENA_PUSH(arena, arcs->from, arcs->count, arcs->room) = from;
    if (arcs->to_room < arcs->room) {
        arcs->to = arena_grow(arena, arcs->to, arcs->to_room, arcs->room, sizeof *arcs->to);
        arcs->to_room = arcs->room;
    }
    arcs->to[arcs->count - 1] = to;
}

static int turn_of(const Layered *layered, const Strand *strand)
{
    if (strand->rail) {
        return TURN_RAIL;
    }
    if (strand->side) {
        return TURN_SIDE;
    }
    return layered->core[strand->from] && !layered->core[strand->to] ? TURN_MINOR : TURN_BRANCH;
}

static void spine_arcs(Arcs *arcs, uint32_t index)
{
    const Region *region = &arcs->layered->regions[index];
    uint32_t count = region->last + 1 - region->first;

    if (!count) {
        return;
    }
    if (region->start != LAYERED_NONE) {
        add_arc(arcs, region->start, region->vertex);
    }
    for (uint32_t i = 1; i < count; i++) {
        add_arc(arcs, region->vertex + i - 1, region->vertex + i);
    }
    if (region->end != LAYERED_NONE) {
        add_arc(arcs, region->vertex + count - 1, region->end);
    }
}

static void node_arcs(Arcs *arcs, uint32_t node, bool *begun)
{
    Layered *layered = arcs->layered;
    uint32_t region = arcs->region_of[node];

    for (int turn = 0; turn < TURN_COUNT; turn++) {
        for (uint32_t i = layered->out.first[node]; i < layered->out.first[node + 1]; i++) {
            uint32_t index = layered->out.list[i];
            const Strand *strand = &layered->strands[index];
            if (turn_of(layered, strand) != turn) {
                continue;
            }
            if (region != LAYERED_NONE && layered->regions[region].before == index) {
                spine_arcs(arcs, region);
            }
            if (strand->outside != LAYERED_NONE) {
                continue;
            }
            if (strand->bus == LAYERED_NONE) {
                add_arc(arcs, node, strand->to);
                continue;
            }
            const Bus *bus = &layered->buses[strand->bus];
            if (!begun[strand->bus]) {
                begun[strand->bus] = true;
                add_arc(arcs, node, bus->vertex);
                for (uint32_t r = bus->first; r < bus->last; r++) {
                    add_arc(arcs, bus->vertex + r - bus->first, bus->vertex + r + 1 - bus->first);
                }
            }
            uint32_t before = layered->rank[strand->to] - 1;
            if (strand->rail && !arcs->with_entries) {
                continue;
            }
            add_arc(arcs, before < bus->first ? node : bus->vertex + before - bus->first, strand->to);
        }
    }
}

void layered_arcs(Layered *layered, bool with_entries)
{
    Arcs arcs = {.layered = layered, .with_entries = with_entries};
    bool *begun = ARENA_ARRAY(layered->arena, (size_t)layered->bus_count + 1, bool);

    arcs.region_of = ARENA_ARRAY(layered->arena, (size_t)layered->node_count + 1, uint32_t);
    for (uint32_t v = 0; v < layered->node_count; v++) {
        arcs.region_of[v] = LAYERED_NONE;
    }
    for (uint32_t i = 0; i < layered->region_count; i++) {
        if (layered->regions[i].start == LAYERED_NONE) {
            spine_arcs(&arcs, i);
        } else {
            arcs.region_of[layered->regions[i].start] = i;
        }
    }
    for (uint32_t v = 0; v < layered->node_count; v++) {
        node_arcs(&arcs, v, begun);
    }
    layered->down = layered_lists(layered->arena, layered->vertex_count, arcs.count, arcs.from, arcs.to);
    layered->up = layered_lists(layered->arena, layered->vertex_count, arcs.count, arcs.to, arcs.from);
}
