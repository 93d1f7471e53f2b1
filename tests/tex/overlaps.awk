# Reads the package's record of a drawing (debug=boxes) and reports whatever touches that should not: labels and boxes among each other, labels
# and the lines of edges (of curves the rectangle between their ends, in which they run), edges and the boxes that they pass, anything outside the picture. Exit status 1 when there is something.
function overlap(i, j, slack) { return xa[i] + slack < xb[j] && xa[j] + slack < xb[i] && ya[i] + slack < yb[j] && ya[j] + slack < yb[i] }
function inside(i, j) { return xa[i] >= xa[j] - .01 && xb[i] <= xb[j] + .01 && ya[i] >= ya[j] - .01 && yb[i] <= yb[j] + .01 }
function report(i, j, what) { print FILENAME ": " what ": " kind[i] " " name[i] " and " kind[j] " " name[j]; bad = 1 }
function ends(i, j,   part) { split(name[i], part, ">"); return part[1] == name[j] || part[2] == name[j] }
function flush_picture(   i, j) {
    for (i = 1; i <= n; i++) {
        if (xa[i] < px0 - .05 || xb[i] > px1 + .05 || ya[i] < py0 - .05 || yb[i] > py1 + .05) { print FILENAME ": sticks out: " kind[i] " " name[i]; bad = 1 }
        for (j = 1; j < i; j++) {
            a = kind[i]; b = kind[j]
            if (a == "label" && b == "label" && overlap(i, j, .1)) report(i, j, "overlap")
            else if ((a == "box" || a == "circle") && (b == "box" || b == "circle") && overlap(i, j, .1)) report(i, j, "overlap")
            else if (a == "label" && (b == "box" || b == "circle" || b == "frame") && overlap(i, j, .1) && !inside(i, j)) report(i, j, "overlap")
            else if (b == "label" && (a == "box" || a == "circle" || a == "frame") && overlap(i, j, .1) && !inside(j, i)) report(j, i, "overlap")
            else if (a == "label" && (b == "edge" || b == "curve") && overlap(i, j, .05)) report(i, j, "crossed")
            else if (b == "label" && (a == "edge" || a == "curve") && overlap(i, j, .05)) report(j, i, "crossed")
            else if (a == "edge" && (b == "box" || b == "circle") && overlap(i, j, .05) && !ends(i, j)) report(i, j, "through")
            else if (b == "edge" && (a == "box" || a == "circle") && overlap(i, j, .05) && !ends(j, i)) report(j, i, "through")
        }
    }
    n = 0
}
$1 == "picture" { px0 = $3; py0 = $4; px1 = $5; py1 = $6; flush_picture(); next }
{
    n++; kind[n] = $1; name[n] = $2
    grow = $1 == "edge" ? .3 : 0
    xa[n] = ($3 < $5 ? $3 : $5) - grow; xb[n] = ($3 < $5 ? $5 : $3) + grow
    ya[n] = ($4 < $6 ? $4 : $6) - grow; yb[n] = ($4 < $6 ? $6 : $4) + grow
}
END { exit bad }
