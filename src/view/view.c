/* SPDX-License-Identifier: MIT */
/* The table of views, and which one suits a network. */
#include "view/view.h"

#include "op/op.h"

static const ViewRow rows[] = {
    {VIEW_GRAPH, "graph", "operations as boxes, layer by layer, with branches, skips and nested frames", view_graph, -1, false},
    {VIEW_TENSORS, "tensors", "tensors as solids to scale along a spine", view_tensors, -1, false},
    {VIEW_UNITS, "units", "neurons as circles, layer by layer, with the links between them", view_units, -1, true},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows, SOLIDS_MOST = 40 };

const ViewRow *view_at(size_t index)
{
    return index < ROW_COUNT ? &rows[index] : NULL;
}

static const ViewRow *row_of(View view)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].view == view) {
            return &rows[i];
        }
    }
    return &rows[0];
}

/* A plain chain of maps with known sizes is told best by its tensors; anything that branches by its operations. */
static bool is_chain_of_maps(const Graph *graph)
{
    uint32_t maps = 0, readers = 0;

    if (graph->layer_count > SOLIDS_MOST * 3) {
        return false;
    }
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        const Layer *layer = graph->layers[i];
        uint32_t inputs = 0;
        if (layer->auxiliary) {
            continue;
        }
        if (layer->after_count && !graph->imported) {
            return false;
        }
        for (uint32_t j = 0; j < layer->input_count; j++) {
            inputs += layer->inputs[j].layer && !layer->inputs[j].layer->auxiliary;
        }
        if (inputs > 1 || (inputs == 0 && readers++)) {
            return false;
        }
        StyleClass style = layer->op->style;
        maps += (style == STYLE_CONV || style == STYLE_POOL) && layer->outputs[0].known && layer->outputs[0].rank >= 3;
    }
    Users users = graph_users(graph->arena, graph);
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        if (users.first[i + 1] - users.first[i] > 1 && !graph->layers[i]->auxiliary) {
            return false;
        }
    }
    return maps >= 2 && maps <= SOLIDS_MOST;
}

const ViewRow *view_for(const Graph *graph, const Figure *figure)
{
    if (figure->view != VIEW_AUTO) {
        return row_of(figure->view);
    }
    return row_of(is_chain_of_maps(graph) ? VIEW_TENSORS : VIEW_GRAPH);
}
