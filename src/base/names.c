/* SPDX-License-Identifier: MIT */
/* Name tables on uthash, and the nearest name by edit distance. */
#include "base/names.h"

#include <string.h>

/*
 * FNV-1a, 64 bits folded to 32. The basis is mixed with the table's address, so that nobody can prepare a file whose
 * names all collide; nothing that is written depends on it, for tables are read in order of insertion alone.
 */
static unsigned hash_bytes(const void *key, size_t size, const void *table)
{
    const unsigned char *at = key;
    uint64_t hash = 14695981039346656037u ^ ((uint64_t)(uintptr_t)table * 0x9E3779B97F4A7C15u);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * 1099511628211u;
    return (unsigned)(hash ^ hash >> 32);
}

/* uthash takes its memory from the arena of the table that is called `names` where its macros are used. */
#define HASH_FUNCTION(key, size, value) ((value) = hash_bytes((key), (size), names))
#define uthash_malloc(size) arena_alloc(names->arena, (size))
#define uthash_free(at, size) ((void)(at), (void)(size))
#define uthash_fatal(message) arena_exhausted(names->arena)
#include <uthash.h>

typedef struct Entry {
    Str key;           /* a view, owned by the caller */
    void *thing;       /* what it stands for */
    UT_hash_handle hh; /* uthash's own */
} Entry;

struct Names {
    Arena *arena;    /* where everything lives */
    Entry *table;    /* uthash's head */
    Entry **entries; /* in order of insertion */
    size_t count;    /* entries */
    size_t room;     /* for entries */
};

Names *names_new(Arena *arena)
{
    Names *names = ARENA_NEW(arena, Names);
    names->arena = arena;
    return names;
}

static Entry *entry_of(const Names *names, Str key)
{
    Entry *entry = NULL;
    const char *at = key.at ? key.at : "";
    HASH_FIND(hh, names->table, at, (unsigned)key.size, entry);
    return entry;
}

void *names_get(const Names *names, Str key)
{
    Entry *entry = entry_of(names, key);
    return entry ? entry->thing : NULL;
}

static void add_entry(Names *names, Str key, void *thing)
{
    Entry *entry = ARENA_NEW(names->arena, Entry);
    *entry = (Entry){.key = {key.at ? key.at : "", key.size}, .thing = thing};
    *ARENA_PUSH(names->arena, names->entries, names->count, names->room) = entry;
    HASH_ADD_KEYPTR(hh, names->table, entry->key.at, (unsigned)entry->key.size, entry);
}

bool names_put(Names *names, Str key, void *thing)
{
    if (entry_of(names, key))
        return false;
    add_entry(names, key, thing);
    return true;
}

void names_set(Names *names, Str key, void *thing)
{
    Entry *entry = entry_of(names, key);
    if (entry)
        entry->thing = thing;
    else
        add_entry(names, key, thing);
}

size_t names_count(const Names *names)
{
    return names->count;
}

Str names_key(const Names *names, size_t index)
{
    return index < names->count ? names->entries[index]->key : (Str){0};
}

void *names_thing(const Names *names, size_t index)
{
    return index < names->count ? names->entries[index]->thing : NULL;
}
