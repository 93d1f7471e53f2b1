/* SPDX-License-Identifier: MIT */
/* Writing the layers of units of a scene. */
#ifndef NETIKZ_EMIT_UNITS_H
#define NETIKZ_EMIT_UNITS_H

#include "scene/scene.h"

/* Items and edges of view `units` as commands of the package; nothing for other views. */
void emit_units(Text *out, const Scene *scene);
/* The space that values of a size are in, "$\in\nkreal^{784}$"; nothing for the empty size. */
void emit_space(Text *out, Label size);

#endif
