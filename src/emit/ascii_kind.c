/* SPDX-License-Identifier: MIT */
/* Operations as Keras calls them, and the glyphs that keras-sequential-ascii (P. Migdał) draws for them. */
#include "emit/ascii.h"

/* A class of Keras. Operations without a row go under their own name. */
typedef struct Kind {
    const char *op;      /* netikz's name */
    const char *name;    /* Keras' class, or what stands before its axes */
    const char *suffix;  /* what stands behind the axes, "2D" …; NULL: a class for any number of axes */
    const char *glyph;   /* five characters; NULL: the unknown one */
} Kind;

static const char unknown_glyph[] = "?????";

static const Kind kinds[] = {
    {"input", "InputLayer", NULL, "  |  "},
    {"reshape", "Reshape", NULL, "  |  "},
    {"permute", "Permute", NULL, "  |  "},
    {"conv", "Conv", "", " \\|/ "},
    {"upconv", "Conv", "Transpose", " /|\\ "},
    {"sepconv", "SeparableConv", "", " /|\\x"},
    {"dwconv", "DepthwiseConv", "", NULL},
    {"localconv", "LocallyConnected", "", NULL},
    {"upsample", "UpSampling", "", "AAAAA"},
    {"crop", "Cropping", "", " ||| "},
    {"pad", "ZeroPadding", "", "\\|||/"},
    {"flatten", "Flatten", NULL, "|||||"},
    {"repeat_vector", "RepeatVector", NULL, NULL},
    {"maxpool", "MaxPooling", "", "Y max"},
    {"avgpool", "AveragePooling", "", "Y avg"},
    {"global_maxpool", "GlobalMaxPooling", "", "Y^max"},
    {"global_avgpool", "GlobalAveragePooling", "", "Y^avg"},
    {"dropout", "Dropout", NULL, " | ||"},
    {"spatial_dropout", "SpatialDropout", "", NULL},
    {"alpha_dropout", "AlphaDropout", NULL, NULL},
    {"gaussian_dropout", "GaussianDropout", NULL, NULL},
    {"gaussian_noise", "GaussianNoise", NULL, NULL},
    {"fc", "Dense", NULL, "XXXXX"},
    {"linear", "Dense", NULL, "XXXXX"},
    {"prelu", "PReLU", NULL, NULL},
    {"bn", "BatchNormalization", NULL, " μ|σ "},
    {"ln", "LayerNormalization", NULL, NULL},
    {"gn", "GroupNormalization", NULL, NULL},
    {"embedding", "Embedding", NULL, "emb |"},
    {"rnn", "SimpleRNN", NULL, NULL},
    {"lstm", "LSTM", NULL, "LLLLL"},
    {"gru", "GRU", NULL, "LLLLL"},
    {"attention", "MultiHeadAttention", NULL, NULL},
    {"dot_attention", "Attention", NULL, NULL},
    {"add", "Add", NULL, NULL},
    {"sub", "Subtract", NULL, NULL},
    {"mul", "Multiply", NULL, NULL},
    {"max", "Maximum", NULL, NULL},
    {"min", "Minimum", NULL, NULL},
    {"average", "Average", NULL, NULL},
    {"concat", "Concatenate", NULL, NULL},
    {"dot", "Dot", NULL, NULL},
};

static const Kind *kind_named(const char *op)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_equal(str_from(kinds[i].op), str_from(op)))
            return &kinds[i];
    return NULL;
}

/* Pooling over everything is a class of its own. */
static const Kind *kind_of(const Layer *layer)
{
    const char *op = layer->op->name;
    bool windowed = op_attr_row(layer->op, "kernel") >= 0;
    if (windowed && str_equal(attr_word(layer, "kernel"), STR("global"))) {
        if (str_equal(str_from(op), STR("maxpool")))
            return kind_named("global_maxpool");
        if (str_equal(str_from(op), STR("avgpool")))
            return kind_named("global_avgpool");
    }
    return kind_named(op);
}

/* Spatial axes of what it reads; 0 where they are not known. */
static uint32_t axes_of(const Graph *graph, const Layer *layer)
{
    const Port *port = layer->inputs;
    if (!layer->input_count || !port->layer)
        return 0;
    Shape shape = port->layer->outputs[port->output];
    return shape.known && shape.rank > graph->batch_axes ? shape.rank - graph->batch_axes - 1 : 0;
}

Str ascii_kind(Arena *arena, const Graph *graph, const Layer *layer)
{
    const Kind *kind = kind_of(layer);
    if (!kind)
        return layer->op_name.size ? layer->op_name : str_from(layer->op->name);
    if (!kind->suffix)
        return str_from(kind->name);
    uint32_t axes = axes_of(graph, layer);
    if (!axes)
        return str_format(arena, "%s%s", kind->name, kind->suffix);
    return str_format(arena, "%s%uD%s", kind->name, axes, kind->suffix);
}

/* One that halves its input (glu) or has weights (prelu) is a layer. */
bool ascii_is_activation(const Layer *layer)
{
    if (layer->op->style != STYLE_ACTIVATION || !dim_is(layer->params, 0) || !layer->input_count)
        return false;
    Port read = layer->inputs[0];
    return read.layer && !shape_conflict(read.layer->outputs[read.output], layer->outputs[0]);
}

const char *ascii_glyph(const Layer *layer)
{
    const Kind *kind = kind_of(layer);
    if (ascii_is_activation(layer))
        return " f|  "; /* the original leaves out the last blank, and its line is one short */
    return kind && kind->glyph ? kind->glyph : unknown_glyph;
}
