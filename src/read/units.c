/* SPDX-License-Identifier: MIT */
/* `units:` beside a layer: how view `units` draws its neurons. */
#include "graph/units.h"
#include "read/spec.h"

enum { MOST_ENTRIES = 4096 }; /* of one list: more are in no figure */

/* What reading one `units:` needs. */
typedef struct Reading {
    Spec *spec;
    UnitLooks *looks;
} Reading;

static bool is_list(const Reading *reading, const Value *value, const char *wanted)
{
    Spec *spec = reading->spec;
    if (value->kind != VALUE_LIST) {
        spec_wrong_kind(spec, value, str_terminated(spec->arena, value->key.size ? value->key : STR("weights")), wanted);
        return false;
    }
    if (value->count <= MOST_ENTRIES)
        return true;
    spec_error(spec, value->place, "more than %d entries", MOST_ENTRIES);
    return false;
}

/* The number of a unit, from 1; may be an expression. */
static bool read_number(const Reading *reading, Piece piece, int64_t *number)
{
    Dim dim;
    if (!expression_read(reading->spec, piece, &dim))
        return false;
    *number = dim.kind == DIM_INT ? dim.n : 0;
    if (*number >= 1)
        return true;
    spec_error(reading->spec, piece.place, "units have numbers from 1");
    return false;
}

static void read_kept(const Reading *reading, const Value *value)
{
    UnitLooks *looks = reading->looks;
    looks->has_kept = true;
    looks->kept_place = value->place;
    if (!is_list(reading, value, "a list of the units that are kept"))
        return;
    for (const Value *child = value->first; child; child = child->next) {
        int64_t number;
        if (child->kind != VALUE_SCALAR)
            spec_wrong_kind(reading->spec, child, "kept", "the number of a unit");
        else if (read_number(reading, piece_of(child), &number))
            *ARENA_PUSH(reading->spec->arena, looks->kept, looks->kept_count, looks->kept_room) = number;
    }
}

/* One of a few words: its place among them, or -1 after a report. */
static int read_word(const Reading *reading, const Value *value, const Str *words, uint32_t count)
{
    Spec *spec = reading->spec;
    Text list = text_in(spec->arena);
    const char *key = str_terminated(spec->arena, value->key);
    if (value->kind != VALUE_SCALAR) {
        spec_wrong_kind(spec, value, key, "one word");
        return -1;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (str_equal(value->text, words[i]))
            return (int)i;
        text_add_format(&list, "%s%.*s", i ? ", " : "it is one of ", STR_ARGS(words[i]));
    }
    spec_error(spec, value->place, "`%s` cannot be `%.*s`", key, STR_ARGS(value->text));
    spec_did_you_mean(spec, value->text, words, count, str_terminated(spec->arena, text_str(&list)));
    return -1;
}

static void read_mark(const Reading *reading, const Value *value)
{
    const Str words[] = {STR("none"), STR("circle"), STR("triangle"), STR("cross")};
    int word = read_word(reading, value, words, 4);
    if (word >= 0)
        reading->looks->mark = (UnitMark)word;
}

static void read_loop(const Reading *reading, const Value *value)
{
    bool loop = false;
    if (value->kind != VALUE_SCALAR)
        spec_wrong_kind(reading->spec, value, "loop", "yes or no");
    else if (!value_to_bool(value, &loop))
        spec_error(reading->spec, value->place, "`loop` is yes or no, not `%.*s`", STR_ARGS(value->text));
    reading->looks->loop = loop ? LOOP_YES : LOOP_NO;
}

/* `[$x_1$, $x_2$, …, $x_n$]`: the ellipsis, also as three points, stands for the units that are left out. */
static void read_labels(const Reading *reading, const Value *value)
{
    UnitLooks *looks = reading->looks;
    looks->labels_place = value->place;
    bool gap = false;
    if (!is_list(reading, value, "a list of texts"))
        return;
    for (const Value *child = value->first; child; child = child->next) {
        Str text = {0};
        if (child->kind == VALUE_SCALAR && (str_equal(child->text, STR("…")) || str_equal(child->text, STR("...")))) {
            if (gap)
                spec_error(reading->spec, child->place, "two ellipses: units are left out in one place only");
            gap = true;
            looks->label_gap = looks->label_count;
        } else if (child->kind == VALUE_NULL || read_tex(reading->spec, child, &text)) {
            *ARENA_PUSH(reading->spec->arena, looks->labels, looks->label_count, looks->label_room) = text;
        }
    }
    if (!gap)
        looks->label_gap = looks->label_count;
}

/* `1-3`: from unit 1 of what is read to unit 3. */
static void read_pair(const Reading *reading, const Value *value)
{
    UnitPair pair;
    Spec *spec = reading->spec;
    size_t dash = value->kind == VALUE_SCALAR ? str_find(value->text, '-') : 0;
    if (value->kind != VALUE_SCALAR || dash == value->text.size) {
        spec_error(spec, value->place, "a link is written `1-3`: from unit 1 of the layer before to unit 3");
        return;
    }
    Piece from = piece_trim(piece_slice(piece_of(value), 0, dash));
    Piece to = piece_trim(piece_slice(piece_of(value), dash + 1, value->text.size));
    UnitLooks *looks = reading->looks;
    if (read_number(reading, from, &pair.from) && read_number(reading, to, &pair.to))
        *ARENA_PUSH(spec->arena, looks->pairs, looks->pair_count, looks->pair_room) = pair;
}

static void read_links(const Reading *reading, const Value *value)
{
    const Str words[] = {STR("all"), STR("same"), STR("none")};
    UnitLooks *looks = reading->looks;
    looks->links_place = value->place;
    if (value->kind != VALUE_LIST) {
        int word = read_word(reading, value, words, 3);
        if (word >= 0)
            looks->links = (UnitRule)(LINKS_ALL + word);
        return;
    }
    looks->links = LINKS_PAIRS;
    for (const Value *child = is_list(reading, value, "links") ? value->first : NULL; child; child = child->next)
        read_pair(reading, child);
}

/* A decimal number in millionths; false where it is none. */
static bool to_millionths(Str text, int64_t *value)
{
    int64_t n = 0, unit = WEIGHT_ONE;
    bool minus = text.size && text.at[0] == '-', point = false;
    size_t at = minus || (text.size && text.at[0] == '+') ? 1 : 0, digits = 0;
    for (; at < text.size; at++) {
        char c = text.at[at];
        if (c == '.' && !point) {
            point = true;
        } else if (c < '0' || c > '9' || ++digits > 12) {
            return false;
        } else if (!point) {
            n = n * 10 + (c - '0') * (int64_t)WEIGHT_ONE;
        } else {
            unit /= 10; /* what lies beyond the sixth place is nothing */
            n += (c - '0') * unit;
        }
    }
    *value = minus ? -n : n;
    return digits > 0;
}

static bool read_row(const Reading *reading, const Value *row)
{
    UnitLooks *looks = reading->looks;
    Spec *spec = reading->spec;
    if (!is_list(reading, row, "a list of numbers for each unit"))
        return false;
    if (looks->weight_rows && row->count != looks->weight_columns) {
        spec_error(spec, row->place, "a row of %u weights behind one of %u", row->count, looks->weight_columns);
        return false;
    }
    looks->weight_columns = row->count;
    looks->weight_rows++;
    for (const Value *child = row->first; child; child = child->next) {
        int64_t *weight = ARENA_PUSH(spec->arena, looks->weights, looks->weight_count, looks->weight_room);
        if (looks->weight_count > MOST_ENTRIES) {
            spec_error(spec, child->place, "more than %d weights", MOST_ENTRIES);
            return false;
        }
        if (child->kind != VALUE_SCALAR || !to_millionths(child->text, weight)) {
            spec_error(spec, child->place, "a weight is a number such as -0.25");
            return false;
        }
    }
    return true;
}

static void read_weights(const Reading *reading, const Value *value)
{
    reading->looks->weights_place = value->place;
    if (!is_list(reading, value, "a list of rows, one for each unit"))
        return;
    for (const Value *row = value->first; row && read_row(reading, row); row = row->next)
        ;
}

static const struct UnitKey {
    Str name;
    void (*read)(const Reading *reading, const Value *value);
} keys[] = {
    {{"kept", 4}, read_kept},     {{"mark", 4}, read_mark},   {{"loop", 4}, read_loop},
    {{"labels", 6}, read_labels}, {{"links", 5}, read_links}, {{"weights", 7}, read_weights},
};

enum { KEY_COUNT = sizeof keys / sizeof *keys };

static void read_key(const Reading *reading, const Value *child)
{
    Str names[KEY_COUNT];
    for (size_t i = 0; i < KEY_COUNT; i++) {
        names[i] = keys[i].name;
        if (str_equal(child->key, names[i])) {
            keys[i].read(reading, child);
            return;
        }
    }
    spec_error(reading->spec, child->key_place, "unknown key `%.*s` of `units`", STR_ARGS(child->key));
    spec_did_you_mean(reading->spec, child->key, names, KEY_COUNT, "there are kept, mark, loop, labels, links, weights");
}

const UnitLooks *read_units(Spec *spec, const Value *value)
{
    if (value->kind != VALUE_MAP) {
        spec_wrong_kind(spec, value, "units", "a mapping such as `{mark: circle}`");
        return NULL;
    }
    UnitLooks *looks = ARENA_NEW(spec->arena, UnitLooks);
    Reading reading = {spec, looks};
    looks->place = value->key_place;
    for (const Value *child = value->first; child; child = child->next)
        read_key(&reading, child);
    return looks;
}
