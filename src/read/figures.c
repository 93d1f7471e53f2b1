/* SPDX-License-Identifier: MIT */
/* `figure:` and `figures:`: the settings of the drawings of a network. */
#include "read/spec.h"

#include <string.h>

static bool names_a_scope(const Graph *graph, Str path)
{
    for (uint32_t i = 1; i < graph->scope_count; i++)
        if (str_equal(graph->scopes[i]->path, path) && graph->scopes[i]->name.size)
            return true;
    return false;
}

/* `only: conv2`: it must name a group or block of this network. */
bool check_only(Spec *spec, const Value *value)
{
    const Graph *graph = spec->graph;
    if (spec->failed || !graph || names_a_scope(graph, value->text)) /* around several networks: drawing tells */
        return true;
    Str *words = ARENA_ARRAY(spec->arena, graph->scope_count, Str);
    uint32_t count = 0;
    for (uint32_t i = 1; i < graph->scope_count; i++)
        if (graph->scopes[i]->name.size)
            words[count++] = graph->scopes[i]->path;
    spec_error(spec, value->place, "there is no group or block `%.*s`", STR_ARGS(value->text));
    spec_did_you_mean(spec, value->text, words, count < 1000 ? count : 1000,
                      count ? "write its whole path: `encoder/down1`" : "this network has none");
    return false;
}

static void report_key(Spec *spec, const Value *child)
{
    spec_error(spec, child->key_place, "unknown figure key `%.*s`", STR_ARGS(child->key));
    Str nearest = figure_key_nearest(spec->arena, child->key);
    if (str_equal(child->key, STR("network")))
        spec_hint(spec, "it belongs to drawings in `figures:` beside `networks:`");
    else if (nearest.size)
        spec_hint(spec, "did you mean `%.*s`?", STR_ARGS(nearest));
    else
        spec_hint(spec, "`netikz list keys` shows all that there are");
}

/* `[top, gate: Gates]`, one entry a line. */
static Str list_text(Spec *spec, const Value *list)
{
    Text text = text_in(spec->arena);
    for (const Value *child = list->first; child; child = child->next) {
        bool labelled = child->kind == VALUE_MAP && child->count == 1 && child->first->kind == VALUE_SCALAR;
        if (!labelled && child->kind != VALUE_SCALAR)
            spec_wrong_kind(spec, child, str_terminated(spec->arena, list->key), "a name, or `name: label`");
        else if (labelled)
            text_add_format(&text, "%.*s: %.*s\n", STR_ARGS(child->first->key), STR_ARGS(child->first->text));
        else
            text_add_format(&text, "%.*s\n", STR_ARGS(child->text));
    }
    return text_str(&text);
}

/* A list of names is the same as these with commas between them. */
static Str names_text(Spec *spec, const Value *list)
{
    Text text = text_in(spec->arena);
    for (const Value *child = list->first; child; child = child->next)
        text_add_format(&text, "%s%.*s", text.size ? ", " : "", STR_ARGS(child->text));
    return text_str(&text);
}

static bool is_list_of_names(const Value *value, const FigureKey *key)
{
    bool names = value->kind == VALUE_LIST && figure_key_is_list(key);
    for (const Value *child = value->first; names && child; child = child->next)
        names = child->kind == VALUE_SCALAR;
    return names;
}

static void read_setting(Spec *spec, Figure *figure, const Value *child)
{
    int key = figure_key_find(child->key);
    if (str_equal(child->key, STR("panels")) || (spec->bases && str_equal(child->key, STR("network"))))
        return; /* that is what the drawing is of */
    if (key < 0) {
        report_key(spec, child);
        return;
    }
    const char *name = figure_key((size_t)key)->name;
    bool list = strcmp(figure_key((size_t)key)->values, "LIST") == 0 && child->kind == VALUE_LIST;
    bool names = is_list_of_names(child, figure_key((size_t)key));
    Str text = list ? list_text(spec, child) : names ? names_text(spec, child) : child->text;
    if (!list && !names && child->kind != VALUE_SCALAR) {
        spec_wrong_kind(spec, child, name, "one value");
        return;
    }
    if (spec->options->raw_tex && str_equal(str_from(name), STR("title"))) {
        figure->title = child->text;
        return;
    }
    if (str_equal(str_from(name), STR("only")) && !check_only(spec, child))
        return;
    spec_flush(spec);
    if (!figure_set(spec->arena, spec->diags, figure, (size_t)key, text, child->place))
        spec->failed = true;
}

bool read_settings(Spec *spec, Figure *figure, const Value *map)
{
    if (map->kind == VALUE_NULL)
        return true;
    if (map->kind != VALUE_MAP) {
        spec_wrong_kind(spec, map, str_terminated(spec->arena, map->key),
                        "a mapping such as `{view: graph, direction: right}`");
        return false;
    }
    figure->place = map->place;
    for (const Value *child = map->first; child; child = child->next)
        read_setting(spec, figure, child);
    panels_announce(spec, figure, value_get(map, STR("panels")));
    return true;
}

static void add_figure(Spec *spec, Model *model, Figure figure)
{
    *ARENA_PUSH(spec->arena, model->figures, model->figure_count, model->figure_room) = figure;
}

/* The children of `figures:`; NULL after a report, and where there are none. */
static const Value *several_figures(Spec *spec)
{
    const Value *several = value_get(spec->root, STR("figures"));
    if (!several || (several->kind == VALUE_MAP && several->count))
        return several ? several->first : NULL;
    spec_wrong_kind(spec, several, "figures", "a mapping from names to figures");
    return NULL;
}

/* Of one of several networks it is called like this, or `NETWORK/NAME`. */
void read_figures(Spec *spec, Model *model)
{
    const Value *one = value_get(spec->root, STR("figure")), *several = several_figures(spec);
    Figure base = spec->around ? panels_without(spec->around->common) : figure_default();
    base.place = spec->root->place;
    base.network = base.name = spec->graph->key;
    if (one)
        read_settings(spec, &base, one);
    if (!several || base.panels)
        add_figure(spec, model, base);
    base = panels_without(base);
    if (spec->around)
        spec->around->bases[model->graph_count - 1] = base;
    for (const Value *child = several; child; child = child->next) {
        Figure figure = base;
        figure.name = child->key;
        if (base.network.size)
            figure.name = str_format(spec->arena, "%.*s/%.*s", STR_ARGS(base.network), STR_ARGS(child->key));
        name_is_fit(spec, piece_of_key(child));
        read_settings(spec, &figure, child);
        add_figure(spec, model, figure);
    }
}

/* ---- around several networks -------------------------------------------------------------------------------------- */

Graph *find_network(Spec *spec, const Model *model, const Value *name)
{
    Str *words = ARENA_ARRAY(spec->arena, model->graph_count, Str);
    for (uint32_t i = 0; i < model->graph_count; i++) {
        if (str_equal(model->graphs[i]->key, name->text))
            return model->graphs[i];
        words[i] = model->graphs[i]->key;
    }
    spec_error(spec, name->place, "there is no network `%.*s`", STR_ARGS(name->text));
    spec_did_you_mean(spec, name->text, words, model->graph_count, "it is one of those under `networks:`");
    return NULL;
}

/* `overview: {network: encoder, depth: 0}` */
static void read_drawing(Spec *spec, const Model *model, const Value *value, Figure *figure)
{
    const Value *network = value_get(value, STR("network"));
    if (value_get(value, STR("panels")) || (!network && value_get(value, STR("compare")))) { /* it is of several */
        figure->name = value->key;
        read_settings(spec, figure, value);
        return;
    }
    if (!network || network->kind != VALUE_SCALAR) {
        spec_error(spec, network ? network->place : value->key_place, "the figure `%.*s` does not say of which network it is",
                   STR_ARGS(value->key));
        spec_hint(spec, "write `network: %.*s`, say", STR_ARGS(model->graphs[0]->key));
        return;
    }
    for (uint32_t i = 0; i < model->graph_count; i++)
        if (str_equal(model->graphs[i]->key, value->key)) {
            spec_error(spec, value->key_place, "`%.*s` is a network: its drawing has that name", STR_ARGS(value->key));
            spec_hint(spec, "how it is drawn is said by a `figure:` inside of the network");
        }
    spec->graph = find_network(spec, model, network);
    if (!spec->graph)
        return;
    uint32_t index = 0;
    while (model->graphs[index] != spec->graph)
        index++;
    *figure = spec->bases[index];
    figure->name = value->key;
    read_settings(spec, figure, value);
    spec->graph = NULL;
}

void read_common_figure(Spec *spec)
{
    const Value *one = value_get(spec->root, STR("figure"));
    spec->common = figure_default();
    if (one)
        read_settings(spec, &spec->common, one);
}

void read_common_figures(Spec *spec, Model *model)
{
    Model own = *model; /* the drawings of the networks come last */
    model->figures = NULL;
    model->figure_count = model->figure_room = 0;
    if (spec->common.panels)
        add_figure(spec, model, spec->common);
    for (const Value *child = several_figures(spec); child && own.graph_count; child = child->next) {
        Figure figure = panels_without(spec->common);
        name_is_fit(spec, piece_of_key(child));
        read_drawing(spec, &own, child, &figure);
        add_figure(spec, model, figure);
    }
    for (uint32_t i = 0; i < own.figure_count; i++)
        add_figure(spec, model, own.figures[i]);
}
