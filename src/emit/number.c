/* SPDX-License-Identifier: MIT */
/* Integers as text for people. */
#include "emit/number.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits that belong to a symbol or an exponent are no number of their own. */
static bool continues_symbol(char c)
{
    return c == '_' || c == '^' || c == '.' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Str number_grouped(Arena *arena, Dim d, const char *separator)
{
    Str all = dim_text(arena, d);
    Text text = text_in(arena);
    for (size_t at = 0; at < all.size;) {
        size_t end = at;
        while (end < all.size && is_digit(all.at[end]))
            end++;
        bool number = !at || !continues_symbol(all.at[at - 1]);
        for (size_t i = at; i < end; i++) {
            if (number && i > at && (end - i) % 3 == 0)
                text_add(&text, str_from(separator));
            text_add_char(&text, all.at[i]);
        }
        if (end < all.size)
            text_add_char(&text, all.at[end++]);
        at = end;
    }
    return text_str(&text);
}

/* One unit of a scale. */
typedef struct Unit {
    int64_t size;
    const char *name;
} Unit;

/* In the largest unit that it reaches, to one decimal, halves upwards; smaller ones as they are. */
static Str in_units(Arena *arena, Dim d, const Unit *units, size_t count)
{
    for (size_t i = 0; i < count && d.kind == DIM_INT; i++) {
        int64_t nearly = i + 1 < count ? units[i + 1].size / 20 : 0; /* 1000.0 of the next is 1.0 of this */
        if (d.n < units[i].size - nearly)
            continue;
        int64_t whole = d.n / units[i].size, rest = d.n % units[i].size;
        int64_t tenths = (rest + units[i].size / 20) / (units[i].size / 10);
        whole += tenths / 10;
        return str_format(arena, "%lld.%lld %s", (long long)whole, (long long)(tenths % 10), units[i].name);
    }
    return number_grouped(arena, d, ",");
}

Str number_short(Arena *arena, Dim d)
{
    static const Unit units[] = {
        {1000000000000, "T"},
        {1000000000, "G"},
        {1000000, "M"},
        {1000, "k"},
    };
    return in_units(arena, d, units, sizeof units / sizeof *units);
}

Str number_words(Arena *arena, Dim d)
{
    static const Unit units[] = {
        {1000000000000, "trillion"},
        {1000000000, "billion"},
        {1000000, "million"},
    };
    return in_units(arena, d, units, sizeof units / sizeof *units);
}

Str number_share(Arena *arena, Dim part, Dim whole)
{
    if (part.kind != DIM_INT || whole.kind != DIM_INT || part.n <= 0 || whole.n <= 0 || part.n > whole.n)
        return (Str){0};
    /* Both are made smaller together until a hundred times the part fits: that does not change whole per cents. */
    int64_t a = part.n, b = whole.n;
    while (b > INT64_MAX / 200) {
        a /= 2;
        b /= 2;
    }
    int64_t share = (a * 100 + b / 2) / b;
    return share ? str_format(arena, "%lld", (long long)share) : STR("<1");
}
