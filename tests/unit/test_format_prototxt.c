/* SPDX-License-Identifier: MIT */
/* Tests of protobuf's text format: the tree, its places, and what is said about slips. */
#include "format/prototxt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static Arena *arena;
static Diags *diags;

static int begin(void **state)
{
    (void)state;
    arena = arena_new((size_t)1 << 30);
    diags = diags_new(arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static Value *read_bytes(Str bytes)
{
    Source *source = ARENA_NEW(arena, Source);
    *source = (Source){.name = STR("n"), .bytes = bytes, .is_text = true};
    diags = diags_new(arena);
    return prototxt_read(arena, diags, source);
}

/* Messages in {}, strings in '', each field as KEY:VALUE. */
static void add_value(Text *text, const Value *value)
{
    if (value->kind == VALUE_SCALAR)
        text_add_format(text, value->quoted ? "'%.*s'" : "%.*s", STR_ARGS(value->text));
    if (value->kind != VALUE_MAP)
        return;
    text_add_char(text, '{');
    for (const Value *child = value->first; child; child = child->next) {
        text_add_format(text, "%s%.*s:", child == value->first ? "" : " ", STR_ARGS(child->key));
        add_value(text, child);
    }
    text_add_char(text, '}');
}

static void gives(const char *text, const char *wanted)
{
    const Value *value = read_bytes(str_from(text));
    Text tree = text_in(arena);
    if (!value)
        fail_msg("%s: %.*s", text, STR_ARGS(diags_text(diags)));
    else
        add_value(&tree, value);
    if (!str_equal(text_str(&tree), str_from(wanted)))
        fail_msg("%s gives %.*s instead of %s", text, STR_ARGS(text_str(&tree)), wanted);
}

static void bad(const char *text, const char *report)
{
    const Value *value = read_bytes(str_from(text));
    Str said = diags_text(diags);
    if (value || !str_starts(said, str_from(report)))
        fail_msg("%s\nsays:\n%.*s\ninstead of:\n%s", text, STR_ARGS(said), report);
}

static void reads_fields(void **state)
{
    (void)state;
    gives("", "{}");
    gives("# nothing\n", "{}");
    gives("a: 1 b: -2 c: 1e-3 d: .5 e: MAX", "{a:1 b:-2 c:1e-3 d:.5 e:MAX}");
    gives("a: 1; b: 2, c { d: 3; }", "{a:1 b:2 c:{d:3}}");
    gives("a { b: { c <d: 1> e: <f: 2> } }", "{a:{b:{c:{d:1} e:{f:2}}}}");
    gives("a:1#x\nb:2", "{a:1 b:2}");
    gives("\xEF\xBB\xBF" "a: - 1", "{a:-1}");
    gives("a: 1\r\nb: 2\r\n", "{a:1 b:2}");
}

static void reads_repeated_fields(void **state)
{
    (void)state;
    gives("a: 1 a: 2", "{a:1 a:2}");
    gives("a: [1, 2] b: []", "{a:1 a:2}");
    gives("a [{ b: 1 }]", "{a:{b:1}}");
}

static void reads_strings(void **state)
{
    (void)state;
    gives("a: \"x y\" b: 'it\\'s'", "{a:'x y' b:'it's'}");
    gives("a: \"one \" \"two\"\n 'three'", "{a:'one twothree'}");
    gives("a: \"\\x41\\101\\n\\u00e9\\\\\"", "{a:'AA\n\xC3\xA9\\'}");
    gives("a: \"\xFF\"", "{a:'\xEF\xBF\xBD'}");
    gives("# \xC4\xE3 in an old encoding\na: 1", "{a:1}");
}

static void reads_names_of_extensions(void **state)
{
    (void)state;
    gives("[type.googleapis.com/x.Y] { a: 1 }", "{[type.googleapis.com/x.Y]:{a:1}}");
}

static void places_count_characters(void **state)
{
    (void)state;
    const Value *root = read_bytes(STR("\xC3\xA9: 1"));
    assert_null(root);
    root = read_bytes(STR("a: '\xC3\xA9'\n  b: 12 # \xC3\xA9\n  c { d: \"\xC3\xA9\xC3\xA9\" e: 7 }"));
    assert_non_null(root);
    const Value *b = value_get(root, STR("b")), *e = value_get(value_get(root, STR("c")), STR("e"));
    assert_int_equal(b->key_place.line, 2);
    assert_int_equal(b->key_place.column, 3);
    assert_int_equal(b->place.column, 6);
    assert_int_equal(b->place.length, 2);
    assert_int_equal(e->place.line, 3);
    assert_int_equal(e->place.column, 18);
}

static void explains_brackets(void **state)
{
    (void)state;
    bad("layer {\n a: 1\nlayer { b: 2 }\n", "n:1:1: error: `layer {` is not closed\nlayer {\n^~~~~\n"
        "n:3:1: note: another one begins inside of it: is there a `}` missing before?");
    bad("a { b: 1 } }", "n:1:12: error: this `}` closes nothing");
    bad("a { b: 1 >", "n:1:10: error: this `>` closes nothing");
    bad("a: [1, 2", "n:1:9: error: the file ends where `,` or `]` should stand");
}

static void explains_fields(void **state)
{
    (void)state;
    bad("a 1", "n:1:3: error: `1` where `:` or `{` should stand");
    bad("a:", "n:1:3: error: the file ends where a value should stand");
    bad("a: }", "n:1:4: error: `}` where a value should stand");
    bad("= 1", "n:1:1: error: `=` where the name of a field should stand");
    bad("a: 1 \x01", "n:1:6: error: an unexpected character where the name of a field should stand");
    bad("name: \"c type: \"R\" b: 1", "n:1:18: error: `\"` where `:` or `{` should stand");
}

static void explains_strings(void **state)
{
    (void)state;
    bad("a: \"x\nb: 1", "n:1:4: error: the string is not closed on its line");
    bad("a: 'x\\", "n:1:4: error: the string is not closed on its line");
}

static void explains_merge_conflicts(void **state)
{
    (void)state;
    bad("a: 1\n<<<<<<< HEAD\nb: 1\n", "n:2:1: error: two versions of the file were merged");
    bad("a {\n=======\n}", "n:2:1: error: two versions of the file were merged");
    bad("a: 1\n>>>>>>> x\n", "n:2:1: error: two versions of the file were merged");
}

static Str repeated(const char *piece, size_t count)
{
    Text text = text_in(arena);
    for (size_t i = 0; i < count; i++)
        text_add(&text, str_from(piece));
    return text_str(&text);
}

static void bounds_depth_and_size(void **state)
{
    (void)state;
    assert_null(read_bytes(repeated("a{", 100000)));
    assert_true(str_starts(diags_text(diags),
                           STR("n:1:129: error: messages stand inside each other more than 64 deep")));
    assert_null(read_bytes(repeated("a:1 ", 1000001)));
    assert_true(str_starts(diags_text(diags), STR("n:1:4000001: error: the file holds more than 1000000 values")));
}

static double seconds_for(const char *piece, size_t count)
{
    Str text = repeated(piece, count);
    clock_t start = clock();
    read_bytes(text);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

static void time_is_linear(void **state)
{
    (void)state;
    const char *const pieces[] = {"a:1 ", "# \n", "a:\"x\" ", "\"", "a{b:1}", "a:[1,1]", "a:'x''y'"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (seconds_for(pieces[i], 200000) > 1.0)
            fail_msg("`%s` takes too long", pieces[i]);
}

static void survives_every_cut(void **state)
{
    (void)state;
    Str text = STR("a { b: \"x\\u00e9\\x4\" 'y' c: [1, -2] d <e: 1e+3> [f.g/h]: { i: .5 } } # end\n");
    for (size_t cut = 0; cut <= text.size; cut++) {
        char *copy = malloc(cut + 1);
        memcpy(copy, text.at, cut);
        read_bytes((Str){copy, cut});
        diags_text(diags);
        free(copy);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(reads_fields),
        TEST(reads_repeated_fields),
        TEST(reads_strings),
        TEST(reads_names_of_extensions),
        TEST(places_count_characters),
        TEST(explains_brackets),
        TEST(explains_fields),
        TEST(explains_strings),
        TEST(explains_merge_conflicts),
        TEST(bounds_depth_and_size),
        TEST(time_is_linear),
        TEST(survives_every_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
