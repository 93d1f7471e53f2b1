/* SPDX-License-Identifier: MIT */
/* Checks a text before libyaml sees it, rewrites surrogate pairs, and finds places by character. */
#include "format/yaml_text.h"

enum { MOST_DIRECTIVES = 64 };

/* Control characters that YAML does not allow (YAML 1.2.2, 5.1), which libyaml refuses without a line. */
static bool is_forbidden(uint32_t code)
{
    if (code < 0x20)
        return code != '\t' && code != '\n' && code != '\r';
    return (code >= 0x7F && code < 0xA0 && code != 0x85) || code == 0xFFFE || code == 0xFFFF;
}

/* Byte at which the text stops being YAML; its size where it does not. */
static size_t first_bad(Str bytes, uint32_t *code)
{
    size_t size;
    for (size_t at = 0; at < bytes.size; at += size) {
        unsigned char byte = (unsigned char)bytes.at[at];
        size = 1;
        if (byte >= 0x20 && byte < 0x7F)
            continue;
        size = str_decode(bytes, at, code);
        if (*code == STR_BAD || is_forbidden(*code))
            return at;
    }
    return bytes.size;
}

static void report_bad(YamlText *text, Diags *diags, size_t at, uint32_t code)
{
    Str before = str_slice(text->parsed, 0, at);
    Str given = text->source->bytes;
    Place whole = {.source = text->source};
    if (str_starts(given, STR("\xFF\xFE")) || str_starts(given, STR("\xFE\xFF"))) {
        diag_error(diags, whole, "the file is in UTF-16");
        diag_hint(diags, "save it as UTF-8");
        return;
    }
    size_t nul = str_find(given, '\0');
    if (nul < given.size && nul < at + 1024) {
        diag_error(diags, whole, "this is binary data, not text");
        return;
    }
    uint32_t ignored;
    size_t index = 0;
    for (size_t i = 0; i < before.size; index++)
        i += str_decode(before, i, &ignored);
    Place place = yaml_text_place(text, index, 1);
    if (code == STR_BAD) {
        diag_error(diags, place, "byte 0x%02X is not UTF-8", (unsigned)(unsigned char)text->parsed.at[at]);
        diag_hint(diags, "save the file as UTF-8");
    } else {
        diag_error(diags, place, "a control character (U+%04X) is not allowed", (unsigned)code);
        diag_hint(diags, "remove it; in double quotes it can be written \"\\u%04X\"", (unsigned)code);
    }
}

/* The time that libyaml takes for %TAG lines grows with the square of their number. */
static bool too_many_directives(YamlText *text, Diags *diags)
{
    Str rest = text->parsed, line;
    uint32_t number = 0, count = 0;
    while (str_cut(&rest, '\n', &line)) {
        number++;
        if (!str_starts(line, STR("%TAG")) || ++count <= MOST_DIRECTIVES)
            continue;
        diag_error(diags, (Place){.source = text->source, .line = number, .column = 1, .length = 4},
                   "more than %d %%TAG lines", MOST_DIRECTIVES);
        return true;
    }
    return false;
}

/* `\uXXXX` at the byte: its value, else 0. */
static uint32_t unit_at(Str bytes, size_t at)
{
    if (bytes.size - at < 6 || bytes.at[at] != '\\' || bytes.at[at + 1] != 'u')
        return 0;
    uint32_t value = 0;
    for (size_t i = at + 2; i < at + 6; i++) {
        char c = bytes.at[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                                : 16;
        if (digit == 16)
            return 0;
        value = value << 4 | digit;
    }
    return value;
}

/* The code point of the pair at the byte, or 0. */
static uint32_t pair_at(Str bytes, size_t at)
{
    uint32_t high = unit_at(bytes, at);
    if (high < 0xD800 || high > 0xDBFF)
        return 0;
    uint32_t low = unit_at(bytes, at + 6);
    return low >= 0xDC00 && low <= 0xDFFF ? 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00) : 0;
}

static bool has_pairs(Str bytes)
{
    for (size_t at = 0;; at++) {
        at += str_find(str_slice(bytes, at, bytes.size), '\\');
        if (at >= bytes.size)
            return false;
        if (pair_at(bytes, at))
            return true;
    }
}

/*
 * Rewrites every pair, wherever it stands: what is double-quoted only libyaml can tell, so yaml_text_restore undoes
 * it in other scalars. A backslash takes the next character with it, so `\\ud83d` is not the beginning of a pair.
 */
static void rewrite_pairs(YamlText *text, Arena *arena)
{
    Str given = text->parsed;
    Text out = text_in(arena);
    size_t index = 0;
    for (size_t at = 0, size; at < given.size; at += size, index++) {
        uint32_t code, pair = given.at[at] == '\\' ? pair_at(given, at) : 0;
        size = str_decode(given, at, &code);
        if (pair) {
            *ARENA_PUSH(arena, text->pairs, text->pair_count, text->pair_room) =
                (YamlPair){index, {given.at + at, YAML_PAIR_GIVEN}};
            text_add_format(&out, "\\U%08X", (unsigned)pair);
            size = YAML_PAIR_GIVEN;
            index += YAML_PAIR_PARSED - 1;
            continue;
        }
        if (code == '\\' && at + 1 < given.size && given.at[at + 1] == '\\') {
            size = 2;
            index++;
        }
        text_add(&out, (Str){given.at + at, size});
    }
    text->parsed = text_str(&out);
}

static YamlCursor beginning(void)
{
    return (YamlCursor){.line = 1, .column = 1};
}

bool yaml_text_prepare(YamlText *text, Arena *arena, Diags *diags, const Source *source)
{
    Str bytes = source->bytes;
    if (str_starts(bytes, STR("\xEF\xBB\xBF")))
        bytes = str_slice(bytes, 3, bytes.size);
    *text = (YamlText){.source = source, .parsed = bytes, .cursor = beginning()};
    uint32_t code = 0;
    size_t bad = first_bad(bytes, &code);
    if (bad < bytes.size) {
        report_bad(text, diags, bad, code);
        return false;
    }
    if (too_many_directives(text, diags))
        return false;
    if (has_pairs(bytes))
        rewrite_pairs(text, arena);
    return true;
}

/* Moves over one character. */
static void step(const YamlText *text, YamlCursor *cursor)
{
    uint32_t code;
    bool pair = cursor->pair < text->pair_count && text->pairs[cursor->pair].index == cursor->index;
    cursor->byte += str_decode(text->parsed, cursor->byte, &code);
    cursor->index++;
    if (code == '\n') {
        cursor->line++;
        cursor->column = 1;
    } else if (cursor->column < UINT32_MAX - 8) {
        cursor->column += pair ? 1 + YAML_PAIR_GIVEN - YAML_PAIR_PARSED : 1;
    }
    if (pair)
        cursor->pair++;
}

static void seek(YamlText *text, size_t index)
{
    if (index < text->cursor.index)
        text->cursor = beginning();
    while (text->cursor.index < index && text->cursor.byte < text->parsed.size)
        step(text, &text->cursor);
}

Place yaml_text_place(YamlText *text, size_t index, size_t length)
{
    seek(text, index);
    size_t given = length;
    for (size_t i = text->cursor.pair; i < text->pair_count && text->pairs[i].index < index + length; i++)
        given += YAML_PAIR_GIVEN - YAML_PAIR_PARSED;
    return (Place){.source = text->source,
                   .line = text->cursor.line,
                   .column = text->cursor.column,
                   .length = given < UINT32_MAX ? (uint32_t)given : UINT32_MAX};
}

Str yaml_text_line(YamlText *text, size_t index, size_t *within)
{
    seek(text, index);
    size_t from = text->cursor.byte, to = from;
    *within = 0;
    while (from > 0 && text->parsed.at[from - 1] != '\n')
        if (((unsigned char)text->parsed.at[--from] & 0xC0) != 0x80)
            ++*within;
    while (to < text->parsed.size && text->parsed.at[to] != '\n')
        to++;
    if (to > from && text->parsed.at[to - 1] == '\r')
        to--;
    return str_slice(text->parsed, from, to);
}

/* Next `\UXXXXXXXX` from the byte on, or the size. */
static size_t next_escape(Str s, size_t at)
{
    for (; at + YAML_PAIR_PARSED <= s.size; at++)
        if (s.at[at] == '\\' && s.at[at + 1] == 'U' && str_starts(str_slice(s, at + 2, s.size), STR("00")))
            return at;
    return s.size;
}

/*
 * Outside of double quotes nothing is decoded and `\U0001F4AF` is never folded, so the k-th such escape of the text
 * is the k-th of the scalar; those that were rewritten are put back.
 */
Str yaml_text_restore(YamlText *text, Arena *arena, Str scalar, size_t from, size_t to)
{
    seek(text, from);
    YamlCursor cursor = text->cursor;
    if (cursor.pair >= text->pair_count || text->pairs[cursor.pair].index >= to)
        return scalar;
    Text out = text_in(arena);
    size_t done = 0, at = next_escape(scalar, 0);
    while (cursor.index < to && at < scalar.size) {
        bool escape = next_escape(str_slice(text->parsed, cursor.byte, cursor.byte + YAML_PAIR_PARSED), 0) == 0;
        bool pair = cursor.pair < text->pair_count && text->pairs[cursor.pair].index == cursor.index;
        if (pair) {
            text_add(&out, str_slice(scalar, done, at));
            text_add(&out, text->pairs[cursor.pair].given);
            done = at + YAML_PAIR_PARSED;
        }
        if (escape)
            at = next_escape(scalar, at + 1);
        step(text, &cursor);
    }
    text_add(&out, str_slice(scalar, done, scalar.size));
    return text_str(&out);
}
