/* SPDX-License-Identifier: MIT */
/* Paper notation: "3x3 conv, 64, /2, bn, relu". Pieces between commas, tokens between blanks. */
#include "read/spec.h"

enum { MOST_TOKENS = 40, MOST_JOINED = 3 };

/* What stands between blanks in a piece; operators hold their numbers together. */
typedef struct Tokens {
    Piece at[MOST_TOKENS];
    uint32_t count;
} Tokens;

/* One text that is being read. */
typedef struct Reading {
    Spec *spec;
    const Site *site;
    Draft *main;   /* the layer; NULL until its operation is found */
    Place whole;   /* all of the text */
} Reading;

bool notation_cut(Piece *rest, Piece *piece)
{
    if (!rest->text.at || !rest->text.size)
        return false;
    size_t at = 0, depth = 0;
    for (; at < rest->text.size; at++) {
        char c = rest->text.at[at];
        depth += c == '(' || c == '[';
        depth -= (c == ')' || c == ']') && depth > 0;
        if (c == ',' && depth == 0)
            break;
    }
    *piece = piece_trim(piece_slice(*rest, 0, at));
    bool last = at >= rest->text.size;
    *rest = piece_slice(*rest, last ? at : at + 1, rest->text.size);
    /* "a," has an empty piece behind the comma, which is a mistake to report. */
    if (!last && !rest->text.size)
        *rest = (Piece){STR(" "), rest->place, false, false};
    return true;
}

/* ---- tokens ---------------------------------------------------------------------------------------------------- */

static bool is_operator(char c)
{
    return c == '+' || c == '*' || c == '%' || c == '=';
}

/* Whether tokens that end at `end` and begin at `next` are parts of one expression: `width * 2`, `p = 1`. */
static bool holds_together(Str text, size_t end, size_t next)
{
    char last = text.at[end - 1], first = text.at[next];
    char second = next + 1 < text.size ? text.at[next + 1] : ' ';
    if (is_operator(last) || is_operator(first))
        return true;
    if (last == '/' || (last == '-' && (end < 2 || text.at[end - 2] == ' ')))
        return true;
    return (first == '/' && (second == '/' || second == ' ')) || (first == '-' && second == ' ');
}

static bool split(Spec *spec, Piece piece, Tokens *tokens)
{
    Str text = piece.text;
    tokens->count = 0;
    for (size_t at = 0; at < text.size;) {
        size_t from = at, depth = 0;
        for (;; at++) {
            bool blank =
                at >= text.size || ((text.at[at] == ' ' || text.at[at] == '\t' || text.at[at] == '\n') && !depth);
            if (!blank) {
                depth += text.at[at] == '(' || text.at[at] == '[';
                depth -= (text.at[at] == ')' || text.at[at] == ']') && depth > 0;
                continue;
            }
            size_t next = at;
            while (next < text.size && (text.at[next] == ' ' || text.at[next] == '\t' || text.at[next] == '\n'))
                next++;
            if (next >= text.size || at == from || !holds_together(text, at, next))
                break;
            at = next;
        }
        if (tokens->count == MOST_TOKENS) {
            spec_error(spec, piece.place, "more than %d words between two commas", MOST_TOKENS);
            return false;
        }
        if (at > from)
            tokens->at[tokens->count++] = piece_slice(piece, from, at);
        while (at < text.size && (text.at[at] == ' ' || text.at[at] == '\t' || text.at[at] == '\n'))
            at++;
    }
    return true;
}

/* The operation that tokens from `from` on name, "max pool" as well as "maxpool"; *used: how many of them. */
static const Op *op_at_token(Spec *spec, const Tokens *tokens, uint32_t from, uint32_t *used)
{
    for (uint32_t count = MOST_JOINED; count > 0; count--) {
        if (from + count > tokens->count)
            continue;
        Text joined = text_in(spec->arena);
        for (uint32_t i = 0; i < count; i++)
            text_add(&joined, spec_substitute(spec, tokens->at[from + i]).text);
        const Op *op = spec_op(spec, text_str(&joined));
        *used = count;
        if (op)
            return op;
    }
    return NULL;
}

/* ---- one token ------------------------------------------------------------------------------------------------- */

static void take_value(Reading *reading, Draft *draft, int index, Piece value, Piece name)
{
    if (!draft_set(reading->spec, draft, (uint32_t)index, value, name))
        draft->failed = true;
}

/* The attribute one of whose words is `word`, or -1. */
static int attr_with_word(const Op *op, Str word)
{
    for (uint32_t i = 0; i < op->attr_count; i++) {
        Str rest = str_from(op->attrs[i].words), one;
        bool switches = op->attrs[i].kind == ATTR_BOOL || str_starts(rest, STR("auto true"));
        while (!switches && str_cut(&rest, ' ', &one))
            if (one.size && str_equal(one, word))
                return (int)i;
    }
    return -1;
}

static void report_attribute(Spec *spec, const Op *op, Piece name)
{
    Str *words = ARENA_ARRAY(spec->arena, op->attr_count, Str);
    Text list = text_in(spec->arena);
    for (uint32_t i = 0; i < op->attr_count; i++) {
        words[i] = str_from(op->attrs[i].name);
        text_add_format(&list, "%s%s", i ? ", " : "", op->attrs[i].name);
    }
    spec_error(spec, name.place, "`%s` has no attribute `%.*s`", op->name, STR_ARGS(name.text));
    Str known = op->attr_count ? str_format(spec->arena, "it has %.*s", STR_ARGS(text_str(&list)))
                               : str_format(spec->arena, "`%s` has no attributes at all", op->name);
    spec_did_you_mean(spec, name.text, words, op->attr_count, str_terminated(spec->arena, known));
}

/* `key=value` */
static void take_pair(Reading *reading, Draft *draft, Piece token, size_t at)
{
    Piece key = piece_trim(piece_slice(token, 0, at)), value = piece_trim(piece_slice(token, at + 1, token.text.size));
    int index = op_attr(draft->op, key.text);
    if (index < 0) {
        report_attribute(reading->spec, draft->op, key);
        draft->failed = true;
    } else {
        take_value(reading, draft, index, value, key);
    }
}

/* `/2` */
static void take_stride(Reading *reading, Draft *draft, Piece token)
{
    int index = op_attr(draft->op, STR("stride"));
    if (index >= 0) {
        take_value(reading, draft, index, piece_slice(token, 1, token.text.size), token);
        return;
    }
    spec_error(reading->spec, token.place, "`%s` has no stride", draft->op->name);
    spec_hint(reading->spec, "`%.*s` means stride %.*s; a division has blanks on both sides or on none",
              STR_ARGS(token.text), STR_ARGS(str_slice(token.text, 1, token.text.size)));
    draft->failed = true;
}

static bool begins_like_number(Str text)
{
    char c = text.size ? text.at[0] : '\0';
    return (c >= '0' && c <= '9') || c == '(' || c == '-' || c == '.';
}

/* Whether a token can only be meant as a number: it computes something. */
static bool computes(Str text)
{
    bool sign = false;
    for (size_t i = 0; i < text.size; i++)
        sign = sign || text.at[i] == '*' || text.at[i] == '+' || text.at[i] == '%' || text.at[i] == '(';
    return sign || begins_like_number(text);
}

/* `3*3` and `3xx3`: made of digits, and neither a number nor a kernel. */
static bool is_odd_kernel(Str text, bool before, bool several)
{
    size_t crosses = 0, stars = 0;
    for (size_t i = 0; i < text.size; i++) {
        crosses += text.at[i] == 'x';
        stars += text.at[i] == '*';
        if (text.at[i] != 'x' && text.at[i] != '*' && (text.at[i] < '0' || text.at[i] > '9'))
            return false;
    }
    return (crosses && !several) || (stars && before);
}

/* `conv 3, 64`: two plain numbers, one of them for the attribute `index` that several numbers may fill. */
static bool is_unclear(const Draft *draft, int index)
{
    const AttrSpec *attrs = draft->op->attrs;
    return attrs[index].kind == ATTR_INTS && attrs[index - 1].positional && attrs[index - 1].required;
}

/* A number, expression or kernel without a name goes to the next free attribute that stands without one. */
static void take_number(Reading *reading, Draft *draft, Piece token, bool before)
{
    bool several = !expression_is(reading->spec, token.text) && dims_are(reading->spec, token.text);
    if (is_odd_kernel(token.text, before, several)) {
        spec_error(reading->spec, token.place, "`%.*s` is not the size of a kernel", STR_ARGS(token.text));
        spec_hint(reading->spec, "it is written 3x3, or 3 where there is one axis");
        draft->failed = true;
        return;
    }
    int index = draft_next(draft, several || before);
    if (index < 0 && before && !several)
        index = draft_next(draft, false);
    if (index > 0 && !several && !before && is_unclear(draft, index)) {
        spec_error(reading->spec, token.place, "a second plain number, `%.*s`: is it the %s?", STR_ARGS(token.text),
                   draft->op->attrs[index].name);
        spec_hint(reading->spec,
                  "a kernel is written 3x3 or stands before the operation, `3 conv, 64`; a stride is /2; "
                  "everything may have its name: `%s=%.*s`",
                  draft->op->attrs[index].name, STR_ARGS(token.text));
        draft->failed = true;
        return;
    }
    if (index >= 0) {
        take_value(reading, draft, index, token, token);
        return;
    }
    Text list = text_in(reading->spec->arena);
    for (uint32_t i = 0; i < draft->op->attr_count; i++)
        if (draft->op->attrs[i].positional)
            text_add_format(&list, "%s%s", list.size ? ", " : "", draft->op->attrs[i].name);
    spec_error(reading->spec, token.place, "`%s` has no place for `%.*s`", draft->op->name, STR_ARGS(token.text));
    if (list.size)
        spec_hint(reading->spec, "without a name it takes %.*s, once each; others are written `name=value`",
                  STR_ARGS(text_str(&list)));
    draft->failed = true;
}

static bool is_layer(const Spec *spec, Str word)
{
    for (uint32_t i = spec->graph->layer_count; !spec->muted && i-- > 0;)
        if (str_equal(spec->graph->layers[i]->name, word))
            return true;
    return false;
}

/* A word that is nothing: what it could have been. */
static void report_word(Reading *reading, const Draft *draft, Piece word)
{
    Spec *spec = reading->spec;
    Str words[400];
    uint32_t count = 0;
    for (uint32_t i = 0; spec->env && i < spec->env->count && count < 50; i++)
        words[count++] = spec->env->bindings[i].param->name.text;
    for (uint32_t i = 0; i < draft->op->attr_count && count < 100; i++)
        words[count++] = str_from(draft->op->attrs[i].name);
    for (size_t i = 0; op_at(i) && count < 400; i++)
        if (op_at(i)->suffix)
            words[count++] = str_from(op_at(i)->name);
    spec_error(spec, word.place, "`%.*s` is neither an attribute of `%s` nor an operation that can follow it",
               STR_ARGS(word.text), draft->op->name);
    Str nearest = names_nearest(spec->arena, word.text, words, count);
    Value value = {.kind = VALUE_SCALAR, .text = word.text};
    bool truth;
    if (!nearest.size) {
        nearest = op_nearest(spec->arena, word.text);
        nearest = nearest.size && spec_op(spec, nearest)->suffix ? nearest : (Str){0};
    }
    if (value_to_bool(&value, &truth))
        spec_hint(spec, "YAML reads a bare `%.*s` as true or false", STR_ARGS(word.text));
    else if (str_find(word.text, ':') < word.text.size)
        spec_hint(spec, "attributes are written `name=value` here");
    else if (is_layer(spec, word.text))
        spec_hint(spec, "what it reads stands beside the operation: `from: [%.*s, …]`", STR_ARGS(word.text));
    else if (nearest.size)
        spec_hint(spec, "did you mean `%.*s`?", STR_ARGS(nearest));
    else
        spec_hint(spec, "`netikz list ops` shows all operations; a parameter belongs to the block that names it");
}

/* Takes the token at `i` and perhaps the one behind it; how many. */
static uint32_t take_token(Reading *reading, Draft *draft, const Tokens *tokens, uint32_t i, bool before)
{
    Spec *spec = reading->spec;
    Piece token = spec_substitute(spec, tokens->at[i]);
    size_t equals = str_find(token.text, '=');
    bool more = i + 1 < tokens->count;
    if (token.text.at[0] == '/' && token.text.size > 1) {
        take_stride(reading, draft, token);
        return 1;
    }
    if (equals > 0 && equals < token.text.size) {
        take_pair(reading, draft, token, equals);
        return 1;
    }
    bool negated = more && str_equal(token.text, STR("no"));
    int index = spec_binding(spec, token.text) ? -1 : op_attr(draft->op, negated ? tokens->at[i + 1].text : token.text);
    if (index >= 0 && draft->op->attrs[index].kind == ATTR_BOOL) {
        draft_set_bool(spec, draft, (uint32_t)index, !negated, token.place);
        return negated ? 2 : 1;
    }
    if (index >= 0 && !negated && more) {
        take_value(reading, draft, index, tokens->at[i + 1], token);
        return 2;
    }
    int worded = attr_with_word(draft->op, token.text);
    if (worded >= 0)
        take_value(reading, draft, worded, token, token);
    else if (computes(token.text) || dims_are(spec, token.text))
        take_number(reading, draft, token, before);
    else if (op_reads_names(draft->op))
        *ARENA_PUSH(spec->arena, draft->reads, draft->read_count, draft->read_room) = token;
    else {
        report_word(reading, draft, token);
        draft->failed = true;
    }
    return 1;
}

/* Takes all tokens but those that name the operation. */
static void take_tokens(Reading *reading, Draft *draft, const Tokens *tokens, uint32_t from, uint32_t used)
{
    for (uint32_t i = 0; i < tokens->count && !draft->failed;)
        i = used && i == from ? i + used : i + take_token(reading, draft, tokens, i, used && i < from);
}

/* ---- pieces ---------------------------------------------------------------------------------------------------- */

static void report_no_operation(Spec *spec, Piece piece, const Tokens *tokens)
{
    Str word = piece.text;
    size_t colon = str_find(word, ':');
    if (colon + 1 < word.size && spec_op(spec, str_slice(word, 0, colon))) {
        Piece at = piece_slice(piece, colon, colon + 1);
        spec_error(spec, at.place, "a space is missing after `:`");
        return;
    }
    /* In a block that is written out many times the same text comes again and again: what it is near to is looked for once. */
    Str known = str_format(spec->arena, "%.*s no operation", STR_ARGS(spec_place_key(spec, piece.place)));
    if (!names_put(spec->reported, known, spec)) {
        spec->muted = spec->failed = true;
        return;
    }
    uint32_t nearest_token = 0;
    Str nearest = {0};
    for (uint32_t i = 0; i < tokens->count && !nearest.size; i++)
        if (!begins_like_number(tokens->at[i].text)) {
            nearest = op_nearest(spec->arena, tokens->at[i].text);
            nearest_token = i;
        }
    Str blocks[100];
    uint32_t count = 0;
    for (size_t i = 0; i < names_count(spec->blocks) && count < 100; i++)
        blocks[count++] = names_key(spec->blocks, i);
    Str block = tokens->count ? names_nearest(spec->arena, tokens->at[0].text, blocks, count) : (Str){0};
    Piece at = tokens->count == 1 || nearest.size ? tokens->at[nearest_token] : piece;
    if (block.size)
        at = tokens->at[0];
    spec_error(spec, at.place, "no operation is called `%.*s`", STR_ARGS(at.text));
    if (block.size || nearest.size)
        spec_hint(spec, "did you mean `%.*s`?", STR_ARGS(block.size ? block : nearest));
    else
        spec_hint(spec, "`netikz list ops` shows all; what netikz does not know is written `custom: NAME`");
}

static void begin(Reading *reading, Piece piece)
{
    Spec *spec = reading->spec;
    Tokens tokens;
    uint32_t from = 0, used = 0;
    const Op *op = NULL;
    if (!split(spec, piece, &tokens))
        return;
    for (; from < tokens.count && !op; from += !op)
        op = op_at_token(spec, &tokens, from, &used);
    if (!op) {
        report_no_operation(spec, piece, &tokens);
        return;
    }
    reading->main = draft_new(spec, op, tokens.at[from]);
    reading->main->whole = reading->whole;
    take_tokens(reading, reading->main, &tokens, from, used);
}

/* A piece that names an operation of its own: what follows in the same box. */
static void take_suffix(Reading *reading, const Op *op, const Tokens *tokens, uint32_t from, uint32_t used)
{
    Spec *spec = reading->spec;
    Draft *suffix = draft_new(spec, op, tokens->at[from]);
    if (!op->suffix) {
        spec_error(spec, suffix->at.place, "`%s` cannot follow `%s` in one line", op->name, reading->main->op->name);
        spec_hint(spec, "it is a layer of its own: write it as the next item of the list");
        reading->main->failed = true;
        return;
    }
    take_tokens(reading, suffix, tokens, from, used);
    reading->main->failed |= suffix->failed;
    draft_add_suffix(reading->main, suffix);
}

/* Whether the piece is an attribute of the layer: a boolean or one of its words alone, or a name and its value. */
static bool begins_with_attribute(Spec *spec, const Op *op, const Tokens *tokens)
{
    int index = op_attr(op, tokens->at[0].text);
    if (tokens->count == 1 && attr_with_word(op, tokens->at[0].text) >= 0)
        return true;
    if (index < 0 || spec_binding(spec, tokens->at[0].text))
        return str_equal(tokens->at[0].text, STR("no")) && tokens->count == 2;
    return tokens->count == (op->attrs[index].kind == ATTR_BOOL ? 1 : 2);
}

static void take_piece(Reading *reading, Piece piece)
{
    Spec *spec = reading->spec;
    Tokens tokens;
    piece = spec_substitute(spec, piece);
    if (!split(spec, piece, &tokens) || !tokens.count) {
        reading->main->failed = true;
        return;
    }
    const Op *main = reading->main->op;
    bool named =
        op_reads_names(main) && (space_find(reading->site->space, piece.text) || spec_binding(spec, piece.text));
    bool ours = named || begins_with_attribute(spec, main, &tokens) || spec_binding(spec, tokens.at[0].text);
    const Op *op = NULL;
    uint32_t from = 0, used = 0;
    for (; from < tokens.count && !op && !ours; from += !op)
        op = op_at_token(spec, &tokens, from, &used);
    if (op)
        take_suffix(reading, op, &tokens, from, used);
    else
        take_tokens(reading, reading->main, &tokens, 0, 0);
}

Draft *notation_read(Spec *spec, const Site *site, Draft *known, Piece text)
{
    Reading reading = {spec, site, known, text.place};
    Piece rest = text, piece;
    while (notation_cut(&rest, &piece)) {
        if (!piece.text.size) {
            spec_error(spec, text.place, "nothing stands between two commas, or behind the last");
            return NULL;
        }
        bool begun = reading.main != NULL;
        if (begun)
            take_piece(&reading, piece);
        else
            begin(&reading, piece);
        if (!reading.main || reading.main->failed)
            return NULL;
    }
    return reading.main;
}

Block *notation_block(Spec *spec, Piece text, Piece *rest)
{
    size_t end = 0;
    while (end < text.text.size && text.text.at[end] != ' ' && text.text.at[end] != ',' && text.text.at[end] != ':')
        end++;
    Block *block = names_get(spec->blocks, str_slice(text.text, 0, end));
    if (!block)
        return NULL;
    *rest = piece_trim(piece_slice(text, end, text.text.size));
    if (rest->text.size && (rest->text.at[0] == ',' || rest->text.at[0] == ':'))
        *rest = piece_trim(piece_slice(*rest, 1, rest->text.size));
    return block;
}
