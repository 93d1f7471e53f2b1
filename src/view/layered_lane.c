/* SPDX-License-Identifier: MIT */
/* Lines of vertices that stand straight one under the other, and the lanes that they take. */
#include "view/layered.h"

/*
 * Ties that cross give way, the weaker first; what remains are lines that do not cross, so that "left of" among them has no
 * cycle. A lane is how many lines stand between a line and the main one at least: lines that nothing keeps apart share one.
 */
typedef struct Lanes {
    Layered *layered;
    Lists right, left;   /* line → lines next to it in some rank */
    uint32_t *order;     /* lines, topologically */
    bool *before;        /* stands to the left of the main line */
    bool *is_border;     /* walls are borders as well, with lanes that nothing shares: they would stand where the other borders do */
    uint32_t *wall;      /* which wall, from 1; 0: none */
    uint32_t wall_count;
    int64_t *level;      /* column, 0: the main line; a border stands at that column's edge towards the main line */
    uint32_t *sublevel;  /* borders at the same edge, from the inside out */
} Lanes;

static void cut(Layered *layered, uint32_t upper)
{
    layered->vertices[layered->vertices[upper].below].above = LAYERED_NONE;
    layered->vertices[upper].below = LAYERED_NONE;
}

static void cut_crossing(Layered *layered, uint32_t rank, uint32_t *stack)
{
    uint32_t depth = 0;

    for (uint32_t i = layered->rank_first[rank]; i < layered->rank_first[rank + 1]; i++) {
        uint32_t v = layered->slots[i];
        const Vertex *vertex = &layered->vertices[v];
        bool stays = vertex->below != LAYERED_NONE;
        while (stays && depth) {
            const Vertex *top = &layered->vertices[stack[depth - 1]];
            if (layered->vertices[top->below].place < layered->vertices[vertex->below].place) {
                break;
            }
            if (top->firm >= vertex->firm) {
                cut(layered, v);
                stays = false;
            } else {
                cut(layered, stack[--depth]);
            }
        }
        if (stays) {
            stack[depth++] = v;
        }
    }
}

static void make_lines(Layered *layered)
{
    uint32_t *stack = ARENA_ARRAY(layered->arena, (size_t)layered->vertex_count + 1, uint32_t);
    uint32_t count = layered->rank_first[layered->rank_count];

    for (uint32_t r = 0; r + 1 < layered->rank_count; r++) {
        cut_crossing(layered, r, stack);
    }
    layered->line_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        Vertex *vertex = &layered->vertices[layered->slots[i]];
        vertex->line = vertex->above == LAYERED_NONE ? layered->line_count++ : layered->vertices[vertex->above].line;
    }
}

/* The line before a merge of all inputs, else the longer one of those through the first input and the last output. */
static void find_main_line(Layered *layered)
{
    uint32_t source = layered->vertices[layered->source].line, sink = layered->vertices[layered->sink].line;
    uint32_t source_length = 0, sink_length = 0;

    for (uint32_t i = 0; i < layered->rank_first[layered->rank_count]; i++) {
        uint32_t line = layered->vertices[layered->slots[i]].line;
        source_length += line == source;
        sink_length += line == sink;
    }
    layered->main_line = sink_length > source_length ? sink : source;
    for (uint32_t i = 0; i < layered->region_count; i++) {
        const Region *region = &layered->regions[i];
        if (region->start == LAYERED_NONE && region->first <= region->last) {
            layered->main_line = layered->vertices[region->vertex + region->last - region->first].line;
        }
    }
}

static void list_neighbours(Lanes *lanes)
{
    Layered *layered = lanes->layered;
    uint32_t *left = ARENA_ARRAY(layered->arena, (size_t)layered->vertex_count + 1, uint32_t);
    uint32_t *right = ARENA_ARRAY(layered->arena, (size_t)layered->vertex_count + 1, uint32_t), count = 0;

    for (uint32_t r = 0; r < layered->rank_count; r++) {
        for (uint32_t i = layered->rank_first[r]; i + 1 < layered->rank_first[r + 1]; i++) {
            left[count] = layered->vertices[layered->slots[i]].line;
            right[count++] = layered->vertices[layered->slots[i + 1]].line;
        }
    }
    lanes->right = layered_lists(layered->arena, layered->line_count, count, left, right);
    lanes->left = layered_lists(layered->arena, layered->line_count, count, right, left);
}

static void order_lines(Lanes *lanes)
{
    Layered *layered = lanes->layered;
    uint32_t *waiting = ARENA_ARRAY(layered->arena, (size_t)layered->line_count + 1, uint32_t), ordered = 0;

    lanes->order = ARENA_ARRAY(layered->arena, (size_t)layered->line_count + 1, uint32_t);
    for (uint32_t line = 0; line < layered->line_count; line++) {
        waiting[line] = lanes->left.first[line + 1] - lanes->left.first[line];
        if (!waiting[line]) {
            lanes->order[ordered++] = line;
        }
    }
    for (uint32_t i = 0; i < ordered; i++) {
        uint32_t line = lanes->order[i];
        for (uint32_t j = lanes->right.first[line]; j < lanes->right.first[line + 1]; j++) {
            if (!--waiting[lanes->right.list[j]]) {
                lanes->order[ordered++] = lanes->right.list[j];
            }
        }
    }
}

/* Columns before the main line, counted away from it. */
static void level_before(Lanes *lanes, uint32_t line)
{
    int64_t level = INT64_MAX;
    uint32_t sublevel = 0;

    for (uint32_t i = lanes->right.first[line]; i < lanes->right.first[line + 1]; i++) {
        uint32_t other = lanes->right.list[i];
        if (!lanes->before[other] && other != lanes->layered->main_line) {
            continue;
        }
        int64_t own = lanes->level[other] - (lanes->is_border[other] ? 0 : 1);
        uint32_t sub = lanes->is_border[other] ? lanes->sublevel[other] + 1 : 0;
        sublevel = own < level || (own == level && sub > sublevel) ? sub : sublevel;
        level = own < level ? own : level;
        lanes->before[line] = true;
    }
    if (lanes->before[line]) {
        lanes->level[line] = level;
        lanes->sublevel[line] = sublevel;
    }
}

/* Columns behind it, or beside it where nothing says on which side. */
static void level_behind(Lanes *lanes, uint32_t line)
{
    int64_t level = 0;
    uint32_t sublevel = 0;

    for (uint32_t i = lanes->left.first[line]; i < lanes->left.first[line + 1]; i++) {
        uint32_t other = lanes->left.list[i];
        int64_t own = lanes->level[other] + (lanes->is_border[other] ? 0 : 1);
        uint32_t sub = lanes->is_border[other] && !lanes->before[other] ? lanes->sublevel[other] + 1 : 0;
        sublevel = own > level || (own == level && sub > sublevel) ? sub : sublevel;
        level = own > level ? own : level;
    }
    lanes->level[line] = level;
    lanes->sublevel[line] = sublevel;
}

static void find_levels(Lanes *lanes)
{
    Layered *layered = lanes->layered;
    uint32_t count = layered->line_count;

    lanes->before = ARENA_ARRAY(layered->arena, (size_t)count + 1, bool);
    lanes->is_border = ARENA_ARRAY(layered->arena, (size_t)count + 1, bool);
    lanes->wall = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t);
    lanes->level = ARENA_ARRAY(layered->arena, (size_t)count + 1, int64_t);
    lanes->sublevel = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t);
    for (uint32_t i = 0; i < layered->rank_first[layered->rank_count]; i++) {
        const Vertex *vertex = &layered->vertices[layered->slots[i]];
        bool wall = vertex->kind == VERTEX_WALL;
        lanes->is_border[vertex->line] = wall || vertex->kind == VERTEX_OPEN || vertex->kind == VERTEX_CLOSE;
        if (wall && !lanes->wall[vertex->line]) {
            lanes->wall[vertex->line] = ++lanes->wall_count;
        }
    }
    for (uint32_t i = count; i-- > 0;) {
        if (lanes->order[i] != layered->main_line) {
            level_before(lanes, lanes->order[i]);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t line = lanes->order[i];
        if (!lanes->before[line] && line != layered->main_line) {
            level_behind(lanes, line);
        }
    }
}

/* Where a line comes among all: columns in order, borders at the edge of theirs that faces the main line. */
static uint64_t rank_of_line(const Lanes *lanes, uint32_t line, int64_t lowest, uint64_t step)
{
    uint64_t column = (uint64_t)(lanes->level[line] - lowest) * step, place = column + step / 2;

    if (lanes->is_border[line]) {
        place = lanes->before[line] ? column + step - 1 - lanes->sublevel[line] : column + lanes->sublevel[line];
    }
    return place * (lanes->wall_count + 1) + lanes->wall[line];
}

static void number_lanes(Lanes *lanes)
{
    Layered *layered = lanes->layered;
    uint32_t count = layered->line_count, deepest = 0;
    int64_t lowest = 0, highest = 0;

    for (uint32_t line = 0; line < count; line++) {
        lowest = lanes->level[line] < lowest ? lanes->level[line] : lowest;
        highest = lanes->level[line] > highest ? lanes->level[line] : highest;
        deepest = lanes->sublevel[line] > deepest && lanes->is_border[line] ? lanes->sublevel[line] : deepest;
    }
    uint64_t step = 2 * (uint64_t)deepest + 4, places = (uint64_t)(highest - lowest + 1) * step * (lanes->wall_count + 1);
    uint32_t *number = ARENA_ARRAY(layered->arena, (size_t)places, uint32_t);
    for (uint32_t line = 0; line < count; line++) {
        number[rank_of_line(lanes, line, lowest, step)] = 1;
    }
    layered->lane_count = 0;
    for (uint64_t i = 0; i < places; i++) {
        number[i] = number[i] ? ++layered->lane_count : 0;
    }
    layered->lane = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t);
    for (uint32_t line = 0; line < count; line++) {
        layered->lane[line] = number[rank_of_line(lanes, line, lowest, step)];
    }
}

void layered_lanes(Layered *layered)
{
    Lanes lanes = {.layered = layered};

    make_lines(layered);
    find_main_line(layered);
    list_neighbours(&lanes);
    order_lines(&lanes);
    find_levels(&lanes);
    number_lanes(&lanes);
}
