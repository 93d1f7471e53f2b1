/* SPDX-License-Identifier: MIT */
/* Tables of a small network: every format, and what must not break them. */
#include "made_graph.h"

#include "emit/emit.h"
#include "emit/number.h"

static void make_small(Made *made)
{
    made->graph->name = STR("small & \"odd\"");
    Layer *x = made_input(made, "input", "3x32x32");
    Layer *a = made_conv(made, NULL, "conv1", 3, 16, 1, x);
    Layer *r = made_cell(made, "relu", "relu1", a, made_cell(made, "bn", "bn1", a, a));
    Scope *stage = graph_add_scope(made->graph, made->graph->root, SCOPE_GROUP, STR("stage_2"));
    Layer *b = made_conv(made, stage, "conv1", 3, 32, 2, r);
    Layer *c = made_conv(made, stage, "conv2", 3, 32, 1, b);
    c = made_layer(made, stage, "add", "add", 2, b, c);
    Layer *pool = made_word(made_layer(made, NULL, "avgpool", "pool", 1, c), "kernel", "global");
    Layer *f = made_layer(made, NULL, "flatten", "flatten", 1, pool);
    made_set(made, made_layer(made, NULL, "fc", "fc", 1, f), "out", 10);
    made_infer(made);
}

static void expect(Made *made, Str text, const char *expected)
{
    assert_string_equal(str_terminated(made->arena, text), expected);
}

static void test_tsv(void **state)
{
    Made *made = *state;
    make_small(made);
    expect(made, emit_summary_tsv(made->arena, made->graph),
           "name\top\toutput\tparams\tmacs\n"
           "conv1\tconv\t16x32x32\t448\t442368\n"
           "bn1\tbn\t16x32x32\t32\t0\n"
           "relu1\trelu\t16x32x32\t0\t0\n"
           "stage_2/conv1\tconv\t32x16x16\t4640\t1179648\n"
           "stage_2/conv2\tconv\t32x16x16\t9248\t2359296\n"
           "stage_2/add\tadd\t32x16x16\t0\t0\n"
           "pool\tavgpool\t32x1x1\t0\t0\n"
           "flatten\tflatten\t32\t0\t0\n"
           "fc\tfc\t10\t330\t320\n"
           "total\t-\t-\t14698\t3981632\n");
}

static void test_shared_weights_count_once(void **state)
{
    Made *made = *state;
    Layer *a = made_conv(made, NULL, "a", 3, 3, 1, made_input(made, "input", "3x8x8"));
    Layer *b = made_conv(made, NULL, "b", 3, 3, 1, a);
    b->weights_of = a;
    made_infer(made);
    expect(made, emit_summary_tsv(made->arena, made->graph),
           "name\top\toutput\tparams\tmacs\n"
           "a\tconv\t3x8x8\t84\t5184\n"
           "b\tconv\t3x8x8\t0\t5184\n"
           "total\t-\t-\t84\t10368\n");
}

/* Nothing is counted as 0 that is not known; a symbolic sum stays one. */
static void test_unknown_and_symbolic(void **state)
{
    Made *made = *state;
    Layer *x = made_layer(made, NULL, "fc", "fc", 1, made_input(made, "input", "Tx8"));
    made_layer(made, NULL, "custom", "mystery", 1, made_set(made, x, "out", 4));
    made_infer(made);
    expect(made, emit_summary_tsv(made->arena, made->graph),
           "name\top\toutput\tparams\tmacs\n"
           "fc\tfc\tTx4\t36\t32T\n"
           "mystery\tcustom\t?\t?\t?\n"
           "total\t-\t-\t?\t?\n");
}

static void test_imported_rows(void **state)
{
    Made *made = *state;
    made->graph->imported = true;
    made->graph->batch_axes = 1;
    Layer *x = made_input(made, "x", "1x4x8x8");
    x->implied = true;
    Layer *split = made_layer(made, NULL, "custom", "bad\tname\n", 1, x);
    split->op_name = STR("NoSuchOp");
    split->output_count = 2;
    split->outputs = ARENA_ARRAY(made->arena, 2, Shape);
    split->outputs[0] = shape_of(made->arena, 0, NULL);
    made_infer(made);
    split->outputs[0] = shape_of(made->arena, 0, NULL);
    expect(made, emit_summary_tsv(made->arena, made->graph),
           "name\top\toutput\tparams\tmacs\n"
           "bad name \tNoSuchOp\tscalar,?\t?\t?\n"
           "total\t-\t-\t?\t?\n");
}

static void test_text(void **state)
{
    Made *made = *state;
    make_small(made);
    expect(made, emit_summary_text(made->arena, made->graph),
           "small & \"odd\"\n"
           "\n"
           "layer    operation               output    parameters  %       MACs  %\n"
           "──────────────────────────────────────────────────────────────────────\n"
           "input    input                   3×32×32\n"
           "conv1    3×3 conv, 16, BN, ReLU  16×32×32         480  3    442,368 11\n"
           "stage_2                          32×16×16      13,888 94  3,538,944 89\n"
           "  conv1  3×3 conv, 32, /2        32×16×16       4,640 32  1,179,648 30\n"
           "  conv2  3×3 conv, 32            32×16×16       9,248 63  2,359,296 59\n"
           "  add    add                     32×16×16\n"
           "pool     global avg pool         32×1×1\n"
           "flatten  flatten                 32\n"
           "fc       fc, 10                  10               330  2        320 <1\n"
           "──────────────────────────────────────────────────────────────────────\n"
           "total                                          14,698     3,981,632\n"
           "\n"
           "14.7 k parameters, 4.0 M MACs, 4 layers deep\n");
}

static void test_long_names_are_shortened_in_the_middle(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "a_very_long_name_of_an_input_that_nobody_reads_to_its_end", "3x224x224");
    made_conv(made, NULL, "another_very_long_name_of_a_layer_of_the_same_kind", 3, 1024, 1, x);
    made_infer(made);
    Str text = emit_summary_text(made->arena, made->graph), line;
    for (Str rest = text; str_cut(&rest, '\n', &line);) {
        size_t width = 0;
        for (size_t i = 0; i < line.size; i++)
            width += ((unsigned char)line.at[i] & 0xc0) != 0x80;
        assert_true(width <= 80);
    }
    const char *all = str_terminated(made->arena, text);
    assert_non_null(strstr(all, "a_very"));
    assert_non_null(strstr(all, "its_end"));
    assert_non_null(strstr(all, "…"));
}

static void test_json(void **state)
{
    Made *made = *state;
    make_small(made);
    const char *json = str_terminated(made->arena, emit_summary_json(made->arena, made->graph));
    static const char *const parts[] = {
        "{\"name\": \"small & \\\"odd\\\"\", \"imported\": false",
        "\"inputs\": [{\"name\": \"input\", \"shape\": [3, 32, 32]}], "
        "\"outputs\": [{\"layer\": \"fc\", \"output\": 0}]",
        "\n{\"name\": \"bn1\", \"op\": \"bn\", \"inputs\": [{\"layer\": \"conv1\", \"output\": 0}], "
        "\"outputs\": [[16, 32, 32]], \"params\": 32, \"macs\": 0, \"attributes\": {}, \"class\": \"norm\", \"cell_of\": \"conv1\"},\n",
        "\"attributes\": {\"out\": 32, \"kernel\": 3, \"stride\": 2}, \"scope\": \"stage_2\"",
        "\n{\"kind\": \"group\", \"name\": \"stage_2\"}\n",
        "\"totals\": {\"params\": 14698, \"macs\": 3981632, \"weighted_layers\": 4}}\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(json, parts[i]))
            fail_msg("not there: %s\nin: %s", parts[i], json);
}

static void test_latex(void **state)
{
    Made *made = *state;
    make_small(made);
    expect(made, emit_summary_latex(made->arena, made->graph),
           "% needs \\usepackage{booktabs}\n"
           "\\begin{tabular}{@{}lllrr@{}}\n"
           "\\toprule\n"
           "Layer & Operation & Output & Parameters & MACs \\\\\n"
           "\\midrule\n"
           "input &  & $3\\times32\\times32$ & -- & -- \\\\\n"
           "conv1 & 3$\\times$3 conv, 16, BN, ReLU & $16\\times32\\times32$ & 480 & 442\\,368 \\\\\n"
           "stage\\_2 &  & $32\\times16\\times16$ & 13\\,888 & 3\\,538\\,944 \\\\\n"
           "pool & global avg pool & $32\\times1\\times1$ & -- & -- \\\\\n"
           "flatten &  & $32$ & -- & -- \\\\\n"
           "fc & fc, 10 & $10$ & 330 & 320 \\\\\n"
           "\\midrule\n"
           "Total & & & 14\\,698 & 3\\,981\\,632 \\\\\n"
           "\\bottomrule\n"
           "\\end{tabular}\n");
}

/* A run is one row, what has no name is called by what it is. */
static void test_latex_of_runs(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "input", "3x8x8");
    Scope *first = NULL;
    static const char *const names[] = {"b_1", "b_2"};
    for (uint32_t i = 0; i < 2; i++) {
        Scope *scope = graph_add_scope(made->graph, made->graph->root, SCOPE_BLOCK, str_from(names[i]));
        first = first ? first : scope;
        scope->definition = STR("basic");
        scope->run = first;
        scope->run_index = i;
        scope->run_count = 2;
        x = made_conv(made, scope, "c2", 1, 3, 1, made_conv(made, scope, "c1", 1, 3, 1, x));
    }
    Scope *residual = graph_add_scope(made->graph, made->graph->root, SCOPE_RESIDUAL, (Str){0});
    made_layer(made, residual, "add", "add", 2, made_conv(made, residual, "c", 1, 3, 1, x), x);
    Scope *lone = graph_add_scope(made->graph, made->graph->root, SCOPE_GROUP, STR("g"));
    made_conv(made, lone, "c", 1, 3, 1, x);
    made_infer(made);
    const char *table = str_terminated(made->arena, emit_summary_latex(made->arena, made->graph));
    assert_non_null(strstr(table, "\nb & basic $\\times\\,2$ & $3\\times8\\times8$ & 48 & 2\\,304 \\\\\n"));
    assert_non_null(strstr(table, "\nresidual &  & "));
    assert_non_null(strstr(table, "\ng/c & 1$\\times$1 conv, 3 & "));
}

static void test_prose(void **state)
{
    Made *made = *state;
    make_small(made);
    expect(made, emit_prose(made->arena, made->graph),
           "small & \"odd\": 4 weighted layers, 14,698 parameters, 4.0 million multiply-accumulates; "
           "input 3×32×32, output 10.");
}

static void test_numbers(void **state)
{
    Made *made = *state;
    expect(made, number_grouped(made->arena, dim_int(1234567), ","), "1,234,567");
    expect(made, number_grouped(made->arena, dim_int(-123), ","), "-123");
    expect(made, number_grouped(made->arena, dim_int(-1234), ","), "-1,234");
    expect(made, number_grouped(made->arena, DIM_NONE, ","), "?");
    bool ok;
    Dim symbolic = dim_parse(made->arena, STR("1048576*T2+12345"), &ok);
    expect(made, number_grouped(made->arena, symbolic, ","), "1,048,576T2+12,345");
    expect(made, number_words(made->arena, dim_int(138357544)), "138.4 million");
    expect(made, number_words(made->arena, dim_int(999949999)), "999.9 million");
    expect(made, number_words(made->arena, dim_int(999950000)), "1.0 billion");
    expect(made, number_words(made->arena, dim_int(999949)), "999,949");
    expect(made, number_short(made->arena, dim_int(61706)), "61.7 k");
    expect(made, number_short(made->arena, dim_int(INT64_MAX)), "9223372.0 T");
    expect(made, number_share(made->arena, dim_int(1), dim_int(3)), "33");
    expect(made, number_share(made->arena, dim_int(INT64_MAX / 3), dim_int(INT64_MAX)), "33");
    expect(made, number_share(made->arena, dim_int(1), dim_int(300)), "<1");
    expect(made, number_share(made->arena, dim_int(1), DIM_NONE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MADE_TEST(test_tsv),
        MADE_TEST(test_shared_weights_count_once),
        MADE_TEST(test_unknown_and_symbolic),
        MADE_TEST(test_imported_rows),
        MADE_TEST(test_text),
        MADE_TEST(test_long_names_are_shortened_in_the_middle),
        MADE_TEST(test_json),
        MADE_TEST(test_latex),
        MADE_TEST(test_latex_of_runs),
        MADE_TEST(test_prose),
        MADE_TEST(test_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
