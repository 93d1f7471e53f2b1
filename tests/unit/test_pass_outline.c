/* SPDX-License-Identifier: MIT */
/* The outline of small networks: what is fused, hidden, folded, closed, and how arrows run then. */
#include "made_graph.h"

#include <time.h>

static void test_norm_and_activation_go_without_saying(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "input", "3x32x32");
    Layer *a = made_conv(made, NULL, "conv1", 3, 16, 1, x);
    Layer *r = made_cell(made, "relu", "relu1", a, made_cell(made, "bn", "bn1", a, a));
    Layer *b = made_conv(made, NULL, "conv2", 3, 16, 2, r);
    made_cell(made, "relu", "relu2", b, made_cell(made, "bn", "bn2", b, b));
    Outline *outline = made_outline(made, -1);
    assert_string_equal(made_text(made, outline), "input input: input\n"
                                                  "conv1 box: 3×3 conv, 16\n"
                                                  "conv2 box: 3×3 conv, 16, /2\n"
                                                  "input > conv1\n"
                                                  "conv1 > conv2\n");
    assert_string_equal(str_terminated(made->arena, outline->note_all), "BN and ReLU after all convolution layers");
    assert_int_equal(outline->nodes[1].silent_count, 2);
    assert_true(outline->nodes[1].shape_changes);
    made->figure.fuse = TOGGLE_YES;
    outline = made_outline(made, -1);
    assert_int_equal(outline->nodes[1].cell_count, 3);
    assert_int_equal(outline->note_all.size, 0);
    made->figure.fuse = TOGGLE_NO;
    assert_int_equal(made_outline(made, -1)->node_count, 7);
}

static void test_what_differs_is_shown(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "input", "3x32x32");
    Layer *a = made_conv(made, NULL, "conv1", 3, 16, 1, x);
    Layer *b = made_conv(made, NULL, "conv2", 3, 16, 1, made_layer(made, NULL, "relu", "relu1", 1, a));
    Layer *c = made_conv(made, NULL, "conv3", 3, 16, 1, b);
    Layer *d = made_conv(made, NULL, "conv4", 3, 16, 1, made_layer(made, NULL, "relu", "relu2", 1, c));
    made_layer(made, NULL, "softmax", "softmax", 1, d);
    assert_string_equal(str_terminated(made->arena, made_outline(made, -1)->note_all), "ReLU after most convolution layers");
    made->figure.fuse = TOGGLE_YES;
    assert_string_equal(made_text(made, made_outline(made, -1)), "input input: input\n"
                                                                 "conv1 box: 3×3 conv, 16 | ReLU\n"
                                                                 "conv2 box: 3×3 conv, 16\n"
                                                                 "conv3 box: 3×3 conv, 16 | ReLU\n"
                                                                 "conv4 box: 3×3 conv, 16 | softmax\n"
                                                                 "input > conv1\n"
                                                                 "conv1 > conv2\n"
                                                                 "conv2 > conv3\n"
                                                                 "conv3 > conv4\n");
}

/* A residual of two convolutions, with the identity or a projection beside them; returns its sum. */
static Layer *add_residual(Made *made, Scope *outer, int64_t out, int64_t stride, bool projects, Layer *x)
{
    Scope *scope = graph_add_scope(made->graph, outer, SCOPE_RESIDUAL, (Str){0});
    Layer *a = made_conv(made, scope, "conv1", 3, out, stride, x);
    Layer *b = made_conv(made, scope, "conv2", 3, out, 1, made_cell(made, "relu", "relu1", a, a));
    Layer *skip = x;
    if (projects) {
        skip = made_conv(made, scope, "projection", 1, out, stride, x);
        skip = made_cell(made, "bn", "projection_bn", skip, skip);
    }
    Layer *sum = made_layer(made, scope, "add", "add", 2, b, skip);
    sum->roles = ARENA_ARRAY(made->arena, 2, LinkRole);
    sum->roles[1] = projects ? LINK_PROJECTION : LINK_SHORTCUT;
    return sum;
}

static Scope *add_block(Made *made, Scope *outer, const char *name, const char *arguments)
{
    Scope *scope = graph_add_scope(made->graph, outer, SCOPE_BLOCK, str_from(name));
    scope->definition = STR("basic");
    scope->arguments = str_from(arguments);
    return scope;
}

static Scope *add_to_run(Made *made, Scope *outer, Scope *first, const char *name, uint32_t index, uint32_t count)
{
    Scope *scope = add_block(made, outer, name, "64");
    scope->run = first ? first : scope;
    scope->run_index = index;
    scope->run_count = count;
    return scope;
}

static void test_projection_is_an_arrow(void **state)
{
    Made *made = *state;
    Layer *x = made_conv(made, NULL, "conv0", 3, 8, 1, made_input(made, "input", "3x32x32"));
    Layer *sum = add_residual(made, add_block(made, made->graph->root, "basic1", "8"), 8, 1, false, x);
    add_residual(made, add_block(made, made->graph->root, "basic2", "16, /2"), 16, 2, true, sum);
    assert_string_equal(made_text(made, made_outline(made, -1)), "input input: input\n"
                                                                 "conv0 box: 3×3 conv, 8\n"
                                                                 "basic1-conv1 box: 3×3 conv, 8 | ReLU\n"
                                                                 "basic1-conv2 box: 3×3 conv, 8\n"
                                                                 "basic1-add circle: +\n"
                                                                 "basic2-conv1 box: 3×3 conv, 16, /2 | ReLU\n"
                                                                 "basic2-conv2 box: 3×3 conv, 16\n"
                                                                 "basic2-add circle: +\n"
                                                                 "input > conv0\n"
                                                                 "conv0 > basic1-conv1\n"
                                                                 "basic1-conv1 > basic1-conv2\n"
                                                                 "basic1-conv2 > basic1-add\n"
                                                                 "conv0 > basic1-add shortcut\n"
                                                                 "basic1-add > basic2-conv1\n"
                                                                 "basic2-conv1 > basic2-conv2\n"
                                                                 "basic2-conv2 > basic2-add\n"
                                                                 "basic1-add > basic2-add projection\n");
    made->figure.frames = TOGGLE_YES;
    assert_non_null(strstr(made_text(made, made_outline(made, -1)), "frame basic2: basic, 16, /2 x1\n"));
    assert_non_null(strstr(made_text(made, made_outline(made, 0)), "basic2 group: basic, 16, /2\n"));
    made->figure.explicit_ = true;
    assert_int_equal(made_outline(made, -1)->node_count, 12);
}

static void test_roles_are_found_where_nobody_said_them(void **state)
{
    Made *made = *state;
    Layer *x = made_conv(made, NULL, "conv0", 3, 8, 1, made_input(made, "input", "3x32x32"));
    Layer *sum = add_residual(made, made->graph->root, 8, 1, false, x);
    sum->roles = NULL;
    Scope *second = graph_add_scope(made->graph, made->graph->root, SCOPE_GROUP, STR("second"));
    add_residual(made, second, 16, 2, true, sum)->roles = NULL;
    Outline *outline = made_outline(made, -1);
    uint32_t shortcuts = 0, projections = 0;
    for (uint32_t i = 0; i < outline->link_count; i++) {
        shortcuts += outline->links[i].role == LINK_SHORTCUT;
        projections += outline->links[i].role == LINK_PROJECTION;
    }
    assert_int_equal(shortcuts, 1);
    assert_int_equal(projections, 1);
    assert_int_equal(outline->node_count, 8);
}

/* Three blocks in a run; the first with another width before it, so that it projects. */
static void add_run(Made *made, int64_t first_width)
{
    Layer *x = made_conv(made, NULL, "conv0", 3, first_width, 1, made_input(made, "input", "3x32x32"));
    Scope *first = NULL;
    static const char *const names[] = {"block_1", "block_2", "block_3"};
    for (uint32_t i = 0; i < 3; i++) {
        Scope *scope = add_to_run(made, made->graph->root, first, names[i], i, 3);
        first = first ? first : scope;
        x = add_residual(made, scope, 64, 1, i == 0 && first_width != 64, x);
    }
    made_layer(made, NULL, "fc", "fc", 1, made_layer(made, NULL, "flatten", "flatten", 1, x));
    made_set(made, made->graph->layers[made->graph->layer_count - 1], "out", 10);
}

static void test_equal_runs_fold(void **state)
{
    Made *made = *state;
    add_run(made, 64);
    assert_string_equal(made_text(made, made_outline(made, 1)), "input input: input\n"
                                                                "conv0 box: 3×3 conv, 64\n"
                                                                "block_1-conv1 box: 3×3 conv, 64 | ReLU\n"
                                                                "block_1-conv2 box: 3×3 conv, 64\n"
                                                                "block_1-add circle: +\n"
                                                                "fc box: fc, 10\n"
                                                                "input > conv0\n"
                                                                "conv0 > block_1-conv1\n"
                                                                "block_1-conv1 > block_1-conv2\n"
                                                                "block_1-conv2 > block_1-add\n"
                                                                "conv0 > block_1-add shortcut\n"
                                                                "block_1-add > fc\n"
                                                                "frame block_1: block x3\n");
    assert_string_equal(made_text(made, made_outline(made, 0)), "input input: input\n"
                                                                "conv0 box: 3×3 conv, 64\n"
                                                                "block_1 group: basic (block) x3\n"
                                                                "fc box: fc, 10\n"
                                                                "input > conv0\n"
                                                                "conv0 > block_1\n"
                                                                "block_1 > fc\n");
    made->figure.fold = TOGGLE_NO;
    assert_int_equal(made_outline(made, 1)->node_count, 12);
}

static void test_an_instance_that_differs_stays_apart(void **state)
{
    Made *made = *state;
    add_run(made, 32);
    assert_string_equal(made_text(made, made_outline(made, 0)), "input input: input\n"
                                                                "conv0 box: 3×3 conv, 32\n"
                                                                "block_1 group: basic (block)\n"
                                                                "block_2 group: basic (block) x2\n"
                                                                "fc box: fc, 10\n"
                                                                "input > conv0\n"
                                                                "conv0 > block_1\n"
                                                                "block_1 > block_2\n"
                                                                "block_2 > fc\n");
    made->figure.fold = TOGGLE_YES;
    Outline *outline = made_outline(made, 0);
    assert_int_equal(outline->node_count, 4);
    assert_int_equal(outline->nodes[2].times, 3);
    assert_string_equal(str_terminated(made->arena, outline->nodes[2].differs), "first: projection");
}

/* A program that halves each time is one program: folded, and said to differ in its sizes. */
static void test_a_run_of_growing_sizes_folds_and_says_so(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "input", "3x32x32");
    Scope *first = NULL;
    for (uint32_t i = 0; i < 3; i++) {
        Scope *scope = add_to_run(made, made->graph->root, first, "down", i, 3);
        first = first ? first : scope;
        x = made_conv(made, scope, i == 0 ? "a1" : i == 1 ? "a2" : "a3", 3, 8, 1, x);
        x = made_conv(made, scope, i == 0 ? "b1" : i == 1 ? "b2" : "b3", 3, 8, 2, x);
    }
    Outline *outline = made_outline(made, 0);
    assert_string_equal(made_text(made, outline), "input input: input\n"
                                                  "down group: basic (down) x3\n"
                                                  "input > down\n");
    assert_string_equal(str_terminated(made->arena, outline->nodes[1].differs), "sizes of the first");
    assert_string_equal(str_terminated(made->arena, shape_text(made->arena, outline->nodes[1].shape, "x")), "8x4x4");
}

/* Modules of a model file that are equal neighbours fold without anybody having called them a run. */
static void test_equal_modules_of_a_model_file_fold(void **state)
{
    Made *made = *state;
    made->graph->imported = true;
    Layer *x = made_conv(made, NULL, "stem", 3, 8, 1, made_input(made, "input", "3x8x8"));
    static const char *const names[] = {"layer1.0", "layer1.1", "layer1.2"};
    for (int i = 0; i < 3; i++) {
        Scope *scope = graph_add_scope(made->graph, made->graph->root, SCOPE_GROUP, str_from(names[i]));
        Scope *inner = graph_add_scope(made->graph, scope, SCOPE_GROUP, STR("conv1"));
        Layer *body = made_layer(made, scope, "relu", "r", 1, made_conv(made, inner, "c", 3, 8, i == 2 ? 2 : 1, x));
        x = i == 2 ? body : made_layer(made, scope, "add", "a", 2, body, x);
    }
    assert_string_equal(made_text(made, made_outline(made, 1)), "input input: input\n"
                                                                "stem box: 3×3 conv, 8\n"
                                                                "c box: 3×3 conv, 8\n"
                                                                "a circle: +\n"
                                                                "c-2 box: 3×3 conv, 8, /2\n"
                                                                "input > stem\n"
                                                                "stem > c\n"
                                                                "c > a\n"
                                                                "stem > a shortcut\n"
                                                                "a > c-2\n"
                                                                "frame layer1-0: layer1.0 – layer1.1 x2\n");
}

/* Reads a middle layer of the second instance from outside: folding would hide where the arrow starts. */
static void test_a_run_that_is_tapped_does_not_fold(void **state)
{
    Made *made = *state;
    add_run(made, 64);
    Layer *tapped = NULL;
    for (uint32_t i = 0; i < made->graph->layer_count; i++)
        if (str_equal(made->graph->layers[i]->path, STR("block_2/conv2")))
            tapped = made->graph->layers[i];
    made_conv(made, NULL, "side", 1, 4, 1, tapped);
    Outline *outline = made_outline(made, 0);
    for (uint32_t i = 0; i < outline->node_count; i++)
        assert_int_equal(outline->nodes[i].times, 1);
}

static void test_a_group_that_data_leave_and_reenter_is_opened(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "input", "8x32x32");
    Scope *group = graph_add_scope(made->graph, made->graph->root, SCOPE_GROUP, STR("g"));
    Layer *a = made_conv(made, group, "a", 3, 8, 1, x);
    Layer *b = made_conv(made, NULL, "b", 3, 8, 1, a);
    made_layer(made, group, "mul", "c", 2, a, b);
    assert_string_equal(made_text(made, made_outline(made, 0)), "input input: input\n"
                                                                "g-a box: 3×3 conv, 8\n"
                                                                "b box: 3×3 conv, 8\n"
                                                                "g-c circle: ×\n"
                                                                "input > g-a\n"
                                                                "g-a > b\n"
                                                                "g-a > g-c\n"
                                                                "b > g-c\n"
                                                                "frame g: g x1\n");
}

static void test_copies_of_a_unet(void **state)
{
    Made *made = *state;
    Layer *a = made_conv(made, NULL, "enc", 3, 8, 1, made_input(made, "input", "3x32x32"));
    Layer *pool = made_set(made, made_layer(made, NULL, "maxpool", "pool", 1, a), "kernel", 2);
    Layer *mid = made_conv(made, NULL, "mid", 3, 16, 1, pool);
    Layer *up = made_layer(made, NULL, "upconv", "up", 1, mid);
    made_set(made, made_set(made, made_set(made, up, "out", 8), "kernel", 2), "stride", 2);
    Layer *crop = made_layer(made, NULL, "crop", "crop", 2, a, up);
    made_conv(made, NULL, "dec", 3, 8, 1, made_layer(made, NULL, "concat", "join", 2, crop, up));
    Outline *outline = made_outline(made, -1);
    const char *text = made_text(made, outline);
    assert_non_null(strstr(text, "enc > join copy\nup > join\n"));
    assert_null(strstr(text, "crop"));
}

static void test_names_are_clean_and_unique(void **state)
{
    Made *made = *state;
    made->graph->imported = true;
    Layer *x = made_conv(made, NULL, "/layer1/layer1.0/conv1/Conv", 3, 4, 1, made_input(made, "input.1", "3x8x8"));
    Layer *y = made_conv(made, NULL, "layer1.layer1/0:conv1 Conv", 3, 4, 1, x);
    made_conv(made, NULL, "日本", 3, 4, 1, y);
    Outline *outline = made_outline(made, -1);
    assert_string_equal(str_terminated(made->arena, outline->nodes[0].name), "input-1");
    assert_string_equal(str_terminated(made->arena, outline->nodes[1].name), "layer1-layer1-0-conv1-Conv");
    assert_string_equal(str_terminated(made->arena, outline->nodes[2].name), "layer1-layer1-0-conv1-Conv-2");
    assert_string_equal(str_terminated(made->arena, outline->nodes[3].name), "node");
}

static void test_one_block_alone(void **state)
{
    Made *made = *state;
    add_run(made, 32);
    made->figure.only = STR("block_1");
    assert_string_equal(made_text(made, made_outline(made, -1)), "input input: input\n"
                                                                 "block_1-conv1 box: 3×3 conv, 64 | ReLU\n"
                                                                 "block_1-conv2 box: 3×3 conv, 64\n"
                                                                 "block_1-add circle: +\n"
                                                                 "input > block_1-conv1\n"
                                                                 "block_1-conv1 > block_1-conv2\n"
                                                                 "block_1-conv2 > block_1-add\n"
                                                                 "input > block_1-add projection\n");
    made->figure.only = STR("blok_1");
    assert_null(pass_outline(made->arena, made->diags, made->graph, &made->figure, -1));
    assert_non_null(strstr(str_terminated(made->arena, diags_text(made->diags)), "did you mean `block_1`"));
}

/* Numbers that are the same on every machine. */
static uint32_t next_random(uint64_t *seed, uint32_t below)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % below;
}

static void make_random(Made *made, uint64_t *seed)
{
    static const char *const ops[] = {"relu", "bn", "dropout", "identity", "add", "concat", "conv"};
    Scope *scopes[20] = {made->graph->root};
    Layer *layers[60] = {made_input(made, "input", "8x8x8")};
    uint32_t scope_count = 1;
    for (uint32_t i = 1; i < 60; i++) {
        if (scope_count < 20 && next_random(seed, 3) == 0) {
            Scope *outer = scopes[next_random(seed, scope_count)];
            scopes[scope_count] = graph_add_scope(made->graph, outer, (ScopeKind)(1 + next_random(seed, 5)), STR("s"));
            scope_count++;
        }
        Scope *scope = scopes[scope_count - 1 - next_random(seed, scope_count < 3 ? scope_count : 3)];
        const char *op = ops[next_random(seed, sizeof ops / sizeof *ops)];
        Layer *from = layers[i - 1 - next_random(seed, i < 4 ? i : 4)], *other = layers[next_random(seed, i)];
        bool merge = op[0] == 'a' || strcmp(op, "concat") == 0;
        layers[i] = made_layer(made, scope, op, "layer", merge ? 2 : 1, from, other);
        if (strcmp(op, "conv") == 0)
            made_set(made, made_set(made, layers[i], "out", 8), "kernel", 3);
    }
}

/* Whatever is closed or folded: the order is one, no arrow is drawn twice, no name is given twice. */
static void test_random_networks_hold_together(void **state)
{
    uint64_t seed = 1;
    for (int round = 0; round < 200; round++) {
        made_teardown(state);
        made_setup(state);
        Made *made = *state;
        made->graph->imported = true;
        make_random(made, &seed);
        if (!pass_validate(made->graph, made->diags))
            fail_msg("%s", str_terminated(made->arena, diags_text(made->diags)));
        if (!pass_infer(made->graph, made->diags))
            made->graph->layers[0]->outputs[0] = shape_unknown();
        for (int64_t depth = -1; depth < 4; depth++) {
            made->figure.fold = (Toggle)next_random(&seed, 3);
            made->figure.fuse = (Toggle)next_random(&seed, 3);
            Outline *outline = pass_outline(made->arena, made->diags, made->graph, &made->figure, depth);
            assert_non_null(outline);
            made_text(made, outline);
            Names *names = names_new(made->arena);
            for (uint32_t i = 0; i < outline->node_count; i++)
                assert_true(names_put(names, outline->nodes[i].name, outline));
            for (uint32_t i = 0; i < outline->frame_count; i++)
                assert_true(names_put(names, outline->frames[i].name, outline));
            for (uint32_t i = 1; i < outline->link_count; i++)
                for (uint32_t k = 0; k < i; k++)
                    assert_false(outline->links[i].from == outline->links[k].from &&
                                 outline->links[i].to == outline->links[k].to);
        }
    }
}

/* Left to itself a figure is open as far as it fits a page. */
static void test_depth_is_chosen_to_fit(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "input", "8x8x8");
    for (int64_t i = 0; i < 20; i++) {
        Str name = str_format(made->arena, "basic%d", (int)i);
        Scope *scope = add_block(made, made->graph->root, str_terminated(made->arena, name), "8");
        x = made_conv(made, scope, "a", 3, 8 + i, 1, made_conv(made, scope, "b", 3, 8 + i, 1, x));
        if (i == 5)
            assert_int_equal(made_outline(made, -1)->node_count, 1 + 12);
        if (made->graph->output_count)
            made->graph->output_count = 0;
    }
    assert_int_equal(made_outline(made, -1)->node_count, 1 + 20);
    made->figure.view = VIEW_TENSORS;
    assert_int_equal(made_outline(made, -1)->node_count, 1 + 40);
    made->figure.explicit_ = true;
    assert_int_equal(made_outline(made, -1)->node_count, 1 + 40);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Models have up to 10^5 layers, and scopes of a hostile one nest deep. */
static void test_large_networks_take_no_time(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "input", "8");
    Scope *scope = made->graph->root;
    made->graph->imported = true;
    for (int i = 0; i < 100000; i++) {
        if (i % 1000 == 0)
            scope = graph_add_scope(made->graph, scope, SCOPE_GROUP, STR("deep"));
        x = made_layer(made, scope, i % 2 ? "relu" : "fc", "layer", 1, x);
        if (i % 2 == 0)
            made_set(made, x, "out", 8);
    }
    assert_true(pass_validate(made->graph, made->diags) && pass_infer(made->graph, made->diags));
    double before = seconds();
    for (int64_t depth = -1; depth < 20; depth += 7)
        assert_non_null(pass_outline(made->arena, made->diags, made->graph, &made->figure, depth));
    double took = (seconds() - before) / 3;
    print_message("outline of 100,000 layers: %d ms\n", (int)(took * 1000));
    assert_true(took < 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MADE_TEST(test_norm_and_activation_go_without_saying),
        MADE_TEST(test_what_differs_is_shown),
        MADE_TEST(test_projection_is_an_arrow),
        MADE_TEST(test_roles_are_found_where_nobody_said_them),
        MADE_TEST(test_equal_runs_fold),
        MADE_TEST(test_an_instance_that_differs_stays_apart),
        MADE_TEST(test_a_run_of_growing_sizes_folds_and_says_so),
        MADE_TEST(test_equal_modules_of_a_model_file_fold),
        MADE_TEST(test_a_run_that_is_tapped_does_not_fold),
        MADE_TEST(test_a_group_that_data_leave_and_reenter_is_opened),
        MADE_TEST(test_copies_of_a_unet),
        MADE_TEST(test_names_are_clean_and_unique),
        MADE_TEST(test_one_block_alone),
        MADE_TEST(test_depth_is_chosen_to_fit),
        MADE_TEST(test_random_networks_hold_together),
        MADE_TEST(test_large_networks_take_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
