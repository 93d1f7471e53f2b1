/* SPDX-License-Identifier: MIT */
/* Panels that tell what is known of a layer: which one is meant, where it is drawn, what shares its box. */
#include "draw_part.h"

#include "view/view.h"

static bool holds(const Node *node, const Layer *layer)
{
    for (uint32_t i = 0; i < node->cell_count; i++)
        if (node->cells[i].layer == layer)
            return true;
    for (uint32_t i = 0; i < node->silent_count; i++)
        if (node->silent[i].layer == layer)
            return true;
    return false;
}

/* The box of the layer, else that of a closed group around it; NULL where the drawing has neither. */
static const Node *node_of(const Outline *outline, const Layer *layer)
{
    const Node *around = NULL;
    for (uint32_t i = 0; i < outline->node_count; i++) {
        const Node *node = &outline->nodes[i];
        if (node->kind != NODE_GROUP && holds(node, layer))
            return node;
        for (const Scope *scope = layer->scope; node->kind == NODE_GROUP && scope && !around; scope = scope->parent)
            around = scope == node->scope ? node : NULL;
    }
    return around;
}

/* By its path, or by the name of its box. */
static const Layer *find_layer(const Graph *graph, const Outline *outline, Str name)
{
    for (uint32_t i = 0; i < graph->layer_count; i++)
        if (str_equal(graph->layers[i]->path, name))
            return graph->layers[i];
    for (uint32_t i = 0; outline && i < outline->node_count; i++)
        if (outline->nodes[i].kind != NODE_GROUP && str_equal(outline->nodes[i].name, name))
            return outline->nodes[i].layer;
    return NULL;
}

static void report_unknown(const Job *job, const Panel *panel, const Graph *graph)
{
    enum { NAMES_MOST = 2000 };
    uint32_t count = graph->layer_count < NAMES_MOST ? graph->layer_count : NAMES_MOST;
    Str *names = ARENA_ARRAY(job->arena, (size_t)count + 1, Str);
    for (uint32_t i = 0; i < count; i++)
        names[i] = graph->layers[i]->path;
    diag_error(job->diags, panel->place, "`properties`: there is no layer `%.*s`", STR_ARGS(panel->text));
    Str near = names_nearest(job->arena, panel->text, names, count);
    if (near.size)
        diag_hint(job->diags, "did you mean `%.*s`?", STR_ARGS(near));
    else
        diag_hint(job->diags, "`netikz summary` lists the names of all layers");
}

/* All that stands in the box of the layer; without a box, what its reader says follows in it. */
static Scene *tell(const Job *job, const Graph *graph, const Node *node, const Layer *layer, Notation notation)
{
    const Layer **layers = NULL;
    uint32_t count = 0, room = 0;
    for (uint32_t i = 0; node && node->kind != NODE_GROUP && i < node->cell_count; i++)
        *ARENA_PUSH(job->arena, layers, count, room) = node->cells[i].layer;
    for (uint32_t i = 0; node && node->kind != NODE_GROUP && i < node->silent_count; i++)
        *ARENA_PUSH(job->arena, layers, count, room) = node->silent[i].layer;
    if (!count)
        *ARENA_PUSH(job->arena, layers, count, room) = layer;
    for (uint32_t i = 0; (!node || node->kind == NODE_GROUP) && i < graph->layer_count; i++)
        if (graph->layers[i]->cell_of == layer)
            *ARENA_PUSH(job->arena, layers, count, room) = graph->layers[i];
    return view_properties(job->arena, graph, layers, count, notation);
}

Scene *draw_properties(const Job *job, const Panel *panel, const Drawn *of, Str *node)
{
    const Graph *graph = of ? of->outline->graph : draw_graph(job->arena, job->model, panel->figure);
    const Layer *layer = find_layer(graph, of ? of->outline : NULL, panel->text);
    if (!layer) {
        report_unknown(job, panel, graph);
        return NULL;
    }
    const Node *box = of ? node_of(of->outline, layer) : NULL;
    if (of && !box) {
        diag_error(job->diags, panel->place, "the panel `%.*s` does not show `%.*s`", STR_ARGS(panel->of), STR_ARGS(panel->text));
        diag_hint(job->diags, "`fold: no` there draws each of equal blocks, `explicit: yes` all layers");
        return NULL;
    }
    if (box)
        *node = box->name;
    const Figure *figure = panel->figure->notation == NOTATION_AUTO && of ? of->figure : panel->figure;
    return tell(job, graph, box, layer, figure->notation);
}

/* ---- what leads there ---- */

/* Where a node stands in a drawing. */
typedef struct Spot {
    uint32_t column, rank, lane;
} Spot;

/* The place of each item; true where it is a node. */
static bool next_spot(const SceneItem *item, Spot *at)
{
    at->column += item->kind == ITEM_COLUMN;
    at->rank += item->kind == ITEM_RANK || item->kind == ITEM_SOLID;
    at->lane = item->lane;
    return scene_is_node(item) || item->kind == ITEM_SOLID;
}

/* Whether `other` stands between `own` and the side of the drawing. */
static bool is_between(const Scene *scene, Spot own, Spot other, bool right)
{
    if (scene->direction == DIRECTION_RIGHT)
        return own.column == other.column && own.lane == other.lane && (right ? other.rank > own.rank : other.rank < own.rank);
    if (own.column != other.column)
        return right ? other.column > own.column : other.column < own.column;
    return own.rank == other.rank && (right ? other.lane > own.lane : other.lane < own.lane);
}

bool draw_reaches(const Scene *scene, Str node, bool right)
{
    Spot own = {0}, at = {0};
    for (uint32_t i = 0; i < scene->item_count; i++)
        if (next_spot(&scene->items[i], &at) && str_equal(scene->items[i].name, node))
            own = at;
    at = (Spot){0};
    for (uint32_t i = 0; i < scene->item_count && !scene->row_lines.size; i++)
        if (next_spot(&scene->items[i], &at) && is_between(scene, own, at, right))
            return false;
    return true;
}
