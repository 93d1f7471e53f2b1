/* SPDX-License-Identifier: MIT */
/* Specs become graphs: cells, roles, scopes, runs, names, references, shared weights. */
#include "read_case.h"

static void test_what_follows_a_layer_shares_its_box(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 3x8x8\nlayers:\n  - 3x3 conv, 4, bn, relu\n");
    assert_sound(run);
    assert_ptr_equal(layer_at(run, "conv1_bn")->cell_of, layer_at(run, "conv1"));
    assert_ptr_equal(layer_at(run, "conv1_relu")->cell_of, layer_at(run, "conv1"));
    assert_ptr_equal(layer_at(run, "conv1_relu")->inputs[0].layer, layer_at(run, "conv1_bn"));
}

static void test_a_convolution_before_bn_in_its_box_has_no_bias(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 3x8x8\nlayers:\n  - 3x3 conv, 4, bn\n  - 3x3 conv, 4, bias, bn\n  - 3x3 conv, 4\n  - bn\n");
    assert_sound(run);
    assert_false(attr_bool(layer_at(run, "conv1"), "bias"));
    assert_true(attr_bool(layer_at(run, "conv2"), "bias"));
    assert_true(attr_bool(layer_at(run, "conv3"), "bias"));
}

static void test_both_forms_are_the_same(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 3x8x8\nlayers:\n  - 3x3 conv, 4, /2, relu\n"
                   "  - {conv: {out: 4, kernel: 3, stride: 2, act: relu}, from: input}\n");
    assert_sound(run);
    const Layer *a = layer_at(run, "conv1"), *b = layer_at(run, "conv2");
    for (uint32_t i = 0; i < a->op->attr_count; i++) {
        Dim one = attr_int(run->arena, a, a->op->attrs[i].name), other = attr_int(run->arena, b, a->op->attrs[i].name);
        assert_true(one.kind == other.kind && one.n == other.n);
    }
    assert_int_equal(layer_at(run, "conv2")->inputs[0].layer->index, 0);
}

static void test_an_identity_shortcut(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 4x8x8\nlayers:\n  - residual:\n    - 3x3 conv, 4\n");
    assert_sound(run);
    const Layer *sum = layer_at(run, "add1");
    assert_int_equal(sum->input_count, 2);
    assert_ptr_equal(sum->inputs[1].layer, layer_at(run, "input"));
    assert_int_equal(sum->roles[0], LINK_FLOW);
    assert_int_equal(sum->roles[1], LINK_SHORTCUT);
    assert_int_equal(sum->scope->kind, SCOPE_RESIDUAL);
}

static void test_a_projection_has_the_stride_that_fits(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 4x9x9\nlayers:\n  - residual:\n    - 3x3 conv, 8, /2, bn, relu\n    - 3x3 conv, 8, bn\n");
    assert_sound(run);
    assert_string_equal(shape_at(run, "proj1"), "8x5x5");
    assert_string_equal(shape_at(run, "proj1_bn"), "8x5x5");
    assert_int_equal(layer_at(run, "add1")->roles[1], LINK_PROJECTION);
    assert_int_equal(layer_at(run, "proj1")->roles[0], LINK_PROJECTION);
    assert_false(attr_bool(layer_at(run, "proj1"), "bias"));
}

static void test_a_projection_of_symbols(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 4xHxW\nlayers:\n  - residual:\n    - 3x3 conv, 8, /2\n");
    assert_sound(run);
    assert_string_equal(shape_at(run, "add1"), "8xH/2xW/2");
}

static void test_a_projection_of_a_sequence_is_linear(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: Tx16\nlayers:\n  - residual:\n    - fc 32, relu\n");
    assert_sound(run);
    assert_string_equal(layer_at(run, "proj1")->op->name, "fc");
    assert_string_equal(shape_at(run, "add1"), "Tx32");
}

static void test_repeats_are_a_run_of_scopes(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 4\nblocks:\n  b(n):\n    - fc n\nlayers:\n  - b: 4\n    times: 3\n    name: deep\n  - relu:\n    from: deep\n");
    assert_sound(run);
    const Scope *second = layer_at(run, "deep_2/fc1")->scope;
    assert_int_equal(second->kind, SCOPE_BLOCK);
    assert_true(str_equal(second->definition, STR("b")));
    assert_ptr_equal(second->run, layer_at(run, "deep_1/fc1")->scope);
    assert_int_equal(second->run_index, 1);
    assert_int_equal(second->run_count, 3);
    assert_ptr_equal(layer_at(run, "relu1")->inputs[0].layer, layer_at(run, "deep_3/fc1"));
}

static void test_repeated_layers_stand_in_nameless_scopes(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 4\nlayers:\n  - fc: 4, relu\n    times: 2\n");
    assert_sound(run);
    const Scope *scope = layer_at(run, "fc2")->scope;
    assert_int_equal(scope->kind, SCOPE_GROUP);
    assert_int_equal(scope->name.size, 0);
    assert_int_equal(scope->run_count, 2);
    assert_ptr_equal(layer_at(run, "fc2")->inputs[0].layer, layer_at(run, "fc1_relu"));
}

static void test_no_repeats_are_allowed(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 4\nblocks:\n  b(n):\n    - fc: 4\n      times: n-1\nlayers:\n  - b: 1\n  - relu\n");
    assert_sound(run);
    assert_ptr_equal(layer_at(run, "relu1")->inputs[0].layer, layer_at(run, "input"));
}

static void test_automatic_names_keep_clear_of_the_authors(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 4\nlayers:\n  - fc 4, relu\n  - fc: 5\n    name: fc1\n  - fc: 6\n    name: fc2_relu\n");
    assert_sound(run);
    assert_string_equal(shape_at(run, "fc2"), "4");
    assert_string_equal(shape_at(run, "fc1"), "5");
    layer_at(run, "fc2_relu2");
}

static void test_words_are_handed_through_blocks(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 4x8x8\nblocks:\n  inner(skip, act):\n    - concat: skip\n    - 1x1 conv, 2, act\n"
                   "  outer(skip, act=relu):\n    - inner: skip, act\nlayers:\n  - conv: 3x3, 4\n    name: a\n"
                   "  - 3x3 conv, 4\n  - outer: a\n  - outer: {skip: a, act: gelu}\n");
    assert_sound(run);
    assert_ptr_equal(layer_at(run, "outer1/inner1/concat1")->inputs[1].layer, layer_at(run, "a"));
    layer_at(run, "outer1/inner1/conv1_relu");
    layer_at(run, "outer2/inner1/conv1_gelu");
}

/* A word may hold the signs of an expression; one that can be read as a number is none. */
static void test_arguments_are_expressions(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 3x8x8\nblocks:\n  inner(width, hidden=width//2):\n    - 1x1 conv, hidden\n    - 1x1 conv, width\n"
                   "  outer(width, at):\n    - inner: width/4\n    - inner: {width: width-1, hidden: width%5+3}\n"
                   "    - concat: at\nlayers:\n  - conv: 3x3, 4\n    name: stem-a.b\n  - outer: 64, stem-a.b\n");
    assert_sound(run);
    assert_string_equal(shape_at(run, "outer1/inner1/conv1"), "8x8x8");
    assert_string_equal(shape_at(run, "outer1/inner1/conv2"), "16x8x8");
    assert_string_equal(shape_at(run, "outer1/inner2/conv1"), "7x8x8");
    assert_string_equal(shape_at(run, "outer1/concat1"), "67x8x8");
}

static void test_outputs_of_a_layer_are_counted_from_one(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 6x8x8\nlayers:\n  - split: {sizes: [2, 4]}\n    name: cut\n  - relu:\n    from: cut.2\n");
    assert_sound(run);
    assert_string_equal(shape_at(run, "relu1"), "4x8x8");
    assert_int_equal(layer_at(run, "relu1")->inputs[0].output, 1);
}

static void test_shared_weights(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: {a: 4, b: 4}\nblocks:\n  t:\n    - fc 3, relu\n    - fc 2\nlayers:\n  - t:\n    from: a\n"
                   "    name: one\n  - t:\n    from: b\n    weights: one\n");
    assert_sound(run);
    assert_ptr_equal(layer_at(run, "t1/fc2")->weights_of, layer_at(run, "one/fc2"));
    assert_ptr_equal(layer_at(run, "t1/fc1_relu")->weights_of, layer_at(run, "one/fc1_relu"));
}

static void test_paths_of_a_branch(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 4x8x8\nlayers:\n  - branch:\n    - []\n    - 3x3 conv, 2\n    - [relu, gelu]\n    merge: concat\n");
    assert_sound(run);
    const Layer *join = layer_at(run, "concat1");
    assert_string_equal(shape_at(run, "concat1"), "10x8x8");
    assert_int_equal(join->scope->kind, SCOPE_BRANCH);
    assert_int_equal(layer_at(run, "gelu1")->scope->kind, SCOPE_PATH);
    assert_ptr_equal(join->inputs[0].layer, layer_at(run, "input"));
}

static void test_figures(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 4\nlayers: [{group: g, layers: [relu]}]\nfigure: {view: tensors, depth: 2}\n"
                   "figures: {a: {}, b: {view: graph, only: g, legend: false}}\n");
    assert_sound(run);
    assert_int_equal(run->model.figure_count, 2);
    assert_int_equal(run->model.figures[0].view, VIEW_TENSORS);
    assert_int_equal(run->model.figures[1].view, VIEW_GRAPH);
    assert_int_equal(run->model.figures[1].depth, 2);
    assert_int_equal(run->model.figures[1].legend, TOGGLE_NO);
    assert_true(str_equal(run->model.figures[1].name, STR("b")));
}

static void test_several_networks_share_blocks_and_figure_keys(void **state)
{
    ReadCase *run = *state;
    read_case(run, "name: Both\nblocks:\n  b(n): [fc n, relu]\nnetworks:\n"
                   "  x: {input: 4, layers: [b 3], figure: {depth: 1}}\n"
                   "  y: {name: Ypsilon, input: T, blocks: {own: [fc 2]}, layers: [b 5, own], figures: {in: {only: own1}}}\n"
                   "figure: {view: graph}\nfigures: {z: {network: x, direction: right}}\n");
    if (!run->sound)
        fail_msg("%s", read_case_reports(run));
    assert_int_equal(run->model.graph_count, 2);
    assert_true(str_equal(run->model.name, STR("Both")));
    assert_true(str_equal(run->model.graphs[0]->key, STR("x")));
    assert_true(str_equal(run->model.graphs[0]->name, STR("x")));
    assert_true(str_equal(run->model.graphs[1]->name, STR("Ypsilon")));
    assert_null(graph_check(run->model.graphs[1]));
    const Figure *figures = run->model.figures;
    assert_int_equal(run->model.figure_count, 3);
    assert_true(str_equal(figures[0].name, STR("z")) && str_equal(figures[0].network, STR("x")));
    assert_true(figures[0].depth == 1 && figures[0].direction == DIRECTION_RIGHT && figures[0].view == VIEW_GRAPH);
    assert_true(str_equal(figures[1].name, STR("x")) && figures[1].depth == 1);
    assert_true(str_equal(figures[2].name, STR("y/in")) && str_equal(figures[2].only, STR("own1")));
}

static void test_panels_stand_in_rows_and_columns(void **state)
{
    ReadCase *run = *state;
    read_case(run, "networks:\n  x: {input: 4, layers: [{group: g, layers: [fc 2]}]}\n  y: {input: 4, layers: [fc 2], figure: {depth: 3}}\n"
                   "figure:\n  width: 5cm\n  edges: smooth\n  panels:\n"
                   "    - [x, [{network: y, width: 2, title: T}, {text: words}], {network: y, view: tensors}]\n"
                   "    - {inset: g, of: x, leader: arrow}\n");
    if (!run->sound)
        fail_msg("%s", read_case_reports(run));
    const Figure *whole = &run->model.figures[0];
    assert_int_equal(run->model.figure_count, 3);
    assert_non_null(whole->panels);
    assert_null(run->model.figures[1].panels);
    assert_int_equal(whole->panels->count, 5);
    const Panel *panels = whole->panels->list;
    static const char *const names[] = {"x", "y", "text", "y-2", "g"};
    static const bool rows[] = {true, false, false, false, true}, below[] = {false, false, true, false, false};
    for (int i = 0; i < 5; i++) {
        assert_true(str_equal(panels[i].name, str_from(names[i])));
        assert_int_equal(panels[i].new_row, rows[i]);
        assert_int_equal(panels[i].below, below[i]);
    }
    assert_int_equal(panels[1].share, 2);
    assert_int_equal(panels[1].figure->depth, 3);
    assert_int_equal(panels[1].figure->edges, EDGES_SMOOTH);
    assert_int_equal(panels[1].figure->width.size, 0);
    assert_int_equal(panels[2].kind, PANEL_TEXT);
    assert_int_equal(panels[3].figure->view, VIEW_TENSORS);
    assert_true(panels[4].leader == LEADER_ARROW && str_equal(panels[4].of, STR("x")) && str_equal(panels[4].figure->only, STR("g")));
}

static void test_a_listing_leaves_out_what_is_said_of_figures(void **state)
{
    ReadCase *run = *state;
    read_case(run, "# a comment\ninput: 4\nfigure:\n  panels: [{listing: source}, {listing: source, lines: 1-2}]\nlayers:\n- fc 2\n");
    if (!run->sound)
        fail_msg("%s", read_case_reports(run));
    assert_true(str_equal(run->model.figures[0].panels->list[0].text, STR("input: 4\nlayers:\n- fc 2")));
    assert_true(str_equal(run->model.figures[0].panels->list[1].text, STR("# a comment\ninput: 4")));
}

static void test_blocks_of_one_network_are_unknown_to_the_other(void **state)
{
    ReadCase *run = *state;
    read_case(run, "networks:\n  x: {input: 4, blocks: {mine: [relu]}, layers: [mine]}\n  y: {input: 4, layers: [mine]}\n");
    assert_reports(run, "net.yaml:3:26: error: no operation is called `mine`");
    assert_int_equal(diags_errors(run->diags), 1);
}

static void test_symbols_of_one_network_are_unknown_to_the_other(void **state)
{
    ReadCase *run = *state;
    read_case(run, "networks:\n  x: {input: T, layers: [fc 2*T]}\n  y: {input: 4, layers: [fc 2*T]}\n");
    assert_reports(run, "net.yaml:3:31: error: unknown parameter `T`");
    assert_int_equal(diags_errors(run->diags), 1);
}

static void test_an_error_in_a_block_is_reported_once(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 3x8x8\nblocks:\n  b(n):\n    - 3x3 cnov, n\nlayers:\n  - b: 1\n  - b: 2\n  - b: 3\n");
    assert_reports(run, "net.yaml:4:11: error: no operation is called `cnov`");
    assert_reports(run, "net.yaml:6:5: note: this stands in `b(n=1)`, which is used here");
    assert_int_equal(diags_errors(run->diags), 1);
}

static void test_a_lost_layer_is_not_blamed_twice(void **state)
{
    ReadCase *run = *state;
    read_case(run, "input: 3x8x8\nlayers:\n  - cnov: 3x3, 4\n    name: a\n  - fc 4\n  - add: a\n");
    assert_reports(run, "no operation is called `cnov`");
    assert_int_equal(diags_errors(run->diags), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        READ_TEST(test_what_follows_a_layer_shares_its_box),
        READ_TEST(test_a_convolution_before_bn_in_its_box_has_no_bias),
        READ_TEST(test_both_forms_are_the_same),
        READ_TEST(test_an_identity_shortcut),
        READ_TEST(test_a_projection_has_the_stride_that_fits),
        READ_TEST(test_a_projection_of_symbols),
        READ_TEST(test_a_projection_of_a_sequence_is_linear),
        READ_TEST(test_repeats_are_a_run_of_scopes),
        READ_TEST(test_repeated_layers_stand_in_nameless_scopes),
        READ_TEST(test_no_repeats_are_allowed),
        READ_TEST(test_automatic_names_keep_clear_of_the_authors),
        READ_TEST(test_words_are_handed_through_blocks),
        READ_TEST(test_arguments_are_expressions),
        READ_TEST(test_outputs_of_a_layer_are_counted_from_one),
        READ_TEST(test_shared_weights),
        READ_TEST(test_paths_of_a_branch),
        READ_TEST(test_figures),
        READ_TEST(test_several_networks_share_blocks_and_figure_keys),
        READ_TEST(test_panels_stand_in_rows_and_columns),
        READ_TEST(test_a_listing_leaves_out_what_is_said_of_figures),
        READ_TEST(test_blocks_of_one_network_are_unknown_to_the_other),
        READ_TEST(test_symbols_of_one_network_are_unknown_to_the_other),
        READ_TEST(test_an_error_in_a_block_is_reported_once),
        READ_TEST(test_a_lost_layer_is_not_blamed_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
