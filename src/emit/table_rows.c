/* SPDX-License-Identifier: MIT */
/* Rows of a table for people: the network's hierarchy written out in order, fused cells in the row of their layer. */
#include "emit/table.h"
#include "op/totals.h"

/* What stands in a scope: layers and scopes in the order in which they come first. */
typedef struct Item {
    const Layer *layer;
    const Scope *scope;
    struct Item *next;
} Item;

/* What is known of a scope before its row is written. */
typedef struct ScopeSum {
    Item *first, *last;
    bool listed;       /* its parent lists it */
    uint32_t rows;     /* layers with a row in it and below */
    Dim params, macs;
    const Layer *end;  /* its last layer */
} ScopeSum;

typedef struct Outliner {
    Arena *arena;
    const Graph *graph;
    ScopeSum *sums;          /* by scope */
    const Layer **next_cell; /* by layer: what is fused behind it, or NULL */
    const Layer **tail;      /* by layer: the last that is fused to it; itself where there is none */
    TableRows out;
} Outliner;

static bool is_named(const Scope *scope)
{
    return scope->name.size && (scope->kind == SCOPE_GROUP || scope->kind == SCOPE_BLOCK);
}

static void append(Outliner *outliner, const Scope *scope, Item item)
{
    ScopeSum *sum = &outliner->sums[scope->index];
    Item *kept = ARENA_NEW(outliner->arena, Item);
    *kept = item;
    if (sum->last)
        sum->last->next = kept;
    else
        sum->first = kept;
    sum->last = kept;
}

static void list_layer(Outliner *outliner, const Layer *layer)
{
    append(outliner, layer->scope, (Item){.layer = layer});
    outliner->sums[layer->scope->index].rows++;
    for (const Scope *scope = layer->scope; scope->parent; scope = scope->parent) {
        if (outliner->sums[scope->index].listed)
            break;
        outliner->sums[scope->index].listed = true;
        append(outliner, scope->parent, (Item){.scope = scope});
    }
}

/* Constants, casts and shape computations say nothing to people, unless they hold weights. */
static bool is_silent(const Layer *layer)
{
    return layer->auxiliary && dim_is(layer->params, 0) && dim_is(layer->macs, 0);
}

static void sum_up(Outliner *outliner)
{
    const Graph *graph = outliner->graph;
    for (uint32_t i = 0; i < graph->scope_count; i++)
        outliner->sums[i].params = outliner->sums[i].macs = dim_int(0);
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        const Layer *layer = graph->layers[i];
        ScopeSum *sum = &outliner->sums[layer->scope->index];
        sum->params = dim_add(outliner->arena, sum->params, totals_params(layer));
        sum->macs = dim_add(outliner->arena, sum->macs, layer->macs);
        if (!is_silent(layer))
            sum->end = layer;
    }
    for (uint32_t i = graph->scope_count; i-- > 1;) {
        const ScopeSum *sum = &outliner->sums[i];
        ScopeSum *above = &outliner->sums[graph->scopes[i]->parent->index];
        above->params = dim_add(outliner->arena, above->params, sum->params);
        above->macs = dim_add(outliner->arena, above->macs, sum->macs);
        above->rows += sum->rows;
        if (sum->end && (!above->end || above->end->index < sum->end->index))
            above->end = sum->end;
    }
}

static Outliner outliner_new(Arena *arena, const Graph *graph)
{
    Outliner outliner = {
        .arena = arena,
        .graph = graph,
        .sums = ARENA_ARRAY(arena, graph->scope_count, ScopeSum),
        .next_cell = ARENA_ARRAY(arena, graph->layer_count, const Layer *),
        .tail = ARENA_ARRAY(arena, graph->layer_count, const Layer *),
    };
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        const Layer *layer = graph->layers[i], *head = layer->cell_of;
        outliner.tail[i] = layer;
        if (is_silent(layer)) {
            outliner.out.left_out++;
        } else if (head && head->index < i && head->scope == layer->scope && !is_silent(head)) {
            outliner.next_cell[outliner.tail[head->index]->index] = layer;
            outliner.tail[head->index] = layer;
        } else {
            list_layer(&outliner, layer);
        }
    }
    sum_up(&outliner);
    return outliner;
}

/* Labels are about one sample. */
static Str label_of(const Outliner *outliner, const Layer *layer)
{
    uint32_t batch = outliner->graph->batch_axes;
    Shape *inputs = ARENA_ARRAY(outliner->arena, layer->input_count, Shape);
    for (uint32_t i = 0; i < layer->input_count; i++) {
        if (!layer->inputs[i].layer)
            continue;
        Shape shape = layer->inputs[i].layer->outputs[layer->inputs[i].output];
        if (batch && shape.known && shape.rank >= batch)
            shape = (Shape){true, shape.rank - batch, shape.dims + batch};
        inputs[i] = shape;
    }
    return op_label(outliner->arena, layer, inputs);
}

static void add_layer_row(Outliner *outliner, const Layer *layer, uint32_t indent, Str prefix)
{
    Arena *arena = outliner->arena;
    TableRow row = {.layer = layer, .indent = indent, .params = dim_int(0), .macs = dim_int(0), .times = 1};
    row.name = prefix.size ? str_format(arena, "%.*s/%.*s", STR_ARGS(prefix), STR_ARGS(layer->name)) : layer->name;
    Text operation = text_in(arena);
    for (const Layer *cell = layer; cell; cell = outliner->next_cell[cell->index]) {
        text_add(&operation, cell == layer ? STR("") : STR(", "));
        text_add(&operation, label_of(outliner, cell));
        row.params = dim_add(arena, row.params, totals_params(cell));
        row.macs = dim_add(arena, row.macs, cell->macs);
    }
    row.operation = text_str(&operation);
    row.output = table_outputs(arena, outliner->tail[layer->index], "×", outliner->graph->batch_axes);
    *ARENA_PUSH(arena, outliner->out.rows, outliner->out.count, outliner->out.room) = row;
}

static TableRow scope_row(const Outliner *outliner, const Scope *scope, uint32_t indent)
{
    const ScopeSum *sum = &outliner->sums[scope->index];
    TableRow row = {
        .scope = scope,
        .indent = indent,
        .name = scope->name,
        .operation = scope->definition,
        .params = sum->params,
        .macs = sum->macs,
        .times = 1,
    };
    if (scope->arguments.size)
        row.operation = str_format(outliner->arena, "%.*s, %.*s", STR_ARGS(row.operation), STR_ARGS(scope->arguments));
    if (sum->end)
        row.output = table_outputs(outliner->arena, sum->end, "×", outliner->graph->batch_axes);
    return row;
}

/* A scope whose items are being written. */
typedef struct Level {
    const Item *next;
    uint32_t indent;
    Str prefix;  /* names of scopes that hold one layer alone: they stand before its name */
} Level;

/* What an item of kind scope opens; it has a row where it is named and holds more than one layer. */
static Level open_scope(Outliner *outliner, const Scope *scope, const Level *outer)
{
    const ScopeSum *sum = &outliner->sums[scope->index];
    Level level = {sum->first, outer->indent, outer->prefix};
    if (!is_named(scope))
        return level;
    if (sum->rows > 1) {
        TableRow row = scope_row(outliner, scope, outer->indent);
        *ARENA_PUSH(outliner->arena, outliner->out.rows, outliner->out.count, outliner->out.room) = row;
        return (Level){sum->first, outer->indent + 1, {0}};
    }
    level.prefix = scope->name;
    if (outer->prefix.size)
        level.prefix = str_format(outliner->arena, "%.*s/%.*s", STR_ARGS(outer->prefix), STR_ARGS(scope->name));
    return level;
}

TableRows table_rows(Arena *arena, const Graph *graph)
{
    Outliner outliner = outliner_new(arena, graph);
    Level *stack = ARENA_ARRAY(arena, graph->scope_count, Level);
    uint32_t depth = 1;
    stack[0] = (Level){.next = outliner.sums[graph->root->index].first};
    while (depth) {
        Level *level = &stack[depth - 1];
        const Item *item = level->next;
        if (!item) {
            depth--;
            continue;
        }
        level->next = item->next;
        if (item->layer)
            add_layer_row(&outliner, item->layer, level->indent, level->prefix);
        else
            stack[depth++] = open_scope(&outliner, item->scope, level);
    }
    return outliner.out;
}

/* Adds an instance to the row of the first of its run, whose name then goes without its number. */
static bool join_run(Outliner *outliner, const Scope *scope)
{
    if (!outliner->out.count || !scope->run || scope->run == scope)
        return false;
    TableRow *before = &outliner->out.rows[outliner->out.count - 1];
    if (!before->scope || before->scope->run != scope->run)
        return false;
    TableRow row = scope_row(outliner, scope, 0);
    if (before->times == 1 && str_ends(before->name, STR("_1")))
        before->name = str_slice(before->name, 0, before->name.size - 2);
    before->params = dim_add(outliner->arena, before->params, row.params);
    before->macs = dim_add(outliner->arena, before->macs, row.macs);
    before->output = row.output;
    before->times++;
    return true;
}

/* A scope as one row: what holds one layer is that layer, what has no name is called by what it is. */
static void add_scope_row(Outliner *outliner, const Scope *scope)
{
    static const char *const kinds[] = {"network", "group", "block", "residual", "branch", "path"};
    const Item *item = outliner->sums[scope->index].first;
    if (outliner->sums[scope->index].rows == 1 && scope->kind != SCOPE_BLOCK) {
        while (item->scope)
            item = outliner->sums[item->scope->index].first;
        add_layer_row(outliner, item->layer, 0, scope->name);
        outliner->out.rows[outliner->out.count - 1].scope = scope;
        return;
    }
    TableRow row = scope_row(outliner, scope, 0);
    if (!row.name.size)
        row.name = str_from(kinds[scope->kind]);
    *ARENA_PUSH(outliner->arena, outliner->out.rows, outliner->out.count, outliner->out.room) = row;
}

TableRows table_top_rows(Arena *arena, const Graph *graph)
{
    Outliner outliner = outliner_new(arena, graph);
    for (const Item *item = outliner.sums[graph->root->index].first; item; item = item->next) {
        if (item->layer)
            add_layer_row(&outliner, item->layer, 0, (Str){0});
        else if (!join_run(&outliner, item->scope))
            add_scope_row(&outliner, item->scope);
    }
    return outliner.out;
}
