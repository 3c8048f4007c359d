import { scaleByAdam } from '@kshot/core'
import { ScaleByAdam } from '@kshot/core/backend'
import { activate } from '@kshot/testkit'
import { abs, randomNormal, type Tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wasm } from '../index'
import { holds, outputs } from './testing'

// a second moment is a mean of squares: of the third input, v
const draw = (shape: readonly number[], seed: number): Tensor => {
  const x = randomNormal([...shape], 0, 1, 'float32', seed)
  return seed === 3 ? abs(x) : x
}

const values = (x: Tensor) => [...x.dataSync()]

describe('ScaleByAdam', () => {
  it('has the bytes of the operations that it is made of', () =>
    holds(
      fc.tuple(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }), fc.nat({ max: 50 })),
      async ([shape, step]) => {
        const options = { b1: 0.9, b2: 0.999, eps: 1e-8 }
        const unbias = (b: number) => 1 / (1 - b ** (step + 1))
        const attrs = { ...options, unbiasM: unbias(0.9), unbiasV: unbias(0.999) }
        const inputs = { gradient: shape, m: shape, v: shape }
        const results = await outputs('exact', { kernel: ScaleByAdam, inputs, attrs }, draw)
        const bytes = results.map((x) => x.values)
        for (const kernels of ['stock', 'exact'] as const) {
          await activate(wasm({ kernels }))
          const [gradient, m, v] = [draw(shape, 1), draw(shape, 2), draw(shape, 3)]
          const { updates, state } = scaleByAdam(options).update(gradient, { m, v }, { step })
          const moved = [updates, state.m, state.v] as Tensor[]
          expect(moved.map(values)).toEqual(bytes)
          for (const x of [gradient, m, v, ...moved]) x.dispose()
        }
      },
      30,
    ))
})
