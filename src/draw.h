/* SPDX-License-Identifier: MIT */
/* From the drawings that a model asks for to scenes: passes, view, prose; panels one by one. */
#ifndef NETIKZ_DRAW_H
#define NETIKZ_DRAW_H

#include "emit/embed.h"
#include "read/reader.h"
#include "scene/scene.h"

/* The scene of a figure; what the figure leaves to `fit` is set in it. NULL after a report. */
Scene *draw_figure(Arena *arena, Diags *diags, const Model *model, Figure *figure);

/* The package of that folder and the figure's theme, to be put into its file. NULL after a report. */
const Embedded *draw_package(Arena *arena, Diags *diags, Str folder, const Figure *figure);

#endif
