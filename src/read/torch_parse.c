/* SPDX-License-Identifier: MIT */
/* The tree that `print(model)` writes: one module a line, `(name): Class(arguments)`, children between its parentheses. */
#include "read/torch.h"

typedef struct Parser {
    Arena *arena;
    Diags *diags;
    const Source *source;
    TorchModule *open;     /* whose children follow */
    TorchModule *root;
    uint32_t depth, count, line;
    bool done;             /* the root is closed */
} Parser;

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static size_t word_size(Str text)
{
    size_t size = 0;
    while (size < text.size && is_word(text.at[size]))
        size++;
    return size;
}

/* `(name): ` at the beginning; what follows it stays in `text`. */
static bool take_name(Str *text, Str *name)
{
    if (!str_starts(*text, STR("(")))
        return false;
    for (size_t i = 1; i + 1 < text->size; i++)
        if (text->at[i] == ')' && text->at[i + 1] == ':') {
            *name = str_slice(*text, 1, i);
            *text = str_trim(str_slice(*text, i + 2, text->size));
            return true;
        }
    return false;
}

/* `12 x ` before the class, and where the numbers `0-11` begin. */
static void take_times(TorchModule *module, Str *text)
{
    size_t blank = str_find(*text, ' ');
    Str rest = str_slice(*text, blank, text->size);
    int64_t times, first;
    if (!str_starts(rest, STR(" x ")) || !str_to_int(str_slice(*text, 0, blank), &times) || times < 1 ||
        !str_to_int(str_slice(module->name, 0, str_find(module->name, '-')), &first) || first < 0)
        return;
    module->number = first;
    module->times = times < TORCH_MOST_MODULES ? times : TORCH_MOST_MODULES;
    *text = str_slice(rest, 3, rest.size);
}

static void fail(Parser *parser, const char *what)
{
    diag_error(parser->diags, (Place){.source = parser->source, .line = parser->line, .column = 1}, "%s", what);
}

static TorchModule *add_module(Parser *parser, Str name, Str indented, Str line)
{
    TorchModule *module = ARENA_NEW(parser->arena, TorchModule);
    module->name = name;
    module->times = 1;
    module->parent = parser->open;
    module->place = (Place){.source = parser->source, .line = parser->line,
                            .column = (uint32_t)(line.at - indented.at) + 1, .length = (uint32_t)(line.size)};
    if (!parser->open)
        parser->root = module;
    else if (parser->open->last)
        parser->open->last->next = module;
    else
        parser->open->first = module;
    if (parser->open)
        parser->open->last = module;
    parser->count++;
    return module;
}

/* A scripted module is printed under one class; what it was stands in its argument. */
static void name_scripted(TorchModule *module)
{
    Str key = STR("original_name=");
    if (str_ends(module->kind, STR("ScriptModule")) && str_starts(module->arguments, key)) {
        module->kind = str_slice(module->arguments, key.size, str_find(module->arguments, ','));
        module->arguments = (Str){0};
    }
}

/* The text of a parameter, which is no module. */
static bool read_parameter(TorchModule *module, Str text)
{
    Str mark = STR("Parameter containing:");
    if (!str_starts(text, mark))
        return false;
    module->kind = STR("Parameter");
    module->arguments = str_trim(str_slice(text, mark.size, text.size));
    return true;
}

/* A list of one parameter is printed on one line. */
static void add_single(Parser *parser, TorchModule *list)
{
    Str text = list->arguments, name;
    TorchModule *parent = parser->open;
    if (!torch_is_container(list->kind) || !take_name(&text, &name))
        return;
    parser->open = list;
    read_parameter(add_module(parser, name, list->arguments, list->arguments), text);
    parser->open = parent;
}

/* `Class(arguments)`, or `Class(` whose children follow. */
static bool read_module(Parser *parser, TorchModule *module, Str text)
{
    take_times(module, &text);
    size_t size = str_find(text, '(');
    module->kind = str_trim(str_slice(text, 0, size));
    if (read_parameter(module, text))
        return true;
    if (str_equal(text, STR("None")))
        module->kind = (Str){0};
    if (!size || size == text.size)
        return !module->kind.size && size;
    bool closed = str_ends(text, STR(")"));
    module->arguments = str_trim(str_slice(text, size + 1, text.size - closed));
    name_scripted(module);
    if (closed) {
        add_single(parser, module);
        parser->done = !parser->open;
        return true;
    }
    if (parser->depth++ == TORCH_MOST_DEPTH) {
        fail(parser, "modules are nested more than 100 deep");
        return false;
    }
    parser->open = module;
    return true;
}

static void close_module(Parser *parser)
{
    name_scripted(parser->open);
    parser->open = parser->open->parent;
    parser->depth--;
    parser->done = !parser->open;
}

/* Lines that are neither a child nor a closing parenthesis go on with the arguments. */
static bool read_line(Parser *parser, Str line)
{
    Str text = str_trim(line), name = {0};
    Str begin = text;
    if (!text.size)
        return true;
    if (parser->open && str_equal(text, STR(")"))) {
        close_module(parser);
        return true;
    }
    if (parser->open && !take_name(&text, &name)) {
        if (!parser->open->arguments.size)
            parser->open->arguments = text;
        return true;
    }
    if (parser->count == TORCH_MOST_MODULES) {
        fail(parser, "the tree has more than 50000 modules");
        return false;
    }
    size_t before = diags_errors(parser->diags);
    if (read_module(parser, add_module(parser, name, line, begin), text))
        return true;
    if (diags_errors(parser->diags) == before)
        fail(parser, "a line of a printed module tree reads `(name): Class(arguments)`");
    return false;
}

TorchModule *torch_parse(Arena *arena, Diags *diags, const Source *source)
{
    Parser parser = {.arena = arena, .diags = diags, .source = source};
    Str rest = source->bytes, line;
    while (!parser.done && str_cut(&rest, '\n', &line)) {
        parser.line++;
        if (!read_line(&parser, line))
            return NULL;
    }
    if (parser.root && parser.done)
        return parser.root;
    fail(&parser, parser.root ? "the text ends inside of a module: a closing parenthesis is missing"
                              : "there is no module here");
    if (parser.root)
        diag_hint(diags, "save all of what print(model) writes");
    return NULL;
}

/* A class and an opening parenthesis alone on the first line, and a module in parentheses soon behind. */
bool torch_recognises(Str bytes)
{
    enum { ENOUGH = 64 };
    Str rest = str_slice(bytes, 0, 1 << 16), line, name;
    bool open = false;
    for (int i = 0; i < ENOUGH && str_cut(&rest, '\n', &line); i++) {
        Str text = str_trim(line);
        size_t size = word_size(text);
        if (open && take_name(&text, &name) && word_size(text))
            return true;
        if (!open && text.size && !(size && size + 1 <= text.size && text.at[size] == '('))
            return false;
        if (open && size && str_starts(str_slice(text, size, text.size), STR(":")))
            return false;
        open = open || text.size;
    }
    return false;
}
