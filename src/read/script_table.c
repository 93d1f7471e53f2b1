/* SPDX-License-Identifier: MIT */
/* The operations of torch that the code of TorchScript archives calls (aten/src/ATen/native/native_functions.yaml). */
#include "read/script.h"
#include "read/script_rule.h"

#define IN(n) (1u << (n))
#define CONV "*input *weight *bias stride padding dilation groups"
#define CONV_TRANSPOSE "*input *weight *bias stride padding output_padding groups dilation"
#define MAXPOOL "*self kernel_size stride padding dilation ceil_mode"
#define AVGPOOL "*self kernel_size stride padding ceil_mode"
#define RECURRENT "*input - +params has_biases num_layers - - bidirectional batch_first"

#define SAME(op, becomes) {{.name = (op), .as = (becomes), .shape = onnx_shape_same}, "*self", 0}
#define WITH(op, becomes, words) {{.name = (op), .as = (becomes), .shape = onnx_shape_same}, (words), 0}
#define BINARY(op, becomes) {{.name = (op), .as = (becomes), .shape = onnx_shape_broadcast}, "*self *other", 0}
#define NAMED(op, becomes, words) {{.name = (op), .as = (becomes)}, (words), 0}
#define LOWER(op, becomes, rule, words) {{.name = (op), .as = (becomes), .lower = (rule)}, (words), 0}
#define SHAPE(op, becomes, rule, words) {{.name = (op), .as = (becomes), .shape = (rule)}, (words), 0}
#define BOTH(op, becomes, rule, shapes, words, outs)                                                                   \
    {{.name = (op), .as = (becomes), .lower = (rule), .shape = (shapes)}, (words), (outs)}
#define REDUCE(op, becomes, outs) {{.name = (op), .as = (becomes), .lower = script_reduce}, "*self dim keepdim", (outs)}
#define PASS(op) {{.name = (op), .as = "identity", .shape = onnx_shape_same, .passes = true}, "*self", 0}
#define FILLED(op) {{.name = (op), .as = "constant", .shape = script_shape_filled}, "*size", 0}
#define LIKE(op) {{.name = (op), .as = "constant", .shape = onnx_shape_same}, "*self", 0}

static const ScriptRow layers[] = {
    LOWER("conv1d", "Conv", script_conv, CONV), LOWER("conv2d", "Conv", script_conv, CONV),
    LOWER("conv3d", "Conv", script_conv, CONV),
    LOWER("_convolution", "Conv", script_conv, "*input *weight *bias stride padding dilation transposed output_padding groups"),
    LOWER("convolution", "Conv", script_conv, "*input *weight *bias stride padding dilation transposed output_padding groups"),
    LOWER("conv_transpose1d", "ConvTranspose", script_conv_transpose, CONV_TRANSPOSE),
    LOWER("conv_transpose2d", "ConvTranspose", script_conv_transpose, CONV_TRANSPOSE),
    LOWER("conv_transpose3d", "ConvTranspose", script_conv_transpose, CONV_TRANSPOSE),
    {{.name = "linear", .as = "Gemm", .shape = script_shape_linear, .trained = IN(1) | IN(2)}, "*input *weight *bias", 0},
    {{.name = "bilinear", .trained = IN(2) | IN(3), .unknown_macs = true, .shape = onnx_shape_unknown},
     "*input1 *input2 *weight *bias", 0},
    LOWER("addmm", "Gemm", script_addmm, "*self *mat1 *mat2"), NAMED("mm", "MatMul", "*self *mat2"),
    NAMED("bmm", "MatMul", "*self *mat2"), NAMED("matmul", "MatMul", "*self *other"),
    LOWER("baddbmm", "MatMul", script_addmm, "*self *batch1 *batch2"),
    LOWER("einsum", "Einsum", script_einsum, "equation *tensors"),
    {{.name = "lstm", .as = "lstm", .lower = script_recurrent, .shape = script_shape_recurrent, .trained = IN(1)}, RECURRENT, 3},
    {{.name = "gru", .as = "gru", .lower = script_recurrent, .shape = script_shape_recurrent, .trained = IN(1)}, RECURRENT, 2},
    {{.name = "rnn_tanh", .as = "rnn", .lower = script_recurrent, .shape = script_shape_recurrent, .trained = IN(1)}, RECURRENT, 2},
    {{.name = "rnn_relu", .as = "rnn", .lower = script_recurrent, .shape = script_shape_recurrent, .trained = IN(1)}, RECURRENT, 2},
    {{.name = "lstm_cell", .as = "lstm", .shape = onnx_shape_unknown, .trained = IN(1) | IN(2) | IN(3) | IN(4), .unknown_macs = true},
     "*input - *w_ih *w_hh *b_ih *b_hh", 2},
    {{.name = "gru_cell", .as = "gru", .shape = onnx_shape_unknown, .trained = IN(1) | IN(2) | IN(3) | IN(4), .unknown_macs = true},
     "*input - *w_ih *w_hh *b_ih *b_hh", 0},
    SHAPE("scaled_dot_product_attention", "Attention", onnx_shape_heads, "*query *key *value *attn_mask"),
    {{.name = "_transformer_encoder_layer_fwd", .shape = script_shape_encoder, .trained = 0xfffffffe},
     "*src - num_heads *qkv_weight *qkv_bias *proj_weight *proj_bias - - - *norm_weight_1 *norm_bias_1 *norm_weight_2 "
     "*norm_bias_2 *ffn_weight_1 *ffn_bias_1 *ffn_weight_2 *ffn_bias_2", 0},
    {{.name = "_native_multi_head_attention", .as = "attention", .lower = script_heads, .shape = script_shape_attention,
      .trained = 0xfffffff8},
     "*query *key *value - num_head *qkv_weight *qkv_bias *proj_weight *proj_bias", 2},
    NAMED("batch_norm", "BatchNormalization", "*input *weight *bias *running_mean *running_var"),
    LOWER("layer_norm", "LayerNormalization", script_layernorm, "*input normalized_shape *weight *bias eps"),
    LOWER("group_norm", "GroupNormalization", script_groupnorm, "*input num_groups *weight *bias eps"),
    {{.name = "instance_norm", .as = "InstanceNormalization", .trained = IN(1) | IN(2)}, "*input *weight *bias", 0},
    {{.name = "rms_norm", .as = "RMSNormalization"}, "*input - *weight", 0},
    LOWER("embedding", "Gather", script_embedding, "*weight *indices"),
    LOWER("max_pool1d", "MaxPool", script_pool, MAXPOOL), LOWER("max_pool2d", "MaxPool", script_pool, MAXPOOL),
    LOWER("max_pool3d", "MaxPool", script_pool, MAXPOOL), LOWER("avg_pool1d", "AveragePool", script_pool, AVGPOOL),
    LOWER("avg_pool2d", "AveragePool", script_pool, AVGPOOL), LOWER("avg_pool3d", "AveragePool", script_pool, AVGPOOL),
    {{.name = "max_pool2d_with_indices", .as = "MaxPool", .lower = script_pool}, MAXPOOL, 2},
    BOTH("adaptive_avg_pool1d", "adaptive_avgpool", script_adaptive, script_shape_adaptive, "*self output_size", 0),
    BOTH("adaptive_avg_pool2d", "adaptive_avgpool", script_adaptive, script_shape_adaptive, "*self output_size", 0),
    BOTH("adaptive_avg_pool3d", "adaptive_avgpool", script_adaptive, script_shape_adaptive, "*self output_size", 0),
    BOTH("adaptive_max_pool1d", "adaptive_maxpool", script_adaptive, script_shape_adaptive, "*self output_size", 2),
    BOTH("adaptive_max_pool2d", "adaptive_maxpool", script_adaptive, script_shape_adaptive, "*self output_size", 2),
    SHAPE("upsample_nearest1d", "upsample", script_upsample, "*input *output_size *scale_factors"),
    SHAPE("upsample_nearest2d", "upsample", script_upsample, "*input *output_size *scale_factors"),
    SHAPE("upsample_nearest3d", "upsample", script_upsample, "*input *output_size *scale_factors"),
    SHAPE("upsample_linear1d", "upsample", script_upsample, "*input *output_size - *scale_factors"),
    SHAPE("upsample_bilinear2d", "upsample", script_upsample, "*input *output_size - *scale_factors"),
    SHAPE("upsample_bicubic2d", "upsample", script_upsample, "*input *output_size - *scale_factors"),
    SHAPE("upsample_trilinear3d", "upsample", script_upsample, "*input *output_size - *scale_factors"),
};

static const ScriptRow elementwise[] = {
    SAME("relu", "Relu"), SAME("relu6", "relu6"), SAME("gelu", "gelu"), SAME("silu", "silu"), SAME("sigmoid", "Sigmoid"),
    SAME("tanh", "Tanh"), SAME("leaky_relu", "LeakyRelu"), SAME("elu", "Elu"), SAME("selu", "Selu"), SAME("celu", "Celu"),
    SAME("hardswish", "HardSwish"), SAME("hardsigmoid", "HardSigmoid"), SAME("mish", "Mish"), SAME("softplus", "Softplus"),
    SAME("softsign", "Softsign"), SAME("log_sigmoid", "logsigmoid"), SAME("threshold", "ThresholdedRelu"),
    BOTH("hardtanh", "hardtanh", script_hardtanh, onnx_shape_same, "*self min_val max_val", 0),
    {{.name = "prelu", .as = "PRelu"}, "*self *weight", 0}, WITH("clamp", "Clip", "*self"), WITH("clip", "Clip", "*self"),
    BOTH("softmax", "Softmax", script_softmax, onnx_shape_same, "*self dim", 0),
    BOTH("_softmax", "Softmax", script_softmax, onnx_shape_same, "*self dim", 0),
    BOTH("log_softmax", "LogSoftmax", script_softmax, onnx_shape_same, "*self dim", 0),
    SHAPE("glu", "glu", script_shape_glu, "*self dim"), SAME("dropout", "Dropout"), SAME("feature_dropout", "Dropout"),
    SAME("alpha_dropout", "Dropout"), SAME("native_dropout", "Dropout"), SAME("exp", "Exp"), SAME("log", "Log"), SAME("log2", "Log"),
    SAME("log1p", "Log"), SAME("sqrt", "Sqrt"), SAME("rsqrt", "rsqrt"), SAME("abs", "Abs"), SAME("neg", "Neg"), SAME("erf", "Erf"),
    SAME("sin", "Sin"), SAME("cos", "Cos"), SAME("reciprocal", "Reciprocal"), SAME("floor", "Floor"), SAME("ceil", "Ceil"),
    SAME("round", "Round"), SAME("sign", "Sign"), SAME("square", "square"), SAME("cumsum", "CumSum"), SAME("logical_not", "Not"),
    SAME("bitwise_not", "BitwiseNot"), SAME("triu", "Trilu"), SAME("tril", "Trilu"), SAME("flip", NULL), SAME("roll", "roll"),
    SAME("sort", NULL), SAME("normal", NULL), SAME("fill", NULL), SAME("zero", NULL),
    BINARY("add", "Add"), BINARY("sub", "Sub"), BINARY("rsub", "Sub"), BINARY("mul", "Mul"), BINARY("div", "Div"),
    BINARY("pow", "Pow"), BINARY("maximum", "max"), BINARY("minimum", "min"), BINARY("atan2", NULL), BINARY("remainder", "Mod"),
    BINARY("fmod", "Mod"), BINARY("floor_divide", "Div"), BINARY("eq", "Equal"), BINARY("ne", NULL), BINARY("lt", "Less"),
    BINARY("le", "LessOrEqual"), BINARY("gt", "Greater"), BINARY("ge", "GreaterOrEqual"), BINARY("logical_and", "And"),
    BINARY("logical_or", "Or"), BINARY("bitwise_and", "And"), BINARY("bitwise_or", "Or"), BINARY("masked_fill", "where"),
    BINARY("__and__", "And"), BINARY("__or__", "Or"), SAME("copy", NULL),
    SHAPE("addcmul", NULL, onnx_shape_broadcast, "*self *tensor1 *tensor2"), SHAPE("lerp", NULL, onnx_shape_broadcast, "*self *end *weight"),
    SHAPE("where", "where", onnx_shape_broadcast, "*condition *self *other"),
    PASS("contiguous"), PASS("to"), PASS("clone"), PASS("detach"), PASS("alias"), PASS("type_as"), PASS("float"), PASS("half"),
    PASS("long"), PASS("requires_grad"), PASS("data"), PASS("cpu"), PASS("cuda"), PASS("tensor"), PASS("_to_copy"), PASS("bool"),
    PASS("int"), PASS("double"), PASS("resolve_conj"), PASS("lift_fresh"),
};

static const ScriptRow forms[] = {
    LOWER("cat", "Concat", script_concat, "*tensors dim"), LOWER("concat", "Concat", script_concat, "*tensors dim"),
    LOWER("stack", "Concat", script_stack, "*tensors dim"), SHAPE("flatten", "Flatten", script_shape_flatten, "*self start_dim end_dim"),
    LOWER("reshape", "Reshape", script_reshape, "*self *shape"), LOWER("view", "Reshape", script_reshape, "*self *size"),
    SHAPE("view_as", "Reshape", script_shape_expand_as, "*self *other"), SHAPE("reshape_as", "Reshape", script_shape_expand_as, "*self *other"),
    SHAPE("unflatten", "Reshape", onnx_shape_unknown, "*self"), LOWER("permute", "Transpose", script_permute, "*self dims"),
    LOWER("transpose", "Transpose", script_transpose, "*self dim0 dim1"), LOWER("t", "Transpose", script_turn, "*self"),
    LOWER("numpy_T", "Transpose", script_turn, "*self"), LOWER("squeeze", "Squeeze", script_squeeze, "*self dim"),
    LOWER("unsqueeze", "Unsqueeze", script_unsqueeze, "*self dim"), SHAPE("expand", "Expand", script_shape_expand, "*self *size"),
    SHAPE("broadcast_to", "Expand", script_shape_expand, "*self *size"), SHAPE("expand_as", "Expand", script_shape_expand_as, "*self *other"),
    SHAPE("repeat", "Tile", script_shape_repeat, "*self *repeats"), BOTH("slice", "Slice", script_slice, script_shape_slice, "*self dim *start *end *step", 0),
    {{.name = "select", .as = "Gather", .lower = script_select}, "*self dim *index", 0},
    SHAPE("narrow", "Slice", onnx_shape_unknown, "*self"),
    {{.name = "index_select", .as = "Gather", .lower = script_gather}, "*self dim *index", 0},
    SHAPE("index", "gather", script_shape_index, "*self *indices"), SHAPE("gather", "gather", onnx_shape_unknown, "*self dim *index"),
    BOTH("chunk", "Split", script_split, script_shape_chunk, "*self chunks dim", SCRIPT_MANY),
    BOTH("split", "Split", script_split, script_shape_split, "*self split_size dim", SCRIPT_MANY),
    BOTH("split_with_sizes", "Split", script_split, script_shape_split, "*self split_size dim", SCRIPT_MANY),
    BOTH("unbind", "Split", script_unbind, script_shape_unbind, "*self dim", SCRIPT_MANY),
    REDUCE("mean", "ReduceMean", 0), REDUCE("sum", "ReduceSum", 0), REDUCE("prod", "ReduceProd", 0), REDUCE("amax", "ReduceMax", 0),
    REDUCE("amin", "ReduceMin", 0), REDUCE("max", "ReduceMax", 0), REDUCE("min", "ReduceMin", 0), REDUCE("max_dim", "ReduceMax", 2),
    REDUCE("min_dim", "ReduceMin", 2), REDUCE("argmax", "ReduceMax", 0), REDUCE("argmin", "ReduceMin", 0),
    REDUCE("logsumexp", "ReduceLogSumExp", 0), SHAPE("norm", "ReduceL2", onnx_shape_unknown, "*self"),
    SHAPE("std", NULL, onnx_shape_unknown, "*self"), SHAPE("var", NULL, onnx_shape_unknown, "*self"),
    {{.name = "topk", .as = "TopK", .shape = onnx_shape_unknown}, "*self", 2},
    LOWER("pixel_shuffle", "DepthToSpace", script_shuffle, "*self upscale_factor"),
    LOWER("pixel_unshuffle", "SpaceToDepth", script_shuffle, "*self downscale_factor"), SAME("channel_shuffle", "channel_shuffle"),
    LOWER("pad", "Pad", script_pad, "*self pad"), LOWER("constant_pad_nd", "Pad", script_pad, "*self pad"),
    LOWER("reflection_pad1d", "Pad", script_pad, "*self pad"), LOWER("reflection_pad2d", "Pad", script_pad, "*self pad"),
    LOWER("replication_pad1d", "Pad", script_pad, "*self pad"), LOWER("replication_pad2d", "Pad", script_pad, "*self pad"),
    LOWER("replication_pad3d", "Pad", script_pad, "*self pad"),
    FILLED("zeros"), FILLED("ones"), FILLED("full"), FILLED("empty"), FILLED("rand"), FILLED("randn"), LIKE("zeros_like"), SHAPE("new_zeros", "constant", script_shape_filled, "- *size"),
    SHAPE("new_ones", "constant", script_shape_filled, "- *size"), SHAPE("new_full", "constant", script_shape_filled, "- *size"), LIKE("ones_like"),
    LIKE("full_like"), LIKE("rand_like"), LIKE("randn_like"), LIKE("empty_like"), SHAPE("arange", "constant", script_shape_vector, ""),
    SHAPE("linspace", "constant", script_shape_vector, ""),
};

const ScriptRow *script_row_at(size_t index)
{
#define ROWS(table) {(table), sizeof(table) / sizeof *(table)}
    static const struct {
        const ScriptRow *rows;
        size_t count;
    } rooms[] = {ROWS(layers), ROWS(elementwise), ROWS(forms)};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        if (index < rooms[i].count)
            return &rooms[i].rows[index];
        index -= rooms[i].count;
    }
    return NULL;
}
