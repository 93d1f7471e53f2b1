/* SPDX-License-Identifier: MIT */
/* Writes ranks, lanes, frames and edges of the graph view: one line a layer, one line an edge (docs/generated-code.md). */
#include "emit/lanes.h"

#include <string.h>

static void add_group(Text *out, Str text)
{
    text_add_char(out, '{');
    text_add(out, text);
    text_add_char(out, '}');
}

static void add_label(Text *out, Label label)
{
    emit_marked(out, label, 0);
}

static void add_lane(Text *out, uint32_t lane)
{
    text_add_char(out, '{');
    text_add_int(out, lane);
    text_add_char(out, '}');
}

static void add_rank(Text *out, const SceneItem *item)
{
    text_add(out, STR("\\nkrank"));
    if (item->a > 1) {
        text_add_format(out, "\\nktracks{%lld}", (long long)item->a);
    }
    if (item->label.text.size) {
        text_add(out, STR("\\nkmargin"));
        add_label(out, item->label);
    }
    text_add_char(out, '\n');
}

/* What is said of the node just written. */
static void add_hangers(Text *out, const SceneItem *item)
{
    if (item->times > 1) {
        text_add_format(out, "\\nkrepeat{%lld}", (long long)item->times);
    }
    if (item->dashed) {
        text_add(out, STR("\\nkdashed"));
    }
    if (item->in.text.size) {
        text_add(out, STR("\\nkin"));
        add_label(out, item->in);
    }
    if (item->out.text.size) {
        text_add(out, STR("\\nkout"));
        add_label(out, item->out);
    }
    if (item->note.text.size) {
        text_add(out, STR("\\nknote"));
        add_label(out, item->note);
    }
}

static void add_head(Text *out, const char *command, const SceneItem *item)
{
    text_add(out, str_from(command));
    add_group(out, item->name);
    add_group(out, str_from(item->cells[0].style));
    add_lane(out, item->lane);
    emit_turned(out, item->cells[0].label, item->cells[0].marks, item->turned);
}

static void add_node(Text *out, const char *command, const SceneItem *item)
{
    add_head(out, command, item);
    add_hangers(out, item);
}

static void add_stack(Text *out, const SceneItem *item)
{
    text_add(out, STR("\\nkstack"));
    add_group(out, item->name);
    add_lane(out, item->lane);
    text_add_char(out, '{');
    for (uint32_t i = 0; i < item->cell_count; i++) {
        text_add(out, STR("\\nkcell"));
        add_group(out, str_from(item->cells[i].style));
        emit_turned(out, item->cells[i].label, item->cells[i].marks, item->turned);
    }
    text_add_char(out, '}');
    add_hangers(out, item);
}

/* Title and description. */
static void add_card(Text *out, const char *command, const SceneItem *item)
{
    add_head(out, command, item);
    add_label(out, item->cell_count > 1 ? item->cells[1].label : (Label){LABEL_TEXT, {NULL, 0}});
    add_hangers(out, item);
}

/* What stands in the node behind its head, one command a cell. */
static void add_fields(Text *out, const char *command, const SceneItem *item)
{
    add_head(out, command, item);
    text_add_char(out, '{');
    for (uint32_t i = 1; i < item->cell_count; i++) {
        const SceneCell *cell = &item->cells[i];
        text_add(out, cell->kind == CELL_FIELD ? STR("\\nkfield") : cell->kind == CELL_WEIGHT ? STR("\\nkweight") : STR("\\nkport"));
        add_label(out, cell->label);
        if (cell->kind == CELL_FIELD) {
            add_label(out, cell->value);
        }
    }
    text_add_char(out, '}');
    add_hangers(out, item);
}

/* Rows of cells. */
static void add_cells(Text *out, const char *command, const SceneItem *item)
{
    text_add(out, str_from(command));
    add_group(out, item->name);
    add_group(out, str_from(item->cells[0].style));
    add_lane(out, item->lane);
    text_add_char(out, '{');
    for (uint32_t i = 0; i < item->cell_count; i++) {
        const SceneCell *cell = &item->cells[i];
        text_add(out, i && (int64_t)i % item->a == 0 ? STR("\\nkline") : STR(""));
        text_add(out, cell->kind == CELL_PLAIN ? STR("\\nkgap") : cell->marked ? STR("\\nkvalue*") : STR("\\nkvalue"));
        add_label(out, cell->label);
    }
    text_add_char(out, '}');
    add_hangers(out, item);
}

/* A small box without a label; its class is said where its colour stands for something else. */
static void add_bare(Text *out, const char *command, const SceneItem *item)
{
    text_add(out, str_from(command));
    if (!str_equal(item->name2, str_from(item->cells[0].style))) {
        text_add_format(out, "[%.*s]", STR_ARGS(item->name2));
    }
    add_group(out, item->name);
    add_group(out, str_from(item->cells[0].style));
    add_lane(out, item->lane);
    add_hangers(out, item);
}

/* A box whose label is a sign and its numbers, and in a second line what shares the box. */
static void add_icons(Text *out, const char *command, const SceneItem *item)
{
    text_add(out, str_from(command));
    add_group(out, item->name);
    add_group(out, str_from(item->cells[0].style));
    add_lane(out, item->lane);
    text_add(out, item->turned ? STR("{\\nkturned{") : STR("{"));
    for (uint32_t i = 0; i < item->cell_count; i++) {
        const SceneCell *cell = &item->cells[i];
        text_add(out, i > 1 ? STR("\\enspace ") : i ? STR("\\\\") : STR(""));
        if (cell->glyph) {
            text_add_format(out, "\\nkglyph{%s}%s", cell->glyph, cell->label.text.size ? " " : "");
        }
        emit_label_marked(out, cell->label, cell->marks);
    }
    text_add(out, item->turned ? STR("}}") : STR("}"));
    add_hangers(out, item);
}

/* A picture in place of a box. */
static void add_picture(Text *out, const char *command, const SceneItem *item)
{
    text_add_format(out, "%s%s", command, item->a ? "[sheared]" : "");
    add_group(out, item->name);
    add_group(out, str_from(item->cells[0].style));
    add_lane(out, item->lane);
    add_group(out, item->name2);
    add_hangers(out, item);
}

static void add_border(Text *out, const char *command, const SceneItem *item)
{
    text_add(out, str_from(command));
    add_group(out, item->name);
    add_lane(out, item->lane);
}

static void add_column(Text *out, const SceneItem *item)
{
    text_add(out, STR("\\nkcolumn"));
    add_lane(out, item->lane);
    text_add_format(out, "\\nkmain{%lld}\n", (long long)item->a);
}

static void add_box(Text *out, const char *command, const SceneItem *item)
{
    if (item->cell_count > 1) {
        add_stack(out, item);
    } else {
        add_node(out, command, item);
    }
}

static void add_pass(Text *out, const char *command, const SceneItem *item)
{
    text_add(out, str_from(command));
    add_lane(out, item->lane);
}

/* Nodes, passing edges, frame borders: what is written for them. */
static const struct {
    void (*add)(Text *out, const char *command, const SceneItem *item);
    const char *command;
} entries[ITEM_COUNT] = {
    [ITEM_BOX] = {add_box, "\\nkbox"},
    [ITEM_CIRCLE] = {add_node, "\\nkcircle"},
    [ITEM_TEXT] = {add_node, "\\nktext"},
    [ITEM_OCTAGON] = {add_node, "\\nkoctagon"},
    [ITEM_ELLIPSE] = {add_node, "\\nkellipse"},
    [ITEM_CARD] = {add_card, "\\nkcard"},
    [ITEM_RECORD] = {add_fields, "\\nkrecord"},
    [ITEM_ATTRIBUTES] = {add_fields, "\\nkattributes"},
    [ITEM_BARE] = {add_bare, "\\nkbare"},
    [ITEM_CELLS] = {add_cells, "\\nkcells"},
    [ITEM_ICONS] = {add_icons, "\\nkbox"},
    [ITEM_PICTURE] = {add_picture, "\\nkpicture"},
    [ITEM_OPEN] = {add_border, "\\nkopen"},
    [ITEM_CLOSE] = {add_border, "\\nkclose"},
    [ITEM_GUTTER] = {add_pass, "\\nkgutter"},
    [ITEM_PASS] = {add_pass, "\\nkpass"},
    [ITEM_SPINE] = {add_pass, "\\nkspine"},
    [ITEM_WALL] = {add_pass, "\\nkwall"},
};

static void add_item(Text *out, const SceneItem *item)
{
    if (item->kind == ITEM_COLUMN) {
        add_column(out, item);
    } else if (item->kind == ITEM_RANK) {
        add_rank(out, item);
    } else if (entries[item->kind].add) {
        text_add(out, STR("  "));
        entries[item->kind].add(out, entries[item->kind].command, item);
        text_add_char(out, '\n');
    }
}

static void add_frame(Text *out, const SceneFrame *frame)
{
    text_add(out, STR("\\nkframe"));
    add_group(out, frame->name);
    add_group(out, str_from(frame->style));
    emit_marked(out, frame->title, frame->marks);
    text_add_char(out, '{');
    if (frame->times > 1) {
        text_add_int(out, frame->times);
    }
    text_add(out, STR("}"));
    if (frame->dashed) {
        text_add(out, STR("\\nkdashed"));
    }
    if (frame->note.text.size) {
        text_add(out, STR("\\nknote"));
        add_label(out, frame->note);
    }
    text_add_char(out, '\n');
}

static void add_route(Text *out, const SceneEdge *edge)
{
    text_add_char(out, '{');
    for (uint32_t i = 0; i < edge->step_count; i++) {
        const SceneStep *step = &edge->steps[i];
        text_add(out, i ? STR(", ") : STR(""));
        if (!i && edge->leaves_side) {
            text_add(out, STR("out"));
        } else {
            text_add(out, step->before ? STR("^") : STR(""));
            text_add_int(out, step->gap);
            if (step->track > 1) {
                text_add_format(out, ".%lu", (unsigned long)step->track);
            }
        }
        text_add_format(out, ">%lu", (unsigned long)step->lane);
    }
    if (edge->enters_side) {
        text_add(out, edge->step_count ? STR(", in") : STR("in"));
    }
    text_add_char(out, '}');
}

static void add_edge(Text *out, const SceneEdge *edge)
{
    text_add(out, edge->arc ? STR("\\nkarc") : STR("\\nkedge"));
    if (!str_equal(str_from(edge->role), STR("flow"))) {
        text_add_format(out, "[%s]", edge->role);
    }
    add_group(out, edge->from);
    add_group(out, edge->to);
    if (edge->arc) {
        add_lane(out, edge->arc);
    } else {
        add_route(out, edge);
    }
    if (edge->stopped) {
        text_add(out, STR("\\nkstop"));
    }
    if (edge->label.text.size) {
        text_add(out, STR("\\nkedgelabel"));
        add_label(out, edge->label);
    }
    text_add_char(out, '\n');
}

void emit_lanes(Text *out, const Scene *scene)
{
    if (scene->main_lane) {
        text_add_format(out, "\\nkmain{%lu}\n", (unsigned long)scene->main_lane);
    }
    for (uint32_t i = 0; i < scene->item_count; i++) {
        add_item(out, &scene->items[i]);
    }
    for (uint32_t i = 0; i < scene->frame_count; i++) {
        add_frame(out, &scene->frames[i]);
    }
    for (uint32_t i = 0; i < scene->edge_count; i++) {
        add_edge(out, &scene->edge_list[i]);
    }
}
