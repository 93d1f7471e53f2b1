/* SPDX-License-Identifier: MIT */
/* Writes models out as layers: each call of each layer once, behind what it reads; called models become scopes. */
#include "read/keras.h"

#include <string.h>

/* What a call gave. */
typedef struct Result {
    Port *ports;
    uint32_t count;
    enum { NOT_YET, OPEN, DONE } state;
} Result;

/* A model that is being written out. */
typedef struct Run {
    KerasReader *reader;
    KerasModel *model;
    const KerasSite *site;
    const Port *ports;      /* what its inputs read */
    uint32_t port_count;    /* none: they are the network's own inputs */
    Result *results;        /* by KerasNode.index */
} Run;

/* A call whose inputs are being looked for. */
typedef struct Step {
    KerasEntry *entry;
    KerasNode *node;
    uint32_t next;          /* tensor */
} Step;

static Result *result_of(const Run *run, const KerasRef *ref)
{
    return &run->results[run->model->entries[ref->entry].nodes[ref->node].index];
}

static Str repeated_name(Arena *arena, const KerasEntry *entry)
{
    return entry->times == 1 ? entry->name : str_format(arena, "%.*s#%u", STR_ARGS(entry->name), entry->times);
}

static bool spend(Run *run, const KerasEntry *entry, uint32_t calls, uint32_t refs)
{
    KerasReader *reader = run->reader;
    reader->calls += calls;
    reader->refs += refs;
    if (reader->calls <= KERAS_MOST_LAYERS && reader->refs <= KERAS_MOST_REFS)
        return true;
    diag_error(reader->diags, keras_place(reader, entry->value),
               "the network has more than %d layers, the models that are called written out", KERAS_MOST_LAYERS);
    return false;
}

/* ---- inputs ------------------------------------------------------------------------------------------------------ */

/* The layer behind an input that the file leaves out says the shape. */
static Shape declared_shape(const Run *run, const KerasEntry *entry)
{
    Arena *arena = run->reader->arena;
    if (entry->value)
        return keras_input_shape(arena, entry->value);
    Shape shape = keras_input_shape(arena, run->model->entries[1].value);
    const Value *said = keras_get(run->model->config, "build_input_shape batch_input_shape");
    if (!shape.known)
        keras_shape(arena, said, &shape);
    if (!shape.known)
        keras_shape(arena, keras_get(value_get(run->model->value, STR("build_config")), "input_shape"), &shape);
    return shape;
}

static void set_layer(Run *run, const KerasEntry *entry, Layer *layer, Shape shape)
{
    layer->outputs[0] = shape;
    layer->params = layer->macs = dim_int(0);
    layer->op_name = str_from(layer->op->name);
    layer->layout = run->reader->layout;
    layer->inferred = true;
    layer->implied = !entry->value;
    layer->place = keras_place(run->reader, entry->value);
    Str outer = run->site->scope->path;
    if (outer.size)
        layer->path = str_format(run->reader->arena, "%.*s/%.*s", STR_ARGS(outer), STR_ARGS(layer->name));
}

static void report_shapeless(Run *run, const KerasEntry *entry)
{
    KerasReader *reader = run->reader;
    if (reader->shapeless)
        return;
    reader->shapeless = true;
    diag_warning(reader->diags, keras_place(reader, entry->value ? entry->value : run->model->value),
                 "the file does not say the shape of the input: shapes and parameters stay unknown");
    diag_hint(reader->diags,
              "save the model once it is built (`model.build(shape)`), or with an Input as its first layer");
}

/* The network's own input. */
static Port add_input(Run *run, KerasEntry *entry, Str name)
{
    KerasReader *reader = run->reader;
    const Op *op = keras_op(reader, STR("input"));
    Layer *layer = graph_add_layer(reader->graph, run->site->scope, op, op->attr_count, name);
    Shape shape = declared_shape(run, entry);
    if (!shape.known)
        report_shapeless(run, entry);
    set_layer(run, entry, layer, shape);
    int index = op_attr(op, STR("shape"));
    if (shape.known && shape.rank > 1 && index >= 0)
        layer->attrs[index] =
            (Attr){.set = true, .count = shape.rank - 1, .dims = shape.dims + 1, .place = layer->place};
    return (Port){layer, 0};
}

/* The input of a model inside: what it is called with. */
static Port pass_input(Run *run, KerasEntry *entry, Str name)
{
    KerasReader *reader = run->reader;
    Port port = run->ports[entry->input];
    if (!entry->value)
        return port;
    Layer *layer = graph_add_layer(reader->graph, run->site->scope, keras_op(reader, STR("identity")), 0, name);
    Shape shape = port.layer ? port.layer->outputs[port.output] : shape_unknown();
    set_layer(run, entry, layer, shape.known || run->site->lift ? shape : declared_shape(run, entry));
    graph_set_inputs(reader->graph, layer, &port, 1);
    return (Port){layer, 0};
}

static bool run_input(Run *run, KerasEntry *entry, Result *result)
{
    result->ports = ARENA_NEW(run->reader->arena, Port);
    result->count = 1;
    Str name = repeated_name(run->reader->arena, entry);
    if (run->site->outer) {
        result->ports[0] = add_input(run, entry, name);
        return true;
    }
    if (entry->input >= run->port_count) {
        diag_error(run->reader->diags, keras_place(run->reader, entry->value ? entry->value : run->model->value),
                   "the model `%.*s` is called with %u tensors, but `%.*s` is input %u", STR_ARGS(run->model->name),
                   run->port_count, STR_ARGS(entry->name), entry->input + 1);
        return false;
    }
    result->ports[0] = pass_input(run, entry, name);
    return true;
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

static bool gather(Run *run, const KerasEntry *entry, const KerasNode *node, Port *ports)
{
    for (uint32_t i = 0; i < node->ref_count; i++) {
        const Result *from = result_of(run, &node->refs[i]);
        if ((uint64_t)node->refs[i].tensor >= from->count) {
            diag_error(run->reader->diags, keras_place(run->reader, node->value ? node->value : entry->value),
                       "`%.*s` reads output %lld of `%.*s`, which has %u", STR_ARGS(entry->name),
                       (long long)node->refs[i].tensor + 1, STR_ARGS(run->model->entries[node->refs[i].entry].name),
                       from->count);
            return false;
        }
        ports[i] = from->ports[node->refs[i].tensor];
    }
    return true;
}

/* A model as a layer. Its own inputs are the network's where it is called with nothing (below a Merge of Keras 1). */
static bool run_nested(Run *run, KerasEntry *entry, const KerasNode *node, const Port *ports, Result *result)
{
    KerasReader *reader = run->reader;
    KerasSite site = *run->site;
    site.scope = graph_add_scope(reader->graph, site.scope, SCOPE_GROUP, repeated_name(reader->arena, entry));
    site.scope->place = keras_place(reader, entry->value);
    site.lift += entry->over_time;
    site.outer = run->site->outer && node->ref_count == 0;
    return keras_run(reader, entry->nested, &site, ports, node->ref_count, &result->ports, &result->count);
}

/* Keras 3 says the shapes that a layer was built for: they help where the layer before is unknown. */
static void learn_input(Run *run, const KerasEntry *entry, Port port)
{
    Shape said;
    const Value *built = value_get(entry->value, STR("build_config"));
    bool open = port.layer && !port.layer->outputs[port.output].known && !run->site->lift;
    if (open && keras_shape(run->reader->arena, keras_get(built, "input_shape"), &said) && said.rank)
        port.layer->outputs[port.output] = said;
}

static bool run_layer(Run *run, KerasEntry *entry, KerasNode *node, Port *ports, Result *result)
{
    KerasReader *reader = run->reader;
    KerasCall call = {.reader = reader, .arena = reader->arena, .entry = entry, .node = node, .site = run->site,
                      .config = entry->config, .class_name = entry->class_name, .ports = ports,
                      .in_count = node->ref_count, .out_count = 1, .lift = run->site->lift};
    if (node->ref_count == 1)
        learn_input(run, entry, ports[0]);
    Port outputs[KERAS_MOST_OUTPUTS];
    reader->failed = !keras_call(&call, outputs) || reader->failed;
    if (!call.layer)
        return false;
    result->ports = ARENA_ARRAY(reader->arena, call.out_count, Port);
    result->count = call.out_count;
    memcpy(result->ports, outputs, call.out_count * sizeof *outputs);
    return !diags_full(reader->diags);
}

static bool run_node(Run *run, KerasEntry *entry, KerasNode *node)
{
    Result *result = &run->results[node->index];
    if (!spend(run, entry, 0, node->ref_count))
        return false;
    entry->times++;
    Port *ports = ARENA_ARRAY(run->reader->arena, node->ref_count, Port);
    if (!gather(run, entry, node, ports))
        return false;
    result->state = DONE;
    if (entry->takes_input)
        return run_input(run, entry, result);
    return entry->nested ? run_nested(run, entry, node, ports, result) : run_layer(run, entry, node, ports, result);
}

static bool in_circle(Run *run, const KerasEntry *entry)
{
    diag_error(run->reader->diags, keras_place(run->reader, entry->value), "the layers run in a circle through `%.*s`",
               STR_ARGS(entry->name));
    return false;
}

/* A call and before it, without recursion, the calls that it reads and that stand behind it in the file. */
static bool run_from(Run *run, Step *stack, KerasEntry *entry, KerasNode *node)
{
    uint32_t depth = 0;
    if (run->results[node->index].state == DONE)
        return true;
    stack[depth++] = (Step){entry, node, 0};
    while (depth) {
        Step *step = &stack[depth - 1];
        run->results[step->node->index].state = OPEN;
        if (step->next == step->node->ref_count) {
            if (!run_node(run, step->entry, step->node))
                return false;
            depth--;
            continue;
        }
        const KerasRef *ref = &step->node->refs[step->next++];
        KerasEntry *before = &run->model->entries[ref->entry];
        Result *result = result_of(run, ref);
        if (result->state == OPEN)
            return in_circle(run, before);
        if (result->state == NOT_YET)
            stack[depth++] = (Step){before, &before->nodes[ref->node], 0};
    }
    return true;
}

/* First calls in the order of the file, then the others: so tables keep that order. */
static bool run_all(Run *run)
{
    KerasModel *model = run->model;
    Step *stack = ARENA_ARRAY(run->reader->arena, model->node_count, Step);
    for (uint32_t i = 0; i < model->count; i++)
        if (model->entries[i].node_count && !run_from(run, stack, &model->entries[i], &model->entries[i].nodes[0]))
            return false;
    for (uint32_t i = 0; i < model->count; i++)
        for (uint32_t k = 1; k < model->entries[i].node_count; k++)
            if (!run_from(run, stack, &model->entries[i], &model->entries[i].nodes[k]))
                return false;
    return true;
}

bool keras_run(KerasReader *reader, KerasModel *model, const KerasSite *site, const Port *ports, uint32_t port_count,
               Port **outputs, uint32_t *output_count)
{
    Run run = {reader, model, site, ports, port_count, NULL};
    if (!spend(&run, &model->entries[0], model->node_count, 0))
        return false;
    run.results = ARENA_ARRAY(reader->arena, model->node_count, Result);
    for (uint32_t i = 0; i < model->count; i++) /* the scope of a repeated call tells its layers apart */
        model->entries[i].times = 0;
    if (!run_all(&run))
        return false;
    *outputs = ARENA_ARRAY(reader->arena, model->outputs.ref_count, Port);
    *output_count = model->outputs.ref_count;
    if (!model->outputs.ref_count) {
        diag_error(reader->diags, keras_place(reader, model->value), "the model `%.*s` has no outputs",
                   STR_ARGS(model->name));
        return false;
    }
    return gather(&run, &model->entries[0], &model->outputs, *outputs);
}
