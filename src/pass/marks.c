/* SPDX-License-Identifier: MIT */
/* Which nodes and frames are marked: frozen or trained weights, and what works only while the network is trained. */
#include "pass/plan.h"

/* What is known of a set of layers. */
typedef struct Tally {
    uint32_t layers, training;         /* all of them, and those at work only in training */
    uint32_t weights, frozen, trained; /* those with weights, and what is said of them */
} Tally;

const char *emblem_name(Emblem mark)
{
    switch (mark) {
    case EMBLEM_FROZEN:
        return "frozen";
    case EMBLEM_TRAINED:
        return "trained";
    case EMBLEM_NONE:
        break;
    }
    return NULL;
}

static void tally(Tally *sum, const Layer *layer)
{
    sum->layers++;
    sum->training += layer->training;
    if (!dim_is(layer->params, 0)) {
        sum->weights++;
        sum->frozen += layer->frozen;
        sum->trained += layer->trained;
    }
}

static Emblem mark_of(const Tally *sum)
{
    if (!sum->weights)
        return EMBLEM_NONE;
    return sum->frozen == sum->weights ? EMBLEM_FROZEN : sum->trained == sum->weights ? EMBLEM_TRAINED : EMBLEM_NONE;
}

/* Of a scope and all below. */
static Tally tally_scope(const Plan *plan, const Scope *scope)
{
    Tally sum = {0};
    Range range = plan_scope(plan, scope)->layers;
    for (uint32_t i = 0; i < range.size; i++)
        tally(&sum, plan->graph->layers[plan->layer_order[range.start + i]]);
    return sum;
}

static Tally tally_node(const Plan *plan, const Node *node)
{
    if (node->kind == NODE_GROUP)
        return tally_scope(plan, node->scope);
    Tally sum = {0};
    for (const Layer *cell = node->layer; cell; cell = plan_layer(plan, cell)->next_cell)
        tally(&sum, cell);
    return sum;
}

/* Whether a frame around says it already. */
static bool is_marked(const Frame *frame)
{
    while (frame && frame->mark == EMBLEM_NONE)
        frame = frame->parent;
    return frame != NULL;
}

void plan_marks(Plan *plan)
{
    for (uint32_t i = 0; i < plan->outline->frame_count; i++) {
        Frame *frame = &plan->outline->frames[i];
        if (!frame->visible)
            continue;
        Tally sum = tally_scope(plan, frame->scope);
        frame->mark = is_marked(frame->parent) ? EMBLEM_NONE : mark_of(&sum);
        frame->training = sum.training == sum.layers;
    }
    for (uint32_t i = 0; i < plan->outline->node_count; i++) {
        Node *node = &plan->outline->nodes[i];
        Tally sum = tally_node(plan, node);
        node->mark = is_marked(node->frame) ? EMBLEM_NONE : mark_of(&sum);
        node->training = sum.training == sum.layers;
    }
}
