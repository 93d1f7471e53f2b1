/* SPDX-License-Identifier: MIT */
/* What the rooms of the Caffe2 reader share. */
#ifndef NETIKZ_CAFFE2_H
#define NETIKZ_CAFFE2_H

#include "read/lower.h"

/* An operator of Caffe2. */
typedef struct Caffe2Row {
    OnnxRow row;
    uint32_t weights; /* bits: inputs that hold weights or statistics */
} Caffe2Row;

const Caffe2Row *caffe2_row_at(size_t index); /* NULL behind the last */

#endif
