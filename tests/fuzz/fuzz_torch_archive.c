/* SPDX-License-Identifier: MIT */
/* Fuzz target: a TorchScript archive, or a checkpoint of PyTorch. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return fuzz_reader("torch-archive", bytes, size);
}
