/* SPDX-License-Identifier: MIT */
/* Panels with a drawing: a figure or network by its name, a block's definition, a group or a layer of another panel. */
#include "read/panel.h"

Str panel_clean_name(Arena *arena, Str name)
{
    Text text = text_in(arena);
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        text_add_char(&text, plain ? c : '-');
    }
    return text_str(&text);
}

static const Figure *find_figure(const Rows *rows, Str name)
{
    for (uint32_t i = 0; i < rows->model->figure_count; i++)
        if (rows->model->figures[i].name.size && str_equal(rows->model->figures[i].name, name))
            return &rows->model->figures[i];
    return NULL;
}

const Figure *panel_named_figure(Rows *rows, const Value *value)
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

/* `of: PANEL`: what a panel shows in detail stands in that one; its network is the figure's then. */
static void read_of(Rows *rows, const Value *of, Figure *figure)
{
    rows->panel->of = panel_clean_name(rows->spec->arena, of->text);
    const Figure *shown = find_figure(rows, of->text);
    if (shown)
        figure->network = shown->network;
    for (uint32_t i = 0; !shown && i < rows->model->graph_count; i++)
        if (str_equal(rows->model->graphs[i]->key, of->text))
            figure->network = of->text;
}

/* `leader: arrow`: what leads from there to here. */
static bool read_leader(Rows *rows, const Value *map, const char *first, Leader usual)
{
    const Value *leader = value_get(map, STR("leader"));
    rows->panel->leader = usual;
    if (leader && str_equal(leader->text, STR("arrow")))
        rows->panel->leader = LEADER_ARROW;
    else if (leader && !str_equal(leader->text, str_from(first))) {
        spec_error(rows->spec, leader->place, "`leader` is one of %s, arrow", first);
        return false;
    }
    return true;
}

/* `{inset: conv2, of: overview}`: a group of another panel in detail. */
static bool read_inset(Rows *rows, const Value *map, const Value *path, Figure *figure)
{
    const Value *of = value_get(map, STR("of"));
    if (!of || of->kind != VALUE_SCALAR) {
        spec_error(rows->spec, path->key_place, "an inset says of which panel it is: `{inset: %.*s, of: PANEL}`", STR_ARGS(path->text));
        return false;
    }
    read_of(rows, of, figure);
    if (!read_leader(rows, map, "lines", LEADER_LINES))
        return false;
    figure->only = path->text;
    rows->spec->graph = graph_of(rows, figure);
    return check_only(rows->spec, path);
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
        if (panel_is_key(child->key))
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

/* `network: NAME`; NULL after a report. */
static const Graph *network_among(Rows *rows, const Value *network)
{
    if (rows->spec->bases)
        return find_network(rows->spec, rows->model, network);
    spec_error(rows->spec, network->key_place, "there is one network only, and it has no name");
    return NULL;
}

/* Among several networks a panel says of which it is. */
static bool check_network_said(Rows *rows, const Value *map, const Figure *figure)
{
    if (figure->network.size || rows->model->graph_count <= 1)
        return true;
    spec_error(rows->spec, map->place, "a drawing among several networks says of which it is: `network: %.*s`",
               STR_ARGS(rows->model->graphs[0]->key));
    return false;
}

bool panel_drawing(Rows *rows, const Value *map, const Value *kind)
{
    const Value *named = value_get(map, STR("figure")), *network = value_get(map, STR("network"));
    Figure *figure = ARENA_NEW(rows->spec->arena, Figure);
    *figure = figure_part(rows->base);
    if (named) {
        const Figure *other = panel_named_figure(rows, named);
        if (!other)
            return false;
        *figure = figure_part(*other);
    } else if (network) {
        const Graph *graph = network_among(rows, network);
        if (!graph)
            return false;
        for (uint32_t i = 0; i < rows->model->graph_count; i++)
            if (rows->model->graphs[i] == graph)
                *figure = figure_part(rows->spec->bases[i]);
    }
    figure->place = map->place;
    rows->panel->figure = figure;
    if (kind && str_equal(kind->key, STR("definition")) && !read_definition(rows, kind, figure))
        return false;
    if (kind && str_equal(kind->key, STR("inset")) && !read_inset(rows, map, kind, figure))
        return false;
    return check_network_said(rows, map, figure) && read_drawing_keys(rows, map, figure);
}


/* `{properties: conv4, of: overview}`: what is known of a layer; without `of` nothing leads to it. */
bool panel_properties(Rows *rows, const Value *map, const Value *layer)
{
    const Value *of = value_get(map, STR("of")), *network = value_get(map, STR("network"));
    Figure *figure = ARENA_NEW(rows->spec->arena, Figure);
    *figure = figure_part(rows->base);
    figure->place = layer->place;
    rows->panel->figure = figure;
    rows->panel->text = layer->text;
    if (network) {
        const Graph *graph = network_among(rows, network);
        if (!graph)
            return false;
        figure->network = graph->key;
    }
    if (of && of->kind != VALUE_SCALAR) {
        spec_wrong_kind(rows->spec, of, "of", "the name of a panel");
        return false;
    }
    if (of)
        read_of(rows, of, figure);
    if (!of && value_get(map, STR("leader"))) {
        spec_error(rows->spec, value_get(map, STR("leader"))->key_place, "`leader` goes with `of`");
        return false;
    }
    return of ? read_leader(rows, map, "tip", LEADER_TIP) : check_network_said(rows, map, figure);
}
