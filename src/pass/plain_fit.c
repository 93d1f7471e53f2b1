/* SPDX-License-Identifier: MIT */
/* Attributes as a spec says them: tried against the rules of the operation until the numbers are the model's, else `custom`. */
#include "pass/plain.h"

#include <string.h>

/* ---- trying ---------------------------------------------------------------------------------------------------- */

static bool same_dim(Dim a, Dim b)
{
    return dim_equal(a, b) || (a.kind == DIM_UNKNOWN && b.kind == DIM_UNKNOWN);
}

static bool same_shape(Shape a, Shape b)
{
    if (a.known != b.known || (a.known && a.rank != b.rank))
        return false;
    for (uint32_t i = 0; a.known && i < a.rank; i++)
        if (!same_dim(a.dims[i], b.dims[i]))
            return false;
    return true;
}

static bool has_required(const Layer *layer)
{
    for (uint32_t i = 0; i < layer->op->attr_count; i++)
        if (layer->op->attrs[i].required && !layer->attrs[i].set)
            return false;
    return true;
}

/* How many outputs the reader of specs gives it: see read/layer.c. */
static uint32_t outputs_in_spec(const Layer *layer)
{
    int parts = op_attr_row(layer->op, "parts"), sizes = op_attr_row(layer->op, "sizes");
    if (layer->op->style != STYLE_RESHAPE)
        return 1;
    if (sizes >= 0 && layer->attrs[sizes].set && layer->attrs[sizes].count > 1)
        return layer->attrs[sizes].count;
    Dim count = parts >= 0 && layer->attrs[parts].set && layer->attrs[parts].count ? layer->attrs[parts].dims[0] : dim_int(1);
    return count.kind == DIM_INT && count.n >= 1 && count.n <= 1000 ? (uint32_t)count.n : 1;
}

/* What may be read beside the data is no input in a spec: see read/layer.c. */
static bool inputs_fit(const Layer *layer)
{
    const Op *op = layer->op;
    bool only_data = op->style == STYLE_CONV || op->style == STYLE_DENSE || op->style == STYLE_NORM ||
                     op->style == STYLE_ACTIVATION || op->style == STYLE_REGULAR;
    int most = only_data ? op->min_inputs : op->max_inputs;
    return (int64_t)layer->input_count >= op->min_inputs && (most < 0 || layer->input_count <= (uint32_t)most);
}

/* Runs the rules of the operation; whether it comes to what is wanted. */
static bool fits(const Plain *plain, Layer *layer, const Wanted *wanted)
{
    uint32_t count = outputs_in_spec(layer);
    Shape *inputs = ARENA_ARRAY(plain->arena, layer->input_count + 1, Shape);
    if (!has_required(layer) || !inputs_fit(layer))
        return false;
    for (uint32_t i = 0; i < layer->input_count; i++)
        inputs[i] = layer->inputs[i].layer->outputs[layer->inputs[i].output];
    layer->output_count = count;
    layer->outputs = ARENA_ARRAY(plain->arena, count, Shape);
    OpCall call = {.arena = plain->arena, .op = layer->op, .layer = layer, .inputs = inputs,
                   .input_count = layer->input_count, .outputs = layer->outputs};
    if (!op_infer(&call) || !same_dim(call.params, wanted->params) || !same_dim(call.macs, wanted->macs))
        return false;
    for (uint32_t i = 0; i < count && i < wanted->output_count; i++)
        if (!same_shape(call.outputs[i], wanted->outputs[i]))
            return false;
    layer->params = call.params;
    layer->macs = call.macs;
    return count == 1 || count == wanted->output_count;
}

/* ---- attributes without the batch ------------------------------------------------------------------------------ */

static bool is_named(const AttrSpec *row, const char *names)
{
    Str rest = str_from(names), name;
    while (str_cut(&rest, ' ', &name))
        if (str_equal(name, str_from(row->name)))
            return true;
    return false;
}

static Attr copy_attr(const Plain *plain, const Attr *attr)
{
    Attr copy = *attr;
    copy.dims = ARENA_ARRAY(plain->arena, attr->count, Dim);
    if (attr->count)
        memcpy(copy.dims, attr->dims, attr->count * sizeof *attr->dims);
    return copy;
}

static void take_attributes(const Plain *plain, const Layer *old, Layer *layer, const Wanted *wanted)
{
    for (uint32_t i = 0; i < old->op->attr_count; i++) {
        const AttrSpec *row = &old->op->attrs[i];
        layer->attrs[i] = copy_attr(plain, &old->attrs[i]);
        Attr *attr = &layer->attrs[i];
        attr->set = attr->set || (strcmp(row->name, "shape") == 0 && row->kind == ATTR_SHAPE);
        if (!attr->set)
            continue;
        if (is_named(row, "axis axes end") && (row->kind == ATTR_INT || row->kind == ATTR_INTS) && strcmp(old->op->name, "slice") != 0)
            for (uint32_t k = 0; k < attr->count; k++)
                attr->dims[k] = plain_axis(plain, old, attr->dims[k]);
        if (strcmp(row->name, "axes") == 0 && strcmp(old->op->name, "slice") == 0)
            for (uint32_t k = 0; k < attr->count; k++)
                attr->dims[k] = plain_axis(plain, old, attr->dims[k]);
        if (strcmp(row->name, "order") == 0)
            *attr = plain_order(plain, old, attr);
        if (is_named(row, "shape") && wanted->outputs[0].known)
            *attr = (Attr){.set = true, .count = wanted->outputs[0].rank, .dims = wanted->outputs[0].dims};
        for (uint32_t k = 0; k < attr->count; k++)
            attr->set = attr->set && plain_dim(plain, attr->dims[k]).kind != DIM_UNKNOWN;
    }
}

/* ---- leaving out ----------------------------------------------------------------------------------------------- */

/* What neither a number nor a label tells. */
static bool is_silent(const AttrSpec *row)
{
    return is_named(row, "eps momentum alpha beta region dtype align_corners init approximate form value dropout");
}

static bool is_given_by_input(const AttrSpec *row)
{
    return is_named(row, "in in2 features ceil output_padding dim axis axes end keep flatten head_dim size biases") && !row->required;
}

static void clear(Layer *layer, uint32_t index)
{
    layer->attrs[index] = (Attr){.set = false};
}

static void try_without(const Plain *plain, Layer *layer, const Wanted *wanted, uint32_t index)
{
    Attr kept = layer->attrs[index];
    if (!kept.set)
        return;
    Str before = op_label(plain->arena, layer, NULL);
    clear(layer, index);
    bool same = str_equal(before, op_label(plain->arena, layer, NULL));
    if (!same || !fits(plain, layer, wanted))
        layer->attrs[index] = kept;
}

static void set_word(Layer *layer, uint32_t index, const char *word)
{
    layer->attrs[index] = (Attr){.set = true, .text = str_from(word)};
}

/* Nothing, a word, one number, a number for each axis, all numbers: the first that comes to the same. */
static void simplify_padding(const Plain *plain, Layer *layer, const Wanted *wanted)
{
    int index = op_attr_row(layer->op, "padding");
    if (index < 0 || !layer->attrs[index].set)
        return;
    Attr kept = layer->attrs[index];
    bool symmetric = kept.count > 0 && kept.count % 2 == 0, equal = kept.count > 0;
    for (uint32_t i = 0; i < kept.count; i++) {
        equal = equal && dim_equal(kept.dims[i], kept.dims[0]);
        symmetric = symmetric && dim_equal(kept.dims[i], kept.dims[(i + kept.count / 2) % kept.count]);
    }
    clear(layer, (uint32_t)index);
    if (fits(plain, layer, wanted))
        return;
    static const char *const words[] = {"same", "valid"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        set_word(layer, (uint32_t)index, words[i]);
        if (fits(plain, layer, wanted))
            return;
    }
    layer->attrs[index] = kept;
    if (symmetric || equal)
        layer->attrs[index].count = equal ? 1 : kept.count / 2;
    if (!fits(plain, layer, wanted))
        layer->attrs[index] = kept;
}

/* What the table says anyway. */
static bool is_usual(const AttrSpec *row, const Attr *attr)
{
    int64_t n = row->fallback && strcmp(row->fallback, "true") == 0;
    if (!attr->set || !row->fallback)
        return false;
    if (!attr->count)
        return str_equal(attr->text, str_from(row->fallback));
    if (row->kind != ATTR_BOOL && !str_to_int(str_from(row->fallback), &n))
        return false;
    for (uint32_t i = 0; i < attr->count; i++)
        if (!dim_is(attr->dims[i], n))
            return false;
    return true;
}

static void simplify(const Plain *plain, Layer *layer, const Wanted *wanted)
{
    for (uint32_t i = 0; i < layer->op->attr_count; i++)
        if (is_usual(&layer->op->attrs[i], &layer->attrs[i]) && !layer->op->attrs[i].required)
            clear(layer, i);
    simplify_padding(plain, layer, wanted);
    for (uint32_t i = 0; i < layer->op->attr_count; i++)
        if (is_silent(&layer->op->attrs[i]) || is_given_by_input(&layer->op->attrs[i]))
            try_without(plain, layer, wanted, i);
    (void)fits(plain, layer, wanted);
}

/* ---- other ways to say it -------------------------------------------------------------------------------------- */

/* What the model says of its own weights holds: where numbers do not fit it, other layers have the same. */
static bool is_settled(const Layer *old, const Layer *layer, int index)
{
    if (index < 0 || !is_named(&layer->op->attrs[index], "bias scale affine"))
        return false;
    int row = op_attr_row(old->op, layer->op->attrs[index].name);
    return row >= 0 && old->attrs[row].set;
}

/* Settings of attributes that may be what the model means, tried alone and then together. */
static bool tweak(const Plain *plain, const Layer *old, Layer *layer, const Wanted *wanted)
{
    static const struct {
        const char *attr, *word;
    } tweaks[] = {{"flatten", "false"}, {"flatten", "true"}, {"bias", "false"}, {"scale", "false"}, {"affine", "false"},
                  {"padding", "same"}, {"padding", "valid"}, {"returns", "last"}, {"features", NULL}, {"in", NULL},
                  {"axis", NULL}, {"axes", NULL}, {"axis", "-1"}, {"axis", "0"},
                  {"bias", NULL}, {"scale", NULL}, {"kind", "learned"}, {"keep", "false"}, {"keep", "true"}};
    enum { COUNT = sizeof tweaks / sizeof *tweaks };
    for (size_t a = 0; a < COUNT; a++)
        for (size_t b = a; b < COUNT; b++) {
            int one = op_attr_row(layer->op, tweaks[a].attr), two = op_attr_row(layer->op, tweaks[b].attr);
            if (one < 0 || two < 0 || (a != b && one == two) || is_settled(old, layer, one) ||
                is_settled(old, layer, two))
                continue;
            Attr kept_one = layer->attrs[one], kept_two = layer->attrs[two];
            for (int k = 0; k < 2; k++) {
                const char *word = k ? tweaks[b].word : tweaks[a].word;
                uint32_t index = (uint32_t)(k ? two : one);
                Dim *dim = ARENA_NEW(plain->arena, Dim);
                bool last = word && strcmp(word, "-1") == 0, number = last || (word && strcmp(word, "0") == 0);
                *dim = dim_int(last ? -1 : word && strcmp(word, "true") == 0);
                if (!word)
                    clear(layer, index);
                else if (number || layer->op->attrs[index].kind == ATTR_BOOL)
                    layer->attrs[index] = (Attr){.set = true, .count = 1, .dims = dim};
                else
                    set_word(layer, index, word);
            }
            if (fits(plain, layer, wanted))
                return true;
            layer->attrs[two] = kept_two;
            layer->attrs[one] = kept_one;
        }
    return false;
}

/* A cell that runs one way has no axis of directions in a spec. */
static bool drop_directions(const Plain *plain, Layer *layer, Wanted *wanted)
{
    int form = op_attr_row(layer->op, "form");
    Shape out = wanted->outputs[0];
    if (form < 0 || layer->op->attrs[form].kind != ATTR_WORD || !out.known || out.rank != 3 || !dim_is(out.dims[1], 1))
        return false;
    Attr kept = layer->attrs[form];
    Shape *outputs = ARENA_ARRAY(plain->arena, wanted->output_count, Shape);
    memcpy(outputs, wanted->outputs, wanted->output_count * sizeof *outputs);
    outputs[0] = shape_of(plain->arena, 2, (Dim[]){out.dims[0], out.dims[2]});
    Wanted flat = {outputs, wanted->output_count, wanted->params, wanted->macs};
    clear(layer, (uint32_t)form);
    if (fits(plain, layer, &flat)) {
        *wanted = flat;
        return true;
    }
    layer->attrs[form] = kept;
    return false;
}

/* Parameters beyond the projections are biases of relative positions: so many for each head. */
static bool say_relative(const Plain *plain, Layer *layer, const Wanted *wanted)
{
    int row = op_attr_row(layer->op, "relative");
    if (row < 0 || layer->attrs[row].set || layer->input_count != 1 || wanted->params.kind != DIM_INT)
        return false;
    OpCall call = {.arena = plain->arena, .op = layer->op, .layer = layer, .inputs = &layer->inputs[0].layer->outputs[layer->inputs[0].output],
                   .input_count = 1, .outputs = layer->outputs};
    if (!op_infer(&call) || call.params.kind != DIM_INT)
        return false;
    Dim each = dim_div_exact(plain->arena, dim_int(wanted->params.n - call.params.n), attr_int(plain->arena, layer, "heads"));
    if (each.kind != DIM_INT || each.n < 1)
        return false;
    layer->attrs[row] = (Attr){.set = true, .count = 1, .dims = ARENA_NEW(plain->arena, Dim)};
    layer->attrs[row].dims[0] = each;
    if (fits(plain, layer, wanted))
        return true;
    clear(layer, (uint32_t)row);
    return false;
}

/* The size that comes out, in place of a factor that the model's arithmetic hides. */
static bool say_size(const Plain *plain, Layer *layer, const Wanted *wanted)
{
    int size = op_attr_row(layer->op, "size"), factor = op_attr_row(layer->op, "factor");
    Shape shape = wanted->outputs[0];
    if (size < 0 || layer->op->attrs[size].kind != ATTR_INTS || !shape.known || shape.rank < 2)
        return false;
    layer->attrs[size] = (Attr){.set = true, .count = shape.rank - 1, .dims = shape.dims + 1};
    if (factor >= 0)
        clear(layer, (uint32_t)factor);
    if (fits(plain, layer, wanted))
        return true;
    clear(layer, (uint32_t)size);
    return false;
}

/* Sums and products with weights are operations of their own in a spec. */
static bool say_weights(const Plain *plain, Layer *layer, const Wanted *wanted)
{
    static const struct {
        const char *from, *to, *attr, *word;
    } rows[] = {{"add", "posenc", "kind", "learned"}, {"add", "bias", NULL, NULL}, {"mul", "scale", NULL, NULL},
                {"concat", "class_token", NULL, NULL}};
    if (layer->input_count != 1)
        return false;
    const Op *op = layer->op;
    Attr *attrs = layer->attrs;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(op->name, rows[i].from) != 0)
            continue;
        layer->op = op_find(str_from(rows[i].to));
        layer->attrs = ARENA_ARRAY(plain->arena, layer->op->attr_count, Attr);
        int index = rows[i].attr ? op_attr_row(layer->op, rows[i].attr) : -1;
        if (index >= 0)
            set_word(layer, (uint32_t)index, rows[i].word);
        if (fits(plain, layer, wanted)) {
            layer->op_name = str_from(layer->op->name);
            return true;
        }
        layer->op = op;
        layer->attrs = attrs;
    }
    return false;
}

/* ---- what a spec has no word for ------------------------------------------------------------------------------- */

static void set_dims(const Plain *plain, Layer *layer, const char *name, const Dim *dims, uint32_t count)
{
    int index = op_attr_row(layer->op, name);
    if (index < 0)
        return;
    Attr *attr = &layer->attrs[index];
    *attr = (Attr){.set = true, .count = count, .dims = ARENA_ARRAY(plain->arena, count, Dim)};
    if (count)
        memcpy(attr->dims, dims, count * sizeof *dims);
}

void plain_make_custom(const Plain *plain, Layer *layer, const Wanted *wanted)
{
    layer->op = op_custom();
    layer->attrs = ARENA_ARRAY(plain->arena, layer->op->attr_count, Attr);
    layer->output_count = 1;
    layer->outputs = ARENA_NEW(plain->arena, Shape);
    layer->outputs[0] = wanted->outputs[0];
    layer->params = wanted->params;
    layer->macs = wanted->macs;
    layer->weights_of = dim_is(wanted->params, 0) ? NULL : layer->weights_of;
    if (wanted->outputs[0].known)
        set_dims(plain, layer, "out", wanted->outputs[0].dims, wanted->outputs[0].rank);
    if (wanted->params.kind != DIM_UNKNOWN)
        set_dims(plain, layer, "params", &wanted->params, 1);
    if (wanted->macs.kind != DIM_UNKNOWN)
        set_dims(plain, layer, "macs", &wanted->macs, 1);
}

void plain_fit(const Plain *plain, const Layer *old, Layer *layer, Wanted *wanted)
{
    bool source = layer->op->min_inputs == 0 && layer->op->max_inputs == 0;
    if (op_is_custom(layer->op)) {
        plain_make_custom(plain, layer, wanted);
        return;
    }
    take_attributes(plain, old, layer, wanted);
    if (source) {
        layer->outputs[0] = wanted->outputs[0];
        layer->params = wanted->params;
        layer->macs = wanted->macs;
        if (strcmp(layer->op->name, "input") == 0)
            return;
    }
    int index = strcmp(layer->op->name, "select") == 0 ? op_attr_row(layer->op, "index") : -1;
    if (index >= 0 && !layer->attrs[index].set) { /* which one is not known */
        plain_make_custom(plain, layer, wanted);
        return;
    }
    if (fits(plain, layer, wanted) || drop_directions(plain, layer, wanted) || tweak(plain, old, layer, wanted) || say_relative(plain, layer, wanted) || say_size(plain, layer, wanted) ||
        say_weights(plain, layer, wanted))
        simplify(plain, layer, wanted);
    else
        plain_make_custom(plain, layer, wanted);
}
