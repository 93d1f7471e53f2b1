/* SPDX-License-Identifier: MIT */
/* The table of readers, and which of them a file is for: the content decides, then the suffix. */
#include "read/reader.h"

/* A line that begins with `word` and a colon, as the keys of a spec do. */
static bool has_key(Str text, Str word)
{
    Str line;
    for (Str rest = text; str_cut(&rest, '\n', &line);)
        if (str_starts(line, word) && str_starts(str_trim(str_slice(line, word.size, line.size)), STR(":")))
            return true;
    return false;
}

static bool is_spec(Str bytes)
{
    Str beginning = str_slice(bytes, 0, 1 << 16);
    return str_find(beginning, '\0') == beginning.size && has_key(beginning, STR("layers"));
}

static const ReaderRow rows[] = {
    {.name = "spec", .suffixes = ".yaml .yml .netikz", .help = "a spec written by hand (docs/spec.md)", .is_text = true,
     .recognises = is_spec, .read = read_spec},
    {.name = "onnx", .suffixes = ".onnx", .help = "an ONNX model (weights are not read)",
     .recognises = onnx_recognises, .read = read_onnx},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

const ReaderRow *reader_at(size_t index)
{
    return index < ROW_COUNT ? &rows[index] : NULL;
}

const ReaderRow *reader_find(Str name)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (str_equal(str_from(rows[i].name), name))
            return &rows[i];
    return NULL;
}

static bool has_suffix(Str path, const char *suffixes)
{
    Str rest = str_from(suffixes), suffix;
    while (str_cut(&rest, ' ', &suffix))
        if (path.size >= suffix.size && str_equal_nocase(str_slice(path, path.size - suffix.size, path.size), suffix))
            return true;
    return false;
}

const ReaderRow *reader_for(Str path, Str bytes)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].recognises && rows[i].recognises(bytes))
            return &rows[i];
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (has_suffix(path, rows[i].suffixes))
            return &rows[i];
    return NULL;
}
