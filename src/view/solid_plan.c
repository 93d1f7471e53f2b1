/* SPDX-License-Identifier: MIT */
/* Which tensors become solids: from the nodes of the spine to forms, extents and groups. */
#include "view/solid.h"

/* What to do with a node of the spine. */
typedef enum Part { PART_SOLID, PART_CIRCLE, PART_NOTHING } Part;

bool solid_is_face(const Solid *solid)
{
    return solid->form == FORM_MAP || solid->form == FORM_SEQUENCE;
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

static bool belongs_together(const Solid *a, const Solid *b)
{
    return solid_is_face(a) && a->form == b->form && is_near(a->height.n, b->height.n) &&
           is_near(a->width.n, b->width.n);
}

static bool is_one(Dim dim)
{
    return dim_is(dim, 1);
}

/* Whether all but the channels of a shape are one. */
static bool is_vector(Shape shape)
{
    uint32_t longer = 0;
    for (uint32_t i = 0; shape.known && i < shape.rank; i++)
        longer += !is_one(shape.dims[i]);
    return shape.known && shape.rank && longer <= 1;
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
    return !main || (!is_vector(node->shape) && !shape_equal(main->shape, node->shape));
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

static Part part_of(const SolidPlan *plan, const Node *node)
{
    bool continues = plan->spine->mains[node->index] != NULL;
    if (node->kind == NODE_OUTPUT && continues)
        return PART_NOTHING;
    if (node->kind == NODE_GROUP || node->kind == NODE_INPUT)
        return PART_SOLID;
    if (is_operator(plan, node))
        return PART_CIRCLE;
    return plan->figure->explicit_ ? PART_SOLID : part_of_style(plan, node);
}

/* ---- Extents ---- */

static bool is_name_byte(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
}

/* A number for a size: itself; with SYMBOL_NUMBER for each symbol; 0 where it is unknown. */
static int64_t number_of(SolidPlan *plan, Dim dim)
{
    Str text = dim.kind == DIM_SYMBOLIC ? dim_text(plan->arena, dim) : STR("");
    for (size_t at = 0; at < text.size;) {
        size_t end = at;
        while (end < text.size && is_name_byte(text.at[end], end == at))
            end++;
        if (end > at) {
            Str symbol = str_slice(text, at, end);
            names_put(plan->symbols, symbol, plan);
            dim = dim_bind(plan->arena, dim, symbol, SYMBOL_NUMBER);
        }
        at = end > at ? end : at + 1;
    }
    if (dim.kind == DIM_SYMBOLIC || dim.kind == DIM_UNKNOWN)
        return 0;
    return dim.n > 0 ? dim.n : 1;
}

/* What is unknown is drawn as large as in the solid before. */
static Extent extent_of(SolidPlan *plan, Dim dim, int64_t before)
{
    int64_t n = number_of(plan, dim);
    return (Extent){dim, n ? n : before ? before : 1};
}

/* Of a tensor with one axis beside the features: whether the features come last (sequences) or first (signals). */
static bool features_last(const SolidPlan *plan, const Node *node)
{
    const Node *main = plan->spine->mains[node->index];
    switch ((StyleClass)node->cells[0].style) {
    case STYLE_RECURRENT:
    case STYLE_ATTENTION:
    case STYLE_EMBEDDING:
    case STYLE_DENSE:
        return true;
    case STYLE_CONV:
    case STYLE_POOL:
        return node->layer && node->layer->layout == LAYOUT_CHANNELS_LAST;
    case STYLE_DATA:
    case STYLE_NORM:
    case STYLE_ACTIVATION:
    case STYLE_MERGE:
    case STYLE_RESHAPE:
    case STYLE_REGULAR:
    case STYLE_LOSS:
    case STYLE_OTHER:
    case STYLE_COUNT:
        break;
    }
    uint32_t before = main ? plan->carriers[main->index] : NOBODY;
    if (before != NOBODY && plan->solids[before].form == FORM_SEQUENCE)
        return dim_equal(plan->solids[before].channels.dim, node->shape.dims[1]);
    return node->layer && node->layer->layout == LAYOUT_CHANNELS_LAST;
}

/* A source does not say which of its axes are channels: its first reader that does is asked. */
static bool source_features_last(const SolidPlan *plan, const Node *source)
{
    const Outline *outline = plan->outline;
    for (uint32_t i = 0; i < outline->link_count; i++)
        if (outline->links[i].from == source && outline->links[i].to->shape.rank == 2)
            return features_last(plan, outline->links[i].to);
    return features_last(plan, source);
}

static void set_vector(SolidPlan *plan, Solid *solid, Shape shape)
{
    Dim length = shape.rank ? shape.dims[0] : dim_int(1);
    for (uint32_t i = 0; i < shape.rank; i++)
        if (!is_one(shape.dims[i]))
            length = shape.dims[i];
    solid->form = FORM_VECTOR;
    solid->channels = extent_of(plan, length, 0);
}

static void set_sequence(SolidPlan *plan, Solid *solid, const Solid *before)
{
    const Node *node = solid->node;
    bool last = plan->spine->mains[node->index] ? features_last(plan, node) : source_features_last(plan, node);
    solid->form = FORM_SEQUENCE;
    solid->channels = extent_of(plan, node->shape.dims[last ? 1 : 0], before ? before->channels.n : 0);
    solid->height = extent_of(plan, node->shape.dims[last ? 0 : 1], before ? before->height.n : 0);
    solid->width = (Extent){dim_int(1), 1};
}

/* Maps and volumes: the last two axes (before the channels, where these come last) are height and width. */
static void set_map(SolidPlan *plan, Solid *solid, const Solid *before)
{
    Shape shape = solid->node->shape;
    bool last = solid->node->layer && solid->node->layer->layout == LAYOUT_CHANNELS_LAST;
    uint32_t end = last ? shape.rank - 1 : shape.rank;
    solid->form = FORM_MAP;
    solid->channels = extent_of(plan, shape.dims[last ? end : 0], before ? before->channels.n : 0);
    solid->height = extent_of(plan, shape.dims[end - 2], before ? before->height.n : 0);
    solid->width = extent_of(plan, shape.dims[end - 1], before ? before->width.n : 0);
    for (uint32_t i = last ? 0 : 1; i + 2 < end; i++)
        solid->frames = i == (last ? 0U : 1U) ? shape.dims[i] : dim_mul(plan->arena, solid->frames, shape.dims[i]);
}

/* False where nothing is known of the shape. */
static bool set_extents(SolidPlan *plan, Solid *solid, const Solid *before)
{
    Shape shape = solid->node->shape;
    if (!shape.known) {
        if (!before || before->form == FORM_CIRCLE)
            return false;
        solid->form = before->form;
        solid->channels = (Extent){DIM_NONE, before->channels.n};
        solid->height = (Extent){DIM_NONE, before->height.n};
        solid->width = (Extent){DIM_NONE, before->width.n};
    } else if (is_vector(shape) || !shape.rank) {
        set_vector(plan, solid, shape);
    } else if (shape.rank == 2) {
        set_sequence(plan, solid, before);
    } else {
        set_map(plan, solid, before);
    }
    return true;
}

/* ---- From nodes to solids ---- */

/* The activation that a node ends with, or NULL. */
static const Cell *ending_of(const Node *node)
{
    const Cell *cell = &node->cells[node->cell_count - 1];
    bool alone = node->cell_count == 1 && node->kind != NODE_GROUP;
    if (node->cell_count == 1 && !(alone && (cell->style == STYLE_ACTIVATION || cell->style == STYLE_LOSS)))
        return NULL;
    for (uint32_t i = node->cell_count; i-- > 0;)
        if (node->cells[i].style == STYLE_ACTIVATION || node->cells[i].style == STYLE_LOSS)
            return &node->cells[i];
    return NULL;
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
    return before->node->kind == NODE_BOX && plan->spine->users[before->last->index] == 1 &&
           solid_same_resolution(joined, before) && joined->channels.n > before->channels.n;
}

static void push_solid(SolidPlan *plan, Solid solid)
{
    Solid *before = plan->count ? &plan->solids[plan->count - 1] : NULL;
    uint32_t carrier = carrier_of_main(plan, solid.node);
    solid.joined = before && carrier == plan->count - 1;
    solid.opens = !solid.joined || !belongs_together(before, &solid);
    if (takes_place(plan, &solid, before)) {
        solid.copied = solid.channels.n - before->channels.n;
        solid.style = before->style;
        solid.joined = before->joined;
        solid.opens = true;
        *before = solid;
    } else {
        *ARENA_PUSH(plan->arena, plan->solids, plan->count, plan->room) = solid;
    }
    plan->carriers[solid.node->index] = plan->count - 1;
}

static int style_of(const Node *node)
{
    if (node->kind == NODE_INPUT)
        return STYLE_DATA;
    return node->cells[0].style >= 0 && node->cells[0].style < STYLE_COUNT ? node->cells[0].style : STYLE_OTHER;
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
    Solid solid = {.node = node, .last = node, .style = style_of(node), .ending = ending_of(node)};
    if (part == PART_CIRCLE)
        solid.form = FORM_CIRCLE;
    else if (!set_extents(plan, &solid, carrier == NOBODY ? NULL : &plan->solids[carrier]))
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
        solid->slab = resizes && begins && behind->joined && !behind->opens;
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
    if (spine->left_out) {
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
    for (uint32_t i = 0; i < spine->count; i++)
        operators += part_of(plan, spine->nodes[i]) == PART_CIRCLE;
    for (uint32_t i = 0; i < plan->outline->node_count; i++)
        plan->carriers[i] = NOBODY;
    for (uint32_t i = 0; i < spine->count; i++) {
        bool drawn = add_node(plan, spine->nodes[i], operators <= CIRCLES_MOST || plan->figure->explicit_);
        if (drawn && !is_partly_unknown(spine->nodes[i]))
            continue;
        example = unknown++ ? example : spine->nodes[i];
    }
    warn_about(plan, unknown, example);
    find_slabs(plan);
}
