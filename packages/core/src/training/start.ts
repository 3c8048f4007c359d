import { KshotError } from '../errors'
import type { Meta } from '../learner'
import { checkShapes } from '../meta-shapes'
import { rng } from '../random'
import { disposeTask, type TaskSpec } from '../task'
import * as tree from '../tree'
import type { MetaTrainOptions, TrainState } from './meta-train-options'

/** The state of a training that begins: drawn parameters, or given ones. */
export function start<Task>(options: MetaTrainOptions<Task>): TrainState {
  const { learner, optimizer, from, seed = 0 } = options
  const spec = specOf(options)
  if (!spec) {
    throw new KshotError('core/task-spec-missing', {
      got: 'a plain function as the task source, without a taskSpec',
      expected: 'the shape of an example, to initialise the parameters',
      remedy: 'Pass taskSpec: { inputShape: [...] }',
    })
  }
  const initial = learner.init(rng(seed).split('init'), spec)
  const meta = from ? copyOf(from, initial) : initial
  const state = optimizer.init(meta.params)
  return { step: 0, meta, optimizer: state, best: undefined, tasks: 0, examples: 0 }
}

function specOf<Task>({ taskSpec, tasks }: MetaTrainOptions<Task>): TaskSpec | undefined {
  return taskSpec ?? ('taskSpec' in tasks ? tasks.taskSpec : undefined)
}

/** A copy of given meta-parameters, checked against those that they replace. */
function copyOf(from: Meta, initial: Meta): Meta {
  try {
    checkShapes({ ...from }, { ...initial })
  } finally {
    disposeTask(initial)
  }
  return tree.clone({ ...from })
}

/** A state that came from a file, checked against that of a run which begins, where one could. */
export function resumed<Task>(options: MetaTrainOptions<Task>, state: TrainState): TrainState {
  if (!specOf(options)) return state
  const fresh = start({ ...options, from: undefined })
  try {
    const { meta, optimizer, best } = state
    checkShapes({ ...meta, optimizer }, { ...fresh.meta, optimizer: fresh.optimizer })
    if (best) checkShapes({ ...best.meta }, { ...fresh.meta })
    return state
  } catch (error) {
    disposeTask(state)
    throw error
  } finally {
    disposeTask(fresh)
  }
}
