/* SPDX-License-Identifier: MIT */
/* Reports of the spec reader: each place once however often a block is written out; parts of scalars have places. */
#include "read/spec.h"

#include <stdarg.h>
#include <stdio.h>

enum { MOST_SENTENCE = 1000, MOST_CALLS_SHOWN = 3 };

Str spec_place_key(Spec *spec, Place place)
{
    return str_format(spec->arena, "%u:%u", place.line, place.column);
}

__attribute__((format(printf, 2, 0))) static Str sentence(Arena *arena, const char *format, va_list arguments)
{
    char *at = arena_array(arena, MOST_SENTENCE, 1);
    int size = vsnprintf(at, MOST_SENTENCE, format, arguments);
    return (Str){at, size < 0 ? 0 : size < MOST_SENTENCE ? (size_t)size : MOST_SENTENCE - 1};
}

/* `basic(width=64, stride=2)` */
static Str call_text(Spec *spec, const Env *env)
{
    Text text = text_in(spec->arena);
    text_add_format(&text, "%.*s(", STR_ARGS(env->block->name.text));
    for (uint32_t i = 0; i < env->count; i++) {
        const Binding *binding = &env->bindings[i];
        Str value = binding->is_word ? binding->word.text : dim_text(spec->arena, binding->dim);
        text_add_format(&text, "%s%.*s=%.*s", i ? ", " : "", STR_ARGS(binding->param->name.text), STR_ARGS(value));
    }
    text_add_char(&text, ')');
    return text_str(&text);
}

void spec_flush(Spec *spec)
{
    unsigned shown = 0;
    for (const Env *env = spec->told; env && shown < MOST_CALLS_SHOWN; env = env->caller, shown++)
        diag_note(spec->diags, env->place, "this stands in `%.*s`, which is used here", STR_ARGS(call_text(spec, env)));
    spec->told = NULL;
}

void spec_error(Spec *spec, Place place, const char *format, ...)
{
    spec->failed = true;
    spec->muted = !names_put(spec->reported, spec_place_key(spec, place), spec);
    if (spec->muted)
        return;
    spec_flush(spec);
    va_list arguments;
    va_start(arguments, format);
    Str text = sentence(spec->arena, format, arguments);
    diag_error(spec->diags, place, "%.*s", STR_ARGS(text));
    va_end(arguments);
    spec->told = spec->env;
    if (diags_full(spec->diags))
        spec->stopped = true;
}

void spec_hint(Spec *spec, const char *format, ...)
{
    if (spec->muted)
        return;
    va_list arguments;
    va_start(arguments, format);
    Str text = sentence(spec->arena, format, arguments);
    diag_hint(spec->diags, "%.*s", STR_ARGS(text));
    va_end(arguments);
}

void spec_note(Spec *spec, Place place, const char *format, ...)
{
    if (spec->muted)
        return;
    va_list arguments;
    va_start(arguments, format);
    Str text = sentence(spec->arena, format, arguments);
    diag_note(spec->diags, place, "%.*s", STR_ARGS(text));
    va_end(arguments);
}

void spec_did_you_mean(Spec *spec, Str word, const Str *candidates, uint32_t count, const char *otherwise)
{
    if (spec->muted)
        return;
    Str nearest = names_nearest(spec->arena, word, candidates, count);
    if (nearest.size)
        spec_hint(spec, "did you mean `%.*s`?", STR_ARGS(nearest));
    else if (otherwise)
        spec_hint(spec, "%s", otherwise);
}

void spec_wrong_kind(Spec *spec, const Value *value, const char *what, const char *wanted)
{
    Place place = value->kind == VALUE_NULL && value->key.size ? value->key_place : value->place;
    if (value->kind == VALUE_NULL)
        spec_error(spec, place, "`%s` has no value: it takes %s", what, wanted);
    else
        spec_error(spec, place, "`%s` takes %s, not %s", what, wanted, value_kind_name(value->kind));
}

/* How much more an item costs once something is wrong. */
enum { AFTER_ERROR = 63 };

bool spec_spend(Spec *spec, Place place)
{
    if (spec->stopped)
        return false;
    /* Behind an error reading goes on to find the next ones, but not for long: what is wrong is looked at in every copy. */
    if (spec->failed && (spec->work += AFTER_ERROR) > 2 * SPEC_MOST_LAYERS) {
        spec->stopped = true;
        return false;
    }
    /* Items that make nothing cost too: blocks of blocks without layers would take for ever. */
    if (++spec->work <= 2 * SPEC_MOST_LAYERS &&
        spec->graph->layer_count + spec->graph->scope_count <= SPEC_MOST_LAYERS)
        return true;
    const Repeat *outermost = spec->repeat;
    while (outermost && outermost->outer)
        outermost = outermost->outer;
    spec->env = NULL;
    spec_error(spec, outermost ? outermost->place : place, "%.*s more than %d layers: this is where netikz stops",
               STR_ARGS(outermost ? str_format(spec->arena, "%.*s makes", STR_ARGS(outermost->what))
                                  : STR("the network has")),
               SPEC_MOST_LAYERS);
    if (outermost && spec->repeat != outermost)
        spec_note(spec, spec->repeat->place, "the last one inside of it was %.*s", STR_ARGS(spec->repeat->what));
    spec_hint(spec, "a figure folds what is repeated: fewer repeats look the same");
    spec->stopped = true;
    return false;
}

/* ---- pieces --------------------------------------------------------------------------------------------------- */

static uint32_t characters(Str text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return count;
}

/* Whether the source shows the text as it is: one line, nothing escaped, no tag before it. */
static Piece whole(Str text, Place place, bool quoted)
{
    uint32_t count = characters(text);
    Piece piece = {text, place, str_find(text, '\n') == text.size && place.length == count, quoted};
    if (quoted && place.length == count + 2 && str_find(text, '\\') == text.size && str_find(text, '\n') == text.size) {
        piece.exact = true;
        piece.place.column++;
        piece.place.length = count;
    }
    return piece;
}

Piece piece_of(const Value *value)
{
    return whole(value->text, value->place, value->quoted);
}

Piece piece_of_key(const Value *value)
{
    return whole(value->key, value->key_place, value->key_place.length == characters(value->key) + 2);
}

Piece piece_slice(Piece piece, size_t from, size_t to)
{
    Piece part = piece;
    part.text = str_slice(piece.text, from, to);
    if (piece.exact) {
        part.place.column += characters(str_slice(piece.text, 0, from));
        part.place.length = characters(part.text);
    }
    return part;
}

Piece piece_trim(Piece piece)
{
    Str text = str_trim(piece.text);
    size_t from = text.size ? (size_t)(text.at - piece.text.at) : 0;
    return piece_slice(piece, from, from + text.size);
}
