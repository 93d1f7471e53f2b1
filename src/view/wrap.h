/* SPDX-License-Identifier: MIT */
/* Folds a drawing in lanes into columns (rows when it runs to the right): estimates sizes, cuts, rewrites the scene. */
#ifndef NETIKZ_VIEW_WRAP_H
#define NETIKZ_VIEW_WRAP_H

#include "scene/scene.h"

/* All estimated lengths are in thousandths of a point; the package measures and solves exactly. */
enum { WRAP_POINT = 1000 };

/* Estimated sizes of the parts that the package's rules know: its theme's lengths for a font size. */
typedef struct WrapRules {
    int64_t font;     /* size of the labels */
    int64_t unit;     /* a quarter of it */
    int64_t step;     /* gap between ranks */
    int64_t gap;      /* gap between lanes */
    bool horizontal;  /* direction right */
    bool up;
} WrapRules;

/* What stands in a rank, in the order of lanes. */
typedef struct WrapEntry {
    uint32_t lane;
    char kind;        /* n node, p pass, s spine, o c frame borders */
    bool shares;      /* a box whose width its lane decides (direction down, up) */
    int64_t half;     /* half extent across */
    int64_t near, far; /* the same with what hangs on it */
    int64_t title, beside; /* first border of a frame: width of its title with the repeat mark, and without */
    uint32_t item;
} WrapEntry;

/* A rank and the gap behind it. */
typedef struct WrapRank {
    uint32_t item;         /* its ITEM_RANK */
    uint32_t first, end;   /* entries */
    int64_t half;          /* half extent along */
    int64_t in, out;       /* labels at entries and exits, along */
    int64_t open, close;   /* frames that begin before, end behind it */
    int64_t tracks;        /* 0: no edge changes its lane in the gap */
    int64_t at, least_at;  /* where its middle is, counted from that of the first rank; with the least steps */
    bool may_cut;          /* a column may end with this rank */
    uint32_t cut_before, cut_behind; /* the nearest rank with which one may end, this one included; UINT32_MAX: none before */
    bool fans;             /* more than one edge would be carried over */
    uint32_t column;
} WrapRank;

typedef struct Wrap {
    Arena *arena;          /* a scratch arena; what stays is in that of the scene */
    Scene *scene;
    WrapRules rules;
    WrapEntry *entries;
    uint32_t entry_count, entry_room;
    WrapRank *ranks;
    uint32_t rank_count, rank_room;
    uint32_t lane_count;
    uint32_t *rank_of;     /* item → rank, for nodes */
    uint32_t *edge_from, *edge_to; /* edge → item; UINT32_MAX: it is not in the drawing */
    uint32_t column_count;
    uint32_t *column_first; /* column → first rank; one more at the end */
} Wrap;

/* Limits of a drawing along the data and across. */
typedef struct WrapLimits {
    int64_t along, across;
} WrapLimits;

/* wrap_size.c: what the drawing would measure. */
int64_t wrap_text_width(Label label, int64_t font);                  /* of its longest line, in a font of that size */
WrapRules wrap_rules(const Scene *scene, Str label_font);
void wrap_measure(Wrap *wrap);                                       /* entries, ranks */
int64_t wrap_along(const Wrap *wrap, uint32_t first, uint32_t end);  /* length of a column of these ranks */
int64_t wrap_across(const Wrap *wrap, uint32_t first, uint32_t end); /* its width, without the gaps to its neighbours */
int64_t wrap_least(const Wrap *wrap, uint32_t first, uint32_t end);  /* the same with the least steps */

/* wrap_cut.c: where columns may end, and where they do. */
void wrap_find_cuts(Wrap *wrap);
int64_t wrap_length(const Wrap *wrap, bool least); /* of the longest column; with the least steps */
int64_t wrap_width(const Wrap *wrap, bool least);  /* of all columns; with the least gaps */
void wrap_choose(Wrap *wrap, int64_t columns, WrapLimits limits);        /* columns 0: as the limits say */

/* wrap_scene.c: lanes, items and edges for the columns chosen. */
void wrap_rewrite(Wrap *wrap);

/* wrap.c: all of it, as the figure's keys say. Sets the scene's columns and estimated size. */
void wrap_scene(Arena *arena, Scene *scene, const Figure *figure);

#endif
