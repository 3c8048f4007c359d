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

/** `5-way 1-shot`. */
export function settingName({ ways, shots }: { ways: number; shots: number }): string {
  return `${ways}-way ${shots}-shot`
}

export function trainingName({ train }: Config): string {
  const batch = train.metaBatch === 1 ? '' : `, ${train.metaBatch} episodes a step`
  const queries = `${train.queries} ${train.queries === 1 ? 'query' : 'queries'} a class`
  return `${settingName(train)}, ${queries}${batch}, ${count(train.steps)} steps`
}
