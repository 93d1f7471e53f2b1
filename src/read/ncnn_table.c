/* SPDX-License-Identifier: MIT */
/* The layers of ncnn (docs/developer-guide/operators.md): maps are channels×height×width, without a batch. */
#include "read/ncnn.h"

enum { IN1 = 2, IN2 = 4, IN3 = 8, UPPER = -233, LOWER = -234 };

/* ---- windows -------------------------------- */

static void give_pair(OnnxCall *call, const char *name, int64_t down, int64_t across)
{
    onnx_give_ints(call, name, (int64_t[]){down, across}, 2);
}

/* The number across, and down where that is another. */
static void give_sizes(OnnxCall *call, const char *name, const char *across, const char *down, int64_t otherwise)
{
    int64_t n = lower_int(call, across, otherwise);
    give_pair(call, name, lower_int(call, down, n), n);
}

static void give_pads(OnnxCall *call, const char *left, const char *top, const char *right, const char *bottom)
{
    int64_t l = lower_int(call, left, 0), t = lower_int(call, top, l), r = lower_int(call, right, l), b = lower_int(call, bottom, t);
    if (l == UPPER || l == LOWER)
        onnx_give_text(call, "auto_pad", l == UPPER ? STR("SAME_UPPER") : STR("SAME_LOWER"));
    else
        onnx_give_ints(call, "pads", (int64_t[]){t, l, b, r}, 4);
}

/* An activation that is written into the layer. */
static void follow(OnnxCall *call)
{
    static const char *const names[] = {NULL, "relu", "leaky_relu", "clip", "sigmoid", "mish", "hardswish"};
    int64_t type = lower_int(call, "9", 0);
    if (type > 0 && type < (int64_t)(sizeof names / sizeof *names))
        call->follow = names[type];
}

static void lower_window(OnnxCall *call)
{
    give_sizes(call, "kernel_shape", "1", "11", 1);
    give_sizes(call, "dilations", "2", "12", 1);
    give_sizes(call, "strides", "3", "13", 1);
    give_pads(call, "4", "14", "15", "16");
    onnx_give_int(call, "group", lower_int(call, "7", 1));
    follow(call);
}

static void lower_transposed(OnnxCall *call)
{
    lower_window(call);
    give_sizes(call, "output_padding", "18", "19", 0);
}

/* Of a map of unknown size the filters are known. */
static void shape_map(OnnxCall *call, OnnxRule rule)
{
    lower_without_batch(call, rule);
    if (!onnx_in(call, 0).known)
        onnx_out(call, 0, shape_of(call->arena, 3, (Dim[]){dim_int(lower_int(call, "0", 0)), DIM_NONE, DIM_NONE}));
}

static void shape_window(OnnxCall *call)
{
    shape_map(call, onnx_shape_conv);
}

static void shape_transposed(OnnxCall *call)
{
    shape_map(call, onnx_shape_conv_transpose);
}

static void lower_pooling(OnnxCall *call)
{
    int64_t mode = lower_int(call, "5", 0);
    bool average = lower_int(call, "0", 0) == 1;
    if (lower_int(call, "4", 0)) {
        onnx_be(call, average ? "GlobalAveragePool" : "GlobalMaxPool");
        return;
    }
    if (lower_int(call, "7", 0)) {
        onnx_show(call, average ? "adaptive_avgpool" : "adaptive_maxpool");
        give_sizes(call, "output_size", "8", "18", 1);
        return;
    }
    onnx_be(call, average ? "AveragePool" : "MaxPool");
    give_sizes(call, "kernel_shape", "1", "11", 1);
    give_sizes(call, "strides", "2", "12", 1);
    if (mode == 2 || mode == 3)
        onnx_give_text(call, "auto_pad", mode == 2 ? STR("SAME_UPPER") : STR("SAME_LOWER"));
    else
        give_pads(call, "3", "13", "14", "15");
    onnx_give_int(call, "ceil_mode", mode == 0);
}

/* Global pooling leaves a vector. */
static void shape_pooling(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    bool map = in.known && in.rank == 3;
    if (lower_int(call, "4", 0))
        onnx_out(call, 0, map ? shape_of(call->arena, 1, in.dims) : shape_unknown());
    else if (lower_int(call, "7", 0) && map)
        onnx_out(call, 0, shape_of(call->arena, 3, (Dim[]){in.dims[0], dim_int(lower_int(call, "18", lower_int(call, "8", 1))),
                                                            dim_int(lower_int(call, "8", 1))}));
    else if (!lower_int(call, "7", 0))
        lower_without_batch(call, onnx_shape_pool);
}

/* ---- dense layers, norms -------------------------------- */

static void lower_dense(OnnxCall *call)
{
    Shape w = onnx_in(call, 1);
    onnx_give_int(call, "out", lower_int(call, "0", 0));
    if (w.known && w.rank == 2 && w.dims[1].kind == DIM_INT)
        onnx_give_int(call, "in", w.dims[1].n);
    follow(call);
}

/* All numbers of a map become one vector; each row of a matrix stands alone. */
static void shape_dense(OnnxCall *call)
{
    Shape in = onnx_in(call, 0), w = onnx_in(call, 1);
    call->macs = DIM_NONE;
    if (!w.known || w.rank != 2)
        return;
    bool rows = in.known && in.rank == 2 && dim_equal(in.dims[1], w.dims[1]);
    Dim dims[] = {rows ? in.dims[0] : w.dims[0], w.dims[0]};
    if (in.known)
        onnx_out(call, 0, shape_of(call->arena, rows ? 2 : 1, dims));
    Dim weights = dim_mul(call->arena, w.dims[0], w.dims[1]);
    call->macs = rows ? dim_mul(call->arena, weights, in.dims[0]) : in.known ? weights : DIM_NONE;
}

/* ---- others -------------------------------- */

static void lower_binary(OnnxCall *call)
{
    static const char *const names[] = {"Add", "Sub", "Mul", "Div", "Max", "Min", "Pow", "Sub", "Div"};
    int64_t type = lower_int(call, "0", 0);
    if (type >= 0 && type < (int64_t)(sizeof names / sizeof *names))
        onnx_be(call, names[type]);
}

static void lower_eltwise(OnnxCall *call)
{
    static const char *const names[] = {"Mul", "Sum", "Max"};
    int64_t type = lower_int(call, "0", 0);
    if (type >= 0 && type < 3)
        onnx_be(call, names[type]);
}

static void lower_relu(OnnxCall *call)
{
    const OnnxAttr *slope = onnx_attr(call->source, "0");
    bool leaky = slope && slope->given && slope->given->kind == GIVEN_TEXT && !str_starts(slope->given->text, STR("0.000000"));
    onnx_be(call, leaky ? "LeakyRelu" : "Relu");
}

static void lower_axis_0(OnnxCall *call)
{
    onnx_give_int(call, "axis", lower_int(call, "0", 0));
}

static void shape_flatten(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    Dim all = in.known ? shape_elements(call->arena, in) : DIM_NONE;
    onnx_out(call, 0, shape_of(call->arena, 1, &all));
}

/* 0 width, 1 height, 2 channels; -1 is what is left. */
static void shape_reshape(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    Dim dims[3], left = in.known ? shape_elements(call->arena, in) : DIM_NONE;
    uint32_t rank = 0, open = 3;
    for (const char *key = "2\0" "1\0" "0\0"; *key; key += 2) {
        int64_t n = lower_int(call, key, UPPER);
        if (n == UPPER)
            continue;
        open = n == -1 ? rank : open;
        dims[rank++] = n > 0 ? dim_int(n) : DIM_NONE;
        left = n > 0 ? dim_div_exact(call->arena, left, dim_int(n)) : left;
    }
    if (open < rank)
        dims[open] = left;
    if (rank)
        onnx_out(call, 0, shape_of(call->arena, rank, dims));
}

static void shape_interp(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    if (!in.known || in.rank != 3)
        return;
    Shape out = shape_of(call->arena, 3, in.dims);
    for (uint32_t i = 0; i < 2; i++) {
        int64_t size = lower_int(call, i ? "4" : "3", 0), times = lower_int(call, i ? "2" : "1", 0);
        const OnnxAttr *said = onnx_attr(call->source, i ? "2" : "1");
        if (said && said->given && said->given->kind == GIVEN_TEXT && str_starts(said->given->text, STR("2.0")))
            times = 2;
        out.dims[i + 1] = size > 0 ? dim_int(size) : times > 0 ? dim_mul(call->arena, in.dims[i + 1], dim_int(times)) : DIM_NONE;
    }
    onnx_out(call, 0, out);
}

static void shape_padding(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    if (!in.known || in.rank != 3)
        return;
    Shape out = shape_of(call->arena, 3, in.dims);
    out.dims[1] = dim_add(call->arena, in.dims[1], dim_int(lower_int(call, "0", 0) + lower_int(call, "1", 0)));
    out.dims[2] = dim_add(call->arena, in.dims[2], dim_int(lower_int(call, "2", 0) + lower_int(call, "3", 0)));
    onnx_out(call, 0, out);
}

/* ---- rows -------------------------------- */

#define SAME(op, becomes) {{.name = (op), .as = (becomes), .shape = onnx_shape_same}, NCNN_NONE}
#define LOWER(op, rule, rule_of_shape) {{.name = (op), .lower = (rule), .shape = (rule_of_shape)}, NCNN_NONE}
#define OPEN(op, becomes) {{.name = (op), .as = (becomes), .shape = onnx_shape_unknown}, NCNN_NONE}
#define CONV(op) {{.name = (op), .as = "Conv", .lower = lower_window, .shape = shape_window}, NCNN_CONV}
#define DECONV(op) {{.name = (op), .as = "ConvTranspose", .lower = lower_transposed, .shape = shape_transposed}, NCNN_CONV}
#define NORM(op, becomes, weights) {{.name = (op), .as = (becomes), .shape = onnx_shape_same, .trained = IN1 | IN2}, (weights)}
#define CELL(op, becomes)                                                                                              \
    {{.name = (op), .as = (becomes), .shape = onnx_shape_unknown, .trained = IN1 | IN2 | IN3, .unknown_macs = true}, NCNN_CELL}

static const NcnnRow rows[] = {
    CONV("Convolution"), CONV("ConvolutionDepthWise"), DECONV("Deconvolution"), DECONV("DeconvolutionDepthWise"),
    LOWER("Pooling", lower_pooling, shape_pooling),
    {{.name = "InnerProduct", .as = "Gemm", .lower = lower_dense, .shape = shape_dense, .trained = IN1 | IN2}, NCNN_DENSE},
    NORM("BatchNorm", "BatchNormalization", NCNN_PAIR), NORM("Scale", "scale", NCNN_SCALE), NORM("Bias", "bias", NCNN_ONE),
    NORM("PReLU", "PRelu", NCNN_ONE), NORM("InstanceNorm", "InstanceNormalization", NCNN_AFFINE),
    NORM("LayerNorm", "LayerNormalization", NCNN_AFFINE), NORM("GroupNorm", "GroupNormalization", NCNN_GROUPS),
    {{.name = "Embed", .as = "embedding", .shape = onnx_shape_unknown, .trained = IN1}, NCNN_TABLE},
    CELL("LSTM", "lstm"), CELL("GRU", "gru"), CELL("RNN", "rnn"), LOWER("ReLU", lower_relu, onnx_shape_same),
    SAME("Sigmoid", "Sigmoid"), SAME("TanH", "Tanh"), SAME("Clip", "Clip"), SAME("ELU", "Elu"), SAME("SELU", "Selu"),
    SAME("HardSwish", "HardSwish"), SAME("HardSigmoid", "HardSigmoid"), SAME("Swish", "silu"), SAME("Mish", "Mish"),
    SAME("GELU", "gelu"), SAME("Softmax", "Softmax"), SAME("Softplus", "Softplus"), SAME("LRN", "LRN"), SAME("Dropout", "Dropout"),
    SAME("Split", "identity"), SAME("Noop", "identity"), SAME("Normalize", "l2norm"), SAME("ShuffleChannel", "channel_shuffle"),
    SAME("UnaryOp", NULL), SAME("Exp", "Exp"), SAME("Log", "Log"), SAME("AbsVal", "Abs"), SAME("BNLL", NULL), SAME("Power", "pow"),
    SAME("Cast", "cast"), SAME("MVN", NULL), LOWER("BinaryOp", lower_binary, onnx_shape_broadcast),
    LOWER("Eltwise", lower_eltwise, onnx_shape_broadcast),
    {{.name = "Concat", .as = "Concat", .lower = lower_axis_0}, NCNN_NONE},
    {{.name = "Flatten", .as = "flatten", .shape = shape_flatten}, NCNN_NONE},
    {{.name = "Reshape", .as = "reshape", .shape = shape_reshape}, NCNN_NONE},
    {{.name = "Interp", .as = "upsample", .shape = shape_interp}, NCNN_NONE},
    {{.name = "Padding", .as = "pad", .shape = shape_padding}, NCNN_NONE}, OPEN("Permute", "permute"), OPEN("Slice", "split"),
    OPEN("Crop", "crop"), OPEN("Reduction", "reduce_mean"), OPEN("PixelShuffle", "pixel_shuffle"), OPEN("MemoryData", "constant"),
    OPEN("PriorBox", NULL), OPEN("DetectionOutput", NULL), OPEN("YoloDetectionOutput", NULL), OPEN("Yolov3DetectionOutput", NULL),
    OPEN("Proposal", NULL), OPEN("ROIPooling", "roipool"), OPEN("ROIAlign", "roialign"), OPEN("Squeeze", "squeeze"),
    OPEN("ExpandDims", "unsqueeze"), OPEN("ArgMax", "argmax"),
    {{.name = "MatMul", .as = "matmul", .shape = onnx_shape_unknown, .unknown_macs = true}, NCNN_NONE},
};

const NcnnRow *ncnn_row_at(size_t index)
{
    return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}
