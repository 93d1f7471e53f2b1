/* SPDX-License-Identifier: MIT */
/* Fuzz target: a Keras model, as JSON, archive or HDF5, from its bytes to TikZ code and every table. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return fuzz_reader("keras", bytes, size);
}
