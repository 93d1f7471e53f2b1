/* SPDX-License-Identifier: MIT */
/* Tests of the ONNX reader: small models of tests/models/onnx, and damaged ones. Run from the project's folder. */
#include "netikz.h"

#include "base/file.h"
#include "op/op.h"
#include "read/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static Arena *arena;
static Diags *diags;

static int begin(void **state)
{
    (void)state;
    arena = arena_new(SIZE_MAX);
    diags = arena ? diags_new(arena) : NULL;
    return arena ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static File *open_model(const char *name, const char *suffix)
{
    const char *path = str_terminated(arena, str_format(arena, "tests/models/onnx/%s%s", name, suffix));
    File *file = file_open(arena, diags, path, SIZE_MAX);
    assert_non_null(file);
    return file;
}

static Graph *read_bytes(Str bytes)
{
    Source *source = ARENA_NEW(arena, Source);
    Model model = {0};
    *source = (Source){.name = STR("model.onnx"), .bytes = bytes};
    return read_onnx(arena, diags, source, &(ReadOptions){0}, &model) ? model.graphs[0] : NULL;
}

/* The mapping is let go of by the end of the process. */
static Graph *read_model(const char *name)
{
    Graph *graph = read_bytes(open_model(name, ".onnx")->source.bytes);
    assert_non_null(graph);
    return graph;
}

static Layer *find(const Graph *graph, const char *path)
{
    for (uint32_t i = 0; i < graph->layer_count; i++)
        if (str_equal(graph->layers[i]->path, str_from(path)))
            return graph->layers[i];
    fail_msg("there is no layer %s", path);
    return NULL;
}

static bool says(const char *text)
{
    const char *all = str_terminated(arena, diags_text(diags));
    return strstr(all, text) != NULL;
}

static void tables_are_as_they_were_checked(void **state)
{
    (void)state;
    static const char *const names[] = {"lenet",     "stages", "encoder", "scopes", "if",   "loops",   "functions",
                                        "recurrent", "tokens", "unet", "weights", "windows", "picks"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path = str_terminated(arena, str_format(arena, "tests/models/onnx/%s.onnx", names[i]));
        netikz *run = netikz_new();
        netikz_text table = {0};
        assert_int_equal(netikz_read(run, path, NULL), NETIKZ_DONE);
        assert_int_equal(netikz_summary(run, "tsv", &table), NETIKZ_DONE);
        assert_string_equal(table.at, str_terminated(arena, open_model(names[i], ".tsv")->source.bytes));
        netikz_free(run);
    }
}

static void names_tell_the_hierarchy(void **state)
{
    (void)state;
    Graph *graph = read_model("scopes");
    Layer *conv = find(graph, "/layer1/layer1.1/conv/Conv");
    assert_true(str_equal(conv->name, STR("Conv")));
    assert_true(str_equal(conv->scope->name, STR("conv")));
    assert_true(str_equal(conv->scope->parent->name, STR("layer1.1")));
    assert_ptr_equal(conv->scope->parent->parent, find(graph, "/layer1/layer1.0/Add")->scope->parent);
    assert_ptr_equal(conv->weights_of, find(graph, "/layer1/layer1.0/conv/Conv"));
    assert_ptr_equal(find(graph, "/conv1/Conv")->scope->parent, graph->root);
    assert_null(graph_check(graph));
}

static void products_with_weights_are_layers(void **state)
{
    (void)state;
    Graph *graph = read_model("scopes");
    Layer *fc = find(graph, "/fc/MatMul"), *bias = find(graph, "/fc/Add");
    assert_string_equal(fc->op->name, "linear");
    assert_true(str_equal(fc->op_name, STR("matmul")));
    assert_true(dim_is(attr_int(arena, fc, "out"), 10));
    assert_string_equal(bias->op->name, "bias");
    assert_int_equal(bias->input_count, 1);
    assert_ptr_equal(bias->inputs[0].layer, fc);
}

static void attributes_are_those_of_specs(void **state)
{
    (void)state;
    Graph *graph = read_model("lenet");
    Layer *conv = find(graph, "1"), *pool = find(graph, "3");
    assert_true(dim_is(attr_int(arena, conv, "out"), 6));
    assert_true(dim_is(attr_int(arena, conv, "kernel"), 5));
    assert_true(dim_is(attr_int(arena, conv, "padding"), 2));
    assert_true(attr_bool(conv, "bias"));
    assert_true(dim_is(attr_int(arena, pool, "stride"), 2));
    assert_true(find(graph, "9")->auxiliary && find(graph, "11")->auxiliary);
    assert_false(find(graph, "12")->auxiliary);
    assert_true(graph->imported && graph->batch_axes == 1);
    assert_int_equal(graph->output_count, 1);
}

static void an_if_does_not_hide_its_network(void **state)
{
    (void)state;
    Graph *graph = read_model("if");
    Layer *choice = find(graph, "choice"), *conv = find(graph, "big/conv/Conv");
    assert_ptr_equal(conv->within, choice);
    assert_string_equal(conv->op->name, "conv");
    assert_int_equal(choice->input_count, 3);
    /* The inner one is decided: only the branch that runs is there, and is read directly. */
    assert_ptr_equal(choice->inputs[1].layer, find(graph, "bigt"));
    for (uint32_t i = 0; i < graph->layer_count; i++)
        assert_false(str_equal(graph->layers[i]->path, STR("bige")));
}

static void functions_are_written_out(void **state)
{
    (void)state;
    Graph *graph = read_model("functions");
    Layer *leaky = find(graph, "/body/second/Block/unit/y");
    assert_string_equal(leaky->op->name, "leaky_relu");
    assert_true(str_equal(attr_word(leaky, "slope"), STR("0.25")));
    assert_true(str_equal(leaky->scope->parent->definition, STR("Block")));
    assert_int_equal(leaky->scope->parent->kind, SCOPE_BLOCK);
    assert_ptr_equal(leaky->within, find(graph, "/body/second/Block"));
    assert_ptr_equal(graph->outputs[0].layer, leaky);
}

static void functions_without_end_are_errors(void **state)
{
    (void)state;
    assert_null(read_bytes(open_model("recursive", ".onnx")->source.bytes));
    assert_true(says("node 'again': error: the function calls itself"));
    assert_null(read_bytes(open_model("bomb", ".onnx")->source.bytes));
    assert_true(says("the network has more than 20534 layers"));
}

static void symbols_are_made_legal(void **state)
{
    (void)state;
    Layer *custom = find(read_model("weights"), "custom");
    assert_true(str_equal(shape_text(arena, custom->outputs[0], "x"), STR("2xConcat_boxes_1x?")));
    assert_ptr_equal(custom->op, op_custom());
    assert_true(str_equal(custom->op_name, STR("Mystery")));
}

/* All weights that an operator can read are initialisers; what it holds in an attribute may be one. */
static void unknown_operators_may_hold_weights(void **state)
{
    (void)state;
    static const char bytes[] =
        "\x08\x07:\x91\x01\x0a\x1c\x0a\x01x\x12\x01y\x1a\x05plain\x22\x07Mystery:\x04mine\x0aL\x0a\x01"
        "y\x12\x01z\x1a\x06holder\x22\x07Mystery:\x04mine*-\x0a\x04kept*\x22\x08\x07\x10\x01J\x1c"
        "abcdabcdabcdabcdabcdabcdabcd\xa0\x01\x04\x12\x01gZ\x0f\x0a\x01x\x12\x0a\x0a\x08\x08\x01\x12"
        "\x04\x0a\x02\x08\x03" "b\x0f\x0a\x01z\x12\x0a\x0a\x08\x08\x01\x12\x04\x0a\x02\x08\x03" "B\x02"
        "\x10\x0d";
    Graph *graph = read_bytes((Str){bytes, sizeof bytes - 1});
    assert_true(dim_is(find(graph, "plain")->params, 0));
    assert_int_equal(find(graph, "holder")->params.kind, DIM_UNKNOWN);
}

/* Wherever a file is cut off or a byte is another, it is read or reported, never both or neither. */
static void damaged_files_are_reported(void **state)
{
    (void)state;
    Str whole = open_model("scopes", ".onnx")->source.bytes;
    for (size_t size = 0; size < whole.size; size += 13) {
        diags = diags_new(arena);
        Graph *graph = read_bytes(str_slice(whole, 0, size));
        assert_int_equal(graph == NULL, diags_errors(diags) > 0);
    }
    char *copy = ARENA_ARRAY(arena, whole.size, char);
    for (size_t i = 0; i < whole.size; i++) {
        memcpy(copy, whole.at, whole.size);
        copy[i] = (char)(copy[i] ^ (1 << i % 8));
        diags = diags_new(arena);
        Graph *graph = read_bytes((Str){copy, whole.size});
        assert_int_equal(graph == NULL, diags_errors(diags) > 0);
    }
}

static void a_cut_off_file_tells_where(void **state)
{
    (void)state;
    Str whole = open_model("scopes", ".onnx")->source.bytes;
    assert_null(read_bytes(str_slice(whole, 0, 500)));
    assert_true(says("the file is damaged at byte"));
    assert_true(says("its size is 500 bytes"));
}

static void is_told_by_its_content(void **state)
{
    (void)state;
    assert_true(onnx_recognises(open_model("lenet", ".onnx")->source.bytes));
    assert_true(onnx_recognises(str_slice(open_model("tokens", ".onnx")->source.bytes, 0, 900)));
    assert_false(onnx_recognises((Str){0}));
    assert_false(onnx_recognises(STR("layers:\n  - 3x3 conv, 64\n")));
    assert_false(onnx_recognises(STR("\x08\x01\x12\x02\x0a\x00")));     /* a SavedModel */
    assert_false(onnx_recognises(STR("\x0a\x04name\x12\x02\x0a\x00"))); /* a caffemodel */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tables_are_as_they_were_checked, begin, end),
        cmocka_unit_test_setup_teardown(names_tell_the_hierarchy, begin, end),
        cmocka_unit_test_setup_teardown(products_with_weights_are_layers, begin, end),
        cmocka_unit_test_setup_teardown(attributes_are_those_of_specs, begin, end),
        cmocka_unit_test_setup_teardown(an_if_does_not_hide_its_network, begin, end),
        cmocka_unit_test_setup_teardown(functions_are_written_out, begin, end),
        cmocka_unit_test_setup_teardown(functions_without_end_are_errors, begin, end),
        cmocka_unit_test_setup_teardown(symbols_are_made_legal, begin, end),
        cmocka_unit_test_setup_teardown(unknown_operators_may_hold_weights, begin, end),
        cmocka_unit_test_setup_teardown(damaged_files_are_reported, begin, end),
        cmocka_unit_test_setup_teardown(a_cut_off_file_tells_where, begin, end),
        cmocka_unit_test_setup_teardown(is_told_by_its_content, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
