/* SPDX-License-Identifier: MIT */
/* Pooling: windows, global, adaptive, regions, pyramids, and the way back. */
#include "op/window.h"

#define KERNEL_HELP "size of the window: one number, one for each axis, or global"

static const AttrSpec pool_attrs[] = {
    ATTR_KERNEL(true, "global", KERNEL_HELP),
    ATTR_STRIDE(NULL),
    ATTR_PADDING("valid"),
    ATTR_DILATION,
    ATTR_CEIL,
};

static const AttrSpec lp_attrs[] = {
    ATTR_KERNEL(true, "global", KERNEL_HELP),
    ATTR_STRIDE(NULL),
    ATTR_PADDING("valid"),
    ATTR_DILATION,
    ATTR_CEIL,
    {.name = "norm", .aliases = "norm_type order", .kind = ATTR_TEXT, .fallback = "2",
     .help = "which norm of the window"},
};

static const AttrSpec global_attrs[] = {
    {.name = "keep", .aliases = "keepdims keepdim keep_dims", .kind = ATTR_BOOL, .fallback = "true",
     .help = "whether the spatial axes stay, as 1"},
};

static const AttrSpec adaptive_attrs[] = {
    {.name = "size", .aliases = "output_size out", .kind = ATTR_INTS, .required = true, .positional = true,
     .help = "spatial size of the output: one number, or one for each axis"},
};

static const AttrSpec unpool_attrs[] = {
    ATTR_KERNEL(true, NULL, "size of the window that was pooled"),
    ATTR_STRIDE(NULL),
    ATTR_PADDING("valid"),
    {.name = "size", .aliases = "output_size output_shape", .kind = ATTR_INTS,
     .help = "the spatial size of the output itself"},
};

static const AttrSpec pyramid_attrs[] = {
    {.name = "bins", .aliases = "levels pyramid_height", .kind = ATTR_INTS, .required = true, .positional = true,
     .help = "bins along an axis, one number a level: [4, 2, 1]"},
};

/* The map with all spatial sizes 1, or without its spatial axes. */
static void collapse(OpCall *call, const Map *map, bool keep)
{
    Shape out = shape_of(call->arena, map->shape.rank, map->shape.dims);
    for (uint32_t axis = 0; axis < map->axes; axis++)
        out.dims[map->first + axis] = dim_int(1);
    for (uint32_t axis = map->axes; !keep && axis-- > 0;)
        out = rule_without(call, out, map->first + axis);
    rule_set(call, out);
}

static bool is_global(const OpCall *call)
{
    return str_equal(attr_word(call->layer, "kernel"), STR("global"));
}

/*
 * As torch.nn.MaxPool2d: the stride is the kernel where none is given, no padding, rounded down. (ResNet's 3×3 /2
 * that halves 112 needs `padding: same`, or 1; Caffe's pooling rounds up: `ceil: true`.)
 */
static bool shape_pool(OpCall *call)
{
    Map map;
    Shape out;
    if (!rule_map(call, 0, &map))
        return call->error.size == 0;
    if (is_global(call)) {
        collapse(call, &map, true);
        return true;
    }
    if (!window_slide(call, &map, &out))
        return false;
    rule_set(call, out);
    return true;
}

/* Vectors over positions may be pooled too: T×d to d is `reduce_mean`. */
static bool shape_global(OpCall *call)
{
    Map map;
    if (!rule_map(call, 0, &map))
        return call->error.size == 0;
    collapse(call, &map, attr_bool(call->layer, "keep"));
    return true;
}

static bool shape_adaptive(OpCall *call)
{
    Map map;
    if (!rule_map(call, 0, &map))
        return call->error.size == 0;
    Shape out = shape_of(call->arena, map.shape.rank, map.shape.dims);
    for (uint32_t axis = 0; axis < map.axes; axis++)
        out.dims[map.first + axis] = attr_axis(call->arena, call->layer, "size", axis);
    rule_set(call, out);
    return true;
}

/* (in - 1) · stride - 2 · padding + kernel (torch.nn.MaxUnpool2d), unless the size is given. */
static bool shape_unpool(OpCall *call)
{
    Map map;
    Shape out;
    if (!rule_map(call, 0, &map))
        return call->error.size == 0;
    if (!window_spread(call, &map, &out))
        return false;
    rule_set(call, out);
    return true;
}

/* Each region of the second input becomes a map of fixed size; regions are a batch, which specs leave out. */
static bool shape_regions(OpCall *call)
{
    if (!shape_adaptive(call))
        return false;
    Shape regions = rule_input(call, 1);
    if (call->batch_axes == 1 && call->outputs[0].known && regions.known && regions.rank > 0)
        rule_set(call, rule_with(call, call->outputs[0], 0, regions.dims[0]));
    return true;
}

/* Channels times the bins of all levels (He et al. 2014). */
static bool shape_pyramid(OpCall *call)
{
    Map map;
    if (!rule_map(call, 0, &map))
        return call->error.size == 0;
    Dim bins = dim_int(0);
    for (uint32_t level = 0; level < rule_numbers(call->layer, "bins"); level++) {
        Dim side = rule_attr(call->layer, "bins")->dims[level], cells = dim_int(1);
        for (uint32_t axis = 0; axis < map.axes; axis++)
            cells = dim_mul(call->arena, cells, side);
        bins = dim_add(call->arena, bins, cells);
    }
    Dim dims[SHAPE_MAX_RANK];
    for (uint32_t i = 0; i < call->batch_axes; i++)
        dims[i] = map.shape.dims[i];
    dims[call->batch_axes] = dim_mul(call->arena, map.shape.dims[map.channel], bins);
    rule_set(call, shape_of(call->arena, call->batch_axes + 1, dims));
    return true;
}

static void label_pool(const OpCall *call, Text *text)
{
    if (is_global(call)) {
        text_add_format(text, "global %s", call->op->title);
        return;
    }
    Text kernel = text_in(call->arena);
    window_label_kernel(call, &kernel);
    text_add(text, str_from(call->op->title));
    if (kernel.size)
        label_part(text, "%.*s", STR_ARGS(text_str(&kernel)));
    window_label_stride(call, text, "/");
}

static void label_size(const OpCall *call, Text *text)
{
    text_add(text, str_from(call->op->title));
    if (rule_numbers(call->layer, "size"))
        label_part(text, "to ");
    label_sizes(call, text, "size");
}

static void label_unpool(const OpCall *call, Text *text)
{
    text_add(text, str_from(call->op->title));
    window_label_stride(call, text, "×");
}

#define POOL_ROW(attr_table, shape_rule, label_rule)                                                                   \
    .style = STYLE_POOL, OP_ATTRS(attr_table), .min_inputs = 1, .max_inputs = 1, .shape = (shape_rule),                \
    .label = (label_rule)

static const Op rows[] = {
    {.name = "maxpool", .title = "max pool", .help = "maximum of each window",
     .aliases = "max_pool pool MaxPool MaxPool1d MaxPool2d MaxPool3d MaxPooling1D MaxPooling2D MaxPooling3D maxpooling "
                "max_pooling MAX_POOL_2D MaxPoolWithArgmax MaxPool3D max_pool2d",
     POOL_ROW(pool_attrs, shape_pool, label_pool)},
    {.name = "avgpool", .title = "avg pool", .help = "mean of each window",
     .aliases = "avg_pool average_pool AvgPool AvgPool1d AvgPool2d AvgPool3d AveragePool AveragePooling1D "
                "AveragePooling2D "
                "AveragePooling3D avgpooling average_pooling mean_pool AVERAGE_POOL_2D AvgPool3D avg_pool2d meanpool",
     POOL_ROW(pool_attrs, shape_pool, label_pool)},
    {.name = "lppool", .title = "Lp pool", .help = "norm of each window",
     .aliases = "lp_pool LpPool LPPool1d LPPool2d LPPool3d l2pool L2_POOL_2D",
     POOL_ROW(lp_attrs, shape_pool, label_pool)},
    {.name = "global_maxpool", .title = "global max pool", .help = "maximum over all positions",
     .aliases = "gmp GlobalMaxPool GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalMaxPool1D "
                "GlobalMaxPool2D "
                "global_max_pooling",
     POOL_ROW(global_attrs, shape_global, NULL)},
    {.name = "global_avgpool", .title = "global avg pool", .help = "mean over all positions",
     .aliases = "gap GlobalAveragePool GlobalAvgPool GlobalAveragePooling1D GlobalAveragePooling2D "
                "GlobalAveragePooling3D "
                "GlobalAvgPool1D GlobalAvgPool2D global_average_pooling global_pool",
     POOL_ROW(global_attrs, shape_global, NULL)},
    {.name = "global_lppool", .title = "global Lp pool", .help = "norm over all positions",
     .aliases = "GlobalLpPool gem GeM", POOL_ROW(global_attrs, shape_global, NULL)},
    {.name = "adaptive_maxpool", .title = "max pool", .help = "maximum pooling to a given size",
     .aliases = "AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d", POOL_ROW(adaptive_attrs, shape_adaptive,
     label_size)},
    {.name = "adaptive_avgpool", .title = "avg pool", .help = "average pooling to a given size",
     .aliases = "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d", POOL_ROW(adaptive_attrs, shape_adaptive,
     label_size)},
    {.name = "unpool", .title = "unpool", .help = "puts maxima back to where they were, zeros elsewhere",
     .aliases = "max_unpool MaxUnpool MaxUnpool1d MaxUnpool2d MaxUnpool3d unpooling", .style = STYLE_POOL,
     OP_ATTRS(unpool_attrs), .min_inputs = 1, .max_inputs = 3, .shape = shape_unpool, .label = label_unpool},
    {.name = "roipool", .title = "RoI pool", .help = "each region of interest, pooled to one size",
     .aliases = "roi_pool RoIPool ROIPooling MaxRoiPool RoIPooling", .style = STYLE_POOL, OP_ATTRS(adaptive_attrs),
     .min_inputs = 1, .max_inputs = 2, .shape = shape_regions, .label = label_size},
    {.name = "roialign", .title = "RoI align", .help = "each region of interest, sampled to one size",
     .aliases = "roi_align RoIAlign ROIAlign", .style = STYLE_POOL, OP_ATTRS(adaptive_attrs),
     .min_inputs = 1, .max_inputs = 3, .shape = shape_regions, .label = label_size},
    {.name = "spp", .title = "spatial pyramid pool", .help = "pooling to a vector of fixed size, on several levels",
     .aliases = "spatial_pyramid_pooling SpatialPyramidPooling", POOL_ROW(pyramid_attrs, shape_pyramid, NULL)},
};

OpFamily op_family_pool(void)
{
    return OP_ROWS(rows);
}
