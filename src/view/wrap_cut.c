/* SPDX-License-Identifier: MIT */
/* Where columns may end (one node alone passes something on, no frame is cut), and where they do: balanced. */
#include "view/wrap.h"

/* The rank from which an edge comes and the one it goes to; false where one of them is not in the drawing. */
static bool ends_of(const Wrap *wrap, uint32_t edge, uint32_t *from, uint32_t *to)
{
    if (wrap->edge_from[edge] == UINT32_MAX || wrap->edge_to[edge] == UINT32_MAX) {
        return false;
    }
    *from = wrap->rank_of[wrap->edge_from[edge]];
    *to = wrap->rank_of[wrap->edge_to[edge]];
    return *from < *to;
}

static void find_ends(Wrap *wrap)
{
    const Scene *scene = wrap->scene;
    uint32_t edges = scene->edge_count, most = 0;

    wrap->edge_from = ARENA_ARRAY(wrap->arena, (size_t)edges + 1, uint32_t);
    wrap->edge_to = ARENA_ARRAY(wrap->arena, (size_t)edges + 1, uint32_t);
    for (uint32_t i = 0; i < scene->item_count; i++) {
        most = scene->items[i].node > most ? scene->items[i].node : most;
    }
    uint32_t *item = ARENA_ARRAY(wrap->arena, (size_t)most + 1, uint32_t); /* number → item + 1 */
    for (uint32_t i = 0; i < scene->item_count; i++) {
        item[scene->items[i].node] = scene->items[i].node ? i + 1 : 0;
    }
    for (uint32_t i = 0; i < edges; i++) {
        const SceneEdge *edge = &scene->edge_list[i];
        wrap->edge_from[i] = edge->tail <= most ? item[edge->tail] - 1 : UINT32_MAX;
        wrap->edge_to[i] = edge->head <= most ? item[edge->head] - 1 : UINT32_MAX;
    }
}

/* Counts over gaps, first as changes from gap to gap. */
typedef struct Crossing {
    int64_t *edges, *sources; /* that cross the gap */
    int64_t *own;             /* sources of the rank before it */
    int64_t *copies;          /* long connections between levels: they hold together what they span */
} Crossing;

static Crossing count_crossing(const Wrap *wrap)
{
    size_t ranks = (size_t)wrap->rank_count + 1;
    Crossing crossing = {ARENA_ARRAY(wrap->arena, ranks, int64_t), ARENA_ARRAY(wrap->arena, ranks, int64_t),
                         ARENA_ARRAY(wrap->arena, ranks, int64_t), ARENA_ARRAY(wrap->arena, ranks, int64_t)};
    uint32_t *reach = ARENA_ARRAY(wrap->arena, (size_t)wrap->scene->item_count + 1, uint32_t), from, to;

    for (uint32_t i = 0; i < wrap->scene->edge_count; i++) {
        if (ends_of(wrap, i, &from, &to)) {
            uint32_t *far = &reach[wrap->edge_from[i]];
            *far = to > *far ? to : *far;
            crossing.edges[from]++;
            crossing.edges[to]--;
            if (wrap->scene->edge_list[i].arc || str_equal(str_from(wrap->scene->edge_list[i].role), STR("copy"))) {
                crossing.copies[from]++;
                crossing.copies[to]--;
            }
            if (wrap->scene->edge_list[i].leaves_side) {
                wrap->ranks[from].may_cut = false;
            }
        }
    }
    for (uint32_t i = 0; i < wrap->scene->item_count; i++) {
        if (reach[i]) {
            crossing.sources[wrap->rank_of[i]]++;
            crossing.sources[reach[i]]--;
            crossing.own[wrap->rank_of[i]]++;
        }
    }
    return crossing;
}

static bool one_pass(const Wrap *wrap, uint32_t r)
{
    uint32_t passes = 0;

    for (uint32_t i = wrap->ranks[r].first; i < wrap->ranks[r].end; i++) {
        if (wrap->entries[i].kind == 's') {
            return false;
        }
        passes += wrap->entries[i].kind == 'p';
    }
    return passes == 1;
}

/* Where the nearest ends are, that of the drawing among them. */
static void index_cuts(Wrap *wrap)
{
    uint32_t cut = UINT32_MAX;

    for (uint32_t r = 0; r < wrap->rank_count; r++) {
        cut = wrap->ranks[r].may_cut || r + 1 == wrap->rank_count ? r : cut;
        wrap->ranks[r].cut_before = cut;
    }
    for (uint32_t r = wrap->rank_count; r-- > 0;) {
        cut = wrap->ranks[r].may_cut ? r : cut;
        wrap->ranks[r].cut_behind = cut;
    }
}

void wrap_find_cuts(Wrap *wrap)
{
    find_ends(wrap);

    Crossing crossing = count_crossing(wrap);
    int64_t edges = 0, sources = 0, copies = 0;
    for (uint32_t r = 0; r < wrap->rank_count; r++) {
        WrapRank *rank = &wrap->ranks[r];
        edges += crossing.edges[r];
        sources += crossing.sources[r];
        copies += crossing.copies[r];
        rank->fans = edges > 1;
        bool alone = sources == 0 || (sources == 1 && (crossing.own[r] == 1 || one_pass(wrap, r)));
        rank->may_cut = rank->may_cut && alone && !copies && r + 1 < wrap->rank_count;
    }
    index_cuts(wrap);
}

/* ---- choosing among them -------------------------------------------------------------------------------------- */

/* The last rank whose middle is not more than `most` behind that of `first`. */
static uint32_t last_within(const Wrap *wrap, uint32_t first, int64_t most)
{
    uint32_t low = first, high = first + 1, step = 1;

    for (; high < wrap->rank_count && wrap->ranks[high].at - wrap->ranks[first].at <= most; step *= 2) {
        low = high; /* columns are short beside the whole: it is near */
        high = wrap->rank_count - high > step ? high + step : wrap->rank_count;
    }
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (wrap->ranks[middle].at - wrap->ranks[first].at <= most) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The last rank behind which a column from `first` may end without being longer than `most`; at least one piece. */
static uint32_t column_end(const Wrap *wrap, uint32_t first, int64_t most)
{
    for (uint32_t r = wrap->ranks[last_within(wrap, first, most)].cut_before; r != UINT32_MAX && r >= first;) {
        if (wrap_along(wrap, first, r + 1) <= most) {
            return r + 1;
        }
        r = r ? wrap->ranks[r - 1].cut_before : UINT32_MAX;
    }
    return wrap->ranks[first].cut_behind + 1;
}

/* How many columns it takes when none is longer than it must be or `most`; `longest`: how long they become. */
static uint32_t count_columns(const Wrap *wrap, int64_t most, int64_t *longest)
{
    uint32_t count = 0;

    *longest = 0;
    for (uint32_t first = 0; first < wrap->rank_count; count++) {
        uint32_t end = column_end(wrap, first, most);
        int64_t length = wrap_along(wrap, first, end);
        *longest = length > *longest ? length : *longest;
        first = end;
    }
    return count;
}

/* The least length with which at most so many columns do. */
static int64_t least_length(const Wrap *wrap, uint32_t columns)
{
    int64_t low = 0, high = wrap_along(wrap, 0, wrap->rank_count), longest;

    while (low + WRAP_POINT / 10 < high) {
        int64_t middle = low + (high - low) / 2;
        if (count_columns(wrap, middle, &longest) <= columns && longest <= middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

/* How little a cut is liked: its distance from the best place; it costs a bit that the edge carried over divides. */
static int64_t dislike(const Wrap *wrap, uint32_t r, int64_t best)
{
    int64_t at = (wrap->ranks[r].at + wrap->ranks[r + 1].at) / 2;
    int64_t distance = at > best ? at - best : best - at;

    return distance + (wrap->ranks[r].fans ? 4 * wrap->rules.font : 0);
}

/* Earliest ends so that the columns behind still do: from the end backwards, each as long as it may be. */
static uint32_t *earliest_ends(const Wrap *wrap, uint32_t columns, int64_t most)
{
    uint32_t *earliest = ARENA_ARRAY(wrap->arena, (size_t)columns + 1, uint32_t), end = wrap->rank_count;

    for (uint32_t k = columns; k-- > 1;) {
        uint32_t first = end;
        for (uint32_t r = end; r-- > 1;) {
            if (wrap->ranks[end - 1].at - wrap->ranks[r].at > most) {
                break;
            }
            if (wrap->ranks[r - 1].may_cut && wrap_along(wrap, r, end) <= most) {
                first = r;
            }
        }
        earliest[k - 1] = first;
        end = first;
    }
    return earliest;
}

/* Exactly these columns, none longer than `most`, their ends where they divide the length evenly. */
static void set_columns(Wrap *wrap, uint32_t columns, int64_t most)
{
    uint32_t *earliest = earliest_ends(wrap, columns, most), first = 0;
    int64_t total = wrap->ranks[wrap->rank_count - 1].at;
    int64_t step = wrap->rank_count > 1 ? total / (wrap->rank_count - 1) : 0;

    wrap->column_first = ARENA_ARRAY(wrap->arena, (size_t)columns + 1, uint32_t);
    wrap->column_count = 0;
    while (first < wrap->rank_count) {
        uint32_t k = wrap->column_count, end = column_end(wrap, first, most);
        int64_t best = (total + step) * (k + 1) / columns - step / 2;
        for (uint32_t r = end; r-- > first + 1 && k + 1 < columns && r >= earliest[k];) {
            if (wrap->ranks[r - 1].may_cut
                && (end == wrap->rank_count || dislike(wrap, r - 1, best) < dislike(wrap, end - 1, best))) {
                end = r;
            }
        }
        wrap->column_first[wrap->column_count++] = first;
        first = k + 1 == columns ? wrap->rank_count : end;
    }
    wrap->column_first[wrap->column_count] = wrap->rank_count;
}

int64_t wrap_length(const Wrap *wrap, bool least)
{
    int64_t longest = 0;

    for (uint32_t k = 0; k < wrap->column_count; k++) {
        uint32_t first = wrap->column_first[k], end = wrap->column_first[k + 1];
        int64_t length = least ? wrap_least(wrap, first, end) : wrap_along(wrap, first, end);
        longest = length > longest ? length : longest;
    }
    return longest;
}

int64_t wrap_width(const Wrap *wrap, bool least)
{
    Wrap narrow = *wrap;
    int64_t width = 0;

    narrow.rules.gap = least ? wrap->rules.gap / 2 : wrap->rules.gap;
    for (uint32_t k = 0; k < wrap->column_count; k++) {
        width += wrap_across(&narrow, wrap->column_first[k], wrap->column_first[k + 1]);
    }
    width += (int64_t)(wrap->column_count - 1) * narrow.rules.gap * 3;
    return least ? width + width / 32 : width; /* an estimate is not to be relied on to the last point */
}

/* How many columns the length asks for; half of what the steps can give is taken before there is one more. */
static uint32_t columns_for(const Wrap *wrap, int64_t along)
{
    int64_t whole = wrap_along(wrap, 0, wrap->rank_count), longest, before;
    uint32_t count = count_columns(wrap, along, &longest);

    if ((whole + wrap_least(wrap, 0, wrap->rank_count)) / 2 <= along) {
        return 1;
    }
    /* one more that makes the longest hardly shorter is not worth its edge */
    for (longest = least_length(wrap, count); count > 1; count--, longest = before) {
        before = count > 2 ? least_length(wrap, count - 1) : whole;
        if (longest <= before - before * 2 / 5 / count) {
            break;
        }
    }
    return count;
}

/* So many columns at most, all about as long as they must be, or as may be where that divides them better. */
static void balance(Wrap *wrap, uint32_t count, int64_t along)
{
    int64_t length = count > 1 ? least_length(wrap, count) : wrap_along(wrap, 0, wrap->rank_count);
    int64_t slack = length / 8;

    if (along > length && along - length < slack) {
        slack = along - length;
    }
    set_columns(wrap, count, length + slack);
}

/* How much of its limits a drawing needs with the least gaps, in thousandths. */
static int64_t excess(const Wrap *wrap, WrapLimits limits)
{
    int64_t along = wrap_length(wrap, true) * 1000 / limits.along;
    int64_t across = wrap_width(wrap, true) * 1000 / limits.across;

    return along > across ? along : across;
}

void wrap_choose(Wrap *wrap, int64_t columns, WrapLimits limits)
{
    int64_t longest;
    uint32_t most = count_columns(wrap, 0, &longest), count = most;

    if (columns > 0) {
        balance(wrap, columns < most ? (uint32_t)columns : most, 0);
        return;
    }
    count = columns_for(wrap, limits.along);
    balance(wrap, count, limits.along);
    /* where so many are too wide, fewer may do better; what fits neither way is to exceed as little as can be */
    uint32_t best = wrap->column_count;
    int64_t least = excess(wrap, limits);
    for (int attempt = 0; least > 1000 && wrap->column_count > 1; attempt++) {
        balance(wrap, attempt < 8 ? wrap->column_count - 1 : 1, limits.along);
        int64_t now = excess(wrap, limits);
        best = now < least ? wrap->column_count : best;
        least = now < least ? now : least;
    }
    if (wrap->column_count != best) {
        balance(wrap, best, limits.along);
    }
}
