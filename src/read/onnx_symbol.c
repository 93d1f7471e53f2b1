/* SPDX-License-Identifier: MIT */
/* Dimensions that a file names or leaves open: legal symbols, hidden ones for those without a name, and the batch. */
#include "read/onnx.h"

#include <string.h>

enum { LONGEST_SYMBOL = 48 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Letters, digits and `_`, a letter first: `Concatboxes.55_dim_0` becomes `Concatboxes_55_dim_0`. */
static Str clean(Arena *arena, Str name)
{
    Text text = text_in(arena);
    for (size_t i = 0; i < name.size && text.size < LONGEST_SYMBOL; i++) {
        bool legal = is_letter(name.at[i]) || is_digit(name.at[i]);
        if (legal && text.size == 0 && is_digit(name.at[i]))
            text_add(&text, STR("d"));
        if (legal)
            text_add_char(&text, name.at[i]);
        else if (text.size && text.at[text.size - 1] != '_')
            text_add_char(&text, '_');
    }
    while (text.size && text.at[text.size - 1] == '_')
        text.size--;
    return text_str(&text);
}

/* Names that differ in the file must not become one. */
static Str unused(OnnxReader *reader, Str symbol)
{
    Str free = symbol;
    for (size_t i = names_count(reader->symbols_used) + 1; !names_put(reader->symbols_used, free, reader); i++)
        free = str_format(reader->arena, "%.*s_%zu", STR_ARGS(symbol), i);
    return free;
}

/* `past_length + 1`, as exporters write a dimension that is computed. */
static bool parse_sum(OnnxReader *reader, Str name, Dim *dim)
{
    Text text = text_in(reader->arena);
    bool sum = false, legal = name.size <= LONGEST_SYMBOL * 2;
    for (size_t i = 0; i < name.size && legal; i++) {
        char c = name.at[i];
        sum = sum || c == '+' || c == '*';
        legal = is_letter(c) || is_digit(c) || c == '_' || c == '+' || c == '*' || c == ' ';
        if (c != ' ')
            text_add_char(&text, c);
    }
    bool ok = false;
    if (sum && legal)
        *dim = dim_parse(reader->arena, text_str(&text), &ok);
    return ok && dim->kind != DIM_UNKNOWN;
}

Dim onnx_symbol(OnnxReader *reader, Str name)
{
    Dim sum;
    const Dim *known = names_get(reader->symbols, name);
    if (known)
        return *known;
    if (parse_sum(reader, name, &sum))
        return sum;
    Dim *dim = ARENA_NEW(reader->arena, Dim);
    Str symbol = clean(reader->arena, name);
    *dim = symbol.size ? dim_symbol(reader->arena, unused(reader, symbol)) : onnx_hidden(reader, false);
    names_put(reader->symbols, name, dim);
    return *dim;
}

Dim onnx_hidden(OnnxReader *reader, bool is_first)
{
    uint32_t number = is_first ? 0 : ++reader->hidden;
    return dim_symbol(reader->arena, str_format(reader->arena, "?%u", number));
}

bool onnx_is_hidden(Dim dim)
{
    Str symbol;
    for (uint32_t i = 0; (symbol = dim_symbol_at(dim, i)).size; i++)
        if (symbol.at[0] == '?')
            return true;
    return false;
}

/* ---- the batch -------------------------------- */

static bool contains(Str name, const char *word)
{
    size_t size = strlen(word);
    for (size_t i = 0; i + size <= name.size; i++)
        if (str_equal_nocase(str_slice(name, i, i + size), str_from(word)))
            return true;
    return false;
}

static bool is_named_batch(Str symbol)
{
    return contains(symbol, "batch") || str_equal_nocase(symbol, STR("N")) || str_equal_nocase(symbol, STR("B"));
}

static bool is_named_otherwise(Str symbol)
{
    return contains(symbol, "seq") || contains(symbol, "len") || contains(symbol, "time") ||
           str_equal(symbol, STR("T")) || str_equal(symbol, STR("L"));
}

static void add_batch(OnnxReader *reader, Dim dim)
{
    for (uint32_t i = 0; i < reader->batch_count; i++)
        if (dim_equal(reader->batch[i], dim))
            return;
    *ARENA_PUSH(reader->arena, reader->batch, reader->batch_count, reader->batch_room) = dim;
}

/* Symbols that are called so; where there are none, the first axes. */
void onnx_find_batch(OnnxReader *reader, const Shape *inputs, uint32_t count)
{
    enum { MOST_BATCHES = 8 };
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < inputs[i].rank && reader->batch_count < MOST_BATCHES; k++)
            if (is_named_batch(dim_symbol_at(inputs[i].dims[k], 0)))
                add_batch(reader, inputs[i].dims[k]);
    if (reader->batch_count)
        return;
    for (uint32_t i = 0; i < count && reader->batch_count < MOST_BATCHES; i++)
        if (inputs[i].rank > 1 && inputs[i].dims[0].kind == DIM_SYMBOLIC &&
            !is_named_otherwise(dim_symbol_at(inputs[i].dims[0], 0)))
            add_batch(reader, inputs[i].dims[0]);
}

/* Work for one sample: it must be proportional to the batch, else it is unknown what one sample takes. */
static Dim for_one(Arena *arena, Dim macs, Str symbol)
{
    Dim one = dim_bind(arena, macs, symbol, 1), two = dim_bind(arena, macs, symbol, 2);
    if (dim_equal(one, two) || dim_equal(two, dim_mul(arena, dim_int(2), one)))
        return one;
    return DIM_NONE;
}

static Dim visible(Dim dim)
{
    return onnx_is_hidden(dim) ? DIM_NONE : dim;
}

/* Shapes share their dimensions: what changes is a copy. */
static Shape visible_shape(Arena *arena, Shape shape)
{
    bool hidden = false;
    for (uint32_t d = 0; d < shape.rank; d++)
        hidden = hidden || onnx_is_hidden(shape.dims[d]);
    if (!hidden)
        return shape;
    Shape shown = shape_of(arena, shape.rank, shape.dims);
    shown.known = shape.known;
    for (uint32_t d = 0; d < shape.rank; d++)
        shown.dims[d] = visible(shape.dims[d]);
    return shown;
}

void onnx_finish(OnnxReader *reader)
{
    for (uint32_t i = 0; i < reader->graph->layer_count; i++) {
        Layer *layer = reader->graph->layers[i];
        for (uint32_t b = 0; b < reader->batch_count && layer->macs.kind == DIM_SYMBOLIC; b++)
            layer->macs = for_one(reader->arena, layer->macs, dim_symbol_at(reader->batch[b], 0));
        layer->macs = visible(layer->macs);
        layer->params = visible(layer->params);
        for (uint32_t k = 0; k < layer->output_count; k++)
            layer->outputs[k] = visible_shape(reader->arena, layer->outputs[k]);
    }
}
