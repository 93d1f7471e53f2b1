/* SPDX-License-Identifier: MIT */
/* `figure:` and `figures:`: the settings of the drawings of a network. */
#include "read/spec.h"

static bool names_a_scope(const Graph *graph, Str path)
{
    for (uint32_t i = 1; i < graph->scope_count; i++)
        if (str_equal(graph->scopes[i]->path, path) && graph->scopes[i]->name.size)
            return true;
    return false;
}

/* `only: conv2`: it must name a group or block of this network. */
static bool check_only(Spec *spec, const Value *value)
{
    const Graph *graph = spec->graph;
    if (spec->failed || names_a_scope(graph, value->text))
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
    Text list = text_in(spec->arena);
    for (size_t i = 0; figure_key(i); i++)
        text_add_format(&list, "%s%s", i ? ", " : "", figure_key(i)->name);
    spec_error(spec, child->key_place, "unknown figure key `%.*s`", STR_ARGS(child->key));
    Str nearest = figure_key_nearest(spec->arena, child->key);
    if (nearest.size)
        spec_hint(spec, "did you mean `%.*s`?", STR_ARGS(nearest));
    else
        spec_hint(spec, "there are %.*s", STR_ARGS(text_str(&list)));
}

static void read_setting(Spec *spec, Figure *figure, const Value *child)
{
    int key = figure_key_find(child->key);
    if (key < 0) {
        report_key(spec, child);
        return;
    }
    const char *name = figure_key((size_t)key)->name;
    if (child->kind != VALUE_SCALAR) {
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
    if (!figure_set(spec->arena, spec->diags, figure, (size_t)key, child->text, child->place))
        spec->failed = true;
}

static bool read_settings(Spec *spec, Figure *figure, const Value *map)
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
    return true;
}

void read_figures(Spec *spec, Model *model)
{
    const Value *one = value_get(spec->root, STR("figure")), *several = value_get(spec->root, STR("figures"));
    Figure common = figure_default();
    common.place = spec->root->place;
    if (one)
        read_settings(spec, &common, one);
    bool named = several && several->kind == VALUE_MAP && several->count;
    if (several && !named)
        spec_wrong_kind(spec, several, "figures", "a mapping from names to figures");
    model->figure_count = named ? several->count : 1;
    model->figures = ARENA_ARRAY(spec->arena, model->figure_count, Figure);
    model->figures[0] = common;
    uint32_t index = 0;
    for (const Value *child = named ? several->first : NULL; child; child = child->next, index++) {
        Figure *figure = &model->figures[index];
        *figure = common;
        figure->name = child->key;
        name_is_fit(spec, piece_of_key(child));
        read_settings(spec, figure, child);
    }
}
