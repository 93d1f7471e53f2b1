/* SPDX-License-Identifier: MIT */
/* Fuzz target: a Moniel file from its bytes to TikZ code and every table. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return fuzz_reader("moniel", bytes, size);
}
