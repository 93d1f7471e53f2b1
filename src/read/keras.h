/* SPDX-License-Identifier: MIT */
/* What the rooms of the Keras reader share: decoded models, their calls, and one call of one layer. */
#ifndef NETIKZ_KERAS_H
#define NETIKZ_KERAS_H

#include "base/names.h"
#include "format/value.h"
#include "op/op.h"
#include "read/reader.h"

enum {
    KERAS_MOST_LAYERS = 200000,  /* as in specs; models that are called again count again */
    KERAS_MOST_REFS = 2500000,   /* tensors that are passed, all calls written out */
    KERAS_MOST_NESTED = 32,      /* models inside each other */
    KERAS_MOST_OUTPUTS = 16      /* of one layer */
};

typedef struct KerasModel KerasModel;

/* A tensor that a call reads: `["conv1", 0, 0, {}]`, or a `__keras_tensor__` of Keras 3. */
typedef struct KerasRef {
    uint32_t entry;   /* which layer of the model gives it */
    int64_t node;     /* which call of that layer, as the file counts them */
    int64_t tensor;   /* which of its outputs */
    Shape said;       /* what the file says of its shape; mostly unknown */
} KerasRef;

/* One call of a layer. */
typedef struct KerasNode {
    KerasRef *refs;         /* the tensors that it reads, in order */
    uint32_t ref_count;
    uint32_t ref_room;
    const Value *value;     /* as it stands in the file; NULL in a Sequential */
    Shape *said;            /* KERAS_MOST_OUTPUTS shapes of its outputs as its readers say them, or NULL */
    uint32_t index;         /* among all calls of the model */
} KerasNode;

/* A layer of a model. */
typedef struct KerasEntry {
    const Value *value;     /* {class_name, config, …}; NULL: an input that the file leaves out */
    const Value *config;    /* of the layer; NULL where there is none */
    Str name;               /* as the file calls it */
    Str class_name;         /* without the package of registered ones */
    KerasNode *nodes;       /* its calls */
    uint32_t node_count;
    int64_t most;           /* the highest number of a call that anybody reads */
    KerasModel *nested;     /* a model that is called as a layer, or NULL */
    bool over_time;         /* TimeDistributed around `nested` */
    bool frozen;            /* `trainable: false` */
    bool takes_input;       /* an InputLayer, or an input that the file leaves out */
    uint32_t input;         /* which input of the model it is then */
    Layer *first;           /* of its first call: the others share its weights */
    uint32_t times;         /* how often it was called so far in this call of its model */
} KerasEntry;

struct KerasModel {
    const Value *value;     /* {class_name, config} */
    const Value *config;
    Str name;               /* or empty */
    KerasEntry *entries;    /* its layers, in the order of the file */
    uint32_t count;
    uint32_t room;
    Names *by_name;         /* entries */
    KerasNode inputs;       /* the tensors that enter; none where it does not say */
    uint32_t input_count;   /* how many enter */
    uint32_t node_count;    /* calls of all its layers */
    KerasNode outputs;      /* the tensors that leave */
    bool sequential;        /* each layer reads the one before */
    bool frozen;            /* the model or one around it is not trained */
};

typedef struct KerasReader {
    Arena *arena;
    Diags *diags;
    Graph *graph;
    Layout layout;          /* of layers that do not say it */
    uint32_t refs;          /* read so far */
    uint32_t calls;         /* of layers and models, made so far */
    Names *rows;            /* classes of layers → KerasRow */
    Names *ops;             /* names of operations → Op */
    Names *unknown;         /* classes that were reported */
    bool shapeless;         /* an input without a shape was reported */
    bool failed;            /* an error was reported */
} KerasReader;

/* The model around the calls that are being made. */
typedef struct KerasSite {
    Scope *scope;           /* where its layers stand */
    uint32_t lift;          /* time axes that TimeDistributed hides from them: those behind the batch */
    bool outer;             /* the model of the file, whose inputs are the network's */
} KerasSite;

/* One call of one layer. */
typedef struct KerasCall {
    KerasReader *reader;
    Arena *arena;
    KerasEntry *entry;      /* whose */
    KerasNode *node;        /* which of its calls */
    const KerasSite *site;
    const Value *config;    /* of the layer, or of the one that a wrapper wraps */
    Str class_name;         /* likewise */
    Port *ports;            /* what it reads */
    Shape *in;              /* their shapes, without hidden time axes */
    uint32_t in_count;
    Layer *layer;           /* NULL until keras_begin */
    Shape out[KERAS_MOST_OUTPUTS]; /* shapes of its outputs */
    uint32_t out_count;     /* 1 unless a rule says otherwise */
    Dim params, macs;       /* of the layer; for one sample */
    uint32_t lift;          /* time axes that are hidden here: the site's and the wrapper's own */
    const Value *activation; /* of a layer that has one built in: becomes a layer of its own in figures; or NULL */
    bool settled;           /* `out`, `params` and `macs` are final: the operation's own rules are not asked */
} KerasCall;

/* One class of layers. `read` sets operation and attributes; `finish` what the operation's own rules do not know. */
typedef struct KerasRow {
    const char *classes;               /* its names in all versions, separated by blanks */
    const char *op;                    /* netikz's operation; NULL: `read` chooses */
    bool (*read)(KerasCall *call);     /* or NULL; false after a report */
    void (*finish)(KerasCall *call);   /* or NULL; shapes and counts of the operation's rules are there already */
} KerasRow;

typedef struct KerasRows {
    const KerasRow *rows;
    size_t count;
} KerasRows;

#define KERAS_ROWS(table) ((KerasRows){(table), sizeof(table) / sizeof *(table)})

KerasRows keras_window_rows(void);     /* keras_window.c: convolution, pooling, padding, resizing */
KerasRows keras_dense_rows(void);      /* keras_dense.c: dense, embedding, norms, activations, regularisation */
KerasRows keras_shape_rows(void);      /* keras_shape.c: reshaping, merging, preprocessing, anything else */
KerasRows keras_recurrent_rows(void);  /* keras_recurrent.c */
KerasRows keras_attention_rows(void);  /* keras_attention.c */
KerasRows keras_operation_rows(void);  /* keras_operation.c: operations that are no layers */
bool keras_is_operation(const Value *layer);  /* whether its class is one of keras.ops, not of keras.layers */
bool keras_read_operation(KerasCall *call);   /* as a row's `read` */
Names *keras_all_rows(Arena *arena);   /* keras_layer.c: of all families, by class */

/* ---- values: keras_value.c --------------------------------------------------------------------------------------- */

/* The first of the blank-separated keys that is there and not null, or NULL. */
const Value *keras_get(const Value *map, const char *keys);
Str keras_text(const Value *value);                       /* of a scalar; empty for anything else */
Str keras_word(const Value *map, const char *keys);       /* text under the first key that is there */
bool keras_is(const Value *map, const char *keys, bool otherwise);
bool keras_int(const Value *value, int64_t *n);           /* also 3.0 */
Dim keras_dim(const Value *value);                        /* a number from 0 on; unknown for null and anything else */
Dim keras_number(const Value *map, const char *keys);     /* dim under the first key that is there */
bool keras_shape(Arena *arena, const Value *value, Shape *shape); /* [null, 3]; false where it is no shape */
Str keras_class(const Value *value);                      /* class_name without its package; a function's name */
Str keras_name_of(const Value *value);                    /* name, or config.name; empty */
const Value *keras_config(const Value *value);            /* config, or NULL */

/* ---- models: keras_model.c, keras_node.c ------------------------------------------------------------------------- */

bool keras_is_model(const Value *value);                  /* whether {class_name, config} holds layers */
/* NULL after a report. */
KerasModel *keras_decode(KerasReader *reader, const Value *value, bool frozen, uint32_t depth);
Shape keras_input_shape(Arena *arena, const Value *layer); /* that the first layer of a Sequential says it reads */
/* Decodes `inbound_nodes` of all entries, `input_layers`, `output_layers`. False after a report. */
bool keras_decode_nodes(KerasReader *reader, KerasModel *model);
/* Appends the tensors in a value of any dialect, in order, but for masks. */
bool keras_find_refs(KerasReader *reader, const KerasModel *model, const Value *value, KerasNode *node);
Place keras_place(const KerasReader *reader, const Value *value);

/* ---- files: keras_file.c ----------------------------------------------------------------------------------------- */

bool keras_recognises_file(Str bytes);                    /* an archive or HDF5 */
/* The JSON in an archive or HDF5 file, or the source itself; NULL after a report. */
const Source *keras_open(Arena *arena, Diags *diags, const Source *source);

/* ---- building: keras_run.c --------------------------------------------------------------------------------------- */

/* Writes a model out as layers; its inputs read `ports`; *outputs is what leaves. False after a report. */
bool keras_run(KerasReader *reader, KerasModel *model, const KerasSite *site, const Port *ports, uint32_t port_count,
               Port **outputs, uint32_t *output_count);

/* ---- one call: keras_layer.c ------------------------------------------------------------------------------------- */

bool keras_call(KerasCall *call, Port *outputs);          /* makes the layer; fills out_count ports */
bool keras_dispatch(KerasCall *call);                     /* by class_name: reads, infers, finishes */
const Op *keras_op(KerasReader *reader, Str name);        /* op_find, remembered */
void keras_begin(KerasCall *call, const char *op);        /* the layer, of that operation, or changes its operation */
void keras_custom(KerasCall *call);                       /* likewise, of an operation that netikz does not know */
void keras_same(KerasCall *call);                         /* settled: as the first input, no parameters, no MACs */
void keras_settle(KerasCall *call, Shape shape, Dim params, Dim macs);
bool keras_infer(KerasCall *call);                        /* the operation's own rules; false after a report */
void keras_set_dims(KerasCall *call, const char *attr, const Dim *dims, uint32_t count);
void keras_set_int(KerasCall *call, const char *attr, Dim n);  /* nothing where it is unknown */
void keras_set_bool(KerasCall *call, const char *attr, bool b);
void keras_set_text(KerasCall *call, const char *attr, Str text); /* nothing where it is empty */
/* The numbers under the first key that is there: one, or a list. */
void keras_copy_ints(KerasCall *call, const char *attr, const char *keys);
void keras_copy_int(KerasCall *call, const char *attr, const char *keys);
void keras_copy_text(KerasCall *call, const char *attr, const char *keys);
Layout keras_layout(KerasCall *call);                     /* data_format of the config, else the model's */
bool keras_error(KerasCall *call, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *keras_activation(Str name);                   /* netikz's operation of an activation; NULL: unknown */

/* ---- shapes: keras_value.c --------------------------------------------------------------------------------------- */

Shape keras_in(const KerasCall *call, uint32_t input);     /* unknown where there is none */
Dim keras_last(Shape shape);                               /* size of the last axis */
Shape keras_with(Arena *arena, Shape shape, uint32_t axis, Dim size);
Shape keras_without(Arena *arena, Shape shape, uint32_t axis);
Shape keras_inserted(Arena *arena, Shape shape, uint32_t axis, Dim size);
Dim keras_product(Arena *arena, Shape shape, uint32_t from); /* of the axes from there on; unknown for unknown shapes */
Dim keras_sum_of(Arena *arena, const Dim *dims, uint32_t count);
/* An axis counted from behind where negative. False where there is none such. */
bool keras_axis(int64_t axis, uint32_t rank, uint32_t *index);

#endif
