import { type Batch, type Context, rng } from '@kshot/core'
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core'

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
