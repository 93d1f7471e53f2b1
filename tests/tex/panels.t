#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Panels: exact widths in all engines, names of nodes with the panel's before them, styles for single nodes, heights, what is too narrow.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use TeXRun;
use Test::More;

my $top = workplace();
my $panels = <<'TEX';
\nkpanelrow
\nkpanel{a}{view=graph, direction=down}{\nktitle{(a) One}\nkrank\nkbox{x}{conv}{1}{first}\nkrank\nkbox{y}{pool}{1}{second}\nkedge{x}{y}{}}
\nkpanel{b}{view=tensors}{\nktitle{\textbf{(b)} Two, (gpy)}\nksolid{x}{data}{100}{1000}{1000}\nkgap{3}\nksolid{y}{conv}{200}{500}{500}\nkedge{x}{y}{}}
\nkpanelbelow
\nkpanel{c}{view=text}{\nkwords{A paragraph that is longer than a line of this panel, so that it is broken.}}
\nkpanelrow
\nkpanel{d}{view=graph, direction=right, framed}{\nkrank\nkbox{x}{conv}{1}{inside}\nkrank\nkbox{y}{pool}{1}{other}\nkedge{x}{y}{}}
\nkpanel{e}{view=listing}{\nkline{one~line}\nkline{~~another}}
\nkzoom{a}{x}{d}\nkzoom[arrow]{a}{y}{d}
\nklegend{conv}{convolution}
TEX

sub figure { my ($keys, $more) = @_; "\\begin{netikz}[view=panels, $keys]\n$panels" . ($more // '') . '\end{netikz}' }
sub measured { my ($keys) = @_; "\\setbox0\\hbox{" . figure($keys) . "}\\typeout{SIZE \\the\\wd0\\space\\the\\dimexpr\\ht0+\\dp0}\\box0\\par\n" }

for my $engine (grep { has_tool($_) } 'pdflatex', 'lualatex', 'xelatex') {
    put('p.tex', "\\documentclass{article}\\usepackage{netikz}\\begin{document}\\noindent\n"
        . join('', map { measured($_) } 'width=400pt', 'width=300pt, align=center', 'width=350pt, height=320pt', '', 'width=60pt') . '\end{document}');
    my ($status, $log) = tex($engine, 'p.tex');
    is($status, 0, "$engine: no error") or diag($log =~ /^(! .*\n.*)/m);
    my @sizes = map { [/([\d.]+pt)/g] } $log =~ /^SIZE (.*)/mg;
    is($sizes[$_][0], qw(400.0pt 300.0pt 350.0pt)[$_], "$engine: width $_") for 0 .. 2;
    is($sizes[2][1], '320.0pt', "$engine: height");
    cmp_ok($sizes[3][0] =~ s/pt//r, '>', 100, "$engine: natural width");
    is(scalar(() = $log =~ /^Package netikz Warning/mg), 2, "$engine: a warning for each row that is too narrow, and no other") or diag($log =~ /^(Package netikz Warning.*\n.*)/mg);
    like($log, qr/needs [\d.]+ pt, but has 60\.0 pt/, "$engine: they say what is needed");
}

# Nodes of equal names in two panels; a style for one of them; a node for each panel.
put('n.tex', "\\documentclass{article}\\usepackage{netikz}\\begin{document}\\netikzset{debug=boxes, at a-y/.style={fill=red}}\n"
    . figure('width=400pt, name=p-', <<'TEX') . '\end{document}');
\path (p-a-x.center); \pgfgetlastxy\ax\ay \typeout{AX \ax,\ay}
\path (p-a-y.center); \pgfgetlastxy\bx\by \typeout{AY \bx,\by}
\path (p-d-x.center); \pgfgetlastxy\cx\cy \typeout{DX \cx,\cy}
\path (p-d.center); \pgfgetlastxy\dx\dy \typeout{D \dx,\dy}
\draw (p-a-x) -- (p-d-y);
TEX
my ($status, $log) = tex('pdflatex', 'n.tex');
is($status, 0, 'names: no error') or diag($log =~ /^(! .*\n.*)/m);
my %at = $log =~ /^(AX|AY|DX|D) (.*)/mg;
my ($panel, %record) = '';
for (split /\n/, get('n.nkb')) {
    my ($kind, $name, @r) = split;
    if ($kind eq 'panel') { $panel = $name; next }
    $record{"$panel $name"} = sprintf '%.1f,%.1f', ($r[0] + $r[2]) / 2, ($r[1] + $r[3]) / 2 if $kind eq 'box';
}
sub rounded { join ',', map { sprintf '%.1f', $_ } $_[0] =~ /(-?[\d.]+)pt/g }
is(rounded($at{AX}), $record{'a x'}, 'a node stands where the record says');
is(rounded($at{AY}), $record{'a y'}, '… one with a style of its own too');
is(rounded($at{DX}), $record{'d x'}, '… and one in a frame');
isnt($at{AX}, $at{DX}, 'equal names in two panels are two nodes');
ok(exists $at{D}, 'a panel is a node');

chdir '/';
done_testing();
