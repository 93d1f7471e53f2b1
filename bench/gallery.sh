#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What each example costs TeX: processor time of a document that holds the figure, less that of the same document without it; and the sum.
set -euo pipefail
build=$(realpath "${BUILD:-build}")
out=$build/bench/gallery
mkdir -p "$out"
export TEXINPUTS=.:$PWD/tex:
root=$PWD

# Processor time of one run of pdflatex, in milliseconds: the least of three.
cost() {
    for _ in 1 2 3; do
        { TIMEFORMAT='%U %S'; time pdflatex -interaction=batchmode "$1" >/dev/null 2>&1 || true; } 2>&1
    done | awk '{ t = ($1 + $2) * 1000; if (NR == 1 || t < least) least = t } END { printf "%d", least }'
}

cd "$out"
document() { printf '\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{lmodern}\\usepackage{netikz}\\begin{document}x%s\\end{document}\n' "$1"; }
document '' >alone.tex
alone=$(cost alone)
echo "Gallery: milliseconds of TeX for each figure, above the document alone ($alone ms)"
sum=0 slow=0
for spec in "$root"/examples/*.yaml; do
    name=$(basename "$spec" .yaml)
    "$build/netikz" draw "$spec" -o "$name.tikz" 2>/dev/null
    document "\\input{$name.tikz}" >one.tex
    took=$(($(cost one) - alone))
    sum=$((sum + took)) slow=$((took > 1000 ? slow + 1 : slow))
    printf '  %-22s %5d\n' "$name" "$took"
done
echo "  all                    $sum ms; $slow of them above 1000 ms"
