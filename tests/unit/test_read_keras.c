/* SPDX-License-Identifier: MIT */
/* Unit tests of the Keras reader: dialects of three generations, shapes, parameters, files, and mistakes. */
#include "read_case.h"

#include "op/totals.h"

#include <stdio.h>

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static void read_bytes(ReadCase *run, const char *name, Str bytes)
{
    run->source = (Source){str_from(name), bytes, true};
    run->sound = read_keras(run->arena, run->diags, &run->source, &run->options, &run->model);
}

static void read_json(ReadCase *run, const char *json)
{
    read_bytes(run, "net.json", str_from(json));
}

static Str file_bytes(ReadCase *run, const char *name)
{
    char path[200];
    (void)snprintf(path, sizeof path, "tests/models/keras/%s", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s", path);
    static const size_t room = 1 << 16;
    char *at = ARENA_ARRAY(run->arena, room, char);
    size_t size = fread(at, 1, room, file);
    fclose(file);
    return (Str){at, size};
}

static void read_model(ReadCase *run, const char *name)
{
    read_bytes(run, name, file_bytes(run, name));
}

/* A Sequential of layers for an input of 12×12×4. (Without the quotes of JSON, which the reader does not ask for.) */
static void read_chain(ReadCase *run, const char *layers)
{
    Str json = str_format(run->arena,
                          "{class_name: Sequential, config: {name: s, layers: [{class_name: "
                          "InputLayer, config: {batch_input_shape: [null, 12, 12, 4], name: in}}, %s]}}",
                          layers);
    read_bytes(run, "net.json", json);
}

static Str outputs_of(ReadCase *run, const Layer *layer)
{
    Text text = text_in(run->arena);
    for (uint32_t i = 0; i < layer->output_count; i++) {
        text_add(&text, i ? STR(",") : STR(""));
        text_add(&text, shape_text(run->arena, layer->outputs[i], "x"));
    }
    return text_str(&text);
}

static void assert_row(ReadCase *run, const char *path, const char *op, const char *output, const char *params)
{
    const Layer *layer = layer_at(run, path);
    assert_string_equal(layer->op->name, op);
    assert_string_equal(str_terminated(run->arena, outputs_of(run, layer)), output);
    assert_string_equal(str_terminated(run->arena, dim_text(run->arena, totals_params(layer))), params);
}

static void assert_total(ReadCase *run, const char *params, const char *macs)
{
    Totals totals = totals_of(run->model.graphs[0]);
    assert_string_equal(str_terminated(run->arena, dim_text(run->arena, totals.params)), params);
    assert_string_equal(str_terminated(run->arena, dim_text(run->arena, totals.macs)), macs);
}

/* ---- dialects ---------------------------------------------------------------------------------------------------- */

static void keras_1_merges_whole_models(void **state)
{
    ReadCase *run = *state;
    read_model(run, "keras1_merge.json");
    assert_sound(run);
    assert_row(run, "sequential/left_conv", "conv", "?x8x30x14", "368");
    assert_row(run, "sequential/left_pool", "maxpool", "?x8x16x9", "0");
    assert_row(run, "sequential_2/right_lstm", "lstm", "?x12", "1392");
    assert_row(run, "merge_1", "concat", "?x1164", "0");
    assert_row(run, "highway_1", "custom", "?x1164", "2712120");
    assert_row(run, "maxout_1", "maxout", "?x10", "46600");
    assert_total(run, "2762151", "2934482");
}

static void tensorflow_2_has_operations_among_layers(void **state)
{
    ReadCase *run = *state;
    read_model(run, "tf2_operations.json");
    assert_sound(run);
    assert_row(run, "tower/tower_conv", "conv", "?x8x8x6", "114");
    assert_row(run, "tower#2/tower_conv", "conv", "?x8x8x6", "0");
    assert_ptr_equal(layer_at(run, "tower#2/tower_conv")->weights_of, layer_at(run, "tower/tower_conv"));
    assert_row(run, "tf.math.reduce_mean", "reduce_mean", "?x6", "0");
    assert_row(run, "tf.__operators__.getitem", "slice", "?x3x4", "0");
    assert_row(run, "tf.concat", "concat", "?x18", "0");
    assert_row(run, "mha", "attention", "?x1x18,?x3x1x1", "1365");
    assert_row(run, "halve", "custom", "?x1x9", "0");
    assert_row(run, "prelu", "prelu", "?x1x9", "9");
    assert_int_equal(run->model.graphs[0]->output_count, 2);
    assert_int_equal(run->model.graphs[0]->outputs[1].output, 1);
}

static void keras_3_says_tensors_with_shapes(void **state)
{
    ReadCase *run = *state;
    read_model(run, "keras3_functional.json");
    assert_sound(run);
    assert_row(run, "over_frames/frame_conv", "conv", "?x10x8x8x4", "108");
    assert_row(run, "gru", "gru", "?x10x6", "216");
    assert_row(run, "both", "lstm", "?x10x5,?x10x5,?x5,?x5,?x5,?x5", "480");
    assert_row(run, "einsum", "linear", "?x10x2x3", "66");
    assert_row(run, "get_item", "slice", "?x2x3", "0");
    assert_row(run, "mine", "custom", "?x7", "?");
    assert_row(run, "gqa", "attention", "?x10x10", "690");
    assert_row(run, "stacked", "lstm", "?x8", "1152");
    assert_row(run, "spectral", "linear", "?x4", "32");
    assert_non_null(strstr(read_case_reports(run), "does not know the layer `MyBlock`"));
}

static void tensorflow_js_wraps_the_model(void **state)
{
    ReadCase *run = *state;
    read_model(run, "tfjs_layers.json");
    assert_sound(run);
    assert_total(run, "61706", "416520");
}

/* The numbers are those of TensorFlow.js 4.22, which wrote the file. */
static void recurrent_layers_agree_with_tensorflow_js(void **state)
{
    ReadCase *run = *state;
    read_model(run, "tfjs_rnn.json");
    assert_sound(run);
    assert_row(run, "lstm_LSTM1", "lstm", "?x12x7", "364");
    assert_row(run, "gru_GRU1", "gru", "?x12x6", "252");
    assert_row(run, "gru_GRU2", "gru", "?x12x6", "216");
    assert_row(run, "bidirectional_Bidirectional2", "gru", "?x12x3", "180");
    assert_row(run, "rnn_RNN1", "custom", "?x4", "420");
    assert_total(run, "1704", "18852");
}

static void other_layers_agree_with_tensorflow_js(void **state)
{
    ReadCase *run = *state;
    read_model(run, "tfjs_convlstm.json");
    assert_sound(run);
    assert_total(run, "3218", "3264768");
    read_model(run, "tfjs_cf.json");
    assert_sound(run);
    assert_total(run, "480", "414720");
    read_model(run, "tfjs_misc.json");
    assert_sound(run);
    assert_total(run, "16867", "890");
    read_model(run, "tfjs_merge.json");
    assert_sound(run);
    assert_row(run, "dot_Dot1", "dot", "?x128x128", "0");
}

static void shared_layers_count_once(void **state)
{
    ReadCase *run = *state;
    read_model(run, "tfjs_shared.json");
    assert_sound(run);
    assert_row(run, "twin", "linear", "?x4", "44");
    assert_row(run, "twin#2", "linear", "?x4", "0");
    assert_row(run, "enc#2/e1", "linear", "?x3", "0");
    assert_total(run, "94", "134");
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static void archives_and_hdf5_hold_the_same(void **state)
{
    static const char *const names[] = {
        "lenet.keras", "lenet.h5", "lenet_fixed.h5",
#ifdef NETIKZ_ZLIB
        "lenet_deflated.keras",
#endif
    };
    ReadCase *run = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Str bytes = file_bytes(run, names[i]);
        assert_true(keras_recognises(bytes));
        read_bytes(run, names[i], bytes);
        assert_sound(run);
        assert_total(run, "61706", "416520");
    }
}

#ifndef NETIKZ_ZLIB
static void compressed_archives_name_what_is_missing(void **state)
{
    ReadCase *run = *state;
    read_model(run, "lenet_deflated.keras");
    assert_reports(run, "netikz was built without zlib");
}
#endif

static void weights_alone_are_told_apart(void **state)
{
    ReadCase *run = *state;
    read_model(run, "only.weights.h5");
    assert_reports(run, "this HDF5 file holds weights alone");
}

/* Whatever is cut off, the reader says so and reads nothing outside. */
static void cut_files_are_damaged(void **state)
{
    static const char *const names[] = {"lenet_deflated.keras", "lenet.h5", "lenet_fixed.h5"};
    ReadCase *run = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Str bytes = file_bytes(run, names[i]);
        for (size_t size = 8; size < bytes.size; size += 13) {
            char *copy = malloc(size);
            memcpy(copy, bytes.at, size);
            read_bytes(run, names[i], (Str){copy, size});
            free(copy);
        }
    }
    assert_non_null(strstr(read_case_reports(run), "is damaged"));
}

/* ---- single layers ----------------------------------------------------------------------------------------------- */

static void windows_slide_as_in_tensorflow(void **state)
{
    ReadCase *run = *state;
    read_chain(run, "{class_name: Conv2D, config: {name: a, filters: 8, kernel_size: [5, 3], strides: "
                    "[2, 1], padding: same, activation: relu}},"
                    "{class_name: Conv2DTranspose, config: {name: b, filters: 2, kernel_size: 3, "
                    "strides: 2, padding: valid}},"
                    "{class_name: SeparableConv2D, config: {name: c, filters: 6, kernel_size: [3, 3], "
                    "depth_multiplier: 2, use_bias: false}},"
                    "{class_name: ZeroPadding2D, config: {name: d, padding: [[0, 1], [2, 3]]}},"
                    "{class_name: GlobalMaxPooling2D, config: {name: e}}");
    assert_sound(run);
    assert_row(run, "a", "conv", "?x6x12x8", "488");
    assert_row(run, "b", "upconv", "?x13x25x2", "146");
    assert_row(run, "c", "sepconv", "?x11x23x6", "60");
    assert_row(run, "d", "pad", "?x12x28x6", "0");
    assert_row(run, "e", "global_maxpool", "?x6", "0");
}

/* In the figure the activation is a cell of its layer's box; in the table of the model's layers it has no row. */
static void built_in_activations_are_cells(void **state)
{
    ReadCase *run = *state;
    read_chain(run, "{class_name: Dense, config: {name: d, units: 3, activation: {class_name: "
                    "function, config: gelu}}}");
    assert_sound(run);
    const Layer *cell = run->model.graphs[0]->layers[run->model.graphs[0]->layer_count - 1];
    assert_string_equal(cell->op->name, "gelu");
    assert_true(cell->implied);
    assert_ptr_equal(cell->cell_of, layer_at(run, "d"));
    assert_ptr_equal(run->model.graphs[0]->outputs[0].layer, cell);
}

static void frozen_layers_are_not_trained(void **state)
{
    ReadCase *run = *state;
    read_chain(run, "{class_name: Dense, config: {name: f, units: 3, trainable: false}},"
                    "{class_name: BatchNormalization, config: {name: n, axis: [-1], scale: false}}");
    assert_sound(run);
    assert_row(run, "f", "linear", "?x12x12x3", "0");
    assert_true(dim_is(layer_at(run, "f")->params, 15));
    assert_row(run, "n", "bn", "?x12x12x3", "3");
}

static void inputs_may_be_left_out(void **state)
{
    ReadCase *run = *state;
    read_json(run, "{class_name: Sequential, config: [{class_name: Dense, config: {name: d, "
                   "output_dim: 4, input_dim: 7}}]}");
    assert_sound(run);
    assert_row(run, "d", "linear", "?x4", "32");
    assert_true(layer_at(run, "d_input")->implied);
    read_json(run, "{class_name: Sequential, config: {layers: [{class_name: Dense, config: {name: "
                   "d, units: 4}}]}}");
    assert_sound(run);
    assert_row(run, "d", "linear", "?", "?");
    assert_non_null(strstr(read_case_reports(run), "does not say the shape of the input"));
}

/* ---- what is wrong ----------------------------------------------------------------------------------------------- */

static void mistakes_are_named(void **state)
{
    static const char *const cases[][2] = {
        {"[1, 2]", "a Keras model is a mapping with `class_name` and `config`, not a list"},
        {"{class_name: VAE, config: {}}", "the configuration of `VAE` holds no layers"},
        {"{modelTopology: {node: []}, format: graph-model}", "graph model of TensorFlow.js"},
        {"{weightsManifest: [1]}", "this file lists weights alone"},
        {"{class_name: Sequential, config: {layers: []}}", "has no layers"},
        {"{class_name: Sequential, config: {layers: [{class_name: Dense, config: {}}, 7]}}",
         "a layer is a mapping with `class_name` and `config`, not a value"},
        {"{class_name: Mine, config: {layers: [{class_name: Dense, config: {}}, {class_name: "
         "Dense, config: {}}]}}", "not how they are connected"},
        {"{class_name: Model, config: {layers: [{class_name: InputLayer, name: in, config: {}, "
         "inbound_nodes: []}], output_layers: [[im, 0, 0]]}}", "`im` is not a layer of this model"},
        {"{class_name: Model, config: {layers: [{class_name: ReLU, name: a, config: {}, "
         "inbound_nodes: [[[a, 0, 0]]]}], output_layers: [[a, 0, 0]]}}", "run in a circle through `a`"},
        {"{class_name: Model, config: {layers: [{class_name: InputLayer, name: a, config: {}, "
         "inbound_nodes: []}], output_layers: [[a, 0, 3]]}}", "reads output 4 of `a`, which has 1"},
        {"{class_name: Model, config: {layers: [{class_name: ReLU, name: a, config: {}}, "
         "{class_name: ReLU, name: a, config: {}}], output_layers: []}}", "two layers of this model are called `a`"},
    };
    ReadCase *run = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run->diags = diags_new(run->arena);
        read_json(run, cases[i][0]);
        assert_reports(run, cases[i][1]);
    }
}

static void impossible_shapes_are_errors(void **state)
{
    ReadCase *run = *state;
    read_chain(run, "{class_name: Reshape, config: {name: r, target_shape: [5, -1]}}");
    assert_reports(run, "`r` cannot reshape the 576 elements of a sample to 5x?");
    run->diags = diags_new(run->arena);
    read_chain(run, "{class_name: Conv2D, config: {name: c, filters: 8, kernel_size: 13}}");
    assert_reports(run, "does not fit into");
}

/* Models that call models twice double at every level. */
static void doubling_models_are_bounded(void **state)
{
    Arena *arena = arena_new(512u << 20); /* for as many layers as there may be */
    ReadCase large = {.arena = arena, .diags = diags_new(arena)}, *run = &large;
    Text json = text_in(arena);
    (void)state;
    const char *input = "{class_name: InputLayer, name: x, config: {batch_input_shape: [null, 4]}, "
                        "inbound_nodes: []}";
    for (int i = 0; i < 25; i++)
        text_add_format(&json, "{class_name: Model, name: m, inbound_nodes: [[[x, 0, 0]], [[m, 1, 0]]], "
                               "config: {name: m, input_layers: [[x, 0, 0]], output_layers: [[m, 2, 0]], "
                               "layers: [%s, ", input);
    text_add_format(&json, "{class_name: ReLU, name: m, config: {}, inbound_nodes: [[[x, 0, 0]], [[x, 0, 0]]]}");
    for (int i = 0; i < 25; i++)
        text_add(&json, STR("]}}"));
    read_bytes(run, "net.json", text_str(&json));
    assert_reports(run, "the network has more than");
    arena_free(arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, read_case_setup, read_case_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keras_1_merges_whole_models),
        TEST(tensorflow_2_has_operations_among_layers),
        TEST(keras_3_says_tensors_with_shapes),
        TEST(tensorflow_js_wraps_the_model),
        TEST(recurrent_layers_agree_with_tensorflow_js),
        TEST(other_layers_agree_with_tensorflow_js),
        TEST(shared_layers_count_once),
        TEST(archives_and_hdf5_hold_the_same),
#ifndef NETIKZ_ZLIB
        TEST(compressed_archives_name_what_is_missing),
#endif
        TEST(weights_alone_are_told_apart),
        TEST(cut_files_are_damaged),
        TEST(windows_slide_as_in_tensorflow),
        TEST(built_in_activations_are_cells),
        TEST(frozen_layers_are_not_trained),
        TEST(inputs_may_be_left_out),
        TEST(mistakes_are_named),
        TEST(impossible_shapes_are_errors),
        TEST(doubling_models_are_bounded),
    };
    return cmocka_run_group_tests_name("read/keras", tests, NULL, NULL);
}
