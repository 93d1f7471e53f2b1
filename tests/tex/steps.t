#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Steps along the data: towers with walls between them are even each for itself, whatever stands beside them; a long title is shared out.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use TeXRun;
use Test::More;

my $top = workplace();

# Typesets a spec; where each box lies along the data: [begin, end] by its name.
sub boxes {
    my ($spec, $along) = @_;
    put('net.yaml', $spec);
    is(system("$program draw net.yaml -o net.tikz --force 2>/dev/null"), 0, 'drawn');
    put('n.tex', "\\documentclass{article}\n\\usepackage{amsmath,netikz}\n\\netikzset{debug=boxes}\n\\begin{document}\n\\input{net.tikz}\n\\end{document}\n");
    my ($status, $log) = tex('pdflatex', 'n.tex');
    is($status, 0, 'typeset') or diag($log =~ /^(! .*\n.*)/m);
    my %box;
    for (split /\n/, get('n.nkb')) {
        my ($kind, $name, $x0, $y0, $x1, $y1) = split;
        $box{$name} = $along eq 'x' ? [$x0, $x1] : [-$y1, -$y0] if $kind eq 'box' && defined $y1;
    }
    return \%box;
}

# The gaps between boxes that follow each other, in tenths of a point.
sub gaps {
    my ($box, @names) = @_;
    return map { sprintf '%.1f', $box->{ $names[$_ + 1] }[0] - $box->{ $names[$_] }[1] } 0 .. $#names - 1;
}

sub even {
    my ($text, @gaps) = @_;
    my ($least, $most) = (sort { $a <=> $b } @gaps)[0, -1];
    ok($most - $least < 0.2, "$text: @gaps");
}

my $towers = <<'YAML';
input: {x: 8, y: 8}
layers:
  - {fc: 8, from: x, name: a1}
  - {fc: 8, name: a2, label: 'high\\higher\\highest'}
  - {fc: 8, name: a3}
  - {fc: 8, name: a4}
  - {fc: 8, from: y, name: b1}
  - {fc: 8, name: b2}
  - {fc: 8, name: b3}
  - {add: a4, name: sum}
  - {fc: 8, name: c}
YAML
my $box = boxes($towers, 'y');
even('the tower with a high box', gaps($box, qw(a1 a2 a3 a4)));
even('the tower beside it', gaps($box, qw(b1 b2 b3)));

my $late = <<'YAML';
input: {x: Tx8, y: Sx8}
layers:
  - {linear: 8, from: x, name: a1}
  - {linear: 8, name: a2}
  - {linear: 8, name: a3, label: 'high\\higher\\highest'}
  - {linear: 8, name: a4}
  - {linear: 8, from: y, name: b1}
  - {linear: 8, name: b2}
  - {attention: 2, from: [previous, a4], name: both}
YAML
$box = boxes($late, 'y');
even('what begins late ends at what reads it', gaps($box, qw(b1 b2 both)));
ok($box->{b1}[0] > $box->{a1}[1], 'and begins later than the drawing');

my $title = <<'YAML';
input: 8
layers:
  - group: a
    label: a very long title of a group that is narrow
    layers: [{fc: 8, label: f, name: f}, {fc: 8, label: g, name: g}, {fc: 8, label: h, name: h}]
figure: {view: graph, direction: right}
YAML
$box = boxes($title, 'x');
even('a long title', gaps($box, qw(a-f a-g a-h)));
done_testing();
