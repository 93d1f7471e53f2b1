/* SPDX-License-Identifier: MIT */
/* What the rooms of the ONNX reader share: decoded messages, values, frames of names, and one use of an operator. */
#ifndef NETIKZ_ONNX_H
#define NETIKZ_ONNX_H

#include "base/names.h"
#include "format/wire.h"
#include "op/op.h"
#include "read/reader.h"

enum {
    ONNX_MOST_PARTS = 2500000, /* nodes, names, tensors … that are decoded, functions written out */
    ONNX_MOST_LAYERS = 200000, /* as in specs */
    ONNX_FREE_LAYERS = 20000, /* that a small file may write out of functions, however small it is */
    ONNX_LAYER_BYTES = 4, /* of the file, for each further one */
    ONNX_MOST_DEPTH = 32, /* bodies and functions inside each other */
    ONNX_MOST_NUMBERS = 256, /* elements of a tensor that is computed with */
    ONNX_MOST_DIMS = SHAPE_MAX_RANK
};

/* TensorProto.DataType */
enum {
    ONNX_FLOAT = 1, ONNX_UINT8 = 2, ONNX_INT8 = 3, ONNX_UINT16 = 4, ONNX_INT16 = 5, ONNX_INT32 = 6, ONNX_INT64 = 7,
    ONNX_STRING = 8, ONNX_BOOL = 9, ONNX_FLOAT16 = 10, ONNX_DOUBLE = 11, ONNX_UINT32 = 12, ONNX_UINT64 = 13,
    ONNX_BFLOAT16 = 16, ONNX_FLOAT8_FIRST = 17, ONNX_FLOAT8_LAST = 20, ONNX_UINT4 = 21, ONNX_INT4 = 22, ONNX_FLOAT4 = 23
};

/* ---- numbers -------------------------------- */

/* A number of a small tensor: a whole number or symbol over a denominator, or unknown. */
typedef struct OnnxNumber {
    Dim over;
    int64_t under; /* at least 1 */
} OnnxNumber;

/* The numbers of a small tensor in row-major order. */
typedef struct OnnxNumbers {
    OnnxNumber *at;
    uint32_t count;
} OnnxNumbers;

/* ---- messages -------------------------------- */

typedef struct OnnxTensor OnnxTensor;

/* What an attribute is in a format that writes it in another way than ONNX. */
typedef struct OnnxGiven {
    enum { GIVEN_INT, GIVEN_INTS, GIVEN_FLOAT, GIVEN_TEXT, GIVEN_TENSOR } kind;
    int64_t *ints; /* GIVEN_INT: one; GIVEN_INTS: `count` */
    uint32_t count;
    double number; /* GIVEN_FLOAT */
    Str text; /* GIVEN_TEXT */
    const OnnxTensor *tensor; /* GIVEN_TENSOR */
} OnnxGiven;

/* An attribute as it stands in the file: decoded when it is asked for. */
typedef struct OnnxAttr {
    Str name;
    Str body; /* of the AttributeProto */
    const OnnxGiven *given; /* of another format than ONNX, or NULL */
} OnnxAttr;

typedef struct OnnxNode {
    Str name; /* as the file says it: may be empty */
    Str op; /* op_type */
    Str domain; /* empty: the standard one */
    Str overload; /* of a function */
    Str *inputs; /* names of values; empty: left out */
    uint32_t input_count;
    Str *controls; /* names of nodes that it waits for (TensorFlow) */
    uint32_t control_count;
    Str *outputs;
    uint32_t output_count;
    OnnxAttr *attrs;
    uint32_t attr_count;
    Str body; /* of the NodeProto: for its offset */
} OnnxNode;

/* A tensor without its numbers. */
struct OnnxTensor {
    Str name;
    Str body; /* of the TensorProto, or SparseTensorProto; with `shape`: the numbers, the lowest byte first */
    const Shape *shape; /* of another format than ONNX; NULL: it stands in the body */
    OnnxNumbers *numbers; /* of another format than ONNX: what it holds, where that is small; or NULL */
    uint8_t type; /* TensorProto.DataType */
    bool sparse; /* which of both; its dimensions are field 3 then */
    bool external; /* the numbers stand in another file */
    bool constant; /* of another format than ONNX: nothing tells weights from other constants but their use */
};

/* The name and type of a value: ValueInfoProto. */
typedef struct OnnxInfo {
    Str name;
    Str type; /* body of the TypeProto */
    const Shape *shape; /* of another format than ONNX, or NULL */
    int64_t element; /* its type, likewise */
} OnnxInfo;

/* A graph, or a function: that has no tensors. */
typedef struct OnnxGraph {
    Str name;
    Str domain; /* of a function */
    Str overload; /* likewise */
    OnnxNode *nodes;
    uint32_t node_count;
    OnnxTensor *tensors; /* initialisers */
    uint32_t tensor_count;
    OnnxInfo *inputs;
    uint32_t input_count;
    OnnxInfo *outputs;
    uint32_t output_count;
    OnnxInfo *infos; /* value_info */
    uint32_t info_count;
    OnnxAttr *defaults; /* of a function: attributes that a call need not say */
    uint32_t default_count;
    bool open; /* a function that is being written out */
} OnnxGraph;

/* ---- what is known of values -------------------------------- */

/* Trained numbers, counted where they are first used. */
typedef struct OnnxWeight OnnxWeight;
struct OnnxWeight {
    Dim count; /* how many */
    uint32_t rank; /* of the tensor */
    int64_t type; /* TensorProto.DataType */
    bool is_tensor; /* an initialiser; otherwise a constant, or an input that nothing but its use tells from data */
    bool certain; /* the file says that it is trained, whatever its size and use */
    Layer *counted_by; /* the layer whose params hold them; NULL: none yet */
    Layer *input; /* the input layer, where it is one */
    OnnxWeight **parts; /* what it was joined of; NULL: it is one tensor */
    uint32_t part_count;
};

/* A tensor that flows, or stands still. */
typedef struct OnnxValue {
    Str name;
    Port port; /* the layer that gives it; NULL for initialisers */
    Shape shape;
    int64_t type; /* TensorProto.DataType; 0: unknown */
    const OnnxTensor *tensor; /* where its numbers can be read, or NULL */
    OnnxNumbers *numbers; /* what it holds, where that is small and known; NULL otherwise */
    OnnxWeight *weight; /* what it holds, where that may be trained: seen through Identity, Transpose, Quant … */
    bool absent; /* an input of a function that the call leaves out */
    bool direct; /* it is the weight itself, not something made of it */
    bool flows; /* it depends on the network's data, not on shapes and constants alone */
} OnnxValue;

/* The names that a graph or function body sees. */
typedef struct OnnxFrame OnnxFrame;
struct OnnxFrame {
    OnnxFrame *outer; /* whose names it sees too; NULL: none */
    Names *values; /* OnnxValue by name */
    Names *declared; /* OnnxInfo by name: what the file says of values */
    Scope *scope; /* where its layers stand */
    Str path; /* before the names of its nodes, with `/` at the end; empty at the top */
    Layer *within; /* the layer whose body this is, or NULL */
    Names *scopes; /* Scope by path of a node's name */
    size_t common; /* bytes of a prefix that all scopes share */
    const OnnxNode *call; /* the node that calls the function whose body this is, or NULL */
    uint32_t depth; /* bodies and functions around it */
};

typedef struct OnnxReader OnnxReader;
typedef OnnxGraph *(*OnnxCaller)(OnnxReader *reader, const OnnxNode *node);

struct OnnxReader {
    Arena *arena;
    Arena *scratch; /* for messages, names and values, until the network is there */
    Diags *diags;
    const Source *source;
    Graph *graph;
    Names *rows; /* OnnxRow by name */
    Names *foreign; /* of another format, whose operators become those of ONNX: OnnxRow by its names; NULL: it is ONNX */
    OnnxCaller calls; /* of another format: which function a node calls; or NULL */
    Names *ops; /* Op by name, as found before */
    Names *functions; /* OnnxGraph by domain, name and overload */
    Names *symbols; /* Str that a symbolic dimension is called, by what the file calls it */
    Names *symbols_used; /* the other way round */
    Dim *batch; /* symbols that stand for the batch */
    uint32_t batch_count, batch_room;
    uint32_t hidden; /* unknown dimensions that have a symbol of their own */
    size_t parts; /* decoded so far, and read again where functions are written out */
    uint32_t most_layers; /* that the network may have */
    uint32_t dangling; /* inputs that nothing gives */
    bool inner_weights; /* of another format: operators hold their weights themselves, so unknown ones may hold some */
    bool failed; /* reading has stopped */
    void *format; /* what another format's reader has to remember */
};

/* One use of an operator. */
typedef struct OnnxCall {
    OnnxReader *reader;
    Arena *arena;
    OnnxFrame *frame;
    const OnnxNode *node;
    const OnnxNode *source; /* of another format than ONNX: the node as the file has it */
    OnnxNode *own; /* likewise: what it becomes, the same as `node` */
    const char *follow; /* operator that is written into this one, behind it: Relu; or NULL */
    const struct OnnxRow *row; /* what is known of the operator; NULL: nothing */
    OnnxValue **in; /* NULL: left out */
    uint32_t in_count;
    OnnxValue **out; /* never NULL; of a left-out output a value that nobody sees */
    uint32_t out_count;
    Layer *layer;
    bool channels_last; /* QONNX' own domain */
    Dim macs; /* filled by the rule */
} OnnxCall;

typedef void (*OnnxRule)(OnnxCall *call);

/* What is known of an operator. */
typedef struct OnnxRow {
    const char *name;
    const char *as; /* of another format: the operator of ONNX, or the operation of the registry, that it is; or NULL */
    OnnxRule lower; /* of another format: attributes and inputs as ONNX has them; or NULL */
    OnnxRule shape; /* shapes of the outputs and MACs; NULL: nothing is known */
    OnnxRule fold; /* numbers of the outputs, where those of the inputs are known; or NULL */
    uint32_t trained; /* bits: inputs that are trained whatever gives their numbers (the kernel of Conv) */
    uint32_t maybe; /* bits: inputs that are trained where they are initialisers (a summand of Add) */
    bool passes; /* what it gives is the first input in another form: a weight stays one */
    bool joins; /* what it gives is all its inputs side by side: weights stay weights */
    bool unknown_macs; /* it multiplies matrices, and how is not known here */
} OnnxRow;

/* ---- onnx_proto.c: messages -------------------------------- */

bool onnx_parts(OnnxReader *reader, size_t count); /* counts against the budget; false after a report */
bool onnx_broken(OnnxReader *reader, const Wire *wire, Str node); /* reports a fault, if there is one */
bool onnx_decode_graph(OnnxReader *reader, Str body, OnnxGraph *graph);
bool onnx_decode_function(OnnxReader *reader, Str body, OnnxGraph *function);
bool onnx_decode_tensor(Str body, OnnxTensor *tensor); /* false where it is damaged */
Shape onnx_tensor_shape(Arena *arena, const OnnxTensor *tensor);
OnnxNumbers *onnx_tensor_numbers(Arena *arena, const OnnxTensor *tensor); /* NULL where there are many, or none */
Shape onnx_type_shape(OnnxReader *reader, Str type, int64_t *element, bool is_input); /* of a TypeProto */
Shape onnx_info_shape(OnnxReader *reader, const OnnxInfo *info, int64_t *element, bool is_input);
Place onnx_place(const OnnxReader *reader, Str node);

/* ---- onnx_attr.c: attributes -------------------------------- */

const OnnxAttr *onnx_attr(const OnnxNode *node, const char *name); /* NULL where it is not there */
const OnnxAttr *onnx_attr_named(const OnnxNode *node, Str name); /* likewise */
int64_t onnx_attr_int(const OnnxNode *node, const char *name, int64_t otherwise);
bool onnx_attr_float(const OnnxNode *node, const char *name, double *value);
Str onnx_attr_text(const OnnxNode *node, const char *name);
bool onnx_attr_ints(Arena *arena, const OnnxNode *node, const char *name, int64_t **ints, uint32_t *count); /* false where it is not there */
uint64_t onnx_attr_floats(const OnnxNode *node, const char *name); /* how many there are */
bool onnx_holds_tensor(const OnnxNode *node); /* in an attribute, under whatever name */
bool onnx_attr_tensor(const OnnxNode *node, const char *name, OnnxTensor *tensor);
bool onnx_attr_graph(const OnnxNode *node, const char *name, Str *body);
OnnxNumber onnx_number_of(double value); /* exactly, or unknown */
Str onnx_float_text(Arena *arena, double value); /* six digits behind the point at most; empty: not so */
void onnx_attrs_to_layer(OnnxCall *call); /* as the operation of the layer calls them */

/* ---- onnx_graph.c: nodes become layers -------------------------------- */

OnnxFrame *onnx_frame(OnnxReader *reader, OnnxFrame *outer, Scope *scope);
OnnxValue *onnx_value(OnnxReader *reader, OnnxFrame *frame, Str name); /* new, in the frame */
OnnxValue *onnx_lookup(const OnnxFrame *frame, Str name); /* here or further out; NULL */
void onnx_declare(OnnxReader *reader, OnnxFrame *frame, const OnnxGraph *graph); /* initialisers and infos */
bool onnx_run(OnnxReader *reader, OnnxFrame *frame, const OnnxGraph *graph); /* all nodes */
bool onnx_run_node(OnnxReader *reader, OnnxFrame *frame, const OnnxNode *node); /* one, behind what it reads */

/* ---- onnx_body.c: nodes that hold other nodes -------------------------------- */

bool onnx_is_control(const OnnxNode *node); /* If, Loop, Scan */
bool onnx_control(OnnxCall *call); /* writes out their bodies; sets outputs and MACs */
bool onnx_function(OnnxCall *call, OnnxGraph *function); /* writes out a function's body */
Str onnx_function_key(Arena *arena, Str domain, Str name, Str overload); /* of OnnxReader.functions */

/* ---- onnx_layer.c: the layer of a node -------------------------------- */

Layer *onnx_add_layer(OnnxReader *reader, OnnxFrame *frame, const OnnxNode *node, bool known); /* known: in the registry */
const Op *onnx_find_op(OnnxReader *reader, Str name); /* of the registry; NULL */
void onnx_dress_layer(OnnxCall *call); /* attributes, inputs, what figures hide */
Str onnx_shown_name(const OnnxNode *node); /* its own, or that of its first output */
size_t onnx_common_prefix(const OnnxGraph *graph); /* bytes of the scope that all names share */
Scope *onnx_scope(OnnxReader *reader, OnnxFrame *frame, Str *name); /* that the path says; *name keeps the rest */

/* ---- onnx_network.c: from a decoded graph to the model -------------------------------- */

OnnxReader *onnx_reader(Arena *arena, Diags *diags, const Source *source); /* for ONNX */
bool onnx_read_network(OnnxReader *reader, const OnnxGraph *graph); /* inputs, nodes, outputs */
OnnxFrame *onnx_begin_network(OnnxReader *reader, const OnnxGraph *graph); /* the inputs alone, where nodes come one by one */
void onnx_end_network(OnnxReader *reader, const OnnxFrame *frame, const OnnxGraph *graph); /* the outputs */
void onnx_read_done(OnnxReader *reader, Model *model); /* behind the last node */

/* ---- onnx_foreign.c: operators of other formats become those of ONNX -------------------------------- */

OnnxReader *onnx_foreign_reader(Arena *arena, Diags *diags, const Source *source, const OnnxRow *rows, size_t count);
void onnx_add_foreign(OnnxReader *reader, const OnnxRow *row); /* a further row */
void onnx_lower(OnnxCall *call); /* call->node, call->in and call->row become those of ONNX */
void onnx_follow(OnnxCall *call); /* the layer of what is written into this one */
void onnx_be(OnnxCall *call, const char *op); /* the node is that operator of ONNX */
void onnx_show(OnnxCall *call, const char *op); /* tables and figures show it as that operation of the registry */
void onnx_train(OnnxCall *call, uint32_t inputs); /* these inputs are trained (bits), beside those of the table */
void onnx_give(OnnxCall *call, const char *name, OnnxGiven given); /* sets an attribute */
void onnx_give_int(OnnxCall *call, const char *name, int64_t n);
void onnx_give_ints(OnnxCall *call, const char *name, const int64_t *ints, uint32_t count);
void onnx_give_text(OnnxCall *call, const char *name, Str text);
void onnx_add_given(Arena *arena, OnnxNode *node, uint32_t *room, Str name, OnnxGiven given); /* while a file is decoded */
void onnx_pick(OnnxCall *call, const int *inputs, uint32_t count); /* inputs in another order; -1: none */
void onnx_see(OnnxCall *call, uint32_t input, Shape shape); /* the input, in another shape */
OnnxNumbers *onnx_numbers_of_ints(Arena *arena, const int64_t *ints, uint32_t count);
OnnxValue *onnx_known(OnnxCall *call, const int64_t *ints, uint32_t count); /* a vector of known numbers */

/* ---- onnx_weight.c: trained parameters -------------------------------- */

OnnxWeight *onnx_weight_new(OnnxReader *reader, Shape shape, int64_t type, bool is_tensor);
void onnx_pass_weight(OnnxCall *call); /* what is a weight in another form is one still */
void onnx_count(OnnxCall *call); /* sets layer->params, weights_of */
bool onnx_is_weight(const OnnxCall *call, uint32_t input); /* holds trained numbers */

/* ---- onnx_symbol.c: dimensions that the file names or leaves open -------------------------------- */

Dim onnx_symbol(OnnxReader *reader, Str name); /* a legal symbol for the file's name */
Dim onnx_hidden(OnnxReader *reader, bool is_first); /* a symbol for a size without name; first axes share one */
void onnx_find_batch(OnnxReader *reader, const Shape *inputs, uint32_t count); /* which symbols count samples */
bool onnx_is_hidden(Dim dim); /* mentions a symbol that the file does not have */
void onnx_finish(OnnxReader *reader); /* hidden symbols become unknown, the batch one sample */

/* ---- onnx_table.c, and the rules -------------------------------- */

const OnnxRow *onnx_row_at(size_t index); /* NULL behind the last */
const OnnxRow *onnx_row_of(const OnnxReader *reader, const OnnxNode *node); /* NULL where nothing is known of the operator */
Shape onnx_in(const OnnxCall *call, uint32_t index); /* shape of an input; unknown where there is none */
OnnxNumbers *onnx_in_numbers(const OnnxCall *call, uint32_t index); /* what an input holds, or NULL */
void onnx_out(OnnxCall *call, uint32_t index, Shape shape); /* sets the shape of an output, if there is one */
bool onnx_ints(const OnnxCall *call, const char *attr, uint32_t input, int64_t **ints, uint32_t *count); /* or an input */
bool onnx_axis(int64_t axis, uint32_t rank, uint32_t *index); /* counts negative ones from behind */
Dim onnx_product(Arena *arena, const Dim *dims, uint32_t count);
bool onnx_broadcast(Arena *arena, Shape a, Shape b, Shape *out);
void onnx_set_numbers(OnnxCall *call, uint32_t index, OnnxNumber *at, uint32_t count); /* what an output holds */

#endif
