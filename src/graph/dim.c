/* SPDX-License-Identifier: MIT */
/* Arithmetic of dimensions: integers with overflow checks, and polynomials with rational coefficients over symbols. */
#include "graph/dim_poly.h"

typedef enum Rounding { ROUND_DOWN, ROUND_UP, ROUND_NEVER } Rounding;

Dim dim_int(int64_t n)
{
    return (Dim){DIM_INT, n, NULL};
}

Dim dim_symbol(Arena *arena, Str name)
{
    Poly *poly = ARENA_NEW(arena, Poly);
    Factor *factor = ARENA_NEW(arena, Factor);
    *factor = (Factor){str_copy(arena, name), 1};
    poly->terms = ARENA_NEW(arena, Term);
    poly->terms[0] = (Term){1, 1, factor, 1};
    poly->count = 1;
    return (Dim){DIM_SYMBOLIC, 0, poly};
}

/* Magnitudes, so that INT64_MIN needs no case of its own. */
static uint64_t common_divisor(int64_t a, int64_t b)
{
    uint64_t x = a < 0 ? -(uint64_t)a : (uint64_t)a, y = b < 0 ? -(uint64_t)b : (uint64_t)b;
    while (y) {
        uint64_t rest = x % y;
        x = y;
        y = rest;
    }
    return x;
}

/* Makes the coefficient canonical: positive denominator, no common divisor. */
static bool reduce(Term *term)
{
    if (term->over == INT64_MIN || term->under == INT64_MIN || term->under == 0)
        return false;
    if (term->under < 0) {
        term->over = -term->over;
        term->under = -term->under;
    }
    int64_t common = (int64_t)common_divisor(term->over, term->under);
    if (common > 1) {
        term->over /= common;
        term->under /= common;
    }
    return true;
}

/* Which of two products of symbols comes first: negative for a, 0 where they are the same. */
static int compare_terms(const Term *a, const Term *b)
{
    int64_t degrees = 0;
    for (uint32_t i = 0; i < a->count; i++)
        degrees -= a->factors[i].power;
    for (uint32_t i = 0; i < b->count; i++)
        degrees += b->factors[i].power;
    if (degrees != 0)
        return degrees < 0 ? -1 : 1;
    for (uint32_t i = 0; i < a->count && i < b->count; i++) {
        int order = str_compare(a->factors[i].symbol, b->factors[i].symbol);
        if (order != 0)
            return order;
        if (a->factors[i].power != b->factors[i].power)
            return a->factors[i].power > b->factors[i].power ? -1 : 1;
    }
    return 0;
}

/* a + b of terms with the same symbols, into a. */
static bool add_coefficient(Term *a, const Term *b)
{
    int64_t left, right, sum, under;
    if (__builtin_mul_overflow(a->over, b->under, &left) || __builtin_mul_overflow(b->over, a->under, &right) ||
        __builtin_add_overflow(left, right, &sum) || __builtin_mul_overflow(a->under, b->under, &under))
        return false;
    a->over = sum;
    a->under = under;
    return reduce(a);
}

/* Adds a term at its place. The poly has room for POLY_MAX_TERMS. */
static bool insert_term(Poly *poly, Term term)
{
    if (term.over == 0)
        return true;
    uint32_t at = 0;
    int order = -1;
    while (at < poly->count && (order = compare_terms(&poly->terms[at], &term)) < 0)
        at++;
    if (at < poly->count && order == 0) {
        if (!add_coefficient(&poly->terms[at], &term))
            return false;
        if (poly->terms[at].over != 0)
            return true;
        for (poly->count--; at < poly->count; at++)
            poly->terms[at] = poly->terms[at + 1];
        return true;
    }
    if (poly->count == POLY_MAX_TERMS)
        return false;
    for (uint32_t i = poly->count++; i > at; i--)
        poly->terms[i] = poly->terms[i - 1];
    poly->terms[at] = term;
    return true;
}

/* A polynomial under construction lives on the stack; only the result goes to the arena. */
typedef struct Draft {
    Term room[POLY_MAX_TERMS];
    Poly poly;
} Draft;

static void draft_begin(Draft *draft)
{
    draft->poly = (Poly){draft->room, 0};
}

/* Adds all terms of a known dimension, times `sign`. */
static bool draft_add(Draft *draft, Dim d, int64_t sign)
{
    if (d.kind == DIM_INT)
        return d.n != INT64_MIN && insert_term(&draft->poly, (Term){d.n * sign, 1, NULL, 0});
    if (d.kind != DIM_SYMBOLIC)
        return false;
    for (uint32_t i = 0; i < d.poly->count; i++) {
        Term term = d.poly->terms[i];
        term.over *= sign;
        if (!insert_term(&draft->poly, term))
            return false;
    }
    return true;
}

/* The constant term must be whole: a size is a whole number once its symbols are divisible as they ought to be. */
static Dim draft_end(Arena *arena, const Draft *draft)
{
    const Poly *poly = &draft->poly;
    if (poly->count == 0)
        return dim_int(0);
    const Term *last = &poly->terms[poly->count - 1];
    if (last->count == 0 && last->under != 1)
        return DIM_NONE;
    if (last->count == 0 && poly->count == 1)
        return dim_int(last->over);
    Poly *kept = ARENA_NEW(arena, Poly);
    kept->terms = ARENA_ARRAY(arena, poly->count, Term);
    kept->count = poly->count;
    for (uint32_t i = 0; i < poly->count; i++)
        kept->terms[i] = poly->terms[i];
    return (Dim){DIM_SYMBOLIC, 0, kept};
}

static Dim sum(Arena *arena, Dim a, Dim b, int64_t sign)
{
    if (a.kind == DIM_UNKNOWN || b.kind == DIM_UNKNOWN)
        return DIM_NONE;
    int64_t n;
    if (a.kind == DIM_INT && b.kind == DIM_INT) {
        bool over = sign > 0 ? __builtin_add_overflow(a.n, b.n, &n) : __builtin_sub_overflow(a.n, b.n, &n);
        return over ? DIM_NONE : dim_int(n);
    }
    Draft draft;
    draft_begin(&draft);
    return draft_add(&draft, a, 1) && draft_add(&draft, b, sign) ? draft_end(arena, &draft) : DIM_NONE;
}

Dim dim_add(Arena *arena, Dim a, Dim b)
{
    return sum(arena, a, b, 1);
}

Dim dim_sub(Arena *arena, Dim a, Dim b)
{
    return sum(arena, a, b, -1);
}

/* Multiplies the symbols of two terms by merging their sorted lists; powers of b count `sign` times (-1 divides). */
static bool merge_factors(Arena *arena, const Term *a, const Term *b, int64_t sign, Term *out)
{
    Factor merged[POLY_MAX_FACTORS];
    uint32_t count = 0, i = 0, k = 0;
    while (i < a->count || k < b->count) {
        int order = i == a->count ? 1 : k == b->count ? -1 : str_compare(a->factors[i].symbol, b->factors[k].symbol);
        Factor next = order <= 0 ? a->factors[i] : (Factor){b->factors[k].symbol, 0};
        if (order <= 0)
            i++;
        if (order >= 0)
            next.power += sign * b->factors[k++].power;
        if (next.power < 0 || next.power > POLY_MAX_POWER)
            return false;
        if (next.power == 0)
            continue;
        if (count == POLY_MAX_FACTORS)
            return false;
        merged[count++] = next;
    }
    out->factors = count ? ARENA_ARRAY(arena, count, Factor) : NULL;
    out->count = count;
    for (i = 0; i < count; i++)
        out->factors[i] = merged[i];
    return true;
}

static bool multiply_terms(Arena *arena, const Term *a, const Term *b, Term *out)
{
    Term x = {a->over, b->under, NULL, 0}, y = {b->over, a->under, NULL, 0};
    if (!reduce(&x) || !reduce(&y) || __builtin_mul_overflow(x.over, y.over, &out->over) ||
        __builtin_mul_overflow(x.under, y.under, &out->under))
        return false;
    return merge_factors(arena, a, b, 1, out) && reduce(out);
}

/* Adds a · b to the draft. */
static bool draft_add_product(Arena *arena, Draft *draft, const Poly *a, const Poly *b)
{
    Term product = {0, 1, NULL, 0};
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t k = 0; k < b->count; k++)
            if (!multiply_terms(arena, &a->terms[i], &b->terms[k], &product) || !insert_term(&draft->poly, product))
                return false;
    return true;
}

/* A known dimension as a polynomial; `constant` gives room for an integer. */
static Poly as_poly(Dim d, Term *constant)
{
    if (d.kind == DIM_SYMBOLIC)
        return *d.poly;
    *constant = (Term){d.n, 1, NULL, 0};
    return (Poly){constant, d.n != 0};
}

Dim dim_mul(Arena *arena, Dim a, Dim b)
{
    if (dim_is(a, 0) || dim_is(b, 0))
        return dim_int(0);
    if (a.kind == DIM_UNKNOWN || b.kind == DIM_UNKNOWN)
        return DIM_NONE;
    int64_t n;
    if (a.kind == DIM_INT && b.kind == DIM_INT)
        return __builtin_mul_overflow(a.n, b.n, &n) ? DIM_NONE : dim_int(n);
    Draft draft;
    Term left, right;
    Poly x = as_poly(a, &left), y = as_poly(b, &right);
    draft_begin(&draft);
    return draft_add_product(arena, &draft, &x, &y) ? draft_end(arena, &draft) : DIM_NONE;
}

static Dim divide_int(int64_t a, int64_t b, Rounding rounding)
{
    if (b == 0 || (a == INT64_MIN && b == -1))
        return DIM_NONE;
    int64_t quotient = a / b, rest = a % b;
    if (rest == 0)
        return dim_int(quotient);
    if (rounding == ROUND_NEVER)
        return DIM_NONE;
    bool below = (rest < 0) != (b < 0); /* C rounds to zero: the true quotient lies below this one */
    if (rounding == ROUND_DOWN)
        return dim_int(below ? quotient - 1 : quotient);
    return dim_int(below ? quotient : quotient + 1);
}

/* The symbolic terms are divided exactly, the constant term is rounded on its own. */
static Dim divide_by_int(Arena *arena, const Poly *a, int64_t b, Rounding rounding)
{
    Draft draft;
    draft_begin(&draft);
    for (uint32_t i = 0; i < a->count; i++) {
        Term term = a->terms[i];
        if (term.count == 0) {
            Dim constant = divide_int(term.over, b, rounding);
            if (constant.kind != DIM_INT)
                return DIM_NONE;
            term.over = constant.n;
        } else {
            Term scale = {term.over, b, NULL, 0};
            if (!reduce(&scale) || __builtin_mul_overflow(term.under, scale.under, &term.under))
                return DIM_NONE;
            term.over = scale.over;
        }
        if (!insert_term(&draft.poly, term))
            return DIM_NONE;
    }
    return draft_end(arena, &draft);
}

/* Long division; what leaves a remainder is unknown. */
static Dim divide_by_poly(Arena *arena, Dim a, const Poly *b)
{
    Dim rest = a, quotient = dim_int(0);
    for (int step = 0; step < POLY_MAX_TERMS; step++) {
        if (dim_is(rest, 0))
            return quotient;
        if (rest.kind != DIM_SYMBOLIC)
            return DIM_NONE;
        const Term *top = &rest.poly->terms[0], *by = &b->terms[0];
        Term part = {0, 1, NULL, 0}, inverse = {by->under, by->over, NULL, 0}, scaled = {0, 1, NULL, 0};
        if (!multiply_terms(arena, &(Term){top->over, top->under, NULL, 0}, &inverse, &scaled) ||
            !merge_factors(arena, top, by, -1, &part))
            return DIM_NONE;
        part.over = scaled.over;
        part.under = scaled.under;
        Draft draft;
        draft_begin(&draft);
        if (!insert_term(&draft.poly, part))
            return DIM_NONE;
        Dim step_quotient = draft_end(arena, &draft);
        quotient = dim_add(arena, quotient, step_quotient);
        rest = dim_sub(arena, rest, dim_mul(arena, step_quotient, (Dim){DIM_SYMBOLIC, 0, b}));
        if (quotient.kind == DIM_UNKNOWN)
            return DIM_NONE;
    }
    return DIM_NONE;
}

static Dim divide(Arena *arena, Dim a, Dim b, Rounding rounding)
{
    if (a.kind == DIM_UNKNOWN || b.kind == DIM_UNKNOWN || dim_is(b, 0))
        return DIM_NONE;
    if (b.kind == DIM_SYMBOLIC)
        return divide_by_poly(arena, a, b.poly);
    return a.kind == DIM_INT ? divide_int(a.n, b.n, rounding) : divide_by_int(arena, a.poly, b.n, rounding);
}

Dim dim_div(Arena *arena, Dim a, Dim b)
{
    return divide(arena, a, b, ROUND_DOWN);
}

Dim dim_div_up(Arena *arena, Dim a, Dim b)
{
    return divide(arena, a, b, ROUND_UP);
}

Dim dim_div_exact(Arena *arena, Dim a, Dim b)
{
    return divide(arena, a, b, ROUND_NEVER);
}

bool dim_equal(Dim a, Dim b)
{
    if (a.kind != b.kind || a.kind == DIM_UNKNOWN)
        return false;
    if (a.kind == DIM_INT)
        return a.n == b.n;
    if (a.poly->count != b.poly->count)
        return false;
    for (uint32_t i = 0; i < a.poly->count; i++) {
        const Term *x = &a.poly->terms[i], *y = &b.poly->terms[i];
        if (x->over != y->over || x->under != y->under || compare_terms(x, y) != 0)
            return false;
    }
    return true;
}

bool dim_known_different(Dim a, Dim b)
{
    return a.kind == DIM_INT && b.kind == DIM_INT && a.n != b.n;
}

bool dim_is(Dim a, int64_t n)
{
    return a.kind == DIM_INT && a.n == n;
}

/* The term with one symbol replaced by a number. */
static bool bind_term(Arena *arena, const Term *term, Str symbol, int64_t n, Term *bound)
{
    *bound = (Term){term->over, term->under, NULL, 0};
    bound->factors = term->count ? ARENA_ARRAY(arena, term->count, Factor) : NULL;
    for (uint32_t i = 0; i < term->count; i++) {
        if (!str_equal(term->factors[i].symbol, symbol)) {
            bound->factors[bound->count++] = term->factors[i];
            continue;
        }
        for (int64_t power = term->factors[i].power; power > 0; power--)
            if (__builtin_mul_overflow(bound->over, n, &bound->over))
                return false;
    }
    return bound->over == 0 || reduce(bound);
}

Dim dim_bind(Arena *arena, Dim d, Str symbol, int64_t n)
{
    if (d.kind != DIM_SYMBOLIC)
        return d;
    Draft draft;
    draft_begin(&draft);
    for (uint32_t i = 0; i < d.poly->count; i++) {
        Term bound;
        if (!bind_term(arena, &d.poly->terms[i], symbol, n, &bound) || !insert_term(&draft.poly, bound))
            return DIM_NONE;
    }
    return draft_end(arena, &draft);
}
