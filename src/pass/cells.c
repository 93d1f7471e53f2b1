/* SPDX-License-Identifier: MIT */
/* Labels of nodes; which of the fused norms and activations are written, and which go without saying. */
#include "op/op.h"
#include "pass/plan.h"

#include <string.h>

/* What follows the layers of one class, of one kind: how often each thing, and where nothing does. */
typedef struct Habit {
    Names *tallies;      /* label → uint32_t: in the whole network */
    Str usual;           /* the most frequent one */
    uint32_t count;      /* how often that is */
    uint32_t without;    /* layers of the class that none follows */
    uint32_t others;     /* layers of the class that another one follows */
    uint32_t with;       /* layers of the class that the usual one follows */
    bool last_without;   /* the last layer of the class is one without */
    bool silent;         /* it is said once instead of drawn everywhere */
} Habit;

enum { FOLLOW_NORM, FOLLOW_ACTIVATION, FOLLOW_COUNT };

typedef struct Habits {
    Habit of[STYLE_COUNT][FOLLOW_COUNT];
} Habits;

/* Which habit a cell belongs to; -1: none, it is always written. */
static int follow_of(const Plan *plan, const Layer *cell)
{
    if (cell->op->style == STYLE_NORM)
        return FOLLOW_NORM;
    if (cell->op->style != STYLE_ACTIVATION || plan_says_result(plan, cell))
        return -1;
    return FOLLOW_ACTIVATION;
}

/* In the scratch arena. */
static Str label_of(const Plan *plan, const Layer *layer)
{
    Shape *inputs = ARENA_ARRAY(plan->scratch, layer->input_count, Shape);
    for (uint32_t i = 0; i < layer->input_count; i++)
        inputs[i] = plan_shape(plan, layer->inputs[i]);
    return op_label(plan->scratch, layer, inputs);
}

static void tally(const Plan *plan, Habit *habit, const Layer *cell)
{
    Str label = label_of(plan, cell);
    uint32_t *count = names_get(habit->tallies, label);
    if (!count) {
        count = ARENA_NEW(plan->scratch, uint32_t);
        names_put(habit->tallies, label, count);
    }
    if (++*count > habit->count) {
        habit->count = *count;
        habit->usual = label;
    }
}

/* Over all layers, drawn or not: what a network does everywhere is known even where one instance is drawn. */
static void find_usual(const Plan *plan, Habits *habits)
{
    for (int style = 0; style < STYLE_COUNT; style++)
        for (int follow = 0; follow < FOLLOW_COUNT; follow++)
            habits->of[style][follow].tallies = names_new(plan->scratch);
    for (uint32_t i = 0; i < plan->graph->layer_count; i++) {
        const Layer *layer = plan->graph->layers[i];
        if (plan->layers[i].head != layer)
            continue;
        for (const Layer *cell = plan->layers[i].next_cell; cell; cell = plan_layer(plan, cell)->next_cell)
            if (follow_of(plan, cell) >= 0)
                tally(plan, &habits->of[layer->op->style][follow_of(plan, cell)], cell);
    }
}

static void look_at_head(const Plan *plan, Habits *habits, const Layer *head)
{
    Habit *habit = habits->of[head->op->style];
    bool usual[FOLLOW_COUNT] = {false}, other[FOLLOW_COUNT] = {false}, always = false;
    for (const Layer *cell = plan_layer(plan, head)->next_cell; cell; cell = plan_layer(plan, cell)->next_cell) {
        int follow = follow_of(plan, cell);
        if (follow < 0)
            always = true;
        else if (str_equal(label_of(plan, cell), habit[follow].usual))
            usual[follow] = true;
        else
            other[follow] = true;
    }
    other[FOLLOW_ACTIVATION] = other[FOLLOW_ACTIVATION] || (always && !usual[FOLLOW_ACTIVATION]);
    for (int follow = 0; follow < FOLLOW_COUNT; follow++) {
        habit[follow].with += usual[follow];
        habit[follow].others += !usual[follow] && other[follow];
        habit[follow].last_without = !usual[follow] && !other[follow];
        habit[follow].without += habit[follow].last_without;
    }
}

/* Silence is for what is usual: most layers have it, and note_all says so. */
static void decide(const Plan *plan, Habits *habits)
{
    find_usual(plan, habits);
    for (uint32_t i = 0; i < plan->graph->layer_count; i++)
        if (plan->layers[i].head == plan->graph->layers[i] && !plan->layers[i].hidden)
            look_at_head(plan, habits, plan->graph->layers[i]);
    for (int style = 0; style < STYLE_COUNT; style++)
        for (int follow = 0; follow < FOLLOW_COUNT; follow++) {
            Habit *habit = &habits->of[style][follow];
            bool usual = habit->count > 1 && habit->with > habit->others && habit->with >= habit->without;
            habit->silent = plan->figure->fuse == TOGGLE_AUTO && usual;
        }
}

/* How much of a class something follows. */
static const char *extent_of(const Habit *habit)
{
    bool but_last = habit->without == 1 && habit->last_without;
    if (habit->others || (habit->without && !but_last))
        return "most";
    return but_last ? "all but the last" : "all";
}

/* What goes without saying: "BN and ReLU after all convolution layers; ReLU after most dense layers". */
static Str note_all(const Plan *plan, const Habits *habits)
{
    Text text = text_in(plan->arena);
    for (int style = 0; style < STYLE_COUNT; style++) {
        const Habit *said = NULL;
        for (int follow = 0; follow < FOLLOW_COUNT; follow++) {
            const Habit *habit = &habits->of[style][follow];
            if (!habit->silent)
                continue;
            bool joins = said && strcmp(extent_of(said), extent_of(habit)) == 0;
            if (said && !joins)
                text_add_format(&text, " after %s %s layers", extent_of(said), style_title((StyleClass)style));
            text_add_format(&text, "%s%.*s", joins ? " and " : text.size ? "; " : "", STR_ARGS(habit->usual));
            said = habit;
        }
        if (said)
            text_add_format(&text, " after %s %s layers", extent_of(said), style_title((StyleClass)style));
    }
    return text_str(&text);
}

static Label cell_label(const Plan *plan, const Node *node, const Layer *layer)
{
    if (layer->label.size)
        return (Label){LABEL_TEX, layer->label};
    if (node->kind == NODE_CIRCLE && layer == node->layer)
        return (Label){LABEL_MATH, str_from(layer->op->symbol)};
    if (node->kind == NODE_INPUT || (node->kind == NODE_OUTPUT && layer->implied)) /* a named end */
        return (Label){LABEL_TEXT, layer->name};
    return (Label){LABEL_TEXT, str_copy(plan->arena, label_of(plan, layer))};
}

static int cell_style(const Layer *layer)
{
    StyleClass style = layer->op->style;
    style_from_name(layer->style, &style);
    return (int)style;
}

static void fill_layer_cells(const Plan *plan, const Habits *habits, Node *node)
{
    uint32_t cells = 0, silent = 0;
    for (const Layer *cell = node->layer; cell; cell = plan_layer(plan, cell)->next_cell)
        cells++;
    node->cells = ARENA_ARRAY(plan->arena, cells, Cell);
    node->silent = cells > 1 ? ARENA_ARRAY(plan->arena, cells, Cell) : NULL; /* the first is always written */
    cells = 0;
    for (const Layer *layer = node->layer; layer; layer = plan_layer(plan, layer)->next_cell) {
        Cell cell = {layer, cell_label(plan, node, layer), cell_style(layer)};
        int follow = layer == node->layer ? -1 : follow_of(plan, layer);
        const Habit *habit = follow >= 0 ? &habits->of[node->layer->op->style][follow] : NULL;
        if (habit && habit->silent && !layer->label.size && str_equal(cell.label.text, habit->usual))
            node->silent[silent++] = cell;
        else
            node->cells[cells++] = cell;
    }
    node->cell_count = cells;
    node->silent_count = silent;
}

static void fill_single_cell(const Plan *plan, Node *node, Label label, int style)
{
    node->cells = ARENA_NEW(plan->arena, Cell);
    node->cells[0] = (Cell){node->layer, label, style};
    node->cell_count = 1;
}

static int group_style(const Scope *scope)
{
    StyleClass style = STYLE_OTHER;
    style_from_name(scope->style, &style);
    return (int)style;
}

void plan_cells(Plan *plan)
{
    Habits *habits = ARENA_NEW(plan->scratch, Habits);
    decide(plan, habits);
    for (uint32_t i = 0; i < plan->outline->node_count; i++) {
        Node *node = &plan->outline->nodes[i];
        if (node->kind == NODE_GROUP)
            fill_single_cell(plan, node, plan_title(plan, node->scope, true), group_style(node->scope));
        else if (!plan_layer(plan, node->layer)->inside)
            fill_single_cell(plan, node, (Label){LABEL_TEXT, STR("input")}, STYLE_DATA);
        else
            fill_layer_cells(plan, habits, node);
        for (uint32_t k = 0; k < node->cell_count; k++)
            plan->outline->styles[node->cells[k].style] = true;
    }
    plan->outline->note_all = note_all(plan, habits);
}
