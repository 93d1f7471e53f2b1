/* SPDX-License-Identifier: MIT */
/* Arithmetic of small tensors: sums, products and comparisons of sizes, symbols among them. */
#include "read/onnx_rule.h"

static const OnnxNumber unknown = {{DIM_UNKNOWN, 0, NULL}, 1};

static OnnxNumber whole(Dim dim)
{
    return (OnnxNumber){dim, 1};
}

/* Takes out what both halves of a known fraction share; a denominator that grows too large is given up. */
static OnnxNumber shortened(OnnxNumber number)
{
    if (number.under < 1 || number.under > (int64_t)1 << 48)
        return unknown;
    if (number.over.kind != DIM_INT)
        return number;
    while (number.under % 2 == 0 && number.over.n % 2 == 0) {
        number.over.n /= 2;
        number.under /= 2;
    }
    if (number.over.n % number.under == 0)
        return whole(dim_int(number.over.n / number.under));
    return number;
}

static bool product(int64_t a, int64_t b, int64_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

Dim onnx_number_floor(Arena *arena, OnnxNumber number)
{
    return number.under == 1 ? number.over : dim_div(arena, number.over, dim_int(number.under));
}

typedef OnnxNumber (*Binary)(Arena *arena, OnnxNumber a, OnnxNumber b);

static OnnxNumber add(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    int64_t under;
    if (!product(a.under, b.under, &under))
        return unknown;
    Dim left = dim_mul(arena, a.over, dim_int(b.under)), right = dim_mul(arena, b.over, dim_int(a.under));
    return shortened((OnnxNumber){dim_add(arena, left, right), under});
}

static OnnxNumber negative(Arena *arena, OnnxNumber a)
{
    return (OnnxNumber){dim_sub(arena, dim_int(0), a.over), a.under};
}

static OnnxNumber sub(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    return add(arena, a, negative(arena, b));
}

static OnnxNumber mul(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    int64_t under;
    return product(a.under, b.under, &under) ? shortened((OnnxNumber){dim_mul(arena, a.over, b.over), under}) : unknown;
}

/* Of whole numbers: towards 0, which is down for sizes. */
static OnnxNumber div_whole(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    bool sane = a.under == 1 && b.under == 1 && !dim_is(b.over, 0);
    if (!sane || (a.over.kind == DIM_INT && a.over.n < 0) || (b.over.kind == DIM_INT && b.over.n < 0))
        return unknown;
    return whole(dim_div(arena, a.over, b.over));
}

static OnnxNumber div_exact(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    int64_t under;
    if (b.over.kind != DIM_INT || b.over.n <= 0)
        return b.over.kind == DIM_SYMBOLIC && a.under == b.under ? whole(dim_div_exact(arena, a.over, b.over))
                                                                 : unknown;
    return product(a.under, b.over.n, &under) ? shortened((OnnxNumber){dim_mul(arena, a.over, dim_int(b.under)), under})
                                              : unknown;
}

static bool both_known(OnnxNumber a, OnnxNumber b, int64_t *left, int64_t *right)
{
    return a.over.kind == DIM_INT && b.over.kind == DIM_INT && product(a.over.n, b.under, left) &&
           product(b.over.n, a.under, right);
}

static OnnxNumber mod(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    (void)arena;
    int64_t x, y;
    if (a.under != 1 || b.under != 1 || !both_known(a, b, &x, &y) || y <= 0 || x < 0)
        return unknown;
    return whole(dim_int(x % y));
}

static OnnxNumber larger(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    (void)arena;
    int64_t x, y;
    return both_known(a, b, &x, &y) ? x > y ? a : b : unknown;
}

static OnnxNumber smaller(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    (void)arena;
    int64_t x, y;
    return both_known(a, b, &x, &y) ? x < y ? a : b : unknown;
}

static OnnxNumber truth(bool b)
{
    return whole(dim_int(b));
}

static bool is_negative(OnnxNumber n)
{
    return n.over.kind == DIM_INT && n.over.n < 0;
}

/* A symbol stands for a size: it is no negative number. */
static OnnxNumber equal(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    (void)arena;
    int64_t x, y;
    if (both_known(a, b, &x, &y))
        return truth(x == y);
    if (a.under == b.under && dim_equal(a.over, b.over))
        return truth(true);
    bool differ = (a.over.kind == DIM_SYMBOLIC && is_negative(b)) || (b.over.kind == DIM_SYMBOLIC && is_negative(a));
    return differ ? truth(false) : unknown;
}

static OnnxNumber less(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    (void)arena;
    int64_t x, y;
    return both_known(a, b, &x, &y) ? truth(x < y) : unknown;
}

static OnnxNumber less_equal(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    (void)arena;
    int64_t x, y;
    return both_known(a, b, &x, &y) ? truth(x <= y) : unknown;
}

static OnnxNumber greater(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    return less(arena, b, a);
}

static OnnxNumber greater_equal(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    return less_equal(arena, b, a);
}

static OnnxNumber and(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    (void)arena;
    int64_t x, y;
    if (dim_is(a.over, 0) || dim_is(b.over, 0))
        return truth(false);
    return both_known(a, b, &x, &y) ? truth(true) : unknown;
}

static OnnxNumber or(Arena *arena, OnnxNumber a, OnnxNumber b)
{
    (void)arena;
    int64_t x, y;
    if ((a.over.kind == DIM_INT && a.over.n != 0) || (b.over.kind == DIM_INT && b.over.n != 0))
        return truth(true);
    return both_known(a, b, &x, &y) ? truth(false) : unknown;
}

/* ---- over tensors -------------------------------- */

/* The number that broadcasting puts at a place of the output: single numbers, or tensors of the output's size. */
static bool number_at(const OnnxNumbers *numbers, uint32_t count, uint32_t index, OnnxNumber *number)
{
    if (!numbers || (numbers->count != 1 && numbers->count != count))
        return false;
    *number = numbers->at[numbers->count == 1 ? 0 : index];
    return true;
}

static uint32_t count_of(const OnnxCall *call)
{
    Dim elements =
        call->out_count && call->out[0]->shape.known ? shape_elements(call->arena, call->out[0]->shape) : DIM_NONE;
    return elements.kind == DIM_INT && elements.n >= 0 && elements.n <= ONNX_MOST_NUMBERS ? (uint32_t)elements.n
                                                                                          : UINT32_MAX;
}

static void fold(OnnxCall *call, Binary binary)
{
    uint32_t count = count_of(call);
    if (count == UINT32_MAX || !call->in_count)
        return;
    OnnxNumber *at = ARENA_ARRAY(call->arena, count, OnnxNumber);
    for (uint32_t i = 0; i < count; i++) {
        if (!number_at(onnx_in_numbers(call, 0), count, i, &at[i]))
            return;
        for (uint32_t k = 1; k < call->in_count; k++) {
            OnnxNumber other;
            if (!number_at(onnx_in_numbers(call, k), count, i, &other))
                return;
            at[i] = binary(call->arena, at[i], other);
        }
    }
    onnx_set_numbers(call, 0, at, count);
}

static bool is_whole(const OnnxCall *call)
{
    for (uint32_t i = 0; i < call->in_count; i++) {
        int64_t type = call->in[i] ? call->in[i]->type : 0;
        if (type == ONNX_FLOAT || type == ONNX_DOUBLE || type == ONNX_FLOAT16)
            return false;
    }
    return true;
}

/* A result has the type of its operands, so that division knows what it is. */
static void keep_type(OnnxCall *call)
{
    for (uint32_t i = 0; i < call->in_count && call->out_count; i++)
        if (call->in[i] && call->in[i]->type)
            call->out[0]->type = call->in[i]->type;
}

#define FOLD(name, binary)                                                                                             \
    void onnx_fold_##name(OnnxCall *call)                                                                              \
    {                                                                                                                  \
        keep_type(call);                                                                                               \
        fold(call, binary);                                                                                            \
    }
#define FOLD_TRUTH(name, binary)                                                                                       \
    void onnx_fold_##name(OnnxCall *call)                                                                              \
    {                                                                                                                  \
        fold(call, binary);                                                                                            \
    }

FOLD(add, add)
FOLD(sub, sub)
FOLD(mul, mul)
FOLD(mod, mod)
FOLD(max, larger)
FOLD(min, smaller)
FOLD_TRUTH(equal, equal)
FOLD_TRUTH(less, less)
FOLD_TRUTH(less_equal, less_equal)
FOLD_TRUTH(greater, greater)
FOLD_TRUTH(greater_equal, greater_equal)
FOLD_TRUTH(and, and)
FOLD_TRUTH(or, or)

void onnx_fold_div(OnnxCall *call)
{
    keep_type(call);
    fold(call, is_whole(call) ? div_whole : div_exact);
}

typedef OnnxNumber (*Unary)(Arena *arena, OnnxNumber a);

static void fold_unary(OnnxCall *call, Unary unary)
{
    const OnnxNumbers *numbers = onnx_in_numbers(call, 0);
    if (!numbers)
        return;
    OnnxNumber *at = ARENA_ARRAY(call->arena, numbers->count, OnnxNumber);
    for (uint32_t i = 0; i < numbers->count; i++)
        at[i] = unary(call->arena, numbers->at[i]);
    keep_type(call);
    onnx_set_numbers(call, 0, at, numbers->count);
}

static OnnxNumber rounded_down(Arena *arena, OnnxNumber a)
{
    return is_negative(a) && a.under != 1 ? unknown : whole(onnx_number_floor(arena, a));
}

static OnnxNumber rounded_up(Arena *arena, OnnxNumber a)
{
    return is_negative(a) && a.under != 1 ? unknown : whole(dim_div_up(arena, a.over, dim_int(a.under)));
}

static OnnxNumber opposite(Arena *arena, OnnxNumber a)
{
    (void)arena;
    return a.over.kind == DIM_INT ? truth(a.over.n == 0) : unknown;
}

static OnnxNumber inverse(Arena *arena, OnnxNumber a)
{
    (void)arena;
    if (a.over.kind != DIM_INT || a.over.n == 0 || a.over.n == INT64_MIN)
        return unknown;
    int64_t sign = a.over.n < 0 ? -1 : 1;
    return (OnnxNumber){dim_int(sign * a.under), sign * a.over.n};
}

void onnx_fold_reciprocal(OnnxCall *call)
{
    fold_unary(call, inverse);
}

void onnx_fold_neg(OnnxCall *call)
{
    fold_unary(call, negative);
}

void onnx_fold_floor(OnnxCall *call)
{
    fold_unary(call, rounded_down);
}

void onnx_fold_ceil(OnnxCall *call)
{
    fold_unary(call, rounded_up);
}

void onnx_fold_not(OnnxCall *call)
{
    fold_unary(call, opposite);
}

void onnx_fold_where(OnnxCall *call)
{
    uint32_t count = count_of(call);
    if (count == UINT32_MAX || call->in_count != 3)
        return;
    OnnxNumber *at = ARENA_ARRAY(call->arena, count, OnnxNumber);
    for (uint32_t i = 0; i < count; i++) {
        OnnxNumber condition, yes, no;
        if (!number_at(onnx_in_numbers(call, 0), count, i, &condition) ||
            !number_at(onnx_in_numbers(call, 1), count, i, &yes) || !number_at(onnx_in_numbers(call, 2), count, i, &no))
            return;
        at[i] = condition.over.kind != DIM_INT ? unknown : condition.over.n ? yes : no;
    }
    onnx_set_numbers(call, 0, at, count);
}

/* Of a vector to one number. */
static void fold_reduce(OnnxCall *call, Binary binary)
{
    const OnnxNumbers *numbers = onnx_in_numbers(call, 0);
    if (!numbers || !numbers->count || count_of(call) != 1)
        return;
    OnnxNumber *at = ARENA_NEW(call->arena, OnnxNumber);
    *at = numbers->at[0];
    for (uint32_t i = 1; i < numbers->count; i++)
        *at = binary(call->arena, *at, numbers->at[i]);
    keep_type(call);
    onnx_set_numbers(call, 0, at, 1);
}

void onnx_fold_reduce_prod(OnnxCall *call)
{
    fold_reduce(call, mul);
}

void onnx_fold_reduce_sum(OnnxCall *call)
{
    fold_reduce(call, add);
}

void onnx_fold_reduce_max(OnnxCall *call)
{
    fold_reduce(call, larger);
}

void onnx_fold_reduce_min(OnnxCall *call)
{
    fold_reduce(call, smaller);
}
