/* SPDX-License-Identifier: MIT */
/* Looking into trees of values. */
#include "format/value.h"

const char *value_kind_name(ValueKind kind)
{
    switch (kind) {
    case VALUE_NULL: return "nothing";
    case VALUE_SCALAR: return "a value";
    case VALUE_LIST: return "a list";
    case VALUE_MAP: return "a mapping";
    }
    return "something unknown";
}

Value *value_get(const Value *map, Str key)
{
    if (!map || map->kind != VALUE_MAP)
        return NULL;
    for (Value *child = map->first; child; child = child->next)
        if (str_equal(child->key, key))
            return child;
    return NULL;
}

bool value_to_int(const Value *value, int64_t *n)
{
    return value && value->kind == VALUE_SCALAR && !value->quoted && str_to_int(value->text, n);
}

bool value_to_bool(const Value *value, bool *b)
{
    static const Str yes[] = {{"true", 4}, {"yes", 3}, {"on", 2}};
    static const Str no[] = {{"false", 5}, {"no", 2}, {"off", 3}};
    if (!value || value->kind != VALUE_SCALAR || value->quoted)
        return false;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (!str_equal_nocase(value->text, yes[i]) && !str_equal_nocase(value->text, no[i]))
            continue;
        *b = str_equal_nocase(value->text, yes[i]);
        return true;
    }
    return false;
}
