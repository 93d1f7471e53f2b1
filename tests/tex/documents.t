#!/bin/sh
# SPDX-License-Identifier: MIT
# Typesets every document of this folder in three engines and checks: no error, nothing touches that should not (overlaps.awk), and
# the package leaves the meanings of other commands alone (neutral.tex in several classes). TAP on standard output.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export TEXINPUTS="$here/../../tex:$here:"
n=0 bad=0
check() { # result, text
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; bad=1; fi
}
for engine in ${ENGINES:-pdflatex lualatex xelatex}; do
    command -v "$engine" >/dev/null || continue
    for file in inception stage right columns entries forms tracks annotate active slides; do
        rm -f "$file".nkb
        "$engine" -interaction=batchmode -halt-on-error "$here/$file.tex" >/dev/null 2>&1
        check $? "$engine $file"
        grep -q 'Missing character' "$file.log"
        check $((1 - $?)) "$engine $file: no missing characters"
        # annotate and tracks cross on purpose
        case $file in inception | stage | right | columns | entries | forms)
            awk -f "$here/overlaps.awk" "$file.nkb"
            check $? "$engine $file: nothing touches" ;;
        esac
    done
done
# neurips: what that conference's two-column relatives do to article
for class in article IEEEtran acmart llncs scrartcl beamer neurips; do
    pdflatex -interaction=batchmode -jobname=neutral "\\def\\testclass{$class}\\input{$here/neutral.tex}" >/dev/null 2>&1
    grep -q 'NEUTRAL: 0 changes' neutral.log
    check $? "neutral in $class"
done
sh "$here/width.sh"
check $? "exact widths"
echo "1..$n"
exit $bad
