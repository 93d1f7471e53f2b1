/* SPDX-License-Identifier: MIT */
/* The layers of Core ML's neural networks (specification 1 to 5): one row each. */
#include "read/coreml.h"

enum { IN0 = 1, IN1 = 2, IN2 = 4, IN3 = 8 };

static bool is_exact(const OnnxCall *call)
{
    return lower_int(call, "exact", 0) != 0;
}

static void keep(OnnxCall *call, const char *attr)
{
    const OnnxAttr *said = onnx_attr(call->source, attr);
    if (said && said->given)
        onnx_give(call, attr, *said->given);
}

/* ---- windows -------------------------------- */

static void lower_conv_layer(OnnxCall *call)
{
    static const char *const kept[] = {"kernel_shape", "strides", "dilations", "pads", "auto_pad", "group"};
    onnx_be(call, lower_int(call, "isDeconvolution", 0) ? "ConvTranspose" : "Conv");
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        keep(call, kept[i]);
    if (lower_int(call, "isDeconvolution", 0))
        keep(call, "output_shape");
}

static void shape_conv_layer(OnnxCall *call)
{
    lower_without_batch(call, lower_int(call, "isDeconvolution", 0) ? onnx_shape_conv_transpose : onnx_shape_conv);
}

static void lower_pooling(OnnxCall *call)
{
    static const char *const kept[] = {"kernel_shape", "strides", "pads", "auto_pad", "ceil_mode"};
    static const char *const one[] = {"MaxPool", "AveragePool", "LpPool"};
    static const char *const all[] = {"GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool"};
    int64_t type = lower_int(call, "type", 0);
    bool global = lower_int(call, "globalPooling", 0) != 0;
    type = type < 0 || type > 2 ? 0 : type;
    onnx_be(call, global ? all[type] : one[type]);
    for (size_t i = 0; i < sizeof kept / sizeof *kept && !global; i++)
        keep(call, kept[i]);
    if (!global && !onnx_attr(call->source, "kernel_shape"))
        onnx_give_ints(call, "kernel_shape", (const int64_t[]){3, 3}, 2);
}

static void shape_pooling(OnnxCall *call)
{
    lower_without_batch(call, lower_int(call, "globalPooling", 0) ? onnx_shape_global_pool : onnx_shape_pool);
}

static void lower_activation_layer(OnnxCall *call)
{
    const OnnxAttr *type = onnx_attr(call->source, "type");
    if (type && type->given)
        onnx_be(call, str_terminated(call->arena, type->given->text));
}

/* ---- maps and vectors -------------------------------- */

static Shape copy(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    Shape out = shape_of(call->arena, in.rank, in.dims);
    out.known = in.known;
    return out;
}

/* The last size of a map is not that of the features. */
static void lower_dense_layer(OnnxCall *call)
{
    onnx_give_int(call, "out", lower_int(call, "outputChannels", 0));
    onnx_give_int(call, "in", lower_int(call, "inputChannels", 0));
}

/* Channels stand first in maps without batch, last elsewhere. */
static void shape_dense_layer(OnnxCall *call)
{
    Shape out = copy(call), w = onnx_in(call, 1);
    call->macs = DIM_NONE;
    if (!out.known || !out.rank || !w.known || w.rank != 2)
        return;
    uint32_t axis = !is_exact(call) && out.rank == 3 ? 0 : out.rank - 1;
    out.dims[axis] = w.dims[0];
    onnx_out(call, 0, out);
    call->macs = dim_mul(call->arena, onnx_product(call->arena, out.dims, out.rank), w.dims[1]);
}

static void shape_recurrent_layer(OnnxCall *call)
{
    Shape out = copy(call);
    int64_t width = lower_int(call, "outputVectorSize", 0) * (lower_int(call, "bidirectional", 0) + 1);
    uint32_t axis = !is_exact(call) && out.rank == 3 ? 0 : out.rank ? out.rank - 1 : 0;
    call->macs = DIM_NONE;
    if (!out.known || !out.rank || width < 1)
        return;
    out.dims[axis] = dim_int(width);
    onnx_out(call, 0, out);
}

static void shape_said(OnnxCall *call)
{
    int64_t *sizes;
    uint32_t count;
    Dim dims[ONNX_MOST_DIMS];
    if (!lower_ints(call, "shape", &sizes, &count) || count > ONNX_MOST_DIMS)
        return;
    for (uint32_t i = 0; i < count; i++)
        dims[i] = sizes[i] > 0 ? dim_int(sizes[i]) : DIM_NONE;
    onnx_out(call, 0, shape_of(call->arena, count, dims));
}

static void shape_flatten_layer(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    if (in.known && !is_exact(call))
        onnx_out(call, 0, shape_of(call->arena, 3, (Dim[]){shape_elements(call->arena, in), dim_int(1), dim_int(1)}));
}

static void lower_flatten_2d(OnnxCall *call)
{
    onnx_give_int(call, "axis", lower_int(call, "axis", 0));
}

/* Sequence, C, H, W: the sequence stays where it is. */
static void shape_permute(OnnxCall *call)
{
    Shape in = onnx_in(call, 0), out = copy(call);
    int64_t *order;
    uint32_t count;
    if (!in.known || in.rank != 3 || !lower_ints(call, "axis", &order, &count) || count != 4)
        return;
    for (uint32_t i = 1; i < 4; i++)
        out.dims[i - 1] = order[i] >= 1 && order[i] <= 3 ? in.dims[order[i] - 1] : DIM_NONE;
    onnx_out(call, 0, out);
}

static void lower_transpose_layer(OnnxCall *call)
{
    keep(call, "perm");
}

static void lower_axes_layer(OnnxCall *call)
{
    keep(call, "axes");
    onnx_give_int(call, "keepdims", lower_int(call, "keepDims", 0));
}

static void lower_concat_layer(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    onnx_give_int(call, "axis", in.known && in.rank >= 3 ? -3 : 0);
    if (lower_int(call, "sequenceConcat", 0))
        lower_open(call);
}

static void lower_concat_nd(OnnxCall *call)
{
    onnx_give_int(call, "axis", lower_int(call, "axis", 0));
}

static void lower_split_layer(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    onnx_give_int(call, "axis", in.known && in.rank >= 3 ? -3 : 0);
    onnx_give_int(call, "num_outputs", lower_int(call, "nOutputs", call->out_count));
}

static void shape_upsample(OnnxCall *call)
{
    Shape out = copy(call);
    int64_t *factors;
    uint32_t count;
    if (!out.known || out.rank < 3 || !lower_ints(call, "scalingFactor", &factors, &count) || count != 2)
        return;
    for (uint32_t i = 0; i < 2; i++)
        out.dims[out.rank - 2 + i] = dim_mul(call->arena, out.dims[out.rank - 2 + i], dim_int(factors[i]));
    onnx_out(call, 0, out);
}

static void shape_padding(OnnxCall *call)
{
    Shape out = copy(call);
    int64_t *pads;
    uint32_t count;
    if (!out.known || out.rank < 3 || !lower_ints(call, "pads", &pads, &count) || count != 4)
        return;
    for (uint32_t i = 0; i < 2; i++)
        out.dims[out.rank - 2 + i] =
            dim_add(call->arena, out.dims[out.rank - 2 + i], dim_add(call->arena, dim_int(pads[i]), dim_int(pads[2 + i])));
    onnx_out(call, 0, out);
}

static void lower_matmul_layer(OnnxCall *call)
{
    if (call->in_count > 2)
        onnx_train(call, IN2);
    lower_matmul(call);
}

/* Of old networks a sequence of numbers: which axis they stand in is not said. */
static void lower_embedding_layer(OnnxCall *call)
{
    bool exact = is_exact(call);
    onnx_pick(call, (const int[]){1, 0, 2}, 3);
    onnx_train(call, IN0 | IN2);
    if (!exact)
        lower_open(call);
}

/* What is no network, or not a layer of Core ML: what it computes is not looked at. */
static void shape_model(OnnxCall *call)
{
    Str class = lower_text(call, "class");
    if (class.size)
        call->layer->op_name = class;
    call->layer->params = call->macs = DIM_NONE;
}

/* ---- rows -------------------------------- */

#define FIELDS(table) .fields = (table), .field_count = sizeof(table) / sizeof *(table)
#define SHAPE(number_, name_, becomes, rule) {.number = (number_), .row = {.name = (name_), .as = (becomes), .shape = (rule)}}
#define SAME(number_, name_, becomes) SHAPE(number_, name_, becomes, onnx_shape_same)
#define BROADCAST(number_, name_, becomes) SHAPE(number_, name_, becomes, onnx_shape_broadcast)
#define PLAIN(number_, name_, becomes) SHAPE(number_, name_, becomes, onnx_shape_unknown)
#define MODEL(number_, name_) SHAPE(number_, name_, NULL, shape_model)
#define AXES(number_, name_, becomes)                                                                                  \
    {.number = (number_), .row = {.name = (name_), .as = (becomes), .lower = lower_axes_layer}, FIELDS(axes)}

static const CoremlField conv[] = {{1, "outputChannels", false}, {2, "kernelChannels", false}, {10, "group", false},
                                   {20, "kernel_shape", true}, {30, "strides", true}, {40, "dilations", true},
                                   {60, "isDeconvolution", false}, {70, "hasBias", false}, {100, "output_shape", true}};
static const CoremlField pool[] = {{1, "type", false}, {10, "kernel_shape", true}, {20, "strides", true},
                                   {60, "globalPooling", false}};
static const CoremlField dense[] = {{1, "inputChannels", false}, {2, "outputChannels", false}, {10, "hasBias", false}};
static const CoremlField embedding[] = {{1, "inputDim", false}, {2, "outputChannels", false}, {10, "hasBias", false}};
static const CoremlField embedding_nd[] = {{1, "inputDim", false}, {2, "outputChannels", false}, {3, "hasBias", false}};
static const CoremlField norm[] = {{1, "channels", false}};
static const CoremlField layernorm[] = {{1, "normalizedShape", true}};
static const CoremlField scale[] = {{1, "shapeScale", true}, {3, "hasBias", false}, {4, "shapeBias", true}};
static const CoremlField shape[] = {{1, "shape", true}};
static const CoremlField recurrent[] = {{1, "inputVectorSize", false}, {2, "outputVectorSize", false}, {20, "hasBias", false}};
static const CoremlField matmul[] = {{1, "adj_x", false}, {2, "adj_y", false}, {5, "weightMatrixFirstDimension", false},
                                     {6, "weightMatrixSecondDimension", false}, {7, "hasBias", false}};
static const CoremlField permute[] = {{1, "axis", true}};
static const CoremlField transpose[] = {{1, "perm", true}};
static const CoremlField axes[] = {{1, "axes", true}, {2, "keepDims", false}};
static const CoremlField axis[] = {{1, "axis", false}};
static const CoremlField concat[] = {{100, "sequenceConcat", false}};
static const CoremlField split[] = {{1, "nOutputs", false}};
static const CoremlField upsample[] = {{1, "scalingFactor", true}};

static const CoremlRow rows[] = {
    {100, {.name = "convolution", .lower = lower_conv_layer, .shape = shape_conv_layer, .trained = IN1 | IN2}, FIELDS(conv),
     .weights = coreml_weights_conv},
    {120, {.name = "pooling", .lower = lower_pooling, .shape = shape_pooling}, FIELDS(pool), .weights = coreml_padding},
    {130, {.name = "activation", .lower = lower_activation_layer, .shape = onnx_shape_same}, .weights = coreml_activation},
    {140, {.name = "innerProduct", .as = "Gemm", .lower = lower_dense_layer, .shape = shape_dense_layer, .trained = IN1 | IN2}, FIELDS(dense),
     .weights = coreml_weights_dense},
    {150, {.name = "embedding", .as = "Gather", .lower = lower_embedding_layer}, FIELDS(embedding),
     .weights = coreml_weights_embedding},
    {1040, {.name = "embeddingND", .as = "Gather", .lower = lower_embedding_layer}, FIELDS(embedding_nd),
     .weights = coreml_weights_embedding},
    {160, {.name = "batchnorm", .as = "BatchNormalization"}, FIELDS(norm), .weights = coreml_weights_norm},
    {1350, {.name = "layerNormalization", .as = "ln", .shape = onnx_shape_same, .trained = IN1 | IN2}, FIELDS(layernorm),
     .weights = coreml_weights_layernorm},
    SAME(165, "mvn", NULL), SAME(170, "l2normalize", "l2norm"), SAME(175, "softmax", "Softmax"), SAME(180, "lrn", "LRN"),
    SAME(950, "softmaxND", "Softmax"), PLAIN(190, "crop", "crop"),
    {200, {.name = "padding", .as = "pad", .shape = shape_padding}, .weights = coreml_padding},
    {210, {.name = "upsample", .as = "upsample", .shape = shape_upsample}, FIELDS(upsample)},
    PLAIN(211, "resizeBilinear", "upsample"), PLAIN(212, "cropResize", "roialign"), SAME(220, "unary", NULL),
    BROADCAST(230, "add", "add"), BROADCAST(231, "multiply", "mul"), BROADCAST(240, "average", "average"),
    {245, {.name = "scale", .as = "scale", .shape = onnx_shape_same, .trained = IN1 | IN2}, FIELDS(scale),
     .weights = coreml_weights_scale},
    {250, {.name = "bias", .as = "bias", .shape = onnx_shape_same, .trained = IN1}, FIELDS(shape),
     .weights = coreml_weights_bias},
    BROADCAST(260, "max", "max"), BROADCAST(261, "min", "min"), PLAIN(270, "dot", "dot"), PLAIN(280, "reduce", NULL),
    {290, {.name = "loadConstant", .as = "constant", .shape = shape_said}, FIELDS(shape)},
    {1070, {.name = "loadConstantND", .as = "constant", .shape = shape_said}, FIELDS(shape)},
    {300, {.name = "reshape", .as = "reshape", .shape = shape_said}, FIELDS(shape)},
    {1140, {.name = "reshapeStatic", .as = "reshape", .shape = shape_said}, FIELDS(shape)},
    SHAPE(301, "flatten", "flatten", shape_flatten_layer),
    {1130, {.name = "flattenTo2D", .as = "Flatten", .lower = lower_flatten_2d}, FIELDS(axis)},
    {310, {.name = "permute", .as = "permute", .shape = shape_permute}, FIELDS(permute)},
    {985, {.name = "transpose", .as = "Transpose", .lower = lower_transpose_layer}, FIELDS(transpose)},
    {320, {.name = "concat", .as = "Concat", .lower = lower_concat_layer}, FIELDS(concat)},
    {980, {.name = "concatND", .as = "Concat", .lower = lower_concat_nd}, FIELDS(axis)},
    {330, {.name = "split", .as = "Split", .lower = lower_split_layer}, FIELDS(split)},
    {925, {.name = "stack", .as = "Concat", .lower = lower_pack}, FIELDS(axis)},
    PLAIN(340, "sequenceRepeat", "repeat_vector"), PLAIN(345, "reorganizeData", NULL), PLAIN(350, "slice", "slice"),
    {400, {.name = "simpleRecurrent", .as = "rnn", .shape = shape_recurrent_layer, .trained = IN1 | IN2 | IN3, .unknown_macs = true},
     FIELDS(recurrent), .weights = coreml_weights_rnn},
    {410, {.name = "gru", .as = "gru", .shape = shape_recurrent_layer, .trained = IN1 | IN2 | IN3, .unknown_macs = true},
     FIELDS(recurrent), .weights = coreml_weights_gru},
    {420, {.name = "uniDirectionalLSTM", .as = "lstm", .shape = shape_recurrent_layer, .trained = 0xfe, .unknown_macs = true},
     FIELDS(recurrent), .weights = coreml_weights_lstm},
    {430, {.name = "biDirectionalLSTM", .as = "lstm", .shape = shape_recurrent_layer, .trained = 0xfe, .unknown_macs = true},
     FIELDS(recurrent), .weights = coreml_weights_bilstm},
    MODEL(500, "custom"), SAME(600, "copy", "identity"), SAME(660, "clip", "Clip"), SAME(665, "ceil", "Ceil"),
    SAME(670, "floor", "Floor"), SAME(680, "sign", "Sign"), SAME(685, "round", "Round"), SAME(700, "exp2", NULL),
    SAME(710, "sin", "Sin"), SAME(715, "cos", "Cos"), SAME(760, "tanh", "Tanh"), SAME(790, "erf", "Erf"),
    SAME(795, "gelu", "gelu"), SAME(1460, "clampedReLU", "relu6"), SAME(850, "logicalNot", "Not"),
    BROADCAST(815, "equal", "Equal"), BROADCAST(820, "notEqual", "not_equal"), BROADCAST(825, "lessThan", "Less"),
    BROADCAST(827, "lessEqual", "LessOrEqual"), BROADCAST(830, "greaterThan", "Greater"),
    BROADCAST(832, "greaterEqual", "GreaterOrEqual"), BROADCAST(840, "logicalOr", "Or"), BROADCAST(855, "logicalAnd", "And"),
    BROADCAST(865, "modBroadcastable", "mod"), BROADCAST(870, "minBroadcastable", "min"),
    BROADCAST(875, "maxBroadcastable", "max"), BROADCAST(880, "addBroadcastable", "add"),
    BROADCAST(885, "powBroadcastable", "pow"), BROADCAST(890, "divideBroadcastable", "div"),
    BROADCAST(895, "floorDivBroadcastable", "div"), BROADCAST(900, "multiplyBroadcastable", "mul"),
    BROADCAST(905, "subtractBroadcastable", "sub"), BROADCAST(1330, "whereBroadcastable", "where"),
    PLAIN(920, "tile", "tile"), PLAIN(930, "gather", "gather"), PLAIN(940, "gatherND", "gather"),
    PLAIN(952, "gatherAlongAxis", "gather"), SAME(960, "reverse", "flip"), PLAIN(975, "splitND", "split"),
    PLAIN(995, "sliceStatic", "slice"), PLAIN(1000, "sliceDynamic", "slice"), PLAIN(1015, "topK", "topk"),
    PLAIN(1020, "argMin", "argmin"), PLAIN(1025, "argMax", "argmax"),
    {1045, {.name = "batchedMatmul", .as = "MatMul", .lower = lower_matmul_layer}, FIELDS(matmul),
     .weights = coreml_weights_matmul},
    PLAIN(1065, "getShape", "shape"), AXES(1120, "squeeze", "Squeeze"), AXES(1125, "expandDims", "Unsqueeze"),
    AXES(1260, "reduceMax", "ReduceMax"), AXES(1265, "reduceMin", "ReduceMin"), AXES(1270, "reduceSum", "ReduceSum"),
    AXES(1275, "reduceProd", "ReduceProd"), AXES(1280, "reduceMean", "ReduceMean"), PLAIN(1145, "reshapeDynamic", "reshape"),
    PLAIN(1135, "reshapeLike", "reshape"), PLAIN(1150, "rankPreservingReshape", "reshape"), PLAIN(1155, "constantPad", "pad"),
    PLAIN(1400, "NonMaximumSuppression", NULL), PLAIN(1450, "oneHot", "one_hot"), SAME(1455, "cumSum", "CumSum"),

    /* Models of a pipeline that are no networks, by the field of Model: numbers that no layer has. */
    MODEL(100300, "glmRegressor"), MODEL(100301, "supportVectorRegressor"), MODEL(100302, "treeEnsembleRegressor"),
    MODEL(100304, "bayesianProbitRegressor"), MODEL(100400, "glmClassifier"), MODEL(100401, "supportVectorClassifier"),
    MODEL(100402, "treeEnsembleClassifier"), MODEL(100404, "kNearestNeighborsClassifier"),
    MODEL(100501, "itemSimilarityRecommender"), MODEL(100555, "customModel"), MODEL(100556, "linkedModel"),
    MODEL(100600, "oneHotEncoder"), MODEL(100601, "imputer"), MODEL(100602, "featureVectorizer"),
    MODEL(100603, "dictVectorizer"), MODEL(100604, "scaler"), MODEL(100606, "categoricalMapping"),
    MODEL(100607, "normalizer"), MODEL(100609, "arrayFeatureExtractor"), MODEL(100610, "nonMaximumSuppression"),
    MODEL(100900, "identity"), MODEL(102000, "textClassifier"), MODEL(102001, "wordTagger"),
    MODEL(102002, "visionFeaturePrint"), MODEL(102003, "soundAnalysisPreprocessing"), MODEL(102004, "gazetteer"),
    MODEL(102005, "wordEmbedding"),
};

const CoremlRow *coreml_row_at(size_t index)
{
    return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}

const CoremlRow *coreml_row_of(uint32_t number)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].number == number)
            return &rows[i];
    return NULL;
}
