/* SPDX-License-Identifier: MIT */
/* Feeds saved inputs to a fuzz target, so that the targets are compiled and run with all other tests. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        return 1;
    long size = ftell(file);
    rewind(file);
    uint8_t *bytes = size >= 0 ? malloc((size_t)size + 1) : NULL;
    size_t got = bytes ? fread(bytes, 1, (size_t)size, file) : 0;
    int status = bytes ? LLVMFuzzerTestOneInput(bytes, got) : 1;
    free(bytes);
    fclose(file);
    return status;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (replay(argv[i]) != 0) {
            fprintf(stderr, "cannot replay %s\n", argv[i]);
            return 1;
        }
    return 0;
}
