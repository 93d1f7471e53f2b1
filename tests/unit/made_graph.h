/* SPDX-License-Identifier: MIT */
/* Graphs made by hand, for tests of passes and tables. Every function is static: each test is a program of its own. */
#ifndef NETIKZ_MADE_GRAPH_H
#define NETIKZ_MADE_GRAPH_H

#include "op/op.h"
#include "pass/pass.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* A graph in the making. */
typedef struct Made {
    Arena *arena;
    Diags *diags;
    Graph *graph;
    Source source;
    Figure figure;
} Made;

static int made_setup(void **state)
{
    Made *made = calloc(1, sizeof *made);
    made->arena = arena_new((size_t)1 << 30);
    made->diags = diags_new(made->arena);
    made->source = (Source){.name = STR("test.yaml"), .is_text = true};
    made->graph = graph_new(made->arena, &made->source);
    made->figure.depth = -1;
    *state = made;
    return 0;
}

static int made_teardown(void **state)
{
    arena_free(((Made *)*state)->arena);
    free(*state);
    return 0;
}

#define MADE_TEST(test) cmocka_unit_test_setup_teardown(test, made_setup, made_teardown)

/* A layer that reads `count` others, in order. */
__attribute__((unused)) static Layer *made_layer(Made *made, Scope *scope, const char *op, const char *name,
                                                 int count, ...)
{
    const Op *row = op_find(str_from(op));
    assert_non_null(row);
    scope = scope ? scope : made->graph->root;
    Layer *layer = graph_add_layer(made->graph, scope, row, row->attr_count, str_from(name));
    layer->op_name = str_from(row->name);
    layer->place = (Place){.source = &made->source, .line = layer->index + 1, .column = 1};
    Port ports[8];
    va_list inputs;
    va_start(inputs, count);
    for (int i = 0; i < count; i++)
        ports[i] = (Port){va_arg(inputs, Layer *), 0};
    va_end(inputs);
    graph_set_inputs(made->graph, layer, ports, (uint32_t)count);
    return layer;
}

__attribute__((unused)) static Layer *made_set(Made *made, Layer *layer, const char *attr, int64_t n)
{
    int index = op_attr(layer->op, str_from(attr));
    assert_true(index >= 0);
    Attr *there = &layer->attrs[index];
    there->set = true;
    there->count = 1;
    there->dims = ARENA_NEW(made->arena, Dim);
    there->dims[0] = dim_int(n);
    return layer;
}

/* An input of that shape. */
__attribute__((unused)) static Layer *made_input(Made *made, const char *name, const char *shape)
{
    Layer *layer = made_layer(made, NULL, "input", name, 0);
    bool ok;
    Shape parsed = shape_parse(made->arena, str_from(shape), &ok);
    assert_true(ok);
    int index = op_attr(layer->op, STR("shape"));
    layer->attrs[index] = (Attr){.set = true, .count = parsed.rank, .dims = parsed.dims};
    return layer;
}

/* A k×k convolution that keeps the size but for its stride. */
__attribute__((unused)) static Layer *made_conv(Made *made, Scope *scope, const char *name, int64_t kernel,
                                                int64_t out, int64_t stride, Layer *from)
{
    Layer *layer = made_layer(made, scope, "conv", name, 1, from);
    made_set(made, made_set(made, layer, "out", out), "kernel", kernel);
    if (stride != 1)
        made_set(made, layer, "stride", stride);
    return layer;
}

__attribute__((unused)) static Layer *made_cell(Made *made, const char *op, const char *name, Layer *head, Layer *from)
{
    Layer *layer = made_layer(made, head->scope, op, name, 1, from);
    layer->cell_of = head;
    return layer;
}

__attribute__((unused)) static Layer *made_word(Layer *layer, const char *attr, const char *word)
{
    int index = op_attr(layer->op, str_from(attr));
    assert_true(index >= 0);
    layer->attrs[index] = (Attr){.set = true, .text = str_from(word)};
    return layer;
}

__attribute__((unused)) static void made_infer(Made *made)
{
    if (!pass_validate(made->graph, made->diags) || !pass_infer(made->graph, made->diags))
        fail_msg("%s", str_terminated(made->arena, diags_text(made->diags)));
}

__attribute__((unused)) static Outline *made_outline(Made *made, int64_t depth)
{
    made_infer(made);
    Outline *outline = pass_outline(made->arena, made->diags, made->graph, &made->figure, depth);
    if (!outline)
        fail_msg("%s", str_terminated(made->arena, diags_text(made->diags)));
    return outline;
}

static const char *made_role(LinkRole role)
{
    static const char *const names[] = {"", " shortcut", " projection", " copy"};
    return names[role];
}

/* The outline as text: one line a node ("name kind: cells"), one a link, one a frame. What tests compare. */
__attribute__((unused)) static const char *made_text(Made *made, const Outline *outline)
{
    static const char *const kinds[] = {"box", "circle", "input", "output", "group"};
    Text text = text_in(made->arena);
    for (uint32_t i = 0; i < outline->node_count; i++) {
        const Node *node = &outline->nodes[i];
        assert_int_equal(node->index, i);
        text_add_format(&text, "%.*s %s", STR_ARGS(node->name), kinds[node->kind]);
        for (uint32_t k = 0; k < node->cell_count; k++)
            text_add_format(&text, "%s%.*s", k ? " | " : ": ", STR_ARGS(node->cells[k].label.text));
        if (node->times > 1)
            text_add_format(&text, " x%d", (int)node->times);
        text_add(&text, STR("\n"));
    }
    for (uint32_t i = 0; i < outline->link_count; i++) {
        const Link *link = &outline->links[i];
        assert_true(link->from->index < link->to->index);
        text_add_format(&text, "%.*s > %.*s%s\n", STR_ARGS(link->from->name), STR_ARGS(link->to->name),
                        made_role(link->role));
    }
    for (uint32_t i = 0; i < outline->frame_count; i++) {
        const Frame *frame = &outline->frames[i];
        assert_int_equal(frame->index, i);
        if (frame->visible)
            text_add_format(&text, "frame %.*s: %.*s x%d%s%.*s\n", STR_ARGS(frame->name), STR_ARGS(frame->title.text),
                            (int)frame->times, frame->differs.size ? " " : "", STR_ARGS(frame->differs));
    }
    return str_terminated(made->arena, text_str(&text));
}

#endif
