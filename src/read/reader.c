/* SPDX-License-Identifier: MIT */
/* The table of readers, and which of them a file is for: the content decides, then the suffix. */
#include "read/reader.h"

/* A line that begins with `word` and a colon, as the keys of a spec do. */
static bool has_key(Str text, Str word)
{
    Str line;
    for (Str rest = text; str_cut(&rest, '\n', &line);)
        if (str_starts(line, word) && str_starts(str_trim(str_slice(line, word.size, line.size)), STR(":")))
            return true;
    return false;
}

static bool is_spec(Str bytes)
{
    Str beginning = str_slice(bytes, 0, 1 << 16);
    return str_find(beginning, '\0') == beginning.size &&
           (has_key(beginning, STR("layers")) || has_key(beginning, STR("networks")));
}

static const ReaderRow rows[] = {
    /* asked before specs: beside `layers {`, which no spec has, old nets may have `layers:` too */
    {.name = "caffe", .suffixes = ".prototxt", .help = "Caffe nets as text: deploy, train_val, solvers that hold a net",
     .is_text = true, .recognises = caffe_recognises, .read = read_caffe},
    {.name = "spec", .suffixes = ".yaml .yml .netikz", .help = "a spec written by hand (docs/spec.md)", .is_text = true,
     .recognises = is_spec, .read = read_spec},
    /* asked before binary formats, some of which begin with any letter */
    {.name = "torch", .suffixes = ".txt", .help = "what PyTorch's print(model) writes (modules, not their wiring)",
     .is_text = true, .recognises = torch_recognises, .read = read_torch},
    {.name = "graphviz", .suffixes = ".dot .gv", .help = "graphs of Graphviz: nodes under their labels, clusters as groups",
     .is_text = true, .recognises = dot_recognises, .read = read_graphviz},
    {.name = "moniel", .suffixes = ".mon", .help = "Moniel: instances of types that the file defines are blocks", .is_text = true,
     .read = read_moniel},
    {.name = "torch-archive", .suffixes = ".pt .pth .ckpt", .help = "TorchScript: its code is followed, not run (checkpoints hold no network)",
     .recognises = torch_recognises_archive, .read = read_torch_archive},
    {.name = "ncnn", .suffixes = ".param", .help = "an ncnn network (the weights stand in another file)", .is_text = true,
     .recognises = ncnn_recognises, .read = read_ncnn},
    {.name = "onnx", .suffixes = ".onnx", .help = "an ONNX model (weights are not read)",
     .recognises = onnx_recognises, .read = read_onnx},
    {.name = "caffemodel", .suffixes = ".caffemodel", .help = "trained Caffe nets (weights are not read)",
     .recognises = caffe_model_recognises, .read = read_caffe_model},
    {.name = "tflite", .suffixes = ".tflite .lite", .help = "a TensorFlow Lite model (weights are not read)",
     .recognises = tflite_recognises, .read = read_tflite},
    {.name = "tensorflow", .suffixes = ".pb .meta",
     .help = "a TensorFlow graph, MetaGraph or SavedModel (weights are not read)", .recognises = tf_recognises,
     .read = read_tf},
    {.name = "tensorflow-text", .suffixes = ".pbtxt", .help = "the same as text", .is_text = true,
     .recognises = tf_recognises_text, .read = read_tf_text},
    /* asked before Keras, whose models TensorFlow.js holds too */
    {.name = "tfjs", .suffixes = "model.json", .help = "a graph model of TensorFlow.js (model.json)", .is_text = true,
     .recognises = tfjs_recognises, .read = read_tfjs},
    {.name = "mxnet", .suffixes = "-symbol.json", .help = "a symbol of MXNet (NAME-symbol.json)", .is_text = true,
     .recognises = mxnet_recognises, .read = read_mxnet},
    {.name = "coreml", .suffixes = ".mlmodel", .help = "a Core ML network or pipeline (weights are not read)",
     .recognises = coreml_recognises, .read = read_coreml},
    {.name = "caffe2", .suffixes = "_net.pb", .help = "a Caffe2 net: predict_net.pb (sizes of weights stand elsewhere)",
     .recognises = caffe2_recognises, .read = read_caffe2},
    {.name = "caffe2-text", .suffixes = "_net.pbtxt", .help = "the same as text", .is_text = true,
     .recognises = caffe2_recognises_text, .read = read_caffe2_text},
    {.name = "darknet", .suffixes = ".cfg", .help = "Darknet nets", .is_text = true,
     .recognises = darknet_recognises, .read = read_darknet},
    {.name = "keras", .suffixes = ".keras .h5 .hdf5 .json",
     .help = "a Keras model: .keras, .h5, or its JSON; a layers model of TensorFlow.js", .is_text = true,
     .recognises = keras_recognises, .read = read_keras},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

const ReaderRow *reader_at(size_t index)
{
    return index < ROW_COUNT ? &rows[index] : NULL;
}

const ReaderRow *reader_find(Str name)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (str_equal(str_from(rows[i].name), name))
            return &rows[i];
    return NULL;
}

static bool has_suffix(Str path, const char *suffixes)
{
    Str rest = str_from(suffixes), suffix;
    while (str_cut(&rest, ' ', &suffix))
        if (path.size >= suffix.size && str_equal_nocase(str_slice(path, path.size - suffix.size, path.size), suffix))
            return true;
    return false;
}

const ReaderRow *reader_for(Str path, Str bytes)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].recognises && rows[i].recognises(bytes))
            return &rows[i];
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (has_suffix(path, rows[i].suffixes))
            return &rows[i];
    return NULL;
}

Model model_of(Arena *arena, Graph *graph)
{
    Model model = {.graphs = ARENA_NEW(arena, Graph *), .graph_count = 1};
    model.graphs[0] = graph;
    *ARENA_PUSH(arena, model.figures, model.figure_count, model.figure_room) = figure_default();
    return model;
}

static bool is_symbol(Str name)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i && c >= '0' && c <= '9'))
            return false;
    }
    return name.size > 0;
}

bool read_set(Arena *arena, ReadOptions *options, Str text)
{
    Str piece;
    while (str_cut(&text, ',', &piece)) {
        size_t equals = str_find(piece, '=');
        SymbolValue value = {.name = str_trim(str_slice(piece, 0, equals))};
        if (!is_symbol(value.name) || equals == piece.size ||
            !str_to_int(str_trim(str_slice(piece, equals + 1, piece.size)), &value.value) || value.value < 1)
            return false;
        *ARENA_PUSH(arena, options->values, options->value_count, options->value_room) = value;
    }
    return true;
}

static bool has_symbol(Dim dim, Str name)
{
    Str symbol;
    for (uint32_t i = 0; symbol = dim_symbol_at(dim, i), symbol.size; i++)
        if (str_equal(symbol, name))
            return true;
    return false;
}

/* The last value of a symbol holds, as with other options. */
Dim read_bound(Arena *arena, const ReadOptions *options, Dim dim)
{
    for (uint32_t i = options->value_count; i-- > 0 && dim.kind == DIM_SYMBOLIC;)
        if (has_symbol(dim, options->values[i].name)) {
            options->values[i].used = true;
            dim = dim_bind(arena, dim, options->values[i].name, options->values[i].value);
        }
    return dim;
}
