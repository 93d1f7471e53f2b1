/* SPDX-License-Identifier: MIT */
/* Numbers as people read them: digits in groups, millions and billions, shares. No floating point anywhere. */
#ifndef NETIKZ_NUMBER_H
#define NETIKZ_NUMBER_H

#include "graph/shape.h"

/* "25,557,032"; `separator` stands between groups of three digits. Symbolic and unknown ones as dim_text has them. */
Str number_grouped(Arena *arena, Dim d, const char *separator);
/* "25.6 M", "4.1 G", "61.7 k", "999": with the prefixes of the metric system. */
Str number_short(Arena *arena, Dim d);
/* "138.4 million", "15.5 billion", "61,706". */
Str number_words(Arena *arena, Dim d);
/* Whole per cents, "12" or "<1"; empty where there is nothing to say. */
Str number_share(Arena *arena, Dim part, Dim whole);

#endif
