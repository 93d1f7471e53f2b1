/* SPDX-License-Identifier: MIT */
/* The two tables of Netscope (D. Gschwend's CNN Analyzer): by block and by layer, for a terminal or with booktabs. */
#include "emit/emit.h"
#include "emit/number.h"
#include "emit/table.h"
#include "op/work.h"
#include "op/rules.h"

/* Columns, the last for all kinds of work. */
enum { ID, NAME, TYPE, BATCH, CH_IN, DIM_IN, CH_OUT, DIM_OUT, FIRST_WORK, FIELDS = FIRST_WORK + WORK_KINDS };

enum { MOST_NAME = 40, GAP = 2 };

/* A row of cells; empty cells stand for 0 and for what there is not. */
typedef struct BlockRow {
    Str cells[FIELDS];
} BlockRow;

/* Layers that make one row. */
typedef struct Block {
    uint32_t id;          /* place of its first layer among all rows */
    Str name;
    const Layer *first, *last;
    uint32_t layers;      /* how many */
    Work work;
} Block;

typedef struct Blocks {
    Arena *arena;
    const Graph *graph;
    Block *rows;
    uint32_t count, room;
    Work total;
    bool used[FIELDS];    /* columns with something in them */
} Blocks;

/* By scope: the outermost named one around it, or itself; empty where there is none. Parents come before children. */
static Str *outermost_names(Arena *arena, const Graph *graph)
{
    Str *names = ARENA_ARRAY(arena, graph->scope_count, Str);
    for (uint32_t i = 1; i < graph->scope_count; i++) {
        const Scope *scope = graph->scopes[i];
        names[i] = names[scope->parent->index].size ? names[scope->parent->index] : scope->name;
    }
    return names;
}

/* What stands before the first `/` of its name; empty where there is none. */
static Str first_name(Str path)
{
    if (path.size && path.at[0] == '/')
        path = str_slice(path, 1, path.size);
    size_t slash = str_find(path, '/');
    return slash < path.size ? str_slice(path, 0, slash) : (Str){0};
}

/* `name`: of its block; empty: it stands alone. */
static void add_layer(Blocks *blocks, const Layer *layer, uint32_t id, Str name)
{
    Work work = work_of(blocks->arena, blocks->graph, layer);
    Block *before = blocks->count ? &blocks->rows[blocks->count - 1] : NULL;
    blocks->total = work_add(blocks->arena, blocks->total, work);
    if (name.size && before && str_equal(name, before->name)) {
        before->last = layer;
        before->layers++;
        before->work = work_add(blocks->arena, before->work, work);
        return;
    }
    Block block = {id, name.size ? name : layer->path, layer, layer, 1, work};
    *ARENA_PUSH(blocks->arena, blocks->rows, blocks->count, blocks->room) = block;
}

static Blocks blocks_of(Arena *arena, const Graph *graph, bool grouped)
{
    Blocks blocks = {.arena = arena, .graph = graph, .total = work_none()};
    const Str *outermost = outermost_names(arena, graph);
    uint32_t id = 0;
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        const Layer *layer = graph->layers[i];
        if (layer->auxiliary && dim_is(layer->params, 0) && dim_is(layer->macs, 0))
            continue;
        Str name = outermost[layer->scope->index];
        if (!name.size)
            name = first_name(layer->path);
        add_layer(&blocks, layer, ++id, grouped ? name : (Str){0});
    }
    return blocks;
}

/* Channels and extents, "64" and "56x56"; a vector has the extent 1x1 in Netscope, and none here. */
static void add_shape(const Blocks *blocks, const Layer *layer, Shape shape, Str *channels, Str *extents)
{
    OpCall call = {.arena = blocks->arena, .op = layer->op, .layer = layer, .batch_axes = blocks->graph->batch_axes};
    Text text = text_in(blocks->arena);
    if (!shape.known || shape.rank <= call.batch_axes) {
        *channels = shape.known ? STR("") : STR("?");
        return;
    }
    uint32_t axis = rule_feature_axis(&call, shape);
    *channels = dim_text(blocks->arena, shape.dims[axis]);
    for (uint32_t i = call.batch_axes; i < shape.rank; i++) {
        if (i == axis)
            continue;
        text_add(&text, text.size ? STR("x") : STR(""));
        text_add(&text, dim_text(blocks->arena, shape.dims[i]));
    }
    *extents = text_str(&text);
}

/* What a block is, in Netscope's words. */
static Str type_of(const Blocks *blocks, const Block *block)
{
    const Layer *layer = block->first;
    if (block->layers > 1)
        return str_format(blocks->arena, "submodule(%u)", block->layers);
    return table_plain(blocks->arena, layer->op_name.size ? layer->op_name : str_from(layer->op->name));
}

static void add_work(const Blocks *blocks, BlockRow *row, const Work *work)
{
    for (int i = 0; i < WORK_KINDS; i++)
        if (!dim_is(work->of[i], 0))
            row->cells[FIRST_WORK + i] = number_short(blocks->arena, work->of[i]);
}

static BlockRow row_of(const Blocks *blocks, const Block *block)
{
    Arena *arena = blocks->arena;
    BlockRow row = {{
        [ID] = str_format(arena, "%u", block->id),
        [NAME] = table_shortened(arena, table_plain(arena, block->name), MOST_NAME, true),
        [TYPE] = table_shortened(arena, type_of(blocks, block), MOST_NAME, false),
    }};
    const Layer *first = block->first;
    Shape out = block->last->outputs[0];
    if (blocks->graph->batch_axes && out.known && out.rank)
        row.cells[BATCH] = dim_text(arena, out.dims[0]);
    if (first->input_count && first->inputs[0].layer) {
        Shape in = first->inputs[0].layer->outputs[first->inputs[0].output];
        add_shape(blocks, first, in, &row.cells[CH_IN], &row.cells[DIM_IN]);
    }
    add_shape(blocks, block->last, out, &row.cells[CH_OUT], &row.cells[DIM_OUT]);
    if (block->layers == 1 && str_equal(str_from(first->op->name), STR("concat")))
        row.cells[CH_IN] = row.cells[CH_OUT]; /* of all inputs together, as Netscope has it */
    add_work(blocks, &row, &block->work);
    return row;
}

static const char *field_name(int field)
{
    static const char *const names[FIRST_WORK] = {
        [ID] = "ID",
        [NAME] = "name",
        [TYPE] = "type",
        [BATCH] = "batch",
        [CH_IN] = "ch_in",
        [DIM_IN] = "dim_in",
        [CH_OUT] = "ch_out",
        [DIM_OUT] = "dim_out",
    };
    return field < FIRST_WORK ? names[field] : work_name((WorkKind)(field - FIRST_WORK));
}

static bool is_right(int field)
{
    return field != NAME && field != TYPE && field != DIM_IN && field != DIM_OUT;
}

/* The rows and their totals as cells, and which columns there are. */
static BlockRow *cells_of(Blocks *blocks)
{
    BlockRow *rows = ARENA_ARRAY(blocks->arena, (size_t)blocks->count + 1, BlockRow);
    for (uint32_t i = 0; i < blocks->count; i++)
        rows[i] = row_of(blocks, &blocks->rows[i]);
    rows[blocks->count].cells[NAME] = STR("TOTAL");
    add_work(blocks, &rows[blocks->count], &blocks->total);
    for (uint32_t i = 0; i <= blocks->count; i++)
        for (int k = 0; k < FIELDS; k++)
            blocks->used[k] = blocks->used[k] || rows[i].cells[k].size;
    return rows;
}

/* ---- for a terminal --------------------------------------------------------------------------------------------- */

/* No line ends in blanks. */
static void write_row(Text *out, const BlockRow *row, const size_t widths[FIELDS])
{
    size_t due = 0;
    for (int i = 0; i < FIELDS; i++) {
        if (!widths[i])
            continue;
        size_t rest = widths[i] - table_width(row->cells[i]);
        due += (i ? GAP : 0) + (is_right(i) ? rest : 0);
        if (row->cells[i].size) {
            for (; due; due--)
                text_add_char(out, ' ');
            text_add(out, row->cells[i]);
        }
        due += is_right(i) ? 0 : rest;
    }
    text_add_char(out, '\n');
}

static void write_rule(Text *out, const size_t widths[FIELDS])
{
    for (int i = 0; i < FIELDS; i++)
        for (size_t k = 0; widths[i] && k < widths[i] + (i ? GAP : 0); k++)
            text_add(out, STR("─"));
    text_add_char(out, '\n');
}

static Str text_of(Blocks *blocks)
{
    Text out = text_in(blocks->arena);
    const BlockRow *rows = cells_of(blocks);
    BlockRow head = {0};
    size_t widths[FIELDS] = {0};
    for (int k = 0; k < FIELDS; k++) {
        if (!blocks->used[k])
            continue;
        head.cells[k] = str_from(field_name(k));
        widths[k] = head.cells[k].size;
        for (uint32_t i = 0; i <= blocks->count; i++)
            if (table_width(rows[i].cells[k]) > widths[k])
                widths[k] = table_width(rows[i].cells[k]);
    }
    emit_heading(&out, blocks->graph);
    write_row(&out, &head, widths);
    write_rule(&out, widths);
    for (uint32_t i = 0; i < blocks->count; i++)
        write_row(&out, &rows[i], widths);
    write_rule(&out, widths);
    write_row(&out, &rows[blocks->count], widths);
    return text_str(&out);
}

/* ---- for a paper ------------------------------------------------------------------------------------------------ */

/* The id is for looking up, not for a paper. */
static void write_latex_row(Text *out, const Blocks *blocks, const BlockRow *row)
{
    for (int i = NAME; i < FIELDS; i++) {
        if (!blocks->used[i])
            continue;
        text_add(out, i == NAME ? STR("") : STR(" & "));
        if (i != DIM_IN && i != DIM_OUT) {
            emit_plain_tex(out, row->cells[i]);
            continue;
        }
        Str rest = row->cells[i], piece;
        for (bool first = true; str_cut(&rest, 'x', &piece); first = false) {
            text_add(out, first ? STR("") : STR("$\\times$"));
            emit_plain_tex(out, piece);
        }
    }
    text_add(out, STR(" \\\\\n"));
}

static void write_latex_head(Text *out, const Blocks *blocks)
{
    static const char *const titles[FIELDS] = {
        [NAME] = "Layer",
        [TYPE] = "Type",
        [BATCH] = "Batch",
        [CH_IN] = "Ch.\\ in",
        [DIM_IN] = "Size in",
        [CH_OUT] = "Ch.\\ out",
        [DIM_OUT] = "Size out",
        [FIRST_WORK + WORK_MACC] = "MACs",
        [FIRST_WORK + WORK_COMP] = "Comp.",
        [FIRST_WORK + WORK_ADD] = "Add",
        [FIRST_WORK + WORK_DIV] = "Div",
        [FIRST_WORK + WORK_EXP] = "Exp",
        [FIRST_WORK + WORK_ACTIVATION] = "Activations",
        [FIRST_WORK + WORK_PARAM] = "Parameters",
    };
    text_add(out, STR("% needs \\usepackage{booktabs}\n\\begin{tabular}{@{}"));
    for (int i = NAME; i < FIELDS; i++)
        if (blocks->used[i])
            text_add_char(out, is_right(i) ? 'r' : 'l');
    text_add(out, STR("@{}}\n\\toprule\n"));
    for (int i = NAME; i < FIELDS; i++)
        if (blocks->used[i])
            text_add_format(out, "%s%s", i == NAME ? "" : " & ", titles[i]);
    text_add(out, STR(" \\\\\n\\midrule\n"));
}

static Str latex_of(Blocks *blocks)
{
    Text out = text_in(blocks->arena);
    BlockRow *rows = cells_of(blocks);
    write_latex_head(&out, blocks);
    for (uint32_t i = 0; i < blocks->count; i++)
        write_latex_row(&out, blocks, &rows[i]);
    text_add(&out, STR("\\midrule\n"));
    rows[blocks->count].cells[NAME] = STR("Total");
    write_latex_row(&out, blocks, &rows[blocks->count]);
    text_add(&out, STR("\\bottomrule\n\\end{tabular}\n"));
    return text_str(&out);
}

Str emit_summary_blocks(Arena *arena, const Graph *graph)
{
    Blocks blocks = blocks_of(arena, graph, true);
    return text_of(&blocks);
}

Str emit_summary_layers(Arena *arena, const Graph *graph)
{
    Blocks blocks = blocks_of(arena, graph, false);
    return text_of(&blocks);
}

Str emit_summary_blocks_latex(Arena *arena, const Graph *graph)
{
    Blocks blocks = blocks_of(arena, graph, true);
    return latex_of(&blocks);
}

Str emit_summary_layers_latex(Arena *arena, const Graph *graph)
{
    Blocks blocks = blocks_of(arena, graph, false);
    return latex_of(&blocks);
}
