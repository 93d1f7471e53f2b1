/* SPDX-License-Identifier: MIT */
/* What is written at solids: sizes on their edges, captions below, texts over and under groups. */
#include "view/solid.h"

static const Label no_label = {LABEL_TEXT, {NULL, 0}};

uint32_t solids_group_end(const SolidPlan *plan, uint32_t index)
{
    uint32_t end = index + 1;
    while (end < plan->count && !plan->solids[end].opens)
        end++;
    return end;
}

/* ---- Sizes ---- */

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

/* The middle of the run of solids with equal channels that `index` is in, within its group; slabs carry no number. */
static uint32_t middle_of_run(const SolidPlan *plan, uint32_t index)
{
    uint32_t first = index, last = index;
    const Solid *solids = plan->solids;
    while (!solids[first].opens && !solids[first - 1].slab && solids[first - 1].channels.n == solids[index].channels.n)
        first--;
    while (last + 1 < plan->count && !solids[last + 1].opens && solids[last + 1].channels.n == solids[index].channels.n)
        last++;
    return first + (last - first) / 2;
}

static bool says_channels(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    switch (plan->figure->shapes) {
    case SHAPES_NONE:
    case SHAPES_MARGIN:
        return false;
    case SHAPES_ALL:
        return true;
    case SHAPES_CHANGES:
        return index == 0 || solid->opens || solid->channels.n != plan->solids[index - 1].channels.n;
    case SHAPES_AUTO:
        break;
    }
    return !solid_is_face(solid) || (!solid->slab && middle_of_run(plan, index) == index);
}

/* The resolution is said where it is another than at the last solid that has one; by default once a group. */
static bool says_resolution(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    if (!solid_is_face(solid) || plan->figure->shapes == SHAPES_NONE || plan->figure->shapes == SHAPES_MARGIN)
        return false;
    if (plan->figure->shapes == SHAPES_ALL)
        return true;
    if (plan->figure->shapes == SHAPES_AUTO && !solid->opens)
        return false;
    for (uint32_t i = index; i-- > 0;)
        if (solid_is_face(&plan->solids[i]))
            return !solid_same_resolution(&plan->solids[i], solid);
    return true;
}

void solid_add_dims(const SolidPlan *plan, Scene *scene, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    Label labels[3] = {no_label, no_label, no_label};
    if (says_channels(plan, index))
        labels[0] = size_label(plan, solid->channels.dim);
    if (says_resolution(plan, index)) {
        bool square = solid->height.n == solid->width.n && plan->figure->shapes != SHAPES_ALL;
        labels[1] = height_label(plan, solid);
        labels[2] = solid->form == FORM_MAP && !square ? size_label(plan, solid->width.dim) : no_label;
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
        break;
    }
    return (Label){LABEL_MATH, str_format(arena, "%.*s@%.*s×%.*s", STR_ARGS(c), STR_ARGS(h), STR_ARGS(w))};
}

/* ---- Names ---- */

/* How the author or the model calls a node. */
static Label name_of(const Node *node)
{
    if (node->kind == NODE_GROUP && node->scope)
        return node->scope->label.size ? (Label){LABEL_TEX, node->scope->label}
                                       : (Label){LABEL_TEXT, node->scope->name};
    if (node->layer && node->layer->label.size)
        return (Label){LABEL_TEX, node->layer->label};
    return (Label){LABEL_TEXT, node->layer ? node->layer->name : node->name};
}

/* What a closed group says of itself; its times come behind it. */
static Label group_caption(const SolidPlan *plan, const Node *node)
{
    Label label = node->cells[0].label.text.size ? node->cells[0].label : name_of(node);
    if (node->times <= 1)
        return label;
    Text text = text_in(plan->arena);
    text_add(&text, label.text);
    text_add(&text, label.text.size ? STR("\n") : STR(""));
    if (label.kind == LABEL_TEXT)
        text_add_format(&text, "×%lld", (long long)node->times);
    else
        text_add_format(&text, "$\\times%lld$", (long long)node->times);
    return (Label){label.kind == LABEL_MATH ? LABEL_TEXT : label.kind, text_str(&text)};
}

/* The part that all names of a group begin with, such as conv1 of conv1_1 and conv1_2; slabs do not count. */
static Str common_name(const SolidPlan *plan, uint32_t first, uint32_t end)
{
    Str common = {NULL, 0};
    uint32_t count = 0;
    for (uint32_t i = first; i < end; i++) {
        if (plan->solids[i].slab)
            continue;
        Str name = name_of(plan->solids[i].node).text;
        size_t same = 0;
        while (count && same < common.size && same < name.size && common.at[same] == name.at[same])
            same++;
        common = count++ ? str_slice(common, 0, same) : name;
    }
    while (count > 1 && common.size && str_find(STR("_-./ "), common.at[common.size - 1]) < 5)
        common.size--;
    bool ends_whole = count > 1 && common.size > 1 && str_is_utf8(common, &(size_t){0});
    return ends_whole ? common : STR("");
}

Label solid_caption(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    const Node *node = solid->node;
    if (node->kind == NODE_GROUP && plan->figure->names != TOGGLE_NO)
        return group_caption(plan, node);
    if (node->times > 1)
        return (Label){LABEL_TEXT, str_format(plan->arena, "×%lld", (long long)node->times)};
    bool author = node->layer && node->layer->label.size;
    if (plan->figure->names == TOGGLE_NO || (plan->figure->names == TOGGLE_AUTO && !author))
        return no_label;
    uint32_t first = index;
    while (!plan->solids[first].opens)
        first--;
    bool shared = !author && common_name(plan, first, solids_group_end(plan, first)).size;
    return shared || (solid->slab && !author) ? no_label : name_of(node);
}

/* ---- Groups ---- */

static void add_span(const SolidPlan *plan, Scene *scene, uint32_t first, uint32_t last, bool above, Label label)
{
    SceneItem *item = scene_add_item(scene, ITEM_SPAN);
    item->name = plan->solids[first].node->name;
    item->name2 = plan->solids[last].node->name;
    item->a = above;
    item->label = label;
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
        add_span(plan, scene, i, end - 1, true, shape_label(plan, &plan->solids[end - 1]));
    }
}

static void add_names(const SolidPlan *plan, Scene *scene)
{
    for (uint32_t i = 0, end; i < plan->count; i = end) {
        end = solids_group_end(plan, i);
        Str name = common_name(plan, i, end);
        if (name.size)
            add_span(plan, scene, plan->solids[i].slab ? i + 1 : i, end - 1, false, (Label){LABEL_TEXT, name});
    }
}

/* The frame of a solid that is named or repeated: the outermost one, or with `inner` the next such inside of it. */
static const Frame *frame_of(const Solid *solid, bool inner)
{
    const Frame *outer = NULL, *next = NULL;
    for (const Frame *frame = solid->node->frame; frame; frame = frame->parent)
        if ((frame->visible && frame->title.text.size) || frame->times > 1) {
            next = outer;
            outer = frame;
        }
    return !inner ? outer : next && next->times > 1 ? next : NULL;
}

static Label frame_label(const SolidPlan *plan, const Frame *frame)
{
    if (frame->times <= 1)
        return frame->title;
    const char *gap = frame->title.text.size ? " " : "";
    long long times = (long long)frame->times;
    bool tex = frame->title.kind != LABEL_TEXT;
    Str title = frame->title.text;
    return (Label){frame->title.kind, tex ? str_format(plan->arena, "%.*s%s$\\times%lld$", STR_ARGS(title), gap, times)
                                          : str_format(plan->arena, "%.*s%s×%lld", STR_ARGS(title), gap, times)};
}

/* Open frames are texts under (repeats inside of them: over) the solids that they hold. */
static void add_frames(const SolidPlan *plan, Scene *scene, bool inner)
{
    for (uint32_t i = 0, end; i < plan->count; i = end) {
        const Frame *frame = frame_of(&plan->solids[i], inner);
        end = i + 1;
        while (frame && end < plan->count && frame_of(&plan->solids[end], inner) == frame)
            end++;
        if (frame)
            add_span(plan, scene, i, end - 1, inner, frame_label(plan, frame));
    }
}

void solids_add_spans(const SolidPlan *plan, Scene *scene)
{
    if (plan->figure->shapes == SHAPES_MARGIN)
        add_shapes(plan, scene);
    add_frames(plan, scene, true);
    if (plan->figure->names != TOGGLE_NO)
        add_frames(plan, scene, false);
    if (plan->figure->names == TOGGLE_YES)
        add_names(plan, scene);
}
