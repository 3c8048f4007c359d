import type { Executor } from '../learner'
import { recordedFor } from '../program/recorded'
import { executor, taskGradient } from './executor'

export interface SequentialOptions {
  /** Whether the gradient of a task is recorded once and then run as a program. Default: true. */
  readonly program?: boolean
}

/** Runs the tasks of a meta-batch one by one: the reference for every other executor. */
export function sequential({ program = true }: SequentialOptions = {}): Executor {
  const options = program ? {} : { program }
  const spec = { package: '@kshot/core', export: 'sequential', options }
  return executor(spec, 'sequential', {
    size: 1,
    sum(learner, meta, [task], [ctx]) {
      if (!program) return taskGradient(learner, meta, task!, ctx!)
      return recordedFor(learner)('gradient', { meta, task }, [ctx!], ([recorded]) =>
        taskGradient(learner, meta, task!, recorded!),
      )
    },
  })
}
