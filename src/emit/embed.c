/* SPDX-License-Identifier: MIT */
/* The package inside of a figure's own file, for those who may not add a .sty: only the sections that the figure needs, without comments. */
#include "emit/embed.h"

/* A line of the package that begins a section; what stands before the first one loads other packages. */
static bool begins_section(Str line)
{
    return str_starts(line, STR("% === "));
}

static bool holds(Str text, Str what)
{
    for (size_t at = 0; at + what.size <= text.size; at++)
        if (str_starts(str_slice(text, at, text.size), what))
            return true;
    return false;
}

/* What is not needed: reading models from TeX, and the views that the code does not have, but for the one that others build on. */
static bool is_needed(Arena *arena, Str heading, Str code)
{
    Str view = STR("% === View `");
    if (str_starts(heading, STR("% === \\netikzinput")))
        return false;
    if (!str_starts(heading, view))
        return true;
    Str name = str_slice(heading, view.size, heading.size);
    name = str_slice(name, 0, str_find(name, '`'));
    if (str_equal(name, STR("graph")))
        return true;
    Str key = str_format(arena, "view=%.*s", STR_ARGS(name));
    return holds(code, key);
}

/* A line without its indentation and comment; the % that eats the line's end stays, and is there where `joined`. */
static void add_line(Text *out, Str line, bool joined)
{
    line = str_trim(line);
    if (!line.size || line.at[0] == '%')
        return;
    size_t end = 0;
    while (end < line.size && !(line.at[end] == '%' && line.at[end - 1] != '\\'))
        end++;
    text_add(out, str_trim(str_slice(line, 0, end)));
    text_add(out, joined || end < line.size ? STR("%\n") : STR("\n"));
}

static void add_theme(Text *out, Str name, Str theme)
{
    Str line;
    text_add_format(out, "\\@namedef{nk@theme@text@%.*s}{%%\n", STR_ARGS(name));
    while (str_cut(&theme, '\n', &line))
        if (!str_starts(line, STR("\\endinput")))
            add_line(out, line, true);
    text_add(out, STR("}%\n"));
}

/* Languages make characters active; the package wants them plain, the figure's labels as they were. No font: blanks of the code take no room. */
static const char *const preparation =
    "% What follows up to the figure is the package netikz (LPPL 1.3c or later), as far as the figure needs it. It does\n"
    "% nothing to the rest of the document.\n"
    "\\begingroup\\makeatletter\\nullfont\n"
    "\\def\\nk@plain#1{\\edef\\nk@catcodes{\\unexpanded\\expandafter{\\nk@catcodes}\\catcode`\\noexpand#1 \\the\\catcode`#1 }\\catcode`#1 12 }%\n"
    "\\let\\nk@catcodes\\@empty\n"
    "\\nk@plain\\:\\nk@plain\\;\\nk@plain\\!\\nk@plain\\?\\nk@plain\\\"\\nk@plain\\=\\nk@plain\\<\\nk@plain\\>%\n"
    "\\nk@plain\\'\\nk@plain\\`\\nk@plain\\|\\nk@plain\\_\\nk@plain\\,\\nk@plain\\.\\nk@plain\\-\\nk@plain\\/%\n";

Str emit_embedded(Arena *arena, const Embedded *embedded, Str code)
{
    Text out = text_in(arena);
    Str rest = embedded->package, line;
    bool needed = false;
    text_add(&out, str_from(preparation));
    while (str_cut(&rest, '\n', &line)) {
        if (begins_section(line))
            needed = is_needed(arena, line, code);
        if (needed)
            add_line(&out, line, false);
    }
    if (embedded->theme_name.size)
        add_theme(&out, embedded->theme_name, embedded->theme);
    text_add(&out, STR("\\nk@catcodes\\makeatother\\selectfont\n% The figure\n"));
    text_add(&out, code);
    text_add(&out, STR("\\endgroup%\n"));
    return text_str(&out);
}
