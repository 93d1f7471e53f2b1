/* SPDX-License-Identifier: MIT */
/* Writes the lines, things, frames and edges of a grid: one line a thing, one line an edge (docs/generated-code.md). */
#include "emit/grid.h"

#include <string.h>

static void add_group(Text *out, Str text)
{
    text_add_format(out, "{%.*s}", STR_ARGS(text));
}

static void add_label(Text *out, Label label)
{
    emit_marked(out, label, 0);
}

static void add_cells(Text *out, const SceneItem *item)
{
    text_add_char(out, '{');
    for (uint32_t i = 0; i < item->cell_count; i++) {
        const SceneCell *cell = &item->cells[i];
        if (item->kind == ITEM_VECTOR) {
            text_add(out, cell->marked ? STR("\\nkvalue*") : STR("\\nkvalue"));
            add_label(out, cell->label);
            continue;
        }
        text_add_format(out, "\\nkcell{%s}", cell->style);
        emit_turned(out, cell->label, cell->marks, item->turned);
        if (cell->aside.text.size) {
            text_add_format(out, "\\nkaside{%s}", cell->side);
            add_label(out, cell->aside);
        }
    }
    text_add_char(out, '}');
}

/* A box, circle, ellipse or text. */
static void add_plain(Text *out, const char *command, const SceneItem *item)
{
    text_add_format(out, "\\%s{%.*s}{%s}", command, STR_ARGS(item->name), item->cells[0].style);
    add_group(out, item->at);
    emit_turned(out, item->cells[0].label, item->cells[0].marks, item->turned);
}

static void add_thing(Text *out, const SceneItem *item)
{
    bool stack = item->kind == ITEM_BOX && (item->cell_count > 1 || item->cells[0].aside.text.size);
    if (stack) {
        text_add_format(out, "\\nkstack{%.*s}", STR_ARGS(item->name));
        add_group(out, item->at);
        add_cells(out, item);
    } else if (item->kind == ITEM_VECTOR) {
        text_add_format(out, "\\nkvector{%.*s}{%s}", STR_ARGS(item->name), item->cells[0].style);
        add_group(out, item->at);
        add_cells(out, item);
    } else if (item->kind == ITEM_JOINT) {
        text_add_format(out, "\\nkjoint{%.*s}", STR_ARGS(item->name));
        add_group(out, item->at);
        add_group(out, str_from(item->side));
    } else if (item->kind == ITEM_PICTURE) {
        text_add_format(out, "\\nkpicture%s{%.*s}{%s}", item->a ? "[sheared]" : "", STR_ARGS(item->name), item->cells[0].style);
        add_group(out, item->at);
        add_group(out, item->name2);
    } else {
        add_plain(out, item->kind == ITEM_CIRCLE    ? "nkcircle"
                       : item->kind == ITEM_ELLIPSE ? "nkellipse"
                       : item->kind == ITEM_TEXT    ? "nktext"
                                                    : "nkbox", item);
    }
    if (item->dashed)
        text_add(out, STR("\\nkdashed"));
    if (item->loop) {
        text_add_format(out, "\\nkloop{%s}", item->loop);
        add_label(out, item->out);
    }
    if (item->note.text.size) {
        text_add_format(out, "\\nknote[%s]", item->side);
        add_label(out, item->note);
    }
}

static void add_item(Text *out, const SceneItem *item)
{
    text_add(out, STR("  "));
    if (item->kind == ITEM_MARGIN) {
        text_add(out, STR("\\nkmargin"));
        add_group(out, item->at);
        add_label(out, item->label);
    } else if (item->kind == ITEM_EVEN) {
        text_add_format(out, "\\nkeven{%s}{%.*s}", item->side, STR_ARGS(item->at));
        add_group(out, item->name);
    } else {
        add_thing(out, item);
    }
    text_add_char(out, '\n');
}

static void add_frame(Text *out, const SceneFrame *frame)
{
    text_add_format(out, "  \\nkframe{%.*s}{%s}", STR_ARGS(frame->name), frame->style);
    add_label(out, frame->title);
    text_add_char(out, '{');
    if (frame->times > 1)
        text_add_int(out, frame->times);
    text_add_char(out, '}');
    if (frame->dashed)
        text_add(out, STR("\\nkdashed"));
    if (frame->ghost.text.size) {
        text_add(out, STR("\\nkghost"));
        add_label(out, frame->ghost);
    }
    text_add_char(out, '\n');
}

static void add_edge(Text *out, const SceneEdge *edge)
{
    text_add(out, STR("  \\nkedge"));
    if (strcmp(edge->role, "flow") != 0)
        text_add_format(out, "[%s]", edge->role);
    add_group(out, edge->from);
    add_group(out, edge->to);
    add_group(out, edge->route);
    if (edge->stopped)
        text_add(out, STR("\\nkstop"));
    if (edge->label.text.size) {
        text_add(out, edge->level ? STR("\\nkout") : STR("\\nkedgelabel"));
        if (edge->side)
            text_add_format(out, "[%s]", edge->side);
        add_label(out, edge->label);
    }
    text_add_char(out, '\n');
}

void emit_grid(Text *out, const Scene *scene)
{
    text_add_format(out, "  \\nkrows{%.*s}\n  \\nkcolumns{%.*s}\n", STR_ARGS(scene->row_lines), STR_ARGS(scene->column_lines));
    for (uint32_t i = 0; i < scene->item_count; i++)
        add_item(out, &scene->items[i]);
    for (uint32_t i = 0; i < scene->frame_count; i++)
        add_frame(out, &scene->frames[i]);
    for (uint32_t i = 0; i < scene->edge_count; i++)
        add_edge(out, &scene->edge_list[i]);
}
