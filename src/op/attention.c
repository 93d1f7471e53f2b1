/* SPDX-License-Identifier: MIT */
/* Attention. */
#include "op/rules.h"

static const AttrSpec attention_attrs[] = {
    {.name = "heads", .aliases = "num_heads n_heads nhead n_head num_attention_heads", .kind = ATTR_INT,
     .fallback = "1",
     .positional = true, .help = "heads"},
    {.name = "kv_heads", .aliases = "num_kv_heads num_key_value_heads num_query_groups", .kind = ATTR_INT,
     .help = "heads of keys and values, where fewer (grouped queries)"},
    {.name = "head_dim", .aliases = "key_dim d_head d_k head_size", .kind = ATTR_INT,
     .help = "size of a head; features / heads where none is given"},
    {.name = "value_dim", .aliases = "d_v", .kind = ATTR_INT, .help = "size of a head's values, where another"},
    {.name = "out", .aliases = "output_dim", .kind = ATTR_INT,
     .help = "features of the output; the input's where none is given"},
    ATTR_USE_BIAS,
    {.name = "causal", .aliases = "is_causal masked unidirectional use_causal_mask", .kind = ATTR_BOOL,
     .fallback = "false",
     .help = "each position sees only those before it"},
    {.name = "span", .kind = ATTR_INT, .help = "keys that a query sees, where not all (local attention)"},
    {.name = "window", .aliases = "window_size", .kind = ATTR_INT,
     .help = "a query sees a window of that many tokens a side: span is its square"},
    {.name = "shifted", .aliases = "shift cyclic", .kind = ATTR_BOOL, .fallback = "false",
     .help = "windows are shifted by half of their size"},
    {.name = "relative", .aliases = "relative_positions num_buckets", .kind = ATTR_INT, .fallback = "0",
     .help = "learned biases a head for relative positions: 32 in T5, (2w-1)(2w-1) in Swin"},
    {.name = "dim", .aliases = "embed_dim embedding_dim d_model hidden_size", .kind = ATTR_INT,
     .help = "features of the input, where it does not say"},
    {.name = "dropout", .kind = ATTR_TEXT, .help = "probability of dropping weights"},
};

static const AttrSpec product_attrs[] = {
    {.name = "causal", .aliases = "is_causal masked use_causal_mask", .kind = ATTR_BOOL, .fallback = "false",
     .help = "each position sees only those before it"},
    {.name = "scale", .kind = ATTR_TEXT, .help = "factor of the scores"},
    {.name = "score", .aliases = "score_mode", .kind = ATTR_WORD, .fallback = "dot", .words = "dot additive",
     .help = "additive: the scores are sums (Bahdanau et al. 2015)"},
    {.name = "dropout", .kind = ATTR_TEXT, .help = "probability of dropping weights"},
};

/* Tokens and features of an input: T×d, or the positions and channels of a map. */
typedef struct Tokens {
    Dim count;     /* T, or H·W */
    Dim features;  /* d, or C */
    uint32_t axis; /* of the features */
} Tokens;

static Tokens tokens_of(const OpCall *call, Shape shape)
{
    Tokens tokens = {DIM_NONE, DIM_NONE, 0};
    if (!shape.known || shape.rank == 0)
        return tokens;
    bool map = rule_rank(call, shape) > 2 && call->batch_axes == 0;
    tokens.axis = map ? rule_feature_axis(call, shape) : shape.rank - 1;
    tokens.features = shape.dims[tokens.axis];
    Shape positions = rule_with(call, shape, tokens.axis, dim_int(1));
    tokens.count = rule_sample(call, positions);
    return tokens;
}

/* All sizes of a multi-head attention; a capital is a width over all heads. */
typedef struct Heads {
    Tokens query, key, value; /* what comes in */
    Dim queries, keys, values, mixed; /* widths: heads·head, kv·head, kv·value, heads·value */
    Dim out;                  /* features that leave */
    Dim biases;               /* of relative positions, over all heads */
    Dim seen;                 /* keys that each query sees */
} Heads;

static Heads heads_of(const OpCall *call)
{
    Arena *arena = call->arena;
    const Layer *layer = call->layer;
    Heads h = {.query = tokens_of(call, rule_input(call, 0))};
    h.query.features = rule_or(h.query.features, attr_int(arena, layer, "dim"));
    h.key = call->input_count > 1 && call->inputs[1].known ? tokens_of(call, call->inputs[1]) : h.query;
    h.value = call->input_count > 2 && call->inputs[2].known ? tokens_of(call, call->inputs[2]) : h.key;
    Dim heads = attr_int(arena, layer, "heads"), kv_heads = rule_or(attr_int(arena, layer, "kv_heads"), heads);
    Dim head = rule_or(attr_int(arena, layer, "head_dim"), dim_div_exact(arena, h.query.features, heads));
    Dim value = rule_or(attr_int(arena, layer, "value_dim"), head);
    h.queries = dim_mul(arena, heads, head);
    h.keys = dim_mul(arena, kv_heads, head);
    h.values = dim_mul(arena, kv_heads, value);
    h.mixed = dim_mul(arena, heads, value);
    h.out = rule_or(attr_int(arena, layer, "out"), h.query.features);
    h.biases = dim_mul(arena, heads, attr_int(arena, layer, "relative"));
    Dim window = attr_int(arena, layer, "window");
    h.seen = rule_or(rule_or(attr_int(arena, layer, "span"), dim_mul(arena, window, window)), h.key.count);
    return h;
}

static bool shape_attention(OpCall *call)
{
    Shape in = rule_input(call, 0);
    if (!in.known)
        return true;
    if (rule_rank(call, in) < 1)
        return rule_fail(call, 0, "attention needs tokens T×d, but its input is %s", rule_text(call, in));
    Heads h = heads_of(call);
    Dim heads = attr_int(call->arena, call->layer, "heads"), kv = attr_int(call->arena, call->layer, "kv_heads");
    if (!attr_given(call->layer, "head_dim") && h.queries.kind == DIM_UNKNOWN && h.query.features.kind == DIM_INT &&
        heads.kind == DIM_INT) {
        rule_hint(call, "head_dim gives the size of a head");
        return rule_fail(call, 0, "the %s features of %s cannot be cut into %s heads",
                         rule_dim_text(call, h.query.features), rule_text(call, in), rule_dim_text(call, heads));
    }
    if (heads.kind == DIM_INT && kv.kind == DIM_INT && (kv.n < 1 || heads.n % kv.n != 0))
        return rule_fail(call, 0, "%s heads cannot share %s heads of keys and values", rule_dim_text(call, heads),
                         rule_dim_text(call, kv));
    rule_set(call, rule_with(call, in, h.query.axis, h.out));
    return true;
}

static Dim product(const OpCall *call, Dim a, Dim b)
{
    return dim_mul(call->arena, a, b);
}

static Dim sum(const OpCall *call, Dim a, Dim b, Dim c, Dim d)
{
    Arena *arena = call->arena;
    return dim_add(arena, dim_add(arena, a, b), dim_add(arena, c, d));
}

/*
 * Four projections (Vaswani et al. 2017, torch.nn.MultiheadAttention; fewer heads of keys and values as in Ainslie et
 * al. 2023) with a bias each. Products: projections of T queries and S keys and values, T·S·width for the scores and
 * as much for the weighted values: T·d·Q + S·d·K + S·d·V + T·V·out + T·S·(Q + V); with equal widths 2·T·S·d for both.
 * A causal mask is counted in full, as frameworks compute it. Windows (Liu et al. 2021) make S the window's tokens;
 * biases of relative positions (Raffel et al. 2020, Liu et al. 2021) are a table a head.
 */
static void count_attention(OpCall *call)
{
    Heads h = heads_of(call);
    Dim q = product(call, h.query.features, h.queries), k = product(call, h.key.features, h.keys);
    Dim v = product(call, h.value.features, h.values), o = product(call, h.mixed, h.out);
    Dim biases = attr_bool(call->layer, "bias") ? sum(call, h.queries, h.keys, h.values, h.out) : dim_int(0);
    call->params = sum(call, sum(call, q, k, v, o), biases, h.biases, dim_int(0));
    Dim projections = sum(call, product(call, h.query.count, q), product(call, h.key.count, k),
                          product(call, h.value.count, v), product(call, h.query.count, o));
    Dim pairs = product(call, h.query.count, h.seen);
    Dim mixing = product(call, pairs, dim_add(call->arena, h.queries, h.mixed));
    call->macs = product(call, dim_add(call->arena, projections, mixing), rule_batch(call, rule_input(call, 0)));
}

/* queries …×T×d, keys …×S×d, values …×S×e: …×T×e. */
static bool shape_product(OpCall *call)
{
    Shape q = rule_input(call, 0), k = rule_input(call, 1), v = rule_input(call, call->input_count > 2 ? 2 : 1);
    if (!q.known || q.rank < 2)
        return !q.known || rule_fail(call, 0, "attention needs queries T×d, not %s", rule_text(call, q));
    if (k.known && k.rank && dim_known_different(k.dims[k.rank - 1], q.dims[q.rank - 1]))
        return rule_fail(call, 1, "queries %s and keys %s have different features", rule_text(call, q),
                         rule_text(call, k));
    Dim width = call->input_count > 1 && v.known && v.rank ? v.dims[v.rank - 1] : q.dims[q.rank - 1];
    rule_set(call, rule_with(call, q, q.rank - 1, width));
    return true;
}

/* T·S·d for the scores and T·S·e for the weighted values, for each head and sample that stands before T. */
static void count_product(OpCall *call)
{
    Shape q = rule_input(call, 0), k = rule_input(call, call->input_count > 1 ? 1 : 0);
    call->params = dim_int(0);
    if (!q.known || !k.known || q.rank < 2 || k.rank < 2)
        return;
    Dim both = dim_add(call->arena, rule_work(call, q), rule_work(call, call->outputs[0]));
    call->macs = product(call, both, k.dims[k.rank - 2]);
}

static void label_window(const OpCall *call, Text *text)
{
    Str size = dim_text(call->arena, attr_int(call->arena, call->layer, "window"));
    text_add_format(text, " %.*s×%.*s", STR_ARGS(size), STR_ARGS(size));
}

/* "masked multi-head attention, 8 heads", as in the Transformer's figure. */
static void label_attention(const OpCall *call, Text *text)
{
    Dim heads = attr_int(call->arena, call->layer, "heads"), kv = attr_int(call->arena, call->layer, "kv_heads");
    bool grouped = kv.kind != DIM_UNKNOWN && !dim_equal(kv, heads);
    if (attr_bool(call->layer, "causal"))
        text_add(text, STR("masked "));
    bool windows = attr_given(call->layer, "window"), multi_query = grouped && dim_is(kv, 1);
    if (windows)
        text_add(text, attr_bool(call->layer, "shifted") ? STR("shifted-window ") : STR("window "));
    const char *many = windows ? "" : "multi-head ";
    const char *kind = multi_query ? "multi-query " : grouped ? "grouped-query " : dim_is(heads, 1) ? "" : many;
    text_add_format(text, "%sattention", kind);
    if (windows)
        label_window(call, text);
    label_unless(call, text, "heads", 1, "%s heads");
    if (grouped && !multi_query)
        label_int(call, text, "kv_heads", "%s kv heads");
}

static void label_product(const OpCall *call, Text *text)
{
    bool additive = str_equal(attr_word(call->layer, "score"), STR("additive"));
    if (additive)
        text_add_format(text, "%sadditive attention", attr_bool(call->layer, "causal") ? "masked " : "");
    else
        text_add_format(text, "%sscaled dot-product attention", attr_bool(call->layer, "causal") ? "masked " : "");
}

static const Op rows[] = {
    {.name = "attention",
     .aliases = "mha multihead_attention multi_head_attention self_attention cross_attention MultiheadAttention "
                "MultiHeadAttention GroupedQueryAttention GroupQueryAttention gqa mqa msa "
                "window_attention WindowAttention",
     .title = "attention", .help = "multi-head attention of one input to itself, or of the first to the others",
     .style = STYLE_ATTENTION, OP_ATTRS(attention_attrs), .min_inputs = 1, .max_inputs = 8,
     .shape = shape_attention, .count = count_attention, .label = label_attention},
    {.name = "dot_attention",
     .aliases = "sdpa scaled_dot_product_attention ScaledDotProductAttention AdditiveAttention flash_attention",
     .title = "scaled dot-product attention", .help = "attention without projections: queries, keys, values",
     .style = STYLE_ATTENTION, OP_ATTRS(product_attrs), .min_inputs = 1, .max_inputs = 5,
     .shape = shape_product, .count = count_product, .label = label_product},
};

OpFamily op_family_attention(void)
{
    return OP_ROWS(rows);
}
