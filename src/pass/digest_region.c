/* SPDX-License-Identifier: MIT */
/*
 * Modules of a network whose file names none: stretches that data enter and leave at one place, where there are several of
 * a kind, and sequences of such stretches that come again.
 */
#include "pass/digest.h"

enum { LEAST_LAYERS = 8, LONGEST_PERIOD = 6, NOWHERE = -1 };

/* A stretch of the layers of a scope: one layer, or all between two that everything passes through. */
typedef struct Stretch {
    uint32_t first, last;  /* places in Regions.layers */
    bool parts;            /* paths part and join in it */
    bool boxed;            /* a convolution or dense layer, with what shares its box */
    bool bare;             /* norms and activations alone: those before a residual belong to it */
    bool attends;          /* attention is in it */
    uint32_t kind;         /* equal for stretches that are made alike, whatever their sizes */
    bool again;            /* another one is made alike */
    bool taken;            /* it stands in a module */
} Stretch;

typedef struct Regions {
    Graph *graph;
    Scope *scope;
    Layer **layers;        /* of the scope, in order */
    uint32_t count;
    uint32_t *place;       /* by layer of the graph: its place among them, from 1; 0: it stands elsewhere */
    Stretch *stretches;
    uint32_t stretch_count, stretch_room;
    uint32_t parting;      /* stretches in which paths part */
    uint32_t made;         /* modules */
} Regions;

/* The last place that reads what a layer gives; behind all: something outside does. */
static int64_t last_use(const Regions *regions, const Users *users, const Layer *layer)
{
    int64_t last = NOWHERE;
    for (uint32_t i = users->first[layer->index]; i < users->first[layer->index + 1]; i++) {
        uint32_t place = regions->place[users->list[i]->index];
        int64_t at = place ? (int64_t)place - 1 : (int64_t)regions->count;
        last = at > last ? at : last;
    }
    return last;
}

static bool is_input(const Layer *layer)
{
    return layer->op->style == STYLE_DATA && !layer->input_count;
}

static bool is_activation(const Layer *layer)
{
    return layer->op->style == STYLE_ACTIVATION && layer->op->suffix;
}

static bool is_suffix(const Layer *layer)
{
    return layer->op->style == STYLE_NORM || is_activation(layer);
}

/* An activation behind a sum is the end of what it sums; norms and activations share a box, or stand together. */
static bool joins_before(const Regions *regions, const Stretch *before, const Layer *layer)
{
    bool follows = before && layer->input_count == 1 && layer->inputs[0].layer == regions->layers[before->last];
    return follows && (before->parts ? is_activation(layer) : (before->boxed || before->bare) && is_suffix(layer));
}

static void add_stretch(Regions *regions, uint32_t first, uint32_t last)
{
    Stretch *before = regions->stretch_count ? &regions->stretches[regions->stretch_count - 1] : NULL;
    const Layer *layer = regions->layers[last];
    StyleClass style = layer->op->style;
    if (first == last && joins_before(regions, before, layer)) {
        before->last = last;
    } else if (first < last && before && before->bare) {
        *before = (Stretch){.first = before->first, .last = last, .parts = true};
    } else {
        *ARENA_PUSH(regions->graph->arena, regions->stretches, regions->stretch_count, regions->stretch_room) =
            (Stretch){.first = first, .last = last, .parts = last > first, .bare = first == last && is_suffix(layer),
                      .boxed = first == last && (style == STYLE_CONV || style == STYLE_DENSE)};
    }
}

/* Cuts the layers where nothing but what the last of them gives is read any more. */
static void find_stretches(Regions *regions, const Users *users)
{
    int64_t alive = NOWHERE;
    uint32_t first = 0;
    for (uint32_t i = 0; i < regions->count; i++) {
        const Layer *layer = regions->layers[i];
        int64_t last = last_use(regions, users, layer);
        bool cut = alive <= (int64_t)i;
        alive = last > alive ? last : alive;
        if (!cut)
            continue;
        add_stretch(regions, first, i);
        first = i + 1;
    }
}

static void add_layer(const Regions *regions, Text *text, const Stretch *stretch, const Layer *layer)
{
    int kernel = op_attr_row(layer->op, "kernel");
    text_add(text, layer->op_name);
    for (uint32_t i = 0; kernel >= 0 && i < layer->attrs[kernel].count; i++)
        text_add_format(text, ".%.*s", STR_ARGS(dim_text(regions->graph->arena, layer->attrs[kernel].dims[i])));
    for (uint32_t i = 0; i < layer->input_count; i++) {
        uint32_t place = layer->inputs[i].layer ? regions->place[layer->inputs[i].layer->index] : 0;
        bool inside = place && place - 1 >= stretch->first;
        text_add_format(text, "<%u", inside ? place - stretch->first : 0);
    }
    text_add_char(text, ';');
}

/* What is made alike: operations, windows and wiring. Returns how many parting stretches come again. */
static uint32_t find_kinds(Regions *regions)
{
    Names *known = names_new(regions->graph->arena);
    uint32_t again = 0;
    for (uint32_t i = 0; i < regions->stretch_count; i++) {
        Stretch *stretch = &regions->stretches[i];
        Text text = text_in(regions->graph->arena);
        bool inputs = false;
        for (uint32_t k = stretch->first; k <= stretch->last; k++) {
            add_layer(regions, &text, stretch, regions->layers[k]);
            inputs = inputs || is_input(regions->layers[k]);
            stretch->attends = stretch->attends || regions->layers[k]->op->style == STYLE_ATTENTION;
        }
        stretch->parts = stretch->parts && !inputs && 2 * (stretch->last - stretch->first) < regions->count;
        Stretch *before = names_get(known, text_str(&text));
        stretch->kind = before ? before->kind : i + 1;
        if (!before)
            names_put(known, text_str(&text), stretch);
        else if (stretch->parts)
            again += before->again ? 1 : 2;
        stretch->again = before != NULL;
        if (before)
            before->again = true;
    }
    return again;
}

/* ---- modules ----------------------------------------------------------------------------------------------------- */

static void make_module(Regions *regions, uint32_t first, uint32_t last)
{
    Str name = str_format(regions->graph->arena, "block%u", ++regions->made);
    Scope *scope = graph_add_scope(regions->graph, regions->scope, SCOPE_GROUP, name);
    for (uint32_t i = first; i <= last; i++)
        regions->stretches[i].taken = true;
    for (uint32_t i = regions->stretches[first].first; i <= regions->stretches[last].last; i++)
        regions->layers[i]->scope = scope;
}

/* Whether `period` stretches from `at` on hold parting ones with attention, and others without. */
static bool is_layer_of_several(const Regions *regions, uint32_t at, uint32_t period)
{
    bool attends = false, computes = false;
    for (uint32_t i = at; i < at + period; i++) {
        const Stretch *stretch = &regions->stretches[i];
        if (stretch->taken)
            return false;
        attends = attends || (stretch->parts && stretch->attends);
        computes = computes || (stretch->parts && !stretch->attends);
    }
    return attends && computes;
}

/* How often the stretches from `at` on come again, `period` by `period`. */
static uint32_t times_again(const Regions *regions, uint32_t at, uint32_t period)
{
    uint32_t i = at;
    while (i + period < regions->stretch_count && regions->stretches[i].kind == regions->stretches[i + period].kind)
        i++;
    return (i - at) / period;
}

/* Attention and feed-forward part, each with its sum, are one layer of a Transformer. */
static void make_sequences(Regions *regions)
{
    for (uint32_t at = 0; at < regions->stretch_count; at++)
        for (uint32_t period = 2; period <= LONGEST_PERIOD && at + period < regions->stretch_count; period++) {
            if (!is_layer_of_several(regions, at, period))
                continue;
            uint32_t again = times_again(regions, at, period);
            for (uint32_t i = 0; again && i <= again; i++)
                make_module(regions, at + i * period, at + (i + 1) * period - 1);
            if (again)
                break;
        }
}

/* One that begins a stage differs from those behind it in a projection, and ends as they do. */
static bool is_like_neighbour(const Regions *regions, uint32_t at)
{
    const Stretch *stretch = &regions->stretches[at];
    for (uint32_t other = at ? at - 1 : at + 1; other <= at + 1 && other < regions->stretch_count; other += 2) {
        const Stretch *next = &regions->stretches[other];
        if (next->parts && next->again && regions->layers[next->last]->op == regions->layers[stretch->last]->op)
            return true;
    }
    return false;
}

/*
 * What all of a kind have before them in the same form is their beginning: the squeezing convolution of a fire module. By kind:
 * the kind of what stands before; UINT32_MAX: there are several, or it is no convolution.
 */
static uint32_t *find_beginnings(const Regions *regions)
{
    uint32_t *kinds = ARENA_ARRAY(regions->graph->arena, (size_t)regions->stretch_count + 1, uint32_t);
    for (uint32_t i = 0; i < regions->stretch_count; i++) {
        const Stretch *stretch = &regions->stretches[i], *before = i ? stretch - 1 : NULL;
        uint32_t kind = before && before->boxed && !before->taken ? before->kind : UINT32_MAX;
        if (stretch->parts)
            kinds[stretch->kind] = kinds[stretch->kind] && kinds[stretch->kind] != kind ? UINT32_MAX : kind;
    }
    return kinds;
}

static void make_modules(Regions *regions)
{
    make_sequences(regions);
    const uint32_t *beginnings = find_beginnings(regions);
    for (uint32_t i = 0; i < regions->stretch_count; i++) {
        const Stretch *stretch = &regions->stretches[i];
        if (stretch->parts && !stretch->taken && (stretch->again || is_like_neighbour(regions, i)))
            make_module(regions, stretch->again && beginnings[stretch->kind] != UINT32_MAX ? i - 1 : i, i);
    }
}

static void find_in_scope(Graph *graph, Scope *scope, Layer **layers, uint32_t count, const Users *users, uint32_t *place)
{
    Regions regions = {.graph = graph, .scope = scope, .layers = layers, .count = count, .place = place};
    for (uint32_t i = 0; i < count; i++)
        place[layers[i]->index] = i + 1;
    find_stretches(&regions, users);
    for (uint32_t i = 0; i < regions.stretch_count; i++)
        regions.parting += regions.stretches[i].parts;
    if (regions.parting > 1 && find_kinds(&regions) > 1)
        make_modules(&regions);
    for (uint32_t i = 0; i < count; i++)
        place[layers[i]->index] = 0;
}

/* Whether few layers stand in modules: then these are parts of names by chance, as Caffe's, and all layers are looked at. */
static bool is_flat(const Graph *graph, uint32_t own)
{
    return graph->root->first && 3 * (uint64_t)own >= 2 * (uint64_t)graph->layer_count;
}

/* Scopes that hold layers alone; those that hold modules have been told by their file. */
void digest_regions(Graph *graph)
{
    uint32_t scopes = graph->scope_count, *own = ARENA_ARRAY(graph->arena, (size_t)scopes + 1, uint32_t);
    Layer **layers = ARENA_ARRAY(graph->arena, graph->layer_count, Layer *);
    uint32_t *place = ARENA_ARRAY(graph->arena, graph->layer_count, uint32_t);
    for (uint32_t i = 0; i < graph->layer_count; i++)
        own[graph->layers[i]->scope->index + 1]++;
    for (uint32_t i = 0; i < scopes; i++)
        own[i + 1] += own[i];
    Users users = graph_users(graph->arena, graph);
    if (is_flat(graph, own[1])) {
        find_in_scope(graph, graph->root, graph->layers, graph->layer_count, &users, place);
        return;
    }
    uint32_t *next = ARENA_ARRAY(graph->arena, scopes, uint32_t);
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        uint32_t scope = graph->layers[i]->scope->index;
        layers[own[scope] + next[scope]++] = graph->layers[i];
    }
    for (uint32_t i = 0; i < scopes; i++)
        if (!graph->scopes[i]->first && own[i + 1] - own[i] >= LEAST_LAYERS)
            find_in_scope(graph, graph->scopes[i], layers + own[i], own[i + 1] - own[i], &users, place);
}
