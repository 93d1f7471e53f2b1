/* SPDX-License-Identifier: MIT */
/* Reads Core ML models (Model.proto): neural networks, classifiers, regressors and pipelines of them; no weights. */
#include "read/coreml.h"

enum {
    MODEL_DESCRIPTION = 2, PIPELINE_CLASSIFIER = 200, PIPELINE_REGRESSOR = 201, PIPELINE = 202, NETWORK_REGRESSOR = 303,
    NETWORK_CLASSIFIER = 403, NETWORK = 500, PROGRAM = 502, FIRST_TYPE = 200, LAST_TYPE = 3000, MODEL_OFFSET = 100000,
    MOST_PIPELINES = 4
};

static const MessageName description_names[] = {{.name = "input", .number = 1}, {.name = "output", .number = 10}};
static const MessageName feature_names[] = {{.name = "name", .number = 1}, {.name = "type", .number = 3}};
static const MessageName type_names[] = {{.name = "imageType", .number = 4}, {.name = "multiArrayType", .number = 5}};
static const MessageName image_names[] = {{.name = "width", .number = 1}, {.name = "height", .number = 2},
                                          {.name = "colorSpace", .number = 3}};
static const MessageName array_names[] = {{.name = "shape", .number = 1}};
static const MessageName network_names[] = {{.name = "layers", .number = 1}, {.name = "arrayInputShapeMapping", .number = 5}};
static const MessageName pipeline_names[] = {{.name = "models", .number = 1}, {.name = "names", .number = 2}};
static const MessageName wrapped_names[] = {{.name = "pipeline", .number = 1}};

static bool fail(Coreml *model, const char *what)
{
    diag_error(model->reader->diags, onnx_place(model->reader, (Str){0}), "%s", what);
    model->reader->failed = true;
    return false;
}

/* ---- what enters and leaves -------------------------------- */

/* Grey images have one channel, others three. */
static Shape image_shape(Coreml *model, Message message)
{
    enum { GREY = 10, GREY_HALF = 40 };
    Dim dims[] = {dim_int(3), DIM_NONE, DIM_NONE};
    MessageReader reader = MESSAGE_OPEN(message, image_names);
    for (MessageField field; message_next(&reader, &field);) {
        int64_t n = message_int(&field);
        if (field.number == 3 && (n == GREY || n == GREY_HALF))
            dims[0] = dim_int(1);
        else if (field.number == 1 && n > 0)
            dims[2] = dim_int(n);
        else if (field.number == 2 && n > 0)
            dims[1] = dim_int(n);
    }
    return shape_of(model->arena, 3, dims);
}

static Shape array_shape(Coreml *model, Message message)
{
    Dim dims[ONNX_MOST_DIMS];
    uint32_t rank = 0;
    int64_t n;
    MessageReader reader = MESSAGE_OPEN(message, array_names);
    for (MessageField field; message_next(&reader, &field);)
        for (size_t at = 0; field.number == 1 && rank < ONNX_MOST_DIMS && message_repeated(&field, &at, &n);)
            dims[rank++] = n > 0 ? dim_int(n) : DIM_NONE;
    return rank ? shape_of(model->arena, rank, dims) : shape_unknown();
}

static OnnxInfo read_feature(Coreml *model, Message message)
{
    Shape *shape = ARENA_NEW(model->arena, Shape);
    OnnxInfo info = {.shape = shape, .element = ONNX_FLOAT};
    MessageReader reader = MESSAGE_OPEN(message, feature_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (field.number == 1)
            info.name = message_string(&field);
        if (field.number != 3)
            continue;
        MessageReader type = MESSAGE_OPEN(field.message, type_names);
        for (MessageField part; message_next(&type, &part);)
            *shape = part.number == 4 ? image_shape(model, part.message)
                     : part.number == 5 ? array_shape(model, part.message)
                                        : *shape;
    }
    return info;
}

/* Inputs and outputs of the whole; those of the parts of a pipeline are what they hand on. */
static bool read_description(Coreml *model, Message message)
{
    OnnxGraph *graph = model->graph;
    MessageReader reader = MESSAGE_OPEN(message, description_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (!onnx_parts(model->reader, 1))
            return false;
        if (field.number != 1 && field.number != 10)
            continue;
        OnnxInfo info = read_feature(model, field.message);
        names_put(model->features, info.name, model);
        if (model->depth)
            continue;
        if (field.number == 1)
            *ARENA_PUSH(model->arena, graph->inputs, graph->input_count, model->input_room) = info;
        else
            *ARENA_PUSH(model->arena, graph->outputs, graph->output_count, model->output_room) =
                (OnnxInfo){.name = info.name};
    }
    return !coreml_fault(model, &reader, (Str){0});
}

/* ---- models -------------------------------- */

/* How arrays are mapped stands behind the layers. */
static bool read_network(Coreml *model, Message message)
{
    MessageReader first = MESSAGE_OPEN(message, network_names), reader = first;
    model->exact = false;
    for (MessageField field; message_next(&first, &field);)
        if (field.number == 5)
            model->exact = message_int(&field) != 0;
    for (MessageField field; message_next(&reader, &field);)
        if (field.number == 1 && !coreml_add_layer(model, field.message))
            return false;
    return !coreml_fault(model, &reader, (Str){0});
}

/* One box: it reads and gives what its description says. */
static bool read_other(Coreml *model, Message description, uint32_t type)
{
    const CoremlRow *row = coreml_row_of(type + MODEL_OFFSET);
    OnnxNode node = {.op = row ? str_from(row->row.name) : str_format(model->arena, "model_%u", type)};
    uint32_t inputs = 0, outputs = 0;
    node.name = model->prefix.size ? str_slice(model->prefix, 0, model->prefix.size - 1) : node.op;
    MessageReader reader = MESSAGE_OPEN(description, description_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (field.number != 1 && field.number != 10)
            continue;
        OnnxInfo info = read_feature(model, field.message);
        if (field.number == 1) {
            *ARENA_PUSH(model->arena, node.inputs, node.input_count, inputs) = info.name;
        } else {
            *ARENA_PUSH(model->arena, node.outputs, node.output_count, outputs) = info.name;
            coreml_add_info(model, info);
        }
    }
    *ARENA_PUSH(model->arena, model->graph->nodes, model->graph->node_count, model->node_room) = node;
    return !coreml_fault(model, &reader, node.name);
}

static bool read_model(Coreml *model, Message message);

/* The names of the models stand behind them all. */
static bool read_pipeline(Coreml *model, Message message)
{
    MessageReader reader = MESSAGE_OPEN(message, pipeline_names);
    Str *names = NULL, outer = model->prefix;
    uint32_t count = 0, room = 0, index = 0;
    if (model->depth >= MOST_PIPELINES)
        return fail(model, "pipelines are nested too deeply");
    model->depth++;
    for (MessageField field; message_next(&reader, &field);)
        if (field.number == 2)
            *ARENA_PUSH(model->arena, names, count, room) = message_string(&field);
    if (coreml_fault(model, &reader, (Str){0}))
        return false;
    reader = MESSAGE_OPEN(message, pipeline_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (field.number != 1)
            continue;
        Str name = index < count ? names[index] : str_format(model->arena, "model_%u", index);
        model->prefix = str_format(model->arena, "%.*s%.*s/", STR_ARGS(outer), STR_ARGS(name));
        index++;
        if (!read_model(model, field.message))
            return false;
    }
    model->depth--;
    model->prefix = outer;
    return true;
}

static Message wrapped(Message message)
{
    Message inner = {0};
    MessageReader reader = MESSAGE_OPEN(message, wrapped_names);
    for (MessageField field; message_next(&reader, &field);)
        if (field.number == 1)
            inner = field.message;
    return inner;
}

static bool read_type(Coreml *model, uint32_t type, Message message, Message description)
{
    switch (type) {
    case PIPELINE: return read_pipeline(model, message);
    case PIPELINE_CLASSIFIER: case PIPELINE_REGRESSOR: return read_pipeline(model, wrapped(message));
    case NETWORK: case NETWORK_CLASSIFIER: case NETWORK_REGRESSOR: return read_network(model, message);
    case PROGRAM: return fail(model, "this Core ML model is an ML Program; networks of layers are what is read");
    default: return read_other(model, description, type);
    }
}

static bool read_model(Coreml *model, Message message)
{
    uint32_t type = 0;
    Message body = {0}, description = {0};
    Wire wire = wire_open(message.bytes);
    if (!onnx_parts(model->reader, 1))
        return false;
    for (WireField field; wire_next(&wire, &field);) {
        if (field.type != WIRE_BYTES)
            continue;
        if (field.number == MODEL_DESCRIPTION)
            description = message_of_bytes(field.bytes);
        if (field.number < FIRST_TYPE || field.number > LAST_TYPE)
            continue;
        type = field.number;
        body = message_of_bytes(field.bytes);
    }
    if (onnx_broken(model->reader, &wire, (Str){0}) || !read_description(model, description))
        return false;
    if (!type)
        return fail(model, "this Core ML model holds no network");
    return read_type(model, type, body, description);
}

/* Specification version, description, then what type of model it is: numbers that ONNX and SavedModels do not have. */
bool coreml_recognises(Str bytes)
{
    Wire wire = wire_open(bytes);
    WireField field;
    if (!wire_next(&wire, &field) || field.number != 1 || field.type != WIRE_VARINT || field.value > 100)
        return false;
    for (int i = 0; i < 8 && wire_next(&wire, &field); i++) {
        if (field.number >= FIRST_TYPE && field.number <= LAST_TYPE)
            return field.type == WIRE_BYTES;
        if (field.number != MODEL_DESCRIPTION && field.number != 10)
            return false;
    }
    return false;
}

/* A classifier's label is chosen by the class, not by a layer: only what a layer gives leaves the network. */
bool read_coreml(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *result)
{
    (void)options;
    Coreml model = {.arena = arena, .reader = onnx_foreign_reader(arena, diags, source, NULL, 0),
                    .graph = ARENA_NEW(arena, OnnxGraph), .features = names_new(arena)};
    model.reader->inner_weights = true;
    const CoremlRow *row;
    for (size_t i = 0; (row = coreml_row_at(i)) != NULL; i++)
        onnx_add_foreign(model.reader, &row->row);
    if (!read_model(&model, message_of_bytes(source->bytes)))
        return false;
    if (!model.graph->node_count)
        return fail(&model, "the network holds no layers");
    model.reader->graph->batch_axes = model.exact ? 1 : 0;
    if (!onnx_read_network(model.reader, model.graph))
        return false;
    onnx_read_done(model.reader, result);
    return true;
}
