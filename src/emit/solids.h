/* SPDX-License-Identifier: MIT */
/* Writing the solids of a scene. */
#ifndef NETIKZ_EMIT_SOLIDS_H
#define NETIKZ_EMIT_SOLIDS_H

#include "scene/scene.h"

/* Items and edges of view `tensors` as commands of the package; nothing for other views. */
void emit_solids(Text *out, const Scene *scene);

#endif
