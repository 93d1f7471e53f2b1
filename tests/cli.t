#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# The command line: commands, exit status, what is written where, what is left alone.
use strict;
use warnings;
use Cwd qw(getcwd);
use File::Temp qw(tempdir);
use Test::More;

our $program = ($ENV{BUILD} // 'build') . '/netikz';
my $folder = tempdir(CLEANUP => 1);
my $spec = "$folder/net.yaml";

sub put {
    my ($path, $content) = @_;
    open my $file, '>:raw', $path or die "$path: $!";
    print $file $content;
    close $file;
}

sub get {
    my ($path) = @_;
    open my $file, '<:raw', $path or return;
    local $/;
    return scalar <$file>;
}

# Runs the program; status and both outputs together.
sub run {
    my (@arguments) = @_;
    my $output = qx($program @arguments 2>&1);
    return ($? >> 8, $output);
}

put($spec, "input: 1x8x8\nlayers:\n  - 3x3 conv, 4\n  - fc: 2\n");

my ($status, $output) = run('--version');
is($status, 0, '--version');
like($output, qr/^netikz \d+\.\d+\.\d+$/, 'prints the version');

($status, $output) = run('--help');
is($status, 0, '--help');
like($output, qr/--$_\b/, "help tells of --$_") for qw(output from format width view theme raw-tex);

($status, $output) = run('list', $_), is($status, 0, "list $_"), cmp_ok(length $output, '>', 5, "list $_ says something")
    for qw(ops views themes formats keys schema man bash zsh fish);

($status, $output) = run($spec);
is($status, 0, 'a model alone is drawn');
like($output, qr/^% netikz format=1 tool=\S+ source=net\.yaml md5=[0-9A-F]{32} deps=- opts=- body=[0-9A-F]{32}$/m, 'stamp');
is((run('draw', '-', '--from=spec', "<$spec"))[0], 0, 'standard input');
is((run('--standalone', $spec))[1] =~ /\\documentclass/ ? 1 : 0, 1, '--standalone writes a document');

for my $case (
    [2, ''],
    [2, '--nonsense', $spec],
    [2, '--view=nonsense', $spec],
    [2, 'summary', '--width=3cm', $spec],
    [2, 'check', '--output=x', $spec],
    [2, 'list', 'nonsense'],
    [2, 'draw', $spec, $spec],
    [2, 'pdf', $spec],
    [2, 'pdf', $spec, '-o', "$folder/x.doc"],
    [2, '--figure=nonsense', $spec],
    [3, "$folder/missing.yaml"],
    [3, $folder],
    [3, $spec, '-o', "$folder/no/such/folder/x.tikz"],
    [1, 'check', '/dev/null'],
) {
    my ($expected, @arguments) = @$case;
    ($status, $output) = run(@arguments);
    is($status, $expected, "status of: @arguments");
    like($output, qr/error: \S/, '… with a message');
}

# Writing: whole or not at all; edited files are left alone.
my $out = "$folder/net.tikz";
is((run($spec, '-o', $out))[0], 0, '-o');
my $fresh = get($out);
is((run($spec, '-o', $out))[0], 0, 'again over its own file');
put($out, $fresh . "% edited\n");
($status, $output) = run($spec, '-o', $out);
is($status, 3, 'an edited file is not overwritten');
like($output, qr/edited by hand.*--force/s, '… and the message says how to');
is(get($out), $fresh . "% edited\n", '… and it is as it was');
is((run($spec, '-o', $out, '--force'))[0], 0, '--force');
is(get($out), $fresh, '… writes it anew');
put($spec, "input: 1x8x8\nlayers:\n  - 3x3 konv, 4\n");
is((run($spec, '-o', $out))[0], 1, 'a broken spec');
is(get($out), $fresh, '… leaves the file as it was');
is_deeply([sort map { s{.*/}{}r } glob "$folder/*"], ['net.tikz', 'net.yaml'], 'no temporary file is left');

# As TeX runs it: plain names under the current folder, no work of an author's is overwritten, messages in a file.
{
    my $tex = sub { my ($status, $output) = run(@_); return "$status: $output" };
    my $program_here = $program =~ m{^/} ? $program : getcwd() . "/$program";
    my $before = getcwd();
    local $program = $program_here;
    chdir $folder or die;
    put('ok.yaml', "input: 1x8x8\nlayers:\n  - 3x3 conv, 4\n");
    like($tex->('--tex', 'ok.yaml', '-o', 'ok.tikz'), qr/^0: $/, '--tex');
    mkdir 'sub';
    symlink '/', 'link';
    like($tex->('--tex', 'ok.yaml', '-o', $_), qr/^2: .*--tex refuses/, "--tex refuses -o $_")
        for '../x.tikz', 'sub/../x.tikz', "$folder/x.tikz", '.x.tikz', 'sub/.x.tikz', 'sub/-x.tikz', 'sub//x.tikz', 'x.tex', '.tikz', 'link/x.tikz';
    like($tex->('--tex', $_, '-o', 'x.tikz'), qr/^2: .*--tex refuses/, "--tex refuses $_") for '/etc/passwd', '../x.yaml', '-', '.x.yaml';
    like($tex->('--tex', 'ok.yaml'), qr/^2: .*-o FILE/, '--tex needs -o');
    like($tex->('--tex', $_, 'ok.yaml', '-o', 'x.tikz'), qr/^2: .*does not go/, "--tex and $_") for '--force', '--raw-tex', '--standalone', '--self-contained';
    put('mine.tikz', "\\draw (0,0);\n");
    like($tex->('--tex', 'ok.yaml', '-o', 'mine.tikz'), qr/^2: .*did not write it/, '--tex leaves an own file alone');
    is(get('mine.tikz'), "\\draw (0,0);\n", '… as it was');
    put('bad.yaml', "input: 1x8x8\nlayers:\n  - 3x3 konv, \xff\n");
    like($tex->('--tex', 'bad.yaml', '-o', 'ok.tikz'), qr/^1: bad\.yaml:3/, '--tex with a broken model');
    like(get('ok.tikz.err'), qr/^netikz message md5=[0-9A-F]{32} edited=0\nbad\.yaml:3/, '… leaves a message');
    my $message = get('ok.tikz.err');
    ok(utf8::decode($message), '… in UTF-8');
    like($tex->('--tex', 'ok.yaml', '-o', 'ok.tikz'), qr/^0: $/, '… and a good one');
    ok(!-e 'ok.tikz.err', '… removes it');
    symlink $program, 'rnetikz';
    {
        local $program = './rnetikz';
        like($tex->('ok.yaml', '-o', 'ok.tikz'), qr/^0: $/, 'rnetikz draws');
        like($tex->('ok.yaml', '-o', '../x.tikz'), qr/^2: .*--tex refuses/, 'rnetikz is as with --tex');
        like($tex->(@$_), qr/^2: .*does not go/, "rnetikz @$_") for ['--force', 'ok.yaml', '-o', 'ok.tikz'], ['pdf', 'ok.yaml', '-o', 'ok.pdf'],
            ['summary', 'ok.yaml', '-o', 'ok.tikz'], ['check', 'ok.yaml'], ['list', 'ops'];
    }
    put('ok.tikz', get('ok.tikz') . "% edited\n");
    like($tex->('--tex', 'ok.yaml', '-o', 'ok.tikz'), qr/^3: .*edited by hand/, '--tex leaves an edited file alone');
    like(get('ok.tikz.err'), qr/ edited=1\n/, '… and says so in the message');
    chdir $before;
}

# Each of several figures is checked, and drawn by its name.
put($spec, "input: 1x8x8\nlayers:\n  - 3x3 conv, 4\nfigures:\n  a: {view: graph}\n  b: {view: graph, kernels: yes}\n");
like((run('check', $spec))[1], qr/net\.yaml:6:.*`kernels` has no effect/, 'check looks at the second figure');
like((run('--figure=b', $spec))[1], qr/opts=figure=b/, 'a figure by its name');

# One of several networks is chosen for figures, tables and checks.
put($spec, "networks:\n  a: {input: 8, layers: [fc 4]}\n  b: {input: 1x8x8, layers: [\"3x3 conv, 4\"], figure: {view: graph, kernels: yes}}\n");
like((run($spec))[1], qr/nkbox\{fc1\}/, 'without a choice the first network is drawn');
like((run('--network=b', $spec))[1], qr/opts=network=b.*nkbox\{conv1\}/s, 'a network by its name');
like((run('--figure=b', $spec))[1], qr/nkbox\{conv1\}/, 'its drawing has the same name');
is((run('summary', '--format=tsv', '--network=a', $spec))[1], "name\top\toutput\tparams\tmacs\na/fc1\tfc\t4\t36\t32\ntotal\t-\t-\t36\t32\n", 'a table of one network');
like((run('check', $spec))[1], qr/`kernels` has no effect/, 'check looks at all networks');
is((run('check', '--network=a', $spec))[1], '', 'check of one network');
is((run('summary', '--network=c', $spec))[0], 2, 'a network that is not there');
is((run('--network=a', '--figure=b', $spec))[0], 2, 'a figure of another network');

# A key that the view does not look at is not ignored in silence.
put($spec, "input: 1x8x8\nlayers:\n  - 3x3 conv, 4\n");
like((run('--explicit', $spec))[1], qr/opts=explicit=yes /, 'a switch alone is yes and takes no model');
like((run($spec, '--explicit'))[1], qr/opts=explicit=yes /, 'also at the end');
like((run('--fold', '--explicit', 'no', $spec))[1], qr/opts=fold=yes,explicit=no /, 'its value may be the next word');
like((run('--explicit', 'off', $spec))[1], qr/opts=explicit=(?:no|off) /, 'in any of its spellings');
is((run('--explicit', 'perhaps', $spec))[0], 2, 'another word is the model');
is((run('--explicit=perhaps', $spec))[0], 2, 'a value that it does not take');
like((run('--view=graph', '--kernels=yes', $spec))[1], qr/`kernels` has no effect in view graph/, 'idle key');
unlike((run('--view=tensors', '--kernels=yes', $spec))[1], qr/no effect/, 'key at work');

put($spec, "input: {x: {shape: T, cells: [a, {b: [c, left]}]}}\nlayers:\n  - embedding: 10, 8\n  - linear: 4\n");
like((run($spec))[1], qr/net\.yaml:1:.*names beside cells are shown on a grid alone/, 'names beside cells need a grid');
like((run('--view=units', $spec))[1], qr/net\.yaml:1:.*`cells` has no effect in view units/, 'cells are for view graph');
put($spec, "input: 3x8x8\nlayers: [\"3x3 conv, 4\"]\nfigure:\n  panels:\n    - {view: tensors, scale: linear, scale_note: bar}\n");
my $panels = (run('draw', $spec))[1];
like($panels, qr/net\.yaml:5:.*no scale bars/, 'panels have no scale bars');
unlike($panels, qr/nkscale/, '… and none is written');
like($panels, qr/resolution linear/, '… words in their place');
put($spec, "input: {x: {shape: T, cells: [a, b]}}\nlayers:\n  - embedding: 10, 8\n  - linear: 4\nfigures:\n  a: {view: graph}\n  b: {view: units}\n");
is((run('check', $spec))[1], '', 'cells are shown in one of two figures');

# Merge conflicts and Git LFS pointers are told as what they are.
put($spec, "<<<<<<< HEAD\ninput: 1\n");
like((run('check', $spec))[1], qr/merge conflict/, 'merge conflict');
put($spec, "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
like((run('check', $spec))[1], qr/Git LFS pointer/, 'Git LFS pointer');
# Symbols of the input get numbers; texts for a paper.
put("$folder/symbols.yaml", "name: Net-2\ninput: Tx512\nlayers:\n  - attention: 8\n");
($status, $output) = run('summary', '--format=tsv', "$folder/symbols.yaml");
like($output, qr/^total\t-\t-\t1050624\t1024T\^2\+1048576T$/m, 'counts over a symbol');
($status, $output) = run('summary', '--format=tsv', '--set', 'T=128', "$folder/symbols.yaml");
like($output, qr/^attention1\tattention\t128x512\t1050624\t150994944$/m, '--set makes numbers of them');
($status, $output) = run('summary', '--format=tsv', '--set T=128 --set T=1', "$folder/symbols.yaml");
like($output, qr/\t1x512\t/, 'the last --set of a symbol holds');
($status, $output) = run('summary', '--format=tsv', '--set', 'H=32,W=32', 'tests/models/torch/traced.pt');
like($output, qr/^total\t-\t-\t3007\t349824$/m, '--set gives sizes to inputs of TorchScript');
($status, $output) = run('summary', '--set', 'S=128', "$folder/symbols.yaml");
is($status, 2, 'a symbol that the model has not');
like($output, qr/no size of the model has the symbol `S`/, 'is named');
($status, $output) = run('summary', '--set', 'T', "$folder/symbols.yaml");
is($status, 2, '--set without a number');
($status, $output) = run('summary', '--format=caption', '--set T=128', "$folder/symbols.yaml");
is($output, "Architecture of Net-2, from \$128\\times 512\$ to \$128\\times 512\$. It has 1 layer with weights, "
    . "1.1 million parameters, 151.0 million multiply-accumulates for one input.\n", 'a caption');
($status, $output) = run('summary', '--format=macros', "$folder/symbols.yaml");
like($output, qr/^\\newcommand\{\\netikzNetTwoParams\}\{1\\,050\\,624\}$/m, 'a command for a total');
like($output, qr/^\\newcommand\{\\netikzNetTwoMACs\}\{\$1\\,024T\^\{2\}\+1\\,048\\,576T\$\}$/m, 'over a symbol: mathematics');

# What a node reads beside what it works on enters from the side.
($status, $output) = run('draw', 'examples/transformer.yaml');
like($output, qr/^\\nkedge\{memory_1-ln2\}\{decoder1-attention2\}\{(?:[^}]*, )?in\}$/m, 'the memory enters the decoder from the side');
like($output, qr/^\\nkframe\{memory_1\}\{block\}\{encoder\}\{6\}$/m, 'a stack is drawn once, with its number');

# What a node of TensorFlow waits for is dotted, where everything is shown.
($status, $output) = run('draw', '--explicit', 'tests/models/tensorflow/frozen_text.pbtxt');
like($output, qr/^\\nkedge\[control\]\{pool\}\{out\}/m, 'a control input of TensorFlow is a dotted arrow');
($status, $output) = run('draw', 'tests/models/tensorflow/frozen_text.pbtxt');
unlike($output, qr/control/, 'but not where nobody asks for everything');

# What is known of a layer of a model file: beside its drawing.
($status, $output) = run('draw', 'tests/models/caffe/detector.prototxt', '--view=graph', '--properties=conv');
is($status, 0, 'properties of a layer of a model file');
like($output, qr/^\\nkpanel\{properties\}\{view=properties.*, beside=\{drawing\}\{conv\}/m, '… in a panel beside its box');
like($output, qr/\\nkheading\{conv\}\{Conv\}\n(?:.*\n)*?  \\nkproperty\{weights\}\{\$8\\nktimes 3\\nktimes 3\\nktimes 3\$\}/, '… with the shapes of what it has learnt');
($status, $output) = run('draw', 'tests/models/caffe/detector.prototxt', '--properties=convv');
is($status, 1, 'a layer that is not there');
like($output, qr/there is no layer `convv`\nhint: did you mean `conv`\?/, '… and one that is called nearly so');

# The key list of the package is that of the program, but for the keys that TeX itself understands.
my $package = do { local (@ARGV, $/) = 'tex/netikz.sty'; <> };
my ($list) = $package =~ /\\nk\@programkeys\{\\detokenize\{(.*?)\}\}/s;
my %handed = map { $_ => 1 } split /[,%\s]+/, $list;
my @keys = map { /^(\w+) / ? $1 : () } (run('list', 'keys'))[1] =~ /^\w+ .*$/mg;
ok(@keys > 20, 'the program lists its keys');
is_deeply([grep { !$handed{$_} && !/^(width|height|theme|name|label_font|align)$/ } @keys], [], '\netikzinput hands every key to the program');

done_testing();
