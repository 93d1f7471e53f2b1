/* SPDX-License-Identifier: MIT */
/* View `units`, private: which layers become ranks of circles, which of their units are shown, what links them. */
#ifndef NETIKZ_UNIT_H
#define NETIKZ_UNIT_H

#include "base/diag.h"
#include "graph/outline.h"
#include "graph/units.h"
#include "op/op.h"
#include "scene/scene.h"

enum {
    UNITS_SHOWN = 8,     /* of a longer layer, unless the figure says how many */
    UNITS_LAYERS = 60,   /* more layers are no figure */
    UNITS_LINKS = 8000,  /* nor are more links */
    UNITS_NAMED = 5      /* with more ranks side by side there is room for sizes only */
};

/* A layer as units. */
typedef struct UnitLayer {
    const Node *node;
    const UnitLooks *looks; /* the author's, or NULL */
    Dim size;               /* how many units there are */
    bool first_axis;        /* the features stand first in its shape: channels, not the last axis of T×d */
    uint32_t head, tail;    /* units shown before and behind the ellipsis; without one all are in head */
    bool cut;               /* some are left out */
    uint32_t rank;          /* from 1 */
    uint32_t order;         /* its place among the layers of its rank, from 0 */
    bool fed, feeds;        /* something leads to it, from it */
    bool passed;            /* an arrow that passes ranks begins or ends here */
    bool bias;              /* a bias unit stands at its end */
} UnitLayer;

typedef struct UnitPlan {
    Arena *arena;
    Diags *diags;
    const Figure *figure;
    const Outline *outline;
    UnitLayer *layers;      /* one for each node */
    uint32_t ranks;
    Direction direction;
} UnitPlan;

bool units_plan(UnitPlan *plan);                                      /* unit_plan.c: sizes, ranks; false after a report */
const UnitLayer *units_layer(const UnitPlan *plan, const Node *node);
bool units_shows(const UnitLayer *layer, int64_t unit);               /* whether the unit of that number is drawn */
uint32_t units_shown(const UnitLayer *layer);                         /* how many are drawn */
int64_t units_number(const UnitLayer *layer, uint32_t index);         /* number of the index-th that is drawn, from 0 */

Label units_label(const UnitPlan *plan, const UnitLayer *layer);      /* unit_label.c: what stands at a layer, but its size */
Label units_fused_label(const UnitPlan *plan, const UnitLayer *layer); /* what is fused into it, as far as it is to be said */
bool units_are_crowded(const UnitPlan *plan);                         /* no room for more than sizes */
Label units_size_label(const UnitPlan *plan, const UnitLayer *layer); /* its shape, or empty */

bool units_links(const UnitPlan *plan, Scene *scene);                 /* unit_links.c: false after a report */

#endif
