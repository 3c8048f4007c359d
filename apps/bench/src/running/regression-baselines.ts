import { adam, disposeTask, embeddings, type MetaLearner, metaTrain } from '@kshot/core'
import { bayesianLinear, contextMean, gaussianProcess } from '@kshot/regression'
import type { TestJob, TrainedLearner } from './test-job'
import { breathing } from './training'

/** Steps and rate of what has a handful of parameters; they no longer move after that. */
const FIT = { steps: 200, rate: 0.03, metaBatch: 2 } as const

/** What needs no net: the mean, ridge regression and a Gaussian process, fitted to the training tasks. */
export async function regressionBaselines(job: TestJob): Promise<TrainedLearner[]> {
  const ridge = bayesianLinear({ model: embeddings(), prior: 'zero' })
  return [
    await fitted(job, 'mean of context', contextMean()),
    await fitted(job, 'ridge on raw features, λ fitted to the training tasks', ridge),
    await fitted(job, 'Gaussian process, kernel fitted to the training tasks', gaussianProcess()),
  ]
}

async function fitted(
  { data, config, signal }: TestJob,
  name: string,
  learner: MetaLearner,
): Promise<TrainedLearner> {
  const { meta, state } = await metaTrain({
    learner,
    optimizer: adam(FIT.rate),
    tasks: breathing(data.train()),
    steps: FIT.steps,
    metaBatch: FIT.metaBatch,
    seed: config.seed,
    signal,
  })
  disposeTask(state.optimizer)
  return { name, learner, meta }
}
