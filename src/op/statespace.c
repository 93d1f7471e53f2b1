/* SPDX-License-Identifier: MIT */
/* State-space layers. */
#include "op/rules.h"

static const AttrSpec selective_attrs[] = {
    {.name = "state", .aliases = "d_state state_size N", .kind = ATTR_INT, .fallback = "16", .positional = true,
     .help = "numbers of state a channel"},
    {.name = "rank", .aliases = "dt_rank time_step_rank", .kind = ATTR_INT,
     .help = "rank of the step size; a 32nd of the channels, rounded up, where none is given"},
};

static bool shape_selective(OpCall *call)
{
    Shape in = rule_input(call, 0);
    if (in.known && rule_rank(call, in) != 2)
        return rule_fail(call, 0, "%s needs a sequence T×d, but its input is %s", call->op->title, rule_text(call, in));
    return rule_same(call);
}

/*
 * Selective state space (Gu and Dao 2023) of D channels, N numbers of state each and step sizes of rank R: B, C and the
 * step from x, D·(2N + R); step to channels, R·D + D; A, D·N; the skip D. Products a step: those matrices, and for each
 * number of state its decay, what enters and what is read.
 */
static void count_selective(OpCall *call)
{
    Arena *arena = call->arena;
    Shape in = rule_input(call, 0);
    Dim channels = in.known && in.rank ? in.dims[in.rank - 1] : DIM_NONE, state = attr_int(arena, call->layer, "state");
    Dim rank = rule_or(attr_int(arena, call->layer, "rank"), dim_div_up(arena, channels, dim_int(32)));
    Dim width = dim_add(arena, dim_mul(arena, dim_int(2), state), rank), states = dim_mul(arena, channels, state);
    Dim weights = dim_add(arena, dim_mul(arena, channels, width), dim_mul(arena, rank, channels));
    Dim own = dim_add(arena, states, dim_mul(arena, dim_int(2), channels));
    call->params = dim_add(arena, weights, own);
    Dim step = dim_add(arena, weights, dim_mul(arena, dim_int(3), states));
    Dim steps = in.known && in.rank ? rule_work(call, rule_with(call, in, in.rank - 1, dim_int(1))) : DIM_NONE;
    call->macs = dim_mul(arena, steps, step);
}

static void label_selective(const OpCall *call, Text *text)
{
    text_add(text, str_from(call->op->title));
    label_int(call, text, "state", "state %s");
}

static const Op rows[] = {
    {.name = "ssm", .title = "selective SSM", .help = "selective state-space layer, as in Mamba",
     .aliases = "selective_ssm selective_scan SelectiveScan s6 S6 state_space", .style = STYLE_RECURRENT,
     OP_ATTRS(selective_attrs), .min_inputs = 1, .max_inputs = 1, .shape = shape_selective, .count = count_selective,
     .label = label_selective},
};

OpFamily op_family_statespace(void)
{
    return OP_ROWS(rows);
}
