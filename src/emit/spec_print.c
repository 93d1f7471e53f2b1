/* SPDX-License-Identifier: MIT */
/* Equal neighbours become one entry with `times`; pieces become text. */
#include "emit/spec.h"

/* ---- runs ------------------------------------------------------------------------------------------------------ */

static bool inside(const Writer *writer, const Unit *unit, Port port)
{
    uint32_t ordinal = writer->ordinal[port.layer->index];
    return ordinal >= unit->order && ordinal - unit->order < unit->size;
}

static bool same_ref(const Writer *writer, const Bit *a, const Bit *b, const Unit *first, const Unit *second)
{
    bool within = inside(writer, first, a->port);
    if (within != inside(writer, second, b->port) || a->port.output != b->port.output)
        return false;
    if (!within)
        return a->port.layer == b->port.layer;
    return writer->ordinal[a->port.layer->index] - first->order == writer->ordinal[b->port.layer->index] - second->order;
}

static bool same_bit(const Writer *writer, const Bit *a, const Bit *b, const Unit *first, const Unit *second)
{
    if (a->kind != b->kind || a->indent != b->indent)
        return false;
    if (a->kind == BIT_REF)
        return same_ref(writer, a, b, first, second);
    if (a->kind == BIT_NAME)
        return !a->unit->named && !b->unit->named;
    bool same = dim_equal(a->value, b->value) || (a->value.kind == DIM_UNKNOWN && b->value.kind == DIM_UNKNOWN);
    return same && a->repeat == b->repeat && str_equal(a->text, b->text) && str_equal(a->behind, b->behind);
}

static bool same_body(const Writer *writer, const Body *a, const Body *b, const Unit *first, const Unit *second)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!same_bit(writer, &a->bits[i], &b->bits[i], first, second))
            return false;
    return true;
}

/* The text of one entry, as it is behind the one before it. */
static Body *body_alone(Writer *writer, Unit *unit)
{
    Body *body = ARENA_NEW(writer->arena, Body);
    Unit *next = unit->next;
    UnitList alone = {.first = unit, .last = unit};
    unit->next = NULL;
    if (unit->kind == UNIT_SCOPE && !unit->block)
        body = unit->body;
    else
        spec_body(writer, body, &alone, unit->start, unit->space, 0, false);
    unit->next = next;
    return body;
}

static bool may_repeat(const Unit *unit)
{
    return unit->kind != UNIT_LINE && !unit->named && !unit->tapped && unit->start.layer;
}

bool spec_is_hull(const Unit *unit)
{
    const Unit *inner = unit->kind == UNIT_SCOPE ? unit->lists[0].first : NULL;
    return inner && !inner->next && unit->scope->unnamed && inner->kind == UNIT_SCOPE && inner->block;
}

/* A module that has not become a block gives way to what it is. */
static void splice(UnitList *list)
{
    for (Unit **at = &list->first; *at; at = &(*at)->next) {
        Unit *unit = *at;
        if (unit->block || !(unit->bare || spec_is_hull(unit)))
            continue;
        Unit *inner = unit->lists[0].first;
        unit->inner->ghost = true;
        inner->named = inner->named || unit->named;
        inner->tapped = inner->tapped || unit->tapped;
        inner->next = unit->next;
        *at = inner;
    }
    list->last = list->first;
    while (list->last && list->last->next)
        list->last = list->last->next;
}

void spec_runs(Writer *writer, UnitList *list)
{
    splice(list);
    for (Unit *unit = list->first; unit; unit = unit->next)
        for (uint32_t i = 0; i < unit->list_count && unit->kind != UNIT_SCOPE; i++)
            spec_runs(writer, &unit->lists[i]);
    for (Unit *unit = list->first; unit; unit = unit->next) {
        Body *body = NULL;
        uint32_t room = unit->again_count; /* those of an earlier look at the list stay */
        for (Unit *next; (next = unit->next) && may_repeat(unit) && may_repeat(next); unit->next = next->next) {
            if (unit->kind != next->kind || unit->block != next->block || !port_equal(unit->end, next->start))
                break;
            body = body ? body : body_alone(writer, unit);
            if (!same_body(writer, body, body_alone(writer, next), unit, next))
                break;
            next->owner = unit;
            *ARENA_PUSH(writer->arena, unit->again, unit->again_count, room) = next;
            unit->end = next->end;
        }
        list->last = unit;
    }
}

/* ---- text ------------------------------------------------------------------------------------------------------ */

static void new_line(Text *out, uint32_t indent)
{
    text_add_char(out, '\n');
    for (uint32_t i = 0; i < indent; i++)
        text_add_char(out, ' ');
}

/* An attribute that is on or off: `causal`, `no gated`, in a block `causal=masked`. */
static void add_flag(Text *out, const Bit *bit, Str written)
{
    text_add(out, bit->text);
    if (!written.size && dim_is(bit->value, 0))
        text_add(out, STR("no "));
    text_add(out, str_from(bit->attr));
    if (written.size)
        text_add_format(out, "=%.*s", STR_ARGS(written));
}

static void add_number(Writer *writer, Text *out, const Bit *bit, Str written, uint32_t indent)
{
    if (!written.size && bit->optional && dim_is(bit->value, bit->usual))
        return;
    if (bit->role == ROLE_FLAG) {
        add_flag(out, bit, written);
        return;
    }
    if (bit->role == ROLE_TIMES && bit->indent)
        new_line(out, bit->indent + indent);
    text_add(out, bit->text);
    for (uint32_t i = 0; i < bit->repeat; i++) {
        Str text = written.size ? written : dim_expression(writer->arena, bit->value);
        bool guarded = bit->argument && (str_find(text, '/') < text.size || str_find(text, '-') < text.size);
        text_add(out, i ? STR("x") : STR(""));
        text_add_format(out, guarded ? "(%.*s)" : "%.*s", STR_ARGS(text));
    }
    text_add(out, bit->behind);
}

static void add_name(Writer *writer, Text *out, const Bit *bit, uint32_t indent)
{
    Unit *unit = bit->unit;
    if (!unit->named || !unit->name.size)
        return;
    Str name = unit->name;
    if (unit->again_count && str_ends(name, STR("_1")))
        name = str_slice(name, 0, name.size - 2);
    if (!bit->text.size) {
        new_line(out, bit->indent + indent);
        text_add(out, STR("name:"));
    }
    text_add_char(out, ' ');
    text_add(out, yaml_scalar(writer->arena, name, false));
}

void spec_print(Writer *writer, Text *out, const Body *body, const Block *block, uint32_t indent)
{
    for (uint32_t i = 0; i < body->count; i++) {
        const Bit *bit = &body->bits[i];
        Str written = block ? block->written[i] : (Str){0};
        switch (bit->kind) {
        case BIT_TEXT:
            text_add(out, bit->text);
            break;
        case BIT_NUMBER:
            add_number(writer, out, bit, written, indent);
            break;
        case BIT_WORD:
            text_add(out, written.size ? written : bit->text);
            break;
        case BIT_REF:
            text_add(out, written.size ? written : spec_ref(writer, bit->site, bit->port));
            break;
        case BIT_NAME:
            add_name(writer, out, bit, indent);
            break;
        case BIT_LINE:
            new_line(out, bit->indent + indent);
            break;
        }
    }
}
