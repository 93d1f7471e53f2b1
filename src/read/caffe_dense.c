/* SPDX-License-Identifier: MIT */
/* Caffe's layers with weights but convolutions: dense, embedding, recurrent, normalisation, scales and slopes. */
#include "read/caffe.h"

static Dim bool_dim(bool yes)
{
    return dim_int(yes ? 1 : 0);
}

/* The axes from `axis` on are one vector; those before it stay (inner_product_layer.cpp). */
void caffe_inner_product(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    Dim out, features = DIM_NONE;
    uint32_t axis;
    bool biased = caffe_bool(call, "bias_term", true);
    if (!caffe_outputs(call, &out))
        return;
    caffe_set(call, "out", &out, 1);
    caffe_set(call, "bias", (Dim[]){bool_dim(biased)}, 1);
    call->macs = DIM_NONE;
    if (in.known && caffe_axis(call, "axis", 1, in, &axis)) {
        features = caffe_product(call, in, axis, in.rank);
        Shape result = shape_of(call->arena, axis + 1, in.dims);
        result.dims[axis] = out;
        caffe_out(call, 0, result);
        caffe_set(call, "flatten", (Dim[]){bool_dim(axis + 1 < in.rank)}, 1);
        call->macs = dim_mul(call->arena, features, caffe_product(call, result, 0, result.rank));
    }
    caffe_weight(call, dim_mul(call->arena, features, out));
    if (biased)
        caffe_weight(call, out);
}

/* A vector for each number of the input (embed_layer.cpp). */
void caffe_embed(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    Dim out, words = dim_int(caffe_int(call, "input_dim", 0)), dims[SHAPE_MAX_RANK];
    if (!caffe_outputs(call, &out))
        return;
    if (dim_is(words, 0)) {
        caffe_missing(call, "input_dim");
        return;
    }
    caffe_set(call, "dim", &out, 1);
    caffe_set(call, "vocab", &words, 1);
    for (uint32_t i = 0; in.known && i < in.rank && i + 1 < SHAPE_MAX_RANK; i++)
        dims[i] = in.dims[i];
    if (in.known && in.rank + 1 < SHAPE_MAX_RANK) {
        dims[in.rank] = out;
        caffe_out(call, 0, shape_of(call->arena, in.rank + 1, dims));
    }
    caffe_weight(call, dim_mul(call->arena, words, out));
    if (caffe_bool(call, "bias_term", true))
        caffe_weight(call, out);
}

/* ---- recurrent -------------------------------------------------------------------------------------------------- */

/* Steps × streams, features of the input, of the static input, of the state. */
typedef struct Recurrent {
    Dim steps, in, fixed, state;
    bool has_fixed;
} Recurrent;

/* T×N×… becomes T×N×D; the second bottom says where sequences begin, a third is the same at each step. */
static bool read_recurrent(CaffeCall *call, Recurrent *r)
{
    Shape in = caffe_in(call, 0), fixed = caffe_in(call, 2);
    bool exposed = caffe_bool(call, "expose_hidden", false);
    if (!caffe_outputs(call, &r->state))
        return false;
    caffe_set(call, "hidden", &r->state, 1);
    caffe_set_int(call, "biases", 1);
    call->macs = DIM_NONE;
    r->steps = caffe_product(call, in, 0, in.rank < 2 ? in.rank : 2);
    r->in = caffe_product(call, in, 2, in.rank);
    r->has_fixed = call->in_count > 2 && !exposed;
    r->fixed = r->has_fixed ? caffe_product(call, fixed, 1, fixed.rank) : dim_int(0);
    if (!in.known || in.rank < 2)
        return true;
    Dim dims[3] = {in.dims[0], in.dims[1], r->state}, last[3] = {dim_int(1), in.dims[1], r->state};
    caffe_out(call, 0, shape_of(call->arena, 3, dims));
    for (uint32_t i = 1; i < call->out_count; i++)
        caffe_out(call, i, shape_of(call->arena, 3, last));
    return true;
}

static Dim times(const CaffeCall *call, Dim a, Dim b)
{
    return dim_mul(call->arena, a, b);
}

/* `rows` gates read the input, with a bias, the static input and the state. */
static void add_gates(CaffeCall *call, const Recurrent *r, Dim rows)
{
    caffe_weight(call, times(call, rows, r->in));
    caffe_weight(call, rows);
    if (r->has_fixed)
        caffe_weight(call, times(call, rows, r->fixed));
    caffe_weight(call, times(call, rows, r->state));
    Dim products = times(call, rows, dim_add(call->arena, r->in, r->state));
    call->macs = times(call, products, r->steps);
    Shape in = caffe_in(call, 0);
    if (r->has_fixed)
        call->macs = dim_add(call->arena, call->macs,
                             times(call, times(call, rows, r->fixed), in.known && in.rank > 1 ? in.dims[1] : DIM_NONE));
}

void caffe_lstm(CaffeCall *call)
{
    Recurrent r;
    if (read_recurrent(call, &r))
        add_gates(call, &r, times(call, dim_int(4), r.state));
}

/* The output is the state, multiplied by a matrix of its own (rnn_layer.cpp). */
void caffe_rnn(CaffeCall *call)
{
    Recurrent r;
    if (!read_recurrent(call, &r))
        return;
    add_gates(call, &r, r.state);
    Dim square = times(call, r.state, r.state);
    caffe_weight(call, square);
    caffe_weight(call, r.state);
    call->macs = dim_add(call->arena, call->macs, times(call, square, r.steps));
}

/* Where sequences begin, for recurrent layers: steps × streams. */
void caffe_indicator(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    uint32_t axis;
    Dim dims[2] = {dim_int(caffe_int(call, "time_step", 0)), dim_int(caffe_int(call, "batch_size", 0))};
    if (dim_is(dims[1], 0))
        dims[1] = in.known && caffe_axis(call, "axis", 0, in, &axis) ? in.dims[axis] : DIM_NONE;
    if (dim_is(dims[0], 0))
        dims[0] = DIM_NONE;
    caffe_out(call, 0, shape_of(call->arena, 2, dims));
}

/* ---- norms, scales, slopes -------------------------------------------------------------------------------------- */

static Dim channels_of(const CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    return !in.known ? DIM_NONE : in.rank > 1 ? in.dims[1] : dim_int(1);
}

/* Mean, variance and a correction, none of them trained; forks keep scale and shift in the same layer. */
void caffe_batch_norm(CaffeCall *call)
{
    bool affine = caffe_bool(call, "scale_bias", false);
    caffe_set_int(call, "affine", affine);
    caffe_same(call);
    for (int i = 0; affine && i < 2; i++)
        caffe_weight(call, channels_of(call));
}

/* Scale, shift, and statistics (SegNet, PSPNet). */
void caffe_bn(CaffeCall *call)
{
    caffe_same(call);
    caffe_weight(call, channels_of(call));
    caffe_weight(call, channels_of(call));
}

/* The sizes that a learnt scale or bias spans; -1 axes are all from there on. */
static bool read_span(CaffeCall *call, Dim *span)
{
    Shape in = caffe_in(call, 0);
    uint32_t axis;
    int64_t axes = caffe_int(call, "num_axes", 1);
    *span = DIM_NONE;
    if (!in.known)
        return true;
    if (!caffe_axis(call, "axis", 1, in, &axis))
        return false;
    if (axes < -1 || axes > (int64_t)in.rank - (int64_t)axis) {
        caffe_fail(call, caffe_field(call->param, "num_axes"), "there are no %lld axes from axis %u on in %.*s",
                   (long long)axes, axis, STR_ARGS(shape_text(call->arena, in, "x")));
        return false;
    }
    uint32_t to = axes < 0 ? in.rank : axis + (uint32_t)axes;
    *span = caffe_product(call, in, axis, to);
    caffe_set(call, "features", in.dims + axis, to - axis);
    return true;
}

/* With one bottom the factors are trained; with two, the second gives them (scale_layer.cpp). */
void caffe_scale(CaffeCall *call)
{
    Shape factors = caffe_in(call, 1);
    Dim span = caffe_product(call, factors, 0, factors.rank);
    bool biased = caffe_bool(call, "bias_term", false);
    if (call->in_count > 1)
        caffe_become(call, "mul");
    else if (!read_span(call, &span))
        return;
    caffe_set_int(call, "bias", biased);
    caffe_same(call);
    if (call->in_count < 2)
        caffe_weight(call, span);
    if (biased)
        caffe_weight(call, span);
}

void caffe_bias(CaffeCall *call)
{
    Dim span = DIM_NONE;
    if (call->in_count > 1)
        caffe_become(call, "add");
    else if (!read_span(call, &span))
        return;
    caffe_same(call);
    if (call->in_count < 2)
        caffe_weight(call, span);
}

void caffe_prelu(CaffeCall *call)
{
    bool shared = caffe_bool(call, "channel_shared", false);
    caffe_set_text(call, "per", shared ? STR("layer") : STR("channel"));
    caffe_same(call);
    caffe_weight(call, shared ? dim_int(1) : channels_of(call));
}

/* SSD's division by the length, with a learnt factor for each channel. */
void caffe_normalize(CaffeCall *call)
{
    bool shared = caffe_bool(call, "channel_shared", true);
    caffe_set_int(call, "affine", 1);
    caffe_same(call);
    caffe_weight(call, shared ? dim_int(1) : channels_of(call));
}

static bool is_zero(Str number)
{
    for (size_t i = 0; i < number.size; i++)
        if (number.at[i] >= '1' && number.at[i] <= '9')
            return false;
    return true;
}

void caffe_relu(CaffeCall *call)
{
    if (!is_zero(caffe_word(call, "negative_slope")))
        caffe_become(call, "leaky_relu");
    caffe_same(call);
}

/* Numbers that are trained and flow as data. */
void caffe_parameter(CaffeCall *call)
{
    const Value *said = caffe_field(call->param, "shape");
    Shape shape = said ? caffe_shape(call->reader, said) : shape_unknown();
    caffe_out(call, 0, shape);
    caffe_set(call, "shape", shape.dims, shape.rank);
    caffe_weight(call, caffe_product(call, shape, 0, shape.rank));
}
