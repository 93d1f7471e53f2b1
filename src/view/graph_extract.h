/* SPDX-License-Identifier: MIT */
/* View `graph`, private: nodes that are taken out of the drawing and stand at its side, with stubs in place of their edges. */
#ifndef NETIKZ_VIEW_GRAPH_EXTRACT_H
#define NETIKZ_VIEW_GRAPH_EXTRACT_H

#include "graph/outline.h"
#include "scene/figure.h"

typedef struct Extract {
    const Outline *all;   /* what is left, then what is taken out; what stubs say are notes of its nodes; NULL: nothing is taken out */
    const Outline *rest;  /* the same nodes as far as they are left, and what runs between them */
} Extract;

/* Takes out the layers and groups that the figure's key `extract` names. */
Extract extract_nodes(Arena *arena, const Outline *outline, const Figure *figure);

Str extract_name(const Node *node); /* by which `extract` knows it: its path */

#endif
