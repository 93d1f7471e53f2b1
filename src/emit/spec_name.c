/* SPDX-License-Identifier: MIT */
/* Names of entries: which the reader of a spec gives by itself, which must be written, how a layer is read by its name. */
#include "emit/spec.h"

enum { ROUNDS = 8, DEEPEST = 128 };

/* Names as the reader counts them: see read/space.c. */
struct Counting {
    Names *counters; /* stem → uint32_t */
    Names *given;    /* names that stand for something */
    Names *reserved; /* names that are written */
};

/* ---- spaces ---------------------------------------------------------------------------------------------------- */

/* Where names of the entries in it stand. */
static Space *real(Space *space)
{
    while (space->ghost)
        space = space->outer;
    return space;
}

static Space *space_new(Writer *writer, Space *outer)
{
    Space *space = ARENA_NEW(writer->arena, Space);
    space->outer = outer;
    space->depth = outer ? outer->depth + 1 : 0;
    return space;
}

static void walk_list(Writer *writer, UnitList *list, Space *space, uint32_t *order, uint32_t *height);

static void walk_layers(Writer *writer, const Layer *head, Space *space, uint32_t *order)
{
    for (const Layer *layer = head; layer; layer = writer->next_cell[layer->index]) {
        writer->space_of[layer->index] = space;
        writer->in_order[*order] = layer;
        writer->ordinal[layer->index] = (*order)++;
    }
}

static void walk_unit(Writer *writer, Unit *unit, Space *space, uint32_t *order, uint32_t *height)
{
    uint32_t inside = 0;
    unit->space = space;
    unit->order = *order;
    if (unit->kind != UNIT_LINE && unit->scope && unit->scope->name.size) {
        unit->inner = space_new(writer, space);
        unit->inner->unit = unit;
        space = unit->inner;
    }
    for (uint32_t i = 0; i < unit->list_count; i++) {
        Space *within = space;
        if (unit->lists[i].name.size) {
            within = unit->lists[i].space = space_new(writer, space);
            within->path = &unit->lists[i];
        }
        walk_list(writer, &unit->lists[i], within, order, &inside);
    }
    if (unit->kind != UNIT_SCOPE)
        walk_layers(writer, unit->head, space, order);
    unit->size = *order - unit->order;
    unit->height = inside + (unit->kind == UNIT_SCOPE);
    *height = unit->height > *height ? unit->height : *height;
    if (unit->kind == UNIT_SCOPE)
        *ARENA_PUSH(writer->arena, writer->scopes, writer->scope_count, writer->scope_room) = unit;
}

static void walk_list(Writer *writer, UnitList *list, Space *space, uint32_t *order, uint32_t *height)
{
    for (Unit *unit = list->first; unit; unit = unit->next) {
        walk_unit(writer, unit, space, order, height);
        for (uint32_t i = 0; i < unit->again_count; i++)
            walk_unit(writer, unit->again[i], space, order, height);
    }
}

void spec_spaces(Writer *writer)
{
    uint32_t order = 0, height = 0;
    writer->root_space = space_new(writer, NULL);
    writer->root_space->taken = names_new(writer->arena);
    for (uint32_t i = 0; i < writer->first_layer; i++) {
        writer->space_of[i] = writer->root_space;
        writer->in_order[order] = writer->graph->layers[i];
        writer->ordinal[i] = order++;
        names_put(writer->root_space->taken, writer->graph->layers[i]->name, writer);
    }
    walk_list(writer, &writer->root, writer->root_space, &order, &height);
}

/* ---- reading by name ------------------------------------------------------------------------------------------- */

/* Spaces from just inside of what both share down to the layer's. */
static uint32_t way_down(const Writer *writer, const Space *site, const Layer *layer, Space **way)
{
    Space *space = writer->space_of[layer->index];
    uint32_t count = 0;
    const Space *other = site;
    while (other && space && other->depth > space->depth)
        other = other->outer;
    while (space && space != other && count < DEEPEST) {
        if (!space->ghost)
            way[count++] = space;
        if (other && other->depth == space->depth)
            other = other->outer;
        space = space->outer;
    }
    return count;
}

static Port end_of(const Space *space)
{
    return space->path ? space->path->end : space->unit->end;
}

/* The last instance of a run stands for all of it. */
static bool is_last(const Unit *unit)
{
    const Unit *first = unit->owner ? unit->owner : unit;
    return first->again_count ? first->again[first->again_count - 1] == unit : true;
}

static Str without_number(const Unit *first)
{
    bool numbered = first->again_count && str_ends(first->name, STR("_1"));
    return numbered ? str_slice(first->name, 0, first->name.size - 2) : first->name;
}

static Str called(const Unit *unit)
{
    const Unit *first = unit->owner ? unit->owner : unit;
    if (first->again_count && first->named && is_last(unit))
        return without_number(first);
    return unit->name;
}

static Unit *first_of(Unit *unit)
{
    return unit->owner ? unit->owner : unit;
}

void spec_need(Writer *writer, Space *site, Port port)
{
    Space *way[DEEPEST];
    uint32_t count = way_down(writer, site, port.layer, way);
    for (uint32_t i = count; i-- > 0;) {
        bool whole = port_equal(end_of(way[i]), port);
        if (way[i]->unit) {
            first_of(way[i]->unit)->named = true;
            way[i]->unit->tapped = way[i]->unit->tapped || !whole;
        }
        if (whole)
            return;
    }
    Unit *unit = writer->line_of[port.layer->index];
    if (unit)
        first_of(unit)->named = true;
}

Str spec_ref(Writer *writer, Space *site, Port port)
{
    Space *way[DEEPEST];
    uint32_t count = way_down(writer, site, port.layer, way);
    Text text = text_in(writer->arena);
    for (uint32_t i = count; i-- > 0;) {
        bool whole = port_equal(end_of(way[i]), port);
        text_add_format(&text, "%s%.*s", text.size ? "/" : "",
                        STR_ARGS(way[i]->path ? way[i]->path->name : called(way[i]->unit)));
        if (whole)
            return text_str(&text);
    }
    const Unit *unit = writer->line_of[port.layer->index];
    bool inner = unit && unit->tail != port.layer;
    Str name = unit && !inner ? called(unit) : port.layer->name;
    text_add_format(&text, "%s%.*s", text.size ? "/" : "", STR_ARGS(name));
    if (port.output)
        text_add_format(&text, ".%u", port.output + 1);
    return text_str(&text);
}

/* ---- names of a spec ------------------------------------------------------------------------------------------- */

typedef struct Round {
    Writer *writer;
    bool changed;
} Round;

static struct Counting *counting_of(Writer *writer, Space *space)
{
    if (!space->counting) {
        space->counting = ARENA_NEW(writer->arena, struct Counting);
        *space->counting = (struct Counting){names_new(writer->arena), names_new(writer->arena), names_new(writer->arena)};
    }
    return space->counting;
}

/* "conv", "pool", "fancy_layer": see layer_stem in read/layer.c. */
static Str stem_of(Arena *arena, const Layer *layer)
{
    Text text = text_in(arena);
    if (!op_is_custom(layer->op))
        return layer->op->style == STYLE_POOL ? STR("pool") : str_from(layer->op->name);
    for (size_t i = 0; i < layer->op_name.size; i++) {
        char c = layer->op_name.at[i];
        if (c >= 'A' && c <= 'Z')
            text_add_char(&text, (char)(c - 'A' + 'a'));
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9' && text.size))
            text_add_char(&text, c);
        else if (text.size && text.at[text.size - 1] != '_')
            text_add_char(&text, '_');
    }
    return text.size ? text_str(&text) : STR("custom");
}

static Str automatic(Round *round, Space *space, Str stem)
{
    struct Counting *counting = counting_of(round->writer, space);
    uint32_t *last = names_get(counting->counters, stem);
    if (!last) {
        last = ARENA_NEW(round->writer->arena, uint32_t);
        names_put(counting->counters, stem, last);
    }
    for (;;) {
        Str name = str_format(round->writer->arena, "%.*s%u", STR_ARGS(stem), ++*last);
        if (!names_get(counting->given, name) && !names_get(counting->reserved, name))
            return name;
    }
}

static void give(Round *round, Space *space, Str name)
{
    names_put(counting_of(round->writer, space)->given, name, round->writer);
}

static void count_list(Round *round, UnitList *list);

static void expect(Round *round, Unit *unit, Str stem)
{
    Unit *first = first_of(unit);
    const uint32_t *last = names_get(counting_of(round->writer, unit->space)->counters, stem);
    uint32_t before = last ? *last : 0;
    if (!first->named && !str_equal(automatic(round, unit->space, stem), unit->name)) {
        first->named = true;
        round->changed = true;
        *(uint32_t *)names_get(counting_of(round->writer, unit->space)->counters, stem) = before; /* it was not asked for */
    }
    give(round, unit->space, unit->name);
}

static void count_once(Round *round, Unit *unit)
{
    Writer *writer = round->writer;
    bool call = unit->kind == UNIT_SCOPE && unit->scope->kind == SCOPE_BLOCK;
    if (unit->kind == UNIT_LINE)
        expect(round, unit, stem_of(writer->arena, unit->head));
    else if (call)
        expect(round, unit, unit->scope->definition);
    else if (unit->name.size)
        give(round, unit->space, unit->name);
    for (uint32_t i = 0; i < unit->list_count; i++)
        count_list(round, &unit->lists[i]);
    Space *space = unit->inner ? unit->inner : unit->space;
    if (unit->kind != UNIT_LINE && unit->kind != UNIT_SCOPE && unit->head)
        give(round, space, automatic(round, space, stem_of(writer->arena, unit->head)));
    for (const Layer *layer = unit->head; layer; layer = writer->next_cell[layer->index])
        give(round, space, layer->name);
}

static void count_list(Round *round, UnitList *list)
{
    for (Unit *unit = list->first; unit; unit = unit->next) {
        count_once(round, unit);
        for (uint32_t i = 0; i < unit->again_count; i++)
            count_once(round, unit->again[i]);
    }
}

/* Names that are written are kept free by the reader: it counts past them. */
static void reserve_list(Writer *writer, UnitList *list)
{
    for (Unit *unit = list->first; unit; unit = unit->next) {
        if (unit->named && unit->name.size)
            names_put(counting_of(writer, unit->space)->reserved, without_number(unit), writer);
        for (uint32_t i = 0; i < unit->list_count; i++)
            reserve_list(writer, &unit->lists[i]);
        for (uint32_t k = 0; k < unit->again_count; k++)
            for (uint32_t i = 0; i < unit->again[k]->list_count; i++)
                reserve_list(writer, &unit->again[k]->lists[i]);
    }
}

static void forget(Space *space)
{
    space->counting = NULL;
}

static void forget_list(UnitList *list)
{
    if (list->space)
        forget(list->space);
    for (Unit *unit = list->first; unit; unit = unit->next) {
        if (unit->inner)
            forget(unit->inner);
        for (uint32_t i = 0; i < unit->list_count; i++)
            forget_list(&unit->lists[i]);
        for (uint32_t k = 0; k < unit->again_count; k++) {
            if (unit->again[k]->inner)
                forget(unit->again[k]->inner);
            for (uint32_t i = 0; i < unit->again[k]->list_count; i++)
                forget_list(&unit->again[k]->lists[i]);
        }
    }
}

static void take_names(UnitList *list)
{
    for (Unit *unit = list->first; unit; unit = unit->next)
        for (uint32_t k = 0; k <= unit->again_count; k++) {
            Unit *one = k ? unit->again[k - 1] : unit;
            one->name = one->kind == UNIT_LINE ? one->head->name : one->scope ? one->scope->name : (Str){0};
            /* Groups have names; a residual or branch only where its author has given it one. */
            one->named = one->name.size && one->kind != UNIT_LINE && one->scope->kind != SCOPE_BLOCK;
            for (uint32_t i = 0; i < one->list_count; i++)
                take_names(&one->lists[i]);
        }
}

static void names_of_spec(Writer *writer)
{
    Round round = {writer, true};
    take_names(&writer->root);
    for (int i = 0; i < ROUNDS && round.changed; i++) {
        round.changed = false;
        forget(writer->root_space);
        forget_list(&writer->root);
        reserve_list(writer, &writer->root);
        for (uint32_t k = 0; k < writer->first_layer; k++)
            give(&round, writer->root_space, writer->graph->layers[k]->name);
        count_list(&round, &writer->root);
    }
}

/* ---- names of a model file ------------------------------------------------------------------------------------- */

/* A name of the model as one that a spec can have: a letter, then letters, digits and `_`. */
static Str fit_name(Arena *arena, Str name, Str otherwise)
{
    Text text = text_in(arena);
    for (size_t i = 0; i < name.size && text.size < 60; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool other = (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
        if (letter || (other && text.size))
            text_add_char(&text, c);
        else if (text.size && text.at[text.size - 1] != '_')
            text_add_char(&text, '_');
    }
    while (text.size && (text.at[text.size - 1] == '_' || text.at[text.size - 1] == '.'))
        text.size--;
    Str fit = text_str(&text);
    return !fit.size || str_equal(fit, STR("previous")) ? otherwise : fit;
}

/* The same for a layer, which would seem to be another operation under the name of one. */
static Str fit_layer_name(Arena *arena, Str name, Str otherwise)
{
    Str fit = fit_name(arena, name, otherwise);
    return op_find(fit) ? otherwise : fit;
}

/* One that hides none outside, which what stands in the space may read. */
static Str free_name(Writer *writer, Space *space, Str name)
{
    Str numbered = name;
    Names *taken = space->taken, *outside = writer->root_space->taken;
    for (uint32_t n = 2; names_get(taken, numbered) || names_get(outside, numbered); n++)
        numbered = str_format(writer->arena, "%.*s_%u", STR_ARGS(name), n);
    names_put(taken, numbered, writer);
    return numbered;
}

/* What a layer of a model file would be called: after the module that it is, else after what it does. */
static Str wished(Writer *writer, const Unit *unit, bool in_block)
{
    Str stem = str_format(writer->arena, "%.*s_out", STR_ARGS(stem_of(writer->arena, unit->head ? unit->head : writer->graph->layers[0])));
    if (unit->kind == UNIT_SCOPE && unit->scope->unnamed)
        return unit->scope->definition;
    if (unit->kind == UNIT_SCOPE)
        return fit_name(writer->arena, unit->scope->name, STR("part"));
    Str module = unit->head->scope->name;
    if (in_block || (real(unit->space)->unit && real(unit->space)->unit->scope == unit->head->scope))
        return stem;
    return fit_layer_name(writer->arena, module.size ? module : unit->head->name, stem);
}

static void copy_names(const UnitList *from, UnitList *to);

static void copy_name(const Unit *from, Unit *to)
{
    to->name = from->name;
    to->named = from->named;
    for (uint32_t i = 0; i < to->list_count && i < from->list_count; i++)
        copy_names(&from->lists[i], &to->lists[i]);
}

/* All instances of a block are written as its first one is. */
static void copy_names(const UnitList *from, UnitList *to)
{
    const Unit *one = from->first;
    for (Unit *unit = to->first; unit && one; unit = unit->next, one = one->next) {
        copy_name(one, unit);
        for (uint32_t i = 0; i < unit->again_count && i < one->again_count; i++)
            copy_name(one->again[i], unit->again[i]);
    }
}

static void name_list(Writer *writer, UnitList *list, bool in_block)
{
    for (Unit *unit = list->first; unit; unit = unit->next) {
        for (uint32_t k = 0; k <= unit->again_count; k++) {
            Unit *one = k ? unit->again[k - 1] : unit;
            bool group = one->kind == UNIT_SCOPE && !one->block && !one->bare;
            if (one->inner)
                one->inner->taken = in_block || one->block ? names_new(writer->arena) : writer->root_space->taken;
            if (one->named || group) {
                one->name = free_name(writer, real(one->space), wished(writer, one, in_block));
                one->named = true;
            }
            const Unit *first = one->block ? one->block->instances[0] : one;
            for (uint32_t i = 0; i < one->list_count; i++)
                if (first != one)
                    copy_names(&first->lists[i], &one->lists[i]);
                else
                    name_list(writer, &one->lists[i], in_block || one->block);
        }
    }
}

void spec_names(Writer *writer)
{
    if (writer->imported)
        name_list(writer, &writer->root, false);
    else
        names_of_spec(writer);
}
