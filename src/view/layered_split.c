/* SPDX-License-Identifier: MIT */
/* A vertex in every rank that something stands in or passes: nodes, buses of long strands, spines. */
#include "op/op.h"
#include "view/layered.h"

/* Strands of one node that share a bus have one role and arrive at the same side, from above or from beside. */
enum { WAY_INNER, WAY_BESIDE, WAY_COUNT, GROUP_COUNT = WAY_COUNT * (LINK_CONTROL + 1) };

typedef struct Split {
    Layered *layered;
    uint64_t planned;    /* vertices */
} Split;

static int way_of(const Strand *strand)
{
    return strand->rail || strand->ported ? WAY_BESIDE : WAY_INNER;
}

static size_t group_of(const Strand *strand)
{
    return (size_t)strand->link->role * WAY_COUNT + (size_t)way_of(strand);
}

bool layered_enters_side(const Strand *strand)
{
    return way_of(strand) != WAY_INNER;
}

static uint32_t end_rank(const Layered *layered, const Strand *strand)
{
    return layered->rank[strand->to] - (layered_enters_side(strand) ? 0 : 1);
}

/*
 * Whether what does not come straight from above enters at the sides: in an operator circle with two inputs, and where the
 * inputs of a box differ in kind (queries and a memory, two factors of a product) and one of them stands above it.
 */
static bool takes_sides(const Layered *layered, uint32_t node)
{
    const Node *drawn = &layered->outline->nodes[node];
    uint32_t first = layered->in.first[node], end = layered->in.first[node + 1], aligned = 0;

    if (drawn->kind == NODE_CIRCLE) {
        return end - first == 2;
    }
    for (uint32_t i = first; i < end; i++) {
        aligned += layered->strands[layered->in.list[i]].aligned;
    }
    bool few = drawn->layer && drawn->layer->op->max_inputs != OP_ANY_INPUTS;
    return (layered_distinct(drawn) || (drawn->kind == NODE_BOX && few)) && aligned == 1
           && (end - first == 2 || end - first == 3);
}

static void find_ported(Layered *layered)
{
    for (uint32_t v = 0; v < layered->node_count; v++) {
        if (!takes_sides(layered, v)) {
            continue;
        }
        for (uint32_t i = layered->in.first[v]; i < layered->in.first[v + 1]; i++) {
            Strand *strand = &layered->strands[layered->in.list[i]];
            strand->ported = !strand->rail && !strand->aligned;
        }
    }
}

/* Plans the buses of a node; the number of vertices they take. */
static void plan_buses(Split *split, uint32_t node)
{
    Layered *layered = split->layered;
    uint32_t group[GROUP_COUNT];

    for (size_t g = 0; g < GROUP_COUNT; g++) {
        group[g] = LAYERED_NONE;
    }
    for (uint32_t i = layered->out.first[node]; i < layered->out.first[node + 1]; i++) {
        Strand *strand = &layered->strands[layered->out.list[i]];
        uint32_t last = end_rank(layered, strand), *own = &group[group_of(strand)];
        if (last == layered->rank[node]) {
            continue;
        }
        if (*own == LAYERED_NONE) {
            *own = layered->bus_count;
            layered->buses[layered->bus_count++] = (Bus){.from = node, .into = layered->home[strand->to],
                                                         .nearest = layered->rank[strand->to],
                                                         .first = layered->rank[node] + 1, .last = last};
        }
        strand->bus = *own;
        Bus *bus = &layered->buses[*own];
        bus->into = layered_frame_meet(layered, bus->into, layered->home[strand->to]);
        bus->last = bus->last < last ? last : bus->last;
        bus->rail = bus->rail || strand->rail;
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
    layered_send_outside(layered);
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
    return split->planned + borders + layered->strand_count < LAYERED_MOST;
}

static void set_vertex(Layered *layered, uint32_t at, VertexKind kind, uint32_t rank, uint32_t frame)
{
    layered->vertices[at] = (Vertex){.kind = kind, .rank = rank, .frame = frame, .above = LAYERED_NONE,
                                    .below = LAYERED_NONE, .firm = FIRM_LOOSE};
}

/* The innermost frame from `frame` outwards that spans the rank, `limit` if none before it does. */
static uint32_t frame_at(const Layered *layered, uint32_t frame, uint32_t limit, uint32_t rank)
{
    while (frame != limit && frame != LAYERED_NONE
           && (rank < layered->frames[frame].first || rank > layered->frames[frame].last)) {
        frame = layered->frames[frame].up;
    }
    return frame;
}

/*
 * A bus leaves frames through their end where it can. A skip that begins right before a frame enters it through its beginning, as
 * a shortcut belongs to its block; one that comes from afar stays outside until it turns in.
 */
static uint32_t frame_of_bus(const Layered *layered, const Bus *bus, uint32_t rank)
{
    uint32_t from = layered->home[bus->from], meet = layered_frame_meet(layered, from, bus->into);

    for (uint32_t f = bus->into; bus->rail && f != meet; f = layered->frames[f].up) {
        if (layered->frames[f].first == bus->first && rank <= layered->frames[f].last) {
            return f;
        }
    }
    for (; from != meet; from = layered->frames[from].up) {
        if (rank <= layered->frames[from].last && layered->frames[from].last < bus->nearest) {
            return from;
        }
    }
    return meet;
}

static void make_vertices(const Split *split)
{
    Layered *layered = split->layered;

    layered->vertices = ARENA_ARRAY(layered->arena, (size_t)split->planned + 1, Vertex);
    layered->vertex_count = (uint32_t)split->planned;
    for (uint32_t v = 0; v < layered->node_count; v++) {
        set_vertex(layered, v, VERTEX_NODE, layered->rank[v], layered->home[v]);
    }
    for (uint32_t b = 0; b < layered->bus_count; b++) {
        const Bus *bus = &layered->buses[b];
        for (uint32_t r = bus->first; r <= bus->last; r++) {
            set_vertex(layered, bus->vertex + r - bus->first, VERTEX_PASS, r, frame_of_bus(layered, bus, r));
        }
    }
    for (uint32_t i = 0; i < layered->region_count; i++) {
        const Region *region = &layered->regions[i];
        for (uint32_t r = region->first; r <= region->last && region->last != LAYERED_NONE; r++) {
            uint32_t frame = frame_at(layered, region->frame, LAYERED_NONE, r);
            set_vertex(layered, region->vertex + r - region->first, VERTEX_SPINE, r, frame);
        }
    }
}

bool layered_split(Layered *layered)
{
    Split split = {.layered = layered};

    find_ported(layered);
    if (!plan(&split)) {
        return false;
    }
    make_vertices(&split);
    return true;
}
