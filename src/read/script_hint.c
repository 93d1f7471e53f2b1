/* SPDX-License-Identifier: MIT */
/* What a TorchScript archive does not say: how large its inputs are. Their first readers tell the number of axes, and features. */
#include "read/script.h"

/* A size that the caller may give a number: --set H=224. */
static Dim symbol(Script *script, const char *name)
{
    return read_bound(script->arena, script->options, dim_symbol(script->arena, str_from(name)));
}

static Shape map_shape(Script *script, uint32_t rank, Dim channels)
{
    static const char *const names[][3] = {{"T"}, {"H", "W"}, {"D", "H", "W"}};
    Dim dims[5] = {DIM_NONE, channels};
    for (uint32_t i = 2; i < rank; i++)
        dims[i] = symbol(script, names[rank - 3][i - 2]);
    return shape_of(script->arena, rank, dims);
}

static Shape shape_at(const Script *script, ScriptValue **values, uint32_t count, uint32_t index)
{
    return index < count ? script_shape(script, values[index]) : shape_unknown();
}

/* Of a convolution: its weights have as many axes, and its channels over its groups. */
static bool of_conv(Script *script, Str op, ScriptValue **values, uint32_t count, Shape *shape)
{
    bool inner = str_equal(op, STR("_convolution")), transposed = str_starts(op, STR("conv_transpose"));
    Shape w = shape_at(script, values, count, 1);
    uint32_t at = inner ? 8 : 6;
    if (!(inner || str_starts(op, STR("conv"))) || !w.known || w.rank < 3 || w.rank > 5)
        return false;
    transposed = transposed || (inner && count > 6 && values[6]->kind == SCRIPT_BOOL && values[6]->yes);
    Dim groups = count > at && values[at]->kind == SCRIPT_INT ? values[at]->n : dim_int(1);
    *shape = map_shape(script, w.rank, transposed ? w.dims[0] : dim_mul(script->arena, w.dims[1], groups));
    return true;
}

static bool shape_told(Script *script, Str op, ScriptValue **values, uint32_t count, uint32_t *input, Shape *shape)
{
    *input = 0;
    if (of_conv(script, op, values, count, shape))
        return true;
    Shape w = shape_at(script, values, count, 1);
    if (str_equal(op, STR("linear")) && w.known && w.rank == 2) {
        *shape = shape_of(script->arena, 2, (Dim[]){DIM_NONE, w.dims[1]});
        return true;
    }
    if (str_equal(op, STR("embedding"))) {
        *input = 1;
        *shape = shape_of(script->arena, 2, (Dim[]){DIM_NONE, symbol(script, "T")});
        return count > 1;
    }
    bool recurrent = str_equal(op, STR("lstm")) || str_equal(op, STR("gru")) || str_starts(op, STR("rnn_"));
    if (recurrent && count > 8 && values[2]->kind == SCRIPT_LIST && values[2]->count && values[8]->kind == SCRIPT_BOOL) {
        Dim steps = symbol(script, "T"), w_in = DIM_NONE;
        w = script_shape(script, values[2]->items[0]);
        if (w.known && w.rank == 2)
            w_in = w.dims[1];
        *shape = values[8]->yes ? shape_of(script->arena, 3, (Dim[]){DIM_NONE, steps, w_in})
                                : shape_of(script->arena, 3, (Dim[]){steps, DIM_NONE, w_in});
        return true;
    }
    return false;
}

/* Directly read inputs are told of; else the first map that is read by a convolution is taken for the only input. */
void script_hint(Script *script, Str op, ScriptValue **values, uint32_t count)
{
    uint32_t input;
    Shape told;
    if (!names_count(script->unshaped) || !shape_told(script, op, values, count, &input, &told))
        return;
    const ScriptValue *read = values[input];
    if (read->kind != SCRIPT_TENSOR || script_shape(script, read).known)
        return;
    Str name = read->text;
    if (!names_get(script->unshaped, name)) {
        if (names_count(script->unshaped) > 1 || told.rank < 3 || names_count(script->hints))
            return;
        name = names_key(script->unshaped, 0);
        told.dims[1] = DIM_NONE;
    }
    Shape *hint = ARENA_NEW(script->arena, Shape);
    *hint = told;
    names_put(script->hints, name, hint);
}
