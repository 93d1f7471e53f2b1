/* SPDX-License-Identifier: MIT */
/* Shape rules of ONNX operators that keep, broadcast or reduce; and what all rules share. */
#include "read/onnx_rule.h"

Shape onnx_in(const OnnxCall *call, uint32_t index)
{
    return index < call->in_count && call->in[index] ? call->in[index]->shape : shape_unknown();
}

OnnxNumbers *onnx_in_numbers(const OnnxCall *call, uint32_t index)
{
    OnnxValue *value = index < call->in_count ? call->in[index] : NULL;
    if (!value)
        return NULL;
    if (!value->numbers && value->tensor) {
        value->numbers = onnx_tensor_numbers(call->arena, value->tensor);
        value->tensor = NULL;
    }
    return value->numbers;
}

void onnx_out(OnnxCall *call, uint32_t index, Shape shape)
{
    if (index < call->out_count)
        call->out[index]->shape = shape;
}

void onnx_set_numbers(OnnxCall *call, uint32_t index, OnnxNumber *at, uint32_t count)
{
    if (index >= call->out_count)
        return;
    OnnxNumbers *numbers = ARENA_NEW(call->arena, OnnxNumbers);
    *numbers = (OnnxNumbers){at, count};
    call->out[index]->numbers = numbers;
}

bool onnx_number_int(const OnnxNumbers *numbers, uint32_t index, int64_t *value)
{
    if (!numbers || index >= numbers->count || numbers->at[index].over.kind != DIM_INT || numbers->at[index].under != 1)
        return false;
    *value = numbers->at[index].over.n;
    return true;
}

/* False where neither says it, or the input's numbers are not known: then *count is 0 and there is an input. */
bool onnx_ints(const OnnxCall *call, const char *attr, uint32_t input, int64_t **ints, uint32_t *count)
{
    const OnnxNumbers *numbers = onnx_in_numbers(call, input);
    if (!numbers)
        return onnx_attr_ints(call->arena, call->node, attr, ints, count);
    *ints = ARENA_ARRAY(call->arena, numbers->count, int64_t);
    *count = numbers->count;
    for (uint32_t i = 0; i < numbers->count; i++)
        if (!onnx_number_int(numbers, i, &(*ints)[i]))
            return false;
    return true;
}

bool onnx_axis(int64_t axis, uint32_t rank, uint32_t *index)
{
    if (axis >= (int64_t)rank || axis < -(int64_t)rank)
        return false;
    *index = (uint32_t)(axis < 0 ? axis + (int64_t)rank : axis);
    return true;
}

Dim onnx_product(Arena *arena, const Dim *dims, uint32_t count)
{
    Dim product = dim_int(1);
    for (uint32_t i = 0; i < count; i++)
        product = dim_mul(arena, product, dims[i]);
    return product;
}

/* A symbol beside a number other than 1 must be that number; of two symbols the first is kept. */
static Dim broadcast_dim(Dim a, Dim b)
{
    if (dim_is(a, 1))
        return b;
    if (dim_is(b, 1) || dim_equal(a, b))
        return a;
    if (a.kind == DIM_INT && b.kind == DIM_INT)
        return DIM_NONE;
    if (a.kind == DIM_INT || b.kind == DIM_INT)
        return a.kind == DIM_INT ? a : b;
    return a.kind == DIM_SYMBOLIC && b.kind == DIM_SYMBOLIC ? a : DIM_NONE;
}

bool onnx_broadcast(Arena *arena, Shape a, Shape b, Shape *out)
{
    if (!a.known || !b.known)
        return false;
    if (a.rank < b.rank) {
        Shape longer = b;
        b = a;
        a = longer;
    }
    *out = shape_of(arena, a.rank, a.dims);
    for (uint32_t i = 0; i < b.rank; i++)
        out->dims[a.rank - b.rank + i] = broadcast_dim(a.dims[a.rank - b.rank + i], b.dims[i]);
    return true;
}

void onnx_shape_same(OnnxCall *call)
{
    for (uint32_t i = 0; i < call->out_count; i++)
        onnx_out(call, i, onnx_in(call, 0));
}

/* Before opset 7, `broadcast` and `axis` lay the second input over the first somewhere inside. */
void onnx_shape_broadcast(OnnxCall *call)
{
    Shape all = onnx_in(call, 0);
    if (!onnx_attr_int(call->node, "broadcast", 0))
        for (uint32_t i = 1; i < call->in_count; i++)
            if (!onnx_broadcast(call->arena, all, onnx_in(call, i), &all))
                all = shape_unknown();
    onnx_out(call, 0, all);
}

void onnx_shape_unknown(OnnxCall *call)
{
    (void)call;
}

void onnx_shape_scalar(OnnxCall *call)
{
    onnx_out(call, 0, shape_of(call->arena, 0, NULL));
}

void onnx_shape_batchnorm(OnnxCall *call)
{
    onnx_out(call, 0, onnx_in(call, 0));
    for (uint32_t i = 1; i < call->out_count; i++)
        onnx_out(call, i, onnx_in(call, 1));
}

/* Mean and deviation keep the axes before the normalised ones. */
void onnx_shape_layernorm(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    uint32_t axis;
    onnx_out(call, 0, in);
    if (!in.known || !onnx_axis(onnx_attr_int(call->node, "axis", -1), in.rank, &axis))
        return;
    for (uint32_t i = 1; i < call->out_count; i++) {
        Shape statistics = shape_of(call->arena, in.rank, in.dims);
        for (uint32_t k = axis; k < in.rank; k++)
            statistics.dims[k] = dim_int(1);
        onnx_out(call, i, statistics);
    }
}

void onnx_shape_dropout(OnnxCall *call)
{
    onnx_shape_same(call);
}

static void reduce(OnnxCall *call, const bool *gone, bool keep)
{
    Shape in = onnx_in(call, 0);
    Dim dims[ONNX_MOST_DIMS];
    uint32_t rank = 0;
    for (uint32_t i = 0; i < in.rank; i++)
        if (!gone[i] || keep)
            dims[rank++] = gone[i] ? dim_int(1) : in.dims[i];
    onnx_out(call, 0, shape_of(call->arena, rank, dims));
}

/* No axes mean all, unless `noop_with_empty_axes`; an input of unknown numbers leaves the rank where it is kept. */
void onnx_shape_reduce(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    bool gone[ONNX_MOST_DIMS] = {false}, keep = onnx_attr_int(call->node, "keepdims", 1) != 0;
    int64_t *axes = NULL;
    uint32_t count = 0, axis;
    if (!in.known)
        return;
    bool said = onnx_ints(call, "axes", 1, &axes, &count);
    if (!said && call->in_count > 1 && call->in[1])
        return;
    for (uint32_t i = 0; i < count; i++)
        if (onnx_axis(axes[i], in.rank, &axis))
            gone[axis] = true;
    for (uint32_t i = 0; i < in.rank && count == 0 && !onnx_attr_int(call->node, "noop_with_empty_axes", 0); i++)
        gone[i] = true;
    reduce(call, gone, keep);
}

void onnx_shape_arg(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    bool gone[ONNX_MOST_DIMS] = {false};
    uint32_t axis;
    if (!in.known || !onnx_axis(onnx_attr_int(call->node, "axis", 0), in.rank, &axis))
        return;
    gone[axis] = true;
    reduce(call, gone, onnx_attr_int(call->node, "keepdims", 1) != 0);
}

void onnx_shape_topk(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    const OnnxNumbers *k = onnx_in_numbers(call, 1);
    int64_t said = onnx_attr_int(call->node, "k", -1);
    uint32_t axis;
    if (!in.known || !onnx_axis(onnx_attr_int(call->node, "axis", -1), in.rank, &axis))
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    out.dims[axis] = k && k->count == 1 && k->at[0].under == 1 ? k->at[0].over : said >= 0 ? dim_int(said) : DIM_NONE;
    onnx_out(call, 0, out);
    onnx_out(call, 1, out);
}

void onnx_shape_one_hot(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    const OnnxNumbers *depth = onnx_in_numbers(call, 1);
    uint32_t at;
    if (!in.known || in.rank >= ONNX_MOST_DIMS || !onnx_axis(onnx_attr_int(call->node, "axis", -1), in.rank + 1, &at))
        return;
    Dim dims[ONNX_MOST_DIMS];
    for (uint32_t i = 0; i <= in.rank; i++)
        dims[i] = i < at ? in.dims[i] : i > at ? in.dims[i - 1] : DIM_NONE;
    if (depth && depth->count == 1 && depth->at[0].under == 1)
        dims[at] = depth->at[0].over;
    onnx_out(call, 0, shape_of(call->arena, in.rank + 1, dims));
}

void onnx_shape_nonzero(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    if (in.known)
        onnx_out(call, 0, shape_of(call->arena, 2, (Dim[]){dim_int(in.rank), DIM_NONE}));
}

void onnx_shape_attr(OnnxCall *call)
{
    int64_t *sizes;
    uint32_t count;
    if (!onnx_attr_ints(call->arena, call->node, "shape", &sizes, &count) || count > ONNX_MOST_DIMS)
        return;
    Dim dims[ONNX_MOST_DIMS];
    for (uint32_t i = 0; i < count; i++)
        dims[i] = sizes[i] < 0 ? DIM_NONE : dim_int(sizes[i]);
    onnx_out(call, 0, shape_of(call->arena, count, dims));
}

/* How many boxes remain depends on the data. */
void onnx_shape_nms(OnnxCall *call)
{
    onnx_out(call, 0, shape_of(call->arena, 2, (Dim[]){DIM_NONE, dim_int(3)}));
}

/* ---- ai.onnx.ml -------------------------------- */

static uint64_t labels(const OnnxCall *call)
{
    int64_t *ints;
    uint32_t count = 0;
    static const char *const names[] = {"classlabels_ints", "classlabels_int64s"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !count; i++)
        onnx_attr_ints(call->arena, call->node, names[i], &ints, &count);
    const OnnxAttr *strings = onnx_attr(call->node, "classlabels_strings");
    Wire wire = wire_open(strings && !count ? strings->body : (Str){0});
    for (WireField field; wire_next(&wire, &field);)
        count += field.number == 9;
    return count;
}

/* A linear model is a dense layer whose weights are attributes. What trees and support vectors amount to is not known. */
static void count_linear(OnnxCall *call, Shape in)
{
    uint64_t weights = onnx_attr_floats(call->node, "coefficients"), biases = onnx_attr_floats(call->node, "intercepts");
    if (!str_starts(call->node->op, STR("Linear"))) {
        call->layer->params = DIM_NONE;
        call->macs = str_starts(call->node->op, STR("Tree")) ? dim_int(0) : DIM_NONE;
        return;
    }
    call->layer->params = dim_int((int64_t)(weights + biases));
    call->macs = in.known && in.rank
                     ? dim_mul(call->arena, in.rank > 1 ? in.dims[0] : dim_int(1), dim_int((int64_t)weights))
                     : DIM_NONE;
}

void onnx_shape_classifier(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    uint64_t classes = labels(call);
    Dim rows = in.known && in.rank > 1 ? in.dims[0] : in.known ? dim_int(1) : DIM_NONE;
    onnx_out(call, 0, shape_of(call->arena, 1, &rows));
    onnx_out(call, 1, shape_of(call->arena, 2, (Dim[]){rows, classes ? dim_int((int64_t)classes) : DIM_NONE}));
    count_linear(call, in);
}

void onnx_shape_regressor(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    Dim rows = in.known && in.rank > 1 ? in.dims[0] : in.known ? dim_int(1) : DIM_NONE;
    int64_t targets = onnx_attr_int(call->node, "n_targets", onnx_attr_int(call->node, "targets", 1));
    onnx_out(call, 0, shape_of(call->arena, 2, (Dim[]){rows, targets > 0 ? dim_int(targets) : DIM_NONE}));
    count_linear(call, in);
}
