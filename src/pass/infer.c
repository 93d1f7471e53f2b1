/* SPDX-License-Identifier: MIT */
/* Shapes, parameters and MACs of all layers; a mismatch is reported with the places that its shapes come from. */
#include "op/op.h"
#include "pass/pass.h"

/* Whether nothing is left to find out: some readers infer as they go. */
static bool is_inferred(const Layer *layer)
{
    if (layer->inferred)
        return true;
    for (uint32_t i = 0; i < layer->output_count; i++)
        if (!layer->outputs[i].known)
            return false;
    return layer->params.kind != DIM_UNKNOWN && layer->macs.kind != DIM_UNKNOWN;
}

static Shape shape_at(Port port)
{
    bool there = port.layer && port.output < port.layer->output_count;
    return there ? port.layer->outputs[port.output] : shape_unknown();
}

static void note_origin(const Graph *graph, Diags *diags, Port port)
{
    Shape shape = shape_at(port);
    if (port.layer && shape.known)
        diag_note(diags, port.layer->place, "`%.*s` gives %.*s", STR_ARGS(port.layer->path),
                  STR_ARGS(shape_text(graph->arena, shape, "x")));
}

static void report(const Graph *graph, Diags *diags, const Layer *layer, const OpCall *call)
{
    diag_error(diags, layer->place, "%.*s", STR_ARGS(call->error));
    if (call->hint.size)
        diag_hint(diags, "%.*s", STR_ARGS(call->hint));
    for (uint32_t i = 0; i < layer->input_count; i++)
        if (layer->input_count <= 4 || i == 0 || i == call->faulty_input)
            note_origin(graph, diags, layer->inputs[i]);
}

static bool infer_layer(const Graph *graph, Diags *diags, Layer *layer)
{
    OpCall call = {
        .arena = graph->arena,
        .op = layer->op,
        .layer = layer,
        .batch_axes = graph->batch_axes,
        .input_count = layer->input_count,
        .outputs = layer->outputs,
    };
    Shape *inputs = ARENA_ARRAY(graph->arena, layer->input_count, Shape);
    for (uint32_t i = 0; i < layer->input_count; i++)
        inputs[i] = shape_at(layer->inputs[i]);
    call.inputs = inputs;
    if (op_infer(&call)) {
        layer->params = call.params;
        layer->macs = call.macs;
        return true;
    }
    report(graph, diags, layer, &call);
    /* What follows is not to blame: it sees an unknown shape, which fits everywhere. */
    for (uint32_t i = 0; i < layer->output_count; i++)
        layer->outputs[i] = shape_unknown();
    return false;
}

bool pass_infer(Graph *graph, Diags *diags)
{
    bool fits = true;
    for (uint32_t i = 0; i < graph->layer_count && !diags_full(diags); i++)
        if (!is_inferred(graph->layers[i]) && !infer_layer(graph, diags, graph->layers[i]))
            fits = false;
    return fits;
}
