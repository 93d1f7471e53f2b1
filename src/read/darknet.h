/* SPDX-License-Identifier: MIT */
/* What the rooms of the Darknet reader share: the net that is read, one section of it, the table of sections. */
#ifndef NETIKZ_DARKNET_H
#define NETIKZ_DARKNET_H

#include "format/value.h"
#include "op/op.h"
#include "read/reader.h"

enum { DARKNET_MOST_LAYERS = 50000, DARKNET_MOST_ROUTES = 4096 };

/* What flows: a map, or a vector where height and width do not matter any more. */
typedef struct DarknetMap {
    Dim height, width, channels; /* unknown for vectors that came from no map */
    Dim numbers;                 /* all of it */
    bool is_map;                 /* it is shown as height × width × channels */
} DarknetMap;

/* A section that is read already: others refer to it by its number. */
typedef struct DarknetOutput {
    DarknetMap map;
    Port port;                   /* behind its norm and activation */
    Place place;                 /* where it begins */
} DarknetOutput;

/* An operation as it was found before. */
typedef struct DarknetOp {
    const Op *op;                /* NULL: there is none */
} DarknetOp;

typedef struct DarknetReader {
    Arena *arena;
    Diags *diags;
    const Source *source;
    Graph *graph;
    DarknetMap input;            /* of the network */
    DarknetOutput *outputs;      /* of each section behind [net] */
    uint32_t output_count, output_room;
    DarknetOutput before;        /* what the next section reads */
    Names *ops;                  /* DarknetOp by netikz's name */
    Names *unknown;              /* sections that were reported */
    bool failed;                 /* an error was reported */
} DarknetReader;

typedef struct DarknetCall DarknetCall;
typedef void (*DarknetRule)(DarknetCall *call);

/* What is known of a kind of section. */
typedef struct DarknetRow {
    const char *name;            /* `[convolutional]` without brackets */
    const char *aliases;         /* other names, separated by blanks */
    const char *op;              /* netikz's operation; NULL: none */
    DarknetRule rule;            /* output, weights, MACs, attributes */
} DarknetRow;

/* A section and what its rule finds out. */
struct DarknetCall {
    DarknetReader *reader;
    Arena *arena;
    const Value *section;
    uint32_t number;             /* from 0, as Darknet's table counts */
    const DarknetRow *row;       /* NULL: unknown */
    Layer *layer;
    DarknetMap in, out;
    Dim params, macs;            /* 0 unless the rule says otherwise */
    bool normalises;             /* batch normalisation behind it, in the same section */
    Str activation;              /* behind it, in the same section; empty: none */
};

/* ---- darknet.c -------------------------------------------------------------------------------------------------- */

int64_t darknet_int(DarknetCall *call, const char *name, int64_t otherwise);    /* of the section */
int64_t darknet_size(DarknetCall *call, const char *name, int64_t otherwise);   /* likewise; below 1 is an error */
Str darknet_text(const DarknetCall *call, const char *name);            /* likewise, or empty */
void darknet_fail(DarknetCall *call, const char *option, const char *format, ...)
    __attribute__((format(printf, 3, 4)));                              /* at an option, or the section */
Str darknet_map_text(Arena *arena, DarknetMap map);                     /* "13x13x512" */
DarknetMap darknet_map(Arena *arena, Dim height, Dim width, Dim channels);
DarknetMap darknet_vector(Dim numbers);

/* ---- darknet_layer.c: layers of the graph ----------------------------------------------------------------------- */

bool darknet_add_layers(DarknetReader *reader, const Value *root);      /* all sections behind the first */
void darknet_become(DarknetCall *call, const char *op); /* another operation; before attributes are set */
void darknet_custom(DarknetCall *call, const char *name);               /* an operation that netikz does not have */
void darknet_set(DarknetCall *call, const char *attr, const Dim *dims, uint32_t count);
void darknet_set_int(DarknetCall *call, const char *attr, int64_t n);
void darknet_set_text(DarknetCall *call, const char *attr, Str text);
const DarknetOutput *darknet_output(DarknetCall *call, const Value *option, int64_t index); /* NULL after a report */

/* ---- rules ------------------------------------------------------------------------------------------------------ */

const DarknetRow *darknet_row(Str name);                                /* NULL: not known */
Str darknet_nearest(Arena *arena, Str name);                            /* for did-you-mean */
void darknet_same(DarknetCall *call);
/* darknet_conv.c */
void darknet_convolutional(DarknetCall *call);
void darknet_deconvolutional(DarknetCall *call);
void darknet_local(DarknetCall *call);
void darknet_maxpool(DarknetCall *call);
void darknet_local_avgpool(DarknetCall *call);
void darknet_avgpool(DarknetCall *call);
void darknet_upsample(DarknetCall *call);
void darknet_reorg(DarknetCall *call);
void darknet_crop(DarknetCall *call);
/* darknet_dense.c */
void darknet_connected(DarknetCall *call);
void darknet_rnn(DarknetCall *call);
void darknet_gru(DarknetCall *call);
void darknet_lstm(DarknetCall *call);
void darknet_crnn(DarknetCall *call);
void darknet_batchnorm(DarknetCall *call);
void darknet_softmax(DarknetCall *call);
void darknet_dropout(DarknetCall *call);
void darknet_activation(DarknetCall *call);
void darknet_cost(DarknetCall *call);
/* darknet_merge.c */
void darknet_route(DarknetCall *call);
void darknet_shortcut(DarknetCall *call);
void darknet_scale_channels(DarknetCall *call);
void darknet_region(DarknetCall *call);
void darknet_yolo(DarknetCall *call);
void darknet_detection(DarknetCall *call);

#endif
