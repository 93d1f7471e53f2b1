/* SPDX-License-Identifier: MIT */
/* View `graph`, private: shortcuts as arcs beside the chain that they bypass, in place of circles for their sums. */
#ifndef NETIKZ_VIEW_GRAPH_ARCS_H
#define NETIKZ_VIEW_GRAPH_ARCS_H

#include "graph/outline.h"
#include "view/layered.h"

/* From before the first node of a chain to behind its last. */
typedef struct Arc {
    uint32_t first, last; /* nodes of the outline without sums */
    LinkRole role;
    uint32_t lane;        /* in the scene; once arcs_place was called */
} Arc;

typedef struct Arcs {
    const Outline *outline; /* without the sums that arcs stand for */
    Arc *list;
    uint32_t count;
    bool *touched;          /* node → an arc begins or ends on the arrow behind it */
    Lists passing;          /* rank → arcs beside it, by lane; once arcs_place was called */
} Arcs;

/* The outline without the sums whose shortcut bypasses a plain chain, and the arcs. */
Arcs arcs_find(Arena *arena, const Outline *outline);

/* Gives arcs lanes of their own, right behind that of their chain: all lanes of the drawing are counted anew. */
void arcs_place(Arcs *arcs, Layered *layered);

/* The edges that draw them. */
void arcs_add(const Arcs *arcs, Scene *scene);

#endif
