/* SPDX-License-Identifier: MIT */
/* Graphs: order, users, paths, and the invariants that are checked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "op/op.h"

static int setup(void **state)
{
    Arena *arena = arena_new(256u << 20);
    *state = graph_new(arena, NULL);
    return 0;
}

static int teardown(void **state)
{
    arena_free(((Graph *)*state)->arena);
    return 0;
}

static Layer *add(Graph *graph, const char *name)
{
    return graph_add_layer(graph, graph->root, op_custom(), op_custom()->attr_count, str_from(name));
}

static void reads(Graph *graph, Layer *layer, Layer *a, Layer *b)
{
    Port ports[] = {{a, 0}, {b, 0}};
    graph_set_inputs(graph, layer, ports, b ? 2 : 1);
}

static void test_an_order_that_is_one_is_kept(void **state)
{
    Graph *graph = *state;
    Layer *a = add(graph, "a"), *b = add(graph, "b"), *c = add(graph, "c"), *on_it = NULL;
    reads(graph, c, a, NULL);
    assert_true(graph_sort(graph, &on_it));
    assert_ptr_equal(graph->layers[0], a);
    assert_ptr_equal(graph->layers[1], b);
    assert_ptr_equal(graph->layers[2], c);
    assert_null(graph_check(graph));
}

static void test_inputs_move_before_their_readers(void **state)
{
    Graph *graph = *state;
    Layer *c = add(graph, "c"), *a = add(graph, "a"), *b = add(graph, "b"), *on_it = NULL;
    reads(graph, c, a, b);
    reads(graph, b, a, NULL);
    assert_non_null(graph_check(graph));
    assert_true(graph_sort(graph, &on_it));
    assert_ptr_equal(graph->layers[0], a);
    assert_ptr_equal(graph->layers[1], b);
    assert_ptr_equal(graph->layers[2], c);
    assert_int_equal(c->index, 2);
    assert_null(graph_check(graph));
}

static void test_a_circle_is_found(void **state)
{
    Graph *graph = *state;
    Layer *a = add(graph, "a"), *b = add(graph, "b"), *c = add(graph, "c"), *on_it = NULL;
    reads(graph, b, a, c);
    reads(graph, c, b, NULL);
    assert_false(graph_sort(graph, &on_it));
    assert_true(on_it == b || on_it == c);
}

static void test_long_chains_need_no_stack(void **state)
{
    Graph *graph = *state;
    enum { LONG = 200000 };
    Layer *before = NULL, *on_it = NULL;
    for (uint32_t i = 0; i < LONG; i++)
        add(graph, "layer");
    for (uint32_t i = LONG; i-- > 0; before = graph->layers[i])
        if (before)
            reads(graph, graph->layers[i], before, NULL);
    Layer *last = graph->layers[LONG - 1];
    assert_true(graph_sort(graph, &on_it));
    assert_ptr_equal(graph->layers[0], last);
}

static void test_users_stand_in_order(void **state)
{
    Graph *graph = *state;
    Layer *a = add(graph, "a"), *b = add(graph, "b"), *c = add(graph, "c");
    reads(graph, b, a, NULL);
    reads(graph, c, a, b);
    Users users = graph_users(graph->arena, graph);
    assert_int_equal(users.first[1] - users.first[0], 2);
    assert_ptr_equal(users.list[users.first[0]], b);
    assert_ptr_equal(users.list[users.first[0] + 1], c);
    assert_int_equal(users.first[3], 3);
    assert_int_equal(users.first[3] - users.first[2], 0);
}

static void test_an_input_that_is_left_out(void **state)
{
    Graph *graph = *state;
    Layer *a = add(graph, "a"), *b = add(graph, "b"), *on_it = NULL;
    Port ports[] = {{a, 0}, {NULL, 0}};
    graph_set_inputs(graph, b, ports, 2);
    assert_true(graph_sort(graph, &on_it));
    assert_int_equal(graph_users(graph->arena, graph).first[2], 1);
    assert_null(graph_check(graph));
}

static void test_paths(void **state)
{
    Graph *graph = *state;
    Scope *outer = graph_add_scope(graph, graph->root, SCOPE_GROUP, STR("outer"));
    Scope *nameless = graph_add_scope(graph, outer, SCOPE_RESIDUAL, (Str){0});
    Scope *inner = graph_add_scope(graph, nameless, SCOPE_BLOCK, STR("inner"));
    Layer *layer = graph_add_layer(graph, inner, op_custom(), 0, STR("conv1"));
    assert_true(str_equal(layer->path, STR("outer/inner/conv1")));
    assert_int_equal(inner->depth, 3);
    assert_ptr_equal(graph->root->first, outer);
    assert_null(graph_check(graph));
}

static void test_breaches_are_found(void **state)
{
    Graph *graph = *state;
    Layer *a = add(graph, "a"), *b = add(graph, "b");
    reads(graph, b, a, NULL);
    b->inputs[0].output = 1;
    assert_non_null(graph_check(graph));
    b->inputs[0].output = 0;
    assert_null(graph_check(graph));
    graph_name_layer(graph, b, STR("a"));
    assert_non_null(graph_check(graph));
    graph_name_layer(graph, b, STR("b"));
    graph->root->run_count = 2;
    assert_non_null(graph_check(graph));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_order_that_is_one_is_kept), TEST(test_inputs_move_before_their_readers),
        TEST(test_a_circle_is_found),            TEST(test_long_chains_need_no_stack),
        TEST(test_users_stand_in_order),         TEST(test_an_input_that_is_left_out),
        TEST(test_paths),                        TEST(test_breaches_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
