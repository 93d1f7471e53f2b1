/* SPDX-License-Identifier: MIT */
/* What lowering rules share: attributes and small numbers of a node of another format. */
#include "read/lower.h"

int64_t lower_int(const OnnxCall *call, const char *attr, int64_t otherwise)
{
    return onnx_attr_int(call->source, attr, otherwise);
}

Str lower_text(const OnnxCall *call, const char *attr)
{
    return onnx_attr_text(call->source, attr);
}

bool lower_ints(const OnnxCall *call, const char *attr, int64_t **ints, uint32_t *count)
{
    return onnx_attr_ints(call->arena, call->source, attr, ints, count);
}

bool lower_number(const OnnxCall *call, uint32_t input, int64_t *n)
{
    const OnnxNumbers *numbers = onnx_in_numbers(call, input);
    return numbers && numbers->count == 1 && onnx_number_int(numbers, 0, n);
}

bool lower_numbers(const OnnxCall *call, uint32_t input, int64_t **ints, uint32_t *count)
{
    return onnx_in_numbers(call, input) && onnx_ints(call, "", input, ints, count);
}

void lower_open(OnnxCall *call)
{
    OnnxRow *row = ARENA_NEW(call->arena, OnnxRow);
    if (call->row)
        *row = *call->row;
    row->shape = onnx_shape_unknown;
    row->fold = NULL;
    call->row = row;
}

Shape lower_order(Arena *arena, Shape shape, const uint32_t *axes, uint32_t count)
{
    if (!shape.known || shape.rank != count)
        return shape_unknown();
    Shape out = shape_of(arena, shape.rank, shape.dims);
    for (uint32_t i = 0; i < count; i++)
        out.dims[i] = shape.dims[axes[i]];
    return out;
}
