/* SPDX-License-Identifier: MIT */
/* Takes nodes out of the drawing (after TensorBoard, Wongsuphasawat et al. 2018): what runs to them and from them becomes a stub. */
#include "view/graph_extract.h"

#include "view/graph_node.h"

enum { STUBS_MOST = 5 }; /* more are counted: "… 7 more" */

typedef struct Extraction {
    Arena *arena;
    const Outline *outline;
    bool *out;          /* node → it is taken out */
    Text *stubs;        /* node → lines of its note */
    uint32_t *count;    /* node → stubs so far */
} Extraction;

Str extract_name(const Node *node)
{
    return node->kind == NODE_GROUP ? node->scope->path : node->layer->path;
}

/* "→ Adam" at the one, "← gradients" at the other; what there are too many of is counted. */
static void add_stub(Extraction *extraction, const Node *at, const Node *other, const char *arrow)
{
    Text *text = &extraction->stubs[at->index];

    text->arena = extraction->arena;
    if (++extraction->count[at->index] <= STUBS_MOST) {
        text_add_format(text, "%s%s %.*s", text->size ? "\n" : "", arrow, STR_ARGS(extract_name(other)));
    }
}

static void add_stubs(Extraction *extraction)
{
    const Outline *outline = extraction->outline;

    for (uint32_t i = 0; i < outline->link_count; i++) {
        const Link *link = &outline->links[i];
        const Link *before = i ? &outline->links[i - 1] : NULL;
        bool again = before && before->from == link->from && before->to == link->to;
        if (!again && (extraction->out[link->from->index] || extraction->out[link->to->index])) {
            add_stub(extraction, link->from, link->to, "\xE2\x86\x92");
            add_stub(extraction, link->to, link->from, "\xE2\x86\x90");
        }
    }
}

/* What its author has noted, else its stubs. */
static Label note_of(Extraction *extraction, const Node *node)
{
    Text *text = &extraction->stubs[node->index];
    uint32_t count = extraction->count[node->index];

    if (node->note.text.size || !count) {
        return node->note;
    }
    if (count > STUBS_MOST) {
        text_add_format(text, "\n\xE2\x80\xA6 %lu more", (unsigned long)(count - STUBS_MOST));
    }
    return (Label){LABEL_TEXT, text_str(text)};
}

/* Nodes with their stubs: what is left, then what is taken out. Node → its new number. */
static uint32_t *move_nodes(Extraction *extraction, Outline *all, uint32_t *left)
{
    const Outline *old = extraction->outline;
    uint32_t *number = ARENA_ARRAY(extraction->arena, (size_t)old->node_count + 1, uint32_t), count = 0;

    all->nodes = ARENA_ARRAY(extraction->arena, (size_t)old->node_count + 1, Node);
    for (int out = 0; out < 2; out++) {
        for (uint32_t v = 0; v < old->node_count; v++) {
            if (extraction->out[v] == (out == 1)) {
                Node *node = &all->nodes[count];
                *node = old->nodes[v];
                node->note = note_of(extraction, &old->nodes[v]);
                node->index = number[v] = count++;
            }
        }
        *left = out ? *left : count;
    }
    return number;
}

/* Links in the order of the nodes that they lead to. */
static void move_links(const Extraction *extraction, Outline *all, Outline *rest, const uint32_t *number)
{
    const Outline *old = extraction->outline;

    all->links = ARENA_ARRAY(extraction->arena, (size_t)old->link_count + 1, Link);
    rest->links = ARENA_ARRAY(extraction->arena, (size_t)old->link_count + 1, Link);
    all->link_count = rest->link_count = 0;
    for (int out = 0; out < 2; out++) {
        for (uint32_t i = 0; i < old->link_count; i++) {
            Link link = old->links[i];
            bool from_out = extraction->out[link.from->index], to_out = extraction->out[link.to->index];
            if (to_out == (out == 1)) {
                link.from = &all->nodes[number[link.from->index]];
                link.to = &all->nodes[number[link.to->index]];
                all->links[all->link_count++] = link;
                if (!from_out && !to_out) {
                    rest->links[rest->link_count++] = link;
                }
            }
        }
    }
}

Extract extract_nodes(Arena *arena, const Outline *outline, const Figure *figure)
{
    size_t room = (size_t)outline->node_count + 1;
    Extraction extraction = {.arena = arena, .outline = outline, .out = ARENA_ARRAY(arena, room, bool),
                             .stubs = ARENA_ARRAY(arena, room, Text), .count = ARENA_ARRAY(arena, room, uint32_t)};
    Outline *all = ARENA_NEW(arena, Outline), *rest = ARENA_NEW(arena, Outline);
    Extract extract = {.all = all, .rest = rest};
    uint32_t left = 0;

    for (uint32_t v = 0; v < outline->node_count; v++) {
        extraction.out[v] = graph_is_listed(figure->extract, extract_name(&outline->nodes[v]));
    }
    add_stubs(&extraction);
    *all = *outline;
    const uint32_t *number = move_nodes(&extraction, all, &left);
    *rest = *all;
    rest->node_count = left;
    move_links(&extraction, all, rest, number);
    return extract;
}
