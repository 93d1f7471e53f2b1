/* SPDX-License-Identifier: MIT */
/* Regularisation: dropout and its kin. They change no shape and have no weights. */
#include "op/rules.h"

static const AttrSpec rate_attrs[] = {
    {.name = "p", .aliases = "rate prob probability drop_prob drop_rate ratio dropout_ratio stddev", .kind = ATTR_TEXT,
     .positional = true, .help = "probability of dropping, or strength of the noise"},
    {.name = "keep", .aliases = "keep_prob", .kind = ATTR_TEXT, .help = "probability of keeping, where that is said"},
    {.name = "size", .aliases = "block_size noise_shape", .kind = ATTR_INT, .help = "side of what is dropped together"},
};

/* "dropout, 0.5"; "dropout, keep 0.8". */
static void label_rate(const OpCall *call, Text *text)
{
    Str rate = attr_word(call->layer, "p"), keep = attr_word(call->layer, "keep");
    text_add(text, str_from(call->op->title));
    if (rate.size)
        label_part(text, "%.*s", STR_ARGS(rate));
    else if (keep.size)
        label_part(text, "keep %.*s", STR_ARGS(keep));
}

#define REGULAR(name_, aliases_, title_, help_)                                                                        \
    {.name = (name_), .aliases = (aliases_), .title = (title_), .help = (help_), .style = STYLE_REGULAR,               \
     OP_ATTRS(rate_attrs), .min_inputs = 1, .max_inputs = 3, .suffix = true, .shape = rule_same, .label = label_rate}

static const Op rows[] = {
    REGULAR("dropout", "Dropout drop", "dropout", "random elements become 0 in training"),
    REGULAR("spatial_dropout",
            "SpatialDropout1D SpatialDropout2D SpatialDropout3D Dropout1d Dropout2d Dropout3d FeatureAlphaDropout",
            "spatial dropout", "random channels become 0 in training"),
    REGULAR("alpha_dropout", "AlphaDropout", "alpha dropout", "dropout that keeps mean and variance"),
    REGULAR("drop_path", "DropPath stochastic_depth StochasticDepth drop_connect", "drop path",
            "whole branches are left out in training"),
    REGULAR("dropblock", "drop_block DropBlock DropBlock2D", "DropBlock", "random squares become 0 in training"),
    REGULAR("gaussian_dropout", "GaussianDropout", "Gaussian dropout", "elements are multiplied by noise in training"),
    REGULAR("gaussian_noise", "GaussianNoise", "Gaussian noise", "noise is added in training"),
    REGULAR("activity_regularization", "ActivityRegularization", "activity penalty",
            "a penalty on the activity in training"),
};

OpFamily op_family_regular(void)
{
    return OP_ROWS(rows);
}
