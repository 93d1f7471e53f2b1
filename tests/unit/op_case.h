/* SPDX-License-Identifier: MIT */
/* One use of an operation written in text, for the tests of src/op. */
#ifndef NETIKZ_OP_CASE_H
#define NETIKZ_OP_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "op/op.h"

enum { CASE_INPUTS = 8, CASE_OUTPUTS = 8 };

/* A layer with its inputs, as op_infer and op_label want them. */
typedef struct Case {
    Arena *arena;
    Layer layer;
    Shape inputs[CASE_INPUTS];
    Shape outputs[CASE_OUTPUTS];
    OpCall call;
} Case;

static inline int case_setup(void **state)
{
    *state = arena_new((size_t)1 << 26);
    return *state ? 0 : -1;
}

static inline int case_teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static inline bool case_is_list(const AttrSpec *row, Str value)
{
    char c = value.size ? value.at[0] : ' ';
    return (row->kind == ATTR_INTS || row->kind == ATTR_SHAPE) && ((c >= '0' && c <= '9') || c == '-' || c == 'T');
}

/* Sets an attribute as a reader would: words as text, truth as 0 or 1, "1,7" or "1x7" as a list. */
static inline void case_set(Case *c, Str key, Str value)
{
    int index = op_attr(c->layer.op, key);
    if (index < 0)
        fail_msg("%s has no attribute %.*s", c->layer.op->name, STR_ARGS(key));
    const AttrSpec *row = &c->layer.op->attrs[index];
    Attr *attr = &c->layer.attrs[index];
    Dim dims[SHAPE_MAX_RANK];
    bool ok = true;
    attr->set = true;
    attr->text = value;
    if (row->kind == ATTR_TEXT || row->kind == ATTR_WORD)
        return;
    if (row->kind == ATTR_BOOL) {
        dims[attr->count++] = dim_int(str_equal(value, STR("true")));
    } else if (case_is_list(row, value)) {
        Str rest = value, piece;
        char separator = str_find(value, ',') < value.size ? ',' : 'x';
        while (str_cut(&rest, separator, &piece) && attr->count < SHAPE_MAX_RANK)
            dims[attr->count++] = dim_parse(c->arena, piece, &ok);
    } else if (row->kind == ATTR_INT) {
        dims[attr->count++] = dim_parse(c->arena, value, &ok);
    }
    assert_true(ok);
    if (attr->count == 0)
        return;
    attr->text = (Str){0};
    attr->dims = shape_of(c->arena, attr->count, dims).dims;
}

/* `attrs`: "out=64 kernel=7x7"; "@batch=1", "@last" (channels last), "@outputs=3". `inputs`: shapes between blanks. */
static inline Case *case_new(Arena *arena, const char *op, const char *attrs, const char *inputs)
{
    Case *c = ARENA_NEW(arena, Case);
    Str rest = str_from(attrs), piece;
    bool ok = true;
    c->arena = arena;
    c->layer.op = op_find(str_from(op));
    if (!c->layer.op)
        fail_msg("there is no operation %s", op);
    c->layer.op_name = str_from(c->layer.op->name);
    c->layer.attrs = ARENA_ARRAY(arena, c->layer.op->attr_count + 1, Attr);
    c->layer.output_count = 1;
    c->layer.outputs = c->outputs;
    while (str_cut(&rest, ' ', &piece)) {
        size_t equals = str_find(piece, '=');
        Str key = str_slice(piece, 0, equals), value = str_slice(piece, equals + 1, piece.size);
        if (str_equal(key, STR("@last")))
            c->layer.layout = LAYOUT_CHANNELS_LAST;
        else if (str_equal(key, STR("@batch")))
            c->call.batch_axes = 1;
        else if (str_equal(key, STR("@outputs")))
            c->layer.output_count = (uint32_t)(value.at[0] - '0');
        else if (piece.size)
            case_set(c, key, value);
    }
    rest = str_from(inputs);
    while (str_cut(&rest, ' ', &piece) && c->layer.input_count < CASE_INPUTS)
        if (piece.size)
            c->inputs[c->layer.input_count++] = shape_parse(arena, piece, &ok);
    assert_true(ok);
    c->call.arena = arena;
    c->call.op = c->layer.op;
    c->call.layer = &c->layer;
    c->call.inputs = c->inputs;
    c->call.input_count = c->layer.input_count;
    c->call.outputs = c->outputs;
    return c;
}

/* All output shapes, "a,b". */
static inline Str case_outputs(Case *c)
{
    Text text = text_in(c->arena);
    for (uint32_t i = 0; i < c->layer.output_count; i++) {
        if (i > 0)
            text_add_char(&text, ',');
        text_add(&text, shape_text(c->arena, c->outputs[i], "x"));
    }
    return text_str(&text);
}

static inline void case_compare(Case *c, const char *what, Str got, const char *wanted)
{
    if (wanted && !str_equal(got, str_from(wanted)))
        fail_msg("%s: %s is %.*s, not %s", c->layer.op->name, what, STR_ARGS(got), wanted);
}

/* What is NULL is not looked at. */
static inline void expect(void **state, const char *op, const char *attrs, const char *inputs, const char *outputs,
                          const char *params, const char *macs)
{
    Case *c = case_new(*state, op, attrs, inputs);
    if (!op_infer(&c->call))
        fail_msg("%s %s on %s: %.*s", op, attrs, inputs, STR_ARGS(c->call.error));
    case_compare(c, "the output", case_outputs(c), outputs);
    case_compare(c, "the number of parameters", dim_text(c->arena, c->call.params), params);
    case_compare(c, "the number of MACs", dim_text(c->arena, c->call.macs), macs);
}

static inline void expect_error(void **state, const char *op, const char *attrs, const char *inputs, const char *error)
{
    Case *c = case_new(*state, op, attrs, inputs);
    if (op_infer(&c->call))
        fail_msg("%s %s on %s gives %.*s", op, attrs, inputs, STR_ARGS(case_outputs(c)));
    case_compare(c, "the error", c->call.error, error);
}

static inline void expect_label(void **state, const char *op, const char *attrs, const char *inputs, const char *label)
{
    Case *c = case_new(*state, op, attrs, inputs);
    case_compare(c, "the label", op_label(c->arena, &c->layer, c->layer.input_count ? c->inputs : NULL), label);
}

#define CASE(test) cmocka_unit_test_setup_teardown((test), case_setup, case_teardown)

#endif
