/* SPDX-License-Identifier: MIT */
/* Fields of Caffe's messages: by name, as numbers, words and shapes. */
#include "read/caffe.h"

/* V0 nets write `kernelsize` for `kernel_size`. */
static bool same_but_underscores(Str a, Str b)
{
    size_t i = 0, k = 0;
    for (;; i++, k++) {
        while (i < a.size && a.at[i] == '_')
            i++;
        while (k < b.size && b.at[k] == '_')
            k++;
        if (i == a.size || k == b.size)
            return i == a.size && k == b.size;
        if (a.at[i] != b.at[k])
            return false;
    }
}

const Value *caffe_field(const Value *message, const char *name)
{
    Str wanted = str_from(name);
    const Value *loose = NULL;
    if (!message || message->kind != VALUE_MAP)
        return NULL;
    for (const Value *field = message->first; field; field = field->next) {
        if (str_equal(field->key, wanted))
            return field;
        if (!loose && same_but_underscores(field->key, wanted))
            loose = field;
    }
    return loose;
}

const Value *caffe_next(const Value *field)
{
    const Value *next = field->next;
    while (next && !str_equal(next->key, field->key))
        next = next->next;
    return next;
}

bool caffe_is(const Value *field, const char *name)
{
    return str_equal(field->key, str_from(name));
}

uint32_t caffe_count(const Value *message, const char *name)
{
    uint32_t count = 0;
    for (const Value *field = caffe_field(message, name); field; field = caffe_next(field))
        count++;
    return count;
}

Str caffe_text(const Value *message, const char *name)
{
    const Value *field = caffe_field(message, name);
    return field && field->kind == VALUE_SCALAR ? field->text : (Str){0};
}

bool caffe_int_in(CaffeReader *reader, const Value *field, int64_t *n)
{
    enum { MOST = 1 << 30 };
    if (!field)
        return false;
    if (value_to_int(field, n) && *n >= -MOST && *n <= MOST)
        return true;
    diag_error(reader->diags, field->place, "`%.*s` needs a whole number", STR_ARGS(field->key));
    reader->failed = true;
    return false;
}

int64_t caffe_int(CaffeCall *call, const char *name, int64_t otherwise)
{
    int64_t n;
    return caffe_int_in(call->reader, caffe_field(call->param, name), &n) ? n : otherwise;
}

bool caffe_bool(CaffeCall *call, const char *name, bool otherwise)
{
    static const Str yes[] = {{"true", 4}, {"True", 4}, {"t", 1}, {"1", 1}};
    static const Str no[] = {{"false", 5}, {"False", 5}, {"f", 1}, {"0", 1}};
    const Value *field = caffe_field(call->param, name);
    if (!field)
        return otherwise;
    for (size_t i = 0; field->kind == VALUE_SCALAR && !field->quoted && i < sizeof yes / sizeof *yes; i++)
        if (str_equal(field->text, yes[i]) || str_equal(field->text, no[i]))
            return str_equal(field->text, yes[i]);
    caffe_fail(call, field, "`%.*s` needs true or false", STR_ARGS(field->key));
    return otherwise;
}

Str caffe_word(const CaffeCall *call, const char *name)
{
    return caffe_text(call->param, name);
}

bool caffe_has(const CaffeCall *call, const char *name)
{
    return caffe_field(call->param, name) != NULL;
}

Shape caffe_shape(CaffeReader *reader, const Value *message)
{
    Dim dims[SHAPE_MAX_RANK];
    uint32_t rank = 0;
    for (const Value *field = caffe_field(message, "dim"); field; field = caffe_next(field)) {
        int64_t n;
        if (!caffe_int_in(reader, field, &n))
            return shape_unknown();
        if (n < 1 || rank == SHAPE_MAX_RANK) {
            if (n < 1)
                diag_error(reader->diags, field->place, "a size of %lld is impossible", (long long)n);
            else
                diag_error(reader->diags, field->place, "a shape has %d sizes at most", SHAPE_MAX_RANK);
            reader->failed = true;
            return shape_unknown();
        }
        dims[rank++] = dim_int(n);
    }
    return shape_of(reader->arena, rank, dims);
}
