/* SPDX-License-Identifier: MIT */
/* Keys that place an item on a grid: at, look, enter, leave, edge, cells, mark, unroll, state, ghost, and texts with a side. */
#include "read/spec.h"

enum { MOST_CELLS = 400, MOST_SIDES = 64 };

static void hint_sides(Spec *spec)
{
    spec_hint(spec, "sides are left, right, above, below");
}

static bool read_side(Spec *spec, Piece word, bool diagonal, Side *side)
{
    if (side_from_name(word.text, side) && (diagonal || *side != SIDE_DIAGONAL))
        return true;
    spec_error(spec, word.place, "there is no side `%.*s`", STR_ARGS(word.text));
    hint_sides(spec);
    return false;
}

bool read_sided(Spec *spec, const Value *value, Str *text, Side *side)
{
    if (value->kind != VALUE_LIST)
        return read_tex(spec, value, text);
    if (value->count != 2 || value->first->next->kind != VALUE_SCALAR) {
        spec_error(spec, value->place, "a text, or a text and the side where it stands, belongs here");
        spec_hint(spec, "write `[$x$, left]`");
        return false;
    }
    return read_tex(spec, value->first, text) && read_side(spec, piece_of(value->first->next), false, side);
}

/* `3`, `gate`, `1..5` */
static bool read_range(Spec *spec, Piece piece, Str *from, Str *to)
{
    for (size_t i = 0; i + 1 < piece.text.size; i++)
        if (piece.text.at[i] == '.' && piece.text.at[i + 1] == '.') {
            *from = str_slice(piece.text, 0, i);
            *to = str_slice(piece.text, i + 2, piece.text.size);
            if (from->size && to->size)
                return true;
            spec_error(spec, piece.place, "a range is written `1..5`");
            return false;
        }
    *from = piece.text;
    return true;
}

/* `at: ROW COLUMN` */
static bool read_at(Spec *spec, const Value *value, Placing *placing)
{
    Piece text = value->kind == VALUE_SCALAR ? piece_trim(piece_of(value)) : (Piece){0};
    size_t blank = str_find(text.text, ' ');
    Piece row = piece_slice(text, 0, blank), column = piece_trim(piece_slice(text, blank, text.text.size));
    placing->at_place = value->place;
    if (blank == text.text.size || str_find(column.text, ' ') < column.text.size) {
        spec_error(spec, value->place, "`at` is a row and a column");
        spec_hint(spec, "write `at: 2 3`, or the names that the figure gives them: `at: gate forget`");
        return false;
    }
    return read_range(spec, row, &placing->row, &placing->row_to) &&
           read_range(spec, column, &placing->column, &placing->column_to);
}

static bool read_look(Spec *spec, const Value *value, Placing *placing)
{
    static const Str words[] = {{"auto", 4}, {"box", 3}, {"circle", 6}, {"ellipse", 7},
                                {"text", 4}, {"none", 4}, {"dashed", 6}};
    enum { COUNT = sizeof words / sizeof *words };
    Piece word;
    if (!read_name(spec, value, &word))
        return false;
    for (uint32_t i = 0; i < COUNT; i++)
        if (str_equal(words[i], word.text)) {
            placing->look = (Look)i;
            return true;
        }
    spec_error(spec, word.place, "there is no look `%.*s`", STR_ARGS(word.text));
    spec_did_you_mean(spec, word.text, words, COUNT, "it is one of box, circle, ellipse, text, none, dashed");
    return false;
}

/* `leave: below`, or `leave: below bus` */
static bool read_leave(Spec *spec, const Value *value, Placing *placing)
{
    Piece text;
    if (!read_name(spec, value, &text))
        return false;
    text = piece_trim(text);
    size_t blank = str_find(text.text, ' ');
    placing->leave_place = value->place;
    placing->bus = piece_trim(piece_slice(text, blank, text.text.size)).text;
    return read_side(spec, piece_slice(text, 0, blank), false, &placing->leave);
}

/* `enter: left`, or one for each input: `enter: [left, below]` */
static bool read_enter(Spec *spec, const Value *value, Placing *placing)
{
    uint32_t room = 0;
    const Value *one = value->kind == VALUE_LIST ? value->first : value;
    placing->enter_place = value->place;
    for (; one && placing->enter_count < MOST_SIDES; one = value->kind == VALUE_LIST ? one->next : NULL) {
        Piece word;
        Side *side = ARENA_PUSH(spec->arena, placing->enter, placing->enter_count, room);
        if (!read_name(spec, one, &word) || !read_side(spec, word, true, side))
            return false;
    }
    return true;
}

static bool read_cell(Spec *spec, const Value *value, PlacingCell *cell, bool nested);

static bool read_cell_list(Spec *spec, const Value *list, PlacingCell **cells, uint32_t *count, bool nested)
{
    *cells = ARENA_ARRAY(spec->arena, list->count + 1, PlacingCell);
    for (const Value *child = list->first; child; child = child->next) {
        if (*count == MOST_CELLS || !spec_spend(spec, child->place)) {
            spec_error(spec, child->place, "more than %d cells", MOST_CELLS);
            return false;
        }
        if (!read_cell(spec, child, &(*cells)[(*count)++], nested))
            return false;
    }
    return true;
}

/* `1`, `{$+$: $b_f$}`, `{$+$: [$b_f$, left]}`, or a column `[1, 0, 0]` */
static bool read_cell(Spec *spec, const Value *value, PlacingCell *cell, bool nested)
{
    if (value->kind == VALUE_LIST && !nested && value->count)
        return read_cell_list(spec, value, &cell->inner, &cell->inner_count, true);
    if (value->kind == VALUE_MAP && !nested && value->count == 1) {
        Value key = *value->first;
        key.kind = VALUE_SCALAR;
        key.text = value->first->key;
        key.place = value->first->key_place;
        cell->side = SIDE_RIGHT;
        return read_tex(spec, &key, &cell->text) && read_sided(spec, value->first, &cell->aside, &cell->side);
    }
    if (value->kind == VALUE_SCALAR)
        return read_tex(spec, value, &cell->text);
    spec_error(spec, value->place, "a cell is a text, a text with a name beside it, or a list of values");
    spec_hint(spec, "write `cells: [1, 0, 0]`, `cells: [{$+$: $b$}, {$*$: $W$}]`, `cells: [[1, 0], [0, 1]]`");
    return false;
}

static bool read_cells(Spec *spec, const Value *value, Placing *placing)
{
    placing->cells_place = value->key_place;
    if (value->kind == VALUE_LIST && value->count)
        return read_cell_list(spec, value, &placing->cells, &placing->cell_count, false);
    spec_wrong_kind(spec, value, "cells", "a list");
    return false;
}

/* `mark: 1`, or several values: `mark: [1, 2.2]` */
static bool read_mark(Spec *spec, const Value *value, Placing *placing)
{
    uint32_t room = 0;
    const Value *one = value->kind == VALUE_LIST ? value->first : value;
    for (; one && placing->mark_count < MOST_CELLS; one = value->kind == VALUE_LIST ? one->next : NULL)
        if (!read_tex(spec, one, ARENA_PUSH(spec->arena, placing->marks, placing->mark_count, room)))
            return false;
    return true;
}

static bool read_edge(Spec *spec, const Value *value, Placing *placing)
{
    return read_sided(spec, value, &placing->edge, &placing->edge_side);
}

static bool read_state(Spec *spec, const Value *value, Placing *placing)
{
    return read_sided(spec, value, &placing->state, &placing->state_side);
}

static bool read_unroll(Spec *spec, const Value *value, Placing *placing)
{
    bool yes = false, loop = value->kind == VALUE_SCALAR && str_equal(value->text, STR("loop"));
    if (!loop && (value->kind != VALUE_SCALAR || !value_to_bool(value, &yes))) {
        spec_error(spec, value->place, "`unroll` is yes (once in each column), loop (once, with a line back), or no");
        return false;
    }
    placing->unroll = loop ? UNROLL_LOOP : yes ? UNROLL_YES : UNROLL_NO;
    return true;
}

static bool read_ghost(Spec *spec, const Value *value, Placing *placing)
{
    return read_tex(spec, value, &placing->ghost);
}

/* One key. `of`: where it may stand. */
static const struct {
    Str name;
    enum { OF_LAYER = 1, OF_SCOPE = 2 } of;
    bool (*read)(Spec *spec, const Value *value, Placing *placing);
} keys[] = {
    {{"at", 2}, OF_LAYER | OF_SCOPE, read_at}, {{"look", 4}, OF_LAYER | OF_SCOPE, read_look},
    {{"leave", 5}, OF_LAYER, read_leave},      {{"enter", 5}, OF_LAYER, read_enter},
    {{"edge", 4}, OF_LAYER, read_edge},        {{"cells", 5}, OF_LAYER, read_cells},
    {{"mark", 4}, OF_LAYER, read_mark},        {{"unroll", 6}, OF_LAYER, read_unroll},
    {{"state", 5}, OF_LAYER, read_state},
    {{"ghost", 5}, OF_SCOPE, read_ghost},
};

enum { KEY_COUNT = sizeof keys / sizeof *keys };

bool is_placing_key(Str key)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (str_equal(keys[i].name, key))
            return true;
    return false;
}

bool read_placing(Spec *spec, const Value *value, bool scope, Placing **placing)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (!str_equal(keys[i].name, value->key))
            continue;
        if (!(keys[i].of & (scope ? OF_SCOPE : OF_LAYER))) {
            spec_error(spec, value->key_place, "`%.*s` belongs to %s", STR_ARGS(value->key),
                       scope ? "a layer" : "a group or block");
            return false;
        }
        if (!*placing)
            *placing = ARENA_NEW(spec->arena, Placing);
        return keys[i].read(spec, value, *placing);
    }
    return true;
}
