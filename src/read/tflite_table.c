/* SPDX-License-Identifier: MIT */
/* The builtin operators of TensorFlow Lite (schema version 3c): one row each. */
#include "read/tflite.h"

enum { IN0 = 1, IN1 = 2, IN2 = 4 };

#define OPTIONS(table) .options = (table), .option_count = sizeof(table) / sizeof *(table)
#define ACTIVATION(number) {.name = "fused_activation_function", .kind = OPTION_ACTIVATION, .field = (number), .size = 1}
#define NUMBER(attr, number) {.name = (attr), .kind = OPTION_INT, .field = (number), .size = 4}
#define FLAG(attr, number) {.name = (attr), .kind = OPTION_INT, .field = (number), .size = 1}
#define PADDING {.name = "padding", .kind = OPTION_PADDING, .field = 0, .size = 1}
#define WINDOW(attr, height, width, otherwise)                                                                         \
    {.name = (attr), .kind = OPTION_WINDOW, .field = (height), .size = (width), .fallback = (otherwise)}

static const TfliteOption conv[] = {PADDING, WINDOW("strides", 2, 1, 0), ACTIVATION(3), WINDOW("dilations", 5, 4, 1)};
static const TfliteOption depthwise[] = {PADDING, WINDOW("strides", 2, 1, 0), ACTIVATION(4),
                                         WINDOW("dilations", 6, 5, 1)};
static const TfliteOption transposed[] = {PADDING, WINDOW("strides", 2, 1, 0), ACTIVATION(3)};
static const TfliteOption pool[] = {PADDING, WINDOW("strides", 2, 1, 0), WINDOW("ksize", 4, 3, 0), ACTIVATION(5)};
static const TfliteOption dense[] = {ACTIVATION(0), FLAG("keep_num_dims", 2)};
static const TfliteOption fused[] = {ACTIVATION(0)};
static const TfliteOption concatenation[] = {NUMBER("axis", 0), ACTIVATION(1)};
static const TfliteOption reshape[] = {{.name = "shape", .kind = OPTION_INTS, .field = 0, .size = 4}};
static const TfliteOption squeeze[] = {{.name = "squeeze_dims", .kind = OPTION_INTS, .field = 0, .size = 4}};
static const TfliteOption reduce[] = {FLAG("keep_dims", 0)};
static const TfliteOption split[] = {NUMBER("num_split", 0)};
static const TfliteOption strided[] = {NUMBER("begin_mask", 0), NUMBER("end_mask", 1), NUMBER("ellipsis_mask", 2),
                                       NUMBER("new_axis_mask", 3), NUMBER("shrink_axis_mask", 4)};
static const TfliteOption gather[] = {NUMBER("axis", 0), NUMBER("batch_dims", 1)};
static const TfliteOption pack[] = {NUMBER("axis", 1)};
static const TfliteOption matmul[] = {FLAG("adj_x", 0), FLAG("adj_y", 1)};
static const TfliteOption block[] = {NUMBER("block_size", 0)};
static const TfliteOption axis[] = {NUMBER("axis", 0)};
static const TfliteOption cast[] = {{.name = "to", .kind = OPTION_TYPE, .field = 1, .size = 1}};
static const TfliteOption sequence[] = {FLAG("time_major", 3)};
static const TfliteOption sequence_rnn[] = {FLAG("time_major", 0)};

/* ---- recurrent layers -------------------------------- */

static Dim elements(const OnnxCall *call, uint32_t input)
{
    Shape in = onnx_in(call, input);
    return input >= call->in_count || !call->in[input] ? dim_int(0)
           : in.known                                  ? shape_elements(call->arena, in)
                                                       : DIM_NONE;
}

/* B×T×D, or T×B×D: each weight of matrices is used once a step. `state` has the width of the output as its last size. */
static void recur(OnnxCall *call, uint32_t first, uint32_t last, uint32_t projection, Shape recurrent)
{
    Shape x = onnx_in(call, 0), p = onnx_in(call, projection);
    Dim hidden = recurrent.known && recurrent.rank == 2 ? recurrent.dims[0] : DIM_NONE, width = hidden;
    Dim weights = elements(call, projection);
    if (projection && projection < call->in_count && call->in[projection])
        width = p.known && p.rank == 2 ? p.dims[0] : DIM_NONE;
    for (uint32_t i = first; i <= last; i++)
        weights = dim_add(call->arena, weights, elements(call, i));
    call->macs = DIM_NONE;
    if (hidden.kind == DIM_INT)
        onnx_give_int(call, "hidden_size", hidden.n);
    if (!x.known || x.rank < 2)
        return;
    Shape out = shape_of(call->arena, x.rank, x.dims);
    out.dims[x.rank - 1] = width;
    onnx_out(call, 0, out);
    call->macs = dim_mul(call->arena, weights, onnx_product(call->arena, x.dims, x.rank - 1));
}

/* Input to four gates, state to four gates, peepholes, biases, the projection. */
static void shape_lstm(OnnxCall *call)
{
    recur(call, 1, 8, 16, onnx_in(call, 6));
}

static void shape_rnn(OnnxCall *call)
{
    recur(call, 1, 2, UINT32_MAX, onnx_in(call, 2));
}

/* ---- rows -------------------------------- */

#define NAMED(op, becomes) {.row = {.name = (op), .as = (becomes)}}
#define RULE(op, becomes, ...) {.row = {.name = (op), .as = (becomes), __VA_ARGS__}}
#define SAME(op, becomes) RULE(op, becomes, .shape = onnx_shape_same)
#define BROADCAST(op, becomes) RULE(op, becomes, .shape = onnx_shape_broadcast)
/* What has no rule has the shape that the file says. */
#define PLAIN(op) {.row = {.name = (op), .shape = onnx_shape_unknown}}
#define PASSES(op, becomes) {.row = {.name = (op), .as = (becomes), .shape = onnx_shape_same, .passes = true}}
#define FUSED(op, becomes) {.row = {.name = (op), .as = (becomes), .lower = lower_norm}, OPTIONS(fused)}
#define REDUCE(op, becomes) {.row = {.name = (op), .as = (becomes), .lower = lower_reduce}, OPTIONS(reduce)}

static const TfliteRow rows[] = {
    {.row = {.name = "CONV_2D", .as = "Conv", .lower = lower_conv_ohwi}, OPTIONS(conv)},
    {.row = {.name = "DEPTHWISE_CONV_2D", .as = "Conv", .lower = lower_depthwise_ohwi}, OPTIONS(depthwise)},
    {.row = {.name = "TRANSPOSE_CONV", .as = "ConvTranspose", .lower = lower_conv_transpose_ohwi}, OPTIONS(transposed)},
    {.row = {.name = "CONV_3D", .as = "Conv", .lower = lower_conv}},
    {.row = {.name = "AVERAGE_POOL_2D", .as = "AveragePool", .lower = lower_pool}, OPTIONS(pool)},
    {.row = {.name = "MAX_POOL_2D", .as = "MaxPool", .lower = lower_pool}, OPTIONS(pool)},
    {.row = {.name = "L2_POOL_2D", .as = "LpPool", .lower = lower_pool}, OPTIONS(pool)},
    {.row = {.name = "FULLY_CONNECTED", .as = "Gemm", .lower = lower_activation, .shape = lower_shape_dense,
             .trained = IN1 | IN2}, OPTIONS(dense)},
    {.row = {.name = "BATCH_MATMUL", .as = "MatMul", .lower = lower_matmul}, OPTIONS(matmul)},
    {.row = {.name = "UNIDIRECTIONAL_SEQUENCE_LSTM", .as = "LSTM", .shape = shape_lstm, .trained = 0x00f3fffe},
     OPTIONS(sequence)},
    {.row = {.name = "LSTM", .as = "LSTM", .shape = shape_lstm, .trained = 0x00f3fffe}},
    {.row = {.name = "UNIDIRECTIONAL_SEQUENCE_RNN", .as = "RNN", .shape = shape_rnn, .trained = 14},
     OPTIONS(sequence_rnn)},
    {.row = {.name = "RNN", .as = "RNN", .shape = shape_rnn, .trained = 14}},
    {.row = {.name = "EMBEDDING_LOOKUP", .as = "Gather", .lower = lower_lookup}},
    FUSED("ADD", "Add"), FUSED("SUB", "Sub"), FUSED("MUL", "Mul"), FUSED("DIV", "Div"),
    {.row = {.name = "CONCATENATION", .as = "Concat", .lower = lower_concat_attr}, OPTIONS(concatenation)},
    FUSED("L2_NORMALIZATION", "LpNormalization"), SAME("LOCAL_RESPONSE_NORMALIZATION", "LRN"),
    NAMED("ADD_N", "Sum"), NAMED("MAXIMUM", "Max"), NAMED("MINIMUM", "Min"), NAMED("POW", "Pow"),
    BROADCAST("SQUARED_DIFFERENCE", "squared_difference"), BROADCAST("FLOOR_DIV", "div"), BROADCAST("FLOOR_MOD", "mod"),
    NAMED("LESS", "Less"), NAMED("LESS_EQUAL", "LessOrEqual"), NAMED("GREATER", "Greater"),
    NAMED("GREATER_EQUAL", "GreaterOrEqual"), NAMED("EQUAL", "Equal"), BROADCAST("NOT_EQUAL", "not_equal"),
    NAMED("LOGICAL_OR", "Or"), NAMED("LOGICAL_AND", "And"), NAMED("LOGICAL_NOT", "Not"), BROADCAST("SELECT", "where"),
    NAMED("SELECT_V2", "Where"), BROADCAST("ATAN2", NULL), BROADCAST("BITWISE_XOR", NULL), BROADCAST("RIGHT_SHIFT", NULL),
    SAME("RELU", "Relu"), SAME("RELU6", "relu6"), SAME("RELU_N1_TO_1", "hard_tanh"), SAME("RELU_0_TO_1", "clip"),
    SAME("LEAKY_RELU", "LeakyRelu"), NAMED("PRELU", "PRelu"), SAME("ELU", "Elu"), SAME("GELU", "gelu"),
    SAME("LOGISTIC", "Sigmoid"), SAME("TANH", "Tanh"), SAME("HARD_SWISH", "HardSwish"), SAME("SOFTMAX", "Softmax"),
    SAME("LOG_SOFTMAX", "LogSoftmax"), SAME("ABS", "Abs"), SAME("NEG", "Neg"), SAME("SQRT", "Sqrt"),
    SAME("RSQRT", "rsqrt"), SAME("SQUARE", "square"), SAME("EXP", "Exp"), SAME("LOG", "Log"), SAME("SIN", "Sin"),
    SAME("COS", "Cos"), SAME("FLOOR", "Floor"), SAME("CEIL", "Ceil"), SAME("ROUND", "Round"), SAME("SIGN", "Sign"),
    SAME("CUMSUM", "CumSum"), SAME("ZEROS_LIKE", NULL), SAME("REVERSE_V2", "flip"), SAME("REVERSE_SEQUENCE", "flip"),
    SAME("FAKE_QUANT", "quantize"), NAMED("QUANTIZE", "QuantizeLinear"),
    /* Weights of 16 bits are made 32 wide before they are used: they stay weights. */
    PASSES("DEQUANTIZE", "quantize"), PASSES("DENSIFY", "identity"),
    {.row = {.name = "CAST", .as = "Cast", .lower = lower_cast}, OPTIONS(cast)}, REDUCE("MEAN", "ReduceMean"),
    REDUCE("SUM", "ReduceSum"), REDUCE("REDUCE_PROD", "ReduceProd"), REDUCE("REDUCE_MAX", "ReduceMax"),
    REDUCE("REDUCE_MIN", "ReduceMin"), REDUCE("REDUCE_ANY", NULL), REDUCE("REDUCE_ALL", NULL),
    {.row = {.name = "ARG_MAX", .as = "ArgMax", .lower = lower_arg}},
    {.row = {.name = "ARG_MIN", .as = "ArgMin", .lower = lower_arg}},
    {.row = {.name = "RESHAPE", .as = "Reshape", .lower = lower_reshape}, OPTIONS(reshape)},
    {.row = {.name = "SQUEEZE", .as = "Squeeze", .lower = lower_squeeze}, OPTIONS(squeeze)},
    NAMED("EXPAND_DIMS", "Unsqueeze"), {.row = {.name = "TRANSPOSE", .as = "Transpose", .lower = lower_transpose}},
    {.row = {.name = "PACK", .as = "Concat", .lower = lower_pack}, OPTIONS(pack)},
    {.row = {.name = "UNPACK", .as = "split", .shape = lower_shape_unpack}, OPTIONS(pack)},
    {.row = {.name = "SPLIT", .as = "Split", .lower = lower_split}, OPTIONS(split)},
    {.row = {.name = "SPLIT_V", .as = "Split", .lower = lower_split_sizes}, OPTIONS(split)},
    {.row = {.name = "STRIDED_SLICE", .as = "Slice", .shape = lower_shape_strided, .fold = lower_fold_strided},
     OPTIONS(strided)},
    RULE("SLICE", "Slice", .shape = lower_shape_slice, .fold = lower_fold_slice),
    RULE("PAD", "Pad", .lower = lower_pad), RULE("PADV2", "Pad", .lower = lower_pad),
    RULE("MIRROR_PAD", "Pad", .lower = lower_pad),
    {.row = {.name = "GATHER", .as = "Gather", .lower = lower_gather}, OPTIONS(gather)}, NAMED("GATHER_ND", "GatherND"),
    NAMED("TILE", "Tile"), NAMED("BROADCAST_TO", "Expand"), NAMED("FILL", "ConstantOfShape"), NAMED("RANGE", "Range"),
    NAMED("SHAPE", "Shape"), RULE("RANK", "shape", .shape = lower_shape_rank), NAMED("TOPK_V2", "TopK"),
    {.row = {.name = "ONE_HOT", .as = "OneHot", .lower = lower_axis}, OPTIONS(axis)}, NAMED("WHERE", NULL),
    RULE("RESIZE_BILINEAR", "upsample", .shape = lower_shape_resize),
    RULE("RESIZE_NEAREST_NEIGHBOR", "upsample", .shape = lower_shape_resize),
    {.row = {.name = "SPACE_TO_DEPTH", .as = "SpaceToDepth", .shape = lower_shape_space_to_depth}, OPTIONS(block)},
    {.row = {.name = "DEPTH_TO_SPACE", .as = "DepthToSpace", .shape = lower_shape_depth_to_space}, OPTIONS(block)},
    RULE("SPACE_TO_BATCH_ND", NULL, .shape = lower_shape_space_to_batch),
    RULE("BATCH_TO_SPACE_ND", NULL, .shape = lower_shape_batch_to_space), PLAIN("SCATTER_ND"), PLAIN("SPARSE_TO_DENSE"),
    PLAIN("NON_MAX_SUPPRESSION_V4"), PLAIN("NON_MAX_SUPPRESSION_V5"), PLAIN("UNIQUE"), PLAIN("MATRIX_DIAG"),
    PLAIN("MATRIX_SET_DIAG"), PLAIN("SEGMENT_SUM"), PLAIN("CALL_ONCE"), PLAIN("BROADCAST_ARGS"), PLAIN("HASHTABLE"),
    PLAIN("HASHTABLE_LOOKUP"), PLAIN("HASHTABLE_FIND"), PLAIN("HASHTABLE_IMPORT"), PLAIN("HASHTABLE_SIZE"),
    PLAIN("VAR_HANDLE"), PLAIN("READ_VARIABLE"), PLAIN("ASSIGN_VARIABLE"), PLAIN("RANDOM_STANDARD_NORMAL"),
    PLAIN("RANDOM_UNIFORM"), PLAIN("MULTINOMIAL"), PLAIN("BUCKETIZE"), PLAIN("DYNAMIC_UPDATE_SLICE"), PLAIN("BITCAST"),
    PLAIN("UNSORTED_SEGMENT_SUM"), PLAIN("UNSORTED_SEGMENT_MAX"), PLAIN("UNSORTED_SEGMENT_MIN"),
    PLAIN("UNSORTED_SEGMENT_PROD"), PLAIN("IMAG"), PLAIN("REAL"), PLAIN("COMPLEX_ABS"), PLAIN("DILATE"),
};

const TfliteRow *tflite_row_at(size_t index)
{
    return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}

const char *tflite_operator(int64_t code)
{
    /* In the order of their codes. */
    static const char *const names[] = {
        "ADD", "AVERAGE_POOL_2D", "CONCATENATION", "CONV_2D", "DEPTHWISE_CONV_2D", "DEPTH_TO_SPACE", "DEQUANTIZE",
        "EMBEDDING_LOOKUP", "FLOOR", "FULLY_CONNECTED", "HASHTABLE_LOOKUP", "L2_NORMALIZATION", "L2_POOL_2D",
        "LOCAL_RESPONSE_NORMALIZATION", "LOGISTIC", "LSH_PROJECTION", "LSTM", "MAX_POOL_2D", "MUL", "RELU",
        "RELU_N1_TO_1", "RELU6", "RESHAPE", "RESIZE_BILINEAR", "RNN", "SOFTMAX", "SPACE_TO_DEPTH", "SVDF", "TANH",
        "CONCAT_EMBEDDINGS", "SKIP_GRAM", "CALL", "CUSTOM", "EMBEDDING_LOOKUP_SPARSE", "PAD",
        "UNIDIRECTIONAL_SEQUENCE_RNN", "GATHER", "BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND", "TRANSPOSE", "MEAN", "SUB",
        "DIV", "SQUEEZE", "UNIDIRECTIONAL_SEQUENCE_LSTM", "STRIDED_SLICE", "BIDIRECTIONAL_SEQUENCE_RNN", "EXP",
        "TOPK_V2", "SPLIT", "LOG_SOFTMAX", "DELEGATE", "BIDIRECTIONAL_SEQUENCE_LSTM", "CAST", "PRELU", "MAXIMUM",
        "ARG_MAX", "MINIMUM", "LESS", "NEG", "PADV2", "GREATER", "GREATER_EQUAL", "LESS_EQUAL", "SELECT", "SLICE", "SIN",
        "TRANSPOSE_CONV", "SPARSE_TO_DENSE", "TILE", "EXPAND_DIMS", "EQUAL", "NOT_EQUAL", "LOG", "SUM", "SQRT", "RSQRT",
        "SHAPE", "POW", "ARG_MIN", "FAKE_QUANT", "REDUCE_PROD", "REDUCE_MAX", "PACK", "LOGICAL_OR", "ONE_HOT",
        "LOGICAL_AND", "LOGICAL_NOT", "UNPACK", "REDUCE_MIN", "FLOOR_DIV", "REDUCE_ANY", "SQUARE", "ZEROS_LIKE", "FILL",
        "FLOOR_MOD", "RANGE", "RESIZE_NEAREST_NEIGHBOR", "LEAKY_RELU", "SQUARED_DIFFERENCE", "MIRROR_PAD", "ABS",
        "SPLIT_V", "UNIQUE", "CEIL", "REVERSE_V2", "ADD_N", "GATHER_ND", "COS", "WHERE", "RANK", "ELU",
        "REVERSE_SEQUENCE", "MATRIX_DIAG", "QUANTIZE", "MATRIX_SET_DIAG", "ROUND", "HARD_SWISH", "IF", "WHILE",
        "NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5", "SCATTER_ND", "SELECT_V2", "DENSIFY", "SEGMENT_SUM",
        "BATCH_MATMUL", "PLACEHOLDER_FOR_GREATER_OP_CODES", "CUMSUM", "CALL_ONCE", "BROADCAST_TO", "RFFT2D", "CONV_3D",
        "IMAG", "REAL", "COMPLEX_ABS", "HASHTABLE", "HASHTABLE_FIND", "HASHTABLE_IMPORT", "HASHTABLE_SIZE", "REDUCE_ALL",
        "CONV_3D_TRANSPOSE", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE", "BROADCAST_ARGS",
        "RANDOM_STANDARD_NORMAL", "BUCKETIZE", "RANDOM_UNIFORM", "MULTINOMIAL", "GELU", "DYNAMIC_UPDATE_SLICE",
        "RELU_0_TO_1", "UNSORTED_SEGMENT_PROD", "UNSORTED_SEGMENT_MAX", "UNSORTED_SEGMENT_SUM", "ATAN2",
        "UNSORTED_SEGMENT_MIN", "SIGN", "BITCAST", "BITWISE_XOR", "RIGHT_SHIFT", "STABLEHLO_LOGISTIC", "STABLEHLO_ADD",
        "STABLEHLO_DIVIDE", "STABLEHLO_MULTIPLY", "STABLEHLO_MAXIMUM", "STABLEHLO_RESHAPE", "STABLEHLO_CLAMP",
        "STABLEHLO_CONCATENATE", "STABLEHLO_BROADCAST_IN_DIM", "STABLEHLO_CONVOLUTION", "STABLEHLO_SLICE",
        "STABLEHLO_CUSTOM_CALL", "STABLEHLO_REDUCE", "STABLEHLO_ABS", "STABLEHLO_AND", "STABLEHLO_COSINE",
        "STABLEHLO_EXPONENTIAL", "STABLEHLO_FLOOR", "STABLEHLO_LOG", "STABLEHLO_MINIMUM", "STABLEHLO_NEGATE",
        "STABLEHLO_OR", "STABLEHLO_POWER", "STABLEHLO_REMAINDER", "STABLEHLO_RSQRT", "STABLEHLO_SELECT",
        "STABLEHLO_SUBTRACT", "STABLEHLO_TANH", "STABLEHLO_SCATTER", "STABLEHLO_COMPARE", "STABLEHLO_CONVERT",
        "STABLEHLO_DYNAMIC_SLICE", "STABLEHLO_DYNAMIC_UPDATE_SLICE", "STABLEHLO_PAD", "STABLEHLO_IOTA",
        "STABLEHLO_DOT_GENERAL", "STABLEHLO_REDUCE_WINDOW", "STABLEHLO_SORT", "STABLEHLO_WHILE", "STABLEHLO_GATHER",
        "STABLEHLO_TRANSPOSE", "DILATE", "STABLEHLO_RNG_BIT_GENERATOR",
    };
    return code >= 0 && code < (int64_t)(sizeof names / sizeof *names) ? names[code] : NULL;
}

int64_t tflite_type(int64_t type)
{
    /* In the order of TensorType. */
    static const uint8_t types[] = {ONNX_FLOAT, ONNX_FLOAT16, ONNX_INT32, ONNX_UINT8, ONNX_INT64, ONNX_STRING, ONNX_BOOL,
                                    ONNX_INT16, 14, ONNX_INT8, ONNX_DOUBLE, 15, ONNX_UINT64, 0, 0, ONNX_UINT32,
                                    ONNX_UINT16, ONNX_INT4};
    return type >= 0 && type < (int64_t)(sizeof types / sizeof *types) ? types[type] : 0;
}
