/* SPDX-License-Identifier: MIT */
/* The projection of a residual whose body changes the shape: He et al. 2016, option B. */
#include "read/spec.h"

enum { MOST_STRIDE = 64 };

/* The stride that turns `from` into `to` without padding; 0 where there is none. */
static int64_t stride_between(Arena *arena, Dim from, Dim to)
{
    for (int64_t stride = 1; stride <= MOST_STRIDE; stride++)
        if (dim_equal(dim_div_up(arena, from, dim_int(stride)), to))
            return stride;
    return 0;
}

/* What the body is made of, as far as its projection follows it. */
typedef struct BodyKind {
    bool convolves;
    bool normalises; /* with batch normalisation */
} BodyKind;

static BodyKind body_kind(const Graph *graph, uint32_t first)
{
    BodyKind kind = {false, false};
    for (uint32_t i = first; i < graph->layer_count; i++) {
        kind.convolves |= graph->layers[i]->op->style == STYLE_CONV;
        kind.normalises |= str_equal(str_from(graph->layers[i]->op->name), STR("bn"));
    }
    return kind;
}

static bool report(Spec *spec, Shape from, Shape wanted, Place place)
{
    spec_error(spec, place, "the body of this residual turns %.*s into %.*s, and no 1x1 convolution does that",
               STR_ARGS(shape_text(spec->arena, from, "x")), STR_ARGS(shape_text(spec->arena, wanted, "x")));
    spec_hint(spec, "give the body the shape that comes in, or say `shortcut:` with layers of its own");
    return false;
}

static void set(Spec *spec, Draft *draft, Str name, const Dim *dims, uint32_t count, Place place)
{
    int index = op_attr(draft->op, name);
    if (index >= 0)
        draft_set_dims(spec, draft, (uint32_t)index, dims, count, place);
}

/* A 1×1 convolution with the strides that fit, or NULL. */
static Draft *convolution(Spec *spec, Shape from, Shape wanted, Place place)
{
    Dim one = dim_int(1), strides[SHAPE_MAX_RANK];
    bool equal = true;
    if (from.rank != wanted.rank || from.rank < 2)
        return NULL;
    for (uint32_t axis = 1; axis < from.rank; axis++) {
        int64_t stride = stride_between(spec->arena, from.dims[axis], wanted.dims[axis]);
        if (stride == 0)
            return NULL;
        strides[axis - 1] = dim_int(stride);
        equal = equal && dim_equal(strides[0], strides[axis - 1]);
    }
    Draft *draft = draft_new(spec, spec_op(spec, STR("conv")), (Piece){STR("conv"), place, false, false});
    set(spec, draft, STR("out"), &wanted.dims[0], 1, place);
    set(spec, draft, STR("kernel"), &one, 1, place);
    if (!equal || !dim_is(strides[0], 1))
        set(spec, draft, STR("stride"), strides, equal ? 1 : from.rank - 1, place);
    return draft;
}

/* A linear map of the features, for vectors and sequences of them; or NULL. */
static Draft *linear(Spec *spec, Shape from, Shape wanted, Place place)
{
    if (from.rank != wanted.rank || from.rank == 0)
        return NULL;
    for (uint32_t axis = 0; axis + 1 < from.rank; axis++)
        if (!dim_equal(from.dims[axis], wanted.dims[axis]))
            return NULL;
    Draft *draft = draft_new(spec, spec_op(spec, STR("fc")), (Piece){STR("fc"), place, false, false});
    set(spec, draft, STR("out"), &wanted.dims[wanted.rank - 1], 1, place);
    return draft;
}

bool add_projection(Spec *spec, Site *site, Port from, Shape wanted, uint32_t first, Place place)
{
    Shape given = port_shape(from);
    BodyKind kind = body_kind(spec->graph, first);
    Draft *draft = NULL;
    if (given.known && wanted.known)
        draft = kind.convolves ? convolution(spec, given, wanted, place) : linear(spec, given, wanted, place);
    if (!draft)
        return report(spec, given, wanted, place);
    if (kind.normalises)
        draft_add_suffix(draft, draft_new(spec, spec_op(spec, STR("bn")), draft->at));
    Entity *entity = space_define_automatic(spec, site->space, STR("proj"), place);
    Layer *layer = layer_add(spec, site, draft, &from, 1, entity);
    layer->roles = ARENA_ARRAY(spec->arena, layer->input_count, LinkRole);
    if (layer->input_count)
        layer->roles[0] = LINK_PROJECTION;
    return true;
}
