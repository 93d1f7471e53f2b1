/* SPDX-License-Identifier: MIT */
/* Layers as units: how many each has, which of them are shown, and the rank on which they stand. */
#include "view/unit.h"

const UnitLayer *units_layer(const UnitPlan *plan, const Node *node)
{
    return &plan->layers[node->index];
}

uint32_t units_shown(const UnitLayer *layer)
{
    return layer->head + layer->tail;
}

int64_t units_number(const UnitLayer *layer, uint32_t index)
{
    return index < layer->head ? (int64_t)index + 1 : layer->size.n - layer->tail + (index - layer->head) + 1;
}

bool units_shows(const UnitLayer *layer, int64_t unit)
{
    return unit >= 1 && (unit <= layer->head || (layer->tail && unit > layer->size.n - layer->tail && unit <= layer->size.n));
}

/* ---- sizes ----------------------------------------------------------------------------------------------------- */

static bool slides(const Node *node)
{
    return node->layer->op->style == STYLE_CONV || node->layer->op->style == STYLE_POOL;
}

/* Of a shape with two sizes it is not told whether it is channels by length or positions by features: by what makes or reads it. */
static void find_axes(const UnitPlan *plan)
{
    const Outline *outline = plan->outline;
    for (uint32_t i = 0; i < outline->link_count; i++) {
        const Link *link = &outline->links[i];
        if (!units_layer(plan, link->from)->fed && slides(link->to))
            plan->layers[link->from->index].first_axis = true;
    }
    for (uint32_t i = 0; i < outline->link_count; i++) {
        const Link *link = &outline->links[i];
        UnitLayer *to = &plan->layers[link->to->index];
        StyleClass style = link->to->layer->op->style;
        bool last = style == STYLE_DENSE || style == STYLE_RECURRENT || style == STYLE_ATTENTION || style == STYLE_EMBEDDING;
        to->first_axis = slides(link->to) || (!last && units_layer(plan, link->from)->first_axis);
    }
}

static Dim size_of(const UnitLayer *layer)
{
    Shape shape = layer->node->shape;
    bool last = layer->node->layer->layout == LAYOUT_CHANNELS_LAST || (shape.rank == 2 && !layer->first_axis);
    if (!shape.known)
        return DIM_NONE;
    return shape.rank ? shape.dims[last ? shape.rank - 1 : 0] : dim_int(1);
}

/* As many as the figure shows, half of them from each end; of a size that is no number the first ones. */
static void choose_shown(const UnitPlan *plan, UnitLayer *layer)
{
    int64_t most = plan->figure->units ? plan->figure->units : UNITS_SHOWN;
    bool known = layer->size.kind == DIM_INT;
    layer->cut = !known || layer->size.n > most;
    if (!layer->cut) {
        layer->head = (uint32_t)layer->size.n;
        return;
    }
    most = most < UNITS_LINKS ? most : UNITS_LINKS;
    layer->head = (uint32_t)(most + 1) / 2;
    layer->tail = known ? (uint32_t)most / 2 : 0;
}

static bool measure(const UnitPlan *plan, UnitLayer *layer)
{
    const Node *node = layer->node;
    layer->size = size_of(layer);
    if (layer->size.kind == DIM_UNKNOWN || dim_is(layer->size, 0)) {
        diag_error(plan->diags, node->layer->place, "how many units `%.*s` has is not known", STR_ARGS(node->name));
        diag_hint(plan->diags, "say its shape, as `out` of a custom layer, or use `view: graph`");
        return false;
    }
    choose_shown(plan, layer);
    return true;
}

/* ---- ranks ----------------------------------------------------------------------------------------------------- */

/* The longest way from a source; sources stand right before what reads them first. */
static void find_ranks(UnitPlan *plan)
{
    const Outline *outline = plan->outline;
    uint32_t *soonest = ARENA_ARRAY(plan->arena, outline->node_count, uint32_t);
    for (uint32_t i = 0; i < outline->node_count; i++)
        plan->layers[i].rank = 1;
    for (uint32_t i = 0; i < outline->link_count; i++) {
        const UnitLayer *from = units_layer(plan, outline->links[i].from);
        UnitLayer *to = &plan->layers[outline->links[i].to->index];
        if (to->rank <= from->rank)
            to->rank = from->rank + 1;
    }
    for (uint32_t i = 0; i < outline->link_count; i++) {
        uint32_t *rank = &soonest[outline->links[i].from->index];
        uint32_t reader = units_layer(plan, outline->links[i].to)->rank;
        *rank = *rank && *rank < reader ? *rank : reader;
    }
    for (uint32_t i = 0; i < outline->node_count; i++) {
        UnitLayer *layer = &plan->layers[i];
        if (!layer->fed && soonest[i] > 1)
            layer->rank = soonest[i] - 1;
        plan->ranks = layer->rank > plan->ranks ? layer->rank : plan->ranks;
    }
}

enum { INPUTS_MOST = 64 };

/* Where a layer would stand if there were no others: like what reads it, by the place among what that reads. */
static uint64_t wanted_place(const UnitPlan *plan, const UnitLayer *layer)
{
    const Outline *outline = plan->outline;
    uint64_t wanted = UINT32_MAX;
    for (uint32_t i = 0; i < outline->link_count; i++) {
        const Link *link = &outline->links[i];
        const UnitLayer *to = units_layer(plan, link->to);
        uint32_t input = link->input < INPUTS_MOST ? link->input : INPUTS_MOST - 1;
        uint64_t place = (uint64_t)to->order * INPUTS_MOST + input;
        if (link->from == layer->node && to->rank == layer->rank + 1 && place < wanted)
            wanted = place;
    }
    /* arrows that pass ranks run on top, or at the right where the data do not flow to the right */
    bool first = plan->direction == DIRECTION_RIGHT ? layer->passed : !layer->passed;
    return wanted + (first ? 0 : (uint64_t)1 << 40);
}

/* From the last rank to the first. */
static void find_order(UnitPlan *plan)
{
    uint32_t count = plan->outline->node_count;
    uint64_t *wanted = ARENA_ARRAY(plan->arena, count, uint64_t);
    for (uint32_t rank = plan->ranks; rank > 0; rank--)
        for (uint32_t i = 0; i < count; i++) {
            UnitLayer *layer = &plan->layers[i];
            if (layer->rank != rank)
                continue;
            wanted[i] = wanted_place(plan, layer);
            for (uint32_t k = 0; k < i; k++) {
                UnitLayer *other = &plan->layers[k];
                if (other->rank == rank)
                    *(wanted[k] <= wanted[i] ? &layer->order : &other->order) += 1;
            }
        }
}

static bool has_bias(const Node *node)
{
    const Layer *layer = node->kind == NODE_GROUP ? NULL : node->layer;
    return layer && op_attr_row(layer->op, "bias") >= 0 && attr_bool(layer, "bias");
}

/* Where the author gives weights, those of the bias are among them. */
static bool weighs_bias(const UnitPlan *plan, const UnitLayer *from, const UnitLayer *to)
{
    return plan->figure->bias == TOGGLE_YES &&
           (!to->looks || !to->looks->weight_rows || dim_is(from->size, (int64_t)to->looks->weight_columns - 1));
}

static void find_ends(UnitPlan *plan)
{
    const Outline *outline = plan->outline;
    for (uint32_t i = 0; i < outline->link_count; i++) {
        plan->layers[outline->links[i].from->index].feeds = true;
        plan->layers[outline->links[i].to->index].fed = true;
    }
}

/* Arrows that pass ranks, and bias units where all readers in the next rank have a bias. */
static void mark_links(UnitPlan *plan)
{
    const Outline *outline = plan->outline;
    bool *without = ARENA_ARRAY(plan->arena, outline->node_count, bool);
    for (uint32_t i = 0; i < outline->link_count; i++) {
        const Link *link = &outline->links[i];
        UnitLayer *from = &plan->layers[link->from->index], *to = &plan->layers[link->to->index];
        if (to->rank > from->rank + 1)
            from->passed = to->passed = true;
        else if (has_bias(link->to) && weighs_bias(plan, from, to))
            from->bias = true;
        else
            without[link->from->index] = true;
    }
    for (uint32_t i = 0; i < outline->node_count; i++)
        plan->layers[i].bias = plan->layers[i].bias && !without[i];
}

bool units_plan(UnitPlan *plan)
{
    const Outline *outline = plan->outline;
    plan->layers = ARENA_ARRAY(plan->arena, outline->node_count, UnitLayer);
    if (outline->node_count > UNITS_LAYERS) {
        diag_error(plan->diags, plan->figure->place, "%u layers are too many to show their units", outline->node_count);
        diag_hint(plan->diags, "a smaller `depth` closes groups, `only` draws a part, `view: graph` takes any network");
        return false;
    }
    for (uint32_t i = 0; i < outline->node_count; i++) {
        const Node *node = &outline->nodes[i];
        plan->layers[i] = (UnitLayer){.node = node, .looks = node->kind == NODE_GROUP ? NULL : node->layer->units};
    }
    find_ends(plan);
    find_axes(plan);
    bool good = true;
    for (uint32_t i = 0; i < outline->node_count; i++)
        good = measure(plan, &plan->layers[i]) && good;
    find_ranks(plan);
    mark_links(plan);
    find_order(plan);
    return good;
}
