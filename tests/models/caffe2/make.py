#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Makes the Caffe2 files of this folder: text by hand, from which protoc (3.21) writes the binary with schema.proto.
import os
import subprocess

OUT = os.path.dirname(os.path.abspath(__file__))


def op(kind, inputs, outputs, **args):
    text = 'op {\n' + ''.join('  input: "%s"\n' % i for i in inputs.split()) + ''.join('  output: "%s"\n' % o for o in outputs.split())
    text += '  type: "%s"\n' % kind
    for name, value in args.items():
        form = 's: "%s"' % value if isinstance(value, str) else 'f: %g' % value if isinstance(value, float) else \
            ' '.join('ints: %d' % v for v in value) if isinstance(value, list) else 'i: %d' % value
        text += '  arg { name: "%s" %s }\n' % (name, form)
    return text + '}\n'


# Weights that the net itself fills, and some that only enter; layers in place; what enters has a size.
def net():
    return ''.join([
        'name: "squeeze"\n', op('ConstantFill', '', 'data', shape=[1, 3, 24, 24]),
        op('GivenTensorFill', '', 'w1', shape=[8, 3, 3, 3]), op('GivenTensorFill', '', 'b1', shape=[8]),
        op('Conv', 'data w1 b1', 'conv1', kernel=3, stride=2, pad=1, order='NCHW'), op('Relu', 'conv1', 'conv1'),
        op('GivenTensorFill', '', 's', shape=[8]),
        op('SpatialBN', 'conv1 s s2 m v', 'conv1', is_test=1, epsilon=1e-5),
        op('MaxPool', 'conv1', 'pool1', kernel=2, stride=2), op('GivenTensorFill', '', 'w2', shape=[4, 8, 1, 1]),
        op('Conv', 'pool1 w2', 'left', kernels=[1, 1]), op('Conv', 'pool1 w3', 'right', kernels=[3, 3], pads=[1, 1, 1, 1]),
        op('Concat', 'left left', 'both both_dims', order='NCHW'), op('ResizeNearest', 'both', 'big', width_scale=2.0,
                                                                    height_scale=2.0),
        op('AveragePool', 'big', 'mean', global_pooling=1), op('GivenTensorFill', '', 'wf', shape=[5, 8]),
        op('GivenTensorFill', '', 'bf', shape=[5]), op('FC', 'mean wf bf', '100%_$x_\\\\input{y}'),
        op('Softmax', '100%_$x_\\\\input{y}', 'prob'), op('MyOwnOp', 'right', 'odd'),
        ''.join('external_input: "%s"\n' % n for n in ['w3', 's2', 'm', 'v']),
        'external_output: "prob"\nexternal_output: "odd"\n'])


# As predict_net.pb mostly is: no sizes at all.
def open_net():
    return ''.join([
        'name: "open"\n', op('Conv', 'data w b', 'conv', kernel=3), op('Relu', 'conv', 'conv'), op('FC', 'conv wf bf', 'fc'),
        op('Softmax', 'fc', 'prob'), ''.join('external_input: "%s"\n' % n for n in ['data', 'w', 'b', 'wf', 'bf']),
        'external_output: "prob"\n'])


for name, text in (('filled', net()), ('open', open_net())):
    with open(os.path.join(OUT, name + '.pb'), 'wb') as out:
        subprocess.run(['protoc', '--encode=NetDef', '-I' + OUT, 'schema.proto'], input=text.encode(), stdout=out, check=True)
    with open(os.path.join(OUT, name + '_text.pbtxt'), 'w') as out:
        out.write(text)
