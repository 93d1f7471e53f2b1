/* SPDX-License-Identifier: MIT */
/* Scopes of a digest: those that say nothing go, and the graph that comes out. */
#include "pass/digest.h"

/* What becomes of one scope of the model file. */
typedef struct Stand {
    uint32_t layers;   /* that are there and do more than reshape or share another's box, in it and below */
    uint32_t own;      /* in it alone */
    uint32_t others;   /* of these, that do more than join */
    uint32_t children; /* child scopes that hold any */
    const Layer *entry; /* the only layer outside that it reads; several: itself is `many` */
    const Layer *exit;  /* the only layer outside that reads it, likewise */
    uint32_t reads;     /* inputs in it that read the entry */
    bool many;          /* it has several of either, or gives what leaves the network */
    Scope *made;       /* the scope of the new graph that stands for it */
} Stand;

typedef struct Regroup {
    Digest *digest;
    Graph *graph;
    Stand *stands; /* by Scope.index of the old graph */
} Regroup;

/* Sums, products and what scales a branch before them. */
static bool joins(const Layer *layer)
{
    return layer->op->style == STYLE_MERGE || digest_is_op(layer, "scale");
}

/* A norm or activation behind a convolution or dense layer shares its box, and hands its box on. */
static bool shares_box(const Digest *digest, const Layer *layer, bool *boxes)
{
    StyleClass style = layer->op->style;
    const Layer *before = layer->input_count == 1 ? layer->inputs[0].layer : NULL;
    bool suffix = (style == STYLE_NORM || style == STYLE_ACTIVATION) && layer->op->suffix;
    bool joins_it = before && digest->uses[before->index] == 1 && boxes[before->index] && (suffix || digest_is_form(layer));
    boxes[layer->index] = joins_it || style == STYLE_CONV || style == STYLE_DENSE;
    return joins_it;
}

static void count_scopes(Regroup *regroup)
{
    const Digest *digest = regroup->digest;
    bool *boxes = ARENA_ARRAY(digest->arena, digest->count, bool);
    for (uint32_t i = 0; i < digest->count; i++)
        if (!digest->gone[i] && !shares_box(digest, digest->layers[i], boxes) && !digest_is_form(digest->layers[i])) {
            Stand *stand = &regroup->stands[digest->layers[i]->scope->index];
            stand->own++;
            stand->others += !joins(digest->layers[i]);
        }
    for (uint32_t i = digest->from->scope_count; i-- > 0;) {
        const Scope *scope = digest->from->scopes[i];
        Stand *stand = &regroup->stands[i];
        stand->layers += stand->own;
        if (!scope->parent || !stand->layers)
            continue;
        regroup->stands[scope->parent->index].layers += stand->layers;
        regroup->stands[scope->parent->index].children++;
    }
}

static void meet(Stand *stand, const Layer **side, const Layer *layer)
{
    stand->many = stand->many || (*side && *side != layer);
    *side = layer;
}

/* The scopes around `from` and around `to`, up to those that hold both, have a way out and a way in. */
static void cross(Regroup *regroup, const Layer *from, const Layer *to)
{
    const Scope *source = from->scope, *reader = to->scope;
    while (source != reader) {
        if (reader->depth >= source->depth) {
            Stand *stand = &regroup->stands[reader->index];
            meet(stand, &stand->entry, from);
            stand->reads++;
            reader = reader->parent;
        } else {
            Stand *stand = &regroup->stands[source->index];
            meet(stand, &stand->exit, to);
            source = source->parent;
        }
    }
}

/* Times the depth of scopes. */
static void find_ways(Regroup *regroup)
{
    const Digest *digest = regroup->digest;
    for (uint32_t i = 0; i < digest->count; i++)
        for (uint32_t k = 0; !digest->gone[i] && k < digest->layers[i]->input_count; k++)
            if (digest->layers[i]->inputs[k].layer)
                cross(regroup, digest->layers[i]->inputs[k].layer, digest->layers[i]);
    for (uint32_t i = 0; i < digest->output_count; i++)
        for (const Scope *scope = digest->outputs[i].layer->scope; scope; scope = scope->parent)
            regroup->stands[scope->index].many = true;
}

/* All of one path of a residual or branch: it leads from where the paths part to where they join. */
static bool is_path(const Regroup *regroup, const Scope *scope)
{
    const Stand *stand = &regroup->stands[scope->index];
    const Layer *entry = stand->entry, *exit = stand->exit;
    if (!scope->parent->parent || stand->many || !entry || !exit || exit->scope != scope->parent || exit->input_count < 2)
        return false;
    return exit->op->style == STYLE_MERGE && regroup->digest->uses[entry->index] > stand->reads;
}

/* Whether nearly all of the network stands in it: the network's own modules are told better without. */
static bool is_nearly_all(const Regroup *regroup, const Scope *scope)
{
    const Stand *stand = &regroup->stands[scope->index];
    return !scope->parent->parent && stand->children > 1 && 3 * stand->layers >= 2 * regroup->stands[0].layers;
}

/* A scope around one layer is that layer; the only thing in a scope, but for what joins it to others, is that scope. */
static bool says_nothing(const Regroup *regroup, const Scope *scope)
{
    const Stand *stand = &regroup->stands[scope->index], *outer = &regroup->stands[scope->parent->index];
    bool module = scope->kind == SCOPE_GROUP || scope->kind == SCOPE_BLOCK;
    bool only = scope->parent->parent && outer->others == 0 && outer->children == 1;
    return module && (stand->layers <= 1 || only || is_path(regroup, scope) || is_nearly_all(regroup, scope));
}

static void make_scopes(Regroup *regroup)
{
    const Graph *from = regroup->digest->from;
    regroup->stands[0].made = regroup->graph->root;
    for (uint32_t i = 1; i < from->scope_count; i++) {
        const Scope *scope = from->scopes[i];
        Stand *stand = &regroup->stands[i];
        Scope *parent = regroup->stands[scope->parent->index].made;
        stand->made = parent;
        if (!stand->layers || says_nothing(regroup, scope))
            continue;
        stand->made = graph_add_scope(regroup->graph, parent, scope->kind, scope->name);
        stand->made->definition = scope->definition;
        stand->made->arguments = scope->arguments;
        stand->made->place = scope->place;
    }
}

/* The layer that has the parameters of one that is gone. */
static Layer *survivor(const Digest *digest, const Layer *layer)
{
    Layer *found = layer ? digest->layers[layer->index] : NULL;
    for (uint32_t steps = 0; found && digest->gone[found->index] && steps < digest->count; steps++)
        found = digest->into[found->index];
    return found && !digest->gone[found->index] ? found : NULL;
}

/* A name that a person may have given: in letters, digits and `_`. */
static bool is_plain(Str name)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name.size > 0 && name.size < 60 && !str_equal(name, STR("previous"));
}

/* `input.1`, `onnx::Conv_0`, `serving_default_x:0`: exporters make up names for what has none. */
static void name_inputs(Graph *graph)
{
    uint32_t count = 0, next = 0;
    for (uint32_t i = 0; i < graph->layer_count; i++)
        count += digest_is_op(graph->layers[i], "input");
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        Layer *layer = graph->layers[i];
        if (!digest_is_op(layer, "input"))
            continue;
        next++;
        if (count == 1 && (!is_plain(layer->name) || str_starts(layer->name, STR("input"))))
            layer->name = STR("input");
        else if (!is_plain(layer->name))
            layer->name = str_format(graph->arena, "input%u", next);
    }
}

/* The outermost scope that holds nothing but this layer gives it its name. */
static Str name_of(const Regroup *regroup, const Layer *layer)
{
    Str name = layer->name;
    for (const Scope *scope = layer->scope; scope->parent && regroup->stands[scope->index].layers == 1; scope = scope->parent)
        name = scope->name.size ? scope->name : name;
    return name;
}

static void add_layers(Regroup *regroup)
{
    const Digest *digest = regroup->digest;
    Graph *graph = regroup->graph;
    for (uint32_t i = 0; i < digest->count; i++) {
        Layer *layer = digest->layers[i];
        const Layer *old = digest->from->layers[i];
        if (digest->gone[i])
            continue;
        Layer *shared = survivor(digest, old->weights_of), *head = survivor(digest, old->cell_of);
        layer->weights_of = shared == layer ? NULL : shared;
        layer->cell_of = head == layer || (head && head->cell_of) ? NULL : head;
        layer->within = survivor(digest, old->within);
        layer->name = digest_is_form(layer) ? layer->name : name_of(regroup, layer);
        layer->scope = regroup->stands[old->scope->index].made;
        *ARENA_PUSH(graph->arena, graph->layers, graph->layer_count, graph->layer_room) = layer;
    }
    for (uint32_t i = 0; i < graph->layer_count; i++)
        graph->layers[i]->index = i;
}

Graph *digest_regroup(Digest *digest)
{
    Regroup regroup = {digest, graph_new(digest->arena, digest->from->source),
                       ARENA_ARRAY(digest->arena, digest->from->scope_count, Stand)};
    Graph *graph = regroup.graph;
    graph->name = digest->from->name;
    graph->imported = true;
    graph->batch_axes = digest->from->batch_axes;
    graph->outputs = digest->outputs;
    graph->output_count = digest->output_count;
    count_scopes(&regroup);
    find_ways(&regroup);
    make_scopes(&regroup);
    add_layers(&regroup);
    name_inputs(graph);
    digest_nest_concats(graph);
    digest_regions(graph);
    digest_name(graph);
    return graph;
}
