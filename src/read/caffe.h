/* SPDX-License-Identifier: MIT */
/* What the rooms of the Caffe reader share: the net that is read, one use of a layer type, the table of types. */
#ifndef NETIKZ_CAFFE_H
#define NETIKZ_CAFFE_H

#include "format/value.h"
#include "op/op.h"
#include "read/reader.h"

enum { CAFFE_MOST_LAYERS = 50000, CAFFE_MOST_TOPS = 4096 };

/* Which layers are in use: `include` and `exclude` ask for these (NetState). */
typedef struct CaffeState {
    Str phase;            /* TRAIN or TEST */
    int64_t level;        /* 0 unless the net says another */
    Names *stages;        /* those that the net says it is in */
} CaffeState;

typedef struct CaffeReader {
    Arena *arena;
    Diags *diags;
    const Source *source;
    Graph *graph;
    const Value *net;     /* the NetParameter */
    CaffeState state;
    Names *blobs;         /* Port by name: who gives it now (layers in place replace each other) */
    Names *weights;       /* CaffeWeight by the name that `param` gives it */
    Names *parts;         /* paths that names of layers have before a `/` */
    Names *scopes;        /* Scope by path of a name */
    Names *rows;          /* CaffeFound by type as it is written */
    Names *ops;           /* CaffeOp by netikz's name */
    Names *unknown;       /* types that were reported */
    bool trained;         /* a binary file */
    bool failed;          /* an error was reported */
    bool open_data;       /* data of unknown size were reported */
} CaffeReader;

/* An operation as it was found before. */
typedef struct CaffeOp {
    const Op *op;         /* NULL: there is none */
} CaffeOp;

/* Trained numbers that several layers may share. */
typedef struct CaffeWeight {
    Layer *owner;
    Dim count;
    Place place;          /* where the owner says its name */
} CaffeWeight;

typedef struct CaffeCall CaffeCall;
typedef void (*CaffeRule)(CaffeCall *call);

/* What is known of a type of layer. */
typedef struct CaffeRow {
    const char *name;     /* `type: "Convolution"` */
    const char *aliases;  /* as V1 and V0 nets and forks call it, separated by blanks; `_` and case do not matter */
    const char *op;       /* netikz's operation; NULL: none */
    const char *message;  /* its parameters: "convolution_param"; NULL: none */
    CaffeRule rule;       /* outputs, weights, MACs; attributes that its parameters do not say by their names */
    uint32_t inputs;      /* at least */
    bool fork;            /* trained nets: its sizes depend on parameters that each fork numbers in its own way */
} CaffeRow;

/* A layer of the net and what its rule finds out. */
struct CaffeCall {
    CaffeReader *reader;
    Arena *arena;
    const Value *node;    /* the LayerParameter (of a V0 net the message inside of it) */
    const Value *param;   /* its parameters of its type, or NULL */
    Str type;             /* as it is written */
    const CaffeRow *row;  /* NULL: unknown */
    Layer *layer;
    const Shape *in;
    uint32_t in_count;
    Shape *out;           /* as many as the layer has */
    uint32_t out_count;
    Dim weights[8];       /* trained numbers of each blob, in Caffe's order */
    uint32_t weight_count;
    Dim macs;             /* 0 unless the rule says otherwise */
};

/* ---- caffe_field.c: fields of messages -------------------------------------------------------------------------- */

const Value *caffe_field(const Value *message, const char *name);       /* the first, or NULL; `_` may be missing */
const Value *caffe_next(const Value *field);                            /* the next of the same name, or NULL */
bool caffe_is(const Value *field, const char *name);                    /* whether it is called so */
uint32_t caffe_count(const Value *message, const char *name);           /* how many there are */
Str caffe_text(const Value *message, const char *name);                 /* a string or word, or empty */
bool caffe_int_in(CaffeReader *reader, const Value *field, int64_t *n); /* false after a report; NULL is no error */
int64_t caffe_int(CaffeCall *call, const char *name, int64_t otherwise);        /* of the parameters */
bool caffe_bool(CaffeCall *call, const char *name, bool otherwise);     /* likewise */
Str caffe_word(const CaffeCall *call, const char *name);                /* likewise, or empty */
bool caffe_has(const CaffeCall *call, const char *name);                /* whether the parameters say it */
Shape caffe_shape(CaffeReader *reader, const Value *message);           /* of a BlobShape { dim … } */

/* ---- caffe_binary.c: trained nets ------------------------------------------------------------------------------- */

const Value *caffe_decode(Arena *arena, Diags *diags, const Source *source);    /* NULL after a report */

/* ---- caffe_phase.c: which layers are in use --------------------------------------------------------------------- */

bool caffe_is_layer(const Value *field);                                /* `layer {…}`, `layers {…}` */
const Value *caffe_inner(const Value *field);                           /* its parameters: of V0 the message inside */
bool caffe_included(const CaffeState *state, const Value *field);
void caffe_choose_phase(CaffeReader *reader);                           /* TEST, unless only TRAIN holds together */

/* ---- caffe_layer.c: layers of the graph ------------------------------------------------------------------------- */

const Op *caffe_op(CaffeReader *reader, Str name);                      /* op_find, which looks at all names, once */
bool caffe_add_layers(CaffeReader *reader);                             /* all that are in use */
void caffe_become(CaffeCall *call, const char *op); /* another operation; before attributes are set */
void caffe_set(CaffeCall *call, const char *attr, const Dim *dims, uint32_t count); /* where it has such an attribute */
void caffe_set_int(CaffeCall *call, const char *attr, int64_t n);
void caffe_set_text(CaffeCall *call, const char *attr, Str text);
void caffe_check_blobs(CaffeCall *call);                                /* caffe_blob.c: weights as the file holds them */
Dim caffe_held(CaffeCall *call);                                        /* numbers in all blobs of a trained layer; unknown: it has none */
void caffe_finish_weights(CaffeCall *call);                             /* layer->params, weights_of */
Scope *caffe_scope(CaffeReader *reader, Str *name); /* that the name's path says; *name keeps the rest */

/* ---- for rules -------------------------------------------------------------------------------------------------- */

Place caffe_place(const Value *node);                                   /* its name, or where it begins */
void caffe_fail(CaffeCall *call, const Value *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));                              /* an error, at a field or at the layer */
void caffe_fail_inputs(CaffeCall *call);                                /* adds to it where the inputs come from */
void caffe_missing(CaffeCall *call, const char *name);                  /* an error: a field that is needed */
bool caffe_outputs(CaffeCall *call, Dim *out); /* `num_output`; 0, as in templates, is unknown; false after a report */
void caffe_infer(CaffeCall *call);                                      /* by the registry's rules */
Shape caffe_in(const CaffeCall *call, uint32_t index);                  /* unknown where there is none */
void caffe_out(CaffeCall *call, uint32_t index, Shape shape);
void caffe_weight(CaffeCall *call, Dim count);                          /* the next blob */
Dim caffe_product(const CaffeCall *call, Shape shape, uint32_t from, uint32_t to);      /* of the sizes from .. to-1 */
bool caffe_axis(CaffeCall *call, const char *name, int64_t usual, Shape in, uint32_t *axis); /* false after a report */

void caffe_same(CaffeCall *call);                                       /* outputs are as the first input */

/* caffe_conv.c */
void caffe_conv(CaffeCall *call);
void caffe_conv_depthwise(CaffeCall *call);
void caffe_deconv(CaffeCall *call);
void caffe_im2col(CaffeCall *call);
void caffe_pool(CaffeCall *call);
void caffe_roi_pool(CaffeCall *call);
void caffe_psroi_pool(CaffeCall *call);
void caffe_spp(CaffeCall *call);
void caffe_upsample(CaffeCall *call);
void caffe_interp(CaffeCall *call);
/* caffe_dense.c */
void caffe_inner_product(CaffeCall *call);
void caffe_embed(CaffeCall *call);
void caffe_lstm(CaffeCall *call);
void caffe_rnn(CaffeCall *call);
void caffe_indicator(CaffeCall *call);
void caffe_batch_norm(CaffeCall *call);
void caffe_bn(CaffeCall *call);
void caffe_scale(CaffeCall *call);
void caffe_bias(CaffeCall *call);
void caffe_prelu(CaffeCall *call);
void caffe_normalize(CaffeCall *call);
void caffe_relu(CaffeCall *call);
void caffe_parameter(CaffeCall *call);
/* caffe_merge.c */
void caffe_eltwise(CaffeCall *call);
void caffe_concat(CaffeCall *call);
void caffe_axpy(CaffeCall *call);
void caffe_crop(CaffeCall *call);
void caffe_loss(CaffeCall *call);
void caffe_softmax_loss(CaffeCall *call);
void caffe_split(CaffeCall *call);
void caffe_silence(CaffeCall *call);
void caffe_python(CaffeCall *call);
void caffe_prior_box(CaffeCall *call);
void caffe_detections(CaffeCall *call);
void caffe_proposal(CaffeCall *call);
void caffe_batch_reindex(CaffeCall *call);
void caffe_filter(CaffeCall *call);
/* caffe_reshape.c */
void caffe_reshape(CaffeCall *call);
void caffe_flatten(CaffeCall *call);
void caffe_slice(CaffeCall *call);
void caffe_permute(CaffeCall *call);
void caffe_tile(CaffeCall *call);
void caffe_reduction(CaffeCall *call);
void caffe_argmax(CaffeCall *call);
/* caffe_data.c */
void caffe_data(CaffeCall *call);
void caffe_dummy_data(CaffeCall *call);
void caffe_input(CaffeCall *call);
void caffe_source(CaffeCall *call);
bool caffe_add_inputs(CaffeReader *reader); /* `input`, `input_dim`, `input_shape` of old nets */
void caffe_check_data(CaffeCall *call); /* says once that sizes of data are not in the file */
/* caffe_table.c */
const CaffeRow *caffe_row(CaffeReader *reader, Str type);               /* NULL: not known */
Str caffe_nearest_type(Arena *arena, Str type);                         /* for did-you-mean */

#endif
