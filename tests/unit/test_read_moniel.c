/* SPDX-License-Identifier: MIT */
/* Tests of the Moniel reader: a whole table, names of types, what feeds what, and what is said about slips. */
#include "read_net.h"

static void a_whole_net(void **state)
{
    (void)state;
    table_is("moniel", "tests/models/moniel/small.mon", "tests/models/moniel/small.tsv");
    survives_cuts("moniel", "tests/models/moniel/small.mon");
}

static void is_known_by_its_suffix(void **state)
{
    (void)state;
    netikz *run = netikz_new();
    netikz_text bytes = {"a:Input -> ReLU", 15}, table = {"", 0};
    assert_int_equal(netikz_read_bytes(run, "net.mon", bytes, NULL), NETIKZ_DONE);
    assert_int_equal(netikz_summary(run, "tsv", &table), NETIKZ_DONE);
    assert_non_null(strstr(table.at, "ReLU\trelu\t?\t0\t0\n"));
    netikz_free(run);
}

static void names_of_types(void **state)
{
    (void)state;
    net_says("moniel", "Input -> RLU", "RLU\trelu\t?\t0\t0\n");
    net_says("moniel", "In -> LRN -> c:Conv -> My", "In\tinput\t?\t0\t0\nLRN\tlrn\t?\t0\t0\nc\tConvolution\t?\t?\t?\nMy\tMy\t?\t?\t?\n");
    net_says("moniel", "+ConvLayer{i:Input->R->o:Output} x:In->y:CL->z:CoLay", "z/o\tOutput\t?\t0\t0\n");
    /* the file's own before known ones, whole names before short ones */
    net_says("moniel", "+ReLU{a:Input->My->b:Output} x:In->y:ReLU", "y/My\tMy\t?\t?\t?\n");
    net_says("moniel", "+AB{A} +AlphaBeta{B} x:AB", "x/A\tA\t?");
    net_says("moniel", "x:ReLU(a, \"(\"\n   b)", "x\tRectifiedLinearUnit(a, \"(\" b)\t?\t?\t?\n");
    /* more inputs than the operation takes */
    net_says("moniel", "[a:In, b:In] -> r:ReLU", "r\tRectifiedLinearUnit\t?\t?\t?\n");
    net_says("moniel", "ReLU ReLU:X ReLU", "ReLU.2\tX\t");
}

static void what_feeds_what(void **state)
{
    (void)state;
    net_says("moniel", "+T{a:Input b:Input [a,b]->Add->c:Output} [x:In y:In] -> t:T // end", "t/Add\tadd\t?\t0\t0\n");
    net_says("moniel", "+T{a:Input->b:Output} x:In->t:T t/b->Add t/a->Add", "Add.2\tAdd\t");
    net_says("moniel", "x:In->{i:In->{x->Abc}->Out}", "error: the scope has no Input inside");
    net_says("moniel", "x:In->g:{i:In->Out {x->Abc}}->End", "Abc\tAbc\t");
    net_says("moniel", "+T{i:In->o:Out} x:In->t:T->Fin", "t/o\tOutput\t?\t0\t0\nFin\tFin\t?\t?\t?\n");
}

static void explains_slips(void **state)
{
    (void)state;
    net_says("moniel", "", "n: error: the network has no nodes");
    net_says("moniel", "+A{In->A->Out}\nx:In -> A", "n:1:8: error: `A` holds itself");
    net_says("moniel", "+A{B} +B{A} A", "n:1:10: error: `A` holds itself");
    net_says("moniel", "+A{} A", "n:1:2: error: there is nothing to draw inside of this scope");
    net_says("moniel", "+A{X} +A{Y}", "n:1:8: error: this type is defined twice");
    net_says("moniel", "+AbCd{X} +AxCy{Y} x:AC", "n:1:19: error: `AC` is short for both `AbCd` and `AxCy`");
    net_says("moniel", "image:In -> imagee", "n:1:13: error: there is no instance `imagee` above");
    net_says("moniel", "image:In -> x\nimagee -> X", "hint: `x:Type` makes one; types begin with a capital");
    net_says("moniel", "image:In\nimagee -> X", "hint: did you mean `image`?");
    net_says("moniel", "a:In -> a/b", "n:1:9: error: there is no instance `a/b` above");
    net_says("moniel", "a:In\n  a:In", "n:2:3: error: `a` is here already");
    net_says("moniel", "[A,B] -> [C,D,E]", "n:1:10: error: 2 outputs cannot feed 3 inputs");
    net_says("moniel", "{X} -> Y", "n:1:1: error: the scope has no Output inside");
    net_says("moniel", "a:X b:X a -> b -> a", "error: the layers run in a circle through `a`");
    net_says("moniel", "é:X -> ]", "n:1:8: error: an instance, a type, `[` or `{` is missing here");
    net_says("moniel", "a:", "error: behind `:` stands a type or a scope `{…}`");
    net_says("moniel", "a/b:X", "n:1:1: error: a new instance has a name without `/`");
    net_says("moniel", "A }", "n:1:3: error: this `}` closes nothing");
    net_says("moniel", "A { B", "n:1:3: error: this scope has no end: a `}` is missing");
    net_says("moniel", "A [ B", "n:1:3: error: this list has no end: a `]` is missing");
    net_says("moniel", "A [] B", "n:1:3: error: this list is empty");
    net_says("moniel", "A (b", "n:1:3: error: this `(` has no end: a `)` is missing");
    net_says("moniel", "+A B", "n:1:4: error: a definition has a body");
    net_says("moniel", "+{", "n:1:2: error: behind `+` stands the name of a new type");
}

/* A box of a spec reads what stands before it, so one that reads nothing says so. */
static void unfed_boxes_say_so_in_a_spec(void **state)
{
    (void)state;
    netikz *run = netikz_new();
    netikz_text bytes = {"a:In w:Tensor [a, w] -> My", 26}, spec = {"", 0};
    assert_int_equal(netikz_read_bytes(run, "net.mon", bytes, NULL), NETIKZ_DONE);
    assert_int_equal(netikz_convert(run, &spec), NETIKZ_DONE);
    assert_non_null(strstr(spec.at, "  - custom: Tensor\n    from: []\n    style: data\n  - custom: My\n    from: [a, previous]\n"));
    netikz_free(run);
}

/* Each type holds the one before twice. */
static void doubling_is_bounded(void **state)
{
    (void)state;
    char text[2048] = "+T0{X}", *end = text + strlen(text);
    for (int i = 1; i < 40; i++)
        end += snprintf(end, (size_t)(text + sizeof text - end), "+T%d{T%d T%d}", i, i - 1, i - 1);
    snprintf(end, (size_t)(text + sizeof text - end), " T39");
    clock_t start = clock();
    net_says("moniel", text, "error: the network is too large once its types are written out");
    assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
}

static void time_is_bounded(void **state)
{
    (void)state;
    assert_true(seconds_to_read("moniel", "", "{", 50000, "") < 2);
    assert_true(seconds_to_read("moniel", "", "[", 50000, "") < 2);
    assert_true(seconds_to_read("moniel", "", "(", 50000, "") < 2);
    assert_true(seconds_to_read("moniel", "A", "->A", 40000, "") < 2);
    assert_true(seconds_to_read("moniel", "a:X", " a", 600000, "") < 2);
    assert_true(seconds_to_read("moniel", "[", "A ", 20000, "]->[B C D]") < 2);
    assert_true(seconds_to_read("moniel", "+A{X ", "{Y} ", 500, "} A A A A A A A A A") < 2);
    assert_true(seconds_to_read("moniel", "a:X", "/a", 50000, "") < 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_net),
        cmocka_unit_test(is_known_by_its_suffix),
        cmocka_unit_test(names_of_types),
        cmocka_unit_test(what_feeds_what),
        cmocka_unit_test(explains_slips),
        cmocka_unit_test(unfed_boxes_say_so_in_a_spec),
        cmocka_unit_test(doubling_is_bounded),
        cmocka_unit_test(time_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
