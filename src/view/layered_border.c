/* SPDX-License-Identifier: MIT */
/* Borders of frames: a vertex at both sides in every rank that a frame spans. */
#include "view/layered.h"

typedef struct Bordering {
    Layered *layered;
    uint32_t *first;   /* frame → its first border vertex: near, far, near, far … rank by rank */
    uint32_t *slots;   /* with borders */
    uint32_t slot_count;
} Bordering;

static uint32_t border(const Bordering *bordering, uint32_t frame, uint32_t rank, bool far)
{
    return bordering->first[frame] + 2 * (rank - bordering->layered->frames[frame].first) + (far ? 1 : 0);
}

/* Closes and opens frames where the order goes over from one frame to another. */
static void cross_borders(Bordering *bordering, uint32_t rank, uint32_t from, uint32_t to)
{
    const Layered *layered = bordering->layered;
    uint32_t meet = layered_frame_meet(layered, from, to), opened = 0;

    for (; from != meet; from = layered->frames[from].up) {
        bordering->slots[bordering->slot_count++] = border(bordering, from, rank, true);
    }
    for (uint32_t f = to; f != meet; f = layered->frames[f].up) {
        opened++;
    }
    bordering->slot_count += opened;
    for (uint32_t at = bordering->slot_count; to != meet; to = layered->frames[to].up) {
        bordering->slots[--at] = border(bordering, to, rank, false);
    }
}

static void make_borders(Bordering *bordering)
{
    Layered *layered = bordering->layered;
    uint32_t room = layered->vertex_count;

    for (uint32_t f = 0; f < layered->outline->frame_count; f++) {
        const FramePlace *place = &layered->frames[f];
        bordering->first[f] = layered->vertex_count;
        for (uint32_t r = place->first; place->first != LAYERED_NONE && r <= place->last; r++) {
            for (uint32_t far = 0; far < 2; far++) {
                uint32_t at = layered->vertex_count;
                Vertex vertex = {.kind = far ? VERTEX_CLOSE : VERTEX_OPEN, .rank = r, .frame = f, .firm = FIRM_BORDER};
                vertex.above = r > place->first ? at - 2 : LAYERED_NONE;
                vertex.below = r < place->last ? at + 2 : LAYERED_NONE;
                *ARENA_PUSH(layered->arena, layered->vertices, layered->vertex_count, room) = vertex;
            }
        }
    }
}

void layered_borders(Layered *layered)
{
    Bordering bordering = {.layered = layered};
    uint32_t *first = ARENA_ARRAY(layered->arena, (size_t)layered->rank_count + 2, uint32_t);

    bordering.first = ARENA_ARRAY(layered->arena, (size_t)layered->outline->frame_count + 1, uint32_t);
    make_borders(&bordering);
    bordering.slots = ARENA_ARRAY(layered->arena, (size_t)layered->vertex_count + 1, uint32_t);
    for (uint32_t r = 0; r < layered->rank_count; r++) {
        uint32_t frame = LAYERED_NONE;
        first[r] = bordering.slot_count;
        for (uint32_t i = layered->rank_first[r]; i < layered->rank_first[r + 1]; i++) {
            uint32_t v = layered->slots[i];
            cross_borders(&bordering, r, frame, layered->vertices[v].frame);
            frame = layered->vertices[v].frame;
            bordering.slots[bordering.slot_count++] = v;
        }
        cross_borders(&bordering, r, frame, LAYERED_NONE);
        for (uint32_t i = first[r]; i < bordering.slot_count; i++) {
            layered->vertices[bordering.slots[i]].place = i - first[r];
        }
    }
    first[layered->rank_count] = bordering.slot_count;
    layered->rank_first = first;
    layered->slots = bordering.slots;
}
