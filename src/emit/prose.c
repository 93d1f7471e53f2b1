/* SPDX-License-Identifier: MIT */
/* What a network is, in one or two sentences: for comments, alternative texts, captions. */
#include "emit/emit.h"
#include "emit/number.h"
#include "emit/table.h"
#include "op/totals.h"

enum { MOST_ENDS = 4 }; /* inputs or outputs that are listed one by one */

static Str shape_without_batch(const Graph *graph, Port port)
{
    Shape shape = port.layer->outputs[port.output];
    if (shape.known && shape.rank >= graph->batch_axes)
        shape = (Shape){true, shape.rank - graph->batch_axes, shape.dims + graph->batch_axes};
    return shape.known ? shape_text(graph->arena, shape, "×") : (Str){0};
}

/* "input 3×224×224" or "inputs image 3×224×224 and text T×512"; names only where there are several. */
static void add_ends(Text *text, const Graph *graph, const char *what, const Port *ends, uint32_t count)
{
    if (!count)
        return;
    text_add_format(text, "%s %s", text->size ? "," : "", what);
    if (count > MOST_ENDS) {
        text_add_format(text, "s: %u", count);
        return;
    }
    text_add(text, count > 1 ? STR("s") : STR(""));
    for (uint32_t i = 0; i < count; i++) {
        Str shape = shape_without_batch(graph, ends[i]);
        if (i)
            text_add(text, i + 1 == count ? STR(" and") : STR(","));
        if (count > 1 || !shape.size)
            text_add_format(text, " %.*s", STR_ARGS(ends[i].layer->name));
        if (shape.size)
            text_add_format(text, " %.*s", STR_ARGS(shape));
    }
}

static Str ends_text(Arena *arena, const Graph *graph)
{
    Port *inputs = ARENA_ARRAY(arena, graph->layer_count, Port);
    uint32_t count = 0;
    for (uint32_t i = 0; i < graph->layer_count; i++)
        if (str_equal(str_from(graph->layers[i]->op->name), STR("input")))
            inputs[count++] = (Port){graph->layers[i], 0};
    Text text = text_in(arena);
    add_ends(&text, graph, "input", inputs, count);
    add_ends(&text, graph, "output", graph->outputs, graph->output_count);
    return str_trim(text_str(&text));
}

static void add_amount(Text *text, Dim amount, const char *what)
{
    if (amount.kind != DIM_UNKNOWN && !dim_is(amount, 0))
        text_add_format(text, "%s%.*s %s", text->size ? ", " : "", STR_ARGS(number_words(text->arena, amount)), what);
}

/* "16 weighted layers, 138.4 million parameters, 15.5 billion multiply-accumulates". */
static Str amounts_text(Arena *arena, const Graph *graph)
{
    Totals totals = totals_of(graph);
    Text text = text_in(arena);
    if (totals.weighted_layers)
        text_add_format(&text, "%u weighted layer%s", totals.weighted_layers, totals.weighted_layers == 1 ? "" : "s");
    add_amount(&text, totals.params, dim_is(totals.frozen, 0) ? "parameters" : "trained parameters");
    if (!dim_is(totals.frozen, 0))
        add_amount(&text, totals.frozen, "frozen ones");
    add_amount(&text, totals.macs, "multiply-accumulates");
    if (!text.size)
        text_add_format(&text, "%u operations", graph->layer_count);
    return text_str(&text);
}

Str emit_prose(Arena *arena, const Graph *graph)
{
    Str ends = ends_text(arena, graph), amounts = amounts_text(arena, graph);
    Str name = graph->name.size ? graph->name : STR("A neural network");
    const char *between = ends.size ? "; " : "";
    return str_format(arena, "%.*s: %.*s%s%.*s.", STR_ARGS(name), STR_ARGS(amounts), between, STR_ARGS(ends));
}
