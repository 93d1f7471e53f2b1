/* SPDX-License-Identifier: MIT */
/* Ways to look at inputs, and rules that many operations share. */
#include "op/rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 0))) static Str format_list(Arena *arena, const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    int size = vsnprintf(NULL, 0, format, list);
    char *at = ARENA_ARRAY(arena, size > 0 ? (size_t)size + 1 : 1, char);
    (void)vsnprintf(at, size > 0 ? (size_t)size + 1 : 1, format, again);
    va_end(again);
    return (Str){at, size > 0 ? (size_t)size : 0};
}

bool rule_fail(OpCall *call, uint32_t input, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    call->error = format_list(call->arena, format, list);
    va_end(list);
    call->faulty_input = input;
    return false;
}

void rule_hint(OpCall *call, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    call->hint = format_list(call->arena, format, list);
    va_end(list);
}

const char *rule_text(OpCall *call, Shape shape)
{
    return str_terminated(call->arena, shape_text(call->arena, shape, "x"));
}

const char *rule_dim_text(OpCall *call, Dim d)
{
    return str_terminated(call->arena, dim_text(call->arena, d));
}

OpCall rule_call(Arena *arena, const Graph *graph, const Layer *layer)
{
    Shape *inputs = ARENA_ARRAY(arena, layer->input_count, Shape);
    for (uint32_t i = 0; i < layer->input_count; i++) {
        Port port = layer->inputs[i];
        if (port.layer && port.output < port.layer->output_count)
            inputs[i] = port.layer->outputs[port.output];
    }
    return (OpCall){
        .arena = arena,
        .op = layer->op,
        .layer = layer,
        .batch_axes = graph->batch_axes,
        .inputs = inputs,
        .input_count = layer->input_count,
        .outputs = layer->outputs,
    };
}

Shape rule_input(const OpCall *call, uint32_t index)
{
    return index < call->input_count ? call->inputs[index] : shape_unknown();
}

uint32_t rule_rank(const OpCall *call, Shape shape)
{
    return shape.rank > call->batch_axes ? shape.rank - call->batch_axes : 0;
}

Dim rule_batch(const OpCall *call, Shape shape)
{
    Dim batch = dim_int(1);
    for (uint32_t i = 0; i < shape.rank && i < call->batch_axes; i++)
        if (shape.dims[i].kind == DIM_INT && shape.dims[i].n > 0)
            batch = dim_mul(call->arena, batch, shape.dims[i]);
    return batch;
}

Dim rule_work(const OpCall *call, Shape shape)
{
    Dim work = shape.known ? rule_batch(call, shape) : DIM_NONE;
    for (uint32_t i = call->batch_axes; i < shape.rank; i++)
        work = dim_mul(call->arena, work, shape.dims[i]);
    return work;
}

/*
 * Vectors: the only axis. Matrices: the last where the first is a symbol and the last is a number, as in T×512, and
 * else as for maps: first or last by the layout, so that 64×128 is C×L as for a convolution.
 */
uint32_t rule_feature_axis(const OpCall *call, Shape shape)
{
    uint32_t rank = rule_rank(call, shape);
    if (rank == 0)
        return shape.rank ? shape.rank - 1 : 0;
    if (rank == 1 || call->layer->layout == LAYOUT_CHANNELS_LAST)
        return shape.rank - 1;
    Dim first = shape.dims[call->batch_axes];
    if (rank == 2 && first.kind == DIM_SYMBOLIC && shape.dims[shape.rank - 1].kind == DIM_INT)
        return shape.rank - 1;
    return call->batch_axes;
}

Dim rule_sample(const OpCall *call, Shape shape)
{
    uint32_t rank = rule_rank(call, shape);
    return shape.known ? rule_product(call->arena, shape.dims + (shape.rank - rank), rank) : DIM_NONE;
}

Dim rule_features(const OpCall *call, Shape shape)
{
    return shape.known && shape.rank ? shape.dims[rule_feature_axis(call, shape)] : DIM_NONE;
}

bool rule_axis(OpCall *call, Dim axis, uint32_t rank, uint32_t *index)
{
    if (axis.kind != DIM_INT || axis.n >= (int64_t)rank || axis.n < -(int64_t)rank)
        return rule_fail(call, 0, "there is no axis %s in %s", rule_dim_text(call, axis),
                         rule_text(call, rule_input(call, 0)));
    *index = (uint32_t)(axis.n < 0 ? axis.n + (int64_t)rank : axis.n);
    return true;
}

bool rule_axis_or(OpCall *call, const char *attr, uint32_t rank, uint32_t otherwise, uint32_t *axis)
{
    Dim said = attr_int(call->arena, call->layer, attr);
    *axis = otherwise;
    return said.kind == DIM_UNKNOWN || rule_axis(call, said, rank, axis);
}

bool rule_expects(OpCall *call, uint32_t input, const char *what, Dim said, Dim actual)
{
    if (!dim_known_different(said, actual))
        return true;
    return rule_fail(call, input, "%s is made for %s %s, but its input %s has %s", call->op->title,
                     rule_dim_text(call, said), what, rule_text(call, rule_input(call, input)),
                     rule_dim_text(call, actual));
}

bool rule_groups(OpCall *call)
{
    Shape in = rule_input(call, 0);
    Dim groups = attr_int(call->arena, call->layer, "groups"), channels = rule_features(call, in);
    if (groups.kind != DIM_INT || channels.kind != DIM_INT || (groups.n > 0 && channels.n % groups.n == 0))
        return true;
    return rule_fail(call, 0, "the %s channels of %s cannot be cut into %s groups", rule_dim_text(call, channels),
                     rule_text(call, in), rule_dim_text(call, groups));
}

Dim rule_or(Dim given, Dim otherwise)
{
    return given.kind == DIM_UNKNOWN ? otherwise : given;
}

Dim rule_product(Arena *arena, const Dim *dims, uint32_t count)
{
    Dim product = dim_int(1);
    for (uint32_t i = 0; i < count; i++)
        product = dim_mul(arena, product, dims[i]);
    return product;
}

bool rule_map(OpCall *call, uint32_t input, Map *map)
{
    Shape shape = rule_input(call, input);
    if (!shape.known)
        return false;
    if (rule_rank(call, shape) < 2) {
        rule_hint(call, "inputs without the batch are C×L, C×H×W or C×D×H×W");
        return rule_fail(call, input, "%s needs channels and positions, but its input is %s", call->op->title,
                         rule_text(call, shape));
    }
    bool last = call->layer->layout == LAYOUT_CHANNELS_LAST;
    map->shape = shape;
    map->axes = rule_rank(call, shape) - 1;
    map->channel = last ? shape.rank - 1 : call->batch_axes;
    map->first = last ? call->batch_axes : call->batch_axes + 1;
    return true;
}

Dim rule_positions(const OpCall *call, Shape shape)
{
    uint32_t rank = rule_rank(call, shape);
    if (!shape.known || rank < 1)
        return DIM_NONE;
    bool last = call->layer->layout == LAYOUT_CHANNELS_LAST;
    return rule_product(call->arena, shape.dims + call->batch_axes + (last ? 0 : 1), rank - 1);
}

const Attr *rule_attr(const Layer *layer, const char *name)
{
    int index = op_attr_row(layer->op, name);
    return index >= 0 && layer->attrs && layer->attrs[index].set ? &layer->attrs[index] : NULL;
}

bool rule_has(const OpCall *call, const char *name)
{
    return op_attr_row(call->op, name) >= 0;
}

uint32_t rule_numbers(const Layer *layer, const char *name)
{
    const Attr *attr = rule_attr(layer, name);
    return attr ? attr->count : 0;
}

void rule_set(OpCall *call, Shape shape)
{
    for (uint32_t i = 0; i < call->layer->output_count; i++)
        call->outputs[i] = shape;
}

Shape rule_with(const OpCall *call, Shape shape, uint32_t axis, Dim size)
{
    if (!shape.known || axis >= shape.rank)
        return shape_unknown();
    Shape copy = shape_of(call->arena, shape.rank, shape.dims);
    copy.dims[axis] = size;
    return copy;
}

Shape rule_without(const OpCall *call, Shape shape, uint32_t axis)
{
    Dim dims[SHAPE_MAX_RANK];
    uint32_t rank = 0;
    if (!shape.known)
        return shape;
    for (uint32_t i = 0; i < shape.rank; i++)
        if (i != axis)
            dims[rank++] = shape.dims[i];
    return shape_of(call->arena, rank, dims);
}

Shape rule_inserted(const OpCall *call, Shape shape, uint32_t axis, Dim size)
{
    Dim dims[SHAPE_MAX_RANK];
    uint32_t rank = 0;
    if (!shape.known || shape.rank == SHAPE_MAX_RANK)
        return shape_unknown();
    for (uint32_t i = 0; i <= shape.rank; i++) {
        if (i == axis)
            dims[rank++] = size;
        if (i < shape.rank)
            dims[rank++] = shape.dims[i];
    }
    return shape_of(call->arena, rank, dims);
}

bool rule_same(OpCall *call)
{
    rule_set(call, rule_input(call, 0));
    return true;
}

bool rule_join(Shape *into, Shape other)
{
    if (shape_conflict(*into, other))
        return false;
    if (!into->known)
        *into = other;
    for (uint32_t i = 0; other.known && i < into->rank; i++)
        if (into->dims[i].kind == DIM_UNKNOWN || (into->dims[i].kind == DIM_SYMBOLIC && other.dims[i].kind == DIM_INT))
            into->dims[i] = other.dims[i];
    return true;
}

/* The size that two aligned sizes have together; a number says more than a symbol, a symbol more than nothing. */
static bool broadcast_dim(Dim a, Dim b, Dim *out)
{
    *out = dim_is(a, 1) ? b : dim_is(b, 1) ? a : a.kind == DIM_INT ? a : b.kind == DIM_INT ? b : rule_or(a, b);
    return !dim_known_different(a, b) || dim_is(a, 1) || dim_is(b, 1);
}

/* A vector with a channel's worth of numbers scales or shifts a map channel by channel, as papers write it. */
static bool broadcast_channels(const OpCall *call, Shape map, Shape vector, Shape *out)
{
    if (rule_rank(call, vector) != 1 || rule_rank(call, map) < 2)
        return false;
    *out = map;
    return !dim_known_different(rule_features(call, map), vector.dims[vector.rank - 1]);
}

bool rule_broadcast(const OpCall *call, Shape a, Shape b, Shape *out)
{
    *out = shape_unknown();
    if (!a.known || !b.known)
        return true;
    Dim dims[SHAPE_MAX_RANK];
    uint32_t rank = a.rank > b.rank ? a.rank : b.rank;
    bool fits = true;
    for (uint32_t i = 0; i < rank && fits; i++) { /* i counts from the last axis */
        Dim x = i < a.rank ? a.dims[a.rank - 1 - i] : dim_int(1);
        Dim y = i < b.rank ? b.dims[b.rank - 1 - i] : dim_int(1);
        fits = broadcast_dim(x, y, &dims[rank - 1 - i]);
    }
    if (!fits)
        return broadcast_channels(call, a, b, out) || broadcast_channels(call, b, a, out);
    *out = shape_of(call->arena, rank, dims);
    return true;
}

/* "add" for "cannot add A and B". */
static const char *verb_of(const Op *op)
{
    static const char *const verbs[][2] = {{"add", "add"}, {"sub", "subtract"}, {"mul", "multiply"}, {"div", "divide"}};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(op->name, verbs[i][0]) == 0)
            return verbs[i][1];
    return "combine";
}

bool rule_broadcast_all(OpCall *call)
{
    Shape all = rule_input(call, 0);
    for (uint32_t i = 1; i < call->input_count; i++) {
        Shape so_far = all;
        if (rule_broadcast(call, so_far, call->inputs[i], &all))
            continue;
        rule_hint(call, "sizes must be equal, or 1, from the last axis on");
        return rule_fail(call, i, "cannot %s %s and %s", verb_of(call->op), rule_text(call, so_far),
                         rule_text(call, call->inputs[i]));
    }
    rule_set(call, all);
    return true;
}

Shape rule_shape_of(const OpCall *call, const char *name)
{
    const Attr *said = rule_attr(call->layer, name);
    return said ? shape_of(call->arena, said->count, said->dims) : shape_unknown();
}

void label_part(Text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    Str part = format_list(text->arena, format, list);
    va_end(list);
    if (text->size)
        text_add(text, STR(", "));
    text_add(text, part);
}

/* Puts the number where `%s` stands. */
static void add_number(Text *text, Arena *arena, const char *format, Dim number)
{
    const char *mark = strstr(format, "%s");
    size_t before = mark ? (size_t)(mark - format) : strlen(format);
    label_part(text, "%.*s%.*s%s", (int)before, format, STR_ARGS(dim_text(arena, number)), mark ? mark + 2 : "");
}

void label_int(const OpCall *call, Text *text, const char *attr, const char *format)
{
    Dim number = attr_int(call->arena, call->layer, attr);
    if (number.kind != DIM_UNKNOWN)
        add_number(text, call->arena, format, number);
}

void label_unless(const OpCall *call, Text *text, const char *attr, int64_t usual, const char *format)
{
    if (!dim_is(attr_int(call->arena, call->layer, attr), usual))
        label_int(call, text, attr, format);
}

void label_sizes(const OpCall *call, Text *text, const char *attr)
{
    uint32_t numbers = rule_numbers(call->layer, attr);
    for (uint32_t i = 0; i < (numbers == 1 ? 2 : numbers); i++) {
        text_add(text, i > 0 ? STR("×") : (Str){0});
        text_add(text, dim_text(call->arena, attr_axis(call->arena, call->layer, attr, i)));
    }
}
