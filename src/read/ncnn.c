/* SPDX-License-Identifier: MIT */
/*
 * Reads networks of ncnn (NAME.param): one layer a line, `type name inputs outputs blobs… 0=64 1=3`. Weights stand in
 * another file, but their number in this one. (github.com/Tencent/ncnn, docs/developer-guide/param-and-model-file-structure.md)
 */
#include "read/ncnn.h"

typedef struct Ncnn {
    OnnxReader *reader;
    Arena *arena;
    Diags *diags;
    const Source *source;
    Names *rows;      /* NcnnRow by type */
    OnnxGraph *graph;
    uint32_t node_room, tensor_room, input_room;
    uint32_t line;
    Str text;         /* of the line, as it is */
} Ncnn;

static Place place_of(const Ncnn *ncnn)
{
    return (Place){.source = ncnn->source, .line = ncnn->line, .column = 1, .length = (uint32_t)ncnn->text.size};
}

static bool fail(Ncnn *ncnn, const char *what)
{
    diag_error(ncnn->diags, place_of(ncnn), "%s", what);
    return false;
}

/* ---- words and attributes -------------------------------- */

static bool next_word(Str *rest, Str *word)
{
    *rest = str_trim(*rest);
    size_t end = 0;
    while (end < rest->size && rest->at[end] != ' ' && rest->at[end] != '\t')
        end++;
    *word = str_slice(*rest, 0, end);
    *rest = str_slice(*rest, end, rest->size);
    return word->size > 0;
}

static bool next_count(Str *rest, int64_t *count)
{
    Str word;
    return next_word(rest, &word) && str_to_int(word, count) && *count >= 0 && *count <= 100000;
}

/* `0=64`, `2=0.5`, `-23303=2,16,16`: a list under 3, its length first. */
static bool add_attr(Ncnn *ncnn, OnnxNode *node, uint32_t *room, Str word)
{
    enum { LIST = -23300, MOST = 64 };
    size_t equals = str_find(word, '=');
    Str value = str_slice(word, equals + 1, word.size), piece;
    int64_t key, ints[MOST];
    OnnxGiven given = {.kind = GIVEN_INTS};
    if (equals == word.size || !str_to_int(str_slice(word, 0, equals), &key))
        return false;
    bool list = key <= LIST && key > LIST - 1000;
    if (list)
        str_cut(&value, ',', &piece);
    while (given.count < MOST && str_cut(&value, ',', &piece))
        if (!str_to_int(piece, &ints[given.count++])) /* a float, which no shape needs but of scales */
            given.kind = GIVEN_TEXT;
    if (given.kind == GIVEN_TEXT)
        given.text = str_slice(word, equals + 1, word.size);
    else if (!list && given.count == 1)
        given.kind = GIVEN_INT;
    given.ints = ARENA_ARRAY(ncnn->arena, given.count, int64_t);
    for (uint32_t i = 0; i < given.count && given.kind != GIVEN_TEXT; i++)
        given.ints[i] = ints[i];
    onnx_add_given(ncnn->arena, node, room, str_format(ncnn->arena, "%lld", (long long)(list ? LIST - key : key)), given);
    return true;
}

static int64_t attr(const OnnxNode *node, const char *key, int64_t otherwise)
{
    return onnx_attr_int(node, key, otherwise);
}

/* ---- weights -------------------------------- */

static void add_weight(Ncnn *ncnn, OnnxNode *node, uint32_t *room, const char *what, uint32_t rank, const int64_t *sizes)
{
    Dim dims[4];
    Shape *shape = ARENA_NEW(ncnn->arena, Shape);
    Str name = str_format(ncnn->arena, "%.*s.%s", STR_ARGS(node->name), what);
    for (uint32_t i = 0; i < rank; i++)
        dims[i] = sizes[i] > 0 ? dim_int(sizes[i]) : DIM_NONE;
    *shape = shape_of(ncnn->arena, rank, dims);
    *ARENA_PUSH(ncnn->arena, ncnn->graph->tensors, ncnn->graph->tensor_count, ncnn->tensor_room) =
        (OnnxTensor){.name = name, .shape = shape, .type = ONNX_FLOAT, .external = true};
    *ARENA_PUSH(ncnn->arena, node->inputs, node->input_count, *room) = name;
}

static void add_vector(Ncnn *ncnn, OnnxNode *node, uint32_t *room, const char *what, int64_t size)
{
    add_weight(ncnn, node, room, what, 1, &size);
}

/* What each filter reads follows from how many numbers there are: O×I×h×w, of transposed ones I×O×h×w. */
static void add_kernel(Ncnn *ncnn, OnnxNode *node, uint32_t *room)
{
    int64_t out = attr(node, "0", 0), across = attr(node, "1", 0), down = attr(node, "11", across), all = attr(node, "6", 0),
            groups = attr(node, "7", 1);
    bool transposed = str_starts(node->op, STR("Deconv")), sane = out > 0 && across > 0 && down > 0 && groups > 0 &&
        out < 1 << 24 && across < 1 << 12 && down < 1 << 12 && out % groups == 0 && all % (out * across * down) == 0;
    int64_t in = sane ? all / (out * across * down) : 0;
    if (transposed && sane)
        add_weight(ncnn, node, room, "weight", 4, (int64_t[]){in * groups, out / groups, down, across});
    else
        add_weight(ncnn, node, room, "weight", 4, (int64_t[]){out, in, down, across});
    if (attr(node, "5", 0))
        add_vector(ncnn, node, room, "bias", out);
}

static void add_weights(Ncnn *ncnn, OnnxNode *node, uint32_t *room, NcnnWeights weights)
{
    int64_t size = attr(node, "0", 0), all = attr(node, weights == NCNN_CELL ? "1" : "2", 0);
    int64_t gates = str_equal(node->op, STR("LSTM")) ? 4 : str_equal(node->op, STR("GRU")) ? 3 : 1;
    switch (weights) {
    case NCNN_NONE: break;
    case NCNN_CONV: add_kernel(ncnn, node, room); break;
    case NCNN_DENSE:
        add_weight(ncnn, node, room, "weight", 2, (int64_t[]){size, size > 0 && all % size == 0 ? all / size : 0});
        if (attr(node, "1", 0))
            add_vector(ncnn, node, room, "bias", size);
        break;
    case NCNN_PAIR: case NCNN_ONE: case NCNN_SCALE:
        add_vector(ncnn, node, room, "scale", size);
        if (weights == NCNN_PAIR || (weights == NCNN_SCALE && attr(node, "1", 0)))
            add_vector(ncnn, node, room, "bias", size);
        break;
    case NCNN_AFFINE: case NCNN_GROUPS:
        if (!attr(node, weights == NCNN_GROUPS ? "3" : "2", 1))
            break;
        size = weights == NCNN_GROUPS ? attr(node, "1", 0) : size;
        add_vector(ncnn, node, room, "scale", size);
        add_vector(ncnn, node, room, "bias", size);
        break;
    case NCNN_TABLE: add_weight(ncnn, node, room, "weight", 2, (int64_t[]){attr(node, "1", 0), size}); break;
    case NCNN_CELL:
        add_vector(ncnn, node, room, "weight", all);
        add_vector(ncnn, node, room, "recurrent", size > 0 && size < 1 << 20 ? size * size * gates * (attr(node, "2", 0) == 2 ? 2 : 1) : 0);
        add_vector(ncnn, node, room, "bias", size > 0 && size < 1 << 20 ? size * 4 * (attr(node, "2", 0) == 2 ? 2 : 1) : 0);
        break;
    }
}

/* ---- lines -------------------------------- */

/* 0 is the width, 1 the height, 2 the channels; what is left out is not there. */
static void add_input(Ncnn *ncnn, const OnnxNode *node)
{
    Dim dims[3];
    Shape *shape = ARENA_NEW(ncnn->arena, Shape);
    uint32_t rank = 0;
    for (const char *key = "2\0" "1\0" "0\0"; *key; key += 2)
        if (attr(node, key, 0) > 0)
            dims[rank++] = dim_int(attr(node, key, 0));
    *shape = rank ? shape_of(ncnn->arena, rank, dims) : shape_unknown();
    *ARENA_PUSH(ncnn->arena, ncnn->graph->inputs, ncnn->graph->input_count, ncnn->input_room) =
        (OnnxInfo){.name = node->outputs[0], .shape = shape, .element = ONNX_FLOAT};
}

static bool read_blobs(Ncnn *ncnn, Str *rest, int64_t count, Str **names, uint32_t *got, uint32_t *room)
{
    Str word;
    for (int64_t i = 0; i < count; i++) {
        if (!next_word(rest, &word) || !onnx_parts(ncnn->reader, 1))
            return ncnn->reader->failed ? false : fail(ncnn, "this line has fewer blobs than it says");
        *ARENA_PUSH(ncnn->arena, *names, *got, *room) = word;
    }
    return true;
}

static bool read_layer(Ncnn *ncnn, Str rest)
{
    OnnxNode node = {0};
    uint32_t inputs = 0, outputs = 0, attrs = 0;
    int64_t in, out;
    Str word;
    if (!next_word(&rest, &node.op) || !next_word(&rest, &node.name) || !next_count(&rest, &in) || !next_count(&rest, &out))
        return fail(ncnn, "a layer reads `type name inputs outputs blobs… 0=64 1=3`");
    if (!read_blobs(ncnn, &rest, in, &node.inputs, &node.input_count, &inputs) ||
        !read_blobs(ncnn, &rest, out, &node.outputs, &node.output_count, &outputs))
        return false;
    while (next_word(&rest, &word))
        if (!onnx_parts(ncnn->reader, 1) || !add_attr(ncnn, &node, &attrs, word))
            return ncnn->reader->failed ? false : fail(ncnn, "a parameter reads `0=64`, or `-23303=2,16,16`");
    if (str_equal(node.op, STR("Input")) && node.output_count) {
        add_input(ncnn, &node);
        return true;
    }
    const NcnnRow **row = names_get(ncnn->rows, node.op);
    if (row)
        add_weights(ncnn, &node, &inputs, (*row)->weights);
    *ARENA_PUSH(ncnn->arena, ncnn->graph->nodes, ncnn->graph->node_count, ncnn->node_room) = node;
    return true;
}

/* Old converters wrote channels, height, width: the convolution that reads a map tells which it is. */
static void turn_inputs(Ncnn *ncnn)
{
    OnnxGraph *graph = ncnn->graph;
    for (uint32_t i = 0; i < graph->input_count; i++) {
        const OnnxInfo *input = &graph->inputs[i];
        Dim *size = input->shape->dims;
        for (uint32_t k = 0; k < graph->node_count && input->shape->rank == 3; k++) {
            const OnnxNode *node = &graph->nodes[k];
            int64_t filters = attr(node, "0", 0), across = attr(node, "1", 0), each = filters * across * attr(node, "11", across);
            if (!str_equal(node->op, STR("Convolution")) || !node->input_count || !str_equal(node->inputs[0], input->name))
                continue;
            Dim channels = each > 0 ? dim_int(attr(node, "6", 0) / each) : DIM_NONE, width = size[2];
            if (dim_known_different(channels, size[0]) && dim_equal(channels, width)) {
                size[2] = size[0];
                size[0] = width;
            }
            break;
        }
    }
}

/* What nothing reads leaves the network. */
static void find_outputs(Ncnn *ncnn)
{
    OnnxGraph *graph = ncnn->graph;
    Names *read = names_new(ncnn->arena);
    uint32_t room = 0;
    for (uint32_t i = 0; i < graph->node_count; i++)
        for (uint32_t k = 0; k < graph->nodes[i].input_count; k++)
            names_put(read, graph->nodes[i].inputs[k], ncnn);
    for (uint32_t i = 0; i < graph->node_count; i++)
        for (uint32_t k = 0; k < graph->nodes[i].output_count; k++)
            if (!names_get(read, graph->nodes[i].outputs[k]))
                *ARENA_PUSH(ncnn->arena, graph->outputs, graph->output_count, room) = (OnnxInfo){.name = graph->nodes[i].outputs[k]};
}

static bool is_head(Str line)
{
    return str_equal(str_trim(line), STR("7767517"));
}

bool ncnn_recognises(Str bytes)
{
    return is_head(str_slice(bytes, 0, str_find(bytes, '\n')));
}

/* The number of the format, numbers of layers and blobs, then the layers. */
static bool read_lines(Ncnn *ncnn)
{
    Str rest = ncnn->source->bytes;
    while (str_cut(&rest, '\n', &ncnn->text)) {
        Str line = str_trim(ncnn->text);
        ncnn->line++;
        if (ncnn->line == 1 && !is_head(line))
            return fail(ncnn, "a network of ncnn begins with 7767517; others are older than 2017, or binary");
        if (ncnn->line > 2 && line.size && line.at[0] != '#' && !read_layer(ncnn, line))
            return false;
    }
    return ncnn->graph->node_count ? true : fail(ncnn, "this network holds no layers");
}

bool read_ncnn(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    Ncnn ncnn = {.arena = arena, .diags = diags, .source = source, .reader = onnx_foreign_reader(arena, diags, source, NULL, 0),
                 .rows = names_new(arena), .graph = ARENA_NEW(arena, OnnxGraph)};
    const NcnnRow *row;
    ncnn.reader->graph->batch_axes = 0;
    ncnn.reader->inner_weights = true;
    for (size_t i = 0; (row = ncnn_row_at(i)) != NULL; i++) {
        const NcnnRow **thing = arena_alloc(arena, sizeof *thing);
        *thing = row;
        names_put(ncnn.rows, str_from(row->row.name), thing);
        onnx_add_foreign(ncnn.reader, &row->row);
    }
    if (!read_lines(&ncnn))
        return false;
    turn_inputs(&ncnn);
    find_outputs(&ncnn);
    if (!onnx_read_network(ncnn.reader, ncnn.graph))
        return false;
    onnx_read_done(ncnn.reader, model);
    return true;
}
