/* SPDX-License-Identifier: MIT */
/* One file out of a zip archive that lies in memory, without reading the others. */
#ifndef NETIKZ_ZIP_H
#define NETIKZ_ZIP_H

#include "base/text.h"

typedef enum ZipTrouble {
    ZIP_FINE,
    ZIP_DAMAGED,     /* the archive contradicts itself, or ends too early */
    ZIP_MISSING,     /* it holds no such file */
    ZIP_TOO_LARGE,   /* the file is larger than the limit */
    ZIP_METHOD,      /* compressed in a way that is not read: anything but stored and deflated; or encrypted */
    ZIP_NO_ZLIB      /* deflated, and netikz was built without zlib */
} ZipTrouble;

bool zip_recognises(Str bytes);                                     /* begins like an archive with files in it */
bool zip_find(Str bytes, Str ending, Str *name);                    /* the first file whose name ends so; false: none */
bool zip_holds(Str bytes, Str ending);                              /* there is one */
/* The content of the file of that name: a view into the archive where it is stored, else inflated into the arena. */
ZipTrouble zip_read(Arena *arena, Str bytes, Str name, size_t limit, Str *content);

#endif
