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
open my $script, '>', "$folder/check.py" or die $!;
print $script <<'PYTHON';
import json, sys, yaml
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
errors = list(Draft202012Validator(schema).iter_errors(yaml.safe_load(open(sys.argv[2]))))
print(errors[0].message if errors else "")
sys.exit(1 if errors else 0)
PYTHON
close $script;

for my $spec (glob('examples/*.yaml'), glob('tests/golden/*.yaml')) {
    my $said = qx($python $folder/check.py $folder/schema.json $spec 2>&1);
    is($?, 0, $spec) or diag($said);
}
for my $wrong ('figure: {view: nonsense}', 'figure: {viwe: graph}', 'layer: []') {
    open my $file, '>', "$folder/wrong.yaml" or die $!;
    print $file "layers: [relu]\n$wrong\n";
    close $file;
    qx($python $folder/check.py $folder/schema.json $folder/wrong.yaml 2>&1);
    isnt($?, 0, "refused: $wrong");
}
done_testing();
