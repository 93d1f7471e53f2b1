/* SPDX-License-Identifier: MIT */
/* The graph view where the author places things: what stands on which lines of a grid, and the routes between. */
#ifndef NETIKZ_VIEW_GRID_H
#define NETIKZ_VIEW_GRID_H

#include "base/diag.h"
#include "graph/outline.h"
#include "graph/placing.h"
#include "scene/scene.h"

enum {
    GRID_STEP = 4,        /* units of a whole row or column */
    GRID_MOST = 1000,     /* things, rows, columns */
    GRID_MOST_TURNS = 6
};

/* The two directions of a grid. */
typedef enum Axis { AXIS_ROW, AXIS_COLUMN, AXIS_COUNT } Axis;

/* A stretch of lines: rows and columns from .. to; mostly one line. */
typedef struct Spot {
    int from[AXIS_COUNT], to[AXIS_COUNT];
} Spot;

/* What is drawn at one spot: a node, one of its steps, or a cell in it. */
typedef struct Thing {
    const Node *node;
    const Placing *placing;  /* never NULL */
    const PlacingCell *cell; /* what is written in it in place of the label, or NULL */
    Str name;                /* of the TikZ node */
    ItemKind kind;
    Spot spot;
    bool dots;               /* stands for steps left out */
    bool part;               /* a cell of the thing before: no line ends here */
} Thing;

/* A route turns, having gone to a line: `axis` says which coordinate has changed. */
typedef struct Turn {
    Axis axis;
    int line;
    bool sharp;              /* another line from the same thing goes straight on */
} Turn;

typedef struct Wire {
    uint32_t from, to;       /* things */
    bool stopped;       /* no gradient goes back through it */
    LinkRole role;
    Side leave, enter;
    bool has_bus;
    int bus;                 /* the line along which it runs */
    bool slanted;            /* ends in a direction of 45 degrees, or runs as the crow flies */
    bool plain;              /* no head */
    Turn turns[GRID_MOST_TURNS];
    uint32_t turn_count;
    Label label, shape;
    Side side;               /* of the label */
} Wire;

typedef struct Grid {
    Arena *arena;
    Diags *diags;
    const Outline *outline;
    const Figure *figure;
    Scene *scene;
    Direction direction;
    Thing *things;
    uint32_t thing_count, thing_room;
    uint32_t *first;         /* node → its first thing; one more at the end */
    Wire *wires;
    uint32_t wire_count, wire_room;
    bool failed;             /* something was reported */
} Grid;

const Placing *grid_placing(const Node *node);                  /* what the author says of its place, or NULL */
bool grid_wanted(const Outline *outline);                       /* whether something in it is placed */
Scene *view_grid(Arena *arena, Diags *diags, const Outline *outline, const Figure *figure); /* grid.c */
void grid_things(Grid *grid);                                   /* grid_place.c: who stands where */
int grid_bus(Grid *grid, const Node *node, Axis axis);          /* the line along which lines from a node run; reports where there is none */
void grid_wires(Grid *grid);                                    /* grid_wire.c: from thing to thing */
void grid_routes(Grid *grid);                                   /* grid_route.c: turns */
int grid_start(const Grid *grid, const Wire *wire, Axis axis);  /* the line on which a wire begins */
Str grid_route_text(const Grid *grid, const Wire *wire);        /* the same as the generated code writes it, with bridges */
bool grid_holds(const Frame *frame, const Node *node);          /* whether a node stands in a frame */
Str grid_number(Arena *arena, int line);                        /* "2.5" */

#endif
