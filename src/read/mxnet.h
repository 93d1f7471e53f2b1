/* SPDX-License-Identifier: MIT */
/* What the rooms of the MXNet reader share. */
#ifndef NETIKZ_MXNET_H
#define NETIKZ_MXNET_H

#include "read/lower.h"

/* An operator of MXNet. */
typedef struct MxnetRow {
    OnnxRow row;
    uint32_t data; /* bits: inputs that are data, where others hold weights, statistics, labels; 0: all are data */
} MxnetRow;

const MxnetRow *mxnet_row_at(size_t index); /* NULL behind the last */

#endif
