/* SPDX-License-Identifier: MIT */
/* Maps of another size without weights: padding, cropping, sampling, and channels traded for positions. */
#include "op/rules.h"

#define ATTR_FACTOR(usual, text)                                                                                       \
    {.name = "factor", .aliases = "scale_factor upscale_factor downscale_factor block_size blocksize scale r",         \
     .kind = ATTR_INT, .fallback = (usual), .positional = true, .help = (text)}
#define ATTR_MODE                                                                                                      \
    {.name = "mode", .aliases = "interpolation method", .kind = ATTR_WORD, .fallback = "nearest", .positional = true,  \
     .words = "nearest linear bilinear bicubic cubic trilinear area lanczos",                                          \
     .help = "how values in between come about"}

static const AttrSpec pad_attrs[] = {
    {.name = "amount", .aliases = "padding pads pad paddings p", .kind = ATTR_INTS, .required = true,
     .positional = true,
     .help = "on all sides: one number, one for each axis, or those before all axes and then those behind"},
    {.name = "mode", .kind = ATTR_TEXT, .fallback = "constant", .positional = true,
     .help = "constant, reflect, replicate …"},
    {.name = "value", .aliases = "constant_value", .kind = ATTR_TEXT, .help = "what is padded with"},
};

static const AttrSpec crop_attrs[] = {
    {.name = "size", .aliases = "to height_width", .kind = ATTR_INTS, .positional = true,
     .help = "spatial size that is left; that of the second input where nothing is said"},
    {.name = "amount", .aliases = "cropping crop by", .kind = ATTR_INTS,
     .help = "taken off on all sides: one number, one for each axis, or those before all axes and then those behind"},
};

static const AttrSpec upsample_attrs[] = {
    {.name = "factor", .aliases = "scale_factor scale scales stride", .kind = ATTR_INTS, .fallback = "2",
     .positional = true,
     .help = "how many times larger: one number, or one for each axis"},
    ATTR_MODE,
    {.name = "size", .aliases = "output_size sizes to out", .kind = ATTR_INTS, .help = "the spatial size itself"},
    {.name = "align_corners", .aliases = "coordinate_transformation_mode", .kind = ATTR_TEXT,
     .help = "where the corners lie"},
};

static const AttrSpec shuffle_attrs[] = {
    ATTR_FACTOR("2", "how many times larger or smaller"),
};

static const AttrSpec group_attrs[] = {
    {.name = "groups", .aliases = "group", .kind = ATTR_INT, .fallback = "2", .positional = true,
     .help = "groups that are mixed"},
};

static const AttrSpec roll_attrs[] = {
    {.name = "shift", .aliases = "shifts", .kind = ATTR_INTS, .positional = true, .help = "by how many"},
    {.name = "axes", .aliases = "axis dims", .kind = ATTR_INTS, .help = "along which axes"},
};

/* A number for a spatial axis, given for the spatial axes or for all axes of the tensor. */
static Dim spatial_number(const OpCall *call, const char *name, const Map *map, uint32_t axis)
{
    uint32_t numbers = rule_numbers(call->layer, name);
    uint32_t at = numbers == map->shape.rank && numbers != map->axes ? map->first + axis : axis;
    return attr_axis(call->arena, call->layer, name, at);
}

/* What is added or taken away on both sides of an axis: by one number, one an axis, or begins and ends. */
static Dim both_sides(const OpCall *call, uint32_t axis, uint32_t first, uint32_t axes, uint32_t rank)
{
    const Attr *attr = rule_attr(call->layer, "amount");
    if (!attr)
        return DIM_NONE;
    uint32_t numbers = attr->count;
    if (numbers == 2 * axes && axis >= first && axis < first + axes)
        return dim_add(call->arena, attr->dims[axis - first], attr->dims[axes + axis - first]);
    if (numbers == 2 * rank)
        return dim_add(call->arena, attr->dims[axis], attr->dims[rank + axis]);
    if (axis < first || axis >= first + axes)
        return dim_int(0);
    return dim_mul(call->arena, dim_int(2), attr_axis(call->arena, call->layer, "amount", axis - first));
}

/* Spatial axes of a map, or all of a vector. */
static bool spatial_axes(OpCall *call, Shape in, uint32_t *first, uint32_t *axes)
{
    Map map = {in, 0, 0, 0};
    if (rule_rank(call, in) > 1 && !rule_map(call, 0, &map))
        return false;
    *first = rule_rank(call, in) > 1 ? map.first : call->batch_axes;
    *axes = rule_rank(call, in) > 1 ? map.axes : rule_rank(call, in);
    return true;
}

/* Each axis with its amount added, or taken away. */
static bool change_sides(OpCall *call, bool grow)
{
    Shape in = rule_input(call, 0);
    uint32_t first, axes;
    if (!in.known || !spatial_axes(call, in, &first, &axes))
        return call->error.size == 0;
    Shape out = shape_of(call->arena, in.rank, in.dims);
    for (uint32_t axis = 0; axis < in.rank; axis++) {
        Dim sides = both_sides(call, axis, first, axes, in.rank);
        out.dims[axis] = grow ? dim_add(call->arena, in.dims[axis], sides) : dim_sub(call->arena, in.dims[axis], sides);
        if (out.dims[axis].kind == DIM_INT && out.dims[axis].n < 1)
            return rule_fail(call, 0, "nothing is left of %s", rule_text(call, in));
    }
    rule_set(call, out);
    return true;
}

static bool shape_pad(OpCall *call)
{
    return change_sides(call, true);
}

/* To a size, to that of the second input (U-Net's copy and crop), or by amounts at the sides. */
static bool shape_crop(OpCall *call)
{
    Map map, like;
    bool second = call->input_count > 1;
    if (attr_given(call->layer, "amount"))
        return change_sides(call, false);
    if (!rule_map(call, 0, &map) || (second && !rule_map(call, 1, &like)))
        return call->error.size == 0;
    Shape out = shape_of(call->arena, map.shape.rank, map.shape.dims);
    for (uint32_t axis = 0; axis < map.axes; axis++) {
        Dim *size = &out.dims[map.first + axis], to = spatial_number(call, "size", &map, axis);
        if (to.kind == DIM_UNKNOWN && second && axis < like.axes)
            to = like.shape.dims[like.first + axis];
        if (to.kind == DIM_INT && size->kind == DIM_INT && to.n > size->n)
            return rule_fail(call, 0, "cannot crop %s to %s along axis %u", rule_text(call, map.shape),
                             rule_dim_text(call, to), axis);
        *size = to;
    }
    rule_set(call, out);
    return true;
}

typedef Dim (*Scaling)(Arena *arena, Dim size, Dim factor);

/* To a size, to that of a second map, or by a factor. */
static bool resample(OpCall *call, Scaling scale)
{
    Map map;
    if (!rule_map(call, 0, &map))
        return call->error.size == 0;
    Shape out = shape_of(call->arena, map.shape.rank, map.shape.dims), like = rule_input(call, 1);
    bool second = like.known && like.rank == map.shape.rank && !attr_given(call->layer, "factor");
    for (uint32_t axis = 0; axis < map.axes; axis++) {
        uint32_t at = map.first + axis;
        Dim by = scale(call->arena, out.dims[at], spatial_number(call, "factor", &map, axis));
        out.dims[at] = rule_or(spatial_number(call, "size", &map, axis), second ? like.dims[at] : by);
    }
    rule_set(call, out);
    return true;
}

static bool shape_upsample(OpCall *call)
{
    return resample(call, dim_mul);
}

static bool shape_downsample(OpCall *call)
{
    return resample(call, dim_div);
}

/* factor² channels become factor×factor positions (Shi et al. 2016), or the other way round. */
static bool trade(OpCall *call, Scaling channels, Scaling positions)
{
    Map map;
    Dim factor = attr_int(call->arena, call->layer, "factor"), block = dim_int(1);
    if (!rule_map(call, 0, &map))
        return call->error.size == 0;
    Shape out = shape_of(call->arena, map.shape.rank, map.shape.dims);
    bool exact = true;
    for (uint32_t axis = 0; axis < map.axes; axis++) {
        Dim *size = &out.dims[map.first + axis], before = *size;
        *size = positions(call->arena, before, factor);
        exact = exact && (size->kind != DIM_UNKNOWN || before.kind != DIM_INT);
        block = dim_mul(call->arena, block, factor);
    }
    Dim *count = &out.dims[map.channel], before = *count;
    *count = channels(call->arena, before, block);
    exact = exact && (count->kind != DIM_UNKNOWN || before.kind != DIM_INT);
    if (!exact)
        return rule_fail(call, 0, "%s cannot be rearranged by a factor of %s", rule_text(call, map.shape),
                         rule_dim_text(call, factor));
    rule_set(call, out);
    return true;
}

static bool shape_pixel_shuffle(OpCall *call)
{
    return trade(call, dim_div_exact, dim_mul);
}

static bool shape_pixel_unshuffle(OpCall *call)
{
    return trade(call, dim_mul, dim_div_exact);
}

static bool shape_channel_shuffle(OpCall *call)
{
    return rule_groups(call) && rule_same(call);
}

/* The first input's channels at the second's positions, …×H×W×2 (torch.nn.functional.grid_sample). */
static bool shape_grid_sample(OpCall *call)
{
    Map map;
    Shape grid = rule_input(call, 1);
    if (!rule_map(call, 0, &map))
        return call->error.size == 0;
    Shape out = shape_of(call->arena, map.shape.rank, map.shape.dims);
    bool fits = grid.known && grid.rank == out.rank;
    for (uint32_t axis = 0; axis < map.axes; axis++)
        out.dims[map.first + axis] = fits ? grid.dims[call->batch_axes + axis] : DIM_NONE;
    rule_set(call, call->input_count > 1 ? out : map.shape);
    return true;
}

/* "upsample ×2"; "downsample /2"; where the size is given "upsample to 28×28". */
static void label_resample(const OpCall *call, Text *text)
{
    const char *sign = str_equal(str_from(call->op->name), STR("downsample")) ? "/" : "×";
    text_add(text, str_from(call->op->title));
    Dim factor = attr_int(call->arena, call->layer, "factor");
    bool sized = rule_numbers(call->layer, "size") > 0;
    if (!sized && call->layer->input_count < 2)
        text_add_format(text, " %s%.*s", sign, STR_ARGS(dim_text(call->arena, factor)));
    if (sized)
        text_add(text, STR(" to "));
    label_sizes(call, text, "size");
}

static void label_factor(const OpCall *call, Text *text)
{
    bool shrinks = str_equal(str_from(call->op->name), STR("pixel_unshuffle"));
    text_add_format(text, "%s %s%.*s", call->op->title, shrinks ? "/" : "×",
                    STR_ARGS(dim_text(call->arena, attr_int(call->arena, call->layer, "factor"))));
}

#define RESIZE(attr_table, shape_rule, label_rule)                                                                     \
    .style = STYLE_RESHAPE, OP_ATTRS(attr_table), .min_inputs = 1, .max_inputs = 4, .shape = (shape_rule),             \
    .label = (label_rule)

static const Op rows[] = {
    {.name = "pad", .title = "pad", .help = "adds rows and columns at the sides",
     .aliases = "Pad PadV2 ZeroPadding1D ZeroPadding2D ZeroPadding3D ZeroPad2d ZeroPad1d ReflectionPad1d "
                "ReflectionPad2d "
                "ReplicationPad2d ConstantPad1d ConstantPad2d zero_pad reflection_pad MirrorPad PAD PADV2 MIRROR_PAD",
     RESIZE(pad_attrs, shape_pad, NULL)},
    {.name = "crop", .title = "crop", .help = "keeps the middle of a map",
     .aliases = "Crop center_crop CenterCrop Cropping1D Cropping2D Cropping3D", RESIZE(crop_attrs, shape_crop, NULL)},
    {.name = "upsample", .title = "upsample", .help = "a larger map by repeating or interpolating",
     .aliases = "Upsample UpSampling1D UpSampling2D UpSampling3D resize Resize Interp interpolate UpsamplingBilinear2d "
                "UpsamplingNearest2d ResizeBilinear ResizeNearestNeighbor RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR "
                "Resizing "
                "unpool_nearest",
     RESIZE(upsample_attrs, shape_upsample, label_resample)},
    {.name = "downsample", .title = "downsample", .help = "a smaller map by leaving out or interpolating",
     .aliases = "Downsample subsample", RESIZE(upsample_attrs, shape_downsample, label_resample)},
    {.name = "pixel_shuffle", .title = "pixel shuffle", .help = "channels become positions",
     .aliases = "PixelShuffle DepthToSpace depth_to_space DEPTH_TO_SPACE subpixel",
     RESIZE(shuffle_attrs, shape_pixel_shuffle, label_factor)},
    {.name = "pixel_unshuffle", .title = "pixel unshuffle", .help = "positions become channels",
     .aliases = "PixelUnshuffle SpaceToDepth space_to_depth SPACE_TO_DEPTH reorg Reorg Focus",
     RESIZE(shuffle_attrs, shape_pixel_unshuffle, label_factor)},
    {.name = "channel_shuffle", .title = "channel shuffle", .help = "mixes the channels of groups",
     .aliases = "ChannelShuffle ShuffleChannel", RESIZE(group_attrs, shape_channel_shuffle, NULL)},
    {.name = "roll", .title = "roll", .help = "moves everything around the ends", .aliases = "Roll cyclic_shift",
     RESIZE(roll_attrs, rule_same, NULL)},
    {.name = "flip", .title = "flip", .help = "runs an axis backwards",
     .aliases = "Flip reverse ReverseSequence Reverse",
     RESIZE(roll_attrs, rule_same, NULL)},
    {.name = "grid_sample", .title = "grid sample", .help = "values of a map at given positions",
     .aliases = "GridSample SpatialTransformer warp", .style = STYLE_RESHAPE, .min_inputs = 1, .max_inputs = 2,
     .shape = shape_grid_sample},
};

OpFamily op_family_resize(void)
{
    return OP_ROWS(rows);
}
