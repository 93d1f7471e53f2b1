/* SPDX-License-Identifier: MIT */
/* The tensors that a layer has learnt. */
#ifndef NETIKZ_WEIGHTS_H
#define NETIKZ_WEIGHTS_H

#include "graph/graph.h"

enum { WEIGHTS_MOST = 4 };

typedef struct Weight {
    const char *name; /* "weights", "biases", "scale" … */
    Shape shape;      /* in the order of PyTorch and ONNX: outputs, inputs, kernel */
} Weight;

/*
 * Fills `list` with the learnt tensors of the layer and returns how many. 0 where it has none, where netikz does not
 * know how they are cut, and where they would not add up to the layer's parameters.
 */
uint32_t weights_of(Arena *arena, const Graph *graph, const Layer *layer, Weight list[WEIGHTS_MOST]);

#endif
