/* SPDX-License-Identifier: MIT */
/* The JSON in files of Keras: `config.json` in a .keras archive, the attribute `model_config` of an .h5 file. */
#include "read/keras.h"

#include "format/hdf5.h"
#include "format/zip.h"

enum { LARGEST_CONFIG = 64 << 20 };

static const char save_whole[] =
    "save the whole model (`model.save(\"net.keras\")`), or write what `model.to_json()` gives to a file";

static const Source *inner_source(Arena *arena, const Source *outer, const char *part, Str text)
{
    Source *source = ARENA_NEW(arena, Source);
    *source =
        (Source){.name = str_format(arena, "%.*s:%s", STR_ARGS(outer->name), part), .bytes = text, .is_text = true};
    return source;
}

static void report_zip(Diags *diags, Place place, ZipTrouble trouble)
{
    if (trouble == ZIP_MISSING) {
        diag_error(diags, place, "this archive holds no `config.json`: it is no model that Keras saved");
        diag_hint(diags, "%s", save_whole);
    } else if (trouble == ZIP_NO_ZLIB) {
        diag_error(diags, place, "`config.json` is compressed in this archive, and netikz was built without zlib");
        diag_hint(
            diags,
            "install zlib's headers (zlib1g-dev) and build netikz again, or unpack config.json by hand and read that");
    } else if (trouble == ZIP_METHOD) {
        diag_error(diags, place, "`config.json` is encrypted, or compressed in a way that netikz does not read");
        diag_hint(diags, "unpack it by hand and read that");
    } else if (trouble == ZIP_TOO_LARGE) {
        diag_error(diags, place, "`config.json` in this archive has more than %d MiB", LARGEST_CONFIG >> 20);
    } else {
        diag_error(diags, place, "this zip archive is damaged");
    }
}

static const Source *open_archive(Arena *arena, Diags *diags, const Source *source)
{
    Str text;
    ZipTrouble trouble = zip_read(arena, source->bytes, STR("config.json"), LARGEST_CONFIG, &text);
    if (trouble == ZIP_FINE)
        return inner_source(arena, source, "config.json", text);
    report_zip(diags, (Place){.source = source}, trouble);
    return NULL;
}

static const Source *open_hdf5(Arena *arena, Diags *diags, const Source *source)
{
    Place place = {.source = source};
    Str text;
    Hdf5Trouble trouble = hdf5_root_text(source->bytes, STR("model_config"), &text);
    if (trouble == HDF5_FINE)
        return inner_source(arena, source, "model_config", text);
    if (trouble == HDF5_MISSING) {
        diag_error(
            diags, place,
            "this HDF5 file holds weights alone: there is no `model_config` that says how the layers are connected");
        diag_hint(diags, "%s", save_whole);
    } else if (trouble == HDF5_ELSEWHERE) {
        diag_error(diags, place, "the attributes of this HDF5 file are stored in a way that netikz does not read");
        diag_hint(diags, "%s", save_whole);
    } else {
        diag_error(diags, place, "this HDF5 file is damaged");
    }
    return NULL;
}

bool keras_recognises_file(Str bytes)
{
    return zip_recognises(bytes) || hdf5_recognises(bytes);
}

const Source *keras_open(Arena *arena, Diags *diags, const Source *source)
{
    if (zip_recognises(source->bytes))
        return open_archive(arena, diags, source);
    if (hdf5_recognises(source->bytes))
        return open_hdf5(arena, diags, source);
    return source;
}
