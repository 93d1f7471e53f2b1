/* SPDX-License-Identifier: MIT */
/* Grids: where lines turn, tap, pass under each other and end, and which steps of a sequence they join. */
#include "read_net.h"

/* The code that a spec becomes, then what was said, as one text; the caller frees it. */
static char *drawn(const char *text)
{
    netikz *run = netikz_new();
    netikz_text bytes = {text, strlen(text)}, code = {"", 0};
    if (netikz_read_bytes(run, "net.yaml", bytes, "spec") == NETIKZ_DONE)
        netikz_draw(run, false, &code);
    netikz_text said = netikz_diagnostics(run);
    char *all = malloc(code.size + said.size + 1);
    memcpy(all, code.at, code.size);
    memcpy(all + code.size, said.at, said.size);
    all[code.size + said.size] = '\0';
    netikz_free(run);
    return all;
}

static void draws(const char *text, const char *wanted)
{
    char *all = drawn(text);
    if (!strstr(all, wanted))
        fail_msg("%s\ngives\n%s\nwithout\n%s", text, all, wanted);
    free(all);
}

static void draws_no(const char *text, const char *unwanted)
{
    char *all = drawn(text);
    if (strstr(all, unwanted))
        fail_msg("%s\ngives\n%s\nwith\n%s", text, all, unwanted);
    free(all);
}

/* Two boxes with a line between them, `keys` beside the first and the second. */
static char *pair(const char *from, const char *to, const char *figure)
{
    char *text = malloc(1000);
    snprintf(text, 1000, "input: {x: {shape: 8, %s}}\nlayers:\n  - {fc: 8, name: y, %s}\nfigure: {direction: right%s}\n",
             from, to, figure);
    return text;
}

static void joins(const char *from, const char *to, const char *route)
{
    char *text = pair(from, to, ""), wanted[200];
    snprintf(wanted, sizeof wanted, "\\nkedge{x}{y}{%s}", route);
    draws(text, wanted);
    free(text);
}

static void test_lines_turn_as_their_sides_say(void **state)
{
    (void)state;
    joins("at: 1 1", "at: 1 3", "");
    joins("at: 1 1", "at: 4 1", "");
    joins("at: 3 1", "at: 1 2", "c2");
    joins("at: 3 1, leave: above", "at: 1 2", "r1");
    joins("at: 3 1", "at: 1 2, enter: left", "r1");
    joins("at: 3 1", "at: 1 2, enter: below", "c2");
    joins("at: 3 1, leave: right", "at: 1 3, enter: left", "c2.5, r1");
    joins("at: 3 1, leave: below 4", "at: 1 3", "r4, c3");
    joins("at: 3 1, leave: right 5", "at: 1 3", "c5, r1");
    joins("at: 1 1, leave: above", "at: 1 3, enter: above", "r0.5, c3");
    joins("at: 1 2, leave: right", "at: 3 1, enter: left", "c2.5, r2, c0.5, r3");
    joins("at: 1 1", "at: 2 2, enter: diagonal", "h/");
}

/* The names of rows for the test above. */
static void joins_by_name(const char *from, const char *to, const char *wanted)
{
    char *text = pair(from, to, ", rows: [top, gate, cell, bus], columns: [a, b, c]");
    draws(text, wanted);
    free(text);
}

static void test_lines_have_names_and_half_steps(void **state)
{
    (void)state;
    joins_by_name("at: bus a", "at: top c", "\\nkbox{y}{dense}{1,3}");
    joins_by_name("at: bus a", "at: gate+0.5 b+0.25", "\\nkbox{y}{dense}{2.5,2.25}");
    joins_by_name("at: bus a", "at: 1.5 3", "\\nkrows{1.5, 4}");
    joins_by_name("at: bus a, leave: below cell", "at: top c", "\\nkedge{x}{y}{r3, c3}");
}

static void test_straight_lines_go_as_the_crow_flies(void **state)
{
    (void)state;
    char *text = pair("at: 1 1", "at: 2 3", ", edges: straight");
    draws(text, "\\nkedge{x}{y}{}");
    free(text);
}

static const char taps[] = "input: {x: {shape: 8, at: 3 1}, c: {shape: 8, at: 2 1}}\n"
                           "layers:\n"
                           "  - {fc: 8, from: x, name: a, at: 1 2}\n"
                           "  - {fc: 8, from: x, name: b, at: 1 3}\n"
                           "  - {add: b, from: c, name: d, at: 2 4, enter: [left, above]}\n"
                           "figure: {direction: right}\n";

static void test_lines_from_one_place_fork_sharply(void **state)
{
    (void)state;
    draws(taps, "\\nkedge{x}{a}{c2!, r2*}");
    draws(taps, "\\nkedge{x}{b}{c3, r2*}");
}

static void test_blocks_move_with_their_place(void **state)
{
    (void)state;
    const char text[] = "input: {x: {shape: 8, at: 2 1}}\nblocks:\n  cell:\n    - {fc: 8, at: 1 1}\n    - {relu: , at: 1 2}\n"
                        "layers:\n  - {cell: , name: a, at: 1 1}\n  - {cell: , name: b, at: 1 4, ghost: A}\n";
    draws(text, "\\nkbox{b-fc1}{dense}{1,4}");
    draws(text, "\\nkcolumns{[a, 1, 2, ]a, [b, 4, 5, ]b}");
    draws(text, "\\nkframe{b}{block}{}{}\\nkghost{A}");
    draws(text, "\\nkedge{a-relu1}{b-fc1}{>b}");
}

static const char steps[] = "input: {x: {shape: T, at: 3 1..4, unroll: yes, cells: [a, b, ..., c]}}\n"
                            "layers:\n"
                            "  - {embedding: \"10, 4\", at: 2 1..4, unroll: yes}\n"
                            "  - {gru: 4, at: 1 1..4, unroll: yes, state: $h$}\n"
                            "  - {fc: 4, at: 0 4}\n"
                            "figure: {direction: up, columns: [p, q, ..., r]}\n";

static void test_steps_are_joined_one_by_one(void **state)
{
    (void)state;
    draws(steps, "\\nkedge{x-2}{embedding1-2}{}");
    draws(steps, "\\nkedge{gru1-1}{gru1-2}{}");
    draws(steps, "\\nkedge{gru1-2}{gru1-3}{-}");
    draws(steps, "\\nkedge{gru1-3}{gru1-4}{}\\nkedgelabel{$h$}");
    draws(steps, "\\nkedge{gru1-4}{fc1}{}");
    draws_no(steps, "{gru1-1}{fc1}");
    draws_no(steps, "\\nkedge{x-3}"); /* what stands for others is joined to nothing above it */
}

static void test_cells_become_columns_and_stacks(void **state)
{
    (void)state;
    const char text[] = "input: {x: {shape: 8, at: 2 1, look: box, cells: [1, -2.5], mark: -2.5}}\n"
                        "layers:\n  - {fc: 8, at: 1 1, cells: [{$+$: [$b$, left]}, {$*$: $W$}]}\n";
    draws(text, "\\nkvector{x}{data}{2,1}{\\nkvalue{1}\\nkvalue*{$-2.5$}}");
    draws(text, "{\\nkcell{dense}{$+$}\\nkaside{left}{$b$}\\nkcell{dense}{$*$}\\nkaside{right}{$W$}}");
}

static void test_keys_of_grids_alone_are_told(void **state)
{
    (void)state;
    draws("input: 8\nlayers: [fc 8]\nfigure: {view: graph, gradients: yes}\n", "`gradients` has no effect");
    draws("input: {x: {shape: 8, at: 1 1}}\nlayers: [{fc: 8, at: 2 1}]\nfigure: {wrap: 2}\n", "`wrap` has no effect");
}

/* Many things, and many lines between them, take no more than a moment or are refused. */
static void test_large_grids_are_bounded(void **state)
{
    (void)state;
    {
        size_t room = 200000, used = 0;
        char *text = malloc(room);
        used += (size_t)snprintf(text, room, "input: {x: {shape: 8, at: 0 1}}\nlayers:\n");
        for (int i = 1; i < 990; i++)
            used += (size_t)snprintf(text + used, room - used, "  - {fc: 8, at: %d %d, from: x, name: f%d}\n", i, i, i);
        snprintf(text + used, room - used, "figure: {direction: right}\n");
        clock_t start = clock();
        free(drawn(text));
        assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
        free(text);
    }
    draws("input: {x: {shape: 8, at: 1 1..1000, unroll: yes}}\nlayers:\n  - {fc: 8, at: 2 1..1000, unroll: yes}\n",
          "more than 1000 things on one grid");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_turn_as_their_sides_say),
        cmocka_unit_test(test_lines_have_names_and_half_steps),
        cmocka_unit_test(test_straight_lines_go_as_the_crow_flies),
        cmocka_unit_test(test_lines_from_one_place_fork_sharply),
        cmocka_unit_test(test_blocks_move_with_their_place),
        cmocka_unit_test(test_steps_are_joined_one_by_one),
        cmocka_unit_test(test_cells_become_columns_and_stacks),
        cmocka_unit_test(test_keys_of_grids_alone_are_told),
        cmocka_unit_test(test_large_grids_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
