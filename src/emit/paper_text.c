/* SPDX-License-Identifier: MIT */
/* What the text of a paper takes from a network: a caption in one or two sentences, and a command for each total. */
#include "emit/emit.h"
#include "emit/number.h"
#include "op/op.h"
#include "op/totals.h"

/* An expression over symbols as mathematics: "1024T^{2}+512T". */
static void add_expression(Text *out, Str all)
{
    for (size_t at = 0; at < all.size;) {
        uint32_t code;
        size_t size = str_decode(all, at, &code);
        if (code == 0xb7)
            text_add(out, STR("\\cdot "));
        else if (code == '^' && at + 1 < all.size)
            text_add_format(out, "^{%c}", all.at[at++ + 1]);
        else if (code == '_')
            text_add(out, STR("\\_"));
        else
            text_add(out, str_slice(all, at, at + size));
        at += size;
    }
}

/* A number in groups of digits; over symbols in mathematics. */
static void add_dim(Text *out, Dim d)
{
    const char *frame = d.kind == DIM_SYMBOLIC ? "$" : "";
    text_add(out, str_from(frame));
    if (d.kind == DIM_UNKNOWN)
        text_add_char(out, '?');
    else
        add_expression(out, number_grouped(out->arena, d, "\\,"));
    text_add(out, str_from(frame));
}

/* "$3\times224\times224$"; the batch is left out. */
static void add_shape(Text *out, const Graph *graph, Port port)
{
    Shape shape = port.layer->outputs[port.output];
    uint32_t first = shape.known && shape.rank >= graph->batch_axes ? graph->batch_axes : 0;
    if (!shape.known || shape.rank == first) {
        text_add(out, shape.known ? STR("one number") : STR("?"));
        return;
    }
    text_add_char(out, '$');
    for (uint32_t i = first; i < shape.rank; i++) {
        text_add(out, i > first ? STR("\\times ") : (Str){0});
        add_expression(out, dim_text(out->arena, shape.dims[i]));
    }
    text_add_char(out, '$');
}

/* "text T×512 and image 3×224×224"; names only where there are several. */
static Str ends_tex(Arena *arena, const Graph *graph, const Port *ends, uint32_t count)
{
    Text text = text_in(arena);
    for (uint32_t i = 0; i < count; i++) {
        text_add(&text, !i ? STR("") : i + 1 == count ? STR(" and ") : STR(", "));
        if (count > 1) {
            emit_plain_tex(&text, ends[i].layer->name);
            text_add_char(&text, '~');
        }
        add_shape(&text, graph, ends[i]);
    }
    return text_str(&text);
}

static Str inputs_tex(Arena *arena, const Graph *graph)
{
    Port *inputs = ARENA_ARRAY(arena, graph->layer_count, Port);
    uint32_t count = 0;
    for (uint32_t i = 0; i < graph->layer_count; i++)
        if (str_equal(str_from(graph->layers[i]->op->name), STR("input")))
            inputs[count++] = (Port){graph->layers[i], 0};
    return ends_tex(arena, graph, inputs, count);
}

static void add_amount(Text *out, Dim amount, const char *one, const char *many, bool *first)
{
    if (amount.kind == DIM_UNKNOWN || dim_is(amount, 0))
        return;
    text_add(out, *first ? STR(" It has ") : STR(", "));
    *first = false;
    if (amount.kind == DIM_INT)
        text_add(out, number_words(out->arena, amount));
    else
        add_dim(out, amount);
    text_add_format(out, " %s", dim_is(amount, 1) ? one : many);
}

Str emit_summary_caption(Arena *arena, const Graph *graph)
{
    Totals totals = totals_of(graph);
    Text out = text_in(arena);
    Str inputs = inputs_tex(arena, graph), outputs = ends_tex(arena, graph, graph->outputs, graph->output_count);
    bool first = true;
    text_add(&out, STR("Architecture of "));
    emit_plain_tex(&out, graph->name.size ? graph->name : STR("the network"));
    if (inputs.size)
        text_add_format(&out, ", from %.*s", STR_ARGS(inputs));
    if (outputs.size)
        text_add_format(&out, " to %.*s", STR_ARGS(outputs));
    text_add_char(&out, '.');
    add_amount(&out, dim_int(totals.weighted_layers), "layer with weights", "layers with weights", &first);
    add_amount(&out, totals.params, "parameter", "parameters", &first);
    add_amount(&out, totals.macs, "multiply-accumulate for one input", "multiply-accumulates for one input", &first);
    text_add(&out, first ? STR("\n") : STR(".\n"));
    return text_str(&out);
}

/* Letters of a name, digits spelt out, since commands of TeX have letters only: "LeNet-5" is "LeNetFive". */
static Str command_stem(Arena *arena, Str name)
{
    static const char *const digits[] = {"Zero", "One", "Two",   "Three", "Four",
                                         "Five", "Six", "Seven", "Eight", "Nine"};
    Text text = text_in(arena);
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        bool begins = !i || name.at[i - 1] == ' ' || name.at[i - 1] == '-' || name.at[i - 1] == '_';
        if (c >= '0' && c <= '9')
            text_add(&text, str_from(digits[c - '0']));
        else if (c >= 'a' && c <= 'z')
            text_add_char(&text, begins ? (char)(c - 'a' + 'A') : c);
        else if (c >= 'A' && c <= 'Z')
            text_add_char(&text, c);
    }
    return text.size ? text_str(&text) : STR("Net");
}

static void add_command(Text *out, Str stem, const char *what, Str value)
{
    text_add_format(out, "\\newcommand{\\netikz%.*s%s}{%.*s}\n", STR_ARGS(stem), what, STR_ARGS(value));
}

static Str dim_tex(Arena *arena, Dim d, bool is_short)
{
    Text text = text_in(arena);
    if (!is_short || d.kind != DIM_INT) {
        add_dim(&text, d);
        return text_str(&text);
    }
    Str number = number_short(arena, d);
    size_t blank = str_find(number, ' ');
    text_add(&text, str_slice(number, 0, blank));
    if (blank < number.size)
        text_add_format(&text, "\\,%.*s", STR_ARGS(str_slice(number, blank + 1, number.size)));
    return text_str(&text);
}

Str emit_summary_macros(Arena *arena, const Graph *graph)
{
    Totals totals = totals_of(graph);
    Str name = graph->name.size ? graph->name : STR("the network");
    Str stem = command_stem(arena, graph->key.size ? graph->key : graph->name); /* keys are told apart */
    Text out = text_in(arena), title = text_in(arena);
    emit_plain_tex(&title, name);
    text_add_format(&out, "%% Totals of %.*s, computed by netikz. \\input this file, then write \\netikz%.*sParams{}.\n",
                    STR_ARGS(emit_comment_safe(arena, name)), STR_ARGS(stem));
    add_command(&out, stem, "Name", text_str(&title));
    add_command(&out, stem, "Params", dim_tex(arena, totals.params, false));
    add_command(&out, stem, "ParamsShort", dim_tex(arena, totals.params, true));
    add_command(&out, stem, "MACs", dim_tex(arena, totals.macs, false));
    add_command(&out, stem, "MACsShort", dim_tex(arena, totals.macs, true));
    add_command(&out, stem, "Depth", str_format(arena, "%u", totals.weighted_layers));
    add_command(&out, stem, "Input", inputs_tex(arena, graph));
    add_command(&out, stem, "Output", ends_tex(arena, graph, graph->outputs, graph->output_count));
    return text_str(&out);
}
