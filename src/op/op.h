/* SPDX-License-Identifier: MIT */
/* What operations are: one row a layer type with its names, attributes, rules for shape, parameters and MACs, style and label. */
#ifndef NETIKZ_OP_H
#define NETIKZ_OP_H

#include "graph/graph.h"

/* Classes of operations that are drawn alike; the theme gives each its colour. */
typedef enum StyleClass {
    STYLE_DATA,
    STYLE_CONV,
    STYLE_POOL,
    STYLE_NORM,
    STYLE_ACTIVATION,
    STYLE_DENSE,
    STYLE_RECURRENT,
    STYLE_ATTENTION,
    STYLE_EMBEDDING,
    STYLE_MERGE,
    STYLE_RESHAPE,
    STYLE_REGULAR, /* dropout and its kin */
    STYLE_LOSS,
    STYLE_OTHER,
    STYLE_COUNT
} StyleClass;

const char *style_name(StyleClass style); /* "conv", "pool" …: as themes and the generated code call it */
const char *style_title(StyleClass style); /* "convolution", "pooling" …: as a legend calls it */
bool style_from_name(Str name, StyleClass *style);

typedef enum AttrKind {
    ATTR_INT,   /* one whole number, expression or symbol */
    ATTR_INTS,  /* one number for all spatial axes, or one for each: 3, 3x3, [1, 7]; or one of `words` (as Attr.text) */
    ATTR_SHAPE, /* a shape */
    ATTR_BOOL,  /* true or false */
    ATTR_WORD,  /* one of a list of words */
    ATTR_TEXT   /* anything */
} AttrKind;

/*
 * One attribute of an operation. Fallbacks are what papers mean, not what a framework does: a reader of models sets
 * every attribute whose framework's default is another one (padding 0, stride 1 of a transposed convolution, ceil …).
 * `padding` and `amount` take one number, n for n axes, or 2n: those before all axes and then those behind.
 */
typedef struct AttrSpec {
    const char *name;      /* in netikz's spec language */
    const char *aliases;   /* other names, separated by blanks: "kernel_size kernel_shape" */
    AttrKind kind;
    const char *fallback;  /* the default as a spec would write it; NULL: none */
    const char *words;     /* ATTR_WORD: what is allowed, separated by blanks */
    const char *help;      /* one line */
    bool required;         /* an error where it is missing */
    bool positional;       /* may stand in paper notation without its name, in the order of the table */
} AttrSpec;

/* One use of an operation: what a rule may look at and what it fills in. */
typedef struct OpCall {
    Arena *arena;
    const struct Op *op;
    const Layer *layer;     /* attributes, layout */
    uint32_t batch_axes;    /* leading axes that are the batch */
    const Shape *inputs;    /* input_count shapes (unknown ones are allowed everywhere) */
    uint32_t input_count;
    Shape *outputs;         /* filled by the shape rule: room for layer->output_count */
    Dim params;             /* filled by the count rule */
    Dim macs;               /* filled by the count rule */
    Str error;              /* filled by a rule that finds the inputs impossible: one sentence with both shapes */
    Str hint;               /* what would help */
    uint32_t faulty_input;  /* which input the error is about */
} OpCall;

enum { OP_ANY_INPUTS = -1 };

typedef struct Op {
    const char *name;           /* netikz's name: "conv" */
    const char *aliases;        /* other names in specs and frameworks, separated by blanks: "conv2d Conv2D Conv Convolution" */
    const char *title;          /* how a label calls it: "conv" */
    const char *help;           /* one line */
    StyleClass style;
    const char *symbol;         /* operator circles: "+", "×", "‖"; NULL: a box */
    const AttrSpec *attrs;
    uint32_t attr_count;
    int min_inputs;             /* 0 for sources */
    int max_inputs;             /* or OP_ANY_INPUTS */
    bool suffix;                /* may follow another layer in paper notation and shares its box: bn, relu, dropout */
    bool (*shape)(OpCall *call);             /* false with call->error where the inputs are impossible */
    void (*count)(OpCall *call);             /* NULL: no parameters, no MACs */
    void (*label)(const OpCall *call, Text *text); /* what its box says after the name: "3×3 conv, 64, /2" whole; NULL: title */
} Op;

const Op *op_find(Str name);                       /* by name or alias, NULL if there is none; `-`, `_` and case are ignored on a second try */
bool op_is_key(Str word);                          /* a word that stands beside operations in the spec language: no block can have its name */
bool op_word_is_taken(Str word);                   /* such a word, or an operation's name or alias */
const Op *op_custom(void);                         /* the row of operations that netikz does not know; looked for by name */
bool op_is_custom(const Op *op);                   /* whether it is that row; NULL is not */
const Op *op_at(size_t index);                     /* all rows in the order of families; NULL behind the last */
Str op_nearest(Arena *arena, Str name);            /* for did-you-mean */
int op_attr(const Op *op, Str name);               /* index of an attribute by name or alias, -1 */
int op_attr_row(const Op *op, const char *name);   /* index of an attribute by the name of its row alone, which is how rules know it; -1 */

/* Attributes of a layer with the table's defaults filled in. */
bool attr_given(const Layer *layer, const char *name);                         /* the model says it */
Dim attr_int(Arena *arena, const Layer *layer, const char *name);              /* unknown where neither model nor table says it */
Dim attr_axis(Arena *arena, const Layer *layer, const char *name, uint32_t axis); /* of an ATTR_INTS: its number for that spatial axis */
bool attr_bool(const Layer *layer, const char *name);
Str attr_word(const Layer *layer, const char *name);

/* Runs the shape rule, then the count rule. False with call->error. */
bool op_infer(OpCall *call);
/* The label of a layer: "3×3 conv, 64, /2". UTF-8, no TeX. `inputs` are without the batch; NULL where they are not known. */
Str op_label(Arena *arena, const Layer *layer, const Shape *inputs);
/* The same from the shapes that the graph has, with or without a batch. */
Str op_label_in(const Graph *graph, const Layer *layer);

#endif
