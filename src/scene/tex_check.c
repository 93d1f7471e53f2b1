/* SPDX-License-Identifier: MIT */
/* Checks an author's TeX against the allowed list: reads it once, tracking braces and `$`. */
#include "scene/tex_check.h"

#include "base/names.h"

enum {
    MOST_BYTES = 2000, /* of a label: more is no label, and the check stays quick */
    MOST_BRACES = 40   /* nested */
};

/* A digit behind a name: arguments that must follow, or the document would not compile. */
static const char text_commands[] =
    "textbf1 textit1 emph1 texttt1 textsc1 textsf1 textrm1 textup1 textsl1 textmd1 textnormal1 textsuperscript1 "
    "textsubscript1 underline1 mbox1 bfseries mdseries itshape slshape scshape upshape ttfamily sffamily rmfamily em "
    "i j ss ae AE oe OE aa AA o O l L c1 v1 H1 k1 u1 r1 d1 b1 \"1 '1 `1 ^1 ~1 =1 .1 textendash textemdash "
    "textquoteleft textquoteright textquotedblleft textquotedblright textbackslash textasciitilde textasciicircum "
    "textdegree textbullet textellipsis textmu copyright textregistered texttrademark S P -";

static const char both_commands[] =
    ", ; : ! \\ & % $ # _ { } / ldots dots quad qquad enspace thinspace space dag ddag";

static const char math_commands[] =
    "mathbf1 mathrm1 mathit1 mathsf1 mathtt1 mathbb1 mathcal1 mathfrak1 boldsymbol1 text1 operatorname1 "
    "textrm1 textbf1 textit1 mbox1 frac2 dfrac2 tfrac2 sqrt1 binom2 overline1 underline1 hat1 bar1 tilde1 vec1 dot1 "
    "ddot1 check1 widehat1 widetilde1 left1 right1 big1 Big1 bigl1 bigr1 Bigl1 Bigr1 displaystyle textstyle "
    "scriptstyle times cdot cdots vdots ddots div pm mp ast star circ bullet oplus ominus otimes odot oslash wedge "
    "vee cap cup setminus in ni notin subset subseteq supset supseteq emptyset varnothing forall exists neg to gets "
    "rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow longrightarrow longleftarrow mapsto "
    "uparrow downarrow infty sum prod int partial nabla le leq ge geq ne neq ll gg approx sim simeq cong equiv "
    "propto mid parallel perp top bot prime ell Re Im hbar langle rangle lfloor rfloor lceil rceil lvert rvert lVert "
    "rVert vert Vert | > log ln exp max min sup inf lim arg sin cos tan tanh sinh cosh det dim Pr "
    "colon triangle Box not1 "
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho "
    "sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega";

static const char font_commands[] =
    "tiny scriptsize footnotesize small normalsize large Large rmfamily sffamily ttfamily mdseries bfseries upshape "
    "itshape slshape scshape normalfont bfseries boldmath unboldmath";

/* Where the check stands. */
typedef struct TexReader {
    Arena *arena;
    Str tex;
    size_t at;
    bool math;                      /* between two `$` */
    uint32_t depth;                 /* braces that are open */
    size_t opened[MOST_BRACES];     /* where each was opened */
    uint32_t math_depth;            /* braces that were open at the `$` */
    size_t math_from;               /* where that `$` stands */
    TexFault *fault;
} TexReader;

static bool refuse(TexReader *reader, size_t at, size_t size, Str what, Str hint)
{
    *reader->fault = (TexFault){what, hint, at, size};
    return false;
}

/* Whether `name` is in the list; `arguments` is the digit behind it. */
static bool is_listed(const char *list, Str name, unsigned *arguments)
{
    Str rest = str_from(list), word;
    while (str_cut(&rest, ' ', &word)) {
        char last = word.size > 1 ? word.at[word.size - 1] : '\0';
        unsigned count = last >= '0' && last <= '9' ? (unsigned)(last - '0') : 0;
        if (!str_equal(count ? str_slice(word, 0, word.size - 1) : word, name))
            continue;
        *arguments = count;
        return true;
    }
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The name of the command whose backslash stands at `at`; empty at the end of the text. */
static Str command_at(Str tex, size_t at)
{
    size_t end = at + 1;
    while (end < tex.size && is_letter(tex.at[end]))
        end++;
    if (end == at + 1 && end < tex.size)
        end++;
    return str_slice(tex, at + 1, end);
}

/* The end of the argument that begins behind blanks at `at`, or `at` where there is none. */
static size_t skip_argument(Str tex, size_t at)
{
    size_t from = at;
    while (from < tex.size && tex.at[from] == ' ')
        from++;
    if (from < tex.size && tex.at[from] == '[')
        from += str_find(str_slice(tex, from, tex.size), ']') + 1;
    if (from >= tex.size || tex.at[from] == '}' || tex.at[from] == '$' || tex.at[from] == '&')
        return at;
    if (tex.at[from] == '\\')
        return from + 1 + command_at(tex, from).size;
    if (tex.at[from] != '{')
        return from + 1;
    for (uint32_t open = 0; from < tex.size; from++) {
        if (tex.at[from] == '\\')
            from++;
        else if (tex.at[from] == '{')
            open++;
        else if (tex.at[from] == '}' && --open == 0)
            return from + 1;
    }
    return at;
}

/* All words of the two lists that hold in this mode, for did-you-mean. */
static Str nearest_command(TexReader *reader, Str name)
{
    Str words[512];
    size_t count = 0;
    const char *lists[] = {both_commands, reader->math ? math_commands : text_commands};
    for (size_t i = 0; i < 2; i++) {
        Str rest = str_from(lists[i]), word;
        while (str_cut(&rest, ' ', &word) && count < 512) {
            bool digit = word.size > 1 && word.at[word.size - 1] >= '0' && word.at[word.size - 1] <= '9';
            words[count++] = digit ? str_slice(word, 0, word.size - 1) : word;
        }
    }
    return name.size > 1 ? names_nearest(reader->arena, name, words, count) : (Str){0};
}

static bool refuse_command(TexReader *reader, Str name)
{
    Str what = str_format(reader->arena, "the command `\\%.*s` is not allowed here", STR_ARGS(name));
    unsigned ignored;
    Str hint = STR("a label may hold text, $…$ math and the commands that docs/spec.md lists; --raw-tex allows any");
    if (!reader->math && is_listed(math_commands, name, &ignored)) {
        what = str_format(reader->arena, "the command `\\%.*s` stands outside of math", STR_ARGS(name));
        hint = str_format(reader->arena, "write $\\%.*s$", STR_ARGS(name));
    } else if (nearest_command(reader, name).size) {
        hint = str_format(reader->arena, "did you mean `\\%.*s`?", STR_ARGS(nearest_command(reader, name)));
    }
    return refuse(reader, reader->at, name.size + 1, what, hint);
}

static bool take_command(TexReader *reader)
{
    Str name = command_at(reader->tex, reader->at);
    size_t end = reader->at + 1 + name.size;
    if (!name.size)
        return refuse(reader, reader->at, 1, STR("a lone `\\` at the end"), STR("a backslash is \\textbackslash"));
    unsigned arguments = 0;
    if (!is_listed(both_commands, name, &arguments) &&
        !is_listed(reader->math ? math_commands : text_commands, name, &arguments))
        return refuse_command(reader, name);
    if (name.at[0] == '\\' && end < reader->tex.size && (reader->tex.at[end] == '[' || reader->tex.at[end] == '*'))
        return refuse(reader, reader->at, 3, STR("`\\\\` takes no argument here"), STR("put {} between them"));
    size_t behind = end;
    for (unsigned i = 0; i < arguments; i++) {
        size_t next = skip_argument(reader->tex, behind);
        if (next == behind)
            return refuse(
                reader, reader->at, name.size + 1,
                str_format(reader->arena, "the command `\\%.*s` lacks %s", STR_ARGS(name),
                           arguments == 1 ? "its argument" : "one of its two arguments"),
                str_format(reader->arena, "write \\%.*s{…}%s", STR_ARGS(name), arguments == 2 ? "{…}" : ""));
        behind = next;
    }
    reader->at = end;
    return true;
}

static bool take_brace(TexReader *reader, bool opens)
{
    size_t at = reader->at++;
    if (opens && reader->depth == MOST_BRACES)
        return refuse(reader, at, 1, STR("braces are nested too deep"), (Str){0});
    if (opens) {
        reader->opened[reader->depth++] = at;
        return true;
    }
    if (reader->depth == (reader->math ? reader->math_depth : 0))
        return refuse(reader, at, 1, STR("this `}` closes nothing"), STR("a brace itself is written \\}"));
    reader->depth--;
    return true;
}

static bool take_dollar(TexReader *reader)
{
    size_t at = reader->at++;
    if (!reader->math) {
        if (reader->at < reader->tex.size && reader->tex.at[reader->at] == '$')
            return refuse(reader, at, 2, STR("displayed math `$$` does not fit into a label"), STR("write $…$"));
        reader->math = true;
        reader->math_depth = reader->depth;
        reader->math_from = at;
        return true;
    }
    if (reader->depth != reader->math_depth)
        return refuse(reader, reader->opened[reader->depth - 1], 1, STR("this `{` is not closed before the `$`"),
                      (Str){0});
    reader->math = false;
    return true;
}

/* Characters that TeX gives a meaning; the rest stands for itself. */
static bool take_special(TexReader *reader, char c)
{
    size_t at = reader->at;
    bool script = c == '^' || c == '_';
    if (c == '^' && at + 1 < reader->tex.size && reader->tex.at[at + 1] == '^')
        return refuse(reader, at, 2, STR("`^^` is not allowed here"), (Str){0});
    if (script && reader->math) {
        Str next = str_trim(str_slice(reader->tex, at + 1, reader->tex.size));
        if (!next.size || next.at[0] == '}' || next.at[0] == '$')
            return refuse(reader, at, 1, str_format(reader->arena, "nothing follows this `%c`", c), (Str){0});
        reader->at++;
        return true;
    }
    Str hint = script ? str_format(reader->arena, "write $x%c{…}$ for an index, \\%s for the sign", c,
                                   c == '_' ? "_" : "textasciicircum")
                      : str_format(reader->arena, "the sign itself is written \\%c", c);
    Str what = script ? str_format(reader->arena, "`%c` stands outside of math", c)
                      : str_format(reader->arena, "`%c` has a meaning of its own in TeX", c);
    return refuse(reader, at, 1, what, hint);
}

static bool take_next(TexReader *reader)
{
    char c = reader->tex.at[reader->at];
    switch (c) {
    case '\\':
        return take_command(reader);
    case '{':
    case '}':
        return take_brace(reader, c == '{');
    case '$':
        return take_dollar(reader);
    case '%':
    case '#':
    case '&':
    case '^':
    case '_':
        return take_special(reader, c);
    default:
        break;
    }
    bool control = (unsigned char)c < 0x20 || c == 0x7F;
    bool paragraph = c == '\n' && reader->at + 1 < reader->tex.size && reader->tex.at[reader->at + 1] == '\n';
    if ((control && c != '\n') || paragraph || (c == '\n' && reader->math))
        return refuse(reader, reader->at, 1, paragraph ? STR("an empty line does not fit into a label")
                                             : c == '\n' ? STR("a line break inside of math")
                                                         : STR("a control character in a label"), (Str){0});
    reader->at++;
    return true;
}

bool tex_check(Arena *arena, Str tex, TexFault *fault)
{
    TexReader reader = {.arena = arena, .tex = tex, .fault = fault};
    if (tex.size > MOST_BYTES)
        return refuse(&reader, 0, 1, str_format(arena, "a label of more than %d bytes", MOST_BYTES), (Str){0});
    while (reader.at < tex.size)
        if (!take_next(&reader))
            return false;
    if (reader.math)
        return refuse(&reader, reader.math_from, 1, STR("this `$` is not closed"),
                      STR("the sign itself is written \\$"));
    if (reader.depth)
        return refuse(&reader, reader.opened[reader.depth - 1], 1, STR("this `{` is not closed"),
                      STR("a brace itself is written \\{"));
    return true;
}

bool tex_check_font(Arena *arena, Str tex, TexFault *fault)
{
    TexReader reader = {.arena = arena, .tex = tex, .fault = fault};
    while (reader.at < tex.size) {
        if (tex.at[reader.at] == ' ') {
            reader.at++;
            continue;
        }
        Str name = tex.at[reader.at] == '\\' ? command_at(tex, reader.at) : (Str){0};
        unsigned ignored;
        if (!is_listed(font_commands, name, &ignored))
            return refuse(&reader, reader.at, name.size + 1, STR("no font command that is allowed"),
                          str_format(arena, "allowed are %s", "\\tiny … \\Large, \\sffamily, \\rmfamily, \\ttfamily, "
                                     "\\bfseries, \\itshape, \\scshape"));
        reader.at += 1 + name.size;
    }
    return true;
}
