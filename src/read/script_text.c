/* SPDX-License-Identifier: MIT */
/* Files of code in a TorchScript archive: lines put together, functions and what classes call their parameters. */
#include "read/script.h"

#include "format/zip.h"

/* ---- lines -------------------------------- */

/* The end of a text in quotes that begins at `at`. */
static size_t skip_quotes(Str text, size_t at)
{
    char quote = text.at[at++];
    while (at < text.size && text.at[at] != quote && text.at[at] != '\n')
        at += text.at[at] == '\\' ? 2 : 1;
    return at < text.size ? at : text.size - 1;
}

/* The end of the line that begins at `at`: where all brackets are closed. */
static size_t end_of_line(Str text, size_t at, uint32_t *lines)
{
    int depth = 0;
    for (; at < text.size; at++) {
        char c = text.at[at];
        if (c == '"' || c == '\'')
            at = skip_quotes(text, at);
        depth += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
        *lines += c == '\n';
        if (c == '\n' && depth <= 0)
            break;
    }
    return at;
}

static void split_lines(Script *script, ScriptFile *file, Str text)
{
    uint32_t number = 1;
    for (size_t at = 0; at < text.size; at++) {
        uint32_t indent = 0, here = number;
        for (; at < text.size && text.at[at] == ' '; at++)
            indent++;
        size_t end = end_of_line(text, at, &number);
        Str line = str_trim(str_slice(text, at, end));
        if (line.size && line.at[0] != '#')
            *ARENA_PUSH(script->arena, file->lines, file->count, file->room) = (ScriptLine){line, indent, here};
        at = end;
    }
}

/* ---- functions -------------------------------- */

static Str after(Str text, Str word)
{
    return str_slice(text, word.size, text.size);
}

/* `def name(parameters) -> type:` */
static void add_function(Script *script, ScriptFile *file, uint32_t index, Str class)
{
    Str head = after(file->lines[index].text, STR("def ")), rest;
    size_t open = str_find(head, '('), close = open;
    for (int depth = 0; close < head.size; close++) {
        depth += (head.at[close] == '(' || head.at[close] == '[') - (head.at[close] == ')' || head.at[close] == ']');
        if (!depth)
            break;
    }
    ScriptFunction *function = ARENA_NEW(script->arena, ScriptFunction);
    *function = (ScriptFunction){.file = file, .parameters = str_slice(head, open + 1, close), .first = index + 1};
    for (function->end = index + 1; function->end < file->count; function->end++)
        if (file->lines[function->end].indent <= file->lines[index].indent)
            break;
    rest = str_trim(str_slice(head, 0, open));
    if (class.size)
        rest = str_format(script->arena, "%.*s.%.*s", STR_ARGS(class), STR_ARGS(rest));
    names_set(file->functions, rest, function);
}

static void find_functions(Script *script, ScriptFile *file)
{
    Str class = {0};
    for (uint32_t i = 0; i < file->count; i++) {
        Str text = file->lines[i].text;
        if (!file->lines[i].indent)
            class = (Str){0};
        if (str_starts(text, STR("class "))) {
            class = after(text, STR("class "));
            class = str_slice(class, 0, str_find(class, '('));
        } else if (str_starts(text, STR("def "))) {
            add_function(script, file, i, class);
        } else if (class.size && str_starts(text, STR("__parameters__"))) {
            Str *list = ARENA_NEW(script->arena, Str);
            *list = text;
            names_set(file->parameters, class, list);
        }
    }
}

/* ---- files -------------------------------- */

/* `__torch__.a.b` stands in code/__torch__/a/b.py. */
static Str path_of(const Script *script, Str dotted)
{
    Text text = text_in(script->arena);
    text_add(&text, script->prefix);
    text_add(&text, STR("code/"));
    for (size_t i = 0; i < dotted.size; i++)
        text_add_char(&text, dotted.at[i] == '.' ? '/' : dotted.at[i]);
    text_add(&text, STR(".py"));
    return text_str(&text);
}

static size_t last_dot(Str dotted)
{
    size_t end = dotted.size;
    while (end && dotted.at[end - 1] != '.')
        end--;
    return end;
}

Str script_last(Str dotted)
{
    return str_slice(dotted, last_dot(dotted), dotted.size);
}

ScriptFile *script_file(Script *script, Str dotted, Str *name)
{
    enum { MOST_FILES = 4000 };
    size_t dot = last_dot(dotted);
    Str key = str_slice(dotted, 0, dot ? dot - 1 : 0), text = {0};
    *name = script_last(dotted);
    ScriptFile *file = names_get(script->files, key);
    if (file)
        return file;
    if (!dot || !str_starts(key, STR("__torch__")) || names_count(script->files) == MOST_FILES)
        return NULL;
    file = ARENA_NEW(script->arena, ScriptFile);
    *file = (ScriptFile){.name = path_of(script, key), .functions = names_new(script->arena), .parameters = names_new(script->arena)};
    names_put(script->files, str_copy(script->arena, key), file);
    ZipTrouble trouble = zip_read(script->arena, script->source->bytes, file->name, SCRIPT_MOST_BYTES - script->bytes, &text);
    if (trouble == ZIP_NO_ZLIB)
        script_fail(script, "the code is compressed, and this netikz was built without zlib", file->name);
    else if (trouble != ZIP_FINE && trouble != ZIP_MISSING)
        script_fail(script, "a damaged or too large file of code", file->name);
    script->bytes += text.size;
    split_lines(script, file, text);
    find_functions(script, file);
    return file;
}

const ScriptFunction *script_function(Script *script, Str dotted, Str method)
{
    Str name;
    ScriptFile *file = script_file(script, dotted, &name);
    if (!file)
        return NULL;
    Str key = method.size ? str_format(script->arena, "%.*s.%.*s", STR_ARGS(name), STR_ARGS(method)) : name;
    return names_get(file->functions, key);
}

/* ---- classes -------------------------------- */

bool script_is_module(const Pickle *object)
{
    const Pickle *maker = object && object->kind == PICKLE_OBJECT ? object->maker : NULL;
    return maker && maker->kind == PICKLE_CLASS && str_starts(maker->text, STR("__torch__"));
}

Str script_class(const Script *script, const Pickle *object)
{
    if (!script_is_module(object))
        return (Str){0};
    const Pickle *maker = object->maker;
    size_t blank = str_find(maker->text, ' ');
    return str_format(script->arena, "%.*s.%.*s", STR_ARGS(str_slice(maker->text, 0, blank)),
                      STR_ARGS(str_slice(maker->text, blank + 1, maker->text.size)));
}

/* `__parameters__ = ["weight", "bias", ]` */
bool script_is_parameter(Script *script, const Pickle *object, Str name)
{
    Str class, quoted = str_format(script->arena, "\"%.*s\"", STR_ARGS(name));
    const ScriptFile *file = script_file(script, script_class(script, object), &class);
    const Str *list = file ? names_get(file->parameters, class) : NULL;
    script_work(script, list ? list->size / 1024 : 0);
    for (size_t i = 0; list && i + quoted.size <= list->size; i++)
        if (str_starts(str_slice(*list, i, list->size), quoted))
            return true;
    return false;
}
