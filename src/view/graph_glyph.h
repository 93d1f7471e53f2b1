/* SPDX-License-Identifier: MIT */
/* View `graph`, private: signs that stand for operations where the figure says `nodes: icons`. */
#ifndef NETIKZ_VIEW_GRAPH_GLYPH_H
#define NETIKZ_VIEW_GRAPH_GLYPH_H

#include "view/graph_node.h"

/* The sign of an operation, as the package calls it; NULL: it has none and is written with its name. */
const char *graph_glyph(const Layer *layer);

/* A node as a sign with the operation's numbers, and signs of what shares its box. */
SceneItem *graph_add_icons(const NodeLook *look, Scene *scene, const Node *node);

/* What the signs in the drawing mean, in the order in which they come. */
void graph_add_glyph_legend(Scene *scene);

#endif
