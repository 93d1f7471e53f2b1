/* SPDX-License-Identifier: MIT */
/* What the rooms of the reader of printed PyTorch modules share: the tree as it is printed, the table of classes. */
#ifndef NETIKZ_TORCH_H
#define NETIKZ_TORCH_H

#include "op/op.h"
#include "read/reader.h"

enum { TORCH_MOST_MODULES = 50000, TORCH_MOST_DEPTH = 100 };

typedef struct TorchModule TorchModule;

/* A module as it is printed: `(conv1): Conv2d(3, 64, kernel_size=(7, 7))`, or with its children on the lines below. */
struct TorchModule {
    Str name;              /* "conv1"; empty at the root */
    Str kind;              /* its class: "Conv2d" */
    Str arguments;         /* between its parentheses, without children */
    int64_t number, times; /* `(0-11): 12 x Block(`: 0 and 12 */
    Place place;
    TorchModule *parent, *first, *last, *next;
};

/* What is known of classes of torch.nn and of the modules that ship with PyTorch's libraries. */
typedef struct TorchRow {
    const char *classes;   /* names of it, separated by blanks */
    const char *op;        /* netikz's operation; NULL: the one that has the class as its name */
    const char *positions; /* names of arguments that are printed without, separated by blanks */
    const char *defaults;  /* what holds where it is not printed: "stride=1 padding=0" */
    const char *reads;     /* the argument that tells the features of what it reads; NULL: any */
    uint32_t rank;         /* of what it reads, with the batch; 0: any */
    uint32_t axis;         /* where the features stand */
} TorchRow;

TorchModule *torch_parse(Arena *arena, Diags *diags, const Source *source);    /* NULL after a report */
const TorchRow *torch_row(Str kind);                                           /* NULL: not known */
bool torch_is_chain(Str kind);          /* Sequential: passes through its modules in the order that is printed */
bool torch_is_container(Str kind);      /* nothing but a list of modules */

/* torch_layer.c: a module of a known class without children as the network shows it. */
bool torch_argument(const TorchModule *module, const TorchRow *row, const char *name, Str *value);
void torch_attributes(Arena *arena, Layer *layer, const TorchModule *module, const TorchRow *row);
void torch_count(Arena *arena, Diags *diags, Layer *layer, const TorchModule *module, const TorchRow *row, Shape before);

#endif
