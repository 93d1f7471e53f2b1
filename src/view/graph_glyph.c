/* SPDX-License-Identifier: MIT */
/* Signs for operations (after the figure of AdapNet, Valada et al. 2017): which operation has which, and nodes made of them. */
#include "op/op.h"
#include "view/graph_glyph.h"
#include "view/layered.h"

#include <string.h>

/* One row a sign: what it means, and the operations that it stands for. */
static const struct {
    const char *glyph, *title, *operations;
} rows[] = {
    {"conv", "convolution", "conv dwconv sepconv"},
    {"dilated", "convolution, dilation d", ""},
    {"upconv", "up-convolution", "upconv"},
    {"enlarge", "upsampling", "upsample unpool pixel_shuffle"},
    {"max", "max pooling", "maxpool global_maxpool adaptive_maxpool"},
    {"mean", "average pooling", "avgpool global_avgpool adaptive_avgpool"},
    {"norm", "normalisation", "bn ln gn instancenorm rmsnorm"},
    {"relu", "ReLU", "relu"},
    {"sigmoid", "sigmoid", "sigmoid"},
    {"tanh", "tanh", "tanh"},
    {"softmax", "softmax", "softmax"},
    {"dense", "fully connected", "fc linear"},
    {"concat", "concatenation", "concat"},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

static bool is_one_of(Str word, const char *list)
{
    Str rest = str_from(list), piece;

    while (str_cut(&rest, ' ', &piece)) {
        if (str_equal(piece, word)) {
            return true;
        }
    }
    return false;
}

const char *graph_glyph(const Layer *layer)
{
    for (size_t i = 0; layer && i < ROW_COUNT; i++) {
        if (is_one_of(str_from(layer->op->name), rows[i].operations)) {
            return rows[i].glyph;
        }
    }
    return NULL;
}

/* The sign of a convolution with holes says that it has some, the number how large they are. */
static void shorten_dilation(Arena *arena, SceneCell *cell)
{
    static const char word[] = "dilation ";
    Str text = cell->label.text;

    for (size_t at = 0; at + sizeof word - 1 < text.size; at++) {
        Str rest = str_slice(text, at, text.size);
        if (str_starts(rest, str_from(word)) && strcmp(cell->glyph, "conv") == 0) {
            cell->glyph = "dilated";
            cell->label.text = str_format(arena, "%.*sd=%.*s", (int)at, text.at, STR_ARGS(str_slice(rest, sizeof word - 1, rest.size)));
            return;
        }
    }
}

SceneItem *graph_add_icons(const NodeLook *look, Scene *scene, const Node *node)
{
    SceneItem *item = scene_add_item(scene, ITEM_ICONS);

    scene_set_cells(scene, item, node->cell_count);
    for (uint32_t i = 0; i < node->cell_count; i++) {
        const Cell *cell = &node->cells[i];
        bool plain = node->kind == NODE_GROUP || cell->label.kind == LABEL_TEX; /* its author's words */
        item->cells[i].glyph = plain ? NULL : graph_glyph(cell->layer);
        item->cells[i].label = cell->label;
        if (item->cells[i].glyph) {
            item->cells[i].label = (Label){LABEL_TEXT, graph_kind_rest(look->arena, look->outline->graph, cell->layer)};
            shorten_dilation(look->arena, &item->cells[i]);
        }
    }
    if (node->kind == NODE_GROUP) {
        item->cells[0].label = graph_times_label(look->arena, node->cells[0].label, node->times);
    }
    return item;
}

static bool is_explained(const Scene *scene, const char *glyph)
{
    for (uint32_t i = 0; i < scene->legend_count; i++) {
        if (scene->legend[i].arrow && strcmp(scene->legend[i].arrow, glyph) == 0) {
            return true;
        }
    }
    return false;
}

static const char *title_of(const char *glyph)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (strcmp(rows[i].glyph, glyph) == 0) {
            return rows[i].title;
        }
    }
    return "";
}

void graph_add_glyph_legend(Scene *scene)
{
    for (uint32_t i = 0; i < scene->item_count; i++) {
        const SceneItem *item = &scene->items[i];
        for (uint32_t k = 0; item->kind == ITEM_ICONS && k < item->cell_count; k++) {
            const char *glyph = item->cells[k].glyph;
            if (glyph && !is_explained(scene, glyph)) {
                scene_add_legend(scene, style_name(STYLE_DATA), (Label){LABEL_TEXT, str_from(title_of(glyph))})->arrow = glyph;
            }
        }
    }
}
