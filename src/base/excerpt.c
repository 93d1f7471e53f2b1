/* SPDX-License-Identifier: MIT */
/* The source line of a diagnostic: cut to a window, made harmless, and underlined. */
#include "base/excerpt.h"

#include <string.h>

enum { WINDOW = 100, BEFORE = 60, TAB = 8 };

typedef struct Range {
    uint32_t from, to; /* code points, both included */
} Range;

/* Unicode 15: marks that stand on the character before, and characters without a shape of their own. */
static const Range zero_width[] = {
    {0x0300, 0x036F},   {0x0483, 0x0489},   {0x0591, 0x05BD},   {0x0610, 0x061A},   {0x064B, 0x065F},
    {0x06D6, 0x06DC},   {0x093A, 0x093A},   {0x093C, 0x093C},   {0x0941, 0x0948},   {0x094D, 0x094D},
    {0x0E31, 0x0E31},   {0x0E34, 0x0E3A},   {0x0E47, 0x0E4E},   {0x1AB0, 0x1AFF},   {0x1DC0, 0x1DFF},
    {0x200C, 0x200D},   {0x20D0, 0x20FF},   {0x302A, 0x302D},   {0x3099, 0x309A},   {0xFE00, 0xFE0F},
    {0xFE20, 0xFE2F},   {0x1F3FB, 0x1F3FF}, {0xE0100, 0xE01EF},
};

/* Unicode 15, EastAsianWidth W and F, and the emoji that are shown as pictures. */
static const Range double_width[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},   {0x23F0, 0x23F0},
    {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x267F, 0x267F},
    {0x2693, 0x2693},   {0x26A1, 0x26A1},   {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},
    {0x26CE, 0x26CE},   {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},   {0x2728, 0x2728},
    {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
    {0x27B0, 0x27B0},   {0x27BF, 0x27BF},   {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},
    {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
    {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF}, {0x1B000, 0x1B2FF}, {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F320}, {0x1F32D, 0x1F335},
    {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0},
    {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E}, {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D},
    {0x1F54B, 0x1F54E}, {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A}, {0x1F595, 0x1F596}, {0x1F5A4, 0x1F5A4},
    {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5}, {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6D2}, {0x1F6D5, 0x1F6D7},
    {0x1F6DC, 0x1F6DF}, {0x1F6EB, 0x1F6EC}, {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7EB}, {0x1F7F0, 0x1F7F0},
    {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945}, {0x1F947, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

static bool in_ranges(const Range *ranges, size_t count, uint32_t code)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > ranges[middle].to)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && code >= ranges[low].from;
}

unsigned excerpt_width(uint32_t code)
{
    if (code < 0x300)
        return 1;
    if (in_ranges(zero_width, sizeof zero_width / sizeof *zero_width, code))
        return 0;
    return in_ranges(double_width, sizeof double_width / sizeof *double_width, code) ? 2 : 1;
}

/* What would steer a terminal, turn the direction of writing (CVE-2021-42574), or hide. */
static bool is_harmful(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0x61C ||
           (code >= 0x200B && code <= 0x200F && code != 0x200C && code != 0x200D) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF ||
           (code >= 0xFFF9 && code <= 0xFFFB) || (code >= 0xE0000 && code <= 0xE007F);
}

/*
 * Writes the character at `at` as it may be shown, to `shown` (12 bytes), and its columns to `width`. Returns its
 * bytes in `s`, 0 at the end.
 */
static size_t show(Str s, size_t at, Str *piece, char shown[12], unsigned *width)
{
    static const char hex[] = "0123456789ABCDEF";
    uint32_t code;
    size_t size = str_decode(s, at, &code);
    if (size && code != STR_BAD && !is_harmful(code)) {
        *piece = str_slice(s, at, at + size);
        *width = excerpt_width(code);
        return size;
    }
    if (code == STR_BAD && size)
        code = (unsigned char)s.at[at];
    unsigned digits = code <= 0xFF ? 2 : code <= 0xFFFF ? 4 : 6;
    shown[0] = '\\';
    shown[1] = digits == 2 ? 'x' : 'u';
    for (unsigned i = 0; i < digits; i++)
        shown[2 + i] = hex[code >> (4 * (digits - 1 - i)) & 0xF];
    *piece = (Str){shown, 2 + digits};
    *width = 2 + digits;
    return size;
}

void excerpt_add_shown(Text *out, Str s, size_t limit)
{
    size_t size;
    for (size_t at = 0; at < s.size; at += size) {
        if (at >= limit) {
            text_add(out, STR("…"));
            return;
        }
        Str piece;
        char shown[12];
        unsigned width;
        size = show(s, at, &piece, shown, &width);
        text_add(out, piece);
    }
}

/* The line of that number, without its end; false where there are not so many. */
static bool line_of(Str bytes, uint32_t number, Str *line)
{
    Str rest = bytes;
    if (str_starts(rest, STR("\xEF\xBB\xBF")))
        rest = str_slice(rest, 3, rest.size);
    if (!rest.size)
        return false;
    for (uint32_t i = 0; i < number; i++)
        if (!str_cut(&rest, '\n', line))
            return false;
    while (line->size && strchr(" \t\r", line->at[line->size - 1]))
        line->size--;
    return true;
}

/* Columns of the character, a tab counted up to the next stop from `column`. */
static unsigned width_at(Str line, size_t at, unsigned column, size_t *size)
{
    Str piece;
    char shown[12];
    unsigned width;
    if (line.at[at] == '\t') {
        *size = 1;
        return TAB - column % TAB;
    }
    *size = show(line, at, &piece, shown, &width);
    return width;
}

/* Where the character before the one at `at` begins; a byte that is no UTF-8 is a character of its own. */
static size_t previous(Str line, size_t at)
{
    for (size_t back = 1; back <= 4 && back <= at; back++) {
        uint32_t code;
        if (str_decode(line, at - back, &code) == back)
            return at - back;
    }
    return at - 1;
}

/* How far back from `at` the line may be shown within so many columns. */
static size_t back_by(Str line, size_t at, unsigned columns)
{
    while (at > 0) {
        size_t before = previous(line, at), size;
        unsigned width = width_at(line, before, 0, &size);
        if (width > columns)
            break;
        columns -= width;
        at = before;
    }
    return at;
}

/* Byte of the line at which its `column`-th character begins; behind its end where it has fewer. */
static size_t byte_of(Str line, uint32_t column)
{
    size_t at = 0;
    uint32_t code;
    for (uint32_t i = 1; i < column && at < line.size; i++)
        at += str_decode(line, at, &code);
    return at;
}

/* What is shown of a line, and what is underlined. */
typedef struct Window {
    size_t from;         /* first byte that is shown */
    size_t mark;         /* first byte that is underlined */
    uint32_t length;     /* characters to underline, at least 1 */
    unsigned mark_start; /* columns before the mark */
    unsigned mark_width; /* columns under the mark */
} Window;

static Window window_of(Str line, Place place)
{
    size_t mark = byte_of(line, place.column);
    size_t from = back_by(line, mark, WINDOW - 10);
    if (from > 0)
        from = back_by(line, mark, BEFORE);
    return (Window){.from = from, .mark = mark, .length = place.length ? place.length : 1};
}

/* Appends the window of the line, and notes which columns the mark takes. */
static void add_window(Text *out, Str line, Window *window)
{
    unsigned column = 0;
    uint32_t left = window->length;
    if (window->from > 0) {
        text_add(out, STR("…"));
        column = 1;
    }
    window->mark_start = column;
    for (size_t at = window->from, size; at < line.size; at += size) {
        Str piece;
        char shown[12];
        unsigned width = width_at(line, at, column, &size);
        if (column + width > WINDOW) {
            text_add(out, STR("…"));
            break;
        }
        if (line.at[at] == '\t')
            for (unsigned i = 0; i < width; i++)
                text_add_char(out, ' ');
        else
            show(line, at, &piece, shown, &width), text_add(out, piece);
        column += width;
        if (at < window->mark)
            window->mark_start = column;
        else if (left)
            left--, window->mark_width += width;
    }
    text_add_char(out, '\n');
}

void excerpt_add_line(Text *out, Place place)
{
    Str line;
    if (!place.source || !place.source->is_text || place.line == 0)
        return;
    if (!line_of(place.source->bytes, place.line, &line))
        return;
    Window window = window_of(line, place);
    add_window(out, line, &window);
    if (place.column == 0)
        return;
    for (unsigned i = 0; i < window.mark_start; i++)
        text_add_char(out, ' ');
    text_add_char(out, '^');
    for (unsigned i = 1; i < window.mark_width; i++)
        text_add_char(out, '~');
    text_add_char(out, '\n');
}
