/* SPDX-License-Identifier: MIT */
/* What a node says: one function for each value of the figure's key `nodes`. */
#include "view/graph_node.h"

#include "op/op.h"
#include "view/graph_glyph.h"
#include "view/layered.h"

enum { LONG_LABEL = 38 }; /* characters that are too many for one line */

NodeLook graph_node_look(Arena *arena, const Outline *outline, const Figure *figure, Direction direction)
{
    NodeLook look = {.arena = arena, .outline = outline, .figure = figure, .direction = direction};

    look.first_link = ARENA_ARRAY(arena, (size_t)outline->node_count + 1, uint32_t);
    for (uint32_t i = 0; i < outline->link_count; i++) {
        look.first_link[outline->links[i].to->index + 1]++;
    }
    for (uint32_t v = 0; v < outline->node_count; v++) {
        look.first_link[v + 1] += look.first_link[v];
    }
    return look;
}

bool graph_is_listed(Str list, Str name)
{
    Str piece;

    while (str_cut(&list, ',', &piece)) {
        if (str_equal(str_trim(piece), name)) {
            return true;
        }
    }
    return false;
}

bool graph_is_highlighted(const Figure *figure, const Scope *scope)
{
    return scope && scope->path.size && graph_is_listed(figure->highlight, scope->path);
}

static const char *cell_style(const NodeLook *look, const Node *node, const Cell *cell)
{
    if (node->kind == NODE_GROUP && graph_is_highlighted(look->figure, node->scope)) {
        return "highlight";
    }
    if (node->kind == NODE_GROUP && node->scope && node->scope->style.size) {
        return str_terminated(look->arena, node->scope->style);
    }
    if (cell->layer && cell->layer->style.size) {
        return str_terminated(look->arena, cell->layer->style);
    }
    return look->styles && cell == node->cells ? look->styles[node->index] : style_name((StyleClass)cell->style);
}

/* Room for the cells of a node and `more`; the first ones with their styles. */
static void set_cells(const NodeLook *look, Scene *scene, SceneItem *item, const Node *node, uint32_t count)
{
    scene_set_cells(scene, item, count);
    for (uint32_t i = 0; i < count; i++) {
        item->cells[i].style = cell_style(look, node, &node->cells[i < node->cell_count ? i : 0]);
    }
}

/* The author's words for a cell; else what the operation is. */
static Label title_of(const NodeLook *look, const Node *node, const Cell *cell)
{
    if (node->kind == NODE_GROUP) {
        return graph_times_label(look->arena, cell->label, node->times);
    }
    if (node->kind == NODE_INPUT || cell->label.kind == LABEL_TEX) {
        return cell->label;
    }
    return (Label){LABEL_TEXT, graph_kind_title(look->arena, cell->layer)};
}

static Label rest_of(const NodeLook *look, const Node *node, const Cell *cell)
{
    if (node->kind == NODE_GROUP || node->kind == NODE_INPUT || node->kind == NODE_OUTPUT) {
        return (Label){LABEL_TEXT, {NULL, 0}};
    }
    return (Label){LABEL_TEXT, graph_kind_rest(look->arena, look->outline->graph, cell->layer)};
}

static Label operation_label(const NodeLook *look, const Node *node, uint32_t i)
{
    Label label = node->cells[i].label;
    bool across = look->direction == DIRECTION_RIGHT && node->kind != NODE_CIRCLE;

    if (!i && node->kind == NODE_GROUP) {
        label = graph_times_label(look->arena, label, node->times);
    }
    bool broken = across || (node->kind != NODE_CIRCLE && graph_characters(label.text) > LONG_LABEL);
    return broken ? graph_broken_label(look->arena, label) : label;
}

static Label name_label(const NodeLook *look, const Node *node, uint32_t i)
{
    Label name = {LABEL_TEXT, graph_own_name(node, node->cells[i].layer)};

    if (node->cells[i].label.kind == LABEL_TEX || node->kind == NODE_INPUT) {
        return node->cells[i].label;
    }
    return i || node->kind != NODE_GROUP ? name : graph_times_label(look->arena, name, node->times);
}

/* The operation, and what there is to say of it on a second line. */
static Label lines_label(const NodeLook *look, const Node *node, uint32_t i)
{
    Label title = title_of(look, node, &node->cells[i]), rest = rest_of(look, node, &node->cells[i]);

    if (!rest.text.size || title.kind != LABEL_TEXT) {
        return title;
    }
    return (Label){LABEL_TEXT, str_format(look->arena, "%.*s\n%.*s", STR_ARGS(title.text), STR_ARGS(rest.text))};
}

/* One label in each cell; bare text has but one. */
static SceneItem *add_labelled(const NodeLook *look, Scene *scene, const Node *node,
                               Label (*label)(const NodeLook *, const Node *, uint32_t))
{
    bool text = node->cell_count == 1 && graph_is_listed(look->figure->unboxed, str_from(style_name((StyleClass)node->cells[0].style)));
    SceneItem *item = scene_add_item(scene, text ? ITEM_TEXT : ITEM_BOX);

    set_cells(look, scene, item, node, node->cell_count);
    for (uint32_t i = 0; i < node->cell_count; i++) {
        item->cells[i].label = label(look, node, i);
    }
    return item;
}

/* Everything in one line: "3×3 conv, 64 > BN > ReLU". */
static SceneItem *add_fused(const NodeLook *look, Scene *scene, const Node *node)
{
    SceneItem *item = scene_add_item(scene, ITEM_BOX);
    Label first = node->cells[0].label;
    Text text = text_in(look->arena);

    set_cells(look, scene, item, node, 1);
    for (uint32_t i = 0; first.kind != LABEL_TEX && i < node->cell_count; i++) {
        Label more = node->cells[i].label;
        text_add_format(&text, "%s%.*s", i ? " > " : "", STR_ARGS(more.kind == LABEL_TEX ? (Str){0} : more.text));
    }
    item->cells[0].label = first.kind == LABEL_TEX ? first : (Label){LABEL_TEXT, text_str(&text)};
    item->times = node->times;
    return item;
}

/* The operation, and under it its numbers and what shares its box. */
static SceneItem *add_card(const NodeLook *look, Scene *scene, const Node *node)
{
    SceneItem *item = scene_add_item(scene, ITEM_CARD);
    Text text = text_in(look->arena);

    text_add(&text, rest_of(look, node, &node->cells[0]).text);
    for (uint32_t i = 1; i < node->cell_count; i++) {
        Label more = node->cells[i].label;
        if (more.kind == LABEL_TEXT) {
            text_add_format(&text, "%s%.*s", text.size ? ", " : "", STR_ARGS(more.text));
        }
    }
    set_cells(look, scene, item, node, text.size ? 2 : 1);
    item->cells[0].label = title_of(look, node, &node->cells[0]);
    if (text.size) {
        item->cells[1].label = (Label){LABEL_TEXT, text_str(&text)};
    }
    return item;
}

bool graph_has_picture(const Node *node)
{
    return node->kind != NODE_GROUP && node->layer && node->layer->image.file.size;
}

Label graph_picture_note(Arena *arena, const Node *node)
{
    Label label = node->cells[0].label;

    if (node->kind != NODE_INPUT && node->kind != NODE_OUTPUT && label.kind != LABEL_TEX) {
        return node->note; /* what an operation is called goes without saying */
    }
    if (label.kind == LABEL_TEX && node->note.kind == LABEL_TEX && node->note.text.size) {
        return (Label){LABEL_TEX, str_format(arena, "%.*s\\\\%.*s", STR_ARGS(label.text), STR_ARGS(node->note.text))};
    }
    return node->note.text.size ? node->note : label;
}

/* The picture alone; what its author calls it is noted beside it. */
static SceneItem *add_picture(const NodeLook *look, Scene *scene, const Node *node)
{
    SceneItem *item = scene_add_item(scene, ITEM_PICTURE);

    set_cells(look, scene, item, node, 1);
    item->name2 = node->layer->image.file;
    item->a = node->layer->image.sheared;
    item->note = graph_picture_note(look->arena, node);
    return item;
}

/* Inputs and outputs in the form asked for; NULL: as the other nodes. */
static SceneItem *add_end(const NodeLook *look, Scene *scene, const Node *node)
{
    static const ItemKind kinds[] = {[ENDS_TEXT] = ITEM_TEXT, [ENDS_BOX] = ITEM_BOX, [ENDS_OCTAGON] = ITEM_OCTAGON,
                                     [ENDS_ELLIPSE] = ITEM_ELLIPSE};
    EndForm form = look->figure->ends;
    NodeForm nodes = look->figure->nodes;

    if (form == ENDS_AUTO && (nodes == NODES_RECORD || nodes == NODES_NAMES || nodes == NODES_ELLIPSE)) {
        return NULL;
    }
    if (form == ENDS_AUTO) {
        form = node->cells[0].style == STYLE_LOSS ? ENDS_ELLIPSE : ENDS_TEXT;
    }
    SceneItem *item = scene_add_item(scene, kinds[form]);
    Label label = operation_label(look, node, 0);
    bool beside = nodes == NODES_BARE && (form == ENDS_OCTAGON || form == ENDS_ELLIPSE) && !node->note.text.size;
    set_cells(look, scene, item, node, 1);
    *(beside ? &item->note : &item->cells[0].label) = label;
    return item;
}

/* Nothing but what its author says, or a small ellipse with what it is beside it. Groups keep their names. */
static SceneItem *add_small(const NodeLook *look, Scene *scene, const Node *node)
{
    bool ellipse = look->figure->nodes == NODES_ELLIPSE;

    if (ellipse && node->kind == NODE_GROUP) {
        return add_labelled(look, scene, node, name_label);
    }
    if (!ellipse && node->cells[0].label.kind == LABEL_TEX) {
        return add_labelled(look, scene, node, operation_label);
    }
    SceneItem *item = scene_add_item(scene, ellipse ? ITEM_ELLIPSE : ITEM_BARE);
    set_cells(look, scene, item, node, 1);
    item->name2 = str_from(style_name((StyleClass)node->cells[0].style));
    item->note = node->note;
    if (ellipse) { /* stubs and notes stand where the name would */
        bool inside = look->figure->extract.size || node->note.text.size;
        *(inside ? &item->cells[0].label : &item->note) = name_label(look, node, 0);
    }
    return item;
}

/* A symbol; an activation that shares its node and does not go without saying is noted beside it. */
static SceneItem *add_circle(const NodeLook *look, Scene *scene, const Node *node)
{
    SceneItem *item = scene_add_item(scene, ITEM_CIRCLE);
    Text beside = text_in(look->arena);

    set_cells(look, scene, item, node, 1);
    item->cells[0].label = node->kind == NODE_CIRCLE ? node->cells[0].label : (Label){LABEL_MATH, str_from(node->layer->op->symbol)};
    for (uint32_t i = 1; i < node->cell_count; i++) {
        text_add_format(&beside, "%s%.*s", i > 1 ? ", " : "", STR_ARGS(node->cells[i].label.text));
    }
    item->note = node->note.text.size ? node->note : (Label){LABEL_TEXT, text_str(&beside)};
    return item;
}

static SceneItem *add_fields(const NodeLook *look, Scene *scene, const Node *node)
{
    bool record = look->figure->nodes == NODES_RECORD;
    SceneItem *item = scene_add_item(scene, record ? ITEM_RECORD : ITEM_ATTRIBUTES);

    (record ? graph_add_record : graph_add_attributes)(look, scene, item, node);
    item->cells[0].style = cell_style(look, node, &node->cells[0]);
    return item;
}

static SceneItem *add_iconic(const NodeLook *look, Scene *scene, const Node *node)
{
    SceneItem *item = graph_add_icons(look, scene, node);

    for (uint32_t i = 0; i < item->cell_count; i++) {
        item->cells[i].style = cell_style(look, node, &node->cells[i]);
    }
    return item;
}

static SceneItem *add_by_form(const NodeLook *look, Scene *scene, const Node *node)
{
    switch (look->figure->nodes) {
    case NODES_NAMES:
        return add_labelled(look, scene, node, name_label);
    case NODES_LINES:
        return add_labelled(look, scene, node, lines_label);
    case NODES_CARD:
        return add_card(look, scene, node);
    case NODES_RECORD:
    case NODES_ATTRIBUTES:
        return add_fields(look, scene, node);
    case NODES_FUSED:
        return add_fused(look, scene, node);
    case NODES_ICONS:
        return add_iconic(look, scene, node);
    case NODES_BARE:
    case NODES_ELLIPSE:
        return add_small(look, scene, node);
    case NODES_AUTO:
        break;
    }
    return add_labelled(look, scene, node, operation_label);
}

/* An operator, or noise that enters, of which its author says no more. */
static bool is_circle(const NodeLook *look, const Node *node)
{
    NodeForm form = look->figure->nodes;
    bool symbols = form == NODES_AUTO || form == NODES_LINES || form == NODES_CARD || form == NODES_BARE || form == NODES_ICONS;
    bool noise = node->kind == NODE_INPUT && node->layer && node->layer->op->symbol && node->cells[0].label.kind != LABEL_TEX;

    return symbols && (node->kind == NODE_CIRCLE || (noise && look->figure->ends == ENDS_AUTO));
}

SceneItem *graph_add_node(const NodeLook *look, Scene *scene, const Node *node)
{
    SceneItem *item = NULL;

    if (graph_has_picture(node)) {
        item = add_picture(look, scene, node);
    } else if (graph_has_cells(node)) {
        item = graph_add_cells(look, scene, node);
    } else if (is_circle(look, node)) {
        item = add_circle(look, scene, node);
    } else if (node->kind == NODE_INPUT || node->kind == NODE_OUTPUT) {
        item = add_end(look, scene, node);
    }
    if (!item) {
        item = add_by_form(look, scene, node);
    }
    item->name = node->name;
    item->cells[0].marks = node->marks;
    item->node = node->index + 1;
    item->dashed = node->training;
    item->turned = node->turned;
    if (!item->note.text.size) {
        item->note = node->note;
    }
    return item;
}
