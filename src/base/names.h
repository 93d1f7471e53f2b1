/* SPDX-License-Identifier: MIT */
/* Tables from names to things, and the nearest name to a misspelt one. */
#ifndef NETIKZ_NAMES_H
#define NETIKZ_NAMES_H

#include "base/text.h"

/* A table in insertion order; keys are views that must outlive it. Never iterate over hash order. */
typedef struct Names Names;

Names *names_new(Arena *arena);
void *names_get(const Names *names, Str key);              /* NULL where it is not there */
bool names_put(Names *names, Str key, void *thing);        /* false, and nothing changed, where the key is there */
void names_set(Names *names, Str key, void *thing);        /* puts or replaces */
size_t names_count(const Names *names);                    /* entries */
Str names_key(const Names *names, size_t index);           /* key of the index-th entry in order of insertion */
void *names_thing(const Names *names, size_t index);       /* its thing */

/*
 * The candidate nearest to `word` (case-insensitive Damerau-Levenshtein with a bonus for a common prefix), or the
 * empty view where none is near enough to be worth a "did you mean".
 */
Str names_nearest(Arena *arena, Str word, const Str *candidates, size_t count);

#endif
