/* SPDX-License-Identifier: MIT */
/* Decodes graphs of TensorFlow (graph.proto, node_def.proto, attr_value.proto, tensor.proto, function.proto). */
#include "read/tf.h"

static const MessageName graph_names[] = {{.name = "node", .number = 1}, {.name = "library", .number = 2},
                                          {.name = "versions", .number = 4}};
static const MessageName version_names[] = {{.name = "producer", .number = 1}};
static const MessageName node_names[] = {{.name = "name", .number = 1}, {.name = "op", .number = 2},
                                         {.name = "input", .number = 3}, {.name = "attr", .number = 5, .is_map = true}};
static const MessageName attr_names[] = {
    {.name = "list", .number = 1}, {.name = "s", .number = 2, .is_bytes = true}, {.name = "i", .number = 3},
    {.name = "f", .number = 4}, {.name = "b", .number = 5}, {.name = "type", .number = 6},
    {.name = "shape", .number = 7}, {.name = "tensor", .number = 8}, {.name = "func", .number = 10}};
static const MessageName list_names[] = {{.name = "s", .number = 2}, {.name = "i", .number = 3}};
static const MessageName shape_names[] = {{.name = "dim", .number = 2}, {.name = "unknown_rank", .number = 3}};
static const MessageName dim_names[] = {{.name = "size", .number = 1}};
static const MessageName func_names[] = {{.name = "name", .number = 1}};
static const MessageName tensor_names[] = {
    {.name = "dtype", .number = 1}, {.name = "tensor_shape", .number = 2},
    {.name = "tensor_content", .number = 4, .is_bytes = true}, {.name = "float_val", .number = 5},
    {.name = "double_val", .number = 6}, {.name = "int_val", .number = 7}, {.name = "int64_val", .number = 10},
    {.name = "bool_val", .number = 11}, {.name = "uint32_val", .number = 16}, {.name = "uint64_val", .number = 17}};
static const MessageName library_names[] = {{.name = "function", .number = 1}};
static const MessageName function_names[] = {{.name = "signature", .number = 1}, {.name = "node_def", .number = 3},
                                             {.name = "ret", .number = 4, .is_map = true}};
static const MessageName op_names[] = {{.name = "name", .number = 1}, {.name = "input_arg", .number = 2},
                                       {.name = "output_arg", .number = 3}};

bool tf_fault(Tf *tf, const MessageReader *reader, Str node)
{
    return onnx_broken(tf->reader, &reader->wire, node) || tf->reader->failed;
}

/* ---- attributes -------------------------------- */

Shape tf_decode_shape(Tf *tf, Message message)
{
    Dim dims[ONNX_MOST_DIMS];
    uint32_t rank = 0;
    bool unknown = false;
    MessageReader reader = MESSAGE_OPEN(message, shape_names);
    for (MessageField field; message_next(&reader, &field);) {
        int64_t size = 0;
        if (field.number == 3)
            unknown = message_int(&field) != 0;
        if (field.number != 2)
            continue;
        MessageReader inner = MESSAGE_OPEN(field.message, dim_names);
        for (MessageField part; message_next(&inner, &part);)
            if (part.number == 1)
                size = message_int(&part);
        if (rank == ONNX_MOST_DIMS)
            return shape_unknown();
        dims[rank++] = size < 0 ? DIM_NONE : dim_int(size);
    }
    if (unknown || (!rank && !tf->plain_scalars))
        return shape_unknown();
    return shape_of(tf->arena, rank, dims);
}

static int64_t type_of(const MessageField *field)
{
    Str word = message_word(field);
    int64_t n = message_int(field);
    return tf_type(word.size && !n ? tf_type_word(word) : n);
}

/* Numbers that stand in fields of their own; the last one is repeated. */
static void add_numbers(const MessageField *field, OnnxNumber *at, uint32_t room, uint32_t *count)
{
    bool is_double = field->number == 6;
    int64_t n;
    double real;
    if (field->number == 5 || is_double) {
        for (size_t i = 0; *count < room && message_repeated_float(field, is_double, &i, &real);)
            at[(*count)++] = onnx_number_of(real);
    } else {
        for (size_t i = 0; *count < room && message_repeated(field, &i, &n);)
            at[(*count)++] = (OnnxNumber){dim_int(n), 1};
    }
}

static void keep_numbers(Tf *tf, OnnxTensor *tensor, const OnnxNumber *at, uint32_t count)
{
    Dim elements = shape_elements(tf->arena, *tensor->shape);
    if (!count || !tensor->shape->known || elements.kind != DIM_INT || elements.n < count || elements.n > ONNX_MOST_NUMBERS)
        return;
    tensor->numbers = ARENA_NEW(tf->arena, OnnxNumbers);
    tensor->numbers->at = ARENA_ARRAY(tf->arena, (size_t)elements.n, OnnxNumber);
    tensor->numbers->count = (uint32_t)elements.n;
    for (uint32_t i = 0; i < tensor->numbers->count; i++)
        tensor->numbers->at[i] = at[i < count ? i : count - 1];
}

static OnnxTensor *decode_tensor(Tf *tf, Message message)
{
    OnnxTensor *tensor = ARENA_NEW(tf->arena, OnnxTensor);
    Shape *shape = ARENA_NEW(tf->arena, Shape);
    OnnxNumber at[ONNX_MOST_NUMBERS];
    uint32_t count = 0;
    bool scalars = tf->plain_scalars;
    tf->plain_scalars = true;
    *shape = shape_of(tf->arena, 0, NULL);
    MessageReader reader = MESSAGE_OPEN(message, tensor_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (field.number == 1)
            tensor->type = (uint8_t)type_of(&field);
        else if (field.number == 2)
            *shape = tf_decode_shape(tf, field.message);
        else if (field.number == 4)
            tensor->body = message_text(tf->arena, &field);
        else if (field.number >= 5 && field.number != 8 && field.number != 9)
            add_numbers(&field, at, ONNX_MOST_NUMBERS, &count);
    }
    tf->plain_scalars = scalars;
    tensor->shape = shape;
    tensor->constant = true;
    if (!tensor->body.size)
        keep_numbers(tf, tensor, at, count);
    return tensor;
}

static OnnxGiven of_ints(Tf *tf, int kind, const int64_t *ints, uint32_t count)
{
    OnnxGiven given = {.kind = GIVEN_INTS, .count = count};
    given.ints = ARENA_ARRAY(tf->arena, count, int64_t);
    if (kind == GIVEN_INT)
        given.kind = GIVEN_INT;
    for (uint32_t i = 0; i < count; i++)
        given.ints[i] = ints[i];
    return given;
}

static OnnxGiven of_int(Tf *tf, int64_t n)
{
    return of_ints(tf, GIVEN_INT, &n, 1);
}

/* Numbers, or words joined by blanks. */
static OnnxGiven decode_list(Tf *tf, Message message)
{
    enum { MOST_ITEMS = 64 };
    int64_t ints[MOST_ITEMS], n;
    uint32_t count = 0;
    Text words = text_in(tf->arena);
    MessageReader reader = MESSAGE_OPEN(message, list_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (field.number == 2) {
            if (words.size)
                text_add_char(&words, ' ');
            text_add(&words, message_text(tf->arena, &field));
        }
        for (size_t at = 0; field.number == 3 && count < MOST_ITEMS && message_repeated(&field, &at, &n);)
            ints[count++] = n;
    }
    if (words.size)
        return (OnnxGiven){.kind = GIVEN_TEXT, .text = text_str(&words)};
    return of_ints(tf, GIVEN_INTS, ints, count);
}

/* Sizes that are open are -1; a shape of unknown rank is not there. */
static bool decode_shape_attr(Tf *tf, Message message, OnnxGiven *given)
{
    Shape shape = tf_decode_shape(tf, message);
    int64_t sizes[ONNX_MOST_DIMS];
    for (uint32_t i = 0; i < shape.rank; i++)
        sizes[i] = shape.dims[i].kind == DIM_INT ? shape.dims[i].n : -1;
    *given = of_ints(tf, GIVEN_INTS, sizes, shape.rank);
    return shape.known;
}

static bool decode_value(Tf *tf, const MessageField *field, OnnxGiven *given)
{
    MessageField part;
    switch (field->number) {
    case 1: *given = decode_list(tf, field->message); return true;
    case 2: *given = (OnnxGiven){.kind = GIVEN_TEXT, .text = message_text(tf->arena, field)}; return true;
    case 3: case 5: *given = of_int(tf, message_int(field)); return true;
    case 4: *given = (OnnxGiven){.kind = GIVEN_FLOAT, .number = message_float(field, false)}; return true;
    case 6: *given = of_int(tf, type_of(field)); return true;
    case 7: return decode_shape_attr(tf, field->message, given);
    case 8: *given = (OnnxGiven){.kind = GIVEN_TENSOR, .tensor = decode_tensor(tf, field->message)}; return true;
    case 10: {
        MessageReader reader = MESSAGE_OPEN(field->message, func_names);
        *given = (OnnxGiven){.kind = GIVEN_TEXT};
        while (message_next(&reader, &part))
            if (part.number == 1)
                given->text = message_string(&part);
        return true;
    }
    default: return false;
    }
}

/* Attributes that no rule asks for: those of the runtime, and types, but the one that Cast makes. */
static bool is_wanted(Str name)
{
    static const char *const unwanted[] = {"T", "Tidx", "Tshape", "Tindices", "Tparams", "Taxis", "Tpaddings", "Tout",
                                           "Tin", "SrcT", "Index", "Tperm", "Tdim", "Tlen", "container", "shared_name"};
    if (!name.size || name.at[0] == '_')
        return false;
    for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++)
        if (str_equal(name, str_from(unwanted[i])))
            return false;
    return true;
}

static bool decode_attr(Tf *tf, const MessageField *entry, OnnxNode *node, uint32_t *room)
{
    OnnxGiven given;
    if (!is_wanted(entry->key))
        return true;
    MessageReader reader = MESSAGE_OPEN(entry->message, attr_names);
    for (MessageField field; message_next(&reader, &field);)
        if (decode_value(tf, &field, &given))
            onnx_add_given(tf->arena, node, room, str_equal(entry->key, STR("DstT")) ? STR("to") : entry->key, given);
    return !tf_fault(tf, &reader, node->name);
}

/* ---- nodes -------------------------------- */

/* Outputs of operators with several, as functions call them. */
static uint32_t output_index(Str op, Str output)
{
    static const struct {
        const char *op, *outputs;
    } rows[] = {
        {"FusedBatchNormV3", "y batch_mean batch_variance reserve_space_1 reserve_space_2 reserve_space_3"},
        {"FusedBatchNorm", "y batch_mean batch_variance reserve_space_1 reserve_space_2"},
        {"TopKV2", "values indices"}, {"Switch", "output_false output_true"}, {"Merge", "output value_index"},
        {"Unique", "y idx"}, {"MaxPoolWithArgmax", "output argmax"},
        {"NonMaxSuppressionV5", "selected_indices selected_scores valid_outputs"},
        {"CudnnRNNV3", "output output_h output_c reserve_space host_reserved"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str rest = str_from(rows[i].outputs), word;
        if (!str_equal(op, str_from(rows[i].op)))
            continue;
        for (uint32_t index = 0; str_cut(&rest, ' ', &word); index++)
            if (str_equal(word, output))
                return index;
    }
    return 0;
}

/* `name`, `name:index`, `name:output:index`; the last needs to know what `name` is. */
typedef struct Input {
    Str name, output;
    int64_t index;
} Input;

enum { MOST_OUTPUTS = 4096, OUTPUT_PARTS = 8 }; /* a few bytes can ask for many outputs: each counts as that many parts */

static Input parse_input(Str text)
{
    Input input = {.name = str_slice(text, 0, str_find(text, ':'))};
    Str rest = str_slice(text, input.name.size + 1, text.size);
    size_t colon = str_find(rest, ':');
    if (colon < rest.size) {
        input.output = str_slice(rest, 0, colon);
        rest = str_slice(rest, colon + 1, rest.size);
    }
    if (!str_to_int(rest, &input.index) || input.index < 0 || input.index > MOST_OUTPUTS)
        input.index = 0;
    return input;
}

static Str value_name(Arena *arena, Str node, int64_t index)
{
    return index ? str_format(arena, "%.*s:%lld", STR_ARGS(node), (long long)index) : node;
}

Str tf_value_name(Tf *tf, Str input)
{
    Input parsed = parse_input(input);
    return value_name(tf->arena, parsed.name, parsed.index);
}

/* Nodes of one graph by name, while it is being decoded. */
typedef struct Body {
    OnnxGraph *graph;
    Names *nodes;
    uint32_t room;
} Body;

static Str resolved(Tf *tf, const Body *body, Str text)
{
    Input input = parse_input(text);
    OnnxNode *giver = names_get(body->nodes, input.name);
    if (giver)
        input.index += input.output.size ? output_index(giver->op, input.output) : 0;
    if (giver && input.index >= giver->output_count)
        giver->output_count = (uint32_t)input.index + 1;
    return value_name(tf->arena, input.name, input.index);
}

static bool decode_node(Tf *tf, Message message, OnnxNode *node)
{
    uint32_t inputs = 0, controls = 0, attrs = 0;
    MessageReader reader = MESSAGE_OPEN(message, node_names);
    *node = (OnnxNode){.output_count = 1};
    for (MessageField field; message_next(&reader, &field);) {
        if (!onnx_parts(tf->reader, 1))
            return false;
        switch (field.number) {
        case 1: node->name = message_string(&field); break;
        case 2: node->op = message_string(&field); break;
        case 3:
            if (str_starts(message_string(&field), STR("^")))
                *ARENA_PUSH(tf->arena, node->controls, node->control_count, controls) =
                    str_slice(message_string(&field), 1, message_string(&field).size);
            else
                *ARENA_PUSH(tf->arena, node->inputs, node->input_count, inputs) = message_string(&field);
            break;
        case 5:
            if (!decode_attr(tf, &field, node, &attrs))
                return false;
            break;
        default: break;
        }
    }
    return !tf_fault(tf, &reader, node->name);
}

static bool add_node(Tf *tf, Body *body, Message message)
{
    if (body->graph->node_count >= ONNX_MOST_LAYERS) {
        diag_error(tf->reader->diags, onnx_place(tf->reader, (Str){0}), "the model has more than %d nodes", ONNX_MOST_LAYERS);
        tf->reader->failed = true;
        return false;
    }
    return decode_node(tf, message, ARENA_PUSH(tf->arena, body->graph->nodes, body->graph->node_count, body->room));
}

/* How many outputs a node has is said by its operator; here by those that are read, and by attributes. */
static void count_outputs(Tf *tf, Body *body)
{
    static const char *const numbers[] = {"num_split", "num"};
    OnnxGraph *graph = body->graph;
    for (uint32_t i = 0; i < graph->node_count; i++) {
        OnnxNode *node = &graph->nodes[i];
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
            int64_t n = onnx_attr_int(node, numbers[k], 0);
            if (n > node->output_count && n <= MOST_OUTPUTS)
                node->output_count = (uint32_t)n;
        }
        names_put(body->nodes, node->name, node);
    }
    for (uint32_t i = 0; i < graph->node_count; i++)
        for (uint32_t k = 0; k < graph->nodes[i].input_count; k++)
            graph->nodes[i].inputs[k] = resolved(tf, body, graph->nodes[i].inputs[k]);
}

static bool name_outputs(Tf *tf, Body *body)
{
    OnnxGraph *graph = body->graph;
    for (uint32_t i = 0; i < graph->node_count; i++) {
        OnnxNode *node = &graph->nodes[i];
        if (!onnx_parts(tf->reader, OUTPUT_PARTS * (size_t)node->output_count - OUTPUT_PARTS + 1))
            return false;
        node->outputs = ARENA_ARRAY(tf->arena, node->output_count, Str);
        for (uint32_t k = 0; k < node->output_count; k++)
            node->outputs[k] = value_name(tf->arena, node->name, k);
    }
    return true;
}

/* ---- functions -------------------------------- */

static Str arg_name(Message message)
{
    Str name = {0};
    MessageReader reader = MESSAGE_OPEN(message, func_names);
    for (MessageField field; message_next(&reader, &field);)
        if (field.number == 1)
            name = message_string(&field);
    return name;
}

static void decode_op(Tf *tf, Message message, OnnxGraph *function)
{
    uint32_t inputs = 0, outputs = 0;
    MessageReader reader = MESSAGE_OPEN(message, op_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (field.number == 1)
            function->name = message_string(&field);
        else if (field.number == 2)
            *ARENA_PUSH(tf->arena, function->inputs, function->input_count, inputs) = (OnnxInfo){.name = arg_name(field.message)};
        else if (field.number == 3)
            *ARENA_PUSH(tf->arena, function->outputs, function->output_count, outputs) = (OnnxInfo){.name = arg_name(field.message)};
    }
}

/* Where each output comes from stands in `ret`, by the name of the output. */
static void resolve_outputs(Tf *tf, Body *body, const Names *returned)
{
    for (uint32_t i = 0; i < body->graph->output_count; i++) {
        const Str *from = names_get(returned, body->graph->outputs[i].name);
        body->graph->outputs[i].name = from ? resolved(tf, body, *from) : (Str){0};
    }
}

static bool decode_function(Tf *tf, Message message)
{
    OnnxGraph *function = ARENA_NEW(tf->arena, OnnxGraph);
    Body body = {.graph = function, .nodes = names_new(tf->arena)};
    Names *returned = names_new(tf->arena);
    MessageReader reader = MESSAGE_OPEN(message, function_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (field.number == 1)
            decode_op(tf, field.message, function);
        else if (field.number == 3 && !add_node(tf, &body, field.message))
            return false;
        if (field.number != 4)
            continue;
        Str *from = ARENA_NEW(tf->arena, Str);
        *from = message_string(&field);
        names_set(returned, field.key, from);
    }
    if (tf_fault(tf, &reader, function->name) || !onnx_parts(tf->reader, (size_t)function->input_count + function->output_count))
        return false;
    count_outputs(tf, &body);
    resolve_outputs(tf, &body, returned);
    names_put(tf->functions, function->name, function);
    return name_outputs(tf, &body);
}

static bool decode_library(Tf *tf, Message message)
{
    MessageReader reader = MESSAGE_OPEN(message, library_names);
    for (MessageField field; message_next(&reader, &field);)
        if (field.number == 1 && !decode_function(tf, field.message))
            return false;
    return !tf_fault(tf, &reader, (Str){0});
}

/* ---- graphs -------------------------------- */

/* The version stands behind the nodes, and says how they are meant. */
static void find_version(Tf *tf, Message message)
{
    MessageReader reader = MESSAGE_OPEN(message, graph_names);
    tf->plain_scalars = false;
    for (MessageField field; message_next(&reader, &field);) {
        if (field.number != 4)
            continue;
        MessageReader inner = MESSAGE_OPEN(field.message, version_names);
        for (MessageField part; message_next(&inner, &part);)
            if (part.number == 1)
                tf->plain_scalars = message_int(&part) >= 24;
    }
}

bool tf_decode_graph(Tf *tf, Message message, OnnxGraph *graph)
{
    Body body = {.graph = graph, .nodes = names_new(tf->arena)};
    find_version(tf, message);
    MessageReader reader = MESSAGE_OPEN(message, graph_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (field.number == 1 && !add_node(tf, &body, field.message))
            return false;
        if (field.number == 2 && !decode_library(tf, field.message))
            return false;
    }
    if (tf_fault(tf, &reader, (Str){0}))
        return false;
    count_outputs(tf, &body);
    return name_outputs(tf, &body);
}
