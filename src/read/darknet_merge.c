/* SPDX-License-Identifier: MIT */
/* Darknet's layers that read earlier ones by number, and those that say what was detected. */
#include "read/darknet.h"

/* Whether two sizes are known to differ. */
static bool differs(Dim a, Dim b)
{
    return dim_known_different(a, b);
}

/* ---- route ------------------------------------------------------------------------------------------------------ */

/* Maps of the same size side by side; Darknet makes a vector of others. */
static DarknetMap join(DarknetCall *call, DarknetMap all, DarknetMap one)
{
    Dim numbers = dim_add(call->arena, all.numbers, one.numbers);
    bool fits = all.is_map && one.is_map && !differs(all.height, one.height) && !differs(all.width, one.width);
    if (!fits)
        return darknet_vector(numbers);
    return darknet_map(call->arena, all.height, all.width, dim_add(call->arena, all.channels, one.channels));
}

/* AlexeyAB's fork takes one of several groups of the channels. */
static void take_group(DarknetCall *call, int64_t groups)
{
    int64_t group = darknet_int(call, "group_id", 0);
    Dim part = dim_div_exact(call->arena, call->out.channels, dim_int(groups));
    if (group < 0 || group >= groups || (part.kind == DIM_UNKNOWN && call->out.channels.kind == DIM_INT)) {
        darknet_fail(call, "groups", "there is no group %lld of %lld in %.*s", (long long)group, (long long)groups,
                     STR_ARGS(darknet_map_text(call->arena, call->out)));
        return;
    }
    call->out = darknet_map(call->arena, call->out.height, call->out.width, part);
}

void darknet_route(DarknetCall *call)
{
    const Value *option = value_get(call->section, STR("layers"));
    Port *ports = NULL;
    uint32_t count = 0, room = 0;
    int64_t groups = darknet_size(call, "groups", 1), index;
    Str rest = option ? option->text : (Str){0}, piece;
    while (str_cut(&rest, ',', &piece) && count < DARKNET_MOST_ROUTES) {
        if (!str_trim(piece).size)
            continue;
        if (!str_to_int(str_trim(piece), &index)) {
            darknet_fail(call, "layers", "`layers` needs numbers of layers, such as `-1, 8`");
            return;
        }
        const DarknetOutput *from = darknet_output(call, option, index);
        if (!from)
            return;
        call->out = count ? join(call, call->out, from->map) : from->map;
        *ARENA_PUSH(call->arena, ports, count, room) = from->port;
    }
    if (!count) {
        darknet_fail(call, NULL, "a route needs `layers`");
        return;
    }
    graph_set_inputs(call->reader->graph, call->layer, ports, count);
    if (groups > 1)
        take_group(call, groups);
    if (count == 1)
        darknet_become(call, groups > 1 ? "slice" : "identity");
}

/* ---- shortcut --------------------------------------------------------------------------------------------------- */

/* Adds an earlier layer; its channels and positions may be fewer or more than those before, which decide. */
void darknet_shortcut(DarknetCall *call)
{
    const Value *option = value_get(call->section, STR("from"));
    Port ports[32] = {call->reader->before.port};
    uint32_t count = 1;
    Str rest = option ? option->text : (Str){0}, piece;
    int64_t index;
    call->activation = darknet_text(call, "activation");
    call->out = call->in;
    while (str_cut(&rest, ',', &piece) && count < sizeof ports / sizeof *ports) {
        if (!str_to_int(str_trim(piece), &index)) {
            darknet_fail(call, "from", "`from` needs the number of a layer, such as -3");
            return;
        }
        const DarknetOutput *from = darknet_output(call, option, index);
        if (!from)
            return;
        ports[count++] = from->port;
    }
    if (count == 1)
        darknet_fail(call, NULL, "a shortcut needs `from`");
    graph_set_inputs(call->reader->graph, call->layer, ports, count);
}

/* The map `from` times a number for each channel (AlexeyAB's squeeze and excitation; [sam] likewise). */
void darknet_scale_channels(DarknetCall *call)
{
    const Value *option = value_get(call->section, STR("from"));
    int64_t index = darknet_int(call, "from", -1);
    call->activation = darknet_text(call, "activation");
    call->out = call->in;
    const DarknetOutput *from = option ? darknet_output(call, option, index) : NULL;
    if (!option)
        darknet_fail(call, NULL, "[%.*s] needs `from`", STR_ARGS(call->section->key));
    if (!from)
        return;
    Port ports[2] = {from->port, call->reader->before.port};
    graph_set_inputs(call->reader->graph, call->layer, ports, 2);
    call->out = from->map;
}

/* ---- detection -------------------------------------------------------------------------------------------------- */

/* Each anchor has its own coordinates, objectness and classes: the input must have as many channels. */
static void check_channels(DarknetCall *call, int64_t anchors, int64_t each)
{
    call->out = call->in;
    if (!differs(call->in.channels, dim_int(anchors * each)))
        return;
    darknet_fail(call, "classes", "[%.*s] needs %lld channels, and its input %.*s has %.*s",
                 STR_ARGS(call->section->key),
                 (long long)(anchors * each), STR_ARGS(darknet_map_text(call->arena, call->in)),
                 STR_ARGS(dim_text(call->arena, call->in.channels)));
    diag_hint(call->reader->diags, "%lld anchors with %lld numbers each: `filters=%lld` in the layer before",
              (long long)anchors,
              (long long)each, (long long)(anchors * each));
    diag_note(call->reader->diags, call->reader->before.place, "its input comes from here");
}

static int64_t sane(int64_t n)
{
    enum { MOST = 1 << 20 };
    return n < 0 ? 0 : n > MOST ? MOST : n;
}

void darknet_region(DarknetCall *call)
{
    int64_t coords = sane(darknet_int(call, "coords", 4)), classes = sane(darknet_int(call, "classes", 20));
    check_channels(call, sane(darknet_int(call, "num", 1)), coords + classes + 1);
}

/* `mask` says which of the `num` anchors this one has. */
void darknet_yolo(DarknetCall *call)
{
    Str mask = darknet_text(call, "mask"), piece;
    int64_t anchors = 0, extra = str_equal_nocase(call->section->key, STR("gaussian_yolo")) ? 9 : 5;
    while (str_cut(&mask, ',', &piece))
        anchors += str_trim(piece).size > 0;
    if (!anchors)
        anchors = sane(darknet_int(call, "num", 1));
    check_channels(call, anchors, sane(darknet_int(call, "classes", 20)) + extra);
}

/* A grid of side × side cells, each with `num` boxes and one set of classes (detection_layer.c). */
void darknet_detection(DarknetCall *call)
{
    int64_t side = sane(darknet_int(call, "side", 7)), boxes = sane(darknet_int(call, "num", 1));
    int64_t coords = sane(darknet_int(call, "coords", 1)), classes = sane(darknet_int(call, "classes", 1));
    Dim cell = dim_add(call->arena, dim_mul(call->arena, dim_int(1 + coords), dim_int(boxes)), dim_int(classes));
    Dim needed = dim_mul(call->arena, cell, dim_int(side * side));
    call->out = darknet_vector(call->in.numbers);
    if (!differs(call->in.numbers, needed))
        return;
    darknet_fail(call, "side", "[detection] needs %.*s numbers, and its input has %.*s",
                 STR_ARGS(dim_text(call->arena, needed)),
                 STR_ARGS(dim_text(call->arena, call->in.numbers)));
    diag_hint(call->reader->diags, "side · side · ((1 + coords) · num + classes): `output=%.*s` in the layer before",
              STR_ARGS(dim_text(call->arena, needed)));
    diag_note(call->reader->diags, call->reader->before.place, "its input comes from here");
}
