/* SPDX-License-Identifier: MIT */
/* Reads Moniel files: instances of defined types are written out as blocks, known types are operations, others boxes. */
#include "read/moniel.h"

#include "base/names.h"

typedef enum Role { PLAIN, PORT_IN, PORT_OUT } Role;

/* What the name of a type means. */
typedef struct Type {
    const MonBody *body; /* of a type that the file defines, or NULL */
    Str name;            /* in full */
    const Op *op;        /* the operation that is called so, or NULL */
    Role role;
} Type;

typedef struct Group Group;

/* A box that is to be drawn. */
typedef struct Made {
    Str name, arguments;
    const Type *type;
    Scope *scope;
    Port *inputs;        /* while chains are read: `output` is the index of a Made */
    uint32_t input_count, input_room;
    bool is_read;
    Layer *layer;
    Place place;
} Made;

/* A box or a group. */
typedef struct Thing {
    uint32_t made;       /* its index, where it is no group */
    Group *group;
    Place place;
} Thing;

/* Boxes by their indices. */
typedef struct Ends {
    uint32_t *at;
    uint32_t count, room;
} Ends;

/* A scope while it is filled: of the file, of an instance, of `{…}`. */
struct Group {
    const MonBody *body;
    Scope *scope;
    Names *ids;          /* Thing by name */
    Names *names;        /* how many have a name already */
    Group *parent;
    bool is_open;        /* a `{…}`: names around it are known inside */
    uint32_t depth;
    Ends in, out;        /* its nodes Input and Output */
};

typedef struct Build {
    Arena *arena;
    Diags *diags;
    Graph *graph;
    Made *made;
    uint32_t made_count, made_room, group_count, step_count;
    bool failed;
} Build;

static bool stop(Build *build)
{
    build->failed = true;
    return false;
}

/* ---- types -------------------------------- */

static const struct {
    const char *name, *op;
    Role role;
} known[] = {
    {"Input", "input", PORT_IN},
    {"Output", "input", PORT_OUT},
    {"Tensor", "parameter", PLAIN},
    {"Convolution", "conv", PLAIN},
    {"Deconvolution", "upconv", PLAIN},
    {"BiasAdd", NULL, PLAIN},
    {"FullyConnected", "linear", PLAIN},
    {"RectifiedLinearUnit", "relu", PLAIN},
    {"ExponentialLinearUnit", "elu", PLAIN},
    {"ScaledExponentialLinearUnit", "selu", PLAIN},
    {"HyperbolicTangent", "tanh", PLAIN},
    {"LocalResponseNormalization", "lrn", PLAIN},
    {"BatchNormalization", "bn", PLAIN},
    {"LayerNormalization", "ln", PLAIN},
    {"MaxPooling", "maxpool", PLAIN},
    {"AveragePooling", "avgpool", PLAIN},
    {"Concatenation", "concat", PLAIN},
    {"LongShortTermMemory", "lstm", PLAIN},
    {"GatedRecurrentUnit", "gru", PLAIN},
};

enum { KNOWN_COUNT = sizeof known / sizeof *known };

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Each word of `brief`, from a capital on, begins the same word of `full`: CL and ConvLayer for ConvolutionalLayer. */
static bool is_brief(Str brief, Str full)
{
    size_t at = 0;
    for (size_t i = 0; i < brief.size; i++, at++) {
        while (is_capital(brief.at[i]) && i && at < full.size && !is_capital(full.at[at]))
            at++;
        if (at >= full.size || brief.at[i] != full.at[at])
            return false;
    }
    while (at < full.size && !is_capital(full.at[at]))
        at++;
    return brief.size && at == full.size;
}

/* The type of the body, or of those around it, that `name` is short for. */
static const MonBody *find_brief(Build *build, const MonBody *body, Str name, Place place)
{
    const MonBody *found = NULL;
    for (; body && !found; body = body->parent)
        for (size_t i = 0; i < names_count(body->definitions); i++) {
            const MonBody *one = names_thing(body->definitions, i);
            if (!is_brief(name, one->name))
                continue;
            if (found) {
                diag_error(build->diags, place, "`%.*s` is short for both `%.*s` and `%.*s`", STR_ARGS(name),
                           STR_ARGS(found->name), STR_ARGS(one->name));
                diag_hint(build->diags, "write more of its words, or the whole name");
                stop(build);
                return found;
            }
            found = one;
        }
    return found;
}

static bool take_known(Type *type, Str name, bool brief)
{
    size_t found = KNOWN_COUNT, matches = 0;
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        if (brief ? is_brief(name, str_from(known[i].name)) : str_equal(name, str_from(known[i].name))) {
            found = i;
            matches++;
        }
    if (matches != 1)
        return false;
    *type = (Type){.name = str_from(known[found].name), .role = known[found].role,
                   .op = known[found].op ? op_find(str_from(known[found].op)) : NULL};
    return true;
}

/* Whole names before short ones, the file's own before known ones. */
static void find_type(Build *build, const MonBody *body, Str name, Place place, Type *type)
{
    type->name = name;
    for (const MonBody *around = body; around && !type->body; around = around->parent)
        type->body = names_get(around->definitions, name);
    if (type->body || take_known(type, name, false))
        return;
    type->body = find_brief(build, body, name, place);
    if (type->body)
        type->name = type->body->name;
    else if (!take_known(type, name, true))
        type->op = op_find(name);
}

static const Type *type_of(Build *build, const MonBody *body, Str name, Place place)
{
    Type *type = names_get(body->types, name);
    if (!type) {
        type = ARENA_NEW(build->arena, Type);
        find_type(build, body, name, place, type);
        names_put(body->types, name, type);
    }
    return type;
}

/* ---- instances -------------------------------- */

static bool count_step(Build *build, Place place)
{
    if (build->step_count++ < MONIEL_MOST_STEPS)
        return true;
    diag_error(build->diags, place, "the network is too large once its types are written out");
    return stop(build);
}

/* A name that the scope does not have yet: the second ReLU is `ReLU.2`. */
static Str fresh_name(Build *build, Group *group, Str name)
{
    uint32_t *count = names_get(group->names, name);
    if (!count) {
        count = ARENA_NEW(build->arena, uint32_t);
        names_put(group->names, name, count);
    }
    return ++*count == 1 ? name : str_format(build->arena, "%.*s.%u", STR_ARGS(name), *count);
}

static void push_end(Build *build, Ends *ends, uint32_t made)
{
    *ARENA_PUSH(build->arena, ends->at, ends->count, ends->room) = made;
}

static bool run_body(Build *build, Group *group);

static bool may_enter(Build *build, const Group *parent, const MonBody *body, Place place)
{
    for (const Group *group = parent; group; group = group->parent)
        if (group->body == body) {
            diag_error(build->diags, place, "`%.*s` holds itself", STR_ARGS(body->name));
            diag_note(build->diags, body->place, "it is defined here");
            return stop(build);
        }
    if (parent->depth < MONIEL_MOST_DEPTH && build->group_count++ < MONIEL_MOST_NODES)
        return true;
    diag_error(build->diags, place, parent->depth < MONIEL_MOST_DEPTH ? "the network is too large once its types are written out"
                                                                      : "types are nested too deeply here");
    return stop(build);
}

static Group *new_group(Build *build, Group *parent, const MonBody *body, Scope *scope)
{
    Group *group = ARENA_NEW(build->arena, Group);
    *group = (Group){.body = body, .scope = scope, .parent = parent, .is_open = !body->name.size,
                     .ids = names_new(build->arena), .names = names_new(build->arena),
                     .depth = parent ? parent->depth + 1 : 0};
    return group;
}

/* The inside of a defined type, or of `{…}`, written out. */
static Group *add_group(Build *build, Group *parent, const MonBody *body, const MonTerm *term)
{
    if (!may_enter(build, parent, body, term->place))
        return NULL;
    uint32_t before = build->made_count;
    bool block = body->name.size > 0;
    Str name = term->id.size || block ? fresh_name(build, parent, term->id.size ? term->id : body->name) : (Str){0};
    Scope *scope = graph_add_scope(build->graph, parent->scope, block ? SCOPE_BLOCK : SCOPE_GROUP, name);
    scope->definition = body->name;
    scope->arguments = term->arguments;
    scope->place = term->place;
    Group *group = new_group(build, parent, body, scope);
    if (!run_body(build, group))
        return NULL;
    if (build->made_count > before)
        return group;
    diag_error(build->diags, body->place, "there is nothing to draw inside of this scope");
    stop(build);
    return NULL;
}

static bool add_box(Build *build, Group *group, const Type *type, const MonTerm *term, Thing *thing)
{
    if (build->made_count == MONIEL_MOST_NODES) {
        diag_error(build->diags, term->place, "the network is too large once its types are written out");
        return stop(build);
    }
    thing->made = build->made_count;
    *ARENA_PUSH(build->arena, build->made, build->made_count, build->made_room) = (Made){
        .name = fresh_name(build, group, term->id.size ? term->id : term->name), .type = type,
        .arguments = term->arguments, .scope = group->scope, .place = term->place};
    if (type->role != PLAIN)
        push_end(build, type->role == PORT_IN ? &group->in : &group->out, thing->made);
    return true;
}

static Thing *add_thing(Build *build, Group *group, const MonTerm *term)
{
    Thing *thing = ARENA_NEW(build->arena, Thing);
    thing->place = term->place;
    const Type *type = term->body ? NULL : type_of(build, group->body, term->name, term->place);
    const Thing *before = term->id.size ? names_get(group->ids, term->id) : NULL;
    if (before) {
        diag_error(build->diags, term->place, "`%.*s` is here already", STR_ARGS(term->id));
        diag_note(build->diags, before->place, "it is made here");
        diag_hint(build->diags, "`%.*s` without a type refers to it", STR_ARGS(term->id));
        stop(build);
    }
    if (build->failed)
        return NULL;
    const MonBody *body = term->body ? term->body : type->body;
    if (body)
        thing->group = add_group(build, group, body, term);
    else
        add_box(build, group, type, term, thing);
    if (term->id.size)
        names_put(group->ids, term->id, thing);
    return build->failed ? NULL : thing;
}

/* What an id or a path refers to, or NULL. */
static Thing *find_thing(const Group *group, Str path)
{
    Str piece;
    Thing *thing = NULL;
    str_cut(&path, '/', &piece);
    while (thing = names_get(group->ids, piece), !thing && group->is_open && group->parent)
        group = group->parent;
    while (thing && str_cut(&path, '/', &piece))
        thing = thing->group ? names_get(thing->group->ids, piece) : NULL;
    return thing;
}

static Str nearest_id(Build *build, const Group *group, Str name)
{
    enum { MOST = 200 };
    Str ids[MOST];
    size_t count = 0;
    for (; count < MOST && count < names_count(group->ids); count++)
        ids[count] = names_key(group->ids, count);
    return names_nearest(build->arena, name, ids, count);
}

/* A term that is no list: an instance that is there, or a new one. */
static Thing *thing_of(Build *build, Group *group, const MonTerm *term)
{
    bool bare = !term->id.size && !term->body;
    Thing *thing = bare && !term->arguments.size ? find_thing(group, term->name) : NULL;
    if (thing || !bare)
        return thing ? thing : add_thing(build, group, term);
    bool path = str_find(term->name, '/') < term->name.size, small = term->name.at[0] >= 'a' && term->name.at[0] <= 'z';
    if (!path && (!small || type_of(build, group->body, term->name, term->place)->body))
        return add_thing(build, group, term);
    diag_error(build->diags, term->place, "there is no instance `%.*s` above", STR_ARGS(term->name));
    Str near = nearest_id(build, group, term->name);
    if (near.size)
        diag_hint(build->diags, "did you mean `%.*s`?", STR_ARGS(near));
    else
        diag_hint(build->diags, path ? "the names of a path are those of instances: `id:Type` makes one"
                                     : "`%.*s:Type` makes one; types begin with a capital", STR_ARGS(term->name));
    stop(build);
    return NULL;
}

/* ---- chains -------------------------------- */

/* Adds what feeds a term (`in`, where something does) and what it feeds (`out`, where it feeds something). */
static bool run_term(Build *build, Group *group, const MonTerm *term, Ends *in, Ends *out)
{
    if (!count_step(build, term->place))
        return false;
    for (const MonTerm *item = term->first; item; item = item->next)
        if (!run_term(build, group, item, in, out))
            return false;
    Thing *thing = term->is_list ? NULL : thing_of(build, group, term);
    if (!thing)
        return term->is_list && !build->failed;
    for (int side = 0; side < 2; side++) {
        Ends *to = side ? out : in;
        if (!to)
            continue;
        if (!thing->group) {
            push_end(build, to, thing->made);
            continue;
        }
        const Ends *from = side ? &thing->group->out : &thing->group->in;
        for (uint32_t i = 0; i < from->count && count_step(build, term->place); i++)
            push_end(build, to, from->at[i]);
        if (!from->count) {
            diag_error(build->diags, term->place, "the scope has no %s inside", side ? "Output" : "Input");
            diag_hint(build->diags, side ? "what it gives comes from a node `Output` in its body"
                                         : "what feeds it goes to a node `Input` in its body");
            return stop(build);
        }
    }
    return !build->failed;
}

static void connect(Build *build, uint32_t from, uint32_t to)
{
    Made *made = &build->made[to];
    build->made[from].is_read = true;
    *ARENA_PUSH(build->arena, made->inputs, made->input_count, made->input_room) = (Port){NULL, from};
}

/* As many to as many: in pairs; else one to all, or all to one. */
static bool connect_all(Build *build, const Ends *from, const Ends *to, Place place)
{
    if (from->count != to->count && from->count != 1 && to->count != 1) {
        diag_error(build->diags, place, "%u outputs cannot feed %u inputs", from->count, to->count);
        diag_hint(build->diags, "as many as there are, one to all, or all to one");
        return stop(build);
    }
    uint32_t count = from->count > to->count ? from->count : to->count;
    for (uint32_t i = 0; i < count && count_step(build, place); i++)
        connect(build, from->at[from->count == 1 ? 0 : i], to->at[to->count == 1 ? 0 : i]);
    return !build->failed;
}

static bool run_body(Build *build, Group *group)
{
    for (const MonChain *chain = group->body->first; chain; chain = chain->next) {
        Ends before = {0};
        for (const MonTerm *term = chain->first; term; term = term->next) {
            Ends in = {0}, out = {0};
            bool fed = term != chain->first;
            if (!run_term(build, group, term, fed ? &in : NULL, term->next ? &out : NULL) ||
                (fed && !connect_all(build, &before, &in, term->place)))
                return false;
            before = out;
        }
    }
    return true;
}

/* ---- the network -------------------------------- */

/* The operation where it takes so many inputs and no weights and the file gives it nothing more; else a box. */
static const Op *op_of(const Made *made)
{
    const Op *op = made->type->op;
    bool plain = op && !op->count && !made->arguments.size && made->type->role != PORT_OUT &&
                 made->input_count >= (uint32_t)op->min_inputs &&
                 (op->max_inputs == OP_ANY_INPUTS || made->input_count <= (uint32_t)op->max_inputs);
    return plain ? op : op_custom();
}

static void add_layer(Build *build, Made *made)
{
    const Op *op = op_of(made);
    const Type *type = made->type;
    Layer *layer = graph_add_layer(build->graph, made->scope, op, op->attr_count, made->name);
    layer->op_name = !op_is_custom(op) ? str_from(op->name) : type->name;
    if (made->arguments.size)
        layer->op_name = str_format(build->arena, "%.*s(%.*s)", STR_ARGS(type->name), STR_ARGS(made->arguments));
    if (op_is_custom(op) && type->op)
        layer->style = str_from(style_name(type->op->style));
    Str around = made->scope->path;
    if (around.size)
        layer->path = str_format(build->arena, "%.*s/%.*s", STR_ARGS(around), STR_ARGS(made->name));
    layer->inferred = true;
    layer->params = layer->macs = !op_is_custom(op) || type->role != PLAIN ? dim_int(0) : DIM_NONE;
    layer->place = made->place;
    made->layer = layer;
}

static void add_layers(Build *build)
{
    Graph *graph = build->graph;
    for (uint32_t i = 0; i < build->made_count; i++)
        add_layer(build, &build->made[i]);
    graph->outputs = ARENA_ARRAY(build->arena, build->made_count, Port);
    for (uint32_t i = 0; i < build->made_count; i++) {
        const Made *made = &build->made[i];
        for (uint32_t k = 0; k < made->input_count; k++)
            made->inputs[k] = (Port){build->made[made->inputs[k].output].layer, 0};
        graph_set_inputs(graph, made->layer, made->inputs, made->input_count);
        if (!made->is_read)
            graph->outputs[graph->output_count++] = (Port){made->layer, 0};
    }
}

bool read_moniel(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    const MonBody *body = moniel_parse(arena, diags, source);
    if (!body)
        return false;
    Build build = {.arena = arena, .diags = diags, .graph = graph_new(arena, source)};
    build.graph->imported = true;
    build.graph->batch_axes = 0;
    *model = model_of(arena, build.graph);
    if (!run_body(&build, new_group(&build, NULL, body, build.graph->root)))
        return false;
    if (!build.made_count) {
        diag_error(diags, (Place){.source = source}, "the network has no nodes");
        return false;
    }
    add_layers(&build);
    return true;
}
