/* SPDX-License-Identifier: MIT */
/* Writing view `properties`. */
#ifndef NETIKZ_EMIT_PROPERTIES_H
#define NETIKZ_EMIT_PROPERTIES_H

#include "scene/scene.h"

void emit_properties(Text *out, const Scene *scene);

#endif
