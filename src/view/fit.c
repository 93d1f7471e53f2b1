/* SPDX-License-Identifier: MIT */
/* The figure key `fit`: how deep groups are open, where the data flow and into how many columns, so that it fits. */
#include "view/view.h"
#include "view/wrap.h"

#include "scene/length.h"

enum { MOST_NODES = 1500 }; /* more boxes fit no page */

/* Sizes in points; text is set at its true size within them. */
static const struct Room {
    const char *name;
    int64_t width, height;
} rooms[] = {
    [FIT_COLUMN] = {"column", 252, 650},
    [FIT_PAGE] = {"page", 516, 680},
    [FIT_SLIDE] = {"slide", 364, 220},
};

typedef struct Trial {
    int64_t depth;
    Direction direction;
    Str label_font;
    uint32_t columns;
    int64_t width, height; /* estimated; 0: too large to be laid out */
    bool fits;
} Trial;

typedef struct Fitting {
    Arena *arena;
    OutlineSource source;
    const ViewRow *view;
    const Figure *figure;
    int64_t width, height; /* limits */
    int64_t deepest;       /* levels of groups and blocks */
} Fitting;

static int64_t find_deepest(Arena *arena, const Graph *graph)
{
    int64_t *level = ARENA_ARRAY(arena, (size_t)graph->scope_count + 1, int64_t), deepest = 0;

    for (uint32_t i = 0; i < graph->scope_count; i++) {
        const Scope *scope = graph->scopes[i];
        level[scope->index] = scope->parent ? level[scope->parent->index] : 0;
        level[scope->index] += scope->kind == SCOPE_GROUP || scope->kind == SCOPE_BLOCK;
        deepest = level[scope->index] > deepest ? level[scope->index] : deepest;
    }
    return deepest;
}

static Trial try_one(const Fitting *fitting, const Outline *outline, int64_t depth, Direction direction,
                     Str label_font)
{
    Figure figure = *fitting->figure;
    Trial trial = {.depth = depth, .direction = direction, .label_font = label_font};

    figure.direction = direction;
    figure.depth = depth;
    figure.label_font = label_font;
    const Scene *scene = fitting->view->draw(fitting->arena, diags_new(fitting->arena), outline, &figure);
    if (scene) {
        trial.direction = scene->direction;
        trial.columns = scene->columns;
        trial.width = scene->width;
        trial.height = scene->height;
        trial.fits = scene->width <= fitting->width && scene->height <= fitting->height;
    }
    return trial;
}

/* How far a drawing is beyond its limits, in thousandths of them. */
static int64_t excess(const Fitting *fitting, const Trial *trial)
{
    int64_t width = trial->width * 1000 / fitting->width, height = trial->height * 1000 / fitting->height;

    return trial->width ? (width > height ? width : height) : INT64_MAX;
}

static bool is_better(const Fitting *fitting, const Trial *trial, const Trial *best)
{
    if (trial->fits && best->fits) {
        return trial->columns < best->columns;
    }
    return trial->fits || (!best->fits && excess(fitting, trial) < excess(fitting, best));
}

/* Both directions. */
static void try_font(const Fitting *fitting, const Outline *outline, int64_t depth, Str label_font, Trial *best)
{
    bool open = fitting->figure->direction == DIRECTION_AUTO;
    Direction first = open && fitting->figure->fit == FIT_SLIDE ? DIRECTION_RIGHT : fitting->figure->direction;
    Trial trial = try_one(fitting, outline, depth, first, label_font);

    if (is_better(fitting, &trial, best)) {
        *best = trial;
    }
    if (open) {
        Direction other = trial.direction == DIRECTION_RIGHT ? DIRECTION_DOWN : DIRECTION_RIGHT;
        trial = try_one(fitting, outline, depth, other, label_font);
        if (is_better(fitting, &trial, best)) {
            *best = trial;
        }
    }
}

/* With labels of the usual size, then a size smaller, unless the author has said how large they are. */
static void try_depth(const Fitting *fitting, int64_t depth, Trial *best)
{
    Outline *outline = fitting->source.outline(fitting->source.data, fitting->figure, depth);

    if (!outline || outline->node_count > MOST_NODES) {
        return;
    }
    try_font(fitting, outline, depth, fitting->figure->label_font, best);
    if (!best->fits && !fitting->figure->label_font.size) {
        try_font(fitting, outline, depth, STR("\\scriptsize"), best);
    }
}

/* The deepest drawing that fits; else the one that comes nearest. */
static Trial find_best(const Fitting *fitting)
{
    int64_t from = fitting->figure->depth, to = from;
    Trial best = {.depth = from};

    if (from < 0) {
        from = fitting->deepest;
        to = 0;
    }
    for (int64_t depth = from; depth >= to && !best.fits; depth--) {
        try_depth(fitting, depth, &best);
    }
    return best;
}

/* What was chosen, in words. */
static Str choice(const Fitting *fitting, const Trial *best)
{
    const Figure *figure = fitting->figure;
    bool right = best->direction == DIRECTION_RIGHT;
    Text text = text_in(fitting->arena);

    text_add_format(&text, "the data flow %s", right ? "right" : best->direction == DIRECTION_UP ? "up" : "down");
    if (best->columns > 1) {
        text_add_format(&text, ", in %lu %s", (unsigned long)best->columns, right ? "rows" : "columns");
    }
    if (fitting->deepest && figure->depth < 0 && best->depth < fitting->deepest) {
        text_add_format(&text, ", groups and blocks are open to depth %lld", (long long)best->depth);
    } else if (fitting->deepest && figure->depth < 0) {
        text_add(&text, STR(", all groups and blocks are open"));
    }
    if (best->label_font.size && !figure->label_font.size) {
        text_add(&text, STR(", labels are a size smaller"));
    }
    return text_str(&text);
}

static void say(Diags *diags, const Fitting *fitting, const Trial *best)
{
    const Figure *figure = fitting->figure;
    const char *room = rooms[figure->fit].name;
    long long width = best->width / WRAP_POINT, height = best->height / WRAP_POINT;
    Place place = {.source = figure->place.source};

    if (best->fits) {
        Str chosen = choice(fitting, best);
        diag_remark(diags, place, "to fit a %s, %.*s; about %lld by %lld pt", room, STR_ARGS(chosen), width, height);
        return;
    }
    if (best->width) {
        diag_warning(diags, place, "the figure does not fit a %s: it needs about %lld by %lld pt", room, width, height);
    } else {
        diag_warning(diags, place, "the figure does not fit a %s: it has more than %d boxes", room, MOST_NODES);
    }
    diag_hint(diags, "%s%s", figure->fit == FIT_PAGE ? "" : "a page has more room (`fit: page`); ",
              "groups and blocks can be drawn closed (`depth`), or one at a time (`only`)");
}

/* A point length where the author has given none. */
static Str limit(Arena *arena, Str given, int64_t points)
{
    return given.size ? given : str_format(arena, "%lldpt", (long long)points);
}

void view_fit(Arena *arena, Diags *diags, const Graph *graph, const ViewRow *view, OutlineSource source,
              Figure *figure)
{
    const struct Room *room = &rooms[figure->fit];

    figure->width = limit(arena, figure->width, room->width);
    if (view->view != VIEW_GRAPH) {
        figure->height = figure->fit == FIT_SLIDE ? limit(arena, figure->height, room->height) : figure->height;
        return;
    }
    if (!figure->height.size) {
        figure->max_height = limit(arena, figure->height, room->height);
    }
    Fitting fitting = {.arena = arena, .source = source, .view = view, .figure = figure,
                       .width = length_estimate(figure->width),
                       .height = length_estimate(figure->height.size ? figure->height : figure->max_height),
                       .deepest = find_deepest(arena, graph)};
    Trial best = find_best(&fitting);
    say(diags, &fitting, &best);
    if (!best.width) {
        return;
    }
    figure->direction = best.direction;
    figure->depth = best.depth;
    figure->label_font = best.label_font;
}
