/* SPDX-License-Identifier: MIT */
/* Reads Darknet nets: `[net]` says what comes in, each section behind it is a layer. */
#include "read/darknet.h"

#include "format/ini.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- options ---------------------------------------------------------------------------------------------------- */

/* Darknet takes blanks out of all lines, and reads numbers up to the first character that is none. */
static Str number_part(Str text)
{
    size_t size = 0;
    text = str_trim(text);
    if (text.size && (text.at[0] == '-' || text.at[0] == '+'))
        size = 1;
    while (size < text.size && text.at[size] >= '0' && text.at[size] <= '9')
        size++;
    bool fraction = size < text.size && text.at[size] == '.';
    return fraction || size == text.size ? str_slice(text, 0, size) : text;
}

static bool read_int(DarknetReader *reader, const Value *option, int64_t *n)
{
    enum { MOST = 1 << 30 };
    if (str_to_int(number_part(option->text), n) && *n >= -MOST && *n <= MOST)
        return true;
    diag_error(reader->diags, option->place, "`%.*s` needs a whole number", STR_ARGS(option->key));
    reader->failed = true;
    return false;
}

static int64_t int_in(DarknetReader *reader, const Value *section, const char *name, int64_t otherwise)
{
    const Value *option = value_get(section, str_from(name));
    int64_t n;
    return option && read_int(reader, option, &n) ? n : otherwise;
}

int64_t darknet_int(DarknetCall *call, const char *name, int64_t otherwise)
{
    return int_in(call->reader, call->section, name, otherwise);
}

int64_t darknet_size(DarknetCall *call, const char *name, int64_t otherwise)
{
    int64_t n = darknet_int(call, name, otherwise);
    if (n >= 1)
        return n;
    darknet_fail(call, name, "a `%s` of %lld is impossible", name, (long long)n);
    return 1;
}

Str darknet_text(const DarknetCall *call, const char *name)
{
    const Value *option = value_get(call->section, str_from(name));
    return option ? option->text : (Str){0};
}

void darknet_fail(DarknetCall *call, const char *option, const char *format, ...)
{
    char text[512];
    const Value *at = option ? value_get(call->section, str_from(option)) : NULL;
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    diag_error(call->reader->diags, at ? at->place : call->section->key_place, "%s", text);
    call->reader->failed = true;
}

/* ---- maps ------------------------------------------------------------------------------------------------------- */

DarknetMap darknet_map(Arena *arena, Dim height, Dim width, Dim channels)
{
    return (DarknetMap){height, width, channels, dim_mul(arena, dim_mul(arena, height, width), channels), true};
}

DarknetMap darknet_vector(Dim numbers)
{
    return (DarknetMap){dim_int(1), dim_int(1), numbers, numbers, false};
}

Str darknet_map_text(Arena *arena, DarknetMap map)
{
    Dim dims[3] = {map.height, map.width, map.channels};
    return map.is_map ? shape_text(arena, (Shape){true, 3, dims}, "x") : dim_text(arena, map.numbers);
}

/* ---- the network ------------------------------------------------------------------------------------------------ */

static bool is_net(const Value *section)
{
    return section && (str_equal(section->key, STR("net")) || str_equal(section->key, STR("network")));
}

/* `height`, `width`, `channels`, or `inputs` of nets that read vectors. */
static bool read_net(DarknetReader *reader, const Value *net)
{
    int64_t height = int_in(reader, net, "height", 0), width = int_in(reader, net, "width", 0);
    int64_t channels = int_in(reader, net, "channels", 0), inputs = int_in(reader, net, "inputs", 0);
    if (reader->failed)
        return false;
    if (height > 0 && width > 0 && channels > 0) {
        reader->input = darknet_map(reader->arena, dim_int(height), dim_int(width), dim_int(channels));
        return true;
    }
    reader->input = darknet_vector(dim_int(inputs));
    if (inputs > 0)
        return true;
    diag_error(reader->diags, net->key_place, "the net does not say what comes in");
    diag_hint(reader->diags, "it needs `height`, `width` and `channels` of images, or `inputs` of vectors");
    return false;
}

static void add_input(DarknetReader *reader, const Value *net)
{
    const Op *op = op_find(STR("input"));
    Layer *layer = graph_add_layer(reader->graph, reader->graph->root, op, op->attr_count, STR("input"));
    DarknetMap map = reader->input;
    Dim dims[3] = {map.height, map.width, map.channels};
    layer->op_name = str_from(op->name);
    layer->layout = LAYOUT_CHANNELS_LAST;
    layer->place = net->key_place;
    layer->inferred = true;
    layer->implied = true; /* a property of the net, none of its sections */
    layer->params = layer->macs = dim_int(0);
    layer->outputs[0] = map.is_map ? shape_of(reader->arena, 3, dims) : shape_of(reader->arena, 1, &map.numbers);
    reader->before = (DarknetOutput){map, {layer, 0}, net->key_place};
}

bool darknet_recognises(Str bytes)
{
    Str rest = bytes, line;
    while (str_cut(&rest, '\n', &line)) {
        Str text = str_trim(line);
        if (text.size && text.at[0] != '#' && text.at[0] != ';')
            return str_equal(text, STR("[net]")) || str_equal(text, STR("[network]"));
    }
    return false;
}

bool read_darknet(Arena *arena, Diags *diags, const Source *source, const ReadOptions *options, Model *model)
{
    (void)options;
    const Value *root = ini_read(arena, diags, source);
    if (!root)
        return false;
    DarknetReader reader = {.arena = arena, .diags = diags, .source = source, .graph = graph_new(arena, source),
                            .ops = names_new(arena), .unknown = names_new(arena)};
    if (!is_net(root->first)) {
        diag_error(diags, root->first ? root->first->key_place : (Place){.source = source},
                   "a Darknet net begins with the section [net]");
        return false;
    }
    reader.graph->imported = true;
    reader.graph->batch_axes = 0; /* the batch is a matter of training: Darknet's own tables do not show it */
    *model = model_of(arena, reader.graph);
    if (!read_net(&reader, root->first))
        return false;
    add_input(&reader, root->first);
    return darknet_add_layers(&reader, root) && diags_errors(diags) == 0;
}
