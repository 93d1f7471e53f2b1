/* SPDX-License-Identifier: MIT */
/* Help, man page and completions, all from the tables of commands, options and figure keys. */
#include "options.h"

#include <string.h>

static const char about[] = "reads a neural network and writes its figure as TikZ code, or a table of its layers";

/* ---- --help ---- */

static void print_option(FILE *out, const Option *option)
{
    char left[64];
    snprintf(left, sizeof left, "%c%c%c --%s%s%s", option->letter ? '-' : ' ', option->letter ? option->letter : ' ',
             option->letter ? ',' : ' ', option->name, option->argument ? "=" : "", option->argument ? option->argument : "");
    fprintf(out, "  %-24s %s\n", left, option->help);
}

static void print_help(FILE *out)
{
    fprintf(out, "netikz %s\n\nUsage:\n", about);
    for (size_t i = 0; command_at(i); i++)
        fprintf(out, "  netikz %s %s\n      %s\n", command_at(i)->name, command_at(i)->operands, command_at(i)->help);
    fprintf(out, "\nMODEL is a file (`netikz list formats`), or - for standard input.\n\nOptions:\n");
    for (size_t i = 0; option_at(i); i++)
        print_option(out, option_at(i));
    fprintf(out, "\nFigure keys, as in `figure:` of a spec, which they override; where `yes` is a value, the key alone means it:\n");
    netikz_key key;
    for (size_t i = 0; netikz_key_at(i, &key); i++)
        fprintf(out, "  --%s=%s\n      %s (default: %s)\n", key.name, key.values, key.help, key.fallback);
    fprintf(out, "\nExit status: 0 done, 1 the model is at fault, 2 the command line, 3 the surroundings.\n");
}

/* ---- man page, in the macros of man(7) ---- */

/* Text for roff: backslashes and hyphens escaped, no line begins with a control character. */
static void put_roff(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", out);
    for (; *text; text++)
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else
            fputc(*text, out);
}

static void man_item(FILE *out, const char *name, char letter, const char *argument, const char *help)
{
    fprintf(out, ".TP\n");
    if (letter)
        fprintf(out, "\\fB\\-%c\\fR, ", letter);
    fprintf(out, "\\fB\\-\\-");
    put_roff(out, name);
    fprintf(out, "\\fR");
    if (argument) {
        fprintf(out, "=\\fI");
        put_roff(out, argument);
        fprintf(out, "\\fR");
    }
    fputc('\n', out);
    put_roff(out, help);
    fputc('\n', out);
}

static void man_commands(FILE *out)
{
    fprintf(out, ".SH SYNOPSIS\n");
    for (size_t i = 0; command_at(i); i++) {
        fprintf(out, "%s\\fBnetikz %s\\fR ", i ? ".br\n" : "", command_at(i)->name);
        put_roff(out, command_at(i)->operands);
        fputc('\n', out);
    }
    fprintf(out, ".SH DESCRIPTION\n.B netikz\n");
    put_roff(out, about);
    fprintf(out, ".\nMODEL is a file, or \\- for standard input. Commands:\n");
    for (size_t i = 0; command_at(i); i++) {
        fprintf(out, ".TP\n.B %s\n", command_at(i)->name);
        put_roff(out, command_at(i)->help);
        fputc('\n', out);
    }
}

static void print_man(FILE *out)
{
    fprintf(out, ".TH NETIKZ 1 \"\" \"netikz %s\" \"User Commands\"\n.SH NAME\nnetikz \\- ", netikz_version());
    put_roff(out, about);
    fputc('\n', out);
    man_commands(out);
    fprintf(out, ".SH OPTIONS\n");
    for (size_t i = 0; option_at(i); i++)
        man_item(out, option_at(i)->name, option_at(i)->letter, option_at(i)->argument, option_at(i)->help);
    fprintf(out, ".SH FIGURE KEYS\nAs in \\fBfigure:\\fR of a spec, which they override; where \\fByes\\fR is a value, the key alone means it.\n");
    netikz_key key;
    for (size_t i = 0; netikz_key_at(i, &key); i++) {
        man_item(out, key.name, 0, key.values, key.help);
        fprintf(out, "(default: ");
        put_roff(out, key.fallback);
        fprintf(out, ")\n");
    }
    fprintf(out, ".SH ENVIRONMENT\n.TP\n.B NETIKZ_TEX\nfolder that holds netikz.sty, for the command \\fBpdf\\fR\n"
                 ".TP\n.B TMPDIR\nwhere \\fBpdf\\fR makes its temporary folder\n"
                 ".SH EXIT STATUS\n0 done (warnings are possible); 1 the model is at fault; 2 the command line is at fault; "
                 "3 the surroundings are (cannot read or write, TeX missing or failed).\n"
                 ".SH EXAMPLES\n.nf\nnetikz net.yaml \\-o net.tikz\nnetikz pdf net.yaml \\-\\-view=tensors \\-o net.pdf\n"
                 "netikz summary net.yaml\n.fi\n.SH SEE ALSO\npdflatex(1), dvisvgm(1), pdftoppm(1)\n");
}

/* ---- completions ---- */

/* Calls `put` for each long option and figure key; `words` are the allowed words of a key, or NULL. */
static void each_long_option(FILE *out, void (*put)(FILE *out, const char *name, const char *help, const char *words))
{
    for (size_t i = 0; option_at(i); i++)
        put(out, option_at(i)->name, option_at(i)->help, NULL);
    netikz_key key;
    for (size_t i = 0; netikz_key_at(i, &key); i++) {
        bool placeholder = key.values[0] >= 'A' && key.values[0] <= 'Z';
        put(out, key.name, key.help, placeholder ? NULL : key.values);
    }
}

static void put_words(FILE *out, const char *sentence)
{
    for (size_t i = 0; command_at(i); i++)
        fprintf(out, "%s%s", i ? " " : "", command_at(i)->name);
    fputs(sentence, out);
}

static void bash_word(FILE *out, const char *name, const char *help, const char *words)
{
    (void)help;
    (void)words;
    fprintf(out, " --%s", name);
}

static void bash_case(FILE *out, const char *name, const char *help, const char *words)
{
    (void)help;
    if (words)
        fprintf(out, "    --%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n", name, words);
}

static void print_bash(FILE *out)
{
    fprintf(out, "# bash completion for netikz\n_netikz() {\n  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                 "  [ \"$word\" = = ] && word=\n  [ \"$before\" = = ] && before=${COMP_WORDS[COMP_CWORD-2]}\n  case $before in\n");
    each_long_option(out, bash_case);
    fprintf(out, "  esac\n  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '");
    each_long_option(out, bash_word);
    fprintf(out, "' -- \"$word\"))\n  elif [ \"$COMP_CWORD\" = 1 ]; then COMPREPLY=($(compgen -f -W '");
    put_words(out, "' -- \"$word\"))\n  else COMPREPLY=($(compgen -f -- \"$word\")); fi\n}\ncomplete -o filenames -F _netikz netikz\n");
}

/* A help text inside single quotes and brackets of a shell completion. */
static void put_quoted(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc(*text == '\'' || *text == '[' || *text == ']' || *text == ':' ? ' ' : *text, out);
}

static void zsh_option(FILE *out, const char *name, const char *help, const char *words)
{
    fprintf(out, "  '--%s[", name);
    put_quoted(out, help);
    if (words)
        fprintf(out, "]:value:(%s)' \\\n", words);
    else
        fprintf(out, "]' \\\n");
}

static void print_zsh(FILE *out)
{
    fprintf(out, "#compdef netikz\n_arguments \\\n");
    each_long_option(out, zsh_option);
    fprintf(out, "  '1:command or model:(");
    put_words(out, ")' \\\n  '*:file:_files'\n");
}

static void fish_option(FILE *out, const char *name, const char *help, const char *words)
{
    fprintf(out, "complete -c netikz -l %s -d '", name);
    put_quoted(out, help);
    fprintf(out, "'");
    if (words)
        fprintf(out, " -x -a '%s'", words);
    fputc('\n', out);
}

static void print_fish(FILE *out)
{
    fprintf(out, "complete -c netikz -n __fish_use_subcommand -a '");
    put_words(out, "'\n");
    each_long_option(out, fish_option);
}

static void print_keys(FILE *out)
{
    netikz_key key;
    for (size_t i = 0; netikz_key_at(i, &key); i++)
        fprintf(out, "%-14s %s\n               %s (default: %s)\n", key.name, key.values, key.help, key.fallback);
}

bool help_print(FILE *out, const char *what)
{
    static const struct {
        const char *name;
        void (*print)(FILE *out);
    } texts[] = {{"help", print_help}, {"man", print_man}, {"bash", print_bash},
                 {"zsh", print_zsh},   {"fish", print_fish}, {"keys", print_keys}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].name, what) == 0) {
            texts[i].print(out);
            return true;
        }
    return false;
}
