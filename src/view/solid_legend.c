/* SPDX-License-Identifier: MIT */
/* What colours and sizes mean: the legend, and the scale laws in words. */
#include "view/solid.h"

#include <string.h>

bool solid_has_band(const SolidPlan *plan, const Solid *solid)
{
    if (!solid->ending || plan->figure->bands == TOGGLE_NO || solid->slab)
        return false;
    bool at_end = !plan->levels && solid->form == FORM_VECTOR && !plan->spine->users[solid->last->index];
    return plan->figure->bands == TOGGLE_YES || at_end;
}

static void add_fused(Text *text, const Cell *cell)
{
    if (cell->label.kind != LABEL_TEXT || (cell->style != STYLE_NORM && cell->style != STYLE_ACTIVATION))
        return;
    text_add(text, STR(" + "));
    text_add(text, cell->label.text);
}

/* What is fused into a solid's operation, in the order of the layers: ` + BN + ReLU`. Bands speak for themselves. */
Str solid_fused_text(const SolidPlan *plan, const Solid *solid)
{
    Text text = text_in(plan->arena);
    const Node *node = solid->node;
    const Cell *band = solid_has_band(plan, solid) ? solid->ending : NULL;
    bool own = false;
    for (uint32_t said = 1, silent = 0; said < node->cell_count || silent < node->silent_count;) {
        bool take_silent = said >= node->cell_count ||
                           (silent < node->silent_count &&
                            node->silent[silent].layer->index < node->cells[said].layer->index);
        const Cell *cell = take_silent ? &node->silent[silent++] : &node->cells[said++];
        own = own || cell == solid->ending;
        if (cell != band)
            add_fused(&text, cell);
    }
    if (solid->ending && !own && !band)
        add_fused(&text, solid->ending);
    return text_str(&text);
}

/* Classes that gather many things are called by the operation where it is one alone: concat rather than merge. */
static Str title_of(const SolidPlan *plan, int style)
{
    const Op *op = NULL;
    if (style != STYLE_MERGE && style != STYLE_RESHAPE && style != STYLE_OTHER)
        return str_from(style_title((StyleClass)style));
    for (uint32_t i = 0; i < plan->count; i++) {
        const Solid *solid = &plan->solids[i];
        if (solid->style != style || solid->form == FORM_CIRCLE || solid->node->kind != NODE_BOX)
            continue;
        if (op && op != solid->node->layer->op)
            return str_from(style_title((StyleClass)style));
        op = solid->node->layer->op;
    }
    return op && op->title ? str_from(op->title) : str_from(style_title((StyleClass)style));
}

/* The class and what all its solids have fused in: `convolution + ReLU`. The end of a network may differ. */
static Label class_label(const SolidPlan *plan, int style)
{
    Str fused = {NULL, 0};
    bool any = false, same = true;
    for (uint32_t i = 0; i < plan->count; i++) {
        const Solid *solid = &plan->solids[i];
        if (solid->style != style || solid->node->kind != NODE_BOX || solid->slab)
            continue;
        if (!plan->spine->users[solid->last->index] && any)
            continue;
        Str text = solid_fused_text(plan, solid);
        same = same && (!any || str_equal(text, fused));
        fused = text;
        any = true;
    }
    Str title = title_of(plan, style);
    return (Label){LABEL_TEXT, same ? str_format(plan->arena, "%.*s%.*s", STR_ARGS(title), STR_ARGS(fused)) : title};
}

static void add_class(const SolidPlan *plan, Scene *scene, bool *seen, int style)
{
    if (style == STYLE_DATA || seen[style])
        return;
    seen[style] = true;
    scene_add_legend(scene, style_name((StyleClass)style), class_label(plan, style));
}

/* All that bands of one colour stand for: `ReLU, softmax`. */
static Label band_label(const SolidPlan *plan, int style)
{
    Text text = text_in(plan->arena);
    Names *names = names_new(plan->arena);
    for (uint32_t i = 0; i < plan->count; i++) {
        const Solid *solid = &plan->solids[i];
        if (!solid_has_band(plan, solid) || solid->ending->style != style || solid->ending->label.kind != LABEL_TEXT)
            continue;
        if (!names_put(names, solid->ending->label.text, plan->arena))
            continue;
        text_add(&text, text.size ? STR(", ") : STR(""));
        text_add(&text, solid->ending->label.text);
    }
    return (Label){LABEL_TEXT, text.size ? text_str(&text) : str_from(style_title((StyleClass)style))};
}

static void add_band(const SolidPlan *plan, Scene *scene, bool *seen, int style)
{
    if (seen[style])
        return;
    seen[style] = true;
    scene_add_legend(scene, style_name((StyleClass)style), band_label(plan, style));
}

static bool wants_legend(const SolidPlan *plan)
{
    bool seen[STYLE_COUNT] = {false};
    uint32_t classes = 0;
    for (uint32_t i = 0; i < plan->count; i++) {
        const Solid *solid = &plan->solids[i];
        if (solid->form == FORM_CIRCLE)
            continue;
        classes += solid->style != STYLE_DATA && !seen[solid->style];
        seen[solid->style] = true;
        if (!solid_has_band(plan, solid))
            continue;
        classes += !seen[solid->ending->style];
        seen[solid->ending->style] = true;
    }
    bool speaks = classes > 1 && plan->figure->names != TOGGLE_YES;
    return plan->figure->legend == TOGGLE_YES || (plan->figure->legend == TOGGLE_AUTO && speaks);
}

/* Convolutions that share no weights look different. */
static void add_local(Scene *scene, bool *seen)
{
    if (!*seen)
        scene_add_legend(scene, "local", (Label){LABEL_TEXT, STR("locally connected")});
    *seen = true;
}

/* What the colours of `colours` stand for, in the order of the flow. */
static void add_paints(const SolidPlan *plan, Scene *scene)
{
    bool seen[STYLE_COUNT] = {false}, wanted = plan->figure->legend != TOGGLE_NO && plan->figure->colours != COLOURS_NONE;
    for (uint32_t k = 0; wanted && k < plan->palette->count; k++)
        for (uint32_t i = 0; i < plan->count; i++)
            if (plan->solids[i].form != FORM_CIRCLE && solid_class(plan, &plan->solids[i]) == palette_style(k)) {
                scene_add_legend(scene, palette_style(k), (Label){LABEL_TEXT, plan->palette->keys[k]});
                break;
            }
    for (uint32_t i = 0; wanted && i < plan->count; i++)
        if (solid_has_band(plan, &plan->solids[i]))
            add_band(plan, scene, seen, plan->solids[i].ending->style);
}

void solids_add_legend(const SolidPlan *plan, Scene *scene)
{
    bool seen[STYLE_COUNT] = {false}, local = false;
    if (plan->operations)
        solids_add_operations(plan, scene);
    if (plan->paints) {
        add_paints(plan, scene);
        return;
    }
    if (plan->operations || !wants_legend(plan))
        return;
    for (uint32_t i = 0; i < plan->count; i++) {
        const Solid *solid = &plan->solids[i];
        if (solid->form == FORM_CIRCLE)
            continue;
        if (solid->copied && !seen[STYLE_MERGE]) {
            seen[STYLE_MERGE] = true;
            scene_add_legend(scene, style_name(STYLE_MERGE), (Label){LABEL_TEXT, STR("copied")});
        }
        if (solid->style == STYLE_CONV && !strcmp(solid_class(plan, solid), "local"))
            add_local(scene, &local);
        else
            add_class(plan, scene, seen, solid->style);
        if (solid_has_band(plan, solid))
            add_band(plan, scene, seen, solid->ending->style);
    }
}
