/* SPDX-License-Identifier: MIT */
/* The registry as a whole: every row has help, no name means two things, every rule works on a sane input. */
#include "unit/op_case.h"

#include <string.h>

/* A name and the row it belongs to. */
typedef struct Named {
    Str name;
    const char *row;
} Named;

static Str loose(Arena *arena, Str name)
{
    Text text = text_in(arena);
    for (size_t i = 0; i < name.size; i++)
        if (name.at[i] != '-' && name.at[i] != '_')
            text_add_char(&text, (char)(name.at[i] >= 'A' && name.at[i] <= 'Z' ? name.at[i] - 'A' + 'a' : name.at[i]));
    return text_str(&text);
}

/* No two entries of different rows may be the same; loosely: but for case, `-` and `_`. */
static void no_clash(const Named *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(names[i].row, names[k].row) != 0 && str_equal(names[i].name, names[k].name))
                fail_msg("%.*s is both %s and %s", STR_ARGS(names[i].name), names[k].row, names[i].row);
}

static void names_are_unique(void **state)
{
    Arena *arena = *state;
    Named *names = NULL;
    size_t count = 0, room = 0;
    for (size_t i = 0; op_at(i); i++) {
        Str rest = str_from(op_at(i)->aliases), word;
        *ARENA_PUSH(arena, names, count, room) = (Named){loose(arena, str_from(op_at(i)->name)), op_at(i)->name};
        while (str_cut(&rest, ' ', &word)) {
            if (word.size)
                *ARENA_PUSH(arena, names, count, room) = (Named){loose(arena, word), op_at(i)->name};
            assert_ptr_equal(op_find(word), op_at(i));
        }
    }
    no_clash(names, count);
}

static void attribute_names_are_unique(void **state)
{
    Arena *arena = *state;
    for (size_t i = 0; op_at(i); i++) {
        Named *names = NULL;
        size_t count = 0, room = 0;
        for (uint32_t a = 0; a < op_at(i)->attr_count; a++) {
            const AttrSpec *row = &op_at(i)->attrs[a];
            Str rest = str_from(row->aliases), word;
            *ARENA_PUSH(arena, names, count, room) = (Named){loose(arena, str_from(row->name)), row->name};
            while (str_cut(&rest, ' ', &word))
                *ARENA_PUSH(arena, names, count, room) = (Named){loose(arena, word), row->name};
        }
        no_clash(names, count);
    }
}

/* The fallback must be what its kind can hold. */
static void check_attribute(Arena *arena, const Op *op, const AttrSpec *row)
{
    bool ok = row->help && *row->help && !(row->required && row->fallback);
    Str fallback = str_from(row->fallback), words = str_from(row->words), word;
    bool listed = fallback.size == 0;
    while (str_cut(&words, ' ', &word))
        listed = listed || str_equal(word, fallback);
    if (row->kind == ATTR_WORD)
        ok = ok && row->words && listed;
    else if (row->kind == ATTR_BOOL)
        ok = ok && (str_equal(fallback, STR("true")) || str_equal(fallback, STR("false")));
    else if (row->kind != ATTR_TEXT && !listed)
        dim_parse(arena, fallback, &ok);
    if (!ok)
        fail_msg("the row of %s for %s is wrong", op->name, row->name);
}

static void rows_are_complete(void **state)
{
    for (size_t i = 0; op_at(i); i++) {
        const Op *op = op_at(i);
        if (!op->help || !*op->help || !op->title || !op->shape || op->style >= STYLE_COUNT)
            fail_msg("the row of %s is not complete", op->name);
        if (op->max_inputs != OP_ANY_INPUTS && op->min_inputs > op->max_inputs)
            fail_msg("%s wants more inputs than it may have", op->name);
        for (uint32_t a = 0; a < op->attr_count; a++)
            check_attribute(*state, op, &op->attrs[a]);
    }
}

/* Something sensible for attributes that must be there. */
static const char *usual(const AttrSpec *row)
{
    return row->kind == ATTR_TEXT ? "ij,ij->ij" : "2";
}

static Case *filled(Arena *arena, const Op *op, const char *input)
{
    Text inputs = text_in(arena), attrs = text_in(arena);
    for (int i = 0; i < op->min_inputs || (i == 0 && op->max_inputs != 0); i++)
        text_add_format(&inputs, "%s ", input);
    for (uint32_t a = 0; a < op->attr_count; a++)
        if (op->attrs[a].required)
            text_add_format(&attrs, "%s%s=%s", attrs.size ? " " : "", op->attrs[a].name, usual(&op->attrs[a]));
    return case_new(arena, op->name, str_terminated(arena, text_str(&attrs)), str_terminated(arena, text_str(&inputs)));
}

static void every_rule_works(void **state)
{
    for (size_t i = 0; op_at(i); i++) {
        Case *c = filled(*state, op_at(i), strcmp(op_at(i)->name, "matmul") == 0 ? "64x64" : "64x32x32");
        bool tokens = strcmp(op_at(i)->name, "class_token") == 0;
        bool sequence = op_at(i)->style == STYLE_ATTENTION || op_at(i)->style == STYLE_RECURRENT || tokens;
        bool plain = strcmp(op_at(i)->name, "einsum") == 0 || strcmp(op_at(i)->name, "linear") == 0;
        if (sequence || plain)
            c = filled(*state, op_at(i), "64x64");
        if (!op_infer(&c->call))
            fail_msg("%s: %.*s", op_at(i)->name, STR_ARGS(c->call.error));
        if (!c->outputs[0].known && op_at(i)->attrs && !op_at(i)->attrs[0].positional)
            fail_msg("%s gives nothing", op_at(i)->name);
        assert_true(op_label(*state, &c->layer, c->inputs).size > 0);
    }
}

/* A model whose shapes are not known must come through with unknown shapes and numbers, and no error. */
static void every_rule_bears_unknown_inputs(void **state)
{
    static const char *const shapes[] = {"?", "?x?x?", "TxHxW", "Tx64", "64x?"};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        for (size_t i = 0; op_at(i); i++) {
            Case *c = filled(*state, op_at(i), shapes[s]);
            op_infer(&c->call);
            op_label(*state, &c->layer, NULL);
            if (s == 0 && c->call.error.size)
                fail_msg("%s: %.*s", op_at(i)->name, STR_ARGS(c->call.error));
        }
    }
}

/* Absurd shapes and missing attributes end in an error or in unknown numbers, never in a crash. */
static void every_rule_bears_absurd_inputs(void **state)
{
    static const char *const shapes[] = {"scalar", "0x0x0", "1", "1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1",
                                         "9223372036854775807x9223372036854775807x9223372036854775807", "-3x-3x-3"};
    static const char *const settings[] = {"", "@batch=1", "@last", "@batch=1 @last @outputs=4"};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        for (size_t i = 0; op_at(i); i++) {
            for (size_t k = 0; k < sizeof settings / sizeof *settings; k++) {
                Str both = str_format(*state, "%s %s %s", shapes[s], shapes[s], shapes[s]);
                Case *c = case_new(*state, op_at(i)->name, settings[k], str_terminated(*state, both));
                op_infer(&c->call);
                op_label(*state, &c->layer, c->inputs);
                Case *f = filled(*state, op_at(i), shapes[s]);
                op_infer(&f->call);
            }
        }
    }
}

static void finds_names_of_all_dialects(void **state)
{
    static const char *const pairs[][2] = {
        {"Conv2d", "conv"},       {"conv-2d", "conv"},       {"CONV2D", "conv"},     {"Convolution", "conv"},
        {"InnerProduct", "fc"},   {"Dense", "linear"},       {"Gemm", "linear"},     {"BatchNormalization", "bn"},
        {"batch-norm", "bn"},     {"MaxPooling2D", "maxpool"}, {"GlobalAveragePool", "global_avgpool"},
        {"max-pool", "maxpool"},  {"Deconvolution", "upconv"}, {"up-conv", "upconv"}, {"Conv2DTranspose", "upconv"},
        {"LeakyReLU", "leaky_relu"}, {"swish", "silu"},      {"Concatenate", "concat"}, {"cat", "concat"},
        {"LayerNorm", "ln"},      {"multi-head-attention", "attention"}, {"Embedding", "embedding"},
        {"DepthToSpace", "pixel_shuffle"}, {"AddV2", "add"},  {"Eltwise", NULL},      {"", NULL},  {"-", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const Op *op = op_find(str_from(pairs[i][0]));
        if (!op != !pairs[i][1] || (op && strcmp(op->name, pairs[i][1]) != 0))
            fail_msg("%s is %s", pairs[i][0], op ? op->name : "nothing");
    }
    assert_string_equal(op_custom()->name, "custom");
    assert_true(str_equal(op_nearest(*state, STR("cnov2d")), STR("conv2d")));
}

static void finds_attributes_by_alias(void **state)
{
    (void)state;
    const Op *conv = op_find(STR("conv"));
    assert_string_equal(conv->attrs[op_attr(conv, STR("kernel_shape"))].name, "kernel");
    assert_string_equal(conv->attrs[op_attr(conv, STR("strides"))].name, "stride");
    assert_string_equal(conv->attrs[op_attr(conv, STR("num_output"))].name, "out");
    assert_string_equal(conv->attrs[op_attr(conv, STR("Kernel-Size"))].name, "kernel");
    assert_int_equal(op_attr(conv, STR("colour")), -1);
    assert_int_equal(op_attr(conv, (Str){0}), -1);
}

static void styles_have_names(void **state)
{
    (void)state;
    for (int i = 0; i < STYLE_COUNT; i++) {
        StyleClass style = STYLE_COUNT;
        assert_true(style_from_name(str_from(style_name((StyleClass)i)), &style));
        assert_int_equal(style, i);
        assert_non_null(style_title((StyleClass)i));
    }
    StyleClass style;
    assert_false(style_from_name(STR("convolution"), &style));
}

static void too_few_inputs_are_an_error(void **state)
{
    expect_error(state, "add", "", "64x8x8", "add needs 2 inputs, not 1");
    expect_error(state, "relu", "", "", "relu needs 1 input, not 0");
}

static void unknown_operations_keep_what_is_said(void **state)
{
    expect(state, "custom", "out=10x4", "3x4 5", "10x4", "?", "?");
    expect(state, "custom", "params=7 macs=0", "3x4", "?", "7", "0");
    Case *c = case_new(*state, "custom", "", "3");
    c->layer.op_name = STR("FancyOp");
    case_compare(c, "the label", op_label(*state, &c->layer, c->inputs), "FancyOp");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(names_are_unique),
        CASE(attribute_names_are_unique),
        CASE(rows_are_complete),
        CASE(every_rule_works),
        CASE(every_rule_bears_unknown_inputs),
        CASE(every_rule_bears_absurd_inputs),
        CASE(finds_names_of_all_dialects),
        CASE(finds_attributes_by_alias),
        CASE(styles_have_names),
        CASE(too_few_inputs_are_an_error),
        CASE(unknown_operations_keep_what_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
