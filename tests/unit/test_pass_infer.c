/* SPDX-License-Identifier: MIT */
/* Order, input counts, shapes: what is computed, and what is reported where. */
#include "made_graph.h"

#include "op/totals.h"

static const char *reported(Made *made)
{
    return str_terminated(made->arena, diags_text(made->diags));
}

static void assert_reported(Made *made, const char *part)
{
    if (!strstr(reported(made), part))
        fail_msg("`%s` was not reported, but:\n%s", part, reported(made));
}

static void test_layers_are_ordered(void **state)
{
    Made *made = *state;
    Layer *late = made_layer(made, NULL, "relu", "late", 0);
    Layer *input = made_input(made, "input", "8");
    graph_set_inputs(made->graph, late, &(Port){input, 0}, 1);
    made_infer(made);
    assert_ptr_equal(made->graph->layers[0], input);
    assert_int_equal(made->graph->output_count, 1);
    assert_ptr_equal(made->graph->outputs[0].layer, late);
}

static void test_a_circle_is_an_error(void **state)
{
    Made *made = *state;
    Layer *a = made_layer(made, NULL, "relu", "a", 0);
    Layer *b = made_layer(made, NULL, "relu", "b", 1, a);
    graph_set_inputs(made->graph, a, &(Port){b, 0}, 1);
    assert_false(pass_validate(made->graph, made->diags));
    assert_reported(made, "the layers run in a circle through `");
}

static void test_too_few_and_too_many_inputs(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "input", "8");
    made_layer(made, NULL, "add", "lonely", 1, x);
    made_layer(made, NULL, "relu", "crowded", 2, x, x);
    made_layer(made, NULL, "relu", "empty", 0);
    assert_false(pass_validate(made->graph, made->diags));
    assert_reported(made, "test.yaml:2:1: error: `add` needs at least 2 inputs, and `lonely` has 1");
    assert_reported(made, "test.yaml:3:1: error: `relu` needs 1 input, and `crowded` has 2");
    assert_reported(made, "test.yaml:4:1: error: `relu` needs 1 input, and `empty` has 0");
    assert_int_equal(diags_errors(made->diags), 3);
}

static void test_a_mismatch_names_both_shapes_and_their_places(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "input", "3x32x32");
    Layer *a = made_conv(made, NULL, "a", 3, 8, 1, x);
    Layer *b = made_conv(made, NULL, "b", 3, 16, 2, x);
    Layer *sum = made_layer(made, NULL, "add", "sum", 2, a, b);
    made_layer(made, NULL, "relu", "relu", 1, sum);
    assert_true(pass_validate(made->graph, made->diags));
    assert_false(pass_infer(made->graph, made->diags));
    assert_reported(made, "test.yaml:4:1: error: ");
    assert_reported(made, "test.yaml:2:1: note: `a` gives 8x32x32");
    assert_reported(made, "test.yaml:3:1: note: `b` gives 16x16x16");
    assert_int_equal(diags_errors(made->diags), 1);
}

static void test_a_layer_that_nobody_reads(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "input", "3x32x32");
    Layer *a = made_conv(made, NULL, "a", 3, 8, 1, x);
    made_conv(made, NULL, "b", 3, 8, 1, x);
    made->graph->outputs = ARENA_NEW(made->arena, Port);
    made->graph->outputs[0] = (Port){a, 0};
    made->graph->output_count = 1;
    assert_true(pass_validate(made->graph, made->diags));
    assert_reported(made, "test.yaml:3:1: warning: nothing reads `b`");
}

static void test_an_input_that_nobody_reads(void **state)
{
    Made *made = *state;
    made_conv(made, NULL, "a", 3, 8, 1, made_input(made, "x", "3x32x32"));
    made_input(made, "y", "3x32x32");
    assert_true(pass_validate(made->graph, made->diags));
    assert_reported(made, "test.yaml:3:1: warning: nothing reads `y`");
    assert_int_equal(made->graph->output_count, 1);
}

/* Depth is the longest path with weights: the projection beside it does not count. */
static void test_totals(void **state)
{
    Made *made = *state;
    Layer *x = made_conv(made, NULL, "a", 3, 8, 1, made_input(made, "input", "3x32x32"));
    Layer *body = made_conv(made, NULL, "c", 3, 16, 1, made_conv(made, NULL, "b", 3, 16, 1, x));
    Layer *skip = made_conv(made, NULL, "p", 1, 16, 1, x);
    made_layer(made, NULL, "add", "sum", 2, body, skip);
    made_infer(made);
    Totals totals = totals_of(made->graph);
    assert_int_equal(totals.weighted_layers, 3);
    assert_true(dim_is(totals.params, (3 * 9 + 1) * 8 + (8 * 9 + 1) * 16 + (16 * 9 + 1) * 16 + 9 * 16));
    assert_true(dim_is(totals.macs, 1024 * (3 * 9 * 8 + 8 * 9 * 16 + 16 * 9 * 16 + 8 * 16)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MADE_TEST(test_layers_are_ordered),
        MADE_TEST(test_a_circle_is_an_error),
        MADE_TEST(test_too_few_and_too_many_inputs),
        MADE_TEST(test_a_mismatch_names_both_shapes_and_their_places),
        MADE_TEST(test_a_layer_that_nobody_reads),
        MADE_TEST(test_an_input_that_nobody_reads),
        MADE_TEST(test_totals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
