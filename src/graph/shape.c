/* SPDX-License-Identifier: MIT */
/* Shapes: lists of dimensions, compared, written and read. */
#include "graph/shape.h"

#include <string.h>

Shape shape_unknown(void)
{
    return (Shape){false, 0, NULL};
}

Shape shape_of(Arena *arena, uint32_t rank, const Dim *dims)
{
    if (rank > SHAPE_MAX_RANK)
        return shape_unknown();
    Shape shape = {true, rank, rank ? ARENA_ARRAY(arena, rank, Dim) : NULL};
    if (rank)
        memcpy(shape.dims, dims, rank * sizeof *dims);
    return shape;
}

bool shape_equal(Shape a, Shape b)
{
    if (!a.known || !b.known || a.rank != b.rank)
        return false;
    for (uint32_t i = 0; i < a.rank; i++)
        if (!dim_equal(a.dims[i], b.dims[i]))
            return false;
    return true;
}

bool shape_conflict(Shape a, Shape b)
{
    if (!a.known || !b.known)
        return false;
    if (a.rank != b.rank)
        return true;
    for (uint32_t i = 0; i < a.rank; i++)
        if (dim_known_different(a.dims[i], b.dims[i]))
            return true;
    return false;
}

Dim shape_elements(Arena *arena, Shape s)
{
    if (!s.known)
        return DIM_NONE;
    Dim product = dim_int(1);
    for (uint32_t i = 0; i < s.rank; i++)
        product = dim_mul(arena, product, s.dims[i]);
    return product;
}

Str shape_text(Arena *arena, Shape s, const char *separator)
{
    if (!s.known)
        return STR("?");
    if (s.rank == 0)
        return STR("scalar");
    Text text = text_in(arena);
    for (uint32_t i = 0; i < s.rank; i++) {
        if (i > 0)
            text_add(&text, str_from(separator));
        text_add(&text, dim_text(arena, s.dims[i]));
    }
    return text_str(&text);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters that the name around `at` has, going `step` from it up to the next x, sign or end; names are short. */
static size_t letters_beside(Str text, size_t from, size_t at, bool before)
{
    size_t letters = 0;
    while (before ? at-- > from : ++at < text.size) {
        char c = text.at[at];
        if (c == 'x' || c == 'X' || !(is_letter(c) || is_digit(c) || c == '_'))
            break;
        if (c == '_' && !before)
            break;
        letters += is_letter(c);
    }
    return letters;
}

/*
 * Whether the x at `at` stands between two dimensions or inside a name. "3x224", "Txd", "HxW", "Txd_model", "seqx512"
 * are two dimensions; "maxlen" and "x1" are names. A name that this takes apart goes into a list: [idx1, 64].
 */
static bool x_separates(Str text, size_t from, size_t at)
{
    if (at == from)
        return false;
    char before = text.at[at - 1], after = at + 1 < text.size ? text.at[at + 1] : '\0';
    if (after == '\0')
        return !is_letter(before); /* "3x4x" has an empty size, "max" is a name */
    if (!is_letter(after) || !(is_letter(before) || is_digit(before) || before == '_'))
        return true;
    if (before == '_')
        return false;
    size_t left = letters_beside(text, from, at, true), right = letters_beside(text, from, at, false);
    if (left == 0)
        return true;
    return left == 1 && (right <= 1 || (text.at[from] >= 'A' && text.at[from] <= 'Z'));
}

/* The bytes of the separator at `at`, or 0. */
static size_t separator_at(Str text, size_t from, size_t at)
{
    if (str_starts(str_slice(text, at, text.size), STR("×")))
        return STR("×").size;
    char c = text.at[at];
    return (c == 'x' || c == 'X') && x_separates(text, from, at) ? 1 : 0;
}

Shape shape_parse(Arena *arena, Str text, bool *ok)
{
    Dim dims[SHAPE_MAX_RANK];
    uint32_t rank = 0;
    text = str_trim(text);
    *ok = true;
    if (str_equal(text, STR("?")))
        return shape_unknown();
    if (str_equal(text, STR("scalar")))
        return shape_of(arena, 0, dims);
    size_t from = 0;
    for (size_t at = 0; at <= text.size && *ok; at++) {
        size_t width = at < text.size ? separator_at(text, from, at) : 1;
        if (width == 0)
            continue;
        if (rank == SHAPE_MAX_RANK) {
            *ok = false;
            break;
        }
        dims[rank++] = dim_parse(arena, str_slice(text, from, at), ok);
        from = at + width;
        at += width - 1;
    }
    return *ok ? shape_of(arena, rank, dims) : shape_unknown();
}
