/* SPDX-License-Identifier: MIT */
/* Dimensions and shapes: arithmetic of polynomials, limits, writing and reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "graph/shape.h"

static Arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new((size_t)1 << 26);
    return arena ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static Dim dim(const char *text)
{
    bool ok;
    Dim d = dim_parse(arena, str_from(text), &ok);
    if (!ok)
        fail_msg("cannot read %s", text);
    return d;
}

static void is(Dim d, const char *text)
{
    Str got = dim_text(arena, d);
    if (!str_equal(got, str_from(text)))
        fail_msg("%.*s, not %s", STR_ARGS(got), text);
}

static void reads_and_writes(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"64", "64"},        {"-3", "-3"},           {"?", "?"},         {"T", "T"},
        {"2*T+1", "2T+1"},   {"2T + 1", "2T+1"},     {"1+2T", "2T+1"},   {"H/16*W/16", "H/16·W/16"},
        {"H/4", "H/4"},      {"T/2-1", "T/2-1"},     {"3T/4", "3T/4"},   {"(H/4)(W/4)", "H/4·W/4"},
        {"H*W/2", "H·W/2"},  {"T-T", "0"},           {"T*T", "T^2"},     {"T²/4", "T^2/4"},
        {"-T", "-T"},        {"5-T", "-T+5"},        {"b*a", "a·b"},     {"a+b*c", "b·c+a"},
        {"7/2", "3"},        {"-7/2", "-4"},         {"2^10", "1024"},   {"d_model", "d_model"},
        {"(T+1)*(T-1)", "T^2-1"}, {"64*(H/4)*(W/4)", "4H·W"}, {"?+1", "?"}, {"0*?", "0"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        is(dim(pairs[i][0]), pairs[i][1]);
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    static const char *const texts[] = {"H/16·W/16", "2T+1", "3H/8·W/8-7T+12", "T^3+T^2/2-1", "-a+b"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        is(dim(texts[i]), texts[i]);
}

static void refuses_nonsense(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "+", "2**3", "T)", "(T", "1/0", "3 4", "a b)", "T^0", "T^999",
        "99999999999999999999", "@"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        bool ok;
        dim_parse(arena, str_from(texts[i]), &ok);
        if (ok)
            fail_msg("%s was read", texts[i]);
    }
}

static void floors_the_constant_alone(void **state)
{
    (void)state;
    Dim two = dim_int(2);
    is(dim_div(arena, dim("H+1"), two), "H/2");
    is(dim_div_up(arena, dim("H+1"), two), "H/2+1");
    is(dim_div(arena, dim("H-1"), two), "H/2-1");
    is(dim_add(arena, dim_div(arena, dim("H-1"), two), dim_int(1)), "H/2");
    is(dim_div(arena, dim_div(arena, dim("H"), two), two), "H/4");
    is(dim_div_exact(arena, dim("H+1"), two), "?");
    is(dim_div_exact(arena, dim("3H+6"), dim_int(3)), "H+2");
    is(dim_div(arena, dim("H"), dim_int(-2)), "-H/2");
    is(dim_div(arena, dim_int(-7), two), "-4");
    is(dim_div_up(arena, dim_int(-7), two), "-3");
    is(dim_div_up(arena, dim_int(7), two), "4");
    is(dim_div(arena, dim_int(7), dim_int(0)), "?");
}

static void divides_by_symbols(void **state)
{
    (void)state;
    is(dim_div(arena, dim("T*d"), dim("d")), "T");
    is(dim_div_exact(arena, dim("2T+2"), dim("T+1")), "2");
    is(dim_div_exact(arena, dim("T*T-1"), dim("T-1")), "T+1");
    is(dim_div(arena, dim("H/2*W"), dim("H")), "W/2");
    is(dim_div(arena, dim("T"), dim("d")), "?");
    is(dim_div(arena, dim("T+1"), dim("T")), "?");
    is(dim_div(arena, dim_int(5), dim("T")), "?");
    is(dim_div(arena, dim("T*d"), dim("2T")), "d/2");
}

static void equal_values_have_equal_form(void **state)
{
    (void)state;
    assert_true(dim_equal(dim("2*(T+1)"), dim("2T+2")));
    assert_true(dim_equal(dim("H*W/4"), dim("(H/2)*(W/2)")));
    assert_true(dim_equal(dim("T-T"), dim_int(0)));
    assert_false(dim_equal(dim("T"), dim("S")));
    assert_false(dim_equal(DIM_NONE, DIM_NONE));
    assert_false(dim_known_different(dim("T"), dim_int(3)));
    assert_true(dim_known_different(dim_int(4), dim_int(3)));
}

static void overflow_is_unknown(void **state)
{
    (void)state;
    Dim big = dim_int(INT64_MAX), huge = dim("4611686018427387904");
    is(dim_add(arena, big, dim_int(1)), "?");
    is(dim_mul(arena, huge, dim_int(2)), "?");
    is(dim_sub(arena, dim_int(INT64_MIN), dim_int(1)), "?");
    is(dim_mul(arena, dim_mul(arena, huge, dim("T")), dim_int(3)), "?");
    is(dim_div(arena, dim_int(INT64_MIN), dim_int(-1)), "?");
    is(dim_mul(arena, dim_div(arena, dim("T"), big), dim_div(arena, dim("S"), big)), "?");
}

static void too_many_terms_are_unknown(void **state)
{
    (void)state;
    Dim sum = dim_int(0), product = dim_int(1);
    for (int i = 0; i < 100; i++) {
        Dim symbol = dim_symbol(arena, str_format(arena, "s%d", i));
        sum = dim_add(arena, sum, symbol);
        product = dim_mul(arena, product, symbol);
    }
    is(sum, "?");
    is(product, "?");
    Dim power = dim("T");
    for (int i = 0; i < 10; i++)
        power = dim_mul(arena, power, power);
    is(power, "?");
}

static void binds_symbols(void **state)
{
    (void)state;
    is(dim_bind(arena, dim("H/16*W/16"), STR("H"), 224), "7W/8");
    is(dim_bind(arena, dim_bind(arena, dim("H/16*W/16"), STR("H"), 224), STR("W"), 224), "196");
    is(dim_bind(arena, dim("2T+1"), STR("T"), 0), "1");
    is(dim_bind(arena, dim("H/4"), STR("H"), 225), "?");
    is(dim_bind(arena, dim("T^2-T"), STR("T"), -3), "12");
    is(dim_bind(arena, dim("T^9"), STR("T"), 1000000), "?");
    is(dim_bind(arena, dim_int(5), STR("T"), 1), "5");
}

static Shape shape(const char *text)
{
    bool ok;
    Shape s = shape_parse(arena, str_from(text), &ok);
    if (!ok)
        fail_msg("cannot read the shape %s", text);
    return s;
}

static void reads_shapes(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"3x224x224", "3×224×224"}, {"3X4", "3×4"},        {"3×4×5", "3×4×5"},     {"512", "512"},
        {"Txd", "T×d"},             {"TxD", "T×D"},        {"H/4xW/4", "H/4×W/4"}, {"64xH/16xW/16", "64×H/16×W/16"},
        {"maxlen", "maxlen"},       {"x1", "x1"},          {"?x3x?", "?×3×?"},     {"Txd_model", "T×d_model"},
        {"seqx512", "seq×512"},     {"maxlen x 512", "maxlen×512"}, {"2*T+1x512", "2T+1×512"}, {"?", "?"},
        {"scalar", "scalar"},       {"NxTxd", "N×T×d"},    {"3xHxW", "3×H×W"},     {"d1xd2", "d1×d2"},
        {" 3 x 4 ", "3×4"},         {"(T+1)x64", "T+1×64"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        Str got = shape_text(arena, shape(pairs[i][0]), "×");
        if (!str_equal(got, str_from(pairs[i][1])))
            fail_msg("%s reads as %.*s", pairs[i][0], STR_ARGS(got));
    }
    static const char *const bad[] = {"", "3x", "x", "3x4x", "3,4", "1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        bool ok;
        Shape s = shape_parse(arena, str_from(bad[i]), &ok);
        if (ok && !(s.rank == 1 && s.dims[0].kind == DIM_SYMBOLIC)) /* `x` alone is a name */
            fail_msg("%s was read", bad[i]);
    }
}

static void compares_shapes(void **state)
{
    (void)state;
    assert_true(shape_equal(shape("3x4"), shape("3x4")));
    assert_false(shape_equal(shape("3x?"), shape("3x?")));
    assert_false(shape_equal(shape_unknown(), shape_unknown()));
    assert_true(shape_conflict(shape("3x4"), shape("3x5")));
    assert_true(shape_conflict(shape("3x4"), shape("3x4x1")));
    assert_false(shape_conflict(shape("3xT"), shape("3x5")));
    assert_false(shape_conflict(shape("?"), shape("3x5")));
    is(shape_elements(arena, shape("3xHxW")), "3H·W");
    is(shape_elements(arena, shape("scalar")), "1");
    is(shape_elements(arena, shape("3x?")), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(refuses_nonsense),
        cmocka_unit_test(floors_the_constant_alone),
        cmocka_unit_test(divides_by_symbols),
        cmocka_unit_test(equal_values_have_equal_form),
        cmocka_unit_test(overflow_is_unknown),
        cmocka_unit_test(too_many_terms_are_unknown),
        cmocka_unit_test(binds_symbols),
        cmocka_unit_test(reads_shapes),
        cmocka_unit_test(compares_shapes),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
