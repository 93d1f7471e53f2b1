/* SPDX-License-Identifier: MIT */
/* What the rooms of the Core ML reader share. */
#ifndef NETIKZ_COREML_H
#define NETIKZ_COREML_H

#include "format/message.h"
#include "read/lower.h"

/* A network that is being read: that of a pipeline is made of several. */
typedef struct Coreml {
    OnnxReader *reader;
    Arena *arena;
    OnnxGraph *graph;
    uint32_t node_room, tensor_room, input_room, output_room, info_room;
    Names *features; /* what the models of a pipeline hand on to each other, by name */
    Str prefix;      /* before the names of layers and values of the model that is being read, with `/` at the end */
    bool exact;      /* tensors have the axes that the file says; else maps are C×H×W, without a batch */
    uint32_t depth;  /* pipelines around it */
} Coreml;

/* What a layer's message holds, and how the rules call it. */
typedef struct CoremlField {
    uint32_t number; /* of the field */
    const char *name; /* of the attribute */
    bool list;
} CoremlField;

typedef struct CoremlRow {
    uint32_t number; /* of NeuralNetworkLayer's field */
    OnnxRow row;     /* the name of that field, and what it becomes */
    const CoremlField *fields;
    uint32_t field_count;
    void (*weights)(Coreml *model, OnnxNode *node, Message params); /* further inputs that hold weights; or NULL */
} CoremlRow;

const CoremlRow *coreml_row_at(size_t index);         /* coreml_table.c; NULL behind the last */
const CoremlRow *coreml_row_of(uint32_t number);      /* NULL: unknown */

/* coreml_layer.c */
bool coreml_add_layer(Coreml *model, Message message);           /* a NeuralNetworkLayer */
void coreml_add_weight(Coreml *model, OnnxNode *node, const char *name, uint32_t rank, const int64_t *sizes);
void coreml_skip_weight(Coreml *model, OnnxNode *node);          /* an input that is not there */
Str coreml_value(Coreml *model, Str name);                       /* as it is called in the whole pipeline */
void coreml_add_info(Coreml *model, OnnxInfo info);              /* what the file says of a value */
bool coreml_fault(Coreml *model, const MessageReader *reader, Str node);
void coreml_weights_conv(Coreml *model, OnnxNode *node, Message params);
void coreml_weights_dense(Coreml *model, OnnxNode *node, Message params);
void coreml_weights_norm(Coreml *model, OnnxNode *node, Message params);
void coreml_weights_layernorm(Coreml *model, OnnxNode *node, Message params);
void coreml_weights_scale(Coreml *model, OnnxNode *node, Message params);
void coreml_weights_bias(Coreml *model, OnnxNode *node, Message params);
void coreml_weights_matmul(Coreml *model, OnnxNode *node, Message params);
void coreml_weights_embedding(Coreml *model, OnnxNode *node, Message params);
void coreml_weights_rnn(Coreml *model, OnnxNode *node, Message params);
void coreml_weights_gru(Coreml *model, OnnxNode *node, Message params);
void coreml_weights_lstm(Coreml *model, OnnxNode *node, Message params);
void coreml_weights_bilstm(Coreml *model, OnnxNode *node, Message params);
void coreml_padding(Coreml *model, OnnxNode *node, Message params); /* `pads`, `auto_pad` of windows */
void coreml_activation(Coreml *model, OnnxNode *node, Message params); /* `type`, and the slopes of PReLU */

#endif
