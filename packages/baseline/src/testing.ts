import { type Batch, type Context, disposeTask, type MetaLearner, rng } from '@kshot/core'
import { activate, codeOf } from '@kshot/testkit'
import { tensor1d, tensor2d, tensor4d, zeros } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'

const packages: Record<string, () => Promise<object>> = {
  '@kshot/core': () => import('@kshot/core'),
  '@kshot/baseline': () => import('./index'),
}
export const load = (name: string) => packages[name]!()

export const testing = (seed = 0): Context => ({ step: 0, rng: rng(seed), phase: 'test' })

/** Nothing learned, of a learner over examples that are features already. */
export const blank = { params: {}, state: {} }

/** A support set of rows. */
export function supportOf(rows: number[][], labels: number[], ways: number): Batch {
  const x = tensor2d(rows, [rows.length, rows[0]!.length])
  return { x, y: tensor1d(labels, 'int32'), ways }
}

/** What no learner of this package takes for a support set. */
export function refusals<Task>(name: string, learner: MetaLearner<Task>) {
  describe(`${name} refuses a support set`, () => {
    beforeAll(() => activate('wasm'))
    const code = (shots: number, ways: { ways?: number }) => {
      const meta = learner.init(rng(1), { inputShape: [8, 8, 1], ways: 4 })
      const x = shots > 0 ? zeros([shots, 8, 8, 1]) : tensor4d([], [0, 8, 8, 1])
      const y = tensor1d(Array<number>(shots).fill(0), 'int32')
      const found = codeOf(() => learner.adapt(meta, { x, y, ...ways }, testing()))
      disposeTask([meta, x, y])
      return found
    }

    it('without a number of classes', () => expect(code(2, {})).toBe('core/no-classes'))
    it('of one class', () => expect(code(2, { ways: 1 })).toBe('core/one-class'))
    it('without examples', () => expect(code(0, { ways: 2 })).toBe('core/empty-support'))
    it('and takes one with examples of one class among two', () =>
      expect(code(2, { ways: 2 })).toBeUndefined())
  })
}
