/* SPDX-License-Identifier: MIT */
/* Drafts become layers of the graph: inputs, names, cells, shapes as they are added, shared weights. */
#include "read/spec.h"

Shape port_shape(Port port)
{
    bool there = port.layer && port.output < port.layer->output_count;
    return there ? port.layer->outputs[port.output] : shape_unknown();
}

bool site_port(Spec *spec, const Site *site, Place place, Port *port)
{
    *port = site->flow;
    if (port->layer)
        return true;
    spec_error(spec, place, "there is no layer before this one%s%s", site->why ? ": " : "", site->why ? site->why : "");
    spec_hint(spec, "say what it reads with `from: NAME`");
    return false;
}

Layer *layer_lost(Spec *spec)
{
    if (!spec->lost) {
        spec->lost = graph_add_layer(spec->graph, spec->graph->root, op_custom(), op_custom()->attr_count, STR("lost"));
        spec->lost->op_name = STR("lost");
    }
    return spec->lost;
}

Str layer_stem(Spec *spec, const Draft *draft)
{
    if (op_is_custom(draft->op)) {
        Text text = text_in(spec->arena);
        for (size_t i = 0; i < draft->op_name.size; i++) {
            char c = draft->op_name.at[i];
            if (c >= 'A' && c <= 'Z')
                text_add_char(&text, (char)(c - 'A' + 'a'));
            else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9' && text.size))
                text_add_char(&text, c);
            else if (text.size && text.at[text.size - 1] != '_')
                text_add_char(&text, '_');
        }
        return text.size ? text_str(&text) : STR("custom");
    }
    return draft->op->style == STYLE_POOL ? STR("pool") : str_from(draft->op->name);
}

/* ---- inputs ---------------------------------------------------------------------------------------------------- */

/* What may be read beside the data (weights of an imported model) is no input in a spec. */
static int most_inputs(const Op *op)
{
    switch (op->style) {
    case STYLE_CONV:
    case STYLE_DENSE:
    case STYLE_NORM:
    case STYLE_ACTIVATION:
    case STYLE_REGULAR:
        return op->min_inputs;
    case STYLE_DATA:
    case STYLE_POOL:
    case STYLE_RECURRENT:
    case STYLE_ATTENTION:
    case STYLE_EMBEDDING:
    case STYLE_MERGE:
    case STYLE_RESHAPE:
    case STYLE_LOSS:
    case STYLE_OTHER:
    case STYLE_COUNT:
        break;
    }
    return op->max_inputs;
}

static bool check_input_count(Spec *spec, const Draft *draft, uint32_t count)
{
    int least = draft->op->min_inputs, most = most_inputs(draft->op);
    if (least > 0 && count < (uint32_t)least) {
        spec_error(spec, draft->whole, "`%s` needs %s%d input%s, and has %u", draft->op->name,
                   least == most ? "" : "at least ", least, least == 1 ? "" : "s", count);
        if (op_reads_names(draft->op))
            spec_hint(spec, "name the others: `%s: NAME`", draft->op->name);
        else if (!count)
            spec_hint(spec, "`from: []` is for what reads nothing: `custom`, `parameter`, `constant`");
        return false;
    }
    if (most != OP_ANY_INPUTS && count > (uint32_t)most) {
        spec_error(spec, draft->whole, "`%s` reads %d input%s, and %u are given", draft->op->name, most,
                   most == 1 ? "" : "s", count);
        if (most == 1)
            spec_hint(spec, "join them before: `concat: [a, b]` or `add: [a, b]`");
        else if (most == 0)
            spec_hint(spec, "`%s` is where data begin: leave out `from`", draft->op->name);
        return false;
    }
    return true;
}

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

static void note_origins(Spec *spec, const Layer *layer, uint32_t faulty)
{
    for (uint32_t i = 0; i < layer->input_count; i++) {
        Port port = layer->inputs[i];
        Shape shape = port_shape(port);
        bool told = layer->input_count <= 4 || i == 0 || i == faulty;
        if (port.layer && shape.known && told)
            spec_note(spec, port.layer->place, "`%.*s` gives %.*s", STR_ARGS(port.layer->path),
                      STR_ARGS(shape_text(spec->arena, shape, "x")));
    }
}

/* Kernels, strides and dilations have one number, or one for each spatial axis. */
static bool check_axes(Spec *spec, const Layer *layer)
{
    static const char *const names[] = {"kernel", "stride", "dilation"};
    Shape shape = layer->input_count ? port_shape(layer->inputs[0]) : shape_unknown();
    bool slides = layer->op->style == STYLE_CONV || layer->op->style == STYLE_POOL;
    for (size_t i = 0; slides && shape.known && shape.rank > 1 && i < sizeof names / sizeof *names; i++) {
        int index = op_attr(layer->op, str_from(names[i]));
        uint32_t count = index >= 0 ? layer->attrs[index].count : 0;
        if (count < 2 || count == shape.rank - 1)
            continue;
        spec_error(spec, layer->attrs[index].place, "a %s of %u numbers for %u spatial ax%s", names[i], count,
                   shape.rank - 1, shape.rank == 2 ? "is" : "es");
        note_origins(spec, layer, 0);
        return false;
    }
    return true;
}

static void infer(Spec *spec, Layer *layer)
{
    if (!check_axes(spec, layer))
        return;
    Shape *inputs = ARENA_ARRAY(spec->arena, layer->input_count, Shape);
    for (uint32_t i = 0; i < layer->input_count; i++)
        inputs[i] = port_shape(layer->inputs[i]);
    OpCall call = {.arena = spec->arena, .op = layer->op, .layer = layer, .inputs = inputs,
                   .input_count = layer->input_count, .outputs = layer->outputs};
    if (op_infer(&call)) {
        layer->params = call.params;
        layer->macs = call.macs;
        return;
    }
    spec_error(spec, layer->place, "%.*s", STR_ARGS(call.error));
    if (call.hint.size)
        spec_hint(spec, "%.*s", STR_ARGS(call.hint));
    note_origins(spec, layer, call.faulty_input);
    for (uint32_t i = 0; i < layer->output_count; i++)
        layer->outputs[i] = shape_unknown();
}

/* ---- adding ---------------------------------------------------------------------------------------------------- */

/* A bias before batch normalisation does nothing, and papers and frameworks leave it out. */
static void drop_bias(Spec *spec, Draft *draft)
{
    int bias = op_attr(draft->op, STR("bias"));
    bool weighted = draft->op->style == STYLE_CONV || draft->op->style == STYLE_DENSE;
    if (weighted && bias >= 0 && !draft->attrs[bias].set && draft->suffix &&
        str_equal(str_from(draft->suffix->op->name), STR("bn")))
        draft_set_bool(spec, draft, (uint32_t)bias, false, draft->suffix->at.place);
}

/* How many outputs an operation has that cuts its input. */
static uint32_t output_count(const Draft *draft)
{
    if (draft->op->style != STYLE_RESHAPE)
        return 1;
    int parts = op_attr(draft->op, STR("parts")), sizes = op_attr(draft->op, STR("sizes"));
    if (sizes >= 0 && draft->attrs[sizes].set && draft->attrs[sizes].count > 1)
        return draft->attrs[sizes].count;
    bool cuts = parts >= 0 && draft->attrs[parts].set && draft->attrs[parts].count;
    Dim count = cuts ? draft->attrs[parts].dims[0] : dim_int(1);
    return count.kind == DIM_INT && count.n >= 1 && count.n <= 1000 ? (uint32_t)count.n : 1;
}

static Layer *add_one(Spec *spec, const Site *site, const Draft *draft, const Port *inputs, uint32_t count, Str name)
{
    Layer *layer = graph_add_layer(spec->graph, site->scope, draft->op, 0, name);
    layer->op_name = draft->op_name;
    layer->attrs = draft->attrs;
    layer->place = draft->whole;
    layer->output_count = output_count(draft);
    if (layer->output_count > 1)
        layer->outputs = ARENA_ARRAY(spec->arena, layer->output_count, Shape);
    graph_set_inputs(spec->graph, layer, inputs, count);
    infer(spec, layer);
    return layer;
}

Layer *layer_add(Spec *spec, Site *site, Draft *draft, const Port *inputs, uint32_t count, Entity *entity)
{
    if (!spec_spend(spec, draft->whole) || !draft_complete(spec, draft) || !check_input_count(spec, draft, count)) {
        site->flow = (Port){layer_lost(spec), 0};
        entity->port = site->flow;
        return spec->lost;
    }
    drop_bias(spec, draft);
    Layer *layer = add_one(spec, site, draft, inputs, count, entity->name);
    entity->port = (Port){layer, 0};
    for (Draft *suffix = draft->suffix; suffix && draft_complete(spec, suffix); suffix = suffix->suffix) {
        Str name = str_format(spec->arena, "%.*s_%s", STR_ARGS(entity->name), suffix->op->name);
        Entity *cell = space_define_cell(spec, site->space, name, suffix->at.place);
        Layer *part = add_one(spec, site, suffix, &entity->port, 1, cell->name);
        part->cell_of = layer;
        cell->port = entity->port = (Port){part, 0};
        cell->end = spec->graph->layer_count;
    }
    entity->end = spec->graph->layer_count;
    site->flow = entity->port;
    return layer;
}

/* ---- shared weights -------------------------------------------------------------------------------------------- */

/* An output layer may be the matrix of an embedding turned round (Press and Wolf 2017). */
static bool is_tied(const Layer *layer, const Layer *other)
{
    return layer->op->style == STYLE_DENSE && str_equal(str_from(other->op->name), STR("embedding"));
}

static bool fits(Spec *spec, Place place, const Layer *layer, const Layer *other)
{
    bool same = layer->op == other->op || is_tied(layer, other);
    if (same && !dim_known_different(layer->params, other->params))
        return true;
    if (!same)
        spec_error(spec, place, "the weights of `%.*s` (%s) cannot be used by `%.*s` (%s)", STR_ARGS(other->path),
                   other->op->name, STR_ARGS(layer->path), layer->op->name);
    else
        spec_error(spec, place, "`%.*s` has %.*s parameters, and `%.*s` %.*s", STR_ARGS(other->path),
                   STR_ARGS(dim_text(spec->arena, other->params)), STR_ARGS(layer->path),
                   STR_ARGS(dim_text(spec->arena, layer->params)));
    spec_hint(spec, "layers share weights where their operation, kernel and channels are the same");
    spec_note(spec, other->place, "the weights are of this layer");
    return false;
}

/* The layers from `first` on, or those of them with weights; *count of them. */
static Layer **sharers(Spec *spec, uint32_t first, uint32_t end, bool all, uint32_t *count)
{
    Layer **list = ARENA_ARRAY(spec->arena, end - first + 1, Layer *);
    *count = 0;
    for (uint32_t i = first; i < end; i++)
        if (all || !dim_is(spec->graph->layers[i]->params, 0))
            list[(*count)++] = spec->graph->layers[i];
    return list;
}

void share_weights(Spec *spec, const Site *site, const Value *value, uint32_t first, uint32_t end)
{
    Piece name;
    if (!read_name(spec, value, &name))
        return;
    const Entity *entity = space_entity(spec, site, name);
    if (!entity)
        return;
    uint32_t count, others;
    bool alike = end - first == entity->end - entity->first;
    Layer **own = sharers(spec, first, end, alike, &count);
    Layer **given = sharers(spec, entity->first, entity->end, alike, &others);
    if (count != others || entity->end > first) {
        spec_error(spec, name.place, "`%.*s` has %u layers with weights, and what shall use them has %u",
                   STR_ARGS(name.text), others, count);
        spec_note(spec, entity->place, "it is defined here");
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!fits(spec, name.place, own[i], given[i]))
            return;
        own[i]->weights_of = given[i]->weights_of ? given[i]->weights_of : given[i];
    }
}
