/* SPDX-License-Identifier: MIT */
/* Layers of a Caffe net become layers of the graph: what they read, their operation, attributes, shared weights. */
#include "read/caffe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DEEPEST_SCOPE = 24 };

/* ---- names ------------------------------------------------------------------------------------------------------ */

/* Its name, else that of its first output, else its type. */
static Str shown_name(const Value *node, const Value *field)
{
    Str name = caffe_text(node, "name");
    name = name.size ? name : caffe_text(field, "top");
    name = name.size ? name : caffe_text(node, "type");
    return name.size ? name : STR("layer");
}

Place caffe_place(const Value *node)
{
    const Value *name = caffe_field(node, "name");
    return name ? name->place : node->key_place;
}

/* Where the next part of a name ends, at a `/` that something follows; the name's size where it is the last. */
static size_t part_end(Str name, size_t start)
{
    size_t stop = start + str_find(str_slice(name, start, name.size), '/');
    return stop + 1 < name.size ? stop : name.size;
}

/* Notes which names are also a part of the network: `conv1` where there is `conv1/relu`. */
static void note_parts(CaffeReader *reader, Str name)
{
    size_t stop = part_end(name, 0);
    for (int depth = 0; depth < DEEPEST_SCOPE && stop < name.size; depth++) {
        names_put(reader->parts, str_slice(name, 0, stop), reader);
        stop = part_end(name, stop + 1);
    }
}

static Scope *scope_at(CaffeReader *reader, Scope *outer, Str key, Str part)
{
    Scope *scope = names_get(reader->scopes, key);
    if (!scope) {
        scope = graph_add_scope(reader->graph, outer, SCOPE_GROUP, part);
        names_put(reader->scopes, key, scope);
    }
    return scope;
}

/*
 * Googlenet writes `inception_3a/1x1`: what stands before a `/` is a part of the network. A layer whose whole name is that of a
 * part, the convolution `conv1` beside `conv1/relu`, stands in it.
 */
Scope *caffe_scope(CaffeReader *reader, Str *name)
{
    Str whole = *name;
    Scope *scope = reader->graph->root;
    size_t start = 0, stop = part_end(whole, 0);
    for (int depth = 0; depth < DEEPEST_SCOPE && stop < whole.size; depth++) {
        if (stop > start)
            scope = scope_at(reader, scope, str_slice(whole, 0, stop), str_slice(whole, start, stop));
        start = stop + 1;
        stop = part_end(whole, start);
    }
    *name = str_slice(whole, start, whole.size);
    return names_get(reader->parts, whole) ? scope_at(reader, scope, whole, *name) : scope;
}

/* ---- attributes ------------------------------------------------------------------------------------------------- */

static Attr *attr_of(const CaffeCall *call, Str name)
{
    int index = op_attr(call->layer->op, name);
    return index < 0 ? NULL : &call->layer->attrs[index];
}

const Op *caffe_op(CaffeReader *reader, Str name)
{
    CaffeOp *found = names_get(reader->ops, name);
    if (!found) {
        found = ARENA_NEW(reader->arena, CaffeOp);
        found->op = op_find(name);
        names_put(reader->ops, name, found);
    }
    return found->op;
}

void caffe_become(CaffeCall *call, const char *op)
{
    call->layer->op = caffe_op(call->reader, str_from(op));
    call->layer->op_name = str_from(call->layer->op->name);
    call->layer->attrs = ARENA_ARRAY(call->arena, call->layer->op->attr_count, Attr);
}

void caffe_set(CaffeCall *call, const char *attr, const Dim *dims, uint32_t count)
{
    Attr *slot = attr_of(call, str_from(attr));
    if (!slot)
        return;
    *slot = (Attr){.set = true, .count = count, .dims = ARENA_ARRAY(call->arena, count, Dim),
                   .place = call->layer->place};
    if (count)
        memcpy(slot->dims, dims, count * sizeof *dims);
}

void caffe_set_int(CaffeCall *call, const char *attr, int64_t n)
{
    Dim dim = dim_int(n);
    caffe_set(call, attr, &dim, 1);
}

void caffe_set_text(CaffeCall *call, const char *attr, Str text)
{
    Attr *slot = attr_of(call, str_from(attr));
    if (slot && text.size)
        *slot = (Attr){.set = true, .text = text, .place = call->layer->place};
}

/* Parameters that netikz has under the same name or an alias: `dropout_ratio`, `local_size`, `axis` … */
static void copy_attr(CaffeCall *call, const Value *field)
{
    Attr *slot = attr_of(call, field->key);
    AttrKind kind = slot ? call->layer->op->attrs[slot - call->layer->attrs].kind : ATTR_TEXT;
    bool yes;
    int64_t n;
    if (!slot || slot->set || field->kind != VALUE_SCALAR)
        return;
    if (kind == ATTR_TEXT || kind == ATTR_WORD)
        *slot = (Attr){.set = true, .text = field->text};
    else if (kind == ATTR_BOOL && value_to_bool(field, &yes))
        caffe_set_int(call, call->layer->op->attrs[slot - call->layer->attrs].name, yes);
    else if ((kind == ATTR_INT || kind == ATTR_INTS) && value_to_int(field, &n))
        caffe_set_int(call, call->layer->op->attrs[slot - call->layer->attrs].name, n);
    slot->place = field->place;
}

static void copy_attrs(CaffeCall *call)
{
    enum { MOST = 64 }; /* messages have far fewer */
    int looked_at = 0;
    if (call->param && call->layer->op->attr_count)
        for (const Value *field = call->param->first; field && looked_at++ < MOST; field = field->next)
            copy_attr(call, field);
}

/* ---- weights ---------------------------------------------------------------------------------------------------- */

void caffe_weight(CaffeCall *call, Dim count)
{
    if (call->weight_count < sizeof call->weights / sizeof *call->weights)
        call->weights[call->weight_count++] = count;
}

/* The owner of a blob that another layer has under the same name, or NULL. */
static CaffeWeight *shared_weight(CaffeCall *call, const Value *param, Dim count)
{
    const Value *said = param->kind == VALUE_MAP ? caffe_field(param, "name") : param; /* V1: `param: "name"` */
    if (!said || said->kind != VALUE_SCALAR || !said->text.size)
        return NULL;
    CaffeWeight *weight = names_get(call->reader->weights, said->text);
    if (!weight) {
        weight = ARENA_NEW(call->arena, CaffeWeight);
        *weight = (CaffeWeight){call->layer, count, said->place};
        names_put(call->reader->weights, said->text, weight);
        return NULL;
    }
    if (dim_known_different(weight->count, count)) {
        caffe_fail(call, said, "`%.*s` is shared, but here it has %.*s numbers", STR_ARGS(said->text),
                   STR_ARGS(dim_text(call->arena, count)));
        diag_note(call->reader->diags, weight->place, "there it has %.*s",
                  STR_ARGS(dim_text(call->arena, weight->count)));
    }
    return weight->owner == call->layer ? NULL : weight;
}

void caffe_finish_weights(CaffeCall *call)
{
    Dim own = dim_int(0), all = dim_int(0);
    uint32_t shared = 0;
    Layer *owner = NULL;
    const Value *param = caffe_field(call->node, "param");
    for (uint32_t i = 0; i < call->weight_count; i++, param = param ? caffe_next(param) : NULL) {
        const CaffeWeight *weight = param ? shared_weight(call, param, call->weights[i]) : NULL;
        all = dim_add(call->arena, all, call->weights[i]);
        if (weight) {
            shared++;
            owner = owner ? owner : weight->owner;
        } else {
            own = dim_add(call->arena, own, call->weights[i]);
        }
    }
    bool whole = owner && shared == call->weight_count;
    call->layer->weights_of = whole ? owner : NULL;
    call->layer->params = whole ? all : own;
}

/* ---- reports ---------------------------------------------------------------------------------------------------- */

void caffe_fail(CaffeCall *call, const Value *at, const char *format, ...)
{
    char text[512];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    diag_error(call->reader->diags, at ? at->place : caffe_place(call->node), "%s", text);
    call->reader->failed = true;
}

void caffe_fail_inputs(CaffeCall *call)
{
    for (uint32_t i = 0; i < call->layer->input_count && i < 4; i++)
        if (call->layer->inputs[i].layer && call->in[i].known)
            diag_note(call->reader->diags, call->layer->inputs[i].layer->place, "`%.*s` gives %.*s",
                      STR_ARGS(call->layer->inputs[i].layer->path),
                      STR_ARGS(shape_text(call->arena, call->in[i], "x")));
}

void caffe_missing(CaffeCall *call, const char *name)
{
    enum { MOST = 32 };
    Str keys[MOST];
    size_t count = 0;
    caffe_fail(call, NULL, "`%.*s` of type %.*s needs `%s`", STR_ARGS(call->layer->path), STR_ARGS(call->type), name);
    for (const Value *field = call->param ? call->param->first : NULL; field && count < MOST; field = field->next)
        keys[count++] = field->key;
    Str nearest = names_nearest(call->arena, str_from(name), keys, count);
    if (nearest.size)
        diag_hint(call->reader->diags, "it has `%.*s`, which Caffe does not know", STR_ARGS(nearest));
    else if (call->row && call->row->message)
        diag_hint(call->reader->diags, "it stands in `%s { %s: … }`", call->row->message, name);
}

static bool gives(const Value *field, Str name)
{
    for (const Value *top = caffe_field(field, "top"); top; top = caffe_next(top))
        if (str_equal(top->text, name))
            return true;
    return false;
}

/* A bottom that nothing before gives: a layer of the other phase may, or one behind, or it is misspelt. */
static void report_bottom(CaffeReader *reader, const Value *bottom)
{
    reader->failed = true;
    diag_error(reader->diags, bottom->place, "nothing before gives `%.*s`", STR_ARGS(bottom->text));
    for (const Value *field = reader->net->first; field; field = field->next) {
        if (!caffe_is_layer(field) || !gives(field, bottom->text))
            continue;
        bool included = caffe_included(&reader->state, field);
        diag_note(reader->diags, caffe_place(caffe_inner(field)), included ? "it comes from here, behind its use"
                  : "it comes from here, which is not in use in the %.*s phase", STR_ARGS(reader->state.phase));
        return;
    }
    size_t count = names_count(reader->blobs);
    Str *names = ARENA_ARRAY(reader->arena, count, Str);
    for (size_t i = 0; i < count; i++)
        names[i] = names_key(reader->blobs, i);
    Str nearest = names_nearest(reader->arena, bottom->text, names, count);
    if (nearest.size)
        diag_hint(reader->diags, "did you mean `%.*s`?", STR_ARGS(nearest));
    else if (!count)
        diag_hint(reader->diags, "begin the net with `input: \"%.*s\" input_shape { dim: 1 dim: 3 dim: 224 dim: 224 }`",
                  STR_ARGS(bottom->text));
}

/* ---- one layer -------------------------------------------------------------------------------------------------- */

static bool set_inputs(CaffeCall *call, const Value *field)
{
    uint32_t count = caffe_count(field, "bottom"), i = 0;
    Port *ports = ARENA_ARRAY(call->arena, count, Port);
    Shape *shapes = ARENA_ARRAY(call->arena, count, Shape);
    for (const Value *bottom = caffe_field(field, "bottom"); bottom; bottom = caffe_next(bottom), i++) {
        const Port *port = names_get(call->reader->blobs, bottom->text);
        if (diags_full(call->reader->diags))
            return false;
        if (!port)
            report_bottom(call->reader, bottom);
        else
            ports[i] = *port;
        shapes[i] = port ? port->layer->outputs[port->output] : shape_unknown();
    }
    graph_set_inputs(call->reader->graph, call->layer, ports, count);
    call->in = shapes;
    call->in_count = count;
    return true;
}

static bool set_outputs(CaffeCall *call, const Value *field)
{
    uint32_t count = caffe_count(field, "top");
    if (count > CAFFE_MOST_TOPS) {
        caffe_fail(call, NULL, "a layer with more than %d outputs", CAFFE_MOST_TOPS);
        return false;
    }
    call->layer->output_count = count ? count : 1; /* a loss need not name its output */
    call->layer->outputs = ARENA_ARRAY(call->arena, call->layer->output_count, Shape);
    call->out = call->layer->outputs;
    call->out_count = call->layer->output_count;
    return true;
}

/* Layers in place give the blob that they read: from here on it is theirs. */
static void name_outputs(CaffeCall *call, const Value *field)
{
    uint32_t i = 0;
    for (const Value *top = caffe_field(field, "top"); top; top = caffe_next(top), i++) {
        Port *port = ARENA_NEW(call->arena, Port);
        *port = (Port){call->layer, i};
        names_set(call->reader->blobs, top->text, port);
    }
}

/* Says once for each type that netikz does not know it. */
static void report_unknown(CaffeCall *call)
{
    Names *unknown = call->reader->unknown;
    const Value *type = caffe_field(call->node, "type");
    if (!names_put(unknown, call->type, unknown))
        return;
    Place place = type ? type->place : caffe_place(call->node);
    if (call->row) {
        diag_warning(call->reader->diags, place,
                     "each fork of Caffe numbers the parameters of `%.*s` in its own way, so its sizes are not known",
                     STR_ARGS(call->type));
        diag_hint(call->reader->diags, "the net's prototxt has them by name");
        return;
    }
    diag_warning(call->reader->diags, place, "the layer type `%.*s` is not known, so its sizes%s", STR_ARGS(call->type),
                 caffe_held(call).kind == DIM_INT ? " are not; its weights are all that the file holds for it"
                                                  : " and weights are not");
    Str nearest = caffe_nearest_type(call->arena, call->type);
    if (nearest.size)
        diag_hint(call->reader->diags, "did you mean `%.*s`?", STR_ARGS(nearest));
}

/* Without a rule: an activation that only netikz knows keeps the shape; of anything else nothing is known. */
static void run_unknown(CaffeCall *call)
{
    const Op *op = caffe_op(call->reader, call->type);
    bool plain = !call->row && op && (op->style == STYLE_ACTIVATION || op->style == STYLE_REGULAR) && !op->count &&
        call->in_count == 1;
    if (plain) {
        caffe_become(call, op->name);
        call->param = NULL;
        caffe_infer(call);
        call->layer->params = call->layer->macs = dim_int(0);
        return;
    }
    report_unknown(call);
    /* None of those that are known has weights; those of others are counted where the file holds them. */
    call->layer->params = call->row ? dim_int(0) : caffe_held(call);
    call->layer->macs = call->row ? dim_int(0) : DIM_NONE;
}

static void run_rule(CaffeCall *call)
{
    call->macs = dim_int(0);
    for (uint32_t i = 0; i < call->out_count; i++)
        call->out[i] = shape_unknown();
    if (!call->row || (call->row->fork && call->reader->trained)) {
        run_unknown(call);
        return;
    }
    if (call->in_count < call->row->inputs) {
        caffe_fail(call, NULL, "`%.*s` of type %.*s needs %u bottom%s, not %u", STR_ARGS(call->layer->path),
                   STR_ARGS(call->type), call->row->inputs, call->row->inputs == 1 ? "" : "s", call->in_count);
        return;
    }
    call->row->rule(call);
    copy_attrs(call);
    caffe_check_blobs(call);
    caffe_finish_weights(call);
    call->layer->macs = call->macs;
}

static bool add_layer(CaffeReader *reader, const Value *field)
{
    const Value *node = caffe_inner(field);
    CaffeCall call = {.reader = reader, .arena = reader->arena, .node = node, .type = caffe_text(node, "type")};
    Str path = shown_name(node, field), name = path;
    Scope *scope = caffe_scope(reader, &name);
    call.row = caffe_row(reader, call.type);
    const Op *op = caffe_op(reader, call.row && call.row->op ? str_from(call.row->op) : STR("custom"));
    call.layer = graph_add_layer(reader->graph, scope, op, op->attr_count, name);
    call.layer->path = path;
    call.layer->op_name = call.row && call.row->op ? str_from(op->name) : call.type.size ? call.type : STR("custom");
    call.layer->place = caffe_place(node);
    call.layer->inferred = true;
    call.param = node != field ? node : call.row && call.row->message ? caffe_field(node, call.row->message) : NULL;
    if (!call.type.size)
        caffe_fail(&call, NULL, "the layer `%.*s` has no `type`", STR_ARGS(path));
    if (!set_inputs(&call, field) || !set_outputs(&call, field))
        return false;
    if (call.type.size)
        run_rule(&call);
    name_outputs(&call, field);
    return true;
}

bool caffe_add_layers(CaffeReader *reader)
{
    for (const Value *field = reader->net->first; field; field = field->next)
        if (caffe_is_layer(field) && caffe_included(&reader->state, field))
            note_parts(reader, shown_name(caffe_inner(field), field));
    for (const Value *field = reader->net->first; field; field = field->next) {
        if (!caffe_is_layer(field) || !caffe_included(&reader->state, field))
            continue;
        if (reader->graph->layer_count >= CAFFE_MOST_LAYERS) {
            diag_error(reader->diags, field->key_place, "the net has more than %d layers", CAFFE_MOST_LAYERS);
            return false;
        }
        if (diags_full(reader->diags) || !add_layer(reader, field))
            return false;
    }
    return !reader->failed;
}
