#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# The same paper in ten classes: figures are exactly as wide as asked, captions look as they did, and no macro of the class or of TikZ changes
# its meaning, neither by loading the package nor by a figure.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use TeXRun;
use Test::More;

my %classes = (
    'article' => [''],
    'IEEEtran' => ['journal'],
    'IEEEtran-one' => ['onecolumn'],
    'acmart' => ['sigconf,nonacm'],
    'llncs' => [''],
    'revtex4-2' => ['reprint,nofootinbib'],
    'elsarticle' => ['final,5p,times'],
    'scrartcl' => ['DIV=12'],
    'memoir' => [''],
    'beamer' => [''],
    'standalone' => ['varwidth'],
);
my @figures = qw(lenet5 inception_fig5);

my $top = workplace();
for my $name (@figures) {
    system($program, 'draw', "$root/examples/$name.yaml", '-o', "$name.tikz") == 0 or die $name;
}

# Short names that a package might take, and what classes are known to change.
my $watched = join ',', qw(caption @makecaption @caption @float end@float label ref section subsection title author maketitle @maketitle abstract
    endabstract figure endfigure table endtable footnote cite thebibliography footnotesize scriptsize small normalsize tiny textbf textit emph
    selectfont fill draw path node clip shade filldraw coordinate matrix scope endscope foreach color textcolor includegraphics rotatebox scalebox
    everypar parindent baselineskip columnwidth textwidth linewidth hsize hbox vbox par times name rank edge box circle text out note loop body
    abovecaptionskip belowcaptionskip floatsep textfloatsep intextsep fboxsep fboxrule unitlength tabcolsep arraycolsep centering raggedright
    input include @input @@input document enddocument item itemize enumerate tikzpicture endtikzpicture pgfpicture endpgfpicture tikzset pgfkeys
    pgfsyssoftpath@flushcurrentpath ifx ifdim newcommand def let the number and or not at in to frame endframe block endblock only uncover visible);

sub document {
    my ($class, $options) = @_;
    my $standalone = $class eq 'standalone';
    my $beamer = $class eq 'beamer';
    my $open = $beamer ? '\begin{frame}\frametitle{A slide}' : '';
    my $close = $beamer ? '\end{frame}' : '';
    my $float = sub { $standalone ? $_[0] : "$open\\begin{figure}\\centering $_[0]\\caption{A caption with a formula \$x^2\$.}\\label{f$_[1]}\\end{figure}$close\n" };
    my $count = 0;
    my $paper = join '', map { $float->("\\fig{$_}{\\columnwidth}", $count++) } @figures;
    my $title = $class =~ /beamer|standalone/ ? '' : $class eq 'acmart' ? '\title{A}\author{B}\affiliation{\institution{C}\city{D}\country{E}}\maketitle'
        : $class eq 'elsarticle' ? '\begin{frontmatter}\title{A}\author{B}\end{frontmatter}' : '\title{A}\author{B}\maketitle';
    return <<"TEX";
\\documentclass[$options]{$class}
\\usepackage{tikz}
\\makeatletter
\\def\\watched{$watched}
\\def\\remember{\\\@for\\x:=\\watched\\do{\\expandafter\\let\\csname before@\\x\\expandafter\\endcsname\\csname\\x\\endcsname}}
\\def\\compare#1{\\\@for\\x:=\\watched\\do{\\expandafter\\ifx\\csname before@\\x\\expandafter\\endcsname\\csname\\x\\endcsname\\else\\typeout{CHANGED \\x\\space #1}\\fi}\\typeout{COMPARED #1}}
\\remember
\\usepackage{netikz}
\\compare{by loading}
\\newcommand\\fig[2]{\\setbox0\\hbox{\\netikzinput[width=#2]{#1.yaml}\\unskip}\\dimen0=\\dimexpr#2-\\wd0\\relax\\typeout{OFF #1 \\the\\dimen0}\\box0 }
\\def\\captionbox#1{\\begingroup\\setbox0\\vbox{\\hsize200pt\\parindent0pt\\csname \@makecaption\\endcsname{Figure 1}{A caption.}}\\typeout{CAPTION #1 \\the\\wd0 \\the\\ht0 \\the\\dp0}\\endgroup}
\\makeatother
\\begin{document}
$title
\\makeatletter\\remember\\makeatother
@{[$standalone || $beamer ? '' : '\captionbox{before}']}
$paper
\\makeatletter\\compare{by a figure}\\makeatother
@{[$standalone || $beamer ? '' : '\captionbox{after}']}
@{[$standalone ? '' : "${open}See \\ref{f0}.$close"]}
\\end{document}
TEX
}

for my $name (sort keys %classes) {
    my $class = $name =~ s/-one//r;
    SKIP: {
        skip "no $class here", 1 unless has_file("$class.cls");
        put("$name.tex", document($class, @{$classes{$name}}));
        my ($status, $log) = tex('pdflatex', "$name.tex");
        # acmart asks for fonts of a package of 1 GB
        skip "$1 is not installed", 1 if $log =~ /LaTeX Error: File `([^']+)' not found/ && $1 !~ /netikz/;
        is($status, 0, "$name: no error") or diag($log =~ /^(! .*?\n.*?\n.*?\n)/ms);
        like($log, qr/Output written/, "$name: a paper comes out");
        my %off = $log =~ /^OFF (\S+) (-?[\d.]+)pt/gm;
        is(scalar keys %off, @figures, "$name: all figures are there");
        cmp_ok(abs $off{$_}, '<', 0.01, "$name: $_ is exactly as wide as asked") for sort keys %off;
        is_deeply([$log =~ /^CHANGED (.*)/gm], [], "$name: nothing else changes");
        is(scalar(() = $log =~ /^COMPARED/gm), 2, "$name: … and that was looked at");
        my %caption = $log =~ /^CAPTION (\S+) (.*)/gm;
        is($caption{after}, $caption{before}, "$name: captions keep their size") if %caption;
        is_deeply([$log =~ /netikz (?:Warning|Error).*/g], [], "$name: no warning of netikz");
    }
}
chdir '/';
done_testing();
