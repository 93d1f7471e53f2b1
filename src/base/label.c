/* SPDX-License-Identifier: MIT */
/* Names of the signs behind labels. */
#include "base/label.h"

const char *emblem_name(Emblem emblem)
{
    return emblem == EMBLEM_FROZEN ? "frozen" : emblem == EMBLEM_TRAINED ? "trained" : "shared";
}

const char *emblem_title(Emblem emblem)
{
    return emblem == EMBLEM_SHARED ? "shared weights" : emblem_name(emblem);
}
