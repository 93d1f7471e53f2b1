/* SPDX-License-Identifier: MIT */
/*
 * Operation counts per element, after Netscope's analyzer. It differs in one thing: its macc also holds products that
 * are no multiply-accumulates of a layer with weights (the squares of an LRN, an elementwise product, a scale), which
 * here are left out, so that the column adds up to the network's MACs.
 */
#include "op/work.h"

#include "op/rules.h"
#include "op/totals.h"
#include "op/window.h"

/* What the counts of a row multiply. */
typedef enum Base { PER_OUTPUT, PER_WINDOW } Base;

typedef struct WorkRow {
    const char *op;
    Base base;
    int counts[WORK_EXP + 1]; /* by kind; WORK_MACC is the layer's own */
} WorkRow;

static const WorkRow rows[] = {
    {"maxpool", PER_WINDOW, {[WORK_COMP] = 1}},
    {"avgpool", PER_WINDOW, {[WORK_ADD] = 1}},
    {"global_maxpool", PER_WINDOW, {[WORK_COMP] = 1}},
    {"global_avgpool", PER_WINDOW, {[WORK_ADD] = 1}},
    {"bn", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 1}},
    {"ln", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 1}},
    {"gn", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 1}},
    {"instancenorm", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 1}},
    {"rmsnorm", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 1}},
    {"lrn", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 2, [WORK_EXP] = 1}},
    {"bias", PER_OUTPUT, {[WORK_ADD] = 1}},
    {"scale", PER_OUTPUT, {0}},
    {"relu", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"relu6", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"leaky_relu", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"prelu", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"rrelu", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"elu", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"selu", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"celu", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"hard_sigmoid", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"hard_swish", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"hard_tanh", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"threshold", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"clip", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"sigmoid", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 1, [WORK_EXP] = 1}},
    {"tanh", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 1, [WORK_EXP] = 1}},
    {"silu", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 1, [WORK_EXP] = 1}},
    {"gelu", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 1, [WORK_EXP] = 1}},
    {"softplus", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_EXP] = 1}},
    {"softsign", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 1}},
    {"softmax", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 1, [WORK_EXP] = 1}},
    {"log_softmax", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 1, [WORK_EXP] = 1}},
    {"dropout", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"add", PER_OUTPUT, {[WORK_ADD] = 1}},
    {"sub", PER_OUTPUT, {[WORK_ADD] = 1}},
    {"mul", PER_OUTPUT, {0}},
    {"div", PER_OUTPUT, {[WORK_DIV] = 1}},
    {"max", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"min", PER_OUTPUT, {[WORK_COMP] = 1}},
    {"average", PER_OUTPUT, {[WORK_ADD] = 1, [WORK_DIV] = 1}},
    {"exp", PER_OUTPUT, {[WORK_EXP] = 1}},
    {"concat", PER_OUTPUT, {0}},
    {"stack", PER_OUTPUT, {0}},
    {"matmul", PER_OUTPUT, {0}},
    {"dot", PER_OUTPUT, {0}},
    {"upsample", PER_OUTPUT, {0}},
    {"identity", PER_OUTPUT, {0}},
};

const char *work_name(WorkKind kind)
{
    static const char *const names[WORK_KINDS] = {
        [WORK_MACC] = "macc",
        [WORK_COMP] = "comp",
        [WORK_ADD] = "add",
        [WORK_DIV] = "div",
        [WORK_EXP] = "exp",
        [WORK_ACTIVATION] = "activation",
        [WORK_PARAM] = "param",
    };
    return names[kind];
}

static const WorkRow *row_of(const Layer *layer)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_equal(str_from(rows[i].op), str_from(layer->op->name)))
            return &rows[i];
    return NULL;
}

/* Layers of these classes do nothing beside their MACs; of others without a row nothing is known. */
static bool only_multiplies(const Layer *layer)
{
    StyleClass style = layer->op->style;
    return style == STYLE_DATA || style == STYLE_CONV || style == STYLE_DENSE || style == STYLE_EMBEDDING ||
           style == STYLE_RESHAPE;
}

/* Elements that go through all windows: of the input where one window is everything. */
static Dim windowed(OpCall *call, Dim outputs)
{
    Shape in = rule_input(call, 0);
    bool global = op_attr_row(call->op, "kernel") < 0 || str_equal(attr_word(call->layer, "kernel"), STR("global"));
    if (global)
        return in.known ? rule_work(call, in) : DIM_NONE;
    return dim_mul(call->arena, outputs, window_volume(call, window_axes(call)));
}

Work work_none(void)
{
    Work work;
    for (int i = 0; i < WORK_KINDS; i++)
        work.of[i] = dim_int(0);
    return work;
}

Work work_of(Arena *arena, const Graph *graph, const Layer *layer)
{
    OpCall call = rule_call(arena, graph, layer);
    Work work = work_none();
    for (uint32_t i = 0; i < layer->output_count; i++) {
        Dim elements = layer->outputs[i].known ? rule_work(&call, layer->outputs[i]) : DIM_NONE;
        work.of[WORK_ACTIVATION] = dim_add(arena, work.of[WORK_ACTIVATION], elements);
    }
    work.of[WORK_MACC] = layer->macs;
    work.of[WORK_PARAM] = totals_params(layer);
    const WorkRow *row = row_of(layer);
    Dim base = work.of[WORK_ACTIVATION];
    if (row && row->base == PER_WINDOW)
        base = windowed(&call, base);
    for (int i = WORK_COMP; i <= WORK_EXP; i++) {
        if (!row && !only_multiplies(layer))
            work.of[i] = DIM_NONE;
        else if (row && row->counts[i])
            work.of[i] = dim_mul(arena, base, dim_int(row->counts[i]));
    }
    return work;
}

Work work_add(Arena *arena, Work a, Work b)
{
    for (int i = 0; i < WORK_KINDS; i++)
        a.of[i] = dim_add(arena, a.of[i], b.of[i]);
    return a;
}
