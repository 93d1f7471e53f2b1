/* SPDX-License-Identifier: MIT */
/* The bump arena: a list of zeroed chunks, a budget, and a jump out where it is used up. */
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Under AddressSanitizer what is not handed out is poisoned, so that the arena hides no overrun. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
enum { RED_ZONE = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
enum { RED_ZONE = 0 };
#endif

enum { FIRST_CHUNK = 64 * 1024, LARGEST_CHUNK = 4 * 1024 * 1024, ALIGNMENT = _Alignof(max_align_t) };

typedef struct Chunk {
    struct Chunk *next;            /* the chunk made before */
    size_t size;                   /* bytes in `bytes` */
    size_t used;                   /* of these handed out */
    _Alignas(ALIGNMENT) char bytes[]; /* zero where not handed out yet */
} Chunk;

struct Arena {
    Chunk *chunk;      /* the one that is handed out from; owned chunks follow it */
    size_t limit;      /* bytes that may be handed out */
    size_t used;       /* bytes handed out */
    size_t next_size;  /* of the next ordinary chunk */
    char *last;        /* what was handed out last, for growing in place */
    Chunk *last_chunk; /* where it lies */
    jmp_buf *escape;   /* where to go when memory is used up */
    Arena *owner;      /* of a scratch arena; NULL: it has none */
    Arena *scratch;    /* the scratch arenas of this one, the newest first */
    Arena *next;       /* of a scratch arena: the one made before */
};

Arena *arena_new(size_t limit)
{
    Arena *arena = calloc(1, sizeof *arena);
    if (arena) {
        arena->limit = limit;
        arena->next_size = FIRST_CHUNK;
    }
    return arena;
}

jmp_buf *arena_on_exhaustion(Arena *arena, jmp_buf *escape)
{
    jmp_buf *before = arena->escape;
    arena->escape = escape;
    return before;
}

_Noreturn void arena_exhausted(Arena *arena)
{
    while (arena->owner)
        arena = arena->owner;
    if (!arena->escape)
        abort();
    longjmp(*arena->escape, 1);
}

Arena *arena_scratch(Arena *owner)
{
    Arena *arena = arena_new(owner->limit);
    if (!arena)
        arena_exhausted(owner);
    arena->owner = owner;
    arena->next = owner->scratch;
    owner->scratch = arena;
    return arena;
}

/* Frees chunks up to `end`, the newest first; gives `end` back. */
static Chunk *free_chunks(Chunk *chunk, const Chunk *end)
{
    while (chunk != end) {
        Chunk *next = chunk->next;
        ASAN_UNPOISON_MEMORY_REGION(chunk->bytes, chunk->size);
        free(chunk);
        chunk = next;
    }
    return chunk;
}

/* Counts bytes here and with the owners; the outermost has counted most. */
static void charge(Arena *arena, size_t bytes)
{
    Arena *outermost = arena;
    while (outermost->owner)
        outermost = outermost->owner;
    if (bytes > outermost->limit - outermost->used)
        arena_exhausted(arena);
    for (; arena; arena = arena->owner)
        arena->used += bytes;
}

/* Takes bytes off again. */
static void discharge(Arena *arena, size_t bytes)
{
    for (; arena; arena = arena->owner)
        arena->used -= bytes;
}

/* Gives what a scratch arena has used back to its owner, and takes it off the owner's list. */
static void leave_owner(Arena *arena)
{
    Arena **link = &arena->owner->scratch;
    while (*link != arena)
        link = &(*link)->next;
    *link = arena->next;
    discharge(arena->owner, arena->used);
}

void arena_free(Arena *arena)
{
    if (!arena)
        return;
    while (arena->scratch)
        arena_free(arena->scratch);
    if (arena->owner)
        leave_owner(arena);
    free_chunks(arena->chunk, NULL);
    free(arena);
}

/* `size` rounded up to the alignment, red zone included; the caller has checked it against the limit. */
static size_t padded(size_t size)
{
    size_t least = size ? size : 1;
    return (least + RED_ZONE + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/*
 * A chunk with room for `bytes`. A large request gets a chunk of its own behind the current one, so that
 * the rest of the current one is not lost to it.
 */
static Chunk *chunk_for(Arena *arena, size_t bytes)
{
    if (arena->chunk && bytes <= arena->chunk->size - arena->chunk->used)
        return arena->chunk;
    bool large = bytes > arena->next_size / 4;
    size_t size = large ? bytes : arena->next_size;
    Chunk *chunk = calloc(1, sizeof *chunk + size);
    if (!chunk)
        arena_exhausted(arena);
    chunk->size = size;
    ASAN_POISON_MEMORY_REGION(chunk->bytes, chunk->size);
    if (large && arena->chunk) {
        chunk->next = arena->chunk->next;
        arena->chunk->next = chunk;
        return chunk;
    }
    chunk->next = arena->chunk;
    arena->chunk = chunk;
    if (!large && arena->next_size < LARGEST_CHUNK)
        arena->next_size *= 2;
    return chunk;
}

void *arena_alloc(Arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        arena_exhausted(arena);
    size_t bytes = padded(size);
    charge(arena, bytes);
    Chunk *chunk = chunk_for(arena, bytes);
    char *at = chunk->bytes + chunk->used;
    chunk->used += bytes;
    arena->last = at;
    arena->last_chunk = chunk;
    ASAN_UNPOISON_MEMORY_REGION(at, size);
    return at;
}

static size_t product(Arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 2 / size)
        arena_exhausted(arena);
    return count * size;
}

void *arena_array(Arena *arena, size_t count, size_t size)
{
    return arena_alloc(arena, product(arena, count, size));
}

/* Lengthens what was handed out last where its chunk has room behind it. */
static bool grows_in_place(Arena *arena, const void *old, size_t old_size, size_t new_size)
{
    Chunk *chunk = arena->last_chunk;
    if (!old || old != arena->last || new_size < old_size)
        return false;
    size_t from = (size_t)(arena->last - chunk->bytes);
    size_t bytes = padded(new_size);
    if (bytes > chunk->size - from)
        return false;
    if (from + bytes > chunk->used) {
        charge(arena, from + bytes - chunk->used);
        chunk->used = from + bytes;
    }
    ASAN_UNPOISON_MEMORY_REGION(arena->last, new_size);
    return true;
}

void *arena_grow(Arena *arena, void *old, size_t old_count, size_t new_count, size_t size)
{
    size_t old_size = product(arena, old_count, size);
    size_t new_size = product(arena, new_count, size);
    if (grows_in_place(arena, old, old_size, new_size))
        return old;
    void *grown = arena_alloc(arena, new_size);
    size_t kept = old_size < new_size ? old_size : new_size;
    if (old && kept)
        memcpy(grown, old, kept);
    return grown;
}

ArenaMark arena_mark(const Arena *arena)
{
    Chunk *chunk = arena->chunk;
    return (ArenaMark){chunk, chunk ? chunk->next : NULL, chunk ? chunk->used : 0, arena->used};
}

void arena_release(Arena *arena, ArenaMark mark)
{
    Chunk *chunk = free_chunks(arena->chunk, mark.chunk);
    arena->chunk = chunk;
    discharge(arena, arena->used - mark.used);
    arena->last = NULL;
    if (!chunk)
        return;
    chunk->next = free_chunks(chunk->next, mark.next);
    char *from = chunk->bytes + mark.filled;
    ASAN_UNPOISON_MEMORY_REGION(from, chunk->used - mark.filled);
    memset(from, 0, chunk->used - mark.filled);
    ASAN_POISON_MEMORY_REGION(from, chunk->used - mark.filled);
    chunk->used = mark.filled;
}

size_t arena_used(const Arena *arena)
{
    return arena->used;
}
