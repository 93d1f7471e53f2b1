/* SPDX-License-Identifier: MIT */
/* Ranks: as early as possible, then whatever hangs on the side moves next to what reads it; frames follow one another. */
#include "view/layered.h"

/* `to` stands at least `length` ranks behind `from`. Elements are nodes, then the two ends of each frame. */
typedef struct Tie {
    uint32_t from, to, length;
    bool soft; /* an order of frames, which can be impossible */
} Tie;

typedef struct Ranking {
    Layered *layered;
    uint32_t element_count;
    Tie *ties;
    uint32_t tie_count, tie_room;
    Lists out;        /* element → ties */
    uint32_t *order;  /* elements, topologically */
    uint32_t ordered; /* how many could be ordered */
    uint32_t *rank;
    bool *anchored;   /* reached from the main input: nodes along strands, frames in any way */
} Ranking;

static uint32_t frame_top(const Ranking *ranking, uint32_t frame)
{
    return ranking->layered->node_count + 2 * frame;
}

static void tie(Ranking *ranking, uint32_t from, uint32_t to, uint32_t length, bool soft)
{
    *ARENA_PUSH(ranking->layered->arena, ranking->ties, ranking->tie_count, ranking->tie_room) =
        (Tie){from, to, length, soft};
}

/* The outermost visible frame around `frame` that is not around `other`. */
static uint32_t outermost_apart(const Layered *layered, uint32_t frame, uint32_t meet)
{
    uint32_t outer = LAYERED_NONE;

    for (; frame != meet && frame != LAYERED_NONE; frame = layered->frames[frame].up) {
        outer = frame;
    }
    return outer;
}

static void tie_frames(Ranking *ranking)
{
    const Layered *layered = ranking->layered;

    for (uint32_t f = 0; f < layered->outline->frame_count; f++) {
        uint32_t up = layered->frames[f].up;
        if (layered->outline->frames[f].visible && up != LAYERED_NONE) {
            tie(ranking, frame_top(ranking, up), frame_top(ranking, f), 0, false);
            tie(ranking, frame_top(ranking, f) + 1, frame_top(ranking, up) + 1, 0, false);
        }
    }
    for (uint32_t v = 0; v < layered->node_count; v++) {
        if (layered->home[v] != LAYERED_NONE) {
            tie(ranking, frame_top(ranking, layered->home[v]), v, 0, false);
            tie(ranking, v, frame_top(ranking, layered->home[v]) + 1, 0, false);
        }
    }
}

static uint32_t main_input(const Layered *layered)
{
    uint32_t *height = ARENA_ARRAY(layered->arena, (size_t)layered->node_count + 1, uint32_t);
    uint32_t best = 0;

    for (uint32_t v = layered->node_count; v-- > 0;) {
        for (uint32_t i = layered->out.first[v]; i < layered->out.first[v + 1]; i++) {
            uint32_t reached = height[layered->strands[layered->out.list[i]].to] + 1;
            height[v] = reached > height[v] ? reached : height[v];
        }
        best = height[v] >= height[best] ? v : best;
    }
    return best;
}

/* Nodes that the main input leads to. */
static bool *led_to(const Layered *layered, uint32_t input)
{
    bool *led = ARENA_ARRAY(layered->arena, (size_t)layered->node_count + 1, bool);

    led[input] = true;
    for (uint32_t i = 0; i < layered->strand_count; i++) {
        led[layered->strands[i].to] = led[layered->strands[i].to] || led[layered->strands[i].from];
    }
    return led;
}

/* Frames that data from another input enter: they may stand beside the main network (a decoder beside its encoder). */
static bool *frames_beside(const Layered *layered, const bool *led)
{
    bool *beside = ARENA_ARRAY(layered->arena, (size_t)layered->outline->frame_count + 1, bool);

    for (uint32_t i = 0; i < layered->strand_count; i++) {
        const Strand *strand = &layered->strands[i];
        uint32_t f = layered->home[strand->to], meet = layered_frame_meet(layered, layered->home[strand->from], f);
        for (; f != meet && !led[strand->from]; f = layered->frames[f].up) {
            beside[f] = true;
        }
    }
    return beside;
}

static void tie_strands(Ranking *ranking)
{
    const Layered *layered = ranking->layered;
    bool *led = led_to(layered, main_input(layered)), *beside = frames_beside(layered, led);

    for (uint32_t i = 0; i < layered->strand_count; i++) {
        const Strand *strand = &layered->strands[i];
        uint32_t from = layered->home[strand->from], to = layered->home[strand->to];
        tie(ranking, strand->from, strand->to, 1, false);
        if (from == to) {
            continue;
        }
        uint32_t meet = layered_frame_meet(layered, from, to);
        from = outermost_apart(layered, from, meet);
        to = outermost_apart(layered, to, meet);
        if (from != LAYERED_NONE && to != LAYERED_NONE && !(beside[to] && led[strand->from])) {
            tie(ranking, frame_top(ranking, from) + 1, frame_top(ranking, to), 1, true);
        }
    }
}

static void list_ties(Ranking *ranking)
{
    Arena *arena = ranking->layered->arena;
    uint32_t *owner = ARENA_ARRAY(arena, (size_t)ranking->tie_count + 1, uint32_t);

    for (uint32_t i = 0; i < ranking->tie_count; i++) {
        owner[i] = ranking->ties[i].from;
    }
    ranking->out = layered_lists(arena, ranking->element_count, ranking->tie_count, owner, NULL);
}

/* Kahn's order; ranks as early as possible. */
static bool rank_early(Ranking *ranking)
{
    Arena *arena = ranking->layered->arena;
    uint32_t count = ranking->element_count;
    uint32_t *waiting = ARENA_ARRAY(arena, (size_t)count + 1, uint32_t);

    list_ties(ranking);
    ranking->order = ARENA_ARRAY(arena, (size_t)count + 1, uint32_t);
    ranking->rank = ARENA_ARRAY(arena, (size_t)count + 1, uint32_t);
    ranking->ordered = 0;
    for (uint32_t i = 0; i < ranking->tie_count; i++) {
        waiting[ranking->ties[i].to]++;
    }
    for (uint32_t e = 0; e < count; e++) {
        if (!waiting[e]) {
            ranking->order[ranking->ordered++] = e;
        }
    }
    for (uint32_t done = 0; done < ranking->ordered; done++) {
        uint32_t e = ranking->order[done];
        for (uint32_t i = ranking->out.first[e]; i < ranking->out.first[e + 1]; i++) {
            const Tie *t = &ranking->ties[ranking->out.list[i]];
            if (ranking->rank[t->to] < ranking->rank[e] + t->length) {
                ranking->rank[t->to] = ranking->rank[e] + t->length;
            }
            if (!--waiting[t->to]) {
                ranking->order[ranking->ordered++] = t->to;
            }
        }
    }
    return ranking->ordered == count;
}

/* Forgets orders of frames that contradict each other: those among elements that could not be ordered, or all. */
static void drop_soft(Ranking *ranking, bool all)
{
    bool *ordered = ARENA_ARRAY(ranking->layered->arena, (size_t)ranking->element_count + 1, bool);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < ranking->ordered; i++) {
        ordered[ranking->order[i]] = true;
    }
    for (uint32_t i = 0; i < ranking->tie_count; i++) {
        const Tie *t = &ranking->ties[i];
        if (!t->soft || (!all && (ordered[t->from] || ordered[t->to]))) {
            ranking->ties[kept++] = *t;
        }
    }
    ranking->tie_count = kept;
}

static void find_anchored(Ranking *ranking)
{
    ranking->anchored = ARENA_ARRAY(ranking->layered->arena, (size_t)ranking->element_count + 1, bool);
    ranking->anchored[main_input(ranking->layered)] = true;
    for (uint32_t i = 0; i < ranking->ordered; i++) {
        uint32_t e = ranking->order[i];
        for (uint32_t j = ranking->out.first[e]; ranking->anchored[e] && j < ranking->out.first[e + 1]; j++) {
            ranking->anchored[ranking->ties[ranking->out.list[j]].to] = true;
        }
    }
    bool *led = led_to(ranking->layered, main_input(ranking->layered));
    for (uint32_t v = 0; v < ranking->layered->node_count; v++) {
        ranking->anchored[v] = led[v];
    }
}

/* A node that more nodes read than it reads shortens edges by moving down. */
static bool pulls_down(const Ranking *ranking, uint32_t element)
{
    const Layered *layered = ranking->layered;

    if (!ranking->anchored[element]) {
        return true;
    }
    return element < layered->node_count
        && layered->out.first[element + 1] - layered->out.first[element]
            > layered->in.first[element + 1] - layered->in.first[element]
        && layered->in.first[element + 1] > layered->in.first[element];
}

static void rank_late(Ranking *ranking)
{
    for (uint32_t i = ranking->ordered; i-- > 0;) {
        uint32_t e = ranking->order[i], latest = LAYERED_NONE;
        if (!pulls_down(ranking, e)) {
            continue;
        }
        for (uint32_t j = ranking->out.first[e]; j < ranking->out.first[e + 1]; j++) {
            const Tie *t = &ranking->ties[ranking->out.list[j]];
            uint32_t limit = ranking->rank[t->to] - t->length;
            latest = limit < latest ? limit : latest;
        }
        if (latest != LAYERED_NONE) {
            ranking->rank[e] = latest;
        }
    }
}

/* Numbers the ranks in use without holes and finds what ranks each frame spans. */
static void close_ranks(Layered *layered, const uint32_t *rank)
{
    uint32_t *number = ARENA_ARRAY(layered->arena, (size_t)layered->node_count + layered->outline->frame_count + 2, uint32_t);

    layered->rank = ARENA_ARRAY(layered->arena, (size_t)layered->node_count + 1, uint32_t);
    for (uint32_t v = 0; v < layered->node_count; v++) {
        number[rank[v]] = 1;
    }
    for (uint32_t r = 0; r <= layered->node_count + layered->outline->frame_count; r++) {
        number[r] = number[r] ? layered->rank_count++ : LAYERED_NONE;
    }
    for (uint32_t v = 0; v < layered->node_count; v++) {
        layered->rank[v] = number[rank[v]];
        for (uint32_t f = layered->home[v]; f != LAYERED_NONE; f = layered->frames[f].up) {
            FramePlace *place = &layered->frames[f];
            bool fresh = place->first == LAYERED_NONE;
            place->first = fresh || layered->rank[v] < place->first ? layered->rank[v] : place->first;
            place->last = fresh || layered->rank[v] > place->last ? layered->rank[v] : place->last;
        }
    }
}

void layered_rank(Layered *layered)
{
    Ranking ranking = {.layered = layered};

    ranking.element_count = layered->node_count + 2 * layered->outline->frame_count;
    tie_frames(&ranking);
    tie_strands(&ranking);
    for (int attempt = 0; !rank_early(&ranking) && attempt < 3; attempt++) {
        drop_soft(&ranking, attempt > 0);
    }
    find_anchored(&ranking);
    rank_late(&ranking);
    close_ranks(layered, ranking.rank);
}
