/* SPDX-License-Identifier: MIT */
/* What the three drawings in characters share: the rows of a network and what reads what, Keras' names and glyphs. */
#ifndef NETIKZ_ASCII_H
#define NETIKZ_ASCII_H

#include "op/op.h"
#include "scene/figure.h"

#define NO_ROW UINT32_MAX

/* A layer that has a line, with what is fused into it. */
typedef struct AsciiRow {
    const Layer *layer;     /* the first */
    const Layer *last;      /* the last that is fused to it; itself where there is none */
    Str operation;          /* what they do: "3x3 conv, 64, BN, ReLU"; empty where nothing is fused in this flow */
    Dim params;             /* of all of them */
    uint32_t *sources;      /* rows that it reads, each once, in the order of its inputs */
    uint32_t source_count;  /* how many */
    uint32_t users;         /* rows that read it */
} AsciiRow;

/* The network as rows in the order of the flow. */
typedef struct AsciiFlow {
    Arena *arena;
    const Graph *graph;
    Notation notation;      /* order of channels and extents */
    AsciiRow *rows;
    uint32_t count;
    uint32_t left_out;      /* auxiliary layers without a row */
} AsciiFlow;

/* Auxiliary layers have no row; data flow through them. `fuse`: norms and activations share their layer's row. */
AsciiFlow ascii_flow(Arena *arena, const Graph *graph, Notation notation, bool fuse);
bool ascii_is_input(const Layer *layer);      /* whether data enter there */
bool ascii_is_activation(const Layer *layer); /* what Keras writes as Activation("relu") */
const char *ascii_glyph(const Layer *layer);  /* five characters: " \|/ " */
Str ascii_kind(Arena *arena, const Graph *graph, const Layer *layer); /* Keras' class: "Conv2D" */
/* One output without the batch, channels where the notation wants them. */
Shape ascii_shape(const AsciiFlow *flow, const Layer *layer, uint32_t output);

/* The listing of a chain, unfused; false where it is none. */
bool ascii_chain(Text *out, const AsciiFlow *flow);
/* Branches that only merge, unfused; false where they do more, or are too wide. */
bool ascii_tree(Text *out, const AsciiFlow *flow);
/* Any network, fused. */
void ascii_lanes(Text *out, const AsciiFlow *flow);

#endif
