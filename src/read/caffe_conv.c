/* SPDX-License-Identifier: MIT */
/* Caffe's layers with windows: convolution, pooling of all kinds, and maps of another size. */
#include "read/caffe.h"

enum { MOST_AXES = 6 };

static const int64_t LARGEST = (int64_t)1 << 40; /* sizes beyond are unknown, so that sums do not overflow */

/* A kernel, stride, padding … in each spatial axis. */
typedef struct Sizes {
    int64_t at[MOST_AXES];
    bool said;
} Sizes;

static int64_t read_size(CaffeCall *call, const Value *field, int64_t usual, int64_t least)
{
    int64_t n;
    if (!field || !caffe_int_in(call->reader, field, &n))
        return usual;
    if (n >= least)
        return n;
    caffe_fail(call, field, "a `%.*s` of %lld is impossible", STR_ARGS(field->key), (long long)n);
    return usual;
}

/* `kernel_h` and `kernel_w`, or `kernel_size` once or for each axis (base_conv_layer.cpp). */
static Sizes read_sizes(CaffeCall *call, const char *name, const char *height, const char *width, int64_t usual,
                        int64_t least)
{
    Sizes sizes = {.said = caffe_has(call, name) || (height && (caffe_has(call, height) || caffe_has(call, width)))};
    const Value *field = caffe_field(call->param, name);
    int64_t n = usual;
    for (uint32_t i = 0; i < MOST_AXES; i++) {
        n = field ? read_size(call, field, usual, least) : n;
        sizes.at[i] = n;
        field = field ? caffe_next(field) : NULL;
    }
    if (height && caffe_has(call, height))
        sizes.at[0] = read_size(call, caffe_field(call->param, height), usual, least);
    if (height && caffe_has(call, width))
        sizes.at[1] = read_size(call, caffe_field(call->param, width), usual, least);
    return sizes;
}

static void set_sizes(CaffeCall *call, const char *attr, const Sizes *sizes, uint32_t axes)
{
    Dim dims[MOST_AXES];
    bool equal = true;
    for (uint32_t i = 0; i < axes; i++) {
        dims[i] = dim_int(sizes->at[i]);
        equal = equal && sizes->at[i] == sizes->at[0];
    }
    caffe_set(call, attr, dims, equal ? 1 : axes);
}

/* Spatial axes of the input; 2 where its rank is not known. */
static uint32_t spatial_axes(const CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    uint32_t axes = in.known && in.rank > 2 ? in.rank - 2 : 2;
    return axes < MOST_AXES ? axes : MOST_AXES;
}

/* ---- convolution ------------------------------------------------------------------------------------------------ */

static bool set_window(CaffeCall *call)
{
    uint32_t axes = spatial_axes(call);
    Sizes kernel = read_sizes(call, "kernel_size", "kernel_h", "kernel_w", 1, 1);
    Sizes stride = read_sizes(call, "stride", "stride_h", "stride_w", 1, 1);
    Sizes pad = read_sizes(call, "pad", "pad_h", "pad_w", 0, 0);
    Sizes dilation = read_sizes(call, "dilation", NULL, NULL, 1, 1);
    if (!kernel.said) {
        caffe_missing(call, "kernel_size");
        return false;
    }
    set_sizes(call, "kernel", &kernel, axes);
    set_sizes(call, "stride", &stride, axes);
    set_sizes(call, "padding", &pad, axes);
    set_sizes(call, "dilation", &dilation, axes);
    return true;
}

/* out · in / groups · kernel weights (of a transposed one in · out / groups · kernel), out biases. */
static void add_weights(CaffeCall *call, Dim out, Dim groups)
{
    Shape in = caffe_in(call, 0);
    Dim channels = in.known && in.rank > 1 ? in.dims[1] : DIM_NONE;
    Dim weights = dim_div_exact(call->arena, dim_mul(call->arena, channels, out), groups);
    for (uint32_t i = 0, axes = spatial_axes(call); i < axes; i++)
        weights = dim_mul(call->arena, weights, attr_axis(call->arena, call->layer, "kernel", i));
    caffe_weight(call, weights);
    if (attr_bool(call->layer, "bias"))
        caffe_weight(call, out);
}

/* Data of unknown rank are taken to be maps in a batch, as nearly all that is convolved is. */
static void assume_map(CaffeCall *call)
{
    Dim dims[4] = {DIM_NONE, DIM_NONE, DIM_NONE, DIM_NONE};
    Shape *shapes = ARENA_ARRAY(call->arena, call->in_count, Shape);
    for (uint32_t i = 0; i < call->in_count; i++)
        shapes[i] = call->in[i].known ? call->in[i] : shape_of(call->arena, 4, dims);
    call->in = shapes;
}

static void convolve(CaffeCall *call, Dim out, Dim groups)
{
    bool biased = caffe_bool(call, "bias_term", true);
    if (!set_window(call))
        return;
    caffe_set(call, "out", &out, 1);
    caffe_set(call, "groups", &groups, 1);
    caffe_set_int(call, "bias", biased);
    assume_map(call);
    caffe_infer(call);
    for (uint32_t i = 1; i < call->in_count; i++) /* the same kernel may slide over several inputs */
        caffe_out(call, i, call->out[0]);
    add_weights(call, out, groups);
}

void caffe_conv(CaffeCall *call)
{
    Dim out;
    if (caffe_outputs(call, &out))
        convolve(call, out, dim_int(caffe_int(call, "group", 1)));
}

/* Forks have a type of its own for as many groups as channels. */
void caffe_conv_depthwise(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    Dim channels = in.known && in.rank > 1 ? in.dims[1] : DIM_NONE;
    Dim out = caffe_has(call, "num_output") ? dim_int(caffe_int(call, "num_output", 1)) : channels;
    Dim multiplier = dim_div_exact(call->arena, out, channels);
    if (multiplier.kind == DIM_UNKNOWN && in.known)
        caffe_become(call, "conv");
    else
        caffe_set(call, "multiplier", &multiplier, 1);
    convolve(call, out, channels);
}

void caffe_deconv(CaffeCall *call)
{
    caffe_conv(call);
}

/* Each position's window as a vector (im2col_layer.cpp). */
void caffe_im2col(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    if (!in.known || in.rank < 3)
        return;
    caffe_become(call, "conv");
    caffe_set_int(call, "out", 1);
    if (!set_window(call))
        return;
    caffe_infer(call);
    Dim volume = in.dims[1];
    for (uint32_t i = 0; i + 2 < in.rank; i++)
        volume = dim_mul(call->arena, volume, attr_axis(call->arena, call->layer, "kernel", i));
    Shape out = call->out[0];
    if (out.known)
        out.dims[1] = volume;
    call->layer->op = op_custom();
    call->layer->op_name = STR("im2col");
    call->layer->attrs = ARENA_ARRAY(call->arena, call->layer->op->attr_count, Attr);
    call->param = NULL;
    call->macs = dim_int(0);
}

/* ---- pooling ---------------------------------------------------------------------------------------------------- */

/*
 * ceil((in + 2·pad - kernel) / stride) + 1; with padding, a last window that would begin behind the input and its
 * padding in front is left out (pooling_layer.cpp). Unlike in PyTorch it stays where there is no padding.
 */
static Dim pooled(Dim in, int64_t kernel, int64_t stride, int64_t pad, bool ceil)
{
    if (in.kind != DIM_INT || in.n > LARGEST)
        return DIM_NONE;
    int64_t room = in.n + 2 * pad - kernel, less = -room;
    int64_t steps = room >= 0 ? (ceil ? (room + stride - 1) / stride : room / stride)
                              : -(ceil ? less / stride : (less + stride - 1) / stride);
    if (pad > 0 && steps * stride >= in.n + pad)
        steps--;
    return steps >= 0 ? dim_int(steps + 1) : dim_int(0);
}

static void choose_pool(CaffeCall *call)
{
    Str kind = caffe_word(call, "pool");
    if (str_equal_nocase(kind, STR("AVE")) || str_equal(kind, STR("1"))) {
        caffe_become(call, "avgpool");
    } else if (str_equal_nocase(kind, STR("STOCHASTIC")) || str_equal(kind, STR("2"))) {
        call->layer->op = op_custom();
        call->layer->op_name = STR("stochastic pool");
        call->layer->attrs = ARENA_ARRAY(call->arena, call->layer->op->attr_count, Attr);
    }
}

static void pool_globally(CaffeCall *call, Shape in)
{
    Shape out = shape_of(call->arena, in.rank, in.dims);
    for (uint32_t i = 2; i < out.rank; i++)
        out.dims[i] = dim_int(1);
    caffe_set_text(call, "kernel", STR("global"));
    caffe_out(call, 0, out);
    caffe_out(call, 1, out);
    call->param = NULL; /* what it says of windows does not hold */
}

static bool rounds_up(CaffeCall *call)
{
    return caffe_bool(call, "ceil_mode", true) && !str_equal_nocase(caffe_word(call, "round_mode"), STR("FLOOR"));
}

/* In trained nets the number of `round_mode` is that of `ceil_mode` in forks: what depends on it is not known. */
static Dim unless_unclear(CaffeCall *call, Dim up, Dim down)
{
    if (!caffe_has(call, "rounding") || dim_equal(up, down))
        return up;
    diag_warning(call->reader->diags, caffe_place(call->node),
                 "forks of Caffe differ in how `%.*s` rounds, so its size is not known",
                 STR_ARGS(call->layer->path));
    diag_hint(call->reader->diags, "the net's prototxt says it by name");
    return DIM_NONE;
}

static void pool_windows(CaffeCall *call, Shape in)
{
    Sizes kernel = read_sizes(call, "kernel_size", "kernel_h", "kernel_w", 1, 1);
    Sizes stride = read_sizes(call, "stride", "stride_h", "stride_w", 1, 1);
    Sizes pad = read_sizes(call, "pad", "pad_h", "pad_w", 0, 0);
    if (!kernel.said) {
        caffe_missing(call, "kernel_size");
        return;
    }
    Shape out = shape_of(call->arena, in.rank, in.dims);
    bool ceil = rounds_up(call);
    for (uint32_t i = 0; i < 2; i++) {
        Dim usual = pooled(in.dims[2 + i], kernel.at[i], stride.at[i], pad.at[i], ceil);
        Dim down = pooled(in.dims[2 + i], kernel.at[i], stride.at[i], pad.at[i], false);
        out.dims[2 + i] = unless_unclear(call, usual, down);
        if (dim_is(out.dims[2 + i], 0)) {
            caffe_fail(call, NULL, "a window of %lldx%lld does not fit into %.*s", (long long)kernel.at[0],
                       (long long)kernel.at[1], STR_ARGS(shape_text(call->arena, in, "x")));
            caffe_fail_inputs(call);
            return;
        }
    }
    set_sizes(call, "kernel", &kernel, 2);
    set_sizes(call, "stride", &stride, 2);
    set_sizes(call, "padding", &pad, 2);
    caffe_set_int(call, "ceil", ceil);
    caffe_out(call, 0, out);
    caffe_out(call, 1, out); /* where the maxima were */
}

void caffe_pool(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    choose_pool(call);
    if (!in.known)
        return;
    if (in.rank != 4) {
        caffe_fail(call, NULL, "pooling needs NxCxHxW, and its input is %.*s",
                   STR_ARGS(shape_text(call->arena, in, "x")));
        caffe_fail_inputs(call);
    } else if (caffe_bool(call, "global_pooling", false)) {
        pool_globally(call, in);
    } else {
        pool_windows(call, in);
    }
}

/* A map of fixed size for each region of the second input. */
static void pool_regions(CaffeCall *call, Dim channels, int64_t height, int64_t width)
{
    Shape in = caffe_in(call, 0), regions = caffe_in(call, 1);
    Dim dims[4] = {regions.known && regions.rank ? regions.dims[0] : DIM_NONE, channels, dim_int(height),
                   dim_int(width)};
    Dim sizes[2] = {dims[2], dims[3]};
    caffe_set(call, "size", sizes, 2);
    if (in.known && in.rank == 4)
        caffe_out(call, 0, shape_of(call->arena, 4, dims));
}

void caffe_roi_pool(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    int64_t height = caffe_int(call, "pooled_h", 0), width = caffe_int(call, "pooled_w", 0);
    if (height < 1 || width < 1)
        caffe_missing(call, height < 1 ? "pooled_h" : "pooled_w");
    else
        pool_regions(call, in.known && in.rank > 1 ? in.dims[1] : DIM_NONE, height, width);
}

/* R-FCN: each of the group_size² bins reads channels of its own. */
void caffe_psroi_pool(CaffeCall *call)
{
    int64_t side = caffe_int(call, "group_size", 0), channels = caffe_int(call, "output_dim", 0);
    if (side < 1 || channels < 1)
        caffe_missing(call, side < 1 ? "group_size" : "output_dim");
    else
        pool_regions(call, dim_int(channels), side, side);
}

/* Levels of 1, 2, 4 … bins along an axis, flattened and joined (spp_layer.cpp). */
void caffe_spp(CaffeCall *call)
{
    enum { HIGHEST = 12 };
    Shape in = caffe_in(call, 0);
    int64_t levels = caffe_int(call, "pyramid_height", 0), bins = 0;
    Dim sides[HIGHEST];
    if (levels < 1 || levels > HIGHEST) {
        caffe_missing(call, "pyramid_height");
        return;
    }
    for (int64_t i = 0; i < levels; i++) {
        sides[i] = dim_int((int64_t)1 << i);
        bins += (int64_t)1 << 2 * i;
    }
    caffe_set(call, "bins", sides, (uint32_t)levels);
    if (!in.known || in.rank != 4)
        return;
    Dim dims[2] = {in.dims[0], dim_mul(call->arena, in.dims[1], dim_int(bins))};
    caffe_out(call, 0, shape_of(call->arena, 2, dims));
}

/* ---- larger maps ------------------------------------------------------------------------------------------------ */

/* SegNet: maxima go back to where the mask says they were. */
void caffe_upsample(CaffeCall *call)
{
    Shape in = caffe_in(call, 0);
    int64_t scale = caffe_int(call, "scale", 2);
    int64_t height = caffe_int(call, "upsample_h", 0), width = caffe_int(call, "upsample_w", 0);
    if (call->in_count > 1)
        caffe_become(call, "unpool");
    caffe_set_int(call, call->in_count > 1 ? "kernel" : "factor", scale);
    caffe_set_int(call, "stride", scale);
    if (!in.known || in.rank != 4)
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    out.dims[2] = height > 0 ? dim_int(height) : dim_mul(call->arena, in.dims[2], dim_int(scale));
    out.dims[3] = width > 0 ? dim_int(width) : dim_mul(call->arena, in.dims[3], dim_int(scale));
    caffe_out(call, 0, out);
}

/* DeepLab's bilinear interpolation (interp_layer.cpp): to a size, by factors, or to the size of a second input. */
static Dim interpolated(CaffeCall *call, Dim size, int64_t pads, const char *said)
{
    int64_t shrink = caffe_int(call, "shrink_factor", 1), zoom = caffe_int(call, "zoom_factor", 1);
    int64_t to = caffe_int(call, said, 0);
    bool factors = caffe_has(call, "shrink_factor") || caffe_has(call, "zoom_factor");
    if (!factors && to > 0)
        return dim_int(to);
    if (size.kind != DIM_INT || size.n > LARGEST || shrink < 1 || zoom < 1 || zoom > 1 << 20)
        return DIM_NONE;
    int64_t n = (size.n + pads - 1) / shrink + 1;
    return dim_int(n + (n - 1) * (zoom - 1));
}

void caffe_interp(CaffeCall *call)
{
    Shape in = caffe_in(call, 0), like = caffe_in(call, 1);
    int64_t pads = caffe_int(call, "pad_beg", 0) + caffe_int(call, "pad_end", 0);
    if (!in.known || in.rank != 4)
        return;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    bool sized = (caffe_has(call, "height") && caffe_has(call, "width")) || caffe_has(call, "shrink_factor") ||
        caffe_has(call, "zoom_factor");
    for (uint32_t i = 2; i < 4; i++) {
        Dim second = like.known && like.rank == 4 ? like.dims[i] : DIM_NONE;
        Dim said = interpolated(call, in.dims[i], pads, i == 2 ? "height" : "width");
        out.dims[i] = sized ? said : second;
    }
    caffe_set(call, "size", out.dims + 2, 2);
    caffe_set_text(call, "mode", STR("bilinear"));
    call->param = NULL;
    caffe_out(call, 0, out);
}
