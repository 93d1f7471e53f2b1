/* SPDX-License-Identifier: MIT */
/* Nodes that hold other nodes: If, Loop, Scan and calls of functions are written out into the graph. */
#include "read/onnx.h"

enum { LONGEST_PATH = 256 }; /* bytes of a call's name before the names inside */

bool onnx_is_control(const OnnxNode *node)
{
    return str_equal(node->op, STR("If")) || str_equal(node->op, STR("Loop")) || str_equal(node->op, STR("Scan"));
}

Str onnx_function_key(Arena *arena, Str domain, Str name, Str overload)
{
    return str_format(arena, "%.*s:%.*s:%.*s", STR_ARGS(domain), STR_ARGS(name), STR_ARGS(overload));
}

static bool fail(OnnxCall *call, const char *what)
{
    diag_error(call->reader->diags, onnx_place(call->reader, onnx_shown_name(call->node)), "%s", what);
    call->reader->failed = true;
    return false;
}

static OnnxFrame *inner_frame(OnnxCall *call, OnnxFrame *outer, Scope *scope)
{
    OnnxFrame *frame = onnx_frame(call->reader, outer, scope);
    frame->path = call->frame->path;
    frame->call = call->frame->call;
    frame->within = call->frame->within ? call->frame->within : call->layer;
    frame->depth = call->frame->depth + 1;
    return frame;
}

/* A group for what a node holds, called as the node is. */
static Scope *scope_of_node(OnnxCall *call, ScopeKind kind)
{
    Str name = onnx_shown_name(call->node);
    Scope *outer = onnx_scope(call->reader, call->frame, &name);
    return graph_add_scope(call->reader->graph, outer, kind, name);
}

/* A body: its graph, and the frame in which its names are. */
typedef struct Body {
    OnnxGraph *graph;
    OnnxFrame *frame;
    uint32_t first, end; /* its layers */
} Body;

static bool open_body(OnnxCall *call, const char *attr, Scope *scope, Body *body)
{
    Str bytes;
    *body = (Body){0};
    if (call->frame->depth >= ONNX_MOST_DEPTH)
        return fail(call, "bodies and functions are nested too deeply");
    if (!onnx_attr_graph(call->node, attr, &bytes))
        return fail(call, "its body is missing");
    body->graph = ARENA_NEW(call->arena, OnnxGraph);
    if (!onnx_decode_graph(call->reader, bytes, body->graph))
        return false;
    body->frame = inner_frame(call, call->frame, scope);
    body->frame->common = onnx_common_prefix(body->graph);
    onnx_declare(call->reader, body->frame, body->graph);
    return true;
}

static bool run_body(OnnxCall *call, Body *body)
{
    body->first = call->reader->graph->layer_count;
    bool fine = onnx_run(call->reader, body->frame, body->graph);
    body->end = call->reader->graph->layer_count;
    return fine;
}

static Dim body_macs(const OnnxCall *call, const Body *body)
{
    Dim sum = dim_int(0);
    for (uint32_t i = body->first; i < body->end; i++)
        sum = dim_add(call->arena, sum, call->reader->graph->layers[i]->macs);
    return sum;
}

/* What the body gives as its index-th output; NULL where there is none. */
static OnnxValue *result_of(const Body *body, uint32_t index)
{
    return index < body->graph->output_count ? onnx_lookup(body->frame, body->graph->outputs[index].name) : NULL;
}

/* An output of the node that is what a node inside gives. */
static void hand_out(OnnxValue *out, const OnnxValue *result)
{
    Str name = out->name;
    if (!result)
        return;
    *out = *result;
    out->name = name;
    out->direct = false;
}

/* ---- If -------------------------------- */

/* What both branches agree on. */
static Shape join_shapes(Arena *arena, Shape a, Shape b)
{
    if (!a.known || !b.known || a.rank != b.rank)
        return shape_unknown();
    Shape shape = shape_of(arena, a.rank, a.dims);
    for (uint32_t i = 0; i < a.rank; i++)
        if (!dim_equal(a.dims[i], b.dims[i]))
            shape.dims[i] = DIM_NONE;
    return shape;
}

static bool run_known_branch(OnnxCall *call, bool condition)
{
    Body body;
    if (!open_body(call, condition ? "then_branch" : "else_branch", call->frame->scope, &body) ||
        !run_body(call, &body))
        return false;
    for (uint32_t i = 0; i < call->out_count; i++)
        hand_out(call->out[i], result_of(&body, i));
    call->layer->auxiliary = true;
    return true;
}

/* Room for what the bodies give among what the node reads: the figure shows where its outputs come from. */
static void reserve_results(OnnxCall *call, size_t bodies)
{
    OnnxValue **in = ARENA_ARRAY(call->arena, call->in_count + bodies * call->out_count, OnnxValue *);
    for (uint32_t i = 0; i < call->in_count; i++)
        in[i] = call->in[i];
    call->in = in;
}

static void read_result(OnnxCall *call, OnnxValue *result)
{
    call->in[call->in_count++] = result;
}

static bool run_if(OnnxCall *call)
{
    const OnnxNumbers *condition = onnx_in_numbers(call, 0);
    Body bodies[2];
    if (condition && condition->count == 1 && condition->at[0].over.kind == DIM_INT)
        return run_known_branch(call, condition->at[0].over.n != 0);
    Scope *scope = scope_of_node(call, SCOPE_GROUP);
    for (int i = 0; i < 2; i++) {
        const char *branch = i ? "else_branch" : "then_branch";
        Scope *inside = graph_add_scope(call->reader->graph, scope, SCOPE_GROUP, str_from(i ? "else" : "then"));
        if (!open_body(call, branch, inside, &bodies[i]) || !run_body(call, &bodies[i]))
            return false;
    }
    reserve_results(call, 2);
    for (uint32_t i = 0; i < call->out_count; i++) {
        OnnxValue *yes = result_of(&bodies[0], i), *no = result_of(&bodies[1], i);
        call->out[i]->flows = true;
        if (yes && no)
            call->out[i]->shape = join_shapes(call->arena, yes->shape, no->shape);
        for (int k = 0; k < 2; k++)
            if (result_of(&bodies[k], i))
                read_result(call, result_of(&bodies[k], i));
    }
    /* Which one runs is not known: the sum of both would be wrong. */
    bool free = dim_is(body_macs(call, &bodies[0]), 0) && dim_is(body_macs(call, &bodies[1]), 0);
    call->macs = free ? dim_int(0) : DIM_NONE;
    return true;
}

/* ---- Loop and Scan -------------------------------- */

/* What enters the body changes from turn to turn: of the value outside only shape and type hold. */
static OnnxValue *enter(OnnxCall *call, Body *body, uint32_t input, const OnnxValue *outside)
{
    if (input >= body->graph->input_count)
        return NULL;
    const OnnxInfo *info = &body->graph->inputs[input];
    OnnxValue *value = onnx_value(call->reader, body->frame, info->name);
    value->flows = true;
    if (outside) {
        value->port = outside->port;
        value->shape = outside->shape;
        value->type = outside->type;
        value->flows = outside->flows;
    } else if (info->type.size) {
        value->shape = onnx_info_shape(call->reader, info, &value->type, false);
    }
    return value;
}

/* The state behind the last turn; false where a turn changes its shape, so that the first one tells nothing. */
static bool leave_state(OnnxCall *call, const Body *body, uint32_t out, uint32_t result, const OnnxValue *before)
{
    OnnxValue *after = result_of(body, result);
    if (!after || out >= call->out_count)
        return true;
    read_result(call, after);
    call->out[out]->flows = true;
    call->out[out]->type = after->type;
    if (!before)
        return true;
    call->out[out]->shape = join_shapes(call->arena, before->shape, after->shape);
    return shape_equal(before->shape, after->shape);
}

static void leave_stacked(OnnxCall *call, const Body *body, uint32_t out, uint32_t result, Dim turns, int64_t axis)
{
    OnnxValue *each = result_of(body, result);
    uint32_t at;
    if (!each || out >= call->out_count)
        return;
    read_result(call, each);
    call->out[out]->flows = true;
    if (!each->shape.known || each->shape.rank >= ONNX_MOST_DIMS || !onnx_axis(axis, each->shape.rank + 1, &at))
        return;
    Dim dims[ONNX_MOST_DIMS];
    for (uint32_t i = 0; i <= each->shape.rank; i++)
        dims[i] = i < at ? each->shape.dims[i] : i == at ? turns : each->shape.dims[i - 1];
    call->out[out]->shape = shape_of(call->arena, each->shape.rank + 1, dims);
}

/* The body's work in all turns: its layers stand for one of them. */
static void set_turns(OnnxCall *call, const Body *body, Dim turns, bool steady)
{
    Dim once = body_macs(call, body);
    call->macs = dim_int(0);
    if (!dim_is(once, 0))
        call->macs = steady ? dim_mul(call->arena, once, dim_sub(call->arena, turns, dim_int(1))) : DIM_NONE;
}

static bool holds(const OnnxNumbers *numbers)
{
    return numbers && numbers->count == 1 && dim_is(numbers->at[0].over, 1);
}

static OnnxNumbers *numbers_of(OnnxCall *call, OnnxValue *value)
{
    if (!value)
        return NULL;
    OnnxCall look = {.arena = call->arena, .in = &value, .in_count = 1};
    return onnx_in_numbers(&look, 0);
}

static bool run_loop(OnnxCall *call)
{
    Body body;
    if (!open_body(call, "body", scope_of_node(call, SCOPE_GROUP), &body))
        return false;
    uint32_t states = call->in_count > 2 ? call->in_count - 2 : 0;
    OnnxValue *turn = enter(call, &body, 0, NULL), *go = enter(call, &body, 1, NULL);
    if (turn)
        turn->shape = shape_of(call->arena, 0, NULL);
    if (go)
        go->shape = shape_of(call->arena, 0, NULL);
    reserve_results(call, 1);
    OnnxValue **in = call->in;
    for (uint32_t i = 0; i < states; i++)
        enter(call, &body, i + 2, in[i + 2]);
    if (!run_body(call, &body))
        return false;
    const OnnxNumbers *most = onnx_in_numbers(call, 0);
    bool starts = call->in_count < 2 || !in[1] || holds(onnx_in_numbers(call, 1));
    bool goes_on = holds(numbers_of(call, result_of(&body, 0)));
    Dim turns = most && most->count == 1 && starts && goes_on ? most->at[0].over : DIM_NONE;
    bool steady = true;
    for (uint32_t i = 0; i < states; i++)
        steady = leave_state(call, &body, i, i + 1, in[i + 2]) && steady;
    for (uint32_t i = states; i < call->out_count; i++)
        leave_stacked(call, &body, i, i + 1, turns, 0);
    set_turns(call, &body, turns, steady);
    return true;
}

/* A value with one axis taken out, and the size of that axis. */
static OnnxValue *slice_of(OnnxCall *call, const OnnxValue *whole, int64_t axis, Dim *turns)
{
    OnnxValue *slice = ARENA_NEW(call->arena, OnnxValue);
    uint32_t at;
    *slice = *whole;
    slice->shape = shape_unknown();
    if (!whole->shape.known || !onnx_axis(axis, whole->shape.rank, &at))
        return slice;
    Dim dims[ONNX_MOST_DIMS];
    for (uint32_t i = 0; i + 1 < whole->shape.rank; i++)
        dims[i] = whole->shape.dims[i < at ? i : i + 1];
    slice->shape = shape_of(call->arena, whole->shape.rank - 1, dims);
    *turns = whole->shape.dims[at];
    return slice;
}

static int64_t axis_at(OnnxCall *call, const char *attr, uint32_t index)
{
    int64_t *axes;
    uint32_t count;
    return onnx_attr_ints(call->arena, call->node, attr, &axes, &count) && index < count ? axes[index] : 0;
}

static bool run_scan(OnnxCall *call)
{
    Body body;
    if (!open_body(call, "body", scope_of_node(call, SCOPE_GROUP), &body))
        return false;
    /* Opset 8 has lengths before everything else, and a batch axis that the body does not see. */
    bool old = call->in_count == body.graph->input_count + 1;
    int64_t scanned = onnx_attr_int(call->node, "num_scan_inputs", 0);
    uint32_t shift = old ? 1 : 0, inputs = call->in_count - shift;
    uint32_t states = scanned < 0 || scanned > inputs ? inputs : inputs - (uint32_t)scanned;
    reserve_results(call, 1);
    OnnxValue **in = call->in + shift;
    Dim turns = DIM_NONE;
    for (uint32_t i = 0; i < inputs; i++) {
        OnnxValue *outside = in[i];
        if (outside && old)
            outside = slice_of(call, outside, 0, &turns);
        if (outside && i >= states)
            outside = slice_of(call, outside, axis_at(call, "scan_input_axes", i - states), &turns);
        enter(call, &body, i, outside);
    }
    if (!run_body(call, &body))
        return false;
    bool steady = !old;
    for (uint32_t i = 0; i < states; i++)
        steady = leave_state(call, &body, i, i, old ? NULL : in[i]) && steady;
    for (uint32_t i = states; i < call->out_count; i++)
        leave_stacked(call, &body, i, i, old ? DIM_NONE : turns, axis_at(call, "scan_output_axes", i - states));
    set_turns(call, &body, turns, steady);
    return true;
}

bool onnx_control(OnnxCall *call)
{
    call->layer->params = dim_int(0);
    call->macs = dim_int(0);
    if (str_equal(call->node->op, STR("If")))
        return run_if(call);
    return str_equal(call->node->op, STR("Loop")) ? run_loop(call) : run_scan(call);
}

/* ---- functions -------------------------------- */

/* The call's attributes, and what the function says where it is silent. */
static const OnnxNode *with_defaults(OnnxCall *call, const OnnxGraph *function)
{
    OnnxNode *node = ARENA_NEW(call->arena, OnnxNode);
    *node = *call->node;
    node->attrs = ARENA_ARRAY(call->arena, (size_t)node->attr_count + function->default_count, OnnxAttr);
    for (uint32_t i = 0; i < node->attr_count; i++)
        node->attrs[i] = call->node->attrs[i];
    for (uint32_t i = 0; i < function->default_count; i++)
        node->attrs[node->attr_count++] = function->defaults[i];
    return node;
}

/* `BasicBlock.1` is a BasicBlock: exporters number those that differ. */
static Str definition_of(Str name)
{
    size_t end = name.size;
    while (end && name.at[end - 1] >= '0' && name.at[end - 1] <= '9')
        end--;
    return end > 1 && end < name.size && name.at[end - 1] == '.' ? str_slice(name, 0, end - 1) : name;
}

static void bind_inputs(OnnxCall *call, const OnnxGraph *function, OnnxFrame *frame)
{
    for (uint32_t i = 0; i < function->input_count; i++) {
        OnnxValue *value = i < call->in_count ? call->in[i] : NULL;
        if (!value) {
            value = ARENA_NEW(call->arena, OnnxValue);
            value->absent = true;
        }
        names_set(frame->values, function->inputs[i].name, value);
    }
}

bool onnx_function(OnnxCall *call, OnnxGraph *function)
{
    if (function->open)
        return fail(call, "the function calls itself");
    if (call->frame->depth >= ONNX_MOST_DEPTH)
        return fail(call, "bodies and functions are nested too deeply");
    Scope *scope = scope_of_node(call, SCOPE_BLOCK);
    scope->definition = definition_of(function->name);
    OnnxFrame *frame = inner_frame(call, NULL, scope);
    Str name = str_slice(onnx_shown_name(call->node), 0, LONGEST_PATH);
    frame->path = str_format(call->arena, "%.*s%.*s/", STR_ARGS(call->frame->path), STR_ARGS(name));
    if (!onnx_parts(call->reader, (size_t)function->input_count + function->info_count + function->default_count))
        return false;
    frame->call = with_defaults(call, function);
    frame->common = onnx_common_prefix(function);
    bind_inputs(call, function, frame);
    onnx_declare(call->reader, frame, function);
    function->open = true;
    bool fine = onnx_run(call->reader, frame, function);
    function->open = false;
    for (uint32_t i = 0; fine && i < call->out_count && i < function->output_count; i++)
        hand_out(call->out[i], onnx_lookup(frame, function->outputs[i].name));
    call->layer->auxiliary = true;
    call->layer->params = call->macs = dim_int(0);
    return fine;
}
