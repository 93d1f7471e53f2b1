/* SPDX-License-Identifier: MIT */
/* Embeddings: of words, of positions, of patches. */
#include "op/rules.h"

#define ATTR_FEATURES(needed)                                                                                          \
    {.name = "dim", .aliases = "embedding_dim output_dim out d_model embed_dim features", .kind = ATTR_INT,            \
     .required = (needed), .positional = true, .help = "features of each embedding"}

static const AttrSpec embedding_attrs[] = {
    {.name = "vocab", .aliases = "num_embeddings input_dim vocab_size num n_words", .kind = ATTR_INT, .required = true,
     .positional = true, .help = "how many there are"},
    ATTR_FEATURES(true),
};

static const AttrSpec position_attrs[] = {
    {.name = "kind", .aliases = "type", .kind = ATTR_WORD, .fallback = "sinusoidal", .words = "sinusoidal learned",
     .positional = true, .help = "computed, or learned"},
    {.name = "length", .aliases = "max_length max_len max_position_embeddings sequence_length", .kind = ATTR_INT,
     .help = "positions that are learned; the input's where none is given"},
};

static const AttrSpec patch_attrs[] = {
    {.name = "patch", .aliases = "patch_size kernel kernel_size", .kind = ATTR_INTS, .required = true,
     .positional = true,
     .help = "size of a patch: one number, or one for each axis"},
    ATTR_FEATURES(true),
    {.name = "class_token", .aliases = "cls cls_token", .kind = ATTR_BOOL, .fallback = "false",
     .help = "whether a learned token stands before the patches"},
    ATTR_USE_BIAS,
};

static const AttrSpec token_attrs[] = {
    {.name = "count", .aliases = "num_tokens n tokens", .kind = ATTR_INT, .fallback = "1", .positional = true,
     .help = "how many tokens"},
};

static const AttrSpec time_attrs[] = {
    ATTR_FEATURES(true),
};

static const AttrSpec one_hot_attrs[] = {
    {.name = "depth", .aliases = "num_classes num_tokens vocab", .kind = ATTR_INT, .required = true, .positional = true,
     .help = "how many classes"},
};

static bool append_axis(OpCall *call, const char *attr)
{
    Shape in = rule_input(call, 0);
    rule_set(call, rule_inserted(call, in, in.rank, attr_int(call->arena, call->layer, attr)));
    return true;
}

static bool shape_embedding(OpCall *call)
{
    return append_axis(call, "dim");
}

/* One vector a word (torch.nn.Embedding); looking up multiplies nothing. */
static void count_embedding(OpCall *call)
{
    call->params = dim_mul(call->arena, attr_int(call->arena, call->layer, "vocab"),
                           attr_int(call->arena, call->layer, "dim"));
    call->macs = dim_int(0);
}

/* One vector of d for each position where they are learned. */
static void count_position(OpCall *call)
{
    Shape in = rule_input(call, 0);
    Dim length = attr_int(call->arena, call->layer, "length");
    call->macs = dim_int(0);
    call->params = dim_int(0);
    if (!str_equal(attr_word(call->layer, "kind"), STR("learned")))
        return;
    if (length.kind == DIM_UNKNOWN)
        call->params = rule_sample(call, in);
    else
        call->params = dim_mul(call->arena, length, in.known && in.rank ? in.dims[in.rank - 1] : DIM_NONE);
}

/* C×H×W becomes (H/p · W/p [+ 1])×d (Dosovitskiy et al. 2021). */
static bool shape_patch(OpCall *call)
{
    Map map;
    if (!rule_map(call, 0, &map))
        return call->error.size == 0;
    Dim tokens = dim_int(1), dims[SHAPE_MAX_RANK];
    for (uint32_t axis = 0; axis < map.axes; axis++) {
        Dim size = map.shape.dims[map.first + axis], patch = attr_axis(call->arena, call->layer, "patch", axis);
        Dim along = dim_div_exact(call->arena, size, patch);
        if (along.kind == DIM_UNKNOWN && size.kind == DIM_INT && patch.kind == DIM_INT)
            return rule_fail(call, 0, "%s cannot be cut into patches of %s", rule_text(call, map.shape),
                             rule_dim_text(call, patch));
        tokens = dim_mul(call->arena, tokens, along);
    }
    for (uint32_t i = 0; i < call->batch_axes; i++)
        dims[i] = map.shape.dims[i];
    bool token = attr_bool(call->layer, "class_token");
    dims[call->batch_axes] = token ? dim_add(call->arena, tokens, dim_int(1)) : tokens;
    dims[call->batch_axes + 1] = attr_int(call->arena, call->layer, "dim");
    rule_set(call, shape_of(call->arena, call->batch_axes + 2, dims));
    return true;
}

/* A convolution whose stride is its kernel: C·p·p·d weights, d biases, one product of each weight a patch. */
static void count_patch(OpCall *call)
{
    Map map;
    if (!rule_map(call, 0, &map))
        return;
    Arena *arena = call->arena;
    Dim dim = attr_int(arena, call->layer, "dim"), weights = dim_mul(arena, dim, map.shape.dims[map.channel]);
    for (uint32_t axis = 0; axis < map.axes; axis++)
        weights = dim_mul(arena, weights, attr_axis(arena, call->layer, "patch", axis));
    bool token = attr_bool(call->layer, "class_token");
    Dim biases = attr_bool(call->layer, "bias") ? dim : dim_int(0), tokens = call->outputs[0].dims[call->batch_axes];
    call->params = dim_add(arena, dim_add(arena, weights, biases), token ? dim : dim_int(0));
    Dim patches = token ? dim_sub(arena, tokens, dim_int(1)) : tokens;
    call->macs = dim_mul(arena, dim_mul(arena, weights, patches), rule_batch(call, map.shape));
}

/* T×d becomes (T + n)×d. */
static bool shape_token(OpCall *call)
{
    Shape in = rule_input(call, 0);
    if (!in.known)
        return true;
    if (rule_rank(call, in) != 2)
        return rule_fail(call, 0, "%s needs tokens T×d, but its input is %s", call->op->title, rule_text(call, in));
    uint32_t axis = in.rank - 2;
    Dim more = dim_add(call->arena, in.dims[axis], attr_int(call->arena, call->layer, "count"));
    rule_set(call, rule_with(call, in, axis, more));
    return true;
}

/* Each token is learned. */
static void count_token(OpCall *call)
{
    Shape in = rule_input(call, 0);
    call->macs = dim_int(0);
    if (in.known && in.rank)
        call->params = dim_mul(call->arena, in.dims[in.rank - 1], attr_int(call->arena, call->layer, "count"));
}

static bool shape_one_hot(OpCall *call)
{
    return append_axis(call, "depth");
}

static void label_embedding(const OpCall *call, Text *text)
{
    text_add(text, str_from(call->op->title));
    label_int(call, text, "dim", "%s");
}

static void label_position(const OpCall *call, Text *text)
{
    bool learned = str_equal(attr_word(call->layer, "kind"), STR("learned"));
    text_add(text, learned ? STR("position embedding") : STR("positional encoding"));
}

static void label_patch(const OpCall *call, Text *text)
{
    text_add(text, str_from(call->op->title));
    if (rule_numbers(call->layer, "patch"))
        text_add(text, STR(", "));
    label_sizes(call, text, "patch");
}

#define EMBEDDING(attr_table, shape_rule, count_rule, label_rule)                                                      \
    .style = STYLE_EMBEDDING, OP_ATTRS(attr_table), .min_inputs = 1, .max_inputs = 2, .shape = (shape_rule),           \
    .count = (count_rule), .label = (label_rule)

static const Op rows[] = {
    {.name = "embedding", .aliases = "embed Embedding Embed EmbeddingBag lookup word_embedding token_embedding "
                                     "EMBEDDING_LOOKUP",
     .title = "embedding", .help = "a learned vector for each word", EMBEDDING(embedding_attrs, shape_embedding,
     count_embedding, label_embedding)},
    {.name = "posenc", .title = "positional encoding", .help = "adds something to each position that tells where it is",
     .aliases = "positional_encoding PositionalEncoding pos_embed position_embedding positional_embedding "
                "PositionEmbedding SinePositionEncoding",
     EMBEDDING(position_attrs, rule_same, count_position, label_position)},
    {.name = "rope", .title = "rotary encoding", .help = "turns queries and keys by their position",
     .aliases = "rotary RotaryEmbedding rotary_embedding RotaryEncoding",
     .style = STYLE_EMBEDDING, .min_inputs = 1, .max_inputs = 4, .shape = rule_same},
    {.name = "patch_embed", .title = "patch embedding", .help = "cuts a map into patches and projects each",
     .aliases = "patch_embedding PatchEmbed PatchEmbedding patchify", EMBEDDING(patch_attrs, shape_patch, count_patch,
     label_patch)},
    {.name = "class_token", .title = "class token", .help = "puts learned tokens before the others",
     .aliases = "cls_token ClassToken register_tokens", EMBEDDING(token_attrs, shape_token, count_token, NULL)},
    {.name = "time_embed", .title = "timestep embedding", .help = "sines and cosines of a time",
     .aliases = "timestep_embedding TimestepEmbedding Timesteps fourier_features FourierFeatures", EMBEDDING(time_attrs,
     shape_embedding, NULL, label_embedding)},
    {.name = "one_hot", .title = "one-hot", .help = "1 at the place of the class, 0 elsewhere",
     .aliases = "onehot OneHot CategoryEncoding", EMBEDDING(one_hot_attrs, shape_one_hot, NULL, NULL)},
};

OpFamily op_family_embedding(void)
{
    return OP_ROWS(rows);
}
