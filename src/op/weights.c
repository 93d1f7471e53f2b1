/* SPDX-License-Identifier: MIT */
/* Shapes of learnt tensors, as PyTorch (torch.nn) and ONNX have them; whatever does not add up is left out. */
#include "op/weights.h"

#include "op/rules.h"
#include "op/window.h"

#include <string.h>

/* What is being listed. */
typedef struct Tensors {
    OpCall call;
    Weight *list;
    uint32_t count;
} Tensors;

static void add(Tensors *tensors, const char *name, uint32_t rank, const Dim *dims)
{
    tensors->list[tensors->count++] = (Weight){name, shape_of(tensors->call.arena, rank, dims)};
}

static void add_vector(Tensors *tensors, const char *name, Dim size)
{
    add(tensors, name, 1, &size);
}

static Dim features(const Tensors *tensors)
{
    return rule_features(&tensors->call, rule_input(&tensors->call, 0));
}

/* `rows` × `columns` × kernel, and a bias for each of `out` channels. */
static void add_kernel(Tensors *tensors, Dim rows, Dim columns, Dim out)
{
    OpCall *call = &tensors->call;
    uint32_t axes = window_axes(call), rank = 2;
    Dim dims[SHAPE_MAX_RANK] = {rows, columns};
    for (uint32_t i = 0; i < axes && rank < SHAPE_MAX_RANK; i++)
        dims[rank++] = attr_axis(call->arena, call->layer, "kernel", i);
    add(tensors, "weights", rank, dims);
    if (attr_bool(call->layer, "bias"))
        add_vector(tensors, "biases", out);
}

static void list_conv(Tensors *tensors)
{
    OpCall *call = &tensors->call;
    Dim out = attr_int(call->arena, call->layer, "out"), groups = attr_int(call->arena, call->layer, "groups");
    add_kernel(tensors, out, dim_div_exact(call->arena, features(tensors), groups), out);
}

static void list_transposed(Tensors *tensors)
{
    OpCall *call = &tensors->call;
    Dim out = attr_int(call->arena, call->layer, "out"), groups = attr_int(call->arena, call->layer, "groups");
    add_kernel(tensors, features(tensors), dim_div_exact(call->arena, out, groups), out);
}

static void list_depthwise(Tensors *tensors)
{
    OpCall *call = &tensors->call;
    Dim out = dim_mul(call->arena, features(tensors), attr_int(call->arena, call->layer, "multiplier"));
    add_kernel(tensors, out, dim_int(1), out);
}

/* The features of the input are what its parameters say: on maps they may be all of them. */
static void list_dense(Tensors *tensors)
{
    OpCall *call = &tensors->call;
    Dim out = attr_int(call->arena, call->layer, "out"), params = call->layer->params;
    bool bias = attr_bool(call->layer, "bias");
    Dim matrix = bias ? dim_sub(call->arena, params, out) : params;
    Dim dims[2] = {out, dim_div_exact(call->arena, matrix, out)};
    add(tensors, "weights", 2, dims);
    if (bias)
        add_vector(tensors, "biases", out);
}

/* A number for each feature in both. */
static void list_norm(Tensors *tensors)
{
    OpCall *call = &tensors->call;
    bool scale = attr_bool(call->layer, "scale"), shift = attr_bool(call->layer, "bias");
    Dim each = dim_div_exact(call->arena, call->layer->params, dim_int((scale + shift) ? scale + shift : 1));
    if (scale)
        add_vector(tensors, "scale", each);
    if (shift)
        add_vector(tensors, "shift", each);
}

static void list_table(Tensors *tensors)
{
    OpCall *call = &tensors->call;
    Dim dim = attr_int(call->arena, call->layer, "dim");
    Dim dims[2] = {dim_div_exact(call->arena, call->layer->params, dim), dim};
    add(tensors, "table", 2, dims);
}

/* One layer in one direction: the gates read the input and the state, each with a bias of its own. */
static void list_recurrent(Tensors *tensors)
{
    OpCall *call = &tensors->call;
    Arena *arena = call->arena;
    Dim gates = dim_int(strcmp(call->op->name, "lstm") == 0 ? 4 : strcmp(call->op->name, "gru") == 0 ? 3 : 1);
    Dim hidden = attr_int(arena, call->layer, "hidden"), rows = dim_mul(arena, gates, hidden);
    Shape in = rule_input(call, 0);
    Dim input[2] = {rows, in.known && in.rank ? in.dims[in.rank - 1] : DIM_NONE}, state[2] = {rows, hidden};
    add(tensors, "input weights", 2, input);
    add(tensors, "state weights", 2, state);
    if (!attr_bool(call->layer, "bias"))
        return;
    add_vector(tensors, "biases", rows);
    if (dim_is(attr_int(arena, call->layer, "biases"), 2))
        add_vector(tensors, "state biases", rows);
}

static const struct {
    const char *op;
    void (*list)(Tensors *tensors);
} rows[] = {
    {"conv", list_conv},      {"upconv", list_transposed}, {"dwconv", list_depthwise}, {"fc", list_dense},
    {"linear", list_dense},   {"bn", list_norm},           {"ln", list_norm},          {"gn", list_norm},
    {"instancenorm", list_norm}, {"rmsnorm", list_norm},   {"embedding", list_table},  {"rnn", list_recurrent},
    {"lstm", list_recurrent}, {"gru", list_recurrent},
};

static bool adds_up(const Tensors *tensors, Dim params)
{
    Dim sum = dim_int(0);
    for (uint32_t i = 0; i < tensors->count; i++)
        sum = dim_add(tensors->call.arena, sum, shape_elements(tensors->call.arena, tensors->list[i].shape));
    return dim_equal(sum, params);
}

uint32_t weights_of(Arena *arena, const Graph *graph, const Layer *layer, Weight list[WEIGHTS_MOST])
{
    Tensors tensors = {.call = rule_call(arena, graph, layer), .list = list};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].op, layer->op->name) == 0)
            rows[i].list(&tensors);
    return adds_up(&tensors, layer->params) ? tensors.count : 0;
}
