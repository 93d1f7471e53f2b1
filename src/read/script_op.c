/* SPDX-License-Identifier: MIT */
/* An operation of torch on tensors becomes a node: tensors are its inputs, other arguments attributes under torch's names. */
#include "read/script.h"

/* A node that is being made. */
typedef struct Making {
    Script *script;
    OnnxNode *node;
    uint32_t inputs, attrs; /* room */
} Making;

/* ---- scopes and names -------------------------------- */

static Str last_part(Str path)
{
    size_t slash = str_find(path, '/');
    while (slash < path.size) {
        path = str_slice(path, slash + 1, path.size);
        slash = str_find(path, '/');
    }
    return path;
}

static bool is_list(Str class)
{
    static const char *const names[] = {"Sequential", "ModuleList", "ModuleDict"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal(script_last(class), str_from(names[i])))
            return true;
    return false;
}

/* Modules that have no operation leave no scope. */
static void make_scope(Script *script, ScriptContext *context)
{
    if (!context || context->made)
        return;
    context->made = true;
    make_scope(script, context->outer);
    Str path = context->self->text, last = path, class = script_class(script, context->self->object);
    Scope *outer = onnx_scope(script->reader, script->frame, &last);
    Scope *scope = graph_add_scope(script->reader->graph, outer, is_list(class) ? SCOPE_GROUP : SCOPE_BLOCK, last_part(path));
    scope->definition = is_list(class) ? (Str){0} : script_last(class);
    scope->place = onnx_place(script->reader, path);
    names_put(script->frame->scopes, path, scope);
}

/* What is made of nothing, such as the first state of a cell, is not what its module is for. */
static Str name_node(Script *script, Str op, bool of_nothing)
{
    const ScriptContext *context = script->context;
    Str path = context ? context->self->text : (Str){0};
    if (!path.size)
        return script_unique(script, op);
    if (context->leaf && of_nothing)
        return script_unique(script, str_format(script->arena, "%.*s.%.*s", STR_ARGS(path), STR_ARGS(op)));
    if (context->leaf)
        return script_unique(script, path);
    return script_unique(script, str_format(script->arena, "%.*s/%.*s", STR_ARGS(path), STR_ARGS(op)));
}

/* ---- inputs and attributes -------------------------------- */

static void add_input(Making *making, Str name)
{
    *ARENA_PUSH(making->script->arena, making->node->inputs, making->node->input_count, making->inputs) = name;
}

static OnnxNumber number_of(const ScriptValue *value)
{
    if (value->kind == SCRIPT_INT)
        return (OnnxNumber){value->n, 1};
    if (value->kind == SCRIPT_BOOL)
        return (OnnxNumber){dim_int(value->yes), 1};
    return value->kind == SCRIPT_FLOAT ? onnx_number_of(value->number) : (OnnxNumber){DIM_NONE, 1};
}

/* Numbers that the code gives, as a tensor that is known. */
static void add_numbers(Making *making, ScriptValue **items, uint32_t count, bool is_list_of)
{
    Script *script = making->script;
    Str name = str_format(script->arena, "%%n%u", ++script->tensors);
    OnnxValue *value = onnx_value(script->reader, script->frame, name);
    add_input(making, name);
    value->shape = shape_of(script->arena, is_list_of, (Dim[]){dim_int(count)});
    value->type = count && items[0]->kind == SCRIPT_FLOAT ? ONNX_FLOAT : ONNX_INT64;
    if (count > ONNX_MOST_NUMBERS)
        return;
    value->numbers = ARENA_NEW(script->arena, OnnxNumbers);
    value->numbers->count = count;
    value->numbers->at = ARENA_ARRAY(script->arena, count, OnnxNumber);
    for (uint32_t i = 0; i < count; i++)
        value->numbers->at[i] = number_of(items[i]);
}

static void add_int(Making *making, const char *name, Dim n)
{
    OnnxGiven given = {.kind = GIVEN_INT, .ints = ARENA_NEW(making->script->arena, int64_t), .count = 1};
    given.ints[0] = n.n;
    if (n.kind == DIM_INT)
        onnx_add_given(making->script->arena, making->node, &making->attrs, str_from(name), given);
}

/* Weights of gates·hidden × input, then gates·hidden × state, which is projected where it is not as large as the hidden one. */
static void add_sizes(Making *making, const ScriptValue *list)
{
    Script *script = making->script;
    int64_t gates = str_starts(making->node->op, STR("lstm")) ? 4 : str_starts(making->node->op, STR("gru")) ? 3 : 1;
    if (list->kind != SCRIPT_LIST || list->count < 2)
        return;
    Shape in = script_shape(script, list->items[0]), state = script_shape(script, list->items[1]);
    if (!in.known || in.rank != 2 || !state.known || state.rank != 2)
        return;
    Dim hidden = dim_div_exact(script->arena, in.dims[0], dim_int(gates));
    add_int(making, "input_size", in.dims[1]);
    add_int(making, "hidden_size", hidden);
    if (!dim_equal(hidden, state.dims[1]))
        add_int(making, "proj_size", state.dims[1]);
}

/* Weights of several layers that one operation reads are one weight in parts. */
static void add_joined(Making *making, const ScriptValue *list)
{
    add_sizes(making, list);
    Script *script = making->script;
    Str name = str_format(script->arena, "%%n%u", ++script->tensors);
    OnnxValue *value = onnx_value(script->reader, script->frame, name);
    OnnxWeight **parts = ARENA_ARRAY(script->arena, list->count, OnnxWeight *);
    uint32_t count = 0;
    script_work(script, list->count);
    for (uint32_t i = 0; list->kind == SCRIPT_LIST && i < list->count; i++) {
        const OnnxValue *part = list->items[i]->kind == SCRIPT_TENSOR ? onnx_lookup(script->frame, list->items[i]->text) : NULL;
        if (part && part->weight)
            parts[count++] = part->weight;
    }
    value->shape = shape_unknown();
    value->weight = onnx_weight_new(script->reader, value->shape, ONNX_FLOAT, true);
    value->weight->parts = parts;
    value->weight->part_count = count;
    add_input(making, name);
}

/* A list of tensors is as many inputs, one of numbers a vector. */
static void add_argument(Making *making, ScriptValue *value)
{
    if (value->kind == SCRIPT_TENSOR) {
        add_input(making, value->text);
    } else if (value->kind == SCRIPT_LIST && value->count && (value->items[0]->kind == SCRIPT_TENSOR || value->items[0]->kind == SCRIPT_NONE)) {
        for (uint32_t i = 0; i < value->count && script_work(making->script, 1); i++)
            add_input(making, value->items[i]->kind == SCRIPT_TENSOR ? value->items[i]->text : (Str){0});
    } else if (value->kind == SCRIPT_LIST) {
        add_numbers(making, value->items, value->count, true);
    } else if (value->kind == SCRIPT_INT || value->kind == SCRIPT_FLOAT || value->kind == SCRIPT_BOOL) {
        add_numbers(making, &value, 1, false);
    } else {
        add_input(making, (Str){0});
    }
}

static bool whole_number(const ScriptValue *value, int64_t *n)
{
    *n = value->kind == SCRIPT_BOOL ? value->yes : value->n.n;
    return value->kind == SCRIPT_BOOL || (value->kind == SCRIPT_INT && value->n.kind == DIM_INT);
}

static void add_attr(Making *making, Str name, const ScriptValue *value)
{
    Arena *arena = making->script->arena;
    OnnxGiven given = {.kind = GIVEN_INT, .ints = ARENA_NEW(arena, int64_t), .count = 1};
    if (value->kind == SCRIPT_LIST) {
        script_work(making->script, value->count);
        given = (OnnxGiven){.kind = GIVEN_INTS, .ints = ARENA_ARRAY(arena, value->count, int64_t), .count = value->count};
        for (uint32_t i = 0; i < value->count; i++)
            if (!whole_number(value->items[i], &given.ints[i]))
                return;
    } else if (value->kind == SCRIPT_FLOAT) {
        given = (OnnxGiven){.kind = GIVEN_FLOAT, .number = value->number};
    } else if (value->kind == SCRIPT_TEXT) {
        given = (OnnxGiven){.kind = GIVEN_TEXT, .text = value->text};
    } else if (!whole_number(value, given.ints)) {
        return;
    }
    onnx_add_given(arena, making->node, &making->attrs, name, given);
}

static void add_by_row(Making *making, const ScriptRow *row, ScriptValue **values, uint32_t count, Names *named)
{
    Str rest = str_from(row->arguments), name;
    for (uint32_t i = 0; str_cut(&rest, ' ', &name); i++) {
        char mark = name.size ? name.at[0] : '-';
        bool input = mark == '*' || mark == '+';
        Str key = input ? str_slice(name, 1, name.size) : name;
        ScriptValue *value = i < count ? values[i] : named ? names_get(named, key) : NULL;
        if (!value && input)
            add_input(making, (Str){0});
        else if (value && mark == '+')
            add_joined(making, value);
        else if (value && mark == '*')
            add_argument(making, value);
        else if (value && mark != '-')
            add_attr(making, key, value);
    }
    while (making->node->input_count && !making->node->inputs[making->node->input_count - 1].size)
        making->node->input_count--;
}

/* What is not known reads all its tensors. */
static void add_tensors(Making *making, ScriptValue **values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (values[i]->kind == SCRIPT_TENSOR || (values[i]->kind == SCRIPT_LIST && values[i]->count && values[i]->items[0]->kind == SCRIPT_TENSOR))
            add_argument(making, values[i]);
}

static bool reads_tensor(const Script *script, const OnnxNode *node)
{
    for (uint32_t i = 0; i < node->input_count; i++) {
        const OnnxValue *value = onnx_lookup(script->frame, node->inputs[i]);
        if (value && !value->numbers)
            return true;
    }
    return false;
}

/* ---- outputs -------------------------------- */

/* How many pieces an operation gives that cuts a tensor. */
static uint32_t pieces(Script *script, Str name, ScriptValue **values, uint32_t count)
{
    Shape shape = count ? script_shape(script, values[0]) : shape_unknown();
    bool unbinds = str_equal(name, STR("unbind"));
    const ScriptValue *how = count > 1 && !unbinds ? values[1] : NULL, *axis = count > (unbinds ? 1 : 2) ? values[unbinds ? 1 : 2] : NULL;
    uint32_t at = 0;
    if (how && how->kind == SCRIPT_LIST)
        return how->count;
    if (!shape.known || !onnx_axis(axis && axis->kind == SCRIPT_INT ? axis->n.n : 0, shape.rank, &at))
        return how && str_equal(name, STR("chunk")) && how->n.kind == DIM_INT ? (uint32_t)(how->n.n > 0 && how->n.n < 1000 ? how->n.n : 1) : 1;
    Dim size = shape.dims[at], each = how && how->kind == SCRIPT_INT ? how->n : dim_int(1);
    if (str_equal(name, STR("chunk")) && size.kind != DIM_INT && each.kind == DIM_INT)
        return each.n > 0 && each.n < 1000 ? (uint32_t)each.n : 1;
    if (str_equal(name, STR("chunk")))
        each = dim_div_up(script->arena, size, each);
    Dim many = dim_is(each, 0) ? DIM_NONE : dim_div_up(script->arena, size, each);
    return many.kind == DIM_INT && many.n > 0 && many.n < 10000 ? (uint32_t)many.n : 1;
}

static ScriptValue *make_outputs(Making *making, uint32_t count, bool is_tuple)
{
    Script *script = making->script;
    ScriptValue *list = script_new(script, SCRIPT_LIST), *value = NULL;
    making->node->outputs = ARENA_ARRAY(script->arena, count, Str);
    making->node->output_count = count;
    for (uint32_t i = 0; i < count; i++) {
        making->node->outputs[i] = str_format(script->arena, "%%t%u", ++script->tensors);
        value = script_text(script, SCRIPT_TENSOR, making->node->outputs[i]);
        script_add(script, list, value);
    }
    return is_tuple ? list : value;
}

/* ---- operations -------------------------------- */

/* `relu_` works in place, `__add__` does not; -1: not in place. */
static Str plain_name(Str name, bool *in_place)
{
    *in_place = name.size > 1 && str_ends(name, STR("_")) && !str_ends(name, STR("__"));
    return *in_place ? str_slice(name, 0, name.size - 1) : name;
}

/* One name of torch for several things. */
static Str variant(Str name, ScriptValue **values, uint32_t count)
{
    bool max = str_equal(name, STR("max")), min = str_equal(name, STR("min"));
    if ((max || min) && count > 1)
        return values[1]->kind == SCRIPT_TENSOR ? max ? STR("maximum") : STR("minimum") : max ? STR("max_dim") : STR("min_dim");
    return name;
}

static const ScriptRow *row_of(const Script *script, Str name)
{
    const ScriptRow **row = names_get(script->rows, name);
    return row ? *row : NULL;
}

/* What is not known, and reads objects that are not tensors, may hold weights in them: packed ones of quantised networks. */
static bool reads_objects(ScriptValue **values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (values[i]->kind == SCRIPT_UNKNOWN || values[i]->kind == SCRIPT_MODULE)
            return true;
    return false;
}

static void note_params(Script *script, const OnnxNode *node)
{
    const OnnxValue *value = onnx_lookup(script->frame, node->outputs[0]);
    if (value && value->port.layer)
        value->port.layer->params = DIM_NONE;
}

/* Whether the order of axes matters: then a dense layer alone does not tell how many its input has. */
static bool turns(Str op)
{
    static const char *const names[] = {"transpose", "permute", "bmm", "matmul", "einsum", "scaled_dot_product_attention"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal(op, str_from(names[i])))
            return true;
    return false;
}

ScriptValue *script_op(Script *script, Str name, ScriptValue **values, uint32_t count, Names *named)
{
    OnnxNode *node = ARENA_NEW(script->arena, OnnxNode);
    Making making = {.script = script, .node = node};
    bool in_place;
    Str plain = plain_name(name, &in_place), shown = plain;
    plain = variant(plain, values, count);
    const ScriptRow *row = row_of(script, plain);
    script->turns = script->turns || turns(plain);
    script_hint(script, plain, values, count);
    node->op = plain;
    if (row)
        add_by_row(&making, row, values, count, named);
    else
        add_tensors(&making, values, count);
    bool reads = reads_tensor(script, node), makes = row && row->row.as && str_equal(str_from(row->row.as), STR("constant"));
    if (!reads && !makes) /* it computes with numbers in a way that is not known here */
        return script_new(script, SCRIPT_UNKNOWN);
    make_scope(script, script->context);
    node->name = name_node(script, shown, !reads);
    uint32_t outputs = row && row->outputs == SCRIPT_MANY ? pieces(script, plain, values, count) : row && row->outputs ? row->outputs : 1;
    ScriptValue *result = make_outputs(&making, outputs, row && row->outputs > 0);
    if (!script->failed && !onnx_run_node(script->reader, script->frame, node))
        script->failed = true;
    else if (!script->failed && !row && reads_objects(values, count))
        note_params(script, node);
    if (in_place && count && values[0]->kind == SCRIPT_TENSOR && result->kind == SCRIPT_TENSOR)
        values[0]->text = result->text;
    return result;
}
