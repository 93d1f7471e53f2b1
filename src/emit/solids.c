/* SPDX-License-Identifier: MIT */
/* Writing the solids of a scene: one line a solid, one line an edge. */
#include "emit/solids.h"

#include "emit/emit.h"

#include <string.h>

static void add_braced(Text *out, Label label)
{
    text_add_char(out, '{');
    emit_label(out, label);
    text_add_char(out, '}');
}

static void add_gap(Text *out, const SceneItem *item)
{
    text_add(out, STR("  \\nkgap"));
    if (item->b)
        text_add_format(out, "[%lld]", (long long)item->b);
    text_add_format(out, "{%lld}\n", (long long)item->a);
}

static void add_solid(Text *out, const SceneItem *item)
{
    text_add_format(out, "  \\nksolid{%.*s}{%s}{%lld}{%lld}{%lld}", STR_ARGS(item->name), item->cells[0].style,
                    (long long)item->a, (long long)item->b, (long long)item->c);
    text_add(out, item->dashed ? STR(" \\nkdashed") : STR(""));
}

/* The caption comes last of what belongs to a solid, though it stands in its item. */
static void add_caption(Text *out, const SceneItem *solid)
{
    if (solid && solid->label.text.size) {
        text_add(out, STR(" \\nkcaption"));
        add_braced(out, solid->label);
    }
    if (solid)
        text_add_char(out, '\n');
}

static void add_dims(Text *out, const SceneItem *item)
{
    text_add(out, STR(" \\nkdims"));
    for (uint32_t i = 0; i < 3; i++)
        add_braced(out, item->cells[i].label);
}

static void add_circle(Text *out, const SceneItem *item)
{
    text_add_format(out, "  \\nkcircle{%.*s}{%s}{1}", STR_ARGS(item->name), item->cells[0].style);
    add_braced(out, item->cells[0].label);
    text_add_char(out, '\n');
}

static void add_span(Text *out, const SceneItem *item)
{
    static const char *const places[] = {[SPAN_BELOW] = "below", [SPAN_ABOVE] = "above", [SPAN_BETWEEN] = "between"};
    text_add_format(out, "  \\nkspan{%s}{%.*s}{%.*s}", places[item->a], STR_ARGS(item->name),
                    STR_ARGS(item->name2));
    add_braced(out, item->label);
    text_add_char(out, '\n');
}

static void add_window(Text *out, const SceneItem *item)
{
    text_add_format(out, "  \\nkwindow{%.*s}{%lld}{%lld}", STR_ARGS(item->name), (long long)item->b,
                    (long long)item->c);
    add_braced(out, item->label);
    text_add_format(out, "{%.*s}\n", STR_ARGS(item->name2));
}

static void add_row(Text *out, const SceneItem *item)
{
    text_add_format(out, "  \\nkrow{%lld%s}{%.*s}\n", (long long)item->a, item->b ? ".5" : "", STR_ARGS(item->name2));
}

static void add_band(Text *out, const SceneItem *item)
{
    text_add_format(out, " \\nkband{%s}{%lld}", item->cells[0].style, (long long)item->a);
}

static void add_sheets(Text *out, const SceneItem *item)
{
    text_add_format(out, " \\nksheets{%lld}", (long long)item->a);
}

static void add_image(Text *out, const SceneItem *item)
{
    text_add_format(out, " \\nkimage{%.*s}", STR_ARGS(item->name2));
}

static void add_crop(Text *out, const SceneItem *item)
{
    text_add_format(out, " \\nkcrop{%lld}{%lld}", (long long)item->a, (long long)item->b);
}

static void add_turned(Text *out, const SceneItem *item)
{
    text_add(out, STR(" \\nkupward"));
    add_braced(out, item->label);
}

static void add_beside(Text *out, const SceneItem *item)
{
    text_add(out, item->a ? STR(" \\nkbeside{right}") : STR(" \\nkbeside{left}"));
    add_braced(out, item->label);
}

/* What is written for an item; NULL for those of other views. */
static const struct {
    void (*add)(Text *out, const SceneItem *item);
    bool hangs; /* belongs to the solid before it */
} commands[ITEM_COUNT] = {
    [ITEM_GAP] = {add_gap, false},       [ITEM_ROW] = {add_row, false},       [ITEM_SOLID] = {add_solid, false},
    [ITEM_BAND] = {add_band, true},      [ITEM_DIMS] = {add_dims, true},      [ITEM_SHEETS] = {add_sheets, true},
    [ITEM_IMAGE] = {add_image, true},    [ITEM_CROP] = {add_crop, true},      [ITEM_TURNED] = {add_turned, true},
    [ITEM_BESIDE] = {add_beside, true},  [ITEM_CIRCLE] = {add_circle, false}, [ITEM_SPAN] = {add_span, false},
    [ITEM_WINDOW] = {add_window, false},
};

static void add_edge(Text *out, const SceneEdge *edge)
{
    text_add(out, edge->level ? STR("  \\nkskip") : STR("  \\nkedge"));
    if (strcmp(edge->role, "flow") != 0)
        text_add_format(out, "[%s]", edge->role);
    text_add_format(out, "{%.*s}{%.*s}", STR_ARGS(edge->from), STR_ARGS(edge->to));
    if (edge->level)
        text_add_format(out, "{%u}", edge->level);
    else
        text_add(out, edge->crossed ? STR("{x}") : STR("{}"));
    if (edge->label.text.size) {
        text_add(out, STR(" \\nkedgelabel"));
        add_braced(out, edge->label);
    }
    text_add_char(out, '\n');
}

void emit_solids(Text *out, const Scene *scene)
{
    const SceneItem *solid = NULL;
    if (scene->scale_note.size) {
        text_add(out, STR("  % scale: "));
        text_add(out, emit_comment_safe(out->arena, scene->scale_note));
        text_add_char(out, '\n');
    }
    for (uint32_t i = 0; i < scene->item_count; i++) {
        const SceneItem *item = &scene->items[i];
        if (!commands[item->kind].hangs) {
            add_caption(out, solid);
            solid = NULL;
        }
        if (commands[item->kind].add)
            commands[item->kind].add(out, item);
        if (item->kind == ITEM_SOLID)
            solid = item;
    }
    add_caption(out, solid);
    for (uint32_t i = 0; i < scene->edge_count; i++)
        add_edge(out, &scene->edge_list[i]);
}
