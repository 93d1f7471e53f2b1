/* SPDX-License-Identifier: MIT */
/* Operations that exporters write out in primitives: a table of patterns, one row each, and what finds them. */
#include "pass/digest.h"

/*
 * A pattern is a term, read against the flow: `op(term, term)` is a layer of that operation that reads these, in any
 * order where the operation does not care. A small letter names what stands there, and is the same thing everywhere.
 *   d=term    names what the term matches
 *   {a|b}     one of several terms
 *   ?op(term) that layer, or what it reads in its place
 *   ~term     before it, what multiplies by or adds constants
 *   ^term     the same, at least one
 * Constants are no inputs: `pow(x)` is x to a constant power. `x` is what the operation reads.
 */
typedef struct PatternRow {
    const char *op;      /* what it is; NULL: what its inner term is, with a bias of its own */
    const char *term;    /* how it is written out */
    bool (*check)(const Digest *digest, const Match *match);           /* what the term cannot say; or NULL */
    void (*fill)(Digest *digest, const Match *match, Layer *whole, Shape in); /* attributes that shapes tell; or NULL */
} PatternRow;

#define SQUARE(x) "{pow(" x ")|square(" x ")|mul(" x "," x ")}"
#define RSQRT(x) "{reciprocal(sqrt(" x "))|rsqrt(" x ")|div(sqrt(" x "))|pow(" x ")}"
#define AFFINE(x) "?bias(?scale(" x "))"
#define VARIANCE "~reduce_mean(" SQUARE("d") ")"

static Shape shape_at(Port port)
{
    return port.layer->outputs[port.output];
}

/* What a letter stands for. */
static Shape named_shape(const Match *match, char name)
{
    Port port = match->names[name - 'a'];
    return port.layer ? shape_at(port) : shape_unknown();
}

static bool has_rank(Shape shape, uint32_t rank)
{
    return shape.known && shape.rank == rank;
}

/* N×C×H×W → N×g×C/g×H×W → the middle axes the other way round → N×C×H×W */
static bool is_shuffle(const Digest *digest, const Match *match)
{
    (void)digest;
    return has_rank(named_shape(match, 'a'), 5) && has_rank(named_shape(match, 'x'), 4) &&
           shape_equal(named_shape(match, 'x'), match->members[0]->outputs[0]);
}

/* What is cut off on one side comes back on the other. */
static bool is_roll(const Digest *digest, const Match *match)
{
    (void)digest;
    return shape_equal(named_shape(match, 'x'), match->members[0]->outputs[0]);
}

/* Every second row and column, four times: N×H×W×C becomes N×H/2×W/2×4C. */
static bool is_unshuffle(const Digest *digest, const Match *match)
{
    Shape in = named_shape(match, 'x'), out = match->members[0]->outputs[0];
    if (!in.known || !out.known || in.rank != out.rank || in.rank < 3)
        return false;
    Dim channels = dim_mul(digest->arena, dim_int(4), in.dims[in.rank - 1]);
    Dim columns = dim_div_up(digest->arena, in.dims[in.rank - 2], dim_int(2));
    return dim_equal(channels, out.dims[in.rank - 1]) && dim_equal(columns, out.dims[in.rank - 2]);
}

static bool is_over_positions(const Digest *digest, const Match *match)
{
    (void)digest;
    Shape in = named_shape(match, 'x'), out = match->members[0]->outputs[0];
    if (!has_rank(in, 4) || !out.known || match->members[0]->layout == LAYOUT_CHANNELS_LAST)
        return false;
    bool kept = has_rank(out, 4) && dim_is(out.dims[2], 1) && dim_is(out.dims[3], 1);
    return (kept || has_rank(out, 2)) && dim_equal(in.dims[0], out.dims[0]) && dim_equal(in.dims[1], out.dims[1]);
}

static void fill_groups(Digest *digest, const Match *match, Layer *whole, Shape in)
{
    Shape grouped = named_shape(match, 'a');
    (void)in;
    if (grouped.known && grouped.rank > 1)
        digest_set_int(digest, whole, "groups", grouped.dims[1]);
}

static void fill_affine(Digest *digest, const Match *match, Layer *whole, Shape in)
{
    bool scale = false, bias = false;
    (void)in;
    for (uint32_t i = 0; i < match->count; i++) { /* as they were: the last of them is the norm now */
        const Layer *was = digest->from->layers[match->members[i]->index];
        scale = scale || digest_is_op(was, "scale");
        bias = bias || digest_is_op(was, "bias");
    }
    digest_set_int(digest, whole, "affine", dim_int(scale || bias || !dim_is(whole->params, 0)));
    digest_set_int(digest, whole, "scale", dim_int(scale || !bias));
    digest_set_int(digest, whole, "bias", dim_int(bias));
}

static void fill_learned(Digest *digest, const Match *match, Layer *whole, Shape in)
{
    int row = op_attr_row(whole->op, "kind");
    (void)digest, (void)match, (void)in;
    if (row >= 0)
        whole->attrs[row] = (Attr){.set = true, .text = STR("learned")};
}

static bool is_text(const Layer *layer, const char *attr, const char *text)
{
    int row = op_attr_row(layer->op, attr);
    return row >= 0 && layer->attrs[row].set && str_equal(layer->attrs[row].text, str_from(text));
}

static bool is_relu6(const Digest *digest, const Match *match)
{
    (void)digest;
    return is_text(match->members[0], "min", "0") && is_text(match->members[0], "max", "6");
}

/* Caffe's batch norm, whose scale and shift stand in a layer behind it. */
static bool is_bare_norm(const Digest *digest, const Match *match)
{
    (void)digest;
    return dim_is(match->members[1]->params, 0) && !dim_is(match->members[0]->params, 0);
}

static void fill_scaled(Digest *digest, const Match *match, Layer *whole, Shape in)
{
    const Layer *scale = digest->from->layers[match->members[0]->index];
    (void)in;
    digest_set_int(digest, whole, "affine", dim_int(1));
    digest_set_int(digest, whole, "scale", dim_int(1));
    digest_set_int(digest, whole, "bias", dim_int(attr_bool(scale, "bias")));
}

/* Zeros around a map are what a mean counts beyond its ends. */
static bool is_zero_border(const Digest *digest, const Match *match)
{
    const Layer *pool = match->members[0], *pad = match->members[1];
    int around = op_attr_row(pool->op, "padding"), mode = op_attr_row(pad->op, "mode"), value = op_attr_row(pad->op, "value");
    int amount = op_attr_row(pad->op, "amount");
    const Attr *said = &pool->attrs[around];
    uint32_t sizes = pad->attrs[amount].count;
    bool plain = !pad->attrs[mode].set || str_equal(pad->attrs[mode].text, STR("constant"));
    bool zero = !pad->attrs[value].set || str_equal(pad->attrs[value].text, STR("0"));
    zero = zero && digest->from->layers[pad->index]->input_count <= 2; /* a third one is what is padded with */
    for (uint32_t i = 0; i < said->count; i++)
        zero = zero && dim_is(said->dims[i], 0);
    Shape in = named_shape(match, 'x');
    return plain && zero && !said->text.size && in.known && in.rank > 2 && (sizes == 1 || sizes == 2 * (in.rank - 2));
}

static void fill_border(Digest *digest, const Match *match, Layer *whole, Shape in)
{
    const Layer *pool = digest->from->layers[match->members[0]->index], *pad = match->members[1];
    const Attr *sizes = &pad->attrs[op_attr_row(pad->op, "amount")];
    for (uint32_t i = 0; i < whole->op->attr_count; i++)
        whole->attrs[i] = pool->attrs[i];
    (void)in;
    whole->attrs[op_attr_row(whole->op, "padding")] = (Attr){.set = true, .count = sizes->count, .dims = sizes->dims};
}

static bool has_weights(const Digest *digest, const Match *match)
{
    (void)digest;
    return !dim_is(match->members[0]->params, 0);
}

/* One index of an axis, which goes away. */
static bool is_one_index(const Digest *digest, const Match *match)
{
    (void)digest;
    Shape in = named_shape(match, 'x'), out = match->members[0]->outputs[0];
    return in.known && out.known && in.rank == out.rank + 1;
}

static Dim channels_of(Shape shape)
{
    return shape.known && shape.rank > 2 ? shape.dims[1] : DIM_NONE;
}

static bool is_depthwise(const Digest *digest, const Match *match)
{
    const Layer *layer = match->members[0];
    Dim in = channels_of(named_shape(match, 'x')), out = channels_of(layer->outputs[0]);
    return layer->layout == LAYOUT_CHANNELS_FIRST && dim_equal(in, out) && !dim_is(in, 1) &&
           dim_equal(attr_int(digest->arena, layer, "groups"), in);
}

static const PatternRow rows[] = {
    {"gelu", "~mul(~erf(~x),~x)", NULL, NULL},
    {"gelu", "~mul(~tanh(~add(x,~{pow(x)|mul(x,~" SQUARE("x") ")})),~x)", NULL, NULL},
    {"gelu", "~mul(~tanh(~mul(x,~" SQUARE("x") ")),~x)", NULL, NULL},
    {"gelu", "mul(x,sigmoid(^x))", NULL, NULL},
    {"silu", "mul(x,sigmoid(x))", NULL, NULL},
    {"mish", "mul(x,tanh(softplus(x)))", NULL, NULL},
    {"hard_swish", "mul(x,hard_sigmoid(x))", NULL, NULL},
    {"hard_swish", "~mul(x,~{clip(^x)|relu6(^x)})", NULL, NULL},
    {"hard_sigmoid", "^{clip(^x)|relu6(^x)}", NULL, NULL},
    {"softmax", "div(e=exp(sub(x,reduce_max(x))),reduce_sum(e))", NULL, NULL},
    {"softmax", "div(e=exp(x),reduce_sum(e))", NULL, NULL},
    {"log_softmax", "sub(d=sub(x,reduce_max(x)),log(reduce_sum(exp(d))))", NULL, NULL},
    {"log_softmax", "log(softmax(x))", NULL, NULL},
    {"ln", AFFINE("div(d=sub(x,reduce_mean(x)),sqrt(" VARIANCE "))"), NULL, fill_affine},
    {"ln", AFFINE("mul(d=sub(x,reduce_mean(x))," RSQRT(VARIANCE) ")"), NULL, fill_affine},
    {"rmsnorm", "?scale(div(x,sqrt(~reduce_mean(" SQUARE("x") "))))", NULL, fill_affine},
    {"rmsnorm", "?scale(mul(x," RSQRT("~reduce_mean(" SQUARE("x") ")") "))", NULL, fill_affine},
    {"l2norm", "div(x,?expand(?clip(?expand(reduce_norm(x)))))", NULL, NULL},
    {"l2norm", "div(x,?clip(sqrt(~reduce_sum(" SQUARE("x") "))))", NULL, NULL},
    {"l2norm", "mul(x," RSQRT("?max(~reduce_sum(" SQUARE("x") "))") ")", NULL, NULL},
    {"gn", AFFINE("reshape(instancenorm(a=reshape(x)))"), NULL, fill_groups},
    {"channel_shuffle", "reshape(permute(a=reshape(x)))", is_shuffle, NULL},
    {"roll", "concat(slice(x),slice(x))", is_roll, NULL},
    {"pixel_unshuffle", "concat(slice(a=slice(x)),slice(b=slice(x)),slice(a),slice(b))", is_unshuffle, NULL},
    {"global_avgpool", "reduce_mean(x)", is_over_positions, NULL},
    {"dwconv", "conv(x)", is_depthwise, NULL},
    {"relu6", "clip(x)", is_relu6, NULL},
    {"bn", "scale(bn(x))", is_bare_norm, fill_scaled},
    {"avgpool", "avgpool(pad(x))", is_zero_border, fill_border},
    {"select", "gather(x)", is_one_index, NULL},
    {"class_token", "concat(x)", has_weights, NULL},
    {"posenc", "add(x)", has_weights, fill_learned},
    {NULL, "bias({linear(x)|conv(x)|dwconv(x)|upconv(x)})", NULL, NULL},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

/* ---- terms -------------------------------- */

typedef enum TermKind { TERM_LAYER, TERM_NAME, TERM_CHOICE } TermKind;

enum { MOST_TERMS = 4 };

typedef struct Term {
    TermKind kind;
    Str op;           /* TERM_LAYER: name of its operation */
    char name;        /* TERM_NAME, or what the layer is called; 0: nothing */
    char before;      /* '~', '^', '?' or 0 */
    struct Term *terms[MOST_TERMS];
    uint32_t count;
} Term;

static Term *parse_term(Arena *arena, const char **at);

static void parse_list(Arena *arena, const char **at, Term *term, char end)
{
    while (**at != end) {
        if (**at == ',' || **at == '|')
            ++*at;
        term->terms[term->count++] = parse_term(arena, at);
    }
    ++*at;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
}

static Term *parse_term(Arena *arena, const char **at)
{
    Term *term = ARENA_NEW(arena, Term);
    if (**at == '~' || **at == '^' || **at == '?')
        term->before = *(*at)++;
    if (is_letter((*at)[0]) && (*at)[1] == '=') {
        term->name = **at;
        *at += 2;
    }
    if (**at == '{') {
        term->kind = TERM_CHOICE;
        ++*at;
        parse_list(arena, at, term, '}');
        return term;
    }
    const char *start = *at;
    while (is_letter(**at))
        ++*at;
    term->op = (Str){start, (size_t)(*at - start)};
    term->kind = **at == '(' ? TERM_LAYER : TERM_NAME;
    if (term->kind == TERM_NAME)
        term->name = *start;
    else
        ++*at, parse_list(arena, at, term, ')');
    return term;
}

/* ---- finding -------------------------------- */

typedef struct Search {
    const Digest *digest;
    Match match;
    uint32_t steps; /* taken so far */
} Search;

enum { MOST_STEPS = 2000, MOST_AFFINE = 6 };

static bool match_term(Search *search, const Term *term, Port port);

static bool bind(Search *search, char name, Port port)
{
    Port *bound = &search->match.names[name - 'a'];
    if (!bound->layer)
        *bound = port;
    return bound->layer == port.layer && bound->output == port.output;
}

static bool commutes(const Layer *layer)
{
    return digest_is_op(layer, "add") || digest_is_op(layer, "mul");
}

static bool match_inputs(Search *search, const Term *term, const Layer *layer, bool swapped)
{
    for (uint32_t i = 0; i < term->count; i++)
        if (!match_term(search, term->terms[i], layer->inputs[swapped ? term->count - 1 - i : i]))
            return false;
    return true;
}

static bool match_layer(Search *search, const Term *term, Port port)
{
    Layer *layer = port.layer;
    if (!str_equal(str_from(layer->op->name), term->op) || layer->input_count != term->count ||
        layer->output_count != 1 || !match_add(&search->match, layer))
        return false;
    Match before = search->match;
    if (match_inputs(search, term, layer, false))
        return true;
    search->match = before;
    return term->count == 2 && commutes(layer) && match_inputs(search, term, layer, true);
}

static bool match_choice(Search *search, const Term *term, Port port)
{
    Match before = search->match;
    for (uint32_t i = 0; i < term->count; i++) {
        if (match_term(search, term->terms[i], port))
            return true;
        search->match = before;
    }
    return false;
}

/* The term itself, without what may stand before it. */
static bool match_bare(Search *search, const Term *term, Port port)
{
    if (!port.layer || search->steps++ > MOST_STEPS)
        return false;
    if (term->kind == TERM_NAME)
        return bind(search, term->name, port);
    bool found = term->kind == TERM_CHOICE ? match_choice(search, term, port) : match_layer(search, term, port);
    return found && (!term->name || bind(search, term->name, port));
}

/* A name that stands for nothing yet takes what is before all factors and summands that only lead here. */
static bool match_affine(Search *search, const Term *term, Port port)
{
    bool is_new = term->kind == TERM_NAME && !search->match.names[term->name - 'a'].layer;
    Match before = search->match;
    for (int passed = 0; passed <= MOST_AFFINE && port.layer; passed++) {
        Layer *layer = port.layer;
        bool on = digest_is_affine(layer) && (search->digest->uses[layer->index] == 1 || !search->match.count);
        bool here = passed > 0 || term->before == '~';
        if (here && !(is_new && on)) {
            Match so_far = search->match;
            if (match_bare(search, term, port))
                return true;
            search->match = so_far;
        }
        if (!on || !match_add(&search->match, layer))
            break;
        port = layer->inputs[0];
    }
    search->match = before;
    return false;
}

static bool match_optional(Search *search, const Term *term, Port port)
{
    Match before = search->match;
    if (match_bare(search, term, port))
        return true;
    search->match = before;
    return match_term(search, term->terms[0], port);
}

static bool match_term(Search *search, const Term *term, Port port)
{
    if (term->before == '?')
        return match_optional(search, term, port);
    return term->before ? match_affine(search, term, port) : match_bare(search, term, port);
}

/* The first layer of a match is where it was looked for, whatever order they were found in. */
static bool begins_at(Match *match, const Layer *layer)
{
    return match->count > 0 && match->members[0] == layer;
}

/* A layer and the bias behind it are one, that stays what it was. */
static void add_bias(Digest *digest, const Match *match)
{
    Layer *whole = match->members[0];
    const Layer *inner = match->members[1];
    digest_merge(digest, match, inner->op, inner->inputs, inner->input_count);
    for (uint32_t i = 0; i < inner->op->attr_count; i++)
        whole->attrs[i] = inner->attrs[i];
    digest_set_int(digest, whole, "bias", dim_int(1));
}

static bool try_row(Digest *digest, const PatternRow *row, const Term *term, Layer *layer)
{
    Search search = {.digest = digest};
    if (!match_term(&search, term, (Port){layer, 0}) || !begins_at(&search.match, layer) ||
        !match_is_closed(digest, &search.match) || (row->check && !row->check(digest, &search.match)))
        return false;
    Port x = search.match.names['x' - 'a'];
    if (!row->op) {
        add_bias(digest, &search.match);
        return true;
    }
    digest_merge(digest, &search.match, op_find(str_from(row->op)), &x, 1);
    if (row->fill)
        row->fill(digest, &search.match, layer, shape_at(x));
    return true;
}

/* Operations with which a term may begin: a layer of another one need not be tried. */
static bool may_begin(const Term *term, const Layer *layer)
{
    if (term->kind == TERM_LAYER && str_equal(str_from(layer->op->name), term->op))
        return true;
    if (term->before == '?' && may_begin(term->terms[0], layer))
        return true;
    if ((term->before == '~' || term->before == '^') && digest_is_affine(layer))
        return true;
    bool any = term->kind == TERM_NAME;
    for (uint32_t i = 0; term->kind == TERM_CHOICE && i < term->count; i++)
        any = any || may_begin(term->terms[i], layer);
    return any;
}

/* Against the flow, so that the longest is found first. */
void digest_patterns(Digest *digest)
{
    Term *terms[ROW_COUNT];
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
        const char *at = rows[i].term;
        terms[i] = parse_term(digest->arena, &at);
    }
    for (uint32_t k = digest->count; k-- > 0;) {
        Layer *layer = digest->layers[k];
        bool found = digest->gone[k] || layer->output_count != 1 || layer->input_count == 0;
        for (uint32_t i = 0; i < ROW_COUNT && !found; i++)
            found = may_begin(terms[i], layer) && try_row(digest, &rows[i], terms[i], layer);
    }
}
