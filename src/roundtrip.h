/* SPDX-License-Identifier: MIT */
/* Whether a spec that was written from a network says the same as the network. */
#ifndef NETIKZ_ROUNDTRIP_H
#define NETIKZ_ROUNDTRIP_H

#include "graph/graph.h"

/* Reads the spec and compares; *why, where it is not the same, says what is not. */
bool roundtrip_holds(Arena *arena, const Graph *graph, Str spec, Str *why);

#endif
