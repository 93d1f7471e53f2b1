/* SPDX-License-Identifier: MIT */
/* Windows that slide over maps: sizes by the formulas that PyTorch, ONNX and TensorFlow share. */
#include "op/window.h"

#include <string.h>

/* The stride of a pooling is its kernel where nothing else is said; a global kernel has none. */
static Dim stride_of(const OpCall *call, uint32_t axis, Dim kernel)
{
    return rule_or(attr_axis(call->arena, call->layer, "stride", axis), kernel);
}

/* One number holds everywhere, n for n axes at both ends; 2n are the n before, then the n behind (ONNX). */
static void read_padding(OpCall *call, uint32_t axis, Window *window)
{
    const Attr *attr = rule_attr(call->layer, "padding");
    uint32_t axes = window_axes(call);
    window->before = window->after = dim_int(0);
    if (attr && attr->count == 2 * axes && axes > 0) {
        window->before = attr->dims[axis];
        window->after = attr->dims[axes + axis];
    } else if (attr && attr->count) {
        window->before = window->after = attr_axis(call->arena, call->layer, "padding", axis);
    } else {
        Str word = attr_word(call->layer, "padding");
        window->same = str_starts(word, STR("same")) || str_equal(word, STR("causal"));
        window->valid = str_equal(word, STR("valid"));
    }
}

static bool at_least_one(OpCall *call, Dim d, const char *what)
{
    if (d.kind != DIM_INT || d.n >= 1)
        return true;
    return rule_fail(call, 0, "a %s of %s is impossible", what, rule_dim_text(call, d));
}

bool window_read(OpCall *call, uint32_t axis, Window *window)
{
    *window = (Window){0};
    window->kernel = attr_axis(call->arena, call->layer, "kernel", axis);
    window->stride = stride_of(call, axis, window->kernel);
    window->dilation = rule_or(attr_axis(call->arena, call->layer, "dilation", axis), dim_int(1));
    window->ceil = attr_bool(call->layer, "ceil");
    read_padding(call, axis, window);
    return at_least_one(call, window->kernel, "kernel") && at_least_one(call, window->stride, "stride") &&
           at_least_one(call, window->dilation, "dilation");
}

/* How far the kernel reaches: dilation · (kernel - 1) + 1. */
static Dim reach(Arena *arena, const Window *window)
{
    Dim steps = dim_sub(arena, window->kernel, dim_int(1));
    return dim_add(arena, dim_mul(arena, window->dilation, steps), dim_int(1));
}

/* A kernel of one number on a map of unknown rank is taken to be square, as most are. */
static uint32_t label_axes(const OpCall *call)
{
    uint32_t numbers = rule_numbers(call->layer, "kernel"), axes = numbers > 1 ? numbers : window_axes(call);
    return axes ? axes : 2;
}

static void add_kernel(const OpCall *call, Text *text, const char *sign)
{
    for (uint32_t axis = 0, axes = label_axes(call); axis < axes; axis++) {
        Dim size = attr_axis(call->arena, call->layer, "kernel", axis);
        if (size.kind == DIM_UNKNOWN)
            return;
        text_add(text, axis > 0 ? str_from(sign) : (Str){0});
        text_add(text, dim_text(call->arena, size));
    }
}

static bool fails_to_fit(OpCall *call, const Map *map, const Window *window)
{
    Text kernel = text_in(call->arena);
    add_kernel(call, &kernel, "x");
    bool padded = !dim_is(window->before, 0) || !dim_is(window->after, 0);
    bool dilated = !dim_is(window->dilation, 1);
    rule_hint(call, "a smaller kernel, or padding: same");
    return rule_fail(call, 0, "a %.*s kernel%s%s does not fit into %s%s", STR_ARGS(text_str(&kernel)),
                     dilated ? " with dilation " : "", dilated ? rule_dim_text(call, window->dilation) : "",
                     rule_text(call, map->shape), padded ? " with this padding" : " without padding");
}

/*
 * floor((in + before + after - reach) / stride) + 1, as torch.nn.Conv2d and ONNX Conv say; rounded up in ceil mode,
 * where a window that would begin behind the input and its first padding is left out (torch pooling_output_shape).
 * `same` gives ceil(in / stride), which both TensorFlow's SAME and padding by dilation · (kernel - 1) / 2 come to.
 */
static Dim slide(Arena *arena, Dim in, const Window *window)
{
    if (window->same)
        return dim_div_up(arena, in, window->stride);
    Dim padded = dim_add(arena, dim_add(arena, in, window->before), window->after);
    Dim room = dim_sub(arena, padded, reach(arena, window));
    Dim steps = window->ceil ? dim_div_up(arena, room, window->stride) : dim_div(arena, room, window->stride);
    Dim last = dim_mul(arena, steps, window->stride), limit = dim_add(arena, in, window->before);
    if (window->ceil && last.kind == DIM_INT && limit.kind == DIM_INT && last.n >= limit.n)
        return steps;
    return dim_add(arena, steps, dim_int(1));
}

static bool fits(Arena *arena, Dim in, const Window *window)
{
    if (window->same)
        return true;
    Dim padded = dim_add(arena, dim_add(arena, in, window->before), window->after);
    Dim room = dim_sub(arena, padded, reach(arena, window));
    return room.kind != DIM_INT || room.n >= 0;
}

bool window_slide(OpCall *call, const Map *map, Shape *out)
{
    *out = shape_of(call->arena, map->shape.rank, map->shape.dims);
    for (uint32_t axis = 0; axis < map->axes; axis++) {
        Window window;
        Dim *size = &out->dims[map->first + axis];
        if (!window_read(call, axis, &window))
            return false;
        if (!fits(call->arena, *size, &window))
            return fails_to_fit(call, map, &window);
        *size = slide(call->arena, *size, &window);
    }
    return true;
}

/*
 * (in - 1) · stride - before - after + reach + output_padding, as torch.nn.ConvTranspose2d says. Words are as in
 * keras.layers.Conv2DTranspose: `same` gives in · stride, or padding by floor(kernel / 2) where an output padding is
 * given; `valid` gives in · stride + max(kernel - stride, 0), which is padding 0 but for kernels below the stride.
 */
static Dim spread(OpCall *call, uint32_t axis, Dim in, const Window *window)
{
    Arena *arena = call->arena;
    Dim extra = rule_or(attr_axis(arena, call->layer, "output_padding", axis), dim_int(0));
    Dim far = reach(arena, window);
    bool small = far.kind == DIM_INT && window->stride.kind == DIM_INT && far.n < window->stride.n;
    bool shifted = window->same && attr_given(call->layer, "output_padding");
    if ((window->same && !shifted) || (window->valid && small))
        return dim_mul(arena, in, window->stride);
    Dim steps = dim_mul(arena, dim_sub(arena, in, dim_int(1)), window->stride);
    Dim size = dim_add(arena, dim_add(arena, steps, far), extra);
    Dim before = shifted ? dim_div(arena, window->kernel, dim_int(2)) : window->before;
    Dim after = shifted ? before : window->after;
    return dim_sub(arena, dim_sub(arena, size, before), after);
}

bool window_spread(OpCall *call, const Map *map, Shape *out)
{
    *out = shape_of(call->arena, map->shape.rank, map->shape.dims);
    for (uint32_t axis = 0; axis < map->axes; axis++) {
        Window window;
        Dim *size = &out->dims[map->first + axis];
        if (!window_read(call, axis, &window))
            return false;
        Dim given = attr_axis(call->arena, call->layer, "size", axis);
        *size = rule_or(given, spread(call, axis, *size, &window));
        if (size->kind == DIM_INT && size->n < 1)
            return rule_fail(call, 0, "nothing is left of %s after this padding", rule_text(call, map->shape));
    }
    return true;
}

uint32_t window_axes(const OpCall *call)
{
    Shape shape = rule_input(call, 0);
    if (shape.known)
        return rule_rank(call, shape) > 1 ? rule_rank(call, shape) - 1 : 0;
    uint32_t numbers = rule_numbers(call->layer, "kernel");
    return numbers > 1 ? numbers : 0;
}

Dim window_volume(const OpCall *call, uint32_t axes)
{
    Dim volume = axes ? dim_int(1) : DIM_NONE;
    for (uint32_t axis = 0; axis < axes; axis++)
        volume = dim_mul(call->arena, volume, attr_axis(call->arena, call->layer, "kernel", axis));
    return volume;
}

void window_label_kernel(const OpCall *call, Text *text)
{
    add_kernel(call, text, "×");
}

void window_label_stride(const OpCall *call, Text *text, const char *sign)
{
    Text list = text_in(call->arena);
    Dim first = DIM_NONE;
    bool equal = true, usual = true;
    for (uint32_t axis = 0, axes = label_axes(call); axis < axes; axis++) {
        Dim kernel = attr_axis(call->arena, call->layer, "kernel", axis), stride = stride_of(call, axis, kernel);
        first = axis == 0 ? stride : first;
        equal = equal && (axis == 0 || dim_equal(stride, first));
        const char *fallback = call->op->attrs[op_attr(call->op, STR("stride"))].fallback;
        usual = usual && (fallback ? str_equal(dim_text(call->arena, stride), str_from(fallback))
                                   : dim_equal(stride, kernel));
        if (axis > 0)
            text_add(&list, STR("×"));
        text_add(&list, dim_text(call->arena, stride));
    }
    if (usual || first.kind == DIM_UNKNOWN)
        return;
    Str shown = equal ? dim_text(call->arena, first) : text_str(&list);
    label_part(text, "%s%.*s", sign, STR_ARGS(shown));
}
