/* SPDX-License-Identifier: MIT */
/* What `draw --tex` may do: TeX runs the program for a document that may come from a stranger. */
#ifndef NETIKZ_TEXMODE_H
#define NETIKZ_TEXMODE_H

#include "netikz.h"

#include <stdbool.h>

/* Whether model and output lie under the current folder and the output is ours to write; says on standard error what is wrong. */
bool texmode_check(const char *model, const char *output);

/* After the run: removes the message of an earlier one, or writes FILE.tikz.err, which \netikzinput shows. */
netikz_status texmode_message(netikz *run, const char *output, netikz_status status);

#endif
