import type { Context, Episode, Meta, MetaGradient, MetaLearner } from '@kshot/core'
import { mlp, rng, sequential, tree } from '@kshot/core'
import { tensor2d } from '@tensorflow/tfjs-core'

const packages: Record<string, () => Promise<object>> = {
  '@kshot/core': () => import('@kshot/core'),
  '@kshot/maml': () => import('./index'),
}

/** Imports the packages that a spec of this one names. */
export const load = (name: string) => packages[name]!()

export const smooth = mlp({ hidden: [6], activation: 'tanh' })

export const train = (step = 0): Context => ({ step, rng: rng(0), phase: 'train' })

/** A regression task of five points and five queries. */
export function curve(a = 1): Episode {
  const points = (...x: number[]) => ({
    x: tensor2d(x, [x.length, 1]),
    y: tensor2d(
      x.map((v) => a * Math.sin(v)),
      [x.length, 1],
    ),
  })
  return {
    support: points(-2, -1, 0.5, 1, 2.5),
    query: points(-1.5, -0.5, 0, 1.5, 2),
    id: { source: 'curve', index: 0 },
  }
}

/** The meta-gradient of one task, in one list of numbers. */
export async function metaGradient(
  learner: MetaLearner,
  meta: Meta,
  ctx = train(),
  task = curve(),
) {
  const result = await sequential().metaGradient(learner, meta, [task], ctx)
  return numbers(result.gradient)
}

export const numbers = (params: MetaGradient['gradient']) =>
  tree.leaves(params).flatMap((tensor) => [...tensor.dataSync()])

export const initial = (learner: MetaLearner, seed = 3) =>
  learner.init(rng(seed), { inputShape: [1] })
