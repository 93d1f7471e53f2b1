/* SPDX-License-Identifier: MIT */
/* Views: each turns the outline of a network into a scene. One row a view. */
#ifndef NETIKZ_VIEW_H
#define NETIKZ_VIEW_H

#include "base/diag.h"
#include "graph/outline.h"
#include "scene/scene.h"

typedef struct ViewRow {
    View view;
    const char *name;
    const char *help;                                                                 /* one line */
    Scene *(*draw)(Arena *arena, Diags *diags, const Outline *outline, const Figure *figure); /* NULL after a report */
    int64_t default_depth;                                                            /* how deep groups are open, -1: decide by size */
    bool unfolds;                                                                     /* equal blocks are drawn one by one unless `fold` says so */
} ViewRow;

const ViewRow *view_at(size_t index);      /* NULL behind the last */
const ViewRow *view_for(const Graph *graph, const Figure *figure); /* the row that the figure asks for, or that suits the network */

/* Who knows what a figure shows with groups open to some depth: NULL where there is nothing. */
typedef struct OutlineSource {
    void *data;
    Outline *(*outline)(void *data, const Figure *figure, int64_t depth);
} OutlineSource;

/* view/fit.c: the largest width and height that the figure's key `fit` stands for, where its author has said none. */
void view_limit(Arena *arena, Figure *figure);
const char *view_room(const Figure *figure); /* "column", "page", "slide" */
int64_t view_room_height(const Figure *figure); /* what that is, in points */
bool view_within(const Scene *scene, const Figure *figure); /* no larger than that, as far as its size is known */
/* Chooses direction, depth and wrapping for the figure's key `fit`, sets them in it, says what it chose. */
void view_fit(Arena *arena, Diags *diags, const Graph *graph, const ViewRow *view, OutlineSource source,
              Figure *figure);

/* view/fit_rows.c: the same for networks side by side, and for solids. */
void view_fit_columns(Arena *arena, Diags *diags, const Outline *const *outlines, uint32_t count, Figure *figure);
void view_fit_solids(Arena *arena, Diags *diags, const Outline *outline, const ViewRow *view, Figure *figure);

Scene *view_graph(Arena *arena, Diags *diags, const Outline *outline, const Figure *figure);   /* view/graph.c */
/* Several networks side by side (view/columns.c), whose shares of the figure are the outlines; NULL after a report. */
Scene *view_columns(Arena *arena, Diags *diags, const Outline *const *outlines, uint32_t count, const Figure *figure);
Scene *view_tensors(Arena *arena, Diags *diags, const Outline *outline, const Figure *figure); /* view/tensors.c */
Scene *view_units(Arena *arena, Diags *diags, const Outline *outline, const Figure *figure);   /* view/units.c */
/* What is known of layers that share a box (view/properties.c): no drawing of its own, but a panel beside one. */
Scene *view_properties(Arena *arena, const Graph *graph, const Layer *const *layers, uint32_t count, Notation notation);

#endif
