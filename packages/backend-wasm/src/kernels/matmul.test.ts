import { tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Case, holds, outputs, sameAsCpu, size } from './testing'

const side = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 70 }))

const range = (shape: readonly number[]) => [...Array(size(shape)).keys()]

const batches = fc.constantFrom<[number[], number[]]>(
  [[], []],
  [[3], [3]],
  [[1], [3]],
  [[3], [1]],
  [
    [2, 3],
    [2, 3],
  ],
  [[0], [0]],
)

function product(
  [batchA, batchB]: readonly [number[], number[]],
  [m, n, k]: readonly [number, number, number],
  [transposeA, transposeB]: readonly [boolean, boolean],
): Case {
  return {
    kernel: 'BatchMatMul',
    inputs: {
      a: [...batchA, ...(transposeA ? [k, m] : [m, k])],
      b: [...batchB, ...(transposeB ? [n, k] : [k, n])],
    },
    attrs: { transposeA, transposeB },
  }
}

describe('BatchMatMul', () => {
  it('is the product of the cpu backend, whatever is transposed', () =>
    holds(
      fc.tuple(batches, fc.tuple(side, side, side), fc.tuple(fc.boolean(), fc.boolean())),
      (input) => sameAsCpu('fast', product(...input)),
    ))

  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('goes through blocks: transposed %s, %s', (...transposed) =>
    sameAsCpu('fast', product([[], []], [67, 523, 517], transposed)),
  )

  it('uses a batch of one on any axis for all of the other', async () => {
    const call = product(
      [
        [2, 1],
        [1, 3],
      ] as never,
      [1, 1, 2],
      [false, false],
    )
    const [result] = await outputs('fast', call, (shape) => tensor(range(shape), [...shape]))
    // a: rows (0 1) and (2 3); b: columns (0 1), (2 3), (4 5)
    expect(result).toEqual({ shape: [2, 3, 1, 1], values: [1, 3, 5, 3, 13, 23] })
  })

  it('refuses inner sizes that differ', async () => {
    const call = { kernel: 'BatchMatMul', inputs: { a: [2, 3], b: [4, 2] }, attrs: {} }
    await expect(outputs('fast', call)).rejects.toThrow('inner shapes 3 and 4')
  })
})
