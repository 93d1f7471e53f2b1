/* SPDX-License-Identifier: MIT */
/* What the rooms of the spec reader share: one reading of one spec, the place where layers are being added, names, expressions. */
#ifndef NETIKZ_SPEC_H
#define NETIKZ_SPEC_H

#include "base/names.h"
#include "format/value.h"
#include "graph/placing.h"
#include "op/op.h"
#include "read/reader.h"

enum {
    SPEC_MOST_LAYERS = 200000, /* layers and scopes of a network, repeats written out */
    SPEC_MOST_DEPTH = 100      /* scopes inside each other */
};

/* A part of a scalar, and where it stands. */
typedef struct Piece {
    Str text;
    Place place;
    bool exact;   /* the text stands in the source as it is: parts of it have places of their own */
    bool quoted;  /* it stood in quotes */
} Piece;

/* A parameter of a block. */
typedef struct Param {
    Piece name;
    Piece fallback;    /* what it is where the call does not say */
    bool has_fallback;
    bool used;         /* the body has asked for it */
} Param;

/* A definition under `blocks:`. */
typedef struct Block {
    Piece name;
    Param *params;
    uint32_t param_count, param_room;
    const Value *body;
    bool used;         /* something calls it */
} Block;

/* The value of a parameter: a number, or a word such as the name of a layer. */
typedef struct Binding {
    Param *param;
    Dim dim;
    bool is_word;
    Piece word;
    struct Space *space; /* where a layer of that name is looked for */
} Binding;

/* A block that is being written out. */
typedef struct Env {
    const Block *block;
    Binding *bindings;       /* one for each of its parameters, as far as they are known */
    uint32_t count;
    const struct Env *caller; /* NULL: called from `layers:` */
    Place place;             /* of the call */
    uint32_t level;          /* calls around it */
} Env;

/* What a name stands for. */
typedef struct Entity {
    Str name;
    Place place;           /* where it is given */
    Port port;             /* what reads the name reads this; without a layer: nothing flows out */
    struct Space *space;   /* of a group or block: the names in it */
    uint32_t first, end;   /* its layers in the graph */
    bool open;             /* a group or block that is still being read */
} Entity;

/* Names that are told apart: those of one named scope, with its nameless scopes. */
typedef struct Space {
    struct Space *outer;    /* NULL at the root */
    Names *entities;        /* name → Entity */
    Names *counters;        /* stem of automatic names → uint32_t */
    const Names *reserved;  /* names that the author gives in it: automatic ones keep clear of them */
} Space;

/* Where the next item goes, and what it reads. */
typedef struct Site {
    Scope *scope;
    Space *space;
    Port flow;        /* the layer before */
    const char *why;  /* without a layer before: why there is none */
} Site;

/* A `times:` or a call that is being written out; outermost first is what made a network too large. */
typedef struct Repeat {
    Place place;
    Str what;                /* "`times: 1000`" or "`basic`" */
    const struct Repeat *outer;
} Repeat;

/* One reading of one spec. */
typedef struct Spec {
    Arena *arena;
    Diags *diags;
    const Source *source;
    const ReadOptions *options;
    const Value *root;     /* of several networks: the one that is being read */
    Graph *graph;          /* NULL around several networks */
    Names *blocks;         /* name → Block */
    struct Spec *around;   /* of one of several networks: the reading of what they share */
    Figure common;         /* around several networks: `figure:`, which holds for all drawings */
    Figure *bases;         /* likewise: `figure:` of each network; NULL elsewhere */
    struct PanelsToRead *panels; /* of all networks: what is to be read at the end */
    Names *symbols;        /* symbols of the inputs → themselves */
    Names *ops;            /* words that were looked up → Op, or the spec itself where there is none */
    Names *checked;        /* places of texts that were found harmless */
    Names *reserved;       /* places of lists → Names that are given in them */
    Names *reported;       /* places that have an error */
    const Env *env;        /* the block that is being written out, or NULL */
    const Env *told;       /* block of the last error, whose call is still to be shown */
    const Repeat *repeat;  /* innermost */
    Layer *lost;           /* stands in for layers that could not be made */
    bool muted;            /* the last error was known already: no hints */
    bool failed;           /* something was reported */
    bool stopped;          /* too large: read no more */
    uint32_t work;         /* layers and scopes made, items read */
} Spec;

/* ---- spec_report.c: errors, each place once ---- */
void spec_error(Spec *spec, Place place, const char *format, ...) __attribute__((format(printf, 3, 4)));
void spec_hint(Spec *spec, const char *format, ...) __attribute__((format(printf, 2, 3)));
void spec_note(Spec *spec, Place place, const char *format, ...) __attribute__((format(printf, 3, 4)));
void spec_flush(Spec *spec);                                   /* shows what is still to be said about the last error */
void spec_did_you_mean(Spec *spec, Str word, const Str *candidates, uint32_t count, const char *otherwise); /* a hint; `otherwise` where none is near, may be NULL */
bool spec_spend(Spec *spec, Place place);                      /* one unit of work; false where it is used up */
Piece piece_of(const Value *value);                            /* a scalar */
Piece piece_of_key(const Value *value);                        /* the key of a map's child */
Piece piece_slice(Piece piece, size_t from, size_t to);        /* bytes from .. to-1 with their place */
Piece piece_trim(Piece piece);                                 /* without blanks at both ends */
void spec_wrong_kind(Spec *spec, const Value *value, const char *what, const char *wanted); /* "`times` is a list, where a number belongs" */
Str spec_place_key(Spec *spec, Place place);                   /* a name for a place, for tables */

/* ---- expression.c: whole numbers, kernels and shapes over parameters and symbols ---- */
bool expression_is(Spec *spec, Str text);                      /* it can be read; nothing is reported */
bool expression_read(Spec *spec, Piece piece, Dim *dim);
/* Sizes joined by x. False after a report. */
typedef struct DimList {
    Dim dims[SHAPE_MAX_RANK];
    uint32_t count;
} DimList;
bool dims_are(Spec *spec, Str text);                           /* it can be read as sizes joined by x; nothing is reported */
bool dims_read(Spec *spec, Piece piece, DimList *list);
const Binding *spec_binding(Spec *spec, Str name);             /* a parameter of the block that is being written out, or NULL */
Piece spec_substitute(Spec *spec, Piece piece);                /* the word that a parameter stands for, or the piece itself */
bool is_identifier(Str text);

/* ---- space.c: names ---- */
Space *space_new(Spec *spec, Space *outer, const Value *list); /* for the items of a list */
Entity *space_define(Spec *spec, Space *space, Piece name);    /* an author's name; NULL after a report */
Entity *space_define_automatic(Spec *spec, Space *space, Str stem, Place place); /* stem1, stem2 … */
Entity *space_define_cell(Spec *spec, Space *space, Str name, Place place);      /* `name`, or with a number where it is taken */
bool space_resolve(Spec *spec, const Site *site, Piece name, Port *port);        /* `enc1`, `enc1/conv2`, `split.1`, `previous` */
Entity *space_entity(Spec *spec, const Site *site, Piece name);                  /* NULL after a report */
Entity *space_find(Space *space, Str name);                    /* here or further out, with `/`; NULL where it is not */
bool name_is_fit(Spec *spec, Piece name);                      /* letters, digits, `-`, `_`, `.` */

/* ---- draft.c: a layer as the author wrote it, before it stands in the graph ---- */
typedef struct Draft {
    const Op *op;
    Str op_name;            /* as tables print it */
    Piece at;               /* where its name stands */
    Place whole;            /* where all of it stands */
    Attr *attrs;            /* one for each row of op->attrs */
    struct Draft *suffix;   /* what follows in the same box */
    Piece *reads;           /* names of further inputs */
    uint32_t read_count, read_room;
    bool failed;
} Draft;
Draft *draft_new(Spec *spec, const Op *op, Piece at);
bool draft_set(Spec *spec, Draft *draft, uint32_t index, Piece text, Piece name); /* an attribute from its text; `name` is what is blamed */
bool draft_set_value(Spec *spec, Draft *draft, uint32_t index, const Value *value);
void draft_set_dims(Spec *spec, Draft *draft, uint32_t index, const Dim *dims, uint32_t count, Place place);
void draft_set_bool(Spec *spec, Draft *draft, uint32_t index, bool on, Place place);
int draft_next(const Draft *draft, bool sizes);                /* next free positional attribute; `sizes`: that takes several numbers; -1 */
bool draft_complete(Spec *spec, Draft *draft);                 /* required attributes are there */
void draft_add_suffix(Draft *draft, Draft *suffix);
bool op_reads_names(const Op *op);                             /* `add: a`: its arguments are further inputs */
const Op *spec_op(Spec *spec, Str name);                       /* op_find, remembered */

/* ---- notation.c: "3x3 conv, 64, /2, bn, relu" ---- */
/* Reads a text in paper notation into a draft of `op`, or of the operation that it names. NULL after a report. */
Draft *notation_read(Spec *spec, const Site *site, Draft *known, Piece text);
/* The block that a text begins with, and the rest of it; NULL where it begins otherwise. */
Block *notation_block(Spec *spec, Piece text, Piece *rest);
bool notation_cut(Piece *rest, Piece *piece);                  /* the piece before the next comma outside of brackets */

/* ---- long_form.c: {out: 64, kernel: 3, norm: bn} ---- */
void long_form_read(Spec *spec, const Site *site, Draft *draft, const Value *map);

/* ---- layer.c: drafts into the graph ---- */
/* Adds the draft with its suffixes; the site's flow is then what comes out. The draft may be added several times. */
Layer *layer_add(Spec *spec, Site *site, Draft *draft, const Port *inputs, uint32_t count, Entity *entity);
Layer *layer_lost(Spec *spec);                                 /* stands in for one that could not be made */
Str layer_stem(Spec *spec, const Draft *draft);                /* "conv", "pool": what automatic names begin with */
Shape port_shape(Port port);
bool site_port(Spec *spec, const Site *site, Place place, Port *port); /* the layer before; reports where there is none */
void share_weights(Spec *spec, const Site *site, const Value *name, uint32_t first, uint32_t end);

/* ---- item.c: one entry of a list ---- */
typedef enum ItemKind { ITEM_LAYER, ITEM_CALL, ITEM_GROUP, ITEM_RESIDUAL, ITEM_BRANCH } ItemKind;
typedef struct Item {
    ItemKind kind;
    const Value *value;     /* all of it */
    const Value *operation; /* the operation with its arguments; NULL: the item is a text */
    Place place;            /* where it begins */
    Draft *draft;           /* ITEM_LAYER */
    Block *block;           /* ITEM_CALL */
    Piece arguments;        /* ITEM_CALL: of a text, behind the block's name */
    Env *env;               /* ITEM_CALL: values of the block's parameters */
    const Value *name, *label, *from, *after, *times, *style, *note, *weights, *frozen, *training, *idle, *turned, *image, *units; /* keys beside the operation, or NULL */
    const Value *merge, *shortcut, *layers, *out, *params, *macs;      /* of some kinds only */
} Item;
bool item_parse(Spec *spec, const Site *site, const Value *value, Item *item); /* item_parse.c; false after a report */
void read_body(Spec *spec, Site *site, const Value *body);     /* a list of items, one item, or nothing */
bool read_tex(Spec *spec, const Value *value, Str *text);      /* a label or note, checked */
bool read_style(Spec *spec, const Value *value, Str *style);    /* a style class */
bool read_picture(Spec *spec, const Value *value, Picture *picture); /* picture.c: false after a report */
bool read_flag(Spec *spec, const Value *value, bool *flag);    /* item.c: yes or no; false after a report */
bool read_name(Spec *spec, const Value *value, Piece *name);   /* a name that is a scalar */
bool is_operation_key(Spec *spec, Str key);                    /* an operation, block or structure */

/* ---- structure.c: what is inside of a scope; the site is within it, and its flow is then what comes out ---- */
void read_group(Spec *spec, Site *site, const Item *item);
void read_residual(Spec *spec, Site *site, const Item *item);
void read_branch(Spec *spec, Site *site, const Item *item);
Draft *merge_draft(Spec *spec, const Site *site, const Value *merge, const char *usual, Place place); /* NULL after a report */
bool add_projection(Spec *spec, Site *site, Port from, Shape wanted, uint32_t first, Place place); /* projection.c */

/* ---- units.c: `units:` beside a layer or in an input ---- */
const struct UnitLooks *read_units(Spec *spec, const Value *value); /* NULL after a report */

/* ---- block.c ---- */
void read_blocks(Spec *spec, const Value *map);
bool bind_arguments(Spec *spec, const Site *site, Item *item); /* item->env, from the call; false after a report */
Str arguments_text(Spec *spec, const Env *env); /* "128, /2": what a label says of the numbers that a block was given */
Argument *arguments_given(Spec *spec, const Env *env); /* the same as values, one for each parameter */
void write_block(Spec *spec, Site *site, const Item *item);
void check_blocks(Spec *spec);                                 /* unused blocks and parameters */

/* ---- placing.c: keys that place an item on a grid ---- */
bool is_placing_key(Str key);
bool read_placing(Spec *spec, const Value *value, bool scope, Placing **placing); /* one key, or another one: nothing; false after a report */
bool read_sided(Spec *spec, const Value *value, Str *text, Side *side); /* a text, or [text, side] */

/* ---- input.c, figures.c ---- */
void read_inputs(Spec *spec, Site *site, const Value *value);
void read_outputs(Spec *spec, const Site *site, const Value *value);
void read_figures(Spec *spec, Model *model);                   /* of a network */
bool read_settings(Spec *spec, Figure *figure, const Value *map); /* figure keys; false where it is no mapping */
bool check_only(Spec *spec, const Value *value);               /* a path names a group or block of the network; false after a report */
Graph *find_network(Spec *spec, const Model *model, const Value *name); /* NULL after a report */
void read_common_figure(Spec *spec);                           /* around several networks: before they are read */
void read_common_figures(Spec *spec, Model *model);            /* likewise: behind them */

/* ---- panels.c: several drawings in one figure; they are read when all drawings are known ---- */
void panels_prepare(Spec *spec);
void panels_announce(Spec *spec, Figure *figure, const Value *panels); /* nothing where the value is NULL */
Figure panels_without(Figure figure);                          /* what it says for a single drawing */
void read_panels(Spec *spec, Model *model);                    /* all that were announced */

#endif
