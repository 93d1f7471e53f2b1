/* SPDX-License-Identifier: MIT */
/* Fully connected layers. */
#include "op/rules.h"

#define ATTR_FLATTEN(usual, text)                                                                                      \
    {.name = "flatten", .kind = ATTR_WORD, .fallback = (usual), .words = "auto true false", .help = (text)}
#define ATTR_UNITS                                                                                                     \
    {.name = "out", .aliases = "out_features nf units num_output num_hidden output_dim nb_units features channels", \
     .kind = ATTR_INT, .required = true, .positional = true, .help = "features of the output"}
#define ATTR_IN                                                                                                        \
    {.name = "in", .aliases = "in_features nx input_dim", .kind = ATTR_INT,                                               \
     .help = "features of the input, where it does not say"}

static const AttrSpec dense_attrs[] = {
    ATTR_UNITS,
    ATTR_USE_BIAS,
    ATTR_FLATTEN("auto", "whether the input becomes one vector first; auto: a map does, a sequence T×d does not"),
    ATTR_IN,
    {.name = "axis", .kind = ATTR_INT, .help = "axis of the features: 0 for each position of a map; the last where none is given"},
};

static const AttrSpec bilinear_attrs[] = {
    ATTR_UNITS,
    ATTR_USE_BIAS,
    {.name = "in", .aliases = "in1_features", .kind = ATTR_INT, .help = "features of the first input"},
    {.name = "in2", .aliases = "in2_features", .kind = ATTR_INT, .help = "features of the second input"},
};

/* How a dense layer reads its input. */
typedef enum Reading { READ_LAST_AXIS, READ_FLATTENED, READ_UNCLEAR } Reading;

static bool is_one_position(const OpCall *call, Shape shape)
{
    return dim_is(rule_positions(call, shape), 1);
}

/*
 * Both layers act on the last axis of a vector or a sequence T×d, and where `flatten: false` says so. On maps they
 * part: `fc` flattens them, as papers write "fc 4096" behind a convolution; `linear` (PyTorch's and Keras' layer) acts
 * on the last axis of channels-last maps and of imported tensors, flattens a map of one position, and asks otherwise:
 * acting on the width of C×H×W is never meant, but H×T×d is written without a layout too.
 */
static Reading reading_of(const OpCall *call, Shape shape)
{
    if (attr_given(call->layer, "axis"))
        return READ_LAST_AXIS;
    Str said = attr_word(call->layer, "flatten");
    const Attr *attr = rule_attr(call->layer, "flatten");
    if (str_equal(said, STR("true")) || (attr && attr->count && !dim_is(attr->dims[0], 0)))
        return READ_FLATTENED;
    if (str_equal(said, STR("false")) || (attr && attr->count) || rule_rank(call, shape) <= 2)
        return READ_LAST_AXIS;
    if (str_equal(str_from(call->op->name), STR("fc")) || is_one_position(call, shape))
        return READ_FLATTENED;
    return call->batch_axes > 0 || call->layer->layout == LAYOUT_CHANNELS_LAST ? READ_LAST_AXIS : READ_UNCLEAR;
}

static bool shape_dense(OpCall *call)
{
    Shape in = rule_input(call, 0);
    if (!in.known)
        return true;
    if (in.rank == 0)
        return rule_fail(call, 0, "%s needs features, but its input is a scalar", call->op->title);
    Dim out = attr_int(call->arena, call->layer, "out"), said = attr_int(call->arena, call->layer, "in");
    Reading reading = reading_of(call, in);
    if (reading == READ_UNCLEAR) {
        rule_hint(call, "write fc or flatten: true where the map becomes a vector, flatten: false for its last axis");
        return rule_fail(call, 0, "it is unclear how %s reads the map %s", call->op->title, rule_text(call, in));
    }
    uint32_t axis;
    if (!rule_axis_or(call, "axis", in.rank, in.rank - 1, &axis))
        return false;
    Shape result = rule_with(call, in, axis, out);
    Dim features = in.dims[axis];
    if (reading == READ_FLATTENED) {
        features = rule_sample(call, in);
        result = shape_of(call->arena, call->batch_axes < in.rank ? call->batch_axes + 1 : in.rank, in.dims);
        result.dims[result.rank - 1] = out;
    }
    rule_set(call, result);
    return rule_expects(call, 0, "features", said, features);
}

/* out · in weights and out biases (torch.nn.Linear), each weight used once for every row. */
static void count_dense(OpCall *call)
{
    Shape in = rule_input(call, 0);
    Dim out = attr_int(call->arena, call->layer, "out"), features = DIM_NONE, said = attr_int(call->arena, call->layer, "axis");
    if (in.known && in.rank > 0) {
        uint32_t axis = said.kind != DIM_INT || said.n == -1 ? in.rank - 1 : (uint32_t)(said.n < 0 ? said.n + in.rank : said.n);
        features = reading_of(call, in) == READ_FLATTENED ? rule_sample(call, in) : in.dims[axis];
    }
    Dim weights = dim_mul(call->arena, out, rule_or(features, attr_int(call->arena, call->layer, "in")));
    call->params = attr_bool(call->layer, "bias") ? dim_add(call->arena, weights, out) : weights;
    call->macs = dim_mul(call->arena, rule_or(features, attr_int(call->arena, call->layer, "in")),
                         rule_work(call, call->outputs[0]));
}

static Dim bilinear_features(const OpCall *call, uint32_t input)
{
    Shape shape = rule_input(call, input);
    Dim said = attr_int(call->arena, call->layer, input ? "in2" : "in");
    return shape.known && shape.rank ? shape.dims[shape.rank - 1] : said;
}

static bool shape_bilinear(OpCall *call)
{
    Shape in = rule_input(call, 0);
    if (in.known && in.rank > 0)
        rule_set(call, rule_with(call, in, in.rank - 1, attr_int(call->arena, call->layer, "out")));
    for (uint32_t i = 0; i < 2; i++)
        if (!rule_expects(call, i, "features", attr_int(call->arena, call->layer, i ? "in2" : "in"),
                          bilinear_features(call, i)))
            return false;
    return true;
}

/* x₁ᵀ A x₂ + b with one a·b matrix for each output (torch.nn.Bilinear): out · (a·b + b) products a row. */
static void count_bilinear(OpCall *call)
{
    Arena *arena = call->arena;
    Dim a = bilinear_features(call, 0), b = bilinear_features(call, 1), out = attr_int(arena, call->layer, "out");
    Dim matrix = dim_mul(arena, a, b), weights = dim_mul(arena, matrix, out);
    call->params = attr_bool(call->layer, "bias") ? dim_add(arena, weights, out) : weights;
    call->macs = dim_mul(arena, dim_add(arena, matrix, b), rule_work(call, call->outputs[0]));
}

static void label_dense(const OpCall *call, Text *text)
{
    text_add(text, str_from(call->op->title));
    label_int(call, text, "out", "%s");
}

static const Op rows[] = {
    {.name = "fc",
     .aliases = "fully_connected FullyConnected InnerProduct inner_product connected FULLY_CONNECTED ip",
     .title = "fc", .help = "fully connected layer; flattens a map, acts on the last axis of a sequence",
     .style = STYLE_DENSE, OP_ATTRS(dense_attrs), .min_inputs = 1, .max_inputs = 3,
     .shape = shape_dense, .count = count_dense, .label = label_dense},
    {.name = "linear",
     .aliases = "dense Linear Dense Gemm TimeDistributedDense LazyLinear EinsumDense NonDynamicallyQuantizableLinear",
     .title = "linear", .help = "linear layer on the last axis",
     .style = STYLE_DENSE, OP_ATTRS(dense_attrs), .min_inputs = 1, .max_inputs = 3,
     .shape = shape_dense, .count = count_dense, .label = label_dense},
    {.name = "bilinear", .aliases = "Bilinear", .title = "bilinear", .help = "bilinear form of two inputs",
     .style = STYLE_DENSE, OP_ATTRS(bilinear_attrs), .min_inputs = 2, .max_inputs = 2,
     .shape = shape_bilinear, .count = count_bilinear, .label = label_dense},
};

OpFamily op_family_dense(void)
{
    return OP_ROWS(rows);
}
