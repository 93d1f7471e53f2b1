/* SPDX-License-Identifier: MIT */
/* Whether a drawing is folded into columns, as the figure's keys `wrap`, `width`, `height` and `fit` say. */
#include "view/wrap.h"

#include "scene/length.h"

/* What a drawing gets where nobody says how large it may be: the height and width of a page's text. */
enum { PAGE_WIDTH = 516, PAGE_HEIGHT = 650 };

static WrapLimits limits_of(const Figure *figure)
{
    WrapLimits limits = {length_estimate(figure->width), length_estimate(figure->height), true};

    if (!limits.height) {
        limits.height = length_estimate(figure->max_height);
    }
    limits.firm_height = limits.height > 0;
    limits.width = limits.width ? limits.width : PAGE_WIDTH * WRAP_POINT;
    limits.height = limits.height ? limits.height : PAGE_HEIGHT * WRAP_POINT;
    return limits;
}

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

static void note_size(const Wrap *wrap, int64_t beside)
{
    Scene *scene = wrap->scene;
    int64_t along = 0, across = 0;

    for (uint32_t k = 0; k < wrap->column_count; k++) {
        int64_t length = wrap_along(wrap, wrap->column_first[k], wrap->column_first[k + 1]);
        along = length > along ? length : along;
        across += wrap_across(wrap, wrap->column_first[k], wrap->column_first[k + 1]) + (k ? 3 * wrap->rules.gap : 0);
    }
    scene->columns = wrap->column_count;
    scene->width = wrap->rules.horizontal ? along : across;
    scene->height = (wrap->rules.horizontal ? across : along) + beside;
}

void wrap_scene(Arena *arena, Scene *scene, const Figure *figure)
{
    Wrap wrap = {.arena = arena, .scene = scene, .rules = wrap_rules(scene, figure->label_font)};
    WrapLimits limits = limits_of(figure);

    wrap_measure(&wrap);
    if (!wrap.rank_count) {
        return;
    }
    int64_t beside = beside_drawing(&wrap, figure, limits.width);
    limits.height = limits.height > beside + WRAP_POINT ? limits.height - beside : WRAP_POINT;
    wrap_find_cuts(&wrap);
    wrap_choose(&wrap, figure->wrap, limits);
    note_size(&wrap, beside);
    if (wrap.column_count > 1) {
        wrap_rewrite(&wrap);
    }
}
