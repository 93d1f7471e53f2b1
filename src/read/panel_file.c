/* SPDX-License-Identifier: MIT */
/* Panels that show a file: listings of the spec or of a file beside it, and what such a file may be called. */
#include "read/panel.h"

#include "base/file.h"

enum { MOST_LISTING = 1 << 16 };

/* A file beside the spec or below it: nothing else of the machine gets into a figure. */
static bool is_file_name(Str name)
{
    bool fit = name.size && name.at[0] != '/' && name.at[0] != '.' && name.at[0] != '-';
    for (size_t i = 0; i < name.size && fit; i++) {
        char c = name.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        fit = plain || c == '-' || c == '_' || c == '+' || c == '/' || (c == '.' && name.at[i - 1] != '.' && name.at[i - 1] != '/');
    }
    return fit;
}

bool panel_file_name(Rows *rows, const Value *value)
{
    if (is_file_name(value->text))
        return true;
    spec_error(rows->spec, value->place, "`%.*s` cannot be the name of a file here", STR_ARGS(value->text));
    spec_hint(rows->spec, "files stand beside the spec or in folders below; names have letters, digits, `_`, `+`, `-`, `.`");
    return false;
}

/* The lines from `first` to `last`, from 1. */
static Str lines_between(Str text, int64_t first, int64_t last)
{
    size_t from = 0, at = 0;
    for (int64_t line = 1; line <= last && at < text.size; line++) {
        if (line == first)
            from = at;
        at += str_find(str_slice(text, at, text.size), '\n') + 1;
        if (line < first)
            from = at;
    }
    at = at > text.size ? text.size : at;
    return str_slice(text, from < at ? from : at, at);
}

/* Without a choice of lines: the spec without what it says of figures, and without the comments on top. */
static Str model_lines(Arena *arena, Str source)
{
    Text text = text_in(arena);
    Str line;
    bool figures = false, begun = false;
    while (str_cut(&source, '\n', &line)) {
        bool top = line.size && line.at[0] != ' ' && line.at[0] != '#' && line.at[0] != '-';
        if (top)
            figures = str_starts(line, STR("figure:")) || str_starts(line, STR("figures:"));
        begun = begun || top;
        if (!begun || figures)
            continue;
        text_add(&text, line);
        text_add_char(&text, '\n');
    }
    return text_str(&text);
}

/* `lines: 3-20` */
static bool read_lines(Rows *rows, const Value *value, int64_t *first, int64_t *last)
{
    Str text = value->kind == VALUE_SCALAR ? value->text : (Str){0};
    size_t dash = str_find(text, '-');
    bool fit = str_to_int(str_trim(str_slice(text, 0, dash)), first);
    *last = *first;
    if (dash < text.size)
        fit = fit && str_to_int(str_trim(str_slice(text, dash + 1, text.size)), last);
    if (fit && *first >= 1 && *last >= *first)
        return true;
    spec_error(rows->spec, value->place, "`lines` are two numbers: `lines: 3-20`");
    return false;
}

static Str file_beside(Rows *rows, const Value *name)
{
    const Source *spec = rows->spec->source;
    size_t slash = spec->name.size;
    while (slash > 0 && spec->name.at[slash - 1] != '/')
        slash--;
    Str path = str_format(rows->spec->arena, "%.*s%.*s", (int)slash, spec->name.at, STR_ARGS(name->text));
    File *file = file_open(rows->spec->arena, rows->spec->diags, str_terminated(rows->spec->arena, path), MOST_LISTING);
    if (!file) {
        rows->spec->failed = true;
        return (Str){0};
    }
    Str content = str_copy(rows->spec->arena, file->source.bytes);
    file_unmap(file);
    return content;
}

/* `listing: source`, `listing: FILE`, both with `lines: 3-20` */
bool panel_listing(Rows *rows, const Value *map, const Value *name)
{
    const Value *lines = value_get(map, STR("lines"));
    bool own = str_equal(name->text, STR("source"));
    int64_t first = 1, last = INT64_MAX;
    if ((lines && !read_lines(rows, lines, &first, &last)) || (!own && !panel_file_name(rows, name)))
        return false;
    Str text = own ? rows->spec->source->bytes : file_beside(rows, name);
    text = own && !lines ? model_lines(rows->spec->arena, text) : lines_between(text, first, last);
    while (text.size && (text.at[text.size - 1] == '\n' || text.at[text.size - 1] == ' '))
        text.size--;
    rows->panel->text = text;
    if (text.size && text.size <= MOST_LISTING)
        return true;
    if (!rows->spec->failed)
        spec_error(rows->spec, name->place, text.size ? "the listing is longer than a figure can be" : "the listing is empty");
    return false;
}

