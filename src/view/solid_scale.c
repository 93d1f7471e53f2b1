/* SPDX-License-Identifier: MIT */
/* How large solids are: one monotone law an axis for the whole figure, in integers, the same on every machine. */
#include "view/solid.h"

enum {
    FACE_LEAST = 36,      /* 7×7 beside 224×224 stays visible */
    THICK_LEAST = 24,     /* RGB is no hairline */
    THICK_MOST = 260,     /* solids stay slabs */
    PILLAR = 44,          /* thickness and depth of vectors */
    PILLAR_MOST = 560,    /* height of the longest vector beside maps */
    PILLAR_LEAST = 60,    /* height of the shortest */
    LYING = 2,            /* part of it, along the line */
    FORESHORTENED = 5,    /* halves by which depth is longer than it looks */
    PLATE = 44,           /* depth of sequences */
    THIN_LEAST = 6,       /* of flat bars */
    LEVEL_MOST = 220,     /* bars in levels */
    LEVEL_LENGTH = 2400,  /* all bars in levels together */
    LEVEL_RATIO = 32,     /* in levels resolutions no further apart than this are drawn linearly, otherwise */
    LINEAR_RATIO = 16,    /* resolutions no further apart than this are drawn linearly, … */
    POWER_RATIO = 64,     /* … than this by their power 3/4, others by their square root */
    LENGTH = 4300,        /* length of the spine without its least gaps, so that a figure is three to four times as */
    LENGTH_A_GROUP = 190, /* wide as high, in a column and across a page: gaps and labels take a part of the width */
    LENGTH_A_SOLID = 60,  /* that does not grow with the figure */
    LENGTH_LEAST = 1300,
    LENGTH_MOST = 3000,
    ROWS_MOST = 8,        /* rows of a folded line that make it longer */
    SHEET_STEP = 90,      /* depth of a sheet and the gap behind it */
    SPREAD_STEP = 10      /* what is written is round */
};

/* Sizes beyond these are drawn as these: keeps all products below 2^63. */
#define NUMBER_MOST ((int64_t)1 << 24)
#define UNITS_MOST ((int64_t)1 << 30)

int64_t solid_sqrt(int64_t n)
{
    int64_t root = 0;
    for (int64_t bit = (int64_t)1 << 31; bit; bit >>= 1)
        if ((root | bit) <= n / (root | bit))
            root |= bit;
    return root;
}

int64_t solid_log2(int64_t n)
{
    enum { BITS = 10, ONE = 30 };
    int64_t whole = 0;
    while (n >> (whole + 1))
        whole++;
    /* Mantissa in [1, 2) with 30 binary digits; each squaring yields one more digit of the logarithm. */
    uint64_t mantissa = whole > ONE ? (uint64_t)n >> (whole - ONE) : (uint64_t)n << (ONE - whole);
    int64_t result = whole;
    for (int i = 0; i < BITS; i++) {
        mantissa = mantissa * mantissa >> ONE;
        result = 2 * result + (int64_t)(mantissa >> (ONE + 1));
        mantissa >>= mantissa >> (ONE + 1);
    }
    return result;
}

/* ---- One axis ---- */

typedef struct Axis {
    ScaleLaw law;
    int64_t *classes; /* SCALE_CLASSES: the sizes that occur, ascending */
    uint32_t count;   /* of them */
    int64_t least;    /* smallest size that occurs */
    int64_t most;     /* largest */
} Axis;

static int64_t bounded(int64_t n)
{
    return n < 1 ? 1 : n < NUMBER_MOST ? n : NUMBER_MOST;
}

static void axis_add(Arena *arena, Axis *axis, int64_t number)
{
    int64_t n = bounded(number);
    axis->least = axis->most && axis->least < n ? axis->least : n;
    axis->most = axis->most > n ? axis->most : n;
    if (!axis->classes)
        axis->classes = ARENA_ARRAY(arena, 2 * (size_t)SOLIDS_MOST, int64_t);
    uint32_t at = axis->count;
    while (at > 0 && axis->classes[at - 1] > n)
        at--;
    if ((at > 0 && axis->classes[at - 1] == n) || axis->count == 2 * (uint32_t)SOLIDS_MOST)
        return;
    for (uint32_t i = axis->count++; i > at; i--)
        axis->classes[i] = axis->classes[i - 1];
    axis->classes[at] = n;
}

/* What a size counts for: increasing in n, on a scale of the law's own. */
static int64_t axis_value(const Axis *axis, int64_t number)
{
    int64_t n = bounded(number);
    switch (axis->law) {
    case SCALE_POWER:
        return solid_sqrt(n * solid_sqrt(n << 20) << 10);
    case SCALE_SQRT:
        return solid_sqrt(n << 20);
    case SCALE_LOG:
        return solid_log2(n + 1);
    case SCALE_CLASSES:
        for (uint32_t i = 0; i < axis->count; i++)
            if (axis->classes[i] >= n)
                return (int64_t)i + 1;
        return (int64_t)axis->count;
    case SCALE_LINEAR:
        break;
    }
    return n;
}

static ScaleLaw law_asked(Law law, ScaleLaw otherwise)
{
    switch (law) {
    case LAW_LINEAR:
        return SCALE_LINEAR;
    case LAW_SQRT:
        return SCALE_SQRT;
    case LAW_LOG:
        return SCALE_LOG;
    case LAW_CLASSES:
        return SCALE_CLASSES;
    case LAW_AUTO:
        break;
    }
    return otherwise;
}

/* Resolutions are drawn as they are while the smallest one can still be seen beside the largest. */
static ScaleLaw law_for(const Axis *faces, bool levels)
{
    if (faces->least * (levels ? LEVEL_RATIO : LINEAR_RATIO) >= faces->most)
        return SCALE_LINEAR;
    return faces->least * POWER_RATIO >= faces->most ? SCALE_POWER : SCALE_SQRT;
}

static int64_t at_least(int64_t n, int64_t least)
{
    return n > least ? n : least;
}

/* `n` on an axis whose largest size is `full` units long. */
static int64_t axis_size(const Axis *axis, int64_t n, int64_t full, int64_t least)
{
    return axis->most ? at_least(axis_value(axis, n) * full / axis_value(axis, axis->most), least) : least;
}

/* ---- The figure ---- */

typedef struct Axes {
    Axis faces;    /* resolutions: heights and widths alike */
    Axis channels; /* of maps and sequences */
    Axis vectors;  /* lengths of vectors, always by square root */
} Axes;

static Axes axes_of(SolidPlan *plan)
{
    Axes axes = {.vectors = {.law = SCALE_SQRT}};
    for (uint32_t i = 0; i < plan->count; i++) {
        const Solid *solid = &plan->solids[i];
        if (solid->form == FORM_VECTOR)
            axis_add(plan->arena, &axes.vectors, solid->channels.n);
        if (!solid_is_face(solid))
            continue;
        axis_add(plan->arena, &axes.faces, solid->height.n);
        axis_add(plan->arena, &axes.channels, solid->channels.n);
        if (solid->form == FORM_MAP)
            axis_add(plan->arena, &axes.faces, solid->width.n);
    }
    plan->height_law = axes.faces.law = law_asked(plan->figure->scale, law_for(&axes.faces, plan->levels));
    plan->channel_law = axes.channels.law = law_asked(plan->figure->channel_scale, plan->levels ? SCALE_LINEAR : SCALE_SQRT);
    return axes;
}

/* Texts that run up vectors need room: these then are as high as the largest face. */
static bool has_turned_pillar(const SolidPlan *plan)
{
    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->solids[i].form == FORM_VECTOR && solid_turned(plan, i).text.size)
            return true;
    return false;
}

/* A bar of that length: upright, in depth, where it is seen foreshortened, or along the spine, where it takes up width. */
static void set_vector(const SolidPlan *plan, Solid *solid, int64_t length)
{
    solid->thick = solid->tall = solid->deep = at_least(plan->face * PILLAR / FACE_UNITS, 1);
    if (plan->receding)
        solid->deep = length * FORESHORTENED / 2;
    else if (plan->figure->vectors == VECTORS_ALONG)
        solid->thick = at_least(length / LYING, solid->thick);
    else
        solid->tall = length;
}

static void set_faces(SolidPlan *plan, const Axes *axes)
{
    int64_t full = plan->face;
    if (axes->faces.law == SCALE_LINEAR)
        plan->pixel = (Ratio){full, axes->faces.most};
    int64_t pillars = axes->faces.most && !has_turned_pillar(plan) ? full * PILLAR_MOST / FACE_UNITS : full;
    for (uint32_t i = 0; i < plan->count; i++) {
        Solid *solid = &plan->solids[i];
        int64_t least = plan->unit.size ? 1 : FACE_LEAST;
        if (solid_is_face(solid)) {
            solid->tall = axis_size(&axes->faces, solid->height.n, full, least);
            solid->deep = solid->form == FORM_MAP ? axis_size(&axes->faces, solid->width.n, full, least)
                                                  : at_least(full * PLATE / FACE_UNITS, 1);
        } else if (solid->form == FORM_VECTOR) {
            set_vector(plan, solid, axis_size(&axes->vectors, solid->channels.n, pillars, full * PILLAR_LEAST / FACE_UNITS));
        }
    }
}

/* Few maps are drawn as they are, many by their logarithm. */
int64_t solid_sheets(const Solid *solid)
{
    enum { FEW = 8, ONE = 1024 };
    if (solid->form != FORM_MAP)
        return 0;
    return solid->channels.n <= FEW ? solid->channels.n : FEW - 3 + solid_log2(bounded(solid->channels.n)) / ONE;
}

/* Sheets face the reader: as wide as the map, as deep as there are many of them. */
static void turn_to_sheets(SolidPlan *plan)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        Solid *solid = &plan->solids[i];
        if (solid->form != FORM_MAP)
            continue;
        solid->thick = solid->deep;
        solid->deep = at_least((solid_sheets(solid) - 1) * SHEET_STEP, 1);
    }
    plan->spread = 0;
}

/* Length that the spine should have beside its least gaps, for a figure of pleasing proportions. */
static int64_t wanted_length(const SolidPlan *plan)
{
    int64_t length = LENGTH;
    for (uint32_t i = 1; i < plan->count; i++)
        if (!plan->solids[i - 1].slab && plan->solids[i].tower < 2)
            length -= solid_stands_apart(plan, i) ? LENGTH_A_GROUP : LENGTH_A_SOLID;
    length = length < LENGTH_LEAST ? LENGTH_LEAST : length < LENGTH_MOST ? length : LENGTH_MOST;
    int64_t rows = solids_rows(plan);
    return length * (rows < ROWS_MOST ? rows : ROWS_MOST);
}

/* Thicknesses share what the pillars and slabs leave of the wanted length, but none makes a log of a slab. */
static void set_thicknesses(SolidPlan *plan, const Axes *axes)
{
    int64_t sum = 0, want = wanted_length(plan);
    int64_t most = axis_value(&axes->channels, at_least(axes->channels.most, 1));
    for (uint32_t i = 0; i < plan->count; i++) {
        const Solid *solid = &plan->solids[i];
        if (solid_is_face(solid) && !solid->slab)
            sum += axis_value(&axes->channels, solid->channels.n);
        else
            want -= solid->slab ? THICK_LEAST : solid->thick;
    }
    int64_t part = at_least(plan->levels ? LEVEL_LENGTH : want, 0), whole = at_least(sum, 1);
    int64_t thickest = plan->levels ? LEVEL_MOST : THICK_MOST;
    if (most * part / whole > thickest) {
        part = thickest;
        whole = most;
    }
    if (axes->channels.law == SCALE_LINEAR)
        plan->channel = (Ratio){part, whole};
    for (uint32_t i = 0; i < plan->count; i++) {
        Solid *solid = &plan->solids[i];
        if (!solid_is_face(solid))
            continue;
        int64_t value = solid->slab ? 0 : axis_value(&axes->channels, solid->channels.n);
        solid->thick = at_least(value * part / whole, plan->flat ? THIN_LEAST : THICK_LEAST);
    }
}

/* Few and thin solids spread over the wanted length: a wide figure shall not grow tall. */
static void set_spread(SolidPlan *plan)
{
    int64_t rest = wanted_length(plan), gaps = 0;
    for (uint32_t i = 0; i < plan->count; i++) {
        rest -= plan->solids[i].thick;
        gaps += i > 0 && solid_stands_apart(plan, i);
    }
    plan->spread = rest > 0 && gaps ? rest / gaps / SPREAD_STEP * SPREAD_STEP : 0;
}

/* ---- Exact units: `1 channel = 0.02mm` ---- */

static void warn_of_laws(SolidPlan *plan, const UnitAsked *unit)
{
    const Figure *figure = plan->figure;
    bool channels = unit->channel.size && figure->channel_scale != LAW_AUTO && figure->channel_scale != LAW_LINEAR;
    bool pixels = unit->pixel.size && figure->scale != LAW_AUTO && figure->scale != LAW_LINEAR;
    if (!channels && !pixels)
        return;
    diag_warning(plan->diags, figure->place, "`unit` makes the %s linear; `%s` has no effect",
                 channels ? "channels" : "resolution", channels ? "channel_scale" : "scale");
}

/* n · numerator / denominator, as exact as 63 bits allow. */
static int64_t in_proportion(int64_t n, int64_t numerator, int64_t denominator)
{
    while (numerator > INT64_MAX / n) {
        numerator >>= 1;
        denominator >>= 1;
    }
    int64_t result = denominator ? n * numerator / denominator : UNITS_MOST;
    return result < 1 ? 1 : result < UNITS_MOST ? result : UNITS_MOST;
}

/* Thicknesses are UNITS_A_CHANNEL a channel; faces exact too where pixels have a unit, else in good proportion. */
static void set_exact_channels(SolidPlan *plan, const UnitAsked *unit, Axes *axes)
{
    int64_t sum = 0;
    axes->channels.law = plan->channel_law = SCALE_LINEAR;
    plan->channel = (Ratio){UNITS_A_CHANNEL, 1};
    for (uint32_t i = 0; i < plan->count; i++) {
        Solid *solid = &plan->solids[i];
        if (solid_is_face(solid))
            solid->thick = bounded(solid->channels.n) * UNITS_A_CHANNEL;
        sum += solid->thick;
    }
    plan->unit = solid_unit_thousand(plan->arena, unit->channel);
    plan->face = in_proportion(at_least(sum, 1), FACE_UNITS, wanted_length(plan));
    if (!unit->pixel.size)
        return;
    axes->faces.law = plan->height_law = SCALE_LINEAR;
    int64_t face = at_least(axes->faces.most, 1) * UNITS_A_CHANNEL;
    plan->face = in_proportion(face, unit->pixel_length, unit->channel_length);
}

static bool set_exact(SolidPlan *plan, Axes *axes)
{
    UnitAsked unit = {{0}, {0}, 0, 0};
    if (!plan->figure->unit.size || !solid_unit_parse(plan->diags, plan->figure->place, plan->figure->unit, &unit))
        return false;
    warn_of_laws(plan, &unit);
    if (unit.channel.size) {
        set_exact_channels(plan, &unit, axes);
        return true;
    }
    axes->faces.law = plan->height_law = SCALE_LINEAR;
    plan->unit = solid_unit_thousand(plan->arena, unit.pixel);
    plan->face = at_least(bounded(axes->faces.most) * UNITS_A_CHANNEL, 1);
    return false;
}

static void set_sizes(SolidPlan *plan)
{
    Axes axes = axes_of(plan);
    plan->face = FACE_UNITS;
    bool thick_already = set_exact(plan, &axes);
    set_faces(plan, &axes);
    if (thick_already)
        return;
    set_thicknesses(plan, &axes);
    if (!plan->unit.size) {
        if (!plan->levels)
            set_spread(plan);
        return;
    }
    for (uint32_t i = 0; i < plan->count; i++) /* only pixels have a unit: thicknesses go with the largest face */
        if (solid_is_face(&plan->solids[i]))
            plan->solids[i].thick = at_least(plan->solids[i].thick * plan->face / FACE_UNITS, 1);
    plan->channel.d *= FACE_UNITS;
    plan->channel.n *= plan->face;
}

void solids_sizes(SolidPlan *plan)
{
    set_sizes(plan);
    if (plan->sheets)
        turn_to_sheets(plan);
}
