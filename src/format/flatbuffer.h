/* SPDX-License-Identifier: MIT */
/* FlatBuffers: a cursor over tables and vectors that checks every bound and copies nothing. */
#ifndef NETIKZ_FLATBUFFER_H
#define NETIKZ_FLATBUFFER_H

#include "base/text.h"

/* The file that is being read, and the first thing that is wrong with it. */
typedef struct Flat {
    Str bytes;
    const char *fault; /* as a part of a sentence; NULL: nothing */
    size_t fault_at;   /* its byte */
} Flat;

/* A table; without a file it is empty, and all its fields have their defaults. */
typedef struct FlatTable {
    Flat *flat;
    size_t at;       /* its byte */
    size_t fields;   /* byte of the offsets of its fields */
    uint32_t count;  /* fields that it may have */
} FlatTable;

/* A vector of numbers, or of tables. */
typedef struct FlatVector {
    Flat *flat;
    size_t at;       /* byte of the first element */
    uint32_t count;  /* elements; 0 where there is none */
    uint32_t size;   /* bytes of each */
} FlatVector;

FlatTable flat_root(Flat *flat);
int64_t flat_int(FlatTable table, uint32_t field, uint32_t size, int64_t otherwise); /* signed, of 1, 2, 4 or 8 bytes */
double flat_float(FlatTable table, uint32_t field, double otherwise);
Str flat_text(FlatTable table, uint32_t field);
FlatTable flat_table(FlatTable table, uint32_t field);
FlatVector flat_vector(FlatTable table, uint32_t field, uint32_t size); /* elements of that many bytes */
int64_t flat_item(FlatVector vector, uint32_t index);                   /* a number */
FlatTable flat_item_table(FlatVector vector, uint32_t index);           /* of a vector of tables: elements of 4 bytes */
Str flat_bytes(FlatVector vector);                                      /* all of it */

#endif
