/* SPDX-License-Identifier: MIT */
/* YAML (and JSON, which is a part of it) into a tree of values, by libyaml's events. */
#ifndef NETIKZ_YAML_H
#define NETIKZ_YAML_H

#include "format/value.h"

/*
 * The first document of the source as a tree; NULL after a report. An empty source gives a VALUE_NULL.
 * Closes libyaml's holes: surrogate pairs \ud83d\udcaf, depth over 128, duplicate keys (reported with both places),
 * aliases (expanded with a budget), keys over 1,022 characters. Kind messages for tabs, unclosed quotes and
 * brackets, bytes that are not UTF-8, a second document.
 */
Value *yaml_read(Arena *arena, Diags *diags, const Source *source);

#endif
