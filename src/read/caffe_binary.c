/* SPDX-License-Identifier: MIT */
/* A trained Caffe net: its messages become the tree that a prototxt would give; weights are skipped, not read. */
#include "format/wire.h"
#include "read/caffe.h"
#include "read/caffe_schema.h"

enum { MOST_VALUES = 1000000, MOST_FIELDS = 4000000 };

typedef struct Decoder {
    Arena *arena;
    Diags *diags;
    const Source *source;
    Str node;         /* name of the layer that is decoded */
    uint32_t values;  /* made so far */
    uint32_t fields;  /* looked at so far */
} Decoder;

static Place place_of(const Decoder *decoder)
{
    return (Place){.source = decoder->source, .node = decoder->node};
}

/* ---- values ----------------------------------------------------------------------------------------------------- */

static Str word_at(const char *words, uint64_t index)
{
    Str rest = str_from(words), word;
    while (str_cut(&rest, ' ', &word))
        if (index-- == 0)
            return word;
    return (Str){0};
}

static Str text_of(const Decoder *decoder, const CaffeFieldRow *row, uint64_t value)
{
    switch (row->kind) {
    case AS_INT: return str_format(decoder->arena, "%lld", (long long)(int64_t)value);
    case AS_FLOAT: return str_format(decoder->arena, "%.6g", wire_float(value));
    case AS_BOOL: return value ? STR("true") : STR("false");
    case AS_WORD: return word_at(row->words, value);
    case AS_TEXT:
    case AS_MESSAGE: break;
    }
    return (Str){0};
}

/* Names may be in any old encoding. */
static Str plain(const Decoder *decoder, Str bytes)
{
    size_t bad_at;
    if (str_is_utf8(bytes, &bad_at))
        return bytes;
    Text text = text_in(decoder->arena);
    for (size_t at = 0; at < bytes.size; at++)
        text_add_char(&text, (unsigned char)bytes.at[at] < 0x80 ? bytes.at[at] : '?');
    return text_str(&text);
}

/* A new last field of the message. NULL after a report. */
static Value *add(Decoder *decoder, Value *message, Value **last, const char *key)
{
    if (++decoder->values > MOST_VALUES) {
        diag_error(decoder->diags, place_of(decoder), "the file holds more than %d values", MOST_VALUES);
        return NULL;
    }
    Value *value = ARENA_NEW(decoder->arena, Value);
    value->kind = VALUE_SCALAR;
    value->key = str_from(key);
    value->place = value->key_place = place_of(decoder);
    value->parent = message;
    if (*last)
        (*last)->next = value;
    else
        message->first = value;
    *last = value;
    message->count++;
    return value;
}

/* ---- messages --------------------------------------------------------------------------------------------------- */

static bool broken(const Decoder *decoder, const Wire *wire)
{
    if (!wire->fault)
        return false;
    diag_error(decoder->diags, place_of(decoder), "the file is damaged at byte %zu: %s",
               wire->fault_at ? (size_t)(wire->fault_at - decoder->source->bytes.at) : (size_t)0, wire->fault);
    return true;
}

/* A number, or several that are packed: floats are four bytes each. */
static bool decode_numbers(Decoder *decoder, Value *message, Value **last, const CaffeFieldRow *row,
                           const WireField *field)
{
    Wire packed = wire_open(field->bytes);
    uint64_t value = field->value;
    bool is_packed = field->type == WIRE_BYTES;
    for (size_t at = 0;;) {
        if (is_packed && row->kind == AS_FLOAT) {
            if (at + 4 > field->bytes.size)
                return true;
            value = wire_fixed(field->bytes.at + at, 4);
            at += 4;
        } else if (is_packed && !wire_number(&packed, &value)) {
            return !broken(decoder, &packed);
        }
        Value *number = add(decoder, message, last, row->name);
        if (!number)
            return false;
        number->text = text_of(decoder, row, value);
        if (!is_packed)
            return true;
    }
}

static bool decode(Decoder *decoder, Value *message, CaffeMessage kind, Str bytes);

static bool decode_field(Decoder *decoder, Value *message, Value **last, const CaffeFieldRow *row,
                         const WireField *field)
{
    bool has_bytes = row->kind == AS_TEXT || row->kind == AS_MESSAGE;
    if (!has_bytes)
        return decode_numbers(decoder, message, last, row, field);
    if (field->type != WIRE_BYTES)
        return true;
    Value *value = add(decoder, message, last, row->name);
    if (!value)
        return false;
    if (row->kind == AS_MESSAGE)
        return decode(decoder, value, row->inner, field->bytes);
    value->text = plain(decoder, field->bytes);
    value->quoted = true;
    return true;
}

/* The name comes first: everything in a layer is reported under it. */
static Str name_of(CaffeMessage kind, Str bytes)
{
    enum { NAME = 1, V1_NAME = 4 };
    Wire wire = wire_open(bytes);
    for (WireField field; wire_next(&wire, &field);)
        if (field.type == WIRE_BYTES && field.number == (kind == OF_LAYER ? NAME : V1_NAME))
            return field.bytes;
    return (Str){0};
}

/* As deep as the schema is. */
static bool decode(Decoder *decoder, Value *message, CaffeMessage kind, Str bytes)
{
    Wire wire = wire_open(bytes);
    Value *last = NULL;
    message->kind = VALUE_MAP;
    if (kind == OF_LAYER || kind == OF_V1_LAYER) {
        decoder->node = plain(decoder, name_of(kind, bytes));
        message->place = message->key_place = place_of(decoder);
    }
    for (WireField field; wire_next(&wire, &field);) {
        const CaffeFieldRow *row = caffe_field_row(kind, field.number);
        if (++decoder->fields > MOST_FIELDS) {
            diag_error(decoder->diags, place_of(decoder), "the file holds more than %d fields", MOST_FIELDS);
            return false;
        }
        if (row && !decode_field(decoder, message, &last, row, &field))
            return false;
    }
    return !broken(decoder, &wire);
}

const Value *caffe_decode(Arena *arena, Diags *diags, const Source *source)
{
    Decoder decoder = {.arena = arena, .diags = diags, .source = source};
    Value *net = ARENA_NEW(arena, Value);
    net->place = place_of(&decoder);
    return decode(&decoder, net, OF_NET, source->bytes) ? net : NULL;
}

/* ---- by content ------------------------------------------------------------------------------------------------- */

static bool is_name(Str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.at[i] < ' ')
            return false;
    return text.size > 0;
}

/* A layer has a name, and a type: a text, or of V1 a number. */
static bool is_layer(uint32_t number, Str bytes)
{
    enum { LAYER = 100, NAME = 1, TYPE = 2, V1_NAME = 4, V1_TYPE = 5 };
    Wire wire = wire_open(bytes);
    bool named = false, typed = false;
    for (WireField field; !(named && typed) && wire_next(&wire, &field);) {
        if (number == LAYER) {
            named = named || (field.number == NAME && field.type == WIRE_BYTES && is_name(field.bytes));
            typed = typed || (field.number == TYPE && field.type == WIRE_BYTES && is_name(field.bytes));
        } else {
            named = named || (field.number == V1_NAME && field.type == WIRE_BYTES && is_name(field.bytes));
            typed = typed || (field.number == V1_TYPE && field.type == WIRE_VARINT);
        }
    }
    return named && typed && !wire.fault;
}

bool caffe_model_recognises(Str bytes)
{
    enum { NAME = 1, V1_LAYERS = 2, STATE = 6, INPUT_SHAPE = 8, LAYER = 100, LOOKED_AT = 64 };
    Wire wire = wire_open(bytes);
    int seen = 0;
    for (WireField field; seen < LOOKED_AT && wire_next(&wire, &field); seen++) {
        if (field.number == LAYER || field.number == V1_LAYERS)
            return field.type == WIRE_BYTES && is_layer(field.number, field.bytes);
        if (field.number == NAME && (field.type != WIRE_BYTES || !is_name(field.bytes)))
            return false;
        if (field.number > INPUT_SHAPE)
            return false;
    }
    return false;
}
