/* SPDX-License-Identifier: MIT */
/* Dimensions that are known, symbolic or unknown, and shapes made of them. */
#ifndef NETIKZ_SHAPE_H
#define NETIKZ_SHAPE_H

#include "base/text.h"

/*
 * A number of elements: unknown, an integer, or a polynomial with rational coefficients over named symbols (`T`,
 * `H/4`, `H/16·W/16`, `2T+1`). Used for sizes and for counts (parameters, MACs) alike. Immutable; equal values have
 * equal form. What overflows int64 or the term limit becomes unknown, never wrong.
 *
 * Symbols are taken to be divisible by whatever they are divided by: floor((H+1)/2) = H/2, as papers write it.
 */
typedef struct Dim {
    enum { DIM_UNKNOWN, DIM_INT, DIM_SYMBOLIC } kind;
    int64_t n;                /* DIM_INT: the value */
    const struct Poly *poly;  /* DIM_SYMBOLIC: the polynomial (shape.c) */
} Dim;

#define DIM_NONE ((Dim){DIM_UNKNOWN, 0, NULL})

Dim dim_int(int64_t n);                                   /* a known number */
Dim dim_symbol(Arena *arena, Str name);                   /* a symbol: letters, digits, `_` */
Dim dim_add(Arena *arena, Dim a, Dim b);                  /* a + b */
Dim dim_sub(Arena *arena, Dim a, Dim b);                  /* a - b */
Dim dim_mul(Arena *arena, Dim a, Dim b);                  /* a · b */
Dim dim_div(Arena *arena, Dim a, Dim b);                  /* floor(a / b); the constant term is floored on its own */
Dim dim_div_up(Arena *arena, Dim a, Dim b);               /* ceil(a / b), likewise */
Dim dim_div_exact(Arena *arena, Dim a, Dim b);            /* a / b where it has no remainder, else unknown */
bool dim_equal(Dim a, Dim b);                             /* both known to be the same; unknown equals nothing */
bool dim_known_different(Dim a, Dim b);                   /* both integers and not the same */
bool dim_is(Dim a, int64_t n);                            /* a is that integer */
Str dim_text(Arena *arena, Dim d);                        /* "64", "H/4", "?" */
Str dim_expression(Arena *arena, Dim d);                  /* the same as an expression of the spec language: "2*T+1" */
Dim dim_parse(Arena *arena, Str text, bool *ok);          /* "64", "T", "H/16", "2*T+1", "H/16*W/16", "?" */
Str dim_symbol_at(Dim d, uint32_t index);                 /* its symbols, one after the other, some more than once; empty behind the last */
Dim dim_bind(Arena *arena, Dim d, Str symbol, int64_t n); /* with the symbol replaced by a number */

enum { SHAPE_MAX_RANK = 16 };

/* The shape of a tensor. Dimensions are in the model's own order. */
typedef struct Shape {
    bool known;     /* whether the rank is known */
    uint32_t rank;  /* number of dimensions */
    Dim *dims;      /* rank of them */
} Shape;

Shape shape_unknown(void);                                      /* of unknown rank */
Shape shape_of(Arena *arena, uint32_t rank, const Dim *dims);   /* copies dims */
bool shape_equal(Shape a, Shape b);                             /* the same rank and all dimensions equal */
bool shape_conflict(Shape a, Shape b);                          /* cannot be the same: another rank or integer */
Dim shape_elements(Arena *arena, Shape s);                      /* product of all dimensions */
Str shape_text(Arena *arena, Shape s, const char *separator);   /* "3x224x224", "scalar", "?" */
Shape shape_parse(Arena *arena, Str text, bool *ok);            /* "3x224x224" (x, X or ×), "512", "Txd", "H/4xW/4" */

#endif
