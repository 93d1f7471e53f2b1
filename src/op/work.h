/* SPDX-License-Identifier: MIT */
/* What a layer does and keeps, counted as Netscope (D. Gschwend's CNN Analyzer) counts it. */
#ifndef NETIKZ_WORK_H
#define NETIKZ_WORK_H

#include "graph/graph.h"

typedef enum WorkKind {
    WORK_MACC,       /* multiply-accumulates: the same number as in all other tables */
    WORK_COMP,       /* comparisons */
    WORK_ADD,        /* additions */
    WORK_DIV,        /* divisions */
    WORK_EXP,        /* exponentials and powers */
    WORK_ACTIVATION, /* numbers that leave it */
    WORK_PARAM,      /* trainable parameters, shared ones once */
    WORK_KINDS
} WorkKind;

typedef struct Work {
    Dim of[WORK_KINDS];
} Work;

const char *work_name(WorkKind kind);                           /* "macc" */
Work work_none(void);                                           /* all 0 */
Work work_of(Arena *arena, const Graph *graph, const Layer *layer);
Work work_add(Arena *arena, Work a, Work b);                    /* unknown where one of both is */

#endif
