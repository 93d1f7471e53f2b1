# Reads the package's debug dump (key debug=boxes) of figures of solids; reports labels that touch a label, an arrow or an edge of
# a solid that no nearer solid hides. Exit status 1 where there is one.
# usage: awk -f solids-check.awk FILE.nkb
function segment(name, first, last, xa, ya, xb, yb) { n++; sn[n] = name; sf[n] = first; x0[n] = xa; y0[n] = ya; x1[n] = xb; y1[n] = yb }
function crosses(xa, ya, xb, yb, l, b, r, t,    u, v, i, p, q, d, w) { # does the segment meet the open rectangle? (Liang-Barsky)
    u = 0; v = 1
    for (i = 1; i <= 4; i++) {
        if (i == 1) { p = xa - xb; q = xa - l } else if (i == 2) { p = xb - xa; q = r - xa }
        else if (i == 3) { p = ya - yb; q = ya - b } else { p = yb - ya; q = t - ya }
        if (p == 0) { if (q <= 0) return 0 }
        else { w = q / p; if (p < 0) { if (w > v) return 0; if (w > u) u = w } else { if (w < u) return 0; if (w < v) v = w } }
    }
    cx = xa + (u + v) / 2 * (xb - xa); cy = ya + (u + v) / 2 * (yb - ya)
    return v - u > 1e-6
}
# is the point strictly inside the outline of solid k? That is between its front (bx by ex ey) and its back (gx gy fx fy).
function above(x, y, xa, ya, xb, yb) { return (y - ya) * (xb - xa) - (x - xa) * (yb - ya) }
function inside(k, x, y) {
    if (x <= bx[k] || x >= fx[k] || y <= by[k] || y >= fy[k]) return 0
    if (ex[k] == fx[k]) return 1
    return above(x, y, ex[k], by[k], fx[k], gy[k]) > 0 && above(x, y, bx[k], ey[k], gx[k], fy[k]) < 0
}
function finish(    i, j, k, hidden, l, b, r, t) {
    for (i = 1; i <= labels; i++) {
        l = la[i] + 0.2; b = lb[i] + 0.2; r = lc[i] - 0.2; t = ld[i] - 0.2
        for (j = i + 1; j <= labels; j++)
            if (l < lc[j] && la[j] < r && b < ld[j] && lb[j] < t) { print figure ": labels " ln[i] " and " ln[j]; bad = 1 }
        for (j = 1; j <= n; j++)
            if (crosses(x0[j], y0[j], x1[j], y1[j], l, b, r, t)) {
                hidden = 0
                if (sf[j]) for (k = sf[j] + 1; k <= solids; k++) if (inside(k, cx, cy)) hidden = 1
                if (!hidden) { print figure ": label " ln[i] " and " sn[j]; bad = 1 }
            }
        if (l < pa - 0.3 || b < pb - 0.3 || r > pc + 0.3 || t > pd + 0.3) { print figure ": label " ln[i] " sticks out"; bad = 1 }
    }
    labels = n = solids = 0
}
$1 == "box" { solids++; name = $2; bx[solids] = $3; by[solids] = $4; ex[solids] = $5; ey[solids] = $6 }
$1 == "back" {
    k = solids
    a = bx[k]; b = by[k]; c = ex[k]; d = ey[k]; A = gx[k] = $3; B = gy[k] = $4; C = fx[k] = $5; D = fy[k] = $6
    segment(name, k, 0, a, b, c, b); segment(name, k, 0, a, b, a, d); segment(name, k, 0, a, d, c, d); segment(name, k, 0, c, b, c, d)
    segment(name, k, 0, c, b, C, B); segment(name, k, 0, a, d, A, D); segment(name, k, 0, c, d, C, D)
    segment(name, k, 0, C, B, C, D); segment(name, k, 0, A, D, C, D)
}
$1 == "ray" { segment("a ray to " $2, 0, 0, $3, $4, $5, $6) }
$1 == "edge" { segment("an arrow", 0, 0, $3, $4, $5, $6) }
$1 == "label" { labels++; ln[labels] = $2; la[labels] = $3; lb[labels] = $4; lc[labels] = $5; ld[labels] = $6 }
$1 == "picture" { figure++; pa = $3; pb = $4; pc = $5; pd = $6; finish() }
END { exit bad }
