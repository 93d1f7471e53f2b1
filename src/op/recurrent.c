/* SPDX-License-Identifier: MIT */
/* Recurrent layers. */
#include "op/rules.h"

#define RECURRENT_ATTRS                                                                                                \
    {.name = "hidden", .aliases = "hidden_size units num_output out num_hidden state_size", .kind = ATTR_INT,          \
     .required = true, .positional = true, .help = "size of the hidden state"},                                        \
    {.name = "returns", .aliases = "return_sequences", .kind = ATTR_WORD, .fallback = "sequence",                      \
     .words = "sequence last", .positional = true, .help = "all steps, or the last alone"},                            \
    {.name = "layers", .aliases = "num_layers", .kind = ATTR_INT, .fallback = "1",                                     \
     .help = "layers on top of each other"},                                                                           \
    {.name = "bidirectional", .kind = ATTR_BOOL, .fallback = "false",                                                  \
     .help = "a second one runs backwards; both are concatenated"},                                                    \
    ATTR_USE_BIAS,                                                                                                     \
    {.name = "biases", .kind = ATTR_INT, .fallback = "2",                                                              \
     .help = "bias vectors a gate: 2 (PyTorch, ONNX: one for the input, one for the state), 1 (papers, Keras)"},       \
    {.name = "in", .aliases = "input_size input_dim", .kind = ATTR_INT,                                                \
     .help = "features of the input, where it does not say"},                                                          \
    {.name = "form", .kind = ATTR_WORD, .fallback = "plain", .words = "plain onnx",                                    \
     .help = "onnx: T×B×D becomes T×directions×B×H"},                                                                  \
    {.name = "dropout", .aliases = "recurrent_dropout", .kind = ATTR_TEXT,                                             \
     .help = "probability of dropping between layers"}

static const AttrSpec rnn_attrs[] = {
    RECURRENT_ATTRS,
    {.name = "activation", .aliases = "nonlinearity", .kind = ATTR_TEXT, .help = "of the state"},
};

static const AttrSpec lstm_attrs[] = {
    RECURRENT_ATTRS,
    {.name = "projection", .aliases = "proj_size", .kind = ATTR_INT, .fallback = "0",
     .help = "the state is projected to that size (Sak et al. 2014)"},
    {.name = "peephole", .aliases = "peepholes", .kind = ATTR_BOOL, .fallback = "false",
     .help = "gates see the cell (Gers and Schmidhuber 2000)"},
};

/* The sizes of a recurrent layer. */
typedef struct Recurrent {
    int64_t gates;  /* 1, 3 or 4 */
    Dim hidden;     /* H */
    Dim state;      /* P: what goes on to the next step; H without projection */
    Dim in;         /* D */
    Dim layers;     /* stacked */
    Dim directions; /* 1 or 2 */
    bool projects;  /* P is not H */
} Recurrent;

static int64_t gates_of(const Op *op)
{
    Str name = str_from(op->name);
    return str_starts(name, STR("lstm")) ? 4 : str_starts(name, STR("gru")) ? 3 : 1;
}

static Recurrent recurrent_of(const OpCall *call)
{
    Shape in = rule_input(call, 0);
    Recurrent r = {.gates = gates_of(call->op), .hidden = attr_int(call->arena, call->layer, "hidden")};
    Dim projection = rule_has(call, "projection") ? attr_int(call->arena, call->layer, "projection") : dim_int(0);
    r.projects = !dim_is(projection, 0);
    r.state = r.projects ? projection : r.hidden;
    r.in = rule_or(in.known && in.rank ? in.dims[in.rank - 1] : DIM_NONE, attr_int(call->arena, call->layer, "in"));
    r.layers = attr_int(call->arena, call->layer, "layers");
    r.directions = dim_int(attr_bool(call->layer, "bidirectional") ? 2 : 1);
    return r;
}

static bool is_onnx(const OpCall *call)
{
    return str_equal(attr_word(call->layer, "form"), STR("onnx"));
}

static bool returns_last(const OpCall *call)
{
    const Attr *said = rule_attr(call->layer, "returns");
    if (said && said->count) /* `return_sequences: false` */
        return dim_is(said->dims[0], 0);
    Str word = attr_word(call->layer, "returns");
    return str_equal(word, STR("last")) || str_equal(word, STR("false"));
}

/* Y is T×directions×B×H, Y_h and Y_c are directions×B×H (ONNX LSTM). */
static void shape_onnx(OpCall *call, Shape in, const Recurrent *r)
{
    Dim dims[4] = {in.dims[0], r->directions, in.dims[1], r->state};
    rule_set(call, shape_of(call->arena, 3, dims + 1));
    call->outputs[0] = shape_of(call->arena, 4, dims);
}

/* The states after the last step: (layers·directions)×H, with a batch (layers·directions)×B×H (torch.nn.LSTM). */
static void set_states(OpCall *call, Shape in, const Recurrent *r)
{
    Dim count = dim_mul(call->arena, r->layers, r->directions);
    Dim state[3] = {count, r->state, r->state}, cell[3] = {count, r->hidden, r->hidden};
    bool batch = call->batch_axes == 1;
    if (batch)
        state[1] = cell[1] = in.dims[0];
    rule_set(call, shape_of(call->arena, batch ? 3 : 2, cell));
    if (call->layer->output_count > 1)
        call->outputs[1] = shape_of(call->arena, batch ? 3 : 2, state);
}

/*
 * T×D becomes T×(directions·H), or directions·H where only the last step is returned; a vector is one step.
 */
static bool shape_recurrent(OpCall *call)
{
    Shape in = rule_input(call, 0);
    Recurrent r = recurrent_of(call);
    Dim said = attr_int(call->arena, call->layer, "in");
    if (!in.known)
        return true;
    if (in.rank == 0)
        return rule_fail(call, 0, "%s needs a sequence T×D, but its input is a scalar", call->op->title);
    if (!rule_expects(call, 0, "features", said, r.in))
        return false;
    if (is_onnx(call) && in.rank == 3) {
        shape_onnx(call, in, &r);
        return true;
    }
    set_states(call, in, &r);
    call->outputs[0] = rule_with(call, in, in.rank - 1, dim_mul(call->arena, r.directions, r.state));
    if (returns_last(call) && rule_rank(call, in) > 1)
        call->outputs[0] = rule_without(call, call->outputs[0], in.rank - 2);
    return true;
}

/*
 * Weights and biases of one layer that reads `in` features, both directions. PyTorch's LSTM: G·H·(in + P) weights with
 * G = 4 gates, 2·G·H biases, P·H for the projection; peepholes 3·H.
 */
static Dim layer_weights(const OpCall *call, const Recurrent *r, Dim in)
{
    Arena *arena = call->arena;
    Dim rows = dim_mul(arena, dim_int(r->gates), r->hidden);
    Dim weights = dim_mul(arena, rows, dim_add(arena, in, r->state));
    if (r->projects)
        weights = dim_add(arena, weights, dim_mul(arena, r->hidden, r->state));
    return dim_mul(arena, weights, r->directions);
}

static Dim layer_extras(const OpCall *call, const Recurrent *r)
{
    Arena *arena = call->arena;
    int64_t peepholes = rule_has(call, "peephole") && attr_bool(call->layer, "peephole") ? 3 : 0;
    Dim biases = attr_bool(call->layer, "bias") ? attr_int(arena, call->layer, "biases") : dim_int(0);
    Dim vectors = dim_add(arena, dim_mul(arena, biases, dim_int(r->gates)), dim_int(peepholes));
    return dim_mul(arena, dim_mul(arena, vectors, r->hidden), r->directions);
}

/* The first layer reads D features, the others the outputs of both directions. */
static Dim all_weights(const OpCall *call, const Recurrent *r)
{
    Dim first = layer_weights(call, r, r->in);
    Dim later = layer_weights(call, r, dim_mul(call->arena, r->directions, r->state));
    Dim more = dim_sub(call->arena, r->layers, dim_int(1));
    return dim_is(more, 0) ? first : dim_add(call->arena, first, dim_mul(call->arena, later, more));
}

/* Every weight matrix is multiplied once at every step; peepholes are elementwise and count none. */
static void count_recurrent(OpCall *call)
{
    Recurrent r = recurrent_of(call);
    Shape in = rule_input(call, 0);
    Dim weights = all_weights(call, &r), steps = DIM_NONE;
    call->params = dim_add(call->arena, weights, dim_mul(call->arena, r.layers, layer_extras(call, &r)));
    if (in.known && in.rank > 0)
        steps = rule_work(call, rule_with(call, in, in.rank - 1, dim_int(1)));
    if (in.known && is_onnx(call) && in.rank == 3)
        steps = dim_mul(call->arena, in.dims[0], in.dims[1].kind == DIM_INT ? in.dims[1] : dim_int(1));
    call->macs = dim_mul(call->arena, weights, steps);
}

static void label_recurrent(const OpCall *call, Text *text)
{
    text_add_format(text, "%s%s", attr_bool(call->layer, "bidirectional") ? "Bi" : "", call->op->title);
    label_int(call, text, "hidden", "%s");
    label_unless(call, text, "layers", 1, "%s layers");
}

#define RECURRENT(attr_table)                                                                                          \
    .style = STYLE_RECURRENT, OP_ATTRS(attr_table), .min_inputs = 1, .max_inputs = 8, .shape = shape_recurrent,        \
    .count = count_recurrent, .label = label_recurrent

static const Op rows[] = {
    {.name = "rnn", .aliases = "RNN SimpleRNN simple_rnn VanillaRNN RNNCell SimpleRNNCell", .title = "RNN",
     .help = "simple recurrent layer", RECURRENT(rnn_attrs)},
    {.name = "lstm", .aliases = "LSTM CuDNNLSTM LSTMCell UNIDIRECTIONAL_SEQUENCE_LSTM", .title = "LSTM",
     .help = "long short-term memory", RECURRENT(lstm_attrs)},
    {.name = "gru", .aliases = "GRU CuDNNGRU GRUCell", .title = "GRU", .help = "gated recurrent unit",
     RECURRENT(rnn_attrs)},
};

OpFamily op_family_recurrent(void)
{
    return OP_ROWS(rows);
}
