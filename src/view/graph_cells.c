/* SPDX-License-Identifier: MIT */
/* A node that its author fills with cells: a sequence of tokens, a small matrix. */
#include "graph/placing.h"
#include "op/op.h"
#include "view/graph_node.h"

static bool is_marked(const Placing *placing, Str text)
{
    for (uint32_t i = 0; i < placing->mark_count; i++) {
        if (str_equal(placing->marks[i], text)) {
            return true;
        }
    }
    return false;
}

static SceneCell cell_of(const Placing *placing, const PlacingCell *cell)
{
    bool omitted = str_equal(cell->text, STR("..."));
    return (SceneCell){.label = {LABEL_TEX, omitted ? STR("$\\cdots$") : cell->text},
                       .kind = omitted ? CELL_PLAIN : CELL_FIELD,
                       .marked = is_marked(placing, cell->text)};
}

/* Whether some of them are lists; then each is a row. */
static bool has_lists(const Placing *placing)
{
    for (uint32_t i = 0; i < placing->cell_count; i++) {
        if (placing->cells[i].inner) {
            return true;
        }
    }
    return false;
}

/* A list of texts is one row across the flow, `lists` as many rows, filled up to the longest. */
static uint32_t row_length(const Placing *placing, bool lists, bool column)
{
    uint32_t longest = lists || column ? 1 : placing->cell_count;
    for (uint32_t i = 0; i < placing->cell_count; i++) {
        uint32_t count = placing->cells[i].inner_count;
        longest = count > longest ? count : longest;
    }
    return longest;
}

bool graph_has_cells(const Node *node)
{
    return node->kind != NODE_GROUP && node->layer && node->layer->placing && node->layer->placing->cell_count;
}

void graph_warn_of_asides(Diags *diags, const Outline *outline)
{
    for (uint32_t v = 0; v < outline->node_count; v++) {
        const Node *node = &outline->nodes[v];
        for (uint32_t i = 0; graph_has_cells(node) && i < node->layer->placing->cell_count; i++) {
            if (node->layer->placing->cells[i].aside.size) {
                diag_warning(diags, node->layer->placing->cells_place, "names beside cells are shown on a grid alone, and nothing is placed with `at`");
                diag_hint(diags, "write the cells without them, and what they say into `note`");
                return;
            }
        }
    }
}

SceneItem *graph_add_cells(const NodeLook *look, Scene *scene, const Node *node)
{
    const Placing *placing = node->layer->placing;
    SceneItem *item = scene_add_item(scene, ITEM_CELLS);
    bool lists = has_lists(placing);
    uint32_t length = row_length(placing, lists, look->direction == DIRECTION_RIGHT);
    uint32_t rows = lists ? placing->cell_count : placing->cell_count / length;

    item->a = length;
    scene_set_cells(scene, item, rows * length);
    for (uint32_t i = 0; i < placing->cell_count; i++) {
        const PlacingCell *cell = &placing->cells[i];
        uint32_t at = lists ? i * length : i;
        item->cells[at] = cell->inner ? (SceneCell){.kind = CELL_PLAIN} : cell_of(placing, cell);
        for (uint32_t k = 0; k < cell->inner_count; k++) {
            item->cells[at + k] = cell_of(placing, &cell->inner[k]);
        }
    }
    item->cells[0].style = style_name((StyleClass)node->cells[0].style);
    if (node->layer->label.size) {
        item->note = (Label){LABEL_TEX, node->layer->label};
    }
    return item;
}
