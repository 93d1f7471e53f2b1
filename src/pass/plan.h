/* SPDX-License-Identifier: MIT */
/* How a figure is made of a graph: what the steps of pass_outline decide, one after the other. Private to the room. */
#ifndef NETIKZ_PLAN_H
#define NETIKZ_PLAN_H

#include "graph/outline.h"
#include "scene/figure.h"

/* A stretch of Plan.layer_order or Plan.scope_order. */
typedef struct Range {
    uint32_t start, size;
} Range;

/* What is decided about one layer. */
typedef struct LayerPlan {
    uint32_t position;     /* its place in Plan.layer_order */
    bool leaves;           /* an output of the network */
    bool inside;           /* it stands in the scope that is drawn */
    bool hidden;           /* it is not drawn, and arrows run through it where `passes` */
    bool passes;           /* hidden, but what it gives is what it reads first */
    bool stopped;          /* hidden, and no gradient goes back through it or what is hidden before it */
    const Layer *origin;   /* what is drawn in its place for those that read it: itself, a layer before it, or NULL */
    enum { POOLED_UNASKED, POOLED_NO, POOLED_YES } pooled; /* whether something that reads it makes its maps smaller */
    LinkRole *roles;       /* how each input is drawn; NULL: all LINK_FLOW */
    const Layer *head;     /* whose box it stands in: its own, or that of a layer before it */
    const Layer *tail;     /* of a head: the last layer in its box */
    const Layer *next_cell; /* the next layer in the same box, or NULL */
    const Scope *home;     /* innermost scope that holds more than this layer */
    const Layer *gives;    /* what leaves the last repetition of the scope that it ends, or NULL */
    Node *node;            /* of a head that is drawn as itself */
} LayerPlan;

/* What is decided about one scope. */
typedef struct ScopePlan {
    Range layers;            /* the layers in it and below */
    Range scopes;            /* the scopes in it and below, itself first */
    uint32_t last;           /* the last of these layers in topological order */
    uint32_t boxes;          /* heads in it and below that are not hidden */
    const Scope *like;       /* it is a repetition of that one and not drawn, or NULL */
    bool aligned;            /* like: the layers of both correspond one to one */
    const Scope *gone;       /* outermost scope around it (or itself) that is a repetition, or NULL */
    int64_t times;           /* how many instances it stands for */
    const Scope *final;      /* the last of them */
    Str differs;             /* what they do otherwise, or empty */
    Port entry;              /* like, and drawn as the one behind it: what it reads, and so what that reads in the figure */
    const Scope *unit;       /* of its children one is drawn, for all: then it is that one, so many times */
    bool sample;             /* open although others of its level are not: the first of its kind */
    bool keep_open;          /* closing it would make arrows run in a circle */
    bool keep_apart;         /* folding it would */
    uint32_t level;          /* how many groups and blocks it is in, itself too */
    const Scope *closed;     /* outermost scope around it (or itself) that is drawn as one node, or NULL */
    Node *node;              /* of a closed scope */
    Frame *frame;            /* of an open one, or NULL */
} ScopePlan;

typedef struct Plan {
    Arena *arena;            /* for what the outline consists of */
    Arena *scratch;          /* for what is gone when it is there */
    const Graph *graph;
    const Figure *figure;
    int64_t depth;           /* how deep groups are open */
    Dim batch;               /* what the first axis of a model file's inputs is */
    bool brief;              /* told as a model file is: Figure.brief */
    const Scope *top;        /* the scope that is drawn */
    Users users;             /* readers of each layer */
    uint32_t *layer_order;   /* layers by scope: those of a scope and below stand together */
    uint32_t *scope_order;   /* scopes likewise */
    LayerPlan *layers;       /* by Layer.index */
    ScopePlan *scopes;       /* by Scope.index */
    Names *names;            /* names of nodes and frames in use */
    Node **nodes;            /* drafts, before their order is known */
    uint32_t node_count;
    uint32_t node_room;
    Outline *outline;        /* what comes out */
} Plan;

static inline LayerPlan *plan_layer(const Plan *plan, const Layer *layer)
{
    return &plan->layers[layer->index];
}

static inline ScopePlan *plan_scope(const Plan *plan, const Scope *scope)
{
    return &plan->scopes[scope->index];
}

/* Whether `layer` stands in `scope` or below. */
static inline bool plan_holds(const Plan *plan, const Scope *scope, const Layer *layer)
{
    Range range = plan_scope(plan, scope)->layers;
    return plan_layer(plan, layer)->position - range.start < range.size;
}

/* The steps, in order. Each is linear in the number of layers and scopes, times their depth where it says so. */
void plan_order(Plan *plan);   /* layer_order, scope_order, ranges, inside */
void plan_roles(Plan *plan);   /* roles, where the reader has not said them */
void plan_hide(Plan *plan);    /* hidden, passes, origin */
void plan_fuse(Plan *plan);    /* head, tail, next_cell, home, boxes */
void plan_fold(Plan *plan);    /* like, times, differs, gone; times depth of scopes */
void plan_close(Plan *plan);   /* level, closed; chooses the depth where it is left to it; then times depth of scopes */
void plan_nodes(Plan *plan);   /* nodes and frames of the outline */
bool plan_links(Plan *plan);   /* links, nodes in topological order; false: something is kept open now, fold again */
void plan_marks(Plan *plan);   /* what is frozen, and what works only while the network is trained */
void plan_cells(Plan *plan);   /* which cells are written, note_all */

/* What fuse, hide and roles share: how many times a layer is read, outputs of the network included. */
uint32_t plan_uses(const Plan *plan, const Layer *layer);
/* The only layer that `layer` reads, or NULL where there are none or several. */
const Layer *plan_only_input(const Layer *layer);
/* What a crop cuts (it may read another layer for its size); NULL for anything else, and where several read it. */
const Layer *plan_cropped(const Plan *plan, const Layer *layer);
/* Whether it is named layers or a block, not the structure of a residual or branch. */
static inline bool plan_is_module(const Scope *scope)
{
    return scope->kind == SCOPE_GROUP || scope->kind == SCOPE_BLOCK;
}
/* Whether the author has said how the layer is to look: then it is drawn. */
bool plan_is_dressed(const Layer *layer);
bool plan_is_op(const Layer *layer, const char *name);
bool plan_is_softmax(const Layer *layer); /* or its logarithm */
bool plan_says_result(const Plan *plan, const Layer *layer); /* softmax, or a sigmoid or tanh that leaves the network: never goes without saying */
/* The layer that is drawn for `layer`, which may stand in a repetition. */
const Layer *plan_drawn(const Plan *plan, const Layer *layer);
/* The node that `layer` (hidden ones excepted) is drawn in, or NULL. */
Node *plan_node(const Plan *plan, const Layer *layer);
/* Whether it is a mark on an arrow rather than a node: where a gradient ends, in a drawing with arrows. */
bool plan_stops(const Plan *plan, const Layer *layer);
/* The last layer that is read outside of a scope: what it gives is what the scope gives. */
const Layer *plan_exit(const Plan *plan, const Scope *scope);
/* Whether `first` begins a stage of blocks like `second`: *entry is what it reads, *differs what it has otherwise. */
bool plan_begins_stage(const Plan *plan, const Scope *first, const Scope *second, Port *entry, Str *differs);
/* Whether one attends in windows and the other in shifted ones, and all else is the same. */
bool plan_alternates(const Plan *plan, const Scope *first, const Scope *second);
/* Whether `second` is `first` once more, but reads more: all that was before it. */
bool plan_grows(const Plan *plan, const Scope *first, const Scope *second);
/* Whether both, alike but for sizes, give what they read with the same number of channels more. */
bool plan_appends(const Plan *plan, const Scope *first, const Scope *second, Str *differs);
/* Shape of a port without the batch. */
Shape plan_shape(const Plan *plan, Port port);
/* Shape of a layer's first output without the batch. */
Shape plan_output(const Plan *plan, const Layer *layer);

/* A name that is free: the path in letters, digits, `-`, `_`, with a number behind it where it is taken. */
Str plan_name(Plan *plan, Str path);
/* A node with a name and nothing else, behind the others. */
Node *plan_add_node(Plan *plan, NodeKind kind, const Layer *layer, Str path);
/* What a scope is called: by its author, or as what it is an instance of; `alone`, as the label of a box: both. */
Label plan_title(const Plan *plan, const Scope *scope, bool alone);

/* The scope that the figure calls it after: the one around it, where that is nothing but this one repeated. */
const Scope *plan_named(const Plan *plan, const Scope *scope);

/* How two scopes compare as instances of one block. */
typedef enum Likeness {
    LIKE_NOTHING,  /* not one repeated */
    LIKE_STRUCTURE, /* the same operations, but attributes or shortcuts differ: *differs says how */
    LIKE_PROGRAM,  /* the same in operations, attributes and wiring; sizes differ, as what they read does */
    LIKE_EQUAL     /* in shapes as well */
} Likeness;

/* Scratch for comparisons, made once. */
typedef struct Compare Compare;
Compare *compare_new(const Plan *plan);
/* `second` follows `first`, which itself is a repetition of the one before it where `chained`. */
Likeness compare_scopes(Compare *compare, const Scope *first, const Scope *second, bool chained, Str *differs);

#endif
