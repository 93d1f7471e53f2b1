/* SPDX-License-Identifier: MIT */
/* What the rooms of the TensorFlow Lite reader share. */
#ifndef NETIKZ_TFLITE_H
#define NETIKZ_TFLITE_H

#include "format/flatbuffer.h"
#include "read/lower.h"

/* An option of a builtin operator: a field of its table of options, under the name that lowering rules know. */
typedef struct TfliteOption {
    const char *name; /* of the attribute */
    enum { OPTION_INT, OPTION_INTS, OPTION_FLOAT, OPTION_ACTIVATION, OPTION_PADDING, OPTION_TYPE, OPTION_WINDOW } kind;
    uint32_t field;   /* of the table; OPTION_WINDOW: that of the height */
    uint32_t size;    /* bytes; OPTION_WINDOW: the field of the width */
    int64_t fallback; /* what it is where the file does not say it */
} TfliteOption;

/* A builtin operator. */
typedef struct TfliteRow {
    OnnxRow row;                    /* its name in the schema, and what it becomes */
    const TfliteOption *options;    /* or NULL */
    uint32_t option_count;
} TfliteRow;

const char *tflite_operator(int64_t code);        /* as the schema calls it; NULL: unknown */
const TfliteRow *tflite_row_at(size_t index);     /* NULL behind the last */
int64_t tflite_type(int64_t type);                /* TensorType as TensorProto.DataType; 0: ONNX has none */

#endif
