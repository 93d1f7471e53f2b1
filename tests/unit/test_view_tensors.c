/* SPDX-License-Identifier: MIT */
/* Tests of view `tensors`: which tensors become solids, what joins them and what is written at them. */
#include "test_view_tensors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const vgg = "image data 3x224x224\n"
                               "conv1_1 conv 64x224x224 +ReLU:activation\n"
                               "conv1_2 conv 64x224x224 +ReLU:activation\n"
                               "pool1 pool 64x112x112\n"
                               "conv2_1 conv 128x112x112 +ReLU:activation\n"
                               "conv2_2 conv 128x112x112 +ReLU:activation\n"
                               "pool2 pool 128x56x56\n"
                               "flatten reshape 401408\n"
                               "fc1 dense 4096 +ReLU:activation\n"
                               "drop regular 4096\n"
                               "fc2 dense 1000 +softmax:activation\n";

static const char *const unet = "image data 1x64x64\n"
                                "a conv 64x64x64\n"
                                "down pool 64x32x32\n"
                                "b conv 128x32x32\n"
                                "up conv 64x64x64\n"
                                "cat merge 128x64x64 from=a:c from=up\n"
                                "c conv 64x64x64\n";

static bool has(Sketch *sketch, const Scene *scene, const char *line)
{
    return strstr(sketch_code(sketch, scene), line) != NULL;
}

static void draws_tensors_but_no_operations_on_them(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(vgg);
    Scene *scene = sketch_draw(&sketch);
    assert_non_null(scene);
    assert_non_null(sketch_item(scene, "image"));
    assert_non_null(sketch_item(scene, "pool2"));
    assert_null(sketch_item(scene, "flatten"));
    assert_null(sketch_item(scene, "drop"));
    assert_int_equal(diags_text(sketch.diags).size, 0);
    assert_true(has(&sketch, scene, "\\nkedge{pool2}{fc1}{}"));
    assert_true(has(&sketch, scene, "\\nkedge{fc1}{fc2}{}"));
    arena_free(sketch.arena);
}

static void groups_by_resolution(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(vgg);
    Scene *scene = sketch_draw(&sketch);
    const SceneItem *image = sketch_solid(scene, "image"), *pool = sketch_solid(scene, "pool1");
    assert_int_equal(image->b, 1000);
    assert_int_equal(pool->b, 500);
    assert_true(pool->a < sketch_solid(scene, "conv2_1")->a); /* a thin slab … */
    assert_int_equal(pool[2].kind, ITEM_GAP);
    assert_int_equal(pool[2].a, 0);                          /* … glued to its group */
    assert_true(sketch_solid(scene, "pool2")->a > pool->a);   /* alone it is a tensor like others */
    assert_true(has(&sketch, scene, "\\nkedge{conv1_2}{pool1}{}"));
    assert_false(has(&sketch, scene, "\\nkedge{conv1_1}{conv1_2}{}"));
    arena_free(sketch.arena);
}

static void writes_each_size_once(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(vgg);
    Scene *scene = sketch_draw(&sketch);
    assert_true(has(&sketch, scene, "{1000}{1000} \\nkdims{$3$}{$224$}{}\n"));
    assert_true(has(&sketch, scene, "\\nkdims{}{$112$}{}\n"));
    assert_true(has(&sketch, scene, "\\nkdims{$128$}{$56$}{}\n"));
    assert_true(has(&sketch, scene, "\\nkdims{$4096$}{}{}\n"));
    arena_free(sketch.arena);
}

static void legend_says_what_is_fused(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(vgg);
    Scene *scene = sketch_draw(&sketch);
    assert_true(has(&sketch, scene, "legend conv convolution + ReLU\n  legend pool pooling\n"
                                    "  legend dense fully connected + ReLU\n  legend activation softmax\n"));
    sketch.figure.legend = TOGGLE_NO;
    assert_int_equal(sketch_draw(&sketch)->legend_count, 0);
    sketch.figure.legend = TOGGLE_AUTO;
    sketch.figure.bands = TOGGLE_YES;
    scene = sketch_draw(&sketch);
    assert_true(has(&sketch, scene, "\\nkband{activation}"));
    assert_true(has(&sketch, scene, "legend conv convolution\n"));
    arena_free(sketch.arena);
}

static void concatenation_is_one_solid_of_two_parts(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(unet);
    Scene *scene = sketch_draw(&sketch);
    const SceneItem *cat = sketch_solid(scene, "cat");
    assert_null(sketch_item(scene, "up"));
    assert_non_null(cat->cells);
    assert_string_equal(cat->cells[0].style, "merge");
    assert_int_equal(cat[1].kind, ITEM_BAND);
    assert_string_equal(cat[1].cells[0].style, "conv");
    assert_int_equal(cat[1].a, cat->a / 2);
    assert_true(has(&sketch, scene, "\\nkskip[copy]{a}{cat}{1}"));
    assert_true(has(&sketch, scene, "\\nkedge{b}{cat}{}"));
    arena_free(sketch.arena);
}

static void skips_are_nested(void **state)
{
    (void)state;
    Sketch sketch = sketch_of("x data 8x32x32\n"
                              "a conv 8x16x16\n"
                              "b conv 8x8x8\n"
                              "c conv 8x4x4\n"
                              "m merge 24x4x4 from=x:c from=b:c from=c\n"
                              "d conv 8x4x4\n"
                              "n circle 8x4x4 from=m:s from=d\n");
    Scene *scene = sketch_draw(&sketch);
    assert_true(has(&sketch, scene, "\\nkskip[copy]{b}{m}{1}"));
    assert_true(has(&sketch, scene, "\\nkskip[copy]{x}{m}{2}"));
    assert_true(has(&sketch, scene, "\\nkskip[shortcut]{m}{n}{1}"));
    assert_true(has(&sketch, scene, "\\nkcircle{n}{merge}{1}{+}"));
    arena_free(sketch.arena);
}

static const char valley[] = "x data 1x64x64\n"
                             "a conv 8x60x60\n"
                             "p pool 8x30x30\n"
                             "b conv 16x28x28\n"
                             "q pool 16x14x14\n"
                             "c conv 32x12x12\n"
                             "u conv 16x24x24\n"
                             "m merge 32x24x24 from=b:c from=u\n"
                             "d conv 16x22x22\n"
                             "v conv 8x44x44\n"
                             "n merge 16x44x44 from=a:c from=v\n"
                             "e conv 8x42x42\n";

static void down_and_up_again_is_drawn_in_levels(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(valley);
    Scene *scene = sketch_draw(&sketch);
    assert_true(has(&sketch, scene, "\\nkrow{2}{a}\n  \\nksolid{p}{map}"));
    assert_true(has(&sketch, scene, "\\nkrow{3}{b}\n  \\nksolid{q}{map}"));
    assert_true(has(&sketch, scene, "\\nkrow{2}{c}\n  \\nksolid{m}{merge}"));
    assert_true(has(&sketch, scene, "\\nkrow{1}{d}\n  \\nksolid{n}{merge}"));
    assert_true(has(&sketch, scene, "\\nkedge[pool]{a}{p}{}"));
    assert_true(has(&sketch, scene, "\\nkedge[up]{c}{m}{}"));
    assert_true(has(&sketch, scene, "\\nkedge[copy]{a}{n}{}"));
    assert_non_null(strstr(str_terminated(sketch.arena, scene->keys), "depth=0"));
    const SceneItem *a = sketch_solid(scene, "a"), *n = sketch_solid(scene, "n");
    assert_int_equal(a[1].kind, ITEM_CROP);
    assert_int_equal(a[1].a, n->b);
    arena_free(sketch.arena);
}

static void levels_are_left_out_on_request(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(valley);
    sketch.figure.spine = SPINE_STRAIGHT;
    Scene *scene = sketch_draw(&sketch);
    assert_false(has(&sketch, scene, "nkrow"));
    assert_true(has(&sketch, scene, "\\nkskip[copy]{a}{n}{2}"));
    assert_true(has(&sketch, scene, "\\nksolid{p}{pool}"));
    arena_free(sketch.arena);
}

static void what_leads_from_level_to_level_is_reported(void **state)
{
    (void)state;
    Sketch sketch = sketch_of("x data 1x64x64\n"
                              "p pool 1x32x32\n"
                              "b conv 16x32x32\n"
                              "m circle 16x32x32 from=x:s from=b\n");
    sketch.figure.spine = SPINE_LEVELS;
    Scene *scene = sketch_draw(&sketch);
    assert_true(has(&sketch, scene, "\\nkrow{2}{x}\n"));
    assert_non_null(strstr(str_terminated(sketch.arena, diags_text(sketch.diags)), "1 arrow from level to level is left out"));
    arena_free(sketch.arena);
}

static void projections_are_arrows(void **state)
{
    (void)state;
    Sketch sketch = sketch_of("x data 8x32x32\n"
                              "a conv 16x16x16\n"
                              "b conv 16x16x16\n"
                              "p conv 16x16x16 from=x\n"
                              "n circle 16x16x16 from=p:p from=b\n"
                              "c conv 16x16x16\n");
    Scene *scene = sketch_draw(&sketch);
    assert_null(sketch_item(scene, "p"));
    assert_true(has(&sketch, scene, "\\nkskip[projection]{x}{n}{1}"));
    assert_int_equal(diags_text(sketch.diags).size, 0);
    arena_free(sketch.arena);
}

static void says_what_parallel_branches_it_leaves_out(void **state)
{
    (void)state;
    Sketch sketch = sketch_of("x data 8x32x32\n"
                              "a conv 16x32x32 from=x\n"
                              "b conv 16x32x32 from=a\n"
                              "c conv 16x32x32 from=x\n"
                              "m merge 32x32x32 from=b from=c\n");
    Scene *scene = sketch_draw(&sketch);
    Str said = diags_text(sketch.diags);
    assert_non_null(scene);
    assert_non_null(strstr(str_terminated(sketch.arena, said), "1 layer in parallel branches is left out, as `c`"));
    assert_true(has(&sketch, scene, "\\nkskip{x}{m}{1}"));
    arena_free(sketch.arena);
}

static void inlets_stand_before_their_merge(void **state)
{
    (void)state;
    Sketch sketch = sketch_of("x data 8x32x32\n"
                              "y data 8x32x32\n"
                              "a conv 16x32x32 from=x\n"
                              "b conv 16x32x32 from=a\n"
                              "c conv 16x32x32 from=y\n"
                              "m conv 32x16x16 from=b from=c\n");
    Scene *scene = sketch_draw(&sketch);
    const char *code = sketch_code(&sketch, scene);
    assert_true(strstr(code, "nksolid{b}") < strstr(code, "nksolid{y}"));
    assert_true(strstr(code, "nksolid{c}") < strstr(code, "nksolid{m}"));
    assert_non_null(strstr(code, "\\nkskip{b}{m}{1}"));
    assert_non_null(strstr(code, "\\nkedge{c}{m}{}"));
    assert_null(strstr(code, "\\nkedge{b}{y}"));
    assert_int_equal(diags_text(sketch.diags).size, 0);
    arena_free(sketch.arena);
}

static void what_its_author_labels_is_a_solid_beside_the_line_too(void **state)
{
    (void)state;
    const char *const lateral = "x data 8x32x32\n"
                                "a conv 16x32x32\n"
                                "b conv 16x16x16\n"
                                "c conv 8x32x32\n"
                                "side conv 8x32x32 from=a\n"
                                "+ circle 8x32x32 from=c from=side\n";
    Sketch sketch = sketch_of(lateral);
    Scene *scene = sketch_draw(&sketch);
    assert_null(sketch_item(scene, "side"));
    assert_true(has(&sketch, scene, "\\nkskip[projection]{a}{+}{1}"));
    arena_free(sketch.arena);
    sketch = sketch_of(lateral);
    Node *side = sketch_find(&sketch, "side", 4);
    Layer layer = *side->layer;
    layer.label = STR("lateral");
    side->layer = &layer;
    scene = sketch_draw(&sketch);
    assert_non_null(sketch_item(scene, "side"));
    assert_true(has(&sketch, scene, "\\nkedge{side}{+}{}"));
    assert_true(has(&sketch, scene, "\\nkskip{a}{side}{"));
    assert_null(strstr(sketch_code(&sketch, scene), "\\nkedge{c}{side}"));
    assert_int_equal(diags_text(sketch.diags).size, 0);
    arena_free(sketch.arena);
}

static void sequences_and_vectors_have_forms_of_their_own(void **state)
{
    (void)state;
    Sketch sketch = sketch_of("words data T\n"
                              "embed embedding Tx256\n"
                              "attend attention Tx256\n"
                              "lstm recurrent 512\n"
                              "out dense 10\n");
    Scene *scene = sketch_draw(&sketch);
    const SceneItem *attend = sketch_solid(scene, "attend"), *lstm = sketch_solid(scene, "lstm");
    assert_int_equal(attend->b, 1000);
    assert_true(attend->c < 100);
    assert_true(lstm->b > lstm->a && lstm->a == lstm->c);
    assert_true(has(&sketch, scene, "\\nkdims{$256$}{$T$}{}"));
    assert_true(has(&sketch, scene, "drawn for T = 256"));
    arena_free(sketch.arena);
}

static void unknown_shapes_are_reported(void **state)
{
    (void)state;
    Sketch sketch = sketch_of("x data ?\na conv ?\n");
    assert_null(sketch_draw(&sketch));
    assert_int_equal(diags_errors(sketch.diags), 1);
    arena_free(sketch.arena);
    sketch = sketch_of("x data 3x8x8\na conv 4x?x?\nb dense 10\n");
    Scene *scene = sketch_draw(&sketch);
    assert_non_null(scene);
    assert_int_equal(sketch_solid(scene, "a")->b, 1000);
    assert_non_null(strstr(str_terminated(sketch.arena, diags_text(sketch.diags)), "the size of 1 tensor is not known"));
    arena_free(sketch.arena);
}

static void repeats_are_said(void **state)
{
    (void)state;
    Sketch sketch = sketch_of("x data 3x8x8\nblock group 16x8x8 times=3\ny dense 10\n");
    Scene *scene = sketch_draw(&sketch);
    assert_true(has(&sketch, scene, "\\nkdims{$16$\\\\$\\nktimes 3$}{}{}"));
    arena_free(sketch.arena);
}

static void names_of_a_group_are_said_once(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(vgg);
    sketch.figure.names = TOGGLE_YES;
    Scene *scene = sketch_draw(&sketch);
    assert_true(has(&sketch, scene, "\\nkdims{$128$}{}{} \\nkcaption{conv2}\n"));
    assert_true(has(&sketch, scene, "\\nkcaption{fc1}"));
    assert_false(has(&sketch, scene, "\\nkcaption{pool1}"));
    arena_free(sketch.arena);
}

static const char *const deep = "x data 3x512x512\n"
                                "a conv 8x256x256\n"
                                "b conv 8x128x128\n"
                                "c conv 8x64x64\n"
                                "d conv 8x32x32\n"
                                "e conv 8x16x16\n"
                                "f conv 8x14x14\n";

static void many_groups_have_their_resolution_above(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(deep);
    Scene *scene = sketch_draw(&sketch);
    assert_true(has(&sketch, scene, "\\nkdims{$8$}{}{}"));
    assert_true(has(&sketch, scene, "\\nkspan{above}{a}{a}{$256"));
    assert_true(has(&sketch, scene, "\\nkspan{above}{e}{f}{$16")); /* nearly as large: one group */
    assert_false(has(&sketch, scene, "\\nkedge{e}{f}"));
    arena_free(sketch.arena);
}

static void resolution_stands_below_where_skips_run_above(void **state)
{
    (void)state;
    Str text = {0};
    Sketch sketch = sketch_of(deep);
    text = str_format(sketch.arena, "%sg circle 8x14x14 from=e:s from=f\n", deep);
    Sketch skips = sketch_of(str_terminated(sketch.arena, text));
    Scene *scene = sketch_draw(&skips);
    assert_true(has(&skips, scene, "\\nkdims{$8$\\\\$256"));
    assert_false(has(&skips, scene, "\\nkspan{above}"));
    arena_free(skips.arena);
    arena_free(sketch.arena);
}

static void many_operators_leave_it_to_the_arrows(void **state)
{
    (void)state;
    Sketch sketch = sketch_of("x data 8x8x8\n"
                              "a conv 8x8x8\nA circle 8x8x8 from=x:s from=a\n"
                              "b conv 8x8x8\nB circle 8x8x8 from=A:s from=b\n"
                              "c conv 8x8x8\nC circle 8x8x8 from=B:s from=c\n"
                              "d conv 8x8x8\nD circle 8x8x8 from=C:s from=d\n"
                              "e conv 8x8x8\nE circle 8x8x8 from=D:s from=e\n"
                              "f conv 8x4x4\n");
    Scene *scene = sketch_draw(&sketch);
    assert_null(sketch_item(scene, "A"));
    assert_true(has(&sketch, scene, "\\nkskip[shortcut]{x}{a}{1}"));
    assert_true(has(&sketch, scene, "\\nkskip[shortcut]{d}{e}{1}"));
    assert_true(has(&sketch, scene, "\\nkedge{e}{f}{}"));
    arena_free(sketch.arena);
}

static void too_many_solids_are_no_figure(void **state)
{
    (void)state;
    Sketch sketch = sketch_of("x data 8x8x8\n");
    enum { MANY = 500 };
    sketch.outline.nodes = ARENA_ARRAY(sketch.arena, MANY, Node);
    sketch.outline.links = ARENA_ARRAY(sketch.arena, MANY, Link);
    sketch.outline.node_count = 0;
    for (int i = 0; i < MANY; i++) {
        char line[64];
        snprintf(line, sizeof line, "n%d %s 8x8x8", i, i ? "conv" : "data");
        sketch_line(&sketch, line);
    }
    assert_null(sketch_draw(&sketch));
    assert_int_equal(diags_errors(sketch.diags), 1);
    arena_free(sketch.arena);
}

static void down_is_answered(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(vgg);
    sketch.figure.direction = DIRECTION_DOWN;
    Scene *scene = sketch_draw(&sketch);
    assert_int_equal(scene->direction, DIRECTION_RIGHT);
    assert_non_null(strstr(str_terminated(sketch.arena, diags_text(sketch.diags)), "`direction` has no effect"));
    arena_free(sketch.arena);
}

static const char *const folded = "image data 3x64x64\n"
                                  "a conv 8x64x64\n"
                                  "b conv 8x32x32\n"
                                  "c conv 8x16x16\n"
                                  "d conv 8x8x8\n"
                                  "e conv 8x16x16\n"
                                  "+ circle 8x16x16 from=e from=c:p\n"
                                  "f conv 8x64x64\n";

static void a_row_ends_where_a_skip_forks_to_the_next_one(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(folded);
    sketch.figure.spine = SPINE_STRAIGHT;
    sketch.figure.wrap = 2;
    const char *code = sketch_code(&sketch, sketch_draw(&sketch));
    assert_non_null(strstr(code, "\\nkrow{2}{}\n  \\nksolid{d}"));
    assert_non_null(strstr(code, "\\nkedge{c}{d}{}"));
    assert_non_null(strstr(code, "\\nkedge[projection]{c}{+}{}"));
    assert_null(strstr(code, "\\nkskip"));
    sketch.figure.wrap = 0;
    assert_non_null(strstr(sketch_code(&sketch, sketch_draw(&sketch)), "\\nkskip[projection]{c}{+}{1}"));
    arena_free(sketch.arena);
}

static void what_steers_many_solids_is_named_and_not_drawn(void **state)
{
    (void)state;
    Sketch sketch = sketch_of("t data 16\n"
                              "z data 3x64x64\n"
                              "a conv 8x64x64 from=z from=t\n"
                              "b conv 8x32x32 from=a from=t\n"
                              "c conv 8x16x16 from=b from=t\n"
                              "u conv 8x32x32 from=c from=t from=b:c\n"
                              "v conv 8x64x64 from=u from=a:c\n");
    Scene *scene = sketch_draw(&sketch);
    const char *code = sketch_code(&sketch, scene);
    assert_null(strstr(code, "nksolid{t}"));
    assert_non_null(strstr(code, "  legend  not drawn: t\n"));
    assert_non_null(strstr(code, "\\nkrow{3}")); /* levels, though t is read on all of them */
    assert_int_equal(diags_text(sketch.diags).size, 0);
    sketch.figure.legend = TOGGLE_NO;
    sketch_draw(&sketch);
    assert_non_null(strstr(str_terminated(sketch.arena, diags_text(sketch.diags)), "not drawn: t, which many solids read"));
    arena_free(sketch.arena);
}

static void three_readers_do_not_hide_an_input(void **state)
{
    (void)state;
    Sketch sketch = sketch_of("t data 16\n"
                              "z data 3x64x64\n"
                              "a conv 8x64x64 from=z from=t\n"
                              "b conv 8x32x32 from=a from=t\n"
                              "c conv 8x16x16 from=b from=t\n");
    assert_non_null(strstr(sketch_code(&sketch, sketch_draw(&sketch)), "nksolid{t}"));
    arena_free(sketch.arena);
}

static void notes_stand_on_arrows_where_all_solids_have_them(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(folded);
    sketch.outline.nodes[2].note = (Label){LABEL_TEXT, STR("stride 2")};
    sketch.figure.spine = SPINE_STRAIGHT;
    assert_non_null(strstr(sketch_code(&sketch, sketch_draw(&sketch)), "\\nkspan{between}{a}{b}{stride 2}"));
    sketch.figure.arrows = TOGGLE_YES;
    assert_non_null(strstr(sketch_code(&sketch, sketch_draw(&sketch)), "\\nkedge{a}{b}{} \\nkedgelabel{stride 2}"));
    arena_free(sketch.arena);
}

static void colours_tell_sizes_apart_on_request(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(folded);
    sketch.figure.colours = COLOURS_STAGE;
    const char *code = sketch_code(&sketch, sketch_draw(&sketch));
    assert_string_equal(sketch_solid(sketch_draw(&sketch), "a")->cells[0].style, "c1");
    assert_non_null(strstr(code, "\\nksolid{b}{c2}"));
    assert_non_null(strstr(code, "\\nksolid{e}{c3}"));
    assert_non_null(strstr(code, "legend c2 "));
    assert_null(strstr(code, "legend conv"));
    arena_free(sketch.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_ends_where_a_skip_forks_to_the_next_one),
        cmocka_unit_test(what_steers_many_solids_is_named_and_not_drawn),
        cmocka_unit_test(three_readers_do_not_hide_an_input),
        cmocka_unit_test(notes_stand_on_arrows_where_all_solids_have_them),
        cmocka_unit_test(colours_tell_sizes_apart_on_request),
        cmocka_unit_test(draws_tensors_but_no_operations_on_them),
        cmocka_unit_test(groups_by_resolution),
        cmocka_unit_test(writes_each_size_once),
        cmocka_unit_test(legend_says_what_is_fused),
        cmocka_unit_test(concatenation_is_one_solid_of_two_parts),
        cmocka_unit_test(skips_are_nested),
        cmocka_unit_test(down_and_up_again_is_drawn_in_levels),
        cmocka_unit_test(levels_are_left_out_on_request),
        cmocka_unit_test(what_leads_from_level_to_level_is_reported),
        cmocka_unit_test(projections_are_arrows),
        cmocka_unit_test(says_what_parallel_branches_it_leaves_out),
        cmocka_unit_test(inlets_stand_before_their_merge),
        cmocka_unit_test(what_its_author_labels_is_a_solid_beside_the_line_too),
        cmocka_unit_test(sequences_and_vectors_have_forms_of_their_own),
        cmocka_unit_test(unknown_shapes_are_reported),
        cmocka_unit_test(repeats_are_said),
        cmocka_unit_test(names_of_a_group_are_said_once),
        cmocka_unit_test(many_groups_have_their_resolution_above),
        cmocka_unit_test(resolution_stands_below_where_skips_run_above),
        cmocka_unit_test(many_operators_leave_it_to_the_arrows),
        cmocka_unit_test(too_many_solids_are_no_figure),
        cmocka_unit_test(down_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
