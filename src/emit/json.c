/* SPDX-License-Identifier: MIT */
/* Strings as JSON (RFC 8259). */
#include "emit/json.h"

void json_string(Text *out, Str s)
{
    text_add_char(out, '"');
    for (size_t at = 0; at < s.size;) {
        uint32_t code = 0;
        size_t length = str_decode(s, at, &code);
        if (code == '"' || code == '\\')
            text_add_format(out, "\\%c", (char)code);
        else if (code == '\n')
            text_add(out, STR("\\n"));
        else if (code == '\t')
            text_add(out, STR("\\t"));
        else if (code < ' ' || code == 0x7f)
            text_add_format(out, "\\u%04x", (unsigned)code);
        else
            text_add_code(out, code == STR_BAD ? 0xfffd : code);
        at += length;
    }
    text_add_char(out, '"');
}
