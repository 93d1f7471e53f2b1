/* SPDX-License-Identifier: MIT */
/* Tests of the Graphviz reader: a whole table, statements of the language, and what is said about slips. */
#include "read_net.h"

#define END "total\t-\t-\t?\t?\n"

static void a_whole_graph(void **state)
{
    (void)state;
    table_is("graphviz", "tests/models/graphviz/small.dot", "tests/models/graphviz/small.tsv");
    table_is(NULL, "tests/models/graphviz/small.dot", "tests/models/graphviz/small.tsv");
    survives_cuts("graphviz", "tests/models/graphviz/small.dot");
}

static void statements(void **state)
{
    (void)state;
    net_says(NULL, "strict digraph g{a->{b c}->d}", "a\ta\t?\t?\t?\nb\tb\t?\t?\t?\nc\tc\t?\t?\t?\nd\td\t?\t?\t?\n" END);
    net_says("graphviz", "# x\n// y\n/* z\n*/ graph { a:p:n -- \"b\" + \"c\" [label=e]; }", "a\ta\t?\t?\t?\nbc\tbc\t?\t?\t?\n" END);
    net_says("graphviz", "digraph{label; label=\"x\"; a=1}", "label\tlabel\t?\t?\t?\n" END);
    net_says("graphviz", "digraph{a [label=\"relu\\n8x8\"]}", "a\trelu\t8x8\t0\t0\n");
    net_says("graphviz", "digraph{a [label=\"Conv2D, 8\\lx\"]}", "a\tConv2D, 8 x\t?\t?\t?\n");
    net_says("graphviz", "digraph{node [shape=record] a [label=\"{<p> n: T|{input:|{(None, 4)|(2, 5)}}}\"]}", "a\tn: T\t2x5\t");
    net_says("graphviz", "digraph{a [label=<<b>B</b><i>C</i>>]}", "a\tB C\t?\t");
    net_says("graphviz", "digraph{a [label=\"is \\N\"]}", "a\tis a\t?\t");
}

static void explains_slips(void **state)
{
    (void)state;
    net_says("graphviz", "digraph{a->b->a}", "n:1:9: error: the layers run in a circle through `a`");
    net_says("graphviz", "digraph{}", "n: error: the graph has no nodes");
    net_says("graphviz", "net{}", "n:1:1: error: a file of Graphviz begins with `digraph` or `graph`");
    net_says("graphviz", "digraph{a", "error: the graph has no end: a `}` is missing");
    net_says("graphviz", "digraph{a [b=}", "n:1:14: error: a name is missing here");
    net_says("graphviz", "digraph{a \"b}", "n:1:11: error: a text in quotes has no end");
    net_says("graphviz", "digraph{a -> ; }", "n:1:14: error: a name is missing here");
}

static void time_is_bounded(void **state)
{
    (void)state;
    assert_true(seconds_to_read("graphviz", "digraph{", "{", 50000, "") < 2);
    assert_true(seconds_to_read("graphviz", "digraph{{", "a b c d ", 20000, "}->{e f g h}}") < 2);
    assert_true(seconds_to_read("graphviz", "digraph{a", "->a", 100000, "}") < 2);
    assert_true(seconds_to_read("graphviz", "digraph{a [label=\"", "conv ", 50000, "\"]}") < 2);
    assert_true(seconds_to_read("graphviz", "digraph{a [label=", "\"b\"+", 100000, "\"c\"]}") < 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_graph),
        cmocka_unit_test(statements),
        cmocka_unit_test(explains_slips),
        cmocka_unit_test(time_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
