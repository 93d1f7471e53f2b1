/* SPDX-License-Identifier: MIT */
/* Writing: lines, things, frames and edges of a grid. */
#ifndef NETIKZ_EMIT_GRID_H
#define NETIKZ_EMIT_GRID_H

#include "emit/emit.h"

void emit_grid(Text *out, const Scene *scene); /* all between \begin{netikz} and \end{netikz} but the legend */

#endif
