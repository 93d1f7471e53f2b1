/* SPDX-License-Identifier: MIT */
/* Reads FlatBuffers: https://flatbuffers.dev/internals/. */
#include "format/flatbuffer.h"

#include "format/wire.h"

static void fail(Flat *flat, size_t at, const char *fault)
{
    if (flat->fault)
        return;
    flat->fault = fault;
    flat->fault_at = at;
}

/* A number; 0 after a fault where it lies outside. */
static uint64_t number(Flat *flat, size_t at, size_t size)
{
    if (at <= flat->bytes.size && size <= flat->bytes.size - at)
        return wire_fixed(flat->bytes.at + at, size);
    fail(flat, at, "an offset points behind the end");
    return 0;
}

static int64_t sign(uint64_t bits, uint32_t size)
{
    uint64_t top = (uint64_t)1 << (8 * size - 1);
    return size >= 8 ? wire_signed(bits) : wire_signed((bits ^ top) - top);
}

/* A table begins with how far before it the offsets of its fields stand; those begin with their own size. */
static FlatTable table_at(Flat *flat, size_t at)
{
    FlatTable none = {0};
    int64_t back = sign(number(flat, at, 4), 4), fields = (int64_t)at - back;
    if (flat->fault)
        return none;
    if (fields < 0 || (uint64_t)fields > flat->bytes.size) {
        fail(flat, at, "the fields of a table lie outside of the file");
        return none;
    }
    uint64_t size = number(flat, (size_t)fields, 2);
    if (size < 4 || size > flat->bytes.size - (size_t)fields) {
        fail(flat, (size_t)fields, "a table of fields is cut off");
        return none;
    }
    return (FlatTable){flat, at, (size_t)fields, (uint32_t)size / 2 - 2};
}

FlatTable flat_root(Flat *flat)
{
    return table_at(flat, (size_t)number(flat, 0, 4));
}

/* Byte of a field; 0 where the table does not have it. */
static size_t field_at(FlatTable table, uint32_t field)
{
    if (!table.flat || field >= table.count)
        return 0;
    uint64_t offset = number(table.flat, table.fields + 4 + 2 * (size_t)field, 2);
    return offset ? table.at + (size_t)offset : 0;
}

/* What a field points to; 0 where the table does not have it. */
static size_t target_of(FlatTable table, uint32_t field)
{
    size_t at = field_at(table, field);
    return at ? at + (size_t)number(table.flat, at, 4) : 0;
}

int64_t flat_int(FlatTable table, uint32_t field, uint32_t size, int64_t otherwise)
{
    size_t at = field_at(table, field);
    return at ? sign(number(table.flat, at, size), size) : otherwise;
}

double flat_float(FlatTable table, uint32_t field, double otherwise)
{
    size_t at = field_at(table, field);
    return at ? wire_float(number(table.flat, at, 4)) : otherwise;
}

FlatTable flat_table(FlatTable table, uint32_t field)
{
    size_t at = target_of(table, field);
    return at ? table_at(table.flat, at) : (FlatTable){0};
}

FlatVector flat_vector(FlatTable table, uint32_t field, uint32_t size)
{
    size_t at = target_of(table, field);
    if (!at)
        return (FlatVector){0};
    uint64_t count = number(table.flat, at, 4);
    if (table.flat->fault)
        return (FlatVector){0};
    if (count > (table.flat->bytes.size - at - 4) / size) {
        fail(table.flat, at, "a list is longer than what is left");
        return (FlatVector){0};
    }
    return (FlatVector){table.flat, at + 4, (uint32_t)count, size};
}

int64_t flat_item(FlatVector vector, uint32_t index)
{
    return index < vector.count ? sign(number(vector.flat, vector.at + (size_t)index * vector.size, vector.size),
                                       vector.size)
                                : 0;
}

FlatTable flat_item_table(FlatVector vector, uint32_t index)
{
    if (index >= vector.count)
        return (FlatTable){0};
    size_t at = vector.at + (size_t)index * 4;
    return table_at(vector.flat, at + (size_t)number(vector.flat, at, 4));
}

Str flat_bytes(FlatVector vector)
{
    return vector.flat ? (Str){vector.flat->bytes.at + vector.at, (size_t)vector.count * vector.size} : (Str){0};
}

Str flat_text(FlatTable table, uint32_t field)
{
    return flat_bytes(flat_vector(table, field, 1));
}
