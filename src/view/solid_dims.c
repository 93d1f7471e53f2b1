/* SPDX-License-Identifier: MIT */
/* Sizes written at solids: on their edges, or over their groups. */
#include "view/solid.h"

enum { LEVEL_SIZES_MOST = 40 }; /* flat bars in levels all say their resolution while there are no more */

static const Label no_label = {LABEL_TEXT, {NULL, 0}};

static Label size_label(const SolidPlan *plan, Dim dim)
{
    if (dim.kind == DIM_UNKNOWN)
        return no_label;
    return (Label){LABEL_MATH, dim_text(plan->arena, dim)};
}

/* The height; of a volume with its frames. */
static Label height_label(const SolidPlan *plan, const Solid *solid)
{
    if (solid->frames.kind == DIM_UNKNOWN || solid->height.dim.kind == DIM_UNKNOWN)
        return size_label(plan, solid->height.dim);
    Str frames = dim_text(plan->arena, solid->frames), height = dim_text(plan->arena, solid->height.dim);
    return (Label){LABEL_MATH, str_format(plan->arena, "%.*s×%.*s", STR_ARGS(frames), STR_ARGS(height))};
}

/* Solids with equal channels next to each other in a group; a slab takes its number from the run before. */
typedef struct Run {
    uint32_t first, last;
} Run;

static Run run_of(const SolidPlan *plan, uint32_t index)
{
    Run run = {index, index};
    const Solid *solids = plan->solids;
    while (!solids[run.first].opens && !solids[run.first - 1].slab &&
           solids[run.first - 1].channels.n == solids[index].channels.n)
        run.first--;
    while (run.last + 1 < plan->count && !solids[run.last + 1].opens &&
           solids[run.last + 1].channels.n == solids[index].channels.n)
        run.last++;
    return run;
}

/* Whether a run is the longest one of its group, of equals the last. */
static bool is_longest(const SolidPlan *plan, Run run)
{
    uint32_t first = run.first;
    while (!plan->solids[first].opens)
        first--;
    for (uint32_t i = first, end = solids_group_end(plan, first); i < end; i++) {
        Run other = run_of(plan, i);
        uint32_t more = other.last - other.first, less = run.last - run.first;
        if (!plan->solids[i].slab && (more > less || (more == less && other.first > run.first)))
            return false;
    }
    return true;
}

/* Whether a run is what enters the network or what leaves it. */
static bool is_at_end(const SolidPlan *plan, Run run)
{
    return run.first == 0 || run.last + 1 == plan->count;
}

/* By default the middle solid of each run says its channels; where there are many groups, of the longest run only. */
static bool says_run(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    if (!solid_is_face(solid))
        return true;
    Run run = run_of(plan, index);
    if (solid->slab || index != run.first + (run.last - run.first) / 2)
        return false;
    bool room = plan->groups <= NUMBERS_MOST && plan->count <= NUMBERED_MOST;
    return is_at_end(plan, run) || room || is_longest(plan, run);
}

static bool shows_all(const SolidPlan *plan)
{
    return plan->figure->shapes == SHAPES_ALL || plan->figure->shapes == SHAPES_EDGES;
}

static bool says_channels(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    switch (plan->figure->shapes) {
    case SHAPES_NONE:
    case SHAPES_MARGIN:
        return false;
    case SHAPES_ALL:
    case SHAPES_EDGES:
        return true;
    case SHAPES_CHANGES:
        return index == 0 || solid->opens || solid->channels.n != plan->solids[index - 1].channels.n;
    case SHAPES_AUTO:
        break;
    }
    if (plan->levels && plan->flat)
        return solid_level_says_channels(plan, index);
    return says_run(plan, index);
}

static bool is_crowded(const SolidPlan *plan)
{
    return !plan->levels && !plan->flat && !plan->sheets && (plan->groups > EDGES_MOST || plan->count > SPARSE_MOST);
}

/* By default many groups have their resolution above, or where arrows run there below their channels. */
static bool says_above(const SolidPlan *plan)
{
    return plan->figure->shapes == SHAPES_AUTO && is_crowded(plan) && !plan->skip_count;
}

static bool says_below(const SolidPlan *plan)
{
    return plan->figure->shapes == SHAPES_AUTO && is_crowded(plan) && plan->skip_count > 0;
}

/* The resolution is said where it is another than at the last solid that has one; by default once a group. */
static bool says_resolution(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    if (!solid_is_face(solid) || plan->figure->shapes == SHAPES_NONE || plan->figure->shapes == SHAPES_MARGIN)
        return false;
    if (shows_all(plan))
        return true;
    if (plan->figure->shapes == SHAPES_AUTO && plan->levels && plan->flat && plan->count <= LEVEL_SIZES_MOST)
        return true;
    if (plan->figure->shapes == SHAPES_AUTO && !solid->opens)
        return false;
    for (uint32_t i = index; i-- > 0;)
        if (solid_is_face(&plan->solids[i]))
            return !solid_same_resolution(&plan->solids[i], solid);
    return true;
}

/* How often a folded group is repeated stands below its channels. */
static Label with_times(const SolidPlan *plan, const Node *node, Label label)
{
    if (node->times <= 1)
        return label;
    const char *gap = label.text.size ? "\n" : "";
    long long times = (long long)node->times;
    return (Label){LABEL_MATH, str_format(plan->arena, "%.*s%s×%lld", STR_ARGS(label.text), gap, times)};
}

/* 112² or 96×192. */
static Label resolution_label(const SolidPlan *plan, const Solid *solid)
{
    Str height = height_label(plan, solid).text, width = dim_text(plan->arena, solid->width.dim);
    if (solid->form == FORM_SEQUENCE)
        return height_label(plan, solid);
    bool square = dim_equal(solid->height.dim, solid->width.dim) && solid->height.dim.kind == DIM_INT;
    if (square && solid->frames.kind == DIM_UNKNOWN)
        return (Label){LABEL_MATH, str_format(plan->arena, "%.*s²", STR_ARGS(height))};
    return (Label){LABEL_MATH, str_format(plan->arena, "%.*s×%.*s", STR_ARGS(height), STR_ARGS(width))};
}

/* What a group of slightly different sizes is labelled by: the middle of its longest run. */
static const Solid *typical_of(const SolidPlan *plan, uint32_t first)
{
    for (uint32_t i = first, end = solids_group_end(plan, first); i < end; i++) {
        Run run = run_of(plan, i);
        if (!plan->solids[i].slab && is_longest(plan, run))
            return &plan->solids[run.first + (run.last - run.first) / 2];
    }
    return &plan->solids[first];
}

/* Below the channels of its longest run the resolution of a group, where it stands there; of both ends their own. */
static Label with_resolution(const SolidPlan *plan, uint32_t index, Label label)
{
    uint32_t first = index;
    while (!plan->solids[first].opens)
        first--;
    if (!says_below(plan) || !label.text.size || !solid_is_face(&plan->solids[index]))
        return label;
    const Solid *solid = &plan->solids[index], *typical = typical_of(plan, first);
    bool end = is_at_end(plan, run_of(plan, index)) && !solid_same_resolution(solid, typical);
    if (solid != typical && !end)
        return label;
    if (solid == typical && !says_resolution(plan, first))
        return label;
    Str resolution = resolution_label(plan, &plan->solids[index]).text;
    return (Label){LABEL_MATH, str_format(plan->arena, "%.*s\n%.*s", STR_ARGS(label.text), STR_ARGS(resolution))};
}

/* Stacks of sheets have their whole shape above. */
static bool has_shape_above(const SolidPlan *plan, const Solid *solid)
{
    return plan->sheets && solid->form != FORM_CIRCLE && plan->figure->shapes != SHAPES_NONE;
}

void solid_add_dims(const SolidPlan *plan, Scene *scene, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    if (has_shape_above(plan, solid))
        return;
    Label labels[3] = {no_label, no_label, no_label};
    if (says_channels(plan, index))
        labels[0] = size_label(plan, solid->channels.dim);
    labels[0] = with_times(plan, solid->node, with_resolution(plan, index, labels[0]));
    if (says_resolution(plan, index) && !says_above(plan) && !says_below(plan)) {
        bool square = solid->height.n == solid->width.n && !shows_all(plan);
        labels[1] = plan->flat ? resolution_label(plan, solid) : height_label(plan, solid);
        labels[2] = solid->form == FORM_MAP && !square && !plan->flat ? size_label(plan, solid->width.dim) : no_label;
    }
    if (!labels[0].text.size && !labels[1].text.size && !labels[2].text.size)
        return;
    SceneItem *item = scene_add_item(scene, ITEM_DIMS);
    scene_set_cells(scene, item, 3);
    for (uint32_t i = 0; i < 3; i++)
        item->cells[i].label = labels[i];
}

/* The whole shape in the notation of the figure: 64@112×112. */
static Label shape_label(const SolidPlan *plan, const Solid *solid)
{
    Arena *arena = plan->arena;
    Str c = dim_text(arena, solid->channels.dim), h = height_label(plan, solid).text;
    Str w = dim_text(arena, solid->width.dim);
    if (!solid_is_face(solid))
        return size_label(plan, solid->channels.dim);
    if (solid->form == FORM_SEQUENCE)
        return (Label){LABEL_MATH, str_format(arena, "%.*s×%.*s", STR_ARGS(h), STR_ARGS(c))};
    switch (plan->figure->notation) {
    case NOTATION_CHW:
        return (Label){LABEL_MATH, str_format(arena, "%.*s×%.*s×%.*s", STR_ARGS(c), STR_ARGS(h), STR_ARGS(w))};
    case NOTATION_HWC:
        return (Label){LABEL_MATH, str_format(arena, "%.*s×%.*s×%.*s", STR_ARGS(h), STR_ARGS(w), STR_ARGS(c))};
    case NOTATION_AUTO:
    case NOTATION_C_AT_HW:
    case NOTATION_TUPLE:
    case NOTATION_CH:
        break;
    }
    return (Label){LABEL_MATH, str_format(arena, "%.*s@%.*s×%.*s", STR_ARGS(c), STR_ARGS(h), STR_ARGS(w))};
}

static void add_resolutions(const SolidPlan *plan, Scene *scene)
{
    for (uint32_t i = 0; i < plan->count; i++)
        if (says_resolution(plan, i))
            solid_add_span(plan, scene, i, solids_group_end(plan, i) - 1, SPAN_ABOVE,
                           resolution_label(plan, typical_of(plan, i)));
}

/* Whole shapes over groups, one for each run of equal channels. */
static void add_shapes(const SolidPlan *plan, Scene *scene)
{
    for (uint32_t i = 0, end; i < plan->count; i = end) {
        const Solid *solid = &plan->solids[i];
        end = i + 1;
        if (solid->form == FORM_CIRCLE)
            continue;
        while (end < plan->count && !plan->solids[end].opens &&
               (plan->solids[end - 1].slab || plan->solids[end].channels.n == plan->solids[end - 1].channels.n))
            end++;
        solid_add_span(plan, scene, i, end - 1, SPAN_ABOVE, shape_label(plan, &plan->solids[end - 1]));
    }
}

void solids_add_sizes(const SolidPlan *plan, Scene *scene)
{
    for (uint32_t i = 0; i < plan->count; i++)
        if (has_shape_above(plan, &plan->solids[i]))
            solid_add_span(plan, scene, i, i, SPAN_ABOVE, shape_label(plan, &plan->solids[i]));
    if (!plan->sheets && plan->figure->shapes == SHAPES_MARGIN)
        add_shapes(plan, scene);
    if (says_above(plan))
        add_resolutions(plan, scene);
}
