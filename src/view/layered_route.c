/* SPDX-License-Identifier: MIT */
/* Routes of edges: changes of lane in the gaps between ranks, each gap's on tracks that keep different edges apart. */
#include "view/layered.h"

/* One change of lane, from a vertex to one in the next rank. */
typedef struct Segment {
    uint32_t upper, lower;  /* vertices */
    uint32_t from, to;      /* lanes */
    uint32_t gap;           /* rank before it */
    uint32_t group, track;
} Segment;

/* Segments that leave one vertex or enter one vertex share a track and join like pipes. */
typedef struct Group {
    uint32_t low, high;     /* lanes that it spans */
    uint32_t first, count;  /* its segments in Gap.list */
    uint32_t track;
} Group;

/* Beyond this many groups in a gap their order is guessed from their ends, and beyond this much work they overlap. */
enum { GROUPS_COMPARED = 48, OVERLAP_COST = 16 };
#define TRACK_WORK UINT64_C(20000000)

typedef struct Router {
    Layered *layered;
    Scene *scene;
    Segment *segments;
    uint32_t segment_count, segment_room;
    uint32_t *hop;          /* vertex → segment by which its bus goes on from it, or LAYERED_NONE */
    uint32_t *turn;         /* bus vertex → next vertex of the bus at or behind it from which a segment goes on */
    uint32_t *entry;        /* bus → segment from its node, or LAYERED_NONE */
    uint32_t *leave;        /* way outside → segment from its node, or LAYERED_NONE */
    uint32_t *users;        /* scratch: vertex → segments that leave it in the gap at hand */
    uint32_t *by_upper, *by_lower; /* scratch: vertex → group + 1 */
    uint32_t *busy;         /* scratch: lane → tracks in use */
    Group *groups;          /* scratch */
    uint32_t *list;         /* scratch: segments by group */
    uint32_t *cost;         /* scratch: of one group above another */
    uint64_t work;
} Router;

/* Ways outside are numbered behind the vertices. */
static uint32_t lane_of(const Layered *layered, uint32_t vertex)
{
    if (vertex >= layered->vertex_count) {
        return layered->outsides[vertex - layered->vertex_count].lane;
    }
    return layered->lane[layered->vertices[vertex].line];
}

static uint32_t add_segment_in(Router *router, uint32_t upper, uint32_t lower, uint32_t gap)
{
    const Layered *layered = router->layered;
    uint32_t from = lane_of(layered, upper), to = lane_of(layered, lower);

    if (from == to) {
        return LAYERED_NONE;
    }
    *ARENA_PUSH(layered->arena, router->segments, router->segment_count, router->segment_room) =
        (Segment){upper, lower, from, to, gap, LAYERED_NONE, 0};
    return router->segment_count - 1;
}

static uint32_t add_segment(Router *router, uint32_t upper, uint32_t lower)
{
    return add_segment_in(router, upper, lower, router->layered->vertices[upper].rank);
}

static void route_buses(Router *router)
{
    const Layered *layered = router->layered;

    for (uint32_t b = 0; b < layered->bus_count; b++) {
        const Bus *bus = &layered->buses[b];
        uint32_t count = bus->last - bus->first + 1, turn = LAYERED_NONE;
        for (uint32_t i = 0; i + 1 < count; i++) {
            router->hop[bus->vertex + i] = add_segment(router, bus->vertex + i, bus->vertex + i + 1);
        }
        router->hop[bus->vertex + count - 1] = LAYERED_NONE;
        for (uint32_t i = count; i-- > 0;) {
            turn = router->hop[bus->vertex + i] == LAYERED_NONE ? turn : bus->vertex + i;
            router->turn[bus->vertex + i] = turn;
        }
    }
    for (uint32_t i = 0; i < layered->strand_count; i++) {
        const Strand *strand = &layered->strands[i];
        if (strand->bus != LAYERED_NONE && router->entry[strand->bus] == LAYERED_NONE) {
            router->entry[strand->bus] = add_segment(router, strand->from, layered->buses[strand->bus].vertex);
        }
    }
}

/* Out in the gap behind the node, back in the gap before the target; the segment of the latter. */
static uint32_t route_outside(Router *router, const Strand *strand)
{
    const Layered *layered = router->layered;
    uint32_t way = layered->vertex_count + strand->outside, *leave = &router->leave[strand->outside];

    if (*leave == LAYERED_NONE) {
        *leave = add_segment(router, strand->from, way);
    }
    return add_segment_in(router, way, strand->to, layered->rank[strand->to] - 1);
}

/* Whether nothing but passing edges stands between a node and the bus that enters it from the side. */
static bool side_is_free(const Layered *layered, const Strand *strand)
{
    const Bus *bus = &layered->buses[strand->bus];
    uint32_t rank = layered->rank[strand->to];
    uint32_t a = layered->vertices[strand->to].place;
    uint32_t b = layered->vertices[bus->vertex + rank - bus->first].place, low = a < b ? a : b, high = a < b ? b : a;

    for (uint32_t i = low + 1; i < high; i++) {
        VertexKind kind = layered->vertices[layered->slots[layered->rank_first[rank] + i]].kind;
        if (kind == VERTEX_NODE || i - low > 256) {
            return false;
        }
    }
    return lane_of(layered, bus->vertex + rank - bus->first) != lane_of(layered, strand->to);
}

/* What each group costs above each other one: crossings, and verticals that would lie on one another. */
static uint32_t cost_above(const Router *router, const Group *above, const Group *below)
{
    uint32_t cost = 0;

    for (uint32_t i = 0; i < below->count; i++) {
        const Segment *s = &router->segments[router->list[below->first + i]];
        bool seen = i && router->segments[router->list[below->first + i - 1]].upper == s->upper;
        cost += !seen && s->from > above->low && s->from < above->high;
        for (uint32_t j = 0; j < above->count && j < GROUPS_COMPARED; j++) {
            cost += router->segments[router->list[above->first + j]].to == s->from ? OVERLAP_COST : 0;
        }
    }
    for (uint32_t i = 0; i < above->count; i++) {
        const Segment *s = &router->segments[router->list[above->first + i]];
        bool seen = i && router->segments[router->list[above->first + i - 1]].lower == s->lower;
        cost += !seen && s->to > below->low && s->to < below->high;
    }
    return cost;
}

/* Takes the next group in order: the one that costs least above all that remain. */
static void order_groups(Router *router, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < count; j++) {
            router->cost[i * GROUPS_COMPARED + j] = i == j ? 0 : cost_above(router, &router->groups[i], &router->groups[j]);
        }
    }
    uint32_t at[GROUPS_COMPARED];
    for (uint32_t i = 0; i < count; i++) {
        at[i] = i;
    }
    Group sorted[GROUPS_COMPARED];
    for (uint32_t done = 0; done < count; done++) {
        int64_t best = INT64_MAX;
        uint32_t chosen = done;
        for (uint32_t i = done; i < count; i++) {
            int64_t sum = 0;
            for (uint32_t j = done; j < count; j++) {
                sum += (int64_t)router->cost[at[i] * GROUPS_COMPARED + at[j]];
                sum -= (int64_t)router->cost[at[j] * GROUPS_COMPARED + at[i]];
            }
            chosen = sum < best ? i : chosen;
            best = sum < best ? sum : best;
        }
        uint32_t taken = at[chosen];
        for (uint32_t i = chosen; i > done; i--) {
            at[i] = at[i - 1];
        }
        at[done] = taken;
        sorted[done] = router->groups[taken];
    }
    for (uint32_t i = 0; i < count; i++) {
        router->groups[i] = sorted[i];
    }
}

/* Each group below all before it that it overlaps; the number of tracks. */
static uint32_t give_tracks(Router *router, uint32_t count)
{
    uint32_t tracks = 1;

    for (uint32_t i = 0; i < count; i++) {
        Group *group = &router->groups[i];
        uint32_t busiest = 0;
        router->work += group->high - group->low + 1;
        if (router->work > TRACK_WORK) {
            group->track = 1;
            continue;
        }
        for (uint32_t lane = group->low; lane <= group->high; lane++) {
            busiest = router->busy[lane] > busiest ? router->busy[lane] : busiest;
        }
        group->track = busiest + 1;
        for (uint32_t lane = group->low; lane <= group->high; lane++) {
            router->busy[lane] = group->track;
        }
        tracks = group->track > tracks ? group->track : tracks;
    }
    for (uint32_t i = 0; i < count; i++) {
        const Group *group = &router->groups[i];
        for (uint32_t lane = group->low; lane <= group->high && router->work <= TRACK_WORK; lane++) {
            router->busy[lane] = 0;
        }
        for (uint32_t j = 0; j < group->count; j++) {
            router->segments[router->list[group->first + j]].track = group->track;
        }
    }
    return tracks;
}

/* Gathers the segments of a gap in groups; their number. */
static uint32_t make_groups(Router *router, const uint32_t *in_gap, uint32_t count)
{
    uint32_t groups = 0;

    for (uint32_t i = 0; i < count; i++) {
        router->users[router->segments[in_gap[i]].upper] = 0;
        router->by_upper[router->segments[in_gap[i]].upper] = 0;
        router->by_lower[router->segments[in_gap[i]].lower] = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        router->users[router->segments[in_gap[i]].upper]++;
    }
    for (uint32_t i = 0; i < count; i++) {
        Segment *segment = &router->segments[in_gap[i]];
        bool fans_out = router->users[segment->upper] > 1;
        uint32_t *known = fans_out ? &router->by_upper[segment->upper] : &router->by_lower[segment->lower];
        if (!*known) {
            router->groups[groups] = (Group){UINT32_MAX, 0, 0, 0, 0};
            *known = ++groups;
        }
        segment->group = *known - 1;
        Group *group = &router->groups[segment->group];
        uint32_t low = segment->from < segment->to ? segment->from : segment->to;
        uint32_t high = segment->from < segment->to ? segment->to : segment->from;
        group->low = low < group->low ? low : group->low;
        group->high = high > group->high ? high : group->high;
        group->count++;
    }
    for (uint32_t g = 0, at = 0; g < groups; g++) {
        router->groups[g].first = at;
        at += router->groups[g].count;
        router->groups[g].count = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        Group *group = &router->groups[router->segments[in_gap[i]].group];
        router->list[group->first + group->count++] = in_gap[i];
    }
    return groups;
}

static void route_gaps(Router *router)
{
    Layered *layered = router->layered;
    uint32_t *gap = ARENA_ARRAY(layered->arena, (size_t)router->segment_count + 1, uint32_t);

    for (uint32_t i = 0; i < router->segment_count; i++) {
        gap[i] = router->segments[i].gap;
    }
    Lists gaps = layered_lists(layered->arena, layered->rank_count, router->segment_count, gap, NULL);
    layered->tracks = ARENA_ARRAY(layered->arena, (size_t)layered->rank_count + 1, uint32_t);
    router->groups = ARENA_ARRAY(layered->arena, (size_t)router->segment_count + 1, Group);
    router->list = ARENA_ARRAY(layered->arena, (size_t)router->segment_count + 1, uint32_t);
    for (uint32_t r = 0; r < layered->rank_count; r++) {
        uint32_t groups = make_groups(router, gaps.list + gaps.first[r], gaps.first[r + 1] - gaps.first[r]);
        if (groups > 1 && groups <= GROUPS_COMPARED) {
            order_groups(router, groups);
        }
        layered->tracks[r] = give_tracks(router, groups);
    }
}

static uint32_t *none(Arena *arena, uint32_t count)
{
    uint32_t *list = ARENA_ARRAY(arena, (size_t)count + 1, uint32_t);

    for (uint32_t i = 0; i < count; i++) {
        list[i] = LAYERED_NONE;
    }
    return list;
}

static Router router_new(Layered *layered, Scene *scene)
{
    Arena *arena = layered->arena;
    size_t vertices = (size_t)layered->vertex_count + layered->outside_count + 1;
    Router router = {.layered = layered, .scene = scene};

    router.hop = ARENA_ARRAY(arena, vertices, uint32_t);
    router.turn = ARENA_ARRAY(arena, vertices, uint32_t);
    router.users = ARENA_ARRAY(arena, vertices, uint32_t);
    router.by_upper = ARENA_ARRAY(arena, vertices, uint32_t);
    router.by_lower = ARENA_ARRAY(arena, vertices, uint32_t);
    router.busy = ARENA_ARRAY(arena, (size_t)layered->lane_count + 2, uint32_t);
    router.cost = ARENA_ARRAY(arena, (size_t)GROUPS_COMPARED * GROUPS_COMPARED, uint32_t);
    router.entry = none(arena, layered->bus_count);
    router.leave = none(arena, layered->outside_count);
    return router;
}

const char *layered_role_name(LinkRole role)
{
    static const char *const names[] = {
        [LINK_FLOW] = "flow", [LINK_SHORTCUT] = "shortcut", [LINK_PROJECTION] = "projection", [LINK_COPY] = "copy", [LINK_CONTROL] = "control"};

    return names[role];
}

const char *layered_role_between(const Node *from, const Node *to, LinkRole role)
{
    if (from->idle || to->idle) {
        return "idle";
    }
    return from->training || to->training ? "training" : layered_role_name(role);
}

static void add_step(const Router *router, SceneEdge *edge, uint32_t index)
{
    const Segment *segment = &router->segments[index];

    edge->steps[edge->step_count++] = (SceneStep){segment->gap + 1, segment->track, segment->to, false};
}

/* Follows a strand along its bus, twice: to count the steps, then to write them. */
static void follow(const Router *router, const Strand *strand, uint32_t tap, SceneEdge *edge)
{
    const Layered *layered = router->layered;

    for (int pass = 0; pass < 2; pass++) {
        uint32_t steps = 0;
        if (strand->outside != LAYERED_NONE && ++steps && pass) {
            add_step(router, edge, router->leave[strand->outside]);
        }
        if (strand->bus != LAYERED_NONE) {
            const Bus *bus = &layered->buses[strand->bus];
            uint32_t last = layered->rank[strand->to] - (edge->enters_side ? 0 : 1);
            if (last >= bus->first && router->entry[strand->bus] != LAYERED_NONE && ++steps && pass) {
                add_step(router, edge, router->entry[strand->bus]);
            }
            uint32_t end = bus->vertex + last - bus->first;
            for (uint32_t at = bus->vertex; last >= bus->first && at < end && router->turn[at] < end;) {
                at = router->turn[at];
                if (++steps && pass) {
                    add_step(router, edge, router->hop[at]);
                }
                at++;
            }
        }
        if (tap != LAYERED_NONE && ++steps && pass) {
            add_step(router, edge, tap);
        }
        if (!pass && steps) {
            edge->steps = ARENA_ARRAY(router->scene->arena, steps, SceneStep);
        }
    }
}

/* Binary digits of the number of its elements; 0 where it is not known. */
static int digits_of(const Node *node)
{
    int64_t size = node->shape.known ? 1 : 0;
    int digits = 0;

    for (uint32_t i = 0; i < node->shape.rank; i++) {
        int64_t n = node->shape.dims[i].kind == DIM_INT ? node->shape.dims[i].n : 1;
        size = n > 0 && size > INT64_MAX / n ? INT64_MAX : size * n;
    }
    for (; size > 0; size /= 2) {
        digits++;
    }
    return digits;
}

/* Edges of flow, in five widths between the smallest tensor and the largest, by the logarithms of their sizes. */
void layered_widen(const Layered *layered, Scene *scene)
{
    static const char *const roles[] = {"flow", "wide1", "wide2", "wide3", "wide4"};
    int least = INT_MAX, most = 0;

    for (uint32_t i = 0; i < layered->strand_count; i++) {
        int digits = digits_of(&layered->outline->nodes[layered->strands[i].from]);
        least = digits < least ? digits : least;
        most = digits > most ? digits : most;
    }
    for (uint32_t i = 0; i < layered->strand_count; i++) {
        int digits = digits_of(&layered->outline->nodes[layered->strands[i].from]);
        if (layered->strands[i].link->role == LINK_FLOW && most > least) {
            scene->edge_list[i].role = roles[(digits - least) * 4 / (most - least)];
        }
    }
}

void layered_routes(Layered *layered, Scene *scene)
{
    Router router = router_new(layered, scene);
    uint32_t *tap = ARENA_ARRAY(layered->arena, (size_t)layered->strand_count + 1, uint32_t);
    bool *side = ARENA_ARRAY(layered->arena, (size_t)layered->strand_count + 1, bool);

    route_buses(&router);
    for (uint32_t i = 0; i < layered->strand_count; i++) {
        const Strand *strand = &layered->strands[i];
        uint32_t before = layered->rank[strand->to] - 1, upper = strand->from;
        tap[i] = LAYERED_NONE;
        if (strand->outside != LAYERED_NONE) {
            tap[i] = route_outside(&router, strand);
            continue;
        }
        side[i] = (strand->rail || strand->ported) && side_is_free(layered, strand);
        if (strand->bus != LAYERED_NONE && before >= layered->buses[strand->bus].first) {
            upper = layered->buses[strand->bus].vertex + before - layered->buses[strand->bus].first;
        }
        if (!side[i]) {
            tap[i] = add_segment(&router, upper, strand->to);
        }
    }
    route_gaps(&router);
    for (uint32_t i = 0; i < layered->strand_count; i++) {
        const Strand *strand = &layered->strands[i];
        const Node *from = &layered->outline->nodes[strand->from], *to = &layered->outline->nodes[strand->to];
        SceneEdge *edge = scene_add_edge(scene, from->name, to->name,
                                         layered_role_between(from, to, strand->link->role));
        edge->tail = from->index + 1;
        edge->head = to->index + 1;
        edge->enters_side = side[i];
        edge->stopped = strand->link->stopped;
        follow(&router, strand, tap[i], edge);
    }
}
