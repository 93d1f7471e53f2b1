/* SPDX-License-Identifier: MIT */
/* TeX lengths as the program has to guess them. */
#include "scene/length.h"

/* In thousandths of a point; em and ex of a 10 pt font. */
static const struct {
    const char *unit;
    int64_t size;
} sizes[] = {{"pt", 1000}, {"mm", 2845}, {"cm", 28453}, {"in", 72270}, {"bp", 1004}, {"pc", 12000},
             {"em", 10000}, {"ex", 4310}, {"dd", 1070}, {"cc", 12840},
             {"\\columnwidth", 252000}, {"\\linewidth", 252000}, {"\\hsize", 252000}, {"\\textwidth", 516000},
             {"\\textheight", 680000}, {"\\paperwidth", 614000}, {"\\paperheight", 794000}};

/* The decimal number at the beginning in thousandths; `at` moves behind it. 1 where there is none. */
static int64_t factor_of(Str text, size_t *at)
{
    int64_t number = 0, digits = 0, behind = -1;

    for (; *at < text.size; ++*at) {
        char c = text.at[*at];
        if (c == '.') {
            behind = 0;
        } else if (c < '0' || c > '9') {
            break;
        } else if (behind < 3 && digits < 9) {
            number = number * 10 + (c - '0');
            behind += behind >= 0;
            digits++;
        }
    }
    for (behind = behind < 0 ? 0 : behind; digits && behind < 3; behind++) {
        number *= 10;
    }
    return digits ? number : 1000;
}

int64_t length_estimate(Str length)
{
    size_t at = 0;
    int64_t factor = factor_of(length, &at);
    Str unit = str_trim(str_slice(length, at, length.size));

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (str_equal(unit, str_from(sizes[i].unit))) {
            return factor * sizes[i].size / 1000;
        }
    }
    return 0;
}
