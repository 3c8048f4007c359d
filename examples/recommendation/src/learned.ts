import { adam, embeddings, metaTrain, mlp, rng } from '@kshot/core'
import { type RegressionData, regressionTasks } from '@kshot/episodes'
import { bayesianLinear, type PredictiveLearner } from '@kshot/regression'
import { tensor2d, tidy } from '@tensorflow/tfjs-core'
import type { Predictor } from './baselines'
import type { Known } from './features'
import type { Rating } from './ratings'

/** Ridge on the films' features; or on features of them that are learned, with a prior over tastes. */
export const LEARNED = {
  ridge: {
    make: () => bayesianLinear({ model: embeddings(), prior: 'zero', lambda: 100, noise: 1 }),
    rate: 0.05,
  },
  meta: {
    make: () =>
      bayesianLinear({
        model: mlp({ hidden: [64], outputs: 24, activation: 'tanh' }),
        lambda: 30,
        noise: 1,
      }),
    rate: 0.01,
  },
} as const

/** A user is a task: x is a film, y how far its rating is from what all users together say. */
function tasksOf(
  users: readonly (readonly Rating[])[],
  features: readonly (readonly number[])[],
  about: Known,
): RegressionData {
  return {
    spec: { package: '@kshot/example-recommendation', export: 'users', options: {} },
    inputs: features[0]!.length,
    outputs: 1,
    tasks: users.map((list, u) => ({
      id: `user ${u}`,
      x: Float32Array.from(list.flatMap(({ item }) => features[item]!)),
      y: Float32Array.from(list, ({ item, value }) => value - about.mean - about.bias[item]!),
    })),
  }
}

/** Meta-trains on users whose ratings are not in the films' features, with one to twenty ratings each. */
export async function trained(
  { make, rate }: { readonly make: () => PredictiveLearner; readonly rate: number },
  users: readonly (readonly Rating[])[],
  features: readonly (readonly number[])[],
  about: Known,
  options: { readonly steps: number; readonly seed: number },
): Promise<Predictor> {
  const learner = make()
  const data = tasksOf(users, features, about)
  const sources = [1, 2, 5, 10, 20].map((shots) =>
    regressionTasks(data, { shots, queries: 10, seed: `${options.seed} ${shots}` }),
  )
  const tasks = Object.assign(
    (i: number) => sources[i % sources.length]!(Math.floor(i / sources.length)),
    { spec: sources[0]!.spec, taskSpec: sources[0]!.taskSpec },
  )
  const { meta } = await metaTrain({
    learner,
    optimizer: adam(rate),
    tasks,
    metaBatch: 5,
    ...options,
  })
  const ctx = { step: 0, rng: rng(0), phase: 'test' as const }
  const rows = (items: readonly number[]) => tensor2d(items.map((item) => [...features[item]!]))
  return (given, items) =>
    tidy(() => {
      const y = tensor2d(given.map(({ item, value }) => [value - about.mean - about.bias[item]!]))
      const support = { x: rows(given.map(({ item }) => item)), y }
      const left = learner.predict(meta, learner.adapt(meta, support, ctx), rows(items), ctx)
      return Array.from(left.dataSync(), (v, i) => v + about.mean + about.bias[items[i]!]!)
    })
}
