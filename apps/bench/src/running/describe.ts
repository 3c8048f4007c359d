import type { TaskKind } from '@kshot/core'
import { count, largest, queriesName, settingName } from '@kshot/results'
import type { Config } from '../configuration/schema'

/** What is trained on, and for how long. */
export function trainingName({ train }: Config, kind: TaskKind = 'episodes'): string {
  if (kind === 'nothing' || train.steps === 0) return 'nothing is trained'
  const images = largest(train.ways ?? 0) * (largest(train.shots) + train.queries)
  const steps = `per step, ${count(train.steps)} steps`
  if (kind === 'batches') return `${images * train.metaBatch} images ${steps}`
  if (kind === 'pairs') return `${Math.ceil(images / 2) * train.metaBatch} pairs ${steps}`
  const tasks = train.ways ? 'episodes' : 'tasks'
  const batch = train.metaBatch === 1 ? '' : `, ${train.metaBatch} ${tasks} per step`
  return `${settingName(train)}, ${queriesName(train)}${batch}, ${count(train.steps)} steps`
}

/** `sequential`; `sequential on 2 workers`. */
export function executorName(executor: string, workers: number): string {
  if (workers === 0) return executor
  return `${executor} on ${workers} ${workers === 1 ? 'worker' : 'workers'}`
}
