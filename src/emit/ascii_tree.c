/* SPDX-License-Identifier: MIT */
/*
 * Branches that merge, from top to bottom, in the manner of keras_diagram (B. Low): each branch is a column of lines
 * "Dropout (None, 5, 50)" that are aligned at the blank behind the name, and `\____/` joins columns.
 */
#include "emit/ascii.h"
#include "emit/table.h"

enum { MOST_LEAVES = 8, PAGE = 120, GAP = 5 };

/* A line and where it begins, counted from the axis of its column. */
typedef struct TreeLine {
    Str text;
    int64_t left;
} TreeLine;

/* What stands above and in a row. */
typedef struct Column {
    TreeLine *lines;
    uint32_t count, room;
    int64_t left, right;  /* of its widest lines, counted from the axis; `right` is the first free character */
} Column;

static bool merges_only(const AsciiFlow *flow)
{
    uint32_t leaves = 0, ends = 0;
    for (uint32_t i = 0; i < flow->count; i++) {
        const AsciiRow *row = &flow->rows[i];
        leaves += row->source_count == 0;
        ends += row->users == 0;
        if (row->users > 1)
            return false;
    }
    return ends == 1 && leaves > 1 && leaves <= MOST_LEAVES;
}

static void push(Arena *arena, Column *column, Str text, int64_t left)
{
    int64_t right = left + (int64_t)table_width(text);
    if (!column->count || left < column->left)
        column->left = left;
    if (!column->count || right > column->right)
        column->right = right;
    *ARENA_PUSH(arena, column->lines, column->count, column->room) = (TreeLine){text, left};
}

/* "(None, 552, 50)": specs have no batch; sizes that are not known are None too. */
static Str tuple_text(const AsciiFlow *flow, const Layer *layer)
{
    Text text = text_in(flow->arena);
    Shape shape = ascii_shape(flow, layer, 0), all = layer->outputs[0];
    if (!shape.known)
        return STR("(?)");
    text_add_char(&text, '(');
    for (uint32_t i = 0; i < flow->graph->batch_axes && i < all.rank; i++) {
        text_add(&text, all.dims[i].kind == DIM_INT ? dim_text(flow->arena, all.dims[i]) : STR("None"));
        text_add(&text, STR(", "));
    }
    if (!flow->graph->batch_axes)
        text_add(&text, STR("None, "));
    for (uint32_t i = 0; i < shape.rank; i++) {
        text_add(&text, i ? STR(", ") : STR(""));
        text_add(&text, shape.dims[i].kind == DIM_UNKNOWN ? STR("None") : dim_text(flow->arena, shape.dims[i]));
    }
    text_add_char(&text, ')');
    return text_str(&text);
}

static void push_row(const AsciiFlow *flow, Column *column, const Layer *layer)
{
    Arena *arena = flow->arena;
    Str kind = table_plain(arena, ascii_kind(arena, flow->graph, layer)), rest = kind;
    const char *first = "";
    if (ascii_is_activation(layer) && kind.size && kind.at[0] >= 'a' && kind.at[0] <= 'z') {
        first = str_format(arena, "%c", kind.at[0] - 'a' + 'A').at;
        rest = str_slice(kind, 1, kind.size);
    }
    Str text = str_format(arena, "%s%.*s %.*s", first, STR_ARGS(rest), STR_ARGS(tuple_text(flow, layer)));
    push(arena, column, text, -(int64_t)table_width(kind));
}

static void fill(Text *text, char c, int64_t count)
{
    while (count-- > 0)
        text_add_char(text, c);
}

/* Lines of several columns side by side, their last lines level. `axes` count from the new axis. */
static void put_side_by_side(Arena *arena, Column *into, const Column *columns, const int64_t *axes, uint32_t count)
{
    uint32_t height = 0;
    for (uint32_t i = 0; i < count; i++)
        if (columns[i].count > height)
            height = columns[i].count;
    for (uint32_t k = 0; k < height; k++) {
        Text text = text_in(arena);
        int64_t left = 0, at = 0;
        for (uint32_t i = 0; i < count; i++) {
            if (k + columns[i].count < height)
                continue;
            const TreeLine *line = &columns[i].lines[k + columns[i].count - height];
            int64_t begins = axes[i] + line->left;
            if (!text.size)
                left = at = begins;
            fill(&text, ' ', begins - at);
            text_add(&text, line->text);
            at = begins + (int64_t)table_width(line->text);
        }
        push(arena, into, text_str(&text), left);
    }
}

/* `\____|____/`, from the axis of the first to that of the last, and the axis of the sum below. */
static void put_joint(Arena *arena, Column *into, const int64_t *axes, uint32_t count)
{
    Text text = text_in(arena);
    int64_t at = axes[0] + 1;
    text_add_char(&text, '\\');
    for (uint32_t i = 1; i + 1 < count; i++) {
        fill(&text, '_', axes[i] - at - 1);
        text_add_char(&text, '|');
        at = axes[i];
    }
    fill(&text, '_', axes[count - 1] - at - 2);
    text_add_char(&text, '/');
    push(arena, into, text_str(&text), axes[0] + 1);
    push(arena, into, STR("|"), 0);
}

static Column merged(const AsciiFlow *flow, const Column *columns, const AsciiRow *row)
{
    Arena *arena = flow->arena;
    Column into = {0}, above[MOST_LEAVES] = {0};
    int64_t axes[MOST_LEAVES] = {0}, right = 0;
    uint32_t count = row->source_count;
    for (uint32_t i = 0; i < count; i++) {
        above[i] = columns[row->sources[i]];
        axes[i] = right - above[i].left;
        right = axes[i] + above[i].right + GAP;
    }
    int64_t middle = (axes[0] + axes[count - 1]) / 2;
    for (uint32_t i = 0; i < count; i++)
        axes[i] -= middle;
    put_side_by_side(arena, &into, above, axes, count);
    put_joint(arena, &into, axes, count);
    return into;
}

bool ascii_tree(Text *out, const AsciiFlow *flow)
{
    if (!merges_only(flow))
        return false;
    Column *columns = ARENA_ARRAY(flow->arena, flow->count, Column);
    for (uint32_t i = 0; i < flow->count; i++) {
        const AsciiRow *row = &flow->rows[i];
        if (row->source_count > 1)
            columns[i] = merged(flow, columns, row);
        else if (row->source_count)
            columns[i] = columns[row->sources[0]];
        push_row(flow, &columns[i], row->layer);
        if (columns[i].right - columns[i].left > PAGE)
            return false;
    }
    const Column *last = &columns[flow->count - 1];
    for (uint32_t i = 0; i < last->count; i++) {
        fill(out, ' ', last->lines[i].left - last->left);
        text_add(out, last->lines[i].text);
        text_add_char(out, '\n');
    }
    return true;
}
