/* SPDX-License-Identifier: MIT */
/* What the rooms of the TensorFlow reader share. */
#ifndef NETIKZ_TF_H
#define NETIKZ_TF_H

#include "format/message.h"
#include "read/lower.h"

/* A network that is being read. */
typedef struct Tf {
    OnnxReader *reader;
    Arena *arena;
    Names *functions;   /* OnnxGraph by name */
    Names *variables;   /* what a MetaGraph says of variables, by name: `trained` or `kept` */
    bool lists_trained; /* it lists all that are trained */
    bool plain_scalars; /* a shape without sizes is that of a scalar: versions before 24 meant any */
    Str *outputs;       /* of the signature, as values are called; NULL: none */
    uint32_t output_count, output_room;
    Message graph;      /* the GraphDef */
    bool has_graph;
} Tf;

const OnnxRow *tf_row_at(size_t index);               /* tf_table.c; NULL behind the last */
int64_t tf_type(int64_t type);                        /* DataType as TensorProto.DataType of ONNX; 0: it has none */
int64_t tf_type_word(Str word);                       /* DT_FLOAT … as DataType */
bool tf_is_call(Str op);                              /* it calls the function of its attribute `f` */

/* tf_decode.c: messages */
bool tf_decode_graph(Tf *tf, Message message, OnnxGraph *graph); /* a GraphDef, with its library */
bool tf_fault(Tf *tf, const MessageReader *reader, Str node);    /* reports what is wrong with a message, if there is something */
Shape tf_decode_shape(Tf *tf, Message message);                  /* a TensorShapeProto */
Str tf_value_name(Tf *tf, Str input);                            /* `a:0` is `a`, `a:out:0` too in a function */

/* tf_meta.c: what is around a graph */
bool tf_decode_saved(Tf *tf, Message message);
bool tf_decode_meta(Tf *tf, Message message);
void tf_decode_signature(Tf *tf, Message message);               /* a SignatureDef: the first counts, `serving_default` more */
bool tf_is_trained(const Tf *tf, Str variable);
bool tf_says_trained(const Tf *tf, Str variable); /* the file lists it as such */

#endif
