/* SPDX-License-Identifier: MIT */
/* Tells an imported network as a person would: without plumbing, with operations in place of the primitives they are written in. */
#include "pass/digest.h"

#include "pass/pass.h"

#include <string.h>

bool digest_is_op(const Layer *layer, const char *name)
{
    return strcmp(layer->op->name, name) == 0;
}

static bool is_any(const Layer *layer, const char *const *names)
{
    for (; *names; names++)
        if (digest_is_op(layer, *names))
            return true;
    return false;
}

bool digest_is_form(const Layer *layer)
{
    static const char *const names[] = {"reshape", "permute", "squeeze",  "unsqueeze", "flatten", "expand",
                                        "cast",    "dropout", "identity", "slice",     "split",   "gather",
                                        "select",  NULL};
    return layer->input_count == 1 && is_any(layer, names);
}

/* Factors and summands that are trained say more than that. */
bool digest_is_affine(const Layer *layer)
{
    static const char *const names[] = {"mul",   "div",  "add",      "sub",     "neg", "scale",
                                        "bias",  "cast", "identity", "dropout", NULL};
    return layer->input_count == 1 && dim_is(layer->params, 0) && is_any(layer, names);
}

/* ---- matches -------------------------------- */

bool match_has(const Match *match, const Layer *layer)
{
    for (uint32_t i = 0; i < match->count; i++)
        if (match->members[i] == layer)
            return true;
    return false;
}

bool match_add(Match *match, Layer *layer)
{
    if (match_has(match, layer))
        return true;
    if (match->count == MATCH_MOST)
        return false;
    match->members[match->count++] = layer;
    return true;
}

bool match_is_closed(const Digest *digest, const Match *match)
{
    for (uint32_t i = 1; i < match->count; i++) {
        uint32_t inner = 0;
        for (uint32_t k = 0; k < match->count; k++)
            for (uint32_t n = 0; n < match->members[k]->input_count; n++)
                inner += match->members[k]->inputs[n].layer == match->members[i];
        if (inner != digest->uses[match->members[i]->index])
            return false;
    }
    return true;
}

static void count_inputs(const Digest *digest, const Layer *layer, uint32_t by)
{
    for (uint32_t i = 0; i < layer->input_count; i++)
        if (layer->inputs[i].layer)
            digest->uses[layer->inputs[i].layer->index] += by;
}

/* Parameters and work of a layer that goes belong to the one that stays. */
static void take_over(Digest *digest, Layer *whole, Layer *part)
{
    whole->params = dim_add(digest->arena, whole->params, part->params);
    whole->macs = dim_add(digest->arena, whole->macs, part->macs);
    whole->frozen = whole->frozen || (part->frozen && dim_is(whole->params, 0));
    if (!whole->weights_of && part->weights_of)
        whole->weights_of = part->weights_of;
    digest->gone[part->index] = true;
    digest->into[part->index] = whole;
}

/* A layer alone keeps what it says of itself, as far as the new operation has it too. */
static void become(Digest *digest, Layer *layer, const Op *op, bool alone)
{
    const Op *old = layer->op;
    const Attr *said = layer->attrs;
    layer->op = op;
    layer->op_name = str_from(op->name);
    layer->attrs = ARENA_ARRAY(digest->arena, op->attr_count, Attr);
    for (uint32_t i = 0; alone && i < op->attr_count; i++) {
        int row = op_attr_row(old, op->attrs[i].name);
        if (row >= 0)
            layer->attrs[i] = said[row];
    }
}

void digest_merge(Digest *digest, const Match *match, const Op *op, const Port *inputs, uint32_t count)
{
    Layer *whole = match->members[0];
    for (uint32_t i = 0; i < match->count; i++)
        count_inputs(digest, match->members[i], UINT32_MAX); /* minus one */
    for (uint32_t i = 1; i < match->count; i++)
        take_over(digest, whole, match->members[i]);
    whole->inputs = ARENA_ARRAY(digest->arena, count, Port);
    whole->input_count = count;
    whole->roles = NULL;
    if (count)
        memcpy(whole->inputs, inputs, count * sizeof *inputs);
    count_inputs(digest, whole, 1);
    become(digest, whole, op, match->count == 1);
}

void digest_set_int(Digest *digest, Layer *layer, const char *attr, Dim value)
{
    int row = op_attr_row(layer->op, attr);
    if (row < 0 || value.kind == DIM_UNKNOWN)
        return;
    layer->attrs[row].set = true;
    layer->attrs[row].count = 1;
    layer->attrs[row].dims = ARENA_NEW(digest->arena, Dim);
    layer->attrs[row].dims[0] = value;
}

/* ---- what is plumbing -------------------------------- */

static Layer *copy_layer(Digest *digest, const Layer *layer)
{
    Layer *copy = ARENA_NEW(digest->arena, Layer);
    *copy = *layer;
    copy->inputs = ARENA_ARRAY(digest->arena, layer->input_count, Port);
    for (uint32_t i = 0; i < layer->input_count; i++) {
        const Layer *read = layer->inputs[i].layer;
        copy->inputs[i] = (Port){read ? digest->layers[read->index] : NULL, layer->inputs[i].output};
    }
    if (layer->roles) {
        copy->roles = ARENA_ARRAY(digest->arena, layer->input_count, LinkRole);
        memcpy(copy->roles, layer->roles, layer->input_count * sizeof *copy->roles);
    }
    return copy;
}

/* Padding by nothing, a slice of all, the same shape once more. */
static bool has_no_effect(const Layer *layer)
{
    static const char *const names[] = {"reshape", "pad", "slice", "expand", "tile", "flatten", "squeeze", "unsqueeze", "upsample", "concat", NULL};
    if (layer->input_count != 1 || layer->output_count != 1 || !is_any(layer, names))
        return false;
    Port port = layer->inputs[0];
    return shape_equal(port.layer->outputs[port.output], layer->outputs[0]);
}

/* Whether what a layer gives is what it reads. */
static bool hands_on(const Layer *layer)
{
    static const char *const names[] = {"identity", "cast", "quantize", "dropout", "stop_gradient", NULL};
    if (!layer->input_count || !layer->inputs[0].layer || !dim_is(layer->params, 0))
        return false;
    return is_any(layer, names) || has_no_effect(layer);
}

/* What stands for a port once its layer is gone; layer NULL: nothing. */
static Port resolved(const Digest *digest, const Port *stands, Port port)
{
    return port.layer && digest->gone[port.layer->index] ? stands[port.layer->index] : port;
}

/* Inputs that are nothing but constants are not inputs; what they hold that is trained belongs to their reader. */
static void resolve_inputs(Digest *digest, const Port *stands, Layer *layer)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < layer->input_count; i++) {
        Port port = layer->inputs[i], found = resolved(digest, stands, port);
        Layer *read = port.layer;
        if (read && !found.layer && !digest->into[read->index]) {
            layer->params = dim_add(digest->arena, layer->params, read->params);
            layer->macs = dim_add(digest->arena, layer->macs, read->macs);
            digest->into[read->index] = layer;
        }
        if (found.layer) {
            layer->inputs[kept] = found;
            if (layer->roles)
                layer->roles[kept] = layer->roles[i];
            kept++;
        }
    }
    layer->input_count = kept;
}

static bool is_plumbing(const Layer *layer)
{
    return (layer->auxiliary || hands_on(layer)) && !layer->label.size && !layer->note.size && !layer->style.size;
}

static void set_switch(Digest *digest, Layer *layer, const char *attr, bool on)
{
    int row = op_attr_row(layer->op, attr);
    if (row < 0)
        return;
    layer->attrs[row] = (Attr){.set = true, .count = 1, .dims = ARENA_NEW(digest->arena, Dim)};
    layer->attrs[row].dims[0] = dim_int(on);
}

/*
 * Darknet's convolution with `batch_normalize` is one layer, whose biases are the shifts of the norm: two numbers for each
 * filter are the norm's.
 */
static void divide_params(Digest *digest, Layer *norm)
{
    Layer *conv = norm->input_count == 1 ? norm->inputs[0].layer : NULL;
    if (!norm->implied || !digest_is_op(norm, "bn") || !dim_is(norm->params, 0) || !conv ||
        (conv->op->style != STYLE_CONV && conv->op->style != STYLE_DENSE))
        return;
    Dim each = attr_int(digest->arena, conv, "out"), both = dim_mul(digest->arena, each, dim_int(2));
    if (conv->params.kind != DIM_INT || both.kind != DIM_INT || conv->params.n <= both.n || attr_given(conv, "bias"))
        return;
    conv->params = dim_int(conv->params.n - both.n);
    norm->params = both;
    conv->attrs = memcpy(ARENA_ARRAY(digest->arena, conv->op->attr_count, Attr), conv->attrs, conv->op->attr_count * sizeof *conv->attrs);
    norm->attrs = memcpy(ARENA_ARRAY(digest->arena, norm->op->attr_count, Attr), norm->attrs, norm->op->attr_count * sizeof *norm->attrs);
    set_switch(digest, conv, "bias", false);
    set_switch(digest, norm, "scale", true);
    set_switch(digest, norm, "bias", true);
}

/* In the order of the data, so that what a layer reads is settled before it. */
void digest_clear(Digest *digest)
{
    Port *stands = ARENA_ARRAY(digest->arena, digest->count, Port);
    for (uint32_t i = 0; i < digest->count; i++) {
        Layer *layer = digest->layers[i] = copy_layer(digest, digest->from->layers[i]);
        resolve_inputs(digest, stands, layer);
        divide_params(digest, layer);
        if (!is_plumbing(layer))
            continue;
        digest->gone[i] = true;
        if (hands_on(layer))
            stands[i] = layer->inputs[0];
    }
    digest->outputs = ARENA_ARRAY(digest->arena, digest->from->output_count, Port);
    for (uint32_t i = 0; i < digest->from->output_count; i++) {
        Port port = digest->from->outputs[i];
        port = resolved(digest, stands, (Port){digest->layers[port.layer->index], port.output});
        if (port.layer)
            digest->outputs[digest->output_count++] = port;
    }
    for (uint32_t i = 0; i < digest->count; i++)
        if (!digest->gone[i])
            count_inputs(digest, digest->layers[i], 1);
    for (uint32_t i = 0; i < digest->output_count; i++)
        digest->uses[digest->outputs[i].layer->index]++;
}

Graph *pass_digest(Arena *arena, const Graph *graph)
{
    Digest digest = {
        .arena = arena,
        .from = graph,
        .layers = ARENA_ARRAY(arena, graph->layer_count, Layer *),
        .count = graph->layer_count,
        .gone = ARENA_ARRAY(arena, graph->layer_count, bool),
        .uses = ARENA_ARRAY(arena, graph->layer_count, uint32_t),
        .into = ARENA_ARRAY(arena, graph->layer_count, Layer *),
    };
    digest_clear(&digest);
    digest_patterns(&digest);
    digest_attention(&digest);
    digest_layouts(&digest);
    return digest_regroup(&digest);
}
