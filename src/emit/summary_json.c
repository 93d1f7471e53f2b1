/* SPDX-License-Identifier: MIT */
/* The network as JSON: what the tables say, and attributes, scopes, wiring besides. */
#include "emit/emit.h"
#include "emit/json.h"
#include "emit/table.h"
#include "op/totals.h"

/* Writes the comma that is due between members. */
static void next_member(Text *out)
{
    Str so_far = text_str(out);
    if (so_far.size && !str_ends(so_far, STR("{")) && !str_ends(so_far, STR("[")))
        text_add(out, STR(", "));
}

static void add_key(Text *out, const char *key)
{
    next_member(out);
    json_string(out, str_from(key));
    text_add(out, STR(": "));
}

/* Known numbers are numbers; `H/4` and `?` are strings. */
static void add_dim(Text *out, Dim d)
{
    if (d.kind == DIM_INT)
        text_add_int(out, d.n);
    else
        json_string(out, dim_text(out->arena, d));
}

static void add_dims(Text *out, const Dim *dims, uint32_t count)
{
    text_add_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        next_member(out);
        add_dim(out, dims[i]);
    }
    text_add_char(out, ']');
}

/* A list of sizes, or "?" where not even their number is known. */
static void add_shape(Text *out, Shape shape)
{
    if (shape.known)
        add_dims(out, shape.dims, shape.rank);
    else
        json_string(out, STR("?"));
}

static void add_text_member(Text *out, const char *key, Str value)
{
    if (!value.size)
        return;
    add_key(out, key);
    json_string(out, value);
}

static void add_port(Text *out, Port port)
{
    next_member(out);
    if (!port.layer) {
        text_add(out, STR("null"));
        return;
    }
    text_add_char(out, '{');
    add_text_member(out, "layer", port.layer->path);
    add_key(out, "output");
    text_add_int(out, port.output);
    text_add_char(out, '}');
}

static void add_ports(Text *out, const char *key, const Port *ports, uint32_t count)
{
    add_key(out, key);
    text_add_char(out, '[');
    for (uint32_t i = 0; i < count; i++)
        add_port(out, ports[i]);
    text_add_char(out, ']');
}

static void add_attribute(Text *out, const AttrSpec *spec, const Attr *attr)
{
    add_key(out, spec->name);
    if (spec->kind == ATTR_BOOL && attr->count == 1 && attr->dims[0].kind == DIM_INT)
        text_add(out, attr->dims[0].n ? STR("true") : STR("false"));
    else if (attr->count == 1 && spec->kind != ATTR_SHAPE)
        add_dim(out, attr->dims[0]);
    else if (attr->count)
        add_dims(out, attr->dims, attr->count);
    else
        json_string(out, attr->text);
}

static void add_attributes(Text *out, const Layer *layer)
{
    add_key(out, "attributes");
    text_add_char(out, '{');
    for (uint32_t i = 0; i < layer->op->attr_count; i++)
        if (layer->attrs[i].set)
            add_attribute(out, &layer->op->attrs[i], &layer->attrs[i]);
    text_add_char(out, '}');
}

static void add_outputs(Text *out, const Layer *layer)
{
    add_key(out, "outputs");
    text_add_char(out, '[');
    for (uint32_t i = 0; i < layer->output_count; i++) {
        next_member(out);
        add_shape(out, layer->outputs[i]);
    }
    text_add_char(out, ']');
}

static void add_flag(Text *out, const char *name, bool flag)
{
    if (!flag)
        return;
    add_key(out, name);
    text_add(out, STR("true"));
}

static void add_layer(Text *out, const Layer *layer)
{
    text_add(out, STR("{"));
    add_text_member(out, "name", layer->path);
    add_text_member(out, "op", layer->op_name.size ? layer->op_name : str_from(layer->op->name));
    add_ports(out, "inputs", layer->inputs, layer->input_count);
    add_outputs(out, layer);
    add_key(out, "params");
    add_dim(out, totals_params(layer));
    add_key(out, "macs");
    add_dim(out, layer->macs);
    add_attributes(out, layer);
    add_text_member(out, "scope", layer->scope->path);
    add_text_member(out, "class", str_from(style_name(layer->op->style)));
    add_text_member(out, "style", layer->style);
    add_text_member(out, "label", layer->label);
    add_text_member(out, "note", layer->note);
    if (layer->cell_of)
        add_text_member(out, "cell_of", layer->cell_of->path);
    if (layer->weights_of)
        add_text_member(out, "weights_of", layer->weights_of->path);
    add_flag(out, "frozen", layer->frozen);
    add_flag(out, "training", layer->training);
    add_flag(out, "idle", layer->idle);
    add_flag(out, "auxiliary", layer->auxiliary);
    text_add_char(out, '}');
}

static const char *scope_kind_name(ScopeKind kind)
{
    switch (kind) {
    case SCOPE_ROOT:
        return "network";
    case SCOPE_GROUP:
        return "group";
    case SCOPE_BLOCK:
        return "block";
    case SCOPE_RESIDUAL:
        return "residual";
    case SCOPE_BRANCH:
        return "branch";
    case SCOPE_PATH:
        return "path";
    }
    return "group";
}

static void add_scope(Text *out, const Scope *scope)
{
    text_add_char(out, '{');
    add_text_member(out, "kind", str_from(scope_kind_name(scope->kind)));
    add_text_member(out, "name", scope->path);
    add_text_member(out, "block", scope->definition);
    add_text_member(out, "arguments", scope->arguments);
    add_text_member(out, "parent", scope->parent ? scope->parent->path : (Str){0});
    add_text_member(out, "style", scope->style);
    add_text_member(out, "label", scope->label);
    add_text_member(out, "note", scope->note);
    if (scope->run_count > 1) {
        add_text_member(out, "run", scope->run ? scope->run->path : (Str){0});
        add_key(out, "instance");
        text_add_int(out, scope->run_index);
        add_key(out, "times");
        text_add_int(out, scope->run_count);
    }
    text_add_char(out, '}');
}

static void add_inputs(Text *out, const Graph *graph)
{
    add_key(out, "inputs");
    text_add_char(out, '[');
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        const Layer *layer = graph->layers[i];
        if (!str_equal(str_from(layer->op->name), STR("input")))
            continue;
        next_member(out);
        text_add_char(out, '{');
        add_text_member(out, "name", layer->path);
        add_key(out, "shape");
        add_shape(out, layer->outputs[0]);
        text_add_char(out, '}');
    }
    text_add_char(out, ']');
}

/* Of several networks there is no depth. */
static void add_totals(Text *out, Totals totals, bool depth)
{
    text_add(out, STR(",\n\"totals\": {"));
    add_key(out, "params");
    add_dim(out, totals.params);
    add_key(out, "macs");
    add_dim(out, totals.macs);
    if (depth) {
        add_key(out, "weighted_layers");
        text_add_int(out, totals.weighted_layers);
    }
    text_add_char(out, '}');
}

static void add_network(Text *out, const Graph *graph)
{
    text_add_char(out, '{');
    add_text_member(out, "network", graph->key);
    add_text_member(out, "name", graph->name);
    add_key(out, "imported");
    text_add(out, graph->imported ? STR("true") : STR("false"));
    add_inputs(out, graph);
    add_ports(out, "outputs", graph->outputs, graph->output_count);
    text_add(out, STR(",\n\"layers\": ["));
    bool first = true;
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        if (!table_has_row(graph, graph->layers[i]))
            continue;
        text_add(out, first ? STR("\n") : STR(",\n"));
        add_layer(out, graph->layers[i]);
        first = false;
    }
    text_add(out, STR("\n],\n\"scopes\": ["));
    for (uint32_t i = 1; i < graph->scope_count; i++) {
        text_add(out, i > 1 ? STR(",\n") : STR("\n"));
        add_scope(out, graph->scopes[i]);
    }
    text_add(out, STR("\n]"));
    add_totals(out, totals_of(graph), true);
    text_add_char(out, '}');
}

Str emit_summary_json(Arena *arena, const Graph *graph)
{
    Text out = text_in(arena);
    add_network(&out, graph);
    text_add_char(&out, '\n');
    return text_str(&out);
}

Str emit_summary_json_all(Arena *arena, const Graph *const *graphs, uint32_t count)
{
    Text out = text_in(arena);
    text_add(&out, STR("{\"networks\": ["));
    for (uint32_t i = 0; i < count; i++) {
        text_add(&out, i ? STR(",\n") : STR("\n"));
        add_network(&out, graphs[i]);
    }
    text_add(&out, STR("\n]"));
    add_totals(&out, totals_of_all(arena, graphs, count), false);
    text_add(&out, STR("}\n"));
    return text_str(&out);
}
