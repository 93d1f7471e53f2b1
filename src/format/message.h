/* SPDX-License-Identifier: MIT */
/* Messages of protocol buffers, read the same whether they stand in the wire format, as text, or as JSON. */
#ifndef NETIKZ_MESSAGE_H
#define NETIKZ_MESSAGE_H

#include "format/value.h"
#include "format/wire.h"

/* A message; the one without bytes and tree is empty. */
typedef struct Message {
    Str bytes;         /* in the wire format */
    const Value *tree; /* text or JSON, or NULL */
    bool json;         /* which of both */
} Message;

/* A field that the reader of a message wants to see. */
typedef struct MessageName {
    const char *name; /* as the .proto has it; JSON may write it with capitals in place of `_` */
    uint32_t number;
    bool is_map;      /* map<string, …>: each entry comes as a field with a key */
    bool is_bytes;    /* one run of bytes: JSON may write them as a list of numbers */
} MessageName;

/* One field. */
typedef struct MessageField {
    uint32_t number;
    Str key;          /* of a map's entry */
    Message message;  /* where it is one */
    WireField wire;   /* in the wire format */
} MessageField;

/* A message that is being read; wire.fault says what is wrong with it. */
typedef struct MessageReader {
    Message message;
    const MessageName *names;
    size_t name_count;
    Wire wire;
    const Value *next; /* the next child of a tree */
    const Value *item; /* the next of a list, or of a JSON map */
    uint32_t number;   /* of the field that the items are */
} MessageReader;

#define MESSAGE_OPEN(message, names) message_open((message), (names), sizeof(names) / sizeof *(names))

Message message_of_bytes(Str bytes);
Message message_of_tree(const Value *tree, bool json);
MessageReader message_open(Message message, const MessageName *names, size_t count);
bool message_next(MessageReader *reader, MessageField *field);   /* false at the end, and where something is wrong */
Str message_text(Arena *arena, const MessageField *field);       /* text or bytes: JSON has those in base 64 or as numbers */
Str message_string(const MessageField *field);                   /* text, which JSON writes as it is */
int64_t message_int(const MessageField *field);                  /* also true and false */
Str message_word(const MessageField *field);                     /* the name of an enum's value; empty in the wire format */
double message_float(const MessageField *field, bool is_double);
/* The numbers of a repeated field that may be packed: false behind its last. Begin with *at = 0. */
bool message_repeated(const MessageField *field, size_t *at, int64_t *value);
bool message_repeated_float(const MessageField *field, bool is_double, size_t *at, double *value);

#endif
