/* SPDX-License-Identifier: MIT */
/* Which layers of a Caffe net are in use: those that its phase, level and stages include (net.cpp, StateMeetsRule). */
#include "read/caffe.h"

bool caffe_is_layer(const Value *field)
{
    return field->kind == VALUE_MAP && (caffe_is(field, "layer") || caffe_is(field, "layers"));
}

const Value *caffe_inner(const Value *field)
{
    const Value *inner = caffe_is(field, "layers") ? caffe_field(field, "layer") : NULL;
    return inner && inner->kind == VALUE_MAP ? inner : field;
}

static bool has_stage(const CaffeState *state, Str stage)
{
    return names_get(state->stages, stage) != NULL;
}

static bool level_fits(const CaffeState *state, const Value *rule)
{
    int64_t least = INT64_MIN, most = INT64_MAX;
    (void)value_to_int(caffe_field(rule, "min_level"), &least);
    (void)value_to_int(caffe_field(rule, "max_level"), &most);
    return state->level >= least && state->level <= most;
}

static bool is_phase(const CaffeState *state, Str phase)
{
    bool train = str_equal(state->phase, STR("TRAIN"));
    return str_equal(phase, state->phase) || str_equal(phase, train ? STR("0") : STR("1"));
}

static bool meets(const CaffeState *state, const Value *rule)
{
    Str phase = caffe_text(rule, "phase");
    if ((phase.size && !is_phase(state, phase)) || !level_fits(state, rule))
        return false;
    for (const Value *stage = caffe_field(rule, "stage"); stage; stage = caffe_next(stage))
        if (!has_stage(state, stage->text))
            return false;
    for (const Value *stage = caffe_field(rule, "not_stage"); stage; stage = caffe_next(stage))
        if (has_stage(state, stage->text))
            return false;
    return true;
}

bool caffe_included(const CaffeState *state, const Value *field)
{
    const Value *rule = caffe_field(field, "include");
    bool included = !rule;
    for (; rule && !included; rule = caffe_next(rule))
        included = meets(state, rule);
    for (rule = caffe_field(field, "exclude"); rule && included; rule = caffe_next(rule))
        included = !meets(state, rule);
    return included;
}

/* Whether there is a layer in that state, and each reads only what stands before it (else *missing is set). */
static bool holds_together(const CaffeReader *reader, const CaffeState *state, const Value **missing)
{
    Names *blobs = names_new(reader->arena);
    bool any = false;
    for (const Value *input = caffe_field(reader->net, "input"); input; input = caffe_next(input))
        names_set(blobs, input->text, blobs);
    for (const Value *field = reader->net->first; field; field = field->next) {
        if (!caffe_is_layer(field) || !caffe_included(state, field))
            continue;
        any = true;
        for (const Value *bottom = caffe_field(field, "bottom"); bottom; bottom = caffe_next(bottom))
            if (!names_get(blobs, bottom->text)) {
                *missing = bottom;
                return false;
            }
        for (const Value *top = caffe_field(field, "top"); top; top = caffe_next(top))
            names_set(blobs, top->text, blobs);
    }
    return any;
}

void caffe_choose_phase(CaffeReader *reader)
{
    const Value *state = caffe_field(reader->net, "state");
    CaffeState test = {.phase = STR("TEST"), .stages = names_new(reader->arena)};
    Str said = caffe_text(state, "phase");
    (void)value_to_int(caffe_field(state, "level"), &test.level);
    for (const Value *stage = caffe_field(state, "stage"); stage; stage = caffe_next(stage))
        names_set(test.stages, stage->text, test.stages);
    CaffeState train = test;
    train.phase = STR("TRAIN");
    bool says_train = str_equal(said, STR("TRAIN")) || str_equal(said, STR("0"));
    reader->state = says_train ? train : test;
    const Value *missing = NULL, *ignored = NULL;
    if (said.size || holds_together(reader, &test, &missing) || !holds_together(reader, &train, &ignored))
        return;
    reader->state = train;
    if (missing)
        diag_warning(reader->diags, missing->place,
                     "in the TEST phase nothing gives `%.*s`, so the TRAIN phase is read",
                     STR_ARGS(missing->text));
    else
        diag_warning(reader->diags, (Place){.source = reader->source},
                     "the net has layers in its TRAIN phase only, which is read");
}
