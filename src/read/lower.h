/* SPDX-License-Identifier: MIT */
/*
 * How operators of other formats become those of ONNX. Attributes are called as in TensorFlow (strides 1×h×w×1,
 * padding SAME, data_format, begin_mask …), whatever the format calls them: its decoder has translated them.
 */
#ifndef NETIKZ_LOWER_H
#define NETIKZ_LOWER_H

#include "read/onnx_rule.h"

int64_t lower_int(const OnnxCall *call, const char *attr, int64_t otherwise);           /* as the file says it */
Str lower_text(const OnnxCall *call, const char *attr);
bool lower_ints(const OnnxCall *call, const char *attr, int64_t **ints, uint32_t *count);
bool lower_number(const OnnxCall *call, uint32_t input, int64_t *n);                    /* the only number of an input */
bool lower_numbers(const OnnxCall *call, uint32_t input, int64_t **ints, uint32_t *count);
void lower_open(OnnxCall *call);                                /* nothing is known of the shape of the outputs */
void lower_without_batch(OnnxCall *call, OnnxRule rule);        /* maps of three axes: one is put before them for ONNX' rule, and taken away behind it */
Shape lower_order(Arena *arena, Shape shape, const uint32_t *axes, uint32_t count); /* axes in another order */

/* lower_window.c: operators with windows, and dense ones */
void lower_conv(OnnxCall *call);             /* weights h×w×I×O */
void lower_depthwise(OnnxCall *call);        /* weights h×w×C×M */
void lower_conv_transpose(OnnxCall *call);   /* inputs: sizes, weights h×w×O×I, data */
void lower_conv_ohwi(OnnxCall *call);        /* weights O×h×w×I */
void lower_depthwise_ohwi(OnnxCall *call);   /* weights 1×h×w×CM */
void lower_conv_transpose_ohwi(OnnxCall *call); /* inputs: sizes, weights O×h×w×I, data */
void lower_fused_conv(OnnxCall *call);       /* lower_conv, `fused_ops` behind it */
void lower_fused_depthwise(OnnxCall *call);
void lower_pool(OnnxCall *call);
void lower_norm(OnnxCall *call);             /* only the layout */
void lower_activation(OnnxCall *call);       /* `fused_activation_function` is written into it */
void lower_bias(OnnxCall *call);
void lower_matmul(OnnxCall *call);           /* transpose_a, transpose_b, adj_x, adj_y */
void lower_fused_matmul(OnnxCall *call);
void lower_shape_dense(OnnxCall *call);      /* shape rule: x times W of O×I, transposed; `keep_num_dims` */
void lower_shape_resize(OnnxCall *call);     /* shape rule: N×h×w×C, the size as second input */
void lower_shape_space_to_batch(OnnxCall *call);
void lower_shape_batch_to_space(OnnxCall *call);
void lower_shape_space_to_depth(OnnxCall *call);
void lower_shape_depth_to_space(OnnxCall *call);

/* lower_form.c: operators that rearrange, join, cut, reduce */
void lower_reduce(OnnxCall *call);           /* axes as second input, keep_dims */
void lower_arg(OnnxCall *call);
void lower_reshape(OnnxCall *call);
void lower_squeeze(OnnxCall *call);
void lower_transpose(OnnxCall *call);
void lower_concat(OnnxCall *call);           /* values, then the axis */
void lower_concat_first(OnnxCall *call);     /* the axis, then values */
void lower_concat_attr(OnnxCall *call);      /* values; the axis is an attribute */
void lower_pack(OnnxCall *call);
void lower_split(OnnxCall *call);            /* axis, value; num_split */
void lower_split_sizes(OnnxCall *call);      /* value, sizes, axis */
void lower_pad(OnnxCall *call);
void lower_gather(OnnxCall *call);           /* table, indices, axis as third input or attribute */
void lower_lookup(OnnxCall *call);           /* indices, table */
void lower_cast(OnnxCall *call);             /* `to` as TensorProto.DataType */
void lower_axis(OnnxCall *call);             /* the attribute `axis` stays */
void lower_equation(OnnxCall *call);
void lower_shape_unpack(OnnxCall *call);     /* shape rule, and folding rule */
void lower_shape_slice(OnnxCall *call);      /* begin, size */
void lower_fold_slice(OnnxCall *call);
void lower_shape_strided(OnnxCall *call);    /* begin, end, strides, masks */
void lower_fold_strided(OnnxCall *call);
void lower_shape_rank(OnnxCall *call);

#endif
