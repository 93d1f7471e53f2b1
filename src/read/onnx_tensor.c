/* SPDX-License-Identifier: MIT */
/* The numbers of small tensors, that shapes are computed from, and the types of values. */
#include "read/onnx.h"

#include <string.h>

enum { FIELD_FLOATS = 4, FIELD_INTS = 5, FIELD_LONGS = 7, FIELD_RAW = 9, FIELD_DOUBLES = 10, FIELD_UNSIGNED = 11 };

static OnnxNumber whole(int64_t n)
{
    return (OnnxNumber){dim_int(n), 1};
}

/* Exact: what a float can hold, but for very small and very large ones, is a whole number over a power of two. */
OnnxNumber onnx_number_of(double value)
{
    int64_t under = 1;
    if (!(value > -1e15 && value < 1e15))
        return (OnnxNumber){DIM_NONE, 1};
    while (under < ((int64_t)1 << 40) && value * (double)under != (double)(int64_t)(value * (double)under))
        under *= 2;
    double over = value * (double)under;
    if (over != (double)(int64_t)over || over > 9e15 || over < -9e15)
        return (OnnxNumber){DIM_NONE, 1};
    return (OnnxNumber){dim_int((int64_t)over), under};
}

/* IEEE 754 half precision, and the upper half of single precision. */
static double half(uint64_t bits, int64_t type)
{
    if (type == ONNX_BFLOAT16)
        return wire_float(bits << 16);
    int exponent = (int)(bits >> 10 & 31);
    double value = (double)(bits & 1023) / 1024 + (exponent ? 1 : 0);
    for (int i = exponent ? exponent : 1; i < 15; i++)
        value /= 2;
    for (int i = 15; i < exponent; i++)
        value *= 2;
    return bits >> 15 & 1 ? -value : value;
}

static size_t size_of(int64_t type)
{
    switch (type) {
    case ONNX_UINT8: case ONNX_INT8: case ONNX_BOOL: return 1;
    case ONNX_UINT16: case ONNX_INT16: case ONNX_FLOAT16: case ONNX_BFLOAT16: return 2;
    case ONNX_FLOAT: case ONNX_INT32: case ONNX_UINT32: return 4;
    case ONNX_INT64: case ONNX_DOUBLE: case ONNX_UINT64: return 8;
    default: return 0;
    }
}

static OnnxNumber number_of_bits(uint64_t bits, int64_t type)
{
    switch (type) {
    case ONNX_FLOAT: return onnx_number_of(wire_float(bits));
    case ONNX_DOUBLE: return onnx_number_of(wire_double(bits));
    case ONNX_FLOAT16: case ONNX_BFLOAT16: return onnx_number_of(half(bits, type));
    case ONNX_INT8: return whole((int64_t)(bits ^ 0x80) - 0x80);
    case ONNX_INT16: return whole((int64_t)(bits ^ 0x8000) - 0x8000);
    case ONNX_INT32: return whole((int64_t)((bits & 0xffffffff) ^ 0x80000000) - 0x80000000);
    default: return whole(wire_signed(bits));
    }
}

static void add_raw(OnnxNumbers *numbers, uint32_t room, Str raw, size_t size, int64_t type)
{
    for (size_t at = 0; size && at + size <= raw.size && numbers->count < room; at += size)
        numbers->at[numbers->count++] = number_of_bits(wire_fixed(raw.at + at, size), type);
}

/* Fields of a type each: floats are fixed numbers, packed or not; whole numbers are varints. */
static void add_field(OnnxNumbers *numbers, uint32_t room, const WireField *field, int64_t type)
{
    bool is_float = field->number == FIELD_FLOATS, is_double = field->number == FIELD_DOUBLES;
    int64_t stored = is_float ? ONNX_FLOAT : is_double ? ONNX_DOUBLE : type;
    uint64_t bits;
    if (field->number == FIELD_RAW) {
        add_raw(numbers, room, field->bytes, size_of(type), type);
    } else if ((is_float || is_double) && field->type == WIRE_BYTES) {
        add_raw(numbers, room, field->bytes, is_float ? 4 : 8, stored);
    } else if (is_float || is_double || field->number == FIELD_INTS || field->number == FIELD_LONGS ||
               field->number == FIELD_UNSIGNED) {
        for (size_t at = 0; numbers->count < room && wire_repeated(field, &at, &bits);)
            numbers->at[numbers->count++] = number_of_bits(bits, stored);
    }
}

OnnxNumbers *onnx_tensor_numbers(Arena *arena, const OnnxTensor *tensor)
{
    Dim elements = shape_elements(arena, onnx_tensor_shape(arena, tensor));
    if (tensor->numbers)
        return tensor->numbers;
    if (elements.kind != DIM_INT || elements.n > ONNX_MOST_NUMBERS || tensor->external || !size_of(tensor->type))
        return NULL;
    OnnxNumbers *numbers = ARENA_NEW(arena, OnnxNumbers);
    numbers->at = ARENA_ARRAY(arena, (size_t)elements.n, OnnxNumber);
    if (tensor->shape)
        add_raw(numbers, (uint32_t)elements.n, tensor->body, size_of(tensor->type), tensor->type);
    Wire wire = wire_open(tensor->shape ? (Str){0} : tensor->body);
    for (WireField field; wire_next(&wire, &field);)
        add_field(numbers, (uint32_t)elements.n, &field, tensor->type);
    return numbers->count == elements.n ? numbers : NULL;
}

/* ---- types -------------------------------- */

/* TensorShapeProto.Dimension: a number, a name, or nothing. */
static Dim dim_of(OnnxReader *reader, Str body, bool is_input, bool is_first)
{
    Wire wire = wire_open(body);
    Dim dim = DIM_NONE;
    for (WireField field; wire_next(&wire, &field);) {
        if (field.number == 1 && (wire_signed(field.value) > 0 || (!is_input && wire_signed(field.value) == 0)))
            dim = dim_int(wire_signed(field.value));
        else if (field.number == 2 && field.bytes.size)
            dim = onnx_symbol(reader, field.bytes);
    }
    return dim.kind == DIM_UNKNOWN && is_input ? onnx_hidden(reader, is_first) : dim;
}

static Shape shape_of_message(OnnxReader *reader, Str body, bool is_input)
{
    Dim dims[ONNX_MOST_DIMS];
    uint32_t rank = 0;
    Wire wire = wire_open(body);
    for (WireField field; wire_next(&wire, &field);) {
        if (field.number != 1)
            continue;
        if (rank == ONNX_MOST_DIMS)
            return shape_unknown();
        dims[rank] = dim_of(reader, field.bytes, is_input, rank == 0);
        rank++;
    }
    return shape_of(reader->arena, rank, dims);
}

/* TypeProto: of tensors (1) and sparse tensors (8) the element type (1) and the shape (2); others have no shape. */
Shape onnx_type_shape(OnnxReader *reader, Str type, int64_t *element, bool is_input)
{
    Shape shape = shape_unknown();
    Wire wire = wire_open(type);
    for (WireField field; wire_next(&wire, &field);) {
        if ((field.number != 1 && field.number != 8) || field.type != WIRE_BYTES)
            continue;
        Wire tensor = wire_open(field.bytes);
        for (WireField part; wire_next(&tensor, &part);) {
            if (part.number == 1)
                *element = wire_signed(part.value);
            else if (part.number == 2 && part.type == WIRE_BYTES)
                shape = shape_of_message(reader, part.bytes, is_input);
        }
    }
    return shape;
}

Shape onnx_info_shape(OnnxReader *reader, const OnnxInfo *info, int64_t *element, bool is_input)
{
    if (!info->shape)
        return onnx_type_shape(reader, info->type, element, is_input);
    *element = info->element;
    Shape shape = shape_of(reader->arena, info->shape->rank, info->shape->dims);
    shape.known = info->shape->known;
    for (uint32_t i = 0; i < shape.rank; i++)
        if (shape.dims[i].kind == DIM_UNKNOWN && is_input)
            shape.dims[i] = onnx_hidden(reader, i == 0);
    return shape;
}
