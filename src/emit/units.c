/* SPDX-License-Identifier: MIT */
/* Writing layers of units: one line a layer, one line a bundle of links. */
#include "emit/units.h"

#include "emit/emit.h"

#include <string.h>

void emit_space(Text *out, Label size)
{
    if (!size.text.size)
        return;
    text_add(out, STR("$\\in\\nkreal^{"));
    emit_math(out, size.text);
    text_add(out, STR("}$"));
}

static void add_layer(Text *out, const SceneItem *item, bool row)
{
    text_add_format(out, "  \\nkunits{%.*s}{%s}{%.*s}{", STR_ARGS(item->name), item->cells[0].style, STR_ARGS(item->name2));
    emit_label(out, item->label);
    if (item->label.text.size && item->out.text.size)
        text_add(out, row ? STR("\\\\") : STR(" "));
    emit_space(out, item->out);
    if (item->note.text.size && (item->label.text.size || item->out.text.size))
        text_add(out, row ? STR("\\\\") : STR(", "));
    emit_label(out, item->note);
    text_add_char(out, '}');
}

static void add_item(Text *out, const SceneItem *item, bool row)
{
    if (item->kind == ITEM_RANK)
        text_add(out, STR("\\nkrank"));
    else if (item->kind == ITEM_UNITS)
        add_layer(out, item, row);
    else if (item->kind == ITEM_MARK)
        text_add_format(out, " \\nkmark{%.*s}", STR_ARGS(item->name));
    else if (item->kind == ITEM_DROPPED)
        text_add_format(out, " \\nkdropped{%.*s}", STR_ARGS(item->name));
    else if (item->kind == ITEM_LOOP)
        text_add(out, STR(" \\nkloop"));
    else if (item->kind == ITEM_BIAS)
        text_add(out, STR(" \\nkbias"));
    else if (item->kind == ITEM_UNIT) {
        text_add_format(out, " \\nkunit{%lld}{", (long long)item->a);
        emit_label(out, item->label);
        text_add_char(out, '}');
    }
}

static void add_edge(Text *out, const SceneEdge *edge)
{
    if (edge->level) {
        text_add(out, STR("\\nkskip"));
        if (strcmp(edge->role, "flow") != 0)
            text_add_format(out, "[%s]", edge->role);
        text_add_format(out, "{%.*s}{%.*s}{%u}\n", STR_ARGS(edge->from), STR_ARGS(edge->to), edge->level);
        return;
    }
    text_add_format(out, "\\nklinks{%.*s}{%.*s}{%.*s}", STR_ARGS(edge->from), STR_ARGS(edge->to), STR_ARGS(edge->units));
    for (uint32_t i = 0; i < edge->weight_count; i++)
        text_add_format(out, "\n  \\nkweights{%lld}{%.*s}", (long long)edge->weights[i].unit, STR_ARGS(edge->weights[i].percents));
    text_add_char(out, '\n');
}

void emit_units(Text *out, const Scene *scene)
{
    for (uint32_t i = 0; i < scene->item_count; i++) {
        ItemKind kind = scene->items[i].kind;
        if (i && (kind == ITEM_RANK || kind == ITEM_UNITS))
            text_add_char(out, '\n');
        add_item(out, &scene->items[i], scene->direction == DIRECTION_RIGHT);
    }
    text_add_char(out, '\n');
    for (uint32_t i = 0; i < scene->edge_count; i++)
        add_edge(out, &scene->edge_list[i]);
}
