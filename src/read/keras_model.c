/* SPDX-License-Identifier: MIT */
/* Decodes models of Keras: Sequential, Functional, and models inside models, in the dialects of Keras 1 to 3. */
#include "read/keras.h"

Place keras_place(const KerasReader *reader, const Value *value)
{
    return value ? value->place : (Place){.source = reader->graph->source};
}

/* Keras 1 lists whole models below its Merge. */
static bool is_list_of_layers(const Value *layers)
{
    if (!layers || layers->kind != VALUE_LIST)
        return false;
    return !layers->first || value_get(layers->first, STR("class_name"));
}

bool keras_is_model(const Value *value)
{
    const Value *config = keras_config(value);
    Str class_name = keras_class(value);
    if (!config || str_equal(class_name, STR("Merge")))
        return false;
    return is_list_of_layers(config->kind == VALUE_LIST ? config : value_get(config, STR("layers")));
}

/* ---- inputs that the file leaves out ----------------------------------------------------------------------------- */

/* Keras 1 says `input_dim` and `input_length`: of a sequence both, of words the length alone. */
static Shape shape_from_dims(Arena *arena, const Value *layer)
{
    const Value *config = keras_config(layer);
    Dim dims[3] = {DIM_NONE, keras_number(config, "input_length"), keras_number(config, "input_dim")};
    Str class_name = keras_class(layer);
    bool units = keras_get(config, "input_dim") != NULL;
    static const char *const sequences[] = {"LSTM", "GRU", "SimpleRNN", "Convolution1D", "TimeDistributedDense"};
    if (str_equal(class_name, STR("Embedding")))
        return shape_of(arena, 2, dims);
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++)
        if (units && str_equal(class_name, str_from(sequences[i])))
            return shape_of(arena, 3, dims);
    dims[1] = dims[2];
    return units ? shape_of(arena, 2, dims) : shape_unknown();
}

static const Value *first_layer(const Value *model)
{
    const Value *config = keras_config(model);
    const Value *layers = config && config->kind == VALUE_LIST ? config : value_get(config, STR("layers"));
    return layers ? layers->first : NULL;
}

Shape keras_input_shape(Arena *arena, const Value *layer)
{
    Shape shape = shape_unknown();
    const Value *inner = layer, *config;
    while (keras_is_model(inner)) {
        if (keras_shape(arena, keras_get(keras_config(inner), "build_input_shape"), &shape))
            return shape;
        inner = first_layer(inner);
    }
    config = keras_config(inner);
    if (keras_shape(arena, keras_get(config, "batch_input_shape batch_shape"), &shape))
        return shape;
    if (keras_shape(arena, keras_get(config, "input_shape"), &shape))
        return keras_inserted(arena, shape, 0, DIM_NONE);
    if (keras_shape(arena, keras_get(value_get(inner, STR("build_config")), "input_shape"), &shape))
        return shape;
    shape = shape_from_dims(arena, inner);
    if (!shape.known && keras_get(config, "layer"))
        return shape_from_dims(arena, keras_get(config, "layer"));
    return shape;
}

/* ---- layers ------------------------------------------------------------------------------------------------------ */

static bool is_input(Str class_name)
{
    return str_equal(class_name, STR("InputLayer")) || str_equal(class_name, STR("Input"));
}

/* Old files do not name models inside a Sequential: they are called after their class, later ones numbered. */
static Str usual_name(Arena *arena, const KerasModel *model, Str class_name)
{
    char *at = ARENA_ARRAY(arena, class_name.size + 1, char);
    for (size_t i = 0; i < class_name.size; i++) {
        char c = class_name.at[i];
        at[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    Str name = class_name.size ? (Str){at, class_name.size} : STR("layer");
    return names_get(model->by_name, name) ? str_format(arena, "%.*s_%u", STR_ARGS(name), model->count) : name;
}

static KerasEntry *add_entry(KerasReader *reader, KerasModel *model, const Value *value)
{
    KerasEntry *entry = ARENA_PUSH(reader->arena, model->entries, model->count, model->room);
    *entry = (KerasEntry){.value = value, .config = keras_config(value), .class_name = keras_class(value), .most = -1};
    entry->name = keras_name_of(value);
    if (!entry->name.size)
        entry->name = usual_name(reader->arena, model, entry->class_name);
    entry->takes_input = is_input(entry->class_name);
    entry->frozen = model->frozen || !keras_is(entry->config, "trainable", true);
    return entry;
}

static bool decode_nested(KerasReader *reader, const Value *value, bool frozen, KerasEntry *entry, uint32_t depth)
{
    const Value *inner = keras_get(keras_config(value), "layer");
    entry->over_time = str_equal(keras_class(value), STR("TimeDistributed")) && keras_is_model(inner);
    if (!entry->over_time && !keras_is_model(value))
        return true;
    entry->nested = keras_decode(reader, entry->over_time ? inner : value, frozen, depth + 1);
    return entry->nested != NULL;
}

static bool decode_layer(KerasReader *reader, KerasModel *model, const Value *value, uint32_t depth)
{
    if (value->kind != VALUE_MAP || !keras_class(value).size) {
        diag_error(reader->diags, value->place, "a layer is a mapping with `class_name` and `config`, not %s",
                   value->kind == VALUE_MAP ? "one without `class_name`" : value_kind_name(value->kind));
        return false;
    }
    KerasEntry *entry = add_entry(reader, model, value);
    bool frozen = entry->frozen;
    if (!names_put(model->by_name, entry->name, (void *)(uintptr_t)model->count) && !model->sequential) {
        diag_error(reader->diags, value->place, "two layers of this model are called `%.*s`", STR_ARGS(entry->name));
        return false;
    }
    return decode_nested(reader, value, frozen, entry, depth);
}

/* The input that a Sequential leaves out where its first layer says the shape. */
static void add_left_out_input(KerasReader *reader, KerasModel *model, const Value *layers)
{
    const Value *first = layers->first;
    if (!first || is_input(keras_class(first)))
        return;
    Str name = keras_name_of(first);
    KerasEntry *entry = add_entry(reader, model, NULL);
    entry->takes_input = true;
    entry->name = name.size ? str_format(reader->arena, "%.*s_input", STR_ARGS(name)) : STR("input");
}

/* Keras 1: a Sequential may begin with a Merge of whole models. */
static bool decode_merged(KerasReader *reader, KerasModel *model, const Value *layers, uint32_t depth)
{
    const Value *inner = keras_get(keras_config(layers->first), "layers");
    for (const Value *branch = inner ? inner->first : NULL; branch; branch = branch->next)
        if (!decode_layer(reader, model, branch, depth))
            return false;
    return true;
}

static bool is_merged(const Value *layers)
{
    const Value *first = layers->first;
    return first && str_equal(keras_class(first), STR("Merge")) && keras_get(keras_config(first), "layers");
}

static bool has_connections(const Value *layers)
{
    for (const Value *layer = layers->first; layer; layer = layer->next) {
        const Value *nodes = value_get(layer, STR("inbound_nodes"));
        if (nodes && nodes->count)
            return true;
    }
    return false;
}

/* Which way the layers are connected. */
static bool find_kind(KerasReader *reader, KerasModel *model, const Value *layers)
{
    bool is_sequential = str_equal(keras_class(model->value), STR("Sequential"));
    model->sequential = is_sequential || model->config->kind == VALUE_LIST;
    if (keras_get(model->config, "output_layers") || has_connections(layers)) {
        model->sequential = false;
        return true;
    }
    if (model->sequential || layers->count == 1)
        return true;
    diag_error(reader->diags, keras_place(reader, model->value),
               "the file lists the layers of `%.*s`, but not how they are connected",
               STR_ARGS(keras_class(model->value)));
    diag_hint(reader->diags,
              "a subclass of Model says that in Python alone: write it with the functional API, or export it to ONNX");
    return false;
}

static bool decode_layers(KerasReader *reader, KerasModel *model, const Value *layers, uint32_t depth)
{
    if (model->sequential && is_merged(layers)) {
        if (!decode_merged(reader, model, layers, depth))
            return false;
    } else if (model->sequential) {
        add_left_out_input(reader, model, layers);
    }
    for (const Value *layer = layers->first; layer; layer = layer->next)
        if (!decode_layer(reader, model, layer, depth))
            return false;
    return true;
}

KerasModel *keras_decode(KerasReader *reader, const Value *value, bool frozen, uint32_t depth)
{
    KerasModel *model = ARENA_NEW(reader->arena, KerasModel);
    model->value = value;
    model->config = keras_config(value);
    model->name = keras_name_of(value);
    model->by_name = names_new(reader->arena);
    model->frozen = frozen || (model->config->kind == VALUE_MAP && !keras_is(model->config, "trainable", true));
    const Value *layers = model->config->kind == VALUE_LIST ? model->config : value_get(model->config, STR("layers"));
    if (depth > KERAS_MOST_NESTED) {
        diag_error(reader->diags, value->place, "more than %d models stand inside each other", KERAS_MOST_NESTED);
        return NULL;
    }
    if (!layers->count) {
        diag_error(reader->diags, keras_place(reader, value), "the model `%.*s` has no layers", STR_ARGS(model->name));
        return NULL;
    }
    if (!find_kind(reader, model, layers) || !decode_layers(reader, model, layers, depth))
        return NULL;
    return keras_decode_nodes(reader, model) ? model : NULL;
}
