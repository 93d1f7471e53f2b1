/* SPDX-License-Identifier: MIT */
/* Attention layers of Keras, whose inputs are query, value, key, in this order. */
#include "read/keras.h"

/* netikz's operations read query, key, value. */
static void reorder(KerasCall *call)
{
    if (call->in_count < 3)
        return;
    Shape value = call->in[1];
    Port port = call->ports[1];
    call->in[1] = call->in[2];
    call->in[2] = value;
    call->ports[1] = call->ports[2];
    call->ports[2] = port;
}

/* The scores of each head are a second output where the call asks for them. */
static bool asks(const Value *node, const char *key)
{
    bool asked = false;
    const Value *keywords = value_get(node, STR("kwargs"));
    if (node && node->kind == VALUE_LIST && node->first) {
        const Value *first = node->first->kind == VALUE_LIST ? node->first : node;
        for (const Value *item = first->first; item; item = item->next)
            keywords = item->kind == VALUE_MAP ? item : keywords;
    }
    return value_to_bool(value_get(keywords, str_from(key)), &asked) && asked;
}

static void add_scores(KerasCall *call, Dim heads)
{
    Shape query = keras_in(call, 0), key = keras_in(call, call->in_count > 1 ? 1 : 0);
    bool plain = query.known && query.rank == 3 && key.known && key.rank == 3;
    if (!asks(call->node->value, "return_attention_scores"))
        return;
    Dim dims[4] = {plain ? query.dims[0] : DIM_NONE, heads, plain ? query.dims[1] : DIM_NONE,
                   plain ? key.dims[1] : DIM_NONE};
    call->out_count = 2;
    call->out[1] = shape_of(call->arena, 4, dims);
    if (heads.kind == DIM_UNKNOWN)
        call->out[1] = keras_without(call->arena, call->out[1], 1);
}

static bool read_heads(KerasCall *call)
{
    reorder(call);
    if (call->in_count > 3) /* masks */
        call->in_count = 3;
    keras_copy_int(call, "heads", "num_heads num_query_heads");
    keras_copy_int(call, "kv_heads", "num_key_value_heads");
    keras_copy_int(call, "head_dim", "key_dim head_dim");
    keras_copy_int(call, "value_dim", "value_dim");
    keras_set_bool(call, "bias", keras_is(call->config, "use_bias", true));
    keras_set_bool(call, "causal", asks(call->node->value, "use_causal_mask"));
    const Value *out = keras_get(call->config, "output_shape");
    Dim width = keras_dim(out && out->kind == VALUE_LIST && out->count == 1 ? out->first : out);
    keras_set_int(call, "out", width);
    return true;
}

/* Along other axes than the one behind the batch the products are not counted. */
static void finish_heads(KerasCall *call)
{
    Shape query = keras_in(call, 0);
    if (query.known && query.rank != 3)
        call->macs = DIM_NONE;
    add_scores(call, keras_number(call->config, "num_heads num_query_heads"));
}

static bool read_product(KerasCall *call)
{
    bool additive = str_equal(call->class_name, STR("AdditiveAttention"));
    bool concat = str_equal(keras_word(call->config, "score_mode"), STR("concat"));
    keras_set_text(call, "score", additive || concat ? STR("additive") : STR("dot"));
    keras_set_bool(call, "causal", keras_is(call->config, "causal", asks(call->node->value, "use_causal_mask")));
    reorder(call);
    if (call->in_count > 3)
        call->in_count = 3;
    return true;
}

/* A scale: one number, or for additive scores one a feature; scores by concatenation have one more. */
static void finish_product(KerasCall *call)
{
    bool additive = str_equal(call->class_name, STR("AdditiveAttention"));
    bool concat = str_equal(keras_word(call->config, "score_mode"), STR("concat"));
    if (keras_is(call->config, "use_scale", additive))
        call->params = additive ? keras_last(keras_in(call, 0)) : dim_int(1);
    else
        call->params = dim_int(0);
    if (concat && !additive)
        call->params = dim_add(call->arena, call->params, dim_int(1));
    add_scores(call, DIM_NONE);
}

static const KerasRow rows[] = {
    {.classes = "MultiHeadAttention GroupedQueryAttention GroupQueryAttention", .op = "attention", .read = read_heads,
     .finish = finish_heads},
    {.classes = "Attention AdditiveAttention", .op = "dot_attention", .read = read_product, .finish = finish_product},
};

KerasRows keras_attention_rows(void)
{
    return KERAS_ROWS(rows);
}
