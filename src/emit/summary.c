/* SPDX-License-Identifier: MIT */
/* The forms of `summary`: one row a form, for one network and for several. */
#include "emit/emit.h"
#include "emit/table.h"

/* What parts the tables of several networks where they follow each other. */
typedef enum Between { BETWEEN_NOTHING, BETWEEN_BLANK, BETWEEN_COMMENT } Between;

static const struct {
    const char *name;
    Str (*one)(Arena *arena, const Graph *graph);
    Str (*all)(Arena *arena, const Graph *const *graphs, uint32_t count); /* NULL: each for itself, one after the other */
    Between between;
} rows[] = {
    {"text", emit_summary_text, NULL, BETWEEN_BLANK},
    {"tsv", emit_summary_tsv, emit_summary_tsv_all, BETWEEN_NOTHING},
    {"json", emit_summary_json, emit_summary_json_all, BETWEEN_NOTHING},
    {"latex", emit_summary_latex, emit_summary_latex_all, BETWEEN_NOTHING},
    {"caption", emit_summary_caption, NULL, BETWEEN_NOTHING},
    {"macros", emit_summary_macros, NULL, BETWEEN_NOTHING},
    {"blocks", emit_summary_blocks, NULL, BETWEEN_BLANK},
    {"layers", emit_summary_layers, NULL, BETWEEN_BLANK},
    {"blocks-latex", emit_summary_blocks_latex, NULL, BETWEEN_COMMENT},
    {"layers-latex", emit_summary_layers_latex, NULL, BETWEEN_COMMENT},
};

enum { ROWS = sizeof rows / sizeof *rows };

const char *summary_format_at(size_t index)
{
    return index < ROWS ? rows[index].name : NULL;
}

void emit_heading(Text *out, const Graph *graph)
{
    if (!graph->name.size)
        return;
    if (graph->key.size && !str_equal(graph->key, graph->name))
        text_add_format(out, "%.*s: ", STR_ARGS(table_plain(out->arena, graph->key)));
    text_add(out, table_plain(out->arena, graph->name));
    text_add(out, STR("\n\n"));
}

static Str each(Arena *arena, size_t row, const Graph *const *graphs, uint32_t count)
{
    Text out = text_in(arena);
    for (uint32_t i = 0; i < count; i++) {
        if (i && rows[row].between != BETWEEN_NOTHING)
            text_add_char(&out, '\n');
        if (rows[row].between == BETWEEN_COMMENT)
            text_add_format(&out, "%% %.*s\n", STR_ARGS(emit_comment_safe(arena, graphs[i]->key)));
        text_add(&out, rows[row].one(arena, graphs[i]));
    }
    if (rows[row].one == emit_summary_text) {
        Totals totals = totals_of_all(arena, graphs, count);
        text_add_format(&out, "\nall %u networks: ", count);
        table_add_totals(&out, &totals, 0);
    }
    return text_str(&out);
}

Str emit_summary(Arena *arena, size_t format, const Graph *const *graphs, uint32_t count)
{
    if (count == 1)
        return rows[format].one(arena, graphs[0]);
    return rows[format].all ? rows[format].all(arena, graphs, count) : each(arena, format, graphs, count);
}
