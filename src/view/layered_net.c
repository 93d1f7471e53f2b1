/* SPDX-License-Identifier: MIT */
/* From the outline to strands, their lists, and the frames that are drawn. */
#include "view/layered.h"

Lists layered_lists(Arena *arena, uint32_t owners, uint32_t count, const uint32_t *owner, const uint32_t *thing)
{
    Lists lists = {ARENA_ARRAY(arena, (size_t)owners + 2, uint32_t), ARENA_ARRAY(arena, (size_t)count + 1, uint32_t)};

    for (uint32_t i = 0; i < count; i++) {
        lists.first[owner[i] + 2]++;
    }
    for (uint32_t i = 0; i < owners; i++) {
        lists.first[i + 2] += lists.first[i + 1];
    }
    for (uint32_t i = 0; i < count; i++) {
        lists.list[lists.first[owner[i] + 1]++] = thing ? thing[i] : i;
    }
    return lists;
}

static uint32_t visible_from(const Frame *frame)
{
    while (frame && !frame->visible) {
        frame = frame->parent;
    }
    return frame ? frame->index : LAYERED_NONE;
}

static void find_frames(Layered *layered)
{
    const Outline *outline = layered->outline;

    layered->frames = ARENA_ARRAY(layered->arena, (size_t)outline->frame_count + 1, FramePlace);
    for (uint32_t f = 0; f < outline->frame_count; f++) {
        FramePlace *place = &layered->frames[f];
        place->up = visible_from(outline->frames[f].parent);
        place->depth = place->up == LAYERED_NONE ? 0 : layered->frames[place->up].depth + 1;
        place->first = LAYERED_NONE;
    }
    layered->home = ARENA_ARRAY(layered->arena, (size_t)layered->node_count + 1, uint32_t);
    for (uint32_t v = 0; v < layered->node_count; v++) {
        layered->home[v] = visible_from(outline->nodes[v].frame);
    }
}

uint32_t layered_frame_meet(const Layered *layered, uint32_t a, uint32_t b)
{
    while (a != b) {
        if (a == LAYERED_NONE || b == LAYERED_NONE) {
            return LAYERED_NONE;
        }
        if (layered->frames[a].depth >= layered->frames[b].depth) {
            a = layered->frames[a].up;
        } else {
            b = layered->frames[b].up;
        }
    }
    return a;
}

static void find_strands(Layered *layered)
{
    const Outline *outline = layered->outline;
    uint32_t *latest = ARENA_ARRAY(layered->arena, (size_t)layered->node_count + 1, uint32_t);

    layered->strands = ARENA_ARRAY(layered->arena, (size_t)outline->link_count + 1, Strand);
    for (uint32_t i = 0; i < outline->link_count; i++) {
        const Link *link = &outline->links[i];
        uint32_t from = link->from->index, to = link->to->index;
        if (from >= to) {
            continue;
        }
        const Strand *same = latest[from] ? &layered->strands[latest[from] - 1] : NULL;
        if (same && same->to == to && same->link->role == link->role) {
            continue;
        }
        layered->strands[layered->strand_count] = (Strand){.from = from, .to = to, .link = link, .bus = LAYERED_NONE, .outside = LAYERED_NONE};
        latest[from] = ++layered->strand_count;
    }
}

void layered_net(Layered *layered)
{
    layered->node_count = layered->outline->node_count;
    find_frames(layered);
    find_strands(layered);

    uint32_t count = layered->strand_count;
    uint32_t *from = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t);
    uint32_t *to = ARENA_ARRAY(layered->arena, (size_t)count + 1, uint32_t);
    for (uint32_t i = 0; i < count; i++) {
        from[i] = layered->strands[i].from;
        to[i] = layered->strands[i].to;
    }
    layered->out = layered_lists(layered->arena, layered->node_count, count, from, NULL);
    layered->in = layered_lists(layered->arena, layered->node_count, count, to, NULL);
}
