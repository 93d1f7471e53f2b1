/* SPDX-License-Identifier: MIT */
/* What the tables share: which layers have a row, how outputs are written, the rows of a table for people. */
#ifndef NETIKZ_TABLE_H
#define NETIKZ_TABLE_H

#include "op/op.h"
#include "op/totals.h"

/* Whether it is an operation of the model: what enters a spec is none, and neither is what a reader added. */
bool table_has_row(const Graph *graph, const Layer *layer);
/* Shapes of all outputs joined by `,`, without their first axes. */
Str table_outputs(Arena *arena, const Layer *layer, const char *separator, uint32_t batch_axes);

/* A name on one line of a terminal: controls become blanks, what is no UTF-8 a question mark. */
Str table_plain(Arena *arena, Str name);
size_t table_width(Str s); /* characters on a terminal */
Str table_shortened(Arena *arena, Str s, size_t width, bool middle); /* with `…` for the middle or the end */
void table_add_totals(Text *text, const Totals *totals, uint32_t left_out); /* "25.6 M parameters, …" and its line end */

/* A row for people: a layer with what is fused into it, or a scope with the sum of what is in it. */
typedef struct TableRow {
    const Layer *layer; /* NULL: a scope */
    const Scope *scope; /* NULL: a layer that stands in none, or whose scope is no row */
    uint32_t indent;    /* scopes with a row around it */
    Str name;           /* first column */
    Str operation;      /* second column: what it does */
    Str output;         /* shape, "64×56×56" */
    Dim params;
    Dim macs;
    uint32_t times;     /* scopes in a run that share the row; 1 elsewhere */
} TableRow;

typedef struct TableRows {
    TableRow *rows;
    uint32_t count, room;
    uint32_t left_out;  /* auxiliary layers without a row */
} TableRows;

/* All rows, in the order of the flow, scopes before what is in them. */
TableRows table_rows(Arena *arena, const Graph *graph);
/* One row for each layer and each scope of the network itself, runs as one. */
TableRows table_top_rows(Arena *arena, const Graph *graph);

#endif
