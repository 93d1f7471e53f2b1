/* SPDX-License-Identifier: MIT */
/* What stands between encoders, decoders and towers: codebooks, samples, similarities, stopped gradients. */
#include "op/rules.h"

static const AttrSpec codebook_attrs[] = {
    {.name = "codes", .aliases = "num_embeddings codebook_size n_codes size", .kind = ATTR_INT, .required = true,
     .positional = true, .help = "vectors in the book"},
    {.name = "dim", .aliases = "embedding_dim", .kind = ATTR_INT, .help = "their features; the input's where none is given"},
};

static const AttrSpec similarity_attrs[] = {
    {.name = "pairs", .aliases = "batch count", .kind = ATTR_INT, .positional = true,
     .help = "vectors of each tower that are compared: the batch"},
    {.name = "temperature", .aliases = "logit_scale", .kind = ATTR_BOOL, .fallback = "false",
     .help = "whether a scale is learnt"},
};

/* The nearest code of each vector, in its place (van den Oord et al. 2017): K·d parameters, K·d products a vector. */
static void count_codebook(OpCall *call)
{
    Arena *arena = call->arena;
    Shape in = rule_input(call, 0);
    bool map = in.known && rule_rank(call, in) > 2;
    Dim features = !in.known || !in.rank ? DIM_NONE : map ? rule_features(call, in) : in.dims[in.rank - 1];
    features = rule_or(attr_int(arena, call->layer, "dim"), features);
    Dim codes = attr_int(arena, call->layer, "codes");
    call->params = dim_mul(arena, codes, features);
    call->macs = dim_mul(arena, rule_work(call, in), codes);
}

/* Mean, logarithm of the variance, and the noise where it is drawn; or one input that holds both halves. */
static bool shape_sample(OpCall *call)
{
    Shape in = rule_input(call, 0);
    for (uint32_t i = 1; i < call->input_count; i++)
        if (shape_conflict(in, call->inputs[i]))
            return rule_fail(call, i, "mean %s and variance or noise %s differ in shape", rule_text(call, in),
                             rule_text(call, call->inputs[i]));
    return rule_same(call);
}

/* d and d become N×N: all pairs of a batch, which specs leave out of shapes. Towers T×d and S×d become T×S. */
static bool shape_similarity(OpCall *call)
{
    Shape a = rule_input(call, 0), b = rule_input(call, 1);
    if (!a.known || !b.known || !a.rank || !b.rank)
        return true;
    if (dim_known_different(a.dims[a.rank - 1], b.dims[b.rank - 1]))
        return rule_fail(call, 1, "cannot compare %s and %s: they differ in features", rule_text(call, a),
                         rule_text(call, b));
    Dim pairs = rule_or(attr_int(call->arena, call->layer, "pairs"), dim_symbol(call->arena, STR("N")));
    Dim dims[2] = {a.rank > 1 ? a.dims[a.rank - 2] : pairs, b.rank > 1 ? b.dims[b.rank - 2] : pairs};
    rule_set(call, shape_of(call->arena, 2, dims));
    return true;
}

/* A row of the matrix for a sample: each is compared with all of the other tower. */
static void count_similarity(OpCall *call)
{
    Shape a = rule_input(call, 0);
    call->params = dim_int(attr_bool(call->layer, "temperature"));
    if (a.known && call->outputs[0].known)
        call->macs = dim_mul(call->arena, rule_work(call, a), call->outputs[0].dims[1]);
}

static void label_codebook(const OpCall *call, Text *text)
{
    text_add(text, str_from(call->op->title));
    label_int(call, text, "codes", "%s");
}

static const Op rows[] = {
    {.name = "codebook", .title = "codebook", .help = "the nearest of a number of learned vectors in place of each",
     .aliases = "vq vector_quantizer VectorQuantizer VectorQuantization quantisation_codebook", .style = STYLE_EMBEDDING,
     OP_ATTRS(codebook_attrs), .min_inputs = 1, .max_inputs = 1, .shape = rule_same, .count = count_codebook,
     .label = label_codebook},
    {.name = "sample", .title = "sample", .help = "a random draw: mean, and logarithm of the variance",
     .aliases = "reparameterize reparametrize Sampling gaussian_sample", .symbol = "~", .style = STYLE_OTHER,
     .min_inputs = 1, .max_inputs = OP_ANY_INPUTS, .shape = shape_sample},
    {.name = "similarity", .title = "similarity matrix", .help = "dot products between all vectors of two towers",
     .aliases = "similarity_matrix clip_similarity", .style = STYLE_MERGE, OP_ATTRS(similarity_attrs),
     .min_inputs = 2, .max_inputs = 2, .shape = shape_similarity, .count = count_similarity},
    {.name = "stop_gradient", .title = "stop gradient", .help = "its input as it is; no gradient goes back through it",
     .aliases = "StopGradient sg detach", .symbol = "sg", .style = STYLE_OTHER, .min_inputs = 1, .max_inputs = 1, .shape = rule_same},
};

OpFamily op_family_latent(void)
{
    return OP_ROWS(rows);
}
