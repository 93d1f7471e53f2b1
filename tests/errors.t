#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Diagnostics: NAME.yaml in tests/errors is broken, NAME.err is what netikz says to that. UPDATE=1 writes them anew.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;

my $program = ($ENV{BUILD} // 'build') . '/netikz';
my $update = $ENV{UPDATE};
my $folder = tempdir(CLEANUP => 1);

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or return '';
    local $/;
    return scalar <$file> // '';
}

sub spew {
    my ($path, $content) = @_;
    open my $file, '>:raw', $path or die "$path: $!";
    print $file $content;
    close $file;
}

# Runs netikz; its status, standard output and standard error.
sub run {
    my ($arguments) = @_;
    my $out = qx($program $arguments 2>$folder/stderr);
    return ($? >> 8, $out, slurp("$folder/stderr"));
}

for my $spec (glob 'tests/errors/*.yaml') {
    my $golden = $spec =~ s/yaml$/err/r;
    my ($status, $out, $said) = run("check $spec");
    is($status, 1, "$spec: status") or diag($said);
    is($out, '', "$spec: nothing on standard output");
    spew($golden, $said) if $update && $status == 1;
    is($said, slurp($golden), "$spec: diagnostics");
}

# An error leaves the output of an earlier run as it is, and none where there was none.
my $kept = "$folder/kept.tikz";
spew($kept, "earlier\n");
my ($status) = run("draw tests/errors/misspelt_operation.yaml -o $kept");
is($status, 1, 'an error with -o: status');
is(slurp($kept), "earlier\n", 'an error with -o: the file is unharmed');
run("draw tests/errors/misspelt_operation.yaml -o $folder/none.tikz");
ok(!-e "$folder/none.tikz", 'an error with -o: no file is made');
is_deeply([glob "$folder/*.tikz*"], [$kept], 'no temporary file is left behind');

# What cannot be read is no fault of the model.
for my $case (['a missing file', "$folder/missing.yaml"], ['a directory', $folder]) {
    my ($name, $path) = @$case;
    my ($code, $out, $said) = run("check $path");
    is($code, 3, "$name: status");
    like($said, qr/^\Q$path\E: error: /, "$name: is named");
    is($out, '', "$name: nothing on standard output");
}
done_testing();
