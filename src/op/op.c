/* SPDX-License-Identifier: MIT */
/* The registry of operations: finding a row by any of its names, attributes with defaults, running the rules. */
#include "op/rules.h"

#include <string.h>

/* A class as code and legends call it. */
typedef struct StyleRow {
    const char *name;
    const char *title;
} StyleRow;

static const StyleRow *style_row(StyleClass style)
{
    static const StyleRow rows[STYLE_COUNT] = {
        [STYLE_DATA] = {"data", "data"},
        [STYLE_CONV] = {"conv", "convolution"},
        [STYLE_POOL] = {"pool", "pooling"},
        [STYLE_NORM] = {"norm", "normalisation"},
        [STYLE_ACTIVATION] = {"activation", "activation"},
        [STYLE_DENSE] = {"dense", "fully connected"},
        [STYLE_RECURRENT] = {"recurrent", "recurrent"},
        [STYLE_ATTENTION] = {"attention", "attention"},
        [STYLE_EMBEDDING] = {"embedding", "embedding"},
        [STYLE_MERGE] = {"merge", "merge"},
        [STYLE_RESHAPE] = {"reshape", "reshaping"},
        [STYLE_REGULAR] = {"regular", "regularisation"},
        [STYLE_LOSS] = {"loss", "loss"},
        [STYLE_OTHER] = {"other", "other"},
    };
    return &rows[(unsigned)style < STYLE_COUNT ? style : STYLE_OTHER];
}

const char *style_name(StyleClass style)
{
    return style_row(style)->name;
}

const char *style_title(StyleClass style)
{
    return style_row(style)->title;
}

bool style_from_name(Str name, StyleClass *style)
{
    for (int i = 0; i < STYLE_COUNT; i++) {
        if (str_equal(name, str_from(style_name((StyleClass)i)))) {
            *style = (StyleClass)i;
            return true;
        }
    }
    return false;
}

typedef OpFamily (*FamilyOf)(void);

static FamilyOf family_at(size_t index)
{
    static const FamilyOf families[] = {
        op_family_data,      op_family_conv,      op_family_pool,      op_family_norm,   op_family_activation,
        op_family_dense,     op_family_recurrent, op_family_attention, op_family_embedding, op_family_merge,
        op_family_feedforward, op_family_statespace, op_family_graphnet, op_family_condition, op_family_latent,
        op_family_product,   op_family_reshape,   op_family_resize,    op_family_select, op_family_reduce,
        op_family_regular,   op_family_maths,     op_family_loss,
    };
    return index < sizeof families / sizeof *families ? families[index] : NULL;
}

const Op *op_at(size_t index)
{
    for (size_t f = 0; family_at(f); f++) {
        OpFamily family = family_at(f)();
        if (index < family.count)
            return family.rows + index;
        index -= family.count;
    }
    return NULL;
}

/* Whether two names differ in nothing but case, `-` and `_`. */
static bool loosely_equal(Str a, Str b)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a.size && (a.at[i] == '-' || a.at[i] == '_'))
            i++;
        while (k < b.size && (b.at[k] == '-' || b.at[k] == '_'))
            k++;
        if (i == a.size || k == b.size)
            return i == a.size && k == b.size && a.size > 0;
        if (!str_equal_nocase(str_slice(a, i, i + 1), str_slice(b, k, k + 1)))
            return false;
        i++;
        k++;
    }
}

typedef bool (*NameTest)(Str a, Str b);

/* The words of the tables are short and looked at all the time: this is where a small spec spends its milliseconds. */
static Str next_word(const char *words)
{
    size_t size = 0;
    while (words[size] && words[size] != ' ')
        size++;
    return (Str){words, size};
}

/* Whether `name` is `first` or one of the blank-separated `others`. */
static bool is_named(Str name, const char *first, const char *others, NameTest same)
{
    if (same(name, next_word(first)))
        return true;
    while (others && *others) {
        Str word = next_word(others);
        if (word.size && same(name, word))
            return true;
        others += word.size + (others[word.size] == ' ');
    }
    return false;
}

static const Op *find_by(Str name, NameTest same)
{
    const Op *op;
    for (size_t f = 0; family_at(f); f++) {
        OpFamily family = family_at(f)();
        for (size_t i = 0; i < family.count; i++)
            if (op = family.rows + i, is_named(name, op->name, op->aliases, same))
                return op;
    }
    return NULL;
}

const Op *op_find(Str name)
{
    if (name.size == 0)
        return NULL;
    const Op *op = find_by(name, str_equal);
    return op ? op : find_by(name, loosely_equal);
}

bool op_is_key(Str word)
{
    static const char *const words[] = {"group",   "residual", "branch",   "custom", "input", "previous", "name",     "label",
                                        "from",    "times",    "style",    "note",   "at",    "units",    "training", "image",
                                        "weights", "merge",    "shortcut", "layers", "out",   "frozen",   "params",   "macs",     "idle",     "after",
                                        "turned"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(word, str_from(words[i])))
            return true;
    return false;
}

bool op_word_is_taken(Str word)
{
    return op_is_key(word) || op_find(word);
}

const Op *op_custom(void)
{
    return find_by(STR("custom"), str_equal);
}

bool op_is_custom(const Op *op)
{
    return op && strcmp(op->name, "custom") == 0;
}

Str op_nearest(Arena *arena, Str name)
{
    Str *names = NULL;
    size_t count = 0, room = 0;
    const Op *op;
    for (size_t i = 0; (op = op_at(i)) != NULL; i++) {
        *ARENA_PUSH(arena, names, count, room) = str_from(op->name);
        Str rest = str_from(op->aliases), word;
        while (str_cut(&rest, ' ', &word))
            if (word.size)
                *ARENA_PUSH(arena, names, count, room) = word;
    }
    return names_nearest(arena, name, names, count);
}

static int find_attr(const Op *op, Str name, NameTest same)
{
    for (uint32_t i = 0; i < op->attr_count; i++)
        if (is_named(name, op->attrs[i].name, op->attrs[i].aliases, same))
            return (int)i;
    return -1;
}

int op_attr(const Op *op, Str name)
{
    int index = find_attr(op, name, str_equal);
    return index >= 0 || name.size == 0 ? index : find_attr(op, name, loosely_equal);
}

int op_attr_row(const Op *op, const char *name)
{
    for (uint32_t i = 0; i < op->attr_count; i++)
        if (strcmp(op->attrs[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* What the table says where the model is silent; NULL: nothing. */
static const char *fallback_of(const Layer *layer, const char *name)
{
    int index = op_attr_row(layer->op, name);
    return index >= 0 ? layer->op->attrs[index].fallback : NULL;
}

bool attr_given(const Layer *layer, const char *name)
{
    return rule_attr(layer, name) != NULL;
}

Dim attr_axis(Arena *arena, const Layer *layer, const char *name, uint32_t axis)
{
    const Attr *attr = rule_attr(layer, name);
    if (attr && attr->count)
        return attr->count == 1 ? attr->dims[0] : axis < attr->count ? attr->dims[axis] : DIM_NONE;
    const char *fallback = attr ? NULL : fallback_of(layer, name);
    bool ok = false;
    Dim d = fallback ? dim_parse(arena, str_from(fallback), &ok) : DIM_NONE;
    return ok && d.kind == DIM_INT ? d : DIM_NONE;
}

Dim attr_int(Arena *arena, const Layer *layer, const char *name)
{
    return attr_axis(arena, layer, name, 0);
}

bool attr_bool(const Layer *layer, const char *name)
{
    const Attr *attr = rule_attr(layer, name);
    if (attr && attr->count)
        return !dim_is(attr->dims[0], 0);
    return str_equal(attr_word(layer, name), STR("true"));
}

Str attr_word(const Layer *layer, const char *name)
{
    const Attr *attr = rule_attr(layer, name);
    return attr ? attr->text : str_from(fallback_of(layer, name));
}

static bool enough_inputs(OpCall *call)
{
    if ((int64_t)call->input_count >= call->op->min_inputs)
        return true;
    return rule_fail(call, 0, "%s needs %d input%s, not %u", call->op->name, call->op->min_inputs,
                     call->op->min_inputs == 1 ? "" : "s", call->input_count);
}

bool op_infer(OpCall *call)
{
    rule_set(call, shape_unknown());
    call->params = call->op->count ? DIM_NONE : dim_int(0);
    call->macs = call->params;
    if (!enough_inputs(call))
        return false;
    if (call->op->shape && !call->op->shape(call))
        return false;
    if (call->op->count)
        call->op->count(call);
    return true;
}

static Str label_of(OpCall *call)
{
    Text text = text_in(call->arena);
    if (call->op->label)
        call->op->label(call, &text);
    if (text.size == 0)
        text_add(&text, str_from(call->op->title));
    return text_str(&text);
}

Str op_label(Arena *arena, const Layer *layer, const Shape *inputs)
{
    OpCall call = {.arena = arena, .op = layer->op, .layer = layer, .inputs = inputs};
    call.input_count = inputs ? layer->input_count : 0;
    return label_of(&call);
}

Str op_label_in(const Graph *graph, const Layer *layer)
{
    OpCall call = rule_call(graph->arena, graph, layer);
    return label_of(&call);
}
