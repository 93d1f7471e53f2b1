/* SPDX-License-Identifier: MIT */
/* What tests of the spec reader share: a spec in, its graph and what was reported out. */
#ifndef NETIKZ_READ_CASE_H
#define NETIKZ_READ_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "op/op.h"
#include "read/reader.h"

/* One reading. */
typedef struct ReadCase {
    Arena *arena;
    Diags *diags;
    Source source;
    ReadOptions options;
    Model model;
    bool sound; /* it was read without an error */
} ReadCase;

static inline int read_case_setup(void **state)
{
    Arena *arena = arena_new(64u << 20);
    ReadCase *run = ARENA_NEW(arena, ReadCase);
    run->arena = arena;
    run->diags = diags_new(arena);
    *state = run;
    return 0;
}

static inline int read_case_teardown(void **state)
{
    arena_free(((ReadCase *)*state)->arena);
    return 0;
}

static inline void read_case(ReadCase *run, const char *spec)
{
    run->source = (Source){STR("net.yaml"), str_from(spec), true};
    run->sound = read_spec(run->arena, run->diags, &run->source, &run->options, &run->model);
}

static inline const char *read_case_reports(ReadCase *run)
{
    return str_terminated(run->arena, diags_text(run->diags));
}

static inline void assert_sound(ReadCase *run)
{
    if (!run->sound)
        fail_msg("%s", read_case_reports(run));
    const char *breach = graph_check(run->model.graphs[0]);
    if (breach)
        fail_msg("%s", breach);
}

static inline void assert_reports(ReadCase *run, const char *part)
{
    assert_false(run->sound);
    if (!strstr(read_case_reports(run), part))
        fail_msg("`%s` was not reported, but:\n%s", part, read_case_reports(run));
}

/* The layer of that path; the test fails where there is none. */
static inline Layer *layer_at(ReadCase *run, const char *path)
{
    for (uint32_t i = 0; i < run->model.graphs[0]->layer_count; i++)
        if (str_equal(run->model.graphs[0]->layers[i]->path, str_from(path)))
            return run->model.graphs[0]->layers[i];
    fail_msg("there is no layer `%s`", path);
    abort();
}

static inline const char *shape_at(ReadCase *run, const char *path)
{
    return str_terminated(run->arena, shape_text(run->arena, layer_at(run, path)->outputs[0], "x"));
}

#define READ_TEST(test) cmocka_unit_test_setup_teardown(test, read_case_setup, read_case_teardown)

#endif
