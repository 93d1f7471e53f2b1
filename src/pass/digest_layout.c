/* SPDX-License-Identifier: MIT */
/* Where channels stand last between two permutations: frameworks with channels first turn maps round for what acts on features. */
#include "pass/digest.h"

/* 0x2x3x1 of N×C×H×W, or 0x3x1x2 back. */
static bool permutes(const Layer *layer, const int64_t *order)
{
    int row = op_attr_row(layer->op, "order");
    if (!digest_is_op(layer, "permute") || row < 0 || layer->attrs[row].count != 4 || layer->input_count != 1)
        return false;
    for (uint32_t i = 0; i < 4; i++)
        if (!dim_is(layer->attrs[row].dims[i], order[i]))
            return false;
    return true;
}

/* What leaves its axes where they are, and acts on the last one or on each number. */
static bool keeps_order(const Layer *layer)
{
    static const char *const names[] = {"scale", "bias", "roll", "pixel_unshuffle", "cast", "identity", "pad"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (digest_is_op(layer, names[i]))
            return true;
    StyleClass style = layer->op->style;
    return style == STYLE_NORM || style == STYLE_ACTIVATION || style == STYLE_DENSE || style == STYLE_MERGE ||
           style == STYLE_ATTENTION || style == STYLE_REGULAR;
}

void digest_layouts(Digest *digest)
{
    static const int64_t there[] = {0, 2, 3, 1};
    if (digest->from->batch_axes != 1)
        return;
    for (uint32_t i = 0; i < digest->count; i++) {
        Layer *layer = digest->layers[i];
        if (digest->gone[i] || !layer->input_count || !layer->outputs[0].known || layer->outputs[0].rank != 4)
            continue;
        bool turned = true;
        for (uint32_t k = 0; k < layer->input_count; k++)
            turned = turned && layer->inputs[k].layer && layer->inputs[k].layer->layout == LAYOUT_CHANNELS_LAST;
        if ((turned && keeps_order(layer)) || (layer->inputs[0].layer->layout == LAYOUT_CHANNELS_FIRST && permutes(layer, there)))
            layer->layout = LAYOUT_CHANNELS_LAST;
    }
}
