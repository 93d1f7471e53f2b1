/* SPDX-License-Identifier: MIT */
/* `panels:` of a figure: rows of drawings, texts, pictures, listings; names of figures, networks, blocks and groups are looked up. */
#include "read/spec.h"

#include "base/file.h"
#include "scene/tex_check.h"

enum { MOST_PANELS = 100, MOST_LISTING = 1 << 16, MOST_SHARE = 1000 };

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

/* One `panels:` that is being read. */
typedef struct Rows {
    Spec *spec;
    const Model *model;
    const Announced *of;
    Names *names;          /* of panels → Panel */
    Panel *panel;          /* the one that is being read */
} Rows;

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

/* Letters, digits, `-`, `_`: names of nodes begin with it. */
static Str clean_name(Arena *arena, Str name)
{
    Text text = text_in(arena);
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        text_add_char(&text, plain ? c : '-');
    }
    return text_str(&text);
}

static void name_panel(Rows *rows, Str wanted)
{
    Str stem = clean_name(rows->spec->arena, wanted), name = stem;
    for (unsigned number = 2; !names_put(rows->names, name, rows->panel); number++)
        name = str_format(rows->spec->arena, "%.*s-%u", STR_ARGS(stem), number);
    rows->panel->name = name;
}

/* What a panel takes over from its figure: everything but what the whole is told. */
static Figure part_of(Figure figure)
{
    static const Str nothing;
    figure = panels_without(figure);
    figure.width = figure.height = figure.title = figure.theme = figure.node_prefix = figure.label_font = nothing;
    figure.fit = FIT_NO;
    return figure;
}

static const Figure *find_figure(const Rows *rows, Str name)
{
    for (uint32_t i = 0; i < rows->model->figure_count; i++)
        if (rows->model->figures[i].name.size && str_equal(rows->model->figures[i].name, name))
            return &rows->model->figures[i];
    return NULL;
}

/* A figure or a network by its name; NULL after a report. */
static const Figure *named_figure(Rows *rows, const Value *value)
{
    const Figure *figure = find_figure(rows, value->text);
    if (figure && !figure->panels)
        return figure;
    if (figure) {
        spec_error(rows->spec, value->place, "`%.*s` has panels itself: panels do not stand in panels", STR_ARGS(value->text));
        return NULL;
    }
    for (uint32_t i = 0; rows->spec->bases && i < rows->model->graph_count; i++)
        if (str_equal(rows->model->graphs[i]->key, value->text))
            return &rows->spec->bases[i];
    Str *words = ARENA_ARRAY(rows->spec->arena, rows->model->figure_count + rows->model->graph_count, Str);
    uint32_t count = 0;
    for (uint32_t i = 0; i < rows->model->figure_count; i++)
        if (rows->model->figures[i].name.size)
            words[count++] = rows->model->figures[i].name;
    for (uint32_t i = 0; i < rows->model->graph_count; i++)
        if (rows->model->graphs[i]->key.size)
            words[count++] = rows->model->graphs[i]->key;
    spec_error(rows->spec, value->place, "there is no figure or network `%.*s`", STR_ARGS(value->text));
    spec_did_you_mean(rows->spec, value->text, words, count,
                      "names stand under `figures:` and `networks:`; keys of a drawing in a mapping: `{view: graph}`");
    return NULL;
}

static Graph *graph_of(const Rows *rows, const Figure *figure)
{
    uint32_t i = 0;
    while (i + 1 < rows->model->graph_count && !str_equal(rows->model->graphs[i]->key, figure->network))
        i++;
    return rows->model->graphs[i];
}

/* ---- what a panel is ---------------------------------------------------------------------------------------------- */

/* What a panel's mapping says of the panel; all other keys are those of a drawing. */
static bool is_panel_key(Str key)
{
    static const char *const keys[] = {"figure", "network", "title", "width",      "name",  "text",  "image",
                                       "listing", "lines",  "legend", "definition", "inset", "of",    "leader"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_equal(key, str_from(keys[i])))
            return true;
    return false;
}

/* A file beside the spec or below it: nothing else of the machine gets into a figure. */
static bool is_file_name(Str name)
{
    bool fit = name.size && name.at[0] != '/' && name.at[0] != '.' && name.at[0] != '-';
    for (size_t i = 0; i < name.size && fit; i++) {
        char c = name.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        fit = plain || c == '-' || c == '_' || c == '+' || c == '/' || (c == '.' && name.at[i - 1] != '.' && name.at[i - 1] != '/');
    }
    return fit;
}

static bool check_file_name(Rows *rows, const Value *value)
{
    if (is_file_name(value->text))
        return true;
    spec_error(rows->spec, value->place, "`%.*s` cannot be the name of a file here", STR_ARGS(value->text));
    spec_hint(rows->spec, "files stand beside the spec or in folders below; names have letters, digits, `_`, `+`, `-`, `.`");
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

/* The lines from `first` to `last`, from 1. */
static Str lines_between(Str text, int64_t first, int64_t last)
{
    size_t from = 0, at = 0;
    for (int64_t line = 1; line <= last && at < text.size; line++) {
        if (line == first)
            from = at;
        at += str_find(str_slice(text, at, text.size), '\n') + 1;
        if (line < first)
            from = at;
    }
    at = at > text.size ? text.size : at;
    return str_slice(text, from < at ? from : at, at);
}

/* Without a choice of lines: the spec without what it says of figures, and without the comments on top. */
static Str model_lines(Arena *arena, Str source)
{
    Text text = text_in(arena);
    Str line;
    bool figures = false, begun = false;
    while (str_cut(&source, '\n', &line)) {
        bool top = line.size && line.at[0] != ' ' && line.at[0] != '#' && line.at[0] != '-';
        if (top)
            figures = str_starts(line, STR("figure:")) || str_starts(line, STR("figures:"));
        begun = begun || top;
        if (!begun || figures)
            continue;
        text_add(&text, line);
        text_add_char(&text, '\n');
    }
    return text_str(&text);
}

/* `lines: 3-20` */
static bool read_lines(Rows *rows, const Value *value, int64_t *first, int64_t *last)
{
    Str text = value->kind == VALUE_SCALAR ? value->text : (Str){0};
    size_t dash = str_find(text, '-');
    bool fit = str_to_int(str_trim(str_slice(text, 0, dash)), first);
    *last = *first;
    if (dash < text.size)
        fit = fit && str_to_int(str_trim(str_slice(text, dash + 1, text.size)), last);
    if (fit && *first >= 1 && *last >= *first)
        return true;
    spec_error(rows->spec, value->place, "`lines` are two numbers: `lines: 3-20`");
    return false;
}

static Str file_beside(Rows *rows, const Value *name)
{
    const Source *spec = rows->spec->source;
    size_t slash = spec->name.size;
    while (slash > 0 && spec->name.at[slash - 1] != '/')
        slash--;
    Str path = str_format(rows->spec->arena, "%.*s%.*s", (int)slash, spec->name.at, STR_ARGS(name->text));
    File *file = file_open(rows->spec->arena, rows->spec->diags, str_terminated(rows->spec->arena, path), MOST_LISTING);
    if (!file) {
        rows->spec->failed = true;
        return (Str){0};
    }
    Str content = str_copy(rows->spec->arena, file->source.bytes);
    file_unmap(file);
    return content;
}

/* `listing: source`, `listing: FILE`, both with `lines: 3-20` */
static bool read_listing(Rows *rows, const Value *map, const Value *name)
{
    const Value *lines = value_get(map, STR("lines"));
    bool own = str_equal(name->text, STR("source"));
    int64_t first = 1, last = INT64_MAX;
    if ((lines && !read_lines(rows, lines, &first, &last)) || (!own && !check_file_name(rows, name)))
        return false;
    Str text = own ? rows->spec->source->bytes : file_beside(rows, name);
    text = own && !lines ? model_lines(rows->spec->arena, text) : lines_between(text, first, last);
    while (text.size && (text.at[text.size - 1] == '\n' || text.at[text.size - 1] == ' '))
        text.size--;
    rows->panel->text = text;
    if (text.size && text.size <= MOST_LISTING)
        return true;
    if (!rows->spec->failed)
        spec_error(rows->spec, name->place, text.size ? "the listing is longer than a figure can be" : "the listing is empty");
    return false;
}

/* The first group that a block was written out to. */
static Str first_of_block(const Graph *graph, Str block)
{
    for (uint32_t i = 0; i < graph->scope_count; i++)
        if (str_equal(graph->scopes[i]->definition, block) && graph->scopes[i]->path.size)
            return graph->scopes[i]->path;
    return (Str){0};
}

/* `definition: basic`: the inside of a block, drawn once. */
static bool read_definition(Rows *rows, const Value *block, Figure *figure)
{
    bool given = figure->network.size || rows->model->graph_count == 1;
    for (uint32_t i = 0; i < rows->model->graph_count; i++) {
        const Graph *graph = rows->model->graphs[i];
        if (given && graph != graph_of(rows, figure))
            continue;
        figure->only = first_of_block(graph, block->text);
        if (!figure->only.size)
            continue;
        figure->network = graph->key;
        if (figure->depth < 0)
            figure->depth = 0;
        return true;
    }
    Str *words = ARENA_ARRAY(rows->spec->arena, names_count(rows->spec->blocks), Str);
    uint32_t count = (uint32_t)names_count(rows->spec->blocks);
    for (uint32_t i = 0; i < count; i++)
        words[i] = names_key(rows->spec->blocks, i);
    spec_error(rows->spec, block->place, "no block `%.*s` is used in the network", STR_ARGS(block->text));
    spec_did_you_mean(rows->spec, block->text, words, count, "it is one of those under `blocks:`");
    return false;
}

/* `{inset: conv2, of: overview}`: a group of another panel in detail. */
static bool read_inset(Rows *rows, const Value *map, const Value *path, Figure *figure)
{
    const Value *of = value_get(map, STR("of")), *leader = value_get(map, STR("leader"));
    if (!of || of->kind != VALUE_SCALAR) {
        spec_error(rows->spec, path->key_place, "an inset says of which panel it is: `{inset: %.*s, of: PANEL}`", STR_ARGS(path->text));
        return false;
    }
    rows->panel->inset_of = clean_name(rows->spec->arena, of->text);
    const Figure *shown = find_figure(rows, of->text);
    if (shown)
        figure->network = shown->network;
    else
        for (uint32_t i = 0; i < rows->model->graph_count; i++)
            if (str_equal(rows->model->graphs[i]->key, of->text))
                figure->network = of->text;
    if (leader && str_equal(leader->text, STR("arrow"))) {
        rows->panel->arrow = true;
    } else if (leader && !str_equal(leader->text, STR("lines"))) {
        spec_error(rows->spec, leader->place, "`leader` is one of lines, arrow");
        return false;
    }
    figure->only = path->text;
    rows->spec->graph = graph_of(rows, figure);
    return check_only(rows->spec, path);
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
    static const char *const pairs[][2] = {{"lines", "listing"}, {"of", "inset"}, {"leader", "inset"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const Value *key = value_get(map, str_from(pairs[i][0]));
        if (key && !value_get(map, str_from(pairs[i][1]))) {
            spec_error(rows->spec, key->key_place, "`%s` goes with `%s`", pairs[i][0], pairs[i][1]);
            return false;
        }
    }
    return true;
}

/* The settings of a drawing: those of the figure or network that it names, and the keys beside. */
static bool read_drawing_keys(Rows *rows, const Value *map, Figure *figure)
{
    Spec *spec = rows->spec;
    Value own = *map;
    Value *last = NULL;
    own.first = NULL;
    own.count = 0;
    for (const Value *child = map->first; child; child = child->next) {
        if (is_panel_key(child->key))
            continue;
        Value *copy = ARENA_NEW(spec->arena, Value);
        *copy = *child;
        copy->next = NULL;
        *(last ? &last->next : &own.first) = copy;
        last = copy;
    }
    spec->graph = graph_of(rows, figure);
    return read_settings(spec, figure, &own) && !spec->failed;
}

static bool read_drawing_of(Rows *rows, const Value *map, const Value *kind)
{
    const Value *named = value_get(map, STR("figure")), *network = value_get(map, STR("network"));
    Figure *figure = ARENA_NEW(rows->spec->arena, Figure);
    *figure = part_of(rows->of->base);
    if (named) {
        const Figure *other = named_figure(rows, named);
        if (!other)
            return false;
        *figure = part_of(*other);
    } else if (network) {
        const Graph *graph = rows->spec->bases ? find_network(rows->spec, rows->model, network) : NULL;
        if (!graph) {
            if (!rows->spec->bases)
                spec_error(rows->spec, network->key_place, "there is one network only, and it has no name");
            return false;
        }
        for (uint32_t i = 0; i < rows->model->graph_count; i++)
            if (rows->model->graphs[i] == graph)
                *figure = part_of(rows->spec->bases[i]);
    }
    figure->place = map->place;
    rows->panel->figure = figure;
    if (kind && str_equal(kind->key, STR("definition")) && !read_definition(rows, kind, figure))
        return false;
    if (kind && str_equal(kind->key, STR("inset")) && !read_inset(rows, map, kind, figure))
        return false;
    if (!figure->network.size && rows->model->graph_count > 1) {
        spec_error(rows->spec, map->place, "a drawing among several networks says of which it is: `network: %.*s`",
                   STR_ARGS(rows->model->graphs[0]->key));
        return false;
    }
    return read_drawing_keys(rows, map, figure);
}

/* The key that says what kind of panel a mapping is; NULL: a drawing. */
static const Value *kind_key(const Value *map, PanelKind *kind)
{
    static const struct {
        const char *key;
        PanelKind kind;
    } kinds[] = {{"text", PANEL_TEXT}, {"image", PANEL_IMAGE}, {"listing", PANEL_LISTING}, {"legend", PANEL_LEGEND},
                 {"definition", PANEL_DRAWING}, {"inset", PANEL_DRAWING}};
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
        if (!is_panel_key(child->key)) {
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
        return check_file_name(rows, kind);
    case PANEL_LISTING:
        return read_listing(rows, map, kind);
    case PANEL_LEGEND:
        return true;
    case PANEL_DRAWING:
        break;
    }
    return read_drawing_of(rows, map, kind);
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
    const Figure *figure = named_figure(rows, value);
    if (!figure)
        return false;
    rows->panel->figure = ARENA_NEW(rows->spec->arena, Figure);
    *rows->panel->figure = part_of(*figure);
    rows->panel->title = figure->title;
    name_panel(rows, value->text);
    return true;
}

static void read_entry(Rows *rows, const Value *value, bool new_row, bool below)
{
    Panels *panels = rows->of->panels;
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
        Rows rows = {.spec = spec, .model = model, .of = &spec->panels->list[i], .names = names_new(spec->arena)};
        Graph *graph = spec->graph;
        for (const Value *row = rows.of->value->first; row; row = row->next)
            read_row(&rows, row);
        spec->graph = graph;
        if (!rows.of->panels->count && !spec->failed)
            spec_error(spec, rows.of->value->place, "there are no panels");
    }
}
