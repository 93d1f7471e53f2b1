/* SPDX-License-Identifier: MIT */
/* A vertex in every rank that something stands in or passes: buses of long strands, spines, and arcs between neighbours. */
#include "view/layered.h"

/* In which order the strands of a node are looked at: branches, shortcuts with boxes, skips, side outputs. */
enum { TURN_BRANCH, TURN_SIDE, TURN_RAIL, TURN_MINOR, TURN_COUNT };

/* Strands of one node that share a bus have one role and one way of arriving. */
enum { WAY_INNER, WAY_PORTED, WAY_RAIL, WAY_COUNT, GROUP_COUNT = WAY_COUNT * (LINK_COPY + 1) };

typedef struct Split {
    Layered *layered;
    uint32_t *arc_from, *arc_to;
    uint32_t arc_count, arc_room, arc_to_room;
    uint32_t *region_of; /* node → region with a spine that starts there, or LAYERED_NONE */
    uint64_t planned;    /* vertices */
} Split;

static int way_of(const Strand *strand)
{
    return strand->rail ? WAY_RAIL : strand->ported ? WAY_PORTED : WAY_INNER;
}

static size_t group_of(const Strand *strand)
{
    return (size_t)strand->link->role * WAY_COUNT + (size_t)way_of(strand);
}

static uint32_t end_rank(const Layered *layered, const Strand *strand)
{
    return way_of(strand) == WAY_INNER ? layered->rank[strand->to] - 1 : layered->rank[strand->to];
}

/* An operator circle with two inputs takes from the side what does not come straight from above. */
static void find_ported(Layered *layered)
{
    for (uint32_t v = 0; v < layered->node_count; v++) {
        uint32_t first = layered->in.first[v];
        if (layered->outline->nodes[v].kind != NODE_CIRCLE || layered->in.first[v + 1] - first != 2) {
            continue;
        }
        for (uint32_t i = first; i < first + 2; i++) {
            Strand *strand = &layered->strands[layered->in.list[i]];
            strand->ported = !strand->rail && !strand->aligned;
        }
    }
}

/* Plans the buses of a node; the number of vertices they take. */
static void plan_buses(Split *split, uint32_t node)
{
    Layered *layered = split->layered;
    uint32_t bus[GROUP_COUNT];

    for (size_t g = 0; g < GROUP_COUNT; g++) {
        bus[g] = LAYERED_NONE;
    }
    for (uint32_t i = layered->out.first[node]; i < layered->out.first[node + 1]; i++) {
        Strand *strand = &layered->strands[layered->out.list[i]];
        uint32_t last = end_rank(layered, strand), *own = &bus[group_of(strand)];
        if (last == layered->rank[node]) {
            continue;
        }
        if (*own == LAYERED_NONE) {
            *own = layered->bus_count;
            layered->buses[layered->bus_count++] = (Bus){0, layered->rank[node] + 1, last};
        }
        strand->bus = *own;
        if (layered->buses[*own].last < last) {
            layered->buses[*own].last = last;
        }
    }
}

static bool plan(Split *split)
{
    Layered *layered = split->layered;

    split->planned = layered->node_count;
    layered->buses = ARENA_ARRAY(layered->arena, (size_t)layered->strand_count + 1, Bus);
    for (uint32_t v = 0; v < layered->node_count; v++) {
        plan_buses(split, v);
    }
    for (uint32_t b = 0; b < layered->bus_count; b++) {
        layered->buses[b].vertex = (uint32_t)(split->planned < LAYERED_MOST ? split->planned : LAYERED_MOST);
        split->planned += layered->buses[b].last - layered->buses[b].first + 1;
    }
    for (uint32_t i = 0; i < layered->region_count; i++) {
        Region *region = &layered->regions[i];
        region->vertex = (uint32_t)(split->planned < LAYERED_MOST ? split->planned : LAYERED_MOST);
        split->planned += region->last + 1 - region->first;
    }
    uint64_t borders = 0;
    for (uint32_t f = 0; f < layered->outline->frame_count; f++) {
        const FramePlace *place = &layered->frames[f];
        borders += place->first == LAYERED_NONE ? 0 : 3 * ((uint64_t)place->last - place->first + 1);
    }
    return split->planned + borders < LAYERED_MOST;
}

static void set_vertex(Layered *layered, uint32_t at, VertexKind kind, uint32_t rank, uint32_t frame)
{
    layered->vertices[at] = (Vertex){.kind = kind, .rank = rank, .frame = frame, .above = LAYERED_NONE,
                                    .below = LAYERED_NONE, .firm = FIRM_LOOSE};
}

/* The frame that a spine stands in: what its fork and merge (all inputs, all outputs) have in common. */
static uint32_t region_frame(const Layered *layered, const Region *region)
{
    uint32_t frame = layered->home[region->start != LAYERED_NONE ? region->start : region->end];

    if (region->start != LAYERED_NONE && region->end != LAYERED_NONE) {
        return layered_frame_meet(layered, frame, layered->home[region->end]);
    }
    const Lists *ends = region->start == LAYERED_NONE ? &layered->in : &layered->out;
    for (uint32_t v = 0; v < layered->node_count; v++) {
        if (layered->core[v] && ends->first[v + 1] == ends->first[v]) {
            frame = layered_frame_meet(layered, frame, layered->home[v]);
        }
    }
    return frame;
}

static void make_vertices(Split *split)
{
    Layered *layered = split->layered;
    uint32_t *frame = ARENA_ARRAY(layered->arena, (size_t)layered->bus_count + 1, uint32_t);

    layered->vertices = ARENA_ARRAY(layered->arena, (size_t)split->planned + 1, Vertex);
    layered->vertex_count = (uint32_t)split->planned;
    for (uint32_t v = 0; v < layered->node_count; v++) {
        set_vertex(layered, v, VERTEX_NODE, layered->rank[v], layered->home[v]);
        for (uint32_t i = layered->out.first[v]; i < layered->out.first[v + 1]; i++) {
            const Strand *strand = &layered->strands[layered->out.list[i]];
            if (strand->bus != LAYERED_NONE) {
                frame[strand->bus] = layered->home[v];
            }
        }
    }
    for (uint32_t i = 0; i < layered->strand_count; i++) {
        const Strand *strand = &layered->strands[i];
        if (strand->bus != LAYERED_NONE) {
            frame[strand->bus] = layered_frame_meet(layered, frame[strand->bus], layered->home[strand->to]);
        }
    }
    for (uint32_t b = 0; b < layered->bus_count; b++) {
        const Bus *bus = &layered->buses[b];
        for (uint32_t r = bus->first; r <= bus->last; r++) {
            set_vertex(layered, bus->vertex + r - bus->first, VERTEX_PASS, r, frame[b]);
        }
    }
    for (uint32_t i = 0; i < layered->region_count; i++) {
        const Region *region = &layered->regions[i];
        uint32_t inner = region_frame(layered, region);
        for (uint32_t r = region->first; r <= region->last && region->last != LAYERED_NONE; r++) {
            set_vertex(layered, region->vertex + r - region->first, VERTEX_SPINE, r, inner);
        }
    }
}

static void mate(Layered *layered, uint32_t upper, uint32_t lower, uint8_t firm)
{
    layered->vertices[upper].below = lower;
    layered->vertices[upper].firm = firm;
    layered->vertices[lower].above = upper;
}

static void mate_run(Layered *layered, uint32_t vertex, uint32_t count, uint8_t firm)
{
    for (uint32_t i = 1; i < count; i++) {
        mate(layered, vertex + i - 1, vertex + i, firm);
    }
}

/* Ties vertices to lines: first what regions and chains say, then loose ends of buses where a place is free. */
static void tie_lines(Layered *layered)
{
    for (uint32_t b = 0; b < layered->bus_count; b++) {
        mate_run(layered, layered->buses[b].vertex, layered->buses[b].last - layered->buses[b].first + 1, FIRM_PASS);
    }
    for (uint32_t i = 0; i < layered->region_count; i++) {
        const Region *region = &layered->regions[i];
        uint32_t count = region->last + 1 - region->first;
        mate_run(layered, region->vertex, count, FIRM_TRUNK);
        if (count && region->start != LAYERED_NONE) {
            mate(layered, region->start, region->vertex, FIRM_TRUNK);
        }
        if (count && region->end != LAYERED_NONE) {
            mate(layered, region->vertex + count - 1, region->end, FIRM_TRUNK);
        }
    }
    for (uint32_t i = 0; i < layered->strand_count; i++) {
        const Strand *strand = &layered->strands[i];
        uint8_t firm = layered->core[strand->from] && layered->core[strand->to] ? FIRM_TRUNK : FIRM_LOOSE;
        if (strand->aligned && strand->bus == LAYERED_NONE) {
            mate(layered, strand->from, strand->to, firm);
        } else if (strand->aligned) {
            const Bus *bus = &layered->buses[strand->bus];
            mate(layered, strand->from, bus->vertex, firm);
            mate(layered, bus->vertex + layered->rank[strand->to] - 1 - bus->first, strand->to, firm);
        }
    }
}

static void tie_loose_ends(Layered *layered)
{
    for (uint32_t i = 0; i < layered->strand_count; i++) {
        const Strand *strand = &layered->strands[i];
        const Bus *bus = strand->bus == LAYERED_NONE ? NULL : &layered->buses[strand->bus];
        uint32_t from = strand->from;
        if (!bus) {
            continue;
        }
        if (layered->out.first[from + 1] - layered->out.first[from] == 1) {
            if (layered->vertices[from].below == LAYERED_NONE && layered->vertices[bus->vertex].above == LAYERED_NONE) {
                mate(layered, from, bus->vertex, FIRM_LOOSE);
            }
            continue;
        }
        uint32_t last = bus->vertex + bus->last - bus->first;
        if (way_of(strand) == WAY_INNER && layered->rank[strand->to] == bus->last + 1
            && layered->vertices[last].below == LAYERED_NONE && layered->vertices[strand->to].above == LAYERED_NONE) {
            mate(layered, last, strand->to, FIRM_LOOSE);
        }
    }
}

static void arc(Split *split, uint32_t from, uint32_t to)
{
    Arena *arena = split->layered->arena;

    *ARENA_PUSH(arena, split->arc_from, split->arc_count, split->arc_room) = from;
    if (split->arc_to_room < split->arc_room) {
        split->arc_to = arena_grow(arena, split->arc_to, split->arc_to_room, split->arc_room, sizeof *split->arc_to);
        split->arc_to_room = split->arc_room;
    }
    split->arc_to[split->arc_count - 1] = to;
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

static void spine_arcs(Split *split, uint32_t index)
{
    const Region *region = &split->layered->regions[index];
    uint32_t count = region->last + 1 - region->first;

    if (!count) {
        return;
    }
    if (region->start != LAYERED_NONE) {
        arc(split, region->start, region->vertex);
    }
    for (uint32_t i = 1; i < count; i++) {
        arc(split, region->vertex + i - 1, region->vertex + i);
    }
    if (region->end != LAYERED_NONE) {
        arc(split, region->vertex + count - 1, region->end);
    }
}

static void node_arcs(Split *split, uint32_t node, bool *begun)
{
    Layered *layered = split->layered;
    uint32_t region = split->region_of[node];

    for (int turn = 0; turn < TURN_COUNT; turn++) {
        for (uint32_t i = layered->out.first[node]; i < layered->out.first[node + 1]; i++) {
            uint32_t index = layered->out.list[i];
            const Strand *strand = &layered->strands[index];
            if (turn_of(layered, strand) != turn) {
                continue;
            }
            if (region != LAYERED_NONE && layered->regions[region].before == index) {
                spine_arcs(split, region);
            }
            if (strand->bus == LAYERED_NONE) {
                arc(split, node, strand->to);
                continue;
            }
            const Bus *bus = &layered->buses[strand->bus];
            if (!begun[strand->bus]) {
                begun[strand->bus] = true;
                arc(split, node, bus->vertex);
                for (uint32_t r = bus->first; r < bus->last; r++) {
                    arc(split, bus->vertex + r - bus->first, bus->vertex + r + 1 - bus->first);
                }
            }
            uint32_t before = layered->rank[strand->to] - 1;
            arc(split, before < bus->first ? node : bus->vertex + before - bus->first, strand->to);
        }
    }
}

static void make_arcs(Split *split)
{
    Layered *layered = split->layered;
    bool *begun = ARENA_ARRAY(layered->arena, (size_t)layered->bus_count + 1, bool);

    split->region_of = ARENA_ARRAY(layered->arena, (size_t)layered->node_count + 1, uint32_t);
    for (uint32_t v = 0; v < layered->node_count; v++) {
        split->region_of[v] = LAYERED_NONE;
    }
    for (uint32_t i = 0; i < layered->region_count; i++) {
        if (layered->regions[i].start == LAYERED_NONE) {
            spine_arcs(split, i);
        } else {
            split->region_of[layered->regions[i].start] = i;
        }
    }
    for (uint32_t v = 0; v < layered->node_count; v++) {
        node_arcs(split, v, begun);
    }
    layered->down = layered_lists(layered->arena, layered->vertex_count, split->arc_count, split->arc_from, split->arc_to);
    layered->up = layered_lists(layered->arena, layered->vertex_count, split->arc_count, split->arc_to, split->arc_from);
}

bool layered_split(Layered *layered)
{
    Split split = {.layered = layered};

    find_ported(layered);
    if (!plan(&split)) {
        return false;
    }
    make_vertices(&split);
    tie_lines(layered);
    tie_loose_ends(layered);
    make_arcs(&split);
    return true;
}
