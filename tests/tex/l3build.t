#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# The package's regression tests, in three engines, by l3build: tests/tex/l3build. After a wanted change `l3build save NAME` there, and read the difference.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cwd qw(abs_path);
use File::Path qw(make_path);
use TeXRun;
use Test::More;

my $build = abs_path($ENV{BUILD} // 'build') . '/l3build';
make_path($build);
local $ENV{NETIKZ_L3BUILD} = $build;
delete $ENV{TEXINPUTS};
delete $ENV{max_print_line};
chdir 'tests/tex/l3build' or die;
my @tests = map { s{.*/|\.lvt$}{}gr } sort glob 'testfiles/*.lvt';
cmp_ok(scalar @tests, '>=', 2, 'there are tests');
for my $test (@tests) {
    my $said = qx(l3build check -q $test 2>&1);
    is($?, 0, "$test, in three engines") or diag($said, map { get($_) } glob "$build/test/$test*.diff");
}
done_testing();
