/* SPDX-License-Identifier: MIT */
/* The layer of a node: its operation in the registry, its attributes, what it reads, the scope that its name tells. */
#include "read/onnx.h"
#include "read/onnx_rule.h"

enum {
    DEEPEST_SCOPE = 24, /* scopes that a name may open */
    MOST_OPS = 1000     /* different operators that the registry is asked for: searching it is slow */
};

Str onnx_shown_name(const OnnxNode *node)
{
    if (node->name.size)
        return node->name;
    for (uint32_t i = 0; i < node->output_count; i++)
        if (node->outputs[i].size)
            return node->outputs[i];
    return node->op.size ? node->op : STR("node");
}

/* ---- scopes -------------------------------- */

/* Bytes before the last `/`, with it; 0: there is none. */
static size_t directory(Str name)
{
    size_t end = name.size;
    while (end && name.at[end - 1] != '/')
        end--;
    return end;
}

size_t onnx_common_prefix(const OnnxGraph *graph)
{
    Str common = {0};
    bool any = false;
    for (uint32_t i = 0; i < graph->node_count; i++) {
        Str name = onnx_shown_name(&graph->nodes[i]), path = str_slice(name, 0, directory(name));
        if (path.size < 2)
            continue;
        if (!any)
            common = path;
        any = true;
        while (common.size && !str_starts(path, common))
            common.size = directory(str_slice(common, 0, common.size - 1));
    }
    return common.size;
}

Scope *onnx_scope(OnnxReader *reader, OnnxFrame *frame, Str *name)
{
    Str whole = *name;
    size_t end = directory(whole), start = frame->common <= end ? frame->common : 0;
    Scope *scope = frame->scope;
    *name = end < whole.size ? str_slice(whole, end, whole.size) : whole;
    for (int depth = 0; depth < DEEPEST_SCOPE && start < end; depth++) {
        size_t stop = start + str_find(str_slice(whole, start, end), '/');
        Str key = str_slice(whole, 0, stop), part = str_slice(whole, start, stop);
        start = stop + 1;
        if (!part.size)
            continue;
        Scope *inner = names_get(frame->scopes, key);
        if (!inner) {
            inner = graph_add_scope(reader->graph, scope, SCOPE_GROUP, part);
            names_put(frame->scopes, key, inner);
        }
        scope = inner;
    }
    return scope;
}

/* ---- operations -------------------------------- */

const Op *onnx_find_op(OnnxReader *reader, Str name)
{
    const Op **known = names_get(reader->ops, name);
    if (known)
        return *known;
    if (names_count(reader->ops) >= MOST_OPS)
        return NULL;
    known = arena_alloc(reader->arena, sizeof *known);
    *known = op_find(name);
    names_put(reader->ops, name, known);
    return *known;
}

Layer *onnx_add_layer(OnnxReader *reader, OnnxFrame *frame, const OnnxNode *node, bool known)
{
    Str name = onnx_shown_name(node), path = name;
    if (frame->path.size)
        path = str_format(reader->arena, "%.*s%.*s", STR_ARGS(frame->path), STR_ARGS(name));
    Scope *scope = onnx_scope(reader, frame, &name);
    /* What is not in the table of its format is not what ONNX calls so. */
    const Op *op = known && !reader->foreign ? onnx_find_op(reader, node->op) : NULL;
    Layer *layer = graph_add_layer(reader->graph, scope, op ? op : op_custom(), 0, name);
    layer->path = path;
    layer->op_name = op ? str_from(op->name) : node->op.size ? node->op : STR("custom");
    layer->within = frame->within;
    layer->inferred = true;
    layer->place = onnx_place(reader, path);
    layer->params = dim_int(0);
    return layer;
}

static bool is_op(const OnnxCall *call, const char *name)
{
    return str_equal(str_from(call->layer->op->name), str_from(name));
}

/* The table goes on calling it as before; figures show it as what it is. */
static void become(OnnxCall *call, Str op)
{
    const Op *found = onnx_find_op(call->reader, op);
    if (found)
        call->layer->op = found;
}

/* Whether a weight is a vector along one axis, of as many numbers as the result has there: a bias or a scale. */
static bool is_vector_of(const OnnxCall *call, uint32_t weight)
{
    Shape shape = onnx_in(call, weight), out = call->out_count ? call->out[0]->shape : shape_unknown();
    uint32_t long_axes = 0;
    bool fits = shape.known && out.known && shape.rank > 0 && shape.rank <= out.rank;
    for (uint32_t i = 0; fits && i < shape.rank; i++)
        if (!dim_is(shape.dims[i], 1)) {
            long_axes++;
            fits = dim_equal(shape.dims[i], out.dims[out.rank - shape.rank + i]);
        }
    return fits && long_axes <= 1 && out.rank > 1;
}

/* Products and sums with trained numbers are layers of their own kind, and so is one index that is known. */
static void specialise(OnnxCall *call)
{
    bool first = onnx_is_weight(call, 0), second = onnx_is_weight(call, 1);
    if (is_op(call, "matmul") && (first || second))
        become(call, STR("linear"));
    else if (is_op(call, "linear") && !second && !first && onnx_in(call, 1).known && call->in_count > 1 &&
             call->in[1]->flows)
        become(call, STR("matmul"));
    else if (is_op(call, "add") && first != second && is_vector_of(call, first ? 0 : 1))
        become(call, STR("bias"));
    else if (is_op(call, "mul") && first != second && is_vector_of(call, first ? 0 : 1))
        become(call, STR("scale"));
    else if (is_op(call, "gather") && first && onnx_in(call, 0).rank == 2)
        become(call, STR("embedding"));
    else if (is_op(call, "gather") && !first && onnx_in(call, 1).known && !onnx_in(call, 1).rank && onnx_in_numbers(call, 1))
        become(call, STR("select"));
}

/* ---- attributes that the weights tell -------------------------------- */

static Attr *attr_of(OnnxCall *call, const char *name)
{
    int index = op_attr(call->layer->op, str_from(name));
    return index < 0 ? NULL : &call->layer->attrs[index];
}

static void set_dim(OnnxCall *call, const char *name, Dim dim)
{
    Attr *attr = attr_of(call, name);
    if (!attr || attr->set || dim.kind == DIM_UNKNOWN)
        return;
    attr->set = true;
    attr->count = 1;
    attr->dims = ARENA_NEW(call->arena, Dim);
    attr->dims[0] = dim;
}

static Dim dim_at(Shape shape, uint32_t axis)
{
    return shape.known && axis < shape.rank ? shape.dims[axis] : DIM_NONE;
}

static bool is_given(const OnnxCall *call, uint32_t input)
{
    return input < call->in_count && call->in[input];
}

static void set_kernel(OnnxCall *call, Shape weight, uint32_t first)
{
    Attr *attr = attr_of(call, "kernel");
    if (!attr || attr->set || !weight.known || weight.rank <= 2)
        return;
    attr->set = true;
    attr->count = weight.rank - 2;
    attr->dims = weight.dims + first;
}

/* ONNX has other defaults than specs: no padding, stride 1. */
static void set_window(OnnxCall *call)
{
    set_dim(call, "stride", dim_int(1));
    set_dim(call, "padding", dim_int(0));
    set_dim(call, "dilation", dim_int(1));
}

static void dress_conv(OnnxCall *call, Shape weight, uint32_t bias)
{
    Dim groups = dim_int(onnx_attr_int(call->node, "group", 1));
    bool transposed = is_op(call, "upconv");
    set_kernel(call, weight, call->channels_last ? 1 : 2);
    set_window(call);
    set_dim(call, "bias", dim_int(is_given(call, bias)));
    set_dim(call, "out", transposed ? dim_mul(call->arena, dim_at(weight, 1), groups) : dim_at(weight, 0));
}

static void dress_linear(OnnxCall *call)
{
    Shape out = call->out_count ? call->out[0]->shape : shape_unknown(),
          in = onnx_in(call, onnx_is_weight(call, 0) ? 1 : 0), w = onnx_in(call, 1);
    bool right = str_equal(call->node->op, STR("MatMul")) && onnx_is_weight(call, 1) && w.rank > 1;
    set_dim(call, "out", out.rank ? out.dims[out.rank - 1] : right ? w.dims[w.rank - 1] : DIM_NONE);
    set_dim(call, "in", in.rank ? in.dims[in.rank - 1] : DIM_NONE);
    set_dim(call, "bias", dim_int(str_equal(call->node->op, STR("Gemm")) && is_given(call, 2)));
}

static void dress_recurrent(OnnxCall *call)
{
    Str direction = onnx_attr_text(call->node, "direction");
    Attr *form = attr_of(call, "form");
    set_dim(call, "bidirectional", dim_int(str_equal_nocase(direction, STR("bidirectional"))));
    set_dim(call, "bias", dim_int(is_given(call, 3)));
    set_dim(call, "hidden", dim_at(onnx_in(call, 2), 2));
    set_dim(call, "in", dim_at(onnx_in(call, 1), 2));
    if (form && !form->set) {
        form->set = true;
        form->text = STR("onnx");
    }
}

/* Scales are an input: what they come to is told by the maps. Where they are not whole numbers the size is said. */
static void dress_resize(OnnxCall *call)
{
    Shape in = onnx_in(call, 0), out = call->out_count ? call->out[0]->shape : shape_unknown();
    Attr *factor = attr_of(call, "factor"), *size = attr_of(call, "size");
    if (!factor || !size || factor->set || size->set || !in.known || !out.known || in.rank != out.rank || in.rank < 3)
        return;
    uint32_t axes = in.rank - 2;
    Dim *factors = ARENA_ARRAY(call->arena, axes, Dim);
    bool whole = true;
    for (uint32_t i = 0; i < axes; i++) {
        factors[i] = dim_div_exact(call->arena, out.dims[i + 2], in.dims[i + 2]);
        whole = whole && factors[i].kind != DIM_UNKNOWN;
    }
    Attr *said = whole ? factor : size;
    said->set = true;
    said->count = axes;
    said->dims = whole ? factors : out.dims + 2;
}

/* Which of scale and shift a norm learns is told by its own inputs: how many numbers it counts is not, others may hold the same. */
static void dress_norm(OnnxCall *call)
{
    uint32_t at = str_starts(call->node->op, STR("Skip")) ? 2 : 1;
    bool scale = onnx_is_weight(call, at), shift = onnx_is_weight(call, at + 1);
    if (!attr_of(call, "scale") || !attr_of(call, "bias"))
        return;
    set_dim(call, "affine", dim_int(scale || shift));
    set_dim(call, "scale", dim_int(scale || !shift));
    set_dim(call, "bias", dim_int(shift));
}

/* The index is an input there, a constant. */
static void dress_select(OnnxCall *call)
{
    Attr *index = attr_of(call, "index");
    int64_t n;
    if (index && onnx_number_int(onnx_in_numbers(call, 1), 0, &n))
        *index = (Attr){.set = true, .text = str_format(call->arena, "%lld", (long long)n)};
}

/* Both ends are inputs there, mostly constants. */
static void dress_clip(OnnxCall *call)
{
    static const char *const ends[] = {"min", "max"};
    for (uint32_t i = 0; i < 2; i++) {
        Attr *end = attr_of(call, ends[i]);
        OnnxNumbers *numbers = i + 1 < call->in_count ? onnx_in_numbers(call, i + 1) : NULL;
        int64_t n;
        if (end && !end->set && numbers && numbers->count == 1 && onnx_number_int(numbers, 0, &n))
            *end = (Attr){.set = true, .text = str_format(call->arena, "%lld", (long long)n)};
    }
}

/* What a map is padded by at its sides, an input there: one number where that is the same all around. */
static void dress_pad(OnnxCall *call)
{
    Attr *amount = attr_of(call, "amount");
    OnnxNumbers *numbers = onnx_in_numbers(call, 1);
    Shape in = onnx_in(call, 0);
    uint32_t axes = in.known && in.rank > 2 && !call->channels_last ? in.rank - 2 : 0;
    if (!amount || amount->set || !axes || !numbers || numbers->count != 2 * in.rank || call->in_count > 3)
        return;
    Dim *dims = ARENA_ARRAY(call->arena, 2 * (size_t)axes, Dim);
    bool equal = true;
    for (uint32_t i = 0; i < 2 * in.rank; i++) {
        int64_t n;
        bool map = i % in.rank >= 2;
        if (!onnx_number_int(numbers, i, &n) || (!map && n != 0))
            return;
        if (map)
            dims[i % in.rank - 2 + (i >= in.rank ? axes : 0)] = dim_int(n);
    }
    for (uint32_t i = 0; i < 2 * axes; i++)
        equal = equal && dim_equal(dims[i], dims[0]);
    *amount = (Attr){.set = true, .count = equal ? 1 : 2 * axes, .dims = dims};
}

static void dress_by_op(OnnxCall *call)
{
    StyleClass style = call->layer->op->style;
    bool quantised = str_equal(call->node->op, STR("QLinearConv"));
    if (style == STYLE_CONV)
        dress_conv(call, onnx_in(call, quantised ? 3 : 1), quantised ? 8 : 2);
    else if (style == STYLE_POOL)
        set_window(call);
    else if (is_op(call, "upsample"))
        dress_resize(call);
    else if (is_op(call, "linear") || is_op(call, "fc"))
        dress_linear(call);
    else if (is_op(call, "bn") || is_op(call, "ln") || is_op(call, "instancenorm") || is_op(call, "gn") || is_op(call, "rmsnorm"))
        dress_norm(call);
    else if (is_op(call, "select"))
        dress_select(call);
    else if (is_op(call, "clip"))
        dress_clip(call);
    else if (is_op(call, "pad"))
        dress_pad(call);
    else if (is_op(call, "rnn") || is_op(call, "lstm") || is_op(call, "gru"))
        dress_recurrent(call);
    else if (is_op(call, "embedding")) {
        set_dim(call, "vocab", dim_at(onnx_in(call, 0), 0));
        set_dim(call, "dim", dim_at(onnx_in(call, 0), 1));
    }
}

/* ---- what it reads, what figures leave out -------------------------------- */

static void set_inputs(OnnxCall *call)
{
    Port *ports = ARENA_ARRAY(call->arena, call->in_count, Port);
    uint32_t count = 0;
    uint32_t inputs = is_op(call, "select") && call->in_count ? 1 : call->in_count;
    for (uint32_t i = 0; i < inputs; i++) {
        const OnnxValue *value = call->in[i];
        bool is_weight = value && value->weight && value->weight->input && onnx_is_weight(call, i);
        if (value && value->port.layer && !is_weight)
            ports[count++] = value->port;
    }
    graph_set_inputs(call->reader->graph, call->layer, ports, count);
}

static bool flows(const OnnxCall *call)
{
    for (uint32_t i = 0; i < call->out_count; i++)
        if (call->out[i]->flows)
            return true;
    return false;
}

/* Constants, what is computed of shapes and constants alone, and what hands its input on. */
static void set_auxiliary(OnnxCall *call)
{
    bool plumbing = is_op(call, "identity") || is_op(call, "cast") || is_op(call, "quantize");
    if (plumbing || (call->out_count && !flows(call)))
        call->layer->auxiliary = true;
}

void onnx_dress_layer(OnnxCall *call)
{
    specialise(call);
    call->layer->attrs = ARENA_ARRAY(call->arena, call->layer->op->attr_count, Attr);
    call->layer->layout = call->channels_last ? LAYOUT_CHANNELS_LAST : LAYOUT_CHANNELS_FIRST;
    onnx_attrs_to_layer(call);
    dress_by_op(call);
    set_inputs(call);
    set_auxiliary(call);
}
