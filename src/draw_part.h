/* SPDX-License-Identifier: MIT */
/* What the files that make scenes share: one drawing, and several in one. */
#ifndef NETIKZ_DRAW_PART_H
#define NETIKZ_DRAW_PART_H

#include "draw.h"
#include "graph/outline.h"

/* One drawing that is being made. */
typedef struct Job {
    Arena *arena;
    Diags *diags;
    const Model *model;
    const Graph *graph; /* what is drawn of it */
} Job;

/* A drawing with its outline, for those that look for boxes in it. */
typedef struct Drawn {
    Outline *outline;     /* NULL: no network, or several */
    Scene *scene;
    const Figure *figure; /* how it is drawn */
    Str beside;           /* properties: the box of the layer in another drawing, or empty */
} Drawn;

const Graph *draw_graph_of(const Model *model, const Figure *figure);               /* the network that a figure is of */
/* What a figure shows of a model file is its digest, unless it is asked for everything. */
const Graph *draw_graph(Arena *arena, const Model *model, const Figure *figure);
Drawn draw_network(Job *job, Figure *figure, const Figure *around);                 /* `around`: the panels' figure, or NULL */

/* draw_panels.c: all panels of a figure, or its drawing with the properties that it asks for beside; NULL after a report. */
Scene *draw_panels(const Job *job, Figure *figure);

/* draw_properties.c: what a panel tells of a layer. `of`: the panel that shows it, or NULL; `node`: its box there. NULL after a report. */
Scene *draw_properties(const Job *job, const Panel *panel, const Drawn *of, Str *node);
bool draw_reaches(const Scene *scene, Str node, bool right); /* whether nothing stands between the node and that side of its drawing */

#endif
