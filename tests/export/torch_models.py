#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Exports torchvision's networks to ONNX and compares what netikz says of them with torch and onnx.

usage: torch_models.py [--out DIR] [--netikz PROGRAM] [--force] [--export-only] [--verbose] [NAME...]

Each network has random weights and is exported twice: `kept` preserves batch norm as it is trained and computes no
constants, `default` folds it into the convolutions. For each file one line: nodes; parameters, beside torch's (kept) or the file's own weight
initialisers (default); shapes that onnx.shape_inference knows and that differ; MACs beside those of the operators that
torch ran; nodes drawn; time of `netikz draw`. Ends with status 1 where something differs.
Needs torch, torchvision and onnx (Debian: python3-torch python3-torchvision python3-onnx) and a few GB in DIR.
"""
import argparse
import math
import os
import re
import subprocess
import sys
import time
import warnings

warnings.filterwarnings("ignore")

IMAGE = (1, 3, 224, 224)
CLASSIFIERS = """alexnet vgg11_bn vgg16 resnet18 resnet50 resnet152 resnext50_32x4d wide_resnet50_2 densenet121 googlenet
inception_v3 squeezenet1_0 squeezenet1_1 mobilenet_v2 mobilenet_v3_small mobilenet_v3_large shufflenet_v2_x1_0 mnasnet1_0
efficientnet_b0 efficientnet_v2_s regnet_x_400mf regnet_y_400mf vit_b_16 swin_t swin_v2_t convnext_tiny maxvit_t""".split()
SEGMENTERS = "deeplabv3_resnet50 fcn_resnet50 lraspp_mobilenet_v3_large".split()
DETECTORS = "fasterrcnn_resnet50_fpn retinanet_resnet50_fpn ssd300_vgg16".split()
SEQUENCES = "lstm gru transformer encoder".split()


def sequence(name):
    """A recurrent network or a Transformer, and its inputs."""
    import torch
    from torch import nn

    class Recurrent(nn.Module):
        def __init__(self, kind):
            super().__init__()
            self.embedding = nn.Embedding(1000, 128)
            self.rnn = kind(128, 256, num_layers=2, batch_first=True)
            self.fc = nn.Linear(256, 10)

        def forward(self, tokens):
            return self.fc(self.rnn(self.embedding(tokens))[0][:, -1])

    if name in ("lstm", "gru"):
        return Recurrent(nn.LSTM if name == "lstm" else nn.GRU), (torch.zeros(1, 20, dtype=torch.long),)
    if name == "transformer":
        return nn.Transformer(batch_first=True), (torch.rand(1, 10, 512), torch.rand(1, 12, 512))
    layer = nn.TransformerEncoderLayer(256, 4, 1024, activation="gelu", batch_first=True, norm_first=True)
    return nn.TransformerEncoder(layer, 12), (torch.rand(1, 16, 256),)


def build(name):
    """The network in evaluation mode and example inputs."""
    import torch
    import torchvision.models as zoo
    torch.manual_seed(1)
    if name in SEQUENCES:
        model, inputs = sequence(name)
    elif name in DETECTORS:
        model = getattr(zoo.detection, name)(weights=None, weights_backbone=None)
        inputs = ([torch.rand(3, 320, 320)],)
    elif name in SEGMENTERS:
        model, inputs = getattr(zoo.segmentation, name)(weights=None, weights_backbone=None), (torch.rand(IMAGE),)
    else:
        keys = {"aux_logits": False, "init_weights": False} if name in ("googlenet", "inception_v3") else {}
        side = 299 if name == "inception_v3" else 224
        model, inputs = getattr(zoo, name)(weights=None, **keys), (torch.rand(1, 3, side, side),)
    with torch.no_grad():  # tensors of equal numbers, such as fresh norms, would become one in the file
        for parameter in model.parameters():
            parameter.add_(torch.rand_like(parameter) * 1e-3)
    return model.eval(), inputs


def count_macs(model, inputs):
    """Multiply-accumulates of the convolutions and matrix products that torch runs."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    class Counter(TorchDispatchMode):
        macs = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            name = function.overloadpacket.__name__
            if name in ("convolution", "_convolution"):
                weight, transposed = args[1], args[6]
                grid = args[0] if transposed else result
                Counter.macs += math.prod(weight.shape[1:] if not transposed else weight.shape[1:]) * grid.numel()
            elif name in ("mm", "bmm"):
                Counter.macs += args[0].numel() * args[1].shape[-1]
            elif name in ("addmm", "baddbmm"):
                Counter.macs += args[1].numel() * args[2].shape[-1]
            return result

    with Counter():  # with gradients, or torch takes fused paths whose products cannot be seen
        model(*inputs)
    return Counter.macs


def export(name, folder, force):
    """Writes NAME.kept.onnx and NAME.onnx with NAME.txt: parameters and MACs that torch knows."""
    paths = {mode: os.path.join(folder, name + suffix) for mode, suffix in (("kept", ".kept.onnx"), ("default", ".onnx"))}
    facts = os.path.join(folder, name + ".txt")
    if not force and all(map(os.path.exists, [facts, *paths.values()])):
        return paths, [int(n) for n in open(facts).read().split()]
    import torch
    model, inputs = build(name)
    params = sum(p.numel() for p in model.parameters())
    macs = count_macs(model, inputs)
    opset = 16 if name in ("swin_v2_t",) else 13
    for mode, path in paths.items():
        keys = {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False} if mode == "kept" else {}
        torch.onnx.export(model, inputs, path, opset_version=opset, **keys)
    open(facts, "w").write(f"{params} {macs}\n")
    return paths, [params, macs]


def weights_of(graph):
    """Elements of the floating initialisers, running statistics excepted."""
    import onnx
    floats = {onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.DOUBLE, onnx.TensorProto.BFLOAT16}
    source = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Identity"}
    norms = [node for node in graph.node if node.op_type == "BatchNormalization"]
    statistics = {source.get(name, name) for node in norms for name in node.input[3:5]}
    trained = {source.get(name, name) for node in graph.node for name in node.input
               if node.op_type != "BatchNormalization" and node.op_type != "Identity"}
    trained |= {source.get(name, name) for node in norms for name in node.input[1:3]}
    return sum(math.prod(t.dims) for t in graph.initializer
               if t.data_type in floats and t.dims and (t.name not in statistics or t.name in trained))


def shapes_of(path):
    """The nodes of a file, shapes that onnx.shape_inference knows, and the sum of the float initialisers."""
    import onnx
    model = onnx.load(path)
    weights = weights_of(model.graph)
    for tensor in model.graph.initializer:  # what is large is no shape, and inference copies it
        if len(tensor.raw_data) > 4096:
            tensor.raw_data = b""
    known = {}
    try:
        inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
    except Exception as error:  # such as a model that its own library finds inconsistent
        print(f"  {os.path.basename(path)}: onnx: {str(error).splitlines()[0]}", file=sys.stderr)
        inferred = model
    for value in [*inferred.graph.value_info, *inferred.graph.output]:
        kind = value.type.tensor_type
        if value.type.HasField("tensor_type") and kind.HasField("shape"):
            known[value.name] = [d.dim_value if d.HasField("dim_value") else None for d in kind.shape.dim]
    return model.graph.node, known, weights


def differs(known, said):
    """Whether a shape that netikz prints contradicts, or knows less than, the one of onnx."""
    if said == "?":  # of unknown rank, or a vector of unknown length
        return known != [None]
    dims = [] if said == "scalar" else said.split("x")
    return len(dims) != len(known) or any(k is not None and str(k) != d for k, d in zip(known, dims))


def compare(name, mode, path, facts, netikz, verbose):
    nodes, known, weights = shapes_of(path)
    table = subprocess.run([netikz, "summary", "--format=tsv", path], capture_output=True, text=True)
    rows = [line.split("\t") for line in table.stdout.splitlines()[1:]]
    start = time.perf_counter()
    drawn = subprocess.run([netikz, "draw", path], capture_output=True, text=True)
    took = (time.perf_counter() - start) * 1000
    if table.returncode or drawn.returncode or len(rows) != len(nodes) + 1:
        print(f"{name:26} {mode:8} FAILS  {(table.stderr or drawn.stderr).strip().splitlines()[:1]} rows {len(rows)}")
        return False
    bad, checked = [], 0
    for node, row in zip(nodes, rows):
        said = row[2].split(",")
        for output, shape in zip(node.output, said):
            if output in known:
                checked += 1
                if differs(known[output], shape):
                    bad.append(f"{row[0]} ({row[1]}): onnx {known[output]}, netikz {shape}")
    params, macs = rows[-1][3], rows[-1][4]
    agrees = "torch" if params == str(facts[0]) else "file" if params == str(weights) else None
    boxes = len(re.findall(r"^ *\\nk(?:box|stack|circle|text)\b", drawn.stdout, re.M))
    fine = agrees and macs == str(facts[1]) and not bad
    print(f"{name:26} {mode:8} {len(nodes):6} {params:>11} {agrees or weights:>11} "
          f"{macs:>14} {'torch' if macs == str(facts[1]) else facts[1]:>14} {checked:6} {len(bad):5} {boxes:6} {took:6.0f}", flush=True)
    for line in bad[: 400 if verbose else 3]:
        print("   ", line)
    return fine


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--out", default="/tmp/netikz-export")
    options.add_argument("--netikz", default="build/netikz")
    options.add_argument("--force", action="store_true", help="export again what is there")
    options.add_argument("--export-only", action="store_true")
    options.add_argument("--verbose", action="store_true", help="every shape that differs")
    options.add_argument("names", nargs="*")
    given = options.parse_args()
    os.makedirs(given.out, exist_ok=True)
    fine = True
    print(f"{'network':26} {'export':8} {'nodes':>6} {'params':>11} {'equal to':>11} {'macs':>14} {'equal to':>14} "
          f"{'shapes':>6} {'wrong':>5} {'drawn':>6} {'ms':>6}")
    for name in given.names or CLASSIFIERS + SEGMENTERS + DETECTORS + SEQUENCES:
        try:
            paths, facts = export(name, given.out, given.force)
        except Exception as error:
            print(f"{name:26} cannot be exported: {type(error).__name__}: {str(error).splitlines()[0][:120]}", flush=True)
            continue
        if not given.export_only:
            for mode, path in paths.items():
                fine &= compare(name, mode, path, facts, given.netikz, given.verbose)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
