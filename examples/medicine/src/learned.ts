import { adam, type Episode, embeddings, metaTrain, mlp, rng, type TaskSource } from '@kshot/core'
import { type RegressionData, regressionTasks } from '@kshot/episodes'
import {
  bayesianLinear,
  gaussianProcess,
  neuralProcess,
  type PredictiveLearner,
} from '@kshot/regression'
import { tidy } from '@tensorflow/tfjs-core'

/** Numbers for one patient, visit after visit. */
export interface Forecast {
  readonly mean: ArrayLike<number>
  /** Of a normal distribution; absent where a method has none. */
  readonly deviation?: ArrayLike<number>
}

export type Forecaster = (episode: Episode) => Forecast

/** The same number of configurations each: two. */
export const LEARNERS: { readonly [name: string]: () => PredictiveLearner } = {
  'ridge on raw inputs': () => bayesianLinear({ model: embeddings(), prior: 'zero' }),
  'Gaussian process': () => gaussianProcess(),
  'linear, learned prior': () => bayesianLinear({ model: embeddings() }),
  'learned features (ALPaCA)': () =>
    bayesianLinear({ model: mlp({ hidden: [32], outputs: 8, activation: 'tanh' }) }),
  'neural process': () => neuralProcess({ hidden: [32, 32], width: 32 }),
}

const RATES = [3e-3, 1e-2]
export const SHOTS = [1, 2, 3, 5]

/** Trains with one to five first visits, at the rate that does best on the validation patients. */
export async function forecaster(
  make: () => PredictiveLearner,
  train: RegressionData,
  validation: RegressionData,
  { steps, seed }: { readonly steps: number; readonly seed: number },
): Promise<Forecaster> {
  const found: { readonly error: number; readonly forecast: Forecaster }[] = []
  for (const rate of RATES) {
    const learner = make()
    const tasks = mixed(train, seed)
    const options = { learner, optimizer: adam(rate), tasks, steps, metaBatch: 2, seed }
    const validate = { tasks: mixed(validation, seed), count: 24, every: Math.ceil(steps / 4) }
    const { meta, state } = await metaTrain({ ...options, validate })
    const ctx = { step: 0, rng: rng(0), phase: 'test' as const }
    found.push({
      error: -state.best!.score,
      forecast: ({ support, query }) =>
        tidy(() => {
          const adapted = learner.adapt(meta, support, ctx)
          const { mean, variance } = learner.predictive(meta, adapted, query.x, ctx)
          return { mean: mean.dataSync(), deviation: variance.dataSync().map(Math.sqrt) }
        }),
    })
  }
  return found.sort((a, b) => a.error - b.error)[0]!.forecast
}

/** Tasks with one, two, three and five first visits in turn. */
function mixed(data: RegressionData, seed: number): TaskSource {
  const sources = SHOTS.map((shots) =>
    regressionTasks(data, { shots, queries: 2, seed: `${seed} ${shots}`, support: 'first' }),
  )
  return Object.assign(
    (i: number) => sources[i % sources.length]!(Math.floor(i / sources.length)),
    { spec: sources[0]!.spec, taskSpec: sources[0]!.taskSpec },
  )
}
