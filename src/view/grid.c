/* SPDX-License-Identifier: MIT */
/* The graph view where the author places things: from the outline to the lines, things and edges of a grid. */
#include "view/grid.h"

#include "op/op.h"
#include "view/graph_node.h"
#include "view/layered.h"

const Placing *grid_placing(const Node *node)
{
    if (node->kind == NODE_GROUP && node->scope)
        return node->scope->placing;
    return node->layer ? node->layer->placing : NULL;
}

bool grid_wanted(const Outline *outline)
{
    for (uint32_t i = 0; i < outline->node_count; i++) {
        const Placing *placing = grid_placing(&outline->nodes[i]);
        if (placing && placing->row.size)
            return true;
    }
    return false;
}

/* ---- lines ---- */

/* What a frame surrounds. */
typedef struct Box {
    int from[AXIS_COUNT], to[AXIS_COUNT];
    bool filled;
} Box;

static void stretch(Box *box, Spot spot)
{
    for (int axis = 0; axis < AXIS_COUNT; axis++) {
        if (!box->filled || spot.from[axis] < box->from[axis])
            box->from[axis] = spot.from[axis];
        if (!box->filled || spot.to[axis] > box->to[axis])
            box->to[axis] = spot.to[axis];
    }
    box->filled = true;
}

static bool holds_both(const Grid *grid, const Frame *frame, const Wire *wire)
{
    return grid_holds(frame, grid->things[wire->from].node) && grid_holds(frame, grid->things[wire->to].node);
}

/* Around things, and around lines that run between them. */
static Box box_of(const Grid *grid, const Frame *frame)
{
    Box box = {.filled = false};
    for (uint32_t i = 0; i < grid->thing_count; i++)
        if (grid_holds(frame, grid->things[i].node))
            stretch(&box, grid->things[i].spot);
    for (uint32_t i = 0; i < grid->wire_count; i++) {
        const Wire *wire = &grid->wires[i];
        for (uint32_t k = 0; k < wire->turn_count && holds_both(grid, frame, wire); k++) {
            Spot spot = {{box.from[AXIS_ROW], box.from[AXIS_COLUMN]}, {box.from[AXIS_ROW], box.from[AXIS_COLUMN]}};
            spot.from[wire->turns[k].axis] = spot.to[wire->turns[k].axis] = wire->turns[k].line;
            stretch(&box, spot);
        }
    }
    return box;
}

static void mark(bool *used, int line)
{
    if (line > -GRID_STEP && line < (GRID_MOST + 2) * GRID_STEP)
        used[line + GRID_STEP] = true;
}

/* All lines of an axis in order, with the borders of frames: "1, [cell, 2, 2.5, ]cell". */
static Str lines_text(const Grid *grid, Axis axis, const Box *boxes)
{
    Text text = text_in(grid->arena);
    bool *used = ARENA_ARRAY(grid->arena, (size_t)(GRID_MOST + 4) * GRID_STEP, bool);
    const Outline *outline = grid->outline;
    for (uint32_t i = 0; i < grid->thing_count; i++) {
        mark(used, grid->things[i].spot.from[axis]);
        mark(used, grid->things[i].spot.to[axis]);
    }
    for (uint32_t i = 0; i < grid->wire_count; i++)
        for (uint32_t k = 0; k < grid->wires[i].turn_count; k++)
            if (grid->wires[i].turns[k].axis == axis)
                mark(used, grid->wires[i].turns[k].line);
    for (uint32_t i = 0; i < grid->wire_count; i++)
        mark(used, grid_start(grid, &grid->wires[i], axis));
    for (int line = 1 - GRID_STEP; line < (GRID_MOST + 2) * GRID_STEP; line++) {
        if (!used[line + GRID_STEP])
            continue;
        for (uint32_t f = 0; f < outline->frame_count; f++)
            if (boxes[f].filled && boxes[f].from[axis] == line)
                text_add_format(&text, "%s[%.*s", text.size ? ", " : "", STR_ARGS(outline->frames[f].name));
        text_add_format(&text, "%s%.*s", text.size ? ", " : "", STR_ARGS(grid_number(grid->arena, line)));
        for (uint32_t f = outline->frame_count; f-- > 0;)
            if (boxes[f].filled && boxes[f].to[axis] == line)
                text_add_format(&text, ", ]%.*s", STR_ARGS(outline->frames[f].name));
    }
    return text_str(&text);
}

static void add_lines(const Grid *grid, Scene *scene)
{
    const Outline *outline = grid->outline;
    Box *boxes = ARENA_ARRAY(grid->arena, outline->frame_count, Box);
    for (uint32_t f = 0; f < outline->frame_count; f++)
        if (outline->frames[f].visible)
            boxes[f] = box_of(grid, &outline->frames[f]);
    scene->row_lines = lines_text(grid, AXIS_ROW, boxes);
    scene->column_lines = lines_text(grid, AXIS_COLUMN, boxes);
    for (uint32_t f = 0; f < outline->frame_count; f++) {
        const Frame *frame = &outline->frames[f];
        if (!boxes[f].filled)
            continue;
        const Placing *placing = frame->scope->placing;
        SceneFrame *made = scene_add_frame(scene, frame->name);
        made->style = frame->scope->style.size ? str_terminated(grid->arena, frame->scope->style)
                      : frame->scope->kind == SCOPE_BLOCK ? "block" : "frame";
        made->dashed = placing && placing->look == LOOK_DASHED;
        made->title = placing && !frame->scope->label.size && (placing->ghost.size || frame->scope->kind == SCOPE_BLOCK)
                          ? (Label){LABEL_TEXT, {NULL, 0}} : frame->title;
        made->times = frame->times;
        if (placing)
            made->ghost = (Label){LABEL_TEX, placing->ghost};
    }
}

/* ---- things ---- */

static const char *style_of(const Grid *grid, const Thing *thing, const Cell *cell)
{
    Str said = thing->node->kind == NODE_GROUP ? thing->node->scope->style : cell->layer->style;
    return said.size ? str_terminated(grid->arena, said) : style_name((StyleClass)cell->style);
}

static Str place_text(const Grid *grid, Spot spot)
{
    Text text = text_in(grid->arena);
    for (int axis = 0; axis < AXIS_COUNT; axis++) {
        text_add(&text, axis ? STR(",") : STR(""));
        text_add(&text, grid_number(grid->arena, spot.from[axis]));
        if (spot.to[axis] > spot.from[axis])
            text_add_format(&text, ":%.*s", STR_ARGS(grid_number(grid->arena, spot.to[axis])));
    }
    return text_str(&text);
}

/* A negative number has a minus, no hyphen. */
static Label value_label(const Grid *grid, Str text)
{
    bool negative = text.size > 1 && text.at[0] == '-';
    for (size_t i = 1; i < text.size && negative; i++)
        negative = (text.at[i] >= '0' && text.at[i] <= '9') || text.at[i] == '.';
    return (Label){LABEL_TEX, negative ? str_format(grid->arena, "$%.*s$", STR_ARGS(text)) : text};
}

static void fill_from_cells(const Grid *grid, SceneItem *item, const Thing *thing, const PlacingCell *cells, uint32_t count)
{
    const Node *node = thing->node;
    scene_set_cells(grid->scene, item, count);
    for (uint32_t i = 0; i < count; i++) {
        const Cell *own = &node->cells[i < node->cell_count ? i : 0];
        item->cells[i] = (SceneCell){.style = style_of(grid, thing, own), .label = value_label(grid, cells[i].text),
                                     .aside = {LABEL_TEX, cells[i].aside}, .side = side_name(cells[i].side)};
        for (uint32_t k = 0; k < thing->placing->mark_count; k++)
            item->cells[i].marked = item->cells[i].marked || str_equal(cells[i].text, thing->placing->marks[k]);
    }
}

/* The label of the whole node, or one cell for each operation in it. */
static void fill_from_node(const Grid *grid, SceneItem *item, const Thing *thing, bool empty)
{
    const Node *node = thing->node;
    bool whole = item->kind != ITEM_BOX || node->kind == NODE_GROUP || node->layer->label.size || empty;
    scene_set_cells(grid->scene, item, whole ? 1 : node->cell_count);
    for (uint32_t i = 0; i < item->cell_count; i++) {
        item->cells[i] = (SceneCell){.style = style_of(grid, thing, &node->cells[i]), .label = node->cells[i].label};
        item->cells[i].marks = i ? 0 : node->marks;
        if (empty)
            item->cells[i].label.text = (Str){0};
    }
}

static bool has_parts(const Grid *grid, uint32_t index)
{
    return index + 1 < grid->thing_count && grid->things[index + 1].part && !grid->things[index].part;
}

static void add_thing(const Grid *grid, uint32_t index)
{
    static const char *const ways[] = {[DIRECTION_AUTO] = "below", [DIRECTION_DOWN] = "below",
                                       [DIRECTION_RIGHT] = "right", [DIRECTION_UP] = "above"};
    const Thing *thing = &grid->things[index];
    const Placing *placing = thing->placing;
    SceneItem *item = scene_add_item(grid->scene, thing->kind);
    item->name = thing->name;
    item->at = place_text(grid, thing->spot);
    item->turned = thing->node->turned && !thing->cell;
    item->dashed = thing->node->training && thing->kind != ITEM_JOINT;
    bool last = index + 1 == grid->thing_count || grid->things[index + 1].node != thing->node;
    if (thing->cell)
        fill_from_cells(grid, item, thing, thing->cell->inner ? thing->cell->inner : thing->cell,
                        thing->cell->inner ? thing->cell->inner_count : 1);
    else if (placing->cell_count && !has_parts(grid, index))
        fill_from_cells(grid, item, thing, placing->cells, placing->cell_count);
    else
        fill_from_node(grid, item, thing, has_parts(grid, index) || placing->look == LOOK_NONE);
    if (thing->dots) {
        item->cells[0].label = (Label){LABEL_TEX, STR("$\\cdots$")};
        item->cells[0].style = "data";
    }
    if (thing->kind == ITEM_JOINT)
        item->side = placing->leave != SIDE_NONE ? side_name(placing->leave) : ways[grid->direction];
    else if (last && !thing->part) {
        bool picture = thing->kind == ITEM_PICTURE;
        item->note = picture ? graph_picture_note(grid->arena, thing->node) : thing->node->note;
        item->side = placing->note_side == SIDE_NONE ? (picture ? "below" : "right") : side_name(placing->note_side);
    }
    if (thing->kind == ITEM_PICTURE) {
        item->name2 = thing->node->layer->image.file;
        item->a = thing->node->layer->image.sheared;
    }
    if (placing->unroll == UNROLL_LOOP) {
        item->loop = grid->direction == DIRECTION_RIGHT ? "above" : "right";
        item->out = (Label){LABEL_TEX, placing->state};
    }
}

static void add_margins(const Grid *grid)
{
    Str list = grid->figure->rows, name, label;
    for (int i = 1; figure_line(&list, &name, &label); i++) {
        if (!label.size)
            continue;
        SceneItem *item = scene_add_item(grid->scene, ITEM_MARGIN);
        item->at = grid_number(grid->arena, i * GRID_STEP);
        item->label = (Label){LABEL_TEX, label};
    }
}

/* The steps of a sequence are equally far apart. */
static void add_evens(const Grid *grid)
{
    for (uint32_t i = 0; i < grid->outline->node_count; i++) {
        if (grid->first[i + 1] - grid->first[i] < 3 || grid->things[grid->first[i]].placing->unroll != UNROLL_YES)
            continue;
        const Thing *first = &grid->things[grid->first[i]], *last = &grid->things[grid->first[i + 1] - 1];
        Axis axis = first->placing->column_to.size ? AXIS_COLUMN : AXIS_ROW;
        SceneItem *item = scene_add_item(grid->scene, ITEM_EVEN);
        item->side = axis == AXIS_ROW ? "r" : "c";
        item->at = grid_number(grid->arena, first->spot.from[axis]);
        item->name = grid_number(grid->arena, last->spot.to[axis]);
        return; /* all of one sequence stand on the same lines */
    }
}

static void add_edges(const Grid *grid)
{
    for (uint32_t i = 0; i < grid->wire_count; i++) {
        const Wire *wire = &grid->wires[i];
        const Thing *from = &grid->things[wire->from], *to = &grid->things[wire->to];
        const char *role = layered_role_between(from->node, to->node, wire->role);
        SceneEdge *edge = scene_add_edge(grid->scene, from->name, to->name, role);
        edge->stopped = wire->stopped;
        if (grid->figure->edge_colours == EDGE_COLOURS_SOURCE && str_equal(str_from(role), STR("flow")))
            edge->role = str_terminated(grid->arena, str_format(grid->arena, "of-%s", style_of(grid, from, from->node->cells)));
        edge->route = grid_route_text(grid, wire);
        edge->label = wire->label.text.size ? wire->label : wire->shape;
        edge->side = wire->side == SIDE_NONE ? NULL : side_name(wire->side);
        edge->level = !wire->label.text.size && wire->shape.text.size;
    }
}

/* Keys that are for layers, which the author has put aside. */
static void warn_of_layers(Diags *diags, const Figure *figure)
{
    if (figure->wrap > 1)
        diag_warning(diags, figure->place, "`wrap` has no effect on a grid: `at` says where things stand");
    if (figure->nodes != NODES_AUTO || figure->ends != ENDS_AUTO)
        diag_warning(diags, figure->place, "`nodes` and `ends` have no effect on a grid: `look` says how each looks");
    if (figure->edges == EDGES_SMOOTH || figure->edges == EDGES_DIAGONAL)
        diag_warning(diags, figure->place, "`edges: %s` has no effect on a grid", figure->edges == EDGES_SMOOTH ? "smooth" : "diagonal");
    if (figure->edges == EDGES_THICK && figure->gradients == TOGGLE_YES)
        diag_warning(diags, figure->place, "`edges: thick` has no effect with `gradients`: there is no room for pairs of them");
    if (figure->heads != HEADS_AUTO || figure->widths != WIDTHS_AUTO || figure->extract.size)
        diag_warning(diags, figure->place, "`%s` has no effect on a grid",
                     figure->extract.size ? "extract" : figure->widths != WIDTHS_AUTO ? "widths" : "heads");
    if (figure->shapes == SHAPES_MARGIN)
        diag_warning(diags, figure->place, "`shapes: margin` has no effect on a grid, whose rows have labels of their own");
}

Scene *view_grid(Arena *arena, Diags *diags, const Outline *outline, const Figure *figure)
{
    Grid grid = {.arena = arena, .diags = diags, .outline = outline, .figure = figure, .scene = scene_new(arena)};
    grid.direction = figure->direction == DIRECTION_AUTO ? DIRECTION_DOWN : figure->direction;
    warn_of_layers(diags, figure);
    grid_things(&grid);
    if (!grid.failed)
        grid_wires(&grid);
    if (grid.failed)
        return NULL;
    grid_routes(&grid);
    grid.scene->view = "grid";
    grid.scene->direction = grid.direction;
    add_margins(&grid);
    add_evens(&grid);
    for (uint32_t i = 0; i < grid.thing_count; i++)
        add_thing(&grid, i);
    add_lines(&grid, grid.scene);
    add_edges(&grid);
    if (figure->edges == EDGES_THICK && figure->gradients != TOGGLE_YES)
        grid.scene->edges = EDGES_THICK;
    if (figure->gradients == TOGGLE_YES)
        grid.scene->keys = STR("gradients=yes");
    return grid.scene;
}
