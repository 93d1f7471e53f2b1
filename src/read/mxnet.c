/* SPDX-License-Identifier: MIT */
/* Reads symbols of MXNet (NAME-symbol.json): what has no operator is data, a weight, a statistic or a label. */
#include "read/mxnet.h"

#include "format/yaml.h"

typedef struct Mxnet {
    OnnxReader *reader;
    Arena *arena;
    Diags *diags;
    Names *rows;          /* MxnetRow by name */
    const Value **nodes;  /* as the file has them */
    bool *is_data;        /* of nodes without operator: they are read as data */
    uint32_t *outputs;    /* how many outputs of each node are known of */
    uint32_t count;
} Mxnet;

static bool fail(Mxnet *mxnet, Place place, const char *what)
{
    diag_error(mxnet->diags, place, "%s", what);
    return false;
}

static Str text_of(const Value *node, const char *key)
{
    const Value *value = value_get(node, str_from(key));
    return value ? value->text : (Str){0};
}

static bool is_variable(const Value *node)
{
    return str_equal(text_of(node, "op"), STR("null"));
}

/* Called so by version: `param` with a separate `attr` in the oldest files. */
static const Value *attributes(const Value *node, int which)
{
    static const Str keys[] = {{"attrs", 5}, {"param", 5}, {"attr", 4}};
    return which < 3 ? value_get(node, keys[which]) : NULL;
}

/* ---- attributes -------------------------------- */

/* `(3, 3)`, `[3, 3]`, `(3,)`: false where something is no whole number. */
static bool parse_list(Str text, int64_t ints[ONNX_MOST_DIMS], uint32_t *count)
{
    Str piece;
    *count = 0;
    text = str_slice(text, 1, text.size - 1);
    while (str_cut(&text, ',', &piece)) {
        piece = str_trim(piece);
        /* Python 2 wrote long integers so. */
        if (piece.size && piece.at[piece.size - 1] == 'L')
            piece.size--;
        if (!piece.size)
            continue;
        if (*count == ONNX_MOST_DIMS || !str_to_int(piece, &ints[*count]))
            return false;
        ++*count;
    }
    return true;
}

static OnnxGiven given_of(Arena *arena, Str text)
{
    int64_t ints[ONNX_MOST_DIMS];
    uint32_t count = 0;
    text = str_trim(text);
    bool list = text.size > 1 && (text.at[0] == '(' || text.at[0] == '[') && parse_list(text, ints, &count);
    OnnxGiven given = {.kind = GIVEN_TEXT, .text = text};
    if (list) {
        given.kind = GIVEN_INTS;
    } else if (str_equal_nocase(text, STR("true")) || str_equal_nocase(text, STR("false"))) {
        given.kind = GIVEN_INT;
        ints[count++] = text.size == 4;
    } else if (str_to_int(text, &ints[0])) {
        given.kind = GIVEN_INT;
        count = 1;
    }
    given.count = count;
    given.ints = ARENA_ARRAY(arena, count, int64_t);
    for (uint32_t i = 0; i < count; i++)
        given.ints[i] = ints[i];
    return given;
}

static bool read_attrs(Mxnet *mxnet, const Value *node, OnnxNode *to)
{
    uint32_t room = 0;
    for (int which = 0; which < 3; which++) {
        const Value *map = attributes(node, which);
        for (const Value *child = map && map->kind == VALUE_MAP ? map->first : NULL; child; child = child->next) {
            if (!onnx_parts(mxnet->reader, 1))
                return false;
            if (!str_starts(child->key, STR("__")))
                onnx_add_given(mxnet->arena, to, &room, child->key, given_of(mxnet->arena, child->text));
        }
    }
    return true;
}

/* `__shape__` of a variable; unknown where it says none. */
static Shape shape_of_variable(Mxnet *mxnet, const Value *node)
{
    for (int which = 0; which < 3; which++) {
        Str text = text_of(attributes(node, which), "__shape__");
        OnnxGiven given = given_of(mxnet->arena, text);
        Dim dims[ONNX_MOST_DIMS];
        if (given.kind != GIVEN_INTS || !given.count)
            continue;
        for (uint32_t i = 0; i < given.count; i++)
            dims[i] = given.ints[i] > 0 ? dim_int(given.ints[i]) : DIM_NONE;
        return shape_of(mxnet->arena, given.count, dims);
    }
    return shape_unknown();
}

/* ---- nodes -------------------------------- */

/* `[node, output, version]`, or without the version. */
static bool parse_input(Mxnet *mxnet, const Value *input, uint32_t limit, uint32_t *node, uint32_t *output)
{
    int64_t number = -1, index = 0;
    const Value *first = input->kind == VALUE_LIST ? input->first : NULL;
    bool fine = first && value_to_int(first, &number) && (!first->next || value_to_int(first->next, &index));
    if (!fine || number < 0 || number >= limit || index < 0 || index > 4096)
        return fail(mxnet, input->place, "an input is the number of a node before, and of its output");
    *node = (uint32_t)number;
    *output = (uint32_t)index;
    return true;
}

static bool ends_like_a_weight(Str name)
{
    static const char *const ends[] = {"_weight", "_bias", "_gamma", "_beta", "_moving_mean", "_moving_var",
                                       "_running_mean", "_running_var"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_ends(name, str_from(ends[i])))
            return true;
    return false;
}

/* Which outputs are read, and which variables enter as data. */
static bool scan_inputs(Mxnet *mxnet, uint32_t index)
{
    const Value *node = mxnet->nodes[index], *list = value_get(node, STR("inputs"));
    const MxnetRow **row = names_get(mxnet->rows, text_of(node, "op"));
    uint32_t position = 0, from, output;
    for (const Value *input = list ? list->first : NULL; input; input = input->next, position++) {
        if (!onnx_parts(mxnet->reader, 1) || !parse_input(mxnet, input, index, &from, &output))
            return false;
        if (mxnet->outputs[from] <= output)
            mxnet->outputs[from] = output + 1;
        bool data = !row || !(*row)->data || (position < 32 && (*row)->data >> position & 1);
        if (data && is_variable(mxnet->nodes[from]) && !ends_like_a_weight(text_of(mxnet->nodes[from], "name")))
            mxnet->is_data[from] = true;
    }
    return true;
}

static Str value_name(Mxnet *mxnet, uint32_t node, uint32_t output)
{
    Str name = text_of(mxnet->nodes[node], "name");
    if (!name.size)
        name = str_format(mxnet->arena, "node_%u", node);
    return output ? str_format(mxnet->arena, "%.*s:%u", STR_ARGS(name), output) : name;
}

static bool read_node(Mxnet *mxnet, uint32_t index, OnnxNode *to)
{
    const Value *node = mxnet->nodes[index], *list = value_get(node, STR("inputs"));
    uint32_t from, output;
    to->name = text_of(node, "name");
    to->op = text_of(node, "op");
    if (!read_attrs(mxnet, node, to))
        return false;
    int64_t outputs = onnx_attr_int(to, "num_outputs", 1);
    if (outputs > mxnet->outputs[index] && outputs <= 4096)
        mxnet->outputs[index] = (uint32_t)outputs;
    to->output_count = mxnet->outputs[index] ? mxnet->outputs[index] : 1;
    /* A few bytes can ask for many outputs. */
    if (!onnx_parts(mxnet->reader, 8 * (size_t)to->output_count))
        return false;
    to->outputs = ARENA_ARRAY(mxnet->arena, to->output_count, Str);
    for (uint32_t i = 0; i < to->output_count; i++)
        to->outputs[i] = value_name(mxnet, index, i);
    to->inputs = ARENA_ARRAY(mxnet->arena, list ? list->count : 0, Str);
    for (const Value *input = list ? list->first : NULL; input; input = input->next)
        if (parse_input(mxnet, input, index, &from, &output))
            to->inputs[to->input_count++] = value_name(mxnet, from, output);
    return true;
}

static void read_variable(Mxnet *mxnet, uint32_t index, OnnxGraph *graph)
{
    Shape *shape = ARENA_NEW(mxnet->arena, Shape);
    *shape = shape_of_variable(mxnet, mxnet->nodes[index]);
    Str name = value_name(mxnet, index, 0);
    if (mxnet->is_data[index])
        graph->inputs[graph->input_count++] = (OnnxInfo){.name = name, .shape = shape, .element = ONNX_FLOAT};
    else
        graph->tensors[graph->tensor_count++] = (OnnxTensor){.name = name, .shape = shape, .type = ONNX_FLOAT, .external = true};
}

static bool read_heads(Mxnet *mxnet, const Value *root, OnnxGraph *graph)
{
    const Value *heads = value_get(root, STR("heads"));
    uint32_t node, output;
    graph->outputs = ARENA_ARRAY(mxnet->arena, heads ? heads->count : 0, OnnxInfo);
    for (const Value *head = heads ? heads->first : NULL; head; head = head->next) {
        if (!parse_input(mxnet, head, mxnet->count, &node, &output))
            return false;
        graph->outputs[graph->output_count++] = (OnnxInfo){.name = value_name(mxnet, node, output)};
    }
    return true;
}

static bool read_symbol(Mxnet *mxnet, const Value *root, OnnxGraph *graph)
{
    uint32_t count = mxnet->count;
    graph->nodes = ARENA_ARRAY(mxnet->arena, count, OnnxNode);
    graph->inputs = ARENA_ARRAY(mxnet->arena, count, OnnxInfo);
    graph->tensors = ARENA_ARRAY(mxnet->arena, count, OnnxTensor);
    for (uint32_t i = 0; i < count; i++)
        if (!scan_inputs(mxnet, i))
            return false;
    for (uint32_t i = 0; i < count; i++) {
        if (is_variable(mxnet->nodes[i]))
            read_variable(mxnet, i, graph);
        else if (!read_node(mxnet, i, &graph->nodes[graph->node_count++]))
            return false;
    }
    return read_heads(mxnet, root, graph);
}

static bool list_nodes(Mxnet *mxnet, const Value *root)
{
    const Value *nodes = value_get(root, STR("nodes"));
    if (!nodes || nodes->kind != VALUE_LIST || !nodes->count)
        return fail(mxnet, root->place, "this is no symbol of MXNet: there are no `nodes`");
    if (nodes->count > ONNX_MOST_LAYERS)
        return fail(mxnet, nodes->place, "the symbol has more than 200000 nodes");
    mxnet->nodes = ARENA_ARRAY(mxnet->arena, nodes->count, const Value *);
    mxnet->is_data = ARENA_ARRAY(mxnet->arena, nodes->count, bool);
    mxnet->outputs = ARENA_ARRAY(mxnet->arena, nodes->count, uint32_t);
    for (const Value *node = nodes->first; node; node = node->next) {
        if (!text_of(node, "op").size)
            return fail(mxnet, node->place, "a node has no `op`");
        mxnet->nodes[mxnet->count++] = node;
    }
    return true;
}

static bool holds(Str text, Str word)
{
    for (size_t i = 0; i + word.size <= text.size; i++)
        if (text.at[i] == word.at[0] && str_equal(str_slice(text, i, i + word.size), word))
            return true;
    return false;
}

bool mxnet_recognises(Str bytes)
{
    Str beginning = str_trim(str_slice(bytes, 0, 1 << 14));
    return str_starts(beginning, STR("{")) && holds(beginning, STR("\"nodes\"")) && holds(beginning, STR("\"op\"")) &&
           holds(beginning, STR("\"null\""));
}

bool read_mxnet(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    Mxnet mxnet = {.arena = arena, .diags = diags, .reader = onnx_foreign_reader(arena, diags, source, NULL, 0),
                   .rows = names_new(arena)};
    OnnxGraph *graph = ARENA_NEW(arena, OnnxGraph);
    const MxnetRow *row;
    for (size_t i = 0; (row = mxnet_row_at(i)) != NULL; i++) {
        const MxnetRow **thing = arena_alloc(arena, sizeof *thing);
        *thing = row;
        names_put(mxnet.rows, str_from(row->row.name), thing);
        onnx_add_foreign(mxnet.reader, &row->row);
    }
    const Value *root = yaml_read(arena, diags, source);
    if (!root || !list_nodes(&mxnet, root) || !read_symbol(&mxnet, root, graph) ||
        !onnx_read_network(mxnet.reader, graph))
        return false;
    onnx_read_done(mxnet.reader, model);
    return true;
}
