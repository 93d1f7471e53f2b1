/* SPDX-License-Identifier: MIT */
/* Darknet's layers on vectors: dense and recurrent ones, norms, activations, ends. */
#include "read/darknet.h"

static Dim mul(const DarknetCall *call, Dim a, Dim b)
{
    return dim_mul(call->arena, a, b);
}

static Dim add(const DarknetCall *call, Dim a, Dim b)
{
    return dim_add(call->arena, a, b);
}

void darknet_same(DarknetCall *call)
{
    call->out = call->in;
}

/* A matrix, a bias an output and, where it is normalised, a scale an output: what recurrent layers are made of, too. */
static void add_connected(DarknetCall *call, Dim inputs, Dim outputs, bool normalised)
{
    Dim weights = mul(call, inputs, outputs);
    call->params = add(call, call->params, add(call, weights, outputs));
    if (normalised)
        call->params = add(call, call->params, outputs);
    call->macs = add(call, call->macs, weights);
}

static Dim outputs_of(DarknetCall *call)
{
    return dim_int(darknet_size(call, "output", 1));
}

void darknet_connected(DarknetCall *call)
{
    Dim outputs = outputs_of(call);
    Str said = darknet_text(call, "activation");
    call->activation = said.size ? said : STR("logistic");
    call->normalises = darknet_int(call, "batch_normalize", 0) != 0;
    darknet_set(call, "out", &outputs, 1);
    add_connected(call, call->in.numbers, outputs, call->normalises);
    call->out = darknet_vector(outputs);
}

/* ---- recurrent: of one step, as Darknet's table shows it -------------------------------------------------------- */

static bool normalised(DarknetCall *call)
{
    return darknet_int(call, "batch_normalize", 0) != 0;
}

/* As many matrices for the input and for the state as there are gates. */
static void add_gates(DarknetCall *call, int gates)
{
    Dim outputs = outputs_of(call);
    bool norm = normalised(call);
    darknet_set(call, "hidden", &outputs, 1);
    for (int i = 0; i < gates; i++) {
        add_connected(call, call->in.numbers, outputs, norm);
        add_connected(call, outputs, outputs, norm);
    }
    call->out = darknet_vector(outputs);
}

/* Three dense layers: of the input, of the state, of the output (rnn_layer.c). */
void darknet_rnn(DarknetCall *call)
{
    Dim outputs = outputs_of(call);
    add_gates(call, 1);
    add_connected(call, outputs, outputs, normalised(call));
}

void darknet_gru(DarknetCall *call)
{
    add_gates(call, 3);
}

void darknet_lstm(DarknetCall *call)
{
    add_gates(call, 4);
}

/* Three convolutions of 3×3: of the input, of the state, of the output (crnn_layer.c). */
void darknet_crnn(DarknetCall *call)
{
    Dim hidden = dim_int(darknet_size(call, "hidden_filters", 1));
    Dim out = dim_int(darknet_size(call, "output_filters", 1));
    Dim pairs[3][2] = {{call->in.channels, hidden}, {hidden, hidden}, {hidden, out}};
    Dim positions = mul(call, call->in.height, call->in.width);
    for (int i = 0; i < 3; i++) {
        Dim weights = mul(call, mul(call, pairs[i][0], pairs[i][1]), dim_int(9));
        Dim vectors = mul(call, pairs[i][1], dim_int(normalised(call) ? 2 : 1));
        call->params = add(call, call->params, add(call, weights, vectors));
        call->macs = add(call, call->macs, mul(call, weights, positions));
    }
    call->out = darknet_map(call->arena, call->in.height, call->in.width, out);
}

/* ---- the rest --------------------------------------------------------------------------------------------------- */

/* A scale and a shift for each channel. */
void darknet_batchnorm(DarknetCall *call)
{
    call->params = mul(call, dim_int(2), call->in.channels);
    call->out = call->in;
}

/* Over the whole input, which is a vector for it, unless it works position by position. */
void darknet_softmax(DarknetCall *call)
{
    call->out = darknet_int(call, "spatial", 0) ? call->in : darknet_vector(call->in.numbers);
}

void darknet_dropout(DarknetCall *call)
{
    darknet_set_text(call, "p", darknet_text(call, "probability"));
    call->out = call->in;
}

void darknet_activation(DarknetCall *call)
{
    Str said = darknet_text(call, "activation");
    call->out = call->in;
    if (str_equal(said, STR("relu")))
        darknet_become(call, "relu");
    else if (str_equal(said, STR("leaky")))
        darknet_become(call, "leaky_relu");
    else if (str_equal(said, STR("logistic")))
        darknet_become(call, "sigmoid");
    else if (str_equal(said, STR("tanh")))
        darknet_become(call, "tanh");
    else if (said.size && !str_equal(said, STR("linear")))
        call->layer->op_name = said;
}

/* What is left to learn: Darknet's table gives it the size of its input. */
void darknet_cost(DarknetCall *call)
{
    Str kind = darknet_text(call, "type");
    if (str_equal(kind, STR("L1")))
        darknet_become(call, "l1_loss");
    else if (str_equal(kind, STR("smooth")))
        darknet_become(call, "huber");
    call->out = darknet_vector(call->in.numbers);
}
