/* SPDX-License-Identifier: MIT */
/* The text format of protocol buffers into a tree of values. */
#ifndef NETIKZ_PROTOTXT_H
#define NETIKZ_PROTOTXT_H

#include "format/value.h"

/*
 * The message that a source holds, as a VALUE_MAP without a schema; NULL after a report. A message is a map, a string a
 * quoted scalar, a number or word a plain one. A field that is repeated gives several children of the same key, and so
 * does the short form `[1, 2]`. Messages deeper than 64 and more than a million values are refused.
 */
Value *prototxt_read(Arena *arena, Diags *diags, const Source *source);

#endif
