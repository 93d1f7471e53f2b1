/* SPDX-License-Identifier: MIT */
/* The stamp: the first line of a generated file, which says what it was made from. */
#ifndef NETIKZ_STAMP_H
#define NETIKZ_STAMP_H

#include "emit/emit.h"

/* What tells two states of a model apart: its MD5, or the size of one that is too large to be hashed in no time. */
Str stamp_sum(Arena *arena, Str model);

/* The stamp line, at the beginning of a file; the sum of all that comes behind it is set when that is there. */
void stamp_begin(Text *file, const Stamp *stamp);
void stamp_seal(Text *file);

/* A converted spec under the line that tells where it is from and what it was. */
Str stamp_converted(Arena *arena, Str source, Str body);

/*
 * Why `text` must not take the place of what stands at `path`: a generated file that was edited by hand; where a
 * converted spec is to be written, anything but one that is as it was written. NULL: it may.
 */
const char *stamp_objects(Arena *arena, const char *path, Str text);

#endif
