#!/bin/sh
# SPDX-License-Identifier: MIT
# Cost of a graph in TeX: the figure that the package draws against the same boxes and arrows as styled TikZ nodes and paths, made
# from the package's own record of what it drew (debug=boxes). Usage: bench/graph_tikz.sh FIGURE.tikz [COPIES]
set -eu
figure=$(realpath "$1")
copies=${2:-10}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export TEXINPUTS="$here/../tex:"
head='\documentclass{article}\usepackage[paperheight=16000pt,margin=20pt]{geometry}\pagestyle{empty}'
run() { # seconds of the fastest of five runs
    best=999
    for i in 1 2 3 4 5; do
        begin=$(date +%s.%N)
        pdflatex -interaction=batchmode "$1" >/dev/null || true
        end=$(date +%s.%N)
        best=$(echo "$begin $end $best" | awk '{t = $2 - $1; print (t < $3 ? t : $3)}')
    done
    echo "$best"
}
printf '%s\\usepackage{netikz}\\begin{document}\\netikzset{debug=boxes}\\setbox0\\hbox{\\input{%s}}\\end{document}\n' "$head" "$figure" >record.tex
pdflatex -interaction=batchmode record.tex >/dev/null
# the same drawing in TikZ
awk '
    BEGIN { print "\\begin{tikzpicture}[op/.style={draw=blue!60!black,fill=blue!20,rounded corners=1.5pt,inner sep=0pt,line width=.4pt,font=\\footnotesize},circ/.style={op,shape=circle},flow/.style={->,>=latex,line width=.6pt,rounded corners=3pt}]" }
    $1 == "frame" { printf "\\draw[rounded corners=3pt,fill=black!2,draw=black!40] (%spt,%spt) rectangle (%spt,%spt);\n", $3, $4, $5, $6; frames++ }
    $1 == "edge" { if ($2 == edge) path = path " -- (" $5 "pt," $6 "pt)"; else { if (path != "") print path ";"; edges++; path = "\\draw[flow] (" $3 "pt," $4 "pt) -- (" $5 "pt," $6 "pt)" }; edge = $2 }
    $1 == "box" { n++; printf "\\node[op,minimum width=%fpt,minimum height=%fpt] (%s) at (%fpt,%fpt) {$3\\times3$ conv, 64};\n", $5 - $3, $6 - $4, $2, ($3 + $5) / 2, ($4 + $6) / 2 }
    $1 == "circle" { n++; printf "\\node[circ,minimum size=%fpt] (%s) at (%fpt,%fpt) {$+$};\n", $5 - $3, $2, ($3 + $5) / 2, ($4 + $6) / 2 }
    $1 == "label" && $2 ~ /^(o|m|ft|fx|t):/ { printf "\\node[inner sep=0pt,anchor=south west,font=\\scriptsize,black!60] at (%spt,%spt) {$64@56\\times56$};\n", $3, $4 }
    END { if (path != "") print path ";"; print "\\end{tikzpicture}"; printf "%% %d nodes, %d edges, %d frames\n", n, edges, frames }' record.nkb >plain.tikz
tail -1 plain.tikz
for kind in none plain figure; do
    {
        printf '%s\\usepackage{%s}\\begin{document}\n' "$head" "$([ $kind = plain ] && echo tikz || echo netikz)"
        i=0
        while [ $i -lt "$copies" ]; do
            [ $kind = none ] || printf '\\setbox0\\hbox{\\input{%s}}\n' "$([ $kind = plain ] && echo plain.tikz || echo "$figure")"
            i=$((i + 1))
        done
        printf '\\end{document}\n'
    } >$kind.tex
done
sed 's/netikz/tikz/' none.tex >empty.tex
empty=$(run empty.tex) none=$(run none.tex) plain=$(run plain.tex) figure=$(run figure.tex)
echo "$empty $none $plain $figure $copies" | awk '{
    printf "loading: tikz %.3f s, netikz %.3f s more\n", $1, $2 - $1
    printf "one figure: TikZ %.1f ms, netikz %.1f ms, ratio %.2f\n", 1000 * ($3 - $1) / $5, 1000 * ($4 - $2) / $5, ($4 - $2) / ($3 - $1) }'
