import type { Spec, TaskKind } from '@kshot/core'
import type { Config } from './schema'
import { count } from './text'

/** The net that a learner is built on, if it is on one. */
export function netOf({ options }: Spec): Spec | undefined {
  return (options.backbone ?? options.model) as Spec | undefined
}

/** A learner in a few words: `protonet, conv4 with 16 filters`. */
export function learnerName(learner: Spec): string {
  const { export: name } = learner
  const backbone = netOf(learner)
  if (!backbone) return name
  const { filters } = backbone.options
  return `${name}, ${backbone.export}${filters === undefined ? '' : ` with ${filters} filters`}`
}

/** The net of a learner in a few words: `conv4 with 16 filters`. */
export function netName(learner: Spec): string {
  const [name, ...net] = learnerName(learner).split(', ')
  return net.join(', ') || name!
}

interface Setting {
  /** None in a regression. */
  readonly ways?: number | null | undefined
  readonly shots: number
}

/** `5-way 1-shot`; `5-shot regression`. */
export function settingName({ ways, shots }: Setting): string {
  return ways ? `${ways}-way ${shots}-shot` : `${shots}-shot regression`
}

/** `5 queries a class`; `10 query points`. */
export function queriesName({ ways, queries }: Setting & { readonly queries: number }): string {
  if (!ways) return `${queries} query points`
  return `${queries} ${queries === 1 ? 'query' : 'queries'} a class`
}

/** What is trained on, and for how long. */
export function trainingName({ train }: Config, kind: TaskKind = 'episodes'): string {
  if (kind === 'nothing' || train.steps === 0) return 'nothing is trained'
  const images = (train.ways ?? 0) * (train.shots + train.queries)
  const steps = `a step, ${count(train.steps)} steps`
  if (kind === 'batches') return `${images * train.metaBatch} images ${steps}`
  if (kind === 'pairs') return `${Math.ceil(images / 2) * train.metaBatch} pairs ${steps}`
  const tasks = train.ways ? 'episodes' : 'tasks'
  const batch = train.metaBatch === 1 ? '' : `, ${train.metaBatch} ${tasks} a step`
  return `${settingName(train)}, ${queriesName(train)}${batch}, ${count(train.steps)} steps`
}

/** `sequential`; `sequential on 2 workers`. */
export function executorName(executor: string, workers: number): string {
  if (workers === 0) return executor
  return `${executor} on ${workers} ${workers === 1 ? 'worker' : 'workers'}`
}

/** `1 step`, `10 steps`. */
export function stepsName(steps: number): string {
  return `${steps} ${steps === 1 ? 'step' : 'steps'}`
}
