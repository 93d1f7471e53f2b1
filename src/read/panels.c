/* SPDX-License-Identifier: MIT */
/* `panels:` of a figure: rows of drawings, texts, pictures, listings; names of figures, networks, blocks and groups are looked up. */
#include "read/panel.h"

#include "scene/tex_check.h"

enum { MOST_PANELS = 100, MOST_SHARE = 1000 };

/* A `panels:` whose drawings are looked up when all are known. */
typedef struct Announced {
    Panels *panels;
    Figure base;           /* the figure that it stands in */
    const Value *value;
    const Graph *graph;    /* of a network's own figure; NULL around several networks */
} Announced;

struct PanelsToRead {
    Announced *list;
    uint32_t count, room;
};

void panels_prepare(Spec *spec)
{
    spec->panels = ARENA_NEW(spec->arena, struct PanelsToRead);
}

Figure panels_without(Figure figure)
{
    figure.panels = NULL;
    figure.align = ALIGN_TOP;
    return figure;
}

void panels_announce(Spec *spec, Figure *figure, const Value *panels)
{
    if (!panels)
        return;
    if (panels->kind != VALUE_LIST || !panels->count) {
        spec_wrong_kind(spec, panels, "panels", "a list of rows: `[[left, right], [below]]`");
        return;
    }
    figure->panels = ARENA_NEW(spec->arena, Panels);
    *ARENA_PUSH(spec->arena, spec->panels->list, spec->panels->count, spec->panels->room) =
        (Announced){figure->panels, *figure, panels, spec->graph};
}

/* ---- names -------------------------------------------------------------------------------------------------------- */

static void name_panel(Rows *rows, Str wanted)
{
    Str stem = panel_clean_name(rows->spec->arena, wanted), name = stem;
    for (unsigned number = 2; !names_put(rows->names, name, rows->panel); number++)
        name = str_format(rows->spec->arena, "%.*s-%u", STR_ARGS(stem), number);
    rows->panel->name = name;
}

/* ---- what a panel is ---------------------------------------------------------------------------------------------- */

bool panel_is_key(Str key)
{
    static const char *const keys[] = {"figure", "network", "title", "width",      "name",  "text",  "image",
                                       "listing", "lines",  "legend", "definition", "inset", "of",    "leader", "properties"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_equal(key, str_from(keys[i])))
            return true;
    return false;
}

static bool take_tex(Rows *rows, const Value *value, Str *text)
{
    TexFault fault;
    *text = value->text;
    if (rows->spec->options->raw_tex || tex_check(rows->spec->arena, value->text, &fault))
        return true;
    spec_error(rows->spec, value->place, "%.*s", STR_ARGS(fault.what));
    if (fault.hint.size)
        spec_hint(rows->spec, "%.*s", STR_ARGS(fault.hint));
    return false;
}

/* ---- entries ------------------------------------------------------------------------------------------------------ */

/* `width: 2` is a share, `width: 3cm` a length. */
static bool read_width(Rows *rows, const Value *value)
{
    int64_t share;
    Figure trial = figure_default();
    if (value->kind == VALUE_SCALAR && str_to_int(value->text, &share)) {
        rows->panel->share = share;
        if (share >= 1 && share <= MOST_SHARE)
            return true;
        spec_error(rows->spec, value->place, "`width` is a share from 1 to %d, or a length such as 3cm", MOST_SHARE);
        return false;
    }
    bool set = figure_set(rows->spec->arena, rows->spec->diags, &trial, (size_t)figure_key_find(STR("width")), value->text, value->place);
    rows->panel->width = trial.width;
    rows->spec->failed = rows->spec->failed || !set;
    return set;
}

/* Keys of a figure that a part of it cannot have for itself. */
static bool check_parts(Rows *rows, const Value *map)
{
    static const char *const whole[] = {"height", "fit", "theme", "label_font", "align", "panels"};
    for (const Value *child = map->first; child; child = child->next)
        for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
            if (str_equal(child->key, str_from(whole[i]))) {
                spec_error(rows->spec, child->key_place, "`%s` is said of the whole figure, not of a panel", whole[i]);
                return false;
            }
    return true;
}

/* Keys that only one kind of panel knows, without it. */
static bool check_company(Rows *rows, const Value *map)
{
    static const struct {
        const char *key, *with, *or_with;
    } pairs[] = {{"lines", "listing", "listing"}, {"of", "inset", "properties"}, {"leader", "inset", "properties"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const Value *key = value_get(map, str_from(pairs[i].key));
        if (key && !value_get(map, str_from(pairs[i].with)) && !value_get(map, str_from(pairs[i].or_with))) {
            spec_error(rows->spec, key->key_place, "`%s` goes with `%s`", pairs[i].key, pairs[i].with);
            return false;
        }
    }
    return true;
}

/* The key that says what kind of panel a mapping is; NULL: a drawing. */
static const Value *kind_key(const Value *map, PanelKind *kind)
{
    static const struct {
        const char *key;
        PanelKind kind;
    } kinds[] = {{"text", PANEL_TEXT}, {"image", PANEL_IMAGE}, {"listing", PANEL_LISTING}, {"legend", PANEL_LEGEND},
                 {"properties", PANEL_PROPERTIES}, {"definition", PANEL_DRAWING}, {"inset", PANEL_DRAWING}};
    *kind = PANEL_DRAWING;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const Value *value = value_get(map, str_from(kinds[i].key));
        bool alone = kinds[i].kind != PANEL_LEGEND || map->count <= 3;
        if (value && alone) {
            *kind = kinds[i].kind;
            return value;
        }
    }
    return NULL;
}

/* A panel that is no drawing has no keys of drawings. */
static bool check_plain(Rows *rows, const Value *map)
{
    for (const Value *child = map->first; child; child = child->next)
        if (!panel_is_key(child->key)) {
            spec_error(rows->spec, child->key_place, "`%.*s` is no key of such a panel", STR_ARGS(child->key));
            spec_hint(rows->spec, "it has title, width, name");
            return false;
        }
    return true;
}

static bool read_content(Rows *rows, const Value *map, const Value *kind)
{
    if (kind && kind->kind != VALUE_SCALAR) {
        spec_wrong_kind(rows->spec, kind, str_terminated(rows->spec->arena, kind->key), "one value");
        return false;
    }
    if (rows->panel->kind != PANEL_DRAWING && !check_plain(rows, map))
        return false;
    switch (rows->panel->kind) {
    case PANEL_TEXT:
        return take_tex(rows, kind, &rows->panel->text);
    case PANEL_IMAGE:
        rows->panel->text = kind->text;
        return panel_file_name(rows, kind);
    case PANEL_LISTING:
        return panel_listing(rows, map, kind);
    case PANEL_LEGEND:
        return true;
    case PANEL_PROPERTIES:
        return panel_properties(rows, map, kind);
    case PANEL_DRAWING:
        break;
    }
    return panel_drawing(rows, map, kind);
}

/* What the nodes in it begin with: its own name, or that of what it shows. */
static Str stem_of(const Value *map, const Value *kind)
{
    static const char *const keys[] = {"name", "figure", "network"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const Value *value = value_get(map, str_from(keys[i]));
        if (value && value->kind == VALUE_SCALAR && value->text.size)
            return value->text;
    }
    if (kind && (str_equal(kind->key, STR("definition")) || str_equal(kind->key, STR("inset"))))
        return kind->text;
    return kind ? kind->key : STR("panel");
}

static bool read_map(Rows *rows, const Value *map)
{
    const Value *title = value_get(map, STR("title")), *width = value_get(map, STR("width"));
    const Value *kind = kind_key(map, &rows->panel->kind), *name = value_get(map, STR("name"));
    Piece piece;
    if (!check_parts(rows, map) || !check_company(rows, map) || (name && !read_name(rows->spec, name, &piece)))
        return false;
    name_panel(rows, stem_of(map, kind));
    if ((title && !take_tex(rows, title, &rows->panel->title)) || (width && !read_width(rows, width)))
        return false;
    return read_content(rows, map, kind);
}

static bool read_named(Rows *rows, const Value *value)
{
    const Figure *figure = panel_named_figure(rows, value);
    if (!figure)
        return false;
    rows->panel->figure = ARENA_NEW(rows->spec->arena, Figure);
    *rows->panel->figure = figure_part(*figure);
    rows->panel->title = figure->title;
    name_panel(rows, value->text);
    return true;
}

static void read_entry(Rows *rows, const Value *value, bool new_row, bool below)
{
    Panels *panels = rows->panels;
    if (panels->count == MOST_PANELS) {
        spec_error(rows->spec, value->place, "more than %d panels", MOST_PANELS);
        return;
    }
    Panel panel = {.new_row = new_row, .below = below, .place = value->place};
    rows->panel = &panel;
    bool sound = value->kind == VALUE_SCALAR ? read_named(rows, value) : value->kind == VALUE_MAP && read_map(rows, value);
    if (sound)
        *ARENA_PUSH(rows->spec->arena, panels->list, panels->count, panels->room) = panel;
    else if (value->kind != VALUE_SCALAR && value->kind != VALUE_MAP)
        spec_wrong_kind(rows->spec, value, "panels", "the name of a figure, or a mapping such as `{network: a, title: \"(a)\"}`");
}

/* In a row, a list is a column: what stands under each other. */
static void read_row(Rows *rows, const Value *row)
{
    if (row->kind != VALUE_LIST) {
        read_entry(rows, row, true, false);
        return;
    }
    for (const Value *entry = row->first; entry; entry = entry->next) {
        const Value *first = entry->kind == VALUE_LIST ? entry->first : entry;
        for (const Value *child = first; child; child = entry->kind == VALUE_LIST ? child->next : NULL)
            read_entry(rows, child, entry == row->first && child == first, child != first);
    }
    if (!row->count)
        spec_error(rows->spec, row->place, "a row of panels is empty");
}

void read_panels(Spec *spec, Model *model)
{
    for (uint32_t i = 0; i < spec->panels->count; i++) {
        const Announced *announced = &spec->panels->list[i];
        Rows rows = {.spec = spec, .model = model, .base = announced->base, .panels = announced->panels,
                     .names = names_new(spec->arena)};
        Graph *graph = spec->graph;
        for (const Value *row = announced->value->first; row; row = row->next)
            read_row(&rows, row);
        spec->graph = graph;
        if (!rows.panels->count && !spec->failed)
            spec_error(spec, announced->value->place, "there are no panels");
    }
}
