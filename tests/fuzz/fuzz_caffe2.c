/* SPDX-License-Identifier: MIT */
/* Fuzz target: a Caffe2 net from its bytes to TikZ code and every table. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return fuzz_reader("caffe2", bytes, size);
}
