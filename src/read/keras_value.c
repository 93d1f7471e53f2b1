/* SPDX-License-Identifier: MIT */
/* Looking into the configurations of Keras, whose keys have had several names, and at shapes. */
#include "read/keras.h"

#include <string.h>

const Value *keras_get(const Value *map, const char *keys)
{
    Str rest = str_from(keys), key;
    while (str_cut(&rest, ' ', &key)) {
        const Value *value = value_get(map, key);
        if (value && value->kind != VALUE_NULL)
            return value;
    }
    return NULL;
}

Str keras_text(const Value *value)
{
    return value && value->kind == VALUE_SCALAR ? value->text : (Str){0};
}

Str keras_word(const Value *map, const char *keys)
{
    return keras_text(keras_get(map, keys));
}

bool keras_is(const Value *map, const char *keys, bool otherwise)
{
    bool b = otherwise;
    return value_to_bool(keras_get(map, keys), &b) ? b : otherwise;
}

bool keras_int(const Value *value, int64_t *n)
{
    if (!value || value->kind != VALUE_SCALAR || value->quoted)
        return false;
    size_t point = str_find(value->text, '.');
    for (size_t i = point + 1; i < value->text.size; i++)
        if (value->text.at[i] != '0')
            return false;
    return str_to_int(str_slice(value->text, 0, point), n);
}

Dim keras_dim(const Value *value)
{
    int64_t n;
    return keras_int(value, &n) && n >= 0 ? dim_int(n) : DIM_NONE;
}

Dim keras_number(const Value *map, const char *keys)
{
    return keras_dim(keras_get(map, keys));
}

bool keras_shape(Arena *arena, const Value *value, Shape *shape)
{
    Dim dims[SHAPE_MAX_RANK];
    uint32_t rank = 0;
    *shape = shape_unknown();
    /* A tuple that Keras 3 wrote as an object. */
    if (value && value->kind == VALUE_MAP && str_equal(keras_word(value, "class_name"), STR("__tuple__")))
        value = keras_get(value, "items");
    if (!value || value->kind != VALUE_LIST || value->count > SHAPE_MAX_RANK)
        return false;
    for (const Value *item = value->first; item; item = item->next) {
        if (item->kind == VALUE_LIST || item->kind == VALUE_MAP)
            return false;
        dims[rank++] = keras_dim(item);
    }
    *shape = shape_of(arena, rank, dims);
    return true;
}

Str keras_class(const Value *value)
{
    Str name = value && value->kind == VALUE_MAP ? keras_word(value, "class_name") : keras_text(value);
    if (str_equal(name, STR("function")))
        name = keras_text(keras_config(value));
    size_t package = str_find(name, '>');
    return package + 1 < name.size ? str_slice(name, package + 1, name.size) : name;
}

const Value *keras_config(const Value *value)
{
    return keras_get(value, "config");
}

Str keras_name_of(const Value *value)
{
    Str name = keras_word(value, "name");
    return name.size ? name : keras_word(keras_config(value), "name");
}

/* ---- shapes ------------------------------------------------------------------------------------------------------ */

Shape keras_in(const KerasCall *call, uint32_t input)
{
    return input < call->in_count ? call->in[input] : shape_unknown();
}

Dim keras_last(Shape shape)
{
    return shape.known && shape.rank ? shape.dims[shape.rank - 1] : DIM_NONE;
}

Shape keras_with(Arena *arena, Shape shape, uint32_t axis, Dim size)
{
    if (!shape.known || axis >= shape.rank)
        return shape_unknown();
    Shape copy = shape_of(arena, shape.rank, shape.dims);
    copy.dims[axis] = size;
    return copy;
}

Shape keras_without(Arena *arena, Shape shape, uint32_t axis)
{
    if (!shape.known || axis >= shape.rank)
        return shape_unknown();
    Shape copy = shape_of(arena, shape.rank, shape.dims);
    copy.rank--;
    memmove(copy.dims + axis, shape.dims + axis + 1, (copy.rank - axis) * sizeof *copy.dims);
    return copy;
}

Shape keras_inserted(Arena *arena, Shape shape, uint32_t axis, Dim size)
{
    Dim dims[SHAPE_MAX_RANK];
    if (!shape.known || axis > shape.rank || shape.rank == SHAPE_MAX_RANK)
        return shape_unknown();
    for (uint32_t i = 0; i <= shape.rank; i++)
        dims[i] = i == axis ? size : shape.dims[i < axis ? i : i - 1];
    return shape_of(arena, shape.rank + 1, dims);
}

Dim keras_product(Arena *arena, Shape shape, uint32_t from)
{
    Dim product = shape.known ? dim_int(1) : DIM_NONE;
    for (uint32_t i = from; i < shape.rank; i++)
        product = dim_mul(arena, product, shape.dims[i]);
    return product;
}

Dim keras_sum_of(Arena *arena, const Dim *dims, uint32_t count)
{
    Dim sum = dim_int(0);
    for (uint32_t i = 0; i < count; i++)
        sum = dim_add(arena, sum, dims[i]);
    return sum;
}

bool keras_axis(int64_t axis, uint32_t rank, uint32_t *index)
{
    if (axis >= (int64_t)rank || axis < -(int64_t)rank)
        return false;
    *index = (uint32_t)(axis < 0 ? axis + (int64_t)rank : axis);
    return true;
}
