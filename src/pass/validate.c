/* SPDX-License-Identifier: MIT */
/* What must hold before anything is computed: an order, the right number of inputs, attributes, ends. */
#include "op/op.h"
#include "pass/pass.h"

#include <string.h>

static bool sort_layers(Graph *graph, Diags *diags)
{
    Layer *on_it = NULL;
    if (graph_sort(graph, &on_it))
        return true;
    if (on_it)
        diag_error(diags, on_it->place, "the layers run in a circle through `%.*s`", STR_ARGS(on_it->path));
    else
        diag_error(diags, (Place){.source = graph->source}, "the layers run in a circle");
    diag_hint(diags, "a network is drawn once through; what runs several times is one layer or a block with `times`");
    return false;
}

/* Inputs in use: an optional one that is left out at the end does not count. */
static uint32_t inputs_in_use(const Layer *layer)
{
    uint32_t count = layer->input_count;
    while (count && !layer->inputs[count - 1].layer)
        count--;
    return count;
}

static bool check_input_count(Diags *diags, const Layer *layer)
{
    uint32_t count = inputs_in_use(layer);
    int least = layer->op->min_inputs, most = layer->op->max_inputs;
    bool few = least > 0 && count < (uint32_t)least;
    bool many = most != OP_ANY_INPUTS && count > (uint32_t)most;
    if (!few && !many)
        return true;
    diag_error(diags, layer->place, "`%s` needs %s%d input%s, and `%.*s` has %u", layer->op->name,
               least == most ? "" : few ? "at least " : "at most ", few ? least : most,
               (few ? least : most) == 1 ? "" : "s", STR_ARGS(layer->path), count);
    if (few)
        diag_hint(diags, count ? "name them: `from: [a, b]`" : "put a layer before it, or name one: `from: NAME`");
    for (uint32_t i = 0; many && i < count; i++)
        if (layer->inputs[i].layer)
            diag_note(diags, layer->inputs[i].layer->place, "it reads `%.*s`", STR_ARGS(layer->inputs[i].layer->path));
    return false;
}

static bool check_ports(Diags *diags, const Layer *layer)
{
    for (uint32_t i = 0; i < layer->input_count; i++) {
        Port port = layer->inputs[i];
        if (port.layer && port.output >= port.layer->output_count) {
            diag_error(diags, layer->place, "`%.*s` reads output %u of `%.*s`, which has %u", STR_ARGS(layer->path),
                       port.output + 1, STR_ARGS(port.layer->path), port.layer->output_count);
            return false;
        }
    }
    return true;
}

static bool check_attributes(Diags *diags, const Layer *layer)
{
    bool complete = true;
    for (uint32_t i = 0; i < layer->op->attr_count; i++) {
        const AttrSpec *spec = &layer->op->attrs[i];
        if (!spec->required || layer->attrs[i].set)
            continue;
        diag_error(diags, layer->place, "`%s` needs `%s`: %s", layer->op->name, spec->name, spec->help);
        complete = false;
    }
    return complete;
}

/* Layers that nothing reads: without named outputs they are the network's, otherwise a mistake worth a warning, as an input always is. */
static void check_ends(Graph *graph, Diags *diags)
{
    bool *read = ARENA_ARRAY(graph->arena, graph->layer_count, bool);
    for (uint32_t i = 0; i < graph->layer_count; i++)
        for (uint32_t k = 0; k < graph->layers[i]->input_count; k++)
            if (graph->layers[i]->inputs[k].layer)
                read[graph->layers[i]->inputs[k].layer->index] = true;
    for (uint32_t i = 0; i < graph->output_count; i++)
        read[graph->outputs[i].layer->index] = true;
    uint32_t room = 0;
    bool named = graph->output_count > 0;
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        Layer *layer = graph->layers[i];
        if (read[i] || layer->auxiliary || layer->op->style == STYLE_LOSS)
            continue;
        bool lost = strcmp(layer->op->name, "input") == 0 && graph->layer_count > 1;
        if (!named && !(lost && !graph->imported))
            *ARENA_PUSH(graph->arena, graph->outputs, graph->output_count, room) = (Port){layer, 0};
        else if (!graph->imported)
            diag_warning(diags, layer->place, "nothing reads `%.*s`", STR_ARGS(layer->path));
    }
}

bool pass_validate(Graph *graph, Diags *diags)
{
    if (!sort_layers(graph, diags))
        return false;
    if (!graph->layer_count) {
        diag_error(diags, (Place){.source = graph->source}, "the network has no layers");
        return false;
    }
    bool sound = true;
    for (uint32_t i = 0; i < graph->layer_count && !diags_full(diags); i++) {
        const Layer *layer = graph->layers[i];
        /*
         * A model file was checked by the framework that wrote it. It leaves out what its own defaults say, and its
         * weights are inputs that have no layer.
         */
        bool fine = (graph->imported || check_input_count(diags, layer)) && check_ports(diags, layer);
        fine = (graph->imported || check_attributes(diags, layer)) && fine;
        sound = fine && sound;
    }
    if (!sound)
        return false;
    check_ends(graph, diags);
    const char *breach = graph_check(graph);
    if (breach)
        diag_error(diags, (Place){.source = graph->source}, "the model does not hold together: %s", breach);
    return !breach;
}
