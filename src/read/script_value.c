/* SPDX-License-Identifier: MIT */
/* Values that the code of a TorchScript archive computes with, and those that its pickle holds. */
#include "read/script.h"

#include "format/zip.h"

bool script_work(Script *script, size_t steps)
{
    script->steps += steps;
    if (script->steps > SCRIPT_MOST_STEPS && !script->failed)
        script_fail(script, "the code takes too many steps to follow", (Str){0});
    return !script->failed;
}

ScriptValue *script_new(Script *script, ScriptKind kind)
{
    ScriptValue *value = ARENA_NEW(script->arena, ScriptValue);
    value->kind = kind;
    script_work(script, 1);
    return value;
}

ScriptValue *script_int(Script *script, Dim n)
{
    ScriptValue *value = script_new(script, n.kind == DIM_UNKNOWN ? SCRIPT_UNKNOWN : SCRIPT_INT);
    value->n = n;
    return value;
}

ScriptValue *script_bool(Script *script, bool yes)
{
    ScriptValue *value = script_new(script, SCRIPT_BOOL);
    value->yes = yes;
    return value;
}

ScriptValue *script_text(Script *script, ScriptKind kind, Str text)
{
    ScriptValue *value = script_new(script, kind);
    value->text = text;
    return value;
}

void script_add(Script *script, ScriptValue *list, ScriptValue *item)
{
    *ARENA_PUSH(script->arena, list->items, list->count, list->room) = item;
}

Shape script_shape(const Script *script, const ScriptValue *tensor)
{
    const OnnxValue *value = tensor->kind == SCRIPT_TENSOR ? onnx_lookup(script->frame, tensor->text) : NULL;
    return value ? value->shape : shape_unknown();
}

bool script_fail(Script *script, const char *what, Str name)
{
    if (!name.size && script->file)
        name = str_format(script->arena, "%.*s, line %u", STR_ARGS(script->file->name), script->line);
    if (!script->failed && name.size)
        diag_error(script->diags, onnx_place(script->reader, name), "%s", what);
    else if (!script->failed)
        diag_error(script->diags, (Place){.source = script->source}, "%s", what);
    script->failed = script->reader->failed = true;
    return false;
}

/* ---- tensors -------------------------------- */

/* `torch FloatStorage` */
static uint8_t type_of(const Pickle *storage)
{
    static const struct {
        const char *name;
        uint8_t type;
    } rows[] = {{"Float", ONNX_FLOAT}, {"Double", ONNX_DOUBLE}, {"Half", ONNX_FLOAT16}, {"BFloat16", ONNX_BFLOAT16},
                {"Long", ONNX_INT64}, {"Int", ONNX_INT32}, {"Short", ONNX_INT16}, {"Char", ONNX_INT8}, {"Byte", ONNX_UINT8},
                {"Bool", ONNX_BOOL}, {"QInt8", ONNX_INT8}, {"QUInt8", ONNX_UINT8}, {"QInt32", ONNX_INT32}};
    Str text = storage && storage->kind == PICKLE_CLASS ? storage->text : (Str){0};
    Str name = str_slice(text, str_find(text, ' ') + 1, text.size), ending = STR("Storage");
    if (str_ends(name, ending))
        name.size -= ending.size;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_equal(name, str_from(rows[i].name)))
            return rows[i].type;
    return ONNX_FLOAT;
}

static bool shape_of_sizes(Script *script, const Pickle *sizes, Shape *shape)
{
    Dim dims[SHAPE_MAX_RANK];
    if (!sizes || sizes->kind != PICKLE_LIST || sizes->count > SHAPE_MAX_RANK)
        return false;
    for (uint32_t i = 0; i < sizes->count; i++) {
        if (sizes->items[i]->kind != PICKLE_INT || sizes->items[i]->n < 0)
            return false;
        dims[i] = dim_int(sizes->items[i]->n);
    }
    *shape = shape_of(script->arena, sizes->count, dims);
    return true;
}

/* Where a tensor's numbers stand: `('storage', class, key, device, count)`; NULL: this is none. */
static const Pickle *storage_of(const Pickle *pickle)
{
    const Pickle *maker = pickle->kind == PICKLE_OBJECT ? pickle->maker : NULL, *stored = pickle_at(pickle->arguments, 0);
    bool tensor = maker && maker->kind == PICKLE_CLASS && str_starts(maker->text, STR("torch._utils _rebuild_")) &&
                  stored && stored->kind == PICKLE_STORED;
    return tensor && pickle_at(stored->arguments, 2) ? stored->arguments : NULL;
}

/* The number of a constant without axes, which sizes are computed with. */
static ScriptValue *scalar_of(Script *script, Str folder, Str key, uint8_t type)
{
    Str bytes = {0}, name = str_format(script->arena, "%.*s%.*s%.*s", STR_ARGS(script->prefix), STR_ARGS(folder), STR_ARGS(key));
    if ((type != ONNX_INT64 && type != ONNX_DOUBLE) ||
        zip_read(script->arena, script->source->bytes, name, 64, &bytes) != ZIP_FINE || bytes.size != 8)
        return NULL;
    uint64_t bits = wire_fixed(bytes.at, 8);
    if (type == ONNX_INT64)
        return script_int(script, dim_int(wire_signed(bits)));
    ScriptValue *value = script_new(script, SCRIPT_FLOAT);
    value->number = wire_double(bits);
    return value;
}

/* Equal storages are one tensor, as weights are that two modules share. */
static Str identity_of(Script *script, const Pickle *pickle, const Pickle *storage, Str folder, Shape shape)
{
    const Pickle *at = pickle_at(pickle->arguments, 1);
    return str_format(script->arena, "%.*s%.*s %lld %.*s", STR_ARGS(folder), STR_ARGS(pickle_at(storage, 2)->text),
                      (long long)(at ? at->n : 0), STR_ARGS(shape_text(script->arena, shape, "x")));
}

static ScriptValue *tensor_of(Script *script, const Pickle *pickle, const Pickle *storage, const ScriptValue *owner)
{
    Shape *shape = ARENA_NEW(script->arena, Shape);
    Str key = pickle_at(storage, 2)->text, folder = owner ? STR("data/") : STR("constants/");
    uint8_t type = type_of(pickle_at(storage, 1));
    if (!shape_of_sizes(script, pickle_at(pickle->arguments, 2), shape))
        return script_new(script, SCRIPT_UNKNOWN);
    ScriptValue *scalar = !owner && !shape->rank ? scalar_of(script, folder, key, type) : NULL;
    if (scalar)
        return scalar;
    Str known = identity_of(script, pickle, storage, folder, *shape);
    ScriptValue *value = names_get(script->weights, known);
    if (value)
        return value;
    value = script_text(script, SCRIPT_TENSOR, str_format(script->arena, "%%w%zu", names_count(script->weights)));
    names_put(script->weights, known, value);
    OnnxTensor *tensor = ARENA_NEW(script->arena, OnnxTensor);
    *tensor = (OnnxTensor){.name = value->text, .shape = shape, .type = type, .external = true, .constant = !owner};
    onnx_declare(script->reader, script->frame, &(OnnxGraph){.tensors = tensor, .tensor_count = 1});
    /* Parameters are trained, buffers are not, wherever they are used. */
    OnnxValue *declared = onnx_lookup(script->frame, value->text);
    if (names_get(script->parameters, known))
        declared->weight->certain = true;
    else if (owner)
        declared->weight = NULL;
    return value;
}

/* ---- parameters -------------------------------- */

static void note_parameter(Script *script, const Pickle *tensor)
{
    const Pickle *storage = tensor->kind == PICKLE_OBJECT ? storage_of(tensor) : NULL;
    Shape shape;
    if (!storage || !shape_of_sizes(script, pickle_at(tensor->arguments, 2), &shape))
        return;
    if (names_put(script->parameters, identity_of(script, tensor, storage, STR("data/"), shape), script))
        script->held = dim_add(script->arena, script->held, shape_elements(script->arena, shape));
}

void script_find_parameters(Script *script, Pickle *object, int depth)
{
    const Pickle *state = object->state;
    if (object->seen || depth > SCRIPT_MOST_DEPTH || script->failed || !script_is_module(object))
        return;
    object->seen = true;
    script_work(script, state ? state->count : 0);
    for (uint32_t i = 0; state && state->kind == PICKLE_MAP && i + 1 < state->count; i += 2) {
        if (state->items[i]->kind != PICKLE_TEXT)
            continue;
        if (script_is_parameter(script, object, state->items[i]->text))
            note_parameter(script, state->items[i + 1]);
        script_find_parameters(script, state->items[i + 1], depth + 1);
    }
}

/* ---- objects -------------------------------- */

/* As exporters write it: children that have only a number are called after what holds them. */
static Str path_of(Script *script, const ScriptValue *owner, Str name)
{
    int64_t n;
    Str last = owner->text;
    while (str_find(last, '/') < last.size)
        last = str_slice(last, str_find(last, '/') + 1, last.size);
    if (last.size && str_to_int(name, &n))
        name = str_format(script->arena, "%.*s.%.*s", STR_ARGS(last), STR_ARGS(name));
    return owner->text.size ? str_format(script->arena, "%.*s/%.*s", STR_ARGS(owner->text), STR_ARGS(name)) : name;
}

static ScriptValue *object_of(Script *script, const Pickle *pickle, const ScriptValue *owner, Str name)
{
    const Pickle *storage = storage_of(pickle);
    if (storage)
        return tensor_of(script, pickle, storage, owner);
    if (script_is_module(pickle) && owner) {
        ScriptValue *module = script_text(script, SCRIPT_MODULE, path_of(script, owner, name));
        module->object = pickle;
        return module;
    }
    /* `build_intlist([1, 2])`, `restore_type_tag(value, "List[int]")` */
    const Pickle *inner = pickle_at(pickle->arguments, 0);
    bool plain = inner && inner->kind != PICKLE_OBJECT && pickle->maker && pickle->maker->kind == PICKLE_CLASS &&
                 str_starts(pickle->maker->text, STR("torch.jit._pickle "));
    return plain ? script_of(script, inner, owner, name) : script_new(script, SCRIPT_UNKNOWN);
}

ScriptValue *script_of(Script *script, const Pickle *pickle, const ScriptValue *owner, Str name)
{
    ScriptValue *value;
    if (!pickle || script->depth >= SCRIPT_MOST_DEPTH)
        return script_new(script, SCRIPT_UNKNOWN);
    switch (pickle->kind) {
    case PICKLE_NONE: return script_new(script, SCRIPT_NONE);
    case PICKLE_BOOL: return script_bool(script, pickle->n != 0);
    case PICKLE_INT: return script_int(script, dim_int(pickle->n));
    case PICKLE_FLOAT:
        value = script_new(script, SCRIPT_FLOAT);
        value->number = pickle->number;
        return value;
    case PICKLE_TEXT: return script_text(script, SCRIPT_TEXT, pickle->text);
    case PICKLE_OBJECT: return object_of(script, pickle, owner, name);
    case PICKLE_LIST:
        value = script_new(script, SCRIPT_LIST);
        script->depth++;
        for (uint32_t i = 0; i < pickle->count && !script->failed; i++)
            script_add(script, value, script_of(script, pickle->items[i], owner, str_format(script->arena, "%.*s.%u", STR_ARGS(name), i)));
        script->depth--;
        return value;
    case PICKLE_MAP: case PICKLE_CLASS: case PICKLE_STORED: default: return script_new(script, SCRIPT_UNKNOWN);
    }
}
