/* SPDX-License-Identifier: MIT */
/* Expressions in the code of TorchScript archives, evaluated where they stand: names, attributes, calls, lists. */
#include "read/script.h"

static char peek(Str *text)
{
    *text = str_trim(*text);
    return text->size ? text->at[0] : 0;
}

static bool take(Str *text, char c)
{
    if (peek(text) != c)
        return false;
    *text = str_slice(*text, 1, text->size);
    return true;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static Str take_word(Str *text)
{
    size_t size = 0;
    while (size < text->size && is_word(text->at[size]))
        size++;
    Str word = str_slice(*text, 0, size);
    *text = str_slice(*text, size, text->size);
    return word;
}

static ScriptValue *fail(Script *script)
{
    script_fail(script, "netikz cannot read a line of the code in this archive", (Str){0});
    return script_new(script, SCRIPT_UNKNOWN);
}

/* ---- literals -------------------------------- */

static ScriptValue *text_literal(Script *script, Str *text)
{
    char quote = text->at[0];
    size_t end = 1;
    while (end < text->size && text->at[end] != quote)
        end += text->at[end] == '\\' ? 2 : 1;
    Str content = str_slice(*text, 1, end);
    *text = str_slice(*text, end + 1, text->size);
    return script_text(script, SCRIPT_TEXT, content);
}

/* `3`, `-1`, `1.0000000000000001e-05`, of which what shapes need is exact. */
static ScriptValue *number_literal(Script *script, Str *text)
{
    size_t size = text->at[0] == '-';
    int64_t n;
    while (size < text->size && (is_word(text->at[size]) || text->at[size] == '.' ||
                                 ((text->at[size] == '-' || text->at[size] == '+') && text->at[size - 1] == 'e')))
        size++;
    Str digits = str_slice(*text, 0, size);
    *text = str_slice(*text, size, text->size);
    if (str_to_int(digits, &n))
        return script_int(script, dim_int(n));
    ScriptValue *value = script_new(script, SCRIPT_FLOAT);
    size_t dot = str_find(digits, '.'), exponent = str_find(digits, 'e');
    double unit = 1;
    bool negative = digits.size && digits.at[0] == '-';
    int64_t power = 0;
    for (size_t i = negative; i < digits.size && i < exponent; i++) {
        if (i == dot || !(digits.at[i] >= '0' && digits.at[i] <= '9'))
            continue;
        unit = i > dot ? unit / 10 : unit;
        value->number = i > dot ? value->number + unit * (digits.at[i] - '0') : value->number * 10 + (digits.at[i] - '0');
    }
    if (exponent < digits.size && str_to_int(str_slice(digits, exponent + 1, digits.size), &power))
        for (; power && power > -400 && power < 400; power += power < 0 ? 1 : -1)
            value->number = power < 0 ? value->number / 10 : value->number * 10;
    value->number = negative ? -value->number : value->number;
    return value;
}

/* What stands between brackets, separated by commas, one of which may come last. */
static ScriptValue *items(Script *script, Names *locals, Str *text, char close, bool *comma)
{
    ScriptValue *list = script_new(script, SCRIPT_LIST);
    *comma = false;
    while (!script->failed && !take(text, close)) {
        script_add(script, list, script_eval(script, locals, text));
        bool more = take(text, ',');
        *comma = *comma || more;
        if (!more && peek(text) != close)
            return fail(script);
    }
    return list;
}

/* A table is a list of keys and values in turn. */
static ScriptValue *table(Script *script, Names *locals, Str *text)
{
    ScriptValue *list = script_new(script, SCRIPT_LIST);
    while (!script->failed && !take(text, '}')) {
        script_add(script, list, script_eval(script, locals, text));
        if (!take(text, ':'))
            return fail(script);
        script_add(script, list, script_eval(script, locals, text));
        if (!take(text, ',') && peek(text) != '}')
            return fail(script);
    }
    return list;
}

static ScriptValue *word_value(Script *script, Names *locals, Str word)
{
    ScriptValue *local = names_get(locals, word);
    if (local)
        return local;
    if (str_equal(word, STR("True")) || str_equal(word, STR("False")))
        return script_bool(script, word.size == 4);
    if (str_equal(word, STR("None")))
        return script_new(script, SCRIPT_NONE);
    return script_text(script, SCRIPT_PATH, word);
}

static ScriptValue *primary(Script *script, Names *locals, Str *text)
{
    char c = peek(text);
    bool comma;
    if (c == '"' || c == '\'')
        return text_literal(script, text);
    if (c == '-' || (c >= '0' && c <= '9'))
        return number_literal(script, text);
    if (take(text, '{'))
        return table(script, locals, text);
    if (take(text, '['))
        return items(script, locals, text, ']', &comma);
    if (take(text, '(')) {
        ScriptValue *list = items(script, locals, text, ')', &comma);
        return list->kind == SCRIPT_LIST && list->count == 1 && !comma ? list->items[0] : list;
    }
    Str word = take_word(text);
    return word.size ? word_value(script, locals, word) : fail(script);
}

/* ---- attributes -------------------------------- */

/* Constants of an archive are called CONSTANTS.c0, c1 … */
static ScriptValue *constant(Script *script, Str name)
{
    int64_t index;
    if (!name.size || !str_to_int(str_slice(name, 1, name.size), &index) || index < 0 || index > INT32_MAX)
        return script_new(script, SCRIPT_UNKNOWN);
    return script_of(script, pickle_at(script->constants, (uint32_t)index), NULL, name);
}

static ScriptValue *attribute(Script *script, ScriptValue *of, Str name)
{
    if (of->kind == SCRIPT_PATH && str_equal(of->text, STR("CONSTANTS")))
        return constant(script, name);
    if (of->kind == SCRIPT_PATH)
        return script_text(script, SCRIPT_PATH, str_format(script->arena, "%.*s.%.*s", STR_ARGS(of->text), STR_ARGS(name)));
    if (of->kind != SCRIPT_MODULE)
        return script_new(script, SCRIPT_UNKNOWN);
    const Pickle *state = of->object->state, *held = pickle_get(state, name);
    script_work(script, state ? state->count / 64 : 0);
    if (held)
        return script_of(script, held, of, name);
    ScriptValue *method = script_text(script, SCRIPT_METHOD, name);
    script_add(script, method, of);
    return method;
}

static ScriptValue *element(Script *script, ScriptValue *of, const ScriptValue *index)
{
    if (of->kind == SCRIPT_PATH) /* `List[int]`: a type */
        return of;
    for (uint32_t i = 0; of->kind == SCRIPT_LIST && index->kind == SCRIPT_TEXT && i + 1 < of->count && script_work(script, 1); i += 2)
        if (of->items[i]->kind == SCRIPT_TEXT && str_equal(of->items[i]->text, index->text))
            return of->items[i + 1];
    if (of->kind != SCRIPT_LIST || index->kind != SCRIPT_INT || index->n.kind != DIM_INT)
        return script_new(script, SCRIPT_UNKNOWN);
    int64_t at = index->n.n < 0 ? index->n.n + of->count : index->n.n;
    return at >= 0 && at < of->count ? of->items[at] : script_new(script, SCRIPT_UNKNOWN);
}

/* ---- calls -------------------------------- */

typedef struct Arguments {
    ScriptValue **values;
    uint32_t count, room;
    Names *named; /* NULL: none */
} Arguments;

/* `name=` before the value of an argument. */
static Str take_key(Str *text)
{
    Str rest = str_trim(*text), key = take_word(&rest);
    if (!key.size || !rest.size || rest.at[0] != '=' || (rest.size > 1 && rest.at[1] == '='))
        return (Str){0};
    *text = str_slice(rest, 1, rest.size);
    return key;
}

static bool read_arguments(Script *script, Names *locals, Str *text, Arguments *arguments)
{
    while (!script->failed && !take(text, ')')) {
        Str key = take_key(text);
        ScriptValue *value = script_eval(script, locals, text);
        if (key.size && !arguments->named)
            arguments->named = names_new(script->arena);
        if (key.size)
            names_set(arguments->named, key, value);
        else
            *ARENA_PUSH(script->arena, arguments->values, arguments->count, arguments->room) = value;
        if (!take(text, ',') && peek(text) != ')') {
            fail(script);
            return false;
        }
    }
    return !script->failed;
}

static ScriptValue *call_path(Script *script, Str path, Arguments *arguments)
{
    ScriptValue **values = arguments->values;
    uint32_t count = arguments->count;
    if (str_equal(path, STR("annotate")) || str_equal(path, STR("unchecked_cast")))
        return count > 1 ? values[1] : script_new(script, SCRIPT_UNKNOWN);
    if (str_equal(path, STR("getattr")) && count > 1 && values[1]->kind == SCRIPT_TEXT)
        return attribute(script, values[0], values[1]->text);
    if (str_starts(path, STR("__torch__."))) {
        const ScriptFunction *function = script_function(script, path, (Str){0});
        if (function)
            return script_call(script, function, NULL, values, count, arguments->named);
        /* a tuple with names */
        ScriptValue *list = script_new(script, SCRIPT_LIST);
        for (uint32_t i = 0; i < count; i++)
            script_add(script, list, values[i]);
        return list;
    }
    Str name = script_last(path);
    ScriptValue *value = script_builtin(script, name, values, count);
    return value ? value : script_op(script, name, values, count, arguments->named);
}

static ScriptValue *call_value(Script *script, ScriptValue *callee, Arguments *arguments)
{
    if (callee->kind == SCRIPT_PATH)
        return call_path(script, callee->text, arguments);
    if (callee->kind == SCRIPT_METHOD) {
        ScriptValue *self = callee->items[0];
        const ScriptFunction *function = script_function(script, script_class(script, self->object), callee->text);
        if (function)
            return script_call(script, function, self, arguments->values, arguments->count, arguments->named);
    }
    return script_new(script, SCRIPT_UNKNOWN);
}

ScriptValue *script_eval(Script *script, Names *locals, Str *text)
{
    if (script->failed)
        return script_new(script, SCRIPT_UNKNOWN);
    if (script->depth++ == SCRIPT_MOST_DEPTH) {
        script_fail(script, "the code is nested too deep", (Str){0});
        return script_new(script, SCRIPT_UNKNOWN);
    }
    ScriptValue *value = primary(script, locals, text);
    while (!script->failed) {
        if (take(text, '.')) {
            value = attribute(script, value, take_word(text));
        } else if (take(text, '[')) {
            bool comma;
            ScriptValue *index = items(script, locals, text, ']', &comma);
            value = element(script, value, index->count == 1 ? index->items[0] : index);
        } else if (take(text, '(')) {
            Arguments arguments = {0};
            if (read_arguments(script, locals, text, &arguments))
                value = call_value(script, value, &arguments);
        } else {
            break;
        }
    }
    script->depth--;
    return value;
}
