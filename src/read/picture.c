/* SPDX-License-Identifier: MIT */
/* `image:` of a layer: a picture file beside the paper, or a pattern, and how it is seen. */
#include "read/spec.h"

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '/';
}

/* Characters that are safe in TeX, and no way out of the folder. */
static bool read_file(Spec *spec, const Value *value, Str *file)
{
    bool fits = value->kind == VALUE_SCALAR && value->text.size && value->text.at[0] != '/' && value->text.at[0] != '.';
    for (size_t i = 0; fits && i < value->text.size; i++) {
        char c = value->text.at[i];
        fits = is_plain(c) || (c == '.' && value->text.at[i - 1] != '.');
    }
    if (fits)
        *file = value->text;
    else
        spec_error(spec, value->place, "`image` is the name of a picture file, or `sample`");
    if (!fits)
        spec_hint(spec, "letters, digits, `_`, `-`, `/` and single points: `image: photos/cat.jpg`");
    return fits;
}

bool read_picture(Spec *spec, const Value *value, Picture *picture)
{
    if (value->kind != VALUE_MAP)
        return read_file(spec, value, &picture->file);
    bool fine = true;
    for (const Value *child = value->first; child; child = child->next) {
        if (str_equal(child->key, STR("file"))) {
            fine = read_file(spec, child, &picture->file) && fine;
        } else if (str_equal(child->key, STR("sheared"))) {
            fine = read_flag(spec, child, &picture->sheared) && fine;
        } else {
            spec_error(spec, child->key_place, "unknown key `%.*s` of an image", STR_ARGS(child->key));
            spec_hint(spec, "an image has file, sheared: `image: {file: photos/cat.jpg, sheared: yes}`");
            fine = false;
        }
    }
    if (fine && !picture->file.size) {
        spec_error(spec, value->place, "an image needs `file`");
        spec_hint(spec, "the name of a picture file, or `sample`: `image: {file: sample, sheared: yes}`");
    }
    return fine && picture->file.size;
}
