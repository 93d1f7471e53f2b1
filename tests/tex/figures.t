#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Measures every example as typeset: in three engines, the common paper fonts and three label sizes, at the widths of a column and
# of a page. What is measured: the figure's width, words and labels that overlap, leave their box or the page, touch an edge, edges
# that run through boxes, and the smallest text. One row a setting in the table at the end.
# FIGURES="vgg16 unet" and SETTINGS=regex narrow it down.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Path qw(make_path);
use Test::More;

my $build = abs_path($ENV{BUILD} // 'build');
my $root = abs_path('.');
my @figures = split ' ', $ENV{FIGURES} // join ' ', map { s{.*/}{}r =~ s/\.yaml$//r } sort glob 'examples/*.yaml';
my @widths = ('252pt', '516pt');
my @sizes = (7, 8, 10);
my $smallest_wanted = 7;

my %legacy = (
    cm => '',
    times => '\usepackage{mathptmx}',
    palatino => '\usepackage{mathpazo}',
    bookman => '\usepackage{bookman}',
    helvetica => '\usepackage[scaled]{helvet}\renewcommand\familydefault{\sfdefault}',
);
my %modern = (
    termes => '\usepackage{fontspec}\setmainfont{TeX Gyre Termes}',
    pagella => '\usepackage{fontspec}\setmainfont{TeX Gyre Pagella}',
);

my @settings;
for my $engine ('pdflatex', 'lualatex', 'xelatex') {
    my %fonts = $engine eq 'pdflatex' ? %legacy : (%legacy, %modern);
    for my $font (sort keys %fonts) {
        push @settings, { name => "$engine-$font-$_", engine => $engine, font => $fonts{$font}, size => $_ } for @sizes;
    }
}
@settings = grep { $_->{name} =~ /$ENV{SETTINGS}/ } @settings if $ENV{SETTINGS};

sub put {
    my ($path, $content) = @_;
    open my $file, '>:raw', $path or die "$path: $!";
    print $file $content;
    close $file;
}

sub lines_of {
    my ($path) = @_;
    open my $file, '<:raw', $path or return ();
    my @lines = <$file>;
    chomp @lines;
    return @lines;
}

# One document, each figure on a page of exactly its size.
sub document {
    my ($setting) = @_;
    my $leading = 1.2 * $setting->{size};
    my $pages = join '', map { my $figure = $_; map { "\\measured{$figure}{$_}\n" } @widths } @figures;
    return <<"TEX";
\\documentclass{article}
$setting->{font}
\\usepackage{netikz}
\\netikzset{debug=boxes, smallest text=${smallest_wanted}pt, label font=\\fontsize{$setting->{size}}{$leading}\\selectfont}
\\hoffset=-1in \\voffset=-1in
\\ifdefined\\pagewidth\\let\\netikzpagewidth\\pagewidth\\let\\netikzpageheight\\pageheight
\\else\\let\\netikzpagewidth\\pdfpagewidth\\let\\netikzpageheight\\pdfpageheight\\fi
\\begin{document}
\\makeatletter
\\def\\measured#1#2{%
  \\typeout{FIGURE #1 #2}%
  \\nk\@debug\@write{FIGURE #1 #2}%
  \\setbox0\\hbox{\\netikzset{width=#2}\\input{$build/figures/#1.tikz}\\unskip}%
  \\typeout{SIZE \\the\\wd0\\space\\the\\dimexpr\\ht0+\\dp0}%
  \\netikzpagewidth=\\wd0 \\netikzpageheight=\\dimexpr\\ht0+\\dp0\\relax
  \\shipout\\vbox{\\box0}}
$pages\\end{document}
TEX
}

# ---- geometry ----

# How far two rectangles [x0 y0 x1 y1] overlap in both directions; 0 where they do not.
sub overlap {
    my ($a, $b) = @_;
    my $x = ($a->[2] < $b->[2] ? $a->[2] : $b->[2]) - ($a->[0] > $b->[0] ? $a->[0] : $b->[0]);
    my $y = ($a->[3] < $b->[3] ? $a->[3] : $b->[3]) - ($a->[1] > $b->[1] ? $a->[1] : $b->[1]);
    return $x <= 0 || $y <= 0 ? 0 : $x < $y ? $x : $y;
}

# A segment as a rectangle; only those along an axis are looked at (oblique ones are drawn in straight and smooth edges).
sub segment_box {
    my ($s) = @_;
    my ($x0, $x1) = $s->[0] < $s->[2] ? @$s[0, 2] : @$s[2, 0];
    my ($y0, $y1) = $s->[1] < $s->[3] ? @$s[1, 3] : @$s[3, 1];
    return if $x1 - $x0 > 0.1 && $y1 - $y0 > 0.1;
    return [$x0 - 0.2, $y0 - 0.2, $x1 + 0.2, $y1 + 0.2];
}

# Shrinks a rectangle on all sides.
sub shrunk {
    my ($r, $by) = @_;
    return [$r->[0] + $by, $r->[1] + $by, $r->[2] - $by, $r->[3] - $by];
}

# ---- what the package says it drew ----

# Figure → { box => [[name, rectangle] …], label => …, edge => … }
sub dump_of {
    my ($path) = @_;
    my (%dump, $now);
    my $panel = ''; # names in a panel begin with its name
    for (lines_of($path)) {
        if (/^FIGURE (\S+) (\S+)/) { $now = $dump{"$1 $2"} = { box => [], label => [], edge => [] }; $panel = ''; next }
        my ($kind, $name, @r) = /^(\w+) (.*) (\S+) (\S+) (\S+) (\S+)$/ or next;
        if ($kind eq 'panel') { $panel = $name eq '-' ? '' : "$name-"; next }
        $kind = 'box' if $kind eq 'circle';
        $name = $kind eq 'edge' ? join '>', map { "$panel$_" } split />/, $name, 2 : $kind eq 'label' ? $name =~ s/^(n:)?/($1 \/\/ '') . $panel/er : "$panel$name"
            if length $panel;
        $now->{framed}{$name} = 1 if $now && $kind eq 'frame';
        push @{ $now->{$kind} }, [$name, \@r] if $now;
    }
    return \%dump;
}

# Whether something lies in a ghost: what is faded there may be written over.
sub is_faded {
    my ($dump, $r) = @_;
    return grep { overlap($_->[1], $r) > 0 } @{ $dump->{ghost} // [] };
}

# Complaints about one figure's dump.
sub complaints {
    my ($figure, $dump) = @_;
    my @bad;
    my @labels = grep { !is_faded($dump, $_->[1]) } @{ $dump->{label} };
    my %box = map { $_->[0] => $_->[1] } @{ $dump->{box} };
    for my $i (0 .. $#labels) {
        for my $j ($i + 1 .. $#labels) {
            push @bad, "labels $labels[$i][0] and $labels[$j][0] overlap"
                if overlap(shrunk($labels[$i][1], 0.05), shrunk($labels[$j][1], 0.05)) > 0;
        }
        my ($node) = $labels[$i][0] =~ /^n:(.*?)(?:[.:]\w+)?$/ or next;
        my $room = $box{$node} or next;
        my $l = $labels[$i][1];
        push @bad, "label of $node leaves its box"
            if $l->[0] < $room->[0] - 0.01 || $l->[2] > $room->[2] + 0.01 || $l->[1] < $room->[1] - 0.01 || $l->[3] > $room->[3] + 0.01;
    }
    my @segments = map { my $r = segment_box($_->[1]); $r ? [$_->[0], $r] : () } @{ $dump->{edge} };
    for my $label (@labels) {
        for my $segment (@segments) {
            push @bad, "edge $segment->[0] touches label $label->[0]" if overlap($label->[1], $segment->[1]) > 0;
        }
    }
    for my $segment (@segments) {
        my ($from, $to) = split />/, $segment->[0];
        for my $box (@{ $dump->{box} }) {
            next if $box->[0] eq ($from // '') || $box->[0] eq ($to // '') || $box->[0] =~ /-(right|top)$/ || $dump->{solids};
            next if $dump->{framed}{ $box->[0] };
            push @bad, "edge $segment->[0] runs through $box->[0]" if overlap(shrunk($box->[1], 0.3), $segment->[1]) > 0;
        }
    }
    return map { "$figure: $_" } @bad;
}

# ---- what is in the PDF ----

# Whether `b` is an index that its font tucks under the letter `a`: smaller, and beginning in the last part of it.
sub is_tucked {
    my ($a, $b) = @_;
    return $b->[3] - $b->[1] < 0.85 * ($a->[3] - $a->[1]) && $b->[0] > $a->[2] - 0.35 * ($a->[2] - $a->[0]);
}

# A rectangle of the page, in its points from the top, in the figure's own coordinates.
sub on_page {
    my ($dump, $r) = @_;
    my $picture = ($dump->{picture} // [])->[0] or return $r;
    my ($left, $top) = @{ $picture->[1] }[0, 3];
    my @p = map { $_ * 72.27 / 72 } @$r;
    return [$left + $p[0], $top - $p[3], $left + $p[2], $top - $p[1]];
}

# Complaints about the words of each page: outside the page, or over each other.
sub word_complaints {
    my ($pdf, $pages, $dumps) = @_;
    my (@bad, $page, $width, $height, @words);
    my $number = -1;
    my $check = sub {
        for my $i (0 .. $#words) {
            my ($text, $r) = @{ $words[$i] };
            push @bad, "$pages->[$number]: `$text` leaves the page"
                if $r->[0] < -0.5 || $r->[2] > $width + 0.5 || $r->[1] < -0.5 || $r->[3] > $height + 0.5;
            for my $j ($i + 1 .. $#words) {
                push @bad, "$pages->[$number]: `$text` and `$words[$j][0]` overlap"
                    if overlap($r, $words[$j][1]) > 0.3 && !is_tucked($r, $words[$j][1]);
            }
        }
        @words = ();
    };
    for (qx(pdftotext -bbox '$pdf' -)) {
        if (/<page width="([\d.]+)" height="([\d.]+)"/) { ($width, $height) = ($1, $2); $number++ }
        if (/<word xMin="(\S+)" yMin="(\S+)" xMax="(\S+)" yMax="(\S+)">(.*)<\/word>/) {
            # poppler's box reaches from the font's ascent to its descent: the glyphs stand in its middle
            my $slack = 0.28 * ($4 - $2);
            my $r = [$1, $2 + $slack, $3, $4 - $slack];
            push @words, [$5, $r] unless is_faded($dumps->{ $pages->[$number] }, on_page($dumps->{ $pages->[$number] }, $r));
        }
        $check->() if /<\/page>/;
    }
    return @bad;
}

# Whether a text is an index or exponent: it begins where a larger one ends, or where another index of it does.
sub is_index {
    my ($text, $before) = @_;
    for my $other (@$before) {
        my $touches = abs($other->{left} + $other->{width} - $text->{left}) < 0.3 * $text->{size}
            && $other->{top} < $text->{top} + $text->{height} && $text->{top} < $other->{top} + $other->{height};
        return 1 if $touches && ($other->{size} > 1.15 * $text->{size} || $other->{index});
    }
    return 0;
}

# The smallest type in the PDF in TeX points, to a third of a point; indices and exponents are left out.
sub smallest_text {
    my ($pdf) = @_;
    my (%size, $least, @page);
    for (qx(pdftohtml -xml -zoom 3 -i -stdout '$pdf' 2>/dev/null)) {
        @page = () if /<page /;
        $size{$1} = $2 if /<fontspec id="(\d+)" size="(\d+)"/;
        my ($top, $left, $width, $height, $font, $text) =
            /<text top="(-?\d+)" left="(-?\d+)" width="(-?\d+)" height="(-?\d+)" font="(\d+)">(.*)<\/text>/ or next;
        my $here = { top => $top, left => $left, width => $width, height => $height, size => $size{$font} };
        $here->{index} = is_index($here, \@page);
        push @page, $here;
        utf8::decode($text);
        $text =~ s/<[^>]*>//g;
        $text =~ s/&\w+;/x/g;
        my $points = $size{$font} / 3 * 72.27 / 72;
        $least = $points if !$here->{index} && $text =~ /\S.*\S/ && (!defined $least || $points < $least);
    }
    return $least // 0;
}

# ---- the run ----

sub measure {
    my ($setting) = @_;
    my $folder = "$build/figures/$setting->{name}";
    make_path($folder);
    put("$folder/main.tex", document($setting));
    my $log = qx(cd '$folder' && TEXINPUTS='$root/tex:' $setting->{engine} -interaction=nonstopmode -halt-on-error main.tex 2>&1);
    my $status = $?;
    my (@pages, %width, %warned, $now);
    for (lines_of("$folder/main.log")) {
        if (/^FIGURE (\S+ \S+)/) { $now = $1; push @pages, $now }
        $width{$now} = $1 if $now && /^SIZE (\S+?)pt/;
        $warned{$now} = 1 if $now && /^Package netikz Warning/;
    }
    my @bad = map { (/(\S+)pt$/ && abs($width{$_} // 0) && abs($width{$_} - $1) > 0.01 && !$warned{$_})
            ? "$_: is $width{$_} pt wide" : () } @pages;
    my $dump = dump_of("$folder/main.nkb");
    push @bad, map { "$_: nothing was dumped" } grep { !$dump->{$_} || !@{ $dump->{$_}{label} } || !@{ $dump->{$_}{box} } } @pages;
    push @bad, 'figures are missing' if @pages != @figures * @widths;
    for my $figure (sort keys %$dump) {
        my ($name) = split ' ', $figure;
        my $code = join "\n", lines_of("$build/figures/$name.tikz");
        $dump->{$figure}{solids} = $code =~ /view=tensors/;
        $dump->{$figure}{framed}{$_} = 1 for $code =~ /\\nkframe\{([^}]*)\}/g;
        push @bad, complaints($figure, $dump->{$figure}) unless $warned{$figure};
    }
    push @bad, grep { my ($f) = /^(\S+ \S+):/; !$warned{ $f // '' } } word_complaints("$folder/main.pdf", \@pages, $dump);
    return { status => $status, log => $log, bad => \@bad, warned => [sort keys %warned],
        smallest => smallest_text("$folder/main.pdf") };
}

make_path("$build/figures");
for my $figure (@figures) {
    is(system("$build/netikz", 'draw', "examples/$figure.yaml", '--force', '-o', "$build/figures/$figure.tikz"), 0, "draw $figure");
}

my $jobs = 2;
my @table;
my %running;
sub reap {
    my $pid = wait;
    return if $pid < 0 || !$running{$pid};
    my $setting = delete $running{$pid};
    my @report = lines_of("$build/figures/$setting->{name}/report");
    my ($status, $smallest, $warned) = split /\t/, shift(@report) // "1\t0\t";
    is($status, 0, "$setting->{name} typesets") or diag("see $build/figures/$setting->{name}/main.log");
    is(scalar @report, 0, "$setting->{name} is clean") or diag(join "\n", @report[0 .. ($#report < 14 ? $#report : 14)]);
    cmp_ok($smallest, '>=', $smallest_wanted - 0.34, "$setting->{name}: no text below $smallest_wanted pt");
    push @table, sprintf('%-24s %3d figures  %3d complaints  smallest text %4.1f pt  too narrow for: %s', $setting->{name},
        @figures * @widths, scalar @report, $smallest, $warned || '-');
}
for my $setting (@settings) {
    reap() while keys %running >= $jobs;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        my $result = measure($setting);
        put("$build/figures/$setting->{name}/report", join("\t", $result->{status}, $result->{smallest}, join(', ', @{ $result->{warned} })) .
            join('', map { "\n$_" } @{ $result->{bad} }) . "\n");
        require POSIX;
        POSIX::_exit(0);
    }
    $running{$pid} = $setting;
}
reap() while %running;
diag($_) for '', sort @table;
done_testing();
