#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# The manual is typeset as `make manual` does it: every example is drawn, nothing is too wide, and the lists are those of the program.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use TeXRun;
use Test::More;

my $build = $ENV{BUILD} // 'build';
is(system('docs/manual/typeset >/dev/null'), 0, 'the manual is typeset');
my $log = get("$build/manual/netikz.log");
my ($pages) = $log =~ /Output written on \S+ \((\d+) pages/;
cmp_ok($pages, '>=', 10, 'all of it');
cmp_ok($pages, '<=', 20, 'and no more than one reads');
is_deeply([grep { /\(([\d.]+)pt/ && $1 > 2 } $log =~ /^Overfull \\hbox.*/gm], [], 'nothing is too wide');
is_deeply([$log =~ /^(?:Package netikz|LaTeX) Warning.*/gm], [], 'no warning');
my $keys = get("$build/manual/keys.tex");
is(scalar(() = $keys =~ /^\\item/gm), scalar(grep { /^\w/ } qx($program list keys)), 'every key of the program');
done_testing();
