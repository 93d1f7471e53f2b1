/* SPDX-License-Identifier: MIT */
/* Several drawings in one: each panel, the legend of all, what leads from one to another. */
#include "draw_part.h"

#include "view/view.h"

#include <string.h>

/* Several drawings in one that is being made. */
typedef struct Sheet {
    const Job *job;
    Arena *arena;
    const Figure *figure;
    Scene *scene;
    Drawn *drawn;     /* by panel */
    Scene *legend;    /* of the panel that explains the colours of all, or NULL: below */
    Text prose;
    Names *told;      /* what the prose says of networks already */
} Sheet;

/* A panel without a network. */
static Scene *plain_scene(Arena *arena, const Panel *panel)
{
    static const char *const views[] = {
        [PANEL_TEXT] = "text", [PANEL_IMAGE] = "image", [PANEL_LISTING] = "listing", [PANEL_LEGEND] = "legend"};
    Scene *scene = scene_new(arena);
    scene->view = views[panel->kind];
    scene->text = panel->text;
    return scene;
}

/* Colours are explained once for all panels. */
static void share_legend(Sheet *sheet, Scene *inner)
{
    Scene *shared = sheet->legend ? sheet->legend : sheet->scene;
    for (uint32_t i = 0; i < inner->legend_count; i++) {
        bool known = false;
        for (uint32_t k = 0; k < shared->legend_count && !known; k++)
            known = strcmp(shared->legend[k].style, inner->legend[i].style) == 0 &&
                    str_equal(shared->legend[k].label.text, inner->legend[i].label.text) &&
                    str_equal(shared->legend[k].size.text, inner->legend[i].size.text);
        if (!known)
            *scene_add_legend(shared, inner->legend[i].style, inner->legend[i].label) = inner->legend[i];
    }
    inner->legend_count = 0;
}

static bool report_no_panel(const Sheet *sheet, const Panel *panel)
{
    diag_error(sheet->job->diags, panel->place, "no other panel with a drawing is called `%.*s`", STR_ARGS(panel->of));
    diag_hint(sheet->job->diags, "panels are called like their figure or network, or by `name:`");
    return false;
}

/* What the panel of that name draws, without `own`; NULL where there is none. */
static const Drawn *drawn_as(const Sheet *sheet, Str name, const Panel *own)
{
    const Panels *panels = sheet->figure->panels;
    for (uint32_t i = 0; i < panels->count; i++)
        if (&panels->list[i] != own && str_equal(panels->list[i].name, name) && sheet->drawn[i].outline)
            return &sheet->drawn[i];
    return NULL;
}

/* The part of the height that the drawings of a figure have: where one does not fit, lists of properties stand under it. */
static Str height_left(const Sheet *sheet)
{
    enum { PROPERTIES_HEIGHT = 170, LEAST = 100 }; /* points: of a layer and its activation */
    int64_t height = view_room_height(sheet->figure);
    for (uint32_t i = 0; i < sheet->figure->panels->count; i++)
        height -= sheet->figure->panels->list[i].kind == PANEL_PROPERTIES ? PROPERTIES_HEIGHT : 0;
    return str_format(sheet->arena, "%lldpt", (long long)(height > LEAST ? height : LEAST));
}

/* Within a figure that is to fit, a drawing that is too wide or too high by itself is made to. */
static Drawn draw_fitting(const Sheet *sheet, Job *job, Figure *figure)
{
    Figure *fitted = ARENA_NEW(sheet->arena, Figure);
    Job quiet = *job;
    *fitted = *figure;
    quiet.diags = diags_new(sheet->arena);
    Scene *scene = draw_network(&quiet, fitted, sheet->figure).scene;
    if (!scene || view_within(scene, sheet->figure))
        return draw_network(job, figure, sheet->figure);
    *fitted = *figure;
    fitted->fit = sheet->figure->fit;
    fitted->width = sheet->figure->width;
    fitted->max_height = height_left(sheet);
    return draw_network(job, fitted, sheet->figure);
}

/* Bars would stand in the legend of all, but each panel has a scale of its own. */
static Figure *without_bars(const Sheet *sheet, Figure *figure)
{
    if (figure->scale_note != SCALE_NOTE_BAR)
        return figure;
    diag_warning(sheet->job->diags, figure->place, "in panels there are no scale bars, since each has a scale of its own; the scales are told in words");
    Figure *worded = ARENA_NEW(sheet->arena, Figure);
    *worded = *figure;
    worded->scale_note = SCALE_NOTE_YES;
    return worded;
}

/* Panels that tell of others come behind those. */
static bool draw_panel(Sheet *sheet, uint32_t index)
{
    const Panel *panel = &sheet->figure->panels->list[index];
    Drawn *drawn = &sheet->drawn[index];
    if (panel->kind == PANEL_PROPERTIES) {
        const Drawn *of = panel->of.size ? drawn_as(sheet, panel->of, panel) : NULL;
        if (panel->of.size && !of)
            return report_no_panel(sheet, panel);
        drawn->scene = draw_properties(sheet->job, panel, of, &drawn->beside);
    } else if (panel->kind != PANEL_DRAWING) {
        drawn->scene = plain_scene(sheet->arena, panel);
    } else {
        Job job = *sheet->job;
        Figure *figure = without_bars(sheet, panel->figure);
        job.graph = draw_graph(sheet->arena, job.model, figure);
        *drawn = sheet->figure->fit == FIT_NO ? draw_network(&job, figure, sheet->figure) : draw_fitting(sheet, &job, figure);
    }
    if (panel->kind == PANEL_LEGEND)
        sheet->legend = drawn->scene;
    return drawn->scene != NULL;
}

static bool draw_all(Sheet *sheet)
{
    const Panels *panels = sheet->figure->panels;
    bool sound = true;
    for (uint32_t i = 0; i < panels->count; i++)
        sound = (panels->list[i].kind == PANEL_PROPERTIES || draw_panel(sheet, i)) && sound;
    for (uint32_t i = 0; i < panels->count && sound; i++)
        sound = panels->list[i].kind != PANEL_PROPERTIES || draw_panel(sheet, i);
    return sound;
}

/* In the order in which they stand, with what the prose says of each network once. */
static void collect(Sheet *sheet)
{
    const Panels *panels = sheet->figure->panels;
    for (uint32_t i = 0; i < panels->count; i++) {
        Scene *scene = sheet->drawn[i].scene;
        *ARENA_PUSH(sheet->arena, sheet->scene->panels, sheet->scene->panel_count, sheet->scene->panel_room) =
            (ScenePanel){&panels->list[i], scene, sheet->drawn[i].beside};
        if (scene != sheet->legend)
            share_legend(sheet, scene);
        if (scene->prose.size && names_put(sheet->told, scene->prose, sheet)) {
            text_add(&sheet->prose, sheet->prose.size ? STR(" ") : STR(""));
            text_add(&sheet->prose, scene->prose);
        }
    }
}

/* Whether a scope is the one of that path, or stands for it: one of a run, or the same block. */
static bool stands_for(const Scope *scope, const Scope *wanted)
{
    if (scope == wanted)
        return true;
    return (wanted->run && scope->run == wanted->run) ||
           (wanted->definition.size && str_equal(scope->definition, wanted->definition) &&
            str_equal(scope->arguments, wanted->arguments));
}

/* The box or frame in which a drawing shows a group; empty where it shows none. */
static Str name_of_scope(const Outline *outline, const Scope *wanted)
{
    for (uint32_t i = 0; i < outline->node_count; i++)
        if (outline->nodes[i].kind == NODE_GROUP && stands_for(outline->nodes[i].scope, wanted))
            return outline->nodes[i].name;
    for (uint32_t i = 0; i < outline->frame_count; i++)
        if (outline->frames[i].visible && stands_for(outline->frames[i].scope, wanted))
            return outline->frames[i].name;
    return (Str){0};
}

static void add_leader(Sheet *sheet, const Panel *panel, Str node)
{
    *ARENA_PUSH(sheet->arena, sheet->scene->zooms, sheet->scene->zoom_count, sheet->scene->zoom_room) =
        (SceneZoom){panel->of, node, panel->name, panel->leader};
}

/* `{inset: block, of: overview}` */
static void add_zoom(Sheet *sheet, const Panel *inset)
{
    const Graph *graph = draw_graph_of(sheet->job->model, inset->figure);
    const Scope *wanted = graph->root;
    for (uint32_t i = graph->scope_count; i-- > 0;) /* nameless ones inside have its path too */
        if (str_equal(graph->scopes[i]->path, inset->figure->only))
            wanted = graph->scopes[i];
    const Drawn *of = drawn_as(sheet, inset->of, inset);
    Str node = of ? name_of_scope(of->outline, wanted) : (Str){0};
    if (node.size) {
        add_leader(sheet, inset, node);
        return;
    }
    diag_error(sheet->job->diags, inset->place, "the panel `%.*s` does not show `%.*s` as one box", STR_ARGS(inset->of),
               STR_ARGS(inset->figure->only));
    diag_hint(sheet->job->diags, "with a smaller `depth` there groups are closed; panels are called like their figure, or by `name:`");
}

/* What would run across other boxes is not drawn: the panel's heading names the layer. */
static void add_pointer(Sheet *sheet, uint32_t index)
{
    const Panel *panel = &sheet->figure->panels->list[index];
    const Drawn *of = drawn_as(sheet, panel->of, panel);
    bool right = of && of < &sheet->drawn[index];
    if (of && draw_reaches(of->scene, sheet->drawn[index].beside, right)) {
        add_leader(sheet, panel, sheet->drawn[index].beside);
        return;
    }
    diag_warning(sheet->job->diags, panel->place, "nothing leads to `%.*s`: other boxes stand between it and its properties", STR_ARGS(panel->text));
    diag_hint(sheet->job->diags, "put that panel %s of the drawing, or choose a layer at its %s side", right ? "to the left" : "to the right",
              right ? "right" : "left");
}

static void add_leaders(Sheet *sheet)
{
    const Panels *panels = sheet->figure->panels;
    for (uint32_t i = 0; i < panels->count; i++) {
        if (panels->list[i].kind == PANEL_PROPERTIES && sheet->drawn[i].beside.size)
            add_pointer(sheet, i);
        else if (panels->list[i].kind == PANEL_DRAWING && panels->list[i].of.size)
            add_zoom(sheet, &panels->list[i]);
    }
}

/* `properties: conv4` of a figure without panels: its drawing, and beside it what is known of that layer. */
static Panels *drawing_with_properties(Arena *arena, const Figure *figure)
{
    Panels *panels = ARENA_NEW(arena, Panels);
    Figure *drawing = ARENA_NEW(arena, Figure);
    *drawing = figure_part(*figure);
    *ARENA_PUSH(arena, panels->list, panels->count, panels->room) =
        (Panel){.name = STR("drawing"), .figure = drawing, .new_row = true, .place = figure->place};
    *ARENA_PUSH(arena, panels->list, panels->count, panels->room) =
        (Panel){.kind = PANEL_PROPERTIES, .name = STR("properties"), .figure = drawing, .text = figure->properties,
                .of = STR("drawing"), .leader = LEADER_TIP, .place = figure->place};
    return panels;
}

Scene *draw_panels(const Job *job, Figure *figure)
{
    if (figure->fit != FIT_NO)
        view_limit(job->arena, figure);
    if (figure->panels && figure->properties.size)
        diag_warning(job->diags, figure->place, "`properties` has no effect beside `panels`, where it is a panel of its own");
    if (!figure->panels)
        figure->panels = drawing_with_properties(job->arena, figure);
    Sheet sheet = {job, job->arena, figure, scene_new(job->arena), ARENA_ARRAY(job->arena, figure->panels->count, Drawn), NULL,
                   text_in(job->arena), names_new(job->arena)};
    sheet.scene->view = "panels";
    if (!draw_all(&sheet))
        return NULL;
    collect(&sheet);
    add_leaders(&sheet);
    if (figure->align != ALIGN_TOP)
        sheet.scene->keys = figure->align == ALIGN_CENTER ? STR("align=center") : STR("align=bottom");
    sheet.scene->prose = text_str(&sheet.prose);
    if (job->model->name.size)
        sheet.scene->prose = str_format(job->arena, "%.*s. %.*s", STR_ARGS(job->model->name), STR_ARGS(sheet.scene->prose));
    return sheet.scene;
}
