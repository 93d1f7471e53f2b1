/* SPDX-License-Identifier: MIT */
/* View `tensors`, private: the spine that an outline is drawn along, the solids on it and how large they are. */
#ifndef NETIKZ_SOLID_H
#define NETIKZ_SOLID_H

#include "base/diag.h"
#include "graph/outline.h"
#include "op/op.h"
#include "scene/scene.h"

enum {
    SOLIDS_MOST = 400,  /* more than these are no figure */
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
    uint32_t *users;       /* node → links that leave it */
    uint32_t left_out;     /* nodes beside the spine that no arrow stands for */
    const Node *example;   /* one of them */
} Spine;

Spine *spine_of(Arena *arena, const Outline *outline);

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

typedef struct Plan {
    Arena *arena;
    Diags *diags;
    const Figure *figure;
    const Outline *outline;
    const Spine *spine;
    Solid *solids;          /* in the order of drawing */
    uint32_t count, room;   /* of them */
    uint32_t *carriers;     /* node → index of the solid that stands for its output; NOBODY elsewhere */
    Law height_law;         /* of resolutions */
    Law channel_law;        /* of channels */
    int64_t face;           /* units of the largest face */
    int64_t spread;         /* units that every gap between groups is longer than its least length */
    Str unit;               /* length of 1000 units, empty: to be solved for */
    Names *symbols;         /* names of dimensions that numbers were put in for */
} Plan;

#define NOBODY UINT32_MAX

/* False after a report: nothing can be drawn. */
bool plan_solids(Plan *plan);
bool solid_is_face(const Solid *solid);                 /* a map or a sequence: has a resolution */
bool solid_same_resolution(const Solid *a, const Solid *b);

/* ---- Sizes (solid_scale.c, solid_unit.c): integers only. ---- */

enum { SYMBOL_NUMBER = 256 }; /* what a symbol counts for where it must be drawn */

int64_t scale_sqrt(int64_t n);                          /* floor of the square root */
int64_t scale_log2(int64_t n);                          /* 1024 times the binary logarithm, rounded down; n ≥ 1 */
void plan_sizes(Plan *plan);                            /* fills thick, tall, deep */

/* `1 channel = 0.02mm, 1 pixel = 0.1mm` */
typedef struct UnitAsked {
    Str channel;            /* length of one channel as TeX reads it, empty: not asked */
    Str pixel;              /* length of one pixel, empty: not asked */
    int64_t channel_length; /* in a unit that all of TeX's are multiples of */
    int64_t pixel_length;   /* likewise */
} UnitAsked;

bool unit_parse(Diags *diags, Place place, Str text, UnitAsked *unit); /* false after a report */
Str unit_thousand(Arena *arena, Str length);            /* the length of 1000 units where UNITS_A_CHANNEL are `length` */

/* ---- What is written at the solids (solid_text.c, solid_legend.c), between them (solid_links.c, solid_window.c). ---- */

void solid_add_dims(const Plan *plan, Scene *scene, uint32_t index); /* labels of the edges of the solid just added */
Label solid_caption(const Plan *plan, uint32_t index);  /* what stands below it, or empty */
void plan_add_spans(const Plan *plan, Scene *scene);    /* texts over and under groups */
void plan_add_legend(const Plan *plan, Scene *scene);
bool solid_has_band(const Plan *plan, const Solid *solid);
Str plan_scale_note(const Plan *plan);
void plan_add_links(const Plan *plan, Scene *scene);    /* arrows along the spine and over the top */
void plan_add_windows(const Plan *plan, Scene *scene);  /* kernels and their pyramids */
bool solid_window_before(const Plan *plan, uint32_t index); /* a pyramid leads to this solid */
uint32_t plan_group_end(const Plan *plan, uint32_t index);  /* index behind the last solid of the group that index opens */

#endif
