/* SPDX-License-Identifier: MIT */
/* Conditioning: norms and modulations whose scale and shift come from another input. */
#include "op/rules.h"

static const AttrSpec modulation_attrs[] = {
    {.name = "parts", .aliases = "chunks", .kind = ATTR_INT, .fallback = "2", .positional = true,
     .help = "vectors made of the condition: 2 (scale, shift), 3 with a gate"},
    ATTR_USE_BIAS,
};

/* The first input is normalised and modulated, the second says how. */
static bool shape_modulation(OpCall *call)
{
    Shape condition = rule_input(call, 1);
    if (condition.known && condition.rank == 0)
        return rule_fail(call, 1, "%s needs a condition with features, not a scalar", call->op->title);
    return rule_same(call);
}

/* One linear layer from the condition to `parts` vectors of the features (Perez et al. 2018; Peebles and Xie 2023). */
static void count_modulation(OpCall *call)
{
    Arena *arena = call->arena;
    Shape in = rule_input(call, 0), condition = rule_input(call, 1);
    bool sequence = in.known && in.rank && rule_rank(call, in) <= 2;
    Dim features = sequence ? in.dims[in.rank - 1] : rule_features(call, in);
    Dim from = condition.known && condition.rank ? condition.dims[condition.rank - 1] : DIM_NONE;
    Dim out = dim_mul(arena, features, attr_int(arena, call->layer, "parts")), weights = dim_mul(arena, from, out);
    call->params = attr_bool(call->layer, "bias") ? dim_add(arena, weights, out) : weights;
    call->macs = dim_mul(arena, weights, rule_batch(call, in));
}

#define MODULATION_ROW(class)                                                                                          \
    .style = (class), OP_ATTRS(modulation_attrs), .min_inputs = 2, .max_inputs = 2, .shape = shape_modulation,         \
    .count = count_modulation

static const Op rows[] = {
    {.name = "adaln", .title = "adaptive layer norm", .help = "layer norm with scale and shift from a condition",
     .aliases = "adaptive_norm AdaLayerNorm AdaLN ada_layer_norm adagn AdaGN adain AdaIN", MODULATION_ROW(STYLE_NORM)},
    {.name = "film", .title = "FiLM", .help = "scale and shift of the features from a condition",
     .aliases = "FiLM modulation feature_wise_modulation", MODULATION_ROW(STYLE_NORM)},
};

OpFamily op_family_condition(void)
{
    return OP_ROWS(rows);
}
