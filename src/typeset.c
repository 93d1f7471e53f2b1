/* SPDX-License-Identifier: MIT */
/* Runs TeX in a temporary folder, which is removed whatever happens, and hands back the bytes of the file that came out. */
#include "typeset.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, NOT_FOUND = 127 };

/* ---- where the package is ---- */

static bool has_package(const char *folder)
{
    char path[PATH_ROOM];
    int length = snprintf(path, sizeof path, "%s/netikz.sty", folder);
    return length > 0 && (size_t)length < sizeof path && access(path, R_OK) == 0;
}

/* The folder of netikz.sty: NETIKZ_TEX, where `make install` put it, or tex/ beside the build folder. */
static bool find_package(char *folder, size_t room)
{
    const char *named = getenv("NETIKZ_TEX");
    if (named && has_package(named) && strlen(named) < room) {
        strncpy(folder, named, room);
        return true;
    }
    snprintf(folder, room, "%s", NETIKZ_TEXDIR);
    if (has_package(folder))
        return true;
    char self[PATH_ROOM / 2];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    for (int up = 0; up < 3 && length > 0; up++) {
        self[length] = '\0';
        char *slash = strrchr(self, '/');
        length = slash ? slash - self : 0;
        snprintf(folder, room, "%.*s/tex", (int)length, self);
        if (has_package(folder))
            return true;
    }
    return false;
}

bool typeset_find_package(char *folder, size_t room)
{
    bool found = find_package(folder, room);
    if (!found)
        fprintf(stderr, "netikz: error: cannot find netikz.sty\nhint: set NETIKZ_TEX to the folder that holds it\n");
    return found;
}

bool typeset_list_themes(FILE *out)
{
    char folder[PATH_ROOM];
    if (!typeset_find_package(folder, sizeof folder))
        return false;
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    fprintf(out, "default\n");
    for (int i = 0; i < count; i++) {
        const char prefix[] = "netikz-theme-";
        const char *name = entries[i]->d_name;
        const char *dot = strrchr(name, '.');
        if (strncmp(name, prefix, sizeof prefix - 1) == 0 && dot)
            fprintf(out, "%.*s\n", (int)(dot - name - (long)sizeof prefix + 1), name + sizeof prefix - 1);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return true;
}

/* ---- running programs in the folder ---- */

static void child(const char *folder, const char *package, char *const *arguments)
{
    char inputs[PATH_ROOM + 8];
    snprintf(inputs, sizeof inputs, "%s:", package);
    int log = open("/dev/null", O_WRONLY);
    int null = open("/dev/null", O_RDONLY);
    if (chdir(folder) != 0 || log < 0 || null < 0 || setenv("TEXINPUTS", inputs, 1) != 0)
        _exit(1);
    dup2(null, 0);
    dup2(log, 1);
    dup2(log, 2);
    execvp(arguments[0], arguments);
    _exit(errno == ENOENT ? NOT_FOUND : 1);
}

/* Whether the program ran and ended well; one that is missing is named. */
static bool run(const char *folder, const char *package, char *const *arguments, const char *debian)
{
    pid_t pid = fork();
    if (pid == 0)
        child(folder, package, arguments);
    int status;
    while (pid > 0 && waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    if (pid < 0)
        return false;
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
        fprintf(stderr, "netikz: error: the program `%s` is not installed\nhint: on Debian and Ubuntu: apt-get install %s\n",
                arguments[0], debian);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- files ---- */

static bool write_file(const char *folder, const char *name, const char *bytes, size_t size)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(bytes, 1, size, file) == size;
    return file && fclose(file) == 0 && written;
}

/* A whole file, terminated; NULL where it cannot be read. The caller frees it. */
static char *read_file(const char *folder, const char *name, size_t *size)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    struct stat about;
    if (!file || fstat(fileno(file), &about) != 0) {
        if (file)
            fclose(file);
        return NULL;
    }
    char *bytes = malloc((size_t)about.st_size + 1);
    *size = bytes ? fread(bytes, 1, (size_t)about.st_size, file) : 0;
    if (bytes)
        bytes[*size] = '\0';
    fclose(file);
    return bytes;
}

static void remove_folder(const char *folder)
{
    DIR *listing = opendir(folder);
    struct dirent *entry;
    while (listing && (entry = readdir(listing))) {
        char path[PATH_ROOM];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    if (listing)
        closedir(listing);
    rmdir(folder);
}

/* What the log says: errors with their line where TeX failed, and the package's warnings in any case. */
static void report_log(const char *folder, bool failed)
{
    size_t size;
    char *log = read_file(folder, "main.log", &size);
    bool in_error = false;
    char *place = NULL;
    for (char *line = log ? strtok_r(log, "\n", &place) : NULL; line; line = strtok_r(NULL, "\n", &place)) {
        bool ours = strncmp(line, "Package netikz Warning", 22) == 0 || strncmp(line, "(netikz)", 8) == 0;
        bool error = failed && line[0] == '!';
        if (ours || error || (in_error && strncmp(line, "l.", 2) == 0))
            fprintf(stderr, "%s\n", line);
        in_error = error || (in_error && strncmp(line, "l.", 2) != 0);
    }
    free(log);
}

/* ---- the job ---- */

static const char *suffix_of(const char *path)
{
    const char *dot = path ? strrchr(path, '.') : NULL;
    return dot ? dot + 1 : "";
}

bool typeset_check(const TypesetJob *job)
{
    const char *suffix = suffix_of(job->output);
    bool svg = strcmp(suffix, "svg") == 0;
    if (!job->output || (!svg && strcmp(suffix, "pdf") != 0 && strcmp(suffix, "png") != 0)) {
        fprintf(stderr, "netikz: error: say where to write with -o FILE.pdf, FILE.png or FILE.svg\n");
        return false;
    }
    const char *engine = job->engine ? job->engine : "pdflatex";
    if (strcmp(engine, "pdflatex") != 0 && strcmp(engine, "lualatex") != 0 && strcmp(engine, "xelatex") != 0) {
        fprintf(stderr, "netikz: error: there is no engine `%s`\nhint: it is one of pdflatex, lualatex, xelatex\n", engine);
        return false;
    }
    if (svg && job->engine) {
        fprintf(stderr, "netikz: error: --engine does not go with an SVG, which latex and dvisvgm make\n");
        return false;
    }
    char *end;
    long dpi = job->dpi ? strtol(job->dpi, &end, 10) : 300;
    if (job->dpi && (*end || dpi < 10 || dpi > 4800)) {
        fprintf(stderr, "netikz: error: `%s` is not a resolution\nhint: a whole number from 10 to 4800\n", job->dpi);
        return false;
    }
    return true;
}

static bool write_document(const char *folder, const TypesetJob *job, bool svg)
{
    char document[512];
    int length = snprintf(document, sizeof document,
                          "\\documentclass[%sborder=2pt]{standalone}\n\\usepackage[T1]{fontenc}\n"
                          "\\usepackage{lmodern}\n\\usepackage{netikz}\n"
                          "\\begin{document}\n\\input{figure.tikz}\n\\end{document}\n",
                          svg ? "dvisvgm," : "");
    return write_file(folder, "main.tex", document, (size_t)length) &&
           write_file(folder, "figure.tikz", job->code.at, job->code.size);
}

/* TeX, then the converter that the format wants; the name of the file that came out, or NULL. */
static const char *convert(const TypesetJob *job, const char *folder, const char *package)
{
    char engine[16], dpi[16];
    bool svg = strcmp(suffix_of(job->output), "svg") == 0;
    bool png = strcmp(suffix_of(job->output), "png") == 0;
    snprintf(engine, sizeof engine, "%s", svg ? "latex" : job->engine ? job->engine : "pdflatex");
    snprintf(dpi, sizeof dpi, "%s", job->dpi ? job->dpi : "300");
    char *tex[] = {engine, (char[]){"-interaction=nonstopmode"}, (char[]){"-halt-on-error"}, (char[]){"-no-shell-escape"},
                   (char[]){"main.tex"}, NULL};
    bool typeset_well = run(folder, package, tex, "texlive-latex-extra texlive-pictures");
    report_log(folder, !typeset_well);
    if (!typeset_well)
        return NULL;
    char *to_png[] = {(char[]){"pdftoppm"}, (char[]){"-png"}, (char[]){"-singlefile"}, (char[]){"-r"}, dpi,
                      (char[]){"main.pdf"}, (char[]){"main"}, NULL};
    char *to_svg[] = {(char[]){"dvisvgm"}, (char[]){"--no-fonts"}, (char[]){"--exact-bbox"}, (char[]){"main.dvi"},
                      (char[]){"-o"}, (char[]){"main.svg"}, NULL};
    if (png)
        return run(folder, package, to_png, "poppler-utils") ? "main.png" : NULL;
    if (svg)
        return run(folder, package, to_svg, "dvisvgm") ? "main.svg" : NULL;
    return "main.pdf";
}

bool typeset(TypesetJob *job)
{
    char package[PATH_ROOM];
    if (!typeset_find_package(package, sizeof package))
        return false;
    const char *base = getenv("TMPDIR");
    char folder[PATH_ROOM / 2];
    snprintf(folder, sizeof folder, "%s/netikz-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(folder)) {
        fprintf(stderr, "netikz: error: cannot make a folder in %s: %s\n", base && *base ? base : "/tmp", strerror(errno));
        return false;
    }
    bool svg = strcmp(suffix_of(job->output), "svg") == 0;
    const char *made = write_document(folder, job, svg) ? convert(job, folder, package) : NULL;
    size_t size = 0;
    char *bytes = made ? read_file(folder, made, &size) : NULL;
    remove_folder(folder);
    if (!bytes)
        fprintf(stderr, "netikz: error: no figure came out of TeX; %s is left as it was\n", job->output);
    job->result = (netikz_text){bytes, size};
    return bytes != NULL;
}

void typeset_release(TypesetJob *job)
{
    char *bytes;
    memcpy(&bytes, &job->result.at, sizeof bytes); /* the bytes are ours, though shown as const */
    free(bytes);
}
