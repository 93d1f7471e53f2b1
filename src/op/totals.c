/* SPDX-License-Identifier: MIT */
/* Sums over a network, and its depth as the longest path of layers with weights. */
#include "op/totals.h"

#include "op/op.h"

Dim totals_params(const Layer *layer)
{
    return layer->weights_of || layer->frozen ? dim_int(0) : layer->params;
}

bool totals_counts(const Layer *layer)
{
    StyleClass style = layer->op->style;
    bool weighs = style == STYLE_CONV || style == STYLE_DENSE || style == STYLE_RECURRENT || style == STYLE_ATTENTION;
    return weighs && (layer->weights_of || !dim_is(layer->params, 0));
}

/*
 * The longest path rather than the number of layers: so the projections of a ResNet and the branches of an Inception
 * module count as their papers count them. Needs the topological order.
 */
static uint32_t depth_of(const Graph *graph)
{
    uint32_t *depth = ARENA_ARRAY(graph->arena, graph->layer_count, uint32_t), deepest = 0;
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        const Layer *layer = graph->layers[i];
        for (uint32_t k = 0; k < layer->input_count; k++) {
            const Layer *from = layer->inputs[k].layer;
            if (from && from->index < i && depth[from->index] > depth[i])
                depth[i] = depth[from->index];
        }
        depth[i] += totals_counts(layer);
        if (depth[i] > deepest)
            deepest = depth[i];
    }
    return deepest;
}

Totals totals_of(const Graph *graph)
{
    Totals totals = {dim_int(0), dim_int(0), depth_of(graph), dim_int(0)};
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        totals.params = dim_add(graph->arena, totals.params, totals_params(graph->layers[i]));
        totals.macs = dim_add(graph->arena, totals.macs, graph->layers[i]->macs);
        if (graph->layers[i]->frozen && !graph->layers[i]->weights_of)
            totals.frozen = dim_add(graph->arena, totals.frozen, graph->layers[i]->params);
    }
    return totals;
}

Totals totals_of_all(Arena *arena, const Graph *const *graphs, uint32_t count)
{
    Totals sum = {dim_int(0), dim_int(0), 0, dim_int(0)};
    for (uint32_t i = 0; i < count; i++) {
        Totals totals = totals_of(graphs[i]);
        sum.params = dim_add(arena, sum.params, totals.params);
        sum.macs = dim_add(arena, sum.macs, totals.macs);
        sum.frozen = dim_add(arena, sum.frozen, totals.frozen);
    }
    return sum;
}
