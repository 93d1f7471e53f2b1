#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Takes the weights out of ONNX files, so that they are small: names, types and sizes of tensors stay.

usage: strip_weights.py FILE.onnx OUT.onnx
Up to 64 whole numbers stay, for shapes are computed from them, and so does what has at most 16 elements.
Needs onnx (Debian: python3-onnx).
"""
import sys

import onnx

SMALL = 16


def strip(tensor):
    elements = 1
    for size in tensor.dims:
        elements *= size
    whole = tensor.data_type in (onnx.TensorProto.INT32, onnx.TensorProto.INT64, onnx.TensorProto.BOOL)
    if elements <= SMALL or (whole and elements <= 64):
        return
    for field in ("raw_data", "float_data", "int32_data", "int64_data", "double_data", "external_data"):
        tensor.ClearField(field)
    tensor.ClearField("data_location")


def strip_graph(graph):
    for tensor in graph.initializer:
        strip(tensor)
    for node in graph.node:
        node.ClearField("doc_string")
        for attribute in node.attribute:
            if attribute.HasField("t"):
                strip(attribute.t)
            if attribute.HasField("g"):
                strip_graph(attribute.g)
    graph.ClearField("value_info")


def main():
    model = onnx.load(sys.argv[1], load_external_data=False)
    strip_graph(model.graph)
    with open(sys.argv[2], "wb") as file:
        file.write(model.SerializeToString())


main()
