/* SPDX-License-Identifier: MIT */
/* `units:` of a converted spec: what its author said of the neurons of a layer. */
#include "emit/spec.h"

#include "graph/units.h"

static void begin(Text *out, const char *key)
{
    text_add_format(out, "%s%s: ", out->size > 1 ? ", " : "", key);
}

static void add_kept(Text *out, const UnitLooks *looks)
{
    begin(out, "kept");
    for (uint32_t i = 0; i < looks->kept_count; i++)
        text_add_format(out, "%s%lld", i ? ", " : "[", (long long)looks->kept[i]);
    text_add(out, looks->kept_count ? STR("]") : STR("[]"));
}

static void add_labels(Arena *arena, Text *out, const UnitLooks *looks)
{
    begin(out, "labels");
    text_add_char(out, '[');
    for (uint32_t i = 0; i < looks->label_count; i++) {
        text_add(out, i ? STR(", ") : STR(""));
        if (i == looks->label_gap)
            text_add(out, STR("…, "));
        text_add(out, looks->labels[i].size ? yaml_scalar(arena, looks->labels[i], true) : STR("''"));
    }
    text_add_char(out, ']');
}

static void add_links(Text *out, const UnitLooks *looks)
{
    static const char *const words[] = {[LINKS_ALL] = "all", [LINKS_SAME] = "same", [LINKS_NONE] = "none"};
    begin(out, "links");
    if (looks->links != LINKS_PAIRS) {
        text_add(out, str_from(words[looks->links]));
        return;
    }
    text_add_char(out, '[');
    for (uint32_t i = 0; i < looks->pair_count; i++)
        text_add_format(out, "%s%lld-%lld", i ? ", " : "", (long long)looks->pairs[i].from, (long long)looks->pairs[i].to);
    text_add_char(out, ']');
}

/* A number that is kept in millionths, without the zeros at its end. */
static void add_weight(Text *out, int64_t weight)
{
    int64_t size = weight < 0 ? -weight : weight, part = size % WEIGHT_ONE, digit = WEIGHT_ONE / 10;
    text_add_format(out, "%s%lld", weight < 0 ? "-" : "", (long long)(size / WEIGHT_ONE));
    text_add(out, part ? STR(".") : STR(""));
    for (; part; digit /= 10) {
        text_add_int(out, part / digit);
        part %= digit;
    }
}

static void add_weights(Text *out, const UnitLooks *looks)
{
    begin(out, "weights");
    for (uint32_t i = 0; i < looks->weight_count; i++) {
        bool first = i % looks->weight_columns == 0;
        text_add(out, !i ? STR("[[") : first ? STR("], [") : STR(", "));
        add_weight(out, looks->weights[i]);
    }
    text_add(out, STR("]]"));
}

Str spec_units(Arena *arena, const UnitLooks *looks)
{
    static const char *const marks[] = {"none", "circle", "triangle", "cross"};
    Text out = text_in(arena);
    text_add_char(&out, '{');
    if (looks->has_kept)
        add_kept(&out, looks);
    if (looks->mark) {
        begin(&out, "mark");
        text_add(&out, str_from(marks[looks->mark]));
    }
    if (looks->loop) {
        begin(&out, "loop");
        text_add(&out, looks->loop == LOOP_YES ? STR("yes") : STR("no"));
    }
    if (looks->label_count)
        add_labels(arena, &out, looks);
    if (looks->links)
        add_links(&out, looks);
    if (looks->weight_count)
        add_weights(&out, looks);
    text_add_char(&out, '}');
    return text_str(&out);
}

Str spec_picture(Arena *arena, Picture picture)
{
    Str file = yaml_scalar(arena, picture.file, picture.sheared);
    return picture.sheared ? str_format(arena, "{file: %.*s, sheared: yes}", STR_ARGS(file)) : file;
}
