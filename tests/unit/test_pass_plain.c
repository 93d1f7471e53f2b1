/* SPDX-License-Identifier: MIT */
/* How a model file's network becomes one that a spec can say. */
#include "made_graph.h"

#include "emit/emit.h"

/* The plain network: a line a layer, with its shape and what it reads. */
static const char *plain_text(Made *made)
{
    made_infer(made);
    made->graph->imported = true;
    const Graph *graph = pass_plain(made->arena, pass_digest(made->arena, made->graph));
    assert_null(graph_check(graph));
    Text text = text_in(made->arena);
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        const Layer *layer = graph->layers[i];
        text_add_format(&text, "%s%.*s %s %.*s", i ? "\n" : "", STR_ARGS(layer->scope->path), layer->op->name,
                        STR_ARGS(shape_text(made->arena, layer->outputs[0], "x")));
        for (uint32_t k = 0; k < layer->input_count; k++)
            text_add_format(&text, "%s%u", k ? "," : " < ", layer->inputs[k].layer->index);
    }
    return str_terminated(made->arena, text_str(&text));
}

static void a_chain_of_concats_is_nested(void **state)
{
    Made *made = *state;
    Scope *one = graph_add_scope(made->graph, made->graph->root, SCOPE_GROUP, STR("one"));
    Scope *two = graph_add_scope(made->graph, made->graph->root, SCOPE_GROUP, STR("two"));
    Layer *x = made_input(made, "x", "4x8x8"), *a = made_conv(made, one, "a2", 3, 2, 1, made_conv(made, one, "a1", 1, 2, 1, x));
    Layer *b = made_conv(made, two, "b", 3, 2, 1, made_layer(made, two, "concat", "c", 2, x, a));
    made_layer(made, NULL, "relu", "r", 1, made_layer(made, NULL, "concat", "d", 3, x, a, b));
    assert_string_equal(plain_text(made), " input 4x8x8\none conv 2x8x8 < 0\none conv 2x8x8 < 1\none concat 6x8x8 < 0,2\n"
                                          "two conv 2x8x8 < 3\ntwo concat 8x8x8 < 3,4\n relu 8x8x8 < 5");
}

static void other_concats_stay_as_they_are(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "x", "4x8x8"), *a = made_conv(made, NULL, "a", 3, 2, 1, x);
    made_layer(made, NULL, "concat", "c", 2, a, x);
    made_layer(made, NULL, "concat", "d", 3, x, a, x);
    assert_string_equal(plain_text(made), " input 4x8x8\n conv 2x8x8 < 0\n concat 6x8x8 < 1,0\n concat 10x8x8 < 0,1,0");
}

/* Whichever of the two is joined first, the layers of a dense block are residuals. */
static void a_dense_block_is_a_run_of_residuals(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "x", "4x8x8"), *joined = x, *parts[4] = {x};
    for (int i = 1; i < 4; i++) {
        Scope *scope = graph_add_scope(made->graph, made->graph->root, SCOPE_GROUP, str_format(made->arena, "join%d", i));
        joined = i == 1 ? x : made_layer(made, scope, "concat", i == 2 ? "c" : "d", i, parts[0], parts[1], parts[2]);
        parts[i] = made_conv(made, scope, "b", 3, 2, 1, made_conv(made, scope, "a", 1, 8, 1, joined));
    }
    made_layer(made, NULL, "relu", "r", 1, made_layer(made, NULL, "concat", "e", 4, parts[0], parts[1], parts[2], parts[3]));
    made_infer(made);
    made->graph->imported = true;
    const char *spec = str_terminated(made->arena, emit_spec(made->arena, pass_plain(made->arena, pass_digest(made->arena, made->graph)), true, NULL, 0));
    assert_string_equal(strstr(spec, "blocks:"), "blocks:\n  join:\n    - residual:\n        - 1x1 conv, 8\n        - 3x3 conv, 2\n"
                                                 "      merge: concat\nlayers:\n  - join:\n    times: 3\n  - relu\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {MADE_TEST(a_chain_of_concats_is_nested), MADE_TEST(other_concats_stay_as_they_are),
                                       MADE_TEST(a_dense_block_is_a_run_of_residuals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
