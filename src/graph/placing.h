/* SPDX-License-Identifier: MIT */
/* Where an author puts a layer on a grid, how it looks there, and at which sides lines leave and enter it. */
#ifndef NETIKZ_PLACING_H
#define NETIKZ_PLACING_H

#include "base/diag.h"

typedef enum Side {
    SIDE_NONE, /* not said */
    SIDE_LEFT,
    SIDE_RIGHT,
    SIDE_ABOVE,
    SIDE_BELOW,
    SIDE_DIAGONAL /* enter: in a direction of 45 degrees */
} Side;

const char *side_name(Side side);           /* "left" …; "" for SIDE_NONE */
bool side_from_name(Str name, Side *side);

/* `auto`: as the operation is drawn elsewhere. */
typedef enum Look { LOOK_AUTO, LOOK_BOX, LOOK_CIRCLE, LOOK_ELLIPSE, LOOK_TEXT, LOOK_NONE, LOOK_DASHED } Look;

/* How a step of a sequence becomes something to draw. */
typedef enum Unroll {
    UNROLL_NO,
    UNROLL_YES, /* once on each line that it spans */
    UNROLL_LOOP /* once, with a line back into it */
} Unroll;

/* One of the things written in a node: a text, a text with a name beside it, or a column of values. */
typedef struct PlacingCell {
    Str text;                  /* TeX */
    Str aside;                 /* TeX: what stands beside it, or empty */
    Side side;                 /* where that is */
    struct PlacingCell *inner; /* values of a column; NULL: a text */
    uint32_t inner_count;      /* how many */
} PlacingCell;

typedef struct Placing {
    Place at_place;       /* where `at` is said */
    Str row, row_to;      /* a name or number; row_to: where it ends that spans several, or empty */
    Str column, column_to; /* likewise */
    Look look;
    Side leave;           /* at which side lines leave */
    Str bus;              /* the row or column along which they run then, or empty */
    Place leave_place;    /* where that is said */
    Side *enter;          /* at which side each input enters; SIDE_NONE: it does not matter */
    uint32_t enter_count;
    Place enter_place;    /* where that is said */
    Str edge;             /* TeX: label of the line that leaves, or empty */
    Side edge_side;
    Str state;            /* TeX: label of the lines between the steps of a recurrent layer, or empty */
    Side state_side;
    Side note_side;
    PlacingCell *cells;   /* what is written in it */
    Place cells_place;    /* where that is said */
    uint32_t cell_count;
    Str *marks;           /* values that read so are highlighted */
    uint32_t mark_count;
    Unroll unroll;
    Str ghost;            /* scopes: TeX of the letter that stands over its faded content, or empty */
} Placing;

#endif
