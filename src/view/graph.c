/* SPDX-License-Identifier: MIT */
/* The graph view: operations as nodes in layers, from the outline to ranks, order, lanes and routes. */
#include "op/op.h"
#include "view/graph_arcs.h"
#include "view/graph_extract.h"
#include "view/columns.h"
#include "view/graph_glyph.h"
#include "view/graph_node.h"
#include "view/graph_shapes.h"
#include "view/grid.h"
#include "view/layered.h"
#include "view/view.h"
#include "view/wrap.h"

#include <string.h>

/* Estimates for choosing a direction, in hundredths of the label font's size; the package measures. */
enum { CHARACTER_WIDTH = 48, BOX_EXTRA = 60, GAP_WIDTH = 160, COLUMN_WIDTH = 3000, CHAIN_MOST = 7, WORDS_MOST = 1000 };

typedef struct Drawing {
    Arena *arena;
    Arena *scratch;        /* for the layout, which goes when the scene is there */
    const Outline *outline;
    const Figure *figure;
    Layered layered;
    Arcs arcs;             /* none unless the figure asks for them */
    Extract extract;       /* likewise */
    ShapeLabels shapes;
    NodeLook look;
    Scene *scene;
} Drawing;

bool layered_lay_out(Layered *layered, Arena *arena, const Outline *outline, bool walls)
{
    *layered = (Layered){.arena = arena, .outline = outline};
    layered_net(layered);
    layered_rank(layered);
    layered_trunk(layered);
    layered_regions(layered);
    if (!layered_split(layered)) {
        return false;
    }
    layered_tie(layered);
    layered_arcs(layered, false);
    layered_order(layered);
    layered_uncross(layered);
    layered_borders(layered);
    if (walls) {
        layered_walls(layered);
    }
    layered_lanes(layered);
    layered_outer_lanes(layered);
    return true;
}

/* A short chain that fits across a column runs to the right; everything else runs down. */
static Direction choose_direction(Arena *arena, const Outline *outline)
{
    size_t width = 0;

    if (outline->node_count > CHAIN_MOST || outline->link_count + 1 != outline->node_count) {
        return DIRECTION_DOWN;
    }
    for (uint32_t i = 0; i < outline->link_count; i++) {
        const Link *link = &outline->links[i];
        if (link->role != LINK_FLOW || link->to->index != link->from->index + 1) {
            return DIRECTION_DOWN;
        }
    }
    for (uint32_t v = 0; v < outline->node_count; v++) {
        const Node *node = &outline->nodes[v];
        size_t widest = 0;
        for (uint32_t i = 0; i < node->cell_count; i++) {
            size_t count = graph_characters(graph_broken_label(arena, node->cells[i].label).text);
            widest = count > widest ? count : widest;
        }
        width += widest * CHARACTER_WIDTH + BOX_EXTRA + GAP_WIDTH;
    }
    return width <= COLUMN_WIDTH ? DIRECTION_RIGHT : DIRECTION_DOWN;
}

static void add_node(Drawing *drawing, const Node *node, uint32_t lane)
{
    SceneItem *item = graph_add_node(&drawing->look, drawing->scene, node);

    item->lane = lane;
    item->out = drawing->shapes.exits[node->index];
    item->in = drawing->shapes.entries[node->index];
}

static void add_vertex(Drawing *drawing, uint32_t vertex)
{
    const Layered *layered = &drawing->layered;
    const Vertex *v = &layered->vertices[vertex];
    uint32_t lane = layered->lane[v->line];
    SceneItem *item = NULL;

    switch (v->kind) {
    case VERTEX_NODE:
        add_node(drawing, &drawing->outline->nodes[vertex], lane);
        break;
    case VERTEX_PASS:
        item = scene_add_item(drawing->scene, ITEM_PASS);
        break;
    case VERTEX_SPINE:
        item = scene_add_item(drawing->scene, ITEM_SPINE);
        break;
    case VERTEX_OPEN:
    case VERTEX_CLOSE:
        item = scene_add_item(drawing->scene, v->kind == VERTEX_OPEN ? ITEM_OPEN : ITEM_CLOSE);
        item->name = drawing->outline->frames[v->frame].name;
        break;
    case VERTEX_WALL:
        item = scene_add_item(drawing->scene, ITEM_WALL);
        break;
    case VERTEX_FILL:
        break;
    }
    if (item) {
        item->lane = lane;
    }
}

/* What stands on the main line in this rank, inputs excepted; NULL where nothing does. */
static const Node *main_node(const Drawing *drawing, uint32_t rank)
{
    const Layered *layered = &drawing->layered;

    for (uint32_t i = layered->rank_first[rank]; i < layered->rank_first[rank + 1]; i++) {
        uint32_t v = layered->slots[i];
        if (layered->vertices[v].kind == VERTEX_NODE && layered->vertices[v].line == layered->main_line
            && drawing->outline->nodes[v].kind != NODE_INPUT) {
            return &drawing->outline->nodes[v];
        }
    }
    return NULL;
}

/* The stage of what stands on the main line; equal ones that follow each other share their text. */
static Str stage_of(const Drawing *drawing, const Node *main, Str latest)
{
    Str stage = main ? graph_stage(drawing->scratch, main) : (Str){NULL, 0};

    return str_equal(stage, latest) ? latest : str_copy(drawing->arena, stage);
}

/* The output size of the stage that begins in this rank, on the main line. */
static Label margin_of(const Drawing *drawing, uint32_t rank, Str *latest)
{
    const Node *node = main_node(drawing, rank);
    Label label = node ? graph_extent_label(drawing->arena, node) : (Label){LABEL_MATH, {NULL, 0}};

    if (!label.text.size || str_equal(label.text, *latest)) {
        return (Label){LABEL_MATH, {NULL, 0}};
    }
    *latest = label.text;
    return label;
}

/* Arcs that pass a rank before that lane; `at`: the next one in Arcs.passing. */
static void add_arcs_before(Drawing *drawing, uint32_t rank, uint32_t lane, uint32_t *at)
{
    const Arcs *arcs = &drawing->arcs;

    while (arcs->count && *at < arcs->passing.first[rank + 1] && arcs->list[arcs->passing.list[*at]].lane < lane) {
        scene_add_item(drawing->scene, ITEM_PASS)->lane = arcs->list[arcs->passing.list[(*at)++]].lane;
    }
}

static void add_ranks(Drawing *drawing)
{
    const Layered *layered = &drawing->layered;
    Str latest = {NULL, 0}, stage = {NULL, 0};

    for (uint32_t r = 0; r < layered->rank_count; r++) {
        SceneItem *item = scene_add_item(drawing->scene, ITEM_RANK);
        item->a = layered_is_walled(layered, r) ? 1 : layered->tracks[r];
        stage = stage_of(drawing, main_node(drawing, r), stage);
        item->name2 = stage;
        if (drawing->figure->shapes == SHAPES_MARGIN) {
            item->label = margin_of(drawing, r, &latest);
        }
        uint32_t arc = drawing->arcs.count ? drawing->arcs.passing.first[r] : 0;
        for (uint32_t i = layered->rank_first[r]; i < layered->rank_first[r + 1]; i++) {
            add_arcs_before(drawing, r, layered->lane[layered->vertices[layered->slots[i]].line], &arc);
            add_vertex(drawing, layered->slots[i]);
        }
        for (uint32_t i = 0; layered->outside_count && i < layered->outer.first[r + 1] - layered->outer.first[r]; i++) {
            uint32_t lane = layered->outer.list[layered->outer.first[r] + i];
            add_arcs_before(drawing, r, lane, &arc);
            scene_add_item(drawing->scene, ITEM_PASS)->lane = lane;
        }
        add_arcs_before(drawing, r, LAYERED_NONE, &arc);
    }
}

/* What was taken out stands in a column of its own, one below the other. */
static void add_extracted(Drawing *drawing)
{
    Scene *scene = drawing->scene;

    if (!drawing->extract.all) {
        return;
    }
    SceneItem *column = scene_add_item(scene, ITEM_COLUMN);
    column->lane = scene->lanes + 1;
    column->a = scene->lanes + 2;
    for (uint32_t v = drawing->extract.rest->node_count; v < drawing->extract.all->node_count; v++) {
        scene_add_item(scene, ITEM_RANK)->a = 1;
        graph_add_node(&drawing->look, scene, &drawing->extract.all->nodes[v])->lane = scene->lanes + 2;
    }
    scene->lanes += 2;
}

static void add_frames(Drawing *drawing)
{
    for (uint32_t f = 0; f < drawing->outline->frame_count; f++) {
        const Frame *frame = &drawing->outline->frames[f];
        if (!frame->visible || drawing->layered.frames[f].first == LAYERED_NONE) {
            continue;
        }
        SceneFrame *made = scene_add_frame(drawing->scene, frame->name);
        made->style = frame->scope && frame->scope->kind == SCOPE_BLOCK && !drawing->outline->brief ? "block" : "frame";
        made->style = graph_is_highlighted(drawing->figure, frame->scope) ? "highlight" : made->style;
        made->title = frame->title;
        made->marks = frame->marks;
        made->dashed = frame->training;
        made->times = frame->times;
        made->note = (Label){LABEL_TEXT, frame->differs};
        if (frame->scope && frame->scope->note.size) {
            made->note = (Label){LABEL_TEX, frame->scope->note};
        }
    }
}

/* Whether a node in the drawing has a cell of that class; bare text shows no colour. */
static bool shows_style(const Scene *scene, const char *style)
{
    for (uint32_t i = 0; i < scene->item_count; i++) {
        const SceneItem *item = &scene->items[i];
        for (uint32_t k = 0; scene_is_node(item) && item->kind != ITEM_TEXT && k < item->cell_count; k++) {
            const char *cell = item->cells[k].style;
            if (cell && strcmp(cell, style) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Whether a sign is to be seen in the drawing. */
static bool shows_mark(const Scene *scene, Emblem mark)
{
    bool shown = false;
    for (uint32_t i = 0; i < scene->frame_count; i++) {
        shown = shown || (scene->frames[i].marks & mark);
    }
    for (uint32_t i = 0; i < scene->item_count; i++) {
        const SceneItem *item = &scene->items[i];
        shown = shown || (item->cell_count && (item->cells[0].marks & mark) && item->cells[0].label.text.size);
    }
    for (uint32_t i = 0; mark == EMBLEM_STOPPED && i < scene->edge_count; i++) {
        shown = shown || scene->edge_list[i].stopped;
    }
    return shown;
}

/* What the signs mean, wherever there are any. */
static void add_mark_legend(Scene *scene, const Figure *figure)
{
    for (Emblem mark = 1; mark < EMBLEM_END && figure->legend != TOGGLE_NO; mark = (Emblem)(2 * mark)) {
        if (shows_mark(scene, mark)) {
            scene_add_legend(scene, style_name(STYLE_DATA), (Label){LABEL_TEXT, str_from(emblem_title(mark))})->arrow = emblem_name(mark);
        }
    }
}

/* By default where colour is all that a node says. */
void graph_add_legend(Scene *scene, const Figure *figure, const Palette *palette)
{
    bool wanted = figure->legend == TOGGLE_YES || (figure->legend == TOGGLE_AUTO && figure->nodes == NODES_BARE);

    bool classes = figure->colours == COLOURS_AUTO || figure->colours == COLOURS_CLASS;

    for (int style = 0; wanted && classes && style < STYLE_COUNT; style++) {
        if (shows_style(scene, style_name((StyleClass)style))) {
            scene_add_legend(scene, style_name((StyleClass)style),
                             (Label){LABEL_TEXT, str_from(style_title((StyleClass)style))});
        }
    }
    for (uint32_t i = 0; wanted && figure->colours != COLOURS_NONE && i < palette->count; i++) {
        if (shows_style(scene, palette_style(i))) {
            scene_add_legend(scene, palette_style(i), (Label){LABEL_TEXT, palette->keys[i]});
        }
    }
    if (figure->nodes == NODES_ICONS && figure->legend != TOGGLE_NO) {
        graph_add_glyph_legend(scene);
    }
    add_mark_legend(scene, figure);
}

/* Keys of grids say nothing where nothing is placed. */
static void warn_without_grid(Diags *diags, const Outline *outline, const Figure *figure)
{
    graph_warn_of_asides(diags, outline);

    const struct {
        const char *name;
        bool given;
    } keys[] = {{"rows", figure->rows.size > 0},
                {"columns", figure->columns.size > 0},
                {"gradients", figure->gradients == TOGGLE_YES},
                {"edge_colours", figure->edge_colours != EDGE_COLOURS_AUTO}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].given) {
            diag_warning(diags, figure->place, "`%s` has no effect: nothing is placed with `at`", keys[i].name);
        }
    }
}

/* Reports what is in a list of names and is none of `words`. */
static bool check_list(const Drawing *drawing, Diags *diags, Str list, const char *key, const char *what, const Str *words,
                       uint32_t count)
{
    Str piece;

    while (str_cut(&list, ',', &piece)) {
        bool known = false;
        piece = str_trim(piece);
        for (uint32_t i = 0; i < count && !known; i++) {
            known = str_equal(piece, words[i]);
        }
        if (known) {
            continue;
        }
        diag_error(diags, drawing->figure->place, "`%s`: there is no %s `%.*s`", key, what, STR_ARGS(piece));
        Str nearest = names_nearest(drawing->arena, piece, words, count < WORDS_MOST ? count : WORDS_MOST);
        if (nearest.size) {
            diag_hint(diags, "did you mean `%.*s`?", STR_ARGS(nearest));
        }
        return false;
    }
    return true;
}

/* `unboxed: pool` names classes of operations, `highlight: encoder` groups or blocks (of any of the networks side by side). */
static bool check_lists(const Drawing *drawing, Diags *diags)
{
    const Graph *graph = drawing->outline->graph;
    const Figure *figure = drawing->figure;
    Str classes[STYLE_COUNT], *paths = ARENA_ARRAY(drawing->arena, (size_t)graph->scope_count + 1, Str);
    Str *names = ARENA_ARRAY(drawing->arena, (size_t)drawing->outline->node_count + 1, Str);

    for (int i = 0; i < STYLE_COUNT; i++) {
        classes[i] = str_from(style_name((StyleClass)i));
    }
    for (uint32_t i = 0; i < graph->scope_count; i++) {
        paths[i] = graph->scopes[i]->path;
    }
    for (uint32_t i = 0; figure->extract.size && i < drawing->outline->node_count; i++) {
        names[i] = extract_name(&drawing->outline->nodes[i]);
    }
    return check_list(drawing, diags, figure->unboxed, "unboxed", "class", classes, STYLE_COUNT)
           && (figure->compare.size
               || (check_list(drawing, diags, figure->highlight, "highlight", "group or block", paths, graph->scope_count)
                   && check_list(drawing, diags, figure->extract, "extract", "node", names, drawing->outline->node_count)));
}

/* Ranks, order, lanes and routes of what the figure shows; false after a report. */
static bool lay_out(Drawing *drawing, Diags *diags)
{
    const Figure *figure = drawing->figure;

    if (!check_lists(drawing, diags)) {
        return false;
    }
    if (!drawing->outline->node_count) {
        diag_error(diags, figure->place, "there is nothing to draw: the network has no layers");
        return false;
    }
    if (figure->extract.size) {
        drawing->extract = extract_nodes(drawing->arena, drawing->outline, figure);
        drawing->outline = drawing->extract.rest;
        if (!drawing->outline->node_count) {
            diag_error(diags, figure->place, "`extract` takes everything out: there is nothing left to draw");
            return false;
        }
    }
    if (figure->sums == SUMS_ARCS) {
        drawing->arcs = arcs_find(drawing->arena, drawing->outline);
        drawing->outline = drawing->arcs.outline;
    }
    bool walls = !drawing->arcs.count && !figure->extract.size && !figure->compare.size && figure->shapes != SHAPES_MARGIN
                 && (figure->edges == EDGES_AUTO || figure->edges == EDGES_ORTHO || figure->edges == EDGES_DIAGONAL);
    if (!layered_lay_out(&drawing->layered, drawing->scratch, drawing->outline, walls)) {
        diag_error(diags, figure->place, "the network is too large for one figure");
        diag_hint(diags, "a smaller `depth` closes groups, `only` draws one of them");
        return false;
    }
    if (drawing->arcs.count) {
        arcs_place(&drawing->arcs, &drawing->layered);
    }
    return true;
}

Scene *graph_scene(Arena *arena, Diags *diags, const Outline *outline, const Figure *figure, Palette *palette)
{
    Drawing drawing = {.arena = arena, .scratch = arena_scratch(arena), .outline = outline, .figure = figure};
    Scene *scene = scene_new(arena);

    if (!lay_out(&drawing, diags)) {
        arena_free(drawing.scratch);
        return NULL;
    }
    drawing.scene = scene;
    scene->view = "graph";
    scene->direction = figure->direction == DIRECTION_AUTO ? choose_direction(arena, drawing.outline) : figure->direction;
    scene->edges = figure->edges == EDGES_AUTO ? EDGES_ORTHO : figure->edges;
    const Outline *all = drawing.extract.all ? drawing.extract.all : drawing.outline;
    drawing.look = graph_node_look(arena, all, figure, scene->direction);
    drawing.look.styles = graph_node_styles(arena, all, figure, palette);
    scene->keys = figure->heads == HEADS_NONE ? STR("heads=none") : figure->heads == HEADS_MIDDLE ? STR("heads=middle") : scene->keys;
    scene_reserve(scene, (size_t)drawing.layered.rank_first[drawing.layered.rank_count] + 2 * (size_t)drawing.layered.rank_count,
                  drawing.layered.strand_count);
    layered_routes(&drawing.layered, scene);
    if (figure->widths == WIDTHS_SIZE && figure->edges == EDGES_THICK) {
        diag_warning(diags, figure->place, "`widths: size` has no effect with `edges: thick`, which are all alike");
    } else if (figure->widths == WIDTHS_SIZE) {
        layered_widen(&drawing.layered, scene);
    }
    drawing.shapes = shape_labels(&drawing.layered, &drawing.arcs, figure, scene);
    arcs_add(&drawing.arcs, scene);
    scene->lanes = drawing.layered.lane_count;
    scene->main_lane = drawing.layered.lane[drawing.layered.main_line];
    add_ranks(&drawing);
    add_extracted(&drawing);
    add_frames(&drawing);
    arena_free(drawing.scratch);
    return scene;
}

Scene *view_graph(Arena *arena, Diags *diags, const Outline *outline, const Figure *figure)
{
    Palette *palette = palette_new(arena);
    bool grid = grid_wanted(outline);
    Scene *scene = NULL;

    if (grid) {
        scene = view_grid(arena, diags, outline, figure);
    } else {
        warn_without_grid(diags, outline, figure);
        scene = graph_scene(arena, diags, outline, figure, palette);
    }
    if (scene) {
        graph_add_legend(scene, figure, palette);
    }
    if (scene && !grid && !figure->extract.size) {
        wrap_scene(arena, scene, figure);
    }
    return scene;
}
