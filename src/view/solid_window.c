/* SPDX-License-Identifier: MIT */
/* Kernel windows: what a convolution sees of the solid before it, and the pyramid that leads to its own. */
#include "view/solid.h"

enum { WINDOW_LEAST = 40 }; /* a 3×3 window on a 224×224 face stays visible */

bool solid_wants_kernels(const SolidPlan *plan)
{
    return plan->figure->kernels == TOGGLE_YES || (plan->figure->kernels == TOGGLE_AUTO && plan->sheets);
}

static bool is_windowed(const SolidPlan *plan, const Solid *solid)
{
    return solid->style == STYLE_CONV || (plan->sheets && solid->style == STYLE_POOL);
}

/* Length of the kernel along an axis of the face; 0 where there is none. */
static int64_t kernel_of(const SolidPlan *plan, const Solid *solid, uint32_t axis)
{
    const Layer *layer = solid->node->layer;
    if (solid->node->kind != NODE_BOX || !layer || !is_windowed(plan, solid) || op_attr(layer->op, STR("kernel")) < 0)
        return 0;
    Dim kernel = attr_axis(plan->arena, layer, "kernel", axis);
    return kernel.kind == DIM_INT && kernel.n > 0 ? kernel.n : 0;
}

/* Axes of the kernel that are height and width: of a volume the last two. */
static void kernel_axes(const Solid *solid, uint32_t *height, uint32_t *width)
{
    *height = solid->form == FORM_MAP && solid->frames.kind != DIM_UNKNOWN ? 1 : 0;
    *width = solid->form == FORM_MAP ? *height + 1 : *height;
}

/* Whether the kernel of `to` sees more than one position of `from`. */
static bool sees(const SolidPlan *plan, const Solid *from, const Solid *to)
{
    uint32_t height, width;
    if (!solid_is_face(from) || from->form != to->form || to->copied)
        return false;
    kernel_axes(from, &height, &width);
    return kernel_of(plan, to, height) > 1 || kernel_of(plan, to, width) > 1;
}

bool solid_window_before(const SolidPlan *plan, uint32_t index)
{
    if (!solid_wants_kernels(plan) || !index || !plan->solids[index].joined)
        return false;
    if (plan->solids[index].level != plan->solids[index - 1].level)
        return false;
    return sees(plan, &plan->solids[index - 1], &plan->solids[index]);
}

/* The part of a face that a kernel covers: exact in proportion to the face, whatever its law. */
static int64_t window_size(int64_t face, int64_t pixels, int64_t kernel)
{
    int64_t size = kernel < pixels ? face * kernel / pixels : face;
    int64_t least = WINDOW_LEAST < face ? WINDOW_LEAST : face;
    return size > least ? size : least;
}

static Label window_label(const SolidPlan *plan, const Solid *solid, int64_t height, int64_t width)
{
    if (solid->form == FORM_SEQUENCE)
        return (Label){LABEL_MATH, str_format(plan->arena, "%lld", (long long)height)};
    return (Label){LABEL_MATH, str_format(plan->arena, "%lld×%lld", (long long)height, (long long)width)};
}

bool solid_add_window(const SolidPlan *plan, Scene *scene, uint32_t from, uint32_t to, bool labelled)
{
    const Solid *seen = &plan->solids[from], *solid = &plan->solids[to];
    uint32_t height, width;
    if (!sees(plan, seen, solid))
        return false;
    kernel_axes(seen, &height, &width);
    int64_t tall = kernel_of(plan, solid, height), deep = kernel_of(plan, solid, width);
    SceneItem *item = scene_add_item(scene, ITEM_WINDOW);
    item->name = seen->node->name;
    item->name2 = solid->node->name;
    item->b = window_size(seen->tall, seen->height.n, tall);
    item->c = solid->form == FORM_MAP ? window_size(plan->sheets ? seen->thick : seen->deep, seen->width.n, deep) : seen->deep;
    if (labelled && !plan->sheets)
        item->label = window_label(plan, solid, tall, deep);
    return true;
}

void solids_add_windows(const SolidPlan *plan, Scene *scene)
{
    for (uint32_t i = 1; i < plan->count && !plan->towers; i++)
        if (solid_window_before(plan, i))
            solid_add_window(plan, scene, i - 1, i, true);
}
