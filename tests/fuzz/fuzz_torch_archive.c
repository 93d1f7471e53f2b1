/* SPDX-License-Identifier: MIT */
/* Fuzz target: an archive or checkpoint of PyTorch, which is refused with advice. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return fuzz_reader("torch-archive", bytes, size);
}
