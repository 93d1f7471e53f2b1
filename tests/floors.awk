# SPDX-License-Identifier: MIT
# Reports every #include that runs upward or sideways. A room may use the rooms to the left of it in `below`.
BEGIN {
    below["base"] = "base"
    below["format"] = "base format"
    below["graph"] = "base graph"
    below["op"] = "base graph op"
    below["scene"] = "base scene"
    below["read"] = "base format graph op scene read"
    below["pass"] = "base graph op scene pass"
    below["view"] = "base graph op scene view"
    below["emit"] = "base graph op scene emit"
}
/^#include "/ {
    split(FILENAME, part, "/")
    room = (part[3] == "") ? "top" : part[2]
    split($2, quoted, "\"")
    if (split(quoted[2], target, "/") < 2 || room == "top")
        next
    if (index(" " below[room] " ", " " target[1] " ") == 0) {
        printf "%s:%d: %s/ must not include %s\n", FILENAME, FNR, room, quoted[2]
        bad = 1
    }
}
END { exit bad }
