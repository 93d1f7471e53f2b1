/* SPDX-License-Identifier: MIT */
/* Which nodes and frames are marked: frozen, trained or shared weights, and what works only while the network is trained. */
#include "pass/plan.h"

/* What is known of a set of layers. */
typedef struct Tally {
    uint32_t layers, training, idle;   /* all of them, those at work only in training, those with nothing to do */
    uint32_t turned;                   /* those whose labels are written upward */
    uint32_t weights, frozen, trained; /* those with weights of their own, and what is said of them */
    uint32_t users, shared;            /* those that use weights, and those whose weights another node uses as well */
} Tally;

typedef struct Marking {
    const Plan *plan;
    bool *shared; /* by layer: drawn, and another node has the same weights */
} Marking;

static void find_shared(Marking *marking)
{
    const Plan *plan = marking->plan;
    marking->shared = ARENA_ARRAY(plan->scratch, plan->graph->layer_count, bool);
    for (uint32_t i = 0; i < plan->graph->layer_count; i++) {
        const Layer *layer = plan->graph->layers[i], *owner = layer->weights_of;
        if (!owner || plan_layer(plan, layer)->hidden || plan_layer(plan, owner)->hidden)
            continue;
        const Node *user = plan_node(plan, layer), *other = plan_node(plan, owner);
        if (user && other && user != other)
            marking->shared[i] = marking->shared[owner->index] = true;
    }
}

static void tally(const Marking *marking, Tally *sum, const Layer *layer)
{
    bool owns = !dim_is(layer->params, 0), uses = owns || (layer->weights_of && !dim_is(layer->weights_of->params, 0));
    sum->layers++;
    sum->training += layer->training;
    sum->idle += layer->idle;
    sum->turned += layer->turned;
    sum->weights += owns;
    sum->frozen += owns && layer->frozen;
    sum->trained += owns && layer->trained;
    sum->users += uses;
    sum->shared += uses && marking->shared[layer->index];
}

static Emblems marks_of(const Tally *sum)
{
    Emblems marks = sum->users && sum->shared == sum->users ? EMBLEM_SHARED : 0;
    if (sum->weights && sum->frozen == sum->weights)
        return marks | EMBLEM_FROZEN;
    return sum->weights && sum->trained == sum->weights ? marks | EMBLEM_TRAINED : marks;
}

/* Of a scope and all below. */
static Tally tally_scope(const Marking *marking, const Scope *scope)
{
    const Plan *plan = marking->plan;
    Tally sum = {0};
    Range range = plan_scope(plan, scope)->layers;
    for (uint32_t i = 0; i < range.size; i++)
        tally(marking, &sum, plan->graph->layers[plan->layer_order[range.start + i]]);
    return sum;
}

static Tally tally_node(const Marking *marking, const Node *node)
{
    if (node->kind == NODE_GROUP)
        return tally_scope(marking, node->scope);
    Tally sum = {0};
    for (const Layer *cell = node->layer; cell; cell = plan_layer(marking->plan, cell)->next_cell)
        tally(marking, &sum, cell);
    return sum;
}

/* What the frames around say already; frozen or trained is one thing to say. */
static Emblems said_around(const Frame *frame)
{
    Emblems said = 0, training = EMBLEM_FROZEN | EMBLEM_TRAINED;
    for (; frame; frame = frame->parent)
        said |= frame->marks;
    return said & training ? said | training : said;
}

void plan_marks(Plan *plan)
{
    Marking marking = {.plan = plan};
    find_shared(&marking);
    for (uint32_t i = 0; i < plan->outline->frame_count; i++) {
        Frame *frame = &plan->outline->frames[i];
        if (!frame->visible)
            continue;
        Tally sum = tally_scope(&marking, frame->scope);
        frame->marks = marks_of(&sum) & ~said_around(frame->parent);
        frame->training = sum.training == sum.layers;
    }
    for (uint32_t i = 0; i < plan->outline->node_count; i++) {
        Node *node = &plan->outline->nodes[i];
        Tally sum = tally_node(&marking, node);
        node->marks = marks_of(&sum) & ~said_around(node->frame);
        node->training = sum.training == sum.layers;
        node->idle = sum.idle == sum.layers;
        node->turned = sum.turned == sum.layers;
    }
}
