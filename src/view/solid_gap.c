/* SPDX-License-Identifier: MIT */
/* What is written under the gaps between solids: pooling that is not drawn, the author's notes, names of operations. */
#include "view/solid.h"

static void add_line(Text *text, Str line)
{
    if (line.size)
        text_add_format(text, "%s%.*s", text->size ? "\\\\" : "", STR_ARGS(line));
}

/* Plain text as TeX: it only consists of what labels of operations are made of. */
Str solid_tex_of(const SolidPlan *plan, Label label)
{
    Text out = text_in(plan->arena);
    for (size_t i = 0; i < label.text.size; i++) {
        if (label.kind == LABEL_TEXT && str_starts(str_slice(label.text, i, label.text.size), STR("×"))) {
            text_add(&out, STR("$\\nktimes$"));
            i++;
        } else if (label.kind == LABEL_TEXT && str_find(STR("\\{}$&#%_^~"), label.text.at[i]) < 10) {
            text_add_char(&out, ' ');
        } else {
            text_add_char(&out, label.text.at[i]);
        }
    }
    return text_str(&out);
}

bool solid_is_told(const SolidPlan *plan, const Node *node)
{
    return plan->figure->pools == POOLS_LABELS && node->kind == NODE_BOX && node->cells[0].style == STYLE_POOL;
}

Str solid_told_text(const SolidPlan *plan, const Node *node)
{
    if (node->note.text.size)
        return solid_tex_of(plan, node->note);
    const char *title = node->layer->op->title;
    return solid_tex_of(plan, (Label){LABEL_TEXT, title ? str_from(title) : node->layer->op_name});
}

/* The lines under the gap before a solid. */
static Label gap_label(const SolidPlan *plan, uint32_t index)
{
    const Node *maker = plan->solids[index].maker;
    Text text = text_in(plan->arena);
    add_line(&text, plan->feeds[maker->index].told);
    if (maker->note.text.size && !solid_turned(plan, index).text.size)
        add_line(&text, solid_tex_of(plan, maker->note));
    else if (plan->figure->operations == TOGGLE_YES && plan->solids[index].form != FORM_CIRCLE)
        add_line(&text, solid_tex_of(plan, solid_operation(plan, index).label));
    for (Emblem mark = 1; mark < EMBLEM_END; mark = (Emblem)(2 * mark))
        if (maker->marks & mark)
            add_line(&text, str_format(plan->arena, "\\nkmark{%s}\\,%s", emblem_name(mark), emblem_name(mark)));
    return (Label){LABEL_TEX, text_str(&text)};
}

/* The solid that the gap is behind: of towers the last one is the lowest, and what stands half-way counts to it. */
static uint32_t before_in_row(const SolidPlan *plan, uint32_t index)
{
    const Solid *solid = &plan->solids[index];
    if (!plan->towers)
        return solid[-1].level == solid->level ? index - 1 : NOBODY;
    for (uint32_t i = index; i-- > 0;)
        if (!plan->solids[i].tower || plan->solids[i].tower == plan->towers)
            return i;
    return NOBODY;
}

/* Where all solids have arrows between them, the texts stand on these. */
static bool stands_on_arrow(const SolidPlan *plan, uint32_t index)
{
    bool line = !plan->towers && !plan->levels && plan->figure->arrows == TOGGLE_YES && !solid_is_crossed(plan, index);
    return line && plan->solids[index].joined && !plan->solids[index - 1].slab && !solid_window_before(plan, index);
}

Label solid_arrow_label(const SolidPlan *plan, uint32_t index)
{
    return stands_on_arrow(plan, index) ? gap_label(plan, index) : (Label){LABEL_TEX, {NULL, 0}};
}

/* In towers only the last one is labelled. */
void solids_add_gap_texts(const SolidPlan *plan, Scene *scene)
{
    for (uint32_t i = 1; i < plan->count; i++) {
        const Solid *solid = &plan->solids[i];
        Label label = gap_label(plan, i);
        if (!label.text.size || stands_on_arrow(plan, i) || (plan->towers && solid->tower && solid->tower != plan->towers))
            continue;
        uint32_t from = before_in_row(plan, i);
        if (from != NOBODY)
            solid_add_span(plan, scene, from, i, SPAN_BETWEEN, label);
    }
}
