#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Solids in oblique projection and in perspective: exact widths, labels that touch nothing, and lines that recede to one point.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use TeXRun;
use Test::More;

my $here = "$root/tests/tex";
workplace();
my @figures = map { m{solids-(.*)\.tex$} } sort glob "$here/solids-*.tex";
my %keys = (oblique => '', perspective => 'vanish=80, ');

sub page {
    my ($figure, $width, $keys) = @_;
    my $code = get("$here/solids-$figure.tex") =~ s/\[view=tensors/[${keys}view=tensors/gr;
    return "\\nobreak\\setbox0\\hbox{\\def\\figurewidth{$width}%\n$code\\unskip}\\typeout{SIZE \\the\\wd0}\\shipout\\copy0\n";
}

sub typeset {
    my ($name, @pages) = @_;
    put("$name.tex", "\\documentclass{article}\\usepackage{netikz}\\netikzset{debug=boxes, label font=\\fontsize{7}{8}\\selectfont}\\begin{document}\n"
        . join('', @pages) . '\end{document}');
    my ($status, $log) = tex('pdflatex', "$name.tex");
    is($status, 0, "$name: no error") or diag($log =~ /^(! .*\n.*)/m);
    return $log;
}

for my $projection (sort keys %keys) {
    for my $figure (grep { $_ ne 'keys' } @figures) {
        my $log = typeset("$figure-$projection", map { page($figure, $_, $keys{$projection}) } '345pt', '516pt');
        is(join(' ', $log =~ /^SIZE (.*)/mg), '345.0pt 516.0pt', "$figure, $projection: exactly as wide as asked");
        my $touching = `awk -f $here/solids-check.awk $figure-$projection.nkb`;
        is($touching, '', "$figure, $projection: labels touch nothing");
    }
}

# The two corners of each edge that recedes, from the record.
sub receding {
    my ($file) = @_;
    my (@front, @lines);
    for (split /\n/, get($file)) {
        my ($kind, $name, @r) = split;
        @front = @r if $kind eq 'box';
        push @lines, map { [@front[@$_], @r[@$_]] } [0, 1], [2, 1], [0, 3], [2, 3] if $kind eq 'back';
    }
    return @lines;
}

sub meeting {
    my ($p, $q) = @_;
    my ($ax, $ay, $bx, $by) = ($p->[2] - $p->[0], $p->[3] - $p->[1], $q->[2] - $q->[0], $q->[3] - $q->[1]);
    my $t = (($q->[0] - $p->[0]) * $by - ($q->[1] - $p->[1]) * $bx) / ($ax * $by - $ay * $bx);
    return ($p->[0] + $t * $ax, $p->[1] + $t * $ay);
}

# All edges of one row meet in one point, up to what rounding to 1 sp makes of short ones.
typeset('point', page('lenet', '516pt', $keys{perspective}));
my @lines = receding('point.nkb');
my ($x, $y) = meeting($lines[0], $lines[3]);
cmp_ok($x, '>', 516, 'the vanishing point lies to the right of the figure');
cmp_ok($y, '>', 100, 'and above it');
for my $line (@lines) {
    my ($ax, $ay, $bx, $by) = @$line;
    my $beside = abs(($bx - $ax) * ($y - $ay) - ($by - $ay) * ($x - $ax)) / sqrt(($bx - $ax) ** 2 + ($by - $ay) ** 2);
    cmp_ok($beside, '<', 0.3, "an edge at $ax leads to it") if sqrt(($bx - $ax) ** 2 + ($by - $ay) ** 2) > 1;
}

# Fronts are true to scale among each other, at one distance: 1000 and 400 units high.
typeset('scale', "\\begin{netikz}[view=tensors, width=300pt, vanish=90]\n\\nksolid{a}{conv}{200}{1000}{300}\\nksolid{b}{conv}{200}{400}{300}\\end{netikz}\n");
my %height = map { (split)[1] => (split)[5] - (split)[3] } grep { /^box [ab] / } split /\n/, get('scale.nkb');
cmp_ok(abs($height{b} / $height{a} - 0.4), '<', 0.001, 'fronts keep their proportions');

# A bar of 1000/4 units is a quarter as long as a front of 1000 is high, a third of a unit more is not lost.
typeset('bar', "\\begin{netikz}[view=tensors, width=300pt]\n\\nksolid{a}{conv}{200}{1000}{300}\\nksolid{b}{conv}{200}{400}{300}"
    . "\\nkscale{250}{1}{16 pixels}\\nkscale{1000}{3}{8 channels}\\end{netikz}\n");
my @record = map { [split] } split /\n/, get('bar.nkb');
my ($high) = map { $_->[5] - $_->[3] } grep { "@$_[0, 1]" eq 'box a' } @record;
my @bars = map { $_->[4] - $_->[2] } grep { $_->[0] eq 'swatch' } @record;
cmp_ok(abs($bars[0] - $high / 4), '<', 0.001, 'a bar is as long as it says');
cmp_ok(abs($bars[1] - $high / 3), '<', 0.001, 'also where that is no whole number of units');

done_testing;
