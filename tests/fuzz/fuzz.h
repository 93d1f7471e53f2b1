/* SPDX-License-Identifier: MIT */
/* What all fuzz targets share: one input through a reader and everything behind it. */
#ifndef NETIKZ_FUZZ_H
#define NETIKZ_FUZZ_H

#include "netikz.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What must never be: reported with the text, then the program is left as after any other fault. */
static inline void fuzz_expect(bool holds, const char *what, const char *text)
{
    if (holds)
        return;
    fprintf(stderr, "%s:\n%s\n", what, text);
    abort();
}

/* TeX that names of a model would run: outside of comments, which begin their line, there is none. */
static inline void fuzz_check_drawing(netikz_text drawing)
{
    static const char word[] = "\\input";
    for (size_t i = 0, line = 0; i + sizeof word <= drawing.size; i++) {
        if (drawing.at[i] == '\n')
            line = i + 1;
        if (drawing.at[line] != '%' && memcmp(drawing.at + i, word, sizeof word - 1) == 0)
            fuzz_expect(false, "a command of the model stands in the drawing", drawing.at + line);
    }
}

/* Reads the bytes in `format`, draws every view, prints every table. Always 0. */
static inline int fuzz_reader(const char *format, const uint8_t *bytes, size_t size)
{
    static const char *const views[] = {"graph", "tensors"};
    static const char *const tables[] = {"text", "tsv", "json", "latex"};
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        netikz *run = netikz_new();
        netikz_text text = {(const char *)bytes, size};
        if (!run)
            return 0;
        netikz_set(run, "view", views[i]);
        if (netikz_read_bytes(run, "fuzz", text, format) == NETIKZ_DONE) {
            if (netikz_draw(run, true, &text) == NETIKZ_DONE)
                fuzz_check_drawing(text);
            for (size_t j = 0; i == 0 && j < sizeof tables / sizeof *tables; j++)
                netikz_summary(run, tables[j], &text);
            if (i == 0)
                netikz_convert(run, &text);
        } else {
            const char *said = netikz_diagnostics(run).at;
            fuzz_expect(said && strstr(said, "error: "), "refused without an error", said ? said : "");
        }
        netikz_diagnostics(run);
        netikz_free(run);
    }
    return 0;
}

#endif
