/* SPDX-License-Identifier: MIT */
/* Takes an item apart: which operation, block or structure it is, and which keys stand beside it. */
#include "read/spec.h"

#include <stddef.h>
#include <string.h>

/* A key that may stand beside the operation. */
typedef struct KeyRow {
    Str name;
    size_t offset;      /* of its field in Item */
    const char *of;     /* the kinds of item that it belongs to, for messages; NULL: all */
    unsigned kinds;     /* the same as bits; 0: all */
} KeyRow;

#define KEY(word, field, of_what, bits) {{word, sizeof word - 1}, offsetof(Item, field), of_what, bits}
#define BIT(kind) (1u << (kind))

static const KeyRow keys[] = {
    KEY("name", name, NULL, 0),
    KEY("label", label, NULL, 0),
    KEY("from", from, NULL, 0),
    KEY("after", after, "a layer", BIT(ITEM_LAYER)),
    KEY("times", times, NULL, 0),
    KEY("style", style, NULL, 0),
    KEY("note", note, NULL, 0),
    KEY("frozen", frozen, NULL, 0),
    KEY("training", training, NULL, 0),
    KEY("idle", idle, NULL, 0),
    KEY("turned", turned, NULL, 0),
    KEY("image", image, "a layer", BIT(ITEM_LAYER)),
    KEY("units", units, NULL, 0),
    KEY("weights", weights, "a layer, block or group", BIT(ITEM_LAYER) | BIT(ITEM_CALL) | BIT(ITEM_GROUP)),
    KEY("merge", merge, "`branch` or `residual`", BIT(ITEM_BRANCH) | BIT(ITEM_RESIDUAL)),
    KEY("shortcut", shortcut, "`residual`", BIT(ITEM_RESIDUAL)),
    KEY("layers", layers, "`group`", BIT(ITEM_GROUP)),
    KEY("out", out, "`custom`", BIT(ITEM_LAYER)),
    KEY("params", params, "`custom`", BIT(ITEM_LAYER)),
    KEY("macs", macs, "`custom`", BIT(ITEM_LAYER)),
};

enum { KEY_COUNT = sizeof keys / sizeof *keys };

static const KeyRow *key_row(Str name)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (str_equal(name, keys[i].name))
            return &keys[i];
    return NULL;
}

/* The structure that a word stands for; false where it is none. */
static bool structure_of(Str word, ItemKind *kind)
{
    static const struct {
        Str word;
        ItemKind kind;
    } rows[] = {{{"group", 5}, ITEM_GROUP}, {{"residual", 8}, ITEM_RESIDUAL}, {{"branch", 6}, ITEM_BRANCH}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_equal(word, rows[i].word)) {
            *kind = rows[i].kind;
            return true;
        }
    return false;
}

/* Whether the text is in paper notation, such as the key of `3x3 conv: 64`, or of `3x3 conv, 64, relu:` with other keys below it. */
static bool is_notation(Spec *spec, Str text)
{
    Str first = str_trim(str_slice(text, 0, str_find(text, ',')));
    size_t blank = first.size;
    for (size_t i = first.size; i-- > 0 && blank == first.size;)
        if (first.at[i] == ' ')
            blank = i;
    if (blank == first.size)
        return first.size < text.size && spec_op(spec, first);
    return spec_op(spec, str_slice(first, blank + 1, first.size)) ||
           spec_op(spec, str_slice(first, 0, str_find(first, ' ')));
}

bool is_operation_key(Spec *spec, Str key)
{
    ItemKind kind;
    return structure_of(key, &kind) || names_get(spec->blocks, key) || spec_op(spec, key) || is_notation(spec, key);
}

bool read_name(Spec *spec, const Value *value, Piece *name)
{
    if (value->kind != VALUE_SCALAR) {
        spec_wrong_kind(spec, value, str_terminated(spec->arena, value->key.size ? value->key : STR("name")), "a name");
        return false;
    }
    *name = piece_of(value);
    return true;
}

/* ---- keys ------------------------------------------------------------------------------------------------------ */

static void report_key(Spec *spec, const Item *item, const Value *child)
{
    Str words[KEY_COUNT + 4] = {STR("group"), STR("residual"), STR("branch"), STR("custom")};
    uint32_t count = 4;
    for (size_t i = 0; i < KEY_COUNT; i++)
        words[count++] = keys[i].name;
    Str nearest = names_nearest(spec->arena, child->key, words, count);
    bool common = nearest.size > 0;
    if (!nearest.size && !item->operation) {
        Str blocks[100];
        for (count = 0; count < names_count(spec->blocks) && count < 100; count++)
            blocks[count] = names_key(spec->blocks, count);
        nearest = names_nearest(spec->arena, child->key, blocks, count);
        nearest = nearest.size ? nearest : op_nearest(spec->arena, child->key);
    }
    const Op *op = item->operation ? spec_op(spec, item->operation->key) : NULL;
    int attribute = op ? op_attr(op, child->key) : -1;
    if (item->operation || common)
        spec_error(spec, child->key_place, "unknown key `%.*s`", STR_ARGS(child->key));
    else
        spec_error(spec, child->key_place, "no operation is called `%.*s`", STR_ARGS(child->key));
    if (attribute >= 0)
        spec_hint(spec, "attributes stand inside of the operation: `%.*s: {…, %.*s: …}`",
                  STR_ARGS(item->operation->key), STR_ARGS(child->key));
    else if (nearest.size)
        spec_hint(spec, "did you mean `%.*s`?", STR_ARGS(nearest));
    else if (item->operation)
        spec_hint(spec, "beside an operation stand name, label, from, after, times, style, note, weights, frozen, training, idle, turned, image, units, and what places it on a grid: at …");
    else
        spec_hint(spec, "`netikz list ops` shows all; what netikz does not know is written `custom: NAME`");
}

static bool take_operation(Spec *spec, Item *item, const Value *child)
{
    if (item->operation) {
        spec_error(spec, child->key_place, "two operations in one item: `%.*s` and `%.*s`",
                   STR_ARGS(item->operation->key), STR_ARGS(child->key));
        spec_note(spec, item->operation->key_place, "the item begins with this one");
        spec_hint(spec, "each layer is an item of its own: begin the second with `- `");
        return false;
    }
    item->operation = child;
    item->place = child->key_place;
    item->block = names_get(spec->blocks, child->key);
    if (item->block)
        item->kind = ITEM_CALL;
    else if (!structure_of(child->key, &item->kind))
        item->kind = ITEM_LAYER;
    return true;
}

/* Whether all keys belong to this kind of item. */
static bool keys_belong(Spec *spec, const Item *item)
{
    bool custom = item->draft && op_is_custom(item->draft->op);
    for (size_t i = 0; i < KEY_COUNT; i++) {
        const Value *value = *(const Value *const *)((const char *)item + keys[i].offset);
        bool custom_only = keys[i].of && !strcmp(keys[i].of, "`custom`");
        if (!value || !keys[i].kinds || (custom_only ? custom : (keys[i].kinds & BIT(item->kind)) != 0))
            continue;
        if (custom_only)
            report_key(spec, item, value);
        else
            spec_error(spec, value->key_place, "`%.*s` belongs to %s", STR_ARGS(value->key), keys[i].of);
        if (str_equal(value->key, STR("layers")))
            spec_hint(spec, "layers that belong together are `group:`; `times: N` beside it repeats them");
        return false;
    }
    return true;
}

static bool take_keys(Spec *spec, Item *item)
{
    const Value *unknown = NULL;
    for (const Value *child = item->value->first; child; child = child->next) {
        const KeyRow *row = key_row(child->key);
        if (row)
            *(const Value **)((char *)item + row->offset) = child;
        else if (is_placing_key(child->key))
            continue;
        else if (!is_operation_key(spec, child->key))
            unknown = unknown ? unknown : child;
        else if (!take_operation(spec, item, child))
            return false;
    }
    if (unknown) {
        report_key(spec, item, unknown);
        return false;
    }
    if (!item->operation) {
        spec_error(spec, item->value->first ? item->value->first->key_place : item->value->place,
                   "this item has no operation");
        spec_hint(spec, "write one beside it: `conv: 3x3, 64`, a block's name, `group`, `residual`, `branch`");
    }
    return item->operation != NULL;
}

/* ---- layers ---------------------------------------------------------------------------------------------------- */

/* `custom: NAME, relu` with out, params and macs beside it. */
static Draft *custom_draft(Spec *spec, const Site *site, const Item *item)
{
    const Value *value = item->operation;
    Piece name, rest = {0}, piece;
    if (!read_name(spec, value, &name))
        return NULL;
    rest = name;
    if (!notation_cut(&rest, &piece))
        return NULL;
    Draft *draft = draft_new(spec, op_custom(), piece_of_key(value));
    draft->op_name = piece.text;
    draft->whole = piece.place;
    const struct {
        const Value *value;
        Str attr;
    } rows[] = {{item->out, STR("out")}, {item->params, STR("params")}, {item->macs, STR("macs")}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int index = op_attr(draft->op, rows[i].attr);
        if (rows[i].value && index >= 0 && !draft_set_value(spec, draft, (uint32_t)index, rows[i].value))
            return NULL;
    }
    return rest.text.size ? notation_read(spec, site, draft, rest) : draft;
}

/* `add: [a, b]`, or `conv: [64, 3x3, relu]`: each element as a piece of the notation. */
static Draft *listed_draft(Spec *spec, const Site *site, Draft *draft, const Value *list)
{
    for (const Value *child = list->first; child && draft; child = child->next) {
        if (child->kind == VALUE_SCALAR) {
            draft = notation_read(spec, site, draft, piece_of(child));
            continue;
        }
        spec_error(spec, child->place, "%s in the list of `%s`, where %s belongs", value_kind_name(child->kind),
                   draft->op->name, op_reads_names(draft->op) ? "the name of a layer" : "one word or number");
        return NULL;
    }
    return draft;
}

/* The draft of an item whose key names the operation. */
static Draft *keyed_draft(Spec *spec, const Site *site, const Item *item)
{
    const Value *value = item->operation;
    Piece key = piece_of_key(value);
    const Op *op = spec_op(spec, value->key);
    if (op_is_custom(op))
        return custom_draft(spec, site, item);
    Draft *draft = op ? draft_new(spec, op, key) : notation_read(spec, site, NULL, key);
    if (draft && value->kind == VALUE_MAP)
        long_form_read(spec, site, draft, value);
    else if (draft && value->kind == VALUE_LIST)
        draft = listed_draft(spec, site, draft, value);
    else if (draft && value->kind == VALUE_SCALAR)
        draft = notation_read(spec, site, draft, piece_of(value));
    return draft && !draft->failed ? draft : NULL;
}

static bool parse_text(Spec *spec, const Site *site, Item *item)
{
    Piece text = piece_trim(piece_of(item->value));
    ItemKind kind;
    item->place = text.place;
    item->block = notation_block(spec, text, &item->arguments);
    if (item->block) {
        item->kind = ITEM_CALL;
        return true;
    }
    if (structure_of(text.text, &kind) || str_equal(text.text, STR("custom"))) {
        spec_error(spec, text.place, "`%.*s` has no content", STR_ARGS(text.text));
        spec_hint(spec, "write `%.*s:` with %s", STR_ARGS(text.text),
                  str_equal(text.text, STR("custom")) ? "a name behind it" : "a list below it");
        return false;
    }
    item->kind = ITEM_LAYER;
    item->draft = notation_read(spec, site, NULL, text);
    return item->draft != NULL;
}

bool item_parse(Spec *spec, const Site *site, const Value *value, Item *item)
{
    *item = (Item){.value = value, .place = value->place};
    switch (value->kind) {
    case VALUE_SCALAR:
        return parse_text(spec, site, item);
    case VALUE_MAP:
        break;
    case VALUE_NULL:
        spec_error(spec, value->place, "an empty item");
        spec_hint(spec, "write a layer behind the dash, `- 3x3 conv, 64`, or remove it");
        return false;
    case VALUE_LIST:
        spec_error(spec, value->place, "a list stands where a layer belongs");
        spec_hint(
            spec,
            "lists inside of a list are the paths of `branch:`; layers that belong together stand in a `group`");
        return false;
    }
    if (!take_keys(spec, item))
        return false;
    if (item->kind == ITEM_LAYER && !(item->draft = keyed_draft(spec, site, item)))
        return false;
    return keys_belong(spec, item);
}
