/* SPDX-License-Identifier: MIT */
/* The generated file: stamp, prose, the guard against a missing package, the environment; or a whole document. */
#include "emit/emit.h"
#include "emit/scene.h"
#include "emit/stamp.h"

enum { COMMENT_WIDTH = 78, BYTES_A_LINE = 48 /* about, of an item or an edge */ };

/* Prose as comment lines of readable width. */
static void add_comment(Arena *arena, Text *out, Str prose)
{
    Str rest = emit_comment_safe(arena, prose);
    while (rest.size) {
        size_t end = rest.size;
        if (end > COMMENT_WIDTH) {
            for (end = COMMENT_WIDTH; end > 0 && rest.at[end] != ' ';)
                end--;
            end = end ? end : rest.size;
        }
        text_add_format(out, "%% %.*s\n", STR_ARGS(str_slice(rest, 0, end)));
        rest = str_trim(str_slice(rest, end, rest.size));
    }
}

static void add_guard(Text *out)
{
    text_add(out, STR("\\ifcsname netikz\\endcsname\\else\n"
                      "  \\errmessage{This figure needs the LaTeX package netikz:\n"
                      "    write \\string\\usepackage{netikz} in the preamble and put netikz.sty beside the paper}%\n"
                      "  \\expandafter\\endinput\n"
                      "\\fi%\n"));
}

static void add_key(Text *out, const char *key, Str value)
{
    if (value.size)
        text_add_format(out, ", %s=%.*s", key, STR_ARGS(value));
}

/* A key whose value may hold commas or blanks. */
static void add_braced_key(Text *out, const char *key, Str value)
{
    if (value.size)
        text_add_format(out, ",\n  %s={%.*s}", key, STR_ARGS(value));
}

Str emit_bare(Arena *arena, Str prose)
{
    const Str never = STR("\\{}$&#%_^~<>\""); /* special to TeX or XML */
    Text out = text_in(arena);
    uint32_t code;
    for (size_t at = 0, length; (length = str_decode(prose, at, &code)) > 0; at += length)
        if (code == 0xd7)
            text_add_char(&out, 'x');
        else if (code >= 0x80 && code != STR_BAD)
            text_add(&out, str_slice(prose, at, at + length));
        else
            text_add_char(&out, code < 0x80 && str_find(never, (char)code) == never.size && code >= ' ' ? (char)code : ' ');
    return text_str(&out);
}

static void add_begin(Arena *arena, Text *out, const Scene *scene, const Figure *figure)
{
    text_add(out, STR("\\begin{netikz}["));
    emit_scene_keys(out, scene);
    add_key(out, "width", figure->width);
    add_key(out, "height", figure->height);
    add_key(out, "max height", figure->max_height);
    add_key(out, "fit", figure_text(arena, figure, (size_t)figure_key_find(STR("fit"))));
    add_key(out, "theme", figure->theme);
    add_key(out, "name", figure->node_prefix);
    if (scene->keys.size)
        text_add_format(out, ", %.*s", STR_ARGS(scene->keys));
    add_braced_key(out, "label font", figure->label_font);
    if (figure->fit != FIT_NO && !figure->label_font.size)
        add_braced_key(out, "label fonts", STR("\\footnotesize,\\scriptsize"));
    add_braced_key(out, "alt", emit_bare(arena, scene->prose));
    text_add(out, STR("]\n"));
}

static void add_figure(Arena *arena, Text *out, const Scene *scene, const Figure *figure)
{
    add_begin(arena, out, scene, figure);
    if (figure->title.size)
        text_add_format(out, "  \\nktitle{%.*s}\n", STR_ARGS(figure->title));
    emit_scene(out, scene);
    text_add(out, STR("\\end{netikz}%\n"));
}

static void add_body(Arena *arena, Text *out, const Scene *scene, const Figure *figure, const Embedded *embedded)
{
    if (!embedded) {
        add_guard(out);
        add_figure(arena, out, scene, figure);
        return;
    }
    Text code = text_in(arena);
    add_figure(arena, &code, scene, figure);
    text_add(out, emit_embedded(arena, embedded, text_str(&code)));
}

Str emit_tikz(Arena *arena, const Scene *scene, const Figure *figure, const Stamp *stamp, bool standalone,
              const Embedded *embedded)
{
    Text file = text_in(arena);
    text_reserve(&file, BYTES_A_LINE * ((size_t)scene->item_count + scene->edge_count));
    stamp_begin(&file, stamp);
    add_comment(arena, &file, scene->prose);
    if (standalone)
        text_add_format(&file, "\\documentclass[border=2pt]{standalone}\n\\usepackage{%s}\n\\begin{document}\n",
                        embedded ? "tikz" : "netikz");
    add_body(arena, &file, scene, figure, embedded);
    if (standalone)
        text_add(&file, STR("\\end{document}\n"));
    stamp_seal(&file);
    return text_terminated(&file);
}
