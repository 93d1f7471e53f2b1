/* SPDX-License-Identifier: MIT */
/* The long form of a layer: `conv: {out: 64, kernel: 3, norm: bn, act: relu}`. */
#include "read/spec.h"

/* Keys that name what follows in the same box. */
static bool is_suffix_key(Str key)
{
    static const Str keys[] = {{"norm", 4}, {"act", 3}, {"activation", 10}, {"then", 4}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_equal(key, keys[i]))
            return true;
    return false;
}

static void read_suffix(Spec *spec, const Site *site, Draft *draft, Piece text)
{
    text = spec_substitute(spec, text);
    if (str_equal(text.text, STR("none")))
        return;
    Draft *suffix = notation_read(spec, site, NULL, text);
    draft->failed |= !suffix;
    if (suffix && !suffix->op->suffix) {
        spec_error(spec, text.place, "`%s` cannot follow `%s` in its box", suffix->op->name, draft->op->name);
        spec_hint(spec, "it is a layer of its own: write it as the next item of the list");
        draft->failed = true;
    } else if (suffix) {
        draft_add_suffix(draft, suffix);
    }
}

/* `norm: bn`, `act: [bn, relu]` */
static void read_suffixes(Spec *spec, const Site *site, Draft *draft, const Value *value)
{
    bool fits = value->kind == VALUE_SCALAR || (value->kind == VALUE_LIST && value->count);
    if (value->kind == VALUE_SCALAR)
        read_suffix(spec, site, draft, piece_of(value));
    for (const Value *child = value->first; child && fits && value->kind == VALUE_LIST; child = child->next) {
        if (child->kind == VALUE_SCALAR)
            read_suffix(spec, site, draft, piece_of(child));
        fits = child->kind == VALUE_SCALAR;
    }
    if (!fits) {
        spec_wrong_kind(spec, value, str_terminated(spec->arena, value->key), "an operation such as bn or relu");
        draft->failed = true;
    }
}

static void report_unknown(Spec *spec, const Op *op, const Value *value)
{
    Str *words = ARENA_ARRAY(spec->arena, op->attr_count + 2, Str);
    Text list = text_in(spec->arena);
    uint32_t count = 0;
    for (uint32_t i = 0; i < op->attr_count; i++) {
        words[count++] = str_from(op->attrs[i].name);
        text_add_format(&list, "%s, ", op->attrs[i].name);
    }
    words[count++] = STR("norm");
    words[count++] = STR("act");
    spec_error(spec, value->key_place, "`%s` has no attribute `%.*s`", op->name, STR_ARGS(value->key));
    Str known = str_format(spec->arena, "it has %.*snorm, act", STR_ARGS(text_str(&list)));
    static const Str common[] = {{"name", 4}, {"label", 5}, {"from", 4}, {"times", 5}, {"note", 4}, {"weights", 7}};
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (str_equal(value->key, common[i])) {
            spec_hint(spec, "`%.*s` stands beside `%s`, one level further out", STR_ARGS(value->key), op->name);
            return;
        }
    spec_did_you_mean(spec, value->key, words, count, str_terminated(spec->arena, known));
}

/* `with: enc1` of a merge: a further input. */
static void read_names(Spec *spec, Draft *draft, const Value *value)
{
    if (value->kind == VALUE_SCALAR)
        *ARENA_PUSH(spec->arena, draft->reads, draft->read_count, draft->read_room) = piece_of(value);
    for (const Value *child = value->first; child && value->kind == VALUE_LIST; child = child->next)
        read_names(spec, draft, child);
    if (value->kind == VALUE_SCALAR || value->kind == VALUE_LIST)
        return;
    spec_wrong_kind(spec, value, "with", "the name of a layer, or a list of names");
    draft->failed = true;
}

void long_form_read(Spec *spec, const Site *site, Draft *draft, const Value *map)
{
    for (const Value *child = map->first; child; child = child->next) {
        int index = op_attr(draft->op, child->key);
        if (op_reads_names(draft->op) && str_equal(child->key, STR("with"))) {
            read_names(spec, draft, child);
        } else if (index >= 0) {
            draft->failed |= !draft_set_value(spec, draft, (uint32_t)index, child);
        } else if (is_suffix_key(child->key)) {
            read_suffixes(spec, site, draft, child);
        } else {
            report_unknown(spec, draft->op, child);
            draft->failed = true;
        }
    }
}
