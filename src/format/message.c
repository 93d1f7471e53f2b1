/* SPDX-License-Identifier: MIT */
/* Fields of a message, from whatever it is written in. */
#include "format/message.h"

#include <stdlib.h>

Message message_of_bytes(Str bytes)
{
    return (Message){.bytes = bytes};
}

Message message_of_tree(const Value *tree, bool json)
{
    return (Message){.tree = tree, .json = json};
}

MessageReader message_open(Message message, const MessageName *names, size_t count)
{
    MessageReader reader = {.message = message, .names = names, .name_count = count, .wire = wire_open(message.bytes)};
    if (message.tree && message.tree->kind == VALUE_MAP)
        reader.next = message.tree->first;
    return reader;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* `tensor_shape` and `tensorShape` are the same. */
static bool same_name(Str a, const char *b)
{
    size_t i = 0;
    for (; *b; b++) {
        if (*b == '_')
            continue;
        while (i < a.size && a.at[i] == '_')
            i++;
        if (i == a.size || lower(a.at[i++]) != lower(*b))
            return false;
    }
    return i == a.size;
}

static const MessageName *name_of(const MessageReader *reader, Str key)
{
    for (size_t i = 0; i < reader->name_count; i++)
        if (same_name(key, reader->names[i].name))
            return &reader->names[i];
    return NULL;
}

static bool is_map(const MessageReader *reader, uint32_t number)
{
    for (size_t i = 0; i < reader->name_count; i++)
        if (reader->names[i].number == number)
            return reader->names[i].is_map;
    return false;
}

static bool same_field(MessageReader *reader, MessageField *field, const Value *value)
{
    *field = (MessageField){.number = reader->number, .message = message_of_tree(value, reader->message.json)};
    return true;
}

/* The next field of a tree; lists are repeated fields. */
static bool next_value(MessageReader *reader, MessageField *field)
{
    for (;;) {
        if (reader->item) {
            const Value *item = reader->item;
            reader->item = item->next;
            same_field(reader, field, item);
            field->key = item->key;
            return true;
        }
        const Value *value = reader->next;
        if (!value)
            return false;
        reader->next = value->next;
        const MessageName *name = name_of(reader, value->key);
        if (!name)
            continue;
        reader->number = name->number;
        bool spread = (value->kind == VALUE_LIST && !name->is_bytes) || (name->is_map && reader->message.json && value->kind == VALUE_MAP);
        if (!spread)
            return same_field(reader, field, value);
        reader->item = value->first;
    }
}

/* A map<string, …> is a list of entries with a key and a value. */
static bool open_entry(MessageReader *reader, MessageField *field)
{
    static const MessageName names[] = {{.name = "key", .number = 1}, {.name = "value", .number = 2}};
    MessageReader entry = MESSAGE_OPEN(field->message, names);
    MessageField opened = {.number = field->number}, part;
    while (message_next(&entry, &part)) {
        if (part.number == 1) {
            opened.key = message_string(&part);
        } else if (part.number == 2) {
            opened.message = part.message;
            opened.wire = part.wire;
        }
    }
    *field = opened;
    if (entry.wire.fault)
        reader->wire = entry.wire;
    return !entry.wire.fault;
}

bool message_next(MessageReader *reader, MessageField *field)
{
    if (reader->message.tree) {
        if (!next_value(reader, field))
            return false;
        bool is_entry = is_map(reader, field->number) && !reader->message.json;
        return !is_entry || open_entry(reader, field);
    }
    WireField wire;
    if (!wire_next(&reader->wire, &wire))
        return false;
    *field = (MessageField){.number = wire.number, .message = message_of_bytes(wire.bytes), .wire = wire};
    return !is_map(reader, field->number) || open_entry(reader, field);
}

/* ---- what a field holds -------------------------------- */

Str message_string(const MessageField *field)
{
    return field->message.tree ? field->message.tree->text : field->wire.bytes;
}

static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Base 64; what is none is taken as it is. */
static Str decode(Arena *arena, Str coded)
{
    Text text = text_in(arena);
    uint32_t bits = 0, have = 0;
    for (size_t i = 0; i < coded.size && coded.at[i] != '='; i++) {
        int digit = digit_of(coded.at[i]);
        if (digit < 0)
            return coded;
        bits = bits << 6 | (uint32_t)digit;
        have += 6;
        if (have >= 8) {
            have -= 8;
            text_add_char(&text, (char)(bits >> have & 0xff));
        }
    }
    return text_str(&text);
}

Str message_text(Arena *arena, const MessageField *field)
{
    const Value *tree = field->message.tree;
    if (!tree || !field->message.json)
        return message_string(field);
    if (tree->kind != VALUE_LIST)
        return decode(arena, tree->text);
    Text text = text_in(arena);
    for (const Value *child = tree->first; child; child = child->next) {
        int64_t byte;
        text_add_char(&text, value_to_int(child, &byte) && byte >= 0 && byte < 256 ? (char)byte : '?');
    }
    return text_str(&text);
}

Str message_word(const MessageField *field)
{
    return field->message.tree ? field->message.tree->text : (Str){0};
}

int64_t message_int(const MessageField *field)
{
    int64_t n = 0;
    if (!field->message.tree)
        return wire_signed(field->wire.value);
    if (str_to_int(field->message.tree->text, &n))
        return n;
    return str_equal(field->message.tree->text, STR("true"));
}

static double parse(Str text)
{
    char copy[40] = {0};
    for (size_t i = 0; i < text.size && i + 1 < sizeof copy; i++)
        copy[i] = text.at[i];
    return strtod(copy, NULL);
}

double message_float(const MessageField *field, bool is_double)
{
    if (field->message.tree)
        return parse(field->message.tree->text);
    return is_double ? wire_double(field->wire.value) : wire_float(field->wire.value);
}

bool message_repeated(const MessageField *field, size_t *at, int64_t *value)
{
    uint64_t bits;
    if (field->message.tree) {
        *value = message_int(field);
        return (*at)++ == 0;
    }
    if (!wire_repeated(&field->wire, at, &bits))
        return false;
    *value = wire_signed(bits);
    return true;
}

bool message_repeated_float(const MessageField *field, bool is_double, size_t *at, double *value)
{
    size_t size = is_double ? 8 : 4;
    if (field->message.tree || field->wire.type != WIRE_BYTES) {
        *value = message_float(field, is_double);
        return (*at)++ == 0;
    }
    if (*at > field->wire.bytes.size || field->wire.bytes.size - *at < size)
        return false;
    uint64_t bits = wire_fixed(field->wire.bytes.at + *at, size);
    *value = is_double ? wire_double(bits) : wire_float(bits);
    *at += size;
    return true;
}
