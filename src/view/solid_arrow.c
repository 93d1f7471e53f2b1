/* SPDX-License-Identifier: MIT */
/* Arrows that stand for operations: each in the colour of its class, and a legend that says what they do. */
#include "view/solid.h"

#include <string.h>

enum { NAMES_MOST = 2 }; /* different operations of one colour that the legend lists; more are called by their class */

static bool grows(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    return index && solid_is_face(solid) && solid_is_face(solid - 1) && solid->height.n > solid[-1].height.n;
}

/* The kernel as a label writes it, `3×3`, or empty; *one: it sees a single position. */
static Str kernel_text(const SolidPlan *plan, const Solid *solid, bool *one)
{
    const Layer *layer = solid->maker->layer;
    Text text = text_in(plan->arena);
    *one = false;
    if (solid->maker->kind != NODE_BOX || !layer || !solid_is_face(solid) || op_attr_row(layer->op, "kernel") < 0)
        return STR("");
    uint32_t axes = solid->form == FORM_SEQUENCE ? 1 : solid->frames.kind == DIM_UNKNOWN ? 2 : 3;
    *one = true;
    for (uint32_t axis = 0; axis < axes; axis++) {
        Dim size = attr_axis(plan->arena, layer, "kernel", axis);
        if (size.kind == DIM_UNKNOWN) {
            *one = false;
            return STR("");
        }
        *one = *one && dim_is(size, 1);
        text_add_format(&text, "%s%.*s", axis ? "×" : "", STR_ARGS(dim_text(plan->arena, size)));
    }
    return text_str(&text);
}

static const char *class_of(const SolidPlan *plan, uint32_t index, bool one)
{
    const Node *maker = plan->solids[index].maker;
    int style = solid_style_of(plan, maker);
    if (maker->kind != NODE_GROUP && (style == STYLE_CONV || style == STYLE_RESHAPE) && grows(plan, index))
        return "up";
    return style == STYLE_CONV && one ? "pointwise" : style_name((StyleClass)style);
}

/* What it is called: `3×3 conv + ReLU`; a group by its name. */
static Label name_of(const SolidPlan *plan, const Solid *solid, Str kernel)
{
    const Node *maker = solid->maker;
    if (maker->kind != NODE_BOX || !maker->layer)
        return maker->cells[0].label;
    Str fused = maker == solid->node ? solid_fused_text(plan, solid) : STR("");
    const char *title = maker->layer->op->title;
    Str op = title ? str_from(title) : maker->layer->op_name;
    return (Label){LABEL_TEXT, str_format(plan->arena, "%.*s%s%.*s%.*s", STR_ARGS(kernel), kernel.size ? " " : "",
                                          STR_ARGS(op), STR_ARGS(fused))};
}

Operation solid_operation(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    bool one;
    if (solid->form == FORM_CIRCLE)
        return (Operation){"flow", "right", {LABEL_TEXT, {NULL, 0}}};
    Str kernel = kernel_text(plan, solid, &one);
    int64_t before = index ? solid[-1].level : solid->level;
    const char *points = before < solid->level ? "down" : before > solid->level ? "up" : "right";
    return (Operation){class_of(plan, index, one), points, name_of(plan, solid, kernel)};
}

/* One entry: all operations of a class, `3×3 conv, 5×5 conv`. */
static void add_entry(const SolidPlan *plan, Scene *scene, uint32_t first)
{
    Operation begin = solid_operation(plan, first);
    Names *names = names_new(plan->arena);
    Text text = text_in(plan->arena);
    for (uint32_t i = first; i < plan->count; i++) {
        Operation operation = solid_operation(plan, i);
        if (!plan->solids[i].joined || strcmp(operation.class, begin.class) != 0)
            continue;
        if (!names_put(names, operation.label.text, plan->arena))
            continue;
        text_add_format(&text, "%s%.*s", text.size ? ", " : "", STR_ARGS(operation.label.text));
    }
    Label label = begin.label;
    StyleClass style = STYLE_OTHER;
    if (names_count(names) > NAMES_MOST && style_from_name(str_from(begin.class), &style))
        label = (Label){LABEL_TEXT, str_from(style_title(style))};
    else if (names_count(names) > 1 && label.kind == LABEL_TEXT)
        label.text = text_str(&text);
    scene_add_legend(scene, begin.class, label)->arrow = begin.points;
}

/* What a copy across does, if there is one: the first of the legend's own that no solid explains. */
static void add_copy(const SolidPlan *plan, Scene *scene)
{
    bool copies = false, crops = false;
    for (uint32_t i = 0; i < plan->skip_count; i++) {
        const Skip *skip = &plan->skips[i];
        if (skip->role != LINK_COPY)
            continue;
        copies = true;
        crops = crops || solid_crop_to(plan, skip->from);
    }
    if (copies)
        scene_add_legend(scene, "copy", (Label){LABEL_TEXT, crops ? STR("copy and crop") : STR("copy")})->arrow = "right";
}

void solids_add_operations(const SolidPlan *plan, Scene *scene)
{
    Names *seen = names_new(plan->arena);
    if (plan->figure->legend == TOGGLE_NO)
        return;
    for (uint32_t i = 1; i < plan->count; i++) {
        Operation operation = solid_operation(plan, i);
        bool drawn = plan->solids[i].joined && plan->solids[i].form != FORM_CIRCLE;
        if (drawn && names_put(seen, str_from(operation.class), plan->arena))
            add_entry(plan, scene, i);
    }
    add_copy(plan, scene);
}
