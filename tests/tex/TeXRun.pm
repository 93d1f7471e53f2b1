# SPDX-License-Identifier: MIT
# What the tests of the package share: a folder to work in, files, runs of an engine, pieces of its log.
package TeXRun;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
our @EXPORT = qw($root $program put get workplace tex has_tool has_file small_spec box_widths);

our $root = abs_path('.');
our $program = abs_path(($ENV{BUILD} // 'build') . '/netikz');

# Logs with whole lines; every run finds the package, and nothing of the machine's owner.
$ENV{max_print_line} = 10000;
$ENV{TEXINPUTS} = ".:$root/tex:";

sub put {
    my ($path, $content) = @_;
    make_path($1) if $path =~ m{(.*)/};
    open my $file, '>:raw', $path or die "$path: $!";
    print $file $content;
    close $file;
}

sub get {
    my ($path) = @_;
    open my $file, '<:raw', $path or return '';
    local $/;
    return scalar(<$file>) // '';
}

# A new empty folder, which becomes the current one.
sub workplace {
    my $folder = tempdir(CLEANUP => 1);
    chdir $folder or die "$folder: $!";
    return $folder;
}

# Runs an engine on a file; its exit status and log. Options may say where the log is.
sub tex {
    my ($engine, $file, @options) = @_;
    my ($out) = map { /^-output-directory=(.*)/ } @options;
    my ($job) = map { /^-jobname=(.*)/ } @options;
    $job //= $file =~ s{.*/|\.tex$}{}gr;
    my $status = quietly($engine, '-interaction=nonstopmode', @options, $file);
    return ($status, get(($out ? "$out/" : '') . "$job.log"));
}

sub quietly {
    my (@command) = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', 'terminal.txt';
        open STDERR, '>&', \*STDOUT;
        exec @command or exit 127;
    }
    waitpid $pid, 0;
    return $? >> 8;
}

sub has_tool {
    my ($name) = @_;
    return scalar grep { -x "$_/$name" } split /:/, $ENV{PATH};
}

sub has_file {
    my ($name) = @_;
    return qx(kpsewhich $name) ne '';
}

# A network that is drawn in no time; the number tells one version from another.
sub small_spec {
    my ($channels) = @_;
    return "input: 1x8x8\nlayers:\n  - 3x3 conv, $channels\n  - relu\n  - fc: 2\nfigure:\n  view: graph\n";
}

# NAME => width, from lines `BOX NAME WIDTH` in a log.
sub box_widths {
    my ($log) = @_;
    return map { /^BOX (\S+) (\S+)$/ ? ($1 => $2) : () } split /\n/, $log;
}
1;
