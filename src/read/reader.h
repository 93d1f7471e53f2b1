/* SPDX-License-Identifier: MIT */
/* Readers: each turns the content of a file into a graph. One row a format; the content decides, then the suffix. */
#ifndef NETIKZ_READER_H
#define NETIKZ_READER_H

#include "graph/graph.h"
#include "scene/figure.h"

/* What a reader gives back. */
typedef struct Model {
    Str name;               /* of a spec with `networks:`: what they are together, or empty */
    Graph **graphs;         /* the networks, at least one; each has a key where there are several */
    uint32_t graph_count;
    Figure *figures;        /* the drawings of a spec; at least one */
    uint32_t figure_count, figure_room;
} Model;

Model model_of(Arena *arena, Graph *graph);                    /* one network, drawn as the program decides */

/* A symbol that the caller gave a number: `--set T=128`. */
typedef struct SymbolValue {
    Str name;
    int64_t value;
    bool used;              /* a size of the model has it */
} SymbolValue;

typedef struct ReadOptions {
    bool raw_tex;           /* any TeX is allowed in labels and notes */
    SymbolValue *values;    /* what symbols stand for; others stay symbols */
    uint32_t value_count;
    uint32_t value_room;
} ReadOptions;

typedef struct ReaderRow {
    const char *name;       /* for --from */
    const char *suffixes;   /* ".yaml .yml", separated by blanks */
    const char *help;       /* one line */
    bool is_text;           /* lines and columns mean something */
    bool (*recognises)(Str bytes); /* by content; NULL: by suffix only */
    bool (*read)(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model);
} ReaderRow;

const ReaderRow *reader_at(size_t index);                       /* NULL behind the last */
const ReaderRow *reader_find(Str name);                         /* for --from */
const ReaderRow *reader_for(Str path, Str bytes);               /* NULL where none fits */

bool read_set(Arena *arena, ReadOptions *options, Str text);   /* adds "T=128" or "H=224, W=224"; false where it is none */
Dim read_bound(Arena *arena, const ReadOptions *options, Dim dim); /* with the caller's numbers in place of symbols */

bool read_spec(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/spec.c */
bool read_onnx(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/onnx.c */
bool read_caffe(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/caffe.c */
bool read_darknet(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/darknet.c */
bool darknet_recognises(Str bytes);                             /* likewise: by content */
bool read_caffe_model(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* likewise */
bool caffe_model_recognises(Str bytes);                         /* read/caffe_binary.c */
bool caffe_recognises(Str bytes);                               /* likewise: by content */
bool read_keras(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/keras.c */
bool keras_recognises(Str bytes);                               /* likewise: by content */
bool read_tflite(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/tflite.c */
bool tflite_recognises(Str bytes);                              /* likewise: by content */
bool read_tf(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/tf.c */
bool read_tf_text(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* likewise */
bool read_tfjs(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* likewise */
bool tf_recognises(Str bytes);                                  /* likewise: by content */
bool tf_recognises_text(Str bytes);                             /* likewise */
bool tfjs_recognises(Str bytes);                                /* likewise */
bool read_mxnet(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/mxnet.c */
bool mxnet_recognises(Str bytes);                               /* likewise: by content */
bool read_coreml(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/coreml.c */
bool coreml_recognises(Str bytes);                              /* likewise: by content */
bool read_caffe2(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/caffe2.c */
bool read_caffe2_text(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* likewise */
bool caffe2_recognises(Str bytes);                              /* likewise: by content */
bool caffe2_recognises_text(Str bytes);                         /* likewise */
bool read_torch(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/torch.c */
bool torch_recognises(Str bytes);                               /* read/torch_parse.c */
bool read_torch_archive(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/torch_archive.c */
bool torch_recognises_archive(Str bytes);                       /* likewise: by content */
bool read_graphviz(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/dot.c */
bool dot_recognises(Str bytes);                                 /* likewise: by content */
bool read_moniel(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/moniel.c */
bool read_ncnn(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model); /* read/ncnn.c */
bool ncnn_recognises(Str bytes);                                /* likewise: by content */
bool onnx_recognises(Str bytes);                                /* likewise: by content */

#endif
