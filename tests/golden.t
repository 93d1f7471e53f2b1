#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Golden files: NAME.yaml in tests/golden or examples, and what is expected of it in tests/golden/NAME.SUFFIX. The
# suffix chooses the command, as the table says. UPDATE=1 writes them anew.
use strict;
use warnings;
use Test::More;

my $program = ($ENV{BUILD} // 'build') . '/netikz';
my $wrap = $ENV{WRAP} // '';
my $update = $ENV{UPDATE};
my %command = (
    tikz => 'draw',
    tsv => 'summary --format=tsv',
    txt => 'summary --format=text',
    json => 'summary --format=json',
    tex => 'summary --format=latex',
    ascii => 'summary --format=ascii',
    blocks => 'summary --format=blocks',
    layers => 'summary --format=layers',
);

# The version changes with each release, the figure does not.
sub without_version { $_[0] =~ s/tool=\S+/tool=VERSION/r }

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or return;
    local $/;
    return scalar <$file>;
}

sub spec_of {
    my ($name) = @_;
    for my $folder ('tests/golden', 'examples') {
        return "$folder/$name.yaml" if -e "$folder/$name.yaml";
    }
    return;
}

# Every spec has its TikZ code and its table; other forms where a file asks for them.
my %wanted;
for my $path (sort(glob('examples/*.yaml'), glob('tests/golden/*.yaml'))) {
    my ($name) = $path =~ m{([^/]+)\.yaml$};
    $wanted{"$name.$_"} = 1 for qw(tikz tsv);
}
for my $path (glob 'tests/golden/*') {
    my ($file, $suffix) = $path =~ m{([^/]+\.([a-z]+))$} or next;
    $wanted{$file} = 1 if $command{$suffix};
}
for my $file (sort keys %wanted) {
    my ($name, $suffix) = $file =~ /^(.*)\.([a-z]+)$/;
    my $spec = spec_of($name =~ s/--.*//r) or do { fail("spec of $file"); next };
    my $keys = $name =~ /--(.*)/ ? join(' ', map { "--$_" } split /--/, $1) : '';
    my $got = without_version(scalar qx($wrap $program $command{$suffix} $keys $spec 2>&1));
    my $status = $? >> 8;
    my $path = "tests/golden/$file";
    if ($update && $status == 0) {
        open my $out, '>:raw', $path or die "$path: $!";
        print $out $got;
        close $out;
    }
    is($status, 0, "status of $file") or diag($got);
    my $expected = slurp($path) // '';
    ok($got eq $expected, $file) or diag("differs: make golden UPDATE=1, then git diff");
}

# Two runs give the same bytes, on every example.
for my $spec (glob 'examples/*.yaml') {
    is(scalar qx($program draw $spec 2>&1), scalar qx($program draw $spec 2>&1), "$spec twice");
}
done_testing();
