/* SPDX-License-Identifier: MIT */
/* Dimensions as people write them: "64", "2T+1", "H/16·W/16"; written and read. */
#include "graph/dim_poly.h"

enum { EXPRESSION_MAX_DEPTH = 32 };

/* r where r to the power of `degree` is n, else 0: HW/256 is written H/16·W/16. */
static int64_t whole_root(int64_t n, int64_t degree)
{
    for (int64_t root = 2; degree > 1; root++) {
        int64_t power = 1;
        for (int64_t i = 0; i < degree; i++)
            if (__builtin_mul_overflow(power, root, &power))
                return 0;
        if (power >= n)
            return power == n ? root : 0;
        if (root > 1 << 16)
            return 0;
    }
    return 0;
}

/* The common denominator of each factor where it can be shared out, else 0. */
static int64_t shared_denominator(const Term *term)
{
    for (uint32_t i = 0; i < term->count; i++)
        if (term->factors[i].power != 1)
            return 0;
    return term->under > 1 ? whole_root(term->under, term->count) : 0;
}

static void add_term(Text *text, const Term *term, bool first)
{
    if (term->over < 0 || !first)
        text_add(text, term->over < 0 ? STR("-") : STR("+"));
    int64_t magnitude = term->over < 0 ? -term->over : term->over;
    if (magnitude != 1 || term->count == 0)
        text_add_int(text, magnitude);
    int64_t shared = shared_denominator(term);
    for (uint32_t i = 0; i < term->count; i++) {
        if (i > 0)
            text_add(text, STR("·"));
        text_add(text, term->factors[i].symbol);
        if (term->factors[i].power > 1)
            text_add_format(text, "^%lld", (long long)term->factors[i].power);
        if (shared)
            text_add_format(text, "/%lld", (long long)shared);
    }
    if (!shared && term->under > 1)
        text_add_format(text, "/%lld", (long long)term->under);
}

Str dim_text(Arena *arena, Dim d)
{
    if (d.kind == DIM_UNKNOWN)
        return STR("?");
    Text text = text_in(arena);
    if (d.kind == DIM_INT)
        text_add_int(&text, d.n);
    else
        for (uint32_t i = 0; i < d.poly->count; i++)
            add_term(&text, &d.poly->terms[i], i == 0);
    return text_str(&text);
}

static void add_product(Text *text, const Term *term, bool first)
{
    if (term->over < 0 || !first)
        text_add(text, term->over < 0 ? STR("-") : STR("+"));
    int64_t magnitude = term->over < 0 ? -term->over : term->over, shared = shared_denominator(term);
    bool any = magnitude != 1 || term->count == 0;
    if (any)
        text_add_int(text, magnitude);
    for (uint32_t i = 0; i < term->count; i++)
        for (int64_t power = 0; power < term->factors[i].power; power++) {
            text_add(text, any ? STR("*") : STR(""));
            any = true;
            text_add(text, term->factors[i].symbol);
            if (shared)
                text_add_format(text, "/%lld", (long long)shared);
        }
    if (!shared && term->under > 1)
        text_add_format(text, "/%lld", (long long)term->under);
}

Str dim_expression(Arena *arena, Dim d)
{
    Text text = text_in(arena);
    if (d.kind != DIM_SYMBOLIC)
        return dim_text(arena, d);
    for (uint32_t i = 0; i < d.poly->count; i++)
        add_product(&text, &d.poly->terms[i], i == 0);
    return text_str(&text);
}

/* Where the reading of an expression stands. */
typedef struct Expression {
    Arena *arena;
    Str text;
    size_t at;
    int depth;
    bool failed;
} Expression;

static Dim read_sum(Expression *e);

static Dim fail(Expression *e)
{
    e->failed = true;
    return DIM_NONE;
}

/* The next character that is no blank, or NUL. */
static char peek(Expression *e)
{
    while (e->at < e->text.size && (e->text.at[e->at] == ' ' || e->text.at[e->at] == '\t'))
        e->at++;
    return e->at < e->text.size ? e->text.at[e->at] : '\0';
}

/* Takes `word` where it comes next. */
static bool accept(Expression *e, Str word)
{
    peek(e);
    if (!str_starts(str_slice(e->text, e->at, e->text.size), word))
        return false;
    e->at += word.size;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static Dim read_number(Expression *e)
{
    size_t from = e->at;
    int64_t n;
    while (e->at < e->text.size && is_digit(e->text.at[e->at]))
        e->at++;
    return str_to_int(str_slice(e->text, from, e->at), &n) ? dim_int(n) : fail(e);
}

static Dim read_symbol(Expression *e)
{
    size_t from = e->at;
    while (e->at < e->text.size && (is_letter(e->text.at[e->at]) || is_digit(e->text.at[e->at])))
        e->at++;
    return dim_symbol(e->arena, str_slice(e->text, from, e->at));
}

static Dim read_primary(Expression *e)
{
    char c = peek(e);
    if (is_digit(c))
        return read_number(e);
    if (is_letter(c))
        return read_symbol(e);
    if (accept(e, STR("?")))
        return DIM_NONE;
    if (!accept(e, STR("(")))
        return fail(e);
    Dim inner = read_sum(e);
    return accept(e, STR(")")) ? inner : fail(e);
}

static Dim read_power(Expression *e)
{
    Dim base = read_primary(e), power = dim_int(1), result = base;
    if (accept(e, STR("²")))
        power = dim_int(2);
    else if (accept(e, STR("³")))
        power = dim_int(3);
    else if (accept(e, STR("^")))
        power = is_digit(peek(e)) ? read_number(e) : fail(e);
    if (power.n < 1 || power.n > POLY_MAX_POWER)
        return fail(e);
    for (int64_t i = 1; i < power.n && !e->failed; i++)
        result = dim_mul(e->arena, result, base);
    return result;
}

/* The sign belongs to the factor: -7/2 is floor(-3.5). */
static Dim read_factor(Expression *e)
{
    bool negative = accept(e, STR("-")) || accept(e, STR("−"));
    if (!negative)
        accept(e, STR("+"));
    Dim d = read_power(e);
    return negative ? dim_sub(e->arena, dim_int(0), d) : d;
}

static Dim read_product(Expression *e)
{
    Dim left = read_factor(e);
    while (!e->failed) {
        char c = peek(e);
        if (accept(e, STR("//")) || accept(e, STR("/"))) {
            Dim right = read_factor(e);
            if (dim_is(right, 0))
                return fail(e);
            left = dim_div(e->arena, left, right);
        } else if (accept(e, STR("*")) || accept(e, STR("·")) || is_letter(c) || c == '(') {
            left = dim_mul(e->arena, left, read_factor(e));
        } else {
            break;
        }
    }
    return left;
}

static Dim read_sum(Expression *e)
{
    if (++e->depth > EXPRESSION_MAX_DEPTH)
        return fail(e);
    Dim left = read_product(e);
    while (!e->failed) {
        if (accept(e, STR("+")))
            left = dim_add(e->arena, left, read_product(e));
        else if (accept(e, STR("-")) || accept(e, STR("−")))
            left = dim_sub(e->arena, left, read_product(e));
        else
            break;
    }
    e->depth--;
    return left;
}

Dim dim_parse(Arena *arena, Str text, bool *ok)
{
    Expression e = {arena, text, 0, 0, false};
    Dim d = read_sum(&e);
    peek(&e);
    *ok = !e.failed && e.at == text.size;
    return *ok ? d : DIM_NONE;
}

Str dim_symbol_at(Dim d, uint32_t index)
{
    for (uint32_t t = 0; d.kind == DIM_SYMBOLIC && t < d.poly->count; t++) {
        const Term *term = &d.poly->terms[t];
        if (index < term->count)
            return term->factors[index].symbol;
        index -= term->count;
    }
    return (Str){0};
}
