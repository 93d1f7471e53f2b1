#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Beamer: `reveal` makes one slide for each rank or solid, annotations work on all of them, a handout shows everything at once.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use TeXRun;
use Test::More;

plan skip_all => 'no beamer' unless has_file('beamer.cls');
my $top = workplace();
my $graph = <<'TEX';
\nkrank\nkbox{a}{conv}{1}{first}
\nkrank\nkbox{b}{pool}{1}{second}\nkout{out}
\nkrank\nkstack{s}{1}{\nkcell{conv}{third}\nkcell{activation}{last}}
\nkedge{a}{b}{}\nkedge{b}{s}{}
\draw[red] (s.north) -- +(0,.4);
TEX
my $tensors = <<'TEX';
\nksolid{x}{data}{100}{1000}{1000}\nkcaption{first}
\nkgap{3}\nksolid{y}{conv}{200}{500}{500}\nkcaption{second}
\nkgap{3}\nksolid{z}{dense}{50}{300}{300}\nkcaption{third}
\nkedge{x}{y}{}\nkedge{y}{z}{}\nkskip{x}{z}{1}
\draw[red] (z.north) -- +(0,.4);
TEX

my $panels = <<'TEX';
\nkpanelrow\nkpanel{p}{view=graph}{\nkrank\nkbox{a}{conv}{1}{first}}
\nkpanel{q}{view=graph}{\nkrank\nkbox{a}{pool}{1}{second}}
\nkpanel{r}{view=text}{\nkwords{third}}
\draw[red] (q-a.north) -- +(0,.4);
TEX

# Text of each page.
sub pages {
    my ($class, $keys, $body) = @_;
    put('slides.tex', "\\documentclass$class\\usepackage{netikz}\\begin{document}\\begin{frame}\n"
        . "\\begin{netikz}[$keys]\n$body\\end{netikz}\n\\end{frame}\\end{document}\n");
    my ($status, $log) = tex('pdflatex', 'slides.tex');
    is($status, 0, "$keys: no error") or diag($log =~ /^(! .*\n.*)/m);
    system('pdftotext', '-layout', 'slides.pdf', 'slides.txt');
    my @pages = split /\f/, get('slides.txt');
    s/\s+/ /g, s/^ | (?:\d+ )?$//g for @pages;
    return @pages;
}

my $slides = '{beamer}\setbeamertemplate{navigation symbols}{}';
is(scalar(my @whole = pages($slides, 'view=graph, direction=right', $graph)), 1, 'without the key: one slide');
for my $case (['view=graph', $graph, qr/first/, qr/second/, qr/third/], ['view=tensors', $tensors, qr/first/, qr/second/, qr/third/],
    ['view=panels', $panels, qr/first/, qr/second/, qr/third/]) {
    my ($view, $body, @words) = @$case;
    my @pages = pages($slides, "$view, reveal", $body);
    is(scalar @pages, 3, "$view: a slide for each step");
    for my $page (0 .. $#pages) {
        is(!!($pages[$page] =~ $words[$_]), $_ <= $page, "$view: slide $page, step $_") for 0 .. 2;
    }
    is(scalar(@pages = pages($slides, "$view, reveal=3", $body)), 5, "$view: reveal=3 begins on slide 3");
    unlike($pages[1], $words[0], "$view: … and shows nothing before");
    is(scalar(@pages = pages('[handout]' . $slides, "$view, reveal", $body)), 1, "$view: a handout has one page");
    like($pages[0], $words[2], "$view: … with everything");
}
chdir '/';
done_testing();
