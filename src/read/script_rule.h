/* SPDX-License-Identifier: MIT */
/* How operations of torch become those of ONNX, where another name is not enough. Attributes are called as in torch. */
#ifndef NETIKZ_SCRIPT_RULE_H
#define NETIKZ_SCRIPT_RULE_H

#include "read/lower.h"

/* script_window.c: windows, norms, products */
void script_conv(OnnxCall *call);
void script_conv_transpose(OnnxCall *call);
void script_pool(OnnxCall *call);
void script_adaptive(OnnxCall *call);         /* what leaves one number of each map is a global pooling */
void script_shape_adaptive(OnnxCall *call);
void script_upsample(OnnxCall *call);         /* shape rule */
void script_layernorm(OnnxCall *call);
void script_groupnorm(OnnxCall *call);
void script_addmm(OnnxCall *call);            /* the summand comes first */
void script_shape_linear(OnnxCall *call);
void script_heads(OnnxCall *call);            /* fused attention: queries, keys, values, weights of all three, of the result */
void script_shape_attention(OnnxCall *call);
void script_shape_encoder(OnnxCall *call);    /* a fused layer: attention, then two dense layers */
void script_recurrent(OnnxCall *call);
void script_shape_recurrent(OnnxCall *call);

/* script_form.c: what rearranges, joins, cuts, reduces */
void script_hardtanh(OnnxCall *call);
void script_softmax(OnnxCall *call);
void script_shape_glu(OnnxCall *call);
void script_concat(OnnxCall *call);
void script_stack(OnnxCall *call);
void script_reshape(OnnxCall *call);
void script_permute(OnnxCall *call);
void script_transpose(OnnxCall *call);
void script_turn(OnnxCall *call);             /* t() */
void script_squeeze(OnnxCall *call);
void script_unsqueeze(OnnxCall *call);
void script_gather(OnnxCall *call);
void script_select(OnnxCall *call);
void script_embedding(OnnxCall *call);
void script_split(OnnxCall *call);
void script_unbind(OnnxCall *call);
void script_reduce(OnnxCall *call);
void script_shuffle(OnnxCall *call);          /* pixel_shuffle and back */
void script_pad(OnnxCall *call);
void script_einsum(OnnxCall *call);
void script_shape_flatten(OnnxCall *call);    /* and unflatten is a reshape in the code */
void script_shape_expand(OnnxCall *call);
void script_shape_expand_as(OnnxCall *call);
void script_shape_repeat(OnnxCall *call);
void script_slice(OnnxCall *call);
void script_shape_slice(OnnxCall *call);
void script_shape_unbind(OnnxCall *call);
void script_shape_chunk(OnnxCall *call);
void script_shape_split(OnnxCall *call);
void script_shape_filled(OnnxCall *call);     /* sizes as first input */
void script_shape_index(OnnxCall *call);      /* one axis is replaced by those of an index */
void script_shape_vector(OnnxCall *call);     /* of unknown length */

#endif
