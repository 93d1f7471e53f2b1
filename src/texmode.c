/* SPDX-License-Identifier: MIT */
/* The limits of `draw --tex`, and the message file for TeX. */
#include "texmode.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_LIMIT = 1024 };

static const char suffix[] = ".tikz";
static const char stamp[] = "% netikz format=";

static bool refuse(const char *name, const char *why)
{
    fprintf(stderr, "netikz: error: --tex refuses `%s`: %s\n", name, why);
    return false;
}

/* No absolute path, and no part of it begins with a dot or a minus: so nothing hidden, no `..`, nothing like an option. */
static bool is_plain(const char *name)
{
    bool begins = true;
    for (const char *at = name; *at; at++) {
        if (begins && (*at == '.' || *at == '-' || *at == '/'))
            return false;
        begins = *at == '/';
    }
    return !begins && strlen(name) < NAME_LIMIT;
}

/* A linked folder may lead out of the current one. */
static bool is_below(const char *name)
{
    char folder[NAME_LIMIT];
    struct stat about;
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
        if (lstat(folder, &about) == 0 && S_ISLNK(about.st_mode))
            return false;
    }
    return true;
}

/* Whether there is a file of this name that netikz did not write. */
static bool is_foreign(const char *name)
{
    char start[sizeof stamp] = "";
    FILE *file = fopen(name, "rb");
    if (!file)
        return errno != ENOENT && errno != ENOTDIR;
    size_t size = fread(start, 1, sizeof stamp - 1, file);
    fclose(file);
    return size > 0 && memcmp(start, stamp, sizeof stamp - 1) != 0;
}

bool texmode_check(const char *model, const char *output)
{
    size_t size = output ? strlen(output) : 0;
    if (!output)
        return refuse("standard output", "it needs -o FILE.tikz");
    if (!is_plain(model))
        return refuse(model, "the model must be a plain name under the current folder");
    if (!is_plain(output) || size < sizeof suffix || strcmp(output + size - (sizeof suffix - 1), suffix) != 0)
        return refuse(output, "the output must be a plain name under the current folder that ends in .tikz");
    if (!is_below(output))
        return refuse(output, "a folder in it is a link");
    if (is_foreign(output))
        return refuse(output, "there is such a file, and netikz did not write it");
    return true;
}

netikz_status texmode_message(netikz *run, const char *output, netikz_status status)
{
    char name[NAME_LIMIT + 8];
    snprintf(name, sizeof name, "%s.err", output);
    if (status == NETIKZ_DONE)
        unlink(name);
    else
        netikz_write(run, name, netikz_message(run), true);
    return status;
}
