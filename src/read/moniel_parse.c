/* SPDX-License-Identifier: MIT */
/* The language of Moniel: definitions, and chains of instances, lists and scopes. */
#include "read/moniel.h"

typedef struct Parser {
    Arena *arena;
    Diags *diags;
    const Source *source;
    Str text;
    size_t at;               /* of the next character */
    uint32_t line, column;   /* of that character */
    Str token;               /* the next one; empty at the end */
    bool is_name;
    Place place;             /* of the token */
    uint32_t depth, definition_count;
    bool failed;
} Parser;

static bool fail(Parser *parser, Place place, const char *what)
{
    if (!parser->failed)
        diag_error(parser->diags, place, "%s", what);
    parser->failed = true;
    return false;
}

/* ---- tokens -------------------------------- */

static char look(const Parser *parser, size_t ahead)
{
    return parser->at + ahead < parser->text.size ? parser->text.at[parser->at + ahead] : '\0';
}

static bool at_end(const Parser *parser)
{
    return parser->at >= parser->text.size;
}

static void step(Parser *parser)
{
    unsigned char c = (unsigned char)look(parser, 0);
    parser->line += c == '\n';
    parser->column = c == '\n' ? 1 : parser->column + ((c & 0xC0) != 0x80);
    parser->at++;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

static void skip_blanks(Parser *parser)
{
    for (;;) {
        bool comment = look(parser, 0) == '/' && look(parser, 1) == '/';
        while (comment && !at_end(parser) && look(parser, 0) != '\n')
            step(parser);
        if (!is_blank(look(parser, 0)))
            return;
        step(parser);
    }
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

/* Names, with what stands behind slashes; `->`; any other character by itself. */
static void advance(Parser *parser)
{
    skip_blanks(parser);
    size_t from = parser->at;
    parser->place = (Place){.source = parser->source, .line = parser->line, .column = parser->column};
    parser->is_name = is_plain(look(parser, 0));
    if (parser->is_name)
        while (is_plain(look(parser, 0)) || (look(parser, 0) == '/' && is_plain(look(parser, 1))))
            step(parser);
    else if (!at_end(parser)) {
        bool arrow = look(parser, 0) == '-' && look(parser, 1) == '>';
        step(parser);
        if (arrow)
            step(parser);
    }
    parser->token = str_slice(parser->text, from, parser->at);
}

static bool take(Parser *parser, const char *word)
{
    if (!str_equal(parser->token, str_from(word)))
        return false;
    advance(parser);
    return true;
}

static bool take_name(Parser *parser, Str *name, const char *missing)
{
    if (!parser->is_name)
        return fail(parser, parser->place, missing);
    *name = parser->token;
    advance(parser);
    return true;
}

/* `(…)` as it is written, but for runs of blanks; empty where there is none. */
static bool take_arguments(Parser *parser, Str *arguments)
{
    if (!str_equal(parser->token, STR("(")))
        return true;
    Text text = text_in(parser->arena);
    bool quoted = false;
    uint32_t depth = 1;
    for (; !at_end(parser); step(parser)) {
        char c = look(parser, 0);
        quoted ^= c == '"';
        depth += !quoted && c == '(';
        depth -= !quoted && c == ')';
        if (!depth)
            break;
        if (!is_blank(c))
            text_add_char(&text, c);
        else if (text.size && text.at[text.size - 1] != ' ')
            text_add_char(&text, ' ');
    }
    if (depth)
        return fail(parser, parser->place, "this `(` has no end: a `)` is missing");
    step(parser);
    *arguments = str_trim(text_str(&text));
    advance(parser);
    return true;
}

/* ---- terms, chains, bodies -------------------------------- */

static bool read_body(Parser *parser, MonBody *body);
static MonTerm *read_term(Parser *parser, MonBody *body);

static MonBody *new_body(Parser *parser, MonBody *parent)
{
    MonBody *body = ARENA_NEW(parser->arena, MonBody);
    body->definitions = names_new(parser->arena);
    body->types = names_new(parser->arena);
    body->parent = parent;
    body->place = parser->place;
    return body;
}

static bool enter(Parser *parser)
{
    return parser->depth++ < MONIEL_MOST_DEPTH || fail(parser, parser->place, "scopes and lists are nested too deeply here");
}

/* Behind a `{`. */
static bool read_braces(Parser *parser, MonBody *body, Place open)
{
    if (!enter(parser) || !read_body(parser, body))
        return false;
    parser->depth--;
    return take(parser, "}") || fail(parser, open, "this scope has no end: a `}` is missing");
}

static bool read_list(Parser *parser, MonBody *body, MonTerm *list)
{
    list->is_list = true;
    if (!enter(parser))
        return false;
    for (MonTerm **last = &list->first; !take(parser, "]"); last = &(*last)->next) {
        if (!parser->token.size)
            return fail(parser, list->place, "this list has no end: a `]` is missing");
        *last = read_term(parser, body);
        if (!*last)
            return false;
        take(parser, ",");
    }
    parser->depth--;
    return list->first || fail(parser, list->place, "this list is empty");
}

static bool read_scope(Parser *parser, MonBody *body, MonTerm *term, Place open)
{
    term->body = new_body(parser, body);
    return read_braces(parser, term->body, open);
}

static bool read_name(Parser *parser, MonBody *body, MonTerm *term)
{
    if (!take_name(parser, &term->name, "an instance, a type, `[` or `{` is missing here"))
        return false;
    if (take(parser, ":")) {
        if (str_find(term->name, '/') < term->name.size)
            return fail(parser, term->place, "a new instance has a name without `/`");
        term->id = term->name;
        term->name = (Str){0};
        Place open = parser->place;
        if (take(parser, "{"))
            return read_scope(parser, body, term, open);
        if (!take_name(parser, &term->name, "behind `:` stands a type or a scope `{…}`"))
            return false;
    }
    return take_arguments(parser, &term->arguments);
}

static MonTerm *read_term(Parser *parser, MonBody *body)
{
    MonTerm *term = ARENA_NEW(parser->arena, MonTerm);
    term->place = parser->place;
    bool fine = take(parser, "[")   ? read_list(parser, body, term)
                : take(parser, "{") ? read_scope(parser, body, term, term->place)
                                    : read_name(parser, body, term);
    return fine ? term : NULL;
}

static bool read_chain(Parser *parser, MonBody *body)
{
    MonChain *chain = ARENA_NEW(parser->arena, MonChain);
    MonTerm **last = &chain->first;
    do {
        *last = read_term(parser, body);
        if (!*last)
            return false;
        last = &(*last)->next;
    } while (take(parser, "->"));
    if (body->last)
        body->last->next = chain;
    else
        body->first = chain;
    body->last = chain;
    return true;
}

/* Behind a `+`. Names of parameters are taken: instances show what they are given. */
static bool read_definition(Parser *parser, MonBody *body)
{
    MonBody *made = new_body(parser, body);
    Str parameters;
    if (!take_name(parser, &made->name, "behind `+` stands the name of a new type") || !take_arguments(parser, &parameters))
        return false;
    if (parser->definition_count++ == MONIEL_MOST_DEFINITIONS)
        return fail(parser, made->place, "the file defines too many types");
    if (!names_put(body->definitions, made->name, made)) {
        fail(parser, made->place, "this type is defined twice");
        const MonBody *before = names_get(body->definitions, made->name);
        diag_note(parser->diags, before->place, "here already");
        return false;
    }
    Place open = parser->place;
    if (!take(parser, "{"))
        return fail(parser, parser->place, "a definition has a body: `+Name{ … }`");
    return read_braces(parser, made, open);
}

static bool read_body(Parser *parser, MonBody *body)
{
    while (parser->token.size && !str_equal(parser->token, STR("}")))
        if (!(take(parser, "+") ? read_definition(parser, body) : read_chain(parser, body)))
            return false;
    return true;
}

MonBody *moniel_parse(Arena *arena, Diags *diags, const Source *source)
{
    Parser parser = {.arena = arena, .diags = diags, .source = source, .text = source->bytes, .line = 1, .column = 1};
    advance(&parser);
    MonBody *root = new_body(&parser, NULL);
    if (!read_body(&parser, root))
        return NULL;
    if (!parser.token.size)
        return root;
    fail(&parser, parser.place, "this `}` closes nothing");
    return NULL;
}
