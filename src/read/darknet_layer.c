/* SPDX-License-Identifier: MIT */
/* Sections of a Darknet net become layers; norm and activation, which are options there, become cells of their box. */
#include "read/darknet.h"

#include <string.h>

/* ---- attributes ------------------------------------------------------------------------------------------------- */

/* op_find looks at all names of all operations: once is enough. */
static const Op *find_op(DarknetReader *reader, const char *name)
{
    DarknetOp *found = names_get(reader->ops, str_from(name));
    if (!found) {
        found = ARENA_NEW(reader->arena, DarknetOp);
        found->op = op_find(str_from(name));
        names_put(reader->ops, str_from(name), found);
    }
    return found->op;
}

void darknet_become(DarknetCall *call, const char *op)
{
    call->layer->op = find_op(call->reader, op);
    call->layer->op_name = str_from(call->layer->op->name);
    call->layer->attrs = ARENA_ARRAY(call->arena, call->layer->op->attr_count, Attr);
}

void darknet_custom(DarknetCall *call, const char *name)
{
    call->layer->op = op_custom();
    call->layer->op_name = str_from(name);
    call->layer->attrs = ARENA_ARRAY(call->arena, call->layer->op->attr_count, Attr);
}

static Attr *attr_of(const DarknetCall *call, const char *name)
{
    int index = op_attr(call->layer->op, str_from(name));
    return index < 0 ? NULL : &call->layer->attrs[index];
}

void darknet_set(DarknetCall *call, const char *attr, const Dim *dims, uint32_t count)
{
    Attr *slot = attr_of(call, attr);
    if (!slot)
        return;
    *slot = (Attr){.set = true, .count = count, .dims = ARENA_ARRAY(call->arena, count, Dim),
                   .place = call->layer->place};
    memcpy(slot->dims, dims, count * sizeof *dims);
}

void darknet_set_int(DarknetCall *call, const char *attr, int64_t n)
{
    Dim dim = dim_int(n);
    darknet_set(call, attr, &dim, 1);
}

void darknet_set_text(DarknetCall *call, const char *attr, Str text)
{
    Attr *slot = attr_of(call, attr);
    if (slot && text.size)
        *slot = (Attr){.set = true, .text = text, .place = call->layer->place};
}

/* ---- other sections --------------------------------------------------------------------------------------------- */

const DarknetOutput *darknet_output(DarknetCall *call, const Value *option, int64_t index)
{
    int64_t at = index < 0 ? (int64_t)call->number + index : index;
    if (at >= 0 && at < (int64_t)call->number && at < (int64_t)call->reader->output_count)
        return &call->reader->outputs[at];
    diag_error(call->reader->diags, option->place, "there is no layer %lld before layer %u", (long long)at,
               call->number);
    diag_hint(call->reader->diags, "layers count from 0 behind [net]; -1 is the layer before");
    call->reader->failed = true;
    return NULL;
}

/* ---- cells ------------------------------------------------------------------------------------------------------ */

static Shape shape_of_map(Arena *arena, DarknetMap map)
{
    Dim dims[3] = {map.height, map.width, map.channels};
    return map.is_map ? shape_of(arena, 3, dims) : shape_of(arena, 1, &map.numbers);
}

/* Darknet's activations in netikz's words. NULL: it has none of that name. */
static const char *activation_op(Str name)
{
    static const char *const words[][2] = {
        {"logistic", "sigmoid"}, {"relu", "relu"},  {"relu6", "relu6"}, {"leaky", "leaky_relu"}, {"elu", "elu"},
        {"selu", "selu"},        {"tanh", "tanh"},  {"mish", "mish"},   {"swish", "silu"},       {"gelu", "gelu"},
        {"hardtan", "hard_tanh"}, {"hard_mish", "mish"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(name, str_from(words[i][0])))
            return words[i][1];
    return NULL;
}

/* A part of the section's box, which tables count with the section. */
static void add_cell(DarknetCall *call, Port *port, const char *op_name, Str shown)
{
    const Op *op = find_op(call->reader, op_name ? op_name : "custom");
    Str name = str_format(call->arena, "%.*s_%.*s", STR_ARGS(call->layer->name), STR_ARGS(shown));
    Layer *cell = graph_add_layer(call->reader->graph, call->layer->scope, op, op->attr_count, name);
    cell->op_name = op_name ? str_from(op->name) : shown;
    cell->layout = LAYOUT_CHANNELS_LAST;
    cell->place = call->layer->place;
    cell->inferred = cell->implied = true;
    cell->cell_of = call->layer;
    cell->params = cell->macs = dim_int(0);
    cell->outputs[0] = call->layer->outputs[0];
    graph_set_inputs(call->reader->graph, cell, port, 1);
    *port = (Port){cell, 0};
}

static void add_cells(DarknetCall *call, Port *port)
{
    Str name = call->activation;
    if (call->normalises)
        add_cell(call, port, "bn", STR("bn"));
    if (name.size && !str_equal(name, STR("linear")))
        add_cell(call, port, activation_op(name), name);
}

/* ---- one section ------------------------------------------------------------------------------------------------ */

/* Says once for each kind of section that netikz does not know it. */
static void run_unknown(DarknetCall *call)
{
    call->params = call->macs = DIM_NONE;
    call->out = (DarknetMap){DIM_NONE, DIM_NONE, DIM_NONE, DIM_NONE, false};
    if (!names_put(call->reader->unknown, call->section->key, call->reader))
        return;
    diag_warning(call->reader->diags, call->section->key_place,
                 "the layer type `%.*s` is not known, so its sizes and weights are not",
                 STR_ARGS(call->section->key));
    Str nearest = darknet_nearest(call->arena, call->section->key);
    if (nearest.size)
        diag_hint(call->reader->diags, "did you mean `%.*s`?", STR_ARGS(nearest));
}

static void run_rule(DarknetCall *call)
{
    Port before = call->reader->before.port;
    graph_set_inputs(call->reader->graph, call->layer, &before, 1);
    call->in = call->reader->before.map;
    call->params = call->macs = dim_int(0);
    if (call->row)
        call->row->rule(call);
    else
        run_unknown(call);
    call->layer->params = call->params;
    call->layer->macs = call->macs;
    bool unknown = call->out.numbers.kind == DIM_UNKNOWN && !call->out.is_map;
    call->layer->outputs[0] = unknown ? shape_unknown() : shape_of_map(call->arena, call->out);
}

static void add_layer(DarknetReader *reader, const Value *section, uint32_t number)
{
    DarknetCall call = {.reader = reader, .arena = reader->arena, .section = section, .number = number};
    call.row = darknet_row(section->key);
    const Op *op = find_op(reader, call.row && call.row->op ? call.row->op : "custom");
    Str kind = section->key.size ? section->key : STR("layer");
    if (str_ends(kind, STR("convolutional"))) /* as Darknet's own table shortens it */
        kind.size -= STR("olutional").size;
    Str name = str_format(reader->arena, "%.*s_%u", STR_ARGS(kind), number);
    call.layer = graph_add_layer(reader->graph, reader->graph->root, op, op->attr_count, name);
    call.layer->op_name = call.row && call.row->op ? str_from(op->name) : section->key.size ? section->key : kind;
    call.layer->layout = LAYOUT_CHANNELS_LAST;
    call.layer->place = section->key_place;
    call.layer->inferred = true;
    run_rule(&call);
    DarknetOutput output = {call.out, {call.layer, 0}, section->key_place};
    add_cells(&call, &output.port);
    *ARENA_PUSH(reader->arena, reader->outputs, reader->output_count, reader->output_room) = output;
    reader->before = output;
}

bool darknet_add_layers(DarknetReader *reader, const Value *root)
{
    uint32_t number = 0;
    for (const Value *section = root->first->next; section && !diags_full(reader->diags); section = section->next) {
        if (number == DARKNET_MOST_LAYERS) {
            diag_error(reader->diags, section->key_place, "the net has more than %d layers", DARKNET_MOST_LAYERS);
            return false;
        }
        add_layer(reader, section, number++);
    }
    return !reader->failed;
}
