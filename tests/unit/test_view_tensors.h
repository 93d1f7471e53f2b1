/* SPDX-License-Identifier: MIT */
/* Outlines written as text, for tests of view `tensors`: one node a line. */
#ifndef NETIKZ_TEST_VIEW_TENSORS_H
#define NETIKZ_TEST_VIEW_TENSORS_H

#include "emit/solids.h"
#include "op/op.h"
#include "view/view.h"

#include <stdio.h>
#include <string.h>

/*
 * `NAME CLASS SHAPE [from=NAME[:ROLE]] [+LABEL:CLASS] [op=NAME] [times=N]`; without `from` the node reads the line
 * before, unless it is `data`. Classes are those of the theme, besides `circle`, `output`, `group`.
 */
typedef struct Sketch {
    Arena *arena;
    Diags *diags;
    Outline outline;
    Figure figure;
    Graph graph;
} Sketch;

enum { SKETCH_NODES = 200, SKETCH_LINKS = 400 };

static inline Node *sketch_find(Sketch *sketch, const char *name, size_t size)
{
    for (uint32_t i = 0; i < sketch->outline.node_count; i++)
        if (str_equal(sketch->outline.nodes[i].name, (Str){name, size}))
            return &sketch->outline.nodes[i];
    return NULL;
}

static inline void sketch_link(Sketch *sketch, Node *from, Node *to, const char *role)
{
    Link *link = &sketch->outline.links[sketch->outline.link_count++];
    *link = (Link){.from = from, .to = to, .role = LINK_FLOW};
    for (uint32_t i = sketch->outline.link_count - 1; i > 0 && link[-1].to == to; i = 0)
        link->input = link[-1].input + 1;
    if (role && *role == 's')
        link->role = LINK_SHORTCUT;
    if (role && *role == 'p')
        link->role = LINK_PROJECTION;
    if (role && *role == 'c')
        link->role = LINK_COPY;
    if (!link->input)
        to->input = from->shape;
}

static inline Layer *sketch_layer(Sketch *sketch, Node *node)
{
    Layer *layer = ARENA_NEW(sketch->arena, Layer);
    layer->name = layer->path = node->name;
    layer->op = op_find(STR("identity"));
    node->layer = layer;
    return layer;
}

static inline void sketch_class(Node *node, const char *class)
{
    StyleClass style = STYLE_OTHER;
    bool known = style_from_name(str_from(class), &style);
    node->kind = !strcmp(class, "data")     ? NODE_INPUT
                 : !strcmp(class, "circle") ? NODE_CIRCLE
                 : !strcmp(class, "output") ? NODE_OUTPUT
                 : !strcmp(class, "group")  ? NODE_GROUP
                                            : NODE_BOX;
    node->cells[0].style = known ? (int)style : node->kind == NODE_CIRCLE ? STYLE_MERGE : STYLE_OTHER;
    node->cells[0].label = (Label){LABEL_TEXT, node->kind == NODE_CIRCLE ? STR("+") : node->name};
}

static inline void sketch_word(Sketch *sketch, Node *node, char *word)
{
    char *colon = strchr(word, ':');
    size_t end = colon ? (size_t)(colon - word) : strlen(word);
    if (!strncmp(word, "from=", 5)) {
        sketch_link(sketch, sketch_find(sketch, word + 5, end - 5), node, colon ? colon + 1 : NULL);
    } else if (*word == '+' && colon) {
        StyleClass style = STYLE_OTHER;
        style_from_name(str_from(colon + 1), &style);
        Str label = str_copy(sketch->arena, (Str){word + 1, end - 1});
        node->cells[node->cell_count++] = (Cell){node->layer, {LABEL_TEXT, label}, (int)style};
    } else if (!strncmp(word, "times=", 6)) {
        node->times = word[6] - '0';
    }
}

static inline void sketch_line(Sketch *sketch, char *line)
{
    char name[32], class[32], shape[64];
    int at = 0;
    bool ok = false;
    if (sscanf(line, " %31s %31s %63s%n", name, class, shape, &at) < 3)
        return;
    Node *node = &sketch->outline.nodes[sketch->outline.node_count];
    *node = (Node){.name = str_copy(sketch->arena, str_from(name)), .times = 1, .cell_count = 1};
    node->index = sketch->outline.node_count++;
    node->cells = ARENA_ARRAY(sketch->arena, 4, Cell);
    node->shape = strcmp(shape, "?") != 0 ? shape_parse(sketch->arena, str_from(shape), &ok) : shape_unknown();
    sketch_layer(sketch, node);
    sketch_class(node, class);
    uint32_t links = sketch->outline.link_count;
    for (char *word = strtok(line + at, " "); word; word = strtok(NULL, " "))
        sketch_word(sketch, node, word);
    if (links == sketch->outline.link_count && node->kind != NODE_INPUT && node->index)
        sketch_link(sketch, node - 1, node, NULL);
}

static inline Sketch sketch_of(const char *text)
{
    Sketch sketch = {.arena = arena_new((size_t)1 << 26), .figure = figure_default()};
    sketch.diags = diags_new(sketch.arena);
    sketch.outline.arena = sketch.arena;
    sketch.outline.nodes = ARENA_ARRAY(sketch.arena, SKETCH_NODES, Node);
    sketch.outline.links = ARENA_ARRAY(sketch.arena, SKETCH_LINKS, Link);
    Str rest = str_from(text), line;
    while (str_cut(&rest, '\n', &line)) {
        char buffer[256];
        snprintf(buffer, sizeof buffer, "%.*s", STR_ARGS(line));
        sketch_line(&sketch, buffer);
    }
    return sketch;
}

static inline Scene *sketch_draw(Sketch *sketch)
{
    return view_tensors(sketch->arena, sketch->diags, &sketch->outline, &sketch->figure);
}

static inline const char *sketch_code(Sketch *sketch, const Scene *scene)
{
    Text text = text_in(sketch->arena);
    emit_solids(&text, scene);
    for (uint32_t i = 0; i < scene->legend_count; i++)
        text_add_format(&text, "  legend %s %.*s\n", scene->legend[i].style, STR_ARGS(scene->legend[i].label.text));
    return str_terminated(sketch->arena, text_str(&text));
}

/* The solid or circle called `name`, or NULL. */
static inline const SceneItem *sketch_item(const Scene *scene, const char *name)
{
    for (uint32_t i = 0; i < scene->item_count; i++)
        if ((scene->items[i].kind == ITEM_SOLID || scene->items[i].kind == ITEM_CIRCLE) &&
            str_equal(scene->items[i].name, str_from(name)))
            return &scene->items[i];
    return NULL;
}

/* The same for what must be there: an empty item, which no test expects, where it is not. */
static inline const SceneItem *sketch_solid(const Scene *scene, const char *name)
{
    static const SceneItem absent[3] = {{.cells = NULL}};
    const SceneItem *item = scene ? sketch_item(scene, name) : NULL;
    return item ? item : absent;
}

#endif
