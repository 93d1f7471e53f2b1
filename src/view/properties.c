/* SPDX-License-Identifier: MIT */
/* What is known of one layer and of those that share its box: attributes, inputs and outputs, learnt tensors, numbers. */
#include "op/weights.h"
#include "op/work.h"
#include "view/graph_node.h"
#include "view/layered.h"
#include "view/view.h"

enum { ROWS_MOST = 12, NAME_MOST = 32 }; /* attributes, inputs or outputs; characters of a name */

typedef struct Properties {
    Arena *arena;
    const Graph *graph;
    Scene *scene;
    Notation notation;
} Properties;

static void add_field(const Properties *properties, Str key, Label value)
{
    Label known = value.text.size ? value : (Label){LABEL_TEXT, STR("?")};

    scene_add_fact(properties->scene, FACT_FIELD, (Label){LABEL_TEXT, key}, known);
}

static void add_text(const Properties *properties, const char *key, Str value)
{
    add_field(properties, str_from(key), (Label){LABEL_TEXT, value});
}

/* Between two groups, not below the heading. */
static void add_space(const Properties *properties)
{
    const Scene *scene = properties->scene;

    if (scene->fact_count && scene->facts[scene->fact_count - 1].kind != FACT_FIELD) {
        return;
    }
    scene_add_fact(properties->scene, FACT_SPACE, (Label){LABEL_TEXT, {NULL, 0}}, (Label){LABEL_TEXT, {NULL, 0}});
}

static void add_more(const Properties *properties, uint32_t count)
{
    add_text(properties, "", str_format(properties->arena, "\xE2\x80\xA6 %lu more", (unsigned long)count));
}

/* The end of a long name tells it apart, not its beginning. */
static Str short_name(Arena *arena, Str name)
{
    size_t from = name.size > NAME_MOST ? name.size - NAME_MOST : 0;

    while (from && from < name.size && ((unsigned char)name.at[from] & 0xC0) == 0x80) {
        from++;
    }
    return from ? str_format(arena, "\xE2\x80\xA6%.*s", STR_ARGS(str_slice(name, from, name.size))) : name;
}

static void add_attributes(const Properties *properties, const Layer *layer)
{
    uint32_t shown = 0, more = 0;

    for (uint32_t i = 0; i < layer->op->attr_count; i++) {
        if (!layer->attrs[i].set) {
            continue;
        }
        if (shown == ROWS_MOST) {
            more++;
            continue;
        }
        Str value = graph_attribute_value(properties->arena, &layer->op->attrs[i], &layer->attrs[i]);
        add_text(properties, layer->op->attrs[i].name, short_name(properties->arena, value));
        shown++;
    }
    if (more) {
        add_more(properties, more);
    }
    if (shown) {
        add_space(properties);
    }
}

static Label shape_of_port(const Properties *properties, const Layer *layer, uint32_t output)
{
    Shape shape = output < layer->output_count ? layer->outputs[output] : shape_unknown();
    uint32_t batch = properties->graph->batch_axes;

    if (shape.known && shape.rank >= batch) {
        shape.rank -= batch;
        shape.dims += batch;
    }
    return graph_label_of_shape(properties->arena, shape, layer->layout == LAYOUT_CHANNELS_LAST, properties->notation);
}

/* "16@55×55 from squeeze" */
static Label input_label(const Properties *properties, Port port)
{
    Label shape = shape_of_port(properties, port.layer, port.output);
    Str name = short_name(properties->arena, port.layer->path);

    return (Label){LABEL_TEXT, str_format(properties->arena, "%.*s%sfrom %.*s", STR_ARGS(shape.text),
                                          shape.text.size ? " " : "", STR_ARGS(name))};
}

static void add_ports(const Properties *properties, const Layer *layer)
{
    uint32_t shown = 0;

    for (uint32_t i = 0; i < layer->input_count && shown < ROWS_MOST; i++) {
        if (layer->inputs[i].layer) {
            add_field(properties, shown++ ? STR("") : layer->input_count > 1 ? STR("inputs") : STR("input"),
                      input_label(properties, layer->inputs[i]));
        }
        if (shown == ROWS_MOST && i + 1 < layer->input_count) {
            add_more(properties, layer->input_count - i - 1);
        }
    }
    for (uint32_t i = 0; i < layer->output_count && i < ROWS_MOST; i++) {
        add_field(properties, i ? STR("") : layer->output_count > 1 ? STR("outputs") : STR("output"),
                  shape_of_port(properties, layer, i));
    }
    if (layer->output_count > ROWS_MOST) {
        add_more(properties, layer->output_count - ROWS_MOST);
    }
}

static void add_weights(const Properties *properties, const Layer *layer)
{
    Weight list[WEIGHTS_MOST];
    uint32_t count = weights_of(properties->arena, properties->graph, layer, list);

    for (uint32_t i = 0; i < count; i++) {
        add_field(properties, str_from(list[i].name),
                  (Label){LABEL_MATH, shape_text(properties->arena, list[i].shape, "\xC3\x97")});
    }
    if (layer->weights_of) {
        add_text(properties, "shared", str_format(properties->arena, "with %.*s",
                                                  STR_ARGS(short_name(properties->arena, layer->weights_of->path))));
    }
    if (layer->frozen) {
        add_text(properties, "frozen", STR("yes"));
    }
}

/* Numbers: what cannot be known is told of parameters and MACs, and of nothing else. */
static void add_numbers(const Properties *properties, const Layer *layer)
{
    static const struct {
        WorkKind kind;
        const char *name;
        bool always;
    } numbers[] = {
        {WORK_MACC, "MACs", true},           {WORK_COMP, "comparisons", false},   {WORK_ADD, "additions", false},
        {WORK_DIV, "divisions", false},      {WORK_EXP, "exponentials", false},   {WORK_ACTIVATION, "activations", false},
    };
    Work work = work_of(properties->arena, properties->graph, layer);

    add_space(properties);
    if (!dim_is(layer->params, 0)) {
        add_field(properties, STR("parameters"), (Label){LABEL_MATH, dim_text(properties->arena, layer->params)});
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        Dim number = work.of[numbers[i].kind];
        if (!dim_is(number, 0) && (numbers[i].always || number.kind != DIM_UNKNOWN)) {
            add_field(properties, str_from(numbers[i].name), (Label){LABEL_MATH, dim_text(properties->arena, number)});
        }
    }
}

/* It works in place on what the layer before it in the box gives: that says it all. */
static bool is_in_place(const Layer *layer, const Layer *before)
{
    return before && layer->input_count == 1 && layer->output_count == 1 && layer->inputs[0].layer == before &&
           layer->inputs[0].output < before->output_count &&
           shape_equal(layer->outputs[0], before->outputs[layer->inputs[0].output]);
}

/* `before`: the layer before it in the same box, or NULL. */
static void add_layer(const Properties *properties, const Layer *layer, const Layer *before)
{
    Label name = {LABEL_TEXT, short_name(properties->arena, layer->path)};

    scene_add_fact(properties->scene, FACT_HEADING, name, (Label){LABEL_TEXT, graph_kind_title(properties->arena, layer)});
    add_attributes(properties, layer);
    if (!is_in_place(layer, before)) {
        add_ports(properties, layer);
    }
    add_weights(properties, layer);
    add_numbers(properties, layer);
}

Scene *view_properties(Arena *arena, const Graph *graph, const Layer *const *layers, uint32_t count, Notation notation)
{
    Properties properties = {arena, graph, scene_new(arena), notation};

    properties.scene->view = "properties";
    for (uint32_t i = 0; i < count; i++) {
        add_layer(&properties, layers[i], i ? layers[i - 1] : NULL);
    }
    return properties.scene;
}
