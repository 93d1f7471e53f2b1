/* SPDX-License-Identifier: MIT */
/* Tests of the Darknet reader: whole tables of nets, single rules, and what is said about slips. */
#include "read_net.h"

#define NET "[net]\nheight=8\nwidth=8\nchannels=4\n"

static void tables_are_those_of_the_framework(void **state)
{
    (void)state;
    static const char *const names[] = {"tiny", "vectors", "grid"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char model[128], table[128];
        (void)snprintf(model, sizeof model, "tests/models/darknet/%s.cfg", names[i]);
        (void)snprintf(table, sizeof table, "tests/models/darknet/%s.tsv", names[i]);
        table_is("darknet", model, table);
        survives_cuts("darknet", model);
    }
}

static void single_rules(void **state)
{
    (void)state;
    net_says("darknet", NET "[maxpool]\nsize=3\nstride=2\n", "maxpool_0\tmaxpool\t4x4x4\t");
    net_says("darknet", NET "[maxpool]\nsize=3\nstride=2\npadding=0\n", "maxpool_0\tmaxpool\t3x3x4\t");
    net_says("darknet", NET "[maxpool]\nstride=2\n", "maxpool_0\tmaxpool\t4x4x4\t");
    net_says("darknet", NET "[upsample]\nstride=-2\n", "upsample_0\tdownsample\t4x4x4\t");
    net_says("darknet", NET "[reorg]\nstride=2\nreverse=1\n", "reorg_0\tpixel_shuffle\t16x16x1\t");
    net_says("darknet", NET "[convolutional]\nfilters=2\nsize=3\npad=1\ndilation=2\n", "conv_0\tconv\t8x8x2\t");
    net_says("darknet", NET "[convolutional]\nfilters=2\nsize=3\nstride_x=2\nstride_y=1\npad=1\n",
             "conv_0\tconv\t8x4x2\t");
    net_says("darknet", NET "[avgpool]\n[convolutional]\nfilters=3\nsize=1\n", "conv_1\tconv\t1x1x3\t15\t12\n");
    net_says("darknet", NET "[maxpool]\nsize=2\nstride=2\n[route]\nlayers=-1\n[upsample]\n[shortcut]\nfrom=0\n",
             "shortcut_3\tadd\t8x8x4\t");
    net_says("darknet", NET "[maxpool]\nsize=2\nstride=2\n[softmax]\n[route]\nlayers=-2,-1\n",
             "route_2\tconcat\t128\t");
    net_says("darknet", NET "[avgpool]\n[scale_channels]\nfrom=-1\n", "scale_channels_1\tmul\t4\t");
    net_says("darknet", NET "[softmax]\nspatial=1\n", "softmax_0\tsoftmax\t8x8x4\t");
    net_says("darknet", NET "[region]\nnum=2\ncoords=1\nclasses=0\n", "region_0\tregion\t8x8x4\t");
}

static void explains_slips(void **state)
{
    (void)state;
    net_says("darknet", "[net]\nbatch=1\n[softmax]\n", "n:1:1: error: the net does not say what comes in");
    net_says("darknet", "[softmax]\n", "n:1:1: error: a Darknet net begins with the section [net]");
    net_says("darknet", NET "[foo]\n[convolutional]\nfilters=2\n", "conv_1\tconv\t?x?x2\t?\t?\n");
    net_says("darknet", NET "[foo]\n[local]\nfilters=2\n", "local_1\tlocalconv\t?x?x2\t?\t?\n");
    net_says("darknet", NET "[convolutinal]\n", "n:5:1: warning: the layer type `convolutinal` is not known");
    net_says("darknet", NET "[convolutinal]\n", "hint: did you mean `convolutional`?");
    net_says("darknet", NET "[convolutional]\nfilters=two\n", "n:6:9: error: `filters` needs a whole number");
    net_says("darknet", NET "[convolutional]\nfilters=2\nsize=9\n",
             "n:7:6: error: a window of 9 does not fit into 8x8x4");
    net_says("darknet", NET "[convolutional]\nfilters=2\ngroups=3\n",
             "error: 3 groups do not divide both 4 input and 2 output channels");
    net_says("darknet", NET "[route]\nlayers=-1\n", "n:6:8: error: there is no layer -1 before layer 0");
    net_says("darknet", NET "[route]\nlayers=a\n", "n:6:8: error: `layers` needs numbers of layers");
    net_says("darknet", NET "[shortcut]\n", "n:5:1: error: a shortcut needs `from`");
    net_says("darknet", NET "[yolo]\nmask=0,1\nclasses=3\n",
             "n:7:9: error: [yolo] needs 16 channels, and its input 8x8x4 has 4");
    net_says("darknet", NET "[yolo]\nmask=0,1\nclasses=3\n", "`filters=16` in the layer before");
    net_says("darknet", NET "[detection]\nside=2\n", "error: [detection] needs 12 numbers, and its input has 256");
}

static void time_is_linear(void **state)
{
    (void)state;
    assert_true(seconds_to_read("darknet", NET, "[dropout]\n", 20000, "") < 2);
    assert_true(seconds_to_read("darknet", NET, "[convolutional]\nfilters=x\n", 20000, "") < 2);
    assert_true(seconds_to_read("darknet", NET "[dropout]\n[route]\nlayers=", "0,", 200000, "0\n") < 2);
    assert_true(seconds_to_read("darknet", NET "[dropout]\n", "a=1\n", 200000, "") < 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_those_of_the_framework),
        cmocka_unit_test(single_rules),
        cmocka_unit_test(explains_slips),
        cmocka_unit_test(time_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
