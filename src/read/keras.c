/* SPDX-License-Identifier: MIT */
/* Keras models as text: `model.to_json()`, `to_yaml()`, `config.json`, TensorFlow.js; and what only looks like one. */
#include "read/keras.h"

#include "format/yaml.h"

/* The {class_name, config} in a file: at its root, below `modelTopology` of TensorFlow.js, below `model_config`. */
static const Value *find_model(const Value *root)
{
    static const Str keys[] = {{"modelTopology", 13}, {"model_config", 12}, {"model", 5}};
    const Value *model = root;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const Value *inner = value_get(model, keys[i]);
        if (inner && inner->kind == VALUE_MAP)
            model = inner;
    }
    return model;
}

static Layout find_layout(const Value *value)
{
    /* In the order of the text and without recursion: a child, else the next on the way up. */
    const Value *at = value;
    while (at) {
        bool says = str_equal(at->key, STR("data_format")) || str_equal(at->key, STR("dim_ordering"));
        if (says && (str_equal(at->text, STR("channels_first")) || str_equal(at->text, STR("th"))))
            return LAYOUT_CHANNELS_FIRST;
        if (says && (str_equal(at->text, STR("channels_last")) || str_equal(at->text, STR("tf"))))
            return LAYOUT_CHANNELS_LAST;
        const Value *next = at->first;
        while (!next && at && at != value) {
            next = at->next;
            at = next ? at : at->parent;
        }
        at = next;
    }
    return LAYOUT_CHANNELS_LAST;
}

static bool report_no_model(KerasReader *reader, const Value *root, const Value *model)
{
    Place place = keras_place(reader, model);
    if (root->kind != VALUE_MAP) {
        diag_error(reader->diags, place, "a Keras model is a mapping with `class_name` and `config`, not %s",
                   value_kind_name(root->kind));
    } else if (value_get(model, STR("node")) || value_get(model, STR("library"))) {
        diag_error(reader->diags, place,
                   "this is a graph model of TensorFlow.js: it holds operations of TensorFlow, not layers");
        diag_hint(reader->diags, "read it with --from tfjs, or without --from");
    } else if (value_get(root, STR("weightsManifest")) && !value_get(root, STR("modelTopology"))) {
        diag_error(reader->diags, place, "this file lists weights alone; the model's topology is missing");
    } else if (keras_class(model).size) {
        diag_error(reader->diags, place, "the configuration of `%.*s` holds no layers", STR_ARGS(keras_class(model)));
        diag_hint(reader->diags, "a subclass of Model is defined by Python code alone: write it with the functional "
                                 "API, or export it to ONNX");
    } else {
        diag_error(reader->diags, place, "this is no Keras model: there is no `class_name` with a `config`");
    }
    return false;
}

/* What nobody reads and is no output says which steps are masked: such operations are no part of the figure. */
static void hide_masks(KerasReader *reader)
{
    const Graph *graph = reader->graph;
    bool *read = ARENA_ARRAY(reader->arena, graph->layer_count, bool);
    for (uint32_t i = 0; i < graph->output_count; i++)
        read[graph->outputs[i].layer->index] = true;
    for (uint32_t i = graph->layer_count; i-- > 0;) {
        Layer *layer = graph->layers[i];
        layer->auxiliary = layer->auxiliary || (!read[i] && layer->op->style == STYLE_OTHER && layer->input_count);
        for (uint32_t k = 0; read[i] && k < layer->input_count; k++)
            if (layer->inputs[k].layer)
                read[layer->inputs[k].layer->index] = true;
    }
}

static bool build(KerasReader *reader, const Value *value)
{
    Port *outputs = NULL;
    uint32_t count = 0;
    KerasModel *model = keras_decode(reader, value, false, 0);
    if (!model)
        return false;
    reader->graph->name = model->name;
    KerasSite site = {reader->graph->root, 0, true};
    if (!keras_run(reader, model, &site, NULL, 0, &outputs, &count))
        return false;
    reader->graph->outputs = outputs;
    reader->graph->output_count = count;
    hide_masks(reader);
    return !reader->failed;
}

static bool read_value(Arena *arena, Diags *diags, const Source *source, const Value *root, Model *model)
{
    KerasReader reader = {.arena = arena,
                          .diags = diags,
                          .graph = graph_new(arena, source),
                          .rows = keras_all_rows(arena),
                          .ops = names_new(arena),
                          .unknown = names_new(arena)};
    const Value *value = find_model(root);
    reader.graph->imported = true;
    reader.graph->batch_axes = 1;
    reader.layout = find_layout(value);
    *model = model_of(arena, reader.graph);
    if (!keras_is_model(value))
        return report_no_model(&reader, root, value);
    return build(&reader, value) && diags_errors(diags) == 0;
}

bool read_keras(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    source = keras_open(arena, diags, source);
    const Value *root = source ? yaml_read(arena, diags, source) : NULL;
    return root && read_value(arena, diags, source, root, model);
}

/* ---- recognising ------------------------------------------------------------------------------------------------- */

static bool holds(Str bytes, Str word)
{
    for (size_t i = 0; i + word.size <= bytes.size; i++)
        if (bytes.at[i] == word.at[0] && str_equal(str_slice(bytes, i, i + word.size), word))
            return true;
    return false;
}

/* `model.to_yaml()` of Keras 1 and 2: keys in the order of the alphabet. */
static bool is_yaml(Str text)
{
    Str line;
    for (int i = 0; i < 3 && str_cut(&text, '\n', &line); i++)
        if (str_starts(line, STR("class_name: ")))
            return true;
    return false;
}

bool keras_recognises(Str bytes)
{
    Str beginning = str_trim(str_slice(bytes, 0, 1 << 16));
    if (keras_recognises_file(bytes))
        return true;
    if (!str_starts(beginning, STR("{")))
        return is_yaml(beginning);
    bool model = holds(beginning, STR("\"class_name\"")) && holds(beginning, STR("\"config\""));
    return model || holds(beginning, STR("\"modelTopology\"")) || holds(beginning, STR("\"weightsManifest\""));
}
