/* SPDX-License-Identifier: MIT */
/* Where shapes of tensors are written: at exits; with `shapes: edges` on each branch of a fork in place of its exit. */
#include "view/graph_shapes.h"

#include "op/op.h"
#include "view/graph_node.h"

typedef struct Labelling {
    const Layered *layered;
    const Figure *figure;
    Scene *scene;
    ShapeLabels labels;
    bool *known;            /* bus → its label is written */
} Labelling;

/*
 * Which nodes have their shape written at the exit. By default: inputs, and on the main line those that change the extent,
 * and merges: channels of a convolution are in its label.
 */
static bool shows_shape(const Labelling *labelling, const Node *node, Str text)
{
    const Layered *layered = labelling->layered;
    bool main = layered->vertices[node->index].line == layered->main_line;

    switch (labelling->figure->shapes) {
    case SHAPES_NONE:
        return false;
    case SHAPES_ALL:
    case SHAPES_EDGES:
        return node->kind != NODE_OUTPUT;
    case SHAPES_CHANGES:
        return node->kind == NODE_INPUT || (node->shape_changes && node->kind != NODE_OUTPUT);
    case SHAPES_MARGIN:
        return node->kind == NODE_INPUT && !graph_node_says(node, text);
    case SHAPES_AUTO:
        if (labelling->figure->nodes == NODES_RECORD || labelling->figure->nodes == NODES_BARE) {
            return false; /* a record says it; a drawing without labels says nothing */
        }
        break;
    }
    if (node->kind == NODE_INPUT) {
        return !graph_node_says(node, text);
    }
    if (node->kind == NODE_OUTPUT || !main || !node->shape_changes) {
        return false;
    }
    bool merge = node->cells[0].style == STYLE_MERGE || node->kind == NODE_GROUP;
    return (merge || graph_extent_changes(node)) && !(node->shape.rank == 1 && graph_node_says(node, text));
}

/* Whether nothing else arrives where a strand does, at the middle of its target. */
static bool enters_alone(const Labelling *labelling, uint32_t strand)
{
    const Layered *layered = labelling->layered;
    uint32_t to = layered->strands[strand].to;

    for (uint32_t i = layered->in.first[to]; i < layered->in.first[to + 1]; i++) {
        uint32_t other = layered->in.list[i];
        if (other != strand && !labelling->scene->edge_list[other].enters_side) {
            return false;
        }
    }
    return !labelling->scene->edge_list[strand].enters_side;
}

/* Whether a strand has a bus that passes a rank on its way. */
static bool passes_rank(const Layered *layered, const Strand *strand)
{
    return strand->bus != LAYERED_NONE && layered->rank[strand->to] > layered->rank[strand->from] + 1;
}

/* A label for each branch of a fork; false where one of them has no line for itself. Strands of one bus share theirs. */
static bool label_branches(Labelling *labelling, uint32_t node, Label shape, bool write)
{
    const Layered *layered = labelling->layered;

    for (uint32_t i = layered->out.first[node]; i < layered->out.first[node + 1]; i++) {
        uint32_t index = layered->out.list[i];
        const Strand *strand = &layered->strands[index];
        if (strand->link->role == LINK_CONTROL) {
            continue; /* it carries nothing */
        }
        if (enters_alone(labelling, index)) {
            if (write) {
                labelling->labels.entries[strand->to] = shape;
            }
        } else if (!passes_rank(layered, strand)) {
            return false;
        } else if (write && !labelling->known[strand->bus]) {
            labelling->scene->edge_list[index].label = shape;
            labelling->known[strand->bus] = true;
        }
    }
    return true;
}

/* The shape of a node as it is written at its exit, or nothing. */
static Label shown_shape(const Labelling *labelling, const Node *node)
{
    Arena *scratch = labelling->layered->arena;
    ArenaMark mark = arena_mark(scratch);
    Label shape = graph_shape_label(scratch, node, labelling->figure->notation);
    bool shown = shape.text.size && shows_shape(labelling, node, shape.text);

    shape.text = shown ? str_copy(labelling->scene->arena, shape.text) : (Str){NULL, 0};
    arena_release(scratch, mark);
    return shape;
}

ShapeLabels shape_labels(const Layered *layered, const Arcs *arcs, const Figure *figure, Scene *scene)
{
    Arena *arena = layered->arena;
    Labelling labelling = {.layered = layered, .figure = figure, .scene = scene};

    labelling.labels.exits = ARENA_ARRAY(arena, (size_t)layered->node_count + 1, Label);
    labelling.labels.entries = ARENA_ARRAY(arena, (size_t)layered->node_count + 1, Label);
    labelling.known = ARENA_ARRAY(arena, (size_t)layered->bus_count + 1, bool);
    for (uint32_t v = 0; v < layered->node_count; v++) {
        const Node *node = &layered->outline->nodes[v];
        Label shape = shown_shape(&labelling, node);
        if ((arcs->count && arcs->touched[v]) || !shape.text.size) {
            continue; /* an arc is where it would stand */
        }
        uint32_t readers = 0;
        for (uint32_t i = layered->out.first[v]; i < layered->out.first[v + 1]; i++) {
            readers += layered->strands[layered->out.list[i]].link->role != LINK_CONTROL;
        }
        if (figure->shapes == SHAPES_EDGES && !readers && layered->out.first[v + 1] > layered->out.first[v]) {
            continue; /* what waits for it reads nothing */
        }
        if (figure->shapes == SHAPES_EDGES && readers > 1 && label_branches(&labelling, v, shape, false)) {
            label_branches(&labelling, v, shape, true);
        } else {
            labelling.labels.exits[v] = shape;
        }
    }
    return labelling.labels;
}
