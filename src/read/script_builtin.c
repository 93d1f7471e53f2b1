/* SPDX-License-Identifier: MIT */
/* What the code of TorchScript archives does with numbers, texts and lists: it decides branches and gives shapes. */
#include "read/script.h"

#include <math.h>

/* A call of such a function. */
typedef struct Use {
    Script *script;
    ScriptValue **values;
    uint32_t count;
} Use;

static ScriptValue *unknown(const Use *use)
{
    return script_new(use->script, SCRIPT_UNKNOWN);
}

static const ScriptValue *at(const Use *use, uint32_t index)
{
    static const ScriptValue none = {.kind = SCRIPT_NONE};
    return index < use->count ? use->values[index] : &none;
}

static bool is(const Use *use, uint32_t index, ScriptKind kind)
{
    return index < use->count && use->values[index]->kind == kind;
}

/* ---- shapes of tensors -------------------------------- */

static ScriptValue *size(const Use *use)
{
    Shape shape = script_shape(use->script, at(use, 0));
    uint32_t axis;
    if (!shape.known)
        return unknown(use);
    if (is(use, 1, SCRIPT_INT))
        return at(use, 1)->n.kind == DIM_INT && onnx_axis(at(use, 1)->n.n, shape.rank, &axis)
                   ? script_int(use->script, shape.dims[axis]) : unknown(use);
    ScriptValue *list = script_new(use->script, SCRIPT_LIST);
    for (uint32_t i = 0; i < shape.rank; i++)
        script_add(use->script, list, script_int(use->script, shape.dims[i]));
    return list;
}

static ScriptValue *rank(const Use *use)
{
    Shape shape = script_shape(use->script, at(use, 0));
    return shape.known ? script_int(use->script, dim_int(shape.rank)) : unknown(use);
}

static ScriptValue *length(const Use *use)
{
    if (is(use, 0, SCRIPT_TENSOR)) {
        Shape shape = script_shape(use->script, at(use, 0));
        return shape.known && shape.rank ? script_int(use->script, shape.dims[0]) : unknown(use);
    }
    if (is(use, 0, SCRIPT_TEXT))
        return script_int(use->script, dim_int((int64_t)at(use, 0)->text.size));
    return is(use, 0, SCRIPT_LIST) ? script_int(use->script, dim_int(at(use, 0)->count)) : unknown(use);
}

static ScriptValue *elements(const Use *use)
{
    Shape shape = script_shape(use->script, at(use, 0));
    return shape.known ? script_int(use->script, shape_elements(use->script->arena, shape)) : unknown(use);
}

/* ---- truth -------------------------------- */

static ScriptValue *is_not(const Use *use)
{
    return is(use, 0, SCRIPT_BOOL) ? script_bool(use->script, !at(use, 0)->yes) : unknown(use);
}

static ScriptValue *both(const Use *use)
{
    if ((is(use, 0, SCRIPT_BOOL) && !at(use, 0)->yes) || (is(use, 1, SCRIPT_BOOL) && !at(use, 1)->yes))
        return script_bool(use->script, false);
    return is(use, 0, SCRIPT_BOOL) && is(use, 1, SCRIPT_BOOL) ? script_bool(use->script, true) : unknown(use);
}

static ScriptValue *either(const Use *use)
{
    if ((is(use, 0, SCRIPT_BOOL) && at(use, 0)->yes) || (is(use, 1, SCRIPT_BOOL) && at(use, 1)->yes))
        return script_bool(use->script, true);
    return is(use, 0, SCRIPT_BOOL) && is(use, 1, SCRIPT_BOOL) ? script_bool(use->script, false) : unknown(use);
}

/* Of a list. */
static ScriptValue *any(const Use *use)
{
    bool known = is(use, 0, SCRIPT_LIST);
    for (uint32_t i = 0; known && i < at(use, 0)->count && script_work(use->script, 1); i++) {
        const ScriptValue *item = at(use, 0)->items[i];
        if (item->kind == SCRIPT_BOOL && item->yes)
            return script_bool(use->script, true);
        known = item->kind == SCRIPT_BOOL;
    }
    return known ? script_bool(use->script, false) : unknown(use);
}

/* `x is None` is what is asked. */
static ScriptValue *same_thing(const Use *use)
{
    bool none = is(use, 0, SCRIPT_NONE);
    if (is(use, 0, SCRIPT_UNKNOWN) || is(use, 1, SCRIPT_UNKNOWN))
        return unknown(use);
    return none || is(use, 1, SCRIPT_NONE) ? script_bool(use->script, none && is(use, 1, SCRIPT_NONE)) : unknown(use);
}

static ScriptValue *other_thing(const Use *use)
{
    ScriptValue *same = same_thing(use);
    same->yes = !same->yes;
    return same;
}

/* -1, 0, 1: how two values compare; 2: unknown. Symbols are equal to themselves, and numbers that are not computed to nothing. */
static int compare(Script *script, const ScriptValue *a, const ScriptValue *b)
{
    double x = a->kind == SCRIPT_INT ? (double)a->n.n : a->number, y = b->kind == SCRIPT_INT ? (double)b->n.n : b->number;
    bool numbers = (a->kind == SCRIPT_INT || a->kind == SCRIPT_FLOAT) && (b->kind == SCRIPT_INT || b->kind == SCRIPT_FLOAT);
    if (a->kind == SCRIPT_TEXT && b->kind == SCRIPT_TEXT)
        return str_compare(a->text, b->text) < 0 ? -1 : str_compare(a->text, b->text) > 0;
    if (a->kind == SCRIPT_BOOL && b->kind == SCRIPT_BOOL)
        return a->yes - b->yes;
    if (a->kind == SCRIPT_LIST && b->kind == SCRIPT_LIST) {
        int result = 0;
        for (uint32_t i = 0; i < a->count && a->count == b->count && !result && script_work(script, 1); i++)
            result = compare(script, a->items[i], b->items[i]);
        if (result)
            return result;
        return a->count < b->count ? -1 : a->count > b->count;
    }
    if (a->kind == SCRIPT_INT && b->kind == SCRIPT_INT && dim_equal(a->n, b->n))
        return 0;
    if (!numbers || (a->kind == SCRIPT_INT && a->n.kind != DIM_INT) || (b->kind == SCRIPT_INT && b->n.kind != DIM_INT))
        return 2;
    return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
}

static ScriptValue *order(const Use *use, bool less, bool equal, bool more)
{
    int result = compare(use->script, at(use, 0), at(use, 1));
    return result == 2 ? unknown(use) : script_bool(use->script, result < 0 ? less : result ? more : equal);
}

static ScriptValue *eq(const Use *use) { return order(use, false, true, false); }
static ScriptValue *ne(const Use *use) { return order(use, true, false, true); }
static ScriptValue *lt(const Use *use) { return order(use, true, false, false); }
static ScriptValue *le(const Use *use) { return order(use, true, true, false); }
static ScriptValue *gt(const Use *use) { return order(use, false, false, true); }
static ScriptValue *ge(const Use *use) { return order(use, false, true, true); }

static ScriptValue *contains(const Use *use)
{
    for (uint32_t i = 0; is(use, 0, SCRIPT_LIST) && i < at(use, 0)->count && script_work(use->script, 1); i++)
        if (compare(use->script, at(use, 0)->items[i], at(use, 1)) == 0)
            return script_bool(use->script, true);
    return is(use, 0, SCRIPT_LIST) ? script_bool(use->script, false) : unknown(use);
}

/* ---- arithmetic -------------------------------- */

typedef Dim (*DimRule)(Arena *, Dim, Dim);

static bool number_of(const ScriptValue *value, double *number)
{
    *number = value->kind == SCRIPT_INT ? (double)value->n.n : value->number;
    return value->kind == SCRIPT_FLOAT || (value->kind == SCRIPT_INT && value->n.kind == DIM_INT);
}

static ScriptValue *real(const Use *use, double number)
{
    ScriptValue *value = script_new(use->script, SCRIPT_FLOAT);
    value->number = number;
    return value;
}

static ScriptValue *whole(const Use *use, DimRule rule)
{
    return script_int(use->script, rule(use->script->arena, at(use, 0)->n, at(use, 1)->n));
}

static bool both_whole(const Use *use)
{
    return is(use, 0, SCRIPT_INT) && is(use, 1, SCRIPT_INT);
}

static ScriptValue *add(const Use *use)
{
    double a, b;
    if (both_whole(use))
        return whole(use, dim_add);
    if (is(use, 0, SCRIPT_LIST) && is(use, 1, SCRIPT_LIST)) {
        ScriptValue *list = script_new(use->script, SCRIPT_LIST);
        for (uint32_t k = 0; k < 2; k++)
            for (uint32_t i = 0; i < use->values[k]->count && !use->script->failed; i++) {
                script_work(use->script, 1);
                script_add(use->script, list, use->values[k]->items[i]);
            }
        return list;
    }
    return number_of(at(use, 0), &a) && number_of(at(use, 1), &b) ? real(use, a + b) : unknown(use);
}

static ScriptValue *sub(const Use *use)
{
    double a, b;
    if (both_whole(use))
        return whole(use, dim_sub);
    return number_of(at(use, 0), &a) && number_of(at(use, 1), &b) ? real(use, a - b) : unknown(use);
}

/* The second minus the first. */
static ScriptValue *sub_from(const Use *use)
{
    if (use->count < 2)
        return unknown(use);
    return sub(&(Use){use->script, (ScriptValue *[]){use->values[1], use->values[0]}, 2});
}

static ScriptValue *mul(const Use *use)
{
    double a, b;
    if (both_whole(use))
        return whole(use, dim_mul);
    return number_of(at(use, 0), &a) && number_of(at(use, 1), &b) ? real(use, a * b) : unknown(use);
}

static ScriptValue *divide(const Use *use)
{
    double a, b;
    return number_of(at(use, 0), &a) && number_of(at(use, 1), &b) && b != 0 ? real(use, a / b) : unknown(use);
}

static ScriptValue *divide_down(const Use *use)
{
    return both_whole(use) && !dim_is(at(use, 1)->n, 0) ? whole(use, dim_div) : unknown(use);
}

static ScriptValue *remainder_of(const Use *use)
{
    Dim a = at(use, 0)->n, b = at(use, 1)->n;
    bool known = both_whole(use) && a.kind == DIM_INT && b.kind == DIM_INT && b.n > 0 && a.n >= 0;
    return known ? script_int(use->script, dim_int(a.n % b.n)) : unknown(use);
}

static ScriptValue *negative(const Use *use)
{
    double a;
    if (is(use, 0, SCRIPT_INT))
        return script_int(use->script, dim_sub(use->script->arena, dim_int(0), at(use, 0)->n));
    return number_of(at(use, 0), &a) ? real(use, -a) : unknown(use);
}

static ScriptValue *to_whole(const Use *use)
{
    double a;
    if (is(use, 0, SCRIPT_INT))
        return use->values[0];
    if (is(use, 0, SCRIPT_BOOL))
        return script_int(use->script, dim_int(at(use, 0)->yes));
    return number_of(at(use, 0), &a) && a > -1e15 && a < 1e15 ? script_int(use->script, dim_int((int64_t)a)) : unknown(use);
}

/* A number that no shape needs to know: a scale. */
static ScriptValue *some_number(const Use *use)
{
    return real(use, (double)NAN);
}

static ScriptValue *floor_of(const Use *use)
{
    double a;
    ScriptValue *value = to_whole(use);
    if (value->kind == SCRIPT_INT && number_of(at(use, 0), &a) && a < (double)value->n.n)
        return script_int(use->script, dim_int(value->n.n - 1));
    return value;
}

static ScriptValue *to_real(const Use *use)
{
    double a;
    return number_of(at(use, 0), &a) ? real(use, a) : unknown(use);
}

static ScriptValue *to_truth(const Use *use)
{
    double a;
    if (is(use, 0, SCRIPT_BOOL))
        return use->values[0];
    return number_of(at(use, 0), &a) ? script_bool(use->script, a != 0) : unknown(use);
}

static ScriptValue *smaller(const Use *use)
{
    int result = compare(use->script, at(use, 0), at(use, 1));
    return use->count < 2 || result == 2 ? unknown(use) : use->values[result > 0];
}

static ScriptValue *larger(const Use *use)
{
    int result = compare(use->script, at(use, 0), at(use, 1));
    return use->count < 2 || result == 2 ? unknown(use) : use->values[result < 0];
}

/* ---- lists -------------------------------- */

static ScriptValue *append(const Use *use)
{
    if (!is(use, 0, SCRIPT_LIST) || use->count < 2)
        return unknown(use);
    script_add(use->script, use->values[0], use->values[1]);
    return use->values[0];
}

/* A key and its value into a table; the last of a key holds. */
static ScriptValue *set_item(const Use *use)
{
    if (!is(use, 0, SCRIPT_LIST) || !is(use, 1, SCRIPT_TEXT) || use->count < 3)
        return unknown(use);
    ScriptValue *list = use->values[0];
    for (uint32_t i = 0; i + 1 < list->count && script_work(use->script, 1); i += 2)
        if (list->items[i]->kind == SCRIPT_TEXT && str_equal(list->items[i]->text, at(use, 1)->text)) {
            list->items[i + 1] = use->values[2];
            return list;
        }
    script_add(use->script, list, use->values[1]);
    script_add(use->script, list, use->values[2]);
    return list;
}

static ScriptValue *copy(const Use *use)
{
    ScriptValue *list = script_new(use->script, SCRIPT_LIST);
    for (uint32_t i = 0; is(use, 0, SCRIPT_LIST) && i < at(use, 0)->count && !use->script->failed; i++) {
        script_work(use->script, 1);
        script_add(use->script, list, at(use, 0)->items[i]);
    }
    return list;
}

/* `range(n)`, the only form that is printed; a loop over it runs so often. */
static ScriptValue *first(const Use *use)
{
    return use->count ? use->values[0] : unknown(use);
}

/* list, start, end, step */
static ScriptValue *cut(const Use *use)
{
    const ScriptValue *list = at(use, 0);
    int64_t from = is(use, 1, SCRIPT_INT) ? at(use, 1)->n.n : 0, to = is(use, 2, SCRIPT_INT) ? at(use, 2)->n.n : INT64_MAX;
    bool plain = list->kind == SCRIPT_LIST && (use->count < 4 || (is(use, 3, SCRIPT_INT) && dim_is(at(use, 3)->n, 1)));
    if (!plain)
        return unknown(use);
    from += from < 0 ? list->count : 0;
    to += to < 0 ? list->count : 0;
    ScriptValue *piece = script_new(use->script, SCRIPT_LIST);
    for (int64_t i = from < 0 ? 0 : from; i < to && i < list->count && script_work(use->script, 1); i++)
        script_add(use->script, piece, list->items[i]);
    return piece;
}

static ScriptValue *element(const Use *use)
{
    const ScriptValue *list = at(use, 0), *index = at(use, 1);
    if (list->kind != SCRIPT_LIST || index->kind != SCRIPT_INT || index->n.kind != DIM_INT)
        return unknown(use);
    int64_t i = index->n.n < 0 ? index->n.n + list->count : index->n.n;
    return i >= 0 && i < list->count ? list->items[i] : unknown(use);
}

static ScriptValue *nothing(const Use *use)
{
    return script_new(use->script, SCRIPT_NONE);
}

/* Gradients are on: where they are not, torch takes fused paths that hide the network. */
static ScriptValue *yes(const Use *use)
{
    return script_bool(use->script, true);
}

static ScriptValue *no(const Use *use)
{
    return script_bool(use->script, false);
}

/* ---- the table -------------------------------- */

typedef struct Builtin {
    const char *name;
    ScriptValue *(*rule)(const Use *use);
    bool of_tensors; /* it is about a tensor's shape, not about its numbers */
} Builtin;

static const Builtin builtins[] = {
    {"size", size, true}, {"dim", rank, true}, {"ndimension", rank, true}, {"len", length, true}, {"numel", elements, true},
    {"__is__", same_thing, true}, {"__isnot__", other_thing, true}, {"__not__", is_not, false}, {"__and__", both, false},
    {"__or__", either, false}, {"any", any, false}, {"eq", eq, false}, {"ne", ne, false}, {"lt", lt, false}, {"le", le, false}, {"gt", gt, false},
    {"ge", ge, false}, {"__contains__", contains, true}, {"add", add, false}, {"add_", add, false}, {"sub", sub, false}, {"rsub", sub_from, false},
    {"mul", mul, false}, {"div", divide, false}, {"floordiv", divide_down, false}, {"floor_divide", divide_down, false},
    {"remainder", remainder_of, false}, {"neg", negative, false}, {"int", to_whole, false}, {"Int", to_whole, false},
    {"IntImplicit", to_whole, false}, {"floor", floor_of, false}, {"float", to_real, false}, {"Float", to_real, false},
    {"FloatImplicit", to_real, false}, {"bool", to_truth, false}, {"Bool", to_truth, false}, {"min", smaller, false},
    {"max", larger, false}, {"pow", some_number, false}, {"sqrt", some_number, false}, {"log", some_number, false},
    {"exp", some_number, false}, {"append", append, true}, {"_set_item", set_item, true}, {"list", copy, true}, {"extend", add, true}, {"range", first, false},
    {"slice", cut, false}, {"__getitem__", element, false}, {"_unwrap_optional", first, true}, {"NumToTensor", first, false},
    {"ScalarImplicit", first, false}, {"scalar_tensor", first, false}, {"RaiseException", nothing, true}, {"warn", nothing, true},
    {"format", first, true}, {"print", nothing, true}, {"manual_seed", nothing, true}, {"is_grad_enabled", yes, true},
    {"is_floating_point", nothing, true}, {"dtype", nothing, true}, {"device", nothing, true}, {"layout", nothing, true},
    {"is_cuda", no, true}, {"is_scripting", no, true}, {"is_autocast_enabled", no, true}, {"uninitialized", nothing, true},
    {"requires_grad", yes, true}, {"is_nested", no, true}, {"has_torch_function", no, true},
    {"_get_tracing_state", nothing, true}, {"_assert", nothing, true},
};

/* Lists hold things of one kind, but for nothing in between. */
static bool has_tensor(const ScriptValue *value, int depth)
{
    enum { ENOUGH = 8 };
    bool found = value->kind == SCRIPT_TENSOR;
    for (uint32_t i = 0; value->kind == SCRIPT_LIST && depth && i < value->count && i < ENOUGH && !found; i++)
        found = has_tensor(value->items[i], depth - 1);
    return found;
}

ScriptValue *script_builtin(Script *script, Str name, ScriptValue **values, uint32_t count)
{
    Use use = {script, values, count};
    bool tensors = false;
    for (uint32_t i = 0; i < count && !tensors; i++)
        tensors = has_tensor(values[i], 2);
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++)
        if (str_equal(name, str_from(builtins[i].name)) && (builtins[i].of_tensors || !tensors || is(&use, 0, SCRIPT_LIST)))
            return builtins[i].rule(&use);
    return NULL;
}
