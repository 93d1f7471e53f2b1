/* SPDX-License-Identifier: MIT */
/* A printed module as a layer: its arguments become attributes, from which its parameters follow. */
#include "read/torch.h"

/* ---- arguments -------------------------------- */

/* The piece up to the next comma outside of brackets; false at the end. */
static bool cut_argument(Str *rest, Str *piece)
{
    size_t end = 0;
    int depth = 0;
    if (!rest->size)
        return false;
    for (; end < rest->size && (depth > 0 || rest->at[end] != ','); end++) {
        char c = rest->at[end];
        depth += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
    }
    *piece = str_trim(str_slice(*rest, 0, end));
    *rest = str_slice(*rest, end + 1, rest->size);
    return true;
}

static bool is_name(Str text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (i && c >= '0' && c <= '9')))
            return false;
    }
    return text.size > 0;
}

/* The next argument with its name: as printed, else by its position. */
static bool next_argument(Str *rest, Str *positions, Str *name, Str *value)
{
    Str piece;
    if (!cut_argument(rest, &piece))
        return false;
    size_t equals = str_find(piece, '=');
    *value = piece;
    if (equals < piece.size && is_name(str_slice(piece, 0, equals))) {
        *name = str_slice(piece, 0, equals);
        *value = str_slice(piece, equals + 1, piece.size);
    } else if (!str_cut(positions, ' ', name)) {
        *name = (Str){0};
    }
    char quote = value->size > 1 ? value->at[0] : 0;
    if ((quote == '\'' || quote == '"') && value->at[value->size - 1] == quote)
        *value = str_slice(*value, 1, value->size - 1);
    return true;
}

bool torch_argument(const TorchModule *module, const TorchRow *row, const char *name, Str *value)
{
    Str rest = module->arguments, positions = str_from(row->positions), key;
    while (next_argument(&rest, &positions, &key, value))
        if (str_equal(key, str_from(name)))
            return true;
    return false;
}

/* ---- attributes -------------------------------- */

/* A size that torch can have: `2`, and `2.0` of scale factors. */
static Dim number_of(Str text)
{
    int64_t n;
    text = str_trim(text);
    if (str_ends(text, STR(".0")))
        text.size -= 2;
    return str_to_int(text, &n) && n >= 0 && n <= INT32_MAX ? dim_int(n) : DIM_NONE;
}

/* `3`, `(3, 3)`, `torch.Size([3, 3])`; false where something is no size. */
static bool numbers_of(Arena *arena, Str text, Attr *attr)
{
    enum { MOST = 8 };
    Dim dims[MOST];
    Str piece;
    if (str_starts(text, STR("torch.Size(")))
        text = str_slice(text, STR("torch.Size(").size, text.size - 1);
    if (text.size > 1 && (text.at[0] == '(' || text.at[0] == '['))
        text = str_slice(text, 1, text.size - 1);
    for (attr->count = 0; cut_argument(&text, &piece);) {
        if (!piece.size)
            continue;
        if (attr->count == MOST || (dims[attr->count] = number_of(piece)).kind == DIM_UNKNOWN)
            return false;
        attr->count++;
    }
    attr->dims = ARENA_ARRAY(arena, attr->count, Dim);
    for (uint32_t i = 0; i < attr->count; i++)
        attr->dims[i] = dims[i];
    return attr->count > 0;
}

static bool is_allowed(const AttrSpec *spec, Str word)
{
    Str rest = str_from(spec->words), piece;
    while (str_cut(&rest, ' ', &piece))
        if (str_equal(piece, word))
            return true;
    return false;
}

static bool read_attribute(Arena *arena, const AttrSpec *spec, Str value, Attr *attr)
{
    bool yes = str_equal_nocase(value, STR("true"));
    if (spec->kind == ATTR_TEXT) {
        attr->text = value;
        return value.size > 0;
    }
    if (spec->words && is_allowed(spec, value)) {
        attr->text = value;
        return true;
    }
    if (spec->kind == ATTR_BOOL) {
        attr->dims = ARENA_NEW(arena, Dim);
        attr->count = 1;
        attr->dims[0] = dim_int(yes);
        return yes || str_equal_nocase(value, STR("false"));
    }
    return spec->kind != ATTR_WORD && numbers_of(arena, value, attr) &&
           (spec->kind != ATTR_INT || attr->count == 1);
}

static void set_attributes(Arena *arena, Layer *layer, Str arguments, Str positions)
{
    Str name, value;
    while (next_argument(&arguments, &positions, &name, &value)) {
        int index = name.size ? op_attr(layer->op, name) : -1;
        Attr attr = {.set = true, .place = layer->place};
        if (index >= 0 && read_attribute(arena, &layer->op->attrs[index], value, &attr))
            layer->attrs[index] = attr;
    }
}

void torch_attributes(Arena *arena, Layer *layer, const TorchModule *module, const TorchRow *row)
{
    Str defaults = str_from(row->defaults), one, none = {0};
    while (str_cut(&defaults, ' ', &one))
        set_attributes(arena, layer, one, none);
    set_attributes(arena, layer, module->arguments, str_from(row->positions));
}

/* ---- parameters and shapes -------------------------------- */

/* What the module must read, as far as its arguments tell. */
static Shape shape_read(Arena *arena, const TorchModule *module, const TorchRow *row, Shape before)
{
    Str value;
    Shape shape = before;
    if (!row->rank)
        return before;
    if (!before.known || before.rank != row->rank) {
        Dim dims[SHAPE_MAX_RANK];
        for (uint32_t i = 0; i < row->rank; i++)
            dims[i] = DIM_NONE;
        shape = shape_of(arena, row->rank, dims);
    }
    shape = shape_of(arena, shape.rank, shape.dims);
    if (torch_argument(module, row, row->reads, &value))
        shape.dims[row->axis] = number_of(value);
    return shape;
}

/* Projections of queries, keys and values, in one matrix that is not printed, and that of the result, which is. */
static Dim attention_params(Arena *arena, const TorchModule *module, const TorchRow *row)
{
    static const TorchRow linear = {"", "", "in_features out_features", "", NULL, 0, 0};
    Str size, bias;
    for (const TorchModule *child = module->first; child; child = child->next) {
        if (!str_equal(child->name, str_from(row->reads)) || !torch_argument(child, &linear, "in_features", &size))
            continue;
        Dim d = number_of(size), one = dim_mul(arena, d, d);
        bool has_bias = !torch_argument(child, &linear, "bias", &bias) || !str_equal(bias, STR("False"));
        return dim_mul(arena, dim_int(4), has_bias ? dim_add(arena, one, d) : one);
    }
    return DIM_NONE;
}

void torch_count(Arena *arena, Diags *diags, Layer *layer, const TorchModule *module, const TorchRow *row,
                 Shape before)
{
    Shape in[2] = {shape_read(arena, module, row, before), shape_unknown()};
    OpCall call = {.arena = arena, .op = layer->op, .layer = layer, .batch_axes = 1, .inputs = in,
                   .input_count = layer->op->min_inputs == 2 ? 2 : 1, .outputs = layer->outputs};
    bool attention = row->reads && str_equal(STR("out_proj"), str_from(row->reads));
    layer->params = layer->macs = DIM_NONE;
    if (op_infer(&call)) {
        layer->params = call.params;
        layer->macs = call.macs;
    } else {
        diag_warning(diags, module->place, "%.*s", STR_ARGS(call.error));
        layer->outputs[0] = shape_unknown();
    }
    if (attention)
        layer->params = attention_params(arena, module, row);
}
