/* SPDX-License-Identifier: MIT */
/* Tests of views and growing texts. */
#include "base/text.h"

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

#define assert_str(s, literal) assert_true(str_equal((s), STR(literal)))

static void slices_are_clamped(void **state)
{
    (void)state;
    assert_str(str_slice(STR("abcdef"), 2, 4), "cd");
    assert_str(str_slice(STR("abcdef"), 4, 99), "ef");
    assert_str(str_slice(STR("abcdef"), 4, 2), "");
    assert_str(str_slice(STR("abcdef"), 99, 100), "");
    assert_str(str_slice((Str){0}, 0, 1), "");
    assert_str(str_from(NULL), "");
    assert_str(str_from("xy"), "xy");
    assert_str(str_trim(STR(" \t a b\r\n ")), "a b");
    assert_str(str_trim(STR(" \n")), "");
}

static void comparisons(void **state)
{
    (void)state;
    assert_true(str_equal((Str){0}, STR("")));
    assert_false(str_equal(STR("a"), STR("b")));
    assert_true(str_equal_nocase(STR("ReLU"), STR("relu")));
    assert_false(str_equal_nocase(STR("relu"), STR("relu6")));
    assert_false(str_equal_nocase(STR("["), STR("{")));
    assert_true(str_compare(STR("ab"), STR("abc")) < 0);
    assert_true(str_compare(STR("b"), STR("abc")) > 0);
    assert_true(str_compare(STR("a\xff"), STR("ab")) > 0);
    assert_int_equal(str_compare((Str){0}, STR("")), 0);
    assert_true(str_starts(STR("conv1"), STR("conv")));
    assert_false(str_starts(STR("con"), STR("conv")));
    assert_true(str_starts(STR("x"), STR("")));
    assert_true(str_ends(STR("net.yaml"), STR(".yaml")));
    assert_false(str_ends(STR("yaml"), STR(".yaml")));
    assert_int_equal(str_find(STR("a=b"), '='), 1);
    assert_int_equal(str_find(STR("ab"), '='), 2);
    assert_int_equal(str_find((Str){0}, '='), 0);
}

static void cutting_gives_every_piece(void **state)
{
    (void)state;
    Str rest = STR("a,,b,"), piece;
    static const char *const expected[] = {"a", "", "b", ""};
    for (size_t i = 0; i < 4; i++) {
        assert_true(str_cut(&rest, ',', &piece));
        assert_true(str_equal(piece, str_from(expected[i])));
    }
    assert_false(str_cut(&rest, ',', &piece));
    assert_false(str_cut(&rest, ',', &piece));
}

static void reads_whole_numbers_alone(void **state)
{
    (void)state;
    int64_t n = 7;
    assert_true(str_to_int(STR("0"), &n) && n == 0);
    assert_true(str_to_int(STR("+64"), &n) && n == 64);
    assert_true(str_to_int(STR("-12"), &n) && n == -12);
    assert_true(str_to_int(STR("9223372036854775807"), &n) && n == INT64_MAX);
    assert_true(str_to_int(STR("-9223372036854775808"), &n) && n == INT64_MIN);
    n = 7;
    static const char *const wrong[] = {"", "-", "+", "1 ", " 1", "1.0", "0x10", "1e3", "--1", "1_000", "1,000",
                                        "9223372036854775808", "-9223372036854775809", "99999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(str_to_int(str_from(wrong[i]), &n));
    assert_int_equal(n, 7);
}

static void copies_are_terminated(void **state)
{
    (void)state;
    Str copy = str_copy(arena, str_slice(STR("abc"), 0, 2));
    assert_str(copy, "ab");
    assert_int_equal(copy.at[2], 0);
    assert_string_equal(str_terminated(arena, (Str){0}), "");
    assert_str(str_format(arena, "%.*s=%d", STR_ARGS(STR("k")), 3), "k=3");
    assert_str(str_format(arena, "%.*s|", STR_ARGS((Str){0})), "|");
}

static void knows_utf8(void **state)
{
    (void)state;
    size_t bad = 99;
    assert_true(str_is_utf8(STR("aä€💯\xEF\xBB\xBF"), &bad));
    assert_true(str_is_utf8((Str){0}, NULL));
    static const char *const wrong[] = {
        "ab\x80",         /* a continuation alone */
        "ab\xC3",         /* cut short */
        "ab\xC3(",        /* no continuation */
        "ab\xC0\xAF",     /* overlong */
        "ab\xE0\x80\xAF", /* overlong */
        "ab\xF0\x80\x80\xAF",
        "ab\xED\xA0\x80",     /* surrogate */
        "ab\xF4\x90\x80\x80", /* behind U+10FFFF */
        "ab\xF8\x88\x80\x80\x80",
        "ab\xFE",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(str_is_utf8(str_from(wrong[i]), &bad));
        assert_int_equal(bad, 2);
    }
    assert_false(str_is_utf8(STR("\xE2\x82"), NULL));
}

static void decodes(void **state)
{
    (void)state;
    uint32_t code;
    assert_int_equal(str_decode(STR("a"), 0, &code), 1);
    assert_int_equal(code, 'a');
    assert_int_equal(str_decode(STR("x€"), 1, &code), 3);
    assert_int_equal(code, 0x20AC);
    assert_int_equal(str_decode(STR("\xFF"), 0, &code), 1);
    assert_int_equal(code, STR_BAD);
    assert_int_equal(str_decode(STR("a"), 1, &code), 0);
    Text text = text_in(arena);
    static const uint32_t codes[] = {0, 'a', 0x7F, 0x80, 0x7FF, 0x800, 0xFFFD, 0x10000, 0x1F4AF, 0x10FFFF};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        text_add_code(&text, codes[i]);
    size_t at = 0;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        at += str_decode(text_str(&text), at, &code);
        assert_int_equal(code, codes[i]);
    }
    assert_int_equal(at, text_str(&text).size);
}

static void texts_grow(void **state)
{
    (void)state;
    Text text = text_in(arena), other = text_in(arena);
    assert_int_equal(text_str(&text).size, 0);
    for (int i = 0; i < 5000; i++) {
        text_add(&text, STR("ab"));
        text_add_char(&other, 'x');
        text_add_char(&text, 'c');
    }
    assert_int_equal(text_str(&text).size, 15000);
    assert_memory_equal(text_str(&text).at + 14997, "abc", 3);
    text = text_in(arena);
    text_add_int(&text, 0);
    text_add_int(&text, -5);
    text_add_int(&text, INT64_MIN);
    text_add_int(&text, INT64_MAX);
    text_add_format(&text, "<%03d>", 7);
    text_add(&text, (Str){0});
    assert_str(text_str(&text), "0-5-92233720368547758089223372036854775807<007>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_are_clamped),     cmocka_unit_test(comparisons),
        cmocka_unit_test(cutting_gives_every_piece), cmocka_unit_test(reads_whole_numbers_alone),
        cmocka_unit_test(copies_are_terminated),  cmocka_unit_test(knows_utf8),
        cmocka_unit_test(decodes),                cmocka_unit_test(texts_grow),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
