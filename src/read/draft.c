/* SPDX-License-Identifier: MIT */
/* Drafts of layers: attributes from texts and values, checked against the operation's table. */
#include "read/spec.h"

#include <string.h>

const Op *spec_op(Spec *spec, Str name)
{
    void *known = names_get(spec->ops, name);
    if (!known) {
        const Op *op = op_find(name);
        /* The table holds pointers without const; nothing writes through them. */
        memcpy(&known, &op, sizeof known);
        known = known ? known : spec;
        names_put(spec->ops, str_copy(spec->arena, name), known);
    }
    return known == spec ? NULL : known;
}

bool op_reads_names(const Op *op)
{
    return op->style == STYLE_MERGE || op->min_inputs >= 2;
}

Draft *draft_new(Spec *spec, const Op *op, Piece at)
{
    Draft *draft = ARENA_NEW(spec->arena, Draft);
    draft->op = op;
    draft->op_name = str_from(op->name);
    draft->at = at;
    draft->whole = at.place;
    draft->attrs = ARENA_ARRAY(spec->arena, op->attr_count, Attr);
    return draft;
}

void draft_add_suffix(Draft *draft, Draft *suffix)
{
    while (draft->suffix)
        draft = draft->suffix;
    draft->suffix = suffix;
}

int draft_next(const Draft *draft, bool sizes)
{
    for (uint32_t i = 0; i < draft->op->attr_count; i++) {
        const AttrSpec *row = &draft->op->attrs[i];
        bool fits = row->kind == ATTR_INTS || row->kind == ATTR_SHAPE || !sizes;
        if (row->positional && fits && !draft->attrs[i].set)
            return (int)i;
    }
    return -1;
}

/* ---- one attribute --------------------------------------------------------------------------------------------- */

static void set_dims(Spec *spec, Attr *attr, const Dim *dims, uint32_t count)
{
    attr->set = true;
    attr->count = count;
    attr->dims = ARENA_ARRAY(spec->arena, count, Dim);
    memcpy(attr->dims, dims, count * sizeof *dims);
}

void draft_set_dims(Spec *spec, Draft *draft, uint32_t index, const Dim *dims, uint32_t count, Place place)
{
    set_dims(spec, &draft->attrs[index], dims, count);
    draft->attrs[index].place = place;
}

void draft_set_bool(Spec *spec, Draft *draft, uint32_t index, bool on, Place place)
{
    Dim dim = dim_int(on);
    draft_set_dims(spec, draft, index, &dim, 1, place);
}

/* The word of a list that equals `text`, but for case; empty where there is none. */
static Str word_in(const char *words, Str text)
{
    Str rest = str_from(words), word;
    while (str_cut(&rest, ' ', &word))
        if (word.size && str_equal_nocase(word, text))
            return word;
    return (Str){0};
}

static bool set_word(Spec *spec, const AttrSpec *row, Attr *attr, Piece text)
{
    Str word = word_in(row->words, text.text), words[32];
    if (word.size) {
        attr->set = true;
        attr->text = word;
        return true;
    }
    uint32_t count = 0;
    Str rest = str_from(row->words);
    while (count < sizeof words / sizeof *words && str_cut(&rest, ' ', &words[count]))
        count++;
    spec_error(spec, text.place, "`%s` cannot be `%.*s`: it is one of %s", row->name, STR_ARGS(text.text), row->words);
    spec_did_you_mean(spec, text.text, words, count, NULL);
    return false;
}

static bool set_bool(Spec *spec, Draft *draft, uint32_t index, Piece text)
{
    Value value = {.kind = VALUE_SCALAR, .text = text.text};
    bool on;
    Dim dim;
    if (value_to_bool(&value, &on)) {
        draft_set_bool(spec, draft, index, on, text.place);
        return true;
    }
    if (expression_is(spec, text.text) && expression_read(spec, text, &dim)) {
        draft_set_bool(spec, draft, index, !dim_is(dim, 0), text.place);
        return true;
    }
    spec_error(spec, text.place, "`%s` is true or false, not `%.*s`", draft->op->attrs[index].name,
               STR_ARGS(text.text));
    return false;
}

static bool set_sizes(Spec *spec, const AttrSpec *row, Attr *attr, Piece text)
{
    Str word = row->words ? word_in(row->words, text.text) : (Str){0};
    DimList list;
    if (word.size) {
        attr->set = true;
        attr->text = word;
        return true;
    }
    if (row->words && is_identifier(text.text) && !dims_are(spec, text.text))
        return set_word(spec, row, attr, text);
    if (row->kind == ATTR_SHAPE && str_equal(text.text, STR("scalar"))) {
        attr->set = true;
        return true;
    }
    if (!dims_read(spec, text, &list))
        return false;
    set_dims(spec, attr, list.dims, list.count);
    return true;
}

bool draft_set(Spec *spec, Draft *draft, uint32_t index, Piece text, Piece name)
{
    const AttrSpec *row = &draft->op->attrs[index];
    Attr *attr = &draft->attrs[index];
    text = spec_substitute(spec, text);
    if (attr->set) {
        spec_error(spec, name.place, "`%s` of `%s` is given twice", row->name, draft->op->name);
        spec_note(spec, attr->place, "here already");
        return false;
    }
    Dim dim;
    bool fine = true;
    switch (row->kind) {
    case ATTR_INT:
        fine = expression_read(spec, text, &dim);
        if (fine)
            set_dims(spec, attr, &dim, 1);
        break;
    case ATTR_INTS:
    case ATTR_SHAPE:
        fine = set_sizes(spec, row, attr, text);
        break;
    case ATTR_BOOL:
        fine = set_bool(spec, draft, index, text);
        break;
    case ATTR_WORD:
        fine = set_word(spec, row, attr, text);
        break;
    case ATTR_TEXT:
        attr->set = true;
        attr->text = text.text;
        break;
    }
    attr->place = text.place;
    return fine;
}

/* `[1, 7]`: a number for each axis, or the sizes of a shape. */
static bool set_list(Spec *spec, Draft *draft, uint32_t index, const Value *value)
{
    const AttrSpec *row = &draft->op->attrs[index];
    Attr *attr = &draft->attrs[index];
    DimList list = {.count = 0};
    if (row->kind != ATTR_INTS && row->kind != ATTR_SHAPE) {
        spec_wrong_kind(spec, value, row->name, row->kind == ATTR_INT ? "one number" : "one value");
        return false;
    }
    for (const Value *child = value->first; child; child = child->next) {
        if (child->kind != VALUE_SCALAR || list.count == SHAPE_MAX_RANK) {
            spec_error(spec, child->place,
                       list.count == SHAPE_MAX_RANK ? "too many numbers" : "a number is needed here");
            return false;
        }
        Piece piece = spec_substitute(spec, piece_of(child));
        Dim *dim = &list.dims[list.count++];
        *dim = DIM_NONE;
        if (!str_equal(piece.text, STR("?")) && !expression_read(spec, piece, dim))
            return false;
    }
    set_dims(spec, attr, list.dims, list.count);
    attr->place = value->place;
    return true;
}

bool draft_set_value(Spec *spec, Draft *draft, uint32_t index, const Value *value)
{
    if (value->kind == VALUE_SCALAR)
        return draft_set(spec, draft, index, piece_of(value), value->key.size ? piece_of_key(value) : piece_of(value));
    if (value->kind == VALUE_LIST)
        return set_list(spec, draft, index, value);
    spec_wrong_kind(spec, value, draft->op->attrs[index].name, "a value");
    return false;
}

/* ---- the whole draft ------------------------------------------------------------------------------------------- */

/* "out, kernel, stride": what may stand without its name. */
static Str positional_names(Spec *spec, const Op *op)
{
    Text text = text_in(spec->arena);
    for (uint32_t i = 0; i < op->attr_count; i++)
        if (op->attrs[i].positional)
            text_add_format(&text, "%s%s", text.size ? ", " : "", op->attrs[i].name);
    return text_str(&text);
}

bool draft_complete(Spec *spec, Draft *draft)
{
    for (uint32_t i = 0; i < draft->op->attr_count && !draft->failed; i++) {
        const AttrSpec *row = &draft->op->attrs[i];
        if (!row->required || draft->attrs[i].set)
            continue;
        spec_error(spec, draft->at.place, "`%s` needs `%s`: %s", draft->op->name, row->name, row->help);
        spec_hint(spec, "without their names it takes %.*s, in this order; or write `%s=…`",
                  STR_ARGS(positional_names(spec, draft->op)), row->name);
        draft->failed = true;
    }
    return !draft->failed;
}
