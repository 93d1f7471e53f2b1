/* SPDX-License-Identifier: MIT */
/* Makes the nodes and frames of the outline, in the order of the layers. */
#include "op/op.h"
#include "pass/plan.h"

#include <string.h>

/* Letters, digits, `-`, `_`; everything else becomes one hyphen between them. */
static Str clean_name(Arena *arena, Str path)
{
    Text text = text_in(arena);
    bool gap = false;
    for (size_t i = 0; i < path.size; i++) {
        char c = path.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (plain && gap && text.size)
            text_add_char(&text, '-');
        if (plain)
            text_add_char(&text, c);
        gap = !plain;
    }
    return text.size ? text_str(&text) : STR("node");
}

/* The name itself where it is free, else the first of `-2`, `-3` … that is; counted, so that none is searched for. */
Str plan_name(Plan *plan, Str path)
{
    Str name = str_copy(plan->arena, clean_name(plan->scratch, path));
    uint32_t *used = names_get(plan->names, name);
    if (!used) {
        used = ARENA_NEW(plan->scratch, uint32_t);
        *used = 1;
        names_put(plan->names, name, used);
        return name;
    }
    Str numbered;
    do
        numbered = str_format(plan->arena, "%.*s-%u", STR_ARGS(name), ++*used);
    while (names_get(plan->names, numbered));
    uint32_t *first = ARENA_NEW(plan->scratch, uint32_t);
    *first = 1;
    names_put(plan->names, numbered, first);
    return numbered;
}

static NodeKind kind_of(const Layer *layer)
{
    const Op *op = layer->op;
    if (op->style == STYLE_DATA && op->min_inputs == 0 && !layer->input_count)
        return NODE_INPUT;
    if (op->style == STYLE_LOSS || op->style == STYLE_DATA)
        return NODE_OUTPUT;
    return op->symbol && !layer->label.size ? NODE_CIRCLE : NODE_BOX;
}

Node *plan_add_node(Plan *plan, NodeKind kind, const Layer *layer, Str path)
{
    Node *node = ARENA_NEW(plan->scratch, Node);
    *node = (Node){.kind = kind, .name = plan_name(plan, path), .layer = layer, .times = 1, .index = plan->node_count};
    *ARENA_PUSH(plan->scratch, plan->nodes, plan->node_count, plan->node_room) = node;
    return node;
}

static bool is_map_as_vector(const Plan *plan, const Layer *map, const Layer *vector)
{
    Shape in = plan_output(plan, map), out = plan_output(plan, vector);
    return in.known && out.known && in.rank > 2 && out.rank == 1;
}

/*
 * What a box of a brief figure gives, in the form in which it is read: frameworks multiply all tokens as one matrix and
 * turn sequences round. What leaves a map is a map, although it may be read as a vector.
 */
static const Layer *final_form(const Plan *plan, const Layer *layer)
{
    StyleClass style = layer->op->style;
    bool map = style == STYLE_CONV || style == STYLE_POOL || style == STYLE_MERGE || style == STYLE_DATA;
    while (plan->brief && !map && plan_uses(plan, layer) == 1 && !plan_layer(plan, layer)->leaves) {
        const Layer *reader = plan->users.list[plan->users.first[layer->index]];
        if (!plan_layer(plan, reader)->passes || reader->inputs[0].layer != layer || is_map_as_vector(plan, layer, reader))
            break;
        layer = reader;
    }
    return layer;
}

/* What a layer gives, with its channels where another has them. */
static Shape output_as(const Plan *plan, const Layer *layer, Layout layout)
{
    Shape shape = plan_output(plan, layer);
    if (layer->layout == layout || !shape.known || shape.rank < 3)
        return shape;
    Shape turned = shape_of(plan->arena, shape.rank, shape.dims);
    bool last = layout == LAYOUT_CHANNELS_LAST;
    memcpy(turned.dims + !last, shape.dims + last, (shape.rank - 1) * sizeof *shape.dims);
    turned.dims[last ? shape.rank - 1 : 0] = shape.dims[last ? 0 : shape.rank - 1];
    return turned;
}

static void add_layer_node(Plan *plan, const Layer *layer)
{
    LayerPlan *planned = plan_layer(plan, layer);
    Node *node = plan_add_node(plan, kind_of(layer), layer, layer->path);
    const Layer *gives = plan_layer(plan, planned->tail)->gives;
    node->shape = layer->drawn.known ? layer->drawn : output_as(plan, gives ? gives : final_form(plan, planned->tail), layer->layout);
    node->input = layer->input_count ? plan_shape(plan, layer->inputs[0]) : shape_unknown();
    node->note = (Label){LABEL_TEX, layer->note};
    node->frame = plan_scope(plan, layer->scope)->frame;
    planned->node = node;
}

const Layer *plan_exit(const Plan *plan, const Scope *scope)
{
    const ScopePlan *planned = plan_scope(plan, scope);
    uint32_t found = planned->last;
    bool any = false;
    for (uint32_t i = 0; i < planned->layers.size; i++) {
        uint32_t index = plan->layer_order[planned->layers.start + i];
        bool leaves = plan->layers[index].leaves;
        for (uint32_t k = plan->users.first[index]; k < plan->users.first[index + 1] && !leaves; k++)
            leaves = !plan_holds(plan, scope, plan->users.list[k]);
        if (leaves && (!any || index > found)) {
            found = index;
            any = true;
        }
    }
    return plan->graph->layers[found];
}

static void add_group_node(Plan *plan, const Scope *scope)
{
    ScopePlan *planned = plan_scope(plan, scope);
    const Layer *last = plan_exit(plan, scope);
    Node *node = plan_add_node(plan, NODE_GROUP, last, plan_named(plan, scope)->path);
    node->scope = scope;
    node->times = planned->times;
    node->differs = planned->differs;
    node->shape = plan_output(plan, plan_exit(plan, planned->final));
    node->note = (Label){LABEL_TEX, scope->note};
    node->frame = scope->parent ? plan_scope(plan, scope->parent)->frame : NULL;
    planned->node = node;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A name as it is read: of an instance of a run without its number, with blanks for `_`. */
static Str spoken(const Plan *plan, const Scope *scope, Str name)
{
    Str number = str_format(plan->arena, "_%u", scope->run_index + 1);
    if (scope->run && str_ends(name, number))
        name = str_slice(name, 0, name.size - number.size);
    Text text = text_in(plan->arena);
    Str word;
    for (bool first = true; str_cut(&name, '_', &word); first = false) {
        text_add(&text, first ? STR("") : STR(" "));
        text_add(&text, word);
    }
    return str_trim(text_str(&text));
}

/* The name of a block without the number that tells it from others of its kind. */
static Str kind_name(Str name)
{
    size_t end = name.size;
    while (end && is_digit(name.at[end - 1]))
        end--;
    return end > 1 && end < name.size && name.at[end - 1] == '_' ? str_slice(name, 0, end - 1) : name;
}

/*
 * Whether the reader made the name: blocks that nobody named are called after their definition, and counted. In a brief
 * figure `basic_2` says no more than that, for a layer that is read by its name must have one.
 */
static bool is_counted(const Plan *plan, const Scope *scope)
{
    if (scope->unnamed)
        return true;
    Str kind = plan->brief ? kind_name(scope->definition) : scope->definition;
    if (scope->kind != SCOPE_BLOCK || !str_starts(scope->name, kind))
        return false;
    size_t from = kind.size;
    if (plan->brief && from + 1 < scope->name.size && scope->name.at[from] == '_')
        from++;
    for (size_t i = from; i < scope->name.size; i++)
        if (!is_digit(scope->name.at[i]))
            return false;
    return true;
}

/* "basic, 64": with its arguments where they are few; in a brief figure without, for its boxes say them. */
static Str block_title(const Plan *plan, const Scope *scope)
{
    enum { LONGEST = 20 };
    if (plan->brief)
        return spoken(plan, scope, kind_name(scope->definition));
    Str block = spoken(plan, scope, scope->definition);
    if (!scope->arguments.size || scope->arguments.size > LONGEST)
        return block;
    return str_format(plan->arena, "%.*s, %.*s", STR_ARGS(block), STR_ARGS(scope->arguments));
}

/* What two names have in common before their numbers: `denselayer` of denselayer1 and denselayer6. */
static Str common_stem(Str a, Str b)
{
    size_t end = a.size, other = b.size;
    while (end && is_digit(a.at[end - 1]))
        end--;
    while (other && is_digit(b.at[other - 1]))
        other--;
    if (end == a.size || other == b.size || !str_equal(str_slice(a, 0, end), str_slice(b, 0, other)))
        return (Str){0};
    while (end && (a.at[end - 1] == '_' || a.at[end - 1] == '.' || a.at[end - 1] == '-'))
        end--;
    return str_slice(a, 0, end);
}

/*
 * Modules that are drawn as one: all of a kind by what they are called, of several kinds with the numbers. Among very
 * many neighbours nobody looks for others of that kind.
 */
static Str stretch_title(const Plan *plan, const Scope *scope, const Scope *final)
{
    enum { MOST_NEIGHBOURS = 500 };
    Str stem = common_stem(scope->name, final->name);
    const Scope *first = scope->parent->first, *next = final->next;
    bool all = stem.size > 0;
    int looked = 0;
    for (; first && plan_scope(plan, first)->like != scope && first != scope && looked < MOST_NEIGHBOURS; looked++) {
        all = all && !str_equal(common_stem(first->name, scope->name), stem);
        first = first->next;
    }
    for (; next && looked < MOST_NEIGHBOURS; next = next->next, looked++)
        all = all && !str_equal(common_stem(next->name, scope->name), stem);
    if (looked == MOST_NEIGHBOURS)
        return str_format(plan->arena, "%.*s – %.*s", STR_ARGS(scope->name), STR_ARGS(final->name));
    if (all || !first)
        return all ? stem : scope->name;
    return str_format(plan->arena, "%.*s – %.*s", STR_ARGS(first->name), STR_ARGS(final->name));
}

/* Names that say only that there are several. */
static bool is_a_list(Str name)
{
    static const char *const names[] = {"layers", "blocks", "layer", "block", "modules", "stages", "h"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal_nocase(name, str_from(names[i])))
            return true;
    return false;
}

const Scope *plan_named(const Plan *plan, const Scope *scope)
{
    return scope->parent && plan_scope(plan, scope->parent)->unit == scope ? scope->parent : scope;
}

Label plan_title(const Plan *plan, const Scope *scope, bool alone)
{
    const Scope *final = plan_scope(plan, scope)->final, *named = plan_named(plan, scope);
    bool modules = final != scope && (!scope->run || plan->brief); /* each with a name of its own */
    if (scope->label.size)
        return (Label){LABEL_TEX, scope->label};
    if (plan->brief && is_counted(plan, named))
        named = scope;
    if (is_counted(plan, named))
        return (Label){LABEL_TEXT, block_title(plan, scope)};
    Str name = spoken(plan, named, named->name);
    modules = modules && (named == scope || is_a_list(name));
    if (scope->kind == SCOPE_BLOCK && alone && !plan->brief) {
        Str block = spoken(plan, scope, scope->definition);
        return (Label){LABEL_TEXT, str_format(plan->arena, "%.*s (%.*s)", STR_ARGS(block), STR_ARGS(name))};
    }
    if (modules)
        name = spoken(plan, scope, stretch_title(plan, scope, final));
    return (Label){LABEL_TEXT, name};
}

/* Structure has no name of its own: its frame is called after the scope around it and what it is. */
static Str frame_path(const Plan *plan, const Scope *scope)
{
    static const char *const kinds[] = {"network", "run", "block", "residual", "branch", "path"};
    if (scope->name.size && !plan_scope(plan, scope)->unit)
        return plan_named(plan, scope)->path;
    return str_format(plan->arena, "%.*s/%s", STR_ARGS(scope->path), kinds[scope->kind]);
}

/* A frame is for what somebody has named and for what is repeated; a block that nobody named speaks for itself. */
static bool is_framed(const Plan *plan, const Scope *scope)
{
    const ScopePlan *planned = plan_scope(plan, scope);
    if (planned->times > 1 || scope->placing)
        return true;
    if (planned->unit)
        return false;
    bool module = scope->kind == SCOPE_GROUP || scope->kind == SCOPE_BLOCK;
    if (!module || planned->boxes < 2 || plan->figure->frames == TOGGLE_NO)
        return false;
    return plan->figure->frames == TOGGLE_YES || plan->brief || scope->label.size || scope->note.size || !is_counted(plan, scope);
}

static void add_frame(Plan *plan, const Scope *scope)
{
    ScopePlan *planned = plan_scope(plan, scope);
    Frame *parent = plan_scope(plan, scope->parent)->frame;
    Frame *frame = &plan->outline->frames[plan->outline->frame_count];
    bool named = scope->kind == SCOPE_GROUP || scope->kind == SCOPE_BLOCK || scope->label.size;
    *frame = (Frame){
        .scope = scope,
        .times = planned->times,
        .differs = planned->differs,
        .visible = is_framed(plan, scope),
        .parent = parent,
        .depth = parent ? parent->depth + 1 : 0,
        .index = plan->outline->frame_count++,
    };
    if (named && frame->visible && (planned->boxes > 1 || scope->label.size))
        frame->title = plan_title(plan, scope, false);
    planned->frame = frame;
}

/* Parents before children; an open scope without a frame of its own hands on that of its parent. */
static void add_frames(Plan *plan)
{
    Range below = plan_scope(plan, plan->top)->scopes;
    plan->outline->frames = ARENA_ARRAY(plan->arena, below.size, Frame);
    plan->outline->frame_count = 0;
    for (uint32_t i = 0; i < below.size; i++) {
        const Scope *scope = plan->graph->scopes[plan->scope_order[below.start + i]];
        ScopePlan *planned = plan_scope(plan, scope);
        planned->frame = scope == plan->top ? NULL : plan_scope(plan, scope->parent)->frame;
        if (scope == plan->top || planned->gone || planned->closed || !planned->boxes)
            continue;
        if (scope->kind != SCOPE_GROUP || planned->boxes > 1 || planned->times > 1)
            add_frame(plan, scope);
    }
}

/* In a brief figure instances may grow: what leaves all of them is what leaves the last. */
static void find_final_outputs(Plan *plan)
{
    for (uint32_t i = 0; i < plan->graph->layer_count; i++)
        plan->layers[i].gives = NULL;
    for (uint32_t i = 0; i < plan->graph->scope_count && plan->brief; i++)
        if (plan->scopes[i].final != plan->graph->scopes[i] && !plan->scopes[i].gone)
            plan_layer(plan, plan_exit(plan, plan->graph->scopes[i]))->gives = plan_exit(plan, plan->scopes[i].final);
}

void plan_nodes(Plan *plan)
{
    find_final_outputs(plan);
    plan->names = names_new(plan->scratch);
    plan->node_count = 0;
    add_frames(plan);
    for (uint32_t i = 0; i < plan->graph->layer_count; i++) {
        const Layer *layer = plan->graph->layers[i];
        const ScopePlan *scope = plan_scope(plan, layer->scope);
        if (!plan->layers[i].inside)
            continue;
        if (scope->closed) {
            const ScopePlan *closed = plan_scope(plan, scope->closed);
            if (!closed->gone && closed->boxes && closed->last == i)
                add_group_node(plan, scope->closed);
        } else if (!scope->gone && plan->layers[i].head == layer) {
            add_layer_node(plan, layer);
        }
    }
    for (uint32_t i = 0; i < plan->outline->frame_count; i++)
        plan->outline->frames[i].name = plan_name(plan, frame_path(plan, plan->outline->frames[i].scope));
}
