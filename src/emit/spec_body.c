/* SPDX-License-Identifier: MIT */
/* Lists of entries as pieces of text: what each reads, the keys beside it, what stands in it. */
#include "emit/spec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MOST_READS = 64, STEP = 2 };

/* ---- pieces ---------------------------------------------------------------------------------------------------- */

Bit *spec_bit(Writer *writer, Body *body, BitKind kind)
{
    Bit *bit = ARENA_PUSH(writer->arena, body->bits, body->count, body->room);
    *bit = (Bit){.kind = kind};
    return bit;
}

void spec_text(Writer *writer, Body *body, Str text)
{
    if (text.size)
        spec_bit(writer, body, BIT_TEXT)->text = text;
}

void spec_format(Writer *writer, Body *body, const char *format, ...)
{
    char buffer[400];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(buffer, sizeof buffer, format, list);
    va_end(list);
    spec_text(writer, body, str_copy(writer->arena, str_from(buffer)));
}

/* One entry whose text is being made. */
typedef struct Entry {
    Writer *writer;
    Body *body;
    Unit *unit;
    Port flow;
    Space *site;
    uint32_t indent;  /* of its dash */
} Entry;

static void new_line(const Entry *entry, uint32_t deeper)
{
    spec_bit(entry->writer, entry->body, BIT_LINE)->indent = entry->indent + deeper;
}

static void key(const Entry *entry, const char *name, Str value)
{
    new_line(entry, STEP);
    spec_format(entry->writer, entry->body, "%s: ", name);
    spec_text(entry->writer, entry->body, value);
}

static void add_ref(const Entry *entry, Port port)
{
    Bit *bit = spec_bit(entry->writer, entry->body, BIT_REF);
    bit->port = port;
    bit->site = entry->site;
}

/* ---- keys beside the operation --------------------------------------------------------------------------------- */

static bool is_flagged(const Layer *layer, Flag flag)
{
    switch (flag) {
    case FLAG_FROZEN:
        return layer->frozen;
    case FLAG_TRAINED:
        return layer->trained;
    case FLAG_TRAINING:
        return layer->training;
    case FLAG_IDLE:
        return layer->idle;
    case FLAG_TURNED:
        return layer->turned;
    case FLAG_COUNT:
        break;
    }
    return false;
}

bool spec_is(const Writer *writer, const Unit *unit, Flag flag)
{
    for (uint32_t i = 0; i < unit->size; i++)
        if (!is_flagged(writer->in_order[unit->order + i], flag))
            return false;
    return unit->size > 0;
}

/* The entry of that size around a layer, or the largest smaller one. */
static Unit *entry_around(const Writer *writer, const Layer *layer, uint32_t size)
{
    Unit *unit = writer->line_of[layer->index];
    while (unit && unit->size < size && unit->space && unit->space->unit)
        unit = unit->space->unit;
    return unit;
}

/* Each layer must use the weights of the one in its place. */
Port spec_shared_with(const Writer *writer, const Unit *unit)
{
    const Unit *other = NULL;
    for (uint32_t i = 0; i < unit->size; i++) {
        const Layer *layer = writer->in_order[unit->order + i], *of = layer->weights_of;
        if (!of && !dim_is(layer->params, 0))
            return (Port){NULL, 0};
        if (!of)
            continue;
        const Unit *around = entry_around(writer, of, unit->size);
        bool fits = around && around->size == unit->size && writer->ordinal[of->index] - around->order == i;
        if (unit->kind == UNIT_LINE && !fits && around && around->kind == UNIT_LINE)
            fits = of == around->head && unit->head == layer;
        if (!fits || (other && other != around))
            return (Port){NULL, 0};
        other = around;
    }
    return other ? other->end : (Port){NULL, 0};
}

/* What an entry around it says for all is not said again. */
/* Whether the entry has to say so: all in it is, and nothing around says it already. */
static bool says(const Entry *entry, Flag flag)
{
    return !entry->writer->flags_above[flag] && spec_is(entry->writer, entry->unit, flag);
}

static bool says_any(const Entry *entry)
{
    for (Flag flag = 0; flag < FLAG_COUNT; flag++)
        if (says(entry, flag))
            return true;
    return false;
}

static Port shares(const Entry *entry)
{
    return entry->writer->shared_above ? (Port){NULL, 0} : spec_shared_with(entry->writer, entry->unit);
}

static void add_text_key(const Entry *entry, const char *name, Str text)
{
    if (text.size)
        key(entry, name, yaml_scalar(entry->writer->arena, text, false));
}

/* How its author wants it drawn. */
static void add_looks(const Entry *entry)
{
    const Unit *unit = entry->unit;
    bool line = unit->kind == UNIT_LINE;
    Str label = line ? unit->head->label : unit->scope ? unit->scope->label : (Str){0};
    Str note = line ? unit->head->note : unit->scope ? unit->scope->note : (Str){0};
    Str style = line ? unit->head->style : unit->scope ? unit->scope->style : (Str){0};
    bool said = spec_is(entry->writer, unit, FLAG_FROZEN) && str_equal(note, STR("frozen"));
    add_text_key(entry, "label", label);
    add_text_key(entry, "note", said ? (Str){0} : note);
    add_text_key(entry, "style", style);
    if (line && unit->head->image.file.size)
        key(entry, "image", spec_picture(entry->writer->arena, unit->head->image));
    if (line && unit->head->units)
        key(entry, "units", spec_units(entry->writer->arena, unit->head->units));
    static const char *const flags[] = {
        [FLAG_FROZEN] = "frozen", [FLAG_TRAINED] = "frozen", [FLAG_TRAINING] = "training", [FLAG_IDLE] = "idle",
        [FLAG_TURNED] = "turned"};
    for (Flag flag = 0; flag < FLAG_COUNT; flag++)
        if (says(entry, flag))
            key(entry, flags[flag], flag == FLAG_TRAINED ? STR("no") : STR("yes"));
}

/* Once keeps its place: a block may have the number as a parameter. */
static void add_times(const Entry *entry)
{
    if (entry->unit->kind == UNIT_LINE && !entry->unit->again_count)
        return;
    Bit *bit = spec_bit(entry->writer, entry->body, BIT_NUMBER);
    bit->value = dim_int((int64_t)entry->unit->again_count + 1);
    bit->role = ROLE_TIMES;
    bit->indent = entry->indent + STEP;
    bit->text = STR("times: ");
    bit->attr = "n";
    bit->repeat = 1;
    bit->optional = true;
    bit->usual = 1;
}

static void add_name(const Entry *entry)
{
    Bit *bit = spec_bit(entry->writer, entry->body, BIT_NAME);
    bit->unit = entry->unit;
    bit->indent = entry->indent + STEP;
}

/* ---- lines ----------------------------------------------------------------------------------------------------- */

/* What a layer reads, and how that is written. */
typedef struct Reads {
    Port ports[MOST_READS];
    uint32_t count;
    bool from;      /* with `from` */
    bool behind;    /* the first flows, the others stand behind the operation */
} Reads;

static Reads reads_of(const Layer *layer, Port flow)
{
    Reads reads = {.count = 0};
    for (uint32_t i = 0; i < layer->input_count && reads.count < MOST_READS; i++)
        if (layer->inputs[i].layer)
            reads.ports[reads.count++] = layer->inputs[i];
    if (!reads.count)
        return reads;
    bool flows = port_equal(reads.ports[0], flow);
    reads.behind = flows && reads.count > 1 && spec_reads_names(layer->op);
    for (uint32_t i = 1; i < reads.count; i++)
        reads.behind = reads.behind && !reads.ports[i].output && !port_equal(reads.ports[i], flow);
    reads.from = !reads.behind && !(flows && reads.count == 1);
    return reads;
}

static void add_from(const Entry *entry, const Port *ports, uint32_t count)
{
    key(entry, "from", count > 1 ? STR("[") : (Str){0});
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            spec_text(entry->writer, entry->body, STR(", "));
        if (port_equal(ports[i], entry->flow))
            spec_text(entry->writer, entry->body, STR("previous"));
        else
            add_ref(entry, ports[i]);
    }
    if (count > 1)
        spec_text(entry->writer, entry->body, STR("]"));
}

static void add_after(const Entry *entry, const Layer *layer)
{
    bool several = layer->after_count > 1;
    if (layer->after_count)
        key(entry, "after", several ? STR("[") : (Str){0});
    for (uint32_t i = 0; i < layer->after_count; i++) {
        spec_text(entry->writer, entry->body, i ? STR(", ") : STR(""));
        add_ref(entry, (Port){layer->after[i], 0});
    }
    spec_text(entry->writer, entry->body, several ? STR("]") : STR(""));
}

/* `custom: NAME` with what is known of it. */
static void add_custom(const Entry *entry)
{
    const Layer *layer = entry->unit->head;
    Writer *writer = entry->writer;
    Text name = text_in(writer->arena);
    for (size_t i = 0; i < layer->op_name.size && i < 200; i++) {
        char c = layer->op_name.at[i];
        text_add_char(&name, strchr(",()[]\n\r\t", c) ? ' ' : c);
    }
    Str trimmed = str_trim(text_str(&name));
    Text whole = text_in(writer->arena);
    text_add(&whole, trimmed.size ? trimmed : STR("unknown"));
    for (const Layer *cell = writer->next_cell[layer->index]; cell; cell = writer->next_cell[cell->index])
        text_add_format(&whole, ", %s", cell->op->name);
    spec_format(writer, entry->body, "custom: ");
    spec_text(writer, entry->body, yaml_scalar(writer->arena, text_str(&whole), false));
}

static Str sizes_text(Arena *arena, const Attr *attr)
{
    Text text = text_in(arena);
    text_add_char(&text, '[');
    for (uint32_t i = 0; i < attr->count; i++) {
        Str size = dim_expression(arena, attr->dims[i]);
        text_add_format(&text, "%s%.*s", i ? ", " : "", STR_ARGS(str_equal(size, STR("?")) ? STR("'?'") : size));
    }
    text_add_char(&text, ']');
    return text_str(&text);
}

static void add_custom_keys(const Entry *entry)
{
    const Layer *layer = entry->unit->head;
    Arena *arena = entry->writer->arena;
    for (uint32_t i = 0; i < layer->op->attr_count; i++) {
        const Attr *attr = &layer->attrs[i];
        bool shape = layer->op->attrs[i].kind == ATTR_SHAPE, plain = true;
        for (uint32_t k = 0; k < attr->count; k++)
            plain = plain && attr->dims[k].kind == DIM_INT;
        if (!attr->set || (!attr->count && !shape))
            continue;
        Shape sizes = {true, attr->count, attr->dims};
        Str text = !attr->count ? STR("scalar")
                   : !shape     ? dim_expression(arena, attr->dims[0])
                   : plain      ? shape_text(arena, sizes, "x")
                                : sizes_text(arena, attr);
        if (shape && plain) { /* sizes may differ between the instances of a block */
            key(entry, layer->op->attrs[i].name, (Str){0});
            for (uint32_t k = 0; k < attr->count; k++) {
                spec_text(entry->writer, entry->body, k ? STR("x") : STR(""));
                Bit *bit = spec_bit(entry->writer, entry->body, BIT_NUMBER);
                *bit = (Bit){.kind = BIT_NUMBER, .value = attr->dims[k], .attr = "size", .repeat = 1};
            }
            spec_text(entry->writer, entry->body, attr->count ? STR("") : text);
        } else if (!shape && attr->dims[0].kind == DIM_INT) {
            key(entry, layer->op->attrs[i].name, (Str){0});
            Bit *bit = spec_bit(entry->writer, entry->body, BIT_NUMBER);
            *bit = (Bit){.kind = BIT_NUMBER, .value = attr->dims[0], .attr = layer->op->attrs[i].name, .repeat = 1};
        } else {
            key(entry, layer->op->attrs[i].name, text);
        }
    }
}

static void add_line(const Entry *entry)
{
    const Unit *unit = entry->unit;
    const Layer *layer = unit->head;
    Reads reads = reads_of(layer, entry->flow);
    Port shared = shares(entry);
    bool looks = layer->label.size || layer->style.size || layer->units || layer->image.file.size || (layer->note.size && !(layer->frozen && str_equal(layer->note, STR("frozen"))));
    bool custom = op_is_custom(layer->op);
    bool keyed = layer->after_count || reads.from || reads.behind || unit->named || unit->again_count || says_any(entry) || looks || shared.layer;
    if (custom)
        add_custom(entry);
    else
        spec_line(entry->writer, entry->body, layer, keyed, reads.ports + 1, reads.behind ? reads.count - 1 : 0, entry->site,
                  entry->indent);
    if (custom)
        add_custom_keys(entry);
    add_name(entry);
    if (reads.from)
        add_from(entry, reads.ports, reads.count);
    else if (custom && !reads.count)
        key(entry, "from", STR("[]"));
    add_after(entry, layer);
    add_times(entry);
    if (shared.layer) {
        key(entry, "weights", (Str){0});
        add_ref(entry, shared);
    }
    add_looks(entry);
}

/* ---- what holds other entries ---------------------------------------------------------------------------------- */

static bool is_plain_line(const UnitList *list, Port flow)
{
    const Unit *unit = list->first;
    if (!unit || unit->next || unit->kind != UNIT_LINE || unit->named || unit->again_count ||
        op_is_custom(unit->head->op))
        return false;
    Reads reads = reads_of(unit->head, flow);
    const Layer *layer = unit->head;
    return !reads.from && !reads.behind && !layer->after_count && !layer->frozen && !layer->trained && !layer->training && !layer->idle && !layer->turned && !layer->weights_of && !layer->image.file.size && !layer->units && !layer->label.size && !layer->note.size && !layer->style.size;
}

/* A list behind a key: one line beside it, or entries below. */
static void add_list(const Entry *entry, UnitList *list, Port flow, Space *site, uint32_t deeper)
{
    if (is_plain_line(list, flow)) {
        spec_text(entry->writer, entry->body, STR(" "));
        spec_body(entry->writer, entry->body, list, flow, site, 0, true);
        return;
    }
    spec_body(entry->writer, entry->body, list, flow, site, entry->indent + deeper, false);
}

static void add_paths(const Entry *entry, Space *site)
{
    const Unit *unit = entry->unit;
    for (uint32_t i = 0; i < unit->list_count; i++) {
        UnitList *path = &unit->lists[i];
        Space *within = path->space ? path->space : site;
        new_line(entry, 2 * STEP);
        if (path->name.size) {
            Str name = yaml_scalar(entry->writer->arena, path->name, false);
            spec_format(entry->writer, entry->body, "%.*s:", STR_ARGS(name));
            if (!path->first)
                spec_text(entry->writer, entry->body, STR(" []"));
            add_list(entry, path, unit->start, within, 3 * STEP);
            continue;
        }
        spec_text(entry->writer, entry->body, path->first ? STR("- ") : STR("- []"));
        if (is_plain_line(path, unit->start))
            spec_body(entry->writer, entry->body, path, unit->start, within, 0, true);
        else if (path->first) {
            spec_text(entry->writer, entry->body, STR("- "));
            spec_body(entry->writer, entry->body, path, unit->start, within, entry->indent + 3 * STEP, true);
        }
    }
}

static Shape shape_at(Port port)
{
    return port.layer ? port.layer->outputs[port.output] : shape_unknown();
}

static bool is_plain_merge(const Writer *writer, const Unit *unit, const char *usual)
{
    const Layer *merge = unit->head;
    if (strcmp(merge->op->name, usual) != 0 || writer->next_cell[merge->index] || merge->input_count > unit->list_count)
        return false;
    for (uint32_t i = 0; i < merge->op->attr_count; i++)
        if (merge->attrs[i].set)
            return false;
    return true;
}

static void add_merge(const Entry *entry, const char *usual, Space *site)
{
    const Unit *unit = entry->unit;
    if (!unit->head) {
        key(entry, "merge", STR("none"));
    } else if (!is_plain_merge(entry->writer, unit, usual)) {
        key(entry, "merge", (Str){0});
        spec_merge(entry->writer, entry->body, unit->head, unit->list_count, site);
    }
}

static void add_residual(const Entry *entry, Space *site)
{
    Unit *unit = entry->unit;
    bool sum = strcmp(unit->head->op->name, "add") == 0, projects = sum && unit->projects;
    UnitList *shortcut = &unit->lists[1];
    Shape from = shape_at(unit->start), to = shape_at(unit->lists[0].end);
    spec_text(entry->writer, entry->body, STR("residual:"));
    add_list(entry, &unit->lists[0], unit->start, site, 2 * STEP);
    if (shortcut->first && !projects) {
        new_line(entry, STEP);
        spec_text(entry->writer, entry->body, STR("shortcut:"));
        add_list(entry, shortcut, unit->start, site, 2 * STEP);
    } else if (!shortcut->first && sum && from.known && to.known && !shape_equal(from, to)) {
        key(entry, "shortcut", STR("identity"));
    }
    add_merge(entry, "add", site);
}

static void add_scope(const Entry *entry)
{
    Unit *unit = entry->unit;
    Writer *writer = entry->writer;
    if (unit->block) {
        spec_text(writer, entry->body, unit->block->name);
        spec_arguments(writer, entry->body, unit);
        add_name(entry);
        return;
    }
    spec_text(writer, entry->body, STR("group:"));
    if (unit->scope->name.size) {
        Bit *bit = spec_bit(writer, entry->body, BIT_NAME);
        bit->unit = unit;
        bit->text = STR("group");
        new_line(entry, STEP);
        spec_text(writer, entry->body, STR("layers:"));
    }
    spec_body(writer, entry->body, &unit->lists[0], unit->start, unit->inner ? unit->inner : entry->site,
              entry->indent + 2 * STEP, false);
}

static void add_structure(const Entry *entry)
{
    Unit *unit = entry->unit;
    Space *site = unit->inner ? unit->inner : entry->site;
    Port shared = unit->kind == UNIT_SCOPE ? shares(entry) : (Port){NULL, 0};
    bool said[FLAG_COUNT];
    for (Flag flag = 0; flag < FLAG_COUNT; flag++)
        entry->writer->flags_above[flag] += said[flag] = says(entry, flag);
    entry->writer->shared_above += shared.layer != NULL;
    if (unit->kind == UNIT_SCOPE) {
        add_scope(entry);
    } else if (unit->kind == UNIT_RESIDUAL) {
        add_residual(entry, site);
        add_name(entry);
    } else {
        spec_text(entry->writer, entry->body, STR("branch:"));
        add_paths(entry, site);
        add_merge(entry, "concat", site);
        add_name(entry);
    }
    for (Flag flag = 0; flag < FLAG_COUNT; flag++)
        entry->writer->flags_above[flag] -= said[flag];
    entry->writer->shared_above -= shared.layer != NULL;
    if (unit->start.layer && !port_equal(unit->start, entry->flow))
        add_from(entry, &unit->start, 1);
    add_times(entry);
    if (shared.layer) {
        key(entry, "weights", (Str){0});
        add_ref(entry, shared);
    }
    add_looks(entry);
}

void spec_body(Writer *writer, Body *body, UnitList *list, Port flow, Space *site, uint32_t indent, bool inline_first)
{
    for (Unit *unit = list->first; unit; unit = unit->next) {
        Entry entry = {writer, body, unit, flow, site, indent};
        if (!inline_first || unit != list->first) {
            new_line(&entry, 0);
            spec_text(writer, body, STR("- "));
        }
        if (unit->kind == UNIT_LINE)
            add_line(&entry);
        else
            add_structure(&entry);
        flow = unit->end;
    }
}
