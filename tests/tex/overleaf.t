#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# A paper where netikz does not exist: a folder with the paper, netikz.sty and two figures, as Overleaf and as arXiv compile it.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use TeXRun;
use Time::HiRes qw(time);
use Test::More;

plan skip_all => 'no latexmk' unless has_tool('latexmk');
my $top = workplace();
# Nothing of this machine: only the folder itself and TeX Live.
delete $ENV{TEXINPUTS};
delete $ENV{max_print_line};
$ENV{PATH} = join ':', grep { !-x "$_/netikz" } split /:/, $ENV{PATH};

sub paper {
    my ($folder, $figures) = @_;
    mkdir $folder;
    chdir $folder;
    put('netikz.sty', get("$root/tex/netikz.sty")) if $figures;
    my $body = '';
    for my $name ($figures ? qw(vgg16 inception_fig5) : ()) {
        system($program, 'draw', "$root/examples/$name.yaml", '-o', "$name.tikz") == 0 or die $name;
        $body .= "\\begin{figure}\\netikzinput[width=\\columnwidth]{$name.yaml}\\caption{A figure.}\\label{$name}\\end{figure}See \\ref{$name}.\n";
    }
    my $package = $figures ? '\usepackage{netikz}' : '\usepackage{tikz}';
    put('main.tex', "\\documentclass[twocolumn]{article}\n\\usepackage{mathptmx}\n$package\n\\begin{document}\nText.\n$body\\end{document}\n");
}

sub compile {
    my $begin = time;
    my $status = TeXRun::quietly('latexmk', '-cd', '-jobname=output', '-interaction=batchmode', '-f', '-pdf', "-pdflatex=pdflatex -shell-escape %O %S", 'main.tex');
    return ($status, time - $begin);
}

paper("$top/without", 0);
my (undef, $without) = compile();
paper("$top/overleaf", 1);
my ($status, $with) = compile();
my $log = get('output.log');
is($status, 0, 'latexmk is content');
ok(-s 'output.pdf', 'output.pdf');
is_deeply([$log =~ /^! .*/gm], [], 'no error');
is_deeply([$log =~ /netikz (?:Warning|Error).*/g], [], 'no warning of netikz');
unlike($log, qr/runsystem/, 'nothing is run');
unlike($log, qr/(LaTeX Warning: Reference|undefined)/, 'references are resolved');
cmp_ok($with - $without, '<', 8, 'fast enough for a free plan');
diag(sprintf 'latexmk: %.1f s with two figures, %.1f s without', $with, $without);

# The figures are old, and the models lie there too: the old figures, and what to do.
put("$_.yaml", get("$root/examples/$_.yaml") . "# changed\n") for qw(vgg16 inception_fig5);
unlink 'output.pdf';
($status) = compile();
$log = get('output.log');
ok(-s 'output.pdf', 'stale figures: output.pdf all the same');
like($log, qr/netikz draw "vgg16\.yaml" -o "vgg16\.tikz"/, '… and the command');

# A figure was not uploaded: a placeholder, and the help inside the message since nobody can press H.
unlink 'vgg16.tikz', 'vgg16.yaml', 'output.pdf';
compile();
$log = get('output.log');
ok(-s 'output.pdf', 'missing figure: output.pdf all the same');
like($log, qr/Error: There is no `vgg16\.tikz'\.\n.*Make it with\n.*netikz draw/s, '… and the help in the message');

# arXiv: the same flat folder, pdflatex alone, no shell; no hidden folder or file is needed.
paper("$top/arxiv", 1);
is_deeply([sort glob '{*,.[a-z]*}'], [qw(inception_fig5.tikz main.tex netikz.sty vgg16.tikz)], 'what is uploaded');
for (1, 2) {
    ($status, $log) = tex('pdflatex', 'main.tex', '-no-shell-escape');
    is($status, 0, "arXiv, run $_");
}
is_deeply([$log =~ /netikz Warning.*|^! .*/gm], [], 'arXiv: nothing to complain');
chdir '/';
done_testing();
