/* SPDX-License-Identifier: MIT */
/* Builds the tree of values from libyaml's events, and refuses what a spec must not hold. */
#include "format/yaml.h"

#include "base/names.h"
#include "format/yaml_text.h"
#include "format/yaml_trouble.h"

enum {
    DEEPEST = 128,           /* lists and mappings in each other; libyaml's time grows with the square */
    ALIAS_BUDGET = 100000,   /* values that aliases may add ("billion laughs") */
    FEW_CHILDREN = 8         /* up to here a search for a key beats a table */
};

/* A list or mapping that is being read. */
typedef struct Frame {
    Value *value;       /* the list or mapping */
    Value *last;        /* its last child */
    Names *keys;        /* key → child, once there are more than a few */
    bool flow;          /* it stands in brackets */
    size_t index;       /* of its beginning, in characters */
    bool has_key;       /* a key has been read, its value comes next */
    bool plain_key;     /* that key stood without quotes */
    bool bad_key;       /* it has been reported */
    Str key;            /* the key */
    Place key_place;    /* its place */
} Frame;

typedef struct Reader {
    Arena *arena;            /* for everything but libyaml's own */
    Diags *diags;            /* for reports */
    YamlText text;           /* what is read */
    yaml_parser_t parser;    /* libyaml's, not in the arena */
    yaml_event_t event;      /* the current one, not in the arena */
    Frame frames[DEEPEST];   /* open lists and mappings, outermost first */
    uint32_t depth;          /* how many */
    Names *anchors;          /* anchor → value */
    uint32_t alias_budget;   /* values that aliases may still add */
    Value *root;             /* the tree */
    bool failed;             /* an error has been reported */
    size_t scalar_from;      /* the last scalar's characters */
    size_t scalar_to;        /* up to here; 0: none yet */
} Reader;

static Frame *innermost(Reader *reader)
{
    return reader->depth ? &reader->frames[reader->depth - 1] : NULL;
}

static Place event_place(Reader *reader)
{
    size_t from = reader->event.start_mark.index, to = reader->event.end_mark.index;
    return yaml_text_place(&reader->text, from, to > from ? to - from : 1);
}

/* Reports an error about the current event. */
#define FAIL(reader, place, ...) ((reader)->failed = true, diag_error((reader)->diags, (place), __VA_ARGS__))

/* Looks a key up among the children so far, and notes it. */
static const Value *earlier(Reader *reader, Frame *frame, Str key)
{
    if (!frame->keys && frame->value->count < FEW_CHILDREN)
        return value_get(frame->value, key);
    if (!frame->keys) {
        frame->keys = names_new(reader->arena);
        for (Value *child = frame->value->first; child; child = child->next)
            names_put(frame->keys, child->key, child);
    }
    return names_get(frame->keys, key);
}

static void check_key(Reader *reader, Frame *frame, Value *value)
{
    if (frame->bad_key)
        return;
    const Value *other = earlier(reader, frame, value->key);
    if (other) {
        FAIL(reader, value->key_place, "duplicate key '%.*s'", STR_ARGS(value->key));
        diag_note(reader->diags, other->key_place, "it stands here already");
    } else if (frame->keys) {
        names_put(frame->keys, value->key, value);
    }
    bool empty = value->kind == VALUE_NULL && value->text.size == 0;
    if (!frame->flow || !frame->plain_key || !empty)
        return;
    /* {out:64}: one word to YAML, with nothing as its value. */
    size_t colon = yaml_tight_colon(value->key);
    if (colon == value->key.size)
        return;
    Place place = value->key_place;
    place.column += (uint32_t)colon;
    place.length = 1;
    FAIL(reader, place, "a space is missing after ':'");
}

/* Puts a value where it belongs: at the root, behind the last child, or at the key that was read. */
static void attach(Reader *reader, Value *value)
{
    Frame *frame = innermost(reader);
    if (!frame) {
        reader->root = value;
        return;
    }
    value->parent = frame->value;
    if (frame->value->kind == VALUE_MAP) {
        value->key = frame->key;
        value->key_place = frame->key_place;
        check_key(reader, frame, value);
        frame->has_key = false;
    }
    if (frame->last)
        frame->last->next = value;
    else
        frame->value->first = value;
    frame->last = value;
    frame->value->count++;
}

static bool key_is_due(const Frame *frame)
{
    return frame && frame->value->kind == VALUE_MAP && !frame->has_key;
}

static Str event_text(Reader *reader)
{
    const yaml_event_t *event = &reader->event;
    Str text = str_copy(reader->arena, (Str){(const char *)event->data.scalar.value, event->data.scalar.length});
    size_t from = event->start_mark.index, to = event->end_mark.index;
    if (event->data.scalar.style != YAML_DOUBLE_QUOTED_SCALAR_STYLE)
        return yaml_text_restore(&reader->text, reader->arena, text, from, to);
    if (str_find(text, '$') < text.size)
        yaml_trouble_check_tex(&reader->text, reader->diags, from, to);
    return text;
}

static void read_key(Reader *reader, Frame *frame)
{
    bool plain = reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    frame->has_key = true;
    frame->plain_key = plain;
    frame->key_place = event_place(reader);
    frame->key = event_text(reader);
    frame->bad_key = true;
    if (plain && frame->key.size == 0) {
        FAIL(reader, frame->key_place, "a key is missing before ':'");
    } else if (plain && str_equal(frame->key, STR("<<"))) {
        FAIL(reader, frame->key_place, "merge keys '<<' are not supported");
        diag_hint(reader->diags, "write the keys out, or use an alias for the whole value");
    } else {
        frame->bad_key = false;
    }
}

/* Remembers a value by its anchor; one of the same name takes the place of the one before. */
static void note_anchor(Reader *reader, const yaml_char_t *anchor, Value *value)
{
    if (!anchor)
        return;
    Str name = str_copy(reader->arena, str_from((const char *)anchor));
    if (!reader->anchors)
        reader->anchors = names_new(reader->arena);
    names_set(reader->anchors, name, value);
}

/* Of the tags only those of the core schema mean something, and Python's tuple is a list; `forces_text`: !!str. */
static void check_tag(Reader *reader, const yaml_char_t *tag, bool *forces_text)
{
    static const Str core[] = {{"null", 4}, {"bool", 4}, {"int", 3}, {"float", 5}, {"seq", 3}, {"map", 3}, {"python/tuple", 12}};
    Str name = str_from((const char *)tag), prefix = STR("tag:yaml.org,2002:");
    *forces_text = str_equal(name, STR("!")) || str_equal(name, STR("tag:yaml.org,2002:str"));
    if (!name.size || *forces_text)
        return;
    for (size_t i = 0; i < sizeof core / sizeof *core; i++)
        if (str_starts(name, prefix) && str_equal(str_slice(name, prefix.size, name.size), core[i]))
            return;
    Place place = event_place(reader);
    place.length = 1;
    FAIL(reader, place, "the tag '%.*s' is not supported", STR_ARGS(name));
    diag_hint(reader->diags, "a text that begins with '!' needs quotes");
}

static bool is_null(Str text)
{
    return !text.size || str_equal(text, STR("~")) || str_equal(text, STR("null")) || str_equal(text, STR("Null")) ||
           str_equal(text, STR("NULL"));
}

static void read_scalar(Reader *reader)
{
    const yaml_event_t *event = &reader->event;
    if (event->end_mark.index > event->start_mark.index) {
        reader->scalar_from = event->start_mark.index;
        reader->scalar_to = event->end_mark.index;
    }
    Value *value = ARENA_NEW(reader->arena, Value);
    bool forces_text;
    check_tag(reader, event->data.scalar.tag, &forces_text);
    Frame *frame = innermost(reader);
    if (frame && key_is_due(frame)) {
        note_anchor(reader, event->data.scalar.anchor, value);
        read_key(reader, frame);
        value->kind = VALUE_SCALAR;
        value->text = frame->key;
        value->place = frame->key_place;
        return;
    }
    value->place = event_place(reader);
    value->text = event_text(reader);
    value->quoted = forces_text || event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    value->kind = !value->quoted && is_null(value->text) ? VALUE_NULL : VALUE_SCALAR;
    note_anchor(reader, event->data.scalar.anchor, value);
    attach(reader, value);
}

/* A list or mapping begins; false where it must not. */
static bool open_collection(Reader *reader, ValueKind kind, const yaml_char_t *anchor, const yaml_char_t *tag,
                            bool flow)
{
    Place place = event_place(reader);
    place.length = 1;
    if (reader->depth == DEEPEST) {
        FAIL(reader, place, "lists and mappings more than %d deep", DEEPEST);
        return false;
    }
    if (key_is_due(innermost(reader))) {
        FAIL(reader, place, "a key must be a word, not %s", value_kind_name(kind));
        return false;
    }
    bool forces_text;
    check_tag(reader, tag, &forces_text);
    Value *value = ARENA_NEW(reader->arena, Value);
    value->kind = kind;
    value->place = place;
    note_anchor(reader, anchor, value);
    attach(reader, value);
    reader->frames[reader->depth++] =
        (Frame){.value = value, .flow = flow, .index = reader->event.start_mark.index};
    return true;
}

static bool is_open(const Reader *reader, const Value *value)
{
    for (uint32_t i = 0; i < reader->depth; i++)
        if (reader->frames[i].value == value)
            return true;
    return false;
}

/* A deep copy within `depth` lists and mappings that takes from the budget; NULL where that or the depth is used up. */
static Value *copy_value(Reader *reader, const Value *from, uint32_t depth)
{
    bool nests = from->kind == VALUE_LIST || from->kind == VALUE_MAP;
    if ((nests && depth == DEEPEST) || reader->alias_budget == 0)
        return NULL;
    reader->alias_budget--;
    Value *value = ARENA_NEW(reader->arena, Value);
    *value = *from;
    value->first = value->next = value->parent = NULL;
    Value **link = &value->first;
    for (const Value *child = from->first; child; child = child->next) {
        *link = copy_value(reader, child, depth + 1);
        if (!*link)
            return NULL;
        (*link)->parent = value;
        link = &(*link)->next;
    }
    return value;
}

/* An alias becomes a copy of what its anchor names; what stands in it keeps its own places. */
static bool read_alias(Reader *reader)
{
    Place place = event_place(reader);
    Str name = str_from((const char *)reader->event.data.alias.anchor);
    if (key_is_due(innermost(reader))) {
        FAIL(reader, place, "an alias cannot be a key");
        return false;
    }
    const Value *meant = reader->anchors ? names_get(reader->anchors, name) : NULL;
    Value *copy = NULL;
    if (!meant) {
        FAIL(reader, place, "no anchor '&%.*s' before this alias", STR_ARGS(name));
        diag_hint(reader->diags, "a text that begins with '*' needs quotes");
    } else if (is_open(reader, meant)) {
        FAIL(reader, place, "the alias '*%.*s' stands in what it names", STR_ARGS(name));
        diag_note(reader->diags, meant->place, "that begins here");
    } else if (!(copy = copy_value(reader, meant, reader->depth))) {
        FAIL(reader, place, "aliases make this too large or too deep");
        return false;
    }
    if (!copy) {
        copy = ARENA_NEW(reader->arena, Value);
        copy->place = place;
    }
    copy->key = (Str){0};
    copy->key_place = (Place){0};
    attach(reader, copy);
    return true;
}

/* A second document, or a plain text as the whole where `key:value` was meant. */
static bool begin_document(Reader *reader)
{
    if (!reader->root)
        return true;
    Place place = event_place(reader);
    place.length = 3;
    FAIL(reader, place, "a second document begins here");
    diag_hint(reader->diags, "a file holds one; remove the line '---' and what follows");
    return false;
}

static void end_document(Reader *reader)
{
    const Value *root = reader->root;
    if (!root || root->kind != VALUE_SCALAR || root->quoted)
        return;
    size_t colon = yaml_tight_colon(root->text);
    if (colon == root->text.size)
        return;
    Place place = root->place;
    place.column += (uint32_t)colon;
    place.length = 1;
    FAIL(reader, place, "a space is missing after ':'");
}

/* Takes in the current event; false: no more are wanted. */
static bool take_event(Reader *reader)
{
    const yaml_event_t *event = &reader->event;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT: return begin_document(reader);
    case YAML_DOCUMENT_END_EVENT: end_document(reader); return true;
    case YAML_ALIAS_EVENT: return read_alias(reader);
    case YAML_SCALAR_EVENT: read_scalar(reader); return true;
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(reader, VALUE_LIST, event->data.sequence_start.anchor, event->data.sequence_start.tag,
                               event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
    case YAML_MAPPING_START_EVENT:
        return open_collection(reader, VALUE_MAP, event->data.mapping_start.anchor, event->data.mapping_start.tag,
                               event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: reader->depth--; return true;
    case YAML_STREAM_END_EVENT: return false;
    case YAML_STREAM_START_EVENT:
    case YAML_NO_EVENT: break;
    }
    return true;
}

static void report_trouble(Reader *reader)
{
    const Frame *frame = innermost(reader);
    YamlTrouble trouble = {.parser = &reader->parser,
                           .has_scalar = reader->scalar_to > 0,
                           .scalar_from = reader->scalar_from,
                           .scalar_to = reader->scalar_to};
    if (frame && frame->flow) {
        trouble.in_flow = true;
        trouble.bracket = frame->value->kind == VALUE_LIST ? '[' : '{';
        trouble.open_index = frame->index;
    }
    reader->failed = true;
    yaml_trouble_report(&trouble, &reader->text, reader->diags);
}

static void read_events(Reader *reader)
{
    for (bool more = true; more && !diags_full(reader->diags);) {
        if (!yaml_parser_parse(&reader->parser, &reader->event)) {
            report_trouble(reader);
            return;
        }
        more = take_event(reader);
        yaml_event_delete(&reader->event);
    }
}

static void release(Reader *reader)
{
    yaml_event_delete(&reader->event);
    yaml_parser_delete(&reader->parser);
}

/* libyaml's memory is not the arena's, so it must be given back where the arena runs out on the way. */
static bool read_all(Reader *reader)
{
    if (!yaml_parser_initialize(&reader->parser)) {
        diag_surroundings(reader->diags, reader->text.source->name, "cannot read: out of memory");
        return false;
    }
    jmp_buf escape;
    jmp_buf *outer = arena_on_exhaustion(reader->arena, &escape);
    if (setjmp(escape)) {
        release(reader);
        arena_on_exhaustion(reader->arena, outer);
        arena_exhausted(reader->arena);
    }
    Str parsed = reader->text.parsed;
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)(parsed.at ? parsed.at : ""), parsed.size);
    read_events(reader);
    arena_on_exhaustion(reader->arena, outer);
    release(reader);
    return !reader->failed && !diags_full(reader->diags);
}

Value *yaml_read(Arena *arena, Diags *diags, const Source *source)
{
    Reader *reader = ARENA_NEW(arena, Reader);
    reader->arena = arena;
    reader->diags = diags;
    reader->alias_budget = ALIAS_BUDGET;
    if (!yaml_text_prepare(&reader->text, arena, diags, source) || !read_all(reader))
        return NULL;
    if (!reader->root) {
        reader->root = ARENA_NEW(arena, Value);
        reader->root->place = (Place){.source = source};
    }
    return reader->root;
}
