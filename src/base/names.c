/* SPDX-License-Identifier: MIT */
/* Name tables: entries in order of insertion, found through an open-addressed table of their numbers. */
#include "base/names.h"

#include <string.h>

typedef struct Entry {
    Str key;       /* a view, owned by the caller */
    void *thing;   /* what it stands for */
    uint64_t hash; /* of the key */
} Entry;

struct Names {
    Arena *arena;    /* where everything lives */
    Entry *entries;  /* in order of insertion */
    uint32_t count;  /* entries */
    uint32_t room;   /* for entries */
    uint32_t *slots; /* number of an entry from 1; 0: free */
    uint32_t mask;   /* slots less one, a power of two less one */
};

enum { FIRST_SLOTS = 16 };

Names *names_new(Arena *arena)
{
    Names *names = ARENA_NEW(arena, Names);
    names->arena = arena;
    return names;
}

/*
 * Eight bytes at a time, each folded by a product. It begins with the table's address, so that nobody can prepare a file
 * whose names all collide; nothing that is written depends on it, for tables are read in order of insertion alone.
 */
static uint64_t hash_of(const Names *names, Str key)
{
    const uint64_t odd = 0x9E3779B97F4A7C15u;
    uint64_t hash = ((uint64_t)(uintptr_t)names ^ key.size) * odd;
    for (size_t at = 0; at < key.size; at += sizeof hash) {
        uint64_t piece = 0;
        memcpy(&piece, key.at + at, key.size - at < sizeof piece ? key.size - at : sizeof piece);
        hash = (hash ^ piece) * odd;
        hash ^= hash >> 29;
    }
    hash *= odd;
    return hash ^ hash >> 32;
}

/* The slot of an entry with this key, or the free one where it belongs. There are free ones. */
static uint32_t *slot_of(const Names *names, Str key, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & names->mask;
    for (; names->slots[at]; at = (at + 1) & names->mask) {
        const Entry *entry = &names->entries[names->slots[at] - 1];
        if (entry->hash == hash && str_equal(entry->key, key))
            break;
    }
    return &names->slots[at];
}

static Entry *entry_of(const Names *names, Str key, uint64_t hash)
{
    uint32_t number = names->count ? *slot_of(names, key, hash) : 0;
    return number ? &names->entries[number - 1] : NULL;
}

void *names_get(const Names *names, Str key)
{
    const Entry *entry = names->count ? entry_of(names, key, hash_of(names, key)) : NULL;
    return entry ? entry->thing : NULL;
}

/* More slots, so that at least a third of them stays free. */
static void grow(Names *names)
{
    size_t slots = names->slots ? 2 * ((size_t)names->mask + 1) : FIRST_SLOTS;
    names->slots = ARENA_ARRAY(names->arena, slots, uint32_t);
    names->mask = (uint32_t)(slots - 1);
    for (uint32_t i = 0; i < names->count; i++) {
        uint32_t at = (uint32_t)names->entries[i].hash & names->mask;
        while (names->slots[at])
            at = (at + 1) & names->mask;
        names->slots[at] = i + 1;
    }
}

static void add_entry(Names *names, Str key, uint64_t hash, void *thing)
{
    if (names->count >= UINT32_MAX / 4)
        arena_exhausted(names->arena);
    if (!names->slots || names->count >= names->mask / 3 * 2)
        grow(names);
    *slot_of(names, key, hash) = names->count + 1;
    *ARENA_PUSH(names->arena, names->entries, names->count, names->room) =
        (Entry){.key = {key.at ? key.at : "", key.size}, .thing = thing, .hash = hash};
}

bool names_put(Names *names, Str key, void *thing)
{
    uint64_t hash = hash_of(names, key);
    if (entry_of(names, key, hash))
        return false;
    add_entry(names, key, hash, thing);
    return true;
}

void names_set(Names *names, Str key, void *thing)
{
    uint64_t hash = hash_of(names, key);
    Entry *entry = entry_of(names, key, hash);
    if (entry)
        entry->thing = thing;
    else
        add_entry(names, key, hash, thing);
}

size_t names_count(const Names *names)
{
    return names->count;
}

Str names_key(const Names *names, size_t index)
{
    return index < names->count ? names->entries[index].key : (Str){0};
}

void *names_thing(const Names *names, size_t index)
{
    return index < names->count ? names->entries[index].thing : NULL;
}
