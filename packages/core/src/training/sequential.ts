import type { Executor } from '../learner'
import { executor, taskGradient } from './executor'

/** Runs the tasks of a meta-batch one by one: the reference for every other executor. */
export function sequential(): Executor {
  const spec = { package: '@kshot/core', export: 'sequential', options: {} }
  return executor(spec, 'sequential', {
    size: 1,
    sum: (learner, meta, [task], [ctx]) => taskGradient(learner, meta, task!, ctx!),
  })
}
