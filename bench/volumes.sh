#!/bin/sh
# SPDX-License-Identifier: MIT
# TeX time of one VGG-16 in volumes: the package against TikZ pics, both above a document that only loads them (milliseconds).
# The times are the least of five runs, with 40 figures minus the same document without.
cd "$(dirname "$0")" || exit 3
TEXINPUTS=../tex:${TEXINPUTS:-}
export TEXINPUTS
out=$(mktemp -d) || exit 3
trap 'rm -rf "$out"' EXIT

least() { # file repeats
    best=
    for _ in 1 2 3 4 5; do
        ms=$(bash -c 'TIMEFORMAT=%3U; time "$@" >/dev/null 2>&1' -- \
            pdflatex -interaction=batchmode -output-directory="$out" -jobname=bench "\\def\\repeats{$2}\\input{$1}" 2>&1 |
            awk '{ printf "%d", $1 * 1000 }')
        if [ -z "$best" ] || [ "$ms" -lt "$best" ]; then best=$ms; fi
    done
    printf '%s\n' "$best"
}

for name in volumes_tikz volumes_netikz; do
    none=$(least $name.tex 0)
    many=$(least $name.tex 40)
    awk -v n="$name" -v a="$none" -v b="$many" 'BEGIN { printf "%s %.2f\n", n, (b - a) / 40 }'
done | awk '{ t[$1] = $2; print $1 ": " $2 " ms a figure" } END { printf "ratio %.3f\n", t["volumes_netikz"] / t["volumes_tikz"] }'
