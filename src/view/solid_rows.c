/* SPDX-License-Identifier: MIT */
/* A line of solids that wraps into rows: only between groups, never under an arrow over the top, a text or a pyramid. */
#include "base/names.h"
#include "view/solid.h"

/* A solid of the scene and the gap before it. */
typedef struct Standing {
    uint32_t gap;      /* its ITEM_GAP; 0: none before it */
    int64_t end;       /* where it ends along the spine when all stand in one row, roughly */
    int64_t held;      /* arrows, texts and pyramids over the gap before it */
    bool linked;       /* an arrow leads to it from the solid before */
    bool forked;       /* what leads to it leads to a later one as well */
} Standing;

typedef struct Rows {
    Scene *scene;
    Standing *solids;
    uint32_t count;
    Names *names;      /* name → solid */
} Rows;

enum { GAP_UNITS = 60, DEPTH_PART = 3 };

/* As asked, or as many as keep them readable. */
int64_t solids_rows(const SolidPlan *plan)
{
    enum { ROW_MOST = 40 };
    int64_t asked = plan->figure->wrap;
    if (plan->levels || plan->towers) {
        return 1;
    }
    return asked ? asked : (plan->count + ROW_MOST - 1) / ROW_MOST;
}

static void list_solids(Rows *rows, Arena *arena)
{
    int64_t at = 0;
    uint32_t gap = 0;

    rows->solids = ARENA_ARRAY(arena, (size_t)rows->scene->item_count + 2, Standing);
    rows->names = names_new(arena);
    for (uint32_t i = 0; i < rows->scene->item_count; i++) {
        const SceneItem *item = &rows->scene->items[i];
        if (item->kind == ITEM_GAP) {
            at += item->a * GAP_UNITS + item->b;
            gap = item->a >= 3 ? i : 0;
        } else if (item->kind == ITEM_SOLID || item->kind == ITEM_CIRCLE) {
            at += item->kind == ITEM_SOLID ? item->a + item->c / DEPTH_PART : GAP_UNITS;
            rows->solids[rows->count] = (Standing){.gap = gap, .end = at};
            names_put(rows->names, item->name, &rows->solids[rows->count++]);
            gap = 0;
        }
    }
}

/* What reaches from one solid to another: no row may end between them, but where it can fork from the way to the next row. */
static void hold(Rows *rows, Str from, Str to, bool forks)
{
    const Standing *a = names_get(rows->names, from), *b = names_get(rows->names, to);

    if (a && b && a < b) {
        rows->solids[a - rows->solids + 1].forked |= forks;
        rows->solids[a - rows->solids + (forks ? 2 : 1)].held++;
        rows->solids[b - rows->solids + 1].held--;
    }
}

static void find_holds(Rows *rows)
{
    for (uint32_t i = 0; i < rows->scene->item_count; i++) {
        const SceneItem *item = &rows->scene->items[i];
        if (item->kind == ITEM_SPAN || item->kind == ITEM_WINDOW) {
            hold(rows, item->name, item->name2, false);
        }
    }
    for (uint32_t i = 0; i < rows->scene->edge_count; i++) {
        const SceneEdge *edge = &rows->scene->edge_list[i];
        const Standing *a = names_get(rows->names, edge->from), *b = names_get(rows->names, edge->to);
        if (edge->level) {
            hold(rows, edge->from, edge->to, b > a + 1);
        } else if (a && b && b == a + 1) {
            rows->solids[b - rows->solids].linked = true;
        }
    }
    for (uint32_t i = 1; i <= rows->count; i++) {
        rows->solids[i].held += rows->solids[i - 1].held;
    }
}

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

/* How far from the end that a row should have; a row that ends at a fork has no arrow over the rest of the next one. */
static int64_t cost_of(const Standing *solid, int64_t best, int64_t row)
{
    enum { FORK_PART = 5 };
    return distance(solid[-1].end, best) + (solid->forked ? 0 : row / FORK_PART);
}

/* The solid that the next row begins with, 0: none. */
static uint32_t choose(const Rows *rows, uint32_t before, int64_t best, int64_t row)
{
    uint32_t chosen = 0;

    for (uint32_t i = before + 1; i < rows->count; i++) {
        const Standing *solid = &rows->solids[i];
        bool may = solid->gap && solid->linked && !solid->held;
        if (may && (!chosen || cost_of(solid, best, row) < cost_of(&rows->solids[chosen], best, row))) {
            chosen = i;
        }
    }
    return chosen;
}

/* Arrows over the top from the end of a row become arrows to the next one. */
static void fork_edges(Rows *rows, const Standing *end)
{
    for (uint32_t i = 0; i < rows->scene->edge_count; i++) {
        SceneEdge *edge = &rows->scene->edge_list[i];
        if (edge->level && names_get(rows->names, edge->from) == end) {
            edge->level = 0;
        }
    }
}

void solids_wrap(Arena *arena, Scene *scene, int64_t wanted)
{
    Rows rows = {.scene = scene};
    uint32_t row = 1, before = 0;

    list_solids(&rows, arena);
    find_holds(&rows);
    for (int64_t k = 1; k < wanted && rows.count; k++) {
        int64_t length = rows.solids[rows.count - 1].end / wanted;
        uint32_t chosen = choose(&rows, before, length * k, length);
        if (!chosen) {
            return;
        }
        scene->items[rows.solids[chosen].gap] = (SceneItem){.kind = ITEM_ROW, .a = ++row};
        fork_edges(&rows, &rows.solids[chosen - 1]);
        before = chosen;
    }
}
