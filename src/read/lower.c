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

void lower_without_batch(OnnxCall *call, OnnxRule rule)
{
    Shape in = onnx_in(call, 0);
    Dim dims[ONNX_MOST_DIMS];
    if (!in.known || in.rank != 3) {
        rule(call);
        return;
    }
    OnnxValue *value = call->in[0];
    for (uint32_t i = 0; i < 4; i++)
        dims[i] = i ? in.dims[i - 1] : dim_int(1);
    onnx_see(call, 0, shape_of(call->arena, 4, dims));
    rule(call);
    call->in[0] = value;
    Shape out = call->out_count ? call->out[0]->shape : shape_unknown();
    if (out.known && out.rank == 4)
        onnx_out(call, 0, shape_of(call->arena, 3, out.dims + 1));
}
