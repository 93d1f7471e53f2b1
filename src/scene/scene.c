/* SPDX-License-Identifier: MIT */
/* Builds scenes: everything is zero until somebody says otherwise. */
#include "scene/scene.h"

Scene *scene_new(Arena *arena)
{
    Scene *scene = ARENA_NEW(arena, Scene);

    scene->arena = arena;
    scene->view = "graph";
    return scene;
}

void scene_reserve(Scene *scene, size_t items, size_t edges)
{
    scene->items = arena_grow(scene->arena, scene->items, scene->item_count, scene->item_count + items, sizeof *scene->items);
    scene->item_room = scene->item_count + (uint32_t)items;
    scene->edge_list = arena_grow(scene->arena, scene->edge_list, scene->edge_count, scene->edge_count + edges, sizeof *scene->edge_list);
    scene->edge_room = scene->edge_count + (uint32_t)edges;
}

SceneItem *scene_add_item(Scene *scene, ItemKind kind)
{
    SceneItem *item = ARENA_PUSH(scene->arena, scene->items, scene->item_count, scene->item_room);

    *item = (SceneItem){.kind = kind};
    return item;
}

bool scene_is_node(const SceneItem *item)
{
    return item->kind >= ITEM_BOX && item->kind <= ITEM_ELLIPSE;
}

SceneEdge *scene_add_edge(Scene *scene, Str from, Str to, const char *role)
{
    SceneEdge *edge = ARENA_PUSH(scene->arena, scene->edge_list, scene->edge_count, scene->edge_room);

    *edge = (SceneEdge){.from = from, .to = to, .role = role};
    return edge;
}

SceneFrame *scene_add_frame(Scene *scene, Str name)
{
    SceneFrame *frame = ARENA_PUSH(scene->arena, scene->frames, scene->frame_count, scene->frame_room);

    *frame = (SceneFrame){.name = name, .style = "frame", .times = 1};
    return frame;
}

void scene_add_fact(Scene *scene, FactKind kind, Label key, Label value)
{
    *ARENA_PUSH(scene->arena, scene->facts, scene->fact_count, scene->fact_room) = (SceneFact){kind, key, value};
}

SceneLegend *scene_add_legend(Scene *scene, const char *style, Label label)
{
    SceneLegend *legend = ARENA_PUSH(scene->arena, scene->legend, scene->legend_count, scene->legend_room);

    *legend = (SceneLegend){.style = style, .label = label};
    return legend;
}

void scene_set_cells(Scene *scene, SceneItem *item, uint32_t count)
{
    item->cells = ARENA_ARRAY(scene->arena, count, SceneCell);
    item->cell_count = count;
}
