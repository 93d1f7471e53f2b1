/* SPDX-License-Identifier: MIT */
/* Merging, products, reshaping, resizing, selecting, reducing. */
#include "unit/op_case.h"

static void merging(void **state)
{
    expect(state, "add", "", "64x56x56 64x56x56", "64x56x56", "0", "0");
    expect(state, "add", "", "64x56x56 64x56x56 64x56x56", "64x56x56", "0", "0");
    expect(state, "mul", "", "64x56x56 64x1x1", "64x56x56", "0", "0");
    expect(state, "mul", "", "64x56x56 64", "64x56x56", "0", "0");
    expect(state, "mul", "@last", "56x56x64 64", "56x56x64", "0", "0");
    expect(state, "add", "", "8x1x6x1 7x1x5", "8x7x6x5", "0", "0");
    expect(state, "add", "", "64xH/4xW/4 64x?x14", "64xH/4x14", "0", "0");
    expect(state, "add", "", "? 64x8x8", "?", "0", "0");
    expect(state, "max", "", "64x8x8 64x8x8", "64x8x8", "0", "0");
    expect(state, "where", "", "1x10 5x10 5x10", "5x10", "0", "0");
    expect_error(state, "add", "", "64x56x56 128x28x28", "cannot add 64x56x56 and 128x28x28");
    expect_error(state, "mul", "", "64x8x8 32", "cannot multiply 64x8x8 and 32");
    expect_error(state, "sub", "", "3 4", "cannot subtract 3 and 4");
}

static void concatenating(void **state)
{
    expect(state, "concat", "", "64x28x28 128x28x28 32x28x28", "224x28x28", "0", "0");
    expect(state, "concat", "@last", "28x28x64 28x28x128", "28x28x192", "0", "0");
    expect(state, "concat", "@batch=1", "?x64x28x28 ?x64x28x28", "?x128x28x28", "0", "0");
    expect(state, "concat", "axis=1", "3x4x5 3x6x5", "3x10x5", "0", "0");
    expect(state, "concat", "axis=-1", "10x64 10x64", "10x128", "0", "0");
    expect(state, "concat", "", "10 20", "30", "0", "0");
    /* matrices: 64×128 is C×L; T×512 has its features behind; else the only axis that fits */
    expect(state, "concat", "", "64x128 64x128", "128x128", "0", "0");
    expect(state, "concat", "", "Tx512 Tx512", "Tx1024", "0", "0");
    expect(state, "concat", "", "10x64 10x32", "10x96", "0", "0");
    expect(state, "concat", "", "64xHxW ?", "?xHxW", "0", "0");
    expect(state, "stack", "", "3x4 3x4", "2x3x4", "0", "0");
    expect(state, "stack", "axis=-1", "3x4 3x4 3x4", "3x4x3", "0", "0");
    expect_error(state, "concat", "", "64x28x28 64x14x14", "cannot concatenate 64x28x28 and 64x14x14 along axis 0");
    expect_error(state, "concat", "", "64x28x28 64", "cannot concatenate 64x28x28 and 64 along axis 0");
    expect_error(state, "concat", "axis=3", "64x28x28 64x28x28", "there is no axis 3 in 64x28x28");
    expect_error(state, "stack", "", "3x4 3x5", "cannot stack 3x4 and 3x5");
}

static void products(void **state)
{
    expect(state, "matmul", "", "10x64 64x32", "10x32", "0", "20480");
    expect(state, "matmul", "transpose_b=true", "8x10x64 8x20x64", "8x10x20", "0", "102400");
    expect(state, "matmul", "transpose_a=true", "64x10 64x32", "10x32", "0", "20480");
    expect(state, "matmul", "@batch=1", "?x10x64 64x32", "?x10x32", "0", "20480");
    expect(state, "matmul", "", "64 64x32", "32", "0", "2048");
    expect(state, "matmul", "", "10x64 64", "10", "0", "640");
    expect(state, "matmul", "", "Txd dxT", "TxT", "0", "T^2·d");
    expect(state, "dot", "", "128 128", "scalar", "0", "128");
    expect(state, "einsum", "equation=bhid,bhjd->bhij", "2x8x10x64 2x8x20x64", "2x8x10x20", "0", "204800");
    expect(state, "einsum", "equation=ij->ji", "3x4", "4x3", "0", "0");
    expect(state, "einsum", "equation=...ij->...ji", "3x4", "?", "0", "0");
    expect_error(state, "matmul", "", "10x64 32x64", "cannot multiply the matrices 10x64 and 32x64");
}

static void reshaping(void **state)
{
    expect(state, "flatten", "", "512x7x7", "25088", "0", "0");
    expect(state, "flatten", "@batch=1", "?x512x7x7", "?x25088", "0", "0");
    expect(state, "flatten", "axis=1", "512x7x7", "512x49", "0", "0");
    expect(state, "flatten", "end=1", "4x5x6", "20x6", "0", "0");
    expect(state, "flatten", "", "64xH/16xW/16", "H/2·W/2", NULL, NULL);
    expect(state, "reshape", "shape=-1x49", "512x7x7", "512x49", "0", "0");
    expect(state, "reshape", "shape=0,-1", "512x7x7", "512x49", "0", "0");
    expect(state, "reshape", "@batch=1 shape=0,-1,64", "?x8x8x64", "?x64x64", "0", "0");
    expect(state, "reshape", "@batch=1 shape=-1,25088", "Nx512x7x7", "Nx25088", "0", "0");
    expect(state, "reshape", "shape=Tx8x64", "Tx512", "Tx8x64", "0", "0");
    expect(state, "reshape", "shape=3x4", "?", "3x4", "0", "0");
    expect_error(state, "reshape", "shape=100x100", "512x7x7", "cannot reshape 512x7x7 (25088 elements) to 100x100");
    expect_error(state, "reshape", "shape=-1,100", "512x7x7", "cannot reshape 512x7x7 (25088 elements) to -1x100");
    expect(state, "permute", "order=2,0,1", "3x4x5", "5x3x4", "0", "0");
    expect(state, "permute", "order=0,-1", "3x4x5", "5x4x3", "0", "0");
    expect(state, "permute", "", "3x4x5", "5x4x3", "0", "0");
    expect_error(state, "permute", "order=0,0,1", "3x4x5", "this is no order of the 3 axes of 3x4x5");
    expect(state, "squeeze", "", "512x1x1", "512", "0", "0");
    expect(state, "squeeze", "@batch=1", "1x512x1x1", "1x512", "0", "0");
    expect(state, "squeeze", "axes=-1", "1x512x1", "1x512", "0", "0");
    expect_error(state, "squeeze", "axes=0", "512x1", "cannot squeeze axis 0 of 512x1: it is not 1");
    expect(state, "unsqueeze", "axes=0", "512", "1x512", "0", "0");
    expect(state, "unsqueeze", "axes=1,-1", "512", "512x1x1", "0", "0");
    expect(state, "expand", "shape=4x512", "1x512", "4x512", "0", "0");
    expect(state, "tile", "times=2,3", "4x5", "8x15", "0", "0");
    expect(state, "repeat_vector", "times=7", "64", "7x64", "0", "0");
}

static void resizing(void **state)
{
    expect(state, "pad", "amount=1", "3x32x32", "3x34x34", "0", "0");
    expect(state, "pad", "amount=3,2", "3x32x32", "3x38x36", "0", "0");
    expect(state, "pad", "amount=0,1,2,3", "3x32x32", "3x34x36", "0", "0");
    expect(state, "pad", "@batch=1 amount=0,4,0,0,0,0,0,0", "1x60x8x8", "1x64x8x8", "0", "0");
    expect(state, "pad", "amount=1", "10", "12", "0", "0");
    expect(state, "crop", "size=56", "64x64x64", "64x56x56", "0", "0");
    expect(state, "crop", "", "512x64x64 512x56x56", "512x56x56", "0", "0");
    expect(state, "crop", "amount=4", "64x64x64", "64x56x56", "0", "0");
    expect_error(state, "crop", "size=65", "64x64x64", "cannot crop 64x64x64 to 65 along axis 0");
    expect(state, "upsample", "", "64x7x7", "64x14x14", "0", "0");
    expect(state, "upsample", "factor=3x1", "64x7x7", "64x21x7", "0", "0");
    expect(state, "upsample", "size=28", "64xHxW", "64x28x28", "0", "0");
    expect(state, "upsample", "@last factor=4", "H/4xW/4x64", "HxWx64", "0", "0");
    expect(state, "upsample", "", "64x7x7 32x13x13", "64x13x13", "0", "0");
    expect(state, "downsample", "", "64x7x7", "64x3x3", "0", "0");
    expect(state, "pixel_shuffle", "factor=3", "18x8x8", "2x24x24", "0", "0");
    expect(state, "pixel_unshuffle", "factor=2", "16x8x8", "64x4x4", "0", "0");
    expect_error(state, "pixel_shuffle", "factor=3", "16x8x8", "16x8x8 cannot be rearranged by a factor of 3");
    expect_error(state, "pixel_unshuffle", "factor=2", "16x7x8", "16x7x8 cannot be rearranged by a factor of 2");
    expect(state, "channel_shuffle", "groups=4", "16x8x8", "16x8x8", "0", "0");
    expect(state, "grid_sample", "@batch=1", "1x3x32x32 1x16x20x2", "1x3x16x20", "0", "0");
}

static void selecting(void **state)
{
    expect(state, "split", "@outputs=2", "64x8x8", "32x8x8,32x8x8", "0", "0");
    expect(state, "split", "@outputs=3", "Tx1536", "Tx512,Tx512,Tx512", "0", "0");
    expect(state, "split", "@outputs=3 axis=0", "7x2", "3x2,3x2,1x2", "0", "0");
    expect(state, "split", "@outputs=2 sizes=16,48", "64x8x8", "16x8x8,48x8x8", "0", "0");
    expect(state, "split", "parts=4", "64x8x8", "16x8x8", "0", "0");
    expect_error(state, "split", "@outputs=2 sizes=16,16", "64x8x8",
                 "the parts add up to 32, but axis 0 of 64x8x8 has 64");
    expect(state, "slice", "start=0 end=10", "64x8x8", "10x8x8", "0", "0");
    expect(state, "slice", "start=1 axes=0", "197x768", "196x768", "0", "0");
    expect(state, "slice", "start=-3 axes=1", "4x8", "4x3", "0", "0");
    expect(state, "slice", "start=0 end=-1 axes=1", "4xT", "4xT-1", "0", "0");
    expect(state, "slice", "start=0 end=9223372036854775807 step=2 axes=1", "4x9", "4x5", "0", "0");
    expect(state, "slice", "start=0,1 end=2,5 axes=0,2", "4x8x8", "2x8x4", "0", "0");
    expect(state, "select", "", "197x768", "768", "0", "0");
    expect(state, "select", "axis=-1", "4x5", "4", NULL, NULL);
    expect(state, "gather", "", "100x64 5x7", "5x7x64", "0", "0");
    expect(state, "gather", "axis=1", "3x10 scalar", "3", "0", "0");
    expect(state, "topk", "@outputs=2 k=5", "10x100", "10x5,10x5", "0", "0");
    expect(state, "shape", "", "1x3x8x8", "4", "0", "0");
}

static void reducing(void **state)
{
    expect(state, "reduce_mean", "axes=0", "197x768", "768", "0", "0");
    expect(state, "reduce_mean", "axes=1,2 keep=true", "64x7x7", "64x1x1", "0", "0");
    expect(state, "reduce_mean", "@batch=1 axes=-1,-2", "?x64x7x7", "?x64", "0", "0");
    expect(state, "reduce_max", "", "64x7x7", "scalar", "0", "0");
    expect(state, "reduce_sum", "@batch=1", "?x64x7x7", "?", "0", "0");
    expect(state, "argmax", "axes=0", "21x8x8", "8x8", "0", "0");
    expect_error(state, "reduce_mean", "axes=2", "197x768", "there is no axis 2 in 197x768");
}

static void labels(void **state)
{
    expect_label(state, "add", "", "3 3", "add");
    expect_label(state, "concat", "", "3 3", "concat");
    expect_label(state, "upsample", "", "3x8x8", "upsample ×2");
    expect_label(state, "upsample", "size=28", "3x8x8", "upsample to 28×28");
    expect_label(state, "downsample", "factor=4", "3x8x8", "downsample /4");
    expect_label(state, "pixel_shuffle", "factor=3", "9x8x8", "pixel shuffle ×3");
    expect_label(state, "reshape", "shape=8x64", "512", "reshape, 8×64");
    expect_label(state, "flatten", "", "512", "flatten");
    assert_string_equal(op_find(STR("add"))->symbol, "+");
    assert_string_equal(op_find(STR("mul"))->symbol, "×");
    assert_string_equal(op_find(STR("sub"))->symbol, "−");
    assert_null(op_find(STR("concat"))->symbol);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(merging),  CASE(concatenating), CASE(products), CASE(reshaping),
        CASE(resizing), CASE(selecting),     CASE(reducing), CASE(labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
