/* SPDX-License-Identifier: MIT */
/* The polynomial behind a symbolic dimension; only the dim_*.c files look inside. */
#ifndef NETIKZ_DIM_POLY_H
#define NETIKZ_DIM_POLY_H

#include "graph/shape.h"

enum {
    POLY_MAX_TERMS = 48,  /* more becomes unknown: nobody could read it */
    POLY_MAX_FACTORS = 16, /* different symbols in one term */
    POLY_MAX_POWER = 64   /* of one symbol */
};

/* A symbol to a power. */
typedef struct Factor {
    Str symbol;    /* its name */
    int64_t power; /* at least 1 */
} Factor;

/* A product of symbols with a rational coefficient. */
typedef struct Term {
    int64_t over;    /* numerator of the coefficient, never 0 */
    int64_t under;   /* denominator, at least 1, without common divisor; 1 where there is no symbol */
    Factor *factors; /* by name; none for the constant term */
    uint32_t count;  /* how many */
} Term;

/*
 * Terms in graded lexicographic order, no two of the same symbols. As the order is admissible for products, the first
 * term leads in long division, and equal values have equal form.
 */
typedef struct Poly {
    Term *terms;    /* at least one has symbols, else the value is a DIM_INT */
    uint32_t count; /* how many */
} Poly;

#endif
