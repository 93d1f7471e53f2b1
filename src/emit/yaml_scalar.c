/* SPDX-License-Identifier: MIT */
/* Texts as YAML scalars: plain where YAML and the spec language read the same text back, quoted everywhere else. */
#include "emit/spec.h"

#include <string.h>

/* Words that YAML reads as something else than text. */
static bool is_trap(Str text)
{
    static const char *const words[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal_nocase(text, str_from(words[i])))
            return true;
    return false;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7F;
}

static bool is_plain(Str text, bool flow)
{
    if (!text.size || is_trap(text) || strchr("-?:,[]{}#&*!|>'\"%@` \t", text.at[0]) ||
        strchr(" \t:", text.at[text.size - 1]))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i], before = i ? text.at[i - 1] : ' ';
        if (is_control(c) || c == '\\' || (c == '#' && before == ' ') || (c == ' ' && before == ':') ||
            (unsigned char)c >= 0x80 || (flow && strchr(",[]{}:", c)))
            return false;
    }
    return true;
}

static void add_escaped(Text *out, Str text)
{
    uint32_t code;
    size_t size;
    for (size_t at = 0; (size = str_decode(text, at, &code)) > 0; at += size) {
        if (code == '"' || code == '\\')
            text_add_format(out, "\\%c", (char)code);
        else if (code == STR_BAD)
            text_add_code(out, 0xFFFD);
        else if (code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 || code == 0xFEFF ||
                 code == 0xFFFE || code == 0xFFFF)
            text_add_format(out, "\\u%04X", (unsigned)code);
        else
            text_add(out, str_slice(text, at, at + size));
    }
}

Str yaml_scalar(Arena *arena, Str text, bool flow)
{
    Text out = text_in(arena);
    bool single = str_is_utf8(text, &(size_t){0});
    if (is_plain(text, flow))
        return text;
    for (size_t i = 0; i < text.size; i++)
        single = single && !is_control(text.at[i]) && (unsigned char)text.at[i] != 0xEF &&
                 (unsigned char)text.at[i] != 0xE2 && (unsigned char)text.at[i] != 0xC2;
    if (!single) {
        text_add_char(&out, '"');
        add_escaped(&out, text);
        text_add_char(&out, '"');
        return text_str(&out);
    }
    text_add_char(&out, '\'');
    for (size_t i = 0; i < text.size; i++) {
        text_add_char(&out, text.at[i]);
        if (text.at[i] == '\'')
            text_add_char(&out, '\'');
    }
    text_add_char(&out, '\'');
    return text_str(&out);
}
