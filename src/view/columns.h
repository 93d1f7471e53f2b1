/* SPDX-License-Identifier: MIT */
/* View `graph`, private: what the drawings of several networks are asked for to stand side by side. */
#ifndef NETIKZ_VIEW_COLUMNS_H
#define NETIKZ_VIEW_COLUMNS_H

#include "base/diag.h"
#include "graph/outline.h"
#include "scene/scene.h"
#include "view/graph_colour.h"

/* One network in lanes and ranks, without legend and in one piece; each rank's name2 is its stage. NULL after a report. */
Scene *graph_scene(Arena *arena, Diags *diags, const Outline *outline, const Figure *figure, Palette *palette);

/* What colours mean, where the figure says so or nothing else does. */
void graph_add_legend(Scene *scene, const Figure *figure, const Palette *palette);

#endif
