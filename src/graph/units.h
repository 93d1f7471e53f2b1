/* SPDX-License-Identifier: MIT */
/* How the author wants the units of one layer drawn (view units). */
#ifndef NETIKZ_GRAPH_UNITS_H
#define NETIKZ_GRAPH_UNITS_H

#include "base/diag.h"

typedef enum UnitMark { MARK_NONE, MARK_CIRCLE, MARK_TRIANGLE, MARK_CROSS } UnitMark;
typedef enum UnitLoop { LOOP_AUTO, LOOP_NO, LOOP_YES } UnitLoop; /* auto: units of recurrent layers */
typedef enum UnitRule { LINKS_AUTO, LINKS_ALL, LINKS_SAME, LINKS_NONE, LINKS_PAIRS } UnitRule;

/* A link between two units, numbered from 1. */
typedef struct UnitPair {
    int64_t from; /* in the layer that is read */
    int64_t to;   /* in this one */
} UnitPair;

enum { WEIGHT_ONE = 1000000 }; /* weights are in millionths */

typedef struct UnitLooks {
    Place place;           /* of `units:` */
    Place kept_place, labels_place, links_place, weights_place;
    bool has_kept;
    int64_t *kept;         /* numbers of the units that are not dropped */
    uint32_t kept_count, kept_room;
    UnitMark mark;         /* in every unit */
    UnitLoop loop;         /* an arc from every unit to itself */
    Str *labels;           /* TeX; those behind the gap are for the last units */
    uint32_t label_count, label_room;
    uint32_t label_gap;    /* labels before the ellipsis; without one label_count */
    UnitRule links;        /* from what it reads */
    UnitPair *pairs;       /* LINKS_PAIRS */
    uint32_t pair_count, pair_room;
    int64_t *weights;      /* one row a unit, one column a unit that it reads; NULL: none */
    uint32_t weight_count, weight_room;
    uint32_t weight_rows, weight_columns;
} UnitLooks;

#endif
