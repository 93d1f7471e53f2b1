#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Converted specs say what their model says: the same numbers and, of a spec, the same figure to the byte.
use strict;
use warnings;
use File::Basename qw(basename);
use File::Temp qw(tempdir);
use Test::More;

my $program = ($ENV{BUILD} // 'build') . '/netikz';
my $folder = tempdir(CLEANUP => 1);
my %said;

sub run {
    my ($command) = @_;
    my $output = qx($program $command 2>$folder/errors);
    return ($? >> 8, $output);
}

sub errors {
    open my $file, '<', "$folder/errors" or return '';
    local $/;
    return scalar <$file>;
}

# Converts a model; the path of the spec, or nothing after a failed test.
sub convert {
    my ($model) = @_;
    my $spec = "$folder/" . basename($model) . '.yaml';
    my ($status) = run("convert $model -o $spec");
    is($status, 0, "$model: converted") or diag(errors()), return;
    $said{$spec} = errors();
    return $spec;
}

# What the conversion that made a spec said.
sub errors_of_conversion {
    my ($spec) = @_;
    return $said{$spec} // '';
}

sub table {
    my ($model) = @_;
    return (run("summary --format=tsv $model"))[1];
}

sub total {
    my ($table) = @_;
    my ($last) = $table =~ /^(total\t.*)$/m;
    return $last // 'none';
}

# All of a figure but the line that says where it is from.
sub figure {
    my ($model) = @_;
    my ($status, $code) = run("draw --force $model");
    $code =~ s/\A%[^\n]*\n//;
    return $code;
}

# Spec to spec: every row of the table, every byte of the figure; a second conversion changes nothing.
my @specs = (glob('examples/*.yaml'), 'tests/golden/signs.yaml', 'tests/golden/frozen_training.yaml');
for my $model (@specs) {
    next if do { open my $file, '<', $model or die; local $/; <$file> =~ /^networks:/m };
    my $spec = convert($model) or next;
    is(table($spec), table($model), "$model: the same table");
    if (errors_of_conversion($spec) =~ /(panels|grid)/) {
        pass("$model: says that its $1 is left out");
    } else {
        is(figure($spec), figure($model), "$model: the same figure");
    }
    my ($status, $again) = run("convert $spec");
    my ($first) = do { open my $file, '<', $spec or die; local $/; <$file> };
    is($again =~ s/\A[^\n]*//r, $first =~ s/\A[^\n]*//r, "$model: converted twice is converted once");
}

# A model file: totals (of one sample, where the model fixes a batch) and the shape of what leaves.
my %batch = ('windows.onnx' => 2, 'train.meta' => 8, 'old.prototxt' => 10, 'segmenter.prototxt' => 2, 'siamese.prototxt' => 4, 'siamese.caffemodel' => 4);
my @refused = qw(bomb.onnx recursive.onnx only.weights.h5);
my @constant = qw(filled.pb filled_text.pbtxt); # their input is filled with numbers: it enters from nowhere
for my $model (glob('tests/models/*/*')) {
    my $name = basename($model);
    next if $name =~ /\.(tsv|md|py)$|^ORIGIN/ || grep { $_ eq $name } @refused;
    next if (run("summary $model"))[0];
    if (grep { $_ eq $name } @constant) {
        is((run("convert $model"))[0], 1, "$model: refused");
        like(errors(), qr/no data enter this network/, "$model: why");
        next;
    }
    my $spec = convert($model) or next;
    my (undef, undef, undef, $params, $macs) = split /\t/, total(table($model));
    $macs /= $batch{$name} if $batch{$name};
    is(total(table($spec)), "total\t-\t-\t$params\t$macs", "$model: the same totals");
    is((run("check $spec"))[0], 0, "$model: the spec can be drawn");
}

# The figure of a converted spec is that of its model, but for the names of nodes and what the comment says of inputs and outputs.
sub anonymous {
    my ($code) = @_;
    my (%known, $count);
    my $name = sub { $known{$_[0]} //= 'n' . ++$count };
    $code =~ s/\A(?:%[^\n]*\n)+//;
    $code =~ s/\n  alt=[^\n]*//;
    $code =~ s/(\\nk(?:text|box|stack|circle|gap|solid|bar|frame|open|close|pass|edge)(?:\[[^\]]*\])?)\{([\w-]+)\}(?:(?<=\})\{([\w-]+)\})?/
        my ($command, $first, $second) = ($1, $2, $3);
        $second = $name->($second) if defined $second && $command =~ m{edge};
        "$command\{" . $name->($first) . '}' . (defined $second ? "{$second}" : '')/ge;
    $code =~ s/(\\nkspan)(.*)/my ($command, $rest) = ($1, $2); $command . $rest =~ s{\{([\w-]+)\}}{'{' . ($known{$1} \/\/ $1) . '}'}ger/ge;
    return $code;
}

# NETIKZ_MODELS names a folder with exports of torchvision (tests/export/README.md); their figures come back too.
my @figures = map { glob("tests/models/*/$_") }
    qw(detector.prototxt oldest.prototxt lenet.h5 lenet.keras tfjs_cf.json tfjs_layers.json known-symbol.json encoder.onnx functions.onnx if.onnx
       stages.onnx tokens.onnx unet.onnx runs.txt);
push @figures, glob('tests/models/torchvision/*.onnx');
my @torchvision = qw(convnext_tiny deeplabv3_resnet50 densenet121 efficientnet_b0 efficientnet_v2_s encoder fcn_resnet50 googlenet gru inception_v3
                     lstm mnasnet1_0 mobilenet_v2 mobilenet_v3_large regnet_y_400mf resnet50 resnet152 resnext50_32x4d squeezenet1_1 swin_t transformer vit_b_16);
push @figures, map { ("$ENV{NETIKZ_MODELS}/$_.onnx", "$ENV{NETIKZ_MODELS}/$_.kept.onnx") } @torchvision if $ENV{NETIKZ_MODELS};
for my $model (@figures) {
    my $spec = convert($model) or next;
    is(anonymous(figure($spec)), anonymous(figure($model)), "$model: the same figure");
}

sub put {
    my ($path, $content) = @_;
    open my $file, '>:raw', $path or die "$path: $!";
    print $file $content;
    close $file;
}

# The text of a spec, without its comment.
sub spec_of {
    my ($content) = @_;
    put("$folder/net.yaml", $content);
    my ($status, $text) = run("convert $folder/net.yaml");
    is($status, 0, 'converted') or diag(errors());
    return $text =~ s/\A(#[^\n]*\n)*//r;
}

is(spec_of(<<'IN'), <<'OUT', 'what a person writes stays');
name: 'no'
input: {image: 3xHxW, words: [maxlen]}
blocks:
  unit(width, act=relu, stride=1):
    - residual:
        - 3x3 conv, width, /stride, bn, act
        - 3x3 conv, width, bn
layers:
  - unit: {width: 8, stride: 2}
    from: image
  - unit: 8, gelu
    times: 3
    name: deep
  - avgpool global
  - embedding: 10, 8
    from: words
    label: '50\% of $x$'
IN
name: 'no'
input:
  image: 3xHxW
  words: [maxlen]
blocks:
  unit(width, act=relu, stride=1):
    - residual:
        - 3x3 conv, width, /stride, bn, act
        - 3x3 conv, width, bn
layers:
  - unit: 8, stride=2
    from: image
  - unit: 8, act=gelu
    name: deep
    times: 3
  - avgpool global
  - embedding: 10, 8
    from: words
    label: '50\% of $x$'
OUT

# A constant index is carried over, and what two layers share in part is no reason to leave out a bias.
is((run("convert tests/models/onnx/picks.onnx"))[1] =~ s/\A(#[^\n]*\n)*//r, <<'OUT', 'an index, a shared bias');
name: picks
input:
  x: 3x8x8
layers:
  - 1x1 conv, 4
  - custom: conv
    out: 4x8x8
    params: 16
    macs: 1024
  - select -1, axis=2
  - select 2, axis=1
figure:
  brief: yes
OUT

# The batch goes wherever it stands: exporters put it second in attention and recurrent cells.
is((run("convert tests/models/onnx/encoder.onnx"))[1] =~ s/\A(#[^\n]*\n)*//r, <<'OUT', 'attention with the batch second');
name: encoder
input:
  x: 5x8
blocks:
  encoder_layer:
    - residual:
        - ln
        - attention 2
    - residual:
        - ln
        - linear 16, gelu
        - linear 8
layers:
  - encoder_layer:
    times: 3
figure:
  brief: yes
OUT
like((run("convert tests/models/onnx/recurrent.onnx"))[1], qr/^  - reshape: \{shape: \[time, 12\]\}\n  - gru 4\n/m, 'a cell with the batch second');

# What nothing feeds says so, in a spec and from a graph that says no more.
my $unfed = <<'SPEC';
input:
  image: 3x8x8
layers:
  - 3x3 conv, 4
  - custom: queries
    out: 10x16
    params: 160
    from: []
  - custom: probe
    from: [previous, conv1]
SPEC
is(spec_of($unfed), $unfed, 'a layer that reads nothing');
put("$folder/fed.dot", 'digraph { a [label="weights"]; a -> c; c [label="join"]; d -> c; }');
is((run("convert $folder/fed.dot"))[1] =~ s/\A(#[^\n]*\n)*//r, <<'OUT', 'boxes that nothing feeds');
layers:
  - custom: weights
    name: a
    from: []
  - custom: d
    from: []
  - custom: join
    from: [a, previous]
figure:
  brief: yes
OUT

# A clip between the constants 0 and 6.
like((run('convert tests/models/torchvision/mobilenet_v2.onnx'))[1], qr/^  - 3x3 conv, 32, \/2, bn, relu6\n/m, 'ReLU6 in ONNX');

# One layer of Darknet is a convolution without bias and its norm.
like((run('convert tests/models/darknet/tiny.cfg'))[1], qr/^  - 3x3 conv, 8, \/2, bn, leaky_relu\n/m, 'convolution and norm of Darknet');

# A linear layer that acts on the channels of a map.
put("$folder/net.yaml", "input: 4x8x8\nlayers:\n  - ln\n  - linear: {out: 6, axis: 0}\n");
is((run("summary --format=tsv $folder/net.yaml"))[1] =~ s/.*^(linear1[^\n]*).*/$1/msr, "linear1\tlinear\t6x8x8\t30\t1536", 'axis of a linear layer');

# The comment tells where it is from and what it comes to.
put("$folder/net.yaml", "input: 784\nlayers:\n  - fc: 1000, no bias\n");
my $whole = (run("convert $folder/net.yaml"))[1];
is($whole =~ s/[0-9A-F]{32}/SUM/r, <<'OUT', 'comment and totals');
# Converted from net.yaml by netikz, body=SUM
# 784,000 parameters, 784,000 multiply-accumulates.
input: 784
layers:
  - fc 1000, no bias
OUT

# Nothing that a person has written is overwritten.
sub get {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "$path: $!";
    local $/;
    return scalar <$file>;
}
put("$folder/out.yaml", '');
is((run("convert $folder/net.yaml -o $folder/out.yaml"))[0], 0, 'over an empty file');
is((run("convert $folder/net.yaml -o $folder/out.yaml"))[0], 0, '… over its own');
for my $other (get("$folder/out.yaml") . "# mine\n", "input: 3\nlayers:\n  - fc 2\n", "% netikz format=1\n") {
    put("$folder/out.yaml", $other);
    is((run("convert $folder/net.yaml -o $folder/out.yaml"))[0], 3, 'not over anything else');
    like(errors(), qr/not as `netikz convert` has written it.*--force/s, '… and the message says how to');
    is(get("$folder/out.yaml"), $other, '… and it is as it was');
}
is((run("convert --force $folder/net.yaml -o $folder/out.yaml"))[0], 0, '--force');
is(get("$folder/out.yaml"), $whole, '… writes it');
is((run("convert $folder/net.yaml -o $folder/net.yaml"))[0], 3, 'nor over the spec itself');
like((run("convert $folder/net.yaml --width=3cm"))[0], qr/^2$/, 'figure keys do not go with convert');
done_testing();
