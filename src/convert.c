/* SPDX-License-Identifier: MIT */
/* From a model to the spec that a person would have written, which is read back before it is handed out. */
#include "convert.h"

#include "base/file.h"
#include "emit/emit.h"
#include "emit/stamp.h"
#include "pass/pass.h"
#include "roundtrip.h"

/* The network to convert: a spec of its own holds one. NULL after a report. */
static const Graph *only_network(Diags *diags, const Model *model, Str network)
{
    const Graph *chosen = NULL;
    for (uint32_t i = 0; i < model->graph_count; i++) {
        if (network.size && !str_equal(network, model->graphs[i]->key))
            continue;
        if (chosen) {
            diag_usage(diags, "the model holds several networks, and a converted spec one");
            diag_hint(diags, "choose with `--network %.*s`", STR_ARGS(chosen->key));
            return NULL;
        }
        chosen = model->graphs[i];
    }
    return chosen;
}

/* The drawings of one network, as they are called in a file of its own. */
static Figure *figures_of(Arena *arena, const Model *model, const Graph *graph, uint32_t *count)
{
    Figure *figures = ARENA_ARRAY(arena, model->figure_count, Figure);
    Str prefix = str_format(arena, "%.*s/", STR_ARGS(graph->key));
    for (uint32_t i = *count = 0; i < model->figure_count; i++) {
        Figure figure = model->figures[i];
        if (!str_equal(figure.network, graph->key) || figure.compare.size)
            continue;
        if (graph->key.size && str_equal(figure.name, graph->key))
            figure.name = (Str){0};
        else if (graph->key.size && str_starts(figure.name, prefix))
            figure.name = str_slice(figure.name, prefix.size, figure.name.size);
        if (graph->imported && figure.brief == TOGGLE_AUTO)
            figure.brief = TOGGLE_YES; /* so that the spec is drawn as the model is */
        figures[(*count)++] = figure;
    }
    return figures;
}

static void warn_of_losses(Diags *diags, const Graph *graph, const Source *source, const Figure *figures, uint32_t count)
{
    bool placed = false;
    for (uint32_t i = 0; i < count; i++)
        if (figures[i].panels)
            diag_warning(diags, figures[i].place, "the panels of a figure are left out: a converted spec draws the network alone");
    for (uint32_t i = 0; i < graph->layer_count; i++)
        placed = placed || graph->layers[i]->placing;
    if (placed)
        diag_warning(diags, (Place){.source = source}, "what places layers on a grid is left out");
}

Str convert_model(Arena *arena, Diags *diags, const Model *model, const Source *source, Str network)
{
    const Graph *graph = only_network(diags, model, network);
    uint32_t count;
    if (!graph)
        return (Str){0};
    const Figure *figures = figures_of(arena, model, graph, &count);
    warn_of_losses(diags, graph, source, figures, count);
    const Graph *plain = graph->imported ? pass_plain(arena, pass_digest(arena, graph)) : graph;
    if (!plain->layer_count) {
        diag_error(diags, (Place){.source = source}, "there is nothing to write: no data enter this network");
        return (Str){0};
    }
    Str body = emit_spec(arena, plain, graph->imported, figures, count), why;
    if (roundtrip_holds(arena, plain, body, &why))
        return stamp_converted(arena, file_base_name(source->name), body);
    diag_error(diags, (Place){.source = source}, "this network cannot be written as a spec: %.*s", STR_ARGS(why));
    diag_hint(diags, "the model itself can still be drawn; where a spec could say this, please report it");
    return (Str){0};
}
