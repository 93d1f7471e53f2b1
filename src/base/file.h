/* SPDX-License-Identifier: MIT */
/* Files: reading by mapping, writing whole or not at all. */
#ifndef NETIKZ_FILE_H
#define NETIKZ_FILE_H

#include "base/diag.h"

/*
 * Opens `path` (`-`: standard input) as a source. Regular files are mapped, others read into the arena up to
 * `limit` bytes. Reports a missing file, a directory, a file over the limit. NULL after a report.
 * The mapping belongs to the run: file_unmap when it ends.
 */
typedef struct File {
    Source source;  /* what diagnostics refer to; is_text is the reader's to set */
    void *mapping;  /* NULL where nothing is mapped */
    size_t mapped;  /* bytes */
} File;
File *file_open(Arena *arena, Diags *diags, const char *path, size_t limit);
void file_unmap(File *file);

/* Writes all or nothing: a temporary file beside `path`, fsync, rename. Reports and returns false on failure. */
bool file_write(Arena *arena, Diags *diags, const char *path, Str content);

/* `name.yaml` from `dir/name.yaml`; the name as it may stand in generated files. */
Str file_base_name(Str path);

#endif
