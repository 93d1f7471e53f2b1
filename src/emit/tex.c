/* SPDX-License-Identifier: MIT */
/* Text as TeX: the only place where bytes from a model become TeX code. */
#include "emit/emit.h"

/* What a character of prose is written as; characters that are not here stand for themselves. */
static const struct Escape {
    uint32_t code;
    const char *tex;
} escapes[] = {
    {'\\', "\\textbackslash{}"}, {'{', "\\{"},  {'}', "\\}"},
    {'$', "\\$"},                {'&', "\\&"},  {'#', "\\#"},
    {'%', "\\%"},                {'_', "\\_"},  {'^', "\\textasciicircum{}"},
    {'~', "\\textasciitilde{}"}, {'<', "\\textless{}"}, {'>', "\\textgreater{}"},
    {'|', "\\textbar{}"},        {'"', "{\\char34 }"},  {'`', "\\textasciigrave{}"},
    {0xa0, "~"},                 {0xb2, "$^2$"},        {0xb3, "$^3$"},
    {0xb7, "$\\cdot$"},          {0xd7, "$\\nktimes$"}, {0x2013, "--"},
    {0x2014, "---"},             {0x2016, "$\\Vert$"},  {0x2018, "`"},
    {0x2019, "'"},               {0x201c, "``"},        {0x201d, "''"},
    {0x2026, "\\ldots{}"},       {0x2192, "$\\to$"},    {0x2190, "$\\leftarrow$"},
    {0x2208, "$\\in$"},          {0x2211, "$\\sum$"},   {0x2212, "$-$"},
    {0x2295, "$\\oplus$"},       {0x2297, "$\\otimes$"}, {0x2299, "$\\odot$"},
    {0x03b1, "$\\alpha$"},       {0x03b2, "$\\beta$"},  {0x03b3, "$\\gamma$"},
    {0x03b4, "$\\delta$"},       {0x03b5, "$\\varepsilon$"}, {0x03b8, "$\\theta$"},
    {0x03bb, "$\\lambda$"},      {0x03bc, "$\\mu$"},    {0x03c0, "$\\pi$"},
    {0x03c1, "$\\rho$"},         {0x03c3, "$\\sigma$"}, {0x03c4, "$\\tau$"},
    {0x03c6, "$\\varphi$"},      {0x03c9, "$\\omega$"}, {0x0394, "$\\Delta$"},
    {0x03a3, "$\\Sigma$"},       {0x03a9, "$\\Omega$"},
};

static const char *escape_of(uint32_t code)
{
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        if (escapes[i].code == code)
            return escapes[i].tex;
    return NULL;
}

/* Beyond Latin Extended-A pdfTeX has no glyphs: \nkunicode prints the character where the engine can. */
enum { LAST_LATIN = 0x17f };

static void add_prose_char(Text *out, uint32_t code, Str bytes, uint32_t before)
{
    const char *tex = escape_of(code);
    if (tex)
        text_add(out, str_from(tex));
    else if (code == '\n')
        text_add(out, STR("\\\\"));
    else if (code < ' ' || (code >= 0x7f && code < 0xa0) || code == STR_BAD)
        text_add_char(out, ' ');
    else if (code > LAST_LATIN)
        text_add_format(out, "\\nkunicode{%04X}{%.*s}", (unsigned)code, STR_ARGS(bytes));
    else {
        if (code == before && (code == '-' || code == ',' || code == '\''))
            text_add(out, STR("{}")); /* no ligature */
        text_add(out, bytes);
    }
}

void emit_escaped(Text *out, Str prose)
{
    uint32_t before = 0;
    for (size_t at = 0; at < prose.size;) {
        uint32_t code;
        size_t length = str_decode(prose, at, &code);
        add_prose_char(out, code, str_slice(prose, at, at + length), before);
        before = code;
        at += length;
    }
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A symbol: one letter is set as it is, a longer name upright italic as one word, an underscore makes an index. */
static size_t add_symbol(Text *out, Str s, size_t at)
{
    size_t end = at;
    while (end < s.size && (is_letter(s.at[end]) || is_digit(s.at[end])))
        end++;
    Str name = str_slice(s, at, end);
    size_t bar = str_find(name, '_');
    Str head = str_slice(name, 0, bar);
    Str index = str_slice(name, bar + 1, name.size);
    if (head.size == 1)
        text_add(out, head);
    else
        text_add_format(out, "\\mathit{%.*s}", STR_ARGS(head));
    if (bar < name.size) {
        text_add(out, STR("_{\\mathit{"));
        emit_escaped(out, index);
        text_add(out, STR("}}"));
    }
    return end;
}

/* Whether it is a number so large that a document may want it in groups. */
static bool is_large(Str word)
{
    enum { LARGE = 5 };
    size_t digits = 0;
    while (digits < word.size && is_digit(word.at[digits]))
        digits++;
    return digits == word.size && digits >= LARGE;
}

/* A shape or size as math, without the dollars: `64@112×112`, `T×512`, `H/4`. */
void emit_math(Text *out, Str s)
{
    for (size_t at = 0; at < s.size;) {
        size_t digits = at;
        while (digits < s.size && is_digit(s.at[digits]))
            digits++;
        if (is_large(str_slice(s, at, digits))) {
            text_add_format(out, "\\nknum{%.*s}", STR_ARGS(str_slice(s, at, digits)));
            at = digits;
            continue;
        }
        if (is_letter(s.at[at])) {
            at = add_symbol(out, s, at);
            continue;
        }
        uint32_t code;
        size_t length = str_decode(s, at, &code);
        if (code == 0xd7)
            text_add(out, STR("\\nktimes "));
        else if (code == '@')
            text_add(out, STR("\\nkat "));
        else if (code == 0xb7)
            text_add(out, STR("\\nkdot "));
        else if (code == '~')
            text_add(out, STR("\\sim "));
        else if (code == 0x1d4a9)
            text_add(out, STR("\\mathcal{N}"));
        else if (code == 0xb2)
            text_add(out, STR("^2"));
        else if (code == '\n')
            text_add(out, STR("$\\\\$"));
        else if (is_digit((char)code) || (code < 0x80 && str_find(STR("+-*/()=?., "), (char)code) < 11))
            text_add_char(out, (char)code);
        else {
            text_add(out, STR("\\mbox{"));
            add_prose_char(out, code, str_slice(s, at, at + length), 0);
            text_add_char(out, '}');
        }
        at += length;
    }
}

/* Whether a word of prose is a size, to be set as math: a × between letters or digits. */
static bool is_size(Str word)
{
    for (size_t at = 1; at + 2 < word.size; at++)
        if ((unsigned char)word.at[at] == 0xc3 && (unsigned char)word.at[at + 1] == 0x97)
            return true;
    return false;
}

static void add_words(Text *out, Str text)
{
    size_t at = 0;
    while (at < text.size) {
        size_t end = at;
        while (end < text.size && text.at[end] != ' ' && text.at[end] != ',' && text.at[end] != '\n')
            end++;
        Str word = str_slice(text, at, end);
        if (is_size(word)) {
            text_add_char(out, '$');
            emit_math(out, word);
            text_add_char(out, '$');
        } else if (is_large(word)) {
            text_add_format(out, "\\nknum{%.*s}", STR_ARGS(word));
        } else {
            emit_escaped(out, word);
        }
        if (end < text.size)
            emit_escaped(out, str_slice(text, end, end + 1));
        at = end + 1;
    }
}

void emit_label(Text *out, Label label)
{
    switch (label.kind) {
    case LABEL_TEXT:
        add_words(out, label.text);
        break;
    case LABEL_MATH:
        if (!label.text.size)
            break;
        text_add_char(out, '$');
        emit_math(out, label.text);
        text_add_char(out, '$');
        break;
    case LABEL_TEX:
        text_add(out, label.text);
        break;
    }
}

void emit_label_marked(Text *out, Label label, Emblems marks)
{
    if (label.text.size)
        emit_label(out, label);
    for (Emblem mark = 1; mark < EMBLEM_END; mark = (Emblem)(2 * mark))
        if (marks & mark)
            text_add_format(out, "\\nkmark{%s}", emblem_name(mark));
}

void emit_marked(Text *out, Label label, Emblems marks)
{
    text_add_char(out, '{');
    emit_label_marked(out, label, marks);
    text_add_char(out, '}');
}

void emit_turned(Text *out, Label label, Emblems marks, bool turned)
{
    bool wraps = turned && label.text.size;
    text_add(out, wraps ? STR("{\\nkturned") : STR(""));
    emit_marked(out, label, marks);
    text_add(out, wraps ? STR("}") : STR(""));
}

Str emit_comment_safe(Arena *arena, Str prose)
{
    Text out = text_in(arena);
    for (size_t i = 0; i < prose.size; i++)
        text_add_char(&out, (unsigned char)prose.at[i] < ' ' ? ' ' : prose.at[i]);
    return text_str(&out);
}
