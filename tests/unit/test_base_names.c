/* SPDX-License-Identifier: MIT */
/* Tests of name tables and of "did you mean". */
#include "base/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static Arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_new(SIZE_MAX);
    return arena ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void keeps_the_order_of_insertion(void **state)
{
    (void)state;
    Names *names = names_new(arena);
    static int things[20000];
    for (int i = 0; i < 20000; i++)
        assert_true(names_put(names, str_format(arena, "layer%d", (i * 7919) % 20000), &things[i]));
    assert_int_equal(names_count(names), 20000);
    for (int i = 0; i < 20000; i++) {
        Str key = str_format(arena, "layer%d", (i * 7919) % 20000);
        assert_true(str_equal(names_key(names, (size_t)i), key));
        assert_ptr_equal(names_thing(names, (size_t)i), &things[i]);
        assert_ptr_equal(names_get(names, key), &things[i]);
    }
    assert_null(names_get(names, STR("layer")));
    assert_int_equal(names_key(names, 20000).size, 0);
    assert_null(names_thing(names, 20000));
}

static void puts_once_and_sets_again(void **state)
{
    (void)state;
    Names *names = names_new(arena);
    int a, b;
    assert_null(names_get(names, STR("x")));
    assert_true(names_put(names, STR("x"), &a));
    assert_false(names_put(names, STR("x"), &b));
    assert_ptr_equal(names_get(names, STR("x")), &a);
    names_set(names, STR("x"), &b);
    assert_ptr_equal(names_get(names, STR("x")), &b);
    names_set(names, STR("y"), &a);
    assert_int_equal(names_count(names), 2);
    assert_true(names_put(names, (Str){0}, &a));
    assert_false(names_put(names, STR(""), &b));
    assert_ptr_equal(names_get(names, (Str){0}), &a);
    assert_true(names_put(names, (Str){"x\0y", 3}, &a));
    assert_ptr_equal(names_get(names, STR("x")), &b);
}

static const Str operations[] = {
    {"conv", 4},    {"deconv", 6}, {"maxpool", 7}, {"avgpool", 7}, {"relu", 4},  {"gelu", 4},  {"bn", 2},     {"fc", 2},
    {"softmax", 7}, {"concat", 6}, {"kernel", 6},  {"stride", 6},  {"width", 5}, {"layers", 6}, {"padding", 7},
};

static void nearest_is(const char *word, const char *expected)
{
    Str found = names_nearest(arena, str_from(word), operations, sizeof operations / sizeof *operations);
    if (!str_equal(found, str_from(expected)))
        fail_msg("%s: %.*s instead of %s", word, STR_ARGS(found), expected);
}

static void finds_misspellings(void **state)
{
    (void)state;
    nearest_is("rleu", "relu");
    nearest_is("RELU", "relu");
    nearest_is("kernal", "kernel");
    nearest_is("kern", "kernel");
    nearest_is("padding_mode", "padding");
    nearest_is("Softmx", "softmax");
    nearest_is("maxpol", "maxpool");
    nearest_is("layer", "layers");
    nearest_is("widht", "width");
    nearest_is("conv2d", "conv");
    nearest_is("fv", "fc");
}

static void finds_nothing_where_nothing_is_near(void **state)
{
    (void)state;
    nearest_is("", "");
    nearest_is("x", "");
    nearest_is("transformer", "");
    nearest_is("ab", "");
    char word[66];
    memset(word, 'a', 65);
    word[65] = '\0';
    Str same = {word, 65};
    assert_int_equal(names_nearest(arena, same, &same, 1).size, 0);
    assert_int_equal(names_nearest(arena, STR("relu"), NULL, 0).size, 0);
    same.size = 64;
    assert_int_equal(names_nearest(arena, same, &same, 1).size, 64);
}

static void costs_little_with_many_long_candidates(void **state)
{
    (void)state;
    enum { MANY = 200000 };
    Str *candidates = ARENA_ARRAY(arena, MANY, Str);
    for (int i = 0; i < MANY; i++)
        candidates[i] = STR("0123456789012345678901234567890123456789012345678901234567890123");
    Str word = STR("x123456789x123456789x123456789x123456789x123456789x123456789x123");
    for (int i = 0; i < 20; i++)
        names_nearest(arena, word, candidates, MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_order_of_insertion),
        cmocka_unit_test(puts_once_and_sets_again),
        cmocka_unit_test(finds_misspellings),
        cmocka_unit_test(finds_nothing_where_nothing_is_near),
        cmocka_unit_test(costs_little_with_many_long_candidates),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
