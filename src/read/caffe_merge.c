/* SPDX-License-Identifier: MIT */
/* Caffe's layers that join several inputs, end the network, or come from forks for detection. */
#include "read/caffe.h"

#include <stdlib.h>

static bool is_negative(const Value *coeff)
{
    return coeff && coeff->text.size && coeff->text.at[0] == '-';
}

/* A sum with coefficients 1 and -1 is a difference. */
static const char *eltwise_op(CaffeCall *call)
{
    Str kind = caffe_word(call, "operation");
    const Value *first = caffe_field(call->param, "coeff"), *second = first ? caffe_next(first) : NULL;
    if (str_equal_nocase(kind, STR("PROD")) || str_equal(kind, STR("0")))
        return "mul";
    if (str_equal_nocase(kind, STR("MAX")) || str_equal(kind, STR("2")))
        return "max";
    return call->in_count == 2 && !is_negative(first) && is_negative(second) ? "sub" : "add";
}

/* Sizes that are known in one of two shapes. */
static Shape joined(const CaffeCall *call, Shape a, Shape b)
{
    if (!a.known || !b.known)
        return a.known ? a : b;
    Shape out = shape_of(call->arena, a.rank, a.dims);
    for (uint32_t i = 0; i < out.rank; i++)
        if (out.dims[i].kind == DIM_UNKNOWN)
            out.dims[i] = b.dims[i];
    return out;
}

/* All inputs have the same shape (eltwise_layer.cpp). */
void caffe_eltwise(CaffeCall *call)
{
    Shape all = caffe_in(call, 0);
    caffe_become(call, eltwise_op(call));
    for (uint32_t i = 1; i < call->in_count; i++) {
        if (shape_conflict(all, call->in[i])) {
            caffe_fail(call, NULL, "cannot combine %.*s and %.*s", STR_ARGS(shape_text(call->arena, all, "x")),
                       STR_ARGS(shape_text(call->arena, call->in[i], "x")));
            diag_hint(call->reader->diags, "all inputs of Eltwise have the same shape");
            caffe_fail_inputs(call);
            return;
        }
        all = joined(call, all, call->in[i]);
    }
    caffe_out(call, 0, all);
}

void caffe_concat(CaffeCall *call)
{
    int64_t axis = caffe_int(call, "axis", caffe_int(call, "concat_dim", 1));
    caffe_set_int(call, "axis", axis);
    caffe_infer(call);
}

/* a·x + y: a number for each channel, and two maps (SENet). */
void caffe_axpy(CaffeCall *call)
{
    Shape x = caffe_in(call, 1), y = caffe_in(call, 2);
    if (shape_conflict(x, y)) {
        caffe_fail(call, NULL, "cannot add %.*s and %.*s", STR_ARGS(shape_text(call->arena, x, "x")),
                   STR_ARGS(shape_text(call->arena, y, "x")));
        caffe_fail_inputs(call);
        return;
    }
    caffe_out(call, 0, joined(call, x, y));
}

/* From `axis` on the sizes of the second input (crop_layer.cpp). */
void caffe_crop(CaffeCall *call)
{
    Shape in = caffe_in(call, 0), like = caffe_in(call, 1);
    uint32_t axis;
    if (!in.known || !like.known || !caffe_axis(call, "axis", 2, in, &axis))
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    for (uint32_t i = axis; i < out.rank; i++) {
        Dim size = i < like.rank ? like.dims[i] : DIM_NONE;
        if (size.kind == DIM_INT && out.dims[i].kind == DIM_INT && size.n > out.dims[i].n) {
            caffe_fail(call, NULL, "cannot crop %.*s to %.*s", STR_ARGS(shape_text(call->arena, in, "x")),
                       STR_ARGS(shape_text(call->arena, like, "x")));
            caffe_fail_inputs(call);
            return;
        }
        out.dims[i] = size;
    }
    caffe_out(call, 0, out);
    call->param = NULL; /* its axis counts the batch */
}

/* One number; the second output of SoftmaxWithLoss are the probabilities, that of Accuracy one number a class. */
void caffe_loss(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    bool is_accuracy = str_equal(str_from(call->layer->op->name), STR("accuracy"));
    caffe_out(call, 0, shape_of(call->arena, 0, NULL));
    if (is_accuracy && in.known && in.rank > 1)
        in = shape_of(call->arena, 1, in.dims + 1);
    caffe_out(call, 1, in);
}

/* Without labels it can be nothing but the softmax. */
void caffe_softmax_loss(CaffeCall *call)
{
    if (call->in_count > 1) {
        caffe_loss(call);
        return;
    }
    caffe_become(call, "softmax");
    caffe_same(call);
}

/* The same blob several times: Caffe's own plumbing, which trained nets have. */
void caffe_split(CaffeCall *call)
{
    caffe_same(call);
    call->layer->auxiliary = true;
}

/* What takes blobs that nobody else reads. */
void caffe_silence(CaffeCall *call)
{
    caffe_same(call);
    call->layer->auxiliary = true;
}

/* The author's own code: a source where it reads nothing, otherwise nothing is known of it. */
void caffe_python(CaffeCall *call)
{
    Str name = caffe_word(call, "layer");
    if (str_equal(name, STR("ProposalLayer"))) {
        caffe_proposal(call);
    } else if (!call->in_count) {
        caffe_become(call, "input");
        caffe_source(call);
        return;
    } else {
        caffe_weight(call, DIM_NONE);
        call->macs = DIM_NONE;
    }
    if (name.size)
        call->layer->op_name = name;
}

/* ---- detection -------------------------------------------------------------------------------------------------- */

enum { MOST_RATIOS = 64 };

/* Aspect ratios of a prior box: 1, those that are said, and with `flip` their inverses, without repeats. */
static uint32_t count_ratios(CaffeCall *call)
{
    double ratios[MOST_RATIOS] = {1.0};
    uint32_t count = 1;
    bool flip = caffe_bool(call, "flip", true);
    for (const Value *field = caffe_field(call->param, "aspect_ratio"); field; field = caffe_next(field)) {
        double ratio = strtod(str_terminated(call->arena, field->text), NULL);
        bool known = ratio <= 0;
        for (uint32_t i = 0; i < count; i++)
            known = known || (ratio - ratios[i] < 1e-6 && ratios[i] - ratio < 1e-6);
        if (known || count + 2 > MOST_RATIOS)
            continue;
        ratios[count++] = ratio;
        if (flip)
            ratios[count++] = 1 / ratio;
    }
    return count;
}

/* Four coordinates and four variances for each box at each position (SSD, prior_box_layer.cpp). */
void caffe_prior_box(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    int64_t boxes = (int64_t)count_ratios(call) * caffe_count(call->param, "min_size");
    boxes += caffe_count(call->param, "max_size");
    Dim numbers = in.known && in.rank == 4 ? dim_mul(call->arena, in.dims[2], in.dims[3]) : DIM_NONE;
    Dim dims[3] = {dim_int(1), dim_int(2), dim_mul(call->arena, numbers, dim_int(4 * boxes))};
    caffe_out(call, 0, shape_of(call->arena, 3, dims));
}

/* As many detections as there are: image, label, score and a box each. */
void caffe_detections(CaffeCall *call)
{
    Dim dims[4] = {dim_int(1), dim_int(1), DIM_NONE, dim_int(7)};
    caffe_out(call, 0, shape_of(call->arena, 4, dims));
}

/* Regions: an image and four corners each; their scores. */
void caffe_proposal(CaffeCall *call)
{
    Dim regions[2] = {DIM_NONE, dim_int(5)}, scores[2] = {DIM_NONE, dim_int(1)};
    caffe_out(call, 0, shape_of(call->arena, 2, regions));
    caffe_out(call, 1, shape_of(call->arena, 2, scores));
}

/* Rows of the first input that the second says. */
void caffe_batch_reindex(CaffeCall *call)
{
    Shape in = caffe_in(call, 0), index = caffe_in(call, 1);
    if (!in.known || !in.rank)
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    out.dims[0] = index.known && index.rank ? index.dims[0] : DIM_NONE;
    caffe_out(call, 0, out);
}

/* Rows that the last input selects, of all the others. */
void caffe_filter(CaffeCall *call)
{
    for (uint32_t i = 0; i < call->out_count && i + 1 < call->in_count; i++) {
        Shape in = call->in[i];
        if (!in.known || !in.rank)
            continue;
        Shape out = shape_of(call->arena, in.rank, in.dims);
        out.dims[0] = DIM_NONE;
        caffe_out(call, i, out);
    }
}
