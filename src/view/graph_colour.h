/* SPDX-License-Identifier: MIT */
/* Views, private: colours that stand for something else than the class of an operation. */
#ifndef NETIKZ_VIEW_GRAPH_COLOUR_H
#define NETIKZ_VIEW_GRAPH_COLOUR_H

#include "base/names.h"
#include "graph/outline.h"
#include "scene/scene.h"

enum { PALETTE_SIZE = 8 }; /* the classes c1 … c8 of the themes */

/* Which colour stands for what; drawings that stand side by side share it. */
typedef struct Palette {
    Names *known;              /* key → its number, from 0 */
    Str keys[PALETTE_SIZE];    /* in the order of the flow */
    uint32_t count;
} Palette;

Palette *palette_new(Arena *arena);

/* Node → style class by the figure's key `colours`; NULL where each cell has that of its class. */
const char **graph_node_styles(Arena *arena, const Outline *outline, const Figure *figure, Palette *palette);

const char *palette_style(uint32_t number); /* "c1" … */

#endif
