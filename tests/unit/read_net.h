/* SPDX-License-Identifier: MIT */
/* What the tests of readers of text formats share: a net from its text to its table, or to what is said about it. */
#ifndef NETIKZ_TEST_READ_NET_H
#define NETIKZ_TEST_READ_NET_H

#include "netikz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* The table for programs, then what was said, as one text; the caller frees it. */
static inline char *read_net(const char *format, const char *text, size_t size)
{
    netikz *run = netikz_new();
    netikz_text bytes = {text, size}, table = {"", 0};
    if (netikz_read_bytes(run, "n", bytes, format) == NETIKZ_DONE)
        netikz_summary(run, "tsv", &table);
    netikz_text said = netikz_diagnostics(run);
    char *all = malloc(table.size + said.size + 1);
    memcpy(all, table.at, table.size);
    memcpy(all + table.size, said.at, said.size);
    all[table.size + said.size] = '\0';
    netikz_free(run);
    return all;
}

/* Expects that the net's table and report hold this text. */
static inline void net_says(const char *format, const char *text, const char *wanted)
{
    char *all = read_net(format, text, strlen(text));
    if (!strstr(all, wanted))
        fail_msg("%s\nsays:\n%s\nwithout:\n%s", text, all, wanted);
    free(all);
}

/* Expects that it does not. */
static inline void net_is_silent_of(const char *format, const char *text, const char *unwanted)
{
    char *all = read_net(format, text, strlen(text));
    if (strstr(all, unwanted))
        fail_msg("%s\nsays:\n%s\nwith:\n%s", text, all, unwanted);
    free(all);
}

static inline char *file_text(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s", path);
    char *text = calloc(1, 1 << 16);
    *size = fread(text, 1, (1 << 16) - 1, file);
    fclose(file);
    return text;
}

/* Expects that the model's table is the one beside it. */
static inline void table_is(const char *format, const char *model, const char *table)
{
    size_t size, wanted_size;
    char *text = file_text(model, &size), *wanted = file_text(table, &wanted_size);
    char *all = read_net(format, text, size);
    if (strncmp(all, wanted, wanted_size) != 0)
        fail_msg("%s gives\n%s\ninstead of\n%s", model, all, wanted);
    free(text);
    free(wanted);
    free(all);
}

/* Every beginning of a text is read without harm. */
static inline void survives_cuts(const char *format, const char *model)
{
    size_t size;
    char *text = file_text(model, &size);
    for (size_t cut = 0; cut < size; cut += 1 + size / 400)
        free(read_net(format, text, cut));
    free(text);
}

/* Seconds that it takes to read `head`, `count` times `item`, and `tail`. */
static inline double seconds_to_read(const char *format, const char *head, const char *item, size_t count,
                                     const char *tail)
{
    size_t before = strlen(head), each = strlen(item), behind = strlen(tail), size = before + each * count + behind;
    char *text = malloc(size + 1);
    memcpy(text, head, before);
    for (size_t i = 0; i < count; i++)
        memcpy(text + before + i * each, item, each);
    memcpy(text + before + each * count, tail, behind + 1);
    clock_t start = clock();
    free(read_net(format, text, size));
    free(text);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

#endif
