import { add, scalar, sum, type Tensor, tidy } from '@tensorflow/tfjs-core'
import { KshotError } from '../errors'
import type { MetaGradient } from '../learner'
import { applyUpdates } from '../optim'
import { rng } from '../random'
import { countExamples, disposeTask } from '../task'
import * as tree from '../tree'
import type { MetaTrainOptions, TrainState } from './meta-train-options'
import { sequential } from './sequential'

/** One meta-step. It takes the state over and gives the next one, and what happened. */
export async function trainStep<Task>(options: MetaTrainOptions<Task>, state: TrainState) {
  const { learner, optimizer, metaBatch = 1, executor = sequential(), seed = 0 } = options
  const { step, meta } = state
  const tasks: Task[] = []
  try {
    for (let i = 0; i < metaBatch; i++) tasks.push(await options.tasks(step * metaBatch + i))
    const ctx = { step, phase: 'train' as const, rng: rng(seed).split('train').split(step) }
    const result = await executor.metaGradient(learner, meta, tasks, ctx)
    const loss = await finite(result, step)
    const metrics = await numbers(result.metrics)
    const moved = optimizer.update(result.gradient, state.optimizer, { step, params: meta.params })
    const params = applyUpdates(meta.params, moved.updates)
    tree.dispose([result.gradient, result.loss, result.metrics, moved.updates])
    const next: TrainState = {
      ...state,
      step: step + 1,
      meta: { params, state: result.state },
      optimizer: moved.state,
      tasks: state.tasks + metaBatch,
      examples: state.examples + countExamples(tasks),
    }
    // The best meta-parameters are copies, so the old ones are free to go.
    tree.dispose([meta.params, meta.state, state.optimizer])
    return { next, report: { step: step + 1, loss, metrics } }
  } finally {
    disposeTask(tasks)
  }
}

/** The loss of a step, once it and its gradient are seen to be numbers. */
async function finite(result: MetaGradient, step: number): Promise<number> {
  const sums = total(result.gradient)
  const [loss, sum] = await Promise.all([readNumber(result.loss), readNumber(sums)])
  sums.dispose()
  if (Number.isFinite(loss) && Number.isFinite(sum)) return loss
  tree.dispose(result)
  // A net can hide a NaN: on wasm the larger of NaN and 0 is 0, so ReLU swallows it.
  const what = Number.isFinite(loss) ? 'gradient' : 'loss'
  throw new KshotError(`core/${what}-not-finite`, {
    got: `a ${what} of ${Number.isFinite(loss) ? sum : loss} in meta-step ${step}`,
    expected: `a finite ${what}`,
    remedy: 'Lower the learning rate, clip the gradients, or look for NaN in the data',
  })
}

/** The sum of all entries: not finite if one of them is not. */
function total(gradient: tree.Params): Tensor {
  return tidy(() => tree.leaves(gradient).reduce((all, g) => add(all, sum(g)), scalar(0) as Tensor))
}

async function readNumber(value: Tensor): Promise<number> {
  return (await value.data())[0]!
}

async function numbers(metrics: MetaGradient['metrics']): Promise<Record<string, number>> {
  const entries = Object.entries(metrics).map(
    async ([name, value]) => [name, await readNumber(value)] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}
