/* SPDX-License-Identifier: MIT */
/* Operators of other formats become those of ONNX, whose rules then hold: another name, other attributes, other inputs. */
#include "read/onnx.h"

static const OnnxRow *foreign_row(const OnnxCall *call)
{
    const OnnxRow **row = names_get(call->reader->foreign, call->source->op);
    return row ? *row : NULL;
}

/* What the format's own row says goes before what ONNX says of the operator. */
static const OnnxRow *mixed(Arena *arena, const OnnxRow *base, const OnnxRow *own)
{
    if (!base || !own || (!own->shape && !own->fold && !own->trained && !own->maybe && !own->unknown_macs))
        return base ? base : own;
    OnnxRow *row = ARENA_NEW(arena, OnnxRow);
    *row = *base;
    row->shape = own->shape ? own->shape : base->shape;
    row->fold = own->shape || own->fold ? own->fold : base->fold;
    row->trained = own->trained ? own->trained : base->trained;
    row->maybe = own->maybe ? own->maybe : base->maybe;
    row->unknown_macs = own->unknown_macs;
    return row;
}

void onnx_show(OnnxCall *call, const char *name)
{
    const Op *op = onnx_find_op(call->reader, str_from(name));
    if (!op)
        return;
    call->layer->op = op;
    call->layer->op_name = str_from(op->name);
}

void onnx_be(OnnxCall *call, const char *name)
{
    const OnnxRow **base = names_get(call->reader->rows, str_from(name));
    call->own->op = str_from(name);
    call->row = mixed(call->arena, base ? *base : NULL, foreign_row(call));
    onnx_show(call, name);
}

static bool is_about_shapes(Str op)
{
    return str_equal(op, STR("Shape")) || str_equal(op, STR("Size"));
}

void onnx_lower(OnnxCall *call)
{
    const OnnxRow *row = call->row;
    call->source = call->node;
    call->own = ARENA_NEW(call->arena, OnnxNode);
    *call->own = *call->source;
    call->own->attrs = NULL;
    call->own->attr_count = 0;
    call->node = call->own;
    if (row && row->as)
        onnx_be(call, row->as);
    if (row && row->lower)
        row->lower(call);
    for (uint32_t i = 0; i < call->out_count && is_about_shapes(call->own->op); i++)
        call->out[i]->flows = false;
}

void onnx_train(OnnxCall *call, uint32_t inputs)
{
    OnnxRow *row = ARENA_NEW(call->arena, OnnxRow);
    if (call->row)
        *row = *call->row;
    row->trained |= inputs;
    call->row = row;
}

void onnx_follow(OnnxCall *call)
{
    const Op *op = onnx_find_op(call->reader, str_from(call->follow));
    if (!op || !call->out_count || !call->out[0]->port.layer)
        return;
    Layer *before = call->layer;
    Str name = str_format(call->arena, "%.*s_%s", STR_ARGS(before->name), op->name);
    Layer *layer = graph_add_layer(call->reader->graph, before->scope, op, op->attr_count, name);
    layer->path = str_format(call->arena, "%.*s_%s", STR_ARGS(before->path), op->name);
    layer->op_name = str_from(op->name);
    layer->layout = before->layout;
    layer->within = before->within;
    layer->place = before->place;
    layer->implied = layer->inferred = true;
    layer->auxiliary = before->auxiliary;
    layer->params = layer->macs = dim_int(0);
    layer->outputs[0] = before->outputs[0];
    graph_set_inputs(call->reader->graph, layer, &call->out[0]->port, 1);
    call->out[0]->port = (Port){layer, 0};
}

/* ---- attributes -------------------------------- */

void onnx_add_given(Arena *arena, OnnxNode *node, uint32_t *room, Str name, OnnxGiven given)
{
    OnnxGiven *kept = ARENA_NEW(arena, OnnxGiven);
    *kept = given;
    *ARENA_PUSH(arena, node->attrs, node->attr_count, *room) = (OnnxAttr){.name = name, .given = kept};
}

void onnx_give(OnnxCall *call, const char *name, OnnxGiven given)
{
    OnnxNode *node = call->own;
    OnnxGiven *kept = ARENA_NEW(call->arena, OnnxGiven);
    *kept = given;
    for (uint32_t i = 0; i < node->attr_count; i++)
        if (str_equal(node->attrs[i].name, str_from(name))) {
            node->attrs[i].given = kept;
            return;
        }
    node->attrs = arena_grow(call->arena, node->attrs, node->attr_count, (size_t)node->attr_count + 1, sizeof *node->attrs);
    node->attrs[node->attr_count++] = (OnnxAttr){.name = str_from(name), .given = kept};
}

void onnx_give_ints(OnnxCall *call, const char *name, const int64_t *ints, uint32_t count)
{
    int64_t *kept = ARENA_ARRAY(call->arena, count, int64_t);
    for (uint32_t i = 0; i < count; i++)
        kept[i] = ints[i];
    onnx_give(call, name, (OnnxGiven){.kind = GIVEN_INTS, .ints = kept, .count = count});
}

void onnx_give_int(OnnxCall *call, const char *name, int64_t n)
{
    int64_t *kept = ARENA_NEW(call->arena, int64_t);
    *kept = n;
    onnx_give(call, name, (OnnxGiven){.kind = GIVEN_INT, .ints = kept, .count = 1});
}

void onnx_give_text(OnnxCall *call, const char *name, Str text)
{
    onnx_give(call, name, (OnnxGiven){.kind = GIVEN_TEXT, .text = text});
}

/* ---- inputs -------------------------------- */

void onnx_pick(OnnxCall *call, const int *inputs, uint32_t count)
{
    OnnxValue **in = ARENA_ARRAY(call->arena, count, OnnxValue *);
    for (uint32_t i = 0; i < count; i++)
        in[i] = inputs[i] >= 0 && (uint32_t)inputs[i] < call->in_count ? call->in[inputs[i]] : NULL;
    call->in = in;
    call->in_count = count;
}

void onnx_see(OnnxCall *call, uint32_t input, Shape shape)
{
    if (input >= call->in_count || !call->in[input])
        return;
    OnnxValue *seen = ARENA_NEW(call->arena, OnnxValue);
    *seen = *call->in[input];
    seen->shape = shape;
    call->in[input] = seen;
}

OnnxNumbers *onnx_numbers_of_ints(Arena *arena, const int64_t *ints, uint32_t count)
{
    OnnxNumbers *numbers = ARENA_NEW(arena, OnnxNumbers);
    numbers->at = ARENA_ARRAY(arena, count, OnnxNumber);
    numbers->count = count;
    for (uint32_t i = 0; i < count; i++)
        numbers->at[i] = (OnnxNumber){dim_int(ints[i]), 1};
    return numbers;
}

OnnxValue *onnx_known(OnnxCall *call, const int64_t *ints, uint32_t count)
{
    OnnxValue *value = ARENA_NEW(call->arena, OnnxValue);
    value->shape = shape_of(call->arena, 1, (Dim[]){dim_int(count)});
    value->type = ONNX_INT64;
    value->numbers = onnx_numbers_of_ints(call->arena, ints, count);
    return value;
}

void onnx_add_foreign(OnnxReader *reader, const OnnxRow *row)
{
    const OnnxRow **thing = arena_alloc(reader->arena, sizeof *thing);
    *thing = row;
    names_put(reader->foreign, str_from(row->name), thing);
}

OnnxReader *onnx_foreign_reader(Arena *arena, Diags *diags, const Source *source, const OnnxRow *rows, size_t count)
{
    OnnxReader *reader = onnx_reader(arena, diags, source);
    reader->foreign = names_new(arena);
    for (size_t i = 0; i < count; i++)
        onnx_add_foreign(reader, &rows[i]);
    return reader;
}
