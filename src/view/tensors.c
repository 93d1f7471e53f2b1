/* SPDX-License-Identifier: MIT */
/* View `tensors`: the shapes of a network as solids along a straight line, their sizes to scale. */
#include "view/view.h"

#include "view/solid.h"

#include <string.h>

enum {
    GAP_INSIDE = 1, /* gaps between solids of one group */
    GAP_GROUPS = 3, /* between groups */
    BAND_PART = 4,  /* an activation takes this part of a solid */
    BAND_LEAST = 8
};

/* The room before it, or the row that it begins. */
static void add_gap(const SolidPlan *plan, Scene *scene, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    if (plan->towers && solid_add_tower_row(plan, scene, index))
        return;
    if (plan->levels && solid->level != solid[-1].level) {
        SceneItem *row = scene_add_item(scene, ITEM_ROW);
        row->a = solid->level + 1;
        row->name2 = solid->joined ? solid[-1].node->name : STR("+");
        return;
    }
    bool apart = solid_stands_apart(plan, index);
    bool glued = plan->solids[index - 1].slab && !solid_window_before(plan, index);
    SceneItem *item = scene_add_item(scene, ITEM_GAP);
    item->a = glued ? 0 : apart || solid_window_before(plan, index) ? GAP_GROUPS : GAP_INSIDE;
    item->b = apart ? plan->spread : 0;
}

/* By `colours`, else its operation's. Where arrows say what is done, all solids are maps alike. */
const char *solid_class(const SolidPlan *plan, const Solid *solid)
{
    const Layer *layer = solid->maker->layer;
    if (plan->paints && solid->style != STYLE_DATA)
        return plan->paints[solid->maker->index];
    if (!plan->operations && solid->maker->kind == NODE_BOX && layer && !strcmp(layer->op->name, "localconv"))
        return "local";
    return plan->operations && solid_is_face(solid) ? "map" : style_name((StyleClass)solid->style);
}

static void add_band(Scene *scene, const char *style, int64_t thick)
{
    SceneItem *band = scene_add_item(scene, ITEM_BAND);
    scene_set_cells(scene, band, 1);
    band->cells[0].style = style;
    band->a = thick;
}

/* Of a concatenation the part behind the copied one, then the activation. */
static void add_bands(const SolidPlan *plan, Scene *scene, const Solid *solid)
{
    if (solid->copied) {
        int64_t part = solid->thick * (solid->channels.n - solid->copied) / solid->channels.n;
        add_band(scene, solid_class(plan, solid), part > 0 ? part : 1);
    }
    if (solid_has_band(plan, solid)) {
        int64_t part = solid->form == FORM_VECTOR ? solid->thick / 2 : solid->thick / BAND_PART;
        add_band(scene, style_name((StyleClass)solid->ending->style), part > BAND_LEAST ? part : BAND_LEAST);
    }
}

/* The part of it that is copied to a smaller one. */
static void add_crop(const SolidPlan *plan, Scene *scene, uint32_t index)
{
    const Solid *to = solid_crop_to(plan, index);
    if (!to)
        return;
    SceneItem *item = scene_add_item(scene, ITEM_CROP);
    item->a = to->tall;
    item->b = plan->flat ? 1 : to->deep;
}

static void add_solid(const SolidPlan *plan, Scene *scene, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    if (index)
        add_gap(plan, scene, index);
    else if (plan->towers)
        solid_add_tower_row(plan, scene, index);
    bool circle = solid->form == FORM_CIRCLE;
    SceneItem *item = scene_add_item(scene, circle ? ITEM_CIRCLE : ITEM_SOLID);
    item->name = solid->node->name;
    item->lane = 1;
    scene_set_cells(scene, item, 1);
    item->cells[0].style = solid->copied ? style_name(STYLE_MERGE) : solid_class(plan, solid);
    if (circle) {
        item->cells[0].label = solid->node->cells[0].label;
        return;
    }
    item->a = solid->thick;
    item->b = solid->tall;
    item->c = plan->flat ? 1 : solid->deep;
    item->label = solid_caption(plan, index);
    item->dashed = solid->node->training;
    bool local = !strcmp(solid_class(plan, solid), "local"); /* each position has weights of its own: no sheets of one kind */
    if (plan->sheets && solid->form == FORM_MAP && !local)
        scene_add_item(scene, ITEM_SHEETS)->a = solid_sheets(solid);
    else
        add_bands(plan, scene, solid);
    if (solid->node->layer && solid->node->layer->image.file.size && solid->node->kind != NODE_GROUP)
        scene_add_item(scene, ITEM_IMAGE)->name2 = solid->node->layer->image.file;
    add_crop(plan, scene, index);
    solid_add_dims(plan, scene, index);
    solid_add_beside(plan, scene, index);
    Label turned = solid_turned(plan, index);
    if (turned.text.size)
        scene_add_item(scene, ITEM_TURNED)->label = turned;
}

static void check_figure(Diags *diags, const Figure *figure)
{
    if (figure->direction != DIRECTION_AUTO && figure->direction != DIRECTION_RIGHT) {
        diag_warning(diags, figure->place, "solids stand in a line from left to right; `direction` has no effect");
        diag_hint(diags, "use `view: graph` for a network that runs down or up");
    }
}

static bool is_drawable(Diags *diags, const SolidPlan *plan)
{
    if (!plan->count) {
        diag_error(diags, plan->figure->place, "no shape is known: there is no solid to draw");
        diag_hint(diags, "give the shape of the input, as in `input: 3x224x224`, or use `view: graph`");
        return false;
    }
    if (plan->count > SOLIDS_MOST) {
        diag_error(diags, plan->figure->place, "%u solids are too many for one figure", plan->count);
        diag_hint(diags, "a smaller `depth` closes groups, `only` draws a part, `view: graph` takes any network");
        return false;
    }
    return true;
}

static void add_key(Text *text, const char *key)
{
    text_add_format(text, "%s%s", text->size ? ", " : "", key);
}

/* Keys of the environment that the plan has decided on. */
static Str keys_of(const SolidPlan *plan)
{
    static const char *const faces[] = {
        [FACES_OPAQUE] = "faces=opaque", [FACES_GLASS] = "faces=glass", [FACES_WIRE] = "faces=wire"};
    static const char *const heads[] = {[HEADS_ENDS] = "heads=ends", [HEADS_MIDDLE] = "heads=middle", [HEADS_NONE] = "heads=none"};
    enum { VANISH = 80, SPREAD = 80 }; /* per cent of the figure's width, of the depth: sheets are thin, so they stand wide apart */
    Text text = text_in(plan->arena);
    if (plan->flat)
        add_key(&text, "depth=0");
    else if (plan->figure->projection == PROJECTION_PERSPECTIVE)
        text_add_format(&text, "vanish=%d", VANISH);
    if (plan->sheets && plan->figure->projection == PROJECTION_PERSPECTIVE)
        text_add_format(&text, ", depth=%d", SPREAD);
    if (plan->figure->faces != FACES_AUTO)
        add_key(&text, faces[plan->figure->faces]);
    if (plan->figure->heads != HEADS_AUTO)
        add_key(&text, heads[plan->figure->heads]);
    if (plan->unit.size)
        text_add_format(&text, "%sunit=%.*s", text.size ? ", " : "", STR_ARGS(plan->unit));
    return text_str(&text);
}

static Scene *scene_of(Arena *arena, SolidPlan *plan)
{
    Scene *scene = scene_new(arena);
    scene->view = "tensors";
    scene->direction = DIRECTION_RIGHT;
    scene->lanes = 1;
    for (uint32_t i = 0; i < plan->count; i++)
        add_solid(plan, scene, i);
    solids_add_sizes(plan, scene);
    solids_add_spans(plan, scene);
    solids_add_gap_texts(plan, scene);
    solids_add_windows(plan, scene);
    solids_add_links(plan, scene);
    solids_add_legend(plan, scene);
    solids_add_conditions(plan, scene);
    solids_wrap(arena, scene, solids_rows(plan));
    scene->scale_note = solids_scale_note(plan, true, true);
    solids_add_scale(plan, scene);
    scene->keys = keys_of(plan);
    return scene;
}

Scene *view_tensors(Arena *arena, Diags *diags, const Outline *outline, const Figure *figure)
{
    SolidPlan plan = {.arena = arena, .diags = diags, .figure = figure, .outline = outline};
    plan.spine = solids_spine(arena, outline);
    plan.carriers = ARENA_ARRAY(arena, outline->node_count, uint32_t);
    plan.symbols = names_new(arena);
    plan.palette = palette_new(arena);
    plan.paints = graph_node_styles(arena, outline, figure, plan.palette);
    check_figure(diags, figure);
    solids_plan(&plan);
    if (!is_drawable(diags, &plan))
        return NULL;
    solids_find_skips(&plan);
    solids_levels(&plan);
    solids_sizes(&plan);
    return scene_of(arena, &plan);
}
