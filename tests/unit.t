#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Runs every cmocka program and replays every fuzz corpus; WRAP puts a command (valgrind) in front.
use strict;
use warnings;
use Test::More;

my $build = $ENV{BUILD} // 'build';
my $wrap = $ENV{WRAP} // '';
my @programs = map { s{tests/unit/(.*)\.c}{$build/unit/$1}r } sort glob 'tests/unit/test_*.c';
for my $program (@programs) {
    my $output = qx($wrap $program 2>&1);
    is($?, 0, $program) or diag($output);
}
for my $source (sort glob 'tests/fuzz/fuzz_*.c') {
    my ($name) = $source =~ m{fuzz_(.*)\.c};
    my @corpus = grep { -f } sort glob "tests/fuzz/corpus/$name/*";
    cmp_ok(scalar @corpus, '>', 0, "corpus of $name is not empty");
    my $output = qx($wrap $build/fuzz/fuzz_$name @corpus 2>&1);
    is($?, 0, "replay of $name") or diag($output);
}
done_testing();
