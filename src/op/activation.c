/* SPDX-License-Identifier: MIT */
/* Activation functions. */
#include "op/rules.h"

static const AttrSpec slope_attrs[] = {
    {.name = "slope", .aliases = "alpha negative_slope", .kind = ATTR_TEXT, .positional = true,
     .help = "slope or scale of the negative part"},
};

static const AttrSpec axis_attrs[] = {
    ATTR_AXIS(NULL, "axis that is normalised; the features where none is given"),
};

static const AttrSpec gate_attrs[] = {
    ATTR_AXIS(NULL, "axis that is halved; the features where none is given"),
};

static const AttrSpec maxout_attrs[] = {
    {.name = "pieces", .aliases = "pool_size nb_feature", .kind = ATTR_INT, .fallback = "2", .positional = true,
     .help = "how many features each maximum is taken of"},
    ATTR_AXIS(NULL, "axis that is reduced; the features where none is given"),
};

static const AttrSpec prelu_attrs[] = {
    {.name = "per", .aliases = "shared", .kind = ATTR_WORD, .fallback = "channel", .words = "channel layer element",
     .help = "how many slopes there are: one a channel (He et al. 2015), one in all (PyTorch), one an element (Keras)"},
};

static const AttrSpec clip_attrs[] = {
    {.name = "min", .aliases = "min_val min_value lower", .kind = ATTR_TEXT, .positional = true, .help = "lower end"},
    {.name = "max", .aliases = "max_val max_value upper", .kind = ATTR_TEXT, .positional = true, .help = "upper end"},
};

static const AttrSpec gelu_attrs[] = {
    {.name = "approximate", .kind = ATTR_TEXT, .help = "which approximation"},
};

/* One slope for each channel, one in all, or one for each element. */
static void count_prelu(OpCall *call)
{
    Str per = attr_word(call->layer, "per");
    Shape in = rule_input(call, 0);
    call->macs = dim_int(0);
    if (str_equal(per, STR("layer")))
        call->params = dim_int(1);
    else if (str_equal(per, STR("channel")))
        call->params = rule_features(call, in);
    else
        call->params = rule_sample(call, in);
}

/* The axis that is said, or that of the features: the last one of sequences. */
static bool gate_axis(OpCall *call, Shape in, uint32_t *axis)
{
    uint32_t usual = rule_rank(call, in) == 2 ? in.rank - 1 : rule_feature_axis(call, in);
    return rule_axis_or(call, "axis", in.rank, usual, axis);
}

static bool divide_axis(OpCall *call, Dim by)
{
    Shape in = rule_input(call, 0);
    uint32_t axis;
    if (!in.known)
        return true;
    if (in.rank == 0)
        return rule_fail(call, 0, "%s needs features, but its input is a scalar", call->op->title);
    if (!gate_axis(call, in, &axis))
        return false;
    Dim part = dim_div_exact(call->arena, in.dims[axis], by);
    if (part.kind == DIM_UNKNOWN && in.dims[axis].kind == DIM_INT)
        return rule_fail(call, 0, "the %s features of %s cannot be cut into %s parts",
                         rule_dim_text(call, in.dims[axis]), rule_text(call, in), rule_dim_text(call, by));
    rule_set(call, rule_with(call, in, axis, part));
    return true;
}

/* One half gates the other (Dauphin et al. 2017, torch.nn.GLU). */
static bool shape_gate(OpCall *call)
{
    return divide_axis(call, dim_int(2));
}

static bool shape_maxout(OpCall *call)
{
    return divide_axis(call, attr_int(call->arena, call->layer, "pieces"));
}

#define PLAIN(name_, aliases_, title_, help_)                                                                          \
    {.name = (name_), .aliases = (aliases_), .title = (title_), .help = (help_), .style = STYLE_ACTIVATION,            \
     .min_inputs = 1, .max_inputs = 1, .suffix = true, .shape = rule_same}
#define WITH(attr_table, name_, aliases_, title_, help_)                                                               \
    {.name = (name_), .aliases = (aliases_), .title = (title_), .help = (help_), .style = STYLE_ACTIVATION,            \
     OP_ATTRS(attr_table), .min_inputs = 1, .max_inputs = 3, .suffix = true, .shape = rule_same}
#define HALVES(name_, aliases_, title_, help_)                                                                         \
    {.name = (name_), .aliases = (aliases_), .title = (title_), .help = (help_), .style = STYLE_ACTIVATION,            \
     OP_ATTRS(gate_attrs), .min_inputs = 1, .max_inputs = 1, .suffix = true, .shape = shape_gate}

static const Op rows[] = {
    PLAIN("relu", "ReLU Relu RELU ReLu rectifier", "ReLU", "max(x, 0)"),
    PLAIN("relu6", "ReLU6 Relu6 RELU6", "ReLU6", "min(max(x, 0), 6)"),
    WITH(slope_attrs, "leaky_relu", "LeakyReLU LeakyRelu lrelu leaky LEAKY_RELU", "LeakyReLU",
         "x, or a small multiple of it below 0"),
    {.name = "prelu", .aliases = "PReLU PRelu PRELU", .title = "PReLU", .help = "leaky ReLU with learnt slopes",
     .style = STYLE_ACTIVATION, OP_ATTRS(prelu_attrs), .min_inputs = 1, .max_inputs = 2, .suffix = true,
     .shape = rule_same, .count = count_prelu},
    PLAIN("rrelu", "RReLU", "RReLU", "leaky ReLU with random slopes"),
    WITH(slope_attrs, "elu", "ELU Elu", "ELU", "x, or exp(x) - 1 below 0"),
    WITH(slope_attrs, "selu", "SELU Selu", "SELU", "scaled ELU"),
    WITH(slope_attrs, "celu", "CELU Celu", "CELU", "ELU with a continuous derivative"),
    WITH(gelu_attrs, "gelu", "GELU Gelu gelu_new gelu_fast quick_gelu QuickGELU FastGelu BiasGelu GELUActivation "
                             "NewGELUActivation", "GELU", "x times the normal distribution function"),
    WITH(slope_attrs, "silu", "SiLU Silu swish Swish HSiLU SiLUT", "SiLU", "x times its sigmoid"),
    PLAIN("mish", "Mish", "Mish", "x tanh(softplus(x))"),
    PLAIN("sigmoid", "Sigmoid LOGISTIC logistic Logistic", "sigmoid", "1 / (1 + exp(-x))"),
    PLAIN("log_sigmoid", "LogSigmoid", "log sigmoid", "logarithm of the sigmoid"),
    WITH(slope_attrs, "hard_sigmoid", "HardSigmoid Hardsigmoid hsigmoid", "hard sigmoid",
         "sigmoid of three straight pieces"),
    PLAIN("hard_swish", "HardSwish Hardswish HARD_SWISH hswish hard_silu HardSiLU", "hard swish",
          "x times its hard sigmoid"),
    PLAIN("tanh", "Tanh TANH TanH", "tanh", "hyperbolic tangent"),
    WITH(clip_attrs, "hard_tanh", "HardTanh Hardtanh htanh", "hard tanh", "x cut off at -1 and 1"),
    PLAIN("softsign", "Softsign SoftSign", "softsign", "x / (1 + |x|)"),
    PLAIN("softplus", "Softplus SoftPlus", "softplus", "log(1 + exp(x))"),
    WITH(slope_attrs, "softshrink", "Softshrink SoftShrink", "softshrink", "x moved towards 0"),
    WITH(slope_attrs, "hardshrink", "Hardshrink Shrink HardShrink", "hardshrink", "0 near 0, else x"),
    PLAIN("tanhshrink", "Tanhshrink TanhShrink", "tanhshrink", "x - tanh(x)"),
    WITH(slope_attrs, "threshold", "Threshold ThresholdedReLU ThresholdedRelu thresholded_relu", "threshold",
         "x above a threshold"),
    WITH(axis_attrs, "softmax", "Softmax SOFTMAX Softmax2d SoftmaxActivation SoftMax", "softmax",
         "exp(x) divided by its sum"),
    WITH(axis_attrs, "log_softmax", "LogSoftmax LogSoftMax logsoftmax LOG_SOFTMAX", "log softmax",
         "logarithm of the softmax"),
    WITH(axis_attrs, "softmin", "Softmin", "softmin", "softmax of -x"),
    WITH(axis_attrs, "gumbel_softmax", "GumbelSoftmax", "Gumbel softmax", "softmax of x with Gumbel noise"),
    WITH(axis_attrs, "sparsemax", "Sparsemax", "sparsemax", "projection onto the simplex"),
    WITH(axis_attrs, "hardmax", "Hardmax", "hardmax", "1 at the maximum, 0 elsewhere"),
    WITH(clip_attrs, "clip", "Clip clamp Clamp", "clip", "x cut off at two ends"),
    HALVES("glu", "GLU", "GLU", "one half times the sigmoid of the other"),
    HALVES("geglu", "GEGLU GeGLU", "GEGLU", "one half times the GELU of the other"),
    HALVES("swiglu", "SwiGLU", "SwiGLU", "one half times the SiLU of the other"),
    HALVES("reglu", "ReGLU", "ReGLU", "one half times the ReLU of the other"),
    {.name = "maxout", .aliases = "Maxout MaxoutDense", .title = "maxout", .help = "maximum of several features",
     .style = STYLE_ACTIVATION, OP_ATTRS(maxout_attrs), .min_inputs = 1, .max_inputs = 1, .suffix = true,
     .shape = shape_maxout},
};

OpFamily op_family_activation(void)
{
    return OP_ROWS(rows);
}
