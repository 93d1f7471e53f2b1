/* SPDX-License-Identifier: MIT */
/* The tree that every text format becomes: scalars, lists and maps that know where they stand. */
#ifndef NETIKZ_VALUE_H
#define NETIKZ_VALUE_H

#include "base/diag.h"

typedef enum ValueKind {
    VALUE_NULL,   /* nothing, `~` or `null`, unquoted */
    VALUE_SCALAR, /* text; what it means (number, word) is for the user of the tree to say */
    VALUE_LIST,   /* children in order */
    VALUE_MAP     /* children in order, each with a key */
} ValueKind;

typedef struct Value Value;
struct Value {
    ValueKind kind;    /* which of the four */
    bool quoted;       /* the scalar stood in quotes (or is a block scalar): never a number or a keyword */
    Str text;          /* of a scalar: decoded */
    Place place;       /* where it begins */
    Str key;           /* of a map's child: its key */
    Place key_place;   /* where the key stands */
    Value *parent;     /* the list or map it is in, NULL at the root */
    Value *first;      /* first child */
    Value *next;       /* next sibling */
    uint32_t count;    /* children */
};

const char *value_kind_name(ValueKind kind);                  /* "nothing", "a value", "a list", "a mapping" */
Value *value_get(const Value *map, Str key);                  /* child of that key, or NULL (also for non-maps) */
bool value_to_int(const Value *value, int64_t *n);            /* an unquoted whole number */
bool value_to_bool(const Value *value, bool *b);              /* true/false, yes/no, on/off; unquoted */

#endif
