/* SPDX-License-Identifier: MIT */
/* Convolutions and pooling: sizes, parameters, MACs as PyTorch, Keras, Caffe and ONNX compute them. */
#include "unit/op_case.h"

static void plain_convolutions(void **state)
{
    /* ResNet's first convolution and one of its blocks */
    expect(state, "conv", "out=64 kernel=7 stride=2 bias=false", "3x224x224", "64x112x112", "9408", "118013952");
    expect(state, "conv", "out=64 kernel=7 stride=2 padding=3", "3x224x224", "64x112x112", "9472", "118013952");
    expect(state, "conv", "out=128 kernel=3 stride=2 bias=false", "64x56x56", "128x28x28", "73728", "57802752");
    expect(state, "conv", "out=128 kernel=1 stride=2 bias=false", "64x56x56", "128x28x28", "8192", "6422528");
    /* VGG's first, AlexNet's first (227) and second (grouped) */
    expect(state, "conv", "out=64 kernel=3", "3x224x224", "64x224x224", "1792", "86704128");
    expect(state, "conv", "out=96 kernel=11 stride=4 padding=valid", "3x227x227", "96x55x55", "34944", "105415200");
    expect(state, "conv", "out=256 kernel=5 padding=2 groups=2", "96x27x27", "256x27x27", "307456", "223948800");
    /* ResNeXt: 32 groups */
    expect(state, "conv", "out=128 kernel=3 groups=32 bias=false", "128x56x56", "128x56x56", "4608", "14450688");
}

static void one_and_three_dimensions(void **state)
{
    expect(state, "conv", "out=32 kernel=5 padding=valid", "16x100", "32x96", "2592", "245760");
    expect(state, "conv", "out=8 kernel=3", "4x10x20x20", "8x10x20x20", "872", "3456000");
    expect(state, "conv", "out=8 kernel=3x1x1 padding=1,0,0", "4x10x20x20", "8x10x20x20", "104", "384000");
    expect(state, "conv", "out=64 kernel=1x7", "64x17x17", "64x17x17", "28736", "8286208");
    expect(state, "conv", "out=2 kernel=3 padding=2,0", "1x10", "2x10", "8", "60");
}

static void layouts_and_batches(void **state)
{
    expect(state, "conv", "@last out=64 kernel=3", "32x32x3", "32x32x64", "1792", "1769472");
    expect(state, "conv", "@batch=1 out=64 kernel=3", "?x3x32x32", "?x64x32x32", "1792", "1769472");
    expect(state, "conv", "@batch=1 out=64 kernel=3", "Nx3x32x32", "Nx64x32x32", "1792", "1769472");
    expect(state, "conv", "@batch=1 out=64 kernel=3", "4x3x32x32", "4x64x32x32", "1792", "7077888");
    expect(state, "conv", "@batch=1 @last out=64 kernel=3 padding=0,0,1,1 stride=2", "1x32x32x3", "1x16x16x64", "1792",
           "442368");
}

static void strides_paddings_dilations(void **state)
{
    /* floor((in + 2p - d(k-1) - 1)/s) + 1 */
    expect(state, "conv", "out=1 kernel=3 stride=2 padding=0", "1x7x8", "1x3x3", NULL, NULL);
    expect(state, "conv", "out=1 kernel=3 stride=2 padding=1", "1x7x8", "1x4x4", NULL, NULL);
    expect(state, "conv", "out=1 kernel=3 dilation=2 padding=0", "1x7x8", "1x3x4", NULL, NULL);
    expect(state, "conv", "out=1 kernel=3 dilation=4", "1x7x8", "1x7x8", NULL, NULL);
    expect(state, "conv", "out=1 kernel=3x5 stride=2x1 padding=1x0", "1x9x9", "1x5x5", NULL, NULL);
    expect(state, "conv", "out=1 kernel=3 padding=0,1,2,3", "1x10x10", "1x10x12", NULL, NULL);
    /* TensorFlow's SAME is ceil(in / stride), for even kernels too */
    expect(state, "conv", "out=1 kernel=3 stride=2 padding=same", "1x7x8", "1x4x4", NULL, NULL);
    expect(state, "conv", "out=1 kernel=2 stride=2 padding=same_upper", "1x7x8", "1x4x4", NULL, NULL);
    expect(state, "conv", "out=1 kernel=4 stride=1 padding=same_lower", "1x7x8", "1x7x8", NULL, NULL);
    expect(state, "conv", "out=1 kernel=3 padding=causal dilation=8", "1x50", "1x50", NULL, NULL);
}

static void symbols_flow_through(void **state)
{
    expect(state, "conv", "out=64 kernel=7 stride=2", "3xHxW", "64xH/2xW/2", "9472", "2352H·W");
    expect(state, "conv", "out=64 kernel=3 stride=2 padding=0", "3xHxW", "64xH/2-1xW/2-1", "1792", NULL);
    expect(state, "conv", "out=T kernel=3", "3x8x8", "Tx8x8", "28T", "1728T");
    expect(state, "conv", "out=64 kernel=3", "Tx8x8", "64x8x8", "576T+64", "36864T");
    expect(state, "conv", "out=64 kernel=3", "?", "?", "?", "?");
    expect(state, "conv", "out=64 kernel=3x3 in=3", "?", "?", "1792", "?");
}

static void depthwise_and_separable(void **state)
{
    expect(state, "dwconv", "kernel=3 bias=false", "32x112x112", "32x112x112", "288", "3612672");
    expect(state, "dwconv", "kernel=3 stride=2 multiplier=2", "32x112x112", "64x56x56", "640", "1806336");
    /* Keras: SeparableConv2D(64, 3) on 32 channels: 9·32 + 32·64 + 64 */
    expect(state, "sepconv", "out=64 kernel=3", "32x28x28", "64x28x28", "2400", "1831424");
    expect(state, "localconv", "out=16 kernel=9 padding=valid", "16x63x63", "16x55x55", "62774800", "62726400");
}

static void transposed_convolutions(void **state)
{
    /* U-Net: 2×2 doubles; DCGAN: 4×4, stride 2, padding 1; torch: (in-1)s - 2p + d(k-1) + op + 1 */
    expect(state, "upconv", "out=512 kernel=2", "1024x28x28", "512x56x56", "2097664", "1644167168");
    expect(state, "upconv", "out=64 kernel=4 stride=2 padding=1", "128x16x16", "64x32x32", "131136", "33554432");
    expect(state, "upconv", "out=8 kernel=3 stride=2 padding=1 output_padding=1", "4x7x7", "8x14x14", "296", NULL);
    expect(state, "upconv", "out=8 kernel=3 stride=2 padding=0", "4x7x7", "8x15x15", NULL, NULL);
    expect(state, "upconv", "out=8 kernel=3 stride=1 padding=0 dilation=2", "4x7x7", "8x11x11", NULL, NULL);
    expect(state, "upconv", "out=8 kernel=64 stride=32 padding=0 bias=false groups=2", "4x10x10", "8x352x352", "65536",
           NULL);
    /* Keras: same, valid with a kernel below the stride, same with an output padding */
    expect(state, "upconv", "out=8 kernel=3 stride=2 padding=same", "4x7x7", "8x14x14", NULL, NULL);
    expect(state, "upconv", "out=8 kernel=2 stride=3 padding=valid", "4x7x7", "8x21x21", NULL, NULL);
    expect(state, "upconv", "out=8 kernel=5 stride=3 padding=valid", "4x7x7", "8x23x23", NULL, NULL);
    expect(state, "upconv", "out=8 kernel=3 stride=2 padding=same output_padding=0", "4x7x7", "8x13x13", NULL, NULL);
    expect(state, "upconv", "out=8 kernel=3 size=15x14", "4x7x7", "8x15x14", NULL, NULL);
    expect(state, "upconv", "out=8 kernel=2", "4xHxW", "8x2Hx2W", "136", "128H·W");
}

static void convolutions_that_cannot_be(void **state)
{
    expect_error(state, "conv", "out=8 kernel=7 padding=0", "512x3x3",
                 "a 7x7 kernel does not fit into 512x3x3 without padding");
    expect_error(state, "conv", "out=8 kernel=3 padding=1 dilation=4", "512x3x3",
                 "a 3x3 kernel with dilation 4 does not fit into 512x3x3 with this padding");
    expect_error(state, "conv", "out=8 kernel=3", "512", "conv needs channels and positions, but its input is 512");
    expect_error(state, "conv", "out=8 kernel=3 groups=3", "64x8x8",
                 "3 groups do not divide both 64 input and 8 output channels");
    expect_error(state, "conv", "out=8 kernel=3 in=32", "64x8x8",
                 "conv is made for 32 channels, but its input 64x8x8 has 64");
    expect_error(state, "conv", "out=8 kernel=0", "64x8x8", "a kernel of 0 is impossible");
    expect_error(state, "conv", "out=8 kernel=3 stride=0", "64x8x8", "a stride of 0 is impossible");
    expect_error(state, "conv", "out=0 kernel=3", "64x8x8", "0 output channels are impossible");
    expect_error(state, "upconv", "out=8 kernel=2 stride=1 padding=4", "64x2x2",
                 "nothing is left of 64x2x2 after this padding");
}

static void pooling(void **state)
{
    expect(state, "maxpool", "kernel=2", "64x112x112", "64x56x56", "0", "0");
    expect(state, "maxpool", "kernel=2", "64x7x7", "64x3x3", NULL, NULL);
    expect(state, "maxpool", "kernel=3 stride=2", "96x55x55", "96x27x27", NULL, NULL);
    expect(state, "maxpool", "kernel=3 stride=2 padding=1", "64x112x112", "64x56x56", NULL, NULL);
    expect(state, "maxpool", "kernel=3 stride=2 padding=same", "64x112x112", "64x56x56", NULL, NULL);
    expect(state, "maxpool", "kernel=2 padding=same", "64x7x7", "64x4x4", NULL, NULL);
    expect(state, "maxpool", "kernel=3 stride=2 dilation=2", "1x9x9", "1x3x3", NULL, NULL);
    expect(state, "avgpool", "kernel=7", "2048x7x7", "2048x1x1", NULL, NULL);
    expect(state, "maxpool", "kernel=4", "16x100", "16x25", NULL, NULL);
    expect(state, "maxpool", "kernel=2", "16x8x8x8", "16x4x4x4", NULL, NULL);
    expect(state, "maxpool", "@outputs=2 kernel=2", "4x4x4", "4x2x2,4x2x2", NULL, NULL);
    expect(state, "maxpool", "kernel=2", "CxHxW", "CxH/2xW/2", NULL, NULL);
    expect_error(state, "maxpool", "kernel=3", "64x2x2", "a 3x3 kernel does not fit into 64x2x2 without padding");
}

/* torch.nn.functional's pooling_output_shape; Caffe rounds up always (GoogLeNet: 112 → 56, 3×3 /2). */
static void pooling_rounded_up(void **state)
{
    expect(state, "maxpool", "kernel=3 stride=2 ceil=true", "64x112x112", "64x56x56", NULL, NULL);
    expect(state, "maxpool", "kernel=2 stride=2 ceil=true", "64x7x7", "64x4x4", NULL, NULL);
    expect(state, "maxpool", "kernel=3 stride=2 ceil=true", "96x55x55", "96x27x27", NULL, NULL);
    expect(state, "maxpool", "kernel=3 stride=2 padding=1 ceil=true", "1x7x8", "1x4x5", NULL, NULL);
    expect(state, "maxpool", "kernel=1 stride=3 ceil=true", "1x3x4", "1x1x2", NULL, NULL);
    expect(state, "maxpool", "kernel=2 stride=2 padding=1 ceil=true", "1x5x6", "1x3x4", NULL, NULL);
    expect(state, "maxpool", "kernel=3 stride=2 ceil=true", "CxHxW", "CxH/2xW/2", NULL, NULL);
}

static void global_and_adaptive_pooling(void **state)
{
    expect(state, "avgpool", "kernel=global", "512x7x7", "512x1x1", "0", "0");
    expect(state, "global_avgpool", "", "512x7x7", "512x1x1", NULL, NULL);
    expect(state, "global_avgpool", "keep=false", "512x7x7", "512", NULL, NULL);
    expect(state, "global_avgpool", "@batch=1 @last keep=false", "?x7x7x512", "?x512", NULL, NULL);
    expect(state, "global_maxpool", "@batch=1", "1x512x7x7", "1x512x1x1", NULL, NULL);
    expect(state, "adaptive_avgpool", "size=7", "512x14x20", "512x7x7", NULL, NULL);
    expect(state, "adaptive_avgpool", "size=1x5", "512x14x20", "512x1x5", NULL, NULL);
    expect(state, "unpool", "kernel=2", "64x14x14", "64x28x28", NULL, NULL);
    expect(state, "unpool", "kernel=3 stride=2 padding=1", "64x14x14", "64x27x27", NULL, NULL);
    expect(state, "roipool", "size=7", "512x37x50 300x4", "512x7x7", NULL, NULL);
    expect(state, "roialign", "@batch=1 size=7", "1x512x37x50 300x4", "300x512x7x7", NULL, NULL);
    expect(state, "spp", "bins=4,2,1", "256x13x13", "5376", NULL, NULL);
}

static void labels(void **state)
{
    expect_label(state, "conv", "out=64 kernel=3 stride=2", "3x8x8", "3×3 conv, 64, /2");
    expect_label(state, "conv", "out=64 kernel=7x7 stride=2x2", "", "7×7 conv, 64, /2");
    expect_label(state, "conv", "out=64 kernel=1", "", "1×1 conv, 64");
    expect_label(state, "conv", "out=64 kernel=1,7", "3x8x8", "1×7 conv, 64");
    expect_label(state, "conv", "out=64 kernel=3 stride=2x1", "3x8x8", "3×3 conv, 64, /2×1");
    expect_label(state, "conv", "out=256 kernel=3 dilation=2", "3x8x8", "3×3 conv, 256, dilation 2");
    expect_label(state, "conv", "out=128 kernel=3 groups=32", "3x8x8", "3×3 conv, 128, groups 32");
    expect_label(state, "conv", "out=128 kernel=3", "3x8x8x8", "3×3×3 conv, 128");
    expect_label(state, "conv", "out=128 kernel=5", "3x100", "conv 5, 128");
    expect_label(state, "dwconv", "kernel=3", "3x8x8", "dw conv 3×3");
    expect_label(state, "dwconv", "kernel=3 stride=2", "3x8x8", "dw conv 3×3, /2");
    expect_label(state, "sepconv", "out=64 kernel=3", "3x8x8", "3×3 sep conv, 64");
    expect_label(state, "upconv", "out=64 kernel=2", "3x8x8", "2×2 up-conv, 64");
    expect_label(state, "upconv", "out=64 kernel=8 stride=4", "3x8x8", "8×8 up-conv, 64, ×4");
    expect_label(state, "maxpool", "kernel=3 stride=2", "3x8x8", "max pool, 3×3, /2");
    expect_label(state, "maxpool", "kernel=2", "3x8x8", "max pool, 2×2");
    expect_label(state, "maxpool", "kernel=2 stride=1", "3x8x8", "max pool, 2×2, /1");
    expect_label(state, "avgpool", "kernel=7", "3x8x8", "avg pool, 7×7");
    expect_label(state, "avgpool", "kernel=global", "3x8x8", "global avg pool");
    expect_label(state, "global_avgpool", "", "3x8x8", "global avg pool");
    expect_label(state, "adaptive_avgpool", "size=6", "3x8x8", "avg pool, to 6×6");
    expect_label(state, "unpool", "kernel=2", "3x8x8", "unpool");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(plain_convolutions),
        CASE(one_and_three_dimensions),
        CASE(layouts_and_batches),
        CASE(strides_paddings_dilations),
        CASE(symbols_flow_through),
        CASE(depthwise_and_separable),
        CASE(transposed_convolutions),
        CASE(convolutions_that_cannot_be),
        CASE(pooling),
        CASE(pooling_rounded_up),
        CASE(global_and_adaptive_pooling),
        CASE(labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
