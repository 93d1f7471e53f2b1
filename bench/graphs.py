#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Graphs for the benchmark: ONNX files of graphs of many shapes, and the same graphs for Graphviz.

usage: graphs.py SHAPE NODES [EDGES] [seed=N] > FILE.onnx    the shapes are in SHAPES
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


def layered_reads(nodes, edges):
    """Layers of a few nodes; every node reads one to three of the layer before, and seldom one of any before that."""
    layers, at = [[0]], 1
    reads = []
    while at <= nodes:
        layers.append(list(range(at, min(nodes, at + random.randint(1, 7)) + 1)))
        for n in layers[-1]:
            few = min(len(layers[-2]), random.randint(1, max(1, 2 * edges // nodes - 1)))
            reads.append(random.sample(layers[-2], few))
            if random.random() < 0.1:
                reads[-1].append(random.randrange(layers[-1][0]))
        at = layers[-1][-1] + 1
    return [sorted(set(inputs)) for inputs in reads]


def tree_reads(nodes, edges):
    """A tree that divides, and nodes that join two of its branches; what is left open is read by nobody."""
    reads, ends = [], [0]
    for n in range(1, nodes + 1):
        if len(ends) > 3 and random.random() < 1 - nodes / edges:
            joined = random.sample(ends, 2)
            ends = [end for end in ends if end not in joined] + [n]
        else:
            joined = [random.choice(ends)]
            if len(ends) > 12 or random.random() < 0.6:
                ends.remove(joined[0])
            ends.append(n)
        reads.append(sorted(joined))
    return reads


def series_parallel_reads(nodes, _):
    """Series of nodes and of branches that meet again, inside each other."""
    reads = []

    def add(inputs):
        reads.append(sorted(set(inputs)))
        return len(reads)

    def part(start, size):
        if size < 4 or random.random() < 0.2:
            for _ in range(max(1, size)):
                start = add([start])
            return start
        if random.random() < 0.4:
            first = random.randint(1, size - 1)
            return part(part(start, first), size - first)
        count = random.randint(2, 4)
        return add([part(start, (size - 1) // count) for _ in range(count)])

    at = 0
    while len(reads) < nodes:
        at = part(at, min(40, nodes - len(reads)))
    return reads


def skips_reads(nodes, edges):
    """A chain, and skips of any length over it."""
    reads = [[n] for n in range(nodes)]
    for _ in range(edges - nodes):
        n = random.randint(2, nodes)
        reads[n - 1].append(random.randrange(n))
    return [sorted(set(inputs)) for inputs in reads]


def dense_reads(nodes, edges):
    """Blocks in which a join reads all that was made in the block, as in DenseNet; `edges`: nodes of a block."""
    reads, made = [], [0]
    while len(reads) < nodes:
        reads.append(list(made))
        reads.append([len(reads)])
        made.append(len(reads))
        if len(made) > edges // 2:
            made = [len(reads)]
    return reads


def nested_reads(nodes, edges):
    """Skips inside of skips: node `depth + n` reads its mirror image `depth - n`; `edges`: nodes of one nest."""
    reads = []
    while len(reads) < nodes:
        start, size = len(reads), edges // 2
        reads += [[start + n] for n in range(size)]
        reads += [[start + size + n, start + size - n] if n else [start + size] for n in range(size)]
    return reads


def chain_reads(nodes, _):
    return [[n] for n in range(nodes)]


SHAPES = {"random": random_reads, "chain": chain_reads, "layered": layered_reads, "tree": tree_reads,
          "series": series_parallel_reads, "skips": skips_reads, "dense": dense_reads, "nested": nested_reads}



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
    command, numbers = sys.argv[1], [int(n) for n in sys.argv[2:] if n.isdigit()]
    seeds = [int(word[5:]) for word in sys.argv[2:] if word.startswith("seed=")]
    random.seed(seeds[0] if seeds else 1)
    if command in SHAPES:
        sys.stdout.buffer.write(model(SHAPES[command](numbers[0], numbers[-1])))
    elif command == "dot":
        print(dot(sys.stdin.read()))
    elif command == "crossings":
        with open(sys.argv[2], encoding="utf-8") as ours, open(sys.argv[3], encoding="utf-8") as theirs:
            print(own_crossings(ours.read()), dot_crossings(theirs.read()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
