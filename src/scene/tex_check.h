/* SPDX-License-Identifier: MIT */
/* What an author's label may hold: text, `$…$` math and commands of an allowed list, so that no label can harm a document. */
#ifndef NETIKZ_TEX_CHECK_H
#define NETIKZ_TEX_CHECK_H

#include "base/text.h"

/* What is wrong with a label. */
typedef struct TexFault {
    Str what;    /* one sentence: which command is not allowed, what is not closed */
    Str hint;    /* what to write instead, or empty */
    size_t at;   /* byte where it is */
    size_t size; /* bytes that are at fault */
} TexFault;

/* Whether `tex` is harmless; else what is wrong with it. */
bool tex_check(Arena *arena, Str tex, TexFault *fault);

/* Whether `tex` holds font commands alone: `\small\sffamily`. */
bool tex_check_font(Arena *arena, Str tex, TexFault *fault);

#endif
