/* SPDX-License-Identifier: MIT */
/* Shapes of learnt tensors: they are those of the frameworks, and what does not add up is not told. */
#include "made_graph.h"

#include "op/weights.h"

static void expect(Made *made, const Layer *layer, const char *wanted)
{
    Weight list[WEIGHTS_MOST];
    Text text = text_in(made->arena);
    uint32_t count = weights_of(made->arena, made->graph, layer, list);
    for (uint32_t i = 0; i < count; i++)
        text_add_format(&text, "%s%s %.*s", i ? ", " : "", list[i].name,
                        STR_ARGS(shape_text(made->arena, list[i].shape, "x")));
    assert_string_equal(str_terminated(made->arena, text_str(&text)), wanted);
}

static void test_conv(void **state)
{
    Made *made = *state;
    Layer *conv = made_conv(made, NULL, "conv", 3, 64, 1, made_input(made, "x", "16x55x55"));
    made_infer(made);
    expect(made, conv, "weights 64x16x3x3, biases 64");
}

static void test_norm(void **state)
{
    Made *made = *state;
    Layer *norm = made_layer(made, NULL, "bn", "bn", 1, made_input(made, "x", "16x55x55"));
    Layer *relu = made_layer(made, NULL, "relu", "relu", 1, norm);
    made_infer(made);
    expect(made, norm, "scale 16, shift 16");
    expect(made, relu, "");
}

/* A reader that counted otherwise knows better: no tensor is made up. */
static void test_that_does_not_add_up(void **state)
{
    Made *made = *state;
    Layer *conv = made_conv(made, NULL, "conv", 3, 64, 1, made_input(made, "x", "16x55x55"));
    made_infer(made);
    conv->params = dim_int(17);
    expect(made, conv, "");
    conv->params = DIM_NONE;
    expect(made, conv, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MADE_TEST(test_conv),
        MADE_TEST(test_norm),
        MADE_TEST(test_that_does_not_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
