/* SPDX-License-Identifier: MIT */
/* What the rules of Caffe's layer types share: inputs and outputs, axes, the registry's own rules. */
#include "read/caffe.h"

Shape caffe_in(const CaffeCall *call, uint32_t index)
{
    return index < call->in_count ? call->in[index] : shape_unknown();
}

void caffe_out(CaffeCall *call, uint32_t index, Shape shape)
{
    if (index < call->out_count)
        call->out[index] = shape;
}

Dim caffe_product(const CaffeCall *call, Shape shape, uint32_t from, uint32_t to)
{
    Dim product = shape.known ? dim_int(1) : DIM_NONE;
    for (uint32_t i = from; i < to && i < shape.rank; i++)
        product = dim_mul(call->arena, product, shape.dims[i]);
    return product;
}

bool caffe_axis(CaffeCall *call, const char *name, int64_t usual, Shape shape, uint32_t *axis)
{
    int64_t said = caffe_int(call, name, usual), at = said < 0 ? said + (int64_t)shape.rank : said;
    if (shape.known && at >= 0 && at < (int64_t)shape.rank) {
        *axis = (uint32_t)at;
        return true;
    }
    if (shape.known) {
        caffe_fail(call, caffe_field(call->param, name), "`%.*s` works on axis %lld, which %.*s does not have",
                   STR_ARGS(call->layer->path), (long long)said, STR_ARGS(shape_text(call->arena, shape, "x")));
        caffe_fail_inputs(call);
    }
    return false;
}

/* With an error in the words of the rule, and where its inputs come from. */
void caffe_infer(CaffeCall *call)
{
    OpCall infer = {
        .arena = call->arena,
        .op = call->layer->op,
        .layer = call->layer,
        .batch_axes = 1,
        .inputs = call->in,
        .input_count = call->in_count,
        .outputs = call->out,
    };
    if (op_infer(&infer)) {
        call->macs = infer.macs;
        return;
    }
    caffe_fail(call, NULL, "%.*s", STR_ARGS(infer.error));
    caffe_fail_inputs(call);
    for (uint32_t i = 0; i < call->out_count; i++)
        call->out[i] = shape_unknown();
}

void caffe_same(CaffeCall *call)
{
    for (uint32_t i = 0; i < call->out_count; i++)
        call->out[i] = caffe_in(call, 0);
}

bool caffe_outputs(CaffeCall *call, Dim *out)
{
    const Value *field = caffe_field(call->param, "num_output");
    int64_t n;
    *out = DIM_NONE;
    if (!field)
        caffe_missing(call, "num_output");
    if (!field || !caffe_int_in(call->reader, field, &n))
        return false;
    if (n > 0)
        *out = dim_int(n);
    else if (n < 0)
        caffe_fail(call, field, "a `num_output` of %lld is impossible", (long long)n);
    else
        diag_warning(call->reader->diags, field->place,
                     "`num_output` is 0, as in a template, so what comes out stays unknown");
    return n >= 0;
}
