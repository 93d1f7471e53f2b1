/* SPDX-License-Identifier: MIT */
/* Levels: encoder-decoder networks with each resolution on a row of its own, one step down where it falls, back up where it grows. */
#include "view/solid.h"

enum {
    COPIES_LEAST = 2, /* copies across that make levels the natural form */
    LEVELS_LEAST = 3, /* and levels */
    ONE = 1000        /* factors are in thousandths */
};

/* The levels above the present one: by what factor each step went down. */
typedef struct Descent {
    int64_t *factors;
    uint32_t depth;
    int64_t level; /* from 0; less where a network begins by growing */
} Descent;

/* a / b in thousandths, for any sizes from 1: exact as far as it can be, never less than one thousandth. */
static int64_t ratio(int64_t a, int64_t b)
{
    const int64_t most = INT64_MAX / ONE;
    int64_t thousandths = a <= most ? a * ONE / b : a / b <= most / ONE ? a / b * ONE : most;
    return thousandths < 1 ? 1 : thousandths < most ? thousandths : most;
}

static int64_t factor_of(const Solid *large, const Solid *small)
{
    int64_t by_height = ratio(large->height.n, small->height.n);
    return by_height != ONE ? by_height : ratio(large->width.n, small->width.n);
}

/* Up again by as many levels as the factor takes back, at least one. */
static void go_up(Descent *descent, int64_t factor)
{
    do {
        int64_t taken = descent->depth ? descent->factors[--descent->depth] : factor;
        descent->level--;
        factor = ratio(factor, taken);
    } while (descent->depth && factor / 4 * 5 >= descent->factors[descent->depth - 1]);
}

static void step(Descent *descent, const Solid *before, const Solid *solid)
{
    int64_t down = factor_of(before, solid);
    if (down > ONE) {
        descent->factors[descent->depth++] = down;
        descent->level++;
    } else if (down < ONE) {
        go_up(descent, factor_of(solid, before));
    }
}

static void assign_levels(SolidPlan *plan)
{
    Descent descent = {ARENA_ARRAY(plan->arena, plan->count, int64_t), 0, 0};
    const Solid *before = NULL;
    int64_t top = 0;
    for (uint32_t i = 0; i < plan->count; i++) {
        Solid *solid = &plan->solids[i];
        if (solid_is_face(solid)) {
            if (before && solid->opens)
                step(&descent, before, solid);
            before = solid;
        }
        solid->level = descent.level;
        top = descent.level < top ? descent.level : top;
    }
    for (uint32_t i = 0; i < plan->count; i++) {
        plan->solids[i].level -= top;
        plan->level_count = plan->solids[i].level >= plan->level_count ? plan->solids[i].level + 1 : plan->level_count;
    }
}

/* Whether something between both ends of a skip stands further down. */
static bool spans_valley(const SolidPlan *plan, const Skip *skip)
{
    for (uint32_t i = skip->from + 1; i < skip->to; i++)
        if (plan->solids[i].level > plan->solids[skip->from].level)
            return true;
    return false;
}

/* Resolutions go down and up again, and copies lead straight across. */
static bool is_valley(const SolidPlan *plan)
{
    uint32_t across = 0;
    for (uint32_t i = 0; i < plan->skip_count; i++) {
        const Skip *skip = &plan->skips[i];
        if (plan->solids[skip->from].level != plan->solids[skip->to].level)
            return false;
        across += spans_valley(plan, skip);
    }
    return across >= COPIES_LEAST && plan->level_count >= LEVELS_LEAST;
}

static void check_wrap(const SolidPlan *plan)
{
    if ((plan->levels || plan->towers) && plan->figure->wrap > 1)
        diag_warning(plan->diags, plan->figure->place, "`wrap` has no effect on solids that stand in levels or towers");
}

bool solid_sheets_asked(const Figure *figure)
{
    return figure->maps == MAPS_SHEETS || (figure->maps == MAPS_AUTO && figure->projection == PROJECTION_SHEETS);
}

/* `projection: sheets` is `oblique` with sheets; in levels bars are flat unless something with depth is asked for. */
static void set_projection(SolidPlan *plan)
{
    Projection projection = plan->figure->projection;
    bool sheets = solid_sheets_asked(plan->figure);
    plan->flat = projection == PROJECTION_FLAT || (projection == PROJECTION_AUTO && plan->levels && !sheets);
    bool receding = plan->figure->vectors == VECTORS_RECEDING;
    plan->sheets = sheets && !plan->flat;
    plan->receding = receding && !plan->flat;
    if (plan->flat && (sheets || receding)) {
        diag_warning(plan->diags, plan->figure->place, "flat bars have no depth; `%s` has no effect", sheets ? "maps: sheets" : "vectors: receding");
        diag_hint(plan->diags, "depth is seen in `projection: oblique` or `projection: perspective`");
    }
}

void solids_levels(SolidPlan *plan)
{
    SpineForm asked = plan->figure->spine;
    if (asked != SPINE_STRAIGHT && asked != SPINE_TOWERS && !plan->towers) {
        assign_levels(plan);
        plan->levels = plan->level_count > 1 && (asked == SPINE_LEVELS || (plan->figure->wrap < 2 && is_valley(plan)));
        if (asked == SPINE_LEVELS && !plan->levels) {
            diag_warning(plan->diags, plan->figure->place, "all resolutions are alike: there is one level only");
            diag_hint(plan->diags, "levels are for networks whose resolution goes down and up again");
        }
    }
    check_wrap(plan);
    set_projection(plan);
    plan->operations = plan->levels && plan->figure->arrows != TOGGLE_NO;
    for (uint32_t i = 0; i < plan->count; i++) {
        plan->solids[i].slab = plan->solids[i].slab && !plan->levels;
        plan->solids[i].level = plan->levels ? plan->solids[i].level : 0;
    }
}

/* The solid before on the same level, or NOBODY. */
uint32_t solid_before_on_level(const SolidPlan *plan, uint32_t index)
{
    for (uint32_t i = index; i-- > 0;)
        if (plan->solids[i].level == plan->solids[index].level)
            return i;
    return NOBODY;
}

/* Whether the arrow that leads to it, or the next one from it, runs above it. */
static bool is_roofed(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    bool from_above = index && solid->joined && solid[-1].level < solid->level;
    bool to_above = index + 1 < plan->count && solid[1].joined && solid[1].level < solid->level;
    return from_above || to_above;
}

bool solid_level_says_channels(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    bool same = index && solid->joined && solid->channels.n == solid[-1].channels.n;
    return solid->form != FORM_CIRCLE && !(same && is_roofed(plan, index));
}
