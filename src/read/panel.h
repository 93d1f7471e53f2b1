/* SPDX-License-Identifier: MIT */
/* What the files that read `panels:` share. */
#ifndef NETIKZ_PANEL_H
#define NETIKZ_PANEL_H

#include "read/spec.h"

/* One `panels:` that is being read. */
typedef struct Rows {
    Spec *spec;
    const Model *model;
    Figure base;     /* the figure that it stands in */
    Panels *panels;  /* what was read so far */
    Names *names;    /* of panels → Panel */
    Panel *panel;    /* the one that is being read */
} Rows;

/* panels.c: what a panel's mapping says of the panel; all other keys are those of a drawing. */
bool panel_is_key(Str key);

/* panel_drawing.c */
Str panel_clean_name(Arena *arena, Str name);                       /* letters, digits, `-`, `_`: names of nodes begin with it */
const Figure *panel_named_figure(Rows *rows, const Value *value);   /* a figure or a network by its name; NULL after a report */
bool panel_drawing(Rows *rows, const Value *map, const Value *kind); /* settings of the drawing in it; false after a report */
bool panel_properties(Rows *rows, const Value *map, const Value *layer); /* a layer, and where it is drawn; false after a report */

/* panel_file.c */
bool panel_listing(Rows *rows, const Value *map, const Value *name); /* lines of the spec or of a file beside it */
bool panel_file_name(Rows *rows, const Value *value);               /* whether a file beside the spec is called so */

#endif
