/* SPDX-License-Identifier: MIT */
/* Names of the signs behind labels. */
#include "base/label.h"

const char *emblem_name(Emblem emblem)
{
    switch (emblem) {
    case EMBLEM_FROZEN:
        return "frozen";
    case EMBLEM_TRAINED:
        return "trained";
    case EMBLEM_SHARED:
        return "shared";
    case EMBLEM_STOPPED:
        return "stopped";
    case EMBLEM_END:
        break;
    }
    return "";
}

const char *emblem_title(Emblem emblem)
{
    return emblem == EMBLEM_SHARED ? "shared weights" : emblem == EMBLEM_STOPPED ? "no gradient back" : emblem_name(emblem);
}
