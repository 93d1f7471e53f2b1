/* SPDX-License-Identifier: MIT */
/* Tests of view `units`: from a spec to the code that is written, or to what is said about it. */
#include "netikz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The code of the spec's figure, then what was said; the caller frees it. */
static char *drawn(const char *layers, const char *figure)
{
    char spec[2000];
    netikz *run = netikz_new();
    netikz_text code = {"", 0};
    int size = snprintf(spec, sizeof spec, "%s\nfigure: {view: units%s}\n", layers, figure);
    netikz_text bytes = {spec, (size_t)size};
    if (netikz_read_bytes(run, "net.yaml", bytes, "spec") == NETIKZ_DONE)
        netikz_draw(run, false, &code);
    netikz_text said = netikz_diagnostics(run);
    char *all = calloc(1, code.size + said.size + 1);
    memcpy(all, code.at, code.size);
    memcpy(all + code.size, said.at, said.size);
    netikz_free(run);
    return all;
}

static void has(const char *layers, const char *figure, const char *wanted)
{
    char *all = drawn(layers, figure);
    if (!strstr(all, wanted))
        fail_msg("%s\ngives:\n%s\nwithout:\n%s", layers, all, wanted);
    free(all);
}

static void has_not(const char *layers, const char *figure, const char *unwanted)
{
    char *all = drawn(layers, figure);
    if (strstr(all, unwanted))
        fail_msg("%s\ngives:\n%s\nwith:\n%s", layers, all, unwanted);
    free(all);
}

#define MLP "input: 784\nlayers: [\"fc 12\", \"fc 3\"]"

static void leaves_out_the_middle_of_long_layers(void **state)
{
    (void)state;
    has(MLP, "", "\\nkunits{input}{data}{1-4,781-784}{Input layer\\\\$\\in\\nkreal^{784}$}");
    has(MLP, "", "\\nkunits{fc1}{dense}{1-4,9-12}{Hidden layer");
    has(MLP, "", "\\nkunits{fc2}{dense}{1-3}{Output layer");
    has(MLP, ", units: 3", "{1-2,784}");
    has(MLP, ", units: 1", "{1,}");
    has(MLP, ", units: 12", "\\nkunits{fc1}{dense}{1-12}");
}

static void a_symbolic_size_ends_in_an_ellipsis(void **state)
{
    (void)state;
    has("input: d\nlayers: [\"fc 2\"]", "", "{1-4,}{Input layer\\\\$\\in\\nkreal^{d}$}");
}

static void a_sequence_has_its_features_a_map_its_channels(void **state)
{
    (void)state;
    has("input: Tx3\nlayers: [\"rnn 2\"]", "", "\\nkunits{input}{data}{1-3}");
    has("input: 3xT\nlayers: [\"3 conv, 2\"]", "", "\\nkunits{input}{data}{1-3}");
    has("input: 3x8x8\nlayers: [\"3x3 conv, 2\"]", "", "\\nkunits{input}{data}{1-3}");
}

static void says_what_cannot_be_drawn(void **state)
{
    (void)state;
    has("input: 3\nlayers: [{custom: Thing}]", "", "error: how many units");
    has("input: 300\nlayers: [\"fc 300\"]", ", units: 200", "links between units are too many");
}

static void mixes_all_or_keeps_apart(void **state)
{
    (void)state;
    has(MLP, "", "\\nklinks{input}{fc1}{}");
    has("input: 4\nlayers:\n  - residual: [\"fc 4\"]", "", "\\nklinks{fc1}{add1}{=}");
    has("input: 4\nlayers:\n  - residual: [\"fc 4\"]", "", "\\nkskip[shortcut]{input}{add1}{1}");
    has("input: {a: 2, b: 3}\nlayers:\n  - concat:\n    from: [a, b]", "", "\\nklinks{b}{concat1}{+2}");
    has("input: 2x8x8\nlayers: [\"3x3 depthwise conv\"]", "", "{=}");
}

static void rings_have_links_that_pass_rings(void **state)
{
    (void)state;
    has("input: 4\nlayers:\n  - residual: [\"fc 4\"]", ", direction: out", "\\nklinks{input}{add1}{=}");
    has(MLP, ", direction: out", "\\nklegend{dense}{Output layer $\\in\\nkreal^{3}$}");
}

static void recurrent_layers_have_loops(void **state)
{
    (void)state;
    has("input: Tx3\nlayers: [\"lstm 2\"]", "", "\\nkloop");
    has_not("input: Tx3\nlayers:\n  - lstm: 2\n    units: {loop: no}", "", "\\nkloop");
    has("input: 3\nlayers:\n  - fc: 2\n    units: {loop: yes}", "", "\\nkloop");
}

static void drops_what_is_not_kept(void **state)
{
    (void)state;
    has("input: 3\nlayers:\n  - fc: 5\n    units: {kept: [2, 5]}", "", "\\nkdropped{1,3,4}");
    has("input: 3\nlayers:\n  - fc: 5\n    units: {kept: [6]}", "", "`kept` names unit 6 of `fc1`, which has 5");
    has("input: 3\nlayers:\n  - fc: 5\n    units: {kept: [0]}", "", "units have numbers from 1");
}

static void labels_stand_before_and_behind_the_ellipsis(void **state)
{
    (void)state;
    const char *good = "input: {x: {shape: 9, units: {labels: [$a$, …, $z$]}}}\nlayers: [\"fc 2\"]";
    has(good, "", "\\nkunit{1}{$a$} \\nkunit{9}{$z$}");
    has("input: {x: {shape: 2, units: {labels: [a, b, c]}}}\nlayers: [\"fc 2\"]", "", "3 labels for the 2 units");
    has("input: {x: {shape: 99, units: {labels: [a, b, c, d, e]}}}\nlayers: [\"fc 2\"]", "", "\\nkunit{96}{e}");
    has("input: 2\nlayers:\n  - fc: 2\n    units: {labels: ['\\input{x}']}", "", "error: the command");
    has("input: 2\nlayers:\n  - fc: 2\n    units: {labels: [a], mark: circle}", "", "a mark and a label");
}

static void links_can_be_chosen(void **state)
{
    (void)state;
    has("input: 3\nlayers:\n  - fc: 3\n    units: {links: [1-2, 3-1]}", "", "\\nklinks{input}{fc1}{1-2,3-1}");
    has("input: 3\nlayers:\n  - fc: 3\n    units: {links: same}", "", "{=}");
    has_not("input: 3\nlayers:\n  - fc: 3\n    units: {links: none}", "", "\\nklinks");
    has("input: 3\nlayers:\n  - fc: 3\n    units: {links: [4-1]}", "", "unit 4 of `input`, which has 3");
    has("input: 3\nlayers:\n  - fc: 3\n    units: {links: [one]}", "", "a link is written");
}

static void weights_are_per_cent_of_the_largest(void **state)
{
    (void)state;
    has("input: 1\nlayers:\n  - fc: 1\n    units: {weights: [[1]]}\n  - fc: 1\n    units: {weights: [[4]]}", "",
        "\\nkweights{1}{25}");
    has("input: 2\nlayers:\n  - fc: 2\n    units: {weights: [[0.5, -2], [0, 0.001]]}", "",
        "\\nkweights{1}{25,-100}\n  \\nkweights{2}{0,1}");
    has("input: 2\nlayers:\n  - fc: 2\n    units: {weights: [[1], [2]]}", "", "the weights are 2×1, and 2 units read 2");
    has("input: 2\nlayers:\n  - fc: 2\n    units: {weights: [[1, 2], [2]]}", "", "a row of 1 weights behind one of 2");
    has("input: 2\nlayers:\n  - fc: 2\n    units: {weights: [[1, x], [2, 2]]}", "", "a weight is a number");
}

static void bias_units_stand_where_there_is_a_bias(void **state)
{
    (void)state;
    has("input: 2\nlayers: [\"fc 2\"]", ", bias: yes", "\\nkbias");
    has_not("input: 2\nlayers: [\"fc 2\"]", "", "\\nkbias");
    has_not("input: 2\nlayers: [\"fc 2, no bias\"]", ", bias: yes", "\\nkbias");
}

static void equal_blocks_are_not_folded(void **state)
{
    (void)state;
    const char *net = "input: 4\nblocks:\n  b: [\"fc 4\"]\nlayers:\n  - b:\n    times: 3";
    has(net, "", "{b3-fc1}");
    has(net, ", fold: yes", "Output layer $\\nktimes$3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_out_the_middle_of_long_layers),
        cmocka_unit_test(a_symbolic_size_ends_in_an_ellipsis),
        cmocka_unit_test(a_sequence_has_its_features_a_map_its_channels),
        cmocka_unit_test(says_what_cannot_be_drawn),
        cmocka_unit_test(mixes_all_or_keeps_apart),
        cmocka_unit_test(rings_have_links_that_pass_rings),
        cmocka_unit_test(recurrent_layers_have_loops),
        cmocka_unit_test(drops_what_is_not_kept),
        cmocka_unit_test(labels_stand_before_and_behind_the_ellipsis),
        cmocka_unit_test(links_can_be_chosen),
        cmocka_unit_test(weights_are_per_cent_of_the_largest),
        cmocka_unit_test(bias_units_stand_where_there_is_a_bias),
        cmocka_unit_test(equal_blocks_are_not_folded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
