/* SPDX-License-Identifier: MIT */
/* Reads the text format of protocol buffers: fields, messages, lists, strings; places are kept while scanning. */
#include "format/prototxt.h"

#include <string.h>

enum { MOST_DEPTH = 64, MOST_VALUES = 1000000, END = -1 };

typedef struct Scanner {
    Arena *arena;
    Diags *diags;
    const Source *source;
    Str text;
    size_t at;              /* next byte */
    uint32_t line, column;  /* of it */
    uint32_t values;        /* made so far */
} Scanner;

/* A message that is being filled. */
typedef struct Message {
    Value *value;
    Value *last;            /* its last field */
    char close;             /* what ends it: `}`, `>`; NUL: the end of the file */
    uint32_t depth;
} Message;

/* ---- characters ------------------------------------------------------------------------------------------------- */

static int peek(const Scanner *scanner)
{
    return scanner->at < scanner->text.size ? (unsigned char)scanner->text.at[scanner->at] : END;
}

static void advance(Scanner *scanner)
{
    unsigned char c = (unsigned char)scanner->text.at[scanner->at++];
    if (c == '\n') {
        scanner->line++;
        scanner->column = 1;
    } else {
        scanner->column += (c & 0xC0) != 0x80; /* columns count characters, not the bytes that continue one */
    }
}

static bool is_word(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static bool is_blank(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_blanks(Scanner *scanner)
{
    for (int c = peek(scanner); is_blank(c) || c == '#'; c = peek(scanner)) {
        if (c == '#')
            while (peek(scanner) != END && peek(scanner) != '\n')
                advance(scanner);
        else
            advance(scanner);
    }
}

static Place place_here(const Scanner *scanner)
{
    return (Place){.source = scanner->source, .line = scanner->line, .column = scanner->column, .length = 1};
}

/* ---- what goes wrong -------------------------------------------------------------------------------------------- */

/* Where two versions of a file were merged and nobody chose: <<<<<<<, =======, >>>>>>> at the beginning of a line. */
static bool is_conflict(const Scanner *scanner)
{
    static const Str marks[] = {{"<<<<<<<", 7}, {"=======", 7}, {">>>>>>>", 7}};
    Str rest = str_slice(scanner->text, scanner->at, scanner->text.size);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (scanner->column == 1 && str_starts(rest, marks[i]))
            return true;
    return false;
}

/* Reports that something else was expected here. Always false. */
static bool unexpected(Scanner *scanner, const char *wanted)
{
    Place place = place_here(scanner);
    int c = peek(scanner);
    if (is_conflict(scanner)) {
        place.length = 7;
        diag_error(scanner->diags, place, "two versions of the file were merged, and nobody chose between them");
        diag_hint(scanner->diags, "keep one of both sides and take the lines with <<<<<<<, ======= and >>>>>>> out");
    } else if (c == END) {
        diag_error(scanner->diags, place, "the file ends where %s should stand", wanted);
    } else if (c > ' ' && c < 0x7F) {
        diag_error(scanner->diags, place, "`%c` where %s should stand", c, wanted);
    } else {
        diag_error(scanner->diags, place, "an unexpected character where %s should stand", wanted);
    }
    return false;
}

/* A message that the file leaves open: mostly a bracket is missing before the next field of the same name. */
static bool unclosed(Scanner *scanner, const Message *message)
{
    const Value *value = message->value;
    diag_error(scanner->diags, value->key_place, "`%.*s %c` is not closed", STR_ARGS(value->key),
               message->close == '>' ? '<' : '{');
    const Value *inner = value_get(value, value->key);
    if (inner)
        diag_note(scanner->diags, inner->key_place, "another one begins inside of it: is there a `%c` missing before?",
                  message->close);
    else
        diag_hint(scanner->diags, "somewhere behind it a `%c` is missing", message->close);
    return false;
}

/* ---- strings and words ------------------------------------------------------------------------------------------ */

static int hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Digits of an escape in base 8 or 16, at most `most` of them. */
static uint32_t read_digits(Scanner *scanner, int base, int most)
{
    uint32_t code = 0;
    for (int digit; most-- > 0 && (digit = hex_digit(peek(scanner))) >= 0 && digit < base; advance(scanner))
        code = code * (uint32_t)base + (uint32_t)digit;
    return code;
}

/* What follows a backslash (protobuf's tokenizer, io/tokenizer.cc). */
static void read_escape(Scanner *scanner, Text *text)
{
    static const char letters[] = "abfnrtv", meanings[] = "\a\b\f\n\r\t\v";
    int c = peek(scanner);
    const char *letter = c > 0 ? strchr(letters, c) : NULL;
    if (c >= '0' && c <= '7') {
        text_add_char(text, (char)read_digits(scanner, 8, 3));
        return;
    }
    advance(scanner);
    if (c == 'x' || c == 'X')
        text_add_char(text, (char)read_digits(scanner, 16, 2));
    else if (c == 'u' || c == 'U')
        text_add_code(text, read_digits(scanner, 16, c == 'u' ? 4 : 8));
    else
        text_add_char(text, letter ? meanings[letter - letters] : (char)c);
}

/* One pair of quotes: both stand on one line, so that a missing one does not swallow the file. */
static bool read_quotes(Scanner *scanner, Text *text)
{
    Place place = place_here(scanner);
    int quote = peek(scanner);
    advance(scanner);
    for (int c = peek(scanner); c != quote; c = peek(scanner)) {
        bool escapes = c == '\\' && scanner->at + 1 < scanner->text.size;
        if (c == END || c == '\n') {
            diag_error(scanner->diags, place, "the string is not closed on its line");
            diag_hint(scanner->diags, "a `%c` is missing behind it", quote);
            return false;
        }
        advance(scanner);
        if (escapes)
            read_escape(scanner, text);
        else
            text_add_char(text, (char)c);
    }
    advance(scanner);
    return true;
}

/* Names may be in any old encoding: what is not UTF-8 becomes a replacement character. */
static Str as_utf8(Arena *arena, Str bytes)
{
    size_t bad_at;
    if (str_is_utf8(bytes, &bad_at))
        return bytes;
    Text text = text_in(arena);
    for (size_t at = 0, size; at < bytes.size; at += size) {
        uint32_t code;
        size = str_decode(bytes, at, &code);
        text_add_code(&text, code == STR_BAD ? 0xFFFD : code);
        size = size ? size : 1;
    }
    return text_str(&text);
}

/* Strings that stand one after the other are one. */
static bool read_string(Scanner *scanner, Value *value)
{
    Text text = text_in(scanner->arena);
    value->quoted = true;
    while (peek(scanner) == '"' || peek(scanner) == '\'') {
        if (!read_quotes(scanner, &text))
            return false;
        value->place.length = scanner->line == value->place.line ? scanner->column - value->place.column : 1;
        skip_blanks(scanner);
    }
    value->text = as_utf8(scanner->arena, text_str(&text));
    return true;
}

/* A number or a word; `- 1` is a number too, and `1e-3` and `1e+3` are. */
static bool read_plain(Scanner *scanner, Value *value)
{
    size_t from = scanner->at;
    bool negative = peek(scanner) == '-';
    if (negative || peek(scanner) == '+') {
        advance(scanner);
        skip_blanks(scanner);
    }
    size_t start = scanner->at;
    while (is_word(peek(scanner)) || ((peek(scanner) == '-' || peek(scanner) == '+') && scanner->at > start &&
                                      (scanner->text.at[scanner->at - 1] | 0x20) == 'e'))
        advance(scanner);
    if (scanner->at == start)
        return unexpected(scanner, "a value");
    value->text = str_slice(scanner->text, start, scanner->at);
    if (negative)
        value->text = str_format(scanner->arena, "-%.*s", STR_ARGS(value->text));
    value->place.length = (uint32_t)(scanner->at - from < UINT32_MAX ? scanner->at - from : 1);
    return true;
}

/* ---- fields ----------------------------------------------------------------------------------------------------- */

static bool read_fields(Scanner *scanner, Message *message);

/* A new last field. NULL after a report. */
static Value *add_field(Scanner *scanner, Message *message, Str key, Place key_place)
{
    if (++scanner->values > MOST_VALUES) {
        diag_error(scanner->diags, key_place, "the file holds more than %d values", MOST_VALUES);
        return NULL;
    }
    Value *value = ARENA_NEW(scanner->arena, Value);
    value->kind = VALUE_SCALAR;
    value->key = key;
    value->key_place = key_place;
    value->place = place_here(scanner);
    value->parent = message->value;
    if (message->last)
        message->last->next = value;
    else
        message->value->first = value;
    message->last = value;
    message->value->count++;
    return value;
}

static bool read_message(Scanner *scanner, const Message *outer, Value *value)
{
    Message message = {.value = value, .close = peek(scanner) == '<' ? '>' : '}', .depth = outer->depth + 1};
    value->kind = VALUE_MAP;
    if (message.depth > MOST_DEPTH) {
        diag_error(scanner->diags, value->key_place, "messages stand inside each other more than %d deep", MOST_DEPTH);
        return false;
    }
    advance(scanner);
    return read_fields(scanner, &message);
}

static bool read_value(Scanner *scanner, Message *message, Str key, Place key_place)
{
    Value *value = add_field(scanner, message, key, key_place);
    int c = peek(scanner);
    if (!value)
        return false;
    if ((c == '{' || c == '<') && !is_conflict(scanner))
        return read_message(scanner, message, value);
    return c == '"' || c == '\'' ? read_string(scanner, value) : read_plain(scanner, value);
}

/* `[1, 2, 3]` or `[{…}, {…}]`. */
static bool read_list(Scanner *scanner, Message *message, Str key, Place key_place)
{
    advance(scanner);
    skip_blanks(scanner);
    while (peek(scanner) != ']') {
        if (!read_value(scanner, message, key, key_place))
            return false;
        skip_blanks(scanner);
        if (peek(scanner) != ',' && peek(scanner) != ']')
            return unexpected(scanner, "`,` or `]`");
        if (peek(scanner) == ',')
            advance(scanner);
        skip_blanks(scanner);
    }
    advance(scanner);
    return true;
}

/* A name, or that of an extension in brackets. */
static bool read_key(Scanner *scanner, Str *key, Place *place)
{
    size_t from = scanner->at;
    bool extension = peek(scanner) == '[';
    *place = place_here(scanner);
    if (extension)
        advance(scanner);
    while (is_word(peek(scanner)) || peek(scanner) == '-' || (extension && peek(scanner) == '/'))
        advance(scanner);
    if (extension && peek(scanner) != ']')
        return unexpected(scanner, "`]`");
    if (extension)
        advance(scanner);
    *key = str_slice(scanner->text, from, scanner->at);
    place->length = (uint32_t)(key->size < UINT32_MAX ? key->size : 1);
    return key->size > 0 || unexpected(scanner, "the name of a field");
}

static bool read_field(Scanner *scanner, Message *message)
{
    Str key;
    Place place;
    if (!read_key(scanner, &key, &place))
        return false;
    skip_blanks(scanner);
    bool colon = peek(scanner) == ':';
    if (colon) {
        advance(scanner);
        skip_blanks(scanner);
    }
    int c = peek(scanner);
    if (!colon && c != '{' && c != '<' && c != '[') {
        unexpected(scanner, "`:` or `{`");
        if (c == '"' || c == '\'')
            diag_hint(scanner->diags, "perhaps a string before it is not closed");
        else if (!is_conflict(scanner))
            diag_hint(scanner->diags, "a field is `%.*s: VALUE` or `%.*s { … }`", STR_ARGS(key), STR_ARGS(key));
        return false;
    }
    return c == '[' ? read_list(scanner, message, key, place) : read_value(scanner, message, key, place);
}

/* Up to the bracket that closes the message, or to the end of the file. */
static bool read_fields(Scanner *scanner, Message *message)
{
    for (;;) {
        skip_blanks(scanner);
        int c = peek(scanner);
        if (c == END && message->close)
            return unclosed(scanner, message);
        if (c == END)
            return true;
        if (is_conflict(scanner))
            return unexpected(scanner, "the name of a field");
        if (c == ',' || c == ';') {
            advance(scanner);
        } else if (message->close && c == message->close) {
            advance(scanner);
            return true;
        } else if (c == '}' || c == '>') {
            diag_error(scanner->diags, place_here(scanner), "this `%c` closes nothing", c);
            if (message->close)
                diag_note(scanner->diags, message->value->key_place, "`%.*s` is closed by `%c`",
                          STR_ARGS(message->value->key), message->close);
            return false;
        } else if (!read_field(scanner, message)) {
            return false;
        }
    }
}

Value *prototxt_read(Arena *arena, Diags *diags, const Source *source)
{
    Scanner scanner = {.arena = arena, .diags = diags, .source = source, .text = source->bytes, .line = 1, .column = 1};
    Message message = {.value = ARENA_NEW(arena, Value)};
    if (str_starts(scanner.text, STR("\xEF\xBB\xBF")))
        scanner.at = 3; /* a byte order mark */
    message.value->kind = VALUE_MAP;
    message.value->place = place_here(&scanner);
    return read_fields(&scanner, &message) ? message.value : NULL;
}
