/* SPDX-License-Identifier: MIT */
/* Builds graphs, orders their layers, lists the users of each, and checks what must hold. */
#include "graph/graph.h"

#include <string.h>

Graph *graph_new(Arena *arena, const Source *source)
{
    Graph *graph = ARENA_NEW(arena, Graph);
    graph->arena = arena;
    graph->source = source;
    graph->root = graph_add_scope(graph, NULL, SCOPE_ROOT, (Str){0});
    return graph;
}

/* The path of something called `name` in a scope; nameless things stand for the scope itself. */
static Str path_in(Arena *arena, Str outer, Str name)
{
    if (!outer.size)
        return name;
    return name.size ? str_format(arena, "%.*s/%.*s", STR_ARGS(outer), STR_ARGS(name)) : outer;
}

Scope *graph_add_scope(Graph *graph, Scope *parent, ScopeKind kind, Str name)
{
    Scope *scope = ARENA_NEW(graph->arena, Scope);
    scope->kind = kind;
    scope->name = name;
    scope->path = parent ? path_in(graph->arena, parent->path, name) : (Str){0};
    scope->parent = parent;
    scope->depth = parent ? parent->depth + 1 : 0;
    scope->run_count = 1;
    scope->index = graph->scope_count;
    if (parent && parent->last)
        parent->last->next = scope;
    else if (parent)
        parent->first = scope;
    if (parent)
        parent->last = scope;
    *ARENA_PUSH(graph->arena, graph->scopes, graph->scope_count, graph->scope_room) = scope;
    return scope;
}

void graph_name_layer(Graph *graph, Layer *layer, Str name)
{
    layer->name = name;
    layer->path = graph->imported ? name : path_in(graph->arena, layer->scope->path, name);
}

Layer *graph_add_layer(Graph *graph, Scope *scope, const struct Op *op, uint32_t attr_count, Str name)
{
    Layer *layer = ARENA_NEW(graph->arena, Layer);
    layer->op = op;
    layer->attrs = ARENA_ARRAY(graph->arena, attr_count, Attr);
    layer->outputs = ARENA_NEW(graph->arena, Shape);
    layer->output_count = 1;
    layer->outputs[0] = shape_unknown();
    layer->scope = scope;
    layer->index = graph->layer_count;
    graph_name_layer(graph, layer, name);
    *ARENA_PUSH(graph->arena, graph->layers, graph->layer_count, graph->layer_room) = layer;
    return layer;
}

void graph_set_inputs(Graph *graph, Layer *layer, const Port *inputs, uint32_t count)
{
    layer->inputs = ARENA_ARRAY(graph->arena, count, Port);
    layer->input_count = count;
    layer->roles = NULL;
    if (count)
        memcpy(layer->inputs, inputs, count * sizeof *inputs);
}

/* ---- order -------------------------------------------------------------------------------------------------- */

typedef enum Mark { MARK_NEW, MARK_OPEN, MARK_DONE } Mark;

/* A layer whose inputs are being visited; the chain of them is the path from the start. */
typedef struct Visit {
    Layer *layer;
    uint32_t next; /* input that is visited next */
} Visit;

typedef struct Sorter {
    Visit *stack;     /* as deep as there are layers */
    unsigned char *marks; /* Mark of each layer, by index */
    Layer **order;    /* layers whose inputs stand before them */
    uint32_t count;   /* of order */
} Sorter;

/*
 * Appends a layer behind everything that it reads. Starting in the reader's order, a layer is moved only where one
 * that it reads stood behind it. Without recursion, for chains are as long as models are deep.
 */
static bool sort_from(Sorter *sorter, Layer *start, Layer **on_it)
{
    size_t depth = 0;
    sorter->stack[depth++] = (Visit){start, 0};
    sorter->marks[start->index] = MARK_OPEN;
    while (depth) {
        Visit *visit = &sorter->stack[depth - 1];
        if (visit->next == visit->layer->input_count) {
            sorter->marks[visit->layer->index] = MARK_DONE;
            sorter->order[sorter->count++] = visit->layer;
            depth--;
            continue;
        }
        Layer *input = visit->layer->inputs[visit->next++].layer;
        if (!input || sorter->marks[input->index] == MARK_DONE)
            continue;
        if (sorter->marks[input->index] == MARK_OPEN) {
            *on_it = input;
            return false;
        }
        sorter->marks[input->index] = MARK_OPEN;
        sorter->stack[depth++] = (Visit){input, 0};
    }
    return true;
}

bool graph_sort(Graph *graph, Layer **on_it)
{
    Sorter sorter = {
        .stack = ARENA_ARRAY(graph->arena, graph->layer_count, Visit),
        .marks = ARENA_ARRAY(graph->arena, graph->layer_count, unsigned char),
        .order = ARENA_ARRAY(graph->arena, graph->layer_count, Layer *),
    };
    for (uint32_t i = 0; i < graph->layer_count; i++)
        if (sorter.marks[i] == MARK_NEW && !sort_from(&sorter, graph->layers[i], on_it))
            return false;
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        graph->layers[i] = sorter.order[i];
        graph->layers[i]->index = i;
    }
    return true;
}

Users graph_users(Arena *arena, const Graph *graph)
{
    uint32_t *first = ARENA_ARRAY(arena, (size_t)graph->layer_count + 1, uint32_t);
    size_t edges = 0;
    for (uint32_t i = 0; i < graph->layer_count; i++)
        for (uint32_t k = 0; k < graph->layers[i]->input_count; k++)
            if (graph->layers[i]->inputs[k].layer) {
                first[graph->layers[i]->inputs[k].layer->index + 1]++;
                edges++;
            }
    for (uint32_t i = 0; i < graph->layer_count; i++)
        first[i + 1] += first[i];
    Layer **list = ARENA_ARRAY(arena, edges, Layer *);
    uint32_t *filled = ARENA_ARRAY(arena, graph->layer_count, uint32_t);
    for (uint32_t i = 0; i < graph->layer_count; i++)
        for (uint32_t k = 0; k < graph->layers[i]->input_count; k++) {
            const Layer *read = graph->layers[i]->inputs[k].layer;
            if (read)
                list[first[read->index] + filled[read->index]++] = graph->layers[i];
        }
    return (Users){first, list};
}

/* ---- what must hold ------------------------------------------------------------------------------------------- */

static bool port_stands(const Graph *graph, Port port)
{
    return port.layer && port.layer->index < graph->layer_count && graph->layers[port.layer->index] == port.layer &&
           port.output < port.layer->output_count;
}

static const char *check_layer(const Graph *graph, const Layer *layer, uint32_t index)
{
    if (layer->index != index)
        return "a layer's index is not its place in the list";
    if (!layer->op)
        return "a layer has no operation";
    if (!layer->output_count || !layer->outputs)
        return "a layer has no output";
    if (!layer->name.size || !layer->path.size)
        return "a layer has no name";
    if (!layer->scope || layer->scope->index >= graph->scope_count ||
        graph->scopes[layer->scope->index] != layer->scope)
        return "a layer stands in a scope that is not of the graph";
    for (uint32_t i = 0; i < layer->input_count; i++) {
        if (!layer->inputs[i].layer)
            continue;
        if (!port_stands(graph, layer->inputs[i]))
            return "a layer reads an output that is not there";
        if (layer->inputs[i].layer->index >= index)
            return "a layer reads one that stands behind it";
    }
    for (uint32_t i = 0; i < layer->after_count; i++)
        if (!port_stands(graph, (Port){layer->after[i], 0}))
            return "a layer waits for one that is not there";
    if (layer->weights_of && (!port_stands(graph, (Port){layer->weights_of, 0}) || layer->weights_of == layer))
        return "a layer shares the weights of one that is not there";
    if (layer->cell_of && (!port_stands(graph, (Port){layer->cell_of, 0}) || layer->cell_of->cell_of))
        return "a layer shares the box of one that has none of its own";
    return NULL;
}

static const char *check_scope(const Graph *graph, const Scope *scope, uint32_t index)
{
    if (scope->index != index)
        return "a scope's index is not its place in the list";
    if ((index == 0) != (scope == graph->root) || (index == 0) != !scope->parent)
        return "the root is not the first scope, or another scope has no parent";
    if (scope->parent && (scope->parent->index >= index || scope->depth != scope->parent->depth + 1))
        return "a scope stands before its parent or at the wrong depth";
    if (!scope->run_count || scope->run_index >= scope->run_count)
        return "a scope's number in its run is beyond the run";
    if (scope->run ? scope->run->run != scope->run || scope->run->parent != scope->parent : scope->run_count != 1)
        return "a run of scopes is not held together by its first";
    for (const Scope *child = scope->first; child; child = child->next)
        if (child->parent != scope || (!child->next && child != scope->last))
            return "a scope's children do not agree with it";
    return NULL;
}

const char *graph_check(const Graph *graph)
{
    const char *breach = NULL;
    for (uint32_t i = 0; i < graph->scope_count && !breach; i++)
        breach = check_scope(graph, graph->scopes[i], i);
    for (uint32_t i = 0; i < graph->layer_count && !breach; i++)
        breach = check_layer(graph, graph->layers[i], i);
    for (uint32_t i = 0; i < graph->output_count && !breach; i++)
        if (!port_stands(graph, graph->outputs[i]))
            breach = "an output of the network is not there";
    if (breach)
        return breach;
    Names *paths = names_new(graph->arena);
    for (uint32_t i = 0; i < graph->layer_count && !graph->imported; i++)
        if (!names_put(paths, graph->layers[i]->path, graph->layers[i]))
            return "two layers have the same path";
    return NULL;
}
