/* SPDX-License-Identifier: MIT */
/* Decodes what the calls of a model read: `inbound_nodes` in all dialects, `input_layers`, `output_layers`. */
#include "read/keras.h"

/* What is being looked through. */
typedef struct Finder {
    KerasReader *reader;
    const KerasModel *model;
    KerasNode *node;
    bool strict;      /* a name that is no layer is an error; among keyword arguments it may be anything */
} Finder;

static bool walk(Finder *finder, const Value *value);

static bool unknown_layer(Finder *finder, const Value *at, Str name)
{
    KerasReader *reader = finder->reader;
    Str *names = ARENA_ARRAY(reader->arena, finder->model->count, Str);
    for (uint32_t i = 0; i < finder->model->count; i++)
        names[i] = finder->model->entries[i].name;
    diag_error(reader->diags, at->place, "`%.*s` is not a layer of this model", STR_ARGS(name));
    Str near = names_nearest(reader->arena, name, names, finder->model->count);
    if (near.size)
        diag_hint(reader->diags, "did you mean `%.*s`?", STR_ARGS(near));
    return false;
}

/* Appends `[name, node, tensor]`; names that stand for constants are none. */
static bool add_ref(Finder *finder, const Value *list, Shape said)
{
    const Value *second = list->first->next;
    Str name = list->first->text;
    KerasRef ref = {.said = said};
    size_t found = (size_t)(uintptr_t)names_get(finder->model->by_name, name);
    if (!found && (!finder->strict || str_starts(name, STR("_CONSTANT"))))
        return true;
    if (!found)
        return unknown_layer(finder, list, name);
    ref.entry = (uint32_t)(found - 1);
    keras_int(second, &ref.node);
    keras_int(second->next, &ref.tensor);
    if (++finder->reader->refs > KERAS_MOST_REFS) {
        diag_error(finder->reader->diags, list->place, "the model passes more than %d tensors", KERAS_MOST_REFS);
        return false;
    }
    KerasEntry *entry = &finder->model->entries[ref.entry];
    entry->most = ref.node > entry->most ? ref.node : entry->most;
    *ARENA_PUSH(finder->reader->arena, finder->node->refs, finder->node->ref_count, finder->node->ref_room) = ref;
    return true;
}

static bool is_ref(const Value *value)
{
    int64_t n;
    if (value->kind != VALUE_LIST || value->count < 3 || value->count > 4)
        return false;
    const Value *name = value->first, *rest = name->next->next->next;
    bool named = name->kind == VALUE_SCALAR && (name->quoted || !keras_int(name, &n)); /* YAML needs no quotes */
    return named && keras_int(name->next, &n) && keras_int(name->next->next, &n) &&
           (!rest || rest->kind == VALUE_MAP || rest->kind == VALUE_NULL);
}

/* Keras 3: {class_name: __keras_tensor__, config: {shape, keras_history}}. */
static bool walk_tensor(Finder *finder, const Value *map)
{
    const Value *config = keras_config(map), *history = keras_get(config, "keras_history");
    Shape said;
    if (!history || !is_ref(history))
        return true;
    keras_shape(finder->reader->arena, keras_get(config, "shape"), &said);
    return add_ref(finder, history, said);
}

/* Masks and switches are no data. */
static bool is_aside(Str key)
{
    return str_equal(key, STR("mask")) || str_equal(key, STR("training"));
}

static bool walk_list(Finder *finder, const Value *list)
{
    if (!is_ref(list)) {
        for (const Value *item = list->first; item; item = item->next)
            if (!walk(finder, item))
                return false;
        return true;
    }
    const Value *keywords = list->first->next->next->next;
    bool strict = finder->strict;
    if (!add_ref(finder, list, shape_unknown()))
        return false;
    finder->strict = false;
    bool sound = !keywords || walk(finder, keywords);
    finder->strict = strict;
    return sound;
}

static bool walk(Finder *finder, const Value *value)
{
    if (value->kind == VALUE_LIST)
        return walk_list(finder, value);
    if (value->kind != VALUE_MAP)
        return true;
    if (str_equal(keras_word(value, "class_name"), STR("__keras_tensor__")))
        return walk_tensor(finder, value);
    for (const Value *child = value->first; child; child = child->next)
        if (!is_aside(child->key) && !walk(finder, child))
            return false;
    return true;
}

bool keras_find_refs(KerasReader *reader, const KerasModel *model, const Value *value, KerasNode *node)
{
    Finder finder = {reader, model, node, true};
    return !value || walk(&finder, value);
}

/* ---- all calls of a model ---------------------------------------------------------------------------------------- */

static bool decode_inbound(KerasReader *reader, KerasModel *model, KerasEntry *entry)
{
    const Value *nodes = entry->value ? value_get(entry->value, STR("inbound_nodes")) : NULL;
    uint32_t count = nodes && nodes->kind == VALUE_LIST ? nodes->count : 0;
    entry->node_count = entry->takes_input ? 1 : count;
    entry->nodes = ARENA_ARRAY(reader->arena, entry->node_count, KerasNode);
    uint32_t i = 0;
    for (const Value *node = count ? nodes->first : NULL; node && i < entry->node_count; node = node->next, i++) {
        entry->nodes[i].value = node;
        if (!keras_find_refs(reader, model, node, &entry->nodes[i]))
            return false;
    }
    return true;
}

static void chain(KerasReader *reader, KerasModel *model)
{
    uint32_t branches = 0;
    while (branches < model->count && model->entries[branches].nested && !model->entries[0].takes_input)
        branches++;
    bool merged = branches && branches < model->count && str_equal(model->entries[branches].class_name, STR("Merge"));
    for (uint32_t i = 0; i < model->count; i++) {
        KerasEntry *entry = &model->entries[i];
        KerasNode *node = entry->nodes = ARENA_NEW(reader->arena, KerasNode);
        entry->node_count = 1;
        if (entry->takes_input || (merged && i < branches))
            continue;
        uint32_t from = merged && i == branches ? 0 : i - 1;
        for (uint32_t k = from; i && k < i; k++)
            *ARENA_PUSH(reader->arena, node->refs, node->ref_count, node->ref_room) = (KerasRef){.entry = k};
    }
    KerasNode *out = &model->outputs;
    *ARENA_PUSH(reader->arena, out->refs, out->ref_count, out->ref_room) = (KerasRef){.entry = model->count - 1};
}

/*
 * Numbers of calls as the file counts them become places in `nodes`: in a Functional model, models that are called
 * begin at 1, since the call that built them is 0; calls outside of this model were taken out without renumbering.
 */
static bool settle_ref(KerasReader *reader, KerasModel *model, KerasRef *ref, const Value *at)
{
    KerasEntry *entry = &model->entries[ref->entry];
    int64_t first = entry->most >= entry->node_count ? entry->most - entry->node_count + 1 : 0;
    int64_t place = entry->node_count == 1 ? 0 : ref->node - first;
    if (place < 0 || place >= entry->node_count || ref->tensor < 0) {
        diag_error(reader->diags, keras_place(reader, at), "call %lld of `%.*s` is read, but it is called %u times",
                   (long long)ref->node, STR_ARGS(entry->name), entry->node_count);
        return false;
    }
    ref->node = place;
    KerasNode *node = &entry->nodes[place];
    if (!ref->said.known || ref->tensor >= KERAS_MOST_OUTPUTS)
        return true;
    if (!node->said)
        node->said = ARENA_ARRAY(reader->arena, KERAS_MOST_OUTPUTS, Shape);
    node->said[ref->tensor] = ref->said;
    return true;
}

static bool settle_node(KerasReader *reader, KerasModel *model, KerasNode *node)
{
    for (uint32_t i = 0; i < node->ref_count; i++)
        if (!settle_ref(reader, model, &node->refs[i], node->value))
            return false;
    return true;
}

static bool settle(KerasReader *reader, KerasModel *model)
{
    for (uint32_t i = 0; i < model->count; i++)
        for (uint32_t k = 0; k < model->entries[i].node_count; k++) {
            model->entries[i].nodes[k].index = model->node_count++;
            if (!settle_node(reader, model, &model->entries[i].nodes[k]))
                return false;
        }
    return settle_node(reader, model, &model->inputs) && settle_node(reader, model, &model->outputs);
}

/* The order in which tensors enter is that of `input_layers`, or else of the layers. */
static void number_inputs(KerasModel *model)
{
    for (uint32_t i = 0; i < model->inputs.ref_count; i++)
        model->entries[model->inputs.refs[i].entry].input = i;
    model->input_count = model->inputs.ref_count;
    if (model->input_count)
        return;
    for (uint32_t i = 0; i < model->count; i++)
        if (model->entries[i].takes_input)
            model->entries[i].input = model->input_count++;
}

bool keras_decode_nodes(KerasReader *reader, KerasModel *model)
{
    if (model->sequential || model->config->kind == VALUE_LIST) {
        chain(reader, model);
        number_inputs(model);
        return settle(reader, model);
    }
    for (uint32_t i = 0; i < model->count; i++)
        if (!decode_inbound(reader, model, &model->entries[i]))
            return false;
    if (!keras_find_refs(reader, model, keras_get(model->config, "input_layers"), &model->inputs) ||
        !keras_find_refs(reader, model, keras_get(model->config, "output_layers"), &model->outputs) ||
        !settle(reader, model))
        return false;
    number_inputs(model);
    return true;
}
