/* SPDX-License-Identifier: MIT */
/* The scene once more, in columns with lanes of their own; edges go on in the next one along the line between both. */
#include "view/layered.h"
#include "view/wrap.h"

/* A number of a lane, somewhere in the scene, that is to be renumbered for a column. */
typedef struct LaneUse {
    uint32_t *lane;
    uint32_t column;
} LaneUse;

typedef struct Rewrite {
    Wrap *wrap;
    LaneUse *uses;
    uint32_t use_count, use_room;
    uint32_t *separator;   /* column → lane between it and the one before */
    uint32_t *main_lane;   /* column → its main line */
} Rewrite;

static void use_lane(Rewrite *rewrite, uint32_t *lane, uint32_t rank)
{
    *ARENA_PUSH(rewrite->wrap->arena, rewrite->uses, rewrite->use_count, rewrite->use_room) =
        (LaneUse){lane, rewrite->wrap->ranks[rank].column};
}

/* Whether what is carried over to this lane divides inside the frame with which the column begins. */
static bool divides_inside(const Wrap *wrap, uint32_t column, uint32_t lane)
{
    const WrapRank *rank = &wrap->ranks[wrap->column_first[column]];
    const WrapEntry *open = &wrap->entries[rank->first], *close = &wrap->entries[rank->end - 1];

    return rank[-1].fans && rank->end > rank->first && open->kind == 'o' && close->kind == 'c' && open->lane < lane
        && lane < close->lane && str_equal(wrap->scene->items[open->item].name, wrap->scene->items[close->item].name);
}

/* Adds the steps from column to column: over to the line between them (whose lane is set later) and on from it. */
static void carry(Rewrite *rewrite, uint32_t index)
{
    const Wrap *wrap = rewrite->wrap;
    SceneEdge *edge = &wrap->scene->edge_list[index];
    uint32_t from = wrap->rank_of[wrap->edge_from[index]], to = wrap->rank_of[wrap->edge_to[index]];
    uint32_t lane = wrap->scene->items[wrap->edge_from[index]].lane, done = 0, count = 0;
    uint32_t first = wrap->ranks[from].column, last = wrap->ranks[to].column;
    SceneStep *steps = ARENA_ARRAY(wrap->scene->arena, (size_t)edge->step_count + 3 * (last - first) + 1, SceneStep);

    for (uint32_t column = first + 1; column <= last + 1; column++) {
        uint32_t start = column <= last ? wrap->column_first[column] : UINT32_MAX;
        for (; done < edge->step_count && (edge->steps[done].gap < start); done++) {
            steps[count++] = edge->steps[done];
            lane = edge->steps[done].lane;
        }
        if (column > last) {
            break;
        }
        uint32_t before = lane;
        if (done < edge->step_count && edge->steps[done].gap == start) {
            lane = edge->steps[done++].lane;
        }
        bool inside = divides_inside(wrap, column, before);
        steps[count++] = (SceneStep){.gap = start, .track = 1, .lane = 0};
        steps[count++] = (SceneStep){.gap = start + 1, .track = 1, .lane = inside ? before : lane, .before = true};
        if (inside && before != lane) {
            steps[count++] = (SceneStep){.gap = start + 1, .track = 2, .lane = lane, .before = true};
        }
    }
    edge->steps = steps;
    edge->step_count = count;
}

static void use_edges(Rewrite *rewrite)
{
    const Wrap *wrap = rewrite->wrap;

    for (uint32_t i = 0; i < wrap->scene->edge_count; i++) {
        SceneEdge *edge = &wrap->scene->edge_list[i];
        if (wrap->edge_from[i] == UINT32_MAX || wrap->edge_to[i] == UINT32_MAX) {
            continue;
        }
        uint32_t from = wrap->rank_of[wrap->edge_from[i]], to = wrap->rank_of[wrap->edge_to[i]];
        if (edge->arc) {
            use_lane(rewrite, &edge->arc, from);
            continue;
        }
        if (wrap->ranks[from].column < wrap->ranks[to].column) {
            carry(rewrite, i);
        }
        for (uint32_t k = 0; k < edge->step_count; k++) {
            SceneStep *step = &edge->steps[k];
            bool own_rank = step->before || (!k && edge->leaves_side);
            if (step->lane) {
                use_lane(rewrite, &step->lane, own_rank ? step->gap - 1 : step->gap);
            }
        }
    }
}

static void use_entries(Rewrite *rewrite)
{
    const Wrap *wrap = rewrite->wrap;

    for (uint32_t r = 0; r < wrap->rank_count; r++) {
        for (uint32_t i = wrap->ranks[r].first; i < wrap->ranks[r].end; i++) {
            use_lane(rewrite, &wrap->scene->items[wrap->entries[i].item].lane, r);
        }
    }
}

/* Numbers the lanes of one column behind `latest`; those that it does not use take no number. */
static uint32_t number_column(Rewrite *rewrite, const uint32_t *uses, uint32_t count, uint32_t *number, uint32_t latest,
                              uint32_t column)
{
    const Wrap *wrap = rewrite->wrap;
    uint32_t main_lane = wrap->scene->main_lane;

    for (uint32_t i = 0; i < count; i++) {
        number[*rewrite->uses[uses[i]].lane] = 1;
    }
    for (uint32_t lane = 0; lane <= wrap->lane_count; lane++) {
        number[lane] = number[lane] ? ++latest : 0;
    }
    if (!number[main_lane]) {
        main_lane = wrap->entries[wrap->ranks[wrap->column_first[column]].first].lane;
    }
    rewrite->main_lane[column] = number[main_lane];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *lane = rewrite->uses[uses[i]].lane;
        *lane = number[*lane];
    }
    for (uint32_t lane = 0; lane <= wrap->lane_count; lane++) {
        number[lane] = 0;
    }
    return latest;
}

static void number_lanes(Rewrite *rewrite)
{
    Wrap *wrap = rewrite->wrap;
    uint32_t *column = ARENA_ARRAY(wrap->arena, (size_t)rewrite->use_count + 1, uint32_t), latest = 0;
    uint32_t *number = ARENA_ARRAY(wrap->arena, (size_t)wrap->lane_count + 1, uint32_t);

    for (uint32_t i = 0; i < rewrite->use_count; i++) {
        column[i] = rewrite->uses[i].column;
    }
    Lists uses = layered_lists(wrap->arena, wrap->column_count, rewrite->use_count, column, NULL);
    for (uint32_t k = 0; k < wrap->column_count; k++) {
        rewrite->separator[k] = k ? ++latest : 0;
        uint32_t count = uses.first[k + 1] - uses.first[k];
        latest = number_column(rewrite, uses.list + uses.first[k], count, number, latest, k);
    }
    wrap->scene->lanes = latest;
    wrap->scene->main_lane = rewrite->main_lane[0];
    for (uint32_t i = 0; i < wrap->scene->edge_count; i++) {
        SceneEdge *edge = &wrap->scene->edge_list[i];
        for (uint32_t k = 0; k < edge->step_count; k++) {
            SceneStep *step = &edge->steps[k];
            step->lane = step->lane ? step->lane : rewrite->separator[wrap->ranks[step->gap].column];
        }
    }
}

/* From the end on, so that what has moved is not in the way of what has not. */
static void insert_columns(Rewrite *rewrite)
{
    const Wrap *wrap = rewrite->wrap;
    Scene *scene = wrap->scene;
    uint32_t count = scene->item_count, column = wrap->column_count;

    for (uint32_t k = 1; k < wrap->column_count; k++) {
        scene_add_item(scene, ITEM_COLUMN);
    }
    for (uint32_t i = count; column > 1 && i-- > 0;) {
        scene->items[i + column - 1] = scene->items[i];
        if (wrap->ranks[wrap->column_first[column - 1]].item == i) {
            column--;
            scene->items[i + column - 1] =
                (SceneItem){.kind = ITEM_COLUMN, .lane = rewrite->separator[column], .a = rewrite->main_lane[column]};
        }
    }
}

void wrap_rewrite(Wrap *wrap)
{
    Rewrite rewrite = {.wrap = wrap};

    for (uint32_t k = 0; k < wrap->column_count; k++) {
        for (uint32_t r = wrap->column_first[k]; r < wrap->column_first[k + 1]; r++) {
            wrap->ranks[r].column = k;
        }
    }
    rewrite.separator = ARENA_ARRAY(wrap->arena, (size_t)wrap->column_count + 1, uint32_t);
    rewrite.main_lane = ARENA_ARRAY(wrap->arena, (size_t)wrap->column_count + 1, uint32_t);
    use_edges(&rewrite);
    use_entries(&rewrite);
    number_lanes(&rewrite);
    insert_columns(&rewrite);
}
