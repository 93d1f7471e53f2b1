/* SPDX-License-Identifier: MIT */
/* Diagnostics: what was wrong, where, and what to do; collected during the run, printed by the caller. */
#ifndef NETIKZ_DIAG_H
#define NETIKZ_DIAG_H

#include "base/text.h"

/* One input: its name as the user gave it and its bytes. */
typedef struct Source {
    Str name;     /* path, or `<stdin>` */
    Str bytes;    /* whole content (mapped or in the arena) */
    bool is_text; /* lines and columns mean something */
} Source;

/* A place in a source. For binary inputs `node` names the node and line is 0. */
typedef struct Place {
    const Source *source; /* NULL: no place */
    uint32_t line;        /* from 1; 0: the whole file */
    uint32_t column;      /* from 1, in characters (not bytes) */
    uint32_t length;      /* characters to underline; 0 counts as 1 */
    Str node;             /* name of the node in a binary input, or empty */
} Place;

typedef enum DiagLevel { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR } DiagLevel;

/* Whose fault an error is; the worst decides the exit status. */
typedef enum DiagFault { FAULT_NONE = 0, FAULT_INPUT = 1, FAULT_USAGE = 2, FAULT_SURROUNDINGS = 3 } DiagFault;

typedef struct Diags Diags;

Diags *diags_new(Arena *arena);

/* Reports: `file:line:column: error: TEXT`, the source line, a caret. One sentence, no full stop, lower case. */
void diag_error(Diags *diags, Place place, const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_warning(Diags *diags, Place place, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Adds to the report before: `hint: TEXT` (what to do) … */
void diag_hint(Diags *diags, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* … or another place that explains it: `file:line:column: note: TEXT`. */
void diag_note(Diags *diags, Place place, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A report of its own that is neither a fault nor a doubt: `note: TEXT`. */
void diag_remark(Diags *diags, Place place, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* An error of the surroundings (cannot read or write): exit status 3. */
void diag_surroundings(Diags *diags, Str file, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* An error of the command line: exit status 2. */
void diag_usage(Diags *diags, const char *format, ...) __attribute__((format(printf, 2, 3)));

size_t diags_errors(const Diags *diags);      /* errors reported so far */
bool diags_full(const Diags *diags);          /* the limit (20 errors) is reached: stop looking */
DiagFault diags_fault(const Diags *diags);    /* the worst fault so far */
Str diags_text(const Diags *diags);           /* all of it as it is to be printed, in the order of reporting */

#endif
