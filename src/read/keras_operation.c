/* SPDX-License-Identifier: MIT */
/* Operations among Keras layers: nodes of keras.ops (Keras 3), TFOpLambda and its kin (TensorFlow 2). */
#include "read/keras.h"

/* ---- arguments --------------------------------------------------------------------------------------------------- */

/* Keyword arguments of a call: {args, kwargs}, or the map behind the first tensor of a list. */
static const Value *keywords_of(const Value *node)
{
    const Value *found = value_get(node, STR("kwargs"));
    for (int depth = 0; depth < 3 && node && node->kind == VALUE_LIST && node->first; depth++) {
        for (const Value *item = node->first; item; item = item->next)
            found = item->kind == VALUE_MAP && !found ? item : found;
        node = node->first;
    }
    return found;
}

/* An argument by any of its names: the operation's own, or the call's. */
static const Value *argument(const KerasCall *call, const char *keys)
{
    const Value *own = keras_get(call->config, keys);
    return own ? own : keras_get(keywords_of(call->node->value), keys);
}

static bool axis_argument(KerasCall *call, uint32_t rank, int64_t otherwise, uint32_t *axis)
{
    int64_t n = otherwise;
    const Value *said = argument(call, "axis dim");
    return (!said || keras_int(said, &n)) && keras_axis(n, rank, axis);
}

/* ---- rules ------------------------------------------------------------------------------------------------------- */

static void rule_same_shape(KerasCall *call)
{
    keras_same(call);
}

/* Tensors among the inputs broadcast; numbers that stand in the call change no shape, lists of them may. */
static void rule_broadcast_inputs(KerasCall *call)
{
    const Value *other = argument(call, "y x2");
    bool list = other && other->kind == VALUE_LIST && call->in_count < 2;
    if (call->in_count > 1)
        keras_infer(call);
    else
        keras_settle(call, list ? shape_unknown() : keras_in(call, 0), dim_int(0), dim_int(0));
    call->settled = true;
}

static void rule_reduce(KerasCall *call)
{
    Shape in = keras_in(call, 0), axes;
    Dim gone[SHAPE_MAX_RANK];
    uint32_t count = 0, axis;
    const Value *said = argument(call, "axis reduction_indices"),
                *item = said && said->kind == VALUE_LIST ? said->first : said;
    const Value *keep = argument(call, "keepdims keep_dims");
    bool stays = false;
    int64_t n;
    value_to_bool(keep, &stays);
    keras_settle(call, shape_unknown(), dim_int(0), dim_int(0));
    if (!in.known)
        return;
    for (; item && count < SHAPE_MAX_RANK; item = item == said ? NULL : item->next)
        if (keras_int(item, &n) && keras_axis(n, in.rank, &axis))
            gone[count++] = dim_int(axis);
    for (axis = 0; !count && !said && axis < in.rank; axis++)
        gone[axis] = dim_int(axis);
    axes = shape_of(call->arena, count || said ? count : in.rank, gone);
    Shape out = in;
    for (uint32_t i = in.rank; i-- > 0;)
        for (uint32_t k = 0; k < axes.rank; k++)
            if (dim_is(axes.dims[k], i)) {
                out = stays ? keras_with(call->arena, out, i, dim_int(1)) : keras_without(call->arena, out, i);
                break;
            }
    keras_set_dims(call, "axes", axes.dims, axes.rank);
    keras_set_bool(call, "keep", stays);
    keras_settle(call, out, dim_int(0), dim_int(0));
}

static void rule_join_axis(KerasCall *call)
{
    Shape in = keras_in(call, 0);
    uint32_t axis;
    bool stack = str_equal(str_from(call->layer->op->name), STR("stack"));
    if (in.known && axis_argument(call, in.rank + stack, stack ? 0 : -1, &axis))
        keras_set_int(call, "axis", dim_int(axis));
    keras_infer(call);
    call->settled = true;
}

static void rule_own(KerasCall *call)
{
    keras_infer(call);
    call->settled = true;
}

static void rule_einsum(KerasCall *call)
{
    keras_set_text(call, "equation", keras_text(argument(call, "subscripts equation")));
    rule_own(call);
}

/* The whole shape, with -1 for what remains; an unknown batch stays where the rest is the sample. */
static void rule_reshape(KerasCall *call)
{
    Arena *arena = call->arena;
    Shape in = keras_in(call, 0);
    const Value *said = argument(call, "newshape shape");
    Dim dims[SHAPE_MAX_RANK], rest = dim_int(1), all = keras_product(arena, in, 0),
                              sample = keras_product(arena, in, 1);
    uint32_t rank = 0, open = SHAPE_MAX_RANK;
    keras_settle(call, shape_unknown(), dim_int(0), dim_int(0));
    if (!said || said->kind != VALUE_LIST || said->count > SHAPE_MAX_RANK)
        return;
    for (const Value *item = said->first; item; item = item->next, rank++) {
        int64_t n;
        dims[rank] = keras_dim(item);
        if (keras_int(item, &n) && n == -1)
            open = rank;
        else
            rest = dim_mul(arena, rest, dims[rank]);
    }
    if (open < rank && !dim_equal(rest, sample))
        dims[open] = dim_div_exact(arena, all, rest);
    else if (open < rank)
        dims[open] = in.dims[0];
    keras_settle(call, shape_of(arena, rank, dims), dim_int(0), dim_int(0));
    keras_set_dims(call, "shape", dims + 1, rank ? rank - 1 : 0);
}

static void rule_transpose(KerasCall *call)
{
    Shape order;
    if (keras_shape(call->arena, argument(call, "axes perm"), &order))
        keras_set_dims(call, "order", order.dims, order.rank);
    rule_own(call);
}

static void rule_expand(KerasCall *call)
{
    Shape in = keras_in(call, 0);
    uint32_t axis;
    bool fits = in.known && axis_argument(call, in.rank + 1, -1, &axis);
    keras_settle(call, fits ? keras_inserted(call->arena, in, axis, dim_int(1)) : shape_unknown(), dim_int(0),
                 dim_int(0));
    if (fits)
        keras_set_int(call, "axes", dim_int(axis));
}

static void rule_squeeze(KerasCall *call)
{
    Shape in = keras_in(call, 0);
    uint32_t axis;
    bool fits =
        in.known && argument(call, "axis") && axis_argument(call, in.rank, -1, &axis) && dim_is(in.dims[axis], 1);
    keras_settle(call, fits ? keras_without(call->arena, in, axis) : shape_unknown(), dim_int(0), dim_int(0));
    if (fits)
        keras_set_int(call, "axes", dim_int(axis));
}

/* One axis of x[a:b:c] with whole numbers; unknown where it is more. */
static Dim sliced(const Value *slice, Dim size)
{
    int64_t start = 0, stop = 0, step = 1;
    const Value *from = keras_get(slice, "start"), *to = keras_get(slice, "stop"), *by = keras_get(slice, "step");
    if (!from && !to && !by)
        return size;
    if (size.kind != DIM_INT || (from && !keras_int(from, &start)) || (to && !keras_int(to, &stop)) ||
        (by && !keras_int(by, &step)) || step < 1)
        return DIM_NONE;
    stop = to ? stop : size.n;
    start = start < 0 ? start + size.n : start;
    stop = stop < 0 ? stop + size.n : stop;
    start = start < 0 ? 0 : start;
    stop = stop > size.n ? size.n : stop;
    return dim_int(stop > start ? (stop - start - 1) / step + 1 : 0);
}

/* x[…] by TensorFlow 2: numbers take out axes, slices cut them, null puts one in. */
static void rule_item(KerasCall *call)
{
    Shape in = keras_in(call, 0), out = in;
    const Value *spec = argument(call, "slice_spec");
    uint32_t axis = 0, from = 0;
    bool plain = spec && spec->kind == VALUE_LIST && in.known;
    for (const Value *item = plain ? spec->first : NULL; item && plain; item = item->next) {
        int64_t n;
        if (item->kind == VALUE_NULL) {
            out = keras_inserted(call->arena, out, axis++, dim_int(1));
            continue;
        }
        plain = from < in.rank && (item->kind == VALUE_MAP ? !keras_get(item, "class_name") : keras_int(item, &n));
        if (plain && item->kind == VALUE_MAP)
            out = keras_with(call->arena, out, axis++, sliced(item, in.dims[from]));
        else if (plain)
            out = keras_without(call->arena, out, axis);
        from++;
    }
    keras_settle(call, plain ? out : shape_unknown(), dim_int(0), dim_int(0));
}

/* What its readers say of its shape. */
static void rule_said(KerasCall *call)
{
    keras_settle(call, shape_unknown(), dim_int(0), dim_int(0));
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

typedef struct Operation {
    const char *names;              /* in small letters without `_`, separated by blanks */
    const char *op;                 /* netikz's */
    void (*rule)(KerasCall *call);
} Operation;

static const Operation operations[] = {
    {"add addv2 biasadd", "add", rule_broadcast_inputs},
    {"subtract sub", "sub", rule_broadcast_inputs},
    {"multiply mul", "mul", rule_broadcast_inputs},
    {"divide truedivide truediv realdiv div divnonan", "div", rule_broadcast_inputs},
    {"maximum", "max", rule_broadcast_inputs},
    {"minimum", "min", rule_broadcast_inputs},
    {"where select selectv2", "where", rule_broadcast_inputs},
    {"power pow", "pow", rule_broadcast_inputs},
    {"squareddifference", "squared_difference", rule_broadcast_inputs},
    {"mod floormod", "mod", rule_broadcast_inputs},
    {"equal", "equal", rule_broadcast_inputs},
    {"notequal", "not_equal", rule_broadcast_inputs},
    {"greater", "greater", rule_broadcast_inputs},
    {"greaterequal", "greater_equal", rule_broadcast_inputs},
    {"less", "less", rule_broadcast_inputs},
    {"lessequal", "less_equal", rule_broadcast_inputs},
    {"logicaland", "and", rule_broadcast_inputs},
    {"logicalor", "or", rule_broadcast_inputs},
    {"logicalnot", "not", rule_same_shape},
    {"exp", "exp", rule_same_shape},
    {"log", "log", rule_same_shape},
    {"sqrt", "sqrt", rule_same_shape},
    {"rsqrt", "rsqrt", rule_same_shape},
    {"square", "square", rule_same_shape},
    {"abs absolute", "abs", rule_same_shape},
    {"negative neg", "neg", rule_same_shape},
    {"reciprocal", "reciprocal", rule_same_shape},
    {"sin", "sin", rule_same_shape},
    {"cos", "cos", rule_same_shape},
    {"erf", "erf", rule_same_shape},
    {"sign", "sign", rule_same_shape},
    {"floor", "floor", rule_same_shape},
    {"round", "round", rule_same_shape},
    {"cast", "cast", rule_same_shape},
    {"cumsum", "cumsum", rule_same_shape},
    {"identity stopgradient converttotensor", "identity", rule_same_shape},
    {"clip clipbyvalue", "clip", rule_same_shape},
    {"flip reverse", "flip", rule_same_shape},
    {"roll", "roll", rule_same_shape},
    {"normalize l2normalize", "l2norm", rule_same_shape},
    {"dropout", "dropout", rule_same_shape},
    {"mean reducemean", "reduce_mean", rule_reduce},
    {"sum reducesum", "reduce_sum", rule_reduce},
    {"max amax reducemax", "reduce_max", rule_reduce},
    {"min amin reducemin", "reduce_min", rule_reduce},
    {"prod reduceprod", "reduce_prod", rule_reduce},
    {"logsumexp reducelogsumexp", "logsumexp", rule_reduce},
    {"norm", "reduce_norm", rule_reduce},
    {"concat concatenate concatv2", "concat", rule_join_axis},
    {"stack", "stack", rule_join_axis},
    {"matmul batchmatmul batchmatmulv2", "matmul", rule_own},
    {"einsum", "einsum", rule_einsum},
    {"reshape", "reshape", rule_reshape},
    {"transpose", "permute", rule_transpose},
    {"expanddims", "unsqueeze", rule_expand},
    {"squeeze", "squeeze", rule_squeeze},
    {"getitem slice stridedslice", "slice", rule_item},
    {"split", "split", rule_said},
    {"tile", "tile", rule_said},
    {"repeat", "repeat_vector", rule_said},
    {"pad", "pad", rule_said},
    {"take gather", "gather", rule_said},
    {"onehot", "one_hot", rule_said},
    {"topk", "topk", rule_said},
    {"shape", "shape", rule_said},
    {"resize", "upsample", rule_said},
    {"spacetodepth", "pixel_unshuffle", rule_said},
    {"depthtospace", "pixel_shuffle", rule_said},
    {"argmax", "argmax", rule_said},
    {"argmin", "argmin", rule_said},
};

/* `math.reduce_mean`, `_operators_.getitem` and `ReduceMean` by their last word in small letters. */
static Str plain_name(Arena *arena, Str name)
{
    size_t from = 0;
    Text text = text_in(arena);
    for (size_t i = 0; i < name.size; i++)
        from = name.at[i] == '.' ? i + 1 : from;
    for (size_t i = from; i < name.size; i++) {
        char c = name.at[i];
        if (c != '_')
            text_add_char(&text, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    return text_str(&text);
}

static const Operation *find_operation(Str name)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        Str rest = str_from(operations[i].names), word;
        while (str_cut(&rest, ' ', &word))
            if (str_equal(word, name))
                return &operations[i];
    }
    return NULL;
}

static bool read_named(KerasCall *call, Str name)
{
    const Operation *operation = find_operation(plain_name(call->arena, name));
    const char *activation = keras_activation(plain_name(call->arena, name)); /* without its module */
    if (operation) {
        keras_begin(call, operation->op);
        operation->rule(call);
        call->layer->auxiliary = str_equal(str_from(operation->op), STR("shape"));
    } else if (activation) {
        keras_begin(call, activation);
        keras_same(call);
    } else {
        keras_custom(call);
        call->layer->op_name = name;
        keras_settle(call, shape_unknown(), dim_int(0), DIM_NONE);
    }
    return true;
}

bool keras_is_operation(const Value *layer)
{
    Str module = keras_word(layer, "module");
    for (size_t i = 0; i + 4 <= module.size; i++)
        if (str_equal(str_slice(module, i, i + 4), STR(".ops")) && (i + 4 == module.size || module.at[i + 4] == '.'))
            return true;
    return false;
}

bool keras_read_operation(KerasCall *call)
{
    return read_named(call, call->class_name);
}

static bool read_function(KerasCall *call)
{
    Str name = keras_word(call->config, "function symbol attr_name method_name");
    if (!name.size)
        name = keras_word(keras_get(call->config, "node_def"), "op");
    if (!name.size)
        name = str_equal(call->class_name, STR("SlicingOpLambda")) ? STR("getitem") : call->class_name;
    return read_named(call, name);
}

static const KerasRow rows[] = {
    {.classes = "TFOpLambda SlicingOpLambda TensorFlowOpLayer ClassMethod InstanceMethod InstanceProperty",
     .read = read_function},
};

KerasRows keras_operation_rows(void)
{
    return KERAS_ROWS(rows);
}
