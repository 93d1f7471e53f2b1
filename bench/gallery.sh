#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What each example costs TeX: processor time of a document that holds the figure, less that of the same document without it; and the sum.
set -euo pipefail
build=$(realpath "${BUILD:-build}")
out=$build/bench/gallery
mkdir -p "$out"
export TEXINPUTS=.:$PWD/tex:
root=$PWD

# Processor time of one run of pdflatex, in milliseconds.
once() {
    { TIMEFORMAT='%U %S'; time pdflatex -interaction=batchmode "$1" >/dev/null 2>&1 || true; } 2>&1 |
        awk '{ printf "%d\n", ($1 + $2) * 1000 }'
}
# What a figure adds: the least time with it less the least without, of runs by turns, so that a busy machine slows both.
cost() {
    local with=999999 without=999999 took
    for _ in 1 2 3 4 5; do
        took=$(once alone); without=$((took < without ? took : without))
        took=$(once one); with=$((took < with ? took : with))
    done
    echo $((with > without ? with - without : 0)) "$without"
}

cd "$out"
document() { printf '\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{lmodern}\\usepackage{netikz}\\begin{document}x%s\\end{document}\n' "$1"; }
document '' >alone.tex
echo "Gallery: milliseconds of TeX for each figure, above the document alone"
sum=0 slow=0
for spec in "$root"/examples/*.yaml; do
    name=$(basename "$spec" .yaml)
    "$build/netikz" draw "$spec" -o "$name.tikz" 2>/dev/null
    document "\\input{$name.tikz}" >one.tex
    read -r took alone < <(cost)
    sum=$((sum + took)) slow=$((took > 1000 ? slow + 1 : slow))
    printf '  %-22s %5d\n' "$name" "$took"
done
echo "  all                    $sum ms; $slow of them above 1000 ms (the document alone: $alone ms)"
