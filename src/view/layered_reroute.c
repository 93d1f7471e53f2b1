/* SPDX-License-Identifier: MIT */
/* Fewer crossings, once more: a line is taken out and put back, bends allowed, where it crosses least. */
#include "view/layered.h"

#include <string.h>

/*
 * With all else in place the best way of a line is a shortest path over the places in its ranks, as where planarisation
 * inserts an edge (Gutwenger and Mutzel 2003) and where global sifting moves a block (Bachmaier, Brandenburg, Brunner and
 * Hübner 2011). Places are numbered by how many of the others stand before; only those near the old one are tried, and all
 * counts are differences to the first of them.
 */
enum { REACH_MOST = 20, WINDOW = 2 * REACH_MOST + 1, DEGREE_MOST = 64 };
/* Pairs of places that are looked at, and what each stop costs beside: less in a large drawing, which shall not take long. */
enum { WORK_MOST = 6000000, WORK_LEAST = 1000000, VERTICES_MANY = 8000, STOP_WORK = 50 };
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
    int32_t link[WINDOW][WINDOW]; /* crossings of the line between two stops */
    bool *crossed;              /* vertex → an arc of it crosses another */
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

/* Whether the index-th of the others stands in the frame of a vertex, or in one inside that. */
static bool is_inside(const Reroute *reroute, uint32_t vertex, uint32_t index)
{
    const Layered *layered = reroute->layered;
    uint32_t frame = layered->vertices[vertex].frame, other = layered->vertices[other_at(reroute, vertex, index)].frame;

    return other == frame || layered_frame_meet(layered, frame, other) == frame;
}

/* Whether a place (beside what stands in the frame of the vertex) does not part a frame inside that. */
static bool is_allowed(const Reroute *reroute, uint32_t vertex, uint32_t place)
{
    const Layered *layered = reroute->layered;
    uint32_t frame = layered->vertices[vertex].frame, count = others(reroute, vertex);
    uint32_t left = place ? layered->vertices[other_at(reroute, vertex, place - 1)].frame : LAYERED_NONE;
    uint32_t right = place < count ? layered->vertices[other_at(reroute, vertex, place)].frame : LAYERED_NONE;

    if (left == frame || right == frame) {
        return true;
    }
    uint32_t both = layered_frame_meet(layered, left, right);
    return layered_frame_meet(layered, frame, both) == both;
}

static uint32_t degree(const Lists *lists, uint32_t vertex)
{
    return lists->first[vertex + 1] - lists->first[vertex];
}

/* The places around the present one, as far as its frame goes there: what is alone in its frame stays where it is. */
static Stop stop_at(const Reroute *reroute, uint32_t vertex)
{
    const Layered *layered = reroute->layered;
    uint32_t place = place_of(reroute, vertex), low = place, high = place, count = others(reroute, vertex);

    if (degree(&layered->up, vertex) + degree(&layered->down, vertex) <= DEGREE_MOST) {
        while (low && place - low < reroute->reach && is_inside(reroute, vertex, low - 1)) {
            low--;
        }
        while (high < count && high - place < reroute->reach && is_inside(reroute, vertex, high)) {
            high++;
        }
    }
    return (Stop){vertex, low, high - low + 1};
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
    int32_t *first = reroute->link[0];

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
        int32_t change[WINDOW] = {0};
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
        int32_t sum = 0;
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
    int32_t leaving = (int32_t)degree(down, upper->vertex), entering = (int32_t)degree(up, lower->vertex);
    int32_t left[WINDOW] = {0};

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
        int32_t before = 0;
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

/* What the line crosses between two stops where it is. */
static int64_t kept_link(const Reroute *reroute, const Stop *upper, const Stop *lower)
{
    return reroute->link[place_of(reroute, upper->vertex) - upper->first][place_of(reroute, lower->vertex) - lower->first];
}

/* Costs of the best ways to the places of a stop from those of the stop before; `kept` grows by what its own place costs. */
static void step(Reroute *reroute, uint32_t index, int64_t *kept)
{
    const Stop *upper = &reroute->stops[index - 1], *lower = &reroute->stops[index];
    const int64_t *before = reroute->cost[(index - 1) % 2];
    int64_t *cost = reroute->cost[index % 2];
    uint64_t cells = STOP_WORK + (uint64_t)upper->count * lower->count;

    own_cost(reroute, index, cost);
    link_cost(reroute, upper, lower);
    add_pairs(reroute, upper, lower);
    *kept += cost[place_of(reroute, lower->vertex) - lower->first] + kept_link(reroute, upper, lower) * CROSSING;
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

    own_cost(reroute, 0, reroute->cost[0]);
    int64_t kept = reroute->cost[0][place_of(reroute, reroute->stops[0].vertex) - reroute->stops[0].first];
    for (uint32_t i = 1; i <= last; i++) {
        step(reroute, i, &kept);
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

/* The line of which a vertex is the first; false where it crosses nothing. */
static bool take_line(Reroute *reroute, uint32_t first)
{
    const Vertex *vertices = reroute->layered->vertices;
    bool crossed = false;

    for (uint32_t v = first; v != LAYERED_NONE && !crossed; v = vertices[v].below) {
        crossed = reroute->crossed[v];
    }
    reroute->stop_count = 0;
    for (uint32_t v = first; v != LAYERED_NONE && crossed; v = vertices[v].below) {
        reroute->stops[reroute->stop_count++] = stop_at(reroute, v);
    }
    return crossed;
}

/* The arcs of a rank to the next one, in this order; each that leads to before what an earlier one led to crosses that. */
static void mark_crossed(Reroute *reroute, uint32_t rank, bool forward)
{
    const Layered *layered = reroute->layered;
    uint32_t first = layered->rank_first[rank], count = layered->rank_first[rank + 1] - first;
    uint32_t far = LAYERED_NONE; /* the place furthest on that vertices before lead to */

    for (uint32_t i = 0; i < count; i++) {
        uint32_t v = layered->slots[forward ? first + i : first + count - 1 - i], next = far;
        for (uint32_t k = layered->down.first[v]; k < layered->down.first[v + 1]; k++) {
            uint32_t place = place_of(reroute, layered->down.list[k]);
            if (far != LAYERED_NONE && (forward ? place < far : place > far)) {
                reroute->crossed[v] = reroute->crossed[layered->down.list[k]] = true;
            }
            next = next == LAYERED_NONE || (forward ? place > next : place < next) ? place : next;
        }
        far = next;
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

    memset(reroute->crossed, 0, layered->vertex_count * sizeof *reroute->crossed);
    for (uint32_t r = 0; r + 1 < layered->rank_count; r++) {
        mark_crossed(reroute, r, true);
        mark_crossed(reroute, r, false);
    }
    for (uint32_t v = 0; v < layered->vertex_count && reroute->work; v++) {
        if (layered->vertices[v].above == LAYERED_NONE && take_line(reroute, v)) {
            better = reroute_line(reroute) || better;
        }
    }
    return better && reroute->work;
}

void layered_reroute(Layered *layered)
{
    Reroute *reroute = ARENA_NEW(layered->arena, Reroute);

    reroute->layered = layered;
    uint64_t scaled = (uint64_t)WORK_MOST * VERTICES_MANY / ((uint64_t)layered->vertex_count + 1);
    reroute->work = scaled > WORK_MOST ? WORK_MOST : scaled < WORK_LEAST ? WORK_LEAST : scaled;
    reroute->crossed = ARENA_ARRAY(layered->arena, (size_t)layered->vertex_count + 1, bool);
    reroute->stops = ARENA_ARRAY(layered->arena, (size_t)layered->rank_count + 1, Stop);
    reroute->choice = ARENA_ARRAY(layered->arena, ((size_t)layered->rank_count + 1) * WINDOW, uint8_t);
    /* in a large drawing fewer places are tried, so that there is time for two rounds */
    uint64_t places = reroute->work / 2 / ((uint64_t)layered->vertex_count + 1);
    for (reroute->reach = 1; reroute->reach < REACH_MOST && square(2 * reroute->reach + 3) <= places;) {
        reroute->reach++;
    }
    while (reroute_all(reroute)) {
    }
}
