/* SPDX-License-Identifier: MIT */
/* Normalisation, and the scales and shifts that go with it. */
#include "op/rules.h"

/* All of them take the same attributes, so that a spec may say `bias: false` of any. */
#define NORM_ATTRS(affine_default, bias_default)                                                                       \
    {.name = "features", .aliases = "num_features normalized_shape num_channels", .kind = ATTR_SHAPE,              \
     .help = "what is scaled and shifted on its own; by default each channel or feature"},                             \
    {.name = "affine", .aliases = "elementwise_affine", .kind = ATTR_BOOL, .fallback = (affine_default),               \
     .help = "whether a scale and a shift are learnt"},                                                                \
    {.name = "scale", .aliases = "gamma", .kind = ATTR_BOOL, .fallback = "true",                                       \
     .help = "false: no scale, only a shift"},                                                                         \
    {.name = "bias", .aliases = "center beta use_bias", .kind = ATTR_BOOL, .fallback = (bias_default),                 \
     .help = "false: no shift, only a scale"},                                                                         \
    {.name = "eps", .aliases = "epsilon variance_epsilon", .kind = ATTR_TEXT, .help = "what keeps the division from 0"}

static const AttrSpec norm_attrs[] = {
    NORM_ATTRS("true", "true"),
    {.name = "momentum", .aliases = "decay moving_average_fraction", .kind = ATTR_TEXT,
     .help = "of the running statistics"},
    ATTR_AXIS(NULL, "axis of the features"),
};

static const AttrSpec instance_attrs[] = {
    NORM_ATTRS("false", "true"),
    {.name = "momentum", .kind = ATTR_TEXT, .help = "of the running statistics"},
};

static const AttrSpec group_attrs[] = {
    {.name = "groups", .aliases = "num_groups group", .kind = ATTR_INT, .fallback = "32", .positional = true,
     .help = "channels are cut into that many groups"},
    NORM_ATTRS("true", "true"),
};

static const AttrSpec rms_attrs[] = {
    NORM_ATTRS("true", "false"),
    ATTR_AXIS(NULL, "axis of the features"),
};

static const AttrSpec local_attrs[] = {
    {.name = "size", .aliases = "local_size depth_radius n nsize", .kind = ATTR_INT, .fallback = "5",
     .positional = true,
     .help = "channels that are looked at"},
    {.name = "alpha", .kind = ATTR_TEXT, .help = "factor"},
    {.name = "beta", .kind = ATTR_TEXT, .help = "exponent"},
    {.name = "k", .aliases = "bias", .kind = ATTR_TEXT, .help = "constant"},
    {.name = "region", .aliases = "norm_region", .kind = ATTR_TEXT, .help = "across or within channels"},
};

static const AttrSpec unit_attrs[] = {
    {.name = "affine", .kind = ATTR_BOOL, .fallback = "false", .help = "whether a scale is learnt for each channel"},
    ATTR_AXIS(NULL, "axis of the features"),
    {.name = "norm", .aliases = "p ord", .kind = ATTR_TEXT, .help = "which norm"},
    {.name = "eps", .aliases = "epsilon", .kind = ATTR_TEXT, .help = "what keeps the division from 0"},
};

static const AttrSpec scale_attrs[] = {
    {.name = "features", .aliases = "num_features", .kind = ATTR_SHAPE,
     .help = "what is scaled on its own; by default each channel or feature"},
    {.name = "bias", .aliases = "bias_term use_bias", .kind = ATTR_BOOL, .fallback = "false",
     .help = "whether a shift is learnt too"},
    ATTR_AXIS(NULL, "axis of the features"),
    {.name = "init", .aliases = "init_values", .kind = ATTR_TEXT, .help = "first value"},
};

static const AttrSpec shift_attrs[] = {
    {.name = "features", .aliases = "num_features", .kind = ATTR_SHAPE,
     .help = "what is shifted on its own; by default each channel or feature"},
    ATTR_AXIS(NULL, "axis of the features"),
};

/* Numbers in a scale: what is said, else the features; of a sequence T×d that is always d for layer norms. */
static Dim scaled_features(const OpCall *call, bool last_of_sequence)
{
    const Attr *said = rule_attr(call->layer, "features");
    Dim axis = attr_int(call->arena, call->layer, "axis");
    Shape in = rule_input(call, 0);
    if (said && said->count)
        return rule_product(call->arena, said->dims, said->count);
    if (!in.known || in.rank == 0)
        return DIM_NONE;
    int64_t at = axis.kind != DIM_INT ? INT64_MAX : axis.n < 0 ? axis.n + in.rank : axis.n;
    if (at >= 0 && at < in.rank)
        return in.dims[at];
    return last_of_sequence && rule_rank(call, in) <= 2 ? in.dims[in.rank - 1] : rule_features(call, in);
}

/* Scales and shifts of `features` numbers each, as far as the attributes ask for them. */
static void count_affine(OpCall *call, Dim features)
{
    bool affine = attr_bool(call->layer, "affine");
    int64_t each = affine ? attr_bool(call->layer, "scale") + attr_bool(call->layer, "bias") : 0;
    call->params = dim_mul(call->arena, dim_int(each), features);
    call->macs = dim_int(0);
}

/* A scale and a shift for each channel (Ioffe and Szegedy 2015); running statistics are not trained. */
static void count_channels(OpCall *call)
{
    count_affine(call, scaled_features(call, false));
}

/* A scale and a shift for each feature of the last axis (Ba et al. 2016); for each channel of a map (ConvNeXt). */
static void count_features(OpCall *call)
{
    count_affine(call, scaled_features(call, true));
}

/* A learnt scale a channel where asked for (SSD's Normalize layer), no shift. */
static void count_unit(OpCall *call)
{
    call->macs = dim_int(0);
    call->params = attr_bool(call->layer, "affine") ? scaled_features(call, false) : dim_int(0);
}

/* Caffe's Scale and the layer scale of CaiT: one factor a channel, with `bias` one summand more. */
static void count_scale(OpCall *call)
{
    call->macs = dim_int(0);
    call->params = dim_mul(call->arena, dim_int(attr_bool(call->layer, "bias") ? 2 : 1), scaled_features(call, true));
}

static void count_shift(OpCall *call)
{
    call->macs = dim_int(0);
    call->params = scaled_features(call, true);
}

static bool shape_norm(OpCall *call)
{
    Shape in = rule_input(call, 0);
    const Attr *said = rule_attr(call->layer, "features");
    Dim actual = rule_features(call, in);
    bool is_map = call->batch_axes == 0 && rule_rank(call, in) > 2;
    if (is_map && said && said->count == 1 && !rule_expects(call, 0, "channels", said->dims[0], actual))
        return false;
    return rule_same(call);
}

static bool shape_group(OpCall *call)
{
    return rule_groups(call) && shape_norm(call);
}

#define NORM_ROW(attr_table, shape_rule, count_rule)                                                                   \
    .style = STYLE_NORM, OP_ATTRS(attr_table), .min_inputs = 1, .max_inputs = 5, .suffix = true,                       \
    .shape = (shape_rule), .count = (count_rule)

static const Op rows[] = {
    {.name = "bn", .title = "BN", .help = "batch normalisation",
     .aliases = "batchnorm batch_norm BatchNorm BatchNorm1d BatchNorm2d BatchNorm3d BatchNormalization FusedBatchNorm "
                "FusedBatchNormV3 FusedBatchNormV2 BatchNormalizationV1 SyncBatchNorm SyncBatchNormalization "
                "batch_normalization SpatialBN LazyBatchNorm2d",
     NORM_ROW(norm_attrs, shape_norm, count_channels)},
    {.name = "ln", .title = "layer norm", .help = "layer normalisation",
     .aliases = "layernorm layer_norm LayerNorm LayerNormalization SkipLayerNormalization LayerNorm2d",
     NORM_ROW(norm_attrs, shape_norm, count_features)},
    {.name = "gn", .title = "group norm", .help = "group normalisation",
     .aliases = "groupnorm group_norm GroupNorm GroupNormalization", NORM_ROW(group_attrs, shape_group,
     count_channels)},
    {.name = "instancenorm", .title = "instance norm", .help = "instance normalisation",
     .aliases = "in instance_norm InstanceNorm InstanceNorm1d InstanceNorm2d InstanceNorm3d "
                "InstanceNormalization",
     NORM_ROW(instance_attrs, shape_norm, count_channels)},
    {.name = "rmsnorm", .title = "RMS norm", .help = "division by the root mean square",
     .aliases = "rms_norm RMSNorm RMSNormalization SimplifiedLayerNormalization LlamaRMSNorm T5LayerNorm "
                "SkipSimplifiedLayerNormalization",
     NORM_ROW(rms_attrs, shape_norm, count_features)},
    {.name = "lrn", .title = "LRN", .help = "local response normalisation",
     .aliases = "LRN local_response_norm LocalResponseNorm CrossMapLRN2d LOCAL_RESPONSE_NORMALIZATION "
                "LocalResponseNormalization",
     NORM_ROW(local_attrs, rule_same, NULL)},
    {.name = "l2norm", .title = "L2 norm", .help = "division by the length",
     .aliases = "normalize Normalize LpNormalization UnitNormalization L2_NORMALIZATION L2Normalization "
                "MeanVarianceNormalization MVN",
     NORM_ROW(unit_attrs, rule_same, count_unit)},
    {.name = "scale", .title = "scale", .help = "a learnt factor for each channel",
     .aliases = "Scale layer_scale LayerScale ChannelAffine", NORM_ROW(scale_attrs, rule_same, count_scale)},
    {.name = "bias", .title = "bias", .help = "a learnt summand for each channel",
     .aliases = "Bias BiasAdd bias_add", NORM_ROW(shift_attrs, rule_same, count_shift)},
};

OpFamily op_family_norm(void)
{
    return OP_ROWS(rows);
}
