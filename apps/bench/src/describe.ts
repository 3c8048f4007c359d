import type { Spec } from '@kshot/core'
import type { Config } from './schema'
import { count } from './text'

/** A learner in a few words: `protonet, conv4 with 16 filters`. */
export function learnerName({ export: name, options }: Spec): string {
  const backbone = (options.backbone ?? options.model) as Spec | undefined
  if (!backbone) return name
  const { filters } = backbone.options
  return `${name}, ${backbone.export}${filters === undefined ? '' : ` with ${filters} filters`}`
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

export function trainingName({ train }: Config): string {
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
