/* SPDX-License-Identifier: MIT */
/* Writes items into the graph: what they read, how often, under which name, in which scope. */
#include "read/spec.h"

#include "scene/tex_check.h"

enum { MOST_INPUTS = 64 };

/* What is the same for all instances of one item. */
typedef struct Instance {
    const Item *item;
    uint32_t index, count;  /* of `times` */
    Scope *run;             /* first scope of the run, NULL before it */
    Port inputs[MOST_INPUTS];
    uint32_t input_count;   /* 0: the layer before */
    bool listed;            /* `from` was a list */
    bool unfed;             /* `from: []`: it reads nothing */
    bool frozen;            /* its weights are not trained */
    bool trained;           /* `frozen: no`: they are, whatever is said around it */
    bool training;          /* works only while the network is trained */
    bool turned;            /* its label is written upward */
    bool idle;              /* has nothing to do for this input */
    Str label, note, style;
    Picture image;
    Placing *placing;       /* on a grid; NULL: nothing is said */
    const struct UnitLooks *units;
} Instance;

/* ---- keys beside the operation --------------------------------------------------------------------------------- */

bool read_tex(Spec *spec, const Value *value, Str *text)
{
    if (value->kind != VALUE_SCALAR) {
        spec_wrong_kind(spec, value, str_terminated(spec->arena, value->key), "a text");
        return false;
    }
    *text = value->text;
    Str key = spec_place_key(spec, value->place);
    if (spec->options->raw_tex || names_get(spec->checked, key))
        return true;
    TexFault fault;
    if (tex_check(spec->arena, value->text, &fault)) {
        names_put(spec->checked, key, spec);
        return true;
    }
    Piece at = piece_slice(piece_of(value), fault.at, fault.at + fault.size);
    spec_error(spec, at.place, "%.*s", STR_ARGS(fault.what));
    if (fault.hint.size)
        spec_hint(spec, "%.*s", STR_ARGS(fault.hint));
    return false;
}

bool read_style(Spec *spec, const Value *value, Str *style)
{
    Piece name;
    StyleClass class;
    if (!read_name(spec, value, &name))
        return false;
    *style = name.text;
    if (style_from_name(name.text, &class))
        return true;
    Str words[STYLE_COUNT];
    Text list = text_in(spec->arena);
    for (uint32_t i = 0; i < STYLE_COUNT; i++) {
        words[i] = str_from(style_name((StyleClass)i));
        text_add_format(&list, "%s%.*s", i ? ", " : "it is one of ", STR_ARGS(words[i]));
    }
    spec_error(spec, name.place, "there is no style `%.*s`", STR_ARGS(name.text));
    spec_did_you_mean(spec, name.text, words, STYLE_COUNT, str_terminated(spec->arena, text_str(&list)));
    return false;
}

/* `KEY: yes` or `no`; false after a report. */
bool read_flag(Spec *spec, const Value *value, bool *flag)
{
    const char *key = str_terminated(spec->arena, value->key);
    if (value->kind != VALUE_SCALAR)
        spec_wrong_kind(spec, value, key, "yes or no");
    else if (!value_to_bool(value, flag))
        spec_error(spec, value->place, "`%s` is yes or no, not `%.*s`", key, STR_ARGS(value->text));
    else
        return true;
    return false;
}

/* `frozen`, `training`, `idle`, `turned`: what is said further in holds. */
static void set_flags(const Instance *instance, Layer *layer)
{
    layer->frozen = layer->frozen || (instance->frozen && !layer->trained);
    layer->trained = layer->trained || (instance->trained && !layer->frozen);
    layer->training = layer->training || instance->training;
    layer->idle = layer->idle || instance->idle;
    layer->turned = layer->turned || instance->turned;
}

/* `from: a` or `from: [a, previous]` */
static bool read_from(Spec *spec, const Site *site, const Value *from, Instance *instance)
{
    const Value *one = from->kind == VALUE_LIST ? from->first : from;
    instance->listed = from->kind == VALUE_LIST;
    for (; one; one = one->next) {
        Piece name;
        if (instance->input_count == MOST_INPUTS) {
            spec_error(spec, one->place, "more than %d inputs", MOST_INPUTS);
            return false;
        }
        if (!read_name(spec, one, &name) ||
            !space_resolve(spec, site, name, &instance->inputs[instance->input_count++]))
            return false;
        if (!instance->listed)
            return true;
    }
    instance->unfed = instance->listed && !instance->input_count;
    if (!instance->input_count && !instance->unfed)
        spec_wrong_kind(spec, from, "from", "the name of a layer, or a list of names");
    return instance->input_count > 0 || instance->unfed;
}

/* `after: a` or `after: [a, b]`: what the layer waits for without reading it. */
static bool read_after(Spec *spec, const Site *site, const Value *after, Layer *layer)
{
    uint32_t room = 0;
    for (const Value *one = after->kind == VALUE_LIST ? after->first : after; one; one = after->kind == VALUE_LIST ? one->next : NULL) {
        Piece name;
        Port port;
        if (layer->after_count == MOST_INPUTS) {
            spec_error(spec, one->place, "more than %d names", MOST_INPUTS);
            return false;
        }
        if (!read_name(spec, one, &name) || !space_resolve(spec, site, name, &port))
            return false;
        *ARENA_PUSH(spec->arena, layer->after, layer->after_count, room) = port.layer;
    }
    if (!layer->after_count)
        spec_wrong_kind(spec, after, "after", "the name of a layer, or a list of names");
    return layer->after_count > 0;
}

/* The number of repeats; false after a report. */
static bool read_times(Spec *spec, const Value *value, uint32_t *times)
{
    Dim dim;
    if (value->kind != VALUE_SCALAR) {
        spec_wrong_kind(spec, value, "times", "a whole number");
        return false;
    }
    if (!expression_read(spec, piece_of(value), &dim))
        return false;
    if (dim.kind != DIM_INT || dim.n < 0) {
        spec_error(spec, value->place, "`times` is a number from 0, not %.*s", STR_ARGS(dim_text(spec->arena, dim)));
        return false;
    }
    if (dim.n > SPEC_MOST_LAYERS) {
        spec_error(spec, value->place, "`times: %lld` makes more than %d layers: this is where netikz stops",
                   (long long)dim.n, SPEC_MOST_LAYERS);
        spec_hint(spec, "a figure folds what is repeated: fewer repeats look the same");
        spec->stopped = true;
        return false;
    }
    *times = (uint32_t)dim.n;
    return true;
}

/* ---- names ----------------------------------------------------------------------------------------------------- */

/* The author's name of an item: `name:`, or what stands behind `group:`. */
static const Value *name_value(const Item *item)
{
    bool group = item->kind == ITEM_GROUP && item->operation->kind == VALUE_SCALAR;
    return item->name ? item->name : group ? item->operation : NULL;
}

/* Defines the name of an instance; nameless structures get none. A spare one after a report. */
static Entity *define(Spec *spec, const Site *site, const Instance *instance)
{
    const Item *item = instance->item;
    const Value *value = name_value(item);
    Entity *entity = NULL;
    Piece name;
    if (value && read_name(spec, value, &name)) {
        if (instance->count > 1)
            name.text = str_format(spec->arena, "%.*s_%u", STR_ARGS(name.text), instance->index + 1);
        entity = space_define(spec, site->space, name);
    } else if (item->kind == ITEM_CALL) {
        return space_define_automatic(spec, site->space, item->block->name.text, item->place);
    } else if (item->kind == ITEM_LAYER) {
        return space_define_automatic(spec, site->space, layer_stem(spec, item->draft), item->place);
    }
    if (!entity && (value || spec->stopped)) {
        entity = ARENA_NEW(spec->arena, Entity);
        entity->name = STR("unnamed");
    }
    return entity;
}

/* ---- scopes ---------------------------------------------------------------------------------------------------- */

static ScopeKind scope_kind(ItemKind kind)
{
    switch (kind) {
    case ITEM_CALL:
        return SCOPE_BLOCK;
    case ITEM_RESIDUAL:
        return SCOPE_RESIDUAL;
    case ITEM_BRANCH:
        return SCOPE_BRANCH;
    case ITEM_LAYER:
    case ITEM_GROUP:
        break;
    }
    return SCOPE_GROUP;
}

static Scope *add_scope(Spec *spec, const Site *site, Instance *instance, Str name)
{
    const Item *item = instance->item;
    Scope *scope = graph_add_scope(spec->graph, site->scope, scope_kind(item->kind), name);
    scope->place = item->place;
    if (item->kind == ITEM_CALL) {
        scope->definition = item->block->name.text;
        scope->arguments = arguments_text(spec, item->env);
        scope->given = arguments_given(spec, item->env);
        scope->given_count = item->env->count;
    }
    if (item->kind != ITEM_LAYER) {
        scope->label = instance->label;
        scope->note = instance->note;
        scope->style = instance->style;
        scope->placing = instance->placing;
    }
    if (instance->count > 1) {
        instance->run = instance->run ? instance->run : scope;
        scope->run = instance->run;
        scope->run_index = instance->index;
        scope->run_count = instance->count;
    }
    return scope;
}

/* The list whose items share the names of a scope. */
static const Value *items_of(const Item *item)
{
    if (item->kind == ITEM_CALL)
        return item->block->body;
    return item->layers ? item->layers : item->operation;
}

static void write_layer(Spec *spec, Site *site, Instance *instance)
{
    Draft *draft = instance->item->draft;
    uint32_t count = 0;
    Port *inputs = ARENA_ARRAY(spec->arena, instance->input_count + draft->read_count + 1, Port);
    Site inner = *site;
    if (instance->count > 1)
        inner.scope = add_scope(spec, site, instance, (Str){0});
    for (; count < instance->input_count; count++)
        inputs[count] = instance->inputs[count];
    bool source = draft->op->max_inputs == 0;
    bool fits = count || source || instance->unfed || site_port(spec, site, draft->whole, &inputs[count++]);
    for (uint32_t i = 0; i < draft->read_count && fits; i++)
        fits = space_resolve(spec, site, draft->reads[i], &inputs[count++]);
    Entity *entity = define(spec, &inner, instance);
    if (!fits) {
        site->flow = entity->port = (Port){layer_lost(spec), 0};
        return;
    }
    Layer *layer = layer_add(spec, &inner, draft, inputs, count, entity);
    layer->label = instance->label;
    layer->note = instance->note;
    layer->style = instance->style;
    layer->placing = instance->placing;
    layer->image = instance->image;
    layer->units = instance->units;
    if (instance->item->after && !instance->index)
        read_after(spec, site, instance->item->after, layer);
    site->flow = inner.flow;
}

static void write_scope(Spec *spec, Site *site, Instance *instance)
{
    const Item *item = instance->item;
    Entity *entity = define(spec, site, instance);
    Site inner = *site;
    if (instance->input_count)
        inner.flow = instance->inputs[0];
    if (instance->unfed) {
        inner.flow = (Port){NULL, 0};
        inner.why = "`from: []` lets nothing in";
    }
    inner.scope = add_scope(spec, site, instance, entity ? entity->name : (Str){0});
    if (entity) {
        inner.space = space_new(spec, site->space, items_of(item));
        entity->space = inner.space;
        entity->open = true;
    }
    if (item->kind == ITEM_CALL)
        write_block(spec, &inner, item);
    else if (item->kind == ITEM_GROUP)
        read_group(spec, &inner, item);
    else if (item->kind == ITEM_RESIDUAL)
        read_residual(spec, &inner, item);
    else
        read_branch(spec, &inner, item);
    site->flow = inner.flow;
    site->why = inner.why;
    if (entity) {
        entity->open = false;
        entity->port = inner.flow;
        entity->end = spec->graph->layer_count;
    }
}

/* ---- items ----------------------------------------------------------------------------------------------------- */

static void write_once(Spec *spec, Site *site, Instance *instance)
{
    uint32_t first = spec->graph->layer_count;
    if (instance->item->kind == ITEM_LAYER)
        write_layer(spec, site, instance);
    else
        write_scope(spec, site, instance);
    for (uint32_t i = first; i < spec->graph->layer_count; i++)
        set_flags(instance, spec->graph->layers[i]);
    if (instance->item->weights && !spec->failed)
        share_weights(spec, site, instance->item->weights, first, spec->graph->layer_count);
}

/* All instances; of the second and later ones the first input is the instance before. */
static void write_all(Spec *spec, Site *site, Instance *instance)
{
    const Value *name = instance->count > 1 ? name_value(instance->item) : NULL;
    Piece piece;
    Entity *run = name && read_name(spec, name, &piece) ? space_define(spec, site->space, piece) : NULL;
    if (run)
        run->open = true;
    for (; instance->index < instance->count && spec_spend(spec, instance->item->place); instance->index++) {
        if (instance->index && instance->input_count)
            instance->inputs[0] = site->flow;
        instance->unfed = instance->unfed && !instance->index;
        write_once(spec, site, instance);
    }
    if (run) {
        run->open = false;
        run->port = site->flow;
        run->end = spec->graph->layer_count;
    }
}

/* `note`, which may have a side, and the keys that place an item. */
static bool read_places(Spec *spec, Instance *instance)
{
    const Item *item = instance->item;
    Side side = SIDE_NONE;
    bool scope = item->kind != ITEM_LAYER;
    for (const Value *child = item->value->first; child && item->value->kind == VALUE_MAP; child = child->next)
        if (!read_placing(spec, child, scope, &instance->placing))
            return false;
    if (item->note)
        read_sided(spec, item->note, &instance->note, &side);
    if (side == SIDE_NONE)
        return true;
    if (!instance->placing)
        instance->placing = ARENA_NEW(spec->arena, Placing);
    instance->placing->note_side = side;
    return true;
}

static bool read_keys(Spec *spec, const Site *site, Instance *instance)
{
    const Item *item = instance->item;
    if (item->label)
        read_tex(spec, item->label, &instance->label);
    if (!read_places(spec, instance))
        return false;
    if (item->frozen)
        instance->trained = read_flag(spec, item->frozen, &instance->frozen) && !instance->frozen;
    if (item->training)
        read_flag(spec, item->training, &instance->training);
    if (item->turned)
        read_flag(spec, item->turned, &instance->turned);
    if (item->idle)
        read_flag(spec, item->idle, &instance->idle);
    if (item->image)
        read_picture(spec, item->image, &instance->image);
    if (item->style)
        read_style(spec, item->style, &instance->style);
    if (item->units && item->kind == ITEM_LAYER)
        instance->units = read_units(spec, item->units);
    else if (item->units)
        spec_error(spec, item->units->key_place, "`units` belongs to a layer");
    if (item->times && !read_times(spec, item->times, &instance->count))
        return false;
    if (item->from && !read_from(spec, site, item->from, instance))
        return false;
    if (instance->input_count > 1 && item->kind != ITEM_LAYER) {
        spec_error(spec, item->from->place, "`%.*s` reads one layer, not %u", STR_ARGS(item->operation->key),
                   instance->input_count);
        spec_hint(spec,
                  "inside of it any layer may be named with `from`; a block takes the names of others as parameters");
        return false;
    }
    return true;
}

/* The name of an item that could not be read: what refers to it is not to blame. */
static void lose(Spec *spec, Site *site, const Value *value)
{
    const Value *name = value_get(value, STR("name")), *group = value_get(value, STR("group"));
    site->flow = (Port){layer_lost(spec), 0};
    name = name ? name : group;
    if (!name || name->kind != VALUE_SCALAR || space_find(site->space, name->text))
        return;
    Entity *entity = space_define(spec, site->space, piece_of(name));
    if (entity)
        entity->port = site->flow;
}

static void read_item(Spec *spec, Site *site, const Value *value)
{
    Item item;
    if (!spec_spend(spec, value->place))
        return;
    bool parsed = item_parse(spec, site, value, &item);
    Instance instance = {.item = &item, .count = 1};
    if (parsed && site->scope->depth >= SPEC_MOST_DEPTH) {
        spec_error(spec, item.place, "scopes more than %d deep", SPEC_MOST_DEPTH);
        spec->stopped = true;
    }
    if (!parsed || !read_keys(spec, site, &instance) ||
        (item.kind == ITEM_CALL && !bind_arguments(spec, site, &item))) {
        lose(spec, site, value);
        return;
    }
    bool many = instance.count > 1;
    Repeat repeat = {item.place, {0}, spec->repeat};
    if (many || item.kind == ITEM_CALL) {
        repeat.place = many ? item.times->place : item.place;
        repeat.what = many ? str_format(spec->arena, "`times: %u`", instance.count)
                           : str_format(spec->arena, "`%.*s`", STR_ARGS(item.block->name.text));
        spec->repeat = &repeat;
    }
    write_all(spec, site, &instance);
    spec->repeat = repeat.outer;
}

/* Whether an item is a number or a stride: part of a text that the commas of [...] have cut into pieces. */
static bool is_fragment(Str text)
{
    bool number = text.size > 0;
    for (size_t i = 0; i < text.size && number; i++)
        number = (text.at[i] >= '0' && text.at[i] <= '9') || text.at[i] == 'x';
    return number || str_starts(text, STR("/"));
}

/* `[3x3 conv, 64, relu]` is three items to YAML; false after a report. */
static bool is_whole(Spec *spec, const Value *list)
{
    for (const Value *item = list->first; item; item = item->next) {
        if (item->kind != VALUE_SCALAR || !is_fragment(item->text))
            continue;
        Str first = list->first->kind == VALUE_SCALAR ? list->first->text : STR("3x3 conv");
        spec_error(spec, item->place, "`%.*s` alone is no layer", STR_ARGS(item->text));
        spec_hint(spec,
                  "commas in [...] separate layers: put each into quotes, [\"%.*s, …\"], or on a line of its own "
                  "behind a dash",
                  STR_ARGS(first));
        return false;
    }
    return true;
}

void read_body(Spec *spec, Site *site, const Value *body)
{
    if (body->kind == VALUE_NULL)
        return;
    if (body->kind != VALUE_LIST) {
        read_item(spec, site, body);
        return;
    }
    if (!is_whole(spec, body)) {
        site->flow = (Port){layer_lost(spec), 0};
        return;
    }
    for (const Value *item = body->first; item && !spec->stopped; item = item->next)
        read_item(spec, site, item);
}
