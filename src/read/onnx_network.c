/* SPDX-License-Identifier: MIT */
/* A network from its decoded graph, whatever format that stands in: inputs become layers, then nodes, then outputs. */
#include "read/onnx.h"

#include "base/file.h"

OnnxReader *onnx_reader(Arena *arena, Diags *diags, const Source *source)
{
    OnnxReader *reader = ARENA_NEW(arena, OnnxReader);
    *reader = (OnnxReader){.arena = arena, .scratch = arena_scratch(arena), .diags = diags, .source = source};
    size_t most = ONNX_FREE_LAYERS + source->bytes.size / ONNX_LAYER_BYTES;
    reader->most_layers = most < ONNX_MOST_LAYERS ? (uint32_t)most : ONNX_MOST_LAYERS;
    reader->graph = graph_new(arena, source);
    reader->graph->imported = true;
    reader->graph->batch_axes = 1;
    reader->rows = names_new(reader->scratch);
    reader->ops = names_new(reader->scratch);
    reader->functions = names_new(reader->scratch);
    reader->symbols = names_new(reader->scratch);
    reader->symbols_used = names_new(reader->scratch);
    const OnnxRow *row;
    for (size_t i = 0; (row = onnx_row_at(i)) != NULL; i++) {
        const OnnxRow **thing = arena_alloc(reader->scratch, sizeof *thing);
        *thing = row;
        names_put(reader->rows, str_from(row->name), thing);
    }
    return reader;
}

/* An input that has an initialiser is one only for those who want to replace the weights. */
static void add_input(OnnxReader *reader, OnnxFrame *frame, const OnnxInfo *info)
{
    if (!info->name.size || names_get(frame->values, info->name))
        return;
    OnnxValue *value = onnx_value(reader, frame, info->name);
    Layer *layer = graph_add_layer(reader->graph, frame->scope, op_find(STR("input")), 0, info->name);
    value->shape = onnx_info_shape(reader, info, &value->type, true);
    value->port = (Port){layer, 0};
    value->flows = true;
    value->weight = onnx_weight_new(reader, value->shape, value->type, false);
    value->weight->input = layer;
    value->direct = true;
    layer->attrs = ARENA_ARRAY(reader->arena, layer->op->attr_count, Attr);
    layer->op_name = str_from(layer->op->name);
    layer->implied = layer->inferred = true;
    layer->place = onnx_place(reader, info->name);
    layer->outputs[0] = value->shape;
    layer->params = layer->macs = dim_int(0);
}

static void add_inputs(OnnxReader *reader, OnnxFrame *frame, const OnnxGraph *graph)
{
    for (uint32_t i = 0; i < graph->input_count; i++)
        add_input(reader, frame, &graph->inputs[i]);
    Shape *shapes = ARENA_ARRAY(reader->scratch, reader->graph->layer_count, Shape);
    for (uint32_t i = 0; i < reader->graph->layer_count; i++)
        shapes[i] = reader->graph->layers[i]->outputs[0];
    onnx_find_batch(reader, shapes, reader->graph->layer_count);
}

void onnx_end_network(OnnxReader *reader, const OnnxFrame *frame, const OnnxGraph *graph)
{
    reader->graph->outputs = ARENA_ARRAY(reader->arena, graph->output_count, Port);
    for (uint32_t i = 0; i < graph->output_count; i++) {
        const OnnxValue *value = onnx_lookup(frame, graph->outputs[i].name);
        if (value && value->port.layer)
            reader->graph->outputs[reader->graph->output_count++] = value->port;
    }
}

/* What exporters call every graph says nothing: the file's name says more. */
static Str name_of(const OnnxReader *reader, Str name)
{
    static const char *const usual[] = {"torch_jit", "torch-jit-export", "main_graph", "graph", "main", "model", "tf2onnx", "onnx-graph"};
    bool says_nothing = false;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        says_nothing = says_nothing || str_equal_nocase(name, str_from(usual[i]));
    if (!says_nothing || !reader->graph->source)
        return name;
    Str file = file_base_name(reader->graph->source->name);
    size_t end = file.size;
    while (end && file.at[end - 1] != '.')
        end--;
    return end > 1 ? str_slice(file, 0, end - 1) : name;
}

OnnxFrame *onnx_begin_network(OnnxReader *reader, const OnnxGraph *graph)
{
    OnnxFrame *frame = onnx_frame(reader, NULL, reader->graph->root);
    reader->graph->name = name_of(reader, graph->name);
    frame->common = onnx_common_prefix(graph);
    onnx_declare(reader, frame, graph);
    add_inputs(reader, frame, graph);
    return frame;
}

bool onnx_read_network(OnnxReader *reader, const OnnxGraph *graph)
{
    OnnxFrame *frame = onnx_begin_network(reader, graph);
    if (!onnx_run(reader, frame, graph))
        return false;
    onnx_end_network(reader, frame, graph);
    return true;
}

void onnx_read_done(OnnxReader *reader, Model *model)
{
    onnx_finish(reader);
    arena_free(reader->scratch);
    *model = model_of(reader->arena, reader->graph);
}
