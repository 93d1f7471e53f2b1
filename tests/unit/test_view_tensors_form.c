/* SPDX-License-Identifier: MIT */
/* View `tensors`: how solids are seen. */
#include "test_view_tensors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const net = "image data 3x64x64\n"
                               "a conv 16x64x64\n"
                               "b pool 16x32x32\n"
                               "c dense 10\n";

static const char *said(Sketch *sketch)
{
    return str_terminated(sketch->arena, diags_text(sketch->diags));
}

static Scene *drawn(Sketch *sketch, Projection projection, MapForm maps)
{
    *sketch = sketch_of(net);
    sketch->figure.projection = projection;
    sketch->figure.maps = maps;
    return sketch_draw(sketch);
}

static void perspective_is_a_vanishing_point(void **state)
{
    (void)state;
    Sketch sketch;
    Scene *scene = drawn(&sketch, PROJECTION_PERSPECTIVE, MAPS_AUTO);
    assert_true(str_equal(scene->keys, STR("vanish=80")));
    assert_null(strstr(sketch_code(&sketch, scene), "\\nksheets"));
    assert_int_equal(diags_text(sketch.diags).size, 0);
    sketch.figure.heads = HEADS_MIDDLE;
    assert_true(str_equal(sketch_draw(&sketch)->keys, STR("vanish=80, heads=middle")));
    arena_free(sketch.arena);
}

static void sheets_are_seen_in_either_projection(void **state)
{
    (void)state;
    Sketch sketch;
    Scene *scene = drawn(&sketch, PROJECTION_PERSPECTIVE, MAPS_SHEETS);
    assert_true(str_equal(scene->keys, STR("vanish=80, depth=80")));
    assert_non_null(strstr(sketch_code(&sketch, scene), "\\nksheets{9}"));
    arena_free(sketch.arena);
    scene = drawn(&sketch, PROJECTION_AUTO, MAPS_SHEETS);
    const char *with_maps = sketch_code(&sketch, scene);
    assert_int_equal(scene->keys.size, 0);
    Sketch other;
    scene = drawn(&other, PROJECTION_SHEETS, MAPS_AUTO);
    assert_string_equal(sketch_code(&other, scene), with_maps);
    arena_free(other.arena);
    arena_free(sketch.arena);
}

static void flat_bars_have_no_sheets(void **state)
{
    (void)state;
    Sketch sketch;
    Scene *scene = drawn(&sketch, PROJECTION_FLAT, MAPS_SHEETS);
    assert_null(strstr(sketch_code(&sketch, scene), "\\nksheets"));
    assert_non_null(strstr(said(&sketch), "`maps: sheets` has no effect"));
    arena_free(sketch.arena);
}

static void vectors_lie_in_depth_on_request(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(net);
    const SceneItem *upright = sketch_solid(sketch_draw(&sketch), "c");
    sketch.figure.vectors = VECTORS_RECEDING;
    const SceneItem *lying = sketch_solid(sketch_draw(&sketch), "c");
    assert_int_equal(lying->a, upright->a);
    assert_int_equal(lying->b, upright->c);
    assert_int_equal(lying->c, upright->b * 5 / 2);
    assert_int_equal(diags_text(sketch.diags).size, 0);
    sketch.figure.vectors = VECTORS_ALONG;
    lying = sketch_solid(sketch_draw(&sketch), "c");
    assert_int_equal(lying->a, upright->b / 2);
    assert_int_equal(lying->b, upright->a);
    assert_int_equal(lying->c, upright->a);
    sketch.figure.vectors = VECTORS_RECEDING;
    sketch.figure.projection = PROJECTION_FLAT;
    sketch_draw(&sketch);
    assert_non_null(strstr(said(&sketch), "`vectors: receding` has no effect"));
    arena_free(sketch.arena);
}

/* Bars in the legend, as `bar/parts text` and words. */
static const char *scales(Sketch *sketch, const Scene *scene)
{
    Text text = text_in(sketch->arena);
    for (uint32_t i = 0; i < scene->legend_count; i++) {
        const SceneLegend *legend = &scene->legend[i];
        if (legend->parts)
            text_add_format(&text, "%lld/%lld %.*s\n", (long long)legend->bar, (long long)legend->parts, STR_ARGS(legend->label.text));
        else if (!*legend->style)
            text_add_format(&text, "%.*s\n", STR_ARGS(legend->label.text));
    }
    return str_terminated(sketch->arena, text_str(&text));
}

static Sketch with_bars(const char *nodes, Law scale, Law channel_scale)
{
    Sketch sketch = sketch_of(nodes);
    sketch.figure.scale_note = SCALE_NOTE_BAR;
    sketch.figure.scale = scale;
    sketch.figure.channel_scale = channel_scale;
    return sketch;
}

static void bars_are_as_long_as_what_they_say(void **state)
{
    (void)state;
    Sketch sketch = with_bars(net, LAW_LINEAR, LAW_LINEAR);
    Scene *scene = sketch_draw(&sketch);
    const SceneItem *a = sketch_solid(scene, "a");
    assert_int_equal(a->b, 1000);
    assert_int_equal(a->a, 260); /* 16 channels */
    assert_string_equal(scales(&sketch, scene), "250/1 16 pixels\n130/1 8 channels\nvectors by the square root of their length\n");
    assert_int_equal(diags_text(sketch.diags).size, 0);
    arena_free(sketch.arena);
}

static void what_is_not_linear_is_told_in_words(void **state)
{
    (void)state;
    Sketch sketch = with_bars(net, LAW_LINEAR, LAW_LOG);
    assert_string_equal(scales(&sketch, sketch_draw(&sketch)),
                        "250/1 16 pixels\nchannels by the logarithm, vectors by the square root of their length\n");
    assert_int_equal(diags_text(sketch.diags).size, 0);
    arena_free(sketch.arena);
    sketch = with_bars(net, LAW_SQRT, LAW_LOG);
    sketch_draw(&sketch);
    assert_non_null(strstr(said(&sketch), "no scale of this figure is linear"));
    arena_free(sketch.arena);
    sketch = with_bars(net, LAW_LINEAR, LAW_LINEAR);
    sketch.figure.projection = PROJECTION_PERSPECTIVE;
    Scene *scene = sketch_draw(&sketch);
    assert_null(strstr(scales(&sketch, scene), "pixels"));
    assert_non_null(strstr(said(&sketch), "in perspective what is nearer is larger"));
    arena_free(sketch.arena);
}

static void bars_of_exact_units(void **state)
{
    (void)state;
    Sketch sketch = with_bars(net, LAW_AUTO, LAW_AUTO);
    sketch.figure.unit = STR("1 channel = 0.2mm, 1 pixel = 0.5mm");
    assert_string_equal(scales(&sketch, sketch_draw(&sketch)),
                        "400/1 16 pixels\n320/1 32 channels\nvectors by the square root of their length, 1 channel = 0.2mm, 1 pixel = 0.5mm\n");
    arena_free(sketch.arena);
}

static const char *const dense = "image data 3x64x64\n"
                                 "a conv 16x64x64\n"
                                 "b dense 4096\n"
                                 "c dense 10\n";

/* The net with its last two layers fully connected. */
static Sketch with_dense(Layer layers[2])
{
    Sketch sketch = sketch_of(dense);
    static const char *const names[] = {"b", "c"};
    for (int i = 0; i < 2; i++) {
        Node *node = sketch_find(&sketch, names[i], 1);
        layers[i] = *node->layer;
        layers[i].op = op_find(STR("fc"));
        node->layer = &layers[i];
    }
    return sketch;
}

static void all_to_all_is_two_arrows_on_request(void **state)
{
    (void)state;
    Layer layers[2];
    Sketch sketch = with_dense(layers);
    const char *code = sketch_code(&sketch, sketch_draw(&sketch));
    assert_non_null(strstr(code, "\\nkedge{a}{b}{}"));
    arena_free(sketch.arena);
    sketch = with_dense(layers);
    sketch.figure.dense = DENSE_CROSSED;
    code = sketch_code(&sketch, sketch_draw(&sketch));
    assert_non_null(strstr(code, "\\nkedge{a}{b}{x}"));
    assert_non_null(strstr(code, "\\nkedge{b}{c}{x}"));
    assert_int_equal(diags_text(sketch.diags).size, 0);
    arena_free(sketch.arena);
}

static void what_only_training_needs_is_dashed(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(dense);
    sketch_find(&sketch, "c", 1)->training = true;
    const char *code = sketch_code(&sketch, sketch_draw(&sketch));
    assert_non_null(strstr(code, "\\nkedge[training]{b}{c}{}"));
    assert_null(strstr(strstr(code, "\\nkdashed"), "\\nksolid"));
    arena_free(sketch.arena);
}

static void a_turned_label_leaves_its_place_to_the_note(void **state)
{
    (void)state;
    Sketch sketch = sketch_of(dense);
    Node *b = sketch_find(&sketch, "b", 1);
    Layer layer = *b->layer;
    layer.label = STR("representation");
    b->layer = &layer;
    b->turned = true;
    b->note = (Label){LABEL_TEX, STR("4096d")};
    Scene *scene = sketch_draw(&sketch);
    const char *code = sketch_code(&sketch, scene);
    assert_non_null(strstr(code, "\\nkupward{representation} \\nkcaption{4096d}"));
    assert_null(strstr(code, "\\nkspan"));
    assert_int_equal(sketch_solid(scene, "b")->b, 1000);
    arena_free(sketch.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(perspective_is_a_vanishing_point),
        cmocka_unit_test(sheets_are_seen_in_either_projection),
        cmocka_unit_test(flat_bars_have_no_sheets),
        cmocka_unit_test(vectors_lie_in_depth_on_request),
        cmocka_unit_test(bars_are_as_long_as_what_they_say),
        cmocka_unit_test(what_is_not_linear_is_told_in_words),
        cmocka_unit_test(bars_of_exact_units),
        cmocka_unit_test(all_to_all_is_two_arrows_on_request),
        cmocka_unit_test(what_only_training_needs_is_dashed),
        cmocka_unit_test(a_turned_label_leaves_its_place_to_the_note),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
