/* SPDX-License-Identifier: MIT */
/* Tests of sections and options: the tree, its places, and what is said about slips. */
#include "format/ini.h"

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
    arena = arena_new((size_t)1 << 30);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static Value *read_text(const char *text)
{
    Source *source = ARENA_NEW(arena, Source);
    *source = (Source){.name = STR("n"), .bytes = str_from(text), .is_text = true};
    diags = diags_new(arena);
    return ini_read(arena, diags, source);
}

static void gives(const char *text, const char *wanted)
{
    const Value *root = read_text(text);
    Text tree = text_in(arena);
    if (!root)
        fail_msg("%s: %.*s", text, STR_ARGS(diags_text(diags)));
    for (const Value *section = root ? root->first : NULL; section; section = section->next) {
        text_add_format(&tree, "[%.*s]", STR_ARGS(section->key));
        for (const Value *option = section->first; option; option = option->next)
            text_add_format(&tree, "%.*s=%.*s;", STR_ARGS(option->key), STR_ARGS(option->text));
    }
    if (!str_equal(text_str(&tree), str_from(wanted)))
        fail_msg("%s gives %.*s instead of %s", text, STR_ARGS(text_str(&tree)), wanted);
}

static void bad(const char *text, const char *report)
{
    const Value *value = read_text(text);
    Str said = diags_text(diags);
    if (value || !str_starts(said, str_from(report)))
        fail_msg("%s\nsays:\n%.*s\ninstead of:\n%s", text, STR_ARGS(said), report);
}

static void reads_sections(void **state)
{
    (void)state;
    gives("", "");
    gives("# x\n; y\n\n[a]\n b = 1 \r\nc=1, 2\n[a]\n", "[a]b=1;c=1, 2;[a]");
    gives("[a]\nb=1 # why\nc=#1\nd=\ne=x=y\n", "[a]b=1;c=#1;d=;e=x=y;");
    gives("\xEF\xBB\xBF[a]\nb=1", "[a]b=1;");
}

static void knows_places(void **state)
{
    (void)state;
    const Value *root = read_text("[a]\n  b = 12\n");
    const Value *option = value_get(value_get(root, STR("a")), STR("b"));
    assert_non_null(option);
    assert_int_equal(option->key_place.line, 2);
    assert_int_equal(option->key_place.column, 3);
    assert_int_equal(option->place.column, 7);
    assert_int_equal(option->place.length, 2);
}

static void explains_slips(void **state)
{
    (void)state;
    bad("[a\n", "n:1:1: error: the name of a section is not closed");
    bad("a=1\n", "n:1:1: error: an option stands before the first section");
    bad("[a]\nwords\n=1\n", "n:2:1: error: this line is neither a section nor an option\nwords\n^~~~~\nhint: a "
                            "section is "
        "`[NAME]`, an option `NAME=VALUE`, a comment begins with `#`\nn:3:1: error: this line is neither");
    bad("[a]\n<<<<<<< HEAD\n", "n:2:1: error: two versions of the file were merged");
    bad("[a]\nb=\xFF\n", "n:2:1: error: this line is not text in UTF-8");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {TEST(reads_sections), TEST(knows_places), TEST(explains_slips)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
