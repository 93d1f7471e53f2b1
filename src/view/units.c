/* SPDX-License-Identifier: MIT */
/* View `units`: layers as ranks of circles, one for each neuron, with the links between them. */
#include "view/unit.h"
#include "view/view.h"

/* The units that are drawn, as ranges: `1-4,781-784`; an empty range at the end: and so on. */
static Str shown_text(const UnitPlan *plan, const UnitLayer *layer)
{
    Text text = text_in(plan->arena);
    text_add_format(&text, layer->head > 1 ? "1-%u" : "1", layer->head);
    if (layer->tail)
        text_add_format(&text, ",%lld%s", (long long)(layer->size.n - layer->tail + 1), layer->tail > 1 ? "-" : "");
    if (layer->tail > 1)
        text_add_int(&text, layer->size.n);
    if (layer->cut && !layer->tail)
        text_add_char(&text, ',');
    return text_str(&text);
}

static SceneItem *add_part(Scene *scene, ItemKind kind, Str what)
{
    SceneItem *item = scene_add_item(scene, kind);
    item->name = what;
    return item;
}

static bool is_kept(const UnitLooks *looks, int64_t unit)
{
    for (uint32_t i = 0; i < looks->kept_count; i++)
        if (looks->kept[i] == unit)
            return true;
    return false;
}

static bool add_dropped(const UnitPlan *plan, Scene *scene, const UnitLayer *layer)
{
    const UnitLooks *looks = layer->looks;
    Text text = text_in(plan->arena);
    for (uint32_t i = 0; i < looks->kept_count; i++) {
        if (layer->size.kind != DIM_INT || looks->kept[i] <= layer->size.n)
            continue;
        diag_error(plan->diags, looks->kept_place, "`kept` names unit %lld of `%.*s`, which has %lld", (long long)looks->kept[i],
                   STR_ARGS(layer->node->name), (long long)layer->size.n);
        return false;
    }
    for (uint32_t i = 0; i < units_shown(layer); i++)
        if (!is_kept(looks, units_number(layer, i)))
            text_add_format(&text, "%s%lld", text.size ? "," : "", (long long)units_number(layer, i));
    if (text.size)
        add_part(scene, ITEM_DROPPED, text_str(&text));
    return true;
}

/* Labels before the ellipsis belong to the first units, those behind it to the last. */
static bool add_labels(const UnitPlan *plan, Scene *scene, const UnitLayer *layer)
{
    const UnitLooks *looks = layer->looks;
    uint32_t last = looks->label_count - looks->label_gap, shown = units_shown(layer);
    if (looks->label_count > shown || looks->label_gap > (layer->tail && last ? layer->head : shown) ||
        (last > layer->tail && layer->cut)) {
        diag_error(plan->diags, looks->labels_place, "%u labels for the %u units of `%.*s` that are shown", looks->label_count,
                   shown, STR_ARGS(layer->node->name));
        if (layer->cut)
            diag_hint(plan->diags, "%u stand before the ellipsis and %u behind it: write `…` between their labels",
                      layer->head, layer->tail);
        return false;
    }
    for (uint32_t i = 0; i < looks->label_count; i++) {
        uint32_t index = i < looks->label_gap ? i : shown - looks->label_count + i;
        if (!looks->labels[i].size)
            continue;
        SceneItem *item = scene_add_item(scene, ITEM_UNIT);
        item->a = units_number(layer, index);
        item->label = (Label){LABEL_TEX, looks->labels[i]};
    }
    return true;
}

static bool add_looks(const UnitPlan *plan, Scene *scene, const UnitLayer *layer)
{
    static const char *const marks[] = {"", "circle", "triangle", "cross"};
    const UnitLooks *looks = layer->looks;
    UnitLoop loop = looks ? looks->loop : LOOP_AUTO;
    bool recurrent = layer->node->kind != NODE_GROUP && layer->node->layer->op->style == STYLE_RECURRENT;
    if (looks && looks->mark)
        add_part(scene, ITEM_MARK, str_from(marks[looks->mark]));
    if (loop == LOOP_YES || (loop == LOOP_AUTO && recurrent))
        add_part(scene, ITEM_LOOP, (Str){0});
    if (looks && looks->mark && looks->label_count) {
        diag_error(plan->diags, looks->labels_place, "a mark and a label do not both fit into the units of `%.*s`",
                   STR_ARGS(layer->node->name));
        return false;
    }
    if (looks && looks->has_kept && !add_dropped(plan, scene, layer))
        return false;
    if (looks && !add_labels(plan, scene, layer))
        return false;
    if (layer->bias)
        add_part(scene, ITEM_BIAS, (Str){0});
    return true;
}

static bool add_layer(const UnitPlan *plan, Scene *scene, const UnitLayer *layer)
{
    SceneItem *item = add_part(scene, ITEM_UNITS, layer->node->name);
    item->name2 = shown_text(plan, layer);
    scene_set_cells(scene, item, 1);
    item->cells[0].style = style_name((StyleClass)layer->node->cells[0].style);
    if (plan->direction != DIRECTION_OUT) {
        bool few = units_are_crowded(plan) && !layer->node->layer->label.size;
        Label size = units_size_label(plan, layer);
        item->label = few && size.text.size ? (Label){LABEL_MATH, dim_text(plan->arena, layer->size)} : units_label(plan, layer);
        item->out = few ? (Label){LABEL_MATH, {NULL, 0}} : size;
        item->note = units_fused_label(plan, layer);
    }
    return add_looks(plan, scene, layer);
}

static const UnitLayer *layer_at(const UnitPlan *plan, uint32_t rank, uint32_t order)
{
    for (uint32_t i = 0; i < plan->outline->node_count; i++)
        if (plan->layers[i].rank == rank && plan->layers[i].order == order)
            return &plan->layers[i];
    return NULL;
}

static bool add_ranks(const UnitPlan *plan, Scene *scene)
{
    const UnitLayer *layer;
    bool good = true;
    for (uint32_t rank = 1; rank <= plan->ranks; rank++) {
        scene_add_item(scene, ITEM_RANK);
        for (uint32_t order = 0; (layer = layer_at(plan, rank, order)); order++)
            good = add_layer(plan, scene, layer) && good;
    }
    return good;
}

/* Rings have no room for labels: what they are stands in the legend, from the centre outwards. */
static void add_ring_legend(const UnitPlan *plan, Scene *scene)
{
    const UnitLayer *layer;
    for (uint32_t rank = 1; rank <= plan->ranks && plan->figure->legend != TOGGLE_NO; rank++)
        for (uint32_t order = 0; (layer = layer_at(plan, rank, order)); order++) {
            Label label = units_label(plan, layer), size = units_size_label(plan, layer);
            if (!label.text.size && !size.text.size)
                continue;
            Str fused = units_fused_label(plan, layer).text;
            if (fused.size && label.kind == LABEL_TEXT)
                label.text = str_format(plan->arena, "%.*s (%.*s)", STR_ARGS(label.text), STR_ARGS(fused));
            SceneLegend *legend = scene_add_legend(scene, style_name((StyleClass)layer->node->cells[0].style), label);
            legend->size = size;
        }
}

static void add_class_legend(const UnitPlan *plan, Scene *scene)
{
    bool seen[STYLE_COUNT] = {false};
    for (uint32_t i = 0; i < plan->outline->node_count; i++) {
        int style = plan->layers[i].node->cells[0].style;
        if (!seen[style])
            scene_add_legend(scene, style_name((StyleClass)style), (Label){LABEL_TEXT, str_from(style_title((StyleClass)style))});
        seen[style] = true;
    }
}

Scene *view_units(Arena *arena, Diags *diags, const Outline *outline, const Figure *figure)
{
    UnitPlan plan = {.arena = arena, .diags = diags, .figure = figure, .outline = outline};
    plan.direction = figure->direction == DIRECTION_AUTO ? DIRECTION_RIGHT : figure->direction;
    if (!units_plan(&plan))
        return NULL;
    if (figure->edges == EDGES_ORTHO || figure->edges == EDGES_DIAGONAL || figure->edges == EDGES_THICK) {
        diag_warning(diags, figure->place, "links between units are straight or smooth; `edges: %s` has no effect",
                     figure->edges == EDGES_ORTHO ? "ortho" : figure->edges == EDGES_THICK ? "thick" : "diagonal");
    }
    Scene *scene = scene_new(arena);
    scene->view = "units";
    scene->direction = plan.direction;
    scene->edges = figure->edges == EDGES_SMOOTH ? EDGES_SMOOTH : EDGES_AUTO;
    if (figure->arrows == TOGGLE_YES)
        scene->keys = STR("tips");
    if (!add_ranks(&plan, scene) || !units_links(&plan, scene))
        return NULL;
    if (plan.direction == DIRECTION_OUT)
        add_ring_legend(&plan, scene);
    else if (figure->legend == TOGGLE_YES)
        add_class_legend(&plan, scene);
    return scene;
}
