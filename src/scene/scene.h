/* SPDX-License-Identifier: MIT */
/*
 * The model of a drawing: structure without coordinates. The package measures the labels in the document's font and solves
 * for the positions (docs/generated-code.md); so a scene says which lines things stand on and in what order, never where.
 */
#ifndef NETIKZ_SCENE_H
#define NETIKZ_SCENE_H

#include "base/label.h"
#include "scene/figure.h"

/* What the generated code is made of. Each item becomes one command, in order. */
typedef enum ItemKind {
    /* lanes (view graph) */
    ITEM_COLUMN, /* the next column begins: lane: of the line between it and the one before; a: its main lane */
    ITEM_RANK,   /* the next rank begins; label: margin label or empty; a: tracks in the gap behind it; name2: its stage */
    /* … nodes, from ITEM_BOX to ITEM_ELLIPSE */
    ITEM_BOX,    /* name, cells (one: plain box; more: stacked), lane */
    ITEM_CIRCLE, /* name, cells[0] with its symbol, lane */
    ITEM_TEXT,   /* bare text: name, cells[0], lane */
    ITEM_CARD,   /* a title and, in cells[1] if there, a description under it: name, lane */
    ITEM_RECORD, /* cells[0]: what stands left of the fields, which are the other cells: name, lane */
    ITEM_ATTRIBUTES, /* cells[0] and ports in a row, fields below: name, lane */
    ITEM_BARE,   /* a small box that says nothing: name, cells[0].style, lane, name2: class that its form is of */
    ITEM_CELLS,  /* cells in rows of a: name, cells[0].style, lane; a cell of kind CELL_FIELD has an outline */
    ITEM_ICONS,   /* a sign with its numbers, and in a second line what shares the box: name, cells, lane */
    ITEM_PICTURE, /* name, cells[0].style, lane, name2: a file, or `sample`; a: 1 where it is sheared; on a grid `at` */
    ITEM_OCTAGON, /* name, cells[0], lane */
    ITEM_ELLIPSE, /* likewise */
    ITEM_GUTTER, /* between the drawings of two networks: lane */
    ITEM_PASS,   /* an edge passes: lane */
    ITEM_SPINE,  /* the line between a fork and its merge passes, invisibly: lane */
    ITEM_WALL,   /* what stands on either side of it in this rank keeps its own steps: lane */
    ITEM_OPEN,   /* frame `name` has its near border here: lane */
    ITEM_CLOSE,  /* frame `name` has its far border here: lane */
    /* grid (view graph, where the author has placed things); boxes, circles, ellipses and texts stand at `at` */
    ITEM_JOINT,   /* lines meet, nothing is drawn: name, at, side: where they leave */
    ITEM_VECTOR,  /* a column of values: name, cells, at */
    ITEM_MARGIN,  /* label at the left of row `at` */
    ITEM_EVEN,    /* lines from `at` to `name` stand at equal distances: `side` is r or c */
    /* solids (view tensors) */
    ITEM_GAP,    /* a: multiples of the gap before the next solid (0: glued) */
    ITEM_ROW,    /* row a (b = 1: half-way to the next): the next solid stands at the left margin, or (name2) under or over the middle of that solid, or (+) to the right of all */
    ITEM_SOLID,  /* name, cells[0].style, a × b × c units (thickness along the spine, height, depth); label: caption below */
    ITEM_BAND,   /* cells[0].style: a units at the end of the last solid */
    ITEM_DIMS,   /* cells[0..2]: labels of channels, height, width on the edges of the last solid */
    ITEM_SHEETS, /* the last solid is drawn as a sheets, one behind the other */
    ITEM_IMAGE,  /* name2: a file, or `sample`, shown on the last solid */
    ITEM_CROP,   /* a × b units of the last solid's face are copied to elsewhere */
    ITEM_TURNED, /* label that runs up the front of the last solid */
    ITEM_BESIDE, /* label left (a = 0) or right (a = 1) of the last solid */
    ITEM_WINDOW, /* kernel window on solid `name`: b × c units, label: its size, name2: solid where its pyramid ends or empty */
    ITEM_SPAN,   /* label over, under or between (a: SpanPlace) the solids from name to name2 */
    /* layers of units (view units), in ranks */
    ITEM_UNITS,  /* name, cells[0].style, name2: which units are drawn, label, out: the space they are in */
    ITEM_UNIT,   /* label: of unit a of the last layer */
    ITEM_MARK,   /* name: the mark in each of its units */
    ITEM_LOOP,   /* each of its units has an arc to itself */
    ITEM_DROPPED, /* name: which of its units are dropped */
    ITEM_BIAS    /* a bias unit stands at its end */
} ItemKind;

enum { ITEM_COUNT = ITEM_BIAS + 1 };

/* What a cell is in a record or a list of attributes. */
typedef enum CellKind { CELL_PLAIN, CELL_PORT, CELL_WEIGHT, CELL_FIELD } CellKind;

typedef enum SpanPlace { SPAN_BELOW, SPAN_ABOVE, SPAN_BETWEEN } SpanPlace;

typedef struct SceneCell {
    CellKind kind;
    const char *style; /* name of a style class */
    const char *glyph; /* ITEM_ICONS: a sign before its label, or NULL */
    Label label;       /* of a field: its key */
    Label value;       /* of a field */
    Label aside;       /* grid: what stands beside the cell, or empty */
    const char *side;  /* grid: where that is */
    bool marked;       /* grid: a value that is highlighted */
    Emblems marks;     /* signs behind the label */
} SceneCell;

typedef struct SceneItem {
    ItemKind kind;
    uint32_t node;     /* lanes: of a node: its number, from 1, by which edges know it; 0: none */
    Str name;          /* of the TikZ node or frame */
    Str name2;         /* a second one where the kind says so */
    SceneCell *cells;
    uint32_t cell_count;
    uint32_t lane;     /* from 1; lines are numbered so that smaller ones lie to the left (down) or above (right) */
    bool dashed;       /* its outline is */
    bool turned;       /* its labels are written upward */
    int64_t a, b, c;   /* numbers as the kind says */
    Label label;
    union {
        Label in;      /* lanes: label at the entry: shape of what it reads, or empty */
        struct {
            Str at;    /* grid: row and column, "2,1:5" */
            const char *loop; /* grid: where a line from it back into it runs, with `out` as its label; NULL: there is none */
        };
    };
    Label out;         /* label at the exit: shape of the output, or empty */
    Label note;        /* author's side note, or empty */
    const char *side;  /* grid: side of the note; of a joint: where lines leave */
    int64_t times;     /* nodes: how often, in the corner; up to 1: nothing is written */
} SceneItem;

/* One change of lane: in the gap behind rank `gap`, on track `track`, to lane `lane`. */
typedef struct SceneStep {
    uint32_t gap;
    uint32_t track;
    uint32_t lane;
    bool before;       /* in the gap before that rank instead, with which a column begins */
} SceneStep;

/* Weights of the links that lead to one unit, in per cent of the largest of the figure. */
typedef struct SceneWeights {
    int64_t unit;
    Str percents;      /* "100,-20,0" */
} SceneWeights;

typedef struct SceneEdge {
    Str from, to;      /* names of nodes */
    const char *role;  /* "flow", "shortcut", "projection", "copy", "training"; solids: or the class of the operation that the arrow stands for */
    bool leaves_side;  /* begins at the side of `from`: the first step is to a lane at the rank of `from` */
    bool enters_side;  /* ends at the side of `to` */
    bool stopped;      /* no gradient goes back through it: two strokes across it */
    bool crossed;      /* solids: two arrows that cross, for all to all */
    Label label;
    Str route;         /* grid: the steps as the generated code writes them */
    const char *side;  /* grid: where the label stands, or NULL */
    union {
        struct { /* lanes */
            uint32_t tail, head; /* numbers of both nodes */
            SceneStep *steps;    /* changes of lane; none: straight */
            uint32_t step_count;
            uint32_t arc;        /* an arc on this lane from before `from` to behind `to`, the ends of a chain; 0: an edge */
        };
        struct { /* solids, units */
            uint32_t level;        /* height class of a skip beside the others, 0: along the spine, between neighbours */
            uint32_t ranks[2];     /* units: of a skip, where it begins and ends */
            Str units;             /* units: which ones are linked; empty: all */
            SceneWeights *weights; /* units: one for each unit that is drawn */
            uint32_t weight_count;
        };
    };
} SceneEdge;

typedef struct SceneFrame {
    Str name;
    const char *style; /* "frame", "block" */
    Label title;
    Emblems marks;     /* signs behind the title, as of cells */
    int64_t times;     /* 1: nothing is written */
    Label note;
    bool dashed;       /* its outline is; on a grid it has no ground then */
    Label ghost;       /* grid: letter over its faded content, or empty */
} SceneFrame;

typedef struct SceneLegend {
    const char *style;
    const char *arrow; /* where it points to (right, down, up) if the entry is about arrows of that class; frozen, trained, shared, stopped, or a glyph: about that sign; else NULL */
    Label label;
    Label size;        /* units: the space its layer is in, or empty */
    int64_t bar, parts; /* tensors: in place of a swatch a bar of bar/parts units; parts 0: none */
} SceneLegend;

/* What is known of a layer (view properties), line by line. */
typedef enum FactKind {
    FACT_HEADING, /* key: name of the layer, value: what it is */
    FACT_FIELD,   /* key and value */
    FACT_SPACE    /* what follows is told of something else */
} FactKind;

typedef struct SceneFact {
    FactKind kind;
    Label key, value;
} SceneFact;

/* One of several drawings (view panels). */
typedef struct ScenePanel {
    const Panel *panel;
    struct Scene *scene;
    Str beside;        /* node of the panel `panel->of` at whose height it stands, or empty */
} ScenePanel;

/* From a box in one panel to the panel that shows it in detail. */
typedef struct SceneZoom {
    Str from, node, to; /* panel, node in it, panel */
    Leader leader;      /* how */
} SceneZoom;

typedef struct Scene {
    Arena *arena;
    const char *view;  /* "graph", "tensors", "units", "panels"; "text", "listing", "image", "legend", "properties" in panels */
    Direction direction;
    EdgeForm edges;
    uint32_t lanes;    /* number of lines across */
    uint32_t main_lane; /* the one that everything else stands close to */
    uint32_t columns;  /* it is folded into so many (rows where it runs to the right); 0: not known */
    int64_t width, height; /* estimated, in thousandths of a point; 0: not known */
    Str row_lines, column_lines; /* grid: its lines in order, with the borders of frames; empty: no grid */
    SceneItem *items;
    uint32_t item_count, item_room;
    SceneEdge *edge_list;
    uint32_t edge_count, edge_room;
    SceneFrame *frames;
    uint32_t frame_count, frame_room;
    SceneLegend *legend;
    uint32_t legend_count, legend_room;
    SceneFact *facts;
    uint32_t fact_count, fact_room;
    Str text;          /* view text: TeX; listing: its lines; image: a file */
    ScenePanel *panels;
    uint32_t panel_count, panel_room;
    SceneZoom *zooms;
    uint32_t zoom_count, zoom_room;
    Str scale_note;    /* tensors: what the scale functions are, in words */
    Str keys;          /* further keys of the environment, "angle=45, depth=50" */
    Str details;       /* commands for what is not drawn: tooltips, links */
    Str prose;         /* what the figure shows, one or two sentences, plain text */
} Scene;

Scene *scene_new(Arena *arena);
void scene_reserve(Scene *scene, size_t items, size_t edges); /* room for so many more: a large scene grows without copies */
SceneItem *scene_add_item(Scene *scene, ItemKind kind);
bool scene_is_node(const SceneItem *item); /* of view graph */
SceneEdge *scene_add_edge(Scene *scene, Str from, Str to, const char *role);
SceneFrame *scene_add_frame(Scene *scene, Str name);
void scene_add_fact(Scene *scene, FactKind kind, Label key, Label value);
SceneLegend *scene_add_legend(Scene *scene, const char *style, Label label);
void scene_set_cells(Scene *scene, SceneItem *item, uint32_t count); /* room for cells */

#endif
