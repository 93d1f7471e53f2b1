/* SPDX-License-Identifier: MIT */
/* What the rooms of the Graphviz reader share: nodes with their attributes, clusters, edges. */
#ifndef NETIKZ_DOT_H
#define NETIKZ_DOT_H

#include "op/op.h"
#include "read/reader.h"

enum { DOT_MOST_NODES = 50000, DOT_MOST_EDGES = 500000, DOT_MOST_DEPTH = 64 };

/* A subgraph; one whose name begins with `cluster` is drawn as a group. */
typedef struct DotCluster {
    Str name, label;
    bool is_group, is_record; /* nodes inside have a record as their shape unless they say otherwise */
    struct DotCluster *parent;
    Scope *scope;             /* made for the first node inside */
    Place place;
} DotCluster;

typedef struct DotNode {
    Str name, label;
    bool has_label, is_record, is_read; /* it says a label; its label has fields; an edge leaves it */
    DotCluster *cluster;                /* where it is mentioned first inside of a group, else where first of all */
    struct DotNode **inputs;
    uint32_t input_count, input_room;
    Layer *layer;
    Place place;
} DotNode;

typedef struct DotFile {
    DotCluster *root;
    DotNode **nodes;          /* in the order of the text */
    uint32_t node_count, node_room, edge_count;
} DotFile;

DotFile *dot_parse(Arena *arena, Diags *diags, const Source *source);    /* NULL after a report */

#endif
