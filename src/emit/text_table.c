/* SPDX-License-Identifier: MIT */
/* The table for a terminal: aligned, indented by scope, 80 columns where the numbers allow it. */
#include "emit/emit.h"
#include "emit/number.h"
#include "emit/table.h"
#include "op/totals.h"

enum { PAGE = 80, GAP = 2, LEAST_NAME = 12, LEAST_OPERATION = 16 };

enum { NAME, OPERATION, OUTPUT, PARAMS, PARAMS_SHARE, MACS, MACS_SHARE, COLUMNS };

/* One line of cells. */
typedef struct Line {
    Str cells[COLUMNS];
    uint32_t indent;
} Line;

typedef struct Sheet {
    Arena *arena;
    Line *lines;
    uint32_t count, room;
    size_t width[COLUMNS]; /* in characters; 0: the column is left out */
} Sheet;

/* Blanks before a column: a share stands close to its number. */
static size_t gap_before(int column)
{
    if (column == NAME)
        return 0;
    return column == PARAMS_SHARE || column == MACS_SHARE ? 1 : GAP;
}

/* Characters, not bytes: every byte but those that continue one. */
size_t table_width(Str s)
{
    size_t width = 0;
    for (size_t i = 0; i < s.size; i++)
        width += ((unsigned char)s.at[i] & 0xc0) != 0x80;
    return width;
}

/* Byte offset of the character with that number. */
static size_t offset_of(Str s, size_t character)
{
    size_t i = 0;
    for (; i < s.size; i++)
        if (((unsigned char)s.at[i] & 0xc0) != 0x80 && character-- == 0)
            break;
    return i;
}

/* Takes out the middle of a name, whose ends tell what it is; the end of an operation, which says the least. */
Str table_shortened(Arena *arena, Str s, size_t width, bool middle)
{
    size_t full = table_width(s);
    if (full <= width)
        return s;
    size_t behind = middle ? (width - 1) / 2 : 0, before = width - 1 - behind;
    Str head = str_slice(s, 0, offset_of(s, before)), tail = str_slice(s, offset_of(s, full - behind), s.size);
    return str_format(arena, "%.*s…%.*s", STR_ARGS(head), STR_ARGS(tail));
}

static Str count_text(Arena *arena, Dim d)
{
    Str nothing = {0};
    return dim_is(d, 0) ? nothing : number_grouped(arena, d, ",");
}

static void add_line(Sheet *sheet, Line line)
{
    for (int i = 0; i < COLUMNS; i++) {
        size_t width = table_width(line.cells[i]) + (i == NAME ? 2 * (size_t)line.indent : 0);
        if (width > sheet->width[i])
            sheet->width[i] = width;
    }
    *ARENA_PUSH(sheet->arena, sheet->lines, sheet->count, sheet->room) = line;
}

static Line line_of(Arena *arena, const TableRow *row, const Totals *totals)
{
    return (Line){
        .indent = row->indent,
        .cells = {
            [NAME] = table_plain(arena, row->name),
            [OPERATION] = table_plain(arena, row->operation),
            [OUTPUT] = row->output,
            [PARAMS] = count_text(arena, row->params),
            [PARAMS_SHARE] = number_share(arena, row->params, totals->params),
            [MACS] = count_text(arena, row->macs),
            [MACS_SHARE] = number_share(arena, row->macs, totals->macs),
        },
    };
}

/* The first two columns share what the others leave of the page. */
static void fit(Sheet *sheet)
{
    size_t others = 0;
    for (int i = OUTPUT; i < COLUMNS; i++)
        if (sheet->width[i])
            others += sheet->width[i] + gap_before(i);
    size_t least = LEAST_NAME + GAP + LEAST_OPERATION;
    size_t room = others + least > PAGE ? least - GAP : PAGE - others - GAP;
    size_t *name = &sheet->width[NAME], *operation = &sheet->width[OPERATION];
    if (*name + *operation <= room)
        return;
    size_t share = room * 2 / 5;
    if (share < LEAST_NAME)
        share = LEAST_NAME;
    if (*name < share)
        share = *name;
    else if (*operation < room - share)
        share = room - *operation;
    *name = share;
    *operation = room - share;
}

static void add_blanks(Text *text, size_t count)
{
    while (count--)
        text_add_char(text, ' ');
}

static void write_line(Text *text, const Sheet *sheet, const Line *line)
{
    size_t missing = 0; /* blanks that are due before the next cell: so no line ends in one */
    for (int i = 0; i < COLUMNS; i++) {
        if (!sheet->width[i])
            continue;
        size_t room = sheet->width[i], indent = 0;
        if (i == NAME)
            indent = 2 * (size_t)line->indent;
        if (indent > room / 2)
            indent = room / 2;
        Str cell = line->cells[i];
        if (i == NAME)
            cell = table_shortened(text->arena, cell, room - indent, true);
        else if (i == OPERATION)
            cell = table_shortened(text->arena, cell, room, false);
        size_t rest = room - indent - table_width(cell);
        bool right = i >= PARAMS;
        missing += gap_before(i) + indent + (right ? rest : 0);
        if (cell.size) {
            add_blanks(text, missing);
            text_add(text, cell);
            missing = 0;
        }
        missing += right ? 0 : rest;
    }
    text_add_char(text, '\n');
}

static void write_rule(Text *text, const Sheet *sheet)
{
    size_t width = 0;
    for (int i = 0; i < COLUMNS; i++)
        width += sheet->width[i] ? sheet->width[i] + gap_before(i) : 0;
    while (width--)
        text_add(text, STR("─"));
    text_add_char(text, '\n');
}

void table_add_totals(Text *text, const Totals *totals, uint32_t left_out)
{
    text_add(text, number_short(text->arena, totals->params));
    text_add(text, STR(" parameters, "));
    if (!dim_is(totals->frozen, 0))
        text_add_format(text, "%.*s more are frozen, ", STR_ARGS(number_short(text->arena, totals->frozen)));
    text_add(text, number_short(text->arena, totals->macs));
    text_add(text, STR(" MACs"));
    if (totals->weighted_layers)
        text_add_format(text, ", %u layers deep", totals->weighted_layers);
    text_add_char(text, '\n');
    if (left_out)
        text_add_format(text, "%u auxiliary operation%s left out\n", left_out, left_out == 1 ? " is" : "s are");
}

Str emit_summary_text(Arena *arena, const Graph *graph)
{
    Totals totals = totals_of(graph);
    TableRows rows = table_rows(arena, graph);
    Sheet sheet = {.arena = arena};
    add_line(&sheet, (Line){.cells = {STR("layer"), STR("operation"), STR("output")}});
    for (uint32_t i = 0; i < rows.count; i++)
        add_line(&sheet, line_of(arena, &rows.rows[i], &totals));
    add_line(&sheet, (Line){.cells = {[NAME] = STR("total"), [PARAMS] = count_text(arena, totals.params),
                                      [MACS] = count_text(arena, totals.macs)}});
    if (!dim_is(totals.params, 0))
        sheet.lines[0].cells[PARAMS] = STR("parameters");
    if (!dim_is(totals.macs, 0))
        sheet.lines[0].cells[MACS] = STR("MACs");
    for (int i = PARAMS; i <= MACS; i += MACS - PARAMS) {
        if (sheet.width[i] < table_width(sheet.lines[0].cells[i]))
            sheet.width[i] = table_width(sheet.lines[0].cells[i]);
        if (sheet.width[i + 1])
            sheet.lines[0].cells[i + 1] = STR("%");
    }
    fit(&sheet);
    Text text = text_in(arena);
    emit_heading(&text, graph);
    for (uint32_t i = 0; i < sheet.count; i++) {
        if (i == 1 || i == sheet.count - 1)
            write_rule(&text, &sheet);
        write_line(&text, &sheet, &sheet.lines[i]);
    }
    text_add_char(&text, '\n');
    table_add_totals(&text, &totals, rows.left_out);
    return text_str(&text);
}
