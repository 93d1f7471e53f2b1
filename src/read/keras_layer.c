/* SPDX-License-Identifier: MIT */
/* One call of one layer: its class, its operation, its shapes, and the activation that is built into it. */
#include "read/keras.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- classes ----------------------------------------------------------------------------------------------------- */

Names *keras_all_rows(Arena *arena)
{
    const KerasRows families[] = {keras_window_rows(), keras_dense_rows(), keras_shape_rows(), keras_recurrent_rows(),
                                  keras_attention_rows(), keras_operation_rows()};
    Names *names = names_new(arena);
    for (size_t f = 0; f < sizeof families / sizeof *families; f++)
        for (size_t i = 0; i < families[f].count; i++) {
            Str rest = str_from(families[f].rows[i].classes), class_name;
            while (str_cut(&rest, ' ', &class_name))
                if (class_name.size) {
                    const KerasRow **row = arena_alloc(arena, sizeof *row);
                    *row = &families[f].rows[i];
                    names_put(names, class_name, row);
                }
        }
    return names;
}

const Op *keras_op(KerasReader *reader, Str name)
{
    const Op **known = names_get(reader->ops, name);
    if (known)
        return *known;
    known = arena_alloc(reader->arena, sizeof *known);
    *known = op_find(name);
    names_put(reader->ops, name, known);
    return *known;
}

/* ---- the layer --------------------------------------------------------------------------------------------------- */

Layout keras_layout(KerasCall *call)
{
    Str said = keras_word(call->config, "data_format dim_ordering");
    if (str_equal(said, STR("channels_first")) || str_equal(said, STR("th")))
        return LAYOUT_CHANNELS_FIRST;
    if (str_equal(said, STR("channels_last")) || str_equal(said, STR("tf")))
        return LAYOUT_CHANNELS_LAST;
    return call->reader->layout;
}

static Layer *add_layer(KerasCall *call, const Op *op, Str name)
{
    KerasReader *reader = call->reader;
    Str outer = call->site->scope->path;
    Layer *layer = graph_add_layer(reader->graph, call->site->scope, op, op->attr_count, name);
    if (outer.size)
        layer->path = str_format(call->arena, "%.*s/%.*s", STR_ARGS(outer), STR_ARGS(name));
    layer->op_name = str_from(op->name);
    layer->layout = keras_layout(call);
    layer->inferred = true;
    layer->place = keras_place(reader, call->entry->value);
    return layer;
}

static void begin(KerasCall *call, const Op *op, Str op_name)
{
    const KerasEntry *entry = call->entry;
    Str name = entry->name;
    if (entry->times > 1)
        name = str_format(call->arena, "%.*s#%u", STR_ARGS(name), entry->times);
    if (!call->layer)
        call->layer = add_layer(call, op, name);
    call->layer->op = op;
    call->layer->op_name = op_name;
    call->layer->attrs = ARENA_ARRAY(call->arena, op->attr_count, Attr);
}

void keras_begin(KerasCall *call, const char *op)
{
    const Op *found = keras_op(call->reader, str_from(op));
    if (found)
        begin(call, found, str_from(found->name));
    else
        keras_custom(call);
}

void keras_custom(KerasCall *call)
{
    begin(call, keras_op(call->reader, STR("custom")), call->class_name);
}

bool keras_error(KerasCall *call, const char *format, ...)
{
    char text[400];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    diag_error(call->reader->diags, keras_place(call->reader, call->entry->value), "%s", text);
    return false;
}

/* ---- attributes -------------------------------------------------------------------------------------------------- */

static Attr *attr_of(KerasCall *call, const char *name)
{
    int index = op_attr(call->layer->op, str_from(name));
    if (index < 0)
        return NULL;
    Attr *attr = &call->layer->attrs[index];
    attr->set = true;
    attr->place = call->layer->place;
    return attr;
}

void keras_set_dims(KerasCall *call, const char *name, const Dim *dims, uint32_t count)
{
    Attr *attr = count ? attr_of(call, name) : NULL;
    if (!attr)
        return;
    attr->count = count;
    attr->dims = ARENA_ARRAY(call->arena, count, Dim);
    memcpy(attr->dims, dims, count * sizeof *dims);
}

void keras_set_int(KerasCall *call, const char *name, Dim n)
{
    if (n.kind != DIM_UNKNOWN)
        keras_set_dims(call, name, &n, 1);
}

void keras_set_bool(KerasCall *call, const char *name, bool b)
{
    keras_set_int(call, name, dim_int(b));
}

void keras_set_text(KerasCall *call, const char *name, Str text)
{
    Attr *attr = text.size ? attr_of(call, name) : NULL;
    if (attr)
        attr->text = text;
}

void keras_copy_ints(KerasCall *call, const char *name, const char *keys)
{
    const Value *value = keras_get(call->config, keys);
    Shape list;
    if (value && value->kind == VALUE_SCALAR)
        keras_set_int(call, name, keras_dim(value));
    else if (keras_shape(call->arena, value, &list))
        keras_set_dims(call, name, list.dims, list.rank);
}

void keras_copy_int(KerasCall *call, const char *name, const char *keys)
{
    keras_set_int(call, name, keras_number(call->config, keys));
}

void keras_copy_text(KerasCall *call, const char *name, const char *keys)
{
    keras_set_text(call, name, keras_word(call->config, keys));
}

/* ---- shapes ------------------------------------------------------------------------------------------------------ */

void keras_settle(KerasCall *call, Shape shape, Dim params, Dim macs)
{
    call->out[0] = shape;
    call->params = params;
    call->macs = macs;
    call->settled = true;
}

void keras_same(KerasCall *call)
{
    keras_settle(call, keras_in(call, 0), dim_int(0), dim_int(0));
}

static void report(KerasCall *call, const OpCall *rules)
{
    Diags *diags = call->reader->diags;
    diag_error(diags, call->layer->place, "%.*s", STR_ARGS(rules->error));
    if (rules->hint.size)
        diag_hint(diags, "%.*s", STR_ARGS(rules->hint));
    for (uint32_t i = 0; i < call->in_count; i++) {
        const Layer *from = call->ports[i].layer;
        bool shown = call->in_count <= 4 || i == 0 || i == rules->faulty_input;
        if (from && shown && call->in[i].known)
            diag_note(diags, from->place, "`%.*s` gives %.*s", STR_ARGS(from->path),
                      STR_ARGS(shape_text(call->arena, call->in[i], "x")));
    }
}

bool keras_infer(KerasCall *call)
{
    OpCall rules = {.arena = call->arena, .op = call->layer->op, .layer = call->layer, .batch_axes = 1,
                    .inputs = call->in, .input_count = call->in_count, .outputs = call->layer->outputs};
    bool fits = op_infer(&rules);
    if (!fits)
        report(call, &rules);
    for (uint32_t i = 0; i < call->layer->output_count && i < KERAS_MOST_OUTPUTS; i++)
        call->out[i] = fits ? call->layer->outputs[i] : shape_unknown();
    call->params = fits ? rules.params : DIM_NONE;
    call->macs = fits ? rules.macs : DIM_NONE;
    return fits;
}

static void report_unknown(KerasCall *call)
{
    enum { MOST_REPORTED = 8 };
    KerasReader *reader = call->reader;
    if (names_count(reader->unknown) > MOST_REPORTED || !names_put(reader->unknown, call->class_name, call->entry))
        return;
    diag_warning(reader->diags, call->layer->place,
                 "netikz does not know the layer `%.*s`: its shapes and parameters stay unknown",
                 STR_ARGS(call->class_name));
    if (names_count(reader->unknown) > MOST_REPORTED)
        diag_hint(reader->diags, "there may be more such layers");
}

bool keras_dispatch(KerasCall *call)
{
    const KerasRow *const *found = names_get(call->reader->rows, call->class_name);
    const KerasRow *row = found ? *found : NULL;
    if (keras_is_operation(call->entry->value))
        return keras_read_operation(call);
    if (!row) {
        keras_custom(call);
        report_unknown(call);
        return true;
    }
    if (row->op)
        keras_begin(call, row->op);
    if (row->read && !row->read(call))
        return false;
    if (!call->settled && !keras_infer(call))
        return false;
    if (row->finish)
        row->finish(call);
    return true;
}

/* ---- the call ---------------------------------------------------------------------------------------------------- */

static void find_shapes(KerasCall *call)
{
    call->in = ARENA_ARRAY(call->arena, call->in_count, Shape);
    for (uint32_t i = 0; i < call->in_count; i++) {
        Port port = call->ports[i];
        call->in[i] = port.layer ? port.layer->outputs[port.output] : shape_unknown();
        for (uint32_t k = 0; k < call->lift; k++)
            call->in[i] = keras_without(call->arena, call->in[i], 1);
    }
}

/* Fills what is unknown from what the readers of the output say. */
static Shape join_said(KerasCall *call, uint32_t output)
{
    Shape shape = call->out[output], said = call->node->said ? call->node->said[output] : shape_unknown();
    if (!shape.known)
        return said;
    if (!said.known || said.rank != shape.rank)
        return shape;
    shape = shape_of(call->arena, shape.rank, shape.dims);
    for (uint32_t i = 0; i < shape.rank; i++)
        if (shape.dims[i].kind == DIM_UNKNOWN)
            shape.dims[i] = said.dims[i];
    return shape;
}

/* Puts back the hidden time axes of the first input, at whose every step the layer works. */
static void put_back_time(KerasCall *call, const Shape *whole)
{
    Dim steps = dim_int(1);
    for (uint32_t k = 0; k < call->lift; k++) {
        Dim size = whole->known && whole->rank > 1 + k ? whole->dims[1 + k] : DIM_NONE;
        for (uint32_t i = 0; i < call->out_count; i++)
            call->out[i] = keras_inserted(call->arena, call->out[i], 1 + k, size);
        steps = dim_mul(call->arena, steps, size);
    }
    call->macs = dim_is(call->macs, 0) ? call->macs : dim_mul(call->arena, call->macs, steps);
}

static void fill_layer(KerasCall *call)
{
    Layer *layer = call->layer;
    Shape whole = shape_unknown();
    if (call->in_count && call->ports[0].layer)
        whole = call->ports[0].layer->outputs[call->ports[0].output];
    put_back_time(call, &whole);
    for (uint32_t i = 0; i < call->out_count && !call->site->lift; i++)
        call->out[i] = join_said(call, i);
    layer->output_count = call->out_count;
    layer->outputs = ARENA_ARRAY(call->arena, call->out_count, Shape);
    for (uint32_t i = 0; i < call->out_count; i++)
        layer->outputs[i] = call->out[i];
    layer->params = call->params;
    layer->macs = call->macs;
    layer->frozen = call->entry->frozen;
    if (!call->entry->first)
        call->entry->first = layer;
    else if (!dim_is(call->entry->first->params, 0))
        layer->weights_of = call->entry->first;
}

/* A box shows the activation that is built into its layer; tables of the model's layers do not. */
static void add_activation(KerasCall *call, Port *outputs)
{
    Str name = keras_class(call->activation);
    const char *known = keras_activation(name);
    if (!call->activation || !name.size || str_equal(name, STR("linear")))
        return;
    const Op *op = keras_op(call->reader, known ? str_from(known) : STR("custom"));
    Str label = str_format(call->arena, "%.*s.%.*s", STR_ARGS(call->layer->name), STR_ARGS(name));
    Layer *layer = add_layer(call, op, label);
    if (!known)
        layer->op_name = name;
    layer->outputs[0] = call->layer->outputs[0];
    layer->params = layer->macs = dim_int(0);
    layer->implied = true;
    layer->cell_of = call->layer;
    layer->layout = call->layer->layout;
    graph_set_inputs(call->reader->graph, layer, outputs, 1);
    outputs[0] = (Port){layer, 0};
}

bool keras_call(KerasCall *call, Port *outputs)
{
    find_shapes(call);
    bool sound = keras_dispatch(call);
    if (!call->layer)
        return false;
    if (call->out_count < 1 || call->out_count > KERAS_MOST_OUTPUTS)
        call->out_count = 1;
    graph_set_inputs(call->reader->graph, call->layer, call->ports, call->in_count);
    fill_layer(call);
    for (uint32_t i = 0; i < call->out_count; i++)
        outputs[i] = (Port){call->layer, i};
    add_activation(call, outputs);
    return sound;
}
