/* SPDX-License-Identifier: MIT */
/* What stands around a graph of TensorFlow: SavedModel, MetaGraphDef, signatures, and which variables are trained. */
#include "read/tf.h"

static const MessageName saved_names[] = {{.name = "meta_graphs", .number = 2}};
static const MessageName meta_names[] = {{.name = "graph_def", .number = 2},
                                         {.name = "collection_def", .number = 4, .is_map = true},
                                         {.name = "signature_def", .number = 5, .is_map = true},
                                         {.name = "object_graph_def", .number = 7}};
static const MessageName signature_names[] = {{.name = "outputs", .number = 2, .is_map = true}};
static const MessageName info_names[] = {{.name = "name", .number = 1}};
static const MessageName collection_names[] = {{.name = "bytes_list", .number = 2}};
static const MessageName bytes_names[] = {{.name = "value", .number = 1}};
static const MessageName objects_names[] = {{.name = "nodes", .number = 1}};
static const MessageName object_names[] = {{.name = "variable", .number = 7}};
static const MessageName variable_names[] = {{.name = "trainable", .number = 3}, {.name = "name", .number = 6}};

static const char trained[] = "trained", kept[] = "kept";

static void set_variable(Tf *tf, Str name, const char *how)
{
    const char **thing = arena_alloc(tf->arena, sizeof *thing);
    *thing = how;
    names_set(tf->variables, name, thing);
}

/* Where the file does not tell, what is used as a weight is one. */
bool tf_is_trained(const Tf *tf, Str variable)
{
    const char **how = names_get(tf->variables, variable);
    return how ? *how == trained : !tf->lists_trained;
}

bool tf_says_trained(const Tf *tf, Str variable)
{
    const char **how = names_get(tf->variables, variable);
    return how && *how == trained;
}

void tf_decode_signature(Tf *tf, Message message)
{
    MessageReader reader = MESSAGE_OPEN(message, signature_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (field.number != 2)
            continue;
        MessageReader info = MESSAGE_OPEN(field.message, info_names);
        for (MessageField part; message_next(&info, &part);)
            if (part.number == 1)
                *ARENA_PUSH(tf->arena, tf->outputs, tf->output_count, tf->output_room) =
                    tf_value_name(tf, message_string(&part));
    }
}

/* VariableDef, as bytes: its first field is the name, `dense/kernel:0`. */
static void add_trained(Tf *tf, Str body)
{
    Wire wire = wire_open(body);
    for (WireField field; wire_next(&wire, &field);)
        if (field.number == 1 && field.type == WIRE_BYTES)
            set_variable(tf, str_slice(field.bytes, 0, str_find(field.bytes, ':')), trained);
}

static void decode_collection(Tf *tf, const MessageField *entry)
{
    if (!str_equal(entry->key, STR("trainable_variables")))
        return;
    MessageReader reader = MESSAGE_OPEN(entry->message, collection_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (field.number != 2)
            continue;
        MessageReader list = MESSAGE_OPEN(field.message, bytes_names);
        for (MessageField part; message_next(&list, &part);) {
            tf->lists_trained = true;
            add_trained(tf, message_text(tf->arena, &part));
        }
    }
}

static void decode_variable(Tf *tf, Message message)
{
    Str name = {0};
    bool is_trained = false;
    MessageReader reader = MESSAGE_OPEN(message, variable_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (field.number == 3)
            is_trained = message_int(&field) != 0;
        else if (field.number == 6)
            name = message_string(&field);
    }
    if (name.size)
        set_variable(tf, name, is_trained ? trained : kept);
}

static void decode_objects(Tf *tf, Message message)
{
    MessageReader reader = MESSAGE_OPEN(message, objects_names);
    for (MessageField field; message_next(&reader, &field);) {
        if (field.number != 1 || !onnx_parts(tf->reader, 1))
            continue;
        MessageReader object = MESSAGE_OPEN(field.message, object_names);
        for (MessageField part; message_next(&object, &part);)
            if (part.number == 7)
                decode_variable(tf, part.message);
    }
}

/* The first signature counts, but `serving_default` goes before all, and what initialises is none. */
static void keep_signature(const MessageField *entry, Message *signature, bool *best)
{
    bool fits = !*best && !str_starts(entry->key, STR("__")) && !signature->bytes.size && !signature->tree;
    bool serves = str_equal(entry->key, STR("serving_default"));
    if (fits || serves)
        *signature = entry->message;
    *best = *best || serves;
}

bool tf_decode_meta(Tf *tf, Message message)
{
    Message signature = {0};
    bool best = false;
    MessageReader reader = MESSAGE_OPEN(message, meta_names);
    for (MessageField field; message_next(&reader, &field);) {
        switch (field.number) {
        case 2: tf->graph = field.message; tf->has_graph = true; break;
        case 4: decode_collection(tf, &field); break;
        case 5: keep_signature(&field, &signature, &best); break;
        case 7: decode_objects(tf, field.message); break;
        default: break;
        }
    }
    tf_decode_signature(tf, signature);
    return !tf_fault(tf, &reader, (Str){0});
}

/* Several MetaGraphs are the same network for training, serving …: the first is read. */
bool tf_decode_saved(Tf *tf, Message message)
{
    MessageReader reader = MESSAGE_OPEN(message, saved_names);
    bool fine = true;
    for (MessageField field; message_next(&reader, &field);)
        if (field.number == 2 && !tf->has_graph)
            fine = tf_decode_meta(tf, field.message) && fine;
    return fine && !tf_fault(tf, &reader, (Str){0});
}
