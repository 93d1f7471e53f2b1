#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Makes the TensorFlow Lite files of this folder: flatc (2.0.8) writes them from JSON by the public schema,
#   make.py SCHEMA      where SCHEMA is tensorflow/lite/schema/schema.fbs.
# All weights are zeros.
import json
import os
import subprocess
import sys
import tempfile

OUT = os.path.dirname(os.path.abspath(__file__))


class Net:
    def __init__(self):
        self.tensors, self.buffers, self.codes, self.operators = [], [{}], [], []

    def tensor(self, name, shape, kind='FLOAT32', data=None, signature=None, variable=False):
        entry = {'shape': shape, 'type': kind, 'buffer': 0}
        if name:
            entry['name'] = name
        if signature:
            entry['shape_signature'] = signature
        if variable:
            entry['is_variable'] = True
        if data is not None:
            entry['buffer'] = len(self.buffers)
            self.buffers.append({'data': data})
        self.tensors.append(entry)
        return len(self.tensors) - 1

    def weight(self, name, *shape):
        size = 1
        for n in shape:
            size *= n
        return self.tensor(name, list(shape), 'INT8', [0] * size)

    def ints(self, name, *values):
        data = [b for v in values for b in int(v).to_bytes(4, 'little', signed=True)]
        return self.tensor(name, [len(values)], 'INT32', data)

    def op(self, code, inputs, outputs, kind=None, options=None, custom=None):
        entry = {'builtin_code': code, 'deprecated_builtin_code': 0}
        if custom:
            entry['custom_code'] = custom
        if entry not in self.codes:
            self.codes.append(entry)
        operator = {'opcode_index': self.codes.index(entry), 'inputs': inputs, 'outputs': outputs}
        if kind:
            operator['builtin_options_type'] = kind
            operator['builtin_options'] = options or {}
        self.operators.append(operator)
        return outputs[0]

    def write(self, name, inputs, outputs):
        model = {'version': 3, 'operator_codes': self.codes, 'buffers': self.buffers, 'description': name,
                 'subgraphs': [{'tensors': self.tensors, 'inputs': inputs, 'outputs': outputs,
                                'operators': self.operators, 'name': 'main'}]}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, name + '.json')
            with open(path, 'w') as file:
                json.dump(model, file)
            subprocess.run(['flatc', '-b', '-o', OUT, sys.argv[1], path], check=True)


def windows():
    net = Net()
    x = net.tensor('image', [1, 32, 32, 3], signature=[-1, 32, 32, 3])
    a = net.op('CONV_2D', [x, net.weight('w1', 8, 3, 3, 3), net.weight('b1', 8)],
               [net.tensor('stem/conv', [1, 16, 16, 8], signature=[-1, 16, 16, 8])], 'Conv2DOptions',
               {'padding': 'SAME', 'stride_w': 2, 'stride_h': 2, 'fused_activation_function': 'RELU6'})
    b = net.op('DEPTHWISE_CONV_2D', [a, net.weight('w2', 1, 3, 3, 16), net.weight('b2', 16)],
               [net.tensor('stem/depthwise', [1, 14, 14, 16], signature=[-1, 14, 14, 16])], 'DepthwiseConv2DOptions',
               {'padding': 'VALID', 'stride_w': 1, 'stride_h': 1, 'depth_multiplier': 2,
                'fused_activation_function': 'RELU'})
    c = net.op('TRANSPOSE_CONV', [net.ints('sizes', 1, 28, 28, 4), net.weight('w3', 4, 2, 2, 16), b],
               [net.tensor('up', [1, 28, 28, 4])], 'TransposeConvOptions',
               {'padding': 'VALID', 'stride_w': 2, 'stride_h': 2})
    d = net.op('MAX_POOL_2D', [c], [net.tensor('pool', [1, 14, 14, 4])], 'Pool2DOptions',
               {'padding': 'VALID', 'stride_w': 2, 'stride_h': 2, 'filter_width': 2, 'filter_height': 2})
    e = net.op('CONCATENATION', [b, d], [net.tensor('joined', [1, 14, 14, 20])], 'ConcatenationOptions', {'axis': 3})
    f = net.op('MEAN', [e, net.ints('axes', 1, 2)], [net.tensor('mean', [1, 20])], 'ReducerOptions', {})
    g = net.op('FULLY_CONNECTED', [f, net.weight('w4', 10, 20), net.weight('b4', 10)],
               [net.tensor('100%_$x_\\input{head}', [1, 10])], 'FullyConnectedOptions',
               {'fused_activation_function': 'RELU'})
    h = net.op('CUSTOM', [g], [net.tensor(None, [1, 10])], custom='Sharpen')
    i = net.op('ADD', [h, net.weight('b5', 10)], [net.tensor('shifted', [1, 10])], 'AddOptions', {})
    net.op('SOFTMAX', [i], [net.tensor('probabilities', [1, 10])], 'SoftmaxOptions', {})
    net.write('windows', [x], [len(net.tensors) - 1])


# Sizes of -1 and shapes that the file leaves out: they follow from small tensors.
def forms():
    net = Net()
    x = net.tensor('words', [1, 7], 'INT32')
    table = net.weight('table', 50, 12)
    a = net.op('GATHER', [table, x], [net.tensor('embedded', [1, 7, 12])], 'GatherOptions', {'axis': 0})
    state = [net.tensor('h', [1, 16], variable=True), net.tensor('c', [1, 16], variable=True)]
    inputs = [a] + [net.weight('i%d' % k, 16, 12) for k in range(4)]
    inputs += [net.weight('r%d' % k, 16, 16) for k in range(4)] + [-1, -1, -1]
    inputs += [net.weight('b%d' % k, 16) for k in range(4)] + [-1, -1] + state + [-1] * 4
    b = net.op('UNIDIRECTIONAL_SEQUENCE_LSTM', inputs, [net.tensor('cell', [1, 7, 16])],
               'UnidirectionalSequenceLSTMOptions', {'fused_activation_function': 'TANH'})
    c = net.op('STRIDED_SLICE', [b, net.ints('begin', 0, 6, 0), net.ints('end', 0, 7, 0), net.ints('step', 1, 1, 1)],
               [net.tensor('last', [1, 16])], 'StridedSliceOptions',
               {'begin_mask': 5, 'end_mask': 5, 'shrink_axis_mask': 2})
    d = net.op('RESHAPE', [c, net.ints('shape', 1, 4, -1)], [net.tensor('square', [1, 4, 4])], 'ReshapeOptions', {})
    e = net.op('TRANSPOSE', [d, net.ints('order', 0, 2, 1)], [net.tensor('turned', [1, 4, 4])], 'TransposeOptions', {})
    f = net.op('BATCH_MATMUL', [d, e], [net.tensor('product', [1, 4, 4])], 'BatchMatMulOptions', {})
    g = net.op('PACK', [f, d], [net.tensor('both', [1, 2, 4, 4])], 'PackOptions', {'values_count': 2, 'axis': 1})
    net.op('SPLIT', [net.ints('axis', 1), g], [net.tensor('first', [1, 1, 4, 4]), net.tensor('second', [1, 1, 4, 4])],
           'SplitOptions', {'num_splits': 2})
    net.write('forms', [x], [len(net.tensors) - 2, len(net.tensors) - 1])


windows()
forms()
