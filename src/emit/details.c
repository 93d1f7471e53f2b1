/* SPDX-License-Identifier: MIT */
/* What is not drawn but can be asked of a node: its exact numbers as a tooltip, its block's definition as a link. */
#include "emit/emit.h"
#include "emit/number.h"
#include "op/op.h"
#include "op/totals.h"

/* Sums over the layers of each scope and below, by Scope.index. */
typedef struct ScopeSums {
    Dim *params, *macs;
} ScopeSums;

static ScopeSums sums_of(Arena *arena, const Graph *graph)
{
    ScopeSums sums = {ARENA_ARRAY(arena, graph->scope_count, Dim), ARENA_ARRAY(arena, graph->scope_count, Dim)};
    for (uint32_t i = 0; i < graph->scope_count; i++)
        sums.params[i] = sums.macs[i] = dim_int(0);
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        const Layer *layer = graph->layers[i];
        uint32_t scope = layer->scope->index;
        sums.params[scope] = dim_add(arena, sums.params[scope], totals_params(layer));
        sums.macs[scope] = dim_add(arena, sums.macs[scope], layer->macs);
    }
    for (uint32_t i = graph->scope_count; i-- > 1;) { /* parents come before children */
        uint32_t parent = graph->scopes[i]->parent->index;
        sums.params[parent] = dim_add(arena, sums.params[parent], sums.params[i]);
        sums.macs[parent] = dim_add(arena, sums.macs[parent], sums.macs[i]);
    }
    return sums;
}

/* ", kernel 7x7, stride 2": what the model says of the layer. */
static void add_attributes(Text *out, const Layer *layer)
{
    for (uint32_t i = 0; i < layer->op->attr_count; i++) {
        const AttrSpec *spec = &layer->op->attrs[i];
        const Attr *attr = &layer->attrs[i];
        if (!attr->set || (spec->kind == ATTR_BOOL && attr->count && dim_is(attr->dims[0], 0)))
            continue;
        text_add_format(out, ", %s", spec->name);
        if (attr->text.size)
            text_add_format(out, " %.*s", STR_ARGS(attr->text));
        else if (spec->kind != ATTR_BOOL && attr->count)
            text_add_format(out, " %.*s",
                            STR_ARGS(shape_text(out->arena, (Shape){true, attr->count, attr->dims}, "×")));
    }
}

static void add_cells(Text *out, const Cell *cells, uint32_t count, bool first)
{
    for (uint32_t i = 0; i < count; i++) {
        text_add_format(out, "%s%.*s", first && i == 0 ? "" : "; ", STR_ARGS(cells[i].layer->op_name));
        add_attributes(out, cells[i].layer);
    }
}

static void add_count(Text *out, Dim count, const char *one, const char *many)
{
    if (dim_is(count, 0))
        return;
    text_add_format(out, ", %.*s %s", STR_ARGS(number_grouped(out->arena, count, ",")), dim_is(count, 1) ? one : many);
}

/* One line of plain text on a node. */
static Str detail_of(Arena *arena, const Node *node, const ScopeSums *sums)
{
    Text out = text_in(arena);
    Dim params = dim_int(0), macs = dim_int(0);
    if (node->kind == NODE_GROUP && node->scope) {
        text_add(&out, node->scope->path);
        if (node->times > 1)
            text_add_format(&out, " (%lld times, each as follows)", (long long)node->times);
        params = sums->params[node->scope->index];
        macs = sums->macs[node->scope->index];
    } else {
        text_add_format(&out, "%.*s: ", STR_ARGS(node->layer->path));
        add_cells(&out, node->cells, node->cell_count, true);
        add_cells(&out, node->silent, node->silent_count, false);
        for (uint32_t i = 0; i < node->cell_count + node->silent_count; i++) {
            const Layer *layer = i < node->cell_count ? node->cells[i].layer : node->silent[i - node->cell_count].layer;
            params = dim_add(arena, params, totals_params(layer));
            macs = dim_add(arena, macs, layer->macs);
        }
    }
    text_add_format(&out, ". Output %.*s", STR_ARGS(shape_text(arena, node->shape, "×")));
    add_count(&out, params, "parameter", "parameters");
    add_count(&out, macs, "multiply-accumulate", "multiply-accumulates");
    return text_str(&out);
}

/* What a block is called as the target of a link: letters, digits, `-`. */
static Str link_name(Arena *arena, const Scope *scope)
{
    Str name = scope->definition.size ? scope->definition : scope->path;
    Text out = text_in(arena);
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        text_add_char(&out, plain ? c : '-');
    }
    return text_str(&out);
}

/* The scope that the figure draws alone, or NULL. */
static const Scope *drawn_alone(const Graph *graph, const Figure *figure)
{
    for (uint32_t i = 0; figure->only.size && i < graph->scope_count; i++)
        if (str_equal(graph->scopes[i]->path, figure->only))
            return graph->scopes[i];
    return NULL;
}

Str emit_details(Arena *arena, const Outline *outline, const Figure *figure)
{
    Text out = text_in(arena);
    bool tooltips = figure->tooltips == TOGGLE_YES, links = figure->links == TOGGLE_YES;
    ScopeSums sums = tooltips ? sums_of(arena, outline->graph) : (ScopeSums){0};
    const Scope *alone = links ? drawn_alone(outline->graph, figure) : NULL;
    if (alone)
        text_add_format(&out, "\\nktarget{%.*s}\n", STR_ARGS(link_name(arena, alone)));
    for (uint32_t i = 0; i < outline->node_count; i++) {
        const Node *node = &outline->nodes[i];
        if (tooltips)
            text_add_format(&out, "\\nktip{%.*s}{%.*s}\n", STR_ARGS(node->name),
                            STR_ARGS(emit_bare(arena, detail_of(arena, node, &sums))));
        if (links && node->kind == NODE_GROUP && node->scope)
            text_add_format(&out, "\\nklink{%.*s}{%.*s}\n", STR_ARGS(node->name), STR_ARGS(link_name(arena, node->scope)));
    }
    return text_str(&out);
}
