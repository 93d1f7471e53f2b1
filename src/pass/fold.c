/* SPDX-License-Identifier: MIT */
/* Finds what is repeated: runs that the author wrote, equal neighbours in model files. One is drawn, with its ×N. */
#include "pass/plan.h"

/* Whether `next` may be a repetition of `scope`, as far as their kinds go. */
static bool may_repeat(const Plan *plan, const Scope *scope, const Scope *next)
{
    if (!next || next->placing)
        return false;
    if (plan->brief)
        return plan_is_module(scope) && plan_is_module(next);
    if (scope->kind != next->kind || !str_equal(scope->definition, next->definition))
        return false;
    if (scope->run && scope->run == next->run)
        return true;
    return plan_is_module(scope) && plan->figure->fold == TOGGLE_YES;
}

/* Whether a ×N says more than it takes away: a few equal boxes in a row are told at a glance. */
static bool is_worth_it(const Plan *plan, const Scope *scope, int64_t times)
{
    enum { MANY = 4 };
    uint32_t boxes = plan_scope(plan, scope)->boxes;
    if (times < 2 || !boxes || plan_scope(plan, scope)->keep_apart)
        return false;
    if (boxes > 1 || plan->figure->fold == TOGGLE_YES)
        return true;
    return scope->run && !plan->brief && (scope->kind == SCOPE_BLOCK || times > MANY);
}

/*
 * In a run that the author wrote, what is the same but for sizes is still one program, and the figure says that they
 * differ; where folding is asked for, so is what has other attributes. Neighbours nobody called a run must be equal.
 */
static bool is_alike(const Plan *plan, const Scope *scope, const Scope *next, Likeness likeness)
{
    bool same_run = !plan->brief && scope->run && scope->run == next->run;
    if (!same_run)
        return likeness == LIKE_EQUAL;
    return likeness >= (plan->figure->fold == TOGGLE_YES ? LIKE_STRUCTURE : LIKE_PROGRAM);
}

/* The instances from `scope` on that are alike; returns the last one. */
static const Scope *find_stretch(Plan *plan, Compare *compare, const Scope *scope, int64_t *times, Str *differs)
{
    const Scope *last = scope;
    bool chained = false, aligned = true;
    *times = 1;
    *differs = (Str){0};
    while (may_repeat(plan, last, last->next)) {
        Str difference;
        Likeness likeness = compare_scopes(compare, last, last->next, chained, &difference);
        if (likeness < LIKE_PROGRAM && plan->brief && plan_grows(plan, last, last->next)) {
            likeness = LIKE_EQUAL;
            difference = STR("each reads all before");
        }
        if (likeness == LIKE_PROGRAM && plan->brief && plan_appends(plan, last, last->next, &difference))
            likeness = LIKE_EQUAL;
        if (likeness < LIKE_PROGRAM && plan->brief && plan_alternates(plan, last, last->next)) {
            likeness = LIKE_EQUAL;
            difference = STR("every second: shifted");
            aligned = false;
        }
        if (!is_alike(plan, last, last->next, likeness))
            break;
        if (!differs->size)
            *differs = difference;
        chained = likeness >= LIKE_PROGRAM;
        aligned = aligned && chained && plan_scope(plan, last)->layers.size == plan_scope(plan, last->next)->layers.size;
        last = last->next;
        plan_scope(plan, last)->aligned = aligned;
        ++*times;
    }
    return last;
}

/* Draws `scope` once for all from `first` on to `last`. */
static void fold_stretch(Plan *plan, const Scope *first, const Scope *scope, const Scope *last, int64_t times)
{
    for (const Scope *again = first; again != last->next; again = again->next)
        if (again != scope)
            plan_scope(plan, again)->like = scope;
    if (first != scope)
        plan_scope(plan, first)->aligned = false;
    plan_scope(plan, scope)->times = times;
    plan_scope(plan, scope)->final = last;
    uint32_t boxes = 0;
    for (const Scope *again = first; again != last->next; again = again->next)
        boxes += plan_scope(plan, again)->boxes;
    ScopePlan *parent = plan_scope(plan, first->parent);
    bool module = plan->brief ? plan_is_module(first->parent) : scope->kind == SCOPE_GROUP && first->parent->kind == SCOPE_GROUP;
    parent->unit = module && boxes == parent->boxes ? scope : NULL;
}

static void fold_children(Plan *plan, Compare *compare, const Scope *parent)
{
    for (const Scope *scope = parent->first; scope; scope = scope->next) {
        int64_t times, more;
        Str differs, first;
        Port entry;
        const Scope *last = find_stretch(plan, compare, scope, &times, &differs);
        if (times == 1 && plan->brief && may_repeat(plan, scope, scope->next) && is_worth_it(plan, scope, 2) &&
            plan_begins_stage(plan, scope, scope->next, &entry, &first)) {
            last = find_stretch(plan, compare, scope->next, &more, &differs);
            fold_stretch(plan, scope, scope->next, last, more + 1);
            plan_scope(plan, scope)->entry = entry;
            plan_scope(plan, scope->next)->differs = first;
        } else if (is_worth_it(plan, scope, times)) {
            fold_stretch(plan, scope, scope, last, times);
            plan_scope(plan, scope)->differs = differs;
        }
        scope = last;
    }
}

void plan_fold(Plan *plan)
{
    Compare *compare = compare_new(plan);
    bool folds = !plan->figure->explicit_ && plan->figure->fold != TOGGLE_NO;
    for (uint32_t i = 0; i < plan->graph->scope_count; i++) {
        plan->scopes[i].like = NULL;
        plan->scopes[i].gone = NULL;
        plan->scopes[i].entry = (Port){0};
        plan->scopes[i].unit = NULL;
        plan->scopes[i].times = 1;
        plan->scopes[i].final = plan->graph->scopes[i];
        plan->scopes[i].differs = (Str){0};
    }
    /* Parents come before children, so that nothing is compared inside of what is not drawn. */
    Range below = plan_scope(plan, plan->top)->scopes;
    for (uint32_t i = 0; i < below.size; i++) {
        const Scope *scope = plan->graph->scopes[plan->scope_order[below.start + i]];
        ScopePlan *planned = plan_scope(plan, scope);
        if (scope != plan->top && scope->parent)
            planned->gone = plan_scope(plan, scope->parent)->gone;
        if (!planned->gone && planned->like)
            planned->gone = scope;
        if (folds && !planned->gone)
            fold_children(plan, compare, scope);
    }
}
