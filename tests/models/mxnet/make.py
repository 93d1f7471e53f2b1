#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Writes the symbols of this folder, in the forms that MXNet 0.8 (param), 0.9 (attr) and 1.x (attrs) saved.
import json
import os

OUT = os.path.dirname(os.path.abspath(__file__))


class Symbol:
    def __init__(self, key, versions):
        self.key, self.versions, self.nodes = key, versions, []

    def ref(self, node, output=0):
        return [node, output, 0] if self.versions else [node, output]

    def var(self, name, **attrs):
        entry = {'op': 'null', 'name': name, 'inputs': []}
        if attrs:
            entry[self.key] = attrs
        self.nodes.append(entry)
        return len(self.nodes) - 1

    def op(self, op, name, inputs, weights=(), **attrs):
        refs = [i if isinstance(i, list) else self.ref(i) for i in inputs]
        refs += [self.ref(self.var(name + '_' + w)) for w in weights]
        self.nodes.append({'op': op, 'name': name, self.key: attrs, 'inputs': refs})
        return len(self.nodes) - 1

    def write(self, name, *heads):
        variables = [i for i, n in enumerate(self.nodes) if n['op'] == 'null']
        with open(os.path.join(OUT, name + '-symbol.json'), 'w') as file:
            json.dump({'nodes': self.nodes, 'arg_nodes': variables, 'heads': [self.ref(h) for h in heads]}, file, indent=1)


def known():
    s = Symbol('attrs', True)
    x = s.var('data', __shape__='(1, 3, 32, 32)')
    x = s.op('Convolution', 'conv0', [x], ['weight', 'bias'], kernel='(3, 3)', num_filter='16', pad='(1, 1)',
             stride='(2, 2)')
    bn = ['gamma', 'beta', 'moving_mean', 'moving_var']
    x = s.op('BatchNorm', 'bn0', [x], bn, fix_gamma='False', eps='2e-05')
    x = s.op('Activation', 'relu0', [x], act_type='relu')
    y = s.op('Convolution', 'conv1', [x], ['weight'], kernel='(3, 3)', num_filter='16', num_group='16', pad='(1, 1)',
             no_bias='True')
    y = s.op('BatchNorm', 'bn1', [y], bn)
    y = s.op('LeakyReLU', 'prelu1', [y], ['gamma'], act_type='prelu')
    x = s.op('elemwise_add', '_plus0', [x, y])
    x = s.op('Pooling', 'pool0', [x], kernel='(3, 3)', stride='(2, 2)', pool_type='max', pooling_convention='full')
    a, b = s.op('SliceChannel', 'cut', [x], num_outputs='2', axis='1'), None
    b = s.op('Deconvolution', 'up', [s.ref(a, 1)], ['weight'], kernel='(2, 2)', stride='(2, 2)', num_filter='4', no_bias='1')
    x = s.op('Concat', 'joined', [s.ref(a, 0), s.op('Pooling', 'down', [b], kernel='(2, 2)', stride='(2, 2)',
                                                   pool_type='avg')], num_args='2', dim='1')
    x = s.op('Pooling', 'pool1', [x], global_pool='True', kernel='(7, 7)', pool_type='avg')
    x = s.op('Flatten', 'flatten0', [x])
    x = s.op('FullyConnected', 'fc_%_\\input{x}', [x], ['weight', 'bias'], num_hidden='10')
    x = s.op('SoftmaxOutput', 'softmax', [x], ['label'])
    s.write('known', x)


# The size of what enters is not said: channels behind the first layer still are.
def open_sizes():
    s = Symbol('attr', False)
    x = s.op('Convolution', 'first', [s.var('data')], ['weight', 'bias'], kernel='(3,3)', num_filter='8')
    x = s.op('Convolution', 'second', [x], ['weight', 'bias'], kernel='(1, 1)', num_filter='4')
    x = s.op('MyOwnOp', 'odd', [x])
    s.write('open', s.op('Embedding', 'words', [s.var('index', __shape__='(4, 7)')], ['weight'], input_dim='20',
                         output_dim='6'), x)


known()
open_sizes()
