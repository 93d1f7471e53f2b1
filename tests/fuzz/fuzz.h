/* SPDX-License-Identifier: MIT */
/* What all fuzz targets share: one input through a reader and everything behind it. */
#ifndef NETIKZ_FUZZ_H
#define NETIKZ_FUZZ_H

#include "netikz.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

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
            netikz_draw(run, true, &text);
            for (size_t j = 0; i == 0 && j < sizeof tables / sizeof *tables; j++)
                netikz_summary(run, tables[j], &text);
            if (i == 0)
                netikz_convert(run, &text);
        }
        netikz_diagnostics(run);
        netikz_free(run);
    }
    return 0;
}

#endif
