/* SPDX-License-Identifier: MIT */
/* Shape rules and MACs of ONNX operators with windows, and of those that resize maps. */
#include "read/onnx_rule.h"

/* Where channels and positions stand in the input and in the weights. */
typedef struct Map {
    Shape in;
    uint32_t channel; /* axis of the channels */
    uint32_t first;   /* first spatial axis */
    uint32_t axes;    /* spatial axes */
} Map;

/* A window along one axis. */
typedef struct Window {
    Dim kernel;
    int64_t stride, dilation, before, after;
    bool same, valid; /* auto_pad */
    bool ceil;
} Window;

static bool map_of(const OnnxCall *call, Map *map)
{
    map->in = onnx_in(call, 0);
    if (!map->in.known || map->in.rank < 3)
        return false;
    map->axes = map->in.rank - 2;
    map->channel = call->channels_last ? map->in.rank - 1 : 1;
    map->first = call->channels_last ? 1 : 2;
    return true;
}

static int64_t number_at(const OnnxCall *call, const char *attr, uint32_t index, int64_t otherwise)
{
    int64_t *ints;
    uint32_t count;
    return onnx_attr_ints(call->arena, call->node, attr, &ints, &count) && index < count ? ints[index] : otherwise;
}

/* What nothing sane has becomes a size that fits nowhere. */
static int64_t sane(int64_t n, int64_t least)
{
    return n < least || n > INT32_MAX ? -1 : n;
}

static bool window_at(const OnnxCall *call, const Map *map, Shape weight, uint32_t axis, Window *window)
{
    Str word = onnx_attr_text(call->node, "auto_pad");
    int64_t kernel = number_at(call, "kernel_shape", axis, 0);
    uint32_t spatial = call->channels_last ? 1 + axis : 2 + axis;
    *window = (Window){.kernel = kernel > 0 ? dim_int(kernel) : DIM_NONE};
    if (kernel <= 0 && weight.known && weight.rank == map->axes + 2)
        window->kernel = weight.dims[spatial];
    window->stride = sane(number_at(call, "strides", axis, 1), 1);
    window->dilation = sane(number_at(call, "dilations", axis, 1), 1);
    window->before = sane(number_at(call, "pads", axis, 0), INT32_MIN);
    window->after = sane(number_at(call, "pads", map->axes + axis, 0), INT32_MIN);
    window->same = str_starts(word, STR("SAME"));
    window->valid = str_equal(word, STR("VALID"));
    window->ceil = onnx_attr_int(call->node, "ceil_mode", 0) != 0;
    if (window->same || window->valid)
        window->before = window->after = 0;
    return window->stride > 0 && window->dilation > 0;
}

/* dilation · (kernel - 1) + 1 */
static Dim reach(Arena *arena, const Window *window)
{
    Dim steps = dim_sub(arena, window->kernel, dim_int(1));
    return dim_add(arena, dim_mul(arena, dim_int(window->dilation), steps), dim_int(1));
}

/* As ONNX' Conv and MaxPool say; in ceil mode a window that would begin in the padding behind is left out. */
static Dim slide(Arena *arena, Dim in, const Window *window)
{
    Dim stride = dim_int(window->stride);
    if (window->same)
        return dim_div_up(arena, in, stride);
    Dim padded = dim_add(arena, in, dim_int(window->before + window->after));
    Dim room = dim_sub(arena, padded, reach(arena, window));
    Dim steps = window->ceil ? dim_div_up(arena, room, stride) : dim_div(arena, room, stride);
    if (steps.kind == DIM_INT && steps.n < 0)
        return DIM_NONE;
    if (window->ceil && steps.kind == DIM_INT && in.kind == DIM_INT &&
        steps.n * window->stride >= in.n + window->before)
        return steps;
    return dim_add(arena, steps, dim_int(1));
}

static bool slide_all(OnnxCall *call, const Map *map, Shape weight, Shape *out)
{
    *out = shape_of(call->arena, map->in.rank, map->in.dims);
    for (uint32_t axis = 0; axis < map->axes; axis++) {
        Window window;
        Dim *size = &out->dims[map->first + axis];
        *size = window_at(call, map, weight, axis, &window) ? slide(call->arena, *size, &window) : DIM_NONE;
    }
    return true;
}

/* The first axis is the batch: it multiplies the work like any other. */
static Dim positions(Arena *arena, const Map *map, Shape of)
{
    return dim_mul(arena, of.dims[0], onnx_product(arena, of.dims + map->first, map->axes));
}

/* Of an input of unknown rank the weights tell the rank, and the channels behind. */
static void open_map(OnnxCall *call, Shape weight, uint32_t channel, uint32_t axis)
{
    if (onnx_in(call, 0).known || !weight.known || weight.rank < 3)
        return;
    Shape out = shape_of(call->arena, weight.rank, weight.dims);
    for (uint32_t i = 0; i < weight.rank; i++)
        out.dims[i] = i == channel ? weight.dims[axis] : DIM_NONE;
    onnx_out(call, 0, out);
}

/* out · in/groups · kernel weights, each used once at every position of the output. */
static void conv(OnnxCall *call, uint32_t weight_input)
{
    Map map;
    Shape weight = onnx_in(call, weight_input), out;
    call->macs = DIM_NONE;
    if (!map_of(call, &map)) {
        open_map(call, weight, call->channels_last ? weight.rank - 1 : 1, 0);
        return;
    }
    if (!slide_all(call, &map, weight, &out))
        return;
    out.dims[map.channel] = weight.known && weight.rank ? weight.dims[0] : DIM_NONE;
    onnx_out(call, 0, out);
    if (weight.known && weight.rank == map.in.rank) {
        Dim weights = onnx_product(call->arena, weight.dims, weight.rank);
        call->macs = dim_mul(call->arena, weights, positions(call->arena, &map, out));
    }
}

void onnx_shape_conv(OnnxCall *call)
{
    conv(call, 1);
}

void onnx_shape_qlinear_conv(OnnxCall *call)
{
    conv(call, 3);
}

/* stride · (in - 1) + output_padding + reach - pads, unless output_shape is given; the same words as Conv. */
static Dim spread(OnnxCall *call, const Map *map, uint32_t axis, Dim in, const Window *window)
{
    Arena *arena = call->arena;
    int64_t given = number_at(call, "output_shape", axis, -1),
            more = sane(number_at(call, "output_padding", axis, 0), 0);
    int64_t *ints;
    uint32_t count;
    if (onnx_attr_ints(arena, call->node, "output_shape", &ints, &count) && count == map->in.rank)
        given = ints[map->first + axis];
    if (given > 0)
        return dim_int(given);
    if (window->same)
        return dim_mul(arena, in, dim_int(window->stride));
    Dim steps = dim_mul(arena, dim_sub(arena, in, dim_int(1)), dim_int(window->stride));
    Dim size =
        dim_add(arena, dim_add(arena, steps, reach(arena, window)), dim_int(more - window->before - window->after));
    return size.kind == DIM_INT && size.n < 0 ? DIM_NONE : size;
}

/* in · out/groups · kernel weights, each used once at every position of the input. */
void onnx_shape_conv_transpose(OnnxCall *call)
{
    Map map;
    Shape weight = onnx_in(call, 1);
    call->macs = DIM_NONE;
    if (!map_of(call, &map))
        return;
    Shape out = shape_of(call->arena, map.in.rank, map.in.dims);
    for (uint32_t axis = 0; axis < map.axes; axis++) {
        Window window;
        Dim *size = &out.dims[map.first + axis];
        *size = window_at(call, &map, weight, axis, &window) ? spread(call, &map, axis, *size, &window) : DIM_NONE;
    }
    Dim groups = dim_int(onnx_attr_int(call->node, "group", 1));
    bool fits = weight.known && weight.rank == map.in.rank;
    out.dims[map.channel] = fits ? dim_mul(call->arena, weight.dims[1], groups) : DIM_NONE;
    onnx_out(call, 0, out);
    if (fits)
        call->macs = dim_mul(call->arena, onnx_product(call->arena, weight.dims, weight.rank),
                             positions(call->arena, &map, map.in));
}

void onnx_shape_pool(OnnxCall *call)
{
    Map map;
    Shape out;
    if (map_of(call, &map) && slide_all(call, &map, shape_unknown(), &out)) {
        onnx_out(call, 0, out);
        onnx_out(call, 1, out);
    }
}

void onnx_shape_global_pool(OnnxCall *call)
{
    Map map;
    if (!map_of(call, &map))
        return;
    Shape out = shape_of(call->arena, map.in.rank, map.in.dims);
    for (uint32_t axis = 0; axis < map.axes; axis++)
        out.dims[map.first + axis] = dim_int(1);
    onnx_out(call, 0, out);
}

static void sizes_from_input(OnnxCall *call, uint32_t input, Shape *out, uint32_t first)
{
    const OnnxNumbers *sizes = onnx_in_numbers(call, input);
    for (uint32_t i = first; i < out->rank; i++) {
        bool known = sizes && sizes->count == out->rank && sizes->at[i].under == 1;
        out->dims[i] = known ? sizes->at[i].over : DIM_NONE;
    }
}

void onnx_shape_unpool(OnnxCall *call)
{
    Map map;
    if (!map_of(call, &map))
        return;
    Shape out = shape_of(call->arena, map.in.rank, map.in.dims);
    for (uint32_t axis = 0; axis < map.axes; axis++) {
        Window window;
        Dim *size = &out.dims[map.first + axis];
        *size =
            window_at(call, &map, shape_unknown(), axis, &window) ? spread(call, &map, axis, *size, &window) : DIM_NONE;
    }
    if (call->in_count > 2 && call->in[2])
        sizes_from_input(call, 2, &out, 0);
    onnx_out(call, 0, out);
}

/* One map of a fixed size for each region. */
void onnx_shape_regions(OnnxCall *call)
{
    Shape in = onnx_in(call, 0), regions = onnx_in(call, 1);
    if (!in.known || in.rank != 4)
        return;
    Dim dims[] = {regions.known && regions.rank ? regions.dims[0] : DIM_NONE, in.dims[1],
                  dim_int(onnx_attr_int(call->node, "output_height", number_at(call, "pooled_shape", 0, 1))),
                  dim_int(onnx_attr_int(call->node, "output_width", number_at(call, "pooled_shape", 1, 1)))};
    onnx_out(call, 0, shape_of(call->arena, 4, dims));
}

/* ---- Resize -------------------------------- */

/* floor(in · scale) in the single precision that runtimes compute with; exactly where `in` is a symbol. */
static Dim scaled(Arena *arena, Dim in, OnnxNumber scale)
{
    if (in.kind != DIM_INT || scale.over.kind != DIM_INT || in.n > INT32_MAX)
        return onnx_number_floor(arena, (OnnxNumber){dim_mul(arena, in, scale.over), scale.under});
    float size = (float)in.n * (float)((double)scale.over.n / (double)scale.under);
    return size >= 0 && size < 1e9f ? dim_int((int64_t)size) : DIM_NONE;
}

/* Which input or attribute holds the factors: input 2 since opset 11, 1 before, `scales` in Upsample 7. */
static const OnnxNumbers *scales_of(OnnxCall *call, uint32_t *input)
{
    *input = call->in_count > 2 || onnx_attr(call->node, "coordinate_transformation_mode") ? 2 : 1;
    const OnnxNumbers *scales = onnx_in_numbers(call, *input);
    return scales && scales->count ? scales : NULL;
}

/* Upsample before opset 9: factors are attributes, in opset 1 of height and width alone. */
static bool scale_by_attribute(OnnxCall *call, Shape *out)
{
    double factors[ONNX_MOST_DIMS];
    uint32_t count = 0;
    const OnnxAttr *attr = onnx_attr(call->node, "scales");
    Wire wire = wire_open(attr ? attr->body : (Str){0});
    for (WireField field; wire_next(&wire, &field);) {
        if (field.number != 7)
            continue;
        for (size_t at = 0; field.type == WIRE_BYTES && at + 4 <= field.bytes.size && count < ONNX_MOST_DIMS; at += 4)
            factors[count++] = wire_float(wire_fixed(field.bytes.at + at, 4));
        if (field.type == WIRE_32 && count < ONNX_MOST_DIMS)
            factors[count++] = wire_float(field.value);
    }
    if (!attr && out->rank == 4 && onnx_attr_float(call->node, "height_scale", &factors[2]) &&
        onnx_attr_float(call->node, "width_scale", &factors[3])) {
        factors[0] = factors[1] = 1;
        count = 4;
    }
    for (uint32_t i = 0; i < out->rank && count == out->rank; i++)
        out->dims[i] = scaled(call->arena, out->dims[i], onnx_number_of(factors[i]));
    return count && count == out->rank;
}

/* `axes` (opset 18): the numbers are for those alone. */
static bool axis_of_number(OnnxCall *call, uint32_t index, uint32_t rank, uint32_t *axis)
{
    int64_t *axes;
    uint32_t count;
    if (!onnx_attr_ints(call->arena, call->node, "axes", &axes, &count) || !count) {
        *axis = index;
        return index < rank;
    }
    return index < count && onnx_axis(axes[index], rank, axis);
}

static void resize_by(OnnxCall *call, const OnnxNumbers *numbers, bool are_sizes, Shape *out)
{
    for (uint32_t i = 0; i < numbers->count; i++) {
        uint32_t axis;
        if (!axis_of_number(call, i, out->rank, &axis))
            continue;
        OnnxNumber number = numbers->at[i];
        out->dims[axis] =
            are_sizes ? number.under == 1 ? number.over : DIM_NONE : scaled(call->arena, out->dims[axis], number);
    }
}

void onnx_shape_resize(OnnxCall *call)
{
    Shape in = onnx_in(call, 0);
    uint32_t input;
    if (!in.known)
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    const OnnxNumbers *scales = scales_of(call, &input), *sizes = onnx_in_numbers(call, 3);
    Str policy = onnx_attr_text(call->node, "keep_aspect_ratio_policy");
    bool stretches = !policy.size || str_equal(policy, STR("stretch"));
    if (sizes && sizes->count && stretches) {
        resize_by(call, sizes, true, &out);
    } else if (scales && (call->in_count < 4 || !call->in[3])) {
        resize_by(call, scales, false, &out);
    } else if (call->in_count > 1 || !scale_by_attribute(call, &out)) {
        for (uint32_t i = 0; i < out.rank; i++)
            out.dims[i] = DIM_NONE;
    }
    onnx_out(call, 0, out);
}

void onnx_shape_grid_sample(OnnxCall *call)
{
    Shape in = onnx_in(call, 0), grid = onnx_in(call, 1);
    if (!in.known || !grid.known || in.rank != grid.rank || in.rank < 3)
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    for (uint32_t i = 2; i < in.rank; i++)
        out.dims[i] = grid.dims[i - 1];
    onnx_out(call, 0, out);
}
