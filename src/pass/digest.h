/* SPDX-License-Identifier: MIT */
/* A copy of a network in the making, in which parts are replaced by what a person would call them. Private to the room. */
#ifndef NETIKZ_DIGEST_H
#define NETIKZ_DIGEST_H

#include "graph/graph.h"
#include "op/op.h"

typedef struct Digest {
    Arena *arena;
    const Graph *from;
    Layer **layers;      /* copies, by the index of what they are copies of */
    uint32_t count;      /* of them */
    bool *gone;          /* by index: it is part of another layer, or left out */
    uint32_t *uses;      /* by index: inputs of layers that are there, and outputs of the network, that read it */
    Layer **into;        /* by index, of what is gone: the layer that has its parameters, or NULL */
    Port *outputs;       /* of the network */
    uint32_t output_count;
} Digest;

/* What a pattern has found: layers that become one. */
enum { MATCH_MOST = 96, MATCH_NAMES = 26 };

typedef struct Match {
    Port names[MATCH_NAMES];      /* what the pattern calls a … z; layer NULL: nothing yet */
    Layer *members[MATCH_MOST];   /* all but what the names stand for; the first is the last in the flow */
    uint32_t count;
} Match;

/* Adds a layer to a match, once; false where there are too many. */
bool match_add(Match *match, Layer *layer);
bool match_has(const Match *match, const Layer *layer);
/* Whether what is in a match is read by nothing else, its first layer excepted. */
bool match_is_closed(const Digest *digest, const Match *match);
/* Makes a match one layer, `op`, that reads `inputs`, in place of its first. */
void digest_merge(Digest *digest, const Match *match, const Op *op, const Port *inputs, uint32_t count);
void digest_set_int(Digest *digest, Layer *layer, const char *attr, Dim value); /* unknown ones stay unsaid */

/* The steps, in order. */
void digest_clear(Digest *digest);      /* constants, casts, identities and what computes shapes */
void digest_patterns(Digest *digest);   /* operations that are written out in primitives */
void digest_attention(Digest *digest);  /* projections, heads and their products */
void digest_layouts(Digest *digest);    /* where channels stand last */
Graph *digest_regroup(Digest *digest);  /* scopes; the graph that comes out */

/* concat(a, b, c) becomes concat(concat(a, b), c) where that is joined already. */
void digest_nest_concats(Graph *graph);
/* Modules where the file names none. */
void digest_regions(Graph *graph);
void digest_name(Graph *graph);         /* what its scopes are called */

/* What hands its input on, in another form or up to a factor and a summand that are constants. */
bool digest_is_form(const Layer *layer);
bool digest_is_affine(const Layer *layer);
bool digest_is_op(const Layer *layer, const char *name);

#endif
