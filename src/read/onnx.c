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

static OnnxReader *reader_new(Arena *arena, Diags *diags, const Source *source)
{
    OnnxReader *reader = ARENA_NEW(arena, OnnxReader);
    *reader = (OnnxReader){.arena = arena, .diags = diags, .source = source};
    size_t most = ONNX_FREE_LAYERS + source->bytes.size / ONNX_LAYER_BYTES;
    reader->most_layers = most < ONNX_MOST_LAYERS ? (uint32_t)most : ONNX_MOST_LAYERS;
    reader->graph = graph_new(arena, source);
    reader->graph->imported = true;
    reader->graph->batch_axes = 1;
    reader->rows = names_new(arena);
    reader->ops = names_new(arena);
    reader->functions = names_new(arena);
    reader->symbols = names_new(arena);
    reader->symbols_used = names_new(arena);
    const OnnxRow *row;
    for (size_t i = 0; (row = onnx_row_at(i)) != NULL; i++) {
        const OnnxRow **thing = arena_alloc(arena, sizeof *thing);
        *thing = row;
        names_put(reader->rows, str_from(row->name), thing);
    }
    return reader;
}

/* An input that has an initialiser is one only for those who want to replace the weights. */
static void add_input(OnnxReader *reader, OnnxFrame *frame, const OnnxInfo *info)
{
    if (!info->name.size || names_get(frame->values, info->name))
        return;
    OnnxValue *value = onnx_value(reader, frame, info->name);
    Layer *layer = graph_add_layer(reader->graph, frame->scope, op_find(STR("input")), 0, info->name);
    value->shape = onnx_type_shape(reader, info->type, &value->type, true);
    value->port = (Port){layer, 0};
    value->flows = true;
    value->weight = onnx_weight_new(reader, value->shape, value->type, false);
    value->weight->input = layer;
    value->direct = true;
    layer->attrs = ARENA_ARRAY(reader->arena, layer->op->attr_count, Attr);
    layer->op_name = str_from(layer->op->name);
    layer->implied = layer->inferred = true;
    layer->place = onnx_place(reader, info->name);
    layer->outputs[0] = value->shape;
    layer->params = layer->macs = dim_int(0);
}

static void add_inputs(OnnxReader *reader, OnnxFrame *frame, const OnnxGraph *graph)
{
    for (uint32_t i = 0; i < graph->input_count; i++)
        add_input(reader, frame, &graph->inputs[i]);
    Shape *shapes = ARENA_ARRAY(reader->arena, reader->graph->layer_count, Shape);
    for (uint32_t i = 0; i < reader->graph->layer_count; i++)
        shapes[i] = reader->graph->layers[i]->outputs[0];
    onnx_find_batch(reader, shapes, reader->graph->layer_count);
}

static void add_outputs(OnnxReader *reader, const OnnxFrame *frame, const OnnxGraph *graph)
{
    reader->graph->outputs = ARENA_ARRAY(reader->arena, graph->output_count, Port);
    for (uint32_t i = 0; i < graph->output_count; i++) {
        const OnnxValue *value = onnx_lookup(frame, graph->outputs[i].name);
        if (value && value->port.layer)
            reader->graph->outputs[reader->graph->output_count++] = value->port;
    }
}

static bool read_graph(OnnxReader *reader, Str body)
{
    OnnxGraph *graph = ARENA_NEW(reader->arena, OnnxGraph);
    OnnxFrame *frame = onnx_frame(reader, NULL, reader->graph->root);
    if (!onnx_decode_graph(reader, body, graph))
        return false;
    reader->graph->name = graph->name;
    frame->common = onnx_common_prefix(graph);
    onnx_declare(reader, frame, graph);
    add_inputs(reader, frame, graph);
    if (!onnx_run(reader, frame, graph))
        return false;
    add_outputs(reader, frame, graph);
    onnx_finish(reader);
    return true;
}

bool read_onnx(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    Parts parts = {0};
    OnnxReader *reader = reader_new(arena, diags, source);
    if (!read_model(reader, source->bytes, &parts) || !read_graph(reader, parts.graph))
        return false;
    *model = model_of(arena, reader->graph);
    return true;
}
