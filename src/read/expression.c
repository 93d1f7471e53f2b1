/* SPDX-License-Identifier: MIT */
/* Whole numbers with + - * / // % ( ) over parameters of blocks and symbols of inputs; kernels and shapes of them. */
#include "read/spec.h"

enum { MOST_NESTED = 32, MOST_OPERATORS = 200, MOST_SIZES_BYTES = 256 };

/* Where the reading of an expression stands. */
typedef struct Reader {
    Spec *spec;
    Piece piece;
    size_t at;
    unsigned depth;
    unsigned operators;
    bool quiet;   /* report nothing */
    bool failed;
} Reader;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_identifier(Str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!is_letter(text.at[i]) && (i == 0 || !is_digit(text.at[i])))
            return false;
    return text.size > 0;
}

const Binding *spec_binding(Spec *spec, Str name)
{
    for (uint32_t i = 0; spec->env && i < spec->env->count; i++)
        if (str_equal(spec->env->bindings[i].param->name.text, name)) {
            spec->env->bindings[i].param->used = true;
            return &spec->env->bindings[i];
        }
    return NULL;
}

Piece spec_substitute(Spec *spec, Piece piece)
{
    const Binding *binding = piece.quoted && !piece.exact ? NULL : spec_binding(spec, piece.text);
    return binding && binding->is_word ? binding->word : piece;
}

/* ---- reading -------------------------------------------------------------------------------------------------- */

static char peek(Reader *reader)
{
    Str text = reader->piece.text;
    while (reader->at < text.size && (text.at[reader->at] == ' ' || text.at[reader->at] == '\t'))
        reader->at++;
    return reader->at < text.size ? text.at[reader->at] : '\0';
}

static Dim fail(Reader *reader)
{
    reader->failed = true;
    return DIM_NONE;
}

/* The words that could have been meant by an unknown one. */
static void suggest(Reader *reader, Str word)
{
    Spec *spec = reader->spec;
    uint32_t params = spec->env ? spec->env->count : 0, symbols = (uint32_t)names_count(spec->symbols), count = 0;
    Str *words = ARENA_ARRAY(spec->arena, params + symbols, Str);
    for (uint32_t i = 0; i < params; i++)
        words[count++] = spec->env->bindings[i].param->name.text;
    for (uint32_t i = 0; i < symbols; i++)
        words[count++] = names_key(spec->symbols, i);
    Text known = text_in(spec->arena);
    for (uint32_t i = 0; i < count; i++)
        text_add_format(&known, "%s%.*s", i ? ", " : "", STR_ARGS(words[i]));
    const char *list = str_terminated(spec->arena, text_str(&known));
    spec_did_you_mean(spec, word, words, count,
                      count ? str_terminated(spec->arena, str_format(spec->arena, "known here: %s", list))
                            : "numbers may hold parameters of the block around them and symbols of the input; "
                              "here there are none");
}

static Dim fail_at(Reader *reader, size_t from, size_t to, const char *what)
{
    if (!reader->quiet && !reader->failed) {
        Piece part = piece_slice(reader->piece, from, to);
        spec_error(reader->spec, part.place, "%s `%.*s`", what, STR_ARGS(part.text));
    }
    return fail(reader);
}

static Dim read_word(Reader *reader)
{
    size_t from = reader->at;
    Str text = reader->piece.text;
    while (reader->at < text.size && (is_letter(text.at[reader->at]) || is_digit(text.at[reader->at])))
        reader->at++;
    Str word = str_slice(text, from, reader->at);
    const Binding *binding = spec_binding(reader->spec, word);
    if (binding && !binding->is_word)
        return binding->dim;
    if (binding) {
        fail_at(reader, from, reader->at, "a number is needed, and this parameter is a word:");
        if (!reader->quiet)
            spec_note(reader->spec, binding->word.place, "it is `%.*s` here", STR_ARGS(binding->word.text));
        return DIM_NONE;
    }
    if (names_get(reader->spec->symbols, word))
        return read_bound(reader->spec->arena, reader->spec->options, dim_symbol(reader->spec->arena, word));
    bool first = !reader->failed && !reader->quiet;
    fail_at(reader, from, reader->at, "unknown parameter");
    if (first)
        suggest(reader, word);
    return DIM_NONE;
}

static Dim read_number(Reader *reader)
{
    size_t from = reader->at;
    int64_t n;
    while (is_digit(reader->at < reader->piece.text.size ? reader->piece.text.at[reader->at] : '\0'))
        reader->at++;
    Str digits = str_slice(reader->piece.text, from, reader->at);
    if (str_to_int(digits, &n))
        return dim_int(n);
    return fail_at(reader, from, reader->at, "this number is too large:");
}

static Dim read_sum(Reader *reader);

static Dim read_primary(Reader *reader)
{
    char c = peek(reader);
    size_t from = reader->at;
    if (++reader->operators > MOST_OPERATORS || reader->depth > MOST_NESTED)
        return fail_at(reader, from, reader->piece.text.size, "this expression is too long or too deep:");
    if (is_digit(c))
        return read_number(reader);
    if (is_letter(c))
        return read_word(reader);
    if (c == '-') {
        reader->at++;
        reader->depth++;
        Dim negative = dim_sub(reader->spec->arena, dim_int(0), read_primary(reader));
        reader->depth--;
        return negative;
    }
    if (c != '(')
        return c ? fail_at(reader, from, from + 1, "a number is needed before")
                 : fail_at(reader, 0, reader->piece.text.size, "a number is missing at the end of");
    reader->at++;
    reader->depth++;
    Dim inner = read_sum(reader);
    reader->depth--;
    if (peek(reader) != ')')
        return fail_at(reader, from, reader->piece.text.size, "this `(` is not closed:");
    reader->at++;
    return inner;
}

static Dim divide(Reader *reader, Dim a, Dim b, bool exact, size_t from)
{
    Arena *arena = reader->spec->arena;
    if (reader->quiet)
        return DIM_NONE;
    if (dim_is(b, 0))
        return fail_at(reader, from, reader->at, "division by zero in");
    if (!exact)
        return dim_div(arena, a, b);
    Dim quotient = dim_div_exact(arena, a, b);
    if (quotient.kind == DIM_UNKNOWN && a.kind == DIM_INT && b.kind == DIM_INT) {
        if (!reader->failed) {
            Piece part = piece_trim(piece_slice(reader->piece, from, reader->at));
            spec_error(reader->spec, part.place, "%lld is not divisible by %lld in `%.*s`", (long long)a.n,
                       (long long)b.n, STR_ARGS(part.text));
            spec_hint(reader->spec, "`//` rounds down");
        }
        return fail(reader);
    }
    return quotient.kind == DIM_UNKNOWN ? dim_div(arena, a, b) : quotient;
}

static Dim modulo(Reader *reader, Dim a, Dim b, size_t from)
{
    if (reader->quiet)
        return DIM_NONE;
    if (a.kind != DIM_INT || b.kind != DIM_INT || b.n <= 0)
        return fail_at(reader, from, reader->at, "`%` needs two known numbers in");
    int64_t rest = a.n % b.n;
    return dim_int(rest < 0 ? rest + b.n : rest);
}

static Dim read_product(Reader *reader)
{
    peek(reader);
    size_t from = reader->at;
    Dim left = read_primary(reader);
    while (!reader->failed) {
        char c = peek(reader);
        if (c != '*' && c != '/' && c != '%')
            break;
        reader->at++;
        bool whole = c == '/' && reader->at < reader->piece.text.size && reader->piece.text.at[reader->at] == '/';
        reader->at += whole;
        Dim right = read_primary(reader);
        if (reader->failed)
            break;
        left = c == '*' ? dim_mul(reader->spec->arena, left, right)
               : c == '/' ? divide(reader, left, right, !whole, from)
                          : modulo(reader, left, right, from);
    }
    return left;
}

static Dim read_sum(Reader *reader)
{
    Dim left = read_product(reader);
    while (!reader->failed) {
        char c = peek(reader);
        if (c != '+' && c != '-')
            break;
        reader->at++;
        Dim right = read_product(reader);
        left = c == '+' ? dim_add(reader->spec->arena, left, right) : dim_sub(reader->spec->arena, left, right);
    }
    return left;
}

static Dim read_all(Reader *reader)
{
    Dim d = read_sum(reader);
    if (!reader->failed && peek(reader))
        return fail_at(reader, reader->at, reader->piece.text.size, "a whole number is expected, and not");
    return reader->failed ? DIM_NONE : d;
}

bool expression_is(Spec *spec, Str text)
{
    Reader reader = {.spec = spec, .piece = {.text = text}, .quiet = true};
    read_all(&reader);
    return !reader.failed;
}

/* Texts that other programs read as numbers, and netikz does not. */
static const char *number_trap(Str text)
{
    if (str_find(text, ':') < text.size)
        return "YAML takes 1:30 for 90 (hours and minutes); write the number itself";
    if (text.size > 2 && text.at[0] == '0' && (text.at[1] == 'x' || text.at[1] == 'o'))
        return "write the number in decimal";
    if (str_find(text, 'x') < text.size)
        return "one number belongs here, not several joined by x";
    if (str_find(text, '_') < text.size)
        return "write the number without `_`";
    if (str_find(text, '.') < text.size)
        return "only whole numbers belong here";
    return "write a whole number without letters: 1000, not 1k or 1e3";
}

static bool is_trap(Str text)
{
    bool fits = text.size > 1 && is_digit(text.at[0]);
    for (size_t i = 0; i < text.size && fits; i++)
        fits = is_digit(text.at[i]) || is_letter(text.at[i]) || text.at[i] == ':' || text.at[i] == '.';
    size_t digits = 0;
    while (digits < text.size && is_digit(text.at[digits]))
        digits++;
    return fits && digits < text.size;
}

bool expression_read(Spec *spec, Piece piece, Dim *dim)
{
    static const Str words[] = {{"no", 2}, {"yes", 3}, {"on", 2}, {"off", 3}, {"true", 4}, {"false", 5}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal_nocase(piece.text, words[i]) && !spec_binding(spec, piece.text)) {
            spec_error(spec, piece.place, "a whole number is expected, and not `%.*s`", STR_ARGS(piece.text));
            spec_hint(spec, "YAML reads a bare `%.*s` as true or false", STR_ARGS(piece.text));
            return false;
        }
    if (is_trap(piece.text)) {
        spec_error(spec, piece.place, "`%.*s` is not a whole number", STR_ARGS(piece.text));
        spec_hint(spec, "%s", number_trap(piece.text));
        return false;
    }
    Reader reader = {.spec = spec, .piece = piece};
    *dim = read_all(&reader);
    return !reader.failed;
}

/* ---- sizes joined by x ----------------------------------------------------------------------------------------- */

/* The bytes of an x or × at `at`, or 0. */
static size_t cross_at(Str text, size_t at)
{
    if (text.at[at] == 'x' || text.at[at] == 'X')
        return 1;
    return str_starts(str_slice(text, at, text.size), STR("×")) ? STR("×").size : 0;
}

/* The end of the first size from `from` on: the shortest stretch before an x that can be read, else all. */
static size_t size_end(Spec *spec, Str text, size_t from)
{
    if (expression_is(spec, str_slice(text, from, text.size)))
        return text.size;
    for (size_t at = from + 1; at < text.size && text.size <= MOST_SIZES_BYTES; at++)
        if (cross_at(text, at)) {
            Str size = str_slice(text, from, at);
            if (str_equal(size, STR("?")) || expression_is(spec, size))
                return at;
        }
    return text.size;
}

bool dims_are(Spec *spec, Str text)
{
    uint32_t count = 0;
    for (size_t from = 0; from <= text.size;) {
        size_t end = size_end(spec, text, from);
        Str size = str_slice(text, from, end);
        if (++count > SHAPE_MAX_RANK || !(str_equal(size, STR("?")) || expression_is(spec, size)))
            return false;
        if (end == text.size)
            return true;
        from = end + cross_at(text, end);
    }
    return false;
}

bool dims_read(Spec *spec, Piece piece, DimList *list)
{
    Str text = piece.text;
    list->count = 0;
    for (size_t from = 0; from <= text.size;) {
        size_t end = size_end(spec, text, from);
        if (list->count == SHAPE_MAX_RANK) {
            spec_error(spec, piece.place, "more than %d sizes", SHAPE_MAX_RANK);
            return false;
        }
        Dim *dim = &list->dims[list->count++];
        *dim = DIM_NONE;
        Piece size = piece_slice(piece, from, end);
        if (!str_equal(size.text, STR("?")) && !expression_read(spec, size, dim))
            return false;
        if (end == text.size)
            return true;
        from = end + cross_at(text, end);
    }
    return true;
}
