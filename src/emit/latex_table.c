/* SPDX-License-Identifier: MIT */
/* The table for a paper: booktabs alone, one row for each layer or scope of the network itself. */
#include "emit/emit.h"
#include "emit/number.h"
#include "emit/table.h"
#include "op/totals.h"

/*
 * Prose as TeX that any document prints. Inside of figures the package has commands for × and for characters that pdfTeX
 * lacks; a table may stand in a document without it.
 */
void emit_plain_tex(Text *out, Str prose)
{
    for (size_t at = 0; at < prose.size;) {
        uint32_t code;
        size_t size = str_decode(prose, at, &code);
        Str character = str_slice(prose, at, at + size);
        Text escaped = text_in(out->arena);
        if (code == 0xd7)
            text_add(out, STR("$\\times$"));
        else if (code != STR_BAD)
            emit_escaped(&escaped, character);
        text_add(out, str_starts(text_str(&escaped), STR("\\nkunicode")) ? character : text_str(&escaped));
        at += size;
    }
}

static void add_count(Text *out, Dim d)
{
    if (d.kind == DIM_INT && d.n == 0)
        text_add(out, STR("--"));
    else if (d.kind == DIM_INT)
        text_add(out, number_grouped(out->arena, d, "\\,"));
    else
        emit_plain_tex(out, dim_text(out->arena, d));
}

/* "$64\times56\times56$"; sizes that are no numbers as prose. */
static void add_output(Text *out, Str output)
{
    bool plain = output.size > 0;
    for (size_t i = 0; i < output.size; i++)
        plain = plain && ((output.at[i] >= '0' && output.at[i] <= '9') || (unsigned char)output.at[i] >= 0x80);
    if (!plain) {
        emit_plain_tex(out, output);
        return;
    }
    text_add_char(out, '$');
    for (size_t at = 0; at < output.size;) {
        uint32_t code;
        size_t size = str_decode(output, at, &code);
        text_add(out, code == 0xd7 ? STR("\\times") : str_slice(output, at, at + size));
        at += size;
    }
    text_add_char(out, '$');
}

static void add_row(Text *out, const TableRow *row)
{
    emit_plain_tex(out, row->name);
    text_add(out, STR(" & "));
    if (!str_equal(row->name, row->operation)) /* "flatten & flatten" says it twice */
        emit_plain_tex(out, row->operation);
    if (row->times > 1)
        text_add_format(out, "%s$\\times\\,%u$", row->operation.size ? " " : "", row->times);
    text_add(out, STR(" & "));
    add_output(out, row->output);
    text_add(out, STR(" & "));
    add_count(out, row->params);
    text_add(out, STR(" & "));
    add_count(out, row->macs);
    text_add(out, STR(" \\\\\n"));
}

/* Of several networks each has a line with its name above its rows. */
static void add_network(Text *out, const Graph *graph, bool named)
{
    TableRows rows = table_top_rows(out->arena, graph);
    if (named) {
        text_add(out, STR("\\multicolumn{5}{@{}l}{\\itshape "));
        emit_plain_tex(out, graph->name);
        text_add(out, STR("} \\\\\n"));
    }
    for (uint32_t i = 0; i < rows.count; i++)
        add_row(out, &rows.rows[i]);
    text_add(out, STR("\\midrule\n"));
}

Str emit_summary_latex(Arena *arena, const Graph *graph)
{
    return emit_summary_latex_all(arena, &graph, 1);
}

Str emit_summary_latex_all(Arena *arena, const Graph *const *graphs, uint32_t count)
{
    Totals totals = totals_of_all(arena, graphs, count);
    Text out = text_in(arena);
    text_add(&out, STR("% needs \\usepackage{booktabs}\n\\begin{tabular}{@{}lllrr@{}}\n\\toprule\n"
                       "Layer & Operation & Output & Parameters & MACs \\\\\n\\midrule\n"));
    for (uint32_t i = 0; i < count; i++)
        add_network(&out, graphs[i], count > 1);
    text_add(&out, STR("Total & & & "));
    add_count(&out, totals.params);
    text_add(&out, STR(" & "));
    add_count(&out, totals.macs);
    text_add(&out, STR(" \\\\\n\\bottomrule\n\\end{tabular}\n"));
    return text_str(&out);
}
