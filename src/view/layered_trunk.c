/* SPDX-License-Identifier: MIT */
/* The longest ways through the network, skips that run beside them, inputs and outputs that hang on the side. */
#include "op/op.h"
#include "view/layered.h"

/* An operation that netikz does not know works on its first input, if none of the others has that shape. */
static bool reads_different_shapes(const Layer *layer)
{
    for (uint32_t i = 0; i < layer->input_count; i++) {
        const Port *port = &layer->inputs[i], *first = &layer->inputs[0];
        if (!port->layer || !port->layer->outputs[port->output].known
            || (i && shape_equal(port->layer->outputs[port->output], first->layer->outputs[first->output]))) {
            return false;
        }
    }
    return layer->input_count > 1;
}

bool layered_distinct(const Node *node)
{
    if (node->kind != NODE_BOX || !node->layer) {
        return node->kind == NODE_GROUP;
    }
    if (op_is_custom(node->layer->op)) {
        return reads_different_shapes(node->layer);
    }
    return node->layer->op->style != STYLE_MERGE && node->layer->op->max_inputs != OP_ANY_INPUTS;
}

/* A condition, a memory: what a node reads beside what it works on. The main way does not go through it. */
static bool is_aside(const Layered *layered, uint32_t strand)
{
    uint32_t to = layered->strands[strand].to, first = layered->in.list[layered->in.first[to]];

    return strand != first && layered_distinct(&layered->outline->nodes[to]);
}

static bool better(const Layered *layered, uint32_t strand, uint32_t than, uint32_t reach, uint32_t than_reach)
{
    if (than == LAYERED_NONE) {
        return true;
    }
    if (is_aside(layered, strand) != is_aside(layered, than)) {
        return is_aside(layered, than);
    }
    bool flow = layered->strands[strand].link->role == LINK_FLOW;
    bool than_flow = layered->strands[than].link->role == LINK_FLOW;
    return flow != than_flow ? flow : reach > than_reach;
}

static void find_ways(Layered *layered)
{
    uint32_t count = layered->node_count;
    uint32_t *ahead = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t);
    uint32_t *behind = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t);

    layered->next = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t);
    layered->prev = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t);
    for (uint32_t v = 0; v < count; v++) {
        uint32_t best = LAYERED_NONE, reach = 0;
        for (uint32_t i = layered->in.first[v]; i < layered->in.first[v + 1]; i++) {
            uint32_t strand = layered->in.list[i];
            uint32_t length = is_aside(layered, strand) ? 1 : behind[layered->strands[strand].from] + 1;
            if (better(layered, strand, best, length, reach)) {
                best = strand;
                reach = length;
            }
            behind[v] = length > behind[v] ? length : behind[v];
        }
        layered->prev[v] = best;
    }
    for (uint32_t v = count; v-- > 0;) {
        uint32_t best = LAYERED_NONE, reach = 0;
        for (uint32_t i = layered->out.first[v]; i < layered->out.first[v + 1]; i++) {
            uint32_t strand = layered->out.list[i];
            uint32_t length = is_aside(layered, strand) ? 1 : ahead[layered->strands[strand].to] + 1;
            if (better(layered, strand, best, length, reach)) {
                best = strand;
                reach = length;
            }
            ahead[v] = length > ahead[v] ? length : ahead[v];
        }
        layered->next[v] = best;
        layered->source = ahead[v] >= ahead[layered->source] ? v : layered->source;
    }
    for (layered->sink = layered->source; layered->next[layered->sink] != LAYERED_NONE;) {
        layered->sink = layered->strands[layered->next[layered->sink]].to;
    }
}

/* A forest as nested intervals: v is below a where start[a] <= start[v] < start[a] + size[a]. */
typedef struct Forest {
    uint32_t *start, *size;
} Forest;

static uint32_t parent_of(const Layered *layered, bool forward, uint32_t v)
{
    if (forward) {
        return layered->next[v] == LAYERED_NONE ? LAYERED_NONE : layered->strands[layered->next[v]].to;
    }
    return layered->prev[v] == LAYERED_NONE ? LAYERED_NONE : layered->strands[layered->prev[v]].from;
}

/* The ways on (or back) of all nodes; parents have larger (smaller) numbers than their children. */
static Forest forest_of(const Layered *layered, bool forward)
{
    uint32_t count = layered->node_count, roots = 0;
    Forest forest = {ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t),
                     ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t)};
    uint32_t *used = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t v = forward ? i : count - 1 - i, parent = parent_of(layered, forward, v);
        forest.size[v]++;
        if (parent != LAYERED_NONE) {
            forest.size[parent] += forest.size[v];
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t v = forward ? count - 1 - i : i, parent = parent_of(layered, forward, v);
        uint32_t *next = parent == LAYERED_NONE ? &roots : &used[parent];
        forest.start[v] = *next;
        *next += forest.size[v];
        used[v] = forest.start[v] + 1;
    }
    return forest;
}

static bool below(const Forest *forest, uint32_t ancestor, uint32_t v)
{
    return forest->start[v] - forest->start[ancestor] < forest->size[ancestor];
}

/* A long strand is a skip where its role says so or another way leads between its ends. */
static void find_rails(Layered *layered)
{
    Forest ways_on = forest_of(layered, true), ways_back = forest_of(layered, false);

    for (uint32_t i = 0; i < layered->strand_count; i++) {
        Strand *strand = &layered->strands[i];
        uint32_t from = strand->from, to = strand->to;
        if (layered->rank[to] - layered->rank[from] < 2 || layered->out.first[from + 1] - layered->out.first[from] < 2) {
            continue;
        }
        strand->rail = strand->link->role != LINK_FLOW || (layered->next[from] != i && below(&ways_on, to, from))
            || (layered->prev[to] != i && below(&ways_back, from, to));
    }
}

static bool *reached(const Layered *layered, const bool *start, bool forward)
{
    uint32_t count = layered->node_count;
    bool *flags = ARENA_ARRAY(layered->arena, (size_t)count + 1, bool);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t v = forward ? i : count - 1 - i;
        const Lists *lists = forward ? &layered->in : &layered->out;
        flags[v] = start[v];
        for (uint32_t j = lists->first[v]; !flags[v] && j < lists->first[v + 1]; j++) {
            const Strand *strand = &layered->strands[lists->list[j]];
            flags[v] = flags[forward ? strand->from : strand->to];
        }
    }
    return flags;
}

/* Whether what comes in through a node belongs to the frame of the merge where the main network is what joins. */
static bool at_home(const Layered *layered, uint32_t last, uint32_t meet)
{
    uint32_t frame = layered->home[meet];

    if (layered->prev[meet] == LAYERED_NONE || frame == LAYERED_NONE) {
        return false;
    }
    return layered->home[last] == frame && layered->home[layered->strands[layered->prev[meet]].from] != frame;
}

/* How far it is (in ranks) until a node meets the main network: input and output that meet it soon hang on the side. */
static void find_minor(Layered *layered, bool inputs)
{
    uint32_t count = layered->node_count;
    bool *start = ARENA_ARRAY(layered->arena, (size_t)count + 1, bool);
    uint32_t *meet = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t);
    uint32_t *last = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t);
    const Lists *ends = inputs ? &layered->in : &layered->out;

    start[inputs ? layered->source : layered->sink] = true;
    bool *main = reached(layered, start, inputs);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t v = inputs ? count - 1 - i : i, step = parent_of(layered, inputs, v);
        meet[v] = main[v] ? v : step == LAYERED_NONE ? LAYERED_NONE : meet[step];
        last[v] = step == LAYERED_NONE || main[step] ? v : last[step];
        if (main[v] || ends->first[v + 1] > ends->first[v] || meet[v] == LAYERED_NONE) {
            continue;
        }
        uint32_t at = layered->rank[meet[v]];
        uint32_t own = inputs ? at - layered->rank[v] : layered->rank[v] - at;
        uint32_t whole = inputs ? at - layered->rank[layered->source] : layered->rank[layered->sink] - at;
        layered->minor[v] = (uint64_t)own * 3 < (uint64_t)whole * 2 && !(inputs && at_home(layered, last[v], meet[v]));
    }
}

static void find_core(Layered *layered)
{
    uint32_t count = layered->node_count;
    bool *inputs = ARENA_ARRAY(layered->arena, (size_t)count + 1, bool);
    bool *outputs = ARENA_ARRAY(layered->arena, (size_t)count + 1, bool);

    layered->minor = ARENA_ARRAY(layered->arena, (size_t)count + 1, bool);
    find_minor(layered, true);
    find_minor(layered, false);
    for (uint32_t v = 0; v < count; v++) {
        bool alone = layered->in.first[v + 1] == layered->in.first[v];
        inputs[v] = alone && !layered->minor[v];
        alone = layered->out.first[v + 1] == layered->out.first[v];
        outputs[v] = alone && !layered->minor[v];
    }
    bool *from_input = reached(layered, inputs, true), *to_output = reached(layered, outputs, false);
    layered->core = ARENA_ARRAY(layered->arena, (size_t)count + 1, bool);
    for (uint32_t v = 0; v < count; v++) {
        layered->core[v] = from_input[v] && to_output[v];
    }
}

void layered_trunk(Layered *layered)
{
    find_ways(layered);
    find_rails(layered);
    find_core(layered);
}
