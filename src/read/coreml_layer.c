/* SPDX-License-Identifier: MIT */
/* Decodes layers of Core ML (NeuralNetwork.proto): attributes, and the sizes of the weights that stand inside. */
#include "read/coreml.h"

static OnnxGiven of_ints(Arena *arena, const int64_t *ints, uint32_t count, bool list)
{
    OnnxGiven given = {.kind = GIVEN_INTS, .count = count};
    if (!list)
        given.kind = GIVEN_INT;
    given.ints = ARENA_ARRAY(arena, count, int64_t);
    for (uint32_t i = 0; i < count; i++)
        given.ints[i] = ints[i];
    return given;
}

static void give(Coreml *model, OnnxNode *node, const char *name, OnnxGiven given)
{
    uint32_t room = node->attr_count;
    onnx_add_given(model->arena, node, &room, str_from(name), given);
}

static int64_t number(const OnnxNode *node, const char *name, int64_t otherwise)
{
    return onnx_attr_int(node, name, otherwise);
}

bool coreml_fault(Coreml *model, const MessageReader *reader, Str node)
{
    return onnx_broken(model->reader, &reader->wire, node) || model->reader->failed;
}

/* What goes from model to model of a pipeline has one name; what is inside a model has its own. */
Str coreml_value(Coreml *model, Str name)
{
    if (!model->prefix.size || names_get(model->features, name))
        return name;
    return str_format(model->arena, "%.*s%.*s", STR_ARGS(model->prefix), STR_ARGS(name));
}

/* ---- weights -------------------------------- */

static void add_input(Coreml *model, OnnxNode *node, Str name)
{
    node->inputs = arena_grow(model->arena, node->inputs, node->input_count, (size_t)node->input_count + 1, sizeof(Str));
    node->inputs[node->input_count++] = name;
}

void coreml_skip_weight(Coreml *model, OnnxNode *node)
{
    add_input(model, node, (Str){0});
}

void coreml_add_weight(Coreml *model, OnnxNode *node, const char *name, uint32_t rank, const int64_t *sizes)
{
    OnnxGraph *graph = model->graph;
    Shape *shape = ARENA_NEW(model->arena, Shape);
    Dim dims[ONNX_MOST_DIMS];
    for (uint32_t i = 0; i < rank; i++)
        dims[i] = sizes[i] > 0 ? dim_int(sizes[i]) : DIM_NONE;
    *shape = shape_of(model->arena, rank, dims);
    Str key = str_format(model->arena, "%.*s:%s", STR_ARGS(node->name), name);
    *ARENA_PUSH(model->arena, graph->tensors, graph->tensor_count, model->tensor_room) =
        (OnnxTensor){.name = key, .shape = shape, .type = ONNX_FLOAT, .external = true};
    add_input(model, node, key);
}

static void add_vector(Coreml *model, OnnxNode *node, const char *name, int64_t size)
{
    coreml_add_weight(model, node, name, 1, &size);
}

static bool has_field(Message message, uint32_t wanted)
{
    Wire wire = wire_open(message.bytes);
    for (WireField field; wire_next(&wire, &field);)
        if (field.number == wanted)
            return true;
    return false;
}

/* The message in a field; empty where it is not there. */
static Message message_in(Message message, uint32_t wanted)
{
    Message found = {0};
    Wire wire = wire_open(message.bytes);
    for (WireField field; wire_next(&wire, &field);)
        if (field.number == wanted && field.type == WIRE_BYTES)
            found = message_of_bytes(field.bytes);
    return found;
}

/* O×I×h×w; I×O×h×w where it is transposed. */
void coreml_weights_conv(Coreml *model, OnnxNode *node, Message params)
{
    int64_t *kernel = (int64_t[]){3, 3}, *said, sizes[5], out = number(node, "outputChannels", 0),
            in = number(node, "kernelChannels", 0), groups = number(node, "group", 1);
    uint32_t axes = 2, count;
    if (onnx_attr_ints(model->arena, node, "kernel_shape", &said, &count) && (count == 2 || count == 3)) {
        kernel = said;
        axes = count;
    } else {
        give(model, node, "kernel_shape", of_ints(model->arena, kernel, 2, true));
    }
    bool transposed = number(node, "isDeconvolution", 0) != 0;
    sizes[0] = transposed ? in : out;
    sizes[1] = transposed && groups > 0 ? out / groups : in;
    for (uint32_t i = 0; i < axes; i++)
        sizes[2 + i] = kernel[i];
    /* Weights may be the second input. */
    if (node->input_count < 2)
        coreml_add_weight(model, node, "weights", axes + 2, sizes);
    if (number(node, "hasBias", 0))
        add_vector(model, node, "bias", out);
    coreml_padding(model, node, params);
}

void coreml_weights_dense(Coreml *model, OnnxNode *node, Message params)
{
    (void)params;
    int64_t sizes[] = {number(node, "outputChannels", 0), number(node, "inputChannels", 0)};
    coreml_add_weight(model, node, "weights", 2, sizes);
    if (number(node, "hasBias", 0))
        add_vector(model, node, "bias", sizes[0]);
}

void coreml_weights_norm(Coreml *model, OnnxNode *node, Message params)
{
    enum { GAMMA = 15, BETA = 16 };
    int64_t channels = number(node, "channels", 0);
    if (has_field(params, GAMMA))
        add_vector(model, node, "gamma", channels);
    else
        coreml_skip_weight(model, node);
    if (has_field(params, BETA))
        add_vector(model, node, "beta", channels);
}

static void add_list(Coreml *model, OnnxNode *node, const char *name, const char *attr)
{
    int64_t *sizes, one = 1;
    uint32_t count;
    if (!onnx_attr_ints(model->arena, node, attr, &sizes, &count) || !count || count > ONNX_MOST_DIMS)
        coreml_add_weight(model, node, name, 1, &one);
    else
        coreml_add_weight(model, node, name, count, sizes);
}

void coreml_weights_layernorm(Coreml *model, OnnxNode *node, Message params)
{
    (void)params;
    add_list(model, node, "gamma", "normalizedShape");
    add_list(model, node, "beta", "normalizedShape");
}

void coreml_weights_scale(Coreml *model, OnnxNode *node, Message params)
{
    (void)params;
    add_list(model, node, "scale", "shapeScale");
    if (number(node, "hasBias", 0))
        add_list(model, node, "bias", "shapeBias");
}

void coreml_weights_bias(Coreml *model, OnnxNode *node, Message params)
{
    (void)params;
    add_list(model, node, "bias", "shape");
}

void coreml_weights_matmul(Coreml *model, OnnxNode *node, Message params)
{
    (void)params;
    int64_t sizes[] = {number(node, "weightMatrixFirstDimension", 0), number(node, "weightMatrixSecondDimension", 0)};
    if (node->input_count != 1)
        return;
    coreml_add_weight(model, node, "weights", 2, sizes);
    if (number(node, "hasBias", 0))
        add_vector(model, node, "bias", sizes[1]);
}

void coreml_weights_embedding(Coreml *model, OnnxNode *node, Message params)
{
    (void)params;
    int64_t sizes[] = {number(node, "inputDim", 0), number(node, "outputChannels", 0)};
    coreml_add_weight(model, node, "weights", 2, sizes);
    if (number(node, "hasBias", 0))
        add_vector(model, node, "bias", sizes[1]);
}

/* Matrices from the input and from the state, for all gates; a bias and three peepholes where there are some. */
static void recurrent(Coreml *model, OnnxNode *node, int64_t gates, bool bias, bool peepholes)
{
    int64_t in = number(node, "inputVectorSize", 0), out = number(node, "outputVectorSize", 0);
    bool sane = in > 0 && out > 0 && in < INT32_MAX && out < INT32_MAX;
    out = sane ? out : 0;
    coreml_add_weight(model, node, "weights", 2, (int64_t[]){gates * out, in});
    coreml_add_weight(model, node, "recursion", 2, (int64_t[]){gates * out, out});
    if (bias)
        add_vector(model, node, "bias", gates * out);
    if (peepholes)
        add_vector(model, node, "peepholes", gates / 4 * 3 * out);
}

void coreml_weights_rnn(Coreml *model, OnnxNode *node, Message params)
{
    (void)params;
    recurrent(model, node, 1, number(node, "hasBias", 0) != 0, false);
}

void coreml_weights_gru(Coreml *model, OnnxNode *node, Message params)
{
    (void)params;
    recurrent(model, node, 3, number(node, "hasBias", 0) != 0, false);
}

static void lstm(Coreml *model, OnnxNode *node, Message params, int64_t directions)
{
    enum { PARAMS = 15, BIAS = 20, PEEPHOLES = 40 };
    bool bias = false, peepholes = false;
    Wire wire = wire_open(message_in(params, PARAMS).bytes);
    for (WireField field; wire_next(&wire, &field);) {
        bias = bias || (field.number == BIAS && field.value);
        peepholes = peepholes || (field.number == PEEPHOLES && field.value);
    }
    recurrent(model, node, 4 * directions, bias, peepholes);
}

void coreml_weights_lstm(Coreml *model, OnnxNode *node, Message params)
{
    lstm(model, node, params, 1);
}

/* Each direction has a state of its own: 4·2 matrices of out×in and of out×out. */
void coreml_weights_bilstm(Coreml *model, OnnxNode *node, Message params)
{
    lstm(model, node, params, 2);
    give(model, node, "bidirectional", of_ints(model->arena, &(int64_t){1}, 1, false));
}

/* ---- windows -------------------------------- */

/* BorderAmounts: begin and end of each axis. */
static void give_borders(Coreml *model, OnnxNode *node, Message borders)
{
    enum { MOST = 3 };
    static const MessageName amount_names[] = {{.name = "borderAmounts", .number = 10}};
    static const MessageName edge_names[] = {{.name = "startEdgeSize", .number = 1}, {.name = "endEdgeSize", .number = 2}};
    int64_t begin[MOST] = {0}, end[MOST] = {0}, pads[2 * MOST];
    uint32_t count = 0;
    MessageReader reader = MESSAGE_OPEN(borders, amount_names);
    for (MessageField field; message_next(&reader, &field) && count < MOST;) {
        if (field.number != 10)
            continue;
        MessageReader edges = MESSAGE_OPEN(field.message, edge_names);
        for (MessageField edge; message_next(&edges, &edge);)
            *(edge.number == 1 ? &begin[count] : &end[count]) = message_int(&edge);
        count++;
    }
    for (uint32_t i = 0; i < count; i++) {
        pads[i] = begin[i];
        pads[count + i] = end[i];
    }
    if (count)
        give(model, node, "pads", of_ints(model->arena, pads, 2 * count, true));
}

/* Fields 30 to 32 of pooling, 50 and 51 of convolutions, 10 of padding. */
void coreml_padding(Coreml *model, OnnxNode *node, Message params)
{
    enum { POOL_VALID = 30, POOL_SAME = 31, POOL_COMPLETE = 32, CONV_VALID = 50, CONV_SAME = 51, BORDERS = 10, AMOUNTS = 1 };
    bool pool = str_equal(node->op, STR("pooling")), pad = str_equal(node->op, STR("padding"));
    Message complete = message_in(params, POOL_COMPLETE);
    if (pad) {
        give_borders(model, node, message_in(params, BORDERS));
        return;
    }
    if (has_field(params, pool ? POOL_SAME : CONV_SAME))
        give(model, node, "auto_pad", (OnnxGiven){.kind = GIVEN_TEXT, .text = STR("SAME_UPPER")});
    give_borders(model, node, message_in(message_in(params, pool ? POOL_VALID : CONV_VALID), AMOUNTS));
    if (!pool || !has_field(params, POOL_COMPLETE))
        return;
    int64_t pads[4] = {0}, n;
    static const MessageName names[] = {{.name = "paddingAmounts", .number = 10}};
    MessageReader reader = MESSAGE_OPEN(complete, names);
    uint32_t count = 0;
    for (MessageField field; message_next(&reader, &field);)
        for (size_t at = 0; field.number == 10 && count < 2 && message_repeated(&field, &at, &n);)
            pads[count++] = n;
    pads[2] = pads[0];
    pads[3] = pads[1];
    give(model, node, "pads", of_ints(model->arena, pads, 4, true));
    give(model, node, "ceil_mode", of_ints(model->arena, &(int64_t){1}, 1, false));
}

/* Which field there is says which one it is. */
void coreml_activation(Coreml *model, OnnxNode *node, Message params)
{
    static const struct {
        uint32_t number;
        const char *op;
    } rows[] = {{5, "identity"}, {10, "Relu"}, {15, "LeakyRelu"}, {20, "ThresholdedRelu"}, {25, "PRelu"}, {30, "Tanh"},
                {31, "ScaledTanh"}, {40, "Sigmoid"}, {41, "HardSigmoid"}, {50, "Elu"}, {60, "Softsign"},
                {70, "Softplus"}, {71, "ParametricSoftplus"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (has_field(params, rows[i].number))
            give(model, node, "type", (OnnxGiven){.kind = GIVEN_TEXT, .text = str_from(rows[i].op)});
}

/* ---- a layer -------------------------------- */

static void decode_fields(Coreml *model, OnnxNode *node, const CoremlRow *row, Message params)
{
    enum { MOST_ITEMS = 32 };
    for (uint32_t i = 0; i < row->field_count; i++) {
        int64_t ints[MOST_ITEMS], n;
        uint32_t count = 0;
        Wire wire = wire_open(params.bytes);
        for (WireField field; wire_next(&wire, &field);) {
            MessageField part = {.number = field.number, .wire = field};
            for (size_t at = 0; field.number == row->fields[i].number && count < MOST_ITEMS && message_repeated(&part, &at, &n);)
                ints[count++] = n;
        }
        if (count)
            give(model, node, row->fields[i].name, of_ints(model->arena, ints, row->fields[i].list ? count : 1, row->fields[i].list));
    }
}

static OnnxInfo tensor_info(Coreml *model, Str name, Message message)
{
    static const MessageName names[] = {{.name = "rank", .number = 1}, {.name = "dimValue", .number = 2}};
    Dim dims[ONNX_MOST_DIMS];
    uint32_t rank = 0;
    int64_t n;
    MessageReader reader = MESSAGE_OPEN(message, names);
    for (MessageField field; message_next(&reader, &field);)
        for (size_t at = 0; field.number == 2 && rank < ONNX_MOST_DIMS && message_repeated(&field, &at, &n);)
            dims[rank++] = n > 0 ? dim_int(n) : DIM_NONE;
    Shape *shape = ARENA_NEW(model->arena, Shape);
    *shape = rank ? shape_of(model->arena, rank, dims) : shape_unknown();
    return (OnnxInfo){.name = name, .shape = shape};
}

void coreml_add_info(Coreml *model, OnnxInfo info)
{
    *ARENA_PUSH(model->arena, model->graph->infos, model->graph->info_count, model->info_room) = info;
}

/* A layer that an app brings along is called as its class. */
static void name_custom(Coreml *model, OnnxNode *node, Message params)
{
    enum { CLASS = 10 };
    Wire wire = wire_open(params.bytes);
    for (WireField field; wire_next(&wire, &field);)
        if (field.number == CLASS && field.type == WIRE_BYTES && field.bytes.size)
            give(model, node, "class", (OnnxGiven){.kind = GIVEN_TEXT, .text = field.bytes});
}

/* The parameters are the field behind 100 that says what layer it is. */
bool coreml_add_layer(Coreml *model, Message message)
{
    enum { NAME = 1, INPUT = 2, OUTPUT = 3, OUTPUT_TENSOR = 5, FIRST_LAYER = 100 };
    OnnxGraph *graph = model->graph;
    OnnxNode node = {.op = STR("layer")};
    uint32_t inputs = 0, outputs = 0, number_of_layer = 0, shown = 0;
    Message params = {0};
    Wire wire = wire_open(message.bytes);
    for (WireField field; wire_next(&wire, &field);) {
        if (!onnx_parts(model->reader, 1))
            return false;
        if (field.type != WIRE_BYTES)
            continue;
        if (field.number == NAME)
            node.name = str_format(model->arena, "%.*s%.*s", STR_ARGS(model->prefix), STR_ARGS(field.bytes));
        else if (field.number == INPUT)
            *ARENA_PUSH(model->arena, node.inputs, node.input_count, inputs) = coreml_value(model, field.bytes);
        else if (field.number == OUTPUT)
            *ARENA_PUSH(model->arena, node.outputs, node.output_count, outputs) = coreml_value(model, field.bytes);
        else if (field.number == OUTPUT_TENSOR && shown < node.output_count) {
            coreml_add_info(model, tensor_info(model, node.outputs[shown], message_of_bytes(field.bytes)));
            shown++;
        } else if (field.number >= FIRST_LAYER) {
            number_of_layer = field.number;
            params = message_of_bytes(field.bytes);
        }
    }
    if (onnx_broken(model->reader, &wire, node.name))
        return false;
    const CoremlRow *row = coreml_row_of(number_of_layer);
    node.op = row ? str_from(row->row.name) : str_format(model->arena, "layer_%u", number_of_layer);
    give(model, &node, "exact", of_ints(model->arena, &(int64_t){model->exact}, 1, false));
    if (row)
        decode_fields(model, &node, row, params);
    if (row && str_equal(node.op, STR("custom")))
        name_custom(model, &node, params);
    if (row && row->weights)
        row->weights(model, &node, params);
    *ARENA_PUSH(model->arena, graph->nodes, graph->node_count, model->node_room) = node;
    return true;
}
