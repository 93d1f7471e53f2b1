/* SPDX-License-Identifier: MIT */
/* Blocks: scopes that are the same but for numbers are written once, with what differs as parameters. */
#include "emit/spec.h"

#include <string.h>

enum { LEAST_ENTRIES = 2, LEAST_LINES = 2 };

/* ---- likeness -------------------------------------------------------------------------------------------------- */

bool spec_is_local(const Writer *writer, const Unit *unit, Port port)
{
    uint32_t ordinal = writer->ordinal[port.layer->index];
    return ordinal >= unit->order && ordinal - unit->order < unit->size;
}

static uint32_t place_in(const Writer *writer, const Unit *unit, Port port)
{
    return writer->ordinal[port.layer->index] - unit->order;
}

/* A text that is the same for scopes with the same body but for numbers, words and what they read outside. */
static Str signature(Writer *writer, const Unit *unit)
{
    Text text = text_in(writer->arena);
    text_add_format(&text, "%.*s\n", STR_ARGS(unit->scope->definition));
    for (uint32_t i = 0; i < unit->body->count; i++) {
        const Bit *bit = &unit->body->bits[i];
        if (bit->kind == BIT_NUMBER || bit->kind == BIT_WORD)
            text_add_format(&text, "\1%s,%d,%u,%d", bit->attr, (int)bit->role, bit->repeat, bit->optional);
        else if (bit->kind == BIT_REF && spec_is_local(writer, unit, bit->port))
            text_add_format(&text, "\2%u.%u", place_in(writer, unit, bit->port), bit->port.output);
        else if (bit->kind == BIT_REF)
            text_add(&text, STR("\3"));
        else if (bit->kind == BIT_NAME)
            text_add_format(&text, "\4%d%.*s", bit->unit->named, writer->imported ? 0 : (int)bit->unit->name.size, bit->unit->name.at);
        else if (bit->kind == BIT_LINE)
            text_add_format(&text, "\n%u", bit->indent);
        if (bit->kind == BIT_TEXT || bit->kind == BIT_NUMBER)
            text_add(&text, bit->text);
    }
    return text_str(&text);
}

/* ---- names of blocks ------------------------------------------------------------------------------------------- */

/* What a module does that has no name of its own. */
static Str describe(const Unit *unit)
{
    for (const Unit *inner = unit->lists[0].first; inner; inner = inner->next)
        if (inner->kind == UNIT_RESIDUAL)
            return STR("residual_block");
    return STR("block");
}

static Str block_name(Writer *writer, const Block *block)
{
    const Unit *unit = block->instances[0];
    Str stem = unit->scope->definition;
    if (writer->imported) {
        stem = stem.size ? stem : describe(unit);
        if (op_word_is_taken(stem))
            stem = str_format(writer->arena, "%.*s_block", STR_ARGS(stem));
    }
    Str name = stem;
    for (uint32_t n = 2; names_get(writer->block_names, name); n++)
        name = str_format(writer->arena, "%.*s_%u", STR_ARGS(stem), n);
    names_put(writer->block_names, name, writer);
    return name;
}

/* ---- which scopes are blocks ----------------------------------------------------------------------------------- */

static uint32_t entries_of(const UnitList *list)
{
    uint32_t count = 0;
    for (const Unit *unit = list->first; unit; unit = unit->next)
        count++;
    return count;
}

static uint32_t lines_of(const Body *body)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < body->count; i++)
        count += body->bits[i].kind == BIT_LINE;
    return count;
}

/* Whether what stands in it is read by no name, and reads nothing by name that stands outside. */
static bool is_closed(const Writer *writer, const Unit *unit)
{
    for (uint32_t i = 0; i < unit->body->count; i++)
        if (unit->body->bits[i].kind == BIT_REF && !spec_is_local(writer, unit, unit->body->bits[i].port))
            return false;
    return !unit->tapped;
}

static bool is_worth_it(const Writer *writer, const Block *block)
{
    const Unit *unit = block->instances[0];
    if (!writer->imported)
        return unit->scope->kind == SCOPE_BLOCK;
    if (spec_is_hull(unit))
        return false;
    if (block->count == 1 && str_equal(unit->scope->name, unit->scope->definition))
        return false; /* a group has this name as well */
    if (unit->scope->unnamed && !unit->bare && is_closed(writer, unit))
        return true; /* figures call it after its block */
    return block->count > 1 && (entries_of(&unit->lists[0]) >= LEAST_ENTRIES || lines_of(unit->body) >= LEAST_LINES);
}

static void make_body(Writer *writer, Unit *unit)
{
    if (writer->imported)
        spec_runs(writer, &unit->lists[0]);
    unit->body = ARENA_NEW(writer->arena, Body);
    uint32_t above[FLAG_COUNT], shared = writer->shared_above;
    for (Flag flag = 0; flag < FLAG_COUNT; flag++) {
        above[flag] = writer->flags_above[flag];
        writer->flags_above[flag] = spec_is(writer, unit, flag);
    }
    writer->shared_above = spec_shared_with(writer, unit).layer != NULL;
    spec_body(writer, unit->body, &unit->lists[0], unit->start, unit->inner ? unit->inner : unit->space, 0, false);
    for (Flag flag = 0; flag < FLAG_COUNT; flag++)
        writer->flags_above[flag] = above[flag];
    writer->shared_above = shared;
}

static void blocks_of_height(Writer *writer, uint32_t height)
{
    Names *found = names_new(writer->arena);
    for (uint32_t i = 0; i < writer->scope_count; i++) {
        Unit *unit = writer->scopes[i];
        if (unit->height != height || unit->owner)
            continue;
        make_body(writer, unit);
        Str text = signature(writer, unit);
        Block *block = names_get(found, text);
        if (!block) {
            block = ARENA_NEW(writer->arena, Block);
            names_put(found, text, block);
        }
        unit->instance = block->count;
        *ARENA_PUSH(writer->arena, block->instances, block->count, block->room) = unit;
    }
    for (size_t i = 0; i < names_count(found); i++) {
        Block *block = names_thing(found, i);
        if (!is_worth_it(writer, block))
            continue;
        spec_solve(writer, block);
        if (writer->imported && block->param_count > SPEC_MOST_PARAMS)
            continue;
        block->name = block_name(writer, block);
        block->height = height;
        for (uint32_t k = 0; k < block->count; k++)
            block->instances[k]->block = block;
        *ARENA_PUSH(writer->arena, writer->blocks, writer->block_count, writer->block_room) = block;
    }
}

void spec_blocks(Writer *writer)
{
    uint32_t highest = 0;
    writer->block_names = names_new(writer->arena);
    for (uint32_t i = 0; i < writer->scope_count; i++)
        highest = writer->scopes[i]->height > highest ? writer->scopes[i]->height : highest;
    for (uint32_t height = 1; height <= highest; height++)
        blocks_of_height(writer, height);
    if (writer->imported)
        spec_runs(writer, &writer->root);
}

/* ---- text ------------------------------------------------------------------------------------------------------ */

Str spec_block_head(Writer *writer, const Block *block)
{
    Text text = text_in(writer->arena);
    text_add(&text, block->name);
    for (uint32_t i = 0; i < block->param_count; i++) {
        const BlockParam *param = &block->params[i];
        text_add_format(&text, "%s%.*s", i ? ", " : "(", STR_ARGS(param->name));
        if (param->has_fallback && param->is_word)
            text_add_format(&text, "=%.*s", STR_ARGS(param->fallback_word));
        else if (param->has_fallback)
            text_add_format(&text, "=%.*s", STR_ARGS(dim_text(writer->arena, param->fallback)));
    }
    text_add(&text, block->param_count ? STR(")") : STR(""));
    return text_str(&text);
}

void spec_arguments(Writer *writer, Body *body, const Unit *unit)
{
    const Block *block = unit->block;
    uint32_t optional = 0;
    for (uint32_t i = 0; i < block->param_count; i++)
        optional += block->params[i].has_fallback;
    spec_text(writer, body, STR(":"));
    for (uint32_t i = 0; i < block->param_count; i++) {
        const BlockParam *param = &block->params[i];
        bool named = param->has_fallback && (optional > 1 || i + 1 < block->param_count);
        Str before = str_format(writer->arena, "%s%.*s%s", i ? ", " : " ", STR_ARGS(named ? param->name : (Str){0}), named ? "=" : "");
        Bit *bit = spec_bit(writer, body, param->is_port ? BIT_TEXT : param->is_word ? BIT_WORD : BIT_NUMBER);
        if (param->is_port) {
            bit->text = before;
            bit = spec_bit(writer, body, BIT_REF);
            bit->port = param->ports[unit->instance];
            bit->site = unit->space;
            continue;
        }
        bit->value = param->values[unit->instance];
        bit->attr = str_terminated(writer->arena, param->name);
        bit->role = param->role == ROLE_FLAG ? ROLE_OTHER : param->role;
        bit->repeat = 1;
        bit->argument = true;
        bit->optional = param->has_fallback;
        bit->usual = param->fallback.n;
        bit->text = before;
        if (param->is_word) { /* what stands before a word is a piece of its own */
            bit->kind = BIT_TEXT;
            bool usual = param->has_fallback && str_equal(param->words[unit->instance], param->fallback_word);
            bit->text = usual ? (Str){0} : before;
            bit = spec_bit(writer, body, BIT_WORD);
            bit->text = usual ? (Str){0} : param->words[unit->instance];
            bit->attr = str_terminated(writer->arena, param->name);
        }
    }
}
