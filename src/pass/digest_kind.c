/* SPDX-License-Identifier: MIT */
/* What modules of a model file are called: after their class, after their name where it says something, else after what is in them. */
#include "pass/digest.h"

#include <string.h>

/*
 * What stands in a module, in order: p pointwise convolution, c another one, s one whose windows do not overlap, d depthwise,
 * l linear, a attention, g global pooling, m pooling, u positions that become channels, & concat, + sum, * product. Norms,
 * activations, forms and the projection of a shortcut say nothing. A row that begins with ~ is the end of what stands there.
 */
static const struct {
    const char *made_of, *name;
} kinds[] = {
    {"gpp*", "squeeze_excitation"},        /* Hu et al. 2018 */
    {"gll*", "squeeze_excitation"},
    {"pcp+", "bottleneck"},                /* He et al. 2016 */
    {"cc+", "basic_block"},
    {"pcgpp*p+", "se_bottleneck"},
    {"pdp", "inverted_residual"},          /* Sandler et al. 2018 */
    {"pdp+", "inverted_residual"},
    {"pdgpp*p", "mbconv"},                 /* Tan and Le 2019 */
    {"pdgpp*p+", "mbconv"},
    {"dgpp*p", "mbconv"},
    {"dgpp*p+", "mbconv"},
    {"cp+", "fused_mbconv"},               /* Gupta and Akin 2020 */
    {"dp", "depthwise_separable"},              /* Chollet 2017 */
    {"dpp+", "inverted_bottleneck"},       /* Liu et al. 2022 */
    {"dll+", "inverted_bottleneck"},
    {"a+ll+", "encoder_layer"},            /* Vaswani et al. 2017 */
    {"a+a+ll+", "decoder_layer"},
    {"ll", "mlp"},
    {"ul", "patch_merging"},               /* Liu et al. 2021 */
    {"&pc", "dense_layer"},                /* Huang et al. 2017 */
    {"&pc&", "dense_layer"},
    {"pc&", "dense_layer"},                /* & of what it reads, too */
    {"pm", "transition"},
    {"s", "downsampling"},
    {"ppc&", "fire"},                      /* Iandola et al. 2016 */
    {"pcccgp&p", "aspp"},                  /* Chen et al. 2017 */
    {"~pmp&", "inception"},                /* Szegedy et al. 2015 */
    {"~mp&", "inception"},
    {"~cm&", "inception"},
};

enum { MOST_SIGNS = 15, LONGEST = 40 };

typedef struct Signs {
    char list[MOST_SIGNS + 1];
    uint32_t count;
    bool own;      /* not all of them are of modules in it */
    bool sums;     /* it adds */
} Signs;

/* All sizes of an attribute are the same as those of the other, or n where that is none. */
static bool agrees(const Layer *layer, const char *name, const char *other, int64_t n)
{
    int row = op_attr_row(layer->op, name), with = other ? op_attr_row(layer->op, other) : -1;
    const Attr *attr = row >= 0 ? &layer->attrs[row] : NULL, *same = with >= 0 ? &layer->attrs[with] : NULL;
    if (!attr || !attr->set || !attr->count || (other && (!same || !same->set || !same->count)))
        return false;
    for (uint32_t i = 0; i < attr->count; i++)
        if (same ? !dim_equal(attr->dims[i], same->dims[i < same->count ? i : 0]) : !dim_is(attr->dims[i], n))
            return false;
    return true;
}

static char sign_of(const Layer *layer)
{
    static const struct {
        const char *op;
        char sign;
    } rows[] = {{"dwconv", 'd'}, {"attention", 'a'}, {"dot_attention", 'a'}, {"global_avgpool", 'g'},
                {"pixel_unshuffle", 'u'}, {"concat", '&'}, {"ffn", 'f'}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (digest_is_op(layer, rows[i].op))
            return rows[i].sign;
    if (layer->op->style == STYLE_ATTENTION)
        return 'a';
    if (layer->op->style == STYLE_CONV)
        return agrees(layer, "kernel", NULL, 1) ? 'p' : agrees(layer, "stride", "kernel", 0) ? 's' : 'c';
    if (layer->op->style == STYLE_DENSE)
        return 'l';
    if (layer->op->style == STYLE_POOL)
        return 'm';
    if (layer->op->style == STYLE_MERGE && layer->input_count > 1)
        return digest_is_op(layer, "add") ? '+' : digest_is_op(layer, "mul") ? '*' : '?';
    return layer->op->style == STYLE_RECURRENT || layer->op->style == STYLE_EMBEDDING ? '?' : '\0';
}

/* A convolution beside others from where a path parts to the sum where it ends. */
static bool is_projection(const Users *users, const Layer *layer)
{
    enum { MOST_STEPS = 3 };
    const Layer *source = layer->input_count == 1 ? layer->inputs[0].layer : NULL, *reader = layer;
    if (!source || layer->op->style != STYLE_CONV || users->first[source->index + 1] - users->first[source->index] < 2)
        return false;
    for (int step = 0; step < MOST_STEPS && users->first[reader->index + 1] - users->first[reader->index] == 1; step++) {
        reader = users->list[users->first[reader->index]];
        if (digest_is_op(reader, "add"))
            return reader->input_count == 2;
        if (reader->op->style != STYLE_NORM && !digest_is_form(reader))
            return false;
    }
    return false;
}

static Str kind_of(const Signs *signs)
{
    Str found = {signs->list, signs->count};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        Str row = str_from(kinds[i].made_of);
        bool end = row.at[0] == '~';
        if (end ? str_ends(found, str_slice(row, 1, row.size)) : str_equal(found, row))
            return str_from(kinds[i].name);
    }
    return (Str){0};
}

/* ---- names of the model file ------------------------------------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The name of a module without its numbers, in small letters: `layer` of layer1.0, `encoder_layer` of EncoderLayer_3. */
static Str stem_of(Arena *arena, Str name)
{
    Text text = text_in(arena);
    for (size_t i = 0; i < name.size && text.size < LONGEST; i++) {
        char c = name.at[i];
        if (c >= '0' && c <= '9' && text.size)
            break;
        bool word = is_upper(c) && i && ((name.at[i - 1] >= 'a' && name.at[i - 1] <= 'z') ||
                                         (i + 1 < name.size && is_upper(name.at[i - 1]) && name.at[i + 1] >= 'a' && name.at[i + 1] <= 'z'));
        if ((word || !is_letter(c)) && text.size && text.at[text.size - 1] != '_')
            text_add_char(&text, '_');
        if (is_letter(c))
            text_add_char(&text, is_upper(c) ? (char)(c - 'A' + 'a') : c);
    }
    while (text.size && text.at[text.size - 1] == '_')
        text.size--;
    return text_str(&text);
}

/* Words that say of a module only that it is one. */
static bool says_nothing(Str stem)
{
    static const char *const words[] = {"layer", "layers", "features", "block", "blocks", "stage", "stages", "module", "modules",
                                        "net", "network", "model", "sequential", "module_list", "functional", "backbone", "body", "conv", "convs"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(stem, str_from(words[i])))
            return true;
    return stem.size < 2;
}

/* Whether a name is its stem and a number. */
static bool is_numbered(Str name, Str stem)
{
    uint32_t letters = 0;
    for (size_t i = 0; i < name.size; i++) {
        if (is_letter(name.at[i]) && i && letters && !is_letter(name.at[i - 1]) && name.at[i - 1] >= '0' && name.at[i - 1] <= '9')
            return false; /* 3a of inception3a */
        letters += is_letter(name.at[i]);
    }
    uint32_t wanted = 0;
    for (size_t i = 0; i < stem.size; i++)
        wanted += is_letter(stem.at[i]);
    return letters == wanted;
}

/* `classifier.0` in `classifier`: it has no name of its own. */
static bool is_index(const Scope *scope)
{
    Str name = scope->name, outer = scope->parent->name;
    int64_t n;
    if (!outer.size || !str_starts(name, outer) || name.size < outer.size + 2 || name.at[outer.size] != '.')
        return false;
    return str_to_int(str_slice(name, outer.size + 1, name.size), &n);
}

/* Whether its next sibling is called alike; of the last one, the first. */
static bool has_siblings(Arena *arena, const Scope *scope, Str stem)
{
    const Scope *other = scope->next ? scope->next : scope->parent->first;
    return is_numbered(scope->name, stem) && other != scope && str_equal(stem_of(arena, other->name), stem);
}

static void name_scope(Arena *arena, Scope *scope, const Signs *signs)
{
    Str class = stem_of(arena, scope->definition), stem = stem_of(arena, scope->name);
    bool empty = says_nothing(stem) || is_index(scope);
    Str kind = !says_nothing(class) ? class : !empty ? stem : kind_of(signs);
    if (!kind.size && scope->first && !signs->own)
        kind = STR("stage");
    if (!kind.size && has_siblings(arena, scope, stem))
        kind = signs->sums ? STR("residual_block") : STR("block");
    bool taken = kind.size && op_word_is_taken(kind);
    if (taken)
        kind = str_format(arena, "%.*s_block", STR_ARGS(kind));
    scope->definition = kind;
    scope->unnamed = kind.size && (empty || (!taken && is_numbered(scope->name, stem)));
}

/* Each layer adds its sign to the scopes around it: linear in layers, times the depth of scopes. */
void digest_name(Graph *graph)
{
    Users users = graph_users(graph->arena, graph);
    Signs *signs = ARENA_ARRAY(graph->arena, graph->scope_count, Signs);
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        char sign = is_projection(&users, graph->layers[i]) ? '\0' : sign_of(graph->layers[i]);
        signs[graph->layers[i]->scope->index].own = true;
        for (const Scope *scope = graph->layers[i]->scope; scope->parent && sign; scope = scope->parent) {
            Signs *here = &signs[scope->index];
            here->sums = here->sums || sign == '+';
            if (here->count == MOST_SIGNS)
                memmove(here->list, here->list + 1, MOST_SIGNS - 1); /* its end is kept */
            here->list[here->count == MOST_SIGNS ? MOST_SIGNS - 1 : here->count] = sign;
            if (here->count < MOST_SIGNS)
                here->count++;
        }
    }
    for (uint32_t i = 1; i < graph->scope_count; i++)
        if (graph->scopes[i]->kind == SCOPE_GROUP || graph->scopes[i]->kind == SCOPE_BLOCK)
            name_scope(graph->arena, graph->scopes[i], &signs[i]);
}
