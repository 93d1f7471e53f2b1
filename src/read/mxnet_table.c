/* SPDX-License-Identifier: MIT */
/* The operators of MXNet 0.8 to 1.9: one row each. Shapes of weights follow from attributes and from what enters. */
#include "read/mxnet.h"

enum { IN0 = 1, IN1 = 2, IN2 = 4, MOST_AXES = 3 };

/* A list, or one number. */
static uint32_t list_of(const OnnxCall *call, const char *attr, int64_t ints[ONNX_MOST_DIMS])
{
    int64_t *list;
    uint32_t count;
    if (lower_ints(call, attr, &list, &count) && count <= ONNX_MOST_DIMS && count) {
        for (uint32_t i = 0; i < count; i++)
            ints[i] = list[i];
        return count;
    }
    ints[0] = lower_int(call, attr, INT64_MIN);
    return ints[0] != INT64_MIN;
}

static uint32_t give_list(OnnxCall *call, const char *attr, const char *name)
{
    int64_t ints[ONNX_MOST_DIMS];
    uint32_t count = list_of(call, attr, ints);
    if (count)
        onnx_give_ints(call, name, ints, count);
    return count;
}

/* The shape of a weight, from what is known here. */
static void make_weight(OnnxCall *call, uint32_t input, uint32_t rank, const Dim *dims)
{
    OnnxValue *value = input < call->in_count ? call->in[input] : NULL;
    if (!value || value->shape.known)
        return;
    onnx_see(call, input, shape_of(call->arena, rank, dims));
    if (value->weight && value->weight->count.kind == DIM_UNKNOWN) {
        value->weight->count = onnx_product(call->arena, dims, rank);
        value->weight->rank = rank;
    }
}

static Dim size_at(Shape shape, uint32_t axis)
{
    return shape.known && axis < shape.rank ? shape.dims[axis] : DIM_NONE;
}

/* ---- windows -------------------------------- */

static void give_window(OnnxCall *call)
{
    int64_t pads[2 * ONNX_MOST_DIMS];
    uint32_t count = list_of(call, "pad", pads);
    call->channels_last = str_starts(lower_text(call, "layout"), STR("NH")) || str_equal(lower_text(call, "layout"), STR("NDHWC"));
    for (uint32_t i = 0; i < count; i++)
        pads[count + i] = pads[i];
    if (count)
        onnx_give_ints(call, "pads", pads, 2 * count);
    give_list(call, "kernel", "kernel_shape");
    give_list(call, "stride", "strides");
    give_list(call, "dilate", "dilations");
}

/* O×I×h×w, or I×O×h×w of a transposed convolution: what is not said is the size of the input. */
static void make_kernel(OnnxCall *call, bool transposed)
{
    int64_t kernel[ONNX_MOST_DIMS], groups = lower_int(call, "num_group", 1), filters = lower_int(call, "num_filter", 0);
    uint32_t axes = list_of(call, "kernel", kernel);
    Shape in = onnx_in(call, 0);
    if (!axes || axes > MOST_AXES || groups < 1 || filters < 1)
        return;
    Dim channels = size_at(in, call->channels_last ? in.rank - 1 : 1), dims[MOST_AXES + 2];
    Dim of_each = dim_div_exact(call->arena, transposed ? dim_int(filters) : channels, dim_int(groups));
    dims[0] = transposed ? channels : dim_int(filters);
    dims[call->channels_last ? axes + 1 : 1] = of_each;
    for (uint32_t i = 0; i < axes; i++)
        dims[(call->channels_last ? 1 : 2) + i] = dim_int(kernel[i]);
    make_weight(call, 1, axes + 2, dims);
    make_weight(call, 2, 1, (Dim[]){dim_int(filters)});
    onnx_give_int(call, "group", groups);
}

static void lower_convolution(OnnxCall *call)
{
    give_window(call);
    make_kernel(call, false);
}

static void lower_deconvolution(OnnxCall *call)
{
    give_window(call);
    give_list(call, "adj", "output_padding");
    give_list(call, "target_shape", "output_shape");
    make_kernel(call, true);
}

/* `full` rounds up, as Caffe does. */
static void lower_pooling(OnnxCall *call)
{
    bool maximum = str_equal(lower_text(call, "pool_type"), STR("max")) || !lower_text(call, "pool_type").size;
    if (lower_int(call, "global_pool", 0)) {
        onnx_be(call, maximum ? "GlobalMaxPool" : "GlobalAveragePool");
        return;
    }
    onnx_be(call, maximum ? "MaxPool" : "AveragePool");
    give_window(call);
    onnx_give_int(call, "ceil_mode", str_equal(lower_text(call, "pooling_convention"), STR("full")));
}

/* ---- weights -------------------------------- */

/* The scale of a norm is kept at 1 unless `fix_gamma` says no. */
static void lower_batchnorm(OnnxCall *call)
{
    int64_t axis = lower_int(call, "axis", 1);
    Shape in = onnx_in(call, 0);
    uint32_t at;
    Dim channels = in.known && onnx_axis(axis, in.rank, &at) ? in.dims[at] : DIM_NONE;
    for (uint32_t i = 1; i < 5; i++)
        make_weight(call, i, 1, &channels);
    if (lower_int(call, "fix_gamma", 1) && call->in_count > 1 && call->in[1]) {
        OnnxValue *fixed = ARENA_NEW(call->arena, OnnxValue);
        *fixed = *call->in[1];
        fixed->weight = NULL;
        call->in[1] = fixed;
    }
}

static void lower_norm_last(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    uint32_t at;
    int64_t axis = lower_int(call, "axis", -1);
    Dim size = in.known && onnx_axis(axis, in.rank, &at) ? in.dims[at] : DIM_NONE;
    make_weight(call, 1, 1, &size);
    make_weight(call, 2, 1, &size);
    onnx_give_int(call, "axis", axis);
}

static void lower_instancenorm(OnnxCall *call)
{
    Dim channels = size_at(onnx_in(call, 0), 1);
    make_weight(call, 1, 1, &channels);
    make_weight(call, 2, 1, &channels);
}

static void lower_dense(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    Arena *arena = call->arena;
    int64_t hidden = lower_int(call, "num_hidden", 0);
    bool flat = lower_int(call, "flatten", 1) != 0;
    Dim features = DIM_NONE, out = hidden > 0 ? dim_int(hidden) : DIM_NONE;
    if (in.known && in.rank > 1)
        features = flat ? onnx_product(arena, in.dims + 1, in.rank - 1) : in.dims[in.rank - 1];
    make_weight(call, 1, 2, (Dim[]){out, features});
    make_weight(call, 2, 1, &out);
}

static void shape_dense(OnnxCall *call)
{
    Shape in = onnx_in(call, 0), w = onnx_in(call, 1);
    call->macs = DIM_NONE;
    if (!w.known || w.rank != 2)
        return;
    if (in.known && in.rank && !lower_int(call, "flatten", 1)) {
        Shape out = shape_of(call->arena, in.rank, in.dims);
        out.dims[in.rank - 1] = w.dims[0];
        onnx_out(call, 0, out);
        call->macs = dim_mul(call->arena, onnx_product(call->arena, out.dims, out.rank), w.dims[1]);
    } else if (lower_int(call, "flatten", 1)) {
        Dim rows = size_at(in, 0);
        onnx_out(call, 0, shape_of(call->arena, 2, (Dim[]){rows, w.dims[0]}));
        call->macs = dim_mul(call->arena, rows, onnx_product(call->arena, w.dims, 2));
    }
}

static void lower_embedding(OnnxCall *call)
{
    int64_t words = lower_int(call, "input_dim", 0), width = lower_int(call, "output_dim", 0);
    if (words > 0 && width > 0)
        make_weight(call, 1, 2, (Dim[]){dim_int(words), dim_int(width)});
    onnx_pick(call, (const int[]){1, 0}, 2);
    onnx_train(call, IN0);
}

/* ---- activations -------------------------------- */

static void lower_act(OnnxCall *call)
{
    static const struct {
        const char *type, *op;
    } rows[] = {{"relu", "Relu"}, {"sigmoid", "Sigmoid"}, {"tanh", "Tanh"}, {"softrelu", "Softplus"},
                {"softsign", "Softsign"}, {"leaky", "LeakyRelu"}, {"elu", "Elu"}, {"prelu", "PRelu"}, {"selu", "Selu"},
                {"gelu", "gelu"}, {"rrelu", "rrelu"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_equal(lower_text(call, "act_type"), str_from(rows[i].type)))
            onnx_be(call, rows[i].op);
    Dim channels = size_at(onnx_in(call, 0), 1);
    make_weight(call, 1, 1, &channels);
}

/* LeakyReLU without a type is leaky. */
static void lower_leaky(OnnxCall *call)
{
    onnx_be(call, "LeakyRelu");
    lower_act(call);
}

/* ---- forms -------------------------------- */

static void lower_concat_dim(OnnxCall *call)
{
    onnx_give_int(call, "axis", lower_int(call, "dim", 1));
}

static void lower_channels(OnnxCall *call)
{
    onnx_give_int(call, "axis", lower_int(call, "axis", 1));
    onnx_give_int(call, "num_outputs", lower_int(call, "num_outputs", call->out_count));
    if (lower_int(call, "squeeze_axis", 0))
        lower_open(call);
}

/* 0 copies, -1 is what is left; the other codes of MXNet have no counterpart. */
static void lower_reshape_codes(OnnxCall *call)
{
    int64_t sizes[ONNX_MOST_DIMS];
    uint32_t count = list_of(call, "shape", sizes);
    bool plain = count > 0 && !lower_int(call, "reverse", 0);
    for (uint32_t i = 0; i < count; i++)
        plain = plain && sizes[i] >= -1;
    if (plain)
        onnx_give_ints(call, "shape", sizes, count);
    else
        lower_open(call);
}

static void lower_axes(OnnxCall *call)
{
    give_list(call, "axes", "perm");
}

static void lower_expand(OnnxCall *call)
{
    give_list(call, "axis", "axes");
}

static void lower_reduce_axis(OnnxCall *call)
{
    give_list(call, "axis", "axes");
    onnx_give_int(call, "keepdims", lower_int(call, "keepdims", 0));
    if (lower_int(call, "exclude", 0))
        lower_open(call);
}

static void shape_slice_axis(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    uint32_t at;
    int64_t begin = lower_int(call, "begin", 0), end = lower_int(call, "end", INT64_MIN);
    if (!in.known || !onnx_axis(lower_int(call, "axis", 0), in.rank, &at))
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    Dim size = in.dims[at], from = begin < 0 ? dim_add(call->arena, size, dim_int(begin)) : dim_int(begin);
    Dim to = end == INT64_MIN ? size : end < 0 ? dim_add(call->arena, size, dim_int(end)) : dim_int(end);
    out.dims[at] = dim_sub(call->arena, to, from);
    onnx_out(call, 0, out);
}

static void shape_upsampling(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    int64_t scale = lower_int(call, "scale", 0);
    if (!in.known || in.rank < 3 || scale < 1 || call->in_count > 1)
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    for (uint32_t i = 2; i < in.rank; i++)
        out.dims[i] = dim_mul(call->arena, in.dims[i], dim_int(scale));
    onnx_out(call, 0, out);
}

/* The label is no part of the network. */
static void lower_output(OnnxCall *call)
{
    onnx_pick(call, (const int[]){0}, 1);
}

/* ---- rows -------------------------------- */

#define NAMED(op, becomes) {.row = {.name = (op), .as = (becomes)}}
#define LOWER(op, becomes, rule) {.row = {.name = (op), .as = (becomes), .lower = (rule)}}
#define SHAPE(op, becomes, rule) {.row = {.name = (op), .as = (becomes), .shape = (rule)}}
#define SAME(op, becomes) SHAPE(op, becomes, onnx_shape_same)
#define BROADCAST(op, becomes) SHAPE(op, becomes, onnx_shape_broadcast)
#define WEIGHTS(op, becomes, rule) {.row = {.name = (op), .as = (becomes), .lower = (rule)}, .data = IN0}
#define OUTPUT(op, becomes)                                                                                            \
    {.row = {.name = (op), .as = (becomes), .lower = lower_output, .shape = onnx_shape_same}, .data = IN0}

static const MxnetRow rows[] = {
    WEIGHTS("Convolution", "Conv", lower_convolution), WEIGHTS("Convolution_v1", "Conv", lower_convolution),
    WEIGHTS("Deconvolution", "ConvTranspose", lower_deconvolution), LOWER("Pooling", NULL, lower_pooling),
    LOWER("Pooling_v1", NULL, lower_pooling), WEIGHTS("BatchNorm", "BatchNormalization", lower_batchnorm),
    WEIGHTS("BatchNorm_v1", "BatchNormalization", lower_batchnorm),
    WEIGHTS("_contrib_SyncBatchNorm", "BatchNormalization", lower_batchnorm),
    WEIGHTS("LayerNorm", "LayerNormalization", lower_norm_last),
    {.row = {.name = "InstanceNorm", .as = "InstanceNormalization", .lower = lower_instancenorm, .trained = IN1 | IN2},
     .data = IN0},
    SAME("LRN", "LRN"), SAME("L2Normalization", "l2norm"),
    {.row = {.name = "FullyConnected", .as = "Gemm", .lower = lower_dense, .shape = shape_dense, .trained = IN1 | IN2},
     .data = IN0},
    WEIGHTS("Embedding", "Gather", lower_embedding), LOWER("dot", "MatMul", lower_matmul),
    LOWER("batch_dot", "MatMul", lower_matmul), LOWER("Activation", NULL, lower_act), WEIGHTS("LeakyReLU", NULL, lower_leaky),
    SAME("relu", "Relu"), SAME("sigmoid", "Sigmoid"), SAME("tanh", "Tanh"), SAME("clip", "Clip"), SAME("exp", "Exp"),
    SAME("log", "Log"), SAME("sqrt", "Sqrt"), SAME("rsqrt", "rsqrt"), SAME("square", "square"), SAME("abs", "Abs"),
    SAME("negative", "Neg"), SAME("erf", "Erf"), SAME("softmax", "Softmax"), SAME("log_softmax", "LogSoftmax"),
    SAME("SoftmaxActivation", "Softmax"), OUTPUT("SoftmaxOutput", "softmax"), OUTPUT("Softmax", "softmax"),
    OUTPUT("LogisticRegressionOutput", "sigmoid"), OUTPUT("LinearRegressionOutput", "identity"),
    OUTPUT("MAERegressionOutput", "identity"), SAME("MakeLoss", "identity"), SAME("make_loss", "identity"),
    SAME("BlockGrad", "identity"), SAME("stop_gradient", "identity"), SAME("identity", "identity"),
    SAME("_copy", "identity"), SAME("Dropout", "Dropout"), SAME("Cast", "cast"), SAME("cast", "cast"), SAME("amp_cast", "cast"),
    BROADCAST("elemwise_add", "add"), BROADCAST("_Plus", "add"), BROADCAST("_plus", "add"), BROADCAST("broadcast_add", "add"),
    BROADCAST("broadcast_plus", "add"), BROADCAST("_add", "add"), BROADCAST("ElementWiseSum", "add"),
    BROADCAST("add_n", "add"), BROADCAST("elemwise_sub", "sub"), BROADCAST("_Minus", "sub"), BROADCAST("_sub", "sub"),
    BROADCAST("broadcast_sub", "sub"), BROADCAST("broadcast_minus", "sub"), BROADCAST("elemwise_mul", "mul"),
    BROADCAST("_Mul", "mul"), BROADCAST("_mul", "mul"), BROADCAST("broadcast_mul", "mul"), BROADCAST("elemwise_div", "div"),
    BROADCAST("_Div", "div"), BROADCAST("broadcast_div", "div"), BROADCAST("_Maximum", "max"), BROADCAST("_maximum", "max"),
    BROADCAST("broadcast_maximum", "max"), BROADCAST("_Minimum", "min"), BROADCAST("_minimum", "min"),
    BROADCAST("broadcast_power", "pow"), BROADCAST("where", "where"), SAME("_plus_scalar", "add"),
    SAME("_PlusScalar", "add"), SAME("_minus_scalar", "sub"), SAME("_MinusScalar", "sub"), SAME("_rminus_scalar", "sub"),
    SAME("_mul_scalar", "mul"), SAME("_MulScalar", "mul"), SAME("_div_scalar", "div"), SAME("_DivScalar", "div"),
    SAME("_rdiv_scalar", "div"), SAME("_power_scalar", "pow"), SAME("_PowerScalar", "pow"), SAME("_maximum_scalar", "max"),
    SAME("_minimum_scalar", "min"), LOWER("Concat", "Concat", lower_concat_dim), LOWER("concat", "Concat", lower_concat_dim),
    LOWER("stack", "Concat", lower_pack), LOWER("SliceChannel", "Split", lower_channels),
    LOWER("split", "Split", lower_channels), NAMED("Flatten", "Flatten"), NAMED("flatten", "Flatten"),
    LOWER("Reshape", "Reshape", lower_reshape_codes), LOWER("reshape", "Reshape", lower_reshape_codes),
    LOWER("transpose", "Transpose", lower_axes), LOWER("expand_dims", "Unsqueeze", lower_expand),
    LOWER("squeeze", "Squeeze", lower_expand), LOWER("mean", "ReduceMean", lower_reduce_axis),
    LOWER("sum", "ReduceSum", lower_reduce_axis), LOWER("max", "ReduceMax", lower_reduce_axis),
    LOWER("min", "ReduceMin", lower_reduce_axis), SHAPE("slice_axis", "slice", shape_slice_axis),
    SHAPE("UpSampling", "upsample", shape_upsampling), SHAPE("Pad", "pad", onnx_shape_unknown),
    SHAPE("pad", "pad", onnx_shape_unknown), SHAPE("Crop", "crop", onnx_shape_unknown),
    SHAPE("slice", "slice", onnx_shape_unknown), SHAPE("slice_like", "slice", onnx_shape_unknown),
    SHAPE("SwapAxis", "permute", onnx_shape_unknown), SHAPE("argmax", "ArgMax", onnx_shape_unknown),
    SHAPE("take", "gather", onnx_shape_unknown), SHAPE("ROIPooling", "roipool", onnx_shape_unknown),
    SHAPE("_arange", NULL, onnx_shape_unknown), SHAPE("_zeros", "constant", onnx_shape_unknown),
    SHAPE("_ones", "constant", onnx_shape_unknown), SHAPE("shape_array", "shape", onnx_shape_unknown),
    {.row = {.name = "RNN", .as = "rnn", .shape = onnx_shape_unknown, .trained = IN1, .unknown_macs = true}, .data = IN0},
};

const MxnetRow *mxnet_row_at(size_t index)
{
    return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}
