/* SPDX-License-Identifier: MIT */
/* Reads TensorFlow Lite models: tensors, operators and their options out of the FlatBuffer; none of the weights. */
#include "read/tflite.h"

enum { MODEL_CODES = 1, MODEL_GRAPHS = 2, MODEL_BUFFERS = 4 };
enum { GRAPH_TENSORS = 0, GRAPH_INPUTS = 1, GRAPH_OUTPUTS = 2, GRAPH_OPERATORS = 3, GRAPH_NAME = 4 };
enum { TENSOR_SHAPE = 0, TENSOR_TYPE = 1, TENSOR_BUFFER = 2, TENSOR_NAME = 3, TENSOR_VARIABLE = 5, TENSOR_SIGNATURE = 7 };
enum { OPERATOR_CODE = 0, OPERATOR_INPUTS = 1, OPERATOR_OUTPUTS = 2, OPERATOR_OPTIONS = 4 };
enum { CODE_OLD = 0, CODE_CUSTOM = 1, CODE_NEW = 3, CUSTOM = 32 };
enum { BUFFER_DATA = 0, BUFFER_OFFSET = 1, BUFFER_SIZE = 2 };

/* A tensor of the graph: the key is its name, made different where two have the same. */
typedef struct Tensor {
    Str key;
    Shape shape;
    int64_t type;
    bool constant;
    bool state;  /* that a cell keeps from call to call */
    Str numbers; /* of a constant */
} Tensor;

typedef struct Tflite {
    OnnxReader *reader;
    Arena *arena;
    Flat flat;
    FlatVector codes, buffers;
    Names *rows;   /* TfliteRow by name */
    Tensor *tensors;
    uint32_t tensor_count;
} Tflite;

static bool broken(Tflite *lite)
{
    if (!lite->flat.fault || lite->reader->failed)
        return lite->flat.fault != NULL;
    diag_error(lite->reader->diags, onnx_place(lite->reader, (Str){0}), "the file is damaged at byte %zu: %s",
               lite->flat.fault_at, lite->flat.fault);
    diag_hint(lite->reader->diags, "a download that broke off looks like this; its size is %zu bytes", lite->flat.bytes.size);
    lite->reader->failed = true;
    return true;
}

/* ---- tensors -------------------------------- */

/* -1 in `shape_signature` is a size that the file leaves open. */
static Shape read_shape(Tflite *lite, FlatTable table)
{
    FlatVector sizes = flat_vector(table, TENSOR_SHAPE, 4), open = flat_vector(table, TENSOR_SIGNATURE, 4);
    Dim dims[ONNX_MOST_DIMS];
    if (sizes.count > ONNX_MOST_DIMS)
        return shape_unknown();
    for (uint32_t i = 0; i < sizes.count; i++) {
        int64_t size = open.count == sizes.count ? flat_item(open, i) : flat_item(sizes, i);
        dims[i] = size < 0 ? DIM_NONE : dim_int(size);
    }
    return shape_of(lite->arena, sizes.count, dims);
}

static void read_tensor(Tflite *lite, FlatTable table, uint32_t index, Names *keys)
{
    Tensor *tensor = &lite->tensors[index];
    FlatTable buffer = flat_item_table(lite->buffers, (uint32_t)flat_int(table, TENSOR_BUFFER, 4, 0));
    tensor->key = flat_text(table, TENSOR_NAME);
    if (!tensor->key.size)
        tensor->key = str_format(lite->arena, "tensor_%u", index);
    for (uint32_t again = 0; !names_put(keys, tensor->key, tensor) && again < 1000; again++)
        tensor->key = str_format(lite->arena, "%.*s_%u", STR_ARGS(tensor->key), index + again);
    tensor->shape = read_shape(lite, table);
    tensor->type = tflite_type(flat_int(table, TENSOR_TYPE, 1, 0));
    tensor->numbers = flat_bytes(flat_vector(buffer, BUFFER_DATA, 1));
    tensor->constant = tensor->numbers.size || flat_int(buffer, BUFFER_SIZE, 8, 0) > 0;
    tensor->state = flat_int(table, TENSOR_VARIABLE, 1, 0) != 0;
}

static bool read_tensors(Tflite *lite, FlatTable graph)
{
    FlatVector list = flat_vector(graph, GRAPH_TENSORS, 4);
    enum { TENSOR_PARTS = 4 }; /* four bytes can be a tensor */
    if (broken(lite) || !onnx_parts(lite->reader, TENSOR_PARTS * (size_t)list.count))
        return false;
    Names *keys = names_new(lite->arena);
    lite->tensors = ARENA_ARRAY(lite->arena, list.count, Tensor);
    lite->tensor_count = list.count;
    for (uint32_t i = 0; i < list.count && !lite->flat.fault; i++)
        read_tensor(lite, flat_item_table(list, i), i, keys);
    return !broken(lite);
}

static const Tensor *tensor_at(Tflite *lite, int64_t index)
{
    if (index >= 0 && index < lite->tensor_count)
        return &lite->tensors[index];
    if (index != -1 && !lite->reader->failed) {
        diag_error(lite->reader->diags, onnx_place(lite->reader, (Str){0}),
                   "an operator reads tensor %lld, but there are only %u", (long long)index, lite->tensor_count);
        lite->reader->failed = true;
    }
    return NULL;
}

/* ---- operators -------------------------------- */

static Str operator_name(Tflite *lite, FlatTable table)
{
    FlatTable code = flat_item_table(lite->codes, (uint32_t)flat_int(table, OPERATOR_CODE, 4, 0));
    int64_t old = flat_int(code, CODE_OLD, 1, 0), number = flat_int(code, CODE_NEW, 4, 0);
    number = number > old ? number : old;
    if (number == CUSTOM)
        return flat_text(code, CODE_CUSTOM);
    const char *name = tflite_operator(number);
    return name ? str_from(name) : str_format(lite->arena, "operator_%lld", (long long)number);
}

static OnnxGiven of_ints(Arena *arena, const int64_t *ints, uint32_t count, bool list)
{
    OnnxGiven given = {.kind = list ? GIVEN_INTS : GIVEN_INT, .count = count};
    given.ints = ARENA_ARRAY(arena, count, int64_t);
    for (uint32_t i = 0; i < count; i++)
        given.ints[i] = ints[i];
    return given;
}

static OnnxGiven read_list(Tflite *lite, FlatTable table, const TfliteOption *option)
{
    FlatVector list = flat_vector(table, option->field, option->size);
    int64_t ints[ONNX_MOST_DIMS];
    uint32_t count = list.count < ONNX_MOST_DIMS ? list.count : ONNX_MOST_DIMS;
    for (uint32_t i = 0; i < count; i++)
        ints[i] = flat_item(list, i);
    return of_ints(lite->arena, ints, count, true);
}

static OnnxGiven read_option(Tflite *lite, FlatTable table, const TfliteOption *option)
{
    static const char *const activations[] = {"NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"};
    if (option->kind == OPTION_INTS)
        return read_list(lite, table, option);
    if (option->kind == OPTION_WINDOW) {
        int64_t height = flat_int(table, option->field, 4, option->fallback),
                width = flat_int(table, option->size, 4, option->fallback);
        return of_ints(lite->arena, (int64_t[]){1, height, width, 1}, 4, true);
    }
    int64_t n = flat_int(table, option->field, option->size, option->fallback);
    if (option->kind == OPTION_PADDING)
        return (OnnxGiven){.kind = GIVEN_TEXT, .text = n ? STR("VALID") : STR("SAME")};
    if (option->kind == OPTION_ACTIVATION)
        return (OnnxGiven){.kind = GIVEN_TEXT, .text = str_from(n >= 0 && n < 6 ? activations[n] : "unknown")};
    return of_ints(lite->arena, &(int64_t){option->kind == OPTION_TYPE ? tflite_type(n) : n}, 1, false);
}

static Str *read_names(Tflite *lite, FlatVector list)
{
    Str *names = ARENA_ARRAY(lite->arena, list.count, Str);
    for (uint32_t i = 0; i < list.count; i++) {
        const Tensor *tensor = tensor_at(lite, flat_item(list, i));
        names[i] = tensor && !tensor->state ? tensor->key : (Str){0};
    }
    return names;
}

static bool read_operator(Tflite *lite, FlatTable table, OnnxNode *node)
{
    FlatVector inputs = flat_vector(table, OPERATOR_INPUTS, 4), outputs = flat_vector(table, OPERATOR_OUTPUTS, 4);
    FlatTable options = flat_table(table, OPERATOR_OPTIONS);
    uint32_t room = 0;
    if (broken(lite) || !onnx_parts(lite->reader, (size_t)inputs.count + outputs.count + 1))
        return false;
    node->op = operator_name(lite, table);
    node->inputs = read_names(lite, inputs);
    node->input_count = inputs.count;
    node->outputs = read_names(lite, outputs);
    node->output_count = outputs.count;
    const TfliteRow **row = names_get(lite->rows, node->op);
    for (uint32_t i = 0; row && i < (*row)->option_count; i++)
        onnx_add_given(lite->arena, node, &room, str_from((*row)->options[i].name),
                       read_option(lite, options, &(*row)->options[i]));
    return !broken(lite) && !lite->reader->failed;
}

/* ---- the graph -------------------------------- */

static OnnxInfo info_of(const Tensor *tensor)
{
    return (OnnxInfo){.name = tensor->key, .shape = &tensor->shape, .element = tensor->type};
}

static OnnxInfo *read_infos(Tflite *lite, FlatTable graph, uint32_t field, uint32_t *count)
{
    FlatVector list = flat_vector(graph, field, 4);
    OnnxInfo *infos = ARENA_ARRAY(lite->arena, list.count, OnnxInfo);
    for (uint32_t i = 0; i < list.count; i++) {
        const Tensor *tensor = tensor_at(lite, flat_item(list, i));
        if (tensor)
            infos[(*count)++] = info_of(tensor);
    }
    return infos;
}

/* Constants are initialisers; the shapes of all others are what the file says. */
static void split_tensors(Tflite *lite, OnnxGraph *graph)
{
    graph->tensors = ARENA_ARRAY(lite->arena, lite->tensor_count, OnnxTensor);
    graph->infos = ARENA_ARRAY(lite->arena, lite->tensor_count, OnnxInfo);
    for (uint32_t i = 0; i < lite->tensor_count; i++) {
        const Tensor *tensor = &lite->tensors[i];
        if (tensor->constant)
            graph->tensors[graph->tensor_count++] = (OnnxTensor){.name = tensor->key, .shape = &tensor->shape,
                .type = (uint8_t)tensor->type, .body = tensor->numbers, .constant = true};
        else
            graph->infos[graph->info_count++] = info_of(tensor);
    }
}

static bool read_subgraph(Tflite *lite, FlatTable table, OnnxGraph *graph)
{
    if (!read_tensors(lite, table))
        return false;
    FlatVector operators = flat_vector(table, GRAPH_OPERATORS, 4);
    if (broken(lite) || !onnx_parts(lite->reader, operators.count))
        return false;
    graph->name = flat_text(table, GRAPH_NAME);
    graph->inputs = read_infos(lite, table, GRAPH_INPUTS, &graph->input_count);
    graph->outputs = read_infos(lite, table, GRAPH_OUTPUTS, &graph->output_count);
    graph->nodes = ARENA_ARRAY(lite->arena, operators.count, OnnxNode);
    graph->node_count = operators.count;
    for (uint32_t i = 0; i < operators.count; i++)
        if (!read_operator(lite, flat_item_table(operators, i), &graph->nodes[i]))
            return false;
    split_tensors(lite, graph);
    return !broken(lite) && !lite->reader->failed;
}

bool tflite_recognises(Str bytes)
{
    return bytes.size >= 8 && str_equal(str_slice(bytes, 4, 8), STR("TFL3"));
}

static Tflite *lite_new(Arena *arena, Diags *diags, const Source *source)
{
    Tflite *lite = ARENA_NEW(arena, Tflite);
    lite->reader = onnx_foreign_reader(arena, diags, source, NULL, 0);
    lite->arena = arena;
    lite->flat = (Flat){.bytes = source->bytes};
    lite->rows = names_new(arena);
    const TfliteRow *row;
    for (size_t i = 0; (row = tflite_row_at(i)) != NULL; i++) {
        const TfliteRow **thing = arena_alloc(arena, sizeof *thing);
        *thing = row;
        names_put(lite->rows, str_from(row->row.name), thing);
        onnx_add_foreign(lite->reader, &row->row);
    }
    return lite;
}

bool read_tflite(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    Tflite *lite = lite_new(arena, diags, source);
    OnnxGraph *graph = ARENA_NEW(arena, OnnxGraph);
    if (!tflite_recognises(source->bytes)) {
        diag_error(diags, onnx_place(lite->reader, (Str){0}), "this is no TensorFlow Lite model: bytes 4 to 7 are not `TFL3`");
        return false;
    }
    FlatTable root = flat_root(&lite->flat);
    FlatVector graphs = flat_vector(root, MODEL_GRAPHS, 4);
    lite->codes = flat_vector(root, MODEL_CODES, 4);
    lite->buffers = flat_vector(root, MODEL_BUFFERS, 4);
    if (broken(lite))
        return false;
    if (!graphs.count) {
        diag_error(diags, onnx_place(lite->reader, (Str){0}), "this TensorFlow Lite model holds no graph");
        return false;
    }
    if (!read_subgraph(lite, flat_item_table(graphs, 0), graph) || !onnx_read_network(lite->reader, graph))
        return false;
    onnx_read_done(lite->reader, model);
    return true;
}
