/* SPDX-License-Identifier: MIT */
/* A layer in paper notation, "3x3 conv, 64, /2, bn, relu", or in the long form where the notation cannot say it. */
#include "emit/spec.h"

#include <string.h>

/* One layer that is being written. */
typedef struct Line {
    Writer *writer;
    Body *body;
    const Layer *layer;
    bool keyed;       /* the operation is a key, its arguments stand behind it */
    bool cell;        /* it follows another in its box: its arguments stand behind blanks */
    bool any;         /* something was written of it */
    bool followed_by_bn;
    uint32_t said;    /* attributes that are written already, as bits */
} Line;

bool spec_reads_names(const Op *op)
{
    return op->style == STYLE_MERGE || op->min_inputs >= 2;
}

static bool is_op(const Layer *layer, const char *name)
{
    return strcmp(layer->op->name, name) == 0;
}

/* ---- what must be said ----------------------------------------------------------------------------------------- */

/* What an author has written stays; a model file says everything. */
static bool equals_fallback(const Writer *writer, const AttrSpec *row, const Attr *attr)
{
    if (!row->fallback || !writer->imported)
        return false;
    if (attr->text.size || !attr->count)
        return str_equal(attr->text, str_from(row->fallback));
    int64_t n = strcmp(row->fallback, "true") == 0;
    bool known = row->kind == ATTR_BOOL || str_to_int(str_from(row->fallback), &n);
    Dim usual = known ? dim_int(n) : DIM_NONE;
    for (uint32_t i = 0; i < attr->count; i++)
        if (!dim_equal(attr->dims[i], usual))
            return false;
    return true;
}

/* A bias is left out before a batch norm in the same line: the reader does so by itself. */
static bool bias_is_dropped(const Line *line)
{
    StyleClass style = line->layer->op->style;
    return line->followed_by_bn && (style == STYLE_CONV || style == STYLE_DENSE);
}

/* A number may become the parameter of a block, so it takes its place even where it is the usual one. */
static bool is_number(const AttrSpec *row, const Attr *attr)
{
    if (row->kind == ATTR_INT)
        return attr->count == 1;
    static const char *const names[] = {"kernel", "stride", "dilation", "padding", "output_padding", "factor", "patch", "amount"};
    bool any_axis = false; /* one number holds for all axes */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        any_axis = any_axis || strcmp(row->name, names[i]) == 0;
    if (row->kind != ATTR_INTS || !attr->count || attr->text.size || (!any_axis && attr->count > 1))
        return false;
    for (uint32_t i = 1; i < attr->count; i++)
        if (!dim_equal(attr->dims[i], attr->dims[0]))
            return false;
    return true;
}

/* Whether something behind it stands without its name, so that it cannot be left out. */
static bool holds_place(const Line *line, uint32_t index)
{
    const Op *op = line->layer->op;
    for (uint32_t i = index + 1; i < op->attr_count && op->attrs[index].positional; i++)
        if (op->attrs[i].positional && op->attrs[i].kind == ATTR_INT && line->layer->attrs[i].set &&
            !equals_fallback(line->writer, &op->attrs[i], &line->layer->attrs[i]))
            return true;
    return false;
}

static bool is_flag(const AttrSpec *row)
{
    return row->kind == ATTR_BOOL && row->fallback && strcmp(row->fallback, "false") == 0;
}

static bool is_said(const Line *line, uint32_t index)
{
    const AttrSpec *row = &line->layer->op->attrs[index];
    const Attr *attr = &line->layer->attrs[index];
    if (line->said & (1u << index))
        return false;
    if (attr->set && row->kind == ATTR_INT && holds_place(line, index))
        return true;
    if (strcmp(row->name, "bias") == 0 && bias_is_dropped(line))
        return attr_bool(line->layer, "bias");
    return attr->set && !equals_fallback(line->writer, row, attr);
}

/* ---- pieces ---------------------------------------------------------------------------------------------------- */

static void separate(Line *line)
{
    if (line->any)
        spec_text(line->writer, line->body, line->cell ? STR(" ") : STR(", "));
    line->any = true;
}

static NumberRole role_of(const char *attr)
{
    if (strcmp(attr, "out") == 0 || strcmp(attr, "hidden") == 0 || strcmp(attr, "dim") == 0)
        return ROLE_WIDTH;
    if (strcmp(attr, "kernel") == 0)
        return ROLE_KERNEL;
    return strcmp(attr, "stride") == 0 ? ROLE_STRIDE : ROLE_OTHER;
}

static void add_dims(Line *line, const AttrSpec *row, const Attr *attr)
{
    Arena *arena = line->writer->arena;
    if (!attr->count) {
        spec_text(line->writer, line->body, attr->text.size ? attr->text : STR("scalar"));
        return;
    }
    for (uint32_t i = 0; i < attr->count; i++) {
        if (i)
            spec_text(line->writer, line->body, STR("x"));
        if (row->kind == ATTR_SHAPE) {
            Bit *bit = spec_bit(line->writer, line->body, BIT_NUMBER);
            bit->value = attr->dims[i];
            bit->repeat = 1;
            bit->attr = "size";
        } else {
            spec_text(line->writer, line->body, dim_expression(arena, attr->dims[i]));
        }
    }
}

/* The number of an attribute; of a kernel as often as there are axes. */
static void add_number(Line *line, const AttrSpec *row, const Attr *attr, uint32_t repeat, Str before, Str behind)
{
    Bit *bit = spec_bit(line->writer, line->body, BIT_NUMBER);
    bit->value = attr->dims[0];
    bit->attr = row->name;
    bit->role = role_of(row->name);
    bit->repeat = line->writer->imported || attr->count < repeat ? repeat : attr->count; /* as its author has written it */
    bit->text = before;
    bit->behind = behind;
}

static uint32_t spatial_axes(const Layer *layer, const Attr *kernel)
{
    Shape shape = layer->input_count && layer->inputs[0].layer
                      ? layer->inputs[0].layer->outputs[layer->inputs[0].output]
                      : shape_unknown();
    if (shape.known && shape.rank > 1)
        return shape.rank - 1;
    return kernel->count > 1 ? kernel->count : 2;
}

static const Attr *attr_of(const Layer *layer, const char *name, int *index)
{
    *index = op_attr_row(layer->op, name);
    return *index >= 0 && layer->attrs[*index].set ? &layer->attrs[*index] : NULL;
}

static void add_kernel(Line *line, Str behind)
{
    int index;
    const Attr *kernel = attr_of(line->layer, "kernel", &index);
    if (!kernel || !kernel->count)
        return;
    const AttrSpec *row = &line->layer->op->attrs[index];
    uint32_t axes = spatial_axes(line->layer, kernel);
    separate(line);
    line->said |= 1u << index;
    if (is_number(row, kernel)) {
        add_number(line, row, kernel, axes, (Str){0}, behind);
    } else {
        add_dims(line, row, kernel);
        spec_text(line->writer, line->body, behind);
    }
    line->any = true;
}

/* `/2`, `dilation=2`; where it is the usual one it keeps its place, for a block may have it as a parameter. */
static void add_step(Line *line, const char *name, const char *sign)
{
    int index = op_attr_row(line->layer->op, name);
    if (index < 0)
        return;
    const AttrSpec *row = &line->layer->op->attrs[index];
    const Attr *attr = &line->layer->attrs[index];
    line->said |= 1u << index;
    int64_t usual = 0;
    bool has_usual = row->fallback && str_to_int(str_from(row->fallback), &usual);
    Str before = str_format(line->writer->arena, "%s%s", line->any ? ", " : "", sign);
    if (!attr->set && !has_usual)
        return;
    if (attr->set && !is_number(row, attr)) {
        spec_text(line->writer, line->body, before);
        add_dims(line, row, attr);
        line->any = true;
        return;
    }
    Dim one = dim_int(usual);
    Attr numbered = {.set = true, .count = attr->set ? attr->count : 1, .dims = attr->set ? attr->dims : &one};
    add_number(line, row, &numbered, 1, before, (Str){0});
    Bit *bit = &line->body->bits[line->body->count - 1];
    if (!attr->set) {
        bit->value = one;
    }
    bit->optional = has_usual && (!attr->set || line->writer->imported);
    bit->usual = usual;
    line->any = line->any || !bit->optional || !dim_is(bit->value, usual);
}

/* Whether a word is understood without the name of its attribute. */
static bool speaks_for_itself(const Op *op, uint32_t index, Str word)
{
    if (op_attr(op, word) >= 0)
        return false;
    for (uint32_t i = 0; i < op->attr_count; i++) {
        Str rest = str_from(op->attrs[i].words), one;
        bool switches = op->attrs[i].kind == ATTR_BOOL || str_starts(rest, STR("auto true"));
        while (!switches && str_cut(&rest, ' ', &one))
            if (one.size && str_equal(one, word))
                return i == index;
    }
    return false;
}

/* Whether all that may stand before it without a name is there. */
static bool is_next(const Line *line, uint32_t index)
{
    const Op *op = line->layer->op;
    for (uint32_t i = 0; i < index; i++)
        if (op->attrs[i].positional && !(line->said & (1u << i)))
            return false;
    return op->attrs[index].positional;
}

static void add_attribute(Line *line, uint32_t index)
{
    const Layer *layer = line->layer;
    const AttrSpec *row = &layer->op->attrs[index];
    const Attr *attr = &layer->attrs[index];
    bool unnamed = is_next(line, index) && (row->kind == ATTR_INT || index == 0);
    Str name = str_format(line->writer->arena, "%s=", row->name);
    if (row->kind == ATTR_BOOL) {
        separate(line);
        bool on = attr->set ? attr_bool(layer, row->name) : true;
        spec_format(line->writer, line->body, "%s%s", on ? "" : "no ", row->name);
        return;
    }
    if (attr->text.size && row->kind != ATTR_TEXT && speaks_for_itself(layer->op, index, attr->text)) {
        separate(line);
        spec_text(line->writer, line->body, attr->text);
        return;
    }
    separate(line);
    if (is_number(row, attr) && row->kind != ATTR_SHAPE) {
        add_number(line, row, attr, 1, unnamed ? (Str){0} : name, (Str){0});
        return;
    }
    if (!unnamed)
        spec_text(line->writer, line->body, name);
    if (row->kind == ATTR_TEXT || row->kind == ATTR_WORD)
        spec_text(line->writer, line->body, attr->text);
    else
        add_dims(line, row, attr);
}

/* ---- the long form --------------------------------------------------------------------------------------------- */

static bool is_safe_text(Str text, bool first)
{
    int64_t n;
    if (str_to_int(text, &n))
        return true;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                    c == '.' || (c == '-' && i > 0);
        if (!fits || (first && i == 0 && !(c >= '0' && c <= '9') && c != '.'))
            return false;
    }
    return text.size > 0;
}

static bool has_odd_dim(Arena *arena, const Attr *attr)
{
    for (uint32_t i = 0; i < attr->count; i++) {
        Str text = dim_expression(arena, attr->dims[i]);
        if (attr->dims[i].kind == DIM_SYMBOLIC && (attr->count > 1 ? text.size > 1 : false))
            return true;
        if (attr->dims[i].kind == DIM_SYMBOLIC && str_find(text, 'x') < text.size)
            return true;
        if (attr->dims[i].kind == DIM_INT && attr->dims[i].n < 0 && attr->count > 1)
            return true;
    }
    return false;
}

/* Whether an attribute cannot be said in the notation. */
static bool needs_long_form(const Line *line)
{
    for (uint32_t i = 0; i < line->layer->op->attr_count; i++) {
        const AttrSpec *row = &line->layer->op->attrs[i];
        const Attr *attr = &line->layer->attrs[i];
        if (!attr->set)
            continue;
        if (row->kind == ATTR_TEXT && !is_safe_text(attr->text, row->positional && i == 0))
            return true;
        if (has_odd_dim(line->writer->arena, attr))
            return true;
    }
    return false;
}

static void add_value(Line *line, const AttrSpec *row, const Attr *attr)
{
    Writer *writer = line->writer;
    if (row->kind == ATTR_BOOL) {
        spec_text(writer, line->body, attr_bool(line->layer, row->name) ? STR("true") : STR("false"));
    } else if (!attr->count) {
        bool scalar = row->kind == ATTR_SHAPE && !attr->text.size;
        spec_text(writer, line->body, scalar ? STR("scalar") : yaml_scalar(writer->arena, attr->text, true));
    } else {
        bool list = attr->count > 1;
        spec_text(writer, line->body, list ? STR("[") : STR(""));
        for (uint32_t i = 0; i < attr->count; i++) {
            if (i)
                spec_text(writer, line->body, STR(", "));
            Str text = dim_expression(writer->arena, attr->dims[i]);
            spec_text(writer, line->body, str_equal(text, STR("?")) ? STR("'?'") : text);
        }
        spec_text(writer, line->body, list ? STR("]") : STR(""));
    }
}

static void add_long_form(Line *line)
{
    bool any = false;
    spec_text(line->writer, line->body, STR("{"));
    for (uint32_t i = 0; i < line->layer->op->attr_count; i++) {
        const AttrSpec *row = &line->layer->op->attrs[i];
        if (!is_said(line, i))
            continue;
        spec_format(line->writer, line->body, "%s%s: ", any ? ", " : "", row->name);
        add_value(line, row, &line->layer->attrs[i]);
        any = true;
    }
    spec_text(line->writer, line->body, STR("}"));
}

/* ---- layers ---------------------------------------------------------------------------------------------------- */

/* What is on or off keeps its place where it is usual: instances of a block may differ in it. */
static void add_flag(Line *line, uint32_t index)
{
    const AttrSpec *row = &line->layer->op->attrs[index];
    bool on = attr_bool(line->layer, row->name);
    Bit *bit = spec_bit(line->writer, line->body, BIT_NUMBER);
    bit->text = !line->any ? (Str){0} : line->cell ? STR(" ") : STR(", ");
    bit->value = dim_int(on);
    bit->role = ROLE_FLAG;
    bit->attr = row->name;
    bit->repeat = 1;
    bit->optional = !line->layer->attrs[index].set || line->writer->imported;
    line->any = line->any || on || !bit->optional;
}

static void add_attributes(Line *line)
{
    const Layer *layer = line->layer;
    for (uint32_t i = 0; i < layer->op->attr_count; i++)
        if (is_said(line, i) && strcmp(layer->op->attrs[i].name, "stride") != 0 && strcmp(layer->op->attrs[i].name, "dilation") != 0 &&
            (layer->op->attrs[i].positional || layer->op->attrs[i].kind == ATTR_INT))
            add_attribute(line, i), line->said |= 1u << i;
    add_step(line, "stride", "/");
    if (line->writer->imported)
        add_step(line, "dilation", "dilation=");
    for (uint32_t i = 0; i < layer->op->attr_count; i++)
        if (is_flag(&layer->op->attrs[i]))
            add_flag(line, i);
        else if (is_said(line, i))
            add_attribute(line, i);
}

static bool is_windowed(const Layer *layer)
{
    int index;
    return layer->op->style == STYLE_CONV && attr_of(layer, "kernel", &index) && layer->attrs[index].count;
}

static void add_cell(Writer *writer, Body *body, const Layer *cell)
{
    Line line = {.writer = writer, .body = body, .layer = cell, .cell = true, .any = true};
    bool bare = true;
    for (uint32_t i = 0; i < cell->op->attr_count; i++)
        bare = bare && !is_said(&line, i) && !is_flag(&cell->op->attrs[i]);
    if (bare && cell->op->style == STYLE_ACTIVATION) {
        Bit *bit = spec_bit(writer, body, BIT_WORD);
        bit->text = str_from(cell->op->name);
        bit->attr = "act";
        return;
    }
    spec_text(writer, body, str_from(cell->op->name));
    add_attributes(&line);
}

/* The operation and its arguments, without what follows in its box. */
static void add_head(Line *line)
{
    const Layer *layer = line->layer;
    const char *op = layer->op->name;
    if (needs_long_form(line)) {
        spec_format(line->writer, line->body, "%s: ", op);
        add_long_form(line);
        return;
    }
    if (line->keyed) {
        spec_format(line->writer, line->body, "%s:", op);
        uint32_t before = line->body->count;
        spec_text(line->writer, line->body, STR(" "));
        add_kernel(line, (Str){0});
        add_attributes(line);
        if (!line->any)
            line->body->bits[before].text.size = 0;
        return;
    }
    if (is_windowed(layer)) {
        add_kernel(line, STR(" "));
        spec_text(line->writer, line->body, str_from(op));
    } else {
        spec_text(line->writer, line->body, str_from(op));
        line->any = false;
        uint32_t before = line->body->count;
        spec_text(line->writer, line->body, STR(" "));
        add_kernel(line, (Str){0});
        add_attributes(line);
        if (!line->any)
            line->body->bits[before].text.size = 0;
        line->any = true;
        return;
    }
    add_attributes(line);
}

void spec_line(Writer *writer, Body *body, const Layer *head, bool keyed, const Port *reads, uint32_t read_count,
               Space *site, uint32_t indent)
{
    const Layer *cell = writer->next_cell[head->index];
    Line line = {.writer = writer, .body = body, .layer = head, .keyed = keyed,
                 .followed_by_bn = cell && is_op(cell, "bn")};
    bool long_form = needs_long_form(&line);
    add_head(&line);
    uint32_t written = 0;
    for (uint32_t i = 0; i < read_count; i++) {
        Bit *bit = NULL;
        spec_text(writer, body, i || line.any ? STR(", ") : STR(" "));
        bit = spec_bit(writer, body, BIT_REF);
        bit->port = reads[i];
        bit->site = site;
        written++;
    }
    line.any = line.any || written;
    if (long_form && cell) {
        body->count--; /* the closing brace: what follows stands inside of it */
        spec_text(writer, body, body->count && body->bits[body->count - 1].text.size == 1 ? STR("then: [") : STR(", then: ["));
        for (bool first = true; cell; cell = writer->next_cell[cell->index], first = false) {
            spec_text(writer, body, first ? STR("'") : STR("', '"));
            add_cell(writer, body, cell);
        }
        spec_text(writer, body, STR("']}"));
        return;
    }
    for (; cell; cell = writer->next_cell[cell->index]) {
        spec_text(writer, body, line.any || !keyed ? STR(", ") : STR(" "));
        line.any = true;
        add_cell(writer, body, cell);
    }
    (void)indent;
}

void spec_merge(Writer *writer, Body *body, const Layer *merge, uint32_t joined, Space *site)
{
    Line line = {.writer = writer, .body = body, .layer = merge, .cell = true, .any = true};
    spec_text(writer, body, str_from(merge->op->name));
    add_attributes(&line);
    for (uint32_t i = joined; i < merge->input_count; i++) {
        spec_text(writer, body, STR(", "));
        Bit *bit = spec_bit(writer, body, BIT_REF);
        bit->port = merge->inputs[i];
        bit->site = site;
    }
    for (const Layer *cell = writer->next_cell[merge->index]; cell; cell = writer->next_cell[cell->index]) {
        spec_text(writer, body, STR(", "));
        add_cell(writer, body, cell);
    }
}
