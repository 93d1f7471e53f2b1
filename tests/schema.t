#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# The JSON Schema that `netikz list schema` prints accepts every spec of the project and refuses wrong figure keys.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Test::More;

my $program = ($ENV{BUILD} // 'build') . '/netikz';
my $python = '/usr/bin/python3';
plan skip_all => 'python3-jsonschema and python3-yaml are not installed'
    if system("$python -c 'import jsonschema, yaml' 2>/dev/null") != 0;

my $folder = tempdir(CLEANUP => 1);
is(system("$program list schema > $folder/schema.json"), 0, 'list schema');
# All files in one run, since Python takes longer to start than to look: one line a file, its name and its first error.
open my $script, '>', "$folder/check.py" or die $!;
print $script <<'PYTHON';
import json, sys, yaml
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
for name in sys.argv[2:]:
    spec = yaml.load(open(name), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    print(name, *[" ".join(error.message.split()) for error in validator.iter_errors(spec)][:1], sep="\t")
PYTHON
close $script;

my @right = (glob('examples/*.yaml'), glob('tests/golden/*.yaml'));
my @wrong = ('figure: {view: nonsense}', 'figure: {viwe: graph}', 'layer: []');
for my $i (0 .. $#wrong) {
    open my $file, '>', "$folder/wrong$i.yaml" or die $!;
    print $file "layers: [relu]\n$wrong[$i]\n";
    close $file;
}
my @files = (@right, map { "$folder/wrong$_.yaml" } 0 .. $#wrong);
my %said = map { chomp; my ($name, $error) = split /\t/; ($name => $error // '') } qx($python $folder/check.py $folder/schema.json @files 2>&1);
is($said{$_}, '', $_) for @right;
ok($said{"$folder/wrong$_.yaml"}, "refused: $wrong[$_]") for 0 .. $#wrong;
done_testing();
