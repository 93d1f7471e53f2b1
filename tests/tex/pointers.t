#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Tooltips and links: each node has its annotation in the PDF, with the numbers of the table; without the packages that they need the
# figure is the same and one warning says so; in SVG tooltips are titles.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use TeXRun;
use Test::More;

workplace();
put('net.yaml', <<'YAML');
input: 3x32x32
blocks:
  unit(c): [{residual: ["3x3 conv, c, relu", "3x3 conv, c"]}]
layers:
  - 3x3 conv, 8, relu
  - unit: 8
  - fc 10
  - custom: a<b>&"c"
figure: {view: graph, tooltips: yes, links: yes}
figures:
  whole: {depth: 0}
  inside: {only: unit1}
YAML
is(system("$program draw --figure=whole net.yaml -o whole.tikz && $program draw --figure=inside net.yaml -o inside.tikz"), 0, 'drawn');
my $nodes = () = get('whole.tikz') =~ /^\\nktip/mg;
is($nodes, 5, 'every node has its text');
like(get('whole.tikz'), qr/\\nktip\{conv1\}\{.*out 8, kernel 3x3; relu\. Output 8x32x32, 224 parameters, 221,184 multiply/, 'exact numbers');
like(get('whole.tikz'), qr/\\nktip\{unit1\}\{.*1,168 parameters/, 'sums for what is closed');
like(get('whole.tikz'), qr/\\nklink\{unit1\}\{unit\}/, 'a link to the definition');
like(get('inside.tikz'), qr/\\nktarget\{unit\}/, 'which is where the block is drawn alone');

my $plain = '\pdfcompresslevel=0 \pdfobjcompresslevel=0 ';
my %flat = (pdflatex => $plain, lualatex => '\pdfvariable compresslevel=0 \pdfvariable objcompresslevel=0 ', 
    xelatex => '\AtBeginDocument{\special{dvipdfmx:config z 0}\special{dvipdfmx:config C 0x40}}');
for my $engine (sort keys %flat) {
    put('point.tex', "\\documentclass{article}\\usepackage{netikz}\\usepackage{hyperref}\\usepackage{pdfcomment}$flat{$engine}\\begin{document}"
        . "\\input{whole.tikz}\\newpage\\input{inside.tikz}\\end{document}\n");
    tex($engine, 'point') for 1 .. 2;
    my ($status, $log) = tex($engine, 'point');
    is($status, 0, "$engine: typeset");
    unlike($log, qr/^(?:Package netikz|LaTeX) Warning: (?!Label)|has been referenced/m, "$engine: no warning");
    my $pdf = get('point.pdf');
    my $inside = () = get('inside.tikz') =~ /^\\nktip/mg;
    is(scalar(() = $pdf =~ m{/TU\s*[(<]}g), $nodes + $inside, "$engine: a tooltip for each node");
    is(scalar(() = $pdf =~ m{/Subtype\s*/Link}g), 1, "$engine: one link");
    like($pdf, qr{/Border\s*\[\s*0\s+0\s+0\s*\]}, "$engine: without a frame");
}
put('bare.tex', "\\documentclass{article}\\usepackage{netikz}\\begin{document}\\input{whole.tikz}\\input{inside.tikz}\\end{document}\n");
my ($status, $log) = tex('pdflatex', 'bare');
is($status, 0, 'typeset without these packages');
is(scalar(() = $log =~ /^Package netikz Warning/mg), 2, 'one warning for each package that is missing');
is(system("$program pdf --figure=whole net.yaml -o whole.svg"), 0, 'as SVG');
like(get('whole.svg'), qr{<title>conv1: conv, out 8.*</title>}, 'tooltips are titles');
unlike(get('whole.svg'), qr{<title>[^<]*["&][^<]*</title>}, 'no sign of XML in them');
done_testing();
