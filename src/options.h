/* SPDX-License-Identifier: MIT */
/* The command line: one table of commands and one of options, from which parsing, help, man page and completions come. */
#ifndef NETIKZ_OPTIONS_H
#define NETIKZ_OPTIONS_H

#include "netikz.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What the program can be told to do. */
typedef enum CommandId { COMMAND_DRAW, COMMAND_PDF, COMMAND_SUMMARY, COMMAND_CONVERT, COMMAND_CHECK, COMMAND_LIST } CommandId;

typedef struct Command {
    CommandId id;
    const char *name;     /* "draw" */
    const char *operands; /* "MODEL [-o NET.tikz]" */
    const char *help;     /* one line */
} Command;

/* The program's own options; figure keys are options as well (netikz_key_at). */
typedef enum OptionId {
    OPTION_OUTPUT,
    OPTION_FROM,
    OPTION_FORMAT,
    OPTION_FIGURE,
    OPTION_NETWORK,
    OPTION_STANDALONE,
    OPTION_SELF_CONTAINED,
    OPTION_ENGINE,
    OPTION_DPI,
    OPTION_FORCE,
    OPTION_TEX,
    OPTION_SET,
    OPTION_RAW_TEX,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COUNT
} OptionId;

typedef struct Option {
    OptionId id;
    const char *name;     /* "output" */
    char letter;          /* 'o', or 0 */
    const char *argument; /* "FILE", or NULL for a switch */
    const char *help;     /* one line */
    const char *commands; /* names of the commands that take it, separated by blanks; NULL: all */
} Option;

/* The command line as understood. */
typedef struct Invocation {
    const Command *command;
    const char *values[OPTION_COUNT]; /* argument of each option given, "" for a switch, NULL where it is not given */
    char **operands;                  /* models, or what to list */
    size_t operand_count;
    size_t *keys;                     /* figure keys that were given */
    const char **key_values;                /* their values */
    size_t key_count;
    char **sets;                      /* arguments of --set, in their order */
    size_t set_count;
} Invocation;

const Command *command_at(size_t index); /* NULL behind the last */
const Option *option_at(size_t index);   /* NULL behind the last */

/* Understands the command line; false after a message on standard error (exit status 2). Arrays live as long as argv. */
bool options_parse(Invocation *invocation, int argc, char **argv);
void options_release(Invocation *invocation);

/* What `--help`, `list man`, `list bash`, `list zsh`, `list fish` print (help.c). False where there is no such text. */
bool help_print(FILE *out, const char *what);

#endif
