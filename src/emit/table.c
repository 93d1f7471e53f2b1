/* SPDX-License-Identifier: MIT */
/* The table for programs: one row for each primitive operation, tab-separated. */
#include "emit/table.h"

#include "emit/emit.h"
#include "op/totals.h"

bool table_has_row(const Graph *graph, const Layer *layer)
{
    bool is_input = str_equal(str_from(layer->op->name), STR("input"));
    return !layer->implied && (graph->imported || !is_input);
}

Str table_outputs(Arena *arena, const Layer *layer, const char *separator, uint32_t batch_axes)
{
    Text text = text_in(arena);
    for (uint32_t i = 0; i < layer->output_count; i++) {
        Shape shape = layer->outputs[i];
        if (batch_axes && shape.known && shape.rank >= batch_axes)
            shape = (Shape){true, shape.rank - batch_axes, shape.dims + batch_axes};
        text_add(&text, i ? STR(",") : STR(""));
        text_add(&text, shape_text(arena, shape, separator));
    }
    return text_str(&text);
}

Str table_plain(Arena *arena, Str name)
{
    Text text = text_in(arena);
    for (size_t at = 0; at < name.size;) {
        uint32_t code;
        size_t size = str_decode(name, at, &code);
        bool control = code < ' ' || (code >= 0x7f && code < 0xa0);
        if (control || code == STR_BAD)
            text_add_char(&text, control ? ' ' : '?');
        else
            text_add(&text, str_slice(name, at, at + size));
        at += size;
    }
    return text_str(&text);
}

/*
 * What is written out of the body of a node (a call, an If) is counted in the row of the outermost node around it: the
 * table has the nodes of the model file itself.
 */
static void count_bodies(Arena *arena, const Graph *graph, Dim *params, Dim *macs)
{
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        const Layer *layer = graph->layers[i];
        uint32_t row = layer->within ? layer->within->index : i;
        params[row] = dim_add(arena, params[row], totals_params(layer));
        macs[row] = dim_add(arena, macs[row], layer->macs);
    }
}

static void add_row(Text *text, const Graph *graph, const Layer *layer, Dim params, Dim macs)
{
    if (graph->key.size)
        text_add_format(text, "%.*s/", STR_ARGS(graph->key));
    text_add(text, table_plain(text->arena, layer->path));
    text_add_char(text, '\t');
    text_add(text, table_plain(text->arena, layer->op_name.size ? layer->op_name : str_from(layer->op->name)));
    text_add_char(text, '\t');
    text_add(text, table_outputs(text->arena, layer, "x", 0));
    text_add_char(text, '\t');
    text_add(text, dim_text(text->arena, params));
    text_add_char(text, '\t');
    text_add(text, dim_text(text->arena, macs));
    text_add_char(text, '\n');
}

static void add_rows(Text *text, const Graph *graph)
{
    Arena *arena = text->arena;
    Dim *params = ARENA_ARRAY(arena, graph->layer_count, Dim), *macs = ARENA_ARRAY(arena, graph->layer_count, Dim);
    for (uint32_t i = 0; i < graph->layer_count; i++)
        params[i] = macs[i] = dim_int(0);
    count_bodies(arena, graph, params, macs);
    for (uint32_t i = 0; i < graph->layer_count; i++)
        if (table_has_row(graph, graph->layers[i]) && !graph->layers[i]->within)
            add_row(text, graph, graph->layers[i], params[i], macs[i]);
}

Str emit_summary_tsv(Arena *arena, const Graph *graph)
{
    return emit_summary_tsv_all(arena, &graph, 1);
}

Str emit_summary_tsv_all(Arena *arena, const Graph *const *graphs, uint32_t count)
{
    Text text = text_in(arena);
    text_add(&text, STR("name\top\toutput\tparams\tmacs\n"));
    for (uint32_t i = 0; i < count; i++)
        add_rows(&text, graphs[i]);
    Totals totals = totals_of_all(arena, graphs, count);
    text_add(&text, STR("total\t-\t-\t"));
    text_add(&text, dim_text(arena, totals.params));
    text_add_char(&text, '\t');
    text_add(&text, dim_text(arena, totals.macs));
    text_add_char(&text, '\n');
    return text_str(&text);
}
