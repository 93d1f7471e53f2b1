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

# Properties of a layer: beside a node they stand at its height, a tip leads there; values are broken where there is no room, words never.
my $node = '\nkpanelrow' . "\n" . '\nkpanel{a}{view=graph, direction=down}{' . join('', map { "\\nkrank\\nkbox{x$_}{conv}{1}{box $_}\n" } 1 .. 12) . '}'
    . '\nkpanel{b}{view=properties, framed, beside={a}{x8}}{\nkheading{x8}{Conv}\nkproperty{kernel}{$3\nktimes 3$}\nkspace\nkproperty{input}{$16\nktimes 55$ from somewhere}\nkheading{y}{ReLU}\nkproperty{MACs}{$\nknum{12345}$}}'
    . '\nkzoom[tip]{a}{x8}{b}';
put('f.tex', "\\documentclass{article}\\usepackage{netikz}\\begin{document}\\netikzset{debug=boxes}\n"
    . join('', map { "\\setbox0\\hbox{\\begin{netikz}[view=panels, width=$_]\n\\nktitle{All of it}$node\\end{netikz}}\\typeout{SIZE \\the\\wd0}\\box0\\par\n" } '200pt', '130pt') . '\end{document}');
($status, $log) = tex('pdflatex', 'f.tex');
is($status, 0, 'properties: no error') or diag($log =~ /^(! .*\n.*)/m);
is_deeply([$log =~ /^SIZE (.*)/mg], ['200.0pt', '130.0pt'], '… exact widths');
unlike($log, qr/Package netikz Warning/, '… the values are broken, and there is room');
my (@box, @panel, @leads, @title, @picture);
for (split /\n/, get('f.nkb')) {
    push @box, [(split)[2 .. 5]] if /^box x8 /;
    push @panel, [(split)[2 .. 5]] if /^panel b /;
    push @title, [(split)[2 .. 5]] if /^label title /;
    push @picture, [(split)[2 .. 5]] if /^picture panels /;
    push @leads, [(split)[2 .. 5]] if /^curve b>a-x8 /;
}
is(scalar(@title), 2, '… one title for the whole figure');
for my $i (0, 1) {
    cmp_ok(abs($title[$i][0] + $title[$i][2] - $picture[$i][0] - $picture[$i][2]), '<', 0.01, '… over its middle');
    my $middle = ($box[$i][1] + $box[$i][3]) / 2;
    cmp_ok(abs($leads[$i][1] - $middle), '<', 0.01, "… the line leads to the node's middle");
    cmp_ok(abs($leads[$i][2] - $box[$i][2]), '<', 0.01, '… and ends on its outline');
    cmp_ok($panel[$i][1], '<=', $middle, '… the panel stands at its height') && cmp_ok($panel[$i][3], '>=', $middle, '… on both sides');
}
cmp_ok(abs(($panel[0][1] + $panel[0][3]) / 2 - ($box[0][1] + $box[0][3]) / 2), '<', 0.01, '… with its middle, where the row goes that far');

chdir '/';
done_testing();
