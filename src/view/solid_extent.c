/* SPDX-License-Identifier: MIT */
/* How large a tensor is along each axis of its solid, and what stands in for symbols and unknowns. */
#include "view/solid.h"

static bool is_name_byte(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

/* A number for a size: itself; with SYMBOL_NUMBER for each symbol; 0 where it is unknown. */
static int64_t number_of(SolidPlan *plan, Dim dim)
{
    Str text = dim.kind == DIM_SYMBOLIC ? dim_text(plan->arena, dim) : STR("");
    for (size_t at = 0; at < text.size;) {
        size_t end = at;
        while (end < text.size && is_name_byte(text.at[end], end == at))
            end++;
        if (end > at) {
            Str symbol = str_slice(text, at, end);
            names_put(plan->symbols, symbol, plan);
            dim = dim_bind(plan->arena, dim, symbol, SYMBOL_NUMBER);
        }
        at = end > at ? end : at + 1;
    }
    if (dim.kind == DIM_SYMBOLIC || dim.kind == DIM_UNKNOWN)
        return 0;
    return dim.n > 0 ? dim.n : 1;
}

/* What is unknown is drawn as large as in the solid before. */
static Extent extent_of(SolidPlan *plan, Dim dim, int64_t before)
{
    int64_t n = number_of(plan, dim);
    return (Extent){dim, n ? n : before ? before : 1};
}

/* Of a tensor with one axis beside the features: whether the features come last (sequences) or first (signals). */
static bool features_last(const SolidPlan *plan, const Node *node)
{
    const Node *main = plan->spine->mains[node->index];
    switch ((StyleClass)node->cells[0].style) {
    case STYLE_RECURRENT:
    case STYLE_ATTENTION:
    case STYLE_EMBEDDING:
    case STYLE_DENSE:
        return true;
    case STYLE_CONV:
    case STYLE_POOL:
        return node->layer && node->layer->layout == LAYOUT_CHANNELS_LAST;
    case STYLE_DATA:
    case STYLE_NORM:
    case STYLE_ACTIVATION:
    case STYLE_MERGE:
    case STYLE_RESHAPE:
    case STYLE_REGULAR:
    case STYLE_LOSS:
    case STYLE_OTHER:
    case STYLE_COUNT:
        break;
    }
    uint32_t before = main ? plan->carriers[main->index] : NOBODY;
    if (before != NOBODY && plan->solids[before].form == FORM_SEQUENCE)
        return dim_equal(plan->solids[before].channels.dim, node->shape.dims[1]);
    return node->layer && node->layer->layout == LAYOUT_CHANNELS_LAST;
}

/* A source does not say which of its axes are channels: its first reader that does is asked. */
static bool source_features_last(const SolidPlan *plan, const Node *source)
{
    const Outline *outline = plan->outline;
    for (uint32_t i = 0; i < outline->link_count; i++)
        if (outline->links[i].from == source && outline->links[i].to->shape.rank == 2)
            return features_last(plan, outline->links[i].to);
    return features_last(plan, source);
}

/* Where the channels stand. */
static uint32_t channel_axis(const SolidPlan *plan, const Node *node)
{
    uint32_t rank = node->shape.rank;
    bool last = rank > 2                           ? node->layer && node->layer->layout == LAYOUT_CHANNELS_LAST
                : plan->spine->mains[node->index] ? features_last(plan, node)
                                                  : source_features_last(plan, node);
    return last && rank ? rank - 1 : 0;
}

/* Whether all but the channels are one. */
static bool is_vector(const SolidPlan *plan, const Node *node)
{
    uint32_t axis = node->shape.rank > 1 ? channel_axis(plan, node) : 0;
    for (uint32_t i = 0; i < node->shape.rank; i++)
        if (i != axis && !dim_is(node->shape.dims[i], 1))
            return false;
    return true;
}

static void set_vector(SolidPlan *plan, Solid *solid)
{
    Shape shape = solid->node->shape;
    uint32_t axis = shape.rank > 1 ? channel_axis(plan, solid->node) : 0;
    solid->form = FORM_VECTOR;
    solid->channels = extent_of(plan, shape.rank ? shape.dims[axis] : dim_int(1), 0);
}

static void set_sequence(SolidPlan *plan, Solid *solid, const Solid *before)
{
    const Dim *dims = solid->node->shape.dims;
    uint32_t axis = channel_axis(plan, solid->node);
    solid->form = FORM_SEQUENCE;
    solid->channels = extent_of(plan, dims[axis], before ? before->channels.n : 0);
    solid->height = extent_of(plan, dims[1 - axis], before ? before->height.n : 0);
    solid->width = (Extent){dim_int(1), 1};
}

/* Maps and volumes: the last two axes (before the channels, where these come last) are height and width. */
static void set_map(SolidPlan *plan, Solid *solid, const Solid *before)
{
    Shape shape = solid->node->shape;
    uint32_t axis = channel_axis(plan, solid->node);
    uint32_t start = axis ? 0 : 1, end = axis ? axis : shape.rank;
    solid->form = FORM_MAP;
    solid->channels = extent_of(plan, shape.dims[axis], before ? before->channels.n : 0);
    solid->height = extent_of(plan, shape.dims[end - 2], before ? before->height.n : 0);
    solid->width = extent_of(plan, shape.dims[end - 1], before ? before->width.n : 0);
    for (uint32_t i = start; i + 2 < end; i++)
        solid->frames = i == start ? shape.dims[i] : dim_mul(plan->arena, solid->frames, shape.dims[i]);
}

bool solid_set_extents(SolidPlan *plan, Solid *solid, const Solid *before)
{
    Shape shape = solid->node->shape;
    if (!shape.known) {
        if (!before || before->form == FORM_CIRCLE)
            return false;
        solid->form = before->form;
        solid->channels = (Extent){DIM_NONE, before->channels.n};
        solid->height = (Extent){DIM_NONE, before->height.n};
        solid->width = (Extent){DIM_NONE, before->width.n};
    } else if (is_vector(plan, solid->node)) {
        set_vector(plan, solid);
    } else if (shape.rank == 2) {
        set_sequence(plan, solid, before);
    } else {
        set_map(plan, solid, before);
    }
    return true;
}
