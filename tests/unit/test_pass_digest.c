/* SPDX-License-Identifier: MIT */
/* What a person would call what exporters write out: operations, attention, stages; and that nothing is lost on the way. */
#include "made_graph.h"

#include "netikz.h"
#include "op/totals.h"

/* As readers of model files leave a graph: all is known, constants are no inputs. */
static void settle(Made *made)
{
    bool ok;
    made->graph->imported = true;
    assert_true(pass_validate(made->graph, made->diags));
    for (uint32_t i = 0; i < made->graph->layer_count; i++) {
        Layer *layer = made->graph->layers[i];
        bool trained = layer->op->style == STYLE_NORM || layer->op->style == STYLE_DENSE;
        layer->params = dim_int(trained ? 8 : 0);
        layer->macs = dim_int(0);
        layer->outputs[0] = shape_parse(made->arena, STR("7x8"), &ok);
    }
}

static const Graph *digest(Made *made)
{
    settle(made);
    const Graph *graph = pass_digest(made->arena, made->graph);
    assert_null(graph_check(graph));
    assert_true(dim_equal(totals_of(graph).params, totals_of(made->graph).params));
    assert_true(dim_equal(totals_of(graph).macs, totals_of(made->graph).macs));
    return graph;
}

/* The operations in order. */
static const char *operations(Made *made)
{
    const Graph *graph = digest(made);
    Text text = text_in(made->arena);
    for (uint32_t i = 0; i < graph->layer_count; i++)
        text_add_format(&text, "%s%s", i ? " " : "", graph->layers[i]->op->name);
    return str_terminated(made->arena, text_str(&text));
}

static void gelu_with_the_error_function(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "x", "7x8"), *scaled = made_layer(made, NULL, "div", "a", 1, x);
    Layer *shifted = made_layer(made, NULL, "add", "c", 1, made_layer(made, NULL, "erf", "b", 1, scaled));
    Layer *product = made_layer(made, NULL, "mul", "d", 2, x, shifted);
    made_layer(made, NULL, "linear", "fc", 1, made_layer(made, NULL, "mul", "e", 1, product));
    assert_string_equal(operations(made), "input gelu linear");
}

static void gelu_with_the_hyperbolic_tangent(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "x", "7x8"), *cube = made_layer(made, NULL, "pow", "a", 1, x);
    Layer *sum = made_layer(made, NULL, "add", "c", 2, x, made_layer(made, NULL, "mul", "b", 1, cube));
    Layer *tanh = made_layer(made, NULL, "tanh", "e", 1, made_layer(made, NULL, "mul", "d", 1, sum));
    Layer *half = made_layer(made, NULL, "mul", "f", 1, x);
    made_layer(made, NULL, "mul", "h", 2, half, made_layer(made, NULL, "add", "g", 1, tanh));
    assert_string_equal(operations(made), "input gelu");
}

static void silu_is_not_gelu(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "x", "7x8");
    Layer *silu = made_layer(made, NULL, "mul", "b", 2, x, made_layer(made, NULL, "sigmoid", "a", 1, x));
    Layer *quick = made_layer(made, NULL, "sigmoid", "d", 1, made_layer(made, NULL, "mul", "c", 1, silu));
    made_layer(made, NULL, "mul", "e", 2, silu, quick);
    assert_string_equal(operations(made), "input silu gelu");
}

static void hard_swish_in_pieces(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "x", "7x8"), *moved = made_layer(made, NULL, "add", "a", 1, x);
    Layer *product = made_layer(made, NULL, "mul", "c", 2, x, made_layer(made, NULL, "clip", "b", 1, moved));
    made_layer(made, NULL, "div", "d", 1, product);
    assert_string_equal(operations(made), "input hard_swish");
}

static Layer *layer_norm(Made *made, Layer *x)
{
    Layer *centred = made_layer(made, NULL, "sub", "b", 2, x, made_layer(made, NULL, "reduce_mean", "a", 1, x));
    Layer *variance = made_layer(made, NULL, "reduce_mean", "d", 1, made_layer(made, NULL, "pow", "c", 1, centred));
    Layer *root = made_layer(made, NULL, "sqrt", "f", 1, made_layer(made, NULL, "add", "e", 1, variance));
    Layer *scale = made_layer(made, NULL, "scale", "h", 1, made_layer(made, NULL, "div", "g", 2, centred, root));
    return made_layer(made, NULL, "bias", "i", 1, scale);
}

static void layer_norm_with_scale_and_shift(void **state)
{
    Made *made = *state;
    layer_norm(made, made_input(made, "x", "7x8"));
    const Graph *graph = digest(made);
    assert_int_equal(graph->layer_count, 2);
    assert_string_equal(graph->layers[1]->op->name, "ln");
    assert_true(dim_is(graph->layers[1]->params, 16));
}

/* What something else reads is not the inside of an operation. */
static void what_is_read_elsewhere_stays(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "x", "7x8"), *sigmoid = made_layer(made, NULL, "sigmoid", "a", 1, x);
    made_layer(made, NULL, "mul", "b", 2, x, sigmoid);
    made_layer(made, NULL, "linear", "fc", 1, sigmoid);
    assert_string_equal(operations(made), "input sigmoid mul linear");
}

static void root_mean_square_and_softmax(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "x", "7x8");
    Layer *mean = made_layer(made, NULL, "reduce_mean", "b", 1, made_layer(made, NULL, "mul", "a", 2, x, x));
    Layer *inverse = made_layer(made, NULL, "rsqrt", "d", 1, made_layer(made, NULL, "add", "c", 1, mean));
    Layer *norm = made_layer(made, NULL, "scale", "f", 1, made_layer(made, NULL, "mul", "e", 2, x, inverse));
    Layer *least = made_layer(made, NULL, "reduce_max", "g", 1, norm);
    Layer *power = made_layer(made, NULL, "exp", "i", 1, made_layer(made, NULL, "sub", "h", 2, norm, least));
    made_layer(made, NULL, "div", "k", 2, power, made_layer(made, NULL, "reduce_sum", "j", 1, power));
    assert_string_equal(operations(made), "input rmsnorm softmax");
}

static void windows_that_are_moved_and_moved_back(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "x", "7x8"), *moved = made_layer(made, NULL, "roll", "a", 1, x);
    Layer *form = made_layer(made, NULL, "reshape", "b", 1, moved);
    Layer *attention = made_set(made, made_layer(made, NULL, "attention", "c", 1, form), "heads", 4);
    made_layer(made, NULL, "roll", "d", 1, attention);
    const Graph *graph = digest(made);
    assert_int_equal(graph->layer_count, 2);
    assert_string_equal(graph->layers[1]->op->name, "attention");
    assert_true(dim_is(attr_int(made->arena, graph->layers[1], "heads"), 4));
    assert_true(attr_bool(graph->layers[1], "shifted"));
}

/* The code of the figure of a file that torch exported. */
static const char *figure_of(Made *made, const char *name, netikz *run)
{
    netikz_text code = {0};
    Str path = str_format(made->arena, "tests/models/onnx/%s.onnx", name);
    assert_int_equal(netikz_read(run, str_terminated(made->arena, path), NULL), NETIKZ_DONE);
    assert_int_equal(netikz_draw(run, false, &code), NETIKZ_DONE);
    return code.at;
}

static uint32_t count_of(const char *text, const char *part)
{
    uint32_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

static void an_encoder_is_one_layer_three_times(void **state)
{
    netikz *run = netikz_new();
    const char *code = figure_of(*state, "encoder", run);
    assert_int_equal(count_of(code, "{multi-head attention, 2 heads}"), 1);
    assert_int_equal(count_of(code, "{layer norm}"), 2);
    assert_int_equal(count_of(code, "{encoder layer}{3}"), 1);
    assert_int_equal(count_of(code, "  \\nkbox"), 5);
    netikz_free(run);
}

static void a_stage_says_what_its_first_block_has_otherwise(void **state)
{
    netikz *run = netikz_new();
    const char *code = figure_of(*state, "stages", run);
    assert_int_equal(count_of(code, "{residual block}{3}\\nknote{first: projection}"), 1);
    assert_int_equal(count_of(code, "{residual block}{3}\\nknote{first: /2, projection}"), 1);
    assert_int_equal(count_of(code, "{global avg pool}"), 1);
    assert_int_equal(count_of(code, "\\nkcircle"), 2);
    netikz_free(run);
}

/* x + conv(conv(x)), with a projection where the width changes. */
static Layer *made_residual(Made *made, Layer *x, int width, int stride)
{
    Layer *body = made_conv(made, NULL, "b", 3, width, 1, made_layer(made, NULL, "relu", "r", 1, made_conv(made, NULL, "a", 3, width, stride, x)));
    Layer *shortcut = stride > 1 ? made_conv(made, NULL, "p", 1, width, stride, x) : x;
    return made_layer(made, NULL, "relu", "s", 1, made_layer(made, NULL, "add", "j", 2, body, shortcut));
}

/* Stretches between which one thing alone is passed on are modules, where there are several alike. */
static void modules_that_no_name_tells(void **state)
{
    Made *made = *state;
    Layer *x = made_conv(made, NULL, "stem", 7, 8, 2, made_input(made, "x", "1x3x64x64"));
    for (int stage = 0; stage < 2; stage++)
        for (int i = 0; i < 3; i++)
            x = made_residual(made, x, 8 << stage, stage && !i ? 2 : 1);
    made_layer(made, NULL, "global_avgpool", "pool", 1, x);
    made->graph->imported = true;
    made->graph->batch_axes = 1;
    made_infer(made);
    const Graph *graph = pass_digest(made->arena, made->graph);
    assert_null(graph_check(graph));
    assert_int_equal(graph->scope_count, 7);
    for (uint32_t i = 1; i < graph->scope_count; i++) {
        assert_true(str_equal(graph->scopes[i]->definition, STR("basic_block")));
        assert_true(graph->scopes[i]->unnamed && graph->scopes[i]->parent == graph->root);
    }
    assert_ptr_equal(graph->layers[1]->scope, graph->root);
    assert_ptr_equal(graph->layers[graph->layer_count - 1]->scope, graph->root);
    Figure figure = figure_default();
    const Outline *outline = pass_outline(made->arena, diags_new(made->arena), graph, &figure, -1);
    assert_int_equal(outline->frame_count, 2);
    assert_int_equal(outline->frames[0].times, 3);
    assert_int_equal(outline->frames[1].times, 3);
    assert_true(str_equal(outline->frames[1].differs, STR("first: /2, projection")));
}

/* A single one of a kind, and what has a way past it, stay as they are. */
static void no_modules_where_nothing_comes_again(void **state)
{
    Made *made = *state;
    Layer *x = made_conv(made, NULL, "stem", 7, 8, 2, made_input(made, "x", "1x3x64x64")), *y = made_residual(made, x, 8, 1);
    for (int i = 0; i < 5; i++)
        y = made_conv(made, NULL, "c", 3, 8, 1, y);
    made_layer(made, NULL, "add", "past", 2, y, x);
    made->graph->imported = true;
    made->graph->batch_axes = 1;
    made_infer(made);
    assert_int_equal(pass_digest(made->arena, made->graph)->scope_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MADE_TEST(gelu_with_the_error_function),
        MADE_TEST(gelu_with_the_hyperbolic_tangent),
        MADE_TEST(silu_is_not_gelu),
        MADE_TEST(hard_swish_in_pieces),
        MADE_TEST(layer_norm_with_scale_and_shift),
        MADE_TEST(what_is_read_elsewhere_stays),
        MADE_TEST(root_mean_square_and_softmax),
        MADE_TEST(windows_that_are_moved_and_moved_back),
        MADE_TEST(an_encoder_is_one_layer_three_times),
        MADE_TEST(a_stage_says_what_its_first_block_has_otherwise),
        MADE_TEST(modules_that_no_name_tells),
        MADE_TEST(no_modules_where_nothing_comes_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
