/* SPDX-License-Identifier: MIT */
/* Reads nets of Caffe2 (caffe2.proto): predict_net, as binary or text. The sizes of weights stand in another file. */
#include "read/caffe2.h"

#include "format/message.h"
#include "format/prototxt.h"

static const MessageName net_names[] = {{.name = "name", .number = 1}, {.name = "op", .number = 2},
                                        {.name = "external_input", .number = 7}, {.name = "external_output", .number = 8}};
static const MessageName op_names[] = {{.name = "input", .number = 1}, {.name = "output", .number = 2},
                                       {.name = "name", .number = 3}, {.name = "type", .number = 4},
                                       {.name = "arg", .number = 5}};
static const MessageName arg_names[] = {{.name = "name", .number = 1}, {.name = "f", .number = 2}, {.name = "i", .number = 3},
                                        {.name = "s", .number = 4}, {.name = "ints", .number = 6}};

typedef struct Caffe2 {
    OnnxReader *reader;
    Arena *arena;
    Names *rows;     /* Caffe2Row by name */
    Names *current;  /* Str: what a value is called now; layers that work in place give it a new name */
    Names *weights;  /* values that only enter where weights do */
    Names *read;     /* values that something reads */
} Caffe2;

static bool fault(Caffe2 *net, const MessageReader *reader, Str node)
{
    return onnx_broken(net->reader, &reader->wire, node) || net->reader->failed;
}

static bool decode_arg(Caffe2 *net, Message message, OnnxNode *node, uint32_t *room)
{
    enum { MOST_ITEMS = 64 };
    int64_t ints[MOST_ITEMS], n;
    uint32_t count = 0;
    Str name = {0};
    OnnxGiven given = {.kind = GIVEN_INTS};
    bool single = false;
    MessageReader reader = MESSAGE_OPEN(message, arg_names);
    for (MessageField field; message_next(&reader, &field);) {
        switch (field.number) {
        case 1: name = message_string(&field); break;
        case 2: given = (OnnxGiven){.kind = GIVEN_FLOAT, .number = message_float(&field, false)}; break;
        case 3: ints[0] = message_int(&field); count = 1; single = true; break;
        case 4: given = (OnnxGiven){.kind = GIVEN_TEXT, .text = message_string(&field)}; break;
        case 6:
            for (size_t at = 0; count < MOST_ITEMS && message_repeated(&field, &at, &n);)
                ints[count++] = n;
            break;
        default: break;
        }
    }
    if (single)
        given.kind = GIVEN_INT;
    given.count = count;
    given.ints = ARENA_ARRAY(net->arena, count, int64_t);
    for (uint32_t i = 0; i < count; i++)
        given.ints[i] = ints[i];
    if (given.kind != GIVEN_INT || count)
        onnx_add_given(net->arena, node, room, name, given);
    return !fault(net, &reader, node->name);
}

/* What a value is called where it is read: the last that was written under its name. */
static Str current(Caffe2 *net, Str name)
{
    const Str *now = names_get(net->current, name);
    return now ? *now : name;
}

/* A second value of a name gets a name of its own, as ONNX has it. */
static Str renew(Caffe2 *net, Str name, uint32_t index)
{
    bool again = names_get(net->current, name) != NULL || names_get(net->read, name) != NULL;
    Str *now = ARENA_NEW(net->arena, Str);
    *now = again ? str_format(net->arena, "%.*s#%u", STR_ARGS(name), index) : name;
    names_set(net->current, name, now);
    return *now;
}

static void note_input(Caffe2 *net, const Caffe2Row *row, uint32_t index, Str name)
{
    if (!row || index >= 32 || !(row->weights >> index & 1))
        names_put(net->read, name, net);
    else
        names_put(net->weights, name, net);
}

static bool decode_op(Caffe2 *net, Message message, OnnxGraph *graph, uint32_t *nodes)
{
    OnnxNode node = {0};
    uint32_t inputs = 0, outputs = 0, attrs = 0;
    MessageReader reader = MESSAGE_OPEN(message, op_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (!onnx_parts(net->reader, 1))
            return false;
        switch (field.number) {
        case 1: *ARENA_PUSH(net->arena, node.inputs, node.input_count, inputs) = message_string(&field); break;
        case 2: *ARENA_PUSH(net->arena, node.outputs, node.output_count, outputs) = message_string(&field); break;
        case 3: node.name = message_string(&field); break;
        case 4: node.op = message_string(&field); break;
        case 5:
            if (!decode_arg(net, field.message, &node, &attrs))
                return false;
            break;
        default: break;
        }
    }
    if (fault(net, &reader, node.name))
        return false;
    const Caffe2Row **row = names_get(net->rows, node.op);
    for (uint32_t i = 0; i < node.input_count; i++) {
        note_input(net, row ? *row : NULL, i, node.inputs[i]);
        node.inputs[i] = current(net, node.inputs[i]);
    }
    if (!node.name.size && node.output_count)
        node.name = node.outputs[0];
    for (uint32_t i = 0; i < node.output_count; i++)
        node.outputs[i] = renew(net, node.outputs[i], graph->node_count);
    *ARENA_PUSH(net->arena, graph->nodes, graph->node_count, *nodes) = node;
    return true;
}

/* Of what enters, weights are initialisers of unknown size, the rest is data. */
static void sort_inputs(Caffe2 *net, OnnxGraph *graph, const Names *given)
{
    uint32_t tensors = 0, inputs = 0;
    Shape *unknown = ARENA_NEW(net->arena, Shape);
    for (size_t i = 0; i < names_count(given); i++) {
        Str name = names_key(given, i);
        if (names_get(net->weights, name))
            *ARENA_PUSH(net->arena, graph->tensors, graph->tensor_count, tensors) =
                (OnnxTensor){.name = name, .shape = unknown, .type = ONNX_FLOAT, .external = true};
        else if (names_get(net->read, name))
            *ARENA_PUSH(net->arena, graph->inputs, graph->input_count, inputs) =
                (OnnxInfo){.name = name, .shape = unknown, .element = ONNX_FLOAT};
    }
}

static bool decode_net(Caffe2 *net, Message message, OnnxGraph *graph)
{
    uint32_t nodes = 0, outputs = 0;
    Names *given = names_new(net->arena);
    MessageReader reader = MESSAGE_OPEN(message, net_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (!onnx_parts(net->reader, 1))
            return false;
        if (field.number == 1)
            graph->name = message_string(&field);
        else if (field.number == 2 && !decode_op(net, field.message, graph, &nodes))
            return false;
        else if (field.number == 7)
            names_put(given, message_string(&field), net);
        else if (field.number == 8)
            *ARENA_PUSH(net->arena, graph->outputs, graph->output_count, outputs) = (OnnxInfo){.name = message_string(&field)};
    }
    for (uint32_t i = 0; i < graph->output_count; i++)
        graph->outputs[i].name = current(net, graph->outputs[i].name);
    sort_inputs(net, graph, given);
    return !fault(net, &reader, (Str){0});
}

static bool read_net(Arena *arena, Diags *diags, const Source *source, Message message, Model *model)
{
    Caffe2 net = {.arena = arena, .reader = onnx_foreign_reader(arena, diags, source, NULL, 0), .rows = names_new(arena),
                  .current = names_new(arena), .weights = names_new(arena), .read = names_new(arena)};
    OnnxGraph *graph = ARENA_NEW(arena, OnnxGraph);
    const Caffe2Row *row;
    for (size_t i = 0; (row = caffe2_row_at(i)) != NULL; i++) {
        const Caffe2Row **thing = arena_alloc(arena, sizeof *thing);
        *thing = row;
        names_put(net.rows, str_from(row->row.name), thing);
        onnx_add_foreign(net.reader, &row->row);
    }
    if (!decode_net(&net, message, graph))
        return false;
    if (!graph->node_count) {
        diag_error(diags, onnx_place(net.reader, (Str){0}), "this Caffe2 net holds no operators");
        return false;
    }
    if (!onnx_read_network(net.reader, graph))
        return false;
    onnx_read_done(net.reader, model);
    return true;
}

/* ---- recognising -------------------------------- */

static bool is_word(Str text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return text.size > 0 && text.size < 100;
}

/* An OperatorDef: inputs, outputs and a name as text, its type as field 4, arguments with a name each. */
static bool is_operator(Str body)
{
    Wire wire = wire_open(body);
    bool type = false;
    for (WireField field; wire_next(&wire, &field);) {
        if (field.number > 12 || (field.number <= 7 && field.type != WIRE_BYTES))
            return false;
        type = type || (field.number == 4 && is_word(field.bytes));
    }
    return type && !wire.fault;
}

/* A NetDef: maybe a name, then operators. */
bool caffe2_recognises(Str bytes)
{
    Wire wire = wire_open(bytes);
    for (WireField field; wire_next(&wire, &field);) {
        if (field.number == 2 && field.type == WIRE_BYTES)
            return is_operator(field.bytes);
        if (field.number != 1 && field.number != 3 && field.number != 7)
            return false;
    }
    return false;
}

static bool begins(Str line, const char *word)
{
    return str_starts(line, str_from(word));
}

/* `op {` or `op: {` at the beginning of a line, and a type in it. */
bool caffe2_recognises_text(Str bytes)
{
    Str rest = str_slice(bytes, 0, 1 << 16), line;
    bool op = false;
    while (str_cut(&rest, '\n', &line)) {
        op = op || begins(line, "op {") || begins(line, "op: {");
        if (op && begins(str_trim(line), "type:"))
            return true;
    }
    return false;
}

bool read_caffe2(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    return read_net(arena, diags, source, message_of_bytes(source->bytes), model);
}

bool read_caffe2_text(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    const Value *tree = prototxt_read(arena, diags, source);
    return tree && read_net(arena, diags, source, message_of_tree(tree, false), model);
}
