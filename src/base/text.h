/* SPDX-License-Identifier: MIT */
/* Text: a view of bytes that somebody else owns, and a builder that grows in the arena. */
#ifndef NETIKZ_TEXT_H
#define NETIKZ_TEXT_H

#include "base/arena.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* A view of `size` bytes; not terminated, may hold NUL. The empty view may have at == NULL. */
typedef struct Str {
    const char *at; /* first byte */
    size_t size;    /* bytes */
} Str;

#define STR(literal) ((Str){(literal), sizeof(literal) - 1})
/* For printf-like functions: str_format(arena, "%.*s", STR_ARGS(name)). */
#define STR_ARGS(s) ((s).size < INT_MAX ? (int)(s).size : INT_MAX), ((s).at ? (s).at : "")

Str str_from(const char *terminated);                    /* view of a C string; NULL gives the empty view */
Str str_slice(Str s, size_t from, size_t to);            /* bytes from .. to-1, clamped */
Str str_trim(Str s);                                     /* without blanks (space, tab, CR, LF) at both ends */
bool str_equal(Str a, Str b);                            /* the same bytes */
bool str_equal_nocase(Str a, Str b);                     /* the same but for ASCII case */
int str_compare(Str a, Str b);                           /* memcmp order, shorter first */
bool str_starts(Str s, Str prefix);                      /* s begins with prefix */
bool str_ends(Str s, Str suffix);                        /* s ends with suffix */
size_t str_find(Str s, char c);                          /* index of the first c, or s.size */
bool str_cut(Str *rest, char separator, Str *piece);     /* takes the piece up to the next separator; false at the end */
bool str_to_int(Str s, int64_t *value);                  /* decimal with optional sign and `_` or `,`-free digits; false if not all of s, or overflow */
Str str_copy(Arena *arena, Str s);                       /* a copy, terminated by a NUL that size does not count */
const char *str_terminated(Arena *arena, Str s);         /* the same as a C string */
Str str_format(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3))); /* printf into the arena */
bool str_is_utf8(Str s, size_t *bad_at);                 /* valid UTF-8; else the offset of the first bad byte */
size_t str_decode(Str s, size_t at, uint32_t *code);     /* bytes of the character at byte `at`; 0 at the end */

#define STR_BAD 0xFFFFFFFFu /* what str_decode finds in a byte that is not UTF-8, and at the end */

/* A growing text; initialise with text_in(arena). */
typedef struct Text {
    Arena *arena; /* where it grows */
    char *at;     /* bytes */
    size_t size;  /* bytes in use */
    size_t room;  /* bytes there are */
} Text;

Text text_in(Arena *arena);                 /* an empty text */
void text_reserve(Text *text, size_t more); /* room for so many more bytes, so that a long text grows without copies */
void text_add(Text *text, Str s);           /* appends bytes */
void text_add_char(Text *text, char c);     /* appends one byte */
void text_add_int(Text *text, int64_t n);   /* appends a decimal number */
void text_add_code(Text *text, uint32_t code); /* appends a code point in UTF-8 */
void text_add_format(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3))); /* appends printf's output */
Str text_str(const Text *text);             /* what is there; valid until the next append */
Str text_terminated(Text *text);            /* the same, with a NUL behind it that size does not count */

#endif
