/* SPDX-License-Identifier: MIT */
/* Tests of the arena: zeroed, aligned, bounded, growing, and jumping out when it is used up. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void hands_out_zeroed_aligned_memory(void **state)
{
    (void)state;
    Arena *arena = arena_new(SIZE_MAX);
    for (size_t size = 0; size < 3000; size += 7) {
        unsigned char *at = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(at[i], 0);
        memset(at, 0xAB, size);
    }
    arena_free(arena);
}

static void large_requests_do_not_waste_the_chunk(void **state)
{
    (void)state;
    Arena *arena = arena_new(SIZE_MAX);
    char *first = arena_alloc(arena, 8);
    char *large = arena_alloc(arena, (size_t)10 << 20);
    char *second = arena_alloc(arena, 8);
    large[((size_t)10 << 20) - 1] = 'x';
    assert_true(second > first && second - first < 128);
    arena_free(arena);
}

static void grows_in_place_and_keeps_what_was_there(void **state)
{
    (void)state;
    Arena *arena = arena_new(SIZE_MAX);
    int *numbers = arena_array(arena, 4, sizeof *numbers);
    for (int i = 0; i < 4; i++)
        numbers[i] = i + 1;
    int *same = arena_grow(arena, numbers, 4, 100, sizeof *numbers);
    assert_ptr_equal(same, numbers);
    arena_alloc(arena, 1);
    int *moved = arena_grow(arena, same, 100, 1000, sizeof *numbers);
    assert_ptr_not_equal(moved, same);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(moved[i], i < 4 ? i + 1 : 0);
    assert_non_null(arena_grow(arena, NULL, 0, 3, 5));
    arena_free(arena);
}

static void pushes(void **state)
{
    (void)state;
    Arena *arena = arena_new(SIZE_MAX);
    uint32_t *items = NULL, count = 0, room = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        *ARENA_PUSH(arena, items, count, room) = i;
        if (i % 100 == 0)
            arena_alloc(arena, 3);
    }
    assert_int_equal(count, 10000);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(items[i], i);
    arena_free(arena);
}

/* Runs `use` in an arena of 100,000 bytes; says whether it jumped out. */
static int jumps_out(void (*use)(Arena *))
{
    Arena *volatile arena = arena_new(100000);
    jmp_buf escape;
    assert_null(arena_on_exhaustion(arena, &escape));
    if (setjmp(escape)) {
        assert_true(arena_used(arena) <= 100000);
        arena_free(arena);
        return 1;
    }
    use(arena);
    arena_free(arena);
    return 0;
}

static void use_little(Arena *arena)
{
    arena_alloc(arena, 90000);
}

static void use_much(Arena *arena)
{
    for (;;)
        arena_alloc(arena, 10);
}

static void use_at_once(Arena *arena)
{
    arena_alloc(arena, 100001);
}

static void use_absurdly_much(Arena *arena)
{
    arena_alloc(arena, SIZE_MAX);
}

static void overflow(Arena *arena)
{
    arena_array(arena, SIZE_MAX / 8 + 1, 16);
}

static void overflow_growing(Arena *arena)
{
    void *old = arena_array(arena, 10, 16);
    arena_grow(arena, old, 10, SIZE_MAX / 15, 16);
}

static void grow_for_ever(Arena *arena)
{
    char *items = NULL;
    size_t count = 0, room = 0;
    for (;;)
        *ARENA_PUSH(arena, items, count, room) = 'x';
}

static void jumps_out_when_used_up(void **state)
{
    (void)state;
    assert_false(jumps_out(use_little));
    assert_true(jumps_out(use_much));
    assert_true(jumps_out(use_at_once));
    assert_true(jumps_out(use_absurdly_much));
    assert_true(jumps_out(overflow));
    assert_true(jumps_out(overflow_growing));
    assert_true(jumps_out(grow_for_ever));
}

static void an_escape_in_between_hands_on(void **state)
{
    (void)state;
    Arena *volatile arena = arena_new(1000);
    jmp_buf outer, inner;
    volatile int steps = 0;
    arena_on_exhaustion(arena, &outer);
    if (!setjmp(outer)) {
        jmp_buf *before = arena_on_exhaustion(arena, &inner);
        assert_ptr_equal(before, &outer);
        if (setjmp(inner)) {
            steps++;
            arena_on_exhaustion(arena, &outer);
            arena_exhausted(arena);
        }
        arena_alloc(arena, 2000);
    } else {
        steps += 10;
    }
    assert_int_equal(steps, 11);
    arena_free(arena);
}

static void freeing_nothing_is_allowed(void **state)
{
    (void)state;
    arena_free(NULL);
    arena_free(arena_new(0));
}

/* What was handed out before the mark stays; what comes after the release is zero again, wherever it lies. */
static void test_release_gives_back_all_behind_the_mark(void **state)
{
    (void)state;
    Arena *arena = arena_new(SIZE_MAX);
    ArenaMark empty = arena_mark(arena);
    unsigned char *kept = arena_alloc(arena, 100);
    memset(kept, 7, 100);
    ArenaMark mark = arena_mark(arena);
    size_t used = arena_used(arena);

    for (int round = 0; round < 3; round++) {
        for (size_t size = 1; size < (size_t)1 << 23; size *= 3) {
            unsigned char *at = arena_alloc(arena, size);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(at[i], 0);
            memset(at, 255, size);
        }
        arena_release(arena, mark);
        assert_true(arena_used(arena) == used);
    }
    assert_int_equal(kept[99], 7);
    arena_release(arena, empty);
    assert_true(arena_used(arena) == 0);
    arena_free(arena);
}

static void a_scratch_arena_counts_with_its_owner(void **state)
{
    (void)state;
    Arena *arena = arena_new((size_t)1 << 20);
    char *kept = arena_alloc(arena, 100);
    size_t used = arena_used(arena);
    Arena *first = arena_scratch(arena), *second = arena_scratch(arena), *inner = arena_scratch(first);
    arena_alloc(first, 1000);
    arena_alloc(inner, 1000);
    ArenaMark mark = arena_mark(second);
    arena_alloc(second, 5000);
    assert_true(arena_used(arena) >= used + 7000);
    arena_release(second, mark);
    assert_true(arena_used(arena) >= used + 2000 && arena_used(arena) < used + 5000);
    arena_free(first);
    assert_true(arena_used(arena) == used);
    kept[99] = 1;
    jmp_buf escape;
    if (setjmp(escape) == 0) {
        arena_on_exhaustion(arena, &escape);
        arena_alloc(second, (size_t)2 << 20); /* beyond what the owner may hand out */
        fail();
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_out_zeroed_aligned_memory),
        cmocka_unit_test(large_requests_do_not_waste_the_chunk),
        cmocka_unit_test(grows_in_place_and_keeps_what_was_there),
        cmocka_unit_test(pushes),
        cmocka_unit_test(jumps_out_when_used_up),
        cmocka_unit_test(an_escape_in_between_hands_on),
        cmocka_unit_test(freeing_nothing_is_allowed),
        cmocka_unit_test(test_release_gives_back_all_behind_the_mark),
        cmocka_unit_test(a_scratch_arena_counts_with_its_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
