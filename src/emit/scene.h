/* SPDX-License-Identifier: MIT */
/* The declarations of a scene, alone or in a panel. */
#ifndef NETIKZ_EMIT_SCENE_H
#define NETIKZ_EMIT_SCENE_H

#include "scene/scene.h"

void emit_scene_keys(Text *out, const Scene *scene);           /* "view=graph, direction=down" */
void emit_scene(Text *out, const Scene *scene);                /* its commands, legend included */

#endif
