/* SPDX-License-Identifier: MIT */
/* Elementwise arithmetic and comparisons, as traced models are full of them. */
#include "op/rules.h"

static const AttrSpec cast_attrs[] = {
    {.name = "to", .aliases = "dtype", .kind = ATTR_TEXT, .positional = true, .help = "type of the result"},
};

static const AttrSpec power_attrs[] = {
    {.name = "power", .aliases = "exponent", .kind = ATTR_TEXT, .positional = true,
     .help = "exponent, where it is no input"},
    {.name = "factor", .aliases = "scale", .kind = ATTR_TEXT, .help = "what x is multiplied by first"},
    {.name = "shift", .aliases = "offset", .kind = ATTR_TEXT, .help = "what is added then"},
};

#define UNARY(name_, aliases_, help_)                                                                                  \
    {.name = (name_), .aliases = (aliases_), .title = (name_), .help = (help_), .style = STYLE_OTHER,                  \
     .min_inputs = 1, .max_inputs = 1, .suffix = true, .shape = rule_same}
#define BINARY(name_, aliases_, help_)                                                                                 \
    {.name = (name_), .aliases = (aliases_), .title = (name_), .help = (help_), .style = STYLE_OTHER,                  \
     .min_inputs = 1, .max_inputs = 2, .shape = rule_broadcast_all}

static const Op rows[] = {
    UNARY("exp", "Exp EXP", "exponential"),
    UNARY("log", "Log LOG", "natural logarithm"),
    UNARY("sqrt", "Sqrt SQRT", "square root"),
    UNARY("rsqrt", "Rsqrt RSQRT", "one over the square root"),
    UNARY("square", "Square SQUARE", "square"),
    UNARY("abs", "Abs ABS AbsVal", "magnitude"),
    UNARY("neg", "Neg NEG negative", "x with the other sign"),
    UNARY("reciprocal", "Reciprocal Inv", "one over x"),
    UNARY("sin", "Sin SIN", "sine"),
    UNARY("cos", "Cos COS", "cosine"),
    UNARY("atan", "Atan arctan", "arctangent"),
    UNARY("erf", "Erf", "error function"),
    UNARY("sign", "Sign", "-1, 0 or 1"),
    UNARY("floor", "Floor", "rounded down"),
    UNARY("round", "Round", "rounded"),
    UNARY("not", "Not LogicalNot logical_not", "negation"),
    UNARY("isnan", "IsNaN IsInf", "whether it is no number"),
    UNARY("quantize", "QuantizeLinear DequantizeLinear DynamicQuantizeLinear dequantize FakeQuantWithMinMaxVars "
                      "QUANTIZE DEQUANTIZE Quant BipolarQuant IntQuant FloatQuant Trunc", "another representation of its numbers"),
    {.name = "cast", .aliases = "Cast CAST CastLike astype", .title = "cast", .help = "another type of its numbers",
     .style = STYLE_OTHER, OP_ATTRS(cast_attrs), .min_inputs = 1, .max_inputs = 2, .suffix = true, .shape = rule_same},
    {.name = "pow", .aliases = "Pow Power power POW", .title = "pow", .help = "power", .style = STYLE_OTHER,
     OP_ATTRS(power_attrs), .min_inputs = 1, .max_inputs = 2, .shape = rule_broadcast_all},
    BINARY("mod", "Mod FloorMod", "remainder"),
    BINARY("equal", "Equal EQUAL", "whether they are equal"),
    BINARY("not_equal", "NotEqual", "whether they are not equal"),
    BINARY("greater", "Greater GREATER", "whether the first is greater"),
    BINARY("greater_equal", "GreaterOrEqual GreaterEqual", "whether the first is not less"),
    BINARY("less", "Less LESS", "whether the first is less"),
    BINARY("less_equal", "LessOrEqual LessEqual", "whether the first is not greater"),
    BINARY("and", "And LogicalAnd logical_and", "whether both hold"),
    BINARY("or", "Or LogicalOr logical_or Xor", "whether one holds"),
    BINARY("squared_difference", "SquaredDifference SQUARED_DIFFERENCE", "square of the difference"),
    {.name = "cumsum", .aliases = "CumSum Cumsum", .title = "cumsum", .help = "running sum", .style = STYLE_OTHER,
     .min_inputs = 1, .max_inputs = 2, .shape = rule_same},
};

OpFamily op_family_maths(void)
{
    return OP_ROWS(rows);
}
