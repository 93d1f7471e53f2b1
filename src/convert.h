/* SPDX-License-Identifier: MIT */
/* From a model to the spec that a person would have written. */
#ifndef NETIKZ_CONVERT_H
#define NETIKZ_CONVERT_H

#include "read/reader.h"

/* The spec, under a line that tells where it is from. `network`: which of several, or empty. Empty after a report. */
Str convert_model(Arena *arena, Diags *diags, const Model *model, const Source *source, Str network);

#endif
