/* SPDX-License-Identifier: MIT */
/* Tests of the readers that share the rules of ONNX: tables as they were checked, damaged files. Run from the project's folder. */
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

/* Small files of tests/models; beside each NAME.tsv is what `summary` says of it, checked by hand. */
static const struct {
    const char *format, *file;
} models[] = {
    {"tflite", "tests/models/tflite/windows.tflite"},
    {"tflite", "tests/models/tflite/forms.tflite"},
    {"tensorflow", "tests/models/tensorflow/frozen.pb"},
    {"tensorflow", "tests/models/tensorflow/saved_model.pb"},
    {"tensorflow", "tests/models/tensorflow/train.meta"},
    {"tensorflow-text", "tests/models/tensorflow/frozen_text.pbtxt"},
    {"tensorflow-text", "tests/models/tensorflow/saved_model_text.pbtxt"},
    {"tfjs", "tests/models/tensorflow/tfjs.json"},
    {"ncnn", "tests/models/ncnn/small.param"},
    {"mxnet", "tests/models/mxnet/known-symbol.json"},
    {"mxnet", "tests/models/mxnet/open-symbol.json"},
    {"coreml", "tests/models/coreml/classifier.mlmodel"},
    {"coreml", "tests/models/coreml/pipeline.mlmodel"},
    {"caffe2", "tests/models/caffe2/filled.pb"},
    {"caffe2", "tests/models/caffe2/open.pb"},
    {"caffe2-text", "tests/models/caffe2/filled_text.pbtxt"},
    {"caffe2-text", "tests/models/caffe2/open_text.pbtxt"},
};

enum { MODELS = sizeof models / sizeof *models };

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

static Str content(const char *path)
{
    File *file = file_open(arena, diags, path, SIZE_MAX);
    assert_non_null(file);
    return file->source.bytes;
}

static const char *beside(const char *path, const char *suffix)
{
    Str name = str_from(path);
    size_t dot = name.size;
    while (dot && name.at[dot - 1] != '.')
        dot--;
    return str_terminated(arena, str_format(arena, "%.*s%s", STR_ARGS(str_slice(name, 0, dot - 1)), suffix));
}

static void tables_are_as_they_were_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        netikz *run = netikz_new();
        netikz_text table = {0};
        assert_int_equal(netikz_read(run, models[i].file, NULL), NETIKZ_DONE);
        assert_int_equal(netikz_summary(run, "tsv", &table), NETIKZ_DONE);
        assert_string_equal(table.at, str_terminated(arena, content(beside(models[i].file, ".tsv"))));
        netikz_free(run);
    }
}

/* A dense layer behind a map of 12x1x1 gives 10x1x1, and is called by the 10. */
static void features_of_a_map_come_first(void **state)
{
    (void)state;
    Source *source = ARENA_NEW(arena, Source);
    Model model = {0};
    *source = (Source){.name = STR("model"), .bytes = content("tests/models/coreml/classifier.mlmodel")};
    assert_true(read_coreml(arena, diags, source, &(ReadOptions){0}, &model));
    Layer *dense = NULL;
    for (uint32_t i = 0; i < model.graphs[0]->layer_count; i++)
        if (str_equal(model.graphs[0]->layers[i]->op_name, STR("linear")))
            dense = model.graphs[0]->layers[i];
    assert_non_null(dense);
    assert_true(dim_is(attr_int(arena, dense, "out"), 10));
}

static void are_told_by_their_content(void **state)
{
    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        const ReaderRow *row = reader_for(STR("model"), content(models[i].file));
        assert_non_null(row);
        assert_string_equal(row->name, models[i].format);
    }
}

/* Draws too, so that what damaged files say runs through everything behind the reader. */
static void try_bytes(const char *format, Str bytes)
{
    netikz *run = netikz_new();
    netikz_text text = {bytes.at, bytes.size};
    netikz_status status = netikz_read_bytes(run, "model", text, format);
    if (status == NETIKZ_DONE)
        netikz_draw(run, true, &text);
    else
        assert_true(netikz_diagnostics(run).size > 0);
    netikz_free(run);
}

static void damaged_files_end_in_an_error_or_a_figure(void **state)
{
    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        Str whole = content(models[i].file);
        size_t step = whole.size / 97 + 1;
        char *copy = ARENA_ARRAY(arena, whole.size, char);
        for (size_t at = 0; at < whole.size; at += step) {
            try_bytes(models[i].format, str_slice(whole, 0, at));
            memcpy(copy, whole.at, whole.size);
            copy[at] = (char)(copy[at] ^ (1 << at % 8));
            try_bytes(models[i].format, (Str){copy, whole.size});
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tables_are_as_they_were_checked, begin, end),
        cmocka_unit_test_setup_teardown(features_of_a_map_come_first, begin, end),
        cmocka_unit_test_setup_teardown(are_told_by_their_content, begin, end),
        cmocka_unit_test_setup_teardown(damaged_files_end_in_an_error_or_a_figure, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
