/* SPDX-License-Identifier: MIT */
/* View `graph`, private: what a node looks like and says, by the figure's keys `nodes` and `ends`. */
#ifndef NETIKZ_VIEW_GRAPH_NODE_H
#define NETIKZ_VIEW_GRAPH_NODE_H

#include "graph/outline.h"
#include "op/op.h"
#include "scene/scene.h"

/* What the nodes of one drawing have in common. */
typedef struct NodeLook {
    Arena *arena;
    const Outline *outline;
    const Figure *figure;
    Direction direction;
    const char **styles;   /* node → style that its colour stands for; NULL: each cell has that of its class */
    uint32_t *first_link;  /* node → its first link in Outline.links; one more at the end */
} NodeLook;

NodeLook graph_node_look(Arena *arena, const Outline *outline, const Figure *figure, Direction direction);

bool graph_is_listed(Str list, Str name); /* one of those between commas */
bool graph_is_highlighted(const Figure *figure, const Scope *scope);

/* A node with everything that it says, at the end of the scene. */
SceneItem *graph_add_node(const NodeLook *look, Scene *scene, const Node *node);

/* What its author shows as a picture, and what is written beside that. */
bool graph_has_picture(const Node *node);
Label graph_picture_note(Arena *arena, const Node *node);

/* graph_cells.c: what its author fills with cells. */
bool graph_has_cells(const Node *node);
void graph_warn_of_asides(Diags *diags, const Outline *outline); /* names beside cells that are not on a grid */
SceneItem *graph_add_cells(const NodeLook *look, Scene *scene, const Node *node);

/* graph_fields.c: cells of records and lists of attributes; `cells` behind the first. */
void graph_add_record(const NodeLook *look, Scene *scene, SceneItem *item, const Node *node);
void graph_add_attributes(const NodeLook *look, Scene *scene, SceneItem *item, const Node *node);

Str graph_attribute_value(Arena *arena, const AttrSpec *spec, const Attr *attr); /* as a model file writes it: "1, 1" */

/* graph_title.c: parts of what an operation is called. */
Str graph_kind_title(Arena *arena, const Layer *layer);                      /* "Conv", "Max pool", "FC" */
Str graph_kind_rest(Arena *arena, const Graph *graph, const Layer *layer);   /* "3×3, 64, /2", or empty */
Str graph_own_name(const Node *node, const Layer *layer);                    /* its name within its frame */
bool graph_node_says(const Node *node, Str number);                          /* one of its labels holds it */
size_t graph_characters(Str text);                                           /* of the longest line */

#endif
