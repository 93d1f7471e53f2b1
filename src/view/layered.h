/* SPDX-License-Identifier: MIT */
/* The layered drawing in the making, shared by the rooms of the graph view: who stands in which rank, in what order, on which lane. */
#ifndef NETIKZ_VIEW_LAYERED_H
#define NETIKZ_VIEW_LAYERED_H

#include "base/diag.h"
#include "graph/outline.h"
#include "scene/scene.h"

/*
 * The steps follow Sugiyama, Tagawa and Toda (1981) with what networks need beyond that: skip edges run on rails beside the
 * boxes, what lies between a fork and its merge stands symmetrically about the line through both, frames stay in one piece.
 */

#define LAYERED_NONE UINT32_MAX

/* Vertices, frame borders, passes and edges together: more is refused as too large to be a figure. */
enum { LAYERED_MOST = 560000 };

/* A link as it is drawn: doubles are one. */
typedef struct Strand {
    uint32_t from, to;  /* nodes */
    const Link *link;   /* the link it stands for */
    bool rail;          /* a skip: runs beside what lies between its ends */
    bool side;          /* first strand of a shortcut with boxes on it: stands on the far side */
    bool aligned;       /* its ends stand on one line */
    bool ported;        /* enters its node from the side */
    uint32_t bus;       /* which bus it takes; LAYERED_NONE: its ends are neighbours, or it runs outside */
    uint32_t outside;   /* which way outside of everything it takes; LAYERED_NONE: none */
} Strand;

/* Lists of numbers, one list an owner: first[i] .. first[i+1]-1 in `list`. */
typedef struct Lists {
    uint32_t *first;
    uint32_t *list;
} Lists;

/* The way of one or more long strands from the same node: a vertex in each rank. */
typedef struct Bus {
    uint32_t from;        /* the node */
    bool rail;            /* of skips */
    uint32_t into;        /* innermost visible frame around all its targets */
    uint32_t nearest;     /* rank of its first target */
    uint32_t vertex;      /* in its first rank; the others follow by number */
    uint32_t first, last; /* ranks */
} Bus;

/* The way of a bus that would pass too many ranks: on a lane beyond all others, with no vertices. */
typedef struct Outside {
    uint32_t first, last; /* ranks */
    uint32_t lane;        /* behind layered_lanes: its lane; before: which of the outer ones, from 0 */
} Outside;

/* A fork and the merge where all its branches meet again, with none in the middle: the line runs on invisibly, as a spine. */
typedef struct Region {
    uint32_t start, end;  /* nodes; LAYERED_NONE: before the inputs, behind the outputs */
    uint32_t before;      /* the spine stands before the branch of this strand (start is LAYERED_NONE: of this node) */
    uint32_t frame;       /* innermost visible frame around its branches */
    uint32_t vertex;      /* of the spine in its first rank */
    uint32_t first, last; /* ranks of the spine; first > last: none */
} Region;

typedef enum VertexKind {
    VERTEX_NODE,  /* a node of the outline; its number is that node's */
    VERTEX_PASS,  /* a bus passes */
    VERTEX_SPINE, /* the line between a fork and its merge passes */
    VERTEX_FILL,  /* holds a frame open in a rank where nothing else of it stands */
    VERTEX_OPEN,  /* near border of a frame */
    VERTEX_CLOSE, /* far border of a frame */
    VERTEX_WALL   /* what stands on either side keeps its own steps */
} VertexKind;

typedef struct Vertex {
    VertexKind kind;
    uint32_t rank;   /* from 0 */
    uint32_t place;  /* in its rank, from 0 */
    uint32_t frame;  /* innermost visible frame; borders: their own */
    uint32_t above;  /* the vertex of the rank before that stands on the same line */
    uint32_t below;  /* likewise behind */
    uint32_t line;   /* which line */
    uint8_t firm;    /* how much the tie to `below` is worth */
} Vertex;

enum { FIRM_LOOSE = 1, FIRM_PASS = 2, FIRM_TRUNK = 3, FIRM_BORDER = 4 };

/* Frames that are drawn; indexed like Outline.frames, others stay empty. */
typedef struct FramePlace {
    uint32_t up;          /* innermost visible frame around it */
    uint32_t depth;       /* visible frames around it */
    uint32_t first, last; /* ranks */
} FramePlace;

/* The drawing. */
typedef struct Layered {
    Arena *arena;
    const Outline *outline;
    uint32_t node_count;
    Strand *strands;        /* by target, in the order of its inputs */
    uint32_t strand_count;
    Lists out, in;          /* strands of each node */
    FramePlace *frames;
    uint32_t *home;         /* node → innermost visible frame */
    uint32_t *rank;         /* node → rank, from 0 */
    uint32_t rank_count;
    uint32_t *next, *prev;  /* node → strand along the longest way on, and back */
    uint32_t source, sink;  /* ends of the longest way */
    bool *core;             /* node lies between main inputs and main outputs */
    bool *minor;            /* input or output that hangs on the side */
    bool *fork, *merge;     /* a region starts, ends here */
    Region *regions;
    uint32_t region_count;
    Vertex *vertices;
    uint32_t vertex_count;
    Bus *buses;
    uint32_t bus_count;
    Outside *outsides;
    uint32_t outside_count;
    uint32_t outer_lanes;   /* how many lanes they take */
    Lists outer;            /* rank → outer lanes that are named there: the first all along, all in one rank where they overlap */
    Lists down, up;         /* neighbours of each vertex */
    uint32_t *rank_first;   /* rank → first slot; one more at the end */
    uint32_t *slots;        /* vertices rank by rank, in order */
    uint32_t line_count;
    uint32_t main_line;
    uint32_t *lane;         /* line → lane, from 1 */
    uint32_t lane_count;
    uint32_t *tracks;       /* rank → tracks in the gap behind it */
} Layered;

/* layered_net.c: strands and frames. */
void layered_net(Layered *layered);
uint32_t layered_frame_meet(const Layered *layered, uint32_t a, uint32_t b); /* innermost visible frame around both */
Lists layered_lists(Arena *arena, uint32_t owners, uint32_t count, const uint32_t *owner, const uint32_t *thing); /* stable */

/* layered_rank.c: ranks. */
void layered_rank(Layered *layered);

/* layered_trunk.c: rails, main inputs and outputs; layered_region.c: forks with their merges, what stands on one line. */
void layered_trunk(Layered *layered);
bool layered_distinct(const Node *node); /* its inputs differ in kind: queries and a memory, a map and a condition */
void layered_regions(Layered *layered);

/* layered_split.c: a vertex in every rank; false where that would be too many. layered_tie.c: which of them stand on one line. */
bool layered_split(Layered *layered);
void layered_tie(Layered *layered);
/* layered_outside.c: what runs outside of everything, and its lanes once the others are known. */
void layered_send_outside(Layered *layered);
void layered_outer_lanes(Layered *layered);
/* layered_arc.c: arcs between neighbouring ranks; whether those by which skips enter their targets count. */
void layered_arcs(Layered *layered, bool with_entries);
bool layered_enters_side(const Strand *strand); /* the bus reaches the rank of its target */

/* layered_order.c: the order in each rank; layered_cross.c, layered_reroute.c: fewer crossings. */
void layered_order(Layered *layered);
void layered_uncross(Layered *layered); /* arcs of entries are in the lists afterwards */
void layered_reroute(Layered *layered);

/* layered_border.c: borders of frames; layered_wall.c: walls between towers; layered_lane.c: lines and lanes. */
void layered_borders(Layered *layered);
void layered_walls(Layered *layered);
bool layered_is_walled(const Layered *layered, uint32_t rank); /* its gaps are told apart by lanes: their tracks are no number of the rank */
void layered_lanes(Layered *layered);

/* layered_route.c: edges of the scene. */
void layered_routes(Layered *layered, Scene *scene);
void layered_widen(const Layered *layered, Scene *scene); /* before any other edge is added */
const char *layered_role_name(LinkRole role);
const char *layered_role_between(const Node *from, const Node *to, LinkRole role); /* an idle or training end tells more */

/* All of it, with walls between towers where they are wanted; false where the network is too large. */
bool layered_lay_out(Layered *layered, Arena *arena, const Outline *outline, bool walls);

/* graph_label.c: what nodes say. */
Label graph_shape_label(Arena *arena, const Node *node, Notation notation);
Label graph_label_of_shape(Arena *arena, Shape shape, bool channels_are_last, Notation notation); /* without a batch */
Label graph_extent_label(Arena *arena, const Node *node);
Str graph_stage(Arena *arena, const Node *node); /* its extent as a text; "1×1" for a vector, empty where it is not known */
Label graph_broken_label(Arena *arena, Label label);
Label graph_times_label(Arena *arena, Label label, int64_t times);
bool graph_extent_changes(const Node *node);

#endif
