/* SPDX-License-Identifier: MIT */
/* Reads back what was written, so that no converted spec is silently wrong. */
#include "roundtrip.h"

#include "op/op.h"
#include "op/totals.h"
#include "pass/pass.h"
#include "read/reader.h"

static bool same(Dim a, Dim b)
{
    return dim_equal(a, b) || (a.kind == DIM_UNKNOWN && b.kind == DIM_UNKNOWN);
}

static bool same_outputs(const Graph *a, const Graph *b)
{
    if (a->output_count && a->output_count != b->output_count)
        return false;
    for (uint32_t i = 0; i < a->output_count; i++) {
        Shape one = a->outputs[i].layer->outputs[a->outputs[i].output];
        Shape other = b->outputs[i].layer->outputs[b->outputs[i].output];
        if (!shape_equal(one, other) && shape_conflict(one, other))
            return false;
    }
    return true;
}

/* Boxes that nothing feeds: in a spec they would read what stands before them. */
static uint32_t count_unfed(const Graph *graph)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < graph->layer_count; i++)
        count += op_is_custom(graph->layers[i]->op) && !graph->layers[i]->input_count;
    return count;
}

bool roundtrip_holds(Arena *arena, const Graph *graph, Str spec, Str *why)
{
    Diags *diags = diags_new(arena);
    Source *source = ARENA_NEW(arena, Source);
    *source = (Source){.name = STR("spec"), .bytes = spec, .is_text = true};
    ReadOptions options = {.raw_tex = true};
    Model model = {0};
    bool read = read_spec(arena, diags, source, &options, &model) && pass_validate(model.graphs[0], diags) &&
                pass_infer(model.graphs[0], diags);
    if (!read) {
        *why = STR("what was written cannot be read");
        return false;
    }
    Totals was = totals_of(graph), is = totals_of(model.graphs[0]);
    if (!same(was.params, is.params) || !same(was.macs, is.macs)) {
        *why = str_format(arena, "%.*s parameters and %.*s MACs became %.*s and %.*s", STR_ARGS(dim_text(arena, was.params)),
                          STR_ARGS(dim_text(arena, was.macs)), STR_ARGS(dim_text(arena, is.params)),
                          STR_ARGS(dim_text(arena, is.macs)));
        return false;
    }
    if (count_unfed(graph) > count_unfed(model.graphs[0])) {
        *why = STR("a box of its own kind that nothing feeds has no form there");
        return false;
    }
    *why = STR("the outputs are not the same");
    return same_outputs(graph, model.graphs[0]);
}
