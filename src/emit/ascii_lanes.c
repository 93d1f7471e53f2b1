/* SPDX-License-Identifier: MIT */
/*
 * Any network in the manner of `git log --graph`, read from top to bottom: a lane for each tensor that somebody still
 * has to read, an operation as a sign on its lane.
 *
 * A line between two operations is a bus. To the right of the lane that it enters or leaves, `/` is a lane that comes
 * in and `_` runs below the others: `|_|/`. To the left, `\` ends a bus of `-`: `|-|\`; `+` is one more lane on it.
 * A lane that goes on behind the bus stays `|`.
 */
#include "emit/ascii.h"
#include "emit/emit.h"
#include "emit/table.h"

/* Lanes that do not fit share the last column, so that the work for a row and its width are bounded. */
enum { COLUMNS = 16, SHARED = COLUMNS - 1, CELLS = 2 * COLUMNS };
enum { MOST_NAME = 28, MOST_OPERATION = 32, MOST_OUTPUT = 40, GAP = 2 };

typedef enum { NAME, OPERATION, OUTPUT, PARAMS, TEXTS } TextColumn;

/* A line of the drawing. */
typedef struct LaneLine {
    char cells[CELLS];  /* lanes at even places, what joins them between */
    uint32_t row;       /* whose it is, or NO_ROW */
} LaneLine;

typedef struct Lanes {
    const AsciiFlow *flow;
    uint32_t *column;        /* by row: where its lane runs */
    uint32_t *left;          /* by row: readers that still have to come */
    uint32_t load[COLUMNS];  /* lanes that run there: above one in the last alone */
    bool shared;             /* lanes had to share a column */
    uint32_t used;           /* columns that were used */
    LaneLine *lines;
    uint32_t count, room;
} Lanes;

static char lane_sign(const Lanes *lanes, uint32_t column)
{
    uint32_t load = lanes->load[column];
    return load > 1 ? ':' : load ? '|' : ' ';
}

static LaneLine *add_line(Lanes *lanes, uint32_t row)
{
    LaneLine *line = ARENA_PUSH(lanes->flow->arena, lanes->lines, lanes->count, lanes->room);
    for (uint32_t i = 0; i < CELLS; i++)
        line->cells[i] = i % 2 ? ' ' : lane_sign(lanes, i / 2);
    line->row = row;
    return line;
}

/* The first column without a lane from there on; the shared one where there is none. */
static uint32_t free_column(const Lanes *lanes, uint32_t from)
{
    while (from < SHARED && lanes->load[from])
        from++;
    return from < SHARED ? from : SHARED;
}

static void occupy(Lanes *lanes, uint32_t column)
{
    lanes->load[column]++;
    lanes->shared = lanes->shared || lanes->load[column] > 1;
    if (column >= lanes->used)
        lanes->used = column + 1;
}

/* A bus from a lane on the left to the target. */
static void draw_from_left(LaneLine *line, uint32_t from, uint32_t target)
{
    if (line->cells[2 * target - 1] == '\\' && line->cells[2 * from] == '|')
        line->cells[2 * from] = '+'; /* the bus is there already, from further left */
    for (uint32_t i = 2 * from + 1; i + 1 < 2 * target; i++)
        if (line->cells[i] == ' ')
            line->cells[i] = '-';
    line->cells[2 * target - 1] = '\\';
}

/* A bus from a lane on the right to the target. */
static void draw_from_right(LaneLine *line, uint32_t from, uint32_t target)
{
    for (uint32_t i = 2 * target + 1; i < 2 * from; i++)
        if (line->cells[i] == ' ')
            line->cells[i] = '_';
    line->cells[2 * from - 1] = '/';
}

/* Moves a lane that is still read to the right, so that its column becomes free for the row: `|\`. */
static void move_aside(Lanes *lanes, uint32_t source)
{
    uint32_t from = lanes->column[source], to = free_column(lanes, from + 1);
    if (from == SHARED)
        return;
    draw_from_left(add_line(lanes, NO_ROW), from, to);
    lanes->load[from]--;
    lanes->column[source] = to;
    occupy(lanes, to);
}

/* What a row finds above it. */
typedef struct Meeting {
    uint32_t target;   /* column in which it stands */
    uint32_t moved;    /* the source that made room and is drawn already, or NO_ROW */
    bool touched[COLUMNS]; /* columns of its sources */
} Meeting;

/* The source in the leftmost column, of those alone that nobody reads any more. */
static uint32_t leftmost(const Lanes *lanes, const AsciiRow *row, bool ended)
{
    uint32_t best = NO_ROW;
    for (uint32_t i = 0; i < row->source_count; i++) {
        uint32_t source = row->sources[i];
        if (ended && lanes->left[source])
            continue;
        if (best == NO_ROW || lanes->column[source] < lanes->column[best])
            best = source;
    }
    return best;
}

/*
 * A row stands in the leftmost lane that ends in it, or further left where a column has become free. Where all that it
 * reads is still read by others, the leftmost lane makes room: so the trunk keeps its column, and skips run beside it.
 */
static Meeting meet(Lanes *lanes, const AsciiRow *row)
{
    Meeting meeting = {.moved = NO_ROW};
    for (uint32_t i = 0; i < row->source_count; i++)
        lanes->left[row->sources[i]]--;
    uint32_t source = leftmost(lanes, row, true);
    if (source == NO_ROW && row->source_count) {
        source = meeting.moved = leftmost(lanes, row, false);
        meeting.target = lanes->column[source];
        move_aside(lanes, source);
    } else if (source == NO_ROW) {
        meeting.target = free_column(lanes, 0);
    } else {
        uint32_t column = free_column(lanes, 0);
        meeting.target = column < lanes->column[source] ? column : lanes->column[source];
    }
    for (uint32_t i = 0; i < row->source_count; i++)
        if (row->sources[i] != meeting.moved)
            meeting.touched[lanes->column[row->sources[i]]] = true;
    return meeting;
}

/* From all that the row reads; lanes that end in it end here. */
static void draw_buses(Lanes *lanes, const AsciiRow *row, const Meeting *meeting)
{
    bool elsewhere = false;
    for (uint32_t i = 0; i < COLUMNS; i++)
        elsewhere = elsewhere || (meeting->touched[i] && i != meeting->target);
    char sign = meeting->moved != NO_ROW ? '|' : lane_sign(lanes, meeting->target);
    for (uint32_t i = 0; i < row->source_count; i++)
        lanes->load[lanes->column[row->sources[i]]] -= !lanes->left[row->sources[i]];
    if (!elsewhere)
        return;
    LaneLine *line = add_line(lanes, NO_ROW);
    line->cells[2 * meeting->target] = sign;
    for (uint32_t i = 0; i < meeting->target; i++)
        if (meeting->touched[i])
            draw_from_left(line, i, meeting->target);
    for (uint32_t i = COLUMNS; i-- > meeting->target + 1;)
        if (meeting->touched[i])
            draw_from_right(line, i, meeting->target);
}

static void place(Lanes *lanes, uint32_t index)
{
    const AsciiRow *row = &lanes->flow->rows[index];
    Meeting meeting = meet(lanes, row);
    draw_buses(lanes, row, &meeting);
    lanes->column[index] = meeting.target;
    lanes->left[index] = row->users;
    if (meeting.target >= lanes->used)
        lanes->used = meeting.target + 1;
    add_line(lanes, index)->cells[2 * meeting.target] = row->source_count ? '*' : 'o';
    if (row->users)
        occupy(lanes, meeting.target);
}

/* ---- the text beside the lanes ---------------------------------------------------------------------------------- */

static Str outputs_text(const AsciiFlow *flow, const Layer *layer)
{
    Text text = text_in(flow->arena);
    for (uint32_t i = 0; i < layer->output_count && text.size < MOST_OUTPUT; i++) {
        text_add(&text, i ? STR(",") : STR(""));
        text_add(&text, shape_text(flow->arena, ascii_shape(flow, layer, i), "x"));
    }
    return table_shortened(flow->arena, text_str(&text), MOST_OUTPUT, false);
}

static void texts_of(const AsciiFlow *flow, const AsciiRow *row, Str texts[TEXTS])
{
    Arena *arena = flow->arena;
    texts[NAME] = table_shortened(arena, table_plain(arena, row->layer->path), MOST_NAME, true);
    texts[OPERATION] = table_shortened(arena, table_plain(arena, row->operation), MOST_OPERATION, false);
    texts[OUTPUT] = outputs_text(flow, row->last);
    texts[PARAMS] = dim_is(row->params, 0) ? STR("") : dim_text(arena, row->params);
}

static void add_blanks(Text *out, size_t count)
{
    while (count--)
        text_add_char(out, ' ');
}

/* No line ends in blanks. */
static void write_texts(Text *out, const Str texts[TEXTS], const size_t widths[TEXTS])
{
    size_t due = 0;
    for (int i = 0; i < TEXTS; i++) {
        size_t rest = widths[i] - table_width(texts[i]);
        due += GAP + (i == PARAMS ? rest : 0);
        if (texts[i].size) {
            add_blanks(out, due);
            text_add(out, texts[i]);
            due = 0;
        }
        due += i == PARAMS ? 0 : rest;
    }
}

static void write_lines(Text *out, const Lanes *lanes)
{
    static const char *const heads[TEXTS] = {"layer", "operation", "output", "parameters"};
    const AsciiFlow *flow = lanes->flow;
    Str head[TEXTS], (*texts)[TEXTS] = arena_array(flow->arena, flow->count, sizeof *texts);
    size_t widths[TEXTS], graph = lanes->used ? 2 * (size_t)lanes->used - 1 : 0;
    for (int i = 0; i < TEXTS; i++) {
        head[i] = str_from(heads[i]);
        widths[i] = head[i].size;
    }
    for (uint32_t k = 0; k < flow->count; k++) {
        texts_of(flow, &flow->rows[k], texts[k]);
        for (int i = 0; i < TEXTS; i++)
            widths[i] = table_width(texts[k][i]) > widths[i] ? table_width(texts[k][i]) : widths[i];
    }
    add_blanks(out, graph);
    write_texts(out, (const Str *)head, widths);
    text_add_char(out, '\n');
    for (uint32_t k = 0; k < lanes->count; k++) {
        const LaneLine *line = &lanes->lines[k];
        size_t end = graph;
        while (line->row == NO_ROW && end && line->cells[end - 1] == ' ')
            end--;
        text_add(out, (Str){line->cells, end});
        if (line->row != NO_ROW)
            write_texts(out, (const Str *)texts[line->row], widths);
        text_add_char(out, '\n');
    }
}

void ascii_lanes(Text *out, const AsciiFlow *flow)
{
    Lanes lanes = {
        .flow = flow,
        .column = ARENA_ARRAY(flow->arena, flow->count, uint32_t),
        .left = ARENA_ARRAY(flow->arena, flow->count, uint32_t),
    };
    for (uint32_t i = 0; i < flow->count; i++)
        place(&lanes, i);
    emit_heading(out, flow->graph);
    write_lines(out, &lanes);
    text_add_char(out, '\n');
    Totals totals = totals_of(flow->graph);
    table_add_totals(out, &totals, flow->left_out);
    if (lanes.shared)
        text_add_format(out, "lanes beyond the %dth share one, drawn `:` where it stands for several\n", SHARED);
}
