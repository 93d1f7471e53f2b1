/* SPDX-License-Identifier: MIT */
/* The operators of ONNX (ai.onnx 1 to 24, ai.onnx.ml, the common ones of com.microsoft and QONNX): one row each. */
#include "read/onnx_rule.h"

enum { IN0 = 1, IN1 = 2, IN2 = 4, IN3 = 8, IN4 = 16, IN5 = 32, IN6 = 64, IN7 = 128, IN8 = 256 };

#define ALL 0xffffffffu /* inputs, as bits */
#define SAME(op) {.name = (op), .shape = onnx_shape_same}
#define FOLDED(op, rule) {.name = (op), .shape = onnx_shape_same, .fold = (rule)}
#define BROADCAST(op, rule) {.name = (op), .shape = onnx_shape_broadcast, .fold = (rule)}
/* Sums and products may hold biases and scales. */
#define TRAINED_BROADCAST(op, rule) {.name = (op), .shape = onnx_shape_broadcast, .fold = (rule), .maybe = IN0 | IN1}
#define REDUCE(op, rule) {.name = (op), .shape = onnx_shape_reduce, .fold = (rule)}
/* What only rearranges hands weights on, and counts those that it reads first. */
#define FORM(op, shape_rule, fold_rule) {.name = (op), .shape = (shape_rule), .fold = (fold_rule), .maybe = IN0, .passes = true}
#define POOL(op) {.name = (op), .shape = onnx_shape_pool}
#define GLOBAL(op) {.name = (op), .shape = onnx_shape_global_pool}
#define RANDOM(op) {.name = (op), .shape = onnx_shape_attr}
#define UNKNOWN(op) {.name = (op), .shape = onnx_shape_unknown}
#define PRODUCT(op, rule, weights) {.name = (op), .shape = (rule), .trained = (weights)}

static const OnnxRow elementwise[] = {
    SAME("Abs"), SAME("Acos"), SAME("Acosh"), SAME("Asin"), SAME("Asinh"), SAME("Atan"), SAME("Atanh"),
    SAME("Bernoulli"), SAME("BitwiseNot"), SAME("Celu"), SAME("Clip"), SAME("Cos"), SAME("Cosh"), SAME("CumSum"),
    SAME("CumProd"), SAME("Elu"), SAME("Erf"), SAME("Exp"), SAME("EyeLike"), SAME("Gelu"), SAME("HardSigmoid"),
    SAME("HardSwish"), SAME("Hardmax"), SAME("ImageScaler"), SAME("IsInf"), SAME("IsNaN"), SAME("LRN"),
    SAME("LeakyRelu"), SAME("Log"), SAME("LogSoftmax"), SAME("LpNormalization"), SAME("MeanVarianceNormalization"),
    SAME("Mish"), SAME("ParametricSoftplus"), SAME("RandomNormalLike"), SAME("RandomUniformLike"),
    SAME("Relu"), SAME("ReverseSequence"), SAME("Round"), SAME("RotaryEmbedding"), SAME("ScaledTanh"),
    SAME("Scatter"), SAME("ScatterElements"), SAME("ScatterND"), SAME("Selu"), SAME("Shrink"), SAME("Sigmoid"),
    SAME("Sign"), SAME("Sin"), SAME("Sinh"), SAME("Softmax"), SAME("Softplus"), SAME("Softsign"), SAME("Sqrt"),
    SAME("StringNormalizer"), SAME("Swish"), SAME("Tan"), SAME("Tanh"), SAME("ThresholdedRelu"), SAME("Trilu"),
    SAME("TensorScatter"), SAME("Dropout"), SAME("QLinearSigmoid"), SAME("QLinearLeakyRelu"), SAME("QLinearSoftmax"),
    SAME("FastGelu"), SAME("QuickGelu"), SAME("Normalizer"), SAME("Scaler"), SAME("Binarizer"), SAME("Imputer"),
    SAME("LabelEncoder"), SAME("CategoryMapper"), SAME("MultiThreshold"),
    {.name = "BiasGelu", .shape = onnx_shape_broadcast, .maybe = IN1}, FOLDED("Floor", onnx_fold_floor),
    FOLDED("Ceil", onnx_fold_ceil), FOLDED("Neg", onnx_fold_neg), FOLDED("Reciprocal", onnx_fold_reciprocal),
    FOLDED("Not", onnx_fold_not),
    {.name = "Identity", .shape = onnx_shape_same, .fold = onnx_fold_same, .passes = true}, FORM("Cast", onnx_shape_same, onnx_fold_cast),
    FORM("CastLike", onnx_shape_same, NULL), FORM("Quant", onnx_shape_same, NULL),
    FORM("IntQuant", onnx_shape_same, NULL), FORM("FloatQuant", onnx_shape_same, NULL),
    FORM("BipolarQuant", onnx_shape_same, NULL), FORM("Trunc", onnx_shape_same, NULL),
    FORM("QuantizeLinear", onnx_shape_same, NULL),
    {.name = "DequantizeLinear", .shape = onnx_shape_same, .trained = IN0, .passes = true},
    UNKNOWN("DynamicQuantizeLinear"), BROADCAST("And", onnx_fold_and), BROADCAST("Or", onnx_fold_or),
    BROADCAST("Xor", NULL), BROADCAST("BitShift", NULL), BROADCAST("BitwiseAnd", NULL), BROADCAST("BitwiseOr", NULL),
    BROADCAST("BitwiseXor", NULL), BROADCAST("Equal", onnx_fold_equal), BROADCAST("Greater", onnx_fold_greater),
    BROADCAST("GreaterOrEqual", onnx_fold_greater_equal), BROADCAST("Less", onnx_fold_less),
    BROADCAST("LessOrEqual", onnx_fold_less_equal), BROADCAST("Mod", onnx_fold_mod), BROADCAST("Pow", NULL),
    BROADCAST("Mean", NULL), BROADCAST("Max", onnx_fold_max), BROADCAST("Min", onnx_fold_min),
    BROADCAST("Where", onnx_fold_where), BROADCAST("StringConcat", NULL), TRAINED_BROADCAST("Add", onnx_fold_add),
    TRAINED_BROADCAST("Sub", onnx_fold_sub), TRAINED_BROADCAST("Mul", onnx_fold_mul),
    TRAINED_BROADCAST("Div", onnx_fold_div), TRAINED_BROADCAST("Sum", onnx_fold_add),
    {.name = "PRelu", .shape = onnx_shape_same, .trained = IN1},
};

static const OnnxRow norms[] = {
    {.name = "BatchNormalization", .shape = onnx_shape_batchnorm, .trained = IN1 | IN2},
    {.name = "InstanceNormalization", .shape = onnx_shape_same, .maybe = IN1 | IN2},
    {.name = "GroupNormalization", .shape = onnx_shape_same, .trained = IN1 | IN2},
    {.name = "LayerNormalization", .shape = onnx_shape_layernorm, .trained = IN1 | IN2},
    {.name = "RMSNormalization", .shape = onnx_shape_same, .trained = IN1},
    {.name = "SimplifiedLayerNormalization", .shape = onnx_shape_layernorm, .trained = IN1},
    {.name = "SkipLayerNormalization", .shape = onnx_shape_same, .trained = IN2 | IN3 | IN4},
    {.name = "SkipSimplifiedLayerNormalization", .shape = onnx_shape_same, .trained = IN2 | IN3},
};

static const OnnxRow windows[] = {
    PRODUCT("Conv", onnx_shape_conv, IN1 | IN2), PRODUCT("FusedConv", onnx_shape_conv, IN1 | IN2),
    PRODUCT("NhwcConv", onnx_shape_conv, IN1 | IN2), PRODUCT("ConvInteger", onnx_shape_conv, IN1),
    PRODUCT("DeformConv", onnx_shape_conv, IN1 | IN3), PRODUCT("QLinearConv", onnx_shape_qlinear_conv, IN3 | IN8),
    PRODUCT("ConvTranspose", onnx_shape_conv_transpose, IN1 | IN2), POOL("MaxPool"), POOL("AveragePool"),
    POOL("LpPool"), POOL("QLinearAveragePool"), GLOBAL("GlobalMaxPool"), GLOBAL("GlobalAveragePool"),
    GLOBAL("GlobalLpPool"), GLOBAL("QLinearGlobalAveragePool"), {.name = "MaxUnpool", .shape = onnx_shape_unpool},
    {.name = "RoiAlign", .shape = onnx_shape_regions}, {.name = "MaxRoiPool", .shape = onnx_shape_regions},
    {.name = "Resize", .shape = onnx_shape_resize}, {.name = "Upsample", .shape = onnx_shape_resize},
    {.name = "GridSample", .shape = onnx_shape_grid_sample},
};

static const OnnxRow products[] = {
    PRODUCT("MatMul", onnx_shape_matmul, IN0 | IN1), PRODUCT("FusedMatMul", onnx_shape_matmul, IN0 | IN1),
    PRODUCT("MatMulInteger", onnx_shape_matmul, IN0 | IN1),
    PRODUCT("MatMulIntegerToFloat", onnx_shape_matmul, IN1 | IN6),
    PRODUCT("DynamicQuantizeMatMul", onnx_shape_matmul, IN1 | IN4),
    PRODUCT("QLinearMatMul", onnx_shape_qlinear_matmul, IN0 | IN3), PRODUCT("Gemm", onnx_shape_gemm, IN1 | IN2),
    PRODUCT("FusedGemm", onnx_shape_gemm, IN1 | IN2), PRODUCT("Einsum", onnx_shape_einsum, ALL),
    PRODUCT("RNN", onnx_shape_rnn, IN1 | IN2 | IN3), PRODUCT("GRU", onnx_shape_rnn, IN1 | IN2 | IN3),
    PRODUCT("LSTM", onnx_shape_rnn, IN1 | IN2 | IN3 | IN7),
    {.name = "MultiHeadAttention", .shape = onnx_shape_heads, .maybe = IN3},
    {.name = "GroupQueryAttention", .shape = onnx_shape_same, .unknown_macs = true},
    {.name = "MatMulNBits", .trained = IN1, .unknown_macs = true},
    {.name = "QAttention", .trained = IN1 | IN2, .unknown_macs = true},
    {.name = "QGemm", .trained = IN3 | IN6, .unknown_macs = true},
    {.name = "EmbedLayerNormalization", .trained = IN2 | IN3 | IN4 | IN5 | IN6},
};

static const OnnxRow forms[] = {
    {.name = "Constant", .shape = onnx_shape_constant},
    {.name = "ConstantOfShape", .shape = onnx_shape_filled, .fold = onnx_fold_filled},
    {.name = "Shape", .shape = onnx_shape_shape, .fold = onnx_fold_shape},
    {.name = "Size", .shape = onnx_shape_scalar, .fold = onnx_fold_size},
    FORM("Reshape", onnx_shape_reshape, onnx_fold_same), FORM("Flatten", onnx_shape_flatten, onnx_fold_same),
    FORM("Squeeze", onnx_shape_squeeze, onnx_fold_same), FORM("Unsqueeze", onnx_shape_unsqueeze, onnx_fold_same),
    FORM("Transpose", onnx_shape_transpose, onnx_fold_transpose), FORM("Expand", onnx_shape_expand, onnx_fold_expand),
    FORM("Tile", onnx_shape_tile, NULL), {.name = "Range", .shape = onnx_shape_range, .fold = onnx_fold_range},
    {.name = "SpaceToDepth", .shape = onnx_shape_space_to_depth},
    {.name = "DepthToSpace", .shape = onnx_shape_depth_to_space},
    {.name = "Concat", .shape = onnx_shape_concat, .fold = onnx_fold_concat, .maybe = ALL, .joins = true},
    {.name = "QLinearConcat", .shape = onnx_shape_unknown}, FORM("Split", onnx_shape_split, onnx_fold_split),
    FORM("Slice", onnx_shape_slice, onnx_fold_slice),
    {.name = "Gather", .shape = onnx_shape_gather, .fold = onnx_fold_gather, .maybe = IN0},
    {.name = "GatherElements", .shape = onnx_shape_gather_elements, .maybe = IN0},
    {.name = "GatherND", .shape = onnx_shape_gather_nd, .maybe = IN0}, FORM("Pad", onnx_shape_pad, NULL),
    {.name = "Compress", .shape = onnx_shape_compress},
    {.name = "NonZero", .shape = onnx_shape_nonzero, .fold = onnx_fold_nonzero},
};

static const OnnxRow others[] = {
    REDUCE("ReduceL1", NULL), REDUCE("ReduceL2", NULL), REDUCE("ReduceLogSum", NULL), REDUCE("ReduceLogSumExp", NULL),
    REDUCE("ReduceMax", onnx_fold_reduce_max), REDUCE("ReduceMean", NULL), REDUCE("ReduceMin", onnx_fold_reduce_min),
    REDUCE("ReduceProd", onnx_fold_reduce_prod), REDUCE("ReduceSum", onnx_fold_reduce_sum),
    REDUCE("ReduceSumSquare", NULL), {.name = "ArgMax", .shape = onnx_shape_arg},
    {.name = "ArgMin", .shape = onnx_shape_arg}, {.name = "TopK", .shape = onnx_shape_topk},
    {.name = "OneHot", .shape = onnx_shape_one_hot}, {.name = "NonMaxSuppression", .shape = onnx_shape_nms},
    RANDOM("RandomNormal"), RANDOM("RandomUniform"), UNKNOWN("Multinomial"), UNKNOWN("Unique"), UNKNOWN("Det"),
    UNKNOWN("DFT"), UNKNOWN("STFT"), UNKNOWN("MelWeightMatrix"), UNKNOWN("HannWindow"), UNKNOWN("HammingWindow"),
    UNKNOWN("BlackmanWindow"), UNKNOWN("AffineGrid"), UNKNOWN("CenterCropPad"), UNKNOWN("Col2Im"),
    UNKNOWN("SequenceAt"), UNKNOWN("SequenceConstruct"), UNKNOWN("SequenceEmpty"), UNKNOWN("SequenceErase"),
    UNKNOWN("SequenceInsert"), UNKNOWN("SequenceLength"), UNKNOWN("SplitToSequence"), UNKNOWN("ConcatFromSequence"),
    UNKNOWN("Optional"), UNKNOWN("OptionalGetElement"), UNKNOWN("OptionalHasElement"), UNKNOWN("ImageDecoder"),
    UNKNOWN("TfIdfVectorizer"), UNKNOWN("RegexFullMatch"), UNKNOWN("StringSplit"),
    UNKNOWN("NegativeLogLikelihoodLoss"), UNKNOWN("SoftmaxCrossEntropyLoss"),
    {.name = "LinearClassifier", .shape = onnx_shape_classifier},
    {.name = "SVMClassifier", .shape = onnx_shape_classifier},
    {.name = "TreeEnsembleClassifier", .shape = onnx_shape_classifier},
    {.name = "LinearRegressor", .shape = onnx_shape_regressor},
    {.name = "SVMRegressor", .shape = onnx_shape_regressor},
    {.name = "TreeEnsembleRegressor", .shape = onnx_shape_regressor}, UNKNOWN("ZipMap"),
    UNKNOWN("ArrayFeatureExtractor"), UNKNOWN("FeatureVectorizer"), UNKNOWN("OneHotEncoder"),
    UNKNOWN("DictVectorizer"), UNKNOWN("CastMap"), UNKNOWN("TreeEnsemble"),
};

/* The same name means another thing in another domain. */
static const OnnxRow microsoft_attention = PRODUCT("Attention", onnx_shape_attention, IN1 | IN2);
static const OnnxRow attention = {.name = "Attention", .shape = onnx_shape_heads};

const OnnxRow *onnx_row_at(size_t index)
{
#define ROWS(table) {(table), sizeof(table) / sizeof *(table)}
    static const struct {
        const OnnxRow *rows;
        size_t count;
    } rooms[] = {ROWS(elementwise), ROWS(norms), ROWS(windows), ROWS(products), ROWS(forms), ROWS(others)};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        if (index < rooms[i].count)
            return &rooms[i].rows[index];
        index -= rooms[i].count;
    }
    return NULL;
}

const OnnxRow *onnx_row_of(const OnnxReader *reader, const OnnxNode *node)
{
    if (reader->foreign) {
        const OnnxRow **foreign = names_get(reader->foreign, node->op);
        return foreign ? *foreign : NULL;
    }
    if (str_equal(node->op, STR("Attention")))
        return str_starts(node->domain, STR("com.microsoft")) ? &microsoft_attention : &attention;
    const OnnxRow **row = names_get(reader->rows, node->op);
    return row ? *row : NULL;
}
