/* SPDX-License-Identifier: MIT */
/* How many numbers the blobs of a trained net hold: what tells whether the sizes of a layer were read as its fork means them. */
#include "read/caffe.h"

/* `shape { dim … }`, or of old nets `num`, `channels`, `height`, `width`. */
static Dim blob_count(CaffeCall *call, const Value *blob)
{
    static const char *const old[] = {"num", "channels", "height", "width"};
    const Value *shape = caffe_field(blob, "shape");
    Dim count = dim_int(1);
    int64_t n;
    for (const Value *dim = shape ? caffe_field(shape, "dim") : NULL; dim; dim = caffe_next(dim))
        count = value_to_int(dim, &n) && n >= 0 ? dim_mul(call->arena, count, dim_int(n)) : DIM_NONE;
    if (shape)
        return count;
    bool any = false;
    for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
        const Value *size = caffe_field(blob, old[i]);
        any = any || size;
        if (size)
            count = value_to_int(size, &n) && n >= 0 ? dim_mul(call->arena, count, dim_int(n)) : DIM_NONE;
    }
    return any ? count : DIM_NONE;
}

static void report(CaffeCall *call, uint32_t index, Dim held)
{
    Names *unknown = call->reader->unknown;
    Str key = str_format(call->arena, "blobs of %.*s", STR_ARGS(call->type));
    if (!names_put(unknown, key, unknown))
        return;
    diag_warning(call->reader->diags, caffe_place(call->node),
                 "`%.*s` should have %.*s numbers in blob %u, but the file holds %.*s: it is of a fork that numbers its parameters "
                 "in another way, so sizes of such layers are not known", STR_ARGS(call->layer->path),
                 STR_ARGS(dim_text(call->arena, call->weights[index])), index, STR_ARGS(dim_text(call->arena, held)));
    diag_hint(call->reader->diags, "the net's prototxt has them by name");
}

void caffe_check_blobs(CaffeCall *call)
{
    const Value *blob = call->reader->trained ? caffe_field(call->node, "blobs") : NULL;
    bool differ = false;
    for (uint32_t i = 0; i < call->weight_count && blob; i++, blob = caffe_next(blob)) {
        Dim held = blob_count(call, blob);
        if (held.kind != DIM_INT || dim_is(call->weights[i], 0) || dim_equal(held, call->weights[i]))
            continue;
        if (call->weights[i].kind == DIM_INT) {
            report(call, i, held);
            differ = true;
        }
        call->weights[i] = held;
    }
    if (!differ)
        return;
    call->macs = DIM_NONE;
    for (uint32_t i = 0; i < call->out_count; i++)
        call->out[i] = shape_unknown();
}

Dim caffe_held(CaffeCall *call)
{
    const Value *blob = call->reader->trained ? caffe_field(call->node, "blobs") : NULL;
    Dim sum = blob ? dim_int(0) : DIM_NONE;
    for (; blob; blob = caffe_next(blob))
        sum = dim_add(call->arena, sum, blob_count(call, blob));
    return sum;
}
