/* SPDX-License-Identifier: MIT */
/* Shortcuts as arcs: a sum of a chain and of what the chain reads goes; what read the sum reads the chain. */
#include "view/graph_arcs.h"

#include "op/op.h"

typedef struct Search {
    Arena *arena;
    const Outline *outline;
    uint32_t *in_first;   /* node → its first link in Outline.links */
    uint32_t *out_count;  /* node → links that leave it */
    uint32_t *stands_for; /* sum → last node of its chain; others: themselves */
    uint32_t *chain;      /* sum → first node of its chain */
    const Link **shortcut; /* sum → its shortcut, NULL: it stays */
} Search;

static Search search_new(Arena *arena, const Outline *outline)
{
    size_t room = (size_t)outline->node_count + 2;
    Search search = {.arena = arena, .outline = outline, .in_first = ARENA_ARRAY(arena, room, uint32_t),
                     .out_count = ARENA_ARRAY(arena, room, uint32_t), .stands_for = ARENA_ARRAY(arena, room, uint32_t),
                     .chain = ARENA_ARRAY(arena, room, uint32_t), .shortcut = ARENA_ARRAY(arena, room, const Link *)};

    for (uint32_t i = 0; i < outline->link_count; i++) {
        search.in_first[outline->links[i].to->index + 1]++;
        search.out_count[outline->links[i].from->index]++;
    }
    for (uint32_t v = 0; v < outline->node_count; v++) {
        search.in_first[v + 1] += search.in_first[v];
        search.stands_for[v] = v;
    }
    return search;
}

static uint32_t in_count(const Search *search, uint32_t node)
{
    return search->in_first[node + 1] - search->in_first[node];
}

/* The first node of the plain chain that ends with `last` and reads `start`; LAYERED_NONE where there is none. */
static uint32_t chain_from(const Search *search, uint32_t start, uint32_t last)
{
    uint32_t at = last;

    while (at > start && in_count(search, at) == 1 && search->out_count[at] == 1) {
        uint32_t before = search->outline->links[search->in_first[at]].from->index;
        if (before == start) {
            return at;
        }
        at = before;
    }
    return LAYERED_NONE;
}

static const Frame *visible_frame(const Node *node)
{
    const Frame *frame = node->frame;

    while (frame && !frame->visible) {
        frame = frame->parent;
    }
    return frame;
}

/* A sum of two, with nothing else written in or beside it, one of which bypasses the other's chain. */
static void look_at(Search *search, uint32_t node)
{
    const Node *sum = &search->outline->nodes[node];
    const Link *links = &search->outline->links[search->in_first[node]];

    if (sum->kind != NODE_CIRCLE || in_count(search, node) != 2 || sum->note.text.size
        || !str_equal(str_from(sum->layer->op->name), STR("add"))) {
        return;
    }
    for (int i = 0; i < 2; i++) {
        uint32_t last = links[i].from->index, first = chain_from(search, links[1 - i].from->index, last);
        if (first != LAYERED_NONE && visible_frame(sum) == visible_frame(links[i].from)) {
            search->stands_for[node] = last;
            search->chain[node] = first;
            search->shortcut[node] = &links[1 - i];
            return;
        }
    }
}

/* The node that is drawn in place of a sum, in the new outline. */
static uint32_t drawn_for(const Search *search, const uint32_t *number, uint32_t node)
{
    return number[search->stands_for[node]];
}

static Outline *make_outline(const Search *search, uint32_t *number)
{
    const Outline *old = search->outline;
    Outline *made = ARENA_NEW(search->arena, Outline);

    *made = *old;
    made->nodes = ARENA_ARRAY(search->arena, (size_t)old->node_count + 1, Node);
    made->links = ARENA_ARRAY(search->arena, (size_t)old->link_count + 1, Link);
    made->node_count = made->link_count = 0;
    for (uint32_t v = 0; v < old->node_count; v++) {
        number[v] = made->node_count;
        if (!search->shortcut[v]) {
            made->nodes[made->node_count] = old->nodes[v];
            made->nodes[made->node_count].index = made->node_count;
            made->node_count++;
        }
    }
    for (uint32_t i = 0; i < old->link_count; i++) {
        const Link *link = &old->links[i];
        if (!search->shortcut[link->to->index]) {
            made->links[made->link_count++] =
                (Link){&made->nodes[drawn_for(search, number, link->from->index)],
                       &made->nodes[number[link->to->index]], link->role, link->input, link->stopped};
        }
    }
    return made;
}

Arcs arcs_find(Arena *arena, const Outline *outline)
{
    Search search = search_new(arena, outline);
    uint32_t *number = ARENA_ARRAY(arena, (size_t)outline->node_count + 1, uint32_t);
    Arcs arcs = {.list = ARENA_ARRAY(arena, (size_t)outline->node_count + 1, Arc),
                 .touched = ARENA_ARRAY(arena, (size_t)outline->node_count + 1, bool)};

    for (uint32_t v = 0; v < outline->node_count; v++) {
        look_at(&search, v);
    }
    arcs.outline = make_outline(&search, number);
    for (uint32_t v = 0; v < outline->node_count; v++) {
        const Link *shortcut = search.shortcut[v];
        if (shortcut) {
            arcs.list[arcs.count++] = (Arc){number[search.chain[v]], drawn_for(&search, number, v), shortcut->role, 0};
            arcs.touched[drawn_for(&search, number, v)] = true;
            arcs.touched[drawn_for(&search, number, shortcut->from->index)] = true;
        }
    }
    return arcs;
}

/* Which arcs pass each rank; few are beside each other, so they are sorted by swapping. */
static void list_passing(Arcs *arcs, const Layered *layered)
{
    size_t room = (size_t)layered->node_count + 1;
    uint32_t *ranks = ARENA_ARRAY(layered->arena, room, uint32_t), *passing = ARENA_ARRAY(layered->arena, room, uint32_t);
    uint32_t count = 0;

    for (uint32_t i = 0; i < arcs->count; i++) {
        for (uint32_t r = layered->rank[arcs->list[i].first]; r <= layered->rank[arcs->list[i].last] && count + 1 < room; r++) {
            ranks[count] = r;
            passing[count++] = i;
        }
    }
    arcs->passing = layered_lists(layered->arena, layered->rank_count, count, ranks, passing);
    for (uint32_t r = 0; r < layered->rank_count; r++) {
        for (uint32_t i = arcs->passing.first[r] + 1; i < arcs->passing.first[r + 1]; i++) {
            uint32_t *list = arcs->passing.list;
            for (uint32_t k = i; k > arcs->passing.first[r] && arcs->list[list[k]].lane < arcs->list[list[k - 1]].lane; k--) {
                uint32_t other = list[k - 1];
                list[k - 1] = list[k];
                list[k] = other;
            }
        }
    }
}

void arcs_place(Arcs *arcs, Layered *layered)
{
    uint32_t *moved = ARENA_ARRAY(layered->arena, (size_t)layered->lane_count + 2, uint32_t);

    for (uint32_t i = 0; i < arcs->count; i++) {
        moved[layered->lane[layered->vertices[arcs->list[i].first].line]] = 1;
    }
    uint32_t next = 1;
    for (uint32_t lane = 1; lane <= layered->lane_count; lane++) {
        bool doubled = moved[lane];
        moved[lane] = next;
        next += doubled ? 2 : 1;
    }
    layered->lane_count = next - 1;
    for (uint32_t line = 0; line < layered->line_count; line++) {
        layered->lane[line] = moved[layered->lane[line]];
    }
    for (uint32_t i = 0; i < arcs->count; i++) {
        arcs->list[i].lane = layered->lane[layered->vertices[arcs->list[i].first].line] + 1;
    }
    list_passing(arcs, layered);
}

void arcs_add(const Arcs *arcs, Scene *scene)
{
    for (uint32_t i = 0; i < arcs->count; i++) {
        const Arc *arc = &arcs->list[i];
        const Node *first = &arcs->outline->nodes[arc->first], *last = &arcs->outline->nodes[arc->last];
        SceneEdge *edge = scene_add_edge(scene, first->name, last->name, layered_role_name(arc->role));
        edge->tail = first->index + 1;
        edge->head = last->index + 1;
        edge->arc = arc->lane;
    }
}
