/* SPDX-License-Identifier: MIT */
/* Blocks: definitions with parameters and defaults, and calls that are written out. */
#include "read/spec.h"

enum { MOST_CALLS = 64, MOST_PARAMS = 32 };

/* ---- definitions ----------------------------------------------------------------------------------------------- */

/* `basic(width, stride=1)`: one parameter of it. */
static bool read_param(Spec *spec, Block *block, Piece piece)
{
    size_t equals = str_find(piece.text, '=');
    Param param = {.name = piece_trim(piece_slice(piece, 0, equals)), .has_fallback = equals < piece.text.size};
    if (param.has_fallback)
        param.fallback = piece_trim(piece_slice(piece, equals + 1, piece.text.size));
    if (!is_identifier(param.name.text) || (param.has_fallback && !param.fallback.text.size)) {
        spec_error(spec, piece.place, "`%.*s` is not a parameter", STR_ARGS(piece.text));
        spec_hint(spec, "parameters are names, with or without a default: `basic(width, stride=1)`");
        return false;
    }
    for (uint32_t i = 0; i < block->param_count; i++)
        if (str_equal(block->params[i].name.text, param.name.text)) {
            spec_error(spec, param.name.place, "the parameter `%.*s` is given twice", STR_ARGS(param.name.text));
            return false;
        }
    if (block->param_count == MOST_PARAMS) {
        spec_error(spec, piece.place, "more than %d parameters", MOST_PARAMS);
        return false;
    }
    *ARENA_PUSH(spec->arena, block->params, block->param_count, block->param_room) = param;
    return true;
}

static bool read_head(Spec *spec, Block *block, Piece head)
{
    size_t open = str_find(head.text, '(');
    block->name = piece_trim(piece_slice(head, 0, open));
    if (open == head.text.size)
        return true;
    if (head.text.at[head.text.size - 1] != ')') {
        spec_error(spec, head.place, "the parameters of `%.*s` are not closed with `)`", STR_ARGS(block->name.text));
        return false;
    }
    Piece rest = piece_slice(head, open + 1, head.text.size - 1), piece;
    if (!str_trim(rest.text).size)
        return true;
    while (notation_cut(&rest, &piece))
        if (!read_param(spec, block, piece))
            return false;
    return true;
}

static bool name_is_free(Spec *spec, const Block *block)
{
    const Op *op = spec_op(spec, block->name.text);
    bool taken = op_is_key(block->name.text) || (op && str_equal(str_from(op->name), block->name.text));
    if (!taken && is_identifier(block->name.text))
        return true;
    if (taken) {
        spec_error(spec, block->name.place, "a block cannot be called `%.*s`: the word means something already",
                   STR_ARGS(block->name.text));
        spec_hint(spec, "call it my_%.*s", STR_ARGS(block->name.text));
    } else {
        spec_error(spec, block->name.place, "`%.*s` cannot be the name of a block", STR_ARGS(block->name.text));
        spec_hint(spec, "names of blocks are made of letters, digits and `_`: `basic(width, stride=1):`");
    }
    return false;
}

static void read_block(Spec *spec, const Value *value)
{
    Block *block = ARENA_NEW(spec->arena, Block);
    block->body = value;
    if (!read_head(spec, block, piece_of_key(value)))
        return;
    bool fits = name_is_free(spec, block);
    if (value->kind == VALUE_NULL || (value->kind == VALUE_LIST && !value->count)) {
        spec_error(spec, block->name.place, "the block `%.*s` is empty", STR_ARGS(block->name.text));
        spec_hint(spec, "its layers stand below it, as a list");
        return;
    }
    const Block *other = names_get(spec->blocks, block->name.text);
    if (!fits && !is_identifier(block->name.text))
        return;
    if (other) {
        spec_error(spec, block->name.place, "the block `%.*s` is defined twice", STR_ARGS(block->name.text));
        spec_note(spec, other->name.place, "it is defined here already");
        return;
    }
    names_put(spec->blocks, block->name.text, block);
}

void read_blocks(Spec *spec, const Value *map)
{
    if (map->kind != VALUE_MAP) {
        spec_wrong_kind(spec, map, "blocks",
                        "a mapping from heads such as `basic(width, stride=1)` to lists of layers");
        return;
    }
    for (const Value *child = map->first; child; child = child->next)
        read_block(spec, child);
}

/* ---- calls ----------------------------------------------------------------------------------------------------- */

/* `basic(width, stride=1)` */
static Str head_text(Spec *spec, const Block *block)
{
    Text text = text_in(spec->arena);
    text_add_format(&text, "%.*s(", STR_ARGS(block->name.text));
    for (uint32_t i = 0; i < block->param_count; i++) {
        const Param *param = &block->params[i];
        text_add_format(&text, "%s%.*s", i ? ", " : "", STR_ARGS(param->name.text));
        if (param->has_fallback)
            text_add_format(&text, "=%.*s", STR_ARGS(param->fallback.text));
    }
    text_add_char(&text, ')');
    return text_str(&text);
}

/* One call whose arguments are being read. */
typedef struct Call {
    const Site *site;
    Block *block;
    Place place;
    Piece given[MOST_PARAMS];
    bool is_given[MOST_PARAMS];
    uint32_t positional;   /* arguments without a name so far */
} Call;

static void hint_head(Spec *spec, const Block *block)
{
    spec_hint(spec, "the block is `%.*s`", STR_ARGS(head_text(spec, block)));
}

static bool give(Spec *spec, Call *call, Piece name, Piece value)
{
    Str words[MOST_PARAMS];
    for (uint32_t i = 0; i < call->block->param_count; i++) {
        words[i] = call->block->params[i].name.text;
        if (!str_equal(words[i], name.text))
            continue;
        if (call->is_given[i])
            spec_error(spec, name.place, "`%.*s` is given twice", STR_ARGS(name.text));
        bool fresh = !call->is_given[i];
        call->is_given[i] = true;
        call->given[i] = value;
        return fresh;
    }
    spec_error(spec, name.place, "the block `%.*s` has no parameter `%.*s`", STR_ARGS(call->block->name.text),
               STR_ARGS(name.text));
    Str nearest = names_nearest(spec->arena, name.text, words, call->block->param_count);
    if (nearest.size)
        spec_hint(spec, "did you mean `%.*s`?", STR_ARGS(nearest));
    else
        hint_head(spec, call->block);
    return false;
}

static bool give_next(Spec *spec, Call *call, Piece value)
{
    if (call->positional < call->block->param_count)
        return give(spec, call, call->block->params[call->positional++].name, value);
    spec_error(spec, value.place, "the block `%.*s` takes %u argument%s, and this is one more",
               STR_ARGS(call->block->name.text), call->block->param_count, call->block->param_count == 1 ? "" : "s");
    hint_head(spec, call->block);
    return false;
}

/* `64, stride=2` */
static bool give_text(Spec *spec, Call *call, Piece text)
{
    Piece rest = text, piece;
    while (notation_cut(&rest, &piece)) {
        size_t equals = str_find(piece.text, '=');
        if (!piece.text.size) {
            spec_error(spec, text.place, "nothing stands between two commas, or behind the last");
            return false;
        }
        if (equals == piece.text.size ? !give_next(spec, call, piece)
                                      : !give(spec, call, piece_trim(piece_slice(piece, 0, equals)),
                                              piece_trim(piece_slice(piece, equals + 1, piece.text.size))))
            return false;
    }
    return true;
}

/* `[64, 2]` or `{width: 64, stride: 2}` */
static bool give_children(Spec *spec, Call *call, const Value *arguments)
{
    bool named = arguments->kind == VALUE_MAP;
    for (const Value *child = arguments->first; child; child = child->next) {
        if (child->kind != VALUE_SCALAR) {
            Str what = named ? child->key : call->block->name.text;
            spec_wrong_kind(spec, child, str_terminated(spec->arena, what), "a number or a word");
            return false;
        }
        if (named ? !give(spec, call, piece_of_key(child), piece_of(child)) : !give_next(spec, call, piece_of(child)))
            return false;
    }
    return true;
}

/* Whether a text is meant as a word: it can be read as nothing else. */
static bool is_word(Spec *spec, Str text)
{
    char c = text.size ? text.at[0] : '\0';
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
    for (size_t i = 0; i < text.size; i++)
        letter = letter && text.at[i] != '*' && text.at[i] != '+' && text.at[i] != '(';
    return letter && !spec_binding(spec, text) && !expression_is(spec, text);
}

/* The value of a parameter, read where the call stands. */
static bool bind(Spec *spec, const Site *site, Binding *binding, Piece value)
{
    const Binding *handed = spec_binding(spec, value.text);
    binding->space = site->space;
    if (handed && handed->is_word) {
        binding->is_word = true;
        binding->word = handed->word;
        binding->space = handed->space;
        return true;
    }
    bool sizes = !expression_is(spec, value.text) && dims_are(spec, value.text);
    if (!sizes && !is_word(spec, value.text))
        return expression_read(spec, value, &binding->dim);
    binding->is_word = true;
    binding->word = value;
    return true;
}

/* Values for all parameters; defaults may use the parameters before them. */
static Env *fill(Spec *spec, const Call *call)
{
    Env *env = ARENA_NEW(spec->arena, Env);
    const Env *caller = spec->env;
    *env = (Env){.block = call->block, .caller = caller, .place = call->place, .level = caller ? caller->level + 1 : 1};
    env->bindings = ARENA_ARRAY(spec->arena, call->block->param_count, Binding);
    for (uint32_t i = 0; i < call->block->param_count; i++) {
        Param *param = &call->block->params[i];
        Binding binding = {.param = param};
        if (!call->is_given[i] && !param->has_fallback) {
            spec_error(spec, call->place, "the block `%.*s` needs `%.*s`", STR_ARGS(call->block->name.text),
                       STR_ARGS(param->name.text));
            hint_head(spec, call->block);
            return NULL;
        }
        spec->env = call->is_given[i] ? caller : env;
        bool bound = bind(spec, call->site, &binding, call->is_given[i] ? call->given[i] : param->fallback);
        spec->env = caller;
        if (!bound)
            return NULL;
        env->bindings[env->count++] = binding;
    }
    return env;
}

static bool recurs(Spec *spec, const Item *item)
{
    for (const Env *env = spec->env; env; env = env->caller) {
        if (env->block != item->block)
            continue;
        const Env *told = spec->env;
        spec_error(spec, item->place, "the block `%.*s` contains itself", STR_ARGS(item->block->name.text));
        spec->told = NULL;
        for (; told && told != env; told = told->caller)
            spec_note(spec, told->place, "by way of `%.*s`, which is used here", STR_ARGS(told->block->name.text));
        spec_note(spec, item->block->name.place, "it is defined here");
        spec_hint(spec, "for a number of equal blocks in a row write `times: N` beside the block");
        return true;
    }
    if (!spec->env || spec->env->level < MOST_CALLS)
        return false;
    spec_error(spec, item->place, "more than %d blocks inside of each other", MOST_CALLS);
    return true;
}

bool bind_arguments(Spec *spec, const Site *site, Item *item)
{
    Call call = {.site = site, .block = item->block, .place = item->place};
    item->block->used = true;
    if (recurs(spec, item))
        return false;
    const Value *arguments = item->operation;
    bool fine = true;
    if (!arguments)
        fine = give_text(spec, &call, item->arguments);
    else if (arguments->kind == VALUE_SCALAR)
        fine = give_text(spec, &call, piece_of(arguments));
    else if (arguments->kind != VALUE_NULL)
        fine = give_children(spec, &call, arguments);
    item->env = fine ? fill(spec, &call) : NULL;
    return item->env != NULL;
}

Str arguments_text(Spec *spec, const Env *env)
{
    Text text = text_in(spec->arena);
    for (uint32_t i = 0; i < env->count; i++) {
        const Binding *binding = &env->bindings[i];
        const Param *param = binding->param;
        if (binding->is_word)
            continue;
        Str value = dim_text(spec->arena, binding->dim);
        if (param->has_fallback && str_equal(value, param->fallback.text))
            continue;
        bool stride = str_equal(param->name.text, STR("stride"));
        text_add_format(&text, "%s%s%.*s", text.size ? ", " : "", stride ? "/" : "", STR_ARGS(value));
    }
    return text_str(&text);
}

Argument *arguments_given(Spec *spec, const Env *env)
{
    Argument *given = ARENA_ARRAY(spec->arena, env->count, Argument);
    for (uint32_t i = 0; i < env->count; i++) {
        const Binding *binding = &env->bindings[i];
        given[i] = (Argument){.name = binding->param->name.text, .value = binding->dim};
        if (binding->param->has_fallback)
            given[i].fallback = binding->param->fallback.text;
        if (binding->is_word)
            given[i].word = binding->word.text;
    }
    return given;
}

void write_block(Spec *spec, Site *site, const Item *item)
{
    const Env *caller = spec->env;
    spec->env = item->env;
    read_body(spec, site, item->block->body);
    spec->env = caller;
}

void check_blocks(Spec *spec)
{
    for (size_t i = 0; i < names_count(spec->blocks) && !spec->failed; i++) {
        const Block *block = names_thing(spec->blocks, i);
        if (spec->around && names_get(spec->around->blocks, block->name.text) == block)
            continue; /* another network may use it */
        if (!block->used)
            diag_warning(spec->diags, block->name.place, "the block `%.*s` is never used", STR_ARGS(block->name.text));
        for (uint32_t k = 0; k < block->param_count && block->used; k++)
            if (!block->params[k].used) {
                spec_error(spec, block->params[k].name.place, "the block `%.*s` never uses its parameter `%.*s`",
                           STR_ARGS(block->name.text), STR_ARGS(block->params[k].name.text));
                spec_hint(spec, "use it in the body, or remove it here and where the block is used");
            }
    }
}
