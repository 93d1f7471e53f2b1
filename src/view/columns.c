/* SPDX-License-Identifier: MIT */
/* Several networks side by side in one drawing: their ranks are shared, and a stage of one output size begins in the same one. */
#include "view/columns.h"

#include "view/layered.h"
#include "view/view.h"
#include "view/wrap.h"

enum { STAGES_MOST = 400, MARGIN_UNITS = 27 }; /* more sizes than these begin no stage of their own; "size: 112" and the gap to it */

/* Where a node stands in its network's drawing. */
typedef struct Spot {
    uint32_t rank, lane;
} Spot;

/* One network's drawing and where its ranks come to stand. */
typedef struct Column {
    Scene *scene;
    Str prefix;           /* of its names: the network's and a hyphen */
    uint32_t rank_count;
    uint32_t *first;      /* rank → its first item behind ITEM_RANK; one more at the end */
    Str *stage;           /* rank → key of its stage */
    uint32_t *place;      /* rank → rank of the whole drawing */
    uint32_t shift;       /* what is added to its lanes */
    Names *nodes;         /* name of a node → Spot */
    Lists crossing;       /* rank → lanes on which edges cross the ranks left free behind it */
} Column;

typedef struct Columns {
    Arena *arena;
    Column *list;
    uint32_t count;
    Str *stages;          /* keys in order */
    uint32_t stage_count, stage_room;
    uint32_t *base;       /* stage → first rank of the whole drawing; one more at the end */
} Columns;

/* ---- stages ---- */

static uint32_t find_stage(const Columns *columns, Str key, uint32_t from)
{
    while (from < columns->stage_count && !str_equal(columns->stages[from], key)) {
        from++;
    }
    return from;
}

static void insert_stage(Columns *columns, uint32_t at, Str key)
{
    *ARENA_PUSH(columns->arena, columns->stages, columns->stage_count, columns->stage_room) = key;
    for (uint32_t i = columns->stage_count - 1; i > at; i--) {
        columns->stages[i] = columns->stages[i - 1];
    }
    columns->stages[at] = key;
}

/* The stage of each rank; a size that came before in another network's order begins no stage of its own. */
static void find_stages(Columns *columns, Column *column, const Figure *figure)
{
    uint32_t rank = 0, at = 0;

    for (uint32_t i = 0; i < column->scene->item_count; i++) {
        const SceneItem *item = &column->scene->items[i];
        if (item->kind != ITEM_RANK) {
            continue;
        }
        bool begins = item->name2.size && figure->stages != STAGES_FREE && !str_equal(item->name2, columns->stages[at]);
        bool known = begins && find_stage(columns, item->name2, 0) < columns->stage_count;
        if (begins && !known && columns->stage_count < STAGES_MOST) {
            insert_stage(columns, ++at, item->name2);
        } else if (begins) {
            uint32_t found = find_stage(columns, item->name2, at + 1);
            at = found < columns->stage_count ? found : at;
        }
        column->stage[rank++] = columns->stages[at];
    }
}

/* A stage is as long as in the network where it is longest. */
static void place_ranks(Columns *columns)
{
    uint32_t *length = ARENA_ARRAY(columns->arena, (size_t)columns->stage_count + 1, uint32_t);

    columns->base = ARENA_ARRAY(columns->arena, (size_t)columns->stage_count + 1, uint32_t);
    for (uint32_t k = 0; k < columns->count; k++) {
        Column *column = &columns->list[k];
        for (uint32_t r = 0, at = 0, within = 0; r < column->rank_count; r++, within++) {
            uint32_t stage = find_stage(columns, column->stage[r], at);
            within = r && stage == at ? within : 0;
            at = stage;
            column->place[r] = within;
            length[stage] = within + 1 > length[stage] ? within + 1 : length[stage];
        }
    }
    for (uint32_t s = 0; s < columns->stage_count; s++) {
        columns->base[s + 1] = columns->base[s] + length[s];
    }
    for (uint32_t k = 0; k < columns->count; k++) {
        Column *column = &columns->list[k];
        for (uint32_t r = 0, at = 0; r < column->rank_count; r++) {
            at = find_stage(columns, column->stage[r], at);
            column->place[r] += columns->base[at] + 1; /* titles stand in the first rank */
        }
    }
}

/* ---- one network ---- */

static void index_scene(Arena *arena, Column *column)
{
    const Scene *scene = column->scene;

    column->first = ARENA_ARRAY(arena, (size_t)scene->item_count + 1, uint32_t);
    column->nodes = names_new(arena);
    for (uint32_t i = 0; i < scene->item_count; i++) {
        if (scene->items[i].kind == ITEM_RANK) {
            column->first[column->rank_count++] = i + 1;
        } else if (scene_is_node(&scene->items[i])) {
            Spot *spot = ARENA_NEW(arena, Spot);
            *spot = (Spot){column->rank_count - 1, scene->items[i].lane};
            names_put(column->nodes, scene->items[i].name, spot);
        }
    }
    column->first[column->rank_count] = scene->item_count + 1;
    column->stage = ARENA_ARRAY(arena, (size_t)column->rank_count + 1, Str);
    column->place = ARENA_ARRAY(arena, (size_t)column->rank_count + 1, uint32_t);
}

/* The lane of an edge behind rank r. */
static uint32_t lane_behind(const SceneEdge *edge, uint32_t lane, uint32_t r)
{
    for (uint32_t i = 0; i < edge->step_count && edge->steps[i].gap <= r + 1; i++) {
        lane = edge->steps[i].lane;
    }
    return lane;
}

/* Which lanes edges are on where ranks are left free. */
static void find_crossing(Arena *arena, Column *column)
{
    const Scene *scene = column->scene;
    uint32_t *ranks = NULL, *lanes = NULL, count = 0, rank_room = 0, lane_count = 0, lane_room = 0;

    for (uint32_t i = 0; i < scene->edge_count; i++) {
        const SceneEdge *edge = &scene->edge_list[i];
        const Spot *from = names_get(column->nodes, edge->from), *to = names_get(column->nodes, edge->to);
        for (uint32_t r = from ? from->rank : 0; from && to && r < to->rank; r++) {
            if (column->place[r + 1] > column->place[r] + 1) {
                *ARENA_PUSH(arena, ranks, count, rank_room) = r;
                *ARENA_PUSH(arena, lanes, lane_count, lane_room) = edge->arc ? edge->arc : lane_behind(edge, from->lane, r);
            }
        }
    }
    column->crossing = layered_lists(arena, column->rank_count, count, ranks, lanes);
}

static Str prefixed(Arena *arena, const Column *column, Str name)
{
    return str_format(arena, "%.*s%.*s", STR_ARGS(column->prefix), STR_ARGS(name));
}

/* ---- the whole ---- */

static void add_copy(const Columns *columns, const Column *column, Scene *scene, const SceneItem *item)
{
    SceneItem *copy = scene_add_item(scene, item->kind);

    *copy = *item;
    copy->lane += column->shift;
    if (item->name.size) {
        copy->name = prefixed(columns->arena, column, item->name);
    }
}

/* A frame that goes on in a rank left free has a border of it behind rank r and before the next. */
static bool goes_on(const Column *column, uint32_t r, const SceneItem *border)
{
    for (uint32_t i = column->first[r + 1]; i + 1 < column->first[r + 2]; i++) {
        const SceneItem *item = &column->scene->items[i];
        if (item->kind == border->kind && str_equal(item->name, border->name)) {
            return true;
        }
    }
    return false;
}

/* Behind rank r of a column: edges and frames that go on, in the order of their lanes. */
static void add_free_rank(const Columns *columns, const Column *column, Scene *scene, uint32_t r)
{
    uint32_t lanes = column->scene->lanes;
    bool *passed = ARENA_ARRAY(columns->arena, (size_t)lanes + 2, bool);
    const SceneItem **border = ARENA_ARRAY(columns->arena, (size_t)lanes + 2, const SceneItem *);

    for (uint32_t i = column->crossing.first[r]; i < column->crossing.first[r + 1]; i++) {
        passed[column->crossing.list[i]] = true;
    }
    for (uint32_t i = column->first[r]; i + 1 < column->first[r + 1]; i++) {
        const SceneItem *item = &column->scene->items[i];
        if ((item->kind == ITEM_OPEN || item->kind == ITEM_CLOSE) && goes_on(column, r, item)) {
            border[item->lane] = item;
        }
    }
    for (uint32_t lane = 1; lane <= lanes; lane++) {
        if (border[lane]) {
            add_copy(columns, column, scene, border[lane]);
        } else if (passed[lane]) {
            scene_add_item(scene, ITEM_PASS)->lane = lane + column->shift;
        }
    }
}

/* What one network has in a rank of the whole drawing; `next`: its next rank. Returns the tracks that it needs behind it. */
static int64_t add_rank_of(const Columns *columns, const Column *column, Scene *scene, uint32_t rank, uint32_t *next)
{
    if (*next < column->rank_count && column->place[*next] == rank) {
        for (uint32_t i = column->first[*next]; i + 1 < column->first[*next + 1]; i++) {
            add_copy(columns, column, scene, &column->scene->items[i]);
        }
        return column->scene->items[column->first[(*next)++] - 1].a;
    }
    if (*next && *next < column->rank_count) {
        add_free_rank(columns, column, scene, *next - 1);
    }
    return 1;
}

/* "output\nsize: 112" where a stage begins; both numbers where they differ. */
static Label stage_label(const Columns *columns, uint32_t rank)
{
    for (uint32_t s = 1; s < columns->stage_count; s++) {
        Str key = columns->stages[s];
        size_t half = str_find(key, '\xC3');
        bool square = half < key.size && str_equal(str_slice(key, 0, half), str_slice(key, half + 2, key.size));
        if (columns->base[s] + 1 == rank) {
            return (Label){LABEL_TEXT, str_format(columns->arena, "output\nsize: %.*s", STR_ARGS(square ? str_slice(key, 0, half) : key))};
        }
    }
    return (Label){LABEL_TEXT, {NULL, 0}};
}

static void add_titles(const Columns *columns, Scene *scene, const Outline *const *outlines)
{
    scene_add_item(scene, ITEM_RANK)->a = 1;
    for (uint32_t k = 0; k < columns->count; k++) {
        const Column *column = &columns->list[k];
        const Graph *graph = outlines[k]->graph;
        if (k) {
            scene_add_item(scene, ITEM_GUTTER)->lane = column->shift;
        }
        SceneItem *title = scene_add_item(scene, ITEM_TEXT);
        scene_set_cells(scene, title, 1);
        title->name = prefixed(columns->arena, column, STR("title"));
        title->lane = column->scene->main_lane + column->shift;
        title->cells[0] = (SceneCell){.style = "title", .label = {LABEL_TEXT, graph->name.size ? graph->name : graph->key}};
    }
}

static void add_ranks(const Columns *columns, Scene *scene, const Figure *figure)
{
    uint32_t *next = ARENA_ARRAY(columns->arena, (size_t)columns->count + 1, uint32_t);
    bool margin = figure->stages != STAGES_FREE && figure->shapes != SHAPES_NONE;

    for (uint32_t rank = 1; rank <= columns->base[columns->stage_count]; rank++) {
        uint32_t at = scene->item_count;
        int64_t tracks = 1;
        scene_add_item(scene, ITEM_RANK);
        for (uint32_t k = 0; k < columns->count; k++) {
            if (k) {
                scene_add_item(scene, ITEM_GUTTER)->lane = columns->list[k].shift;
            }
            int64_t own = add_rank_of(columns, &columns->list[k], scene, rank, &next[k]);
            tracks = own > tracks ? own : tracks;
        }
        scene->items[at].a = tracks;
        if (margin) {
            scene->items[at].label = stage_label(columns, rank);
        }
    }
}

static void add_edges(const Columns *columns, const Column *column, Scene *scene)
{
    for (uint32_t i = 0; i < column->scene->edge_count; i++) {
        const SceneEdge *edge = &column->scene->edge_list[i];
        SceneEdge *copy = scene_add_edge(scene, prefixed(columns->arena, column, edge->from),
                                         prefixed(columns->arena, column, edge->to), edge->role);
        Str from = copy->from, to = copy->to;
        *copy = *edge;
        copy->from = from;
        copy->to = to;
        copy->arc += edge->arc ? column->shift : 0;
        copy->steps = ARENA_ARRAY(columns->arena, (size_t)edge->step_count + 1, SceneStep);
        for (uint32_t k = 0; k < edge->step_count; k++) {
            copy->steps[k] = edge->steps[k];
            copy->steps[k].lane += column->shift;
            copy->steps[k].gap = column->place[edge->steps[k].gap - 1] + 1;
        }
    }
    for (uint32_t i = 0; i < column->scene->frame_count; i++) {
        SceneFrame *frame = scene_add_frame(scene, column->scene->frames[i].name);
        *frame = column->scene->frames[i];
        frame->name = prefixed(columns->arena, column, frame->name);
    }
}

/* The drawings of all networks, each on lanes of its own behind a gutter; false after a report. */
static bool draw_all(Columns *columns, Diags *diags, const Outline *const *outlines, const Figure *figure, Palette *palette)
{
    Figure own = *figure;
    uint32_t shift = 0;

    own.extract = (Str){NULL, 0};
    own.direction = figure->direction == DIRECTION_AUTO ? DIRECTION_DOWN : figure->direction;
    own.shapes = figure->shapes == SHAPES_AUTO || figure->shapes == SHAPES_MARGIN ? SHAPES_NONE : figure->shapes;
    insert_stage(columns, 0, STR("-")); /* of what stands before the first size */
    for (uint32_t k = 0; k < columns->count; k++) {
        Column *column = &columns->list[k];
        column->scene = graph_scene(columns->arena, diags, outlines[k], &own, palette);
        if (!column->scene) {
            return false;
        }
        column->prefix = str_format(columns->arena, "%.*s-", STR_ARGS(outlines[k]->graph->key));
        column->shift = shift;
        shift += column->scene->lanes + 1;
        index_scene(columns->arena, column);
        find_stages(columns, column, figure);
    }
    place_ranks(columns);
    return true;
}

Scene *view_columns(Arena *arena, Diags *diags, const Outline *const *outlines, uint32_t count, const Figure *figure)
{
    Columns columns = {.arena = arena, .list = ARENA_ARRAY(arena, (size_t)count + 1, Column), .count = count};
    Palette *palette = palette_new(arena);
    Scene *scene = scene_new(arena);

    if (!draw_all(&columns, diags, outlines, figure, palette)) {
        return NULL;
    }
    const Column *middle = &columns.list[count / 2], *last = &columns.list[count - 1];
    scene->direction = middle->scene->direction;
    scene->edges = middle->scene->edges;
    scene->keys = middle->scene->keys;
    scene->lanes = last->shift + last->scene->lanes;
    scene->main_lane = middle->shift + middle->scene->main_lane;
    for (uint32_t k = 0; k < count; k++) {
        find_crossing(arena, &columns.list[k]);
    }
    add_titles(&columns, scene, outlines);
    add_ranks(&columns, scene, figure);
    for (uint32_t k = 0; k < count; k++) {
        add_edges(&columns, &columns.list[k], scene);
    }
    graph_add_legend(scene, figure, palette);
    Figure whole = *figure;
    whole.wrap = 1;
    wrap_scene(arena, scene, &whole); /* for its size alone */
    if (figure->stages != STAGES_FREE && figure->shapes != SHAPES_NONE) {
        scene->width += MARGIN_UNITS * wrap_rules(scene, figure->label_font).unit;
    }
    return scene;
}
