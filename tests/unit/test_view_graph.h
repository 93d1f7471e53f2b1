/* SPDX-License-Identifier: MIT */
/* Networks in one line, and the package's solver in small, for tests of the graph view. */
#ifndef NETIKZ_TEST_VIEW_GRAPH_H
#define NETIKZ_TEST_VIEW_GRAPH_H

#include "emit/lanes.h"
#include "op/op.h"
#include "view/layered.h"
#include "view/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * An outline from a text: nodes separated by blanks, each NAME[!KIND][@FRAME][<INPUT,INPUT…]. KIND: i input, o output, c circle,
 * m merge box; else a box. An input ends in `~` (shortcut), `.` (projection), `=` (copy) for its role. A frame is named by its
 * path from the outside, `a/b`.
 */
typedef struct Sketch {
    Arena *arena;
    Outline outline;
    Graph graph;
    Names *names, *frames;
    uint32_t link_room;
} Sketch;

static inline Frame *sketch_frame(Sketch *sketch, Str path)
{
    Frame *frame = names_get(sketch->frames, path), *parent = NULL;
    size_t slash = path.size;

    if (frame || !path.size)
        return frame;
    while (slash && path.at[slash - 1] != '/')
        slash--;
    if (slash)
        parent = sketch_frame(sketch, str_slice(path, 0, slash - 1));
    frame = &sketch->outline.frames[sketch->outline.frame_count];
    *frame = (Frame){.name = path, .title = {LABEL_TEXT, path}, .times = 1, .visible = true, .parent = parent,
                     .depth = parent ? parent->depth + 1 : 0, .index = sketch->outline.frame_count++};
    names_put(sketch->frames, path, frame);
    return frame;
}

static inline void sketch_link(Sketch *sketch, Node *to, Str input, uint32_t index)
{
    LinkRole role = str_ends(input, STR("~"))   ? LINK_SHORTCUT
                    : str_ends(input, STR(".")) ? LINK_PROJECTION
                    : str_ends(input, STR("=")) ? LINK_COPY
                                                : LINK_FLOW;
    Node *from = names_get(sketch->names, str_slice(input, 0, input.size - (role != LINK_FLOW)));

    if (!from) {
        fprintf(stderr, "no node %.*s\n", STR_ARGS(input));
        abort();
    }
    *ARENA_PUSH(sketch->arena, sketch->outline.links, sketch->outline.link_count, sketch->link_room) =
        (Link){.from = from, .to = to, .role = role, .input = index};
}

static inline void sketch_node(Sketch *sketch, Str word)
{
    Node *node = &sketch->outline.nodes[sketch->outline.node_count];
    Str head, rest = word, name, frame, input;
    char kind = 'b';

    str_cut(&rest, '<', &head);
    rest = str_slice(word, head.size + 1, word.size);
    frame = str_slice(head, str_find(head, '@') + 1, head.size);
    head = str_slice(head, 0, str_find(head, '@'));
    name = str_slice(head, 0, str_find(head, '!'));
    if (name.size < head.size)
        kind = head.at[head.size - 1];
    *node = (Node){.kind = kind == 'i' ? NODE_INPUT : kind == 'o' ? NODE_OUTPUT : kind == 'c' ? NODE_CIRCLE : NODE_BOX,
                   .name = name, .times = 1, .cell_count = 1, .frame = sketch_frame(sketch, frame),
                   .index = sketch->outline.node_count++};
    node->cells = ARENA_NEW(sketch->arena, Cell);
    node->cells[0].label = (Label){LABEL_TEXT, kind == 'c' ? STR("+") : name};
    node->cells[0].style = kind == 'i' || kind == 'o' ? STYLE_DATA : kind == 'b' ? STYLE_CONV : STYLE_MERGE;
    names_put(sketch->names, name, node);
    for (uint32_t index = 0; str_cut(&rest, ',', &input); index++)
        sketch_link(sketch, node, input, index);
}

static inline Outline *sketch(Arena *arena, const char *text)
{
    Sketch *made = ARENA_NEW(arena, Sketch);
    Str rest = str_from(text), word;
    size_t most = 1;

    for (size_t i = 0; i < rest.size; i++)
        most += rest.at[i] == ' ' || rest.at[i] == '/' || rest.at[i] == '@';
    made->arena = made->outline.arena = arena;
    made->outline.graph = &made->graph;
    made->names = names_new(arena);
    made->frames = names_new(arena);
    made->outline.nodes = ARENA_ARRAY(arena, most, Node);
    made->outline.frames = ARENA_ARRAY(arena, most, Frame);
    while (str_cut(&rest, ' ', &word))
        if (word.size)
            sketch_node(made, word);
    return &made->outline;
}

/* Positions as the package would find them: boxes 6 units a letter and 10 wide, gaps of 10, as narrow as possible. */
typedef struct Solved {
    const Scene *scene;
    double *x;    /* lane → centre; from 1 */
    double *half; /* lane → half the width of its boxes */
    double width;
} Solved;

enum { GAP = 10, PADDING = 6 };

static inline bool stands(const SceneItem *item)
{
    return item->kind == ITEM_BOX || item->kind == ITEM_CIRCLE || item->kind == ITEM_TEXT;
}

static inline double half_of(const Solved *solved, const SceneItem *item)
{
    return item->kind == ITEM_BOX ? solved->half[item->lane]
           : item->kind == ITEM_CIRCLE ? 6
           : item->kind == ITEM_TEXT ? 3.0 * (double)item->cells[0].label.text.size : 0;
}

/* A line with half a gap to either side. */
static inline bool is_thin(const SceneItem *item)
{
    return item->kind == ITEM_SPINE || item->kind == ITEM_WALL;
}

static inline double apart(const Solved *solved, const SceneItem *a, const SceneItem *b)
{
    bool border = a->kind == ITEM_OPEN || b->kind == ITEM_CLOSE;
    double gap = border ? PADDING : is_thin(a) && is_thin(b) ? 0 : is_thin(a) || is_thin(b) ? GAP / 2.0 : GAP;
    return half_of(solved, a) + half_of(solved, b) + gap;
}

/* One pass over all constraints, lanes in order: least places (or greatest, backwards) given those that are fixed. */
static inline void push(const Solved *solved, double *x, uint32_t fixed, bool up)
{
    const Scene *scene = solved->scene;

    for (uint32_t round = 0; round < scene->lanes; round++) {
        bool moved = false;
        for (uint32_t i = 0; i + 1 < scene->item_count; i++) {
            const SceneItem *a = &scene->items[i], *b = a + 1;
            if (a->kind == ITEM_RANK || b->kind == ITEM_RANK)
                continue;
            double least = x[a->lane] + apart(solved, a, b), greatest = x[b->lane] - apart(solved, a, b);
            if (up && b->lane != fixed && x[b->lane] < least - 1e-9) {
                x[b->lane] = least;
                moved = true;
            }
            if (!up && a->lane != fixed && x[a->lane] > greatest + 1e-9) {
                x[a->lane] = greatest;
                moved = true;
            }
        }
        if (!moved)
            return;
    }
}

static inline Solved solve(Arena *arena, const Scene *scene)
{
    Solved solved = {scene, ARENA_ARRAY(arena, scene->lanes + 2, double), ARENA_ARRAY(arena, scene->lanes + 2, double), 0};
    double *least = ARENA_ARRAY(arena, scene->lanes + 2, double), *most = ARENA_ARRAY(arena, scene->lanes + 2, double);
    double *out = ARENA_ARRAY(arena, scene->lanes + 2, double);

    for (uint32_t i = 0; i < scene->item_count; i++) {
        const SceneItem *item = &scene->items[i];
        double half = item->kind == ITEM_BOX ? 5 + 3.0 * (double)item->cells[0].label.text.size : 0;
        if (item->kind != ITEM_RANK && half > solved.half[item->lane])
            solved.half[item->lane] = half;
    }
    for (uint32_t i = 0; i < scene->item_count; i++)
        if (stands(&scene->items[i])) {
            uint32_t lane = scene->items[i].lane;
            double half = half_of(&solved, &scene->items[i]);
            out[lane] = half > out[lane] ? half : out[lane];
            least[lane] = out[lane];
        }
    push(&solved, least, 0, true);
    for (uint32_t lane = 1; lane <= scene->lanes; lane++)
        if (least[lane] + out[lane] > solved.width)
            solved.width = least[lane] + out[lane];
    for (uint32_t lane = 1; lane <= scene->lanes; lane++)
        most[lane] = solved.width - out[lane];
    push(&solved, most, 0, false);
    for (uint32_t lane = 1; lane <= scene->lanes; lane++)
        solved.x[lane] = most[lane];
    solved.x[scene->main_lane] = (least[scene->main_lane] + most[scene->main_lane]) / 2;
    push(&solved, solved.x, scene->main_lane, false);
    for (uint32_t lane = scene->main_lane + 1; lane <= scene->lanes; lane++)
        solved.x[lane] = out[lane];
    push(&solved, solved.x, scene->main_lane, true);
    return solved;
}

static inline const SceneItem *item_of(const Scene *scene, const char *name)
{
    for (uint32_t i = 0; i < scene->item_count; i++)
        if (stands(&scene->items[i]) && str_equal(scene->items[i].name, str_from(name)))
            return &scene->items[i];
    return NULL;
}

static inline uint32_t rank_of_item(const Scene *scene, const SceneItem *item)
{
    uint32_t rank = 0;

    for (const SceneItem *at = scene->items; at <= item; at++)
        rank += at->kind == ITEM_RANK;
    return rank;
}

static inline uint32_t rank_of(const Scene *scene, const char *name)
{
    return rank_of_item(scene, item_of(scene, name));
}

static inline double place_of(const Solved *solved, const char *name)
{
    return solved->x[item_of(solved->scene, name)->lane];
}

static inline const SceneEdge *edge_of(const Scene *scene, const char *from, const char *to)
{
    for (uint32_t i = 0; i < scene->edge_count; i++)
        if (str_equal(scene->edge_list[i].from, str_from(from)) && str_equal(scene->edge_list[i].to, str_from(to)))
            return &scene->edge_list[i];
    return NULL;
}

/* A node in the way of a vertical piece at x through the ranks between two. */
static inline const SceneItem *in_the_way(const Solved *solved, double x, uint32_t above, uint32_t below)
{
    uint32_t rank = 0;

    for (uint32_t i = 0; i < solved->scene->item_count; i++) {
        const SceneItem *item = &solved->scene->items[i];
        rank += item->kind == ITEM_RANK;
        if (rank > above && rank < below && stands(item)) {
            double away = x - solved->x[item->lane];
            if ((away < 0 ? -away : away) < half_of(solved, item) + 3)
                return item;
        }
    }
    return NULL;
}

static inline const char *edge_breach(Arena *arena, const Solved *solved, const SceneEdge *edge)
{
    const Scene *scene = solved->scene;
    const char *from = str_terminated(arena, edge->from), *to = str_terminated(arena, edge->to);
    uint32_t rank = rank_of(scene, from), end = rank_of(scene, to), lane = item_of(scene, from)->lane;

    for (uint32_t i = 0; i <= edge->step_count; i++) {
        const SceneStep *step = i < edge->step_count ? &edge->steps[i] : NULL;
        const SceneItem *hit = in_the_way(solved, solved->x[lane], rank, step ? step->gap + 1 : end + (edge->enters_side ? 1 : 0));
        if (hit)
            return str_format(arena, "%s -> %s runs through %.*s", from, to, STR_ARGS(hit->name)).at;
        if (step && step->gap < rank)
            return str_format(arena, "%s -> %s goes back", from, to).at;
        rank = step ? step->gap : rank;
        lane = step ? step->lane : lane;
    }
    bool there = lane == item_of(scene, to)->lane;
    return there == !edge->enters_side ? NULL : str_format(arena, "%s -> %s does not arrive", from, to).at;
}

/* Whether two edges have something to do with each other, so that they may join. */
static inline bool related(const SceneEdge *a, const SceneEdge *b)
{
    return str_equal(a->from, b->from) || str_equal(a->to, b->to);
}

static inline const char *track_breach(Arena *arena, const Solved *solved, const SceneEdge *a, const SceneEdge *b)
{
    const Scene *scene = solved->scene;
    uint32_t a_lane = item_of(scene, str_terminated(arena, a->from))->lane;

    for (uint32_t i = 0; i < a->step_count; a_lane = a->steps[i++].lane) {
        uint32_t b_lane = item_of(scene, str_terminated(arena, b->from))->lane;
        double a_low = solved->x[a_lane], a_high = solved->x[a->steps[i].lane];
        for (uint32_t j = 0; j < b->step_count; b_lane = b->steps[j++].lane) {
            double b_low = solved->x[b_lane], b_high = solved->x[b->steps[j].lane];
            if (a->steps[i].gap != b->steps[j].gap || a->steps[i].track != b->steps[j].track)
                continue;
            if ((a_low < a_high ? a_low : a_high) <= (b_low < b_high ? b_high : b_low)
                && (b_low < b_high ? b_low : b_high) <= (a_low < a_high ? a_high : a_low))
                return str_format(arena, "%.*s -> %.*s lies on %.*s -> %.*s", STR_ARGS(a->from), STR_ARGS(a->to),
                                  STR_ARGS(b->from), STR_ARGS(b->to)).at;
        }
    }
    return NULL;
}

/*
 * What holds for every drawing; an English sentence on the first breach, or NULL: entries of a rank stand in the order of their
 * lanes and do not overlap, edges arrive without running through a node, unrelated edges do not lie on one another.
 */
static inline const char *breach(Arena *arena, const Solved *solved)
{
    const Scene *scene = solved->scene;
    const char *found = NULL;

    for (uint32_t i = 0; i + 1 < scene->item_count; i++) {
        const SceneItem *a = &scene->items[i], *b = a + 1;
        if (a->kind == ITEM_RANK || b->kind == ITEM_RANK)
            continue;
        if (a->lane >= b->lane)
            return str_format(arena, "rank %u is not in the order of its lanes", rank_of_item(scene, a)).at;
        if (solved->x[b->lane] - solved->x[a->lane] < apart(solved, a, b) - 1e-6)
            return str_format(arena, "things overlap in rank %u", rank_of_item(scene, a)).at;
    }
    for (uint32_t i = 0; i < scene->edge_count && !found; i++) {
        found = edge_breach(arena, solved, &scene->edge_list[i]);
        for (uint32_t j = i + 1; j < scene->edge_count && !found; j++)
            if (!related(&scene->edge_list[i], &scene->edge_list[j]))
                found = track_breach(arena, solved, &scene->edge_list[i], &scene->edge_list[j]);
    }
    return found;
}

#endif
