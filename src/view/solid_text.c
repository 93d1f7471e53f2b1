/* SPDX-License-Identifier: MIT */
/* Names written at solids: captions below, texts over and under groups. */
#include "view/solid.h"

static const Label no_label = {LABEL_TEXT, {NULL, 0}};

uint32_t solids_group_end(const SolidPlan *plan, uint32_t index)
{
    uint32_t end = index + 1;
    while (end < plan->count && !plan->solids[end].opens)
        end++;
    return end;
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

/* What all names of a group begin with, such as conv1 of conv1_1 and conv1_2, up to a separator; slabs do not count. */
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
    size_t whole = common.size;
    while (whole && str_find(STR("_-./ "), common.at[whole - 1]) < 5)
        whole--;
    return count > 1 && whole < common.size ? str_slice(common, 0, whole) : STR("");
}

/* What the author calls the data that enter or leave. */
static Label end_label(const Node *node)
{
    return node->layer && node->layer->label.size ? (Label){LABEL_TEX, node->layer->label} : no_label;
}

/* In levels the data that enter are named left of them, those that leave right of them. */
void solid_add_beside(const SolidPlan *plan, Scene *scene, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    Label texts[] = {solid->node->kind == NODE_INPUT ? end_label(solid->node) : no_label,
                     solid->last->kind == NODE_OUTPUT ? end_label(solid->last) : no_label};
    for (int side = 0; plan->levels && plan->figure->names != TOGGLE_NO && side < 2; side++)
        if (texts[side].text.size) {
            SceneItem *item = scene_add_item(scene, ITEM_BESIDE);
            item->a = side;
            item->label = texts[side];
        }
}

/* What a solid is called, where it is. */
static Label called(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    if (plan->levels && solid->node->kind == NODE_INPUT)
        return no_label;
    if (!plan->levels && solid->last->kind == NODE_OUTPUT && plan->figure->names != TOGGLE_NO)
        if (end_label(solid->last).text.size)
            return end_label(solid->last);
    bool author = solid->node->layer && solid->node->layer->label.size && solid->node->kind != NODE_GROUP;
    if (author && plan->figure->names != TOGGLE_NO)
        return name_of(solid->node);
    if (plan->figure->names != TOGGLE_YES || solid->slab || solid->node->kind == NODE_GROUP)
        return no_label;
    uint32_t first = index;
    while (!plan->solids[first].opens)
        first--;
    uint32_t end = solids_group_end(plan, first);
    Str common = common_name(plan, first, end);
    if (!common.size)
        return name_of(solid->node);
    first += plan->solids[first].slab;
    return index == first + (end - first - 1) / 2 ? (Label){LABEL_TEXT, common} : no_label;
}

Label solid_turned(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    if (!solid->node->turned || solid->form == FORM_CIRCLE || plan->figure->names == TOGGLE_NO)
        return no_label;
    return solid->node->kind == NODE_GROUP ? name_of(solid->node) : called(plan, index);
}

/* Where the label runs up the front, the note has its place. */
Label solid_caption(const SolidPlan *plan, uint32_t index)
{
    return solid_turned(plan, index).text.size ? plan->solids[index].node->note : called(plan, index);
}

/* ---- Groups ---- */

void solid_add_span(const SolidPlan *plan, Scene *scene, uint32_t first, uint32_t last, SpanPlace place, Label label)
{
    SceneItem *item = scene_add_item(scene, ITEM_SPAN);
    item->name = plan->solids[first].node->name;
    item->name2 = plan->solids[last].node->name;
    item->a = place;
    item->label = label;
}

static bool is_closed(const SolidPlan *plan, uint32_t index)
{
    return plan->solids[index].node->kind == NODE_GROUP;
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

/* The title of a frame. That of a block is how its author calls a pattern, which the solids show themselves. */
static Label title_of(const SolidPlan *plan, const Frame *frame)
{
    const Scope *scope = frame->scope;
    bool called_so = scope && scope->unnamed && !str_equal(scope->name, scope->definition);
    bool pattern = scope && (scope->kind == SCOPE_BLOCK || called_so) && !scope->label.size;
    return pattern && plan->figure->names != TOGGLE_YES ? no_label : frame->title;
}

/* A title, how often it is repeated, and what the repetitions do otherwise. */
static Label full_title(const SolidPlan *plan, Label title, int64_t times, Str differs)
{
    Text text = text_in(plan->arena);
    text_add(&text, title.text);
    if (times > 1)
        text_add_format(&text, title.kind == LABEL_TEX ? "%s$\\nktimes%lld$" : "%s×%lld", title.text.size ? " " : "",
                        (long long)times);
    if (differs.size && title.kind == LABEL_TEXT)
        text_add_format(&text, "\n%.*s", STR_ARGS(differs));
    return (Label){title.kind, text_str(&text)};
}

static bool on_one_row(const SolidPlan *plan, uint32_t a, uint32_t b)
{
    return plan->solids[a].level == plan->solids[b].level && plan->solids[a].tower == plan->solids[b].tower;
}

/* Open frames are texts under (repeats inside of them: over) the solids that they hold. */
static void add_frames(const SolidPlan *plan, Scene *scene, bool inner)
{
    for (uint32_t i = 0, end; i < plan->count; i = end) {
        const Frame *frame = frame_of(&plan->solids[i], inner);
        end = i + 1;
        while (frame && end < plan->count && frame_of(&plan->solids[end], inner) == frame && on_one_row(plan, i, end))
            end++;
        Label title = frame ? full_title(plan, title_of(plan, frame), frame->times, frame->differs) : no_label;
        if (title.text.size)
            solid_add_span(plan, scene, i, end - 1, inner ? SPAN_ABOVE : SPAN_BELOW, title);
    }
}

/* Colour and legend say of which block it is. */
static bool is_told_by_colour(const SolidPlan *plan, const Node *node)
{
    ColourBy colours = plan->figure->colours;
    bool told = colours == COLOURS_OP || (colours == COLOURS_STRUCTURE && plan->paints[node->index] != style_name(STYLE_OTHER));
    return told && plan->figure->legend != TOGGLE_NO && plan->figure->names != TOGGLE_YES && node->scope->definition.size &&
           !node->scope->label.size;
}

/* An arrow leaves to the level below, or comes from there: no name has room under the solid. */
static bool is_open_below(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    bool leaves = index + 1 < plan->count && solid[1].joined && solid[1].level > solid->level;
    return leaves || (index && solid->joined && solid[-1].level > solid->level);
}

/* Closed groups are named below; equal ones next to each other together. */
static void add_closed(const SolidPlan *plan, Scene *scene)
{
    for (uint32_t i = 0, end; i < plan->count; i = end) {
        end = i + 1;
        bool told = is_closed(plan, i) && is_told_by_colour(plan, plan->solids[i].node);
        if (!is_closed(plan, i) || plan->solids[i].node->turned || frame_of(&plan->solids[i], false) || told || is_open_below(plan, i))
            continue;
        const Node *node = plan->solids[i].node;
        Label label = full_title(plan, node->cells[0].label, 1, node->differs);
        while (end < plan->count && is_closed(plan, end) && !plan->solids[end].node->turned && !is_open_below(plan, end) && !node->differs.size && on_one_row(plan, i, end) &&
               str_equal(plan->solids[end].node->cells[0].label.text, label.text))
            end++;
        solid_add_span(plan, scene, i, end - 1, SPAN_BELOW, label);
    }
}

void solids_add_spans(const SolidPlan *plan, Scene *scene)
{
    add_frames(plan, scene, true);
    if (plan->figure->names != TOGGLE_NO) {
        add_frames(plan, scene, false);
        add_closed(plan, scene);
    }
}

/* A line under the figure names them: arrows to all that they steer would hide the rest. */
void solids_add_conditions(const SolidPlan *plan, Scene *scene)
{
    Text text = text_in(plan->arena);
    for (uint32_t i = plan->spine->condition_count; i-- > 0;) /* found from the end of the line */
        text_add_format(&text, "%s%.*s", text.size ? ", " : "not drawn: ",
                        STR_ARGS(solid_tex_of(plan, name_of(plan->spine->conditions[i]))));
    if (text.size && plan->figure->legend != TOGGLE_NO)
        scene_add_legend(scene, "", (Label){LABEL_TEX, text_str(&text)});
    else if (text.size)
        diag_warning(plan->diags, plan->figure->place, "%.*s, which many solids read", STR_ARGS(text_str(&text)));
}
