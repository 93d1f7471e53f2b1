/* SPDX-License-Identifier: MIT */
/* Fewer crossings, once more: a line is taken out and put back, bends allowed, where it crosses least. */
#include "view/layered.h"

/*
 * With all else in place the best way of a line is a shortest path over the places in its ranks, as where planarisation
 * inserts an edge (Gutwenger and Mutzel 2003) and where global sifting moves a block (Bachmaier, Brandenburg, Brunner and
 * Hübner 2011). Places are numbered by how many of the others stand before; only those near the old one are tried, and all
 * counts are differences to the first of them.
 */
enum { REACH_MOST = 20, WINDOW = 2 * REACH_MOST + 1, DEGREE_MOST = 64, WORK_MOST = 12000000 };
#define CROSSING (INT64_C(1) << 24) /* what one costs; one place further costs 1 */
#define NEVER (INT64_MAX / 2)

/* A vertex of the line and the places that it may take. */
typedef struct Stop {
    uint32_t vertex, first, count;
} Stop;

typedef struct Reroute {
    Layered *layered;
    Stop *stops;                /* the line at hand, rank by rank */
    uint32_t stop_count;
    uint8_t *choice;            /* stop × WINDOW → place of the stop before */
    int64_t cost[2][WINDOW];    /* of the best way to a place */
    int64_t link[WINDOW][WINDOW]; /* crossings of the line between two stops */
    uint32_t reach;             /* places to either side that are tried */
    uint64_t work;              /* what may still be done */
} Reroute;

static uint32_t place_of(const Reroute *reroute, uint32_t vertex)
{
    return reroute->layered->vertices[vertex].place;
}

/* Its place where `removed` (of the same rank, or LAYERED_NONE) is not counted. */
static uint32_t place_without(const Reroute *reroute, uint32_t vertex, uint32_t removed)
{
    uint32_t place = place_of(reroute, vertex);

    return place - (removed != LAYERED_NONE && place_of(reroute, removed) < place);
}

/* The index-th of the others in the rank of a vertex. */
static uint32_t other_at(const Reroute *reroute, uint32_t vertex, uint32_t index)
{
    const Layered *layered = reroute->layered;
    const Vertex *own = &layered->vertices[vertex];

    return layered->slots[layered->rank_first[own->rank] + index + (index >= own->place)];
}

static uint32_t others(const Reroute *reroute, uint32_t vertex)
{
    const Layered *layered = reroute->layered;
    uint32_t rank = layered->vertices[vertex].rank;

    return layered->rank_first[rank + 1] - layered->rank_first[rank] - 1;
}

/* Whether a place, between its neighbours there, leaves all frames in one piece: in its own frame, and in none inside that. */
static bool is_allowed(const Reroute *reroute, uint32_t vertex, uint32_t place)
{
    const Layered *layered = reroute->layered;
    uint32_t frame = layered->vertices[vertex].frame, count = others(reroute, vertex);
    uint32_t left = place ? layered->vertices[other_at(reroute, vertex, place - 1)].frame : LAYERED_NONE;
    uint32_t right = place < count ? layered->vertices[other_at(reroute, vertex, place)].frame : LAYERED_NONE;
    uint32_t both = layered_frame_meet(layered, left, right);

    if (frame == left && frame == right) {
        return true;
    }
    bool inside = layered_frame_meet(layered, frame, left) == frame || layered_frame_meet(layered, frame, right) == frame;
    return inside && layered_frame_meet(layered, frame, both) == both;
}

static uint32_t degree(const Lists *lists, uint32_t vertex)
{
    return lists->first[vertex + 1] - lists->first[vertex];
}

static Stop stop_at(const Reroute *reroute, uint32_t vertex)
{
    const Layered *layered = reroute->layered;
    uint32_t place = place_of(reroute, vertex), count = others(reroute, vertex);
    Stop stop = {vertex, place, 1};

    if (degree(&layered->up, vertex) + degree(&layered->down, vertex) > DEGREE_MOST || !is_allowed(reroute, vertex, place)) {
        return stop; /* alone in its frame: others could not tell where that is */
    }
    stop.first = place > reroute->reach ? place - reroute->reach : 0;
    stop.count = (place + reroute->reach < count ? place + reroute->reach : count) + 1 - stop.first;
    return stop;
}

/* ---- what a place costs ---- */

/* Crossings of the arcs of a stop to one side that are not of the line, for each place. */
static void add_arcs(Reroute *reroute, const Stop *stop, bool down, uint32_t next, int64_t *cost)
{
    const Lists *lists = down ? &reroute->layered->down : &reroute->layered->up;

    for (uint32_t i = lists->first[stop->vertex]; i < lists->first[stop->vertex + 1] && stop->count > 1; i++) {
        uint32_t end = lists->list[i];
        int64_t crossings = 0;
        for (uint32_t p = 1; end != next && p < stop->count; p++) {
            uint32_t passed = other_at(reroute, stop->vertex, stop->first + p - 1);
            for (uint32_t k = lists->first[passed]; k < lists->first[passed + 1]; k++) {
                uint32_t a = place_of(reroute, lists->list[k]), b = place_of(reroute, end);
                crossings += lists->list[k] == next ? 0 : (a > b) - (a < b);
            }
            cost[p] += crossings * CROSSING;
            reroute->work -= reroute->work ? 1 : 0;
        }
    }
}

static void own_cost(Reroute *reroute, uint32_t index, int64_t *cost)
{
    const Stop *stop = &reroute->stops[index];
    uint32_t place = place_of(reroute, stop->vertex);

    for (uint32_t p = 0; p < stop->count; p++) {
        uint32_t at = stop->first + p;
        cost[p] = at > place ? at - place : place - at;
    }
    add_arcs(reroute, stop, false, index ? stop[-1].vertex : LAYERED_NONE, cost);
    add_arcs(reroute, stop, true, index + 1 < reroute->stop_count ? stop[1].vertex : LAYERED_NONE, cost);
    for (uint32_t p = 0; p < stop->count; p++) {
        bool kept = stop->first + p == place;
        cost[p] = kept || is_allowed(reroute, stop->vertex, stop->first + p) ? cost[p] : NEVER;
    }
}

/* Arcs of others that the line crosses between two stops. */
static void link_cost(Reroute *reroute, const Stop *upper, const Stop *lower)
{
    const Layered *layered = reroute->layered;
    int64_t *first = reroute->link[0];

    first[0] = 0;
    for (uint32_t q = 1; q < lower->count; q++) {
        uint32_t passed = other_at(reroute, lower->vertex, lower->first + q - 1);
        first[q] = first[q - 1];
        for (uint32_t i = layered->up.first[passed]; i < layered->up.first[passed + 1]; i++) {
            uint32_t a = layered->up.list[i];
            bool behind = place_without(reroute, a, upper->vertex) >= upper->first;
            first[q] += a == upper->vertex ? 0 : behind ? 1 : -1;
        }
    }
    for (uint32_t p = 1; p < upper->count; p++) {
        uint32_t passed = other_at(reroute, upper->vertex, upper->first + p - 1);
        int64_t change[WINDOW] = {0};
        for (uint32_t i = layered->down.first[passed]; i < layered->down.first[passed + 1]; i++) {
            uint32_t b = layered->down.list[i], at = place_without(reroute, b, lower->vertex);
            if (b == lower->vertex) {
                continue;
            }
            change[0] += at >= lower->first ? 1 : -1;
            if (at >= lower->first && at + 1 < lower->first + lower->count) {
                change[at + 1 - lower->first] -= 2;
            }
        }
        int64_t sum = 0;
        for (uint32_t q = 0; q < lower->count; q++) {
            sum += change[q];
            reroute->link[p][q] = reroute->link[p - 1][q] + sum;
        }
    }
}

/* Other arcs of the upper stop cross other arcs of the lower one. */
static void add_pairs(Reroute *reroute, const Stop *upper, const Stop *lower)
{
    const Layered *layered = reroute->layered;
    const Lists *down = &layered->down, *up = &layered->up;
    int64_t leaving = degree(down, upper->vertex), entering = degree(up, lower->vertex);
    int64_t left[WINDOW] = {0};

    if (leaving < 2 || entering < 2) {
        return;
    }
    for (uint32_t q = 0; q < lower->count; q++) {
        for (uint32_t i = down->first[upper->vertex]; i < down->first[upper->vertex + 1]; i++) {
            uint32_t u = down->list[i];
            left[q] += u != lower->vertex && place_without(reroute, u, lower->vertex) < lower->first + q;
        }
    }
    for (uint32_t p = 0; p < upper->count; p++) {
        int64_t before = 0;
        for (uint32_t i = up->first[lower->vertex]; i < up->first[lower->vertex + 1]; i++) {
            uint32_t w = up->list[i];
            before += w != upper->vertex && place_without(reroute, w, upper->vertex) < upper->first + p;
        }
        for (uint32_t q = 0; q < lower->count; q++) {
            reroute->link[p][q] += (entering - 1 - before) * (leaving - 1 - left[q]) + before * left[q];
        }
    }
}

/* ---- the best way ---- */

/* Costs of the best ways to the places of a stop from those of the stop before. */
static void step(Reroute *reroute, uint32_t index)
{
    const Stop *upper = &reroute->stops[index - 1], *lower = &reroute->stops[index];
    const int64_t *before = reroute->cost[(index - 1) % 2];
    int64_t *cost = reroute->cost[index % 2];
    uint64_t cells = (uint64_t)upper->count * lower->count;

    own_cost(reroute, index, cost);
    link_cost(reroute, upper, lower);
    add_pairs(reroute, upper, lower);
    reroute->work -= reroute->work < cells ? reroute->work : cells;
    for (uint32_t q = 0; q < lower->count; q++) {
        int64_t best = INT64_MAX;
        for (uint32_t p = 0; p < upper->count; p++) {
            int64_t way = before[p] + reroute->link[p][q] * CROSSING;
            if (way < best) {
                best = way;
                reroute->choice[(size_t)index * WINDOW + q] = (uint8_t)p;
            }
        }
        cost[q] += best;
    }
}

/* What the line costs where it is. */
static int64_t kept_cost(const Reroute *reroute, uint32_t index)
{
    const Stop *stop = &reroute->stops[index];

    return reroute->link[place_of(reroute, stop[-1].vertex) - stop[-1].first][place_of(reroute, stop->vertex) - stop->first];
}

static void move(Layered *layered, uint32_t vertex, uint32_t place)
{
    Vertex *own = &layered->vertices[vertex];
    uint32_t *slots = layered->slots + layered->rank_first[own->rank];

    for (; own->place < place; own->place++) {
        slots[own->place] = slots[own->place + 1];
        layered->vertices[slots[own->place]].place--;
    }
    for (; own->place > place; own->place--) {
        slots[own->place] = slots[own->place - 1];
        layered->vertices[slots[own->place]].place++;
    }
    slots[own->place] = vertex;
}

/* Puts the line at hand where it is best; false where it is best already. */
static bool reroute_line(Reroute *reroute)
{
    uint32_t last = reroute->stop_count - 1, end = 0;
    int64_t kept = 0, own[WINDOW];

    own_cost(reroute, 0, reroute->cost[0]);
    kept = reroute->cost[0][place_of(reroute, reroute->stops[0].vertex) - reroute->stops[0].first];
    for (uint32_t i = 1; i <= last; i++) {
        const Stop *stop = &reroute->stops[i];
        step(reroute, i);
        own_cost(reroute, i, own);
        kept += own[place_of(reroute, stop->vertex) - stop->first] + kept_cost(reroute, i) * CROSSING;
    }
    const int64_t *cost = reroute->cost[last % 2];
    for (uint32_t p = 1; p < reroute->stops[last].count; p++) {
        end = cost[p] < cost[end] ? p : end;
    }
    if (cost[end] >= kept) {
        return false;
    }
    for (uint32_t i = last + 1; i-- > 0;) {
        move(reroute->layered, reroute->stops[i].vertex, reroute->stops[i].first + end);
        end = i ? reroute->choice[(size_t)i * WINDOW + end] : 0;
    }
    return true;
}

/* The line of which a vertex is the first. */
static void take_line(Reroute *reroute, uint32_t vertex)
{
    reroute->stop_count = 0;
    for (; vertex != LAYERED_NONE; vertex = reroute->layered->vertices[vertex].below) {
        reroute->stops[reroute->stop_count++] = stop_at(reroute, vertex);
    }
}

static uint64_t square(uint64_t n)
{
    return n * n;
}

/* All lines once; false where no change gains anything, or too much has been done. */
static bool reroute_all(Reroute *reroute)
{
    const Layered *layered = reroute->layered;
    bool better = false;

    for (uint32_t v = 0; v < layered->vertex_count && reroute->work; v++) {
        if (layered->vertices[v].above == LAYERED_NONE && degree(&layered->up, v) + degree(&layered->down, v)) {
            take_line(reroute, v);
            better = reroute_line(reroute) || better;
        }
    }
    return better && reroute->work;
}

void layered_reroute(Layered *layered)
{
    Reroute *reroute = ARENA_NEW(layered->arena, Reroute);

    reroute->layered = layered;
    reroute->work = WORK_MOST;
    reroute->stops = ARENA_ARRAY(layered->arena, (size_t)layered->rank_count + 1, Stop);
    reroute->choice = ARENA_ARRAY(layered->arena, ((size_t)layered->rank_count + 1) * WINDOW, uint8_t);
    /* in a large drawing fewer places are tried, so that there is time for two rounds */
    uint64_t places = WORK_MOST / 2 / ((uint64_t)layered->vertex_count + 1);
    for (reroute->reach = 1; reroute->reach < REACH_MOST && square(2 * reroute->reach + 3) <= places;) {
        reroute->reach++;
    }
    while (reroute_all(reroute)) {
    }
}
