/* SPDX-License-Identifier: MIT */
/* Cells of records (name, input and output shapes) and of lists of attributes (operation, inputs, attributes). */
#include "op/op.h"
#include "view/graph_node.h"
#include "view/layered.h"

enum { FIELDS_MOST = 12 }; /* more attributes than these are no label */

/* The shapes of all that it reads, in brackets where there are several; its own where it reads nothing. */
static Label input_shapes(const NodeLook *look, const Node *node)
{
    uint32_t first = look->first_link[node->index], end = look->first_link[node->index + 1];
    Label shape = graph_shape_label(look->arena, node, look->figure->notation);
    Text text = text_in(look->arena);

    while (end > first && look->outline->links[end - 1].role == LINK_CONTROL) {
        end--; /* what it only waits for comes behind what it reads */
    }
    if (first == end) {
        return shape;
    }
    text_add(&text, end - first > 1 ? STR("[") : STR(""));
    for (uint32_t i = first; i < end; i++) {
        shape = graph_shape_label(look->arena, look->outline->links[i].from, look->figure->notation);
        text_add(&text, i > first ? STR(", ") : STR(""));
        text_add(&text, shape.text.size ? shape.text : STR("?"));
    }
    text_add(&text, end - first > 1 ? STR("]") : STR(""));
    return (Label){shape.kind, text_str(&text)};
}

/* "dense_1 (Dense)": the name, then what the layers in it are. */
static Label record_title(const NodeLook *look, const Node *node)
{
    Text text = text_in(look->arena);

    if (node->cells[0].label.kind == LABEL_TEX) {
        return node->cells[0].label;
    }
    text_add(&text, graph_own_name(node, node->layer));
    if (node->kind == NODE_GROUP) {
        return graph_times_label(look->arena, (Label){LABEL_TEXT, text_str(&text)}, node->times);
    }
    for (uint32_t i = 0; i < node->cell_count; i++) {
        Str kind = graph_kind_title(look->arena, node->cells[i].layer);
        text_add_format(&text, "%s%.*s", i ? " + " : " (", STR_ARGS(kind));
    }
    text_add_char(&text, ')');
    return (Label){LABEL_TEXT, text_str(&text)};
}

void graph_add_record(const NodeLook *look, Scene *scene, SceneItem *item, const Node *node)
{
    Label output = graph_shape_label(look->arena, node, look->figure->notation);

    scene_set_cells(scene, item, 3);
    item->cells[0].label = record_title(look, node);
    item->cells[1] = (SceneCell){.kind = CELL_FIELD, .label = {LABEL_TEXT, STR("input:")}, .value = input_shapes(look, node)};
    item->cells[2] = (SceneCell){.kind = CELL_FIELD, .label = {LABEL_TEXT, STR("output:")}, .value = output};
    for (uint32_t i = 1; i < item->cell_count; i++) {
        if (!item->cells[i].value.text.size) {
            item->cells[i].value = (Label){LABEL_TEXT, STR("?")};
        }
    }
}

/* ---- attributes ---- */

Str graph_attribute_value(Arena *arena, const AttrSpec *spec, const Attr *attr)
{
    Text text = text_in(arena);

    if (attr->text.size || !attr->count) {
        return attr->text;
    }
    if (spec->kind == ATTR_BOOL) {
        return dim_is(attr->dims[0], 0) ? STR("no") : STR("yes");
    }
    for (uint32_t i = 0; i < attr->count; i++) {
        text_add(&text, i ? STR(", ") : STR(""));
        text_add(&text, dim_text(arena, attr->dims[i]));
    }
    return text_str(&text);
}

static void add_cell(SceneItem *item, CellKind kind, Str label, Str value)
{
    item->cells[item->cell_count++] = (SceneCell){.kind = kind, .label = {LABEL_TEXT, label}, .value = {LABEL_TEXT, value}};
}

/* What it reads: X, or X and Y, or any number of inputs; then what it has learnt. */
static void add_ports(SceneItem *item, const Layer *layer)
{
    static const char *const names[] = {"X", "Y", "Z"};
    int most = layer->op->max_inputs;

    if (most == OP_ANY_INPUTS && layer->input_count) {
        add_cell(item, CELL_PORT, STR("inputs"), (Str){NULL, 0});
    }
    for (uint32_t i = 0; most != OP_ANY_INPUTS && i < layer->input_count && i < sizeof names / sizeof *names; i++) {
        add_cell(item, CELL_PORT, str_from(names[i]), (Str){NULL, 0});
    }
    if (layer->op->count && layer->params.kind != DIM_UNKNOWN && !dim_is(layer->params, 0)) {
        add_cell(item, CELL_WEIGHT, STR("W"), (Str){NULL, 0});
        if (op_attr_row(layer->op, "bias") >= 0 && attr_bool(layer, "bias")) {
            add_cell(item, CELL_WEIGHT, STR("B"), (Str){NULL, 0});
        }
    }
}

static void add_fields(Arena *arena, SceneItem *item, const Layer *layer)
{
    uint32_t room = item->cell_count + FIELDS_MOST;

    for (uint32_t i = 0; i < layer->op->attr_count && item->cell_count < room; i++) {
        if (layer->attrs[i].set) {
            Str value = graph_attribute_value(arena, &layer->op->attrs[i], &layer->attrs[i]);
            add_cell(item, CELL_FIELD, str_from(layer->op->attrs[i].name), value);
        }
    }
}

void graph_add_attributes(const NodeLook *look, Scene *scene, SceneItem *item, const Node *node)
{
    enum { PORTS_MOST = 5 };

    scene_set_cells(scene, item, 1 + PORTS_MOST + FIELDS_MOST);
    item->cell_count = 1;
    item->cells[0].label = node->cells[0].label;
    if (node->kind == NODE_GROUP) {
        item->cells[0].label = graph_times_label(look->arena, node->cells[0].label, node->times);
        return;
    }
    if (node->cells[0].label.kind != LABEL_TEX) {
        item->cells[0].label = (Label){LABEL_TEXT, graph_kind_title(look->arena, node->layer)};
    }
    add_ports(item, node->layer);
    add_fields(look->arena, item, node->layer);
}
