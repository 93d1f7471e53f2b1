/* SPDX-License-Identifier: MIT */
/* The wire format of protocol buffers: a cursor over fields that checks every bound and copies nothing. */
#ifndef NETIKZ_WIRE_H
#define NETIKZ_WIRE_H

#include "base/text.h"

typedef enum WireType { WIRE_VARINT, WIRE_64, WIRE_BYTES, WIRE_GROUP, WIRE_GROUP_END, WIRE_32 } WireType;

/* A message that is being read, or packed numbers. */
typedef struct Wire {
    Str bytes;            /* the message */
    size_t at;            /* bytes of it that are read */
    const char *fault;    /* what is wrong, as a part of a sentence; NULL: nothing */
    const char *fault_at; /* the byte where it is wrong: a caller that has the whole file knows its offset */
} Wire;

/* One field. */
typedef struct WireField {
    uint32_t number; /* of the field */
    WireType type;   /* how it is written; WIRE_GROUP_END never comes */
    uint64_t value;  /* of a number: signed ones are its two's complement */
    Str bytes;       /* of text, a message, a group, packed numbers: a view */
} WireField;

Wire wire_open(Str bytes);                              /* at the first field of a message */
bool wire_next(Wire *wire, WireField *field);      /* false at the end, and where something is wrong (wire->fault) */
bool wire_number(Wire *wire, uint64_t *value);          /* the next of packed varints; false likewise */

/* The number of a repeated field that may be packed: false behind its last. Begin with *at = 0. */
bool wire_repeated(const WireField *field, size_t *at, uint64_t *value);

int64_t wire_signed(uint64_t value);                    /* the same bits */
double wire_float(uint64_t value);                      /* of a WIRE_32 */
double wire_double(uint64_t value);                     /* of a WIRE_64 */
uint64_t wire_fixed(const char *at, size_t size);       /* up to 8 bytes, the lowest first */

#endif
