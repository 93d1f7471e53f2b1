/* SPDX-License-Identifier: MIT */
/* Walls between towers: what nothing ties to each other for some ranks, down from the inputs or up from the outputs, keeps its own steps there. */
#include "view/layered.h"

/* So many walls at most, each with so many nodes on either side at least; of the parts that meet in one vertex so many are looked at. */
enum { MOST_WALLS = 16, LEAST_NODES = 2, MOST_PARTS = 6 };

/* Each attempt looks at all vertices: so many are looked at in all. */
#define WALL_WORK UINT64_C(400000)

typedef struct Wall {
    uint32_t first, last; /* ranks */
    uint32_t *at;         /* rank → slot in that rank before which it stands */
} Wall;

/* The slots of one tower in each rank; low is LAYERED_NONE where it has none. */
typedef struct Reach {
    uint32_t *low, *high;
} Reach;

typedef struct Walling {
    Layered *layered;
    bool down;       /* ranks are taken from the first on; else from the last back */
    uint32_t *part;  /* vertex → another one of its part, itself at the root */
    uint32_t *nodes; /* root → nodes of the part */
    Reach reach[2];  /* scratch: of the parts that meet */
    Wall walls[MOST_WALLS];
    uint32_t count;
    uint64_t work;
} Walling;

static uint32_t root_of(Walling *walling, uint32_t vertex)
{
    uint32_t *part = walling->part;

    while (part[vertex] != vertex) {
        vertex = part[vertex] = part[part[vertex]];
    }
    return vertex;
}

static uint32_t slot(const Layered *layered, uint32_t rank, uint32_t place)
{
    return layered->slots[layered->rank_first[rank] + place];
}

static uint32_t slots_in(const Layered *layered, uint32_t rank)
{
    return layered->rank_first[rank + 1] - layered->rank_first[rank];
}

static void find_reach(Walling *walling, uint32_t part, Reach *reach)
{
    const Layered *layered = walling->layered;

    for (uint32_t r = 0; r < layered->rank_count; r++) {
        reach->low[r] = LAYERED_NONE;
        for (uint32_t i = 0; i < slots_in(layered, r); i++) {
            if (root_of(walling, slot(layered, r, i)) == part) {
                reach->low[r] = reach->low[r] == LAYERED_NONE ? i : reach->low[r];
                reach->high[r] = i;
            }
        }
    }
}

/* The place between frames nearest to a slot, behind it or before it. */
static uint32_t place_outside(const Layered *layered, uint32_t rank, uint32_t from, bool behind)
{
    uint32_t depth = 0, best = 0;

    for (uint32_t i = 0; i < slots_in(layered, rank); i++) {
        if (!depth && behind && i > from) {
            return i;
        }
        best = !depth && i <= from ? i : best;
        VertexKind kind = layered->vertices[slot(layered, rank, i)].kind;
        depth += kind == VERTEX_OPEN;
        depth -= kind == VERTEX_CLOSE;
    }
    return behind ? slots_in(layered, rank) : best;
}

/* Whether nothing but spines stands on one side of a place. */
static bool is_empty(const Layered *layered, uint32_t rank, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        if (layered->vertices[slot(layered, rank, i)].kind != VERTEX_SPINE) {
            return false;
        }
    }
    return true;
}

/* Where the wall stands in a rank; false where there is no place for it. `apart`: where one tower is missing its side has to be empty. */
static bool stand(const Layered *layered, const Reach *left, const Reach *right, uint32_t rank, bool apart, uint32_t *at)
{
    uint32_t behind = left->low[rank], before = right->low[rank];

    if (behind == LAYERED_NONE && before == LAYERED_NONE) {
        return false;
    }
    *at = behind != LAYERED_NONE ? place_outside(layered, rank, left->high[rank], true) : place_outside(layered, rank, before, false);
    if (behind != LAYERED_NONE && before != LAYERED_NONE) {
        return *at <= before;
    }
    return !apart || (behind != LAYERED_NONE ? is_empty(layered, rank, *at, slots_in(layered, rank)) : is_empty(layered, rank, 0, *at));
}

/* Whether two vertices, of which one leads to the other, stand on different sides. */
static bool divides(const Layered *layered, const Wall *wall, uint32_t a, uint32_t b)
{
    const Vertex *from = &layered->vertices[a], *to = &layered->vertices[b];

    return (from->place < wall->at[from->rank]) != (to->place < wall->at[to->rank]);
}

static bool is_crossed(const Layered *layered, const Wall *wall)
{
    for (uint32_t r = wall->first; r < wall->last; r++) {
        for (uint32_t i = 0; i < slots_in(layered, r); i++) {
            uint32_t v = slot(layered, r, i), below = layered->vertices[v].below;
            if (below != LAYERED_NONE && divides(layered, wall, v, below)) {
                return true;
            }
            for (uint32_t k = layered->down.first[v]; k < layered->down.first[v + 1]; k++) {
                if (divides(layered, wall, v, layered->down.list[k])) {
                    return true;
                }
            }
        }
    }
    for (uint32_t i = 0; i < layered->strand_count; i++) {
        const Strand *strand = &layered->strands[i];
        uint32_t rank = layered->rank[strand->to];
        if (strand->bus == LAYERED_NONE || rank < wall->first || rank > wall->last || !layered_enters_side(strand)) {
            continue;
        }
        const Bus *bus = &layered->buses[strand->bus];
        if (rank <= bus->last && divides(layered, wall, strand->to, bus->vertex + rank - bus->first)) {
            return true;
        }
    }
    return false;
}

/* Walls keep one order in all ranks, and never stand in one place. */
static bool is_ordered(const Walling *walling, const Wall *wall)
{
    for (uint32_t w = 0; w < walling->count; w++) {
        const Wall *other = &walling->walls[w];
        bool before = false, behind = false;
        for (uint32_t r = wall->first; r <= wall->last; r++) {
            if (r >= other->first && r <= other->last) {
                before = before || wall->at[r] <= other->at[r];
                behind = behind || wall->at[r] >= other->at[r];
            }
        }
        if (before && behind) {
            return false;
        }
    }
    return true;
}

/* Both parts meet in `rank`: on the way there they may be apart. */
static void try_wall(Walling *walling, uint32_t a, uint32_t b, uint32_t rank)
{
    Layered *layered = walling->layered;
    uint32_t first = LAYERED_NONE, last = 0, from = walling->down ? 0 : rank + 1, to = walling->down ? rank : layered->rank_count;
    const Reach *left = &walling->reach[0], *right = &walling->reach[1];

    find_reach(walling, a, &walling->reach[0]);
    find_reach(walling, b, &walling->reach[1]);
    for (uint32_t r = from; r < to; r++) {
        if (left->low[r] != LAYERED_NONE && right->low[r] != LAYERED_NONE) {
            first = first == LAYERED_NONE ? r : first;
            last = r;
        }
    }
    if (first == LAYERED_NONE) {
        return;
    }
    if (left->low[first] > right->low[first]) {
        left = &walling->reach[1];
        right = &walling->reach[0];
    }
    Wall wall = {.at = ARENA_ARRAY(layered->arena, (size_t)layered->rank_count + 1, uint32_t)};
    for (uint32_t r = first; r <= last; r++) {
        if (!stand(layered, left, right, r, false, &wall.at[r])) {
            return;
        }
    }
    /* One rank more on either side, so that the shorter tower does not have to begin or end where the other one does. */
    bool before = first > from && stand(layered, left, right, first - 1, true, &wall.at[first - 1]);
    bool behind = last + 1 < to && stand(layered, left, right, last + 1, true, &wall.at[last + 1]);
    wall.first = first - (before ? 1 : 0);
    wall.last = last + (behind ? 1 : 0);
    if (!is_crossed(layered, &wall) && is_ordered(walling, &wall)) {
        walling->walls[walling->count++] = wall;
    }
}

static void join(Walling *walling, uint32_t a, uint32_t b)
{
    a = root_of(walling, a);
    b = root_of(walling, b);
    if (a != b) {
        walling->part[b] = a;
        walling->nodes[a] += walling->nodes[b];
    }
}

/* The parts of all these vertices meet in `rank`. */
static void meet(Walling *walling, const uint32_t *vertices, uint32_t count, uint32_t rank)
{
    uint32_t parts[MOST_PARTS], part_count = 0;

    for (uint32_t i = 0; i < count && part_count < MOST_PARTS; i++) {
        uint32_t part = root_of(walling, vertices[i]);
        bool known = walling->nodes[part] < LEAST_NODES;
        for (uint32_t k = 0; k < part_count && !known; k++) {
            known = parts[k] == part;
        }
        if (!known) {
            parts[part_count++] = part;
        }
    }
    for (uint32_t i = 0; i < part_count; i++) {
        for (uint32_t k = i + 1; k < part_count && walling->count < MOST_WALLS && walling->work < WALL_WORK; k++) {
            walling->work += walling->layered->vertex_count;
            try_wall(walling, parts[i], parts[k], rank);
        }
    }
    for (uint32_t i = 1; i < count; i++) {
        join(walling, vertices[0], vertices[i]);
    }
}

/* What stands in one frame belongs together. */
static void join_frames(Walling *walling, uint32_t rank)
{
    const Layered *layered = walling->layered;
    uint32_t depth = 0, held = LAYERED_NONE;

    for (uint32_t i = 0; i < slots_in(layered, rank); i++) {
        uint32_t v = slot(layered, rank, i);
        VertexKind kind = layered->vertices[v].kind;
        depth += kind == VERTEX_OPEN;
        depth -= kind == VERTEX_CLOSE;
        if (!depth) {
            held = LAYERED_NONE;
        } else if (kind == VERTEX_NODE || kind == VERTEX_PASS) {
            meet(walling, (uint32_t[]){held == LAYERED_NONE ? v : held, v}, 2, rank);
            held = v;
        }
    }
}

static void sweep(Walling *walling, bool down)
{
    const Layered *layered = walling->layered;
    const Lists *arcs = down ? &layered->up : &layered->down;

    walling->down = down;
    for (uint32_t v = 0; v < layered->vertex_count; v++) {
        walling->part[v] = v;
        walling->nodes[v] = layered->vertices[v].kind == VERTEX_NODE;
    }
    for (uint32_t k = 0; k < layered->rank_count; k++) {
        uint32_t r = down ? k : layered->rank_count - 1 - k;
        for (uint32_t i = 0; i < slots_in(layered, r); i++) {
            uint32_t v = slot(layered, r, i);
            meet(walling, arcs->list + arcs->first[v], arcs->first[v + 1] - arcs->first[v], r);
            if (arcs->first[v] < arcs->first[v + 1]) {
                join(walling, arcs->list[arcs->first[v]], v);
            }
        }
        join_frames(walling, r);
    }
}

/* A vertex in each rank of each wall, on one line. */
static void insert_walls(Walling *walling)
{
    Layered *layered = walling->layered;
    uint32_t room = layered->vertex_count, total = layered->rank_first[layered->rank_count], start = layered->vertex_count;

    for (uint32_t w = 0; w < walling->count; w++) {
        const Wall *wall = &walling->walls[w];
        total += wall->last - wall->first + 1;
        for (uint32_t r = wall->first; r <= wall->last; r++) {
            uint32_t at = layered->vertex_count;
            Vertex vertex = {.kind = VERTEX_WALL, .rank = r, .frame = LAYERED_NONE, .firm = FIRM_BORDER};
            vertex.above = r > wall->first ? at - 1 : LAYERED_NONE;
            vertex.below = r < wall->last ? at + 1 : LAYERED_NONE;
            *ARENA_PUSH(layered->arena, layered->vertices, layered->vertex_count, room) = vertex;
        }
    }
    uint32_t *first = ARENA_ARRAY(layered->arena, (size_t)layered->rank_count + 2, uint32_t);
    uint32_t *slots = ARENA_ARRAY(layered->arena, (size_t)total + 1, uint32_t), count = 0;
    for (uint32_t r = 0; r < layered->rank_count; r++) {
        first[r] = count;
        for (uint32_t i = 0; i <= slots_in(layered, r); i++) {
            for (uint32_t w = 0, vertex = start; w < walling->count; vertex += walling->walls[w].last - walling->walls[w].first + 1, w++) {
                const Wall *wall = &walling->walls[w];
                if (r >= wall->first && r <= wall->last && wall->at[r] == i) {
                    slots[count++] = vertex + r - wall->first;
                }
            }
            if (i < slots_in(layered, r)) {
                slots[count++] = slot(layered, r, i);
            }
        }
        for (uint32_t i = first[r]; i < count; i++) {
            layered->vertices[slots[i]].place = i - first[r];
        }
    }
    first[layered->rank_count] = count;
    layered->rank_first = first;
    layered->slots = slots;
}

bool layered_is_walled(const Layered *layered, uint32_t rank)
{
    for (uint32_t i = 0; i < slots_in(layered, rank); i++) {
        if (layered->vertices[slot(layered, rank, i)].kind == VERTEX_WALL) {
            return true;
        }
    }
    return false;
}

void layered_walls(Layered *layered)
{
    Walling walling = {.layered = layered};
    size_t vertices = (size_t)layered->vertex_count + 1, ranks = (size_t)layered->rank_count + 1;

    if (layered->outside_count) {
        return;
    }
    layered_arcs(layered, true);
    walling.part = ARENA_ARRAY(layered->arena, vertices, uint32_t);
    walling.nodes = ARENA_ARRAY(layered->arena, vertices, uint32_t);
    for (int i = 0; i < 2; i++) {
        walling.reach[i] = (Reach){ARENA_ARRAY(layered->arena, ranks, uint32_t), ARENA_ARRAY(layered->arena, ranks, uint32_t)};
    }
    sweep(&walling, true);
    sweep(&walling, false);
    if (walling.count) {
        insert_walls(&walling);
    }
}
