/* SPDX-License-Identifier: MIT */
/* Whether a shortcut is the one that a residual gets by itself: docs/spec.md, "Residuals". */
#include "emit/spec.h"

#include <string.h>

enum { MOST_STRIDE = 64 };

/* What a body is made of, as far as its projection follows it. */
typedef struct BodyKind {
    bool convolves, normalises;
} BodyKind;

static bool is_op(const Layer *layer, const char *name)
{
    return strcmp(layer->op->name, name) == 0;
}

static void look_at(const Writer *writer, const UnitList *list, BodyKind *kind)
{
    for (const Unit *unit = list->first; unit; unit = unit->next) {
        for (const Layer *layer = unit->head; layer; layer = writer->next_cell[layer->index]) {
            kind->convolves |= layer->op->style == STYLE_CONV;
            kind->normalises |= is_op(layer, "bn");
        }
        for (uint32_t i = 0; i < unit->list_count; i++)
            look_at(writer, &unit->lists[i], kind);
    }
}

static Shape shape_of_port(Port port)
{
    return port.layer ? port.layer->outputs[port.output] : shape_unknown();
}

/* The smallest stride that turns one size into the other without padding; 0: none. */
static int64_t stride_between(Arena *arena, Dim from, Dim to)
{
    for (int64_t stride = 1; stride <= MOST_STRIDE; stride++)
        if (dim_equal(dim_div_up(arena, from, dim_int(stride)), to))
            return stride;
    return 0;
}

static bool says_only(const Layer *layer, const char *allowed)
{
    for (uint32_t i = 0; i < layer->op->attr_count; i++) {
        const char *name = layer->op->attrs[i].name;
        if (layer->attrs[i].set && !strstr(allowed, name))
            return false;
    }
    return true;
}

static bool is_convolution(Arena *arena, const Layer *layer, Shape from, Shape to)
{
    if (!is_op(layer, "conv") || !says_only(layer, "out kernel stride bias") || from.rank != to.rank || from.rank < 2 ||
        !dim_equal(attr_int(arena, layer, "out"), to.dims[0]))
        return false;
    for (uint32_t axis = 0; axis + 1 < from.rank; axis++) {
        int64_t stride = stride_between(arena, from.dims[axis + 1], to.dims[axis + 1]);
        if (!stride || !dim_is(attr_axis(arena, layer, "kernel", axis), 1) ||
            !dim_is(attr_axis(arena, layer, "stride", axis), stride))
            return false;
    }
    return true;
}

static bool is_linear(Arena *arena, const Layer *layer, Shape from, Shape to)
{
    if (!is_op(layer, "fc") || !says_only(layer, "out bias") || from.rank != to.rank || !from.rank ||
        !dim_equal(attr_int(arena, layer, "out"), to.dims[to.rank - 1]))
        return false;
    for (uint32_t axis = 0; axis + 1 < from.rank; axis++)
        if (!dim_equal(from.dims[axis], to.dims[axis]))
            return false;
    return true;
}

bool spec_is_projection(const Writer *writer, const UnitList *body, const UnitList *shortcut, Port start, Port end)
{
    const Unit *unit = shortcut->first;
    Shape from = shape_of_port(start), to = shape_of_port(end);
    if (!unit || unit->next || unit->kind != UNIT_LINE || unit->head->input_count != 1 || !from.known || !to.known ||
        shape_equal(from, to))
        return false;
    const Layer *layer = unit->head, *cell = writer->next_cell[layer->index];
    BodyKind kind = {false, false};
    look_at(writer, body, &kind);
    if (layer->after_count || layer->weights_of || layer->frozen || layer->trained || layer->training || layer->idle || layer->turned || layer->label.size || layer->note.size || layer->style.size)
        return false;
    bool cells = kind.normalises ? cell && is_op(cell, "bn") && says_only(cell, "") && cell == unit->tail : !cell;
    if (!cells || attr_bool(layer, "bias") == kind.normalises)
        return false;
    return kind.convolves ? is_convolution(writer->arena, layer, from, to) : is_linear(writer->arena, layer, from, to);
}
