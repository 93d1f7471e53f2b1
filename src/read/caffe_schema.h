/* SPDX-License-Identifier: MIT */
/* What the fields of a .caffemodel are called: its messages become the same trees as those of a prototxt. */
#ifndef NETIKZ_CAFFE_SCHEMA_H
#define NETIKZ_CAFFE_SCHEMA_H

#include <stddef.h>
#include <stdint.h>

typedef enum CaffeMessage {
    OF_NOTHING, OF_NET, OF_BLOB_SHAPE, OF_NET_STATE, OF_NET_STATE_RULE, OF_PARAM, OF_LAYER, OF_V1_LAYER,
    OF_TRANSFORMATION, OF_CONVOLUTION, OF_POOLING, OF_INNER_PRODUCT, OF_CONCAT, OF_ELTWISE, OF_DROPOUT, OF_LRN,
    OF_RELU, OF_DATA, OF_DUMMY_DATA, OF_IMAGE_DATA, OF_WINDOW_DATA, OF_HDF5_DATA, OF_MEMORY_DATA, OF_INPUT,
    OF_PARAMETER, OF_SLICE, OF_SOFTMAX, OF_SPP, OF_RESHAPE, OF_FLATTEN, OF_REDUCTION, OF_EMBED, OF_TILE,
    OF_BATCH_NORM, OF_BIAS, OF_SCALE, OF_CROP, OF_RECURRENT, OF_ARGMAX, OF_PRELU, OF_PYTHON, OF_POWER, OF_ELU,
    OF_THRESHOLD, OF_CLIP, OF_PERMUTE, OF_PRIOR_BOX, OF_NORMALIZE, OF_ROI_POOLING, OF_BLOB
} CaffeMessage;

typedef enum CaffeFieldKind { AS_TEXT, AS_INT, AS_FLOAT, AS_BOOL, AS_WORD, AS_MESSAGE } CaffeFieldKind;

/* One field of one message. */
typedef struct CaffeFieldRow {
    CaffeMessage message;   /* whose */
    uint32_t number;        /* in the file */
    const char *name;       /* in a prototxt */
    CaffeFieldKind kind;    /* how it is written */
    CaffeMessage inner;     /* AS_MESSAGE: which */
    const char *words;      /* AS_WORD: from 0 on, separated by blanks; `-` for those that there are not */
} CaffeFieldRow;

const CaffeFieldRow *caffe_field_row(CaffeMessage message, uint32_t number); /* NULL: nothing that shapes depend on */

#endif
