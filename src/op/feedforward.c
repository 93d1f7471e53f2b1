/* SPDX-License-Identifier: MIT */
/* Feed-forward parts of Transformers: plain, gated, and mixtures of experts with their router. */
#include "op/rules.h"

#define FEED_ATTRS(act_default, bias_default)                                                                          \
    {.name = "hidden", .aliases = "d_ff dim_feedforward intermediate_size ffn_dim hidden_dim hidden_features inner",   \
     .kind = ATTR_INT, .required = true, .positional = true, .help = "features between its layers"},                   \
    {.name = "act", .aliases = "activation", .kind = ATTR_WORD, .fallback = (act_default), .words = "relu gelu silu tanh sigmoid none", \
     .positional = true, .help = "activation between its layers"},                                                     \
    {.name = "out", .aliases = "output_dim", .kind = ATTR_INT,                                                         \
     .help = "features of the output; the input's where none is given"},                                               \
    {.name = "bias", .aliases = "use_bias", .kind = ATTR_BOOL, .fallback = (bias_default), .help = "whether biases are added"}, \
    {.name = "dropout", .kind = ATTR_TEXT, .help = "probability of dropping between its layers"}

static const AttrSpec plain_attrs[] = {
    FEED_ATTRS("relu", "true"),
};

static const AttrSpec gated_attrs[] = {
    FEED_ATTRS("silu", "false"),
};

static const AttrSpec expert_attrs[] = {
    {.name = "experts", .aliases = "num_experts n_experts num_local_experts", .kind = ATTR_INT, .required = true,
     .positional = true, .help = "how many experts there are"},
    {.name = "top", .aliases = "top_k k num_experts_per_tok", .kind = ATTR_INT, .fallback = "2", .positional = true,
     .help = "experts that a token goes to"},
    FEED_ATTRS("silu", "false"),
    {.name = "gated", .aliases = "glu", .kind = ATTR_BOOL, .fallback = "true", .help = "whether experts are gated"},
    {.name = "shared", .aliases = "n_shared_experts", .kind = ATTR_INT, .fallback = "0",
     .help = "experts that every token goes to"},
};

static const AttrSpec router_attrs[] = {
    {.name = "experts", .aliases = "num_experts n_experts out", .kind = ATTR_INT, .required = true, .positional = true,
     .help = "how many experts there are"},
    {.name = "top", .aliases = "top_k k", .kind = ATTR_INT, .fallback = "2", .positional = true,
     .help = "experts that a token goes to"},
    {.name = "bias", .aliases = "use_bias", .kind = ATTR_BOOL, .fallback = "false", .help = "whether biases are added"},
};

static Dim mul(const OpCall *call, Dim a, Dim b)
{
    return dim_mul(call->arena, a, b);
}

static Dim add(const OpCall *call, Dim a, Dim b)
{
    return dim_add(call->arena, a, b);
}

/* Features stand on the last axis. */
static Dim features_of(const OpCall *call)
{
    Shape in = rule_input(call, 0);
    return in.known && in.rank ? in.dims[in.rank - 1] : DIM_NONE;
}

/* Positions, with the batch where it is fixed. */
static Dim tokens_of(const OpCall *call)
{
    Shape in = rule_input(call, 0);
    return in.known && in.rank ? rule_work(call, rule_with(call, in, in.rank - 1, dim_int(1))) : DIM_NONE;
}

static bool needs_features(OpCall *call)
{
    Shape in = rule_input(call, 0);
    if (!in.known || in.rank > 0)
        return true;
    return rule_fail(call, 0, "%s needs features, but its input is a scalar", call->op->title);
}

static bool shape_feed(OpCall *call)
{
    Shape in = rule_input(call, 0);
    Dim out = rule_or(attr_int(call->arena, call->layer, "out"), features_of(call));
    if (!needs_features(call))
        return false;
    rule_set(call, in.known ? rule_with(call, in, in.rank - 1, out) : in);
    return true;
}

/* One feed-forward part: weights d·h + h·e, a gate d·h more; biases of each layer. */
typedef struct Feed {
    Dim weights;
    Dim biases;
} Feed;

static Feed feed_of(const OpCall *call, bool gated)
{
    Dim in = features_of(call), hidden = attr_int(call->arena, call->layer, "hidden");
    Dim out = rule_or(attr_int(call->arena, call->layer, "out"), in), layers = dim_int(gated ? 2 : 1);
    Feed feed = {add(call, mul(call, layers, mul(call, in, hidden)), mul(call, hidden, out)), dim_int(0)};
    if (attr_bool(call->layer, "bias"))
        feed.biases = add(call, mul(call, layers, hidden), out);
    return feed;
}

/* Two layers (Vaswani et al. 2017, equation 2). */
static void count_plain(OpCall *call)
{
    Feed feed = feed_of(call, false);
    call->params = add(call, feed.weights, feed.biases);
    call->macs = mul(call, tokens_of(call), feed.weights);
}

/* Three matrices (Shazeer 2020): W2(act(W1 x) · V x). */
static void count_gated(OpCall *call)
{
    Feed feed = feed_of(call, true);
    call->params = add(call, feed.weights, feed.biases);
    call->macs = mul(call, tokens_of(call), feed.weights);
}

/*
 * A router of d·E weights and E experts, all of them parameters, of which a token uses only `top` (Shazeer et al. 2017,
 * Fedus et al. 2022, Jiang et al. 2024); those that are shared are used by every token (Dai et al. 2024).
 */
static void count_experts(OpCall *call)
{
    Dim experts = attr_int(call->arena, call->layer, "experts"), top = attr_int(call->arena, call->layer, "top");
    Dim shared = attr_int(call->arena, call->layer, "shared"), router = mul(call, features_of(call), experts);
    Feed feed = feed_of(call, attr_bool(call->layer, "gated"));
    Dim each = add(call, feed.weights, feed.biases);
    call->params = add(call, router, mul(call, add(call, experts, shared), each));
    Dim used = add(call, router, mul(call, add(call, top, shared), feed.weights));
    call->macs = mul(call, tokens_of(call), used);
}

static bool shape_experts(OpCall *call)
{
    Dim experts = attr_int(call->arena, call->layer, "experts"), top = attr_int(call->arena, call->layer, "top");
    if (experts.kind == DIM_INT && top.kind == DIM_INT && (top.n < 1 || top.n > experts.n))
        return rule_fail(call, 0, "a token cannot go to %s of %s experts", rule_dim_text(call, top),
                         rule_dim_text(call, experts));
    return shape_feed(call);
}

/* T×d becomes a weight for each token and expert. */
static bool shape_router(OpCall *call)
{
    Shape in = rule_input(call, 0);
    if (!needs_features(call))
        return false;
    Dim experts = attr_int(call->arena, call->layer, "experts");
    rule_set(call, in.known ? rule_with(call, in, in.rank - 1, experts) : in);
    return true;
}

static void count_router(OpCall *call)
{
    Dim experts = attr_int(call->arena, call->layer, "experts"), weights = mul(call, features_of(call), experts);
    call->params = attr_bool(call->layer, "bias") ? add(call, weights, experts) : weights;
    call->macs = mul(call, tokens_of(call), weights);
}

static void label_plain(const OpCall *call, Text *text)
{
    text_add(text, STR("feed-forward"));
    label_int(call, text, "hidden", "%s");
}

/* "SwiGLU, 14336": a gate has a name of its own for the usual activations. */
static void label_gated(const OpCall *call, Text *text)
{
    static const char *const names[][2] = {{"silu", "SwiGLU"}, {"gelu", "GEGLU"}, {"relu", "ReGLU"}, {"sigmoid", "GLU"}};
    const char *name = "gated feed-forward";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal(attr_word(call->layer, "act"), str_from(names[i][0])))
            name = names[i][1];
    text_add(text, str_from(name));
    label_int(call, text, "hidden", "%s");
}

static void label_experts(const OpCall *call, Text *text)
{
    text_add(text, STR("mixture of experts"));
    label_int(call, text, "top", "top %s");
    text_add(text, STR(" of "));
    text_add(text, dim_text(call->arena, attr_int(call->arena, call->layer, "experts")));
}

static void label_router(const OpCall *call, Text *text)
{
    text_add(text, STR("router"));
    label_int(call, text, "top", "top %s");
}

#define FEED_ROW(attr_table, shape_rule, count_rule, label_rule)                                                       \
    .style = STYLE_DENSE, OP_ATTRS(attr_table), .min_inputs = 1, .max_inputs = 1, .shape = (shape_rule),               \
    .count = (count_rule), .label = (label_rule)

static const Op rows[] = {
    {.name = "ffn", .title = "feed-forward", .help = "feed-forward part of a Transformer: two layers at each position",
     .aliases = "feed_forward FeedForward feedforward PositionwiseFeedForward mlp_block MlpBlock",
     FEED_ROW(plain_attrs, shape_feed, count_plain, label_plain)},
    {.name = "gated_ffn", .title = "gated feed-forward", .help = "gated feed-forward part: SwiGLU, GEGLU, by its activation",
     .aliases = "swiglu_ffn glu_ffn gated_mlp GatedMLP LlamaMLP", FEED_ROW(gated_attrs, shape_feed, count_gated,
     label_gated)},
    {.name = "moe", .title = "mixture of experts", .help = "feed-forward experts and the router that chooses among them",
     .aliases = "mixture_of_experts MixtureOfExperts sparse_moe SparseMoE switch_ffn",
     FEED_ROW(expert_attrs, shape_experts, count_experts, label_experts)},
    {.name = "router", .title = "router", .help = "weights of the experts for each token",
     .aliases = "gating_network Router TopKGate TopKRouter", FEED_ROW(router_attrs, shape_router, count_router,
     label_router)},
};

OpFamily op_family_feedforward(void)
{
    return OP_ROWS(rows);
}
