/* SPDX-License-Identifier: MIT */
/* Tests of the Caffe reader: whole tables of nets, single rules, phases, and what is said about slips. */
#include "read_net.h"

#define DATA "input: \"d\" input_shape { dim: 1 dim: 4 dim: 10 dim: 10 }\n"
#define LAYER(type, rest) "layer { name: \"x\" type: \"" type "\" bottom: \"d\" top: \"x\" " rest " }\n"

static void tables_are_those_of_the_framework(void **state)
{
    (void)state;
    static const char *const names[] = {"siamese", "old", "oldest", "detector", "segmenter", "sequence"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char model[128], table[128];
        (void)snprintf(model, sizeof model, "tests/models/caffe/%s.prototxt", names[i]);
        (void)snprintf(table, sizeof table, "tests/models/caffe/%s.tsv", names[i]);
        table_is("caffe", model, table);
        survives_cuts("caffe", model);
    }
}

/* pooling_layer.cpp: rounded up; a last window behind the input is left out only where there is padding. */
static void pooling_rounds_up_as_caffe_does(void **state)
{
    (void)state;
    net_says("caffe", DATA LAYER("Pooling", "pooling_param { kernel_size: 3 stride: 2 }"), "x\tmaxpool\t1x4x5x5\t");
    net_says("caffe", DATA LAYER("Pooling", "pooling_param { kernel_size: 1 stride: 2 }"), "x\tmaxpool\t1x4x6x6\t");
    net_says("caffe", DATA LAYER("Pooling", "pooling_param { kernel_size: 2 stride: 2 pad: 1 }"),
             "x\tmaxpool\t1x4x6x6\t");
    net_says("caffe", DATA LAYER("Pooling", "pooling_param { kernel_size: 3 stride: 4 pad: 1 }"),
             "x\tmaxpool\t1x4x3x3\t");
    net_says("caffe", DATA LAYER("Pooling", "pooling_param { kernel_size: 3 stride: 2 round_mode: FLOOR }"),
             "x\tmaxpool\t1x4x4x4\t");
    net_says("caffe", DATA LAYER("Pooling", "pooling_param { pool: AVE kernel_size: 11 stride: 2 }"),
             "x\tavgpool\t1x4x1x1\t");
    net_says("caffe", DATA LAYER("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 stride: 2 }"),
             "x\tstochastic pool\t1x4x5x5\t");
    net_says("caffe", DATA LAYER("Pooling", "pooling_param { kernel_size: 2 stride: 0 }"),
             "n:2:95: error: a `stride` of 0 is impossible");
    net_says("caffe", DATA LAYER("Pooling", "pooling_param { kernel_size: 12 }"),
             "error: a window of 12x12 does not fit into 1x4x10x10");
}

static void other_types(void **state)
{
    (void)state;
    net_says("caffe", DATA LAYER("Convolution",
                                 "convolution_param { num_output: 6 kernel_h: 3 kernel_w: 1 pad: 1 pad: 0 group: 2 }"),
             "x\tconv\t1x6x10x10\t42\t3600\n");
    net_says("caffe", DATA LAYER("Im2col", "convolution_param { kernel_size: 3 }"), "x\tim2col\t1x36x8x8\t0\t0\n");
    net_says("caffe", DATA LAYER("SPP", "spp_param { pyramid_height: 3 }"), "x\tspp\t1x84\t0\t0\n");
    net_says("caffe", DATA LAYER("Scale", "scale_param { axis: 1 num_axes: -1 bias_term: true }"),
             "x\tscale\t1x4x10x10\t800\t0\n");
    net_says("caffe", DATA LAYER("Bias", "bias_param { axis: 1 }"), "x\tbias\t1x4x10x10\t4\t0\n");
    net_says("caffe", DATA LAYER("PReLU", "prelu_param { channel_shared: true }"), "x\tprelu\t1x4x10x10\t1\t0\n");
    net_says("caffe", DATA LAYER("BatchNorm", "batch_norm_param { scale_bias: true }"), "x\tbn\t1x4x10x10\t8\t0\n");
    net_says("caffe", DATA LAYER("ArgMax", "argmax_param { top_k: 2 out_max_val: true }"), "x\targmax\t1x2x2x1\t");
    net_says("caffe", DATA LAYER("Reduction", "reduction_param { axis: 1 operation: ASUM }"), "x\treduce_norm\t1\t");
    net_says("caffe", DATA LAYER("Reshape", "reshape_param { shape { dim: 8 dim: -1 } axis: 1 num_axes: 2 }"),
             "x\treshape\t1x8x5x10\t");
    net_says("caffe", DATA LAYER("Flatten", "flatten_param { axis: -3 end_axis: 2 }"), "x\tflatten\t1x40x10\t");
    net_says("caffe", DATA LAYER("InnerProduct", "inner_product_param { num_output: 3 axis: -1 bias_term: false }"),
             "x\tfc\t1x4x10x3\t30\t1200\n");
    net_says("caffe", DATA LAYER("Mish", ""), "x\tmish\t1x4x10x10\t0\t0\n");
    net_says("caffe", DATA "layer { type: 'Parameter' top: 'p' parameter_param { shape { dim: 5 dim: 2 } } }",
             "p\tparameter\t5x2\t10\t0\n");
    net_says("caffe", DATA LAYER("SoftmaxWithLoss", ""), "x\tsoftmax\t1x4x10x10\t0\t0\n");
}

static void data_of_unknown_size_stay_unknown(void **state)
{
    (void)state;
    const char *net = "layer { name: 'd' type: 'Data' top: 'd' top: 'l' transform_param { crop_size: 8 } data_param "
                      "{ batch_size: 5 } }\n"
                      "layer { name: 'x' type: 'Convolution' bottom: 'd' top: 'x' convolution_param { num_output: 2 "
                      "kernel_size: 3 } }\n";
    net_says("caffe", net, "d\tinput\t5x?x8x8,5\t0\t0\nx\tconv\t5x2x6x6\t?\t?\ntotal\t-\t-\t?\t?\nn:1:15: warning: "
                           "the file does not say");
    net_says("caffe", "layer { name: 'd' type: 'Data' top: 'd' top: 'l' input_param { shape { dim: 5 dim: 3 dim: 8 "
                      "dim: 8 } } }\n",
             "d\tinput\t5x3x8x8,5\t0\t0\n");
    net_says("caffe", "layer { name: 'd' type: 'ImageData' top: 'd' top: 'l' image_data_param { batch_size: 2 "
                      "new_height: 7 new_width: 9 } }\n",
             "d\tinput\t2x3x7x9,2\t0\t0\n");
    net_says("caffe", "layer { name: 'd' type: 'HDF5Data' top: 'd' hdf5_data_param { batch_size: 2 } }\n",
             "d\tinput\t?\t0\t0\n");
    net_says("caffe", "layer { name: 'd' type: 'DummyData' top: 'a' top: 'b' dummy_data_param { num: 1 num: 2 "
                      "channels: 3 height: 4 width: 5 } }\n",
             "d\tinput\t1x3x4x5,2x3x4x5\t0\t0\n");
}

static void phases(void **state)
{
    (void)state;
    const char *both = DATA LAYER("ReLU", "include { phase: TRAIN }") LAYER("TanH", "include { phase: TEST }");
    net_says("caffe", both, "x\ttanh\t");
    net_is_silent_of("caffe", both, "relu");
    net_says("caffe", DATA "state { phase: TRAIN }" LAYER("ReLU", "include { phase: TRAIN }"), "x\trelu\t");
    net_says("caffe", DATA LAYER("ReLU", "include { phase: TRAIN }"), "x\trelu\t1x4x10x10\t0\t0\ntotal\t-\t-\t0\t0\n"
             "n: warning: the net has layers in its TRAIN phase only");
    net_says("caffe", "layer { name: 'd' type: 'Input' top: 'd' include { phase: TRAIN } input_param { shape { dim: "
                      "2 } } }\n" LAYER("ReLU", ""),
             "n:2:40: warning: in the TEST phase nothing gives `d`, so the TRAIN phase is read");
}

static void explains_what_is_read(void **state)
{
    (void)state;
    net_says("caffe", DATA "layer { name: 'x' type: 'ReLU' bottom: 'e' top: 'x' }",
             "n:2:40: error: nothing before gives `e`");
    net_says("caffe", "layer { name: 'x' type: 'ReLU' bottom: 'data' top: 'x' }",
             "hint: begin the net with `input: \"data\"");
    net_says("caffe", DATA "layer { name: 'x' type: 'ReLU' bottom: 'y' top: 'x' } layer { name: 'y' type: 'ReLU' "
                           "bottom: 'd' top: 'y' }",
             "n:2:69: note: it comes from here, behind its use");
    net_says("caffe", DATA "layer { name: 'y' type: 'ReLU' bottom: 'd' top: 'y' include { phase: TRAIN } }\n"
             "layer { name: 'x' type: 'ReLU' bottom: 'y' top: 'x' } layer { name: 'z' type: 'ReLU' bottom: 'q' top: "
             "'z' }",
             "note: it comes from here, which is not in use in the TEST phase");
    net_says("caffe", "input: 'd'\n" LAYER("ReLU", ""), "n:1:8: error: the input `d` has no shape");
}

static void explains_parameters(void **state)
{
    (void)state;
    net_says("caffe", DATA LAYER("Convolution", "convolution_param { num_outputs: 8 kernel_size: 3 }"),
             "n:2:15: error: `x` of type Convolution needs `num_output`");
    net_says("caffe", DATA LAYER("Convolution", "convolution_param { num_outputs: 8 kernel_size: 3 }"),
             "hint: it has `num_outputs`, which Caffe does not know");
    net_says("caffe", DATA LAYER("Convolution", "convolution_param { num_output: eight kernel_size: 3 }"),
             "n:2:92: error: `num_output` needs a whole number");
    net_says("caffe", DATA LAYER("Convolution", "convolution_param { num_output: 0 kernel_size: 3 }"),
             "n:2:92: warning: `num_output` is 0, as in a template");
    net_says("caffe", DATA LAYER("Convolution", "convolution_param { num_output: 8 kernel_size: 30 }"),
             "error: a 30x30 kernel does not fit into 1x4x10x10 without padding");
    net_says("caffe", DATA LAYER("Convolution", "convolution_param { num_output: 8 kernel_size: 3 bias_term: maybe }"),
             "error: `bias_term` needs true or false");
    net_says("caffe", DATA LAYER("Eltwize", ""), "warning: the layer type `Eltwize` is not known");
    net_says("caffe", DATA LAYER("Eltwize", ""), "hint: did you mean `Eltwise`?");
    net_says("caffe", DATA LAYER("Eltwise", ""), "n:2:15: error: `x` of type Eltwise needs 2 bottoms, not 1");
    net_says("caffe", DATA "layer { name: 'x' bottom: 'd' top: 'x' }", "error: the layer `x` has no `type`");
    net_says("caffe", "layer { name: 'd' type: 'Input' top: 'd' input_param { shape { dim: 0 } } }",
             "n:1:69: error: a size of 0 is impossible");
}

static void explains_shapes(void **state)
{
    (void)state;
    const char *half = DATA "layer { name: 'p' type: 'Pooling' bottom: 'd' top: 'p' pooling_param { kernel_size: 2 "
                            "stride: 2 } }\n";
    char net[1024];
    (void)snprintf(net, sizeof net, "%s%s", half,
                   "layer { name: 'x' type: 'Eltwise' bottom: 'p' bottom: 'd' top: 'x' }");
    net_says("caffe", net, "n:3:15: error: cannot combine 1x4x5x5 and 1x4x10x10");
    net_says("caffe", net, "note: `p` gives 1x4x5x5");
    (void)snprintf(net, sizeof net, "%s%s", half,
                   "layer { name: 'x' type: 'Concat' bottom: 'p' bottom: 'd' top: 'x' }");
    net_says("caffe", net, "n:3:15: error: cannot concatenate 1x4x5x5 and 1x4x10x10 along axis 1");
    net_says("caffe", DATA LAYER("Reshape", "reshape_param { shape { dim: 7 dim: -1 } }"),
             "error: cannot reshape 1x4x10x10 so");
    net_says("caffe", DATA LAYER("Permute", "permute_param { order: 0 order: 0 }"),
             "error: this is no order of the 4 axes of 1x4x10x10");
    net_says("caffe", DATA LAYER("Slice", "top: 'y' top: 'z'"),
             "error: axis 1 of 1x4x10x10 cannot be cut into 3 parts so");
    net_says("caffe", DATA LAYER("Softmax", "") LAYER("Flatten", "flatten_param { axis: 4 }"),
             "error: `x` works on axis 4, which 1x4x10x10 does not have");
}

static void solvers(void **state)
{
    (void)state;
    net_says("caffe", "net: \"some/net.prototxt\"\nbase_lr: 0.01\n",
             "n:1:1: error: this is a solver; its network stands in another file");
    net_says("caffe", "train_net_param { " DATA LAYER("ReLU", "") "}", "x\trelu\t1x4x10x10\t0\t0\n");
    net_says("caffe", "", "n: error: the file has no layers");
}

/* The same net in the wire format, with weights, which are skipped; and all of its beginnings. */
static void trained_nets(void **state)
{
    (void)state;
    table_is("caffemodel", "tests/models/caffe/siamese.caffemodel", "tests/models/caffe/siamese.tsv");
    survives_cuts("caffemodel", "tests/models/caffe/siamese.caffemodel");
    net_says("caffemodel", "\x0a\x03net\xa2\x06\x7f",
             "n: error: the file is damaged at byte 7: a field is longer than what is left");
    net_says("caffemodel", "\x0a\x03net", "error: the file has no layers");
}

/* A convolution of 4 filters whose blobs are those of 8, and a type that nobody knows. */
static void blobs_tell_what_forks_mean(void **state)
{
    (void)state;
    const char *net = "\xa2\x06\x1a\x0a\x01" "d\x12\x05Input\x22\x01" "d\xfa\x08\x0a\x0a\x08\x08\x01\x08\x03\x08\x08\x08\x08"
                      "\xa2\x06/\x0a\x01" "c\x12\x0b" "Convolution\x1a\x01" "d\x22\x01" "c:\x0a:\x08\x08\x08\x08\x03\x08\x03\x08"
                      "\x03:\x04:\x02\x08\x08\xd2\x06\x04\x08\x04 \x03"
                      "\xa2\x06\x22\x0a\x01m\x12\x05Magic\x1a\x01" "c\x22\x01m:\x06:\x04\x08\x05\x08\x02:\x08\x08\x01\x10\x01"
                      "\x18\x01 \x07";
    net_says("caffemodel", net, "c\tconv\t?\t224\t?\n");
    net_says("caffemodel", net, "`c` should have 108 numbers in blob 0, but the file holds 216: it is of a fork");
    net_says("caffemodel", net, "m\tMagic\t?\t17\t?\n");
    net_says("caffemodel", net, "its weights are all that the file holds for it");
}

static void shared_weights_must_agree(void **state)
{
    (void)state;
    net_says("caffe", DATA "layer { name: 'a' type: 'InnerProduct' bottom: 'd' top: 'a' param { name: 'w' } "
                           "inner_product_param { num_output: 2 } }\n"
             "layer { name: 'b' type: 'InnerProduct' bottom: 'a' top: 'b' param { name: 'w' } inner_product_param { "
             "num_output: 2 } }",
             "n:3:75: error: `w` is shared, but here it has 4 numbers");
}

/* Neither many layers nor many fields of one cost more than their number. */
static void time_is_linear(void **state)
{
    (void)state;
    assert_true(seconds_to_read("caffe", DATA, "layer { name: 'x' type: 'ReLU' bottom: 'd' top: 'd' }\n", 20000,
                                "") < 2);
    assert_true(seconds_to_read("caffe", DATA, "layer { name: 'x' type: 'ReLU' bottom: 'q' top: 'd' }\n", 20000,
                                "") < 2);
    assert_true(seconds_to_read("caffe", DATA "layer { name: 'x' type: 'Concat' top: 'x' ", "bottom: 'd' ", 100000,
                                "}") < 2);
    assert_true(seconds_to_read("caffe", DATA "layer { name: 'x' type: 'ReLU' bottom: 'd' ", "top: 'y' ", 100000,
                                "}") < 2);
    assert_true(seconds_to_read("caffe",
                                DATA "layer { name: 'x' type: 'Convolution' bottom: 'd' top: 'y' convolution_param "
                                     "{ num_output: 1 ",
                                "kernel_size: 3 ", 100000, "}}") < 2);
    assert_true(seconds_to_read("caffe", "state { ", "stage: 'a' ", 50000,
                                "} layer { type: 'ReLU' include { stage: 'b' } }") < 2);
    assert_true(seconds_to_read("caffe", "", "input: 'd' ", 100000, LAYER("ReLU", "")) < 2);
}

/* `conv1` beside `conv1/dw` is a layer of the part `conv1`. */
static void layers_named_like_a_part_stand_in_it(void **state)
{
    (void)state;
    static const char net[] = DATA "layer { name: 'conv1/dw' type: 'ReLU' bottom: 'd' top: 'a' }"
                                   "layer { name: 'conv1' type: 'ReLU' bottom: 'a' top: 'b' }"
                                   "layer { name: 'conv2' type: 'ReLU' bottom: 'b' top: 'c' }";
    netikz *run = netikz_new();
    netikz_text bytes = {net, sizeof net - 1}, table = {"", 0};
    assert_int_equal(netikz_read_bytes(run, "n", bytes, "caffe"), NETIKZ_DONE);
    assert_int_equal(netikz_summary(run, "text", &table), NETIKZ_DONE);
    char *all = strndup(table.at, table.size);
    assert_non_null(strstr(all, "\n  dw "));
    assert_non_null(strstr(all, "\n  conv1 "));
    assert_non_null(strstr(all, "\nconv2 "));
    free(all);
    netikz_free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_those_of_the_framework),
        cmocka_unit_test(pooling_rounds_up_as_caffe_does),
        cmocka_unit_test(other_types),
        cmocka_unit_test(data_of_unknown_size_stay_unknown),
        cmocka_unit_test(phases),
        cmocka_unit_test(explains_what_is_read),
        cmocka_unit_test(explains_parameters),
        cmocka_unit_test(explains_shapes),
        cmocka_unit_test(solvers),
        cmocka_unit_test(trained_nets),
        cmocka_unit_test(blobs_tell_what_forks_mean),
        cmocka_unit_test(shared_weights_must_agree),
        cmocka_unit_test(layers_named_like_a_part_stand_in_it),
        cmocka_unit_test(time_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
