/* SPDX-License-Identifier: MIT */
/* Colours by operation, by output size, by structure: what is equal has one colour, as far as the palette goes. */
#include "view/graph_colour.h"

#include "op/op.h"
#include "view/graph_node.h"
#include "view/layered.h"

static const char *const styles[PALETTE_SIZE] = {"c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"};

const char *palette_style(uint32_t number)
{
    return styles[number];
}

Palette *palette_new(Arena *arena)
{
    Palette *palette = ARENA_NEW(arena, Palette);

    palette->known = names_new(arena);
    return palette;
}

/* The colour of a key; the class of what is like nothing else where there is none left. */
static const char *colour_of(Arena *arena, Palette *palette, Str key)
{
    uint32_t *number = names_get(palette->known, key);

    if (!key.size) {
        return style_name(STYLE_OTHER);
    }
    if (!number && palette->count < PALETTE_SIZE) {
        number = ARENA_NEW(arena, uint32_t);
        *number = palette->count;
        palette->keys[palette->count++] = key;
        names_put(palette->known, key, number);
    }
    return number ? styles[*number] : style_name(STYLE_OTHER);
}

/* Scope → the group that is drawn for it and all below; NULL where it is open. */
static const Node **groups_of(Arena *arena, const Outline *outline)
{
    const Graph *graph = outline->graph;
    const Node **groups = ARENA_ARRAY(arena, (size_t)graph->scope_count + 1, const Node *);

    for (uint32_t v = 0; v < outline->node_count; v++) {
        if (outline->nodes[v].kind == NODE_GROUP) {
            groups[outline->nodes[v].scope->index] = &outline->nodes[v];
        }
    }
    for (uint32_t i = 0; i < graph->scope_count; i++) { /* parents come first */
        const Scope *scope = graph->scopes[i];
        if (!groups[i] && scope->parent) {
            groups[i] = groups[scope->parent->index];
        }
    }
    return groups;
}

/* Node → what a group is made of: its block's name, or its operations in order. Empty for all but groups. */
static Str *structures(Arena *arena, const Outline *outline)
{
    const Graph *graph = outline->graph;
    const Node **groups = groups_of(arena, outline);
    Text *made = ARENA_ARRAY(arena, (size_t)outline->node_count + 1, Text);
    Str *keys = ARENA_ARRAY(arena, (size_t)outline->node_count + 1, Str);

    for (uint32_t i = 0; i < graph->layer_count; i++) {
        const Layer *layer = graph->layers[i];
        const Node *group = groups[layer->scope->index];
        if (group && !group->scope->definition.size) {
            Text *text = &made[group->index];
            *text = text->arena ? *text : text_in(arena);
            text_add_format(text, "%.*s ", STR_ARGS(layer->op_name.size ? layer->op_name : str_from(layer->op->name)));
        }
    }
    for (uint32_t v = 0; v < outline->node_count; v++) {
        const Node *node = &outline->nodes[v];
        if (node->kind == NODE_GROUP) {
            keys[v] = node->scope->definition.size ? node->scope->definition : text_str(&made[v]);
        }
    }
    return keys;
}

/* Only what occurs twice has a colour. */
static void drop_single(Arena *arena, Str *keys, uint32_t count)
{
    Names *seen = names_new(arena);

    for (uint32_t v = 0; v < count; v++) {
        uint32_t *times = names_get(seen, keys[v]);
        if (keys[v].size && !times) {
            times = ARENA_NEW(arena, uint32_t);
            names_put(seen, keys[v], times);
        }
        if (times) {
            ++*times;
        }
    }
    for (uint32_t v = 0; v < count; v++) {
        const uint32_t *times = names_get(seen, keys[v]);
        keys[v] = times && *times > 1 ? keys[v] : (Str){NULL, 0};
    }
}

/* What a block is called, in words. */
static Str block_title(Arena *arena, Str name)
{
    Text text = text_in(arena);

    for (size_t i = 0; i < name.size; i++) {
        text_add_char(&text, name.at[i] == '_' ? ' ' : name.at[i]);
    }
    return text_str(&text);
}

static Str key_of(Arena *arena, const Figure *figure, const Node *node)
{
    if (node->kind == NODE_INPUT || node->kind == NODE_OUTPUT) {
        return (Str){NULL, 0};
    }
    if (figure->colours == COLOURS_NONE) {
        return STR("layer");
    }
    if (figure->colours == COLOURS_STAGE) {
        return graph_stage(arena, node);
    }
    if (node->kind == NODE_GROUP && node->scope->definition.size) {
        return block_title(arena, node->scope->definition); /* a block is one operation, whatever its arguments */
    }
    return node->kind == NODE_GROUP ? node->cells[0].label.text : graph_kind_title(arena, node->layer);
}

static bool is_text(const Figure *figure, const Node *node)
{
    return graph_is_listed(figure->unboxed, str_from(style_name((StyleClass)node->cells[0].style)));
}

const char **graph_node_styles(Arena *arena, const Outline *outline, const Figure *figure, Palette *palette)
{
    bool structure = figure->colours == COLOURS_STRUCTURE;
    const char **chosen = ARENA_ARRAY(arena, (size_t)outline->node_count + 1, const char *);
    Str *keys = structure ? structures(arena, outline) : NULL;

    if (figure->colours == COLOURS_AUTO || figure->colours == COLOURS_CLASS) {
        return NULL;
    }
    if (keys) {
        drop_single(arena, keys, outline->node_count);
    }
    for (uint32_t v = 0; v < outline->node_count; v++) {
        const Node *node = &outline->nodes[v];
        Str key = keys ? keys[v] : key_of(arena, figure, node);
        if (node->kind == NODE_BOX && is_text(figure, node)) {
            chosen[v] = style_name((StyleClass)node->cells[0].style); /* no colour is lost on bare text */
            continue;
        }
        bool white = figure->colours == COLOURS_NONE ? false : structure ? node->kind != NODE_GROUP : node->kind == NODE_CIRCLE;
        chosen[v] = white ? style_name(STYLE_MERGE) : colour_of(arena, palette, key);
    }
    return chosen;
}
