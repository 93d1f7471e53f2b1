/* SPDX-License-Identifier: MIT */
/* What the rooms that write a spec share: entries of lists, the pieces of their text, blocks, names. */
#ifndef NETIKZ_EMIT_SPEC_H
#define NETIKZ_EMIT_SPEC_H

#include "graph/graph.h"
#include "op/op.h"
#include "scene/figure.h"

typedef struct Unit Unit;

/* Entries one behind the other. */
typedef struct UnitList {
    Unit *first, *last;
    Port start;          /* what its first entry reads; no layer: nothing */
    Port end;            /* what flows out of it */
    Str name;            /* of a named path of a branch */
    struct Space *space; /* of a named path */
} UnitList;

typedef enum UnitKind {
    UNIT_LINE,     /* a layer with what follows in its box */
    UNIT_SCOPE,    /* a group or block */
    UNIT_RESIDUAL, /* lists: body, shortcut */
    UNIT_BRANCH    /* lists: its paths */
} UnitKind;

/* One entry of a list. */
struct Unit {
    UnitKind kind;
    const Layer *head;     /* UNIT_LINE: its layer; residual and branch: the merge; NULL: none */
    const Layer *tail;     /* the last layer in the box of `head` */
    const Scope *scope;    /* that it is written for, or NULL */
    UnitList *lists;
    uint32_t list_count;
    bool projects;         /* the shortcut is the projection that follows from the shapes */
    Port start;            /* what it reads of the flow; no layer: nothing */
    Port end;              /* what flows out of it */
    Unit **again;          /* its further instances: `times` is one more */
    uint32_t again_count;
    Unit *owner;           /* the entry that it is a further instance of, or NULL */
    struct Space *space;   /* where its name stands */
    struct Space *inner;   /* UNIT_SCOPE with a name: of the names in it */
    Str name;              /* empty: nobody asks for it */
    bool named;            /* the name must be written */
    struct Body *body;     /* UNIT_SCOPE: what stands in it */
    struct Block *block;   /* UNIT_SCOPE: the block that it is an instance of, or NULL */
    uint32_t instance;     /* which of the block's instances */
    uint32_t height;       /* scopes inside of each other in it */
    uint32_t order;        /* place of its first layer */
    uint32_t size;         /* its layers; they stand from `order` on once spec_spaces has run */
    bool bare;             /* a module that is one residual or branch: written as that, unless it becomes a block */
    bool tapped;           /* something outside reads what is inside of it */
    Unit *next;
};

/* Names that are told apart. */
typedef struct Space {
    struct Space *outer;
    Unit *unit;          /* whose inside it is; NULL at the root */
    UnitList *path;      /* or the path of a branch */
    uint32_t depth;
    bool ghost;          /* its entry is written without a group: names in it stand further out */
    Names *taken;        /* names that are given in it */
    struct Counting *counting; /* names that the reader would give (spec_name.c) */
} Space;

/* A piece of the text of a list. */
typedef enum BitKind {
    BIT_TEXT,   /* as it is */
    BIT_NUMBER, /* a number, or the expression that it becomes in a block */
    BIT_WORD,   /* a word that may differ between instances */
    BIT_REF,    /* the name of a layer */
    BIT_NAME,   /* `name:` of an entry, where it has one */
    BIT_LINE    /* a new line */
} BitKind;

typedef enum NumberRole { ROLE_OTHER, ROLE_WIDTH, ROLE_KERNEL, ROLE_STRIDE, ROLE_TIMES, ROLE_FLAG } NumberRole;

typedef struct Bit {
    BitKind kind;
    uint32_t indent;     /* BIT_LINE: blanks */
    Str text;            /* text; word; of a number: what stands before it */
    Str behind;          /* of a number: what stands behind it */
    const char *attr;    /* of a number or word: what a parameter for it is called */
    NumberRole role;
    uint32_t repeat;     /* a number that is written so often, joined by x */
    bool argument;       /* of a block: a quotient would be taken for a path */
    bool optional;       /* left out where it is always `usual` */
    int64_t usual;
    Dim value;
    Port port;           /* BIT_REF */
    Space *site;         /* BIT_REF: where it stands */
    Unit *unit;          /* BIT_NAME */
} Bit;

typedef struct Body {
    Bit *bits;
    uint32_t count, room;
} Body;

/* A parameter of a block. */
typedef struct BlockParam {
    Str name;
    Dim *values;         /* of each instance */
    Str *words;          /* of each instance, where it is a word */
    Port *ports;         /* of each instance, where it is a layer outside */
    bool is_word, is_port;
    bool has_fallback;
    Dim fallback;
    Str fallback_word;
    bool used;
    bool given;          /* by the author of a spec: it may stand for anything */
    NumberRole role;
} BlockParam;

/* What stands under `blocks:`. */
typedef struct Block {
    Str name;
    Unit **instances;
    uint32_t count, room;
    BlockParam *params;
    uint32_t param_count, param_room;
    Str *written;        /* by bit of the body: the expression in its place; empty: as it is */
    uint32_t height;
} Block;

/* What may be said of all that is in an entry. */
typedef enum Flag { FLAG_FROZEN, FLAG_TRAINED, FLAG_TRAINING, FLAG_IDLE, FLAG_TURNED, FLAG_COUNT } Flag;

/* One writing of one spec. */
typedef struct Writer {
    Arena *arena;
    const Graph *graph;
    bool imported;       /* the model is no spec: names and structure are ours to find */
    Users users;
    bool *leaves;        /* by layer: an output of the network reads it */
    Unit **line_of;      /* by layer: the entry that it stands in */
    Space **space_of;    /* by layer */
    const Layer **next_cell; /* by layer: what stands behind it in its box, or NULL */
    uint32_t *ordinal;   /* by layer: its place in the text */
    Space *root_space;
    UnitList root;
    Unit **scopes;       /* all entries of kind scope, inner ones first */
    uint32_t scope_count, scope_room;
    Block **blocks;
    uint32_t block_count, block_room;
    Names *block_names;
    const Block *within; /* whose body is being printed */
    uint32_t first_layer; /* those before it are under `input:` */
    const Layer **in_order; /* layers in the order of the text */
    uint32_t shared_above;           /* entries around it that say so for all that is in them */
    uint32_t flags_above[FLAG_COUNT]; /* likewise */
} Writer;

/* An end that stands under `output:`, not in the list of layers. */
static inline bool spec_is_end(const Layer *layer)
{
    return layer->implied && layer->input_count == 1 && layer->inputs[0].layer && str_equal(str_from(layer->op->name), STR("output"));
}

static inline bool port_equal(Port a, Port b)
{
    return a.layer == b.layer && a.output == b.output;
}

/* ---- spec_tree.c: from scopes to lists ---- */
void spec_tree(Writer *writer);
Unit *spec_unit(Writer *writer, UnitKind kind);
void spec_append(UnitList *list, Unit *unit);
/* Sets start and end of a list and of what stands in it. */
void spec_close_list(UnitList *list, Port start);

/* ---- spec_region.c: residuals and branches that nobody has named ---- */
/* `top`: by layer, the entry of the list that holds it; `layers`: those of the list. */
void spec_regions(Writer *writer, UnitList *list, Unit *const *top, Layer *const *layers, uint32_t layer_count);

/* ---- spec_shortcut.c ---- */
/* Whether the layers of `list` are the projection that a residual from `start` to `end` gets by itself. */
bool spec_is_projection(const Writer *writer, const UnitList *body, const UnitList *shortcut, Port start, Port end);

/* ---- spec_name.c ---- */
void spec_spaces(Writer *writer);              /* spaces of names */
void spec_names(Writer *writer);               /* which names must be written */
void spec_need(Writer *writer, Space *site, Port port); /* a layer is read by its name */
Str spec_ref(Writer *writer, Space *site, Port port); /* the name by which it is read */

/* ---- spec_line.c: a layer in paper notation ---- */
/* Whether what follows the layer in its box can be written behind it. */
void spec_line(Writer *writer, Body *body, const Layer *head, bool keyed, const Port *reads, uint32_t read_count,
               Space *site, uint32_t indent);
void spec_merge(Writer *writer, Body *body, const Layer *merge, uint32_t joined, Space *site);
bool spec_reads_names(const Op *op);

/* ---- spec_body.c: lists as bits ---- */
bool spec_is(const Writer *writer, const Unit *unit, Flag flag); /* all that is in it */
Port spec_shared_with(const Writer *writer, const Unit *unit); /* what has its weights; no layer: nothing */
void spec_body(Writer *writer, Body *body, UnitList *list, Port flow, Space *site, uint32_t indent, bool inline_first);
void spec_text(Writer *writer, Body *body, Str text);
void spec_format(Writer *writer, Body *body, const char *format, ...) __attribute__((format(printf, 3, 4)));
Bit *spec_bit(Writer *writer, Body *body, BitKind kind);
/* A module that says nothing but what the one block in it says, once or several times. */
bool spec_is_hull(const Unit *unit);
/* Equal neighbours become one entry with `times`. */
void spec_runs(Writer *writer, UnitList *list);
bool spec_same_body(Writer *writer, const Body *a, const Body *b, const Unit *first, const Unit *second);

/* ---- spec_block.c: what is used several times ---- */
void spec_blocks(Writer *writer);
bool spec_is_local(const Writer *writer, const Unit *unit, Port port); /* it comes from inside of the entry */
/* `name(width, stride=1)` */
Str spec_block_head(Writer *writer, const Block *block);
/* What an instance is given: bits of "64, 2". */
void spec_arguments(Writer *writer, Body *body, const Unit *unit);

/* ---- spec_param.c: what instances of a block differ in ---- */
enum { SPEC_MOST_PARAMS = 12 };
void spec_solve(Writer *writer, Block *block);

/* ---- spec_print.c ---- */
void spec_print(Writer *writer, Text *out, const Body *body, const Block *block, uint32_t indent);

/* ---- spec_units.c ---- */
Str spec_units(Arena *arena, const struct UnitLooks *looks); /* as a mapping in braces */
Str spec_picture(Arena *arena, Picture picture);             /* a file, or a mapping in braces */

/* ---- yaml_scalar.c ---- */
/* A text as a YAML scalar: plain where that means the same, else quoted. `flow`: inside of brackets. */
Str yaml_scalar(Arena *arena, Str text, bool flow);

#endif
