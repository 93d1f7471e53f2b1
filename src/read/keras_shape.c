/* SPDX-License-Identifier: MIT */
/* Keras layers that rearrange, join or prepare tensors, and those whose body is Python. */
#include "read/keras.h"

/* ---- rearranging ------------------------------------------------------------------------------------------------- */

/* A vector of one number a sample becomes one feature. */
static void finish_flatten(KerasCall *call)
{
    Shape in = keras_in(call, 0);
    if (in.known && in.rank == 1)
        call->out[0] = keras_inserted(call->arena, in, 1, dim_int(1));
}

/* What remains of the elements: -1, which TensorFlow.js writes as null. */
static bool is_rest(const Value *item)
{
    int64_t n;
    return item->kind == VALUE_NULL || (keras_int(item, &n) && n == -1);
}

static bool read_reshape(KerasCall *call)
{
    Arena *arena = call->arena;
    Shape in = keras_in(call, 0);
    const Value *said = keras_get(call->config, "target_shape dims newshape");
    Dim dims[SHAPE_MAX_RANK] = {in.known && in.rank ? in.dims[0] : DIM_NONE}, rest = dim_int(1);
    uint32_t rank = 1, open = 0;
    for (const Value *item = said ? said->first : NULL; item && rank < SHAPE_MAX_RANK; item = item->next) {
        dims[rank] = keras_dim(item);
        if (is_rest(item) && !open)
            open = rank;
        else
            rest = dim_mul(arena, rest, dims[rank]);
        rank++;
    }
    Dim all = keras_product(arena, in, 1);
    if (open)
        dims[open] = dim_div_exact(arena, all, rest);
    bool wrong = open ? dims[open].kind == DIM_UNKNOWN && all.kind == DIM_INT && rest.kind == DIM_INT
                      : dim_known_different(all, rest);
    if (wrong)
        return keras_error(call, "`%.*s` cannot reshape the %.*s elements of a sample to %.*s",
                           STR_ARGS(call->entry->name), STR_ARGS(dim_text(arena, all)),
                           STR_ARGS(shape_text(arena, shape_of(arena, rank - 1, dims + 1), "x")));
    keras_set_dims(call, "shape", dims + 1, rank - 1);
    keras_settle(call, shape_of(arena, rank, dims), dim_int(0), dim_int(0));
    return true;
}

/* `dims` count the axes of a sample from 1. */
static bool read_permute(KerasCall *call)
{
    Shape said;
    Dim order[SHAPE_MAX_RANK] = {dim_int(0)};
    if (!keras_shape(call->arena, keras_get(call->config, "dims"), &said) || said.rank + 1 > SHAPE_MAX_RANK)
        return true;
    for (uint32_t i = 0; i < said.rank; i++)
        order[i + 1] = said.dims[i];
    keras_set_dims(call, "order", order, said.rank + 1);
    return true;
}

static bool read_repeat(KerasCall *call)
{
    keras_copy_int(call, "times", "n");
    return true;
}

/* ---- joining ----------------------------------------------------------------------------------------------------- */

/* Keras adds axes of 1 behind the batch to inputs of lower rank, unless their axes fit from behind as they are. */
static void align(KerasCall *call)
{
    uint32_t rank = 0;
    for (uint32_t i = 0; i < call->in_count; i++)
        rank = call->in[i].known && call->in[i].rank > rank ? call->in[i].rank : rank;
    for (uint32_t i = 0; i < call->in_count; i++)
        while (call->in[i].known && call->in[i].rank && call->in[i].rank < rank)
            call->in[i] = keras_inserted(call->arena, call->in[i], 1, dim_int(1));
}

/* A merge of one tensor with itself has one input in the file. */
static bool read_merge(KerasCall *call)
{
    align(call);
    if (call->in_count == 1)
        keras_same(call);
    return true;
}

static void set_axis(KerasCall *call, const char *keys)
{
    int64_t axis = -1;
    uint32_t at;
    Shape in = keras_in(call, 0);
    for (uint32_t i = 1; i < call->in_count && !in.known; i++)
        in = keras_in(call, i);
    keras_int(keras_get(call->config, keys), &axis);
    if (in.known && keras_axis(axis, in.rank, &at))
        keras_set_int(call, "axis", dim_int(at));
    else if (!in.known)
        keras_set_int(call, "axis", dim_int(axis));
}

static bool read_concat(KerasCall *call)
{
    set_axis(call, "axis concat_axis");
    return true;
}

static bool dot_axes(KerasCall *call, uint32_t *a, uint32_t *b)
{
    const Value *said = keras_get(call->config, "axes dot_axes");
    const Value *first = said && said->kind == VALUE_LIST ? said->first : said;
    const Value *second = said && said->kind == VALUE_LIST && first ? first->next : first;
    int64_t x = -1, y = -1;
    if (first && first->kind == VALUE_LIST) /* Keras 1: a list an input */
        first = first->first;
    if (second && second->kind == VALUE_LIST)
        second = second->first;
    keras_int(first, &x);
    keras_int(second, &y);
    return keras_axis(x, keras_in(call, 0).rank, a) && keras_axis(y, keras_in(call, 1).rank, b);
}

/* Batch by batch, all axes of both but those that are summed over (keras.layers.Dot). */
static bool read_dot(KerasCall *call)
{
    Arena *arena = call->arena;
    uint32_t a, b;
    call->settled = true;
    call->params = dim_int(0);
    call->macs = DIM_NONE;
    if (call->in_count != 2 || !dot_axes(call, &a, &b))
        return true;
    Shape x = keras_in(call, 0), y = keras_in(call, 1), out = keras_without(arena, x, a),
          other = keras_without(arena, y, b);
    if (dim_known_different(x.dims[a], y.dims[b]))
        return keras_error(call, "`%.*s` cannot multiply %.*s and %.*s along axes %u and %u",
                           STR_ARGS(call->entry->name), STR_ARGS(shape_text(arena, x, "x")),
                           STR_ARGS(shape_text(arena, y, "x")), a, b);
    for (uint32_t i = 1; i < other.rank; i++)
        out = keras_inserted(arena, out, out.rank, other.dims[i]);
    if (out.known && out.rank == 1)
        out = keras_inserted(arena, out, 1, dim_int(1));
    Dim inner = x.dims[a].kind == DIM_UNKNOWN ? y.dims[b] : x.dims[a];
    keras_settle(call, out, dim_int(0), dim_mul(arena, keras_product(arena, out, 1), inner));
    keras_set_int(call, "axis", dim_int(a));
    keras_set_bool(call, "normalize", keras_is(call->config, "normalize", false));
    return true;
}

/* Keras 1: one class for all of them. */
static bool read_old_merge(KerasCall *call)
{
    static const char *const modes[][2] = {{"sum", "add"}, {"mul", "mul"}, {"ave", "average"}, {"max", "max"},
                                           {"concat", "concat"}, {"dot", "dot"}, {"cos", "dot"}};
    Str mode = keras_word(call->config, "mode");
    const char *op = mode.size ? NULL : "add";
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (str_equal(mode, str_from(modes[i][0])))
            op = modes[i][1];
    if (!op) {
        keras_custom(call);
        call->settled = true;
        return true;
    }
    keras_begin(call, op);
    if (str_equal(str_from(op), STR("dot")))
        return read_dot(call);
    return str_equal(str_from(op), STR("concat")) ? read_concat(call) : read_merge(call);
}

/* ---- Python ------------------------------------------------------------------------------------------------------ */

/* A Lambda has no weights; older files say the shape of its output, and none may say what it computes. */
static bool read_lambda(KerasCall *call)
{
    keras_custom(call);
    Shape said;
    bool raw = !str_equal(keras_word(call->config, "output_shape_type"), STR("lambda"));
    if (raw && keras_shape(call->arena, keras_get(call->config, "output_shape"), &said)) {
        Shape in = keras_in(call, 0);
        said = keras_inserted(call->arena, said, 0, in.known && in.rank ? in.dims[0] : DIM_NONE);
    } else {
        said = shape_unknown();
    }
    keras_settle(call, said, dim_int(0), DIM_NONE);
    return true;
}

/* ---- preprocessing ----------------------------------------------------------------------------------------------- */

/* Another value at every place, or another picture of the same size. */
static bool read_prepared(KerasCall *call)
{
    keras_custom(call);
    keras_same(call);
    return true;
}

/* What is not the sample's own size is unknown. */
static bool read_lost(KerasCall *call)
{
    keras_custom(call);
    Shape out = keras_in(call, 0);
    bool height = str_equal(call->class_name, STR("RandomHeight"));
    if (out.known && out.rank >= 3)
        out = keras_with(call->arena, out, height ? out.rank - 3 : out.rank - 2, DIM_NONE);
    keras_settle(call, out, dim_int(0), dim_int(0));
    return true;
}

/* One-hot of each number, or counts over the last axis. */
static bool read_encoding(KerasCall *call)
{
    Shape in = keras_in(call, 0);
    Str mode = keras_word(call->config, "output_mode");
    Dim tokens = keras_number(call->config, "num_tokens max_tokens num_bins vocabulary_size");
    bool one_hot = str_equal(mode, STR("one_hot")), last_is_one = in.known && in.rank && dim_is(keras_last(in), 1);
    keras_custom(call);
    if (!mode.size || str_equal(mode, STR("int"))) {
        keras_same(call);
        return true;
    }
    Shape out = in;
    if (in.known && in.rank > 1 && (!one_hot || last_is_one))
        out = keras_with(call->arena, in, in.rank - 1, tokens);
    else if (in.known)
        out = keras_inserted(call->arena, in, in.rank, tokens);
    keras_settle(call, out, dim_int(0), dim_int(0));
    return true;
}

/* Strings become sequences of numbers, or one vector. */
static bool read_text(KerasCall *call)
{
    Shape in = keras_in(call, 0);
    Str mode = keras_word(call->config, "output_mode");
    bool sequence = !mode.size || str_equal(mode, STR("int"));
    Dim length = keras_number(call->config, sequence ? "output_sequence_length" : "max_tokens");
    Dim dims[2] = {in.known && in.rank ? in.dims[0] : DIM_NONE, length};
    keras_custom(call);
    keras_settle(call, shape_of(call->arena, 2, dims), dim_int(0), dim_int(0));
    return true;
}

/* A wrapper that changes how weights are used, and not how many are trained. */
static bool read_wrapper(KerasCall *call)
{
    const Value *inner = keras_get(call->config, "layer");
    call->config = keras_config(inner);
    call->class_name = keras_class(inner);
    if (keras_dispatch(call)) {
        call->settled = true;
        return true;
    }
    return false;
}

/* The layer at every step: the second axis is hidden from it. */
static bool read_over_time(KerasCall *call)
{
    call->lift++;
    for (uint32_t i = 0; i < call->in_count; i++)
        call->in[i] = keras_without(call->arena, call->in[i], 1);
    return read_wrapper(call);
}

#define SAME_CLASSES                                                                                                   \
    "Rescaling Normalization Hashing RandomFlip RandomRotation RandomZoom RandomContrast RandomBrightness "            \
    "RandomTranslation RandomShear RandomColorJitter RandomColorDegeneration RandomHue RandomSaturation "              \
    "RandomSharpness "                                                                                                 \
    "RandomGrayscale RandomErasing RandomGaussianBlur RandomInvert RandomPerspective RandomPosterization "             \
    "RandomElasticTransform Solarization AutoContrast Equalization RandAugment AugMix Posterize"

static const KerasRow rows[] = {
    {.classes = "Flatten", .op = "flatten", .finish = finish_flatten},
    {.classes = "Reshape", .op = "reshape", .read = read_reshape},
    {.classes = "Permute", .op = "permute", .read = read_permute},
    {.classes = "RepeatVector", .op = "repeat_vector", .read = read_repeat},
    {.classes = "Add", .op = "add", .read = read_merge},
    {.classes = "Subtract", .op = "sub", .read = read_merge},
    {.classes = "Multiply", .op = "mul", .read = read_merge},
    {.classes = "Average", .op = "average", .read = read_merge},
    {.classes = "Maximum", .op = "max", .read = read_merge},
    {.classes = "Minimum", .op = "min", .read = read_merge},
    {.classes = "Concatenate", .op = "concat", .read = read_concat},
    {.classes = "Dot", .op = "dot", .read = read_dot},
    {.classes = "Merge", .read = read_old_merge},
    {.classes = "Lambda", .read = read_lambda},
    {.classes = SAME_CLASSES, .read = read_prepared},
    {.classes = "RandomHeight RandomWidth", .read = read_lost},
    {.classes = "CategoryEncoding StringLookup IntegerLookup Discretization", .read = read_encoding},
    {.classes = "TextVectorization", .read = read_text},
    {.classes = "SpectralNormalization Wrapper", .read = read_wrapper},
    {.classes = "TimeDistributed", .read = read_over_time},
};

KerasRows keras_shape_rows(void)
{
    return KERAS_ROWS(rows);
}
