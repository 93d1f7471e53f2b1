/* SPDX-License-Identifier: MIT */
/* Finds residuals and branches in lists of a model file: chains that leave one layer and meet in a merge. */
#include "emit/spec.h"

#include <string.h>

enum { DEEPEST = 8, MOST_PATHS = 64 };

/* What is known of an entry of the list. */
typedef struct Node {
    Unit *unit;      /* NULL: it is part of a region now */
    uint32_t uses;   /* how many times something outside reads it; its inner layers count more than once */
    Port main;       /* what it reads that stands latest */
    int64_t others;  /* place of the latest of its other inputs; -1: outside of the list */
    uint32_t depth;  /* regions inside of each other in it */
    bool reads;      /* it reads something */
    uint32_t stamp;  /* the layer whose reader it was counted as, from 1 */
} Node;

typedef struct Search {
    Writer *writer;
    Unit *const *top;
    Node *nodes;
    uint32_t count;
} Search;

/* A chain of entries, walked against the flow from an input of a merge. */
typedef struct Chain {
    uint32_t first, length; /* last entry of the chain, and how many */
    Port fork;              /* where it begins */
    int64_t others;         /* latest of what its entries read beside the chain */
    uint32_t depth;
    uint32_t convolutions, odd; /* with weights; neither norm nor pooling nor with weights */
} Chain;

/* Places of entries are kept in `height` while regions are being found. */
static int64_t place_of(const Search *search, Port port)
{
    const Unit *unit = port.layer ? search->top[port.layer->index] : NULL;
    if (!unit || unit->height >= search->count)
        return -1;
    return search->nodes[unit->height].unit == unit ? (int64_t)unit->height : -1;
}

static void add_read(Search *search, Node *node, Port port)
{
    int64_t place = place_of(search, port);
    if (!port.layer || port_equal(port, node->main))
        return;
    int64_t before = node->reads ? place_of(search, node->main) : -1;
    if (!node->reads || place > before) {
        if (node->reads)
            node->others = before > node->others ? before : node->others;
        node->main = port;
    } else {
        node->others = place > node->others ? place : node->others;
    }
    node->reads = true;
}

static void look_at(Search *search, const Layer *layer)
{
    const Unit *unit = search->top[layer->index];
    Node *node = &search->nodes[unit->height];
    const Users *users = &search->writer->users;
    for (uint32_t i = 0; i < layer->input_count; i++) {
        Port port = layer->inputs[i];
        if (port.layer && search->top[port.layer->index] != unit)
            add_read(search, node, port);
    }
    uint32_t outside = search->writer->leaves[layer->index];
    for (uint32_t i = users->first[layer->index]; i < users->first[layer->index + 1]; i++) {
        const Unit *reader = search->top[users->list[i]->index];
        Node *known = reader && reader->height < search->count ? &search->nodes[reader->height] : NULL;
        bool here = known && known->unit == reader;
        if (reader == unit || (here && reader->kind == UNIT_SCOPE && known->stamp == layer->index + 1))
            continue; /* a module reads a layer once, however many of its layers do */
        if (here)
            known->stamp = layer->index + 1;
        outside++;
    }
    node->uses += layer == unit->end.layer ? outside : 2 * outside;
}

static const char *op_of(const Layer *layer)
{
    return layer->op->name;
}

static bool is_op(const Layer *layer, const char *name)
{
    return strcmp(op_of(layer), name) == 0;
}

static void judge(Chain *chain, const Unit *unit)
{
    StyleClass style = unit->kind == UNIT_LINE ? unit->head->op->style : STYLE_OTHER;
    if (style == STYLE_CONV || style == STYLE_DENSE)
        chain->convolutions++;
    else if (style != STYLE_NORM && style != STYLE_POOL)
        chain->odd++;
}

/* False where the chain begins with nothing that it reads. */
static bool walk(const Search *search, Port port, Chain *chain)
{
    *chain = (Chain){.first = UINT32_MAX, .fork = port, .others = -1};
    for (;;) {
        int64_t place = place_of(search, chain->fork);
        if (place < 0)
            return true;
        const Node *node = &search->nodes[place];
        if (node->uses != 1 || !port_equal(node->unit->end, chain->fork))
            return true;
        if (!node->reads)
            return false;
        if (chain->length++ == 0)
            chain->first = (uint32_t)place;
        chain->others = node->others > chain->others ? node->others : chain->others;
        chain->depth = node->depth > chain->depth ? node->depth : chain->depth;
        judge(chain, node->unit);
        chain->fork = node->main;
    }
}

/* ---- whether to write it so ------------------------------------------------------------------------------------ */

static Dim rows_of(Port port)
{
    Shape shape = port.layer ? port.layer->outputs[port.output] : shape_unknown();
    return shape.known && shape.rank > 2 ? shape.dims[1] : DIM_NONE;
}

/* What is pooled away and comes back is the copy of a U-Net, which is written by its name. */
static bool is_copy(const Search *search, const Chain *chain, Port end)
{
    uint32_t at = chain->first;
    for (uint32_t i = 1; i < chain->length; i++)
        at = (uint32_t)place_of(search, search->nodes[at].main);
    const Unit *begin = search->nodes[at].unit;
    Dim before = rows_of(begin->start), after = rows_of(begin->end), behind = rows_of(end);
    return dim_equal(before, behind) && dim_known_different(before, after) && after.n < before.n;
}

static bool is_sound(const Search *search, const Layer *merge, const Chain *chains, uint32_t *paths)
{
    int64_t fork = place_of(search, chains[0].fork);
    uint32_t same = 0, deepest = 0;
    for (uint32_t i = 0; i < merge->input_count; i++) {
        if (!port_equal(chains[i].fork, chains[0].fork) || chains[i].others > fork)
            return false;
        same += chains[i].length == 0;
        deepest = chains[i].depth > deepest ? chains[i].depth : deepest;
    }
    *paths = merge->input_count - same;
    if (*paths == 0 || same > 1 || deepest + 1 > DEEPEST)
        return false;
    for (uint32_t i = 0; i < merge->input_count; i++)
        if (same && chains[i].length && is_copy(search, &chains[i], (Port){merge->inputs[i].layer, 0}))
            return false;
    return true;
}

/* Which of two chains is the shortcut of a residual; -1: this is none. */
static int shortcut_of(const Layer *merge, const Chain *chains)
{
    bool sum = is_op(merge, "add"), product = is_op(merge, "mul");
    if (merge->input_count != 2)
        return -1;
    for (int i = 1; i >= 0; i--)
        if (chains[i].length == 0)
            return sum || product || is_op(merge, "concat") || i == 1 ? i : -1;
    for (int i = 1; i >= 0 && sum; i--)
        if (chains[i].convolutions == 1 && chains[i].odd == 0 && chains[1 - i].convolutions + chains[1 - i].odd > 1)
            return i;
    return -1;
}

/* ---- making a region ------------------------------------------------------------------------------------------- */

/* Takes the entries of a chain out of the list, in the order of the flow. */
static UnitList take(Search *search, const Chain *chain)
{
    UnitList list = {0};
    Unit **units = ARENA_ARRAY(search->writer->arena, chain->length + 1, Unit *);
    int64_t at = chain->first;
    for (uint32_t i = chain->length; i-- > 0;) {
        Node *node = &search->nodes[at];
        units[i] = node->unit;
        at = i ? place_of(search, node->main) : -1;
    }
    for (uint32_t i = 0; i < chain->length; i++) {
        search->nodes[units[i]->height].unit = NULL;
        /* A module that is all of a path adds nothing to it. */
        bool whole = chain->length == 1 && units[i]->kind == UNIT_SCOPE && units[i]->lists[0].first != units[i]->lists[0].last;
        for (Unit *inner = whole ? units[i]->lists[0].first : units[i], *next; inner; inner = next) {
            next = whole ? inner->next : NULL;
            spec_append(&list, inner);
        }
    }
    list.start = chain->fork;
    list.end = list.last ? list.last->end : chain->fork;
    return list;
}

static Unit *make(Search *search, Unit *merge, const Chain *chains)
{
    Writer *writer = search->writer;
    int shortcut = shortcut_of(merge->head, chains);
    uint32_t count = shortcut >= 0 ? 2 : merge->head->input_count;
    Unit *unit = spec_unit(writer, shortcut >= 0 ? UNIT_RESIDUAL : UNIT_BRANCH);
    unit->head = merge->head;
    unit->tail = merge->tail;
    unit->order = merge->order;
    unit->start = chains[0].fork;
    unit->end = merge->end;
    unit->lists = ARENA_ARRAY(writer->arena, count, UnitList);
    unit->list_count = count;
    for (uint32_t i = 0; i < count; i++)
        unit->lists[i] = take(search, &chains[shortcut >= 0 ? (uint32_t)shortcut ^ 1u ^ i : i]);
    if (shortcut >= 0)
        unit->projects = spec_is_projection(writer, &unit->lists[0], &unit->lists[1], unit->start, unit->lists[0].end);
    for (const Layer *layer = merge->head; layer; layer = writer->next_cell[layer->index])
        writer->line_of[layer->index] = unit;
    return unit;
}

static bool is_merge(const Unit *unit)
{
    const Layer *layer = unit->kind == UNIT_LINE ? unit->head : NULL;
    if (!layer || layer->op->style != STYLE_MERGE || layer->input_count < 2 || layer->input_count > MOST_PATHS)
        return false;
    for (uint32_t i = 0; i < layer->input_count; i++)
        if (!layer->inputs[i].layer)
            return false;
    return true;
}

static void contract(Search *search, uint32_t at, Unit *const *top)
{
    Unit *merge = search->nodes[at].unit;
    const Layer *layer = merge->head;
    Chain chains[MOST_PATHS];
    uint32_t paths, deepest = 0;
    for (uint32_t i = 0; i < layer->input_count; i++) {
        if (!walk(search, layer->inputs[i], &chains[i]))
            return;
        deepest = chains[i].depth > deepest ? chains[i].depth : deepest;
    }
    if (!is_sound(search, layer, chains, &paths))
        return;
    Unit *unit = make(search, merge, chains);
    /* The entry of the merge stands for the region, so that all that is known of its place goes on to hold. */
    Unit *kept = ARENA_NEW(search->writer->arena, Unit);
    *kept = *unit;
    uint32_t height = merge->height;
    *merge = *kept;
    merge->height = height;
    for (const Layer *cell = layer; cell; cell = search->writer->next_cell[cell->index])
        search->writer->line_of[cell->index] = merge;
    Node *node = &search->nodes[at];
    node->main = merge->start;
    node->others = -1;
    node->reads = true;
    node->depth = deepest + 1;
    (void)top;
}

void spec_regions(Writer *writer, UnitList *list, Unit *const *top, Layer *const *layers, uint32_t layer_count)
{
    Search search = {.writer = writer, .top = top};
    for (const Unit *unit = list->first; unit; unit = unit->next)
        search.count++;
    search.nodes = ARENA_ARRAY(writer->arena, search.count + 1, Node);
    uint32_t at = 0;
    for (Unit *unit = list->first; unit; unit = unit->next) {
        unit->height = at;
        search.nodes[at++] = (Node){.unit = unit, .others = -1};
    }
    for (uint32_t i = 0; i < layer_count; i++)
        look_at(&search, layers[i]);
    for (uint32_t i = 0; i < search.count; i++)
        if (search.nodes[i].unit && is_merge(search.nodes[i].unit))
            contract(&search, i, top);
    *list = (UnitList){0};
    for (uint32_t i = 0; i < search.count; i++)
        if (search.nodes[i].unit)
            spec_append(list, search.nodes[i].unit);
}
