#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# Damaged files of every format: cut off, with bits turned, with absurd numbers, with TeX in their names. Each is refused
# with an error or read, in 2 seconds and 256 MB, and no command of a name reaches the drawing. DAMAGE=all takes a dozen
# saved inputs of each format and not one (make damage).
use strict;
use warnings;
use Test::More;

my $build = $ENV{BUILD} // 'build';
for my $source (sort glob 'tests/fuzz/fuzz_*.c') {
    my ($name) = $source =~ m{fuzz_(.*)\.c};
    my @corpus = sort { -s $a <=> -s $b || $a cmp $b } grep { -f } glob "tests/fuzz/corpus/$name/*";
    my $most = ($ENV{DAMAGE} // '') eq 'all' ? 12 : 1;
    @corpus = (grep({ -s $_ > 400 } @corpus), $corpus[-1])[0] if $most == 1;
    @corpus = map { $corpus[@corpus * $_ / $most] } 0 .. $most - 1 if @corpus > $most;
    for my $file (@corpus) {
        my $output = qx($build/fuzz/fuzz_$name --damage $file 2>&1);
        is($?, 0, "$file, damaged") or diag(substr($output, 0, 4000));
    }
}
done_testing();
