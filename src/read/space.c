/* SPDX-License-Identifier: MIT */
/* Names of layers and scopes: defining, numbering, finding; the words that a spec refers to things by. */
#include "read/spec.h"

enum { MOST_CANDIDATES = 1000, MOST_NAME_BYTES = 100 };

/* ---- what the author names ------------------------------------------------------------------------------------- */

static void reserve_in(const Value *value, Names *reserved);

/* The name of an item, or where it has none the names in it: a nameless scope shares the space around it. */
static void reserve_item(const Value *item, Names *reserved)
{
    static const Str nameless[] = {{"residual", 8}, {"branch", 6}, {"body", 4}, {"shortcut", 8}, {"group", 5}};
    Value *name = value_get(item, STR("name")), *group = value_get(item, STR("group"));
    if (!name && group && group->kind == VALUE_SCALAR)
        name = group;
    if (name && name->kind == VALUE_SCALAR)
        names_put(reserved, name->text, name);
    for (const Value *child = item->first; child && !name; child = child->next)
        for (size_t i = 0; i < sizeof nameless / sizeof *nameless; i++)
            if (str_equal(child->key, nameless[i]))
                reserve_in(child, reserved);
}

/* A list of items or paths, or one item. */
static void reserve_in(const Value *value, Names *reserved)
{
    if (value->kind == VALUE_MAP)
        reserve_item(value, reserved);
    for (const Value *child = value->first; child && value->kind == VALUE_LIST; child = child->next)
        reserve_in(child, reserved);
}

/* The names that the items of `list` give in their space; remembered, for a block is written out many times. */
static const Names *reserved_names(Spec *spec, const Value *list)
{
    if (!list)
        return NULL;
    Str key = spec_place_key(spec, list->place);
    Names *reserved = names_get(spec->reserved, key);
    if (!reserved) {
        reserved = names_new(spec->arena);
        reserve_in(list, reserved);
        names_put(spec->reserved, key, reserved);
    }
    return reserved;
}

Space *space_new(Spec *spec, Space *outer, const Value *list)
{
    Space *space = ARENA_NEW(spec->arena, Space);
    *space = (Space){outer, names_new(spec->arena), names_new(spec->arena), reserved_names(spec, list)};
    return space;
}

/* ---- defining -------------------------------------------------------------------------------------------------- */

bool name_is_fit(Spec *spec, Piece name)
{
    for (size_t i = 0; i < name.text.size; i++) {
        unsigned char c = (unsigned char)name.text.at[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                    c == '_' || c == '.' || c >= 0x80;
        if (fits)
            continue;
        spec_error(spec, name.place, "the name `%.*s` holds %s", STR_ARGS(name.text),
                   c == ' ' ? "a space" : "a character that names cannot have");
        spec_hint(spec, "names are made of letters, digits, `_`, `-`, `.`; `label` may hold any text");
        return false;
    }
    if (name.text.size && name.text.size <= MOST_NAME_BYTES && !str_equal(name.text, STR("previous")))
        return true;
    spec_error(spec, name.place,
               name.text.size == 0                 ? "an empty name"
               : name.text.size <= MOST_NAME_BYTES ? "`previous` is the word for the layer before, not a name"
                                                   : "a name of more than 100 bytes");
    return false;
}

static Entity *put(Spec *spec, Space *space, Str name, Place place)
{
    Entity *entity = ARENA_NEW(spec->arena, Entity);
    entity->name = name;
    entity->place = place;
    entity->first = entity->end = spec->graph->layer_count;
    names_put(space->entities, name, entity);
    return entity;
}

Entity *space_define(Spec *spec, Space *space, Piece name)
{
    if (!name_is_fit(spec, name))
        return NULL;
    const Entity *other = names_get(space->entities, name.text);
    if (!other)
        return put(spec, space, name.text, name.place);
    spec_error(spec, name.place, "the name `%.*s` is given twice", STR_ARGS(name.text));
    spec_note(spec, other->place, "it is given here already");
    return NULL;
}

static bool is_free(const Space *space, Str name)
{
    return !names_get(space->entities, name) && !(space->reserved && names_get(space->reserved, name));
}

Entity *space_define_automatic(Spec *spec, Space *space, Str stem, Place place)
{
    uint32_t *last = names_get(space->counters, stem);
    if (!last) {
        last = ARENA_NEW(spec->arena, uint32_t);
        names_put(space->counters, stem, last);
    }
    for (;;) {
        Str name = str_format(spec->arena, "%.*s%u", STR_ARGS(stem), ++*last);
        if (is_free(space, name))
            return put(spec, space, name, place);
    }
}

Entity *space_define_cell(Spec *spec, Space *space, Str name, Place place)
{
    Str numbered = name;
    for (uint32_t n = 2; !is_free(space, numbered); n++)
        numbered = str_format(spec->arena, "%.*s%u", STR_ARGS(name), n);
    return put(spec, space, numbered, place);
}

/* ---- finding --------------------------------------------------------------------------------------------------- */

Entity *space_find(Space *space, Str name)
{
    Str rest = name, piece;
    if (!str_cut(&rest, '/', &piece))
        return NULL;
    Entity *entity = NULL;
    for (; space && !entity; space = space->outer)
        entity = names_get(space->entities, piece);
    while (entity && str_cut(&rest, '/', &piece))
        entity = entity->space ? names_get(entity->space->entities, piece) : NULL;
    return entity;
}

/* Whether the author gives that name further down; reports it. */
static bool stands_later(Spec *spec, const Space *space, Piece name)
{
    for (; space; space = space->outer) {
        const Value *later = space->reserved ? names_get(space->reserved, name.text) : NULL;
        if (!later)
            continue;
        spec_error(spec, name.place, "`%.*s` stands further down, and a layer can read only what stands before it",
                   STR_ARGS(name.text));
        spec_note(spec, later->place, "here");
        spec_hint(spec, "data flow down the list: move it up; a network has no loops, recurrent layers are "
                        "operations (lstm, gru)");
        return true;
    }
    return false;
}

/* The path to a name that stands inside of a group or block, or the empty text. */
static Str inner_path(Spec *spec, const Space *space, Str name)
{
    for (; space; space = space->outer)
        for (size_t i = 0; i < names_count(space->entities) && i < MOST_CANDIDATES; i++) {
            const Entity *entity = names_thing(space->entities, i);
            if (entity->space && names_get(entity->space->entities, name))
                return str_format(spec->arena, "%.*s/%.*s", STR_ARGS(entity->name), STR_ARGS(name));
        }
    return (Str){0};
}

static void report_unknown(Spec *spec, const Space *space, Piece name)
{
    if (stands_later(spec, space, name))
        return;
    spec_error(spec, name.place, "there is no layer `%.*s`", STR_ARGS(name.text));
    Str inner = inner_path(spec, space, name.text);
    if (inner.size) {
        spec_hint(spec, "it stands inside of another: write `%.*s`", STR_ARGS(inner));
        return;
    }
    Str *words = ARENA_ARRAY(spec->arena, MOST_CANDIDATES, Str);
    uint32_t count = 0;
    for (; space; space = space->outer)
        for (size_t i = names_count(space->entities); i-- > 0 && count < MOST_CANDIDATES;)
            words[count++] = names_key(space->entities, i);
    spec_did_you_mean(spec, name.text, words, count,
                      "give the layer that is meant a name (`name: …`), or write `previous` for the layer before");
}

/* `split.1`: the name before the point and the number behind it; false where it has no such form. */
static bool cut_output(Str name, Str *stem, uint32_t *output)
{
    size_t at = name.size;
    while (at > 0 && name.at[at - 1] >= '0' && name.at[at - 1] <= '9')
        at--;
    int64_t n;
    if (at < 2 || at == name.size || name.at[at - 1] != '.' || !str_to_int(str_slice(name, at, name.size), &n) ||
        n > 10000)
        return false;
    *stem = str_slice(name, 0, at - 1);
    *output = (uint32_t)n;
    return true;
}

static Entity *find_or_report(Spec *spec, Space *space, Piece name, uint32_t *output)
{
    Str stem;
    *output = 0;
    Entity *entity = space_find(space, name.text);
    if (!entity && cut_output(name.text, &stem, output)) {
        entity = space_find(space, stem);
        if (entity && entity->port.layer && (*output < 1 || *output > entity->port.layer->output_count)) {
            spec_error(spec, name.place, "`%.*s` has %u output%s", STR_ARGS(stem), entity->port.layer->output_count,
                       entity->port.layer->output_count == 1 ? "" : "s");
            spec_hint(spec, "outputs are counted from 1");
            return NULL;
        }
    }
    if (!entity)
        report_unknown(spec, space, name);
    else if (entity->open) {
        spec_error(spec, name.place, "`%.*s` cannot be read from inside of itself", STR_ARGS(name.text));
        spec_note(spec, entity->place, "it begins here and is not finished yet");
        entity = NULL;
    }
    return entity;
}

Entity *space_entity(Spec *spec, const Site *site, Piece name)
{
    const Binding *binding = spec_binding(spec, name.text);
    uint32_t output;
    if (binding && binding->is_word)
        return find_or_report(spec, binding->space, binding->word, &output);
    return find_or_report(spec, site->space, name, &output);
}

bool space_resolve(Spec *spec, const Site *site, Piece name, Port *port)
{
    const Binding *binding = spec_binding(spec, name.text);
    if (!binding && str_equal(name.text, STR("previous")))
        return site_port(spec, site, name.place, port);
    uint32_t output;
    bool word = binding && binding->is_word;
    const Entity *entity =
        find_or_report(spec, word ? binding->space : site->space, word ? binding->word : name, &output);
    if (!entity)
        return false;
    if (!entity->port.layer) {
        spec_error(spec, name.place, "nothing flows out of `%.*s`", STR_ARGS(name.text));
        spec_note(spec, entity->place, "its paths are not merged; name one of the layers in them");
        return false;
    }
    *port = output ? (Port){entity->port.layer, output - 1} : entity->port;
    return true;
}
