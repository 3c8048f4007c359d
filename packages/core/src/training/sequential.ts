import type { Executor } from '../learner'
import { recordedFor, unrecorded } from '../program/recorded'
import { episodeScores } from './evaluate'
import { executor, taskGradient } from './executor'

export interface SequentialOptions {
  /** Whether the work of a task is recorded once and then run as a program. Default: true. */
  readonly program?: boolean
}

/** Runs the tasks of a meta-batch one by one: the reference for every other executor. */
export function sequential({ program = true }: SequentialOptions = {}): Executor {
  const options = program ? {} : { program }
  const spec = { package: '@kshot/core', export: 'sequential', options }
  const recorded = (learner: object) => (program ? recordedFor(learner) : unrecorded)
  const own = executor(spec, 'sequential', {
    size: 1,
    sum: (learner, meta, [task], [ctx]) =>
      recorded(learner)('gradient', { meta, task }, [ctx!], ([ctx]) =>
        taskGradient(learner, meta, task!, ctx!),
      ),
  })
  if (program) return own
  return { ...own, scores: (...all) => episodeScores(...all, unrecorded) }
}
