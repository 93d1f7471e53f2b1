/* SPDX-License-Identifier: MIT */
/* What the rooms of the reader of ncnn's networks share. */
#ifndef NETIKZ_NCNN_H
#define NETIKZ_NCNN_H

#include "read/lower.h"

/* What weights a layer has beside its inputs: as inputs of their own, behind the first. */
typedef enum NcnnWeights {
    NCNN_NONE,
    NCNN_CONV,   /* 0 filters, 6 numbers; 5: a bias */
    NCNN_DENSE,  /* 0 features, 2 numbers; 1: a bias */
    NCNN_PAIR,   /* two vectors of the size that 0 says */
    NCNN_ONE,    /* one such */
    NCNN_SCALE,  /* one such; 1: and another */
    NCNN_AFFINE, /* two such, unless 2 is 0 */
    NCNN_GROUPS, /* two of the size that 1 says, unless 3 is 0 */
    NCNN_TABLE,  /* 1 words, 0 features */
    NCNN_CELL    /* 1 numbers that read the input; what reads the state is hidden·gates·hidden */
} NcnnWeights;

/* A layer of ncnn. Its attributes are called by their numbers, "0", "11". */
typedef struct NcnnRow {
    OnnxRow row;
    NcnnWeights weights;
} NcnnRow;

const NcnnRow *ncnn_row_at(size_t index); /* ncnn_table.c; NULL behind the last */

#endif
