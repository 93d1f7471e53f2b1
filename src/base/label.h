/* SPDX-License-Identifier: MIT */
/* A text of the figure and how it is to be read, and the signs that may stand behind it. */
#ifndef NETIKZ_LABEL_H
#define NETIKZ_LABEL_H

#include "base/text.h"

typedef enum LabelKind {
    LABEL_TEXT, /* UTF-8 prose: escaped; a word like 3×3 is set as math */
    LABEL_MATH, /* a shape or a symbol, `64@112×112`: set as math as a whole */
    LABEL_TEX   /* the author's own TeX, checked against the allowed list */
} LabelKind;

typedef struct Label {
    LabelKind kind;
    Str text; /* a newline breaks the line */
} Label;

/* What is told of weights with a sign; the last one is about arrows. */
typedef enum Emblem { EMBLEM_FROZEN = 1, EMBLEM_TRAINED = 2, EMBLEM_SHARED = 4, EMBLEM_STOPPED = 8, EMBLEM_END = 16 } Emblem;
typedef unsigned Emblems; /* a set of them */

const char *emblem_name(Emblem emblem);  /* as the generated code says it: "frozen", "trained", "shared", "stopped" */
const char *emblem_title(Emblem emblem); /* as a legend does */

#endif
