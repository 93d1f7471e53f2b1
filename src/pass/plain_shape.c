/* SPDX-License-Identifier: MIT */
/* Shapes and axes of one sample, channels first, for those of a model file: where the batch stands, and where it does not. */
#include "pass/plain.h"

#include "pass/batch.h"

#include <string.h>

/* ---- the batch ------------------------------------------------------------------------------------------------- */

bool plain_is_batch(const Plain *plain, Dim dim)
{
    return dim_equal(dim, plain->batch) || (dim.kind == DIM_UNKNOWN && plain->batch.kind == DIM_UNKNOWN);
}

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

bool plain_is_turned(const Plain *plain, Port port)
{
    Shape shape = port.layer->outputs[port.output];
    uint32_t batch = plain->from->batch_axes;
    return shape.known && shape.rank >= batch + 3 && port.layer->layout == LAYOUT_CHANNELS_LAST;
}

Shape plain_shape(const Plain *plain, Port port)
{
    Shape shape = port.layer->outputs[port.output];
    Dim dims[SHAPE_MAX_RANK];
    uint32_t rank = 0, batch;
    if (!shape.known)
        return shape_unknown();
    batch = batch_axis(plain->arena, plain->batch, shape);
    for (uint32_t i = 0; i < shape.rank; i++) {
        if (i != batch || plain->from->batch_axes == 0)
            dims[rank++] = shape.dims[i];
        else if (!plain_is_batch(plain, shape.dims[i]))
            dims[rank++] = dim_div_exact(plain->arena, shape.dims[i], plain->batch);
    }
    if (plain_is_turned(plain, port) && rank) {
        Dim channels = dims[rank - 1];
        memmove(dims + 1, dims, (rank - 1) * sizeof *dims);
        dims[0] = channels;
    }
    for (uint32_t i = 0; i < rank; i++)
        dims[i] = plain_dim(plain, dims[i]);
    return shape_of(plain->arena, rank, dims);
}

Dim plain_dim(const Plain *plain, Dim dim)
{
    Str symbol;
    for (uint32_t k = 0; (symbol = dim_symbol_at(dim, k)).size; k++)
        if (!names_get(plain->symbols, symbol))
            return DIM_NONE;
    return dim;
}

/* ---- axes ------------------------------------------------------------------------------------------------------ */

Dim plain_axis(const Plain *plain, const Layer *old, Dim axis)
{
    const Layer *source = old->input_count ? old->inputs[0].layer : NULL;
    int64_t axes = plain->from->batch_axes;
    if (!source || axis.kind != DIM_INT)
        return axis;
    Shape before = source->outputs[old->inputs[0].output], after = plain_shape(plain, old->inputs[0]);
    if (!before.known || !after.known)
        return axis.n >= axes ? dim_int(axis.n - axes) : axis;
    int64_t at = axis.n < 0 ? axis.n + before.rank : axis.n, batch = batch_axis(plain->arena, plain->batch, before);
    bool dropped = before.rank > after.rank;
    if (dropped && at == batch)
        return DIM_NONE;
    at -= dropped && at > batch;
    if (plain_is_turned(plain, old->inputs[0]))
        at = at == (int64_t)after.rank - 1 ? 0 : at + 1;
    return dim_int(axis.n < 0 && batch == 0 && !plain_is_turned(plain, old->inputs[0]) ? axis.n : at);
}

Attr plain_order(const Plain *plain, const Layer *old, const Attr *order)
{
    const Layer *source = old->input_count ? old->inputs[0].layer : NULL;
    Shape in = source ? source->outputs[old->inputs[0].output] : shape_unknown();
    Shape out = plain->from->layers[old->index]->outputs[0];
    Attr rest = {.set = true, .dims = ARENA_ARRAY(plain->arena, order->count + 1, Dim)};
    if (!plain->from->batch_axes || order->count < 2 || (in.known && in.rank != order->count))
        return *order;
    uint32_t batch = in.known ? batch_axis(plain->arena, plain->batch, in) : 0, place = out.known ? batch_axis(plain->arena, plain->batch, out) : 0;
    if (place >= order->count || !dim_is(order->dims[place], batch))
        return *order;
    for (uint32_t i = 0; i < order->count; i++) {
        Dim axis = order->dims[i];
        if (i != place)
            rest.dims[rest.count++] = axis.kind == DIM_INT && axis.n > batch ? dim_int(axis.n - 1) : axis;
    }
    return rest;
}
