/* SPDX-License-Identifier: MIT */
/* How to draw: one table of figure keys that the spec, the command line, help, schema and documentation share. */
#ifndef NETIKZ_FIGURE_H
#define NETIKZ_FIGURE_H

#include "base/diag.h"

typedef enum View { VIEW_AUTO, VIEW_GRAPH, VIEW_TENSORS, VIEW_UNITS } View;
typedef enum Direction { DIRECTION_AUTO, DIRECTION_DOWN, DIRECTION_RIGHT, DIRECTION_UP, DIRECTION_OUT } Direction;
typedef enum ShapesShown { SHAPES_AUTO, SHAPES_NONE, SHAPES_CHANGES, SHAPES_ALL, SHAPES_EDGES, SHAPES_MARGIN } ShapesShown;
typedef enum EdgeForm { EDGES_AUTO, EDGES_ORTHO, EDGES_SMOOTH, EDGES_STRAIGHT, EDGES_DIAGONAL, EDGES_THICK } EdgeForm;
typedef enum EdgeColours { EDGE_COLOURS_AUTO, EDGE_COLOURS_PLAIN, EDGE_COLOURS_SOURCE } EdgeColours;
typedef enum Law { LAW_AUTO, LAW_LINEAR, LAW_SQRT, LAW_LOG, LAW_CLASSES } Law;
typedef enum Fit { FIT_NO, FIT_COLUMN, FIT_PAGE, FIT_SLIDE } Fit;
typedef enum Projection { PROJECTION_AUTO, PROJECTION_OBLIQUE, PROJECTION_FLAT, PROJECTION_SHEETS, PROJECTION_PERSPECTIVE } Projection;
typedef enum VectorForm { VECTORS_AUTO, VECTORS_UPRIGHT, VECTORS_RECEDING, VECTORS_ALONG } VectorForm;
typedef enum DenseForm { DENSE_AUTO, DENSE_ARROW, DENSE_CROSSED } DenseForm;
typedef enum ScaleNote { SCALE_NOTE_AUTO, SCALE_NOTE_NO, SCALE_NOTE_YES, SCALE_NOTE_BAR } ScaleNote;
typedef enum MapForm { MAPS_AUTO, MAPS_SOLIDS, MAPS_SHEETS } MapForm;
typedef enum Faces { FACES_AUTO, FACES_OPAQUE, FACES_GLASS, FACES_WIRE } Faces;
typedef enum PoolForm { POOLS_AUTO, POOLS_SOLIDS, POOLS_LABELS } PoolForm;
typedef enum SpineForm { SPINE_AUTO, SPINE_STRAIGHT, SPINE_LEVELS, SPINE_TOWERS } SpineForm;
typedef enum Toggle { TOGGLE_AUTO, TOGGLE_NO, TOGGLE_YES } Toggle;
typedef enum Notation { NOTATION_AUTO, NOTATION_C_AT_HW, NOTATION_CHW, NOTATION_HWC, NOTATION_TUPLE, NOTATION_CH } Notation;
typedef enum NodeForm {
    NODES_AUTO, NODES_NAMES, NODES_LINES, NODES_CARD, NODES_RECORD, NODES_ATTRIBUTES, NODES_BARE, NODES_ELLIPSE, NODES_FUSED, NODES_ICONS
} NodeForm;
typedef enum ColourBy { COLOURS_AUTO, COLOURS_CLASS, COLOURS_OP, COLOURS_STAGE, COLOURS_STRUCTURE, COLOURS_NONE } ColourBy;
typedef enum SumForm { SUMS_AUTO, SUMS_CIRCLES, SUMS_ARCS } SumForm;
typedef enum HeadForm { HEADS_AUTO, HEADS_ENDS, HEADS_MIDDLE, HEADS_NONE } HeadForm;
typedef enum StageForm { STAGES_AUTO, STAGES_ALIGNED, STAGES_FREE } StageForm;
typedef enum WidthForm { WIDTHS_AUTO, WIDTHS_EQUAL, WIDTHS_SIZE } WidthForm;
typedef enum EndForm { ENDS_AUTO, ENDS_TEXT, ENDS_BOX, ENDS_OCTAGON, ENDS_ELLIPSE } EndForm;

typedef enum Align { ALIGN_TOP, ALIGN_CENTER, ALIGN_BOTTOM } Align;

struct Figure;

/* What stands in a panel. */
typedef enum PanelKind { PANEL_DRAWING, PANEL_TEXT, PANEL_IMAGE, PANEL_LISTING, PANEL_LEGEND, PANEL_PROPERTIES } PanelKind;

/* What leads from a box of one panel to the panel that shows it in detail: two lines that widen; an arrow back; a tip of its frame. */
typedef enum Leader { LEADER_LINES, LEADER_ARROW, LEADER_TIP } Leader;

/* One of several drawings in a figure. */
typedef struct Panel {
    PanelKind kind;
    Str name;               /* prefix of the names of its nodes */
    Str title;              /* TeX, checked, or empty */
    struct Figure *figure;  /* PANEL_DRAWING: how it is drawn; PANEL_PROPERTIES: of which network it is */
    Str text;               /* PANEL_TEXT: TeX; PANEL_IMAGE: a file; PANEL_LISTING: lines; PANEL_PROPERTIES: a layer */
    Str of;                 /* name of the panel whose group `figure->only`, or whose layer, it shows in detail; or empty */
    Leader leader;          /* what leads there */
    int64_t share;          /* part of its row's width; 0: by need */
    Str width;              /* a TeX length, or empty */
    bool new_row;           /* the first of its row */
    bool below;             /* stands under the panel before it */
    Place place;            /* where it is said */
} Panel;

typedef struct Panels {
    Panel *list;
    uint32_t count, room;
} Panels;

/* All settings of one drawing; zero is "decide for me" everywhere. */
typedef struct Figure {
    Str name;            /* of `figures:`; empty for the only one */
    Str network;         /* key of the network that is drawn, where there are several */
    Str only;            /* draw just this scope (a path), empty: all */
    View view;
    Direction direction;
    Str width;           /* a TeX length, checked: "\columnwidth", "252pt", "0.8\textwidth"; empty: natural */
    Str height;          /* likewise */
    Str max_height;      /* likewise, but at most; what `fit` comes to */
    Fit fit;             /* choose direction, depth and wrapping so that it fits there */
    int64_t wrap;        /* columns (rows) to fold a long network into; 1: none, 0: decide */
    int64_t depth;       /* how deep groups are open; -1: decide */
    bool explicit_;      /* show everything: no folding, no hiding, no fusing */
    Toggle fuse;         /* activations and norms in the box of their layer */
    Toggle fold;         /* equal runs as ×N */
    Toggle brief;        /* what is the same but for the first told once, what only moves numbers about not drawn */
    Toggle frames;       /* frames around groups */
    Toggle legend;
    Toggle names;        /* layer names as captions */
    EdgeColours edge_colours;
    Toggle gradients;    /* each edge with what comes back beside it */
    Str rows, columns;   /* names of the lines of a grid, one a line, `name: label` where a label stands at the margin */
    ShapesShown shapes;
    Notation notation;
    ColourBy colours;    /* graph: what a colour stands for */
    SumForm sums;        /* graph: how shortcuts and their sums are drawn */
    Str compare;         /* graph: networks that stand side by side, "a, b, c", or empty */
    StageForm stages;    /* graph: whether one output size begins at one height among these */
    HeadForm heads;      /* graph: of arrows */
    Str highlight;       /* graph: paths of groups and blocks, "3b, encoder/down1", or empty */
    WidthForm widths;    /* graph: what the width of an edge stands for */
    Str extract;         /* graph: layers and groups that stand at the side, "gradients, Adam", or empty */
    Str unboxed;         /* graph: style classes that are bare text, "pool, norm", or empty */
    EdgeForm edges;
    NodeForm nodes;      /* graph: what a node says */
    EndForm ends;        /* graph: how inputs and outputs are drawn */
    Projection projection; /* how solids are seen */
    MapForm maps;        /* feature maps as solids, or as sheets */
    SpineForm spine;     /* the line that solids stand on */
    Faces faces;         /* how faces are painted */
    ScaleNote scale_note; /* what the sizes mean, under the figure */
    VectorForm vectors;  /* how vectors lie */
    DenseForm dense;     /* arrows to fully connected layers */
    PoolForm pools;      /* pooling as solids, or as a text under the gap */
    Toggle operations;   /* names of operations under the gaps between solids */
    Law scale;           /* resolution axis of tensors */
    Law channel_scale;   /* channel axis of tensors */
    Str unit;            /* "1 channel = 0.02mm", empty: fit */
    Toggle kernels;      /* kernel windows and pyramids */
    Toggle arrows;       /* arrows between solids; heads on links between units */
    int64_t units;       /* most units of a layer that are drawn; 0: decide */
    Toggle bias;         /* bias units */
    Toggle bands;        /* activation bands on solids */
    Toggle tooltips;     /* exact numbers of each node for the pointer */
    Toggle links;        /* from closed blocks to the figure that shows their inside */
    Str title;           /* TeX, or empty */
    Str theme;           /* empty: the document's */
    Str node_prefix;     /* `name=` */
    Str label_font;      /* TeX font commands, checked, or empty */
    Str properties;      /* a layer that a panel beside the drawing tells of, or empty */
    Align align;         /* panels of a row among each other */
    Panels *panels;      /* several drawings in one, or NULL */
    Place place;         /* where it is said */
} Figure;

/* One key. */
typedef struct FigureKey {
    const char *name;    /* `view`, used as `view:` in specs, `--view` on the command line */
    const char *values;  /* allowed words separated by blanks, or a placeholder in capitals: LENGTH, TEXT, NUMBER, NAME, LIST */
    const char *fallback; /* what holds when nothing is said, in words */
    const char *help;    /* one line */
    bool only_tex;       /* only the package needs it: the program passes it on */
    const char *view;    /* the views that it concerns, separated by blanks; NULL: all */
} FigureKey;

const FigureKey *figure_key(size_t index);                     /* NULL behind the last */
int figure_key_find(Str name);                                 /* index or -1 */
bool figure_key_is_list(const FigureKey *key);                  /* it takes names between commas */
Str figure_key_nearest(Arena *arena, Str name);
/* Sets a key from its text; reports (at `place`) and returns false where the value is not allowed. */
bool figure_set(Arena *arena, Diags *diags, Figure *figure, size_t key, Str value, Place place);
Figure figure_default(void);
Figure figure_part(Figure figure);                              /* what a part of it takes over: all but what the whole is told */
/* Takes the next line of a list of names (Figure.rows, Figure.columns): its name, and its label or nothing. */
bool figure_line(Str *rest, Str *name, Str *label);
/* What a key is set to, as a spec would write it; empty where it decides for itself. */
Str figure_text(Arena *arena, const Figure *figure, size_t key);
/* Whether a key that concerns one view only is set. */
bool figure_key_given(const Figure *figure, size_t key);
bool figure_key_concerns(const FigureKey *key, const char *view); /* whether that view looks at it */

#endif
