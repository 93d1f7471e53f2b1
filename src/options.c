/* SPDX-License-Identifier: MIT */
/* The tables of commands and options, and getopt_long made from them. */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const Command commands[] = {
    {COMMAND_DRAW, "draw", "MODEL [-o NET.tikz]", "write TikZ code (the default command)"},
    {COMMAND_PDF, "pdf", "MODEL -o FILE", "typeset the figure into FILE.pdf, .png or .svg with TeX"},
    {COMMAND_SUMMARY, "summary", "MODEL", "print a table of layers, shapes, parameters and MACs"},
    {COMMAND_CONVERT, "convert", "MODEL [-o NET.yaml]", "write the model as a spec, to edit and draw further"},
    {COMMAND_CHECK, "check", "MODEL...", "print diagnostics alone"},
    {COMMAND_LIST, "list", "ops|views|themes|formats|keys|schema|man|bash|zsh|fish", "print what there is"},
};

static const Option options[] = {
    {OPTION_OUTPUT, "output", 'o', "FILE", "write to FILE, whole or not at all; without it to standard output", "draw pdf summary convert"},
    {OPTION_FROM, "from", 'f', "FORMAT", "format of MODEL, where content and suffix do not tell", NULL},
    {OPTION_FORMAT, "format", 0, "FORMAT",
     "form of the summary: text (default), tsv, json, latex, caption, macros; ascii (a drawing), blocks, layers (counts of "
     "operations), blocks-latex, layers-latex", "summary"},
    {OPTION_FIGURE, "figure", 0, "NAME", "which of several figures of a spec to draw (default: the first)", "draw pdf"},
    {OPTION_NETWORK, "network", 0, "NAME", "which of several networks of a spec is meant (default: summary and check take all)",
     "draw pdf summary convert check"},
    {OPTION_STANDALONE, "standalone", 0, NULL, "write a whole document, not only the figure", "draw"},
    {OPTION_SELF_CONTAINED, "self-contained", 0, NULL, "put the package into the figure's file: a document needs only TikZ for it", "draw"},
    {OPTION_ENGINE, "engine", 0, "PROGRAM", "pdflatex (default), lualatex or xelatex", "pdf"},
    {OPTION_DPI, "dpi", 0, "NUMBER", "resolution of a PNG (default 300)", "pdf"},
    {OPTION_FORCE, "force", 0, NULL, "overwrite a generated file that was edited by hand; with convert, any file", "draw convert"},
    {OPTION_TEX, "tex", 0, NULL, "as \\netikzinput runs it: writes only a .tikz under the current folder; always so if called rnetikz", "draw"},
    {OPTION_SET, "set", 0, "SYMBOL=NUMBER", "give a symbol of the input's shape a number: T=128; may be repeated", NULL},
    {OPTION_RAW_TEX, "raw-tex", 0, NULL, "allow any TeX in labels, notes and titles of a spec that you trust", NULL},
    {OPTION_HELP, "help", 'h', NULL, "print this help", NULL},
    {OPTION_VERSION, "version", 'V', NULL, "print the version", NULL},
};

enum {
    COMMANDS = sizeof commands / sizeof *commands,
    OPTIONS = sizeof options / sizeof *options,
    FIRST_OPTION = 1000, /* codes of getopt_long: options, then figure keys */
    FIRST_KEY = 2000
};

const Command *command_at(size_t index)
{
    return index < COMMANDS ? &commands[index] : NULL;
}

const Option *option_at(size_t index)
{
    return index < OPTIONS ? &options[index] : NULL;
}

static size_t key_total(void)
{
    size_t count = 0;
    netikz_key key;
    while (netikz_key_at(count, &key))
        count++;
    return count;
}

static bool has_word(const char *words, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = words; size && (at = strstr(at, word)); at++)
        if ((at == words || at[-1] == ' ') && (at[size] == ' ' || !at[size]))
            return true;
    return false;
}

/* A key that can be switched on means yes where nothing is said: `--explicit` is `--explicit=yes`. */
static bool is_switch(const netikz_key *key)
{
    return has_word(key->values, "yes");
}

/* The value of a switch: behind `=`, the next word where that is one of its values, or else yes. */
static const char *switch_value(const netikz_key *key, int argc, char **argv)
{
    if (optarg)
        return optarg;
    const char *next = optind < argc ? argv[optind] : "";
    return has_word(key->values, next) || has_word("on off true false", next) ? argv[optind++] : "yes";
}

/* getopt_long's table; NULL when there is no memory. */
static struct option *long_options(void)
{
    size_t keys = key_total();
    struct option *table = calloc(OPTIONS + keys + 1, sizeof *table);
    if (!table)
        return NULL;
    for (size_t i = 0; i < OPTIONS; i++)
        table[i] = (struct option){options[i].name, options[i].argument ? required_argument : no_argument, NULL,
                                   FIRST_OPTION + (int)i};
    for (size_t i = 0; i < keys; i++) {
        netikz_key key;
        netikz_key_at(i, &key);
        table[OPTIONS + i] = (struct option){key.name, is_switch(&key) ? optional_argument : required_argument, NULL, FIRST_KEY + (int)i};
    }
    return table;
}

static int code_of_letter(int letter)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (options[i].letter == letter)
            return FIRST_OPTION + (int)i;
    return letter;
}

static const Command *command_named(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* An option that the command does not take would be ignored: say so instead. */
static bool options_fit(const Invocation *invocation)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        const char *allowed = options[i].commands;
        if (!invocation->values[options[i].id] || !allowed)
            continue;
        const char *found = strstr(allowed, invocation->command->name);
        if (!found) {
            fprintf(stderr, "netikz: error: --%s does not go with `%s`\nhint: it goes with %s\n", options[i].name,
                    invocation->command->name, allowed);
            return false;
        }
    }
    if (invocation->key_count && invocation->command->id != COMMAND_DRAW && invocation->command->id != COMMAND_PDF) {
        netikz_key key;
        netikz_key_at(invocation->keys[0], &key);
        fprintf(stderr, "netikz: error: --%s does not go with `%s`\nhint: figure keys go with draw pdf\n", key.name,
                invocation->command->name);
        return false;
    }
    return true;
}

/* What TeX runs unattended must never overwrite an author's work or print what is not checked. */
static bool tex_fits(const Invocation *invocation)
{
    static const OptionId never[] = {OPTION_FORCE, OPTION_RAW_TEX, OPTION_STANDALONE, OPTION_SELF_CONTAINED};
    for (size_t i = 0; invocation->values[OPTION_TEX] && i < sizeof never / sizeof *never; i++)
        if (invocation->values[never[i]]) {
            fprintf(stderr, "netikz: error: --tex does not go with --force, --raw-tex, --standalone, --self-contained\n");
            return false;
        }
    return true;
}

static bool operands_fit(const Invocation *invocation)
{
    bool many = invocation->command->id == COMMAND_CHECK;
    if (invocation->values[OPTION_HELP] || invocation->values[OPTION_VERSION] || invocation->operand_count == 1 ||
        (many && invocation->operand_count > 1))
        return true;
    if (invocation->operand_count == 0)
        fprintf(stderr, "netikz: error: nothing to %s\n", invocation->command->name);
    else
        fprintf(stderr, "netikz: error: `%s` is one too many\n", invocation->operands[1]);
    fprintf(stderr, "hint: netikz %s %s\n", invocation->command->name, invocation->command->operands);
    return false;
}

static bool take_options(Invocation *invocation, int argc, char **argv, const struct option *table)
{
    opterr = 0;
    for (;;) {
        int code = getopt_long(argc, argv, ":o:f:hV", table, NULL);
        if (code == -1)
            return true;
        code = code < FIRST_OPTION ? code_of_letter(code) : code;
        if (code >= FIRST_KEY) {
            netikz_key key;
            netikz_key_at((size_t)(code - FIRST_KEY), &key);
            invocation->keys[invocation->key_count] = (size_t)(code - FIRST_KEY);
            invocation->key_values[invocation->key_count++] = is_switch(&key) ? switch_value(&key, argc, argv) : optarg;
        } else if (code >= FIRST_OPTION && code < FIRST_OPTION + OPTIONS) {
            OptionId id = options[code - FIRST_OPTION].id;
            invocation->values[id] = optarg ? optarg : "";
            if (id == OPTION_SET)
                invocation->sets[invocation->set_count++] = optarg;
        } else {
            fprintf(stderr, "netikz: error: `%s` %s\nhint: `netikz --help` lists the options\n", argv[optind - 1],
                    code == ':' ? "needs a value" : "is not an option, or not a clear one");
            return false;
        }
    }
}

/* The first operand may be a command; without one it is a model to draw. */
static void take_operands(Invocation *invocation, int argc, char **argv)
{
    const Command *named = optind < argc ? command_named(argv[optind]) : NULL;
    invocation->command = named ? named : &commands[0];
    int first = named ? optind + 1 : optind;
    invocation->operands = argv + first;
    invocation->operand_count = (size_t)(argc - first);
}

/* Under this name TeX's restricted shell may run the program: whatever a document writes on the command line, it is as with --tex. */
static bool is_restricted(const char *self)
{
    const char *slash = strrchr(self, '/');
    return strcmp(slash ? slash + 1 : self, "rnetikz") == 0;
}

bool options_parse(Invocation *invocation, int argc, char **argv)
{
    *invocation = (Invocation){0};
    struct option *table = long_options();
    invocation->keys = calloc((size_t)argc + 1, sizeof *invocation->keys);
    invocation->key_values = calloc((size_t)argc + 1, sizeof *invocation->key_values);
    invocation->sets = calloc((size_t)argc + 1, sizeof *invocation->sets);
    bool parsed = table && invocation->keys && invocation->key_values && invocation->sets &&
                  take_options(invocation, argc, argv, table);
    free(table);
    if (!parsed)
        return false;
    take_operands(invocation, argc, argv);
    if (argc > 0 && is_restricted(argv[0]))
        invocation->values[OPTION_TEX] = "";
    return operands_fit(invocation) && options_fit(invocation) && tex_fits(invocation);
}

void options_release(Invocation *invocation)
{
    free(invocation->keys);
    free(invocation->key_values);
    free(invocation->sets);
}
