/* SPDX-License-Identifier: MIT */
/* The batch in the shapes of a model file: what it is, and where it stands. */
#include "pass/batch.h"

#include "op/op.h"

#include <string.h>

static bool is_data(const Layer *layer)
{
    return strcmp(layer->op->name, "input") == 0 && !layer->auxiliary && layer->outputs[0].known && layer->outputs[0].rank;
}

Dim batch_of(const Graph *graph)
{
    Dim batch = DIM_NONE;
    bool any = false;
    for (uint32_t i = 0; i < graph->layer_count && graph->batch_axes; i++) {
        if (!is_data(graph->layers[i]))
            continue;
        Dim first = graph->layers[i]->outputs[0].dims[0];
        if (any && !dim_equal(first, batch) && (first.kind != DIM_UNKNOWN || batch.kind != DIM_UNKNOWN))
            return dim_int(1);
        batch = first;
        any = true;
    }
    return batch;
}

/*
 * The axis of a shape of the model that goes, or is divided. Recurrent cells and attention put the batch second, behind
 * the positions; where the first axis is a multiple of it, windows or heads have been put into the batch.
 */
uint32_t batch_axis(Arena *arena, Dim batch, Shape shape)
{
    if (batch.kind == DIM_UNKNOWN || !shape.rank || dim_equal(shape.dims[0], batch))
        return 0;
    bool alone = dim_is(batch, 1);
    if (!alone && dim_div_exact(arena, shape.dims[0], batch).kind != DIM_UNKNOWN)
        return 0;
    for (uint32_t i = 1; i < shape.rank && shape.rank > 2 && (!alone || i == 1); i++)
        if (dim_equal(shape.dims[i], batch))
            return i;
    return 0;
}
