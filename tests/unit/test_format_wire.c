/* SPDX-License-Identifier: MIT */
/* Tests of the protocol buffers cursor. */
#include "format/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void reads_fields_of_every_type(void **state)
{
    (void)state;
    Wire wire = wire_open(STR("\x08\xac\x02"
                              "\x12\x03"
                              "abc"
                              "\x1d\x00\x00\x80\x3f"
                              "\x21\x00\x00\x00\x00\x00\x00\xf0\x3f"));
    WireField field;
    assert_true(wire_next(&wire, &field));
    assert_int_equal(field.number, 1);
    assert_int_equal(field.value, 300);
    assert_true(wire_next(&wire, &field));
    assert_int_equal(field.number, 2);
    assert_true(str_equal(field.bytes, STR("abc")));
    assert_true(wire_next(&wire, &field));
    assert_true(wire_float(field.value) == 1.0);
    assert_true(wire_next(&wire, &field));
    assert_true(wire_double(field.value) == 1.0);
    assert_false(wire_next(&wire, &field));
    assert_null(wire.fault);
}

static void views_are_not_copied(void **state)
{
    (void)state;
    Str bytes = STR("\x0a\x02hi");
    Wire wire = wire_open(bytes);
    WireField field;
    assert_true(wire_next(&wire, &field));
    assert_ptr_equal(field.bytes.at, bytes.at + 2);
}

static void reads_negative_numbers(void **state)
{
    (void)state;
    Wire wire = wire_open(STR("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
    WireField field;
    assert_true(wire_next(&wire, &field));
    assert_int_equal(wire_signed(field.value), -1);
}

static void reads_repeated_numbers_packed_or_not(void **state)
{
    (void)state;
    Wire wire = wire_open(STR("\x0a\x03\x01\xac\x02" "\x08\x07"));
    WireField field;
    uint64_t value;
    size_t at = 0;
    assert_true(wire_next(&wire, &field));
    assert_true(wire_repeated(&field, &at, &value));
    assert_int_equal(value, 1);
    assert_true(wire_repeated(&field, &at, &value));
    assert_int_equal(value, 300);
    assert_false(wire_repeated(&field, &at, &value));
    assert_true(wire_next(&wire, &field));
    at = 0;
    assert_true(wire_repeated(&field, &at, &value));
    assert_int_equal(value, 7);
    assert_false(wire_repeated(&field, &at, &value));
}

static void skips_groups(void **state)
{
    (void)state;
    Wire wire = wire_open(STR("\x0b\x08\x01\x13\x14\x0c\x10\x05"));
    WireField field;
    assert_true(wire_next(&wire, &field));
    assert_int_equal(field.type, WIRE_GROUP);
    assert_int_equal(field.bytes.size, 4);
    assert_true(wire_next(&wire, &field));
    assert_int_equal(field.value, 5);
    assert_false(wire_next(&wire, &field));
    assert_null(wire.fault);
}

/* Every way to be damaged is told, with the byte where it is. */
static void tells_what_is_damaged(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size, at;
        const char *fault;
    } cases[] = {
        {"\x08", 1, 1, "a number is cut off"},
        {"\x08\x80", 2, 1, "a number is cut off"},
        {"\x0a\x05" "ab", 4, 1, "a field is longer than what is left"},
        {"\x0a", 1, 1, "a field is cut off"},
        {"\x0d\x01", 2, 1, "a number is cut off"},
        {"\x0e", 1, 0, "a field has no known type"},
        {"\x02\x01" "a", 3, 0, "a field has an impossible number"},
        {"\x0c", 1, 0, "a group ends that was not begun"},
        {"\x0b\x08\x01", 3, 1, "a group is not closed"},
        {"\x0b\x14", 2, 1, "a group is closed by the end of another"},
        {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12, 1, "a number has more than 10 bytes"},
        {"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, 1, "a field is longer than what is left"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Wire wire = wire_open((Str){cases[i].bytes, cases[i].size});
        WireField field;
        while (wire_next(&wire, &field))
            continue;
        assert_non_null(wire.fault);
        assert_string_equal(wire.fault, cases[i].fault);
        assert_ptr_equal(wire.fault_at, cases[i].bytes + cases[i].at);
        assert_false(wire_next(&wire, &field));
    }
}

static void nothing_is_no_fault(void **state)
{
    (void)state;
    Wire wire = wire_open((Str){0});
    WireField field;
    assert_false(wire_next(&wire, &field));
    assert_null(wire.fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_fields_of_every_type), cmocka_unit_test(views_are_not_copied),
        cmocka_unit_test(reads_negative_numbers),     cmocka_unit_test(reads_repeated_numbers_packed_or_not),
        cmocka_unit_test(skips_groups),               cmocka_unit_test(tells_what_is_damaged),
        cmocka_unit_test(nothing_is_no_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
