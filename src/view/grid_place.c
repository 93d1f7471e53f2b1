/* SPDX-License-Identifier: MIT */
/* Who stands where on the grid: names and numbers of lines, offsets of blocks, the steps of what is unrolled, cells. */
#include "op/op.h"
#include "view/graph_node.h"
#include "view/grid.h"

static const Placing unplaced; /* what holds where an author says nothing */

/* "2", "2.5" in units; false where it is no number that a grid can have. */
static bool read_number(Str text, int *units)
{
    size_t point = str_find(text, '.');
    Str rest = str_slice(text, point + 1, text.size);
    int64_t whole = 0;
    static const char *const parts[GRID_STEP] = {"", "25", "5", "75"};
    if (point && !str_to_int(str_slice(text, 0, point), &whole))
        return false;
    if (whole < 0 || whole > GRID_MOST || (!point && !rest.size))
        return false;
    for (int i = 0; i < GRID_STEP; i++)
        if (str_equal(rest, str_from(parts[i]))) {
            *units = (int)whole * GRID_STEP + i;
            return true;
        }
    return false;
}

static bool find_name(Str list, Str text, int *units)
{
    Str name, label;
    for (int i = 1; i <= GRID_MOST && figure_line(&list, &name, &label); i++)
        if (str_equal(name, text)) {
            *units = i * GRID_STEP;
            return true;
        }
    return false;
}

static bool find_line(const Grid *grid, Axis axis, Str text, int *line)
{
    Str list = axis == AXIS_ROW ? grid->figure->rows : grid->figure->columns;
    size_t plus = str_find(text, '+');
    int more = 0;
    if (find_name(list, text, line) || read_number(text, line))
        return true;
    bool found = plus < text.size && find_name(list, str_slice(text, 0, plus), line) &&
                 read_number(str_slice(text, plus + 1, text.size), &more);
    *line += more;
    return found;
}

static int line_of(Grid *grid, Axis axis, Str text, Place place)
{
    int line = GRID_STEP;
    if (find_line(grid, axis, text, &line))
        return line;
    const char *what = axis == AXIS_ROW ? "row" : "column";
    if (!grid->failed) {
        diag_error(grid->diags, place, "there is no %s `%.*s`", what, STR_ARGS(text));
        diag_hint(grid->diags, "a %s is a number such as 2 or 2.5, or a name from `%ss:` of the figure", what, what);
    }
    grid->failed = true;
    return line;
}

/* A block's own row 1 and column 1 stand where it is placed: by how much its lines move. */
static int shift_of(Grid *grid, Axis axis, const Node *node)
{
    const Scope *scope = node->kind == NODE_GROUP ? node->scope->parent : node->layer->scope;
    int shift = 0;
    for (; scope; scope = scope->parent) {
        const Placing *placing = scope->placing;
        if (placing && placing->row.size)
            shift += line_of(grid, axis, axis == AXIS_ROW ? placing->row : placing->column, placing->at_place) - GRID_STEP;
    }
    return shift;
}

int grid_bus(Grid *grid, const Node *node, Axis axis)
{
    const Placing *placing = node->layer->placing;
    return line_of(grid, axis, placing->bus, placing->leave_place) + shift_of(grid, axis, node);
}

static Spot spot_of(Grid *grid, const Node *node, const Placing *placing)
{
    const Str texts[AXIS_COUNT][2] = {{placing->row, placing->row_to}, {placing->column, placing->column_to}};
    Spot spot = {{GRID_STEP, GRID_STEP}, {GRID_STEP, GRID_STEP}};
    for (int axis = 0; axis < AXIS_COUNT; axis++) {
        int shift = shift_of(grid, (Axis)axis, node);
        int from = line_of(grid, (Axis)axis, texts[axis][0], placing->at_place) + shift;
        int to = texts[axis][1].size ? line_of(grid, (Axis)axis, texts[axis][1], placing->at_place) + shift : from;
        spot.from[axis] = from < to ? from : to;
        spot.to[axis] = from < to ? to : from;
    }
    return spot;
}

static ItemKind kind_of(const Node *node, const Placing *placing)
{
    if (graph_has_picture(node) && placing->look == LOOK_AUTO)
        return ITEM_PICTURE;
    static const ItemKind kinds[] = {[NODE_BOX] = ITEM_BOX, [NODE_CIRCLE] = ITEM_CIRCLE, [NODE_INPUT] = ITEM_TEXT,
                                     [NODE_OUTPUT] = ITEM_TEXT, [NODE_GROUP] = ITEM_BOX};
    switch (placing->look) {
    case LOOK_CIRCLE:
        return ITEM_CIRCLE;
    case LOOK_ELLIPSE:
        return ITEM_ELLIPSE;
    case LOOK_TEXT:
        return ITEM_TEXT;
    case LOOK_NONE:
        return node->kind == NODE_OUTPUT ? ITEM_TEXT : ITEM_JOINT;
    case LOOK_BOX:
    case LOOK_DASHED:
        return ITEM_BOX;
    case LOOK_AUTO:
        break;
    }
    return kinds[node->kind];
}

static bool is_dots(Str text)
{
    return str_equal(text, STR("...")) || str_equal(text, STR("\xE2\x80\xA6"));
}

/* Whether a line is one that stands for others. */
static bool is_dots_line(const Grid *grid, Axis axis, int line)
{
    Str list = axis == AXIS_ROW ? grid->figure->rows : grid->figure->columns, name, label;
    for (int i = 1; figure_line(&list, &name, &label); i++)
        if (i * GRID_STEP == line)
            return is_dots(name);
    return false;
}

static Thing *add_thing(Grid *grid, const Node *node, const Placing *placing, Spot spot)
{
    Thing *thing = ARENA_PUSH(grid->arena, grid->things, grid->thing_count, grid->thing_room);
    *thing = (Thing){.node = node, .placing = placing, .name = node->name, .kind = kind_of(node, placing), .spot = spot};
    return thing;
}

/* Along which axis a node spans several lines; AXIS_COUNT: none. */
static Axis span_axis(Spot spot)
{
    if (spot.to[AXIS_COLUMN] > spot.from[AXIS_COLUMN])
        return AXIS_COLUMN;
    return spot.to[AXIS_ROW] > spot.from[AXIS_ROW] ? AXIS_ROW : AXIS_COUNT;
}

/* One of the lines that a node spans, with what is written there. */
static void add_step(Grid *grid, const Node *node, const Placing *placing, Spot spot, uint32_t index, bool part)
{
    Thing *thing = add_thing(grid, node, placing, spot);
    const PlacingCell *cell = index < placing->cell_count ? &placing->cells[index] : NULL;
    Axis axis = placing->column_to.size ? AXIS_COLUMN : AXIS_ROW;
    thing->part = part;
    thing->cell = cell;
    thing->name = str_format(grid->arena, "%.*s-%u", STR_ARGS(node->name), index + 1);
    thing->dots = cell && !cell->inner ? is_dots(cell->text) : !cell && is_dots_line(grid, axis, spot.from[axis]);
    if (part || (cell && cell->inner))
        thing->kind = ITEM_VECTOR;
    if (thing->dots)
        thing->kind = ITEM_TEXT;
}

/* A node on several lines: one box around its cells, or, unrolled, once on each line. */
static void add_steps(Grid *grid, const Node *node, const Placing *placing, Spot spot, Axis axis)
{
    uint32_t steps = (uint32_t)((spot.to[axis] - spot.from[axis]) / GRID_STEP) + 1;
    bool unrolls = placing->unroll == UNROLL_YES;
    if (placing->cell_count && placing->cell_count != steps && !grid->failed) {
        diag_error(grid->diags, placing->at_place, "`%.*s` stands on %u lines and has %u cells", STR_ARGS(node->name),
                   steps, placing->cell_count);
        diag_hint(grid->diags, "each line takes one cell; `...` stands for those left out");
        grid->failed = true;
    }
    if (!unrolls)
        add_thing(grid, node, placing, spot);
    for (uint32_t i = 0; i < steps && steps <= GRID_MOST && (unrolls || placing->cell_count); i++) {
        Spot one = spot;
        one.from[axis] = one.to[axis] = spot.from[axis] + (int)i * GRID_STEP;
        add_step(grid, node, placing, one, i, !unrolls);
    }
}

static void add_node(Grid *grid, const Node *node)
{
    const Scope *scope = node->kind == NODE_GROUP ? node->scope : NULL;
    const Placing *placing = grid_placing(node);
    if (!placing || !placing->row.size) {
        if (!grid->failed) {
            diag_error(grid->diags, scope ? scope->place : node->layer->place, "`%.*s` has no place on the grid",
                       STR_ARGS(node->name));
            diag_hint(grid->diags, "where one item has `at`, all that are drawn need it: `at: ROW COLUMN`");
        }
        grid->failed = true;
        placing = &unplaced;
        return;
    }
    Spot spot = spot_of(grid, node, placing);
    Axis axis = span_axis(spot);
    if (axis != AXIS_COUNT) {
        add_steps(grid, node, placing, spot, axis);
        return;
    }
    Thing *thing = add_thing(grid, node, placing, spot);
    if (placing->cell_count && thing->kind != ITEM_TEXT)
        thing->kind = placing->cells[0].aside.size ? ITEM_BOX : ITEM_VECTOR;
}

static int order_spots(const Thing *a, const Thing *b)
{
    for (int axis = 0; axis < AXIS_COUNT; axis++)
        if (a->spot.from[axis] != b->spot.from[axis])
            return a->spot.from[axis] < b->spot.from[axis] ? -1 : 1;
    return 0;
}

/* Two things at one spot would lie over each other. */
static void check_spots(Grid *grid)
{
    for (uint32_t i = 0; i < grid->thing_count && !grid->failed; i++)
        for (uint32_t k = 0; k < i; k++) {
            const Thing *a = &grid->things[k], *b = &grid->things[i];
            bool joint = a->kind == ITEM_JOINT || b->kind == ITEM_JOINT;
            if (joint || a->node == b->node || order_spots(a, b) != 0)
                continue;
            diag_error(grid->diags, b->placing->at_place, "`%.*s` stands where `%.*s` stands already",
                       STR_ARGS(b->name), STR_ARGS(a->name));
            grid->failed = true;
            break;
        }
}

void grid_things(Grid *grid)
{
    grid->first = ARENA_ARRAY(grid->arena, grid->outline->node_count + 1, uint32_t);
    for (uint32_t i = 0; i < grid->outline->node_count && grid->thing_count <= GRID_MOST; i++) {
        grid->first[i] = grid->thing_count;
        add_node(grid, &grid->outline->nodes[i]);
        grid->first[i + 1] = grid->thing_count;
    }
    if (grid->thing_count > GRID_MOST && !grid->failed) {
        diag_error(grid->diags, grid->figure->place, "more than %d things on one grid", GRID_MOST);
        grid->failed = true;
    }
    check_spots(grid);
}
