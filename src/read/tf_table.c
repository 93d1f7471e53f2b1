/* SPDX-License-Identifier: MIT */
/* The operators of TensorFlow: one row each. Gradients, optimisers and queues have none and are boxes under their own name. */
#include "read/tf.h"

enum { IN0 = 1, IN1 = 2, IN2 = 4 };

/* ---- data -------------------------------- */

/* The attribute `shape`, its open sizes under hidden symbols; false where it is not there. */
static bool shape_of_attr(OnnxCall *call, bool is_input, Shape *shape)
{
    int64_t *sizes;
    uint32_t count;
    Dim dims[ONNX_MOST_DIMS];
    if (!lower_ints(call, "shape", &sizes, &count) || count > ONNX_MOST_DIMS)
        return false;
    for (uint32_t i = 0; i < count; i++)
        dims[i] = sizes[i] >= 0 ? dim_int(sizes[i]) : is_input ? onnx_hidden(call->reader, i == 0) : DIM_NONE;
    *shape = shape_of(call->arena, count, dims);
    return true;
}

static void shape_placeholder(OnnxCall *call)
{
    Shape shape;
    if (shape_of_attr(call, true, &shape))
        onnx_out(call, 0, shape);
    if (!call->out_count)
        return;
    call->out[0]->type = lower_int(call, "dtype", 0);
    call->out[0]->flows = true;
}

/* The handle of a variable stands for what it holds. */
static void shape_variable(OnnxCall *call)
{
    Shape shape = shape_unknown();
    shape_of_attr(call, false, &shape);
    if (!call->out_count)
        return;
    OnnxValue *out = call->out[0];
    out->shape = shape;
    out->type = lower_int(call, "dtype", ONNX_FLOAT);
    out->direct = true;
    if (tf_is_trained(call->reader->format, call->source->name))
        out->weight = onnx_weight_new(call->reader, shape, out->type, true);
    if (out->weight)
        out->weight->certain = tf_says_trained(call->reader->format, call->source->name);
}

static void lower_const(OnnxCall *call)
{
    const OnnxAttr *value = onnx_attr(call->source, "value");
    if (value && value->given && value->given->kind == GIVEN_TENSOR)
        onnx_give(call, "value", *value->given);
}

static void lower_batchnorm(OnnxCall *call)
{
    lower_norm(call);
    for (uint32_t i = 1; i < call->out_count; i++)
        onnx_out(call, i, onnx_in(call, 1));
}

/* A call of a function that is not in the library, a loop: what is inside is not known. */
static void shape_hidden(OnnxCall *call)
{
    call->macs = DIM_NONE;
}

/* ---- rows -------------------------------- */

#define NAMED(op, becomes) {.name = (op), .as = (becomes)}
#define LOWER(op, becomes, rule) {.name = (op), .as = (becomes), .lower = (rule)}
#define RULE(op, becomes, rule) {.name = (op), .as = (becomes), .shape = (rule)}
#define SAME(op, becomes) RULE(op, becomes, onnx_shape_same)
#define BROADCAST(op, becomes) RULE(op, becomes, onnx_shape_broadcast)
#define SCALAR(op, becomes) RULE(op, becomes, onnx_shape_scalar)
/* What it gives is its input: a weight stays one, and is counted where it is used. */
#define PASSES(op) {.name = (op), .as = "identity", .shape = onnx_shape_same, .fold = onnx_fold_same, .passes = true}
#define PLAIN(op) RULE(op, NULL, onnx_shape_unknown)
#define HIDDEN(op) RULE(op, NULL, shape_hidden)

static const OnnxRow rows[] = {
    RULE("Placeholder", "input", shape_placeholder), RULE("PlaceholderV2", "input", shape_placeholder),
    SAME("PlaceholderWithDefault", "identity"), LOWER("Const", "Constant", lower_const),
    RULE("Variable", "parameter", shape_variable), RULE("VariableV2", "parameter", shape_variable),
    RULE("VarHandleOp", "parameter", shape_variable), RULE("AutoReloadVariable", "parameter", shape_variable),
    PASSES("ReadVariableOp"), PASSES("Identity"), PASSES("StopGradient"),
    PASSES("PreventGradient"), PASSES("Snapshot"), PASSES("CheckNumerics"),
    PASSES("EnsureShape"), RULE("IdentityN", NULL, onnx_shape_unknown), SAME("Enter", "identity"),
    SAME("Exit", "identity"), SAME("NextIteration", "identity"), SAME("Switch", NULL), SAME("RefSwitch", NULL),
    SAME("Merge", NULL), SAME("LoopCond", "identity"),

    LOWER("Conv2D", "Conv", lower_conv), LOWER("Conv3D", "Conv", lower_conv), LOWER("_FusedConv2D", "Conv", lower_fused_conv),
    LOWER("DepthwiseConv2dNative", "Conv", lower_depthwise),
    LOWER("FusedDepthwiseConv2dNative", "Conv", lower_fused_depthwise),
    LOWER("_FusedDepthwiseConv2dNative", "Conv", lower_fused_depthwise),
    LOWER("Conv2DBackpropInput", "ConvTranspose", lower_conv_transpose),
    LOWER("Conv3DBackpropInputV2", "ConvTranspose", lower_conv_transpose), LOWER("MaxPool", "MaxPool", lower_pool),
    LOWER("MaxPoolV2", "MaxPool", lower_pool), LOWER("AvgPool", "AveragePool", lower_pool),
    LOWER("MaxPool3D", "MaxPool", lower_pool), LOWER("AvgPool3D", "AveragePool", lower_pool),
    LOWER("MaxPoolWithArgmax", "MaxPool", lower_pool), SAME("LRN", "LRN"),
    LOWER("FusedBatchNorm", "BatchNormalization", lower_batchnorm),
    LOWER("FusedBatchNormV2", "BatchNormalization", lower_batchnorm),
    LOWER("FusedBatchNormV3", "BatchNormalization", lower_batchnorm),
    {.name = "BiasAdd", .as = "Add", .lower = lower_bias, .trained = IN1},
    {.name = "BiasAddV1", .as = "Add", .lower = lower_bias, .trained = IN1}, LOWER("MatMul", "MatMul", lower_matmul),
    LOWER("BatchMatMul", "MatMul", lower_matmul), LOWER("BatchMatMulV2", "MatMul", lower_matmul),
    LOWER("BatchMatMulV3", "MatMul", lower_matmul), LOWER("_FusedMatMul", "MatMul", lower_fused_matmul),
    LOWER("Einsum", "Einsum", lower_equation), RULE("ResizeBilinear", "upsample", lower_shape_resize),
    RULE("ResizeNearestNeighbor", "upsample", lower_shape_resize), RULE("ResizeBicubic", "upsample", lower_shape_resize),
    RULE("ResizeArea", "upsample", lower_shape_resize), RULE("SpaceToBatchND", NULL, lower_shape_space_to_batch),
    RULE("BatchToSpaceND", NULL, lower_shape_batch_to_space),
    RULE("SpaceToDepth", "SpaceToDepth", lower_shape_space_to_depth),
    RULE("DepthToSpace", "DepthToSpace", lower_shape_depth_to_space),

    SAME("Relu", "Relu"), SAME("Relu6", "relu6"), SAME("Elu", "Elu"), SAME("Selu", "Selu"), SAME("Softplus", "Softplus"),
    SAME("Softsign", "Softsign"), SAME("LeakyRelu", "LeakyRelu"), SAME("Sigmoid", "Sigmoid"), SAME("Tanh", "Tanh"),
    NAMED("Prelu", "PRelu"), SAME("Softmax", "Softmax"), SAME("LogSoftmax", "LogSoftmax"), SAME("Abs", "Abs"),
    NAMED("Neg", "Neg"), SAME("Sqrt", "Sqrt"), SAME("Rsqrt", "rsqrt"), SAME("Square", "square"), SAME("Exp", "Exp"),
    SAME("Log", "Log"), SAME("Log1p", NULL), SAME("Expm1", NULL), SAME("Sin", "Sin"), SAME("Cos", "Cos"),
    SAME("Erf", "Erf"), SAME("Erfc", NULL), SAME("Sign", "Sign"), NAMED("Floor", "Floor"), NAMED("Ceil", "Ceil"),
    SAME("Round", "Round"), SAME("Rint", "round"), SAME("Reciprocal", "Reciprocal"), SAME("Inv", "Reciprocal"),
    SAME("IsNan", "isnan"), SAME("IsFinite", "isnan"), SAME("ZerosLike", NULL), SAME("OnesLike", NULL),
    SAME("Cumsum", "CumSum"), SAME("Cumprod", NULL), SAME("ReverseV2", "flip"), SAME("ReverseSequence", "flip"),
    SAME("Roll", "roll"), SAME("Bitcast", NULL), SAME("ClipByValue", "Clip"), SAME("InvertPermutation", NULL),
    SAME("L2Loss", NULL), SAME("FakeQuantWithMinMaxVars", "quantize"), SAME("FakeQuantWithMinMaxArgs", "quantize"),
    SAME("FakeQuantWithMinMaxVarsPerChannel", "quantize"), SAME("MatrixBandPart", NULL), SAME("TensorScatterUpdate", NULL),
    LOWER("Cast", "Cast", lower_cast),

    NAMED("Add", "Add"), NAMED("AddV2", "Add"), NAMED("AddN", "Sum"), NAMED("Sub", "Sub"), NAMED("Mul", "Mul"),
    NAMED("RealDiv", "Div"), NAMED("Div", "Div"), BROADCAST("DivNoNan", "div"),
    {.name = "FloorDiv", .as = "Div", .fold = onnx_fold_div}, {.name = "FloorMod", .as = "Mod"},
    NAMED("Maximum", "Max"), NAMED("Minimum", "Min"), NAMED("Pow", "Pow"),
    BROADCAST("SquaredDifference", "squared_difference"), NAMED("Equal", "Equal"), BROADCAST("NotEqual", "not_equal"),
    NAMED("Less", "Less"), NAMED("LessEqual", "LessOrEqual"), NAMED("Greater", "Greater"),
    NAMED("GreaterEqual", "GreaterOrEqual"), NAMED("LogicalAnd", "And"), NAMED("LogicalOr", "Or"),
    NAMED("LogicalNot", "Not"), NAMED("SelectV2", "Where"), NAMED("Select", "Where"), BROADCAST("Atan2", NULL),

    LOWER("Mean", "ReduceMean", lower_reduce), LOWER("Sum", "ReduceSum", lower_reduce),
    LOWER("Prod", "ReduceProd", lower_reduce), LOWER("Max", "ReduceMax", lower_reduce),
    LOWER("Min", "ReduceMin", lower_reduce),
    {.name = "All", .lower = lower_reduce, .shape = onnx_shape_reduce},
    {.name = "Any", .lower = lower_reduce, .shape = onnx_shape_reduce}, LOWER("ArgMax", "ArgMax", lower_arg),
    LOWER("ArgMin", "ArgMin", lower_arg), NAMED("TopKV2", "TopK"), LOWER("OneHot", "OneHot", lower_axis),

    LOWER("Reshape", "Reshape", lower_reshape), LOWER("Squeeze", "Squeeze", lower_squeeze),
    NAMED("ExpandDims", "Unsqueeze"), LOWER("Transpose", "Transpose", lower_transpose),
    LOWER("ConcatV2", "Concat", lower_concat), LOWER("Concat", "Concat", lower_concat_first),
    LOWER("Pack", "Concat", lower_pack), {.name = "Unpack", .as = "split", .shape = lower_shape_unpack},
    LOWER("Split", "Split", lower_split), LOWER("SplitV", "Split", lower_split_sizes),
    {.name = "StridedSlice", .as = "Slice", .shape = lower_shape_strided, .fold = lower_fold_strided},
    {.name = "Slice", .as = "Slice", .shape = lower_shape_slice, .fold = lower_fold_slice},
    LOWER("Pad", "Pad", lower_pad), LOWER("PadV2", "Pad", lower_pad), LOWER("MirrorPad", "Pad", lower_pad),
    LOWER("GatherV2", "Gather", lower_gather), LOWER("Gather", "Gather", lower_gather),
    LOWER("ResourceGather", "Gather", lower_gather), NAMED("GatherNd", "GatherND"),
    NAMED("Tile", "Tile"), NAMED("BroadcastTo", "Expand"), NAMED("Fill", "ConstantOfShape"), NAMED("Range", "Range"),
    NAMED("Shape", "Shape"), NAMED("Size", "Size"), RULE("Rank", "shape", lower_shape_rank), PLAIN("ShapeN"), PLAIN("Where"),
    PLAIN("BroadcastArgs"), PLAIN("BroadcastGradientArgs"),
    RULE("RandomUniform", "noise", onnx_shape_filled), RULE("RandomStandardNormal", "noise", onnx_shape_filled),
    RULE("TruncatedNormal", "noise", onnx_shape_filled), PLAIN("RandomUniformInt"), PLAIN("Multinomial"),
    PLAIN("NonMaxSuppressionV2"), PLAIN("NonMaxSuppressionV3"), PLAIN("NonMaxSuppressionV4"),
    PLAIN("NonMaxSuppressionV5"), PLAIN("CropAndResize"), PLAIN("ScatterNd"), PLAIN("Unique"), PLAIN("DecodeJpeg"),
    PLAIN("DecodePng"), PLAIN("DecodeRaw"), PLAIN("ParseExample"), PLAIN("ParseExampleV2"), PLAIN("SparseToDense"),
    PLAIN("TensorArrayV3"), PLAIN("TensorArrayReadV3"), PLAIN("TensorArrayWriteV3"), PLAIN("TensorArrayGatherV3"),
    PLAIN("TensorArrayScatterV3"), PLAIN("TensorArraySizeV3"), PLAIN("TensorListReserve"), PLAIN("TensorListStack"),
    PLAIN("TensorListFromTensor"), PLAIN("TensorListGetItem"), PLAIN("TensorListSetItem"),

    /* What stands around a network: saving, setting, checking. */
    PLAIN("NoOp"), PLAIN("Assert"), PLAIN("Assign"), PLAIN("AssignAdd"), PLAIN("AssignSub"), PLAIN("AssignVariableOp"),
    PLAIN("AssignAddVariableOp"), PLAIN("AssignSubVariableOp"), SCALAR("VarIsInitializedOp", NULL),
    SCALAR("IsVariableInitialized", NULL), PLAIN("SaveV2"), PLAIN("RestoreV2"), PLAIN("MergeV2Checkpoints"),
    PLAIN("ShardedFilename"), PLAIN("StringJoin"), PLAIN("StaticRegexFullMatch"), PLAIN("ScalarSummary"),
    PLAIN("HistogramSummary"), PLAIN("MergeSummary"), PLAIN("ImageSummary"), PLAIN("ControlTrigger"),
    PLAIN("HashTableV2"), PLAIN("LookupTableFindV2"), PLAIN("LookupTableImportV2"),

    HIDDEN("PartitionedCall"), HIDDEN("StatefulPartitionedCall"), HIDDEN("If"), HIDDEN("StatelessIf"), HIDDEN("While"),
    HIDDEN("StatelessWhile"), HIDDEN("Case"), HIDDEN("CudnnRNN"), HIDDEN("CudnnRNNV2"), HIDDEN("CudnnRNNV3"),
};

const OnnxRow *tf_row_at(size_t index)
{
    return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}

bool tf_is_call(Str op)
{
    return str_equal(op, STR("PartitionedCall")) || str_equal(op, STR("StatefulPartitionedCall")) ||
           str_equal(op, STR("TPUPartitionedCall"));
}

static const struct {
    const char *word;
    uint8_t type; /* of ONNX */
} types[] = {
    {"DT_INVALID", 0}, {"DT_FLOAT", ONNX_FLOAT}, {"DT_DOUBLE", ONNX_DOUBLE}, {"DT_INT32", ONNX_INT32},
    {"DT_UINT8", ONNX_UINT8}, {"DT_INT16", ONNX_INT16}, {"DT_INT8", ONNX_INT8}, {"DT_STRING", ONNX_STRING},
    {"DT_COMPLEX64", 14}, {"DT_INT64", ONNX_INT64}, {"DT_BOOL", ONNX_BOOL}, {"DT_QINT8", ONNX_INT8},
    {"DT_QUINT8", ONNX_UINT8}, {"DT_QINT32", ONNX_INT32}, {"DT_BFLOAT16", ONNX_BFLOAT16}, {"DT_QINT16", ONNX_INT16},
    {"DT_QUINT16", ONNX_UINT16}, {"DT_UINT16", ONNX_UINT16}, {"DT_COMPLEX128", 15}, {"DT_HALF", ONNX_FLOAT16},
    {"DT_RESOURCE", 0}, {"DT_VARIANT", 0}, {"DT_UINT32", ONNX_UINT32}, {"DT_UINT64", ONNX_UINT64},
};

enum { TYPES = sizeof types / sizeof *types, REFERENCE = 100 };

/* References to variables have numbers of their own. */
int64_t tf_type(int64_t type)
{
    type = type > REFERENCE ? type - REFERENCE : type;
    return type >= 0 && type < TYPES ? types[type].type : 0;
}

int64_t tf_type_word(Str word)
{
    for (int64_t i = 0; i < TYPES; i++)
        if (str_equal(word, str_from(types[i].word)))
            return i;
    return 0;
}
