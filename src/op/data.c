/* SPDX-License-Identifier: MIT */
/* Data that enter, leave or stand in the network, and operations that netikz does not know. */
#include "op/rules.h"

#define ATTR_DTYPE {.name = "dtype", .kind = ATTR_TEXT, .help = "type of the elements"}

static const AttrSpec source_attrs[] = {
    {.name = "shape", .aliases = "size dims batch_input_shape", .kind = ATTR_SHAPE, .positional = true,
     .help = "of one sample, without the batch: 3x224x224"},
    ATTR_DTYPE,
};

static const AttrSpec custom_attrs[] = {
    {.name = "out", .aliases = "shape output_shape", .kind = ATTR_SHAPE, .positional = true,
     .help = "shape of the output"},
    {.name = "params", .kind = ATTR_INT, .help = "trainable parameters"},
    {.name = "macs", .kind = ATTR_INT, .help = "multiply-accumulates"},
};

static bool shape_source(OpCall *call)
{
    rule_set(call, rule_shape_of(call, "shape"));
    return true;
}

/* Every element is trained. */
static void count_parameter(OpCall *call)
{
    call->params = shape_elements(call->arena, call->outputs[0]);
    call->macs = dim_int(0);
}

static bool shape_custom(OpCall *call)
{
    rule_set(call, rule_shape_of(call, "out"));
    return true;
}

/* Nothing is known but what the author says. */
static void count_custom(OpCall *call)
{
    call->params = attr_int(call->arena, call->layer, "params");
    call->macs = attr_int(call->arena, call->layer, "macs");
}

static void label_custom(const OpCall *call, Text *text)
{
    text_add(text, call->layer->op_name);
}

static const Op rows[] = {
    {.name = "input", .title = "input", .help = "data that enter",
     .aliases = "Input InputLayer Placeholder placeholder Data Feed data DummyData ImageData image HDF5Data MemoryData",
     .style = STYLE_DATA, OP_ATTRS(source_attrs), .max_inputs = 0, .shape = shape_source},
    {.name = "noise", .title = "noise", .help = "random numbers that enter",
     .aliases = "latent z RandomNormal RandomUniform random_normal random_uniform RandomStandardNormal",
     .symbol = "𝒩", .style = STYLE_DATA,
     OP_ATTRS(source_attrs), .max_inputs = 0, .shape = shape_source},
    {.name = "constant", .title = "constant", .help = "numbers that are never trained",
     .aliases = "Constant Const const buffer ConstantTensor", .style = STYLE_DATA, OP_ATTRS(source_attrs),
     .max_inputs = 0,
     .shape = shape_source},
    {.name = "parameter", .title = "parameter", .help = "numbers that are trained",
     .aliases = "Parameter variable Variable VariableV2 VarHandleOp query_tokens", .style = STYLE_DATA,
     OP_ATTRS(source_attrs), .max_inputs = 0, .shape = shape_source, .count = count_parameter},
    {.name = "output", .title = "output", .help = "a named end",
     .aliases = "Output OutputLayer Fetch", .style = STYLE_DATA, .min_inputs = 1, .max_inputs = 1, .shape = rule_same},
    {.name = "identity", .title = "identity", .help = "its input as it is",
     .aliases = "Identity noop PlaceholderWithDefault Activation_linear",
     .style = STYLE_OTHER,
     .min_inputs = 1, .max_inputs = 1, .suffix = true, .shape = rule_same},
    {.name = "custom", .title = "custom", .help = "anything else, with the shape that is said of it",
     .aliases = "Lambda lambda Python op", .style = STYLE_OTHER, OP_ATTRS(custom_attrs), .max_inputs = OP_ANY_INPUTS,
     .shape = shape_custom, .count = count_custom, .label = label_custom},
};

OpFamily op_family_data(void)
{
    return OP_ROWS(rows);
}
