/* SPDX-License-Identifier: MIT */
/* Reads ONNX models (onnx.ai): the network, every shape and count that can be known, and none of the weights. */
#include "read/onnx.h"

enum { MODEL_IR = 1, MODEL_PRODUCER = 2, MODEL_GRAPH = 7, MODEL_OPSET = 8, MODEL_FUNCTION = 25, MODEL_LAST = 26 };
enum { GRAPH_NODES = 1, LAST_GRAPH_FIELD = 16 };

/* The head of a field, whose content may be cut off. */
static bool read_head(Str bytes, size_t *at, uint64_t *key, uint64_t *size)
{
    Wire wire = {.bytes = bytes, .at = *at};
    *size = 0;
    if (!wire_number(&wire, key) || ((*key & 7) == WIRE_BYTES && !wire_number(&wire, size)))
        return false;
    if ((*key & 7) == WIRE_VARINT && !wire_number(&wire, &(uint64_t){0}))
        return false;
    *at = wire.at;
    return true;
}

/* What stands in a GraphProto: nodes, tensors, values are messages, the name and the comment are text. */
static bool begins_a_graph(Str bytes)
{
    uint64_t key, size;
    size_t at = 0;
    if (!bytes.size)
        return true;
    return read_head(bytes, &at, &key, &size) && (key & 7) == WIRE_BYTES && key >> 3 >= GRAPH_NODES &&
           key >> 3 <= LAST_GRAPH_FIELD;
}

/*
 * A ModelProto begins with its version and holds a graph as field 7. Others that begin with a number have none: a
 * SavedModel only fields 1 and 2, a Core ML model those from 200 on; caffemodels and TensorFlow graphs begin with text.
 */
bool onnx_recognises(Str bytes)
{
    uint64_t key, size;
    size_t at = 0;
    for (int fields = 0; fields < 10000 && at < bytes.size && read_head(bytes, &at, &key, &size); fields++) {
        uint64_t number = key >> 3, type = key & 7;
        bool is_number = number == MODEL_IR || number == 5;
        if (number == 0 || number > MODEL_LAST || type != (is_number ? WIRE_VARINT : WIRE_BYTES))
            return false;
        if (number == MODEL_GRAPH)
            return begins_a_graph(str_slice(bytes, at, size > bytes.size - at ? bytes.size : at + (size_t)size));
        if (type == WIRE_BYTES && size > bytes.size - at)
            return false;
        at += (size_t)size;
    }
    return false;
}

/* What the model consists of besides its graph. */
typedef struct Parts {
    Str graph;
    bool has_graph;
    uint32_t functions;
} Parts;

static bool add_function(OnnxReader *reader, Str body)
{
    OnnxGraph *function = ARENA_NEW(reader->arena, OnnxGraph);
    if (!onnx_parts(reader, 1) || !onnx_decode_function(reader, body, function))
        return false;
    Str domain = str_equal(function->domain, STR("ai.onnx")) ? (Str){0} : function->domain;
    names_put(reader->functions, onnx_function_key(reader->arena, domain, function->name, function->overload),
              function);
    return true;
}

static bool read_model(OnnxReader *reader, Str bytes, Parts *parts)
{
    Wire wire = wire_open(bytes);
    for (WireField field; wire_next(&wire, &field);) {
        if (field.number == MODEL_GRAPH && field.type == WIRE_BYTES) {
            parts->graph = field.bytes;
            parts->has_graph = true;
        } else if (field.number == MODEL_FUNCTION && !add_function(reader, field.bytes)) {
            return false;
        }
    }
    if (onnx_broken(reader, &wire, (Str){0}))
        return false;
    if (!parts->has_graph)
        diag_error(reader->diags, onnx_place(reader, (Str){0}), "this ONNX model holds no graph");
    return parts->has_graph;
}

static bool read_graph(OnnxReader *reader, Str body)
{
    OnnxGraph *graph = ARENA_NEW(reader->arena, OnnxGraph);
    return onnx_decode_graph(reader, body, graph) && onnx_read_network(reader, graph);
}

bool read_onnx(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    Parts parts = {0};
    OnnxReader *reader = onnx_reader(arena, diags, source);
    if (!read_model(reader, source->bytes, &parts) || !read_graph(reader, parts.graph))
        return false;
    onnx_read_done(reader, model);
    return true;
}
