/* SPDX-License-Identifier: MIT */
/*
 * The listing of a chain, column for column that of keras-sequential-ascii (P. Migdał, MIT): lines of data, with the
 * activation that made them, between lines of layers.
 */
#include "emit/ascii.h"
#include "emit/table.h"
#include "op/totals.h"

enum { LEAST_KIND = 20, MOST_KIND = 32, SIZE = 4, ONE_SIZE = 9, COUNT = 10, SHARE = 5 };

/* A listing in the making. */
typedef struct Listing {
    const AsciiFlow *flow;
    Text *out;
    size_t width;       /* of the first column */
    Dim total;          /* parameters of all */
} Listing;

static bool is_chain(const AsciiFlow *flow)
{
    if (!flow->count || !ascii_is_input(flow->rows[0].layer))
        return false;
    for (uint32_t i = 1; i < flow->count; i++)
        if (flow->rows[i].source_count != 1 || flow->rows[i].sources[0] != i - 1)
            return false;
    return true;
}

static void add_right(Text *out, Str s, size_t width)
{
    for (size_t used = table_width(s); used < width; used++)
        text_add_char(out, ' ');
    text_add(out, s);
}

/* "relu   #####     30   30   32" */
static void add_data(const Listing *listing, Str activation, Shape shape)
{
    Text *out = listing->out;
    add_right(out, activation, listing->width);
    text_add(out, STR("   #####   "));
    if (!shape.known || !shape.rank)
        add_right(out, shape_text(out->arena, shape, " "), ONE_SIZE);
    for (uint32_t i = 0; shape.known && i < shape.rank; i++) {
        text_add(out, i ? STR(" ") : STR(""));
        add_right(out, dim_text(out->arena, shape.dims[i]), shape.rank == 1 ? ONE_SIZE : SIZE);
    }
    text_add_char(out, '\n');
}

/* "43.6%": tenths of per cents, halves upwards. */
static Str share_text(Arena *arena, Dim part, Dim whole)
{
    if (part.kind != DIM_INT || whole.kind != DIM_INT || part.n < 0 || part.n > whole.n)
        return STR("?");
    int64_t a = part.n, b = whole.n;
    while (b > INT64_MAX / 2000) { /* both smaller: that does not change tenths */
        a /= 2;
        b /= 2;
    }
    int64_t tenths = b ? (a * 1000 + b / 2) / b : 0;
    return str_format(arena, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10));
}

/* "Conv2D    \|/  -------------------     18496    43.6%" */
static void add_layer(const Listing *listing, Str kind, const char *glyph, Dim params)
{
    Text *out = listing->out;
    add_right(out, kind, listing->width);
    text_add_format(out, "   %s -------------------", glyph);
    add_right(out, dim_text(out->arena, params), COUNT);
    text_add(out, STR("   "));
    add_right(out, share_text(out->arena, params, listing->total), SHARE);
    text_add(out, STR("%\n"));
}

static Str kind_of(const Listing *listing, const Layer *layer)
{
    const AsciiFlow *flow = listing->flow;
    if (ascii_is_activation(layer))
        return (Str){0};
    Str kind = table_plain(flow->arena, ascii_kind(flow->arena, flow->graph, layer));
    return table_shortened(flow->arena, kind, MOST_KIND, true);
}

static Shape vector_of(Arena *arena, Shape shape)
{
    Dim elements = shape_elements(arena, shape);
    return shape_of(arena, 1, &elements);
}

/* Dense layers of Keras act on the last axis: where `fc` makes one vector of a map, Keras has a Flatten before it. */
static void add_flatten(const Listing *listing, const Layer *layer)
{
    Arena *arena = listing->flow->arena;
    if (layer->op->style != STYLE_DENSE || !layer->input_count || listing->flow->graph->imported)
        return;
    Port read = layer->inputs[0];
    Shape in = ascii_shape(listing->flow, read.layer, read.output), out = ascii_shape(listing->flow, layer, 0);
    if (!in.known || in.rank < 2 || !out.known || out.rank != 1)
        return;
    add_layer(listing, STR("Flatten"), "|||||", dim_int(0));
    add_data(listing, STR(""), vector_of(arena, in));
}

/* Each layer, and the data that leave it or the activation behind it. */
static void add_rows(const Listing *listing, uint32_t first)
{
    const AsciiFlow *flow = listing->flow;
    for (uint32_t i = first; i < flow->count; i++) {
        const Layer *layer = flow->rows[i].layer;
        Str activation = {0};
        add_flatten(listing, layer);
        add_layer(listing, kind_of(listing, layer), ascii_glyph(layer), flow->rows[i].params);
        if (ascii_is_activation(layer))
            activation = str_from(layer->op->name);
        else if (i + 1 < flow->count && ascii_is_activation(flow->rows[i + 1].layer))
            activation = str_from(flow->rows[++i].layer->op->name);
        add_data(listing, activation, ascii_shape(flow, layer, 0));
    }
}

static void measure(Listing *listing)
{
    const AsciiFlow *flow = listing->flow;
    listing->total = dim_int(0);
    for (uint32_t i = 0; i < flow->count; i++) {
        size_t width = table_width(kind_of(listing, flow->rows[i].layer));
        if (width > listing->width)
            listing->width = width;
        listing->total = dim_add(flow->arena, listing->total, flow->rows[i].params);
    }
}

bool ascii_chain(Text *out, const AsciiFlow *flow)
{
    if (!is_chain(flow))
        return false;
    Listing listing = {.flow = flow, .out = out, .width = LEAST_KIND};
    measure(&listing);
    add_right(out, STR("OPERATION"), listing.width);
    text_add(out, STR("           DATA DIMENSIONS   WEIGHTS(N)   WEIGHTS(%)\n\n"));
    const Layer *input = flow->rows[0].layer;
    add_data(&listing, STR("Input"), ascii_shape(flow, input, 0));
    /* A model file may have the input as a layer, as functional models of Keras do. */
    add_rows(&listing, flow->graph->imported && !input->implied ? 0 : 1);
    return true;
}
