#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Makes the ONNX files of this folder with onnx.helper (1.12) and torch.onnx (1.13); the numbers of all weights are left
# out (external data that is not there), for they are never read.
import os
import warnings

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh

warnings.filterwarnings('ignore')
OUT = os.path.dirname(os.path.abspath(__file__))


def info(name, shape, kind=T.FLOAT):
    return h.make_tensor_value_info(name, kind, shape)


def ints(name, *values):
    return nh.from_array(np.array(values, np.int64), name)


def hollow(tensor):
    tensor.ClearField('raw_data')
    tensor.ClearField('float_data')
    tensor.data_location = T.EXTERNAL
    for key, value in (('location', 'weights.bin'), ('offset', '0')):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    return tensor


def weight(name, *shape):
    return hollow(nh.from_array(np.zeros(shape, np.float32), name))


def scalar(name):
    return nh.from_array(np.zeros((), np.float32), name)


def save(name, graph, opset=13, ir=7, functions=(), domains=()):
    imports = [h.make_opsetid('', opset)] + [h.make_opsetid(domain, 1) for domain in domains]
    model = h.make_model(graph, opset_imports=imports, functions=list(functions), producer_name='netikz tests')
    model.ir_version = ir
    onnx.save(model, os.path.join(OUT, name + '.onnx'))


def lenet():
    """Initialisers that are inputs too, nodes without names, a Shape-Gather-Concat chain."""
    nodes = [
        h.make_node('Conv', ['x', 'c1.w', 'c1.b'], ['1'], kernel_shape=[5, 5], pads=[2, 2, 2, 2]),
        h.make_node('Relu', ['1'], ['2']),
        h.make_node('MaxPool', ['2'], ['3'], kernel_shape=[2, 2], strides=[2, 2]),
        h.make_node('Conv', ['3', 'c2.w', 'c2.b'], ['4'], kernel_shape=[5, 5]),
        h.make_node('Relu', ['4'], ['5']),
        h.make_node('AveragePool', ['5'], ['6'], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
        h.make_node('Shape', ['6'], ['7']),
        h.make_node('Constant', [], ['8'], value=ints('', 0)),
        h.make_node('Gather', ['7', '8'], ['9']),
        h.make_node('Constant', [], ['10'], value=ints('', -1)),
        h.make_node('Concat', ['9', '10'], ['11'], axis=0),
        h.make_node('Reshape', ['6', '11'], ['12']),
        h.make_node('Gemm', ['12', 'f1.w', 'f1.b'], ['13'], transB=1),
        h.make_node('Softmax', ['13'], ['prob'])]
    weights = {'c1.w': (6, 1, 5, 5), 'c1.b': (6,), 'c2.w': (16, 6, 5, 5), 'c2.b': (16,), 'f1.w': (10, 400), 'f1.b': (10,)}
    save('lenet', h.make_graph(nodes, 'lenet', [info('x', ['N', 1, 28, 28]), info('c1.w', [6, 1, 5, 5]), info('c1.b', [6])],
                               [info('prob', ['N', 10])], [weight(n, *s) for n, s in weights.items()]), 9, 3)


def picks():
    """Two convolutions that share a bias, as where an exporter writes equal numbers once; one index of an axis, from behind."""
    nodes = [
        h.make_node('Conv', ['x', 'c1.w', 'b'], ['1'], kernel_shape=[1, 1]),
        h.make_node('Conv', ['1', 'c2.w', 'b'], ['2'], kernel_shape=[1, 1]),
        h.make_node('Constant', [], ['last'], value=nh.from_array(np.array(-1, np.int64))),
        h.make_node('Constant', [], ['third'], value=nh.from_array(np.array(2, np.int64))),
        h.make_node('Gather', ['2', 'last'], ['3'], axis=3),
        h.make_node('Gather', ['3', 'third'], ['y'], axis=2)]
    shapes = {'c1.w': (4, 3, 1, 1), 'c2.w': (4, 4, 1, 1), 'b': (4,)}
    save('picks', h.make_graph(nodes, 'picks', [info('x', ['N', 3, 8, 8])], [info('y', ['N', 4])],
                               [weight(n, *s) for n, s in shapes.items()]))


def scopes():
    """Names of PyTorch, residuals, a kernel that two layers share, running statistics, a weight behind Identity."""
    parts = ('weight', 'bias', 'running_mean', 'running_var')

    def bn(i, x, y):
        inputs = [x] + ['bn%d.%s' % (i, part) for part in parts]
        return h.make_node('BatchNormalization', inputs, [y], name='/layer1/layer1.%d/bn/BatchNormalization' % i)
    same = {'kernel_shape': [3, 3], 'auto_pad': 'SAME_UPPER'}
    nodes = [
        h.make_node('Conv', ['x', 'w0'], ['a'], name='/conv1/Conv', kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        h.make_node('Conv', ['a', 'w1'], ['b'], name='/layer1/layer1.0/conv/Conv', **same),
        bn(0, 'b', 'c'), h.make_node('Relu', ['c'], ['d'], name='/layer1/layer1.0/relu/Relu'),
        h.make_node('Add', ['a', 'd'], ['e'], name='/layer1/layer1.0/Add'),
        h.make_node('Conv', ['e', 'w1'], ['f'], name='/layer1/layer1.1/conv/Conv', **same),
        bn(1, 'f', 'g'), h.make_node('Relu', ['g'], ['h'], name='/layer1/layer1.1/relu/Relu'),
        h.make_node('Add', ['e', 'h'], ['i'], name='/layer1/layer1.1/Add'),
        h.make_node('GlobalAveragePool', ['i'], ['j'], name='/pool/GlobalAveragePool'),
        h.make_node('Flatten', ['j'], ['k'], name='/Flatten'),
        h.make_node('Identity', ['fc'], ['fc2'], name='Identity_0'),
        h.make_node('MatMul', ['k', 'fc2'], ['l'], name='/fc/MatMul'),
        h.make_node('Add', ['fcb', 'l'], ['y'], name='/fc/Add')]
    weights = [('w0', (8, 3, 3, 3)), ('w1', (8, 8, 3, 3)), ('fc', (8, 10)), ('fcb', (10,))]
    weights += [('bn%d.%s' % (i, part), (8,)) for i in (0, 1) for part in parts]
    save('scopes', h.make_graph(nodes, 'scopes', [info('x', [1, 3, 32, 32])], [info('y', [1, 10])],
                                [weight(n, *s) for n, s in weights]))


def choices():
    """A network that is one If, which only the data decide; inside, one that a rank decides."""
    def inner(name, op, given):
        return h.make_graph([h.make_node(op, [given], [name])], name + '_graph', [], [info(name, None)])

    def branch(n, channels):
        return h.make_graph([
            h.make_node('Constant', [], [n + 'w'], value=weight('', channels, 3, 3, 3)),
            h.make_node('Conv', ['x', n + 'w'], [n + 'a'], name=n + '/conv/Conv'),
            h.make_node('Shape', [n + 'a'], [n + 's'], name=n + '/Shape'),
            h.make_node('Size', [n + 's'], [n + 'r'], name=n + '/Size'),
            h.make_node('Constant', [], [n + '4'], value=nh.from_array(np.array(4, np.int64))),
            h.make_node('Equal', [n + 'r', n + '4'], [n + 'q'], name=n + '/Equal'),
            h.make_node('If', [n + 'q'], [n + 'y'], name=n + '/If', then_branch=inner(n + 't', 'Relu', n + 'a'),
                        else_branch=inner(n + 'e', 'Sigmoid', n + 'a'))], n, [], [info(n + 'y', None)])
    node = h.make_node('If', ['p'], ['y'], name='choice', then_branch=branch('big', 8), else_branch=branch('small', 4))
    save('if', h.make_graph([node], 'hidden', [info('x', [1, 3, 16, 16]), info('p', [], T.BOOL)], [info('y', None)]))


def loops():
    """Six turns of a Loop, seven steps of a Scan."""
    body = h.make_graph([
        h.make_node('Constant', [], ['on'], value=nh.from_array(np.array(True))),
        h.make_node('MatMul', ['s', 'm'], ['t']), h.make_node('Relu', ['t'], ['u'])], 'body',
        [info('i', [], T.INT64), info('go', [], T.BOOL), info('s', None)], [info('on', [], T.BOOL), info('u', None), info('t', None)])
    cell = h.make_graph([
        h.make_node('Concat', ['hh', 'xx'], ['hx'], axis=1), h.make_node('MatMul', ['hx', 'rw'], ['z']),
        h.make_node('Tanh', ['z'], ['hn']), h.make_node('Identity', ['hn'], ['yy'])], 'cell',
        [info('hh', [2, 4]), info('xx', [2, 3])], [info('hn', [2, 4]), info('yy', [2, 4])])
    save('loops', h.make_graph([
        h.make_node('Loop', ['n', '', 'x'], ['v', 'all'], name='loop', body=body),
        h.make_node('Scan', ['h0', 'seq'], ['hT', 'ys'], name='scan', body=cell, num_scan_inputs=1)], 'loops',
        [info('x', [5, 4]), info('h0', [2, 4]), info('seq', [7, 2, 3])], [info('v', [5, 4]), info('all', None), info('ys', None)],
        [nh.from_array(np.array(6, np.int64), 'n'), weight('m', 4, 4), weight('rw', 7, 4)]))


def function(name, inputs, outputs, nodes, attributes=()):
    return h.make_function('pkg', name, inputs, outputs, nodes, [h.make_opsetid('', 16), h.make_opsetid('pkg', 1)], list(attributes))


def functions():
    """Functions that call functions, an attribute handed on; one that calls itself; one that doubles 29 times."""
    leaky = h.make_node('LeakyRelu', ['b'], ['y'])
    slope = leaky.attribute.add()
    slope.name, slope.ref_attr_name, slope.type = 'alpha', 'slope', onnx.AttributeProto.FLOAT
    block = function('Block.1', ['x', 'w', 'scale'], ['y'], [
        h.make_node('Conv', ['x', 'w'], ['a'], name='conv'), h.make_node('Unit', ['a', 'scale'], ['y'], domain='pkg', name='unit', slope=0.25)])
    unit = function('Unit', ['x', 'scale'], ['y'], [h.make_node('Mul', ['x', 'scale'], ['b'], name='mul'), leaky], ['slope'])
    save('functions', h.make_graph([
        h.make_node('Block.1', ['x', 'w1', 's1'], ['h'], name='/body/first/Block', domain='pkg'),
        h.make_node('Block.1', ['h', 'w2', 's2'], ['y'], name='/body/second/Block', domain='pkg')], 'functions',
        [info('x', ['batch', 3, 'H', 'W'])], [info('y', None)],
        [weight('w1', 8, 3, 3, 3), weight('w2', 4, 8, 1, 1), weight('s1', 8, 1, 1), weight('s2', 4, 1, 1)]), 16, 8, [block, unit], ['pkg'])
    again = function('R', ['x'], ['y'], [h.make_node('R', ['x'], ['y'], domain='pkg', name='again')])
    save('recursive', h.make_graph([h.make_node('R', ['x'], ['y'], domain='pkg', name='start')], 'r', [info('x', [1])],
                                   [info('y', None)]), 16, 8, [again], ['pkg'])
    doubling = [function('B0', ['x'], ['y'], [h.make_node('Relu', ['x'], ['y'])])]
    for i in range(1, 30):
        call = 'B%d' % (i - 1)
        doubling.append(function('B%d' % i, ['x'], ['y'], [h.make_node(call, ['x'], ['m'], domain='pkg'),
                                                           h.make_node(call, ['m'], ['y'], domain='pkg')]))
    save('bomb', h.make_graph([h.make_node('B29', ['x'], ['y'], domain='pkg', name='fuse')], 'b', [info('x', [1])],
                              [info('y', None)]), 16, 8, doubling, ['pkg'])


def weights():
    """Weights from ConstantOfShape, from inputs, quantised, fake-quantised, of a custom operator, of an embedding and an LSTM."""
    nodes = [
        h.make_node('Constant', [], ['cs'], value=ints('', 8, 3, 3, 3)), h.make_node('ConstantOfShape', ['cs'], ['filled']),
        h.make_node('Conv', ['x', 'filled'], ['a'], name='of_shape'),
        h.make_node('Conv', ['a', 'as_input', 'as_input_b'], ['b'], name='by_input'),
        h.make_node('DequantizeLinear', ['q', 'qs'], ['dq'], name='dequantize'), h.make_node('Conv', ['b', 'dq'], ['c'], name='quantised'),
        h.make_node('Quant', ['cw', 'qs', 'qz', 'bits'], ['qw'], name='fake', domain='qonnx.custom_op.general'),
        h.make_node('Conv', ['c', 'qw'], ['d'], name='fake_quantised'),
        h.make_node('Mystery', ['d', 'mw'], ['e'], name='custom', domain='my.own', depth=3),
        h.make_node('Gather', ['table', 'ids'], ['f'], name='embedding'),
        h.make_node('LSTM', ['f', 'lw', 'lr', 'lb'], ['', 'g'], name='lstm', hidden_size=4),
        h.make_node('Slice', ['g', 'i0', 'i1'], ['cut'], name='cut'), h.make_node('Pow', ['cut', 'two'], ['pow'], name='power')]
    held = [nh.from_array(np.zeros((4, 8, 1, 1), np.int8), 'q'), scalar('qs'), scalar('qz'), scalar('bits'), ints('i0', 0), ints('i1', 1), scalar('two')]
    shapes = {'cw': (6, 4, 1, 1), 'mw': (7, 9), 'table': (50, 3), 'lw': (1, 16, 3), 'lr': (1, 16, 4), 'lb': (1, 32)}
    save('weights', h.make_graph(nodes, 'weights', [info('x', [2, 3, 12, 12]), info('as_input', [8, 8, 3, 3]), info('as_input_b', [8]),
                                                    info('ids', [5, 2], T.INT64)], [info('e', [2, 'Concat.boxes/1', '?']), info('pow', None)],
                                 held + [weight(n, *s) for n, s in shapes.items()]))


def strip(name):
    path = os.path.join(OUT, name + '.onnx')
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        if tensor.data_type == T.FLOAT and np.prod(tensor.dims) > 4:
            hollow(tensor)
    onnx.save(model, path)


def exported():
    """What PyTorch itself writes: windows as in Swin, a transformer of open sequence length, recurrent layers, a small U-Net."""
    import torch
    import torch.nn as nn
    import torch.nn.functional as F

    class Windows(nn.Module):
        def __init__(self):
            super().__init__()
            self.patch, self.norm, self.qkv = nn.Conv2d(3, 16, 4, 4), nn.LayerNorm(16), nn.Linear(16, 48)
            self.reduction = nn.Linear(64, 32, bias=False)

        def forward(self, x):
            x = self.patch(x)
            b, c, height, width = x.shape
            x = torch.roll(self.norm(x.flatten(2).transpose(1, 2)).view(b, height, width, c), (-2, -2), (1, 2))
            x = x.view(b, height // 4, 4, width // 4, 4, c).permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, 16, c)
            q, k, v = self.qkv(x).reshape(x.shape[0], 16, 3, 4, 4).permute(2, 0, 3, 1, 4)
            x = (F.softmax(q @ k.transpose(-2, -1), -1) @ v).transpose(1, 2).reshape(-1, 4, 4, c)
            x = x.view(b, height // 4, width // 4, 4, 4, c).permute(0, 1, 3, 2, 4, 5).contiguous().view(b, height, width, c)
            x = torch.cat([x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]], -1)
            return self.reduction(x).mean((1, 2))

    class Tokens(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.out = nn.Embedding(20, 8), nn.Linear(8, 20)
            self.encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)

        def forward(self, x):
            return self.out(self.encoder(self.embed(x)))

    class Recurrent(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.gru, self.fc = nn.LSTM(5, 6, bidirectional=True, batch_first=True), nn.GRU(12, 4), nn.Linear(4, 3)

        def forward(self, x):
            return self.fc(self.gru(self.lstm(x)[0].transpose(0, 1))[1][-1])

    class UNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.down, self.deep, self.up = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 8, 3, padding=1), nn.ConvTranspose2d(8, 4, 2, 2)
            self.join = nn.Conv2d(8, 2, 3, padding=1)

        def forward(self, x):
            a = F.relu(self.down(x))
            b = self.up(F.relu(self.deep(F.max_pool2d(a, 2))))
            return self.join(torch.cat([F.interpolate(b, size=a.shape[2:], mode='bilinear', align_corners=False), a], 1))

    class Block(nn.Module):
        def __init__(self, width, out, stride):
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(width, 2, 1, bias=False), nn.BatchNorm2d(2)
            self.conv2, self.bn2 = nn.Conv2d(2, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out)
            if stride > 1 or width != out:
                self.downsample = nn.Sequential(nn.Conv2d(width, out, 1, stride, bias=False), nn.BatchNorm2d(out))

        def forward(self, x):
            y = self.bn2(self.conv2(F.silu(self.bn1(self.conv1(x)))))
            return F.relu(y + (self.downsample(x) if hasattr(self, 'downsample') else x))

    class Stages(nn.Module):
        """Two stages of three blocks, whose first has a stride and a projection."""
        def __init__(self):
            super().__init__()
            self.layer1 = nn.Sequential(Block(3, 4, 1), Block(4, 4, 1), Block(4, 4, 1))
            self.layer2 = nn.Sequential(Block(4, 6, 2), Block(6, 6, 1), Block(6, 6, 1))
            self.fc = nn.Linear(6, 5)

        def forward(self, x):
            return self.fc(self.layer2(self.layer1(x)).mean((2, 3)))

    def encoder():
        layer = nn.TransformerEncoderLayer(8, 2, 16, activation='gelu', batch_first=True, norm_first=True)
        return nn.TransformerEncoder(layer, 3)

    def export(name, module, example, opset, dynamic=None, **options):
        torch.manual_seed(1)
        for parameter in module.parameters():
            nn.init.normal_(parameter)
        torch.onnx.export(module.eval(), example, os.path.join(OUT, name + '.onnx'), opset_version=opset, input_names=['x'],
                          output_names=['y'], dynamic_axes=dynamic and {'x': dynamic}, **options)
        strip(name)
    export('windows', Windows(), torch.randn(2, 3, 64, 64), 11, do_constant_folding=False)
    export('tokens', Tokens(), torch.randint(0, 20, (2, 7)), 14, {0: 'batch', 1: 'seq'})
    export('recurrent', Recurrent(), torch.randn(3, 9, 5), 14, {0: 'batch', 1: 'time'})
    export('stages', Stages(), torch.randn(1, 3, 16, 16), 13, training=torch.onnx.TrainingMode.PRESERVE)
    export('encoder', encoder(), torch.randn(1, 5, 8), 13)
    export('unet', UNet(), torch.randn(1, 1, 32, 32), 11, {0: 'n', 2: 'height', 3: 'width'})


if __name__ == '__main__':
    for make in (lenet, picks, scopes, choices, loops, functions, weights, exported):
        make()
