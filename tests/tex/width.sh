#!/bin/sh
# SPDX-License-Identifier: MIT
# The figure is exactly as wide as asked, in several fonts; run by run.sh, in its folder.
for font in '' '\usepackage{lmodern}' '\usepackage{mathptmx}' '\usepackage{helvet}\renewcommand\familydefault{\sfdefault}'; do
    for width in 240pt 252pt 345pt 516pt 20cm; do
        cat >width.tex <<END
\\documentclass{article}$font\\usepackage{netikz}
\\begin{document}
\\setbox0\\hbox{\\begin{netikz}[width=$width]
\\nkmain{3}
\\nkrank\\nkbox{a}{conv}{1}{\$3\\nktimes3\$ conv}\\nkbox{b}{pool}{2}{pooling}\\nkspine{3}\\nkbox{c}{dense}{4}{dense}\\nkpass{5}
\\nkrank\\nkbox{d}{merge}{3}{concat}\\nkout{\$64\\nkat28\$}\\nkpass{5}
\\nkrank\\nkcircle{e}{merge}{3}{\$+\$}\\nkpass{5}
\\nkedge{a}{d}{1>3}\\nkedge{b}{d}{1>3}\\nkedge{c}{d}{1>3}\\nkedge{d}{e}{}\\nkedge[shortcut]{c}{e}{out>5, in}
\\end{netikz}}
\\dimen0=\\dimexpr\\wd0-$width\\relax \\ifdim\\dimen0<0pt \\dimen0=-\\dimen0 \\fi
\\ifdim\\dimen0<.01pt \\else\\errmessage{\\the\\wd0 instead of $width}\\fi
\\end{document}
END
        pdflatex -interaction=batchmode -halt-on-error width.tex >/dev/null || { echo "# $font $width"; exit 1; }
    done
done
