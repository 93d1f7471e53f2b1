/* SPDX-License-Identifier: MIT */
/* The message file of `draw --tex`: what was reported, as strings that every TeX engine can read. */
#include "emit/emit.h"

enum { MESSAGE_LIMIT = 4000 /* bytes: an error message that a person still reads */ };

Str emit_message(Arena *arena, Str md5, bool edited, Str reported)
{
    Text out = text_in(arena);
    text_add_format(&out, "netikz message md5=%.*s edited=%d\n", STR_ARGS(md5), edited);
    size_t step;
    uint32_t code;
    for (size_t at = 0; out.size < MESSAGE_LIMIT && (step = str_decode(reported, at, &code)) > 0; at += step) {
        bool control = (code < ' ' && code != '\n') || (code >= 0x7f && code < 0xa0);
        text_add_code(&out, code == STR_BAD ? '?' : control ? ' ' : code);
    }
    if (!out.size || out.at[out.size - 1] != '\n')
        text_add_char(&out, '\n');
    return text_str(&out);
}
