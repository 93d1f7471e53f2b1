/* SPDX-License-Identifier: MIT */
/* A text of the figure and how it is to be read. */
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

#endif
