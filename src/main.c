/* SPDX-License-Identifier: MIT */
/* The program: understands the command line, runs the pipeline, prints what comes out. */
#include "netikz.h"
#include "options.h"
#include "texmode.h"
#include "typeset.h"

#include <limits.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdlib.h>
#include <string.h>

static void print_diagnostics(netikz *run)
{
    netikz_text text = netikz_diagnostics(run);
    fwrite(text.at, 1, text.size, stderr);
}

/* A run with the keys of the command line set; NULL when there is no memory. *status tells whether they were fine. */
static netikz *start(const Invocation *invocation, netikz_status *status)
{
    netikz *run = netikz_new();
    *status = run ? NETIKZ_DONE : NETIKZ_SURROUNDINGS;
    if (!run)
        return NULL;
    if (invocation->values[OPTION_RAW_TEX])
        netikz_set(run, "raw-tex", "yes");
    char package[PATH_MAX];
    if (invocation->values[OPTION_SELF_CONTAINED] && typeset_find_package(package, sizeof package))
        netikz_set(run, "package", package);
    else if (invocation->values[OPTION_SELF_CONTAINED])
        *status = NETIKZ_SURROUNDINGS;
    if (invocation->values[OPTION_FIGURE])
        netikz_set(run, "figure", invocation->values[OPTION_FIGURE]);
    if (invocation->values[OPTION_NETWORK])
        netikz_set(run, "network", invocation->values[OPTION_NETWORK]);
    for (size_t i = 0; i < invocation->set_count && *status == NETIKZ_DONE; i++)
        *status = netikz_set(run, "set", invocation->sets[i]);
    for (size_t i = 0; i < invocation->key_count && *status == NETIKZ_DONE; i++) {
        netikz_key key;
        netikz_key_at(invocation->keys[i], &key);
        *status = netikz_set(run, key.name, invocation->key_values[i]);
    }
    return run;
}

static netikz_status finish(netikz *run, netikz_status status)
{
    if (run)
        print_diagnostics(run);
    else
        fprintf(stderr, "netikz: error: there is no memory\n");
    netikz_free(run);
    return status;
}

/* To the file of -o, or to standard output. */
static netikz_status put_out(netikz *run, const Invocation *invocation, netikz_text text)
{
    const char *path = invocation->values[OPTION_OUTPUT];
    if (path && strcmp(path, "-") != 0)
        return netikz_write(run, path, text, invocation->values[OPTION_FORCE] != NULL);
    bool written = fwrite(text.at, 1, text.size, stdout) == text.size && fflush(stdout) == 0;
    if (!written)
        perror("netikz: error: cannot write to standard output");
    return written ? NETIKZ_DONE : NETIKZ_SURROUNDINGS;
}

static netikz_status run_draw(const Invocation *invocation)
{
    bool for_tex = invocation->values[OPTION_TEX] != NULL;
    if (for_tex && !texmode_check(invocation->operands[0], invocation->values[OPTION_OUTPUT]))
        return NETIKZ_USAGE;
    netikz_status status;
    netikz_text code = {0};
    netikz *run = start(invocation, &status);
    if (run && status == NETIKZ_DONE)
        status = netikz_read(run, invocation->operands[0], invocation->values[OPTION_FROM]);
    if (status == NETIKZ_DONE)
        status = netikz_draw(run, invocation->values[OPTION_STANDALONE] != NULL, &code);
    if (status == NETIKZ_DONE)
        status = put_out(run, invocation, code);
    if (run && for_tex)
        status = texmode_message(run, invocation->values[OPTION_OUTPUT], status);
    return finish(run, status);
}

static netikz_status run_pdf(const Invocation *invocation)
{
    const char *path = invocation->values[OPTION_OUTPUT];
    TypesetJob job = {.output = path, .engine = invocation->values[OPTION_ENGINE], .dpi = invocation->values[OPTION_DPI]};
    if (!typeset_check(&job))
        return NETIKZ_USAGE;
    netikz_status status;
    netikz *run = start(invocation, &status);
    if (run && status == NETIKZ_DONE)
        status = netikz_read(run, invocation->operands[0], invocation->values[OPTION_FROM]);
    if (status == NETIKZ_DONE)
        status = netikz_draw(run, false, &job.code);
    bool worked = status == NETIKZ_DONE && typeset(&job);
    if (worked)
        status = netikz_write(run, path, job.result, true);
    else if (status == NETIKZ_DONE)
        status = NETIKZ_SURROUNDINGS;
    typeset_release(&job);
    return finish(run, status);
}

static netikz_status run_summary(const Invocation *invocation)
{
    netikz_status status;
    netikz_text table = {0};
    const char *format = invocation->values[OPTION_FORMAT];
    netikz *run = start(invocation, &status);
    if (run && status == NETIKZ_DONE)
        status = netikz_read(run, invocation->operands[0], invocation->values[OPTION_FROM]);
    if (status == NETIKZ_DONE)
        status = netikz_summary(run, format ? format : "text", &table);
    if (status == NETIKZ_DONE)
        status = put_out(run, invocation, table);
    return finish(run, status);
}

static netikz_status run_convert(const Invocation *invocation)
{
    netikz_status status;
    netikz_text spec = {0};
    netikz *run = start(invocation, &status);
    if (run && status == NETIKZ_DONE)
        status = netikz_read(run, invocation->operands[0], invocation->values[OPTION_FROM]);
    if (status == NETIKZ_DONE)
        status = netikz_convert(run, &spec);
    if (status == NETIKZ_DONE)
        status = put_out(run, invocation, spec);
    return finish(run, status);
}

/* Draws every figure that the model asks for, to see what there is to say about it. */
static netikz_status check_figures(netikz *run)
{
    netikz_status status = NETIKZ_DONE;
    const char *name;
    for (size_t i = 0; status == NETIKZ_DONE && (name = netikz_figure_name(run, i)); i++) {
        netikz_text code;
        netikz_set(run, "figure", name);
        status = netikz_draw(run, false, &code);
    }
    return status;
}

static netikz_status run_check(const Invocation *invocation)
{
    netikz_status worst = NETIKZ_DONE;
    for (size_t i = 0; i < invocation->operand_count; i++) {
        netikz_status status;
        netikz *run = start(invocation, &status);
        if (run && status == NETIKZ_DONE)
            status = netikz_read(run, invocation->operands[i], invocation->values[OPTION_FROM]);
        if (status == NETIKZ_DONE)
            status = check_figures(run);
        status = finish(run, status);
        worst = status > worst ? status : worst;
    }
    return worst;
}

static netikz_status run_list(const Invocation *invocation)
{
    const char *what = invocation->operands[0];
    if (help_print(stdout, what))
        return NETIKZ_DONE;
    if (strcmp(what, "themes") == 0)
        return typeset_list_themes(stdout) ? NETIKZ_DONE : NETIKZ_SURROUNDINGS;
    netikz_status status;
    netikz_text list = {0};
    netikz *run = start(invocation, &status);
    if (run)
        status = netikz_list(run, what, &list);
    if (status == NETIKZ_DONE)
        status = put_out(run, invocation, list);
    return finish(run, status);
}

static netikz_status run_command(const Invocation *invocation)
{
    if (invocation->values[OPTION_VERSION]) {
        printf("netikz %s\n", netikz_version());
        return NETIKZ_DONE;
    }
    if (invocation->values[OPTION_HELP]) {
        help_print(stdout, "help");
        return NETIKZ_DONE;
    }
    switch (invocation->command->id) {
    case COMMAND_DRAW:
        return run_draw(invocation);
    case COMMAND_PDF:
        return run_pdf(invocation);
    case COMMAND_SUMMARY:
        return run_summary(invocation);
    case COMMAND_CONVERT:
        return run_convert(invocation);
    case COMMAND_CHECK:
        return run_check(invocation);
    case COMMAND_LIST:
        return run_list(invocation);
    }
    return NETIKZ_USAGE;
}

/* Memory that a pass has given back serves the next one: pages from the system are the dearer. */
static void keep_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 64 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
#endif
}

int main(int argc, char **argv)
{
    keep_memory();
    Invocation invocation;
    netikz_status status = options_parse(&invocation, argc, argv) ? run_command(&invocation) : NETIKZ_USAGE;
    options_release(&invocation);
    return (int)status;
}
