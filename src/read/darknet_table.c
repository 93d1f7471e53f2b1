/* SPDX-License-Identifier: MIT */
/* The sections that Darknet and its better-known fork have. */
#include "read/darknet.h"

static const DarknetRow rows[] = {
    {"convolutional", "conv", "conv", darknet_convolutional},
    {"deconvolutional", "deconv", "upconv", darknet_deconvolutional},
    {"local", NULL, "localconv", darknet_local},
    {"connected", "conn", "fc", darknet_connected},
    {"maxpool", "max", "maxpool", darknet_maxpool},
    {"local_avgpool", "local_avg", "avgpool", darknet_local_avgpool},
    {"avgpool", "avg", "global_avgpool", darknet_avgpool},
    {"upsample", NULL, "upsample", darknet_upsample},
    {"reorg", NULL, "pixel_unshuffle", darknet_reorg},
    {"reorg3d", NULL, "pixel_unshuffle", darknet_reorg},
    {"crop", NULL, "crop", darknet_crop},
    {"route", NULL, "concat", darknet_route},
    {"shortcut", NULL, "add", darknet_shortcut},
    {"scale_channels", NULL, "mul", darknet_scale_channels},
    {"sam", NULL, "mul", darknet_scale_channels},
    {"rnn", NULL, "rnn", darknet_rnn},
    {"gru", NULL, "gru", darknet_gru},
    {"lstm", NULL, "lstm", darknet_lstm},
    {"crnn", NULL, NULL, darknet_crnn},
    {"batchnorm", NULL, "bn", darknet_batchnorm},
    {"normalization", "lrn", "lrn", darknet_same},
    {"l2norm", NULL, "l2norm", darknet_same},
    {"activation", NULL, NULL, darknet_activation},
    {"logistic", NULL, "sigmoid", darknet_same},
    {"softmax", "soft", "softmax", darknet_softmax},
    {"dropout", NULL, "dropout", darknet_dropout},
    {"cost", NULL, "mse", darknet_cost},
    {"logxent", NULL, "bce", darknet_cost},
    {"region", NULL, NULL, darknet_region},
    {"yolo", NULL, NULL, darknet_yolo},
    {"Gaussian_yolo", NULL, NULL, darknet_yolo},
    {"detection", NULL, NULL, darknet_detection},
    {"iseg", NULL, NULL, darknet_same},
    {"empty", "silence", "identity", darknet_same},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

const DarknetRow *darknet_row(Str name)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (str_equal(name, str_from(rows[i].name)))
            return &rows[i];
        Str rest = str_from(rows[i].aliases), word;
        while (str_cut(&rest, ' ', &word))
            if (word.size && str_equal(name, word))
                return &rows[i];
    }
    return NULL;
}

Str darknet_nearest(Arena *arena, Str name)
{
    Str names[ROW_COUNT];
    for (size_t i = 0; i < ROW_COUNT; i++)
        names[i] = str_from(rows[i].name);
    return names_nearest(arena, name, names, ROW_COUNT);
}
