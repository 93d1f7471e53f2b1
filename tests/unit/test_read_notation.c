/* SPDX-License-Identifier: MIT */
/* Paper notation and expressions: every way to write the same numbers. */
#include "read_case.h"

#include <stdio.h>

/* The shape of what one line makes of `input`, in a block with a = 3, b = 8 and act = relu. */
static const char *made(ReadCase *run, const char *input, const char *line)
{
    Str spec = str_format(run->arena, "input: %s\nblocks:\n  t(a, b, act):\n    - %s\n    - fc a+b, act\nlayers:\n  - t: 3, 8, relu\n",
                          input, line);
    read_case(run, str_terminated(run->arena, spec));
    assert_sound(run);
    return str_terminated(run->arena, shape_text(run->arena, run->model.graphs[0]->layers[1]->outputs[0], "x"));
}

static void test_places_of_the_kernel(void **state)
{
    ReadCase *run = *state;
    static const char *const lines[] = {"3x3 conv, 8", "conv 3x3, 8", "conv 8, 3x3", "conv, 8, 3x3", "\"3×3 conv, 8\"",
                                        "conv: 3x3, 8", "3x3 conv: 8", "conv: [8, 3x3]", "conv: {out: 8, kernel: [3, 3]}",
                                        "3x3 Conv2d, 8", "conv 8, kernel=3", "conv 8, kernel 3x3", "kernel=3 conv, 8"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_string_equal(made(run, "4x6x6", lines[i]), "8x6x6");
}

static void test_expressions(void **state)
{
    ReadCase *run = *state;
    const struct {
        const char *line, *shape;
    } cases[] = {
        {"fc 2*b", "16"}, {"fc 2 * b", "16"}, {"fc b/2", "4"}, {"fc b / 2", "4"}, {"fc b//a", "2"}, {"fc b % a", "2"},
        {"fc (a + b) * 2", "22"}, {"fc b - a", "5"}, {"fc -a + b", "5"}, {"fc, b*(a+1)", "32"}, {"fc 16/4/2", "2"},
        {"fc a*b+1", "25"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(made(run, "4", cases[i].line), cases[i].shape);
    assert_string_equal(made(run, "T", "fc 2*T"), "2T");
    assert_string_equal(made(run, "T", "fc T/4"), "T/4");
}

static void test_parameters_in_kernels_and_strides(void **state)
{
    ReadCase *run = *state;
    assert_string_equal(made(run, "4x9x9", "axa conv, b, valid"), "8x7x7");
    assert_string_equal(made(run, "4x9x9", "1xa conv, b, valid"), "8x9x7");
    assert_string_equal(made(run, "4x9x9", "ax1 conv, b, valid"), "8x7x9");
    assert_string_equal(made(run, "4x9x9", "3x3 conv, b, /a"), "8x3x3");
    assert_string_equal(made(run, "4x9x9", "3x3 conv, b, /(a-1)"), "8x5x5");
    assert_string_equal(made(run, "4x9x9", "3x3 conv, b, /3x1"), "8x3x9");
    assert_string_equal(made(run, "4x9x9", "3x3 conv, b /3"), "8x3x3");
    assert_string_equal(made(run, "4x9x9", "(2*a-1)x1 conv, b, valid"), "8x5x9");
}

static void test_other_dimensions(void **state)
{
    ReadCase *run = *state;
    assert_string_equal(made(run, "4x100", "3 conv, b, /2"), "8x50");
    assert_string_equal(made(run, "4x100", "a conv, b, valid"), "8x98");
    assert_string_equal(made(run, "2x8x8x8", "3x3x3 conv, b, valid"), "8x6x6x6");
    assert_string_equal(made(run, "[2, L]", "3 conv, b"), "8xL");
}

static void test_words_and_switches(void **state)
{
    ReadCase *run = *state;
    assert_string_equal(made(run, "4x8x8", "maxpool 3x3, /2, same"), "4x4x4");
    assert_string_equal(made(run, "4x8x8", "maxpool 3x3, /2, ceil"), "4x4x4");
    assert_string_equal(made(run, "4x8x8", "max pool 3x3, /2"), "4x3x3");
    assert_string_equal(made(run, "4x8x8", "avgpool: global"), "4x1x1");
    assert_string_equal(made(run, "4x8x8", "1x1 conv, b, no bias"), "8x8x8");
    assert_false(attr_bool(run->model.graphs[0]->layers[1], "bias"));
    assert_string_equal(made(run, "4x8x8", "3x3 conv, b, pad 0, dilation 2"), "8x4x4");
    assert_string_equal(made(run, "4x8x8", "3x3 conv, b, groups = 4"), "8x8x8");
}

static void test_numbers_that_are_none(void **state)
{
    ReadCase *run = *state;
    static const char *const lines[] = {"fc 1:30", "fc 1e3", "fc 0x10", "fc 1_000", "fc 3.5", "fc 99999999999999999999",
                                        "fc 1/0", "fc 1%0", "fc (1", "fc 1+", "fc 7/2", "fc no", "fc", "conv 3, 8", "fc 1,", "fc ,1"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        Str spec = str_format(run->arena, "input: 4\nlayers:\n  - \"%s\"\n", lines[i]);
        read_case(run, str_terminated(run->arena, spec));
        if (run->sound)
            fail_msg("`%s` was taken for a layer", lines[i]);
    }
}

static void test_deep_brackets_end(void **state)
{
    ReadCase *run = *state;
    char line[3000] = "input: 4\nlayers:\n  - fc ";
    for (size_t at = strlen(line), i = 0; i < 2500; i++)
        line[at + i] = '(';
    read_case(run, line);
    assert_reports(run, "too long or too deep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        READ_TEST(test_places_of_the_kernel), READ_TEST(test_expressions), READ_TEST(test_parameters_in_kernels_and_strides),
        READ_TEST(test_other_dimensions),     READ_TEST(test_words_and_switches), READ_TEST(test_numbers_that_are_none),
        READ_TEST(test_deep_brackets_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
