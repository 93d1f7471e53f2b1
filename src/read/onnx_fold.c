/* SPDX-License-Identifier: MIT */
/* Numbers of small tensors that are moved about: what Reshape, Slice or Expand are told is computed that way. */
#include "read/onnx_rule.h"

/* A small tensor of known sizes. */
typedef struct Small {
    const OnnxNumbers *numbers;
    int64_t dims[ONNX_MOST_DIMS];
    uint32_t rank;
    uint32_t count;
} Small;

static bool known_sizes(Shape shape, Small *small)
{
    int64_t count = 1;
    if (!shape.known)
        return false;
    small->rank = shape.rank;
    for (uint32_t i = 0; i < shape.rank; i++) {
        if (shape.dims[i].kind != DIM_INT || shape.dims[i].n < 0 || shape.dims[i].n > ONNX_MOST_NUMBERS)
            return false;
        small->dims[i] = shape.dims[i].n;
        count *= shape.dims[i].n;
        if (count > ONNX_MOST_NUMBERS)
            return false;
    }
    small->count = (uint32_t)count;
    return true;
}

static bool small_input(const OnnxCall *call, uint32_t index, Small *small)
{
    *small = (Small){.numbers = onnx_in_numbers(call, index)};
    return small->numbers && known_sizes(onnx_in(call, index), small) && small->numbers->count == small->count;
}

static bool small_output(const OnnxCall *call, uint32_t index, Small *small)
{
    *small = (Small){0};
    return index < call->out_count && known_sizes(call->out[index]->shape, small);
}

/* Row-major distances between neighbours along each axis. */
static void strides_of(const Small *small, int64_t *strides)
{
    int64_t stride = 1;
    for (uint32_t i = small->rank; i-- > 0;) {
        strides[i] = stride;
        stride *= small->dims[i];
    }
}

/* Each number of the output stands at base + Σ index · stride of the input. */
static void move(OnnxCall *call, uint32_t output, const Small *in, const Small *out, int64_t base,
                 const int64_t *strides)
{
    OnnxNumber *at = ARENA_ARRAY(call->arena, out->count, OnnxNumber);
    int64_t index[ONNX_MOST_DIMS] = {0};
    for (uint32_t i = 0; i < out->count; i++) {
        int64_t from = base;
        for (uint32_t k = 0; k < out->rank; k++)
            from += index[k] * strides[k];
        if (from < 0 || from >= (int64_t)in->count)
            return;
        at[i] = in->numbers->at[from];
        for (uint32_t k = out->rank; k-- > 0;) {
            if (++index[k] < out->dims[k])
                break;
            index[k] = 0;
        }
    }
    onnx_set_numbers(call, output, at, out->count);
}

void onnx_fold_same(OnnxCall *call)
{
    const OnnxNumbers *numbers = onnx_in_numbers(call, 0);
    if (numbers)
        onnx_set_numbers(call, 0, numbers->at, numbers->count);
}

/* To a whole number means towards 0; sizes are not negative. */
void onnx_fold_cast(OnnxCall *call)
{
    const OnnxNumbers *numbers = onnx_in_numbers(call, 0);
    int64_t to = onnx_attr_int(call->node, "to", 0);
    bool whole = to == ONNX_INT32 || to == ONNX_INT64 || to == ONNX_UINT8 || to == ONNX_INT8 || to == ONNX_UINT32 ||
                 to == ONNX_UINT64;
    if (!numbers || !call->out_count)
        return;
    OnnxNumber *at = ARENA_ARRAY(call->arena, numbers->count, OnnxNumber);
    for (uint32_t i = 0; i < numbers->count; i++) {
        at[i] = numbers->at[i];
        bool negative = at[i].over.kind == DIM_INT && at[i].over.n < 0;
        if (whole && at[i].under != 1)
            at[i] = (OnnxNumber){negative ? DIM_NONE : onnx_number_floor(call->arena, at[i]), 1};
        if (to == ONNX_BOOL && at[i].over.kind == DIM_INT)
            at[i] = (OnnxNumber){dim_int(at[i].over.n != 0), 1};
    }
    call->out[0]->type = to;
    onnx_set_numbers(call, 0, at, numbers->count);
}

void onnx_fold_shape(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    int64_t rank = in.rank, start = onnx_attr_int(call->node, "start", 0), end = onnx_attr_int(call->node, "end", rank);
    if (!in.known)
        return;
    start = start < 0 ? start + rank : start;
    end = end < 0 ? end + rank : end > rank ? rank : end;
    OnnxNumber at[ONNX_MOST_DIMS];
    uint32_t count = 0;
    for (int64_t i = start < 0 ? 0 : start; i < end; i++)
        at[count++] = (OnnxNumber){in.dims[i], 1};
    OnnxNumber *kept = ARENA_ARRAY(call->arena, count, OnnxNumber);
    for (uint32_t i = 0; i < count; i++)
        kept[i] = at[i];
    if (call->out_count)
        call->out[0]->type = ONNX_INT64;
    onnx_set_numbers(call, 0, kept, count);
}

void onnx_fold_size(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    OnnxNumber *at = ARENA_NEW(call->arena, OnnxNumber);
    *at = (OnnxNumber){in.known ? shape_elements(call->arena, in) : DIM_NONE, 1};
    if (call->out_count)
        call->out[0]->type = ONNX_INT64;
    onnx_set_numbers(call, 0, at, 1);
}

void onnx_fold_filled(OnnxCall *call)
{
    OnnxTensor tensor;
    Small out;
    OnnxNumber value = {dim_int(0), 1};
    if (!small_output(call, 0, &out))
        return;
    if (onnx_attr_tensor(call->node, "value", &tensor)) {
        const OnnxNumbers *numbers = onnx_tensor_numbers(call->arena, &tensor);
        if (!numbers || numbers->count != 1)
            return;
        value = numbers->at[0];
    }
    OnnxNumber *at = ARENA_ARRAY(call->arena, out.count, OnnxNumber);
    for (uint32_t i = 0; i < out.count; i++)
        at[i] = value;
    onnx_set_numbers(call, 0, at, out.count);
}

/* Blocks behind the axis, for each index, for each row before it. */
void onnx_fold_gather(OnnxCall *call)
{
    Small data, indices;
    uint32_t axis, count = 0;
    if (!small_input(call, 0, &data) || !small_input(call, 1, &indices) ||
        !onnx_axis(onnx_attr_int(call->node, "axis", 0), data.rank, &axis))
        return;
    uint32_t outer = 1, inner = 1, size = (uint32_t)data.dims[axis];
    for (uint32_t i = 0; i < axis; i++)
        outer *= (uint32_t)data.dims[i];
    for (uint32_t i = axis + 1; i < data.rank; i++)
        inner *= (uint32_t)data.dims[i];
    if ((uint64_t)outer * indices.count * inner > ONNX_MOST_NUMBERS)
        return;
    OnnxNumber *at = ARENA_ARRAY(call->arena, (size_t)outer * indices.count * inner, OnnxNumber);
    for (uint32_t row = 0; row < outer; row++)
        for (uint32_t i = 0; i < indices.count; i++) {
            int64_t picked;
            if (!onnx_number_int(indices.numbers, i, &picked) || picked < -(int64_t)size || picked >= (int64_t)size)
                return;
            uint32_t from = (row * size + (uint32_t)(picked < 0 ? picked + size : picked)) * inner;
            for (uint32_t k = 0; k < inner; k++)
                at[count++] = data.numbers->at[from + k];
        }
    onnx_set_numbers(call, 0, at, count);
}

/* Along the first axis, which is all that shapes need; unknown parts stay open. */
void onnx_fold_concat(OnnxCall *call)
{
    Small out;
    uint32_t count = 0;
    int64_t axis = onnx_attr_int(call->node, "axis", 0);
    if (!small_output(call, 0, &out) || (axis != 0 && axis != -(int64_t)out.rank))
        return;
    OnnxNumber *at = ARENA_ARRAY(call->arena, out.count, OnnxNumber);
    for (uint32_t i = 0; i < call->in_count; i++) {
        const OnnxNumbers *numbers = onnx_in_numbers(call, i);
        Small in;
        if (!call->in[i] || !known_sizes(onnx_in(call, i), &in) || in.count > out.count - count ||
            (numbers && numbers->count != in.count))
            return;
        for (uint32_t k = 0; k < in.count; k++)
            at[count++] = numbers ? numbers->at[k] : (OnnxNumber){DIM_NONE, 1};
    }
    if (count == out.count)
        onnx_set_numbers(call, 0, at, count);
}

void onnx_fold_slice(OnnxCall *call)
{
    Small in, out;
    OnnxCut cuts[ONNX_MOST_DIMS];
    int64_t strides[ONNX_MOST_DIMS], base = 0;
    if (!small_input(call, 0, &in) || !small_output(call, 0, &out) || !onnx_cuts(call, onnx_in(call, 0), cuts) ||
        in.rank != out.rank)
        return;
    strides_of(&in, strides);
    for (uint32_t i = 0; i < in.rank; i++) {
        if (!cuts[i].known)
            return;
        base += cuts[i].from * strides[i];
        strides[i] *= cuts[i].step;
    }
    move(call, 0, &in, &out, base, strides);
}

void onnx_fold_split(OnnxCall *call)
{
    Small in, out;
    uint32_t axis;
    int64_t strides[ONNX_MOST_DIMS], base = 0;
    if (!small_input(call, 0, &in) || !onnx_axis(onnx_attr_int(call->node, "axis", 0), in.rank, &axis))
        return;
    strides_of(&in, strides);
    for (uint32_t i = 0; i < call->out_count && small_output(call, i, &out) && out.rank == in.rank; i++) {
        move(call, i, &in, &out, base, strides);
        base += out.dims[axis] * strides[axis];
    }
}

void onnx_fold_transpose(OnnxCall *call)
{
    Small in, out;
    int64_t strides[ONNX_MOST_DIMS], turned[ONNX_MOST_DIMS], *order = NULL;
    uint32_t count = 0, axis;
    if (!small_input(call, 0, &in) || !small_output(call, 0, &out) || in.rank != out.rank)
        return;
    strides_of(&in, strides);
    bool said = onnx_attr_ints(call->arena, call->node, "perm", &order, &count) && count == in.rank;
    for (uint32_t i = 0; i < in.rank; i++) {
        axis = in.rank - 1 - i;
        if (said && !onnx_axis(order[i], in.rank, &axis))
            return;
        turned[i] = strides[axis];
    }
    move(call, 0, &in, &out, 0, turned);
}

/* Sizes of 1 are repeated, and so are axes that are not there. */
void onnx_fold_expand(OnnxCall *call)
{
    Small in, out;
    int64_t strides[ONNX_MOST_DIMS], wide[ONNX_MOST_DIMS] = {0};
    if (!small_input(call, 0, &in) || !small_output(call, 0, &out) || in.rank > out.rank)
        return;
    strides_of(&in, strides);
    for (uint32_t i = 0; i < in.rank; i++)
        wide[out.rank - in.rank + i] = in.dims[i] == 1 ? 0 : strides[i];
    move(call, 0, &in, &out, 0, wide);
}

void onnx_fold_range(OnnxCall *call)
{
    Small out;
    int64_t start, delta;
    if (!small_output(call, 0, &out) || !onnx_number_int(onnx_in_numbers(call, 0), 0, &start) ||
        !onnx_number_int(onnx_in_numbers(call, 2), 0, &delta))
        return;
    OnnxNumber *at = ARENA_ARRAY(call->arena, out.count, OnnxNumber);
    Dim n = dim_int(start);
    for (uint32_t i = 0; i < out.count; i++) {
        at[i] = (OnnxNumber){n, 1};
        n = dim_add(call->arena, n, dim_int(delta));
    }
    onnx_set_numbers(call, 0, at, out.count);
}

/* Of a vector: the places of what is not 0, as exporters write a range. */
void onnx_fold_nonzero(OnnxCall *call)
{
    Small in;
    uint32_t count = 0;
    if (!small_input(call, 0, &in) || in.rank != 1)
        return;
    OnnxNumber *at = ARENA_ARRAY(call->arena, in.count, OnnxNumber);
    for (uint32_t i = 0; i < in.count; i++) {
        if (in.numbers->at[i].over.kind == DIM_UNKNOWN)
            return;
        if (!dim_is(in.numbers->at[i].over, 0))
            at[count++] = (OnnxNumber){dim_int(i), 1};
    }
    onnx_out(call, 0, shape_of(call->arena, 2, (Dim[]){dim_int(1), dim_int(count)}));
    onnx_set_numbers(call, 0, at, count);
}
