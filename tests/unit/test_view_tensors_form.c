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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(perspective_is_a_vanishing_point),
        cmocka_unit_test(sheets_are_seen_in_either_projection),
        cmocka_unit_test(flat_bars_have_no_sheets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
