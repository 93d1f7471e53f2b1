/* SPDX-License-Identifier: MIT */
/* The batch in the shapes of a model file. Private to the room. */
#ifndef NETIKZ_BATCH_H
#define NETIKZ_BATCH_H

#include "graph/graph.h"

/* What the first axis of the inputs is; inputs that do not agree on it have none: all their axes stay. */
Dim batch_of(const Graph *graph);
/* Which axis of a shape it is. */
uint32_t batch_axis(Arena *arena, Dim batch, Shape shape);

#endif
