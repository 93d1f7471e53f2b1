/* SPDX-License-Identifier: MIT */
/* Tests of looking into trees of values. */
#include "format/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void names_kinds(void **state)
{
    (void)state;
    assert_string_equal(value_kind_name(VALUE_NULL), "nothing");
    assert_string_equal(value_kind_name(VALUE_SCALAR), "a value");
    assert_string_equal(value_kind_name(VALUE_LIST), "a list");
    assert_string_equal(value_kind_name(VALUE_MAP), "a mapping");
}

static void finds_children(void **state)
{
    (void)state;
    Value second = {.kind = VALUE_SCALAR, .key = STR("b")};
    Value first = {.kind = VALUE_NULL, .key = STR("a"), .next = &second};
    Value map = {.kind = VALUE_MAP, .first = &first, .count = 2};
    assert_ptr_equal(value_get(&map, STR("a")), &first);
    assert_ptr_equal(value_get(&map, STR("b")), &second);
    assert_null(value_get(&map, STR("c")));
    assert_null(value_get(&first, STR("a")));
    assert_null(value_get(NULL, STR("a")));
}

static void converts_unquoted_words_alone(void **state)
{
    (void)state;
    int64_t n = 0;
    bool b = false;
    Value value = {.kind = VALUE_SCALAR, .text = STR("64")};
    assert_true(value_to_int(&value, &n) && n == 64);
    assert_false(value_to_bool(&value, &b));
    value.quoted = true;
    assert_false(value_to_int(&value, &n));
    value = (Value){.kind = VALUE_SCALAR, .text = STR("Yes")};
    assert_true(value_to_bool(&value, &b) && b);
    value.text = STR("off");
    assert_true(value_to_bool(&value, &b) && !b);
    value.quoted = true;
    assert_false(value_to_bool(&value, &b));
    value = (Value){.kind = VALUE_LIST};
    assert_false(value_to_int(&value, &n) || value_to_bool(&value, &b) || value_to_int(NULL, &n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_kinds),
        cmocka_unit_test(finds_children),
        cmocka_unit_test(converts_unquoted_words_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
