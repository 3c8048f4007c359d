import { logSoftmax } from '@kshot/core'
import { sumLeading } from '@kshot/core/backend'
import { batchNormTrain } from '@kshot/core/nn'
import * as tf from '@tensorflow/tfjs-core'
import type { Edge } from './edge'

const nothing = (...shape: number[]) => tf.tensor([], shape)
const count = (...shape: number[]) =>
  tf.reshape(tf.range(1, 1 + shape.reduce((a, b) => a * b)), shape)
const filter = () => tf.ones([3, 3, 1, 1]) as tf.Tensor4D

const none: readonly Edge[] = [
  ['add', () => tf.add(nothing(0, 3), count(3))],
  ['mul by a number', () => tf.mul(nothing(0), 2)],
  ['exp', () => tf.exp(nothing(0, 3))],
  ['relu', () => tf.relu(nothing(0, 3))],
  ['sum over the empty axis', () => tf.sum(nothing(0, 3), 0)],
  ['sum over the other axis', () => tf.sum(nothing(0, 3), 1)],
  ['mean over the empty axis', () => tf.mean(nothing(0, 3), 0)],
  ['max over the empty axis', () => tf.max(nothing(0, 3), 0)],
  ['min over the empty axis', () => tf.min(nothing(0, 3), 0)],
  ['prod over the empty axis', () => tf.prod(nothing(0, 3), 0)],
  ['any over the empty axis', () => tf.any(tf.tensor([], [0, 3], 'bool'), 0)],
  ['all over the empty axis', () => tf.all(tf.tensor([], [0, 3], 'bool'), 0)],
  ['argMax over the other axis', () => tf.argMax(nothing(0, 3), 1)],
  ['softmax', () => tf.softmax(nothing(0, 3))],
  ['matMul, outer', () => tf.matMul(nothing(0, 3), count(3, 2))],
  ['matMul, inner', () => tf.matMul(nothing(2, 0), nothing(0, 2))],
  ['batched matMul', () => tf.matMul(nothing(0, 2, 3), nothing(0, 3, 2))],
  ['conv2d', () => tf.conv2d(nothing(0, 4, 4, 1) as tf.Tensor4D, filter(), 1, 'same')],
  ['maxPool', () => tf.maxPool(nothing(0, 4, 4, 1) as tf.Tensor4D, 2, 2, 'valid')],
  ['avgPool', () => tf.avgPool(nothing(0, 4, 4, 1) as tf.Tensor4D, 2, 2, 'valid')],
  ['concat', () => tf.concat([nothing(0, 2), count(1, 2)])],
  ['concat of empty tensors', () => tf.concat([nothing(0, 2), nothing(0, 2)])],
  ['stack', () => tf.stack([nothing(0), nothing(0)])],
  ['split', () => tf.split(count(2, 1), [0, 2])[0]!],
  ['gather with no index', () => tf.gather(count(2, 2), tf.tensor1d([], 'int32'))],
  ['gather from an empty tensor', () => tf.gather(nothing(3, 0), tf.tensor1d([0, 2], 'int32'))],
  ['slice', () => tf.slice(count(3), [1], [0])],
  ['reshape', () => tf.reshape(nothing(0, 3), [3, 0])],
  ['transpose', () => tf.transpose(nothing(0, 3))],
  ['tile', () => tf.tile(nothing(0, 3), [2, 1])],
  [
    'pad',
    () =>
      tf.pad(
        nothing(0, 3),
        [
          [1, 0],
          [0, 0],
        ],
        7,
      ),
  ],
  ['reverse', () => tf.reverse(nothing(0, 3), [0])],
  ['cumsum', () => tf.cumsum(nothing(0, 3), 0)],
  ['where', () => tf.where(tf.tensor([], [0], 'bool'), nothing(0), nothing(0))],
  ['oneHot', () => tf.oneHot(tf.tensor1d([], 'int32'), 3)],
  ['cast', () => tf.cast(nothing(0, 3), 'int32')],
]

const one: readonly Edge[] = [
  ['broadcasting', () => tf.add(count(1, 3, 1), count(2, 1, 4))],
  ['sum', () => tf.sum(count(3, 1, 2), 1)],
  ['max', () => tf.max(count(3, 1, 2), 1)],
  ['mean of one number', () => tf.mean(tf.scalar(3))],
  ['variance', () => tf.moments(count(1, 3), 0).variance],
  ['argMax', () => tf.argMax(count(3, 1), 1)],
  ['logSoftmax of core', () => logSoftmax(count(3, 1))],
  ['sumLeading', () => sumLeading(count(1, 1, 3))],
  ['matMul', () => tf.matMul(count(1, 1), count(1, 1))],
  ['matMul of a row and a column', () => tf.matMul(count(1, 3), count(3, 1))],
  ['conv2d', () => tf.conv2d(count(1, 1, 1, 1) as tf.Tensor4D, filter(), 1, 'same')],
  ['maxPool', () => tf.maxPool(count(1, 1, 1, 3) as tf.Tensor4D, 1, 1, 'valid')],
  ['avgPool', () => tf.avgPool(count(1, 2, 1, 2) as tf.Tensor4D, [2, 1], 1, 'valid')],
  ['concat', () => tf.concat([count(1, 2)], 0)],
  ['gather', () => tf.gather(count(1, 3), tf.tensor1d([0, 0], 'int32'))],
  ['transpose', () => tf.transpose(count(1, 3, 1), [2, 1, 0])],
  ['tile', () => tf.tile(count(1, 2), [3, 1])],
  ['cumsum', () => tf.cumsum(count(1, 3), 0)],
  ['reverse', () => tf.reverse(count(1, 3), [0])],
  ['oneHot', () => tf.oneHot(tf.tensor1d([0], 'int32'), 1)],
  [
    'batch norm of one example',
    () => batchNormTrain(count(1, 3), tf.ones([3]), count(3), { epsilon: 1e-3 }).y,
  ],
]

/** A support set without queries, one class, one example: axes of no entries, and of one. */
export const oddAxes: readonly Edge[] = [
  ...none.map(([name, f]) => [`empty: ${name}`, f] as const),
  ...one.map(([name, f]) => [`one: ${name}`, f] as const),
]
