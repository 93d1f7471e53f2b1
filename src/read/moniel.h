/* SPDX-License-Identifier: MIT */
/* What the rooms of the Moniel reader share: bodies of scopes with their definitions and chains, as they are written. */
#ifndef NETIKZ_MONIEL_H
#define NETIKZ_MONIEL_H

#include "op/op.h"
#include "read/reader.h"

enum { MONIEL_MOST_NODES = 50000, MONIEL_MOST_STEPS = 500000, MONIEL_MOST_DEPTH = 64, MONIEL_MOST_DEFINITIONS = 1000 };

typedef struct MonBody MonBody;

/* `id:Type(arguments)`, `Type`, `id`, `a/b`, `[…]`, `{…}`, `id:{…}`. */
typedef struct MonTerm {
    Str id, name, arguments;     /* name: a type, an id or a path; empty for lists and scopes */
    bool is_list;
    MonBody *body;               /* of `{…}` */
    struct MonTerm *first;       /* of a list */
    struct MonTerm *next;        /* in the list, or what it feeds */
    Place place;
} MonTerm;

typedef struct MonChain {
    MonTerm *first;
    struct MonChain *next;
} MonChain;

/* The inside of a definition, of a scope, or of the whole file. */
struct MonBody {
    Str name;                    /* of the definition, or empty */
    Names *definitions;          /* MonBody by name */
    Names *types;                /* what names of types mean here, filled by their first use */
    MonChain *first, *last;
    MonBody *parent;             /* around it in the text */
    Place place;
};

MonBody *moniel_parse(Arena *arena, Diags *diags, const Source *source); /* NULL after a report */

#endif
