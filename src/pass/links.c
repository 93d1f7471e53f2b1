/* SPDX-License-Identifier: MIT */
/* Derives the arrows between what is drawn, and puts the nodes in topological order. */
#include "op/op.h"
#include "pass/plan.h"

/* What collecting needs. */
typedef struct Drafts {
    Plan *plan;
    Link *links;         /* between drafts of nodes, by target */
    uint32_t count, room;
    uint32_t *seen;      /* by node: target whose links were looked at last, from 1 */
    uint32_t *seen_link; /* by node: its link to that target */
    uint32_t seen_room;
    Node **outside;      /* by layer: the input node that stands for it when only a part is drawn */
} Drafts;

static void mark_seen(Drafts *drafts, const Node *from, uint32_t target, uint32_t link)
{
    if (from->index >= drafts->seen_room) {
        uint32_t room = 2 * drafts->seen_room + from->index + 1;
        drafts->seen = arena_grow(drafts->plan->scratch, drafts->seen, drafts->seen_room, room, sizeof *drafts->seen);
        drafts->seen_link =
            arena_grow(drafts->plan->scratch, drafts->seen_link, drafts->seen_room, room, sizeof *drafts->seen_link);
        drafts->seen_room = room;
    }
    drafts->seen[from->index] = target;
    drafts->seen_link[from->index] = link;
}

/* An arrow, or, where there is one already between the two, what both are: plain flow wins over a skip. */
static void add_link(Drafts *drafts, Link link)
{
    uint32_t target = link.to->index + 1;
    if (link.from->index < drafts->seen_room && drafts->seen[link.from->index] == target) {
        Link *before = &drafts->links[drafts->seen_link[link.from->index]];
        if (before->role != link.role)
            before->role = LINK_FLOW;
        before->stopped = before->stopped && link.stopped;
        return;
    }
    mark_seen(drafts, link.from, target, drafts->count);
    *ARENA_PUSH(drafts->plan->scratch, drafts->links, drafts->count, drafts->room) = link;
}

/* The node that stands for a layer outside of the part that is drawn. */
static Node *outside_node(Drafts *drafts, const Layer *layer)
{
    Plan *plan = drafts->plan;
    if (!drafts->outside)
        drafts->outside = ARENA_ARRAY(plan->scratch, plan->graph->layer_count, Node *);
    Node **node = &drafts->outside[layer->index];
    if (!*node) {
        *node = plan_add_node(plan, NODE_INPUT, layer, STR("input"));
        (*node)->shape = plan_output(plan, layer);
    }
    return *node;
}

/* Where the first of a stage is not drawn, the one behind it reads what that reads. Each turn goes further back. */
static const Layer *origin_of(const Plan *plan, Port port, const Layer *reader)
{
    const Layer *origin = port.layer ? plan_layer(plan, port.layer)->origin : NULL;
    while (origin) {
        const Scope *gone = plan_scope(plan, origin->scope)->gone;
        const ScopePlan *first = gone ? plan_scope(plan, gone) : NULL;
        if (!first || !first->entry.layer || !plan_holds(plan, first->like, reader))
            return origin;
        origin = plan_layer(plan, first->entry.layer)->origin;
    }
    return NULL;
}

/* What is drawn for a port, or NULL: nothing, for it carries no data that the figure shows. */
static Node *source_of(Drafts *drafts, Port port, const Layer *reader)
{
    const Plan *plan = drafts->plan;
    const Layer *origin = origin_of(plan, port, reader);
    if (!origin)
        return NULL;
    return plan_layer(plan, origin)->inside ? plan_node(plan, origin) : outside_node(drafts, origin);
}

/* Inside of a closed scope a shortcut is nobody's business; a copy is as long as before. */
static LinkRole role_for(const Plan *plan, const Node *to, const Layer *layer, uint32_t input)
{
    const LinkRole *roles = plan_layer(plan, layer)->roles;
    LinkRole role = roles ? roles[input] : LINK_FLOW;
    bool inner = role == LINK_SHORTCUT || role == LINK_PROJECTION;
    return to->kind == NODE_GROUP && inner ? LINK_FLOW : role;
}

/* The inputs of a layer in the order in which arrows are drawn to it: shortcuts last, whichever comes first in the model. */
static uint32_t input_at(const Plan *plan, const Layer *layer, uint32_t at)
{
    const LinkRole *roles = plan_layer(plan, layer)->roles;
    bool pair = plan->brief && roles && layer->input_count == 2;
    bool first = pair && (roles[0] == LINK_SHORTCUT || roles[0] == LINK_PROJECTION) && roles[1] == LINK_FLOW;
    return first ? 1 - at : at;
}

static void link_inputs(Drafts *drafts, Node *to, const Layer *layer)
{
    const Plan *plan = drafts->plan;
    for (uint32_t at = 0; at < layer->input_count; at++) {
        uint32_t i = input_at(plan, layer, at);
        Node *from = source_of(drafts, layer->inputs[i], layer);
        if (!from || from == to)
            continue;
        Shape shape = plan_shape(plan, layer->inputs[i]);
        if (shape_equal(shape, to->shape))
            to->shape_changes = false;
        if (to->kind == NODE_GROUP && !to->input.known)
            to->input = shape;
        uint32_t input = to->kind == NODE_GROUP ? drafts->count : at;
        bool stopped = plan_layer(plan, layer->inputs[i].layer)->stopped;
        add_link(drafts, (Link){from, to, role_for(plan, to, layer, i), input, stopped});
    }
}

/* What the layers in a node wait for and do not read: control dependencies. */
static void link_after(Drafts *drafts, Node *to, const Layer *layer)
{
    for (uint32_t i = 0; i < layer->after_count; i++) {
        Node *from = source_of(drafts, (Port){layer->after[i], 0}, layer);
        bool known = from && from->index < drafts->seen_room && drafts->seen[from->index] == to->index + 1;
        if (from && from != to && !known)
            add_link(drafts, (Link){from, to, LINK_CONTROL, drafts->count, false});
    }
}

/* Those of a model file are many, and shown where everything is; solids and units have no arrows for them. */
static bool shows_control(const Plan *plan)
{
    View view = plan->figure->view;
    return view != VIEW_TENSORS && view != VIEW_UNITS && (!plan->graph->imported || plan->figure->explicit_);
}

/* The layers that a node stands for, those in repetitions excepted: they read what the first of them reads. */
static void link_node(Drafts *drafts, Node *node)
{
    const Plan *plan = drafts->plan;
    uint32_t first = drafts->count;
    node->shape_changes = node->shape.known;
    if (node->kind != NODE_GROUP) {
        for (const Layer *cell = node->layer; cell; cell = plan_layer(plan, cell)->next_cell)
            link_inputs(drafts, node, cell);
        for (const Layer *cell = shows_control(plan) ? node->layer : NULL; cell; cell = plan_layer(plan, cell)->next_cell)
            link_after(drafts, node, cell);
        return;
    }
    Range range = plan_scope(plan, node->scope)->layers;
    for (uint32_t i = 0; i < range.size; i++) {
        const Layer *layer = plan->graph->layers[plan->layer_order[range.start + i]];
        if (!plan_layer(plan, layer)->hidden && !plan_scope(plan, layer->scope)->gone)
            link_inputs(drafts, node, layer);
    }
    for (uint32_t i = 0; i < range.size && shows_control(plan); i++) {
        const Layer *layer = plan->graph->layers[plan->layer_order[range.start + i]];
        if (!plan_layer(plan, layer)->hidden && !plan_scope(plan, layer->scope)->gone)
            link_after(drafts, node, layer);
    }
    for (uint32_t i = first; i < drafts->count; i++)
        drafts->links[i].input = i - first;
}

/* A heap of node indices, smallest on top. */
typedef struct Heap {
    uint32_t *items;
    uint32_t count;
} Heap;

static void heap_push(Heap *heap, uint32_t item)
{
    uint32_t at = heap->count++;
    for (; at > 0 && heap->items[(at - 1) / 2] > item; at = (at - 1) / 2)
        heap->items[at] = heap->items[(at - 1) / 2];
    heap->items[at] = item;
}

static uint32_t heap_pop(Heap *heap)
{
    uint32_t top = heap->items[0], item = heap->items[--heap->count], at = 0;
    for (uint32_t child; (child = 2 * at + 1) < heap->count; at = child) {
        if (child + 1 < heap->count && heap->items[child + 1] < heap->items[child])
            child++;
        if (heap->items[child] >= item)
            break;
        heap->items[at] = heap->items[child];
    }
    heap->items[at] = item;
    return top;
}

/* Which place each draft gets, as early ones as may be first; UINT32_MAX on or behind a circle. How many got one. */
static uint32_t order_nodes(const Drafts *drafts, uint32_t *place)
{
    const Plan *plan = drafts->plan;
    uint32_t nodes = plan->node_count, placed = 0;
    uint32_t *waits = ARENA_ARRAY(plan->scratch, nodes, uint32_t);
    uint32_t *first = ARENA_ARRAY(plan->scratch, (size_t)nodes + 1, uint32_t);
    uint32_t *leaving = ARENA_ARRAY(plan->scratch, drafts->count, uint32_t);
    Heap ready = {ARENA_ARRAY(plan->scratch, nodes, uint32_t), 0};
    for (uint32_t i = 0; i < drafts->count; i++) {
        waits[drafts->links[i].to->index]++;
        first[drafts->links[i].from->index]++;
    }
    for (uint32_t i = 0, sum = 0; i <= nodes; i++) {
        sum += first[i];
        first[i] = sum; /* the end of each stretch; filling it backwards makes it the start */
    }
    for (uint32_t i = drafts->count; i-- > 0;)
        leaving[--first[drafts->links[i].from->index]] = drafts->links[i].to->index;
    for (uint32_t i = 0; i < nodes; i++) {
        place[i] = UINT32_MAX;
        if (!waits[i])
            heap_push(&ready, i);
    }
    while (ready.count) {
        uint32_t node = heap_pop(&ready);
        place[node] = placed++;
        for (uint32_t i = first[node]; i < first[node + 1]; i++)
            if (--waits[leaving[i]] == 0)
                heap_push(&ready, leaving[i]);
    }
    return placed;
}

/* What stands on a circle was closed or folded although data leave it and come back: that is undone. */
static bool open_circles(Plan *plan, const uint32_t *place)
{
    bool opened = false;
    for (uint32_t i = 0; i < plan->node_count; i++) {
        const Node *node = plan->nodes[i];
        if (place[i] != UINT32_MAX)
            continue;
        if (node->kind == NODE_GROUP) {
            plan_scope(plan, node->scope)->keep_open = true;
            opened = true;
        }
        for (const Frame *frame = node->frame; frame; frame = frame->parent)
            if (frame->times > 1 && !plan_scope(plan, frame->scope)->keep_apart) {
                plan_scope(plan, frame->scope)->keep_apart = true;
                opened = true;
            }
    }
    return opened;
}

/* Drafts become the outline's arrays: nodes in their order, links by target. */
static void settle(const Drafts *drafts, const uint32_t *place)
{
    Plan *plan = drafts->plan;
    Outline *outline = plan->outline;
    uint32_t nodes = plan->node_count;
    outline->nodes = ARENA_ARRAY(plan->arena, nodes, Node);
    outline->node_count = nodes;
    uint32_t *count = ARENA_ARRAY(plan->scratch, (size_t)nodes + 1, uint32_t);
    for (uint32_t i = 0; i < nodes; i++) {
        outline->nodes[place[i]] = *plan->nodes[i];
        outline->nodes[place[i]].index = place[i];
    }
    for (uint32_t i = 0; i < drafts->count; i++)
        count[place[drafts->links[i].to->index] + 1]++;
    for (uint32_t i = 0; i < nodes; i++)
        count[i + 1] += count[i];
    outline->links = ARENA_ARRAY(plan->arena, drafts->count, Link);
    outline->link_count = drafts->count;
    for (uint32_t i = 0; i < drafts->count; i++) {
        Link link = drafts->links[i];
        link.from = &outline->nodes[place[link.from->index]];
        link.to = &outline->nodes[place[link.to->index]];
        outline->links[count[link.to->index]++] = link;
    }
}

bool plan_links(Plan *plan)
{
    Drafts drafts = {.plan = plan};
    uint32_t drawn = plan->node_count; /* nodes for what lies outside come behind them */
    for (uint32_t i = 0; i < drawn; i++)
        link_node(&drafts, plan->nodes[i]);
    uint32_t *place = ARENA_ARRAY(plan->scratch, plan->node_count, uint32_t);
    if (order_nodes(&drafts, place) < plan->node_count && open_circles(plan, place))
        return false;
    uint32_t next = 0; /* a circle that cannot be opened is in the model itself: its nodes come last, as they stand */
    for (uint32_t i = 0; i < plan->node_count; i++)
        next += place[i] != UINT32_MAX;
    for (uint32_t i = 0; i < plan->node_count; i++)
        if (place[i] == UINT32_MAX)
            place[i] = next++;
    settle(&drafts, place);
    return true;
}
