import * as tf from '@tensorflow/tfjs-core'

/** An operation without derivative. */
export type Plain = readonly [name: string, f: () => tf.Tensor]

const matrix = () => tf.tensor([0.5, -1.5, 2.5, 0, 3.7, -2.2, 1, 1, -0.5, 4, -4, 0.1], [3, 4])
const other = () => tf.tensor([0.5, 1.5, 2.5, 1, -3.7, -2.2, 2, 1, 0.5, 4, 4, 0.2], [3, 4])
const whole = () => tf.tensor([3, -2, 7, 0, 5, -9], [2, 3], 'int32')
const truths = () => tf.tensor([1, 0, 1, 1, 0, 0], [2, 3], 'bool')
const others = () => tf.tensor([1, 1, 0, 1, 0, 1], [2, 3], 'bool')

const comparisons = (functions: {
  readonly [name: string]: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor
}): Plain[] => Object.entries(functions).map(([name, f]) => [name, () => f(matrix(), other())])

const roundings = (functions: { readonly [name: string]: (x: tf.Tensor) => tf.Tensor }): Plain[] =>
  Object.entries(functions).map(([name, f]) => [name, () => f(matrix())])

/** What core and the learners compute with besides, compared by value. */
export const plainOperations: readonly Plain[] = [
  ...comparisons({ equal: tf.equal, notEqual: tf.notEqual, greater: tf.greater }),
  ...comparisons({ greaterEqual: tf.greaterEqual, less: tf.less, lessEqual: tf.lessEqual }),
  ...roundings({ floor: tf.floor, ceil: tf.ceil, round: tf.round, sign: tf.sign, step: tf.step }),
  ['argMax', () => tf.argMax(matrix(), 1)],
  ['argMax along the first axis', () => tf.argMax(matrix(), 0)],
  ['argMin', () => tf.argMin(matrix(), -1)],
  ['topk', () => tf.topk(matrix(), 2).values],
  ['topk, where', () => tf.topk(matrix(), 2).indices],
  ['oneHot', () => tf.oneHot(tf.tensor1d([2, 0, 1], 'int32'), 3)],
  ['range', () => tf.range(0, 5)],
  ['linspace', () => tf.linspace(-1, 1, 5)],
  ['fill', () => tf.fill([2, 3], 0.5)],
  ['zeros, ones', () => tf.concat([tf.zeros([2, 2]), tf.ones([1, 2])])],
  ['zerosLike, onesLike', () => tf.concat([tf.zerosLike(matrix()), tf.onesLike(matrix())])],
  ['eye', () => tf.eye(3)],
  ['clone', () => tf.clone(matrix())],
  ['cast to int32', () => tf.cast(matrix(), 'int32')],
  ['cast to bool', () => tf.cast(matrix(), 'bool')],
  ['cast of int32 to float32', () => tf.cast(whole(), 'float32')],
  ['cast of bool to float32', () => tf.cast(truths(), 'float32')],
  ['logicalAnd', () => tf.logicalAnd(truths(), others())],
  ['logicalOr', () => tf.logicalOr(truths(), others())],
  ['logicalNot', () => tf.logicalNot(truths())],
  ['any', () => tf.any(truths(), 1)],
  ['all', () => tf.all(truths(), 1)],
  ['mod', () => tf.mod(matrix(), tf.scalar(1.5))],
  ['floorDiv', () => tf.floorDiv(whole(), tf.scalar(2, 'int32'))],
  ['add of int32', () => tf.add(whole(), tf.tensor([1, 2, 3], [3], 'int32'))],
  ['mul of int32', () => tf.mul(whole(), whole())],
  ['sum of int32', () => tf.sum(whole(), 0)],
  ['max of int32', () => tf.max(whole(), 1)],
  ['gather of int32', () => tf.gather(whole(), tf.tensor1d([1, 0, 1], 'int32'))],
  ['concat of int32', () => tf.concat([whole(), whole()], 1)],
  ['transpose of int32', () => tf.transpose(whole())],
  ['tile of int32', () => tf.tile(whole(), [1, 2])],
  ['where of int32', () => tf.where(truths(), whole(), tf.neg(whole()))],
  ['expandDims, squeeze', () => tf.squeeze(tf.expandDims(matrix(), 1), [1])],
]
