/* SPDX-License-Identifier: MIT */
/* The stamp: the first line of a generated file, which says what it was made from. */
#ifndef NETIKZ_STAMP_H
#define NETIKZ_STAMP_H

#include "emit/emit.h"

/* What tells two states of a model apart: its MD5, or the size of one that is too large to be hashed in no time. */
Str stamp_sum(Arena *arena, Str model);

/* The stamp line for `body`, which is everything behind it. */
Str stamp_line(Arena *arena, const Stamp *stamp, Str body);

/* Whether `path` is a generated file whose body is no longer what its stamp says. False where there is no such file. */
bool stamp_edited_by_hand(Arena *arena, const char *path);

#endif
