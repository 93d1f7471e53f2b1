/* SPDX-License-Identifier: MIT */
/* Makes scenes: the order of passes and view, for one drawing and for panels. */
#include "draw_part.h"

#include "base/file.h"
#include "emit/emit.h"
#include "graph/placing.h"
#include "graph/units.h"
#include "pass/pass.h"
#include "view/view.h"

#include <string.h>

enum { PACKAGE_LIMIT = 256 << 20 };

const Graph *draw_graph_of(const Model *model, const Figure *figure)
{
    uint32_t i = 0;
    while (i + 1 < model->graph_count && !str_equal(model->graphs[i]->key, figure->network))
        i++;
    return model->graphs[i];
}

const Graph *draw_graph(Arena *arena, const Model *model, const Figure *figure)
{
    const Graph *graph = draw_graph_of(model, figure);
    return graph->imported && !figure->explicit_ ? pass_digest(arena, graph) : graph;
}

/* For `fit`, which tries several: what is wrong with one of them is no concern of the user's. */
static Outline *outline_at(void *data, const Figure *figure, int64_t depth)
{
    const Job *job = data;
    return pass_outline(job->arena, diags_new(job->arena), job->graph, figure, depth);
}

/* What carries no data has no place among solids and units, whose labels have places of their own. */
static void warn_of_graph_keys(const Job *job, const char *view)
{
    for (uint32_t i = 0; strcmp(view, "graph") != 0 && !job->graph->imported && i < job->graph->layer_count; i++) {
        const Layer *layer = job->graph->layers[i];
        if (layer->after_count || (layer->turned && strcmp(view, "units") == 0)) {
            diag_warning(job->diags, layer->place, "`%s` has no effect in view %s; it is for %s",
                         layer->after_count ? "after" : "turned", view, layer->after_count ? "view graph" : "views graph and tensors");
            return;
        }
    }
}

/* A key that the view does not look at would be ignored: say so. What is said for several drawings need not suit all of them. */
static void warn_of_idle_keys(const Job *job, const Figure *figure, const Figure *around, const char *view)
{
    const FigureKey *key;
    for (size_t i = 0; (key = figure_key(i)); i++)
        if (!figure_key_concerns(key, view) && figure_key_given(figure, i) &&
            !(around && figure_key_given(around, i)))
            diag_warning(job->diags, figure->place, "`%s` has no effect in view %s; it is for view %s", key->name, view,
                         key->view);
    if (!around)
        warn_of_graph_keys(job, view);
    for (uint32_t i = 0; !around && strcmp(view, "units") == 0 && i < job->graph->layer_count; i++)
        if (job->graph->layers[i]->image.file.size) {
            diag_warning(job->diags, job->graph->layers[i]->place, "`image` has no effect in view units; it is for views graph and tensors");
            return;
        }
}

/* Whether a drawing of the model, or a panel of one, is in view units. */
static bool shows_units(const Model *model)
{
    bool shown = false;
    for (uint32_t i = 0; i < model->figure_count; i++) {
        const Figure *figure = &model->figures[i];
        shown = shown || figure->view == VIEW_UNITS;
        for (uint32_t k = 0; figure->panels && k < figure->panels->count; k++)
            shown = shown || (figure->panels->list[k].figure && figure->panels->list[k].figure->view == VIEW_UNITS);
    }
    return shown;
}

/* What is said of the units of a layer has no effect where no drawing shows any. */
static void warn_of_idle_units(const Job *job, const ViewRow *view)
{
    bool told = view->view == VIEW_UNITS || shows_units(job->model);
    for (uint32_t i = 0; i < job->graph->layer_count && !told; i++)
        if (job->graph->layers[i]->units) {
            diag_warning(job->diags, job->graph->layers[i]->units->place, "`units` has no effect in view %s; it is for view units",
                         view->name);
            told = true;
        }
}

/* Whether another one of several figures is of view graph, where cells are drawn. */
static bool shows_graph(const Job *job)
{
    for (uint32_t i = 0; job->model->figure_count > 1 && i < job->model->figure_count; i++)
        if (view_for(job->graph, &job->model->figures[i])->view == VIEW_GRAPH)
            return true;
    return false;
}

/* Likewise what is said of cells. */
static void warn_of_idle_cells(const Job *job, const ViewRow *view)
{
    bool told = view->view == VIEW_GRAPH || shows_graph(job);
    for (uint32_t i = 0; i < job->graph->layer_count && !told; i++) {
        const Placing *placing = job->graph->layers[i]->placing;
        if (placing && placing->cell_count) {
            diag_warning(job->diags, placing->cells_place, "`cells` has no effect in view %s; it is for view graph", view->name);
            told = true;
        }
    }
}

/* The network of that name; NULL after a report. */
static const Graph *network_named(const Job *job, const Figure *figure, Str name)
{
    Str *keys = ARENA_ARRAY(job->arena, job->model->graph_count, Str);
    for (uint32_t i = 0; i < job->model->graph_count; i++) {
        keys[i] = job->model->graphs[i]->key;
        if (str_equal(keys[i], name))
            return job->model->graphs[i];
    }
    diag_error(job->diags, figure->place, "`compare`: there is no network `%.*s`", STR_ARGS(name));
    Str near = names_nearest(job->arena, name, keys, job->model->graph_count);
    if (near.size)
        diag_hint(job->diags, "did you mean `%.*s`?", STR_ARGS(near));
    else
        diag_hint(job->diags, "networks that are to stand side by side are written under `networks:`");
    return NULL;
}

/* Several networks side by side, as `compare: a, b, c` says. */
static Drawn draw_columns(const Job *job, Figure *figure)
{
    Outline **outlines = NULL;
    uint32_t count = 0, room = 0;
    Text prose = text_in(job->arena);
    Str rest = figure->compare, name;
    if (figure->wrap > 1)
        diag_warning(job->diags, figure->place, "`wrap` has no effect on networks side by side");
    if (figure->extract.size)
        diag_warning(job->diags, figure->place, "`extract` has no effect on networks side by side");
    while (str_cut(&rest, ',', &name)) {
        const Graph *graph = network_named(job, figure, str_trim(name));
        Outline *outline = graph ? pass_outline(job->arena, job->diags, graph, figure, figure->depth) : NULL;
        if (!outline)
            return (Drawn){0};
        *ARENA_PUSH(job->arena, outlines, count, room) = outline;
        text_add_format(&prose, "%s%.*s", prose.size ? " " : "", STR_ARGS(emit_prose(job->arena, graph)));
        if (outline->note_all.size)
            text_add_format(&prose, " Not drawn: %.*s.", STR_ARGS(outline->note_all));
    }
    if (figure->fit != FIT_NO)
        view_fit_columns(job->arena, job->diags, (const Outline *const *)outlines, count, figure);
    Scene *scene = view_columns(job->arena, job->diags, (const Outline *const *)outlines, count, figure);
    if (scene)
        scene->prose = text_str(&prose);
    return (Drawn){.scene = scene};
}

/* With things at its sides a drawing is never folded: it gets the width and height that are given, and small labels. */
static void fit_sides(const Job *job, Figure *figure)
{
    if (figure->wrap > 1)
        diag_warning(job->diags, figure->place, "`wrap` has no effect beside `extract`");
    if (figure->fit != FIT_NO)
        view_limit(job->arena, figure);
}

Drawn draw_network(Job *job, Figure *figure, const Figure *around)
{
    Drawn drawn = {.figure = figure};
    if (figure->compare.size) {
        warn_of_idle_keys(job, figure, around, "graph");
        return draw_columns(job, figure);
    }
    if (figure->stages != STAGES_AUTO)
        diag_warning(job->diags, figure->place, "`stages` has no effect without `compare`");
    if (figure->extract.size)
        fit_sides(job, figure);
    const ViewRow *view = view_for(job->graph, figure);
    warn_of_idle_keys(job, figure, around, view->name);
    warn_of_idle_units(job, view);
    warn_of_idle_cells(job, view);
    if (view->unfolds && figure->fold == TOGGLE_AUTO)
        figure->fold = TOGGLE_NO;
    if (figure->fit != FIT_NO && !figure->extract.size)
        view_fit(job->arena, job->diags, job->graph, view, (OutlineSource){job, outline_at}, figure);
    int64_t depth = figure->depth >= 0 ? figure->depth : view->default_depth;
    drawn.outline = pass_outline(job->arena, job->diags, job->graph, figure, depth);
    drawn.scene = drawn.outline ? view->draw(job->arena, job->diags, drawn.outline, figure) : NULL;
    if (!drawn.scene)
        return drawn;
    drawn.scene->prose = emit_prose(job->arena, job->graph);
    drawn.scene->details = emit_details(job->arena, drawn.outline, figure);
    if (drawn.outline->note_all.size)
        drawn.scene->prose = str_format(job->arena, "%.*s Not drawn: %.*s.", STR_ARGS(drawn.scene->prose),
                                        STR_ARGS(drawn.outline->note_all));
    return drawn;
}

Scene *draw_figure(Arena *arena, Diags *diags, const Model *model, Figure *figure)
{
    Job job = {arena, diags, model, NULL};
    if (figure->compare.size && figure->properties.size && !figure->panels) {
        diag_warning(diags, figure->place, "`properties` has no effect on networks side by side: put it into `panels`");
        figure->properties = (Str){0};
    }
    if (figure->panels || figure->properties.size)
        return draw_panels(&job, figure);
    job.graph = draw_graph(arena, model, figure);
    return draw_network(&job, figure, NULL).scene;
}

/* ---- the package in the figure's file --------------------------------------------------------------------------- */

/* A file of the package, copied. False after a report. */
static bool read_package_file(Arena *arena, Diags *diags, Str folder, const char *name, Str *content)
{
    Str path = str_format(arena, "%.*s/%s", STR_ARGS(folder), name);
    File *file = file_open(arena, diags, str_terminated(arena, path), PACKAGE_LIMIT);
    if (!file)
        return false;
    *content = str_copy(arena, file->source.bytes);
    file_unmap(file);
    return true;
}

const Embedded *draw_package(Arena *arena, Diags *diags, Str folder, const Figure *figure)
{
    Embedded *embedded = ARENA_NEW(arena, Embedded);
    if (!read_package_file(arena, diags, folder, "netikz.sty", &embedded->package))
        return NULL;
    if (!figure->theme.size || str_equal(figure->theme, STR("calm")))
        return embedded;
    embedded->theme_name = figure->theme;
    Str name = str_format(arena, "netikz-theme-%.*s.tex", STR_ARGS(figure->theme));
    return read_package_file(arena, diags, folder, str_terminated(arena, name), &embedded->theme) ? embedded : NULL;
}
