/* SPDX-License-Identifier: MIT */
/* TeX lengths as the program has to guess them: a column of a two-column paper, its page. */
#ifndef NETIKZ_LENGTH_H
#define NETIKZ_LENGTH_H

#include "base/text.h"

/* A checked TeX length in thousandths of a point, 0 for the empty one: \columnwidth counts as 252 pt, \textwidth as 516 pt. */
int64_t length_estimate(Str length);

#endif
