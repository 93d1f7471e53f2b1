/* SPDX-License-Identifier: MIT */
/* How a model file's network becomes one that a spec can say. Private to plain*.c. */
#ifndef NETIKZ_PLAIN_H
#define NETIKZ_PLAIN_H

#include "op/op.h"

/* What has become of a layer. */
typedef struct Fate {
    Layer *layer;      /* in the plain network; NULL: it has vanished */
    Port *ports;       /* by output: what stands for it there; no layer: nothing */
    Dim params, macs;  /* of what has vanished and was read by it alone */
    bool vanished;
} Fate;

typedef struct Plain {
    Arena *arena;
    const Graph *from;
    Graph *to;
    Users users;
    Fate *fates;       /* by layer of `from` */
    Scope **scopes;    /* by scope of `from` */
    Dim batch;         /* what the first axis of the inputs is; unknown: nothing is known of it */
    Names *symbols;    /* symbols that the inputs have without the batch: a spec knows no others */
} Plain;

/* What a layer must come to in the plain network. */
typedef struct Wanted {
    Shape *outputs;    /* of one sample, channels first */
    uint32_t output_count;
    Dim params, macs;
} Wanted;

bool plain_is_batch(const Plain *plain, Dim dim);
/* The size, or unknown where it has a symbol that no input has. */
Dim plain_dim(const Plain *plain, Dim dim);
/* The shape of one sample, channels first. */
Shape plain_shape(const Plain *plain, Port port);
bool plain_is_turned(const Plain *plain, Port port); /* its channels stood last */
/* An axis of the sample, channels first, for one of what the layer reads in the model; unknown: it is the batch. */
Dim plain_axis(const Plain *plain, const Layer *old, Dim axis);
/* The order of a permutation without the batch; as it was where that is not where the order moves it. */
Attr plain_order(const Plain *plain, const Layer *old, const Attr *order);

/* Gives the layer, whose inputs are set, attributes with which a spec makes of it what is wanted; else it becomes `custom`. */
void plain_fit(const Plain *plain, const Layer *old, Layer *layer, Wanted *wanted);
void plain_make_custom(const Plain *plain, Layer *layer, const Wanted *wanted);

#endif
