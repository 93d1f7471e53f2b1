/* SPDX-License-Identifier: MIT */
/* Trained parameters: which inputs of a node hold them, and who counts them where several nodes read the same. */
#include "read/onnx.h"

OnnxWeight *onnx_weight_new(OnnxReader *reader, Shape shape, int64_t type, bool is_tensor)
{
    OnnxWeight *weight = ARENA_NEW(reader->scratch, OnnxWeight);
    weight->count = shape.known ? shape_elements(reader->arena, shape) : DIM_NONE;
    weight->rank = shape.known ? shape.rank : 0;
    weight->type = type;
    weight->is_tensor = is_tensor;
    return weight;
}

static bool is_float(int64_t type)
{
    return type == ONNX_FLOAT || type == ONNX_FLOAT16 || type == ONNX_DOUBLE || type == ONNX_BFLOAT16 ||
           type == ONNX_FLOAT4 || (type >= ONNX_FLOAT8_FIRST && type <= ONNX_FLOAT8_LAST);
}

/* Whole numbers that stand for others: weights of 8 or 4 bits, and the biases of 32 that go with them. */
static bool is_quantised(int64_t type)
{
    return type == ONNX_INT8 || type == ONNX_UINT8 || type == ONNX_INT4 || type == ONNX_UINT4 || type == ONNX_INT32;
}

static bool has_bit(uint32_t bits, uint32_t input)
{
    return input < 32 && (bits >> input & 1);
}

/*
 * A constant that is added to what a layer with weights gives, one number for each feature, is its bias. Other
 * constants in sums and products are grids, means and masks.
 */
static bool is_bias(const OnnxCall *call, uint32_t input)
{
    const OnnxValue *other = call->in_count == 2 ? call->in[1 - input] : NULL;
    Shape shape = onnx_in(call, input);
    if (!str_equal(call->node->op, STR("Add")) || !other || !other->port.layer || !shape.known || !shape.rank)
        return false;
    /* A product of something unknown still has as many features as its weights. */
    if (!other->shape.rank && op_attr(other->port.layer->op, STR("out")) >= 0)
        return dim_equal(call->in[input]->weight->count, attr_int(call->arena, other->port.layer, "out"));
    StyleClass style = other->port.layer->op->style;
    bool behind = style != STYLE_CONV || other->port.layer->layout == LAYOUT_CHANNELS_LAST;
    uint32_t axis = !behind ? 1 : other->shape.rank - 1;
    return (style == STYLE_DENSE || style == STYLE_CONV) && axis < other->shape.rank &&
           dim_equal(call->in[input]->weight->count, other->shape.dims[axis]);
}

bool onnx_is_weight(const OnnxCall *call, uint32_t input)
{
    const OnnxValue *value = input < call->in_count ? call->in[input] : NULL;
    const OnnxWeight *weight = value ? value->weight : NULL;
    if (!weight)
        return false;
    uint32_t trained = call->row ? call->row->trained : 0, maybe = call->row ? call->row->maybe : 0xffffffff;
    if (has_bit(trained, input)) {
        /* That an input holds weights is told by a place that nothing else takes. */
        bool enters = weight->input && !(trained & 1) && weight->count.kind == DIM_INT && weight->rank > 0;
        return (is_float(weight->type) || is_quantised(weight->type) || !weight->type) && (!value->flows || enters);
    }
    if (!has_bit(maybe, input) || value->flows)
        return false;
    if (weight->certain)
        return is_float(weight->type);
    if (weight->is_tensor)
        return value->direct
                   ? weight->rank > 0 && (is_float(weight->type) || (is_quantised(weight->type) && weight->rank > 1))
                   : weight->rank > 0 && is_float(weight->type);
    return (is_float(weight->type) || !weight->type) && is_bias(call, input);
}

/* ---- weights in another form -------------------------------- */

enum { MOST_JOINED = 16 };

static bool add_part(OnnxWeight **parts, uint32_t *count, OnnxWeight *part)
{
    for (uint32_t i = 0; i < *count; i++)
        if (parts[i] == part)
            return true;
    if (*count == MOST_JOINED)
        return false;
    parts[(*count)++] = part;
    return true;
}

/* Exporters cut the gates of a cell apart and join them in another order: the whole is still its weights. */
static OnnxWeight *joined(OnnxCall *call)
{
    OnnxWeight **parts = ARENA_ARRAY(call->arena, MOST_JOINED, OnnxWeight *);
    uint32_t count = 0;
    for (uint32_t i = 0; i < call->in_count; i++) {
        OnnxWeight *weight = call->in[i] ? call->in[i]->weight : NULL;
        if (!weight || weight->input || call->in[i]->flows)
            return NULL;
        for (uint32_t k = 0; k < weight->part_count; k++)
            if (!add_part(parts, &count, weight->parts[k]))
                return NULL;
        if (!weight->part_count && !add_part(parts, &count, weight))
            return NULL;
    }
    if (count < 2)
        return count ? parts[0] : NULL;
    OnnxWeight *whole = onnx_weight_new(call->reader, call->out[0]->shape, parts[0]->type, parts[0]->is_tensor);
    whole->parts = parts;
    whole->part_count = count;
    return whole;
}

void onnx_pass_weight(OnnxCall *call)
{
    if (!call->row || !call->in_count || !call->out_count)
        return;
    OnnxWeight *weight = call->in[0] ? call->in[0]->weight : NULL;
    if (call->row->joins)
        call->out[0]->weight = joined(call);
    else if (call->row->passes && weight && !weight->input)
        for (uint32_t i = 0; i < call->out_count; i++)
            call->out[i]->weight = weight;
}

/* ---- counting -------------------------------- */

static void count_one(OnnxCall *call, OnnxWeight *weight, Layer **shared)
{
    Layer *layer = call->layer;
    if (weight->counted_by) {
        if (weight->counted_by != layer)
            *shared = weight->counted_by;
        return;
    }
    layer->params = dim_add(call->arena, layer->params, weight->count);
    weight->counted_by = layer;
    if (weight->input)
        weight->input->auxiliary = true;
}

/* Where a weight was used only in ways that do not train it, nobody has counted it yet: it is counted here. */
static void count_weight(OnnxCall *call, OnnxWeight *weight, Layer **shared)
{
    for (uint32_t i = 0; i < weight->part_count; i++)
        count_one(call, weight->parts[i], shared);
    if (!weight->part_count)
        count_one(call, weight, shared);
}

void onnx_count(OnnxCall *call)
{
    Layer *shared = NULL;
    for (uint32_t i = 0; i < call->in_count && i < 32; i++)
        if (onnx_is_weight(call, i))
            count_weight(call, call->in[i]->weight, &shared);
    /* All weights of the file that an unknown operator can read are seen; what it holds itself is not. */
    if (!call->row && (call->reader->inner_weights || onnx_holds_tensor(call->node)))
        call->layer->params = DIM_NONE;
    if (shared && dim_is(call->layer->params, 0))
        call->layer->weights_of = shared;
}
