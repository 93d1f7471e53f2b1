/* SPDX-License-Identifier: MIT */
/* What the sizes of solids mean: the laws in words, and bars for those that are linear. */
#include "view/solid.h"

enum {
    BAR_PART = 4,         /* a bar is at most this part of the largest face, */
    BAR_PARTS_MOST = 2000000, /* and the package multiplies by a thousand */
};

static bool has_form(const SolidPlan *plan, SolidForm form, SolidForm other)
{
    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->solids[i].form == form || plan->solids[i].form == other)
            return true;
    return false;
}

static const char *law_words(ScaleLaw law)
{
    switch (law) {
    case SCALE_POWER:
        return "by the power 3/4";
    case SCALE_SQRT:
        return "by the square root";
    case SCALE_LOG:
        return "by the logarithm";
    case SCALE_CLASSES:
        return "in equal steps from size to size";
    case SCALE_LINEAR:
        break;
    }
    return "linear";
}

Str solids_scale_note(const SolidPlan *plan, bool faces, bool channels)
{
    Text text = text_in(plan->arena);
    if (faces && has_form(plan, FORM_MAP, FORM_SEQUENCE))
        text_add_format(&text, "resolution %s", law_words(plan->height_law));
    if (channels && has_form(plan, FORM_MAP, FORM_SEQUENCE))
        text_add_format(&text, "%schannels %s", text.size ? ", " : "", law_words(plan->channel_law));
    if (has_form(plan, FORM_VECTOR, FORM_VECTOR))
        text_add_format(&text, "%svectors by the square root of their length", text.size ? ", " : "");
    if (plan->unit.size)
        text_add_format(&text, "%s%.*s", text.size ? ", " : "", STR_ARGS(plan->figure->unit));
    for (size_t i = 0; i < names_count(plan->symbols); i++)
        text_add_format(&text, "%s%.*s", i ? " = " : ", drawn for ", STR_ARGS(names_key(plan->symbols, i)));
    if (names_count(plan->symbols))
        text_add_format(&text, " = %d", SYMBOL_NUMBER);
    return text_str(&text);
}

/* The largest power of two whose bar is not too long. */
static int64_t bar_number(const SolidPlan *plan, Ratio one)
{
    int64_t number = 1, most = plan->face / BAR_PART;
    while (number <= most && 2 * number * one.n / one.d <= most)
        number *= 2;
    return number;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    return b ? common_divisor(b, a % b) : a;
}

/* As short a fraction as it can be; beyond what the package can multiply it loses its last digits. */
static void add_bar(const SolidPlan *plan, Scene *scene, Ratio one, const char *what)
{
    int64_t number = bar_number(plan, one), bar = number * one.n, parts = one.d, divisor = common_divisor(bar, parts);
    SceneLegend *legend = scene_add_legend(scene, "", (Label){LABEL_TEXT, {NULL, 0}});
    legend->label.text = str_format(plan->arena, "%lld %s%s", (long long)number, what, number == 1 ? "" : "s");
    for (bar /= divisor, parts /= divisor; parts > BAR_PARTS_MOST || bar > INT32_MAX; parts = parts > 1 ? parts / 2 : 1)
        bar /= 2;
    legend->bar = bar;
    legend->parts = parts;
}

/* What no bar can show is said in words. */
static void add_bars(const SolidPlan *plan, Scene *scene)
{
    bool nearer = plan->figure->projection == PROJECTION_PERSPECTIVE && !plan->flat;
    bool faces = plan->pixel.d > 0 && !nearer, channels = plan->channel.d > 0 && !plan->sheets && !nearer;
    if (faces)
        add_bar(plan, scene, plan->pixel, has_form(plan, FORM_MAP, FORM_MAP) ? "pixel" : "position");
    if (channels)
        add_bar(plan, scene, plan->channel, has_form(plan, FORM_MAP, FORM_MAP) ? "channel" : "feature");
    if (!faces && !channels) {
        diag_warning(plan->diags, plan->figure->place, nearer ? "in perspective what is nearer is larger: no bar has one meaning; the scales are told in words"
                                                              : "no scale of this figure is linear: no bar has one meaning; the scales are told in words");
        diag_hint(plan->diags, nearer ? "`projection: oblique` has bars" : "`scale: linear` and `channel_scale: linear` have bars");
    }
    Str words = solids_scale_note(plan, !faces, !channels && !plan->sheets);
    if (words.size)
        scene_add_legend(scene, "", (Label){LABEL_TEXT, words});
}

void solids_add_scale(const SolidPlan *plan, Scene *scene)
{
    Str rest = scene->scale_note, part;
    while (plan->figure->scale_note == SCALE_NOTE_YES && str_cut(&rest, ',', &part)) /* apart, so that a line may end between them */
        scene_add_legend(scene, "", (Label){LABEL_TEXT, str_trim(part)});
    if (plan->figure->scale_note == SCALE_NOTE_BAR)
        add_bars(plan, scene);
}
