/* SPDX-License-Identifier: MIT */
/* Exact units of solids: `1 channel = 0.02mm, 1 pixel = 0.1mm`. */
#include "view/solid.h"

/* TeX's absolute units in 1/132,167,376 inch: all are whole multiples of it. */
static const struct {
    const char *name;
    int64_t size;
} lengths[] = {
    {"mm", 5203440}, {"cm", 52034400}, {"in", 132167376}, {"pt", 1828800}, {"bp", 1835658}, {"pc", 21945600},
};

enum { DECIMALS = 4, DECIMAL_ONE = 10000, WHOLE_MOST = 1000 };

/* A length such as 0.02mm; 0 where it is none. */
static int64_t parse_length(Str text)
{
    size_t digits = 0;
    int64_t number = 0, decimals = -1;
    for (; digits < text.size && decimals < DECIMALS; digits++) {
        char c = text.at[digits];
        if (c == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9' || number > (int64_t)WHOLE_MOST * DECIMAL_ONE)
            break;
        number = 10 * number + (c - '0');
        decimals += decimals >= 0;
    }
    for (int64_t i = decimals < 0 ? 0 : decimals; i < DECIMALS; i++)
        number *= 10;
    if (number > (int64_t)WHOLE_MOST * DECIMAL_ONE)
        return 0;
    Str unit = str_trim(str_slice(text, digits, text.size));
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        if (str_equal(unit, str_from(lengths[i].name)))
            return number * lengths[i].size;
    return 0;
}

static bool parse_part(Str part, UnitAsked *unit)
{
    Str what;
    if (!str_cut(&part, '=', &what))
        return false;
    what = str_trim(what);
    Str length = str_trim(part);
    int64_t size = parse_length(length);
    if (str_starts(what, STR("1 ")))
        what = str_trim(str_slice(what, 2, what.size));
    if (size <= 0)
        return false;
    if (str_equal(what, STR("channel"))) {
        unit->channel = length;
        unit->channel_length = size;
    } else if (str_equal(what, STR("pixel"))) {
        unit->pixel = length;
        unit->pixel_length = size;
    } else {
        return false;
    }
    return true;
}

bool solid_unit_parse(Diags *diags, Place place, Str text, UnitAsked *unit)
{
    Str rest = text, part;
    while (str_cut(&rest, ',', &part))
        if (!parse_part(str_trim(part), unit)) {
            diag_error(diags, place, "`%.*s` is no unit of solids", STR_ARGS(str_trim(part)));
            diag_hint(diags, "write it like `1 channel = 0.02mm` or `1 channel = 0.02mm, 1 pixel = 0.1mm`; "
                             "mm, cm, in, pt, bp, pc, up to 1000 and with four decimals");
            return false;
        }
    return unit->channel.size || unit->pixel.size;
}

/* 1000 units are 100 channels: the decimal point moves by two digits, exactly. */
Str solid_unit_thousand(Arena *arena, Str length)
{
    Text out = text_in(arena);
    size_t at = 0, moved = 0;
    bool started = false, point = false;
    for (; at < length.size && ((length.at[at] >= '0' && length.at[at] <= '9') || length.at[at] == '.'); at++) {
        if (length.at[at] == '.') {
            point = true;
            continue;
        }
        if (point && moved == 2)
            text_add_char(&out, '.');
        moved += point;
        started = started || length.at[at] != '0' || (point && moved >= 2);
        if (started)
            text_add_char(&out, length.at[at]);
    }
    for (; moved < 2; moved++)
        text_add_char(&out, '0');
    text_add(&out, str_trim(str_slice(length, at, length.size)));
    return text_str(&out);
}
