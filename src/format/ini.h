/* SPDX-License-Identifier: MIT */
/* Files of sections and options, as Darknet writes its networks, into a tree of values. */
#ifndef NETIKZ_INI_H
#define NETIKZ_INI_H

#include "format/value.h"

/*
 * A VALUE_MAP with one VALUE_MAP for each `[section]`, in order and under its name, which holds its options as plain
 * scalars; sections and options may be repeated. NULL after a report. Lines that begin with `#` or `;` are comments;
 * so is what follows a `#` behind a blank.
 */
Value *ini_read(Arena *arena, Diags *diags, const Source *source);

#endif
