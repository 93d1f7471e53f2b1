/* SPDX-License-Identifier: MIT */
/* What labels may hold, and what figure keys may be set to. */
#include "read_case.h"

#include "scene/tex_check.h"

static void test_harmless_labels(void **state)
{
    ReadCase *run = *state;
    static const char *const labels[] = {
        "plain text", "$x_t$", "$x^{(i)}_{t-1}$", "\\textbf{bold} and \\emph{it}", "$\\frac{1}{\\sqrt{d_k}} Q K^\\top$",
        "{\\bfseries x}", "100\\,\\%", "a\\_b \\& c", "$\\left(\\frac12\\right)$", "Poincar\\'e, Erd\\H{o}s, \\ss", "α – β",
        "two\\\\lines", "$\\mathbb{R}^{n \\times m}$", "$\\text{softmax}(x)$", "", "$\\sqrt[3]{x}$", "$a {b} c$", "\\$5", "two\nlines",
        "\\textit{a $\\mathbf{x}$ b}",
    };
    TexFault fault;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (!tex_check(run->arena, str_from(labels[i]), &fault))
            fail_msg("`%s` was refused: %.*s", labels[i], STR_ARGS(fault.what));
}

static void test_harmful_labels(void **state)
{
    ReadCase *run = *state;
    static const char *const labels[] = {
        "\\input{x}", "\\write18{x}", "\\immediate\\write18{x}", "\\def\\x{}", "\\catcode`\\%=12", "\\csname input\\endcsname x",
        "^^5cinput", "$^^5cinput$", "}{", "{", "a}", "$x", "$$x$$", "$x}$", "{$x}$", "x_y", "x^y", "a & b", "50% off", "#1", "\\",
        "\\textbf", "\\textbf }", "$\\frac{1}$", "$x^$", "$x_}$", "\\\\[5cm]", "\\alpha", "$\\bad$", "\\Textbf{x}", "a\n\nb", "$a\nb$",
        "\x01", "\\begin{x}", "\\include{x}", "\\openin1=x", "\\directlua{x}", "\\verb|x|", "$\\mathchardef$", "\\loop", "\\par",
        "\\url{x}", "\\expandafter", "\\%\\%%", "$\\left$",
    };
    TexFault fault;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (tex_check(run->arena, str_from(labels[i]), &fault))
            fail_msg("`%s` was allowed", labels[i]);
}

static void test_raw_tex_allows_everything(void **state)
{
    ReadCase *run = *state;
    run->options.raw_tex = true;
    read_case(run, "input: 4\nlayers:\n  - relu:\n    label: \\input{x}\n    note: \\def\\x{}\nfigure:\n  title: \\write18{x}\n");
    assert_sound(run);
    assert_true(str_equal(layer_at(run, "relu1")->label, STR("\\input{x}")));
    assert_true(str_equal(run->model.figures[0].title, STR("\\write18{x}")));
}

static bool can_be(ReadCase *run, const char *key, const char *value)
{
    Figure figure = figure_default();
    Place place = {.source = &run->source};
    return figure_set(run->arena, run->diags, &figure, (size_t)figure_key_find(str_from(key)), str_from(value), place);
}

static void test_lengths(void **state)
{
    ReadCase *run = *state;
    static const char *const good[] = {"\\columnwidth", "0.8\\textwidth", "84mm", "252pt", "3.5in", ".5\\linewidth", "12 cm", "auto"};
    static const char *const bad[] = {"", "12", "-3cm", "0cm", "12px", "80%", "columnwidth", "1.2.3cm", "\\textwidth\\input{x}",
                                      "\\dimexpr 3cm", "1e3pt", "3cm+4cm", "\\columnwidth2"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!can_be(run, "width", good[i]))
            fail_msg("width cannot be `%s`", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (bad[i][0] && can_be(run, "width", bad[i]))
            fail_msg("width can be `%s`", bad[i]);
}

static void test_other_keys(void **state)
{
    ReadCase *run = *state;
    const struct {
        const char *key, *value;
        bool fits;
    } cases[] = {
        {"view", "graph", true}, {"view", "volumes", false}, {"notation", "CxHxW", true}, {"notation", "c@h×w", true},
        {"legend", "true", true}, {"legend", "off", true}, {"explicit", "yes", true}, {"explicit", "auto", false},
        {"depth", "0", true}, {"depth", "auto", true}, {"depth", "-1", false}, {"depth", "1.5", false},
        {"unit", "1 channel = 0.02mm", true}, {"unit", "1 channel = 0.02mm, 1 pixel = 0.1mm", true}, {"unit", "1 apple = 1mm", false},
        {"label-font", "\\scriptsize\\sffamily", true}, {"label_font", "\\huge", false}, {"label_font", "x", false},
        {"theme", "grey-2", true}, {"theme", "a}b", false}, {"only", "encoder/down1", true}, {"title", "$x$", true},
        {"title", "\\input{x}", false}, {"name", "net1", true}, {"name", "a/b", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (can_be(run, cases[i].key, cases[i].value) != cases[i].fits)
            fail_msg("%s: %s", cases[i].key, cases[i].value);
}

static void test_settings_of_the_command_line_are_a_fault_of_usage(void **state)
{
    ReadCase *run = *state;
    Figure figure = figure_default();
    assert_false(figure_set(run->arena, run->diags, &figure, (size_t)figure_key_find(STR("view")), STR("x"), (Place){0}));
    assert_int_equal(diags_fault(run->diags), FAULT_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        READ_TEST(test_harmless_labels), READ_TEST(test_harmful_labels), READ_TEST(test_raw_tex_allows_everything),
        READ_TEST(test_lengths),         READ_TEST(test_other_keys),     READ_TEST(test_settings_of_the_command_line_are_a_fault_of_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
