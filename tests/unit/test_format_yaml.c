/* SPDX-License-Identifier: MIT */
/* Tests of YAML and JSON: the tree, its places, and what is said about slips. */
#include "format/yaml.h"

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
    return yaml_read(arena, diags, source);
}

/* Reads what must be right. */
static Value *good(const char *text)
{
    diags = diags_new(arena);
    Value *value = read_bytes(str_from(text));
    if (!value || diags_errors(diags))
        fail_msg("%s: %.*s", text, STR_ARGS(diags_text(diags)));
    return value;
}

/* Reads what must be wrong, and expects this report (or the beginning of it). */
static void bad(const char *text, const char *report)
{
    diags = diags_new(arena);
    Value *value = read_bytes(str_from(text));
    Str said = diags_text(diags);
    if (value || !str_starts(said, str_from(report)))
        fail_msg("%s\nsays:\n%.*s\ninstead of:\n%s", text, STR_ARGS(said), report);
}

/* The tree as text: scalars bare, 'quoted' or ~, lists in [], maps in {}. */
static void add_value(Text *text, const Value *value)
{
    if (value->kind == VALUE_NULL)
        text_add_char(text, '~');
    if (value->kind == VALUE_SCALAR)
        text_add_format(text, value->quoted ? "'%.*s'" : "%.*s", STR_ARGS(value->text));
    if (value->kind != VALUE_LIST && value->kind != VALUE_MAP)
        return;
    text_add_char(text, value->kind == VALUE_LIST ? '[' : '{');
    uint32_t count = 0;
    for (const Value *child = value->first; child; child = child->next) {
        assert_ptr_equal(child->parent, value);
        if (count++)
            text_add_char(text, ' ');
        if (value->kind == VALUE_MAP)
            text_add_format(text, "%.*s=", STR_ARGS(child->key));
        add_value(text, child);
    }
    assert_int_equal(count, value->count);
    text_add_char(text, value->kind == VALUE_LIST ? ']' : '}');
}

static void tree(const char *yaml, const char *expected)
{
    Text text = text_in(arena);
    add_value(&text, good(yaml));
    assert_string_equal(str_terminated(arena, text_str(&text)), expected);
}

static void place_is(Place place, uint32_t line, uint32_t column, uint32_t length)
{
    assert_int_equal(place.line, line);
    assert_int_equal(place.column, column);
    assert_int_equal(place.length, length);
}

static void reads_specs(void **state)
{
    (void)state;
    tree("name: ResNet-18\ninput: 3x224x224\nlayers:\n  - 7x7 conv, 64, /2, bn, relu\n  - maxpool: 3x3, /2\n    "
         "times: 2\n  - conv: {out: width, kernel: 3}\n  - []\n",
         "{name=ResNet-18 input=3x224x224 layers=[7x7 conv, 64, /2, bn, relu {maxpool=3x3, /2 times=2} "
         "{conv={out=width kernel=3}} []]}");
    tree("basic(width, stride=1):\n  - - [a, b]\n    - c\n", "{basic(width, stride=1)=[[[a b] c]]}");
}

static void reads_scalars(void **state)
{
    (void)state;
    tree("[~, null, NULL, '', \"null\", 'a''b', \"a\\tb\\u00e4\", nul, no]",
         "[~ ~ ~ '' 'null' 'a'b' 'a\tbä' nul no]");
    tree("a:\nb: |\n  x\n   y\nc: >\n  x\n  y\n", "{a=~ b='x\n y\n' c='x y\n'}");
    tree("a: !!str 12\nb: ! 13\nc: !!int 3\nd: !!seq [1]\n", "{a='12' b='13' c=3 d=[1]}");
    tree("\xEF\xBB\xBF" "a: 1\r\nb: 2\r\n", "{a=1 b=2}");
    tree("%YAML 1.2\n---\na: 1\n...\n", "{a=1}");
}

static void an_empty_source_is_nothing(void **state)
{
    (void)state;
    tree("", "~");
    tree("# only this\n", "~");
    tree("---\n", "~");
    assert_non_null(good("")->place.source);
}

static void reads_json(void **state)
{
    (void)state;
    tree("{\"a\":1,\"b\":[true,null,-1.5e3,\"x\\/y\"],\n\t\"c\"\t:\t{}}", "{a=1 b=[true ~ -1.5e3 'x/y'] c={}}");
    tree("{\"\":1}", "{=1}");
}

static void joins_surrogate_pairs(void **state)
{
    (void)state;
    tree("[\"\\ud83d\\udcaf\", \"x\\uD83D\\uDCAFy\\u00e9\", \"\\\\ud83d\\\\udcaf\"]",
         "['💯' 'x💯yé' '\\ud83d\\udcaf']");
    tree("- \\ud83d\\udcaf\n- '\\U0001F4AF \\ud83d\\uDCAF \\U0001F4AF'\n- |\n  \\ud83d\\udcaf\n- a\n",
         "[\\ud83d\\udcaf '\\U0001F4AF \\ud83d\\uDCAF \\U0001F4AF' '\\ud83d\\udcaf\n' a]");
    Value *list = good("[\"\\ud83d\\udcaf\", x]");
    place_is(list->first->place, 1, 2, 14);
    place_is(list->first->next->place, 1, 18, 1);
    bad("[\"\\ud83d\"]", "n:1:3: error: this escape is no character\n[\"\\ud83d\"]\n  ^~~~~~\n");
    bad("[\"\\ud83d\\u0041\"]", "n:1:3: error: this escape is no character\n");
}

static void places_count_characters(void **state)
{
    (void)state;
    Value *root = good("a: x\nnämé: 'ö'  # c\nlist:\n  - é: [1, 22]\n");
    place_is(root->place, 1, 1, 1);
    place_is(root->first->place, 1, 4, 1);
    place_is(root->first->key_place, 1, 1, 1);
    Value *second = root->first->next;
    place_is(second->key_place, 2, 1, 4);
    place_is(second->place, 2, 7, 3);
    Value *map = second->next->first;
    place_is(map->place, 4, 5, 1);
    place_is(map->first->place, 4, 8, 1);
    place_is(map->first->first->next->place, 4, 12, 2);
    /* To libyaml U+2028 ends a line, to editors it does not. */
    root = good("a: 'x\xE2\x80\xA8y'\nb: 1\n");
    place_is(root->first->next->place, 2, 4, 1);
}

static void expands_aliases(void **state)
{
    (void)state;
    tree("a: &x {k: [1, 2]}\nb: *x\nc: &x 3\nd: *x\n", "{a={k=[1 2]} b={k=[1 2]} c=3 d=3}");
    tree("- &a [x, &b y]\n- *b\n- [*a, *a]\n", "[[x y] y [[x y] [x y]]]");
    bad("a: *y\n", "n:1:4: error: no anchor '&y' before this alias\na: *y\n   ^~\nhint: ");
    bad("a: &z [*z]\n", "n:1:8: error: the alias '*z' stands in what it names\n");
    bad("a: &x b\n*x : 1\n", "n:2:1: error: an alias cannot be a key\n");
    bad("a: &x {b: 1}\nc:\n  <<: *x\n", "n:3:3: error: merge keys '<<' are not supported\n  <<: *x\n  ^~\nhint: ");
    tree("'<<': 1\n", "{<<=1}");
}

static void aliases_have_a_budget(void **state)
{
    (void)state;
    Text text = text_in(arena);
    text_add(&text, STR("- &a0 [x]\n"));
    for (int i = 1; i < 40; i++)
        text_add_format(&text, "- &a%d [*a%d, *a%d]\n", i, i - 1, i - 1);
    bad(str_terminated(arena, text_str(&text)), "n:16:9: error: aliases make this too large or too deep\n");
    assert_true(arena_used(arena) < (size_t)40 << 20);
    /* Deep by aliases alone. */
    text = text_in(arena);
    text_add(&text, STR("- &a0 [x]\n"));
    for (int i = 1; i < 200; i++)
        text_add_format(&text, "- &a%d [*a%d]\n", i, i - 1);
    bad(str_terminated(arena, text_str(&text)), "n:128:10: error: aliases make this too large or too deep\n");
}

static void refuses_duplicate_keys_with_both_places(void **state)
{
    (void)state;
    bad("a: 1\nb: 2\n'a': 3\n",
         "n:3:1: error: duplicate key 'a'\n'a': 3\n^~~\nn:1:1: note: it stands here already\na: 1\n^\n");
    Text text = text_in(arena);
    for (int i = 0; i < 1000; i++)
        text_add_format(&text, "k%d: 1\n", i);
    good(str_terminated(arena, text_str(&text)));
    text_add(&text, STR("k7: 2\nk999: 3\n"));
    bad(str_terminated(arena, text_str(&text)), "n:1001:1: error: duplicate key 'k7'\nk7: 2\n^~\nn:8:1: note:");
    assert_int_equal(diags_errors(diags), 2);
}

static void explains_tabs(void **state)
{
    (void)state;
    bad("a: 1\nb:\n\tc: 2\n", "n:3:1: error: a tab in the indentation\n        c: 2\n^~~~~~~~\nhint: ");
    bad("layers:\n  - a\n\t- b\n", "n:3:1: error: a tab in the indentation\n");
    bad("a:\n  b: 1\n \tc: 2\n", "n:3:2: error: a tab in the indentation\n");
    bad("- \tx: 1\n", "n:1:3: error: a tab where YAML allows only spaces\n");
    bad("a: |\n  x\n  \ty\nb: @\n", "n:4:4: error: a word cannot begin with '@'\n");
    tree("a: |\n  x\n  \ty\nb: [1,\n\t2]\n", "{a='x\n\ty\n' b=[1 2]}");
}

static void explains_quotes(void **state)
{
    (void)state;
    bad("a: 1\nname: \"abc\nb: 2\n", "n:2:7: error: this quote is never closed\nname: \"abc\n      ^\n");
    bad("name: 'abc\n", "n:1:7: error: this quote is never closed\n");
    bad("名前: 'x\n", "n:1:5: error: this quote is never closed\n名前: 'x\n      ^\n");
    bad("name: \"abc\nfoo: \"bar\"\n", "n:2:7: error: the text goes on after a closing quote\nfoo: \"bar\"\n      ^\n"
                                     "n:1:7: note: the quote that opens here closes only in line 2\n");
    bad("a: \"\\sigma\"\n", "n:1:5: error: unknown escape in a double-quoted text\na: \"\\sigma\"\n    ^~\nhint: ");
    bad("a: \"$\\xi$\"\n", "n:1:6: error: unknown escape in a double-quoted text\n");
}

static void warns_of_tex_in_double_quotes(void **state)
{
    (void)state;
    good("a: \"é $\\\\alpha \\beta$\"\nb: '$\\beta$'\nc: \"a\\nb\"\n");
    assert_true(str_equal(diags_text(diags),
                          STR("n:1:16: warning: '\\b' in double quotes is a control character, not TeX\n"
                              "a: \"é $\\\\alpha \\beta$\"\n               ^~\nhint: put TeX in single quotes\n")));
}

static void explains_missing_spaces(void **state)
{
    (void)state;
    bad("input:3x2\nlayers:\n  - a\n", "n:1:6: error: a space is missing after ':'\ninput:3x2\n     ^\n");
    bad("a: 1\ninput:3x2\nlayers:\n  - a\n", "n:2:6: error: a space is missing after ':'\n");
    bad("a: 1\nb:2\n", "n:2:2: error: a space is missing after ':'\n");
    bad("- conv:3\n  times: 2\n", "n:1:7: error: a space is missing after ':'\n");
    bad("a: {out:64, b: 2}\n", "n:1:8: error: a space is missing after ':'\na: {out:64, b: 2}\n       ^\n");
    bad("a:1\n", "n:1:2: error: a space is missing after ':'\n");
    tree("a: {b, http://x, \"c:1\"}\n", "{a={b=~ http://x=~ c:1=~}}");
    tree("- conv:3\n- 1:30\n", "[conv:3 1:30]");
}

static void explains_brackets(void **state)
{
    (void)state;
    bad("a: [1,2", "n:1:4: error: this '[' is never closed\na: [1,2\n   ^\n");
    bad("a: {b: [1, {c: 2}\n", "n:1:8: error: this '[' is never closed\n");
    bad("a: [1, 2\nb: 3\n",
         "n:2:2: error: no ':' can stand here\nb: 3\n ^\nhint: is a ',' or ']' missing before it?\nn:1:4: note:");
    bad("a: {b: [1,2}\n", "n:1:12: error: '}' where ']' should close\n");
    bad("a: [1]]\n", "n:1:7: error: this ']' closes nothing\n");
    bad("[a, , b]\n", "n:1:5: error: a value is missing before ','\n");
    bad("{\"a\": \"x\" \"b\": 2}\n", "n:1:11: error: expected ',' or '}'\n");
}

static void explains_structure(void **state)
{
    (void)state;
    bad("a:\n   b: 1\n  c: 2\n",
         "n:3:3: error: expected a key or the mapping's end\n  c: 2\n  ^\nhint: the indentation");
    bad("- a\n- b\nc: 1\n", "n:3:1: error: expected '-' or the list's end\n");
    bad("a: b: c\n", "n:1:5: error: no ':' can stand here\n");
    bad("a: - b\n", "n:1:4: error: no list can begin here\n");
    bad("a: 1\nb\n", "n:2:1: error: a ':' is missing after this key\n");
    bad(": 1\n", "n:1:1: error: a key is missing before ':'\n");
    bad("? [a]\n: b\n", "n:1:3: error: a key must be a word, not a list\n");
    bad("{{a: 1}: 2}\n", "n:1:2: error: a key must be a word, not a mapping\n");
    bad("a: 1\n---\nb: 2\n", "n:2:1: error: a second document begins here\n---\n^~~\nhint: ");
    bad("{\"a\":1}\n{\"b\":2}\n", "n:2:1: error: the text goes on after its end\n");
    bad("a: @x\n", "n:1:4: error: a word cannot begin with '@'\na: @x\n   ^\nhint: put the text in quotes\n");
    bad("a: * b\n", "n:1:4: error: a word cannot begin with '*'\n");
    bad("a: |x\n", "n:1:4: error: a word cannot begin with '|'\n");
    bad("a: 1\n%b: 2\n", "n:2:1: error: a word cannot begin with '%'\n%b: 2\n^\nhint: put the text in quotes\n");
    bad("a: !b!c d\n", "n:1:4: error: a word cannot begin with '!'\n");
    bad("a: b\n\tc\n", "n:2:1: error: a tab in the indentation\n");
    bad("a: !x b\n", "n:1:4: error: the tag '!x' is not supported\n");
}

static void refuses_what_is_no_text(void **state)
{
    (void)state;
    bad("a: 1\nname: caf\xE9\n",
         "n:2:10: error: byte 0xE9 is not UTF-8\nname: caf\\xE9\n         ^~~~\nhint: save the file");
    bad("a: \x1b[31m\n", "n:1:4: error: a control character (U+001B) is not allowed\n");
    diags = diags_new(arena);
    assert_null(read_bytes((Str){"a\0\x01\x02", 4}));
    assert_true(str_equal(diags_text(diags), STR("n: error: this is binary data, not text\n")));
    diags = diags_new(arena);
    assert_null(read_bytes((Str){"\xFF\xFE" "a\0", 4}));
    assert_true(str_starts(diags_text(diags), STR("n: error: the file is in UTF-16\nhint: ")));
}

static Str repeated(const char *piece, size_t times, const char *tail)
{
    Text text = text_in(arena);
    for (size_t i = 0; i < times; i++)
        text_add(&text, str_from(piece));
    text_add(&text, str_from(tail));
    return text_str(&text);
}

static void bounds_depth(void **state)
{
    (void)state;
    Str most = str_format(arena, "%.*s%.*s", STR_ARGS(repeated("[", 128, "")), STR_ARGS(repeated("]", 128, "")));
    good(most.at);
    static const char *const openings[] = {"[", "- ", "{\"a\":", "? ", "[{a: "};
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        diags = diags_new(arena);
        assert_null(read_bytes(repeated(openings[i], 300000, "")));
        assert_true(diags_errors(diags) > 0);
    }
    bad(str_terminated(arena, repeated("[", 1000, "")), "n:1:129: error: lists and mappings more than 128 deep\n");
}

static void bounds_keys(void **state)
{
    (void)state;
    Str key = repeated("k", 1022, "");
    good(str_format(arena, "{\"%.*s\": 1}", STR_ARGS(key)).at);
    good(str_format(arena, "%.*s: 1\n", STR_ARGS(key)).at);
    key = repeated("k", 1025, "");
    bad(str_format(arena, "{\"%.*s\": 1}", STR_ARGS(key)).at, "n:1:2: error: a key of more than 1022 characters\n");
    bad(str_format(arena, "a: 1\n%.*s: 1\n", STR_ARGS(key)).at, "n:2:1: error: a key of more than 1022 characters\n");
    bad(str_format(arena, "%.*s: 1\n", STR_ARGS(key)).at, "n:1:1: error: a key of more than 1022 characters\n");
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Generous, for slow machines and sanitizers; a quadratic reader would take hours. */
static void time_is_linear(void **state)
{
    (void)state;
    static const struct {
        const char *head, *piece, *tail;
        size_t times;
    } cases[] = {
        {"[", "{\"class\": \"Conv2D\", \"config\": {\"filters\": 64}},\n", "{}]", 100000},
        {"[", "{\"class\": \"Conv2D\", \"config\": {\"filters\": 64}},", "{}]", 100000},
        {"a: \"", "x\\ud83d\\udcaf", "\"", 400000},
        {"", "%TAG !a! x\n", "---\na", 400000},
        {"[&a 1, ", "*a, ", "b]", 90000},
        {"", "a: 1\n", "", 900000},
        {"a: |\n", " x\n", "", 1600000},
        {"a: '", "x\n", "'", 1600000},
        {"a: \"$", "\\\\x", "\"", 1600000},
    };
    end(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(NULL);
        double start = seconds();
        Str body = repeated(cases[i].piece, cases[i].times, cases[i].tail);
        read_bytes(str_format(arena, "%s%.*s", cases[i].head, STR_ARGS(body)));
        assert_true(seconds() - start < 60);
        end(NULL);
    }
    begin(NULL);
}

/* Under valgrind and AddressSanitizer this shows that libyaml's memory is given back. */
static void gives_back_memory_when_the_arena_is_used_up(void **state)
{
    (void)state;
    Str text = repeated("- {a: 1, b: [2, 'x']}\n", 300, "");
    Source source = {.name = STR("n"), .bytes = text, .is_text = true};
    int jumps = 0;
    for (size_t limit = 30000; limit < 300000; limit += 7001) {
        Arena *volatile small = arena_new(limit);
        jmp_buf escape;
        arena_on_exhaustion(small, &escape);
        if (setjmp(escape))
            jumps++;
        else
            yaml_read(small, diags_new(small), &source);
        assert_ptr_equal(arena_on_exhaustion(small, NULL), &escape);
        arena_free(small);
    }
    assert_int_equal(jumps, 39);
}

/* Every beginning of a text is read without a fault, and a refusal always says something. */
static void survives_every_cut(void **state)
{
    (void)state;
    static const char text[] = "%YAML 1.1\n---\na: &x [1, {b: \"\\ud83d\\udcaf $\\beta$\", 'c': !!str 2}, *x]\n"
                               "? d\n: |2-\n   e\nf: >\n g\n\n  h\n'ü': ~\n<<: *x\n\"i\\u00e4\": {j:1, k}\n- l\n\tm\n";
    end(NULL);
    for (size_t size = 0; size < sizeof text; size++)
        for (size_t from = 0; from < size; from += 3) {
            begin(NULL);
            Value *value = read_bytes((Str){text + from, size - from});
            assert_true(value || diags_errors(diags) > 0);
            end(NULL);
        }
    begin(NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(reads_specs),
        TEST(reads_scalars),
        TEST(an_empty_source_is_nothing),
        TEST(reads_json),
        TEST(joins_surrogate_pairs),
        TEST(places_count_characters),
        TEST(expands_aliases),
        TEST(aliases_have_a_budget),
        TEST(refuses_duplicate_keys_with_both_places),
        TEST(explains_tabs),
        TEST(explains_quotes),
        TEST(warns_of_tex_in_double_quotes),
        TEST(explains_missing_spaces),
        TEST(explains_brackets),
        TEST(explains_structure),
        TEST(refuses_what_is_no_text),
        TEST(bounds_depth),
        TEST(bounds_keys),
        TEST(time_is_linear),
        TEST(gives_back_memory_when_the_arena_is_used_up),
        TEST(survives_every_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
