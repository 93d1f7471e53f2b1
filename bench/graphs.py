#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Graphs for the benchmark: ONNX files of random graphs and chains, and the same graphs for Graphviz.

usage: graphs.py random NODES EDGES | chain NODES > FILE.onnx
       graphs.py dot < FILE.tikz > FILE.dot      the nodes and edges of a drawing
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


NODE = re.compile(r"\\nk(?:box|circle|text|stack)\{([^{}]*)\}")
EDGE = re.compile(r"\\nkedge(?:\[[^]]*\])?\{([^{}]*)\}\{([^{}]*)\}")


def dot(text):
    lines = ["digraph {", "node [shape=box]"]
    lines += [f'"{name}"' for name in NODE.findall(text)]
    lines += [f'"{a}" -> "{b}"' for a, b in EDGE.findall(text)]
    return "\n".join(lines + ["}"])


def main():
    random.seed(1)
    command, numbers = sys.argv[1], [int(n) for n in sys.argv[2:]]
    if command == "random":
        sys.stdout.buffer.write(model(random_reads(*numbers)))
    elif command == "chain":
        sys.stdout.buffer.write(model([[n] for n in range(numbers[0])]))
    elif command == "dot":
        print(dot(sys.stdin.read()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
