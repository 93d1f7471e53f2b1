/* SPDX-License-Identifier: MIT */
/* "Did you mean": the candidate nearest to a misspelt word, at a bounded cost. */
#include "base/names.h"

enum {
    LONGEST_WORD = 64,       /* bytes; what is longer is no misspelling */
    CELL_BUDGET = 4 << 20,   /* cells of distance tables a call; some ten milliseconds */
    STEP = 4                 /* what one edit costs; a common prefix is worth up to one less */
};

static unsigned char folded(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static size_t common_prefix(Str a, Str b)
{
    size_t n = 0;
    while (n < a.size && n < b.size && folded(a.at[n]) == folded(b.at[n]))
        n++;
    return n;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Damerau-Levenshtein (optimal string alignment): insertions, deletions, substitutions, swaps of neighbours. */
static size_t distance(Str a, Str b)
{
    unsigned char rows[3][LONGEST_WORD + 1];
    for (size_t j = 0; j <= b.size; j++)
        rows[0][j] = (unsigned char)j;
    for (size_t i = 1; i <= a.size; i++) {
        unsigned char *row = rows[i % 3], *before = rows[(i + 2) % 3], *before_that = rows[(i + 1) % 3];
        row[0] = (unsigned char)i;
        for (size_t j = 1; j <= b.size; j++) {
            unsigned char x = folded(a.at[i - 1]), y = folded(b.at[j - 1]);
            size_t cost = least(least(row[j - 1], before[j]) + 1u, before[j - 1] + (x != y ? 1u : 0u));
            if (i > 1 && j > 1 && x == folded(b.at[j - 2]) && folded(a.at[i - 2]) == y)
                cost = least(cost, before_that[j - 2] + 1u);
            row[j] = (unsigned char)cost;
        }
    }
    return rows[a.size % 3][b.size];
}

/* Edits that a misspelling of this length may have; one more where both begin alike. */
static size_t allowed_edits(size_t longer, size_t shorter, size_t prefix)
{
    if (shorter < 2)
        return 0;
    size_t edits = longer / 3 ? longer / 3 : 1;
    if (edits > 4)
        edits = 4;
    if (prefix >= 3)
        edits++;
    return edits;
}

/* How far the candidate is, in steps less the bonus for the prefix; SIZE_MAX: too far. */
static size_t score(Str word, Str candidate)
{
    size_t longer = word.size > candidate.size ? word.size : candidate.size;
    size_t shorter = least(word.size, candidate.size);
    size_t prefix = common_prefix(word, candidate);
    /* `kern` for `kernel`, `padding_mode` for `padding`: a whole word of three letters or more is near. */
    bool contained = shorter >= 3 && prefix == shorter;
    size_t allowed = allowed_edits(longer, shorter, prefix);
    if (!contained && longer - shorter > allowed)
        return SIZE_MAX;
    size_t edits = contained ? longer - shorter : distance(word, candidate);
    if (edits > allowed && !(contained && edits <= 2 * shorter))
        return SIZE_MAX;
    return edits * STEP + (STEP - 1) - least(prefix, STEP - 1);
}

Str names_nearest(Arena *arena, Str word, const Str *candidates, size_t count)
{
    (void)arena;
    Str nearest = {0};
    if (word.size == 0 || word.size > LONGEST_WORD)
        return nearest;
    size_t best = SIZE_MAX, cells = 0;
    for (size_t i = 0; i < count && cells < CELL_BUDGET; i++) {
        if (candidates[i].size == 0 || candidates[i].size > LONGEST_WORD)
            continue;
        cells += word.size * candidates[i].size;
        size_t here = score(word, candidates[i]);
        if (here < best) {
            best = here;
            nearest = candidates[i];
        }
    }
    return nearest;
}
