import { grad, softmaxCrossEntropy } from '@kshot/core'
import { batchNormTrain } from '@kshot/core/nn'
import * as tf from '@tensorflow/tfjs-core'
import { type Edge, repeated } from './edge'

const N = Number.NaN
const I = Number.POSITIVE_INFINITY

const vector = (...values: number[]) => tf.tensor(repeated(values))
const matrix = (...rows: number[][]) => tf.tensor(rows)
const usual = () => vector(N, I, -I, 0, 1)
const image = (...values: number[]) => tf.tensor(values, [1, 2, 2, 1]) as tf.Tensor4D

type Unary = (x: tf.Tensor) => tf.Tensor
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

const unaries = (functions: { readonly [name: string]: Unary }): Edge[] =>
  Object.entries(functions).map(([name, f]) => [name, () => f(usual())])

const binaries = (functions: { readonly [name: string]: Binary }): Edge[] =>
  Object.entries(functions).flatMap(([name, f]): Edge[] => [
    [name, () => f(vector(N, 1, I, -I, I), vector(1, N, I, I, 0))],
    [`${name} of 0 and each`, () => f(tf.scalar(0), vector(N, I, -I))],
  ])

const reductions = (functions: {
  readonly [name: string]: (x: tf.Tensor, axis: number) => tf.Tensor
}): Edge[] =>
  Object.entries(functions).map(([name, f]) => [
    name,
    () => f(matrix([1, N], [N, 1], [I, 1], [I, -I], [-I, -I], [N, N]), 1),
  ])

const slope = (f: (x: tf.Tensor) => tf.Tensor, x: () => tf.Tensor) => () =>
  grad((x: tf.Tensor) => tf.sum(f(x)))(x())

/** NaN must show in what it goes into, or a run that has failed looks sound. */
export const specialNumbers: readonly Edge[] = [
  ...binaries({ add: tf.add, sub: tf.sub, mul: tf.mul, div: tf.div }),
  ...binaries({
    maximum: tf.maximum,
    minimum: tf.minimum,
    squaredDifference: tf.squaredDifference,
  }),
  ...unaries({ relu: tf.relu, relu6: tf.relu6, elu: tf.elu, leakyRelu: tf.leakyRelu }),
  ...unaries({ sigmoid: tf.sigmoid, tanh: tf.tanh, softplus: tf.softplus, exp: tf.exp }),
  ...unaries({ log: tf.log, sqrt: tf.sqrt, rsqrt: tf.rsqrt, square: tf.square, abs: tf.abs }),
  ...unaries({ neg: tf.neg, reciprocal: tf.reciprocal, sign: tf.sign, floor: tf.floor }),
  ...unaries({ step: tf.step }),
  ['exp and log of large numbers', () => tf.log(tf.exp(vector(1000, -1000)))],
  ['softplus of large numbers', () => tf.softplus(vector(1000, -1000))],
  ['pow', () => tf.pow(vector(N, I, -1, 0), vector(0, -1, 0.5, -1))],
  ['clipByValue', () => tf.clipByValue(usual(), -1, 0.5)],
  ['isNaN', () => tf.isNaN(usual())],
  ['isFinite', () => tf.isFinite(usual())],
  ['equal', () => tf.equal(usual(), usual())],
  ['greater', () => tf.greater(usual(), tf.scalar(0))],
  ['where', () => tf.where(tf.tensor(repeated([1, 0]), [19], 'bool'), usual(), tf.zeros([19]))],
  ['cast to int32', () => tf.cast(usual(), 'int32')],
  ['cast to bool', () => tf.cast(usual(), 'bool')],
  ...reductions({ sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, prod: tf.prod }),
  ['cumsum', () => tf.cumsum(matrix([1, N, 1], [I, 1, -I]), 1)],
  ['argMax', () => tf.argMax(matrix([1, N], [N, 1], [1, I], [-I, -I]), 1)],
  ['argMin', () => tf.argMin(matrix([1, N], [N, 1], [1, -I], [I, I]), 1)],
  ['matMul', () => tf.matMul(matrix([1, N], [I, 0], [1, 1]), matrix([1, 0], [0, 1]))],
  ['conv2d', () => tf.conv2d(image(1, N, 2, I), tf.ones([1, 1, 1, 1]) as tf.Tensor4D, 1, 'same')],
  ['maxPool of NaN', () => tf.maxPool(image(1, N, 3, 2), 2, 2, 'valid')],
  ['maxPool of -∞', () => tf.maxPool(image(-I, -I, -I, -I), 2, 2, 'valid')],
  ['avgPool', () => tf.avgPool(image(1, N, 3, 2), 2, 2, 'valid')],
  ['softmax', () => tf.softmax(matrix([1, N], [I, 1], [-I, 1], [1000, -1000]))],
  ['logSumExp', () => tf.logSumExp(matrix([1, N], [I, 1], [-I, 1], [1000, 1000]), 1)],
  [
    'softmaxCrossEntropy of large logits',
    () => softmaxCrossEntropy(matrix([1000, -1000], [-1000, 1000]), tf.tensor1d([1, 1], 'int32')),
  ],
  [
    'batch norm and ReLU',
    () =>
      batchNormTrain(matrix([1, N], [2, 1], [3, 2]), tf.ones([2]), tf.zeros([2]), {
        epsilon: 1e-3,
        relu: true,
      }).y,
  ],
  ['gradient of relu', slope(tf.relu, usual)],
  ['gradient of maximum', slope((x) => tf.maximum(x, 0.5), usual)],
  ['gradient of sqrt at 0', slope(tf.sqrt, () => vector(0, 4))],
  ['gradient of log at 0', slope(tf.log, () => vector(0, 4))],
  [
    'gradient of max',
    slope(
      (x) => tf.max(x, 1),
      () => matrix([1, N], [I, 1], [2, 2]),
    ),
  ],
]
