/* SPDX-License-Identifier: MIT */
/* Tests of what diagnostics look like, to the byte. */
#include "base/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static Arena *arena;
static Diags *diags;

static int begin(void **state)
{
    (void)state;
    arena = arena_new(SIZE_MAX);
    diags = diags_new(arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void prints(const char *expected)
{
    assert_string_equal(str_terminated(arena, diags_text(diags)), expected);
}

static Place place(const char *bytes, uint32_t line, uint32_t column, uint32_t length)
{
    Source *source = ARENA_NEW(arena, Source);
    *source = (Source){.name = STR("net.yaml"), .bytes = str_from(bytes), .is_text = true};
    return (Place){.source = source, .line = line, .column = column, .length = length};
}

static void shows_line_caret_hint_and_note(void **state)
{
    (void)state;
    const char *bytes = "layers:\n  - conv: {kernal: 3}\n";
    diag_error(diags, place(bytes, 2, 12, 6), "unknown key '%s'", "kernal");
    diag_hint(diags, "did you mean 'kernel'?");
    diag_note(diags, place(bytes, 1, 1, 0), "the list is here");
    prints("net.yaml:2:12: error: unknown key 'kernal'\n"
           "  - conv: {kernal: 3}\n"
           "           ^~~~~~\n"
           "hint: did you mean 'kernel'?\n"
           "net.yaml:1:1: note: the list is here\n"
           "layers:\n"
           "^\n");
    assert_int_equal(diags_errors(diags), 1);
    assert_int_equal(diags_fault(diags), FAULT_INPUT);
}

static void places_without_a_line(void **state)
{
    (void)state;
    Source source = {.name = STR("m.onnx"), .bytes = STR("\x08\x01")};
    diag_error(diags, (Place){.source = &source, .node = STR("/conv/Conv")}, "no input");
    diag_warning(diags, (Place){.source = &source}, "old opset");
    diag_error(diags, (Place){0}, "nothing to do");
    diag_surroundings(diags, STR("out.tikz"), "cannot write: %s", "no such folder");
    diag_usage(diags, "unknown option");
    prints("m.onnx: node '/conv/Conv': error: no input\n"
           "m.onnx: warning: old opset\n"
           "netikz: error: nothing to do\n"
           "out.tikz: error: cannot write: no such folder\n"
           "netikz: error: unknown option\n");
    assert_int_equal(diags_fault(diags), FAULT_SURROUNDINGS);
    assert_int_equal(diags_errors(diags), 4);
}

static void warnings_are_no_fault(void **state)
{
    (void)state;
    diag_warning(diags, place("a: 1\n", 1, 0, 0), "odd");
    prints("net.yaml:1: warning: odd\na: 1\n");
    assert_int_equal(diags_fault(diags), FAULT_NONE);
    assert_int_equal(diags_errors(diags), 0);
}

static void caret_stands_under_wide_and_combined_characters(void **state)
{
    (void)state;
    diag_error(diags, place("名前: é\xCC\x81 x!\r\n", 1, 8, 2), "e");
    prints("net.yaml:1:8: error: e\n"
           "名前: é\xCC\x81 x!\n"
           "        ^~\n");
}

static void wide_characters_are_underlined_whole(void **state)
{
    (void)state;
    diag_error(diags, place("a 名前 b", 1, 3, 2), "e");
    prints("net.yaml:1:3: error: e\n"
           "a 名前 b\n"
           "  ^~~~\n");
}

static void tabs_become_spaces(void **state)
{
    (void)state;
    diag_error(diags, place("a:\tb\tc", 1, 6, 1), "e");
    prints("net.yaml:1:6: error: e\n"
           "a:      b       c\n"
           "                ^\n");
}

static void nothing_steers_the_terminal(void **state)
{
    (void)state;
    Place here = place("a: \x1b[31mred \xff \xE2\x80\xAE \xC2\x9B", 1, 9, 3);
    diag_error(diags, here, "bad \x1b]0;x\a name\nnext %s", "\xC3");
    diag_hint(diags, "x\ry");
    prints("net.yaml:1:9: error: bad \\x1B]0;x\\x07 name\\x0Anext \\xC3\n"
           "a: \\x1B[31mred \\xFF \\u202E \\x9B\n"
           "           ^~~\n"
           "hint: x\\x0Dy\n");
}

static void underline_ends_with_the_line(void **state)
{
    (void)state;
    diag_error(diags, place("abc\ndef", 1, 2, 100), "e");
    diag_error(diags, place("abc\ndef", 2, 4, 5), "at the end");
    prints("net.yaml:1:2: error: e\nabc\n ^~\n"
           "net.yaml:2:4: error: at the end\ndef\n   ^\n");
}

static void lines_that_are_not_there(void **state)
{
    (void)state;
    diag_error(diags, place("abc\n", 2, 1, 1), "e");
    diag_error(diags, place("abc\n", 7, 1, 1), "f");
    diag_error(diags, place("", 1, 1, 1), "g");
    prints("net.yaml:2:1: error: e\n\n^\nnet.yaml:7:1: error: f\nnet.yaml:1:1: error: g\n");
}

static void long_lines_are_windowed(void **state)
{
    (void)state;
    char *bytes = arena_alloc(arena, 1001);
    memset(bytes, 'x', 1000);
    bytes[500] = 'Y';
    diag_error(diags, place(bytes, 1, 501, 1), "e");
    Str rest = diags_text(diags), line;
    str_cut(&rest, '\n', &line);
    str_cut(&rest, '\n', &line);
    assert_true(str_starts(line, STR("…")) && str_ends(line, STR("…")));
    assert_int_equal(line.size, 99 + 3 + 3);
    size_t column = str_find(line, 'Y') - 2;
    str_cut(&rest, '\n', &line);
    assert_int_equal(line.size, column + 1);
    assert_int_equal(line.at[column], '^');
}

static void stops_after_twenty_errors(void **state)
{
    (void)state;
    for (int i = 1; i <= 30; i++) {
        assert_int_equal(diags_full(diags), i > 20);
        diag_error(diags, (Place){0}, "number %d", i);
        diag_hint(diags, "hint %d", i);
    }
    Str text = diags_text(diags);
    assert_true(str_ends(text, STR("netikz: error: number 20\nhint: hint 20\nmore errors follow\n")));
    assert_int_equal(diags_errors(diags), 30);
}

static void warnings_are_limited_on_their_own(void **state)
{
    (void)state;
    for (int i = 1; i <= 25; i++)
        diag_warning(diags, (Place){0}, "number %d", i);
    assert_false(diags_full(diags));
    diag_error(diags, (Place){0}, "last");
    assert_true(str_ends(diags_text(diags), STR("number 20\nmore warnings follow\nnetikz: error: last\n")));
}

static void endless_names_are_cut(void **state)
{
    (void)state;
    char *name = arena_alloc(arena, 1000001);
    memset(name, 'n', 1000000);
    Source source = {.name = STR("m")};
    diag_error(diags, (Place){.source = &source, .node = str_from(name)}, "unknown '%s'", name);
    for (int i = 0; i < 100; i++)
        diag_hint(diags, "%s", name);
    assert_true(diags_text(diags).size < 30000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(shows_line_caret_hint_and_note),
        TEST(places_without_a_line),
        TEST(warnings_are_no_fault),
        TEST(caret_stands_under_wide_and_combined_characters),
        TEST(wide_characters_are_underlined_whole),
        TEST(tabs_become_spaces),
        TEST(nothing_steers_the_terminal),
        TEST(underline_ends_with_the_line),
        TEST(lines_that_are_not_there),
        TEST(long_lines_are_windowed),
        TEST(stops_after_twenty_errors),
        TEST(warnings_are_limited_on_their_own),
        TEST(endless_names_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
