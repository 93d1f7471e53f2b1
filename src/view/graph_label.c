/* SPDX-License-Identifier: MIT */
/* What the graph view writes beside and into nodes: shapes in the notation asked for, labels broken in two, repeats. */
#include "view/layered.h"

static const char TIMES[] = "\xC3\x97";

enum { SHORT_LABEL = 8 }; /* characters that are not worth two lines */

static void add_dims(Arena *arena, Text *text, const Dim *dims, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i) {
            text_add(text, str_from(TIMES));
        }
        text_add(text, dim_text(arena, dims[i]));
    }
}

/* Channels and extents of a map in the order of the notation. */
static void add_map(Arena *arena, Text *text, Shape shape, bool channels_last, Notation notation)
{
    Dim channels = shape.dims[channels_last ? shape.rank - 1 : 0];
    const Dim *extent = channels_last ? shape.dims : shape.dims + 1;

    if (notation == NOTATION_HWC) {
        add_dims(arena, text, extent, shape.rank - 1);
        text_add(text, str_from(TIMES));
        text_add(text, dim_text(arena, channels));
        return;
    }
    text_add(text, dim_text(arena, channels));
    text_add(text, notation == NOTATION_CHW ? str_from(TIMES) : notation == NOTATION_CH ? STR("ch \xC2\xB7 ") : STR("@"));
    add_dims(arena, text, extent, shape.rank - 1);
}

static bool channels_last(const Node *node)
{
    return node->layer && node->layer->layout == LAYOUT_CHANNELS_LAST;
}

/* "(None, 10, 128)": the batch, then all sizes in their own order. */
static Label tuple_label(Arena *arena, Shape shape)
{
    Text text = text_in(arena);

    text_add(&text, STR("(None"));
    for (uint32_t i = 0; i < shape.rank; i++) {
        text_add(&text, STR(", "));
        text_add(&text, dim_text(arena, shape.dims[i]));
    }
    text_add_char(&text, ')');
    return (Label){LABEL_TEXT, text_str(&text)};
}

Label graph_label_of_shape(Arena *arena, Shape shape, bool channels_are_last, Notation notation)
{
    Text text = text_in(arena);

    if (!shape.known || !shape.rank) {
        return (Label){LABEL_MATH, {NULL, 0}};
    }
    if (notation == NOTATION_TUPLE) {
        return tuple_label(arena, shape);
    }
    if (shape.rank >= 3) {
        add_map(arena, &text, shape, channels_are_last, notation);
    } else {
        add_dims(arena, &text, shape.dims, shape.rank);
        text_add(&text, notation == NOTATION_CH && shape.rank == 1 ? STR("ch") : STR(""));
    }
    return (Label){notation == NOTATION_CH ? LABEL_TEXT : LABEL_MATH, text_str(&text)};
}

Label graph_shape_label(Arena *arena, const Node *node, Notation notation)
{
    return graph_label_of_shape(arena, node->shape, channels_last(node), notation);
}

Label graph_extent_label(Arena *arena, const Node *node)
{
    Text text = text_in(arena);

    if (node->shape.known && node->shape.rank >= 3) {
        add_dims(arena, &text, node->shape.dims + (channels_last(node) ? 0 : 1), node->shape.rank - 1);
    }
    return (Label){LABEL_MATH, text_str(&text)};
}

Str graph_stage(Arena *arena, const Node *node)
{
    bool vector = node->shape.known && node->shape.rank == 1;

    return vector ? STR("1\xC3\x97" "1") : graph_extent_label(arena, node).text;
}

bool graph_extent_changes(const Node *node)
{
    if (!node->shape.known || !node->input.known) {
        return false;
    }
    if (node->shape.rank != node->input.rank) {
        return true;
    }
    uint32_t skipped = channels_last(node) ? node->shape.rank - 1 : 0;
    for (uint32_t i = 0; node->shape.rank >= 3 && i < node->shape.rank; i++) {
        bool known = node->shape.dims[i].kind != DIM_UNKNOWN;
        if (i != skipped && known && !dim_equal(node->shape.dims[i], node->input.dims[i])) {
            return true;
        }
    }
    return false;
}

Label graph_broken_label(Arena *arena, Label label)
{
    Text text = text_in(arena);
    Str s = label.text;

    if (label.kind != LABEL_TEXT || s.size <= SHORT_LABEL || str_find(s, '\n') < s.size) {
        return label;
    }
    for (size_t i = 0; i + 1 < s.size; i++) {
        if (s.at[i] == ',' && s.at[i + 1] == ' ') {
            text_add(&text, str_slice(s, 0, i));
            text_add_char(&text, '\n');
            text_add(&text, str_slice(s, i + 2, s.size));
            return (Label){label.kind, text_str(&text)};
        }
    }
    return label;
}

Label graph_times_label(Arena *arena, Label label, int64_t times)
{
    if (times <= 1) {
        return label;
    }
    if (label.kind == LABEL_TEXT) {
        return (Label){LABEL_TEXT, str_format(arena, "%.*s %s%lld", STR_ARGS(label.text), TIMES, (long long)times)};
    }
    const char *between = label.kind == LABEL_TEX ? " $\\times$" : TIMES;
    return (Label){label.kind, str_format(arena, "%.*s%s%lld", STR_ARGS(label.text), between, (long long)times)};
}
