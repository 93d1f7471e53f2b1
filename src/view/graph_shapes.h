/* SPDX-License-Identifier: MIT */
/* View `graph`, private: where shapes of tensors are written, by the figure's key `shapes`. */
#ifndef NETIKZ_VIEW_GRAPH_SHAPES_H
#define NETIKZ_VIEW_GRAPH_SHAPES_H

#include "view/graph_arcs.h"

/* The labels of a drawing's nodes; empty ones are not written. */
typedef struct ShapeLabels {
    Label *exits;   /* node → at its exit */
    Label *entries; /* node → at its entry */
} ShapeLabels;

/*
 * Chooses them once ranks and routes are known, and labels the scene's edges (one for each strand, in order) that pass
 * other ranks. `arcs`: no label stands where one begins or ends.
 */
ShapeLabels shape_labels(const Layered *layered, const Arcs *arcs, const Figure *figure, Scene *scene);

#endif
