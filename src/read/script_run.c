/* SPDX-License-Identifier: MIT */
/* Functions in the code of TorchScript archives: their parameters, and statements, one line after the other. */
#include "read/script.h"

/* ---- statements -------------------------------- */

typedef enum Flow { FLOW_ON, FLOW_RETURN, FLOW_BREAK, FLOW_CONTINUE } Flow;

typedef struct Body {
    Script *script;
    const ScriptFunction *function;
    Names *locals;
    ScriptValue *result;
} Body;

static Flow run_block(Body *body, uint32_t from, uint32_t to);

static ScriptValue *evaluate(Body *body, Str text)
{
    ScriptValue *value = script_eval(body->script, body->locals, &text);
    text = str_trim(text);
    if (str_starts(text, STR(","))) { /* `return a, b` and `x = a, b` */
        ScriptValue *list = script_new(body->script, SCRIPT_LIST);
        script_add(body->script, list, value);
        while (!body->script->failed && str_starts(text, STR(",")) && text.size > 1) {
            text = str_slice(text, 1, text.size);
            script_add(body->script, list, script_eval(body->script, body->locals, &text));
            text = str_trim(text);
        }
        value = list;
    }
    if (text.size && !str_starts(text, STR(",")))
        script_fail(body->script, "netikz cannot read a line of the code in this archive", (Str){0});
    return value;
}

/* The lines that stand deeper than the one before them. */
static uint32_t block_end(const Body *body, uint32_t from)
{
    const ScriptFile *file = body->function->file;
    uint32_t end = from;
    while (end < body->function->end && file->lines[end].indent > file->lines[from - 1].indent)
        end++;
    script_work(body->script, (end - from) / 16);
    return end;
}

static bool raises(const Body *body, uint32_t from, uint32_t to)
{
    const ScriptFile *file = body->function->file;
    Str word = STR("ops.prim.RaiseException");
    for (uint32_t i = from; i < to; i++)
        if (file->lines[i].indent == file->lines[from].indent && str_starts(file->lines[i].text, word))
            return true;
    return false;
}

/* What depends on the data is taken to go where nothing is refused, else to hold. */
static bool holds(Body *body, const ScriptValue *condition, uint32_t from, uint32_t end, uint32_t otherwise, uint32_t last)
{
    switch (condition->kind) {
    case SCRIPT_BOOL: return condition->yes;
    case SCRIPT_NONE: return false;
    case SCRIPT_INT: return !dim_is(condition->n, 0);
    case SCRIPT_LIST: return condition->count > 0;
    case SCRIPT_UNKNOWN: case SCRIPT_FLOAT: case SCRIPT_TEXT: case SCRIPT_MODULE: case SCRIPT_METHOD: case SCRIPT_TENSOR:
    case SCRIPT_PATH: default: break;
    }
    if (raises(body, from, end))
        return false;
    if (!raises(body, otherwise, last))
        body->script->guessed = true;
    return true;
}

/* `if …:` at `at`; the line behind it and its `else:`. */
static Flow run_if(Body *body, uint32_t *at)
{
    const ScriptFile *file = body->function->file;
    Str text = str_slice(file->lines[*at].text, 3, file->lines[*at].text.size - 1);
    uint32_t from = *at + 1, end = block_end(body, from), otherwise = end, last = end;
    if (end < body->function->end && file->lines[end].indent == file->lines[*at].indent &&
        str_equal(file->lines[end].text, STR("else:"))) {
        otherwise = end + 1;
        last = block_end(body, otherwise);
    }
    *at = last;
    return holds(body, evaluate(body, text), from, end, otherwise, last) ? run_block(body, from, end)
                                                                        : run_block(body, otherwise, last);
}

/* How often a loop runs: `range(n)` that is not known runs once, and says so. */
static int64_t rounds(Body *body, const ScriptValue *over)
{
    if (over->kind == SCRIPT_INT && over->n.kind == DIM_INT)
        return over->n.n;
    if (over->kind == SCRIPT_LIST)
        return over->count;
    body->script->guessed = true;
    return 1;
}

static Flow run_for(Body *body, uint32_t *at)
{
    const ScriptFile *file = body->function->file;
    Str text = str_slice(file->lines[*at].text, 4, file->lines[*at].text.size - 1);
    size_t blank = str_find(text, ' ');
    Str name = str_slice(text, 0, blank);
    uint32_t from = *at + 1, end = block_end(body, from);
    *at = end;
    if (!str_starts(str_slice(text, blank, text.size), STR(" in ")))
        return FLOW_ON;
    ScriptValue *over = evaluate(body, str_slice(text, blank + 4, text.size));
    int64_t count = rounds(body, over);
    for (int64_t i = 0; i < count && !body->script->failed; i++) {
        ScriptValue *item = over->kind == SCRIPT_LIST && i < over->count ? over->items[i] : script_int(body->script, dim_int(i));
        names_set(body->locals, name, item);
        Flow flow = run_block(body, from, end);
        if (flow == FLOW_RETURN)
            return flow;
        if (flow == FLOW_BREAK)
            break;
    }
    return FLOW_ON;
}

static Flow run_while(Body *body, uint32_t *at)
{
    const ScriptFile *file = body->function->file;
    Str text = str_slice(file->lines[*at].text, 6, file->lines[*at].text.size - 1);
    uint32_t from = *at + 1, end = block_end(body, from);
    *at = end;
    while (script_work(body->script, 1)) {
        ScriptValue *condition = evaluate(body, text);
        bool known = condition->kind == SCRIPT_BOOL;
        body->script->guessed = body->script->guessed || !known;
        if (known && !condition->yes)
            break;
        Flow flow = run_block(body, from, end);
        if (flow == FLOW_RETURN)
            return flow;
        if (flow == FLOW_BREAK || !known)
            break;
    }
    return FLOW_ON;
}

/* Where the `=` of an assignment stands, outside of brackets and texts; text.size: there is none. */
static size_t assignment(Str text)
{
    int depth = 0;
    char quote = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (quote) {
            quote = c == quote ? 0 : quote;
            continue;
        }
        quote = c == '"' || c == '\'' ? c : 0;
        depth += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
        if (c == '=' && !depth)
            return i;
    }
    return text.size;
}

/* `x = …`, `x : T = …`, `a, b, = …`; attributes of modules are not changed, nor items of lists. */
static void assign(Body *body, Str to, ScriptValue *value)
{
    Str piece;
    uint32_t index = 0;
    if (str_find(to, '[') < to.size && str_find(to, ':') == to.size)
        return;
    to = str_trim(str_slice(to, 0, str_find(to, ':')));
    if (str_find(to, ',') == to.size) {
        if (str_find(to, '.') == to.size)
            names_set(body->locals, to, value);
        return;
    }
    while (str_cut(&to, ',', &piece)) {
        piece = str_trim(piece);
        bool there = value->kind == SCRIPT_LIST && index < value->count;
        if (piece.size)
            names_set(body->locals, piece, there ? value->items[index++] : script_new(body->script, SCRIPT_UNKNOWN));
    }
}

static void run_simple(Body *body, Str text)
{
    size_t equals = assignment(text);
    ScriptValue *value = evaluate(body, equals < text.size ? str_slice(text, equals + 1, text.size) : text);
    if (equals < text.size)
        assign(body, str_slice(text, 0, equals), value);
}

static Flow run_line(Body *body, uint32_t *at)
{
    Str text = body->function->file->lines[*at].text, none = STR("return");
    body->script->file = body->function->file;
    body->script->line = body->function->file->lines[*at].number;
    script_work(body->script, 1 + text.size / 256);
    if (str_starts(text, STR("if ")))
        return run_if(body, at);
    if (str_starts(text, STR("for ")))
        return run_for(body, at);
    if (str_starts(text, STR("while ")))
        return run_while(body, at);
    ++*at;
    if (str_equal(text, STR("break")))
        return FLOW_BREAK;
    if (str_equal(text, STR("continue")))
        return FLOW_CONTINUE;
    if (str_equal(text, none) || str_starts(text, STR("return "))) {
        text = str_trim(str_slice(text, none.size, text.size));
        body->result = text.size ? evaluate(body, text) : script_new(body->script, SCRIPT_NONE);
        return FLOW_RETURN;
    }
    if (!str_equal(text, STR("pass")) && !str_starts(text, STR("with ")))
        run_simple(body, text);
    return FLOW_ON;
}

static Flow run_block(Body *body, uint32_t from, uint32_t to)
{
    Flow flow = FLOW_ON;
    if (body->script->depth++ == SCRIPT_MOST_DEPTH)
        script_fail(body->script, "the code is nested too deep", (Str){0});
    for (uint32_t at = from; at < to && flow == FLOW_ON && !body->script->failed;)
        flow = run_line(body, &at);
    body->script->depth--;
    return flow;
}

/* ---- functions -------------------------------- */

/* The next of `x: Tensor, y: List[int]=[1, 2]`: its name, and what it is where it is not given. */
static bool cut_parameter(Str *rest, Str *name, Str *otherwise)
{
    size_t end = 0;
    int depth = 0;
    if (!str_trim(*rest).size)
        return false;
    for (; end < rest->size && (depth || rest->at[end] != ','); end++) {
        char c = rest->at[end];
        depth += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
    }
    Str piece = str_slice(*rest, 0, end);
    *rest = str_slice(*rest, end + 1, rest->size);
    size_t equals = assignment(piece);
    *otherwise = str_trim(str_slice(piece, equals + 1, piece.size));
    piece = str_slice(piece, 0, equals);
    *name = str_trim(str_slice(piece, 0, str_find(piece, ':')));
    return true;
}

static Names *bind(Script *script, const ScriptFunction *function, ScriptValue *self, ScriptValue **values, uint32_t count,
                   Names *named)
{
    Names *locals = names_new(script->arena);
    Str rest = function->parameters, name, otherwise;
    uint32_t index = 0;
    bool first = self != NULL;
    script_work(script, rest.size / 256);
    while (cut_parameter(&rest, &name, &otherwise)) {
        ScriptValue *given = named ? names_get(named, name) : NULL;
        if (first)
            given = self;
        else if (index < count)
            given = values[index++];
        else if (!given && otherwise.size)
            given = script_eval(script, names_new(script->arena), &otherwise);
        names_set(locals, name, given ? given : script_new(script, SCRIPT_UNKNOWN));
        first = false;
    }
    return locals;
}

Str script_unique(Script *script, Str name)
{
    Str unique = name;
    for (uint32_t i = 1; !names_put(script->names, unique, script); i++)
        unique = str_format(script->arena, "%.*s_%u", STR_ARGS(name), i);
    return unique;
}

static bool holds_modules(Script *script, const Pickle *object)
{
    const Pickle *state = object->state;
    script_work(script, state ? state->count / 64 : 0);
    for (uint32_t i = 1; state && state->kind == PICKLE_MAP && i < state->count; i += 2)
        if (script_is_module(state->items[i]))
            return true;
    return false;
}

/* A second call of a module has a place of its own. */
static ScriptContext *enter(Script *script, ScriptValue *self)
{
    ScriptContext *context = ARENA_NEW(script->arena, ScriptContext);
    Str class = script_class(script, self->object);
    context->outer = script->context;
    context->leaf = str_starts(class, STR("__torch__.torch.nn.modules.")) && !holds_modules(script, self->object);
    context->self = ARENA_NEW(script->arena, ScriptValue);
    *context->self = *self;
    if (!context->leaf)
        context->self->text = script_unique(script, self->text);
    context->made = context->leaf || !self->text.size;
    return context;
}

ScriptValue *script_call(Script *script, const ScriptFunction *function, ScriptValue *self, ScriptValue **values, uint32_t count,
                         Names *named)
{
    Body body = {.script = script, .function = function};
    ScriptContext *outer = script->context;
    if (self && !(outer && outer->self->object == self->object)) {
        script->context = enter(script, self);
        self = script->context->self;
    }
    body.locals = bind(script, function, self, values, count, named);
    run_block(&body, function->first, function->end);
    script->context = outer;
    return body.result ? body.result : script_new(script, SCRIPT_NONE);
}
