#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# The numbers that the literature and the frameworks give for well-known networks.
use strict;
use warnings;
use Test::More;

my $program = ($ENV{BUILD} // 'build') . '/netikz';

# Parameters and MACs; a MACs entry below 1000 is in units of 10^9, compared as printed.
my @known = (
    # network, parameters, MACs, where the numbers are from
    ['lenet5', 61_706, undef, 'PyTorch tutorial'],
    ['alexnet', 61_100_840, '0.71', 'torchvision alexnet, one weird trick'],
    ['vgg16', 138_357_544, 15_470_264_320, 'Simonyan and Zisserman 2015, configuration D'],
    ['vgg19', 143_667_240, undef, 'configuration E'],
    ['resnet34', 21_797_672, '3.664', 'torchvision'],
    ['resnet50', 25_557_032, undef, 'torchvision'],
    ['googlenet', 13_378_280, undef, 'Szegedy et al. 2014 with auxiliary heads'],
    ['googlenet_inference', 6_998_552, undef, 'Szegedy et al. 2014 without auxiliary heads'],
    ['inception_resnet', 22_742_808, '6.206', 'Inception-ResNet-v1, shifts alone in batch norm as in TF-slim'],
    ['deepsense_unet', 1_617_377, '23.288', 'A. Nowaczynski 2017, from its printed definitions'],
    ['squeezenet', 1_235_496, undef, 'SqueezeNet 1.1'],
    ['inception_v3', 23_834_568, undef, 'torchvision without auxiliary head'],
    ['densenet121', 7_978_856, undef, 'torchvision'],
    ['transformer', 63_082_496, undef, 'Vaswani et al. 2017, base, shared embeddings of 37,000 words'],
    ['bert', 109_482_240, undef, 'transformers, bert-base-uncased with its pooler'],
    ['gpt2', 124_439_808, undef, 'transformers, gpt2'],
    ['llama', 8_030_261_248, undef, 'Llama 3 8B'],
    ['llama_block', 218_112_000, undef, 'a 32nd of Llama 3 8B without embeddings and the last norm'],
    ['mixtral', 46_702_792_704, undef, 'Mixtral 8x7B'],
    ['t5', 60_506_624, undef, 'transformers, t5-small'],
    ['vit_b_16', 86_567_656, '17.564', 'torchvision'],
    ['clip', 151_277_313, undef, 'OpenAI ViT-B/32'],
    ['mamba_block', 3_771_648, undef, 'a 24th of mamba-130m without embeddings and the last norm'],
    ['dit_block', 23_905_152, undef, 'a block of DiT-XL/2 in PyTorch'],
    ['simsiam', 38_199_360, undef, 'facebookresearch/simsiam in PyTorch'],
    ['byol', 35_059_264, undef, 'Grill et al. 2020, ResNet-50, sums over the layers'],
    ['vqvae', 695_491, undef, 'the layers of Sonnet in PyTorch'],
    ['lora', 98_304, undef, 'Hu et al. 2022, rank 4 at 12288 features'],
    ['gnn', 23_063, undef, 'GCN on Cora, 16 hidden features'],
    ['vae', 652_824, undef, 'PyTorch example'],
    ['detr', 41_524_768, undef, 'facebookresearch/detr, detr_resnet50'],
    ['yolo', 61_949_149, undef, 'YOLOv3 on COCO, without running statistics'],
    ['unet', 31_030_658, undef, 'Ronneberger et al. 2015, valid convolutions'],
);

for my $row (@known) {
    my ($name, $params, $macs, $source) = @$row;
    my ($spec) = grep { -e } "examples/$name.yaml", "tests/golden/$name.yaml";
    my @lines = split /\n/, scalar qx($program summary --format=tsv $spec);
    my ($total, undef, undef, $got_params, $got_macs) = split /\t/, $lines[-1] // '';
    is($got_params, $params, "$name: parameters ($source)");
    next unless defined $macs;
    if ($macs < 1000) {
        my $places = length($macs =~ s/.*\.//r);
        is(sprintf("%.${places}f", $got_macs / 1e9), $macs, "$name: MACs in 10^9");
    } else {
        is($got_macs, $macs, "$name: MACs");
    }
}

my @unet = split /\n/, scalar qx($program summary --format=tsv examples/unet.yaml);
like((grep { !/^total/ } @unet)[-1], qr/\b2x388x388\b/, 'unet: 572 in, 388 out');
done_testing();
