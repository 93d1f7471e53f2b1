/* SPDX-License-Identifier: MIT */
/* Recurrent layers of Keras: plain, of cells, stacked, in both directions. */
#include "read/keras.h"

static const char *op_of(Str class_name)
{
    bool lstm = str_equal(class_name, STR("LSTM")) || str_equal(class_name, STR("CuDNNLSTM")) ||
                str_equal(class_name, STR("LSTMCell")) || str_equal(class_name, STR("CuDNNLSTMCell"));
    bool gru = str_equal(class_name, STR("GRU")) || str_equal(class_name, STR("CuDNNGRU")) ||
               str_equal(class_name, STR("GRUCell"));
    bool plain = str_equal(class_name, STR("SimpleRNN")) || str_equal(class_name, STR("SimpleRNNCell"));
    return lstm ? "lstm" : gru ? "gru" : plain ? "rnn" : NULL;
}

/*
 * A gate has one bias (keras.layers.LSTM), but two where the reset gate comes behind the product (GRU, the default
 * since TensorFlow 2 and always said there) and in the layers of cuDNN.
 */
static int64_t biases_of(Str class_name, const Value *config)
{
    if (str_starts(class_name, STR("CuDNN")))
        return 2;
    bool gru = str_starts(class_name, STR("GRU"));
    return gru && keras_is(config, "reset_after", false) ? 2 : 1;
}

static void set_recurrent(KerasCall *call, const Value *config, Str class_name)
{
    bool sequences = keras_is(call->config, "return_sequences", false);
    keras_set_int(call, "hidden", keras_number(config, "units output_dim"));
    keras_set_text(call, "returns", sequences ? STR("sequence") : STR("last"));
    keras_set_bool(call, "bias", keras_is(config, "use_bias", true));
    keras_set_int(call, "biases", dim_int(biases_of(class_name, config)));
    keras_set_text(call, "activation", keras_class(keras_get(config, "activation")));
}

/* The output of every step or of the last one, then the states where they are asked for. */
static void set_outputs(KerasCall *call, Dim out, const Dim *states, uint32_t state_count)
{
    Arena *arena = call->arena;
    Shape in = keras_in(call, 0);
    bool sequence = in.known && in.rank == 3;
    Dim dims[3] = {sequence ? in.dims[0] : DIM_NONE, sequence ? in.dims[1] : DIM_NONE, out};
    bool all = keras_is(call->config, "return_sequences", false);
    call->out[0] = all ? shape_of(arena, 3, dims) : shape_of(arena, 2, (Dim[]){dims[0], out});
    if (!keras_is(call->config, "return_state", false))
        return;
    call->out_count = 1;
    for (uint32_t i = 0; i < state_count && call->out_count < KERAS_MOST_OUTPUTS; i++)
        call->out[call->out_count++] = shape_of(arena, 2, (Dim[]){dims[0], states[i]});
}

/* The operation's own rule counts; it knows the outputs of other frameworks. */
static bool finish_recurrent(KerasCall *call, Dim units)
{
    Dim states[2] = {units, units};
    if (!keras_infer(call))
        return false;
    set_outputs(call, units, states, str_equal(str_from(call->layer->op->name), STR("lstm")) ? 2 : 1);
    call->settled = true;
    return true;
}

static bool read_recurrent(KerasCall *call)
{
    keras_begin(call, op_of(call->class_name));
    set_recurrent(call, call->config, call->class_name);
    return finish_recurrent(call, keras_number(call->config, "units output_dim"));
}

/* ---- cells ------------------------------------------------------------------------------------------------------- */

/* Cells on top of each other, each counted on its own: what it reads is the state of the one below. */
typedef struct Stack {
    Dim params, macs;       /* of all; macs at one step */
    Dim units;              /* of the last */
    Dim states[KERAS_MOST_OUTPUTS];
    uint32_t state_count;
    uint32_t cells;
    bool equal;             /* all of one class and size */
    bool known;
} Stack;

static void add_cell(KerasCall *call, Stack *stack, const Value *cell, Dim in)
{
    Arena *arena = call->arena;
    const Value *config = keras_config(cell);
    Str class_name = keras_class(cell);
    const char *op = op_of(class_name);
    Dim units = keras_number(config, "units");
    if (!op) {
        stack->known = false;
        return;
    }
    Str name = str_from(op);
    int64_t gates = str_equal(name, STR("lstm")) ? 4 : str_equal(name, STR("gru")) ? 3 : 1;
    Dim rows = dim_mul(arena, dim_int(gates), units), weights = dim_mul(arena, rows, dim_add(arena, in, units));
    Dim biases =
        keras_is(config, "use_bias", true) ? dim_mul(arena, rows, dim_int(biases_of(class_name, config))) : dim_int(0);
    stack->params = dim_add(arena, stack->params, dim_add(arena, weights, biases));
    stack->macs = dim_add(arena, stack->macs, weights);
    stack->equal = stack->equal && (stack->cells == 0 || dim_equal(units, stack->units));
    stack->units = units;
    for (int i = 0; i < (gates == 4 ? 2 : 1) && stack->state_count < KERAS_MOST_OUTPUTS; i++)
        stack->states[stack->state_count++] = units;
    stack->cells++;
}

static void settle_stack(KerasCall *call, Stack *stack)
{
    Shape in = keras_in(call, 0);
    Dim steps = in.known && in.rank == 3 ? in.dims[1] : DIM_NONE;
    keras_settle(call, shape_unknown(), stack->params, dim_mul(call->arena, stack->macs, steps));
    set_outputs(call, stack->units, stack->states, stack->state_count);
}

/* RNN(cell), RNN(StackedRNNCells), RNN([cell, …]). */
static bool read_cells(KerasCall *call)
{
    const Value *cell = keras_get(call->config, "cell");
    const Value *cells = keras_get(keras_config(cell), "cells");
    Stack stack = {.params = dim_int(0), .macs = dim_int(0), .units = DIM_NONE, .equal = true, .known = true};
    const Value *first = cells ? cells->first : cell && cell->kind == VALUE_LIST ? cell->first : cell;
    bool several = cells || (cell && cell->kind == VALUE_LIST);
    Str class_name = keras_class(first);
    for (const Value *item = first; item && stack.known; item = several ? item->next : NULL) {
        stack.equal = stack.equal && str_equal(keras_class(item), class_name);
        add_cell(call, &stack, item, stack.cells ? stack.units : keras_last(keras_in(call, 0)));
    }
    if (!stack.known || !stack.cells) {
        keras_custom(call);
        call->layer->op_name = class_name.size ? class_name : call->class_name;
        call->params = call->macs = DIM_NONE;
        call->settled = true;
        return true;
    }
    keras_begin(call, op_of(class_name));
    if (!stack.equal)
        keras_custom(call);
    set_recurrent(call, keras_config(first), class_name);
    keras_set_int(call, "layers", dim_int(stack.cells));
    settle_stack(call, &stack);
    return true;
}

/* ---- both directions --------------------------------------------------------------------------------------------- */

static void double_last(KerasCall *call)
{
    Shape out = call->out[0];
    uint32_t axis = out.rank ? out.rank - 1 : 0;
    if (out.rank > 3 && call->layer->layout == LAYOUT_CHANNELS_FIRST) /* ConvLSTM */
        axis = keras_is(call->config, "return_sequences", false) ? 2 : 1;
    if (out.known && out.rank)
        call->out[0] = keras_with(call->arena, out, axis, dim_mul(call->arena, out.dims[axis], dim_int(2)));
}

/* The outputs of both side by side, or joined into one, or on their own; then the states of both. */
static void join_directions(KerasCall *call, const Value *mode)
{
    uint32_t states = call->out_count - 1, more = states;
    Shape one = call->out[0];
    Str word = keras_text(mode);
    if (!mode || mode->kind == VALUE_NULL) {
        for (uint32_t i = call->out_count; i > 1; i--)
            call->out[i] = call->out[i - 1];
        call->out[1] = one;
        call->out_count++;
    } else if (str_equal(word, STR("concat"))) {
        double_last(call);
    }
    for (uint32_t i = 0; i < more && call->out_count < KERAS_MOST_OUTPUTS; i++) {
        call->out[call->out_count] = call->out[call->out_count - states];
        call->out_count++;
    }
}

static bool read_bidirectional(KerasCall *call)
{
    Arena *arena = call->arena;
    const Value *inner = keras_get(call->config, "layer forward_layer"), *outer = call->config;
    call->config = keras_config(inner);
    call->class_name = keras_class(inner);
    if (!keras_dispatch(call))
        return false;
    const Value *mode = value_get(outer, STR("merge_mode"));
    keras_set_bool(call, "bidirectional", true);
    call->params = dim_mul(arena, call->params, dim_int(2));
    call->macs = dim_mul(arena, call->macs, dim_int(2));
    if (call->out_count * 2 <= KERAS_MOST_OUTPUTS)
        join_directions(call, mode);
    call->settled = true;
    return true;
}

static const KerasRow rows[] = {
    {.classes = "LSTM GRU SimpleRNN CuDNNLSTM CuDNNGRU", .read = read_recurrent},
    {.classes = "RNN", .read = read_cells},
    {.classes = "Bidirectional", .read = read_bidirectional},
};

KerasRows keras_recurrent_rows(void)
{
    return KERAS_ROWS(rows);
}
