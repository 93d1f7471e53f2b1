/* SPDX-License-Identifier: MIT */
/* Fuzz target: a network of ncnn. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return fuzz_reader("ncnn", bytes, size);
}
