/* SPDX-License-Identifier: MIT */
/* Networks in characters: the listing of chains, trees of branches that merge, lanes; and Netscope's tables. */
#include "made_graph.h"

#include "emit/emit.h"
#include "op/work.h"

static void expect(Made *made, const char *expected)
{
    made_infer(made);
    Str text = emit_summary_ascii(made->arena, made->graph, &made->figure);
    assert_string_equal(str_terminated(made->arena, text), expected);
}

static Layer *made_named(Made *made, const char *op, const char *name, Layer *from)
{
    return made_layer(made, NULL, op, name, 1, from);
}

#define HEAD "           OPERATION           DATA DIMENSIONS   WEIGHTS(N)   WEIGHTS(%)\n\n"

/* The columns of keras-sequential-ascii; a class that is longer than 20 characters widens the first for all lines. */
static void test_listing(void **state)
{
    Made *made = *state;
    made->figure.notation = NOTATION_HWC;
    Layer *x = made_conv(made, NULL, "conv", 3, 8, 1, made_input(made, "input", "3x12x10"));
    x = made_named(made, "bn", "bn", x);
    x = made_named(made, "relu", "relu", x);
    x = made_named(made, "tanh", "tanh", x);
    x = made_word(made_named(made, "avgpool", "pool", x), "kernel", "global");
    x = made_named(made, "dropout", "dropout", made_named(made, "flatten", "flatten", x));
    x = made_set(made, made_named(made, "fc", "fc", x), "out", 1000);
    expect(made, "             OPERATION           DATA DIMENSIONS   WEIGHTS(N)   WEIGHTS(%)\n\n"
                 "                 Input   #####     12   10    3\n"
                 "                Conv2D    \\|/  -------------------       224     2.4%\n"
                 "                         #####     12   10    8\n"
                 "    BatchNormalization    μ|σ  -------------------        16     0.2%\n"
                 "                  relu   #####     12   10    8\n"
                 "                          f|   -------------------         0     0.0%\n"
                 "                  tanh   #####     12   10    8\n"
                 "GlobalAveragePooling2D   Y^avg -------------------         0     0.0%\n"
                 "                         #####      1    1    8\n"
                 "               Flatten   ||||| -------------------         0     0.0%\n"
                 "                         #####           8\n"
                 "               Dropout    | || -------------------         0     0.0%\n"
                 "                         #####           8\n"
                 "                 Dense   XXXXX -------------------      9000    97.4%\n"
                 "                         #####        1000\n");
}

/* A fully connected layer that reads a map stands behind Keras' Flatten. */
static void test_implied_flatten(void **state)
{
    Made *made = *state;
    Layer *fc = made_named(made, "fc", "fc", made_input(made, "input", "3x4x4"));
    made_named(made, "softmax", "softmax", made_set(made, fc, "out", 10));
    expect(made, HEAD "               Input   #####      3    4    4\n"
                      "             Flatten   ||||| -------------------         0     0.0%\n"
                      "                       #####          48\n"
                      "               Dense   XXXXX -------------------       490   100.0%\n"
                      "             softmax   #####          10\n");
}

/* What is not known is `?`, and then no share is. Operations without a glyph have the original's five marks. */
static void test_unknown_weights(void **state)
{
    Made *made = *state;
    Layer *x = made_set(made, made_named(made, "fc", "fc", made_input(made, "input", "T")), "out", 4);
    made_named(made, "custom", "mystery", x);
    expect(made, HEAD "               Input   #####           T\n"
                      "               Dense   XXXXX -------------------      4T+4       ?%\n"
                      "                       #####           4\n"
                      "              custom   ????? -------------------         ?       ?%\n"
                      "                       #####           ?\n");
}

/* Activations that change the shape are layers. */
static void test_halving_activation(void **state)
{
    Made *made = *state;
    made_named(made, "glu", "glu", made_input(made, "input", "8"));
    expect(made, HEAD "               Input   #####           8\n"
                      "                 glu   ????? -------------------         0     0.0%\n"
                      "                       #####           4\n");
}

static void test_tree(void **state)
{
    Made *made = *state;
    Layer *a = made_set(made, made_named(made, "fc", "a", made_input(made, "left", "16")), "out", 4);
    Layer *b = made_set(made, made_named(made, "fc", "b", made_input(made, "middle", "300")), "out", 4);
    Layer *c = made_input(made, "right", "4");
    Layer *sum = made_layer(made, NULL, "add", "sum", 3, a, made_named(made, "relu", "relu", b), c);
    made_set(made, made_named(made, "fc", "out", sum), "out", 2);
    expect(made, "                          InputLayer (None, 300)\n"
                 "InputLayer (None, 16)          Dense (None, 4)\n"
                 "     Dense (None, 4)            Relu (None, 4)       InputLayer (None, 4)\n"
                 "           \\________________________|_________________________/\n"
                 "                                    |\n"
                 "                                 Add (None, 4)\n"
                 "                               Dense (None, 2)\n");
}

/* The trunk keeps its column, what skips it runs beside; norms and activations stand in their layer's row. */
static void test_residual(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "x", "8x4x4");
    Layer *a = made_conv(made, NULL, "a", 3, 8, 1, x);
    Layer *r = made_cell(made, "relu", "r", a, a);
    made_layer(made, NULL, "add", "sum", 2, x, made_conv(made, NULL, "b", 3, 8, 1, r));
    expect(made, "     layer  operation          output  parameters\n"
                 "o    x      input              8x4x4\n"
                 "|\\\n"
                 "* |  a      3x3 conv, 8, ReLU  8x4x4          584\n"
                 "* |  b      3x3 conv, 8        8x4x4          584\n"
                 "|/\n"
                 "*    sum    add                8x4x4\n"
                 "\n"
                 "1.2 k parameters, 18.4 k MACs, 2 layers deep\n");
}

/* A tensor that is read again later goes on behind the bus; one that is read twice by one layer is one lane. */
static void test_lanes_go_on(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "x", "8x4x4"), *y = made_input(made, "y", "8x4x4");
    Layer *a = made_layer(made, NULL, "add", "a", 3, x, y, y);
    Layer *b = made_layer(made, NULL, "add", "b", 2, a, x);
    Layer *c = made_layer(made, NULL, "add", "c", 2, b, x);
    made_layer(made, NULL, "add", "d", 2, c, a);
    expect(made, "       layer  operation  output  parameters\n"
                 "o      x      input      8x4x4\n"
                 "| o    y      input      8x4x4\n"
                 "|\\|\n"
                 "| *    a      add        8x4x4\n"
                 "|-|\\\n"
                 "|/| |\n"
                 "* | |  b      add        8x4x4\n"
                 "|_|/\n"
                 "* |    c      add        8x4x4\n"
                 "|/\n"
                 "*      d      add        8x4x4\n"
                 "\n"
                 "0 parameters, 0 MACs\n");
}

/* What nobody reads ends; the next branch takes the column that has become free. */
static void test_outputs_end(void **state)
{
    Made *made = *state;
    Layer *x = made_input(made, "x", "8");
    made_set(made, made_named(made, "fc", "side", x), "out", 2);
    x = made_set(made, made_named(made, "fc", "main", x), "out", 4);
    made_set(made, made_named(made, "fc", "end", x), "out", 2);
    expect(made, "     layer  operation  output  parameters\n"
                 "o    x      input      8\n"
                 "|\\\n"
                 "* |  side   fc, 2      2               18\n"
                 " /\n"
                 "*    main   fc, 4      4               36\n"
                 "*    end    fc, 2      2               10\n"
                 "\n"
                 "64 parameters, 56 MACs, 2 layers deep\n");
}

/* However many lanes there are, no line grows beyond 16 of them, and a notice says so. */
static void test_many_lanes_share_one(void **state)
{
    Made *made = *state;
    Layer *inputs[40], *sum = NULL;
    for (int i = 0; i < 40; i++)
        inputs[i] = made_input(made, str_terminated(made->arena, str_format(made->arena, "i%d", i)), "8");
    for (int i = 0; i + 1 < 40; i++)
        sum = made_layer(made, NULL, "add", str_terminated(made->arena, str_format(made->arena, "a%d", i)), 3,
                         inputs[i], inputs[i + 1], sum ? sum : inputs[39]);
    made_infer(made);
    Str text = emit_summary_ascii(made->arena, made->graph, &made->figure), line;
    assert_non_null(strstr(str_terminated(made->arena, text), "\nlanes beyond the 15th share one, drawn `:`"));
    assert_non_null(strstr(str_terminated(made->arena, text), " :  a"));
    while (str_cut(&text, '\n', &line))
        assert_true(line.size <= 80);
}

/* Models of Keras have their input as a layer, and what follows is merged into it as into any other. */
static void test_imported_input(void **state)
{
    Made *made = *state;
    made->graph->imported = true;
    made->graph->batch_axes = 1;
    made_named(made, "relu", "relu", made_input(made, "x", "Nx8"));
    expect(made, HEAD "               Input   #####           8\n"
                      "          InputLayer     |   -------------------         0     0.0%\n"
                      "                relu   #####           8\n");
}

#define HALF_RULE "─────────────────────────────────────────────────────"
#define RULE HALF_RULE HALF_RULE "\n"

static void make_two_blocks(Made *made)
{
    Scope *block = graph_add_scope(made->graph, made->graph->root, SCOPE_BLOCK, STR("b&1"));
    Layer *x = made_conv(made, block, "conv", 3, 16, 1, made_input(made, "x", "3x8x8"));
    x = made_layer(made, block, "maxpool", "pool", 1, made_cell(made, "relu", "relu", x, x));
    made_set(made, x, "kernel", 2);
    x = made_set(made, made_named(made, "fc", "fc", x), "out", 10);
    made_named(made, "softmax", "softmax", x);
    made_infer(made);
}

static void test_blocks(void **state)
{
    Made *made = *state;
    make_two_blocks(made);
    const char *expected =
        "ID  name     type          ch_in  dim_in  ch_out  dim_out    macc   comp  add  div  exp  activation  param\n" RULE
        " 1  x        input                             3  8x8                                           192\n"
        " 2  b&1      submodule(3)      3  8x8         16  4x4      27.6 k  2.0 k                      2.3 k    448\n"
        " 5  fc       fc               16  4x4         10            2.6 k                                10  2.6 k\n"
        " 6  softmax  softmax          10              10                           10   10   10          10\n" RULE
        "    TOTAL                                                  30.2 k  2.0 k   10   10   10       2.5 k  3.0 k\n";
    assert_string_equal(str_terminated(made->arena, emit_summary_blocks(made->arena, made->graph)), expected);
}

static void test_blocks_latex(void **state)
{
    Made *made = *state;
    make_two_blocks(made);
    const char *text = str_terminated(made->arena, emit_summary_blocks_latex(made->arena, made->graph));
    assert_non_null(strstr(text, "\nb\\&1 & submodule(3) & 3 & 8$\\times$8 & 16 & 4$\\times$4 & 27.6 k & 2.0 k &"));
    assert_null(strstr(text, "ID"));
}

/* One layer of Netscope's SqueezeNet: what its page says of fire2/expand3x3 and the ReLU behind it. */
static void test_work(void **state)
{
    Made *made = *state;
    Layer *x = made_conv(made, NULL, "expand3x3", 3, 64, 1, made_input(made, "x", "16x56x56"));
    Layer *relu = made_named(made, "relu", "relu", x);
    Layer *odd = made_named(made, "custom", "odd", relu);
    made_infer(made);
    Work conv = work_of(made->arena, made->graph, x), behind = work_of(made->arena, made->graph, relu);
    assert_true(dim_is(conv.of[WORK_MACC], 28901376) && dim_is(conv.of[WORK_COMP], 0));
    assert_true(dim_is(conv.of[WORK_ACTIVATION], 200704) && dim_is(conv.of[WORK_PARAM], 9280));
    assert_true(dim_is(behind.of[WORK_COMP], 200704) && dim_is(behind.of[WORK_PARAM], 0));
    assert_int_equal(work_of(made->arena, made->graph, odd).of[WORK_ADD].kind, DIM_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MADE_TEST(test_listing),
        MADE_TEST(test_implied_flatten),
        MADE_TEST(test_unknown_weights),
        MADE_TEST(test_halving_activation),
        MADE_TEST(test_tree),
        MADE_TEST(test_residual),
        MADE_TEST(test_lanes_go_on),
        MADE_TEST(test_outputs_end),
        MADE_TEST(test_many_lanes_share_one),
        MADE_TEST(test_imported_input),
        MADE_TEST(test_blocks),
        MADE_TEST(test_blocks_latex),
        MADE_TEST(test_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
