/* SPDX-License-Identifier: MIT */
/* A network as the spec that a person would like to have written. */
#include "emit/spec.h"

#include "emit/emit.h"
#include "op/totals.h"

#include <string.h>

static bool is_input(const Layer *layer)
{
    return strcmp(layer->op->name, "input") == 0 && !layer->input_count && !layer->scope->parent && layer->output_count == 1;
}

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

/* `3x224x224`, or `[3, maxlen]` where a symbol could be misread. */
static Str shape_scalar(Arena *arena, Shape shape)
{
    bool list = false;
    for (uint32_t i = 0; i < shape.rank && shape.known; i++) {
        Str symbol;
        for (uint32_t k = 0; (symbol = dim_symbol_at(shape.dims[i], k)).size; k++)
            list = list || symbol.size > 1;
        Str text = dim_text(arena, shape.dims[i]);
        for (size_t k = 0; k < text.size; k++)
            list = list || (shape.dims[i].kind == DIM_SYMBOLIC && strchr("xX+-", text.at[k]));
    }
    if (!shape.known || !list)
        return yaml_scalar(arena, shape.known ? shape_text(arena, shape, "x") : STR("?"), true);
    Text text = text_in(arena);
    for (uint32_t i = 0; i < shape.rank; i++) {
        Str size = dim_expression(arena, shape.dims[i]);
        text_add_format(&text, "%s%.*s", i ? ", " : "[", STR_ARGS(yaml_scalar(arena, size, true)));
    }
    text_add_char(&text, ']');
    return text_str(&text);
}

static void add_looks(Writer *writer, Text *out, const Layer *layer, const char *indent)
{
    text_add_format(out, "\n%sshape: %.*s", indent, STR_ARGS(shape_scalar(writer->arena, layer->outputs[0])));
    if (layer->drawn.known)
        text_add_format(out, "\n%sdrawn: %.*s", indent, STR_ARGS(shape_scalar(writer->arena, layer->drawn)));
    if (layer->image.file.size)
        text_add_format(out, "\n%simage: %.*s", indent, STR_ARGS(spec_picture(writer->arena, layer->image)));
    if (layer->turned)
        text_add_format(out, "\n%sturned: yes", indent);
    if (layer->label.size)
        text_add_format(out, "\n%slabel: %.*s", indent, STR_ARGS(yaml_scalar(writer->arena, layer->label, false)));
    if (layer->note.size)
        text_add_format(out, "\n%snote: %.*s", indent, STR_ARGS(yaml_scalar(writer->arena, layer->note, false)));
    if (layer->style.size)
        text_add_format(out, "\n%sstyle: %.*s", indent, STR_ARGS(yaml_scalar(writer->arena, layer->style, false)));
    if (layer->units)
        text_add_format(out, "\n%sunits: %.*s", indent, STR_ARGS(spec_units(writer->arena, layer->units)));
}

static bool has_looks(const Layer *layer)
{
    return layer->label.size || layer->note.size || layer->style.size || layer->units || layer->drawn.known || layer->turned || layer->image.file.size;
}

static void add_inputs(Writer *writer, Text *out)
{
    const Graph *graph = writer->graph;
    if (!writer->first_layer)
        return;
    const Layer *first = graph->layers[0];
    bool looks = has_looks(first);
    if (writer->first_layer == 1 && str_equal(first->name, STR("input")) && !looks) {
        text_add_format(out, "input: %.*s\n", STR_ARGS(shape_scalar(writer->arena, first->outputs[0])));
        return;
    }
    text_add(out, STR("input:"));
    for (uint32_t i = 0; i < writer->first_layer; i++) {
        const Layer *layer = graph->layers[i];
        text_add_format(out, "\n  %.*s:", STR_ARGS(yaml_scalar(writer->arena, layer->name, false)));
        if (has_looks(layer))
            add_looks(writer, out, layer, "    ");
        else
            text_add_format(out, " %.*s", STR_ARGS(shape_scalar(writer->arena, layer->outputs[0])));
    }
    text_add(out, STR("\n"));
}

/* ---- head and foot --------------------------------------------------------------------------------------------- */

static Str grouped(Arena *arena, Dim d)
{
    Str digits = dim_text(arena, d);
    Text text = text_in(arena);
    for (size_t i = 0; i < digits.size; i++) {
        if (d.kind == DIM_INT && i && (digits.size - i) % 3 == 0 && digits.at[i - 1] != '-')
            text_add_char(&text, ',');
        text_add_char(&text, digits.at[i]);
    }
    return text_str(&text);
}

static void add_head(Writer *writer, Text *out)
{
    Arena *arena = writer->arena;
    Totals totals = totals_of(writer->graph);
    text_add_format(out, "# %.*s parameters, %.*s multiply-accumulates.\n", STR_ARGS(grouped(arena, totals.params)),
                    STR_ARGS(grouped(arena, totals.macs)));
    if (writer->graph->name.size)
        text_add_format(out, "name: %.*s\n", STR_ARGS(yaml_scalar(arena, writer->graph->name, false)));
}

static void add_blocks(Writer *writer, Text *out)
{
    if (!writer->block_count)
        return;
    text_add(out, STR("blocks:"));
    for (uint32_t i = 0; i < writer->block_count; i++) {
        const Block *block = writer->blocks[i];
        text_add_format(out, "\n  %.*s:", STR_ARGS(spec_block_head(writer, block)));
        spec_print(writer, out, block->instances[0]->body, block, 4);
    }
    text_add(out, STR("\n"));
}

/* What leaves a network that does not say it: what nothing reads, losses excepted. */
static bool outputs_are_plain(const Writer *writer)
{
    const Graph *graph = writer->graph;
    uint32_t count = 0;
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        const Layer *layer = writer->in_order[i];
        if (!layer)
            return false; /* ends have names of their own */
        if (writer->users.first[layer->index] != writer->users.first[layer->index + 1] || layer->op->style == STYLE_LOSS)
            continue;
        if (count >= graph->output_count || graph->outputs[count].layer != layer || graph->outputs[count].output)
            return false;
        count++;
    }
    return count == graph->output_count;
}

/* Outputs with names of their own. */
static void add_ends(Writer *writer, Text *out)
{
    const Graph *graph = writer->graph;
    text_add(out, STR("output:"));
    for (uint32_t i = 0; i < graph->output_count; i++) {
        const Layer *layer = graph->outputs[i].layer;
        bool end = spec_is_end(layer);
        Port port = end ? layer->inputs[0] : graph->outputs[i];
        Str name = spec_ref(writer, writer->root_space, port), called = end ? layer->name : name;
        text_add_format(out, "\n  %.*s:\n    from: %.*s", STR_ARGS(yaml_scalar(writer->arena, called, false)),
                        STR_ARGS(yaml_scalar(writer->arena, name, false)));
        if (layer->label.size && end)
            text_add_format(out, "\n    label: %.*s", STR_ARGS(yaml_scalar(writer->arena, layer->label, false)));
        if (layer->note.size && end)
            text_add_format(out, "\n    note: %.*s", STR_ARGS(yaml_scalar(writer->arena, layer->note, false)));
        if (layer->style.size && end)
            text_add_format(out, "\n    style: %.*s", STR_ARGS(yaml_scalar(writer->arena, layer->style, false)));
        if (layer->turned && end)
            text_add(out, STR("\n    turned: yes"));
        if (layer->image.file.size && end)
            text_add_format(out, "\n    image: %.*s", STR_ARGS(spec_picture(writer->arena, layer->image)));
    }
    text_add(out, STR("\n"));
}

static void add_outputs(Writer *writer, Text *out)
{
    const Graph *graph = writer->graph;
    if (!graph->output_count || outputs_are_plain(writer))
        return;
    bool ends = false;
    for (uint32_t i = 0; i < graph->output_count; i++)
        ends = ends || spec_is_end(graph->outputs[i].layer);
    if (ends) {
        add_ends(writer, out);
        return;
    }
    text_add(out, STR("output: "));
    for (uint32_t i = 0; i < graph->output_count; i++) {
        Str name = spec_ref(writer, writer->root_space, graph->outputs[i]);
        text_add(out, graph->output_count == 1 ? STR("") : i ? STR(", ") : STR("["));
        text_add(out, yaml_scalar(writer->arena, name, true));
    }
    text_add(out, graph->output_count == 1 ? STR("\n") : STR("]\n"));
}

static void add_settings(Writer *writer, Text *out, const Figure *figure, const char *indent)
{
    for (size_t key = 0; figure_key(key); key++) {
        Str text = figure_text(writer->arena, figure, key);
        bool word = str_equal(text, STR("yes")) || str_equal(text, STR("no"));
        if (text.size)
            text_add_format(out, "\n%s%s: %.*s", indent, figure_key(key)->name,
                            STR_ARGS(word ? text : yaml_scalar(writer->arena, text, false)));
    }
}

static bool says_nothing(Writer *writer, const Figure *figure)
{
    for (size_t key = 0; figure_key(key); key++)
        if (figure_text(writer->arena, figure, key).size)
            return false;
    return true;
}

static void add_figures(Writer *writer, Text *out, const Figure *figures, uint32_t count)
{
    if (count == 1 && !figures[0].name.size) {
        if (says_nothing(writer, &figures[0]))
            return;
        text_add(out, STR("figure:"));
        add_settings(writer, out, &figures[0], "  ");
        text_add(out, STR("\n"));
        return;
    }
    text_add(out, count ? STR("figures:") : STR(""));
    for (uint32_t i = 0; i < count; i++) {
        text_add_format(out, "\n  %.*s:", STR_ARGS(yaml_scalar(writer->arena, figures[i].name, false)));
        text_add(out, says_nothing(writer, &figures[i]) ? STR(" {}") : STR(""));
        add_settings(writer, out, &figures[i], "    ");
    }
    text_add(out, count ? STR("\n") : STR(""));
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static Writer writer_new(Arena *arena, const Graph *graph, bool imported)
{
    size_t layers = (size_t)graph->layer_count + 1;
    Writer writer = {
        .arena = arena,
        .graph = graph,
        .imported = imported,
        .users = graph_users(graph->arena, graph),
        .leaves = ARENA_ARRAY(arena, layers, bool),
        .line_of = ARENA_ARRAY(arena, layers, Unit *),
        .space_of = ARENA_ARRAY(arena, layers, Space *),
        .next_cell = ARENA_ARRAY(arena, layers, const Layer *),
        .ordinal = ARENA_ARRAY(arena, layers, uint32_t),
        .in_order = ARENA_ARRAY(arena, layers, const Layer *),
        .block_names = names_new(arena),
    };
    for (uint32_t i = 0; i < graph->output_count; i++)
        writer.leaves[graph->outputs[i].layer->index] = true;
    while (writer.first_layer < graph->layer_count && is_input(graph->layers[writer.first_layer]))
        writer.first_layer++;
    return writer;
}

static Port first_flow(const Writer *writer)
{
    return writer->first_layer == 1 ? (Port){writer->graph->layers[0], 0} : (Port){NULL, 0};
}

/* Which layers are read by name is found by writing everything once. */
static void find_needs(Writer *writer)
{
    Body trial = {0};
    for (uint32_t i = 0; i < writer->scope_count; i++)
        if (writer->scopes[i]->scope->name.size && !writer->scopes[i]->scope->unnamed)
            writer->scopes[i]->named = true; /* figures call it by this name */
    spec_body(writer, &trial, &writer->root, first_flow(writer), writer->root_space, 0, false);
    for (uint32_t i = 0; i < trial.count; i++)
        if (trial.bits[i].kind == BIT_REF)
            spec_need(writer, trial.bits[i].site, trial.bits[i].port);
    if (!outputs_are_plain(writer))
        for (uint32_t i = 0; i < writer->graph->output_count; i++)
            spec_need(writer, writer->root_space, writer->graph->outputs[i]);
}

Str emit_spec(Arena *arena, const Graph *graph, bool imported, const Figure *figures, uint32_t figure_count)
{
    Writer writer = writer_new(arena, graph, imported);
    Text out = text_in(arena);
    spec_tree(&writer);
    spec_spaces(&writer);
    if (imported)
        find_needs(&writer);
    else
        spec_names(&writer);
    spec_blocks(&writer);
    Body body = {0};
    spec_body(&writer, &body, &writer.root, first_flow(&writer), writer.root_space, 2, false);
    if (imported)
        spec_names(&writer);
    add_head(&writer, &out);
    add_inputs(&writer, &out);
    add_blocks(&writer, &out);
    text_add(&out, STR("layers:"));
    spec_print(&writer, &out, &body, NULL, 0);
    text_add(&out, STR("\n"));
    add_outputs(&writer, &out);
    add_figures(&writer, &out, figures, figure_count);
    return text_str(&out);
}
