/* SPDX-License-Identifier: MIT */
/* The network as a figure shows it: after fusing, folding, hiding and closing groups. What views look at. */
#ifndef NETIKZ_OUTLINE_H
#define NETIKZ_OUTLINE_H

#include "graph/graph.h"
#include "base/label.h"

typedef struct Frame Frame;

/* One line of a node: the operation itself, then what was fused into it. */
typedef struct Cell {
    const Layer *layer; /* what it stands for */
    Label label;        /* what it says */
    int style;          /* StyleClass of its operation */
} Cell;

typedef enum NodeKind {
    NODE_BOX,    /* an operation with its label */
    NODE_CIRCLE, /* an operator circle: label is its symbol */
    NODE_INPUT,  /* data that enter */
    NODE_OUTPUT, /* data that leave (a loss, a named end) */
    NODE_GROUP   /* a closed scope */
} NodeKind;

/* What is drawn as one thing. */
typedef struct Node {
    NodeKind kind;
    Str name;             /* of the TikZ node: unique, letters, digits, `-`, `_` */
    const Layer *layer;   /* first layer (of a closed scope: its last) */
    const Scope *scope;   /* NODE_GROUP: which */
    int64_t times;        /* NODE_GROUP: how often it is repeated; 1 elsewhere */
    Cell *cells;          /* at least one */
    uint32_t cell_count;
    Cell *silent;         /* fused as well, but not written: Outline.note_all says it for all (bands may show them) */
    uint32_t silent_count;
    Str differs;          /* NODE_GROUP: what the folded instances do otherwise, or empty */
    Shape shape;          /* of its output; batch left out */
    Shape input;          /* of its first input; batch left out */
    bool shape_changes;   /* the shape differs from that of every input */
    Label note;           /* the author's side note */
    Emblems marks;        /* what holds for all its weights, but what a frame around it says */
    bool training;        /* all of it works only while the network is trained */
    bool turned;          /* its label is written upward */
    bool idle;            /* it has nothing to do for this input: what leads to it and from it is thin */
    Frame *frame;         /* innermost open frame, NULL outside */
    uint32_t index;       /* its place in Outline.nodes */
} Node;

/* An arrow. */
typedef struct Link {
    Node *from;
    Node *to;
    LinkRole role;
    uint32_t input; /* which input of `to` */
    bool stopped;   /* no gradient goes back through it */
} Link;

/* An open scope that the figure shows: with a frame, or (branch, residual) only as structure. */
struct Frame {
    const Scope *scope;
    Str name;        /* of the TikZ node */
    Label title;     /* empty: structure only, nothing is drawn */
    int64_t times;   /* ×N; 1: not repeated */
    Str differs;     /* what the folded instances do otherwise, or empty */
    bool visible;    /* a frame is drawn */
    Emblems marks;   /* what holds for all weights in it, but what a frame around it says */
    bool training;   /* all in it works only while the network is trained */
    Frame *parent;   /* NULL outside */
    uint32_t depth;  /* 0 outermost */
    uint32_t index;  /* its place in Outline.frames */
};

typedef struct Outline {
    Arena *arena;
    const Graph *graph;
    Node *nodes;      /* in topological order */
    uint32_t node_count;
    Link *links;      /* by target, then input */
    uint32_t link_count;
    Frame *frames;    /* parents before children */
    uint32_t frame_count;
    bool brief;       /* told as model files are */
    bool styles[16];  /* which style classes occur */
    Str note_all;     /* what holds for all nodes of a class and is therefore not drawn: "bn and relu after each convolution" */
} Outline;

#endif
