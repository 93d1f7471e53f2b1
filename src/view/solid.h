/* SPDX-License-Identifier: MIT */
/* View `tensors`, private: the spine that an outline is drawn along, the solids on it and how large they are. */
#ifndef NETIKZ_SOLID_H
#define NETIKZ_SOLID_H

#include "base/diag.h"
#include "graph/outline.h"
#include "op/op.h"
#include "scene/scene.h"
#include "view/graph_colour.h"

enum {
    FEW_BREAKS = 2,     /* with no more groups than these the solids of a group stand apart as well */
    SOLIDS_MOST = 400,  /* more than these are no figure */
    EDGES_MOST = 5,     /* more groups than these, … */
    SPARSE_MOST = 14,   /* … or groups of more solids, have their resolution above or below, not at an edge */
    NUMBERS_MOST = 8,   /* of more groups than these, … */
    NUMBERED_MOST = 24, /* … or more solids, only the longest run of equal channels in each group is numbered */
    CIRCLES_MOST = 4,   /* more operator circles than these are left to the skip arrows alone */
    FACE_UNITS = 1000,  /* the largest face is as high as this */
    UNITS_A_CHANNEL = 10 /* with an exact unit: units of the generated code that one channel (or pixel) is */
};

/* ---- The spine: which nodes stand in line, and what hangs off them (solid_spine.c). ---- */

typedef struct Spine {
    Arena *arena;
    const Outline *outline;
    const Node **nodes;    /* in the order of drawing */
    uint32_t count;        /* of them */
    const Node **mains;    /* node → the one it continues, NULL at a source */
    bool *on;              /* node → stands on the spine */
    const Node **anchors;  /* node beside the spine → the spine's node that it hangs from, or NULL */
    uint32_t *first;       /* node → first of its links in; [node_count] is the end */
    uint32_t *users;       /* node → links that leave it */
    uint32_t left_out;     /* nodes beside the spine that no arrow stands for */
    const Node *example;   /* one of them */
    const Node **conditions; /* what steers many nodes and is not drawn: ends of short ways with an input of their own */
    uint32_t condition_count; /* of them */
} Spine;

Spine *solids_spine(Arena *arena, const Outline *outline); /* of any acyclic outline */

/* ---- The solids (solid_plan.c). ---- */

typedef enum SolidForm {
    FORM_MAP,      /* height × width, channels along the spine */
    FORM_SEQUENCE, /* length, features along the spine */
    FORM_VECTOR,   /* a pillar */
    FORM_CIRCLE    /* an operator */
} SolidForm;

/* A size as it is labelled and as it is drawn. */
typedef struct Extent {
    Dim dim;   /* the label */
    int64_t n; /* with numbers in place of symbols, at least 1 */
} Extent;

typedef struct Solid {
    const Node *node;       /* whose output it is */
    const Node *last;       /* the last node that it stands for */
    const Node *maker;      /* whose operation leads to it: its node, of a joined one what makes its own part */
    uint32_t tower;         /* from 1: which tower it stands in; 0: in none */
    int64_t level;          /* from 0: which row it stands on where solids stand in levels */
    SolidForm form;         /* how it is drawn */
    int style;              /* StyleClass */
    Extent channels;        /* along the spine; of a vector: its length */
    Extent height;          /* of maps and sequences */
    Extent width;           /* of maps */
    Dim frames;             /* further axis of volumes; unknown elsewhere */
    int64_t copied;         /* channels that a concatenation adds from elsewhere, drawn at its near end; 0: none */
    const Cell *ending;     /* activation that may be shown as a band, or NULL */
    bool joined;            /* the data come from the solid before */
    bool opens;             /* first of its group */
    bool slab;              /* a thin slab glued to the solid behind it */
    int64_t thick;          /* along the spine, in units */
    int64_t tall;           /* height in units */
    int64_t deep;           /* depth in units */
} Solid;

/* An arrow to a solid that is not the next one. */
typedef struct Skip {
    uint32_t from, to; /* solids, from < to */
    LinkRole role;
} Skip;

/* What a node reads among the solids, through whatever is not drawn. */
enum { FEED_MOST = 8 };
typedef struct Feed {
    uint32_t sources[FEED_MOST]; /* solids */
    uint32_t count;
    Str told;               /* TeX: pooling on the way that is not drawn, or empty */
} Feed;

/* How a size becomes a length. */
typedef enum ScaleLaw { SCALE_LINEAR, SCALE_POWER, SCALE_SQRT, SCALE_LOG, SCALE_CLASSES } ScaleLaw;

/* n / d, d 0: none. */
typedef struct Ratio {
    int64_t n, d;
} Ratio;

typedef struct SolidPlan {
    Arena *arena;
    Diags *diags;
    const Figure *figure;
    const Outline *outline;
    const Spine *spine;
    Solid *solids;          /* in the order of drawing */
    uint32_t count, room;   /* of them */
    uint32_t *carriers;     /* node → index of the solid that stands for its output; NOBODY elsewhere */
    ScaleLaw height_law;    /* of resolutions */
    ScaleLaw channel_law;   /* of channels */
    int64_t face;           /* units of the largest face */
    Ratio pixel, channel;   /* units of one where its law is linear */
    int64_t spread;         /* units that every gap between groups is longer than its least length */
    Str unit;               /* length of 1000 units, empty: to be solved for */
    int *group_styles;      /* node → class of a closed group */
    uint32_t groups;        /* groups that have a resolution */
    uint32_t breaks;        /* groups of any kind */
    Skip *skips;            /* arrows that are not the spine's, short ones first */
    uint32_t skip_count, skip_room;
    Feed *feeds;            /* node → what it reads */
    uint32_t *node_towers;  /* node → its tower, 0: none */
    uint32_t towers;        /* rows that run in parallel; 0: none */
    int64_t level_count;    /* of rows, where solids stand in levels */
    bool levels;            /* each resolution on a row of its own */
    bool flat;              /* bars without depth */
    bool sheets;            /* feature maps one behind the other */
    bool receding;          /* vectors lie in depth */
    bool operations;        /* arrows stand for operations, in the colour of their class */
    Palette *palette;       /* what colours stand for where they do not say the class */
    const char **paints;    /* node → its class by `colours`; NULL: that of its operation */
    Names *symbols;         /* names of dimensions that numbers were put in for */
} SolidPlan;

#define NOBODY UINT32_MAX

void solids_plan(SolidPlan *plan); /* fills solids and carriers; warns of what it leaves out */
bool solid_is_face(const Solid *solid); /* a map or a sequence: has a resolution */
bool solid_stands_apart(const SolidPlan *plan, uint32_t index); /* a wide gap with an arrow is before it */
bool solid_same_resolution(const Solid *a, const Solid *b); /* exactly */

/* Form and extents from the shape of its node (solid_extent.c); false where nothing is known of it. */
bool solid_set_extents(SolidPlan *plan, Solid *solid, const Solid *before);

/* ---- Levels (solid_level.c) and what their arrows stand for (solid_arrow.c). ---- */

bool solid_sheets_asked(const Figure *figure); /* feature maps as sheets, `projection` or `maps` */
void solids_levels(SolidPlan *plan); /* decides on levels, projection and operation arrows */
uint32_t solid_before_on_level(const SolidPlan *plan, uint32_t index); /* NOBODY: none */
bool solid_level_says_channels(const SolidPlan *plan, uint32_t index); /* over a flat bar */

typedef struct Operation {
    const char *class;  /* of the theme */
    const char *points; /* right, down, up */
    Label label;        /* what it is called */
} Operation;

Operation solid_operation(const SolidPlan *plan, uint32_t index); /* that leads to a solid from the one before */
void solids_add_operations(const SolidPlan *plan, Scene *scene); /* the legend of arrows */
const char *solid_class(const SolidPlan *plan, const Solid *solid); /* of the theme, that it is painted in */
int solid_style_of(const SolidPlan *plan, const Node *node); /* StyleClass */
Str solid_fused_text(const SolidPlan *plan, const Solid *solid); /* ` + BN + ReLU` */

/* ---- Towers (solid_tower.c), and texts under gaps (solid_gap.c). ---- */

bool solid_is_drawn(const SolidPlan *plan, const Node *node); /* as a solid or circle */
bool solid_belongs_together(const Solid *a, const Solid *b); /* of about one resolution */
void solids_find_towers(SolidPlan *plan); /* whether branches run in parallel, before the solids */
const Node **solids_tower_order(const SolidPlan *plan, uint32_t *count); /* nodes in the order of drawing */
void solids_join_towers(SolidPlan *plan); /* groups of the solids in towers */
void solids_find_feeds(SolidPlan *plan); /* fills feeds */
bool solid_add_tower_row(const SolidPlan *plan, Scene *scene, uint32_t index); /* false: it stands behind the one before */
void solids_add_tower_links(const SolidPlan *plan, Scene *scene);
bool solid_add_window(const SolidPlan *plan, Scene *scene, uint32_t from, uint32_t to, bool labelled); /* false: there is no kernel */
int64_t solid_sheets(const Solid *solid); /* how many it is drawn as */
bool solid_wants_kernels(const SolidPlan *plan); /* kernel windows are drawn */
bool solid_is_told(const SolidPlan *plan, const Node *node); /* pooling that is written instead of drawn */
Str solid_told_text(const SolidPlan *plan, const Node *node); /* TeX */
Str solid_tex_of(const SolidPlan *plan, Label label); /* a short text as TeX */
Label solid_arrow_label(const SolidPlan *plan, uint32_t index); /* of the arrow that leads to it, or empty */
void solids_add_gap_texts(const SolidPlan *plan, Scene *scene);

/* ---- Sizes (solid_scale.c, solid_unit.c): integers only. ---- */

enum { SYMBOL_NUMBER = 256 }; /* what a symbol counts for where it must be drawn */

int64_t solid_sqrt(int64_t n); /* floor of the square root */
int64_t solid_log2(int64_t n); /* 1024 times the binary logarithm, rounded down; n ≥ 1 */
void solids_sizes(SolidPlan *plan); /* fills thick, tall, deep */

/* `1 channel = 0.02mm, 1 pixel = 0.1mm` */
typedef struct UnitAsked {
    Str channel;            /* length of one channel as TeX reads it, empty: not asked */
    Str pixel;              /* length of one pixel, empty: not asked */
    int64_t channel_length; /* in a unit that all of TeX's are multiples of */
    int64_t pixel_length;   /* likewise */
} UnitAsked;

bool solid_unit_parse(Diags *diags, Place place, Str text, UnitAsked *unit); /* false after a report */
Str solid_unit_thousand(Arena *arena, Str length); /* of 1000 units where UNITS_A_CHANNEL are `length` */

/* ---- What is written at the solids (solid_dims.c, solid_text.c, solid_legend.c) … ---- */

void solid_add_dims(const SolidPlan *plan, Scene *scene, uint32_t index); /* sizes at the edges of the last solid */
void solids_add_sizes(const SolidPlan *plan, Scene *scene); /* sizes over groups */
void solid_add_span(const SolidPlan *plan, Scene *scene, uint32_t first, uint32_t last, SpanPlace place, Label label);
void solid_add_beside(const SolidPlan *plan, Scene *scene, uint32_t index); /* names of what enters and leaves */
Label solid_caption(const SolidPlan *plan, uint32_t index); /* what stands below it, or empty */
Label solid_turned(const SolidPlan *plan, uint32_t index); /* what runs up its front, or empty */
bool solid_is_crossed(const SolidPlan *plan, uint32_t index); /* two arrows that cross lead to it */
void solids_add_spans(const SolidPlan *plan, Scene *scene); /* names of groups */
void solids_add_conditions(const SolidPlan *plan, Scene *scene); /* what steers many solids and is not drawn */
void solids_add_legend(const SolidPlan *plan, Scene *scene); /* one entry a class, in the order of the flow */
bool solid_has_band(const SolidPlan *plan, const Solid *solid); /* its activation is shown on it */
Str solids_scale_note(const SolidPlan *plan, bool faces, bool channels); /* the laws in words, of resolutions and channels where asked for */
void solids_add_scale(const SolidPlan *plan, Scene *scene); /* solid_bar.c: what the sizes mean, under the figure */

/* ---- … and what runs between them (solid_links.c, solid_window.c). ---- */

void solids_find_skips(SolidPlan *plan); /* fills skips */
const Solid *solid_crop_to(const SolidPlan *plan, uint32_t index); /* the smaller solid that a part of it is copied to, or NULL */
void solids_add_links(const SolidPlan *plan, Scene *scene); /* arrows along the spine and over the top */
void solids_add_windows(const SolidPlan *plan, Scene *scene); /* kernels and their pyramids */
int64_t solids_rows(const SolidPlan *plan); /* that a line is folded into */
void solids_wrap(Arena *arena, Scene *scene, int64_t rows); /* solid_rows.c: folds the line into rows */
bool solid_window_before(const SolidPlan *plan, uint32_t index); /* a pyramid leads to this solid */
uint32_t solids_group_end(const SolidPlan *plan, uint32_t index); /* index behind the group that `index` opens */

#endif
