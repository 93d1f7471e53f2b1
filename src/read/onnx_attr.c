/* SPDX-License-Identifier: MIT */
/* Attributes of nodes, decoded when a rule asks for them. */
#include "read/onnx.h"

enum {
    ATTR_FLOAT = 2,
    ATTR_INTEGER = 3,
    ATTR_STRING = 4,
    ATTR_TENSOR = 5,
    ATTR_GRAPH = 6,
    ATTR_FLOATS = 7,
    ATTR_INTEGERS = 8,
    ATTR_TENSORS = 10,
    ATTR_SPARSE = 22
};

const OnnxAttr *onnx_attr_named(const OnnxNode *node, Str name)
{
    for (uint32_t i = 0; i < node->attr_count; i++)
        if (str_equal(node->attrs[i].name, name))
            return &node->attrs[i];
    return NULL;
}

const OnnxAttr *onnx_attr(const OnnxNode *node, const char *name)
{
    return onnx_attr_named(node, str_from(name));
}

static const OnnxGiven *find_given(const OnnxNode *node, const char *name, int kind)
{
    const OnnxAttr *attr = onnx_attr(node, name);
    return attr && attr->given && (int)attr->given->kind == kind ? attr->given : NULL;
}

/* The last field of that number, as protocol buffers have it. */
static bool find_field(const OnnxNode *node, const char *name, uint32_t number, WireField *found)
{
    const OnnxAttr *attr = onnx_attr(node, name);
    bool any = false;
    Wire wire = wire_open(attr ? attr->body : (Str){0});
    for (WireField field; wire_next(&wire, &field);) {
        if (field.number != number)
            continue;
        *found = field;
        any = true;
    }
    return any;
}

int64_t onnx_attr_int(const OnnxNode *node, const char *name, int64_t otherwise)
{
    WireField field;
    const OnnxGiven *given = find_given(node, name, GIVEN_INT);
    if (given)
        return given->ints[0];
    return find_field(node, name, ATTR_INTEGER, &field) && field.type == WIRE_VARINT ? wire_signed(field.value)
                                                                                     : otherwise;
}

bool onnx_attr_float(const OnnxNode *node, const char *name, double *value)
{
    WireField field;
    const OnnxGiven *given = find_given(node, name, GIVEN_FLOAT);
    if (given)
        *value = given->number;
    if (given)
        return true;
    if (!find_field(node, name, ATTR_FLOAT, &field) || field.type != WIRE_32)
        return false;
    *value = wire_float(field.value);
    return true;
}

Str onnx_attr_text(const OnnxNode *node, const char *name)
{
    WireField field;
    const OnnxGiven *given = find_given(node, name, GIVEN_TEXT);
    if (given)
        return given->text;
    return find_field(node, name, ATTR_STRING, &field) ? field.bytes : (Str){0};
}

bool onnx_attr_ints(Arena *arena, const OnnxNode *node, const char *name, int64_t **ints, uint32_t *count)
{
    const OnnxAttr *attr = onnx_attr(node, name);
    uint32_t room = 0;
    *ints = NULL;
    *count = 0;
    if (!attr)
        return false;
    if (attr->given && attr->given->kind == GIVEN_INTS) {
        *ints = attr->given->ints;
        *count = attr->given->count;
    }
    Wire wire = wire_open(attr->body);
    for (WireField field; wire_next(&wire, &field);) {
        uint64_t value;
        for (size_t at = 0;
             field.number == ATTR_INTEGERS && *count < ONNX_MOST_NUMBERS && wire_repeated(&field, &at, &value);)
            *ARENA_PUSH(arena, *ints, *count, room) = wire_signed(value);
    }
    return true;
}

uint64_t onnx_attr_floats(const OnnxNode *node, const char *name)
{
    const OnnxAttr *attr = onnx_attr(node, name);
    uint64_t count = 0;
    Wire wire = wire_open(attr ? attr->body : (Str){0});
    for (WireField field; wire_next(&wire, &field);)
        if (field.number == ATTR_FLOATS)
            count += field.type == WIRE_BYTES ? field.bytes.size / 4 : 1;
    return count;
}

bool onnx_holds_tensor(const OnnxNode *node)
{
    for (uint32_t i = 0; i < node->attr_count; i++) {
        const OnnxAttr *attr = &node->attrs[i];
        if (attr->given && attr->given->kind == GIVEN_TENSOR)
            return true;
        Wire wire = wire_open(attr->body);
        for (WireField field; wire_next(&wire, &field);)
            if (field.type == WIRE_BYTES && (field.number == ATTR_TENSOR || field.number == ATTR_TENSORS || field.number == ATTR_SPARSE))
                return true;
    }
    return false;
}

bool onnx_attr_tensor(const OnnxNode *node, const char *name, OnnxTensor *tensor)
{
    WireField field;
    const OnnxGiven *given = find_given(node, name, GIVEN_TENSOR);
    if (given)
        *tensor = *given->tensor;
    if (given)
        return true;
    return find_field(node, name, ATTR_TENSOR, &field) && onnx_decode_tensor(field.bytes, tensor);
}

bool onnx_attr_graph(const OnnxNode *node, const char *name, Str *body)
{
    WireField field;
    if (!find_field(node, name, ATTR_GRAPH, &field))
        return false;
    *body = field.bytes;
    return field.type == WIRE_BYTES;
}

/* ---- as the layer calls them -------------------------------- */

enum { MILLION = 1000000, MOST_ATTRS = 64 };

Str onnx_float_text(Arena *arena, double value)
{
    bool negative = value < 0;
    double size = negative ? -value : value;
    if (!(size < 1e9))
        return (Str){0};
    int64_t millionths = (int64_t)(size * MILLION + 0.5);
    if (millionths == 0 && size > 0)
        return (Str){0};
    Text text = text_in(arena);
    text_add_format(&text, "%s%lld", negative ? "-" : "", (long long)(millionths / MILLION));
    int64_t rest = millionths % MILLION;
    for (int64_t place = MILLION / 10; rest; place /= 10) {
        if (place == MILLION / 10)
            text_add_char(&text, '.');
        text_add_int(&text, rest / place);
        rest %= place;
    }
    return text_str(&text);
}

static Str lower(Arena *arena, Str word)
{
    Text text = text_in(arena);
    for (size_t i = 0; i < word.size; i++)
        text_add_char(&text, word.at[i] >= 'A' && word.at[i] <= 'Z' ? (char)(word.at[i] - 'A' + 'a') : word.at[i]);
    return text_str(&text);
}

/* One number where all are equal; pads that are the same at both ends, once. */
static uint32_t shorten(const AttrSpec *spec, const int64_t *ints, uint32_t count)
{
    bool pads = str_equal(str_from(spec->name), STR("padding"));
    bool same = spec->kind == ATTR_INTS && count > 0, both = pads && count > 0 && count % 2 == 0;
    for (uint32_t i = 0; i < count; i++)
        same = same && ints[i] == ints[0];
    for (uint32_t i = 0; both && i < count / 2; i++)
        both = ints[i] == ints[count / 2 + i];
    return same ? 1 : both ? count / 2 : count;
}

static void set_numbers(Arena *arena, Attr *to, const AttrSpec *spec, const int64_t *ints, uint32_t count)
{
    count = shorten(spec, ints, count);
    to->dims = ARENA_ARRAY(arena, count, Dim);
    for (uint32_t i = 0; i < count; i++)
        to->dims[i] = dim_int(ints[i]);
    to->count = count;
    to->set = count > 0;
}

static bool takes_numbers(const AttrSpec *spec)
{
    return spec->kind == ATTR_INT || spec->kind == ATTR_INTS || spec->kind == ATTR_SHAPE || spec->kind == ATTR_BOOL;
}

static void set_text(Attr *to, Str text)
{
    to->text = text;
    to->set = text.size > 0;
}

/* Whatever form the attribute has, where the operation has one of that name that takes it. */
static void convert(OnnxCall *call, const OnnxAttr *attr, const AttrSpec *spec, Attr *to)
{
    const char *name = str_terminated(call->arena, attr->name);
    const OnnxGiven *given = find_given(call->node, name, GIVEN_INT);
    WireField field;
    int64_t *ints;
    uint32_t count;
    double value;
    if (onnx_attr_ints(call->arena, call->node, name, &ints, &count) && count && takes_numbers(spec))
        set_numbers(call->arena, to, spec, ints, count);
    else if (given && takes_numbers(spec))
        set_numbers(call->arena, to, spec, given->ints, 1);
    else if (find_field(call->node, name, ATTR_INTEGER, &field) && takes_numbers(spec))
        set_numbers(call->arena, to, spec, &(int64_t){wire_signed(field.value)}, 1);
    else if (onnx_attr_float(call->node, name, &value) && spec->kind == ATTR_TEXT)
        set_text(to, onnx_float_text(call->arena, value));
    else if (onnx_attr_text(call->node, name).size && (spec->kind == ATTR_TEXT || spec->words))
        set_text(to, lower(call->arena, onnx_attr_text(call->node, name)));
}

void onnx_attrs_to_layer(OnnxCall *call)
{
    const Op *op = call->layer->op;
    for (uint32_t i = 0; i < call->node->attr_count && i < MOST_ATTRS; i++) {
        const OnnxAttr *attr = &call->node->attrs[i];
        int index = op_attr(op, attr->name);
        bool unset =
            str_equal(attr->name, STR("auto_pad")) && str_equal(onnx_attr_text(call->node, "auto_pad"), STR("NOTSET"));
        if (index >= 0 && !unset)
            convert(call, attr, &op->attrs[index], &call->layer->attrs[index]);
    }
}
