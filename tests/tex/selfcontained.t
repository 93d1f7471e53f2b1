#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Figures with the package inside: a document that loads only TikZ sets each of them, of every view, exactly as one that loads the
# package; it learns no command of the package, in no engine, and not with the active characters of a language.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use TeXRun;
use Test::More;

workplace();
# A figure of each view that there is, one with a theme, one with a width.
my @figures = ([lenet5 => ''], [lstm_bendersky => ''], [dropout => ''], [moniel => ''], [nnsvg_fcnn => ''], [tensorspace => ''],
    [resnet34 => '--width=252pt'], [unet => '--theme=grey'], [inception_fig5 => '--theme=safe --direction=right']);
for my $figure (@figures) {
    my ($name, $keys) = @$figure;
    is(system("$program draw $keys $root/examples/$name.yaml -o $name-package.tikz"), 0, "$name is drawn");
    is(system("$program draw --self-contained $keys $root/examples/$name.yaml -o $name.tikz"), 0, "$name is drawn with the package inside");
    like(get("$name.tikz"), qr/^% netikz format=1 .* opts=\S*self-contained /, "$name: the stamp says so");
}

my %languages = (pdflatex => '\usepackage[T1]{fontenc}\usepackage{lmodern}', lualatex => '', xelatex => '');
for my $engine (sort keys %languages) {
    my $document = sub {
        my ($packages, $suffix) = @_;
        my $boxes = join '', map { "\\setbox0\\hbox{x\\input{$_->[0]$suffix.tikz}\\unskip x}\\typeout{SIZE $_->[0] \\the\\wd0 \\the\\ht0 \\the\\dp0}\\copy0\\newpage\n" } @figures;
        return "\\documentclass{article}$languages{$engine}\\usepackage{$packages}\\begin{document}\n"
            . "\\def\\activate#1{\\begingroup\\lccode`\\~`#1\\lowercase{\\endgroup\\def~}{\\char`#1}\\catcode`#1 13 }"
            . "\\activate\\:\\activate\\;\\activate\\!\\activate\\?\\activate\\\"\\activate\\=\n" x ($suffix eq '')
            . $boxes
            . "\\expandafter\\ifx\\csname nk\@set\\endcsname\\relax\\else\\typeout{LEAK}\\fi\\expandafter\\ifx\\csname netikz\\endcsname\\relax\\else\\typeout{LEAK}\\fi\n"
            . "\\end{document}\n";
    };
    put('with.tex', $document->('netikz', '-package'));
    put('without.tex', $document->('tikz', ''));
    my ($status, $log) = do { local $ENV{TEXINPUTS} = '.:'; tex($engine, 'without') }; # neither package nor themes are to be found
    is($status, 0, "$engine: TikZ suffices");
    unlike($log, qr/^LEAK/m, "$engine: the document knows no command of the package");
    unlike($log, qr/^(?:Package netikz|LaTeX) Warning/m, "$engine: no warning");
    my (undef, $reference) = tex($engine, 'with');
    is_deeply([$log =~ /^SIZE .*/mg], [$reference =~ /^SIZE .*/mg], "$engine: the same sizes as with the package");
    is(scalar(() = $log =~ /^SIZE/mg), scalar @figures, "$engine: all of them");
}
done_testing();
