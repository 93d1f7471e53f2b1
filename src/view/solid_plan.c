/* SPDX-License-Identifier: MIT */
/* Which tensors become solids: from the nodes of the spine to forms, extents and groups. */
#include "view/solid.h"

/* What to do with a node of the spine. */
typedef enum Part { PART_SOLID, PART_CIRCLE, PART_NOTHING } Part;

bool solid_is_face(const Solid *solid)
{
    return solid->form == FORM_MAP || solid->form == FORM_SEQUENCE;
}

/* Groups stand apart; where there are hardly any, solids do. */
bool solid_stands_apart(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    bool glued = index && plan->solids[index - 1].slab;
    return solid->opens || (!glued && (plan->figure->arrows == TOGGLE_YES || plan->breaks <= FEW_BREAKS));
}

bool solid_same_resolution(const Solid *a, const Solid *b)
{
    return solid_is_face(a) && a->form == b->form && a->height.n == b->height.n && a->width.n == b->width.n;
}

/* Unpadded convolutions take off a little: sizes that differ by less than a quarter are one group to the eye. */
static bool is_near(int64_t a, int64_t b)
{
    return a < b ? b / 5 * 4 + b % 5 <= a : a / 5 * 4 + a % 5 <= b;
}

bool solid_belongs_together(const Solid *a, const Solid *b)
{
    return solid_is_face(a) && a->form == b->form && is_near(a->height.n, b->height.n) &&
           is_near(a->width.n, b->width.n);
}

/* A merge that leaves the shape as it is (add, mul) is an operator; one that does not (concat) makes a tensor. */
static bool is_operator(const SolidPlan *plan, const Node *node)
{
    const Node *main = plan->spine->mains[node->index];
    if (node->cells[0].style != STYLE_MERGE && node->kind != NODE_CIRCLE)
        return false;
    return !main || !node->shape.known || !main->shape.known || shape_equal(main->shape, node->shape);
}

static bool is_reshape_worth_drawing(const SolidPlan *plan, const Node *node)
{
    const Node *main = plan->spine->mains[node->index];
    return !main || (node->shape.known && node->shape.rank > 1 && !shape_equal(main->shape, node->shape));
}

static Part part_of_style(const SolidPlan *plan, const Node *node)
{
    switch ((StyleClass)node->cells[0].style) {
    case STYLE_NORM:
    case STYLE_ACTIVATION:
    case STYLE_REGULAR:
    case STYLE_LOSS:
        return plan->spine->mains[node->index] ? PART_NOTHING : PART_SOLID;
    case STYLE_RESHAPE:
        return is_reshape_worth_drawing(plan, node) ? PART_SOLID : PART_NOTHING;
    case STYLE_DATA:
    case STYLE_CONV:
    case STYLE_POOL:
    case STYLE_DENSE:
    case STYLE_RECURRENT:
    case STYLE_ATTENTION:
    case STYLE_EMBEDDING:
    case STYLE_MERGE:
    case STYLE_OTHER:
    case STYLE_COUNT:
        break;
    }
    return PART_SOLID;
}

/* A concatenation of a branch's paths says only that what follows reads all of them. */
static bool joins_towers(const SolidPlan *plan, const Node *node)
{
    (void)plan;
    return node->kind == NODE_BOX && node->cells[0].style == STYLE_MERGE && node->layer &&
           node->layer->scope->kind == SCOPE_BRANCH;
}

static Part part_of(const SolidPlan *plan, const Node *node)
{
    bool continues = plan->spine->mains[node->index] != NULL;
    if (node->kind == NODE_OUTPUT && continues)
        return PART_NOTHING;
    if (node->kind == NODE_GROUP || node->kind == NODE_INPUT)
        return PART_SOLID;
    if ((plan->towers && joins_towers(plan, node)) || solid_is_told(plan, node))
        return PART_NOTHING;
    if (is_operator(plan, node))
        return PART_CIRCLE;
    return plan->figure->explicit_ ? PART_SOLID : part_of_style(plan, node);
}

bool solid_is_drawn(const SolidPlan *plan, const Node *node)
{
    return part_of(plan, node) != PART_NOTHING;
}

static const Cell *last_activation(const Cell *cells, uint32_t count)
{
    for (uint32_t i = count; i-- > 0;)
        if (cells[i].style == STYLE_ACTIVATION || cells[i].style == STYLE_LOSS)
            return &cells[i];
    return NULL;
}

/* The activation that a node ends with, said or silent, or NULL. */
static const Cell *ending_of(const Node *node)
{
    if (node->kind == NODE_GROUP)
        return NULL;
    const Cell *said = last_activation(node->cells, node->cell_count);
    const Cell *silent = last_activation(node->silent, node->silent_count);
    return said ? said : silent;
}

static uint32_t carrier_of_main(const SolidPlan *plan, const Node *node)
{
    const Node *main = plan->spine->mains[node->index];
    return main ? plan->carriers[main->index] : NOBODY;
}

/* A norm or activation that stands alone goes to the solid that it works on. */
static void absorb(SolidPlan *plan, const Node *node)
{
    uint32_t carrier = carrier_of_main(plan, node);
    plan->carriers[node->index] = carrier;
    if (carrier == NOBODY)
        return;
    Solid *solid = &plan->solids[carrier];
    const Cell *ending = ending_of(node);
    if (ending && solid->form != FORM_CIRCLE)
        solid->ending = ending;
    solid->last = node;
}

/*
 * A concatenation of what comes along the spine with something from elsewhere takes the place of the solid before where
 * that one is only made for it (the way up of a U-Net): one solid in two parts, the copied one in front.
 */
static bool takes_place(const SolidPlan *plan, const Solid *joined, const Solid *before)
{
    const Node *node = joined->node;
    if (node->cells[0].style != STYLE_MERGE || !before || !before->opens || !joined->joined)
        return false;
    if (before->last != plan->spine->mains[node->index] || plan->spine->users[before->last->index] != 1)
        return false;
    return before->node->kind == NODE_BOX && solid_same_resolution(joined, before) &&
           joined->channels.n > before->channels.n;
}

/* Whether a node reads what the last solid stands for. */
static bool reads_last(const SolidPlan *plan, const Node *node)
{
    const Spine *spine = plan->spine;
    for (uint32_t i = spine->first[node->index]; i < spine->first[node->index + 1]; i++)
        if (plan->count && plan->carriers[plan->outline->links[i].from->index] == plan->count - 1)
            return true;
    return false;
}

static void push_solid(SolidPlan *plan, Solid solid)
{
    Solid *before = plan->count ? &plan->solids[plan->count - 1] : NULL;
    solid.joined = reads_last(plan, solid.node);
    solid.opens = !before || !solid.joined || !solid_belongs_together(before, &solid);
    if (takes_place(plan, &solid, before)) {
        solid.copied = solid.channels.n - before->channels.n;
        solid.style = before->style;
        solid.maker = before->maker;
        solid.joined = before->joined;
        solid.opens = true;
        *before = solid;
    } else {
        *ARENA_PUSH(plan->arena, plan->solids, plan->count, plan->room) = solid;
    }
    plan->carriers[solid.node->index] = plan->count - 1;
}

int solid_style_of(const SolidPlan *plan, const Node *node)
{
    if (node->kind == NODE_INPUT)
        return STYLE_DATA;
    if (node->kind == NODE_GROUP && node->cells[0].style == STYLE_OTHER)
        return plan->group_styles[node->index];
    return node->cells[0].style >= 0 && node->cells[0].style < STYLE_COUNT ? node->cells[0].style : STYLE_OTHER;
}

/* A closed group is of the class that most of its layers with weights or heads are of. */
static void find_group_styles(SolidPlan *plan)
{
    enum { CLASSES = STYLE_COUNT };
    const Outline *outline = plan->outline;
    uint32_t scopes = outline->graph ? outline->graph->scope_count : 0;
    const Node **closed = ARENA_ARRAY(plan->arena, (size_t)scopes + 1, const Node *);
    uint32_t(*counts)[CLASSES] = arena_array(plan->arena, (size_t)outline->node_count + 1, sizeof *counts);
    plan->group_styles = ARENA_ARRAY(plan->arena, outline->node_count, int);
    for (uint32_t i = 0; i < outline->node_count; i++)
        if (outline->nodes[i].kind == NODE_GROUP && outline->nodes[i].scope)
            closed[outline->nodes[i].scope->index] = &outline->nodes[i];
    for (uint32_t i = 0; scopes && i < outline->graph->layer_count; i++) {
        const Layer *layer = outline->graph->layers[i];
        for (const Scope *scope = layer->scope; scope; scope = scope->parent)
            if (closed[scope->index])
                counts[closed[scope->index]->index][layer->op->style]++;
    }
    static const StyleClass telling[] = {STYLE_CONV, STYLE_ATTENTION, STYLE_RECURRENT, STYLE_DENSE, STYLE_EMBEDDING,
                                         STYLE_POOL};
    for (uint32_t i = 0; i < outline->node_count; i++) {
        int best = STYLE_OTHER;
        for (size_t k = 0; k < sizeof telling / sizeof *telling; k++)
            if (counts[i][telling[k]] > (best == STYLE_OTHER ? 0 : counts[i][best]))
                best = (int)telling[k];
        plan->group_styles[i] = best;
    }
}

/* Adds what a node is drawn as; false where its shape is unknown and nothing before it tells one. */
static bool add_node(SolidPlan *plan, const Node *node, bool circles)
{
    Part part = part_of(plan, node);
    uint32_t carrier = carrier_of_main(plan, node);
    if (part == PART_CIRCLE && !circles && carrier != NOBODY)
        part = PART_NOTHING;
    if (part == PART_NOTHING) {
        absorb(plan, node);
        return true;
    }
    Solid solid = {.node = node, .last = node, .maker = node, .style = solid_style_of(plan, node), .ending = ending_of(node)};
    if (part == PART_CIRCLE)
        solid.form = FORM_CIRCLE;
    else if (!solid_set_extents(plan, &solid, carrier == NOBODY ? NULL : &plan->solids[carrier]))
        return false;
    push_solid(plan, solid);
    return true;
}

/* Pooling and upsampling in front of solids of their size are a thin slab on the first of them. */
static void find_slabs(SolidPlan *plan)
{
    for (uint32_t i = 0; i + 1 < plan->count; i++) {
        Solid *solid = &plan->solids[i];
        bool resizes = solid->style == STYLE_POOL || solid->style == STYLE_RESHAPE;
        const Solid *behind = &plan->solids[i + 1];
        bool begins = solid->opens && solid->joined && !solid->copied;
        solid->slab = resizes && !solid_sheets_asked(plan->figure) && begins && behind->joined && !behind->opens;
    }
}

static void warn_about(SolidPlan *plan, uint32_t unknown, const Node *example)
{
    const Spine *spine = plan->spine;
    if (unknown) {
        diag_warning(plan->diags, example->layer ? example->layer->place : plan->figure->place,
                     "the size of %u tensor%s is not known, as of `%.*s`: drawn like the one before, or left out",
                     unknown, unknown == 1 ? "" : "s", STR_ARGS(example->name));
        diag_hint(plan->diags, "give the shape of the input, as in `input: 3x224x224`");
    }
    if (spine->left_out && !plan->towers) {
        diag_warning(plan->diags, spine->example->layer ? spine->example->layer->place : plan->figure->place,
                     "%u layer%s in parallel branches %s left out, as `%.*s`: solids stand in one line",
                     spine->left_out, spine->left_out == 1 ? "" : "s", spine->left_out == 1 ? "is" : "are",
                     STR_ARGS(spine->example->name));
        diag_hint(plan->diags, "a smaller `depth` closes the blocks that branch, `view: graph` shows all of them");
    }
}

static bool is_partly_unknown(const Node *node)
{
    for (uint32_t i = 0; i < node->shape.rank; i++)
        if (node->shape.dims[i].kind == DIM_UNKNOWN)
            return true;
    return !node->shape.known;
}

void solids_plan(SolidPlan *plan)
{
    const Spine *spine = plan->spine;
    uint32_t operators = 0, unknown = 0;
    const Node *example = NULL;
    find_group_styles(plan);
    solids_find_towers(plan);
    uint32_t count = spine->count;
    const Node **nodes = plan->towers ? solids_tower_order(plan, &count) : spine->nodes;
    for (uint32_t i = 0; i < count; i++)
        operators += part_of(plan, nodes[i]) == PART_CIRCLE;
    for (uint32_t i = 0; i < plan->outline->node_count; i++)
        plan->carriers[i] = NOBODY;
    for (uint32_t i = 0; i < count; i++) {
        bool drawn = add_node(plan, nodes[i], operators <= CIRCLES_MOST || plan->figure->explicit_);
        if (drawn && !is_partly_unknown(nodes[i]))
            continue;
        example = unknown++ ? example : nodes[i];
    }
    warn_about(plan, unknown, example);
    if (plan->towers)
        solids_join_towers(plan);
    solids_find_feeds(plan);
    find_slabs(plan);
    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->solids[i].opens) {
            plan->groups += solid_is_face(&plan->solids[i]);
            plan->breaks++;
        }
}
