/* SPDX-License-Identifier: MIT */
/* The table of figure keys, and how each is set from its text. */
#include "scene/figure.h"

#include "base/names.h"
#include "scene/tex_check.h"

#include <stddef.h>
#include <string.h>

/* How the text of a key becomes a setting. */
typedef enum KeyKind {
    KEY_WORD,   /* an enumeration: the words of `values` in its order */
    KEY_SWITCH, /* a bool: no, yes */
    KEY_NUMBER, /* a whole number from 0, or auto */
    KEY_COUNT_OF, /* a whole number from 1, `no` for 1, or auto */
    KEY_LENGTH, /* a TeX length */
    KEY_UNIT,   /* "1 channel = 0.02mm" */
    KEY_NAME,   /* letters, digits, `-`, `_`, `.` */
    KEY_PATH,   /* the same and `/` */
    KEY_LIST,   /* names, each with a label behind `: ` or without: separated by commas, or one a line */
    KEY_NAMES,  /* names between commas */
    KEY_TITLE,  /* text with TeX of the allowed list */
    KEY_FONT    /* TeX font commands */
} KeyKind;

typedef struct KeyRow {
    FigureKey key;
    KeyKind kind;
    size_t offset; /* of the setting in Figure */
} KeyRow;

/* Enumerations are set through the type that they share. */
_Static_assert(sizeof(View) == sizeof(unsigned) && sizeof(Toggle) == sizeof(unsigned) &&
                   sizeof(Law) == sizeof(unsigned),
               "enumerations are as large as unsigned");

#define TOGGLE "auto no yes"
#define LAWS "auto linear sqrt log classes"
#define AT(field) offsetof(Figure, field)

static const KeyRow rows[] = {
    {{"view", "auto graph tensors units", "auto: what suits the network", "operations as boxes (graph), shapes as solids (tensors), neurons as circles (units)", false, NULL}, KEY_WORD, AT(view)},
    {{"direction", "auto down right up out", "auto: down for graph, right for tensors and units", "where the data flow to; out: units in rings, from the centre", false, NULL}, KEY_WORD, AT(direction)},
    {{"width", "LENGTH", "as wide as the drawing needs", "total width, met exactly: \\columnwidth, 0.8\\textwidth, 84mm", false, NULL}, KEY_LENGTH, AT(width)},
    {{"height", "LENGTH", "as high as the drawing needs", "total height", false, NULL}, KEY_LENGTH, AT(height)},
    {{"fit", "no column page slide", "no", "choose direction, depth and wrapping so that the figure fits a column (252 by 650 pt), a page (516 by 680 pt), a slide (364 by 220 pt)", false, NULL}, KEY_WORD, AT(fit)},
    {{"wrap", "NUMBER", "auto: where it would not fit the height, or a page", "fold a long network into so many columns (rows, when it runs to the right); no: never", false, "graph tensors"}, KEY_COUNT_OF, AT(wrap)},
    {{"depth", "NUMBER", "auto: by the size of the network", "how many levels of groups and blocks are drawn open", false, NULL}, KEY_NUMBER, AT(depth)},
    {{"explicit", "no yes", "no", "show everything: fold, fuse and hide nothing", false, NULL}, KEY_SWITCH, AT(explicit_)},
    {{"fuse", TOGGLE, "auto: those that most layers have are not drawn, but told in the comment of the file", "norms and activations: cells in the box of their layer (yes), or boxes of their own (no)", false, NULL}, KEY_WORD, AT(fuse)},
    {{"fold", TOGGLE, "auto: yes", "draw equal blocks in a row once, with × N", false, NULL}, KEY_WORD, AT(fold)},
    {{"brief", TOGGLE, "auto: of model files", "tell neighbours that are one block once, with what the first does otherwise; leave out what only moves numbers about", false, NULL}, KEY_WORD, AT(brief)},
    {{"frames", TOGGLE, "auto: where groups are open", "graph: frames around groups and blocks; what is repeated keeps its own", false, "graph"}, KEY_WORD, AT(frames)},
    {{"rows", "LIST", "by their numbers", "names of the rows of a grid, the first one on top; `name: label` writes a label at the left margin", false, "graph"}, KEY_LIST, AT(rows)},
    {{"columns", "LIST", "by their numbers", "names of the columns of a grid; one that is called ... stands for columns left out", false, "graph"}, KEY_LIST, AT(columns)},
    {{"edge_colours", "auto plain source", "auto: plain", "grids: edges in the colour of what they come from (source)", false, "graph"}, KEY_WORD, AT(edge_colours)},
    {{"gradients", TOGGLE, "auto: no", "grids: beside each edge a second one for the gradient that comes back", false, "graph"}, KEY_WORD, AT(gradients)},
    {{"legend", TOGGLE, "auto: where colour says what no label says", "colours explained under the figure", false, NULL}, KEY_WORD, AT(legend)},
    {{"names", TOGGLE, "auto: no; units: what a layer is", "tensors: names of layers as captions; units: beside the layers", false, "tensors units"}, KEY_WORD, AT(names)},
    {{"shapes", "auto none changes all edges margin", "auto: by the view", "where shapes of tensors are written; edges (graph): beside every arrow, on each branch of a fork", false, NULL}, KEY_WORD, AT(shapes)},
    {{"notation", "auto C@HxW CxHxW HxWxC tuple ch", "auto: C@HxW", "how shapes are written in view graph and in ASCII tables; tuple: (None, C, H, W), ch: 64ch · 56×56", false, NULL}, KEY_WORD, AT(notation)},
    {{"colours", "auto class op stage structure none", "auto: class", "what a colour stands for: the class of an operation, the operation, its output size, equal structure of groups, or nothing (all alike)", false, NULL}, KEY_WORD, AT(colours)},
    {{"sums", "auto circles arcs", "auto: circles", "graph: a shortcut around a chain leads to a circle, or is an arc beside it", false, "graph"}, KEY_WORD, AT(sums)},
    {{"compare", "NAMES", "none", "graph: several networks of the file side by side: small, large", false, "graph"}, KEY_NAMES, AT(compare)},
    {{"stages", "auto aligned free", "auto: aligned", "graph: networks side by side: what has one output size begins at one height in all of them (aligned), or each goes on by itself", false, "graph"}, KEY_WORD, AT(stages)},
    {{"heads", "auto ends middle none", "auto: ends", "graph, tensors: where edges have arrow heads", false, "graph tensors"}, KEY_WORD, AT(heads)},
    {{"widths", "auto equal size", "auto: equal", "graph: width of edges: all alike, or by the size of the tensor", false, "graph"}, KEY_WORD, AT(widths)},
    {{"extract", "PATHS", "none", "graph: layers and groups that stand at the side, with stubs in place of edges: gradients, Adam", false, "graph"}, KEY_NAMES, AT(extract)},
    {{"highlight", "PATHS", "none", "graph: groups and blocks that stand out: conv2_1, encoder/down1", false, "graph"}, KEY_NAMES, AT(highlight)},
    {{"unboxed", "CLASSES", "none", "graph: classes of operations that are written without a box: pool, norm", false, "graph"}, KEY_NAMES, AT(unboxed)},
    {{"edges", "auto ortho smooth straight diagonal thick", "auto: ortho", "graph: form of the arrows; units: straight or smooth links", false, "graph units"}, KEY_WORD, AT(edges)},
    {{"nodes", "auto names lines card record attributes bare ellipse fused icons", "auto: operations, as `3×3 conv, 64`", "graph: what a node says: its layers' names; operation and numbers on two lines; operation in bold with a description; name, input and output shapes; operation, inputs and attributes; nothing (small boxes); a name beside a small ellipse; all that it fuses in one line, repeats in its corner; signs with their numbers, and a legend", false, "graph"}, KEY_WORD, AT(nodes)},
    {{"ends", "auto text box octagon ellipse", "auto: text", "graph: how inputs and outputs are drawn", false, "graph"}, KEY_WORD, AT(ends)},
    {{"projection", "auto oblique flat sheets perspective", "auto: flat in levels, else oblique", "tensors: how solids are seen: boxes with depth, flat bars, feature maps one behind the other, or boxes whose depth vanishes towards one point", false, "tensors"}, KEY_WORD, AT(projection)},
    {{"maps", "auto solids sheets", "auto: solids, but sheets where the projection says so", "tensors: feature maps as solids, or as sheets one behind the other", false, "tensors"}, KEY_WORD, AT(maps)},
    {{"spine", "auto straight levels towers", "auto: levels where resolutions go down and up again with copies across, towers where branches run in parallel alike", "tensors: solids stand in a line, each resolution on a level of its own, or paths of branches as rows", false, "tensors"}, KEY_WORD, AT(spine)},
    {{"faces", "auto opaque glass wire", "auto: the theme's", "tensors: faces of solids: filled, translucent with hidden edges, or white with coloured edges", false, "tensors"}, KEY_WORD, AT(faces)},
    {{"scale_note", "auto no yes bar", "auto: no", "tensors: under the figure a line that says how sizes are drawn (yes), or a bar for each scale that is linear", false, "tensors"}, KEY_WORD, AT(scale_note)},
    {{"pools", "auto solids labels", "auto: solids", "tensors: pooling as solids, or told under the gap before what reads it", false, "tensors"}, KEY_WORD, AT(pools)},
    {{"vectors", "auto upright receding along", "auto: upright", "tensors: vectors as bars that stand upright, recede, or lie along the line", false, "tensors"}, KEY_WORD, AT(vectors)},
    {{"dense", "auto arrow crossed", "auto: arrow", "tensors: what leads to a fully connected layer: an arrow, or two that cross, since all of it reads all", false, "tensors"}, KEY_WORD, AT(dense)},
    {{"operations", TOGGLE, "auto: no", "tensors: names of operations under the gaps between solids", false, "tensors"}, KEY_WORD, AT(operations)},
    {{"scale", LAWS, "auto: linear, less than linear where resolutions differ widely", "tensors: height and depth of solids as a function of the resolution", false, "tensors"}, KEY_WORD, AT(scale)},
    {{"channel_scale", LAWS, "auto: sqrt", "tensors: thickness of solids as a function of the channels", false, "tensors"}, KEY_WORD, AT(channel_scale)},
    {{"unit", "TEXT", "what fits the width", "tensors: a fixed scale, `1 channel = 0.02mm, 1 pixel = 0.1mm` or one of them", false, "tensors"}, KEY_UNIT, AT(unit)},
    {{"kernels", TOGGLE, "auto: no", "tensors: kernel windows and their pyramids", false, "tensors"}, KEY_WORD, AT(kernels)},
    {{"arrows", TOGGLE, "auto: where solids do not touch", "tensors: arrows between solids; units: heads on the links", false, "tensors units"}, KEY_WORD, AT(arrows)},
    {{"units", "NUMBER", "auto: 8", "units: how many of a layer are drawn, with an ellipsis for the others", false, "units"}, KEY_COUNT_OF, AT(units)},
    {{"bias", TOGGLE, "auto: no", "units: a unit with the value 1 beside the layers that others with a bias read", false, "units"}, KEY_WORD, AT(bias)},
    {{"bands", TOGGLE, "auto: yes", "tensors: activations as bands on their solid", false, "tensors"}, KEY_WORD, AT(bands)},
    {{"tooltips", TOGGLE, "auto: no", "exact numbers of each node where the pointer rests, in PDF (with pdfcomment) and SVG", false, NULL}, KEY_WORD, AT(tooltips)},
    {{"links", TOGGLE, "auto: no", "from closed groups and blocks to the figure of the document that draws them alone (with hyperref)", false, NULL}, KEY_WORD, AT(links)},
    {{"title", "TEXT", "none", "set above the figure; may hold $…$", false, NULL}, KEY_TITLE, AT(title)},
    {{"theme", "NAME", "the document's", "colours and line widths", true, NULL}, KEY_NAME, AT(theme)},
    {{"name", "NAME", "none", "prefix of the names of all nodes, so that two figures can be told apart", true, NULL}, KEY_NAME, AT(node_prefix)},
    {{"label_font", "FONT", "\\footnotesize", "font of the labels: \\scriptsize\\sffamily", true, NULL}, KEY_FONT, AT(label_font)},
    {{"align", "top center bottom", "top", "how the panels of a row stand beside each other", true, "panels"}, KEY_WORD, AT(align)},
    {{"properties", "PATH", "none", "what is known of this layer, in a panel beside the drawing: conv1, encoder/conv2", false, NULL}, KEY_PATH, AT(properties)},
    {{"only", "PATH", "all", "draw just this group or block: conv2_1, encoder/down1", false, NULL}, KEY_PATH, AT(only)},
};

enum { KEY_COUNT = sizeof rows / sizeof *rows };

const FigureKey *figure_key(size_t index)
{
    return index < KEY_COUNT ? &rows[index].key : NULL;
}

/* `-` and `_` are the same in keys: the command line prefers one, specs the other. */
static bool same_key(const char *name, Str other)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < size && i < other.size; i++)
        if (name[i] != (other.at[i] == '-' ? '_' : other.at[i]))
            return false;
    return size == other.size;
}

int figure_key_find(Str name)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (same_key(rows[i].key.name, name))
            return i;
    return -1;
}

bool figure_key_is_list(const FigureKey *key)
{
    return strcmp(key->values, "NAMES") == 0 || strcmp(key->values, "CLASSES") == 0 || strcmp(key->values, "PATHS") == 0;
}

Str figure_key_nearest(Arena *arena, Str name)
{
    Str names[KEY_COUNT];
    for (size_t i = 0; i < KEY_COUNT; i++)
        names[i] = str_from(rows[i].key.name);
    return names_nearest(arena, name, names, KEY_COUNT);
}

Figure figure_part(Figure figure)
{
    static const Str nothing;
    figure.panels = NULL;
    figure.align = ALIGN_TOP;
    figure.width = figure.height = figure.title = figure.theme = figure.node_prefix = figure.label_font = nothing;
    figure.properties = nothing;
    figure.fit = FIT_NO;
    return figure;
}

Figure figure_default(void)
{
    return (Figure){.depth = -1};
}

static bool is_one_of(Str word, const char *list)
{
    Str rest = str_from(list), piece;
    while (str_cut(&rest, ' ', &piece))
        if (str_equal(piece, word))
            return true;
    return false;
}

bool figure_key_given(const Figure *figure, size_t key)
{
    const char *field = (const char *)figure + rows[key].offset;
    unsigned word;
    int64_t count;
    Str text;
    if (rows[key].kind == KEY_WORD) {
        memcpy(&word, field, sizeof word);
        return word != 0;
    }
    memcpy(&text, field, sizeof text);
    memcpy(&count, field, sizeof count);
    return rows[key].kind == KEY_COUNT_OF ? count != 0 : (rows[key].kind == KEY_UNIT || rows[key].kind == KEY_LIST || rows[key].kind == KEY_NAMES) && text.size > 0;
}

bool figure_key_concerns(const FigureKey *key, const char *view)
{
    return !key->view || is_one_of(str_from(view), key->view);
}

/* ---- setting a key -------------------------------------------------------------------------------------------- */

/* One setting that is being made. */
typedef struct Setting {
    Arena *arena;
    Diags *diags;
    const KeyRow *row;
    void *field; /* in the figure */
    Str value;
    Place place; /* without a source: from the command line */
} Setting;

/* Reports `what` about the value, as a fault of the spec or of the command line. */
static bool refuse(const Setting *setting, const char *what)
{
    if (setting->place.source)
        diag_error(setting->diags, setting->place, "`%s` cannot be `%.*s`: %s", setting->row->key.name,
                   STR_ARGS(setting->value), what);
    else
        diag_usage(setting->diags, "`%s` cannot be `%.*s`: %s", setting->row->key.name, STR_ARGS(setting->value), what);
    return false;
}

/* `×` may stand for x, and case does not matter. */
static bool same_word(Str word, Str value)
{
    size_t at = 0;
    for (size_t i = 0; i < word.size; i++) {
        if (word.at[i] == 'x' && str_starts(str_slice(value, at, value.size), STR("×")))
            at += STR("×").size;
        else if (at < value.size && str_equal_nocase(str_slice(word, i, i + 1), str_slice(value, at, at + 1)))
            at++;
        else
            return false;
    }
    return at == value.size;
}

/* What the words true, on, false, off mean where yes and no are allowed. */
static Str plain_word(Str value, const char *values)
{
    if (!strstr(values, "no yes"))
        return value;
    if (same_word(STR("true"), value) || same_word(STR("on"), value))
        return STR("yes");
    return same_word(STR("false"), value) || same_word(STR("off"), value) ? STR("no") : value;
}

/* What others call what is meant, where the two look nothing alike. */
static const char *const other_words[][2] = {
    {"3d", "tensors"}, {"volumes", "tensors"}, {"solids", "tensors"}, {"boxes", "graph"}, {"neurons", "units"},
    {"horizontal", "right"}, {"lr", "right"}, {"vertical", "down"}, {"tb", "down"}, {"bt", "up"}, {"radial", "out"},
};

static Str meant_by(const Setting *setting, Str value, const Str *words, unsigned count)
{
    for (size_t i = 0; i < sizeof other_words / sizeof *other_words; i++) {
        Str meant = str_from(other_words[i][1]);
        for (unsigned j = 0; j < count && str_equal_nocase(value, str_from(other_words[i][0])); j++) {
            if (str_equal(words[j], meant)) {
                return meant;
            }
        }
    }
    return names_nearest(setting->arena, value, words, count);
}

static bool set_word(const Setting *setting, unsigned *chosen)
{
    Str rest = str_from(setting->row->key.values), word, words[12];
    Str value = plain_word(setting->value, setting->row->key.values);
    unsigned count = 0;
    while (str_cut(&rest, ' ', &word) && count < sizeof words / sizeof *words) {
        if (same_word(word, value)) {
            *chosen = count;
            return true;
        }
        words[count++] = word;
    }
    Text list = text_in(setting->arena);
    for (unsigned i = 0; i < count; i++)
        text_add_format(&list, "%s%.*s", i ? ", " : "it is one of ", STR_ARGS(words[i]));
    refuse(setting, str_terminated(setting->arena, text_str(&list)));
    Str nearest = meant_by(setting, value, words, count);
    if (nearest.size)
        diag_hint(setting->diags, "did you mean `%.*s`?", STR_ARGS(nearest));
    return false;
}

static bool set_number(const Setting *setting)
{
    int64_t n = -1;
    if (!str_equal(setting->value, STR("auto")) && (!str_to_int(setting->value, &n) || n < 0))
        return refuse(setting, "it is a whole number from 0, or auto");
    memcpy(setting->field, &n, sizeof n);
    return true;
}

static bool set_count(const Setting *setting)
{
    int64_t n = 0;
    if (str_equal(setting->value, STR("no")) || str_equal(setting->value, STR("false")))
        n = 1;
    else if (!str_equal(setting->value, STR("auto")) && (!str_to_int(setting->value, &n) || n < 1))
        return refuse(setting, "it is a whole number from 1, no, or auto");
    memcpy(setting->field, &n, sizeof n);
    return true;
}

/* The bytes of a positive decimal number at the beginning of `text`; 0 where there is none. */
static size_t number_size(Str text)
{
    size_t at = 0, digits = 0, points = 0, nonzero = 0;
    for (; at < text.size; at++) {
        if (text.at[at] == '.')
            points++;
        else if (text.at[at] >= '0' && text.at[at] <= '9')
            digits++, nonzero += text.at[at] != '0';
        else
            break;
    }
    return digits && points <= 1 && nonzero && digits <= 9 ? at : 0;
}

static const char units[] = "pt mm cm in bp pc em ex dd cc";
static const char registers[] = "\\columnwidth \\textwidth \\linewidth \\hsize \\paperwidth \\textheight \\paperheight";

/* A number and a unit, or a width of the document with a factor before it. */
static bool is_length(Str text)
{
    size_t size = number_size(text);
    Str rest = str_trim(str_slice(text, size, text.size));
    return is_one_of(rest, registers) || (size && is_one_of(rest, units));
}

static void hint_length(const Setting *setting)
{
    Str names[] = {STR("\\columnwidth"), STR("\\textwidth"), STR("\\linewidth"), STR("\\hsize"), STR("\\paperwidth"),
                   STR("\\textheight"), STR("\\paperheight")};
    size_t size = number_size(setting->value);
    Str rest = str_trim(str_slice(setting->value, size, setting->value.size));
    Str nearest = names_nearest(setting->arena, rest, names, sizeof names / sizeof *names);
    if (size && !rest.size)
        diag_hint(setting->diags, "a length has a unit: `%.*scm`, `%.*spt`", STR_ARGS(setting->value),
                  STR_ARGS(setting->value));
    else if (size && str_equal(rest, STR("px")))
        diag_hint(setting->diags, "TeX has no pixels: 72 px of a web page are about 54pt");
    else if (str_equal(rest, STR("%")))
        diag_hint(setting->diags, "a part of the column is written `0.8\\columnwidth`");
    else if (nearest.size)
        diag_hint(setting->diags, "did you mean `%.*s%.*s`?", (int)size, setting->value.at, STR_ARGS(nearest));
    else
        diag_hint(setting->diags, "a number with one of %s, or `\\columnwidth`, `0.8\\textwidth` …", units);
}

static bool set_length(const Setting *setting)
{
    Str value = str_equal(setting->value, STR("auto")) ? (Str){0} : setting->value;
    if (value.size && !is_length(value)) {
        refuse(setting, "it is no length that TeX knows");
        hint_length(setting);
        return false;
    }
    memcpy(setting->field, &value, sizeof value);
    return true;
}

/* "1 channel = 0.02mm, 1 pixel = 0.1mm": what is counted and its absolute length. */
static bool is_unit(Str text)
{
    Str rest = text, part, left;
    while (str_cut(&rest, ',', &part)) {
        bool has_length = str_cut(&part, '=', &left);
        size_t size = number_size(str_trim(part));
        Str unit = str_trim(str_slice(str_trim(part), size, part.size));
        left = str_trim(left);
        if (str_starts(left, STR("1 ")))
            left = str_trim(str_slice(left, 2, left.size));
        if (!has_length || !size || !is_one_of(unit, "mm cm in pt bp pc") || !is_one_of(left, "channel pixel"))
            return false;
    }
    return text.size > 0;
}

static bool set_text(const Setting *setting, bool allowed, const char *what)
{
    if (!allowed)
        return refuse(setting, what);
    Str value = setting->value;
    memcpy(setting->field, &value, sizeof value);
    return true;
}

static bool is_name(Str value, bool path)
{
    for (size_t i = 0; i < value.size; i++) {
        char c = value.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '_' && c != '.' && (c != '/' || !path))
            return false;
    }
    return value.size > 0;
}

/* Names between commas; blanks beside them do not matter. */
static bool is_list(Str value)
{
    Str rest = value, piece;
    while (str_cut(&rest, ',', &piece))
        if (!is_name(str_trim(piece), true))
            return false;
    return value.size > 0;
}

static bool set_tex(const Setting *setting, bool font)
{
    TexFault fault;
    if (font ? tex_check_font(setting->arena, setting->value, &fault)
             : tex_check(setting->arena, setting->value, &fault))
        return set_text(setting, true, NULL);
    refuse(setting, str_terminated(setting->arena, fault.what));
    if (fault.hint.size)
        diag_hint(setting->diags, "%.*s", STR_ARGS(fault.hint));
    return false;
}

bool figure_line(Str *rest, Str *name, Str *label)
{
    char separator = str_find(*rest, '\n') < rest->size ? '\n' : ',';
    Str entry;
    if (!rest->size || !str_cut(rest, separator, &entry))
        return false;
    size_t colon = str_find(entry, ':');
    *name = str_trim(str_slice(entry, 0, colon));
    *label = str_trim(str_slice(entry, colon + 1, entry.size));
    return true;
}

/* Kept with one entry a line, so that labels may have commas. */
static bool set_list(const Setting *setting)
{
    Text lines = text_in(setting->arena);
    Str rest = setting->value, name, label;
    TexFault fault;
    while (figure_line(&rest, &name, &label)) {
        if (!name.size || (label.size && !tex_check(setting->arena, label, &fault)))
            return refuse(setting, !name.size ? "a line of a grid has a name" : str_terminated(setting->arena, fault.what));
        text_add_format(&lines, "%.*s: %.*s\n", STR_ARGS(name), STR_ARGS(label));
    }
    return set_text(setting, lines.size > 0, "it is a list of names");
}

bool figure_set(Arena *arena, Diags *diags, Figure *figure, size_t key, Str value, Place place)
{
    const KeyRow *row = &rows[key];
    Setting setting = {arena, diags, row, (char *)figure + row->offset, str_trim(value), place};
    unsigned chosen = 0;
    switch (row->kind) {
    case KEY_WORD:
        if (!set_word(&setting, &chosen))
            return false;
        memcpy(setting.field, &chosen, sizeof chosen);
        return true;
    case KEY_SWITCH:
        if (!set_word(&setting, &chosen))
            return false;
        figure->explicit_ = chosen != 0;
        return true;
    case KEY_NUMBER:
        return set_number(&setting);
    case KEY_COUNT_OF:
        return set_count(&setting);
    case KEY_LENGTH:
        return set_length(&setting);
    case KEY_UNIT:
        return set_text(&setting, is_unit(setting.value), "it is written `1 channel = 0.02mm` or `1 pixel = 0.1mm`");
    case KEY_NAME:
        return set_text(&setting, is_name(setting.value, false), "it is made of letters, digits, `-`, `_`");
    case KEY_NAMES:
        return set_text(&setting, is_list(setting.value), "it is a list of names such as `pool, norm`");
    case KEY_PATH:
        return set_text(&setting, is_name(setting.value, true),
                        "it is the name of a group or block, such as `encoder/down1`");
    case KEY_LIST:
        return set_list(&setting);
    case KEY_TITLE:
        return set_tex(&setting, false);
    case KEY_FONT:
        return set_tex(&setting, true);
    }
    return false;
}

/* ---- writing a key -------------------------------------------------------------------------------------------- */

static Str word_at(const char *words, unsigned index)
{
    Str rest = str_from(words), word;
    for (unsigned i = 0; str_cut(&rest, ' ', &word); i++)
        if (i == index)
            return word;
    return (Str){0};
}

Str figure_text(Arena *arena, const Figure *figure, size_t key)
{
    const KeyRow *row = &rows[key];
    const char *field = (const char *)figure + row->offset;
    unsigned word = 0;
    int64_t number = 0;
    Str text;
    if (row->kind == KEY_WORD) {
        memcpy(&word, field, sizeof word);
        return word ? word_at(row->key.values, word) : (Str){0};
    }
    if (row->kind == KEY_SWITCH)
        return figure->explicit_ ? STR("yes") : (Str){0};
    if (row->kind == KEY_NUMBER || row->kind == KEY_COUNT_OF) {
        bool count = row->kind == KEY_COUNT_OF;
        memcpy(&number, field, sizeof number);
        if (count && number == 1)
            return STR("no");
        return number > (count ? 0 : -1) ? str_format(arena, "%lld", (long long)number) : (Str){0};
    }
    memcpy(&text, field, sizeof text); /* all others are texts */
    return text;
}
