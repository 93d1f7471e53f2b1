/* SPDX-License-Identifier: MIT */
/* A model file's network as a spec can say it: what vanishes, what reads what, which layers share a line. */
#include "pass/plain.h"

#include "pass/batch.h"

#include "pass/pass.h"

#include <string.h>

static bool is_op(const Layer *layer, const char *name)
{
    return strcmp(layer->op->name, name) == 0;
}

/* ---- sizes ----------------------------------------------------------------------------------------------------- */

static Port own_port(const Plain *plain, const Layer *layer, uint32_t output)
{
    return (Port){plain->from->layers[layer->index], output};
}

/* What the model's numbers are for one sample. */
static Dim for_one(const Plain *plain, Dim macs)
{
    if (plain->batch.kind != DIM_INT || plain->batch.n <= 1)
        return macs;
    Dim one = dim_div_exact(plain->arena, macs, plain->batch);
    return one.kind == DIM_UNKNOWN ? macs : one;
}

static void find_symbols(Plain *plain)
{
    for (uint32_t i = 0; i < plain->from->layer_count; i++) {
        const Layer *layer = plain->from->layers[i];
        if (!is_op(layer, "input") || !layer->outputs[0].known)
            continue;
        for (uint32_t axis = 0; axis < layer->outputs[0].rank; axis++) {
            Dim dim = layer->outputs[0].dims[axis];
            Str symbol;
            bool is_first = axis == 0 && plain->from->batch_axes && plain_is_batch(plain, dim);
            for (uint32_t k = 0; !is_first && (symbol = dim_symbol_at(dim, k)).size; k++)
                names_put(plain->symbols, symbol, plain);
        }
    }
}

/* ---- what vanishes --------------------------------------------------------------------------------------------- */

/* Operations that give what they read. */
static bool gives_its_input(const Layer *layer)
{
    static const char *const names[] = {"identity", "cast", "quantize", "stop_gradient", "output"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_op(layer, names[i]))
            return layer->input_count >= 1 && layer->output_count == 1;
    return false;
}

static Port mapped(const Plain *plain, Port port)
{
    if (!port.layer)
        return port;
    const Fate *fate = &plain->fates[port.layer->index];
    return fate->ports && port.output < port.layer->output_count ? fate->ports[port.output] : (Port){NULL, 0};
}

/* Only the batch moves, or only the channels do, which stand first in a spec. */
static bool keeps_its_order(const Plain *plain, const Layer *layer)
{
    int row = op_attr_row(layer->op, "order");
    bool turns = is_op(layer, "permute") && layer->input_count == 1 && layer->inputs[0].layer &&
                 plain_is_turned(plain, layer->inputs[0]) != plain_is_turned(plain, own_port(plain, layer, 0));
    if (turns && shape_equal(plain_shape(plain, layer->inputs[0]), plain_shape(plain, own_port(plain, layer, 0))))
        return true;
    if (!is_op(layer, "permute") || row < 0 || !layer->attrs[row].set || !layer->input_count || !layer->inputs[0].layer)
        return false;
    Attr order = plain_order(plain, layer, &layer->attrs[row]);
    for (uint32_t i = 0; i < order.count; i++)
        if (!dim_is(order.dims[i], i))
            return false;
    return order.count > 0;
}

/* Padding by nothing, an expansion to what is there: the shape stays, and so does each element. */
static bool keeps_its_shape(const Plain *plain, const Layer *layer)
{
    static const char *const names[] = {"pad", "crop", "reshape", "flatten", "squeeze", "unsqueeze", "expand", "slice", "concat"};
    bool may = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        may = may || is_op(layer, names[i]);
    if (!may || !layer->input_count || !layer->inputs[0].layer || layer->output_count != 1)
        return false;
    Port port = mapped(plain, layer->inputs[0]);
    Shape in = port.layer ? port.layer->outputs[port.output] : shape_unknown(), out = plain_shape(plain, own_port(plain, layer, 0));
    for (uint32_t i = 0; i < out.rank && in.known && in.rank == out.rank; i++)
        if (dim_equal(in.dims[i], out.dims[i]) && i + 1 == out.rank)
            return out.known && shape_equal(in, out);
    return false;
}

/* The numbers of what has vanished go to the layer that reads it. */
static void hand_on(Plain *plain, const Layer *layer)
{
    const Fate *fate = &plain->fates[layer->index];
    Dim params = layer->weights_of ? fate->params : dim_add(plain->arena, fate->params, layer->params);
    Dim macs = dim_add(plain->arena, fate->macs, layer->macs);
    if (dim_is(params, 0) && dim_is(macs, 0))
        return;
    uint32_t first = plain->users.first[layer->index];
    if (first == plain->users.first[layer->index + 1])
        return;
    Fate *reader = &plain->fates[plain->users.list[first]->index];
    reader->params = dim_add(plain->arena, reader->params, params);
    reader->macs = dim_add(plain->arena, reader->macs, macs);
}

/* Whether a layer reads any map as a vector, by way of dropout or not. */
static bool flattens_itself(const Plain *plain, const Layer *layer, const Layer *source)
{
    enum { MOST_STEPS = 4 };
    for (int step = 0; step < MOST_STEPS && layer->input_count && layer->inputs[0].layer == source; step++) {
        if (is_op(layer, "fc") || is_op(layer, "linear"))
            return true;
        uint32_t first = plain->users.first[layer->index];
        if (!is_op(layer, "dropout") || plain->users.first[layer->index + 1] != first + 1)
            return false;
        source = layer;
        layer = plain->users.list[first];
    }
    return false;
}

/* Flattening says nothing where what reads it flattens by itself. */
static bool is_idle_flatten(const Plain *plain, const Layer *layer)
{
    bool flattens = is_op(layer, "flatten") || is_op(layer, "reshape") || is_op(layer, "squeeze");
    uint32_t first = plain->users.first[layer->index], end = plain->users.first[layer->index + 1];
    if (!flattens || first == end || !layer->input_count || !layer->inputs[0].layer)
        return false;
    Shape in = plain_shape(plain, layer->inputs[0]), out = plain_shape(plain, own_port(plain, layer, 0));
    if (!in.known || !out.known || out.rank != 1 || in.rank < 2 ||
        !dim_equal(shape_elements(plain->arena, in), out.dims[0]))
        return false;
    for (uint32_t i = first; i < end; i++)
        if (!flattens_itself(plain, plain->users.list[i], layer))
            return false;
    for (uint32_t i = 0; i < plain->from->output_count; i++)
        if (plain->from->outputs[i].layer == layer)
            return false;
    bool all_ones = true;
    for (uint32_t i = 1; i < in.rank; i++)
        all_ones = all_ones && dim_is(in.dims[i], 1);
    const Layer *reader = plain->users.list[first];
    return all_ones || is_op(reader, "fc");
}

static bool vanishes(const Plain *plain, const Layer *layer)
{
    if (layer->auxiliary)
        return true;
    bool weightless = dim_is(layer->params, 0) && dim_is(layer->macs, 0);
    bool reads = layer->input_count && mapped(plain, layer->inputs[0]).layer;
    return weightless && reads && (gives_its_input(layer) || keeps_its_order(plain, layer) || keeps_its_shape(plain, layer) || is_idle_flatten(plain, layer));
}

/* ---- layers ---------------------------------------------------------------------------------------------------- */

/* The last part of the path that a model file's name is. */
static Str last_part(Str name)
{
    for (size_t i = name.size; i-- > 0;)
        if (name.at[i] == '/')
            return str_slice(name, i + 1, name.size);
    return name;
}

static Layer *add_layer(Plain *plain, const Layer *old, const Op *op)
{
    Layer *layer = graph_add_layer(plain->to, plain->scopes[old->scope->index], op, op->attr_count, last_part(old->name));
    layer->op_name = op_is_custom(op) ? old->op_name : str_from(op->name);
    layer->place = old->place;
    layer->label = old->label;
    layer->note = old->note;
    layer->style = old->style;
    layer->frozen = old->frozen;
    return layer;
}

static void set_inputs(Plain *plain, const Layer *old, Layer *layer)
{
    Port *ports = ARENA_ARRAY(plain->arena, old->input_count, Port);
    uint32_t count = 0;
    for (uint32_t i = 0; i < old->input_count; i++) {
        Port port = mapped(plain, old->inputs[i]);
        if (port.layer)
            ports[count++] = port;
    }
    graph_set_inputs(plain->to, layer, ports, count);
}

static Wanted wanted_of(const Plain *plain, const Layer *old)
{
    const Fate *fate = &plain->fates[old->index];
    Wanted wanted = {
        .outputs = ARENA_ARRAY(plain->arena, old->output_count, Shape),
        .output_count = old->output_count,
        .params = plain_dim(plain, dim_add(plain->arena, old->params, fate->params)),
        .macs = plain_dim(plain, for_one(plain, dim_add(plain->arena, old->macs, fate->macs))),
    };
    for (uint32_t i = 0; i < old->output_count; i++)
        wanted.outputs[i] = plain_shape(plain, own_port(plain, old, i));
    return wanted;
}

/* How many of its outputs are read. */
static uint32_t outputs_read(const Plain *plain, const Layer *layer)
{
    uint32_t most = 1;
    for (uint32_t i = plain->users.first[layer->index]; i < plain->users.first[layer->index + 1]; i++)
        for (uint32_t k = 0; k < plain->users.list[i]->input_count; k++)
            if (plain->users.list[i]->inputs[k].layer == layer && plain->users.list[i]->inputs[k].output >= most)
                most = plain->users.list[i]->inputs[k].output + 1;
    for (uint32_t i = 0; i < plain->from->output_count; i++)
        if (plain->from->outputs[i].layer == layer && plain->from->outputs[i].output >= most)
            most = plain->from->outputs[i].output + 1;
    return most;
}

/* An output that operations of a spec do not have: another layer that reads the first. */
static Port add_output(Plain *plain, const Layer *old, Layer *first, const Wanted *wanted, uint32_t output)
{
    Layer *layer = add_layer(plain, old, op_custom());
    layer->op_name = str_format(plain->arena, "%.*s output %u", STR_ARGS(old->op_name), output + 1);
    graph_set_inputs(plain->to, layer, &(Port){first, 0}, 1);
    plain_make_custom(plain, layer, &(Wanted){&wanted->outputs[output], 1, dim_int(0), dim_int(0)});
    return (Port){layer, 0};
}

static void convert_layer(Plain *plain, const Layer *old)
{
    Fate *fate = &plain->fates[old->index];
    fate->ports = ARENA_ARRAY(plain->arena, old->output_count, Port);
    if (vanishes(plain, old)) {
        fate->vanished = true;
        hand_on(plain, old);
        if (!old->auxiliary)
            fate->ports[0] = mapped(plain, old->inputs[0]);
        return;
    }
    Layer *layer = add_layer(plain, old, old->op);
    Wanted wanted = wanted_of(plain, old);
    set_inputs(plain, old, layer);
    if (old->op->style == STYLE_REGULAR && layer->input_count) /* what it reads may be as flat as it was, or not */
        wanted.outputs[0] = layer->inputs[0].layer->outputs[layer->inputs[0].output];
    if (old->weights_of && plain->fates[old->weights_of->index].layer)
        layer->weights_of = plain->fates[old->weights_of->index].layer;
    fate->layer = layer;
    plain_fit(plain, old, layer, &wanted);
    uint32_t read = outputs_read(plain, old);
    fate->ports[0] = (Port){layer, 0};
    for (uint32_t i = 1; i < old->output_count; i++)
        fate->ports[i] = i < layer->output_count ? (Port){layer, i}
                         : i < read              ? add_output(plain, old, layer, &wanted, i)
                                                 : (Port){NULL, 0};
}

/* ---- what stands in one line ----------------------------------------------------------------------------------- */

/* Scopes that hold one layer alone are no part of the structure. */
static const Scope **find_homes(const Plain *plain)
{
    const Graph *graph = plain->to;
    uint32_t *held = ARENA_ARRAY(plain->arena, graph->scope_count, uint32_t);
    const Scope **homes = ARENA_ARRAY(plain->arena, graph->scope_count, const Scope *);
    for (uint32_t i = 0; i < graph->layer_count; i++)
        held[graph->layers[i]->scope->index]++;
    for (uint32_t i = graph->scope_count; i-- > 1;)
        held[graph->scopes[i]->parent->index] += held[i];
    for (uint32_t i = 0; i < graph->scope_count; i++) {
        const Scope *scope = graph->scopes[i];
        homes[i] = held[i] <= 1 && scope->parent ? homes[scope->parent->index] : scope;
    }
    return homes;
}

static bool takes(const Layer *head, const Layer *layer)
{
    bool plain = head->op->style == STYLE_CONV || head->op->style == STYLE_DENSE;
    bool follows = layer->op->style == STYLE_NORM || layer->op->style == STYLE_ACTIVATION || layer->op->style == STYLE_REGULAR;
    Str name = str_from(layer->op->name);
    /* A word that is an attribute of the layer would be read as that. */
    return plain && follows && layer->op->suffix && op_attr(head->op, name) < 0 && !is_op(layer, "lrn") && !is_op(layer, "l2norm");
}

static bool is_safe(const Layer *layer)
{
    for (uint32_t i = 0; i < layer->op->attr_count; i++) {
        const Attr *attr = &layer->attrs[i];
        for (size_t k = 0; attr->set && k < attr->text.size; k++)
            if (strchr(" ,=()[]:#'\"-", attr->text.at[k]))
                return false;
        if (attr->set && attr->text.size && layer->op->attrs[i].kind == ATTR_TEXT && layer->op->attrs[i].positional &&
            !strchr("0123456789.", attr->text.at[0]))
            return false;
    }
    return true;
}

static void find_lines(const Plain *plain)
{
    const Graph *graph = plain->to;
    Users users = graph_users(graph->arena, graph);
    const Scope **homes = find_homes(plain);
    Layer **tails = ARENA_ARRAY(plain->arena, graph->layer_count, Layer *);
    const Layer **next = ARENA_ARRAY(plain->arena, graph->layer_count, const Layer *);
    bool *leaves = ARENA_ARRAY(plain->arena, graph->layer_count, bool);
    for (uint32_t i = 0; i < graph->output_count; i++)
        leaves[graph->outputs[i].layer->index] = true;
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        Layer *layer = graph->layers[i], *before = layer->input_count == 1 ? layer->inputs[0].layer : NULL;
        tails[i] = layer;
        if (!before || users.first[before->index + 1] - users.first[before->index] != 1 || leaves[before->index] ||
            layer->weights_of || layer->label.size || layer->note.size || layer->style.size)
            continue;
        Layer *head = before->cell_of ? before->cell_of : before;
        /* Layers that share weights share them box by box: what follows must be the same. */
        const Layer *of = head->weights_of, *same = of ? next[of->index] : NULL;
        for (const Layer *cell = next[head->index]; cell && same; cell = next[cell->index])
            same = next[same->index];
        if (of && (!same || same->op != layer->op))
            continue;
        if (tails[head->index] != before || !takes(head, layer) || !is_safe(layer) || head->frozen != layer->frozen ||
            homes[head->scope->index] != homes[layer->scope->index])
            continue;
        layer->cell_of = head;
        next[before->index] = layer;
        tails[head->index] = layer;
    }
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static void copy_scopes(Plain *plain)
{
    plain->scopes[0] = plain->to->root;
    for (uint32_t i = 1; i < plain->from->scope_count; i++) {
        const Scope *old = plain->from->scopes[i];
        Scope *scope = graph_add_scope(plain->to, plain->scopes[old->parent->index], old->kind, old->name);
        scope->definition = old->definition;
        scope->unnamed = old->unnamed;
        scope->label = old->label;
        scope->note = old->note;
        scope->style = old->style;
        plain->scopes[i] = scope;
    }
}

/* No two have one name. */
static void name_inputs(Plain *plain)
{
    Names *taken = names_new(plain->arena);
    for (uint32_t i = 0; i < plain->to->layer_count; i++) {
        Layer *layer = plain->to->layers[i];
        if (!is_op(layer, "input"))
            continue;
        Str stem = layer->name, name = stem;
        for (uint32_t n = 2; !names_put(taken, name, plain); n++)
            name = str_format(plain->arena, "%.*s%u", STR_ARGS(stem), n);
        graph_name_layer(plain->to, layer, name);
        layer->scope = plain->to->root;
    }
}

static void inputs_first(Graph *graph)
{
    Layer **ordered = ARENA_ARRAY(graph->arena, graph->layer_count, Layer *);
    uint32_t count = 0;
    for (int behind = 0; behind < 2; behind++)
        for (uint32_t i = 0; i < graph->layer_count; i++)
            if (is_op(graph->layers[i], "input") == (behind == 0))
                ordered[count++] = graph->layers[i];
    for (uint32_t i = 0; i < count; i++) {
        ordered[i]->index = i;
        graph->layers[i] = ordered[i];
    }
}

static void copy_outputs(Plain *plain)
{
    uint32_t room = 0;
    Graph *to = plain->to;
    for (uint32_t i = 0; i < plain->from->output_count; i++) {
        Port port = mapped(plain, plain->from->outputs[i]);
        bool known = !port.layer;
        for (uint32_t k = 0; k < to->output_count; k++)
            known = known || (to->outputs[k].layer == port.layer && to->outputs[k].output == port.output);
        if (!known)
            *ARENA_PUSH(plain->arena, to->outputs, to->output_count, room) = port;
    }
}

Graph *pass_plain(Arena *arena, const Graph *graph)
{
    Plain plain = {
        .arena = arena,
        .from = graph,
        .to = graph_new(arena, graph->source),
        .users = graph_users(graph->arena, graph),
        .fates = ARENA_ARRAY(arena, graph->layer_count + 1, Fate),
        .scopes = ARENA_ARRAY(arena, graph->scope_count, Scope *),
        .batch = batch_of(graph),
        .symbols = names_new(arena),
    };
    find_symbols(&plain);
    plain.to->name = graph->name;
    copy_scopes(&plain);
    for (uint32_t i = 0; i < graph->layer_count; i++)
        plain.fates[i].params = plain.fates[i].macs = dim_int(0);
    for (uint32_t i = 0; i < graph->layer_count; i++)
        convert_layer(&plain, graph->layers[i]);
    copy_outputs(&plain);
    name_inputs(&plain);
    inputs_first(plain.to);
    find_lines(&plain);
    return plain.to;
}
