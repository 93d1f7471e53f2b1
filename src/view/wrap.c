/* SPDX-License-Identifier: MIT */
/* Whether a drawing is folded into columns, as the figure's keys `wrap`, `width`, `height` and `fit` say. */
#include "view/wrap.h"

#include "scene/length.h"

/* What a drawing gets where nobody says how large it may be: the height and width of a page's text. */
enum { PAGE_WIDTH = 516, PAGE_HEIGHT = 650 };

/* Title and legend take of the height what they need. */
static int64_t beside_drawing(const Wrap *wrap, const Figure *figure, int64_t width)
{
    const Scene *scene = wrap->scene;
    int64_t unit = wrap->rules.unit, line = 0, rows = 0;

    for (uint32_t i = 0; i < scene->legend_count; i++) {
        int64_t entry = 8 * unit + (int64_t)scene->legend[i].label.text.size * wrap->rules.font * 4 / 9;
        rows += !i || line + entry > width;
        line = !i || line + entry > width ? entry : line + entry;
    }
    return rows * 6 * unit + (rows ? 3 * unit : 0) + (figure->title.size ? 10 * unit : 0);
}

/* What the drawing will measure: its natural size, or less where there are gaps to take it from. */
static void note_size(const Wrap *wrap, WrapLimits limits, int64_t beside)
{
    Scene *scene = wrap->scene;
    int64_t along = wrap_length(wrap, false), least_along = wrap_length(wrap, true);
    int64_t across = wrap_width(wrap, false), least_across = wrap_width(wrap, true);

    if (along > limits.along) {
        along = least_along > limits.along ? least_along : limits.along;
    }
    if (across > limits.across) {
        across = least_across > limits.across ? least_across : limits.across;
    }
    scene->columns = wrap->column_count;
    scene->width = wrap->rules.horizontal ? along : across;
    scene->height = (wrap->rules.horizontal ? across : along) + beside;
}

void wrap_scene(Arena *arena, Scene *scene, const Figure *figure)
{
    Wrap wrap = {.arena = arena_scratch(arena), .scene = scene, .rules = wrap_rules(scene, figure->label_font)};
    int64_t width = length_estimate(figure->width);
    int64_t height = length_estimate(figure->height.size ? figure->height : figure->max_height);

    wrap_measure(&wrap);
    if (!wrap.rank_count) {
        arena_free(wrap.arena);
        return;
    }
    width = width ? width : PAGE_WIDTH * WRAP_POINT;
    int64_t beside = beside_drawing(&wrap, figure, width);
    height = (height ? height : PAGE_HEIGHT * WRAP_POINT) - beside;
    height = height > 0 ? height : 1;
    WrapLimits limits = wrap.rules.horizontal ? (WrapLimits){width, height} : (WrapLimits){height, width};
    wrap_find_cuts(&wrap);
    wrap_choose(&wrap, figure->wrap, limits);
    note_size(&wrap, limits, beside);
    if (wrap.column_count > 1) {
        wrap_rewrite(&wrap);
    }
    arena_free(wrap.arena);
}
