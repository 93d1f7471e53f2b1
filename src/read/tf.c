/* SPDX-License-Identifier: MIT */
/* Reads TensorFlow: graphs (.pb, .pbtxt), MetaGraphs (.meta), SavedModels, graph models of TensorFlow.js; no weights. */
#include "read/tf.h"

#include "format/prototxt.h"
#include "format/yaml.h"

static OnnxGraph *called(OnnxReader *reader, const OnnxNode *node)
{
    const Tf *tf = reader->format;
    Str name = tf_is_call(node->op) ? onnx_attr_text(node, "f") : node->op;
    return names_count(tf->functions) ? names_get(tf->functions, name) : NULL;
}

static Tf *tf_new(Arena *arena, Diags *diags, const Source *source)
{
    Tf *tf = ARENA_NEW(arena, Tf);
    const OnnxRow *row;
    tf->arena = arena;
    tf->functions = names_new(arena);
    tf->variables = names_new(arena);
    tf->reader = onnx_foreign_reader(arena, diags, source, NULL, 0);
    for (size_t i = 0; (row = tf_row_at(i)) != NULL; i++)
        onnx_add_foreign(tf->reader, row);
    tf->reader->calls = called;
    tf->reader->format = tf;
    return tf;
}

/* ---- outputs -------------------------------- */

/* Without a signature: values that nothing reads, of nodes that do not only set or save something. */
static void find_outputs(Tf *tf, OnnxGraph *graph)
{
    Names *read = names_new(tf->arena);
    uint32_t room = 0;
    for (uint32_t i = 0; i < graph->node_count; i++)
        for (uint32_t k = 0; k < graph->nodes[i].input_count; k++)
            names_put(read, graph->nodes[i].inputs[k], graph);
    for (uint32_t i = 0; i < graph->node_count; i++) {
        const OnnxNode *node = &graph->nodes[i];
        bool any = false;
        for (uint32_t k = 0; k < node->output_count; k++)
            any = any || names_get(read, node->outputs[k]);
        if (!any && node->input_count && node->output_count)
            *ARENA_PUSH(tf->arena, graph->outputs, graph->output_count, room) = (OnnxInfo){.name = node->outputs[0]};
    }
}

static void set_outputs(Tf *tf, OnnxGraph *graph)
{
    graph->outputs = ARENA_ARRAY(tf->arena, tf->output_count, OnnxInfo);
    graph->output_count = 0;
    for (uint32_t i = 0; i < tf->output_count; i++)
        graph->outputs[graph->output_count++] = (OnnxInfo){.name = tf->outputs[i]};
    if (!tf->output_count)
        find_outputs(tf, graph);
}

/* What no output of the signature depends on saves, restores or trains: tables have it, figures do not. */
static void hide_unused(Tf *tf)
{
    Graph *graph = tf->reader->graph;
    bool *seen = ARENA_ARRAY(tf->arena, graph->layer_count, bool);
    Layer **stack = ARENA_ARRAY(tf->arena, graph->layer_count, Layer *);
    uint32_t depth = 0;
    for (uint32_t i = 0; i < graph->output_count; i++)
        if (!seen[graph->outputs[i].layer->index]) {
            seen[graph->outputs[i].layer->index] = true;
            stack[depth++] = graph->outputs[i].layer;
        }
    while (depth) {
        const Layer *layer = stack[--depth];
        for (uint32_t i = 0; i < layer->input_count; i++) {
            Layer *before = layer->inputs[i].layer;
            if (!before || seen[before->index])
                continue;
            seen[before->index] = true;
            stack[depth++] = before;
        }
    }
    for (uint32_t i = 0; i < graph->layer_count && graph->output_count; i++)
        graph->layers[i]->auxiliary = graph->layers[i]->auxiliary || !seen[i];
}

/* `^name` among the inputs of a node: it waits for that one. */
static void add_controls(Tf *tf, const OnnxGraph *nodes)
{
    const Graph *graph = tf->reader->graph;
    Names *layers = names_new(tf->arena);
    for (uint32_t i = 0; i < graph->layer_count; i++)
        names_put(layers, graph->layers[i]->path, graph->layers[i]);
    for (uint32_t i = 0; i < nodes->node_count; i++) {
        const OnnxNode *node = &nodes->nodes[i];
        Layer *layer = node->control_count ? names_get(layers, node->name) : NULL;
        uint32_t room = 0;
        for (uint32_t k = 0; layer && k < node->control_count; k++) {
            Layer *before = names_get(layers, node->controls[k]);
            if (before && before != layer)
                *ARENA_PUSH(tf->arena, layer->after, layer->after_count, room) = before;
        }
    }
}

static void find_batch(Tf *tf)
{
    const Graph *graph = tf->reader->graph;
    Shape *shapes = ARENA_ARRAY(tf->arena, graph->layer_count, Shape);
    uint32_t count = 0;
    for (uint32_t i = 0; i < graph->layer_count; i++)
        if (!graph->layers[i]->input_count && str_equal(graph->layers[i]->op_name, STR("input")))
            shapes[count++] = graph->layers[i]->outputs[0];
    onnx_find_batch(tf->reader, shapes, count);
}

static bool read_network(Tf *tf, Model *model)
{
    OnnxGraph *graph = ARENA_NEW(tf->arena, OnnxGraph);
    if (!tf_decode_graph(tf, tf->graph, graph))
        return false;
    if (!graph->node_count) {
        diag_error(tf->reader->diags, onnx_place(tf->reader, (Str){0}), "this TensorFlow graph holds no nodes");
        return false;
    }
    set_outputs(tf, graph);
    if (!onnx_read_network(tf->reader, graph))
        return false;
    add_controls(tf, graph);
    if (tf->output_count)
        hide_unused(tf);
    find_batch(tf);
    onnx_read_done(tf->reader, model);
    return true;
}

/* ---- recognising -------------------------------- */

enum { FORM_NONE, FORM_GRAPH, FORM_META, FORM_SAVED };

static bool is_identifier(Str name)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i && ((c >= '0' && c <= '9') || c == '>' || c == '.')))
            return false;
    }
    return name.size > 0 && name.size < 200;
}

/* A NodeDef: name, op, inputs, device as text, attributes as messages. */
static bool is_node(Str body)
{
    Wire wire = wire_open(body);
    bool op = false;
    for (WireField field; wire_next(&wire, &field);) {
        if (field.type != WIRE_BYTES || field.number > 7)
            return false;
        op = op || (field.number == 2 && is_identifier(field.bytes));
    }
    return op && !wire.fault;
}

static bool is_graph(Str bytes)
{
    Wire wire = wire_open(bytes);
    WireField field;
    if (!wire_next(&wire, &field) || field.type != WIRE_BYTES)
        return false;
    /* A graph may be empty but for its functions. */
    if (field.number == 4 || field.number == 2)
        return !is_identifier(field.bytes) && wire_next(&wire, &field) && field.number <= 4;
    return field.number == 1 && is_node(field.bytes);
}

static bool is_meta(Str bytes)
{
    Wire wire = wire_open(bytes);
    WireField field;
    for (int i = 0; i < 4 && wire_next(&wire, &field); i++) {
        if (field.type != WIRE_BYTES || field.number > 7)
            return false;
        if (field.number == 2)
            return is_graph(field.bytes);
    }
    return false;
}

static bool is_saved(Str bytes)
{
    Wire wire = wire_open(bytes);
    WireField field;
    if (!wire_next(&wire, &field) || field.number != 1 || field.type != WIRE_VARINT || !wire_next(&wire, &field))
        return false;
    return field.number == 2 && field.type == WIRE_BYTES && is_meta(field.bytes);
}

static int form_of(Str bytes)
{
    return is_saved(bytes) ? FORM_SAVED : is_graph(bytes) ? FORM_GRAPH : is_meta(bytes) ? FORM_META : FORM_NONE;
}

static bool holds(Str text, Str word)
{
    for (size_t i = 0; i + word.size <= text.size; i++)
        if (text.at[i] == word.at[0] && str_equal(str_slice(text, i, i + word.size), word))
            return true;
    return false;
}

/* The first key of a text, as `node {` or `node: {`. */
static Str first_key(Str text)
{
    Str line;
    while (str_cut(&text, '\n', &line)) {
        line = str_trim(line);
        if (!line.size || line.at[0] == '#')
            continue;
        size_t end = 0;
        while (end < line.size && line.at[end] != ' ' && line.at[end] != ':' && line.at[end] != '{')
            end++;
        return str_slice(line, 0, end);
    }
    return (Str){0};
}

static int form_of_text(Str text)
{
    Str beginning = str_slice(text, 0, 1 << 16), key = first_key(beginning);
    if (str_equal(key, STR("saved_model_schema_version")) || str_equal(key, STR("meta_graphs")))
        return FORM_SAVED;
    if (str_equal(key, STR("meta_info_def")) || str_equal(key, STR("graph_def")))
        return FORM_META;
    bool graph = str_equal(key, STR("node")) || str_equal(key, STR("versions")) || str_equal(key, STR("library"));
    return graph && (holds(beginning, STR("op:")) || holds(beginning, STR("node_def"))) ? FORM_GRAPH : FORM_NONE;
}

bool tf_recognises(Str bytes)
{
    return form_of(bytes) != FORM_NONE;
}

bool tf_recognises_text(Str bytes)
{
    return form_of_text(bytes) != FORM_NONE;
}

/* A graph, whole or as the topology; layers models have classes. */
bool tfjs_recognises(Str bytes)
{
    Str beginning = str_trim(str_slice(bytes, 0, 1 << 16));
    return str_starts(beginning, STR("{")) && holds(beginning, STR("\"node\"")) && holds(beginning, STR("\"op\"")) &&
           !holds(beginning, STR("\"class_name\""));
}

/* ---- files -------------------------------- */

static bool read_form(Tf *tf, int form, Message message, Model *model)
{
    bool fine = true;
    tf->graph = message;
    if (form == FORM_SAVED)
        fine = tf_decode_saved(tf, message);
    else if (form == FORM_META)
        fine = tf_decode_meta(tf, message);
    if (fine && form != FORM_GRAPH && !tf->has_graph) {
        diag_error(tf->reader->diags, onnx_place(tf->reader, (Str){0}), "there is no graph in this model");
        return false;
    }
    return fine && read_network(tf, model);
}

bool read_tf(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    int form = form_of(source->bytes);
    Tf *tf = tf_new(arena, diags, source);
    return read_form(tf, form == FORM_NONE ? FORM_GRAPH : form, message_of_bytes(source->bytes), model);
}

bool read_tf_text(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    int form = form_of_text(source->bytes);
    const Value *tree = prototxt_read(arena, diags, source);
    return tree && read_form(tf_new(arena, diags, source), form == FORM_NONE ? FORM_GRAPH : form,
                             message_of_tree(tree, false), model);
}

/* `signature` stands beside the topology, in older files among what the user defined. */
static const Value *find_signature(const Value *root)
{
    const Value *signature = value_get(root, STR("signature"));
    return signature ? signature : value_get(value_get(root, STR("userDefinedMetadata")), STR("signature"));
}

bool read_tfjs(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    const Value *root = yaml_read(arena, diags, source);
    if (!root)
        return false;
    const Value *topology = value_get(root, STR("modelTopology"));
    Tf *tf = tf_new(arena, diags, source);
    const Value *signature = find_signature(root);
    topology = topology ? topology : root;
    if (!value_get(topology, STR("node"))) {
        diag_error(diags, topology->place, "this is no graph model of TensorFlow.js: there are no nodes");
        return false;
    }
    if (signature)
        tf_decode_signature(tf, message_of_tree(signature, true));
    return read_form(tf, FORM_GRAPH, message_of_tree(topology, true), model);
}
