/* SPDX-License-Identifier: MIT */
/* The shape rules and folding rules of ONNX operators, by room; the table puts them together. */
#ifndef NETIKZ_ONNX_RULE_H
#define NETIKZ_ONNX_RULE_H

#include "read/onnx.h"

/* onnx_shape.c: elementwise and plain ones */
void onnx_shape_same(OnnxCall *call);         /* all outputs are as the first input */
void onnx_shape_broadcast(OnnxCall *call);    /* all inputs broadcast to one shape */
void onnx_shape_scalar(OnnxCall *call);
void onnx_shape_batchnorm(OnnxCall *call);    /* further outputs are statistics of the channels */
void onnx_shape_layernorm(OnnxCall *call);
void onnx_shape_dropout(OnnxCall *call);
void onnx_shape_reduce(OnnxCall *call);
void onnx_shape_arg(OnnxCall *call);          /* ArgMax, ArgMin */
void onnx_shape_topk(OnnxCall *call);
void onnx_shape_one_hot(OnnxCall *call);
void onnx_shape_nonzero(OnnxCall *call);
void onnx_shape_attr(OnnxCall *call);         /* RandomNormal and its kin: the attribute `shape` */
void onnx_shape_nms(OnnxCall *call);
void onnx_shape_classifier(OnnxCall *call);   /* of ai.onnx.ml */
void onnx_shape_regressor(OnnxCall *call);
void onnx_shape_unknown(OnnxCall *call);

/* onnx_form.c: operators that rearrange */
void onnx_shape_constant(OnnxCall *call);
void onnx_shape_filled(OnnxCall *call);       /* ConstantOfShape */
void onnx_shape_shape(OnnxCall *call);
void onnx_shape_reshape(OnnxCall *call);
void onnx_shape_flatten(OnnxCall *call);
void onnx_shape_squeeze(OnnxCall *call);
void onnx_shape_unsqueeze(OnnxCall *call);
void onnx_shape_transpose(OnnxCall *call);
void onnx_shape_expand(OnnxCall *call);
void onnx_shape_tile(OnnxCall *call);
void onnx_shape_range(OnnxCall *call);
void onnx_shape_space_to_depth(OnnxCall *call);
void onnx_shape_depth_to_space(OnnxCall *call);

/* onnx_part.c: operators that cut and join */
void onnx_shape_concat(OnnxCall *call);
void onnx_shape_split(OnnxCall *call);
void onnx_shape_slice(OnnxCall *call);
void onnx_shape_gather(OnnxCall *call);
void onnx_shape_gather_elements(OnnxCall *call);
void onnx_shape_gather_nd(OnnxCall *call);
void onnx_shape_pad(OnnxCall *call);
void onnx_shape_compress(OnnxCall *call);

/* onnx_window.c: operators with windows, and those that resize maps */
void onnx_shape_conv(OnnxCall *call);
void onnx_shape_qlinear_conv(OnnxCall *call);
void onnx_shape_conv_transpose(OnnxCall *call);
void onnx_shape_pool(OnnxCall *call);
void onnx_shape_global_pool(OnnxCall *call);
void onnx_shape_unpool(OnnxCall *call);
void onnx_shape_regions(OnnxCall *call);      /* RoiAlign, MaxRoiPool */
void onnx_shape_resize(OnnxCall *call);
void onnx_shape_grid_sample(OnnxCall *call);

/* onnx_product.c: matrix products, recurrent cells, attention */
void onnx_shape_matmul(OnnxCall *call);
void onnx_shape_qlinear_matmul(OnnxCall *call);
void onnx_shape_gemm(OnnxCall *call);
void onnx_shape_einsum(OnnxCall *call);
void onnx_shape_rnn(OnnxCall *call);
void onnx_shape_attention(OnnxCall *call);    /* of com.microsoft: with the projection of its input */
void onnx_shape_heads(OnnxCall *call);        /* queries, keys and values are inputs */

/* onnx_fold.c: numbers of small tensors */
void onnx_fold_same(OnnxCall *call);          /* the numbers of the first input in another shape */
void onnx_fold_cast(OnnxCall *call);
void onnx_fold_shape(OnnxCall *call);
void onnx_fold_size(OnnxCall *call);
void onnx_fold_filled(OnnxCall *call);
void onnx_fold_gather(OnnxCall *call);
void onnx_fold_concat(OnnxCall *call);
void onnx_fold_slice(OnnxCall *call);
void onnx_fold_split(OnnxCall *call);
void onnx_fold_transpose(OnnxCall *call);
void onnx_fold_expand(OnnxCall *call);
void onnx_fold_range(OnnxCall *call);
void onnx_fold_nonzero(OnnxCall *call);

/* onnx_arithmetic.c: sums, products, comparisons of small tensors */
void onnx_fold_add(OnnxCall *call);
void onnx_fold_sub(OnnxCall *call);
void onnx_fold_mul(OnnxCall *call);
void onnx_fold_div(OnnxCall *call);
void onnx_fold_mod(OnnxCall *call);
void onnx_fold_max(OnnxCall *call);
void onnx_fold_min(OnnxCall *call);
void onnx_fold_neg(OnnxCall *call);
void onnx_fold_reciprocal(OnnxCall *call);
void onnx_fold_floor(OnnxCall *call);
void onnx_fold_ceil(OnnxCall *call);
void onnx_fold_equal(OnnxCall *call);
void onnx_fold_less(OnnxCall *call);
void onnx_fold_greater(OnnxCall *call);
void onnx_fold_less_equal(OnnxCall *call);
void onnx_fold_greater_equal(OnnxCall *call);
void onnx_fold_and(OnnxCall *call);
void onnx_fold_or(OnnxCall *call);
void onnx_fold_not(OnnxCall *call);
void onnx_fold_where(OnnxCall *call);
void onnx_fold_reduce_prod(OnnxCall *call);
void onnx_fold_reduce_sum(OnnxCall *call);
void onnx_fold_reduce_max(OnnxCall *call);
void onnx_fold_reduce_min(OnnxCall *call);

/* What Slice takes of an axis. */
typedef struct OnnxCut {
    bool cut;         /* it names this axis */
    bool known;       /* from and step are known numbers, counted from the front */
    int64_t from;     /* first index */
    int64_t step;
    Dim size;         /* how many */
} OnnxCut;

Dim onnx_number_floor(Arena *arena, OnnxNumber number);                           /* the whole number below */
bool onnx_number_int(const OnnxNumbers *numbers, uint32_t index, int64_t *value); /* known, whole */
bool onnx_cuts(OnnxCall *call, Shape in, OnnxCut *cuts);                          /* what Slice takes of each axis; false where not even the axes are known */

#endif
