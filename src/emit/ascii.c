/* SPDX-License-Identifier: MIT */
/* The network in characters: as a listing where it is a chain, as a tree where branches only merge, else with lanes. */
#include "emit/ascii.h"

#include "emit/emit.h"
#include "emit/table.h"
#include "op/totals.h"

/* A flow in the making. */
typedef struct Builder {
    AsciiFlow flow;
    Users users;
    uint32_t room;
    uint32_t *row_of;  /* by layer: its row; of a layer without one, the row whose data it hands on; or NO_ROW */
    uint32_t *seen;    /* by row: one more than the last row that reads it */
} Builder;

bool ascii_is_input(const Layer *layer)
{
    return str_equal(str_from(layer->op->name), STR("input"));
}

/* Constants, casts and shape computations say nothing to people, unless they hold weights. */
static bool is_silent(const Layer *layer)
{
    return layer->auxiliary && dim_is(layer->params, 0) && dim_is(layer->macs, 0);
}

/* The row that a silent layer hands on: the first that reaches it. */
static uint32_t handed_on(const Builder *builder, const Layer *layer)
{
    for (uint32_t i = 0; i < layer->input_count; i++)
        if (layer->inputs[i].layer && builder->row_of[layer->inputs[i].layer->index] != NO_ROW)
            return builder->row_of[layer->inputs[i].layer->index];
    return NO_ROW;
}

/* The row of the layer's box, where the layer reads its end and nothing else does; NO_ROW otherwise. */
static uint32_t row_to_join(const Builder *builder, const Layer *layer)
{
    const Layer *head = layer->cell_of;
    if (!head || head->index >= layer->index || head->scope != layer->scope || layer->input_count != 1)
        return NO_ROW;
    uint32_t row = builder->row_of[head->index];
    const Layer *read = layer->inputs[0].layer;
    if (!read || row == NO_ROW || builder->flow.rows[row].layer != head || builder->flow.rows[row].last != read)
        return NO_ROW;
    uint32_t readers = builder->users.first[read->index + 1] - builder->users.first[read->index];
    return readers == 1 ? row : NO_ROW;
}

/* Labels of operations have signs that are no ASCII: ×, −. */
static void add_label(Text *text, Str label)
{
    for (size_t at = 0; at < label.size;) {
        uint32_t code;
        size_t size = str_decode(label, at, &code);
        if (code == 0xd7)
            text_add_char(text, 'x');
        else if (code == 0x2212)
            text_add_char(text, '-');
        else
            text_add(text, str_slice(label, at, at + size));
        at += size;
    }
}

static Str joined_label(Builder *builder, Str before, const Layer *layer)
{
    Text text = text_in(builder->flow.arena);
    text_add(&text, before);
    text_add(&text, before.size ? STR(", ") : STR(""));
    add_label(&text, op_label_in(builder->flow.graph, layer));
    return text_str(&text);
}

static void join(Builder *builder, AsciiRow *row, const Layer *layer)
{
    row->last = layer;
    row->operation = joined_label(builder, row->operation, layer);
    row->params = dim_add(builder->flow.arena, row->params, totals_params(layer));
}

static void add_sources(Builder *builder, AsciiRow *row, uint32_t index)
{
    const Layer *layer = row->layer;
    row->sources = ARENA_ARRAY(builder->flow.arena, layer->input_count, uint32_t);
    for (uint32_t i = 0; i < layer->input_count; i++) {
        const Layer *from = layer->inputs[i].layer;
        uint32_t source = from ? builder->row_of[from->index] : NO_ROW;
        if (source == NO_ROW || builder->seen[source] == index + 1)
            continue;
        builder->seen[source] = index + 1;
        builder->flow.rows[source].users++;
        row->sources[row->source_count++] = source;
    }
}

static void add_row(Builder *builder, const Layer *layer, bool fuse)
{
    AsciiFlow *flow = &builder->flow;
    AsciiRow row = {.layer = layer, .last = layer, .params = totals_params(layer)};
    if (fuse)
        row.operation = joined_label(builder, row.operation, layer);
    builder->row_of[layer->index] = flow->count;
    add_sources(builder, &row, flow->count);
    *ARENA_PUSH(flow->arena, flow->rows, flow->count, builder->room) = row;
}

AsciiFlow ascii_flow(Arena *arena, const Graph *graph, Notation notation, bool fuse)
{
    Builder builder = {
        .flow = {.arena = arena, .graph = graph, .notation = notation},
        .users = graph_users(graph->arena, graph),
        .row_of = ARENA_ARRAY(arena, graph->layer_count, uint32_t),
        .seen = ARENA_ARRAY(arena, graph->layer_count, uint32_t),
    };
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        const Layer *layer = graph->layers[i];
        uint32_t joined = fuse ? row_to_join(&builder, layer) : NO_ROW;
        if (is_silent(layer)) {
            builder.row_of[i] = handed_on(&builder, layer);
            builder.flow.left_out++;
        } else if (joined != NO_ROW) {
            builder.row_of[i] = joined;
            join(&builder, &builder.flow.rows[joined], layer);
        } else {
            add_row(&builder, layer, fuse);
        }
    }
    return builder.flow;
}

Shape ascii_shape(const AsciiFlow *flow, const Layer *layer, uint32_t output)
{
    Shape shape = layer->outputs[output];
    uint32_t batch = flow->graph->batch_axes;
    if (!shape.known || shape.rank < batch)
        return shape;
    shape = shape_of(flow->arena, shape.rank - batch, shape.dims + batch);
    bool last = layer->layout == LAYOUT_CHANNELS_LAST, want_last = flow->notation == NOTATION_HWC;
    if (shape.rank < 3 || flow->notation == NOTATION_AUTO || last == want_last)
        return shape;
    uint32_t from = last ? shape.rank - 1 : 0, step = last ? UINT32_MAX : 1;
    Dim channels = shape.dims[from];
    for (uint32_t i = 0; i + 1 < shape.rank; i++, from += step)
        shape.dims[from] = shape.dims[from + step];
    shape.dims[from] = channels;
    return shape;
}

Str emit_summary_ascii(Arena *arena, const Graph *graph, const Figure *figure)
{
    Text out = text_in(arena);
    AsciiFlow plain = ascii_flow(arena, graph, figure->notation, false);
    if (ascii_chain(&out, &plain) || ascii_tree(&out, &plain))
        return text_str(&out);
    AsciiFlow fused = ascii_flow(arena, graph, figure->notation, true);
    ascii_lanes(&out, &fused);
    return text_str(&out);
}
