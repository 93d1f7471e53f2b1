/* SPDX-License-Identifier: MIT */
/* The package inside of a figure's own file: `--self-contained`. */
#ifndef NETIKZ_EMBED_H
#define NETIKZ_EMBED_H

#include "base/text.h"

/* What is to be put in. */
typedef struct Embedded {
    Str package;    /* netikz.sty */
    Str theme_name; /* of the figure's theme where it has a file of its own, or empty */
    Str theme;      /* that file */
} Embedded;

/* `code`, the environment of a figure, behind the parts of the package that it needs: it then works where only TikZ is loaded. */
Str emit_embedded(Arena *arena, const Embedded *embedded, Str code);

#endif
