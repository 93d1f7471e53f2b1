/* SPDX-License-Identifier: MIT */
/* Writing: ranks, lanes, frames and edges of the graph view. */
#ifndef NETIKZ_EMIT_LANES_H
#define NETIKZ_EMIT_LANES_H

#include "emit/emit.h"

void emit_lanes(Text *out, const Scene *scene); /* all between \begin{netikz} and \end{netikz} but the legend */

#endif
