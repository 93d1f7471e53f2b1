/* SPDX-License-Identifier: MIT */
/* Decodes the messages of ONNX (onnx.proto, IR version 1 to 13): names, shapes and structure, but no weights. */
#include "read/onnx.h"

enum {
    NODE_INPUT = 1,
    NODE_OUTPUT = 2,
    NODE_NAME = 3,
    NODE_OP = 4,
    NODE_ATTRIBUTE = 5,
    NODE_DOMAIN = 7,
    NODE_OVERLOAD = 8
};
enum {
    GRAPH_NODE = 1,
    GRAPH_NAME = 2,
    GRAPH_TENSOR = 5,
    GRAPH_INPUT = 11,
    GRAPH_OUTPUT = 12,
    GRAPH_INFO = 13,
    GRAPH_SPARSE = 15
};
enum { FUNCTION_NAME = 1, FUNCTION_INPUT = 4, FUNCTION_OUTPUT = 5, FUNCTION_NODE = 7, FUNCTION_DOMAIN = 10,
       FUNCTION_DEFAULT = 11, FUNCTION_INFO = 12, FUNCTION_OVERLOAD = 13 };
enum { TENSOR_DIMS = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_EXTERNAL = 13, TENSOR_LOCATION = 14, SPARSE_DIMS = 3 };
enum { MOST_FIELDS = 16 }; /* field numbers of a message that are told apart */

Place onnx_place(const OnnxReader *reader, Str node)
{
    return (Place){.source = reader->source, .node = node};
}

bool onnx_parts(OnnxReader *reader, size_t count)
{
    if (reader->failed)
        return false;
    reader->parts = count < ONNX_MOST_PARTS - reader->parts ? reader->parts + count : ONNX_MOST_PARTS;
    if (reader->parts < ONNX_MOST_PARTS)
        return true;
    diag_error(reader->diags, onnx_place(reader, (Str){0}), "the model has more than %d parts, functions written out",
               ONNX_MOST_PARTS);
    reader->failed = true;
    return false;
}

bool onnx_broken(OnnxReader *reader, const Wire *wire, Str node)
{
    if (!wire->fault || reader->failed)
        return wire->fault != NULL;
    const char *start = reader->source->bytes.at;
    size_t offset = wire->fault_at && start ? (size_t)(wire->fault_at - start) : 0;
    diag_error(reader->diags, onnx_place(reader, node), "the file is damaged at byte %zu: %s", offset, wire->fault);
    diag_hint(reader->diags, "a download that broke off looks like this; its size is %zu bytes",
              reader->source->bytes.size);
    reader->failed = true;
    return true;
}

/* How many fields of each number a message has, so that arrays are made to measure. */
static bool count_fields(OnnxReader *reader, Str body, uint32_t counts[MOST_FIELDS], Str node)
{
    Wire wire = wire_open(body);
    WireField field;
    while (wire_next(&wire, &field)) {
        if (!onnx_parts(reader, 1))
            return false;
        if (field.number < MOST_FIELDS)
            counts[field.number]++;
    }
    return !onnx_broken(reader, &wire, node);
}

static OnnxAttr decode_attr(Str body)
{
    OnnxAttr attr = {.body = body};
    Wire wire = wire_open(body);
    WireField field;
    while (!attr.name.size && wire_next(&wire, &field))
        if (field.number == 1)
            attr.name = field.bytes;
    return attr;
}

/* The name alone, for messages about the rest. */
static Str node_name(Str body)
{
    Str name = {0}, output = {0};
    Wire wire = wire_open(body);
    WireField field;
    while (!name.size && wire_next(&wire, &field)) {
        if (field.number == NODE_NAME)
            name = field.bytes;
        else if (field.number == NODE_OUTPUT && !output.size)
            output = field.bytes;
    }
    return name.size ? name : output;
}

static bool decode_node(OnnxReader *reader, Str body, OnnxNode *node)
{
    uint32_t counts[MOST_FIELDS] = {0};
    if (!count_fields(reader, body, counts, node_name(body)))
        return false;
    *node = (OnnxNode){.body = body};
    node->inputs = ARENA_ARRAY(reader->scratch, counts[NODE_INPUT], Str);
    node->outputs = ARENA_ARRAY(reader->scratch, counts[NODE_OUTPUT], Str);
    node->attrs = ARENA_ARRAY(reader->scratch, counts[NODE_ATTRIBUTE], OnnxAttr);
    Wire wire = wire_open(body);
    for (WireField field; wire_next(&wire, &field);) {
        switch (field.number) {
        case NODE_INPUT: node->inputs[node->input_count++] = field.bytes; break;
        case NODE_OUTPUT: node->outputs[node->output_count++] = field.bytes; break;
        case NODE_NAME: node->name = field.bytes; break;
        case NODE_OP: node->op = field.bytes; break;
        case NODE_ATTRIBUTE: node->attrs[node->attr_count++] = decode_attr(field.bytes); break;
        case NODE_DOMAIN: node->domain = field.bytes; break;
        case NODE_OVERLOAD: node->overload = field.bytes; break;
        default: break;
        }
    }
    if (str_equal(node->domain, STR("ai.onnx")))
        node->domain = (Str){0};
    return true;
}

bool onnx_decode_tensor(Str body, OnnxTensor *tensor)
{
    Wire wire = wire_open(body);
    *tensor = (OnnxTensor){.body = body};
    for (WireField field; wire_next(&wire, &field);) {
        switch (field.number) {
        case TENSOR_TYPE: tensor->type = field.value < 256 ? (uint8_t)field.value : 0; break;
        case TENSOR_NAME: tensor->name = field.bytes; break;
        case TENSOR_EXTERNAL: tensor->external = true; break;
        case TENSOR_LOCATION: tensor->external = field.value == 1; break;
        default: break;
        }
    }
    return !wire.fault;
}

/* A sparse tensor has the name and type of its values and dimensions of its own; its numbers are not looked at. */
static bool decode_sparse(Str body, OnnxTensor *tensor)
{
    Wire wire = wire_open(body);
    bool fine = true;
    *tensor = (OnnxTensor){0};
    for (WireField field; wire_next(&wire, &field);)
        if (field.number == 1)
            fine = onnx_decode_tensor(field.bytes, tensor) && fine;
    tensor->sparse = tensor->external = true;
    tensor->body = body;
    return fine && !wire.fault;
}

Shape onnx_tensor_shape(Arena *arena, const OnnxTensor *tensor)
{
    Dim dims[ONNX_MOST_DIMS];
    if (tensor->shape)
        return *tensor->shape;
    uint32_t rank = 0, number = tensor->sparse ? SPARSE_DIMS : TENSOR_DIMS;
    Wire wire = wire_open(tensor->body);
    for (WireField field; wire_next(&wire, &field);) {
        uint64_t value;
        for (size_t at = 0; field.number == number && wire_repeated(&field, &at, &value);) {
            if (rank == ONNX_MOST_DIMS)
                return shape_unknown();
            dims[rank++] = wire_signed(value) < 0 ? DIM_NONE : dim_int(wire_signed(value));
        }
    }
    return shape_of(arena, rank, dims);
}

static OnnxInfo decode_info(Str body)
{
    OnnxInfo info = {0};
    Wire wire = wire_open(body);
    for (WireField field; wire_next(&wire, &field);) {
        if (field.number == 1)
            info.name = field.bytes;
        else if (field.number == 2)
            info.type = field.bytes;
    }
    return info;
}

static bool tensor_fault(OnnxReader *reader, Str body, const OnnxTensor *tensor)
{
    Wire wire = wire_open(body);
    WireField field;
    while (wire_next(&wire, &field))
        continue;
    if (onnx_broken(reader, &wire, tensor->name))
        return false;
    diag_error(reader->diags, onnx_place(reader, tensor->name), "the tensor at byte %zu is damaged",
               (size_t)(body.at - reader->source->bytes.at));
    reader->failed = true;
    return false;
}

static bool decode_part(OnnxReader *reader, OnnxGraph *graph, const WireField *field)
{
    OnnxTensor *tensor = &graph->tensors[graph->tensor_count];
    switch (field->number) {
    case GRAPH_NODE: return decode_node(reader, field->bytes, &graph->nodes[graph->node_count++]);
    case GRAPH_NAME: graph->name = field->bytes; return true;
    case GRAPH_TENSOR:
        graph->tensor_count++;
        return onnx_decode_tensor(field->bytes, tensor) || tensor_fault(reader, field->bytes, tensor);
    case GRAPH_SPARSE:
        graph->tensor_count++;
        return decode_sparse(field->bytes, tensor) || tensor_fault(reader, field->bytes, tensor);
    case GRAPH_INPUT: graph->inputs[graph->input_count++] = decode_info(field->bytes); return true;
    case GRAPH_OUTPUT: graph->outputs[graph->output_count++] = decode_info(field->bytes); return true;
    case GRAPH_INFO: graph->infos[graph->info_count++] = decode_info(field->bytes); return true;
    default: return true;
    }
}

static bool check_nodes(OnnxReader *reader, uint32_t count)
{
    if (count <= ONNX_MOST_LAYERS)
        return true;
    diag_error(reader->diags, onnx_place(reader, (Str){0}), "the model has more than %d nodes", ONNX_MOST_LAYERS);
    reader->failed = true;
    return false;
}

bool onnx_decode_graph(OnnxReader *reader, Str body, OnnxGraph *graph)
{
    uint32_t counts[MOST_FIELDS] = {0};
    *graph = (OnnxGraph){0};
    if (!count_fields(reader, body, counts, (Str){0}) || !check_nodes(reader, counts[GRAPH_NODE]))
        return false;
    graph->nodes = ARENA_ARRAY(reader->scratch, counts[GRAPH_NODE], OnnxNode);
    graph->tensors = ARENA_ARRAY(reader->scratch, (size_t)counts[GRAPH_TENSOR] + counts[GRAPH_SPARSE] + 1, OnnxTensor);
    graph->inputs = ARENA_ARRAY(reader->scratch, counts[GRAPH_INPUT], OnnxInfo);
    graph->outputs = ARENA_ARRAY(reader->scratch, counts[GRAPH_OUTPUT], OnnxInfo);
    graph->infos = ARENA_ARRAY(reader->scratch, counts[GRAPH_INFO], OnnxInfo);
    Wire wire = wire_open(body);
    for (WireField field; wire_next(&wire, &field);)
        if (!decode_part(reader, graph, &field))
            return false;
    return true;
}

bool onnx_decode_function(OnnxReader *reader, Str body, OnnxGraph *function)
{
    uint32_t counts[MOST_FIELDS] = {0};
    *function = (OnnxGraph){0};
    if (!count_fields(reader, body, counts, (Str){0}) || !check_nodes(reader, counts[FUNCTION_NODE]))
        return false;
    function->nodes = ARENA_ARRAY(reader->scratch, counts[FUNCTION_NODE], OnnxNode);
    function->inputs = ARENA_ARRAY(reader->scratch, counts[FUNCTION_INPUT], OnnxInfo);
    function->outputs = ARENA_ARRAY(reader->scratch, counts[FUNCTION_OUTPUT], OnnxInfo);
    function->infos = ARENA_ARRAY(reader->scratch, counts[FUNCTION_INFO], OnnxInfo);
    function->defaults = ARENA_ARRAY(reader->scratch, counts[FUNCTION_DEFAULT], OnnxAttr);
    Wire wire = wire_open(body);
    for (WireField field; wire_next(&wire, &field);) {
        switch (field.number) {
        case FUNCTION_NAME: function->name = field.bytes; break;
        case FUNCTION_INPUT: function->inputs[function->input_count++].name = field.bytes; break;
        case FUNCTION_OUTPUT: function->outputs[function->output_count++].name = field.bytes; break;
        case FUNCTION_DOMAIN: function->domain = field.bytes; break;
        case FUNCTION_OVERLOAD: function->overload = field.bytes; break;
        case FUNCTION_INFO: function->infos[function->info_count++] = decode_info(field.bytes); break;
        case FUNCTION_DEFAULT: function->defaults[function->default_count++] = decode_attr(field.bytes); break;
        case FUNCTION_NODE:
            if (!decode_node(reader, field.bytes, &function->nodes[function->node_count++]))
                return false;
            break;
        default: break;
        }
    }
    return true;
}
