#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# `fit`: every example is drawn for a column, a page and a slide. What comes out is no larger than that, with nothing over its edge, or something is
# said about it; and what does not fit a column fits the page that is then advised. FIGURES="vgg16 unet" narrows it down.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use TeXRun;
use Test::More;

my @figures = split ' ', $ENV{FIGURES} // join ' ', map { s{.*/}{}r =~ s/\.yaml$//r } sort glob "$root/examples/*.yaml";
my %room = (column => [252, 650], page => [516, 680], slide => [364, 220]);
my $top = workplace();

sub draw {
    my ($name, $fit, $options) = @_;
    my $said = `'$program' draw '$root/examples/$name.yaml' --fit=$fit $options -o $name-$fit.tikz --force 2>&1`;
    is($? >> 8, 0, "$name: drawn for a $fit") or diag($said);
    return $said;
}

# All figures of one kind in one document: name → { size => [width, height], warnings => [ … ] }.
sub typeset {
    my ($fit) = @_;
    put("$fit.tex", "\\documentclass{article}\\usepackage{netikz}\\begin{document}\\makeatletter\n"
        . "\\def\\measured#1{\\typeout{FIGURE #1}\\setbox0\\hbox{\\input{#1-$fit.tikz}\\unskip}\\typeout{SIZE \\the\\wd0\\space\\space\\the\\dimexpr\\ht0+\\dp0\\relax}}\n"
        . join('', map { "\\measured{$_}\n" } @figures) . '\end{document}');
    my ($status, $log) = tex('pdflatex', "$fit.tex");
    is($status, 0, "$fit: no error") or diag($log =~ /^(! .*\n.*)/m);
    my (%of, $now);
    for (split /\n/, $log) {
        $now = $of{$1} = { warnings => [] } if /^FIGURE (\S+)/;
        $now->{size} = [$1, $2] if $now && /^SIZE ([\d.]+)pt *([\d.]+)pt/;
        push @{ $now->{warnings} }, $_ if $now && /^Package netikz Warning: (.*)/;
        $now->{advice} = 1 if $now && /^\(netikz\) +(?:A page has more room|Draw a part of it)/;
    }
    return \%of;
}

my (%drawn, %fits);
for my $fit (qw(page column slide)) {
    my %said = map { $_ => draw($_, $fit, '') } @figures;
    $drawn{$fit} = typeset($fit);
    my ($width, $height) = @{ $room{$fit} };
    for my $name (@figures) {
        my $it = $drawn{$fit}{$name} // {};
        my ($wide, $high) = @{ $it->{size} // [0, 0] };
        ok($wide > 0 && $high > 0, "$name: typeset for a $fit");
        $fits{$fit}{$name} = $wide <= $width + 0.05 && $high <= $height + 0.05 && !@{ $it->{warnings} // [] };
        next if $fits{$fit}{$name};
        ok($it->{advice}, "$name does not fit a $fit, and it is said what would help") or diag("$wide by $high\n", @{ $it->{warnings} // [] });
        ok($fit ne 'page' && $fits{page}{$name}, "… and on a page it does fit");
    }
}

# What it gives up, and that what is said is what is done.
sub chosen { my ($spec, $fit) = @_; put('s.yaml', $spec); return `'$program' draw s.yaml --fit=$fit -o s.tikz --force 2>&1` }
my $chain = "input: 3x64x64\nlayers:\n" . "  - 3x3 conv, 16, relu\n" x 30;
like(chosen("${chain}figure: {view: graph, direction: right, wrap: no, fold: no}\n", 'slide'), qr/in \d+ (?:rows|columns)/, 'direction and wrap give way');
like(get('s.tikz'), qr/\\nkcolumn/, '… to a drawing in several');
unlike(chosen("${chain}figure: {view: graph, direction: right, wrap: 6, fold: no}\n", 'page'), qr/data flow down/, 'what fits stays as its author has it');
like(chosen("input: 3x64x64\nblocks: {part: [" . join(', ', ('"3x3 conv, 16"') x 40) . "]}\nlayers: [part, {part: , times: 2}]\nfigure: {view: graph, depth: 1, fold: no}\n", 'slide'),
    qr/open to depth 0/, 'so does a depth');
like(chosen("input: 3x64x64\nlayers: [3x3 conv 8]\nfigure: {view: graph, width: 700pt, height: 900pt}\n", 'column') . get('s.tikz'), qr/width=252pt, max height=650pt/,
    'on the command line it stands for the size that the spec has');

chdir '/';
done_testing();
