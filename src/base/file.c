/* SPDX-License-Identifier: MIT */
/* Reading files by mapping them, and writing them whole or not at all. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, TEMPORARY_NAMES = 100, PATH_BYTES = 4096, MOST_LINKS = 32 };

/* What to say for an errno, in the words of a person who wants to know what to do. */
static const char *reason(int error)
{
    switch (error) {
    case ENOENT: return "no such file";
    case ENOTDIR: return "part of the path is not a folder";
    case EISDIR: return "it is a folder";
    case EACCES:
    case EPERM: return "permission denied";
    case EROFS: return "the file system is read-only";
    case ENOSPC: return "no space left on the device";
    case EDQUOT: return "the disk quota is used up";
    case EMFILE:
    case ENFILE: return "too many open files";
    case ELOOP: return "too many symbolic links";
    case ENAMETOOLONG: return "the name is too long";
    case ENOMEM: return "out of memory";
    case EIO: return "input/output error";
    case EPIPE: return "the reader has gone away";
    default: return NULL;
    }
}

static void report(Diags *diags, const char *path, const char *what, int error)
{
    const char *why = reason(error);
    if (why)
        diag_surroundings(diags, str_from(path), "cannot %s: %s", what, why);
    else
        diag_surroundings(diags, str_from(path), "cannot %s: system error %d", what, error);
}

static void report_size(Diags *diags, const char *path, size_t limit)
{
    diag_surroundings(diags, str_from(path), "cannot read: larger than the limit of %zu bytes", limit);
}

typedef enum Reading { READ_ALL, READ_TOO_MUCH, READ_FAILED } Reading;

/* Reads to the end, into text that grows; `error` gets the errno of a failure. */
static Reading read_all(int descriptor, size_t limit, Text *text, int *error)
{
    char piece[PIECE];
    for (;;) {
        ssize_t got = read(descriptor, piece, sizeof piece);
        if (got == 0)
            return READ_ALL;
        if (got < 0) {
            if (errno == EINTR)
                continue;
            *error = errno;
            return READ_FAILED;
        }
        if ((size_t)got > limit - text->size)
            return READ_TOO_MUCH;
        text_add(text, (Str){piece, (size_t)got});
    }
}

static void close_own(int descriptor)
{
    if (descriptor != STDIN_FILENO)
        close(descriptor);
}

/* Pipes, terminals and the like. The descriptor is closed even where the arena runs out on the way. */
static bool read_stream(Arena *arena, int descriptor, size_t limit, File *file, Diags *diags, const char *path)
{
    jmp_buf escape;
    jmp_buf *outer = arena_on_exhaustion(arena, &escape);
    if (setjmp(escape)) {
        close_own(descriptor);
        arena_on_exhaustion(arena, outer);
        arena_exhausted(arena);
    }
    Text text = text_in(arena);
    int error = 0;
    Reading reading = read_all(descriptor, limit, &text, &error);
    arena_on_exhaustion(arena, outer);
    close_own(descriptor);
    if (reading == READ_FAILED)
        report(diags, path, "read", error);
    if (reading == READ_TOO_MUCH)
        report_size(diags, path, limit);
    file->source.bytes = text_str(&text);
    return reading == READ_ALL;
}

static bool map_regular(int descriptor, size_t size, File *file, Diags *diags, const char *path)
{
    void *mapping = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, descriptor, 0) : NULL;
    int error = errno;
    close_own(descriptor);
    if (mapping == MAP_FAILED) {
        report(diags, path, "read", error);
        return false;
    }
    file->mapping = mapping;
    file->mapped = size;
    file->source.bytes = (Str){mapping, size};
    return true;
}

/* Takes over the descriptor. */
static bool read_descriptor(Arena *arena, Diags *diags, const char *path, int descriptor, size_t limit, File *file)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        int error = errno;
        close_own(descriptor);
        report(diags, path, "read", error);
        return false;
    }
    if (S_ISDIR(status.st_mode)) {
        close_own(descriptor);
        report(diags, path, "read", EISDIR);
        return false;
    }
    /* Standard input may stand in the middle of a file, and files of /proc have no size. */
    if (!S_ISREG(status.st_mode) || status.st_size == 0 || descriptor == STDIN_FILENO)
        return read_stream(arena, descriptor, limit, file, diags, path);
    if ((uintmax_t)status.st_size > limit) {
        close_own(descriptor);
        report_size(diags, path, limit);
        return false;
    }
    return map_regular(descriptor, (size_t)status.st_size, file, diags, path);
}

File *file_open(Arena *arena, Diags *diags, const char *path, size_t limit)
{
    File *file = ARENA_NEW(arena, File);
    bool standard = strcmp(path, "-") == 0;
    file->source.name = standard ? STR("<stdin>") : str_copy(arena, str_from(path));
    const char *shown = file->source.name.at;
    int descriptor = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) {
        report(diags, shown, "read", errno);
        return NULL;
    }
    return read_descriptor(arena, diags, shown, descriptor, limit, file) ? file : NULL;
}

void file_unmap(File *file)
{
    if (!file || !file->mapping)
        return;
    munmap(file->mapping, file->mapped);
    file->mapping = NULL;
    file->mapped = 0;
    file->source.bytes = (Str){0};
}

/* 0, or the errno of the failure. */
static int write_all(int descriptor, Str content)
{
    for (size_t done = 0; done < content.size;) {
        ssize_t wrote = write(descriptor, content.at + done, content.size - done);
        if (wrote < 0 && errno != EINTR)
            return errno;
        if (wrote > 0)
            done += (size_t)wrote;
    }
    return 0;
}

/* Makes a file beside the target that nobody else has; mkstemp would ignore the umask. */
static int open_temporary(char *name, size_t size, const char *target, mode_t mode)
{
    for (int attempt = 0; attempt < TEMPORARY_NAMES; attempt++) {
        (void)snprintf(name, size, "%s.%ld-%d.tmp", target, (long)getpid(), attempt);
        int descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (descriptor >= 0 || errno != EEXIST)
            return descriptor;
    }
    return -1;
}

/* The entry of a new name is only safe when its folder has been written; a failure here loses nothing. */
static void sync_folder(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash)
        slash[slash == path] = '\0';
    int descriptor = open(slash ? path : ".", O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
}

/* Writes beside the target, then puts it in its place, with the permissions of the old one. */
static int replace(Arena *arena, const char *target, Str content, const struct stat *old)
{
    size_t size = strlen(target) + 64;
    char *name = arena_alloc(arena, size);
    int descriptor = open_temporary(name, size, target, 0666);
    if (descriptor < 0)
        return errno;
    int error = write_all(descriptor, content);
    if (!error && old && fchmod(descriptor, old->st_mode & 07777) != 0)
        error = errno;
    if (!error && fsync(descriptor) != 0 && errno != EINVAL)
        error = errno;
    if (close(descriptor) != 0 && !error)
        error = errno;
    if (!error && rename(name, target) != 0)
        error = errno;
    if (error)
        unlink(name);
    else
        sync_folder(name);
    return error;
}

/* Devices, pipes and sockets cannot be replaced: they are written to. */
static int write_through(const char *path, Str content)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return errno;
    int error = write_all(descriptor, content);
    if (close(descriptor) != 0 && !error)
        error = errno;
    return error;
}

/* A symbolic link stays a link: what it points to is written. */
static const char *target_of(Arena *arena, const char *path)
{
    char link[PATH_BYTES];
    for (int hops = 0; hops < MOST_LINKS; hops++) {
        ssize_t size = readlink(path, link, sizeof link);
        if (size <= 0 || (size_t)size == sizeof link)
            break;
        Str base = file_base_name(str_from(path));
        int folder = link[0] == '/' ? 0 : (int)(strlen(path) - base.size);
        path = str_format(arena, "%.*s%.*s", folder, path, (int)size, link).at;
    }
    return path;
}

/* Writes to what is already there. An author who took the right to write to it meant that, so rename must not. */
static int write_existing(Arena *arena, const char *path, Str content, const struct stat *status)
{
    if (S_ISDIR(status->st_mode))
        return EISDIR;
    if (!S_ISREG(status->st_mode))
        return write_through(path, content);
    if (access(path, W_OK) != 0)
        return errno;
    return replace(arena, path, content, status);
}

bool file_write(Arena *arena, Diags *diags, const char *path, Str content)
{
    struct stat status;
    const char *target = target_of(arena, path);
    bool exists = stat(target, &status) == 0;
    int error = exists ? write_existing(arena, target, content, &status) : replace(arena, target, content, NULL);
    if (!error)
        return true;
    if (error == ENOENT)
        diag_surroundings(diags, str_from(path), "cannot write: no such folder");
    else
        report(diags, path, "write", error);
    return false;
}

Str file_base_name(Str path)
{
    size_t from = path.size;
    while (from > 0 && path.at[from - 1] != '/')
        from--;
    return str_slice(path, from, path.size);
}
