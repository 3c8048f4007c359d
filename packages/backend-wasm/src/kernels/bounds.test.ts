import { activate, codeOf } from '@kshot/testkit'
import {
  gatherND,
  scalar,
  scatterND,
  sparseToDense,
  type Tensor,
  tensor,
  tensorScatterUpdate,
  tidy,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { wasm } from '../index'

const matrix = () => tensor([1, 2, 3, 4, 5, 6], [2, 3])
const list = (index: readonly number[]) => tensor([...index], [1, index.length], 'int32')

/** Each for one index into a matrix `[2, 3]`. */
const kernels: { readonly [name: string]: (index: Tensor) => Tensor } = {
  gatherND: (index) => gatherND(matrix(), index),
  scatterND: (index) => scatterND(index, tensor([7]), [2, 3]),
  tensorScatterUpdate: (index) => tensorScatterUpdate(matrix(), index, tensor([7])),
  sparseToDense: (index) => sparseToDense(index, tensor([7]), [2, 3], scalar(0)),
}

describe.each(['exact', 'fast'] as const)('with %s kernels', (choice) => {
  beforeAll(() => activate(wasm({ kernels: choice })))

  it.each(Object.keys(kernels))('%s takes what lies in the tensor, and no other index', (name) => {
    const at = (...index: number[]) => tidy(() => [...kernels[name]!(list(index)).dataSync()])
    expect(at(1, 2).at(-1)).toBe(name === 'gatherND' ? 6 : 7)
    for (const [row, column] of [
      [2, 0],
      [0, 3],
      [-1, 0],
      [0, -1],
      [2 ** 30, 0],
    ] as const) {
      expect(codeOf(() => at(row, column))).toBe('wasm/index-out-of-range')
    }
  })

  it('takes a list of indices into a vector for one number each', () => {
    const dense = (...at: number[]) =>
      sparseToDense(tensor(at, [2], 'int32'), tensor([7, 8]), [3], scalar(0)).dataSync()
    expect([...dense(0, 2)]).toEqual([7, 0, 8])
    expect(codeOf(() => dense(0, 3))).toBe('wasm/index-out-of-range')
  })

  it('says which index, and into what', () => {
    expect(() => gatherND(matrix(), list([1, 3]))).toThrow(/\[1, 3\].*\[2, 3\]/)
  })
})
