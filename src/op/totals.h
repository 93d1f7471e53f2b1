/* SPDX-License-Identifier: MIT */
/* What a whole network amounts to: parameters, multiply-accumulates, depth. For passes and tables alike. */
#ifndef NETIKZ_TOTALS_H
#define NETIKZ_TOTALS_H

#include "graph/graph.h"

/* Sums over all layers; unknown where one of them is unknown. */
typedef struct Totals {
    Dim params;               /* trainable parameters, shared weights once */
    Dim macs;                 /* multiply-accumulates for one sample */
    uint32_t weighted_layers; /* most layers with weights on one path, as a paper counts depth: 18 of ResNet-18 */
    Dim frozen;               /* parameters of layers that are not trained, which `params` leaves out */
} Totals;

Totals totals_of(const Graph *graph);
Totals totals_of_all(Arena *arena, const Graph *const *graphs, uint32_t count); /* sums over several networks, which have no depth */
Dim totals_params(const Layer *layer); /* what a layer adds to the sum: nothing where it uses another's weights */
bool totals_counts(const Layer *layer); /* whether it is a layer of depth: conv, dense, recurrent, attention with weights */

#endif
