import { activate, codeOf } from '@kshot/testkit'
import { gather, memory, tensor, tidy } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { wasm } from '../index'
import { holds } from './testing'

const cases = fc
  .record({
    batches: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    outer: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 1 }),
    from: fc.integer({ min: 1, max: 4 }),
    inner: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
    picked: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
    seed: fc.nat(1000),
  })
  .map(({ batches, outer, from, inner, picked, seed }) => {
    const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
    const shape = [...batches, ...outer, from, ...inner]
    const indices = [...batches, ...picked]
    return {
      shape,
      indices,
      batchDims: batches.length,
      axis: batches.length + outer.length,
      values: Array.from({ length: size(shape) }, (_, i) => i),
      at: Array.from({ length: size(indices) }, (_, i) => (i * 7 + seed) % from),
    }
  })

describe('gather', () => {
  it('is that of the cpu backend, in batches and of nothing', () =>
    holds(cases, async ({ shape, values, indices, at, axis, batchDims }) => {
      const gathered = () =>
        tidy(() => {
          const y = gather(tensor(values, shape), tensor(at, indices, 'int32'), axis, batchDims)
          return { shape: y.shape, values: [...y.dataSync()] }
        })
      await activate('cpu')
      const expected = gathered()
      await activate(wasm())
      const { numTensors } = memory()
      expect(gathered()).toEqual(expected)
      expect(memory().numTensors).toBe(numTensors)
    }))

  describe('out of range', () => {
    beforeAll(() => activate(wasm()))
    const rows = () => tensor([0, 1], [2, 1], 'int32')
    it.each([
      ['in batches', () => gather(tensor([1, 2, 3, 4], [2, 2]), rows(), 1, 1), undefined],
      [
        'in the first batch',
        () => gather(tensor([1, 2], [2, 1]), rows(), 1, 1),
        'wasm/index-out-of-range',
      ],
      ['of nothing', () => gather(tensor([], [0, 3]), rows()), 'wasm/index-out-of-range'],
    ] as const)('%s is an error', (_, f, code) => {
      expect(codeOf(f)).toBe(code)
    })
  })
})
