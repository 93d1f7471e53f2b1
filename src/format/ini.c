/* SPDX-License-Identifier: MIT */
/* Reads sections and options line by line. */
#include "format/ini.h"

enum { MOST_VALUES = 1000000 };

typedef struct Lines {
    Arena *arena;
    Diags *diags;
    const Source *source;
    Value *root;
    Value *section;      /* the section that is being filled; NULL before the first */
    Value *last_section;
    Value *last_option;  /* of the section */
    uint32_t line;       /* number of the line */
    uint32_t values;     /* made so far */
    bool failed;
} Lines;

static uint32_t characters(Str text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return count;
}

/* Where a part of a line stands. */
static Place place_of(const Lines *lines, Str line, Str part)
{
    Str before = str_slice(line, 0, (size_t)(part.at - line.at));
    return (Place){.source = lines->source, .line = lines->line, .column = characters(before) + 1,
                   .length = characters(part)};
}

static Value *add(Lines *lines, Value *parent, Value *last, Place place)
{
    Value *value = ARENA_NEW(lines->arena, Value);
    if (++lines->values > MOST_VALUES) {
        diag_error(lines->diags, place, "the file holds more than %d options", MOST_VALUES);
        lines->failed = true;
    }
    value->parent = parent;
    value->key_place = value->place = place;
    if (last)
        last->next = value;
    else
        parent->first = value;
    parent->count++;
    return value;
}

static void read_section(Lines *lines, Str line, Str text)
{
    Place place = place_of(lines, line, text);
    size_t end = str_find(text, ']');
    if (end == text.size) {
        diag_error(lines->diags, place, "the name of a section is not closed");
        diag_hint(lines->diags, "a section begins with `[NAME]` on a line of its own");
        lines->failed = true;
        return;
    }
    lines->section = add(lines, lines->root, lines->last_section, place);
    lines->last_section = lines->section;
    lines->last_option = NULL;
    lines->section->kind = VALUE_MAP;
    lines->section->key = str_trim(str_slice(text, 1, end));
}

/* Without a comment behind a blank. */
static Str without_comment(Str text)
{
    for (size_t i = 1; i < text.size; i++)
        if (text.at[i] == '#' && (text.at[i - 1] == ' ' || text.at[i - 1] == '\t'))
            return str_trim(str_slice(text, 0, i));
    return text;
}

static void read_option(Lines *lines, Str line, Str text)
{
    size_t equals = str_find(text, '=');
    Str key = str_trim(str_slice(text, 0, equals)), said = str_slice(text, equals + 1, text.size);
    Place place = place_of(lines, line, text);
    if (equals == text.size || !key.size) {
        diag_error(lines->diags, place, "this line is neither a section nor an option");
        diag_hint(lines->diags, "a section is `[NAME]`, an option `NAME=VALUE`, a comment begins with `#`");
        lines->failed = true;
        return;
    }
    if (!lines->section) {
        diag_error(lines->diags, place, "an option stands before the first section");
        lines->failed = true;
        return;
    }
    Value *value = add(lines, lines->section, lines->last_option, place);
    lines->last_option = value;
    value->kind = VALUE_SCALAR;
    value->key = key;
    value->key_place = place_of(lines, line, key);
    value->text = without_comment(str_trim(said));
    value->place = value->text.size ? place_of(lines, line, value->text) : value->key_place;
}

static void read_line(Lines *lines, Str line)
{
    Str text = str_trim(line);
    size_t bad_at;
    if (!text.size || text.at[0] == '#' || text.at[0] == ';')
        return;
    if (str_starts(text, STR("<<<<<<<")) || str_starts(text, STR("=======")) || str_starts(text, STR(">>>>>>>"))) {
        diag_error(lines->diags, place_of(lines, line, str_slice(text, 0, 7)),
                   "two versions of the file were merged, and nobody chose between them");
        lines->failed = true;
    } else if (!str_is_utf8(text, &bad_at)) {
        diag_error(lines->diags, (Place){.source = lines->source, .line = lines->line, .column = 1},
                   "this line is not text in UTF-8");
        lines->failed = true;
    } else if (text.at[0] == '[') {
        read_section(lines, line, text);
    } else {
        read_option(lines, line, text);
    }
}

Value *ini_read(Arena *arena, Diags *diags, const Source *source)
{
    Lines lines = {.arena = arena, .diags = diags, .source = source, .root = ARENA_NEW(arena, Value)};
    Str rest = source->bytes, line;
    if (str_starts(rest, STR("\xEF\xBB\xBF")))
        rest = str_slice(rest, 3, rest.size); /* a byte order mark */
    lines.root->kind = VALUE_MAP;
    lines.root->place = (Place){.source = source, .line = 1, .column = 1, .length = 1};
    while (!diags_full(diags) && lines.values <= MOST_VALUES && str_cut(&rest, '\n', &line)) {
        lines.line++;
        read_line(&lines, line);
    }
    return lines.failed ? NULL : lines.root;
}
