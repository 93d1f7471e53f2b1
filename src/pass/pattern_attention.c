/* SPDX-License-Identifier: MIT */
/* Attention as exporters write it out: products with a softmax between, heads cut and joined, projections around them. */
#include "pass/digest.h"

enum { MOST_STEPS = 24 }; /* between two products: reshapes, masks, scales */

/* ---- the product: softmax(q·k) · v -------------------------------- */

/* What scores may pass on their way to the softmax: scales, masks, biases of positions. */
static bool is_score_step(const Layer *layer)
{
    static const char *const names[] = {"add", "where", "mul", "div", "bias", "scale", "posenc", "clip", "sub", NULL};
    if (digest_is_form(layer))
        return true;
    for (size_t i = 0; names[i]; i++)
        if (digest_is_op(layer, names[i]))
            return layer->input_count >= 1 && layer->input_count <= 3;
    return false;
}

/* The product that the scores come from, over what stands between; NULL: none. */
static Layer *find_scores(Match *match, Port port, int steps)
{
    Layer *layer = port.layer;
    if (!layer || steps > MOST_STEPS || layer->output_count != 1)
        return NULL;
    if (digest_is_op(layer, "matmul"))
        return layer->input_count == 2 && match_add(match, layer) ? layer : NULL;
    if (!is_score_step(layer) || !match_add(match, layer))
        return NULL;
    Match before = *match;
    for (uint32_t i = 0; i < layer->input_count; i++) {
        Layer *found = find_scores(match, layer->inputs[i], steps + 1 + (layer->input_count > 1) * 4);
        if (found)
            return found;
        *match = before;
    }
    return NULL;
}

static Layer *find_softmax(Match *match, Port port)
{
    Layer *layer = port.layer;
    while (layer && digest_is_form(layer) && layer->output_count == 1 && match_add(match, layer))
        layer = layer->inputs[0].layer;
    return layer && digest_is_op(layer, "softmax") && layer->input_count == 1 && match_add(match, layer) ? layer : NULL;
}

/* softmax(q·k)·v becomes one layer that reads q, k and v. */
static void find_product(Digest *digest, Layer *layer)
{
    Match match = {0};
    if (!digest_is_op(layer, "matmul") || layer->input_count != 2 || !match_add(&match, layer))
        return;
    const Layer *softmax = find_softmax(&match, layer->inputs[0]);
    const Layer *scores = softmax ? find_scores(&match, softmax->inputs[0], 0) : NULL;
    if (!scores || !match_is_closed(digest, &match))
        return;
    const Port inputs[] = {scores->inputs[0], scores->inputs[1], layer->inputs[1]};
    digest_merge(digest, &match, op_find(STR("dot_attention")), inputs, 3);
}

/* ---- projections around it -------------------------------- */

/* Splitting, turning and scaling, through which heads are made of features and features of heads. */
static bool is_head_step(const Layer *layer)
{
    return digest_is_form(layer) || digest_is_affine(layer);
}

/* Back to the projection that a part of the heads comes from; NULL where there is none. */
static Layer *find_projection(Match *match, Port port)
{
    Layer *layer = port.layer;
    for (int i = 0; layer && is_head_step(layer) && i < MOST_STEPS && match_add(match, layer); i++)
        layer = layer->inputs[0].layer;
    if (!layer || !digest_is_op(layer, "linear") || layer->input_count != 1 || !match_add(match, layer))
        return NULL;
    return layer;
}

static Layer *find_heads(Match *match, Port port)
{
    Layer *layer = port.layer;
    for (int i = 0; layer && is_head_step(layer) && i < MOST_STEPS && match_add(match, layer); i++)
        layer = layer->inputs[0].layer;
    return layer && digest_is_op(layer, "dot_attention") && match_add(match, layer) ? layer : NULL;
}

static Dim last_dim(Port port)
{
    if (!port.layer || port.output >= port.layer->output_count)
        return DIM_NONE;
    Shape shape = port.layer->outputs[port.output];
    return shape.known && shape.rank ? shape.dims[shape.rank - 1] : DIM_NONE;
}

static bool same_port(Port a, Port b)
{
    return a.layer == b.layer && a.output == b.output;
}

/* Forms between a layer and what they are made of. */
static Port behind_forms(Match *match, Port port, const Digest *digest)
{
    for (int i = 0; port.layer && digest_is_form(port.layer) && digest->uses[port.layer->index] == 1 && i < MOST_STEPS &&
                    match_add(match, port.layer);
         i++)
        port = port.layer->inputs[0];
    return port;
}

/* Queries of w·w tokens in more batches than the network has samples: a side of the window; unknown where there is none. */
static Dim window_of(Port queries, Port input)
{
    Shape heads = queries.layer->outputs[queries.output], in = input.layer->outputs[input.output];
    if (!heads.known || heads.rank != 4 || heads.dims[0].kind != DIM_INT || heads.dims[2].kind != DIM_INT ||
        !in.known || !in.rank || !dim_is(in.dims[0], 1) || heads.dims[0].n < 2)
        return DIM_NONE;
    for (int64_t side = 2; side <= 64; side++)
        if (side * side == heads.dims[2].n)
            return dim_int(side);
    return DIM_NONE;
}

static bool is_shift_step(const Layer *layer)
{
    return digest_is_form(layer) || (digest_is_op(layer, "roll") && layer->input_count == 1);
}

/* Maps that are cut into windows are put together again. */
static bool gives_map(Port port, const Layer *layer)
{
    Shape in = port.layer->outputs[port.output];
    return in.known && in.rank == 4 && shape_equal(in, layer->outputs[0]);
}

/* What moves everything round before an attention in windows and back behind it belongs to it. */
static void find_shift(Digest *digest, Layer *layer)
{
    Match match = {0};
    Layer *at = layer;
    bool shifted = false;
    if (!is_shift_step(layer))
        return;
    for (int i = 0; at && is_shift_step(at) && i < MOST_STEPS && match_add(&match, at); i++)
        at = at->inputs[0].layer;
    if (!at || !digest_is_op(at, "attention") || at->input_count != 1 || !match_add(&match, at))
        return;
    int row = op_attr_row(at->op, "shifted");
    const Layer *attention = at;
    Port input = at->inputs[0];
    shifted = at->attrs[row].set;
    for (int i = 0; i < MOST_STEPS && digest->uses[input.layer->index] == 1 && is_shift_step(input.layer) &&
                    match_add(&match, input.layer);
         i++) {
        shifted = shifted || digest_is_op(input.layer, "roll");
        input = input.layer->inputs[0];
    }
    if (!(shifted || gives_map(input, layer)) || !match_is_closed(digest, &match))
        return;
    digest_merge(digest, &match, attention->op, &input, 1);
    for (uint32_t i = 0; i < attention->op->attr_count; i++)
        layer->attrs[i] = attention->attrs[i];
    if (shifted)
        digest_set_int(digest, layer, "shifted", dim_int(1));
}

static void find_attention(Digest *digest, Layer *layer)
{
    Match match = {0};
    if (!digest_is_op(layer, "linear") || layer->input_count != 1 || !match_add(&match, layer))
        return;
    Layer *heads = find_heads(&match, layer->inputs[0]);
    if (!heads || heads->input_count != 3)
        return;
    Dim width = last_dim(layer->inputs[0]), head = last_dim((Port){heads, 0});
    Port queries = heads->inputs[0];
    Port inputs[3];
    uint32_t count = 0;
    for (int i = 0; i < 3; i++) {
        const Layer *projection = find_projection(&match, heads->inputs[i]);
        if (!projection)
            return;
        bool again = false;
        for (uint32_t k = 0; k < count; k++)
            again = again || same_port(inputs[k], projection->inputs[0]);
        if (!again)
            inputs[count++] = projection->inputs[0];
    }
    if (!match_is_closed(digest, &match))
        return;
    Match wider = match;
    Port alone = behind_forms(&wider, inputs[0], digest);
    if (count == 1 && match_is_closed(digest, &wider)) {
        match = wider;
        inputs[0] = alone;
    }
    digest_merge(digest, &match, op_find(STR("attention")), inputs, count);
    digest_set_int(digest, layer, "heads", dim_div_exact(digest->arena, width, head));
    digest_set_int(digest, layer, "window", window_of(queries, inputs[0]));
}

void digest_attention(Digest *digest)
{
    for (uint32_t i = 0; i < digest->count; i++)
        if (!digest->gone[i])
            find_product(digest, digest->layers[i]);
    for (uint32_t i = 0; i < digest->count; i++)
        if (!digest->gone[i])
            find_attention(digest, digest->layers[i]);
    for (uint32_t i = digest->count; i-- > 0;) /* the last step of several is what stays */
        if (!digest->gone[i])
            find_shift(digest, digest->layers[i]);
}
