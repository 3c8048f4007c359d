import * as tf from '@tensorflow/tfjs-core'
import type { Edge } from './edge'

const FAR = 2 ** 30
const matrix = () => tf.tensor([1, 2, 3, 4, 5, 6], [2, 3])
const at = (...indices: number[]) => tf.tensor1d(indices, 'int32')
const pair = (row: number, column: number) => tf.tensor2d([[row, column]], [1, 2], 'int32')
const seven = () => tf.tensor([7])

const places = {
  'past the end': 2,
  'far past the end': FAR,
  'before the start': -1,
} as const

const each = (name: string, f: (index: number) => tf.Tensor): Edge[] =>
  Object.entries(places).map(([where, index]) => [`${name} ${where}`, () => f(index)])

/** An index out of range gives an error or always the same value, never what lies next to the tensor in memory. */
export const indicesOutOfRange: readonly Edge[] = [
  ...each('gather', (index) => tf.gather(matrix(), at(0, index))),
  ...each('gather along columns', (index) =>
    tf.gather(matrix(), at(index < 0 ? index : index + 1), 1),
  ),
  ...each('gatherND', (index) => tf.gatherND(matrix(), pair(index, 0))),
  ['gatherND, a column past the end', () => tf.gatherND(matrix(), pair(0, 3))],
  ...each('scatterND', (index) => tf.scatterND(pair(index, 0), seven(), [2, 3])),
  ['scatterND, a column past the end', () => tf.scatterND(pair(0, 3), seven(), [2, 3])],
  ...each('tensorScatterUpdate', (index) =>
    tf.tensorScatterUpdate(matrix(), pair(index, 0), seven()),
  ),
  ...each('sparseToDense', (index) => tf.sparseToDense(at(index), seven(), [2], tf.scalar(0))),
  ...each('oneHot', (index) => tf.oneHot(at(index), 2)),
]
