/* SPDX-License-Identifier: MIT */
/* Which units are linked: all to all where a layer mixes what it reads, one to one where it does not; or as the author says. */
#include "view/unit.h"

#include <string.h>

static bool is_op(const Node *node, const char *name)
{
    return node->kind != NODE_GROUP && strcmp(node->layer->op->name, name) == 0;
}

/* Whether each unit of a layer reads one unit alone: what has as many units as it reads, and no weights between different ones. */
static bool keeps_apart(const UnitPlan *plan, const Link *link)
{
    const UnitLayer *from = units_layer(plan, link->from), *to = units_layer(plan, link->to);
    if (link->to->kind == NODE_GROUP || !dim_equal(from->size, to->size))
        return false;
    switch (link->to->layer->op->style) {
    case STYLE_DENSE:
    case STYLE_RECURRENT:
    case STYLE_ATTENTION:
    case STYLE_EMBEDDING:
    case STYLE_OTHER:
    case STYLE_COUNT:
        return false;
    case STYLE_CONV:
        return is_op(link->to, "dwconv") ||
               (op_attr_row(link->to->layer->op, "groups") >= 0 &&
                dim_equal(attr_int(plan->arena, link->to->layer, "groups"), from->size));
    case STYLE_DATA:
    case STYLE_POOL:
    case STYLE_NORM:
    case STYLE_ACTIVATION:
    case STYLE_MERGE:
    case STYLE_RESHAPE:
    case STYLE_REGULAR:
    case STYLE_LOSS:
        break;
    }
    return true;
}

/* Of a concatenation along the features: how many units stand before those of this input; -1 where that is not known. */
static int64_t offset_of(const UnitPlan *plan, uint32_t index)
{
    const Link *link = &plan->outline->links[index];
    int64_t offset = 0;
    for (uint32_t i = index; i-- > 0 && plan->outline->links[i].to == link->to;) {
        Dim size = units_layer(plan, plan->outline->links[i].from)->size;
        if (size.kind != DIM_INT)
            return -1;
        offset += size.n;
    }
    return offset;
}

/* The whole concatenation is as long as its parts together. */
static bool adds_up(const UnitPlan *plan, const Node *to)
{
    Dim sum = dim_int(0);
    for (uint32_t i = 0; i < plan->outline->link_count; i++)
        if (plan->outline->links[i].to == to)
            sum = dim_add(plan->arena, sum, units_layer(plan, plan->outline->links[i].from)->size);
    return dim_equal(sum, units_layer(plan, to)->size);
}

/* The number of a unit must be one that the layer has. */
static bool is_unit(const UnitPlan *plan, const UnitLayer *layer, int64_t unit, Place place, const char *key)
{
    if (layer->size.kind != DIM_INT || unit <= layer->size.n)
        return true;
    diag_error(plan->diags, place, "`%s` names unit %lld of `%.*s`, which has %lld", key, (long long)unit,
               STR_ARGS(layer->node->name), (long long)layer->size.n);
    return false;
}

static Str pairs_text(const UnitPlan *plan, const UnitLayer *from, const UnitLayer *to, bool *good)
{
    Text text = text_in(plan->arena);
    const UnitLooks *looks = to->looks;
    for (uint32_t i = 0; i < looks->pair_count && *good; i++) {
        UnitPair pair = looks->pairs[i];
        *good = is_unit(plan, from, pair.from, looks->links_place, "links") &&
                is_unit(plan, to, pair.to, looks->links_place, "links");
        if (units_shows(from, pair.from) && units_shows(to, pair.to))
            text_add_format(&text, "%s%lld-%lld", text.size ? "," : "", (long long)pair.from, (long long)pair.to);
    }
    return text_str(&text);
}

/* What the package is told; *none where there is nothing to draw. */
static Str rule_text(const UnitPlan *plan, uint32_t index, bool *none, bool *good)
{
    const Link *link = &plan->outline->links[index];
    const UnitLayer *from = units_layer(plan, link->from), *to = units_layer(plan, link->to);
    Str pairs;
    switch (to->looks ? to->looks->links : LINKS_AUTO) {
    case LINKS_ALL:
        return (Str){0};
    case LINKS_SAME:
        return STR("=");
    case LINKS_NONE:
        *none = true;
        return (Str){0};
    case LINKS_PAIRS:
        pairs = pairs_text(plan, from, to, good);
        *none = !pairs.size;
        return pairs;
    case LINKS_AUTO:
        break;
    }
    int64_t offset = is_op(link->to, "concat") && adds_up(plan, link->to) ? offset_of(plan, index) : -1;
    if (offset > 0)
        return str_format(plan->arena, "+%lld", (long long)offset);
    return offset == 0 || keeps_apart(plan, link) ? STR("=") : (Str){0};
}

/* ---- weights --------------------------------------------------------------------------------------------------- */

static uint32_t inputs_of(const UnitPlan *plan, const Node *node)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->outline->link_count; i++)
        count += plan->outline->links[i].to == node;
    return count;
}

static bool weights_fit(const UnitPlan *plan, const UnitLayer *from, const UnitLayer *to)
{
    const UnitLooks *looks = to->looks;
    bool one = inputs_of(plan, to->node) == 1;
    bool columns = dim_is(from->size, looks->weight_columns) || (from->bias && dim_is(from->size, (int64_t)looks->weight_columns - 1));
    if (one && columns && dim_is(to->size, looks->weight_rows))
        return true;
    if (!one)
        diag_error(plan->diags, looks->weights_place, "weights are for a layer that reads one other");
    else
        diag_error(plan->diags, looks->weights_place, "the weights are %u×%u, and %.*s units read %.*s", looks->weight_rows,
                   looks->weight_columns, STR_ARGS(dim_text(plan->arena, to->size)), STR_ARGS(dim_text(plan->arena, from->size)));
    diag_hint(plan->diags, "one row for each unit, in it one number for each unit that it reads%s",
              from->bias ? ", and one more for the bias" : "");
    return false;
}

/* Of all layers, so that equal weights are equally wide everywhere. */
static int64_t largest_weight(const UnitPlan *plan)
{
    int64_t largest = 1;
    for (uint32_t i = 0; i < plan->outline->node_count; i++) {
        const UnitLooks *looks = plan->layers[i].looks;
        for (uint32_t k = 0; looks && k < looks->weight_count; k++) {
            int64_t size = looks->weights[k] < 0 ? -looks->weights[k] : looks->weights[k];
            largest = size > largest ? size : largest;
        }
    }
    return largest;
}

/* Per cent of the largest weight; one that is not zero is at least 1. */
static int64_t per_cent(int64_t weight, int64_t largest)
{
    int64_t size = weight < 0 ? -weight : weight;
    int64_t part = largest > INT64_MAX / 200 ? size / (largest / 100) : size * 100 / largest;
    part = size && !part ? 1 : part > 100 ? 100 : part;
    return weight < 0 ? -part : part;
}

static void add_weights(const UnitPlan *plan, SceneEdge *edge, const UnitLayer *from, const UnitLayer *to)
{
    const UnitLooks *looks = to->looks;
    int64_t largest = largest_weight(plan);
    edge->weights = ARENA_ARRAY(plan->arena, units_shown(to), SceneWeights);
    for (uint32_t i = 0; i < units_shown(to); i++) {
        Text text = text_in(plan->arena);
        const int64_t *row = &looks->weights[(units_number(to, i) - 1) * looks->weight_columns];
        for (uint32_t k = 0; k < units_shown(from); k++)
            text_add_format(&text, "%s%lld", k ? "," : "", (long long)per_cent(row[units_number(from, k) - 1], largest));
        if (from->bias && dim_is(from->size, (int64_t)looks->weight_columns - 1))
            text_add_format(&text, ",%lld", (long long)per_cent(row[looks->weight_columns - 1], largest));
        edge->weights[edge->weight_count++] = (SceneWeights){units_number(to, i), text_str(&text)};
    }
}

/* ---- links ----------------------------------------------------------------------------------------------------- */

static const char *role_name(LinkRole role)
{
    static const char *const names[] = {"flow", "shortcut", "projection", "copy"};
    return names[role];
}

/* An arrow that passes ranks runs beside them, further out than the shorter ones under it. */
static void add_skip(const UnitPlan *plan, Scene *scene, const Link *link)
{
    uint32_t a = units_layer(plan, link->from)->rank, b = units_layer(plan, link->to)->rank, level = 1;
    for (uint32_t i = 0; i < scene->edge_count; i++) {
        const SceneEdge *other = &scene->edge_list[i];
        if (other->level && other->ranks[0] < b && other->ranks[1] > a && other->level >= level)
            level = other->level + 1;
    }
    SceneEdge *edge = scene_add_edge(scene, link->from->name, link->to->name, role_name(link->role));
    edge->level = level;
    edge->ranks[0] = a;
    edge->ranks[1] = b;
}

static bool add_links(const UnitPlan *plan, Scene *scene, uint32_t index)
{
    const Link *link = &plan->outline->links[index];
    const UnitLayer *from = units_layer(plan, link->from), *to = units_layer(plan, link->to);
    bool none = false, good = true;
    Str rule = rule_text(plan, index, &none, &good);
    if (none || !good)
        return good;
    bool weighted = to->looks && to->looks->weight_rows;
    if (weighted && !weights_fit(plan, from, to))
        return false;
    SceneEdge *edge = scene_add_edge(scene, link->from->name, link->to->name, "flow");
    edge->units = rule;
    if (weighted)
        add_weights(plan, edge, from, to);
    return true;
}

static bool few_enough(const UnitPlan *plan)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < plan->outline->link_count; i++) {
        const Link *link = &plan->outline->links[i];
        count += (uint64_t)units_shown(units_layer(plan, link->from)) * units_shown(units_layer(plan, link->to));
    }
    if (count <= UNITS_LINKS)
        return true;
    diag_error(plan->diags, plan->figure->place, "%llu links between units are too many for one figure", (unsigned long long)count);
    diag_hint(plan->diags, "`units: %d` shows fewer of each layer; `only` draws a part", UNITS_SHOWN);
    return false;
}

/* Short skips first: they are the inner ones. Between rings there is no beside: links pass them. */
bool units_links(const UnitPlan *plan, Scene *scene)
{
    const Outline *outline = plan->outline;
    bool good = few_enough(plan), rings = plan->direction == DIRECTION_OUT;
    for (uint32_t i = 0; i < outline->link_count && good; i++)
        if (rings || units_layer(plan, outline->links[i].to)->rank == units_layer(plan, outline->links[i].from)->rank + 1)
            good = add_links(plan, scene, i);
    for (uint32_t length = 2; length < plan->ranks && !rings; length++)
        for (uint32_t i = 0; i < outline->link_count && good; i++)
            if (units_layer(plan, outline->links[i].to)->rank == units_layer(plan, outline->links[i].from)->rank + length)
                add_skip(plan, scene, &outline->links[i]);
    return good;
}
