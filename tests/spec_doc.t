#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# docs/spec.md is a test: a block of YAML, then what comes of it: its summary (tsv), its diagnostics (error), or nothing but a
# drawing without complaint (figure). UPDATE=1 writes the tables and diagnostics anew.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use Test::More;

my $program = abs_path(($ENV{BUILD} // 'build') . '/netikz');
my $document = abs_path('docs/spec.md');
my $folder = tempdir(CLEANUP => 1);
chdir $folder or die "$folder: $!";

open my $file, '<:raw', $document or die "$document: $!";
my $text = do { local $/; <$file> };
close $file;

# What netikz says to a block; undef where its status is not the expected one.
sub outcome {
    my ($kind, $yaml) = @_;
    open my $spec, '>:raw', 'net.yaml' or die "net.yaml: $!";
    print $spec $yaml;
    close $spec;
    my %command = (tsv => 'summary --format=tsv', error => 'check', figure => 'draw');
    my $said = qx($program $command{$kind} net.yaml 2>&1);
    my $wanted = $kind eq 'error' ? 1 : 0;
    return $? >> 8 == $wanted ? $said : do { diag($said); undef };
}

# The columns of a table stand apart in the document; between them netikz writes one tab.
sub untabbed { $_[0] =~ s/[ \t]+/\t/gr }

sub aligned {
    my @rows = map { [split /\t/] } split /\n/, $_[0];
    my @width = (0) x 5;
    for my $row (@rows) {
        for my $i (0 .. $#$row) { $width[$i] = length $row->[$i] if length $row->[$i] > $width[$i] }
    }
    return join '', map { my $row = $_; join('  ', map { sprintf '%-*s', $width[$_], $row->[$_] } 0 .. $#$row) =~ s/\s*$/\n/r } @rows;
}

my $blocks = 0;
$text =~ s{^```yaml\n((?:(?!```).)*)^```\n(\s*)^```(tsv|error|figure)\n((?:(?!```).)*)^```\n}{
    my ($yaml, $between, $kind, $expected) = ($1, $2, $3, $4);
    my $line = 1 + (substr($text, 0, $-[0]) =~ tr/\n//);
    my $said = outcome($kind, $yaml);
    ok(defined $said, "line $line: status") and $blocks++;
    $said = aligned($said) if defined $said && $kind eq 'tsv';
    $said = '' if defined $said && $kind eq 'figure';
    is(untabbed($said // ''), untabbed($expected), "line $line: $kind") unless $ENV{UPDATE};
    "```yaml\n$yaml```\n$between```$kind\n" . ($ENV{UPDATE} && defined $said ? $said : $expected) . "```\n";
}gemsx;

ok($blocks > 20, 'most examples of the document are tested');
my $examples = () = $text =~ /^```yaml$/gm;
my $untested = $examples - $blocks;
is($untested, 0, 'no example is left untested');

if ($ENV{UPDATE}) {
    open my $out, '>:raw', $document or die "$document: $!";
    print $out $text;
    close $out;
}
done_testing();
