/* SPDX-License-Identifier: MIT */
/* The text as libyaml gets it, and the way back from its marks to places in the source. */
#ifndef NETIKZ_YAML_TEXT_H
#define NETIKZ_YAML_TEXT_H

#include "base/diag.h"

/*
 * libyaml refuses the surrogate pairs of JSON (\ud83d\udcaf), so each is rewritten as one escape (\U0001F4AF), and
 * noted, for columns count the characters that the author wrote.
 */
typedef struct YamlPair {
    size_t index; /* where the rewritten escape begins, in characters of the parsed text */
    Str given;    /* the 12 characters that stood there */
} YamlPair;

/* Somewhere in the parsed text. */
typedef struct YamlCursor {
    size_t index;    /* characters before it */
    size_t byte;     /* bytes before it */
    uint32_t line;   /* from 1 */
    uint32_t column; /* from 1, in characters of the source */
    size_t pair;     /* rewritten pairs before it */
} YamlCursor;

typedef struct YamlText {
    const Source *source; /* where it comes from */
    Str parsed;           /* what libyaml reads: no byte order mark, pairs rewritten */
    YamlPair *pairs;      /* in order */
    size_t pair_count;    /* pairs */
    size_t pair_room;     /* room for pairs */
    YamlCursor cursor;    /* the last place looked up: looking up in order is linear in all */
} YamlText;

enum { YAML_PAIR_GIVEN = 12, YAML_PAIR_PARSED = 10 }; /* characters of a pair before and after */

/* Checks that the source is text that libyaml can read, and rewrites it; false after a report. */
bool yaml_text_prepare(YamlText *text, Arena *arena, Diags *diags, const Source *source);

/* The place of `length` characters from the index-th one. */
Place yaml_text_place(YamlText *text, size_t index, size_t length);

/* The line in which the index-th character stands, without its end, and which character of it that is (from 0). */
Str yaml_text_line(YamlText *text, size_t index, size_t *within);

/* Undoes the rewriting in a scalar that is not double-quoted and stands at these characters. */
Str yaml_text_restore(YamlText *text, Arena *arena, Str scalar, size_t from, size_t to);

#endif
