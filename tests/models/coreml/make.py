#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Makes the Core ML files of this folder: text by hand, from which protoc (3.21) writes them with schema.proto. Weights are
# left out.
import os
import subprocess

OUT = os.path.dirname(os.path.abspath(__file__))


def layer(name, inputs, outputs, body):
    names = ''.join('input: "%s" ' % i for i in inputs.split()) + ''.join('output: "%s" ' % o for o in outputs.split())
    return 'layers { name: "%s" %s %s }\n' % (name, names, body)


def feature(kind, name, body):
    return '%s { name: "%s" type { %s } }\n' % (kind, name, body)


def array(*sizes):
    return 'multiArrayType { %s dataType: 65568 }' % ' '.join('shape: %d' % n for n in sizes)


def window(kernel, stride):
    return 'kernelSize: %d kernelSize: %d stride: %d stride: %d ' % (kernel, kernel, stride, stride)


EDGE = 'borderAmounts { startEdgeSize: 1 endEdgeSize: 1 } '


# Maps are C x H x W, without a batch.
def classifier():
    edges = 'valid { paddingAmounts { %s } }' % (EDGE * 2)
    net = ''.join([
        layer('conv1', 'image', 'c1', 'convolution { outputChannels: 8 kernelChannels: 3 nGroups: 1 %s same {} hasBias: true }'
              % window(3, 2)),
        layer('norm1', 'c1', 'n1', 'batchnorm { channels: 8 gamma {} beta {} mean {} variance {} }'),
        layer('relu1', 'n1', 'r1', 'activation { ReLU {} }'),
        layer('depthwise', 'r1', 'd', 'convolution { outputChannels: 8 kernelChannels: 1 nGroups: 8 %s %s }'
              % (window(3, 1), edges)),
        layer('sum', 'r1 d', 's', 'add {}'),
        layer('pool', 's', 'p', 'pooling { %s includeLastPixel { paddingAmounts: 0 paddingAmounts: 0 } }' % window(3, 2)),
        layer('up', 'p', 'u', 'upsample { scalingFactor: 2 scalingFactor: 2 }'),
        layer('pad', 'd', 'e', 'padding { constant {} paddingAmounts { %s } }' % (EDGE * 2)),
        layer('deconv', 'p', 'dc', 'convolution { outputChannels: 4 kernelChannels: 8 nGroups: 1 %s valid {} '
              'isDeconvolution: true }' % window(2, 2)),
        layer('join', 'u dc', 'j', 'concat {}'),
        layer('global', 'j', 'g', 'pooling { type: 1 globalPooling: true }'),
        layer('flat', 'g', 'f', 'flatten {}'),
        layer('100%_$x_\\\\input{y}', 'f', 'i', 'innerProduct { inputChannels: 12 outputChannels: 10 hasBias: true }'),
        layer('probabilities', 'i', 'classProbability', 'softmax {}')])
    return ('specificationVersion: 1\ndescription {\n' + feature('input', 'image', 'imageType { width: 33 height: 33 colorSpace: 20 }') +
            feature('output', 'classProbability', 'int64Type {}') + feature('output', 'classLabel', 'stringType {}') +
            'predictedFeatureName: "classLabel"\n}\nneuralNetworkClassifier {\n' + net + '}\n')


# A part that is no network, then one whose tensors have the axes that the file says.
def pipeline():
    net = ''.join([
        layer('project', 'scaled', 'm', 'batchedMatmul { weightMatrixFirstDimension: 6 weightMatrixSecondDimension: 16 '
              'hasBias: true } outputTensor { rank: 3 dimValue: 2 dimValue: 5 dimValue: 16 }'),
        layer('scores', 'm m', 'a', 'batchedMatmul { transposeB: true }'),
        layer('average', 'a', 'v', 'reduceMean { axes: -1 keepDims: true }'),
        layer('own', 'v', 'o', 'custom { className: "MyOwnLayer" }'),
        layer('cell', 'm', 'y', 'uniDirectionalLSTM { inputVectorSize: 16 outputVectorSize: 4 '
              'params { hasBiasVectors: true hasPeepholeVectors: true } weightParams {} }')])
    part = 'specificationVersion: 4 description { %s %s } %s'
    scaler = part % (feature('input', 'x', array(2, 5, 6)), feature('output', 'scaled', array(2, 5, 6)), 'scaler {}')
    network = part % (feature('input', 'scaled', array(2, 5, 6)), feature('output', 'y', array(2, 5, 4)),
                      'neuralNetwork { %s arrayInputShapeMapping: 1 }' % net)
    return ('specificationVersion: 4\ndescription {\n' + feature('input', 'x', array(2, 5, 6)) +
            feature('output', 'y', array(2, 5, 4)) + '}\npipeline {\nmodels { ' + scaler + '}\nmodels { ' + network +
            '}\nnames: "scale"\nnames: "net"\n}\n')


def write(name, text):
    with open(os.path.join(OUT, name), 'wb') as file:
        subprocess.run(['protoc', '--encode=Model', '-I' + OUT, 'schema.proto'], input=text.encode(), stdout=file, check=True)


write('classifier.mlmodel', classifier())
write('pipeline.mlmodel', pipeline())
