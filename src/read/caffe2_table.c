/* SPDX-License-Identifier: MIT */
/* The operators of Caffe2: one row each. Arguments are nearly those of ONNX, and weights have the same order. */
#include "read/caffe2.h"

enum { IN0 = 1, IN1 = 2, IN2 = 4, IN3 = 8, IN4 = 16 };

static void keep_int(OnnxCall *call, const char *from, const char *to)
{
    int64_t n = lower_int(call, from, INT64_MIN);
    if (n != INT64_MIN)
        onnx_give_int(call, to, n);
}

/* A list, or one number for both axes, or one for each. */
static bool give_pair(OnnxCall *call, const char *list, const char *one, const char *height, const char *width,
                      const char *name)
{
    int64_t *ints, pair[2];
    uint32_t count;
    if (lower_ints(call, list, &ints, &count) && count) {
        onnx_give_ints(call, name, ints, count);
        return true;
    }
    pair[0] = lower_int(call, height, lower_int(call, one, INT64_MIN));
    pair[1] = lower_int(call, width, lower_int(call, one, INT64_MIN));
    if (pair[0] == INT64_MIN || pair[1] == INT64_MIN)
        return false;
    onnx_give_ints(call, name, pair, 2);
    return true;
}

/* Above, left, below, right. */
static void give_pads(OnnxCall *call)
{
    int64_t *ints, all = lower_int(call, "pad", 0);
    uint32_t count;
    if (lower_ints(call, "pads", &ints, &count) && count) {
        onnx_give_ints(call, "pads", ints, count);
        return;
    }
    int64_t pads[] = {lower_int(call, "pad_t", all), lower_int(call, "pad_l", all), lower_int(call, "pad_b", all),
                      lower_int(call, "pad_r", all)};
    onnx_give_ints(call, "pads", pads, 4);
}

static void lower_window(OnnxCall *call)
{
    call->channels_last = str_equal(lower_text(call, "order"), STR("NHWC"));
    give_pair(call, "kernels", "kernel", "kernel_h", "kernel_w", "kernel_shape");
    give_pair(call, "strides", "stride", "stride_h", "stride_w", "strides");
    give_pair(call, "dilations", "dilation", "dilation_h", "dilation_w", "dilations");
    give_pair(call, "adjs", "adj", "adj_h", "adj_w", "output_padding");
    give_pads(call);
    keep_int(call, "group", "group");
}

/* A pool of the whole map has no window. */
static void lower_pool2(OnnxCall *call)
{
    bool maximum = str_starts(call->source->op, STR("Max"));
    if (lower_int(call, "global_pooling", 0))
        onnx_be(call, maximum ? "GlobalMaxPool" : "GlobalAveragePool");
    lower_window(call);
}

/* Beside what it gives, a joined tensor tells where its parts begin. */
static void lower_concat_order(OnnxCall *call)
{
    bool last = str_equal(lower_text(call, "order"), STR("NHWC"));
    onnx_give_int(call, "axis", lower_int(call, "axis", last ? -1 : 1));
    if (lower_int(call, "add_axis", 0))
        lower_open(call);
}

static void shape_fc(OnnxCall *call)
{
    Shape in = onnx_in(call, 0), w = onnx_in(call, 1);
    int64_t axis = lower_int(call, "axis", 1);
    call->macs = DIM_NONE;
    if (!w.known || w.rank != 2 || !in.known || axis < 1 || axis > (int64_t)in.rank)
        return;
    Dim dims[ONNX_MOST_DIMS];
    for (int64_t i = 0; i < axis; i++)
        dims[i] = in.dims[i];
    dims[axis < ONNX_MOST_DIMS ? axis : ONNX_MOST_DIMS - 1] = w.dims[0];
    if (axis >= ONNX_MOST_DIMS)
        return;
    onnx_out(call, 0, shape_of(call->arena, (uint32_t)axis + 1, dims));
    call->macs = dim_mul(call->arena, onnx_product(call->arena, dims, (uint32_t)axis), onnx_product(call->arena, w.dims, 2));
}

/* The shape is an argument; an input may be added to it, which nobody does in networks. */
static void shape_filled(OnnxCall *call)
{
    int64_t *sizes;
    uint32_t count;
    Dim dims[ONNX_MOST_DIMS];
    if (!lower_ints(call, "shape", &sizes, &count) || count > ONNX_MOST_DIMS || call->in_count || !call->out_count)
        return;
    for (uint32_t i = 0; i < count; i++)
        dims[i] = sizes[i] >= 0 ? dim_int(sizes[i]) : DIM_NONE;
    onnx_out(call, 0, shape_of(call->arena, count, dims));
    call->out[0]->type = str_starts(call->source->op, STR("GivenTensorInt")) ? ONNX_INT64 : ONNX_FLOAT;
    call->out[0]->weight = onnx_weight_new(call->reader, call->out[0]->shape, call->out[0]->type, true);
    call->out[0]->direct = true;
}

static void lower_shape_arg(OnnxCall *call)
{
    int64_t *sizes;
    uint32_t count;
    if (lower_ints(call, "shape", &sizes, &count))
        onnx_give_ints(call, "shape", sizes, count);
    if (call->in_count < 2)
        onnx_pick(call, (const int[]){0}, 1);
}

static void lower_axes2(OnnxCall *call)
{
    int64_t *axes;
    uint32_t count;
    if (lower_ints(call, "axes", &axes, &count))
        onnx_give_ints(call, str_equal(call->own->op, STR("Transpose")) ? "perm" : "axes", axes, count);
    keep_int(call, "keepdims", "keepdims");
}

static void lower_squeeze_dims(OnnxCall *call)
{
    int64_t *axes;
    uint32_t count;
    if (lower_ints(call, "dims", &axes, &count))
        onnx_give_ints(call, "axes", axes, count);
}

static void lower_axis2(OnnxCall *call)
{
    keep_int(call, "axis", "axis");
}

static void lower_spatial_bn(OnnxCall *call)
{
    call->channels_last = str_equal(lower_text(call, "order"), STR("NHWC"));
}

static void shape_nearest(OnnxCall *call)
{
    double height = 0, width = 0;
    Shape in = onnx_in(call, 0);
    if (!in.known || in.rank != 4 || !onnx_attr_float(call->source, "height_scale", &height) ||
        !onnx_attr_float(call->source, "width_scale", &width) || height < 1 || width < 1 || height > 64 || width > 64 ||
        height != (double)(int64_t)height || width != (double)(int64_t)width)
        return;
    Shape out = shape_of(call->arena, 4, in.dims);
    out.dims[2] = dim_mul(call->arena, in.dims[2], dim_int((int64_t)height));
    out.dims[3] = dim_mul(call->arena, in.dims[3], dim_int((int64_t)width));
    onnx_out(call, 0, out);
}

/* Old nets lay the second input over the first somewhere inside, and say so. */
static void lower_broadcast(OnnxCall *call)
{
    keep_int(call, "broadcast", "broadcast");
}

static void lower_labelled(OnnxCall *call)
{
    onnx_pick(call, (const int[]){0}, 1);
}

#define NAMED(op, becomes) {.row = {.name = (op), .as = (becomes)}}
#define LOWER(op, becomes, rule) {.row = {.name = (op), .as = (becomes), .lower = (rule)}}
#define SHAPE(op, becomes, rule) {.row = {.name = (op), .as = (becomes), .shape = (rule)}}
#define SAME(op, becomes) SHAPE(op, becomes, onnx_shape_same)
#define PLAIN(op, becomes) SHAPE(op, becomes, onnx_shape_unknown)
#define WINDOW(op, becomes) {.row = {.name = (op), .as = (becomes), .lower = lower_window}, .weights = IN1 | IN2}
#define FILL(op) SHAPE(op, "constant", shape_filled)
#define BROADCAST(op, becomes) SHAPE(op, becomes, onnx_shape_broadcast)

static const Caffe2Row rows[] = {
    WINDOW("Conv", "Conv"), WINDOW("Conv1D", "Conv"), WINDOW("Conv2D", "Conv"), WINDOW("Conv3D", "Conv"),
    WINDOW("ConvTranspose", "ConvTranspose"), LOWER("MaxPool", "MaxPool", lower_pool2),
    {.row = {.name = "ConvRelu", .as = "Conv", .lower = lower_window}, .weights = IN1 | IN2},
    LOWER("AveragePool", "AveragePool", lower_pool2), LOWER("MaxPool2D", "MaxPool", lower_pool2),
    LOWER("AveragePool2D", "AveragePool", lower_pool2),
    {.row = {.name = "SpatialBN", .as = "BatchNormalization", .lower = lower_spatial_bn}, .weights = IN1 | IN2 | IN3 | IN4},
    {.row = {.name = "InstanceNorm", .as = "InstanceNormalization", .shape = onnx_shape_same, .trained = IN1 | IN2},
     .weights = IN1 | IN2},
    {.row = {.name = "GroupNorm", .as = "gn", .shape = onnx_shape_same, .trained = IN1 | IN2}, .weights = IN1 | IN2},
    {.row = {.name = "LayerNorm", .as = "ln", .shape = onnx_shape_same, .trained = IN1 | IN2}, .weights = IN1 | IN2},
    {.row = {.name = "AffineChannel", .as = "scale", .shape = onnx_shape_same, .trained = IN1 | IN2}, .weights = IN1 | IN2},
    SAME("LRN", "LRN"), {.row = {.name = "FC", .as = "Gemm", .shape = shape_fc, .trained = IN1 | IN2}, .weights = IN1 | IN2},
    {.row = {.name = "PRelu", .as = "PRelu"}, .weights = IN1}, LOWER("MatMul", "MatMul", lower_matmul),
    LOWER("BatchMatMul", "MatMul", lower_matmul), {.row = {.name = "Gather", .as = "Gather"}, .weights = IN0},
    SAME("Relu", "Relu"), SAME("LeakyRelu", "LeakyRelu"), SAME("Elu", "Elu"), SAME("Selu", "Selu"), SAME("Sigmoid", "Sigmoid"),
    SAME("Tanh", "Tanh"), SAME("Softmax", "Softmax"), SAME("Softplus", "Softplus"), SAME("Softsign", "Softsign"),
    SAME("Swish", "silu"), SAME("Clip", "Clip"), SAME("Dropout", "Dropout"), SAME("Copy", "identity"), SAME("Alias", "identity"),
    SAME("StopGradient", "identity"), SAME("EnsureCPUOutput", "identity"), SAME("CopyGPUToCPU", "identity"),
    SAME("CopyCPUToGPU", "identity"), SAME("Cast", "cast"), SAME("Exp", "Exp"), SAME("Log", "Log"), SAME("Sqrt", "Sqrt"),
    SAME("Sqr", "square"), SAME("Negative", "Neg"), SAME("Abs", "Abs"), SAME("Scale", "mul"), SAME("NormalizeL2", "l2norm"),
    LOWER("Add", "Add", lower_broadcast), LOWER("Sub", "Sub", lower_broadcast), LOWER("Mul", "Mul", lower_broadcast),
    LOWER("Div", "Div", lower_broadcast), BROADCAST("Sum", "add"),
    BROADCAST("Max", "max"), BROADCAST("Min", "min"), BROADCAST("Pow", "pow"), LOWER("Concat", "Concat", lower_concat_order),
    LOWER("DepthConcat", "Concat", lower_concat_order), LOWER("Split", "Split", lower_concat_order),
    LOWER("Flatten", "Flatten", lower_axis2), NAMED("FlattenToVec", "flatten"), LOWER("Reshape", "Reshape", lower_shape_arg),
    LOWER("Transpose", "Transpose", lower_axes2), LOWER("NCHW2NHWC", NULL, NULL), LOWER("NHWC2NCHW", NULL, NULL),
    LOWER("Squeeze", "Squeeze", lower_squeeze_dims), LOWER("ExpandDims", "Unsqueeze", lower_squeeze_dims),
    LOWER("ReduceMean", "ReduceMean", lower_axes2), LOWER("ReduceSum", "ReduceSum", lower_axes2),
    LOWER("ReduceMax", "ReduceMax", lower_axes2), SHAPE("ResizeNearest", "upsample", shape_nearest), NAMED("Shape", "Shape"),
    PLAIN("PadImage", "pad"), PLAIN("Slice", "slice"), PLAIN("TopK", "topk"), PLAIN("ArgMax", "argmax"), PLAIN("Tile", "tile"),
    PLAIN("RoIAlign", "roialign"), PLAIN("GenerateProposals", NULL), PLAIN("BBoxTransform", NULL), PLAIN("BoxWithNMSLimit", NULL),
    PLAIN("CollectAndDistributeFpnRpnProposals", NULL), PLAIN("BatchPermutation", NULL), PLAIN("ChannelShuffle", "channel_shuffle"),
    LOWER("SoftmaxWithLoss", "Softmax", lower_labelled), PLAIN("LabelCrossEntropy", NULL), PLAIN("AveragedLoss", NULL),
    PLAIN("Accuracy", NULL), FILL("GivenTensorFill"), FILL("GivenTensorIntFill"), FILL("GivenTensorInt64Fill"),
    FILL("GivenTensorBoolFill"), FILL("ConstantFill"), FILL("XavierFill"), FILL("MSRAFill"), FILL("UniformFill"),
    FILL("GaussianFill"), FILL("GivenTensorByteStringToUInt8Fill"),
};

const Caffe2Row *caffe2_row_at(size_t index)
{
    return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}
