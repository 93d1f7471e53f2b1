/* SPDX-License-Identifier: MIT */
/* The model of a network: layers, what they read, the scopes they stand in. Every reader builds it, every pass and view reads it. */
#ifndef NETIKZ_GRAPH_H
#define NETIKZ_GRAPH_H

#include "base/diag.h"
#include "base/names.h"
#include "graph/shape.h"

struct Op;
struct Placing;
typedef struct Layer Layer;
typedef struct Scope Scope;

/* Where the channels stand in a tensor. */
typedef enum Layout { LAYOUT_CHANNELS_FIRST, LAYOUT_CHANNELS_LAST } Layout;

/* An output of a layer. */
typedef struct Port {
    Layer *layer;    /* whose; NULL: an optional input that is left out */
    uint32_t output; /* which of its outputs, from 0 */
} Port;

/* The value of one attribute; which kind of value it holds is said by the operation's table (op/op.h). */
typedef struct Attr {
    bool set;        /* whether the model says it; otherwise the default of the table holds */
    uint32_t count;  /* numbers in dims */
    Dim *dims;       /* numbers: one for an integer, several for a kernel, a shape … ; booleans are 0 and 1 */
    Str text;        /* words and texts */
    Place place;     /* where the model says it */
} Attr;

/* What ties several layers to one spot of the figure. */
typedef enum LinkRole { LINK_FLOW, LINK_SHORTCUT, LINK_PROJECTION, LINK_COPY, LINK_CONTROL } LinkRole;

/* A picture in a figure. */
typedef struct Picture {
    Str file;      /* beside the paper, or `sample`, a pattern; empty: there is none */
    bool sheared;  /* seen at an angle (view graph) */
} Picture;

/* One operation. */
struct Layer {
    Str name;              /* its own name, unique in its scope */
    Str path;              /* names of the scopes and its own, joined by `/` (imported models: the node's own name) */
    const struct Op *op;   /* what it does; never NULL (unknown operations are op_custom()) */
    Str op_name;           /* the operation's name as a table prints it: op->name, or the model's for an unknown one */
    Attr *attrs;           /* one for each row of op->attrs, in that order */
    Port *inputs;          /* what it reads, in the operation's order */
    LinkRole *roles;       /* how each input is drawn; NULL: all LINK_FLOW */
    uint32_t input_count;  /* how many */
    Layout layout;         /* how its tensors are laid out */
    Shape *outputs;        /* shapes, filled by pass/infer */
    uint32_t output_count; /* how many outputs, at least 1 */
    uint32_t after_count;  /* in `after`, how many */
    Dim params;            /* trainable parameters, filled by pass/count */
    Dim macs;              /* multiply-accumulates for one sample, filled by pass/count */
    Layer **after;         /* what it waits for without reading it (control dependencies) */
    Layer *weights_of;     /* the layer whose weights it uses too, or NULL */
    Scope *scope;          /* where it stands; never NULL */
    Layer *within;         /* the layer of a model file (a call, an If) in whose body it stands, or NULL: tables of nodes count it there */
    Layer *cell_of;        /* part of another layer's box (bn and relu behind a conv), or NULL */
    Str label;             /* the author's label (TeX), or empty */
    Str note;              /* the author's side note (TeX), or empty */
    Picture image;         /* what figures show of its output */
    Shape drawn;           /* the shape that figures show in place of the computed one, on the author's word; unknown: none */
    Str style;             /* the author's style class, or empty */
    struct Placing *placing; /* where and how the author places it (graph/placing.h), or NULL */
    const struct UnitLooks *units; /* how the author wants its units drawn (graph/units.h), or NULL */
    bool auxiliary;        /* a constant, cast or shape computation: not drawn unless asked for */
    bool frozen;           /* its weights are kept as they are while the network is trained: totals leave them out */
    bool trained;          /* the model says that they are trained, within something that is frozen or beside it */
    bool training;         /* it works only while the network is trained: figures draw it dashed */
    bool turned;           /* its label is written upward */
    bool idle;             /* it has nothing to do for the input that figures show (an expert that the router passes by): thin arrows */
    bool implied;          /* no operation of the model itself (the reader made it): tables leave it out */
    bool inferred;         /* its reader has found out all that can be known of shapes and counts: pass/infer leaves it alone */
    Place place;           /* where the model says it */
    uint32_t index;        /* its place in Graph.layers */
};

typedef enum ScopeKind {
    SCOPE_ROOT,     /* the network */
    SCOPE_GROUP,    /* named layers: a group in a spec, a module in a framework */
    SCOPE_BLOCK,    /* an instance of a block definition */
    SCOPE_RESIDUAL, /* body and shortcut of a residual */
    SCOPE_BRANCH,   /* parallel paths and their merge */
    SCOPE_PATH      /* one of the paths */
} ScopeKind;

/* What an instance of a block was given for one of its parameters. */
typedef struct Argument {
    Str name;      /* of the parameter */
    Dim value;     /* a number; unknown where it is a word */
    Str word;      /* a word, or empty */
    Str fallback;  /* the parameter's default, or empty */
} Argument;

/* A part of the network that can be drawn as one. */
struct Scope {
    ScopeKind kind;     /* what made it */
    Str name;           /* its own name, unique in its parent; empty for the root and for anonymous scopes */
    Str path;           /* joined by `/` (anonymous scopes add nothing) */
    Str definition;     /* SCOPE_BLOCK: the block's name; equal definitions share a colour */
    bool unnamed;       /* its name in the model file says nothing: figures and specs call it after its definition */
    Str arguments;      /* SCOPE_BLOCK: what it was given, as a label shows it: "64", "128, /2"; or empty */
    Argument *given;    /* SCOPE_BLOCK of a spec: the same, one for each parameter of the block */
    uint32_t given_count; /* how many */
    Str label;          /* the author's label (TeX), or empty */
    Str note;           /* the author's side note (TeX), or empty */
    Str style;          /* the author's style class, or empty */
    struct Placing *placing; /* where the author places it, or NULL */
    Scope *parent;      /* NULL at the root */
    Scope *first;       /* first child scope, in order */
    Scope *last;        /* last child scope */
    Scope *next;        /* next sibling */
    Scope *run;         /* first scope of a run `times: N`; itself there; NULL outside a run */
    uint32_t run_index; /* 0 .. run_count-1 */
    uint32_t run_count; /* N; 1 outside a run */
    Place place;        /* where the model says it */
    uint32_t depth;     /* 0 at the root */
    uint32_t index;     /* its place in Graph.scopes */
};

/* A network. Layers stand in topological order once validated; a reader may add them in any order. */
typedef struct Graph {
    Arena *arena;        /* where it lives */
    const Source *source; /* what it was read from */
    Str key;             /* what the model's file calls it among several networks; empty: the only one */
    Str name;            /* of the network, or empty */
    bool imported;       /* from a model file: shapes have the batch, names are paths already */
    uint32_t batch_axes; /* leading axes that are not the sample's: 0 in specs, mostly 1 in imported models */
    Layer **layers;      /* all of them */
    uint32_t layer_count;
    uint32_t layer_room;
    Scope *root;         /* the outermost scope */
    Scope **scopes;      /* all of them, parents before children */
    uint32_t scope_count;
    uint32_t scope_room;
    Port *outputs;       /* what leaves the network; inputs are layers of the operation `input` */
    uint32_t output_count;
} Graph;

Graph *graph_new(Arena *arena, const Source *source);
Scope *graph_add_scope(Graph *graph, Scope *parent, ScopeKind kind, Str name);
/* A layer of `op` with room for its attributes and one output of unknown shape; op_name is the caller's to set. */
Layer *graph_add_layer(Graph *graph, Scope *scope, const struct Op *op, uint32_t attr_count, Str name);
void graph_name_layer(Graph *graph, Layer *layer, Str name);                            /* sets name and path */
void graph_set_inputs(Graph *graph, Layer *layer, const Port *inputs, uint32_t count);  /* copies the ports */
/* Orders the layers topologically (stable: the reader's order where it is one). False where there is a cycle; *on_it is on it. */
bool graph_sort(Graph *graph, Layer **on_it);
/* How many times each output is read; for users lists see graph_users. */
typedef struct Users {
    uint32_t *first; /* layer index → first entry in `list`; first[layer_count] is the end */
    Layer **list;    /* readers of each layer, in order */
} Users;
Users graph_users(Arena *arena, const Graph *graph);
/* What holds for every graph after validation; an English sentence on the first breach, or NULL. For tests and debugging builds. */
const char *graph_check(const Graph *graph);

#endif
