/* SPDX-License-Identifier: MIT */
/* Reads Caffe nets: for deployment and training, solvers that hold a net, trained ones, old and new forms mixed. */
#include "read/caffe.h"

#include "format/prototxt.h"

/* A line that begins with `layer {`, `layers {` or `layer: {`; `layers: {` could be a spec. */
bool caffe_recognises(Str bytes)
{
    Str rest = str_slice(bytes, 0, 1 << 18), line;
    if (str_find(rest, '\0') < rest.size)
        return false;
    while (str_cut(&rest, '\n', &line)) {
        Str text = str_trim(line);
        size_t size = str_starts(text, STR("layers")) ? 6 : str_starts(text, STR("layer")) ? 5 : 0;
        Str behind = str_trim(str_slice(text, size, text.size));
        if (size == 5 && str_starts(behind, STR(":")))
            behind = str_trim(str_slice(behind, 1, behind.size));
        if (size && !behind.size) /* the bracket may stand on the next line */
            behind = str_trim(str_slice(rest, 0, 256));
        if (size && (str_starts(behind, STR("{")) || str_starts(behind, STR("<"))))
            return true;
    }
    return false;
}

static bool has_layers(const Value *message)
{
    for (const Value *field = message ? message->first : NULL; field; field = field->next)
        if (caffe_is_layer(field))
            return true;
    return false;
}

/* A solver has its net inside, in one of several fields, or names the file that has it. */
static const Value *net_of(CaffeReader *reader, const Value *root)
{
    static const char *const inside[] = {"test_net_param", "net_param", "train_net_param"};
    static const char *const outside[] = {"net", "test_net", "train_net"};
    for (size_t i = 0; i < sizeof inside / sizeof *inside && !has_layers(root); i++) {
        const Value *net = caffe_field(root, inside[i]);
        if (net && has_layers(net))
            return net;
    }
    for (size_t i = 0; i < sizeof outside / sizeof *outside && !has_layers(root); i++) {
        const Value *path = caffe_field(root, outside[i]);
        if (!path || path->kind != VALUE_SCALAR)
            continue;
        diag_error(reader->diags, path->key_place, "this is a solver; its network stands in another file");
        diag_hint(reader->diags, "read that one: %.*s", STR_ARGS(path->text));
        return NULL;
    }
    if (has_layers(root))
        return root;
    diag_error(reader->diags, (Place){.source = reader->source}, "the file has no layers");
    diag_hint(reader->diags, "a Caffe net is a list of `layer { name: \"…\" type: \"…\" … }`");
    return NULL;
}

static bool read_tree(Arena *arena, Diags *diags, const Source *source, const Value *root, bool trained, Model *model)
{
    if (!root)
        return false;
    CaffeReader reader = {.arena = arena, .diags = diags, .source = source, .graph = graph_new(arena, source),
                          .blobs = names_new(arena), .weights = names_new(arena), .scopes = names_new(arena), .parts = names_new(arena),
                          .rows = names_new(arena), .ops = names_new(arena), .unknown = names_new(arena),
                          .trained = trained};
    reader.net = net_of(&reader, root);
    if (!reader.net)
        return false;
    reader.graph->imported = true;
    reader.graph->batch_axes = 1;
    reader.graph->name = caffe_text(reader.net, "name");
    *model = model_of(arena, reader.graph);
    caffe_choose_phase(&reader);
    return caffe_add_inputs(&reader) && caffe_add_layers(&reader) && diags_errors(diags) == 0;
}

bool read_caffe(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    return read_tree(arena, diags, source, prototxt_read(arena, diags, source), false, model);
}

bool read_caffe_model(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    return read_tree(arena, diags, source, caffe_decode(arena, diags, source), true, model);
}
