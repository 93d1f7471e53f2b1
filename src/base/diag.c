/* SPDX-License-Identifier: MIT */
/* Collects reports as the text that is to be printed, counts them, and stops at a limit. */
#include "base/diag.h"

#include "base/excerpt.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    MOST_REPORTS = 20, /* of a level; what follows is counted, not shown */
    MOST_NOTES = 8,    /* notes and hints of one report */
    MOST_TEXT = 2000,  /* bytes of one sentence: it may hold a name from a file of strangers */
    MOST_NAME = 300    /* bytes of the name of a node */
};

struct Diags {
    Arena *arena;              /* where everything lives */
    Text text;                 /* the reports so far */
    size_t count[DIAG_ERROR + 1]; /* reports of each level */
    DiagFault fault;           /* the worst so far */
    bool shown;                /* the last report is in the text, and its hints may follow */
    unsigned notes;            /* hints and notes that it has */
};

Diags *diags_new(Arena *arena)
{
    Diags *diags = ARENA_NEW(arena, Diags);
    diags->arena = arena;
    diags->text = text_in(arena);
    return diags;
}

/* printf into the arena, no more than is shown of it. */
__attribute__((format(printf, 2, 0))) static Str sentence(Arena *arena, const char *format, va_list arguments)
{
    char *at = arena_array(arena, MOST_TEXT + 2, 1);
    int size = vsnprintf(at, MOST_TEXT + 2, format, arguments);
    if (size < 0)
        return STR("(the message cannot be shown)");
    return (Str){at, (size_t)size < MOST_TEXT + 2 ? (size_t)size : MOST_TEXT + 1};
}

/* `FILE:LINE:COL: `, `FILE: node 'NAME': `, `FILE: ` or `netikz: `. */
static void add_place(Text *text, Place place)
{
    if (!place.source || !place.source->name.size) {
        text_add(text, STR("netikz: "));
        return;
    }
    excerpt_add_shown(text, place.source->name, MOST_TEXT);
    if (place.line) {
        text_add_char(text, ':');
        text_add_int(text, place.line);
    }
    if (place.line && place.column) {
        text_add_char(text, ':');
        text_add_int(text, place.column);
    }
    text_add(text, STR(": "));
    if (!place.line && place.node.size) {
        text_add(text, STR("node '"));
        excerpt_add_shown(text, place.node, MOST_NAME);
        text_add(text, STR("': "));
    }
}

static void add_report(Text *text, Place place, const char *level, Str what)
{
    add_place(text, place);
    text_add(text, str_from(level));
    excerpt_add_shown(text, what, MOST_TEXT);
    text_add_char(text, '\n');
    excerpt_add_line(text, place);
}

/* Counts a report and says whether it is to be shown. */
static bool begin(Diags *diags, DiagLevel level)
{
    size_t count = ++diags->count[level];
    diags->notes = 0;
    diags->shown = count <= MOST_REPORTS;
    if (count == MOST_REPORTS + 1)
        text_add(&diags->text, level == DIAG_ERROR ? STR("more errors follow\n") : STR("more warnings follow\n"));
    return diags->shown;
}

__attribute__((format(printf, 4, 0))) static void fail(Diags *diags, DiagFault fault, Place place, const char *format,
                                                       va_list arguments)
{
    if (diags->fault < fault)
        diags->fault = fault;
    if (begin(diags, DIAG_ERROR))
        add_report(&diags->text, place, "error: ", sentence(diags->arena, format, arguments));
}

void diag_error(Diags *diags, Place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(diags, FAULT_INPUT, place, format, arguments);
    va_end(arguments);
}

void diag_usage(Diags *diags, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(diags, FAULT_USAGE, (Place){0}, format, arguments);
    va_end(arguments);
}

void diag_surroundings(Diags *diags, Str file, const char *format, ...)
{
    Source source = {.name = file};
    va_list arguments;
    va_start(arguments, format);
    fail(diags, FAULT_SURROUNDINGS, (Place){.source = &source}, format, arguments);
    va_end(arguments);
}

void diag_warning(Diags *diags, Place place, const char *format, ...)
{
    if (!begin(diags, DIAG_WARNING))
        return;
    va_list arguments;
    va_start(arguments, format);
    add_report(&diags->text, place, "warning: ", sentence(diags->arena, format, arguments));
    va_end(arguments);
}

/* Hints and notes belong to the report before: they are dropped with it, and where there are too many. */
static bool may_add(Diags *diags)
{
    return diags->shown && diags->notes++ < MOST_NOTES;
}

void diag_hint(Diags *diags, const char *format, ...)
{
    if (!may_add(diags))
        return;
    va_list arguments;
    va_start(arguments, format);
    text_add(&diags->text, STR("hint: "));
    excerpt_add_shown(&diags->text, sentence(diags->arena, format, arguments), MOST_TEXT);
    text_add_char(&diags->text, '\n');
    va_end(arguments);
}

void diag_note(Diags *diags, Place place, const char *format, ...)
{
    if (!may_add(diags))
        return;
    va_list arguments;
    va_start(arguments, format);
    add_report(&diags->text, place, "note: ", sentence(diags->arena, format, arguments));
    va_end(arguments);
}

void diag_remark(Diags *diags, Place place, const char *format, ...)
{
    if (!begin(diags, DIAG_NOTE))
        return;
    va_list arguments;
    va_start(arguments, format);
    add_report(&diags->text, place, "note: ", sentence(diags->arena, format, arguments));
    va_end(arguments);
}

size_t diags_errors(const Diags *diags)
{
    return diags->count[DIAG_ERROR];
}

bool diags_full(const Diags *diags)
{
    return diags->count[DIAG_ERROR] >= MOST_REPORTS;
}

DiagFault diags_fault(const Diags *diags)
{
    return diags->fault;
}

Str diags_text(const Diags *diags)
{
    return text_str(&diags->text);
}
