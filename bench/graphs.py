#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Graphs for the benchmark: ONNX files of random graphs and chains, and the same graphs for Graphviz.

usage: graphs.py random NODES EDGES | chain NODES > FILE.onnx
       graphs.py dot < FILE.tikz > FILE.dot      the nodes and edges of a drawing
       graphs.py crossings FILE.tikz FILE.plain  edges that cross in a drawing in one column, and in dot's
"""
import random
import re
import sys


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, data):
    """A protobuf field: a whole number or bytes."""
    if isinstance(data, int):
        return varint(number << 3) + varint(data)
    return varint(number << 3 | 2) + varint(len(data)) + data


def value(name):
    """ValueInfoProto of a float tensor 1x8."""
    shape = b"".join(field(1, field(1, size)) for size in (1, 8))
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def model(reads):
    """A model of the nodes 1, 2, …: node n reads what reads[n - 1] lists (0: the input)."""
    graph = b""
    for n, inputs in enumerate(reads, 1):
        names = b"".join(field(1, b"%d" % i) for i in inputs)
        op = b"Relu" if len(inputs) == 1 else b"Sum"
        graph += field(1, names + field(2, b"%d" % n) + field(4, op))
    graph += field(2, b"g") + field(11, value(b"0")) + field(12, value(b"%d" % len(reads)))
    return field(1, 7) + field(7, graph) + field(8, field(2, 13))


def random_reads(nodes, edges):
    """Every node reads one of the nodes before it; edges that are left go anywhere forward, mostly near."""
    reads = [[max(0, n - random.randint(1, 8))] for n in range(1, nodes + 1)]
    for _ in range(edges - nodes):
        n = random.randint(2, nodes)
        reads[n - 1].append(max(0, n - random.randint(1, 40)))
    return [sorted(set(inputs)) for inputs in reads]



KIND = r"\\nk(?:box|circle|text|stack|card|record|attributes|bare|cells|octagon|ellipse)(?:\[[^]]*\])?"
NODE = re.compile(KIND + r"\{([^{}]*)\}")
EDGE = re.compile(r"\\nkedge(?:\[[^]]*\])?\{([^{}]*)\}\{([^{}]*)\}")


def dot(text):
    lines = ["digraph {", "node [shape=box]"]
    lines += [f'"{name}"' for name in NODE.findall(text)]
    lines += [f'"{a}" -> "{b}"' for a, b in EDGE.findall(text)]
    return "\n".join(lines + ["}"])


NUMBERED = re.compile(KIND + r"\{([^{}]*)\}(?:\{[^{}]*\})?\{(\d+)\}")
ROUTED = re.compile(r"\\nkedge(?:\[[^]]*\])?\{([^{}]*)\}\{([^{}]*)\}\{([^{}]*)\}")


def count(lines):
    """Proper crossings among lines (above, below) between two ranks; an accumulator tree over the places below."""
    lines = sorted(lines)
    place = {b: i for i, b in enumerate(sorted({b for _, b in lines}), 1)}
    tree, entered, crossings, at = [0] * (len(place) + 1), 0, 0, 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end][0] == lines[at][0]:
            end += 1
        same = [place[b] for _, b in lines[at:end]]
        for i in same:
            crossings += entered
            while i:
                crossings -= tree[i]
                i &= i - 1
        for i in same:
            entered += 1
            while i < len(tree):
                tree[i] += 1
                i += i & -i
        at = end
    return crossings


def lanes_of(text):
    """Nodes of a drawing in one column: name → (rank, lane)."""
    place, rank = {}, 0
    for line in text.split("\n"):
        rank += line.startswith("\\nkrank")
        if found := NUMBERED.match(line.strip()):
            place[found[1]] = rank, int(found[2])
    return place


def own_crossings(text):
    """Lines that edges from one node share are one; what enters at the side crosses what passes before it."""
    place, gaps, aside = lanes_of(text), {}, []
    for source, target, route in ROUTED.findall(text):
        (rank, lane), (end, last) = place[source], place[target]
        steps = {}
        for step in filter(None, route.split(", ")):
            if step == "in":
                aside.append((end, source, lane, last))
                last = lane
            elif not step.startswith("out"):
                lane = int(step.split(">")[1])
                steps[int(re.split(r"[.>]", step)[0])] = lane
        lane = place[source][1]
        for gap in range(rank, end):
            below = steps.get(gap, lane if gap + 1 < end else last)
            gaps.setdefault(gap, set()).add((source, lane, below))
            lane = below
    crossings = sum(count([line[1:] for line in lines]) for lines in gaps.values())
    for end, source, lane, last in set(aside):
        passing = {line[0] for line in gaps.get(end, ()) if min(lane, last) < line[1] < max(lane, last)}
        crossings += len(passing - {source})
    return crossings


def dot_crossings(plain):
    """Where each of dot's splines is at the height of each rank, and the crossings between these places."""
    node, edges = {}, []
    for line in plain.split("\n"):
        words = re.findall(r'"[^"]*"|\S+', line)
        if words[:1] == ["node"]:
            node[words[1]] = float(words[2]), -float(words[3])
        elif words[:1] == ["edge"]:
            numbers = [float(word) for word in words[4:4 + 2 * int(words[3])]]
            edges.append((words[1], words[2], list(zip(numbers[::2], [-y for y in numbers[1::2]]))))
    heights = sorted({y for _, y in node.values()})
    number = {y: i for i, y in enumerate(heights)}
    gaps = {}
    for source, target, points in edges:
        (above, top), (end, bottom) = node[source], node[target]
        for gap in range(number[top], number[bottom]):
            below = end if gap + 1 == number[bottom] else at_height(points, heights[gap + 1])
            gaps.setdefault(gap, []).append((above, below))
            above = below
    return sum(count(lines) for lines in gaps.values())


def at_height(points, y):
    """Place across of a cubic B-spline that runs down, at this height."""
    for i in range(0, len(points) - 3, 3):
        p = points[i:i + 4]
        if p[3][1] >= y:
            low, high = 0.0, 1.0
            for _ in range(30):
                t = (low + high) / 2
                if bezier(p, t, 1) < y:
                    low = t
                else:
                    high = t
            return bezier(p, low, 0)
    return points[-1][0]


def bezier(p, t, axis):
    return sum(w * q[axis] for w, q in zip(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3), p))


def main():
    random.seed(1)
    command, numbers = sys.argv[1], [int(n) for n in sys.argv[2:] if n.isdigit()]
    if command == "random":
        sys.stdout.buffer.write(model(random_reads(*numbers)))
    elif command == "chain":
        sys.stdout.buffer.write(model([[n] for n in range(numbers[0])]))
    elif command == "dot":
        print(dot(sys.stdin.read()))
    elif command == "crossings":
        with open(sys.argv[2], encoding="utf-8") as ours, open(sys.argv[3], encoding="utf-8") as theirs:
            print(own_crossings(ours.read()), dot_crossings(theirs.read()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
