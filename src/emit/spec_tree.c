/* SPDX-License-Identifier: MIT */
/* From layers and scopes to lists of entries, in an order in which each reads only what stands before it. */
#include "emit/spec.h"

enum { DEEPEST = 100, TRIES = 12 };

/* What is known of a scope while its list is made. */
typedef struct Level {
    UnitList list;
    Layer **layers;      /* in it and below */
    uint32_t count, room;
    Unit *unit;          /* its entry in the list of the scope around it */
} Level;

typedef struct Tree {
    Writer *writer;
    Level *levels;       /* by scope */
    Unit **top;          /* by layer: outermost entry made so far that holds it */
} Tree;

Unit *spec_unit(Writer *writer, UnitKind kind)
{
    Unit *unit = ARENA_NEW(writer->arena, Unit);
    unit->kind = kind;
    unit->order = UINT32_MAX;
    return unit;
}

void spec_append(UnitList *list, Unit *unit)
{
    unit->next = NULL;
    if (list->last)
        list->last->next = unit;
    else
        list->first = unit;
    list->last = unit;
}

void spec_close_list(UnitList *list, Port start)
{
    list->start = list->first ? list->first->start : start;
    list->end = list->last ? list->last->end : start;
}

static Port first_input(const Layer *layer)
{
    return layer->input_count ? layer->inputs[0] : (Port){NULL, 0};
}

/* ---- lines ----------------------------------------------------------------------------------------------------- */

static Unit *add_line(Tree *tree, Layer *layer)
{
    Unit *unit = spec_unit(tree->writer, UNIT_LINE);
    unit->head = unit->tail = layer;
    unit->start = first_input(layer);
    unit->end = (Port){layer, 0};
    unit->order = layer->index;
    if (layer->scope->run_count > 1 && !layer->scope->name.size && layer->scope->kind == SCOPE_GROUP)
        unit->scope = layer->scope;
    spec_append(&tree->levels[layer->scope->index].list, unit);
    return unit;
}

static void add_layers(Tree *tree)
{
    Writer *writer = tree->writer;
    const Graph *graph = writer->graph;
    for (uint32_t i = 0; i < graph->layer_count; i++) {
        Layer *layer = graph->layers[i];
        Level *level = &tree->levels[layer->scope->index];
        if (i < writer->first_layer || spec_is_end(layer))
            continue;
        const Layer *head = layer->cell_of && layer->cell_of->index < i ? layer->cell_of : NULL;
        Unit *unit = head ? writer->line_of[head->index] : NULL;
        if (unit && unit->tail == (layer->input_count ? layer->inputs[0].layer : NULL)) {
            writer->next_cell[unit->tail->index] = layer;
            unit->tail = layer;
            unit->end = (Port){layer, 0};
        } else {
            unit = add_line(tree, layer);
        }
        writer->line_of[i] = tree->top[i] = unit;
        *ARENA_PUSH(writer->arena, level->layers, level->count, level->room) = layer;
    }
}

/* ---- order ----------------------------------------------------------------------------------------------------- */

/* The entries of one list and what they wait for. */
typedef struct Sorting {
    Unit **units;
    uint32_t count, room;
    uint32_t *waits;     /* by entry: entries that it reads and that are not placed */
    uint32_t *first;     /* by entry: its readers in `readers` */
    uint32_t *readers;
} Sorting;

/* Places of entries are kept in `height` of the unit while it is being sorted. */
static void find_edges(Tree *tree, Sorting *sorting, const Level *level)
{
    Arena *arena = tree->writer->arena;
    uint32_t edges = 0;
    sorting->waits = ARENA_ARRAY(arena, sorting->count, uint32_t);
    sorting->first = ARENA_ARRAY(arena, (size_t)sorting->count + 1, uint32_t);
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < level->count; i++) {
            const Unit *to = tree->top[level->layers[i]->index];
            for (uint32_t k = 0; k < level->layers[i]->input_count; k++) {
                const Layer *source = level->layers[i]->inputs[k].layer;
                const Unit *from = source ? tree->top[source->index] : NULL;
                if (!from || from == to || from->height >= sorting->count || sorting->units[from->height] != from)
                    continue;
                if (pass == 0) {
                    sorting->first[from->height]++;
                    edges++;
                } else {
                    sorting->readers[--sorting->first[from->height]] = to->height;
                    sorting->waits[to->height]++;
                }
            }
        }
        for (uint32_t i = 1; i <= sorting->count && pass == 0; i++)
            sorting->first[i] += sorting->first[i - 1];
        if (pass == 0)
            sorting->readers = ARENA_ARRAY(arena, edges + 1, uint32_t);
    }
}

static void heap_push(uint32_t *heap, uint32_t *count, uint32_t item)
{
    uint32_t at = (*count)++;
    for (; at > 0 && heap[(at - 1) / 2] > item; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = item;
}

static uint32_t heap_pop(uint32_t *heap, uint32_t *count)
{
    uint32_t top = heap[0], item = heap[--*count], at = 0;
    for (uint32_t child; (child = 2 * at + 1) < *count; at = child) {
        if (child + 1 < *count && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= item)
            break;
        heap[at] = heap[child];
    }
    heap[at] = item;
    return top;
}

/* Places entries: behind each the first of its readers that waits for nothing else, else the first entry of all. */
static uint32_t place(Tree *tree, Sorting *sorting, UnitList *list)
{
    uint32_t *heap = ARENA_ARRAY(tree->writer->arena, sorting->count + 1, uint32_t), waiting = 0, placed = 0;
    bool *done = ARENA_ARRAY(tree->writer->arena, sorting->count + 1, bool);
    *list = (UnitList){0};
    for (uint32_t i = 0; i < sorting->count; i++)
        if (!sorting->waits[i])
            heap_push(heap, &waiting, i);
    uint32_t next = UINT32_MAX;
    while (next != UINT32_MAX || waiting) {
        uint32_t at = next != UINT32_MAX ? next : heap_pop(heap, &waiting);
        next = UINT32_MAX;
        if (done[at])
            continue;
        done[at] = true;
        placed++;
        spec_append(list, sorting->units[at]);
        for (uint32_t i = sorting->first[at]; i < sorting->first[at + 1]; i++) {
            uint32_t reader = sorting->readers[i];
            if (--sorting->waits[reader])
                continue;
            heap_push(heap, &waiting, reader);
            next = reader < next ? reader : next;
        }
    }
    for (uint32_t i = 0; i < sorting->count; i++) /* those that wait for each other */
        if (!done[i])
            spec_append(list, sorting->units[i]);
    return placed;
}

static int by_order(const Unit *a, const Unit *b)
{
    return a->order < b->order ? -1 : a->order > b->order;
}

/* Merge sort of a list by the place of the first layer. */
static Unit *sorted(Unit *first, uint32_t count)
{
    if (count < 2) {
        if (first)
            first->next = NULL;
        return first;
    }
    Unit *half = first;
    for (uint32_t i = 0; i < count / 2; i++)
        half = half->next;
    Unit *b = sorted(half, count - count / 2);
    Unit *a = first;
    a = sorted(a, count / 2);
    Unit *head = NULL, **end = &head;
    while (a || b) {
        Unit **from = !b || (a && by_order(a, b) <= 0) ? &a : &b;
        *end = *from;
        end = &(*end)->next;
        *from = (*from)->next;
    }
    return head;
}

static void sort_by_order(UnitList *list)
{
    uint32_t count = 0;
    for (Unit *unit = list->first; unit; unit = unit->next)
        count++;
    list->first = sorted(list->first, count);
    list->last = list->first;
    while (list->last && list->last->next)
        list->last = list->last->next;
}

static void gather(Writer *writer, const UnitList *list, Sorting *sorting)
{
    sorting->count = 0;
    for (Unit *unit = list->first; unit; unit = unit->next) {
        unit->height = sorting->count;
        *ARENA_PUSH(writer->arena, sorting->units, sorting->count, sorting->room) = unit;
    }
}

/* Gives the layers below `list` their entry in it. */
static void retop(Tree *tree, Unit *unit, Unit *top)
{
    for (const Layer *layer = unit->head; layer; layer = tree->writer->next_cell[layer->index])
        tree->top[layer->index] = top;
    for (uint32_t i = 0; i < unit->list_count; i++)
        for (Unit *inner = unit->lists[i].first; inner; inner = inner->next)
            retop(tree, inner, top);
}

/* A scope that data leave and come back to cannot be read at one go: its entries take its place. */
static bool dissolve(Tree *tree, UnitList *list, uint32_t placed)
{
    UnitList flat = {0};
    bool any = false;
    uint32_t at = 0;
    for (Unit *unit = list->first, *next; unit; unit = next, at++) {
        next = unit->next;
        if (at < placed || unit->kind != UNIT_SCOPE) {
            spec_append(&flat, unit);
            continue;
        }
        any = true;
        for (Unit *inner = unit->lists[0].first, *behind; inner; inner = behind) {
            behind = inner->next;
            retop(tree, inner, inner);
            spec_append(&flat, inner);
        }
    }
    *list = flat;
    return any;
}

static void order_list(Tree *tree, Level *level)
{
    Sorting sorting = {0};
    for (uint32_t attempt = 0;; attempt++) {
        sort_by_order(&level->list);
        gather(tree->writer, &level->list, &sorting);
        find_edges(tree, &sorting, level);
        uint32_t placed = place(tree, &sorting, &level->list);
        if (placed == sorting.count || !dissolve(tree, &level->list, attempt < TRIES ? placed : 0))
            break;
    }
    for (Unit *unit = level->list.first; unit; unit = unit->next)
        unit->height = 0;
}

/* ---- structure that a spec says -------------------------------------------------------------------------------- */

static const Layer *layer_at(Port port)
{
    return port.layer;
}

/* Body, shortcut and merge of a residual, as they stand in its list one behind the other. */
static void split_residual(Tree *tree, Unit *unit, UnitList list)
{
    Unit *merge = list.last, *last = NULL;
    unit->lists = ARENA_ARRAY(tree->writer->arena, 2, UnitList);
    unit->list_count = 2;
    unit->head = merge->head;
    unit->tail = merge->tail;
    unit->end = merge->end;
    const Layer *exit = layer_at(merge->head->inputs[0]);
    for (Unit *inner = list.first; inner != merge; inner = inner->next)
        if (exit && tree->top[exit->index] == inner)
            last = inner;
    bool behind = false;
    for (Unit *inner = list.first, *next; inner && inner != merge; inner = next) {
        next = inner->next;
        spec_append(&unit->lists[behind], inner);
        behind = behind || inner == last;
    }
    Port other = merge->head->input_count > 1 ? merge->head->inputs[1] : (Port){NULL, 0};
    unit->start = unit->lists[1].first ? unit->lists[1].first->start : other;
    spec_close_list(&unit->lists[0], unit->start);
    spec_close_list(&unit->lists[1], unit->start);
    unit->projects = spec_is_projection(tree->writer, &unit->lists[0], &unit->lists[1], unit->start, unit->lists[0].end);
    for (const Layer *layer = merge->head; layer; layer = tree->writer->next_cell[layer->index])
        tree->writer->line_of[layer->index] = unit;
}

/* The paths of a branch, and the merge where there is one. */
static void split_branch(Tree *tree, Unit *unit, const Scope *scope, UnitList list)
{
    uint32_t count = 0;
    for (const Scope *path = scope->first; path; path = path->next)
        count += path->kind == SCOPE_PATH;
    unit->lists = ARENA_ARRAY(tree->writer->arena, count, UnitList);
    Unit *merge = list.last && list.last->kind == UNIT_LINE ? list.last : NULL;
    for (const Scope *path = scope->first; path; path = path->next) {
        if (path->kind != SCOPE_PATH)
            continue;
        UnitList *to = &unit->lists[unit->list_count];
        *to = tree->levels[path->index].list;
        to->name = path->name;
        Port end = merge && unit->list_count < merge->head->input_count ? merge->head->inputs[unit->list_count]
                                                                        : (Port){NULL, 0};
        spec_close_list(to, end);
        if (!unit->start.layer)
            unit->start = to->start;
        unit->list_count++;
    }
    if (!merge)
        return;
    unit->head = merge->head;
    unit->tail = merge->tail;
    unit->end = merge->end;
    for (const Layer *layer = merge->head; layer; layer = tree->writer->next_cell[layer->index])
        tree->writer->line_of[layer->index] = unit;
}

/* ---- runs that a spec says ------------------------------------------------------------------------------------- */

/* Instances of one `times: N` become one entry. */
static void join_runs(Tree *tree, UnitList *list)
{
    for (Unit *unit = list->first; unit; unit = unit->next) {
        uint32_t room = 0;
        const Scope *run = unit->scope ? unit->scope->run : NULL;
        Unit *last = unit;
        while (run && unit->next && unit->next->scope && unit->next->scope->run == run) {
            Unit *next = unit->next;
            unit->next = next->next;
            next->owner = unit;
            *ARENA_PUSH(tree->writer->arena, unit->again, unit->again_count, room) = next;
            last = next;
        }
        unit->end = last->end;
    }
    list->last = list->first;
    while (list->last && list->last->next)
        list->last = list->last->next;
}

/* ---- scopes ---------------------------------------------------------------------------------------------------- */

static Unit *make_scope(Tree *tree, const Scope *scope, UnitList list)
{
    Unit *unit = spec_unit(tree->writer, UNIT_SCOPE);
    unit->scope = scope;
    unit->lists = ARENA_NEW(tree->writer->arena, UnitList);
    unit->lists[0] = list;
    unit->list_count = 1;
    spec_close_list(&unit->lists[0], (Port){NULL, 0});
    unit->start = list.first->start;
    unit->end = list.last->end;
    return unit;
}

/* The entry that a scope is in the list around it; NULL: its entries stand there themselves. */
static Unit *entry_of(Tree *tree, const Scope *scope, UnitList list)
{
    bool imported = tree->writer->imported;
    bool alone = list.first == list.last;
    bool merged = !imported && list.last && list.last->kind == UNIT_LINE && list.last->head->input_count > 1;
    if (!scope->parent || scope->kind == SCOPE_PATH || (!list.first && scope->kind != SCOPE_BRANCH))
        return NULL;
    if (scope->kind == SCOPE_RESIDUAL && merged) {
        Unit *unit = spec_unit(tree->writer, UNIT_RESIDUAL);
        split_residual(tree, unit, list);
        unit->scope = scope;
        return unit;
    }
    if (scope->kind == SCOPE_BRANCH && scope->first) {
        Unit *unit = spec_unit(tree->writer, UNIT_BRANCH);
        split_branch(tree, unit, scope, list);
        unit->scope = scope;
        return unit;
    }
    bool run_of_layer = scope->run_count > 1 && !scope->name.size && alone && list.first->kind == UNIT_LINE;
    bool whole = alone && (list.first->kind == UNIT_RESIDUAL || list.first->kind == UNIT_BRANCH);
    if (scope->depth > DEEPEST || (imported && alone && !whole) || run_of_layer)
        return NULL;
    Unit *unit = make_scope(tree, scope, list);
    unit->bare = imported && whole && !scope->name.size;
    return unit;
}

static uint32_t first_order(const UnitList *list)
{
    uint32_t order = UINT32_MAX;
    for (const Unit *unit = list->first; unit; unit = unit->next)
        order = unit->order < order ? unit->order : order;
    return order;
}

static void hand_up(Tree *tree, const Scope *scope)
{
    Writer *writer = tree->writer;
    Level *level = &tree->levels[scope->index], *outer = &tree->levels[scope->parent->index];
    Unit *unit = entry_of(tree, scope, level->list);
    if (unit) {
        unit->order = first_order(&level->list);
        for (uint32_t i = 0; i < unit->list_count; i++)
            unit->order = first_order(&unit->lists[i]) < unit->order ? first_order(&unit->lists[i]) : unit->order;
        if (unit->head && unit->head->index < unit->order)
            unit->order = unit->head->index;
        for (uint32_t i = 0; i < level->count; i++)
            tree->top[level->layers[i]->index] = unit;
        spec_append(&outer->list, unit);
    } else if (scope->kind != SCOPE_PATH) {
        for (Unit *inner = level->list.first, *next; inner; inner = next) {
            next = inner->next;
            retop(tree, inner, inner);
            spec_append(&outer->list, inner);
        }
    }
    for (uint32_t i = 0; i < level->count; i++)
        *ARENA_PUSH(writer->arena, outer->layers, outer->count, outer->room) = level->layers[i];
}

void spec_tree(Writer *writer)
{
    const Graph *graph = writer->graph;
    Tree tree = {writer, ARENA_ARRAY(writer->arena, graph->scope_count, Level),
                 ARENA_ARRAY(writer->arena, graph->layer_count + 1, Unit *)};
    add_layers(&tree);
    for (uint32_t i = graph->scope_count; i-- > 0;) {
        Level *level = &tree.levels[i];
        if (writer->imported) {
            order_list(&tree, level);
            spec_regions(writer, &level->list, tree.top, level->layers, level->count);
        } else {
            sort_by_order(&level->list);
            join_runs(&tree, &level->list);
        }
        if (graph->scopes[i]->parent)
            hand_up(&tree, graph->scopes[i]);
    }
    writer->root = tree.levels[0].list;
    spec_close_list(&writer->root, (Port){NULL, 0});
}
