/* SPDX-License-Identifier: MIT */
/* The figure key `fit` where nothing can be closed or turned: networks side by side give up their common stages, solids stand in several rows. */
#include "scene/length.h"
#include "view/view.h"
#include "view/wrap.h"

static const Str SMALLER = {"\\scriptsize", sizeof "\\scriptsize" - 1};

enum { SMALL = 7 * WRAP_POINT }; /* the smallest labels that `fit` allows */

/* Limits in thousandths of a point. */
typedef struct Limits {
    int64_t width, height;
} Limits;

static Limits limits_of(const Figure *figure)
{
    return (Limits){length_estimate(figure->width),
                    length_estimate(figure->height.size ? figure->height : figure->max_height)};
}

static Place place_of(const Figure *figure)
{
    return (Place){.source = figure->place.source};
}

/* ---- networks side by side ---- */

static bool columns_fit(Arena *arena, const Outline *const *outlines, uint32_t count, const Figure *figure, Limits limits)
{
    Figure trial = *figure;
    const Scene *scene;

    if (!trial.label_font.size) {
        trial.label_font = SMALLER;
    }
    scene = view_columns(arena, diags_new(arena), outlines, count, &trial);
    return scene && scene->width <= limits.width && scene->height <= limits.height;
}

void view_fit_columns(Arena *arena, Diags *diags, const Outline *const *outlines, uint32_t count, Figure *figure)
{
    static const struct {
        bool no_margin, free;
        const char *said;
    } ways[] = {
        {false, false, NULL},
        {true, false, "sizes are not written in the margin"},
        {false, true, "what has one output size does not begin at one height"},
        {true, true, "what has one output size does not begin at one height, and sizes are not written"},
    };
    const Figure said = *figure;

    view_limit(arena, figure);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        figure->shapes = ways[i].no_margin ? SHAPES_NONE : said.shapes;
        figure->stages = ways[i].free ? STAGES_FREE : said.stages;
        if (columns_fit(arena, outlines, count, figure, limits_of(figure))) {
            if (ways[i].said) {
                diag_remark(diags, place_of(figure), "to fit a %s, %s", view_room(figure), ways[i].said);
            }
            return;
        }
    }
    figure->shapes = said.shapes;
    figure->stages = said.stages;
    diag_warning(diags, place_of(figure), "the networks side by side do not fit a %s", view_room(figure));
    diag_hint(diags, "%s", figure->fit == FIT_PAGE ? "fewer of them may (`compare`), or with groups closed (`depth`)"
                                                   : "a page has more room (`fit: page`), or each may have a figure of its own");
}

/* ---- solids ---- */

/* What the texts of a solid, which begin at that item, need beside those of its neighbours. */
static int64_t texts_width(const Scene *scene, uint32_t at, int64_t font)
{
    int64_t width = wrap_text_width(scene->items[at].label, font);

    for (uint32_t i = at + 1; i < scene->item_count && scene->items[i].kind != ITEM_SOLID; i++) {
        const SceneItem *item = &scene->items[i];
        if (item->kind == ITEM_DIMS && item->cell_count == 3) {
            int64_t beside = wrap_text_width(item->cells[1].label, font) + wrap_text_width(item->cells[2].label, font);
            width = beside > width ? beside : width;
        }
    }
    return width;
}

/* What stands in gaps needs room of its own, and so do pyramids. */
static int64_t between_width(const Scene *scene, Str solid, int64_t font)
{
    int64_t width = 0;

    for (uint32_t i = 0; i < scene->item_count; i++) {
        const SceneItem *item = &scene->items[i];
        if (item->kind == ITEM_SPAN && item->a == SPAN_BETWEEN && str_equal(item->name, solid)) {
            width += wrap_text_width(item->label, font);
        }
        if (item->kind == ITEM_WINDOW && str_equal(item->name, solid)) {
            width += font;
        }
    }
    return width;
}

/* The least width of the widest row: texts side by side with a little air, as the package sets them where solids are small. */
static int64_t least_width(const Scene *scene, int64_t font)
{
    int64_t row = 0, widest = 0;

    for (uint32_t i = 0; i < scene->item_count; i++) {
        const SceneItem *item = &scene->items[i];
        if (item->kind == ITEM_ROW) {
            row = 0;
        }
        if (item->kind == ITEM_SOLID) {
            int64_t texts = texts_width(scene, i, font);
            row += (texts ? font * 3 / 2 : font) + texts + between_width(scene, item->name, font);
        }
        widest = row > widest ? row : widest;
    }
    return widest;
}

/* The least rows of which none is wider than that; 0: there are none. */
static int64_t rows_within(Arena *arena, const Outline *outline, const ViewRow *view, const Figure *figure, int64_t width)
{
    enum { ROWS_MOST = 8 };
    Figure trial = *figure;

    for (trial.wrap = 2; trial.wrap <= ROWS_MOST; trial.wrap++) {
        const Scene *scene = view->draw(arena, diags_new(arena), outline, &trial);
        if (scene && least_width(scene, SMALL) <= width) {
            return trial.wrap;
        }
    }
    return 0;
}

void view_fit_solids(Arena *arena, Diags *diags, const Outline *outline, const ViewRow *view, Figure *figure)
{
    int64_t width = limits_of(figure).width;
    const Scene *scene = view->draw(arena, diags_new(arena), outline, figure);
    int64_t least = scene ? least_width(scene, SMALL) : 0;

    if (least <= width) {
        return;
    }
    int64_t rows = rows_within(arena, outline, view, figure, width * 17 / 20); /* so that solids are not tiny */
    rows = rows ? rows : rows_within(arena, outline, view, figure, width);
    rows = rows ? rows : rows_within(arena, outline, view, figure, least - 1);
    if (rows) {
        figure->wrap = rows;
        diag_remark(diags, place_of(figure), "to fit a %s, solids stand in %lld rows", view_room(figure), (long long)rows);
    }
}
