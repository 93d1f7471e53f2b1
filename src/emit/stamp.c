/* SPDX-License-Identifier: MIT */
/* The stamp: written in front of generated code, and checked before such a file is overwritten. */
#include "emit/stamp.h"

#include "base/file.h"
#include "base/md5.h"

#include <string.h>

/* The package knows the second number too: it counts the digits of the size. */
enum { GENERATED_FILE_LIMIT = 256 << 20, LARGE_MODEL = 10000000 };

Str stamp_sum(Arena *arena, Str model)
{
    return model.size < LARGE_MODEL ? md5_text(arena, model) : str_format(arena, "%zu", model.size);
}

/* One field's value: a blank or a control character would end it, so those are written as %XX. */
static void add_field(Text *out, const char *name, Str value)
{
    text_add_format(out, " %s=", name);
    if (!value.size)
        text_add_char(out, '-');
    for (size_t i = 0; i < value.size; i++) {
        unsigned char byte = (unsigned char)value.at[i];
        if (byte <= ' ' || byte == '%' || byte >= 0x7f)
            text_add_format(out, "%%%02X", byte);
        else
            text_add_char(out, (char)byte);
    }
}

#define NO_SUM "00000000000000000000000000000000" /* as long as an MD5 */

void stamp_begin(Text *file, const Stamp *stamp)
{
    text_add(file, STR("% netikz format=1 tool=" NETIKZ_VERSION));
    add_field(file, "source", stamp->source);
    add_field(file, "md5", stamp->md5);
    add_field(file, "deps", stamp->deps);
    add_field(file, "opts", stamp->options);
    add_field(file, "body", STR(NO_SUM));
    text_add_char(file, '\n');
}

void stamp_seal(Text *file)
{
    size_t end = str_find(text_str(file), '\n');
    Str sum = md5_text(file->arena, str_slice(text_str(file), end + 1, file->size));
    memcpy(file->at + end - sum.size, sum.at, sum.size);
}

#define CONVERTED "# Converted from "

Str stamp_converted(Arena *arena, Str source, Str body)
{
    return str_format(arena, CONVERTED "%.*s by netikz, body=%.*s\n%.*s", STR_ARGS(emit_comment_safe(arena, source)),
                      STR_ARGS(md5_text(arena, body)), STR_ARGS(body));
}

const char *stamp_objects(Arena *arena, const char *path, Str text)
{
    bool spec = str_starts(text, STR(CONVERTED));
    File *file = file_open(arena, diags_new(arena), path, spec ? SIZE_MAX : GENERATED_FILE_LIMIT);
    if (!file)
        return NULL;
    Str bytes = file->source.bytes;
    size_t end = str_find(bytes, '\n');
    Str line = str_trim(str_slice(bytes, 0, end));
    bool ours = str_starts(line, spec ? STR(CONVERTED) : STR("% netikz format="));
    bool same = ours && str_ends(line, str_format(arena, " body=%.*s", STR_ARGS(md5_text(arena, str_slice(bytes, end + 1, bytes.size)))));
    bool empty = !bytes.size;
    file_unmap(file);
    if (spec)
        return same || empty ? NULL : "is not as `netikz convert` has written it";
    return same || !ours ? NULL : "was edited by hand since netikz wrote it";
}
