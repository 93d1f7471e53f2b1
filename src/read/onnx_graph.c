/* SPDX-License-Identifier: MIT */
/* Runs through the nodes of a graph in the order of their data: each becomes a layer, its outputs become values. */
#include "read/onnx.h"

#include <string.h>

OnnxFrame *onnx_frame(OnnxReader *reader, OnnxFrame *outer, Scope *scope)
{
    OnnxFrame *frame = ARENA_NEW(reader->scratch, OnnxFrame);
    frame->outer = outer;
    frame->values = names_new(reader->scratch);
    frame->declared = names_new(reader->scratch);
    frame->scopes = names_new(reader->scratch);
    frame->scope = scope;
    return frame;
}

OnnxValue *onnx_value(OnnxReader *reader, OnnxFrame *frame, Str name)
{
    OnnxValue *value = ARENA_NEW(reader->scratch, OnnxValue);
    *value = (OnnxValue){.name = name, .shape = shape_unknown()};
    if (name.size)
        names_set(frame->values, name, value);
    return value;
}

OnnxValue *onnx_lookup(const OnnxFrame *frame, Str name)
{
    for (; frame; frame = frame->outer) {
        OnnxValue *value = names_get(frame->values, name);
        if (value)
            return value;
    }
    return NULL;
}

static void declare_tensor(OnnxReader *reader, OnnxFrame *frame, const OnnxTensor *tensor)
{
    if (!tensor->name.size)
        return;
    OnnxValue *value = onnx_value(reader, frame, tensor->name);
    value->shape = onnx_tensor_shape(reader->arena, tensor);
    value->type = tensor->type;
    value->tensor = tensor;
    value->weight = onnx_weight_new(reader, value->shape, tensor->type, !tensor->constant);
    value->direct = true;
}

static void declare_infos(OnnxFrame *frame, OnnxInfo *infos, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (infos[i].type.size || infos[i].shape)
            names_put(frame->declared, infos[i].name, &infos[i]);
}

void onnx_declare(OnnxReader *reader, OnnxFrame *frame, const OnnxGraph *graph)
{
    declare_infos(frame, graph->outputs, graph->output_count);
    declare_infos(frame, graph->infos, graph->info_count);
    for (uint32_t i = 0; i < graph->tensor_count; i++)
        declare_tensor(reader, frame, &graph->tensors[i]);
}

/* ---- order -------------------------------- */

/* The file's order is that of the data, as ONNX demands; where it is not, nodes are visited behind what they read. */
typedef struct Order {
    const OnnxGraph *graph;
    Names *givers;     /* node by the name of an output */
    uint32_t *nodes;   /* in the order of the data */
    uint32_t count;
} Order;

static const OnnxNode *giver_of(const Order *order, Str name)
{
    return name.size ? names_get(order->givers, name) : NULL;
}

static bool find_givers(OnnxReader *reader, Order *order)
{
    const OnnxGraph *graph = order->graph;
    order->givers = names_new(reader->scratch);
    for (uint32_t i = 0; i < graph->node_count; i++)
        for (uint32_t k = 0; k < graph->nodes[i].output_count; k++) {
            Str name = graph->nodes[i].outputs[k];
            if (!name.size || names_put(order->givers, name, &graph->nodes[i]))
                continue;
            diag_error(reader->diags, onnx_place(reader, onnx_shown_name(&graph->nodes[i])),
                       "`%.*s` is the output of two nodes", STR_ARGS(name));
            reader->failed = true;
            return false;
        }
    return true;
}

static bool is_ordered(const Order *order)
{
    for (uint32_t i = 0; i < order->graph->node_count; i++)
        for (uint32_t k = 0; k < order->graph->nodes[i].input_count; k++) {
            const OnnxNode *giver = giver_of(order, order->graph->nodes[i].inputs[k]);
            if (giver && giver >= &order->graph->nodes[i])
                return false;
        }
    return true;
}

typedef struct Visit {
    uint32_t node; /* whose inputs are visited */
    uint32_t next; /* input */
} Visit;

/* Depth first, without recursion. False at a node that waits for itself. */
static bool visit(Order *order, Visit *stack, unsigned char *marks, uint32_t start, uint32_t *on_it)
{
    enum { NEW, OPEN, DONE };
    size_t depth = 0;
    stack[depth++] = (Visit){start, 0};
    marks[start] = OPEN;
    while (depth) {
        Visit *top = &stack[depth - 1];
        const OnnxNode *node = &order->graph->nodes[top->node];
        if (top->next == node->input_count) {
            marks[top->node] = DONE;
            order->nodes[order->count++] = top->node;
            depth--;
            continue;
        }
        const OnnxNode *giver = giver_of(order, node->inputs[top->next++]);
        uint32_t index = giver ? (uint32_t)(giver - order->graph->nodes) : 0;
        if (!giver || marks[index] == DONE)
            continue;
        *on_it = index;
        if (marks[index] == OPEN)
            return false;
        marks[index] = OPEN;
        stack[depth++] = (Visit){index, 0};
    }
    return true;
}

static bool find_order(OnnxReader *reader, Order *order)
{
    uint32_t count = order->graph->node_count, on_it = 0;
    order->nodes = ARENA_ARRAY(reader->scratch, count, uint32_t);
    if (!find_givers(reader, order))
        return false;
    if (is_ordered(order)) {
        for (uint32_t i = 0; i < count; i++)
            order->nodes[i] = i;
        return true;
    }
    Visit *stack = ARENA_ARRAY(reader->scratch, count, Visit);
    unsigned char *marks = ARENA_ARRAY(reader->scratch, count, unsigned char);
    for (uint32_t i = 0; i < count; i++) {
        if (marks[i] || visit(order, stack, marks, i, &on_it))
            continue;
        diag_error(reader->diags, onnx_place(reader, onnx_shown_name(&order->graph->nodes[on_it])),
                   "the nodes run in a circle through `%.*s`", STR_ARGS(order->graph->nodes[on_it].op));
        reader->failed = true;
        return false;
    }
    return true;
}

/* ---- one node -------------------------------- */

/* In a function, attributes may stand for those of the call (`ref_attr_name`): then the node gets them from there. */
static const OnnxNode *resolve(OnnxReader *reader, const OnnxFrame *frame, const OnnxNode *node)
{
    enum { REFERENCE = 21 };
    if (!frame->call)
        return node;
    OnnxNode *copy = ARENA_NEW(reader->scratch, OnnxNode);
    *copy = *node;
    copy->attrs = ARENA_ARRAY(reader->scratch, node->attr_count, OnnxAttr);
    copy->attr_count = 0;
    for (uint32_t i = 0; i < node->attr_count; i++) {
        OnnxAttr attr = node->attrs[i];
        Wire wire = wire_open(attr.body);
        Str reference = {0};
        for (WireField field; wire_next(&wire, &field);)
            if (field.number == REFERENCE)
                reference = field.bytes;
        const OnnxAttr *said = reference.size ? onnx_attr_named(frame->call, reference) : &attr;
        if (said)
            copy->attrs[copy->attr_count++] = (OnnxAttr){attr.name, said->body, said->given};
    }
    return copy;
}

/* What nothing gives: a file whose weights were taken out has many of them, so they are reported once. */
static OnnxValue *dangling(OnnxReader *reader, OnnxFrame *frame, const OnnxNode *node, Str name)
{
    if (!reader->dangling++) {
        diag_warning(reader->diags, onnx_place(reader, onnx_shown_name(node)),
                     "`%.*s` is read, but nothing in the file gives it", STR_ARGS(name));
        diag_hint(reader->diags, "what depends on it is unknown; other such inputs are not reported");
    }
    OnnxValue *value = onnx_value(reader, frame, name);
    const OnnxInfo *info = names_get(frame->declared, name);
    if (info)
        value->shape = onnx_info_shape(reader, info, &value->type, false);
    return value;
}

static void find_inputs(OnnxCall *call)
{
    const OnnxNode *node = call->node;
    call->in_count = node->input_count;
    call->in = ARENA_ARRAY(call->reader->scratch, node->input_count, OnnxValue *);
    for (uint32_t i = 0; i < node->input_count; i++) {
        Str name = node->inputs[i];
        call->in[i] = name.size ? onnx_lookup(call->frame, name) : NULL;
        if (name.size && !call->in[i])
            call->in[i] = dangling(call->reader, call->frame, node, name);
        if (call->in[i] && call->in[i]->absent)
            call->in[i] = NULL;
    }
}

static bool is_source_of_data(const OnnxNode *node)
{
    return str_starts(node->op, STR("Random")) || str_equal(node->op, STR("Multinomial")) ||
           str_equal(node->op, STR("Bernoulli"));
}

static bool is_about_shapes(const OnnxNode *node)
{
    return str_equal(node->op, STR("Shape")) || str_equal(node->op, STR("Size"));
}

static void make_outputs(OnnxCall *call)
{
    const OnnxNode *node = call->node;
    bool flows = is_source_of_data(node);
    for (uint32_t i = 0; i < call->in_count; i++)
        flows = flows || (call->in[i] && call->in[i]->flows && !is_about_shapes(node));
    call->out_count = node->output_count;
    call->out = ARENA_ARRAY(call->reader->scratch, node->output_count, OnnxValue *);
    for (uint32_t i = 0; i < node->output_count; i++) {
        call->out[i] = onnx_value(call->reader, call->frame, node->outputs[i]);
        call->out[i]->flows = flows;
    }
}

/*
 * What is unknown is filled from what the file declares. Sizes that follow from inputs without a name go on being
 * computed with, under hidden symbols, and are shown by the name that the file has for them.
 */
static Dim join_dim(Dim found, Dim said, bool shown)
{
    bool open = found.kind == DIM_UNKNOWN || (onnx_is_hidden(found) && (shown || said.kind == DIM_INT));
    return open && said.kind != DIM_UNKNOWN ? said : found;
}

static Shape join_shapes(Arena *arena, Shape found, Shape said, bool shown)
{
    if (!found.known)
        return said;
    if (!said.known || said.rank != found.rank)
        return found;
    Shape joined = shape_of(arena, found.rank, found.dims);
    for (uint32_t i = 0; i < found.rank; i++)
        joined.dims[i] = join_dim(found.dims[i], said.dims[i], shown);
    return joined;
}

/* Sets the shape of the value, and gives the one to show. */
static Shape join_declared(OnnxCall *call, OnnxValue *value)
{
    const OnnxInfo *info = value->name.size ? names_get(call->frame->declared, value->name) : NULL;
    int64_t type = 0;
    if (!info)
        return value->shape;
    Shape said = onnx_info_shape(call->reader, info, &type, false);
    value->type = value->type ? value->type : type;
    value->shape = join_shapes(call->arena, value->shape, said, false);
    return join_shapes(call->arena, value->shape, said, true);
}

/* Layers have the outputs that are named. */
static void attach_outputs(OnnxCall *call)
{
    uint32_t count = 0;
    Layer *layer = call->layer;
    for (uint32_t i = 0; i < call->out_count; i++)
        count += call->out[i]->name.size > 0;
    layer->output_count = count ? count : 1;
    layer->outputs = ARENA_ARRAY(call->arena, layer->output_count, Shape);
    count = 0;
    for (uint32_t i = 0; i < call->out_count; i++) {
        if (!call->out[i]->name.size)
            continue;
        Shape shown = join_declared(call, call->out[i]);
        if (!call->out[i]->port.layer)
            call->out[i]->port = (Port){layer, count};
        layer->outputs[count++] = shown;
    }
}

/* Sizes of many symbols tell nobody anything, and computing with them costs time. */
static void simplify(OnnxCall *call, OnnxValue *value)
{
    enum { MOST_SYMBOLS = 16 };
    bool long_winded = false;
    for (uint32_t i = 0; i < value->shape.rank; i++)
        long_winded = long_winded || dim_symbol_at(value->shape.dims[i], MOST_SYMBOLS).size;
    if (!long_winded)
        return;
    value->shape = shape_of(call->arena, value->shape.rank, value->shape.dims);
    for (uint32_t i = 0; i < value->shape.rank; i++)
        if (dim_symbol_at(value->shape.dims[i], MOST_SYMBOLS).size)
            value->shape.dims[i] = DIM_NONE;
}

static void run_rules(OnnxCall *call)
{
    call->macs = call->row && !call->row->unknown_macs ? dim_int(0) : DIM_NONE;
    if (call->row && call->row->shape)
        call->row->shape(call);
    if (call->row && call->row->fold && call->in_count <= ONNX_MOST_NUMBERS)
        call->row->fold(call);
    for (uint32_t i = 0; i < call->out_count; i++) {
        simplify(call, call->out[i]);
        if (!call->out[i]->type && call->in_count && call->in[0])
            call->out[i]->type = call->in[0]->type;
    }
    onnx_pass_weight(call);
}

/* Domains whose operators are in the table; elsewhere a name means what its author wants. */
static bool is_known_domain(Str domain)
{
    return !domain.size || str_starts(domain, STR("ai.onnx")) || str_starts(domain, STR("com.microsoft")) ||
           str_starts(domain, STR("com.ms.internal")) || str_starts(domain, STR("qonnx.")) ||
           str_starts(domain, STR("finn.")) || str_equal(domain, STR("onnx.brevitas"));
}

static OnnxGraph *function_of(const OnnxReader *reader, const OnnxNode *node)
{
    if (!names_count(reader->functions))
        return NULL;
    return names_get(reader->functions, onnx_function_key(reader->scratch, node->domain, node->op, node->overload));
}

static bool check_room(OnnxReader *reader, const OnnxNode *node)
{
    if (!onnx_parts(reader, 1 + (size_t)node->input_count + node->output_count + node->attr_count))
        return false;
    if (reader->graph->layer_count < reader->most_layers)
        return true;
    diag_error(reader->diags, onnx_place(reader, onnx_shown_name(node)),
               "the network has more than %u layers, functions and bodies written out", reader->most_layers);
    reader->failed = true;
    return false;
}

bool onnx_run_node(OnnxReader *reader, OnnxFrame *frame, const OnnxNode *node)
{
    if (!check_room(reader, node))
        return false;
    OnnxCall call = {.reader = reader, .arena = reader->arena, .frame = frame, .node = resolve(reader, frame, node)};
    bool known = is_known_domain(node->domain);
    call.row = known ? onnx_row_of(reader, node) : NULL;
    call.channels_last = str_equal(node->domain, STR("qonnx.custom_op.channels_last")) ||
                         str_equal(node->domain, STR("com.ms.internal.nhwc"));
    find_inputs(&call);
    make_outputs(&call);
    OnnxGraph *function = reader->calls ? reader->calls(reader, node) : function_of(reader, node);
    bool control = known && !function && !reader->foreign && onnx_is_control(node);
    call.layer = onnx_add_layer(reader, frame, call.node, known && !function);
    if (reader->foreign && !function)
        onnx_lower(&call);
    if (function ? !onnx_function(&call, function) : control && !onnx_control(&call))
        return false;
    if (!function && !control)
        run_rules(&call);
    attach_outputs(&call);
    onnx_dress_layer(&call);
    if (!function && !control)
        onnx_count(&call);
    call.layer->macs = call.macs;
    if (call.follow)
        onnx_follow(&call);
    return !reader->failed;
}

bool onnx_run(OnnxReader *reader, OnnxFrame *frame, const OnnxGraph *graph)
{
    Order order = {.graph = graph};
    if (reader->failed || !find_order(reader, &order))
        return false;
    for (uint32_t i = 0; i < graph->node_count; i++)
        if (!onnx_run_node(reader, frame, &graph->nodes[order.nodes[i]]))
            return false;
    return true;
}
