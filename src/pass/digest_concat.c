/* SPDX-License-Identifier: MIT */
/* Chains of concatenations that each read all parts anew, as those of DenseNet: each reads the one before it and the part that is new. */
#include "pass/digest.h"

#include <string.h>

enum { MOST_READERS = 64 };

static bool is_concat(const Layer *layer)
{
    return strcmp(layer->op->name, "concat") == 0 && layer->input_count >= 2;
}

/* How it joins, and its first `count` parts, as a text. */
static Str parts_of(Arena *arena, const Layer *layer, uint32_t count)
{
    Text text = text_in(arena);
    for (uint32_t i = 0; i < layer->op->attr_count; i++)
        if (layer->attrs[i].set)
            text_add_format(&text, "%u=%.*s;", i,
                            STR_ARGS(layer->attrs[i].count ? dim_text(arena, layer->attrs[i].dims[0]) : layer->attrs[i].text));
    for (uint32_t i = 0; i < count; i++)
        text_add_format(&text, "%u.%u,", layer->inputs[i].layer->index, layer->inputs[i].output);
    return text_str(&text);
}

/* Each is known by all that it joins, before any of them is changed; those of a chain are marked. */
static void nest(Graph *graph, bool *chained)
{
    Names *known = names_new(graph->arena);
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        Layer *layer = graph->layers[i];
        if (!is_concat(layer))
            continue;
        uint32_t parts = layer->input_count;
        Layer *inner = parts > 2 ? names_get(known, parts_of(graph->arena, layer, parts - 1)) : NULL;
        names_put(known, parts_of(graph->arena, layer, parts), layer);
        if (!inner)
            continue;
        graph_set_inputs(graph, layer, (Port[]){{inner, 0}, layer->inputs[parts - 1]}, 2);
        chained[inner->index] = chained[i] = true;
    }
}

static bool is_within(const Scope *scope, const Scope *outer)
{
    while (scope && scope != outer)
        scope = scope->parent;
    return scope != NULL;
}

/* The innermost module that makes the new part of what is joined already: that it is joined belongs there too. */
static Scope *module_of(const Users *users, const Layer *concat)
{
    const Layer *inner = concat->inputs[0].layer, *part = concat->inputs[1].layer;
    uint32_t first = users->first[inner->index], end = users->first[inner->index + 1];
    end = end - first > MOST_READERS ? first + MOST_READERS : end;
    for (Scope *scope = part->scope; scope; scope = scope->parent)
        for (uint32_t i = first; i < end; i++)
            if (users->list[i] != concat && is_within(users->list[i]->scope, scope))
                return scope;
    return concat->scope;
}

void digest_nest_concats(Graph *graph)
{
    bool *chained = ARENA_ARRAY(graph->arena, graph->layer_count + 1, bool);
    nest(graph, chained);
    Users users = graph_users(graph->arena, graph);
    for (uint32_t i = 0; i < graph->layer_count; i++)
        if (chained[i] && graph->layers[i]->input_count == 2)
            graph->layers[i]->scope = module_of(&users, graph->layers[i]);
}
