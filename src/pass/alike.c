/* SPDX-License-Identifier: MIT */
/* Neighbours that are one block to a reader: the first of a stage with its stride and projection, layers that read ever more. */
#include "op/op.h"
#include "pass/plan.h"

/* The boxes of a scope, one after the other. */
typedef struct Walk {
    const Plan *plan;
    Range range;
    uint32_t at;
} Walk;

/* The next box that is no sum, or NULL; sums come and go with shortcuts. */
static const Layer *next_box(Walk *walk)
{
    while (walk->at < walk->range.size) {
        const Layer *layer = walk->plan->graph->layers[walk->plan->layer_order[walk->range.start + walk->at++]];
        const LayerPlan *planned = plan_layer(walk->plan, layer);
        if (planned->head == layer && !planned->hidden && !plan_is_op(layer, "add"))
            return layer;
    }
    return NULL;
}

static bool same_dims(const Attr *a, const Attr *b)
{
    if (a->set != b->set || a->count != b->count || !str_equal(a->text, b->text))
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!dim_equal(a->dims[i], b->dims[i]))
            return false;
    return true;
}

/* What may be otherwise in the first of a stage: where it comes from, not what it is. */
static bool may_differ(const char *attr)
{
    static const char *const names[] = {"stride", "padding", "dilation", "in", "out", "groups", "features", "ceil", "size"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal(str_from(attr), str_from(names[i])))
            return true;
    return false;
}

static bool is_number(const Layer *layer, const char *attr, int64_t n)
{
    int row = op_attr_row(layer->op, attr);
    const Attr *said = row < 0 ? NULL : &layer->attrs[row];
    if (!said || !said->set || !said->count)
        return false;
    for (uint32_t i = 0; i < said->count; i++)
        if (!dim_is(said->dims[i], n))
            return false;
    return true;
}

/* What the first of a stage does that the others do not. */
typedef struct Otherwise {
    int64_t stride;    /* 1: the same */
    int64_t dilation;  /* 0: the same */
    bool projects;
} Otherwise;

/* The dilation of all axes; 0: several, or not known. */
static int64_t dilation_of(const Layer *layer)
{
    int row = op_attr_row(layer->op, "dilation");
    if (row < 0 || !layer->attrs[row].set || !layer->attrs[row].count)
        return 1;
    Dim first = layer->attrs[row].dims[0];
    return first.kind == DIM_INT && is_number(layer, "dilation", first.n) ? first.n : 0;
}

static bool same_kind(const Layer *a, const Layer *b, Otherwise *first)
{
    if (a->op != b->op || !str_equal(a->op_name, b->op_name))
        return false;
    for (uint32_t i = 0; i < a->op->attr_count; i++)
        if (!same_dims(&a->attrs[i], &b->attrs[i]) && !may_differ(a->op->attrs[i].name))
            return false;
    for (int64_t n = 2; n <= 4; n++)
        if (is_number(a, "stride", n) && !is_number(b, "stride", n))
            first->stride = n;
    int64_t dilation = dilation_of(a);
    if (dilation != dilation_of(b))
        first->dilation = dilation;
    return dilation != 0;
}

/* A convolution that only adapts the shortcut. */
static bool is_projection(const Layer *layer)
{
    return layer->op->style == STYLE_CONV && is_number(layer, "kernel", 1);
}

/* The boxes of `second`, and in `first` no others but a projection. */
static bool same_boxes(const Plan *plan, const Scope *first, const Scope *second, Otherwise *otherwise)
{
    Walk one = {plan, plan_scope(plan, first)->layers, 0}, two = {plan, plan_scope(plan, second)->layers, 0};
    const Layer *a = next_box(&one), *b = next_box(&two);
    uint32_t boxes = 0;
    while (a || b) {
        if (a && b && same_kind(a, b, otherwise)) {
            boxes++;
            b = next_box(&two);
        } else if (!a || otherwise->projects || !is_projection(a)) {
            return false;
        } else {
            otherwise->projects = true;
        }
        a = next_box(&one);
    }
    return boxes > 1;
}

/* How many shortcuts: sums in it, and whether one of their inputs is a projection. */
static uint32_t count_sums(const Plan *plan, const Scope *scope, bool *projects)
{
    Range range = plan_scope(plan, scope)->layers;
    uint32_t sums = 0;
    for (uint32_t i = 0; i < range.size; i++) {
        const Layer *layer = plan->graph->layers[plan->layer_order[range.start + i]];
        const LinkRole *roles = plan_layer(plan, layer)->roles;
        sums += plan_is_op(layer, "add");
        for (uint32_t k = 0; roles && k < layer->input_count; k++)
            *projects = *projects || roles[k] == LINK_PROJECTION;
    }
    return sums;
}

/* The one port outside that all of a scope reads; layer NULL: there are several. */
static Port only_entry(const Plan *plan, const Scope *scope)
{
    Range range = plan_scope(plan, scope)->layers;
    Port entry = {0};
    for (uint32_t i = 0; i < range.size; i++) {
        const Layer *layer = plan->graph->layers[plan->layer_order[range.start + i]];
        for (uint32_t k = 0; k < layer->input_count; k++) {
            Port port = layer->inputs[k];
            if (!port.layer || plan_holds(plan, scope, port.layer))
                continue;
            if (entry.layer && (entry.layer != port.layer || entry.output != port.output))
                return (Port){0};
            entry = port;
        }
    }
    return entry;
}

/* Equal, where sizes that neither tells count as equal: formats without them tell channels. */
static bool is_alike(Shape a, Shape b)
{
    if (!a.known || !b.known || a.rank != b.rank)
        return false;
    for (uint32_t i = 0; i < a.rank; i++)
        if (!dim_equal(a.dims[i], b.dims[i]) && (a.dims[i].kind != DIM_UNKNOWN || b.dims[i].kind != DIM_UNKNOWN))
            return false;
    return true;
}

bool plan_begins_stage(const Plan *plan, const Scope *first, const Scope *second, Port *entry, Str *differs)
{
    Otherwise otherwise = {.stride = 1};
    bool ever = false;
    if (!same_boxes(plan, first, second, &otherwise) ||
        !is_alike(plan_output(plan, plan_exit(plan, first)), plan_output(plan, plan_exit(plan, second))))
        return false;
    *entry = only_entry(plan, first);
    if (!entry->layer)
        return false;
    uint32_t sums = count_sums(plan, first, &otherwise.projects), usual = count_sums(plan, second, &ever);
    Text text = text_in(plan->arena);
    text_add(&text, STR("first: "));
    size_t bare = text.size;
    if (otherwise.stride > 1)
        text_add_format(&text, "/%lld", (long long)otherwise.stride);
    if (otherwise.dilation)
        text_add_format(&text, "%sdilation %lld", text.size > bare ? ", " : "", (long long)otherwise.dilation);
    if (otherwise.projects)
        text_add_format(&text, "%sprojection", text.size > bare ? ", " : "");
    if (sums < usual)
        text_add_format(&text, "%sno shortcut", text.size > bare ? ", " : "");
    *differs = text_str(&text);
    return text.size > bare;
}

/* Whether the windows of one are shifted and those of the other are not, and nothing else is otherwise. */
bool plan_alternates(const Plan *plan, const Scope *first, const Scope *second)
{
    Walk one = {plan, plan_scope(plan, first)->layers, 0}, two = {plan, plan_scope(plan, second)->layers, 0};
    bool alternates = false;
    for (;;) {
        const Layer *a = next_box(&one), *b = next_box(&two);
        if (!a || !b)
            return a == b && alternates;
        if (a->op != b->op || !str_equal(a->op_name, b->op_name))
            return false;
        for (uint32_t i = 0; i < a->op->attr_count; i++) {
            if (same_dims(&a->attrs[i], &b->attrs[i]))
                continue;
            if (!str_equal(str_from(a->op->attrs[i].name), STR("shifted")))
                return false;
            alternates = true;
        }
    }
}

/* ---- layers that read ever more -------------------------------- */

static bool same_but_inputs(const Layer *a, const Layer *b)
{
    if (a->op != b->op || !str_equal(a->op_name, b->op_name) || a->auxiliary != b->auxiliary ||
        (a->input_count != b->input_count && !plan_is_op(a, "concat")))
        return false;
    for (uint32_t i = 0; i < a->op->attr_count; i++)
        if (!same_dims(&a->attrs[i], &b->attrs[i]) && !str_equal(str_from(a->op->attrs[i].name), STR("in")))
            return false;
    return true;
}

/* Layer for layer the same, but for how much they read from outside: those of a dense block. */
bool plan_grows(const Plan *plan, const Scope *first, const Scope *second)
{
    Range a = plan_scope(plan, first)->layers, b = plan_scope(plan, second)->layers;
    bool grows = false;
    if (a.size != b.size || a.size < 2 || plan_scope(plan, first)->scopes.size != plan_scope(plan, second)->scopes.size)
        return false;
    for (uint32_t i = 0; i < a.size; i++) {
        const Layer *one = plan->graph->layers[plan->layer_order[a.start + i]];
        const Layer *two = plan->graph->layers[plan->layer_order[b.start + i]];
        if (!same_but_inputs(one, two))
            return false;
        grows = grows || one->input_count != two->input_count;
    }
    return grows && shape_equal(plan_output(plan, plan_exit(plan, first)), plan_output(plan, plan_exit(plan, second)));
}

/* What a scope puts beside what it reads, where that is all it gives; layer NULL: it gives something else. */
static Port part_of(const Plan *plan, const Scope *scope)
{
    const Layer *exit = plan_exit(plan, scope);
    if (!plan_is_op(exit, "concat") || exit->input_count != 2 || !exit->inputs[0].layer || !exit->inputs[1].layer)
        return (Port){0};
    bool first = plan_holds(plan, scope, exit->inputs[0].layer), second = plan_holds(plan, scope, exit->inputs[1].layer);
    return first == second ? (Port){0} : exit->inputs[second];
}

bool plan_appends(const Plan *plan, const Scope *first, const Scope *second, Str *differs)
{
    Port one = part_of(plan, first), two = part_of(plan, second);
    if (!one.layer || !two.layer)
        return false;
    Shape part = plan_shape(plan, one), other = plan_shape(plan, two);
    if (!part.known || part.rank < 3 || !shape_equal(part, other))
        return false;
    bool last = one.layer->layout == LAYOUT_CHANNELS_LAST;
    *differs = str_format(plan->arena, "each adds %.*s channels", STR_ARGS(dim_text(plan->arena, part.dims[last ? part.rank - 1 : 0])));
    return true;
}
