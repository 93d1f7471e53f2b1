/* SPDX-License-Identifier: MIT */
/* The names of sides. */
#include "graph/placing.h"

static const char *const names[] = {"", "left", "right", "above", "below", "diagonal"};

enum { NAME_COUNT = sizeof names / sizeof *names };

const char *side_name(Side side)
{
    return names[side];
}

bool side_from_name(Str name, Side *side)
{
    for (int i = 1; i < NAME_COUNT; i++)
        if (str_equal(name, str_from(names[i]))) {
            *side = (Side)i;
            return true;
        }
    return false;
}
