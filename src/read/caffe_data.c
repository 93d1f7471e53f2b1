/* SPDX-License-Identifier: MIT */
/* Where the data of a Caffe net come from: Input layers, `input` fields of old nets, and layers that read files. */
#include "read/caffe.h"

/* ---- shapes that are written down ------------------------------------------------------------------------------- */

static void set_source(CaffeCall *call)
{
    Shape first = call->out[0];
    if (call->out_count == 1 && first.known && first.rank > 1)
        caffe_set(call, "shape", first.dims + 1, first.rank - 1); /* of one sample */
}

/* Data of whose sizes the file says nothing: said once, for much behind them stays unknown. */
void caffe_check_data(CaffeCall *call)
{
    Shape data = call->out[0];
    bool open = !data.known;
    for (uint32_t i = 1; i < data.rank; i++)
        open = open || data.dims[i].kind == DIM_UNKNOWN;
    if (!open || call->reader->open_data)
        return;
    call->reader->open_data = true;
    diag_warning(call->reader->diags, caffe_place(call->node),
                 "the file does not say how large the data of `%.*s` are, so sizes behind stay unknown",
                 STR_ARGS(call->layer->path));
    diag_hint(call->reader->diags, "add `input_param { shape { dim: 1 dim: 3 dim: 224 dim: 224 } }` to it");
}

/* One shape for all outputs, or one for each (input_layer.cpp). False where none is said. */
static bool set_shapes(CaffeCall *call, const Value *message)
{
    const Value *shape = caffe_field(message, "shape");
    bool several = shape && caffe_next(shape);
    if (!shape)
        return false;
    for (uint32_t i = 0; i < call->out_count && shape; i++) {
        caffe_out(call, i, caffe_shape(call->reader, shape));
        shape = several ? caffe_next(shape) : shape;
    }
    return true;
}

/* What `input_param` says of a layer that reads files: that of the first output alone leaves labels as they are. */
static void set_said(CaffeCall *call)
{
    const Value *message = caffe_field(call->node, "input_param"), *shape = caffe_field(message, "shape");
    for (uint32_t i = 0; i < call->out_count && shape; i++, shape = caffe_next(shape))
        caffe_out(call, i, caffe_shape(call->reader, shape));
}

/* Layers of other kinds that read nothing: all that is known is what `input_param` says. */
void caffe_source(CaffeCall *call)
{
    set_said(call);
    set_source(call);
    caffe_check_data(call);
}

void caffe_input(CaffeCall *call)
{
    set_shapes(call, call->param);
    set_source(call);
    caffe_check_data(call);
}

static Dim nth_size(CaffeCall *call, const char *name, uint32_t index)
{
    const Value *field = caffe_field(call->param, name);
    int64_t n;
    while (index-- > 0 && field && caffe_next(field))
        field = caffe_next(field);
    return caffe_int_in(call->reader, field, &n) && n > 0 ? dim_int(n) : DIM_NONE;
}

/* `shape`, or of old `num`, `channels`, `height`, `width`. */
void caffe_dummy_data(CaffeCall *call)
{
    enum { MOST = 64 };
    if (!set_shapes(call, call->param) && caffe_has(call, "num"))
        for (uint32_t i = 0; i < call->out_count && i < MOST; i++) {
            Dim dims[4] = {nth_size(call, "num", i), nth_size(call, "channels", i), nth_size(call, "height", i),
                           nth_size(call, "width", i)};
            caffe_out(call, i, shape_of(call->arena, 4, dims));
        }
    set_source(call);
    caffe_check_data(call);
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

/* A number that may stand in the parameters or, as of old, in those of the transformation. */
static Dim size_of(CaffeCall *call, const char *name)
{
    const Value *transform = caffe_field(call->node, "transform_param"), *field = caffe_field(call->param, name);
    int64_t n;
    field = field ? field : caffe_field(transform, name);
    return caffe_int_in(call->reader, field, &n) && n > 0 ? dim_int(n) : DIM_NONE;
}

static Dim or_else(Dim given, Dim otherwise)
{
    return given.kind == DIM_UNKNOWN ? otherwise : given;
}

static bool says(const Value *message, const char *name, const char *word)
{
    return str_equal(caffe_text(message, name), str_from(word));
}

/* Channels that are said, that colour settings imply, or that have a mean of their own. */
static Dim channels_of(CaffeCall *call)
{
    const Value *transform = caffe_field(call->node, "transform_param");
    uint32_t means = caffe_count(transform, "mean_value");
    Dim said = size_of(call, "channels");
    bool images = call->row && (str_starts(str_from(call->row->name), STR("Image")) ||
                                str_starts(str_from(call->row->name), STR("Window")));
    if (said.kind != DIM_UNKNOWN)
        return said;
    if (says(transform, "force_gray", "true") || says(call->param, "is_color", "false"))
        return dim_int(1);
    if (says(transform, "force_color", "true") || images)
        return dim_int(3);
    return means > 1 ? dim_int(means) : DIM_NONE;
}

/* Batches of images from a database or a list of files; the second output are labels. */
void caffe_data(CaffeCall *call)
{
    Dim crop = size_of(call, "crop_size"), batch = size_of(call, "batch_size");
    Dim height = or_else(or_else(size_of(call, "crop_h"), crop),
                         or_else(size_of(call, "new_height"), size_of(call, "height")));
    Dim width = or_else(or_else(size_of(call, "crop_w"), crop),
                        or_else(size_of(call, "new_width"), size_of(call, "width")));
    Dim dims[4] = {batch, channels_of(call), height, width};
    bool is_table = call->row && str_starts(str_from(call->row->name), STR("HDF5")); /* of any rank */
    caffe_out(call, 0, is_table ? shape_unknown() : shape_of(call->arena, 4, dims));
    set_said(call);
    if (call->out[0].known && call->out[0].rank && !is_table && !call->out[call->out_count - 1].known)
        caffe_out(call, 1, shape_of(call->arena, 1, call->out[0].dims));
    set_source(call);
    call->param = NULL;
    caffe_check_data(call);
}

/* ---- `input` of old nets ---------------------------------------------------------------------------------------- */

/* Four `input_dim` for each input, one after the other. */
static Shape shape_of_dims(CaffeReader *reader, const Value **next)
{
    Dim dims[4];
    for (int i = 0; i < 4; i++) {
        int64_t n;
        if (!*next || !caffe_int_in(reader, *next, &n))
            return shape_unknown();
        if (n < 1) {
            diag_error(reader->diags, (*next)->place, "a size of %lld is impossible", (long long)n);
            reader->failed = true;
            return shape_unknown();
        }
        dims[i] = dim_int(n);
        *next = caffe_next(*next);
    }
    return shape_of(reader->arena, 4, dims);
}

static Layer *add_source(CaffeReader *reader, Str name, Place place, uint32_t outputs)
{
    const Op *op = caffe_op(reader, STR("input"));
    Layer *layer = graph_add_layer(reader->graph, reader->graph->root, op, op->attr_count, name);
    layer->op_name = str_from(op->name);
    layer->place = place;
    layer->inferred = true;
    layer->params = layer->macs = dim_int(0);
    layer->output_count = outputs;
    layer->outputs = ARENA_ARRAY(reader->arena, outputs, Shape);
    return layer;
}

static void give(CaffeReader *reader, Layer *layer, uint32_t output, Str name)
{
    Port *port = ARENA_NEW(reader->arena, Port);
    *port = (Port){layer, output};
    names_set(reader->blobs, name, port);
}

/*
 * Caffe makes one layer `input` of all of them (upgrade_proto.cpp), and so do tables. Figures show several inputs as
 * several.
 */
bool caffe_add_inputs(CaffeReader *reader)
{
    const Value *input = caffe_field(reader->net, "input"), *shape = caffe_field(reader->net, "input_shape");
    const Value *size = caffe_field(reader->net, "input_dim");
    uint32_t count = caffe_count(reader->net, "input"), i = 0;
    if (!input)
        return true;
    if (count > CAFFE_MOST_TOPS) {
        diag_error(reader->diags, input->place, "the net has more than %d inputs", CAFFE_MOST_TOPS);
        return false;
    }
    Layer *all = add_source(reader, STR("input"), input->key_place, count);
    all->auxiliary = count > 1;
    for (; input; input = caffe_next(input), i++) {
        all->outputs[i] = shape ? caffe_shape(reader, shape) : shape_of_dims(reader, &size);
        shape = shape ? caffe_next(shape) : NULL;
        Layer *one = all;
        if (count > 1) {
            one = add_source(reader, input->text.size ? input->text : STR("input"), input->place, 1);
            one->outputs[0] = all->outputs[i];
            one->implied = true;
        }
        give(reader, one, count > 1 ? 0 : i, input->text);
        if (all->outputs[i].known || reader->failed)
            continue;
        diag_error(reader->diags, input->place, "the input `%.*s` has no shape", STR_ARGS(input->text));
        diag_hint(reader->diags, "say it behind: `input_shape { dim: 1 dim: 3 dim: 224 dim: 224 }`");
        reader->failed = true;
    }
    return !reader->failed;
}
