/* SPDX-License-Identifier: MIT */
/* Reads the wire format of protocol buffers: https://protobuf.dev/programming-guides/encoding/. */
#include "format/wire.h"

#include <string.h>

enum { MOST_VARINT = 10, MOST_GROUPS = 64 };

Wire wire_open(Str bytes)
{
    return (Wire){.bytes = bytes};
}

static bool fail(Wire *wire, size_t at, const char *fault)
{
    wire->fault = fault;
    wire->fault_at = wire->bytes.at ? wire->bytes.at + at : NULL;
    return false;
}

bool wire_number(Wire *wire, uint64_t *value)
{
    if (wire->fault || wire->at >= wire->bytes.size)
        return false;
    uint64_t n = 0;
    for (size_t i = 0; i < MOST_VARINT && wire->at + i < wire->bytes.size; i++) {
        uint64_t byte = (unsigned char)wire->bytes.at[wire->at + i];
        n |= (byte & 0x7f) << (7 * i);
        if (byte & 0x80)
            continue;
        wire->at += i + 1;
        *value = n;
        return true;
    }
    bool cut = wire->bytes.size - wire->at < MOST_VARINT;
    return fail(wire, wire->at, cut ? "a number is cut off" : "a number has more than 10 bytes");
}

uint64_t wire_fixed(const char *at, size_t size)
{
    uint64_t n = 0;
    for (size_t i = 0; i < size && i < 8; i++)
        n |= (uint64_t)(unsigned char)at[i] << (8 * i);
    return n;
}

static bool read_fixed(Wire *wire, size_t size, uint64_t *value)
{
    if (wire->bytes.size - wire->at < size)
        return fail(wire, wire->at, "a number is cut off");
    *value = wire_fixed(wire->bytes.at + wire->at, size);
    wire->at += size;
    return true;
}

static bool read_bytes(Wire *wire, Str *bytes)
{
    uint64_t size;
    size_t start = wire->at;
    if (start == wire->bytes.size)
        return fail(wire, start, "a field is cut off");
    if (!wire_number(wire, &size))
        return false;
    if (size > wire->bytes.size - wire->at)
        return fail(wire, start, "a field is longer than what is left");
    *bytes = (Str){wire->bytes.at + wire->at, (size_t)size};
    wire->at += (size_t)size;
    return true;
}

static bool read_key(Wire *wire, WireField *field)
{
    uint64_t key;
    size_t start = wire->at;
    *field = (WireField){0};
    if (!wire_number(wire, &key))
        return false;
    if ((key & 7) > WIRE_32)
        return fail(wire, start, "a field has no known type");
    if (key >> 3 == 0 || key >> 3 > 0x1fffffff)
        return fail(wire, start, "a field has an impossible number");
    field->type = (WireType)(key & 7);
    field->number = (uint32_t)(key >> 3);
    return true;
}

/* Varints and fixed numbers; groups are the caller's. */
static bool read_plain(Wire *wire, WireField *field)
{
    if (field->type == WIRE_BYTES)
        return read_bytes(wire, &field->bytes);
    if (field->type == WIRE_VARINT)
        return wire_number(wire, &field->value) || (!wire->fault && fail(wire, wire->at, "a number is cut off"));
    return read_fixed(wire, field->type == WIRE_64 ? 8 : 4, &field->value);
}

/* A group ends at the key that closes it; groups inside are counted, not followed by recursion. */
static bool read_group(Wire *wire, WireField *group)
{
    uint32_t open[MOST_GROUPS] = {group->number};
    size_t depth = 1, start = wire->at, end = start;
    while (depth) {
        WireField field;
        end = wire->at;
        if (!read_key(wire, &field))
            return wire->fault ? false : fail(wire, start, "a group is not closed");
        if (field.type == WIRE_GROUP) {
            if (depth == MOST_GROUPS)
                return fail(wire, end, "groups are nested too deeply");
            open[depth++] = field.number;
        } else if (field.type == WIRE_GROUP_END) {
            if (open[--depth] != field.number)
                return fail(wire, end, "a group is closed by the end of another");
        } else if (!read_plain(wire, &field)) {
            return false;
        }
    }
    group->bytes = (Str){wire->bytes.at + start, end - start};
    return true;
}

bool wire_next(Wire *wire, WireField *field)
{
    size_t start = wire->at;
    if (!read_key(wire, field))
        return false;
    if (field->type == WIRE_GROUP_END)
        return fail(wire, start, "a group ends that was not begun");
    return field->type == WIRE_GROUP ? read_group(wire, field) : read_plain(wire, field);
}

bool wire_repeated(const WireField *field, size_t *at, uint64_t *value)
{
    if (field->type == WIRE_BYTES) {
        Wire packed = {.bytes = field->bytes, .at = *at};
        bool more = wire_number(&packed, value);
        *at = packed.at;
        return more;
    }
    *value = field->value;
    return (*at)++ == 0;
}

int64_t wire_signed(uint64_t value)
{
    int64_t n;
    memcpy(&n, &value, sizeof n);
    return n;
}

double wire_float(uint64_t value)
{
    uint32_t bits = (uint32_t)value;
    float f;
    memcpy(&f, &bits, sizeof f);
    return (double)f;
}

double wire_double(uint64_t value)
{
    double d;
    memcpy(&d, &value, sizeof d);
    return d;
}
