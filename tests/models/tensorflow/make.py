#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Makes the TensorFlow files of this folder: text by hand, from which protoc (3.21) writes the binary ones with
# schema.proto, and the JSON of TensorFlow.js. Weights are left out.
import base64
import json
import os
import subprocess

OUT = os.path.dirname(os.path.abspath(__file__))
FLOAT, INT = 1, 3


def shape(*sizes):
    return ' '.join('dim { size: %d }' % n for n in sizes)


def attr(name, value):
    return '  attr { key: "%s" value { %s } }\n' % (name, value)


def node(name, op, *inputs, **attrs):
    text = 'node {\n  name: "%s"\n  op: "%s"\n' % (name, op)
    text += ''.join('  input: "%s"\n' % i for i in inputs)
    for key, value in attrs.items():
        text += attr(key, value)
    return text + '}\n'


def const(name, *sizes, kind=FLOAT, values=''):
    tensor = 'dtype: %d tensor_shape { %s } %s' % (kind, shape(*sizes), values)
    return node(name, 'Const', dtype='type: %d' % kind, value='tensor { %s }' % tensor)


def ints(name, *values, scalar=False):
    return const(name, *([] if scalar else [len(values)]), kind=INT, values=' '.join('int_val: %d' % v for v in values))


def words(text):
    return 's: "%s"' % text


def numbers(*values):
    return 'list { %s }' % ' '.join('i: %d' % v for v in values)


def conv(name, x, w, op='Conv2D', stride=1, padding='SAME', data='NHWC', **more):
    step = [1, stride, stride, 1] if data == 'NHWC' else [1, 1, stride, stride]
    return node(name, op, x, w, strides=numbers(*step), padding=words(padding), data_format=words(data), **more)


def frozen():
    return ''.join([
        node('image', 'Placeholder', dtype='type: 1', shape='shape { %s }' % shape(-1, 32, 32, 3)),
        const('stem/kernel', 3, 3, 3, 8), const('stem/gamma', 8), const('stem/beta', 8), const('stem/mean', 8),
        const('stem/variance', 8),
        conv('stem/Conv2D', 'image', 'stem/kernel', stride=2),
        node('stem/norm', 'FusedBatchNormV3', 'stem/Conv2D', 'stem/gamma', 'stem/beta', 'stem/mean', 'stem/variance',
             is_training='b: false'),
        node('stem/Relu6', 'Relu6', 'stem/norm'),
        const('deep/kernel', 3, 3, 8, 2),
        conv('deep/depthwise', 'stem/Relu6', 'deep/kernel', op='DepthwiseConv2dNative', padding='VALID'),
        const('deep/bias', 16), node('deep/BiasAdd', 'BiasAdd', 'deep/depthwise', 'deep/bias'),
        ints('pad/amount', 0, 0, 1, 1, 1, 1, 0, 0).replace('dim { size: 8 }', 'dim { size: 4 } dim { size: 2 }'),
        node('pad/Pad', 'Pad', 'deep/BiasAdd', 'pad/amount'),
        node('pool', 'MaxPool', 'pad/Pad', ksize=numbers(1, 2, 2, 1), strides=numbers(1, 2, 2, 1),
             padding=words('VALID')),
        ints('turn/order', 0, 3, 1, 2), node('turn', 'Transpose', 'pool', 'turn/order'),
        const('first/kernel', 1, 1, 16, 4), conv('first/Conv2D', 'turn', 'first/kernel', data='NCHW'),
        const('first/bias', 4), node('first/BiasAdd', 'BiasAdd', 'first/Conv2D', 'first/bias',
                                     data_format=words('NCHW')),
        node('flat/Shape', 'Shape', 'first/BiasAdd'), ints('flat/0', 0), ints('flat/1', 1),
        node('flat/batch', 'StridedSlice', 'flat/Shape', 'flat/0', 'flat/1', 'flat/1', shrink_axis_mask='i: 1'),
        ints('flat/rest', -1, scalar=True), node('flat/sizes', 'Pack', 'flat/batch', 'flat/rest', axis='i: 0'),
        node('flat', 'Reshape', 'first/BiasAdd', 'flat/sizes'),
        const('head/kernel', 10, 256), node('head/MatMul', 'MatMul', 'flat', 'head/kernel', transpose_b='b: true'),
        const('head/bias', 10), node('head/add', 'AddV2', 'head/MatMul', 'head/bias'),
        ints('split/axis', 1, scalar=True), node('split', 'Split', 'split/axis', 'head/add', num_split='i: 2'),
        node('100%_$x_\\\\input{y}', 'Mul', 'split', 'split:1'),
        node('out', 'Softmax', '100%_$x_\\\\input{y}', '^pool'), node('odd', 'MyOwnOp', 'out'),
        'versions { producer: 134 }\n'])


# Functions and variables of TensorFlow 2; one variable is not trained.
def saved():
    variable = dict(dtype='type: 1')
    body = ''.join([
        node('read', 'ReadVariableOp', 'w'), node('product', 'MatMul', 'x', 'read:value:0'),
        node('read_b', 'ReadVariableOp', 'b'), node('sum', 'BiasAdd', 'product:product:0', 'read_b:value:0'),
        node('act', 'Relu', 'sum:output:0')]).replace('node {', 'node_def {')
    outer = ''.join([
        node('one', 'StatefulPartitionedCall', 'x', 'w', 'b', f='func { name: "dense" }'),
        node('norm/scale', 'ReadVariableOp', 's'), node('norm/read', 'ReadVariableOp', 'm'),
        node('norm/mul', 'Mul', 'one:output:0', 'norm/scale:value:0'),
        node('norm/sub', 'Sub', 'norm/mul:z:0', 'norm/read:value:0'),
        node('top', 'TopKV2', 'norm/sub:z:0', 'k:output:0'), ints('k', 3, scalar=True),
        node('same', 'Identity', 'top:indices:0')]).replace('node {', 'node_def {')
    arg = 'input_arg { name: "%s" type: 1 } '

    def function(name, args, inside, result):
        return 'function { signature { name: "%s" %s output_arg { name: "y" type: 1 } } %s ret { key: "y" value: "%s" } }\n' \
            % (name, ''.join(arg % a for a in args), inside, result)

    library = 'library {\n' + function('dense', 'xwb', body, 'act:activations:0') + \
        function('model', 'xwbsm', outer, 'same:output:0') + '}\n'

    def handle(name, *sizes):
        return node(name, 'VarHandleOp', shape='shape { %s }' % shape(*sizes), **variable)

    graph = ''.join([
        handle('dense/kernel', 20, 12), handle('dense/bias', 12), handle('norm/gamma', 12), handle('norm/moving', 12),
        node('serving_x', 'Placeholder', dtype='type: 1', shape='shape { %s }' % shape(-1, 20)),
        node('StatefulPartitionedCall', 'StatefulPartitionedCall', 'serving_x', 'dense/kernel', 'dense/bias',
             'norm/gamma', 'norm/moving', f='func { name: "model" }'),
        const('Const', values='float_val: 0'), node('saver', 'SaveV2', 'Const', 'dense/kernel'), library,
        'versions { producer: 1087 }\n'])
    objects = ''.join('nodes { variable { dtype: 1 trainable: %s name: "%s" } }\n' % (t, n) for n, t in [
        ('dense/kernel', 'true'), ('dense/bias', 'true'), ('norm/gamma', 'true'), ('norm/moving', 'false')])
    signature = 'signature_def { key: "%s" value { outputs { key: "y" value { name: "%s" } } } }\n'
    return ('saved_model_schema_version: 1\nmeta_graphs {\nmeta_info_def { tags: "serve" }\ngraph_def {\n' + graph + '}\n' +
            signature % ('__saved_model_init_op', 'NoOp') + signature % ('serving_default', 'StatefulPartitionedCall:0') +
            'object_graph_def { ' + objects + '}\n}\n')


# Variables of TensorFlow 1, of which a collection lists those that are trained.
def meta():
    graph = ''.join([
        node('x', 'Placeholder', dtype='type: 1', shape='shape { %s }' % shape(8, 6)),
        node('w', 'VariableV2', dtype='type: 1', shape='shape { %s }' % shape(6, 4)),
        node('w/read', 'Identity', 'w'), node('y', 'MatMul', 'x', 'w/read'),
        node('average', 'VariableV2', dtype='type: 1', shape='shape { %s }' % shape(4)),
        node('average/read', 'Identity', 'average'), node('centred', 'Sub', 'y', 'average/read'),
        node('scale', 'VariableV2', dtype='type: 1', shape='shape { %s }' % shape(4)),
        node('scale/read', 'Identity', 'scale'), node('scaled', 'Mul', 'centred', 'scale/read'),
        'versions { producer: 27 }\n'])
    names = ''.join('value: "\\n%s%s"\n' % ('\\%03o' % len(n), n) for n in ['w:0', 'scale:0'])
    return ('meta_info_def { tags: "train" }\ngraph_def {\n' + graph + '}\n' +
            'collection_def { key: "trainable_variables" value { bytes_list { ' + names + '} } }\n')


def tfjs():
    def sizes(*values):
        return {'shape': {'dim': [{'size': str(n)} for n in values]}}

    def tensor(*values):
        return {'value': {'tensor': {'dtype': 'DT_FLOAT', 'tensorShape': sizes(*values)['shape']}}}

    def coded(text):
        return {'s': base64.b64encode(text.encode()).decode()}

    def steps(*values):
        return {'list': {'i': [str(n) for n in values]}}

    fused = {'strides': steps(1, 2, 2, 1), 'dilations': steps(1, 1, 1, 1), 'padding': coded('SAME'),
             'data_format': {'s': list(b'NHWC')},
             'fused_ops': {'list': {'s': [coded(n)['s'] for n in ('BiasAdd', 'Relu6')]}}}
    nodes = [{'name': 'image', 'op': 'Placeholder', 'attr': {'shape': sizes(-1, 20, 20, 3), 'dtype': {'type': 'DT_FLOAT'}}},
             {'name': 'kernel', 'op': 'Const', 'attr': tensor(3, 3, 3, 16)},
             {'name': 'bias', 'op': 'Const', 'attr': tensor(16)},
             {'name': 'net/conv', 'op': '_FusedConv2D', 'input': ['image', 'kernel', 'bias'], 'attr': fused},
             {'name': 'axes', 'op': 'Const', 'attr': {'value': {'tensor': {
                 'dtype': 'DT_INT32', 'tensorShape': {'dim': [{'size': '2'}]}, 'intVal': [1, 2]}}}},
             {'name': 'net/mean', 'op': 'Mean', 'input': ['net/conv', 'axes'], 'attr': {'keep_dims': {'b': True}}},
             {'name': 'Identity', 'op': 'Identity', 'input': ['net/mean']}]
    return {'format': 'graph-model', 'generatedBy': '2.11.0', 'convertedBy': 'TensorFlow.js Converter v4.1.0',
            'signature': {'outputs': {'y': {'name': 'Identity:0'}}},
            'modelTopology': {'node': nodes, 'library': {}, 'versions': {'producer': 1087}},
            'weightsManifest': [{'paths': ['group1-shard1of1.bin'], 'weights': []}]}


def write(name, message, text, keep_text=False):
    path = os.path.join(OUT, name)
    with open(path, 'wb') as file:
        subprocess.run(['protoc', '--encode=' + message, '-I' + OUT, 'schema.proto'], input=text.encode(), stdout=file,
                       check=True)
    if keep_text:
        with open(os.path.splitext(path)[0] + '_text.pbtxt', 'w') as file:
            file.write(text)


write('frozen.pb', 'Graph', frozen(), True)
write('saved_model.pb', 'Saved', saved(), True)
write('train.meta', 'Meta', meta())
with open(os.path.join(OUT, 'tfjs.json'), 'w') as out:
    json.dump(tfjs(), out, indent=1)
