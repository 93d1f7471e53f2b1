/* SPDX-License-Identifier: MIT */
/* Whether two scopes are instances of the same thing: operations, attributes, shapes and wiring, never names. */
#include "graph/units.h"
#include "op/op.h"
#include "pass/plan.h"

/* Which layer of the other scope corresponds to a layer, valid where the stamp is the comparison's. */
typedef struct Mate {
    uint32_t stamp;
    uint32_t layer;
} Mate;

struct Compare {
    const Plan *plan;
    uint32_t stamp;   /* of the comparison under way */
    Mate *forward;    /* layers of the first scope, and those it reads, to the second's */
    Mate *backward;   /* and back */
    const ScopePlan *first, *second;
    bool chained;     /* the first is a repetition of the scope before it */
    bool shared;      /* the second uses the first's weights */
    bool resized;     /* something has another shape */
};

Compare *compare_new(const Plan *plan)
{
    Compare *compare = ARENA_NEW(plan->scratch, Compare);
    compare->plan = plan;
    compare->forward = ARENA_ARRAY(plan->scratch, plan->graph->layer_count, Mate);
    compare->backward = ARENA_ARRAY(plan->scratch, plan->graph->layer_count, Mate);
    return compare;
}

/* Makes two layers correspond; false where one of them has another mate already. */
static bool pair_up(Compare *compare, const Layer *a, const Layer *b)
{
    Mate *there = &compare->forward[a->index], *back = &compare->backward[b->index];
    if (there->stamp != compare->stamp && back->stamp != compare->stamp) {
        *there = (Mate){compare->stamp, b->index};
        *back = (Mate){compare->stamp, a->index};
        return true;
    }
    return there->stamp == compare->stamp && there->layer == b->index && back->stamp == compare->stamp &&
           back->layer == a->index;
}

static bool same_dim(Dim a, Dim b)
{
    return (a.kind == DIM_UNKNOWN && b.kind == DIM_UNKNOWN) || dim_equal(a, b);
}

static bool same_attribute(const Attr *a, const Attr *b)
{
    if (a->set != b->set || a->count != b->count || !str_equal(a->text, b->text))
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!same_dim(a->dims[i], b->dims[i]))
            return false;
    return true;
}

static bool same_shape(Shape a, Shape b)
{
    if (a.known != b.known || (a.known && a.rank != b.rank))
        return false;
    for (uint32_t i = 0; a.known && i < a.rank; i++)
        if (!same_dim(a.dims[i], b.dims[i]))
            return false;
    return true;
}

static bool same_looks(const Layer *a, const Layer *b)
{
    bool units = a->units == b->units || (a->units && b->units && a->units->place.line == b->units->place.line &&
                                          a->units->place.column == b->units->place.column);
    return units && str_equal(a->label, b->label) && str_equal(a->note, b->note) && str_equal(a->style, b->style);
}

static bool same_shapes(const Layer *a, const Layer *b)
{
    for (uint32_t i = 0; i < a->output_count; i++)
        if (!same_shape(a->outputs[i], b->outputs[i]))
            return false;
    return true;
}

static bool same_operation(const Layer *a, const Layer *b)
{
    if (a->op != b->op || !str_equal(a->op_name, b->op_name) || a->layout != b->layout ||
        a->output_count != b->output_count || a->input_count != b->input_count || a->auxiliary != b->auxiliary ||
        !a->cell_of != !b->cell_of || !same_looks(a, b))
        return false;
    for (uint32_t i = 0; i < a->op->attr_count; i++)
        if (!same_attribute(&a->attrs[i], &b->attrs[i]))
            return false;
    return true;
}

static bool in_range(const Compare *compare, const ScopePlan *scope, const Layer *layer)
{
    return plan_layer(compare->plan, layer)->position - scope->layers.start < scope->layers.size;
}

/* What both read from outside: the same layer, or each the instance before it. */
static bool same_source(const Compare *compare, const Layer *a, const Layer *b)
{
    if (a == b)
        return true;
    if (!in_range(compare, compare->first, b))
        return false;
    uint32_t size = compare->first->layers.size;
    return !compare->chained || plan_layer(compare->plan, b)->position - plan_layer(compare->plan, a)->position == size;
}

static LinkRole role_of(const Compare *compare, const Layer *layer, uint32_t input)
{
    const LinkRole *roles = plan_layer(compare->plan, layer)->roles;
    return roles ? roles[input] : LINK_FLOW;
}

/* What an input comes from: in a brief figure, what is drawn for it, for nothing of the rest is seen. */
static Port source_of(const Compare *compare, Port port)
{
    const LayerPlan *planned = port.layer ? plan_layer(compare->plan, port.layer) : NULL;
    if (!compare->plan->brief || !planned || !planned->hidden)
        return port;
    return (Port){planned->origin ? compare->plan->graph->layers[planned->origin->index] : NULL, 0};
}

static bool same_inputs(Compare *compare, const Layer *a, const Layer *b)
{
    for (uint32_t i = 0; i < a->input_count; i++) {
        Port from_a = source_of(compare, a->inputs[i]), from_b = source_of(compare, b->inputs[i]);
        if (!from_a.layer != !from_b.layer || from_a.output != from_b.output ||
            role_of(compare, a, i) != role_of(compare, b, i))
            return false;
        if (!from_a.layer)
            continue;
        bool inside = in_range(compare, compare->first, from_a.layer);
        if (inside != in_range(compare, compare->second, from_b.layer))
            return false;
        if (!pair_up(compare, from_a.layer, from_b.layer))
            return false;
        if (!inside && !same_source(compare, from_a.layer, from_b.layer))
            return false;
    }
    return true;
}

/* Weights of their own each, or all the first's. */
static bool same_weights(Compare *compare, const Layer *a, const Layer *b)
{
    const Layer *of_a = a->weights_of, *of_b = b->weights_of;
    if (a->after_count != b->after_count || a->frozen != b->frozen || a->trained != b->trained || a->training != b->training || a->idle != b->idle)
        return false;
    if (of_b && (of_b == a || of_b == of_a)) {
        compare->shared = true;
        return true;
    }
    if (!of_a || !of_b)
        return of_a == of_b;
    const Mate *mate = &compare->forward[of_a->index];
    return mate->stamp == compare->stamp && mate->layer == of_b->index;
}

/* Whether somebody outside reads it. */
static bool is_exit(const Compare *compare, const ScopePlan *scope, const Layer *layer)
{
    const Users *users = &compare->plan->users;
    for (uint32_t i = users->first[layer->index]; i < users->first[layer->index + 1]; i++)
        if (!in_range(compare, scope, users->list[i]))
            return true;
    return plan_layer(compare->plan, layer)->leaves;
}

static const Layer *layer_at(const Compare *compare, const ScopePlan *scope, uint32_t offset)
{
    return compare->plan->graph->layers[compare->plan->layer_order[scope->layers.start + offset]];
}

/* The next layer of a scope that counts, or NULL; in a brief figure those that only hand on are not seen. */
static const Layer *next_layer(const Compare *compare, const ScopePlan *scope, uint32_t *offset)
{
    while (*offset < scope->layers.size) {
        const Layer *layer = layer_at(compare, scope, (*offset)++);
        if (!compare->plan->brief || !plan_layer(compare->plan, layer)->hidden)
            return layer;
    }
    return NULL;
}

static bool same_layers(Compare *compare)
{
    const ScopePlan *first = compare->first, *second = compare->second;
    uint32_t at_first = 0, at_second = 0;
    for (;;) {
        const Layer *a = next_layer(compare, first, &at_first), *b = next_layer(compare, second, &at_second);
        if (!a || !b)
            return a == b;
        uint32_t scope_a = plan_scope(compare->plan, a->scope)->scopes.start - first->scopes.start;
        uint32_t scope_b = plan_scope(compare->plan, b->scope)->scopes.start - second->scopes.start;
        if (scope_a != scope_b || !same_operation(a, b) || !pair_up(compare, a, b) || !same_inputs(compare, a, b) ||
            !same_weights(compare, a, b) || is_exit(compare, first, a) != is_exit(compare, second, b))
            return false;
        compare->resized = compare->resized || !same_shapes(a, b);
    }
}

/* In a brief figure modules are told apart by what is in them, not by how they are called. */
static bool same_kind(const Plan *plan, const Scope *a, const Scope *b)
{
    if (plan->brief && plan_is_module(a) && plan_is_module(b))
        return true;
    return a->kind == b->kind && str_equal(a->definition, b->definition);
}

static bool same_scopes(const Compare *compare)
{
    const Plan *plan = compare->plan;
    for (uint32_t i = 0; i < compare->first->scopes.size; i++) {
        const Scope *a = plan->graph->scopes[plan->scope_order[compare->first->scopes.start + i]];
        const Scope *b = plan->graph->scopes[plan->scope_order[compare->second->scopes.start + i]];
        bool nested = i > 0;
        if (!same_kind(plan, a, b) || !str_equal(a->style, b->style) ||
            !str_equal(a->note, b->note) || !str_equal(a->label, b->label) ||
            (nested && (a->run_index != b->run_index || a->run_count != b->run_count)) ||
            (!plan->brief && plan_scope(plan, a)->layers.size != plan_scope(plan, b)->layers.size))
            return false;
    }
    return true;
}

/* "stride 2" for each attribute that the first has otherwise, each once, a few at most. */
static void add_differences(const Compare *compare, Text *text, const Layer *a, const Layer *b)
{
    enum { MOST = 80 };
    for (uint32_t i = 0; i < a->op->attr_count && text->size < MOST; i++) {
        if (same_attribute(&a->attrs[i], &b->attrs[i]))
            continue;
        const char *name = a->op->attrs[i].name;
        Str value = a->attrs[i].text;
        if (a->attrs[i].count)
            value = dim_text(compare->plan->arena, a->attrs[i].dims[0]);
        else if (!a->attrs[i].set)
            value = str_from(a->op->attrs[i].fallback);
        Str said = str_format(compare->plan->arena, "%s %.*s", name, STR_ARGS(value));
        Str rest = text_str(text), piece;
        bool known = false;
        while (str_cut(&rest, ',', &piece))
            known = known || str_equal(str_trim(piece), said);
        if (!known)
            text_add_format(text, "%s%.*s", text->size ? ", " : "", STR_ARGS(said));
    }
}

/* The next layer of a scope that is drawn, or NULL. */
static const Layer *next_box(const Compare *compare, const ScopePlan *scope, uint32_t *offset)
{
    while (*offset < scope->layers.size) {
        const Layer *layer = layer_at(compare, scope, (*offset)++);
        if (plan_layer(compare->plan, layer)->head == layer)
            return layer;
    }
    return NULL;
}

/* The same boxes in the same order, whatever their attributes; *differs says what the first has otherwise. */
static Likeness compare_boxes(const Compare *compare, Str *differs)
{
    Text text = text_in(compare->plan->arena);
    uint32_t at_first = 0, at_second = 0;
    for (;;) {
        const Layer *a = next_box(compare, compare->first, &at_first);
        const Layer *b = next_box(compare, compare->second, &at_second);
        if (!a && !b)
            break;
        if (!a || !b || a->op != b->op || !str_equal(a->op_name, b->op_name))
            return LIKE_NOTHING;
        add_differences(compare, &text, a, b);
    }
    if (compare->first->layers.size > compare->second->layers.size)
        text_add_format(&text, "%sprojection", text.size ? ", " : "");
    *differs = text.size ? str_format(compare->plan->arena, "first: %.*s", STR_ARGS(text_str(&text)))
                         : STR("sizes of the first");
    return LIKE_STRUCTURE;
}

Likeness compare_scopes(Compare *compare, const Scope *first, const Scope *second, bool chained, Str *differs)
{
    compare->stamp++;
    compare->chained = chained;
    compare->shared = compare->resized = false;
    compare->first = plan_scope(compare->plan, first);
    compare->second = plan_scope(compare->plan, second);
    *differs = (Str){0};
    bool brief = compare->plan->brief;
    bool same_size = (brief || compare->first->layers.size == compare->second->layers.size) &&
                     compare->first->scopes.size == compare->second->scopes.size;
    if (same_size && same_scopes(compare) && same_layers(compare)) {
        if (compare->shared)
            *differs = STR("weights shared");
        else if (compare->resized)
            *differs = STR("sizes of the first");
        return compare->resized ? LIKE_PROGRAM : LIKE_EQUAL;
    }
    if (compare->plan->figure->fold != TOGGLE_YES || first->kind != second->kind)
        return LIKE_NOTHING;
    return compare_boxes(compare, differs);
}
