/* SPDX-License-Identifier: MIT */
/* Keras layers on features: dense, embedding, normalisation, activation, regularisation. */
#include "read/keras.h"

#include <string.h>

/* ---- dense ------------------------------------------------------------------------------------------------------- */

static bool read_dense(KerasCall *call)
{
    keras_copy_int(call, "out", "units output_dim");
    keras_set_bool(call, "bias", keras_is(call->config, "use_bias bias", true));
    keras_set_text(call, "flatten", STR("false"));
    call->activation = keras_get(call->config, "activation");
    return true;
}

/* keras.layers.MaxoutDense of Keras 1: the maximum of nb_feature dense layers. */
static bool read_maxout(KerasCall *call)
{
    Arena *arena = call->arena;
    Shape in = keras_in(call, 0);
    Dim units = keras_number(call->config, "output_dim"), pieces = keras_number(call->config, "nb_feature");
    Dim outs = dim_mul(arena, units, pieces), weights = dim_mul(arena, outs, keras_last(in));
    Shape out = in.known && in.rank ? keras_with(arena, in, in.rank - 1, units) : in;
    bool bias = keras_is(call->config, "bias", true);
    keras_settle(call, out, bias ? dim_add(arena, weights, outs) : weights, weights);
    return true;
}

/* Highway of Keras 1 (Srivastava et al. 2015): a transform and a gate, both n×n. */
static bool read_highway(KerasCall *call)
{
    Arena *arena = call->arena;
    Dim n = keras_last(keras_in(call, 0)), weights = dim_mul(arena, dim_int(2), dim_mul(arena, n, n));
    keras_custom(call);
    Dim biases = keras_is(call->config, "bias", true) ? dim_mul(arena, dim_int(2), n) : dim_int(0);
    keras_settle(call, keras_in(call, 0), dim_add(arena, weights, biases), weights);
    return true;
}

static bool read_embedding(KerasCall *call)
{
    keras_copy_int(call, "vocab", "input_dim");
    keras_copy_int(call, "dim", "output_dim");
    return true;
}

/* ---- Einstein sums ----------------------------------------------------------------------------------------------- */

/* Sizes of the letters of an equation; `…` stands for the axes in `rest`. */
typedef struct Letters {
    Dim size[128];
    bool used[128];
    Dim rest[SHAPE_MAX_RANK];
    uint32_t rest_count;
} Letters;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static uint32_t letters_in(Str term)
{
    uint32_t count = 0;
    for (size_t i = 0; i < term.size; i++)
        count += is_letter(term.at[i]);
    return count;
}

/* The letters of the term take the sizes of the shape. */
static bool take_sizes(Letters *letters, Str term, Shape shape)
{
    uint32_t axis = 0, count = letters_in(term);
    if (!shape.known || count > shape.rank)
        return false;
    for (size_t i = 0; i < term.size; i++) {
        if (term.at[i] == '.' && letters->rest_count == 0)
            while (axis + count < shape.rank)
                letters->rest[letters->rest_count++] = shape.dims[axis++];
        if (!is_letter(term.at[i]) || axis == shape.rank)
            continue;
        count--;
        letters->used[(size_t)term.at[i]] = true;
        letters->size[(size_t)term.at[i]] = shape.dims[axis++];
    }
    return axis == shape.rank;
}

/* Letters that the input does not know get theirs from `output_shape`, which says all but the batch, from the end. */
static void take_output(Letters *letters, Str term, Shape said)
{
    uint32_t axis = said.known ? said.rank : 0;
    for (size_t i = term.size; i-- > 0 && axis > 0;) {
        if (!is_letter(term.at[i]))
            break;
        Dim size = said.dims[--axis];
        if (!letters->used[(size_t)term.at[i]])
            letters->size[(size_t)term.at[i]] = size;
    }
}

static Dim product_of(Arena *arena, const Letters *letters, Str term)
{
    Dim product = dim_int(1);
    for (size_t i = 0; i < term.size; i++)
        if (is_letter(term.at[i]))
            product = dim_mul(arena, product, letters->size[(size_t)term.at[i]]);
    return product;
}

static Shape shape_of_term(Arena *arena, const Letters *letters, Str term)
{
    Dim dims[SHAPE_MAX_RANK];
    uint32_t rank = 0;
    bool rest = false;
    for (size_t i = 0; i < term.size; i++) {
        bool dots = term.at[i] == '.' && !rest;
        if (rank + (dots ? letters->rest_count : 1) > SHAPE_MAX_RANK)
            return shape_unknown();
        for (uint32_t k = 0; dots && k < letters->rest_count; k++)
            dims[rank++] = letters->rest[k];
        rest = rest || dots;
        if (is_letter(term.at[i]))
            dims[rank++] = letters->size[(size_t)term.at[i]];
    }
    return shape_of(arena, rank, dims);
}

static Shape einsum_output(KerasCall *call)
{
    const Value *said = keras_get(call->config, "output_shape");
    Shape shape;
    Dim one = keras_dim(said);
    if (said && said->kind == VALUE_SCALAR)
        return shape_of(call->arena, 1, &one);
    keras_shape(call->arena, said, &shape);
    return shape;
}

/* Weights are the letters of the second term; each is used once for every other letter of the input and output. */
static void settle_einsum(KerasCall *call, const Letters *letters, Str weight, Str output)
{
    Arena *arena = call->arena;
    Str bias = keras_word(call->config, "bias_axes");
    Dim weights = product_of(arena, letters, weight), work = weights;
    Shape out = shape_of_term(arena, letters, output);
    for (size_t i = 0; i < output.size;
         i++) /* letters of the output that no weight has: positions, without the batch */
        if (is_letter(output.at[i]) && i > 0 && str_find(weight, output.at[i]) == weight.size)
            work = dim_mul(arena, work, letters->size[(size_t)output.at[i]]);
    for (uint32_t i = 1; i < letters->rest_count && output.size && output.at[0] == '.'; i++)
        work = dim_mul(arena, work, letters->rest[i]);
    Dim params = bias.size ? dim_add(arena, weights, product_of(arena, letters, bias)) : weights;
    keras_settle(call, out, params, work);
    keras_set_int(call, "out", keras_last(out));
}

static bool read_einsum(KerasCall *call)
{
    Str equation = keras_word(call->config, "equation"), input, weight, output;
    size_t arrow = str_find(equation, '>');
    Letters letters = {.rest_count = 0};
    input = str_slice(equation, 0, str_find(equation, ','));
    weight = str_slice(equation, input.size + 1, arrow ? arrow - 1 : 0);
    output = str_slice(equation, arrow + 1, equation.size);
    call->activation = keras_get(call->config, "activation");
    call->settled = true;
    call->params = call->macs = DIM_NONE;
    if (!take_sizes(&letters, input, keras_in(call, 0)))
        return true;
    take_output(&letters, output, einsum_output(call));
    settle_einsum(call, &letters, weight, output);
    return true;
}

/* ---- normalisation ----------------------------------------------------------------------------------------------- */

/* Product of the sizes along the axes that are said: one number, or a list; the last where none is. */
static Dim scaled(KerasCall *call, Shape in)
{
    const Value *axis = keras_get(call->config, "axis"), *item = axis && axis->kind == VALUE_LIST ? axis->first : axis;
    Dim product = dim_int(1);
    uint32_t at, count = 0;
    int64_t n = -1;
    if (!in.known || !in.rank)
        return DIM_NONE;
    for (; item && count < SHAPE_MAX_RANK; item = axis->kind == VALUE_LIST ? item->next : NULL, count++) {
        if (!keras_int(item, &n) || !keras_axis(n, in.rank, &at))
            return DIM_NONE;
        product = dim_mul(call->arena, product, in.dims[at]);
    }
    return count ? product : keras_last(in);
}

/* Scale and shift of the axes that are said; Keras 1 and 2 say them as 1 or -1, later ones as a list. */
static bool read_norm(KerasCall *call)
{
    keras_set_bool(call, "scale", keras_is(call->config, "scale", true));
    keras_set_bool(call, "bias",
                   keras_is(call->config, "center", !str_equal(call->class_name, STR("RMSNormalization"))));
    keras_set_bool(call, "affine", true);
    keras_set_int(call, "features", scaled(call, keras_in(call, 0)));
    keras_copy_text(call, "eps", "epsilon");
    keras_copy_text(call, "momentum", "momentum");
    int64_t groups = 0;
    if (keras_int(keras_get(call->config, "groups"), &groups))
        keras_set_int(call, "groups",
                      groups == -1 ? scaled(call, keras_in(call, 0)) : dim_int(groups > 0 ? groups : 1));
    return true;
}

/* ---- activations ------------------------------------------------------------------------------------------------- */

/* Whether `name` is `plain` but for capitals and `_`: hard_sigmoid, hardSigmoid and HardSigmoid are. */
static bool same_letters(Str name, Str plain)
{
    size_t k = 0;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        if (c == '_')
            continue;
        if (k == plain.size || plain.at[k++] != (c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c))
            return false;
    }
    return k == plain.size;
}

const char *keras_activation(Str name)
{
    static const char *const names[][2] = {
        {"relu", "relu"}, {"relu6", "relu6"}, {"leakyrelu", "leaky_relu"}, {"elu", "elu"}, {"selu", "selu"},
        {"celu", "celu"}, {"gelu", "gelu"}, {"geluapproximate", "gelu"}, {"gelunew", "gelu"}, {"silu", "silu"},
        {"swish", "silu"}, {"mish", "mish"}, {"sigmoid", "sigmoid"}, {"hardsigmoid", "hard_sigmoid"},
        {"hardsilu", "hard_swish"}, {"hardswish", "hard_swish"}, {"tanh", "tanh"}, {"hardtanh", "hard_tanh"},
        {"tanhshrink", "tanhshrink"}, {"softshrink", "softshrink"}, {"hardshrink", "hardshrink"},
        {"softmax", "softmax"}, {"logsoftmax", "log_softmax"}, {"softplus", "softplus"}, {"softsign", "softsign"},
        {"exponential", "exp"}, {"logsigmoid", "log_sigmoid"}, {"threshold", "threshold"},
        {"sparsemax", "sparsemax"}, {"prelu", "prelu"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (same_letters(name, str_from(names[i][0])))
            return names[i][1];
    return NULL;
}

/* `linear` changes nothing; a function that somebody wrote is called by its name. */
static bool read_activation(KerasCall *call)
{
    const Value *said = keras_get(call->config, "activation");
    Str name = keras_class(said);
    const char *op = keras_activation(name);
    Shape in = keras_in(call, 0);
    if (op) {
        keras_begin(call, op);
        keras_set_int(call, "axis",
                      in.known && in.rank && str_equal(name, STR("softmax")) ? dim_int((int64_t)in.rank - 1)
                                                                             : DIM_NONE);
    } else if (!name.size || str_equal(name, STR("linear"))) {
        keras_begin(call, "identity");
    } else if (str_equal(name, STR("glu"))) {
        keras_begin(call, "glu");
        return true;
    } else {
        keras_custom(call);
        call->layer->op_name = name;
    }
    keras_same(call);
    return true;
}

static bool is_above_zero(Str number)
{
    for (size_t i = 0; i < number.size; i++)
        if (number.at[i] >= '1' && number.at[i] <= '9')
            return number.at[0] != '-';
    return false;
}

/* keras.layers.ReLU has a ceiling, a slope and a threshold. */
static bool read_relu(KerasCall *call)
{
    Str most = keras_word(call->config, "max_value"), slope = keras_word(call->config, "negative_slope");
    Str threshold = keras_word(call->config, "threshold");
    Dim ceiling = keras_number(call->config, "max_value");
    bool leaky = is_above_zero(slope), shifted = is_above_zero(threshold);
    if (leaky && !shifted && !most.size) {
        keras_begin(call, "leaky_relu");
        keras_set_text(call, "slope", slope);
    } else {
        keras_begin(call, dim_is(ceiling, 6) && !leaky && !shifted ? "relu6" : "relu");
    }
    keras_same(call);
    return true;
}

static bool read_slope(KerasCall *call)
{
    keras_copy_text(call, "slope", "negative_slope alpha theta");
    keras_same(call);
    return true;
}

/* One slope for each element, but for the axes along which they are shared (from 1 on, without the batch). */
static bool read_prelu(KerasCall *call)
{
    Shape in = keras_in(call, 0), shared;
    if (keras_shape(call->arena, keras_get(call->config, "shared_axes"), &shared)) {
        for (uint32_t i = 0; i < shared.rank; i++)
            if (shared.dims[i].kind == DIM_INT && in.known && shared.dims[i].n < in.rank)
                in = keras_with(call->arena, in, (uint32_t)shared.dims[i].n, dim_int(1));
    }
    bool shares = shared.known && shared.rank;
    keras_set_text(call, "per", shares ? STR("channel") : STR("element"));
    keras_settle(call, keras_in(call, 0), keras_product(call->arena, in, 1), dim_int(0));
    return true;
}

static bool read_softmax(KerasCall *call)
{
    int64_t axis = -1;
    uint32_t at;
    Shape in = keras_in(call, 0);
    keras_int(keras_get(call->config, "axis"), &axis);
    if (in.known && keras_axis(axis, in.rank, &at))
        keras_set_int(call, "axis", dim_int(at));
    keras_same(call);
    return true;
}

static bool read_rate(KerasCall *call)
{
    keras_copy_text(call, "p", "rate p stddev sigma l2");
    keras_same(call);
    return true;
}

static bool read_same(KerasCall *call)
{
    keras_same(call);
    return true;
}

static const KerasRow rows[] = {
    {.classes = "Dense TimeDistributedDense", .op = "linear", .read = read_dense},
    {.classes = "EinsumDense", .op = "linear", .read = read_einsum},
    {.classes = "MaxoutDense", .op = "maxout", .read = read_maxout},
    {.classes = "Highway", .read = read_highway},
    {.classes = "Embedding", .op = "embedding", .read = read_embedding},
    {.classes = "BatchNormalization BatchNormalizationV1 BatchNormalizationV2 SyncBatchNormalization", .op = "bn",
     .read = read_norm},
    {.classes = "LayerNormalization", .op = "ln", .read = read_norm},
    {.classes = "GroupNormalization", .op = "gn", .read = read_norm},
    {.classes = "InstanceNormalization", .op = "instancenorm", .read = read_norm},
    {.classes = "RMSNormalization", .op = "rmsnorm", .read = read_norm},
    {.classes = "UnitNormalization", .op = "l2norm", .read = read_same},
    {.classes = "Activation", .read = read_activation},
    {.classes = "ReLU", .read = read_relu},
    {.classes = "LeakyReLU", .op = "leaky_relu", .read = read_slope},
    {.classes = "ELU", .op = "elu", .read = read_slope},
    {.classes = "ThresholdedReLU", .op = "threshold", .read = read_slope},
    {.classes = "PReLU", .op = "prelu", .read = read_prelu},
    {.classes = "Softmax", .op = "softmax", .read = read_softmax},
    {.classes = "Dropout", .op = "dropout", .read = read_rate},
    {.classes = "SpatialDropout1D SpatialDropout2D SpatialDropout3D", .op = "spatial_dropout", .read = read_rate},
    {.classes = "AlphaDropout", .op = "alpha_dropout", .read = read_rate},
    {.classes = "GaussianDropout", .op = "gaussian_dropout", .read = read_rate},
    {.classes = "GaussianNoise", .op = "gaussian_noise", .read = read_rate},
    {.classes = "ActivityRegularization", .op = "activity_regularization", .read = read_rate},
    {.classes = "Identity Masking", .op = "identity", .read = read_same},
};

KerasRows keras_dense_rows(void)
{
    return KERAS_ROWS(rows);
}
