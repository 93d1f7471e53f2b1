/* SPDX-License-Identifier: MIT */
/* Pickles of Python as trees. They are programs for a small machine that may call anything: here nothing is called. */
#ifndef NETIKZ_PICKLE_H
#define NETIKZ_PICKLE_H

#include "base/text.h"

typedef enum PickleKind {
    PICKLE_NONE, PICKLE_BOOL, PICKLE_INT, PICKLE_FLOAT, PICKLE_TEXT,
    PICKLE_LIST,    /* a list or tuple */
    PICKLE_MAP,     /* items: keys and values in turn */
    PICKLE_CLASS,   /* text: "module name" of a class or function */
    PICKLE_OBJECT,  /* what calling `maker` with `arguments` would give, `state` being set into it */
    PICKLE_STORED   /* what stands elsewhere: `arguments` say where */
} PickleKind;

typedef struct Pickle Pickle;
struct Pickle {
    PickleKind kind;
    bool seen;                 /* for who walks through: objects may hold each other in circles */
    int64_t n;                 /* PICKLE_INT, PICKLE_BOOL */
    double number;             /* PICKLE_FLOAT */
    Str text;                  /* PICKLE_TEXT, PICKLE_CLASS */
    Pickle **items;            /* PICKLE_LIST, PICKLE_MAP */
    uint32_t count, room;
    Pickle *maker, *arguments, *state; /* PICKLE_OBJECT, PICKLE_STORED; state: NULL where none was set */
};

Pickle *pickle_read(Arena *arena, Str bytes);                   /* NULL: damaged, or of instructions that are not read */
const Pickle *pickle_get(const Pickle *map, Str key);           /* of a map, or of an object's state; NULL: not there */
const Pickle *pickle_at(const Pickle *list, uint32_t index);    /* NULL: not there */

#endif
