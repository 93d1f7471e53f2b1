/* SPDX-License-Identifier: MIT */
/* Tests of the scale laws of solids: integers, monotone, exact where a unit is asked for. */
#include "view/solid.h"

#include "test_view_tensors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void roots_and_logarithms(void **state)
{
    (void)state;
    for (int64_t n = 0; n < 3000; n++) {
        int64_t root = solid_sqrt(n);
        assert_true(root * root <= n && (root + 1) * (root + 1) > n);
    }
    assert_int_equal(solid_sqrt((int64_t)1 << 60), (int64_t)1 << 30);
    assert_int_equal(solid_sqrt(INT64_MAX), 3037000499);
    assert_int_equal(solid_log2(1), 0);
    assert_int_equal(solid_log2(2), 1024);
    assert_int_equal(solid_log2(3), 1623);
    assert_int_equal(solid_log2((int64_t)1 << 40), 40 * 1024);
    for (int64_t n = 1; n < 3000; n++)
        assert_true(solid_log2(n + 1) >= solid_log2(n));
}

static const char *const pyramid = "x data 3x224x224\n"
                                   "a conv 64x112x112\n"
                                   "b conv 128x56x56\n"
                                   "c conv 256x28x28\n"
                                   "d conv 512x7x7\n";

static void every_law_is_monotone(void **state)
{
    (void)state;
    for (Law law = LAW_AUTO; law <= LAW_CLASSES; law++) {
        Sketch sketch = sketch_of(pyramid);
        sketch.figure.scale = sketch.figure.channel_scale = law;
        Scene *scene = sketch_draw(&sketch);
        const SceneItem *before = NULL;
        for (const char *name = "xabcd"; *name; name++) {
            const SceneItem *item = sketch_solid(scene, (char[]){*name, '\0'});
            assert_true(!before || (item->b < before->b && item->c < before->c && item->a >= before->a));
            before = item;
        }
        assert_int_equal(sketch_solid(scene, "x")->b, 1000);
        arena_free(sketch.arena);
    }
}

static void far_resolutions_are_drawn_by_root(void **state)
{
    (void)state;
    Sketch sketch = sketch_of("x data 1x16384\na conv 32x64\n");
    Scene *scene = sketch_draw(&sketch);
    assert_int_equal(sketch_solid(scene, "a")->b, 62); /* 1000 / 16 */
    assert_non_null(strstr(sketch_code(&sketch, scene), "resolution by the square root"));
    arena_free(sketch.arena);
}

static Scene *with_unit(Sketch *sketch, const char *unit)
{
    *sketch = sketch_of(pyramid);
    sketch->figure.unit = str_from(unit);
    return sketch_draw(sketch);
}

static void units_are_exact(void **state)
{
    (void)state;
    Sketch sketch;
    Scene *scene = with_unit(&sketch, "1 channel = 0.02mm");
    assert_true(str_equal(scene->keys, STR("unit=2mm")));
    assert_int_equal(sketch_solid(scene, "x")->a, 30);
    assert_int_equal(sketch_solid(scene, "d")->a, 5120);
    arena_free(sketch.arena);
    scene = with_unit(&sketch, "1 channel = 0.05mm, 1 pixel = 0.1mm");
    assert_true(str_equal(scene->keys, STR("unit=5mm")));
    assert_int_equal(sketch_solid(scene, "x")->b, 4480); /* 22.4mm */
    assert_int_equal(sketch_solid(scene, "d")->b, 140);  /* 0.7mm */
    arena_free(sketch.arena);
    scene = with_unit(&sketch, "1 pixel = 0.125mm");
    assert_true(str_equal(scene->keys, STR("unit=12.5mm")));
    assert_int_equal(sketch_solid(scene, "x")->b, 2240);
    arena_free(sketch.arena);
}

static void units_are_checked(void **state)
{
    (void)state;
    static const char *const wrong[] = {"1 channel", "1 channel = 2", "1 channel = 2ly", "2 channels = 1mm", "= 1mm",
                                        "1 channel = -1mm", "1 channel = 1.2.3mm", "1 pixel = 0mm", "1 pixel = 99999cm"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Sketch sketch;
        with_unit(&sketch, wrong[i]);
        assert_int_equal(diags_errors(sketch.diags), 1);
        arena_free(sketch.arena);
    }
}

static void writes_the_length_of_a_thousand_units(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"0.02mm", "2mm"}, {"1pt", "100pt"}, {"0.5 mm", "50mm"},
                                           {"0.0005cm", "0.05cm"}, {"12.345bp", "1234.5bp"}, {".25in", "25in"}};
    Arena *arena = arena_new((size_t)1 << 20);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_true(str_equal(solid_unit_thousand(arena, str_from(pairs[i][0])), str_from(pairs[i][1])));
    arena_free(arena);
}

static void hostile_sizes_do_no_harm(void **state)
{
    (void)state;
    for (Law law = LAW_AUTO; law <= LAW_CLASSES; law++) {
        Sketch sketch = sketch_of("x data 9000000000000000000x9000000000000000000x9000000000000000000\n"
                                  "a conv 1x1x9000000000000000000\n"
                                  "b conv 0x0x0\n");
        sketch.figure.scale = sketch.figure.channel_scale = law;
        assert_non_null(sketch_draw(&sketch));
        sketch.figure.unit = STR("1 channel = 0.0001mm, 1 pixel = 1000in");
        assert_non_null(sketch_draw(&sketch));
        arena_free(sketch.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_and_logarithms),
        cmocka_unit_test(every_law_is_monotone),
        cmocka_unit_test(far_resolutions_are_drawn_by_root),
        cmocka_unit_test(units_are_exact),
        cmocka_unit_test(units_are_checked),
        cmocka_unit_test(writes_the_length_of_a_thousand_units),
        cmocka_unit_test(hostile_sizes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
