/* SPDX-License-Identifier: MIT */
/* One bump arena a run: everything the run builds lives and dies with it. */
#ifndef NETIKZ_ARENA_H
#define NETIKZ_ARENA_H

#include <setjmp.h>
#include <stddef.h>

/*
 * Allocation never returns NULL. When the budget or the machine's memory is used up, control jumps to
 * `escape`, which the pipeline has set; so no code between the two checks for failure, and none may hold
 * something that is not in the arena (an open file, a malloc'ed block) across an allocation.
 */
typedef struct Arena Arena;

/* A new arena that hands out at most `limit` bytes; NULL where even that cannot be had. */
Arena *arena_new(size_t limit);

/*
 * Where to jump to when memory is used up; returns the place before. The buffer belongs to the caller and must
 * outlive its use. Code that must hold something outside of the arena puts its own escape in between, releases
 * what it holds, restores the place before, and hands on with arena_exhausted.
 */
jmp_buf *arena_on_exhaustion(Arena *arena, jmp_buf *escape);

/* Jumps to the escape as if memory had been used up. */
_Noreturn void arena_exhausted(Arena *arena);

/* Frees the arena, its scratch arenas and all that they handed out. NULL is allowed. */
void arena_free(Arena *arena);

/*
 * An arena for what is needed on the way only: it counts against the owner's limit, jumps where the owner jumps, and
 * goes with the owner where nobody frees it before.
 */
Arena *arena_scratch(Arena *owner);

/* `size` zeroed bytes, aligned for any object. */
void *arena_alloc(Arena *arena, size_t size);

/* `count` zeroed elements of `size` bytes; the only place where sizes are multiplied, with a check. */
void *arena_array(Arena *arena, size_t count, size_t size);

/* A copy of `old_count` elements in room for `new_count`; grows in place where `old` was handed out last. */
void *arena_grow(Arena *arena, void *old, size_t old_count, size_t new_count, size_t size);

/*
 * How far an arena is filled; what is handed out after a mark is given back by arena_release and must not be used again.
 * No scratch arena that is made in between may be left.
 */
typedef struct ArenaMark {
    void *chunk, *next; /* the chunk at hand and the one behind it */
    size_t filled;      /* bytes of it */
    size_t used;        /* bytes handed out in all */
} ArenaMark;
ArenaMark arena_mark(const Arena *arena);
void arena_release(Arena *arena, ArenaMark mark);

/* Bytes handed out so far. */
size_t arena_used(const Arena *arena);

#define ARENA_NEW(arena, Type) ((Type *)arena_alloc((arena), sizeof(Type)))
#define ARENA_ARRAY(arena, count, Type) ((Type *)arena_array((arena), (count), sizeof(Type)))

/*
 * Appends a zeroed element to a growing array kept as three fields (`items`, `count`, `room`) and evaluates to its
 * address: *ARENA_PUSH(arena, list->items, list->count, list->room) = element;
 */
#define ARENA_PUSH(arena, items, count, room)                                                                          \
    ((count) < (room) ? &(items)[(count)++]                                                                            \
                      : ((items) = arena_grow((arena), (items), (count), (room) ? 2 * (size_t)(room) : 8,              \
                                              sizeof *(items)),                                                        \
                         (room) = (room) ? 2 * (room) : 8, &(items)[(count)++]))

#endif
