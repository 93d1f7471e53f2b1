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

/*
 * What gives way where nothing fits: what the author has said of the arrangement (direction, wrap), labels on one line,
 * then shapes or the depth of what is open, then both.
 */
typedef enum Concession {
    CONCEDE_NOTHING, CONCEDE_ARRANGEMENT, CONCEDE_LINES, CONCEDE_SHAPES, CONCEDE_DEPTH, CONCEDE_ALL, CONCESSIONS
} Concession;

typedef struct Trial {
    Concession concession;
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
    Figure *figure;        /* as the trials find it */
    int64_t width, height; /* limits */
    int64_t deepest;       /* levels of groups and blocks */
    Concession concession; /* what is given up in the trials that are being made */
} Fitting;

static int64_t height_of(const Figure *figure)
{
    return length_estimate(figure->height.size ? figure->height : figure->max_height);
}

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
    Trial trial = {.concession = fitting->concession, .depth = depth, .direction = direction, .label_font = label_font};

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

/* With labels on two lines, where nothing else of the arrangement would have to give way for it. */
static void try_lines(Fitting *fitting, int64_t depth, Trial *best)
{
    Figure *figure = fitting->figure;
    const Concession concession = fitting->concession;

    if (concession <= CONCEDE_ARRANGEMENT && figure->nodes == NODES_AUTO && figure->direction == DIRECTION_AUTO && !figure->wrap) {
        figure->nodes = NODES_LINES;
        fitting->concession = CONCEDE_LINES;
        try_depth(fitting, depth, best);
        figure->nodes = NODES_AUTO;
        fitting->concession = concession;
    }
}

/* As deep as it fits from there. */
static void try_depths(Fitting *fitting, int64_t from, int64_t to, Trial *best)
{
    for (int64_t depth = from; depth >= to && !best->fits; depth--) {
        try_depth(fitting, depth, best);
        if (!best->fits) {
            try_lines(fitting, depth, best);
        }
    }
}

/* The figure without what is given up. */
static Figure conceded(const Figure *said, Concession concession)
{
    Figure figure = *said;

    if (concession >= CONCEDE_ARRANGEMENT) {
        figure.direction = DIRECTION_AUTO;
        figure.wrap = 0;
    }
    if (figure.nodes == NODES_AUTO && (concession == CONCEDE_LINES || concession == CONCEDE_SHAPES)) {
        figure.nodes = NODES_LINES;
    }
    if (concession == CONCEDE_SHAPES || concession == CONCEDE_ALL) {
        figure.shapes = SHAPES_NONE;
    }
    return figure;
}

/* The deepest drawing that fits, with as little given up as may be; else the one that comes nearest. */
static Trial find_best(Fitting *fitting)
{
    const Figure said = *fitting->figure;
    Trial best = {.depth = said.depth};

    for (Concession concession = CONCEDE_NOTHING; concession < CONCESSIONS && !best.fits; concession++) {
        bool closes = concession >= CONCEDE_DEPTH;
        int64_t deepest = said.depth < 0 || said.depth > fitting->deepest ? fitting->deepest : said.depth;
        fitting->concession = concession;
        *fitting->figure = conceded(&said, concession);
        if (closes) {
            try_depths(fitting, deepest - 1, 0, &best);
        } else {
            try_depths(fitting, said.depth < 0 ? deepest : said.depth, said.depth < 0 ? 0 : said.depth, &best);
        }
    }
    *fitting->figure = said;
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
    bool closed = best->depth < (figure->depth < 0 ? fitting->deepest : figure->depth);
    if (fitting->deepest && closed) {
        text_add_format(&text, ", groups and blocks are open to depth %lld", (long long)best->depth);
    } else if (fitting->deepest && figure->depth < 0) {
        text_add(&text, STR(", all groups and blocks are open"));
    }
    if (best->label_font.size && !figure->label_font.size) {
        text_add(&text, STR(", labels are a size smaller"));
    }
    if ((best->concession == CONCEDE_LINES || best->concession == CONCEDE_SHAPES) && figure->nodes == NODES_AUTO) {
        text_add(&text, STR(", labels stand on two lines"));
    }
    if ((best->concession == CONCEDE_SHAPES || best->concession == CONCEDE_ALL) && figure->shapes != SHAPES_NONE) {
        text_add(&text, STR(", shapes are left out"));
    }
    return text_str(&text);
}

/* A simpler look that would fit, as a key of the figure; NULL where there is none. */
static const char *simpler(Fitting *fitting, const Trial *best)
{
    static const struct {
        NodeForm nodes;
        const char *key;
    } looks[] = {{NODES_LINES, "nodes: lines"}, {NODES_BARE, "nodes: bare"}};
    const Figure said = *fitting->figure;
    const char *key = NULL;

    for (size_t i = 0; i < sizeof looks / sizeof *looks && !key; i++) {
        Trial trial = {.depth = best->depth};
        if (said.nodes == looks[i].nodes || said.nodes == NODES_BARE) {
            continue;
        }
        fitting->figure->nodes = looks[i].nodes;
        try_depth(fitting, best->depth, &trial);
        key = trial.fits ? looks[i].key : NULL;
    }
    *fitting->figure = said;
    return key;
}

static void say_too_large(Diags *diags, Fitting *fitting, const Trial *best)
{
    const char *room = rooms[fitting->figure->fit].name, *look = best->width ? simpler(fitting, best) : NULL;
    Place place = {.source = fitting->figure->place.source};
    bool open = fitting->deepest && best->depth;

    if (best->width) {
        diag_warning(diags, place, "the figure does not fit a %s: it needs about %lld by %lld pt", room,
                     (long long)(best->width / WRAP_POINT), (long long)(best->height / WRAP_POINT));
    } else {
        diag_warning(diags, place, "the figure does not fit a %s: it has more than %d boxes", room, MOST_NODES);
    }
    diag_hint(diags, "%s%s%s%s", look ? "with `" : "", look ? look : "", look ? "` it would; " : "",
              fitting->figure->fit == FIT_PAGE ? open ? "groups and blocks can be drawn closed (`depth`), or one at a time (`only`)"
                                                      : "a part of it can be drawn alone (`only`)"
                                               : "a page has more room (`fit: page`)");
}

static void say(Diags *diags, Fitting *fitting, const Trial *best)
{
    const char *room = rooms[fitting->figure->fit].name;

    if (!best->fits) {
        say_too_large(diags, fitting, best);
    } else if (best->width) {
        Str chosen = choice(fitting, best);
        diag_remark(diags, (Place){.source = fitting->figure->place.source}, "to fit a %s, %.*s; about %lld by %lld pt", room,
                    STR_ARGS(chosen), (long long)(best->width / WRAP_POINT), (long long)(best->height / WRAP_POINT));
    }
}

/* A point length where the author has given none. */
static Str limit(Arena *arena, Str given, int64_t points)
{
    return given.size ? given : str_format(arena, "%lldpt", (long long)points);
}

const char *view_room(const Figure *figure)
{
    return rooms[figure->fit].name;
}

int64_t view_room_height(const Figure *figure)
{
    return rooms[figure->fit].height;
}

bool view_within(const Scene *scene, const Figure *figure)
{
    return scene->width <= length_estimate(figure->width) && scene->height <= height_of(figure);
}

void view_limit(Arena *arena, Figure *figure)
{
    const struct Room *room = &rooms[figure->fit];

    figure->width = limit(arena, figure->width, room->width);
    if (!figure->height.size) {
        figure->max_height = limit(arena, figure->max_height, room->height);
    }
}

void view_fit(Arena *arena, Diags *diags, const Graph *graph, const ViewRow *view, OutlineSource source,
              Figure *figure)
{
    view_limit(arena, figure);
    if (view->view == VIEW_TENSORS) {
        Outline *outline = source.outline(source.data, figure, figure->depth >= 0 ? figure->depth : view->default_depth);
        if (outline) {
            view_fit_solids(arena, diags, outline, view, figure);
        }
    }
    if (view->view != VIEW_GRAPH) {
        return;
    }
    Fitting fitting = {.arena = arena, .source = source, .view = view, .figure = figure,
                       .width = length_estimate(figure->width),
                       .height = height_of(figure),
                       .deepest = find_deepest(arena, graph)};
    Trial best = find_best(&fitting);
    say(diags, &fitting, &best);
    if (!best.width) {
        return;
    }
    *figure = conceded(figure, best.concession);
    figure->direction = best.direction;
    figure->depth = best.depth;
    figure->label_font = best.label_font;
}
