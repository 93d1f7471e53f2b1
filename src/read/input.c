/* SPDX-License-Identifier: MIT */
/* What enters and leaves: `input:`, with its symbols, and `output:`. */
#include "read/spec.h"

static bool is_word_character(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

/* The symbols of a shape may be used in expressions from now on. */
static void note_symbols(Spec *spec, Shape shape)
{
    for (uint32_t i = 0; i < shape.rank; i++) {
        Str text = dim_text(spec->arena, shape.dims[i]);
        for (size_t at = 0; shape.dims[i].kind == DIM_SYMBOLIC && at < text.size;) {
            size_t from = at;
            while (at < text.size && is_word_character(text.at[at], at == from))
                at++;
            if (at > from)
                names_put(spec->symbols, str_slice(text, from, at), spec);
            at += at == from;
        }
    }
}

static bool read_dim(Spec *spec, const Value *value, Dim *dim)
{
    bool ok = value->kind == VALUE_SCALAR;
    *dim = ok ? dim_parse(spec->arena, value->text, &ok) : DIM_NONE;
    if (ok)
        return true;
    spec_error(spec, value->place, "a size is a whole number or a symbol");
    spec_hint(spec, "several inputs have names: `input: {image: 3x224x224, text: T}`");
    return false;
}

/* `3x224x224` or `[3, H, W]` */
static bool read_shape(Spec *spec, const Value *value, Shape *shape)
{
    Dim dims[SHAPE_MAX_RANK];
    uint32_t count = 0;
    bool ok = value->kind == VALUE_SCALAR;
    if (ok)
        *shape = shape_parse(spec->arena, value->text, &ok);
    for (const Value *child = value->first; child && value->kind == VALUE_LIST; child = child->next)
        if (count == SHAPE_MAX_RANK || !read_dim(spec, child, &dims[count++]))
            return false;
    if (value->kind == VALUE_LIST && count) {
        *shape = shape_of(spec->arena, count, dims);
        ok = true;
    }
    for (uint32_t i = 0; ok && i < shape->rank; i++)
        if (shape->dims[i].kind == DIM_INT && shape->dims[i].n < 1) {
            spec_error(spec, value->place, "a size of %lld: sizes are at least 1", (long long)shape->dims[i].n);
            return false;
        }
    if (ok)
        return true;
    if (value->kind == VALUE_SCALAR)
        spec_error(spec, value->place, "`%.*s` is not a shape", STR_ARGS(value->text));
    else
        spec_wrong_kind(spec, value, str_terminated(spec->arena, value->key.size ? value->key : STR("input")),
                        "a shape");
    spec_hint(spec, "write channels, height, width without the batch: `3x224x224`; a sequence `Txd`; a vector `784`");
    return false;
}

/* A key of an input or output, beside its `own` one: what it is. */
static bool read_part(Spec *spec, const Value *child, Layer *layer, Str own)
{
    if (str_equal(child->key, STR("label")))
        return read_tex(spec, child, &layer->label);
    if (str_equal(child->key, STR("style")))
        return read_style(spec, child, &layer->style);
    if (str_equal(child->key, STR("note"))) {
        Side side = SIDE_NONE;
        bool fine = read_sided(spec, child, &layer->note, &side);
        if (side != SIDE_NONE && !layer->placing)
            layer->placing = ARENA_NEW(spec->arena, Placing);
        if (side != SIDE_NONE)
            layer->placing->note_side = side;
        return fine;
    }
    if (str_equal(child->key, STR("turned")))
        return read_flag(spec, child, &layer->turned);
    if (str_equal(child->key, STR("image")))
        return read_picture(spec, child, &layer->image);
    if (str_equal(child->key, STR("units"))) {
        layer->units = read_units(spec, child);
        return layer->units != NULL;
    }
    if (is_placing_key(child->key))
        return read_placing(spec, child, false, &layer->placing);
    bool input = str_equal(own, STR("shape"));
    if (str_equal(child->key, own) || (input && str_equal(child->key, STR("drawn"))))
        return true;
    spec_error(spec, child->key_place, "unknown key `%.*s` of an %s", STR_ARGS(child->key), layer->op->name);
    spec_hint(spec, "an %s has %.*s%s, label, note, style, image, turned, units, and what places it on a grid: at …", layer->op->name, STR_ARGS(own),
              input ? ", drawn" : "");
    return false;
}

/* The shape that figures show instead, as some papers do; said aloud, since it contradicts the model. */
static void read_drawn(Spec *spec, const Value *value, Layer *layer)
{
    Shape drawn = shape_unknown(), shape = layer->outputs[0];
    if (!read_shape(spec, value, &drawn))
        return;
    Str said = shape_text(spec->arena, drawn, "×"), computed = shape_text(spec->arena, shape, "×");
    if (drawn.rank != shape.rank) {
        spec_error(spec, value->place, "`drawn` has %u sizes, the input %u", drawn.rank, shape.rank);
        return;
    }
    layer->drawn = drawn;
    if (!shape_equal(drawn, shape))
        diag_warning(spec->diags, value->place, "figures show %.*s for `%.*s`, but the model computes with %.*s",
                     STR_ARGS(said), STR_ARGS(layer->name), STR_ARGS(computed));
}

static void read_input(Spec *spec, Site *site, const Value *value, Piece name)
{
    const Op *op = spec_op(spec, STR("input"));
    const Value *inner = value->kind == VALUE_MAP ? value_get(value, STR("shape")) : value;
    Shape shape = shape_unknown();
    Entity *entity = space_define(spec, site->space, name);
    if (!entity)
        return;
    Layer *layer = graph_add_layer(spec->graph, site->scope, op, op->attr_count, entity->name);
    layer->op_name = str_from(op->name);
    layer->place = name.place;
    entity->port = (Port){layer, 0};
    entity->end = spec->graph->layer_count;
    for (const Value *child = value->first; child && value->kind == VALUE_MAP; child = child->next)
        read_part(spec, child, layer, STR("shape"));
    if (!inner) {
        spec_error(spec, name.place, "the input `%.*s` has no shape", STR_ARGS(name.text));
        return;
    }
    int index = op_attr(op, STR("shape"));
    if (!read_shape(spec, inner, &shape) || index < 0)
        return;
    note_symbols(spec, shape);
    for (uint32_t i = 0; i < shape.rank; i++)
        shape.dims[i] = read_bound(spec->arena, spec->options, shape.dims[i]);
    layer->attrs[index] = (Attr){.set = shape.known, .count = shape.rank, .dims = shape.dims, .place = inner->place};
    layer->outputs[0] = shape;
    layer->params = layer->macs = dim_int(0);
    const Value *drawn = value->kind == VALUE_MAP ? value_get(value, STR("drawn")) : NULL;
    if (drawn)
        read_drawn(spec, drawn, layer);
}

void read_inputs(Spec *spec, Site *site, const Value *value)
{
    bool named = value->kind == VALUE_MAP;
    uint32_t first = spec->graph->layer_count;
    if (!named)
        read_input(spec, site, value,
                   (Piece){STR("input"), value->kind == VALUE_NULL ? value->key_place : value->place, false, false});
    for (const Value *child = value->first; child && named; child = child->next)
        read_input(spec, site, child, piece_of_key(child));
    if (named && !value->count)
        spec_wrong_kind(spec, value, "input", "a shape, or named shapes");
    if (spec->graph->layer_count == first + 1)
        site->flow = (Port){spec->graph->layers[first], 0};
    else
        site->why = "the network has several inputs";
}

static void read_output(Spec *spec, const Site *site, const Value *value, uint32_t *room)
{
    Piece name;
    Port port;
    if (read_name(spec, value, &name) && space_resolve(spec, site, name, &port))
        *ARENA_PUSH(spec->arena, spec->graph->outputs, spec->graph->output_count, *room) = port;
}

/* `logits: fc1`, or `logits: {from: fc1, label: $y$}`: a named end, which is drawn. */
static void read_named_output(Spec *spec, const Site *site, const Value *value, uint32_t *room)
{
    const Op *op = spec_op(spec, STR("output"));
    const Value *from = value->kind == VALUE_MAP ? value_get(value, STR("from")) : value;
    Entity *entity = space_define(spec, site->space, piece_of_key(value));
    Piece name;
    Port port;
    if (!entity)
        return;
    if (!from) {
        spec_error(spec, value->key_place, "the output `%.*s` does not say what it is", STR_ARGS(value->key));
        spec_hint(spec, "name the layer: `%.*s: {from: NAME}`", STR_ARGS(value->key));
        return;
    }
    if (!read_name(spec, from, &name) || !space_resolve(spec, site, name, &port))
        return;
    Layer *layer = graph_add_layer(spec->graph, site->scope, op, op->attr_count, entity->name);
    layer->op_name = str_from(op->name);
    layer->place = value->key_place;
    layer->implied = true;
    graph_set_inputs(spec->graph, layer, &port, 1);
    layer->outputs[0] = port_shape(port);
    layer->params = layer->macs = dim_int(0);
    entity->port = (Port){layer, 0};
    entity->end = spec->graph->layer_count;
    for (const Value *child = value->first; child && value->kind == VALUE_MAP; child = child->next)
        read_part(spec, child, layer, STR("from"));
    *ARENA_PUSH(spec->arena, spec->graph->outputs, spec->graph->output_count, *room) = entity->port;
}

void read_outputs(Spec *spec, const Site *site, const Value *value)
{
    uint32_t room = 0;
    if (value->kind == VALUE_MAP && value->count) {
        for (const Value *child = value->first; child; child = child->next)
            read_named_output(spec, site, child, &room);
        return;
    }
    if (value->kind == VALUE_SCALAR)
        read_output(spec, site, value, &room);
    else if (value->kind != VALUE_LIST || !value->count)
        spec_wrong_kind(spec, value, str_terminated(spec->arena, value->key),
                        "the name of a layer, a list of names, or named outputs");
    for (const Value *child = value->first; child && value->kind == VALUE_LIST; child = child->next)
        read_output(spec, site, child, &room);
}
