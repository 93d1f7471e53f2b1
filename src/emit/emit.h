/* SPDX-License-Identifier: MIT */
/* Writing: a scene as TikZ code, a graph as tables. */
#ifndef NETIKZ_EMIT_H
#define NETIKZ_EMIT_H

#include "emit/embed.h"
#include "graph/outline.h"
#include "scene/scene.h"

/* What the stamp of a generated file says. */
typedef struct Stamp {
    Str source;   /* base name of the model */
    Str md5;      /* of its bytes */
    Str deps;     /* other files it was read from, or empty */
    Str options;  /* non-default options that shaped it */
} Stamp;

/* The whole .tikz file. `standalone`: a document of its own. `embedded`: with the package inside; NULL: the document loads it. */
Str emit_tikz(Arena *arena, const Scene *scene, const Figure *figure, const Stamp *stamp, bool standalone,
              const Embedded *embedded);

/* A shape or a symbol as mathematics, without the dollars around it. */
void emit_math(Text *out, Str text);
/* Text of a label as TeX. */
void emit_label(Text *out, Label label);
/* The same in braces, with a sign behind it (NULL: none). */
void emit_label_marked(Text *out, Label label, Emblems marks);
void emit_marked(Text *out, Label label, Emblems marks); /* the same in braces */
void emit_turned(Text *out, Label label, Emblems marks, bool turned); /* the same; turned: written upward */
/* UTF-8 prose as TeX that prints it; every special character escaped, controls dropped. */
void emit_escaped(Text *out, Str prose);
/* Prose as text without any command, for alternative texts and tooltips: a × becomes an x, other signs a blank. */
Str emit_bare(Arena *arena, Str prose);
/* Tooltips and links of the nodes as commands, as far as the figure asks for them (emit/details.c). */
Str emit_details(Arena *arena, const Outline *outline, const Figure *figure);
/* UTF-8 prose on one line of a TeX comment: line breaks and controls become blanks. */
Str emit_comment_safe(Arena *arena, Str prose);

/* What was reported, for TeX (emit/message.c): a first line with the model's sum and whether the file was edited by hand. */
Str emit_message(Arena *arena, Str md5, bool edited, Str reported);

/* The forms of `summary` (emit/summary.c). Of several networks: each with its heading, their sum at the end. */
const char *summary_format_at(size_t index);                   /* NULL behind the last */
Str emit_summary(Arena *arena, size_t format, const Graph *const *graphs, uint32_t count);
void emit_heading(Text *out, const Graph *graph);              /* the network's name above its table, where it has one */

/* Tables (emit/table.c); `_all`: of several networks in one. */
Str emit_summary_tsv_all(Arena *arena, const Graph *const *graphs, uint32_t count);
Str emit_summary_json_all(Arena *arena, const Graph *const *graphs, uint32_t count);
Str emit_summary_latex_all(Arena *arena, const Graph *const *graphs, uint32_t count);
Str emit_summary_tsv(Arena *arena, const Graph *graph);
Str emit_summary_text(Arena *arena, const Graph *graph);
Str emit_summary_json(Arena *arena, const Graph *graph);
Str emit_summary_latex(Arena *arena, const Graph *graph);
/* For the text of a paper (emit/paper_text.c): a caption; \newcommands of all totals. */
Str emit_summary_caption(Arena *arena, const Graph *graph);
Str emit_summary_macros(Arena *arena, const Graph *graph);
/* Prose as TeX that any document prints, without the package's commands (emit/latex_table.c). */
void emit_plain_tex(Text *out, Str prose);
/* The network in characters (emit/ascii.c): a listing for a chain, a tree for branches that merge, lanes for the rest. */
Str emit_summary_ascii(Arena *arena, const Graph *graph, const Figure *figure);
/* What is computed and kept, by block and by layer (emit/blocks.c), for a terminal and with booktabs. */
Str emit_summary_blocks(Arena *arena, const Graph *graph);
Str emit_summary_layers(Arena *arena, const Graph *graph);
Str emit_summary_blocks_latex(Arena *arena, const Graph *graph);
Str emit_summary_layers_latex(Arena *arena, const Graph *graph);
/*
 * The network as a spec (emit/spec.c). `imported`: names and structure are those of a model file, to be read with care;
 * the graph itself must be one that a spec can say (pass_plain).
 */
Str emit_spec(Arena *arena, const Graph *graph, bool imported, const Figure *figures, uint32_t figure_count);
/* One or two sentences on what the network is: for comments and alt texts. */
Str emit_prose(Arena *arena, const Graph *graph);
/* JSON Schema of the spec language, from the tables of operations and figure keys (emit/schema.c). */
Str emit_schema(Arena *arena);

#endif
