/* SPDX-License-Identifier: MIT */
/* From thing to thing: which steps of what is unrolled a line joins, where it leaves and enters, what is written on it. */
#include "op/op.h"
#include "view/grid.h"
#include "view/layered.h"

static bool covers(const Thing *thing, const Thing *other, Axis axis)
{
    return thing->spot.from[axis] <= other->spot.from[axis] && other->spot.from[axis] <= thing->spot.to[axis];
}

static bool is_unrolled(const Thing *thing)
{
    return thing->placing->unroll == UNROLL_YES && (thing->placing->column_to.size || thing->placing->row_to.size);
}

static Axis steps_axis(const Thing *thing)
{
    return thing->placing->column_to.size ? AXIS_COLUMN : AXIS_ROW;
}

static Side side_at(const Thing *to, uint32_t input)
{
    const Placing *placing = to->placing;
    if (placing->enter_count == 1)
        return placing->enter[0];
    return input < placing->enter_count ? placing->enter[input] : SIDE_NONE;
}

static Wire *add_wire(Grid *grid, uint32_t from, uint32_t to, const Link *link)
{
    Wire *wire = ARENA_PUSH(grid->arena, grid->wires, grid->wire_count, grid->wire_room);
    const Placing *placing = grid->things[from].placing;
    *wire = (Wire){.from = from, .to = to, .role = link ? link->role : LINK_FLOW};
    if (!link)
        return wire;
    wire->stopped = link->stopped;
    wire->leave = placing->leave;
    wire->enter = side_at(&grid->things[to], link->input);
    wire->has_bus = placing->bus.size > 0;
    bool upright = placing->leave == SIDE_ABOVE || placing->leave == SIDE_BELOW;
    if (wire->has_bus)
        wire->bus = grid_bus(grid, grid->things[from].node, upright ? AXIS_ROW : AXIS_COLUMN);
    return wire;
}

/* The last thing of a node at which a line may end. */
static uint32_t last_of(const Grid *grid, const Node *node)
{
    uint32_t last = grid->first[node->index + 1];
    while (last > grid->first[node->index] + 1 && grid->things[last - 1].part)
        last--;
    return last - 1;
}

/* Both have steps, or one spans the other's: a line at each step. */
static bool join_steps(Grid *grid, const Link *link)
{
    uint32_t a0 = grid->first[link->from->index], a1 = grid->first[link->from->index + 1];
    uint32_t b0 = grid->first[link->to->index], b1 = grid->first[link->to->index + 1];
    bool joined = false, several = is_unrolled(&grid->things[a0]) || is_unrolled(&grid->things[b0]);
    for (uint32_t a = a0; a < a1 && several; a++)
        for (uint32_t b = b0; b < b1; b++) {
            const Thing *from = &grid->things[a], *to = &grid->things[b];
            Axis axis = is_unrolled(to) ? steps_axis(to) : steps_axis(from);
            if (from->part || to->part || from->dots || to->dots || !(covers(from, to, axis) || covers(to, from, axis)))
                continue;
            if (!is_unrolled(from) && from->spot.from[axis] == from->spot.to[axis] && b > b0)
                continue; /* what stands under one step goes into that one alone */
            if (is_unrolled(from) && !is_unrolled(to) && to->spot.from[axis] == to->spot.to[axis])
                continue; /* what reads a sequence at one place reads its last step */
            add_wire(grid, a, b, link);
            joined = true;
        }
    return joined;
}

static void join(Grid *grid, const Link *link)
{
    if (!join_steps(grid, link))
        add_wire(grid, last_of(grid, link->from), grid->first[link->to->index], link);
}

/* The state of a recurrent layer goes on from step to step. */
static void chain(Grid *grid, const Node *node)
{
    uint32_t first = grid->first[node->index], last = grid->first[node->index + 1];
    if (first == last || !is_unrolled(&grid->things[first]) || node->kind == NODE_GROUP ||
        node->layer->op->style != STYLE_RECURRENT)
        return;
    for (uint32_t i = first; i + 1 < last; i++) {
        Wire *wire = add_wire(grid, i, i + 1, NULL);
        wire->plain = grid->things[i + 1].dots;
    }
    const Placing *placing = grid->things[first].placing;
    grid->wires[grid->wire_count - 1].label = (Label){LABEL_TEX, placing->state};
    grid->wires[grid->wire_count - 1].side = placing->state_side;
}

static bool shows_shape(const Grid *grid, const Node *node)
{
    if (node->kind == NODE_OUTPUT || !node->shape.known)
        return false;
    ShapesShown shapes = grid->figure->shapes;
    return shapes == SHAPES_ALL || shapes == SHAPES_EDGES || (shapes == SHAPES_CHANGES && node->shape_changes);
}

/* What is written on the lines that leave a node: on the first one of its last step. */
static void label_wires(Grid *grid)
{
    bool *done = ARENA_ARRAY(grid->arena, grid->outline->node_count, bool);
    for (uint32_t n = 0; n < grid->wire_count; n++) {
        Wire *wire = &grid->wires[n];
        const Thing *from = &grid->things[wire->from];
        /* of a box with a line at each step the last one */
        while (from->spot.to[AXIS_COLUMN] > from->spot.from[AXIS_COLUMN] && wire + 1 < grid->wires + grid->wire_count &&
               wire[1].from == wire->from)
            wire++;
        if (done[from->node->index] || wire->from != last_of(grid, from->node) || wire->label.text.size ||
            wire->role == LINK_CONTROL)
            continue;
        done[from->node->index] = true;
        wire->label = (Label){LABEL_TEX, from->placing->edge};
        wire->side = from->placing->edge_side;
        if (!wire->label.text.size && shows_shape(grid, from->node))
            wire->shape = graph_shape_label(grid->arena, from->node, grid->figure->notation);
    }
}

void grid_wires(Grid *grid)
{
    for (uint32_t i = 0; i < grid->outline->node_count; i++)
        chain(grid, &grid->outline->nodes[i]);
    for (uint32_t i = 0; i < grid->outline->link_count && grid->wire_count <= 4 * GRID_MOST; i++)
        join(grid, &grid->outline->links[i]);
    label_wires(grid);
}
