/* SPDX-License-Identifier: MIT */
/* Darknet's layers on maps: convolution, pooling, and maps of another size. */
#include "read/darknet.h"

static Dim mul(const DarknetCall *call, Dim a, Dim b)
{
    return dim_mul(call->arena, a, b);
}

/* Layers on maps need one; a vector of known length is a map of one position (behind [avgpool]). */
static bool needs_map(DarknetCall *call)
{
    if (call->in.channels.kind != DIM_UNKNOWN)
        return true;
    call->out = darknet_map(call->arena, DIM_NONE, DIM_NONE, DIM_NONE);
    return false;
}

/* The same, for layers with weights: how many they are is not known then, only the channels that come out. */
static bool needs_channels(DarknetCall *call, int64_t filters)
{
    if (needs_map(call))
        return true;
    call->out = darknet_map(call->arena, DIM_NONE, DIM_NONE, dim_int(filters));
    call->params = call->macs = DIM_NONE;
    return false;
}

/* (in + both paddings - size) / stride + 1; an error where nothing is left. */
static Dim slide(DarknetCall *call, Dim in, int64_t both, int64_t size, int64_t stride)
{
    if (in.kind != DIM_INT || in.n > (int64_t)1 << 40) /* beyond, sums could overflow */
        return DIM_NONE;
    if (in.n + both >= size)
        return dim_int((in.n + both - size) / stride + 1);
    darknet_fail(call, "size", "a window of %lld does not fit into %.*s", (long long)size,
                 STR_ARGS(darknet_map_text(call->arena, call->in)));
    return DIM_NONE;
}

/* ---- convolution ------------------------------------------------------------------------------------------------ */

static void read_cells(DarknetCall *call, Str usual)
{
    Str said = darknet_text(call, "activation");
    call->activation = said.size ? said : usual;
    call->normalises = darknet_int(call, "batch_normalize", 0) != 0;
}

/* `pad=1` pads by half the size; otherwise `padding` says by how much. */
static int64_t read_padding(DarknetCall *call, int64_t size)
{
    int64_t padding = darknet_int(call, "pad", 0) ? size / 2 : darknet_int(call, "padding", 0);
    if (padding >= 0)
        return padding;
    darknet_fail(call, "padding", "a padding of %lld is impossible", (long long)padding);
    return 0;
}

static void set_window(DarknetCall *call, int64_t filters, int64_t size, int64_t padding)
{
    darknet_set_int(call, "out", filters);
    darknet_set_int(call, "kernel", size);
    darknet_set_int(call, "padding", padding);
}

/* Weights, a bias each filter, and a scale each where it is normalised; running statistics are not trained. */
static Dim with_vectors(const DarknetCall *call, Dim weights, Dim filters)
{
    Dim all = dim_add(call->arena, weights, filters);
    return call->normalises ? dim_add(call->arena, all, filters) : all;
}

void darknet_convolutional(DarknetCall *call)
{
    int64_t filters = darknet_size(call, "filters", 1), size = darknet_size(call, "size", 1);
    int64_t stride = darknet_size(call, "stride", 1), groups = darknet_size(call, "groups", 1);
    int64_t across = darknet_size(call, "stride_x", stride), down = darknet_size(call, "stride_y", stride);
    int64_t dilation = darknet_size(call, "dilation", 1), padding = read_padding(call, size);
    int64_t far = dilation * (size - 1) + 1;
    read_cells(call, STR("logistic"));
    set_window(call, filters, size, padding);
    darknet_set(call, "stride", (Dim[]){dim_int(down), dim_int(across)}, down == across ? 1 : 2);
    darknet_set_int(call, "dilation", dilation);
    darknet_set_int(call, "groups", groups);
    if (!needs_channels(call, filters))
        return;
    if (call->in.channels.kind == DIM_INT && (call->in.channels.n % groups != 0 || filters % groups != 0)) {
        darknet_fail(call, "groups", "%lld groups do not divide both %lld input and %lld output channels",
                     (long long)groups,
                     (long long)call->in.channels.n, (long long)filters);
        return;
    }
    if (dilation > 1 && darknet_int(call, "pad", 0)) /* AlexeyAB's fork: padding grows with the dilation */
        padding = size / 2 * dilation;
    call->out = darknet_map(call->arena, slide(call, call->in.height, 2 * padding, far, down),
                            slide(call, call->in.width, 2 * padding, far, across), dim_int(filters));
    Dim depth = dim_div_exact(call->arena, call->in.channels, dim_int(groups));
    Dim weights = mul(call, mul(call, depth, dim_int(filters)), dim_int(size * size));
    call->params = with_vectors(call, weights, dim_int(filters));
    call->macs = mul(call, weights, mul(call, call->out.height, call->out.width));
}

/* (in - 1) · stride + size - 2 · padding; each weight is used once at every input position. */
void darknet_deconvolutional(DarknetCall *call)
{
    int64_t filters = darknet_size(call, "filters", 1), size = darknet_size(call, "size", 1);
    int64_t stride = darknet_size(call, "stride", 1), padding = read_padding(call, size);
    read_cells(call, STR("logistic"));
    set_window(call, filters, size, padding);
    darknet_set_int(call, "stride", stride);
    if (!needs_channels(call, filters))
        return;
    Dim sizes[2] = {call->in.height, call->in.width};
    for (int i = 0; i < 2; i++) {
        sizes[i] = dim_add(call->arena, mul(call, dim_sub(call->arena, sizes[i], dim_int(1)), dim_int(stride)),
                           dim_int(size - 2 * padding));
        if (sizes[i].kind == DIM_INT && sizes[i].n < 1)
            darknet_fail(call, "padding", "nothing is left of %.*s after this padding",
                         STR_ARGS(darknet_map_text(call->arena, call->in)));
    }
    call->out = darknet_map(call->arena, sizes[0], sizes[1], dim_int(filters));
    Dim weights = mul(call, mul(call, call->in.channels, dim_int(filters)), dim_int(size * size));
    call->params = with_vectors(call, weights, dim_int(filters));
    call->macs = mul(call, weights, mul(call, call->in.height, call->in.width));
}

/* A kernel of its own at every position; `pad` is on or off (local_layer.c). */
void darknet_local(DarknetCall *call)
{
    int64_t filters = darknet_size(call, "filters", 1), size = darknet_size(call, "size", 1);
    int64_t stride = darknet_size(call, "stride", 1), padding = darknet_int(call, "pad", 0) ? size / 2 : 0;
    read_cells(call, STR("logistic"));
    call->normalises = false;
    set_window(call, filters, size, padding);
    darknet_set_int(call, "stride", stride);
    if (!needs_channels(call, filters))
        return;
    int64_t less = darknet_int(call, "pad", 0) ? 1 : size; /* in - 1 steps with padding, in - size without */
    call->out = darknet_map(call->arena, slide(call, call->in.height, 0, less, stride),
                            slide(call, call->in.width, 0, less, stride), dim_int(filters));
    Dim kernel = mul(call, mul(call, call->in.channels, dim_int(filters)), dim_int(size * size));
    Dim weights = mul(call, kernel, mul(call, call->out.height, call->out.width));
    call->params = dim_add(call->arena, weights, call->out.numbers);
    call->macs = weights;
}

/* ---- pooling ---------------------------------------------------------------------------------------------------- */

/* A padding of size - 1 in all, the half of it in front, so that a stride of 1 keeps the size (maxpool_layer.c). */
void darknet_maxpool(DarknetCall *call)
{
    int64_t stride = darknet_size(call, "stride", 1), size = darknet_size(call, "size", stride);
    int64_t across = darknet_size(call, "stride_x", stride), down = darknet_size(call, "stride_y", stride);
    int64_t padding = darknet_int(call, "padding", size - 1);
    if (padding < 0)
        darknet_fail(call, "padding", "a padding of %lld is impossible", (long long)padding);
    Dim before = dim_int(padding / 2), after = dim_int(padding - padding / 2);
    darknet_set_int(call, "kernel", size);
    darknet_set(call, "stride", (Dim[]){dim_int(down), dim_int(across)}, down == across ? 1 : 2);
    darknet_set(call, "padding", (Dim[]){before, before, after, after}, 4);
    if (!needs_map(call))
        return;
    call->out = darknet_map(call->arena, slide(call, call->in.height, padding, size, down),
                            slide(call, call->in.width, padding, size, across), call->in.channels);
}

void darknet_local_avgpool(DarknetCall *call)
{
    darknet_maxpool(call);
}

/* One number a channel. */
void darknet_avgpool(DarknetCall *call)
{
    darknet_set_int(call, "keep", 0);
    call->out = darknet_vector(call->in.channels);
}

/* ---- other sizes ------------------------------------------------------------------------------------------------ */

/* Positions are repeated, or with a negative stride left out. */
void darknet_upsample(DarknetCall *call)
{
    int64_t stride = darknet_int(call, "stride", 2);
    Dim factor = dim_int(stride < 0 ? -stride : stride);
    if (stride == 0)
        darknet_fail(call, "stride", "a `stride` of 0 is impossible");
    if (stride == 0 || !needs_map(call))
        return;
    if (stride < 0)
        darknet_become(call, "downsample");
    darknet_set(call, "factor", &factor, 1);
    Dim (*scale)(Arena *, Dim, Dim) = stride < 0 ? dim_div : dim_mul;
    call->out = darknet_map(call->arena, scale(call->arena, call->in.height, factor),
                            scale(call->arena, call->in.width, factor), call->in.channels);
}

/* stride² positions become channels, or the other way round. */
void darknet_reorg(DarknetCall *call)
{
    int64_t stride = darknet_size(call, "stride", 1);
    bool reverse = darknet_int(call, "reverse", 0) != 0;
    Dim factor = dim_int(stride), block = dim_int(stride * stride);
    if (!needs_map(call))
        return;
    if (reverse)
        darknet_become(call, "pixel_shuffle");
    darknet_set(call, "factor", &factor, 1);
    Dim (*sizes)(Arena *, Dim, Dim) = reverse ? dim_mul : dim_div;
    Dim (*channels)(Arena *, Dim, Dim) = reverse ? dim_div : dim_mul;
    call->out = darknet_map(call->arena, sizes(call->arena, call->in.height, factor),
                            sizes(call->arena, call->in.width, factor),
                            channels(call->arena, call->in.channels, block));
}

/* A part of the image, for training: another one each time. */
void darknet_crop(DarknetCall *call)
{
    int64_t height = darknet_size(call, "crop_height", 1), width = darknet_size(call, "crop_width", 1);
    Dim sizes[2] = {dim_int(height), dim_int(width)};
    darknet_set(call, "size", sizes, 2);
    if (!needs_map(call))
        return;
    bool large = (call->in.height.kind == DIM_INT && height > call->in.height.n) ||
                 (call->in.width.kind == DIM_INT && width > call->in.width.n);
    if (large)
        darknet_fail(call, "crop_height", "cannot crop %.*s to %lldx%lld",
                     STR_ARGS(darknet_map_text(call->arena, call->in)),
                     (long long)height, (long long)width);
    call->out = darknet_map(call->arena, sizes[0], sizes[1], call->in.channels);
}
