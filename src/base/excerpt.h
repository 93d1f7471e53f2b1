/* SPDX-License-Identifier: MIT */
/* Showing bytes of strangers on a terminal: harmless, and with a caret that stands under the right character. */
#ifndef NETIKZ_EXCERPT_H
#define NETIKZ_EXCERPT_H

#include "base/diag.h"

/* Appends at most `limit` bytes of `s`, then `…`; control characters and bytes that are not UTF-8 as `\x1B`. */
void excerpt_add_shown(Text *out, Str s, size_t limit);

/* Appends the line of the place and a line with `^~~~` below; nothing where the place has none. */
void excerpt_add_line(Text *out, Place place);

/* Columns that a terminal gives to the code point: 0, 1 or 2. */
unsigned excerpt_width(uint32_t code);

#endif
