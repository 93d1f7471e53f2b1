/* SPDX-License-Identifier: MIT */
/* Routes on the grid: as few turns as the sides allow; where lines share their way, and where they pass under each other. */
#include "view/grid.h"

/* A point of the grid. */
typedef struct Point {
    int at[AXIS_COUNT];
} Point;

/* All points of a route, ends included. */
typedef struct Path {
    Point points[GRID_MOST_TURNS + 2];
    uint32_t count;
} Path;

static Axis other(Axis axis)
{
    return axis == AXIS_ROW ? AXIS_COLUMN : AXIS_ROW;
}

/* Along which coordinate a line moves that leaves or enters at a side; AXIS_COUNT: it does not matter. */
static Axis side_axis(Side side)
{
    if (side == SIDE_LEFT || side == SIDE_RIGHT)
        return AXIS_COLUMN;
    return side == SIDE_ABOVE || side == SIDE_BELOW ? AXIS_ROW : AXIS_COUNT;
}

static int side_sign(Side side)
{
    return side == SIDE_LEFT || side == SIDE_ABOVE ? -1 : 1;
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static bool within(Spot spot, Axis axis, int line)
{
    return spot.from[axis] <= line && line <= spot.to[axis];
}

/* The line of a spot that is nearest to another line. */
static int nearest(Spot spot, Axis axis, int line)
{
    return within(spot, axis, line) ? line : line < spot.from[axis] ? spot.from[axis] : spot.to[axis];
}

/* Where a wire begins and ends: things that span several lines in the middle of what they face. */
static void find_ends(const Grid *grid, const Wire *wire, Point *start, Point *end)
{
    Spot from = grid->things[wire->from].spot, to = grid->things[wire->to].spot;
    for (int axis = 0; axis < AXIS_COUNT; axis++) {
        int low = from.from[axis] > to.from[axis] ? from.from[axis] : to.from[axis];
        int high = from.to[axis] < to.to[axis] ? from.to[axis] : to.to[axis];
        start->at[axis] = low <= high ? (low + high) / 2 : nearest(from, (Axis)axis, to.from[axis]);
        end->at[axis] = nearest(to, (Axis)axis, start->at[axis]);
    }
}

static void turn(Wire *wire, Axis axis, int line)
{
    wire->turns[wire->turn_count++] = (Turn){axis, line, false};
}

/* Whether one straight line does. */
static bool is_straight(const Wire *wire, Point a, Point b)
{
    for (int axis = 0; axis < AXIS_COUNT; axis++) {
        int way = sign(b.at[axis] - a.at[axis]);
        bool leaves = side_axis(wire->leave) == AXIS_COUNT ||
                      (side_axis(wire->leave) == (Axis)axis && side_sign(wire->leave) == way);
        bool enters = side_axis(wire->enter) == AXIS_COUNT ||
                      (side_axis(wire->enter) == (Axis)axis && side_sign(wire->enter) == -way);
        if (a.at[other((Axis)axis)] == b.at[other((Axis)axis)] && leaves && enters)
            return true;
    }
    return false;
}

/* From a line that runs along `axis` into `b`, at the side that is asked for; `at`: where it runs on the other axis. */
static void run_into(Wire *wire, Axis axis, int at, Point b)
{
    if (at == b.at[other(axis)])
        return;
    if (side_axis(wire->enter) == axis) { /* it comes at the side that lies along the way: in front of it, over, in */
        turn(wire, axis, b.at[axis] + side_sign(wire->enter) * GRID_STEP / 2);
        turn(wire, other(axis), b.at[other(axis)]);
        return;
    }
    turn(wire, axis, b.at[axis]);
}

/* Leaves and enters along the same axis: over in a gap between. */
static void go_over(Wire *wire, Axis axis, Point a, Point b)
{
    int half = GRID_STEP / 2;
    int leave = side_axis(wire->leave) == axis ? side_sign(wire->leave) : 0;
    int enter = side_axis(wire->enter) == axis ? side_sign(wire->enter) : -sign(b.at[axis] - a.at[axis]);
    enter = enter ? enter : leave ? leave : -1;
    leave = leave ? leave : -enter;
    if (leave == enter) { /* a loop around both */
        int far = leave * a.at[axis] > leave * b.at[axis] ? a.at[axis] : b.at[axis];
        turn(wire, axis, far + leave * half);
    } else if (leave * (b.at[axis] - a.at[axis]) > half) {
        turn(wire, axis, b.at[axis] + enter * half);
    } else {
        turn(wire, axis, a.at[axis] + leave * half);
        int middle = (a.at[other(axis)] + b.at[other(axis)]) / 2;
        turn(wire, other(axis), middle == b.at[other(axis)] ? middle - half : middle);
        turn(wire, axis, b.at[axis] + enter * half);
    }
    turn(wire, other(axis), b.at[other(axis)]);
}

/* Leaves along one axis and enters along the other: one turn, or around where the sides look away from each other. */
static void go_round(Wire *wire, Axis axis, Point a, Point b)
{
    int half = GRID_STEP / 2;
    Axis across = other(axis);
    int leave = side_axis(wire->leave) == axis ? side_sign(wire->leave) : sign(b.at[axis] - a.at[axis]);
    int enter = side_axis(wire->enter) == across ? side_sign(wire->enter) : -sign(b.at[across] - a.at[across]);
    bool ahead = leave && leave == sign(b.at[axis] - a.at[axis]);
    bool faces = enter && enter == -sign(b.at[across] - a.at[across]);
    if (!ahead || !faces) {
        turn(wire, axis, ahead ? (a.at[axis] + b.at[axis]) / 2 : a.at[axis] + (leave ? leave : 1) * half);
        turn(wire, across, faces ? (a.at[across] + b.at[across]) / 2 : b.at[across] + (enter ? enter : -1) * half);
    }
    turn(wire, axis, b.at[axis]);
}

static Axis flow_axis(const Grid *grid)
{
    return grid->direction == DIRECTION_RIGHT ? AXIS_COLUMN : AXIS_ROW;
}

static void route(const Grid *grid, Wire *wire)
{
    Point a, b;
    find_ends(grid, wire, &a, &b);
    Axis leave = side_axis(wire->leave), enter = side_axis(wire->enter);
    if (wire->has_bus) {
        turn(wire, leave, wire->bus);
        run_into(wire, other(leave), wire->bus, b);
        return;
    }
    if (is_straight(wire, a, b))
        return;
    wire->slanted = wire->enter == SIDE_DIAGONAL ||
                    (grid->figure->edges == EDGES_STRAIGHT && leave == AXIS_COUNT && enter == AXIS_COUNT);
    if (wire->slanted)
        return;
    Axis first = leave != AXIS_COUNT ? leave : enter != AXIS_COUNT ? other(enter) : flow_axis(grid);
    if (enter == first)
        go_over(wire, first, a, b);
    else
        go_round(wire, first, a, b);
}

static Path path_of(const Grid *grid, const Wire *wire)
{
    Path path = {.count = 1};
    Point end, at;
    find_ends(grid, wire, &at, &end);
    path.points[0] = at;
    for (uint32_t i = 0; i < wire->turn_count; i++) {
        at.at[wire->turns[i].axis] = wire->turns[i].line;
        path.points[path.count++] = at;
    }
    if (at.at[AXIS_ROW] != end.at[AXIS_ROW] || at.at[AXIS_COLUMN] != end.at[AXIS_COLUMN])
        path.points[path.count++] = end;
    return path;
}

/* Whether a point lies between the ends of a piece that runs along `axis`. */
static bool passes(Point p, Point q, Axis axis, Point point)
{
    int low = p.at[axis] < q.at[axis] ? p.at[axis] : q.at[axis];
    int high = p.at[axis] < q.at[axis] ? q.at[axis] : p.at[axis];
    return p.at[other(axis)] == q.at[other(axis)] && point.at[other(axis)] == p.at[other(axis)] &&
           low < point.at[axis] && point.at[axis] < high;
}

/* Where a line turns off from one that goes straight on from the same thing, it does so with a sharp corner. */
static void find_taps(Grid *grid, Wire *wire)
{
    Path path = path_of(grid, wire);
    for (uint32_t k = 0; k < grid->wire_count; k++) {
        const Wire *with = &grid->wires[k];
        if (with == wire || with->from != wire->from || with->slanted)
            continue;
        Path beside = path_of(grid, with);
        for (uint32_t i = 0; i < wire->turn_count; i++)
            for (uint32_t j = 0; j + 1 < beside.count; j++)
                wire->turns[i].sharp = wire->turns[i].sharp || passes(beside.points[j], beside.points[j + 1],
                                                                      wire->turns[i].axis, path.points[i + 1]);
    }
}

int grid_start(const Grid *grid, const Wire *wire, Axis axis)
{
    Point start, end;
    find_ends(grid, wire, &start, &end);
    return start.at[axis];
}

void grid_routes(Grid *grid)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < grid->wire_count; i++) { /* where lines meet on one spot there is nothing to draw */
        Point a, b;
        find_ends(grid, &grid->wires[i], &a, &b);
        if (a.at[AXIS_ROW] != b.at[AXIS_ROW] || a.at[AXIS_COLUMN] != b.at[AXIS_COLUMN])
            grid->wires[count++] = grid->wires[i];
    }
    grid->wire_count = count;
    for (uint32_t i = 0; i < grid->wire_count; i++)
        route(grid, &grid->wires[i]);
    for (uint32_t i = 0; i < grid->wire_count; i++)
        if (!grid->wires[i].slanted)
            find_taps(grid, &grid->wires[i]);
}

Str grid_number(Arena *arena, int line)
{
    static const char *const parts[GRID_STEP] = {"", ".25", ".5", ".75"};
    int whole = line / GRID_STEP, part = line % GRID_STEP;
    if (part < 0) {
        part += GRID_STEP;
        whole--;
    }
    return str_format(arena, "%d%s", whole, parts[part]);
}

/* ---- the generated code ---- */

static void add_token(Text *text, const char *before, Str token, const char *behind)
{
    text_add_format(text, "%s%s%.*s%s", text->size ? ", " : "", before, STR_ARGS(token), behind);
}

/* Rows under which a piece down or up a column passes. */
static void add_bridges(const Grid *grid, const Wire *wire, Point p, Point q, Text *text)
{
    bool *under = ARENA_ARRAY(grid->arena, (size_t)(GRID_MOST + 4) * GRID_STEP, bool);
    int low = p.at[AXIS_ROW] < q.at[AXIS_ROW] ? p.at[AXIS_ROW] : q.at[AXIS_ROW], high = p.at[AXIS_ROW] + q.at[AXIS_ROW] - low;
    for (uint32_t k = 0; k < grid->wire_count; k++) {
        const Wire *with = &grid->wires[k];
        Path beside = path_of(grid, with);
        for (uint32_t j = 0; j + 1 < beside.count && with->from != wire->from && !with->slanted; j++) {
            Point crossing = {{beside.points[j].at[AXIS_ROW], p.at[AXIS_COLUMN]}};
            bool inside = low < crossing.at[AXIS_ROW] && crossing.at[AXIS_ROW] < high;
            if (inside && passes(beside.points[j], beside.points[j + 1], AXIS_COLUMN, crossing))
                under[crossing.at[AXIS_ROW]] = true;
        }
    }
    int step = p.at[AXIS_ROW] < q.at[AXIS_ROW] ? 1 : -1;
    for (int row = p.at[AXIS_ROW] + step; row != q.at[AXIS_ROW]; row += step)
        if (row > 0 && under[row])
            add_token(text, "r", grid_number(grid->arena, row), "*");
}

bool grid_holds(const Frame *frame, const Node *node)
{
    for (const Frame *around = node->frame; around; around = around->parent)
        if (around == frame)
            return true;
    return false;
}

/* The nearest column at which something in a frame stands. */
static int near_column(const Grid *grid, const Frame *frame)
{
    int near = GRID_MOST * GRID_STEP;
    for (uint32_t i = 0; i < grid->thing_count; i++)
        if (grid_holds(frame, grid->things[i].node) && grid->things[i].spot.from[AXIS_COLUMN] < near)
            near = grid->things[i].spot.from[AXIS_COLUMN];
    return near;
}

/* What goes from one frame into another has a head on its border as well. */
static void add_heads(const Grid *grid, const Wire *wire, Point p, Point q, Text *text)
{
    const Node *from = grid->things[wire->from].node, *to = grid->things[wire->to].node;
    if (p.at[AXIS_ROW] != q.at[AXIS_ROW] || p.at[AXIS_COLUMN] >= q.at[AXIS_COLUMN])
        return;
    for (const Frame *frame = to->frame; frame; frame = frame->parent) {
        const Frame *left = from->frame;
        while (left && (!left->visible || grid_holds(left, to)))
            left = left->parent;
        int near = frame->visible && left && !grid_holds(frame, from) ? near_column(grid, frame) : 0;
        if (p.at[AXIS_COLUMN] < near && near <= q.at[AXIS_COLUMN])
            add_token(text, ">", frame->name, "");
    }
}

Str grid_route_text(const Grid *grid, const Wire *wire)
{
    Text text = text_in(grid->arena);
    Path path = path_of(grid, wire);
    for (int axis = 0; axis < AXIS_COUNT; axis++)
        if (grid->things[wire->from].spot.from[axis] != path.points[0].at[axis])
            add_token(&text, axis == AXIS_ROW ? "@r" : "@c", grid_number(grid->arena, path.points[0].at[axis]), "");
    if (wire->plain)
        add_token(&text, "-", (Str){0}, "");
    if (wire->enter == SIDE_DIAGONAL && wire->slanted)
        add_token(&text, side_axis(wire->leave) == AXIS_ROW ? "v/" : "h/", (Str){0}, "");
    for (uint32_t i = 0; i + 1 < path.count && !wire->slanted; i++) {
        add_heads(grid, wire, path.points[i], path.points[i + 1], &text);
        if (path.points[i].at[AXIS_COLUMN] == path.points[i + 1].at[AXIS_COLUMN])
            add_bridges(grid, wire, path.points[i], path.points[i + 1], &text);
        if (i < wire->turn_count)
            add_token(&text, wire->turns[i].axis == AXIS_ROW ? "r" : "c", grid_number(grid->arena, wire->turns[i].line),
                      wire->turns[i].sharp ? "!" : "");
    }
    return text_str(&text);
}
