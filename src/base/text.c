/* SPDX-License-Identifier: MIT */
/* Views of bytes: comparing, cutting, reading numbers, and texts that grow in the arena. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

Str str_from(const char *terminated)
{
    return terminated ? (Str){terminated, strlen(terminated)} : (Str){0};
}

Str str_slice(Str s, size_t from, size_t to)
{
    if (to > s.size)
        to = s.size;
    if (from >= to)
        return (Str){0};
    return (Str){s.at + from, to - from};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

Str str_trim(Str s)
{
    size_t from = 0, to = s.size;
    while (from < to && is_blank(s.at[from]))
        from++;
    while (to > from && is_blank(s.at[to - 1]))
        to--;
    return str_slice(s, from, to);
}

bool str_equal(Str a, Str b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}

/* ASCII only: the locale has no say in what a word of a spec means. */
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_equal_nocase(Str a, Str b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

int str_compare(Str a, Str b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common ? memcmp(a.at, b.at, common) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

bool str_starts(Str s, Str prefix)
{
    return s.size >= prefix.size && str_equal(str_slice(s, 0, prefix.size), prefix);
}

bool str_ends(Str s, Str suffix)
{
    return s.size >= suffix.size && str_equal(str_slice(s, s.size - suffix.size, s.size), suffix);
}

size_t str_find(Str s, char c)
{
    const char *found = s.size ? memchr(s.at, c, s.size) : NULL;
    return found ? (size_t)(found - s.at) : s.size;
}

/* A rest whose `at` is NULL is used up; a rest of no bytes after a separator is still one (empty) piece. */
bool str_cut(Str *rest, char separator, Str *piece)
{
    if (!rest->at)
        return false;
    size_t end = str_find(*rest, separator);
    *piece = (Str){rest->at, end};
    *rest = end < rest->size ? (Str){rest->at + end + 1, rest->size - end - 1} : (Str){0};
    return true;
}

bool str_to_int(Str s, int64_t *value)
{
    bool negative = s.size && s.at[0] == '-';
    size_t i = s.size && (negative || s.at[0] == '+') ? 1 : 0;
    if (i == s.size)
        return false;
    uint64_t magnitude = 0, largest = (uint64_t)INT64_MAX + (negative ? 1 : 0);
    for (; i < s.size; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s.at[i] - '0');
        if (magnitude > (largest - digit) / 10)
            return false;
        magnitude = magnitude * 10 + digit;
    }
    if (negative)
        *value = magnitude > (uint64_t)INT64_MAX ? INT64_MIN : -(int64_t)magnitude;
    else
        *value = (int64_t)magnitude;
    return true;
}

Str str_copy(Arena *arena, Str s)
{
    char *copy = arena_array(arena, s.size + 1, 1);
    if (s.size)
        memcpy(copy, s.at, s.size);
    return (Str){copy, s.size};
}

const char *str_terminated(Arena *arena, Str s)
{
    return str_copy(arena, s).at;
}

Str str_format(Arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    Str result = {0};
    if (size >= 0) {
        char *at = arena_array(arena, (size_t)size + 1, 1);
        (void)vsnprintf(at, (size_t)size + 1, format, again);
        result = (Str){at, (size_t)size};
    }
    va_end(again);
    return result;
}

/* Bytes of the sequence that `first` opens, its own bits of the code, and the least code that may be so long. */
static size_t sequence(unsigned char first, uint32_t *bits, uint32_t *least)
{
    if (first < 0x80)
        return *bits = first, *least = 0, 1;
    if ((first & 0xE0) == 0xC0)
        return *bits = first & 0x1Fu, *least = 0x80, 2;
    if ((first & 0xF0) == 0xE0)
        return *bits = first & 0x0Fu, *least = 0x800, 3;
    if ((first & 0xF8) == 0xF0)
        return *bits = first & 0x07u, *least = 0x10000, 4;
    return 0;
}

size_t str_decode(Str s, size_t at, uint32_t *code)
{
    *code = STR_BAD;
    if (at >= s.size)
        return 0;
    uint32_t value = 0, least = 0;
    size_t size = sequence((unsigned char)s.at[at], &value, &least);
    if (size == 0 || size > s.size - at)
        return 1;
    for (size_t i = 1; i < size; i++) {
        unsigned char byte = (unsigned char)s.at[at + i];
        if ((byte & 0xC0) != 0x80)
            return 1;
        value = value << 6 | (byte & 0x3Fu);
    }
    if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 1;
    *code = value;
    return size;
}

bool str_is_utf8(Str s, size_t *bad_at)
{
    for (size_t at = 0; at < s.size;) {
        if ((unsigned char)s.at[at] < 0x80) {
            at++;
            continue;
        }
        uint32_t code;
        size_t size = str_decode(s, at, &code);
        if (code == STR_BAD) {
            if (bad_at)
                *bad_at = at;
            return false;
        }
        at += size;
    }
    return true;
}

Text text_in(Arena *arena)
{
    return (Text){.arena = arena};
}

void text_reserve(Text *text, size_t more)
{
    if (more <= text->room - text->size)
        return;
    if (more > SIZE_MAX / 4 || text->size > SIZE_MAX / 4)
        arena_exhausted(text->arena);
    size_t room = text->room ? 2 * text->room : 64;
    if (room < text->size + more)
        room = text->size + more;
    text->at = arena_grow(text->arena, text->at, text->size, room, 1);
    text->room = room;
}

void text_add(Text *text, Str s)
{
    if (!s.size)
        return;
    text_reserve(text, s.size);
    memcpy(text->at + text->size, s.at, s.size);
    text->size += s.size;
}

void text_add_char(Text *text, char c)
{
    text_reserve(text, 1);
    text->at[text->size++] = c;
}

void text_add_int(Text *text, int64_t n)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (n < 0)
        digits[--at] = '-';
    text_add(text, (Str){digits + at, sizeof digits - at});
}

void text_add_code(Text *text, uint32_t code)
{
    if (code < 0x80) {
        text_add_char(text, (char)code);
        return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    text_add_char(text, (char)(lead[more] | code >> (6 * more)));
    while (more-- > 0)
        text_add_char(text, (char)(0x80 | (code >> (6 * more) & 0x3F)));
}

void text_add_format(Text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size >= 0) {
        text_reserve(text, (size_t)size + 1);
        (void)vsnprintf(text->at + text->size, (size_t)size + 1, format, again);
        text->size += (size_t)size;
    }
    va_end(again);
}

Str text_str(const Text *text)
{
    return (Str){text->at, text->size};
}

Str text_terminated(Text *text)
{
    text_reserve(text, 1);
    text->at[text->size] = '\0';
    return text_str(text);
}
