#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# \netikzinput in every state that a figure can be in, in each engine: which figure is typeset, what is said, which files are left alone
# and whether the program runs. One document holds one figure of each state; it is typeset with and without the right to run programs.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cwd qw(getcwd);
use TeXRun;
use Test::More;

my @engines = grep { has_tool($_) } split ' ', $ENV{ENGINES} // 'pdflatex lualatex xelatex';
my $top = workplace();
my $plain_path = $ENV{PATH};

# A program that notes each of its runs, in front of the real one.
put("$top/bin/netikz", "#!/bin/sh\necho \"\$*\" >>'$top/runs'\nexec '$program' \"\$@\"\n");
put("$top/bin/rnetikz", "#!/bin/bash\necho \"\$*\" >>'$top/runs'\nexec -a rnetikz '$program' \"\$@\"\n");
chmod 0755, "$top/bin/netikz", "$top/bin/rnetikz";

sub draw {
    my (@arguments) = @_;
    system($program, 'draw', @arguments) == 0 or die "netikz draw @arguments";
}

# A model and a figure of it, one folder deep or with blanks if the name says so; then the model may change.
sub figure {
    my ($name, $change, @options) = @_;
    put("$name.yaml", small_spec(4));
    draw("$name.yaml", '-o', "$name.tikz", @options);
    put("$name.yaml", $change) if $change;
}

sub edit {
    my ($name) = @_;
    put("$name.tikz", get("$name.tikz") =~ s/\\end\{netikz\}/% by hand\n\\end{netikz}/r);
}

my @states = qw(fresh absent stale edited editedstale handmade frozen otherkeys broken missing missingbroken nothing sub/stale);
my %keys = (frozen => ', frozen', twice => ', direction=right');

sub scene {
    my ($folder) = @_;
    mkdir $folder;
    chdir $folder;
    my $later = small_spec(8);
    my $broken = "input: 1x8x8\nlayers:\n  - 3x3 konv, 4\n";
    figure($_) for qw(fresh absent edited);
    figure($_, $later) for qw(stale editedstale frozen), 'sub/stale', 'sub/with blank';
    figure('otherkeys', $later, '--direction=right');
    figure('broken', $broken);
    unlink 'absent.yaml';
    edit($_) for qw(edited editedstale);
    put('handmade.yaml', $later);
    put('handmade.tikz', "\\rule{200pt}{1pt}%\n");
    put('missing.yaml', $later);
    put('missingbroken.yaml', $broken);
    my $body = join '', map { "\\measured{$_}{$_.yaml}{" . ($keys{$_} // '') . "}\n" } @states;
    put('states.tex', <<"TEX");
\\documentclass{article}
\\usepackage{netikz}
\\newcommand\\measured[3]{\\typeout{STATE #1}%
  \\setbox0\\hbox{\\netikzinput[width=200pt#3]{#2}\\unskip}\\typeout{BOX #1 \\the\\wd0}\\noindent\\box0\\par}
\\begin{document}
$body\\newcommand\\here{sub}%
\\measured{blank}{\\here/with blank.yaml}{}
\\measured{twice}{fresh.yaml}{, direction=right}
\\end{document}
TEX
    unlink "$top/runs";
    return map { $_ => get($_) } glob('*.tikz *.yaml');
}

# What the log says between the states, by name.
sub said {
    my ($log) = @_;
    my %said = $log =~ /^STATE (\S+)\n(.*?)(?=^BOX )/gms;
    return %said;
}

my $figure = '200.0pt';
my $placeholder = '345.0pt';

sub always {
    my ($what, $log, %before) = @_;
    my %said = said($log);
    my %width = box_widths($log);
    my %old = map { $_ => 1 } qw(fresh absent stale edited editedstale handmade frozen otherkeys broken sub/stale blank);
    is($width{$_}, $figure, "$what: $_ is typeset") for sort keys %old;
    unlike($said{$_}, qr/netikz (Warning|Error)/, "$what: nothing is said of $_") for qw(fresh absent edited handmade frozen);
    like($said{absent}, qr/absent\.tikz is used as it is/, "$what: a missing model is only noted");
    like($said{handmade}, qr/netikz has not made it/, "$what: a file without stamp is used as it is");
    like($said{frozen}, qr/but frozen/, "$what: frozen is only noted");
    like($said{otherkeys}, qr/Warning: .*does not have\n.*direction=right/s, "$what: keys of the command line are not lost");
    is($width{nothing}, $placeholder, "$what: a placeholder where there is nothing");
    like($said{nothing}, qr/^No file nothing\.tikz\.\n.*Error: There is no `nothing\.tikz'/ms, "$what: … with an error");
    is(get("$_.tikz"), $before{"$_.tikz"}, "$what: $_.tikz is untouched")
        for qw(fresh absent edited editedstale handmade frozen otherkeys broken);
    unlike(get("$top/runs"), qr/\b$_\./, "$what: the program is not run for $_")
        for qw(absent edited handmade frozen otherkeys nothing), 'fresh.yaml" -o "fresh.tikz';
}

sub without_program {
    my ($what, $log, %before) = @_;
    my %said = said($log);
    my %width = box_widths($log);
    for my $name ('stale', 'editedstale', 'broken', 'sub/stale') {
        like($said{$name}, qr/Warning: .*older.*^\S+\s+netikz draw "$name\.yaml" -o "$name\.tikz"$/ms, "$what: $name: a warning with the command");
        is(get("$name.tikz"), $before{"$name.tikz"}, "$what: $name.tikz is untouched") if $before{"$name.tikz"};
    }
    like($said{blank}, qr/netikz draw "sub\/with blank\.yaml"/, "$what: a name with a blank in quotes");
    for my $name ('missing', 'missingbroken') {
        is($width{$name}, $placeholder, "$what: $name: a placeholder");
        like($said{$name}, qr/^No file $name\.tikz\.\n.*Error: There is no.*netikz draw "$name\.yaml"/ms, "$what: $name: an error with the command");
        ok(!-e "$name.tikz", "$what: $name: no file comes out");
    }
    like($log, qr/Figures are out of date.*^\S+\s+netikz draw "stale\.yaml" -o "stale\.tikz"\n.*folder of the document/ms, "$what: summary at the end");
}

sub with_program {
    my ($what, $log) = @_;
    my %said = said($log);
    my %width = box_widths($log);
    for my $name ('stale', 'sub/stale', 'missing', 'sub/with blank') {
        like(get("$name.tikz"), qr/\b8\b.*\\end\{netikz\}/s, "$what: $name is made anew");
        unlike($said{$name} // $said{blank}, qr/netikz (Warning|Error)/, "$what: … silently");
    }
    is($width{$_}, $figure, "$what: $_ is typeset") for qw(missing twice);
    is(scalar(my @hashed = glob 'fresh-????????.tikz'), 1, "$what: keys for the program have a file of their own");
    like($said{editedstale}, qr/Warning: .*edited by hand.*--force/s, "$what: an edited file is only warned of");
    like($said{broken}, qr/Error: broken\.tikz could not be made.*broken\.yaml:3:\d+: error:.*konv/s, "$what: the program's message");
    is($width{missingbroken}, $placeholder, "$what: a placeholder where the model is broken");
    like($said{missingbroken}, qr/could not be made.*missingbroken\.yaml:3:\d+: error:.*konv/s, "$what: … with the program's message");
    my @runs = split /\n/, get("$top/runs");
    is(scalar(grep { !/ --tex$/ } @runs), 0, "$what: the program runs with --tex alone");
}

for my $engine (@engines) {
    for my $way (
        ['no shell', '', ['-no-shell-escape'], \&without_program],
        ['no program', '', ['-shell-escape'], \&without_program],
        ['shell', "$top/bin:", ['-shell-escape'], \&with_program],
        ['restricted shell', "$top/bin:", ['-shell-restricted', '-output-directory=out'], \&with_program],
    ) {
        my ($name, $path, $options, $check) = @$way;
        my $what = "$engine, $name";
        my %before = scene("$top/$engine-$name" =~ tr/ /-/r);
        mkdir 'out';
        local $ENV{PATH} = $path . $plain_path;
        local $ENV{shell_escape_commands} = 'kpsewhich,rnetikz';
        my ($status, $log) = tex($engine, 'states.tex', @$options);
        like($log, qr/Output written on/, "$what: the run goes on to the end");
        always($what, $log, %before);
        $check->($what, $log, %before);
    }
}

# Names that would do harm in a shell, or outside the folder: refused before anything is run or read.
my @unsafe = ('$(touch x).yaml', '`touch x`.yaml', 'a"; touch x; ".yaml', q(a'; touch x; '.yaml), '../net.yaml', 'a/../../net.yaml',
    '-o.yaml', 'a/-o.yaml', '/etc/net.yaml', '.hidden.yaml', 'a/.hidden/net.yaml', 'a;touch x.yaml', 'a|touch x', 'a&touch x', ' a.yaml ', '|touch x', 'a>x');
my @unsafe_keys = ('view={$(touch x)}', 'only={a;touch x}', 'view=`touch x`', 'from={a" touch x "}');
for my $engine (@engines) {
    mkdir "$top/$engine-unsafe";
    chdir "$top/$engine-unsafe";
    unlink "$top/runs";
    local $ENV{PATH} = "$top/bin:$plain_path";
    my $body = join '', (map { "\\typeout{NEXT}\\netikzinput{$_}\n" } @unsafe), map { "\\typeout{NEXT}\\netikzinput[$_]{net.yaml}\n" } @unsafe_keys;
    put('net.yaml', small_spec(4));
    put('unsafe.tex', "\\documentclass{article}\\usepackage{netikz}\\begin{document}\n\\catcode`\\&=12 \n$body\\typeout{NEXT}\\end{document}\n");
    my ($status, $log) = tex($engine, 'unsafe.tex', '-shell-escape');
    my @said = $log =~ /^NEXT\n(.*?)(?=^NEXT$)/gms;
    is(scalar @said, @unsafe + @unsafe_keys, "$engine: every unsafe name is met");
    like(shift @said, qr/Error: \\netikzinput refuses/, "$engine: refused: $_") for @unsafe, @unsafe_keys;
    ok(!-e 'x', "$engine: nothing was run by the shell");
    is(get("$top/runs"), '', "$engine: the program was not run");
}

# A language that makes = active (Turkish) does not get in the way of keys.
{
    chdir $top;
    local $ENV{PATH} = "$top/bin:$plain_path";
    put('turkish.yaml', small_spec(4));
    put('turkish.tex', "\\documentclass{article}\\usepackage{netikz}\\begin{document}\\catcode`\\= 13 \\def={\\errmessage{active}}%\n"
        . "\\setbox0\\hbox{\\netikzinput[direction=right, width=200pt]{turkish.yaml}\\unskip}\\typeout{BOX turkish \\the\\wd0}\\end{document}\n");
    my ($status, $log) = tex('pdflatex', 'turkish.tex', '-shell-escape');
    is_deeply([$status, {box_widths($log)}], [0, { turkish => $figure }], 'an active = in keys');
}

# latexmk, with and without the right to run programs.
SKIP: {
    skip 'no latexmk', 8 unless has_tool('latexmk');
    for my $way (['rule', '-no-shell-escape', 'out'], ['shell', '-shell-escape', '.']) {
        my ($name, $option, $out) = @$way;
        mkdir "$top/latexmk-$name";
        chdir "$top/latexmk-$name";
        local $ENV{PATH} = "$top/bin:$plain_path";
        put('latexmkrc', get("$root/tex/latexmkrc-netikz")) if $name eq 'rule';
        put('sub/net.yaml', small_spec(4));
        put('paper.tex', "\\documentclass{article}\\usepackage{netikz}\\begin{document}\\netikzinput{sub/net.yaml}\\end{document}\n");
        is(TeXRun::quietly('latexmk', '-pdf', "-outdir=$out", "-pdflatex=pdflatex $option %O %S", '-interaction=nonstopmode', 'paper'), 0, "latexmk, $name: from nothing")
            or diag(get('terminal.txt'));
        ok(-s "$out/paper.pdf" && -s 'sub/net.tikz', "latexmk, $name: figure and paper are there");
        put('sub/net.yaml', small_spec(8));
        is(TeXRun::quietly('latexmk', '-pdf', "-outdir=$out", "-pdflatex=pdflatex $option %O %S", '-interaction=nonstopmode', 'paper'), 0, "latexmk, $name: after a change");
        like(get('sub/net.tikz'), qr/\b8\b/, "latexmk, $name: the figure is the new one");
    }
}

# latex and dvisvgm: the same figure as SVG.
SKIP: {
    skip 'no dvisvgm', 4 unless has_tool('dvisvgm') && has_tool('latex');
    chdir $top;
    figure('web');
    put('web.tex', "\\def\\pgfsysdriver{pgfsys-dvisvgm.def}\\documentclass{article}\\usepackage{netikz}\\pagestyle{empty}"
        . "\\begin{document}\\netikzinput[width=200pt]{web.yaml}\\end{document}\n");
    my ($status, $log) = tex('latex', 'web.tex');
    is($status, 0, 'latex');
    is(TeXRun::quietly('dvisvgm', '--no-fonts', '--exact-bbox', 'web.dvi', '-o', 'web.svg'), 0, 'dvisvgm');
    cmp_ok(scalar(() = get('web.svg') =~ /<path/g), '>', 5, 'the SVG has the figure');
    is_deeply([get('web.svg') =~ m{<title>(.*?)</title>}g], [qw(input conv1 fc1)], 'every layer has a title');
}
chdir '/';
done_testing();
