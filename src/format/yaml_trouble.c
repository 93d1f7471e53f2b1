/* SPDX-License-Identifier: MIT */
/* Tells the usual slips in YAML apart by where libyaml gave up and what stands there. */
#include "format/yaml_trouble.h"

#include <string.h>

/* Everything that the recognisers look at. */
typedef struct Case {
    const YamlTrouble *trouble; /* what the reader knew */
    YamlText *text;             /* for lines and places */
    Diags *diags;               /* where to report */
    Str problem;                /* libyaml's words */
    size_t at;                  /* where it gave up, in characters */
    size_t context;             /* where what it was reading began */
} Case;

static bool says(const Case *c, Str words)
{
    for (size_t i = 0; i + words.size <= c->problem.size; i++)
        if (str_starts(str_slice(c->problem, i, c->problem.size), words))
            return true;
    return false;
}

static bool reading(const Case *c, Str words)
{
    Str context = str_from(c->trouble->parser->context);
    return str_ends(context, words);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

size_t yaml_tight_colon(Str line)
{
    size_t at = 0;
    while (at < line.size && (line.at[at] == ' ' || line.at[at] == '-'))
        at++;
    size_t word = at;
    while (at < line.size && is_word(line.at[at]))
        at++;
    if (at == word || at + 1 >= line.size || line.at[at] != ':')
        return line.size;
    return strchr(" \t\r\n:/\\,]}", line.at[at + 1]) ? line.size : at;
}

/* Index of the first character of the line before the one of `index`, or `index` where there is none. */
static size_t line_before(YamlText *text, size_t index)
{
    size_t within;
    yaml_text_line(text, index, &within);
    if (index - within == 0)
        return index;
    size_t last = index - within - 1;
    yaml_text_line(text, last, &within);
    return last - within;
}

static char found_at(const Case *c, size_t index)
{
    yaml_text_place(c->text, index, 1);
    return c->text->cursor.byte < c->text->parsed.size ? c->text->parsed.at[c->text->cursor.byte] : '\0';
}

/* A tab where only spaces may indent; behind `widest` columns it may be the content of a block of text. */
static bool tab_in_line(const Case *c, size_t index, size_t widest)
{
    size_t within;
    Str line = yaml_text_line(c->text, index, &within);
    size_t tab = 0;
    while (tab < line.size && line.at[tab] == ' ')
        tab++;
    if (tab == line.size || tab > widest || line.at[tab] != '\t' || str_trim(line).size == 0)
        return false;
    diag_error(c->diags, yaml_text_place(c->text, index - within + tab, 1), "a tab in the indentation");
    diag_hint(c->diags, "YAML indents with spaces alone");
    return true;
}

static bool is_tab(const Case *c)
{
    if (says(c, STR("tab character")) && found_at(c, c->at) == '\t') {
        diag_error(c->diags, yaml_text_place(c->text, c->at, 1), "a tab in the indentation");
        diag_hint(c->diags, "YAML indents with spaces alone");
        return true;
    }
    if (c->trouble->in_flow)
        return false;
    size_t within, indent = 0;
    Str line = yaml_text_line(c->text, c->at, &within);
    while (indent < line.size && line.at[indent] == ' ')
        indent++;
    return tab_in_line(c, c->at, SIZE_MAX) || tab_in_line(c, line_before(c->text, c->at), indent);
}

/* `kernel:3` where `kernel: 3` was meant. */
static bool colon_in_line(const Case *c, size_t index)
{
    size_t within;
    Str line = yaml_text_line(c->text, index, &within);
    size_t colon = yaml_tight_colon(line);
    if (colon == line.size)
        return false;
    diag_error(c->diags, yaml_text_place(c->text, index - within + colon, 1), "a space is missing after ':'");
    return true;
}

static bool is_tight_colon(const Case *c)
{
    if (!says(c, STR("expected ':'")) && !says(c, STR("mapping values")) && !says(c, STR("expected key")))
        return false;
    if (says(c, STR("expected ':'")) && colon_in_line(c, c->context))
        return true;
    return colon_in_line(c, c->at) || colon_in_line(c, line_before(c->text, c->at));
}

static bool is_open_quote(const Case *c)
{
    if (!reading(c, STR("a quoted scalar")))
        return false;
    if (!says(c, STR("unexpected end of stream")) && !says(c, STR("unexpected document indicator")))
        return false;
    diag_error(c->diags, yaml_text_place(c->text, c->context, 1), "this quote is never closed");
    return true;
}

/* libyaml has gone on by some characters when it refuses an escape: back to its backslash. */
static Place escape_place(const Case *c)
{
    size_t within;
    Str line = yaml_text_line(c->text, c->at, &within);
    size_t byte = c->text->cursor.byte - (size_t)(line.at - c->text->parsed.at), back = 0;
    while (back < 2 && back < byte && (byte - back >= line.size || line.at[byte - back] != '\\'))
        back++;
    return yaml_text_place(c->text, c->at - back, 2);
}

static bool is_bad_escape(const Case *c)
{
    if (!reading(c, STR("a quoted scalar")) && !reading(c, STR("quoted scalar")))
        return false;
    bool half = says(c, STR("invalid Unicode"));
    if (!half && !says(c, STR("unknown escape")) && !says(c, STR("hexdecimal")))
        return false;
    Place place = escape_place(c);
    if (half) {
        place.length = 6;
        diag_error(c->diags, place, "this escape is no character");
        diag_hint(c->diags, "half of a surrogate pair means nothing alone");
    } else {
        diag_error(c->diags, place, "unknown escape in a double-quoted text");
        diag_hint(c->diags, "a backslash is written \\\\ in double quotes; in single quotes it stands for itself");
    }
    return true;
}

void yaml_trouble_check_tex(YamlText *text, Diags *diags, size_t from, size_t to)
{
    yaml_text_place(text, from, 1);
    Str rest = str_slice(text->parsed, text->cursor.byte, text->parsed.size);
    size_t dollar = str_find(rest, '$'), index = from;
    uint32_t code;
    for (size_t at = 0; index + 2 < to && at + 2 < rest.size; index++) {
        bool escape = rest.at[at] == '\\';
        if (escape && at > dollar && strchr("abefnrtv", rest.at[at + 1]) && is_letter(rest.at[at + 2])) {
            diag_warning(diags, yaml_text_place(text, index, 2),
                         "'\\%c' in double quotes is a control character, not TeX", rest.at[at + 1]);
            diag_hint(diags, "put TeX in single quotes");
            return;
        }
        if (escape)
            at++, index++;
        at += str_decode(rest, at, &code);
    }
}

static bool is_open_bracket(const Case *c)
{
    if (!c->trouble->in_flow)
        return false;
    Place open = yaml_text_place(c->text, c->trouble->open_index, 1);
    Place here = yaml_text_place(c->text, c->at, 1);
    char bracket = c->trouble->bracket, closing = bracket == '[' ? ']' : '}', found = found_at(c, c->at);
    if (!found) {
        diag_error(c->diags, open, "this '%c' is never closed", bracket);
        return true;
    }
    if (!says(c, STR("did not find expected ','")) && !says(c, STR("expected node content")))
        return false;
    if ((found == ']' || found == '}') && found != closing)
        diag_error(c->diags, here, "'%c' where '%c' should close", found, closing);
    else if (says(c, STR("node content")))
        diag_error(c->diags, here, "a value is missing before '%c'", found);
    else if (found == ':')
        diag_error(c->diags, here, "no ':' can stand here");
    else
        diag_error(c->diags, here, "expected ',' or '%c'", closing);
    if (found == ':')
        diag_hint(c->diags, "is a ',' or '%c' missing before it?", closing);
    diag_note(c->diags, open, "the '%c' that is open", bracket);
    return true;
}

/* A closing bracket too many, or a colon without a key. */
static bool is_stray(const Case *c)
{
    char found = found_at(c, c->at);
    Place here = yaml_text_place(c->text, c->at, 1);
    if (found == ']' || found == '}')
        diag_error(c->diags, here, "this '%c' closes nothing", found);
    else if (found == ':' && says(c, STR("expected key")))
        diag_error(c->diags, here, "a key is missing before ':'");
    else
        return false;
    return true;
}

/* A quote that closes lines later than it opens, with text behind it, has swallowed what lies between. */
static bool is_late_quote(const Case *c)
{
    if (!c->trouble->has_scalar || c->trouble->in_flow)
        return false;
    char quote = found_at(c, c->trouble->scalar_from);
    Place from = yaml_text_place(c->text, c->trouble->scalar_from, 1);
    Place to = yaml_text_place(c->text, c->trouble->scalar_to, 1);
    Place here = yaml_text_place(c->text, c->at, 1);
    if ((quote != '"' && quote != '\'') || to.line == from.line || to.line != here.line)
        return false;
    diag_error(c->diags, here, "the text goes on after a closing quote");
    diag_note(c->diags, from, "the quote that opens here closes only in line %u", (unsigned)to.line);
    return true;
}

/* `*`, `&`, `!`, `%`, `|` and `>` are signs of YAML's own; where what follows does not fit they are meant as themselves. */
static bool is_bare_sign(const Case *c)
{
    bool tag = reading(c, STR("a tag")) || reading(c, STR("a directive")) || says(c, STR("tag handle"));
    bool name = reading(c, STR("an alias")) || reading(c, STR("an anchor"));
    if (!tag && !name && !says(c, STR("comment or line break")))
        return false;
    char found = found_at(c, c->context);
    diag_error(c->diags, yaml_text_place(c->text, c->context, 1), "a word cannot begin with '%c'", found);
    diag_hint(c->diags, "put the text in quotes");
    return true;
}

/* Where the key began whose colon libyaml did not find, or found too late. */
static size_t key_start(const Case *c)
{
    const YamlTrouble *trouble = c->trouble;
    if (trouble->has_scalar && trouble->scalar_to - trouble->scalar_from > YAML_LONGEST_KEY)
        return trouble->scalar_from;
    if (says(c, STR("expected ':'")))
        return c->context;
    if (!says(c, STR("mapping values")))
        return c->at;
    size_t within;
    yaml_text_line(c->text, c->at, &within);
    return c->at - within;
}

static bool is_long_key(const Case *c)
{
    size_t from = key_start(c);
    if (c->at <= from || c->at - from <= YAML_LONGEST_KEY)
        return false;
    Place begin = yaml_text_place(c->text, from, c->at - from), end = yaml_text_place(c->text, c->at, 1);
    if (begin.line != end.line)
        return false;
    diag_error(c->diags, begin, "a key of more than %d characters", YAML_LONGEST_KEY);
    return true;
}

/* A character that must not begin a word. */
static bool is_bad_start(const Case *c)
{
    if (!says(c, STR("cannot start any token")))
        return false;
    Place here = yaml_text_place(c->text, c->at, 1);
    char found = found_at(c, c->at);
    if (found == '\t') {
        diag_error(c->diags, here, "a tab where YAML allows only spaces");
        return true;
    }
    diag_error(c->diags, here, "a word cannot begin with '%c'", found);
    diag_hint(c->diags, "put the text in quotes");
    return true;
}

/* `- tower` with keys below it: a text alone cannot have them. */
static bool is_bare_item(const Case *c)
{
    size_t within;
    yaml_text_line(c->text, c->at, &within);
    size_t before = line_before(c->text, c->at);
    Str line = str_trim(yaml_text_line(c->text, before, &within));
    if (before == c->at || !str_starts(line, STR("- ")) || str_find(line, ':') < line.size || str_find(line, '#') < line.size)
        return false;
    diag_error(c->diags, yaml_text_place(c->text, c->at, 1), "no ':' can stand here");
    diag_hint(c->diags, "an item with keys below it needs a ':' at its end: `%.*s:`", STR_ARGS(line));
    return true;
}

/* The place where libyaml noticed is often the line after the slip. */
static bool is_indentation(const Case *c)
{
    Place here = yaml_text_place(c->text, c->at, 1);
    if (says(c, STR("mapping values")) && is_bare_item(c)) {
        return true;
    }
    if (says(c, STR("mapping values"))) {
        diag_error(c->diags, here, "no ':' can stand here");
        diag_hint(c->diags, "quote a text with ': ' in it; or make the indentation that of the line above");
    } else if (says(c, STR("block sequence entries"))) {
        diag_error(c->diags, here, "no list can begin here");
        diag_hint(c->diags, "put the '-' on a line of its own below, indented");
    } else if (says(c, STR("expected key")) || says(c, STR("expected '-' indicator"))) {
        bool list = says(c, STR("'-'"));
        diag_error(c->diags, here, "expected %s", list ? "'-' or the list's end" : "a key or the mapping's end");
        diag_hint(c->diags, "the indentation differs from that of the lines above");
        diag_note(c->diags, yaml_text_place(c->text, c->context, 1), "the %s begins here", list ? "list" : "mapping");
    } else if (says(c, STR("expected ':'"))) {
        Place key = yaml_text_place(c->text, c->context, c->at - c->context);
        diag_error(c->diags, key, "a ':' is missing after this key");
    } else if (says(c, STR("expected node content"))) {
        diag_error(c->diags, here, "a value is missing here");
    } else {
        return false;
    }
    return true;
}

static bool is_second_value(const Case *c)
{
    if (!says(c, STR("<document start>")))
        return false;
    diag_error(c->diags, yaml_text_place(c->text, c->at, 1), "the text goes on after its end");
    diag_hint(c->diags, "one list or one mapping is the whole; is the indentation the same all through?");
    return true;
}

static void report_as_is(const Case *c)
{
    const yaml_parser_t *parser = c->trouble->parser;
    Place here = yaml_text_place(c->text, c->at, 1);
    if (parser->context)
        diag_error(c->diags, here, "%s %s", parser->problem, parser->context);
    else
        diag_error(c->diags, here, "%s", parser->problem ? parser->problem : "this cannot be read as YAML");
}

void yaml_trouble_report(const YamlTrouble *trouble, YamlText *text, Diags *diags)
{
    static bool (*const recognisers[])(const Case *) = {
        is_open_quote, is_bad_escape,   is_long_key, is_tab,         is_bad_start,    is_bare_sign,
        is_late_quote, is_open_bracket, is_stray,    is_tight_colon, is_second_value, is_indentation,
    };
    const yaml_parser_t *parser = trouble->parser;
    if (parser->error == YAML_MEMORY_ERROR) {
        diag_surroundings(diags, text->source->name, "cannot read: out of memory");
        return;
    }
    Case c = {trouble, text, diags, str_from(parser->problem), parser->problem_mark.index, parser->context_mark.index};
    for (size_t i = 0; i < sizeof recognisers / sizeof *recognisers; i++)
        if (recognisers[i](&c))
            return;
    report_as_is(&c);
}
