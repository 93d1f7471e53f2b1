/* SPDX-License-Identifier: MIT */
/* Windows that slide over maps: what convolution and pooling share. */
#ifndef NETIKZ_WINDOW_H
#define NETIKZ_WINDOW_H

#include "op/rules.h"

#define ATTR_KERNEL(needed, words_too, text)                                                                           \
    {.name = "kernel", .aliases = "kernel_size kernel_shape k ksize pool_size", .kind = ATTR_INTS,                     \
     .words = (words_too), .required = (needed), .positional = true, .help = (text)}
#define ATTR_STRIDE(usual)                                                                                             \
    {.name = "stride", .aliases = "strides s", .kind = ATTR_INTS, .fallback = (usual), .positional = true,             \
     .help = "step of the window: one number, or one for each axis"}
#define ATTR_PADDING(usual)                                                                                            \
    {.name = "padding", .aliases = "pad pads p auto_pad border_mode", .kind = ATTR_INTS, .fallback = (usual),          \
     .words = "same valid same_upper same_lower causal",                                                               \
     .help = "zeros around the map: same (keeps the size but for the stride), valid (none), one number, one for each " \
             "axis, or those before all axes and then those behind"}
#define ATTR_DILATION                                                                                                  \
    {.name = "dilation", .aliases = "dilations dilation_rate dilate atrous_rate rate", .kind = ATTR_INTS,              \
     .fallback = "1", .help = "distance of the kernel's points"}
#define ATTR_CEIL                                                                                                      \
    {.name = "ceil", .aliases = "ceil_mode", .kind = ATTR_BOOL, .fallback = "false",                                   \
     .help = "whether the size is rounded up, so that a last window may stand half outside"}

/* A window along one axis. */
typedef struct Window {
    Dim kernel, stride, dilation; /* points, step, distance of points */
    Dim before, after;            /* padding; both 0 where `same` */
    bool valid;                   /* the word for no padding */
    bool same;                    /* as much padding as keeps the size, but for the stride */
    bool ceil;                    /* rounding up */
} Window;

bool window_read(OpCall *call, uint32_t axis, Window *window);  /* from the attributes; error where one is below 1 */
bool window_slide(OpCall *call, const Map *map, Shape *out);    /* the spatial sizes after sliding over the map */
bool window_spread(OpCall *call, const Map *map, Shape *out);   /* the same for the transposed convolution */
Dim window_volume(const OpCall *call, uint32_t axes);           /* points of the kernel in all axes */
uint32_t window_axes(const OpCall *call);                       /* spatial axes by the input,
    else by the kernel; 0: unknown */

void window_label_kernel(const OpCall *call, Text *text);       /* "3×3", or nothing where unknown */
void window_label_stride(const OpCall *call, Text *text, const char *sign); /* ", /2",
                         unless all are the default or 1 */

#endif
