/* SPDX-License-Identifier: MIT */
/* Runs TeX in a temporary folder: the command `pdf`. */
#ifndef NETIKZ_TYPESET_H
#define NETIKZ_TYPESET_H

#include "netikz.h"

#include <stdio.h>

/* One figure to typeset. */
typedef struct TypesetJob {
    const char *output;  /* FILE.pdf, FILE.png or FILE.svg */
    const char *engine;  /* NULL: pdflatex */
    const char *dpi;     /* NULL: 300 */
    netikz_text code;    /* the figure */
    netikz_text result;  /* the bytes of the file that came out; freed by typeset_release */
} TypesetJob;

/* Whether output, engine and resolution make sense; says what is wrong on standard error. */
bool typeset_check(const TypesetJob *job);
/* Runs TeX and what turns its PDF into the wanted format; says what went wrong on standard error. */
bool typeset(TypesetJob *job);
void typeset_release(TypesetJob *job);

/* The folder of netikz.sty, of at most `room` bytes; says on standard error where it was looked for. */
bool typeset_find_package(char *folder, size_t room);

/* The themes that lie beside netikz.sty, one a line. */
bool typeset_list_themes(FILE *out);

#endif
