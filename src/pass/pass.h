/* SPDX-License-Identifier: MIT */
/* Passes over the graph, and the outline that is drawn. */
#ifndef NETIKZ_PASS_H
#define NETIKZ_PASS_H

#include "base/diag.h"
#include "graph/outline.h"
#include "scene/figure.h"

/* Orders the layers, checks input counts, attributes, cycles, layers that lead nowhere. */
bool pass_validate(Graph *graph, Diags *diags);
/* Shapes of all outputs, parameters, MACs (op_infer); a mismatch is reported with both shapes and where each is from. */
bool pass_infer(Graph *graph, Diags *diags);

/*
 * An imported network as a person would tell it: without constants, casts and shape arithmetic, with one layer where an
 * operation is written out in primitives, without scopes that say nothing. All parameters and all work are still in it.
 */
Graph *pass_digest(Arena *arena, const Graph *graph);

/*
 * A model file's network as a spec can say it: without the batch, channels first, without what only moves numbers about,
 * with attributes left out where they are the usual ones; what has no words in the language becomes `custom`.
 */
Graph *pass_plain(Arena *arena, const Graph *graph);

/* The network as the figure asks for it: fused, folded, hidden, groups below `depth` closed. NULL after a report. */
Outline *pass_outline(Arena *arena, Diags *diags, const Graph *graph, const Figure *figure, int64_t depth);

#endif
